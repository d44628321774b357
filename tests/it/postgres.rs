//! `sync` by a server, against a real PostgreSQL.

use crate::harness::{Ran, World, grade, recall};
use crate::postgres_server::{ADMIN_PASSWORD, Database, database};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};
use sysdrill::log::{Mark, MarkKind, Review, sealed};
use sysdrill::schedule::{CardId, Day, Mode, Quality};
use sysdrill::store::Store;
use sysdrill::sync::name::Device;
use sysdrill::sync::server::address::Address;
use sysdrill::sync::server::connection::Connection;
use sysdrill::sync::server::error::ServerError;
use sysdrill::sync::server::exchange::{ExchangeError, Exchanged, Put, Server, exchange};
use sysdrill::sync::state::ServerState;
use sysdrill::sync::{self, State, folder};

const NOON_MS: i64 = 1_795_000_000_000;
const DAY_MS: i64 = 24 * 3600 * 1000;

impl Database {
    /// A database that is ready, with its server.
    fn ready(test: &str) -> Option<Self> {
        let database = database(test)?;
        database.open("postgres", ADMIN_PASSWORD).init().unwrap();
        Some(database)
    }

    fn address(&self, user: &str) -> Address {
        Address::parse(&self.url(user), &|_| None).unwrap()
    }

    fn open(&self, user: &str, password: &str) -> Connection {
        Connection::open(&self.address(user), Some(password)).unwrap()
    }

    /// A learner, whom no other test has: roles are the whole server's. The password is the name twice.
    fn invite(&self, name: &str) -> Learner {
        let name = format!("{name}_{}", self.name);
        let password = format!("{name}:{name}");
        self.open("postgres", ADMIN_PASSWORD).invite(&name, &password).unwrap();
        Learner { name, password }
    }
}

struct Learner {
    name: String,
    password: String,
}

impl Learner {
    fn sync(&self, world: &World, database: &Database) -> Ran {
        self.run(world, &["sync", &database.url(&self.name)])
    }

    fn run(&self, world: &World, args: &[&str]) -> Ran {
        let ran = world.run_with(args, &[("PGPASSWORD", &self.password)]);
        let said = format!("{}{}", ran.out, ran.err);
        assert!(!said.contains(&self.password), "{said}");
        ran
    }

    fn ok(&self, world: &World, args: &[&str]) -> Ran {
        let ran = self.run(world, args);
        assert_eq!(ran.code, 0, "{args:?}: {}\n{}", ran.out, ran.err);
        ran
    }
}

fn world() -> World {
    World::with_deck(&["a", "b", "c", "d"].map(recall).concat())
}

fn answer(world: &World, day: &str, answers: usize) {
    let mut talk = world.review(&format!("{day}T09:00:00Z"), &[]);
    for _ in 0..answers {
        talk.answer(grade(4));
    }
    talk.end();
}

/// The log and what it folds to, in no order.
fn log(world: &World) -> Vec<String> {
    let mut lines: Vec<String> = world.ok(&["export"]).lines().map(str::to_owned).collect();
    lines.retain(|line| !line.starts_with("{\"settings\""));
    lines.sort();
    lines
}

fn count(client: &mut postgres::Client, table: &str) -> i64 {
    client.query_one(&format!("select count(*) from sysdrill.{table}"), &[]).unwrap().get(0)
}

#[test]
fn two_computers_come_to_one_log_by_a_server() {
    let Some(database) = Database::ready("two computers") else { return };
    let ada = database.invite("ada");
    let (here, there) = (world(), world());
    answer(&here, "2026-11-21", 2);
    here.ok(&["note", "mine/a", "one and only"]);
    answer(&there, "2026-11-22", 1);
    let said = ada.sync(&here, &database).out;
    assert!(said.contains("3 rows went there") && said.contains("no other computer of yours"), "{said}");
    let said = ada.sync(&there, &database).out;
    assert!(said.contains("2 reviews, 1 decision came") && said.contains("1 other computer of yours"), "{said}");
    // From then on the server is known.
    let said = ada.ok(&here, &["sync"]).out;
    assert!(said.contains("1 review came"), "{said}");
    assert_eq!(log(&here), log(&there));
    assert!(ada.ok(&there, &["sync"]).out.starts_with("nothing went there; nothing came"));
    for world in [&here, &there] {
        world.assert_sound();
        assert!(!world.ok(&["doctor"]).contains(&ada.password));
        // Nothing that is kept has the password, here or there.
        for file in [world.db(), world.db().with_extension("db-wal")] {
            let bytes = fs::read(file).unwrap_or_default();
            assert!(!bytes.windows(ada.password.len()).any(|part| part == ada.password.as_bytes()));
        }
    }
    assert!(!database.log().contains(&ada.password));
    assert!(ada.ok(&here, &["sync", "--forget"]).out.contains("is forgotten"));
    assert!(ada.run(&here, &["sync"]).err.contains("name the folder"));
}

/// A folder and a server are synced together, and what comes by one goes out by the other.
#[test]
fn a_folder_and_a_server_pass_on_what_the_other_has() {
    let Some(database) = Database::ready("folder and server") else { return };
    let ada = database.invite("ada");
    let shared = tempfile::tempdir().unwrap();
    let (folder_only, both, server_only) = (world(), world(), world());
    answer(&folder_only, "2026-11-21", 1);
    answer(&both, "2026-11-22", 1);
    answer(&server_only, "2026-11-23", 1);
    let folder = shared.path().to_str().unwrap();
    folder_only.ok(&["sync", folder]);
    both.ok(&["sync", folder]);
    ada.sync(&both, &database);
    ada.sync(&server_only, &database);
    ada.ok(&both, &["sync"]);
    ada.ok(&both, &["sync"]);
    folder_only.ok(&["sync"]);
    ada.ok(&server_only, &["sync"]);
    assert_eq!(log(&folder_only), log(&server_only));
    assert_eq!(log(&both), log(&server_only));
    // The folder is away: the server is synced, and the folder is told.
    fs::remove_dir_all(shared.path()).unwrap();
    answer(&both, "2026-11-24", 1);
    let ran = ada.run(&both, &["sync"]);
    assert!(
        ran.code == 1 && ran.err.contains("there is no folder") && ran.out.contains("1 row went there"),
        "{}",
        ran.err
    );
}

