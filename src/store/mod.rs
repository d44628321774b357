//! What the learner did, in one SQLite file: an append-only log and the schedule folded from it.
//!
//! Here belong SQL, transactions and the file's guard. It knows the types of [`crate::log`] and [`crate::schedule`] and no
//! decks. A [`Store`] writes; what is read comes from its handles, one for each thing that the file holds.

mod activity;
mod aside;
pub mod backup;
mod card_log;
mod connection;
pub mod deck_index;
mod door;
mod entries;
mod error;
mod examine;
mod exchange;
mod file;
mod generation;
mod heirs;
mod intake;
mod marks;
mod merge;
mod open;
mod problems;
mod projection;
mod record;
mod repair;
mod restore;
mod reviews;
mod rows;
mod salvage;
mod settle;
mod states;
mod sync;
mod trace;
mod wal;

pub use activity::{Answered, Sure, Typed, TypedText};
pub use aside::Stray;
pub use connection::{Entropy, Snapshot, Store};
pub use deck_index::DeckIndex;
pub use error::{Result, StoreError};
pub use examine::Findings;
pub use exchange::{ExportError, ReadIn};
pub use file::{FileId, real};
pub use heirs::Heirs;
pub use intake::{Returned, TakenIn};
pub use marks::Marks;
pub use merge::Merged;
pub use problems::{ClockJump, Problem};
pub use repair::Repaired;
pub use restore::restore;
pub use reviews::{Reviews, Stands, Timed};
pub use settle::left_of;
pub use states::States;
pub use sync::{Brought, Came, Reached};
pub use trace::{Answers, Heard, Traces};

#[cfg(test)]
mod cards_tests;
#[cfg(test)]
mod merge_tests;
#[cfg(test)]
mod tests;
