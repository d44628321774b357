//! Cards that may be former ones in other words: what is left to be asked is kept with the deck's row until somebody says.

use crate::deck::Defaults;
use crate::deck::markdown::Reworded;
use crate::schedule::CardId;
use crate::store::deck_index::{DeckRow, IndexChange};
use crate::store::{self, Store};

/// The cards that may be former ones in other words, which nobody has said yet.
///
/// # Errors
/// The database.
pub fn reworded(store: &Store) -> store::Result<Vec<Reworded>> {
    let mut open: Vec<Reworded> = Vec::new();
    for reworded in store.deck_index().reworded()?.iter().flat_map(left_open) {
        // What was forgotten since, or came back, is not asked about.
        if store.deck_index().is_open(&reworded.card, &reworded.before)? {
            open.push(reworded);
        }
    }
    Ok(open)
}

/// Somebody said whether a card is its former self.
///
/// # Errors
/// The database.
pub fn answer_reworded(store: &mut Store, reworded: &Reworded, same: bool) -> store::Result<()> {
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
    })
}

fn defaults(deck: &DeckRow) -> Option<Defaults> {
    serde_json::from_str(deck.defaults.as_deref()?).ok()
}

/// What is to be asked about the cards of a deck.
pub(super) fn left_open(deck: &DeckRow) -> Vec<Reworded> {
    let reworded = |(card, before, asked): (String, String, String)| {
        let (card, before) = (CardId::parse(&card).ok()?, CardId::parse(&before).ok()?);
        Some(Reworded { card, before, asked, certain: false })
    };
    defaults(deck).map(|defaults| defaults.reworded.into_iter().filter_map(reworded).collect()).unwrap_or_default()
}

/// Keeps what is to be asked about the cards of a deck.
pub(super) fn keep(index: &mut IndexChange, deck: &DeckRow, open: &[Reworded]) -> store::Result<()> {
    let Some(mut defaults) = defaults(deck) else { return Ok(()) };
    let row = |r: &Reworded| (r.card.to_string(), r.before.to_string(), r.asked.clone());
    defaults.reworded = open.iter().map(row).collect();
    let json = serde_json::to_string(&defaults).expect("texts and numbers become JSON");
    index.set_defaults(&deck.path, &json)
}
