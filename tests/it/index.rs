//! The index of the decks is never older than the decks: whatever changes in a file is seen at the next start, and what
//! was not changed is not read.

use crate::harness::{Talk, World, grade, recall};
use serde_json::{Value, json};
use std::fs;
use std::time::{Duration, SystemTime};

const NOW: &str = "2026-11-21T09:00:00Z";

fn ids(world: &World, deck: &str) -> Vec<String> {
    let all = ["cram", "--json", "--all", "--seed", "1", "--now", NOW, "--deck", deck];
    let mut talk = world.talk(&all);
    let mut ids = Vec::new();
    loop {
        let question = talk.until("question");
        ids.push(question["card"].as_str().unwrap().to_owned());
        if question["remaining"] == 1 {
            break;
        }
        talk.say(json!({ "skip": true }));
    }
    talk.end();
    ids.sort();
    ids
}

fn listed(world: &World, deck: &str) -> Option<Value> {
    let decks = world.json(&["decks", "--json"]);
    decks["decks"].as_array().unwrap().iter().find(|listed| listed["name"] == deck).cloned()
}

fn head(name: &str) -> String {
    format!("[deck]\nname = \"{name}\"\ntitle = \"T\"\n")
}

fn question(world: &World, id: &str) -> String {
    world.ok(&["card", id]).lines().nth(1).unwrap_or_default().to_owned()
}

/// Files that were written a while ago: nothing is read twice because it is new.
fn age(world: &World, name: &str) {
    let file = fs::File::options().write(true).open(world.path("config/decks").join(name)).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(3600)).unwrap();
}

#[test]
fn an_edit_of_the_same_length_and_time_is_seen() {
    let world = World::with_deck(&recall("a"));
    age(&world, "mine.toml");
    assert_eq!(question(&world, "mine/a"), "What is a?");
    world.deck(
        "mine.toml",
        format!("{}{}", head("mine").replace("\"T\"", "\"Mine\""), recall("a").replace("What", "Whot")),
    );
    age(&world, "mine.toml");
    assert_eq!(question(&world, "mine/a"), "Whot is a?");
}

#[test]
fn a_file_that_was_not_changed_is_not_read() {
    let world = World::with_deck(&recall("a"));
    age(&world, "mine.toml");
    world.ok(&["due"]);
    // What the index says is what is believed while the file's stamp stands.
    world.sql().execute("UPDATE card SET level = 3, prompt = 'indexed'", []).unwrap();
    world.ok(&["flag", "mine/a"]);
    assert!(world.ok(&["decks", "--flagged"]).contains("indexed"));
    world.deck("mine.toml", format!("{}{}", head("mine"), recall("a")));
    assert!(world.ok(&["decks", "--flagged"]).contains("What is a?"));
}

#[test]
fn a_folder_follows_each_of_its_files() {
    let world = World::new();
    world.deck("big/deck.toml", head("big") + &recall("first"));
    world.deck("big/a.toml", recall("a"));
    world.deck("big/b.toml", recall("b"));
    assert_eq!(ids(&world, "big"), ["big/a", "big/b", "big/first"]);
    world.deck("big/b.toml", recall("b").replace("What", "And what") + &recall("c"));
    assert_eq!(ids(&world, "big"), ["big/a", "big/b", "big/c", "big/first"]);
    assert_eq!(question(&world, "big/b"), "And what is b?");
    assert!(world.ok(&["card", "big/c"]).contains("b.toml:5"));
    world.deck("big/c.toml", recall("d"));
    fs::remove_file(world.path("config/decks/big/a.toml")).unwrap();
    assert_eq!(ids(&world, "big"), ["big/b", "big/c", "big/d", "big/first"]);
    // What deck.toml sets holds for the cards of files that were not touched.
    world.deck("big/deck.toml", head("big") + "tags = [\"new\"]\nlevel = 1\n" + &recall("first"));
    let tagged = ["cram", "--json", "--all", "--tag", "new", "--now", NOW];
    let mut talk = world.talk(&tagged);
    assert_eq!(talk.until("question")["remaining"], 4);
    talk.end();
}

