//! How long the learner takes.

use crate::deck::{Brief, Kind};
use crate::session::Setup;
use std::collections::HashMap;

/// How long the learner takes.
#[derive(Debug, Clone, Default)]
pub(super) struct Pace {
    pub(super) median_seconds: HashMap<String, f64>,
}

impl Pace {
    /// The seconds that a card is expected to take.
    pub(super) fn seconds(&self, card: &Brief) -> f64 {
        Setup::seconds(&self.median_seconds)(card.kind, card.answers)
    }

    /// The same by the name of its kind, a second at the least.
    pub(super) fn seconds_of(&self, kind: &str, answers: usize) -> f64 {
        let kind = Kind::named(kind);
        kind.map_or(1.0, |kind| Setup::seconds(&self.median_seconds)(kind, answers)).max(1.0)
    }

    /// No card is expected to take less.
    pub(super) fn least_s(&self) -> f64 {
        let single = Kind::ALL.iter().map(|kind| self.seconds_of(kind.name(), 1));
        single.fold(self.seconds_of(Kind::Estimate.name(), 2), f64::min)
    }
}
