//! What holds for every draw of an estimate: for the tests of the embedded decks, and for the author of
//! one's own.

use super::{Drawn, draw, grade};
use crate::deck::{Card, Draw, Estimate, Given, Step};
use crate::quantity::{Expression, Quantity, Reading, Rounding};
use crate::schedule::Quality;
use std::collections::{BTreeSet, HashSet};

/// A check's answer holds to this factor.
const EXACT: f64 = 1.001;
/// Answers are of a size that a person would say, in the unit that is asked in.
const SENSIBLE: std::ops::RangeInclusive<f64> = 1e-3..=1e11;

/// What is wrong with an estimate: its fixed points, then so many draws.
pub fn prove(card: &Card, estimate: &Estimate, seeds: u64) -> BTreeSet<String> {
    let mut faults = fixed_points(estimate);
    let mut seen = HashSet::new();
    for seed in 0..seeds {
        let drawn = draw(estimate, seed);
        let texts: Vec<String> = drawn.values.iter().map(|(_, value)| value.text.clone()).collect();
        if !seen.insert(texts) {
            continue;
        }
        match drawn.truth(estimate) {
            Ok(truth) => {
                for step in 0..estimate.steps.len() {
                    faults.extend(step_faults(estimate, &drawn, &truth, step));
                }
                if truth.iter().all(|value| value.value > 0.0) {
                    faults.extend(rounded_faults(estimate, &drawn, &truth));
                }
            }
            Err(error) => {
                faults.insert(format!("a draw breaks the formula: {error}"));
            }
        }
        if !estimate.conditions.iter().all(|condition| super::draw::holds(condition, &drawn)) {
            faults.insert("where rejects nearly every draw".to_owned());
        }
    }
    faults.into_iter().map(|fault| format!("{}: {fault}", card.id)).collect()
}

fn fixed_points(estimate: &Estimate) -> BTreeSet<String> {
    let mut faults = BTreeSet::new();
    for check in &estimate.checks {
        let values = estimate.given.iter().filter_map(|given| check.given.iter().find(|(name, _)| *name == given.name));
        let drawn = Drawn { values: values.cloned().collect() };
        let Ok(truth) = drawn.truth(estimate) else {
            faults.insert("a check's values break the formula".to_owned());
            continue;
        };
        for (id, wanted) in &check.answers {
            let Some(at) = estimate.steps.iter().position(|step| step.id == *id) else { continue };
            let (step, found) = (&estimate.steps[at], truth[at]);
            if found.dimension != wanted.dimension {
                faults
                    .insert(format!("check of {id}: the formula gives {}, not {}", found.dimension, wanted.dimension));
                continue;
            }
            let off = (found.value / wanted.value).max(wanted.value / found.value);
            if off.is_nan() || off > EXACT {
                let (found, wanted) = (found.value / step.unit.factor(), wanted.value / step.unit.factor());
                faults.insert(format!("check of {id}: the formula gives {found} {}, not {wanted}", step.unit.text()));
            }
        }
    }
    faults
}

fn step_faults(estimate: &Estimate, drawn: &Drawn, truth: &[Quantity], at: usize) -> Vec<String> {
    let (step, value) = (&estimate.steps[at], truth[at]);
    let mut faults = Vec::new();
    let size = value.value / step.unit.factor();
    if !SENSIBLE.contains(&size) {
        faults.push(format!("{}: an answer of {size:e} {} is of no sensible size", step.id, step.unit.text()));
    }
    let Ok(target) = drawn.target(estimate, at, truth) else {
        return vec![format!("{}: a draw breaks the formula", step.id)];
    };
    if grade(value, "", &target, false).quality != Quality::GOOD {
        faults.push(format!("{}: the right answer is not graded right", step.id));
    }
    let printed = step.unit.print(value);
    let typed = super::read(&printed, &step.unit).ok().map(|typed| grade(typed, &printed, &target, false));
    if typed.is_none_or(|typed| typed.quality < Quality::GOOD) {
        faults.push(format!("{}: '{printed}', as it is printed, is not graded right", step.id));
    }
    if target.slips.len() != step.slips.len() {
        faults.push(format!("{}: a draw breaks the formula of a slip", step.id));
    }
    for slip in &target.slips {
        let wrong = grade(Quantity { value: slip.value, ..value }, "", &target, false);
        let named = wrong.slip.as_ref().is_some_and(|found| {
            // Two slips may fall together on one draw; the first is then the one named.
            found.id == slip.id || (found.value / slip.value - 1.0).abs() < 0.1
        });
        if wrong.quality > Quality::NEARLY || !named {
            let off = slip.value / value.value;
            faults.push(format!("{}: the slip {} ({off:.2}x the answer) is not told from it", step.id, slip.id));
        }
    }
    faults
}

/// What people round in the head is right: a day as 100,000 s, a month as 30 days, 1,024 as 1,000, singly and together.
fn rounded_faults(estimate: &Estimate, drawn: &Drawn, truth: &[Quantity]) -> Vec<String> {
    let mut faults = Vec::new();
    for rounding in Rounding::all() {
        let Some(rounded) = round_given(estimate, drawn, rounding) else { continue };
        let mut own: Vec<Quantity> = Vec::new();
        for (at, step) in estimate.steps.iter().enumerate() {
            // A step is asked with what came before it, rightly worked or carried through: both must do.
            for earlier in [&truth[..at], &own[..]] {
                let Some(value) = round_step(estimate, step, &rounded, earlier, rounding) else { continue };
                let Ok(target) = drawn.target(estimate, at, earlier) else { continue };
                if grade(value, "", &target, false).quality < Quality::GOOD {
                    let off = value.value / target.value.value;
                    faults.push(format!("{}: rounding {rounding} gives {off:.2}x, outside {}", step.id, step.within));
                }
            }
            own.push(round_step(estimate, step, &rounded, &own, rounding).unwrap_or(truth[at]));
        }
    }
    faults
}

/// Given values as somebody reads them who rounds.
fn round_given(estimate: &Estimate, drawn: &Drawn, rounding: Rounding) -> Option<Drawn> {
    let mut rounded = drawn.clone();
    for ((_, value), Given { draw, .. }) in rounded.values.iter_mut().zip(&estimate.given) {
        if matches!(draw, Draw::Pick(_)) {
            let reading = Reading { rounding, ..Reading::of(estimate.asked) };
            value.quantity = Expression::parse(&value.text, &reading).ok()?.evaluate(&Default::default()).ok()?;
        }
    }
    Some(rounded)
}

fn round_step(
    estimate: &Estimate,
    step: &Step,
    drawn: &Drawn,
    earlier: &[Quantity],
    rounding: Rounding,
) -> Option<Quantity> {
    let names = drawn.names(estimate, earlier);
    let words: Vec<&str> = names.words().collect();
    let reading = Reading { names: &words, rounding, ..Reading::of(step.unit.dimension()) };
    Expression::parse(step.answer.text(), &reading).ok()?.evaluate(&names).ok()
}
