//! What reading gives: a deck, or a part of one.

use super::{Card, DeckError, Dialect, Place};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Where a deck comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    /// It is part of the program.
    Embedded,
    /// The user's own file or folder.
    User(Arc<str>),
}

/// A deck.
#[derive(Debug, Clone)]
pub struct Deck {
    /// Its name: the first part of its cards' ids.
    pub name: String,
    /// For people.
    pub title: String,
    /// One sentence.
    pub about: String,
    /// Where it comes from.
    pub location: Location,
    /// Where its `[deck]` is written.
    pub place: Place,
    /// Its cards, in the order they are written.
    pub cards: Vec<Card>,
    /// What it sets for its cards.
    pub defaults: Defaults,
}

impl Deck {
    /// Its name is another's: `by` says whose.
    pub fn name_is_taken(&self, by: &str) -> DeckError {
        DeckError {
            path: Arc::clone(&self.place.path),
            at: Some((self.place.line, 1)),
            message: format!("the name '{}' is taken: {by}; give this deck another name", self.name),
        }
    }
}

/// What `[deck]` sets for all cards.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Defaults {
    pub(super) deck: String,
    /// The name that a Markdown file says, where that is another deck's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<String>,
    pub(super) level: u8,
    pub(super) within: Option<f64>,
    pub(super) tags: Vec<String>,
    /// Names that the deck had before.
    pub(super) was: Vec<String>,
    /// On what terms they may be used and passed on.
    pub licence: Option<String>,
    /// How a Markdown file writes cards.
    pub(super) dialect: Option<Dialect>,
    /// Whether an answer in Markdown that is a number with its unit is graded as one.
    pub(super) numbers: bool,
    /// Cards of a Markdown file that may be former ones in other words: each with that one, and what it asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reworded: Vec<(String, String, String)>,
}

/// What a file of a deck says, read without the others.
#[derive(Debug)]
pub struct Part {
    /// Its cards, in the order they are written.
    pub cards: Vec<Card>,
    /// Whether it has the `[deck]` table, which was passed over.
    pub has_head: bool,
}
