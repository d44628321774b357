//! Cards of Markdown files that were reworded: their progress goes on where it is certain, and where it is not, is asked about.

use super::reworded::{keep, left_open};
use crate::deck::markdown::{Known, Reworded, former, is_markdown};
use crate::store;
use crate::store::deck_index::{DeckRow, IndexChange};
use std::collections::{BTreeMap, BTreeSet};

/// What was known of Markdown decks before they are read again.
#[derive(Default)]
pub(super) struct Before {
    cards: BTreeMap<String, Vec<Known>>,
    /// The names that these decks had and have.
    names: BTreeSet<String>,
    /// What had been left to be asked.
    open: Vec<Reworded>,
}

impl Before {
    /// Remembers a deck before it changes.
    pub(super) fn remember(&mut self, index: &IndexChange, path: &str) -> store::Result<()> {
        if !is_markdown(path) || self.cards.contains_key(path) {
            return Ok(());
        }
        let deck = index.deck(path)?;
        self.open.extend(deck.as_ref().map(left_open).unwrap_or_default());
        self.names.extend(deck.and_then(|deck| deck.name));
        self.cards.insert(path.to_owned(), known(index, path)?);
        Ok(())
    }

    /// The decks were read: what is certain moves, what is not is kept to be asked.
    pub(super) fn settle(mut self, index: &mut IndexChange) -> store::Result<()> {
        let mut decks: Vec<DeckRow> = Vec::new();
        for path in self.cards.keys() {
            decks.extend(index.deck(path)?.filter(|deck| deck.name.is_some()));
        }
        self.names.extend(decks.iter().filter_map(|deck| deck.name.clone()));
        let (mut gone, mut after) = (Vec::new(), Vec::new());
        for name in &self.names {
            gone.extend(index.orphans(name)?);
        }
        if gone.is_empty() {
            return Ok(());
        }
        for deck in &decks {
            after.extend(known(index, &deck.path)?);
        }
        let before: Vec<Known> = self.cards.into_values().flatten().collect();
        let (certain, mut open): (Vec<Reworded>, Vec<Reworded>) =
            former(&before, &gone, &after).into_iter().partition(|reworded| reworded.certain);
        for Reworded { card, before, .. } in &certain {
            index.take_over(card, before)?;
        }
        // What was not answered is asked again, as long as both are as they were.
        let is_open = |left: &Reworded| {
            let taken = |other: &Reworded| other.card == left.card || other.before == left.before;
            !certain.iter().chain(&open).any(taken)
                && gone.iter().any(|(id, _)| *id == left.before)
                && after.iter().any(|card| card.unseen && card.id == left.card)
        };
        let left: Vec<Reworded> = self.open.into_iter().filter(is_open).collect();
        open.extend(left);
        for deck in decks {
            let of_deck = |reworded: &&Reworded| deck.name.as_deref() == Some(reworded.card.deck());
            let of_deck: Vec<Reworded> = open.iter().filter(of_deck).cloned().collect();
            if !of_deck.is_empty() {
                keep(index, &deck, &of_deck)?;
            }
        }
        Ok(())
    }
}

/// The cards of a deck as the index has them.
fn known(index: &IndexChange, path: &str) -> store::Result<Vec<Known>> {
    let known = |(id, prompt, unseen)| Known { id, prompt, path: path.to_owned(), unseen };
    Ok(index.cards(path)?.into_iter().map(known).collect())
}
