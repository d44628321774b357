use super::*;
use crate::deck::{Body, DeckFile, Findings, Library, Source, parse};
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

#[test]
fn an_estimate_that_is_right_without_a_value_is_told() {
    // Formula, given values, unit; what passes.
    let cases: &[(&str, &str, &str, &[&str])] = &[
        (
            "seek + sync",
            "given.seek = { pick = [\"10 ms\"] }\ngiven.sync = { pick = [\"1 ms\", \"2 ms\"] }",
            "ms",
            &["leaving sync out passes in 2 of 2", "the largest for the sum"],
        ),
        (
            "n / day * peak",
            "given.n = { pick = [\"1M\", \"2M\"] }\ngiven.peak = { pick = [1.2, 5] }",
            "QPS",
            &["leaving peak out passes in 2 of 4 draws: 0.83x"],
        ),
        ("n / day * peak", "given.n = { pick = [\"1M\", \"2M\"] }\ngiven.peak = { pick = [3, 5] }", "QPS", &[]),
        (
            "size * (1 + growth)^times_grown",
            "given.size = { pick = [\"1 TB\"] }\ngiven.growth = { pick = [\"5%\"] }\ngiven.times_grown = { pick = [3] }",
            "TB",
            &["leaving size out", "leaving growth out", "leaving times_grown out", "a period too many"],
        ),
        (
            "max(near, far)",
            "given.near = { pick = [\"1 s\"] }\ngiven.far = { pick = [\"0.9 s\"] }",
            "s",
            &["leaving near out", "leaving far out", "the largest for the sum"],
        ),
        (
            "max(near, far)",
            "given.near = { pick = [\"1 s\", \"100 s\"] }\ngiven.far = { pick = [\"10 s\"] }\nwhere = \"near < far\"",
            "s",
            &["where rejects 5", "leaving near out"],
        ),
    ];
    for (formula, given, unit, said) in cases {
        // Each name with its first value, for the check that a deck must have.
        let names: Vec<(&str, &str)> = given
            .lines()
            .filter_map(|line| line.strip_prefix("given.")?.split_once(" = { pick = ["))
            .filter_map(|(name, values)| Some((name, values.split([',', ']']).next()?)))
            .collect();
        let ask: String = names.iter().map(|(name, _)| format!("{{{name}}} ")).collect();
        let first: Vec<String> = names.iter().map(|(name, value)| format!("{name} = {value}")).collect();
        let text = format!(
            "[deck]\nname = \"d\"\ntitle = \"D\"\n[[estimate]]\nid = \"e\"\nask = \"{ask}?\"\nunit = \"{unit}\"\n\
             answer = \"{formula}\"\n{given}\n[[estimate.check]]\ngiven = {{ {} }}\nanswer = \"1 {unit}\"\n",
            first.join(", ")
        );
        let file = DeckFile { path: "d.toml".into(), bytes: text.clone().into_bytes().into() };
        let deck = parse(&[file], Source::Embedded).unwrap_or_else(|errors| panic!("{errors:?}\n{text}"));
        let Body::Estimate(estimate) = &deck.cards[0].body else { panic!("an estimate") };
        let found: Vec<String> =
            omissions(&deck.cards[0], estimate, 200).iter().map(|fault| fault.message.clone()).collect();
        for part in *said {
            assert!(found.iter().any(|fault| fault.contains(part)), "{formula}: wanted {part}, got {found:#?}");
        }
        assert!(!said.is_empty() || found.is_empty(), "{formula}: {found:#?}");
    }
}
