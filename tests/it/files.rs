//! Files, settings, arguments: what is wrong is said, and nothing is touched.

use crate::harness::{World, grade, recall, snapshot};
use rusqlite::Connection;
use rusqlite::types::Value;
use serde_json::json;
use std::fs;
use std::path::Path;

#[test]
fn a_file_that_is_not_ours_is_left_as_it_is() {
    let foreign = |world: &World| {
        fs::create_dir_all(world.db().parent().unwrap()).unwrap();
        world.sql().execute_batch("PRAGMA journal_mode = wal; CREATE TABLE t (a); INSERT INTO t VALUES (1)").unwrap();
    };
    let newer = |world: &World| {
        world.ok(&["due"]);
        world.sql().execute_batch("PRAGMA user_version = 99").unwrap();
    };
    let text = |world: &World| {
        fs::create_dir_all(world.db().parent().unwrap()).unwrap();
        fs::write(world.db(), "a letter to my landlord").unwrap();
    };
    let folder = |world: &World| fs::create_dir_all(world.db()).unwrap();
    type Spoil<'a> = &'a dyn Fn(&World);
    let cases: [(Spoil, &str); 4] = [
        (&foreign, "is the database of another program"),
        (&newer, "was written by a newer sysdrill (schema 99, this version knows 7)"),
        (&text, "is no SQLite database"),
        (&folder, "is a folder"),
    ];
    for (spoil, said) in cases {
        let world = World::new();
        spoil(&world);
        let before = snapshot(&world.path("data"));
        for command in [&["due"][..], &["review", "--json"], &["undo"], &["card", "latency/l1-hit"]] {
            let err = world.fails(1, command);
            assert!(err.contains(said), "{command:?}: {err}");
        }
        assert_eq!(snapshot(&world.path("data")), before, "{said}");
    }
}

/// What is no deck, or far too much of one, takes neither memory nor time.
#[cfg(unix)]
#[test]
fn a_deck_folder_may_have_anything_in_it() {
    use std::os::unix::fs::symlink;
    let world = World::with_deck(&recall("a"));
    let decks = world.path("config/decks");
    fs::File::create(decks.join("huge.toml")).unwrap().set_len(100_000_000).unwrap();
    symlink("loop.toml", decks.join("loop.toml")).unwrap();
    symlink(".", decks.join("folder")).unwrap();
    symlink("/dev/zero", decks.join("zero.toml")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(decks.join("pipe.toml")).status().unwrap().success());
    let many: String =
        (0..20_000).map(|n| format!("[[recall]]\nid = \"c{n}\"\nask = \"q{n}?\"\nanswer = \"a\"\n")).collect();
    world.deck("many.toml", format!("[deck]\nname = \"many\"\ntitle = \"Many\"\n{many}"));
    let began = std::time::Instant::now();
    let ran = world.run(&["due"]);
    assert_eq!(ran.code, 0);
    assert!(ran.err.contains("huge.toml: cannot be read: a deck file may have 8 MiB"), "{}", ran.err);
    assert_eq!(world.run(&["deck", "check"]).code, 1);
    assert!(began.elapsed() < std::time::Duration::from_secs(20), "{:?}", began.elapsed());
}

#[cfg(unix)]
#[test]
fn files_are_the_users_alone() {
    use std::os::unix::fs::PermissionsExt;
    let world = World::new();
    world.ok(&["due"]);
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&world.db()), 0o600);
    assert_eq!(mode(world.db().parent().unwrap()), 0o700);
}

#[test]
fn a_folder_that_cannot_be_made_is_explained() {
    let world = World::new();
    fs::write(world.path("plain"), "").unwrap();
    let db = world.path("plain/sysdrill.db");
    let err = world.fails(1, &["due", "--db", db.to_str().unwrap()]);
    assert!(err.contains("cannot open") && err.contains("plain/sysdrill.db"), "{err}");
}

