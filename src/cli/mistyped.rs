//! Options and commands that there are not: what was meant is looked for among what fits there.

use crate::deck::nearest;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, Error};
use std::ffi::OsString;

/// The same error with the nearest name that fits there, and without the advice to take an option for a value. `command` is
/// the one that read `words`.
pub(super) fn with_nearest(mut error: Error, command: &Command, words: &[OsString]) -> Error {
    let (typed, meant) = match error.kind() {
        ErrorKind::UnknownArgument => (ContextKind::InvalidArg, ContextKind::SuggestedArg),
        ErrorKind::InvalidSubcommand => (ContextKind::InvalidSubcommand, ContextKind::SuggestedSubcommand),
        _ => return error,
    };
    error.remove(ContextKind::Suggested);
    let Some(ContextValue::String(typed)) = error.get(typed).cloned() else { return error };
    let within = words.iter().skip(1).fold(command, |within, word| within.find_subcommand(word).unwrap_or(within));
    let nearest = match meant {
        ContextKind::SuggestedArg => {
            let long = within.get_arguments().filter(|arg| !arg.is_hide_set()).filter_map(|arg| arg.get_long());
            nearest(typed.trim_start_matches('-'), long).into_iter().map(|name| format!("--{name}")).collect()
        }
        _ => nearest(&typed, within.get_subcommands().map(Command::get_name)),
    };
    if let Some(nearest) = nearest.into_iter().next() {
        error.insert(meant, ContextValue::String(nearest));
    }
    error
}
