//! A card of a session, as it waits to be asked.

use super::queue::Queued;
use super::setup::Setup;
use crate::deck::Brief;
use crate::schedule::{CardState, Memory};

/// A queued card as it waits in a session, with the time that it is expected to take.
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
    /// It was new when this session took it up.
    is_first_day: bool,
    /// Under a plan: not before so many cards were answered or looked at, unless nothing else is left.
    pub(super) not_before: usize,
    /// How long all of it is expected to take.
    seconds: f64,
}

impl Item {
    pub(super) fn new(queued: Queued, setup: &Setup) -> Self {
        let Queued { brief, state, seed, repeat, weak } = queued;
        let seconds = Setup::seconds(&setup.median_seconds)(brief.kind, brief.answers);
        let is_unseen = state.memory == Memory::New && !repeat;
        Self { brief, state, seed, repeat, weak, is_unseen, is_first_day: is_unseen, not_before: 0, seconds }
    }

    /// How many answers it takes.
    pub(super) fn answers(&self) -> usize {
        if self.weak.is_empty() { self.brief.answers } else { self.weak.len() }
    }

    /// How long it is expected to take at the learner's usual pace.
    pub(super) fn expected_s(&self) -> f64 {
        self.seconds * self.answers() as f64 / self.brief.answers as f64
    }

    /// Whether it is new, and waits until there is time for new cards.
    pub(super) fn is_new(&self) -> bool {
        self.state.memory == Memory::New && !self.repeat && !self.state.wanted
    }

    /// Whether it is new, or the repeat of one that was new in this session.
    pub(super) fn is_first_day(&self) -> bool {
        self.is_first_day
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
