//! What holds for every draw of an estimate: for the tests of the embedded decks, and for the author of
//! one's own.

use super::draw::{TRIES, holds};
use super::{Drawn, draw, grade};
use crate::deck::{Card, DeckError, Draw, Estimate, Step, Value};
use crate::quantity::{Expression, Quantity, Reading, Rounding};
use crate::schedule::Quality;
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// A check's answer holds to this factor.
const EXACT: f64 = 1.001;
/// Answers are of a size that a person would say, in the unit that is asked in.
const SENSIBLE: std::ops::RangeInclusive<f64> = 1e-3..=1e11;

/// What a draw shows to be wrong.
struct Fault {
    /// Line and column.
    at: (usize, usize),
    what: &'static str,
    found: String,
    mend: &'static str,
}

/// What is wrong with an estimate: its fixed points, then so many draws. Of a fault at one place, the first draw
/// that shows it is named.
pub fn prove(card: &Card, estimate: &Estimate, seeds: u64) -> Vec<DeckError> {
    let error = |at: (usize, usize), message: &str| DeckError {
        path: Arc::clone(&card.place.path),
        at: Some(at),
        message: format!("{}: {message}", card.id),
    };
    let mut errors: Vec<DeckError> = fixed_points(estimate).iter().map(|(at, said)| error(*at, said)).collect();
    let mut faults = BTreeMap::new();
    let mut seen = HashSet::new();
    let in_the_head: Vec<Rounded> = Rounding::all().map(|rounding| Rounded::new(estimate, rounding)).collect();
    for seed in 0..seeds {
        let drawn = draw(estimate, seed);
        let values: Vec<String> = drawn.values.iter().map(|(name, value)| format!("{name} = {}", value.text)).collect();
        let values = values.join(", ");
        if !seen.insert(values.clone()) {
            continue;
        }
        for Fault { at, what, found, mend } in draw_faults(estimate, &drawn, &in_the_head) {
            faults.entry((at, what)).or_insert_with(|| format!("{what}: {found}, with {values}; {mend}"));
        }
    }
    errors.extend(faults.iter().map(|((at, _), said)| error(*at, said)));
    errors
}

/// Where the formulas do not give what a check says.
fn fixed_points(estimate: &Estimate) -> Vec<((usize, usize), String)> {
    let mut faults = Vec::new();
    for check in &estimate.checks {
        let values = estimate.given.iter().filter_map(|given| check.given.iter().find(|(name, _)| *name == given.name));
        let truth = Drawn { values: values.cloned().collect() }.truth(estimate);
        for fixed in &check.answers {
            let Some(at) = estimate.steps.iter().position(|step| step.id == fixed.step) else { continue };
            let (unit, wanted) = (&estimate.steps[at].unit, fixed.value);
            let found = match &truth {
                Ok(truth) => truth[at],
                Err((broken, error)) => {
                    if *broken == at {
                        faults.push((fixed.at, format!("the check's values break the formula: {error}")));
                    }
                    continue;
                }
            };
            let off = (found.value / wanted.value).max(wanted.value / found.value);
            if found.dimension != wanted.dimension {
                faults.push((fixed.at, format!("the formula gives {}, not {}", found.dimension, wanted.dimension)));
            } else if off.is_nan() || off > EXACT {
                let (found, wanted) = (found.value / unit.factor(), wanted.value / unit.factor());
                faults.push((fixed.at, format!("the formula gives {found} {}, not {wanted}", unit.text())));
            }
        }
    }
    faults
}

fn draw_faults(estimate: &Estimate, drawn: &Drawn, in_the_head: &[Rounded]) -> Vec<Fault> {
    if let Some(condition) = estimate.conditions.iter().find(|condition| !holds(condition, drawn)) {
        let (what, found) = ("where rejects nearly every draw", format!("{TRIES} in a row"));
        return vec![Fault { at: condition.at, what, found, mend: "loosen it" }];
    }
    match drawn.truth(estimate) {
        Err((step, error)) => vec![Fault {
            at: estimate.steps[step].at,
            what: "a draw breaks the formula",
            found: error.to_string(),
            mend: REJECT,
        }],
        Ok(truth) => {
            let steps = (0..estimate.steps.len()).flat_map(|at| step_faults(estimate, drawn, &truth, at));
            let sound = truth.iter().all(|value| value.value > 0.0);
            let rounded = sound.then(|| rounded_faults(estimate, drawn, &truth, in_the_head));
            steps.chain(rounded.into_iter().flatten()).collect()
        }
    }
}

const REJECT: &str = "reject such draws with where";

