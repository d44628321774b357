//! What was done in a session, so that it can be taken back: the last first, whatever it was.

use super::ask::Asked;
use super::feedback::{Schedule, leech_advice, tells_leech};
use super::item::Item;
use super::judge::Judgement;
use super::open::Open;
use super::outcome::{Outcome, clock_is_behind};
use super::time_box::TimeBox;
use super::waiting::Removed;
use crate::log::{LogId, MarkKind, Review, Saved};
use crate::schedule::{CardId, Day, Quality};

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

impl Answer {
    /// What the store made of it, in the place of another answer where it was regraded.
    pub(super) fn outcome(&self, saved: &Saved, replaces: Option<LogId>, day: Day, asked_again: bool) -> Outcome {
        let lapses = self.item.state.memory.scheduled().map_or(0, |s| s.lapses);
        let schedule = Schedule::after(saved.state.memory, day, asked_again);
        let mut notes = Vec::new();
        if self.review.quality < self.judgement.quality {
            notes.push(format!("the chain counts as its weakest step: quality {}", self.review.quality));
        }
        // A regrade was spoken of when the answer was given.
        notes.extend(clock_is_behind(saved).filter(|_| replaces.is_none()));
        let leech = tells_leech(lapses, schedule.lapses);
        notes.extend(leech_advice(&self.item.brief.id, schedule.lapses).filter(|_| leech));
        Outcome { review: Some(saved.id), replaces, schedule, leech, notes }
    }
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
    /// The quality of the answer by itself; a chain's review has that of its weakest step.
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
