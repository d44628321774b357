//! How likely the cards of a day are to be recalled.

use super::Result;
use crate::schedule::{CardId, Day, MemoryModel};
use crate::store::Store;
use std::collections::{BTreeSet, HashMap};

/// The chance of recalling each of these cards on a day; one never asked is not in it.
pub(super) fn recalls<'a>(
    store: &Store,
    cards: impl Iterator<Item = &'a CardId>,
    day: Day,
) -> Result<HashMap<CardId, f64>> {
    let model = MemoryModel::new(&store.fitted()?.map(|fitted| fitted.parameters).unwrap_or_default());
    let decks: BTreeSet<&str> = cards.map(CardId::deck).collect();
    let mut recalls = HashMap::new();
    for deck in decks {
        let of_deck = store.traces(Some(deck))?.into_iter();
        recalls.extend(of_deck.map(|(card, trace)| (card, model.recall(&trace.memory, day))));
    }
    Ok(recalls)
}
