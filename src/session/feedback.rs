//! What the learner is told of an answer, and when the card comes back.

use crate::estimate::Direction;
use crate::log::LogId;
use crate::schedule::{CardId, Day, Easiness, Memory, Quality};
use serde::Serialize;

/// How an answer went, and what it means for the schedule.
#[derive(Debug, Clone, Serialize)]
pub struct Feedback {
    /// The card's id.
    pub card: CardId,
    /// How it went.
    pub quality: Quality,
    /// Quality 3 or more.
    pub correct: bool,
    /// The right answer.
    pub expected: String,
    /// What was typed or picked.
    pub given: Option<String>,
    /// The factor by which a typed answer misses: 1.0 inside the accepted range.
    pub ratio: Option<f64>,
    /// Which way it misses.
    pub direction: Option<Direction>,
    /// What was picked or said, beside what is right.
    #[serde(flatten)]
    pub marks: Option<Marks>,
    /// The wrong turn, if it has a name.
    pub slip: Option<SlipName>,
    /// What else is to be said.
    pub note: Option<String>,
    /// How to get there, a line each.
    pub working: Vec<String>,
    /// The consequence.
    pub why: Option<String>,
    /// Where the fact comes from.
    pub source: Option<String>,
    /// The year of a fact that ages.
    pub as_of: Option<u16>,
    /// Related cards.
    pub see: Vec<CardId>,
    /// The review's id; none for a step of a chain.
    pub review: Option<LogId>,
    /// The review that this one replaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaces: Option<LogId>,
    /// When the card comes back.
    #[serde(flatten)]
    pub schedule: Schedule,
    /// It was just forgotten so often that it costs more than it gives: reword it, split it, or suspend it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub leech: bool,
}

/// A wrong turn that was recognised.
#[derive(Debug, Clone, Serialize)]
pub struct SlipName {
    /// Its name in the log.
    pub id: String,
    /// The sentence that names it.
    pub say: String,
}

/// What was picked or said of what there was.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Marks {
    /// Options.
    Options {
        /// In the order in which they were shown.
        options: Vec<String>,
        /// The one that was picked, from 0.
        picked: Option<usize>,
        /// The right one.
        right: usize,
    },
    /// A probe's points.
    Points {
        /// All of them.
        points: Vec<String>,
        /// Those that were said, from 0.
        said: Vec<usize>,
    },
}

/// When a card comes back, and how far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(into = "ScheduleFields")]
pub struct Schedule {
    /// Its due day; none where it is not scheduled, and at a chain's steps but the last.
    pub next: Option<Next>,
    /// Whether it is asked again in this session.
    pub asked_again: bool,
    /// EF; none for a new card.
    pub easiness: Option<Easiness>,
    /// Recalls in a row.
    pub repetitions: u32,
    /// Times it was forgotten after it had been recalled.
    pub lapses: u32,
}

/// A day to come on which a card is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Next {
    /// The day.
    pub due: Day,
    /// In how many days that is.
    pub in_days: i64,
    /// The interval that SM-2 gave it.
    pub interval_days: u32,
}

impl Schedule {
    /// The schedule of a card before its answer is saved.
    pub(super) fn before(memory: Memory) -> Self {
        let scheduled = memory.scheduled();
        Self {
            next: None,
            asked_again: false,
            easiness: scheduled.map(|s| s.easiness),
            repetitions: scheduled.map_or(0, |s| s.repetitions),
            lapses: scheduled.map_or(0, |s| s.lapses),
        }
    }

    /// The schedule of a card after an answer of this day.
    pub(super) fn after(memory: Memory, day: Day, asked_again: bool) -> Self {
        let next = |s: crate::schedule::Scheduled| Next {
            due: s.due,
            in_days: s.due.since(day),
            interval_days: s.interval_days,
        };
        Self { next: memory.scheduled().map(next), asked_again, ..Self::before(memory) }
    }
}

/// A schedule as the protocol has it.
#[derive(Serialize)]
struct ScheduleFields {
    due: Option<Day>,
    due_in_days: Option<i64>,
    asked_again: bool,
    interval_days: Option<u32>,
    easiness: Option<f64>,
    repetitions: u32,
    lapses: u32,
}

impl From<Schedule> for ScheduleFields {
    fn from(schedule: Schedule) -> Self {
        let Schedule { next, asked_again, easiness, repetitions, lapses } = schedule;
        Self {
            due: next.map(|next| next.due),
            due_in_days: next.map(|next| next.in_days),
            asked_again,
            interval_days: next.map(|next| next.interval_days),
            easiness: easiness.map(f64::from),
            repetitions,
            lapses,
        }
    }
}

/// From so many lapses on a card is a leech, as SuperMemo's and Anki's users know it.
pub const LEECH_LAPSES: u32 = 8;

/// After how many lapses more it is said again.
const LEECH_AGAIN: u32 = 4;

/// What to do about a card that was forgotten so often; none for one that was not.
pub fn leech_advice(card: &CardId, lapses: u32) -> Option<String> {
    (lapses >= LEECH_LAPSES).then(|| {
        format!("forgotten {lapses} times: reword it, split it in two, or take it out with sysdrill suspend {card}")
    })
}

/// Whether this lapse, the latest of so many, makes a leech of a card or tells again that it is one.
pub(super) fn tells_leech(before: u32, lapses: u32) -> bool {
    lapses > before && lapses >= LEECH_LAPSES && (lapses - LEECH_LAPSES).is_multiple_of(LEECH_AGAIN)
}
