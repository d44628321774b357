//! What hashcards, repeater and Obsidian know of cards in Markdown: taken into the log, where the Markdown is a deck here, and
//! with copies of the cards, where it is not.

use crate::harness::World;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const NOW: &str = "2026-11-30T12:00:00Z";

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/deck/markdown/samples")
}

/// Copies the folder of hashcards, with its database, to a place.
fn hashcards_at(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    for file in ["Caching.md", "Latency.md"] {
        fs::copy(samples().join("hashcards").join(file), folder.join(file)).unwrap();
    }
    let database = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/samples/hashcards.db");
    fs::copy(database, folder.join("hashcards.db")).unwrap();
}

fn import(world: &World, file: &Path) -> String {
    world.ok(&["--now", NOW, "import", file.to_str().unwrap()])
}

/// The due day of each question of decks; none for a new card.
fn due(world: &World, decks: &[&str]) -> BTreeMap<String, Option<String>> {
    let mut due = BTreeMap::new();
    for deck in decks {
        for card in world.json(&["--now", NOW, "list", "--json", deck])["cards"].as_array().unwrap() {
            due.insert(card["question"].as_str().unwrap().to_owned(), card["due"].as_str().map(str::to_owned));
        }
    }
    due
}

/// The same by hashcards' own export.
fn expected() -> BTreeMap<String, Option<String>> {
    let export: Value =
        serde_json::from_str(&fs::read_to_string(samples().join("hashcards.expected.json")).unwrap()).unwrap();
    let question = |content: &Value| match &content["basic"] {
        Value::Null => {
            let cloze = &content["cloze"];
            let at = |key: &str| usize::try_from(cloze[key].as_u64().unwrap()).unwrap();
            let text = cloze["text"].as_str().unwrap();
            format!("{}[...]{}", &text[..at("start")], &text[at("end") + 1..])
        }
        basic => basic["question"].as_str().unwrap().to_owned(),
    };
    let due = |card: &Value| card["performance"]["dueDate"].as_str().map(str::to_owned);
    export["cards"].as_array().unwrap().iter().map(|card| (question(&card["content"]), due(card))).collect()
}

/// The answers in the log: when, and how each went.
fn answers(world: &World) -> Vec<(String, u64)> {
    let export = world.ok(&["export"]);
    let reviews = export.lines().filter_map(|line| serde_json::from_str::<Value>(line).unwrap().get("review").cloned());
    let mut answers: Vec<(String, u64)> = reviews
        .map(|review| {
            let at = chrono::DateTime::from_timestamp_millis(review["at"].as_i64().unwrap()).unwrap();
            (at.format("%Y-%m-%dT%H:%M:%S%.3f").to_string(), review["quality"].as_u64().unwrap())
        })
        .collect();
    answers.sort();
    answers
}

fn expected_answers() -> Vec<(String, u64)> {
    let export: Value =
        serde_json::from_str(&fs::read_to_string(samples().join("hashcards.expected.json")).unwrap()).unwrap();
    let mut answers = Vec::new();
    for review in
        export["sessions"].as_array().unwrap().iter().flat_map(|session| session["reviews"].as_array().unwrap())
    {
        let quality = match review["grade"].as_str().unwrap() {
            "Forgot" => 1,
            "Hard" => 3,
            "Good" => 4,
            "Easy" => 5,
            other => panic!("{other}"),
        };
        answers.push((review["reviewedAt"].as_str().unwrap().to_owned(), quality));
    }
    answers.sort();
    answers
}

#[test]
fn a_folder_of_hashcards_among_the_decks_is_reviewed_as_it_is_and_gets_its_history() {
    let world = World::new();
    let folder = world.path("config/decks/hashcards");
    hashcards_at(&folder);
    let before = fs::read_to_string(folder.join("Caching.md")).unwrap();
    let said = import(&world, &folder);
    assert!(said.contains("13 cards, 20 answers") && said.contains("20 answers came in as history"), "{said}");
    assert!(!said.contains("copies"), "{said}");
    assert_eq!(due(&world, &["system-design", "hashcards-latency"]), expected());
    assert_eq!(answers(&world), expected_answers());
    // Nothing is written but the log, and what came once does not come again, however it is given.
    let decks = fs::read_dir(world.path("config/decks")).unwrap().count();
    assert_eq!((decks, fs::read_to_string(folder.join("Caching.md")).unwrap()), (1, before));
    for again in [folder.clone(), folder.join("hashcards.db"), samples().join("hashcards.expected.json")] {
        let said = import(&world, &again);
        assert!(said.contains("nothing is new"), "{}: {said}", again.display());
    }
    let said = world.ok(&["--now", NOW, "undo", "--import"]);
    assert!(said.contains("20 answers count no more"), "{said}");
    assert!(due(&world, &["system-design"]).values().all(Option::is_none));
    world.assert_sound();
}

