//! One log on several computers, by a folder that they share (Syncthing's, Dropbox's, a stick) or by a [`server`].
//!
//! Each device appends to its own segments ([`pen`]) and reads everybody's ([`mod@look`]). What is in the log is a set, known by
//! ids, so that what comes twice, late or in a copy makes no difference: every sync ends with all that the folder has here, and
//! all that is here in the folder. A [`State`] remembers what was read and written, so that the next one looks at what is new
//! alone; where anything is not as it was left, all is read again, and what the folder lost is put there again.

pub mod decks;
pub mod folder;
pub mod look;
pub mod name;
pub mod patience;
pub mod pen;
pub mod server;
pub mod state;

use crate::store::{Brought, ExportError, Store, StoreError};
use folder::Folder;
use look::{Looked, Most, look};
use name::{Device, Segment};
use patience::within;
use pen::Pen;
use state::text;
pub use state::{State, remember, remembered};
use std::collections::HashSet;
use std::io;
use std::sync::Arc;
use std::time::Duration;

/// Why a sync failed.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The folder cannot be read.
    #[error("cannot read it: {0}")]
    Read(io::Error),
    /// The folder cannot be written to. What was in it has come.
    #[error("cannot write to it: {0}")]
    Write(io::Error),
}

/// What a sync did and saw.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Synced {
    /// Rows that went to the folder.
    pub written: usize,
    /// Rows that came.
    pub brought: Brought,
    /// The other devices in the folder.
    pub others: usize,
    /// The new name of this computer, where another one has its old name.
    pub renamed: Option<Device>,
    /// Files that are copies of a segment under another name.
    pub copies: Vec<String>,
    /// Files with lines that do not hold, and how many.
    pub damaged: Vec<(String, usize)>,
    /// Files whose last line is not whole yet.
    pub unfinished: Vec<String>,
    /// Segments that were changed after they were closed.
    pub changed: Vec<String>,
    /// What has the name of a segment and is none.
    pub strange: Vec<String>,
    /// Devices whose clock is ahead: what they wrote last is of that time, in milliseconds since 1970.
    pub ahead: Vec<(Device, i64)>,
}

/// A clock is ahead that wrote a time so long after the present, in milliseconds: time zones are no part of a time.
const AHEAD_MS: i64 = 24 * 60 * 60 * 1000;
/// In passing so much is read at most, in bytes.
const MOST_IN_PASSING: Most = Most(256 << 10);
/// In passing so many rows are written at most.
const MOST_ROWS_IN_PASSING: usize = 500;

/// Reads what came, takes it in, and writes what the folder lacks.
///
/// # Errors
/// The folder or the database cannot be read or written.
pub fn sync(
    store: &mut Store,
    folder: &dyn Folder,
    state: State,
    now_ms: i64,
    entropy: &mut dyn FnMut() -> [u8; 8],
) -> Result<Synced, SyncError> {
    let state = trusted(store, state)?;
    let all = Most(u64::MAX);
    let looked = match look(folder, &state, None, all).map_err(SyncError::Read)? {
        Some(looked) => looked,
        // A whole folder is as large as the log: what is here already is left out while it is read.
        None => look(folder, &state, Some(&store.keys()?), all).map_err(SyncError::Read)?.unwrap_or_default(),
    };
    let (mut state, mut looked, mut synced) = take(store, state, looked, now_ms, entropy)?;
    let before = (!looked.is_whole).then(|| state.reached.clone()).flatten();
    let mut pen = Pen::new(folder, &mut state, &looked);
    let there = std::mem::take(&mut looked.there);
    let reached = store.lines_beyond(before.as_ref(), &there, &mut |line| pen.write(line));
    let flushed = reached.map_err(written).and_then(|reached| pen.flush().map(|()| reached).map_err(SyncError::Write));
    let count = pen.written;
    // What was written before an error is remembered as well.
    state.reached = flushed.as_ref().ok().cloned().or(state.reached);
    remember(store, &state)?;
    flushed?;
    synced.written = count;
    Ok(synced)
}

fn written(error: ExportError) -> SyncError {
    match error {
        ExportError::Store(error) => SyncError::Store(error),
        ExportError::Io(error) => SyncError::Write(error),
    }
}

