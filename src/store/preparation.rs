//! What a plan towards an interview reads: wishes, what is left of each card in memory, and how the learner answers.

use super::catalog::{INDEXED, Indexed, Scope, indexed};
use super::rows::card_state;
use super::{IDLE_MS, LIVE, Result, Store};
use crate::log::{Mark, MarkKind};
use crate::schedule::{CardId, Day, MemoryState, Mode, Wishes};
use rusqlite::{Row, params_from_iter};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

/// How long answers take is read from so many of the latest.
const TIMED_ANSWERS: u32 = 400;
/// And how much was known before it was met, from so many cards.
const STARTED_CARDS: u32 = 100;

/// A card that was seen, as a plan needs it of thousands.
#[derive(Debug, Clone)]
pub struct Remembered {
    /// Its place in the index: [`Store::indexed_at`] reads the rest.
    pub place: i64,
    /// How many answers it takes.
    pub answers: usize,
    /// Its kind, by its place in the list that was given.
    pub kind: usize,
    /// 1 comes first.
    pub level: u8,
    /// Its deck.
    pub deck: Rc<str>,
    /// How often it was seen.
    pub seen: usize,
    /// The day on which it was first seen.
    pub met: Day,
    /// What is left of it.
    pub memory: MemoryState,
}

/// The seconds of some answers of a kind: how many, and their sum.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Timed {
    /// How many.
    pub answers: f64,
    /// Their seconds in all.
    pub seconds: f64,
}

impl Store {
    /// How the learner prepares.
    ///
    /// # Errors
    /// As [`Store::states`].
    pub fn wishes(&self) -> Result<Wishes> {
        let wishes = |mark: Mark| match mark.kind {
            MarkKind::Plan(text) => Some(Wishes::read(&text)),
            // A plan that was ended takes its wishes with it.
            MarkKind::NoInterview => Some(Wishes::default()),
            _ => None,
        };
        Ok(self.marks_of_plan()?.into_iter().rev().find_map(wishes).unwrap_or_default())
    }

    /// The cards of a scope that were seen and are not suspended, of these kinds.
    ///
    /// # Errors
    /// As [`Store::states`].
    pub fn remembered(&self, scope: &Scope, kinds: &[&str]) -> Result<Vec<Remembered>> {
        let (condition, bound) = scope.condition("card");
        self.read("read the memory of the cards", |c| {
            let sql = format!(
                "SELECT card.id, card.answers, card.kind, card.level, card.deck, trace.reviews, trace.met, trace.latest_day,
                        trace.stability_days, trace.difficulty
                 FROM trace CROSS JOIN card ON card.name = trace.card
                 WHERE (card.due IS NOT NULL OR card.unseen = 1){condition}"
            );
            let mut statement = c.prepare_cached(&sql)?;
            let mut deck: Rc<str> = Rc::from("");
            let mut read = |row: &Row| {
                // Cards of a deck come one after another.
                let name = row.get_ref(4)?.as_str()?;
                if *deck != *name {
                    deck = Rc::from(name);
                }
                let kind = row.get_ref(2)?.as_str()?;
                Ok(Remembered {
                    place: row.get(0)?,
                    answers: row.get(1)?,
                    kind: kinds.iter().position(|known| *known == kind).unwrap_or_default(),
                    level: row.get(3)?,
                    deck: Rc::clone(&deck),
                    seen: row.get(5)?,
                    met: row.get(6)?,
                    memory: MemoryState {
                        latest: row.get(7)?,
                        stability_days: row.get(8)?,
                        difficulty: row.get(9)?,
                    },
                })
            };
            statement.query_map(params_from_iter(bound), &mut read)?.collect()
        })
    }

