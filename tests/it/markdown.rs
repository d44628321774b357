//! Markdown files as decks: a folder of hashcards is reviewed as it is, and what is reworded there keeps its progress.

use crate::harness::World;
use serde_json::{Value, json};

const CACHING: &str = include_str!("../../src/deck/markdown/samples/hashcards/Caching.md");
const LATENCY: &str = include_str!("../../src/deck/markdown/samples/hashcards/Latency.md");
const FIRST: &str = "2026-11-21T09:00:00Z";
const NEXT: &str = "2026-11-22T09:00:00Z";

/// A folder of hashcards, and a command on it.
fn folder() -> World {
    let world = World::new();
    std::fs::create_dir_all(world.path("cards")).unwrap();
    write(&world, "Caching.md", CACHING);
    write(&world, "Latency.md", LATENCY);
    world
}

fn write(world: &World, name: &str, text: &str) {
    std::fs::write(world.path("cards").join(name), text).unwrap();
}

fn on<'a>(args: &[&'a str]) -> Vec<&'a str> {
    [&["--decks", "cards"], args].concat()
}

/// Answers all cards of a deck, and gives their questions by id.
fn review(world: &World, deck: &str, now: &str) -> Vec<(String, String)> {
    let mut talk = world.talk(&on(&[
        "review",
        "--json",
        "--deck",
        deck,
        "--new",
        "100",
        "--minutes",
        "0",
        "--seed",
        "1",
        "--now",
        now,
    ]));
    let mut asked = Vec::new();
    while let Some(event) = talk.next() {
        match event["event"].as_str() {
            Some("question") => {
                let text = |key: &str| event[key].as_str().unwrap().to_owned();
                asked.push((text("card"), text("prompt")));
                talk.say(json!({ "reveal": true, "took_s": 2 }));
                talk.say(json!({ "grade": "good", "took_s": 1 }));
            }
            Some("summary") => break,
            _ => {}
        }
    }
    asked
}

fn card(world: &World, id: &str, now: &str) -> Value {
    world.json(&on(&["card", id, "--json", "--now", now]))
}

fn id_of(asked: &[(String, String)], prompt: &str) -> String {
    asked.iter().find(|(_, found)| found == prompt).unwrap_or_else(|| panic!("{prompt}: {asked:?}")).0.clone()
}

#[test]
fn a_folder_of_hashcards_is_reviewed_as_it_is_and_what_is_reworded_keeps_its_progress() {
    let world = folder();
    let asked = review(&world, "system-design", FIRST);
    assert_eq!(asked.len(), 8, "{asked:?}");
    assert_eq!(std::fs::read_to_string(world.path("cards/Caching.md")).unwrap(), CACHING, "nothing is written into it");
    let before = id_of(&asked, "Which cache strategy loads on a miss?");
    write(
        &world,
        "Caching.md",
        &CACHING.replace("cache strategy loads on a miss", "caching strategy loads the data on a miss"),
    );
    let listed = world.ok(&on(&["list", "--deck", "system-design", "--now", NEXT]));
    let now = listed.split_whitespace().find(|word| word.contains("which-caching")).unwrap().to_owned();
    assert_ne!(now, before);
    let card = card(&world, &now, NEXT);
    assert_eq!(
        (&card["phase"], &card["due"], &card["repetitions"]),
        (&json!("learning"), &json!("2026-11-22"), &json!(1))
    );
    // The others are as they were, and the day asks each once.
    let again = review(&world, "system-design", NEXT);
    assert_eq!(again.len(), 8, "{again:?}");
    assert!(world.ok(&on(&["deck", "match"])).contains("no card is waiting"));
}