#[test]
fn a_password_comes_from_the_file_that_other_programs_read() {
    let Some(database) = Database::ready("pgpass") else { return };
    let ada = database.invite("ada");
    let world = world();
    answer(&world, "2026-11-21", 1);
    let path = world.path(".pgpass");
    fs::write(&path, format!("localhost:*:{}:{}:{}\n", database.name, ada.name, ada.password.replace(':', "\\:")))
        .unwrap();
    let mode = |mode| fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    mode(0o644);
    let said = world.fails(1, &["sync", &database.url(&ada.name)]);
    assert!(said.contains("chmod 600") && !said.contains(&ada.password), "{said}");
    mode(0o600);
    assert!(world.ok(&["sync", &database.url(&ada.name)]).contains("1 row went there"));
}

#[test]
fn what_a_server_refuses_is_said_with_what_to_do() {
    let Some(database) = database("refusals") else { return };
    let world = world();
    let sync = |url: &str, password: &str| {
        let ran = world.run_with(&["sync", url], &[("PGPASSWORD", password)]);
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{}", ran.err);
        assert!(!ran.err.contains("s3cret"), "{}", ran.err);
        ran.err
    };
    let said = sync(&database.admin_url(), ADMIN_PASSWORD);
    assert!(said.contains("not ready for sysdrill yet") && said.contains("sync init"), "{said}");
    let ran = world.run_with(&["sync", "init", &database.admin_url()], &[("PGPASSWORD", ADMIN_PASSWORD)]);
    assert!(ran.out.contains("is ready"), "{}{}", ran.out, ran.err);
    let ran = world.run_with(&["sync", "init", &database.admin_url()], &[("PGPASSWORD", ADMIN_PASSWORD)]);
    assert!(ran.out.contains("already"), "{}{}", ran.out, ran.err);
    let ada = database.invite("ada");
    let elsewhere = tempfile::tempdir().unwrap();
    let missing =
        database.url(&ada.name).replace(&database.name, "missing").replace(&format!("ada_{}", "missing"), &ada.name);
    for (url, password, words) in [
        (database.url(&ada.name), "s3cret", "with this password"),
        (missing, &ada.password, "no database missing"),
        (database.url_by(elsewhere.path(), &ada.name), &ada.password, "no server's socket"),
        (database.url(&ada.name).replace('@', ":s3cret@"), "", "a password stands in the address"),
        (format!("postgres://{}@no-such-host.invalid/x?sslmode=disable", ada.name), "", "no host no-such-host.invalid"),
        (format!("postgres://{}@127.0.0.1:1/x", ada.name), "s3cret", "no server at this port"),
        (database.url(&ada.name), "", "asks for a password"),
    ] {
        let said = sync(&url, password);
        assert!(said.contains(words), "{words}: {said}");
    }
    // Who was not invited has a role, and nothing else.
    let name = format!("eve_{}", database.name);
    database.admin().batch_execute(&format!("create role {name} login password 's3cret'")).unwrap();
    let said = sync(&database.url(&name), "s3cret");
    assert!(said.contains("sync invite"), "{said}");
    assert!(world.fails(1, &["sync"]).contains("name the folder"), "nothing was remembered");
    // A folder of that name is reached by its path.
    fs::create_dir(world.path("init")).unwrap();
    assert!(world.ok(&["sync", "./init"]).contains("in the folder"));
}

#[test]
fn a_newer_schema_is_refused_and_nothing_is_lost() {
    let Some(database) = Database::ready("newer schema") else { return };
    let ada = database.invite("ada");
    let world = world();
    answer(&world, "2026-11-21", 1);
    assert_eq!(ada.sync(&world, &database).code, 0);
    answer(&world, "2026-11-22", 1);
    let before = log(&world);
    database.admin().batch_execute("insert into sysdrill.schema_version values (99)").unwrap();
    let ran = ada.run(&world, &["sync"]);
    assert!(ran.code == 1 && ran.err.contains("update sysdrill here"), "{}", ran.err);
    let said = world.run_with(&["sync", "init", &database.admin_url()], &[("PGPASSWORD", ADMIN_PASSWORD)]).err;
    assert!(said.contains("99"), "{said}");
    assert_eq!(log(&world), before);
    assert_eq!(count(&mut database.admin(), "line"), 1);
    database.admin().batch_execute("delete from sysdrill.schema_version where version = 99").unwrap();
    assert!(ada.ok(&world, &["sync"]).out.contains("1 row went there"));
}

/// With SQL at hand a learner reads, writes and deletes nothing of anybody else.
#[test]
fn a_learner_sees_and_changes_nobody_elses_rows() {
    let Some(database) = Database::ready("row-level security") else { return };
    let (ada, bob) = (database.invite("ada"), database.invite("bob"));
    let world = world();
    answer(&world, "2026-11-21", 3);
    ada.sync(&world, &database);
    let mut sql = database.sql(&bob.name, &bob.password);
    let mut hers = database.sql(&ada.name, &ada.password);
    hers.batch_execute(
        "insert into sysdrill.board (days_kept, cards_known) values (3, 40); \
         insert into sysdrill.board_topic (topic, answers, right_answers) values ('latency', 5, 4); \
         insert into sysdrill.deck (name) values ('hers'); \
         insert into sysdrill.deck_version (name, version, file_name, body) values ('hers', 1, 'hers.toml', 'x')",
    )
    .unwrap();
    for table in ["line", "device", "board", "board_topic"] {
        assert_eq!(count(&mut sql, table), 0, "{table}");
    }
    for table in ["line", "device", "board", "board_topic", "deck_version", "deck"] {
        assert_eq!(sql.execute(&format!("delete from sysdrill.{table}"), &[]).unwrap(), 0, "{table}");
    }
    assert_eq!(sql.execute("update sysdrill.board set days_kept = 0", &[]).unwrap(), 0);
    let device: String = database.admin().query_one("select device from sysdrill.device", &[]).unwrap().get(0);
    let (ada_name, bob_name) = (&ada.name, &bob.name);
    for refused in [
        format!("insert into sysdrill.device (learner, device) values ('{ada_name}', '00000000000000aa')"),
        format!("insert into sysdrill.line (learner, device, idx, line) values ('{ada_name}', '{device}', 4, 'x')"),
        format!("set role {ada_name}"),
        format!("set session authorization {ada_name}"),
        format!("update sysdrill.line set learner = '{bob_name}'"),
        format!("update sysdrill.device set learner = '{bob_name}'"),
        "alter table sysdrill.line disable row level security".to_owned(),
        "drop policy own on sysdrill.line".to_owned(),
        "create table sysdrill.mine (x int)".to_owned(),
        "truncate sysdrill.line".to_owned(),
        "insert into sysdrill.schema_version values (99)".to_owned(),
        format!("alter role {ada_name} password 'x'"),
        "set row_security = off; select * from sysdrill.line".to_owned(),
        "set role sysdrill_learner; insert into sysdrill.device (device) values ('00000000000000aa')".to_owned(),
        format!("grant {ada_name} to {bob_name}"),
        format!("insert into sysdrill.board (learner, days_kept, cards_known) values ('{ada_name}', 1, 1)"),
        format!("insert into sysdrill.deck (name, publisher) values ('x', '{ada_name}')"),
        "insert into sysdrill.deck_version (name, version, file_name, body) values ('hers', 2, 'hers.toml', 'y')".to_owned(),
        format!(
            "insert into sysdrill.deck_version (name, publisher, version, file_name, body) \
             values ('hers', '{ada_name}', 2, 'hers.toml', 'y')"
        ),
        "update sysdrill.deck_version set body = 'y'".to_owned(),
        "insert into sysdrill.deck (name) values ('../x')".to_owned(),
        "insert into sysdrill.deck (name) values ('x'); insert into sysdrill.deck_version (name, version, file_name, body) \
         values ('x', 1, '../x.toml', 'y')"
            .to_owned(),
    ] {
        assert!(sql.batch_execute(&refused).is_err(), "{refused}");
        sql.batch_execute("reset role; reset row_security").unwrap();
    }
    assert_eq!(count(&mut database.admin(), "line"), 3);
    // Not even its owner changes a line.
    let mut sql = database.sql(&ada.name, &ada.password);
    assert_eq!(count(&mut sql, "line"), 3);
    assert!(sql.batch_execute("update sysdrill.line set line = 'x'").is_err());
}

