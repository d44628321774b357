//! What leaves and comes back, and what neighbours write otherwise: small files of the shapes that are met.

use crate::harness::{Ran, World, recall, snapshot};
use std::fs;

const NOW: [&str; 2] = ["--now", "2026-11-30T12:00:00Z"];

fn run(world: &World, args: &[&str]) -> Ran {
    world.run(&[args, &NOW].concat())
}

fn import(world: &World, name: &str, text: impl AsRef<[u8]>, more: &[&str]) -> Ran {
    let file = world.path(name);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(&file, text).unwrap();
    run(world, &[&["import", file.to_str().unwrap()], more].concat())
}

/// The cards of a deck's file, each as its kind and two of its texts.
fn cards(world: &World, deck: &str) -> Vec<(String, String, String)> {
    let text = fs::read_to_string(world.path("config/decks").join(deck).with_extension("toml")).unwrap();
    let table: toml::Table = text.parse().unwrap();
    let mut cards = Vec::new();
    for (kind, entries) in table.iter().filter(|(kind, _)| *kind != "deck") {
        for entry in entries.as_array().unwrap() {
            let said = |keys: &[&str]| {
                let found = keys.iter().find_map(|key| entry.get(key).and_then(toml::Value::as_str));
                found.unwrap_or_default().to_owned()
            };
            cards.push((kind.clone(), said(&["ask", "text", "scene"]), said(&["answer", "fix"])));
        }
    }
    cards.sort();
    cards
}

const KINDS: &str = r#"
[[recall]]
id = "a"
ask = "What is a?"
answer = "It is a."

[[number]]
id = "peak"
ask = "Our peak?"
answer = "1.2k QPS"

[[mistake]]
id = "boxes"
scene = "Six boxes are drawn."
mistake = "No number was said."
fix = "Say the numbers first."

[[cloze]]
id = "quorum"
text = "A quorum is {{c1::more than half}} of {{c2::the replicas::which?}}."
"#;

#[test]
fn cards_that_come_back_are_the_same_cards_and_elsewhere_what_they_were() {
    for form in ["apkg", "csv"] {
        let world = World::with_deck(KINDS);
        let file = format!("mine.{form}");
        run(&world, &["export", "mine", "--to", &file]);
        let before = snapshot(&world.path("config/decks"));
        let said = run(&world, &["import", &file]);
        assert!(said.out.contains("4 cards of your decks came back"), "{form}: {}{}", said.out, said.err);
        assert!(!said.out.contains("worded otherwise"), "{form}: {}", said.out);
        assert_eq!(snapshot(&world.path("config/decks")), before, "{form}: no card is there twice");
        let other = World::new();
        fs::copy(world.path(&file), other.path(&file)).unwrap();
        other.ok(&[&["import", &file][..], &NOW].concat());
        let came = cards(&other, "mine");
        let kinds: Vec<&str> = came.iter().map(|(kind, ..)| kind.as_str()).collect();
        assert_eq!(kinds, ["cloze", "mistake", "number", "recall"], "{form}");
        assert_eq!(came[1].1, "Six boxes are drawn.", "{form}");
        assert_eq!((came[2].2.as_str(), came[1].2.as_str()), ("1.2k QPS", "Say the numbers first."), "{form}");
    }
}

#[test]
fn embedded_decks_that_come_back_bring_no_card() {
    let world = World::new();
    let decks = fs::read_dir(world.path("config")).map(|entries| entries.count()).unwrap_or(0);
    for form in ["apkg", "csv"] {
        let file = format!("all.{form}");
        run(&world, &["export", "mistakes", "conversions", "--samples", "2", "--to", &file]);
        let said = run(&world, &["import", &file]);
        assert!(said.out.contains("cards of your decks came back: they are here"), "{form}: {}{}", said.out, said.err);
        assert!(!said.out.contains("came in, in the deck"), "{form}: {}", said.out);
        assert!(!said.out.contains("worded otherwise"), "{form}: {}", said.out);
    }
    assert_eq!(fs::read_dir(world.path("config")).map(|entries| entries.count()).unwrap_or(0), decks);
}

