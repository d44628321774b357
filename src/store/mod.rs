//! What the learner did, in one SQLite file: an append-only log and the schedule folded from it.
//!
//! Here belong SQL, transactions and the file's guard. It knows the types of [`crate::schedule`] and
//! no decks.

pub mod backup;
pub mod catalog;
mod error;
mod examine;
mod exchange;
mod index;
mod merge;
mod open;
mod repair;
mod rows;
mod salvage;
mod sum;
mod trace;

pub use error::StoreError;
pub use examine::{ClockJump, Findings, Problem};
pub use exchange::{ExportError, Imported};
pub use merge::Merged;
pub use repair::Repaired;

use crate::log::{LogEntry, LogId, Mark, MarkKind, Review, Saved};
use crate::schedule::{CardId, CardState, Day, Event, Interview, Mode, fold};
use rows::{at, card_state, get, mark, retraction, review};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;

/// Ten random bytes for an id: chance comes in from outside.
pub type Entropy = Box<dyn FnMut() -> [u8; 10]>;

/// An open database.
pub struct Store {
    connection: Connection,
    entropy: Entropy,
    path: PathBuf,
    /// Which file stood there when it was opened.
    file: open::FileId,
}

/// Reads of one state of the file; see [`Store::snapshot`].
pub struct Snapshot<'a>(#[expect(dead_code, reason = "it ends when it is dropped")] Transaction<'a>);

/// A review that was not taken back.
const LIVE: &str = "NOT EXISTS (SELECT 1 FROM retraction WHERE review = review.id)";

/// Whoever took longer over an answer was away for the rest of it.
const IDLE_MS: i64 = 5 * 60 * 1000;

/// A learner's pace is that of so many answers: some days' worth.
const PACE_ANSWERS: u32 = 200;

type Result<T> = std::result::Result<T, StoreError>;

impl Store {
    /// Appends a review and folds its card anew, in one transaction. When this returns, it is on disk.
    ///
    /// # Errors
    /// The database could not be written: nothing of the review is in it.
    pub fn record(&mut self, review: &Review) -> Result<Saved> {
        self.write("save the answer", |tx, entropy| append(tx, entropy, review))
    }

    /// Takes a review back: appends a retraction and folds its card anew.
    ///
    /// # Errors
    /// The database could not be written.
    pub fn retract(&mut self, review: LogId, card: &CardId, at_ms: i64) -> Result<CardState> {
        self.write("take the answer back", |tx, entropy| {
            retract(tx, entropy, review, at_ms)?;
            project(tx, card)
        })
    }

    /// Replaces a review by another of the same card, in one transaction.
    ///
    /// # Errors
    /// The database could not be written.
    pub fn replace(&mut self, old: LogId, new: &Review) -> Result<Saved> {
        self.write("change the grade", |tx, entropy| {
            retract(tx, entropy, old, new.at_ms)?;
            append(tx, entropy, new)
        })
    }

    /// Appends a mark, and gives the state of the card that it is about. A mark's time is the clock's, but after that of
    /// the card's latest one.
    ///
    /// # Errors
    /// The database could not be written.
    pub fn mark(&mut self, mark: &Mark) -> Result<CardState> {
        self.write("save the mark", |tx, entropy| {
            append_mark(tx, entropy, mark)?;
            mark.card.as_ref().map_or(Ok(CardState::default()), |card| project(tx, card))
        })
    }

    /// The date that the learner prepares for.
    ///
    /// # Errors
    /// As [`Store::states`].
    pub fn interview(&self) -> Result<Option<Interview>> {
        self.read("read the plan", |c| {
            let mut statement =
                c.prepare_cached("SELECT what FROM mark WHERE card = ?1 ORDER BY at DESC, id DESC LIMIT 1")?;
            let what: Option<String> = statement.query_row(params![NO_CARD], |row| row.get(0)).optional()?;
            Ok(match what.as_deref().map(MarkKind::read) {
                Some(MarkKind::Interview(interview)) => Some(interview),
                _ => None,
            })
        })
    }

