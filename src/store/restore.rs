//! A backup in place of the database.

use super::aside;
use super::backup::{copy, copy_of_other, list};
use super::connection::{Purpose, Store};
use super::error::{Result, StoreError};
use super::file::{self, io_error};
use super::generation;
use super::open::check_owner;
use crate::files::{self, Part, beside};
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// Puts a backup in place of the database. What stands there is set aside first, under the same lock: as a backup where
/// it is sound, as it is where it is damaged. Gives the place of what was set aside.
///
/// # Errors
/// The backup is not one, or is damaged: then nothing has changed.
pub fn restore(db: &Path, from: &Path, tag: &str) -> Result<Option<PathBuf>> {
    let db = &file::real(db)?;
    fs::metadata(from).map_err(io_error(from))?;
    if file::is_same(db, from) {
        return Err(StoreError::Itself(db.clone()));
    }
    check_owner(from)?;
    let there = check_owner(db);
    // Another program's file is not for us to move.
    if let Err(foreign @ (StoreError::Foreign(_) | StoreError::Folder(_) | StoreError::NoFile(_))) = there {
        return Err(foreign);
    }
    files::make_folder(files::folder_of(db)).map_err(io_error(db))?;
    let _lock = file::lock(db)?;
    let part = Part::of(db).map_err(io_error(db))?;
    copy_of_other(from, part.path(), "read the backup")?;
    // An older version's backup is brought up to date here, before anything is touched.
    let fresh = Store::open_as(part.path(), Box::new(rand::random), Purpose::Copy)?;
    let aside = beside(db, &format!(".damaged-{tag}"));
    let is_empty = fs::metadata(db).map_or(0, |file| file.len()) == 0;
    let kept = if is_empty { None } else { Some(keep_before_restore(db, tag)) };
    let noted = generation::note_restored(&fresh.connection, written_ms(list(db)?.iter().map(|copy| copy.written)));
    noted.map_err(|error| StoreError::sqlite("restore the backup", error))?;
    match kept {
        // Sessions that have it open go on.
        Some(Ok(kept)) => overwrite(db, &fresh).map(|()| Some(kept)),
        Some(Err(error)) if !error.is_damage() => Err(error),
        _ => {
            drop(fresh);
            aside::replace(db, part, &aside)
        }
    }
}

/// A backup of what a restored one takes the place of. The file is brought up to date, so that its next state follows
/// from this one. The caller holds the lock.
fn keep_before_restore(db: &Path, tag: &str) -> Result<PathBuf> {
    drop(Store::open_as(db, Box::new(rand::random), Purpose::Locked)?);
    copy(db, &format!("before-restore-{tag}"))
}

/// When the last of the backups was written, in whole milliseconds since 1970, rounded up.
fn written_ms(copies: impl Iterator<Item = SystemTime>) -> i64 {
    let age = copies.max().unwrap_or(UNIX_EPOCH).duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(age.as_millis()).map_or(i64::MAX, |ms| ms.saturating_add(1))
}

/// Gives a database the content of another, in one transaction. The caller holds the lock.
fn overwrite(db: &Path, with: &Store) -> Result<()> {
    let run = || {
        let mut target = Connection::open_with_flags(db, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        target.busy_timeout(file::PATIENCE)?;
        generation::follow(&with.connection, &target)?;
        let all = -1;
        match Backup::new(&with.connection, &mut target)?.step(all)? {
            StepResult::Done => {}
            _ => {
                return Err(rusqlite::Error::SqliteFailure(
                    rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY),
                    None,
                ));
            }
        }
        // Whoever reads at this moment keeps a part of it in the log, where it is as safe.
        let _ = target.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        Ok(())
    };
    run().map_err(|error| StoreError::sqlite("restore the backup", error))
}
