//! An estimate: what a generated question is made of. Drawing and grading are in [`crate::estimate`].

use super::Per;
use crate::quantity::{Dimension, Expression, Quantity, Unit};

/// A generated question, or a chain of them on one system.
#[derive(Debug, Clone)]
pub struct Estimate {
    /// A chain's name for people.
    pub title: Option<String>,
    /// The question, or a chain's scene, with `{names}` to fill in.
    pub ask: String,
    /// What is drawn anew each time.
    pub given: Vec<Given>,
    /// What a draw must fulfil.
    pub conditions: Vec<Condition>,
    /// One, or a chain's two to nine.
    pub steps: Vec<Step>,
    /// Fixed points that a test holds the formulas to.
    pub checks: Vec<Check>,
    /// The dimension that its given values are read for: decides whether a `B` is a byte.
    pub asked: Dimension,
}

impl Estimate {
    /// Whether it is asked step by step.
    pub fn is_chain(&self) -> bool {
        self.steps.len() > 1
    }
}

/// A value that a question is given.
#[derive(Debug, Clone)]
pub struct Given {
    /// What formulas call it.
    pub name: String,
    /// How it is drawn.
    pub draw: Draw,
}

/// A given value with its text.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// As it is shown.
    pub text: String,
    /// What it is.
    pub quantity: Quantity,
}

/// How a value is drawn.
#[derive(Debug, Clone)]
pub enum Draw {
    /// Evenly from a list.
    Pick(Vec<Value>),
    /// Evenly on the logarithm, to two significant figures.
    Range {
        /// The lowest value, in the unit.
        from: f64,
        /// The highest value, in the unit.
        to: f64,
        /// What it is printed in.
        unit: Unit,
        /// Only 1, 2, 5, 10, 20, ...
        nice: bool,
        /// Only whole numbers.
        whole: bool,
    },
}

/// How two sides of a condition stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

/// `where`: rejects a draw that does not fulfil it.
#[derive(Debug, Clone)]
pub struct Condition {
    /// The left side.
    pub left: Expression,
    /// What must hold.
    pub relation: Comparison,
    /// The right side.
    pub right: Expression,
    /// Line and column where it is written.
    pub at: (usize, usize),
}

/// One question of an estimate.
#[derive(Debug, Clone)]
pub struct Step {
    /// What later steps call its value.
    pub id: String,
    /// The question; empty for a single one, whose question is the estimate's.
    pub ask: String,
    /// What it is asked in.
    pub unit: Unit,
    /// The formula.
    pub answer: Expression,
    /// The factor that still counts as right, 1 to 2.
    pub within: f64,
    /// What is asked is so much for one of these.
    pub per: Option<Per>,
    /// How to get there.
    pub work: Vec<Work>,
    /// Wrong turns that people take.
    pub slips: Vec<Slip>,
    /// What the number decides.
    pub why: Option<String>,
    /// Line and column where its formula is written.
    pub at: (usize, usize),
}

/// One line of working.
#[derive(Debug, Clone)]
pub struct Work {
    /// With `{names}`.
    pub say: String,
    /// What the line comes to.
    pub value: Expression,
    /// What it is printed in.
    pub unit: Unit,
}

/// A named wrong turn.
#[derive(Debug, Clone)]
pub struct Slip {
    /// Its name in the log.
    pub id: String,
    /// What one gets that way.
    pub value: Expression,
    /// The sentence that names it.
    pub say: String,
    /// Line and column where its value is written.
    pub at: (usize, usize),
}

/// Values and the answers that they must give.
#[derive(Debug, Clone)]
pub struct Check {
    /// By name.
    pub given: Vec<(String, Value)>,
    /// One a step.
    pub answers: Vec<Fixed>,
}

/// The answer of a step to the values of a check.
#[derive(Debug, Clone)]
pub struct Fixed {
    /// The step's id.
    pub step: String,
    /// In base units.
    pub value: Quantity,
    /// Line and column where it is written.
    pub at: (usize, usize),
}
