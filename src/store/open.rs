//! Opening the file: whose it is, which version, how SQLite is to treat it.

use super::backup;
use super::connection::{Entropy, Purpose, Store};
use super::error::StoreError;
use super::file::{self, FileId, OpenHere, PATIENCE, io_error};
use super::generation::advance;
use super::projection::project_all;
use super::settle::settle;
use crate::files::{folder_of, make_folder, private_file};
use crate::schedule::Day;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::fs;
use std::io::{self, Read};
use std::path::Path;

/// `PRAGMA application_id`: "SYSD".
const APPLICATION_ID: i32 = 0x5359_5344;
/// One entry a schema version, from 1. Never edited once released.
const MIGRATIONS: &[&str] = &[
    include_str!("v1.sql"),
    include_str!("v2.sql"),
    include_str!("v3.sql"),
    include_str!("v4.sql"),
    include_str!("v5.sql"),
    include_str!("v6.sql"),
    include_str!("v7.sql"),
];
/// The version that began to fold a log as it is folded now, and to keep what the cards' histories leave.
const WITH_PROJECTION: usize = 4;
/// The length of the header of an SQLite file, in bytes: "The Database Header" in SQLite's file format.
const HEADER_BYTES: usize = 100;
/// In place of a version: of a file that has tables, and no version of ours.
const NOT_OURS: i64 = -1;
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

impl Store {
    /// Opens the database, and makes it with its folder if there is none. One of an earlier version is backed up and
    /// brought up to date. A write-ahead log of another file that lies beside it is set aside, see [`Store::stray`].
    ///
    /// # Errors
    /// A file of another program, of a newer version, or that cannot be opened; no file where something shows that there
    /// was one. All is left untouched.
    pub fn open(path: &Path, entropy: Entropy) -> Result<Self, StoreError> {
        Self::open_as(path, entropy, Purpose::Use)
    }

    pub(super) fn open_as(path: &Path, entropy: Entropy, purpose: Purpose) -> Result<Self, StoreError> {
        let path = &file::real(path)?;
        // Nothing is made beside what is not ours, not even a lock.
        check_owner(path)?;
        make_folder(folder_of(path)).map_err(io_error(path))?;
        let lock = if purpose == Purpose::Use { Some(file::lock(path)?) } else { None };
        // Another process may have been at work meanwhile.
        check_owner(path)?;
        let is_open_here = OpenHere::is_noted(FileId::of(path));
        let stray = if purpose == Purpose::Copy || is_open_here { None } else { settle(path)? };
        if !is_open_here {
            // Made if it is new; and said at once if it is not the user's to write.
            private_file(path).map_err(io_error(path))?;
        }
        let id = FileId::of(path);
        let connection = connect(path).map_err(|error| StoreError::sqlite("open the database", error))?;
        let mut store = Self {
            connection,
            entropy,
            path: path.to_owned(),
            file: Some(OpenHere::note(id)),
            stray,
            today: Day::LAST,
            purpose,
            held: lock,
        };
        // Until it is known what the file is, closing it must bring nothing of the log into it.
        store.leave_the_wal(true);
        store.migrate(path, purpose != Purpose::Copy)?;
        store.keep_a_wal()?;
        store.leave_the_wal(false);
        store.held = None;
        Ok(store)
    }

    /// A database that is gone when it is dropped: for simulations, which pay for no disk.
    ///
    /// # Errors
    /// SQLite has no memory for it.
    pub fn in_memory(entropy: Entropy) -> Result<Self, StoreError> {
        let connection =
            Connection::open_in_memory().map_err(|error| StoreError::sqlite("open the database", error))?;
        let path = Path::new(":memory:");
        let mut store = Self {
            connection,
            entropy,
            path: path.to_owned(),
            file: None,
            stray: None,
            today: Day::LAST,
            purpose: Purpose::Copy,
            held: None,
        };
        store.migrate(path, false)?;
        Ok(store)
    }

    fn migrate(&mut self, path: &Path, backup: bool) -> Result<(), StoreError> {
        let known = MIGRATIONS.len() as i64;
        let version =
            |connection: &Connection| connection.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0));
        let found = version(&self.connection).map_err(|error| StoreError::sqlite("open the database", error))?;
        if backup && (1..known).contains(&found) {
            backup::copy(path, &format!("before-version-{known}"))?;
        }
        let upgrade = |connection: &mut Connection| -> rusqlite::Result<i64> {
            let found = version(connection)?;
            if found >= known {
                return Ok(found);
            }
            let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            // Another process may have been first.
            let found = usize::try_from(version(&tx)?).unwrap_or(0);
            if found == 0 && tx.prepare("SELECT 1 FROM sqlite_schema")?.exists([])? {
                return Ok(NOT_OURS);
            }
            for migration in MIGRATIONS.iter().skip(found) {
                tx.execute_batch(migration)?;
            }
            if found < WITH_PROJECTION {
                project_all(&tx, Day::LAST)?;
            }
            tx.pragma_update(None, "application_id", APPLICATION_ID)?;
            tx.pragma_update(None, "user_version", known)?;
            if found > 0 {
                advance(&tx)?;
            }
            tx.commit()?;
            // The file's identity must be in the file itself.
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
            Ok(known)
        };
        let found = upgrade(&mut self.connection).map_err(|error| StoreError::sqlite("open the database", error))?;
        if found == NOT_OURS {
            return Err(StoreError::Foreign(path.to_owned()));
        }
        // The version may stand in the WAL alone.
        if found > known {
            return Err(StoreError::Newer { path: path.to_owned(), found, known });
        }
        Ok(())
    }

    /// Has the file written by way of a write-ahead log; its header keeps that. After the first migration: the header
    /// that `check_owner` reads must be in the file itself, not in the WAL.
    fn keep_a_wal(&self) -> Result<(), StoreError> {
        let wal =
            |c: &Connection| c.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get::<_, String>(0));
        match wal(&self.connection) {
            // Another process has the file open at this moment: the mode is its to set, and no answer depends on it.
            Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseBusy) => Ok(()),
            other => other.map(drop).map_err(|error| StoreError::sqlite("open the database", error)),
        }
    }
}

/// Reads the header as plain bytes: SQLite itself might change a file that is not ours by opening it. Only what is a file
/// is opened: to read from a pipe might never end.
pub(super) fn check_owner(path: &Path) -> Result<(), StoreError> {
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(StoreError::Io { path: path.to_owned(), source }),
        Ok(file) if file.is_dir() => return Err(StoreError::Folder(path.to_owned())),
        Ok(file) if !file.is_file() => return Err(StoreError::NoFile(path.to_owned())),
        Ok(file) if file.len() == 0 => return Ok(()),
        // Whoever opened it here looked at it.
        Ok(_) if OpenHere::is_noted(FileId::of(path)) => return Ok(()),
        Ok(_) => {}
    }
    let mut header = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(HEADER_BYTES as u64).read_to_end(&mut header));
    read.map_err(io_error(path))?;
    if header.len() < HEADER_BYTES || !header.starts_with(MAGIC) {
        return Err(StoreError::NotADatabase(path.to_owned()));
    }
    let word = |at: usize| i32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    let (version, application) = (word(60), word(68));
    if application != APPLICATION_ID {
        return Err(StoreError::Foreign(path.to_owned()));
    }
    if i64::from(version) > MIGRATIONS.len() as i64 {
        return Err(StoreError::Newer { path: path.to_owned(), found: version.into(), known: MIGRATIONS.len() as i64 });
    }
    Ok(())
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // A statement is not planned anew for each value that it is given.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(connection)
}
