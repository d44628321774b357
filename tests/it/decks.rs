//! Deck files: every error has its place, and a broken deck stops no other.

use crate::harness::{World, recall, snapshot};

const HEAD: &str = "[deck]\nname = \"mine\"\ntitle = \"Mine\"\n";

#[test]
fn errors_say_where_and_what_would_be_right() {
    let cases: &[(&str, &str)] = &[
        ("[[recall]]\nid = \"a\"\nask = \"?\"\nanser = \"x\"\n", "4:1: [[recall]] has no answer: add answer ="),
        (
            "[[recall]]\nid = \"a\"\nask = \"?\"\nanser = \"x\"\n",
            "7:1: [[recall]] has no key 'anser': did you mean answer?",
        ),
        ("[[recall]]\nid = \"A b\"\nask = \"?\"\nanswer = \"x\"\n", "5:6: the id 'A b' may have lower-case letters"),
        ("[[recall]]\nask = \"?\"\nanswer = \"x\"\n", "4:1: [[recall]] has no id"),
        (
            "[[recall]]\nid = \"a\"\nask = 5\nanswer = \"x\"\n",
            "6:7: [[recall]] ask must be a text in quotes, not an integer",
        ),
        (
            "[[recall]]\nid = \"a\"\nask = \"?\"\nanswer = \"x\"\nlevel = 4\n",
            "8:9: [[recall]] level must be 1 (learn first), 2 or 3",
        ),
        (
            "[[number]]\nid = \"a\"\nask = \"?\"\nanswer = \"100 nss\"\n",
            "7:10: the answer '100 nss' must be one number with its unit",
        ),
        (
            "[[number]]\nid = \"a\"\nask = \"?\"\nanswer = \"1 ns\"\naccept = [\"2 ns\", \"3 ns\"]\n",
            "accept must hold the answer",
        ),
        (
            "[[number]]\nid = \"a\"\nask = \"?\"\nanswer = \"1 ns\"\naccept = [\"1 GB\", \"3 ns\"]\n",
            "8:11: '1 GB' must be a positive time",
        ),
        (
            "[[number]]\nid = \"a\"\nask = \"?\"\nanswer = \"1 ns\"\nwithin = 3.0\n",
            "8:10: [[number]] within must be a factor from 1 to 2",
        ),
        (
            "[[probe]]\nid = \"a\"\nask = \"?\"\npoints = [\"x\"]\nsay = \"s\"\n",
            "7:10: [[probe]] points must be 3 to 5 texts, not 1",
        ),
        (
            "[[matrix]]\nid = \"m\"\ntitle = \"T\"\noptions = [\"A\", \"B\"]\n[[matrix.row]]\nid = \"r\"\ndimension = \"D\"\ncells = [\"x\"]\n",
            "11:9: [[matrix.row]] has 1 cells for 2 options",
        ),
        (
            "[[matrix]]\nid = \"m\"\ntitle = \"T\"\noptions = [\"A\", \"B\"]\n[[matrix.verdict]]\nid = \"r\"\ngiven = \"G\"\npick = \"C\"\nbecause = \"b\"\n",
            "11:8: 'C' is none of the options: A, B",
        ),
        ("[[recall]]\nid = \"a\"\nask = \"?\"\nanswer = \"x\n", "7:"),
        (
            "[[estimate]]\nid = \"a\"\nask = \"{dau} users?\"\nunit = \"QPS\"\nanswer = \"dau * 10\"\ngiven.dau = { pick = [\"1M\"] }\n[[estimate.check]]\ngiven = { dau = \"1M\" }\nanswer = \"10M/s\"\n",
            "8:10: 'dau * 10' is number, but the unit 'QPS' is rate",
        ),
        (
            "[[estimate]]\nid = \"a\"\nask = \"{dua} users?\"\nunit = \"QPS\"\nanswer = \"dau / day\"\ngiven.dau = { pick = [\"1M\"] }\n[[estimate.check]]\ngiven = { dau = \"1M\" }\nanswer = \"11.57/s\"\n",
            "6:7: {dua} is not given here",
        ),
        (
            "[[estimate]]\nid = \"a\"\nask = \"{day}?\"\nunit = \"QPS\"\nanswer = \"1 / day\"\ngiven.day = { pick = [\"1M\"] }\n[[estimate.check]]\ngiven = { day = \"1M\" }\nanswer = \"11.57/s\"\n",
            "9:7: 'day' cannot be a name",
        ),
        ("[[recal]]\nid = \"a\"\n", "4:3: the file has no key 'recal': did you mean recall?"),
    ];
    for (cards, said) in cases {
        let world = World::with_deck(cards);
        let err = world.fails(1, &["deck", "check"]);
        assert!(err.contains(&format!("mine.toml:{said}")) || err.contains(said), "wanted {said}\ngot {err}");
    }
}

#[test]
fn all_errors_of_a_file_come_at_once() {
    let world = World::with_deck("[[recall]]\nid = \"a\"\n[[number]]\nid = \"b\"\nask = \"?\"\nanswer = \"x\"\n");
    let err = world.fails(1, &["deck", "check"]);
    for said in ["has no ask", "has no answer", "must be one number with its unit", "3 errors in the decks"] {
        assert!(err.contains(said), "{said}: {err}");
    }
}

