use super::*;
use crate::deck::{Body, Findings, Library};
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

#[test]
fn no_embedded_number_is_right_for_a_myth_or_for_its_neighbour() {
    let Findings { errors, .. } = bands(&Library::new(&[]), |_| true);
    let said: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert!(said.is_empty(), "{}", said.join("\n"));
}

#[test]
fn embedded_numbers_are_no_wider_than_they_say_and_no_echo_of_their_question() {
    let library = Library::new(&[]);
    let Findings { warnings, .. } = bands(&library, |_| true);
    let said: Vec<String> = warnings.iter().map(ToString::to_string).collect();
    assert!(said.is_empty(), "{}", said.join("\n"));
    let wide = library.cards().filter(|card| matches!(&card.body, Body::Number(number) if number.wide.is_some()));
    assert!(wide.count() <= 10);
}

/// What is left out must not pass: every offender at once.
#[test]
#[ignore = "the decks are being mended"]
fn embedded_estimates_are_not_right_without_a_given_value() {
    let library = Library::new(&[]);
    let faults: Vec<String> = library
        .cards()
        .filter_map(|card| match &card.body {
            Body::Estimate(estimate) => Some(omissions(card, estimate, 1000)),
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
