//! What is known of an import's cards from imports before it.

use super::error::Result;
use crate::log::{Imported, MarkKind};
use crate::schedule::CardId;
use crate::store::Store;
use std::collections::{HashMap, HashSet};

/// What is known of an import's cards from before.
pub(super) struct Known {
    /// The latest mark of each origin that stands.
    pub(super) standing: HashMap<String, Imported>,
    /// The card that each origin was, also in imports that were taken back.
    pub(super) cards: HashMap<String, CardId>,
    /// The files that imports which stand have written.
    pub(super) files: HashSet<String>,
    /// The time of the latest import.
    pub(super) latest_ms: i64,
}

impl Known {
    /// Reads the marks of all imports.
    pub(super) fn of(store: &Store) -> Result<Self> {
        let mut known =
            Self { standing: HashMap::new(), cards: HashMap::new(), files: HashSet::new(), latest_ms: i64::MIN };
        for (_, mark, stands) in store.marks().imports()? {
            known.latest_ms = known.latest_ms.max(mark.at_ms);
            match (mark.card, mark.kind) {
                (Some(card), MarkKind::Imported(imported)) => {
                    known.cards.insert(imported.origin.clone(), card);
                    if stands {
                        known.standing.insert(imported.origin.clone(), imported);
                    }
                }
                (None, MarkKind::Import(import)) if stands => {
                    known.files.extend(import.wrote.into_iter().map(|wrote| wrote.path));
                }
                _ => {}
            }
        }
        Ok(known)
    }
}
