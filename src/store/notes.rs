//! The learner's own notes on cards.

use super::rows::get;
use super::{Result, Store};
use crate::log::{Mark, MarkKind};
use crate::schedule::{CardId, Day};
use std::collections::HashMap;

/// How a note begins in the column `what`.
const NOTES: &str = "note *";

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
        Ok(self.notes_where("AND card = ?2", &[card.as_str()])?.remove(card))
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
            let sql = format!("SELECT card, what FROM mark WHERE what GLOB ?1 {condition} ORDER BY at, id");
            let mut statement = c.prepare_cached(&sql)?;
            let values = [NOTES].into_iter().chain(of.iter().copied());
            let mut rows = statement.query(rusqlite::params_from_iter(values))?;
            let mut notes = HashMap::new();
            while let Some(row) = rows.next()? {
                let card: CardId = get(row, "card")?;
                match MarkKind::read(&get::<String>(row, "what")?) {
                    MarkKind::Note(text) if !text.is_empty() => drop(notes.insert(card, text)),
                    MarkKind::Note(_) => drop(notes.remove(&card)),
                    _ => {}
                }
            }
            Ok(notes)
        })
    }
}
