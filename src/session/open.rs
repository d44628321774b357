//! The card that is open.

use super::ask::Asked;
use super::item::Item;
use super::setup::{Setup, median, typical_answer};
use super::summary::Unfinished;
use crate::deck::Card;
use crate::quantity::Quantity;
use std::sync::Arc;

/// An answer that takes longer than so many times its expected seconds is counted as that: the learner was away.
const IDLE_FACTOR: f64 = 5.0;

/// The card that is open.
#[derive(Debug, Clone)]
pub(super) struct Open {
    pub(super) item: Item,
    pub(super) card: Arc<Card>,
    pub(super) asked: Asked,
    /// Seconds spent on the replies so far, refused ones too.
    pub(super) took_s: f64,
    /// When the answer was revealed, in seconds from the question.
    pub(super) revealed_s: Option<f64>,
    /// What was asked back.
    pub(super) refused: Refused,
    /// How sure the learner was before the answer was shown, in percent.
    pub(super) confidence: Option<u8>,
}

/// What was asked back at an open question.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Refused {
    /// The seconds up to the last time: they do not cost "quick".
    pub(super) took_s: f64,
    /// A value that does not measure what is asked: the same again is an answer.
    pub(super) insists: Option<Quantity>,
}

impl Open {
    /// Opens a card's question.
    pub(super) fn new(item: Item, card: Arc<Card>) -> Self {
        let (asked, refused) = (Asked::new(&card, item.seed, &item.weak), Refused::default());
        Self { asked, item, card, took_s: 0.0, revealed_s: None, refused, confidence: None }
    }

    /// The seconds that the answer to the open question is expected to take: a card's, or a chain's step's.
    pub(super) fn expected_s(&self, setup: &Setup) -> f64 {
        let (of, typical_s) = typical_answer(self.item.brief.kind, self.item.brief.answers);
        median(&setup.median_seconds, of, typical_s)
    }

    /// Longer than this over an answer is idle. A learner who was once in haste may take the usual time.
    pub(super) fn longest_s(&self, setup: &Setup) -> f64 {
        let (_, typical_s) = typical_answer(self.item.brief.kind, self.item.brief.answers);
        IDLE_FACTOR * self.expected_s(setup).max(typical_s)
    }

    /// The steps of a chain that were answered, before the last one is.
    pub(super) fn unfinished(&self) -> Option<Unfinished> {
        let steps = self.asked.answered().len();
        (steps > 0).then(|| Unfinished { card: self.item.brief.id.clone(), steps })
    }

    /// What counts of the seconds spent so far.
    pub(super) fn counted_s(&self, setup: &Setup) -> f64 {
        self.took_s.min(self.longest_s(setup))
    }

    /// The same question, asked once more: its time begins anew.
    pub(super) fn reopened(self) -> Self {
        Self { took_s: 0.0, revealed_s: None, refused: Refused::default(), confidence: None, ..self }
    }
}
