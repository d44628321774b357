//! Looking the file over: is it whole, and does the schedule say what the log says?

use super::card_log::{FOLDED, FOLDED_COLUMNS, fold_all, has_row};
use super::connection::Store;
use super::entries::{Digest, Entries, Expected, Index, indexes_of_review};
use super::error::{Result, StoreError};
use super::rows::{Values, columns_there, damaged, get, sum_holds};
use super::{backup, deck_index, trace};
use crate::log::{Table, Value};
use crate::schedule::{CardId, CardState, Day};
use rusqlite::{Connection, Row, Transaction, TransactionBehavior};
use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// Where the time and the day stand in a review.
const AT: usize = 2;
const DAY: usize = 3;
/// A clock that goes back by more than this between two answers was set back, or the log was merged.
const JUMP_MS: i64 = 24 * 3600 * 1000;

/// Something that is wrong with the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// SQLite's own check.
    Structure(String),
    /// A row of the log that cannot be read, or is not what was written.
    Row {
        /// The table.
        table: &'static str,
        /// The row's place in it.
        rowid: i64,
        /// What is wrong.
        what: String,
    },
    /// A row that refers to one that is not there.
    Missing {
        /// The table.
        table: String,
        /// How many rows.
        rows: usize,
    },
    /// The schedule differs from what the log folds to.
    Schedule(String),
}

impl Problem {
    /// Whether folding the log anew mends it.
    pub fn is_of_schedule(&self) -> bool {
        matches!(self, Self::Schedule(_))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Structure(what) => write!(f, "SQLite: {what}"),
            Self::Row { table, rowid, what } => write!(f, "row {rowid} of {table}: {what}"),
            Self::Missing { table, rows } => write!(f, "{rows} rows of {table} refer to what is not there"),
            Self::Schedule(what) => write!(f, "the schedule: {what}"),
        }
    }
}

/// Two answers of which the later one has the earlier time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockJump {
    /// The day of the answer that was saved first.
    pub from: Day,
    /// The day of the next.
    pub to: Day,
}

/// What there is in the file.
#[derive(Debug, Default)]
pub struct Findings {
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// Reviews, retracted ones too.
    pub reviews: u64,
    /// What the log of each card folds to.
    pub states: HashMap<CardId, CardState>,
    /// Where the clock was set back.
    pub clock_jumps: Vec<ClockJump>,
}

/// A part of the work, on one connection.
type Pass<'a> = Box<dyn FnOnce(&Connection) + Send + 'a>;
/// How often it is said how far it is.
const TOLD_EVERY: Duration = Duration::from_millis(100);
/// So many rows are counted at once.
const AT_ONCE: u64 = 1024;

