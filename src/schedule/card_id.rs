//! The name of a card, stable for ever.

use serde::{Serialize, Serializer};
use std::fmt;
use std::sync::Arc;

/// `deck/slug`, or `deck/matrix/slug` for the rows and verdicts of a matrix. Written in the deck file,
/// never derived from the text: wording may change, progress stays.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CardId(Arc<str>);

impl CardId {
    /// Reads an id.
    ///
    /// # Errors
    /// A text of another form.
    pub fn parse(text: &str) -> Result<Self, CardIdError> {
        if Self::is_one(text) { Ok(Self(text.into())) } else { Err(CardIdError(text.to_owned())) }
    }

    /// Whether a text is an id.
    pub fn is_one(text: &str) -> bool {
        (1..=2).contains(&text.bytes().filter(|byte| *byte == b'/').count()) && text.split('/').all(is_slug)
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of its deck.
    pub fn deck(&self) -> &str {
        self.0.split('/').next().unwrap_or_default()
    }

    /// `deck/matrix` for a row or a verdict: cards of one matrix are kept apart.
    pub fn matrix(&self) -> Option<&str> {
        (self.0.matches('/').count() == 2).then(|| self.0.rsplit_once('/').map(|(matrix, _)| matrix)).flatten()
    }
}

impl std::str::FromStr for CardId {
    type Err = CardIdError;

    fn from_str(text: &str) -> Result<Self, CardIdError> {
        Self::parse(text)
    }
}

/// It is looked up by its text.
impl std::borrow::Borrow<str> for CardId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CardId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// As it is displayed.
impl Serialize for CardId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl fmt::Debug for CardId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// A text that is no card id.
#[derive(Debug, thiserror::Error)]
#[error("'{0}' is no card id: one looks like latency/main-memory-reference")]
pub struct CardIdError(String);

/// Whether a text can be the name of a deck or a card: lower-case letters, digits, hyphens.
pub fn is_slug(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}
