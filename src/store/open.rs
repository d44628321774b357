//! Opening the file: whose it is, which version, how SQLite is to treat it.

use super::repair::beside;
use super::{Entropy, Store, StoreError, cards};
use crate::schedule::Day;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::fs;
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

/// `PRAGMA application_id`: "SYSD".
const APPLICATION_ID: i32 = 0x5359_5344;
/// One entry a schema version, from 1. Never edited once released.
const MIGRATIONS: &[&str] =
    &[include_str!("v1.sql"), include_str!("v2.sql"), include_str!("v3.sql"), include_str!("v4.sql")];
/// The version that began to fold a log as it is folded now, and to keep what the cards' histories leave.
const WITH_PROJECTION: usize = 4;
pub(super) const BUSY: Duration = Duration::from_secs(10);
/// Of pages in memory; the smaller is SQLite's own.
const BULK_KIB: i32 = 256 << 10;
const USUAL_KIB: i32 = 2000;
/// Of a SQLite file, see "The Database Header" in SQLite's file format.
const HEADER_BYTES: usize = 100;
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

impl Store {
    /// Opens the database, and makes it with its folder if there is none. One of an earlier version is backed up and
    /// brought up to date.
    ///
    /// # Errors
    /// A file of another program, of a newer version, or that cannot be opened. It is left untouched.
    pub fn open(path: &Path, entropy: Entropy) -> Result<Self, StoreError> {
        Self::open_as(path, entropy, true)
    }

    /// Opens a copy that is made for one use.
    pub(super) fn open_copy(path: &Path) -> Result<Self, StoreError> {
        Self::open_as(path, Box::new(|| [0; 10]), false)
    }

    fn open_as(path: &Path, entropy: Entropy, backup: bool) -> Result<Self, StoreError> {
        let there = fs::metadata(path).ok();
        match &there {
            Some(there) if there.is_dir() => return Err(StoreError::Folder(path.to_owned())),
            Some(there) if !there.is_file() => return Err(StoreError::NotADatabase(path.to_owned())),
            _ => {}
        }
        let is_wal = check_owner(path)?;
        if there.is_some_and(|there| there.len() == 0) {
            check_emptied(path)?;
        }
        make_file(path).map_err(|source| StoreError::Io { path: path.to_owned(), source })?;
        let connection = connect(path).map_err(|error| StoreError::sqlite("open the database", error))?;
        let mut store = Self { connection, entropy, path: path.to_owned(), file: FileId::of(path), today: Day::LAST };
        store.migrate(path, backup)?;
        if !is_wal {
            store.keep_a_wal()?;
        }
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
        let mut store = Self { connection, entropy, path: path.to_owned(), file: FileId::of(path), today: Day::LAST };
        store.migrate(path, false)?;
        Ok(store)
    }

    /// While much is written SQLite may keep more pages in memory: what it has no room for it writes, and reads again.
    pub(super) fn bulk(&self, much: bool) -> Result<(), StoreError> {
        let kibibytes = if much { BULK_KIB } else { USUAL_KIB };
        let set = self.connection.pragma_update(None, "cache_size", -kibibytes);
        set.map_err(|error| StoreError::sqlite("open the database", error))
    }

    fn migrate(&mut self, path: &Path, backup: bool) -> Result<(), StoreError> {
        let known = MIGRATIONS.len() as i64;
        let version =
            |connection: &Connection| connection.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0));
        let found = version(&self.connection).map_err(|error| StoreError::sqlite("open the database", error))?;
        if backup && (1..known).contains(&found) {
            super::backup::copy(path, &format!("before-version-{known}"))?;
        }
        let upgrade = |connection: &mut Connection| -> rusqlite::Result<i64> {
            let found = version(connection)?;
            if found >= known {
                return Ok(found);
            }
            let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            // Another process may have been first.
            let found = usize::try_from(version(&tx)?).unwrap_or(0);
            for migration in MIGRATIONS.iter().skip(found) {
                tx.execute_batch(migration)?;
            }
            if found < WITH_PROJECTION {
                cards::project_all(&tx, Day::LAST)?;
            }
            tx.pragma_update(None, "application_id", APPLICATION_ID)?;
            tx.pragma_update(None, "user_version", known)?;
            tx.commit()?;
            Ok(known)
        };
        let found = upgrade(&mut self.connection).map_err(|error| StoreError::sqlite("open the database", error))?;
        if found > known {
            // The version may stand in the WAL alone: closing must not bring it into the file.
            let _ = self.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
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

/// Reads the header as plain bytes: SQLite itself might change a file that is not ours by opening it. Gives whether the
/// file is written by way of a write-ahead log.
pub(super) fn check_owner(path: &Path) -> Result<bool, StoreError> {
    let mut header = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(HEADER_BYTES as u64).read_to_end(&mut header));
    match read {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(source) => return Err(StoreError::Io { path: path.to_owned(), source }),
        Ok(0) => return Ok(false),
        Ok(_) => {}
    }
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
    // The versions of the format that may write and read it.
    Ok(header[18..20] == [2, 2])
}

/// A file without content is a new one, unless something shows that it had content: SQLite would begin anew, and throw
/// the write-ahead log away.
fn check_emptied(path: &Path) -> Result<(), StoreError> {
    let bytes = |path: &Path| fs::metadata(path).map_or(0, |file| file.len());
    if bytes(&beside(path, "-wal")) > 0 || super::backup::list(path).is_ok_and(|copies| !copies.is_empty()) {
        return Err(StoreError::Damaged { path: path.to_owned(), what: "it has lost its content".to_owned() });
    }
    Ok(())
}

/// Which file a path leads to, where the platform tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FileId(Option<(u64, u64)>);

impl FileId {
    #[cfg(unix)]
    pub(super) fn of(path: &Path) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self(fs::metadata(path).ok().map(|file| (file.dev(), file.ino())))
    }

    #[cfg(not(unix))]
    pub(super) fn of(_: &Path) -> Self {
        Self(None)
    }
}

/// Makes the folder and the file, for the user alone.
pub(super) fn make_file(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists()) {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(folder)?;
    }
    let mut options = fs::OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // A statement is not planned anew for each value that it is given.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(connection)
}
