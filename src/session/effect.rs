//! What a session wants done, and what a mark that is on disk means for it.

use super::done::{Answering, Marking, Regrading};
use super::event::What;
use super::feedback::Feedback;
use super::question::Revealed;
use crate::log::LogId;
use crate::schedule::CardId;

/// What the driver must do before the session goes on.
#[derive(Debug)]
pub enum Effect {
    /// Show the answer; the question stays open.
    Reveal(Revealed),
    /// Save this answer, then call [`super::Session::saved`], or [`super::Session::not_saved`] where that failed.
    Record(Box<Answering>),
    /// Replace the last answer, then call [`super::Session::regraded`].
    Replace(Box<Regrading>),
    /// A step of a chain was answered: nothing is saved yet.
    Step(Box<Feedback>),
    /// Something was taken back that was not saved.
    Undone(What, CardId),
    /// Retract this review, then call [`super::Session::retracted`].
    Retract(LogId, CardId),
    /// Nothing was done in this session: the log's latest answer may be taken back.
    RetractLatest,
    /// Save this decision, then call [`super::Session::marked`].
    Mark(Marking),
    /// The open card was put aside: go on with the next question.
    Skipped(CardId),
    /// Show this card with its answer; what is open stays open.
    Show(CardId),
    /// Say where this card is written, and have it edited.
    Edit(CardId),
    /// The weak cards of the round are asked again.
    Again,
    /// End.
    Quit,
}

/// What a mark that is on disk means for the session.
#[derive(Debug)]
pub enum Marked {
    /// Its card is asked no more.
    Suspended,
    /// Its card is flagged, or is no more.
    Flagged(bool),
    /// It has this note.
    Noted(String),
    /// The answer of the open card is to be shown, and the card comes later.
    Looked(Option<Box<Revealed>>),
    /// An earlier mark was taken back.
    TakenBack(What),
}
