//! Killed at any moment, by any number of processes: what was confirmed is in the log, once.
//!
//! `SYSDRILL_KILLS` sets how often it is killed; the longer run: `SYSDRILL_KILLS=1000 cargo test --test it crash`.

use crate::harness::{World, grade, recall};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

const KILLS: u64 = 60;
/// A process lives up to so long: from before its file is open to well within its answers.
const LIFE_US: u64 = 120_000;
/// SQLite waits ten seconds for another process; whoever waits longer hangs.
const LONGEST_WAIT: Duration = Duration::from_secs(11);

fn kills() -> u64 {
    std::env::var("SYSDRILL_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(KILLS)
}

fn forty_cards() -> String {
    (0..40).map(|n| recall(&format!("card-{n}"))).collect()
}

/// What a session confirmed.
#[derive(Default)]
struct Confirmed {
    reviews: BTreeSet<String>,
    retracted: BTreeSet<String>,
    /// Marks for flags, and those that take a mark back.
    flags: usize,
    errors: Vec<String>,
    longest_wait: Duration,
}

/// A session whose output is read by a thread of its own, up to the last whole line.
struct Session {
    child: Child,
    stdin: ChildStdin,
    reader: JoinHandle<Confirmed>,
}

impl Session {
    fn begin(world: &World, day: u64, replies: &[Value]) -> Self {
        let now = format!("20{:02}-{:02}-{:02}T09:00:00Z", 26 + day / 336, 1 + day / 28 % 12, 1 + day % 28);
        let args = ["review", "--json", "--deck", "mine", "--now", &now, "--new", "40", "--minutes", "0"];
        let mut child = world.command(&args).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let reader = std::thread::spawn(move || listen(stdout));
        let mut stdin = child.stdin.take().unwrap();
        let lines: String = replies.iter().map(|reply| format!("{reply}\n")).collect();
        // A session that has nothing to ask is gone by now.
        let _ = stdin.write_all(lines.as_bytes());
        Self { child, stdin, reader }
    }

    fn kill(mut self) -> Confirmed {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.reader.join().unwrap()
    }

    fn end(mut self) -> Confirmed {
        drop(self.stdin);
        assert!(self.child.wait().unwrap().success());
        self.reader.join().unwrap()
    }
}

fn listen(stdout: impl BufRead) -> Confirmed {
    let mut confirmed = Confirmed::default();
    let mut before = Instant::now();
    for line in stdout.split(b'\n').map_while(Result::ok) {
        confirmed.longest_wait = confirmed.longest_wait.max(before.elapsed());
        before = Instant::now();
        // The last line may be half a line.
        let Ok(event) = serde_json::from_slice::<Value>(&line) else { break };
        let text = |key: &str| event[key].as_str().map(str::to_owned);
        match event["event"].as_str().unwrap_or_default() {
            "feedback" => {
                confirmed.reviews.extend(text("review"));
                confirmed.retracted.extend(text("replaces"));
            }
            "undone" => {
                confirmed.retracted.extend(text("review"));
                confirmed.reviews.extend(text("restored"));
                confirmed.flags += usize::from(matches!(event["what"].as_str(), Some("flag" | "unflag" | "suspend")));
            }
            "flagged" => confirmed.flags += 1,
            "error" => confirmed.errors.extend(text("message")),
            _ => {}
        }
    }
    confirmed
}

fn replies(rng: &mut ChaCha8Rng, count: usize) -> Vec<Value> {
    (0..count)
        .map(|_| match rng.random_range(0..20) {
            0..2 => json!({"undo": true}),
            2..4 => json!({"regrade": rng.random_range(0..6)}),
            4 => json!({"flag": true}),
            5 => json!({"suspend": true}),
            _ => grade(rng.random_range(0..6)),
        })
        .collect()
}

/// The log as it is in the file.
struct Log {
    reviews: BTreeSet<String>,
    retracted: BTreeSet<String>,
    rows: usize,
    flags: usize,
}

impl Log {
    fn read(world: &World) -> Self {
        let sql = world.sql();
        let ids = |query: &str| -> Vec<String> {
            let mut statement = sql.prepare(query).unwrap();
            let id = |row: &rusqlite::Row| row.get::<_, Vec<u8>>(0);
            let ids: Vec<Vec<u8>> = statement.query_map([], id).unwrap().collect::<Result<_, _>>().unwrap();
            ids.iter().map(|id| uuid::Uuid::from_slice(id).unwrap().to_string()).collect()
        };
        let count = |query: &str| sql.query_row(query, [], |row| row.get::<_, usize>(0)).unwrap();
        let reviews = ids("SELECT id FROM review");
        Self {
            rows: reviews.len(),
            reviews: reviews.into_iter().collect(),
            retracted: ids("SELECT review FROM retraction").into_iter().collect(),
            flags: count("SELECT count(*) FROM mark WHERE what IN ('flag', 'unflag') OR what LIKE 'undo %'"),
        }
    }

    fn holds(&self, confirmed: &Confirmed) {
        let lost: Vec<&String> = confirmed.reviews.difference(&self.reviews).collect();
        assert!(lost.is_empty(), "confirmed and not in the log: {lost:?}");
        let lost: Vec<&String> = confirmed.retracted.difference(&self.retracted).collect();
        assert!(lost.is_empty(), "taken back and still live: {lost:?}");
    }
}

#[test]
fn killed_at_any_moment_nothing_confirmed_is_lost_or_doubled() {
    let world = World::with_deck(&forty_cards());
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let (mut rows, mut flags, mut confirmed_in_all) = (0, 0, 0);
    for day in 0..kills() {
        // A day for each, so that each has a backup to make. The first may be killed before there is a file.
        let session = Session::begin(&world, day, &replies(&mut rng, 60));
        std::thread::sleep(Duration::from_micros(rng.random_range(0..LIFE_US)));
        let confirmed = session.kill();
        if !world.db().exists() {
            continue;
        }
        world.assert_sound();
        let log = Log::read(&world);
        log.holds(&confirmed);
        // One answer may have been saved and not yet told.
        let untold = log.rows - rows - confirmed.reviews.len();
        assert!(untold <= 1, "{untold} answers were saved and never confirmed");
        assert!((0..=1).contains(&(log.flags - flags - confirmed.flags)));
        (rows, flags) = (log.rows, log.flags);
        confirmed_in_all += confirmed.reviews.len();
        // Suspended cards come back, or none would be left.
        if day % 10 == 9 {
            resume_all(&world);
        }
    }
    assert!(confirmed_in_all as u64 > kills(), "it was killed too early to tell: {confirmed_in_all} answers");
    assert_backups_are_sound(&world);
}

fn resume_all(world: &World) {
    let sql = world.sql();
    let mut suspended = sql.prepare("SELECT card FROM schedule WHERE suspended").unwrap();
    let cards: Vec<String> = suspended.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    if !cards.is_empty() {
        let cards = cards.iter().map(String::as_str);
        world.ok(&["resume"].into_iter().chain(cards).collect::<Vec<_>>());
    }
}

fn assert_backups_are_sound(world: &World) {
    let mut daily = 0;
    for entry in std::fs::read_dir(world.path("data/backups")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "db") {
            let said = world.ok(&["doctor", "--db", path.to_str().unwrap()]);
            assert!(said.contains("nothing is wrong"), "{said}");
            daily += 1;
        }
    }
    assert!(daily > 0, "no backup was made");
}

