//! A unit that a question asks in.

use super::dimension::Dimension;
use super::rounding::Rounding;
use super::value::{Quantity, QuantityError};
use super::words::{BIT, KILO, Role, Word, lookup, lower_case, mistyped};

/// How a family of values is scaled when it is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Count,
    Percent,
    Time,
    Bytes,
    BinaryBytes,
    Bits,
    Money,
    /// No scaling: printed in the unit as written.
    AsWritten,
}

/// A unit that a question asks in: what a bare number is read in, and how the answer is printed.
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    text: String,
    /// In base units.
    factor: f64,
    dimension: Dimension,
    pub(super) family: Family,
    /// What stands behind the scaled value: `" QPS"`, `"/day"`, `"ps"`, `" servers"`.
    pub(super) tail: String,
    /// Base units of the scaled part for one of the tail's: 1 a day is `1 / 86,400` a second.
    pub(super) tail_factor: f64,
}

impl Unit {
    /// Reads a unit: a unit of the language, `unit/unit`, or a plain word that counts things
    /// (`servers`), or nothing.
    ///
    /// # Errors
    /// A text with a number in it, or a word that means two things.
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        let text = text.trim().replace(" per ", "/");
        let text = text.strip_prefix("per ").map_or(text.clone(), |under| format!("/{under}"));
        let text = text.as_str();
        let error = |message: String| QuantityError { message, column: 1 };
        if text.chars().any(|c| c.is_ascii_digit()) {
            return Err(error(format!("'{text}' is no unit: a unit has no number in it")));
        }
        let (head, denominator) = match text.split_once('/') {
            Some((head, under)) => (head.trim(), Some(under.trim())),
            None => (text, None),
        };
        let part = |word: &str| -> Result<(f64, Dimension), QuantityError> {
            match word {
                "" => Ok((1.0, Dimension::NUMBER)),
                "$" => Ok((1.0, Dimension::MONEY)),
                "%" => Ok((0.01, Dimension::NUMBER)),
                "B" => Ok((1.0, Dimension::DATA)),
                "b" => Ok((BIT, Dimension::DATA)),
                _ => match lookup(word, Dimension::NUMBER, Rounding::NONE) {
                    Some(Word::Unit(_, _, Role::LowerCase)) if text.contains('/') => Err(error(lower_case(word))),
                    Some(Word::Unit(factor, dimension, _)) => Ok((factor, dimension)),
                    Some(Word::Magnitude(factor, _)) => Ok((factor, Dimension::NUMBER)),
                    Some(Word::Ambiguous(message)) => Err(error(message.to_owned())),
                    Some(Word::Times) => Ok((1.0, Dimension::NUMBER)),
                    Some(Word::Per) => Err(error(format!("'{word}' is no unit"))),
                    None if mistyped(word).is_some() => {
                        let meant = mistyped(word).unwrap_or_default();
                        Err(error(format!("'{word}' is no unit: did you mean {meant}?")))
                    }
                    None if word.chars().all(|c| c.is_alphabetic() || c == ' ' || c == '-') => {
                        Ok((1.0, Dimension::NUMBER))
                    }
                    None => Err(error(format!("'{word}' is no unit"))),
                },
            }
        };
        let (head_factor, head_dimension) = part(head)?;
        let (under_factor, under_dimension) = part(denominator.unwrap_or(""))?;
        let dimension = head_dimension.over(under_dimension).ok_or_else(|| error(format!("'{text}' is no unit")))?;
        let binary = head.ends_with("iB");
        let bits = (head_factor / BIT).log(KILO).fract().abs() < 1e-9;
        let (family, mut tail) = match head_dimension {
            Dimension::NUMBER if head == "%" => (Family::Percent, String::new()),
            Dimension::NUMBER if head_factor != 1.0 => (Family::AsWritten, format!(" {head}")),
            Dimension::NUMBER if head.is_empty() || head.eq_ignore_ascii_case("x") => (Family::Count, head.to_owned()),
            Dimension::NUMBER => (Family::Count, format!(" {head}")),
            Dimension::RATE if head_factor == 1.0 => (Family::Count, format!(" {head}")),
            Dimension::TIME => (Family::Time, String::new()),
            Dimension::MONEY => (Family::Money, String::new()),
            Dimension::DATA if binary => (Family::BinaryBytes, String::new()),
            Dimension::DATA => (if bits { Family::Bits } else { Family::Bytes }, String::new()),
            Dimension::DATA_RATE if bits => (Family::Bits, "ps".to_owned()),
            Dimension::DATA_RATE => (Family::Bytes, "/s".to_owned()),
            _ => (Family::AsWritten, format!(" {head}")),
        };
        if let Some(under) = denominator {
            tail.push('/');
            tail.push_str(under);
        }
        let tail_factor = match family {
            Family::AsWritten => head_factor / under_factor,
            _ => 1.0 / under_factor,
        };
        Ok(Self { text: text.to_owned(), factor: head_factor / under_factor, dimension, family, tail, tail_factor })
    }

    /// The unit that a value of this dimension is printed in where nothing else is said.
    pub fn natural(dimension: Dimension) -> Self {
        let text = match dimension {
            Dimension::TIME => "s",
            Dimension::DATA => "MB",
            Dimension::MONEY => "$",
            Dimension::RATE => "/s",
            Dimension::DATA_RATE => "MB/s",
            Dimension::MONEY_RATE => "$/month",
            _ => "",
        };
        let plain = Self {
            text: String::new(),
            factor: 1.0,
            dimension,
            family: Family::AsWritten,
            tail: String::new(),
            tail_factor: 1.0,
        };
        Self::parse(text).ok().filter(|unit| unit.dimension == dimension).unwrap_or(plain)
    }

    /// As it is shown with the prompt.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The word of a unit that only counts things, such as `servers`.
    pub(super) fn counted(&self) -> &str {
        match self.family {
            Family::Count => self.tail.trim_start(),
            _ => "",
        }
    }

    /// One byte, or one bit, of this unit without its prefix: of Gbps a bit a second; none where no data is asked.
    pub(super) fn bytes(&self) -> Option<f64> {
        let under = match self.family {
            // The tail of `Gbps` is that of its scaled part.
            Family::Bits | Family::Bytes | Family::BinaryBytes => self.tail_factor,
            _ => return None,
        };
        Some(if self.family == Family::Bits { BIT * under } else { under })
    }

    /// One of it without its prefix: of Gbps a bit a second; none where no data is asked.
    pub fn without_prefix(&self) -> Option<Quantity> {
        self.bytes().map(|value| Quantity { value, dimension: self.dimension })
    }

    /// One of it.
    pub fn one(&self) -> Quantity {
        Quantity { value: self.factor, dimension: self.dimension }
    }

    /// The same in bytes, where it is a larger unit of bytes.
    pub fn in_bytes(&self) -> Option<Self> {
        matches!(self.family, Family::Bytes | Family::BinaryBytes)
            .then(|| Self::parse(&format!("B{}", self.tail)).ok())
            .flatten()
    }

    /// What stands under the bar: a day of GB/day, a gigabyte of $/GB.
    pub fn denominator(&self) -> Option<Self> {
        let (_, under) = self.text.split_once('/')?;
        Self::parse(under).ok()
    }

    /// A bare number in this unit; anything else as it is.
    pub fn read_bare(&self, quantity: Quantity) -> Quantity {
        match quantity.dimension {
            Dimension::NUMBER => Quantity { value: quantity.value * self.factor, dimension: self.dimension },
            _ => quantity,
        }
    }

    /// In base units.
    pub fn factor(&self) -> f64 {
        self.factor
    }

    /// What it measures.
    pub fn dimension(&self) -> Dimension {
        self.dimension
    }
}
