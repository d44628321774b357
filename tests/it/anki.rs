//! Packages as Anki's own library opens them, and what comes back from there.
//!
//! It is a package of Python: `.ci/run` installs it and names the interpreter in `SYSDRILL_ANKI`. Where that is not set,
//! these tests say so and try nothing.

use crate::harness::{World, grade};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// The interpreter that has Anki's library.
fn anki(test: &str) -> Option<String> {
    let interpreter = std::env::var("SYSDRILL_ANKI").ok().filter(|path| !path.is_empty());
    if interpreter.is_none() {
        // Past the test runner, which keeps what a passing test prints.
        let _ = writeln!(
            std::io::stderr(),
            "skipped: {test}: SYSDRILL_ANKI names no Python with the package anki (.ci/run installs it)"
        );
    }
    interpreter
}

/// What Anki makes of packages that are imported one after another, in a time zone.
fn opened(interpreter: &str, zone: &str, arguments: &[&Path]) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/anki/open.py");
    let mut command = Command::new(interpreter);
    command.arg(script).args(arguments).env("TZ", zone).env("LANG", "C.UTF-8").stdin(Stdio::null());
    let ran = command.output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let said: Value = serde_json::from_slice(&ran.stdout).unwrap();
    assert_eq!(said["sound"], true, "{}", said["problems"]);
    said
}

fn by_guid(opened: &Value) -> BTreeMap<String, &Value> {
    let cards = opened["cards"].as_array().unwrap();
    cards.iter().map(|card| (format!("{}:{}", card["guid"].as_str().unwrap(), card["ord"]), card)).collect()
}

const DECK: &str = r#"
[[recall]]
id = "quorum"
ask = "When do <b>reads</b> & writes overlap?"
answer = """
- `R + W > N`
- <script>alert(1)</script>"""
tags = ["theory::cap", "storage"]
why = "Any two majorities share a node."
source = "Kleppmann"
as_of = 2017
level = 1

[[number]]
id = "memory"
ask = "Main memory, one read"
answer = "100 ns"

[[mistake]]
id = "boxes"
scene = "Six boxes."
mistake = "No numbers."
fix = "Numbers first."

[[recall]]
id = "back"
ask = "What is read first?"
answer = "The back."
origin = "anki:AUXJ]9(Sd:0"

[[estimate]]
id = "qps"
ask = "{dau} users make {actions} requests a day. QPS?"
unit = "QPS"
answer = "dau * actions / day"
given.dau = { pick = ["1M", "10M", "100M"] }
given.actions = { pick = ["5", "10"] }
  [[estimate.work]]
  say = "{dau} x {actions} a day"
  value = "dau * actions"
  [[estimate.check]]
  given = { dau = "10M", actions = 10 }
  answer = "1157/s"
"#;

/// A world in which some cards were learned in the year 2025: Anki refuses answers of days to come.
fn learned() -> World {
    let world = World::with_deck(DECK);
    for (time, quality) in [("2025-03-01T09:00:00Z", 4), ("2025-03-02T09:00:00Z", 5), ("2025-03-08T23:30:00Z", 3)] {
        let mut talk = world.talk(&["review", "--json", "--card", "mine/quorum", "--now", time]);
        talk.until("question");
        talk.answer(grade(quality));
        talk.end();
    }
    let mut talk = world.talk(&["review", "--json", "--card", "mine/boxes", "--now", "2025-03-08T10:00:00Z"]);
    for quality in [1, 4] {
        talk.until("question");
        talk.answer(grade(quality));
    }
    talk.end();
    world.ok(&["suspend", "mine/boxes", "--now", "2025-03-08T11:00:00Z"]);
    world.ok(&["flag", "mine/memory", "--now", "2025-03-08T11:00:00Z"]);
    world
}

const NOW: &str = "2025-03-10T12:00:00Z";