#[test]
fn what_may_be_another_fact_is_asked_about_and_moved_when_that_is_said() {
    for (args, moves) in [(&[][..], true), (&["--new"], false)] {
        let world = folder();
        let asked = review(&world, "cards-latency", FIRST);
        let before = id_of(&asked, "L1 cache reference?");
        write(&world, "Latency.md", &LATENCY.replace("L1 cache reference", "L2 cache reference"));
        let mut talk = world.talk(&on(&["review", "--json", "--now", NEXT]));
        talk.say(json!({ "quit": true }));
        talk.finish();
        let said = world.ok(&on(&["deck", "match", "--now", NEXT]));
        assert!(said.contains(&format!("may be {before}, which asked: L1 cache reference?")), "{said}");
        let now = said.split_whitespace().next().unwrap().to_owned();
        assert_eq!(card(&world, &now, NEXT)["phase"], "new", "nothing moves before that is said");
        world.ok(&on(&[&["deck", "match", &now, "--now", NEXT], args].concat()));
        assert_eq!(card(&world, &now, NEXT)["phase"], if moves { "learning" } else { "new" });
        assert!(world.ok(&on(&["deck", "match"])).contains("no card is waiting"));
        // It is not asked about again.
        write(&world, "Latency.md", &format!("{}\nQ: One more?\nA: yes\n", LATENCY.replace("L1 cache", "L2 cache")));
        let said = world.ok(&on(&["deck", "match"]));
        assert!(said.contains("no card is waiting"), "{said}");
    }
}

