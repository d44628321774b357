//! A card outside a session: as it would be asked and answered, for sheets and lists.

use super::ask::Asked;
use super::event::Revealed;
use crate::deck::{Body, Card};

/// A card as it would be asked and answered.
#[derive(Debug, Clone)]
pub struct Face {
    /// What is asked; of a chain its scene.
    pub prompt: String,
    /// The answer.
    pub revealed: Revealed,
}

impl Face {
    /// The face of a card; a generated question is drawn with this seed.
    pub fn of(card: &Card, seed: u64) -> Self {
        let asked = Asked::new(card, seed, &[]);
        let prompt = match &card.body {
            Body::Estimate(estimate) => asked.fill(&estimate.ask),
            body => body.prompt(),
        };
        Self { prompt, revealed: asked.look(card) }
    }
}
