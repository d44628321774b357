//! The choice among all that is due, without a look at all of it.

use super::reader::{DeckIndex, READ};
use super::rows::{INDEXED, Indexed, indexed};
use super::scope::Scope;
use super::standing::WANTED_DUE;
use crate::schedule::Day;
use crate::store::error::Result;
use crate::store::rows::card_state;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, params_from_iter};
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

impl DeckIndex<'_> {
    /// The cards due on a day or before that are worth the most, at most so many, in the order of the decks. `worth` is
    /// of a card's kind, answers, interval and due day. `at_most` is what no card is worth more than that is due on a
    /// day and has this interval or a longer one; it falls with the wait, so that the rest need not be looked at.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn most_urgent(
        &self,
        scope: &Scope,
        day: Day,
        most: usize,
        worth: impl Fn(&str, usize, u32, Day) -> f64,
        at_most: impl Fn(u32, Day) -> f64,
    ) -> Result<Vec<Indexed>> {
        let ids = self.store.read(READ, |c| most_worth(c, scope, day, most, worth, at_most))?;
        let sql = format!(
            "SELECT {INDEXED}, {} FROM card JOIN schedule ON schedule.card = card.name WHERE card.id = ?1",
            card_state::OF_SCHEDULE
        );
        let mut cards = self.store.read(READ, |c| {
            let mut statement = c.prepare_cached(&sql)?;
            ids.into_iter().map(|id| statement.query_row([id], indexed)).collect::<rusqlite::Result<Vec<_>>>()
        })?;
        cards.sort_by(|a, b| a.order.cmp(&b.order));
        Ok(cards)
    }
}

/// The rows of `card` that [`DeckIndex::most_urgent`] takes.
fn most_worth(
    c: &Connection,
    scope: &Scope,
    day: Day,
    most: usize,
    worth: impl Fn(&str, usize, u32, Day) -> f64,
    at_most: impl Fn(u32, Day) -> f64,
) -> rusqlite::Result<Vec<i64>> {
    let (condition, bound) = scope.condition("card");
    let sql =
        format!("SELECT id, interval_days, kind, answers FROM card WHERE due = ?{condition} ORDER BY interval_days");
    let mut of_day = c.prepare_cached(&sql)?;
    // What is wanted has no day, and is taken beside these.
    let mut latest_due =
        c.prepare_cached(&format!("SELECT max(due) FROM card WHERE due <= ?1 AND due > {WANTED_DUE}"))?;
    let mut best: BinaryHeap<Reverse<(Worth, i64)>> = BinaryHeap::new();
    let mut day: Option<Day> = latest_due.query_row([day], |row| row.get(0))?;
    while let Some(due) = day {
        let enough = |best: &BinaryHeap<Reverse<(Worth, i64)>>, interval_days: u32| {
            best.len() >= most && best.peek().is_none_or(|Reverse((worst, _))| at_most(interval_days, due) <= worst.0)
        };
        if enough(&best, 1) {
            break;
        }
        let values = [Value::from(due.epoch_days())];
        let all = values.into_iter().chain(bound.iter().map(|text| text.clone().into()));
        let mut rows = of_day.query(params_from_iter(all))?;
        while let Some(row) = rows.next()? {
            let interval_days: u32 = row.get(1)?;
            if enough(&best, interval_days) {
                break;
            }
            let ValueRef::Text(kind) = row.get_ref(2)? else { continue };
            let kind = std::str::from_utf8(kind).unwrap_or_default();
            best.push(Reverse((Worth(worth(kind, row.get(3)?, interval_days, due)), row.get(0)?)));
            if best.len() > most {
                best.pop();
            }
        }
        day = latest_due.query_row([due.before(1)], |row| row.get(0))?;
    }
    Ok(best.into_iter().map(|Reverse((_, id))| id).collect())
}

/// What a card is worth, as a key to sort by.
#[derive(PartialEq)]
struct Worth(f64);

impl Eq for Worth {}

impl PartialOrd for Worth {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Worth {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}
