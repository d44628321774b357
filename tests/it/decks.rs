//! Deck files: every error has its place, and a broken deck stops no other.

use crate::harness::{World, recall};

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
            "7:10: the answer '100 nss' must be one number with its unit, such as \"100 ns\": 'nss' is no unit",
        ),
        (
            "[[number]]\nid = \"a\"\nask = \"?\"\nanswer = \"5 mb/s\"\n",
            "7:10: the answer '5 mb/s' must be one number with its unit, such as \"100 ns\": 'mb' in a rate could be bits",
        ),
        (
            "[[number]]\nid = \"a\"\nask = \"?\"\nanswer = \"1 ns\"\naccept = [\"2 ns\", \"3 ns\"]\n",
            "8:11: accept must hold the answer",
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
        ("[[recall]]\nid = \"a\"\nask = \"?\"\nanswer = \"x\n", "7:12: this text has no \" at its end"),
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
        assert!(err.contains(&format!("mine.toml:{said}")), "wanted {said}\ngot {err}");
    }
}

/// A sound chain of two steps, of which cases change one line each.
const CHAIN: &str = r#"[[estimate]]
id = "a"
title = "Chain"
ask = "{n} photos a day."
why = "{volume} for {n}."
given.n = { pick = ["1M", "2M"] }
[[estimate.step]]
id = "rate"
ask = "Photos a second?"
unit = "QPS"
answer = "n / day"
why = "{rate} of {n}."
[[estimate.step.slip]]
id = "an-hour"
value = "n / hour"
say = "An hour."
[[estimate.step]]
id = "volume"
ask = "Volume a second of {rate}?"
unit = "MB/s"
answer = "rate * 2 MB"
[[estimate.check]]
given = { n = "1M" }
answer = { rate = "11.574/s", volume = "23.148 MB/s" }
"#;

#[test]
fn a_chain_is_held_to_its_form() {
    let only_step = "[[estimate.step]]\nid = \"volume\"\nask = \"Volume a second of {rate}?\"\nunit = \"MB/s\"\nanswer = \"rate * 2 MB\"\n";
    let more = (0..8)
        .map(|at| format!("[[estimate.step]]\nid = \"more{at}\"\nask = \"?\"\nunit = \"QPS\"\nanswer = \"rate\"\n"));
    let more = more.collect::<String>() + "[[estimate.check]]\n";
    // What is changed, into what, and all that is said of it.
    let cases: &[(&str, &str, &[&str])] = &[
        (
            "title = \"Chain\"\n",
            "",
            &["4:1: [[estimate]] has no title: add title = \"URL shortener\", the chain's name"],
        ),
        ("{n} photos", "{m} photos", &["7:7: {m} is not given here: there are n"]),
        ("{volume} for", "{byte} for", &["8:7: {byte} is not given here: there are n, rate, volume"]),
        ("{rate} of {n}.", "{volume} of {n}.", &["15:7: {volume} is not given here: there are n, rate"]),
        (
            "id = \"rate\"",
            "id = \"day\"",
            &[
                "11:6: 'day' cannot name a step",
                "15:7: {rate} is not given here",
                "24:10: 'rate * 2 MB', column 1: 'rate' is no unit and none of the names n, day",
                "22:7: {rate} is not given here",
                "27:12: there is no step 'rate': there are day, volume",
                "27:10: [[estimate.check]] has no answer for day",
            ],
        ),
        ("an-hour", "An hour", &["17:6: the slip's id 'An hour' may have lower-case letters, digits and hyphens only"]),
        (
            ", volume = \"23.148 MB/s\"",
            "",
            &["27:10: [[estimate.check]] has no answer for volume: add answer.volume = \"its value\""],
        ),
        (
            "answer = { rate = \"11.574/s\", volume = \"23.148 MB/s\" }\n",
            "",
            &["25:1: [[estimate.check]] has no answer for rate", "25:1: [[estimate.check]] has no answer for volume"],
        ),
        (
            "{ rate = \"11.574/s\", volume = \"23.148 MB/s\" }",
            "\"11.574/s\"",
            &["27:10: [[estimate.check]] answer must be a table, not a string"],
        ),
        // A broken formula is one error, also for the steps and the check that lean on it.
        ("n / day", "n / / day", &["14:10: 'n / / day', column 5: '/' does not fit here"]),
        (
            only_step,
            "",
            &[
                "10:1: a chain has 2 to 9 [[estimate.step]], not 1: a single question has its unit and answer in [[estimate]]",
                "8:7: {volume} is not given here",
                "22:31: there is no step 'volume': there are rate",
            ],
        ),
    ];
    let check = |chain: &str| World::with_deck(chain).run(&["deck", "check"]);
    assert!(check(CHAIN).out.contains("all sound"), "{}", check(CHAIN).err);
    for (from, to, said) in cases {
        assert_eq!(CHAIN.matches(from).count(), 1, "{from}");
        let err = check(&CHAIN.replace(from, to)).err;
        for said in *said {
            assert!(err.contains(&format!("mine.toml:{said}")), "wanted {said}\ngot {err}");
        }
        assert_eq!(err.lines().count(), said.len() + 1, "{to}: {err}");
    }
    let err = check(&CHAIN.replace("[[estimate.check]]\n", &more)).err;
    assert!(err.contains("mine.toml:10:1: a chain has 2 to 9 [[estimate.step]], not 10"), "{err}");
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
    let before = rows(&world);
    let folder = world.path("config/decks");
    for args in [&["decks"][..], &["deck", "check"], &["review", "--json", "--decks", folder.to_str().unwrap()]] {
        assert!(world.fails(1, args).contains("broken.toml"), "{args:?}");
    }
    assert_eq!(rows(&world), before);
}