#[test]
fn whole_files_that_are_no_deck() {
    let cases: &[(&[u8], &str)] = &[
        (b"", "mine.toml:1:1: there is no [deck] table"),
        (b"[deck]\nname = \"mine\"\ntitle = \"T\"\n", "the deck 'mine' has no cards"),
        (b"[deck]\nname = \"mine\"\ntitle = \"T\xff\"\n", "mine.toml:3:11: this is not UTF-8 text"),
        (
            b"[deck]\nname = \"latency\"\ntitle = \"T\"\n[[recall]]\nid = \"a\"\nask = \"?\"\nanswer = \"x\"\n",
            "the name 'latency' is taken: an embedded deck has it",
        ),
        (b"[deck]\nname = \"My Deck\"\ntitle = \"T\"\n", "2:8: the deck's name 'My Deck' may have"),
    ];
    for (text, said) in cases {
        let world = World::new();
        world.deck("mine.toml", text);
        let err = world.fails(1, &["deck", "check"]);
        assert!(err.contains(said), "{said}: {err}");
    }
}

#[test]
fn a_slip_of_syntax_or_a_missing_title_hides_no_other_error() {
    let world = World::new();
    let cards = "[[recall]]\nid = \"a\"\nask = \"?\"\n[[recall]]\nid = \"b\"\nask = = \"?\"\nanswer = \"x\"\n[[recall]]\nid = \"c\"\nask = \"?\"\nanser = \"x\"\n";
    world.deck("mine.toml", format!("[deck]\nname = \"mine\"\n{cards}"));
    let err = world.fails(1, &["deck", "check"]);
    for said in
        ["1:1: [deck] has no title", "3:1: [[recall]] has no answer", "8:7: ", "13:1: [[recall]] has no key 'anser'"]
    {
        assert!(err.contains(said), "{said}: {err}");
    }
    assert!(!err.contains("[[recall]] has no ask"), "the slip's own consequence is not told: {err}");
}

#[test]
fn a_matrix_shares_no_id() {
    let matrix = |row: &str| {
        format!(
            "[[matrix]]\nid = \"m\"\ntitle = \"T\"\noptions = [\"A\", \"B\"]\n[[matrix.row]]\nid = \"{row}\"\ndimension = \"D\"\ncells = [\"x\", \"y\"]\n"
        )
    };
    for cards in [matrix("r") + &matrix("s"), recall("m") + &matrix("r")] {
        let world = World::with_deck(&cards);
        let err = world.fails(1, &["decks"]);
        assert!(err.contains("the id 'mine/m' is already used"), "{err}");
    }
}

#[test]
fn control_characters_of_a_deck_are_not_printed() {
    let world = World::new();
    world.deck("mine.toml", format!("[deck]\nname = \"mine\"\ntitle = \"D\\u001b[31mX\"\n{}", recall("a")));
    assert!(!world.ok(&["decks"]).contains('\u{1b}'));
    world.deck("mine.toml", "[deck]\nname = \"mine\"\ntitle = \"T\"\n\"\\u001b[31m\" = 1\n");
    assert!(!world.fails(1, &["decks"]).contains('\u{1b}'));
}

