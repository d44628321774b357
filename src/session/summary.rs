//! How a round and a session went.

use super::score::Score;
use crate::schedule::{CardId, Day};
use serde::Serialize;

/// How a session went.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Summary {
    /// Answers, repeats included.
    pub answered: usize,
    /// How many answers had a quality of 3 or more.
    pub correct: usize,
    /// How many answers were to cards that were asked again the same day.
    pub repeats: usize,
    /// Seconds spent.
    pub elapsed_s: f64,
    /// Seconds that count: idle time does not.
    pub counted_s: f64,
    /// Due or owed, and not reached.
    pub left_due: usize,
    /// New cards of the day's allowance that there was no time for.
    pub new_waiting: usize,
    /// The cards of a round of `cram` that were not asked.
    #[serde(skip_serializing_if = "is_zero")]
    pub unreached: usize,
    /// New cards that are now scheduled.
    pub learned: Vec<CardId>,
    /// Cards that were not known, the worst first.
    pub hard: Vec<CardId>,
    /// The same, with what they asked.
    pub hardest: Vec<Hard>,
    /// How many cards are due on each of the next days.
    pub load: Vec<DayLoad>,
    /// The next day on which something is due.
    pub next_due: Option<Day>,
    /// The scorecard of a sprint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<Score>,
}

/// A card that was not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hard {
    /// The card.
    pub card: CardId,
    /// What it asked.
    pub prompt: String,
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// A day to come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DayLoad {
    /// The day.
    pub day: Day,
    /// Cards due.
    pub due: usize,
}

/// What a session's end says of the days to come.
#[derive(Debug, Clone, Default)]
pub struct Ahead {
    /// Due or owed today, and not reached.
    pub left_due: usize,
    /// The next day on which something is due.
    pub next_due: Option<Day>,
    /// The next days.
    pub load: Vec<DayLoad>,
}

/// A round of `cram`, at its end.
#[derive(Debug, Clone, Serialize)]
pub struct Round {
    /// Which one, from 1.
    pub round: usize,
    /// Cards that were asked.
    pub asked: usize,
    /// Those of these that scored below 4.
    pub weak: Vec<CardId>,
}
