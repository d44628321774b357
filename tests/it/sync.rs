//! `sync`, as it is run on two computers with one folder.

use crate::harness::{World, grade, recall};
use std::fs;
use std::path::{Path, PathBuf};

/// Computers with the same deck, and a folder that they share.
struct Shared {
    dir: tempfile::TempDir,
    here: World,
    there: World,
}

impl Shared {
    fn new() -> Self {
        let computer = || World::with_deck(&["a", "b", "c", "d"].map(recall).concat());
        Self { dir: tempfile::tempdir().unwrap(), here: computer(), there: computer() }
    }

    fn folder(&self) -> &str {
        self.dir.path().to_str().unwrap()
    }

    fn segments(&self) -> Vec<PathBuf> {
        let mut found: Vec<PathBuf> =
            fs::read_dir(self.dir.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        found.retain(|path| path.extension().is_some_and(|ending| ending == "jsonl"));
        found.sort();
        found
    }

    fn both_sync(&self) {
        for world in [&self.here, &self.there, &self.here] {
            world.ok(&["sync", self.folder()]);
        }
    }

    fn assert_alike(&self) {
        assert_eq!(log(&self.here), log(&self.there));
        self.here.assert_sound();
        self.there.assert_sound();
    }
}

/// The log and what it folds to, in no order.
fn log(world: &World) -> Vec<String> {
    let mut lines: Vec<String> = world.ok(&["export"]).lines().map(str::to_owned).collect();
    lines.retain(|line| !line.starts_with("{\"settings\""));
    lines.sort();
    lines
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

#[test]
fn two_computers_come_to_one_log_and_undo_stays_at_home() {
    let shared = Shared::new();
    answer(&shared.here, "2026-11-21", 2);
    shared.here.ok(&["note", "mine/a", "one and only"]);
    answer(&shared.there, "2026-11-22", 1);
    shared.there.ok(&["suspend", "mine/d"]);
    let said = shared.here.ok(&["sync", shared.folder()]);
    assert!(said.contains("3 rows went there") && said.contains("no other computer"), "{said}");
    let said = shared.there.ok(&["sync", shared.folder()]);
    assert!(said.contains("2 reviews") && said.contains("1 other computer"), "{said}");
    // From then on the folder is known.
    assert!(shared.here.ok(&["sync"]).contains("1 review, 1 decision came"));
    shared.assert_alike();
    assert!(shared.there.ok(&["sync"]).starts_with("nothing went there; nothing came"));
    // What came is not what was done last here.
    let said = shared.here.ok(&["undo"]);
    assert!(said.contains("mine/a"), "{said}");
    assert_eq!(shared.there.ok(&["note", "mine/a"]).trim(), "one and only");
    shared.both_sync();
    shared.assert_alike();
}

/// A card that was written on one computer is not taken out of the files of another.
#[test]
fn undo_does_nothing_to_files_for_what_was_done_elsewhere() {
    let shared = Shared::new();
    answer(&shared.here, "2026-11-21", 2);
    shared.here.ok(&["add", "What is a lease?", "A lock that ends.", "--deck", "extra"]);
    for world in [&shared.here, &shared.there] {
        world.ok(&["sync", shared.folder(), "--with-decks"]);
    }
    assert!(shared.there.ok(&["list"]).contains("What is a lease?"));
    for _ in 0..4 {
        shared.there.ok(&["undo"]);
    }
    assert!(shared.there.ok(&["list"]).contains("What is a lease?"));
    assert!(shared.here.ok(&["undo"]).contains("lease"), "what was done last here");
}

#[test]
fn what_a_sync_program_does_to_files_costs_nothing_and_is_told() {
    let shared = Shared::new();
    answer(&shared.here, "2026-11-21", 3);
    shared.both_sync();
    let own = shared.segments().remove(0);
    let text = fs::read(&own).unwrap();
    let copy = own.with_file_name("sysdrill-x (Ada's conflicted copy 2026-11-21).jsonl");
    fs::write(&copy, &text).unwrap();
    fs::write(&own, &text[..text.len() / 2]).unwrap();
    let ran = shared.there.run(&["sync"]);
    assert!(ran.code == 0 && ran.err.contains("conflicted copy 2026-11-21).jsonl: a copy"), "{}", ran.err);
    assert!(ran.err.contains("its end has not come yet"), "{}", ran.err);
    fs::remove_file(&copy).unwrap();
    fs::write(&own, b"garbage\nand more\n").unwrap();
    fs::write(shared.dir.path().join("holiday.jpg"), b"\xff\xd8").unwrap();
    fs::create_dir(shared.dir.path().join("sysdrill-0000000000000000-000001.jsonl")).unwrap();
    let third = World::with_deck(&["a", "b", "c", "d"].map(recall).concat());
    let ran = shared.there.run(&["sync"]);
    assert!(ran.code == 0 && ran.err.contains("2 damaged lines passed over"), "{}", ran.err);
    // What the folder lost is there again, from the other one.
    third.ok(&["sync", shared.folder()]);
    assert_eq!(reviews(&third), 3);
    shared.both_sync();
    shared.assert_alike();
    third.assert_sound();
}

#[test]
fn a_copied_disk_gets_a_name_of_its_own() {
    let shared = Shared::new();
    answer(&shared.here, "2026-11-21", 1);
    shared.here.ok(&["sync", shared.folder()]);
    fs::create_dir_all(shared.there.db().parent().unwrap()).unwrap();
    fs::copy(shared.here.db(), shared.there.db()).unwrap();
    answer(&shared.here, "2026-11-22", 1);
    shared.here.ok(&["sync"]);
    answer(&shared.there, "2026-11-23", 1);
    let ran = shared.there.run(&["sync"]);
    assert!(ran.code == 0 && ran.err.contains("another computer wrote as this one"), "{}", ran.err);
    shared.here.ok(&["sync"]);
    assert_eq!(reviews(&shared.here), 3);
    shared.assert_alike();
    assert_eq!(shared.there.run(&["sync"]).err, "");
}

#[test]
fn own_decks_travel_and_none_that_was_edited_is_lost() {
    let shared = Shared::new();
    shared.here.deck("work.toml", format!("[deck]\nname = \"work\"\ntitle = \"Work\"\n{}", recall("w")));
    shared.here.ok(&["sync", shared.folder(), "--with-decks"]);
    shared.there.ok(&["sync", shared.folder(), "--with-decks"]);
    let deck = |world: &World| world.path("config/decks/work.toml");
    let text = fs::read_to_string(deck(&shared.here)).unwrap();
    assert_eq!(fs::read_to_string(deck(&shared.there)).unwrap(), text);
    fs::write(deck(&shared.here), text.replace("\"Work\"", "\"Work here\"")).unwrap();
    fs::write(deck(&shared.there), text.replace("\"Work\"", "\"Work there\"")).unwrap();
    shared.here.ok(&["sync"]);
    let said = shared.there.ok(&["sync"]);
    assert!(said.contains("work.toml was changed here and elsewhere"), "{said}");
    shared.here.ok(&["sync"]);
    let names = |world: &World| {
        let entries = fs::read_dir(world.path("config/decks")).unwrap();
        let mut all: Vec<String> = entries.map(|e| fs::read_to_string(e.unwrap().path()).unwrap()).collect();
        all.sort();
        all
    };
    assert_eq!(names(&shared.here), names(&shared.there));
    assert!(names(&shared.here).iter().any(|text| text.contains("Work here")));
    assert!(names(&shared.here).iter().any(|text| text.contains("Work there")));
    // The copy stands in nobody's way.
    assert!(shared.here.ok(&["decks"]).contains("Work there"));
    shared.here.ok(&["sync", "--without-decks"]);
}

#[test]
fn a_session_syncs_at_its_start_and_end_where_it_is_told_to() {
    let shared = Shared::new();
    shared.both_sync();
    for world in [&shared.here, &shared.there] {
        world.ok(&["config", "set", "auto", "true"]);
    }
    answer(&shared.here, "2026-11-21", 2);
    answer(&shared.there, "2026-11-22", 1);
    assert_eq!((reviews(&shared.here), reviews(&shared.there)), (2, 3));
    // A folder that is gone stops no session.
    fs::rename(shared.dir.path(), shared.here.path("away")).unwrap();
    answer(&shared.here, "2026-11-23", 1);
    fs::rename(shared.here.path("away"), shared.dir.path()).unwrap();
    shared.both_sync();
    assert_eq!(reviews(&shared.there), 4);
    shared.assert_alike();
}

#[test]
fn a_folder_that_is_none_is_refused_with_what_to_do() {
    let shared = Shared::new();
    answer(&shared.here, "2026-11-21", 1);
    assert!(shared.here.fails(1, &["sync"]).contains("name the folder that your computers share"));
    let missing = shared.dir.path().join("missing");
    let said = shared.here.fails(1, &["sync", missing.to_str().unwrap()]);
    assert!(said.contains("there is no folder") && !missing.exists(), "{said}");
    let file = shared.dir.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(shared.here.fails(1, &["sync", file.to_str().unwrap()]).contains("is no folder"));
    // A refused folder is not remembered.
    assert!(shared.here.fails(1, &["sync"]).contains("name the folder"));
    shared.here.ok(&["sync", shared.folder()]);
    assert!(shared.here.ok(&["sync", "--forget"]).contains("is forgotten"));
    assert!(shared.here.fails(1, &["sync"]).contains("name the folder"));
    assert_eq!(shared.segments().len(), 1);
}

/// A link in the folder is not followed, and a segment that became one is not written through.
#[cfg(unix)]
#[test]
fn links_are_left_alone() {
    let shared = Shared::new();
    answer(&shared.here, "2026-11-21", 1);
    shared.here.ok(&["sync", shared.folder()]);
    let own = shared.segments().remove(0);
    let outside = shared.here.path("outside");
    fs::rename(&own, &outside).unwrap();
    std::os::unix::fs::symlink(&outside, &own).unwrap();
    let before = fs::read(&outside).unwrap();
    answer(&shared.here, "2026-11-22", 1);
    let ran = shared.here.run(&["sync"]);
    assert!(ran.code == 0 && ran.err.contains("it is named like a log, but is none"), "{}", ran.err);
    assert_eq!(fs::read(&outside).unwrap(), before);
    shared.there.ok(&["sync", shared.folder()]);
    assert_eq!(reviews(&shared.there), 2);
}

/// Two syncs at once, on one computer and on two, leave what one after the other would.
#[test]
fn syncs_at_once_lose_nothing() {
    let shared = Shared::new();
    answer(&shared.here, "2026-11-21", 3);
    answer(&shared.there, "2026-11-22", 3);
    let sync =
        |world: &World, folder: &Path| world.command(&["sync", folder.to_str().unwrap(), "--quiet"]).spawn().unwrap();
    let worlds = [&shared.here, &shared.there, &shared.here, &shared.there];
    let running: Vec<_> = worlds.map(|world| sync(world, shared.dir.path())).into_iter().collect();
    for mut child in running {
        assert!(child.wait().unwrap().success());
    }
    shared.both_sync();
    assert_eq!(reviews(&shared.here), 6);
    shared.assert_alike();
}
