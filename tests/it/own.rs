//! Decks of one's own: cards are added, decks made, edited, shown, renamed and switched off.

use crate::harness::{World, grade, recall, snapshot};
use serde_json::json;
use std::fs;

const NOW: &str = "2026-11-21T09:00:00Z";

/// What a file of the decks' folder says.
fn file(world: &World, name: &str) -> String {
    fs::read_to_string(world.path("config/decks").join(name)).unwrap()
}

/// The ids of the cards that a review asks, each answered well.
fn asked(world: &World, args: &[&str]) -> Vec<String> {
    let mut talk = world.talk(&[&["review", "--json", "--seed", "1", "--now", NOW], args].concat());
    let mut cards = Vec::new();
    while let Some(event) = talk.next() {
        if event["event"] == "question" {
            cards.push(event["card"].as_str().unwrap().to_owned());
            talk.say(json!({ "skip": true }));
        }
    }
    cards
}

/// Adds a card at that time.
fn add(world: &World, args: &[&str]) -> String {
    world.ok(&[&["add", "--now", NOW], args].concat())
}

#[test]
fn a_card_is_added_and_comes_at_the_next_review() {
    let world = World::new();
    let said = add(&world, &["What does CAP stand for?", "Consistency, availability, partitions", "--tag", "cap"]);
    assert!(said.contains("made the deck mine") && said.contains("mine/what-does-cap-stand-for"), "{said}");
    add(&world, &["--number", "Our peak load?", "1.2k QPS", "--why", "Three carry it."]);
    add(&world, &["--mistake", "I drew boxes before any number", "--fix", "Say the numbers first"]);
    add(&world, &["A design without numbers", "--mistake", "None was asked", "--fix", "Ask", "--level", "1"]);
    assert!(world.ok(&["deck", "check"]).contains("1 deck with 4 cards"));
    assert_eq!(world.json(&["due", "--json", "--now", NOW])["due"], 4);
    // The day has no new cards left, and they come all the same.
    let mut cards = asked(&world, &["--new", "0"]);
    cards.sort();
    let all =
        ["a-design-without-numbers", "i-drew-boxes-before-any-number", "our-peak-load", "what-does-cap-stand-for"];
    assert_eq!(cards, all.map(|slug| format!("mine/{slug}")));
    // First of all, though the embedded cards are many.
    assert!(asked(&world, &["--new", "5"])[..4].iter().all(|card| card.starts_with("mine/")));
    world.assert_sound();
}

#[test]
fn each_gap_of_an_added_text_comes_at_the_next_review() {
    let world = World::new();
    add(&world, &["--cloze", "Paxos needs {{c1::a majority}} of {{c2::the acceptors}}"]);
    assert_eq!(asked(&world, &["--new", "0"]).len(), 2);
    assert!(world.fails(1, &["add", "--cloze", "Nothing is left out"]).contains("has no gap"));
}

#[test]
fn an_added_card_that_was_answered_is_scheduled_like_any_other() {
    let world = World::new();
    world.ok(&["add", "a?", "b", "--now", NOW]);
    let mut talk = world.talk(&["review", "--json", "--new", "0", "--now", NOW]);
    assert_eq!(talk.event("session")["due"], 1);
    talk.answer(grade(4));
    talk.end();
    assert!(asked(&world, &["--new", "0"]).is_empty());
    world.ok(&["undo", "--now", NOW]);
    assert_eq!(asked(&world, &["--new", "0"]), ["mine/a"], "what was taken back was not answered");
    world.ok(&["suspend", "mine/a", "--now", NOW]);
    assert!(asked(&world, &["--new", "0"]).is_empty());
    world.assert_sound();
    world.ok(&["doctor", "--repair"]);
    world.ok(&["resume", "mine/a", "--now", NOW]);
    assert_eq!(asked(&world, &["--new", "0"]), ["mine/a"]);
}

#[test]
fn an_added_card_comes_first_on_the_way_to_an_interview_too() {
    let world = World::new();
    world.ok(&["plan", "--interview", "2026-12-15", "--now", NOW]);
    world.ok(&["add", "a?", "b", "--now", NOW]);
    assert_eq!(asked(&world, &[])[0], "mine/a");
    // On the day itself nothing new is asked but this.
    let mut talk = world.talk(&["review", "--json", "--now", "2026-12-15T09:00:00Z"]);
    assert_eq!(talk.until("question")["card"], "mine/a");
    talk.end();
}