#[test]
fn a_package_opens_in_anki_with_its_tags_due_days_and_answers() {
    let Some(interpreter) = anki("a_package_opens_in_anki") else { return };
    let world = learned();
    world.ok(&["export", "mine", "--to", "mine.apkg", "--samples", "2", "--now", NOW]);
    let package = world.path("mine.apkg");
    for zone in ["UTC", "America/Los_Angeles", "Asia/Tokyo"] {
        let opened = opened(&interpreter, zone, &[&package, &package]);
        let all = json!({"found": 6, "new": 6, "updated": 0, "duplicate": 0, "conflicting": 0});
        let again = json!({"found": 6, "new": 0, "updated": 0, "duplicate": 6, "conflicting": 0});
        assert_eq!(opened["log"], json!([all, again]), "{zone}");
        let cards = by_guid(&opened);
        assert_eq!(
            cards.keys().map(String::as_str).collect::<Vec<_>>(),
            [
                "AUXJ]9(Sd:0",
                "sysdrill:mine/boxes:0",
                "sysdrill:mine/memory:0",
                "sysdrill:mine/qps#1:0",
                "sysdrill:mine/qps#2:0",
                "sysdrill:mine/quorum:0",
            ]
        );
        let quorum = cards["sysdrill:mine/quorum:0"];
        let there = world.card("mine/quorum");
        assert_eq!(quorum["due"], there["due"], "{zone}");
        assert_eq!(quorum["interval_days"], there["interval_days"]);
        assert_eq!(quorum["factor"].as_f64().unwrap(), there["easiness"].as_f64().unwrap() * 1000.0);
        assert_eq!(quorum["tags"], json!(["storage", "theory::cap"]));
        assert_eq!(quorum["deck"], "sysdrill::mine");
        let answers: Vec<(i64, i64, i64)> = quorum["reviews"]
            .as_array()
            .unwrap()
            .iter()
            .map(|review| {
                let number = |at: usize| review[at].as_i64().unwrap();
                (number(0), number(1), number(2))
            })
            .collect();
        assert_eq!(answers, [(1_740_819_605_000, 3, 1), (1_740_906_005_000, 4, 6), (1_741_476_605_000, 2, 16)]);
        let question = quorum["question"].as_str().unwrap();
        assert!(question.contains("When do &lt;b&gt;reads&lt;/b&gt; &amp; writes overlap?"), "{question}");
        let answer = quorum["answer"].as_str().unwrap();
        assert!(answer.contains("<li><code>R + W &gt; N</code></li>") && !answer.contains("<script>"), "{answer}");
        assert!(answer.contains("Any two majorities share a node.") && answer.contains("Kleppmann (2017)"), "{answer}");
        let boxes = cards["sysdrill:mine/boxes:0"];
        assert_eq!((&boxes["suspended"], boxes["reviews"].as_array().unwrap().len()), (&json!(true), 2));
        assert_eq!(cards["sysdrill:mine/memory:0"]["flag"], 1);
        // What is learned first comes first.
        assert!(
            cards["sysdrill:mine/memory:0"]["position"].as_i64() < cards["sysdrill:mine/qps#2:0"]["position"].as_i64()
        );
        assert!(cards["sysdrill:mine/qps#2:0"]["tags"].as_array().unwrap().contains(&json!("sysdrill::sample")));
    }
}

#[test]
fn a_table_opens_in_anki_with_its_fields_tags_and_decks() {
    let Some(interpreter) = anki("a_table_opens_in_anki") else { return };
    let world = learned();
    world.ok(&["export", "mine", "--to", "mine.csv", "--samples", "1", "--now", NOW]);
    let table = world.path("mine.csv");
    let opened = opened(&interpreter, "UTC", &[&table, &table]);
    assert_eq!((&opened["log"][0]["new"], &opened["log"][1]["new"]), (&json!(5), &json!(0)));
    let cards = by_guid(&opened);
    let memory = cards["sysdrill:mine/memory:0"];
    assert_eq!(memory["fields"], json!(["Main memory, one read", "100 ns"]));
    assert_eq!(memory["deck"], "sysdrill::mine");
    assert_eq!(cards["sysdrill:mine/quorum:0"]["tags"], json!(["storage", "theory::cap"]));
}

