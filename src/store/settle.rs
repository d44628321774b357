//! What lies beside a database before SQLite sees it: whether a write-ahead log is the file's own, and whether there was a
//! file where there is none.

use super::aside::{Stray, remove_one, set_wal_aside};
use super::backup;
use super::error::{Result, StoreError};
use super::file::{SHM, WAL, bytes, io_error, real};
use super::generation::{Fit, fit};
use super::problems::first_problem;
use crate::files::{Part, beside};
use rusqlite::Connection;
use std::fs;
use std::path::{Path, PathBuf};

/// Looks at what lies beside a database before SQLite does. Where there is no file, or an empty one, nothing may show that
/// there was one. The caller holds the lock.
pub(super) fn settle(db: &Path) -> Result<Option<Stray>> {
    let wal = beside(db, WAL);
    if !wal.exists() {
        // An index of a log that is gone: SQLite would take it for this file's.
        let _ = remove_one(&beside(db, SHM));
    }
    if bytes(db) == 0 {
        return match left_of(db)? {
            None => Ok(None),
            Some(_) if db.exists() => {
                Err(StoreError::Damaged { path: db.to_owned(), what: "it has lost its content".to_owned() })
            }
            Some(left) => Err(StoreError::Gone { path: db.to_owned(), left }),
        };
    }
    if bytes(&wal) == 0 {
        return Ok(None);
    }
    let (is_ours, by_rows) = match fit(db) {
        Fit::Ours => (true, false),
        Fit::Strange => (false, false),
        Fit::Unknown => (fits_by_rows(db)?, true),
    };
    if is_ours {
        return Ok(None);
    }
    Ok(Some(Stray { wal: set_wal_aside(db)?, by_rows }))
}

/// What shows that there was a database where there is none, or an empty one: its write-ahead log, or the newest backup.
///
/// # Errors
/// The folder of backups cannot be read.
pub fn left_of(db: &Path) -> Result<Option<PathBuf>> {
    let wal = beside(&real(db)?, WAL);
    if bytes(&wal) > 0 { Ok(Some(wal)) } else { backup::newest(db) }
}

/// Tells by what is in both whether a write-ahead log belongs to a file. A log of ours is only ever appended to: with its
/// frames the file is sound and has all that it has without them.
fn fits_by_rows(db: &Path) -> Result<bool> {
    let io = io_error(db);
    let part = Part::of(&beside(db, ".look")).map_err(&io)?;
    let (alone, both) = (beside(part.path(), "-alone"), beside(part.path(), "-both"));
    for copy in [&alone, &both] {
        fs::copy(db, copy).map_err(&io)?;
    }
    fs::copy(beside(db, WAL), beside(&both, WAL)).map_err(&io)?;
    let is_sound = |path: &Path| -> rusqlite::Result<bool> { Ok(first_problem(&Connection::open(path)?)?.is_none()) };
    if is_sound(&both).unwrap_or(false) && (!is_sound(&alone).unwrap_or(false) || has_all_of(&both, &alone)) {
        return Ok(true);
    }
    match is_sound(&alone) {
        Ok(true) => Ok(false),
        _ => Err(StoreError::Damaged {
            path: db.to_owned(),
            what: "neither with its write-ahead log nor without it is it whole".to_owned(),
        }),
    }
}

fn has_all_of(file: &Path, other: &Path) -> bool {
    backup::missing_rows(file, other).is_ok_and(|missing| missing == 0)
}
