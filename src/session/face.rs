//! A card as it would be asked and answered, for sheets, lists and beside an open question.

use super::ask::{Asked, prompt};
use super::question::Revealed;
use crate::deck::{Body, Card};
use serde::Serialize;

/// A card as it would be asked and answered.
#[derive(Debug, Clone, Serialize)]
pub struct Face {
    /// What is asked; of a chain its scene.
    pub prompt: String,
    /// The answer.
    #[serde(flatten)]
    pub revealed: Revealed,
}

impl Face {
    /// The face of a card; a generated question is drawn with this seed.
    pub fn of(card: &Card, seed: u64) -> Self {
        let asked = Asked::new(card, seed, &[]);
        let prompt = match &card.body {
            Body::Estimate(estimate) => asked.fill(&estimate.ask),
            body => prompt(body),
        };
        Self { prompt, revealed: asked.look(card) }
    }
}