/// However many learners there are, the lines of one are found by their key, and not by looking at everybody's.
#[test]
fn a_learners_lines_are_found_by_their_key() {
    let Some(database) = Database::ready("keys") else { return };
    let ada = database.invite("ada");
    let mut sql = database.sql(&ada.name, &ada.password);
    sql.batch_execute("set enable_seqscan = off; set enable_bitmapscan = off").unwrap();
    for (table, more) in
        [("line", " and device = '00000000000000aa' and idx > 5 order by idx limit 1000"), ("device", "")]
    {
        let explain = format!("explain select * from sysdrill.{table} where learner = current_user{more}");
        let plan: Vec<String> = sql.query(&explain, &[]).unwrap().iter().map(|row| row.get(0)).collect();
        let plan = plan.join("\n");
        assert!(plan.contains("Index Cond: (") && plan.contains("(learner = CURRENT_USER)"), "{plan}");
        assert!(!plan.contains("Filter") && !plan.contains("Sort"), "{plan}");
    }
}

#[test]
fn a_server_is_trusted_by_its_certificate_and_its_name() {
    let Some(database) = Database::ready("TLS") else { return };
    let ada = database.invite("ada");
    let world = world();
    answer(&world, "2026-11-21", 1);
    let roots = world.path("authority.pem");
    fs::write(&roots, include_str!("samples/tls/ca.pem")).unwrap();
    let with_roots = |host: &str| format!("{}?sslrootcert={}", database.url_of_host(host, &ada.name), roots.display());
    let ran = ada.run(&world, &["sync", &database.url_of_host("localhost", &ada.name)]);
    assert!(ran.code == 1 && ran.err.contains("nobody whom this computer trusts"), "{}", ran.err);
    let ran = ada.run(&world, &["sync", &with_roots("127.0.0.1")]);
    assert!(ran.code == 1 && ran.err.contains("for another name"), "{}", ran.err);
    // Nothing was sent to a server that is not trusted.
    assert!(!database.log().contains(&format!("user={}", ada.name)), "{}", database.log());
    assert!(ada.ok(&world, &["sync", &with_roots("localhost")]).out.contains("1 row went there"));
    let encrypted = "select count(*) from sysdrill.line";
    assert_eq!(database.admin().query_one(encrypted, &[]).unwrap().get::<_, i64>(0), 1);
    let open = format!("{}?sslmode=disable", database.url_of_host("localhost", &ada.name));
    let ran = ada.ok(&world, &["sync", &open]);
    assert!(ran.err.contains("can read all that goes there"), "{}", ran.err);
    let ran = ada.run(&world, &["sync", &open.replace("disable", "prefer")]);
    assert!(ran.code == 1 && ran.err.contains("sslmode can be verify-full"), "{}", ran.err);
}

/// A computer without a screen, in this process.
struct Computer {
    store: Store,
    chance: ChaCha8Rng,
}

impl Computer {
    fn at(path: &Path, seed: u64) -> Self {
        let mut ids = ChaCha8Rng::seed_from_u64(seed + 1000);
        let mut store = Store::open(path, Box::new(move || ids.random())).unwrap();
        store.keep_to(Day::from_epoch_days(NOON_MS / DAY_MS + 60).unwrap()).unwrap();
        Self { store, chance: ChaCha8Rng::seed_from_u64(seed) }
    }

    fn exchange(&mut self, address: &Address, password: &str) -> Result<Exchanged, ExchangeError> {
        let mut server = Connection::open(address, Some(password))?.with_schema(1)?;
        self.exchange_by(address, &mut server)
    }

    fn exchange_by(&mut self, address: &Address, server: &mut dyn Server) -> Result<Exchanged, ExchangeError> {
        let known = sync::remembered(&self.store).unwrap();
        let state = known.unwrap_or_else(|| State::without_folder(Device::new(self.chance.random())));
        let new = ServerState::new(address.to_string(), Device::new(self.chance.random()));
        let ours = state.server.clone().unwrap_or(new);
        let chance = &mut self.chance;
        exchange(&mut self.store, server, state, ours, NOON_MS + 40 * DAY_MS, &mut || chance.random())
    }

    fn sync_folder(&mut self, path: &Path) -> sync::Synced {
        let known = sync::remembered(&self.store).unwrap();
        let state = match known {
            Some(state) => state.moved_to(path),
            None => State::new(path, Device::new(self.chance.random())),
        };
        let (folder, chance) = (folder::open(path).unwrap(), &mut self.chance);
        sync::sync(&mut self.store, &folder, state, NOON_MS + 40 * DAY_MS, &mut || chance.random()).unwrap()
    }

