//! A number card: a fact with a unit.

use crate::quantity::{Expression, Quantity, Unit};

/// A fact with a unit.
#[derive(Debug, Clone)]
pub struct Number {
    /// The question.
    pub ask: String,
    /// The answer as written.
    pub answer: String,
    /// The answer.
    pub value: Quantity,
    /// The lowest and the highest answer that are right, in base units, where they are written.
    pub accept: Option<(f64, f64)>,
    /// What a bare number is read in.
    pub unit: Unit,
    /// Without `accept`: the factor around the answer that is right, 1 to 2.
    pub within: f64,
    /// What the answer follows from: a test holds it to this within 5%.
    pub derive: Option<Expression>,
    /// What is asked is so much for one of these: `a day`, `GB`.
    pub per: Option<Per>,
    /// Numbers of one family must not be right for one another.
    pub family: Option<String>,
    /// Why the range for right is wider than a factor of 4.
    pub wide: Option<String>,
    /// Wrong figures that are widely believed.
    pub myths: Vec<Myth>,
}

impl Number {
    /// A number that is a question and an answer and nothing else; none where the answer is not one number with its unit.
    pub(super) fn plain(ask: &str, answer: &str, within: Option<f64>) -> Option<Self> {
        let is_measured = answer.contains(|c: char| c.is_alphabetic() || "%$€".contains(c));
        let unit = Unit::of_written(answer).filter(|_| is_measured)?;
        let value = Expression::value_in(answer, &unit).ok()?;
        (value.dimension == unit.dimension() && value.value > 0.0).then(|| Self {
            ask: ask.to_owned(),
            answer: answer.to_owned(),
            value,
            accept: None,
            unit,
            within: within.unwrap_or(1.5),
            derive: None,
            per: None,
            family: None,
            wide: None,
            myths: Vec::new(),
        })
    }
}

/// What one of something is: an answer may say it or leave it out.
#[derive(Debug, Clone, PartialEq)]
pub struct Per {
    /// As written: `day`, `GB`, `1M tokens`.
    pub text: String,
    /// How much that is.
    pub quantity: Quantity,
}

/// A wrong figure that is widely believed.
#[derive(Debug, Clone)]
pub struct Myth {
    /// The figure as written.
    pub text: String,
    /// The figure.
    pub value: Quantity,
    /// What to say to somebody who gives it.
    pub say: String,
}
