//! Which cards somebody asks for, by names and properties.

use super::daily::Daily;
use super::error::{PracticeError, Result};
use super::recall::recalls;
use crate::catalog::Catalog;
use crate::deck::{Kind, nearest};
use crate::schedule::CardId;
use crate::store::Store;
use crate::store::deck_index::Scope;

/// A learned card is weak below this chance of being recalled today.
const WEAK_BELOW: f64 = 0.8;

/// Which cards are asked for. What is empty restricts nothing.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Decks or tags, whichever they are.
    pub names: Vec<String>,
    /// Decks.
    pub decks: Vec<String>,
    /// Cards with one of these tags.
    pub tags: Vec<String>,
    /// Cards of one of these kinds.
    pub kinds: Vec<Kind>,
    /// Cards of one of these levels.
    pub levels: Vec<u8>,
    /// Cards by their ids.
    pub cards: Vec<String>,
    /// Flagged cards.
    pub flagged: bool,
    /// Learned cards that are less likely than others to be recalled today.
    pub weak: bool,
}

impl Selection {
    /// The scope that it means. A deck or a card that is named is meant, though the deck be switched off.
    ///
    /// # Errors
    /// A deck, a tag or a card that there is not, with the nearest; the database.
    pub fn scope(&self, catalog: &Catalog, store: &Store, daily: &Daily) -> Result<Scope> {
        catalog.check_decks(store, &self.decks)?;
        let known_tags =
            if self.tags.is_empty() && self.names.is_empty() { Vec::new() } else { store.deck_index().tags()? };
        if let Some(tag) = self.tags.iter().find(|tag| !known_tags.contains(tag)) {
            return Err(unknown(&format!("no card has the tag '{tag}'"), tag, known_tags.iter().map(String::as_str)));
        }
        let (mut decks, mut tags) = (self.decks.clone(), self.tags.clone());
        for name in &self.names {
            if store.deck_index().unknown_decks(std::slice::from_ref(name))?.is_empty() {
                decks.push(name.clone());
            } else if known_tags.contains(name) {
                tags.push(name.clone());
            } else {
                let known = store.deck_index().decks()?;
                let decks = known.iter().filter_map(|deck| deck.name.as_deref());
                let all = decks.chain(known_tags.iter().map(String::as_str));
                return Err(unknown(&format!("there is no deck and no tag '{name}'"), name, all));
            }
        }
        let cards =
            self.cards.iter().map(|name| catalog.id(store, name)).collect::<std::result::Result<Vec<_>, _>>()?;
        let is_named = !decks.is_empty() || !cards.is_empty();
        let mut scope = Scope {
            off: if is_named { daily.without.clone() } else { daily.decks_off.clone() },
            decks,
            tags,
            kinds: self.kinds.iter().map(|kind| kind.name().to_owned()).collect(),
            levels: self.levels.clone(),
            flagged: self.flagged,
            cards: (!cards.is_empty()).then_some(cards),
        };
        if self.weak {
            scope.cards = Some(weak(store, &scope, daily)?);
        }
        Ok(scope)
    }
}

/// The weak cards of a scope: those that are learned, and recalled today with a chance below 80%.
///
/// # Errors
/// The database.
pub fn weak(store: &Store, scope: &Scope, daily: &Daily) -> Result<Vec<CardId>> {
    let learned =
        store.deck_index().all_cards(scope)?.into_iter().filter(|card| card.state.memory.scheduled().is_some());
    let mut learned: Vec<CardId> = learned.map(|card| card.id).collect();
    let recalls = recalls(store, learned.iter(), daily.day)?;
    learned.retain(|card| recalls.get(card).is_some_and(|chance| *chance < WEAK_BELOW));
    Ok(learned)
}

/// A name that nothing has, with the nearest that exist.
fn unknown<'a>(problem: &str, name: &str, known: impl Iterator<Item = &'a str> + Clone) -> PracticeError {
    let hint = match nearest(name, known.clone()).as_slice() {
        [] => "sysdrill decks lists the decks, and sysdrill decks --tags the tags".to_owned(),
        near => format!("did you mean {}?", near.join(" or ")),
    };
    PracticeError::Nothing(format!("{problem}: {hint}"))
}
