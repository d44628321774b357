//! What cards and decks are called that an import brings.

use crate::exchange::{Incoming, IncomingCard};
use crate::schedule::{CardId, is_slug};
use std::path::Path;

/// The name of a card in all programs.
pub(super) fn origin(incoming: &Incoming, card: &IncomingCard) -> String {
    format!("{}:{}", incoming.program, card.key)
}

/// The second part of a card's id.
pub(super) fn slug_of(card: &CardId) -> &str {
    card.as_str().split('/').nth(1).unwrap_or_default()
}

/// The deck's name that a file's name gives: its stem, in lower-case letters, digits and hyphens.
pub fn deck_name(file: &str) -> String {
    let stem = Path::new(file).file_stem().map(|stem| stem.to_string_lossy().to_lowercase()).unwrap_or_default();
    let words: Vec<&str> = stem.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let name = words.join("-");
    if is_slug(&name) { name } else { "imported".to_owned() }
}
