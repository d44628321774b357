//! How likely a card is to be recalled: FSRS-6, as its authors' own crate has it.
//!
//! Here belong predictions and the fit of their parameters. Due days are SM-2's: nothing here moves one.

use super::{CardId, Day, Quality};
use fsrs::{ComputeParametersInput, DEFAULT_PARAMETERS, FSRS, FSRSItem, FSRSReview, TrainingConfig};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the model: what it left of a card's history is not what another version would leave.
pub const MEMORY_MODEL: &str = env!("SYSDRILL_MEMORY_MODEL");

/// A card's live reviews, in order of (day, time, id).
pub type History = Vec<(Day, Quality)>;

/// Each card's history. Its order is that of the ids, so that the same log gives the same fit.
pub type Histories = BTreeMap<CardId, History>;

/// From so many live reviews on, the parameters are the learner's own: fewer say too little of one person.
const ENOUGH_REVIEWS: usize = 400;
/// The training's seed: it shuffles batches, and the same log shall give the same parameters.
const SEED: u64 = 1;
/// What comes later in a card's history is not trained on, as by default in the crate.
pub const LONGEST_TRAINED: usize = 256;
/// The parameters are fitted to at most so many reviews: more gain next to nothing (ARCHITECTURE.md has the figures).
const MOST_TRAINED: usize = 50_000;
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
    /// Fits the parameters to histories; the same ones give the same parameters, and such that say too little the
    /// published ones. None where nothing fits.
    pub fn fit(histories: &Histories) -> Option<Self> {
        let mut items = Vec::new();
        for (card, history) in (0..).zip(histories.values()) {
            let reviews = reviews(history);
            // What is learned from is the outcome of a review on a later day, given all before it.
            let later = (1..reviews.len().min(LONGEST_TRAINED)).filter(|at| reviews[*at].delta_t > 0);
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

/// Parameters, and what they were fitted to.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    /// The parameters.
    pub parameters: Parameters,
    /// The live reviews that they were fitted to.
    pub reviews: usize,
    /// The live reviews that the log had then.
    pub log_reviews: usize,
}

/// Whether parameters should be fitted to a log of so many live reviews: it is large enough, and there are none or it
/// has grown by a tenth since.
pub fn is_fit_wanted(reviews: usize, fitted: Option<&Fitted>) -> bool {
    reviews >= ENOUGH_REVIEWS && fitted.is_none_or(|before| reviews * 10 >= before.log_reviews * 11)
}

/// Whether parameters are fitted to all of a log of so many live reviews: then the work that this makes is small.
pub fn is_fitted_whole(reviews: usize) -> bool {
    reviews <= MOST_TRAINED
}

/// The cards that parameters are fitted to, among all with the number of their live reviews: each one or, of a log that
/// is too long, as many as their reviews allow. These are spread over all cards by a checksum of their ids, so that the
/// same log gives the same ones.
pub fn trained_on(cards: impl IntoIterator<Item = (CardId, usize)>) -> Vec<CardId> {
    let mut cards: Vec<(CardId, usize)> = cards.into_iter().collect();
    cards.sort_by_cached_key(|(card, _)| (crc32fast::hash(card.as_str().as_bytes()), card.clone()));
    let mut reviews = 0;
    let fits = |(_, of_card): &(CardId, usize)| {
        reviews += (*of_card).min(LONGEST_TRAINED);
        reviews <= MOST_TRAINED
    };
    cards.into_iter().take_while(fits).map(|(card, _)| card).collect()
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

/// Where the bins begin that predictions are counted in, and the end of the last one, which belongs to it.
pub(super) const BIN_EDGES: [f64; BINS + 1] = [0.0, 0.7, 0.8, 0.9, 1.0];
/// How many bins there are.
pub const BINS: usize = 4;

/// What a card's live reviews left: all that statistics need of its history before the last days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trace {
    /// How many they are.
    pub reviews: usize,
    /// The day of the first one.
    pub met: Day,
    /// What is in memory.
    pub memory: MemoryState,
    /// The answers on a later day than those of all before, by the chance of recall that was predicted.
    pub answered: [Tally; BINS],
}

/// Answers that were counted.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Tally {
    /// How many.
    pub answers: usize,
    /// Of quality 3 or more.
    pub recalled: usize,
    /// The sum of the chances that were predicted: so many recalls were expected.
    pub expected: f64,
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, more: Self) {
        self.answers += more.answers;
        self.recalled += more.recalled;
        self.expected += more.expected;
    }
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

    /// What a history leaves; none for a card never reviewed.
    pub fn trace(&self, history: &[(Day, Quality)]) -> Option<Trace> {
        let (met, _) = *history.first()?;
        let reviews = reviews(history);
        let states = self.states(reviews.clone());
        let mut answered = [Tally::default(); BINS];
        for ((before, review), (_, quality)) in states.iter().zip(&reviews[1..]).zip(&history[1..]) {
            if review.delta_t > 0 {
                let chance = self.recall_after(*before, review.delta_t as f32);
                let bin = BIN_EDGES[1..BINS].iter().filter(|edge| chance >= **edge).count();
                answered[bin] += Tally { answers: 1, recalled: usize::from(quality.is_recall()), expected: chance };
            }
        }
        let latest = history.iter().map(|(day, _)| *day).max()?;
        let state = states.last()?;
        let memory =
            MemoryState { stability_days: state.stability.into(), difficulty: state.difficulty.into(), latest };
        Some(Trace { reviews: history.len(), met, memory, answered })
    }

    /// The chance of recall on a day, 0 to 1: `(1 + f d / S)^-w20` after `d` days, with `f` such that it is 0.9 after
    /// `S`.
    pub fn recall(&self, state: &MemoryState, day: Day) -> f64 {
        let MemoryState { stability_days, difficulty, latest } = *state;
        let state = fsrs::MemoryState { stability: stability_days as f32, difficulty: difficulty as f32 };
        self.recall_after(state, day.since(latest).max(0) as f32)
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
