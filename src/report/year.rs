//! The last year as weeks, for a calendar.

use super::activity::{DayDone, LOOKED_BACK_DAYS};
use crate::schedule::Day;

/// A month is named where its neighbour's name leaves room: so many weeks.
const NAME_WEEKS: usize = 4;

/// The last year, day by day.
pub(super) struct Year<'a> {
    /// The Monday with which it begins.
    pub(super) monday: Day,
    /// Its days, each with what was done.
    pub(super) days: Vec<(Day, Option<&'a DayDone>)>,
    /// The weeks with which a month begins.
    pub(super) months: Vec<(usize, String)>,
    /// The most answers of a day.
    pub(super) most: usize,
}

impl<'a> Year<'a> {
    pub(super) fn until(today: Day, done: &'a [DayDone]) -> Self {
        let first = today.before(LOOKED_BACK_DAYS - 1);
        let monday = first.before(i64::from(first.weekday()) - 1);
        let mut months: Vec<(usize, String)> = Vec::new();
        let mut days = Vec::new();
        for ahead in 0..LOOKED_BACK_DAYS {
            let day = first.plus(u32::try_from(ahead).unwrap_or(0));
            let month = day.format("%b").to_string();
            let week = Self::week_of(monday, day);
            if months.last().is_none_or(|(_, last)| *last != month) {
                // A month of few days gives its place to the next one.
                months.pop_if(|(before, _)| week < *before + NAME_WEEKS);
                months.push((week, month));
            }
            days.push((day, done.binary_search_by_key(&day, |done| done.day).ok().map(|at| &done[at])));
        }
        let most = done.iter().map(|day| day.answers).max().unwrap_or(0);
        Self { monday, days, months, most }
    }

    fn week_of(monday: Day, day: Day) -> usize {
        usize::try_from(day.since(monday) / 7).unwrap_or(0)
    }

    /// The week of a day, from 0.
    pub(super) fn week(&self, day: Day) -> usize {
        Self::week_of(self.monday, day)
    }

    /// From 0, nothing, to 4, the quarter with most.
    pub(super) fn shade(&self, done: Option<&DayDone>) -> u8 {
        match done.map_or(0, |done| done.answers) {
            0 => 0,
            answers => u8::try_from(1 + (answers - 1) * 4 / self.most.max(1)).unwrap_or(4),
        }
    }
}
