//! The real binary, driven as a user or a script would.

mod decks;
mod files;
mod harness;
mod promises;
mod schedule;
mod session;
