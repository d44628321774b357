use super::*;
use crate::deck::{Body, Card, Deck, DeckFile, Dialect, Kind, Location};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::sync::Arc;

fn sample(path: &str) -> DeckFile {
    let whole = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/deck/markdown/samples").join(path);
    DeckFile { path: path.into(), bytes: fs::read(whole).unwrap().into() }
}

fn expected(path: &str) -> Value {
    serde_json::from_slice(&sample(path).bytes).unwrap()
}

fn file(text: &str) -> DeckFile {
    DeckFile { path: "notes/My Notes.md".into(), bytes: text.as_bytes().to_vec().into() }
}

fn deck(text: &str) -> Deck {
    match read(&file(text), Location::Embedded, None) {
        Ok(Some(deck)) => deck,
        Ok(None) => panic!("no cards in\n{text}"),
        Err(errors) => panic!("{errors:?}\n{text}"),
    }
}

/// What the cards of a text ask and answer.
fn cards(text: &str) -> Vec<(String, String)> {
    let read = read(&file(text), Location::Embedded, None).unwrap_or_else(|errors| panic!("{errors:?}\n{text}"));
    let asked = |card: &Card| (card.body.prompt(), card.body.answer());
    read.map(|deck| deck.cards.iter().map(asked).collect()).unwrap_or_default()
}

fn samples() -> Vec<Deck> {
    let files = ["hashcards/Caching.md", "hashcards/Latency.md", "obsidian/System Design.md", "obsidian/crlf.md"];
    files.map(|path| read(&sample(path), Location::Embedded, None).unwrap().unwrap()).into()
}

#[test]
fn a_folder_of_hashcards_is_what_hashcards_itself_exports() {
    let mut expected: Vec<(String, String, String)> = expected("hashcards.expected.json")["cards"]
        .as_array()
        .unwrap()
        .iter()
        .map(|card| {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            let (ask, answer) = match &card["content"]["cloze"] {
                Value::Null => (text(&card["content"]["basic"]["question"]), text(&card["content"]["basic"]["answer"])),
                cloze => {
                    let (all, at) = (text(&cloze["text"]), |key: &str| cloze[key].as_u64().unwrap() as usize);
                    let (before, gap, after) =
                        (&all[..at("start")], &all[at("start")..=at("end")], &all[at("end") + 1..]);
                    (format!("{before}[...]{after}"), format!("{before}[{gap}]{after}"))
                }
            };
            (text(&card["deckName"]), ask, answer)
        })
        .collect();
    let card = |deck: &Deck, card: &Card| (deck.title.clone(), card.body.prompt(), card.body.answer());
    let decks = samples();
    let of_deck = |deck: &Deck| deck.cards.iter().map(|c| card(deck, c)).collect::<Vec<_>>();
    let mut found: Vec<_> = decks[..2].iter().flat_map(of_deck).collect();
    expected.sort();
    found.sort();
    assert_eq!(found.len(), 13);
    assert_eq!(found, expected);
}

#[test]
fn notes_of_obsidian_are_what_the_plugin_makes_of_them_without_its_two_mistakes() {
    let plain = |side: &Value, answer: bool| {
        let text = side.as_str().unwrap().replace("</span>", if answer { "]" } else { "" });
        text.replace("<span style='color:#2196f3'>", if answer { "[" } else { "" })
    };
    let files = expected("obsidian.expected.json");
    for (at, deck) in samples()[2..].iter().enumerate() {
        let mut expected = Vec::new();
        for question in files[at]["out"].as_array().unwrap() {
            let line = question["first_line"].as_u64().unwrap();
            // `std::vector`, and a row of a table.
            if at == 0 && (line == 11 || line == 47) {
                continue;
            }
            let cards = question["cards"].as_array().unwrap().iter();
            expected
                .extend(cards.map(|card| (line as usize, plain(&card["front"], false), plain(&card["back"], true))));
        }
        let found: Vec<_> =
            deck.cards.iter().map(|card| (card.place.line, card.body.prompt(), card.body.answer())).collect();
        assert_eq!(found, expected);
        assert_eq!(found.len(), [12, 2][at]);
    }
    let tags: Vec<(String, Vec<String>)> =
        samples()[2].cards.iter().map(|card| (card.body.answer(), card.tags.clone())).collect();
    let with = |answer: &str| &tags.iter().find(|(found, _)| found == answer).unwrap().1;
    assert_eq!(with("0.5 ns"), &["system-design"]);
    assert_eq!(with("FOR UPDATE ^block-id"), &["databases"], "a tag at the line holds for its card alone");
}

