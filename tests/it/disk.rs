//! A disk that is full, a file that is not the user's to write, a lock that another holds: the answer is refused with
//! the reason, what was there stays, and the session goes on when the cause is gone.

use crate::harness::{Ran, Talk, World, grade, recall};
use serde_json::Value;
use std::fs;
use std::time::{Duration, Instant};

fn refused(talk: &mut Talk) -> String {
    talk.say(grade(4));
    talk.until("error")["message"].as_str().unwrap().to_owned()
}

fn reviews(world: &World, card: &str) -> usize {
    world.card(card)["reviews"].as_array().map_or(0, Vec::len)
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_refuses_an_answer_and_not_the_next() {
    use rustix::process::{Pid, Resource, Rlimit, prlimit};
    let world = World::with_deck(&[recall("a"), recall("b"), recall("c")].concat());
    let mut talk = world.review("2026-11-21T09:00:00Z", &[]);
    talk.answer(grade(4));
    let limit = |talk: &Talk, bytes: Option<u64>| {
        let pid = Pid::from_raw(talk.pid().try_into().unwrap());
        prlimit(pid, Resource::Fsize, Rlimit { current: bytes, maximum: None }).unwrap();
    };
    limit(&talk, Some(100));
    for _ in 0..2 {
        let said = refused(&mut talk);
        assert!(said.contains("cannot save the answer") && said.contains("The disk is full"), "{said}");
    }
    world.assert_sound();
    assert_eq!((reviews(&world, "mine/a"), reviews(&world, "mine/b")), (1, 0));
    limit(&talk, None);
    assert_eq!(talk.answer(grade(4))["card"], "mine/b");
    assert_eq!(talk.answer(grade(4))["card"], "mine/c");
    assert_eq!(talk.end()["answered"], 3);
    assert_eq!((reviews(&world, "mine/b"), reviews(&world, "mine/c")), (1, 1));
    world.assert_sound();
}

#[cfg(target_os = "linux")]
#[test]
fn a_backup_that_finds_no_room_stops_no_review() {
    use std::os::unix::fs::symlink;
    let world = World::with_deck(&recall("a"));
    world.ok(&["due"]);
    // A place where nothing can be written, whoever runs this.
    symlink("/proc/self", world.path("data/backups")).unwrap();
    let output = world.command(&["review", "--json", "--deck", "mine", "--now", "2026-11-21T09:00:00Z"]);
    let mut talk = Talk::begin(output);
    assert_eq!(talk.answer(grade(4))["card"], "mine/a");
    talk.end();
    assert_eq!(reviews(&world, "mine/a"), 1);
}

#[test]
fn a_lock_held_too_long_is_explained() {
    let world = World::with_deck(&[recall("a"), recall("b")].concat());
    let mut talk = world.review("2026-11-21T09:00:00Z", &[]);
    talk.answer(grade(4));
    let other = world.sql();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let began = Instant::now();
    let said = refused(&mut talk);
    assert!(said.contains("Another sysdrill is writing to the file: try again when it is done"), "{said}");
    assert!((Duration::from_secs(9)..Duration::from_secs(30)).contains(&began.elapsed()), "{:?}", began.elapsed());
    // Reading needs no lock.
    assert_eq!(world.ok(&["due", "--short", "--now", "2026-11-22T09:00:00Z"]), "1\n");
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(talk.answer(grade(4))["card"], "mine/b");
    talk.end();
    world.assert_sound();
}

#[test]
fn a_backup_waits_for_who_keeps_readers_out() {
    let world = World::with_deck(&recall("a"));
    let mut talk = world.review("2026-11-21T09:00:00Z", &[]);
    talk.answer(grade(4));
    talk.end();
    let other = world.sql();
    other.execute_batch("PRAGMA locking_mode = exclusive; BEGIN IMMEDIATE; PRAGMA user_version = 4; COMMIT").unwrap();
    let began = Instant::now();
    let letting_in = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        drop(other);
    });
    let made = sysdrill::store::backup::copy(&world.db(), "beside-a-lock");
    assert!(made.is_ok(), "after {:?}: {}", began.elapsed(), made.unwrap_err());
    letting_in.join().unwrap();
}

