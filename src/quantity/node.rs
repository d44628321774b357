//! An expression as a tree.

use super::function::Function;
use super::value::Quantity;
use super::words::{Letter, Role};

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Number(f64, Letter),
    Unit(Quantity, Role),
    Name(String, usize),
    Negative(Box<Node>),
    Operation(char, Box<Node>, Box<Node>, usize),
    Call(Function, Vec<Node>, usize),
}

impl Node {
    /// Whether this is true of it, or of a part of it.
    pub(super) fn any(&self, is: &dyn Fn(&Self) -> bool) -> bool {
        is(self)
            || match self {
                Self::Number(..) | Self::Unit(..) | Self::Name(..) => false,
                Self::Negative(inner) => inner.any(is),
                Self::Operation(_, left, right, _) => left.any(is) || right.any(is),
                Self::Call(_, arguments, _) => arguments.iter().any(|argument| argument.any(is)),
            }
    }
}
