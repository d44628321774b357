//! Why a day cannot be practised.

use crate::catalog::NotFound;
use crate::drive::DriveError;
use crate::store::StoreError;

/// Why a day cannot be practised.
#[derive(Debug, thiserror::Error)]
pub enum PracticeError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A deck that there is not.
    #[error(transparent)]
    NotFound(#[from] NotFound),
    /// The decks.
    #[error(transparent)]
    Drive(#[from] DriveError),
    /// No card is meant, for this reason.
    #[error("{0}")]
    Nothing(String),
}

pub(super) type Result<T> = std::result::Result<T, PracticeError>;
