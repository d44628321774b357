//! What can be searched of the cards: their words are read when somebody searches.

use super::Catalog;
use super::error::Result;
use crate::deck::{Body, Card};
use crate::store::Store;
use crate::store::deck_index::Words;

/// So many cards' words are taken in at a time, so that an interrupted search begins where it was.
const BATCH: usize = 5_000;

impl Catalog {
    /// Takes in the words of the cards that are new to the index. `advance` hears how many cards of how many were read.
    ///
    /// # Errors
    /// The database, or the decks.
    pub fn take_in_words(&self, store: &mut Store, advance: &mut dyn FnMut(usize, usize)) -> Result<()> {
        let ids = store.deck_index().without_words()?;
        for (batch, part) in ids.chunks(BATCH).enumerate() {
            let mut read = Vec::with_capacity(part.len());
            for (done, id) in part.iter().enumerate() {
                advance(batch * BATCH + done, ids.len());
                // What cannot be read is found by its name alone.
                let words = self.card(store, id)?.map(|card| words(&card)).unwrap_or_default();
                read.push((id.clone(), words));
            }
            store.put_words(&read)?;
        }
        Ok(())
    }
}

fn words(card: &Card) -> Words {
    let mut answer = vec![card.body.answer()];
    match &card.body {
        Body::Probe(probe) => answer.extend(probe.points.iter().cloned()),
        Body::Verdict { matrix, .. } => answer.push(matrix.title.clone()),
        Body::Estimate(estimate) => {
            answer.extend(estimate.title.iter().cloned());
            answer
                .extend(estimate.steps.iter().flat_map(|step| [step.ask.clone()].into_iter().chain(step.why.clone())));
        }
        _ => {}
    }
    answer.extend(card.because());
    Words { prompt: card.body.prompt(), answer: answer.join("\n"), tags: card.tags.join(" ") }
}
