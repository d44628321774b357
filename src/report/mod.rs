//! What is known, as values: how it goes, the way to an interview, a card's history.
//!
//! Here belongs what a report says and how that is worked out, by pure functions. The names of the fields are those of the
//! JSON; text is made elsewhere.

pub mod calendar;
pub mod card;
pub mod outgoing;
pub mod plan;
pub mod sheet;
pub mod stats;
