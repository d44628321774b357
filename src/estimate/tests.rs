use super::*;
use crate::deck::{Body, Library};
use std::collections::BTreeSet;

/// Every estimate of the embedded decks, over a thousand seeds.
#[test]
fn embedded_estimates_are_proved() {
    let library = Library::new(&[]);
    let faults: BTreeSet<String> = library
        .cards()
        .filter_map(|card| match &card.body {
            Body::Estimate(estimate) => Some(prove(card, estimate, 1000)),
            _ => None,
        })
        .flatten()
        .collect();
    assert!(faults.is_empty(), "{}", faults.into_iter().collect::<Vec<_>>().join("\n"));
}
