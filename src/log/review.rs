//! Answers, and what takes them back.

use super::LogId;
use crate::schedule::{CardId, CardState, Day, Mode, Quality};

/// An answer, as it goes into the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Review {
    /// The card.
    pub card: CardId,
    /// UTC, in milliseconds since 1970.
    pub at_ms: i64,
    /// The day it counts for.
    pub day: Day,
    /// How it went.
    pub quality: Quality,
    /// The sitting it was given in.
    pub session: LogId,
    /// The command it was given in.
    pub mode: Mode,
    /// The card's kind.
    pub kind: String,
    /// From the question to the answer.
    pub took_ms: u64,
    /// As shown.
    pub prompt: String,
    /// As typed or picked.
    pub given: Option<String>,
    /// The answer over the accepted end that it missed: above 1 is too high, 1 is inside.
    pub ratio: Option<f64>,
    /// The named wrong turn.
    pub slip: Option<String>,
    /// What the given values were drawn with, below 2^53.
    pub seed: Option<u64>,
    /// The given values as a JSON object, name to text.
    pub drawn: Option<String>,
    /// A chain's steps as a JSON array.
    pub steps: Option<String>,
}

/// The row that takes a review back: nothing is ever deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retraction {
    /// The review that is taken back.
    pub review: LogId,
    /// UTC, in milliseconds since 1970.
    pub at_ms: i64,
}

/// A review as it was saved.
#[derive(Debug, Clone)]
pub struct Saved {
    /// Its id.
    pub id: LogId,
    /// What the card's log now folds to.
    pub state: CardState,
    /// How many milliseconds the clock was behind the card's latest review; 0 as a rule.
    pub clock_behind_ms: i64,
}

/// A review of a card's log, with what became of it.
#[derive(Debug, Clone)]
pub struct LogEntry {
    /// Its id.
    pub id: LogId,
    /// The review.
    pub review: Review,
    /// Whether it was the first of its day and so changed the schedule.
    pub counted: bool,
    /// Whether it was taken back.
    pub retracted: bool,
}
