//! Taking back what was decided.

use super::{Result, Store, append_mark, cards, intake, rows};
use crate::log::{LogId, Mark, MarkKind, Table};
use crate::schedule::{CardId, CardState, Day};
use rusqlite::Connection;
use std::collections::HashSet;

impl Store {
    /// The decision that was saved last here and is not taken back. A clock that was set back does not matter.
    ///
    /// # Errors
    /// As [`Store::states`].
    pub fn latest_decision(&self) -> Result<Option<(LogId, Mark)>> {
        self.read("read the marks", |c| {
            let imported = intake::rows(c)?;
            latest(c, |id, mark| mark.kind.is_switch() && !imported.contains(id))
        })
    }

    /// Takes a decision back: it counts as never made. Gives the state of the card that it was about.
    ///
    /// # Errors
    /// The database could not be written.
    pub fn take_back(&mut self, (id, mark): &(LogId, Mark), at_ms: i64, day: Day) -> Result<CardState> {
        self.mark(&Mark { card: mark.card.clone(), kind: MarkKind::Undo(*id), at_ms, day: Some(day) })
    }

    /// Takes back the latest decision of this kind about a card.
    ///
    /// # Errors
    /// The database could not be read or written.
    pub fn take_back_latest(&mut self, card: &CardId, kind: &MarkKind, at_ms: i64, day: Day) -> Result<CardState> {
        let today = self.today.max(day);
        self.write("take the mark back", |tx, entropy| {
            let is_this = |_: &LogId, mark: &Mark| mark.card.as_ref() == Some(card) && mark.kind == *kind;
            if let Some((id, _)) = latest(tx, is_this)? {
                append_mark(tx, entropy, &Mark::of_card(card.clone(), MarkKind::Undo(id), at_ms, day))?;
            }
            cards::project(tx, card, today)
        })
    }
}

/// The mark that was saved last among those that are wanted and not taken back.
fn latest(c: &Connection, is_wanted: impl Fn(&LogId, &Mark) -> bool) -> rusqlite::Result<Option<(LogId, Mark)>> {
    let columns = Table::Mark.column_list();
    // One that came in from elsewhere stands before the mark that it takes back.
    let mut statement = c.prepare_cached(&format!("SELECT {columns} FROM mark WHERE what GLOB 'undo *'"))?;
    let undone: HashSet<LogId> = statement
        .query_map([], rows::mark)?
        .filter_map(|read| read.map(|(_, mark)| mark.kind.undone()).transpose())
        .collect::<rusqlite::Result<_>>()?;
    let mut statement = c.prepare_cached(&format!("SELECT {columns} FROM mark ORDER BY rowid DESC"))?;
    let mut marks = statement.query_map([], rows::mark)?;
    marks.find(|read| read.as_ref().map_or(true, |(id, mark)| is_wanted(id, mark) && !undone.contains(id))).transpose()
}
