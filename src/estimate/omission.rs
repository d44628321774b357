//! What an answer must not be right without: every given value, the sum or the largest, the number of periods.

use super::draw::{holds, unfiltered};
use super::{Drawn, draw, grade};
use crate::deck::{Card, DeckError, Estimate};
use crate::quantity::{Expression, Quantity};
use crate::schedule::Quality;
use std::collections::HashSet;
use std::sync::Arc;

/// The share of draws that `where` may reject: beyond it the question is wrong.
const MOST_REJECTED: f64 = 0.2;

/// A way to go wrong, and how.
struct Way {
    what: String,
    formula: Expression,
}

/// The ways to go wrong at a step.
fn ways(estimate: &Estimate, step: usize) -> Vec<Way> {
    let answer = &estimate.steps[step].answer;
    let given = estimate.given.iter().map(|given| given.name.as_str());
    let earlier = estimate.steps[..step].iter().map(|step| step.id.as_str());
    let left_out = given
        .chain(earlier)
        .filter_map(|name| answer.without(name).map(|formula| Way { what: format!("leaving {name} out"), formula }));
    let named = |what: &'static str| move |formula| Way { what: what.to_owned(), formula };
    left_out
        .chain(answer.sums_and_maxima_swapped().into_iter().map(named("the largest for the sum, or the sum for it")))
        .chain(answer.periods_off().into_iter().map(named("a period too many or too few")))
        .chain(answer.other_periods().into_iter().map(named("another unit of time")))
        .collect()
}

/// What passes although something was left out or done wrong, over so many draws; and `where`s that reject too many.
pub fn omissions(card: &Card, estimate: &Estimate, seeds: u64) -> Vec<DeckError> {
    let error = |at: (usize, usize), message: String| DeckError {
        path: Arc::clone(&card.place.path),
        at: Some(at),
        message: format!("{}: {message}", card.id),
    };
    let mut errors = Vec::new();
    if let Some(condition) = estimate.conditions.first() {
        let kept = |seed: &u64| {
            let drawn = unfiltered(estimate, *seed);
            estimate.conditions.iter().all(|condition| holds(condition, &drawn))
        };
        let rejected = 1.0 - (0..seeds).filter(kept).count() as f64 / seeds as f64;
        if rejected > MOST_REJECTED {
            let said = format!(
                "where rejects {:.0}% of the draws, more than a fifth: give other values, or ask another question",
                rejected * 100.0
            );
            errors.push(error(condition.at, said));
        }
    }
    let mut seen = HashSet::new();
    let draws: Vec<Drawn> = (0..seeds)
        .map(|seed| draw(estimate, seed))
        .filter(|drawn| seen.insert(drawn.values.iter().map(|(_, value)| value.text.clone()).collect::<Vec<_>>()))
        .collect();
    let truths: Vec<(Drawn, Vec<Quantity>)> =
        draws.into_iter().filter_map(|drawn| drawn.truth(estimate).ok().map(|truth| (drawn, truth))).collect();
    for (at, step) in estimate.steps.iter().enumerate() {
        for Way { what, formula } in ways(estimate, at) {
            let passes: Vec<(&Drawn, f64)> = truths
                .iter()
                .filter_map(|(drawn, truth)| passes(estimate, at, drawn, truth, &formula).map(|by| (drawn, by)))
                .collect();
            let Some((first, by)) = passes.first() else { continue };
            let values = first.values.iter().map(|(name, value)| format!("{name} = {}", value.text));
            let said = format!(
                "{what} passes in {} of {} draws: {by:.2}x the answer of '{}', with {}; name it with a slip, narrow \
                 within, draw other values, or reject such draws with where",
                passes.len(),
                truths.len(),
                step.id,
                values.collect::<Vec<_>>().join(", ")
            );
            errors.push(error(step.at, said));
        }
    }
    errors
}

/// By which factor of the truth a wrong formula passes for right or near on a draw, if it does.
fn passes(estimate: &Estimate, step: usize, drawn: &Drawn, truth: &[Quantity], formula: &Expression) -> Option<f64> {
    let target = drawn.target(estimate, step, truth).ok()?;
    let wrong = formula.evaluate(&drawn.names(estimate, &truth[..step])).ok()?;
    let wrong = target.unit.read_bare(wrong);
    let is_answer = wrong.dimension == target.value.dimension && wrong.value > 0.0;
    (is_answer && grade(&wrong.into(), &target, false).quality >= Quality::HARD)
        .then(|| wrong.value / target.value.value)
}
