//! What can go wrong with the file, in words that say what to do.

use crate::shown;
use rusqlite::ErrorCode;
use std::path::PathBuf;

/// What comes of a use of the database.
pub type Result<T> = std::result::Result<T, StoreError>;

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A folder stands where the file should be.
    #[error("{} is a folder: --db needs the name of a file in it, such as sysdrill.db", shown::path(.0))]
    Folder(PathBuf),
    /// What stands there is no file at all.
    #[error("{} is no file, but a pipe or a device: name another with --db", shown::path(.0))]
    NoFile(PathBuf),
    /// No file, and yet something of it.
    #[error(
        "{} is not there, but {} is: was it moved or removed? Put it back where it was; or sysdrill doctor --repair \
             makes a new one of what is left, the backups too; or move what is left away to begin anew",
        shown::path(path),
        shown::path(left)
    )]
    Gone {
        /// Where the file was.
        path: PathBuf,
        /// What is left: its write-ahead log, or the newest backup.
        left: PathBuf,
    },
    /// A file of ours that has no log.
    #[error("{} has no log of answers: it was left as it is. sysdrill backup --list names your backups", shown::path(.0))]
    NoLog(PathBuf),
    /// A file was to take its own place.
    #[error("{} is the database itself, and no backup of it: sysdrill backup --list names those", shown::path(.0))]
    Itself(PathBuf),
    /// Another process holds the file's lock.
    #[error("cannot use {}: another sysdrill is writing to the file. Try again when it is done", shown::path(.0))]
    Locked(PathBuf),
    /// The file is no database.
    #[error("{} is no SQLite database: it was left as it is. Name another file with --db; if it was yours and is damaged, \
             sysdrill doctor --repair saves what is left", shown::path(.0))]
    NotADatabase(PathBuf),
    /// The file belongs to another program.
    #[error("{} is the database of another program: it was left as it is. Name another file with --db; if it was yours and \
             is damaged, sysdrill doctor --repair saves what is left", shown::path(.0))]
    Foreign(PathBuf),
    /// The file was written by a later version.
    #[error(
        "{} was written by a newer sysdrill (schema {found}, this version knows {known}): it was left as it is. \
         Update sysdrill to use it; if you never had a newer one, the file is damaged, and sysdrill restore FILE puts a \
         backup in its place",
        shown::path(path)
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema version.
        found: i64,
        /// The latest that this program knows.
        known: i64,
    },
    /// The file or its folder cannot be opened or made.
    #[error("cannot open {}: {source}{}", shown::path(path), of_file(source))]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Another file stands in the place of the one that was opened.
    #[error("{} was moved or replaced while it was open: end this session and begin again", shown::path(.0))]
    Replaced(PathBuf),
    /// No row of a log is left in a damaged file.
    #[error("nothing of a log is left in {}: it was left as it is. sysdrill restore FILE puts a backup in its place \
             (sysdrill backup --list); without one, move it away to begin anew", shown::path(.0))]
    NothingLeft(PathBuf),
    /// The file is damaged.
    #[error(
        "{} is damaged: {what}. sysdrill --db {0} doctor --repair saves what is left of it, and keeps it",
        shown::path(path)
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// Something to be read in is not of the form it should have.
    #[error("line {line}: {what}")]
    Import {
        /// From 1.
        line: usize,
        /// What is wrong, and what would be right.
        what: String,
    },
    /// SQLite refused.
    #[error("cannot {doing}: {}{}", plain(source), advice(source))]
    Sqlite {
        /// What was being done.
        doing: &'static str,
        /// Why not.
        source: rusqlite::Error,
    },
}

impl StoreError {
    /// Whether it comes from damage, so that repairing is what helps.
    pub fn is_damage(&self) -> bool {
        match self {
            Self::NotADatabase(path) => path.is_file(),
            Self::Damaged { .. } => true,
            Self::Sqlite { source: rusqlite::Error::SqliteFailure(error, _), .. } => matches!(
                error.code,
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::TooBig | ErrorCode::Unknown
            ),
            Self::Sqlite { source, .. } => is_of_content(source),
            _ => false,
        }
    }

    pub(super) fn sqlite(doing: &'static str, source: rusqlite::Error) -> Self {
        Self::Sqlite { doing, source }
    }
}

/// Whether the file says what it cannot mean: SQLite itself has no complaint.
fn is_of_content(error: &rusqlite::Error) -> bool {
    use rusqlite::Error::{
        FromSqlConversionFailure, IntegralValueOutOfRange, InvalidColumnType, SqlInputError, Utf8Error,
    };
    matches!(
        error,
        FromSqlConversionFailure(..)
            | IntegralValueOutOfRange(..)
            | InvalidColumnType(..)
            | SqlInputError { .. }
            | Utf8Error(..)
    )
}

pub(super) fn plain(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqliteFailure(_, Some(message)) => message.clone(),
        rusqlite::Error::FromSqlConversionFailure(_, _, cause) => cause.to_string(),
        other => other.to_string(),
    }
}

const UNREADABLE: &str = ". sysdrill doctor says what is damaged, and doctor --repair mends it";

fn advice(error: &rusqlite::Error) -> &'static str {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            ". Another sysdrill is writing to the file: try again when it is done"
        }
        Some(ErrorCode::DiskFull) => ". Make room on the disk: what was saved before is safe",
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            ". The file or its folder cannot be written: check the permissions of both"
        }
        Some(ErrorCode::CannotOpen) => {
            ". Either its folder is not yours to write, or something else is in the way there: a folder in a file's \
             place, a folder that is gone"
        }
        Some(ErrorCode::SystemIoFailure) => ". The disk is full or failing: what was saved before is safe",
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::TooBig) => {
            ". The file is damaged: sysdrill doctor says how, and doctor --repair saves what is left"
        }
        Some(ErrorCode::Unknown) if matches!(error, rusqlite::Error::SqliteFailure(..)) => UNREADABLE,
        _ if is_of_content(error) => UNREADABLE,
        _ => "",
    }
}

fn of_file(error: &std::io::Error) -> &'static str {
    match error.kind() {
        std::io::ErrorKind::PermissionDenied => {
            ". It must be yours to write, and so must its folder: check the permissions of both"
        }
        std::io::ErrorKind::ReadOnlyFilesystem => ". Its disk may only be read: name a file elsewhere with --db",
        std::io::ErrorKind::StorageFull => ". Make room on the disk",
        _ => "",
    }
}