#[test]
fn a_command_line_that_makes_no_sense_ends_with_2() {
    let world = World::new();
    for (args, said) in [
        (&["due", "--now", "yesterday"][..], "2026-11-21T09:00:00+01:00"),
        (&["frobnicate"], "frobnicate"),
        (&["review", "--kind", "poem"], "number"),
        (&["review", "--minutes", "1441"], "--minutes"),
        (&["due", "--rollover-hour", "24"], "from 0 to 23"),
        (&["review", "--json", "--seed", "9007199254740992"], "seed"),
        (&["review", "--limit", "0"], "limit"),
        (&["export", "--format", "pdf"], "jsonl"),
    ] {
        let err = world.fails(2, args);
        assert!(err.contains(said), "{args:?}: {err}");
    }
    let mut command = world.command(&["due"]);
    assert_eq!(command.env("SYSDRILL_NOW", "soon").output().unwrap().status.code(), Some(2));
    // What is said of it moves no cursor.
    for wicked in ["\u{1b}]0;x\u{7}", "\u{9b}31m", "a\u{202e}b", "a\u{200b}b"] {
        let err = world.fails(2, &["review", "--kind", wicked]);
        assert!(!err.contains(wicked) && err.contains("--kind"), "{err:?}");
    }
}

#[test]
fn a_variable_that_is_empty_is_not_set() {
    let world = World::new();
    let mut command = world.command(&["decks"]);
    command.env("SYSDRILL_DB", "").env("SYSDRILL_CONFIG", "").env("SYSDRILL_NOW", "");
    let output = command.env("XDG_DATA_HOME", "").env("NO_COLOR", "").output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && said.contains(".local/share/sysdrill/sysdrill.db"), "{said}");
}

#[test]
fn a_path_in_a_pipe_stays_whole() {
    let world = World::new();
    let folder = format!("{}/{}", "long-name-of-a-folder".repeat(4), "and with blanks in it ".repeat(4).trim());
    world.deck(&format!("{folder}/mine.toml"), "");
    world.deck("mine.toml", format!("[deck]\nname = \"mine\"\ntitle = \"Mine\"\n{}", recall("a")));
    let decks = world.path("config/decks").join(&folder);
    fs::rename(world.path("config/decks/mine.toml"), decks.join("mine.toml")).unwrap();
    let said = world.ok(&["card", "mine/a", "--decks", decks.to_str().unwrap()]);
    assert!(said.contains(decks.join("mine.toml").to_str().unwrap()), "{said}");
}

#[test]
fn settings_are_read_and_the_command_line_goes_first() {
    let world = World::with_deck(&recall("a"));
    let settings = "minutes = 5\nnew_per_day = 1\nrollover_hour = 0\nscale = \"full\"\ncolor = \"never\"\ndecks_off = [\"latency\"]\n";
    fs::write(world.path("config/config.toml"), settings).unwrap();
    let opening = |more: &[&str]| {
        let mut talk = world.talk(&[&["review", "--json", "--now", "2026-11-22T01:00:00Z"], more].concat());
        let opening = talk.event("session");
        talk.end();
        (opening["budget_s"].as_f64(), opening["new"].as_u64().unwrap(), opening["day"].as_str().unwrap().to_owned())
    };
    assert_eq!(opening(&[]), (Some(300.0), 1, "2026-11-22".to_owned()));
    let over = ["--minutes", "0", "--new", "7", "--rollover-hour", "4"];
    assert_eq!(opening(&over), (None, 7, "2026-11-21".to_owned()));
    let decks = world.json(&["decks", "--json"]);
    let latency = decks["decks"].as_array().unwrap().iter().find(|deck| deck["name"] == "latency").unwrap();
    assert_eq!(latency["off"], true);
}

#[test]
fn wrong_settings_name_what_is_known() {
    let world = World::new();
    for (settings, said) in [
        ("minuets = 5\n", "config.toml:1: there is no setting 'minuets': did you mean minutes?"),
        ("zzz = 5\n", "config.toml:1: there is no setting 'zzz': there are minutes, new_per_day"),
        ("\nscale = \"five\"\n", "config.toml:2: scale must be four or full, not \"five\""),
        ("# mine\n\nrollover_hour = 30\n", "config.toml:3: rollover_hour must be a whole number from 0 to 23, not 30"),
        ("minutes = \"long\"\n", "config.toml:1: minutes must be a whole number from 0 to 1440, not \"long\""),
        ("clock = true\nminutes = -1\n", "config.toml:2: minutes must be a whole number from 0 to 1440, not -1"),
        ("minutes = 1441\nplain = 1\n", "config.toml:2: plain must be true or false, not 1"),
        ("decks_off = \"latency\"\n", "config.toml:1: decks_off must be names of decks, not"),
        ("clock = true\nminutes = \n", "config.toml:2: "),
        ("[minutes]\nfive = 5\n", "config.toml:1: minutes must be a whole number from 0 to 1440"),
    ] {
        fs::write(world.path("config/config.toml"), settings).unwrap();
        let err = world.fails(1, &["due"]);
        assert!(err.contains("config.toml") && err.contains(said), "{settings}: {err}");
    }
}

