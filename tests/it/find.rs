//! Finding and reading cards: `search`, `list`, `show`, `sheet`, `note`, and what a session takes from them.

use crate::harness::{World, grade, recall};
use serde_json::json;

const NOW: &str = "2026-11-21T09:00:00Z";

/// Three cards, two levels, two tags.
fn world() -> World {
    World::with_deck(
        r#"
[[recall]]
id = "outbox"
ask = "Which pattern keeps a database write and its event together?"
answer = "The transactional outbox: one transaction, a relay publishes."
tags = ["events", "consistency"]
level = 1

[[probe]]
id = "stampede"
ask = "How do you keep an expired hot key from stampeding the database?"
points = ["one request recomputes", "the others wait or get the old value", "a jittered lifetime"]
say = "Let one request recompute it while the others wait for it or take the old value, and add jitter to lifetimes so that keys do not expire together. Refresh the hottest keys before they expire, so that nobody waits."
tags = ["caching"]

[[matrix]]
id = "fan-out"
title = "Fan-out on write or on read"
options = ["On write", "On read"]
tags = ["feeds"]
  [[matrix.row]]
  id = "read-cost"
  dimension = "Cost of a read"
  cells = ["One lookup", "A merge | per followee"]
  [[matrix.verdict]]
  id = "celebrity"
  given = "One author has 50M followers."
  pick = "On read"
  because = "A post would be written 50M times."
"#,
    )
}

#[test]
fn search_finds_words_of_questions_answers_points_tags_and_ids_best_first() {
    let world = world();
    for (words, found) in [
        (&["outbox"][..], "mine/outbox"),
        (&["relay", "publishes"], "mine/outbox"),
        (&["jittered"], "mine/stampede"),
        (&["stamped"], "mine/stampede"),
        (&["followers"], "mine/fan-out/celebrity"),
        (&["50M times"], "mine/fan-out/celebrity"),
    ] {
        let args = [&["search", "--deck", "mine", "--json"], words].concat();
        assert_eq!(world.json(&args)["cards"][0]["card"], found, "{words:?}");
    }
    let said = world.ok(&["search", "--deck", "mine", "zzz"]);
    assert!(said.contains("no card has the word 'zzz'"), "{said}");
    // What would be an operator of the search engine is a word.
    for words in ["\"", "NOT", "a* OR (", "prompt:x", "-outbox", "''"] {
        world.ok(&["search", "--deck", "mine", "--", words]);
    }
    world.assert_sound();
}

#[test]
fn search_sees_a_deck_as_it_is_now() {
    let world = World::with_deck(&recall("sharding"));
    assert_eq!(world.json(&["search", "--deck", "mine", "--json", "sharding"])["cards"].as_array().unwrap().len(), 1);
    world.deck("mine.toml", format!("[deck]\nname = \"mine\"\ntitle = \"Mine\"\n{}", recall("consensus")));
    assert_eq!(world.json(&["search", "--deck", "mine", "--json", "sharding"])["cards"], json!([]));
    assert_eq!(world.json(&["search", "--deck", "mine", "--json", "consensus"])["cards"][0]["card"], "mine/consensus");
}

#[test]
fn list_takes_every_property_of_a_card() {
    let world = world();
    let mut talk = world.review(NOW, &["--card", "mine/outbox"]);
    talk.until("question");
    talk.answer(grade(1));
    talk.end();
    world.ok(&["suspend", "mine/stampede"]);
    world.ok(&["flag", "mine/fan-out/read-cost"]);
    let listed = |args: &[&str]| -> Vec<String> {
        let args = [&["list", "--deck", "mine", "--json", "--now", "2026-12-21T09:00:00Z"], args].concat();
        let cards = world.json(&args)["cards"].clone();
        cards.as_array().unwrap().iter().map(|card| card["card"].as_str().unwrap().to_owned()).collect()
    };
    for (args, cards) in [
        (&["--level", "1"][..], &["mine/outbox"][..]),
        (&["--tag", "caching"], &["mine/stampede"]),
        (&["--kind", "choice"], &["mine/fan-out/celebrity"]),
        (&["--due"], &["mine/outbox"]),
        (&["--new"], &["mine/fan-out/read-cost", "mine/fan-out/celebrity"]),
        (&["--suspended"], &["mine/stampede"]),
        (&["--flagged"], &["mine/fan-out/read-cost"]),
        (&["--weak"], &["mine/outbox"]),
        (&["--leech"], &[]),
        (&["--card", "mine/outbox"], &["mine/outbox"]),
        (&["--due", "--suspended"], &["mine/outbox", "mine/stampede"]),
    ] {
        assert_eq!(listed(args), cards, "{args:?}");
    }
    let said = world.fails(1, &["list", "--tag", "cachin"]);
    assert!(said.contains("did you mean caching?"), "{said}");
}

#[test]
fn a_card_that_is_named_is_asked_now_though_it_is_not_due() {
    let world = World::with_deck(&[recall("a"), recall("b")].concat());
    let mut talk = world.review(NOW, &["--card", "mine/a"]);
    talk.until("question");
    talk.answer(grade(4));
    talk.end();
    let mut talk = world.review("2026-11-21T10:00:00Z", &["--card", "mine/a"]);
    assert_eq!(talk.event("session")["new"], 0);
    assert_eq!(talk.event("question")["card"], "mine/a");
    talk.answer(grade(4));
    assert_eq!(talk.end()["answered"], 1);
    world.ok(&["suspend", "mine/a"]);
    let said = world.fails(1, &["review", "--json", "--card", "mine/a"]);
    assert!(said.contains("sysdrill resume"), "{said}");
}