#[test]
fn what_clashes_in_a_changed_file_is_told_and_mended() {
    let world = World::new();
    world.deck("big/deck.toml", head("big") + &recall("first"));
    world.deck("big/a.toml", recall("a"));
    world.deck("big/b.toml", recall("b"));
    world.ok(&["due"]);
    world.deck("big/b.toml", recall("a"));
    let said = world.run(&["due"]).err;
    assert!(said.contains("the id 'big/a' is already used at"), "{said}");
    assert!(listed_or_refused(&world, "big").is_none());
    // It is told at each start, though nothing was changed since.
    assert!(world.run(&["due"]).err.contains("already used"));
    world.deck("big/b.toml", head("b"));
    assert!(world.run(&["due"]).err.contains("only deck.toml has a [deck] table"));
    world.deck("big/b.toml", recall("b"));
    assert_eq!(world.run(&["due"]).err, "");
    assert_eq!(ids(&world, "big"), ["big/a", "big/b", "big/first"]);
}

/// The decks are refused while one of them is broken.
fn listed_or_refused(world: &World, deck: &str) -> Option<Value> {
    let ran = world.run(&["decks", "--json"]);
    (ran.code == 0).then(|| listed(world, deck)).flatten()
}

#[test]
fn a_name_goes_to_the_first_deck_that_has_it() {
    let world = World::new();
    world.deck("m.toml", head("name") + &recall("m"));
    assert_eq!(ids(&world, "name"), ["name/m"]);
    world.deck("a.toml", head("name") + &recall("a"));
    let said = world.run(&["due"]).err;
    assert!(said.contains("m.toml:1:1: the name 'name' is taken: ") && said.contains("a.toml has it"), "{said}");
    assert_eq!(ids(&world, "name"), ["name/a"]);
    world.deck("z.toml", head("name") + &recall("z"));
    assert_eq!(ids(&world, "name"), ["name/a"]);
    fs::remove_file(world.path("config/decks/a.toml")).unwrap();
    assert_eq!(ids(&world, "name"), ["name/m"]);
    world.deck("m.toml", head("other") + &recall("m"));
    assert_eq!((ids(&world, "name"), ids(&world, "other")), (vec!["name/z".to_owned()], vec!["other/m".to_owned()]));
    assert_eq!(world.run(&["due"]).err, "");
    world.deck("z.toml", head("latency") + &recall("z"));
    assert!(world.run(&["due"]).err.contains("an embedded deck has it"));
}

#[test]
fn progress_outlives_a_deck_that_goes_and_comes_back() {
    let world = World::with_deck(&[recall("a"), recall("b")].concat());
    let mut talk = world.review(NOW, &[]);
    talk.answer(grade(4));
    talk.answer(grade(4));
    talk.end();
    let later = ["due", "--short", "--now", "2026-11-22T09:00:00Z"];
    assert_eq!(world.ok(&later), "2\n");
    let text = fs::read(world.path("config/decks/mine.toml")).unwrap();
    fs::remove_file(world.path("config/decks/mine.toml")).unwrap();
    assert_eq!(world.ok(&later), "");
    world.deck("mine.toml", &text);
    assert_eq!(world.ok(&later), "2\n");
    // Decisions are in the index too.
    world.ok(&["suspend", "mine/a"]);
    assert_eq!(world.ok(&later), "1\n");
    world.ok(&["resume", "mine/a"]);
    assert_eq!(world.ok(&later), "2\n");
    world.ok(&["undo"]);
    assert_eq!(world.ok(&later), "1\n");
    world.assert_sound();
}

#[test]
fn two_folders_take_turns() {
    let world = World::with_deck(&recall("a"));
    fs::create_dir_all(world.path("other")).unwrap();
    fs::write(world.path("other/mine.toml"), head("mine") + &recall("b")).unwrap();
    for _ in 0..2 {
        assert!(world.ok(&["card", "mine/a"]).contains("What is a?"));
        assert!(world.ok(&["card", "mine/b", "--decks", "other"]).contains("What is b?"));
        world.fails(1, &["card", "mine/a", "--decks", "other"]);
    }
}

