//! What an answer is read for, and what it is held against.

use super::ratio::Ratio;
use crate::deck::{Myth, Number, Per};
use crate::quantity::{Dimension, Expression, Quantity, Scales, Unit};

/// The factor outside of what is right that is near, for a number that is known or not.
pub(super) const NEAR: f64 = 1.25;
/// The name in the log of a wrong figure that is widely believed.
const MYTH: &str = "myth";
/// Ends of ranges are compared with this slack.
pub(super) const SLACK: f64 = 1e-9;

/// What a typed answer is read for.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// What a bare number is read in.
    pub unit: &'a Unit,
    /// What it is asked for one of.
    pub per: Option<&'a Per>,
    /// The question: its words may be repeated, its quantities are no answer.
    pub prompt: &'a str,
}

/// A wrong turn with a name.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedSlip {
    /// Its name in the log.
    pub id: String,
    /// The sentence that names it.
    pub say: String,
    /// The answer that it gives, in base units.
    pub value: f64,
}

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
    /// The scales that the question and its working speak in.
    pub scales: Scales,
    /// Whether the formula is a quotient.
    pub is_quotient: bool,
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

/// The scales of a question with what it asks for: those of its words, of what is worked out, and of a value in the unit.
pub(super) fn scales(words: &[&str], unit: &Unit, value: Quantity) -> Scales {
    let is_thousands = value.dimension != Dimension::TIME && unit.text() != "%" && value.value / unit.factor() >= 1e3;
    let own = if is_thousands { Scales::PREFIXES } else { Scales::default() };
    let unit = format!("1 {}", unit.text());
    words.iter().chain([&unit.as_str()]).map(|text| Scales::of_words(text)).fold(own, Scales::and)
}

/// What an answer to a number card is held against.
pub fn number_target(number: &Number) -> Target<'_> {
    let value = number.value.value;
    let per = number.per.as_ref().map_or("", |per| per.text.as_str());
    let ask = Scales::of_words(&number.ask);
    let worked = number.derive.as_ref().map_or(Scales::default(), Expression::scales);
    // How many there are of something has no prefix because the question has one; a share never has.
    let (ask, worked) = match (number.value.dimension, number.unit.text()) {
        (Dimension::NUMBER, "%") => (ask.periods(), worked.periods()),
        (Dimension::NUMBER, _) => (ask.periods(), worked),
        _ => (ask, worked),
    };
    let own = scales(&[&number.answer, &format!("/{per}")], &number.unit, number.value);
    let around = (value / number.within, value * number.within);
    let myth = |myth: &Myth| NamedSlip { id: MYTH.to_owned(), say: myth.say.clone(), value: myth.value.value };
    Target {
        value: number.value,
        right: number.accept.unwrap_or(around),
        ends: number.accept.unwrap_or((value, value)),
        near: NEAR,
        unit: &number.unit,
        per: number.per.as_ref(),
        slips: Vec::new(),
        myths: number.myths.iter().map(myth).collect(),
        peak: None,
        replicas: None,
        scales: own.and(ask).and(worked),
        is_quotient: number.derive.as_ref().is_some_and(Expression::is_quotient),
    }
}

/// How far a value lies outside of a range.
pub(super) fn beyond(value: f64, (low, high): (f64, f64)) -> Ratio {
    if value > high * (1.0 + SLACK) {
        Ratio::from(value / high)
    } else if value < low * (1.0 - SLACK) {
        Ratio::from(value / low)
    } else {
        Ratio::INSIDE
    }
}
