//! Four human memories of different make, and what becomes of a card in each.
//!
//! - FSRS-6, <https://github.com/open-spaced-repetition/fsrs4anki/wiki/The-Algorithm>: stability and difficulty. Once with
//!   weights around the published ones, and once for facts that hardly stick at first.
//! - The multiscale context model (Mozer, Pashler, Cepeda, Lindsey, Vul: Predicting the optimal spacing of study, NIPS 2009):
//!   leaky stores of many time scales, each of which learns what the faster ones did not keep.
//! - The predictive performance equation (Walsh, Gluck, Gunzelmann, Jastrzembski, Krusmark: Evaluating the theoretic adequacy
//!   and applied potential of computational models of the spacing effect, Cognitive Science 2018): practice to a power times
//!   a decay that falls with the gaps between presentations.
//! - ACT-R with decay by activation (Pavlik, Anderson: Practice and forgetting effects on vocabulary memory, Cognitive Science
//!   2005).
//!
//! Kept apart from the program on purpose: what schedules must not be what it is measured with. A look counts as a
//! presentation without a recall. The constants are chosen such that SM-2 with 20 new cards a day is right at 77 to 85% of
//! its reviews.

use rand::rngs::ChaCha8Rng;
use rand::{Rng, RngExt};

/// How an answer felt: Again, Hard, Good, Easy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd)]
pub enum Grade {
    Again = 1,
    Hard,
    Good,
    Easy,
}

impl Grade {
    fn number(self) -> f64 {
        f64::from(self as u8)
    }
}

/// Which make of memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Make {
    Fsrs,
    WeakFsrs,
    Multiscale,
    Equation,
    ActR,
}

impl Make {
    pub const ALL: [Self; 5] = [Self::Fsrs, Self::WeakFsrs, Self::Multiscale, Self::Equation, Self::ActR];

    pub fn name(self) -> &'static str {
        match self {
            Self::Fsrs => "FSRS-6",
            Self::WeakFsrs => "FSRS-6, weak",
            Self::Multiscale => "multiscale",
            Self::Equation => "equation",
            Self::ActR => "ACT-R",
        }
    }
}

/// What is left of a card in a memory.
#[derive(Debug, Clone, Default)]
pub struct Item {
    /// The days on which it was presented, with fractions.
    pub seen: Vec<f64>,
    fsrs: Option<Trace>,
    /// Of each store of the multiscale model.
    stores: Vec<f64>,
    /// Of each presentation in ACT-R.
    decays: Vec<f64>,
}

/// A learner's memory.
#[derive(Debug, Clone)]
pub enum Mind {
    Fsrs { weights: Weights, working: f64 },
    Multiscale(Multiscale),
    Equation(Equation),
    ActR(ActR),
}

impl Mind {
    pub fn of_somebody(make: Make, rng: &mut ChaCha8Rng) -> Self {
        match make {
            Make::Fsrs | Make::WeakFsrs => {
                let mut weights = Weights::of_somebody(rng);
                if make == Make::WeakFsrs {
                    weights.weaken();
                } else {
                    weights.lasting(0.6);
                }
                Self::Fsrs { weights, working: rng.random_range(0.8..0.98) }
            }
            Make::Multiscale => Self::Multiscale(Multiscale { slope: 0.89 + 0.02 * normal(rng), recalled: 9.0 }),
            Make::Equation => Self::Equation(Equation {
                threshold: 0.62 + 0.04 * normal(rng),
                noise: 0.22,
                decay: 0.05,
                spacing: 0.16 * spread(0.15, rng),
            }),
            Make::ActR => {
                Self::ActR(ActR { threshold: -1.25 + 0.12 * normal(rng), noise: 0.3, decay: 0.177, scale: 0.217 })
            }
        }
    }

    /// The chance of recall at a time, of a card that is this much harder than most.
    pub fn recall(&self, item: &Item, hardness: f64, at: f64) -> f64 {
        let Some(last) = item.seen.last() else { return 0.0 };
        match self {
            Self::Fsrs { weights, working } => match item.fsrs {
                Some(trace) if at.floor() > last.floor() => weights.recall(trace, at.floor() - last.floor()),
                _ => *working,
            },
            Self::Multiscale(model) => model.recall(item, hardness, at),
            Self::Equation(model) => model.recall(item, hardness, at),
            Self::ActR(model) => model.recall(item, hardness, at),
        }
    }