#[test]
fn what_is_no_card_is_none() {
    let prose = sample("prose.md");
    assert!(read(&prose, Location::Embedded, None).unwrap().is_none());
    // In a note that says it has cards, only what is marked as one is.
    let tagged = format!("#flashcards\n\n{}\nthe front::the back\n", String::from_utf8_lossy(&prose.bytes));
    let found = cards(&tagged);
    let wanted = ["What is highlighted is [...] here, and a == b or c == d is a comparison.", "the front"];
    assert_eq!(found.iter().map(|(ask, _)| ask.as_str()).collect::<Vec<_>>(), wanted, "{found:?}");
    for manual in ["README.md", "ARCHITECTURE.md", "docs/protocol.md"] {
        let bytes = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(manual)).unwrap();
        let file = DeckFile { path: manual.into(), bytes: bytes.into() };
        assert!(read(&file, Location::Embedded, None).unwrap().is_none(), "{manual}");
    }
}

#[test]
fn what_parts_a_file_is_no_part_of_a_card() {
    type Sides<'a> = &'a [(&'a str, &'a str)];
    let cases: [(&str, &str, Sides); 9] = [
        (
            "headings as high as those before the first card",
            "# Trees\n\n## One\n\nQ: a?\nA: b\n\n## Two\n\nC: A [gap].\n\n## Worked\n\nP: Insert 50.\nS: Done.\n",
            &[("a?", "b"), ("A [...].", "A [gap].")],
        ),
        (
            "deeper headings belong to the answer",
            "# Trees\n\nQ: a?\nA: b\n\n## Pros\n- fast\n",
            &[("a?", "b\n\n## Pros\n- fast")],
        ),
        (
            "a heading of what comes next",
            "Q: a?\nA: b\n\n## Next\n\n### Part\n\nQ: c?\nA: d\n",
            &[("a?", "b"), ("c?", "d")],
        ),
        (
            "a heading within an answer",
            "Q: a?\nA: b\n\n## Pros\n\n- fast\n\nQ: c?\nA:\n# d\n",
            &[("a?", "b\n\n## Pros\n\n- fast"), ("c?", "# d")],
        ),
        (
            "a number sign that is none",
            "Q: a?\nA: b\n\n#1 of them\n\nQ: c?\nA: d\n",
            &[("a?", "b\n\n#1 of them"), ("c?", "d")],
        ),
        (
            "a gap in a formula where there is no other",
            "# Maps\n\nC: $T$ has $T(\\vec{u}) = [A\\vec{u}]$ for all.\n\nC: The [matrix] is $[T]_C$.\n\nC: See `a[0]` and $x$.\n",
            &[
                ("$T$ has $T(\\vec{u}) = [...]$ for all.", "$T$ has $T(\\vec{u}) = [A\\vec{u}]$ for all."),
                ("The [...] is $[T]_C$.", "The [matrix] is $[T]_C$."),
            ],
        ),
        ("a heading in code", "Q: a?\nA:\n```\n\n# b\n```\n", &[("a?", "```\n\n# b\n```")]),
        (
            "front matter between pluses",
            "+++\norder = 4\n[taxonomies]\ntags = [\"x\"]\n+++\n\nQ: a?\nA: b\n",
            &[("a?", "b")],
        ),
        (
            "an end that the plugin was told",
            "---\ntags: flashcards\n---\n\na\n?\nb\n\nc\n<!--SR:!2025-08-30,60,310-->\n+++\n\nprose\n\nd\n?\ne\n+++ \n\nx::y\n",
            &[("a", "b\n\nc"), ("d", "e"), ("x", "y")],
        ),
    ];
    for (name, text, expected) in cases {
        let expected: Vec<(String, String)> =
            expected.iter().map(|(ask, answer)| ((*ask).to_owned(), (*answer).to_owned())).collect();
        assert_eq!(cards(text), expected, "{name}");
    }
}

