//! What became of an answer: what the store made of it, beside how it was judged.

use super::feedback::Schedule;
use super::item::Item;
use crate::log::{LogId, Saved};

/// A clock that is behind the log by more milliseconds than this is spoken of.
const CLOCK_IS_BEHIND_MS: i64 = 24 * 3600 * 1000;

/// What became of an answer.
pub(super) struct Outcome {
    pub(super) review: Option<LogId>,
    pub(super) replaces: Option<LogId>,
    pub(super) schedule: Schedule,
    pub(super) leech: bool,
    /// What is to be said beside the judgement.
    pub(super) notes: Vec<String>,
}

impl Outcome {
    /// A chain goes on: nothing is saved yet.
    pub(super) fn of_step(item: &Item) -> Self {
        let schedule = Schedule::before(item.state.memory);
        Self { review: None, replaces: None, schedule, leech: false, notes: Vec::new() }
    }
}

/// What is odd about the time of an answer.
pub(super) fn clock_is_behind(saved: &Saved) -> Option<String> {
    let days = match saved.clock_behind_ms / CLOCK_IS_BEHIND_MS {
        _ if saved.clock_behind_ms <= CLOCK_IS_BEHIND_MS => return None,
        1 => "a day".to_owned(),
        days => format!("{days} days"),
    };
    Some(format!("the clock is {days} behind this card's latest answer: was it set back?"))
}