impl Store {
    /// Looks the whole file over. `progress` hears how many rows of how many were looked at.
    ///
    /// # Errors
    /// The file cannot be read at all.
    pub fn examine(&self, progress: &mut dyn FnMut(u64, u64)) -> Result<Findings> {
        self.check_place()?;
        let begin = || -> rusqlite::Result<_> {
            let readers = self.readers()?;
            let count: u64 = readers[0].query_row("SELECT count(*) FROM review", [], |row| row.get(0))?;
            let indexes = indexes_of_review(&readers[0])?;
            Ok((readers, count, indexes))
        };
        let (readers, reviews, indexes) = begin().map_err(|e| StoreError::sqlite("look the database over", e))?;
        let quick = indexes.is_some();
        let indexes = indexes.unwrap_or_default();
        let done = AtomicU64::new(0);
        let today = self.today;

        let mut of_structure = Ok(Vec::new());
        let mut of_reviews = OfReviews::default();
        let mut of_others = Vec::new();
        let mut of_schedule = Ok(Vec::new());
        let mut of_traces = Ok(Vec::new());
        let mut states = HashMap::new();
        let mut of_folded = Entries::default();
        let mut entries: Vec<_> = indexes.iter().map(|_| Ok(Entries::default())).collect();

        // What takes longest comes first.
        let mut passes: Vec<Pass> = vec![
            Box::new(|c| {
                of_structure = structure(c, quick);
                done.fetch_add(reviews, Relaxed);
            }),
            Box::new(|c| {
                of_reviews = look_at_reviews(c, &indexes, &mut Count::on(&done));
                of_others = look_at_others(c);
            }),
        ];
        // The log is folded from an index: those entries are read once for both.
        let folded_from = indexes.iter().position(|index| index.name == FOLDED && index.columns() == FOLDED_COLUMNS);
        passes.push(Box::new(|c| {
            let mut count = Count::on(&done);
            let mut each_row = |row: &Row| {
                count.add();
                folded_from.map_or(Ok(()), |at| of_folded.add(&indexes[at], row))
            };
            of_schedule = fold_all(c, today, &mut each_row, |card, folded| {
                if has_row(&folded) {
                    states.insert(card.clone(), (folded.state, folded.next_day));
                }
                Ok(())
            })
            .and_then(|()| schedule_problems(c, &states));
        }));
        passes.push(Box::new(|c| {
            let mut count = Count::on(&done);
            let mut before = 0;
            of_traces = trace::problems(c, today, &mut |done, _| {
                (before..done).for_each(|_| count.add());
                before = done;
            });
        }));
        for (at, (index, entries)) in indexes.iter().zip(&mut entries).enumerate() {
            if Some(at) != folded_from {
                let done = &done;
                passes.push(Box::new(move |c| {
                    let mut count = Count::on(done);
                    *entries = index.read(c, &mut || count.add());
                }));
            }
        }
        let total = reviews * passes.len() as u64;
        run(readers, passes, &mut || progress(done.load(Relaxed).min(total), total));
        progress(total, total);
        if let Some(at) = folded_from {
            entries[at] = Ok(of_folded);
        }

        let mut problems = Vec::new();
        // What SQLite finds damaged stops no other check.
        problems.extend(of_structure.unwrap_or_else(|error| vec![Problem::Structure(error.to_string())]));
        problems.extend(of_reviews.problems);
        problems.extend(of_others);
        problems.extend(index_problems(&indexes, &of_reviews.expected, entries));
        let not_compared = |error| vec![Problem::Schedule(format!("cannot be compared with the log: {error}"))];
        problems.extend(of_schedule.unwrap_or_else(not_compared));
        let of_traces = of_traces.map(|said| said.into_iter().map(Problem::Schedule).collect());
        problems.extend(of_traces.unwrap_or_else(not_compared));
        if problems.iter().any(|problem| !problem.is_of_schedule()) {
            self.leave_the_wal(true);
        }
        let states = states.into_iter().map(|(card, (state, _))| (card, state)).collect();
        Ok(Findings { problems, reviews, states, clock_jumps: of_reviews.clock_jumps })
    }

    /// Connections of their own that see one state of the file, whoever writes meanwhile: two, so that two passes run at
    /// once. Where no writer can be kept out while they begin, one.
    fn readers(&self) -> rusqlite::Result<Vec<Connection>> {
        let alone = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate);
        let begin = |_| {
            let reader = backup::read_only(&self.path)?;
            reader.execute_batch("BEGIN; SELECT count(*) FROM sqlite_schema")?;
            Ok(reader)
        };
        (0..if alone.is_ok() { 2 } else { 1 }).map(begin).collect()
    }
}

/// Carries the passes out, on all connections at once.
fn run(readers: Vec<Connection>, passes: Vec<Pass>, tell: &mut dyn FnMut()) {
    let passes = Mutex::new(passes.into_iter());
    thread::scope(|scope| {
        let (working, ended) = mpsc::channel::<()>();
        for reader in readers {
            let (passes, working) = (&passes, working.clone());
            scope.spawn(move || {
                let _working = working;
                loop {
                    let next = passes.lock().unwrap_or_else(PoisonError::into_inner).next();
                    let Some(pass) = next else { break };
                    pass(&reader);
                }
            });
        }
        drop(working);
        while ended.recv_timeout(TOLD_EVERY) == Err(RecvTimeoutError::Timeout) {
            tell();
        }
    });
}

/// Counts rows for whoever waits.
struct Count<'a> {
    all: &'a AtomicU64,
    here: u64,
}

impl<'a> Count<'a> {
    fn on(all: &'a AtomicU64) -> Self {
        Self { all, here: 0 }
    }

