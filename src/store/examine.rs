//! Looking the file over: is it whole, and does the schedule say what the log says?

use super::index::{self, Digest, Entries, Expected, Index};
use super::open::FileId;
use super::rows::{at, get, mark, retraction, review};
use super::{Result, Store, StoreError, backup, catalog, sum, trace};
use crate::log::LogId;
use crate::schedule::{CardId, CardState, Day, Event, fold};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, Transaction, TransactionBehavior};
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

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
        if FileId::of(&self.path) != self.file {
            return Err(StoreError::Replaced(self.path.clone()));
        }
        let begin = || -> rusqlite::Result<_> {
            let readers = self.readers()?;
            let count: u64 = readers[0].query_row("SELECT count(*) FROM review", [], |row| row.get(0))?;
            let indexes = index::of_review(&readers[0])?;
            Ok((readers, count, indexes))
        };
        let (readers, reviews, indexes) = begin().map_err(|e| StoreError::sqlite("look the database over", e))?;
        let quick = indexes.is_some();
        let indexes = indexes.unwrap_or_default();
        let done = AtomicU64::new(0);

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
            of_schedule = fold_all(c, &mut each_row, |card, state| {
                states.insert(card, state);
            })
            .and_then(|()| schedule_problems(c, &states));
        }));
        passes.push(Box::new(|c| {
            let mut count = Count::on(&done);
            let mut before = 0;
            of_traces = trace::problems(c, &mut |done, _| {
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
    let indexes = if has_sums { index::of_review(c)? } else { None };
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
    let columns = review::COUNT;
    let mut expected = Expected::of(indexes);
    let mut before: Option<(i64, i64)> = None;
    let mut look = || -> rusqlite::Result<()> {
        let sql = format!("SELECT {}, sum, rowid FROM review NOT INDEXED ORDER BY rowid", review::COLUMNS);
        let mut statement = c.prepare(&sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let mut values = [ValueRef::Null; review::COUNT];
            for (at, value) in values.iter_mut().enumerate() {
                *value = row.get_ref(at)?;
            }
            let rowid: i64 = row.get(columns + 1)?;
            let what = if !review::fits(&values) {
                let read = review::read(row).err().map(|error| error.to_string());
                Some(read.unwrap_or_else(|| "it has a value that the log cannot mean".to_owned()))
            } else if !sum::holds(&values, row.get(columns)?) {
                Some("it is not what was written".to_owned())
            } else {
                None
            };
            if let Some(what) = what {
                found.problems.push(Problem::Row { table: "review", rowid, what });
            }
            expected.add(&values, rowid);
            if let (ValueRef::Integer(at), ValueRef::Integer(day)) = (values[review::AT], values[review::DAY]) {
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

/// What is wrong with the retractions and the decisions.
fn look_at_others(c: &Connection) -> Vec<Problem> {
    let checks = [
        rows(c, "retraction", retraction::COLUMNS, |row| get::<LogId>(row, "review").map(drop)),
        rows(c, "mark", mark::COLUMNS, |row| mark::read(row).map(drop)),
    ];
    checks.into_iter().flatten().collect()
}

/// Reads every row of a table of the log and holds it against its checksum.
fn rows(
    c: &Connection,
    table: &'static str,
    columns: &str,
    read: impl Fn(&Row) -> rusqlite::Result<()>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let count = columns.split(',').count();
    let mut look = || -> rusqlite::Result<()> {
        let mut statement = c.prepare(&format!("SELECT {columns}, sum, rowid FROM {table}"))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let values = (0..count).map(|at| row.get_ref(at)).collect::<rusqlite::Result<Vec<_>>>()?;
            let what = match (read(row), sum::holds(&values, row.get(count)?)) {
                (Err(error), _) => Some(error.to_string()),
                (Ok(()), false) => Some("it is not what was written".to_owned()),
                (Ok(()), true) => None,
            };
            if let Some(what) = what {
                problems.push(Problem::Row { table, rowid: row.get(count + 1)?, what });
            }
        }
        Ok(())
    };
    if let Err(error) = look() {
        problems.push(Problem::Structure(format!("{table} cannot be read to its end: {error}")));
    }
    problems
}

/// The index that the log is folded from, and all that it has.
const FOLDED: &str = "review_by_card";
const FOLDED_COLUMNS: &str = "card, at, id, day, quality, mode";

/// Folds the log of every card. `each_row` hears of each review, `each` of each card's state.
pub(super) fn fold_all(
    c: &Connection,
    each_row: &mut dyn FnMut(&Row) -> rusqlite::Result<()>,
    mut each: impl FnMut(CardId, CardState),
) -> rusqlite::Result<()> {
    let retracted: HashSet<LogId> = column(c, "SELECT review FROM retraction")?;
    let mut marks: HashMap<CardId, Vec<(i64, LogId, Event)>> = HashMap::new();
    let mut statement = c.prepare("SELECT id, card, what, at FROM mark WHERE card <> ''")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        // A later version may know kinds that this one does not.
        if let Some(event) = mark::read(row)?.event() {
            let of_card = marks.entry(get(row, "card")?).or_default();
            of_card.push((get(row, "at")?, get(row, "id")?, event));
        }
    }
    let mut open: Option<CardId> = None;
    let mut events: Vec<(i64, LogId, Event)> = Vec::new();
    let mut close = |card: Option<CardId>, events: &mut Vec<(i64, LogId, Event)>| {
        let Some(card) = card else { return };
        if let Some(of_card) = marks.remove(&card) {
            events.extend(of_card);
            events.sort_by_key(|(at, id, _)| (*at, *id));
        }
        let (state, _) = fold(events.drain(..).map(|(_, _, event)| event));
        each(card, state);
    };
    let sql = format!("SELECT {FOLDED_COLUMNS}, rowid FROM review INDEXED BY {FOLDED} ORDER BY card, at, id");
    let mut statement = c.prepare(&sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        each_row(row)?;
        let id: LogId = at(row, 2, "id")?;
        if retracted.contains(&id) {
            continue;
        }
        let same =
            matches!((&open, row.get_ref(0)?), (Some(card), ValueRef::Text(text)) if card.as_str().as_bytes() == text);
        if !same {
            close(open.replace(at(row, 0, "card")?), &mut events);
        }
        let event =
            Event::Review { day: at(row, 3, "day")?, quality: at(row, 4, "quality")?, mode: at(row, 5, "mode")? };
        events.push((at(row, 1, "at")?, id, event));
    }
    close(open, &mut events);
    let only_marked: Vec<CardId> = marks.keys().cloned().collect();
    for card in only_marked {
        let mut events = marks.remove(&card).unwrap_or_default();
        events.sort_by_key(|(at, id, _)| (*at, *id));
        each(card, fold(events.into_iter().map(|(_, _, event)| event)).0);
    }
    Ok(())
}

fn column<T: rusqlite::types::FromSql + Eq + std::hash::Hash>(
    c: &Connection,
    sql: &str,
) -> rusqlite::Result<HashSet<T>> {
    c.prepare(sql)?.query_map([], |row| row.get(0))?.collect()
}

fn schedule_problems(c: &Connection, states: &HashMap<CardId, CardState>) -> rusqlite::Result<Vec<Problem>> {
    use super::rows::card_state;
    let mut problems = Vec::new();
    let mut seen = 0;
    let mut statement = c.prepare(&format!("SELECT {} FROM schedule", card_state::COLUMNS))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        match card_state::read(row) {
            Err(error) => problems.push(Problem::Schedule(error.to_string())),
            Ok((card, state)) => {
                seen += usize::from(states.contains_key(&card));
                match states.get(&card) {
                    Some(folded) if *folded == state => {}
                    Some(_) => problems.push(Problem::Schedule(format!("{card} differs from its log"))),
                    None => problems.push(Problem::Schedule(format!("{card} has no log"))),
                }
            }
        }
    }
    if seen < states.len() && problems.is_empty() {
        problems.push(Problem::Schedule(format!("{} cards of the log are not in it", states.len() - seen)));
    }
    let differing = catalog::differing(c)?;
    if differing > 0 && problems.is_empty() {
        problems.push(Problem::Schedule(format!("{differing} cards of the decks' index do not follow it")));
    }
    Ok(problems)
}