    /// The state of every card that the log speaks of.
    ///
    /// # Errors
    /// The database could not be read, or a row of it is damaged.
    pub fn states(&self) -> Result<HashMap<CardId, CardState>> {
        self.read("read the schedule", |c| {
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
    /// As [`Store::states`].
    pub fn state(&self, card: &CardId) -> Result<CardState> {
        self.read("read the schedule", |c| {
            let mut statement =
                c.prepare_cached(&format!("SELECT {} FROM schedule WHERE card = ?1", card_state::COLUMNS))?;
            let mut rows = statement.query(params![card])?;
            rows.next()?.map_or(Ok(CardState::default()), |row| Ok(card_state::read(row)?.1))
        })
    }

    /// A card's reviews in order, the retracted ones too.
    ///
    /// # Errors
    /// As [`Store::states`].
    pub fn log(&self, card: &CardId) -> Result<Vec<LogEntry>> {
        self.read("read the log", |c| {
            let live = events(c, card)?;
            let counted = fold(live.iter().map(|(_, event)| *event)).1;
            let counted: HashMap<LogId, bool> =
                live.iter().zip(counted).filter_map(|((id, _), counted)| id.map(|id| (id, counted))).collect();
            let sql = format!("SELECT {} FROM review WHERE card = ?1 ORDER BY at, id", review::COLUMNS);
            let mut statement = c.prepare_cached(&sql)?;
            let mut rows = statement.query(params![card])?;
            let mut log = Vec::new();
            while let Some(row) = rows.next()? {
                let (id, review) = (get(row, "id")?, review::read(row)?);
                let live = counted.get(&id).copied();
                log.push(LogEntry { id, review, counted: live.unwrap_or(false), retracted: live.is_none() });
            }
            Ok(log)
        })
    }

    /// The review that was saved last and is not taken back. A clock that was set back does not matter.
    ///
    /// # Errors
    /// As [`Store::states`].
    pub fn latest(&self) -> Result<Option<(LogId, Review)>> {
        self.read("read the log", |c| {
            let sql = format!(
                "SELECT {} FROM review WHERE {LIVE}
                 ORDER BY rowid DESC LIMIT 1",
                review::COLUMNS
            );
            let mut statement = c.prepare_cached(&sql)?;
            let mut rows = statement.query([])?;
            rows.next()?.map(|row| Ok((get(row, "id")?, review::read(row)?))).transpose()
        })
    }

    /// How many cards were met for the first time on a day.
    ///
    /// # Errors
    /// As [`Store::states`].
    pub fn started_on(&self, day: Day) -> Result<u32> {
        self.read("read the schedule", |c| {
            c.query_row("SELECT count(*) FROM schedule WHERE started = ?1", params![day], |row| row.get(0))
        })
    }

    /// The seconds that a mode took on a day; without one, all of them.
    ///
    /// # Errors
    /// As [`Store::states`].
    pub fn spent_seconds(&self, day: Day, mode: Option<Mode>) -> Result<f64> {
        self.read("read the log", |c| {
            let sql = format!(
                "SELECT coalesce(sum(min(took_ms, {IDLE_MS})), 0) FROM review WHERE day = ?1 AND mode = coalesce(?2, mode) AND {LIVE}"
            );
            let spent_ms: i64 = c.query_row(&sql, params![day, mode.map(Mode::name)], |row| row.get(0))?;
            Ok(spent_ms as f64 / 1000.0)
        })
    }

    /// The latest day of a live review.
    ///
    /// # Errors
    /// As [`Store::states`].
    pub fn latest_day(&self) -> Result<Option<Day>> {
        self.read("read the log", |c| {
            let sql = format!("SELECT day FROM review WHERE {LIVE} ORDER BY day DESC LIMIT 1");
            c.query_row(&sql, [], |row| row.get(0)).optional()
        })
    }

    /// The cards with a live review below quality 3 on this day or after.
    ///
    /// # Errors
    /// As [`Store::states`].
    pub fn missed_since(&self, day: Day) -> Result<HashSet<CardId>> {
        self.read("read the log", |c| {
            let sql = format!("SELECT DISTINCT card FROM review WHERE day >= ?1 AND quality < 3 AND {LIVE}");
            c.prepare_cached(&sql)?.query_map(params![day], |row| row.get(0))?.collect()
        })
    }

    /// An id for a sitting that begins now.
    pub fn new_session(&mut self, at_ms: i64) -> LogId {
        LogId::new(at_ms, (self.entropy)())
    }

    /// The live reviews of a sitting, and of the latest other sittings of its mode, the latest first.
    ///
    /// # Errors
    /// As [`Store::states`].
    pub fn sittings(&self, mode: Mode, this: LogId, others: u32) -> Result<(Vec<Review>, Vec<Vec<Review>>)> {
        self.read("read the log", |c| {
            let mut latest = c.prepare_cached(
                "SELECT DISTINCT session FROM review WHERE mode = ?1 AND session <> ?2 ORDER BY session DESC LIMIT ?3",
            )?;
            let ids = latest.query_map(params![mode.name(), this, others], |row| row.get(0))?;
            let ids: Vec<LogId> = ids.collect::<rusqlite::Result<_>>()?;
            let others = ids.iter().map(|id| sitting(c, mode, *id)).collect::<rusqlite::Result<_>>()?;
            Ok((sitting(c, mode, this)?, others))
        })
    }

    /// The learner's median seconds by kind (`step` for one of a chain), over the latest answers,
    /// where there are ten or more.
    ///
    /// # Errors
    /// As [`Store::states`].
    pub fn median_seconds(&self) -> Result<HashMap<String, f64>> {
        self.read("read the log", |c| {
            let mut statement = c.prepare_cached(&format!(
                "SELECT CASE WHEN steps IS NULL THEN kind ELSE 'step' END AS kind,
                        took_ms / coalesce(nullif(json_array_length(steps), 0), 1) AS took_ms
                 FROM review WHERE {LIVE} ORDER BY at DESC LIMIT {PACE_ANSWERS}"
            ))?;
            let mut rows = statement.query([])?;
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

    /// Drops the projection and folds the whole log anew. Gives the same rows.
    ///
    /// # Errors
    /// The database could not be read or written; then the old projection stands.
    pub fn rebuild(&mut self) -> Result<()> {
        self.write("rebuild the schedule", |tx, _| project_all(tx))
    }

    /// One state of the file for all reads until it is dropped, whoever writes meanwhile; they take less time too.
    ///
    /// # Errors
    /// As [`Store::states`].
    pub fn snapshot(&self) -> Result<Snapshot<'_>> {
        let begun = self.connection.unchecked_transaction();
        begun.map(Snapshot).map_err(|error| StoreError::sqlite("read the database", error))
    }

    fn read<T>(&self, doing: &'static str, read: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T> {
        read(&self.connection).map_err(|error| StoreError::sqlite(doing, error))
    }

    fn write<T>(
        &mut self,
        doing: &'static str,
        write: impl FnOnce(&Transaction, &mut Entropy) -> rusqlite::Result<T>,
    ) -> Result<T> {
        // SQLite would go on writing to a file that has another name by now, or none: nobody would find it there.
        if open::FileId::of(&self.path) != self.file {
            return Err(StoreError::Replaced(self.path.clone()));
        }
        let run = || {
            let tx = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let written = write(&tx, &mut self.entropy)?;
            tx.commit()?;
            Ok(written)
        };
        run().map_err(|error| StoreError::sqlite(doing, error))
    }
}

fn append(tx: &Transaction, entropy: &mut Entropy, new: &Review) -> rusqlite::Result<Saved> {
    let latest: Option<i64> = tx
        .prepare_cached(&format!(
            "SELECT max(at) FROM review WHERE card = ?1
             AND {LIVE}"
        ))?
        .query_row(params![new.card], |row| row.get(0))
        .optional()?
        .flatten();
    // A clock that was set back cannot reorder what happened.
    let at_ms = latest.map_or(new.at_ms, |latest| new.at_ms.max(latest.saturating_add(1)));
    let id = LogId::new(at_ms, entropy());
    review::insert(tx, id, at_ms, new)?;
    let state = project(tx, &new.card)?;
    Ok(Saved { id, state, clock_behind_ms: at_ms - new.at_ms })
}

/// The subject of a mark that is about no one card.
const NO_CARD: &str = "";
fn append_mark(tx: &Transaction, entropy: &mut Entropy, new: &Mark) -> rusqlite::Result<()> {
    let card = new.card.as_ref().map_or(NO_CARD, CardId::as_str);
    let latest: Option<i64> =
        tx.query_row("SELECT max(at) FROM mark WHERE card = ?1", params![card], |row| row.get(0))?;
    let at_ms = latest.map_or(new.at_ms, |latest| new.at_ms.max(latest.saturating_add(1)));
    mark::insert(tx, LogId::new(at_ms, entropy()), card, &new.kind.to_string(), at_ms)
}

fn sitting(connection: &Connection, mode: Mode, session: LogId) -> rusqlite::Result<Vec<Review>> {
    let sql = format!(
        "SELECT {} FROM review WHERE mode = ?1 AND session = ?2
         AND {LIVE} ORDER BY at, id",
        review::COLUMNS
    );
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query_map(params![mode.name(), session], review::read)?.collect()
}

fn retract(tx: &Transaction, entropy: &mut Entropy, review: LogId, at_ms: i64) -> rusqlite::Result<()> {
    let id = LogId::new(at_ms, entropy());
    retraction::insert(tx, id, review, at_ms)
}

/// What happened to a card, in order of (time, id): its live reviews, with their ids, and its marks.
fn events(connection: &Connection, card: &CardId) -> rusqlite::Result<Vec<(Option<LogId>, Event)>> {
    let mut all: Vec<(i64, LogId, Option<LogId>, Event)> = Vec::new();
    // In the order of the index, and by place: a log may have ten thousand rows.
    let sql = format!("SELECT at, id, day, quality, mode FROM review WHERE card = ?1 AND {LIVE} ORDER BY at, id");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(params![card])?;
    while let Some(row) = rows.next()? {
        let id: LogId = at(row, 1, "id")?;
        let event =
            Event::Review { day: at(row, 2, "day")?, quality: at(row, 3, "quality")?, mode: at(row, 4, "mode")? };
        all.push((at(row, 0, "at")?, id, Some(id), event));
    }
    let mut statement = connection.prepare_cached("SELECT id, at, what FROM mark WHERE card = ?1")?;
    let mut rows = statement.query(params![card])?;
    while let Some(row) = rows.next()? {
        // A later version may know kinds that this one does not: they are kept and passed over.
        if let Some(event) = mark::read(row)?.event() {
            all.push((get(row, "at")?, get(row, "id")?, None, event));
        }
    }
    all.sort_by_key(|(at, id, ..)| (*at, *id));
    Ok(all.into_iter().map(|(_, _, review, event)| (review, event)).collect())
}

/// Drops the projection and folds the whole log.
fn project_all(tx: &Transaction) -> rusqlite::Result<()> {
    tx.execute("DELETE FROM schedule", [])?;
    let mut written = Ok(());
    examine::fold_all(tx, &mut |_| Ok(()), |card, state| {
        if written.is_ok() {
            written = card_state::write(tx, &card, &state);
        }
    })?;
    written?;
    trace::keep_all(tx, &mut |_, _| ())?;
    catalog::follow_all(tx)
}

/// Folds a card's log into its row of the projection. A card with nothing left in its log has none.
fn project(tx: &Transaction, card: &CardId) -> rusqlite::Result<CardState> {
    let events = events(tx, card)?;
    let (state, _) = fold(events.iter().map(|(_, event)| *event));
    if events.is_empty() {
        tx.execute("DELETE FROM schedule WHERE card = ?1", params![card])?;
    } else {
        card_state::write(tx, card, &state)?;
    }
    trace::keep(tx, card, events.iter().map(|(_, event)| event))?;
    catalog::follow(tx, card, &state)?;
    Ok(state)
}

#[cfg(test)]
mod merge_tests;
#[cfg(test)]
mod tests;
