//! Looking the file over: is it whole, and does the schedule say what the log says?

use super::rows::{LogId, get, mark, retraction, review};
use super::{Result, Store, StoreError, sum};
use crate::schedule::{CardId, CardState, Day, Event, fold};
use rusqlite::{Connection, Row};
use std::collections::{HashMap, HashSet};
use std::fmt;

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

impl Store {
    /// Looks the whole file over. `progress` hears how many rows of how many were looked at.
    ///
    /// # Errors
    /// The file cannot be read at all.
    pub fn examine(&self, progress: &mut dyn FnMut(u64, u64)) -> Result<Findings> {
        let doing = "look the database over";
        // One state of the file, whoever writes meanwhile.
        let tx = self.connection.unchecked_transaction().map_err(|e| StoreError::sqlite(doing, e))?;
        let c: &Connection = &tx;
        let mut findings = Findings::default();
        // What SQLite finds damaged stops no other check.
        match structure(c) {
            Ok(problems) => findings.problems.extend(problems),
            Err(error) => findings.problems.push(Problem::Structure(error.to_string())),
        }
        let total: u64 = c
            .query_row("SELECT count(*) FROM review", [], |row| row.get(0))
            .map_err(|e| StoreError::sqlite(doing, e))?;
        findings.problems.extend(log_problems(c, &mut |done| progress(done, 2 * total)));
        findings.reviews = total;
        let mut done = total;
        let folded = fold_all(c, |card, state, reviews| {
            done += reviews;
            progress(done, 2 * total);
            findings.states.insert(card, state);
        });
        match folded.and_then(|()| schedule_problems(c, &findings.states)) {
            Ok(problems) => findings.problems.extend(problems),
            Err(error) => {
                findings.problems.push(Problem::Schedule(format!("cannot be compared with the log: {error}")))
            }
        }
        findings.clock_jumps = clock_jumps(c).unwrap_or_default();
        Ok(findings)
    }
}

fn structure(c: &Connection) -> rusqlite::Result<Vec<Problem>> {
    let mut statement = c.prepare("PRAGMA integrity_check(20)")?;
    let said: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let mut problems: Vec<Problem> = said.into_iter().filter(|said| said != "ok").map(Problem::Structure).collect();
    let mut missing: HashMap<String, usize> = HashMap::new();
    let mut statement = c.prepare("PRAGMA foreign_key_check")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        *missing.entry(row.get(0)?).or_default() += 1;
    }
    problems.extend(missing.into_iter().map(|(table, rows)| Problem::Missing { table, rows }));
    Ok(problems)
}

/// What is wrong with the rows of the log. `progress` hears how many reviews were looked at.
fn log_problems(c: &Connection, progress: &mut dyn FnMut(u64)) -> Vec<Problem> {
    let checks = [
        rows(c, "review", review::COLUMNS, |row| review::read(row).map(drop), progress),
        rows(c, "retraction", retraction::COLUMNS, |row| get::<LogId>(row, "review").map(drop), &mut |_| ()),
        rows(c, "mark", mark::COLUMNS, |row| mark::read(row).map(drop), &mut |_| ()),
    ];
    checks.into_iter().flatten().collect()
}

/// The first thing that is wrong with a file's structure or its log; its schedule can be folded anew. The rows of an
/// earlier version are looked at when they are brought up to date.
pub(super) fn first_problem(c: &Connection) -> rusqlite::Result<Option<Problem>> {
    let has_sums = c.prepare("SELECT 1 FROM pragma_table_info('review') WHERE name = 'sum'")?.exists([])?;
    let of_rows = if has_sums { log_problems(c, &mut |_| ()) } else { Vec::new() };
    Ok(structure(c)?.into_iter().chain(of_rows).next())
}

