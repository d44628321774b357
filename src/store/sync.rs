//! A sync's side of the database: what came in a folder goes in by the one door, what the folder lacks comes out, and how far
//! that went is kept.

use super::connection::Store;
use super::door::{Door, Numbers, Refused};
use super::error::{Result, StoreError};
use super::rows::Values;
use crate::log::sealed::{self, Key};
use crate::log::{Line, Table};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::io;

/// From so many lines on SQLite may keep more pages in memory.
const MUCH: usize = 10_000;

/// The rows of a table that were in the folder when the last sync ended: those numbered from the first to the last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    first: i64,
    last: i64,
    /// The ids at both ends: where other rows have these numbers, nothing is known.
    ends: (Key, Key),
}

/// How far each table went; none where the table had no row.
pub type Reached = [Option<Reach>; 3];

/// A line that came in a folder and whose checksum holds.
#[derive(Debug, Clone)]
pub struct Came {
    /// The line, with what this version does not know of it.
    pub line: Box<[u8]>,
    /// Which it is.
    pub key: Key,
    /// Its place in the log's order: its table, and its time.
    pub order: (Option<Table>, i64),
    /// Whether it was written in this computer's name.
    pub is_own: bool,
}

/// What a sync brought.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Brought {
    /// Reviews that were not there.
    pub reviews: usize,
    /// Retractions that were not there.
    pub retractions: usize,
    /// Marks that were not there.
    pub marks: usize,
    /// Rows that are there but say something else: one of the two is damaged.
    pub differing: usize,
    /// Lines of newer versions that are kept and passed on, all that there are.
    pub newer: usize,
    /// Lines that wait for the review that they take back, all that there are.
    pub waiting: usize,
    /// Rows in this computer's name that it had not: another one has its name.
    pub foreign_own: usize,
}

impl Store {
    /// What a sync keeps of itself, as it wrote it; none before the first.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn sync_state(&self) -> Result<Option<String>> {
        self.read("read the state of the sync", |c| {
            c.query_row("SELECT state FROM sync", [], |row| row.get(0)).optional()
        })
    }

    /// Keeps what a sync knows of itself.
    ///
    /// # Errors
    /// The database could not be written.
    pub fn keep_sync_state(&mut self, state: &str) -> Result<()> {
        self.write("keep the state of the sync", |tx, _| keep(tx, state))
    }

    /// The lines that there are here, by their keys: those of the log's rows, and those that are kept as they came.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn keys(&self) -> Result<HashSet<Key>> {
        self.read("read the log", |c| {
            let mut keys = HashSet::new();
            let tables = Table::ALL.map(|table| format!("SELECT id FROM {}", table.name()));
            for sql in tables.iter().map(String::as_str).chain(["SELECT key FROM sync_line"]) {
                let mut statement = c.prepare(sql)?;
                let mut rows = statement.query([])?;
                while let Some(row) = rows.next()? {
                    keys.insert(row.get(0)?);
                }
            }
            Ok(keys)
        })
    }

    /// Whether the rows that were in the folder have the numbers yet that they had.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn still_reaches(&self, reached: &Reached) -> Result<bool> {
        self.read("read the log", |c| {
            for (table, reach) in Table::ALL.into_iter().zip(reached) {
                let Some(reach) = reach else { continue };
                let at = |number: i64| id_at(c, table, number);
                if (at(reach.first)?, at(reach.last)?) != (Some(reach.ends.0), Some(reach.ends.1)) {
                    return Ok(false);
                }
            }
            Ok(true)
        })
    }

    /// Takes in what came, all of it or nothing, and keeps the state. What of it is not known in this version, or takes
    /// back a review that has not come yet, is kept as it is and looked at again the next time.
    ///
    /// # Errors
    /// The database could not be read or written.
    pub fn take_lines(&mut self, mut came: Vec<Came>, state: &str) -> Result<Brought> {
        came.sort_unstable_by_key(|came| (came.order, came.key));
        let today = self.today;
        let is_much = came.len() > MUCH;
        self.bulk(is_much)?;
        let brought = self.write("take in what came", |tx, _| {
            let mut expected = [0; 3];
            for table in came.iter().filter_map(|came| came.order.0) {
                expected[table as usize] += 1;
            }
            let kept = kept_lines(tx)?;
            for table in kept.iter().filter_map(|kept| kept.order.0) {
                expected[table as usize] += 1;
            }
            let mut door = Door::open(tx, Numbers::Before(expected))?;
            let mut brought = Brought::default();
            // What was kept may be known by now, or what it waits for be here.
            for came in came.iter().chain(&kept) {
                take(tx, &mut door, came, &mut brought)?;
            }
            door.fold(today, &mut |_, _| ())?;
            let all: usize = tx.query_row("SELECT count(*) FROM sync_line", [], |row| row.get(0))?;
            brought.newer = all - brought.waiting;
            brought.differing = door.came.differing;
            (brought.reviews, brought.retractions, brought.marks) =
                (door.came.reviews, door.came.retractions, door.came.marks);
            keep(tx, state)?;
            Ok::<_, Refused>(brought)
        });
        self.bulk(false)?;
        brought
    }

    /// Gives each line that the folder lacks: of the rows that were not in it when the last sync ended (all rows, without
    /// `reached`) those that are not `there`. Gives how far the log goes now.
    ///
    /// # Errors
    /// The database could not be read, or `each` failed.
    pub fn lines_beyond(
        &self,
        reached: Option<&Reached>,
        there: &HashSet<Key>,
        each: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> std::result::Result<Reached, super::ExportError> {
        let sqlite = |error| super::ExportError::Store(StoreError::sqlite("read the log", error));
        // One state of the file, whoever writes meanwhile.
        let tx = self.connection.unchecked_transaction().map_err(sqlite)?;
        let has_kept = tx.prepare("SELECT 1 FROM sync_line").and_then(|mut kept| kept.exists([])).map_err(sqlite)?;
        let mut reach = [const { None }; 3];
        for table in Table::ALL {
            let before = reached.and_then(|reached| reached[table as usize].as_ref());
            for (from, to) in beyond(before) {
                let sql = format!(
                    "SELECT {} FROM {} WHERE rowid BETWEEN ?1 AND ?2 ORDER BY rowid",
                    table.column_list(),
                    table.name()
                );
                let mut statement = tx.prepare_cached(&sql).map_err(sqlite)?;
                let mut rows = statement.query([from, to]).map_err(sqlite)?;
                while let Some(row) = rows.next().map_err(sqlite)? {
                    let id: Key = row.get(0).map_err(sqlite)?;
                    if there.contains(&id) {
                        continue;
                    }
                    if has_kept && let Some(line) = kept_line(&tx, &id).map_err(sqlite)? {
                        each(&line)?;
                        continue;
                    }
                    let values = Values::of(row, table).map_err(sqlite)?;
                    table.check(values.all()).map_err(|unfit| sqlite(super::rows::damaged(unfit)))?;
                    let line = sealed::seal_row(&Line { table, values: values.all() }).map_err(io::Error::from)?;
                    each(line.as_bytes())?;
                }
            }
            reach[table as usize] = reach_of(&tx, table).map_err(sqlite)?;
        }
        if has_kept && reached.is_none() {
            for kept in kept_lines(&tx).map_err(sqlite)? {
                let is_row = kept.order.0.map(|table| super::rows::is_there(&tx, table, &kept.key)).transpose();
                if !there.contains(&kept.key) && is_row.map_err(sqlite)? != Some(true) {
                    each(&kept.line)?;
                }
            }
        }
        Ok(reach)
    }
}