/// Every row of the database but those that say which deck files have stood still by now, and that this was written.
fn rows(world: &World) -> Vec<String> {
    let sql = world.sql();
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('deck_file', 'generation')";
    let mut tables = sql.prepare(tables).unwrap();
    let tables: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let mut all = Vec::new();
    for table in tables {
        let mut statement = sql.prepare(&format!("SELECT * FROM \"{table}\"")).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            all.push((0..columns).fold(table.clone(), |said, at| format!("{said} {:?}", row.get_ref(at).unwrap())));
        }
    }
    assert!(all.iter().any(|row| row.starts_with("card ")), "{all:?}");
    all
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

/// A sound estimate of which cases change one line each.
const ESTIMATE: &str = r#"[[estimate]]
id = "a"
ask = "{n} requests a day, {held} of {size} servers held back. QPS each?"
unit = "QPS"
answer = "n / day / (size - held)"
given.n = { pick = ["10M"] }
given.size = { pick = [6, 7, 8] }
given.held = { pick = [1] }
where = "held < size"
[[estimate.work]]
say = "{size} less {held}"
value = "size - held"
[[estimate.slip]]
id = "all"
value = "n / day / size / 4"
say = "All."
[[estimate.check]]
given = { n = "10M", size = 6, held = 1 }
answer = "23.148/s"
"#;