    fn add(&mut self) {
        self.here += 1;
        if self.here.is_multiple_of(AT_ONCE) {
            self.all.fetch_add(AT_ONCE, Relaxed);
        }
    }
}

/// SQLite's own check. A quick one leaves the indexes of the reviews to [`index_problems`].
fn structure(c: &Connection, quick: bool) -> rusqlite::Result<Vec<Problem>> {
    let mut said: Vec<String> = Vec::new();
    let mut check = |pragma: &str| -> rusqlite::Result<()> {
        let mut statement = c.prepare(pragma)?;
        for line in statement.query_map([], |row| row.get::<_, String>(0))? {
            let line = line?;
            if line != "ok" && !said.contains(&line) {
                said.push(line);
            }
        }
        Ok(())
    };
    if quick {
        check("PRAGMA quick_check(20)")?;
        let mut others = c.prepare(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name <> 'review'",
        )?;
        for table in others.query_map([], |row| row.get::<_, String>(0))? {
            check(&format!("PRAGMA integrity_check('{}')", table?.replace('\'', "''")))?;
        }
    } else {
        check("PRAGMA integrity_check(20)")?;
    }
    let mut problems: Vec<Problem> = said.into_iter().map(Problem::Structure).collect();
    let mut missing: HashMap<String, usize> = HashMap::new();
    let mut statement = c.prepare("PRAGMA foreign_key_check")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        *missing.entry(row.get(0)?).or_default() += 1;
    }
    problems.extend(missing.into_iter().map(|(table, rows)| Problem::Missing { table, rows }));
    Ok(problems)
}

/// Where an index of the reviews does not say what they say.
fn index_problems(indexes: &[Index], expected: &[Digest], entries: Vec<rusqlite::Result<Entries>>) -> Vec<Problem> {
    let what = |(at, entries): (usize, rusqlite::Result<Entries>)| match entries {
        Err(error) => Some(format!("cannot be read to its end: {error}")),
        Ok(entries) if entries.disordered => Some("is out of order".to_owned()),
        Ok(entries) if Some(&entries.digest) != expected.get(at) => Some("differs from the rows".to_owned()),
        Ok(_) => None,
    };
    let named =
        |(index, what): (&Index, Option<String>)| Some(Problem::Structure(format!("index {} {}", index.name, what?)));
    indexes.iter().zip(entries.into_iter().enumerate().map(what)).filter_map(named).collect()
}

/// The first thing that is wrong with a file's structure or its log; its schedule can be folded anew. The rows of an
/// earlier version are looked at when they are brought up to date.
pub(super) fn first_problem(c: &Connection) -> rusqlite::Result<Option<Problem>> {
    let has_sums = c.prepare("SELECT 1 FROM pragma_table_info('review') WHERE name = 'sum'")?.exists([])?;
    let indexes = if has_sums { indexes_of_review(c)? } else { None };
    if let Some(problem) = structure(c, indexes.is_some())?.into_iter().next() {
        return Ok(Some(problem));
    }
    if !has_sums {
        return Ok(None);
    }
    let indexes = indexes.unwrap_or_default();
    let of_reviews = look_at_reviews(c, &indexes, &mut Count::on(&AtomicU64::new(0)));
    let of_rows = of_reviews.problems.into_iter().chain(look_at_others(c)).next();
    if of_rows.is_some() {
        return Ok(of_rows);
    }
    let entries = indexes.iter().map(|index| index.read(c, &mut || ())).collect();
    Ok(index_problems(&indexes, &of_reviews.expected, entries).into_iter().next())
}

/// What a look at each review gave.
#[derive(Default)]
struct OfReviews {
    problems: Vec<Problem>,
    expected: Vec<Digest>,
    clock_jumps: Vec<ClockJump>,
}

