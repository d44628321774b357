use super::*;
use crate::deck::{Body, DeckFile, Findings, Library, Location, parse};
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
                let named = |own: &NamedSlip| match slip::recognise(
                    own.value,
                    Ratio::from(own.value / target.value.value),
                    Scales::default(),
                    &target,
                ) {
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
        let deck = parse(&[file], Location::Embedded).unwrap_or_else(|errors| panic!("{errors:?}\n{text}"));
        let Body::Estimate(estimate) = &deck.cards[0].body else { panic!("an estimate") };
        let found: Vec<String> =
            omissions(&deck.cards[0], estimate, 200).iter().map(|fault| fault.message.clone()).collect();
        for part in *said {
            assert!(found.iter().any(|fault| fault.contains(part)), "{formula}: wanted {part}, got {found:#?}");
        }
        assert!(!said.is_empty() || found.is_empty(), "{formula}: {found:#?}");
    }
}

/// The wrong turn that is named for an answer that misses by a factor, and how far it misses.
fn named(target: &Target, by: f64) -> Option<(NamedSlip, Ratio)> {
    let answer = Quantity { value: target.value.value * by, ..target.value };
    let Grade { slip, ratio, .. } = grade(&answer.into(), target, false);
    Some((slip?, ratio?))
}

/// A wrong turn that is named must be one that can be taken there, and no second factor contradicts the first.
#[test]
fn the_general_slips_of_embedded_cards_fit_their_question() {
    let library = Library::new(&[]);
    let mut faults = BTreeSet::new();
    let mut look = |card: &str, said: &str, target: &Target| {
        let says = |words: &[&str]| {
            let spaced = said.to_lowercase().replace("present-day", "").replace('/', " per ");
            words.iter().any(|word| spaced.contains(word))
        };
        let of_unit = target.unit.text();
        let is_percent = of_unit == "%";
        let coarse = ["min", "hour", "1 h", "hourly", "day", "daily", "week", "month", "year", "annual", "rpm"];
        for step in 12..=240 {
            for by in [10f64.powf(f64::from(step) / 40.0), 10f64.powf(f64::from(-step) / 40.0)] {
                let Some((slip, miss)) = named(target, by).filter(|(slip, _)| slip.id != "myth") else { continue };
                let fits = match slip.id.as_str() {
                    "minutes" | "hours" | "days" | "hours-of-a-day" | "days-of-a-year" => says(&coarse),
                    "bits-for-bytes" | "binary-prefix" => target.value.dimension.data != 0,
                    "prefix" => !is_percent || target.is_quotient,
                    "upside-down" => target.is_quotient,
                    _ => true,
                };
                let told = slip.say.split_once("x ").and_then(|(by, _)| by.replace(',', "").parse::<f64>().ok());
                let is_told = told.is_none_or(|told| (told / miss.factor()).ln().abs() <= 1.15f64.ln() + 1e-3);
                if !fits || !is_told {
                    faults.insert(format!("{card}: {by:.3} is said to be {slip:?}, {miss}"));
                }
            }
        }
    };
    for card in library.cards() {
        match &card.body {
            Body::Number(number) => {
                let per = number.per.as_ref().map_or("", |per| per.text.as_str());
                look(card.id.as_str(), &format!("{} {} {per}", number.ask, number.answer), &number_target(number));
            }
            Body::Estimate(estimate) => {
                let drawn = draw(estimate, 1);
                let truth = drawn.truth(estimate).unwrap();
                for (at, step) in estimate.steps.iter().enumerate() {
                    let mut target = drawn.target(estimate, at, &truth).unwrap();
                    target.slips.clear();
                    let formulas = step.work.iter().map(|work| work.value.text()).chain([step.answer.text()]);
                    let asked = format!("{} {} 1 {} ", estimate.ask, step.ask, step.unit.text());
                    let said = drawn.fill(&asked, estimate, &truth) + &formulas.collect::<Vec<_>>().join(" ");
                    look(card.id.as_str(), &said, &target);
                }
            }
            _ => {}
        }
    }
    assert!(faults.is_empty(), "{}: {faults:#?}", faults.len());
}

