//! The union of two logs.

use super::repair::remove;
use super::rows::{columns, get};
use super::{Result, Store, StoreError, backup, events, project};
use crate::schedule::{CardId, CardState, fold};
use rusqlite::{Transaction, params};
use std::path::Path;

/// What came in.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Merged {
    /// Reviews that were not there.
    pub reviews: usize,
    /// Retractions that were not there.
    pub retractions: usize,
    /// Decisions that were not there.
    pub marks: usize,
    /// Rows that both have, but not alike: one of them is damaged. This file's stand.
    pub differing: usize,
    /// Cards that now stand differently: before, and after.
    pub changed: Vec<(CardId, CardState, CardState)>,
}

impl Store {
    /// Takes in all that the log of another file has and this one has not, and folds the cards concerned anew. The
    /// other file is only read. The result depends on neither order nor repetition. `progress` hears how many cards of
    /// how many were folded.
    ///
    /// # Errors
    /// The other file is not a database of ours, or cannot be read; then nothing has changed.
    pub fn merge(&mut self, copy: &Path, progress: &mut dyn FnMut(usize, usize)) -> Result<Merged> {
        let doing = "merge";
        self.connection
            .execute("ATTACH ?1 AS other", [copy.to_string_lossy()])
            .map_err(|error| StoreError::sqlite(doing, error))?;
        let merged = self.write(doing, |tx, _| union(tx, progress));
        let detached = self.connection.execute("DETACH other", []);
        let merged = merged?;
        detached.map_err(|error| StoreError::sqlite(doing, error))?;
        Ok(merged)
    }

    /// Merges another database, of this version or an earlier one, by way of a copy.
    ///
    /// # Errors
    /// As [`Store::merge`]; a damaged file too, for damage would spread.
    pub fn merge_file(&mut self, other: &Path, progress: &mut dyn FnMut(usize, usize)) -> Result<Merged> {
        let io = |source| StoreError::Io { path: other.to_owned(), source };
        let same = other.canonicalize().map_err(io)? == self.path.canonicalize().map_err(io)?;
        if same {
            return Ok(Merged::default());
        }
        super::open::check_owner(other)?;
        let copy = backup::scratch(&self.path, "merging")?;
        let copied =
            backup::copy_of_other(other, &copy, "read the other file").and_then(|()| Self::open_copy(&copy).map(drop));
        let merged = copied.and_then(|()| self.merge(&copy, progress));
        let _ = remove(&copy);
        merged
    }
}

fn union(tx: &Transaction, progress: &mut dyn FnMut(usize, usize)) -> rusqlite::Result<Merged> {
    let mut merged = Merged::default();
    let mut cards: Vec<CardId> = tx
        .prepare(
            "SELECT card FROM other.review WHERE id NOT IN (SELECT id FROM main.review)
             UNION SELECT card FROM other.mark WHERE id NOT IN (SELECT id FROM main.mark) AND card <> ''
             UNION SELECT card FROM other.retraction JOIN other.review ON other.review.id = review
                   WHERE other.retraction.id NOT IN (SELECT id FROM main.retraction)",
        )?
        .query_map([], |row| get(row, "card"))?
        .collect::<rusqlite::Result<_>>()?;
    cards.sort();
    for table in ["review", "retraction", "mark"] {
        let differing: usize = tx.query_row(
            &format!(
                "SELECT count(*) FROM other.{table} AS o JOIN main.{table} AS m ON o.id = m.id WHERE o.sum <> m.sum"
            ),
            [],
            |row| row.get(0),
        )?;
        merged.differing += differing;
    }
    let before: Vec<CardState> = cards.iter().map(|card| state(tx, card)).collect::<rusqlite::Result<_>>()?;
    merged.reviews = take(tx, "review")?;
    merged.retractions = take(tx, "retraction")?;
    merged.marks = take(tx, "mark")?;
    let all = cards.len();
    for (done, (card, before)) in cards.into_iter().zip(before).enumerate() {
        let after = project(tx, &card)?;
        if after != before {
            merged.changed.push((card, before, after));
        }
        progress(done + 1, all);
    }
    Ok(merged)
}

fn state(tx: &Transaction, card: &CardId) -> rusqlite::Result<CardState> {
    Ok(fold(events(tx, card)?.into_iter().map(|(_, event)| event)).0)
}

/// Takes in the rows that are not here. They are numbered before those that are, for the numbers tell what was done
/// last on this device.
fn take(tx: &Transaction, table: &str) -> rusqlite::Result<usize> {
    let columns = columns(table);
    let first: i64 =
        tx.query_row(&format!("SELECT coalesce(min(rowid), 1) FROM main.{table}"), [], |row| row.get(0))?;
    tx.execute(
        &format!(
            "INSERT INTO main.{table} (rowid, {columns}, sum)
             SELECT ?1 - count(*) OVER () - 1 + row_number() OVER (ORDER BY at, id), {columns}, sum
             FROM other.{table} WHERE id NOT IN (SELECT id FROM main.{table})"
        ),
        params![first],
    )
}
