//! What other programs' files brought: rows by the one door, what is there of them, and taking an import back.

use super::cards::{origins, project};
use super::door::{Door, Numbers};
use super::rows::{is_there, mark};
use super::{LIVE, Result, Store, append_mark, retract};
use crate::log::{Imported, LogId, Mark, MarkKind, Row, Table};
use crate::schedule::{CardId, Day};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::{BTreeSet, HashSet};

/// How a row of the log stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// There is none of that id.
    Unknown,
    /// It counts.
    Live,
    /// It was taken back.
    TakenBack,
}

/// What came in of an import's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TakenIn {
    /// Reviews that were not there.
    pub reviews: usize,
    /// Marks that were not there.
    pub marks: usize,
}

/// An import that was taken back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Returned {
    /// The reviews that count no more.
    pub reviews: usize,
    /// What it brought for each card.
    pub cards: Vec<(CardId, Imported)>,
    /// The answers that were given here to its cards, which stay in the log.
    pub own: usize,
}

impl Store {
    /// The marks of imports, those that were taken back too, in the order of their times; each with whether it stands.
    ///
    /// # Errors
    /// As [`Store::states`].
    pub fn imports(&self) -> Result<Vec<(LogId, Mark, bool)>> {
        self.read("read the marks", |c| {
            let undone = undone(c)?;
            let marks = marks(c, "what GLOB 'import *' OR what GLOB 'imported *'")?;
            Ok(marks.into_iter().map(|(id, mark)| (id, mark, !undone.contains(&id))).collect())
        })
    }

    /// The marks that were taken back.
    ///
    /// # Errors
    /// As [`Store::states`].
    pub fn undone_marks(&self) -> Result<HashSet<LogId>> {
        self.read("read the marks", undone)
    }

    /// How the review of this id stands.
    ///
    /// # Errors
    /// As [`Store::states`].
    pub fn review_stands(&self, id: LogId) -> Result<Stands> {
        self.read("read the log", |c| {
            let sql = format!("SELECT {LIVE} FROM review WHERE id = ?1");
            let is_live: Option<bool> = c.prepare_cached(&sql)?.query_row([id], |row| row.get(0)).optional()?;
            Ok(is_live.map_or(Stands::Unknown, |is_live| if is_live { Stands::Live } else { Stands::TakenBack }))
        })
    }

    /// Whether there is a mark of this id.
    ///
    /// # Errors
    /// As [`Store::states`].
    pub fn has_mark(&self, id: LogId) -> Result<bool> {
        self.read("read the marks", |c| is_there(c, Table::Mark, &id))
    }

    /// Whether the card, or one that its progress was moved from, was answered here and the answer stands.
    ///
    /// # Errors
    /// As [`Store::states`].
    pub fn is_answered_here(&self, card: &CardId) -> Result<bool> {
        self.read("read the log", |c| Ok(answers_here(c, card)? > 0))
    }

    /// Takes in rows from another program's file: all of them or none.
    ///
    /// # Errors
    /// The database could not be written, or a row cannot stand in the log.
    pub fn take_in(&mut self, rows: &[Row]) -> Result<TakenIn> {
        let today = self.today;
        let mut counts = [0; 3];
        rows.iter().for_each(|row| counts[row.table as usize] += 1);
        self.bulk(true)?;
        let done = self.write("import", |tx, _| {
            let mut door = Door::open(tx, Numbers::Before(counts))?;
            for row in rows {
                door.take(row).map_err(rusqlite::Error::from)?;
            }
            door.fold(today, &mut |_, _| ())?;
            Ok::<_, rusqlite::Error>(TakenIn { reviews: door.came.reviews, marks: door.came.marks })
        });
        self.bulk(false)?;
        done
    }

    /// Takes an import back: its reviews and its marks count no more.
    ///
    /// # Errors
    /// The database could not be written.
    pub fn take_back_import(&mut self, import: LogId, at_ms: i64, day: Day) -> Result<Returned> {
        let today = self.today.max(day);
        self.write("take the import back", |tx, entropy| {
            let undone = undone(tx)?;
            let mut returned = Returned::default();
            let mut cards: BTreeSet<CardId> = BTreeSet::new();
            for (id, mark) in marks(tx, "what GLOB 'imported *'")? {
                let (Some(card), MarkKind::Imported(imported)) = (mark.card, mark.kind) else { continue };
                if imported.import != import || undone.contains(&id) {
                    continue;
                }
                for row in &imported.rows {
                    if let Some(of) = card_of(tx, Table::Review, *row)? {
                        retract(tx, entropy, *row, at_ms)?;
                        returned.reviews += 1;
                        cards.insert(of);
                    } else if let Some(of) = card_of(tx, Table::Mark, *row)?.filter(|_| !undone.contains(row)) {
                        append_mark(tx, entropy, &Mark::of_card(of.clone(), MarkKind::Undo(*row), at_ms, day))?;
                        cards.insert(of);
                    }
                }
                append_mark(tx, entropy, &Mark::of_card(card.clone(), MarkKind::Undo(id), at_ms, day))?;
                cards.insert(card.clone());
                returned.cards.push((card, imported));
            }
            append_mark(tx, entropy, &Mark { card: None, kind: MarkKind::Undo(import), at_ms, day: Some(day) })?;
            for card in &cards {
                project(tx, card, today)?;
                returned.own += answers_here(tx, card)?;
            }
            Ok::<_, rusqlite::Error>(returned)
        })
    }
}

/// The marks that fit, in order of (time, id).
fn marks(c: &Connection, condition: &str) -> rusqlite::Result<Vec<(LogId, Mark)>> {
    let sql = format!("SELECT {} FROM mark WHERE {condition} ORDER BY at, id", Table::Mark.column_list());
    c.prepare_cached(&sql)?.query_map([], mark)?.collect()
}

/// The rows that imports brought.
pub(super) fn rows(c: &Connection) -> rusqlite::Result<HashSet<LogId>> {
    let brought = marks(c, "what GLOB 'imported *'")?.into_iter().map(|(_, mark)| match mark.kind {
        MarkKind::Imported(imported) => imported.rows,
        _ => Vec::new(),
    });
    Ok(brought.flatten().collect())
}

fn undone(c: &Connection) -> rusqlite::Result<HashSet<LogId>> {
    Ok(marks(c, "what GLOB 'undo *'")?.iter().filter_map(|(_, mark)| mark.kind.undone()).collect())
}

/// The card of a row that counts; of a mark, also of one that was taken back.
fn card_of(c: &Connection, table: Table, id: LogId) -> rusqlite::Result<Option<CardId>> {
    let is_live = if table == Table::Review { LIVE } else { "true" };
    let sql = format!("SELECT card FROM {} WHERE id = ?1 AND {is_live}", table.name());
    c.prepare_cached(&sql)?.query_row([id], |row| row.get(0)).optional()
}

/// How many answers that stand were given here to a card, or to one that its progress was moved from.
fn answers_here(c: &Connection, card: &CardId) -> rusqlite::Result<usize> {
    let sql = format!("SELECT count(*) FROM review WHERE card = ?1 AND source IS NULL AND {LIVE}");
    let mut statement = c.prepare_cached(&sql)?;
    let mut all = 0;
    for card in origins(c, card)? {
        all += statement.query_row(params![card], |row| row.get::<_, usize>(0))?;
    }
    Ok(all)
}
