//! Grading a typed number on the logarithmic scale.

use super::ratio::Ratio;
use super::slip::{self, NamedSlip};
use crate::quantity::{Dimension, Expression, Quantity, QuantityError, Unit};
use crate::schedule::Quality;

/// Ends of the accepted range are compared with this slack.
const SLACK: f64 = 1e-9;
/// A factor from which an answer is of another order of magnitude.
const ORDER: f64 = 10.0;

/// What a typed answer is held against.
#[derive(Debug, Clone)]
pub struct Target<'a> {
    /// The right answer.
    pub value: Quantity,
    /// The lowest and the highest answer that count as exact, in base units.
    pub accept: (f64, f64),
    /// The factor outside it that still counts as right, 1 to 2.
    pub within: f64,
    /// What a bare number is read in.
    pub unit: &'a Unit,
    /// The card's own wrong turns.
    pub slips: Vec<NamedSlip>,
    /// The peak factor, where the formula has one.
    pub peak: Option<f64>,
    /// The replication factor, where the formula has one.
    pub replicas: Option<f64>,
}

/// How a typed answer went.
#[derive(Debug, Clone, PartialEq)]
pub struct Grade {
    /// From 1 to 5.
    pub quality: Quality,
    /// How far off. None for a wrong dimension, zero or a negative number.
    pub ratio: Option<Ratio>,
    /// The wrong turn that was recognised.
    pub slip: Option<NamedSlip>,
    /// What else is to be said.
    pub note: Option<String>,
}

/// Reads what was typed as an answer to a target.
///
/// # Errors
/// A text that is no number: no answer at all.
pub fn read(text: &str, unit: &Unit) -> Result<Quantity, QuantityError> {
    Expression::value_in(text, unit)
}

/// Grades an answer. `typed` is its text, for the note; `quick` says whether it came quickly.
pub fn grade(answer: Quantity, typed: &str, target: &Target, quick: bool) -> Grade {
    let wrong = |note: String| Grade { quality: Quality::AGAIN, ratio: None, slip: None, note: Some(note) };
    let asked = target.value.dimension;
    if answer.dimension != asked {
        return wrong(wrong_dimension(answer.dimension, typed, asked));
    }
    if answer.value <= 0.0 {
        return wrong("the answer is a number above zero".to_owned());
    }
    let (low, high) = target.accept;
    let ratio = if answer.value > high * (1.0 + SLACK) {
        Ratio::from(answer.value / high)
    } else if answer.value < low * (1.0 - SLACK) {
        Ratio::from(answer.value / low)
    } else {
        Ratio::INSIDE
    };
    let miss = ratio.factor();
    let reaches = |limit: f64| miss <= limit * (1.0 + SLACK);
    if reaches(target.within) {
        let quality = if quick { Quality::EASY } else { Quality::GOOD };
        return Grade { quality, ratio: Some(ratio), slip: None, note: None };
    }
    let quality = if reaches(target.within.powi(2)) {
        Quality::HARD
    } else if miss < ORDER * (1.0 - SLACK) {
        Quality::NEARLY
    } else {
        Quality::AGAIN
    };
    let slip = slip::recognise(answer.value, target);
    let quality = if slip.is_some() { quality.min(Quality::NEARLY) } else { quality };
    Grade { quality, ratio: Some(ratio), slip, note: None }
}

impl Grade {
    /// How far off, in words: `8.0x high`.
    pub fn miss(&self) -> Option<String> {
        self.ratio.filter(|ratio| *ratio != Ratio::INSIDE).map(|ratio| ratio.to_string())
    }
}

fn wrong_dimension(found: Dimension, typed: &str, asked: Dimension) -> String {
    let unit = Unit::of_written(typed).map(|unit| unit.text().to_owned()).filter(|unit| !unit.is_empty());
    let subject = unit.unwrap_or_else(|| typed.trim().to_owned());
    let asked = match asked {
        Dimension::NUMBER => "a plain number".to_owned(),
        Dimension::RATE | Dimension::DATA_RATE | Dimension::MONEY_RATE => format!("a {asked}"),
        Dimension::MONEY => "an amount of money".to_owned(),
        Dimension::DATA => "an amount of data".to_owned(),
        other => other.to_string(),
    };
    let found = match found {
        Dimension::RATE | Dimension::DATA_RATE | Dimension::MONEY_RATE => format!("a {found}"),
        Dimension::NUMBER => "a plain number".to_owned(),
        other => other.to_string(),
    };
    format!("{subject} is {found}; the question asks for {asked}")
}
