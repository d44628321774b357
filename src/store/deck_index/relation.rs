//! What follows from what cards say of each other: which new cards wait for others, and whose progress moves.

use super::reader::{DeckIndex, READ};
use super::scope::Scope;
use crate::log::MarkKind;
use crate::schedule::CardId;
use crate::store::error::Result;
use rusqlite::params;
use std::collections::HashMap;

impl DeckIndex<'_> {
    /// The cards whose progress others took over, each with that other.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn taken_over(&self) -> Result<HashMap<CardId, CardId>> {
        self.store.read(READ, |c| {
            let sql = "SELECT other, card FROM card_relation WHERE kind IN ('was', 'replaces')
                       UNION SELECT substr(what, length(?1) + 1), card FROM mark
                       WHERE what LIKE ?1 || '%' AND card IN (SELECT name FROM card)";
            let from = MarkKind::MOVED_FROM;
            c.prepare_cached(sql)?.query_map([from], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        })
    }

    /// The cards that take over the progress of others or stand in for them, each with that other, where its progress was
    /// not moved yet.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn moves(&self) -> Result<Vec<(CardId, CardId)>> {
        self.store.read(READ, |c| {
            // Few cards take over others, and most of those have no log.
            let sql = "SELECT r.card, r.other FROM card_relation AS r
                       WHERE r.kind IN ('was', 'replaces')
                         AND (EXISTS (SELECT 1 FROM review WHERE card = r.other)
                              OR EXISTS (SELECT 1 FROM mark WHERE card = r.other))
                         AND NOT EXISTS (SELECT 1 FROM mark WHERE card = r.card AND what = ?1 || r.other)";
            let from = MarkKind::MOVED_FROM;
            let mut statement = c.prepare_cached(sql)?;
            statement.query_map(params![from], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        })
    }
}

/// The new cards of a scope whose time has come: no card of the scope that they come after is new itself. What
/// was suspended or is left out holds nothing back. Goes on from a condition on `card`; binds what the scope binds.
pub(super) fn met_before(scope: &Scope) -> (String, Vec<String>) {
    let (condition, bound) = scope.condition("before");
    let sql = format!(
        " AND NOT EXISTS (SELECT 1 FROM card_relation AS r JOIN card AS before
                              ON before.name = r.other OR before.name > r.other || '/' AND before.name < r.other || '0'
                          WHERE r.card = card.name AND r.kind = 'after' AND before.unseen = 1{condition})"
    );
    (sql, bound)
}