fn keep(tx: &Transaction, state: &str) -> rusqlite::Result<()> {
    let sql = "INSERT INTO sync (one, state) VALUES (1, ?1) ON CONFLICT (one) DO UPDATE SET state = ?1";
    tx.execute(sql, [state]).map(drop)
}

/// Takes a line in as far as it is known. What more it says is kept.
fn take(tx: &Transaction, door: &mut Door, came: &Came, brought: &mut Brought) -> std::result::Result<(), Refused> {
    let Some(line) = sealed::unseal(&came.line) else { return Ok(()) };
    let known = line.known();
    let is_new = match known.row.as_ref().map(|row| door.take(row)) {
        Some(Ok(is_new)) if !known.is_newer => {
            tx.prepare_cached("DELETE FROM sync_line WHERE key = ?1")?.execute([came.key])?;
            is_new
        }
        Some(Err(Refused::Sqlite(error))) => return Err(error.into()),
        taken => {
            brought.waiting += usize::from(matches!(taken, Some(Err(Refused::NoReview(_)))));
            let sql = "INSERT OR IGNORE INTO sync_line (key, line) VALUES (?1, ?2)";
            let is_kept = tx.prepare_cached(sql)?.execute(params![came.key, came.line])? > 0;
            is_kept && !matches!(taken, Some(Ok(false)))
        }
    };
    brought.foreign_own += usize::from(is_new && came.is_own);
    Ok(())
}

/// The lines that are kept as they came.
fn kept_lines(c: &Connection) -> rusqlite::Result<Vec<Came>> {
    let mut statement = c.prepare("SELECT key, line FROM sync_line ORDER BY key")?;
    let kept = statement.query_map([], |row| {
        let line: Vec<u8> = row.get(1)?;
        Ok(Came {
            key: row.get(0)?,
            order: sealed::unseal(&line).map_or((None, 0), |line| line.order()),
            line: line.into(),
            is_own: false,
        })
    })?;
    kept.collect()
}

fn kept_line(c: &Connection, key: &Key) -> rusqlite::Result<Option<Vec<u8>>> {
    c.prepare_cached("SELECT line FROM sync_line WHERE key = ?1")?.query_row([key], |row| row.get(0)).optional()
}

fn id_at(c: &Connection, table: Table, number: i64) -> rusqlite::Result<Option<Key>> {
    let sql = format!("SELECT id FROM {} WHERE rowid = ?1", table.name());
    c.prepare_cached(&sql)?.query_row([number], |row| row.get(0)).optional()
}

/// The numbers before and after those that were reached.
fn beyond(reach: Option<&Reach>) -> Vec<(i64, i64)> {
    match reach {
        None => vec![(i64::MIN, i64::MAX)],
        Some(Reach { first, last, .. }) => vec![(i64::MIN, first - 1), (last + 1, i64::MAX)],
    }
}

fn reach_of(c: &Connection, table: Table) -> rusqlite::Result<Option<Reach>> {
    let sql = format!("SELECT (SELECT min(rowid) FROM {0}), (SELECT max(rowid) FROM {0})", table.name());
    let ends: (Option<i64>, Option<i64>) = c.query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let (Some(first), Some(last)) = ends else { return Ok(None) };
    let id = |number| id_at(c, table, number).map(Option::unwrap_or_default);
    Ok(Some(Reach { first, last, ends: (id(first)?, id(last)?) }))
}