/// Reads every row of a table of the log and holds it against its checksum.
fn rows(
    c: &Connection,
    table: &'static str,
    columns: &str,
    read: impl Fn(&Row) -> rusqlite::Result<()>,
    progress: &mut dyn FnMut(u64),
) -> Vec<Problem> {
    let mut problems = Vec::new();
    let count = columns.split(',').count();
    let mut look = || -> rusqlite::Result<()> {
        let mut statement = c.prepare(&format!("SELECT {columns}, sum, rowid FROM {table}"))?;
        let mut rows = statement.query([])?;
        let mut done = 0;
        while let Some(row) = rows.next()? {
            let what = match (read(row), sum::holds(row, count)?) {
                (Err(error), _) => Some(error.to_string()),
                (Ok(()), false) => Some("it is not what was written".to_owned()),
                (Ok(()), true) => None,
            };
            if let Some(what) = what {
                problems.push(Problem::Row { table, rowid: row.get(count + 1)?, what });
            }
            done += 1;
            progress(done);
        }
        Ok(())
    };
    if let Err(error) = look() {
        problems.push(Problem::Structure(format!("{table} cannot be read to its end: {error}")));
    }
    problems
}

/// Folds the log of every card, and gives each card's state with the number of its live reviews.
pub(super) fn fold_all(c: &Connection, mut each: impl FnMut(CardId, CardState, u64)) -> rusqlite::Result<()> {
    let retracted: HashSet<LogId> = column(c, "SELECT review FROM retraction")?;
    let mut marks: HashMap<CardId, Vec<(i64, LogId, Event)>> = HashMap::new();
    let mut statement = c.prepare("SELECT id, card, what, at FROM mark WHERE card <> ''")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        // A later version may know decisions that this one does not.
        if let Some(what) = mark::read(row)? {
            let of_card = marks.entry(get(row, "card")?).or_default();
            of_card.push((get(row, "at")?, get(row, "id")?, Event::Mark(what)));
        }
    }
    let mut open: Option<CardId> = None;
    let mut events: Vec<(i64, LogId, Event)> = Vec::new();
    let mut close = |card: Option<CardId>, events: &mut Vec<(i64, LogId, Event)>| {
        let Some(card) = card else { return };
        let reviews = events.len() as u64;
        events.extend(marks.remove(&card).unwrap_or_default());
        events.sort_by_key(|(at, id, _)| (*at, *id));
        let (state, _) = fold(events.drain(..).map(|(_, _, event)| event));
        each(card, state, reviews);
    };
    let mut statement = c.prepare("SELECT id, card, at, day, quality, mode FROM review ORDER BY card, at, id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let id: LogId = get(row, "id")?;
        if retracted.contains(&id) {
            continue;
        }
        let card: CardId = get(row, "card")?;
        if open.as_ref() != Some(&card) {
            close(open.replace(card), &mut events);
        }
        let event = Event::Review { day: get(row, "day")?, quality: get(row, "quality")?, mode: get(row, "mode")? };
        events.push((get(row, "at")?, id, event));
    }
    close(open, &mut events);
    let only_marked: Vec<CardId> = marks.keys().cloned().collect();
    for card in only_marked {
        let mut events = marks.remove(&card).unwrap_or_default();
        events.sort_by_key(|(at, id, _)| (*at, *id));
        each(card, fold(events.into_iter().map(|(_, _, event)| event)).0, 0);
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
    Ok(problems)
}

/// Where a review that was saved later has an earlier time, by days.
fn clock_jumps(c: &Connection) -> rusqlite::Result<Vec<ClockJump>> {
    let mut statement = c.prepare("SELECT at, day FROM review ORDER BY rowid")?;
    let mut rows = statement.query([])?;
    let mut jumps = Vec::new();
    let mut before: Option<(i64, Day)> = None;
    while let Some(row) = rows.next()? {
        let now: (i64, Day) = (get(row, "at")?, get(row, "day")?);
        if let Some((at, from)) = before
            && at - now.0 > JUMP_MS
        {
            jumps.push(ClockJump { from, to: now.1 });
        }
        before = Some(now);
    }
    Ok(jumps)
}
