//! Packages of Anki, imported by the binary and held against what Anki's own library says of them.

use crate::harness::{Ran, World, grade, snapshot};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

const NOW: [&str; 2] = ["--now", "2026-11-29T21:30:00Z"];

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/samples/interop").join(name)
}

fn expected(name: &str) -> Value {
    serde_json::from_slice(&fs::read(sample(name)).unwrap()).unwrap()
}

fn import(world: &World, file: &Path, more: &[&str]) -> Ran {
    world.run(&[&["import", file.to_str().unwrap()], more, &NOW].concat())
}

fn imported(world: &World, file: &Path) -> String {
    let ran = import(world, file, &[]);
    assert_eq!(ran.code, 0, "{}: {}{}", file.display(), ran.out, ran.err);
    ran.out
}

/// The cards of the only user deck, by what Anki calls them: the note's guid and the card's place.
fn cards(world: &World) -> BTreeMap<String, (String, toml::Table)> {
    let file = decks(world).pop().expect("a deck was written");
    let text = fs::read_to_string(&file).unwrap();
    let table: toml::Table = text.parse().unwrap();
    let deck = table["deck"]["name"].as_str().unwrap().to_owned();
    let mut cards = BTreeMap::new();
    for (kind, entries) in table.iter().filter(|(kind, _)| *kind != "deck") {
        for entry in entries.as_array().unwrap() {
            let entry = entry.as_table().unwrap();
            let id = format!("{deck}/{}", entry["id"].as_str().unwrap());
            let guid = entry["origin"].as_str().unwrap().strip_prefix("anki:").unwrap();
            if kind == "cloze" {
                let listed = world.json(&[&["list", "--deck", &deck, "--json"][..], &NOW].concat());
                for card in listed["cards"].as_array().unwrap() {
                    let card = card["card"].as_str().unwrap();
                    if let Some(gap) = card.strip_prefix(&format!("{id}/")) {
                        let place: i64 = gap.trim_start_matches('c').parse().unwrap();
                        let key = format!("{}:{}", guid.strip_suffix(":0").unwrap(), place - 1);
                        cards.insert(key, (card.to_owned(), entry.clone()));
                    }
                }
            } else {
                cards.insert(guid.to_owned(), (id, entry.clone()));
            }
        }
    }
    cards
}

