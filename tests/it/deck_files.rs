//! What lies in a folder of decks and is none; and what happens to a deck's file while it is used.

use crate::harness::{World, grade, recall};
use std::fs;

fn deck(name: &str, cards: &str) -> String {
    format!("[deck]\nname = \"{name}\"\ntitle = \"A deck\"\n{cards}")
}

#[test]
fn hidden_files_and_leftovers_are_passed_over_in_silence() {
    let world = World::with_deck(&recall("a"));
    world.deck("._mine.toml", b"\x00\x05\x16\x07 not a deck");
    world.deck(".hidden/deck.toml", "nonsense");
    world.deck("own/deck.toml", deck("own", &recall("b")));
    world.deck("own/._cards.toml", b"\x00\x05\x16\x07");
    world.deck("own/.cards.toml.swp", "b0VIM");
    for name in
        ["mine.toml~", "mine.swp", "#mine.toml#", "4913", ".DS_Store", "Thumbs.db", "desktop.ini", "~$mine.toml"]
    {
        world.deck(name, "nonsense");
        world.deck(&format!("own/{name}"), "nonsense");
    }
    for args in [&["due"][..], &["decks"], &["deck", "check"]] {
        let ran = world.run(args);
        assert!(ran.code == 0 && ran.err.is_empty(), "{args:?}: {}", ran.err);
    }
    assert_eq!(world.json(&["card", "own/b", "--json"])["card"], "own/b");
}

