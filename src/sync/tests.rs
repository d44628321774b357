//! Devices that answer, decide and take back, and sync in any order by a folder to which everything happens.

use super::folder::Entry;
use super::*;
use crate::log::{Mark, MarkKind, Review};
use crate::schedule::{CardId, CardState, Day, Mode, Quality};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::{Mutex, mpsc};

mod server;

const NOON_MS: i64 = 1_795_000_000_000;
const DAY_MS: i64 = 24 * 3600 * 1000;

/// A folder of values: each file's bytes, and how often it was touched.
#[derive(Default)]
struct Shelf {
    files: Mutex<BTreeMap<String, (Vec<u8>, i64)>>,
}

impl Shelf {
    fn names(&self) -> Vec<String> {
        self.files.lock().unwrap().keys().cloned().collect()
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        self.files.lock().unwrap()[name].0.clone()
    }

    fn put(&self, name: &str, bytes: Vec<u8>) {
        let mut files = self.files.lock().unwrap();
        let touched = files.values().map(|(_, touched)| touched + 1).max().unwrap_or(0);
        files.insert(name.to_owned(), (bytes, touched));
    }

    fn remove(&self, name: &str) -> Vec<u8> {
        self.files.lock().unwrap().remove(name).unwrap().0
    }
}

impl Folder for Shelf {
    fn entries(&self) -> io::Result<Vec<Entry>> {
        let files = self.files.lock().unwrap();
        let entry = |(name, (bytes, touched)): (&String, &(Vec<u8>, i64))| Entry {
            name: name.clone(),
            bytes: bytes.len() as u64,
            modified_ns: *touched,
            is_file: true,
        };
        Ok(files.iter().map(entry).collect())
    }

    fn read(&self, name: &str, from: u64, most: u64) -> io::Result<Vec<u8>> {
        let files = self.files.lock().unwrap();
        let (bytes, _) = files.get(name).ok_or(io::ErrorKind::NotFound)?;
        Ok(bytes.iter().skip(from as usize).take(most as usize).copied().collect())
    }

    fn append(&self, name: &str, at: u64, bytes: &[u8]) -> io::Result<Entry> {
        let there = self.files.lock().unwrap().get(name).map(|(bytes, _)| bytes.clone());
        if there.as_ref().map_or(0, Vec::len) as u64 != at || (at == 0 && there.is_some()) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        self.put(name, [there.unwrap_or_default(), bytes.to_vec()].concat());
        Ok(self.entries()?.into_iter().find(|entry| entry.name == name).unwrap())
    }
}

/// A computer.
struct Computer {
    store: Store,
    entropy: Box<dyn FnMut() -> [u8; 8]>,
}

impl Computer {
    fn at(path: &Path, seed: u64) -> Self {
        let mut chance = ChaCha8Rng::seed_from_u64(seed);
        let mut ids = ChaCha8Rng::seed_from_u64(seed + 1000);
        let mut store = Store::open(path, Box::new(move || ids.random())).unwrap();
        store.keep_to(today()).unwrap();
        Self { store, entropy: Box::new(move || chance.random()) }
    }

    fn state(&mut self) -> State {
        let there = remembered(&self.store).unwrap();
        there.unwrap_or_else(|| State::new(Path::new("/shelf"), Device::new((self.entropy)())))
    }

    fn sync(&mut self, shelf: &Shelf) -> Synced {
        let state = self.state();
        sync(&mut self.store, shelf, state, NOON_MS + 40 * DAY_MS, &mut self.entropy).unwrap()
    }

    fn answer(&mut self, card: u8, at_ms: i64, quality: i64) {
        let session = self.store.new_session(at_ms);
        let review = Review {
            card: card_of(card),
            at_ms,
            day: Day::from_epoch_days(at_ms / DAY_MS).unwrap(),
            quality: Quality::new(quality).unwrap(),
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
        };
        self.store.record(&review).unwrap();
    }

    fn decide(&mut self, card: u8, kind: MarkKind, at_ms: i64) {
        let day = Day::from_epoch_days(at_ms / DAY_MS).unwrap();
        self.store.mark(&Mark::of_card(card_of(card), kind, at_ms, day)).unwrap();
    }

