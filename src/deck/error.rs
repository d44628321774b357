//! What is wrong in a deck, and where.

use crate::shown;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// Something wrong in a deck, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeckError {
    /// The file's path.
    pub path: Arc<str>,
    /// Line and column, each from 1; none where the file as a whole is meant.
    pub at: Option<(usize, usize)>,
    /// What is wrong and what would be right.
    pub message: String,
}

impl DeckError {
    /// The same with a word before what is wrong, such as `warning`.
    pub fn with(&self, word: &str) -> Self {
        Self { message: format!("{word}: {}", self.message), ..self.clone() }
    }
}

impl std::error::Error for DeckError {}

impl fmt::Display for DeckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.at {
            Some((line, column)) => write!(f, "{}:{line}:{column}: {}", shown::line(&self.path), self.message),
            None => write!(f, "{}: {}", shown::line(&self.path), self.message),
        }
    }
}
