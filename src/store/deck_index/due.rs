//! What is due, what is owed, and what is new.

use super::reader::DeckIndex;
use super::relation::met_before;
use super::rows::{INDEXED, Indexed, indexed};
use super::scope::Scope;
use super::standing::WANTED_DUE;
use crate::schedule::Day;
use crate::store::error::Result;
use crate::store::rows::card_state;
use rusqlite::ToSql;
use std::collections::BTreeMap;

impl DeckIndex<'_> {
    /// How many cards are due on a day or before.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn due_count(&self, scope: &Scope, day: Day) -> Result<usize> {
        let sql = "SELECT count(*) FROM card WHERE due <= ?1";
        Ok(self.of_scope(scope, sql, "", &[&day], |row| row.get::<_, usize>(0))?.into_iter().sum())
    }

    /// How many cards of each deck are due on a day or before.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn due_by_deck(&self, scope: &Scope, day: Day) -> Result<BTreeMap<String, usize>> {
        let sql = "SELECT deck, count(*) FROM card WHERE due <= ?1";
        let counts = self.of_scope(scope, sql, "GROUP BY deck", &[&day], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(counts.into_iter().collect())
    }

    /// How many cards are due on each of these days, where any is.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn due_by_day(&self, scope: &Scope, from: Day, to: Day) -> Result<BTreeMap<Day, usize>> {
        let sql = "SELECT due, count(*) FROM card WHERE due BETWEEN ?1 AND ?2";
        let counts = self.of_scope(scope, sql, "GROUP BY due", &[&from, &to], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(counts.into_iter().collect())
    }

    /// The first day after this one on which a card is due.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn next_due(&self, scope: &Scope, day: Day) -> Result<Option<Day>> {
        let sql = "SELECT due FROM card WHERE due > ?1";
        Ok(self.of_scope(scope, sql, "ORDER BY due LIMIT 1", &[&day], |row| row.get(0))?.pop())
    }

    /// New cards that the learner wrote and wants asked, in the order of the decks.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn wanted(&self, scope: &Scope) -> Result<Vec<Indexed>> {
        let sql = format!(
            "SELECT {INDEXED}, {} FROM card JOIN schedule ON schedule.card = card.name WHERE card.due = {WANTED_DUE}",
            card_state::OF_SCHEDULE
        );
        self.of_scope(scope, &sql, "ORDER BY user, deck, place", &[], indexed)
    }

    /// Cards never asked whose time has come, but for those that are wanted, in the order of the decks: of each deck and level as many as are needed to
    /// take so many, level 1 first and the decks in turn.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn unseen(&self, scope: &Scope, wanted: usize) -> Result<Vec<Indexed>> {
        let sql = format!(
            "SELECT {INDEXED}, {} FROM card LEFT JOIN schedule ON schedule.card = card.name
             WHERE unseen = 1 AND level = ?1 AND card.due IS NULL",
            card_state::OF_SCHEDULE
        );
        let (is_time, bound) = met_before(scope);
        let of_next_deck = format!("{sql} AND (user, card.deck) > (?2, ?3){is_time}");
        let of_deck = format!("{sql} AND user = ?2 AND card.deck = ?3{is_time}");
        let with = |level: &dyn ToSql, user: &dyn ToSql, deck: &dyn ToSql, sql: &str, end: &str| {
            let mut values = vec![level, user, deck];
            values.extend(bound.iter().map(|text| text as &dyn ToSql));
            self.of_scope(scope, sql, end, &values, indexed)
        };
        let mut taken: Vec<Indexed> = Vec::new();
        for level in 1..=3 {
            let left = wanted.saturating_sub(taken.len());
            let mut firsts: Vec<Indexed> = Vec::new();
            while firsts.len() < left {
                let (user, deck) = firsts.last().map_or((-1, ""), |card| (card.order.0.into(), &card.order.1));
                let first = "ORDER BY user, card.deck, place LIMIT 1";
                let first = with(&level, &user, &deck, &of_next_deck, first)?;
                match first.into_iter().next() {
                    Some(first) => firsts.push(first),
                    None => break,
                }
            }
            // As many decks as are needed give one each.
            if firsts.len() == left {
                taken.extend(firsts);
                break;
            }
            for first in firsts {
                let (user, deck, _) = first.order;
                // SQLite counts to there: a larger number is no whole one to it.
                let all = format!("ORDER BY place LIMIT {}", left.min(i64::MAX as usize));
                taken.extend(with(&level, &user, &deck, &of_deck, &all)?);
            }
        }
        taken.sort_by(|a, b| a.order.cmp(&b.order));
        Ok(taken)
    }

    /// The cards that a day owes a repeat and that are not due, in the order of the decks.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn owed(&self, scope: &Scope, day: Day) -> Result<Vec<Indexed>> {
        let sql = format!(
            "SELECT {INDEXED}, {} FROM schedule JOIN card ON card.name = schedule.card
             WHERE latest_day = ?1 AND latest_quality < 4 AND card.due > ?1",
            card_state::OF_SCHEDULE
        );
        self.of_scope(scope, &sql, "ORDER BY user, deck, place", &[&day], indexed)
    }
}