#[test]
fn what_cannot_be_a_card_is_refused_and_nothing_is_written() {
    let world = World::with_deck(&recall("a"));
    world.deck("broken.toml", "[deck]\nname = \"bro");
    let before = snapshot(&world.path("config"));
    for (args, said) in [
        (&["add", "--number", "Our peak?", "a lot"][..], "needs a number before it"),
        (&["add", "--number", "Our peak?", "1.2k QBS"], "QBS"),
        (&["add", "q", "a", "--deck", "latency"], "the deck latency is a part of sysdrill"),
        (&["add", "q", "a", "--deck", "My Deck"], "lower-case letters, digits and hyphens"),
        (&["add", "q", "a", "--deck", "broken"], "broken.toml"),
        (&["add", "what is  A", "Again.", "--deck", "mine"], "mine/a asks that already"),
        (&["add", "only a question"], "say what is asked and what is right"),
        (&["add", "", "a"], "a text is empty"),
        (&["add"], "say what is asked and what is right"),
    ] {
        let err = world.fails(1, args);
        assert!(err.contains(said), "{args:?}: {err}");
    }
    for args in [&["add", "--mistake", "m"][..], &["add", "q", "a", "--level", "4"]] {
        world.fails(2, args);
    }
    assert_eq!(snapshot(&world.path("config")), before);
}

#[test]
fn an_added_card_leaves_all_else_in_the_file_as_it_is() {
    let world = World::new();
    let text = "\u{feff}# my deck\r\n[deck]\r\nname = \"mine\" # of my own\r\ntitle = 'Mine'\r\n\r\n[[recall]]\r\nid = \"a\"\r\nask = \"A?\"\r\nanswer = \"B\" # short\r\n# the end";
    world.deck("kept.toml", text);
    #[cfg(unix)]
    {
        let decks = world.path("config/decks");
        fs::rename(decks.join("kept.toml"), world.path("kept.toml")).unwrap();
        std::os::unix::fs::symlink(world.path("kept.toml"), decks.join("mine.toml")).unwrap();
    }
    #[cfg(not(unix))]
    fs::rename(world.path("config/decks/kept.toml"), world.path("config/decks/mine.toml")).unwrap();
    world.ok(&["add", "What is \"x\"?", "C:\\temp"]);
    let written = file(&world, "mine.toml");
    assert!(written.starts_with(text) && !written.replace("\r\n", "").contains('\n'), "{written:?}");
    assert!(world.ok(&["show", "mine/what-is-x"]).contains("C:\\temp"));
    #[cfg(unix)]
    assert!(fs::symlink_metadata(world.path("config/decks/mine.toml")).unwrap().is_symlink());
}

#[test]
fn a_card_goes_to_a_file_of_a_folder_and_takes_no_id_that_was_ever_there() {
    let world = World::new();
    world.deck("own/deck.toml", "[deck]\nname = \"own\"\ntitle = \"Own\"\n");
    world.deck("own/cards.toml", recall("b").replace("answer", "was = [\"gone\"]\nanswer"));
    world.ok(&["add", "gone", "x"]);
    world.ok(&["add", "gone ü", "y"]);
    assert!(file(&world, "own/added.toml").contains("id = \"gone-2\""));
    assert!(world.ok(&["show", "own/gone-3"]).contains('y'));
    // What was answered of a card that was deleted is not the next one's.
    let mut talk = world.talk(&["review", "--json", "--card", "own/gone-3", "--now", NOW]);
    talk.answer(grade(4));
    talk.end();
    fs::remove_file(world.path("config/decks/own/added.toml")).unwrap();
    world.ok(&["add", "gone é", "z"]);
    world.ok(&["add", "gone à", "z"]);
    let added = file(&world, "own/added.toml");
    assert!(added.contains("gone-4") && !added.contains("gone-3"), "{added}");
}

