//! Decks written in Markdown, as hashcards, repeater and the Spaced Repetition plugin for Obsidian have them.
//!
//! Here belong the three dialects over one reader that knows code, links, tables, comments and math; what names a card; and
//! how a name is written into a file. A card's name is in a comment beside it, or else follows from its question.

mod block;
mod find;
mod former;
mod front;
mod naming;
mod note;
mod obsidian;
mod read;
mod renamed;
mod shape;
mod tagged;

pub use former::{Gone, Known, Reworded, answer_hash, former};
pub use front::name_in;
pub use naming::{Named, named};
pub use read::{card, is_markdown, other_names, read, said_name};
pub use renamed::renamed;

#[cfg(test)]
mod tests;
