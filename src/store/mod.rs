//! What the learner did, in one SQLite file: an append-only log and the schedule folded from it.
//!
//! Here belong SQL, transactions and the file's guard. It knows the types of [`crate::schedule`] and
//! no decks.

pub mod backup;
mod cards;
pub mod catalog;
mod door;
mod entries;
mod error;
mod examine;
mod exchange;
mod file;
mod intake;
mod merge;
mod notes;
mod open;
mod preparation;
mod repair;
mod rows;
mod salvage;
mod trace;
mod undo;
mod wal;

pub use error::StoreError;
pub use examine::{ClockJump, Findings, Problem};
pub use exchange::{ExportError, Imported};
pub use file::{FileId, Stray, left_of, real};
pub use intake::{Returned, Stands, TakenIn};
pub use merge::Merged;
pub use preparation::{Remembered, Timed};
pub use repair::Repaired;
pub use trace::Heard;

use crate::log::{LogEntry, LogId, Mark, MarkKind, Retraction, Review, Saved, Table, standing};
use crate::schedule::{CardId, CardState, Day, Interview, Mode};
use cards::project;
use rows::{card_state, get};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;

/// Ten random bytes for an id: chance comes in from outside.
pub type Entropy = Box<dyn FnMut() -> [u8; 10] + Send>;