#[test]
fn each_way_of_writing_a_card_is_read() {
    let two = |ask: &str, answer: &str| vec![(ask.to_owned(), answer.to_owned())];
    let cases = [
        ("hashcards", "Q: a?\nA: b\n", two("a?", "b")),
        ("a fence in an answer", "Q: a?\nA:\n```\nQ: no\nA: no\n```\n", two("a?", "```\nQ: no\nA: no\n```")),
        ("lines", "Q: a\nb?\n\nA: c\n\nd\n---\n", two("a\nb?", "c\n\nd")),
        ("notes among cards", "# Notes\n\nQ: a?\nA: b\n\n---\n\nmore\n", two("a?", "b")),
        (
            "a line in repeater",
            "Q: a?\nA: b\n---\nwhat is it?::this\n",
            [two("a?", "b"), two("what is it?", "this")].concat(),
        ),
        ("a text without a gap among notes", "Q: a?\nA: b\n---\nnotes\n\nC: nothing\n", two("a?", "b")),
        ("a comment", "Q: a? <!-- why -->\nA: b\n<!-- id: x -->\n", two("a?", "b")),
        ("a reverse", "#flashcards\na:::b\n", [two("a", "b"), two("b", "a")].concat()),
        (
            "fields before the tag",
            "# Note\n\nfeeds:: [[metrics]] and more\nup::[[map]]\n\n#flashcards/ml\n\na::b\n",
            two("a", "b"),
        ),
        (
            "a card before the tag of another",
            "a?::b\n#flashcards/db c::d\n",
            [two("a?", "b"), two("#flashcards/db c", "d")].concat(),
        ),
        (
            "a rule above the question",
            "#flashcards\n---\na\n?\nb\n\n*** \nc\n?\n---\nd\n",
            [two("a", "b"), two("c", "---\nd")].concat(),
        ),
        (
            "an equals sign before it",
            "#flashcards\n- Re($z$) =:: $a$\n$e^{i}$=::$-1$\n",
            [two("Re($z$) =", "$a$"), two("$e^{i}$=", "$-1$")].concat(),
        ),
        ("an item of a list", "#flashcards\n- a::b\n1. c::d\n", [two("a", "b"), two("c", "d")].concat()),
        ("a schedule on the line", "a::b <!--SR:!2026-12-20,21,250-->\n", two("a", "b")),
        ("a schedule below a blank line", "a::b\n\n<!--SR:!2026-12-20,21,250-->\n", two("a", "b")),
        ("several lines", "#flashcards\na\nb\n?\nc\nd\n\ne\n", two("a\nb", "c\nd")),
        (
            "a list of words",
            "der Hund::dog\ndie Katze::cat\n",
            [two("der Hund", "dog"), two("die Katze", "cat")].concat(),
        ),
        ("a question that says what it is", "Is it one?::yes\n", two("Is it one?", "yes")),
        ("chosen", "---\ndialect: obsidian\n---\na::b\n", two("a", "b")),
        ("chosen in TOML", "---\nname = \"x\"\ndialect = \"repeater\"\n---\na::b\n", two("a", "b")),
        ("a rule is no front matter", "---\nQ: a?\nA: b\n---\n", two("a?", "b")),
        ("a hint", "#flashcards\nA ==b;;hint== c\n", two("A [hint] c", "A [b] c")),
        ("the same twice", "Q: a?\nA: b\n\nQ: a?\nA: b\n", two("a?", "b")),
    ];
    for (what, text, expected) in cases {
        assert_eq!(cards(text), expected, "{what}");
        assert_eq!(cards(&text.replace('\n', "\r\n")), expected, "{what}, with other ends of lines");
        assert_eq!(cards(&format!("\u{feff}{text}")), expected, "{what}, with a byte order mark");
    }
}

