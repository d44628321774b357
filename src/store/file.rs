//! A database as a file: where it really lies, its lock, and how it is read as it stands.
//!
//! Whoever writes to the database, opens or closes it, restores or repairs it holds the lock of `DATABASE-lock`,
//! from the first reading to the last renaming. SQLite's own lock would do for a sound file; a damaged one has none.

use super::error::{Result, StoreError};
use crate::files::{self, beside, folder_of};
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use std::{fs, io};

/// How long another process is waited for.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// What SQLite keeps beside a database.
pub(super) const WAL: &str = "-wal";
pub(super) const SHM: &str = "-shm";
pub(super) const JOURNAL: &str = "-journal";
/// So many links that lead to one another are one too many.
const LINKS: usize = 40;

/// The lock of a database, until it is dropped.
#[derive(Debug)]
pub(super) struct Lock(#[expect(dead_code, reason = "it is held while it lives")] fs::File);

/// Waits for the lock of a database, which lies in a folder that is there.
pub(super) fn lock(db: &Path) -> Result<Lock> {
    match files::lock(&beside(db, "-lock"), PATIENCE) {
        Ok(Some(held)) => Ok(Lock(held)),
        Ok(None) => Err(StoreError::Locked(db.to_owned())),
        Err(source) => Err(io_error(db)(source)),
    }
}

/// Where a database really lies: links lead to it, and what belongs to it lies beside the file and not beside a link. The
/// name is never one that SQLite reads as something else (`:memory:`, `file:...`).
///
/// # Errors
/// Links lead in a circle, or there is no current folder.
pub fn real(path: &Path) -> Result<PathBuf> {
    let io = io_error(path);
    let mut real = path.to_owned();
    let mut links = 0;
    while let Ok(to) = fs::read_link(&real) {
        links += 1;
        if links > LINKS {
            return Err(io(io::Error::other("its links lead in a circle")));
        }
        real = folder_of(&real).join(to);
    }
    let real = std::path::absolute(&real).map_err(&io)?;
    // A folder that is not there yet has no links.
    match (fs::canonicalize(folder_of(&real)), real.file_name()) {
        (Ok(folder), Some(name)) if cfg!(unix) => Ok(folder.join(name)),
        _ => Ok(real),
    }
}

/// Which file a path leads to, where the platform tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileId(Option<(u64, u64)>);

impl FileId {
    /// The identity of the file that stands at a path now.
    #[cfg(unix)]
    pub fn of(path: &Path) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self(fs::metadata(path).ok().map(|file| (file.dev(), file.ino())))
    }

    /// The identity of the file that stands at a path now.
    #[cfg(not(unix))]
    pub fn of(_: &Path) -> Self {
        Self(None)
    }
}

/// Whether two paths lead to one file.
pub(super) fn is_same(a: &Path, b: &Path) -> bool {
    let id = FileId::of(a);
    id.0.is_some() && id == FileId::of(b) || real(a).is_ok_and(|a| real(b).is_ok_and(|b| a == b))
}

/// The files that stores of this process have open. To open and close such a file beside SQLite would undo SQLite's
/// locks on it, on systems where locks belong to the process.
static OPEN_HERE: Mutex<Vec<FileId>> = Mutex::new(Vec::new());

/// A note that this process has a file open.
#[derive(Debug)]
pub(super) struct OpenHere(FileId);

impl OpenHere {
    pub(super) fn note(file: FileId) -> Self {
        OPEN_HERE.lock().unwrap_or_else(PoisonError::into_inner).push(file);
        Self(file)
    }

    /// Whether the file still stands at a path.
    pub(super) fn is_at(&self, path: &Path) -> bool {
        FileId::of(path) == self.0
    }

    pub(super) fn is_noted(file: FileId) -> bool {
        file.0.is_some() && OPEN_HERE.lock().unwrap_or_else(PoisonError::into_inner).contains(&file)
    }
}

impl Drop for OpenHere {
    fn drop(&mut self) {
        let mut open = OPEN_HERE.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = open.iter().position(|file| *file == self.0) {
            open.swap_remove(at);
        }
    }
}

/// An error of this file.
pub(super) fn io_error(path: &Path) -> impl Fn(io::Error) -> StoreError + use<> {
    let path = path.to_owned();
    move |source| StoreError::Io { path: path.clone(), source }
}

/// How large the file at a path is; 0 where there is none.
pub(super) fn bytes(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |file| file.len())
}

/// Reads a file as it stands, without its write-ahead log and its locks; SQLite writes nothing beside it.
pub(super) fn without_wal(db: &Path) -> rusqlite::Result<Connection> {
    let mut uri = String::from("file:");
    for byte in real(db).unwrap_or_else(|_| db.to_owned()).as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => uri.push(char::from(*byte)),
            other => uri.push_str(&format!("%{other:02x}")),
        }
    }
    uri.push_str("?immutable=1");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    Connection::open_with_flags(uri, flags)
}

/// Attaches a file as `other`, whatever bytes are in its name.
pub(super) fn attach(c: &Connection, other: &Path) -> rusqlite::Result<()> {
    c.execute("ATTACH CAST(?1 AS TEXT) AS other", [other.as_os_str().as_encoded_bytes()]).map(drop)
}

/// Reads a file with its write-ahead log, as whoever has it open does.
pub(super) fn read_only(path: &Path) -> rusqlite::Result<Connection> {
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(PATIENCE)?;
    Ok(connection)
}
