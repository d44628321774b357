//! What other programs' files bring: rows by the one door, all of them back again.

use super::connection::Store;
use super::door::{Door, Numbers, Refused};
use super::error::Result;
use super::marks::{marks, undone};
use super::projection::project;
use super::record::{append_mark, retract};
use super::reviews::answers_here;
use super::rows::LIVE;
use crate::log::{Imported, LogId, Mark, MarkKind, Row, Table};
use crate::schedule::{CardId, Day};
use rusqlite::{Connection, OptionalExtension};
use std::collections::BTreeSet;

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
    /// Takes in rows from another program's file: all of them or none. `progress` hears how many of how many are in.
    ///
    /// # Errors
    /// The database could not be written, or a row cannot stand in the log.
    pub fn take_in(&mut self, rows: &[Row], progress: &mut dyn FnMut(usize, usize)) -> Result<TakenIn> {
        let today = self.today;
        let mut counts = [0; 3];
        rows.iter().for_each(|row| counts[row.table as usize] += 1);
        self.bulk(true)?;
        let done = self.write("import", |tx, _| {
            let mut door = Door::open(tx, Numbers::Before(counts))?;
            for (done, row) in rows.iter().enumerate() {
                progress(done, rows.len());
                door.take(row)?;
            }
            door.fold(today, progress)?;
            Ok::<_, Refused>(TakenIn { reviews: door.came.reviews, marks: door.came.marks })
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

/// The card of a row that counts; of a mark, also of one that was taken back.
fn card_of(c: &Connection, table: Table, id: LogId) -> rusqlite::Result<Option<CardId>> {
    let is_live = if table == Table::Review { LIVE } else { "true" };
    let sql = format!("SELECT card FROM {} WHERE id = ?1 AND {is_live}", table.name());
    c.prepare_cached(&sql)?.query_row([id], |row| row.get(0)).optional()
}
