//! When a card comes again: SM-2, days, and the fold of a card's log into its state.
//!
//! Here belongs everything that decides a due day. It knows no deck, no clock and no file: what
//! happened comes in as [`Event`]s, and a [`CardState`] goes out.

mod card_id;
mod day;
mod fold;
mod plan;
mod sm2;

pub use card_id::{CardId, CardIdError, is_slug};
pub use day::Day;
pub use fold::{CardState, Event, Happening, Latest, Mode, fold};
pub use plan::{DayPlan, Interview, Load, due_days, forecast, loss_of_waiting, recall};
pub use sm2::{Easiness, Memory, Phase, Quality, Scheduled};

#[cfg(test)]
mod tests;
