//! What a session says. The JSON front end writes these as they are; their names are the protocol's.

use super::done::What;
use super::face::Face;
use super::score::Score;
use crate::deck::Kind;
use crate::estimate::Direction;
use crate::log::LogId;
use crate::schedule::{CardId, Day, Easiness, Memory, Mode, Quality};
use serde::Serialize;
use std::collections::BTreeMap;

/// Everything that a front end is told.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The session begins.
    #[serde(rename = "session")]
    Begun(Begun),
    /// A question is open.
    Question(Box<Question>),
    /// The answer is shown; the question stays open.
    #[serde(rename = "answer")]
    Revealed(Revealed),
    /// The answer of a new card is shown; the card is asked later.
    #[serde(rename = "answer")]
    Looked(Box<Revealed>),
    /// An answer was graded and is on disk.
    Feedback(Box<Feedback>),
    /// Something was taken back.
    Undone {
        /// Its card.
        card: CardId,
        /// The review that no longer counts; none where none did.
        review: Option<LogId>,
        /// What it was.
        what: What,
        /// Of a regrade, the review that stands again as the answer was given.
        #[serde(skip_serializing_if = "Option::is_none")]
        restored: Option<LogId>,
    },
    /// A card was flagged, or is no more.
    Flagged {
        /// The card.
        card: CardId,
        /// Whether it now is.
        flagged: bool,
    },
    /// A card will not return in this session. What a program asked for needs no telling: it is for people.
    Dismissed {
        /// The card.
        card: CardId,
        /// Until it is resumed.
        suspended: bool,
    },
    /// The learner's own note on a card whose answer was just shown.
    #[serde(rename = "note")]
    Noted {
        /// The card.
        card: CardId,
        /// What the learner wrote.
        text: String,
    },
    /// A card is shown beside the open question.
    #[serde(rename = "card")]
    Shown(Box<Face>),
    /// A round of `cram` is over, and something is still weak.
    Round(Round),
    /// A reply cannot be taken.
    #[serde(rename = "error")]
    Refused {
        /// What is wrong and what would be right.
        message: String,
        /// The place in what was typed, from 1.
        column: Option<usize>,
    },
    /// The session is over.
    Summary(Box<Summary>),
}

/// What a session says of itself at its start.
#[derive(Debug, Clone, Serialize)]
pub struct Begun {
    /// The version of the protocol.
    pub protocol: u8,
    /// The command.
    pub mode: Mode,
    /// The day that its answers count for.
    pub day: Day,
    /// Cards scheduled for that day or before.
    pub due: usize,
    /// What is left of the day's new cards.
    pub new: usize,
    /// The time box in seconds, if there is one.
    pub budget_s: Option<f64>,
    /// Of the new cards, those that the time box has no room for.
    pub new_waiting: usize,
    /// The interview that is planned for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interview: Option<Day>,
    /// What is odd, such as a clock that was set back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A question.
#[derive(Debug, Clone, Serialize)]
pub struct Question {
    /// Which one in the session, from 1.
    pub n: usize,
    /// The card's id.
    pub card: CardId,
    /// Its deck.
    pub deck: String,
    /// Its kind.
    pub kind: Kind,
    /// How far the card has come.
    pub phase: Phase,
    /// What a new card had better be met with, where it is not an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<First>,
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

/// What a new card had better be met with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum First {
    /// Its answer is shown; it is asked after some others.
    Look,
}

/// How far the card of a question has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Never reviewed.
    New,
    /// Fewer than two repetitions, never lapsed.
    Learning,
    /// Fewer than two repetitions after a lapse.
    Lapsed,
    /// The rest.
    Review,
    /// Asked again the same day, whatever its phase.
    Repeat,
}

impl From<crate::schedule::Phase> for Phase {
    fn from(phase: crate::schedule::Phase) -> Self {
        use crate::schedule::Phase as Scheduled;
        match phase {
            Scheduled::New => Self::New,
            Scheduled::Learning => Self::Learning,
            Scheduled::Lapsed => Self::Lapsed,
            Scheduled::Review => Self::Review,
        }
    }
}

/// A round of `cram`, at its end.
#[derive(Debug, Clone, Serialize)]
pub struct Round {
    /// Which one, from 1.
    pub round: usize,
    /// Cards that were asked.
    pub asked: usize,
    /// Of these, those that scored below 4.
    pub weak: Vec<CardId>,
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
    pub card: CardId,
    /// Its kind.
    pub kind: Kind,
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
    /// What each grade would mean, where the learner gives it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub grades: Vec<GradeMeans>,
}

/// What a grade would mean for the schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct GradeMeans {
    /// The grade.
    pub quality: Quality,
    /// Whether the card would be asked again in this session.
    pub asked_again: bool,
    /// In how many days it would be due; none where it would not be scheduled.
    pub due_in_days: Option<i64>,
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
    pub learned: Vec<CardId>,
    /// Cards that were not known, the worst first.
    pub hard: Vec<CardId>,
    /// The same, with what they asked.
    pub hardest: Vec<Hard>,
    /// How many cards are due on each of the next days.
    pub load: Vec<DayLoad>,
    /// The next day on which something is due.
    pub next_due: Option<Day>,
    /// Of a sprint.
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
