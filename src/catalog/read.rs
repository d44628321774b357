//! From the index to a card: it is read from the bytes that the index names, and from nothing else.

use super::files;
use crate::deck::{Brief, Card, DeckFile, Defaults, Kind, embedded_file, markdown, part};
use crate::fnv::Fnv;
use crate::schedule::{CardId, CardState};
use crate::store::deck_index::{Indexed, Located};
use std::sync::Arc;

/// What is known of a card of the index, and how it stands.
pub fn brief(indexed: Indexed) -> (Brief, CardState) {
    let Indexed { id, kind, answers, level, state, .. } = indexed;
    // The same build wrote it.
    let kind = Kind::named(&kind).unwrap_or(Kind::Recall);
    (Brief { id, kind, answers, level }, state)
}

/// Reads a card from the bytes that say all of it; none where they were changed since.
pub(super) fn read(located: &Located, id: &CardId) -> Option<Arc<Card>> {
    let Located { user, path, defaults, line, block, block_hash, tags } = located;
    let bytes = match user {
        true => files::bytes(path, block)?,
        false => embedded_file(path)?.get(block.clone())?.to_vec(),
    };
    if hash(&bytes) != *block_hash {
        return None;
    }
    let defaults: Defaults = serde_json::from_str(defaults).ok()?;
    let file = DeckFile { path: path.as_str().into(), bytes: bytes.into() };
    let mut card = match markdown::is_markdown(path) {
        true => markdown::card(&file, &defaults, id, serde_json::from_str(tags).ok()?)?,
        false => part(&file, &defaults).ok()?.cards.into_iter().find(|card| card.id == *id)?,
    };
    card.place.line += line - 1;
    Some(Arc::new(card))
}

/// The hash of a file or a part of one, as the index keeps it.
pub(super) fn hash(bytes: &[u8]) -> u64 {
    let mut hash = Fnv::new();
    hash.add(bytes);
    hash.value()
}
