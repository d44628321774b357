//! The one connection to the file: reads, transactions, and the guard that the file is still the one that was opened.
//!
//! What is read and written belongs to the handles, which are made of a [`Store`]: [`Store::reviews`], [`Store::marks`],
//! [`Store::states`], [`Store::traces`], [`Store::deck_index`].

use super::aside::Stray;
use super::error::{Result, StoreError};
use super::file::{self, Lock, OpenHere};
use super::generation;
use crate::schedule::Day;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use std::path::PathBuf;

/// The pages that SQLite keeps in memory, in KiB: many while all is read or written, and its own default else.
const BULK_KIB: i32 = 256 << 10;
const USUAL_KIB: i32 = 2000;

/// Ten random bytes for an id: chance comes in from outside.
pub type Entropy = Box<dyn FnMut() -> [u8; 10] + Send>;

/// An open database.
pub struct Store {
    pub(super) connection: Connection,
    pub(super) entropy: Entropy,
    pub(super) path: PathBuf,
    /// Which file stood there when it was opened; none in memory.
    pub(super) file: Option<OpenHere>,
    pub(super) stray: Option<Stray>,
    /// What the log says of later days is left out of every state.
    pub(super) today: Day,
    pub(super) purpose: Purpose,
    /// The file's lock while it is opened and closed. After the connection, so that it is given back when that is closed.
    pub(super) held: Option<Lock>,
}

/// Reads of one state of the file; see [`Store::snapshot`].
pub struct Snapshot<'a>(#[expect(dead_code, reason = "it ends when it is dropped")] Transaction<'a>);

/// What a file is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To be used: its lock is taken, and it is backed up before it is brought up to date.
    Use,
    /// The same, by one who holds its lock.
    Locked,
    /// A copy that nobody else knows of.
    Copy,
}

impl Store {
    /// One state of the file for all reads until it is dropped, whoever writes meanwhile; they take less time too.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn snapshot(&self) -> Result<Snapshot<'_>> {
        let begun = self.connection.unchecked_transaction();
        begun.map(Snapshot).map_err(|error| StoreError::sqlite("read the database", error))
    }

    /// A number that changes when another connection has written to the file, and only then.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn written_by_others(&self) -> Result<i64> {
        self.read("read the database", |c| c.pragma_query_value(None, "data_version", |row| row.get(0)))
    }

    /// The same state of the same file once more, to be read in another thread; none in memory, or where somebody has written
    /// since the snapshot that is held here. It writes nothing.
    ///
    /// # Errors
    /// The database could not be opened or read.
    pub fn reader(&self) -> Result<Option<Self>> {
        if self.file.is_none() {
            return Ok(None);
        }
        let doing = "open the database";
        let open = || {
            let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let connection = Connection::open_with_flags(&self.path, flags)?;
            connection.busy_timeout(file::PATIENCE)?;
            connection.execute_batch("BEGIN")?;
            let is_same = generation::this(&connection)? == generation::this(&self.connection)?;
            Ok(is_same.then_some(connection))
        };
        let connection = open().map_err(|error| StoreError::sqlite(doing, error))?;
        Ok(connection.map(|connection| Self {
            connection,
            entropy: Box::new(|| [0; 10]),
            path: self.path.clone(),
            file: None,
            stray: None,
            today: self.today,
            purpose: Purpose::Copy,
            held: None,
        }))
    }

    pub(super) fn read<T>(
        &self,
        doing: &'static str,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T> {
        read(&self.connection).map_err(|error| StoreError::sqlite(doing, error)).inspect_err(|error| self.heed(error))
    }

    pub(super) fn write<T, E: AtEdge>(
        &mut self,
        doing: &'static str,
        write: impl FnOnce(&Transaction, &mut Entropy) -> std::result::Result<T, E>,
    ) -> Result<T> {
        let _lock = self.lock().inspect_err(|error| self.heed(error))?;
        let run = || {
            let sqlite = |error| StoreError::sqlite(doing, error);
            let tx = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(sqlite)?;
            let written = write(&tx, &mut self.entropy).map_err(|error| error.at_edge(doing))?;
            generation::advance(&tx).and_then(|()| tx.commit()).map_err(sqlite)?;
            Ok(written)
        };
        let written = run();
        written.inspect_err(|error| self.heed(error))
    }

    /// The write-ahead log of another file that lay beside this one and was set aside when it was opened.
    pub fn stray(&self) -> Option<&Stray> {
        self.stray.as_ref()
    }

    /// Has the file left as it is when it is closed, and its write-ahead log beside it.
    pub(super) fn leave_the_wal(&self, leave: bool) {
        let _ = self.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, leave);
    }

    /// After such an error nothing is brought from the write-ahead log into the file: both are what is left to save from.
    pub(super) fn heed(&self, error: &StoreError) {
        if error.is_damage() || matches!(error, StoreError::Replaced(_)) {
            self.leave_the_wal(true);
            let _ = self.connection.pragma_update(None, "wal_autocheckpoint", 0);
        }
    }

    /// The lock of the file, which still stands where it was opened. SQLite would go on writing to a file that has
    /// another name by now, or none: nobody would find it there.
    pub(super) fn lock(&self) -> Result<Option<Lock>> {
        let lock = if self.purpose == Purpose::Use { Some(file::lock(&self.path)?) } else { None };
        // Whoever replaces the file holds the lock while doing so.
        self.check_place().map(|()| lock)
    }

    pub(super) fn check_place(&self) -> Result<()> {
        match &self.file {
            Some(file) if !file.is_at(&self.path) => Err(StoreError::Replaced(self.path.clone())),
            _ => Ok(()),
        }
    }

    /// While much is written SQLite may keep more pages in memory: what it has no room for it writes, and reads again.
    pub(super) fn bulk(&self, much: bool) -> Result<()> {
        let kibibytes = if much { BULK_KIB } else { USUAL_KIB };
        let set = self.connection.pragma_update(None, "cache_size", -kibibytes);
        set.map_err(|error| StoreError::sqlite("open the database", error))
    }
}

impl Drop for Store {
    /// The last to close a file brings its write-ahead log into it. Not where another file has its name: SQLite would then
    /// remove that one's log, which has the same name. The lock is held until all is closed.
    fn drop(&mut self) {
        // One that could not be opened has it still.
        if self.held.is_none() {
            match self.lock() {
                Ok(lock) => self.held = lock,
                Err(_) => self.leave_the_wal(true),
            }
        }
    }
}

/// An error inside a transaction, and what it is to whoever asked for one.
pub(super) trait AtEdge {
    fn at_edge(self, doing: &'static str) -> StoreError;
}

impl AtEdge for StoreError {
    fn at_edge(self, _: &'static str) -> StoreError {
        self
    }
}

impl AtEdge for rusqlite::Error {
    fn at_edge(self, doing: &'static str) -> StoreError {
        StoreError::sqlite(doing, self)
    }
}