#[test]
fn markdown_with_ids_comes_back_too_and_what_is_worded_otherwise_is_said() {
    let world = World::with_deck(KINDS);
    run(&world, &["export", "mine", "--no-progress", "--to", "all.md"]);
    let before = snapshot(&world.path("config/decks"));
    let said = run(&world, &["import", "all.md"]);
    assert!(said.out.contains("3 cards of your decks came back"), "{}{}", said.out, said.err);
    run(&world, &["undo", "--import"]);
    run(&world, &["export", "mine", "--no-progress", "--to", "all.csv"]);
    let text = fs::read_to_string(world.path("all.csv")).unwrap().replace("It is a.", "It is the first.");
    let said = import(&world, "edited.csv", text, &[]);
    assert!(said.out.contains("worded otherwise there, and left as they are here: mine/a;"), "{}", said.out);
    assert_eq!(snapshot(&world.path("config/decks")), before);
}

#[test]
fn a_markdown_export_says_which_cards_keep_their_ids() {
    let world = World::with_deck(KINDS);
    let said = run(&world, &["export", "mine", "--to", "mine.md"]).out;
    assert!(said.contains("3 cards keep their ids") && said.contains("1 other cannot"), "{said}");
}

#[test]
fn what_is_no_form_of_an_export_is_refused_with_what_is() {
    let world = World::with_deck(&recall("a"));
    for (file, said) in [
        ("mine.toml", "sysdrill deck show DECK > FILE"),
        ("mine.txt", "end the name in .jsonl, .apkg, .csv or .md"),
        ("mine.json", ".json does not say what to write"),
    ] {
        let err = world.fails(1, &["export", "mine", "--to", file]);
        assert!(err.contains(said), "{file}: {err}");
        assert!(!world.path(file).exists());
    }
    let said = run(&world, &["export", "--to", "all.jsonl"]).out;
    assert!(said.contains("all that you did") && said.contains("your decks are not in it: copy "), "{said}");
    let err = world.fails(1, &["export", "--to", "all.jsonl"]);
    assert!(err.contains("is there already, and an export replaces nothing"), "{err}");
}

#[test]
fn a_deck_of_sysdrill_is_told_to_need_no_import() {
    let world = World::new();
    let deck = format!("[deck]\nname = \"mine\"\ntitle = \"Mine\"\n{}", recall("a"));
    let ran = import(&world, "mine.toml", &deck, &[]);
    assert!(
        ran.code == 1 && ran.err.contains("is a deck of sysdrill, which needs no import: copy it into"),
        "{}",
        ran.err
    );
    fs::create_dir(world.path("folder")).unwrap();
    fs::write(world.path("folder/deck.toml"), &deck).unwrap();
    assert!(run(&world, &["import", "folder"]).err.contains("is a deck of sysdrill"));
}

#[test]
fn the_first_row_is_told_from_a_card() {
    for (name, text, more, expected) in [
        ("said", "a,b,c\nQ1,A1,x\n", &["--columns", "question,answer,-"][..], 2),
        ("named", "question,answer,id\nQ1,A1,x\n", &["--columns", "question,answer,-"], 1),
        ("header", "Wort,Erklärung\nQ1,A1\n", &["--header"], 1),
        ("german", "Vorderseite;Rückseite\nQ1;A1\n", &[], 1),
        ("french", "Question,Réponse\nQ1,A1\n", &[], 1),
        ("excel", "sep=;\r\nfront;back\r\nQ1;A, 1\r\n", &[], 1),
        ("excel-without-names", "sep=;\nQ1;A, 1\n", &[], 1),
    ] {
        let world = World::new();
        let ran = import(&world, &format!("{name}.csv"), text, more);
        assert_eq!(ran.code, 0, "{name}: {}", ran.err);
        let cards = cards(&world, name);
        assert_eq!(cards.len(), expected, "{name}: {cards:?}");
        assert!(cards.iter().any(|(_, ask, _)| ask == "Q1"), "{name}: {cards:?}");
    }
}

