//! How long the learner takes.

use super::cards::Result;
use crate::deck::{Brief, Kind};
use crate::schedule::Seconds;
use crate::session::Setup;
use crate::store::{Store, Timed};
use std::collections::HashMap;

/// What is typical of a kind is worth so many answers of the learner's own.
const TYPICAL_ANSWERS: f64 = 5.0;
/// A wrong answer takes so many times as long as a right one, until the learner's own time is known.
const WRONG: f64 = 1.5;

/// The name of a chain's step among the kinds.
const STEP: &str = "step";

/// How long the learner takes, by kind: for one that stands alone and for a step of a chain.
#[derive(Debug, Clone)]
pub(super) struct Costs {
    single: Vec<Seconds>,
    step: Seconds,
    answers: f64,
}

impl Costs {
    pub(super) fn read(store: &Store) -> Result<Self> {
        Ok(Self::of_answers(&store.reviews().answer_seconds()?))
    }

    /// Who is quick with some kinds is quick with the others, as far as is known; and who is quick when right is quick when
    /// wrong.
    fn of_answers(timed: &HashMap<(String, bool), Timed>) -> Self {
        let unknown = HashMap::new();
        let typical = Setup::seconds(&unknown);
        let mut kinds: Vec<(&str, f64)> = Kind::ALL.iter().map(|kind| (kind.name(), typical(*kind, 1))).collect();
        kinds.push((STEP, typical(Kind::Estimate, 2) / 2.0));
        let of = |kind: &str, right: bool| timed.get(&(kind.to_owned(), right)).copied().unwrap_or_default();
        // How many times as long as is typical the learner takes.
        let pace = |right: bool, usual: f64| {
            let told = kinds.iter().map(|(kind, typical_s)| (of(kind, right), *typical_s));
            let (took_s, typical_s) = told.fold((0.0, 0.0), |(took_s, typical), (timed, typical_s)| {
                (took_s + timed.seconds, typical + timed.answers * typical_s)
            });
            let unknown_s =
                TYPICAL_ANSWERS * kinds.iter().map(|(_, typical_s)| typical_s).sum::<f64>() / kinds.len() as f64;
            (took_s + usual * unknown_s) / (typical_s + unknown_s)
        };
        let right = pace(true, 1.0);
        let wrong = pace(false, WRONG * right);
        let mean = |kind: &str, is_right: bool, usual_s: f64| {
            let Timed { answers, seconds } = of(kind, is_right);
            (seconds + TYPICAL_ANSWERS * usual_s) / (answers + TYPICAL_ANSWERS)
        };
        let seconds = |(kind, typical_s): &(&str, f64)| Seconds {
            right: mean(kind, true, right * typical_s),
            wrong: mean(kind, false, wrong * typical_s),
        };
        let mut single: Vec<Seconds> = kinds.iter().map(seconds).collect();
        let step = single.pop().unwrap_or(Seconds { right, wrong });
        let answers = timed.values().map(|timed| timed.answers).sum();
        Self { single, step, answers }
    }

    /// How many answers this is known by.
    pub(super) fn answers(&self) -> f64 {
        self.answers
    }

    pub(super) fn of(&self, kind: usize, answers: usize) -> Seconds {
        match answers {
            2.. => {
                let answers = answers as f64;
                Seconds { right: self.step.right * answers, wrong: self.step.wrong * answers }
            }
            _ => self.single[kind.min(self.single.len() - 1)],
        }
    }

    /// How many times as long as a right answer a wrong one takes, over the kinds.
    pub(super) fn wrong(&self) -> f64 {
        let times = self.single.iter().map(|seconds| seconds.wrong / seconds.right.max(1.0));
        times.sum::<f64>() / self.single.len().max(1) as f64
    }

    /// No answer is expected to take less.
    pub(super) fn least_s(&self) -> f64 {
        self.single.iter().map(|seconds| seconds.right).fold(f64::MAX, f64::min).max(1.0)
    }

    pub(super) fn of_card(&self, card: &Brief) -> Seconds {
        let kind = Kind::ALL.iter().position(|kind| *kind == card.kind).unwrap_or_default();
        self.of(kind, card.answers)
    }
}
