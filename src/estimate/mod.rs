//! Questions whose answer is a number: draw the given values, work the answer, grade what was typed,
//! name the wrong turn.
//!
//! Here belong chance (a seed comes in) and how far off a number may be. What an expression means is
//! [`crate::quantity`]'s; what follows for the schedule is [`crate::session`]'s.

mod answer;
mod bands;
mod cure;
mod draw;
mod grade;
mod omission;
mod prompt;
mod proof;
mod ratio;
mod slip;
mod target;

pub use answer::{Answer, AskedBack, read, says_unknown};
pub use bands::bands;
pub use cure::cure;
pub use draw::{Drawn, draw};
pub use grade::{Grade, grade};
pub use omission::omissions;
pub use proof::prove;
pub use ratio::{Direction, Ratio};
pub use slip::slip_words;
pub use target::{Asking, NamedSlip, Target, number_target};

use crate::deck::{Estimate, Step};
use crate::quantity::{Names, Quantity, QuantityError, Scales};

/// The largest seed plus one: JSON numbers are exact below it.
pub const SEEDS: u64 = 1 << 53;

impl Drawn {
    /// The given values, then what is known of the steps so far.
    fn names<'a>(&'a self, estimate: &'a Estimate, steps: &[Quantity]) -> Names<'a> {
        let given = self.values.iter().map(|(name, value)| (name.as_str(), value.quantity));
        let earlier = estimate.steps.iter().zip(steps).map(|(step, value)| (step.id.as_str(), *value));
        given.chain(earlier).collect()
    }

    /// The true value of each step, in order.
    ///
    /// # Errors
    /// The step whose formula these values break, and how: a division by zero.
    pub fn truth(&self, estimate: &Estimate) -> Result<Vec<Quantity>, (usize, QuantityError)> {
        let mut values = Vec::new();
        for (at, step) in estimate.steps.iter().enumerate() {
            let value = step.answer.evaluate(&self.names(estimate, &values));
            values.push(value.map_err(|error| (at, error))?);
        }
        Ok(values)
    }

    /// A text with its `{names}` filled in: given values as written, steps as they are printed.
    pub fn fill(&self, text: &str, estimate: &Estimate, steps: &[Quantity]) -> String {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let Some((name, behind)) = after.split_once('}') else {
                filled.push('{');
                rest = after;
                continue;
            };
            let given = self.values.iter().find(|(known, _)| known == name).map(|(_, value)| value.text.clone());
            let step = || {
                let at = estimate.steps.iter().position(|step| step.id == name)?;
                Some(estimate.steps[at].unit.print(*steps.get(at)?))
            };
            filled.push_str(&given.or_else(step).unwrap_or_default());
            rest = behind;
        }
        filled + rest
    }

    /// The working of a step, a line each: `50M x 10 requests a day = 500M`.
    pub fn working(&self, estimate: &Estimate, step: usize, steps: &[Quantity]) -> Vec<String> {
        let names = self.names(estimate, steps);
        let line = |work: &crate::deck::Work| {
            let value = work.value.evaluate(&names).ok()?;
            Some(format!("{} = {}", self.fill(&work.say, estimate, steps), work.unit.print(value)))
        };
        estimate.steps[step].work.iter().filter_map(line).collect()
    }

    /// What an answer to a step is held against, when the steps up to it have these values.
    ///
    /// # Errors
    /// How these values break the step's formula.
    pub fn target<'a>(
        &self,
        estimate: &'a Estimate,
        step: usize,
        steps: &[Quantity],
    ) -> Result<Target<'a>, QuantityError> {
        let Step { unit, per, within, slips, answer, .. } = &estimate.steps[step];
        let earlier = &steps[..step.min(steps.len())];
        let value = answer.evaluate(&self.names(estimate, earlier))?;
        let with_answer: Vec<Quantity> = earlier.iter().copied().chain([value]).collect();
        let names = self.names(estimate, &with_answer);
        let own = slips.iter().filter_map(|slip| {
            let gives = slip.value.evaluate(&names).ok()?;
            // A wrong turn that lost its unit is read as a learner's bare number would be.
            let gives = if gives.dimension == value.dimension { gives } else { unit.read_bare(gives) };
            Some(NamedSlip {
                id: slip.id.clone(),
                say: self.fill(&slip.say, estimate, &with_answer),
                value: gives.value,
            })
        });
        let ask = self.fill(&format!("{} {}", estimate.ask, estimate.steps[step].ask), estimate, earlier);
        let per_text = per.as_ref().map_or("", |per| per.text.as_str());
        let said = target::scales(&[&ask, &format!("/{per_text}")], unit, value);
        let work = estimate.steps[step].work.iter().map(|work| work.value.scales());
        let worked = work.fold(answer.scales(), Scales::and);
        let factor = |name: &str| answer.mentions(name).then(|| names.get(name).map(|q| q.value)).flatten();
        Ok(Target {
            value,
            right: (value.value / within, value.value * within),
            ends: (value.value, value.value),
            near: *within,
            unit,
            per: per.as_ref(),
            slips: own.collect(),
            myths: Vec::new(),
            peak: factor("peak"),
            replicas: factor("replicas"),
            scales: said.and(worked),
            is_quotient: answer.is_quotient(),
        })
    }
}

#[cfg(test)]
mod answer_tests;
#[cfg(test)]
mod tests;
