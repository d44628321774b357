//! The reviews of the log, as they are read.

use super::card_log;
use super::connection::Store;
use super::error::Result;
use super::heirs::Heirs;
use super::rows::{self, LIVE, at, get};
use crate::log::{LogEntry, LogId, Review, Table};
use crate::schedule::{CardId, Day, History, Mode, Quality};
use rusqlite::{Connection, OptionalExtension, Row, params};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::RangeInclusive;

/// Whoever took longer over an answer was away for the rest of it.
pub(super) const IDLE_MS: i64 = 5 * 60 * 1000;
/// A learner's pace is that of so many answers: some days' worth.
const PACE_ANSWERS: u32 = 200;
/// How long answers take is read from so many of the latest.
const TIMED_ANSWERS: u32 = 400;
/// How much is recalled is read from so many of the latest.
const RECALLED_ANSWERS: u32 = 200;
/// How much was known before it was met is read from so many cards.
const STARTED_CARDS: u32 = 100;

/// The reviews.
#[derive(Clone, Copy)]
pub struct Reviews<'a> {
    pub(super) store: &'a Store,
}

/// How a row of the log stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// There is none of that id.
    Unknown,
    /// It counts.
    Live,
    /// It was taken back.
    TakenBack,
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
    /// The reviews of the log.
    pub fn reviews(&self) -> Reviews<'_> {
        Reviews { store: self }
    }
}