#[test]
fn unknown_names_offer_the_nearest() {
    let world = World::with_deck(&recall("cache-stampede"));
    for (args, said) in [
        (&["card", "mine/cache-stampeed"][..], "did you mean mine/cache-stampede"),
        (&["card", "cache-stampede"], "mine/cache-stampede"),
        (&["suspend", "mine/cash-stampede"], "mine/cache-stampede"),
        (&["review", "--json", "--deck", "latncy"], "there is no deck 'latncy': did you mean latency?"),
        (&["due", "--without", "minne"], "mine"),
    ] {
        let err = world.fails(1, args);
        assert!(err.contains(said), "{args:?}: {err}");
    }
}

#[test]
fn a_setting_that_names_a_deck_that_is_gone_is_told_and_stops_nothing() {
    let world = World::with_deck(&recall("a"));
    fs::write(world.path("config/config.toml"), "decks_off = [\"gone\"]\n").unwrap();
    let ran = world.run(&["due"]);
    assert_eq!(ran.code, 0);
    assert!(ran.err.contains("config.toml: decks_off names 'gone'"), "{}", ran.err);
}

#[test]
fn due_counts_what_is_due() {
    let world = World::with_deck(&[recall("a"), recall("b")].concat());
    fs::write(world.path("config/config.toml"), "new_per_day = 10\n").unwrap();
    let mut talk = world.review("2026-11-21T09:00:00Z", &[]);
    talk.answer(grade(4));
    talk.answer(grade(4));
    talk.end();
    let at = |now: &'static str| ["due", "--now", now];
    assert_eq!(world.ok(&[&at("2026-11-21T10:00:00Z")[..], &["--short"]].concat()), "");
    assert_eq!(world.ok(&[&at("2026-11-22T10:00:00Z")[..], &["--short"]].concat()), "2\n");
    let due = world.json(&[&at("2026-11-22T10:00:00Z")[..], &["--json"]].concat());
    assert_eq!(due, serde_json::json!({"due": 2, "new": 10, "owed": 0, "by_deck": {"mine": 2}, "next_due": null}));
    let text = world.ok(&at("2026-11-21T10:00:00Z"));
    assert_eq!(text, "8 new\nnext on 2026-11-22\n");
}

#[test]
fn without_a_terminal_review_names_the_other_way() {
    let world = World::new();
    for args in [&["review"][..], &[]] {
        assert!(world.fails(1, args).contains("review --json"));
    }
}

