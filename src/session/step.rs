//! A step of a chain as it was answered, and as it stands in the log.

use crate::estimate::Ratio;
use crate::schedule::Quality;
use serde::{Deserialize, Serialize};

/// A step of a chain as it was answered; a review keeps a JSON array of them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Step {
    /// The step's name.
    pub step: String,
    /// What was asked.
    pub ask: String,
    /// What was typed.
    pub given: Option<String>,
    /// The right answer.
    pub expected: String,
    /// How it went.
    pub quality: Quality,
    /// How far off.
    pub ratio: Option<Ratio>,
    /// The named wrong turn.
    pub slip: Option<String>,
    /// Right only as what follows from earlier answers of the learner's own.
    pub carried: bool,
}

impl Step {
    /// The steps that a review kept; none where it is of no chain.
    pub fn of_log(steps: Option<&str>) -> Vec<Self> {
        steps.and_then(|steps| serde_json::from_str(steps).ok()).unwrap_or_default()
    }

    /// The names of the steps that a repeat asks: those whose quality is the chain's, below 4.
    pub fn weakest(steps: &[Self]) -> Vec<String> {
        let weakest = steps.iter().map(|step| step.quality).min();
        let weak = steps.iter().filter(|step| Some(step.quality) == weakest && step.quality.is_asked_again());
        weak.map(|step| step.step.clone()).collect()
    }
}
