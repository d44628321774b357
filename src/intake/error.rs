//! Why an import fails.

use crate::deck::DeckError;
use crate::shown;
use crate::store::StoreError;
use std::io;
use std::path::PathBuf;

/// Why an import failed.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file.
    #[error("{}: {source}", shown::path(path))]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A deck that cannot be added to.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Decks(Vec<DeckError>),
    /// Said as it is.
    #[error("{0}")]
    Refused(String),
}

pub(super) type Result<T> = std::result::Result<T, IntakeError>;