#[test]
fn what_hashcards_and_obsidian_know_of_a_card_goes_on_when_it_is_reworded() {
    let world = World::new();
    let folder = world.path("config/decks/hashcards");
    hashcards_at(&folder);
    world.deck("vault/n.md", "#flashcards\n\nWhich lock does it need?::FOR UPDATE\n<!--SR:!2027-01-09,41,270-->\n");
    import(&world, &folder);
    import(&world, &world.path("config/decks/vault"));
    let reword = |name: &str, from: &str, to: &str| {
        let text = fs::read_to_string(world.path("config/decks").join(name)).unwrap();
        assert!(text.contains(from), "{text}");
        world.deck(name, text.replace(from, to));
    };
    let was = due(&world, &["system-design", "n"]);
    reword("hashcards/Caching.md", "loads on a miss", "loads upon a miss");
    reword("vault/n.md", "Which lock does it need", "Which lock does SKIP LOCKED need");
    let is = due(&world, &["system-design", "n"]);
    for (from, to) in [
        ("Which cache strategy loads on a miss?", "Which cache strategy loads upon a miss?"),
        ("Which lock does it need?", "Which lock does SKIP LOCKED need?"),
    ] {
        assert!(was[from].is_some() && is[to] == was[from], "{to}: {is:?}");
    }
    // What came once does not come again.
    import(&world, &folder);
    assert_eq!(due(&world, &["system-design", "n"]), is);
    world.assert_sound();
}

#[test]
fn elsewhere_such_a_folder_and_its_export_come_in_as_copies_with_their_history() {
    let world = World::new();
    let folder = world.path("hashcards");
    hashcards_at(&folder);
    for file in [folder.clone(), samples().join("hashcards.expected.json")] {
        let world = World::new();
        let said = import(&world, &file);
        assert!(said.contains("9 entries came in") && said.contains("20 answers came in as history"), "{said}");
        assert_eq!(said.contains("--decks"), file == folder, "{said}");
        let deck = if file == folder { "hashcards" } else { "hashcards-expected" };
        assert_eq!(due(&world, &[deck]), expected());
        assert_eq!(answers(&world), expected_answers());
        world.ok(&["--now", NOW, "undo", "--import"]);
        assert_eq!(fs::read_dir(world.path("config/decks")).unwrap().count(), 0);
        world.assert_sound();
    }
}

#[test]
fn pictures_of_copies_are_copied_and_the_cards_say_where_they_are() {
    let world = World::new();
    let (folder, media) = (world.path("hashcards"), world.path("pictures"));
    hashcards_at(&folder);
    fs::write(folder.join("ring.png"), "a ring").unwrap();
    let said = world.ok(&["--now", NOW, "import", folder.to_str().unwrap(), "--media", media.to_str().unwrap()]);
    assert!(said.contains("1 picture copied to "), "{said}");
    assert_eq!(fs::read_to_string(media.join("ring.png")).unwrap(), "a ring");
    let deck = fs::read_to_string(world.path("config/decks/hashcards.toml")).unwrap();
    let place = format!("(picture: {})", media.join("ring.png").display());
    assert!(deck.contains(&place) && !deck.contains("![ring]"), "{deck}");
    assert_eq!(answers(&world), expected_answers());
}

#[test]
fn times_without_a_zone_are_the_learners() {
    let world = World::new();
    let folder = world.path("config/decks/hashcards");
    hashcards_at(&folder);
    world.ok(&["--now", "2026-11-30T12:00:00-08:00", "import", folder.to_str().unwrap()]);
    // In Los Angeles it was 19:00 when in London it was three at night.
    assert!(answers(&world).iter().all(|(at, _)| at[11..].starts_with("03:00:0")), "{:?}", answers(&world));
    let due: Vec<_> = due(&world, &["system-design"]).into_values().flatten().collect();
    assert!(due.contains(&"2026-11-18".to_owned()), "{due:?}");
}

