//! What a session says. The JSON front end writes these as they are; their names are the protocol's.

use super::counts::Counts;
use super::face::Face;
use super::feedback::Feedback;
use super::question::{Question, Revealed};
use super::summary::{Round, Summary};
use crate::log::LogId;
use crate::schedule::{CardId, Day, Mode};
use serde::Serialize;

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
        /// The review that stands again as the answer was given, where a regrade is taken back.
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
    /// A card is to be edited: [`super::Reply::Edited`] follows when it was.
    Edit(Box<Edit>),
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
    /// Of these, as many as are expected to fit in the time box; none where all do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fitting: Option<usize>,
    /// What is left of the day's new cards.
    pub new: usize,
    /// That number is a guess: the new cards have so much time, however many they are.
    #[serde(skip)]
    pub new_by_time: bool,
    /// Cards that the day owes a repeat.
    #[serde(skip_serializing_if = "is_zero")]
    pub owed: usize,
    /// These are some cards that were chosen, and not all that there are.
    #[serde(skip_serializing_if = "is_false")]
    pub selection: bool,
    /// The time box in seconds, if there is one.
    pub budget_s: Option<f64>,
    /// The new cards that the time box has no room for.
    pub new_waiting: usize,
    /// The interview that is planned for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interview: Option<Day>,
    /// The interview that was planned for, and is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interview_was: Option<Day>,
    /// What is odd, such as a clock that was set back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Begun {
    /// What there is to do.
    pub fn counts(&self) -> Counts {
        let Self { due, fitting, new, new_by_time, owed, .. } = *self;
        Counts { due, fitting, new, new_by_time, owed }
    }
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

fn is_false(flag: &bool) -> bool {
    !*flag
}

/// What was taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// An answer.
    Answer,
    /// A step of a chain.
    Step,
    /// That a card was skipped.
    Skip,
    /// That a card was suspended.
    Suspend,
    /// That a card was flagged.
    Flag,
    /// That a flag was taken off.
    Unflag,
    /// That a card was looked at.
    Look,
    /// Another grade for an answer.
    Regrade,
    /// A note on a card.
    Note,
}

/// A card that is to be edited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Edit {
    /// The card.
    pub card: CardId,
    /// Its file and the line on which it begins, from 1, where it is the learner's own.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub place: Option<EditPlace>,
    /// The learner's note on it, where it is a part of the program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Where a card is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EditPlace {
    /// The file.
    pub file: String,
    /// From 1.
    pub line: usize,
}
