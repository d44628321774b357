//! A card in a session: as it waits, and as it is open.

use super::ask::Asked;
use super::judge::Refused;
use super::queue::Planned;
use super::{Setup, median, typical_answer};
use crate::deck::{Brief, Card};
use crate::schedule::{CardState, Memory};
use std::sync::Arc;

/// An answer that takes longer than so many times its expected seconds is counted as that: the learner was away.
const IDLE_FACTOR: f64 = 5.0;

/// A card that waits to be asked.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) brief: Brief,
    pub(super) state: CardState,
    pub(super) seed: u64,
    /// Asked again the same day.
    pub(super) repeat: bool,
    /// The names of a chain's steps to ask; none asks all.
    pub(super) weak: Vec<String>,
    /// It was neither asked nor shown before.
    pub(super) is_unseen: bool,
    /// Under a plan: not before so many cards were answered or looked at, unless nothing else is left.
    pub(super) not_before: usize,
    /// How long all of it is expected to take.
    seconds: f64,
}

impl Item {
    pub(super) fn new(planned: Planned, setup: &Setup) -> Self {
        let Planned { brief, state, seed, repeat, weak } = planned;
        let seconds = Setup::seconds(&setup.median_seconds)(brief.kind, brief.answers);
        let is_unseen = state.memory == Memory::New && !repeat;
        Self { brief, state, seed, repeat, weak, is_unseen, not_before: 0, seconds }
    }

    /// Opens its question.
    pub(super) fn open(self, card: Arc<Card>) -> Open {
        let (asked, refused) = (Asked::new(&card, self.seed, &self.weak), Refused::default());
        Open { asked, item: self, card, took_s: 0.0, revealed_s: None, refused }
    }

    /// How many answers it takes.
    pub(super) fn answers(&self) -> usize {
        if self.weak.is_empty() { self.brief.answers } else { self.weak.len() }
    }

    /// How long it is expected to take at the learner's usual pace.
    pub(super) fn expected_s(&self) -> f64 {
        self.seconds * self.answers() as f64 / self.brief.answers as f64
    }

    pub(super) fn is_new(&self) -> bool {
        self.state.memory == Memory::New && !self.repeat
    }

    /// The same card, asked again the same day with other given values.
    pub(super) fn again(&self, state: CardState, weak: Vec<String>) -> Self {
        Self { state, seed: next_seed(self.seed), repeat: true, is_unseen: false, weak, ..self.clone() }
    }

    /// The same card, under a plan not before so many cards were answered or looked at.
    pub(super) fn not_before(self, answers: usize) -> Self {
        Self { not_before: answers, ..self }
    }

    /// The same card, asked later with other given values: what was shown is not asked.
    pub(super) fn later(self) -> Self {
        Self { seed: next_seed(self.seed), is_unseen: false, ..self }
    }
}

/// The seed of the same card's next question.
fn next_seed(seed: u64) -> u64 {
    (seed + 1) % crate::estimate::SEEDS
}

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
}

impl Open {
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

    /// What counts of the seconds spent so far.
    pub(super) fn counted_s(&self, setup: &Setup) -> f64 {
        self.took_s.min(self.longest_s(setup))
    }

    /// The same question, asked once more: its time begins anew.
    pub(super) fn reopened(self) -> Self {
        Self { took_s: 0.0, revealed_s: None, refused: Refused::default(), ..self }
    }
}