    /// Answers, decides or takes back.
    fn act(&mut self, act: usize, acts: usize, chance: &mut ChaCha8Rng) {
        let at_ms = NOON_MS + act as i64 * 30 * DAY_MS / acts as i64 + chance.random_range(0..DAY_MS);
        let day = Day::from_epoch_days(at_ms / DAY_MS).unwrap();
        let card = CardId::parse(&format!("mine/card-{}", chance.random_range(0..40))).unwrap();
        match chance.random_range(0..12) {
            0 => {
                if let Some((id, review)) = self.store.reviews().latest().unwrap() {
                    self.store.retract(id, &review.card, at_ms).unwrap();
                }
            }
            1 => {
                let kind = [MarkKind::Suspend, MarkKind::Resume, MarkKind::Flag][act % 3].clone();
                self.store.mark(&Mark::of_card(card, kind, at_ms, day)).unwrap();
            }
            2 => {
                let note = MarkKind::Note(format!("note {act}"));
                self.store.mark(&Mark::of_card(card, note, at_ms, day)).unwrap();
            }
            _ => {
                let session = self.store.new_session(at_ms);
                let quality = Quality::new(chance.random_range(0..6)).unwrap();
                self.store.record(&review(card, at_ms, day, quality, session)).unwrap();
            }
        }
    }

    fn lines(&self) -> BTreeSet<String> {
        let mut lines = BTreeSet::new();
        let mut each = |line: &[u8]| {
            lines.insert(String::from_utf8(line.to_vec()).unwrap());
            Ok(())
        };
        self.store.lines_beyond(None, &HashSet::new(), &mut each).unwrap();
        lines
    }
}

fn review(card: CardId, at_ms: i64, day: Day, quality: Quality, session: sysdrill::log::LogId) -> Review {
    Review {
        card,
        at_ms,
        day,
        quality,
        session,
        mode: Mode::Review,
        kind: "recall".to_owned(),
        took_ms: 1000,
        prompt: "what?".to_owned(),
        given: None,
        ratio: None,
        slip: None,
        seed: None,
        drawn: None,
        steps: None,
        options: None,
        confidence: None,
        source: None,
    }
}

/// Computers that sync at random, by a folder or by a server to which connections end at any byte.
fn life(database: &Database, seed: u64, acts: usize, computers: usize) {
    let ada = database.invite(&format!("ada{seed}"));
    let proxy = database.proxy();
    let address = Address::parse(&database.url_by(proxy.dir.path(), &ada.name), &|_| None).unwrap();
    let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let shared = dir.path().join("shared");
    fs::create_dir(&shared).unwrap();
    let shared = fs::canonicalize(shared).unwrap();
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    let mut all: Vec<Computer> =
        (0..computers).map(|n| Computer::at(&dir.path().join(format!("{n}.db")), seed * 100 + n as u64)).collect();
    let (mut union, mut cut) = (BTreeSet::new(), 0);
    for act in 0..acts {
        let which = chance.random_range(0..all.len());
        all[which].act(act, acts, &mut chance);
        match chance.random_range(0..40) {
            0 => drop(all[which].sync_folder(&shared)),
            1..4 => {
                union.extend(all[which].lines());
                proxy.cut_after(chance.random_range(500..12_000));
                cut += usize::from(all[which].exchange(&address, &ada.password).is_err());
            }
            _ => {}
        }
    }
    assert!(cut > acts / 100, "{cut} connections were cut");
    union.extend(all.iter().flat_map(Computer::lines));
    proxy.cut_after(i64::MAX);
    for round in 0.. {
        let mut is_quiet = true;
        for computer in &mut all {
            let Exchanged { written, brought, renamed, .. } = computer.exchange(&address, &ada.password).unwrap();
            let came = brought.reviews + brought.retractions + brought.marks;
            is_quiet &= (written, came, renamed) == (0, 0, None);
        }
        if is_quiet {
            break;
        }
        assert!(round < 5, "it comes to rest");
    }
    let states: HashMap<_, _> = all[0].store.states().all().unwrap();
    for computer in &all {
        assert!(computer.lines() == union, "seed {seed}: {} rows, not {}", computer.lines().len(), union.len());
        assert_eq!(computer.store.states().all().unwrap(), states, "seed {seed}");
        assert_eq!(computer.store.examine(&mut |_, _| ()).unwrap().problems, []);
    }
}

#[test]
fn connections_that_are_cut_anywhere_lose_and_double_nothing() {
    let Some(database) = Database::ready("cut connections") else { return };
    life(&database, 1, 150, 2);
    life(&database, 2, 400, 5);
}

#[test]
#[ignore = "takes half a minute: cargo test --test it -- --ignored ten_thousand_acts_on_a_server"]
fn ten_thousand_acts_on_a_server_come_to_one_log() {
    let Some(database) = Database::ready("ten thousand") else { return };
    life(&database, 99, 10_000, 5);
}

/// Numbers are taken before a transaction is through: what appears below what was seen is not missed.
#[test]
fn pushes_that_overlap_miss_nothing() {
    let Some(database) = Database::ready("overlapping pushes") else { return };
    let ada = database.invite("ada");
    let address = database.address(&ada.name);
    let dir = tempfile::tempdir().unwrap();
    let mut chance = ChaCha8Rng::seed_from_u64(3);
    let mut writer = Computer::at(&dir.path().join("writer.db"), 31);
    while writer.lines().len() < 4 {
        writer.act(2, 4, &mut chance);
    }
    let lines: Vec<String> = writer.lines().iter().map(|line| line.trim_end().to_owned()).collect();
    let (mut first, mut second) = (database.sql(&ada.name, &ada.password), database.sql(&ada.name, &ada.password));
    let devices = ["00000000000000aa", "00000000000000bb"];
    for device in devices {
        first.execute("insert into sysdrill.device (device) values ($1)", &[&device]).unwrap();
    }
    let put = "insert into sysdrill.line (device, idx, line) values ($1, $2, $3)";
    let mut held = first.transaction().unwrap();
    held.execute(put, &[&devices[0], &1_i64, &lines[0]]).unwrap();
    held.execute(put, &[&devices[1], &2_i64, &lines[1]]).unwrap();
    second.execute(put, &[&devices[0], &2_i64, &lines[2]]).unwrap();
    second.execute(put, &[&devices[1], &1_i64, &lines[3]]).unwrap();
    let mut reader = Computer::at(&dir.path().join("reader.db"), 32);
    reader.exchange(&address, &ada.password).unwrap();
    assert_eq!(reader.lines().len(), 2);
    held.commit().unwrap();
    reader.exchange(&address, &ada.password).unwrap();
    assert_eq!(reader.lines(), writer.lines());
}

