//! Which card goes on from where another one was, for whoever sums the log up by card.

use super::error::Result;
use super::marks::Marks;
use crate::log::MarkKind;
use std::collections::HashMap;

/// The cards whose progress was moved, each with the card that has it now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heirs(HashMap<String, String>);

impl Heirs {
    fn of_moves(moves: Vec<(String, String)>) -> Self {
        let next: HashMap<String, String> = moves.into_iter().collect();
        let heir = |card: &String| {
            let mut passed = vec![card];
            while let Some(next) = passed.last().and_then(|card| next.get(*card)) {
                // What was moved in a circle stays what it is.
                if passed.contains(&next) {
                    return None;
                }
                passed.push(next);
            }
            passed.pop().map(|heir| (card.clone(), heir.clone()))
        };
        Self(next.keys().filter_map(heir).collect())
    }

    /// The card that has a card's progress: itself, where nothing was moved.
    pub fn of<'a>(&'a self, card: &'a str) -> &'a str {
        if self.0.is_empty() { card } else { self.0.get(card).map_or(card, String::as_str) }
    }

    /// Whether another card has a card's progress.
    pub fn has(&self, card: &str) -> bool {
        self.0.contains_key(card)
    }

    /// The cards whose progress was moved.
    pub fn moved(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl Marks<'_> {
    /// The cards whose progress was moved, each with the card that has it now.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn heirs(&self) -> Result<Heirs> {
        self.store.read("read the log", |c| {
            // Of several heirs it is the one to which it was moved last.
            let sql = "SELECT what, card FROM mark WHERE what >= 'from ' AND what < 'from!' ORDER BY at, id";
            let mut statement = c.prepare_cached(sql)?;
            let mut rows = statement.query([])?;
            let mut moves = Vec::new();
            while let Some(row) = rows.next()? {
                if let MarkKind::MovedFrom(before) = MarkKind::read(row.get_ref(0)?.as_str()?) {
                    moves.push((before.to_string(), row.get(1)?));
                }
            }
            Ok(Heirs::of_moves(moves))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_followed_to_where_it_is_now() {
        let moves = [("a", "b"), ("b", "c"), ("x", "x"), ("p", "q"), ("q", "p"), ("two", "first"), ("two", "second")];
        let heirs = Heirs::of_moves(moves.map(|(from, to)| (from.to_owned(), to.to_owned())).to_vec());
        for (card, heir) in [
            ("a", "c"),
            ("b", "c"),
            ("c", "c"),
            ("x", "x"),
            ("p", "p"),
            ("q", "q"),
            ("two", "second"),
            ("else", "else"),
        ] {
            assert_eq!((heirs.of(card), heirs.has(card)), (heir, heir != card), "{card}");
        }
    }
}
