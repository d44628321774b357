//! Cards of ours that come back from another program: they are here, and only what was answered there is new.

use super::error::Result;
use super::known::Known;
use super::names::origin;
use super::shelf::Brought;
use crate::deck::Kind;
use crate::exchange::outgoing::card_of;
use crate::exchange::{Incoming, IncomingCard};
use crate::schedule::CardId;
use crate::store::Store;
use crate::store::deck_index::Scope;
use std::collections::HashMap;

/// A card of ours that comes back.
pub(super) struct Returning {
    /// What the other program says of it.
    pub(super) card: IncomingCard,
    /// Its name in all programs.
    pub(super) origin: String,
    /// The cards that it is here: one for each gap of a text.
    pub(super) cards: Vec<Brought>,
}

/// Tells the cards of ours that the decks here have from all others. One that came in before as a card of its own, when no
/// deck had it, stays that.
pub(super) fn split(store: &Store, incoming: &Incoming, known: &Known) -> Result<(Incoming, Vec<Returning>)> {
    let mut others = Incoming { cards: Vec::new(), ..incoming.clone() };
    if !incoming.cards.iter().any(|card| card_of(&card.key).is_some()) {
        return Ok((incoming.clone(), Vec::new()));
    }
    let all = store.deck_index().all_cards(&Scope::default())?;
    let here: HashMap<CardId, &'static str> =
        all.into_iter().filter_map(|card| Some((card.id, Kind::named(&card.kind)?.name()))).collect();
    let mut returning = Vec::new();
    for card in &incoming.cards {
        let cards = card_of(&card.key).map(|id| cards(&id, card, &here)).unwrap_or_default();
        let origin = origin(incoming, card);
        let stands = known.standing.contains_key(&origin).then(|| known.cards.get(&origin)).flatten();
        match cards.is_empty() || stands.is_some_and(|as_own| cards.iter().all(|card| card.id != *as_own)) {
            true => others.cards.push(card.clone()),
            false => returning.push(Returning { card: card.clone(), origin, cards }),
        }
    }
    Ok((others, returning))
}

/// What a card is here.
fn cards(id: &CardId, card: &IncomingCard, here: &HashMap<CardId, &'static str>) -> Vec<Brought> {
    if let Some(kind) = here.get(id) {
        return vec![Brought { id: id.clone(), kind, gap: None, is_ours: true }];
    }
    let gap = |gap: u16| {
        let id = CardId::parse(&format!("{id}/{gap}")).ok()?;
        let kind = here.get(&id)?;
        Some(Brought { id, kind, gap: Some(gap), is_ours: true })
    };
    card.progress.iter().filter_map(|standing| gap(standing.gap?)).collect()
}
