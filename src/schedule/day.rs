//! Calendar days with a rollover hour.

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, TimeDelta};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A calendar day of the learner. What is answered before the rollover hour belongs to the day before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(NaiveDate);

impl Day {
    /// The earliest day that can be told: with the year 0, for no calendar of a learner begins before it.
    pub const FIRST: Self = Self(NaiveDate::from_ymd_opt(-1, 12, 31).unwrap());

    /// The last day a card can be due on.
    pub const LAST: Self = Self(NaiveDate::from_ymd_opt(9999, 12, 31).unwrap());

    /// The day that a local wall time belongs to, when days begin at `rollover_hour` (0 to 23).
    pub fn of(local: NaiveDateTime, rollover_hour: u8) -> Self {
        let shifted = local.checked_sub_signed(TimeDelta::hours(rollover_hour.into()));
        Self(shifted.unwrap_or(local).date())
    }

    /// From days since 1970-01-01, as it is stored.
    pub fn from_epoch_days(days: i64) -> Option<Self> {
        i32::try_from(days).ok().and_then(NaiveDate::from_epoch_days).map(Self)
    }

    /// Days since 1970-01-01.
    pub fn epoch_days(self) -> i64 {
        self.0.to_epoch_days().into()
    }

    /// So many days later, at most [`Day::LAST`].
    pub fn plus(self, days: u32) -> Self {
        self.0.checked_add_days(Days::new(days.into())).map_or(Self::LAST, Self).min(Self::LAST)
    }

    /// So many days earlier.
    pub fn before(self, days: i64) -> Self {
        let days = Days::new(u64::try_from(days).unwrap_or(0));
        self.0.checked_sub_days(days).map_or(self, Self)
    }

    /// The ISO week it lies in, with that week's year.
    pub fn week(self) -> (i32, u32) {
        (self.0.iso_week().year(), self.0.iso_week().week())
    }

    /// The month it lies in, with its year.
    pub fn month(self) -> (i32, u32) {
        (self.0.year(), self.0.month())
    }

    /// The day in another form, as `chrono` names its parts.
    pub fn format(self, form: &str) -> impl fmt::Display {
        self.0.format(form)
    }

    /// The day for people, with its weekday: `Tue 2026-12-01`.
    pub fn with_weekday(self) -> impl fmt::Display {
        self.0.format("%a %Y-%m-%d")
    }

    /// The day of the week: Monday is 1, Sunday 7.
    pub fn weekday(self) -> u8 {
        self.0.weekday().number_from_monday() as u8
    }

    /// Days from `earlier` to this day; negative when this day comes first.
    pub fn since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).num_days()
    }
}

/// ISO 8601: `2026-11-21`.
impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%d"))
    }
}

impl FromStr for Day {
    type Err = chrono::ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        NaiveDate::parse_from_str(text, "%Y-%m-%d").map(Self)
    }
}

impl TryFrom<String> for Day {
    type Error = chrono::ParseError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}