#[test]
fn nothing_due_is_no_error_and_a_closed_pipe_neither() {
    let world = World::with_deck(&recall("a"));
    let mut talk = world.review("2026-11-21T09:00:00Z", &["--new", "0"]);
    assert_eq!(talk.event("session")["new"], 0);
    assert_eq!(talk.end()["answered"], 0);
    let mut child = world.command(&["decks"]).stdout(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
}

#[test]
fn every_command_explains_itself() {
    let world = World::new();
    for command in ["review", "due", "stats", "decks", "deck", "card", "undo", "suspend", "resume", "flag", "unflag"] {
        let help = world.ok(&[command, "--help"]);
        assert!(help.contains("Usage: sysdrill"), "{help}");
    }
    assert!(world.ok(&["--version"]).starts_with("sysdrill "));
}

/// A database of every released schema as its version left it.
const FROZEN: [(i64, &[u8]); 6] = [
    (1, include_bytes!("samples/v1.db")),
    (2, include_bytes!("samples/v2.db")),
    (3, include_bytes!("samples/v3.db")),
    (4, include_bytes!("samples/v4.db")),
    (5, include_bytes!("samples/v5.db")),
    (6, include_bytes!("samples/v6.db")),
];
const PRESENT: i64 = 7;
/// The index of the decks is made anew by each build: samples have none of it.
const INDEX: [&str; 4] = ["catalog", "deck", "deck_file", "card"];
/// What begins so is of the index too.
const OF_INDEX: &str = "card_";

fn is_of_index(table: &str) -> bool {
    INDEX.contains(&table) || table.starts_with(OF_INDEX)
}

/// The columns of each table, and its rows in order.
type Content = Vec<(String, Vec<String>, Vec<Vec<Value>>)>;

fn version(db: &Path) -> i64 {
    Connection::open(db).unwrap().query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap()
}

/// What a database has in these columns; without any, in all that it has.
fn content(db: &Path, of: Option<&Content>) -> Content {
    let sql = Connection::open(db).unwrap();
    let names = |query: &str| -> Vec<String> {
        let mut statement = sql.prepare(query).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let all = || {
        let columns = |table: &str| names(&format!("SELECT name FROM pragma_table_info('{table}')"));
        let tables = names("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
        tables.into_iter().map(|table| (columns(&table), table)).collect::<Vec<_>>()
    };
    let of = of.map_or_else(all, |of| of.iter().map(|(table, columns, _)| (columns.clone(), table.clone())).collect());
    let rows = |columns: &[String], table: &str| -> Vec<Vec<Value>> {
        // The log's rows are numbered as they were written; the others have no order.
        let log = ["review", "retraction", "mark"].contains(&table);
        let columns = [if log { "rowid" } else { "NULL" }, &columns.join(", ")].join(", ");
        let mut statement = sql.prepare(&format!("SELECT {columns} FROM {table} ORDER BY 1, 2")).unwrap();
        let count = statement.column_count();
        let row = |row: &rusqlite::Row| (0..count).map(|at| row.get(at)).collect();
        statement.query_map([], row).unwrap().map(Result::unwrap).collect()
    };
    of.into_iter().map(|(columns, table)| (table.clone(), columns.clone(), rows(&columns, &table))).collect()
}

/// It opens, is brought to the present schema, and keeps every row of its log and every state; as it was it is a backup.
#[test]
fn a_file_of_an_earlier_version_is_brought_up_to_date() {
    assert_eq!(FROZEN.len() as i64, PRESENT - 1, "each schema has its sample");
    for (was, bytes) in FROZEN {
        let world = World::with_deck(&["a", "b", "c"].map(recall).concat());
        fs::create_dir_all(world.db().parent().unwrap()).unwrap();
        fs::write(world.db(), bytes).unwrap();
        let frozen = world.path("frozen.db");
        fs::write(&frozen, bytes).unwrap();
        let mut before = content(&frozen, None);
        assert!(
            before
                .iter()
                .all(|(table, _, rows)| !rows.is_empty() || table.starts_with("sqlite_") || is_of_index(table)),
            "{before:?}"
        );
        // What the cards' histories leave is made anew by the present model; that it is sound is looked at below.
        before.retain(|(table, ..)| !is_of_index(table) && !["trace", "generation"].contains(&table.as_str()));
        world.ok(&["due", "--short", "--now", "2026-11-25T09:00:00Z"]);
        assert_eq!((version(&frozen), version(&world.db())), (was, PRESENT));
        assert_eq!(content(&world.db(), Some(&before)), before, "schema {was}");
        let flagged: i64 =
            world.sql().query_row("SELECT coalesce(sum(flagged), 0) FROM schedule", [], |row| row.get(0)).unwrap();
        assert_eq!(flagged, (was - 1).min(2), "schema 1 knew no flags");
        // The states are the fold of the log under the present rules too.
        world.assert_sound();
        let backup = world.path(&format!("data/backups/sysdrill-before-version-{PRESENT}.db"));
        assert_eq!(version(&backup), was);
        assert_eq!(content(&backup, Some(&before)), before);
        // It takes answers.
        let mut talk = world.review("2026-11-30T09:00:00Z", &[]);
        talk.answer(grade(4));
        talk.end();
        world.assert_sound();
    }
}

#[test]
fn the_cards_of_the_first_version_are_shown() {
    let world = World::with_deck("");
    fs::create_dir_all(world.db().parent().unwrap()).unwrap();
    fs::write(world.db(), FROZEN[0].1).unwrap();
    let card = world.card("mine/a");
    assert_eq!(
        (&card["due"], &card["interval_days"], &card["repetitions"]),
        (&json!("2026-11-28"), &json!(6), &json!(2))
    );
    let taken_back = card["reviews"].as_array().unwrap().iter().filter(|review| review["retracted"] == true).count();
    assert_eq!((card["reviews"].as_array().unwrap().len(), taken_back), (2, 0));
    let b = world.card("mine/b");
    assert_eq!((&b["suspended"], &b["easiness"]), (&json!(true), &json!(2.6)));
    assert_eq!(world.card("mine/memory")["lapses"], 1);
}
