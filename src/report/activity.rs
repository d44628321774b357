//! What was done: days, and the time that each kind of card takes.

use super::numbers::entry;
use crate::schedule::Day;
use crate::store::Answered;
use serde::Serialize;
use std::collections::BTreeMap;

/// The days that are looked back on, today included: 53 weeks, so that each weekday of a year ago is there.
pub const LOOKED_BACK_DAYS: i64 = 371;

/// What was done on a day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DayDone {
    /// The day.
    pub day: Day,
    /// Live answers.
    pub answers: usize,
    /// How many of these have a quality of 3 or more.
    pub right: usize,
    /// Minutes over the answers, and over new cards that were looked at.
    pub minutes: f64,
    /// Cards met.
    pub new: u32,
}

/// The answers to the cards of a kind.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KindDone {
    /// The kind's name.
    pub kind: String,
    /// Live answers.
    pub answers: usize,
    /// How many of these have a quality of 3 or more.
    pub right: usize,
    /// The mean time over one.
    pub seconds: f64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    answers: usize,
    right: usize,
    took_ms: i64,
}

impl Sum {
    fn add(&mut self, answer: &Answered) {
        self.answers += 1;
        self.right += usize::from(answer.quality.is_recall());
        self.took_ms += answer.took_ms;
    }
}

/// Answers as they come.
#[derive(Debug, Default)]
pub struct Activity {
    days: BTreeMap<Day, Sum>,
    kinds: BTreeMap<String, Sum>,
}

fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

impl Activity {
    /// Takes an answer in.
    pub fn add(&mut self, answer: &Answered) {
        self.days.entry(answer.day).or_default().add(answer);
        entry(&mut self.kinds, answer.kind).add(answer);
    }

    /// Takes a look at a new card in.
    pub fn add_look(&mut self, day: Day, took_ms: i64) {
        self.days.entry(day).or_default().took_ms += took_ms;
    }

    /// The days on which something was done, the earliest first.
    pub fn days(&self, new: &BTreeMap<Day, u32>) -> Vec<DayDone> {
        let done = |(day, sum): (&Day, &Sum)| DayDone {
            day: *day,
            answers: sum.answers,
            right: sum.right,
            minutes: tenths(sum.took_ms as f64 / 60_000.0),
            new: new.get(day).copied().unwrap_or(0),
        };
        self.days.iter().map(done).collect()
    }

    /// The kinds with an answer, the one that takes longest first.
    pub fn kinds(&self) -> Vec<KindDone> {
        let done = |(kind, sum): (&String, &Sum)| KindDone {
            kind: kind.clone(),
            answers: sum.answers,
            right: sum.right,
            seconds: tenths(sum.took_ms as f64 / 1000.0 / sum.answers as f64),
        };
        let mut kinds: Vec<KindDone> = self.kinds.iter().map(done).collect();
        kinds.sort_by(|a, b| b.seconds.total_cmp(&a.seconds));
        kinds
    }
}
