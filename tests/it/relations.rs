//! What cards say of each other: which is met first, and whose progress goes on under another name.

use crate::harness::{World, grade, recall};
use serde_json::Value;

const NOW: &str = "2026-11-21T09:00:00Z";

fn with(id: &str, line: &str) -> String {
    format!("{}{line}\n", recall(id))
}

/// The ids of all cards that a review asks, each known.
fn asked(world: &World, more: &[&str]) -> Vec<String> {
    let mut talk = world.review(NOW, more);
    let mut ids = Vec::new();
    loop {
        match talk.next() {
            Some(event) if event["event"] == "question" => {
                ids.push(event["card"].as_str().unwrap().to_owned());
                talk.say(grade(4));
            }
            Some(event) if event["event"] == "summary" => return ids,
            Some(_) => {}
            None => panic!("the session ended without a summary"),
        }
    }
}

#[test]
fn a_card_is_not_met_before_those_it_comes_after() {
    let world = World::with_deck(&[with("scheme", ""), with("step", "after = [\"scheme\"]")].concat());
    assert_eq!(asked(&world, &[]), ["mine/scheme"]);
    assert_eq!(asked(&world, &[]), ["mine/step"], "once that is met, its time has come");
}

#[test]
fn what_is_suspended_or_filtered_out_holds_nothing_back() {
    let cards = [with("scheme", "tags = [\"x\"]"), with("step", "after = [\"scheme\"]\ntags = [\"y\"]")].concat();
    let world = World::with_deck(&cards);
    assert_eq!(asked(&world, &["--tag", "y"]), ["mine/step"]);
    let world = World::with_deck(&cards);
    world.ok(&["suspend", "mine/scheme"]);
    assert_eq!(asked(&world, &[]), ["mine/step"]);
}

#[test]
fn a_card_may_come_after_all_of_a_matrix() {
    let matrix = "[[matrix]]\nid = \"m\"\ntitle = \"M\"\noptions = [\"A\", \"B\"]\n\
                  [[matrix.row]]\nid = \"r\"\ndimension = \"D\"\ncells = [\"a\", \"b\"]\n";
    let world = World::with_deck(&[with("step", "after = [\"m\"]"), matrix.to_owned()].concat());
    assert_eq!(asked(&world, &[]), ["mine/m/r"]);
    assert_eq!(asked(&world, &[]), ["mine/step"]);
}

fn history(card: &Value) -> (Value, Value, usize) {
    (card["due"].clone(), card["interval_days"].clone(), card["reviews"].as_array().unwrap().len())
}

#[test]
fn the_progress_of_a_retired_card_goes_on_under_its_new_name() {
    let world = World::with_deck(&recall("old"));
    asked(&world, &[]);
    let before = history(&world.card("mine/old"));
    world.deck("mine.toml", format!("[deck]\nname = \"mine\"\ntitle = \"Mine\"\n{}", with("new", "was = [\"old\"]")));
    let now = world.card("mine/new");
    assert_eq!((now["due"].clone(), now["interval_days"].clone()), (before.0, before.1), "{now}");
    assert_eq!(asked(&world, &[]), [""; 0], "it is learned: it is not new");
    world.assert_sound();
    let said = world.ok(&["doctor"]);
    assert!(!said.contains("no deck has"), "the old name is no orphan: {said}");
    let said = world.ok(&["card", "mine/old"]);
    assert!(said.contains("goes on as mine/new"), "{said}");
}

#[test]
fn progress_moves_too_when_the_log_comes_later() {
    let other = World::with_deck(&recall("old"));
    asked(&other, &[]);
    let export = other.path("all.jsonl");
    other.ok(&["export", "--to", export.to_str().unwrap()]);
    let world = World::with_deck(&with("new", "was = [\"old\"]"));
    world.ok(&["due"]);
    world.ok(&["import", export.to_str().unwrap()]);
    world.ok(&["due"]);
    assert_eq!(world.card("mine/new")["due"], "2026-11-22");
    world.assert_sound();
}

#[test]
fn an_own_card_stands_in_for_an_embedded_one() {
    let world = World::new();
    let mut talk =
        world.talk(&["review", "--json", "--card", "latency/main-memory-reference", "--seed", "1", "--now", NOW]);
    talk.until("question");
    talk.answer(serde_json::json!({"answer": "100 ns", "took_s": 3.0}));
    talk.end();
    world.deck(
        "mine.toml",
        format!(
            "[deck]\nname = \"mine\"\ntitle = \"Mine\"\n{}",
            with("dram", "replaces = \"latency/main-memory-reference\"")
        ),
    );
    assert_eq!(world.card("mine/dram")["due"], "2026-11-22");
    let listed = world.ok(&["list", "--deck", "latency"]);
    assert!(!listed.contains("latency/main-memory-reference "), "{listed}");
    let due = world.json(&["due", "--json", "--now", "2026-11-23T09:00:00Z"]);
    assert_eq!(due["by_deck"], serde_json::json!({"mine": 1}));
    world.assert_sound();
}
