//! Working an expression out, with dimensions kept exactly.

use super::dimension::Dimension;
use super::function::Function;
use super::node::Node;
use super::value::{Quantity, QuantityError};
use super::words::Role;

/// Values for the names in an expression. Later entries hide earlier ones of the same name.
#[derive(Debug, Clone, Default)]
pub struct Names<'a>(Vec<(&'a str, Quantity)>);

impl<'a> Names<'a> {
    /// No names.
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// The value of a name.
    pub fn get(&self, name: &str) -> Option<Quantity> {
        self.0.iter().rev().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    /// The names themselves.
    pub fn words(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.0.iter().map(|(name, _)| *name)
    }
}

impl<'a> FromIterator<(&'a str, Quantity)> for Names<'a> {
    fn from_iter<I: IntoIterator<Item = (&'a str, Quantity)>>(entries: I) -> Self {
        Self(entries.into_iter().collect())
    }
}

pub(super) fn evaluate(node: &Node, names: &Names) -> Result<Quantity, QuantityError> {
    match node {
        Node::Number(value, _) => Ok(Quantity::number(*value)),
        Node::Unit(quantity, _) => Ok(*quantity),
        Node::Name(name, column) => names
            .get(name)
            .ok_or_else(|| QuantityError { message: format!("'{name}' has no value here"), column: *column }),
        Node::Negative(inner) => evaluate(inner, names).map(|q| Quantity { value: -q.value, ..q }),
        Node::Operation(sign, left, right, column) => {
            let more = matches!(sign, '+' | '-') && is_percent(right) && !is_percent(left);
            let (left, mut right) = (evaluate(left, names)?, evaluate(right, names)?);
            if more {
                // "10k + 30%" is 13k, as on a till.
                right = Quantity { value: left.value * right.value, ..left };
            }
            finite(operation(*sign, left, right), *column)
        }
        Node::Call(function, arguments, column) => {
            let values = arguments.iter().map(|a| evaluate(a, names)).collect::<Result<Vec<_>, _>>()?;
            finite(call(*function, &values), *column)
        }
    }
}

/// Whether it is said in percent: `30%`, `99% + 0.9%`.
fn is_percent(node: &Node) -> bool {
    match node {
        Node::Operation('*', _, unit, _) => matches!(**unit, Node::Unit(_, Role::Percent)),
        Node::Operation('+' | '-', left, right, _) => is_percent(left) && is_percent(right),
        Node::Negative(inner) => is_percent(inner),
        _ => false,
    }
}

fn finite(result: Result<Quantity, String>, column: usize) -> Result<Quantity, QuantityError> {
    let error = |message: String| QuantityError { message, column };
    match result {
        Ok(q) if q.value.is_nan() => Err(error("that has no value".into())),
        Ok(q) if q.value.is_infinite() => Err(error("that number is too large".into())),
        Ok(q) => Ok(q),
        Err(message) => Err(error(message)),
    }
}

fn operation(sign: char, left: Quantity, right: Quantity) -> Result<Quantity, String> {
    let too_many = || "no quantity has such a dimension".to_owned();
    match sign {
        '+' | '-' if left.dimension != right.dimension => Err(format!(
            "'{sign}' needs two values of one kind: left is {}, right is {}",
            left.dimension, right.dimension
        )),
        '+' => Ok(Quantity { value: left.value + right.value, ..left }),
        '-' => Ok(Quantity { value: left.value - right.value, ..left }),
        '*' => {
            let dimension = left.dimension.times(right.dimension).ok_or_else(too_many)?;
            Ok(Quantity { value: left.value * right.value, dimension })
        }
        '/' if right.value == 0.0 => Err("that divides by zero".into()),
        '/' => {
            let dimension = left.dimension.over(right.dimension).ok_or_else(too_many)?;
            Ok(Quantity { value: left.value / right.value, dimension })
        }
        _ => power(left, right),
    }
}

fn power(base: Quantity, exponent: Quantity) -> Result<Quantity, String> {
    if exponent.dimension != Dimension::NUMBER {
        return Err(format!("an exponent is a plain number, not {}", exponent.dimension));
    }
    let value = base.value.powf(exponent.value);
    if base.dimension == Dimension::NUMBER {
        return Ok(Quantity::number(value));
    }
    let whole = exponent.value as i8;
    if f64::from(whole) != exponent.value {
        return Err(format!("{} can only be raised to a small whole number", base.dimension));
    }
    let dimension = base.dimension.power(whole).ok_or("no quantity has such a dimension")?;
    Ok(Quantity { value, dimension })
}

fn call(function: Function, values: &[Quantity]) -> Result<Quantity, String> {
    let first = values[0];
    let plain = |result: f64| match first.dimension {
        Dimension::NUMBER => Ok(Quantity::number(result)),
        dimension => Err(format!("{} takes a plain number, not {dimension}", function.name())),
    };
    match function {
        Function::Log2 => plain(first.value.log2()),
        // A hair of float error must not add a server.
        Function::Ceil => plain((first.value - first.value.abs() * 1e-12).ceil()),
        Function::Floor => plain((first.value + first.value.abs() * 1e-12).floor()),
        Function::Sqrt => {
            let dimension = first.dimension.root().ok_or_else(|| format!("{} has no square root", first.dimension))?;
            Ok(Quantity { value: first.value.sqrt(), dimension })
        }
        Function::Min | Function::Max => {
            if let Some(other) = values.iter().find(|q| q.dimension != first.dimension) {
                return Err(format!(
                    "{} needs values of one kind: {} and {}",
                    function.name(),
                    first.dimension,
                    other.dimension
                ));
            }
            let pick = if function == Function::Min { f64::min } else { f64::max };
            Ok(Quantity { value: values.iter().map(|q| q.value).fold(first.value, pick), ..first })
        }
    }
}
