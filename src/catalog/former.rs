//! Cards of Markdown files that were reworded: their progress goes on where it is certain, and where it is not, is asked about.

use super::{Catalog, Result};
use crate::deck::Defaults;
use crate::deck::markdown::{Known, Reworded, former, is_markdown};
use crate::schedule::CardId;
use crate::store::deck_index::{DeckRow, IndexChange};
use crate::store::{self, Store};
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

fn defaults(deck: &DeckRow) -> Option<Defaults> {
    serde_json::from_str(deck.defaults.as_deref()?).ok()
}

/// What is to be asked about the cards of a deck.
fn left_open(deck: &DeckRow) -> Vec<Reworded> {
    let reworded = |(card, before, asked): (String, String, String)| {
        let (card, before) = (CardId::parse(&card).ok()?, CardId::parse(&before).ok()?);
        Some(Reworded { card, before, asked, certain: false })
    };
    defaults(deck).map(|defaults| defaults.reworded.into_iter().filter_map(reworded).collect()).unwrap_or_default()
}

/// Keeps what is to be asked about the cards of a deck.
fn keep(index: &mut IndexChange, deck: &DeckRow, open: &[Reworded]) -> store::Result<()> {
    let Some(mut defaults) = defaults(deck) else { return Ok(()) };
    let row = |r: &Reworded| (r.card.to_string(), r.before.to_string(), r.asked.clone());
    defaults.reworded = open.iter().map(row).collect();
    let json = serde_json::to_string(&defaults).expect("texts and numbers become JSON");
    index.set_defaults(&deck.path, &json)
}

impl Catalog {
    /// The cards that may be former ones in other words, which nobody has said yet.
    ///
    /// # Errors
    /// The database.
    pub fn reworded(&self, store: &Store) -> Result<Vec<Reworded>> {
        Ok(store.deck_index().reworded()?.iter().flat_map(left_open).collect())
    }

    /// Somebody said whether a card is its former self.
    ///
    /// # Errors
    /// The database.
    pub fn answer_reworded(&self, store: &mut Store, reworded: &Reworded, same: bool) -> Result<()> {
        let decks = store.deck_index().reworded()?;
        store.change_index(|index| {
            if same {
                index.take_over(&reworded.card, &reworded.before)?;
            }
            for deck in &decks {
                let mut open = left_open(deck);
                let all = open.len();
                open.retain(|other| *other != *reworded);
                if open.len() < all {
                    keep(index, deck, &open)?;
                }
            }
            Ok(())
        })?;
        Ok(())
    }
}
