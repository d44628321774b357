//! The schedule, as it is read: what each card's log folds to.

use super::connection::Store;
use super::error::Result;
use super::heirs::Heirs;
use super::rows::card_state;
use crate::schedule::{CardId, CardState, Day};
use rusqlite::{OptionalExtension, Row, params};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::RangeInclusive;

/// How the cards stand.
#[derive(Clone, Copy)]
pub struct States<'a> {
    store: &'a Store,
}

impl Store {
    /// What the log of each card folds to.
    pub fn states(&self) -> States<'_> {
        States { store: self }
    }
}

impl States<'_> {
    /// The state of every card that the log speaks of.
    ///
    /// # Errors
    /// The database could not be read, or a row of it is damaged.
    pub fn all(&self) -> Result<HashMap<CardId, CardState>> {
        self.store.read("read the schedule", |c| {
            let mut statement = c.prepare_cached(&format!("SELECT {} FROM schedule", card_state::COLUMNS))?;
            let mut rows = statement.query([])?;
            let mut states = HashMap::new();
            while let Some(row) = rows.next()? {
                let (card, state) = card_state::read(row)?;
                states.insert(card, state);
            }
            Ok(states)
        })
    }

    /// The state of one card.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn of(&self, card: &CardId) -> Result<CardState> {
        self.store.read("read the schedule", |c| {
            let mut statement =
                c.prepare_cached(&format!("SELECT {} FROM schedule WHERE card = ?1", card_state::COLUMNS))?;
            let mut rows = statement.query(params![card])?;
            rows.next()?.map_or(Ok(CardState::default()), |row| Ok(card_state::read(row)?.1))
        })
    }

    /// The day on which the first card was met.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn first_started(&self) -> Result<Option<Day>> {
        self.store.read("read the schedule", |c| c.query_row("SELECT min(started) FROM schedule", [], |row| row.get(0)))
    }

    /// How many cards were met for the first time on a day.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn started_on(&self, day: Day) -> Result<u32> {
        self.store.read("read the schedule", |c| {
            c.query_row("SELECT count(*) FROM schedule WHERE started = ?1", params![day], |row| row.get(0))
        })
    }

    /// How many cards were met on each of some days, by the schedule. A card whose progress was moved was met once.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn started_by_day(&self, days: RangeInclusive<Day>, heirs: &Heirs) -> Result<BTreeMap<Day, u32>> {
        self.store.read("read the schedule", |c| {
            let sql = "SELECT started, count(*) FROM schedule WHERE started BETWEEN ?1 AND ?2 GROUP BY started";
            let count = |row: &Row| Ok((row.get(0)?, row.get(1)?));
            let mut met: BTreeMap<Day, u32> = c
                .prepare_cached(sql)?
                .query_map([days.start(), days.end()], count)?
                .collect::<rusqlite::Result<_>>()?;
            let mut started = c.prepare_cached("SELECT started FROM schedule WHERE card = ?1")?;
            for card in heirs.moved() {
                let day: Option<Day> = started.query_row([card], |row| row.get(0)).optional()?.flatten();
                if let Some(met) = day.and_then(|day| met.get_mut(&day)) {
                    *met -= 1;
                }
            }
            Ok(met)
        })
    }

    /// The cards that were seen, but that the daily session has not met.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn seen_unscheduled(&self) -> Result<HashSet<CardId>> {
        self.store.read("read the memory of the cards", |c| {
            let sql = "SELECT card FROM schedule
                       WHERE started IS NULL AND EXISTS (SELECT 1 FROM trace WHERE trace.card = schedule.card)";
            c.prepare_cached(sql)?.query_map([], |row| row.get(0))?.collect()
        })
    }
}
