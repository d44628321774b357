//! What can be said to a session.

use crate::estimate::AskedBack;
use crate::quantity::Quantity;
use crate::schedule::{CardId, Quality};

/// The odds that a learner can give for an answer, in percent.
pub const ODDS: [u8; 3] = [50, 80, 95];

/// A reply to the open question.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// What was typed, or the text of the option that was picked.
    Answer(String),
    /// The option, from 0; at a typed question the number itself.
    Pick(usize),
    /// Show the answer.
    Reveal,
    /// The learner's own grade.
    Grade(Quality),
    /// The points of a probe that were said, from 0.
    Said(Vec<usize>),
    /// "I don't know".
    Blank,
    /// Show the answer of a new card and ask it later.
    Look,
    /// Another quality for the last answer.
    Regrade(Quality),
    /// Take the last answer back.
    Undo,
    /// Not in this session.
    Skip,
    /// Not until it is resumed.
    Suspend(Which),
    /// Mark as one to come back to; once more takes the mark away.
    Flag(Which),
    /// Show another card, such as a related one, with its answer.
    Show(CardId),
    /// Edit the card in its file, or a note on it where it is a part of the program.
    Edit(Which),
    /// It was edited: of a note what it says now, none where that is as it was.
    Edited(Option<String>),
    /// Go round the weak ones again, at the end of a round.
    Again,
    /// End.
    Quit,
}

/// The card that a decision is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The one that is open.
    Open,
    /// The one that was answered last.
    Last,
}

/// Why a reply cannot be taken; the question stays open.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// What is wrong and what would be right.
    pub message: String,
    /// The place in what was typed: 1 is its first character.
    pub column: Option<usize>,
    /// A value that does not measure what is asked: the same again is an answer.
    pub insists: Option<Quantity>,
}

impl Refusal {
    /// A refusal without a place.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), column: None, insists: None }
    }
}

impl From<AskedBack> for Refusal {
    fn from(AskedBack { message, column, insists }: AskedBack) -> Self {
        let again = if insists.is_some() { "; the same again counts as your answer" } else { "" };
        Self { message: message + again, column, insists }
    }
}