#[test]
fn repeaters_database_says_how_cards_stand() {
    let world = World::new();
    let notes = "Some notes.\n\nQ: What is  a quorum?\nA: A majority.\n\n---\n\nC: R + [W] > [N]\n";
    world.deck("quorum.md", notes);
    let database = world.path("repeater/cards.db");
    fs::create_dir_all(world.path("repeater")).unwrap();
    let sqlite = rusqlite::Connection::open(&database).unwrap();
    let hash = |text: &str| blake3::hash(text.as_bytes()).to_hex().to_string();
    let rows = [
        (hash("q: what is a quorum? a: a majority."), "2026-12-09T08:00:00+00:00"),
        (hash("c: r + [w] > [n]"), "2026-12-10T08:00:00+00:00"),
        (hash("c: r + [w] > [n]\0cloze1"), "2026-12-11T08:00:00+00:00"),
        (hash("of a card that is gone"), "2026-12-12T08:00:00+00:00"),
    ];
    sqlite
        .execute_batch(
            "CREATE TABLE cards (card_hash TEXT PRIMARY KEY, added_at TEXT, last_reviewed_at TEXT, stability REAL, difficulty REAL,
                 interval_raw REAL, interval_days INTEGER, due_date TEXT, review_count INTEGER)",
        )
        .unwrap();
    for (hash, due) in rows {
        let sql = "INSERT INTO cards VALUES (?1, 'x', '2026-11-20T08:00:00+00:00', 9, 5, 9, 9, ?2, 3)";
        sqlite.execute(sql, [hash, due.to_owned()]).unwrap();
    }
    drop(sqlite);
    // The database lies where the program keeps it, and the cards are among the decks.
    let said = import(&world, &database);
    assert!(said.contains("cards of its database that are in none of the files any more (1)"), "{said}");
    let due: Vec<_> = due(&world, &["quorum"]).into_values().flatten().collect();
    assert_eq!(due, ["2026-12-11", "2026-12-10", "2026-12-09"]);
    let alone = World::new();
    let said = alone.fails(1, &["--now", NOW, "import", database.to_str().unwrap()]);
    assert!(said.contains("there is no Markdown with its cards beside it"), "{said}");
}

#[test]
fn schedules_of_a_vault_are_where_its_cards_go_on_from() {
    let vault = samples().join("obsidian");
    let expected = [
        ("500 µs", Some("2026-12-05")),
        ("RTT in a datacenter", Some("2026-12-02")),
        ("Latency of L1?", Some("2026-12-20")),
        ("The [...] rule is W + R > N.", Some("2026-12-11")),
        ("The quorum rule is [...].", Some("2026-12-12")),
        ("crlf q", Some("2026-12-20")),
        ("fsrs q", Some("2026-12-20")),
        ("Term", None),
    ];
    for is_deck in [false, true] {
        let world = World::new();
        let (folder, decks) = match is_deck {
            true => (world.path("config/decks/vault"), vec!["system-design", "crlf"]),
            false => (world.path("vault"), vec!["vault"]),
        };
        fs::create_dir_all(&folder).unwrap();
        for file in ["System Design.md", "crlf.md"] {
            fs::copy(vault.join(file), folder.join(file)).unwrap();
        }
        let said = import(&world, &folder);
        assert!(said.contains("14 cards, 0 answers"), "{said}");
        let found = due(&world, &decks);
        assert_eq!(found.len(), 14, "{found:?}");
        for (question, due) in expected {
            assert_eq!(found[question].as_deref(), due, "{question}");
        }
        assert!(import(&world, &folder).contains("nothing is new"));
    }
}

#[test]
fn what_cannot_be_read_is_refused_or_named() {
    let world = World::new();
    let write = |name: &str, text: &str| {
        let path = world.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
    };
    write("prose/readme.md", "# Title\n\nProse with std::vector in it.\n\n| a::b | c |\n|---|---|\n| d::e | f |\n");
    write("broken/good.md", "Q: a\nA: b\n");
    write("broken/bad.md", "Q: c\n\nQ: d\nA: e\n");
    write("damaged/cards.md", "Q: a\nA: b\n");
    write("damaged/hashcards.db", "SQLite format 3\0 and nothing of one");
    write("open/cards.md", "Q: a\nA: b\n");
    write("open/hashcards.db", "");
    write("open/hashcards.db-wal", "something");
    for (folder, said) in [
        ("prose", "it has no card that can be told"),
        ("damaged", "its database is"),
        ("open", "its program is at work"),
    ] {
        let error = world.fails(1, &["--now", NOW, "import", world.path(folder).to_str().unwrap()]);
        assert!(error.contains(said), "{folder}: {error}");
    }
    let said = import(&world, &world.path("broken"));
    assert!(said.contains("1 entry came in") && said.contains("files that cannot be read: bad.md:1"), "{said}");
}
