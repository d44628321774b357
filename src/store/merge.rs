//! The union of two logs.

use super::card_log::folded;
use super::connection::{Purpose, Store};
use super::door::{Door, Numbers, Refused};
use super::error::{Result, StoreError};
use super::open::check_owner;
use super::rows::{Values, get};
use super::{backup, file, wal};
use crate::log::Table;
use crate::schedule::{CardId, CardState, Day};
use rusqlite::Transaction;
use std::path::Path;

/// What came in.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Merged {
    /// Reviews that were not there.
    pub reviews: usize,
    /// Retractions that were not there.
    pub retractions: usize,
    /// Marks that were not there.
    pub marks: usize,
    /// Rows that both have, but not alike: one of them is damaged. This file's stand.
    pub differing: usize,
    /// Cards that now stand differently: before, and after.
    pub changed: Vec<(CardId, CardState, CardState)>,
}

impl Store {
    /// Takes in all that the log of another file has and this one has not, and folds the cards concerned anew. The
    /// other file is only read. The result depends on neither order nor repetition. `advance` hears how many cards of
    /// how many were folded.
    ///
    /// # Errors
    /// The other file is not a database of ours, or cannot be read; then nothing has changed.
    pub fn merge(&mut self, copy: &Path, advance: &mut dyn FnMut(usize, usize)) -> Result<Merged> {
        let doing = "merge";
        file::attach(&self.connection, copy).map_err(|error| StoreError::sqlite(doing, error))?;
        let today = self.today;
        let merged = self.write(doing, |tx, _| union(tx, today, advance));
        let detached = self.connection.execute("DETACH other", []);
        let merged = merged?;
        detached.map_err(|error| StoreError::sqlite(doing, error))?;
        Ok(merged)
    }

    /// Merges another database, of this version or an earlier one, by way of a copy.
    ///
    /// # Errors
    /// As [`Store::merge`]; a damaged file too, for damage would spread.
    pub fn merge_file(&mut self, other: &Path, advance: &mut dyn FnMut(usize, usize)) -> Result<Merged> {
        std::fs::metadata(other).map_err(file::io_error(other))?;
        if file::is_same(other, &self.path) {
            return Ok(Merged::default());
        }
        if wal::is_one(other).map_err(file::io_error(other))? {
            return self.merge_wal(other, advance);
        }
        check_owner(other)?;
        let copy = backup::scratch(&self.path, "merging")?;
        backup::copy_of_other(other, copy.path(), "read the other file")?;
        drop(Self::open_as(copy.path(), Box::new(|| [0; 10]), Purpose::Copy)?);
        self.merge(copy.path(), advance)
    }
}

fn union(tx: &Transaction, today: Day, advance: &mut dyn FnMut(usize, usize)) -> std::result::Result<Merged, Refused> {
    let mut merged = Merged::default();
    let mut expected = [0; 3];
    for table in Table::ALL {
        let name = table.name();
        let sql =
            format!("SELECT count(*) FROM other.{name} AS o JOIN main.{name} AS m ON o.id = m.id WHERE o.sum <> m.sum");
        merged.differing += tx.query_row(&sql, [], |row| row.get::<_, usize>(0))?;
        let sql = format!("SELECT count(*) FROM other.{name} WHERE id NOT IN (SELECT id FROM main.{name})");
        expected[table as usize] = tx.query_row(&sql, [], |row| row.get(0))?;
    }
    let before: Vec<(CardId, CardState)> = concerned(tx)?
        .into_iter()
        .map(|card| folded(tx, &card, today).map(|folded| (card, folded.state)))
        .collect::<rusqlite::Result<_>>()?;
    let mut door = Door::open(tx, Numbers::Before(expected))?;
    for table in Table::ALL {
        let name = table.name();
        // The order does not depend on how the other file numbers its rows.
        let sql = format!(
            "SELECT {} FROM other.{name} WHERE id NOT IN (SELECT id FROM main.{name}) ORDER BY at, id",
            table.column_list()
        );
        let mut statement = tx.prepare(&sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            door.take(&Values::of(row, table)?.to_row(table))?;
        }
    }
    door.fold(today, advance)?;
    (merged.reviews, merged.retractions, merged.marks) = (door.came.reviews, door.came.retractions, door.came.marks);
    for (card, before) in before {
        let after = folded(tx, &card, today)?.state;
        if after != before {
            merged.changed.push((card, before, after));
        }
    }
    Ok(merged)
}

/// The cards that the other log says something new of.
fn concerned(tx: &Transaction) -> rusqlite::Result<Vec<CardId>> {
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
    Ok(cards)
}
