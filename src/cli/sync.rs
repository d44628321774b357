//! `sync`: one log on several computers, by a folder that they share.

use super::args::Sync;
use super::bar::Bar;
use super::{CliError, Context, output, own};
use crate::files;
use crate::shown::{self, count};
use crate::store::{Store, backup};
use crate::sync::decks::{self, Carried};
use crate::sync::folder::{self, Disk};
use crate::sync::name::Device;
use crate::sync::{self, State, SyncError, Synced};
use chrono::DateTime;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Two syncs of one database wait for each other so long.
const PATIENCE: Duration = Duration::from_secs(30);
/// In passing a session waits no longer for a folder.
const IN_PASSING: Duration = Duration::from_millis(300);
/// Own decks lie there in the folder.
const DECKS: &str = "decks";
/// So many files of a kind are named.
const NAMED: usize = 5;

pub(super) fn run(context: &Context, args: &Sync) -> Result<(), CliError> {
    let Some(_lock) = lock(context, PATIENCE)? else {
        return Err(CliError::Plain("another sysdrill is syncing: try again when it is done".to_owned()));
    };
    let mut store = context.store()?;
    let known = sync::remembered(&store)?;
    if args.forget {
        return forget(&mut store, known);
    }
    let (disk, mut state) = state(args.folder.as_deref(), known)?;
    state.with_decks = (state.with_decks || args.with_decks) && !args.without_decks;
    if state.reached.is_none() {
        backup::copy(&context.db, &format!("before-sync-{}", context.tag()))?;
    }
    let (with_decks, path) = (state.with_decks, disk.0.clone());
    let bar = Bar::new("syncing");
    let synced = sync::sync(&mut store, &disk, state, context.clock.now_ms(), &mut rand::random);
    drop(bar);
    let synced = synced.map_err(|error| failed(&path, error))?;
    let mut lines = told(&synced);
    if with_decks {
        lines.extend(carry(context, &mut store, &path)?);
    }
    warn(&synced);
    Ok(output::done(&lines.join("\n"))?)
}

/// The lock that one sync of this database holds: two would write to the same segment.
fn lock(context: &Context, patience: Duration) -> Result<Option<File>, CliError> {
    let path = files::beside(&context.db, "-sync-lock");
    let made = files::make_folder(files::folder_of(&path)).and_then(|()| files::lock(&path, patience));
    made.map_err(|source| CliError::File { path, source })
}

/// The folder, and what is remembered of it.
fn state(named: Option<&Path>, known: Option<State>) -> Result<(Disk, State), CliError> {
    let path = match (named, &known) {
        (Some(path), _) => path.to_owned(),
        (None, Some(state)) if !state.folder.as_os_str().is_empty() => state.folder.clone(),
        _ => {
            let hint =
                "name the folder that your computers share, as in sysdrill sync ~/Sync/sysdrill: it is remembered";
            return Err(CliError::Plain(hint.to_owned()));
        }
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

fn forget(store: &mut Store, known: Option<State>) -> Result<(), CliError> {
    let Some(state) = known.filter(|state| !state.folder.as_os_str().is_empty()) else {
        return Ok(output::done("no folder is remembered")?);
    };
    let said = format!("{} is forgotten; what is in it stays there", shown::path(&state.folder));
    sync::remember(store, &State::new(Path::new(""), state.device))?;
    Ok(output::done(&said)?)
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
fn told(synced: &Synced) -> Vec<String> {
    let Synced { written, brought, others, .. } = synced;
    let came: Vec<String> =
        [(brought.reviews, "review"), (brought.retractions, "retraction"), (brought.marks, "decision")]
            .into_iter()
            .filter(|(rows, _)| *rows > 0)
            .map(|(rows, what)| count(rows, what))
            .collect();
    let mut lines = vec![format!(
        "{} went there; {} came; {} in the folder",
        if *written > 0 { count(*written, "row") } else { "nothing".to_owned() },
        if came.is_empty() { "nothing".to_owned() } else { came.join(", ") },
        match others {
            0 => "no other computer".to_owned(),
            others => count(*others, "other computer"),
        }
    )];
    if brought.newer > 0 {
        lines.push(format!(
            "{} of a newer sysdrill: what is known of it counts, all of it is kept and passed on; update this one",
            count(brought.newer, "line")
        ));
    }
    if brought.waiting > 0 {
        let waiting = count(brought.waiting, "retraction");
        lines.push(format!("{waiting} of answers that have not come yet: they count when those are here"));
    }
    lines
}

/// What somebody should know.
fn warn(synced: &Synced) {
    if let Some(device) = &synced.renamed {
        output::warn(&format!(
            "another computer wrote as this one: its disk was copied, or a backup was put back. This one is {device} from now \
             on; nothing is lost"
        ));
    }
    if synced.brought.differing > 0 {
        let rows = count(synced.brought.differing, "row");
        output::warn(&format!("{rows} differ from those here, so one side is damaged: sysdrill doctor tells which"));
    }
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
    for (device, at_ms) in &synced.ahead {
        let at = DateTime::from_timestamp_millis(*at_ms).unwrap_or_default().format("%Y-%m-%d %H:%M");
        output::warn(&format!(
            "the clock of computer {device} was ahead: it wrote at {at} UTC. Such answers count when that day comes"
        ));
    }
}

/// Syncs at a session's start and end, where the settings say so. It stops nobody: what cannot be done in time is left for
/// the next time, or for a sync by hand.
pub(super) fn in_passing(context: &Context, store: &mut Store) {
    if !context.settings.auto {
        return;
    }
    match passed(context, store) {
        Ok(Some(synced)) if synced.renamed.is_some() => warn(&synced),
        Ok(Some(_)) => {}
        Ok(None) => output::warn("not synced in passing: sysdrill sync takes the time that it needs"),
        Err(error) => output::warn(&format!("not synced: {error}")),
    }
}

fn passed(context: &Context, store: &mut Store) -> Result<Option<Synced>, CliError> {
    let Some(_lock) = lock(context, Duration::ZERO)? else { return Ok(Some(Synced::default())) };
    let Some(state) = sync::remembered(store)?.filter(|state| !state.folder.as_os_str().is_empty()) else {
        return Ok(None);
    };
    let (disk, now_ms) = (Arc::new(Disk(state.folder.clone())), context.clock.now_ms());
    let path = disk.0.clone();
    let synced = sync::in_passing(store, disk, state, now_ms, &mut rand::random, IN_PASSING);
    synced.map_err(|error| failed(&path, error))
}