#[test]
fn check_counts_the_notes_that_are_no_decks() {
    let world = folder();
    write(&world, "README.md", "# Cards\n\nWhat std::vector is.\n");
    std::fs::create_dir_all(world.path("cards/notes/more")).unwrap();
    write(&world, "notes/more/Queues.md", "#flashcards/queues\n\nAt least once::may come twice\n");
    write(&world, "notes/todo.md", "- [ ] this :: that\n");
    write(&world, "notes/picture.png", "");
    let said = world.ok(&on(&["deck", "check"]));
    assert!(said.contains("2 Markdown files have no cards\n"), "{said}");
    assert!(said.contains("3 decks with 14 cards: "), "{said}");
    assert!(!said.contains("picture"), "{said}");
    let decks = world.json(&on(&["decks", "--json"]));
    let own = decks["decks"].as_array().unwrap().iter().filter(|deck| deck["source"] != "embedded");
    let names: Vec<&str> = own.map(|deck| deck["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["cards-latency", "queues", "system-design"], "an embedded deck has the name latency");
    // A file that is mended is a deck again.
    write(&world, "notes/todo.md", "Q: a?\n\nQ: b?\nA: c\n");
    let err = world.fails(1, &on(&["deck", "check"]));
    assert!(err.contains("notes/todo.md:1:1: this question has no answer"), "{err}");
}

#[test]
fn fmt_writes_the_names_of_cards_so_that_any_edit_keeps_their_progress() {
    let world = folder();
    let asked = review(&world, "cards-latency", FIRST);
    let dry = world.ok(&on(&["deck", "fmt", "--dry-run"]));
    assert!(dry.contains("Latency.md:1: <!-- id: l1-cache-reference-073cb26f -->"), "{dry}");
    assert!(dry.contains("9 cards in 2 files would get names"), "{dry}");
    assert_eq!(std::fs::read_to_string(world.path("cards/Latency.md")).unwrap(), LATENCY);
    let ran = world.run(&on(&["deck", "fmt", "cards/Latency.md"]));
    assert_eq!((ran.code, ran.out.trim()), (0, "3 cards in 1 file got names"), "{}", ran.err);
    assert!(ran.err.contains("hashcards and repeater"), "{}", ran.err);
    assert!(world.ok(&on(&["deck", "fmt", "cards/Latency.md"])).contains("every card in Markdown has its name"));
    let named = std::fs::read_to_string(world.path("cards/Latency.md")).unwrap();
    let edited = named.replace("L1 cache reference?", "Something else altogether?").replace("[16 µs]", "[20 µs]");
    write(&world, "Latency.md", &edited);
    let again = review(&world, "cards-latency", NEXT);
    let ids = |asked: &[(String, String)]| {
        let mut ids: Vec<String> = asked.iter().map(|(id, _)| id.clone()).collect();
        ids.sort();
        ids
    };
    assert_eq!(ids(&again), ids(&asked));
    assert_eq!(id_of(&again, "Something else altogether?"), id_of(&asked, "L1 cache reference?"));
}

/// How many cards of a deck in the folder of decks are new, and how many have progress; none where there is no such deck.
fn counts(world: &World, deck: &str) -> Option<(usize, usize)> {
    let decks = world.json(&["decks", "--json", "--now", NEXT]);
    let deck = decks["decks"].as_array().unwrap().iter().find(|listed| listed["name"] == deck)?.clone();
    let (all, new) = (deck["cards"].as_u64().unwrap() as usize, deck["new"].as_u64().unwrap() as usize);
    Some((new, all - new))
}

const ZED: &str = "[deck]\nname = \"zed\"\ntitle = \"Z\"\n[[recall]]\nid = \"q\"\nask = \"Q?\"\nanswer = \"A\"\n";
const ZED_IN_MARKDOWN: &str = "---\nname = \"zed\"\n---\nQ: Q?\nA: A\n<!-- id: q -->\n";

fn answer_all(world: &World, deck: &str) {
    let mut talk = world.talk(&["review", "--json", "--deck", deck, "--new", "100", "--now", FIRST]);
    while talk.answer_next(json!({ "grade": 4, "took_s": 3 })) {}
    talk.end();
}

#[test]
fn a_name_is_free_as_soon_as_its_file_is_gone() {
    for to in ["zed.md", "other.md", "s/zed.md", "s/t/other.md"] {
        let world = World::new();
        world.deck("zed.toml", ZED);
        answer_all(&world, "zed");
        std::fs::remove_file(world.path("config/decks/zed.toml")).unwrap();
        world.deck(to, ZED_IN_MARKDOWN);
        assert_eq!(counts(&world, "zed"), Some((0, 1)), "{to}");
        world.assert_sound();
        // And back again, both at a time.
        world.deck("zed.toml", ZED);
        assert_eq!(counts(&world, "zed"), Some((0, 1)), "{to}");
        std::fs::remove_file(world.path("config/decks").join(to)).unwrap();
        assert_eq!(counts(&world, "zed"), Some((0, 1)), "{to}");
    }
}

#[test]
fn a_file_that_is_copied_and_then_removed_has_moved() {
    let world = World::new();
    world.deck("renamed.md", "Q: One?\nA: 1\n\nQ: Two?\nA: 2\n");
    answer_all(&world, "renamed");
    world.deck("sub/renamed.md", "Q: One?\nA: 1\n\nQ: Two?\nA: 2\n");
    assert_eq!((counts(&world, "renamed"), counts(&world, "sub-renamed")), (Some((0, 2)), Some((2, 0))));
    std::fs::remove_file(world.path("config/decks/renamed.md")).unwrap();
    assert_eq!((counts(&world, "renamed"), counts(&world, "sub-renamed")), (Some((0, 2)), None));
    // But for the case of its name it is the same file.
    std::fs::rename(world.path("config/decks/sub/renamed.md"), world.path("config/decks/sub/Renamed.md")).unwrap();
    assert_eq!(counts(&world, "renamed"), Some((0, 2)));
    world.assert_sound();
}

#[test]
fn a_broken_deck_keeps_its_name() {
    let world = World::new();
    world.deck("zed.md", "Q: One?\nA: 1\n\nQ: Two?\nA: 2\n");
    world.deck("sub/zed.md", "Q: Three?\nA: 3\n");
    answer_all(&world, "zed");
    world.deck("zed.md", "Q: One?\n\nQ: Two?\nA: 2\n");
    assert!(world.run(&["due"]).err.contains("this question has no answer"));
    world.deck("zed.md", "Q: One?\nA: 1\n\nQ: Two?\nA: 2\n");
    assert_eq!((counts(&world, "zed"), counts(&world, "sub-zed")), (Some((0, 2)), Some((1, 0))));
}

const TWO: &str = "Q: Which cache strategy loads on a miss?\nA: Cache-aside\n\nQ: What is a quorum?\nA: 3 of 5\n";

/// The only card of a deck in the folder of decks whose question begins so, as a list shows it.
fn listed(world: &World, deck: &str, begins: &str) -> Value {
    let cards = world.json(&["list", "--json", deck, "--now", NEXT]);
    let all = cards["cards"].as_array().unwrap();
    all.iter()
        .find(|card| card["question"].as_str().unwrap().starts_with(begins))
        .unwrap_or_else(|| panic!("{cards:#}"))
        .clone()
}

fn name_of(card: &Value) -> String {
    card["card"].as_str().unwrap().to_owned()
}

#[test]
fn whatever_is_known_of_a_card_goes_on_when_it_is_reworded() {
    type Known = (&'static str, fn(&World, &str), fn(&World, &Value) -> bool);
    let known: [Known; 4] = [
        ("suspended", |world, card| drop(world.ok(&["suspend", card])), |_, card| card["suspended"] == true),
        ("flagged", |world, card| drop(world.ok(&["flag", card])), |_, card| card["flagged"] == true),
        (
            "note",
            |world, card| drop(world.ok(&["note", card, "ask Ada"])),
            |world, card| world.ok(&["note", &name_of(card)]).contains("ask Ada"),
        ),
        ("answered", |world, _| answer_all(world, "d"), |_, card| card["due"] == "2026-11-22"),
    ];
    for (what, make, is_there) in known {
        for in_between in [None, Some("Q: broken\n\nQ: a?\nA: b\n"), Some("")] {
            let world = World::new();
            world.deck("d.md", TWO);
            make(&world, &name_of(&listed(&world, "d", "Which")));
            // A look while it is broken, or gone.
            match in_between {
                Some("") => std::fs::remove_file(world.path("config/decks/d.md")).unwrap(),
                Some(text) => world.deck("d.md", text),
                None => {}
            }
            world.run(&["due"]);
            world.deck("d.md", TWO.replace("loads on a miss", "loads upon a miss"));
            let card = listed(&world, "d", "Which cache strategy loads upon");
            assert!(is_there(&world, &card), "{what}, {in_between:?}: {card:#}");
            // And back again.
            world.deck("d.md", TWO);
            let card = listed(&world, "d", "Which cache strategy loads on a");
            assert!(is_there(&world, &card), "back, {what}, {in_between:?}: {card:#}");
            world.assert_sound();
        }
    }
}

#[test]
fn without_its_comment_a_card_is_still_itself() {
    let world = World::new();
    world.deck("d.md", TWO);
    answer_all(&world, "d");
    world.ok(&["deck", "fmt"]);
    let file = world.path("config/decks/d.md");
    let named = std::fs::read_to_string(&file).unwrap();
    world.deck("d.md", named.replace("What is a quorum?", "How many must agree?"));
    assert_eq!(listed(&world, "d", "How many")["due"], "2026-11-22");
    let named = std::fs::read_to_string(&file).unwrap();
    let without: Vec<&str> = named.lines().filter(|line| !line.starts_with("<!--")).collect();
    world.deck("d.md", without.join("\n"));
    assert_eq!(counts(&world, "d"), Some((0, 2)));
    world.assert_sound();
}

#[test]
fn a_card_goes_on_in_another_file() {
    type Move = fn(&World);
    let cases: [(&str, Move); 4] = [
        ("the file has another name", |world| {
            std::fs::rename(world.path("config/decks/d.md"), world.path("config/decks/e.md")).unwrap();
        }),
        ("copied, seen, and removed", |world| {
            world.deck("e.md", TWO);
            world.ok(&["due"]);
            std::fs::remove_file(world.path("config/decks/d.md")).unwrap();
        }),
        ("removed, seen, and put back elsewhere", |world| {
            std::fs::remove_file(world.path("config/decks/d.md")).unwrap();
            world.ok(&["due"]);
            world.deck("e.md", TWO);
        }),
        ("the deck is called otherwise", |world| world.deck("d.md", format!("---\nname: e\n---\n{TWO}"))),
    ];
    for (what, go) in cases {
        let world = World::new();
        world.deck("d.md", TWO);
        answer_all(&world, "d");
        go(&world);
        assert_eq!((counts(&world, "e"), counts(&world, "d")), (Some((0, 2)), None), "{what}");
        world.assert_sound();
    }
}

#[test]
fn a_deck_whose_name_another_had_keeps_its_progress_when_it_gets_it_and_when_it_gives_it_back() {
    let world = World::new();
    world.deck("d.md", "Q: Of the first?\nA: 1\n");
    world.deck("s/d.md", "Q: Of the second?\nA: 2\n");
    answer_all(&world, "s-d");
    std::fs::remove_file(world.path("config/decks/d.md")).unwrap();
    assert_eq!((counts(&world, "d"), counts(&world, "s-d")), (Some((0, 1)), None));
    let mut talk = world.talk(&["review", "--json", "--deck", "d", "--now", NEXT]);
    assert!(talk.answer_next(json!({ "grade": 4, "took_s": 3 })));
    talk.end();
    world.deck("d.md", "Q: Of the first?\nA: 1\n");
    assert_eq!((counts(&world, "d"), counts(&world, "s-d")), (Some((1, 0)), Some((0, 1))));
    let due = listed(&world, "s-d", "Of the second")["due"].clone();
    assert_eq!(due, "2026-11-28", "both answers count");
    world.assert_sound();
}

#[test]
fn what_a_broken_deck_or_another_folder_has_is_not_taken_from_it() {
    let world = World::new();
    world.deck("d.md", TWO);
    answer_all(&world, "d");
    let elsewhere = world.path("elsewhere");
    std::fs::create_dir_all(&elsewhere).unwrap();
    std::fs::write(elsewhere.join("e.md"), TWO).unwrap();
    let list = |args: &[&str]| world.json(&[&["decks", "--json", "--now", NEXT], args].concat());
    let new = |decks: &Value, name: &str| {
        decks["decks"].as_array().unwrap().iter().find(|deck| deck["name"] == name).unwrap()["new"].clone()
    };
    assert_eq!(new(&list(&["--decks", "elsewhere"]), "e"), 2);
    assert_eq!(counts(&world, "d"), Some((0, 2)));
    world.deck("d.md", format!("{TWO}\nQ: broken\n"));
    world.deck("e.md", TWO);
    world.run(&["due"]);
    world.deck("d.md", TWO);
    assert_eq!((counts(&world, "d"), counts(&world, "e")), (Some((0, 2)), Some((2, 0))));
}

#[test]
fn what_has_little_but_its_answer_left_is_asked_about_and_every_list_says_so() {
    let world = World::new();
    world.deck("d.md", TWO);
    answer_all(&world, "d");
    world.deck("d.md", TWO.replace("What is a quorum?", "How many must agree with a write?"));
    let says = "1 card may be a former one in other words: sysdrill deck match says which";
    for args in [&["due"][..], &["decks"], &["deck", "check"], &["doctor"]] {
        let ran = world.run(args);
        assert!(ran.err.contains(says), "{args:?}: {}\n{}", ran.out, ran.err);
    }
    for args in [&["due", "--short"][..], &["due", "--json"], &["decks", "--json"]] {
        assert_eq!(world.run(args).err, "", "{args:?}");
    }
    // What was answered as a new card meanwhile is still asked about: both then count.
    let now = name_of(&listed(&world, "d", "How many must agree"));
    let mut talk = world.talk(&["review", "--json", "--card", &now, "--now", NEXT]);
    assert!(talk.answer_next(json!({ "grade": 4, "took_s": 3 })));
    talk.end();
    assert!(world.ok(&["deck", "match"]).contains("which asked: What is a quorum?"));
    // And forgotten, it is not.
    world.ok(&["doctor", "--forget-orphans", "--yes"]);
    assert!(world.ok(&["deck", "match"]).contains("no card is waiting"));
    assert_eq!(world.run(&["due"]).err, "");
    world.ok(&["doctor", "--remember"]);
    world.ok(&["deck", "match", &now, "--now", NEXT]);
    assert_eq!(listed(&world, "d", "How many must agree")["due"], "2026-11-28", "both answers count");
    world.assert_sound();
}

#[test]
fn a_deck_in_markdown_gets_another_name_in_its_front_matter() {
    let notes = "#flashcards\n\nWhich lock does it need?::FOR UPDATE\n\nA read of memory?::100 ns\n";
    for (file, text) in [
        ("caching.md", TWO.to_owned()),
        ("caching/a.md", format!("---\nname = \"caching\" # ours\nnumbers = true\n---\n{TWO}")),
        ("caching/caching.md", format!("---\ndialect: repeater\nname: caching\n---\nNotes.\n\n{TWO}")),
        ("caching.md", notes.to_owned()),
    ] {
        let world = World::new();
        world.deck(file, &text);
        answer_all(&world, "caching");
        for (old, new) in [("caching", "cc"), ("cc", "dd"), ("dd", "caching"), ("caching", "cc")] {
            let said = world.ok(&["deck", "rename", old, new, "--now", NEXT]);
            assert!(said.contains(&format!("{old} is {new} now, in ")) && said.contains("2 cards keep"), "{said}");
            assert_eq!((counts(&world, new), counts(&world, old)), (Some((0, 2)), None), "{file}: {old} -> {new}");
        }
        let written = std::fs::read_to_string(world.path("config/decks").join(file)).unwrap();
        assert!(written.ends_with(text.rsplit("---\n").next().unwrap()), "{written}");
        assert!(world.ok(&["deck", "check"]).contains("1 deck with 2 cards"), "{file}");
        assert!(world.ok(&["deck", "match"]).contains("no card is waiting"), "{file}");
        world.assert_sound();
    }
}
