//! Grading a typed number on the logarithmic scale.

use super::answer::Asking;
use super::ratio::Ratio;
use super::slip::{self, NamedSlip, Recognised};
use crate::deck::Per;
use crate::quantity::{Quantity, Unit};
use crate::schedule::Quality;

/// Ends of ranges are compared with this slack.
pub(super) const SLACK: f64 = 1e-9;
/// A factor from which an answer is of another order of magnitude.
const ORDER: f64 = 10.0;

/// What a typed answer is held against.
#[derive(Debug, Clone)]
pub struct Target<'a> {
    /// The right answer.
    pub value: Quantity,
    /// The lowest and the highest answer that are right, in base units.
    pub right: (f64, f64),
    /// What a miss is told against: the ends of the accepted range, or the right answer twice.
    pub ends: (f64, f64),
    /// The factor outside of what is right that is still near.
    pub near: f64,
    /// What a bare number is read in.
    pub unit: &'a Unit,
    /// What it is asked for one of.
    pub per: Option<&'a Per>,
    /// The card's own wrong turns.
    pub slips: Vec<NamedSlip>,
    /// Wrong figures that are widely believed.
    pub myths: Vec<NamedSlip>,
    /// The peak factor, where the formula has one.
    pub peak: Option<f64>,
    /// The replication factor, where the formula has one.
    pub replicas: Option<f64>,
}

impl<'a> Target<'a> {
    /// What an answer is read for, with the question as it is shown.
    pub fn asking(&self, prompt: &'a str) -> Asking<'a> {
        Asking { unit: self.unit, per: self.per, prompt }
    }

    /// Whether an answer is right.
    pub fn is_right(&self, answer: Quantity) -> bool {
        beyond(answer.value, self.right) == Ratio::INSIDE
    }
}

/// How far a value lies outside of a range.
fn beyond(value: f64, (low, high): (f64, f64)) -> Ratio {
    if value > high * (1.0 + SLACK) {
        Ratio::from(value / high)
    } else if value < low * (1.0 - SLACK) {
        Ratio::from(value / low)
    } else {
        Ratio::INSIDE
    }
}

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
pub fn grade(answer: Quantity, target: &Target, quick: bool) -> Grade {
    let ratio = Some(beyond(answer.value, target.ends));
    let outside = beyond(answer.value, target.right);
    if outside == Ratio::INSIDE {
        let quality = if quick { Quality::EASY } else { Quality::GOOD };
        return Grade { quality, ratio, slip: None };
    }
    let quality = if outside.factor() <= target.near * (1.0 + SLACK) {
        Quality::HARD
    } else if ratio.is_some_and(|ratio| ratio.factor() < ORDER * (1.0 - SLACK)) {
        Quality::NEARLY
    } else {
        Quality::AGAIN
    };
    match slip::recognise(answer.value, target) {
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
