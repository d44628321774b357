//! Grading a typed number on the logarithmic scale.

use super::answer::Answer;
use super::ratio::Ratio;
use super::slip::{self, Recognised};
use super::target::{NamedSlip, SLACK, Target, beyond};
use crate::schedule::Quality;

/// A factor from which an answer is of another order of magnitude.
const ORDER: f64 = 10.0;

/// How a typed answer went.
#[derive(Debug, Clone, PartialEq)]
pub struct Grade {
    /// From 1 to 5.
    pub quality: Quality,
    /// How far off. None for a wrong dimension.
    pub ratio: Option<Ratio>,
    /// The wrong turn that was recognised.
    pub slip: Option<NamedSlip>,
}

/// Grades an answer of the dimension that is asked; `quick` says whether it came quickly.
pub fn grade(answer: &Answer, target: &Target, quick: bool) -> Grade {
    let value = answer.value.value;
    let miss = beyond(value, target.ends);
    let ratio = Some(miss);
    let outside = beyond(value, target.right);
    if outside == Ratio::INSIDE {
        let quality = if quick { Quality::EASY } else { Quality::GOOD };
        return Grade { quality, ratio, slip: None };
    }
    let quality = if outside.factor() <= target.near * (1.0 + SLACK) {
        Quality::HARD
    } else if miss.factor() < ORDER * (1.0 - SLACK) {
        Quality::NEARLY
    } else {
        Quality::AGAIN
    };
    match slip::recognise(value, miss, answer.scales, target) {
        Recognised::Nothing => Grade { quality, ratio, slip: None },
        Recognised::Several => Grade { quality: quality.min(Quality::NEARLY), ratio, slip: None },
        Recognised::One(slip) => Grade { quality: quality.min(Quality::NEARLY), ratio, slip: Some(slip) },
    }
}

impl Grade {
    /// An answer that measures something else than what is asked.
    pub fn of_wrong_dimension() -> Self {
        Self { quality: Quality::AGAIN, ratio: None, slip: None }
    }

    /// How far off, in words: `8.0x high`.
    pub fn miss(&self) -> Option<String> {
        self.ratio.filter(|ratio| *ratio != Ratio::INSIDE).map(|ratio| ratio.to_string())
    }
}