#[test]
fn a_new_deck_has_an_example_of_each_kind_and_is_sound() {
    let world = World::new();
    let said = world.ok(&["deck", "new", "work", "--title", "Our \"own\""]);
    assert!(said.contains("work.toml") && said.contains("sysdrill deck edit work"), "{said}");
    assert!(world.ok(&["deck", "check"]).contains("all sound"));
    let kinds = |name: &str| {
        let decks = world.json(&["decks", "--json"]);
        let deck = decks["decks"].as_array().unwrap().iter().find(|deck| deck["name"] == name).unwrap().clone();
        (deck["title"].clone(), deck["kinds"].as_object().unwrap().keys().cloned().collect::<Vec<_>>())
    };
    assert_eq!(kinds("work").0, "Our \"own\"");
    assert!(kinds("work").1.len() >= 7);
    world.ok(&["deck", "new", "two", "--kind", "number", "--kind", "choice"]);
    assert_eq!(kinds("two"), ("Two".into(), vec!["choice".to_owned(), "number".to_owned()]));
    for (args, said) in [
        (&["deck", "new", "work"][..], "there is a deck work already"),
        (&["deck", "new", "latency"], "latency is a deck of sysdrill's own: take another name"),
        (&["deck", "new", "My Deck"], "lower-case"),
        (&["deck", "new", "blank", "--title", " "], "a deck's title is empty"),
    ] {
        let err = world.fails(1, args);
        assert!(err.contains(said), "{args:?}: {err}");
    }
    world.deck("other.toml", "not a deck");
    assert!(world.fails(1, &["deck", "new", "other"]).contains("there is a deck other already"));
    assert_eq!(file(&world, "other.toml"), "not a deck");
}

#[test]
fn a_deck_is_shown_as_it_is_written() {
    let world = World::with_deck(&recall("a"));
    assert_eq!(world.ok(&["deck", "show", "mine"]), format!("{}\n", file(&world, "mine.toml").trim_end()));
    let embedded = world.ok(&["deck", "show", "latency"]);
    assert!(embedded.contains("name = \"latency\"") && embedded.contains("l1-cache-hit"));
    world.deck("own/deck.toml", "[deck]\nname = \"own\"\ntitle = \"Own\"\nlicence = \"CC0-1.0\"\n");
    world.deck("own/cards.toml", recall("b"));
    let own = world.ok(&["deck", "show", "own"]);
    assert!(own.contains("own/deck.toml\n\n[deck]") && own.contains("own/cards.toml\n\n[[recall]]"), "{own}");
    // What is printed of one deck is a deck again.
    assert!(own.parse::<toml_edit::DocumentMut>().is_ok());
    world.deck("broken.toml", "[deck]\nname = \"bro\u{1b}[31m");
    assert!(world.ok(&["deck", "show", "broken"]).contains("\u{fffd}[31m"));
    assert!(world.fails(1, &["deck", "show", "latncy"]).contains("did you mean latency?"));
    // Its licence is said where one would look.
    assert!(world.run(&["decks"]).out.contains("licence: CC0-1.0"));
    fs::remove_file(world.path("config/decks/broken.toml")).unwrap();
    assert!(world.ok(&["sheet", "own"]).contains("CC0-1.0"));
    assert_eq!(
        world.json(&["decks", "--json"])["decks"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|d| d["licence"] == "CC0-1.0")
            .count(),
        1
    );
}

#[test]
fn decks_are_switched_off_and_on_and_comments_stay() {
    let world = World::with_deck(&recall("a"));
    fs::write(world.path("config/config.toml"), "# mine\nminutes = 5 # short\n").unwrap();
    assert!(world.ok(&["deck", "disable", "mine", "latency"]).contains("mine is off"));
    assert!(world.ok(&["deck", "disable", "mine"]).contains("mine is off already"));
    let written = fs::read_to_string(world.path("config/config.toml")).unwrap();
    assert_eq!(written, "# mine\nminutes = 5 # short\ndecks_off = [\"mine\", \"latency\"]\n");
    add(&world, &["q?", "a"]);
    assert!(asked(&world, &["--new", "0"]).is_empty());
    assert!(world.ok(&["deck", "enable", "mine"]).contains("mine is on"));
    assert_eq!(asked(&world, &["--new", "0"]), ["mine/q"]);
    assert!(world.ok(&["deck", "enable", "mine"]).contains("mine is on already"));
    assert!(world.fails(1, &["deck", "disable", "min"]).contains("did you mean mine?"));
    // A deck that is gone can be taken out of the settings.
    fs::write(world.path("config/config.toml"), "decks_off = [\"gone\"]\n").unwrap();
    world.ok(&["deck", "enable", "gone"]);
    assert_eq!(fs::read_to_string(world.path("config/config.toml")).unwrap(), "decks_off = []\n");
}

