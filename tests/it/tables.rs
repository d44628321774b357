//! Tables of cards, as spreadsheets, Anki and Quizlet write them: what comes in, what is said, and what is refused.

use crate::harness::{Ran, World};
use std::fs;
use std::path::PathBuf;

const NOW: &str = "2026-11-30T12:00:00Z";

fn write(world: &World, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let file = world.path(name);
    fs::write(&file, bytes).unwrap();
    file
}

fn import(world: &World, name: &str, bytes: impl AsRef<[u8]>, more: &[&str]) -> Ran {
    let file = write(world, name, bytes);
    let args = [&["--now", NOW, "import", file.to_str().unwrap()], more].concat();
    world.run(&args)
}

/// The cards of a deck's file, each in one line.
fn cards(world: &World, deck: &str) -> Vec<String> {
    let text = fs::read_to_string(world.path("config/decks").join(deck).with_extension("toml")).unwrap();
    let deck: toml::Table = text.parse().unwrap();
    let card = |kind: &str, keys: &[&str]| -> Vec<String> {
        let tables = deck.get(kind).and_then(toml::Value::as_array).cloned().unwrap_or_default();
        let key = |table: &toml::Value, key: &str| {
            table
                .get(key)
                .map(|value| format!(" {key}={}", value.as_str().map_or(value.to_string(), |text| format!("{text:?}"))))
                .unwrap_or_default()
        };
        tables
            .iter()
            .map(|table| keys.iter().map(|name| key(table, name)).collect::<String>().trim().to_owned())
            .collect()
    };
    card("recall", &["ask", "answer", "why", "tags"])
}