#[test]
fn what_is_wrong_is_said_with_its_line_and_all_at_once() {
    let cases: [(&str, &[&str]); 8] = [
        (
            "Q: a?\nA: b\n\nQ: c?\n\nQ: d?\n",
            &["4:1: this question has no answer: add a line that begins with A:", "6:1: "],
        ),
        ("Q: a?\nA: b\n\nQ: c?\nA:\n", &["5:1: this answer is empty"]),
        ("Q: a?\nA: b\n\nC: nothing\n", &["4:1: this text has no gap: put [brackets] around what is asked"]),
        ("---\ndialect = \"hashcards\"\n---\nhello\n\nQ: a?\nA: b\n", &["4:1: this text belongs to no card"]),
        ("---\ndialect = \"anki\"\n---\nQ: a?\nA: b\n", &["2:1: dialect 'anki' must be hashcards, repeater, obsidian"]),
        ("---\nname = x\n---\nQ: a?\nA: b\n", &["2:1: the front matter is no TOML"]),
        (
            "---\nlevel: 7\nnumbers: maybe\n---\nQ: a?\nA: b\n",
            &["2:1: level must be 1", "3:1: numbers must be true or false"],
        ),
        (
            "Q: a?\nA: b <!-- id: x -->\n\nQ: c?\nA: d <!-- id: x -->\n\nQ: e?\nA: f <!-- id: B -->\n",
            &["4:1: the id 'x' is already used in line 1", "8:1: the id 'B' may have"],
        ),
    ];
    for (text, expected) in cases {
        let errors = read(&file(text), Location::Embedded, None).unwrap_err();
        let said: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert_eq!(said.len(), expected.len(), "{text}\n{said:?}");
        for (said, expected) in said.iter().zip(expected) {
            assert!(said.contains(expected), "{text}\nwanted {expected}\ngot {said}");
        }
    }
    let latin1 = DeckFile { path: "a.md".into(), bytes: b"Q: caf\xe9?\nA: b\n".to_vec().into() };
    let said = read(&latin1, Location::Embedded, None).unwrap_err()[0].to_string();
    assert_eq!(said, "a.md:1:7: this is not UTF-8 text: save the file as UTF-8");
}

#[test]
fn front_matter_says_what_holds_for_all_cards() {
    for text in [
        "---\nname = \"Our Numbers\"\nabout = \"A.\"\nlicence = \"CC0-1.0\"\nlevel = 1\ntags = [\"work\", \"x\"]\nwas = [\"old\"]\n\
         numbers = true\n---\nQ: Peak?\nA: 1.2k QPS\n",
        "---\nname: Our Numbers\nabout: A.\nlicence: CC0-1.0\nlevel: 1\ntags:\n  - work\n  - \"#x\"\nwas: [old]\nnumbers: true\n\
         aliases: []\n---\nQ: Peak?\nA: 1.2k QPS\n",
    ] {
        let deck = deck(text);
        assert_eq!(
            (deck.name.as_str(), deck.title.as_str(), deck.about.as_str()),
            ("our-numbers", "Our Numbers", "A.")
        );
        assert_eq!(deck.defaults.licence.as_deref(), Some("CC0-1.0"));
        let card = &deck.cards[0];
        assert_eq!((card.level, card.body.kind()), (1, Kind::Number));
        assert_eq!(card.tags, ["work", "x"]);
        assert!(card.was[0].as_str().starts_with("old/peak-"));
    }
    assert_eq!((deck("Q: a?\nA: b\n").name, deck("Q: a?\nA: b\n").title), ("my-notes".into(), "My Notes".into()));
}

