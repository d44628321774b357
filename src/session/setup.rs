//! What a session is told at its start.

use crate::deck::Kind;
use crate::log::LogId;
use crate::schedule::{Day, Mode};
use std::collections::HashMap;

/// The seconds that a step of a chain takes, until the learner's own are known.
const CHAIN_STEP_SECONDS: f64 = 25.0;
/// A median further than this factor from what is typical tells of something else than answering.
const MEDIAN_FACTOR: f64 = 5.0;

/// What a session is told at its start.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The sitting.
    pub session: LogId,
    /// The command.
    pub mode: Mode,
    /// The day that its answers count for.
    pub day: Day,
    /// The time box in seconds; none has no end.
    pub budget_s: Option<f64>,
    /// The time that new cards may take; without one, all new cards of the queue are asked.
    pub new_time: Option<NewTime>,
    /// The learner's median seconds by kind, where known.
    pub median_seconds: HashMap<String, f64>,
    /// What decides which card comes next.
    pub order: Order,
}

/// The time that a session's new cards may take.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NewTime {
    /// In seconds, with their repeats.
    pub seconds: f64,
    /// A new card with its repeat is expected to take so many times as long as a right answer to it.
    pub with_repeats: f64,
    /// Until so much of the session's time is used they are asked all the same, where nothing else is left: in seconds.
    pub until_s: f64,
}

/// What decides which card comes next, and what is asked again the same day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// What is due comes before new cards as far as there is time, and when nothing else is left, whatever scored below 4
    /// is asked again until it is known.
    #[default]
    DueFirst,
    /// The queue's own order, which a plan has worked out. A new card that was not known has one test the same day, and
    /// nothing else is asked again.
    Planned {
        /// Whether a new card had better be shown before it is asked.
        show_first: bool,
    },
}

impl Setup {
    /// The seconds that all of a card is expected to take, by its kind and its answers, for a learner of these medians.
    pub fn seconds(median_seconds: &HashMap<String, f64>) -> impl Fn(Kind, usize) -> f64 {
        |kind, answers| {
            let (of, typical_s) = typical_answer(kind, answers);
            answers as f64 * median(median_seconds, of, typical_s)
        }
    }
}

/// The learner's median, as far as it can be believed; without one, what is typical.
pub(super) fn median(known: &HashMap<String, f64>, of: &str, typical_s: f64) -> f64 {
    known.get(of).map_or(typical_s, |median| median.clamp(typical_s / MEDIAN_FACTOR, typical_s * MEDIAN_FACTOR))
}

/// The kind of an answer, a chain's step being one of its own, and its seconds as a rule.
pub(super) fn typical_answer(kind: Kind, answers: usize) -> (&'static str, f64) {
    match answers {
        2.. => ("step", CHAIN_STEP_SECONDS),
        _ => (kind.name(), kind.typical_seconds()),
    }
}
