//! What is known, as values: how it goes, the way to an interview, a card's history.
//!
//! Here belongs what a report says and how that is worked out, by pure functions. The names of the fields are those of the
//! JSON; text is made elsewhere.

pub mod activity;
pub mod calendar;
pub mod card;
mod chart;
pub mod numbers;
pub mod outgoing;
pub mod page;
pub mod plan;
mod plot;
pub mod sheet;
mod sheet_page;
mod short;
pub mod stats;
pub mod text;
pub mod topics;
pub mod weeks;
mod year;

use short::short;
