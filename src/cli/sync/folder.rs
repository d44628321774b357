//! Syncing by a folder that the computers share.

use super::told;
use crate::cli::args::Sync;
use crate::cli::bar::Bar;
use crate::cli::{CliError, Context, output, own};
use crate::shown::{self, count};
use crate::store::{Store, backup};
use crate::sync::decks::{self, Carried};
use crate::sync::folder::{self, Disk};
use crate::sync::name::Device;
use crate::sync::{self, State, SyncError, Synced};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Own decks lie there in the folder.
const DECKS: &str = "decks";
/// So many files of a kind are named.
const NAMED: usize = 5;

/// Syncs with a folder: the one that is named, or else the one that is remembered.
pub(super) fn run(context: &Context, store: &mut Store, named: Option<&Path>, args: &Sync) -> Result<(), CliError> {
    let (disk, mut state) = state(named, sync::remembered(store)?)?;
    state.with_decks = (state.with_decks || args.with_decks) && !args.without_decks;
    if state.reached.is_none() {
        backup::copy(&context.db, &format!("before-sync-{}", context.tag()))?;
    }
    let (with_decks, path) = (state.with_decks, disk.0.clone());
    let bar = Bar::new("syncing");
    let synced = sync::sync(store, &disk, state, context.clock.now_ms(), &mut rand::random);
    drop(bar);
    let synced = synced.map_err(|error| failed(&path, error))?;
    let mut lines = said(&synced);
    if with_decks {
        lines.extend(carry(context, store, &path)?);
    }
    warn(&synced);
    Ok(output::done(&lines.join("\n"))?)
}

/// The folder, and what is remembered of it.
fn state(named: Option<&Path>, known: Option<State>) -> Result<(Disk, State), CliError> {
    let path = match (named, &known) {
        (Some(path), _) => path.to_owned(),
        (None, Some(state)) => state.folder.clone(),
        (None, None) => PathBuf::new(),
    };
    let disk = folder::open(&path).map_err(|source| no_folder(&path, &source))?;
    if disk.0.to_str().is_none() {
        return Err(CliError::Plain(format!("{}: the folder's name is no UTF-8: give it another", shown::path(&path))));
    }
    let state = match known {
        Some(state) => state.moved_to(&disk.0),
        None => State::new(&disk.0, Device::new(rand::random())),
    };
    Ok((disk, state))
}

fn no_folder(path: &Path, source: &io::Error) -> CliError {
    let path = shown::path(path);
    CliError::Plain(match source.kind() {
        io::ErrorKind::NotFound => format!(
            "there is no folder {path}: make it, or see that its disk is there and its program runs; sysdrill makes none, \
             for it would take an empty one for yours"
        ),
        io::ErrorKind::NotADirectory => {
            format!("{path} is no folder: sysdrill sync needs one that your computers share")
        }
        _ => format!("{path}: {source}"),
    })
}

fn failed(folder: &Path, error: SyncError) -> CliError {
    match error {
        SyncError::Store(error) => CliError::Store(error),
        SyncError::Read(error) => CliError::Plain(format!("{}: cannot read it: {error}", shown::path(folder))),
        SyncError::Write(error) => CliError::Plain(format!(
            "{}: cannot write to it: {error}. What is in it has come here; what is new here goes there with the next sync",
            shown::path(folder)
        )),
    }
}

/// Carries own decks, and says what was carried.
fn carry(context: &Context, store: &mut Store, folder: &Path) -> Result<Vec<String>, CliError> {
    let Some(mut state) = sync::remembered(store)? else { return Ok(Vec::new()) };
    let carried = decks::carry(&own::folder(context), &folder.join(DECKS), &mut state.decks)
        .map_err(|source| CliError::File { path: folder.join(DECKS), source })?;
    sync::remember(store, &state)?;
    let Carried { sent, fetched, both, failed } = carried;
    for (path, why) in &failed {
        output::warn(&format!("{path} was not carried: {why}"));
    }
    let mut lines = Vec::new();
    if sent.len() + fetched.len() > 0 {
        lines.push(format!("{} of decks went there, {} came", count(sent.len(), "file"), fetched.len()));
    }
    lines.extend(both.iter().map(|(path, copy)| {
        format!("{path} was changed here and elsewhere: yours stays, the other one is kept beside it as {copy}")
    }));
    Ok(lines)
}

/// What went well.
fn said(synced: &Synced) -> Vec<String> {
    let others = match synced.others {
        0 => "no other computer in the folder".to_owned(),
        others => format!("{} in the folder", count(others, "other computer")),
    };
    told::moved(synced.written, &synced.brought, &others)
}

/// What somebody should know.
pub(super) fn warn(synced: &Synced) {
    told::renamed(synced.renamed.as_ref(), &synced.brought);
    let some = |names: &[String], what: &str| {
        for name in names.iter().take(NAMED) {
            output::warn(&format!("{name}: {what}"));
        }
        if let Some(more) = names.len().checked_sub(NAMED).filter(|more| *more > 0) {
            output::warn(&format!("and {more} more"));
        }
    };
    some(&synced.copies, "a copy that a sync program made; all of it was read, so you can remove it");
    some(&synced.unfinished, "its end has not come yet: it is read when it is whole");
    some(&synced.changed, "it was changed after it was closed; what holds of it was read");
    some(&synced.strange, "it is named like a log, but is none: it was left alone");
    for (name, lines) in synced.damaged.iter().take(NAMED) {
        let lines = count(*lines, "damaged line");
        output::warn(&format!("{name}: {lines} passed over; what a computer has of it is written again"));
    }
    told::ahead(&synced.ahead);
}

/// A sync in passing with the folder that is remembered.
pub(super) fn in_passing(
    context: &Context,
    store: &mut Store,
    state: State,
    patience: Duration,
) -> Result<Option<Synced>, CliError> {
    let (disk, now_ms) = (Arc::new(Disk(state.folder.clone())), context.clock.now_ms());
    let path = disk.0.clone();
    let synced = sync::in_passing(store, disk, state, now_ms, &mut rand::random, patience);
    synced.map_err(|error| failed(&path, error))
}
