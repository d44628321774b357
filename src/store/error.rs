//! What can go wrong with the file, in words that say what to do.

use rusqlite::ErrorCode;
use std::path::PathBuf;

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A folder stands where the file should be.
    #[error("{} is a folder: --db needs the name of a file in it, such as sysdrill.db", .0.display())]
    Folder(PathBuf),
    /// The file is no database.
    #[error("{} is no SQLite database: it was left as it is. Name another file with --db; if it was yours and is damaged, \
             sysdrill doctor --repair saves what is left", .0.display())]
    NotADatabase(PathBuf),
    /// The file belongs to another program.
    #[error("{} is the database of another program: it was left as it is. Name another file with --db", .0.display())]
    Foreign(PathBuf),
    /// The file was written by a later version.
    #[error(
        "{} was written by a newer sysdrill (schema {found}, this version knows {known}): it was left as it is. \
         Update sysdrill to use it", path.display()
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
    #[error("cannot open {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is damaged.
    #[error("{} is damaged: {what}", path.display())]
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
    pub(super) fn sqlite(doing: &'static str, source: rusqlite::Error) -> Self {
        Self::Sqlite { doing, source }
    }
}

fn plain(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqliteFailure(_, Some(message)) => message.clone(),
        rusqlite::Error::FromSqlConversionFailure(_, _, cause) => cause.to_string(),
        other => other.to_string(),
    }
}

fn advice(error: &rusqlite::Error) -> &'static str {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            ". Another sysdrill is writing to the file: try again when it is done"
        }
        Some(ErrorCode::DiskFull) => ". Make room on the disk: what was saved before is safe",
        Some(ErrorCode::ReadOnly) => ". The file or its folder cannot be written: check the permissions",
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            ". The file is damaged: sysdrill doctor says how, and doctor --repair saves what is left"
        }
        _ => "",
    }
}
