//! The one place that reads the time. One clock is made when the command line is read, and handed down.

use crate::schedule::Day;
use chrono::{DateTime, FixedOffset, Local, NaiveDateTime, TimeDelta};
use std::time::{Duration, Instant};

/// Where the time comes from, and when a day begins.
#[derive(Debug, Clone)]
pub struct Clock {
    /// Stands still but for [`Clock::advance`]; none follows the system.
    fixed: Option<DateTime<FixedOffset>>,
    rollover_hour: u8,
}

impl Clock {
    /// The system's clock.
    pub fn system(rollover_hour: u8) -> Self {
        Self { fixed: None, rollover_hour }
    }

    /// A clock that stands still at this time; the wall time written in it is the learner's.
    pub fn fixed(now: DateTime<FixedOffset>, rollover_hour: u8) -> Self {
        Self { fixed: Some(now), rollover_hour }
    }

    /// The time now, with the learner's offset.
    fn now(&self) -> DateTime<FixedOffset> {
        self.fixed.unwrap_or_else(|| Local::now().fixed_offset())
    }

    /// UTC, in milliseconds since 1970.
    pub fn now_ms(&self) -> i64 {
        self.now().timestamp_millis()
    }

    /// The learner's wall time.
    pub fn local(&self) -> NaiveDateTime {
        self.now().naive_local()
    }

    /// The learner's day.
    pub fn today(&self) -> Day {
        Day::of(self.local(), self.rollover_hour)
    }

    /// The learner's day at a time, UTC in milliseconds since 1970.
    pub fn day_of(&self, at_ms: i64) -> Day {
        let at = DateTime::from_timestamp_millis(at_ms).unwrap_or_default();
        let local = match self.fixed {
            Some(now) => at.with_timezone(now.offset()).naive_local(),
            None => at.with_timezone(&Local).naive_local(),
        };
        Day::of(local, self.rollover_hour)
    }

    /// How far the learner's wall clock is from UTC, where it stands still; otherwise the system knows it for each time.
    pub fn fixed_offset(&self) -> Option<FixedOffset> {
        self.fixed.map(|now| *now.offset())
    }

    /// A stopwatch that goes as this clock does: beside a fixed one it stands still.
    pub fn stopwatch(&self) -> Stopwatch {
        match self.fixed {
            Some(_) => Stopwatch { since: None },
            None => Stopwatch::running(),
        }
    }

    /// Moves a fixed clock on. The system's goes by itself.
    pub fn advance(&mut self, seconds: f64) {
        let Some(now) = &mut self.fixed else { return };
        let step = TimeDelta::try_milliseconds((seconds * 1000.0).round() as i64).unwrap_or_default();
        *now = now.checked_add_signed(step).unwrap_or(*now);
    }
}

/// Measures how long somebody takes.
#[derive(Debug, Clone)]
pub struct Stopwatch {
    /// None for one that stands still.
    since: Option<Instant>,
}

impl Stopwatch {
    /// One that begins now.
    pub fn running() -> Self {
        Self { since: Some(Instant::now()) }
    }

    /// The time since it began, or was last reset.
    pub fn time(&self) -> Duration {
        self.since.map(|since| since.elapsed()).unwrap_or_default()
    }

    /// Begins anew, and gives the time until now.
    pub fn reset(&mut self) -> Duration {
        let time = self.time();
        self.since = self.since.map(|since| since + time);
        time
    }

    /// Leaves so much time out: nobody was there.
    pub fn leave_out(&mut self, away: Duration) {
        self.since = self.since.map(|since| since + away.min(since.elapsed()));
    }
}