#[test]
fn a_syncs_copy_of_a_deck_does_not_take_its_place() {
    let world = World::with_deck(&recall("a"));
    let stale = deck("mine", "[[recall]]\nid = \"a\"\nask = \"Stale?\"\nanswer = \"stale\"\n");
    // Both sort before mine.toml.
    world.deck("mine (conflicted copy 2026-11-21).toml", &stale);
    world.deck("mine-LAPTOP.toml", &stale);
    world.deck("own/deck.toml", deck("own", &recall("b")));
    world.deck("own/cards.sync-conflict-20261121-090000-ABCDEFG.toml", recall("b"));
    let mut talk = world.talk(&["review", "--json", "--deck", "mine", "--seed", "1"]);
    assert_eq!(talk.until("question")["prompt"], "What is a?");
    talk.end();
    world.ok(&["card", "own/b"]);
    // What is not read is named, and two decks of one name are an error.
    let ran = world.run(&["deck", "check"]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    let said = ran.out + &ran.err;
    for name in ["mine (conflicted copy 2026-11-21).toml: passed over", "own/cards.sync-conflict-", "mine-LAPTOP.toml"]
    {
        assert!(said.contains(name), "{name}: {said}");
    }
}

/// A copy has the deck's name and cards, sorts before it or after it, and is never read in its place.
#[test]
fn a_copy_is_named_and_never_wins() {
    let stale = deck("mine", "[[recall]]\nid = \"a\"\nask = \"Stale?\"\nanswer = \"stale\"\n");
    for name in [
        "mine 2.toml",
        "mine (1).toml",
        "mine copy.toml",
        "mine - Copy.toml",
        "Copy of mine.toml",
        "mine (Ada's conflicted copy)",
    ] {
        let world = World::with_deck(&recall("a"));
        let file = if name.ends_with(".toml") { name.to_owned() } else { format!("{name}/deck.toml") };
        world.deck(&file, &stale);
        for args in [&["decks"][..], &["deck", "check"]] {
            let ran = world.run(args);
            let said = ran.out + &ran.err;
            assert!(ran.code == 0 && said.contains(&format!("{name}: passed over")), "{args:?}: {name}: {said}");
        }
        assert!(world.ok(&["show", "mine/a"]).contains("What is a?"), "{name}");
    }
    // What only looks like one is a deck.
    let world = World::new();
    world.deck("aws 2.toml", deck("aws", &recall("a")));
    world.ok(&["show", "aws/a"]);
}

#[cfg(unix)]
#[test]
fn what_is_not_read_is_named() {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;
    let world = World::with_deck(&recall("a"));
    let decks = world.path("config/decks");
    let not_utf8 = decks.join(std::ffi::OsStr::from_bytes(b"caf\xe9.toml"));
    fs::write(&not_utf8, deck("cafe", &recall("c"))).unwrap();
    fs::write(decks.join("UPPER.TOML"), deck("upper", &recall("c"))).unwrap();
    fs::write(decks.join("notes.txt"), "notes").unwrap();
    fs::write(decks.join("two\nlines.txt"), "notes").unwrap();
    fs::create_dir(decks.join("attic")).unwrap();
    symlink("nowhere.toml", decks.join("link.toml")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(decks.join("pipe.toml")).status().unwrap().success());
    for args in [&["decks"][..], &["deck", "check"]] {
        let ran = world.run(args);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let said = ran.out + &ran.err;
        for (name, why) in [
            ("caf\u{fffd}.toml", "its name is not UTF-8"),
            ("UPPER.TOML", "ends in .toml"),
            ("notes.txt", "ends in .toml"),
            ("two\u{fffd}lines.txt", "ends in .toml"),
            ("attic", "deck.toml"),
            ("link.toml", "leads nowhere"),
            ("pipe.toml", "a pipe or a device"),
        ] {
            let line = said.lines().find(|line| line.contains(&format!("/{name}: ")));
            assert!(line.is_some_and(|line| line.contains(why)), "{args:?}: {name}: {said}");
        }
    }
    assert_eq!(
        world.json(&["decks", "--json"])["decks"].as_array().unwrap().iter().filter(|d| d["name"] == "cafe").count(),
        0
    );
    assert!(world.run(&["due"]).err.is_empty(), "a session is not for that");
}

#[test]
fn lines_end_alike_whatever_saved_the_file() {
    let world = World::new();
    let text = deck("mine", "[[recall]]\nid = \"a\"\nask = \"\"\"\nOne\ntwo?\"\"\"\nanswer = '''\nx\ny'''\n");
    world.deck("mine.toml", text.replace('\n', "\r\n"));
    let said = world.ok(&["card", "mine/a"]);
    assert!(said.contains("One\ntwo?\n= x\n= y\n") && !said.contains('\r') && !said.contains('\u{fffd}'), "{said:?}");
    let mut talk = world.review("2026-11-21T09:00:00Z", &[]);
    assert_eq!(talk.until("question")["prompt"], "One\ntwo?");
    talk.answer(grade(4));
    talk.end();
}

/// Half saved, gone, or a pipe that nobody writes to: the session goes on with what it can ask, and ends.
#[test]
fn a_deck_that_goes_during_a_session_does_not_hang_it() {
    let cards = ["a", "b", "c"].map(recall).concat();
    type Harm<'a> = &'a dyn Fn(&std::path::Path);
    let half: Harm = &|path| fs::write(path, "[deck]\nname = \"mi").unwrap();
    let gone: Harm = &|path| fs::remove_file(path).unwrap();
    let pipe: Harm = &|path| {
        fs::remove_file(path).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
    };
    let harms: &[Harm] = if cfg!(unix) { &[half, gone, pipe] } else { &[half, gone] };
    for harm in harms {
        let world = World::with_deck(&cards);
        let mut talk = world.review("2026-11-21T09:00:00Z", &[]);
        talk.until("question");
        harm(&world.path("config/decks/mine.toml"));
        talk.answer(grade(4));
        talk.end();
        let _ = fs::remove_file(world.path("config/decks/mine.toml"));
        world.deck("mine.toml", deck("mine", &cards));
        let mut talk = world.review("2026-11-21T09:01:00Z", &[]);
        talk.answer(grade(4));
        talk.end();
    }
}

#[test]
fn a_deck_left_out_on_the_command_line_is_left_out() {
    let world = World::with_deck(&recall("a"));
    world.deck("own.toml", deck("own", &recall("b")));
    let both = ["review", "--json", "--deck", "mine", "--deck", "own", "--now", "2026-11-21T09:00:00Z"];
    let new = |more: &[&str]| {
        let mut talk = world.talk(&[&both[..], more].concat());
        let new = talk.event("session")["new"].clone();
        talk.end();
        new
    };
    assert_eq!((new(&[]), new(&["--without", "own"])), (2.into(), 1.into()));
    // A deck that the settings leave out is there for who names it.
    fs::write(world.path("config/config.toml"), "decks_off = [\"own\"]\n").unwrap();
    assert_eq!(new(&[]), 2);
}