#[test]
fn a_number_with_its_unit_is_graded_as_one_where_the_deck_says_so() {
    for (answer, is_number) in
        [("100 ns", true), ("5%", true), ("$3", true), ("1989", false), ("Paris", false), ("two of 3 GB", false)]
    {
        let card = format!("Q: How much?\nA: {answer}\n");
        let kind = |text: &str| deck(text).cards[0].body.kind();
        assert_eq!(kind(&card), Kind::Recall, "{answer}");
        let wanted = if is_number { Kind::Number } else { Kind::Recall };
        assert_eq!(kind(&format!("---\nnumbers = true\n---\n{card}")), wanted, "{answer}");
    }
}

#[test]
fn every_card_can_be_read_from_its_block_alone() {
    let more = "---\nname = \"x\"\nlevel = 1\ntags = [\"t\"]\nnumbers = true\n---\n# Notes\n\nQ: a?\nA: 1 ms\n<!-- id: named -->\n\n---\n\
                Q: a?\nA: 2 ms\n\n---\nC: [b] c [b]\n<!-- id: gaps 1a 2b -->\n\nT: x\nD: y\n";
    let mut files: Vec<DeckFile> = vec![file(more), file(&more.replace('\n', "\r\n"))];
    files.extend(
        ["hashcards/Caching.md", "hashcards/Latency.md", "obsidian/System Design.md", "obsidian/crlf.md"].map(sample),
    );
    for file in files {
        let deck = read(&file, Location::Embedded, None).unwrap().unwrap();
        for whole in &deck.cards {
            let bytes = file.bytes[whole.place.block.clone()].to_vec();
            let block = DeckFile { path: Arc::clone(&file.path), bytes: bytes.into() };
            let alone =
                card(&block, &deck.defaults, &whole.id, whole.tags.clone()).unwrap_or_else(|| panic!("{}", whole.id));
            let said =
                |card: &Card| (card.body.kind(), card.body.prompt(), card.body.answer(), card.level, card.tags.clone());
            assert_eq!(said(&alone), said(whole), "{}", whole.id);
        }
    }
}

#[test]
fn names_stay_where_a_question_does() {
    let id = |text: &str| deck(text).cards[0].id.to_string();
    let first = id("Q: What does CAP stand for?\nA: three words\n");
    assert_eq!(first, "my-notes/what-does-cap-stand-for-a9d3c2af");
    for text in [
        "Q: What does CAP stand for?\nA: consistency, availability, partitions\n",
        "Some notes.\n\nQ: what does  *CAP* stand\nfor\nA: three words\n",
    ] {
        assert_eq!(id(text), first, "{text}");
    }
    assert_ne!(id("Q: What does ACID stand for?\nA: four words\n"), first);
    // Two cards may ask the same.
    let deck_of_two = deck("Q: Why?\nA: one\n\nQ: Why?\nA: two\n");
    let ids: Vec<&str> = deck_of_two.cards.iter().map(|card| card.id.as_str()).collect();
    assert!(ids[1].starts_with(&format!("{}-", ids[0])), "{ids:?}");
    // A gap more changes nothing for those that were there.
    let gaps = |text: &str| deck(text).cards.iter().map(|card| card.id.to_string()).collect::<Vec<_>>();
    let (two, three) = (gaps("C: [a] b [c]\n"), gaps("C: [a] [b] [c]\n"));
    assert_eq!((&two[0], &two[1]), (&three[0], &three[2]));
    // No name says what is asked.
    assert!(gaps("C: the [quorum] rule\n").iter().all(|id| !id.contains("quorum")));
}

#[test]
fn a_written_name_is_the_cards_whatever_it_says() {
    let ids = |text: &str| deck(text).cards.iter().map(|card| card.id.to_string()).collect::<Vec<_>>();
    assert_eq!(ids("Q: a?\nA: b <!-- id: x -->\n"), ["my-notes/x"]);
    assert_eq!(ids("Q: c?\nA: d\n<!-- id: x -->\n"), ["my-notes/x"]);
    assert_eq!(
        ids("#flashcards\na:::b\n<!--SR:!2026-12-20,21,250-->\n<!-- id: x -->\n"),
        ["my-notes/x/forward", "my-notes/x/reverse"]
    );
    assert_eq!(ids("C: [a] b [c] <!-- id: x 1a 2b -->\n"), ["my-notes/x/1a", "my-notes/x/2b"]);
    assert_eq!(ids("C: [d] b [e] <!-- id: x 1a 2b -->\n"), ["my-notes/x/1a", "my-notes/x/2b"]);
}