#[cfg(unix)]
#[test]
fn an_interrupted_session_ends_with_130_and_its_answers() {
    for signal in ["-INT", "-TERM", "-HUP"] {
        let world = World::with_deck(&[recall("a"), recall("b")].concat());
        let mut talk = world.review("2026-11-21T09:00:00Z", &[]);
        talk.answer(grade(4));
        talk.until("question");
        let pid = talk.pid().to_string();
        assert!(std::process::Command::new("kill").args([signal, &pid]).status().unwrap().success());
        assert_eq!(talk.exit_code(), Some(130), "{signal}");
        assert_eq!(reviews(&world, "mine/a"), 1);
    }
}

/// Runs commands as a user to whom permissions apply; the superuser, to whom none do, becomes nobody.
#[cfg(unix)]
struct Somebody<'a> {
    world: &'a World,
    nobody: bool,
}

#[cfg(unix)]
impl<'a> Somebody<'a> {
    const NOBODY: u32 = 65534;

    fn new(world: &'a World) -> Self {
        use std::os::unix::fs::PermissionsExt;
        let probe = world.path("probe");
        fs::write(&probe, "").unwrap();
        fs::set_permissions(&probe, fs::Permissions::from_mode(0o400)).unwrap();
        let nobody = fs::OpenOptions::new().write(true).open(&probe).is_ok();
        if nobody {
            // The binary may lie where nobody may look.
            let (from, to) = (env!("CARGO_BIN_EXE_sysdrill"), world.path("sysdrill"));
            fs::hard_link(from, &to).or_else(|_| fs::copy(from, &to).map(drop)).unwrap();
        }
        let this = Self { world, nobody };
        this.own(&world.path(""));
        this
    }

    fn own(&self, path: &std::path::Path) {
        if !self.nobody {
            return;
        }
        std::os::unix::fs::chown(path, Some(Self::NOBODY), Some(Self::NOBODY)).unwrap();
        for entry in fs::read_dir(path).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path != self.world.path("sysdrill") {
                self.own(&path);
            }
        }
    }

    fn command(&self, args: &[&str]) -> std::process::Command {
        use std::os::unix::process::CommandExt;
        let template = self.world.command(args);
        if !self.nobody {
            return template;
        }
        let mut command = std::process::Command::new(self.world.path("sysdrill"));
        command.args(template.get_args()).env_clear().current_dir(self.world.path(""));
        command.envs(template.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.uid(Self::NOBODY).gid(Self::NOBODY);
        command
    }

    fn run(&self, args: &[&str]) -> Ran {
        Ran::from(self.command(args).stdin(std::process::Stdio::null()).output().unwrap())
    }
}

#[cfg(unix)]
#[test]
fn what_is_not_ours_to_write_is_explained_and_left() {
    use std::os::unix::fs::PermissionsExt;
    let chmod = |path: &std::path::Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let world = World::with_deck(&[recall("a"), recall("b")].concat());
    let somebody = Somebody::new(&world);
    let review = ["review", "--json", "--deck", "mine", "--now", "2026-11-21T09:00:00Z"];
    let mut talk = Talk::begin(somebody.command(&review));
    talk.answer(grade(4));
    talk.end();
    let (db, data) = (world.db(), world.path("data"));
    let before = fs::read(&db).unwrap();
    for (what, path, mode) in [("file", &db, 0o400), ("folder", &data, 0o500), ("closed folder", &data, 0o000)] {
        let sound = if path == &db { 0o600 } else { 0o700 };
        chmod(path, mode);
        for args in [&review[..], &["undo"], &["doctor", "--repair"], &["backup"]] {
            let ran = somebody.run(args);
            chmod(path, sound);
            let said = format!("{}{}", ran.out, ran.err);
            assert_eq!(ran.code, 1, "{what}: {args:?}: {said}");
            assert!(said.contains("check the permissions"), "{what}: {args:?}: {said}");
            assert_eq!(fs::read(&db).unwrap(), before, "{what}: {args:?}");
            chmod(path, mode);
        }
        chmod(path, sound);
    }
    let mut talk = Talk::begin(somebody.command(&review));
    assert_eq!(talk.answer(grade(4))["card"], "mine/b");
    talk.end();
    let said: Value = serde_json::from_str(&somebody.run(&["card", "mine/a", "--json"]).out).unwrap();
    assert_eq!(said["reviews"].as_array().unwrap().len(), 1);
}