#[test]
fn killed_while_the_file_is_made_the_next_command_makes_it() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    for _ in 0..kills() / 3 {
        let world = World::with_deck(&recall("a"));
        let mut child = world.command(&["due"]).stdout(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_micros(rng.random_range(0..60_000)));
        child.kill().unwrap();
        child.wait().unwrap();
        let mut talk = world.review("2026-11-21T09:00:00Z", &[]);
        talk.answer(grade(4));
        talk.end();
        world.assert_sound();
    }
}

#[test]
fn four_processes_on_one_file_lose_nothing_and_wait_for_each_other() {
    let world = World::with_deck(&forty_cards());
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    world.ok(&["due"]);
    let idle = Session::begin(&world, 0, &[]);
    let (mut confirmed_in_all, mut untold) = (BTreeSet::new(), 0);
    for round in 0..kills().div_ceil(20) {
        let sessions: Vec<Session> = (0..4).map(|_| Session::begin(&world, round, &replies(&mut rng, 30))).collect();
        // Whoever looks the file over meanwhile sees one state of it.
        world.assert_sound();
        for (n, session) in sessions.into_iter().enumerate() {
            let killed = n % 2 == 0;
            let confirmed = if killed { session.kill() } else { session.end() };
            untold += usize::from(killed);
            assert!(confirmed.longest_wait < LONGEST_WAIT, "waited {:?}", confirmed.longest_wait);
            let refused = confirmed.errors.iter().find(|error| error.contains("cannot"));
            assert_eq!(refused, None, "an answer was refused");
            Log::read(&world).holds(&confirmed);
            confirmed_in_all.extend(confirmed.reviews);
        }
    }
    world.assert_sound();
    let log = Log::read(&world);
    assert!((confirmed_in_all.len()..=confirmed_in_all.len() + untold).contains(&log.rows));
    assert!(confirmed_in_all.len() > 40, "{} answers", confirmed_in_all.len());
    assert!(idle.end().errors.is_empty());
}
