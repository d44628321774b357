//! Backups, restore, merge, export and import, as a user runs them.

use crate::harness::{World, grade, recall, snapshot};
use serde_json::json;
use std::fs;
use std::path::PathBuf;

fn cards() -> String {
    ["a", "b", "c", "d"].map(recall).concat()
}

/// A world with so many answers on a day.
fn answered(day: &str, answers: usize) -> World {
    let world = World::with_deck(&cards());
    answer(&world, day, answers);
    world
}

fn answer(world: &World, day: &str, answers: usize) {
    let mut talk = world.review(&format!("{day}T09:00:00Z"), &[]);
    for _ in 0..answers {
        talk.answer(grade(4));
    }
    talk.end();
}

fn reviews(world: &World) -> i64 {
    world.sql().query_row("SELECT count(*) FROM review", [], |row| row.get(0)).unwrap()
}

fn backups(world: &World) -> Vec<PathBuf> {
    let listed = world.ok(&["backup", "--list"]);
    listed.lines().filter_map(|line| line.split_once("MB  ")).map(|(_, path)| path.into()).collect()
}

#[test]
fn the_first_session_of_a_day_makes_its_backup_and_only_that() {
    let world = answered("2026-11-21", 1);
    let path = world.path("data/backups/sysdrill-2026-11-21.db");
    let first = fs::read(&path).unwrap();
    answer(&world, "2026-11-21", 1);
    assert!(fs::read(&path).unwrap() == first, "one a day");
    answer(&world, "2026-11-22", 1);
    assert_eq!(backups(&world), [path.clone(), world.path("data/backups/sysdrill-2026-11-22.db")]);
    for path in backups(&world) {
        assert!(world.ok(&["doctor", "--db", path.to_str().unwrap()]).contains("nothing is wrong"));
    }
}

