//! Damage of every kind: each command works right or explains, doctor finds it, doctor --repair saves what is left.

use crate::harness::{World, grade, recall};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use sysdrill::store::Store;

const PAGE: usize = 4096;
const PLACES: u64 = 200;

type Ids = BTreeSet<Vec<u8>>;

fn ids(db: &Path) -> rusqlite::Result<Ids> {
    let sql = rusqlite::Connection::open(db)?;
    sql.prepare("SELECT id FROM review")?.query_map([], |row| row.get(0))?.collect()
}

fn beside(path: &Path, what: &str) -> PathBuf {
    PathBuf::from(format!("{}{what}", path.display()))
}

/// A log of some days, with undone and regraded answers, flags and a plan; killed, so that its latest rows are in the
/// write-ahead log alone.
fn lived_in() -> World {
    let cards: String = (0..12).map(|n| recall(&format!("card-{n}"))).collect();
    let world = World::with_deck(&cards);
    for day in 21..27 {
        let now = format!("2026-11-{day}T09:00:00Z");
        let mut talk = world.review(&now, &["--new", "4", "--minutes", "0"]);
        for n in 0..9 {
            if !talk.answer_next(grade([4, 5, 1, 3][(day + n) % 4])) {
                break;
            }
        }
        talk.kill();
    }
    world.ok(&["undo"]);
    world.ok(&["flag", "mine/card-1"]);
    world.ok(&["suspend", "mine/card-2"]);
    world
}

/// The files of a database, to be put back as they were.
struct Files {
    db: Vec<u8>,
    wal: Vec<u8>,
}

impl Files {
    /// Of a database whose latest answers are not in its main file yet.
    fn of(world: &World) -> Self {
        let keep = world.sql();
        keep.query_row("SELECT count(*) FROM review", [], |row| row.get::<_, i64>(0)).unwrap();
        let mut talk = world.review("2026-11-28T09:00:00Z", &["--new", "4"]);
        talk.answer(grade(4));
        talk.answer(grade(2));
        talk.kill();
        let wal = fs::read(beside(&world.db(), "-wal")).unwrap();
        assert!(wal.len() > PAGE);
        Self { db: fs::read(world.db()).unwrap(), wal }
    }

    fn put(&self, world: &World) {
        let data = world.path("data");
        for entry in fs::read_dir(&data).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                fs::remove_file(path).unwrap();
            }
        }
        fs::write(world.db(), &self.db).unwrap();
        fs::write(beside(&world.db(), "-wal"), &self.wal).unwrap();
    }
}

/// Every command ends with 0 or 1, and never with a panic.
fn assert_explained(world: &World, args: &[&str], what: &str) -> i32 {
    let ran = world.run(args);
    let said = format!("{what}: {args:?}: {}{}", ran.out, ran.err);
    assert!(!said.contains("panicked"), "{said}");
    match ran.code {
        0 => {}
        1 => {
            let helps = ["doctor", "restore", "Name another file", "nothing of a log is left"];
            assert!(helps.iter().any(|help| said.contains(help)), "no way out is named: {said}");
        }
        _ => panic!("{said}"),
    }
    ran.code
}

/// Damages a copy of the files; says what it did.
fn damage(rng: &mut ChaCha8Rng, files: &Files, world: &World) -> String {
    files.put(world);
    let (mut db, mut wal) = (files.db.clone(), files.wal.clone());
    let kind = rng.random_range(0..if wal.is_empty() { 8 } else { 10 });
    let what = match kind {
        0..4 => {
            let at = rng.random_range(0..db.len());
            db[at] ^= 1 << rng.random_range(0..8);
            format!("a bit of byte {at} flipped")
        }
        4..6 => {
            let page = rng.random_range(0..db.len() / PAGE);
            db[page * PAGE..][..PAGE].fill(0);
            format!("page {page} zeroed")
        }
        6 => {
            let length = rng.random_range(0..db.len());
            db.truncate(length);
            format!("cut to {length} bytes")
        }
        7 => {
            let at = rng.random_range(0..100);
            db[at] = rng.random();
            format!("byte {at} of the header overwritten")
        }
        8 => {
            let length = rng.random_range(0..wal.len());
            wal.truncate(length);
            format!("write-ahead log cut to {length} bytes")
        }
        _ => {
            let at = rng.random_range(0..wal.len());
            wal[at] ^= 1 << rng.random_range(0..8);
            format!("a bit of byte {at} of the write-ahead log flipped")
        }
    };
    fs::write(world.db(), &db).unwrap();
    fs::write(beside(&world.db(), "-wal"), &wal).unwrap();
    what
}