#[test]
fn a_renamed_deck_keeps_its_progress_its_notes_and_its_links() {
    let world = World::new();
    let linked = recall("a").replace("answer", "see = [\"mine/b\", \"b\"]\nanswer");
    world.deck("mine.toml", format!("[deck]\nname = \"mine\" # ours\ntitle = \"Mine\"\n{linked}{}", recall("b")));
    world.deck(
        "other.toml",
        format!(
            "[deck]\nname = \"other\"\ntitle = \"O\"\n{}",
            recall("c").replace("answer", "after = [\"mine/a\"]\nanswer")
        ),
    );
    fs::write(world.path("config/config.toml"), "decks_off = [\"mine\"]\n").unwrap();
    let mut talk = world.review(NOW, &["--card", "mine/a"]);
    talk.answer(grade(4));
    talk.end();
    world.ok(&["note", "mine/a", "ours is slower"]);
    world.ok(&["flag", "mine/b"]);
    let standing = |id: &str| {
        let card = world.card(id);
        ["due", "interval_days", "easiness", "repetitions"].map(|key| card[key].clone())
    };
    let before = standing("mine/a");
    assert!(before[0].is_string(), "{before:?}");
    let said = world.ok(&["deck", "rename", "mine", "work"]);
    assert!(
        said.contains("mine is work now") && said.contains("2 cards keep") && said.contains("1 file with links"),
        "{said}"
    );
    assert!(file(&world, "work.toml").starts_with("[deck]\nname = \"work\" # ours\nwas = [\"mine\"]\n"));
    assert!(file(&world, "work.toml").contains("see = [\"work/b\", \"b\"]"));
    assert!(file(&world, "other.toml").contains("after = [\"work/a\"]"));
    assert!(!world.path("config/decks/mine.toml").exists());
    assert_eq!(fs::read_to_string(world.path("config/config.toml")).unwrap(), "decks_off = [\"work\"]\n");
    assert_eq!(standing("work/a"), before);
    assert!(world.ok(&["note", "work/a"]).contains("ours is slower"));
    assert!(world.ok(&["sheet", "work"]).contains("ours is slower"));
    assert!(world.ok(&["decks", "--flagged"]).contains("work/b"));
    assert!(world.ok(&["deck", "check"]).contains("all sound"));
    // And back again.
    world.ok(&["deck", "rename", "work", "mine"]);
    assert_eq!(standing("mine/a"), before);
    assert!(world.ok(&["note", "mine/a"]).contains("ours is slower"));
    assert!(world.ok(&["deck", "check"]).contains("all sound"));
    world.assert_sound();
    for (args, said) in [
        (&["deck", "rename", "latency", "speed"][..], "the deck latency is a part of sysdrill"),
        (&["deck", "rename", "mine", "latency"], "there is a deck latency already"),
        (&["deck", "rename", "mine", "other"], "there is a deck other already"),
        (&["deck", "rename", "mine", "Work"], "lower-case"),
        (&["deck", "rename", "mien", "work"], "did you mean mine"),
    ] {
        let err = world.fails(1, args);
        assert!(err.contains(said), "{args:?}: {err}");
    }
}

#[test]
fn a_folder_is_renamed_with_its_deck() {
    let world = World::new();
    world.deck("own/deck.toml", "[deck]\nname = \"own\"\ntitle = \"Own\"\nwas = [\"first\"]\n");
    world.deck("own/cards.toml", recall("b"));
    world.ok(&["deck", "rename", "own", "work"]);
    assert!(file(&world, "work/deck.toml").contains("was = [\"first\", \"own\"]"));
    world.ok(&["show", "work/b"]);
    world.assert_sound();
}

#[cfg(unix)]
mod edited {
    use super::*;

    /// An editor that does this to the file that it is given, and keeps its arguments.
    fn editor(world: &World, script: &str) -> String {
        let path = world.path("editor.sh");
        let log = world.path("arguments");
        fs::write(&path, format!("#!/bin/sh\nfor last; do :; done\necho \"$@\" >> {}\n{script}\n", log.display()))
            .unwrap();
        format!("sh {}", path.display())
    }