fn decks(world: &World) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(world.path("config/decks")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// The answers that Anki's log has of a card: time, grade as a quality, milliseconds.
fn answers(expected: &Value, card: &Value) -> Vec<(i64, i64, i64)> {
    let rows = expected["revlog"].as_array().unwrap().iter().filter(|row| row["cid"] == card["id"]);
    let number = |row: &Value, key: &str| row[key].as_i64().unwrap();
    let is_answer = |row: &&Value| {
        let (ease, kind, factor) = (number(row, "ease"), number(row, "type"), number(row, "factor"));
        ease > 0 && kind != 4 && kind != 5 && !(kind == 3 && factor == 0)
    };
    let mut answers: Vec<_> = rows
        .filter(is_answer)
        .map(|row| (number(row, "id"), [1, 3, 4, 5][number(row, "ease") as usize - 1], number(row, "time")))
        .collect();
    answers.sort_unstable();
    answers
}

#[test]
fn every_card_tag_due_day_and_answer_is_what_anki_says() {
    for (file, says, due_days) in [
        ("sm2-new.colpkg", "sm2", 29),
        ("sm2-legacy-sched.apkg", "sm2", 29),
        ("fsrs-new-sched.apkg", "fsrs", 29),
        ("fsrs-legacy.colpkg", "fsrs", 29),
        ("genanki-0.13.1.apkg", "genanki-0.13.1", 0),
        ("hand-anki2-sched.apkg", "hand-anki2-sched", 1),
        ("hand-anki21-sched.apkg", "hand-anki21-sched", 1),
        ("hand-anki2-fsrs-sched.apkg", "hand-anki2-fsrs-sched", 1),
        ("hand-script-in-field.apkg", "hand-script-in-field", 1),
    ] {
        let world = World::new();
        imported(&world, &sample(file));
        let expected = expected(&format!("{says}.expected.json"));
        let cards = cards(&world);
        let wanted = expected["cards"].as_array().unwrap();
        assert_eq!(cards.len(), wanted.len(), "{file}");
        let notes = expected["notes"].as_array().unwrap();
        let mut kept = 0;
        for card in wanted {
            let key = format!("{}:{}", card["guid"].as_str().unwrap(), card["ord"]);
            let (id, entry) = &cards[&key];
            let note = notes.iter().find(|note| note["id"] == card["note"]).unwrap();
            let tags = entry.get("tags").and_then(toml::Value::as_array).cloned().unwrap_or_default();
            for tag in note["tags"].as_array().unwrap() {
                assert!(tags.iter().any(|there| there.as_str() == tag.as_str()), "{file} {id}: {tag}");
            }
            let here = world.card(id);
            let due = card["due_date"].as_str().map(|due| &due[..10]);
            assert_eq!(here["due"].as_str(), due, "{file} {id}");
            kept += usize::from(card["type"] == "review" && due.is_some());
            assert_eq!(here["suspended"], card["queue"] == "suspended", "{file} {id}");
            assert_eq!(here["flagged"], card["flag"] != 0, "{file} {id}");
            let reviews = here["reviews"].as_array().unwrap().iter().map(|review| {
                let at = chrono::DateTime::parse_from_rfc3339(review["at"].as_str().unwrap()).unwrap();
                let took_ms = (review["took_s"].as_f64().unwrap() * 1000.0).round() as i64;
                (at.timestamp_millis(), review["quality"].as_i64().unwrap(), took_ms)
            });
            assert_eq!(reviews.collect::<Vec<_>>(), answers(&expected, card), "{file} {id}");
        }
        assert_eq!(kept, due_days, "{file}");
        world.assert_sound();
        let checked = world.ok(&["deck", "check"]);
        assert!(checked.contains("sound"), "{checked}");
    }
}

#[test]
fn what_a_card_says_reads_well() {
    let world = World::new();
    let out = imported(&world, &sample("sm2-new.colpkg"));
    for said in [
        "sm2-new.colpkg is an Anki package of the new layout: 34 cards, 281 answers",
        "31 entries came in, in the deck sm2-new (",
        "281 answers came in as history; 32 cards keep their due days; 2 cards came in suspended; 1 card came in flagged",
        "left out: pictures, which --media DIR copies: cache-aside.png (1)",
        "left out: changes of due days by hand, which are no answers (4)",
        "sysdrill undo --import takes all of this back",
    ] {
        assert!(out.contains(said), "{said} is not in {out}");
    }
    let cards = cards(&world);
    let says = |key: &str, part: &str| cards[key].1[part].as_str().unwrap().to_owned();
    let texts = [
        ("tNz`TSPy[d:0", "answer", "```sql\nSELECT * FROM t WHERE id = 1 AND n < 5 FOR UPDATE;\n```"),
        ("K6G,ic|xm:0", "answer", "| SQL | NoSQL |\n| --- | --- |\n| joins | scale out |"),
        ("FQQ@f%O-rG:0", "answer", "1. Atomicity\n2. Consistency\n3. Isolation\n4. Durability"),
        ("lvursHTUkR:0", "ask", "Which cache strategy loads on a miss?\n(picture: cache-aside.png)"),
        ("lvursHTUkR:0", "answer", "**Cache-aside** (lazy loading)"),
        ("HV{]HuzrjJ:0", "ask", "L1 cache reference"),
        ("HV{]HuzrjJ:1", "ask", "0.5 ns"),
        ("HV{]HuzrjJ:1", "answer", "L1 cache reference"),
        ("u:a0,D8[:v:0", "answer", "5.8k QPS"),
        ("P{];~u-LBY:1", "why", "see Dynamo"),
        (
            "P{];~u-LBY:0",
            "text",
            "A {{c1::consistent hash ring}} moves only {{c2::K/n::how many?}} keys; virtual nodes {{c1::even the load}}.",
        ),
        ("Km=V@We2RO:2", "text", "Quorum: {{c1::\\(W + R > N\\)}}, e.g. {{c2::2}}+{{c2::2}} > {{c3::3}}"),
        ("o(0{Ge=&Ea:0", "ask", "日本語・émoji 🚀 \"quotes\" 'single' & < >"),
        ("o(0{Ge=&Ea:0", "answer", "tab here; pipe|semi;colon, comma\nline two"),
    ];
    for (key, part, text) in texts {
        assert_eq!(says(key, part).trim(), text, "{key}");
    }
    let script = World::new();
    imported(&script, &sample("hand-script-in-field.apkg"));
    let text = fs::read_to_string(decks(&script).pop().unwrap()).unwrap();
    assert!(text.contains("**bold**") && !text.contains("alert"), "{text}");
    // A tag is as it was, and cards are found by it.
    let tagged = world.json(&["list", "--tag", "theory::cap", "--json"]);
    assert_eq!(tagged["cards"].as_array().unwrap().len(), 1);
    let of_deck = world.json(&["list", "--tag", "SysDesign::Databases", "--json"]);
    assert_eq!(of_deck["cards"].as_array().unwrap().len(), 3);
}

#[test]
fn a_dry_run_shows_three_cards_and_writes_nothing() {
    let world = World::new();
    world.ok(&["due"]);
    let before = snapshot(&world.path("config"));
    let ran = import(&world, &sample("sm2-new.colpkg"), &["--dry-run"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("31 entries would come in") && ran.out.contains("32 cards would keep"), "{}", ran.out);
    assert_eq!(ran.out.matches("\n  ? ").count(), 4, "three cards, one of two lines: {}", ran.out);
    assert!(ran.out.contains("nothing was written"), "{}", ran.out);
    assert_eq!(snapshot(&world.path("config")), before);
    assert_eq!(world.ok(&["export"]).lines().count(), 2, "the log is empty");
}

#[test]
fn a_second_import_brings_nothing_and_progress_here_stands() {
    let world = World::new();
    imported(&world, &sample("sm2-new-nosched.apkg"));
    // Later the same deck comes with its progress, in the layout before.
    let out = imported(&world, &sample("sm2-legacy-sched.apkg"));
    for said in [
        "281 answers came in as history; 32 cards keep their due days; 2 cards came in suspended; 1 card came in flagged",
        "3 entries changed as they were changed there",
        "28 entries are there already",
    ] {
        assert!(out.contains(said), "{said} is not in {out}");
    }
    assert_eq!(decks(&world).len(), 1, "a card is known by its origin");
    let card = &cards(&world)["AUXJ]9(Sd:0"].0;
    assert_eq!(world.card(card)["due"], "2026-12-05");
    let out = imported(&world, &sample("sm2-new.colpkg"));
    assert!(out.contains("nothing is new"), "{out}");
    // Answered here, it goes its own way.
    let mut talk = world.talk(&["review", "--json", "--deck", "sm2-new-nosched", "--now", "2026-12-05T09:00:00Z"]);
    while talk.answer_next(grade(5)) {}
    talk.end();
    let before = world.card(card);
    assert_eq!(before["interval_days"], 68, "34 days by the easiness 2.00 that Anki had");
    let out = imported(&world, &sample("sm2-new.colpkg"));
    assert!(out.contains("nothing is new"), "{out}");
    assert_eq!(world.card(card), before);
    world.assert_sound();
}

#[test]
fn undo_takes_the_import_back_and_plain_undo_does_not() {
    let world = World::with_deck(&crate::harness::recall("a"));
    world.ok(&["flag", "mine/a", "--now", "2026-11-29T21:00:00Z"]);
    let before = snapshot(&world.path("config"));
    let log = world.ok(&["export"]);
    imported(&world, &sample("sm2-new.colpkg"));
    let err = world.fails(1, &["undo"]);
    assert!(err.contains("the import of sm2-new.colpkg: sysdrill undo --import takes it back"), "{err}");
    let out = world.ok(&[&["undo", "--import"][..], &NOW].concat());
    assert!(out.contains("31 entries and 281 answers count no more") && out.contains("removed "), "{out}");
    assert_eq!(snapshot(&world.path("config")), before);
    let state = |text: &str| text.lines().filter(|line| line.starts_with("{\"state\"")).count();
    assert_eq!(state(&world.ok(&["export"])), state(&log), "no card of it is scheduled any more");
    assert!(world.ok(&["undo", "--import"]).contains("there is no import to take back"));
    assert!(world.ok(&["undo"]).contains("took back the flag on mine/a"), "what came before is within reach again");
    // It comes again; a comment in its file is of no use without its cards, and an edited card stays.
    imported(&world, &sample("sm2-new.colpkg"));
    let card = &cards(&world)["AUXJ]9(Sd:0"].0;
    assert_eq!(world.card(card)["due"], "2026-12-05");
    let file = world.path("config/decks/sm2-new.toml");
    let text = fs::read_to_string(&file).unwrap();
    let edited = text.replace("Consistency, Availability, Partition tolerance", "C, A and P");
    assert_ne!(edited, text);
    fs::write(&file, edited + "# mine\n").unwrap();
    let out = world.ok(&[&["undo", "--import"][..], &NOW].concat());
    assert!(
        out.contains("took 30 entries out of ") && out.contains("you changed sm2-new/what-does-cap-stand-for"),
        "{out}"
    );
    let left = fs::read_to_string(&file).unwrap();
    assert!(left.contains("C, A and P") && left.matches("[[").count() == 1 && left.ends_with("# mine\n"), "{left}");
    world.assert_sound();
}

#[test]
fn an_import_is_taken_out_of_a_deck_that_was_renamed_or_split_since() {
    let world = World::new();
    imported(&world, &sample("sm2-new.colpkg"));
    world.ok(&[&["deck", "rename", "sm2-new", "mine"][..], &NOW].concat());
    assert!(!world.path("config/decks/sm2-new.toml").exists());
    let out = world.ok(&[&["undo", "--import"][..], &NOW].concat());
    assert!(out.contains("31 entries and 281 answers count no more"), "{out}");
    assert!(out.contains("removed ") && out.contains("mine.toml") && decks(&world).is_empty(), "{out}");

    // A folder of files, with a card of one's own in it.
    imported(&world, &sample("sm2-new.colpkg"));
    let text = fs::read_to_string(world.path("config/decks/sm2-new.toml")).unwrap();
    fs::remove_file(world.path("config/decks/sm2-new.toml")).unwrap();
    let (head, cards) = text.split_once("[[").unwrap();
    world.deck("all/deck.toml", format!("{head}\n{}", crate::harness::recall("own")));
    world.deck("all/cards.toml", format!("[[{cards}"));
    world.ok(&[&["add", "One more?", "Yes", "--deck", "sm2-new"][..], &NOW].concat());
    let out = world.ok(&[&["undo", "--import"][..], &NOW].concat());
    assert!(out.contains("removed ") && out.contains("cards.toml"), "{out}");
    assert!(world.path("config/decks/all/added.toml").exists() && !world.path("config/decks/all/cards.toml").exists());
    assert!(world.ok(&["deck", "check"]).contains("with 2 cards"));
    world.assert_sound();
}

#[test]
fn the_ids_of_imported_cards_give_no_answer_away() {
    let world = World::new();
    imported(&world, &sample("sm2-new.colpkg"));
    let text = fs::read_to_string(world.path("config/decks/sm2-new.toml")).unwrap();
    for (id, said) in [
        ("a-moves-only-keys-virtual-nodes", "A {{c1::consistent hash ring}} moves only"),
        ("quorum-e-g", r"Quorum: {{c1::\(W + R > N\)}}"),
        ("which-cache-strategy-loads-on-a-miss", "(picture: cache-aside.png)"),
    ] {
        let card = text.split("\n[[").find(|card| card.contains(said)).unwrap();
        assert!(card.contains(&format!("id = \"{id}\"\n")), "{card}");
    }
}

#[test]
fn a_deck_in_markdown_is_not_added_to() {
    let world = World::new();
    world.deck("mine.md", "Q: What is a quorum?\nA: More than half.\n");
    let before = snapshot(&world.path("config"));
    let ran = import(&world, &sample("hand-anki2-sched.apkg"), &["--deck", "mine"]);
    assert!(ran.code == 1 && ran.err.contains("in Markdown has the name 'mine'"), "{}{}", ran.out, ran.err);
    assert_eq!(snapshot(&world.path("config")), before);
}

#[test]
fn pictures_are_copied_where_that_is_asked_and_cards_say_where() {
    let world = World::new();
    for layout in ["sm2-new.colpkg", "sm2-legacy-sched.apkg"] {
        let folder = world.path(layout).with_extension("media");
        let ran = import(&world, &sample(layout), &["--media", folder.to_str().unwrap()]);
        assert!(ran.code == 0 && ran.out.contains("1 picture copied to"), "{}{}", ran.out, ran.err);
        assert!(fs::read(folder.join("cache-aside.png")).unwrap().starts_with(b"\x89PNG"), "{layout}");
        let says = cards(&world)["lvursHTUkR:0"].1["ask"].as_str().unwrap().to_owned();
        assert!(says.contains(&format!("(picture: {})", folder.join("cache-aside.png").display())), "{says}");
    }
}

#[test]
fn a_kill_between_the_file_and_the_rows_leaves_what_the_next_run_completes() {
    let world = World::new();
    world.ok(&["due"]);
    // Another program is writing: the rows wait, while the file of cards is there.
    let other = world.sql();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let file = sample("sm2-new.colpkg");
    let args = [&["import", file.to_str().unwrap()][..], &NOW].concat();
    let mut child =
        world.command(&args).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let deck = world.path("config/decks/sm2-new.toml");
    let began = Instant::now();
    while !deck.exists() && began.elapsed() < Duration::from_secs(30) {
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    drop(other);
    let text = fs::read_to_string(&deck).expect("the file of cards was written first");
    let card = &cards(&world)["AUXJ]9(Sd:0"].0;
    assert!(world.card(card)["due"].is_null(), "no row of it came in");
    let out = imported(&world, &file);
    assert!(out.contains("281 answers came in") && out.contains("31 entries are there already"), "{out}");
    assert_eq!(fs::read_to_string(&deck).unwrap(), text);
    assert_eq!(world.card(card)["due"], "2026-12-05");
    // The file is the import's own, though another run wrote it.
    assert!(world.ok(&[&["undo", "--import"][..], &NOW].concat()).contains("removed "));
    assert!(!deck.exists());
    world.assert_sound();
}

/// A package like this one with some of its files changed: `change` gives what is to stand in each.
fn package(of: &str, change: impl Fn(&str, Vec<u8>) -> Option<Vec<u8>>, more: &[(&str, &[u8])]) -> Vec<u8> {
    let mut from = ZipArchive::new(Cursor::new(fs::read(sample(of)).unwrap())).unwrap();
    let mut to = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for at in 0..from.len() {
        let mut file = from.by_index(at).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        if let Some(bytes) = change(&name, bytes) {
            to.start_file(&name, options).unwrap();
            to.write_all(&bytes).unwrap();
        }
    }
    for (name, bytes) in more {
        to.start_file(*name, options).unwrap();
        to.write_all(bytes).unwrap();
    }
    to.finish().unwrap().into_inner()
}

/// A collection of schema 11 that was changed with SQL, in a package.
fn collection(sql: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    package(
        "hand-anki2-sched.apkg",
        |name, bytes| {
            if name != "collection.anki2" {
                return Some(bytes);
            }
            let path = folder.path().join("a.db");
            fs::write(&path, bytes).unwrap();
            rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
            Some(fs::read(&path).unwrap())
        },
        &[],
    )
}

#[test]
fn what_no_anki_wrote_is_refused_in_words_and_nothing_is_done() {
    let whole = fs::read(sample("sm2-new.colpkg")).unwrap();
    let bomb = vec![0u8; 300 << 20];
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("no table", fs::read(sample("hand-bad-no-graves.apkg")).unwrap(), "has no table 'graves'"),
        ("too new", fs::read(sample("hand-bad-too-new.apkg")).unwrap(), "of a newer Anki (form 9)"),
        ("climbs", fs::read(sample("hand-bad-zipslip.apkg")).unwrap(), "'../../evil.txt', which would lie outside"),
        ("empty", package("sm2-new.colpkg", |_, _| None, &[]), "without an Anki collection"),
        ("a document", package("sm2-new.colpkg", |_, _| None, &[("a.xml", b"<a/>")]), "without an Anki collection"),
        (
            "only the stand-in",
            package("sm2-new.colpkg", |name, bytes| (name == "collection.anki2").then_some(bytes), &[]),
            "only the note that tells old programs to update",
        ),
        (
            "no collection",
            package("sm2-new.colpkg", |name, bytes| (name != "collection.anki21b").then_some(bytes), &[]),
            "has no collection.anki21b, though it says so",
        ),
        ("no zstd", package("sm2-new.colpkg", |_, _| Some(b"junk".to_vec()), &[]), "meta is damaged"),
        (
            "meta alone",
            package("sm2-new.colpkg", |name, bytes| Some(if name == "collection.anki21b" { b"junk".to_vec() } else { bytes }), &[]),
            "collection.anki21b in it was cut short or is damaged",
        ),
        (
            "an empty list",
            package("sm2-new.colpkg", |name, bytes| Some(if name == "media" { Vec::new() } else { bytes }), &[]),
            "the file media in it was cut short or is damaged",
        ),
        (
            "no database",
            package("hand-anki2-sched.apkg", |name, bytes| Some(if name == "media" { bytes } else { vec![7; 9000] }), &[]),
            "no SQLite database",
        ),
        (
            "a bomb",
            package("hand-anki2-sched.apkg", |name, bytes| Some(if name == "media" { bytes } else { bomb.clone() }), &[]),
            "unpacks to more than 256 MiB",
        ),
        ("schema 12", collection("UPDATE col SET ver = 12"), "(schema 12): open it in Anki and export it again"),
        ("schema 19", collection("UPDATE col SET ver = 19"), "of a newer Anki (schema 19)"),
        ("schema 3", collection("UPDATE col SET ver = 3"), "of a very old Anki (schema 3)"),
        ("broken JSON", collection("UPDATE col SET models = '{'"), "note types of its collection are damaged"),
        (
            "a view",
            collection(
                "ALTER TABLE notes RENAME TO n; CREATE VIEW notes AS WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x FROM r)
                 SELECT n.* FROM n, r",
            ),
            "'notes' in its collection is no plain table",
        ),
        ("cut in its middle", whole[..whole.len() / 2].to_vec(), "cut short or is damaged"),
        ("cut at its end", whole[..whole.len() - 1].to_vec(), "cut short or is damaged"),
        ("only its head", whole[..4].to_vec(), "cut short or is damaged"),
    ];
    let world = World::new();
    world.ok(&["due"]);
    let before = snapshot(&world.path("config"));
    for (what, bytes, said) in cases {
        let file = world.path("bad.apkg");
        fs::write(&file, bytes).unwrap();
        let began = Instant::now();
        let ran = import(&world, &file, &[]);
        assert!(ran.code == 1 && ran.err.contains(said), "{what}: {}{}", ran.out, ran.err);
        assert!(began.elapsed() < Duration::from_secs(20), "{what}: {:?}", began.elapsed());
        assert_eq!(snapshot(&world.path("config")), before, "{what}");
    }
    assert_eq!(world.ok(&["export"]).lines().count(), 2, "the log is empty");
}

#[test]
fn a_package_that_was_cut_anywhere_is_refused() {
    let world = World::new();
    let whole = fs::read(sample("hand-anki21-sched.apkg")).unwrap();
    for length in (1..whole.len()).step_by(97) {
        let file = world.path("cut.apkg");
        fs::write(&file, &whole[..length]).unwrap();
        let ran = import(&world, &file, &[]);
        assert_eq!(ran.code, 1, "{length} of {} bytes: {}", whole.len(), ran.out);
    }
    assert!(decks(&world).is_empty());
}

#[test]
fn odd_numbers_and_deep_html_come_in_or_stay_out_but_never_stop_an_import() {
    let deep = "<div><b><ul><li>".repeat(50_000);
    let occlusion = "UPDATE notes SET flds = '{{c1::image-occlusion:rect:left=.1}}' || char(31) || '<img src=a.png>';
                     UPDATE col SET models = replace(replace(models, '\"type\":0', '\"type\":1'), '\"type\": 0', '\"type\": 1')";
    for (what, sql, cards) in [
        ("deep", format!("UPDATE notes SET flds = '{deep}Q' || char(31) || 'A'"), 1),
        ("no answer", "UPDATE notes SET flds = 'Q' || char(31) || ''".to_owned(), 0),
        ("numbers", "UPDATE cards SET due = 9223372036854775807, ivl = -5, factor = -1".to_owned(), 1),
        ("a time", "UPDATE revlog SET id = 9223372036854775807 WHERE id = (SELECT max(id) FROM revlog)".to_owned(), 1),
        ("bytes", "UPDATE notes SET flds = CAST(x'51FF1F41FE' AS TEXT)".to_owned(), 1),
        ("occlusion", occlusion.to_owned(), 0),
        ("no model", "UPDATE notes SET mid = 5".to_owned(), 0),
        ("no template", "UPDATE cards SET ord = 77".to_owned(), 0),
        ("controls", "UPDATE notes SET flds = 'Q' || char(27) || '[2J' || char(31) || 'A' || char(7)".to_owned(), 1),
    ] {
        let world = World::new();
        let file = world.path("odd.apkg");
        fs::write(&file, collection(&sql)).unwrap();
        let ran = import(&world, &file, &[]);
        assert_eq!(ran.code, 0, "{what}: {}{}", ran.out, ran.err);
        assert!(!ran.out.contains('\u{1b}'), "{what}");
        let there = if decks(&world).is_empty() { 0 } else { self::cards(&world).len() };
        assert_eq!(there, cards, "{what}: {}", ran.out);
        if cards == 0 {
            assert!(ran.out.contains("left out: "), "{what}: {}", ran.out);
        }
        world.assert_sound();
    }
}
