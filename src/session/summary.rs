//! How a round and a session went.

use super::counts::Counts;
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
    /// What the day still asks, of the cards that were chosen, or of all: what the next such session says.
    pub today: Counts,
    /// The same of all cards, where some were chosen.
    #[serde(skip)]
    pub all: Option<Counts>,
    /// Today is the day of the interview.
    #[serde(skip)]
    pub is_interview: bool,
    /// Why nothing more was asked.
    pub ended: Ending,
    /// The chain that was left in its middle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unfinished: Option<Unfinished>,
    /// The scorecard of a sprint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<Score>,
}

/// A chain that was left in its middle: its steps are one answer, and none is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unfinished {
    /// The card.
    pub card: CardId,
    /// Steps that were answered.
    pub steps: usize,
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
    /// Due or owed today, and not reached, of the cards that the session chose from.
    pub left_due: usize,
    /// What the day still asks, of the cards that were chosen, or of all.
    pub today: Counts,
    /// The same of all cards, where some were chosen.
    pub all: Option<Counts>,
    /// The next day on which something is due, of all cards.
    pub next_due: Option<Day>,
    /// The next days, of all cards.
    pub load: Vec<DayLoad>,
    /// Today is the day of the interview.
    pub is_interview: bool,
}

/// Why nothing more is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Somebody quit, or the input ended.
    #[default]
    Quit,
    /// All that there was, or that was wanted, was asked.
    Done,
    /// The time is up.
    Time,
    /// The day is over.
    Day,
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