#[test]
fn a_file_that_is_too_large_or_no_file_stops_nothing() {
    let world = World::with_deck(&recall("a"));
    world.deck("large.toml", "# ".repeat(5 << 20));
    std::fs::create_dir(world.path("config/decks/folder.toml")).unwrap();
    let ran = world.run(&["due"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("large.toml: cannot be read: a deck file may have 8 MiB"), "{}", ran.err);
}

#[test]
fn two_cards_with_one_id_are_named_with_both_places() {
    let world = World::with_deck(&[recall("a"), recall("a")].concat());
    let err = world.fails(1, &["decks"]);
    assert!(err.contains("mine.toml:9:6: the id 'mine/a' is already used at"), "{err}");
    assert!(err.contains("mine.toml:4"), "{err}");
}

#[test]
fn a_broken_deck_is_left_out_and_stops_no_other() {
    let world = World::with_deck(&recall("a"));
    world.deck("broken.toml", "[deck]\nname = \"broken\"\n");
    let ran = world.run(&["due", "--json"]);
    assert_eq!(ran.code, 0);
    assert!(ran.err.contains("broken.toml") && ran.err.contains("left out"), "{}", ran.err);
    let mut talk = world.review("2026-11-21T09:00:00Z", &[]);
    assert_eq!(talk.until("question")["card"], "mine/a");
    talk.end();

    // Where decks are asked for by name they must be sound, and then nothing is written.
    let before = snapshot(&world.path("data"));
    let folder = world.path("config/decks");
    for args in [&["decks"][..], &["deck", "check"], &["review", "--json", "--decks", folder.to_str().unwrap()]] {
        assert!(world.fails(1, args).contains("broken.toml"), "{args:?}");
    }
    assert_eq!(snapshot(&world.path("data")), before);
}

#[test]
fn decks_of_another_folder_can_be_named() {
    let world = World::new();
    std::fs::create_dir(world.path("other")).unwrap();
    std::fs::write(world.path("other/mine.toml"), format!("{HEAD}{}", recall("a"))).unwrap();
    let other = world.path("other");
    let decks = world.json(&["decks", "--json", "--decks", other.to_str().unwrap()]);
    let mine = decks["decks"].as_array().unwrap().iter().find(|deck| deck["name"] == "mine").unwrap();
    assert_eq!((&mine["cards"], &mine["kinds"]), (&1.into(), &serde_json::json!({"recall": 1})));
    let err = world.fails(1, &["decks", "--decks", "nowhere"]);
    assert!(err.contains("nowhere"), "{err}");
}

#[test]
fn a_folder_is_one_deck() {
    let world = World::new();
    world.deck("mine/deck.toml", HEAD);
    world.deck("mine/z.toml", recall("z"));
    world.deck("mine/b.toml", recall("b"));
    let decks = world.json(&["decks", "--json"]);
    let mine = decks["decks"].as_array().unwrap().iter().find(|deck| deck["name"] == "mine").unwrap();
    assert_eq!(mine["cards"], 2);
    world.deck("mine/c.toml", recall("z"));
    let err = world.fails(1, &["decks"]);
    assert!(err.contains("c.toml:2:6") || err.contains("z.toml:2:6"), "{err}");
}

#[test]
fn mending_a_text_keeps_the_progress() {
    let world = World::with_deck(&recall("a"));
    let mut talk = world.review("2026-11-21T09:00:00Z", &[]);
    talk.answer(crate::harness::grade(4));
    talk.end();
    world.deck("mine.toml", format!("{HEAD}{}", recall("a").replace("What is", "What, then, is")));
    let card = world.card("mine/a");
    assert_eq!(card["due"], "2026-11-22");
    assert_eq!(card["reviews"][0]["prompt"], "What is a?");
}

#[test]
fn check_holds_a_deck_to_the_lint() {
    let long = "word ".repeat(90);
    let cases: &[(&str, &str)] = &[
        (
            "[[number]]\nid = \"a\"\nask = \"How long?\"\nanswer = \"10 s\"\nderive = \"1 GB / (125 MB/s)\"\n",
            "the answer 10 s does not follow from",
        ),
        (
            "[[recall]]\nid = \"a\"\nask = \"Why?\"\nanswer = \"x\"\nfigures = [\"50M * 10 / day = 58k QPS\"]\n",
            "left is 0.100 of right",
        ),
        ("[[recall]]\nid = \"a\"\nask = \"Is it CP or AP?\"\nanswer = \"AP\"\n", "the prompt contains the answer"),
        (
            "[[recall]]\nid = \"a\"\nask = \"Why?\"\nanswer = \"x\"\nsee = [\"latency/nothing\"]\n",
            "see names no card: latency/nothing",
        ),
        (
            "[[recall]]\nid = \"a\"\nask = \"What has Kafka?\"\nanswer = \"A limit of 1 MB\"\n",
            "names kafka and a figure",
        ),
        (
            "[[recall]]\nid = \"a\"\nask = \"What is the one thing?\"\nanswer = \"red fish\"\n[[recall]]\nid = \"b\"\nask = \"What is the one thing\"\nanswer = \"Red fish.\"\n",
            "asks nearly the same as mine/a",
        ),
        (&format!("[[recall]]\nid = \"a\"\nask = \"{long}\"\nanswer = \"x\"\n"), "the prompt takes"),
        (
            &format!("[[probe]]\nid = \"a\"\nask = \"?\"\npoints = [\"x\", \"y\", \"z\"]\nsay = \"{long}\"\n"),
            "90 words cannot be said in 30 seconds",
        ),
        (
            "[[estimate]]\nid = \"a\"\nask = \"{dau}?\"\nunit = \"QPS\"\nanswer = \"dau / day\"\ngiven.dau = { pick = [\"1M\"] }\n[[estimate.check]]\ngiven = { dau = \"1M\" }\nanswer = \"12/s\"\n",
            "the formula gives 11.57",
        ),
        (
            "[[estimate]]\nid = \"a\"\nask = \"{dau}?\"\nunit = \"QPS\"\nanswer = \"dau / day\"\ngiven.dau = { pick = [\"1M\"] }\n[[estimate.slip]]\nid = \"near\"\nvalue = \"1.2 * dau / day\"\nsay = \"Near.\"\n[[estimate.check]]\ngiven = { dau = \"1M\" }\nanswer = \"11.574/s\"\n",
            "the slip near (1.20x the answer) is not told from it",
        ),
    ];
    for (cards, said) in cases {
        let world = World::with_deck(cards);
        let err = world.fails(1, &["deck", "check"]);
        assert!(err.contains(said), "wanted {said}\ngot {err}");
    }
    let world = World::with_deck(&recall("a"));
    assert!(world.ok(&["deck", "check"]).contains("all sound"));
    assert!(world.ok(&["deck", "check", "config/decks/mine.toml"]).contains("all sound"));
}
