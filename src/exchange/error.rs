//! Why a file does not come in.

use std::io;

/// Why a file does not come in.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// It is not what it should be: what is wrong, and what to do.
    #[error("{0}")]
    Refused(String),
}