#[test]
fn a_deck_or_a_tag_can_be_named_without_an_option() {
    let world = world();
    let asked = |args: &[&str]| {
        let mut talk = world.talk(&[args, &["--json", "--seed", "1", "--now", NOW]].concat());
        talk.event("session");
        talk.event("question")["card"].as_str().unwrap().to_owned()
    };
    assert_eq!(asked(&["review", "caching", "--deck", "mine"]), "mine/stampede");
    assert!(asked(&["review", "mine"]).starts_with("mine/"));
    assert!(asked(&["--deck", "mine"]).starts_with("mine/"));
    assert_eq!(asked(&["cram", "feeds", "--all", "--kind", "choice", "--deck", "mine"]), "mine/fan-out/celebrity");
    let said = world.fails(1, &["review", "--json", "cachign"]);
    assert!(said.contains("there is no deck and no tag 'cachign': did you mean caching"), "{said}");
    let said = world.fails(2, &["--minutes", "5", "quiz"]);
    assert!(said.contains("write the command first"), "{said}");
}

#[test]
fn more_new_cards_can_be_asked_for_than_the_day_has() {
    let cards: String = (0..30).map(|n| recall(&format!("c{n}"))).collect();
    let world = World::with_deck(&cards);
    let new = |more: &[&str]| world.review(NOW, more).event("session")["new"].clone();
    assert_eq!(new(&["--new", "5"]), 5);
    assert_eq!(new(&["--new", "5", "--more", "10"]), 15);
}

#[test]
fn show_gives_the_card_as_it_is_asked_and_answered() {
    let world = world();
    world.ok(&["note", "mine/stampede", "we use singleflight"]);
    insta::assert_snapshot!(world.ok(&["show", "mine/stampede"]).replace(world.path("").to_str().unwrap(), ""));
}

#[test]
fn a_note_is_kept_changed_shown_and_taken_away() {
    let world = world();
    assert!(world.ok(&["note", "mine/outbox"]).contains("there is no note"));
    world.ok(&["note", "mine/outbox", "first"]);
    world.ok(&["note", "mine/outbox", "second"]);
    assert_eq!(world.ok(&["note", "mine/outbox"]), "second\n");
    let copy = World::new();
    let export = world.path("all.jsonl");
    world.ok(&["export", "--to", export.to_str().unwrap()]);
    copy.deck("mine.toml", std::fs::read(world.path("config/decks/mine.toml")).unwrap());
    copy.ok(&["import", export.to_str().unwrap()]);
    assert_eq!(copy.ok(&["note", "mine/outbox"]), "second\n");
    world.ok(&["note", "mine/outbox", ""]);
    assert!(world.ok(&["note", "mine/outbox"]).contains("there is no note"));
    world.assert_sound();
}

#[test]
fn a_note_is_shown_once_with_the_answer() {
    let world = world();
    world.ok(&["note", "mine/outbox", "ask about the relay"]);
    world.ok(&["note", "mine/fan-out/celebrity", "push costs"]);
    let mut talk = world.review(NOW, &["--card", "mine/outbox"]);
    talk.until("question");
    talk.say(json!({"reveal": true}));
    talk.event("answer");
    assert_eq!(talk.event("note")["text"], "ask about the relay");
    talk.say(grade(4));
    talk.event("feedback");
    talk.event("summary");
    let mut talk = world.review(NOW, &["--card", "mine/fan-out/celebrity"]);
    talk.until("question");
    talk.answer(json!({"answer": "On read"}));
    assert_eq!(talk.event("note"), json!({"event": "note", "card": "mine/fan-out/celebrity", "text": "push costs"}));
}

#[test]
fn a_sheet_has_a_section_a_tag_and_a_table_a_matrix() {
    let world = world();
    insta::assert_snapshot!("sheet", world.ok(&["sheet", "mine"]));
    insta::assert_snapshot!("sheet_blank", world.ok(&["sheet", "mine", "--blank"]));
    insta::assert_snapshot!("sheet_markdown", world.ok(&["sheet", "mine", "--md"]));
}

#[test]
fn every_embedded_deck_makes_a_sheet() {
    let world = World::new();
    for form in [&["sheet"][..], &["sheet", "--md"], &["sheet", "--blank"]] {
        assert!(world.ok(form).contains("Bloom"), "{form:?}");
        let drawn = world.ok(&[form, &["--kind", "estimate"]].concat());
        assert!(!drawn.contains('{'), "a value of {form:?} was left open");
    }
}

#[test]
fn suspended_cards_of_a_deck_come_back_together() {
    let world = world();
    world.ok(&["suspend", "mine/outbox", "mine/stampede"]);
    assert_eq!(world.ok(&["resume", "--all-of", "mine"]), "resumed 2 cards of mine\n");
    assert_eq!(world.json(&["list", "--deck", "mine", "--suspended", "--json"])["cards"], json!([]));
}

#[test]
fn a_broken_deck_hides_no_other() {
    let world = world();
    world.deck("bad.toml", "[deck]\nname = \"bad\"\ntitle = \"Bad\"\n[[recall]]\nid = \"x\"\n");
    let ran = world.run(&["decks"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("mine ") && ran.out.contains("latency "), "{}", ran.out);
    assert!(ran.err.contains("bad.toml:4"), "{}", ran.err);
    assert!(world.run(&["decks", "--tags"]).out.contains("  caching\n"));
}

#[test]
fn the_chains_are_listed_by_the_name_that_a_quiz_takes() {
    let world = World::new();
    let said = world.ok(&["quiz", "--list"]);
    let first = said.lines().next().unwrap().split_whitespace().next().unwrap();
    world.talk(&["quiz", "--json", "--chain", first, "--now", NOW]).until("question");
}