    /// How many cards of a scope are not suspended, by deck and level.
    ///
    /// # Errors
    /// As [`Store::indexed_by`].
    pub fn card_counts(&self, scope: &Scope) -> Result<BTreeMap<(String, u8), usize>> {
        let (condition, bound) = scope.condition("card");
        self.read("read the index of the decks", |c| {
            let sql = format!(
                "SELECT deck, level, count(*) FROM card WHERE (due IS NOT NULL OR unseen = 1){condition}
                 GROUP BY deck, level"
            );
            let count = |row: &Row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?));
            c.prepare_cached(&sql)?.query_map(params_from_iter(bound), count)?.collect()
        })
    }

    /// The cards at these places of the index.
    ///
    /// # Errors
    /// As [`Store::indexed_by`].
    pub fn indexed_at(&self, places: &[i64]) -> Result<Vec<Indexed>> {
        let sql = format!(
            "SELECT {INDEXED}, {} FROM card LEFT JOIN schedule ON schedule.card = card.name WHERE card.id = ?1",
            card_state::OF_SCHEDULE
        );
        self.read("read the index of the decks", |c| {
            let mut statement = c.prepare_cached(&sql)?;
            places.iter().map(|place| statement.query_row([place], indexed)).collect()
        })
    }

    /// The seconds of a day's box that are gone: its answers in the daily session, and its looks.
    ///
    /// # Errors
    /// As [`Store::states`].
    pub fn box_seconds(&self, day: Day) -> Result<f64> {
        let looked_ms: i64 = self.read("read the log", |c| {
            let sql = format!(
                "SELECT coalesce(sum(min(CAST(substr(what, 6) AS INTEGER), {IDLE_MS})), 0) FROM mark
                 WHERE day = ?1 AND day IS NOT NULL AND what LIKE 'look %'"
            );
            c.prepare_cached(&sql)?.query_row([day], |row| row.get(0))
        })?;
        Ok(self.spent_seconds(day, Some(Mode::Review))? + looked_ms as f64 / 1000.0)
    }

    /// The cards that were seen, but that the daily session has not met.
    ///
    /// # Errors
    /// As [`Store::states`].
    pub fn seen_unscheduled(&self) -> Result<HashSet<CardId>> {
        self.read("read the memory of the cards", |c| {
            let sql = "SELECT card FROM schedule
                       WHERE started IS NULL AND EXISTS (SELECT 1 FROM trace WHERE trace.card = schedule.card)";
            c.prepare_cached(sql)?.query_map([], |row| row.get(0))?.collect()
        })
    }

    /// How long the latest answers took, by kind (`step` for one of a chain) and by whether they were right.
    ///
    /// # Errors
    /// As [`Store::states`].
    pub fn answer_seconds(&self) -> Result<HashMap<(String, bool), Timed>> {
        self.read("read the log", |c| {
            let mut statement = c.prepare_cached(&format!(
                "SELECT kind, right, count(*), sum(took_ms) / 1000.0 FROM (
                     SELECT CASE WHEN steps IS NULL THEN kind ELSE 'step' END AS kind, quality >= 3 AS right,
                            min(took_ms, {IDLE_MS}) / coalesce(nullif(json_array_length(steps), 0), 1) AS took_ms
                     FROM review WHERE {LIVE} ORDER BY at DESC LIMIT {TIMED_ANSWERS})
                 GROUP BY kind, right"
            ))?;
            let timed =
                |row: &Row| Ok(((row.get(0)?, row.get(1)?), Timed { answers: row.get(2)?, seconds: row.get(3)? }));
            statement.query_map([], timed)?.collect()
        })
    }

    /// Of the cards that were started last, how many were known when they were first asked, and how many they are. What
    /// was looked at first was not known.
    ///
    /// # Errors
    /// As [`Store::states`].
    pub fn known_before(&self) -> Result<(usize, usize)> {
        self.read("read the log", |c| {
            let first = format!(
                "SELECT quality FROM review WHERE review.card = started.card AND {LIVE} ORDER BY at, id LIMIT 1"
            );
            let mut statement = c.prepare_cached(&format!(
                "SELECT coalesce(sum(({first}) >= 3 AND NOT EXISTS
                            (SELECT 1 FROM mark WHERE mark.card = started.card AND what LIKE 'look %')), 0), count(*)
                 FROM (SELECT card FROM schedule WHERE started IS NOT NULL ORDER BY started DESC
                       LIMIT {STARTED_CARDS}) AS started"
            ))?;
            statement.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        })
    }
}
