//! What is due, what is owed, and what is new.

use super::reader::{DeckIndex, READ};
use super::relation::met_before;
use super::rows::{INDEXED, Indexed, indexed};
use super::scope::Scope;
use super::standing::WANTED_DUE;
use crate::schedule::Day;
use crate::store::error::Result;
use crate::store::rows::card_state;
use rusqlite::{ToSql, params};
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
        let sql = format!("{sql} AND user = ?2 AND card.deck = ?3 AND card.place > ?4{is_time}");
        let next = |level: u8, deck: &(bool, String), after: i64, most: usize| {
            let mut values: Vec<&dyn ToSql> = vec![&level, &deck.0, &deck.1, &after];
            values.extend(bound.iter().map(|text| text as &dyn ToSql));
            // SQLite counts to there: a larger number is no whole one to it.
            let end = format!("ORDER BY place LIMIT {}", most.min(i64::MAX as usize));
            self.of_scope(scope, &sql, &end, &values, indexed)
        };
        let mut taken: Vec<Indexed> = Vec::new();
        for level in 1..=3 {
            // Decks that may have more, each with the place of the last card that was taken of it.
            let mut open: Vec<((bool, String), i64)> =
                self.with_new(scope, level)?.into_iter().map(|deck| (deck, -1)).collect();
            while taken.len() < wanted && !open.is_empty() {
                // They give in turn: when each has given as many, those come first.
                let each = (wanted - taken.len()).div_ceil(open.len());
                let mut still_open = Vec::new();
                for (deck, after) in open {
                    let cards = next(level, &deck, after, each)?;
                    if let Some(last) = cards.last().filter(|_| cards.len() == each) {
                        still_open.push((deck, last.order.2));
                    }
                    taken.extend(cards);
                }
                open = still_open;
            }
        }
        taken.sort_by(|a, b| a.order.cmp(&b.order));
        Ok(taken)
    }

    /// The decks of a scope with new cards of a level, in their order: from one to the next in the index, without a look at
    /// their cards.
    fn with_new(&self, scope: &Scope, level: u8) -> Result<Vec<(bool, String)>> {
        let new = "FROM card WHERE unseen = 1 AND level = ?1 AND user = ?2";
        let sql = format!(
            "WITH RECURSIVE this (deck) AS (
                 SELECT min(card.deck) {new}
                 UNION ALL
                 SELECT (SELECT min(card.deck) {new} AND card.deck > this.deck) FROM this WHERE this.deck IS NOT NULL
             )
             SELECT deck FROM this WHERE deck IS NOT NULL"
        );
        let is_on = |deck: &String| (scope.decks.is_empty() || scope.decks.contains(deck)) && !scope.off.contains(deck);
        self.store.read(READ, |c| {
            let mut statement = c.prepare_cached(&sql)?;
            let mut with_new = Vec::new();
            for user in [false, true] {
                let decks = statement.query_map(params![level, user], |row| row.get(0))?;
                let decks: Vec<String> = decks.collect::<rusqlite::Result<_>>()?;
                with_new.extend(decks.into_iter().filter(is_on).map(|deck| (user, deck)));
            }
            Ok(with_new)
        })
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