#[test]
fn a_session_asks_what_its_files_say_now() {
    let world = World::with_deck(&[recall("a"), recall("b"), recall("c")].concat());
    let mut talk = world.review(NOW, &[]);
    assert_eq!(asked(&mut talk), ("mine/a".to_owned(), "What is a?".to_owned()));
    world.deck("mine.toml", head("mine") + &recall("a") + &recall("c").replace("What", "So what"));
    talk.answer(grade(4));
    // A card that is gone is passed over; a mended one comes mended.
    assert_eq!(asked(&mut talk), ("mine/c".to_owned(), "So what is c?".to_owned()));
    world.deck("mine.toml", "broken");
    talk.answer(grade(4));
    assert_eq!(talk.end()["answered"], 2);
}

fn asked(talk: &mut Talk) -> (String, String) {
    let question = talk.until("question");
    let text = |key: &str| question[key].as_str().unwrap().to_owned();
    (text("card"), text("prompt"))
}

#[test]
fn an_index_that_is_lost_or_of_another_build_is_made_again() {
    let world = World::with_deck(&[recall("a"), recall("b")].concat());
    let mut talk = world.review(NOW, &[]);
    talk.answer(grade(4));
    talk.end();
    let decks = ["decks", "--json", "--now", "2026-11-23T09:00:00Z"];
    let before = world.ok(&decks);
    for damage in ["UPDATE catalog SET build = 'older'", "DELETE FROM catalog; DELETE FROM card; DELETE FROM deck"] {
        world.sql().execute_batch(damage).unwrap();
        assert_eq!(world.ok(&decks), before, "{damage}");
    }
    world.assert_sound();
}

#[test]
fn a_large_backlog_is_asked_to_its_end() {
    let cards: String = (0..150).map(|n| recall(&format!("c{n}"))).collect();
    let world = World::with_deck(&cards);
    let mut talk = world.review(NOW, &["--new", "150", "--minutes", "0"]);
    for _ in 0..150 {
        talk.answer(grade(4));
    }
    assert_eq!(talk.end()["answered"], 150);
    // A minute's queue holds fewer; more are taken in while time is left.
    let mut talk = world.review("2026-11-24T09:00:00Z", &["--minutes", "1", "--new", "0"]);
    assert_eq!(talk.event("session")["due"], 150);
    let mut seen = std::collections::BTreeSet::new();
    let question = talk.event("question");
    assert_eq!(question["remaining"], 150);
    seen.insert(question["card"].to_string());
    talk.say(json!({ "skip": true, "took_s": 0.0 }));
    for left in (0..149).rev() {
        let question = talk.until("question");
        assert_eq!(question["remaining"], left + 1);
        assert!(seen.insert(question["card"].to_string()), "asked twice: {question}");
        talk.say(json!({ "grade": 4, "took_s": 0.1 }));
    }
    let summary = talk.end();
    assert_eq!((&summary["answered"], &summary["left_due"]), (&json!(149), &json!(1)));
}

#[test]
fn doctor_holds_the_index_against_the_schedule() {
    let world = World::with_deck(&[recall("a"), recall("b")].concat());
    let mut talk = world.review(NOW, &[]);
    talk.answer(grade(4));
    talk.end();
    for damage in ["due = due + 1 WHERE name = 'mine/a'", "unseen = 0 WHERE name = 'mine/b'"] {
        world.sql().execute_batch(&format!("UPDATE card SET {damage}")).unwrap();
        let ran = world.run(&["doctor"]);
        assert!(ran.code == 1 && ran.out.contains("1 cards of the decks' index do not follow it"), "{}", ran.out);
        world.ok(&["doctor", "--repair"]);
        world.assert_sound();
    }
}