    fn take_back(&mut self, at_ms: i64) {
        if let Some((id, review)) = self.store.reviews().latest().unwrap() {
            self.store.retract(id, &review.card, at_ms).unwrap();
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

    fn states(&self) -> HashMap<CardId, CardState> {
        self.store.states().all().unwrap()
    }

    fn assert_sound(&self) {
        assert_eq!(self.store.examine(&mut |_, _| ()).unwrap().problems, []);
    }
}

fn today() -> Day {
    Day::from_epoch_days(NOON_MS / DAY_MS + 60).unwrap()
}

fn card_of(n: u8) -> CardId {
    CardId::parse(&format!("mine/card-{n}")).unwrap()
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

fn computers(dir: &Path, count: u64) -> Vec<Computer> {
    (0..count).map(|n| Computer::at(&dir.join(format!("{n}.db")), n)).collect()
}

/// Something happens to a file: its end is lost, a byte of it is changed, it is there twice, or it has the name of a copy.
fn harm(shelf: &Shelf, chance: &mut ChaCha8Rng) {
    let names = shelf.names();
    if names.is_empty() {
        return;
    }
    let name = &names[chance.random_range(0..names.len())];
    let copy = name.replace(".jsonl", &format!(" (conflicted copy {}).jsonl", chance.random_range(0..1000)));
    let bytes = shelf.bytes(name);
    match chance.random_range(0..5) {
        0 => shelf.put(name, bytes[..chance.random_range(0..=bytes.len())].to_vec()),
        1 => shelf.put(&copy, bytes),
        2 => shelf.put(&copy, shelf.remove(name)),
        3 => shelf.put(&copy, bytes[..chance.random_range(0..=bytes.len())].to_vec()),
        _ => {
            let mut bytes = bytes;
            let at = chance.random_range(0..bytes.len().max(1));
            bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1);
            shelf.put(name, bytes);
        }
    }
}

/// Something is done on a computer: an answer, a decision, or that one is taken back.
fn act(computer: &mut Computer, act: usize, acts: usize, chance: &mut ChaCha8Rng) {
    // Clocks are up to a day apart.
    let at_ms = NOON_MS + act as i64 * 30 * DAY_MS / acts as i64 + chance.random_range(0..DAY_MS);
    let card = chance.random_range(0..40);
    match chance.random_range(0..12) {
        0 => computer.take_back(at_ms),
        1 => computer.decide(card, [MarkKind::Suspend, MarkKind::Resume, MarkKind::Flag][act % 3].clone(), at_ms),
        2 => computer.decide(card, MarkKind::Note(format!("note {act}")), at_ms),
        _ => computer.answer(card, at_ms, chance.random_range(0..6)),
    }
}

/// All computers have the union, the same schedule and the same notes, and are sound.
fn assert_alike(all: &[Computer], union: &BTreeSet<String>, seed: u64) {
    let states = all[0].states();
    for computer in all {
        assert!(computer.lines() == *union, "seed {seed}: {} rows, not {}", computer.lines().len(), union.len());
        assert_eq!(computer.states(), states, "seed {seed}");
        assert_eq!(computer.store.marks().notes().unwrap(), all[0].store.marks().notes().unwrap());
        computer.assert_sound();
    }
}

/// So many things are done on five computers, which sync at random and in between are offline.
fn life(seed: u64, acts: usize) {
    let dir = folder();
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    let shelf = Shelf::default();
    let mut all = computers(dir.path(), 5);
    let mut union = BTreeSet::new();
    for act in 0..acts {
        let which = chance.random_range(0..all.len());
        let computer = &mut all[which];
        self::act(computer, act, acts, &mut chance);
        if chance.random_range(0..20) == 0 {
            union.extend(computer.lines());
            computer.sync(&shelf);
        }
        if chance.random_range(0..40) == 0 {
            harm(&shelf, &mut chance);
        }
    }
    union.extend(all.iter().flat_map(Computer::lines));
    for round in 0.. {
        let synced: Vec<Synced> = all.iter_mut().map(|computer| computer.sync(&shelf)).collect();
        let quiet = synced.iter().all(|Synced { written, brought, renamed, .. }| {
            let came = brought.reviews + brought.retractions + brought.marks;
            (*written, came, renamed) == (0, 0, &None)
        });
        if quiet {
            break;
        }
        assert!(round < 5, "it comes to rest");
    }
    assert_alike(&all, &union, seed);
}

#[test]
fn after_any_order_of_syncs_and_any_harm_all_have_the_union() {
    (0..12).for_each(|seed| life(seed, 250));
}

#[test]
#[ignore = "takes some minutes: cargo test --release --lib -- --ignored ten_thousand"]
fn ten_thousand_answers_on_five_computers_come_to_one_log() {
    life(99, 10_000);
}

/// The lines that a computer writes in the name of another are noticed by whoever has the name too.
#[test]
fn a_copied_disk_is_another_computer_and_so_is_a_restored_backup() {
    let dir = folder();
    let shelf = Shelf::default();
    let mut first = Computer::at(&dir.path().join("a.db"), 1);
    first.answer(1, NOON_MS, 4);
    assert_eq!(first.sync(&shelf).renamed, None);
    crate::store::backup::copy(&dir.path().join("a.db"), "then").unwrap();
    std::fs::rename(dir.path().join("backups/a-then.db"), dir.path().join("b.db")).unwrap();
    let mut second = Computer::at(&dir.path().join("b.db"), 2);
    assert_eq!(first.state().device, second.state().device);
    first.answer(2, NOON_MS + 1, 4);
    first.sync(&shelf);
    second.answer(3, NOON_MS + 2, 2);
    let synced = second.sync(&shelf);
    assert_eq!((synced.brought.reviews, synced.renamed), (1, Some(second.state().device)));
    assert_ne!(first.state().device, second.state().device);
    assert_eq!(first.sync(&shelf).brought.reviews, 1);
    assert_eq!(first.lines(), second.lines());
    assert_eq!((first.sync(&shelf).renamed, second.sync(&shelf).renamed), (None, None));
}

#[test]
fn a_newer_line_is_kept_and_passed_on_byte_by_byte_and_what_is_known_of_it_counts() {
    let dir = folder();
    let shelf = Shelf::default();
    let mut all = computers(dir.path(), 2);
    all[0].answer(1, NOON_MS, 4);
    let known = all[0].lines().pop_first().unwrap();
    let object = known.trim_end().split_once("\"row\":").unwrap().1.strip_suffix('}').unwrap();
    let more = crate::log::sealed::seal(&object.replace("\"quality\":", "\"mood\":\"calm\",\"quality\":"));
    let photo = crate::log::sealed::seal(r#"{"photo":{"id":"p1","of":"mine/card-1"}}"#);
    shelf.put("sysdrill-00000000000000ff-000001.jsonl", format!("{more}{photo}").into_bytes());
    let mut old = Computer::at(&dir.path().join("old.db"), 7);
    let synced = old.sync(&shelf);
    assert_eq!((synced.brought.reviews, synced.brought.newer), (1, 2));
    assert!(old.states().contains_key(&card_of(1)));
    // The folder loses them: the older one has them yet.
    shelf.remove("sysdrill-00000000000000ff-000001.jsonl");
    assert_eq!(old.sync(&shelf).written, 2);
    let written = shelf.names().iter().map(|name| String::from_utf8(shelf.bytes(name)).unwrap()).collect::<String>();
    assert!(written.contains(&more) && written.contains(&photo), "{written}");
    old.assert_sound();
    assert_eq!(all[1].sync(&shelf).brought.newer, 2);
    assert_eq!(all[1].lines(), old.lines());
}

/// What takes back an answer may come before the answer.
#[test]
fn a_retraction_waits_for_its_review() {
    let dir = folder();
    let shelf = Shelf::default();
    let mut all = computers(dir.path(), 2);
    all[0].answer(1, NOON_MS, 4);
    all[0].sync(&shelf);
    let review = shelf.remove(&shelf.names()[0]);
    all[0].take_back(NOON_MS + 5);
    let state = all[0].state();
    let mut lines = Vec::new();
    all[0]
        .store
        .lines_beyond(state.reached.as_ref(), &HashSet::new(), &mut |line| {
            lines.extend_from_slice(line);
            Ok(())
        })
        .unwrap();
    shelf.put("sysdrill-00000000000000aa-000001.jsonl", lines);
    assert_eq!(all[1].sync(&shelf).brought, Brought { waiting: 1, ..Brought::default() });
    shelf.put("sysdrill-00000000000000bb-000001.jsonl", review);
    let brought = all[1].sync(&shelf).brought;
    assert_eq!((brought.reviews, brought.retractions, brought.waiting), (1, 1, 0));
    all[1].assert_sound();
}

#[test]
fn what_lies_in_the_folder_is_told_by_what_it_is() {
    let dir = folder();
    let shelf = Shelf::default();
    let mut all = computers(dir.path(), 2);
    all[0].answer(1, NOON_MS, 4);
    all[0].answer(2, NOON_MS + 100 * DAY_MS, 4);
    all[0].sync(&shelf);
    let own = shelf.names().pop().unwrap();
    let copy = own.replace(".jsonl", ".sync-conflict-20261121-090000-ABCDEFG.jsonl");
    shelf.put(&copy, [&shelf.bytes(&own)[..], b"{\"sum\":\"00000000\",\"row\":{}}\n{\"sum"].concat());
    shelf.put("other.jsonl", b"{\"a\":1}\n".to_vec());
    shelf.put("photo.png", b"\x89PNG".to_vec());
    shelf.put("sysdrill-notes.jsonl", b"\xff\xfe\n".to_vec());
    let synced = all[1].sync(&shelf);
    assert_eq!((synced.others, synced.brought.reviews), (1, 2));
    assert_eq!(synced.copies, std::slice::from_ref(&copy));
    assert_eq!(synced.damaged, [(copy.clone(), 1)]);
    assert_eq!(synced.unfinished, [copy]);
    assert_eq!(synced.strange, ["sysdrill-notes.jsonl"]);
    assert_eq!(synced.ahead, [(all[0].state().device, NOON_MS + 100 * DAY_MS)]);
}

/// A segment is closed by its length; what is done to it then is noticed.
#[test]
fn a_closed_segment_never_changes() {
    let dir = folder();
    let shelf = Shelf::default();
    let mut all = computers(dir.path(), 2);
    let long = "x".repeat(300_000);
    for n in 0..5 {
        all[0].decide(n, MarkKind::Note(long.clone()), NOON_MS + i64::from(n));
        all[0].sync(&shelf);
    }
    let names = shelf.names();
    assert_eq!(names.len(), 2, "{names:?}");
    assert_eq!(all[1].sync(&shelf).changed, Vec::<String>::new());
    let mut bytes = shelf.bytes(&names[0]);
    bytes.extend_from_slice(b"\n");
    shelf.put(&names[0], bytes);
    let mut third = Computer::at(&dir.path().join("third.db"), 9);
    assert_eq!(third.sync(&shelf).changed, [names[0].clone()]);
}

/// A folder that answers when it is told to.
struct Hanging(Mutex<mpsc::Receiver<()>>);

impl Folder for Hanging {
    fn entries(&self) -> io::Result<Vec<Entry>> {
        let _ = self.0.lock().unwrap().recv();
        Ok(Vec::new())
    }

    fn read(&self, _: &str, _: u64, _: u64) -> io::Result<Vec<u8>> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn append(&self, _: &str, _: u64, _: &[u8]) -> io::Result<Entry> {
        Err(io::ErrorKind::PermissionDenied.into())
    }
}

#[test]
fn in_passing_nothing_is_waited_for_and_little_is_done() {
    let dir = folder();
    let mut all = computers(dir.path(), 2);
    let shelf = Arc::new(Shelf::default());
    let long = Duration::from_secs(600);
    let pass = |computer: &mut Computer, folder: Arc<dyn Folder + Send + Sync>, patience| {
        let state = computer.state();
        in_passing(&mut computer.store, folder, state, NOON_MS, &mut || [3; 8], patience).unwrap()
    };
    // The first time is by hand.
    assert_eq!(pass(&mut all[0], shelf.clone(), long), None);
    all.iter_mut().for_each(|computer| drop(computer.sync(&shelf)));
    all[0].answer(1, NOON_MS, 4);
    assert_eq!(pass(&mut all[0], shelf.clone(), long).unwrap().written, 1);
    assert_eq!(pass(&mut all[1], shelf.clone(), long).unwrap().brought.reviews, 1);
    assert_eq!(all[0].lines(), all[1].lines());
    // What hangs is left to itself.
    let (_held, answers) = mpsc::channel();
    let hanging = Arc::new(Hanging(Mutex::new(answers)));
    assert_eq!(pass(&mut all[1], hanging, Duration::ZERO), None);
    // What is much is left for a sync by hand.
    (0..600).for_each(|n| all[0].decide(1, MarkKind::Note(n.to_string()), NOON_MS + n));
    assert_eq!(pass(&mut all[0], shelf.clone(), long), None);
    assert_eq!(all[0].sync(&shelf).written, 600);
    assert_eq!(all[1].sync(&shelf).brought.marks, 600);
}
