//! How likely a card is to be recalled: FSRS-6, as its authors' own crate has it.
//!
//! Here belong predictions and the fit of their parameters. Due days are SM-2's: nothing here moves one.

use super::{CardId, Day, Quality};
use fsrs::{ComputeParametersInput, DEFAULT_PARAMETERS, FSRS, FSRSItem, FSRSReview, TrainingConfig};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A card's live reviews, in order of (time, id).
pub type History = Vec<(Day, Quality)>;

/// Each card's history. Its order is that of the ids, so that the same log gives the same fit.
pub type Histories = BTreeMap<CardId, History>;

/// From so many live reviews on, the parameters are the learner's own: fewer say too little of one person.
const ENOUGH_REVIEWS: usize = 400;
/// The training's seed: it shuffles batches, and the same log shall give the same parameters.
const SEED: u64 = 1;
/// Longer histories are not trained on, as by default in the crate.
const LONGEST: usize = 256;
/// Where the crate holds the last parameter, the decay of the forgetting curve.
const DECAY: std::ops::RangeInclusive<f32> = 0.1..=0.8;

/// The 21 parameters of FSRS-6 in their published order, `w0` to `w20`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "[f32; 21]", into = "[f32; 21]")]
pub struct Parameters([f32; 21]);

impl Default for Parameters {
    /// The published ones.
    fn default() -> Self {
        Self(DEFAULT_PARAMETERS)
    }
}

impl TryFrom<[f32; 21]> for Parameters {
    type Error = &'static str;

    fn try_from(numbers: [f32; 21]) -> Result<Self, Self::Error> {
        let sound = numbers.iter().all(|number| number.is_finite()) && DECAY.contains(&numbers[20]);
        sound.then_some(Self(numbers)).ok_or("these are no parameters of FSRS-6")
    }
}

impl From<Parameters> for [f32; 21] {
    fn from(parameters: Parameters) -> Self {
        parameters.0
    }
}

impl Parameters {
    /// Fits the parameters to a log; the same log gives the same ones, and one that says too little the published
    /// ones. None where nothing fits.
    pub fn fit(histories: &Histories) -> Option<Self> {
        let mut items = Vec::new();
        for (card, history) in (0..).zip(histories.values()) {
            let reviews = reviews(history);
            // What is learned from is the outcome of a review on a later day, given all before it.
            let later = (1..reviews.len().min(LONGEST)).filter(|at| reviews[*at].delta_t > 0);
            items.extend(later.map(|at| (history[at].0, card, FSRSItem { reviews: reviews[..=at].to_vec() })));
        }
        // Later items weigh more.
        items.sort_by_key(|(day, card, _)| (*day, *card));
        let (card_ids, train_set): (Vec<i64>, _) = items.into_iter().map(|(_, card, item)| (card, item)).unzip();
        let fitted = fsrs::compute_parameters(ComputeParametersInput {
            train_set,
            card_ids: Some(card_ids),
            training_config: Some(TrainingConfig { seed: SEED, ..TrainingConfig::default() }),
            ..ComputeParametersInput::default()
        });
        <[f32; 21]>::try_from(fitted.ok()?).ok()?.try_into().ok()
    }
}

/// Whether a log of so many live reviews is large enough for parameters of its own.
pub fn is_enough_to_fit(reviews: usize) -> bool {
    reviews >= ENOUGH_REVIEWS
}

/// Whether parameters should be fitted to a log of so many live reviews: there are none, or it has grown by a tenth
/// since.
pub fn is_fit_wanted(reviews: usize, fitted_to: Option<usize>) -> bool {
    is_enough_to_fit(reviews) && fitted_to.is_none_or(|before| reviews * 10 >= before * 11)
}

/// What is left of a card's history in memory.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MemoryState {
    /// The days after which the chance of recall is 0.9.
    pub stability_days: f64,
    /// From 1 to 10: how little a recall strengthens it.
    pub difficulty: f64,
    /// The day of the latest review.
    pub latest: Day,
}

/// What the model would have said before a review, and what happened.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prediction {
    /// The day of the review: a later one than those of all before it.
    pub day: Day,
    /// The chance of recall, 0 to 1.
    pub recall: f64,
    /// Whether it was recalled.
    pub recalled: bool,
}

/// FSRS-6 with its parameters, <https://github.com/open-spaced-repetition/fsrs4anki/wiki/The-Algorithm>.
#[derive(Debug, Clone)]
pub struct MemoryModel {
    fsrs: FSRS,
    decay: f32,
}

impl Default for MemoryModel {
    fn default() -> Self {
        Self::new(&Parameters::default())
    }
}

impl MemoryModel {
    /// The model of these parameters.
    pub fn new(Parameters(numbers): &Parameters) -> Self {
        Self { fsrs: FSRS::new(numbers).expect("21 finite numbers are parameters"), decay: numbers[20] }
    }

    /// What a history leaves in memory; none for a card never reviewed.
    pub fn state(&self, history: &[(Day, Quality)]) -> Option<MemoryState> {
        let latest = history.iter().map(|(day, _)| *day).max()?;
        let state = self.states(reviews(history)).pop()?;
        Some(MemoryState { stability_days: state.stability.into(), difficulty: state.difficulty.into(), latest })
    }

    /// The chance of recall on a day, 0 to 1: `(1 + f d / S)^-w20` after `d` days, with `f` such that it is 0.9 after
    /// `S`.
    pub fn recall(&self, state: &MemoryState, day: Day) -> f64 {
        let MemoryState { stability_days, difficulty, latest } = *state;
        let state = fsrs::MemoryState { stability: stability_days as f32, difficulty: difficulty as f32 };
        self.recall_after(state, day.since(latest).max(0) as f32)
    }

    /// What would have been predicted before each review on a later day, and what happened.
    pub fn predictions(&self, history: &[(Day, Quality)]) -> Vec<Prediction> {
        let reviews = reviews(history);
        let states = self.states(reviews.clone());
        let answers = history.iter().zip(&reviews).skip(1);
        let later = states.iter().zip(answers).filter(|(_, (_, review))| review.delta_t > 0);
        later
            .map(|(before, ((day, quality), review))| Prediction {
                day: *day,
                recall: self.recall_after(*before, review.delta_t as f32),
                recalled: quality.is_recall(),
            })
            .collect()
    }

    fn recall_after(&self, state: fsrs::MemoryState, days: f32) -> f64 {
        fsrs::current_retrievability(state, days, self.decay).into()
    }

    /// The state after each review.
    fn states(&self, reviews: Vec<FSRSReview>) -> Vec<fsrs::MemoryState> {
        let states = self.fsrs.historical_memory_states(FSRSItem { reviews }, None);
        states.expect("finite parameters give finite states")
    }
}

/// A history in the crate's terms. What was answered again the same day comes 0 days later, and so does what a clock
/// that was set back put on an earlier day.
fn reviews(history: &[(Day, Quality)]) -> Vec<FSRSReview> {
    let mut latest = None;
    let review = |(day, quality): &(Day, Quality)| {
        let before = latest.unwrap_or(*day);
        latest = Some(before.max(*day));
        FSRSReview { rating: rating(*quality), delta_t: u32::try_from(day.since(before)).unwrap_or(0) }
    };
    history.iter().map(review).collect()
}

/// Again 1, Hard 2, Good 3, Easy 4.
fn rating(quality: Quality) -> u32 {
    u32::from(quality.get()).saturating_sub(1).max(1)
}
