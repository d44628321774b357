//! Which file a database is.
//!
//! A write-ahead log knows nothing of the file that it belongs to: SQLite replays it over whatever stands there. Each
//! transaction therefore draws the row of `generation` anew and keeps the one before, so that the log's pages say from which
//! states of the file they lead to which. A log that does not begin or pass where the file stands is another's, and is set
//! aside before SQLite sees it.

use super::file::{WAL, bytes, without_wal};
use super::wal;
use crate::files::beside;
use crate::log::Cell;
use rusqlite::{Connection, OptionalExtension};
use std::path::Path;

/// Whether a write-ahead log belongs to the file beside which it lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    Ours,
    Strange,
    /// One of them has no identity, or it cannot be read.
    Unknown,
}

/// Whether the write-ahead log beside a file is surely another's.
pub(super) fn has_strange_wal(db: &Path) -> bool {
    bytes(&beside(db, WAL)) > 0 && fit(db) == Fit::Strange
}

pub(super) fn fit(db: &Path) -> Fit {
    let Ok((page, here)) = generation_in_file(db) else { return Fit::Unknown };
    let Ok(committed) = wal::committed(&beside(db, WAL), page) else { return Fit::Unknown };
    if committed.frames == 0 {
        // SQLite replays nothing.
        return Fit::Ours;
    }
    let states: Vec<Generation> = committed.versions.iter().filter_map(|page| generation_of(page)).collect();
    match states.first() {
        None => Fit::Unknown,
        Some(first) if first.before == here || states.iter().any(|state| state.this == here) => Fit::Ours,
        Some(_) => Fit::Strange,
    }
}

/// A row of the table `generation`.
struct Generation {
    this: Vec<u8>,
    before: Vec<u8>,
}

fn generation_of(page: &[u8]) -> Option<Generation> {
    let mut row = wal::first_row(page)?.into_iter();
    match (row.next()?, row.next()?) {
        (Cell::Blob(this), Cell::Blob(before)) => Some(Generation { this, before }),
        _ => None,
    }
}

/// The page of `generation` and what it says, by the main file alone.
fn generation_in_file(db: &Path) -> rusqlite::Result<(u32, Vec<u8>)> {
    let file = without_wal(db)?;
    let page = file.query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'generation'", [], |row| row.get(0))?;
    Ok((page, file.query_row("SELECT this FROM generation", [], |row| row.get(0))?))
}

/// What a file is called now, by whoever reads it.
pub(super) fn this(c: &Connection) -> rusqlite::Result<Vec<u8>> {
    c.query_row("SELECT this FROM generation", [], |row| row.get(0))
}

/// Draws a file's identity anew: what was copied is another file than what it was copied from.
pub(super) fn renew(c: &Connection) -> rusqlite::Result<()> {
    if has_generation(c)? {
        c.execute("UPDATE generation SET this = randomblob(16), before = zeroblob(16)", [])?;
    }
    Ok(())
}

/// Whether the file is of a version that has an identity.
pub(super) fn has_generation(c: &Connection) -> rusqlite::Result<bool> {
    let found = c.query_row("SELECT 1 FROM sqlite_schema WHERE name = 'generation'", [], |_| Ok(())).optional()?;
    Ok(found.is_some())
}

/// Makes a file that is about to be copied over another the next state of that one.
pub(super) fn follow(c: &Connection, other: &Connection) -> rusqlite::Result<()> {
    let before: Vec<u8> = other.query_row("SELECT this FROM generation", [], |row| row.get(0))?;
    c.execute("UPDATE generation SET before = ?1, this = randomblob(16)", [before]).map(drop)
}

/// Keeps that a backup takes the place of a file.
pub(super) fn note_restored(c: &Connection, at_ms: i64) -> rusqlite::Result<()> {
    c.execute("UPDATE generation SET restored = ?1", [at_ms]).map(drop)
}

/// When a backup was last put in the place of a file, in milliseconds since 1970.
pub(super) fn restored_ms(c: &Connection) -> rusqlite::Result<Option<u64>> {
    if !has_generation(c)? {
        return Ok(None);
    }
    let at: Option<i64> = c.query_row("SELECT restored FROM generation", [], |row| row.get(0))?;
    Ok(at.and_then(|at| u64::try_from(at).ok()))
}

/// A transaction has changed the file: it is in another state than before.
pub(super) fn advance(tx: &Connection) -> rusqlite::Result<()> {
    let mut statement = tx.prepare_cached("UPDATE generation SET before = this, this = randomblob(16)")?;
    statement.execute([]).map(drop)
}