#[cfg(unix)]
#[test]
fn backups_are_the_users_alone_and_what_a_killed_one_left_is_cleared_away() {
    use std::os::unix::fs::PermissionsExt;
    let world = answered("2026-11-21", 1);
    let mode = |name: &str| fs::metadata(world.path(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("data/backups"), 0o700);
    assert_eq!(mode("data/backups/sysdrill-2026-11-21.db"), 0o600);
    let (old, young) =
        (world.path("data/backups/sysdrill-x.db.part-1"), world.path("data/backups/sysdrill-y.db.part-2"));
    fs::write(&young, "").unwrap();
    let file = fs::File::create(&old).unwrap();
    file.set_modified(std::time::SystemTime::now() - std::time::Duration::from_secs(3 * 24 * 3600)).unwrap();
    answer(&world, "2026-11-22", 1);
    assert!(!old.exists() && young.exists(), "another process may be at work on the young one");
}

#[test]
fn two_databases_in_one_folder_have_their_own_backups() {
    let world = answered("2026-11-21", 2);
    let work = world.path("data/work.db");
    let args = ["review", "--json", "--deck", "mine", "--now", "2026-11-21T09:00:00Z", "--db", work.to_str().unwrap()];
    let mut talk = world.talk(&args);
    talk.answer(grade(4));
    talk.end();
    assert!(world.path("data/backups/work-2026-11-21.db").exists());
    assert_eq!(backups(&world), [world.path("data/backups/sysdrill-2026-11-21.db")]);
}

#[test]
fn a_restore_keeps_what_was_there_and_refuses_what_is_no_backup() {
    let world = answered("2026-11-21", 1);
    let by_hand = PathBuf::from(world.ok(&["backup"]).trim_end());
    answer(&world, "2026-11-22", 2);
    let before = snapshot(&world.path("data/backups"));
    // What is refused changes nothing.
    let (text, damaged) = (world.path("letter.db"), world.path("damaged.db"));
    fs::write(&text, "a letter to my landlord").unwrap();
    let mut bytes = fs::read(&by_hand).unwrap();
    bytes[4096..8192].fill(0);
    fs::write(&damaged, &bytes).unwrap();
    let cut = world.path("cut.db");
    fs::write(&cut, &bytes[..60_000]).unwrap();
    for (file, said) in [
        (&text, "is no backup, and nothing was changed: sysdrill backup --list"),
        (&damaged, "damaged.db is damaged, and nothing was changed: sysdrill backup --list"),
        (&cut, "cut.db is damaged, and nothing was changed: sysdrill backup --list"),
        (&world.path("none.db"), "sysdrill backup --list names the backups"),
    ] {
        let err = world.fails(1, &["restore", file.to_str().unwrap()]);
        assert!(err.contains(said), "{err}");
        assert_eq!(reviews(&world), 3);
        assert!(snapshot(&world.path("data/backups")) == before);
    }
    let said = world.ok(&["restore", by_hand.to_str().unwrap()]);
    assert_eq!(reviews(&world), 1, "{said}");
    world.assert_sound();
    let kept = said.lines().find_map(|line| line.strip_prefix("sysdrill merge ")).unwrap();
    world.ok(&["merge", kept.strip_suffix(" takes it in").unwrap()]);
    assert_eq!(reviews(&world), 3);
    world.assert_sound();
}

#[test]
fn a_restore_goes_past_damage_an_old_version_and_an_open_session() {
    let world = answered("2026-11-21", 2);
    let backup = PathBuf::from(world.ok(&["backup"]).trim_end());
    answer(&world, "2026-11-22", 1);
    // Another session is open: it goes on with the restored file.
    let mut talk = world.review("2026-11-23T09:00:00Z", &[]);
    talk.until("question");
    world.ok(&["restore", backup.to_str().unwrap()]);
    talk.answer(grade(4));
    talk.end();
    assert_eq!(reviews(&world), 3);
    world.assert_sound();
    // A file that cannot even be opened is kept aside as it is.
    fs::write(world.db(), "ruins").unwrap();
    let said = world.ok(&["restore", backup.to_str().unwrap()]);
    assert!(said.contains("what was there is kept") && said.contains(".damaged-"), "{said}");
    assert_eq!(reviews(&world), 2);
    world.assert_sound();
    let old = world.path("v1.db");
    fs::write(&old, include_bytes!("samples/v1.db")).unwrap();
    world.ok(&["restore", old.to_str().unwrap()]);
    assert!(fs::read(&old).unwrap() == include_bytes!("samples/v1.db"));
    world.assert_sound();
    // And one that was lost.
    fs::remove_file(world.db()).unwrap();
    world.ok(&["restore", backup.to_str().unwrap()]);
    assert_eq!(reviews(&world), 2);
}

#[test]
fn a_merge_reads_the_other_file_and_leaves_it_as_it_is() {
    let world = answered("2026-11-21", 1);
    let other = World::with_deck(&cards());
    fs::create_dir_all(other.path("data")).unwrap();
    // An older version's, one of this version, and one that was not closed.
    fs::write(other.db(), include_bytes!("samples/v1.db")).unwrap();
    let before = snapshot(&other.path("data"));
    world.ok(&["merge", other.db().to_str().unwrap()]);
    assert!(snapshot(&other.path("data")) == before);
    world.assert_sound();
    let all = reviews(&world);
    assert!(all > 1);
    assert!(world.ok(&["merge", other.db().to_str().unwrap()]).starts_with("0 reviews, 0 retractions and 0 decisions"));
    assert!(world.ok(&["merge", world.db().to_str().unwrap()]).starts_with("0 reviews"), "with itself");
    let laptop = answered("2026-11-21", 3);
    let before = snapshot(&laptop.path("data"));
    assert!(world.ok(&["merge", laptop.db().to_str().unwrap()]).starts_with("3 reviews"));
    assert!(snapshot(&laptop.path("data")) == before);
    assert_eq!(reviews(&world), all + 3);
    let mut talk = laptop.review("2026-11-22T09:00:00Z", &[]);
    talk.answer(grade(4));
    talk.kill();
    let main = fs::read(laptop.db()).unwrap();
    assert!(world.ok(&["merge", laptop.db().to_str().unwrap()]).starts_with("1 review,"));
    assert!(fs::read(laptop.db()).unwrap() == main);
    world.assert_sound();
}

#[test]
fn a_merge_refuses_what_is_foreign_newer_or_damaged() {
    let world = answered("2026-11-21", 1);
    let other = answered("2026-11-21", 3);
    let refuse = |said: &str| {
        let before = snapshot(&other.path("data"));
        let err = world.fails(1, &["merge", other.db().to_str().unwrap()]);
        assert!(err.contains(said), "{err}");
        assert_eq!(reviews(&world), 1);
        assert!(snapshot(&other.path("data")) == before);
    };
    other
        .sql()
        .execute_batch("UPDATE review SET quality = 0 WHERE rowid = 2; PRAGMA wal_checkpoint(truncate)")
        .unwrap();
    refuse("row 2 of review: it is not what was written");
    other.sql().execute_batch("PRAGMA user_version = 99").unwrap();
    refuse("was written by a newer sysdrill");
    other.sql().execute_batch("PRAGMA application_id = 1").unwrap();
    refuse("is the database of another program");
    world.assert_sound();
}

#[test]
fn an_export_gives_back_everything_elsewhere() {
    let world = answered("2026-11-21", 3);
    fs::write(world.path("config/config.toml"), "minutes = 7\n").unwrap();
    world.ok(&["undo"]);
    world.ok(&["suspend", "mine/a"]);
    world.ok(&["plan", "--interview", "2026-12-24", "--now", "2026-11-21T10:00:00Z"]);
    let file = world.path("all.jsonl");
    world.ok(&["export", "--to", file.to_str().unwrap()]);
    let text = fs::read_to_string(&file).unwrap();
    assert!(
        world.fails(1, &["export", "--to", file.to_str().unwrap()]).contains("all.jsonl"),
        "nothing is overwritten"
    );
    let elsewhere = World::with_deck(&cards());
    elsewhere.ok(&["import", file.to_str().unwrap()]);
    elsewhere.assert_sound();
    assert_eq!(elsewhere.ok(&["export"]), text);
    assert_eq!(fs::read_to_string(elsewhere.path("config/config.toml")).unwrap(), "minutes = 7\n");
    for card in ["mine/a", "mine/b", "mine/c"] {
        assert_eq!(elsewhere.card(card), world.card(card));
    }
    // Half an export is refused, and says where.
    let half = &text[..text.len() / 2];
    fs::write(&file, half).unwrap();
    let fresh = World::with_deck(&cards());
    let err = fresh.fails(1, &["import", file.to_str().unwrap()]);
    assert!(err.contains(&format!("line {}: ", half.lines().count())), "{err}");
    assert_eq!(reviews(&fresh), 0);
}

#[test]
fn what_an_import_brings_is_shown_without_its_control_characters() {
    let world = answered("2026-11-21", 1);
    let text = world.ok(&["export"]);
    let mut line: serde_json::Value = text
        .lines()
        .find(|line| line.starts_with("{\"review\""))
        .map(|line| serde_json::from_str(line).unwrap())
        .unwrap();
    line["review"]["id"] = json!("01920000-0000-7000-8000-000000000000");
    line["review"]["given"] = json!("\u{1b}[2J\u{1b}]0;owned\u{7}");
    line["review"]["prompt"] = json!("\u{9b}31m?");
    line["review"]["slip"] = json!("\u{1b}[31m");
    let file = world.path("wicked.jsonl");
    fs::write(&file, format!("{{\"sysdrill\":{{\"export\":1}}}}\n{line}\n")).unwrap();
    world.ok(&["import", file.to_str().unwrap()]);
    for args in [&["card", "mine/a"][..], &["stats"], &["due"], &["doctor"]] {
        let ran = world.run(args);
        let raw = |c: char| c.is_control() && c != '\n';
        assert!(!ran.out.contains(raw) && !ran.err.contains(raw), "{args:?}: {:?}", ran.out);
    }
    line["review"]["id"] = json!("\u{1b}[31m");
    fs::write(&file, format!("{{\"sysdrill\":{{\"export\":1}}}}\n{line}\n")).unwrap();
    let err = world.fails(1, &["import", file.to_str().unwrap()]);
    assert!(err.contains("line 2") && !err.contains('\u{1b}'), "{err:?}");
}

#[test]
fn doctor_lists_orphans_and_clock_jumps_and_asks_before_it_forgets() {
    let world = answered("2026-11-25", 2);
    answer(&world, "2026-11-21", 1);
    world.deck(
        "mine.toml",
        format!("[deck]\nname = \"mine\"\ntitle = \"Mine\"\n{}", ["b", "c", "d"].map(recall).concat()),
    );
    let ran = world.run(&["doctor"]);
    assert_eq!(ran.code, 0, "neither is damage: {}{}", ran.out, ran.err);
    assert!(
        ran.out.contains("1 card of the log is in no deck any more") && ran.out.contains("  mine/a\n"),
        "{}",
        ran.out
    );
    assert!(
        ran.out.contains("the clock was set back") && ran.out.contains("2026-11-25 and then 2026-11-21"),
        "{}",
        ran.out
    );
    let err = world.fails(1, &["doctor", "--forget-orphans"]);
    assert!(err.contains("asks first: run it in a terminal"), "{err}");
    assert_eq!(reviews(&world), 3);
}

#[test]
fn what_was_forgotten_is_new_and_can_be_remembered() {
    let world = answered("2026-11-21", 2);
    answer(&world, "2026-11-22", 2);
    let rest = format!("[deck]\nname = \"mine\"\ntitle = \"Mine\"\n{}", ["b", "c", "d"].map(recall).concat());
    let whole = format!("[deck]\nname = \"mine\"\ntitle = \"Mine\"\n{}", cards());
    let before = world.card("mine/a");
    assert_ne!(before["phase"], "new");
    world.deck("mine.toml", &rest);
    let said = world.ok(&["doctor", "--forget-orphans", "--yes"]);
    assert!(said.contains("forgotten: should such a card come back, it is new"), "{said}");
    world.deck("mine.toml", &whole);
    assert_eq!(world.card("mine/a")["phase"], "new");
    world.assert_sound();
    assert!(world.ok(&["doctor", "--remember"]).starts_with("1 card remembered"));
    assert_eq!(world.card("mine/a"), before);
    world.assert_sound();
    assert!(world.ok(&["doctor", "--remember"]).starts_with("0 cards remembered"));
    // Forgotten anew, it is forgotten.
    world.deck("mine.toml", &rest);
    world.ok(&["doctor", "--forget-orphans", "--yes"]);
    world.deck("mine.toml", &whole);
    assert_eq!(world.card("mine/a")["phase"], "new");
}

#[test]
fn decks_that_are_away_are_not_forgotten() {
    let world = answered("2026-11-21", 2);
    let (decks, away) = (world.path("config/decks"), world.path("away"));
    fs::rename(&decks, &away).unwrap();
    let said = world.fails(1, &["doctor", "--forget-orphans", "--yes"]);
    assert!(said.contains("nothing was forgotten: all of your own decks are away"), "{said}");
    fs::create_dir(&decks).unwrap();
    world.fails(1, &["doctor", "--forget-orphans", "--yes"]);
    fs::remove_dir(&decks).unwrap();
    fs::rename(&away, &decks).unwrap();
    assert_eq!(world.card("mine/a")["phase"], "learning");
}

#[test]
fn an_import_leaves_the_settings_that_are_there() {
    let world = answered("2026-11-21", 1);
    fs::write(world.path("config/config.toml"), "minutes = 7\n").unwrap();
    let export = world.path("all.jsonl");
    world.ok(&["export", "--to", export.to_str().unwrap()]);
    let elsewhere = World::with_deck(&cards());
    fs::write(elsewhere.path("config/config.toml"), "minutes = 9\n").unwrap();
    let said = elsewhere.ok(&["import", export.to_str().unwrap()]);
    assert!(said.contains("stay as they are"), "{said}");
    assert_eq!(fs::read_to_string(elsewhere.path("config/config.toml")).unwrap(), "minutes = 9\n");
}
