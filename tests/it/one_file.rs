//! One file, and others at work on it: whatever is done to the database as a file beside whatever else, no confirmed
//! answer is lost. Races are run with real processes, `SYSDRILL_KILLS` times a part of it.

use crate::harness::{Talk, World, grade, recall};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

const DAY: &str = "2026-11-21T09:00:00Z";

fn trials() -> usize {
    std::env::var("SYSDRILL_KILLS").ok().and_then(|kills| kills.parse::<usize>().ok()).unwrap_or(60).div_ceil(10)
}

fn world() -> World {
    World::with_deck(&(0..40).map(|n| recall(&format!("c{n}"))).collect::<String>())
}

fn session(world: &World, now: &str) -> Talk {
    world.review(now, &["--new", "40", "--minutes", "0"])
}

/// Answers so many cards and gives the reviews that were confirmed.
fn answer(talk: &mut Talk, answers: usize) -> BTreeSet<String> {
    (0..answers).map(|_| talk.answer(grade(4))["review"].as_str().unwrap().to_owned()).collect()
}

/// Answers so many cards on a day and ends.
fn answered(world: &World, now: &str, answers: usize) -> BTreeSet<String> {
    let mut talk = session(world, now);
    let confirmed = answer(&mut talk, answers);
    talk.end();
    confirmed
}

/// Answers and is killed: what was confirmed is in the write-ahead log alone.
fn killed(world: &World, now: &str, answers: usize) -> BTreeSet<String> {
    // Where another has the file open nobody brings the log into it.
    let mut talk = session(world, now);
    let confirmed = answer(&mut talk, answers);
    talk.kill();
    confirmed
}

fn ids(db: &Path) -> BTreeSet<String> {
    let sql = rusqlite::Connection::open(db).unwrap();
    let mut statement = sql.prepare("SELECT id FROM review").unwrap();
    let ids = statement.query_map([], |row| row.get::<_, Vec<u8>>(0)).unwrap();
    ids.map(|id| uuid::Uuid::from_slice(&id.unwrap()).unwrap().to_string()).collect()
}

/// Removes the folder of backups. A session that was killed at once has made none yet.
fn remove_backups(world: &World) {
    if let Err(error) = fs::remove_dir_all(world.path("data/backups")) {
        assert_eq!(error.kind(), std::io::ErrorKind::NotFound, "{error}");
    }
}

fn wal(world: &World) -> PathBuf {
    world.path("data/sysdrill.db-wal")
}

/// The files of the data folder whose name has this in it.
fn named(world: &World, what: &str) -> Vec<PathBuf> {
    let folders = [world.path("data"), world.path("data/backups")];
    let mut paths: Vec<PathBuf> = folders
        .iter()
        .flat_map(|folder| fs::read_dir(folder).into_iter().flatten())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().unwrap().to_string_lossy().contains(what))
        .collect();
    paths.sort();
    paths
}