/// An open database.
pub struct Store {
    connection: Connection,
    entropy: Entropy,
    path: PathBuf,
    /// Which file stood there when it was opened; none in memory.
    file: Option<file::OpenHere>,
    stray: Option<Stray>,
    /// What the log says of later days is left out of every state.
    today: Day,
    purpose: open::Purpose,
    /// The file's lock while it is opened and closed. After the connection, so that it is given back when that is closed.
    held: Option<file::Lock>,
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
        let today = self.today;
        self.write("save the answer", |tx, entropy| append(tx, entropy, review, today))
    }

    /// Takes a review back: appends a retraction and folds its card anew.
    ///
    /// # Errors
    /// The database could not be written.
    pub fn retract(&mut self, review: LogId, card: &CardId, at_ms: i64) -> Result<CardState> {
        let today = self.today;
        self.write("take the answer back", |tx, entropy| {
            retract(tx, entropy, review, at_ms)?;
            project(tx, card, today)
        })
    }

    /// Replaces a review by another of the same card, in one transaction.
    ///
    /// # Errors
    /// The database could not be written.
    pub fn replace(&mut self, old: LogId, new: &Review) -> Result<Saved> {
        let today = self.today;
        self.write("change the grade", |tx, entropy| {
            retract(tx, entropy, old, new.at_ms)?;
            append(tx, entropy, new, today)
        })
    }

    /// Appends a mark, and gives the state of the card that it is about. A mark's time is the clock's, but after that of
    /// the card's latest one.
    ///
    /// # Errors
    /// The database could not be written.
    pub fn mark(&mut self, mark: &Mark) -> Result<CardState> {
        let today = mark.day.map_or(self.today, |day| self.today.max(day));
        self.write("save the mark", |tx, entropy| {
            append_mark(tx, entropy, mark)?;
            mark.card.as_ref().map_or(Ok(CardState::default()), |card| project(tx, card, today))
        })
    }

    /// The date that the learner prepares for. One that is out of reach is none ([`Store::interview_out_of_reach`]).
    ///
    /// # Errors
    /// As [`Store::states`].
    pub fn interview(&self) -> Result<Option<Interview>> {
        Ok(self.marked_interview()?.filter(|interview| interview.is_in_reach(self.today)))
    }

    /// The date that the learner prepares for, where it is too far away to plan for.
    ///
    /// # Errors
    /// As [`Store::states`].
    pub fn interview_out_of_reach(&self) -> Result<Option<Interview>> {
        Ok(self.marked_interview()?.filter(|interview| !interview.is_in_reach(self.today)))
    }

    fn marked_interview(&self) -> Result<Option<Interview>> {
        let interview = |mark: Mark| match mark.kind {
            MarkKind::Interview(interview) => Some(Some(interview)),
            MarkKind::NoInterview => Some(None),
            _ => None,
        };
        Ok(self.marks_of_plan()?.into_iter().rev().find_map(interview).flatten())
    }

    /// The marks that are about no one card and were not taken back, the latest last.
    ///
    /// # Errors
    /// As [`Store::states`].
    pub fn marks_of_plan(&self) -> Result<Vec<Mark>> {
        self.read("read the plan", |c| {
            let sql = format!("SELECT {} FROM mark WHERE card = ?1 ORDER BY at, id", Table::Mark.column_list());
            let mut statement = c.prepare_cached(&sql)?;
            let marks = statement.query_map(params![NO_CARD], rows::mark)?.collect::<rusqlite::Result<_>>()?;
            Ok(standing(marks).into_iter().map(|(_, mark)| mark).collect())
        })
    }

    /// A card's marks, those that this version does not know too, the latest last.
    ///
    /// # Errors
    /// As [`Store::states`].
    pub fn marks(&self, card: &CardId) -> Result<Vec<Mark>> {
        self.read("read the log", |c| Ok(cards::log_of(c, card)?.marks_in_order()))
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

    /// A card's reviews in order, the retracted ones too, and those of the cards that its progress was moved from.
    ///
    /// # Errors
    /// As [`Store::states`].
    pub fn log(&self, card: &CardId) -> Result<Vec<LogEntry>> {
        self.read("read the log", |c| {
            // What lies in days to come is live, but counts for nothing yet.
            let counted: HashMap<LogId, bool> = cards::folded(c, card, self.today)?.reviews.into_iter().collect();
            let sql = format!("SELECT {}, {LIVE} FROM review WHERE card = ?1", Table::Review.column_list());
            let mut statement = c.prepare_cached(&sql)?;
            let mut log = Vec::new();
            for card in cards::origins(c, card)? {
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

    /// The review that was saved last here and is not taken back. A clock that was set back does not matter.
    ///
    /// # Errors
    /// As [`Store::states`].
    pub fn latest(&self) -> Result<Option<(LogId, Review)>> {
        self.read("read the log", |c| {
            let sql = format!(
                "SELECT {} FROM review WHERE source IS NULL AND {LIVE} ORDER BY rowid DESC LIMIT 1",
                Table::Review.column_list()
            );
            c.prepare_cached(&sql)?.query_row([], rows::review).optional()
        })
    }

    /// A review, and whether it was taken back; none where there is none of that id.
    ///
    /// # Errors
    /// As [`Store::states`].
    pub fn review(&self, id: LogId) -> Result<Option<(Review, bool)>> {
        self.read("read the log", |c| {
            let sql = format!("SELECT {}, {LIVE} FROM review WHERE id = ?1", Table::Review.column_list());
            let found =
                |row: &rusqlite::Row| Ok((rows::review(row)?.1, !row.get::<_, bool>(Table::Review.columns().len())?));
            c.prepare_cached(&sql)?.query_row([id], found).optional()
        })
    }

    /// The live reviews of days after today, in order: a clock that was wrong wrote them, or is wrong now.
    ///
    /// # Errors
    /// As [`Store::states`].
    pub fn reviews_to_come(&self) -> Result<Vec<(LogId, Review)>> {
        self.read("read the log", |c| {
            let sql = format!(
                "SELECT {} FROM review WHERE day > ?1 AND {LIVE} ORDER BY day, at, id",
                Table::Review.column_list()
            );
            c.prepare_cached(&sql)?.query_map([self.today], rows::review)?.collect()
        })
    }

    /// The cards that were forgotten, and not remembered since.
    ///
    /// # Errors
    /// As [`Store::states`].
    pub fn forgotten(&self) -> Result<Vec<CardId>> {
        self.read("read the marks", |c| {
            let sql = "SELECT card FROM mark AS m WHERE what = 'forget' AND NOT EXISTS
                       (SELECT 1 FROM mark WHERE card = m.card AND what = 'remember' AND (at, id) > (m.at, m.id))
                       GROUP BY card ORDER BY card";
            c.prepare(sql)?.query_map([], |row| get(row, "card"))?.collect()
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
                "SELECT coalesce(sum(min(took_ms, {IDLE_MS})), 0) FROM review WHERE day = ?1 AND mode = coalesce(?2, mode)
                 AND source IS NULL AND {LIVE}"
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
            let sql =
                format!("SELECT DISTINCT card FROM review WHERE day BETWEEN ?1 AND ?2 AND quality < 3 AND {LIVE}");
            c.prepare_cached(&sql)?.query_map([day, self.today], |row| row.get(0))?.collect()
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
            // The plus keeps the planner from the index of the days: it would sort them all by their times.
            let mut statement = c.prepare_cached(&format!(
                "SELECT CASE WHEN steps IS NULL THEN kind ELSE 'step' END AS kind,
                        took_ms / coalesce(nullif(iif(json_valid(steps), json_array_length(steps), 1), 0), 1) AS took_ms
                 FROM review WHERE +day <= ?1 AND source IS NULL AND {LIVE} ORDER BY at DESC LIMIT {PACE_ANSWERS}"
            ))?;
            let mut rows = statement.query([self.today])?;
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

    /// Leaves what the log says of days after this one out of every state, and takes in what it says up to it. Costs a
    /// look at three indexes where no clock was ever wrong. What another version of the memory model made is made anew.
    ///
    /// # Errors
    /// The database could not be read or written; then the states are as they were.
    pub fn keep_to(&mut self, today: Day) -> Result<()> {
        self.today = today;
        let (others, of_another_model) =
            self.read("read the schedule", |c| Ok((cards::of_other_days(c, today)?, trace::is_of_another_model(c)?)))?;
        if others.is_empty() && !of_another_model {
            return Ok(());
        }
        self.write("bring the schedule to the day", |tx, _| {
            others.iter().try_for_each(|card| project(tx, card, today).map(drop))?;
            if of_another_model { trace::keep_all(tx, today, &mut |_, _| ()) } else { Ok(()) }
        })
    }

    /// Drops the projection and folds the whole log anew. Gives the same rows.
    ///
    /// # Errors
    /// The database could not be read or written; then the old projection stands.
    pub fn rebuild(&mut self) -> Result<()> {
        let today = self.today;
        self.write("rebuild the schedule", |tx, _| cards::project_all(tx, today))
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
        read(&self.connection).map_err(|error| StoreError::sqlite(doing, error)).inspect_err(|error| self.heed(error))
    }

    fn write<T, E: AtEdge>(
        &mut self,
        doing: &'static str,
        write: impl FnOnce(&Transaction, &mut Entropy) -> std::result::Result<T, E>,
    ) -> Result<T> {
        let _lock = self.lock().inspect_err(|error| self.heed(error))?;
        let run = || {
            let sqlite = |error| StoreError::sqlite(doing, error);
            let tx = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(sqlite)?;
            let written = write(&tx, &mut self.entropy).map_err(|error| error.at_edge(doing))?;
            file::advance(&tx).and_then(|()| tx.commit()).map_err(sqlite)?;
            Ok(written)
        };
        let written = run();
        written.inspect_err(|error| self.heed(error))
    }
}

/// An error inside a transaction, and what it is to whoever asked for one.
trait AtEdge {
    fn at_edge(self, doing: &'static str) -> StoreError;
}

impl AtEdge for StoreError {
    fn at_edge(self, _: &'static str) -> StoreError {
        self
    }
}

impl AtEdge for rusqlite::Error {
    fn at_edge(self, doing: &'static str) -> StoreError {
        StoreError::sqlite(doing, self)
    }
}

fn append(tx: &Transaction, entropy: &mut Entropy, new: &Review, today: Day) -> rusqlite::Result<Saved> {
    // A clock that was set back cannot reorder what happened; one that was wrong for a day holds no other day up.
    let sql = format!("SELECT max(at) FROM review WHERE card = ?1 AND day <= ?2 AND {LIVE}");
    let latest: Option<i64> = tx.prepare_cached(&sql)?.query_row(params![new.card, new.day], |row| row.get(0))?;
    let at_ms = latest.map_or(new.at_ms, |latest| new.at_ms.max(latest.saturating_add(1)));
    let id = LogId::new(at_ms, entropy());
    rows::append(tx, &new.row(id, at_ms), None)?;
    let state = project(tx, &new.card, today.max(new.day))?;
    Ok(Saved { id, state, clock_behind_ms: at_ms - new.at_ms })
}

fn append_mark(tx: &Transaction, entropy: &mut Entropy, new: &Mark) -> rusqlite::Result<()> {
    let card = new.card.as_ref().map_or(NO_CARD, CardId::as_str);
    // What holds from now on comes after all before it; what belongs to a day, after what that day and earlier ones have.
    let sql = "SELECT max(at) FROM mark WHERE card = ?1 AND (?2 OR coalesce(day <= ?3, 1))";
    let latest: Option<i64> = tx.query_row(sql, params![card, new.kind.is_switch(), new.day], |row| row.get(0))?;
    let at_ms = latest.map_or(new.at_ms, |latest| new.at_ms.max(latest.saturating_add(1)));
    rows::append(tx, &new.row(LogId::new(at_ms, entropy()), at_ms), None)
}

/// The subject of a mark that is about no one card.
const NO_CARD: &str = "";

fn sitting(connection: &Connection, mode: Mode, session: LogId) -> rusqlite::Result<Vec<Review>> {
    let sql = format!(
        "SELECT {} FROM review WHERE mode = ?1 AND session = ?2 AND {LIVE} ORDER BY at, id",
        Table::Review.column_list()
    );
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query_map(params![mode.name(), session], |row| Ok(rows::review(row)?.1))?.collect()
}

fn retract(tx: &Transaction, entropy: &mut Entropy, review: LogId, at_ms: i64) -> rusqlite::Result<()> {
    rows::append(tx, &Retraction { review, at_ms }.row(LogId::new(at_ms, entropy())), None)
}

#[cfg(test)]
mod cards_tests;
#[cfg(test)]
mod merge_tests;
#[cfg(test)]
mod tests;