fn step_faults(estimate: &Estimate, drawn: &Drawn, truth: &[Quantity], at: usize) -> Vec<Fault> {
    let (step, value) = (&estimate.steps[at], truth[at]);
    let mut faults = Vec::new();
    let mut fault = |at, what, found, mend| faults.push(Fault { at, what, found, mend });
    let size = value.value / step.unit.factor();
    if !SENSIBLE.contains(&size) {
        let found = format!("{size:e} {}", step.unit.text());
        fault(step.at, "the answer is of no sensible size", found, "draw other values or ask in another unit");
        return faults;
    }
    let target = drawn.target(estimate, at, truth).expect("the formula has given the truth");
    let printed = step.unit.print(value);
    let typed =
        super::read(&printed, &target.asking(&prompt(estimate, drawn, truth, at)), &|value| target.is_right(value));
    if typed.is_err() || typed.is_ok_and(|typed| !target.is_right(typed.value)) {
        fault(step.at, "the answer as it is printed is not right", printed, "widen within or ask in another unit");
    }
    let names = drawn.names(estimate, truth);
    for work in step.work.iter().filter(|work| work.value.evaluate(&names).is_err()) {
        fault(step.at, "a draw breaks a line of the working", work.say.clone(), REJECT);
    }
    for slip in &step.slips {
        let Some(own) = target.slips.iter().find(|named| named.id == slip.id) else {
            fault(slip.at, "a draw breaks the slip's formula", slip.id.clone(), REJECT);
            continue;
        };
        let wrong = grade(&Quantity { value: own.value, ..value }.into(), &target, false);
        let named = wrong.slip.as_ref().is_some_and(|found| {
            // Two slips may fall together on one draw; the first is then the one named.
            found.id == slip.id || (found.value / own.value - 1.0).abs() < 0.1
        });
        if wrong.quality > Quality::NEARLY || !named {
            let found = format!("{} is {:.2}x the answer", slip.id, own.value / value.value);
            fault(
                slip.at,
                "the slip is not told from the answer",
                found,
                "narrow within or reject such draws with where",
            );
        }
    }
    faults
}

/// The question of a step as it is shown.
fn prompt(estimate: &Estimate, drawn: &Drawn, truth: &[Quantity], at: usize) -> String {
    let text = format!("{}\n{}", estimate.ask, estimate.steps[at].ask);
    drawn.fill(&text, estimate, truth)
}

/// An estimate as it is worked by somebody who rounds.
struct Rounded {
    rounding: Rounding,
    /// What each given value that is picked from a list is taken for.
    given: Vec<Vec<(f64, Quantity)>>,
    /// The formula of each step.
    formulas: Vec<Option<Expression>>,
}

impl Rounded {
    fn new(estimate: &Estimate, rounding: Rounding) -> Self {
        let names = estimate.given.iter().map(|given| given.name.as_str());
        let words: Vec<&str> = names.chain(estimate.steps.iter().map(|step| step.id.as_str())).collect();
        let formula = |step: &Step| {
            let fractions = step.answer.has_fractions();
            let reading = Reading { names: &words, rounding, fractions, ..Reading::of(step.unit.dimension()) };
            Expression::parse(step.answer.text(), &reading).ok()
        };
        let taken_for = |value: &Value| {
            let reading = Reading { rounding, ..Reading::of(estimate.asked) };
            let read = Expression::parse(&value.text, &reading).ok()?.evaluate(&Default::default()).ok()?;
            Some((value.quantity.value, read))
        };
        let given = estimate.given.iter().map(|given| match &given.draw {
            Draw::Pick(values) => values.iter().filter_map(taken_for).collect(),
            Draw::Range { .. } => Vec::new(),
        });
        Self { rounding, given: given.collect(), formulas: estimate.steps.iter().map(formula).collect() }
    }

    /// Given values as somebody reads them who rounds.
    fn drawn(&self, drawn: &Drawn) -> Drawn {
        let mut rounded = drawn.clone();
        for ((_, value), known) in rounded.values.iter_mut().zip(&self.given) {
            if let Some((_, read)) = known.iter().find(|(exact, _)| *exact == value.quantity.value) {
                value.quantity = *read;
            }
        }
        rounded
    }

    fn step(&self, estimate: &Estimate, at: usize, drawn: &Drawn, earlier: &[Quantity]) -> Option<Quantity> {
        self.formulas[at].as_ref()?.evaluate(&drawn.names(estimate, earlier)).ok()
    }
}

/// What people round in the head is right: a day as 100,000 s, a month as 30 days, 1,024 as 1,000, singly and together.
fn rounded_faults(estimate: &Estimate, drawn: &Drawn, truth: &[Quantity], in_the_head: &[Rounded]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for head in in_the_head {
        let rounded = head.drawn(drawn);
        let mut own: Vec<Quantity> = Vec::new();
        for (at, step) in estimate.steps.iter().enumerate() {
            // A step is asked with what came before it, rightly worked or carried through: both must do.
            for earlier in [&truth[..at], &own[..]] {
                let Some(value) = head.step(estimate, at, &rounded, earlier) else { continue };
                let Ok(target) = drawn.target(estimate, at, earlier) else { continue };
                if !target.is_right(value) {
                    let off = value.value / target.value.value;
                    faults.push(Fault {
                        at: step.at,
                        what: "an answer rounded in the head is not right",
                        found: format!("{} gives {off:.2}x, outside {}", head.rounding, step.within),
                        mend: "widen within",
                    });
                }
            }
            own.push(head.step(estimate, at, &rounded, &own).unwrap_or(truth[at]));
        }
    }
    faults
}
