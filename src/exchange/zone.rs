//! Wall times of the learner, as programs write them that keep no zone.

use chrono::{DateTime, FixedOffset, Local, LocalResult, NaiveDateTime, TimeDelta, TimeZone, Utc};

/// Where the learner's wall clock hangs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Zone {
    /// Where the system says.
    #[default]
    System,
    /// At a fixed distance from UTC.
    Fixed(FixedOffset),
}

impl Zone {
    /// The time, in milliseconds since 1970 in UTC, at which the learner's clock showed this. Of a time that was there twice
    /// it is the first; one that was passed over when clocks went forward is read as an hour later.
    pub fn ms_of(self, local: NaiveDateTime) -> i64 {
        match self {
            Self::Fixed(offset) => first(&offset, local),
            Self::System => first(&Local, local),
        }
    }

    /// What the learner's clock showed at a time.
    pub fn local(self, at: DateTime<Utc>) -> NaiveDateTime {
        match self {
            Self::Fixed(offset) => at.with_timezone(&offset).naive_local(),
            Self::System => at.with_timezone(&Local).naive_local(),
        }
    }
}

fn first<T: TimeZone>(zone: &T, local: NaiveDateTime) -> i64 {
    let found = match zone.from_local_datetime(&local) {
        LocalResult::None => zone.from_local_datetime(&(local + TimeDelta::hours(1))),
        found => found,
    };
    found.earliest().map_or_else(|| local.and_utc().timestamp_millis(), |at| at.timestamp_millis())
}