#[test]
fn what_comes_back_from_anki_has_the_same_cards_tags_due_days_and_answers() {
    let Some(interpreter) = anki("what_comes_back_from_anki") else { return };
    let world = learned();
    world.ok(&["export", "mine", "--to", "mine.apkg", "--samples", "2", "--now", NOW]);
    let back = world.path("back.apkg");
    opened(&interpreter, "UTC", &[&world.path("mine.apkg"), Path::new("--back"), &back]);

    // Where nobody has these cards they are a deck of their own.
    let elsewhere = World::new();
    fs::copy(&back, elsewhere.path("back.apkg")).unwrap();
    elsewhere.ok(&["import", "back.apkg", "--now", NOW]);
    let listed = |world: &World, deck: &str| -> BTreeMap<String, Value> {
        let cards = world.json(&["list", "--deck", deck, "--json", "--now", NOW])["cards"].as_array().unwrap().clone();
        cards.into_iter().map(|card| (card["question"].as_str().unwrap().to_owned(), card)).collect()
    };
    let (here, there) = (listed(&world, "mine"), listed(&elsewhere, "back"));
    for (question, card) in here.iter().filter(|(_, card)| card["kind"] != "estimate") {
        let came = there.get(question).unwrap_or_else(|| panic!("{question} is not among {:?}", there.keys()));
        for key in ["due", "lapses", "suspended", "flagged"] {
            assert_eq!(card[key], came[key], "{question}: {key}");
        }
        let tags = |card: &Value| -> BTreeSet<String> {
            card["tags"].as_array().unwrap().iter().map(|tag| tag.as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(tags(card), tags(came), "{question}");
        let answers = |world: &World, card: &Value| -> Vec<(Value, Value, Value)> {
            let card = world.card(card["card"].as_str().unwrap());
            let answers = card["reviews"].as_array().unwrap().iter();
            // Again is one answer there, and two here.
            let quality = |review: &Value| json!(review["quality"].as_i64().unwrap().max(1));
            answers.map(|review| (review["at"].clone(), quality(review), review["took_s"].clone())).collect()
        };
        assert_eq!(answers(&world, card), answers(&elsewhere, came), "{question}");
    }
    assert_eq!(there.len(), here.len() + 1, "an estimate comes back as its two samples");
    let text = fs::read_to_string(elsewhere.path("config/decks/back.toml")).unwrap();
    for line in ["why = \"Any two majorities share a node.\"", "source = \"Kleppmann (2017)\"", "- `R + W > N`"] {
        assert!(text.contains(line), "{line}: {text}");
    }
    elsewhere.assert_sound();

    // Where they are at home nothing is there twice.
    let before = world.card("mine/quorum");
    let said = world.ok(&["import", "back.apkg", "--now", NOW]);
    assert!(said.contains("5 cards of your decks came back"), "{said}");
    assert_eq!(world.card("mine/quorum"), before);
    assert_eq!(listed(&world, "mine"), here);
}

#[test]
fn every_card_of_the_decks_opens_in_anki() {
    let Some(interpreter) = anki("every_card_of_the_decks_opens_in_anki") else { return };
    let world = World::new();
    world.ok(&["export", "--to", "all.apkg", "--samples", "1"]);
    let opened = opened(&interpreter, "UTC", &[&world.path("all.apkg")]);
    let listed = world.json(&["list", "--json"])["cards"].as_array().unwrap().len();
    assert_eq!(opened["log"][0]["new"].as_u64().unwrap() as usize, listed);
    for card in opened["cards"].as_array().unwrap() {
        let fields: Vec<&str> =
            card["fields"].as_array().unwrap().iter().map(|field| field.as_str().unwrap()).collect();
        assert!(!fields[0].is_empty() && !fields[1].is_empty(), "{card}");
    }
}
