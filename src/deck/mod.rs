//! What a deck file says.
//!
//! Here belong the kinds of cards, the TOML format with its errors, the lint, and the library of all
//! decks. Files are opened elsewhere: texts come in.

mod card;
mod cloze;
mod common;
mod draft;
mod estimate;
mod fields;
mod format;
mod library;
mod lint;
pub mod markdown;
mod number;
mod rename;
mod template;

pub use card::{Body, Brief, Card, Kind, Matrix, Myth, Number, Per, Place, Probe, Row, Verdict};
pub use cloze::Cloze;
pub use draft::{Draft, DraftBody, head, slug};
pub use estimate::{Check, Condition, Draw, Estimate, Fixed, Given, Relation, Slip, Step, Value, Work};
pub use format::{Deck, Defaults, Part, Source, parse, part};
pub use library::{Library, Unknown, embedded, embedded_file, nearest, read_deck};
pub use lint::{Findings, lint};
pub use rename::{relinked, renamed};
pub use template::template;

use crate::shown;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// One file of a deck, as it was read.
#[derive(Debug, Clone)]
pub struct DeckFile {
    /// The path, for messages.
    pub path: Arc<str>,
    /// What stands in it.
    pub bytes: Cow<'static, [u8]>,
}

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

/// Something wrong with a card.
pub fn fault(card: &Card, message: &str) -> DeckError {
    DeckError {
        path: Arc::clone(&card.place.path),
        at: Some((card.place.line, 1)),
        message: format!("{}: {message}", card.id),
    }
}

#[cfg(test)]
mod tests;
