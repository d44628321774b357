//! A card's place in a file.

use std::ops::Range;

/// The bytes of a card in its file, and what is known of it from elsewhere in the file.
pub(super) struct Block {
    pub(super) range: Range<usize>,
    /// From 0.
    pub(super) line: usize,
    pub(super) tags: Vec<String>,
}

impl Block {
    /// Whether it ends on the line before this place.
    pub(super) fn ends_before(&self, text: &str, at: usize) -> bool {
        text.get(self.range.end..at)
            .is_some_and(|between| between.trim().is_empty() && between.matches('\n').count() == 1)
    }
}
