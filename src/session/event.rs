//! What a session says. The JSON front end writes these as they are; their names are the protocol's.

use super::score::Score;
use crate::log::{LogId, Saved};
use crate::schedule::{Day, Quality};
use serde::Serialize;
use std::collections::BTreeMap;

/// Everything that a front end is told.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event<'a> {
    /// The session begins.
    Session {
        /// Of the protocol.
        protocol: u8,
        /// The command.
        mode: &'static str,
        /// The day that its answers count for.
        day: String,
        /// Cards scheduled for that day or before.
        due: usize,
        /// What is left of the day's new cards.
        new: usize,
        /// The time box in seconds, if there is one.
        budget_s: Option<f64>,
        /// Of the new cards, those that the time box has no room for.
        new_waiting: usize,
        /// The interview that is planned for.
        #[serde(skip_serializing_if = "Option::is_none")]
        interview: Option<String>,
        /// What is odd, such as a clock that was set back.
        #[serde(skip_serializing_if = "Option::is_none")]
        note: Option<String>,
    },
    /// A question is open.
    Question(&'a Question),
    /// The answer is shown.
    Answer(&'a Revealed),
    /// An answer was graded and is on disk.
    Feedback(&'a Feedback),
    /// An answer was taken back.
    Undone {
        /// Its card.
        card: &'a str,
        /// Its review; none for a step of a chain.
        review: Option<String>,
    },
    /// A card was flagged, or is no more.
    Flagged {
        /// The card.
        card: &'a str,
        /// Whether it now is.
        flagged: bool,
    },
    /// A card will not return in this session. What a program asked for needs no telling: it is for people.
    Dismissed {
        /// The card.
        card: &'a str,
        /// Until it is resumed.
        suspended: bool,
    },
    /// A round of `cram` is over, and something is still weak.
    Round(&'a Round),
    /// A reply cannot be taken.
    Error {
        /// What is wrong and what would be right.
        message: &'a str,
        /// The place in what was typed, from 1.
        column: Option<usize>,
    },
    /// The session is over.
    Summary(&'a Summary),
}

/// A question.
#[derive(Debug, Clone, Serialize)]
pub struct Question {
    /// Which one in the session, from 1.
    pub n: usize,
    /// The card's id.
    pub card: String,
    /// Its deck.
    pub deck: String,
    /// Its kind.
    pub kind: &'static str,
    /// `new`, `learning`, `lapsed`, `review`, or `repeat`.
    pub phase: &'static str,
    /// What is asked.
    pub prompt: String,
    /// How it is answered.
    #[serde(flatten)]
    pub form: Form,
    /// The matrix that a row or a verdict belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<Table>,
    /// Questions left, this one and repeats included.
    pub remaining: usize,
    /// Seconds spent so far.
    pub elapsed_s: f64,
    /// Seconds left of the time box, if there is one.
    pub left_s: Option<f64>,
    /// Whether the card is marked as one to come back to.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub flagged: bool,
}

/// A round of `cram`, at its end.
#[derive(Debug, Clone, Serialize)]
pub struct Round {
    /// Which one, from 1.
    pub round: usize,
    /// Cards that were asked.
    pub asked: usize,
    /// Of these, the ids of those that scored below 4.
    pub weak: Vec<String>,
}

/// How a question is answered.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Form {
    /// A number is typed.
    Typed {
        /// The expected dimension in words.
        unit: String,
        /// What a bare number is read in.
        asked_in: String,
        /// What was drawn for a generated question.
        #[serde(flatten)]
        drawing: Option<Drawing>,
        /// Where a chain stands.
        #[serde(flatten)]
        chain: Option<ChainPlace>,
    },
    /// Say it, reveal, tick the points.
    Ticked {
        /// The time to say it in.
        seconds: u16,
    },
    /// Pick one.
    Picked {
        /// The options.
        options: Vec<String>,
    },
    /// Think, reveal, grade.
    Revealed {},
}

/// What was drawn for a generated question.
#[derive(Debug, Clone, Serialize)]
pub struct Drawing {
    /// The values, name to text.
    pub values: BTreeMap<String, String>,
    /// What they were drawn with.
    pub seed: u64,
}

/// Where a chain stands.
#[derive(Debug, Clone, Serialize)]
pub struct ChainPlace {
    /// Which step, from 1.
    pub step: usize,
    /// How many there are.
    pub steps: usize,
    /// The chain's name.
    pub title: Option<String>,
    /// What is known so far.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub known: Vec<Known>,
}

/// A line of a chain's running table.
#[derive(Debug, Clone, Serialize)]
pub struct Known {
    /// The step's name.
    pub step: String,
    /// The step's question.
    pub ask: String,
    /// The value worked with from here on.
    pub value: String,
    /// The true value, where the learner's own differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truth: Option<String>,
}

/// A matrix, as far as a question shows it.
#[derive(Debug, Clone, Serialize)]
pub struct Table {
    /// What is compared.
    pub title: String,
    /// The options.
    pub options: Vec<String>,
    /// The row's dimension.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dimension: Option<String>,
}

/// An answer that is shown before it is graded.
#[derive(Debug, Clone, Serialize)]
pub struct Revealed {
    /// The card's id.
    pub card: String,
    /// Its kind.
    pub kind: &'static str,
    /// The answer.
    pub text: String,
    /// A probe's points.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<String>,
    /// A row's cells, an option each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cells: Vec<String>,
    /// The row's or verdict's matrix.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<Table>,
    /// Shown with the answer.
    pub why: Option<String>,
}

/// A wrong turn that was recognised.
#[derive(Debug, Clone, Serialize)]
pub struct SlipName {
    /// Its name in the log.
    pub id: String,
    /// The sentence that names it.
    pub say: String,
}

/// How an answer went, and what it means for the schedule.
#[derive(Debug, Clone, Serialize)]
pub struct Feedback {
    /// The card's id.
    pub card: String,
    /// From 0 to 5.
    pub quality: u8,
    /// Quality 3 or more.
    pub correct: bool,
    /// The right answer.
    pub expected: String,
    /// What was typed or picked.
    pub given: Option<String>,
    /// The factor by which a typed answer misses: 1.0 inside the accepted range.
    pub ratio: Option<f64>,
    /// `high` or `low`.
    pub direction: Option<&'static str>,
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
    pub see: Vec<String>,
    /// The review's id; none for a step of a chain.
    pub review: Option<String>,
    /// The review that this one replaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
    /// When the card is due again.
    pub due: Option<String>,
    /// In how many days that is.
    pub due_in_days: Option<i64>,
    /// Whether it is asked again in this session.
    pub asked_again: bool,
    /// In days.
    pub interval_days: Option<u32>,
    /// EF.
    pub easiness: Option<f64>,
    /// Recalls in a row.
    pub repetitions: u32,
    /// Times it was forgotten after it had been recalled.
    pub lapses: u32,
    /// It was just forgotten so often that it costs more than it gives: reword it, split it, or suspend it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub leech: bool,
}

impl Feedback {
    /// Gives the answer another quality.
    pub(super) fn set_quality(&mut self, quality: Quality) {
        (self.quality, self.correct) = (quality.get(), quality.is_recall());
    }

    /// Puts in what the store made of it.
    pub(super) fn settle(&mut self, saved: &Saved, day: Day, replaces: Option<LogId>) {
        let scheduled = saved.state.memory.scheduled();
        self.due_in_days = scheduled.map(|s| s.due.since(day));
        self.review = Some(saved.id.to_string());
        self.replaces = replaces.map(|id| id.to_string());
        self.due = scheduled.map(|s| s.due.to_string());
        self.interval_days = scheduled.map(|s| s.interval_days);
        self.easiness = scheduled.map(|s| s.easiness.into());
        self.repetitions = scheduled.map_or(0, |s| s.repetitions);
        let lapses = scheduled.map_or(0, |s| s.lapses);
        self.leech =
            lapses > self.lapses && lapses >= LEECH_LAPSES && (lapses - LEECH_LAPSES).is_multiple_of(LEECH_AGAIN);
        self.lapses = lapses;
    }
}

/// From so many lapses on a card is a leech, as SuperMemo's and Anki's users know it.
pub const LEECH_LAPSES: u32 = 8;
/// After how many lapses more it is said again.
const LEECH_AGAIN: u32 = 4;

/// How a session went.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Summary {
    /// Answers, repeats included.
    pub answered: usize,
    /// Of quality 3 or more.
    pub correct: usize,
    /// Of cards asked again the same day.
    pub repeats: usize,
    /// Seconds spent.
    pub elapsed_s: f64,
    /// Seconds that count: idle time does not.
    pub counted_s: f64,
    /// Due or owed, and not reached.
    pub left_due: usize,
    /// New cards of the day's allowance that there was no time for.
    pub new_waiting: usize,
    /// Of a round of `cram`, cards that were not asked.
    #[serde(skip_serializing_if = "is_zero")]
    pub unreached: usize,
    /// New cards that are now scheduled.
    pub learned: Vec<String>,
    /// Cards that were not known, the worst first.
    pub hard: Vec<String>,
    /// How many cards are due on each of the next days.
    pub load: Vec<DayLoad>,
    /// The next day on which something is due.
    pub next_due: Option<String>,
    /// Of a sprint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<Score>,
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// A day to come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DayLoad {
    /// The day.
    pub day: String,
    /// Cards due.
    pub due: usize,
}