    fn edit(world: &World, editor: &str, args: &[&str]) -> (i32, String) {
        let mut command = world.command(&[&["deck", "edit"], args].concat());
        let ran = command.env("EDITOR", editor).output().unwrap();
        let said = String::from_utf8([ran.stdout, ran.stderr].concat()).unwrap();
        (ran.status.code().unwrap(), said)
    }

    #[test]
    fn a_deck_is_edited_at_its_place_and_checked() {
        let world = World::with_deck(&[recall("a"), recall("b")].concat());
        let vim = world.path("vim");
        fs::write(&vim, format!("#!/bin/sh\necho \"$@\" > {}\n", world.path("arguments").display())).unwrap();
        std::os::unix::fs::PermissionsExt::set_mode(&mut fs::metadata(&vim).unwrap().permissions(), 0o755);
        fs::set_permissions(&vim, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let at = |args: &[&str]| {
            let (code, said) = edit(&world, vim.to_str().unwrap(), args);
            assert_eq!(code, 0, "{said}");
            assert!(said.contains("1 deck with 2 cards: all sound"), "{said}");
            fs::read_to_string(world.path("arguments")).unwrap().trim().to_owned()
        };
        let path = world.path("config/decks/mine.toml").display().to_string();
        assert_eq!(at(&["mine"]), format!("+1 {path}"));
        assert_eq!(at(&["mine/b"]), format!("+8 {path}"));
        // An error is the place to go to.
        let (code, said) = edit(&world, &editor(&world, "echo 'answr = 1' >> \"$last\""), &["mine"]);
        assert!(code == 1 && said.contains("mine.toml:12:1: [[recall]] has no key 'answr'"), "{said}");
        let (code, said) = edit(&world, &editor(&world, "sed -i '$d' \"$last\""), &["mine"]);
        assert!(code == 0 && said.contains("all sound"), "{said}");
    }

    #[test]
    fn what_stands_in_the_way_of_the_editor_is_said_with_the_place() {
        let world = World::with_deck(&recall("a"));
        for (editor, args, expected) in [
            ("", &["mine"][..], "neither VISUAL nor EDITOR names an editor"),
            ("/no/such/editor", &["mine"], "/no/such/editor cannot be run"),
            ("false", &["mine/a"], "the editor false ended with an error, code 1; the place is"),
            ("'vim", &["mine"], "a quote is not closed"),
            ("true", &["latency"], "the deck latency is a part of sysdrill"),
            ("true", &["latency/l1-cache-hit"], "the deck latency is a part of sysdrill"),
            ("true", &["mien"], "did you mean mine"),
        ] {
            let (code, said) = edit(&world, editor, args);
            assert!(code == 1 && said.contains(expected), "{args:?} with {editor}: {said}");
        }
    }
}

#[test]
fn check_names_the_folder_where_decks_would_lie_and_takes_a_name() {
    let world = World::new();
    let said = world.ok(&["deck", "check"]);
    assert!(
        said.contains(world.path("config/decks").to_str().unwrap()) && said.contains("sysdrill deck new"),
        "{said}"
    );
    world.deck("mine.toml", format!("[deck]\nname = \"mine\"\ntitle = \"M\"\n{}", recall("a")));
    assert!(world.ok(&["deck", "check", "mine"]).contains("1 deck with 1 card: all sound"));
    assert!(world.fails(1, &["deck", "check", "mien"]).contains("there is no such file or folder"));
}

/// A question's card is edited in its file between two replies, as an editor would.
#[test]
fn a_session_goes_on_with_what_the_file_says_now() {
    let world = World::with_deck(&recall("a"));
    let mut talk = world.review(NOW, &[]);
    assert_eq!(talk.until("question")["prompt"], "What is a?");
    talk.say(json!({ "edit": true, "took_s": 2 }));
    let edit = talk.event("edit");
    assert_eq!((edit["card"].as_str(), edit["line"].as_u64()), (Some("mine/a"), Some(4)));
    let path = world.path("config/decks/mine.toml");
    assert_eq!(edit["file"].as_str(), path.to_str());
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("What is a?", "What is a, really?")).unwrap();
    talk.say(json!({ "edited": true, "took_s": 0 }));
    let question = talk.event("question");
    assert_eq!((question["prompt"].as_str(), question["n"].as_u64()), (Some("What is a, really?"), Some(1)));
    // A broken file is told, and the card stays as it was.
    talk.say(json!({ "edit": true, "took_s": 0 }));
    talk.event("edit");
    fs::write(&path, text.replace("answer =", "answr =")).unwrap();
    talk.say(json!({ "edited": true, "took_s": 0 }));
    let mut said = || talk.event("error")["message"].as_str().unwrap().to_owned();
    let (first, last) = (said(), said());
    assert!(first.contains("mine.toml:4:1") && last.ends_with("edit (e) opens the file there"), "{first} {last}");
    assert_eq!(talk.until("question")["prompt"], "What is a, really?");
    // It opens again where it is broken, as often as it is.
    for (line, then) in [(4, format!("\n\n{}", text.replace("answer =", "answr ="))), (6, text.clone())] {
        talk.say(json!({ "edit": true, "took_s": 0 }));
        let edit = talk.until("edit");
        assert_eq!((edit["file"].as_str(), edit["line"].as_u64()), (path.to_str(), Some(line)));
        fs::write(&path, then).unwrap();
        talk.say(json!({ "edited": true, "took_s": 0 }));
    }
    assert_eq!(talk.until("question")["prompt"], "What is a?");
    talk.say(json!({ "edited": true }));
    assert_eq!(talk.event("error")["message"], "nothing is being edited");
    talk.answer(grade(4));
    talk.end();
    assert_eq!(world.card("mine/a")["reviews"].as_array().unwrap().len(), 1);
}