/// The name of a file, its bytes, what else is said, and the cards.
type Case<'a> = (&'a str, &'a [u8], &'a [&'a str], &'a [&'a str]);

#[test]
fn a_table_becomes_a_deck_whose_cards_are_asked() {
    let utf_16: Vec<u8> = "\u{feff}a,b\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let quiz = "Question,OptionA,OptionB,CorrectAnswer,Explanation\nWhich?,one,two,B,Because.\n";
    let places = "country,capital\nEngland,London\nFrance,Paris\nItaly,Rome\nSpain,Madrid\nNorway,Oslo\n";
    let turned: Vec<u8> = "a,b\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
    let cases: [Case; 9] = [
        (
            "plain.csv",
            b"front,back\nWhat is p99?,\"99% are faster, 1% slower\"\n",
            &[],
            &["ask=\"What is p99?\" answer=\"99% are faster, 1% slower\""],
        ),
        (
            "bom.csv",
            b"\xef\xbb\xbf#separator:semicolon\r\n#tags column:3\r\nQ1;A1;x y\r\nQ2;A2;\r\n",
            &[],
            &["ask=\"Q1\" answer=\"A1\" tags=[\"x\", \"y\"]", "ask=\"Q2\" answer=\"A2\""],
        ),
        (
            "quizlet.txt",
            b"t 1\td 1\nt 2\td with\ttab\n",
            &[],
            &["ask=\"t 1\" answer=\"d 1\"", "ask=\"t 2\" answer=\"d with\""],
        ),
        ("latin.csv", b"caf\xe9,na\xefve\n", &["--encoding", "latin1"], &["ask=\"caf\u{e9}\" answer=\"na\u{ef}ve\""]),
        ("utf16.csv", &utf_16, &["--encoding", "utf-16"], &["ask=\"a\" answer=\"b\""]),
        ("turned.csv", &turned, &["--encoding", "utf-16"], &["ask=\"a\" answer=\"b\""]),
        ("quiz.csv", quiz.as_bytes(), &[], &["ask=\"Which?\\n\\nA. one\\nB. two\" answer=\"B. two\" why=\"Because.\""]),
        ("twice.txt", b"#separator:tab\nQ\tA1\nQ\tA2\n", &[], &["ask=\"Q\" answer=\"A1\"", "ask=\"Q\" answer=\"A2\""]),
        (
            "order.csv",
            b"1,b,t\n2,d,u\n",
            &["--columns", "-,answer,question"],
            &["ask=\"t\" answer=\"b\"", "ask=\"u\" answer=\"d\""],
        ),
    ];
    for (name, bytes, more, expected) in cases {
        let world = World::new();
        let ran = import(&world, name, bytes, more);
        assert_eq!(ran.code, 0, "{name}: {}", ran.err);
        let deck = name.split('.').next().unwrap();
        assert_eq!(cards(&world, deck), expected, "{name}");
        assert!(world.ok(&["deck", "check"]).contains("sound"), "{name}");
        assert!(world.ok(&["--now", NOW, "list", deck]).contains(deck), "{name}");
    }
    let world = World::new();
    let ran = import(&world, "places.csv", places, &["--columns", "question=capital,answer=country"]);
    assert_eq!((ran.code, cards(&world, "places").len()), (0, 5), "{}", ran.err);
}

#[test]
fn a_table_that_comes_again_brings_what_is_new_and_what_was_changed() {
    let world = World::new();
    let said = |text: &str| import(&world, "mine.csv", text, &[]).out;
    assert!(said("front,back\na,b\nc,d\n").contains("2 entries came in"));
    assert!(said("front,back\na,b\nc,d\n").contains("nothing is new"));
    assert!(said("front,back\na,better\nc,d\ne,f\n").contains("1 entry came in"));
    assert_eq!(
        cards(&world, "mine"),
        ["ask=\"a\" answer=\"better\"", "ask=\"c\" answer=\"d\"", "ask=\"e\" answer=\"f\""]
    );
    // A reworded question is another card, and the first stays.
    assert!(said("front,back\nA?,better\nc,d\ne,f\n").contains("1 entry came in"));
    assert_eq!(cards(&world, "mine").len(), 4);
    world.ok(&["--now", NOW, "undo", "--import"]);
    assert_eq!(cards(&world, "mine").len(), 3);
}

#[test]
fn where_cards_are_already_is_said() {
    let world = World::new();
    import(&world, "mine.csv", "front,back\na,b\nc,d\n", &[]);
    let said = import(&world, "mine.csv", "front,back\na,b\nc,d\n", &["--deck", "other"]).out;
    assert!(said.contains("2 entries are there already, in mine, and stay there: --deck is for new cards"), "{said}");
    assert!(!world.path("config/decks/other.toml").exists());
    let said = import(&world, "tags.csv", "front,back\n<b>a</b>,b\n", &[]).out;
    assert!(said.contains("with a line #html:true at its top, and with --header they become text"), "{said}");
    let said = import(&world, "html.csv", "#html:true\nfront,back\n<b>a</b>,b\n", &["--header"]).out;
    assert!(!said.contains("look like HTML"), "{said}");
    assert_eq!(cards(&world, "html"), ["ask=\"**a**\" answer=\"b\""]);
}

#[test]
fn what_cannot_be_read_rightly_is_refused_and_leaves_nothing() {
    let places = "country,capital,area\nEngland,London,130\nFrance,Paris,640\n";
    let utf_16: Vec<u8> = "\u{feff}a,b\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let binary: Vec<u8> = (0..=255_u8).cycle().take(5000).collect();
    let nested = format!("{{\"cards\":{}", "[".repeat(2_000_000));
    // The name, the bytes, what else is said, and what is said of it.
    let cases: [(&str, &[u8], &[&str], &str); 15] = [
        ("empty.txt", b"", &[], "it is empty"),
        (
            "unbalanced.txt",
            b"#separator:tab\na\tb\n\"open\tx\nnext\trow\n",
            &[],
            "line 3: a quote opens a cell and takes in 1 line",
        ),
        ("latin.csv", b"caf\xe9,b\n", &[], "it looks like Latin-1 or Windows-1252: say --encoding windows-1252"),
        ("utf16.csv", &utf_16, &[], "this looks like UTF-16: say --encoding utf-16"),
        ("words.csv", b"a,b\n", &["--encoding", "morse"], "no encoding is called 'morse'"),
        ("places.csv", places.as_bytes(), &[], "--columns 'question=country,answer=capital'"),
        ("places.csv", places.as_bytes(), &["--columns", "question,tags"], "must name a question and an answer"),
        ("prose.txt", b"It is a day.\nNobody, as I said, knows, why\nit is, so\n", &[], "no columns that can be told"),
        ("nul.csv", b"front,back\na,b\nc,\0\n", &[], "line 3 has the character 0x00"),
        ("binary.csv", &binary, &[], "nothing in it looks like something that can be imported"),
        ("one.csv", b"alone\nlonely\n", &[], "no columns that can be told"),
        ("ragged.csv", b"front,back\na,b,c\nd,e,f\ng,h\n", &[], "2 of its 3 rows have more columns"),
        ("deep.json", nested.as_bytes(), &[], "it is no whole export of hashcards"),
        ("list.json", b"[{\"front\":\"a\"}]", &[], "nothing in it looks like something that can be imported"),
        ("cut.json", b"{\"cards\":[{\"hash\":\"a\"", &[], "it is no whole export of hashcards"),
    ];
    for (name, bytes, more, expected) in cases {
        let world = World::new();
        let ran = import(&world, name, bytes, more);
        assert_eq!(ran.code, 1, "{name}: {}{}", ran.out, ran.err);
        assert!(ran.err.contains(expected), "{name}: {}", ran.err);
        assert_eq!(fs::read_dir(world.path("config/decks")).unwrap().count(), 0, "{name}");
    }
}

/// Some 100 MB each, with little memory: what is read is bounded before it is kept.
#[cfg(target_os = "linux")]
#[test]
fn what_is_huge_is_refused_in_bounded_memory() {
    use std::io::Write;
    use std::process::Command;
    let world = World::new();
    let big = |name: &str, part: &[u8], times: usize| {
        let file = world.path(name);
        let mut out = std::io::BufWriter::new(fs::File::create(&file).unwrap());
        (0..times).for_each(|_| out.write_all(part).unwrap());
        out.flush().unwrap();
        file
    };
    let files = [
        (big("line.csv", b"aaaaaaaaaaaaaaaa", 100 << 16), "it has more than 64 MiB"),
        (big("short.csv", b"aaaaaaaaaaaaaaaa", 3 << 16), "line 1 is longer than 1 MB"),
        (big("columns.csv", b"a,", 400_000), "columns, more than 500"),
        (big("rows.csv", b"a,b\n", 400_000), "it has more than 250000 rows"),
        (big("open.csv", b"\"a,b\n", 400_000), "line 1: a quote opens a cell"),
    ];
    for (file, expected) in files {
        let mut command = Command::new("sh");
        // In KiB.
        command.args(["-c", "ulimit -v 600000; exec \"$@\"", "sh"]).arg(env!("CARGO_BIN_EXE_sysdrill"));
        command.arg("import").arg(&file);
        command.env_clear().env("HOME", world.path("")).env("SYSDRILL_DB", world.db());
        let ran = command.env("SYSDRILL_CONFIG", world.path("config")).output().unwrap();
        let said = String::from_utf8_lossy(&ran.stderr);
        assert_eq!(ran.status.code(), Some(1), "{}: {said}", file.display());
        assert!(said.contains(expected), "{}: {said}", file.display());
    }
    assert_eq!(fs::read_dir(world.path("config/decks")).unwrap().count(), 0);
}
