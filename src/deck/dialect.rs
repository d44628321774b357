//! The dialects of Markdown decks.

use serde::{Deserialize, Serialize};

/// How a Markdown file writes its cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// `Q:`/`A:`, `C:` with `[gaps]`, `T:`/`D:`, and nothing outside of cards.
    Hashcards,
    /// The same among notes, and lines `question::answer`.
    Repeater,
    /// `::`, `:::`, `?`, `??` and `==gaps==` among notes.
    Obsidian,
}

impl Dialect {
    const ALL: [(Self, &'static str); 3] =
        [(Self::Hashcards, "hashcards"), (Self::Repeater, "repeater"), (Self::Obsidian, "obsidian")];

    /// The dialect of that name.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| name.eq_ignore_ascii_case(known)).map(|(dialect, _)| *dialect)
    }

    /// All names.
    pub(super) fn names() -> String {
        Self::ALL.map(|(_, name)| name).join(", ")
    }
}