#[test]
fn a_table_of_html_is_text_here() {
    let world = World::new();
    let text = "#separator:tab\n#html:true\n#tags column:3\n\
                What is <b>p99</b>?<br>In words\t\"<ul><li>99% are faster</li><li>1% are slower</li></ul>\"\tlatency tail\n\
                a &lt; b &amp;&amp; c\t<code>x = 1</code><script>alert(1)</script>\t\n\
                Picture?\t<img src=\"ring.png\"> and [sound:a.mp3] a ring\t\n";
    let ran = import(&world, "notes.txt", text, &[]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let cards = cards(&world, "notes");
    let said = |ask: &str| cards.iter().find(|(_, is, _)| is.contains(ask)).map(|(.., answer)| answer.as_str());
    assert_eq!(said("What is **p99**?\nIn words"), Some("- 99% are faster\n- 1% are slower"), "{cards:?}");
    assert_eq!(said("a < b && c"), Some("`x = 1`"), "{cards:?}");
    assert!(said("Picture?").is_some_and(|answer| answer.contains("(picture: ring.png)")), "{cards:?}");
    assert!(ran.out.contains("pictures: a text has only their names (1)") && ran.out.contains("sounds"), "{}", ran.out);
}

/// A deck of CrowdAnki with a deck below it, a cloze text and a note type with two cards.
const CROWD: &str = r#"{
  "__type__": "Deck", "name": "Networks", "crowdanki_uuid": "d1", "children": [
    {"__type__": "Deck", "name": "Ports", "crowdanki_uuid": "d2", "children": [], "note_models": [],
     "notes": [{"__type__": "Note", "guid": "g3", "note_model_uuid": "m2", "fields": ["Port of {{c1::ssh}} is {{c2::22}}"], "tags": []}]}
  ],
  "note_models": [
    {"__type__": "NoteModel", "crowdanki_uuid": "m1", "name": "Both", "type": 0,
     "flds": [{"name": "Front"}, {"name": "Back"}],
     "tmpls": [{"name": "Forward", "qfmt": "{{Front}}", "afmt": "{{FrontSide}}<hr id=answer>{{Back}}"},
               {"name": "Back", "qfmt": "{{Back}}", "afmt": "{{FrontSide}}<hr id=answer>{{Front}}"}]},
    {"__type__": "NoteModel", "crowdanki_uuid": "m2", "name": "Gaps", "type": 1,
     "flds": [{"name": "Text"}], "tmpls": [{"name": "Cloze", "qfmt": "{{cloze:Text}}", "afmt": "{{cloze:Text}}"}]}
  ],
  "notes": [
    {"__type__": "Note", "guid": "g1", "note_model_uuid": "m1", "fields": ["HTTPS", "443 <i>TCP</i>"], "tags": ["ports"]},
    {"__type__": "Note", "guid": "g2", "note_model_uuid": "m1", "fields": ["DNS", ""], "tags": []}
  ]
}"#;

#[test]
fn a_deck_of_crowdanki_comes_in_as_a_file_and_as_the_folder_that_it_is_written_to() {
    for (file, imported) in
        [("networks.json", "networks.json"), ("Networks/Networks.json", "Networks"), ("ports/deck.json", "ports")]
    {
        let world = World::new();
        let path = world.path(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, CROWD).unwrap();
        let ran = run(&world, &["import", world.path(imported).to_str().unwrap(), "--deck", "networks"]);
        assert_eq!(ran.code, 0, "{file}: {}", ran.err);
        assert!(ran.out.contains("is a deck of CrowdAnki: "), "{file}: {}", ran.out);
        let cards = cards(&world, "networks");
        let said: Vec<(&str, &str)> = cards.iter().map(|(_, ask, answer)| (ask.as_str(), answer.as_str())).collect();
        assert_eq!(
            said,
            [("Port of {{c1::ssh}} is {{c2::22}}", ""), ("443 *TCP*", "HTTPS"), ("HTTPS", "443 *TCP*")],
            "{file}"
        );
        // Twice is once.
        let ran = run(&world, &["import", world.path(imported).to_str().unwrap(), "--deck", "networks"]);
        assert!(ran.out.contains("3 entries are there already") && ran.out.contains("nothing is new"), "{}", ran.out);
    }
}

