use super::*;
use crate::deck::{Body, Library};
use std::collections::BTreeSet;

/// Every estimate of the embedded decks, over a thousand seeds.
#[test]
fn embedded_estimates_are_proved() {
    let library = Library::new(&[]);
    let faults: Vec<String> = library
        .cards()
        .filter_map(|card| match &card.body {
            Body::Estimate(estimate) => Some(prove(card, estimate, 1000)),
            _ => None,
        })
        .flatten()
        .map(|fault| fault.to_string())
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What is left out must not pass: every offender at once.
#[test]
#[ignore = "the decks are being mended"]
fn embedded_estimates_are_not_right_without_a_given_value() {
    let library = Library::new(&[]);
    let faults: Vec<String> = library
        .cards()
        .filter_map(|card| match &card.body {
            Body::Estimate(estimate) => Some(omissions(card, estimate, 400)),
            _ => None,
        })
        .flatten()
        .map(|fault| fault.to_string())
        .collect();
    assert!(faults.is_empty(), "{}: {}", faults.len(), faults.join("\n"));
}

/// Where two wrong turns of a step give one answer, a learner is told of one that was not taken.
#[test]
fn the_slips_of_embedded_estimates_are_told_from_one_another() {
    let library = Library::new(&[]);
    let mut faults = BTreeSet::new();
    for card in library.cards() {
        let Body::Estimate(estimate) = &card.body else { continue };
        for seed in 0..1000 {
            let drawn = draw(estimate, seed);
            let truth = drawn.truth(estimate).unwrap();
            for at in 0..estimate.steps.len() {
                let target = drawn.target(estimate, at, &truth).unwrap();
                let named = |own: &NamedSlip| match slip::recognise(own.value, &target) {
                    slip::Recognised::One(found) => Some(found.id),
                    _ => None,
                };
                let confused = target.slips.iter().filter(|own| named(own).as_ref() != Some(&own.id));
                faults.extend(confused.map(|own| format!("{}: {} is taken for {:?}", card.id, own.id, named(own))));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}
