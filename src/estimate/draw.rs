//! Drawing given values from a seed.

use crate::deck::{Comparison, Condition, Draw, Estimate, Value};
use crate::quantity::{Names, Quantity};
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

/// Draws that may be rejected before a deck's conditions are given up on; a test holds every deck below it.
pub(super) const TRIES: usize = 1000;

/// The given values of a question, in the order of the deck.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawn {
    /// Name and value.
    pub values: Vec<(String, Value)>,
}

/// Draws an estimate's values. The same seed gives the same values (ChaCha8).
pub fn draw(estimate: &Estimate, seed: u64) -> Drawn {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut drawn = draw_once(estimate, &mut rng);
    for _ in 1..TRIES {
        if estimate.conditions.iter().all(|condition| holds(condition, &drawn)) {
            break;
        }
        drawn = draw_once(estimate, &mut rng);
    }
    drawn
}

/// Draws an estimate's values, whether its conditions hold or not.
pub(super) fn unfiltered(estimate: &Estimate, seed: u64) -> Drawn {
    draw_once(estimate, &mut ChaCha8Rng::seed_from_u64(seed))
}

fn draw_once(estimate: &Estimate, rng: &mut ChaCha8Rng) -> Drawn {
    let values = estimate.given.iter().map(|given| (given.name.clone(), one(&given.draw, rng))).collect();
    Drawn { values }
}

fn one(draw: &Draw, rng: &mut ChaCha8Rng) -> Value {
    match draw {
        Draw::Pick(values) => values.choose(rng).expect("a list to pick from has a value").clone(),
        Draw::Range { from, to, unit, nice, whole } => {
            let number = if *nice { nice_number(*from, *to, rng) } else { log_uniform(*from, *to, *whole, rng) };
            let quantity = Quantity { value: number * unit.factor(), dimension: unit.dimension() };
            Value { text: unit.print(quantity), quantity }
        }
    }
}

/// One of 1, 2, 5, 10, 20, ... between the ends; the lower end where none lies there.
fn nice_number(from: f64, to: f64, rng: &mut ChaCha8Rng) -> f64 {
    let decades = from.log10().floor() as i32..=to.log10().ceil() as i32;
    let steps: Vec<f64> = decades
        .flat_map(|decade| [1.0, 2.0, 5.0].map(|digit| digit * 10f64.powi(decade)))
        .filter(|n| *n >= from * (1.0 - 1e-9) && *n <= to * (1.0 + 1e-9))
        .collect();
    steps.choose(rng).copied().unwrap_or(from)
}

/// Evenly on the logarithm, to two significant figures, so that what is shown is what is meant.
fn log_uniform(from: f64, to: f64, whole: bool, rng: &mut ChaCha8Rng) -> f64 {
    let number: f64 = rng.random_range(from.ln()..=to.ln()).exp();
    let step = 10f64.powi(number.log10().floor() as i32 - 1);
    let step = if whole { step.max(1.0) } else { step };
    ((number / step).round() * step).clamp(from, to)
}

/// Whether a draw fulfils a condition.
pub(super) fn holds(condition: &Condition, drawn: &Drawn) -> bool {
    let names: Names = drawn.values.iter().map(|(name, value)| (name.as_str(), value.quantity)).collect();
    let (Ok(left), Ok(right)) = (condition.left.evaluate(&names), condition.right.evaluate(&names)) else {
        return false;
    };
    match condition.relation {
        Comparison::Less => left.value < right.value,
        Comparison::AtMost => left.value <= right.value,
        Comparison::More => left.value > right.value,
        Comparison::AtLeast => left.value >= right.value,
    }
}
