//! What was done in a session, so that it can be taken back: the last first, whatever it was.

use super::ask::Asked;
use super::item::{Item, Open};
use super::judge::Judgement;
use super::time_box::TimeBox;
use super::waiting::Removed;
use crate::log::{LogId, MarkKind, Review};
use crate::schedule::{CardId, Quality};
use serde::Serialize;

/// Something that was done.
#[derive(Debug)]
pub(super) enum Done {
    /// The last of the answers was given.
    Answer,
    /// The last step of the open chain was answered.
    Step,
    /// The open card was skipped.
    Skip(Aside),
    /// A card was suspended.
    Suspend(Aside),
    /// A card was flagged, or is flagged no more.
    Flag(CardId, MarkKind),
    /// The open card was looked at.
    Look(Box<Open>),
    /// The last answer had this quality before.
    Regrade(Quality),
    /// The last step of the open chain had this quality before.
    StepRegrade(Quality),
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
}

/// A card that does not return in this session, with all that it left.
#[derive(Debug)]
pub(super) struct Aside {
    pub(super) card: CardId,
    /// Where it was the open one.
    pub(super) open: Option<Box<Open>>,
    pub(super) removed: Removed,
    /// It was put aside before already, for another reason.
    pub(super) was_gone: bool,
}

/// An answer that is on disk.
#[derive(Debug)]
pub(super) struct Answer {
    /// The card as it stands after the answer.
    pub(super) item: Item,
    pub(super) id: LogId,
    pub(super) review: Review,
    pub(super) judgement: Judgement,
    /// The question as it was open before the answer.
    pub(super) open: Box<Open>,
    /// And after it.
    pub(super) asked: Asked,
}

/// An answer on its way to the log.
#[derive(Debug)]
pub struct Answering {
    pub(super) review: Review,
    pub(super) judgement: Judgement,
    /// The question as it was open before the answer.
    pub(super) open: Box<Open>,
    /// And after it.
    pub(super) asked: Asked,
    /// The time box before the answer.
    pub(super) before: TimeBox,
}

impl Answering {
    /// What is to be saved.
    pub fn review(&self) -> &Review {
        &self.review
    }
}

/// Another quality for the last answer, on its way to the log.
#[derive(Debug)]
pub struct Regrading {
    pub(super) old: LogId,
    pub(super) review: Review,
    /// Of the answer by itself; a chain's review has that of its weakest step.
    pub(super) quality: Quality,
    pub(super) is_undo: bool,
}

impl Regrading {
    /// The review that no longer counts.
    pub fn old(&self) -> LogId {
        self.old
    }

    /// The one that stands in its place.
    pub fn review(&self) -> &Review {
        &self.review
    }
}

/// A decision about a card, or that one is taken back, on its way to the log.
#[derive(Debug)]
pub struct Marking {
    pub(super) card: CardId,
    pub(super) kind: MarkKind,
    pub(super) is_undo: bool,
}

impl Marking {
    /// The card.
    pub fn card(&self) -> &CardId {
        &self.card
    }

    /// What was decided.
    pub fn kind(&self) -> &MarkKind {
        &self.kind
    }

    /// Whether that is taken back.
    pub fn is_undo(&self) -> bool {
        self.is_undo
    }
}
