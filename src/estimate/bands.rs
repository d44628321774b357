//! What counts as right for a number: no wider than the fact allows, not a neighbour's figure, no myth, not the question.

use super::target::{Asking, NEAR, number_target};
use super::{grade, prompt, read};
use crate::deck::{Body, Card, Deck, Findings, Library, Number, fault};
use crate::schedule::Quality;

/// The factor from which a range for right needs a reason.
const WIDE: f64 = 4.0;

/// What is wrong with the ranges of the numbers in the decks that are looked at.
pub fn bands(library: &Library, looked_at: impl Fn(&Deck) -> bool) -> Findings {
    let mut found = Findings::default();
    let looked_at = library.decks().iter().filter(|deck| looked_at(deck));
    for card in looked_at.flat_map(|deck| &deck.cards) {
        let Body::Number(number) = &card.body else { continue };
        let say = |message: String| fault(card, &message);
        found.warnings.extend(width(number).map(say));
        found.errors.extend(neighbours(library, card, number).into_iter().chain(myths(number)).map(say));
        found.warnings.extend(echoes(number).into_iter().map(say));
    }
    found
}

/// A range that is wide without a reason, or has a reason and is not.
fn width(number: &Number) -> Option<String> {
    let (low, high) = number_target(number).right;
    let is_wide = high / low > WIDE * (1.0 + 1e-9);
    match (&number.wide, is_wide) {
        (None, true) => Some(format!(
            "is right over a factor of {:.0}: narrow accept to one of 4, or say why it is wide = \"...\"",
            high / low
        )),
        (Some(_), false) => Some("says why it is wide, and is not: leave wide out".to_owned()),
        _ => None,
    }
}

/// Cards of the same family whose answer passes here.
fn neighbours(library: &Library, card: &Card, number: &Number) -> Vec<String> {
    let Some(family) = &number.family else { return Vec::new() };
    let (low, high) = number_target(number).right;
    let passes = |value: f64| (low / NEAR..=high * NEAR).contains(&value);
    let mut said = Vec::new();
    for other in library.cards().filter(|other| other.id != card.id) {
        let Body::Number(neighbour) = &other.body else { continue };
        let same = neighbour.family.as_ref() == Some(family) && neighbour.value.dimension == number.value.dimension;
        if same && passes(neighbour.value.value) {
            said.push(format!(
                "{} passes here, the answer of {} (family {family}): narrow the range",
                neighbour.answer, other.id
            ));
        }
    }
    said
}

/// Myths that are right.
fn myths(number: &Number) -> Vec<String> {
    let target = number_target(number);
    let right = number.myths.iter().filter(|myth| target.is_right(myth.value));
    right.map(|myth| format!("not {}, and yet it is right: narrow the range", myth.text)).collect()
}

/// Quantities of the question that pass for its answer.
fn echoes(number: &Number) -> Vec<String> {
    let target = number_target(number);
    let asking = Asking { prompt: &number.ask, ..target.asking("") };
    let mut said: Vec<String> = prompt::texts(&number.ask, number.unit.dimension());
    said.retain(|text| {
        read(text, &asking, &|value| target.is_right(value))
            .is_ok_and(|answer| grade(&answer, &target, false).quality >= Quality::HARD)
    });
    said.into_iter()
        .map(|text| format!("'{text}' stands in the question and passes for the answer: reword it"))
        .collect()
}