#[test]
fn check_holds_an_estimate_to_every_draw() {
    // What is changed, into what, and all that is said of it.
    let cases: &[(&str, &str, &str)] = &[
        ("23.148/s", "24/s", "22:10: mine/a: the formula gives 23.1481"),
        ("23.148/s", "23.148 s", "22:10: mine/a: the formula gives rate, not time"),
        (
            "size = 6, held",
            "size = 1, held",
            "22:10: mine/a: the check's values break the formula: that divides by zero",
        ),
        // One draw in three.
        (
            "given.held = { pick = [1] }\nwhere = \"held < size\"",
            "given.held = { pick = [7] }\nwhere = \"held > 2\"",
            "8:10: mine/a: a draw breaks the formula: that divides by zero, with n = 10M, size = 7, held = 7; \
             reject such draws with where",
        ),
        ("[\"10M\"]", "[\"10M\", \"10\"]", "8:10: mine/a: the answer is of no sensible size: "),
        (
            "held < size",
            "held > size",
            "12:9: mine/a: where rejects nearly every draw: 1000 in a row, with n = 10M, size = ",
        ),
        (
            "value = \"size - held\"",
            "value = \"n / (size - 7)\"",
            "8:10: mine/a: a draw breaks a line of the working: {size} less {held}, with n = 10M, size = 7, held = 1",
        ),
        (
            "n / day / size / 4",
            "n / day / (size - 7)",
            "18:9: mine/a: a draw breaks the slip's formula: all, with n = 10M, size = 7, held = 1",
        ),
        (
            "n / day / size / 4",
            "1.2 * n / day / (size - held)",
            "18:9: mine/a: the slip is not told from the answer: all is 1.20x the answer, with n = 10M",
        ),
        (
            "unit = \"QPS\"",
            "unit = \"QPS\"\nwithin = 1.1",
            "9:10: mine/a: an answer rounded in the head is not right: a day as 100,000 s gives 0.86x, outside 1.1",
        ),
    ];
    let check = |cards: &str| World::with_deck(cards).run(&["deck", "check"]);
    assert!(check(ESTIMATE).out.contains("sound"), "{}", check(ESTIMATE).err);
    for (from, to, said) in cases {
        assert_eq!(ESTIMATE.matches(from).count(), 1, "{from}");
        let err = check(&ESTIMATE.replace(from, to)).err;
        let faults: Vec<&str> = err.lines().filter(|line| line.contains(&format!("mine.toml:{said}"))).collect();
        assert_eq!(faults.len(), 1, "wanted {said}\ngot {err}");
    }
}

#[test]
fn check_names_the_draw_that_breaks_a_later_step_of_a_chain() {
    let chain = CHAIN
        .replace("[\"1M\", \"2M\"]", "[\"1M\", \"2M\", \"4M\"]")
        .replace("rate * 2 MB", "rate * 1 MB / (4M - n) * 6M");
    let err = World::with_deck(&chain).fails(1, &["deck", "check"]);
    let said = "mine.toml:24:10: mine/a: a draw breaks the formula: that divides by zero, with n = 4M; reject";
    assert!(err.contains(said) && err.contains("1 error in the decks"), "{err}");
}

#[test]
fn check_says_of_each_deck_what_can_be_said() {
    let world = World::new();
    world.deck("broken.toml", "[deck]\nname = \"broken\"\n");
    world.deck("large.toml", "# ".repeat(5 << 20));
    world.deck(
        "mine.toml",
        format!("{HEAD}{}see = [\"broken/x\", \"latency/x\"]\n{}", recall("r"), ESTIMATE.replace("23.148/s", "24/s")),
    );
    let said = [
        "broken.toml:1:1: [deck] has no title",
        "large.toml: cannot be read",
        // What a broken deck may have is not said to be missing.
        "mine.toml:4:1: mine/r: see names no card: latency/x",
        "mine.toml:27:10: mine/a: the formula gives",
    ];
    let decks = ["config/decks/broken.toml", "config/decks/large.toml", "config/decks/mine.toml"];
    for paths in [&[][..], &["config/decks"], &decks] {
        let err = world.fails(1, &[&["deck", "check"], paths].concat());
        for said in said {
            assert!(err.contains(said), "{paths:?}: {said}: {err}");
        }
        assert!(err.contains("4 errors in the decks"), "{paths:?}: {err}");
    }
    world.run(&["due"]);
    let doctor = world.ok(&["doctor"]);
    assert!(
        doctor.contains("the database is whole; the decks have errors") && !doctor.contains("nothing is wrong"),
        "{doctor}"
    );
    std::fs::write(world.path("notes.txt"), "").unwrap();
    let err = world.fails(1, &["deck", "check", "nowhere.toml", "notes.txt", "config/decks/broken.toml"]);
    for said in ["nowhere.toml: there is no such file", "notes.txt: this is no deck: a deck is", said[0]] {
        assert!(err.contains(said), "{said}: {err}");
    }
}

