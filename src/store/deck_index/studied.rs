//! The cards of a scope with all that is known of the learner, one after the other.

use super::reader::DeckIndex;
use super::scope::Scope;
use crate::schedule::{CardState, Seen, Trace};
use crate::store::error::Result;
use crate::store::rows::{at, card_state};
use crate::store::trace;
use rusqlite::fallible_streaming_iterator::FallibleStreamingIterator;
use rusqlite::{Row, Rows, params_from_iter};
use std::cmp::Ordering;

/// A card with its state and what its history left.
#[derive(Debug, Clone, Copy)]
pub struct StudiedCard<'a> {
    /// Its id.
    pub card: &'a str,
    /// Its deck.
    pub deck: &'a str,
    /// Its kind.
    pub kind: &'a str,
    /// 1 is learned first, 3 last.
    pub level: u8,
    /// A JSON array of its tags: many cards have the same, which are read once.
    pub tags: &'a str,
    /// What its log folds to.
    pub state: CardState,
    /// What its history left.
    pub trace: Option<Trace>,
}

/// Rows about cards, in the order of their ids, which come first in each row.
struct Beside<'s> {
    rows: Rows<'s>,
    /// Whether the row that was read last is about a card that was not asked for yet.
    is_ahead: bool,
}

impl<'s> Beside<'s> {
    fn new(rows: Rows<'s>) -> Self {
        Self { rows, is_ahead: false }
    }

    /// The row about a card; all cards are asked for in the order of their ids.
    fn row_of(&mut self, card: &str) -> rusqlite::Result<Option<&Row<'s>>> {
        loop {
            if !self.is_ahead {
                self.rows.advance()?;
            }
            self.is_ahead = false;
            let Some(row) = self.rows.get() else { return Ok(None) };
            match row.get_ref(0)?.as_str()?.cmp(card) {
                Ordering::Less => {}
                Ordering::Equal => return Ok(self.rows.get()),
                Ordering::Greater => {
                    self.is_ahead = true;
                    return Ok(None);
                }
            }
        }
    }
}

impl DeckIndex<'_> {
    /// The cards of a scope with their states and what their histories left, one after the other.
    ///
    /// Three tables are read side by side, each in the order of the ids: to look each card up in two of them takes twice as
    /// long.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn each_studied(&self, scope: &Scope, each: &mut dyn FnMut(StudiedCard)) -> Result<()> {
        let (condition, values) = scope.condition("card");
        let of_cards = format!("SELECT name, deck, kind, level, tags FROM card WHERE 1 {condition} ORDER BY name");
        let of_states = beside("schedule", card_state::COLUMNS);
        let of_traces = beside("trace", trace::COLUMNS);
        // All ids of a deck begin with its name and a slash, after which comes the zero; the brace comes after all of them.
        let from = scope.decks.iter().min().map_or_else(String::new, |deck| format!("{deck}/"));
        let to = scope.decks.iter().max().map_or_else(|| "{".to_owned(), |deck| format!("{deck}0"));
        self.store.read("read the memory of the cards", |c| {
            let (mut states, mut traces) = (c.prepare_cached(&of_states)?, c.prepare_cached(&of_traces)?);
            let mut states = Beside::new(states.query([&from, &to])?);
            let mut traces = Beside::new(traces.query([&from, &to])?);
            let mut cards = c.prepare_cached(&of_cards)?;
            let mut cards = cards.query(params_from_iter(values))?;
            while let Some(row) = cards.next()? {
                let card = row.get_ref(0)?.as_str()?;
                let state = states.row_of(card)?.map(|row| card_state::read_from(row, 1)).transpose()?;
                let trace = traces.row_of(card)?.map(trace::read_trace).transpose()?;
                each(StudiedCard {
                    card,
                    deck: row.get_ref(1)?.as_str()?,
                    kind: row.get_ref(2)?.as_str()?,
                    level: at(row, 3, "level")?,
                    tags: row.get_ref(4)?.as_str()?,
                    state: state.unwrap_or_default(),
                    trace,
                });
            }
            Ok(())
        })
    }
}

impl DeckIndex<'_> {
    /// The cards of a scope that were seen, one after the other in the order of their ids: how each stands, and no more.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn each_seen(&self, scope: &Scope, each: &mut dyn FnMut(&str, Seen)) -> Result<()> {
        let (condition, values) = scope.condition("card");
        let traced = trace::COLUMNS.split(", ").map(|column| format!("trace.{column}")).collect::<Vec<_>>().join(", ");
        let sql = format!(
            "SELECT {traced}, card.due IS NULL AND card.unseen = 0, iif(card.unseen, NULL, card.interval_days)
             FROM trace CROSS JOIN card ON card.name = trace.card WHERE 1{condition}"
        );
        self.store.read("read the memory of the cards", |c| {
            let mut statement = c.prepare_cached(&sql)?;
            let mut rows = statement.query(params_from_iter(values))?;
            while let Some(row) = rows.next()? {
                let is_suspended = at(row, 7, "due")?;
                let interval_days = at(row, 8, "interval_days")?;
                let seen = Seen { trace: trace::read_trace(row)?, is_suspended, interval_days };
                each(row.get_ref(0)?.as_str()?, seen);
            }
            Ok(())
        })
    }
}

fn beside(table: &str, columns: &str) -> String {
    format!("SELECT {columns} FROM {table} WHERE card > ?1 AND card < ?2 ORDER BY card")
}
