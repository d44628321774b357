//! What leaves: packages, tables, the log of a selection.

use crate::harness::{World, grade, recall, snapshot};
use std::fs;

/// A world with two decks of which a card each was answered.
fn two_decks() -> World {
    let world = World::with_deck(&(recall("a") + &recall("b")));
    world.deck(
        "other.toml",
        format!("[deck]\nname = \"other\"\ntitle = \"Other\"\nlicence = \"CC0-1.0\"\n{}", recall("c")),
    );
    for card in ["mine/a", "other/c"] {
        let mut talk = world.talk(&["review", "--json", "--card", card, "--now", "2026-03-01T09:00:00Z"]);
        talk.until("question");
        talk.answer(grade(4));
        talk.end();
    }
    world
}

#[test]
fn the_form_is_what_is_said_or_how_the_file_is_called() {
    let world = two_decks();
    let zip: &[u8] = b"PK\x03\x04";
    let cases: [(&str, &[&str], &[u8]); 8] = [
        ("a.apkg", &[], zip),
        ("a.APKG", &[], zip),
        ("b.csv", &[], b"#separator:Comma\n"),
        ("c.jsonl", &[], b"{\"sysdrill\""),
        ("c", &["mine"], b"{\"sysdrill\""),
        ("d", &["--format", "apkg"], zip),
        ("e.txt", &["--format", "csv"], b"#separator:Comma\n"),
        ("f.md", &["mine"], b"---\nname = \"mine\"\n"),
    ];
    for (name, more, begins) in cases {
        world.ok(&[&["export", "--to", name], more].concat());
        let written = fs::read(world.path(name)).unwrap();
        assert!(written.starts_with(begins), "{name}");
    }
    // The index may look at new files once more; what is meant is the files that an export writes.
    let written =
        || snapshot(&world.path("")).into_iter().filter(|(path, _)| !path.ends_with("sysdrill.db")).collect::<Vec<_>>();
    let before = written();
    let refused: [(&[&str], &str); 11] = [
        (&["--to", "x.csv", "--format", "apkg"], "the file's name says csv and --format says apkg"),
        (&["--to", "x.colpkg"], "write .apkg"),
        (&["--to", "x.tsv"], "write .csv"),
        (&["--to", "x.md", "mine", "other"], "a Markdown file is one deck, and these are mine, other"),
        (&["--to", "a.apkg/x", "--format", "md"], "a.apkg"),
        (&["--to", "x.jsonl", "--no-progress"], "--no-progress is for apkg"),
        (&["--to", "a.apkg"], "a.apkg is there already"),
        (&["--to", "none/x/a.apkg", "--tag", "nothing"], "no card has the tag 'nothing'"),
        (&["--to", "x.apkg", "--deck", "mien"], "mine"),
        (&["--to", "x.apkg", "--flagged"], "no such card is flagged"),
        (&["--to", "x.jsonl", "--flagged"], "no such card is flagged"),
    ];
    for (arguments, said) in refused {
        let error = world.fails(1, &[&["export"], arguments].concat());
        assert!(error.contains(said), "{arguments:?}: {error}");
    }
    assert!(world.fails(2, &["export", "--samples", "0"]).contains("samples"));
    assert_eq!(written(), before, "what was refused left something behind");
}

