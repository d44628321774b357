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
mod rounding;
mod scales;
mod spoken;
mod typed;
mod unit;
mod value;
mod words;
mod written;
mod wrong;

pub use dimension::Dimension;
pub use evaluate::Names;
pub use parser::{Expression, Reading};
pub use print::factor;
pub use rounding::Rounding;
pub use scales::Scales;
pub use typed::{Typed, range, readings};
pub use unit::Unit;
pub use value::{Quantity, QuantityError};
pub use words::is_reserved;

#[cfg(test)]
mod tests;