#[test]
fn damaged_at_200_places_it_is_found_and_what_is_left_is_saved() {
    let world = lived_in();
    let files = Files::of(&world);
    let _ = fs::remove_dir_all(world.path("data/backups"));
    files.put(&world);
    let whole = ids(&world.db()).unwrap();
    // The same, all in the main file.
    let settled = Files { db: fs::read(world.db()).unwrap(), wal: Vec::new() };
    files.put(&world);
    fs::remove_file(beside(&world.db(), "-wal")).unwrap();
    let without_wal = ids(&world.db()).unwrap();
    assert!(without_wal.len() < whole.len() && without_wal.len() > 30);
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let (mut found, mut harmless, mut repaired) = (0, 0, 0);
    for place in 0..PLACES {
        let what =
            format!("place {place}: {}", damage(&mut rng, if place % 4 == 0 { &files } else { &settled }, &world));
        let damaged = (fs::read(world.db()).unwrap(), fs::read(beside(&world.db(), "-wal")).unwrap_or_default());
        // One command each time, in turn, so that the test stays short.
        let commands: [&[&str]; 5] = [
            &["due", "--now", "2026-11-28T10:00:00Z"],
            &["review", "--json", "--now", "2026-11-28T10:00:00Z"],
            &["stats"],
            &["export"],
            &["card", "mine/card-3"],
        ];
        assert_explained(&world, commands[usize::try_from(place).unwrap() % commands.len()], &what);
        let _ = fs::remove_dir_all(world.path("data/backups"));
        if assert_explained(&world, &["doctor"], &what) == 0 {
            // Harmless: what is in the file is sound, and all that SQLite could know of.
            let left = ids(&world.db()).unwrap();
            let least = if what.contains("write-ahead") { &without_wal } else { &whole };
            assert!(left.is_superset(least) || what.contains("cut to 0 bytes"), "{what}");
            harmless += 1;
            continue;
        }
        found += 1;
        let ran = world.run(&["doctor", "--repair"]);
        let said = format!("{what}: {}{}", ran.out, ran.err);
        if ran.code != 0 {
            let refused = ["newer sysdrill", "nothing of a log is left", "another program"];
            assert!(refused.iter().any(|why| said.contains(why)), "{said}");
            assert!(fs::read(world.db()).unwrap() == damaged.0, "{said}");
            continue;
        }
        repaired += 1;
        let store = Store::open(&world.db(), Box::new(rand::random)).unwrap();
        let problems = store.examine(&mut |_, _| ()).unwrap().problems;
        assert!(problems.is_empty(), "{said}\n{problems:?}");
        drop(store);
        let left = ids(&world.db()).unwrap();
        assert!(left.is_subset(&whole), "{what}");
        // One place is one page, and a page has few rows.
        let lost = whole.len() - left.len();
        let lost_by_cut = what.contains("cut to");
        assert!(lost_by_cut || lost <= 40, "{lost} of {} lost: {said}", whole.len());
        if said.contains("is kept") {
            let aside = kept_aside(&world).unwrap_or_else(|_| panic!("{said}"));
            assert!(fs::read(&aside).unwrap().len() >= damaged.0.len().min(PAGE), "{said}");
        }
    }
    assert!(found > 60 && repaired > 50, "{found} found, {repaired} repaired, {harmless} harmless");
}

fn kept_aside(world: &World) -> io::Result<PathBuf> {
    for entry in fs::read_dir(world.path("data"))? {
        let path = entry?.path();
        if path.to_string_lossy().contains(".damaged-") && !path.to_string_lossy().ends_with("-wal") {
            return Ok(path);
        }
    }
    Err(io::Error::other("nothing was kept aside"))
}

#[test]
fn a_repair_keeps_the_damaged_file_and_takes_in_the_latest_backup() {
    let world = lived_in();
    let before = ids(&world.db()).unwrap();
    // A review makes the day's backup before it ends.
    world.review("2026-11-28T09:00:00Z", &["--new", "0"]).end();
    let mut talk = world.review("2026-11-28T10:00:00Z", &[]);
    talk.answer(grade(4));
    talk.end();
    let bytes = fs::read(world.db()).unwrap();
    // The first leaf of a table is gone.
    let mut damaged = bytes.clone();
    let leaf = (1..bytes.len() / PAGE).find(|page| bytes[page * PAGE] == 0x0d).unwrap();
    damaged[leaf * PAGE..][..PAGE].fill(0xff);
    fs::write(world.db(), &damaged).unwrap();
    assert_eq!(world.run(&["doctor"]).code, 1);
    for nth in 0..2 {
        // Two repairs within one second keep two files.
        fs::write(world.db(), &damaged).unwrap();
        let said = world.ok(&["doctor", "--repair", "--now", "2026-11-28T11:00:00Z"]);
        assert!(said.contains("more came from") && said.contains("sysdrill-2026-11-28.db"), "{said}");
        let aside = format!("data/sysdrill.db.damaged-2026-11-28-110000{}", ["", "-2"][nth]);
        assert!(fs::read(world.path(&aside)).unwrap() == damaged);
        world.assert_sound();
        assert!(ids(&world.db()).unwrap().is_superset(&before), "all that the backup has is there");
    }
}

