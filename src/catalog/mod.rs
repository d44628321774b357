//! All decks as commands see them: an index in the database, and each card read from its file when it is asked.
//!
//! Here belong what is indexed, when an index is out of date, and reading a card by it.

mod before;
mod change;
mod decks;
mod error;
pub mod files;
mod read;
mod reworded;
mod words;

pub use decks::Catalog;
pub use error::{CatalogError, NotFound};
pub use read::brief;
pub use reworded::{answer_reworded, reworded};

#[cfg(test)]
mod tests;