    /// What a presentation leaves, recalled or not.
    pub fn study(&self, item: &mut Item, hardness: f64, at: f64, grade: Grade) {
        match self {
            Self::Fsrs { weights, .. } => {
                let days = item.seen.last().map_or(0.0, |last| at.floor() - last.floor());
                item.fsrs = Some(match item.fsrs {
                    None => weights.meet(grade, hardness),
                    Some(trace) => weights.after(trace, grade, days),
                });
            }
            Self::Multiscale(model) => model.study(item, hardness, at, grade > Grade::Again),
            Self::Equation(_) => {}
            Self::ActR(model) => {
                let activation = model.activation(item, hardness, at);
                let decay = model.scale * activation.map_or(0.0, f64::exp) + model.decay;
                item.decays.push(decay);
            }
        }
        item.seen.push(at);
    }
}

/// The multiscale context model.
#[derive(Debug, Clone)]
pub struct Multiscale {
    /// What a store weighs beside the next faster one.
    slope: f64,
    /// How much more a presentation leaves that was recalled.
    recalled: f64,
}

impl Multiscale {
    const STORES: usize = 24;
    const FASTEST_DAYS: f64 = 0.003;
    const RATIO: f64 = 1.7;

    fn stores(&self) -> impl Iterator<Item = (f64, f64)> {
        (0..Self::STORES as i32).map(|i| (Self::FASTEST_DAYS * Self::RATIO.powi(i), self.slope.powi(i)))
    }

    fn decayed(&self, item: &Item, hardness: f64, at: f64) -> Vec<f64> {
        let days = item.seen.last().map_or(0.0, |last| at - last) * (0.4 * hardness).exp();
        let stores = self.stores().enumerate();
        stores.map(|(i, (tau, _))| item.stores.get(i).copied().unwrap_or(0.0) * (-days / tau).exp()).collect()
    }

    fn recall(&self, item: &Item, hardness: f64, at: f64) -> f64 {
        let (mut sum, mut weights) = (0.0, 0.0);
        for (x, (_, weight)) in self.decayed(item, hardness, at).into_iter().zip(self.stores()) {
            (sum, weights) = (sum + weight * x, weights + weight);
        }
        (sum / weights).min(0.99)
    }

    fn study(&self, item: &mut Item, hardness: f64, at: f64, recalled: bool) {
        let x = self.decayed(item, hardness, at);
        let rate = if recalled { self.recalled } else { 1.0 };
        let (mut sum, mut weights) = (0.0, 0.0);
        item.stores = x
            .into_iter()
            .zip(self.stores())
            .map(|(x, (_, weight))| {
                (sum, weights) = (sum + weight * x, weights + weight);
                x + rate * (1.0 - sum / weights).max(0.0)
            })
            .collect();
    }
}

/// The predictive performance equation.
#[derive(Debug, Clone)]
pub struct Equation {
    threshold: f64,
    noise: f64,
    decay: f64,
    spacing: f64,
}

impl Equation {
    const PRACTICE: f64 = 0.1;
    const RECENCY: f64 = 0.6;

    fn recall(&self, item: &Item, hardness: f64, at: f64) -> f64 {
        let ages: Vec<f64> = item.seen.iter().map(|seen| (at - seen).max(1e-3)).collect();
        let weights: Vec<f64> = ages.iter().map(|age| age.powf(-Self::RECENCY)).collect();
        let time =
            ages.iter().zip(&weights).map(|(age, weight)| age * weight).sum::<f64>() / weights.iter().sum::<f64>();
        let lags = item.seen.windows(2).map(|pair| 1.0 / (pair[1] - pair[0] + std::f64::consts::E).ln());
        let lags = if ages.len() > 1 { lags.sum::<f64>() / (ages.len() - 1) as f64 } else { 1.0 };
        let decay = self.decay + self.spacing * lags;
        let strength = (ages.len() as f64).powf(Self::PRACTICE) * time.powf(-decay);
        1.0 / (1.0 + ((self.threshold + 0.08 * hardness - strength) / self.noise).exp())
    }
}

/// ACT-R with decay by activation.
#[derive(Debug, Clone)]
pub struct ActR {
    threshold: f64,
    noise: f64,
    decay: f64,
    scale: f64,
}

impl ActR {
    /// Between sittings time passes so much more slowly.
    const BETWEEN: f64 = 0.025;

    fn activation(&self, item: &Item, hardness: f64, at: f64) -> Option<f64> {
        let age = |seen: f64| {
            let within = (at - seen).min(0.04) * 86_400.0;
            let between = (at - seen - 0.04).max(0.0) * 86_400.0 * Self::BETWEEN;
            (within + between).max(1.0)
        };
        let seen = item.seen.iter().zip(&item.decays);
        let sum: f64 = seen.map(|(seen, decay)| age(*seen).powf(-decay)).sum();
        (sum > 0.0).then(|| sum.ln() - 0.15 * hardness)
    }

    fn recall(&self, item: &Item, hardness: f64, at: f64) -> f64 {
        self.activation(item, hardness, at).map_or(0.0, |m| 1.0 / (1.0 + ((self.threshold - m) / self.noise).exp()))
    }
}