/// Reads every review in the order in which they were saved, holds it against its checksum, and sees where the next has
/// an earlier time, by days.
fn look_at_reviews(c: &Connection, indexes: &[Index], count: &mut Count) -> OfReviews {
    let mut found = OfReviews::default();
    let columns = Table::Review.columns().len();
    let mut expected = Expected::of(indexes);
    let mut before: Option<(i64, i64)> = None;
    let mut look = || -> rusqlite::Result<()> {
        let sql =
            format!("SELECT {}, sum, rowid FROM review NOT INDEXED ORDER BY rowid", columns_there(c, Table::Review)?);
        let mut statement = c.prepare(&sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let values = Values::of(row, Table::Review)?;
            let values = values.all();
            let rowid: i64 = row.get(columns + 1)?;
            if let Some(what) = row_problem(Table::Review, values, row.get(columns)?) {
                found.problems.push(Problem::Row { table: Table::Review.name(), rowid, what });
            }
            expected.add(values, rowid);
            if let (Value::Integer(at), Value::Integer(day)) = (values[AT], values[DAY]) {
                if let Some((earlier, from)) = before
                    && earlier.saturating_sub(at) > JUMP_MS
                    && let (Some(from), Some(to)) = (Day::from_epoch_days(from), Day::from_epoch_days(day))
                {
                    found.clock_jumps.push(ClockJump { from, to });
                }
                before = Some((at, day));
            }
            count.add();
        }
        Ok(())
    };
    if let Err(error) = look() {
        found.problems.push(Problem::Structure(format!("review cannot be read to its end: {error}")));
    }
    found.expected = expected.digests;
    found
}

#[cfg(test)]
pub(super) fn problems_of_reviews(c: &Connection) -> Vec<String> {
    let found = look_at_reviews(c, &[], &mut Count::on(&AtomicU64::new(0)));
    found.problems.iter().map(ToString::to_string).collect()
}

/// What is wrong with the retractions and the marks.
fn look_at_others(c: &Connection) -> Vec<Problem> {
    [Table::Retraction, Table::Mark].into_iter().flat_map(|table| look_at_rows(c, table)).collect()
}

/// Reads every row of a table of the log and holds it against its checksum.
fn look_at_rows(c: &Connection, table: Table) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut look = || -> rusqlite::Result<()> {
        let columns = table.columns().len();
        let sql = format!("SELECT {}, sum, rowid FROM {}", columns_there(c, table)?, table.name());
        let mut statement = c.prepare(&sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            if let Some(what) = row_problem(table, Values::of(row, table)?.all(), row.get(columns)?) {
                problems.push(Problem::Row { table: table.name(), rowid: row.get(columns + 1)?, what });
            }
        }
        Ok(())
    };
    if let Err(error) = look() {
        problems.push(Problem::Structure(format!("{} cannot be read to its end: {error}", table.name())));
    }
    problems
}

/// What is wrong with a row of the log, if anything is.
fn row_problem(table: Table, values: &[Value], kept_sum: Option<i64>) -> Option<String> {
    match table.check(values) {
        Err(unfit) => Some(damaged(unfit).to_string()),
        Ok(()) if !sum_holds(table, values, kept_sum) => Some("it is not what was written".to_owned()),
        Ok(()) => None,
    }
}

/// What a card's row of the projection should say: its state, and the first day to come that its log speaks of.
type Stands = (CardState, Option<Day>);

fn schedule_problems(c: &Connection, states: &HashMap<CardId, Stands>) -> rusqlite::Result<Vec<Problem>> {
    use super::rows::card_state;
    let mut problems = Vec::new();
    let mut seen = 0;
    let mut statement = c.prepare(&format!("SELECT {}, next_day FROM schedule", card_state::COLUMNS))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        match card_state::read(row).and_then(|(card, state)| Ok((card, (state, get(row, "next_day")?)))) {
            Err(error) => problems.push(Problem::Schedule(error.to_string())),
            Ok((card, kept)) => {
                seen += usize::from(states.contains_key(&card));
                match states.get(&card) {
                    Some(folded) if *folded == kept => {}
                    Some(_) => problems.push(Problem::Schedule(format!("{card} differs from its log"))),
                    None => problems.push(Problem::Schedule(format!("{card} has no log"))),
                }
            }
        }
    }
    if seen < states.len() && problems.is_empty() {
        problems.push(Problem::Schedule(format!("{} cards of the log are not in it", states.len() - seen)));
    }
    let differing = deck_index::differing(c)?;
    if differing > 0 && problems.is_empty() {
        problems.push(Problem::Schedule(format!("{differing} cards of the decks' index do not follow it")));
    }
    Ok(problems)
}