#[test]
fn a_name_that_is_taken_is_told_apart_by_what_lies_above() {
    let names: Vec<String> = other_names("caching", "/home/ada/System Design/notes/caching.md").take(5).collect();
    let expected =
        ["notes-caching", "system-design-notes-caching", "ada-system-design-notes-caching", "caching-2", "caching-3"];
    assert_eq!(names, expected);
    assert_eq!(other_names("system-design", "/decks/Caching.md").next().unwrap(), "system-design-caching");
}

#[test]
fn the_manuals_examples_are_decks() {
    let manual = include_str!("../../../docs/decks.md");
    let blocks: Vec<&str> =
        manual.split("```markdown\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default()).collect();
    let read = |text: &str| (deck(text).defaults.dialect.unwrap(), deck(text).cards.len());
    let found: Vec<(Dialect, usize)> = blocks.into_iter().map(read).collect();
    assert_eq!(found, [(Dialect::Hashcards, 6), (Dialect::Obsidian, 7)]);
}

#[test]
fn what_is_highlighted_is_a_gap_where_the_file_says_that_it_has_cards() {
    for (text, cards) in [
        ("Term :: a definition\nB :: c d\n\nSome ==highlight== in notes.\n", 2),
        ("#flashcards\nTerm :: a definition\nB :: c d\n\nSome ==highlight== in notes.\n", 3),
        ("---\ndialect: obsidian\n---\nTerm :: a definition\nB :: c\n\nSome ==highlight== in notes.\n", 3),
        // One word on either side may be a type.
        ("x :: Int\n\nProse.\n\nMore prose.\n\nAnd more.\n", 0),
    ] {
        let found =
            read(&DeckFile { path: "n.md".into(), bytes: text.as_bytes().to_vec().into() }, Location::Embedded, None);
        assert_eq!(found.unwrap().map_or(0, |deck| deck.cards.len()), cards, "{text}");
    }
}

#[test]
fn code_that_is_left_open_over_the_answer_is_told() {
    let file = |text: &str| DeckFile { path: "n.md".into(), bytes: text.as_bytes().to_vec().into() };
    let text = "Q: one?\nA: 1\n\nQ: What prints this?\n```\nx\nA: two\n";
    let errors = read(&file(text), Location::Embedded, None).unwrap_err();
    let said = "n.md:5:1: the code that begins here goes on over the answer: close it with ``` on a line of its own";
    assert_eq!(errors[0].to_string(), said);
    for (text, line) in [
        ("Q: one?\nA:\n```rust\nlet x = 1;\n\nQ: two?\nA: 2\n", Some(3)),
        ("C: A [gap].\n~~~\nx\n\nC: [two]\n", Some(2)),
        ("Q: one?\nA:\n````\n```\nQ: in code\n```\n````\n\nQ: two?\nA: 2\n", None),
        ("Q: one?\nA:\n```\nlet x = 1;\n", None),
    ] {
        let said = line.map(|line| format!("n.md:{line}:1: the code that begins here is not closed"));
        let found = read(&file(text), Location::Embedded, None).err().map(|errors| errors[0].to_string());
        assert_eq!(found.as_ref().map(|found| found.split(", and").next().unwrap()), said.as_deref(), "{text}");
    }
}

#[test]
fn a_gap_is_a_card_of_its_own_kind() {
    let deck = deck("C: [a] and [b]\n");
    assert!(deck.cards.iter().all(|card| matches!(card.body, Body::Cloze { .. })));
    assert_eq!(deck.cards[0].id.matrix(), deck.cards[1].id.matrix());
}
