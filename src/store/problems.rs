//! What can be wrong with a file, and finding it: in its structure, its rows, and the indexes of its reviews.

use super::entries::{Digest, Entries, Expected, Index, indexes_of_review};
use super::rows::{Values, columns_there, damaged, sum_holds};
use crate::log::{Table, Value};
use crate::schedule::Day;
use rusqlite::Connection;
use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Where the time and the day stand in a review.
const AT: usize = 2;
const DAY: usize = 3;
/// A clock that goes back by more than this between two answers was set back, or the log was merged.
const JUMP_MS: i64 = 24 * 3600 * 1000;
/// So many rows are counted at once.
const AT_ONCE: u64 = 1024;

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

/// Counts rows for whoever waits.
pub(super) struct Count<'a> {
    all: &'a AtomicU64,
    here: u64,
}

impl<'a> Count<'a> {
    pub(super) fn on(all: &'a AtomicU64) -> Self {
        Self { all, here: 0 }
    }

    pub(super) fn add(&mut self) {
        self.here += 1;
        if self.here.is_multiple_of(AT_ONCE) {
            self.all.fetch_add(AT_ONCE, Relaxed);
        }
    }
}

/// SQLite's own check. A quick one leaves the indexes of the reviews to [`index_problems`].
pub(super) fn structure(c: &Connection, quick: bool) -> rusqlite::Result<Vec<Problem>> {
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
pub(super) fn index_problems(
    indexes: &[Index],
    expected: &[Digest],
    entries: Vec<rusqlite::Result<Entries>>,
) -> Vec<Problem> {
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
pub(super) struct OfReviews {
    pub(super) problems: Vec<Problem>,
    pub(super) expected: Vec<Digest>,
    pub(super) clock_jumps: Vec<ClockJump>,
}

/// Reads every review in the order in which they were saved, holds it against its checksum, and sees where the next has
/// an earlier time, by days.
pub(super) fn look_at_reviews(c: &Connection, indexes: &[Index], count: &mut Count) -> OfReviews {
    let mut found = OfReviews::default();
    let columns = Table::Review.columns().len();
    let mut expected = Expected::of(indexes);
    let mut before: Option<(i64, i64)> = None;
    let source = Table::Review.place("source");
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
            // What comes from another program was not saved in the order of its times.
            if let (Value::Integer(at), Value::Integer(day), Value::Null) = (values[AT], values[DAY], values[source]) {
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
pub(super) fn look_at_others(c: &Connection) -> Vec<Problem> {
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
