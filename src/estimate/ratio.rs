//! How far off an answer is.

use crate::quantity::factor;
use serde::{Deserialize, Serialize};
use std::fmt;

/// An answer over the accepted end that it missed: above 1 is too high, below it too low, 1 is inside.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ratio(f64);

impl Ratio {
    /// Inside the accepted range.
    pub const INSIDE: Self = Self(1.0);

    /// The factor by which the answer misses, either way: 1 is inside.
    pub fn factor(self) -> f64 {
        self.0.max(1.0 / self.0)
    }

    /// Which way it misses.
    pub fn direction(self) -> Option<Direction> {
        (self != Self::INSIDE).then_some(if self.0 > 1.0 { Direction::High } else { Direction::Low })
    }
}

/// Which way an answer misses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Above the accepted range.
    High,
    /// Below it.
    Low,
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::High => "high",
            Self::Low => "low",
        })
    }
}

impl From<f64> for Ratio {
    fn from(answer_over_truth: f64) -> Self {
        Self(answer_over_truth)
    }
}

impl From<Ratio> for f64 {
    fn from(ratio: Ratio) -> Self {
        ratio.0
    }
}

/// `8.0x high`.
impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x", factor(self.factor()))?;
        self.direction().map_or(Ok(()), |direction| write!(f, " {direction}"))
    }
}
