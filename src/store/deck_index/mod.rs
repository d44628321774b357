//! The index of the decks: what must be known of a card before it is read, beside what its log says of it.
//!
//! Here belongs its SQL. What is in it is made by [`crate::catalog`], which knows decks.

mod change;
mod due;
mod former;
mod names;
mod reader;
mod relation;
mod remembered;
mod returning;
mod rows;
mod scope;
mod standing;
mod studied;
mod urgent;
mod words;

pub use change::IndexChange;
pub use former::FormerRow;
pub use names::{Named, Names};
pub use reader::{DeckCounts, DeckIndex};
pub use remembered::Remembered;
pub use returning::Returning;
pub use rows::{CardRow, DeckRow, EMBEDDED, FileRow, Indexed, Listed, Located, Relation};
pub use scope::Scope;
pub(super) use standing::{differing, follow, follow_all};
pub use studied::StudiedCard;
pub use words::{Hit, Hits, Words};
