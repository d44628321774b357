//! Why there is no catalog, or a name leads nowhere.

use crate::deck::Unknown;
use crate::shown;
use crate::store::StoreError;
use std::io;
use std::path::PathBuf;

/// Why there is no catalog.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The folder of decks.
    #[error("cannot read the decks in {}: {source}", shown::path(path))]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

pub(super) type Result<T> = std::result::Result<T, CatalogError>;

/// Why a name leads nowhere.
#[derive(Debug, thiserror::Error)]
pub enum NotFound {
    /// Nothing has it.
    #[error(transparent)]
    Unknown(#[from] Unknown),
    /// It is something else than a card.
    #[error("{0}")]
    NoCard(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}
