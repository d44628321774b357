//! The one door for rows from elsewhere: merged, imported, salvaged.
//!
//! Whatever comes in is checked as what will read it needs it, is there once, and is numbered before what was done here,
//! so that `undo` takes back what was done last on this device.

use super::connection::AtEdge;
use super::error::StoreError;
use super::projection::{project, project_all};
use super::rows::{append, damaged, is_there};
use crate::log::{Cell, Row, Table, Unfit};
use crate::schedule::{CardId, Day};
use rusqlite::types::Type;
use rusqlite::{OptionalExtension, Transaction};
use std::collections::BTreeSet;

/// From so many reviews on, if they are a quarter of the log or more, the indexes of the reviews are made anew at the end:
/// row by row, in the order of the cards, each lies on another page.
const MANY: usize = 50_000;

/// Why a row does not come in.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refused {
    /// A value cannot stand where it does.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// It takes back a review that is not there.
    #[error("there is no review {0} that it could take back")]
    NoReview(String),
    /// The database.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
}

impl AtEdge for Refused {
    fn at_edge(self, doing: &'static str) -> StoreError {
        match self {
            Self::Unfit(unfit) => damaged(unfit).at_edge(doing),
            Self::NoReview(_) => {
                rusqlite::Error::FromSqlConversionFailure(0, Type::Null, self.to_string().into()).at_edge(doing)
            }
            Self::Sqlite(error) => error.at_edge(doing),
        }
    }
}

/// What came in.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Came {
    pub(super) reviews: usize,
    pub(super) retractions: usize,
    pub(super) marks: usize,
    /// Rows that were there already.
    pub(super) known: usize,
    /// How many of these are there but say something else: one of the two is damaged.
    pub(super) differing: usize,
}

/// How the rows that come in are numbered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Numbers {
    /// Before those that are there; so many are expected of each table.
    Before([usize; 3]),
    /// After those that are there: a file that is made anew has no others.
    After,
}

/// Takes rows in.
pub(super) struct Door<'a> {
    tx: &'a Transaction<'a>,
    /// The next number of each table; none where SQLite gives them.
    numbers: [Option<i64>; 3],
    pub(super) came: Came,
    /// Whose logs have changed.
    cards: BTreeSet<CardId>,
    /// What makes the indexes of the reviews again, where they were dropped.
    indexes: Option<String>,
}

impl<'a> Door<'a> {
    pub(super) fn open(tx: &'a Transaction, numbers: Numbers) -> rusqlite::Result<Self> {
        let mut next = [None; 3];
        if let Numbers::Before(expected) = numbers {
            for (table, next) in Table::ALL.into_iter().zip(&mut next) {
                let sql = format!("SELECT min(coalesce(min(rowid), 1), 1) FROM main.{}", table.name());
                let first: i64 = tx.query_row(&sql, [], |row| row.get(0))?;
                *next = Some(first - i64::try_from(expected[table as usize]).unwrap_or(0));
            }
        }
        Ok(Self { tx, numbers: next, came: Came::default(), cards: BTreeSet::new(), indexes: None })
    }

    /// Takes a row in, and says whether it was new.
    pub(super) fn take(&mut self, row: &Row) -> Result<bool, Refused> {
        let number = self.numbers[row.table as usize];
        if let Some(next) = &mut self.numbers[row.table as usize] {
            *next += 1;
        }
        row.table.check(&row.values())?;
        let id = row.cell("id");
        if is_there(self.tx, row.table, id)? {
            self.came.known += 1;
            self.came.differing += usize::from(self.differs(row)?);
            return Ok(false);
        }
        let card = match row.table {
            Table::Retraction => Some(self.card_of(row.cell("review"))?),
            Table::Review | Table::Mark => match row.cell("card") {
                Cell::Text(card) => CardId::parse(card).ok(),
                _ => None,
            },
        };
        append(self.tx, row, number)?;
        self.cards.extend(card);
        match row.table {
            Table::Review => self.came.reviews += 1,
            Table::Retraction => self.came.retractions += 1,
            Table::Mark => self.came.marks += 1,
        }
        self.make_room()?;
        Ok(true)
    }

    /// Whether the row that is there has another checksum. A row of schema 1 has none.
    fn differs(&self, row: &Row) -> rusqlite::Result<bool> {
        let sql = format!("SELECT sum <> ?2 FROM {} WHERE id = ?1", row.table.name());
        let sum = row.table.checksum(&row.values());
        let differs = |row: &rusqlite::Row| Ok(row.get::<_, Option<bool>>(0)?.unwrap_or(false));
        self.tx.prepare_cached(&sql)?.query_row(rusqlite::params![row.cell("id"), sum], differs)
    }

    fn card_of(&self, review: &Cell) -> Result<CardId, Refused> {
        let mut statement = self.tx.prepare_cached("SELECT card FROM review WHERE id = ?1")?;
        let card = statement.query_row([review], |row| row.get(0)).optional()?;
        card.ok_or_else(|| {
            let id = match review {
                Cell::Blob(bytes) => crate::log::LogId::from_bytes(bytes).map(|id| id.to_string()),
                _ => None,
            };
            Refused::NoReview(id.unwrap_or_default())
        })
    }

    /// Drops the indexes of the reviews where so many came that they are made faster at the end.
    fn make_room(&mut self) -> rusqlite::Result<()> {
        let came = self.came.reviews;
        if self.indexes.is_some() || came == 0 || !came.is_multiple_of(MANY) {
            return Ok(());
        }
        let all: usize = self.tx.query_row("SELECT count(*) FROM review", [], |row| row.get(0))?;
        if came >= all / 4 {
            // The index of a key has no statement, and stays.
            let mut made = self.tx.prepare(
                "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'review' AND sql IS NOT NULL",
            )?;
            let all: Vec<(String, String)> =
                made.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
            drop(made);
            all.iter().try_for_each(|(name, _)| self.tx.execute_batch(&format!("DROP INDEX {name}")))?;
            self.indexes = Some(all.into_iter().map(|(_, sql)| sql + ";").collect());
        }
        Ok(())
    }

    /// Folds the logs that have changed. `each` hears of each card that is folded by itself, and of how many.
    pub(super) fn fold(&self, today: Day, each: &mut dyn FnMut(usize, usize)) -> rusqlite::Result<()> {
        if let Some(indexes) = &self.indexes {
            self.tx.execute_batch(indexes)?;
            // What concerns many cards is folded in one pass over all of them.
            return project_all(self.tx, today);
        }
        for (done, card) in self.cards.iter().enumerate() {
            project(self.tx, card, today)?;
            each(done + 1, self.cards.len());
        }
        Ok(())
    }
}