/// The weights w0 to w20 of FSRS-6.
#[derive(Debug, Clone)]
pub struct Weights([f64; 21]);

/// Stability and difficulty.
#[derive(Debug, Clone, Copy)]
pub struct Trace {
    /// Days until recall falls to 0.9.
    pub stability: f64,
    difficulty: f64,
}

impl Weights {
    /// As published with FSRS-6.
    pub const PUBLISHED: Self = Self([
        0.212, 1.2931, 2.3065, 8.2956, 6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796, 1.4835, 0.0614, 0.2629,
        1.6483, 0.6014, 1.8729, 0.5425, 0.0912, 0.0658, 0.1542,
    ]);

    /// Somebody else's: every weight differs a little, how long things last and how they fade differ much.
    fn of_somebody(rng: &mut ChaCha8Rng) -> Self {
        let mut weights = Self(Self::PUBLISHED.0.map(|w| w * spread(0.1, rng)));
        weights.lasting(spread(0.4, rng));
        weights.0[8] += 0.3 * normal(rng);
        weights.0[20] = (0.2 * spread(0.35, rng)).clamp(0.1, 0.8);
        weights
    }

    /// What is met lasts so many times as long.
    fn lasting(&mut self, times: f64) {
        self.0[..4].iter_mut().for_each(|w| *w *= times);
        // After a lapse as much lasts as at first.
        self.0[11] *= times.min(2.0);
    }

    /// What is met hardly sticks at first; what was recalled once grows the faster.
    fn weaken(&mut self) {
        self.0[..2].iter_mut().for_each(|w| *w *= 0.3);
        self.0[2..4].iter_mut().for_each(|w| *w *= 0.5);
        self.0[8] += 0.3;
    }

    fn recall(&self, trace: Trace, days: f64) -> f64 {
        let decay = self.0[20];
        let factor = 0.9_f64.powf(-1.0 / decay) - 1.0;
        (1.0 + factor * days.max(0.0) / trace.stability).powf(-decay)
    }

    /// The days after which recall falls to this.
    pub fn interval(&self, trace: Trace, recall: f64) -> f64 {
        let decay = self.0[20];
        let factor = 0.9_f64.powf(-1.0 / decay) - 1.0;
        trace.stability / factor * (recall.powf(-1.0 / decay) - 1.0)
    }

    /// A first meeting with a card that is this much harder than most, in standard deviations.
    pub fn meet(&self, grade: Grade, hardness: f64) -> Trace {
        let stability = self.0[grade as usize - 1] * (-0.4 * hardness).exp();
        let difficulty = (self.first_difficulty(grade) + hardness).clamp(1.0, 10.0);
        Trace { stability: stability.max(0.02), difficulty }
    }

    fn first_difficulty(&self, grade: Grade) -> f64 {
        self.0[4] - (self.0[5] * (grade.number() - 1.0)).exp() + 1.0
    }

    /// What an answer leaves after so many days.
    pub fn after(&self, trace: Trace, grade: Grade, days: f64) -> Trace {
        let w = &self.0;
        let Trace { stability: s, difficulty: d } = trace;
        let r = self.recall(trace, days);
        let stability = if days < 1.0 {
            let grown = (w[17] * (grade.number() - 3.0 + w[18])).exp() * s.powf(-w[19]);
            s * if grade >= Grade::Good { grown.max(1.0) } else { grown }
        } else if grade == Grade::Again {
            let left = w[11] * d.powf(-w[12]) * ((s + 1.0).powf(w[13]) - 1.0) * (w[14] * (1.0 - r)).exp();
            left.min(s / (w[17] * w[18]).exp())
        } else {
            let felt = match grade {
                Grade::Hard => w[15],
                Grade::Easy => w[16],
                _ => 1.0,
            };
            s * (1.0 + w[8].exp() * (11.0 - d) * s.powf(-w[9]) * ((w[10] * (1.0 - r)).exp() - 1.0) * felt)
        };
        let moved = d - w[6] * (grade.number() - 3.0) * (10.0 - d) / 9.0;
        let difficulty = w[7] * self.first_difficulty(Grade::Easy) + (1.0 - w[7]) * moved;
        Trace { stability: stability.clamp(0.02, 36500.0), difficulty: difficulty.clamp(1.0, 10.0) }
    }
}

/// From the standard normal distribution (Box and Muller).
pub fn normal(rng: &mut impl Rng) -> f64 {
    let (a, b): (f64, f64) = (rng.random(), rng.random());
    (-2.0 * (1.0 - a).ln()).sqrt() * (std::f64::consts::TAU * b).cos()
}

/// A log-normal factor around 1.
pub fn spread(sigma: f64, rng: &mut impl Rng) -> f64 {
    (sigma * normal(rng)).exp()
}
