//! The command line: arguments to options, options to a command, one file a command.

mod add;
mod added;
mod args;
mod backup;
mod bar;
mod card;
mod check;
mod complete;
mod config;
mod context;
mod deck;
mod decks;
mod doctor;
mod due;
mod edit;
mod error;
mod export;
mod fmt;
mod import;
mod jargon;
mod list;
mod manual;
mod merge;
mod mistyped;
mod note;
mod output;
mod own;
mod plan;
mod predictions;
mod rename;
mod report;
mod restore;
mod reworded;
mod search;
mod serve;
mod setting;
mod settings;
mod settings_file;
mod setup;
mod sheet;
mod show;
mod sit;
mod stats;
mod sync;
mod undo;

pub use args::Args;
pub use complete::complete;

use crate::log::MarkKind;
use crate::shown;
use args::{Alone, Command, DeckCommand, Global, VARIABLES};
use clap::builder::Resettable;
use clap::{CommandFactory, FromArgMatches};
use console::Term;
use context::{Broken, Context};
use error::CliError;
use std::ffi::OsString;
use std::io;
use std::process::ExitCode;

/// Interrupted by the user, as shells number it.
pub const INTERRUPTED: u8 = 130;

/// Reads a command line. Where it makes no sense, or asks for help, that is said and the exit code given.
///
/// # Errors
/// There is nothing to run.
pub fn read(words: impl IntoIterator<Item = OsString>) -> Result<Args, ExitCode> {
    let is_empty = |name: &str| std::env::var_os(name).is_some_and(|value| value.is_empty());
    let command =
        VARIABLES.iter().filter(|(_, variable)| is_empty(variable)).fold(Args::command(), |command, (id, _)| {
            // A variable that is empty is not set.
            command.mut_arg(id, |arg| arg.env(Resettable::Reset))
        });
    let mut command = with_negative_numbers(command);
    let words: Vec<OsString> = words.into_iter().collect();
    let read = command
        .try_get_matches_from_mut(&words)
        .map_err(|error| mistyped::with_nearest(error, &command, &words))
        .and_then(|mut matches| Args::from_arg_matches_mut(&mut matches)?.checked());
    read.map_err(|error| {
        let said = error.render().to_string();
        let mut in_words = shown::text(&jargon::in_words(&said));
        if error.use_stderr() {
            in_words = output::fitted(&in_words, &Term::stderr());
        }
        if in_words == said.trim_end() || in_words == said {
            let _ = error.print();
        } else {
            eprintln!("{}", in_words.trim_end());
        }
        u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
    })
}

/// A number below 0 is a wrong value, whatever letter it looks like: what is allowed is said then.
fn with_negative_numbers(command: clap::Command) -> clap::Command {
    let names: Vec<String> = command.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    let command = command.mut_args(|arg| match arg.get_action().takes_values() {
        true => arg.allow_negative_numbers(true),
        false => arg,
    });
    names.into_iter().fold(command, |command, name| command.mut_subcommand(name, with_negative_numbers))
}

/// Runs a command line and says how it ended.
pub fn run(args: Args) -> ExitCode {
    match run_command(args) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read our output has seen enough.
        Err(error) if error.io_kind() == Some(io::ErrorKind::BrokenPipe) => ExitCode::SUCCESS,
        Err(error) if error.io_kind() == Some(io::ErrorKind::Interrupted) => ExitCode::from(INTERRUPTED),
        Err(error) => {
            output::warn(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

fn run_command(args: Args) -> Result<(), CliError> {
    output::set_quiet(args.global.quiet);
    if let Some(Command::Alone(command)) = &args.command {
        return alone(&args.global, command);
    }
    let context = Context::of(&args.global)?;
    command(args, context)
}

/// These need no settings, or mend them.
fn alone(global: &Global, command: &Alone) -> Result<(), CliError> {
    match command {
        Alone::Config { command } => config::run(global, command.as_ref()),
        Alone::Completions { shell } => Ok(complete::write_script(*shell, &mut io::stdout())?),
        Alone::Man { folder } => manual::write(folder),
    }
}

fn command(args: Args, mut context: Context) -> Result<(), CliError> {
    let review = |options| args::Review { options, ..args::Review::default() };
    match args.command.unwrap_or_else(|| Command::Review(review(args.review))) {
        Command::Review(review) => sit::review(context, &review),
        Command::Quiz(quiz) => sit::quiz(context, &quiz),
        Command::Cram(cram) => sit::cram(context, &cram),
        Command::Setup => setup::run(&mut context),
        Command::Search(search) => search::run(context, &search),
        Command::List(list) => list::run(&context, &list),
        Command::Show(show) => show::run(&context, &show),
        Command::Sheet(sheet) => sheet::run(&context, &sheet),
        Command::Note(note) => note::run(&context, &note),
        Command::Add(add) => add::run(&context, &add),
        Command::Plan(plan) => plan::run(&context, &plan),
        Command::Due(due) => due::run(&context, &due),
        Command::Decks(decks) => decks::run(&context, &decks),
        Command::Deck { command } => deck_command(&context, command),
        Command::Card(card) => card::run(&context, &card),
        Command::Doctor(doctor) => doctor::run(&context, &doctor),
        Command::Backup(backup) => backup::run(&context, &backup),
        Command::Restore { file } => restore::run(&context, &file),
        Command::Merge { file } => merge::run(&context, &file),
        Command::Sync(sync) => sync::run(&context, &sync),
        Command::Export(export) => export::run(&context, &export),
        Command::Import(import) => import::run(&context, &import),
        Command::Undo(undo) => undo::undo(&context, &undo),
        Command::Suspend(cards) => undo::mark(&context, &cards.ids, &MarkKind::Suspend),
        Command::Resume(cards) => undo::resume(&context, &cards),
        Command::Flag(cards) => undo::mark(&context, &cards.ids, &MarkKind::Flag),
        Command::Unflag(cards) => undo::mark(&context, &cards.ids, &MarkKind::Unflag),
        Command::Stats(stats) => stats::run(&context, &stats),
        Command::Alone(command) => alone(&args.global, &command),
        Command::Serve(serve) => serve::run(&context, &serve),
        Command::Report(report) => report::run(&context, &report),
    }
}

fn deck_command(context: &Context, command: DeckCommand) -> Result<(), CliError> {
    match command {
        DeckCommand::New(new) => deck::new(context, &new),
        DeckCommand::Edit { name } => edit::run(context, &name),
        DeckCommand::Show { name } => deck::show(context, &name),
        DeckCommand::Check { paths, all } => check::run(context, &paths, all),
        DeckCommand::Fmt(args) => fmt::run(context, &args),
        DeckCommand::Match(args) => reworded::run(context, &args),
        DeckCommand::Rename { old, new } => rename::run(context, &old, &new),
        DeckCommand::Publish { deck } => sync::publish(context, &deck),
        DeckCommand::Subscribe { name } => sync::subscribe(context, &name),
        DeckCommand::Unsubscribe { name } => sync::unsubscribe(context, &name),
        DeckCommand::Published => sync::published(context),
        DeckCommand::Enable { names } => deck::switch(context, &names, true),
        DeckCommand::Disable { names } => deck::switch(context, &names, false),
    }
}

#[cfg(test)]
mod tests;
