//! How likely a card is to be recalled: FSRS-6, and which learner the answers tell of.
//!
//! Here belong predictions and what they are fitted by. Due days are SM-2's: nothing here moves one.
//! The formulas are those of <https://github.com/open-spaced-repetition/fsrs4anki/wiki/The-Algorithm>.

use super::{CardId, Day, Quality};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the model: what it left of a card's history is not what another version would leave.
pub const MEMORY_MODEL: &str = "FSRS-6, looks count";

/// A card's live reviews and looks, in order of (day, time, id).
pub type History = Vec<(Day, Quality)>;

/// Each card's history. Its order is that of the ids, so that the same log gives the same fit.
pub type Histories = BTreeMap<CardId, History>;

/// From so many live reviews on, the parameters are the learner's own: a first day's worth.
const ENOUGH_REVIEWS: usize = 20;
/// What comes later in a card's history says nothing new of the learner.
pub const LONGEST_FITTED: usize = 64;
/// The parameters are fitted to at most so many reviews, which takes 15 ms: more change the choice no more.
const MOST_FITTED: usize = 3_000;
/// While a log has at most so many live reviews, the traces of all cards can be made anew in passing.
const MOST_IN_PASSING: usize = 50_000;
/// Where the last parameter may lie, the decay of the forgetting curve.
const DECAY: std::ops::RangeInclusive<f32> = 0.02..=2.0;
/// Where stabilities may lie, in days.
const STABILITY_DAYS: std::ops::RangeInclusive<f64> = 0.001..=36_500.0;
/// The published parameters.
const PUBLISHED: [f32; 21] = [
    0.212, 1.2931, 2.3065, 8.2956, 6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796, 1.4835, 0.0614, 0.2629,
    1.6483, 0.6014, 1.8729, 0.5425, 0.0912, 0.0658, 0.1542,
];

/// An answer that was all but certain, or all but impossible, tells of a slip: no chance is taken for surer than these.
const CHANCES: (f64, f64) = (0.02, 0.98);

/// The 21 parameters of FSRS-6 in their published order, `w0` to `w20`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "[f32; 21]", into = "[f32; 21]")]
pub struct Parameters([f32; 21]);