#[cfg(unix)]
#[test]
fn what_is_written_is_the_users_alone() {
    use std::os::unix::fs::PermissionsExt;
    let world = two_decks();
    for name in ["a.apkg", "a.csv", "a.jsonl", "a.md"] {
        world.ok(&["export", "--to", name, "--deck", "mine"]);
        assert_eq!(fs::metadata(world.path(name)).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
    }
}

#[test]
fn the_same_cards_give_the_same_package() {
    let world = two_decks();
    let export = |name| {
        world.ok(&["export", "--to", name, "--now", "2026-03-02T09:00:00Z"]);
        fs::read(world.path(name)).unwrap()
    };
    assert_eq!(export("a.apkg"), export("b.apkg"));
}

#[test]
fn the_log_of_a_selection_is_that_of_its_cards() {
    let world = two_decks();
    world.ok(&["note", "mine/b", "ours", "--now", "2026-03-01T10:00:00Z"]);
    world.ok(&["undo", "other/c", "--now", "2026-03-01T10:00:00Z"]);
    let lines = |arguments: &[&str]| -> Vec<String> {
        let text = world.ok(&[&["export", "--now", "2026-03-02T09:00:00Z"], arguments].concat());
        let line =
            |line: &str| line.split('"').nth(1).unwrap().to_owned() + if line.contains("mine/") { " mine" } else { "" };
        text.lines().map(line).collect()
    };
    assert_eq!(lines(&["mine"]), ["sysdrill", "review mine", "mark mine", "state mine", "end"]);
    assert_eq!(lines(&["--deck", "other"]), ["sysdrill", "review", "retraction", "end"]);
    assert_eq!(lines(&["--without", "other"]), lines(&["mine"]));
    assert_eq!(lines(&["--card", "mine/b"]), ["sysdrill", "mark mine", "end"]);
    world.ok(&["export", "mine", "--to", "mine.jsonl"]);
    let other = World::with_deck(&recall("a"));
    fs::copy(world.path("mine.jsonl"), other.path("mine.jsonl")).unwrap();
    other.ok(&["import", "mine.jsonl"]);
    assert_eq!(other.card("mine/a"), world.card("mine/a"));
    other.assert_sound();
}

/// The rows of a table below its header lines, each by the names of its columns.
fn table(text: &str) -> Vec<std::collections::BTreeMap<String, String>> {
    let head: Vec<&str> = text.lines().take_while(|line| line.starts_with('#')).collect();
    let names: Vec<String> =
        head.last().unwrap().strip_prefix("#columns:").unwrap().split(',').map(str::to_owned).collect();
    let body = text.splitn(head.len() + 1, '\n').last().unwrap();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(body.as_bytes());
    let row = |row: csv::StringRecord| names.iter().cloned().zip(row.iter().map(str::to_owned)).collect();
    reader.records().map(|record| row(record.unwrap())).collect()
}

#[test]
fn a_table_opens_in_a_spreadsheet_and_runs_nothing_there() {
    let world = two_decks();
    let cards = "[[recall]]\nid = \"sum\"\nask = \"=1+1\"\nanswer = \"- two, \\\"2\\\"\\n- more\"\ntags = [\"a b\", \"c\"]\nwhy = \"@x\"\nsource = \"RFC 1\"\n";
    world.deck("mine.toml", format!("[deck]\nname = \"mine\"\ntitle = \"Mine\"\n{cards}{}", recall("a")));
    let text = world.ok(&["export", "--format", "csv", "--now", "2026-03-02T09:00:00Z", "mine", "other"]);
    assert!(text.contains("\n# licence of other: CC0-1.0\n"), "{text}");
    let rows = table(&text);
    let row = |guid: &str| rows.iter().find(|row| row["guid"] == guid).unwrap();
    let sum = row("sysdrill:mine/sum");
    let cells = ["Front", "Back", "why", "tags", "deck", "source"].map(|column| sum[column].as_str());
    assert_eq!(cells, ["'=1+1", "'- two, \"2\"\n- more", "'@x", "a_b c", "sysdrill::mine", "RFC 1"]);
    assert_eq!((sum["due"].as_str(), row("sysdrill:mine/a")["due"].as_str()), ("", "2026-03-02"));
    // What was guarded from the spreadsheet comes in as it was.
    let elsewhere = World::new();
    fs::write(elsewhere.path("mine.csv"), &text).unwrap();
    elsewhere.ok(&["import", "mine.csv"]);
    let came = fs::read_to_string(elsewhere.path("config/decks/mine.toml")).unwrap();
    assert!(came.contains("ask = \"=1+1\"") && came.contains("why = \"@x\""), "{came}");
    let bare = table(&world.ok(&["export", "--format", "csv", "--no-progress", "mine"]));
    assert_eq!((bare.len(), bare[0].contains_key("due")), (2, false));
}

#[test]
fn several_decks_are_a_folder_of_markdown() {
    let world = two_decks();
    world.ok(&["export", "mine", "other", "--format", "md", "--to", "decks"]);
    let other = "---\nname = \"other\"\ntitle = \"Other\"\nlicence = \"CC0-1.0\"\ndialect = \"hashcards\"\nlevel = 2\n---\n\n\
                 Q: What is c?\nA: It is c.\n<!-- id: c -->\n";
    assert_eq!(fs::read_to_string(world.path("decks/other.md")).unwrap(), other);
    assert!(world.path("decks/mine.md").exists());
    assert!(world.fails(1, &["export", "mine", "other", "--format", "md", "--to", "decks"]).contains("decks"));
    world.ok(&["export", "other", "--format", "md", "--to", "one"]);
    assert_eq!(fs::read_to_string(world.path("one/other.md")).unwrap(), other);
}

#[test]
fn a_package_that_comes_back_brings_no_card_twice_and_a_new_machine_its_progress() {
    let world = two_decks();
    let now = ["--now", "2026-03-02T09:00:00Z"];
    world.ok(&[&["export", "mine", "--to", "mine.apkg"], &now[..]].concat());
    let before = world.ok(&["export", "mine"]);
    let said = world.ok(&[&["import", "mine.apkg"], &now[..]].concat());
    assert!(said.contains("2 cards of your decks came back"), "{said}");
    let reviews = |text: &str| text.lines().filter(|line| line.starts_with("{\"review\"")).count();
    assert_eq!(reviews(&world.ok(&["export", "mine"])), reviews(&before));
    assert_eq!(fs::read_dir(world.path("config/decks")).unwrap().count(), 2);

    let other = World::with_deck(&(recall("a") + &recall("b")));
    fs::copy(world.path("mine.apkg"), other.path("mine.apkg")).unwrap();
    other.ok(&[&["import", "mine.apkg"], &now[..]].concat());
    let (here, there) = (world.card("mine/a"), other.card("mine/a"));
    assert_eq!((&there["due"], &there["easiness"]), (&here["due"], &here["easiness"]));
    assert_eq!(there["reviews"].as_array().unwrap().len(), 1);
    // Once more: nothing is new.
    let said = other.ok(&[&["import", "mine.apkg"], &now[..]].concat());
    assert!(said.contains("nothing is new"), "{said}");
    other.assert_sound();
    // And all of it is taken back.
    other.ok(&[&["undo", "--import"], &now[..]].concat());
    assert_eq!(other.card("mine/a")["phase"], "new");
}

#[test]
fn markdown_comes_back_with_the_same_cards_and_ids() {
    let cards = r#"
[[recall]]
id = "marks"
ask = "Which lines?\nQ: this one\n---\nlast"
answer = "```toml\nA: code\n---\n```\nA: none of them"

[[recall]]
id = "list"
ask = "How is *it* written, `a::b` or [c](d)?"
answer = "- one\n- two\n\n1. three"

[[number]]
id = "memory"
ask = "Main memory"
answer = "100 ns"

[[cloze]]
id = "plain"
text = "{{c1::R}} + {{c2::W}} > N"

[[mistake]]
id = "boxes"
scene = "Six boxes."
mistake = "No numbers."
fix = "Numbers first."
"#;
    let world = World::with_deck(cards);
    let text = world.ok(&["export", "mine", "--format", "md"]);
    let other = World::new();
    other.deck("mine.md", &text);
    assert_eq!(other.ok(&["deck", "check"]).lines().filter(|line| line.contains("error")).count(), 0);
    let cards = |world: &World| -> Vec<(String, String)> {
        let listed = world.json(&["list", "--deck", "mine", "--json"])["cards"].as_array().unwrap().clone();
        let id = |card: &serde_json::Value| card["card"].as_str().unwrap().to_owned();
        // Without its kind and its place: a mistake is a question there.
        let said = |text: String| {
            text.lines().skip(1).filter(|line| !line.starts_with("written in ")).collect::<Vec<_>>().join("\n")
        };
        let shown = |card: &serde_json::Value| (id(card), said(world.ok(&["show", &id(card)])));
        let mut cards: Vec<_> = listed.iter().map(shown).collect();
        cards.sort();
        cards
    };
    // What would end a side is moved in by a space there.
    let moved = [("\nQ: this", "\n Q: this"), ("\n---\nlast", "\n ---\nlast"), ("  A: none", "   A: none")];
    let in_markdown = |text: String| moved.iter().fold(text, |text, (from, to)| text.replace(from, to));
    let here: Vec<_> = cards(&world).into_iter().map(|(id, shown)| (id, in_markdown(shown))).collect();
    assert_eq!(cards(&other), here, "{text}");
    let kinds = other.json(&["list", "--deck", "mine", "--kind", "number", "--json"]);
    assert_eq!(kinds["cards"][0]["card"], "mine/memory");
}
