//! A human memory after FSRS-6, <https://github.com/open-spaced-repetition/fsrs4anki/wiki/The-Algorithm>.
//!
//! Kept apart from the program on purpose: what schedules must not be what it is measured with.

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

/// The weights w0 to w20.
#[derive(Debug, Clone)]
pub struct Weights([f64; 21]);

/// What is left of a card in a memory.
#[derive(Debug, Clone, Copy)]
pub struct Trace {
    /// Days until recall falls to 0.9.
    pub stability: f64,
    /// 1 to 10.
    pub difficulty: f64,
    /// The day it was seen last.
    pub seen: i64,
}

impl Weights {
    /// As published with FSRS-6.
    pub const PUBLISHED: Self = Self([
        0.212, 1.2931, 2.3065, 8.2956, 6.4133, 0.8334, 3.0194, 0.001, 1.8722, 0.1666, 0.796, 1.4835, 0.0614, 0.2629,
        1.6483, 0.6014, 1.8729, 0.5425, 0.0912, 0.0658, 0.1542,
    ]);

    /// Somebody else's: every weight differs a little, how long things last and how they fade differ much.
    pub fn of_somebody(stability: f64, decay: Option<f64>, rng: &mut ChaCha8Rng) -> Self {
        let mut weights = Self::PUBLISHED.0.map(|w| w * spread(0.1, rng));
        let lasting = stability * spread(0.4, rng);
        weights[..4].iter_mut().for_each(|w| *w *= lasting);
        // After a lapse as much lasts as at first.
        weights[11] *= lasting.min(2.0);
        weights[8] += 0.3 * normal(rng);
        weights[20] = (decay.unwrap_or(0.2) * spread(0.35, rng)).clamp(0.1, 0.8);
        Self(weights)
    }

    /// The chance of recall on a day.
    pub fn recall(&self, trace: Trace, day: i64) -> f64 {
        let decay = self.0[20];
        let factor = 0.9_f64.powf(-1.0 / decay) - 1.0;
        (1.0 + factor * (day - trace.seen).max(0) as f64 / trace.stability).powf(-decay)
    }

    /// A first meeting with a card that is this much harder than most, in standard deviations.
    pub fn meet(&self, grade: Grade, hardness: f64, day: i64) -> Trace {
        let stability = self.0[grade as usize - 1] * (-0.4 * hardness).exp();
        let difficulty = (self.first_difficulty(grade) + hardness).clamp(1.0, 10.0);
        Trace { stability: stability.max(0.05), difficulty, seen: day }
    }

    fn first_difficulty(&self, grade: Grade) -> f64 {
        self.0[4] - (self.0[5] * (grade.number() - 1.0)).exp() + 1.0
    }

    /// What an answer leaves.
    pub fn after(&self, trace: Trace, grade: Grade, day: i64) -> Trace {
        let w = &self.0;
        let Trace { stability: s, difficulty: d, seen } = trace;
        let r = self.recall(trace, day);
        let stability = if day == seen {
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
        Trace { stability: stability.clamp(0.05, 36500.0), difficulty: difficulty.clamp(1.0, 10.0), seen: day }
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