impl Reviews<'_> {
    /// A card's reviews in order, the retracted ones too, and those of the cards that its progress was moved from.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn of_card(&self, card: &CardId) -> Result<Vec<LogEntry>> {
        self.store.read("read the log", |c| {
            // What lies in days to come is live, but counts for nothing yet.
            let counted: HashMap<LogId, bool> =
                card_log::folded(c, card, self.store.today)?.reviews.into_iter().collect();
            let sql = format!("SELECT {}, {LIVE} FROM review WHERE card = ?1", Table::Review.column_list());
            let mut statement = c.prepare_cached(&sql)?;
            let mut log = Vec::new();
            for card in card_log::origins(c, card)? {
                let mut rows = statement.query(params![card])?;
                while let Some(row) = rows.next()? {
                    let (id, review) = rows::review(row)?;
                    let retracted = !row.get::<_, bool>(Table::Review.columns().len())?;
                    log.push(LogEntry { id, review, counted: counted.get(&id).copied().unwrap_or(false), retracted });
                }
            }
            log.sort_by_key(|entry| (entry.review.day, entry.review.at_ms, entry.id));
            Ok(log)
        })
    }

    /// A review, and whether it was taken back; none where there is none of that id.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn find(&self, id: LogId) -> Result<Option<(Review, bool)>> {
        self.store.read("read the log", |c| {
            let sql = format!("SELECT {}, {LIVE} FROM review WHERE id = ?1", Table::Review.column_list());
            let found =
                |row: &rusqlite::Row| Ok((rows::review(row)?.1, !row.get::<_, bool>(Table::Review.columns().len())?));
            c.prepare_cached(&sql)?.query_row([id], found).optional()
        })
    }

    /// The review that was saved last here and is not taken back. A clock that was set back does not matter.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn latest(&self) -> Result<Option<(LogId, Review)>> {
        self.store.read("read the log", |c| {
            let sql = format!(
                "SELECT {} FROM review WHERE source IS NULL AND {LIVE} ORDER BY rowid DESC LIMIT 1",
                Table::Review.column_list()
            );
            c.prepare_cached(&sql)?.query_row([], rows::review).optional()
        })
    }

    /// The latest day of a live review.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn latest_day(&self) -> Result<Option<Day>> {
        self.store.read("read the log", |c| {
            let sql = format!("SELECT day FROM review WHERE {LIVE} ORDER BY day DESC LIMIT 1");
            c.query_row(&sql, [], |row| row.get(0)).optional()
        })
    }

    /// The days with a live review.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn days(&self) -> Result<BTreeSet<Day>> {
        self.store.read("read the log", |c| {
            // From day to day in the index, without a look at the other reviews of each.
            let sql = format!(
                "WITH RECURSIVE days (day) AS (
                     SELECT min(day) FROM review
                     UNION ALL
                     SELECT (SELECT min(day) FROM review WHERE review.day > days.day) FROM days WHERE day IS NOT NULL
                 )
                 SELECT day FROM days
                 WHERE day IS NOT NULL AND EXISTS (SELECT 1 FROM review WHERE review.day = days.day AND {LIVE})"
            );
            c.prepare_cached(&sql)?.query_map([], |row| row.get(0))?.collect()
        })
    }

    /// About how many reviews the log has: those that were retracted too, for they are few, and to look at no row takes no
    /// time.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn count(&self) -> Result<usize> {
        self.store.read("read the log", |c| {
            let sql = "SELECT coalesce((SELECT max(rowid) FROM review) - (SELECT min(rowid) FROM review) + 1, 0)";
            c.query_row(sql, [], |row| row.get(0))
        })
    }

    /// How the review of this id stands.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn stands(&self, id: LogId) -> Result<Stands> {
        self.store.read("read the log", |c| {
            let sql = format!("SELECT {LIVE} FROM review WHERE id = ?1");
            let is_live: Option<bool> = c.prepare_cached(&sql)?.query_row([id], |row| row.get(0)).optional()?;
            Ok(is_live.map_or(Stands::Unknown, |is_live| if is_live { Stands::Live } else { Stands::TakenBack }))
        })
    }

    /// Whether the card, or one that its progress was moved from, was answered here and the answer stands.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn is_answered_here(&self, card: &CardId) -> Result<bool> {
        self.store.read("read the log", |c| Ok(answers_here(c, card)? > 0))
    }

    /// The live reviews of days after today, in order: a clock that was wrong wrote them, or is wrong now.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn to_come(&self) -> Result<Vec<(LogId, Review)>> {
        self.store.read("read the log", |c| {
            let sql = format!(
                "SELECT {} FROM review WHERE day > ?1 AND {LIVE} ORDER BY day, at, id",
                Table::Review.column_list()
            );
            c.prepare_cached(&sql)?.query_map([self.store.today], rows::review)?.collect()
        })
    }

    /// The cards with a live review below quality 3 on this day or after.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn missed_since(&self, day: Day) -> Result<HashSet<CardId>> {
        self.store.read("read the log", |c| {
            let sql =
                format!("SELECT DISTINCT card FROM review WHERE day BETWEEN ?1 AND ?2 AND quality < 3 AND {LIVE}");
            c.prepare_cached(&sql)?.query_map([day, self.store.today], |row| row.get(0))?.collect()
        })
    }

    /// The live reviews of each card on some days, in order; those of a card whose progress was moved with the card that has
    /// it now.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn histories(&self, days: RangeInclusive<Day>, heirs: &Heirs) -> Result<HashMap<CardId, History>> {
        self.store.read("read the log", |c| {
            let sql = format!("SELECT card, at, id, day, quality FROM review WHERE day BETWEEN ?1 AND ?2 AND {LIVE}");
            let mut statement = c.prepare_cached(&sql)?;
            let mut rows = statement.query([days.start(), days.end()])?;
            let mut found: HashMap<CardId, Vec<(i64, LogId, Day, Quality)>> = HashMap::new();
            while let Some(row) = rows.next()? {
                let review = (at(row, 1, "at")?, at(row, 2, "id")?, at(row, 3, "day")?, at(row, 4, "quality")?);
                let heir = heirs.of(row.get_ref(0)?.as_str()?);
                if let Some(reviews) = found.get_mut(heir) {
                    reviews.push(review);
                    continue;
                }
                let heir = CardId::parse(heir).or_else(|_| at(row, 0, "card"))?;
                found.insert(heir, vec![review]);
            }
            let history = |mut reviews: Vec<(i64, LogId, Day, Quality)>| {
                reviews.sort_unstable_by_key(|(at, id, day, _)| (*day, *at, *id));
                reviews.into_iter().map(|(_, _, day, quality)| (day, quality)).collect()
            };
            Ok(found.into_iter().map(|(card, reviews)| (card, history(reviews))).collect())
        })
    }

    /// The live reviews of a sitting, and of the latest other sittings of its mode, the latest first.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn sittings(&self, mode: Mode, this: LogId, others: u32) -> Result<(Vec<Review>, Vec<Vec<Review>>)> {
        self.store.read("read the log", |c| {
            let mut latest = c.prepare_cached(
                "SELECT DISTINCT session FROM review WHERE mode = ?1 AND session <> ?2 ORDER BY session DESC LIMIT ?3",
            )?;
            let ids = latest.query_map(params![mode.name(), this, others], |row| row.get(0))?;
            let ids: Vec<LogId> = ids.collect::<rusqlite::Result<_>>()?;
            let others = ids.iter().map(|id| sitting(c, mode, *id)).collect::<rusqlite::Result<_>>()?;
            Ok((sitting(c, mode, this)?, others))
        })
    }

    /// The seconds that a mode took on a day; without one, all of them.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn seconds(&self, day: Day, mode: Option<Mode>) -> Result<f64> {
        self.store.read("read the log", |c| {
            let sql = format!(
                "SELECT coalesce(sum(min(took_ms, {IDLE_MS})), 0) FROM review WHERE day = ?1 AND mode = coalesce(?2, mode)
                 AND source IS NULL AND {LIVE}"
            );
            let spent_ms: i64 = c.query_row(&sql, params![day, mode.map(Mode::name)], |row| row.get(0))?;
            Ok(spent_ms as f64 / 1000.0)
        })
    }

    /// The seconds of a day's box that are gone: its answers in the daily session, and its looks.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn box_seconds(&self, day: Day) -> Result<f64> {
        let looked_ms: i64 = self.store.read("read the log", |c| {
            let sql = format!(
                "SELECT coalesce(sum(min(CAST(substr(what, 6) AS INTEGER), {IDLE_MS})), 0) FROM mark
                 WHERE day = ?1 AND day IS NOT NULL AND what LIKE 'look %'"
            );
            c.prepare_cached(&sql)?.query_row([day], |row| row.get(0))
        })?;
        Ok(self.seconds(day, Some(Mode::Review))? + looked_ms as f64 / 1000.0)
    }

    /// The learner's median seconds by kind (`step` for one of a chain), over the latest answers,
    /// where there are ten or more.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn median_seconds(&self) -> Result<HashMap<String, f64>> {
        self.store.read("read the log", |c| {
            // The plus keeps the planner from the index of the days: it would sort them all by their times.
            let mut statement = c.prepare_cached(&format!(
                "SELECT CASE WHEN steps IS NULL THEN kind ELSE 'step' END AS kind,
                        took_ms / coalesce(nullif(iif(json_valid(steps), json_array_length(steps), 1), 0), 1) AS took_ms
                 FROM review WHERE +day <= ?1 AND source IS NULL AND {LIVE} ORDER BY at DESC LIMIT {PACE_ANSWERS}"
            ))?;
            let mut rows = statement.query([self.store.today])?;
            let mut times: BTreeMap<String, Vec<i64>> = BTreeMap::new();
            while let Some(row) = rows.next()? {
                times.entry(get(row, "kind")?).or_default().push(get(row, "took_ms")?);
            }
            Ok(times
                .into_iter()
                .filter(|(_, times)| times.len() >= 10)
                .map(|(kind, mut times)| {
                    times.sort_unstable();
                    (kind, times[times.len() / 2] as f64 / 1000.0)
                })
                .collect())
        })
    }

    /// How long the latest answers took, by kind (`step` for one of a chain) and by whether they were right.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn answer_seconds(&self) -> Result<HashMap<(String, bool), Timed>> {
        self.store.read("read the log", |c| {
            let mut statement = c.prepare_cached(&format!(
                "SELECT kind, right, count(*), sum(took_ms) / 1000.0 FROM (
                     SELECT CASE WHEN steps IS NULL THEN kind ELSE 'step' END AS kind, quality >= 3 AS right,
                            min(took_ms, {IDLE_MS}) / coalesce(nullif(iif(json_valid(steps), json_array_length(steps), 1), 0), 1) AS took_ms
                     FROM review WHERE {LIVE} ORDER BY at DESC LIMIT {TIMED_ANSWERS})
                 GROUP BY kind, right"
            ))?;
            let timed =
                |row: &Row| Ok(((row.get(0)?, row.get(1)?), Timed { answers: row.get(2)?, seconds: row.get(3)? }));
            statement.query_map([], timed)?.collect()
        })
    }

    /// How many of the latest answers to cards that had been started on an earlier day were right, and how many they are.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn recalled_lately(&self) -> Result<(usize, usize)> {
        self.store.read("read the log", |c| {
            let mut statement = c.prepare_cached(&format!(
                "SELECT coalesce(sum(quality >= 3), 0), count(*)
                 FROM (SELECT card, day, quality FROM review WHERE {LIVE} AND source IS NULL
                       ORDER BY at DESC LIMIT {RECALLED_ANSWERS}) AS latest
                 JOIN schedule ON schedule.card = latest.card WHERE latest.day > started"
            ))?;
            statement.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        })
    }

    /// How many of the cards that were started last were known when they were first asked, and how many they are. What
    /// was looked at first was not known.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn known_before(&self) -> Result<(usize, usize)> {
        self.store.read("read the log", |c| {
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

fn sitting(connection: &Connection, mode: Mode, session: LogId) -> rusqlite::Result<Vec<Review>> {
    let sql = format!(
        "SELECT {} FROM review WHERE mode = ?1 AND session = ?2 AND {LIVE} ORDER BY at, id",
        Table::Review.column_list()
    );
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query_map(params![mode.name(), session], |row| Ok(rows::review(row)?.1))?.collect()
}

/// How many answers that stand were given here to a card, or to one that its progress was moved from.
pub(super) fn answers_here(c: &Connection, card: &CardId) -> rusqlite::Result<usize> {
    let sql = format!("SELECT count(*) FROM review WHERE card = ?1 AND source IS NULL AND {LIVE}");
    let mut statement = c.prepare_cached(&sql)?;
    let mut all = 0;
    for card in card_log::origins(c, card)? {
        all += statement.query_row(params![card], |row| row.get::<_, usize>(0))?;
    }
    Ok(all)
}