#[test]
fn a_note_is_edited_in_a_session_and_taken_back() {
    let world = World::new();
    let mut talk = world.talk(&["review", "--json", "--card", "latency/l1-cache-hit", "--seed", "1", "--now", NOW]);
    talk.until("question");
    talk.say(json!({ "edit": true }));
    let edit = talk.event("edit");
    assert_eq!((&edit["note"], &edit["file"]), (&json!(""), &json!(null)));
    talk.say(json!({ "edited": "ours is slower" }));
    assert_eq!(talk.event("note")["text"], "ours is slower");
    talk.event("question");
    assert!(world.ok(&["note", "latency/l1-cache-hit"]).contains("ours is slower"));
    talk.say(json!({ "undo": true }));
    assert_eq!(talk.event("undone")["what"], "note");
    talk.until("question");
    talk.end();
    assert!(world.ok(&["note", "latency/l1-cache-hit"]).contains("there is no note"));
}

#[test]
fn undo_takes_an_added_card_out_of_its_file_again() {
    let cases: [(&str, &str); 4] = [
        ("lf", "[deck]\nname = \"mine\"\ntitle = \"Mine\"\n\n[[recall]]\nid = \"a\"\nask = \"A?\"\nanswer = \"B\"\n"),
        ("no end", "[deck]\nname = \"mine\"\ntitle = \"Mine\"\n\n[[recall]]\nid = \"a\"\nask = \"A?\"\nanswer = \"B\""),
        (
            "crlf",
            "\u{feff}[deck]\r\nname = \"mine\"\r\ntitle = \"Mine\"\r\n\r\n[[recall]]\r\nid = \"a\"\r\nask = \"A?\"\r\nanswer = \"B\"\r\n",
        ),
        (
            "comment",
            "[deck]\nname = \"mine\"\ntitle = \"Mine\"\n\n[[recall]]\nid = \"a\"\nask = \"A?\"\nanswer = \"B\"\n# the end\n",
        ),
    ];
    for (what, text) in cases {
        let world = World::new();
        world.deck("mine.toml", text);
        add(&world, &["Which lock?", "FOR UPDATE"]);
        let said = world.ok(&["undo", "--now", NOW]);
        assert!(said.starts_with("took back the adding of mine/which-lock: it is out of "), "{what}: {said}");
        let ended = if text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") };
        assert_eq!(file(&world, "mine.toml"), ended, "{what}");
        assert_eq!(world.json(&["due", "--json", "--now", NOW])["due"], 0, "{what}");
        assert!(world.ok(&["undo", "--now", NOW]).contains("nothing to take back"), "{what}");
        world.assert_sound();
    }
}

