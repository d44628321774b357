//! What comes back on the days to come.

use super::reader::DeckIndex;
use super::scope::Scope;
use crate::schedule::Day;
use crate::store::error::Result;
use rusqlite::types::Value;
use rusqlite::{Row, params_from_iter};

/// Cards that come back on the same day, after the same interval, and take the same time.
#[derive(Debug, Clone, PartialEq)]
pub struct Returning {
    /// When.
    pub due: Day,
    /// After how many days.
    pub interval_days: u32,
    /// They were missed when they were last asked.
    pub is_missed: bool,
    /// Their kind, by its place in the list that was given.
    pub kind: usize,
    /// How many answers each takes.
    pub answers: usize,
    /// How many cards.
    pub cards: usize,
}

impl DeckIndex<'_> {
    /// The cards of a scope that are due on a day or before, by what they have in common; of these kinds. What was missed is
    /// told apart where it is due soon: it comes back the day after.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn returning(&self, scope: &Scope, today: Day, until: Day, kinds: &[&str]) -> Result<Vec<Returning>> {
        let (condition, bound) = scope.condition("card");
        self.store.read("read the index of the decks", |c| {
            let sql = format!(
                "SELECT due, interval_days, 0, kind, answers, count(*) FROM card
                 WHERE due <= ?{condition} AND (due > ? OR interval_days > 1)
                 GROUP BY due, interval_days, kind, answers
                 UNION ALL
                 SELECT card.due, 1, repetitions = 0, kind, answers, count(*)
                 FROM card JOIN schedule ON schedule.card = card.name
                 WHERE card.due <= ?{condition} AND card.interval_days = 1
                 GROUP BY 1, 3, 4, 5"
            );
            let soon = today.plus(1);
            let days = [until, soon].map(|day| Value::from(day.epoch_days()));
            let texts = || bound.iter().map(|text| Value::from(text.clone()));
            let [until, soon] = days;
            let values = std::iter::once(until).chain(texts()).chain([soon.clone(), soon]).chain(texts());
            let read = |row: &Row| {
                let kind = row.get_ref(3)?.as_str()?;
                Ok(Returning {
                    due: row.get(0)?,
                    interval_days: row.get(1)?,
                    is_missed: row.get(2)?,
                    kind: kinds.iter().position(|known| *known == kind).unwrap_or_default(),
                    answers: row.get(4)?,
                    cards: row.get(5)?,
                })
            };
            c.prepare_cached(&sql)?.query_map(params_from_iter(values), read)?.collect()
        })
    }
}