impl Default for Parameters {
    /// The published ones.
    fn default() -> Self {
        Self(PUBLISHED)
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

/// In what learners differ: how long new things last at first, how fast stability grows, how memory fades, what is left
/// after a lapse, and how much is gained by waiting. Each in standard deviations from what most are like.
#[derive(Debug, Clone, Copy, Default)]
struct Learner([f64; Learner::WAYS]);

impl Learner {
    const WAYS: usize = 5;
    /// Nobody is farther off than this.
    const FARTHEST: f64 = 4.0;
    /// A search begins with steps of this size, and ends when they are halved below that.
    const STEPS: (f64, f64) = (1.0, 0.1);

    /// The likeliest learner by these histories; without any, one whom SM-2 asks what they know in four of five cases.
    fn likeliest(histories: &Histories) -> Self {
        let mut best = Self::default();
        let mut likely = best.likelihood(histories);
        let mut step = Self::STEPS.0;
        while step > Self::STEPS.1 {
            let mut is_moved = false;
            for way in 0..Self::WAYS {
                for moved in [step, -step] {
                    let mut near = best;
                    near.0[way] += moved;
                    let of_near =
                        if near.0[way].abs() > Self::FARTHEST { f64::MIN } else { near.likelihood(histories) };
                    if of_near > likely {
                        (best, likely, is_moved) = (near, of_near, true);
                        break;
                    }
                }
            }
            step *= if is_moved { 1.0 } else { 0.5 };
        }
        best
    }

    fn parameters(self) -> Parameters {
        let [first, growth, fading, lapse, waiting] = self.0;
        let first = 0.5 * first.exp();
        let mut w = PUBLISHED.map(f64::from);
        w[0] *= first;
        w[1] *= first;
        w[2] *= first.sqrt();
        w[8] += 0.5 * growth;
        w[10] *= (0.4 * waiting).exp();
        // After a lapse a weak memory keeps less too, a strong one no more.
        w[11] *= first.min(1.0).sqrt() * (0.5 * lapse).exp();
        w[20] = 0.2 * (0.5 * fading).exp();
        Parameters(w.map(|number| number as f32))
    }

    /// How likely such a learner is, and is to have answered like this, as a logarithm. What counts is each answer on a later
    /// day than those before.
    fn likelihood(self, histories: &Histories) -> f64 {
        let model = MemoryModel::new(&self.parameters());
        let mut sum = -self.0.iter().map(|off| off * off).sum::<f64>() / 2.0;
        for history in histories.values() {
            model.walk(&history[..history.len().min(LONGEST_FITTED)], |chance, _, _, quality| {
                let chance = chance.clamp(CHANCES.0, CHANCES.1);
                sum += if quality.is_recall() { chance.ln() } else { (1.0 - chance).ln() };
            });
        }
        sum
    }
}

impl Parameters {
    /// Those of the likeliest learner by these histories; without any, of what most are like.
    pub fn fit(histories: &Histories) -> Self {
        Learner::likeliest(histories).parameters()
    }

    /// What most learners are like, as far as is known before they have answered: new things last half as long as the
    /// published parameters say, which tell of cards that people wrote themselves.
    pub fn of_most() -> Self {
        Learner::default().parameters()
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

/// Whether a log of so many live reviews is short enough for new parameters in passing: all traces are made anew.
pub fn is_fitted_in_passing(reviews: usize) -> bool {
    reviews <= MOST_IN_PASSING
}

/// The cards that parameters are fitted to, among all with the number of their live reviews: each one or, of a log that
/// is too long, as many as their reviews allow. These are spread over all cards by a checksum of their ids, so that the
/// same log gives the same ones.
pub fn fitted_to(cards: impl IntoIterator<Item = (CardId, usize)>) -> Vec<CardId> {
    let fitted = |(card, reviews): (CardId, usize)| (card, reviews.min(LONGEST_FITTED));
    within(cards.into_iter().map(fitted).collect(), MOST_FITTED)
}

/// Of some cards with the number of their reviews as many as have at most so many. They are spread over all of them by a
/// checksum of their ids.
pub fn within(mut cards: Vec<(CardId, usize)>, most: usize) -> Vec<CardId> {
    cards.sort_by_cached_key(|(card, _)| (crc32fast::hash(card.as_str().as_bytes()), card.clone()));
    let mut reviews = 0;
    let fits = |(_, of_card): &(CardId, usize)| {
        reviews += *of_card;
        reviews <= most
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
/// The days since the answer before from which the bins begin that answers are counted in; the last has no end.
pub(super) const GAP_EDGES: [i64; GAP_BINS] = [1, 2, 7, 21, 60, 180];
/// How many of those there are.
pub const GAP_BINS: usize = 6;

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
    /// The same answers, by the days since the one before.
    pub by_gap: [Tally; GAP_BINS],
}

/// Answers that were counted.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Tally {
    /// How many.
    pub answers: usize,
    /// How many answers had a quality of 3 or more.
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

/// FSRS-6 with its parameters.
#[derive(Debug, Clone)]
pub struct MemoryModel {
    w: [f64; 21],
    /// Such that recall is 0.9 after the stability.
    factor: f64,
    growth: f64,
    /// By how much at least stability falls after a lapse.
    lapse_share: f64,
}

impl Default for MemoryModel {
    fn default() -> Self {
        Self::new(&Parameters::default())
    }
}

impl MemoryModel {
    /// The model of these parameters.
    pub fn new(Parameters(numbers): &Parameters) -> Self {
        let w = numbers.map(f64::from);
        Self { w, factor: 0.9_f64.powf(-1.0 / w[20]) - 1.0, growth: w[8].exp(), lapse_share: (w[17] * w[18]).exp() }
    }

    /// What a history leaves; none for a card never reviewed.
    pub fn trace(&self, history: &[(Day, Quality)]) -> Option<Trace> {
        self.trace_since(history, Day::FIRST)
    }

    /// The same, with the answers from a day on alone.
    pub fn trace_since(&self, history: &[(Day, Quality)], since: Day) -> Option<Trace> {
        let (met, _) = *history.first()?;
        let (mut answered, mut by_gap) = ([Tally::default(); BINS], [Tally::default(); GAP_BINS]);
        let memory = self.walk(history, |chance, before, day, quality| {
            if day < since {
                return;
            }
            let gap_days = day.since(before);
            let answer = Tally { answers: 1, recalled: usize::from(quality.is_recall()), expected: chance };
            answered[BIN_EDGES[1..BINS].iter().filter(|edge| chance >= **edge).count()] += answer;
            by_gap[GAP_EDGES[1..].iter().filter(|edge| gap_days >= **edge).count()] += answer;
        })?;
        Some(Trace { reviews: history.len(), met, memory, answered, by_gap })
    }

    /// Goes through a history. Each answer on a later day than those before is told with the chance of recall that it
    /// had, the day of the one before and its own. What a clock that was set back put on an earlier day counts as of the same one.
    fn walk(&self, history: &[(Day, Quality)], mut told: impl FnMut(f64, Day, Day, Quality)) -> Option<MemoryState> {
        let ((day, quality), later) = history.split_first()?;
        let mut state = self.first(*quality, *day);
        for (day, quality) in later {
            let day = state.latest.max(*day);
            if day > state.latest {
                told(self.recall(&state, day), state.latest, day, *quality);
            }
            state = self.after(&state, *quality, day);
        }
        Some(state)
    }

    /// What a first answer leaves.
    pub fn first(&self, quality: Quality, day: Day) -> MemoryState {
        let rating = rating(quality);
        let difficulty = self.first_difficulty(rating).clamp(1.0, 10.0);
        MemoryState { stability_days: self.w[rating - 1], difficulty, latest: day }
    }

    fn first_difficulty(&self, rating: usize) -> f64 {
        self.w[4] - (self.w[5] * (rating as f64 - 1.0)).exp() + 1.0
    }

    /// What an answer on a day leaves.
    pub fn after(&self, state: &MemoryState, quality: Quality, day: Day) -> MemoryState {
        let w = &self.w;
        let MemoryState { stability_days: s, difficulty: d, latest } = *state;
        let rating = rating(quality);
        let recall = self.recall(state, day);
        let stability_days = match rating {
            _ if day <= latest => {
                let grown = (w[17] * (rating as f64 - 3.0 + w[18])).exp() * s.powf(-w[19]);
                s * if rating >= 2 { grown.max(1.0) } else { grown }
            }
            1 => {
                let left = w[11] * d.powf(-w[12]) * ((s + 1.0).powf(w[13]) - 1.0) * ((1.0 - recall) * w[14]).exp();
                left.min(s / self.lapse_share)
            }
            _ => {
                let felt = match rating {
                    2 => w[15],
                    4 => w[16],
                    _ => 1.0,
                };
                let grown = self.growth * (11.0 - d) * s.powf(-w[9]) * (((1.0 - recall) * w[10]).exp() - 1.0);
                s * (1.0 + grown * felt)
            }
        };
        let moved = d - w[6] * (rating as f64 - 3.0) * (10.0 - d) / 9.0;
        let difficulty = moved + w[7] * (self.first_difficulty(4) - moved);
        MemoryState {
            stability_days: stability_days.clamp(*STABILITY_DAYS.start(), *STABILITY_DAYS.end()),
            difficulty: difficulty.clamp(1.0, 10.0),
            latest: latest.max(day),
        }
    }

    /// The chance of recall on a day if it is asked on an earlier one. What is missed, or new, is asked again until it is
    /// known.
    pub fn recall_if_asked(&self, state: Option<&MemoryState>, asked: Day, day: Day) -> f64 {
        let again = |state: MemoryState| self.recall(&self.after(&state, Quality::GOOD, asked), day);
        let Some(state) = state else { return again(self.first(Quality::AGAIN, asked)) };
        let known = self.recall(state, asked);
        let right = self.recall(&self.after(state, Quality::GOOD, asked), day);
        known * right + (1.0 - known) * again(self.after(state, Quality::AGAIN, asked))
    }

    /// The chance of recall on a day, 0 to 1: `(1 + f d / S)^-w20` after `d` days, with `f` such that it is 0.9 after
    /// `S`.
    pub fn recall(&self, state: &MemoryState, day: Day) -> f64 {
        self.recall_after(state.stability_days, day.since(state.latest))
    }

    /// The same so many days after a card was seen.
    pub(super) fn recall_after(&self, stability_days: f64, days: i64) -> f64 {
        (1.0 + self.factor * days.max(0) as f64 / stability_days).powf(-self.w[20])
    }
}

/// Again 1, Hard 2, Good 3, Easy 4.
fn rating(quality: Quality) -> usize {
    usize::from(quality.get()).saturating_sub(1).max(1)
}