#[test]
fn undo_takes_back_adds_one_after_the_other_and_the_deck_that_the_first_one_made() {
    let world = World::new();
    add(&world, &["First?", "One"]);
    add(&world, &["--cloze", "Paxos needs {{c1::a majority}} of {{c2::the acceptors}}"]);
    world.ok(&["flag", "mine/first", "--now", NOW]);
    add(&world, &["Third?", "Three"]);
    let card = "mine/paxos-needs-of";
    for said in
        ["the adding of mine/third: it is out", "the flag on mine/first", &format!("the adding of {card}: it is out")]
    {
        assert!(world.ok(&["undo", "--now", NOW]).contains(said), "{said}");
    }
    assert_eq!(world.json(&["due", "--json", "--now", NOW])["due"], 1);
    let said = world.ok(&["undo", "--now", NOW]);
    assert!(said.contains("mine.toml, which had no other card, is removed"), "{said}");
    assert!(!world.path("config/decks/mine.toml").exists());
    assert!(world.ok(&["undo", "--now", NOW]).contains("nothing to take back"));
    // The name is free, and the card is another one.
    add(&world, &["First?", "One"]);
    assert_eq!(world.json(&["due", "--json", "--now", NOW])["due"], 1);
    world.assert_sound();
}

#[test]
fn undo_leaves_a_card_that_is_not_as_it_was_added() {
    let added = || {
        let world = World::with_deck(&recall("a"));
        add(&world, &["Which lock?", "FOR UPDATE"]);
        world
    };
    let world = added();
    let text = file(&world, "mine.toml").replace("FOR UPDATE", "FOR SHARE");
    world.deck("mine.toml", &text);
    let said = world.ok(&["undo", "--now", NOW]);
    assert!(
        said.contains("it was changed since, so it stays in") && said.contains("deck edit mine/which-lock"),
        "{said}"
    );
    assert_eq!(file(&world, "mine.toml"), text);
    assert_eq!(world.json(&["due", "--json", "--now", NOW])["due"], 0, "it is new like any other");
    assert!(world.ok(&["undo", "--now", NOW]).contains("nothing to take back"));

    let world = added();
    let text = file(&world, "mine.toml");
    world.deck("mine.toml", text.split("\n[[recall]]\nid = \"which-lock\"").next().unwrap());
    assert!(world.ok(&["undo", "--now", NOW]).contains("mine/which-lock: it is in no deck any more"));

    let world = added();
    let mut talk = world.talk(&["review", "--json", "--new", "0", "--now", NOW]);
    talk.answer(grade(4));
    talk.end();
    assert!(world.ok(&["undo", "--now", NOW]).contains("took back the answer"), "what came last goes first");
    assert!(world.ok(&["undo", "--now", NOW]).contains("the adding of mine/which-lock: it is out of"));
    world.assert_sound();
}

#[test]
fn the_id_of_a_text_with_gaps_gives_no_answer_away() {
    let world = World::new();
    for (text, id) in [
        ("Paxos needs {{c1::a majority}} of {{c2::the acceptors::who?}}", "mine/paxos-needs-of"),
        ("{{c1::Raft}}", "mine/card"),
        ("{{c1::a {{c2::nested}} gap}} is left out", "mine/is-left-out"),
    ] {
        let said = add(&world, &["--cloze", text]);
        assert!(said.contains(&format!("added {id} to")), "{said}");
    }
    let listed = world.ok(&["list", "mine"]) + &world.ok(&["search", "paxos", "--deck", "mine"]);
    assert!(listed.contains("Paxos needs [...] of [ ]") && listed.contains("Paxos needs [ ] of [who?]"), "{listed}");
    for answer in ["majority", "acceptors", "Raft", "nested"] {
        assert!(!listed.contains(answer), "{answer}: {listed}");
    }
    assert!(world.ok(&["search", "majority", "--deck", "mine"]).contains("mine/paxos-needs-of/1"), "all is found");
    let err = world.fails(1, &["add", "--cloze", "Paxos needs {{c1::a majority}} of {{c2::the acceptors::who?}}."]);
    assert!(err.contains("asks that already"), "{err}");
}
