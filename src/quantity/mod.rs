//! Numbers with units: read what an engineer writes, evaluate it, convert it, print it.
//!
//! Here belong the expression language, its units and its printing. What an answer is worth is not
//! decided here: that is [`crate::estimate`].

mod dimension;
mod evaluate;
mod function;
mod lexer;
mod node;
mod parser;
mod print;
mod typed;
mod unit;
mod value;
mod written;
mod wrong;

pub use dimension::Dimension;
pub use evaluate::Names;
pub use parser::{Expression, Reading};
pub use print::factor;
pub use typed::{Typed, range, readings};
pub use unit::{Rounding, Unit, is_reserved};
pub use value::{Quantity, QuantityError};

#[cfg(test)]
mod tests;