#[test]
fn a_newer_line_is_kept_and_passed_on_byte_by_byte() {
    let Some(database) = Database::ready("newer lines") else { return };
    let ada = database.invite("ada");
    let address = database.address(&ada.name);
    let newer = sealed::seal(r#"{"photo":{"id":"p1","of":"mine/card-1","é":"\u0000 "}}"#);
    let mut sql = database.sql(&ada.name, &ada.password);
    sql.batch_execute("insert into sysdrill.device (device) values ('00000000000000ff')").unwrap();
    let put = "insert into sysdrill.line (device, idx, line) values ('00000000000000ff', $1, $2)";
    sql.execute(put, &[&1_i64, &newer.trim_end()]).unwrap();
    sql.execute(put, &[&2_i64, &"{\"sum\":\"00000000\",\"row\":{}}"]).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let mut old = Computer::at(&dir.path().join("old.db"), 5);
    let exchanged = old.exchange(&address, &ada.password).unwrap();
    assert_eq!((exchanged.brought.newer, exchanged.written), (1, 0));
    assert_eq!(exchanged.damaged.values().sum::<usize>(), 1);
    // The server loses it: the older one has it yet.
    sql.batch_execute("delete from sysdrill.line; delete from sysdrill.device").unwrap();
    let exchanged = old.exchange(&address, &ada.password).unwrap();
    assert!(exchanged.is_put_back && exchanged.written == 1, "{exchanged:?}");
    let there: String = sql.query_one("select line from sysdrill.line", &[]).unwrap().get(0);
    assert_eq!(there, newer.trim_end());
}

/// A server that is put back to an earlier state has what was lost again, and nobody misses what is written after it.
#[test]
fn a_server_that_was_put_back_gets_all_again() {
    let Some(database) = Database::ready("put back") else { return };
    let ada = database.invite("ada");
    let address = database.address(&ada.name);
    let dir = tempfile::tempdir().unwrap();
    let mut chance = ChaCha8Rng::seed_from_u64(4);
    let mut all: Vec<Computer> = (0..2).map(|n| Computer::at(&dir.path().join(format!("{n}.db")), 40 + n)).collect();
    (0..30).for_each(|act| all[act % 2].act(act, 30, &mut chance));
    for n in [0, 1, 0] {
        all[n].exchange(&address, &ada.password).unwrap();
    }
    database.admin().batch_execute("delete from sysdrill.line where idx > 5").unwrap();
    (0..6).for_each(|act| all[0].act(act, 6, &mut chance));
    let exchanged = all[0].exchange(&address, &ada.password).unwrap();
    assert!(exchanged.is_put_back && exchanged.renamed.is_some(), "{exchanged:?}");
    (0..40).for_each(|act| all[0].act(act, 40, &mut chance));
    all[0].exchange(&address, &ada.password).unwrap();
    for n in [1, 0, 1] {
        all[n].exchange(&address, &ada.password).unwrap();
    }
    assert_eq!(all[0].lines(), all[1].lines());
    assert!(all.iter_mut().all(|computer| !computer.exchange(&address, &ada.password).unwrap().is_put_back));
}

#[test]
fn a_session_syncs_at_its_start_and_end_and_waits_for_no_server() {
    let Some(database) = Database::ready("in passing") else { return };
    let ada = database.invite("ada");
    let (here, there) = (world(), world());
    let pass = |world: &World, day: &str| {
        let mut command = world.command(&["review", "--json", "--deck", "mine", "--now", &format!("{day}T09:00:00Z")]);
        command.env("PGPASSWORD", &ada.password).stderr(std::process::Stdio::piped());
        let mut child =
            command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        std::io::Write::write_all(&mut stdin, format!("{}\n", grade(4)).as_bytes()).unwrap();
        drop(stdin);
        let ended = child.wait_with_output().unwrap();
        assert!(ended.status.success());
        String::from_utf8(ended.stderr).unwrap()
    };
    for world in [&here, &there] {
        world.ok(&["config", "set", "auto", "true"]);
    }
    assert!(pass(&here, "2026-11-20").contains("not synced in passing"), "the first time is by hand");
    ada.sync(&here, &database);
    ada.sync(&there, &database);
    // On a computer that is busy 300 ms may be too short: then nothing is half done, and the next session does it.
    let synced = |world: &World, day: &str| (0..50).any(|_| pass(world, day).is_empty());
    for day in ["2026-11-21", "2026-11-22"] {
        assert!(synced(&here, day) && synced(&there, day));
    }
    let reviews = |world: &World| -> BTreeSet<String> {
        log(world).into_iter().filter(|line| line.starts_with("{\"review\"")).collect()
    };
    assert!(reviews(&here).is_subset(&reviews(&there)));
    assert_eq!(count(&mut database.admin(), "line") as usize, reviews(&there).len());
    ada.ok(&here, &["sync"]);
    assert_eq!(log(&here), log(&there));
    // A server that lets in and says nothing.
    let silent = tempfile::tempdir().unwrap();
    let address = Address::parse(&database.url_by(silent.path(), &ada.name), &|_| None).unwrap();
    let _listening =
        std::os::unix::net::UnixListener::bind(silent.path().join(format!(".s.PGSQL.{}", address.port))).unwrap();
    let mut store = Store::open(&here.db(), Box::new(|| [7; 10])).unwrap();
    let mut state = sync::remembered(&store).unwrap().unwrap();
    state.server.as_mut().unwrap().url = address.to_string();
    sync::remember(&mut store, &state).unwrap();
    drop(store);
    let since = Instant::now();
    let said = pass(&here, "2026-11-23");
    assert!(said.contains("not synced in passing"), "{said}");
    // By hand it would be asked for 10 s, at the start and at the end.
    assert!(since.elapsed() < Duration::from_secs(15), "{:?}", since.elapsed());
    here.assert_sound();
}

#[test]
fn a_copied_database_gets_a_name_of_its_own() {
    let Some(database) = Database::ready("copied database") else { return };
    let ada = database.invite("ada");
    let (here, copy) = (world(), world());
    answer(&here, "2026-11-21", 1);
    ada.sync(&here, &database);
    fs::create_dir_all(copy.db().parent().unwrap()).unwrap();
    fs::copy(here.db(), copy.db()).unwrap();
    answer(&here, "2026-11-22", 1);
    answer(&copy, "2026-11-23", 1);
    assert_eq!(ada.ok(&here, &["sync"]).err, "");
    let ran = ada.ok(&copy, &["sync"]);
    assert!(ran.err.contains("another computer wrote as this one"), "{}", ran.err);
    ada.ok(&here, &["sync"]);
    assert_eq!(log(&here), log(&copy));
    assert_eq!((ada.ok(&here, &["sync"]).err, ada.ok(&copy, &["sync"]).err), (String::new(), String::new()));
    assert_eq!(count(&mut database.admin(), "device"), 2);
}

fn as_admin(database: &Database, world: &World, args: &[&str]) -> Ran {
    world.run_with(&[args, &[&database.admin_url()]].concat(), &[("PGPASSWORD", ADMIN_PASSWORD)])
}

#[test]
fn who_is_invited_gets_what_is_needed_and_nobody_else_reads_the_password() {
    let Some(database) = Database::ready("invite") else { return };
    let world = world();
    answer(&world, "2026-11-21", 1);
    let name = format!("ada_{}", database.name);
    let ran = as_admin(&database, &world, &["sync", "invite", &name]);
    assert!(ran.code == 0 && ran.err.is_empty(), "{}", ran.err);
    let lines: Vec<&str> = ran.out.lines().collect();
    let (url, line) = (lines[2].strip_prefix("sysdrill sync '").unwrap().strip_suffix('\'').unwrap(), lines[3]);
    let password = line.rsplit(':').next().unwrap();
    assert!(password.len() == 24 && !database.log().contains(password), "{}", database.log());
    assert_eq!(ran.out.matches(password).count(), 1);
    // What was handed over is all that is needed.
    fs::write(world.path(".pgpass"), format!("{line}\n")).unwrap();
    fs::set_permissions(world.path(".pgpass"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    assert!(world.ok(&["sync", url]).contains("1 row went there"));
    for (name, words) in [
        (name.as_str(), "already"),
        ("Ada", "small letters"),
        ("a\"; drop role postgres; --", "small letters"),
        ("pg_read_all_data", "small letters"),
        ("sysdrill_learner", "small letters"),
    ] {
        let ran = as_admin(&database, &world, &["sync", "invite", name]);
        assert!(ran.code == 1 && ran.err.contains(words), "{name}: {}", ran.err);
    }
    // Who has the name of somebody who left would read their rows.
    database.admin().batch_execute(&format!("drop owned by {name}; drop role {name}")).unwrap();
    let ran = as_admin(&database, &world, &["sync", "invite", &name]);
    assert!(ran.code == 1 && ran.err.contains("rows of a former"), "{}", ran.err);
    database.admin().batch_execute("delete from sysdrill.line; delete from sysdrill.device").unwrap();
    let ran = as_admin(&database, &world, &["sync", "invite", &name]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let password = ran.out.lines().nth(3).unwrap().rsplit(':').next().unwrap().to_owned();
    fs::remove_file(world.path(".pgpass")).unwrap();
    let ran = world.run_with(&["sync", "--with-decks"], &[("PGPASSWORD", &password)]);
    assert!(ran.code == 1 && ran.err.contains("about a folder"), "{}", ran.err);
    let ran = world.run_with(&["sync", "invite", "eve"], &[("PGPASSWORD", &password)]);
    assert!(ran.code == 1 && ran.err.contains("may not do this"), "{}", ran.err);
}

#[test]
fn a_learner_takes_out_all_that_is_theirs_and_deletes_it() {
    let Some(database) = Database::ready("export and delete") else { return };
    let (ada, bob) = (database.invite("ada"), database.invite("bob"));
    let (hers, his) = (world(), world());
    answer(&hers, "2026-11-21", 3);
    answer(&his, "2026-11-21", 2);
    ada.sync(&hers, &database);
    bob.sync(&his, &database);
    ada.ok(&hers, &["deck", "publish", "mine"]);
    ada.ok(&hers, &["sync", "board", "--join"]);
    let exported = ada.ok(&hers, &["sync", "export"]).out;
    let rows: Vec<serde_json::Value> = exported.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |table: &str| rows.iter().filter(|row| row.get(table).is_some()).count();
    let counts = ["line", "device", "deck", "deck_version", "board"].map(of);
    assert_eq!(counts, [3, 1, 1, 1, 1], "{exported}");
    let lines: Vec<&str> = rows.iter().filter_map(|row| row["line"]["line"].as_str()).collect();
    assert!(lines.iter().all(|line| sealed::unseal(line.as_bytes()).is_some()));
    ada.ok(&hers, &["sync", "export", "--to", "there.jsonl"]);
    assert_eq!(fs::read_to_string(hers.path("there.jsonl")).unwrap(), exported);
    let before = log(&hers);
    assert!(ada.run(&hers, &["sync", "delete"]).err.contains("add --yes"));
    assert_eq!(count(&mut database.admin(), "line"), 5);
    let said = ada.ok(&hers, &["sync", "delete", "--yes"]).out;
    assert!(said.contains("of ada"), "{said}");
    for (table, left) in
        [("line", 2), ("device", 1), ("deck", 0), ("deck_version", 0), ("board", 0), ("board_topic", 0)]
    {
        assert_eq!(count(&mut database.admin(), table), left, "{table}");
    }
    assert_eq!(log(&hers), before);
    assert!(ada.run(&hers, &["sync"]).err.contains("name the folder"), "the server is forgotten");
    assert!(ada.sync(&hers, &database).out.contains("3 rows went there"));
}

#[test]
fn an_older_schema_is_brought_up_to_date_and_serves_until_then() {
    let Some(database) = database("older schema") else { return };
    let mut sql = database.admin();
    let group = "select 1 from pg_roles where rolname = 'sysdrill_learner'";
    if sql.query(group, &[]).unwrap().is_empty() {
        let _ = sql.batch_execute("create role sysdrill_learner nologin");
    }
    sql.batch_execute("create schema sysdrill; create table sysdrill.schema_version (version int primary key)")
        .unwrap();
    sql.batch_execute(sysdrill::sync::server::schema::STEPS[0]).unwrap();
    sql.batch_execute("insert into sysdrill.schema_version values (1)").unwrap();
    let ada = database.invite("ada");
    let world = world();
    answer(&world, "2026-11-21", 1);
    assert!(ada.sync(&world, &database).out.contains("1 row went there"));
    let ran = ada.run(&world, &["deck", "publish", "mine"]);
    assert!(ran.code == 1 && ran.err.contains("has number 1, and this needs 2"), "{}", ran.err);
    assert_eq!(ada.ok(&world, &["sync", "export"]).out.lines().count(), 2);
    let ran = as_admin(&database, &world, &["sync", "init"]);
    assert!(ran.out.contains("had the schema 1, and has 3 now"), "{}{}", ran.out, ran.err);
    ada.ok(&world, &["deck", "publish", "mine"]);
    assert_eq!(count(&mut sql, "line"), 1);
}

#[test]
fn a_published_deck_comes_with_its_versions_and_what_was_changed_here_stays() {
    let Some(database) = Database::ready("shared decks") else { return };
    let (ada, bob) = (database.invite("ada"), database.invite("bob"));
    let (hers, his) = (World::new(), world());
    let deck = |cards: &[&str]| {
        let cards: String = cards.iter().map(|id| recall(id)).collect();
        format!("[deck]\nname = \"work\"\ntitle = \"Work\"\n{cards}")
    };
    hers.deck("work.toml", deck(&["w"]));
    ada.sync(&hers, &database);
    bob.sync(&his, &database);
    assert!(bob.ok(&his, &["deck", "published"]).out.contains("nobody has published"));
    assert!(ada.ok(&hers, &["deck", "publish", "work"]).out.contains("version 1"));
    assert!(ada.ok(&hers, &["deck", "publish", "work"]).out.contains("already as it is"));
    let listed = bob.ok(&his, &["deck", "published"]).out;
    assert!(listed.starts_with(&format!("work  version 1 by {}", ada.name)), "{listed}");
    assert!(bob.run(&his, &["deck", "subscribe", "wrok"]).err.contains("nobody has published"));
    bob.ok(&his, &["deck", "subscribe", "work"]);
    let path = his.path("config/decks/work.toml");
    assert_eq!(fs::read_to_string(&path).unwrap(), deck(&["w"]));
    // What was learned of it stays over a version.
    let mut talk = his.talk(&["review", "--json", "--deck", "work", "--now", "2026-11-21T09:00:00Z"]);
    talk.answer(grade(5));
    talk.end();
    hers.deck("work.toml", deck(&["w", "x"]));
    ada.ok(&hers, &["deck", "publish", hers.path("config/decks/work.toml").to_str().unwrap()]);
    assert!(bob.ok(&his, &["sync"]).out.contains("the deck work has version 2 now"));
    assert_eq!(fs::read_to_string(&path).unwrap(), deck(&["w", "x"]));
    assert_eq!(his.card("work/w")["repetitions"], 1);
    assert!(!bob.ok(&his, &["sync"]).out.contains("work"), "once");
    // Both change it.
    fs::write(&path, deck(&["w", "x", "mine-of-bob"])).unwrap();
    hers.deck("work.toml", deck(&["w", "x", "y"]));
    ada.ok(&hers, &["deck", "publish", "work"]);
    let said = bob.ok(&his, &["sync"]).out;
    assert!(said.contains("was changed here: it stays"), "{said}");
    assert_eq!(fs::read_to_string(&path).unwrap(), deck(&["w", "x", "mine-of-bob"]));
    let copies: Vec<_> = fs::read_dir(his.path("config/decks")).unwrap().map(|entry| entry.unwrap().path()).collect();
    let copy = copies.iter().find(|path| path.to_str().unwrap().contains("conflicted copy")).unwrap();
    assert_eq!(fs::read_to_string(copy).unwrap(), deck(&["w", "x", "y"]));
    // Nobody else publishes more of it, and what is no deck, or another one, is not taken.
    let ran = bob.run(&his, &["deck", "publish", "work"]);
    assert!(ran.code == 1 && ran.err.contains("has published a deck work"), "{}", ran.err);
    let before = fs::read_to_string(&path).unwrap();
    let put = "insert into sysdrill.deck_version (name, version, file_name, body) values ('work', $1, 'work.toml', $2)";
    let mut sql = database.sql(&ada.name, &ada.password);
    for (version, body, words) in [
        (7, "[deck\n", "stays as it is"),
        (8, &*deck(&["w"]).replace("name = \"work\"", "name = \"other\""), "calls itself other"),
    ] {
        sql.execute(put, &[&version, &body]).unwrap();
        let ran = bob.ok(&his, &["sync"]);
        assert!(ran.err.contains(words), "{}", ran.err);
        assert_eq!(fs::read_to_string(&path).unwrap(), before);
    }
    assert!(bob.ok(&his, &["deck", "unsubscribe", "work"]).out.contains("is yours now"));
    assert_eq!(bob.ok(&his, &["sync"]).err, "");
    // A deck that is broken here is not published, and neither is one of the program's.
    hers.deck("broken.toml", "[deck]\nname = \"broken\"\n[[recall]]\n");
    let ran = ada.run(&hers, &["deck", "publish", hers.path("config/decks/broken.toml").to_str().unwrap()]);
    assert!(ran.code == 1 && ran.err.contains("it was not published"), "{}", ran.err);
    assert!(ada.run(&hers, &["deck", "publish", "latency"]).err.contains("a part of sysdrill"));
}

#[test]
fn the_board_says_nothing_of_fewer_than_five() {
    let Some(database) = Database::ready("board") else { return };
    let learners: Vec<Learner> = ["ada", "bob", "cid", "dan", "eve"].iter().map(|name| database.invite(name)).collect();
    for (n, learner) in learners.iter().enumerate() {
        // A deck of the program, and one that is nobody else's business.
        let world = world();
        for day in ["2026-11-20", "2026-11-21"] {
            let args = ["review", "--json", "--deck", "latency", "--new", "2", "--seed", "1", "--now"];
            let mut talk = world.talk(&[&args[..], &[&format!("{day}T09:00:00Z")]].concat());
            talk.answer(serde_json::json!({ "answer": "1 ms", "took_s": 5.0 }));
            talk.end();
            let mut talk = world.review(&format!("{day}T10:00:00Z"), &["--new", "9"]);
            talk.answer(grade(5));
            talk.end();
        }
        learner.sync(&world, &database);
        let said = learner.ok(&world, &["sync", "board"]).out;
        assert!(said.contains("when five people take part"), "{said}");
        let said = learner.ok(&world, &["sync", "board", "--join", "--now", "2026-11-22T09:00:00Z"]).out;
        assert!(said.contains("you take part"), "{said}");
        assert_eq!(said.contains("5 people take part"), n == 4, "{said}");
        if n == 4 {
            // A sync gives the figures anew; who leaves takes them away, and then there are four.
            learner.ok(&world, &["sync", "--now", "2026-11-22T09:00:00Z"]);
            let mut sql = database.sql(&learner.name, &learner.password);
            let rows = sql.query("select days_kept, cards_known from sysdrill.board", &[]).unwrap();
            let rows: Vec<(i32, i32)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
            assert_eq!(rows, [(2, 1)], "no figure of anybody else");
            let topics = sql.query("select topic from sysdrill.board_topic where answers > 0", &[]).unwrap();
            let topics: Vec<String> = topics.iter().map(|row| row.get(0)).collect();
            assert_eq!(topics, ["latency"]);
            let said = learner.ok(&world, &["sync", "board", "--leave"]).out;
            assert!(said.contains("deleted there") && said.contains("when five people take part"), "{said}");
            learner.ok(&world, &["sync"]);
            assert_eq!(count(&mut database.admin(), "board"), 4);
        }
    }
    // Topics: five people behind each, and the mean of their shares, to fives.
    let mut sql = database.admin();
    for (n, learner) in learners.iter().enumerate() {
        let put = "insert into sysdrill.board_topic values ($1, $2, 10, $3) on conflict (learner, topic) do update \
                   set answers = 10, right_answers = $3";
        sql.execute(put, &[&learner.name, &"caching", &(n as i32 + 4)]).unwrap();
        if n > 0 {
            sql.execute(put, &[&learner.name, &"rare", &1]).unwrap();
        }
    }
    let mut sql = database.sql(&learners[0].name, &learners[0].password);
    let rows = sql.query("select topic, people, right_percent from sysdrill.group_topic", &[]).unwrap();
    let rows: Vec<(String, i32, i32)> = rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect();
    assert_eq!(rows, [("caching".to_owned(), 5, 60)]);
    // A condition of the reader sees no row before the rows are counted.
    let leak = "select topic from sysdrill.group_topic where 1 / (case when topic = 'rare' then 0 else 1 end) = 1";
    assert_eq!(sql.query(leak, &[]).unwrap().len(), 1);
}

/// A server, and how long all answers of it took, the way there and back included.
struct Timed {
    server: Connection,
    took: Duration,
}

impl Timed {
    fn time<T>(&mut self, ask: impl FnOnce(&mut Connection) -> T) -> T {
        let since = Instant::now();
        let said = ask(&mut self.server);
        self.took += since.elapsed();
        said
    }
}

impl Server for Timed {
    fn tops(&mut self) -> Result<BTreeMap<Device, i64>, ServerError> {
        self.time(Server::tops)
    }

    fn lines(&mut self, device: &Device, after: i64, most: usize) -> Result<Vec<(i64, Vec<u8>)>, ServerError> {
        self.time(|server| server.lines(device, after, most))
    }

    fn put(&mut self, device: &Device, first: i64, lines: &[Vec<u8>]) -> Result<Put, ServerError> {
        self.time(|server| server.put(device, first, lines))
    }
}

/// Five hundred learners with 20,000 answers each on one server: a learner's first sync, and those of a day.
#[test]
#[ignore = "takes minutes and 10 GB: cargo test --release --test it -- --ignored --nocapture five_hundred"]
fn five_hundred_learners_on_one_server() {
    const LEARNERS: i32 = 500;
    const ANSWERS: usize = 20_000;
    const A_DAY: usize = 100;
    let Some(database) = Database::ready("five hundred") else { return };
    let ada = database.invite("ada");
    let mut sql = database.admin();
    // The server of the tests writes down each statement with all that it is given.
    sql.batch_execute(&format!("alter role {} set log_statement = 'none'; set log_statement = 'none'", ada.name))
        .unwrap();
    let address = database.address(&ada.name);
    let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let mut chance = ChaCha8Rng::seed_from_u64(6);
    let [mut desk, mut lap] = ["desk", "lap"].map(|name| Computer::at(&dir.path().join(name), name.len() as u64));
    let mut answers = |computer: &mut Computer, answers: usize| {
        for n in 0..answers {
            let at_ms = NOON_MS + n as i64 * 60_000;
            let card = CardId::parse(&format!("mine/card-{}", chance.random_range(0..2000))).unwrap();
            let (day, session) = (Day::from_epoch_days(at_ms / DAY_MS).unwrap(), computer.store.new_session(at_ms));
            computer.store.record(&review(card, at_ms, day, Quality::new(4).unwrap(), session)).unwrap();
        }
    };
    answers(&mut desk, ANSWERS);
    let sync = |what: &str, computer: &mut Computer| {
        let since = Instant::now();
        let server = Connection::open(&address, Some(&ada.password)).unwrap().with_schema(1).unwrap();
        let mut timed = Timed { server, took: Duration::ZERO };
        let Exchanged { written, brought, .. } = computer.exchange_by(&address, &mut timed).unwrap();
        let (all, server) = (since.elapsed(), timed.took);
        eprintln!(
            "{what}: {written} went, {} came; {all:.0?} in all, the server's answers {server:.1?}",
            brought.reviews
        );
        (all, server)
    };
    sync("the first computer, on an empty server", &mut desk);
    let others = "insert into sysdrill.device select $1 || g, device from generate_series(2, $2::int) g, sysdrill.device \
                  where learner = $3";
    sql.execute(others, &[&"learner_", &LEARNERS, &ada.name]).unwrap();
    for first in (2..=LEARNERS).step_by(50) {
        let lines = "insert into sysdrill.line select 'learner_' || g, l.device, l.idx, l.line from \
                     generate_series($1::int, $2::int) g, lateral (select device, idx, line from sysdrill.line \
                     where learner = $3 order by device, idx) l";
        sql.execute(lines, &[&first, &(first + 49).min(LEARNERS), &ada.name]).unwrap();
    }
    sql.batch_execute("analyze sysdrill.line").unwrap();
    let rows = count(&mut sql, "line");
    assert_eq!(rows, i64::from(LEARNERS) * ANSWERS as i64);
    let size = "select pg_size_pretty(pg_total_relation_size('sysdrill.line'))";
    eprintln!("{rows} lines, {}", sql.query_one(size, &[]).unwrap().get::<_, String>(0));
    let (all, _) = sync("a second computer for the first time", &mut lap);
    assert!(all < Duration::from_secs(3), "{all:?}");
    assert_eq!(desk.lines().len(), lap.lines().len());
    answers(&mut desk, A_DAY);
    let is_quick = |what: &str, computer: &mut Computer| {
        let (_, server) = sync(what, computer);
        assert!(server < Duration::from_millis(100), "{what}: {server:?}");
    };
    is_quick("a day's answers go", &mut desk);
    is_quick("a day's answers come", &mut lap);
    is_quick("nothing is new", &mut lap);
    assert_eq!(desk.lines(), lap.lines());
}
