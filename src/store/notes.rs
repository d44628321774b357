//! The learner's own notes on cards.

use super::rows;
use super::{Result, Store};
use crate::log::{Mark, MarkKind, Table, standing};
use crate::schedule::{CardId, Day};
use std::collections::HashMap;

impl Store {
    /// Writes a note on a card in place of the one before; an empty one takes it away.
    ///
    /// # Errors
    /// The database could not be written.
    pub fn write_note(&mut self, card: &CardId, text: &str, at_ms: i64, day: Day) -> Result<()> {
        self.mark(&Mark::of_card(card.clone(), MarkKind::Note(text.to_owned()), at_ms, day)).map(drop)
    }

    /// The note on a card.
    ///
    /// # Errors
    /// As [`Store::states`].
    pub fn note(&self, card: &CardId) -> Result<Option<String>> {
        Ok(self.notes_where("AND card = ?1", &[card.as_str()])?.remove(card))
    }

    /// The notes on all cards.
    ///
    /// # Errors
    /// As [`Store::states`].
    pub fn notes(&self) -> Result<HashMap<CardId, String>> {
        self.notes_where("", &[])
    }

    fn notes_where(&self, condition: &str, of: &[&str]) -> Result<HashMap<CardId, String>> {
        self.read("read the notes", |c| {
            let sql = format!(
                "SELECT {} FROM mark WHERE (what GLOB 'note *' OR what GLOB 'undo *') {condition} ORDER BY at, id",
                Table::Mark.column_list()
            );
            let mut statement = c.prepare_cached(&sql)?;
            let marks = statement.query_map(rusqlite::params_from_iter(of), rows::mark)?;
            let mut notes = HashMap::new();
            for (_, mark) in standing(marks.collect::<rusqlite::Result<_>>()?) {
                match (mark.card, mark.kind) {
                    (Some(card), MarkKind::Note(text)) if !text.is_empty() => drop(notes.insert(card, text)),
                    (Some(card), MarkKind::Note(_)) => drop(notes.remove(&card)),
                    _ => {}
                }
            }
            Ok(notes)
        })
    }
}