#[test]
fn a_damaged_row_of_the_schedule_is_folded_anew() {
    let world = lived_in();
    let due = world.ok(&["due", "--now", "2026-11-28T09:00:00Z"]);
    world.sql().execute_batch("UPDATE schedule SET easiness = 7 WHERE due IS NOT NULL").unwrap();
    let said = world.fails(1, &["review", "--json", "--now", "2026-11-28T09:00:00Z"]);
    assert!(said.contains("the column easiness is damaged") && said.contains("doctor --repair mends it"), "{said}");
    let said = world.fails(1, &["doctor"]);
    assert!(said.contains("doctor --repair folds it anew"), "{said}");
    assert!(world.ok(&["doctor", "--repair"]).contains("folded anew"));
    assert_eq!(world.ok(&["due", "--now", "2026-11-28T09:00:00Z"]), due);
    world.assert_sound();
    assert!(kept_aside(&world).is_err(), "nothing was damaged that had to be kept");
}

#[test]
fn a_row_that_is_not_what_was_written_is_found_and_comes_back_as_it_was() {
    let world = lived_in();
    world.review("2026-11-28T09:00:00Z", &["--new", "0"]).end();
    let log = || world.ok(&["export"]);
    let before = log();
    world.sql().execute_batch("UPDATE review SET quality = 5 - quality WHERE rowid = 3").unwrap();
    let ran = world.run(&["doctor"]);
    assert!(ran.code == 1 && ran.out.contains("row 3 of review: it is not what was written"), "{}", ran.out);
    // A backup of it would push out the good ones.
    let said = world.fails(1, &["backup"]);
    assert!(said.contains("is not what was written") && said.contains("doctor --repair"), "{said}");
    let said = world.ok(&["doctor", "--repair"]);
    // An old copy of the row in a free part of a page is as good as the backup's.
    assert!(said.contains("more came from"), "{said}");
    assert_eq!(log().lines().collect::<BTreeSet<_>>(), before.lines().collect::<BTreeSet<_>>());
    world.assert_sound();
}

#[test]
fn a_file_of_another_kind_is_not_repaired_away() {
    let world = World::new();
    fs::create_dir_all(world.path("data")).unwrap();
    let letter = "a letter to my landlord";
    fs::write(world.db(), letter).unwrap();
    let said = world.fails(1, &["doctor", "--repair"]);
    assert!(said.contains("nothing of a log is left in") && said.contains("sysdrill restore FILE"), "{said}");
    assert_eq!(fs::read_to_string(world.db()).unwrap(), letter);
    fs::remove_file(world.db()).unwrap();
    world.sql().execute_batch("CREATE TABLE t (a, b, c); INSERT INTO t VALUES (1, 2, 3)").unwrap();
    let before = fs::read(world.db()).unwrap();
    assert!(world.fails(1, &["doctor", "--repair"]).contains("of another program"));
    assert!(fs::read(world.db()).unwrap() == before);
}

#[test]
fn a_header_that_says_another_program_is_mended_where_the_log_is_ours() {
    let world = lived_in();
    let before = ids(&world.db()).unwrap();
    let mut bytes = fs::read(world.db()).unwrap();
    bytes[69] ^= 4;
    fs::write(world.db(), &bytes).unwrap();
    assert!(world.fails(1, &["due"]).contains("sysdrill doctor --repair saves what is left"));
    world.ok(&["doctor", "--repair"]);
    world.assert_sound();
    assert_eq!(ids(&world.db()).unwrap(), before);
}

#[test]
fn an_emptied_file_is_no_new_one() {
    let world = lived_in();
    let files = Files::of(&world);
    world.ok(&["backup"]);
    let backups = world.ok(&["backup", "--list"]);
    files.put(&world);
    fs::write(world.db(), "").unwrap();
    let said = world.fails(1, &["review", "--json"]);
    assert!(said.contains("it has lost its content"), "{said}");
    assert_eq!(fs::read(beside(&world.db(), "-wal")).unwrap(), files.wal, "the log beside it is not thrown away");
    let newest = backups.lines().last().unwrap().split_whitespace().last().unwrap().to_owned();
    world.ok(&["restore", &newest]);
    world.assert_sound();
}

#[test]
fn a_session_notices_that_its_file_was_replaced() {
    let world = lived_in();
    let mut talk = world.review("2026-11-28T09:00:00Z", &[]);
    talk.answer(grade(4));
    fs::rename(world.db(), world.path("data/elsewhere.db")).unwrap();
    talk.until("question");
    talk.say(grade(4));
    let said = talk.until("error")["message"].as_str().unwrap().to_owned();
    assert!(said.contains("was moved or replaced while it was open: end this session"), "{said}");
    talk.kill();
}

#[test]
fn sqlite_itself_reads_what_was_repaired() {
    let Ok(output) = Command::new("sqlite3").arg("--version").output() else { return };
    assert!(output.status.success());
    let world = lived_in();
    let mut bytes = fs::read(world.db()).unwrap();
    bytes[PAGE * 2..][..PAGE].fill(0);
    fs::write(world.db(), &bytes).unwrap();
    world.run(&["doctor", "--repair"]);
    let output = Command::new("sqlite3").arg(world.db()).arg("PRAGMA integrity_check").output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "ok\n");
}