#[test]
fn a_slip_is_named_where_it_can_have_been_taken() {
    // Question, answer, more keys; what is typed, and what is said to it.
    let memory = ("Reference main memory?", "100 ns", "accept = [\"60 ns\", \"150 ns\"]");
    let year = ("99.9% up: how much downtime in a year?", "8.76 h", "per = \"year\"");
    let day = ("1M requests a day: how many a second?", "11.6 QPS", "derive = \"1M / day\"");
    let cases = [
        (memory, "4", None),
        (memory, "2400", None),
        (memory, "6000", None),
        (memory, "1.6", None),
        (memory, "36500", None),
        (memory, "0.27", None),
        (memory, "800", None),
        (memory, "0.1", Some("One prefix off, such as us for ms.")),
        (memory, "100 us", Some("One prefix off, such as us for ms.")),
        (("The user feels it at once?", "100 ms", ""), "4", None),
        (("The user feels it at once?", "100 ms", ""), "100k", Some("1,000x high: one prefix off, such as us for ms.")),
        (("A frame of 60 Hz?", "16.7 ms", ""), "1", None),
        (year, "526", Some("60x high: minutes and hours were confused.")),
        (year, "0.365", Some("24x low: hours and days were confused.")),
        (year, "0.024", Some("365x low: days and years were confused.")),
        (year, "8760", None),
        (day, "695", Some("60x high: seconds and minutes were confused.")),
        (day, "41.7k", Some("3,600x high: seconds and hours were confused.")),
        (day, "11.6k", Some("1,000x high: one prefix off, such as k for M.")),
        (("A timeout of one page?", "50 s", ""), "50 min", Some("60x high: seconds and minutes were confused.")),
        (("A timeout of one page?", "50 s", ""), "3000", None),
        (("Load?", "50k QPS", ""), "50k rpm", Some("60x low: seconds and minutes were confused.")),
        (("A record?", "1 KB", ""), "8", Some("8x high: bits and bytes were confused.")),
        (
            ("Disk sold as 1 TB, in GiB?", "931 GiB", "within = 1.02"),
            "1000",
            Some("1.07x high: 1,024 was taken for 1,000, or the other way round."),
        ),
        (("Disk sold as 1 TB, in GiB?", "931 GiB", "within = 1.02"), "1040", None),
        (("Hit ratio?", "80%", "within = 1.05"), "125", None),
        (("How many replicas?", "3", ""), "0.333", None),
        (("How many replicas?", "3", ""), "3000", None),
        (("How many ports?", "65,535", "within = 1.01"), "65", Some("1,000x low: one prefix off, such as k for M.")),
        (
            ("Slower by how many times?", "100x", "derive = \"10 ms / (100 us)\""),
            "0.01",
            Some("The ratio is upside down."),
        ),
        (("Price of egress?", "$0.09", "per = \"GB\""), "90", Some("1,000x high: one prefix off, such as MB for GB.")),
        (("Price of egress?", "$0.09", "per = \"GB\""), "0.72", None),
    ];
    for ((ask, answer, keys), typed, said) in cases {
        let text = format!(
            "[deck]\nname = \"d\"\ntitle = \"D\"\n[[number]]\nid = \"n\"\nask = \"{ask}\"\nanswer = \"{answer}\"\n{keys}\n"
        );
        let file = DeckFile { path: "d.toml".into(), bytes: text.into_bytes().into() };
        let deck = parse(&[file], Location::Embedded).unwrap_or_else(|errors| panic!("{errors:?}"));
        let Body::Number(number) = &deck.cards[0].body else { panic!("a number") };
        let target = number_target(number);
        let read = read(typed, &target.asking(ask), &|value| target.is_right(value)).unwrap();
        let found = grade(&read, &target, false).slip.map(|slip| slip.say);
        assert_eq!(found.as_deref(), said, "{ask} {answer}: {typed}");
    }
}