#[test]
fn a_head_that_is_not_utf8_is_one_error_and_hides_none_of_the_other_files() {
    let world = World::new();
    world.deck("mine/deck.toml", b"[deck]\nname = \"mine\"\ntitle = \"\xff\"\n");
    world.deck("mine/a.toml", recall("a"));
    world.deck("mine/b.toml", "[[recall]]\nid = \"b\"\nask = \"?\"\n");
    let err = world.fails(1, &["deck", "check"]);
    for said in ["deck.toml:3:10: this is not UTF-8 text", "b.toml:1:1: [[recall]] has no answer", "2 errors in"] {
        assert!(err.contains(said), "{said}: {err}");
    }
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
fn check_tells_what_is_wrong_from_what_could_be_better() {
    let long = "word ".repeat(90);
    let number = |ask: &str, answer: &str, keys: &str| {
        format!("[[number]]\nid = \"a\"\nask = \"{ask}\"\nanswer = \"{answer}\"\n{keys}\n")
    };
    let asked = |ask: &str, answer: &str, keys: &str| {
        format!("[[recall]]\nid = \"a\"\nask = \"{ask}\"\nanswer = \"{answer}\"\n{keys}\n")
    };
    let wrong: &[(String, &str)] = &[
        (number("How long?", "10 s", "derive = \"1 GB / (125 MB/s)\""), "the answer 10 s does not follow from"),
        (asked("Why?", "x", "figures = [\"50M * 10 / day = 58k QPS\"]"), "left is 0.100 of right"),
        (asked("Why?", "x", "see = [\"latency/nothing\"]"), "see names no card: latency/nothing"),
        (asked("Why?", "x", "after = [\"nothing\"]"), "after names no card: mine/nothing"),
        (asked("Why?", "x", "unlike = { nothing = \"y\" }"), "unlike names no card: mine/nothing"),
        (asked("Why?", "x", "replaces = \"latency/nothing\""), "replaces names no card: latency/nothing"),
        (recall("b") + &asked("Why?", "x", "was = [\"b\"]"), "was names a card that is still there: mine/b"),
        (
            asked("Why?", "x", "was = [\"b\"]") + &recall("c") + "was = [\"b\"]\n",
            "was names mine/b, which another card takes over too",
        ),
        (
            number("Ports?", "65,536", "within = 1.2\nnot = [{ value = 65000, say = \"No.\" }]"),
            "not 65000, and yet it is right: narrow the range",
        ),
        (
            number("L1?", "1 ns", "family = \"m\"\naccept = [\"1 ns\", \"3 ns\"]")
                + &number("L2?", "3.5 ns", "family = \"m\"\nwithin = 1.1").replace("\"a\"", "\"b\""),
            "mine/a: 3.5 ns passes here, the answer of mine/b (family m)",
        ),
    ];
    let decks = |world: &World, cases: &[(String, &str)]| -> Vec<(String, String)> {
        let named = |text: &str, name: &str| text.replace("mine", name);
        let decks = cases.iter().enumerate().map(|(at, (cards, said))| {
            let name = format!("mine-{at}x");
            world.deck(&format!("{name}.toml"), named(&format!("{HEAD}{cards}"), &name));
            (name.clone(), named(said, &name))
        });
        decks.collect()
    };
    let world = World::new();
    let wanted = decks(&world, wrong);
    let err = world.fails(1, &["deck", "check"]);
    for (name, said) in &wanted {
        let lines: Vec<&str> = err.lines().filter(|line| line.contains(&format!("{name}.toml"))).collect();
        assert!(lines.iter().any(|line| line.contains(said)), "wanted {said}\ngot {lines:#?}");
    }
    let style: &[(String, &str)] = &[
        (asked("Is it CP or AP?", "AP", ""), "the prompt contains the answer"),
        (asked("What has Kafka?", "A limit of 1 MB", ""), "names kafka and a figure"),
        (number("Egress?", "$0.09/GB", ""), "is a price, and does not say as_of which year"),
        (asked("What is a leader, and what is a follower?", "x", ""), "asks two things for one grade"),
        (asked("What is a leader? When is it chosen?", "x", ""), "asks two things for one grade"),
        (asked("'Do we need it?' asks the reader's friend. What do you say?", "x", ""), ""),
        (asked("You say 'always' and 'never'. What do you say instead?", "x", ""), ""),
        (asked("You ask: one region or two? Which one makes it hard?", "x", ""), ""),
        (
            asked("What is the one thing that no other has?", "red fish swim", "")
                + &asked("What is the one thing that no other has", "Red fish swim.", "").replace("\"a\"", "\"b\""),
            "mine/b: is nearly the same as mine/a (100% alike): keep one, with was = [\"mine/a\"], or say what differs",
        ),
        (asked(&long, "x", ""), "the prompt takes"),
        (
            format!("[[probe]]\nid = \"a\"\nask = \"?\"\npoints = [\"x\", \"y\", \"z\"]\nsay = \"{long}\"\n"),
            "90 words cannot be said in 30 seconds",
        ),
        (
            number("A disk's seek?", "10 ms", "accept = [\"4 ms\", \"20 ms\"]"),
            "is right over a factor of 5: narrow accept",
        ),
        (number("Seek?", "10 ms", "wide = \"disks differ\""), "says why it is wide, and is not"),
        (number("A day of 500M requests: how many a day?", "450M", ""), ""),
        (number("How much log a day?", "50 GB", ""), "asks for so much a day, and does not know it: add per = \"day\""),
        (number("How fast is it, in GB/s?", "125 MB/s", ""), "asks in GB/s, and a bare number is read in MB/s"),
        (
            recall("b") + "level = 3\n" + &asked("Why?", "x", "level = 1\nafter = [\"b\"]"),
            "is of level 1, and comes after mine/b of level 3",
        ),
    ];
    let world = World::new();
    let wanted = decks(&world, style);
    let out = world.ok(&["deck", "check"]);
    for (name, said) in &wanted {
        let lines: Vec<&str> = out.lines().filter(|line| line.contains(&format!("{name}.toml"))).collect();
        assert_eq!(lines.len(), usize::from(!said.is_empty()), "wanted {said}\ngot {lines:#?}");
        assert!(lines.iter().all(|line| line.contains(": warning: ") && line.contains(said)), "{lines:#?}, not {said}");
    }
    let warnings = wanted.iter().filter(|(_, said)| !said.is_empty()).count();
    assert!(out.contains(&format!("sound, with {warnings} warnings")), "{out}");
}

#[test]
fn a_pair_that_is_meant_says_why() {
    let pair = |keys: &str| {
        let ask = "How many round trips does a handshake of TLS take before the first byte of an answer comes back?";
        format!("{}\n{}\n{keys}\n", recall("a").replace("What is a?", ask), recall("b").replace("What is b?", ask))
    };
    let world = World::with_deck(&pair(""));
    assert!(world.ok(&["deck", "check"]).contains("is nearly the same as mine/a"));
    for keys in ["unlike = { a = \"1.2 and 1.3\" }", "unlike = { \"mine/a\" = \"1.2 and 1.3\" }"] {
        let out = World::with_deck(&pair(keys)).ok(&["deck", "check"]);
        assert!(out.contains("all sound"), "{out}");
    }
}

#[test]
fn check_counts_what_is_yours_and_names_what_it_passed_over() {
    let world = World::with_deck(&(recall("a") + &recall("b")));
    world.deck("other/deck.toml", "[deck]\nname = \"other\"\ntitle = \"O\"\n");
    world.deck("other/a.toml", recall("a"));
    world.deck("other/notes.md", "notes");
    world.deck("other/more/c.toml", recall("c"));
    world.deck("pictures/a.png", "");
    world.deck("todo.txt", "");
    world.deck(".hidden", "");
    let out = world.ok(&["deck", "check"]);
    for (path, why) in [
        ("other/notes.md", "a deck's file ends in .toml"),
        ("other/more", "a folder within a deck is not read"),
        ("pictures", "a folder is a deck if it has a deck.toml"),
        ("todo.txt", "a deck's file ends in .toml"),
    ] {
        assert!(out.contains(&format!("{path}: passed over: {why}")), "{path}: {out}");
    }
    assert!(!out.contains(".hidden"), "{out}");
    assert!(out.contains("2 decks with 3 cards: all sound"), "{out}");
    let one = world.ok(&["deck", "check", "config/decks/mine.toml"]);
    assert_eq!(one.trim(), "1 deck with 2 cards: all sound");
}