#[test]
fn more_cards_than_a_file_may_have_go_to_a_folder() {
    let world = World::new();
    let row = |n: usize| format!("Question number {n}?,{}\n", "word ".repeat(300));
    let text: String = (0..4_000).map(row).collect();
    let ran = import(&world, "large.csv", &text, &[]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let folder = world.path("config/decks/large");
    assert!(folder.join("deck.toml").exists() && folder.join("cards-2.toml").exists(), "{}", ran.out);
    assert!(
        ran.out.contains("4000 entries came in, in the deck large") && !ran.out.contains("deck.toml"),
        "{}",
        ran.out
    );
    assert!(run(&world, &["decks"]).out.contains("4000"));
    assert!(run(&world, &["import", world.path("large.csv").to_str().unwrap()]).out.contains("nothing is new"));
    // More of them go to the last file, or to one more.
    let more: String = (3_999..6_500).map(row).collect();
    let ran = import(&world, "large.csv", &more, &[]);
    assert!(ran.code == 0 && ran.out.contains("2500 entries came in"), "{}{}", ran.out, ran.err);
    assert!(run(&world, &["decks"]).out.contains("6500"));
    let out = run(&world, &["undo", "--import"]).out;
    assert!(out.contains("is as it was before"), "{out}");
    let out = run(&world, &["undo", "--import"]).out;
    assert!(out.contains(&format!("removed {}", folder.display())) && !folder.exists(), "{out}");
}

#[test]
fn an_added_card_goes_to_a_deck_that_is_written_here() {
    // One in Markdown, and one that was imported, are not.
    let world = World::new();
    world.deck("notes.md", "Q: One?\nA: 1\n");
    import(&world, "table.csv", "front,back\nQ1,A1\n", &[]);
    let added = run(&world, &["add", "Which lock?", "FOR UPDATE"]);
    assert!(added.out.contains("made the deck mine, and added mine/which-lock"), "{}{}", added.out, added.err);
    let out = run(&world, &["undo", "--import"]).out;
    assert!(out.contains("removed ") && out.contains("table.toml"), "{out}");
    let err = world.fails(1, &["add", "Q?", "A", "--deck", "notes"]);
    assert!(err.contains("is in Markdown") && err.contains("sysdrill deck edit notes"), "{err}");
}

#[test]
fn what_went_wrong_is_not_asked_where_it_is_said() {
    let world = World::new();
    run(&world, &["add", "--mistake", "I drew boxes before any number", "--fix", "Say the numbers first"]);
    let mut talk = world.talk(&["review", "--json", "--new", "0", NOW[0], NOW[1]]);
    let question = talk.until("question");
    assert_eq!(question["prompt"], "I drew boxes before any number\nWhat would you do instead?");
    talk.end();
}

#[test]
fn undo_does_what_was_done_to_decks_the_other_way_round() {
    let world = World::with_deck(&recall("a"));
    run(&world, &["flag", "mine/a"]);
    run(&world, &["deck", "rename", "mine", "work"]);
    run(&world, &["deck", "disable", "latency", "work"]);
    run(&world, &["deck", "enable", "work"]);
    let off = |world: &World| {
        run(world, &["config", "get", "decks_off"]).out.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(off(&world), "latency");
    run(&world, &["undo"]);
    assert_eq!(off(&world), "latency work");
    run(&world, &["undo"]);
    assert_eq!(off(&world), "");
    assert!(run(&world, &["undo"]).out.contains("work is mine now"));
    assert!(world.path("config/decks/mine.toml").exists());
    let said = run(&world, &["undo"]).out;
    assert!(said.contains("the flag on mine/a"), "{said}");
    world.assert_sound();
}

#[test]
fn a_setting_is_taken_out_of_the_file_and_decks_are_named_as_the_file_has_them() {
    let world = World::new();
    run(&world, &["config", "set", "minutes", "20"]);
    run(&world, &["config", "set", "decks_off", "[\"latency\", \"mistakes\"]"]);
    assert_eq!(run(&world, &["config", "get", "decks_off"]).out, "latency\nmistakes\n");
    run(&world, &["config", "set", "decks_off", "[]"]);
    assert_eq!(run(&world, &["config", "get", "decks_off"]).out, "");
    assert!(run(&world, &["config", "unset", "minutes"]).out.contains("minutes is out of"));
    assert_eq!(run(&world, &["config", "get", "minutes"]).out, "15\n");
    assert!(run(&world, &["config", "unset", "minutes"]).out.contains("is not set"));
    world.fails(1, &["config", "unset", "minuts"]);
}

#[test]
fn many_warnings_are_counted_and_not_all_printed() {
    let world = World::new();
    let card = |n: usize| {
        format!("[[recall]]\nid = \"c{n}\"\nask = \"What is the port of service number {n}?\"\nanswer = \"{n}\"\n")
    };
    world.deck(
        "many.toml",
        format!("[deck]\nname = \"many\"\ntitle = \"Many\"\n{}", (0..40).map(card).collect::<String>()),
    );
    let out = run(&world, &["deck", "check"]).out;
    let warnings = out.lines().filter(|line| line.contains("warning")).count();
    assert!(out.contains("more warnings: sysdrill deck check --all prints them") && warnings < 25, "{out}");
    assert!(run(&world, &["deck", "check", "--all"]).out.lines().count() > out.lines().count());
    let err = world.fails(1, &["deck", "check", "latency"]);
    assert!(err.contains("this deck is a part of sysdrill"), "{err}");
    let err = world.fails(1, &["list", "nope"]);
    assert!(err.len() < 200 && err.contains("sysdrill decks lists the decks"), "{err}");
    let err = world.fails(1, &["deck", "new", "latency"]);
    assert!(err.contains("latency is a deck of sysdrill's own: take another name"), "{err}");
}