fn spawn(world: &World, args: &[&str]) -> Child {
    world.command(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// A byte of a row is another one: `doctor` finds it, and a session does not notice.
fn spoil_a_row(world: &World) {
    world.sql().execute_batch("UPDATE review SET took_ms = took_ms + 1 WHERE rowid = 1").unwrap();
}

#[test]
fn what_a_session_confirmed_while_a_backup_is_restored_is_in_one_of_the_two_files() {
    for _ in 0..trials() {
        let world = world();
        let mut confirmed = answered(&world, DAY, 2);
        let backup = world.ok(&["backup"]).trim_end().to_owned();
        let mut talk = session(&world, "2026-11-22T09:00:00Z");
        confirmed.extend(answer(&mut talk, 3));
        let mut restore = spawn(&world, &["restore", &backup]);
        let mut more = 0;
        while restore.try_wait().unwrap().is_none() && more < 30 {
            confirmed.extend(answer(&mut talk, 1));
            more += 1;
        }
        assert!(restore.wait().unwrap().success());
        confirmed.extend(answer(&mut talk, 1));
        talk.end();
        let kept = named(&world, "before-restore-");
        assert_eq!(kept.len(), 1);
        let found: BTreeSet<String> = ids(&world.db()).union(&ids(&kept[0])).cloned().collect();
        let lost: Vec<&String> = confirmed.difference(&found).collect();
        assert!(lost.is_empty(), "{} of {} answers are in neither file", lost.len(), confirmed.len());
        world.assert_sound();
    }
}

#[test]
fn two_restores_within_a_second_keep_both_files() {
    let world = world();
    let first = answered(&world, DAY, 1);
    let backup = world.ok(&["backup"]).trim_end().to_owned();
    let now = ["--now", "2026-11-23T09:00:00Z"];
    let second = answered(&world, "2026-11-22T09:00:00Z", 4);
    for _ in 0..2 {
        world.ok(&[&["restore", &backup][..], &now].concat());
    }
    let kept = named(&world, "before-restore-");
    assert_eq!(kept.len(), 2, "{kept:?}");
    assert!(kept.iter().any(|kept| ids(kept).is_superset(&second)), "5 answers were made; {kept:?} have them not");
    assert_eq!(ids(&world.db()), first);
    // Nor do two processes at the same moment, nor two backups of one second.
    let both = [(); 2].map(|()| spawn(&world, &[&["restore", &backup][..], &now].concat()));
    assert!(both.map(|mut child| child.wait().unwrap().success()) == [true, true]);
    assert_eq!(named(&world, "before-restore-").len(), 4);
    let both = [(); 4].map(|()| spawn(&world, &[&["backup"][..], &now].concat()));
    assert!(both.map(|mut child| child.wait().unwrap().success()) == [true; 4]);
    assert_eq!(named(&world, "by-hand-2026-11-23").len(), 4);
    world.assert_sound();
}

#[test]
fn a_file_moved_away_from_its_log_is_no_new_start_and_moved_back_has_every_answer() {
    let world = world();
    let confirmed = killed(&world, DAY, 4);
    let (log, elsewhere) = (fs::read(wal(&world)).unwrap(), world.path("data/elsewhere.db"));
    fs::rename(world.db(), &elsewhere).unwrap();
    remove_backups(&world);
    for args in [&["due"][..], &["review", "--json"], &["doctor"], &["undo"], &["stats"]] {
        let said = world.fails(1, args);
        assert!(said.contains("is not there, but") && said.contains("sysdrill.db-wal is"), "{args:?}: {said}");
        assert!(!world.db().exists() && fs::read(wal(&world)).unwrap() == log, "{args:?}");
    }
    fs::rename(&elsewhere, world.db()).unwrap();
    assert_eq!(ids(&world.db()), confirmed);
    world.assert_sound();
}

#[test]
fn the_log_of_a_file_that_is_lost_gives_its_answers_back() {
    let world = world();
    let confirmed = killed(&world, DAY, 4);
    fs::remove_file(world.db()).unwrap();
    remove_backups(&world);
    let said = world.ok(&["doctor", "--repair"]);
    assert!(said.contains("4 reviews were found"), "{said}");
    assert_eq!(ids(&world.db()), confirmed);
    world.assert_sound();
}

#[test]
fn a_file_that_is_lost_with_backups_beside_it_is_no_new_start() {
    let world = world();
    let confirmed = answered(&world, DAY, 3);
    let backup = world.ok(&["backup"]).trim_end().to_owned();
    fs::remove_file(world.db()).unwrap();
    let said = world.fails(1, &["review", "--json"]);
    assert!(said.contains("is not there, but") && said.contains(&backup), "{said}");
    world.fails(1, &["doctor"]);
    assert!(!world.db().exists());
    world.ok(&["restore", &backup]);
    assert_eq!(ids(&world.db()), confirmed);
    fs::remove_file(world.db()).unwrap();
    world.ok(&["doctor", "--repair"]);
    assert_eq!(ids(&world.db()), confirmed, "the backups are what is left");
    world.assert_sound();
}

/// Each file that can stand beside a killed session's log: its answers stay, the log's are kept and can be had.
#[test]
fn a_good_file_put_in_the_place_of_another_loses_no_answer_to_the_other_ones_log() {
    let earlier = world();
    answered(&earlier, "2026-11-01T09:00:00Z", 3);
    let backup = PathBuf::from(earlier.ok(&["backup"]).trim_end());
    let elsewhere = world();
    answered(&elsewhere, "2026-11-20T09:00:00Z", 7);
    let old = elsewhere.path("v3.db");
    fs::write(&old, include_bytes!("samples/v3.db")).unwrap();
    for (what, good) in [("another machine's", &elsewhere.db()), ("a backup", &backup), ("an earlier version's", &old)]
    {
        for moved in [false, true] {
            let world = world();
            answered(&world, "2026-11-19T09:00:00Z", 2);
            let of_log = killed(&world, DAY, 4);
            let before = ids(good);
            let new = world.path("new.db");
            fs::copy(good, &new).unwrap();
            if moved { fs::rename(&new, world.db()) } else { fs::copy(&new, world.db()).map(drop) }.unwrap();
            remove_backups(&world);
            let ran = world.run(&["due", "--short", "--now", DAY]);
            assert!(ran.code == 0 && ran.err.contains("the write-ahead log of another file"), "{what}: {}", ran.err);
            assert_eq!(ids(&world.db()), before, "{what}: the file's own answers");
            world.assert_sound();
            let stray = named(&world, ".stray");
            assert_eq!(stray.len(), 1, "{what}: {stray:?}");
            assert!(ran.err.contains(&format!("sysdrill merge {}", stray[0].display())), "{}", ran.err);
            world.ok(&["merge", stray[0].to_str().unwrap()]);
            assert!(ids(&world.db()).is_superset(&of_log), "{what}: the answers of the log");
            world.assert_sound();
        }
    }
}

#[test]
fn an_older_copy_of_the_same_file_is_not_mixed_with_a_later_log() {
    let world = world();
    answered(&world, "2026-11-18T09:00:00Z", 2);
    let copy = world.path("copy.db");
    fs::copy(world.db(), &copy).unwrap();
    answered(&world, "2026-11-19T09:00:00Z", 5);
    let of_log = killed(&world, DAY, 4);
    fs::copy(&copy, world.db()).unwrap();
    remove_backups(&world);
    let before = ids(&copy);
    let ran = world.run(&["due", "--now", DAY]);
    assert!(ran.code == 0 && ran.err.contains("set aside"), "{}{}", ran.out, ran.err);
    assert_eq!(ids(&world.db()), before);
    world.assert_sound();
    world.ok(&["merge", named(&world, ".stray")[0].to_str().unwrap()]);
    assert!(ids(&world.db()).is_superset(&of_log));
}

#[test]
fn the_log_of_a_file_of_an_earlier_version_is_its_own() {
    let world = world();
    fs::create_dir_all(world.path("data")).unwrap();
    fs::write(world.path("v3.db"), include_bytes!("samples/v3.db")).unwrap();
    let sql = rusqlite::Connection::open(world.path("v3.db")).unwrap();
    sql.execute_batch(
        "PRAGMA journal_mode = wal; INSERT INTO mark (id, card, what, at) VALUES (randomblob(16), 'mine/a', 'flag', 9)",
    )
    .unwrap();
    // As a killed process leaves it.
    fs::copy(world.path("v3.db"), world.db()).unwrap();
    fs::copy(world.path("v3.db-wal"), wal(&world)).unwrap();
    let ran = world.run(&["due", "--short", "--now", DAY]);
    assert!(ran.code == 0 && ran.err.is_empty(), "{}", ran.err);
    let marks = |sql: &rusqlite::Connection| -> i64 {
        sql.query_row("SELECT count(*) FROM mark", [], |row| row.get(0)).unwrap()
    };
    assert_eq!(marks(&world.sql()), marks(&sql));
    assert!(named(&world, ".stray").is_empty());
}

#[test]
fn answers_that_vanished_with_a_file_are_missed_by_doctor() {
    let world = world();
    let first = answered(&world, DAY, 3);
    let backup = world.ok(&["backup"]).trim_end().to_owned();
    let elsewhere = self::world();
    let other = answered(&elsewhere, DAY, 1);
    fs::copy(elsewhere.db(), world.db()).unwrap();
    let ran = world.run(&["doctor"]);
    assert!(ran.code == 1 && !ran.out.contains("nothing is wrong"), "{}{}", ran.out, ran.err);
    assert!(ran.err.contains(&format!("sysdrill merge {backup} takes them in")), "{}", ran.err);
    world.ok(&["merge", &backup]);
    assert_eq!(ids(&world.db()), first.union(&other).cloned().collect());
    world.assert_sound();
}

#[test]
fn two_repairs_at_once_lose_nothing() {
    for _ in 0..trials() {
        let world = world();
        let confirmed = answered(&world, DAY, 12);
        spoil_a_row(&world);
        let both = [(); 2].map(|()| spawn(&world, &["doctor", "--repair"]));
        for child in both {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        world.assert_sound();
        // The row that was spoiled comes back from the day's backup, where that was made after it.
        let lost = confirmed.difference(&ids(&world.db())).count();
        assert!(lost <= 1, "{lost} of {} answers lost", confirmed.len());
    }
}

#[test]
fn what_a_session_confirmed_beside_a_repair_is_in_the_file() {
    for _ in 0..trials() {
        let world = world();
        answered(&world, DAY, 3);
        spoil_a_row(&world);
        let mut talk = session(&world, "2026-11-22T09:00:00Z");
        let mut confirmed = answer(&mut talk, 2);
        let mut repair = spawn(&world, &["doctor", "--repair"]);
        let mut refused = false;
        while !refused && repair.try_wait().unwrap().is_none() && confirmed.len() < 30 {
            talk.say(grade(4));
            let event = loop {
                let event = talk.next().unwrap();
                if event["event"] == "feedback" || event["event"] == "error" {
                    break event;
                }
            };
            refused = event["event"] == "error";
            match event["review"].as_str() {
                Some(review) => drop(confirmed.insert(review.to_owned())),
                None => assert!(event["message"].as_str().unwrap().contains("was moved or replaced"), "{event}"),
            }
        }
        assert!(repair.wait().unwrap().success());
        talk.kill();
        let lost: Vec<String> = confirmed.difference(&ids(&world.db())).cloned().collect();
        assert!(lost.is_empty(), "{} of {} answers are left in the damaged file alone", lost.len(), confirmed.len());
        world.assert_sound();
    }
}

#[test]
fn a_repair_takes_in_every_backup_whatever_the_day_in_its_name() {
    let world = world();
    // The clock stood in 2099 once: that day's backup has the latest name for ever.
    let mut all = answered(&world, "2099-01-01T09:00:00Z", 1);
    all.extend(answered(&world, DAY, 4));
    world.ok(&["backup"]);
    all.extend(answered(&world, "2026-11-22T09:00:00Z", 3));
    world.ok(&["backup", "--now", "2026-11-22T10:00:00Z"]);
    let length = fs::metadata(world.db()).unwrap().len();
    fs::OpenOptions::new().write(true).open(world.db()).unwrap().set_len(length / 8).unwrap();
    world.ok(&["doctor", "--repair"]);
    assert_eq!(ids(&world.db()), all);
    world.assert_sound();
}

#[cfg(unix)]
#[test]
fn through_a_link_the_log_the_backups_and_what_is_set_aside_are_those_of_the_file() {
    use std::os::unix::fs::symlink;
    let world = world();
    let (link, real) = (world.path("link/log.db"), world.db());
    fs::create_dir_all(link.parent().unwrap()).unwrap();
    fs::create_dir_all(real.parent().unwrap()).unwrap();
    // The link may be there before the file.
    symlink(&real, &link).unwrap();
    let db = ["--db", link.to_str().unwrap()];
    let run = |args: &[&str]| world.ok(&[args, &db].concat());
    let mut talk = world.review(DAY, &[&["--new", "40"][..], &db].concat());
    let mut confirmed = answer(&mut talk, 3);
    talk.kill();
    let backup = run(&["backup"]).trim_end().to_owned();
    assert!(backup.starts_with(world.path("data/backups").to_str().unwrap()), "{backup}");
    assert_eq!(ids(Path::new(&backup)), confirmed);
    let mut talk = world.review("2026-11-22T09:00:00Z", &[&["--new", "40"][..], &db].concat());
    confirmed.extend(answer(&mut talk, 3));
    talk.kill();
    run(&["restore", &backup]);
    run(&["merge", named(&world, "before-restore-")[0].to_str().unwrap()]);
    assert_eq!(ids(&real), confirmed);
    let mut talk = world.review("2026-11-23T09:00:00Z", &[&["--new", "40"][..], &db].concat());
    confirmed.extend(answer(&mut talk, 2));
    talk.kill();
    let mut bytes = fs::read(&real).unwrap();
    bytes[20..24].fill(0);
    fs::write(&real, bytes).unwrap();
    run(&["doctor", "--repair"]);
    assert_eq!(ids(&real), confirmed, "the log beside the file was read");
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read_dir(link.parent().unwrap()).unwrap().count(), 1, "nothing lies beside the link");
    assert_eq!(named(&world, ".damaged-").iter().filter(|path| !path.to_string_lossy().ends_with("-wal")).count(), 1);
}

#[test]
fn what_sqlite_reads_as_something_else_is_the_name_of_a_file() {
    let world = world();
    for name in [":memory:", "file:here.db", "file::memory:?cache=shared", "file:new.db?mode=memory"] {
        if cfg!(windows) && name.contains([':', '?']) {
            continue;
        }
        let mut talk = world.review(DAY, &["--db", name]);
        answer(&mut talk, 1);
        talk.end();
        assert_eq!(ids(&world.path(name)).len(), 1, "{name}");
    }
    let foreign = world.path("accounts.db");
    let sql = rusqlite::Connection::open(&foreign).unwrap();
    sql.execute_batch("CREATE TABLE account (number INTEGER); INSERT INTO account VALUES (7)").unwrap();
    drop(sql);
    let before = fs::read(&foreign).unwrap();
    let uri = format!("file:{}", foreign.display());
    world.run(&["due", "--db", &uri]);
    world.fails(1, &["restore", foreign.to_str().unwrap()]);
    answered(&world, DAY, 1);
    let backup = world.ok(&["backup"]).trim_end().to_owned();
    let said = world.fails(1, &["restore", &backup, "--db", foreign.to_str().unwrap()]);
    assert!(said.contains("of another program"), "{said}");
    assert!(fs::read(&foreign).unwrap() == before);
    assert!(!world.path("accounts.db-lock").exists(), "nothing is left beside it");
}

#[test]
fn a_restore_takes_no_file_without_a_log_and_not_the_file_itself() {
    let world = world();
    let confirmed = answered(&world, DAY, 3);
    let (empty, bare) = (world.path("empty.db"), world.path("bare.db"));
    fs::write(&empty, "").unwrap();
    let sql = rusqlite::Connection::open(&bare).unwrap();
    sql.execute_batch("PRAGMA application_id = 0x53595344; CREATE TABLE t (a); PRAGMA user_version = 3").unwrap();
    drop(sql);
    let itself = world.db();
    for (file, why) in [(&empty, "has no log"), (&bare, "has no log"), (&itself, "is the database itself")] {
        let said = world.fails(1, &["restore", file.to_str().unwrap()]);
        assert!(said.contains(why), "{}: {said}", file.display());
        assert_eq!(ids(&world.db()), confirmed);
    }
    assert!(named(&world, "before-restore-").is_empty());
}

#[test]
fn a_session_that_lost_its_file_does_not_remove_the_log_of_the_next_one() {
    let world = world();
    // The day's backup is made before, so that the session below makes none beside what is done here.
    answered(&world, DAY, 1);
    let mut talk = session(&world, DAY);
    answer(&mut talk, 2);
    fs::rename(world.db(), world.path("data/elsewhere.db")).unwrap();
    fs::rename(wal(&world), world.path("data/elsewhere.db-wal")).unwrap();
    remove_backups(&world);
    let confirmed = killed(&world, "2026-11-22T09:00:00Z", 3);
    talk.end();
    assert_eq!(ids(&world.db()), confirmed, "the log of the new file");
    world.assert_sound();
}
