//! What a person rounds in the head.

const DAY_S: f64 = 86_400.0;
const KILO: f64 = 1e3;
const KIBI: f64 = 1024.0;

/// What a person rounds in the head.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rounding {
    /// A day as 100,000 s.
    pub day: bool,
    /// A month as 30 days.
    pub month: bool,
    /// 1,024 as 1,000.
    pub kibi: bool,
}

impl Rounding {
    /// Nothing is rounded.
    pub const NONE: Self = Self { day: false, month: false, kibi: false };

    /// Every way to round something.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..8).map(|bits| Self { day: bits & 1 > 0, month: bits & 2 > 0, kibi: bits & 4 > 0 })
    }

    /// The seconds of a day.
    pub(super) fn day_s(self) -> f64 {
        if self.day { 1e5 } else { DAY_S }
    }

    /// The seconds of a month.
    pub(super) fn month_s(self) -> f64 {
        self.day_s() * if self.month { 30.0 } else { 365.0 / 12.0 }
    }

    /// What a binary prefix multiplies by.
    pub(super) fn kibi(self) -> f64 {
        if self.kibi { KILO } else { KIBI }
    }
}

impl std::fmt::Display for Rounding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parts =
            [(self.day, "a day as 100,000 s"), (self.month, "a month as 30 days"), (self.kibi, "1,024 as 1,000")];
        let said: Vec<&str> = parts.iter().filter(|(on, _)| *on).map(|(_, say)| *say).collect();
        f.write_str(&said.join(" and "))
    }
}
