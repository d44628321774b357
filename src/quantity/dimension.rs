//! What a quantity measures.

use std::fmt;

/// Exponents of the base dimensions: time in seconds, data in bytes, money in dollars. Counts and
/// ratios are plain numbers, so a rate is `time^-1`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Dimension {
    /// Exponent of the second.
    pub time: i8,
    /// Exponent of the byte.
    pub data: i8,
    /// Exponent of the dollar.
    pub money: i8,
}

impl Dimension {
    /// A count or a ratio.
    pub const NUMBER: Self = Self::new(0, 0, 0);
    /// Seconds.
    pub const TIME: Self = Self::new(1, 0, 0);
    /// Bytes.
    pub const DATA: Self = Self::new(0, 1, 0);
    /// Dollars.
    pub const MONEY: Self = Self::new(0, 0, 1);
    /// Events a second.
    pub const RATE: Self = Self::new(-1, 0, 0);
    /// Bytes a second.
    pub const DATA_RATE: Self = Self::new(-1, 1, 0);
    /// Dollars a second.
    pub const MONEY_RATE: Self = Self::new(-1, 0, 1);

    pub(super) const fn new(time: i8, data: i8, money: i8) -> Self {
        Self { time, data, money }
    }

    /// Combines exponents one by one; `None` when one leaves the range of an `i8`.
    fn zip(self, other: Self, op: impl Fn(i8, i8) -> Option<i8>) -> Option<Self> {
        Some(Self {
            time: op(self.time, other.time)?,
            data: op(self.data, other.data)?,
            money: op(self.money, other.money)?,
        })
    }

    /// The dimension of a product.
    pub fn times(self, other: Self) -> Option<Self> {
        self.zip(other, i8::checked_add)
    }

    /// The dimension of a quotient.
    pub fn over(self, other: Self) -> Option<Self> {
        self.zip(other, i8::checked_sub)
    }

    pub(super) fn power(self, exponent: i8) -> Option<Self> {
        self.zip(self, |e, _| e.checked_mul(exponent))
    }

    pub(super) fn root(self) -> Option<Self> {
        self.zip(self, |e, _| (e % 2 == 0).then_some(e / 2))
    }
}

/// The dimension in words, as the JSON protocol names it.
impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = match *self {
            Self::NUMBER => "number",
            Self::TIME => "time",
            Self::DATA => "data",
            Self::MONEY => "money",
            Self::RATE => "rate",
            Self::DATA_RATE => "data rate",
            Self::MONEY_RATE => "money rate",
            _ => "",
        };
        if !known.is_empty() {
            return f.write_str(known);
        }
        let part = |sign: i8| {
            [(self.data, "data"), (self.money, "money"), (self.time, "time")]
                .into_iter()
                .filter(|(e, _)| e.signum() == sign)
                .map(|(e, name)| match e.abs() {
                    1 => name.to_owned(),
                    n => format!("{name}^{n}"),
                })
                .collect::<Vec<_>>()
                .join(" x ")
        };
        let (over, under) = (part(1), part(-1));
        match (over.is_empty(), under.is_empty()) {
            (_, true) => f.write_str(&over),
            (true, false) => write!(f, "1 / {under}"),
            (false, false) => write!(f, "{over} / {under}"),
        }
    }
}