/// A state of a log whose rows have other numbers by now knows nothing of what was written.
fn trusted(store: &Store, mut state: State) -> Result<State, StoreError> {
    if let Some(reached) = &state.reached
        && !store.still_reaches(reached)?
    {
        state.reached = None;
    }
    Ok(state)
}

/// Takes in what was found, and notices a second computer of this one's name.
fn take(
    store: &mut Store,
    mut state: State,
    mut looked: Looked,
    now_ms: i64,
    entropy: &mut dyn FnMut() -> [u8; 8],
) -> Result<(State, Looked, Synced), SyncError> {
    let mut synced = tell(&looked, &state, now_ms);
    state.files.clone_from(&looked.files);
    synced.brought = store.take_lines(std::mem::take(&mut looked.came), &text(&state))?;
    if synced.brought.foreign_own > 0 {
        state.device = Device::new(entropy());
        state.segment = (0, 0);
        synced.renamed = Some(state.device.clone());
    }
    Ok((state, looked, synced))
}

/// What was seen, as values.
fn tell(looked: &Looked, state: &State, now_ms: i64) -> Synced {
    let files = || looked.files.iter();
    let named = |is: fn(&str, &state::Seen) -> bool| {
        files().filter(move |(name, seen)| is(name, seen)).map(|(name, _)| name.clone()).collect::<Vec<_>>()
    };
    let devices: HashSet<&Device> = files().filter_map(|(_, seen)| seen.device.as_ref()).collect();
    let ahead = looked.latest_ms.iter().filter(|(_, at_ms)| **at_ms > now_ms.saturating_add(AHEAD_MS));
    Synced {
        others: devices.iter().filter(|device| ***device != state.device).count(),
        copies: named(|name, _| Segment::of_file_name(name).is_none()),
        damaged: files()
            .filter(|(_, seen)| seen.damaged > 0 && !seen.is_newer)
            .map(|(name, seen)| (name.clone(), seen.damaged))
            .collect(),
        unfinished: named(|_, seen| seen.read < seen.bytes),
        changed: looked.changed().map(str::to_owned).collect(),
        strange: looked.strange.clone(),
        ahead: ahead.map(|(device, at_ms)| (device.clone(), *at_ms)).collect(),
        ..Synced::default()
    }
}

/// A sync that stands in nobody's way: what takes longer than `patience`, or is more than some days' answers, is left for a
/// sync by hand, and none is given.
///
/// # Errors
/// As [`sync`].
pub fn in_passing(
    store: &mut Store,
    folder: Arc<dyn Folder + Send + Sync>,
    state: State,
    now_ms: i64,
    entropy: &mut dyn FnMut() -> [u8; 8],
    patience: Duration,
) -> Result<Option<Synced>, SyncError> {
    let state = trusted(store, state)?;
    let (shared, asked) = (Arc::clone(&folder), state.clone());
    let found = within(patience / 2, move || look(&*shared, &asked, None, MOST_IN_PASSING));
    let Some(looked) = found.transpose().map_err(SyncError::Read)?.flatten() else { return Ok(None) };
    let remembered = state.clone();
    let (mut state, mut looked, mut synced) = if looked.came.is_empty() {
        let synced = tell(&looked, &state, now_ms);
        (state, looked, synced)
    } else {
        take(store, state, looked, now_ms, entropy)?
    };
    let (mut lines, there) = (Vec::new(), std::mem::take(&mut looked.there));
    let collected = store.lines_beyond(state.reached.as_ref(), &there, &mut |line| {
        lines.push(line.to_vec());
        if lines.len() > MOST_ROWS_IN_PASSING { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(()) }
    });
    let reached = match collected {
        Err(ExportError::Io(error)) if error.kind() == io::ErrorKind::FileTooLarge => return Ok(None),
        collected => collected.map_err(written)?,
    };
    synced.written = lines.len();
    let wrote = within(patience / 2, move || {
        let mut pen = Pen::new(&*folder, &mut state, &looked);
        let wrote = lines.iter().try_for_each(|line| pen.write(line)).and_then(|()| pen.flush());
        state.reached = Some(reached);
        wrote.map(|()| state)
    });
    let Some(state) = wrote.transpose().map_err(SyncError::Write)? else { return Ok(None) };
    if state != remembered {
        remember(store, &state)?;
    }
    Ok(Some(synced))
}

#[cfg(test)]
mod tests;
