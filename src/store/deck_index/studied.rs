//! The cards of a scope with all that is known of the learner, one after the other.

use super::reader::DeckIndex;
use super::scope::Scope;
use crate::schedule::{CardState, Trace};
use crate::store::error::Result;
use crate::store::rows::{at, card_state};
use crate::store::trace;
use rusqlite::params_from_iter;

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

/// Where the state begins in a row of [`DeckIndex::each_studied`].
const OF_STATE: usize = 5;

impl DeckIndex<'_> {
    /// The cards of a scope with their states and what their histories left, one after the other.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn each_studied(&self, scope: &Scope, each: &mut dyn FnMut(StudiedCard)) -> Result<()> {
        let (condition, values) = scope.condition("card");
        let sql = format!(
            "SELECT card.name, card.deck, card.kind, card.level, card.tags, {}, {}
             FROM card LEFT JOIN schedule ON schedule.card = card.name LEFT JOIN trace ON trace.card = card.name
             WHERE 1 {condition} ORDER BY card.name",
            card_state::OF_SCHEDULE,
            trace::OF_TRACE
        );
        self.store.read("read the memory of the cards", |c| {
            let mut statement = c.prepare_cached(&sql)?;
            let mut rows = statement.query(params_from_iter(values))?;
            while let Some(row) = rows.next()? {
                each(StudiedCard {
                    card: row.get_ref(0)?.as_str()?,
                    deck: row.get_ref(1)?.as_str()?,
                    kind: row.get_ref(2)?.as_str()?,
                    level: at(row, 3, "level")?,
                    tags: row.get_ref(4)?.as_str()?,
                    state: card_state::read_from(row, OF_STATE)?,
                    trace: trace::read_from(row, OF_STATE + card_state::WIDTH)?,
                });
            }
            Ok(())
        })
    }
}
