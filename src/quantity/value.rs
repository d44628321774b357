//! A value with what it measures.

use super::dimension::Dimension;

/// A finite value in base units (seconds, bytes, dollars) with its dimension.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantity {
    /// In base units.
    pub value: f64,
    /// What it measures.
    pub dimension: Dimension,
}

impl Quantity {
    /// A count or a ratio.
    pub const fn number(value: f64) -> Self {
        Self { value, dimension: Dimension::NUMBER }
    }

    /// Whether it is the same value, however it was written.
    pub fn is(self, other: Self) -> bool {
        self.dimension == other.dimension && (self.value / other.value - 1.0).abs() < 1e-9
    }
}

/// Why a text is no quantity, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct QuantityError {
    /// What is wrong and what would be right, in one line.
    pub message: String,
    /// The place: 1 is the first character.
    pub column: usize,
}
