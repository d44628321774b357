//! What is left in memory of the cards of a scope: all that a plan towards an interview looks at.

use super::reader::DeckIndex;
use super::scope::Scope;
use crate::schedule::{Day, MemoryState};
use crate::store::error::Result;
use rusqlite::{Row, params_from_iter};
use std::rc::Rc;

/// A card that was seen: no more of it than the plan needs of thousands, which it reads from the index.
#[derive(Debug, Clone)]
pub struct Remembered {
    /// Its place in the index: [`DeckIndex::at`] reads the rest.
    pub place: i64,
    /// How many answers it takes.
    pub answers: usize,
    /// Its kind, by its place in the list that was given.
    pub kind: usize,
    /// 1 comes first.
    pub level: u8,
    /// Its deck.
    pub deck: Rc<str>,
    /// Whether it is new for all that: it was seen in a sprint alone.
    pub is_new: bool,
    /// How often it was seen.
    pub seen: usize,
    /// The day on which it was first seen.
    pub met: Day,
    /// What is left of it.
    pub memory: MemoryState,
}

impl DeckIndex<'_> {
    /// The cards of a scope that were seen and are not suspended, of these kinds.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn remembered(&self, scope: &Scope, kinds: &[&str]) -> Result<Vec<Remembered>> {
        let (condition, bound) = scope.condition("card");
        self.store.read("read the memory of the cards", |c| {
            let sql = format!(
                "SELECT card.id, card.answers, card.kind, card.level, card.deck, trace.reviews, trace.met, trace.latest_day,
                        trace.stability_days, trace.difficulty, card.unseen
                 FROM trace CROSS JOIN card ON card.name = trace.card
                 WHERE (card.due IS NOT NULL OR card.unseen = 1){condition}"
            );
            let mut statement = c.prepare_cached(&sql)?;
            let mut deck: Rc<str> = Rc::from("");
            let mut read = |row: &Row| {
                // Cards of a deck come one after another.
                let name = row.get_ref(4)?.as_str()?;
                if *deck != *name {
                    deck = Rc::from(name);
                }
                let kind = row.get_ref(2)?.as_str()?;
                Ok(Remembered {
                    place: row.get(0)?,
                    answers: row.get(1)?,
                    kind: kinds.iter().position(|known| *known == kind).unwrap_or_default(),
                    level: row.get(3)?,
                    deck: Rc::clone(&deck),
                    is_new: row.get(10)?,
                    seen: row.get(5)?,
                    met: row.get(6)?,
                    memory: MemoryState {
                        latest: row.get(7)?,
                        stability_days: row.get(8)?,
                        difficulty: row.get(9)?,
                    },
                })
            };
            statement.query_map(params_from_iter(bound), &mut read)?.collect()
        })
    }
}
