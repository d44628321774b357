//! Logs that begin elsewhere: with another card, in another program, in a later version, in days to come.

use super::*;
use crate::log::{Cell, LogId, Mark, MarkKind, Review, Row, Start, Table};
use crate::schedule::{CardId, CardState, Day, Easiness, Mode, Quality, Scheduled};
use std::path::Path;

const NOON_MS: i64 = 1_795_000_000_000;
const DAY_MS: i64 = 24 * 3600 * 1000;

fn card(name: &str) -> CardId {
    CardId::parse(&format!("d/{name}")).unwrap()
}

fn day(n: i64) -> Day {
    Day::from_epoch_days(NOON_MS / DAY_MS + n).unwrap()
}

fn store(path: &Path) -> Store {
    let mut n = 0u64;
    let seed = path.file_stem().unwrap().len() as u64;
    let entropy = move || {
        n += 1;
        let mut bytes = [0; 10];
        bytes[..8].copy_from_slice(&(n + 1000 * seed).to_be_bytes());
        bytes
    };
    Store::open(path, Box::new(entropy)).unwrap()
}

fn open() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder.path().join("here.db"));
    (folder, store)
}

fn review(name: &str, on: i64, quality: i64) -> Review {
    let at_ms = NOON_MS + on * DAY_MS;
    Review {
        card: card(name),
        at_ms,
        day: day(on),
        quality: Quality::new(quality).unwrap(),
        session: LogId::new(at_ms, [7; 10]),
        mode: Mode::Review,
        kind: "recall".to_owned(),
        took_ms: 1000,
        prompt: "?".to_owned(),
        given: None,
        ratio: None,
        slip: None,
        seed: None,
        drawn: None,
        steps: None,
        options: Some("[\"b\",\"a\"]".to_owned()),
        confidence: Some(80),
        source: None,
    }
}

fn mark(name: &str, kind: MarkKind, on: i64) -> Mark {
    Mark::of_card(card(name), kind, NOON_MS + on * DAY_MS + 1, day(on))
}

fn due(store: &Store, name: &str) -> Option<i64> {
    let scheduled = store.states().of(&card(name)).unwrap().memory.scheduled();
    scheduled.map(|scheduled| scheduled.due.since(day(0)))
}

/// The projection is what its log folds to, however it came about; and an export brings all of it elsewhere.
fn assert_sound(store: &mut Store) {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    assert_eq!(store.examine(&mut |_, _| ()).unwrap().problems, []);
    let states = store.states().all().unwrap();
    store.rebuild().unwrap();
    assert_eq!(store.states().all().unwrap(), states);
    let export = |store: &Store| {
        let mut out = Vec::new();
        store.export(None, &mut out, &mut |_| ()).unwrap();
        out
    };
    let there = folder.join("elsewhere.db");
    let mut elsewhere = self::store(&there);
    elsewhere.keep_to(store.today).unwrap();
    elsewhere.import(&mut export(store).as_slice(), &|_| Ok(()), &mut |_| ()).unwrap();
    assert_eq!(elsewhere.states().all().unwrap(), states);
    assert_eq!(String::from_utf8(export(&elsewhere)).unwrap(), String::from_utf8(export(store)).unwrap());
    drop(elsewhere);
    let mut merged = self::store(&folder.join("merged.db"));
    merged.keep_to(store.today).unwrap();
    merged.merge(&there, &mut |_, _| ()).unwrap();
    assert_eq!(merged.states().all().unwrap(), states);
}

#[test]
fn progress_that_was_moved_goes_on_with_the_new_card() {
    let (_folder, mut store) = open();
    for (on, quality) in [(0, 4), (1, 4)] {
        store.record(&review("old", on, quality)).unwrap();
    }
    let state = store.mark(&mark("new", MarkKind::MovedFrom(card("old")), 2)).unwrap();
    assert_eq!(state, store.states().of(&card("old")).unwrap());
    assert_eq!(due(&store, "new"), Some(7));
    store.record(&review("new", 7, 4)).unwrap();
    assert_eq!((due(&store, "old"), due(&store, "new")), (Some(7), Some(22)));
    assert_eq!(store.reviews().of_card(&card("new")).unwrap().iter().filter(|entry| entry.counted).count(), 3);
    // What is taken back of the old card, or comes to it by a merge, is so for the new one too.
    let first = store.reviews().of_card(&card("old")).unwrap()[0].id;
    store.retract(first, &card("old"), NOON_MS).unwrap();
    assert_eq!(due(&store, "new"), Some(13));
    assert_sound(&mut store);
}

#[test]
fn progress_that_was_moved_in_a_circle_or_to_itself_counts_once() {
    let (_folder, mut store) = open();
    store.record(&review("a", 0, 4)).unwrap();
    for (to, from) in [("b", "a"), ("c", "b"), ("a", "c"), ("a", "a"), ("c", "a")] {
        store.mark(&mark(to, MarkKind::MovedFrom(card(from)), 1)).unwrap();
    }
    store.record(&review("c", 1, 4)).unwrap();
    for name in ["a", "b", "c"] {
        assert_eq!(due(&store, name), Some(7), "{name}");
    }
    assert_sound(&mut store);
}

fn start(on: i64, interval_days: u32, due: i64) -> MarkKind {
    let easiness = Easiness::from_hundredths(210).unwrap();
    let scheduled = Scheduled { easiness, interval_days, repetitions: 4, lapses: 1, due: day(due) };
    MarkKind::Start(Start { from: "anki".to_owned(), day: day(on), scheduled })
}

#[test]
fn a_card_that_comes_from_elsewhere_goes_on_from_where_it_was() {
    let (_folder, mut store) = open();
    for (n, on) in [-60, -30].into_iter().enumerate() {
        let foreign = Review { source: Some("anki".to_owned()), ..review("x", on, 4) };
        let saved = store.record(&foreign).unwrap();
        assert_eq!(saved.state, CardState::default(), "what was answered elsewhere is not folded");
        assert_eq!(
            store.traces().of_deck(None).unwrap()[&card("x")].reviews,
            n + 1,
            "but it says how well it is known"
        );
    }
    store.mark(&mark("x", start(0, 30, 5), 0)).unwrap();
    assert_eq!(due(&store, "x"), Some(5));
    let saved = store.record(&review("x", 5, 4)).unwrap();
    let scheduled = saved.state.memory.scheduled().unwrap();
    assert_eq!((scheduled.interval_days, scheduled.repetitions, scheduled.lapses), (63, 5, 1));
    let log = store.reviews().of_card(&card("x")).unwrap();
    assert_eq!(log.iter().map(|entry| entry.counted).collect::<Vec<_>>(), [false, false, true]);
    assert_eq!(log[0].review.source.as_deref(), Some("anki"));
    // A repeat on the day on which it came counts as on any other.
    store.mark(&mark("y", start(0, 30, 0), 0)).unwrap();
    let answered = store.record(&Review { at_ms: NOON_MS + 2, ..review("y", 0, 4) }).unwrap();
    assert_eq!(answered.state.memory.scheduled().unwrap().interval_days, 63);
    assert_sound(&mut store);
}

#[test]
fn a_mark_of_a_later_version_is_passed_on_by_merge_and_export() {
    let (_folder, mut store) = open();
    store.record(&review("a", 0, 4)).unwrap();
    let said = MarkKind::Unknown("bury until 2030-01-01 \"so\"".to_owned());
    store.mark(&mark("a", said.clone(), 1)).unwrap();
    for kind in [MarkKind::Look { took_ms: 900 }, MarkKind::Note("a\nb".to_owned()), MarkKind::Flag] {
        store.mark(&mark("a", kind, 1)).unwrap();
    }
    store.mark(&Mark { card: None, kind: MarkKind::Plan("{}".to_owned()), at_ms: NOON_MS, day: None }).unwrap();
    assert_eq!(due(&store, "a"), Some(1));
    assert!(store.states().of(&card("a")).unwrap().flagged);
    assert_eq!(store.marks().of_card(&card("a")).unwrap()[0].kind, said);
    assert_sound(&mut store);
}

#[test]
fn the_fold_goes_by_day_and_leaves_later_days_out_until_they_come() {
    let (_folder, mut store) = open();
    store.keep_to(day(0)).unwrap();
    store.record(&review("a", 0, 4)).unwrap();
    // A clock that is wrong for a day, and right again.
    store.keep_to(day(400)).unwrap();
    let ahead = store.record(&review("a", 400, 1)).unwrap();
    assert_eq!(due(&store, "a"), Some(401));
    store.keep_to(day(1)).unwrap();
    assert_eq!(due(&store, "a"), Some(1));
    assert_eq!(store.reviews().to_come().unwrap().iter().map(|(id, _)| *id).collect::<Vec<_>>(), [ahead.id]);
    let saved = store.record(&review("a", 1, 4)).unwrap();
    assert_eq!((saved.clock_behind_ms, due(&store, "a")), (0, Some(7)));
    assert_eq!(store.traces().of_deck(None).unwrap()[&card("a")].reviews, 2);
    assert_sound(&mut store);
    // Nothing is written where nothing has changed.
    let version =
        |store: &Store| -> i64 { store.connection.pragma_query_value(None, "data_version", |r| r.get(0)).unwrap() };
    let changes = store.connection.total_changes();
    let before = version(&store);
    store.keep_to(day(2)).unwrap();
    assert_eq!((store.connection.total_changes(), version(&store)), (changes, before));
    // When the day comes, it counts.
    store.keep_to(day(400)).unwrap();
    assert_eq!(due(&store, "a"), Some(401));
    assert_eq!(store.reviews().to_come().unwrap().len(), 0);
    assert_sound(&mut store);
    store.keep_to(day(2)).unwrap();
    store.retract(ahead.id, &card("a"), NOON_MS).unwrap();
    assert_eq!(due(&store, "a"), Some(7));
    assert_sound(&mut store);
}

#[test]
fn a_card_forgotten_by_a_wrong_clock_is_not_forgotten_today() {
    let (_folder, mut store) = open();
    store.record(&review("a", 0, 4)).unwrap();
    store.mark(&mark("a", MarkKind::Forget, 400)).unwrap();
    store.keep_to(day(1)).unwrap();
    assert_eq!(due(&store, "a"), Some(1));
    // And one that is forgotten today is.
    store.mark(&mark("a", MarkKind::Forget, 1)).unwrap();
    assert_eq!(due(&store, "a"), None);
    store.keep_to(day(2)).unwrap();
    store.record(&review("a", 2, 4)).unwrap();
    assert_eq!(due(&store, "a"), Some(3));
    assert_sound(&mut store);
}

/// Marks of before schema 4 have no day: they stand after what was answered before them.
#[test]
fn a_mark_without_a_day_keeps_its_place_among_the_answers() {
    let (_folder, mut store) = open();
    store.record(&review("a", 0, 4)).unwrap();
    store.mark(&Mark { day: None, ..mark("a", MarkKind::Forget, 0) }).unwrap();
    assert_eq!(due(&store, "a"), None);
    store.record(&Review { at_ms: NOON_MS + 5, ..review("a", 1, 4) }).unwrap();
    assert_eq!(due(&store, "a"), Some(2));
}

/// The columns in the file are those of the layout, with what may be empty.
#[test]
fn the_file_has_the_columns_of_the_layout() {
    let (_folder, store) = open();
    for table in Table::ALL {
        let sql = "SELECT name, \"notnull\" FROM pragma_table_info(?1) WHERE name <> 'sum' ORDER BY cid";
        let mut statement = store.connection.prepare(sql).unwrap();
        let there: Vec<(String, bool)> = statement
            .query_map([table.name()], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
            .collect::<rusqlite::Result<_>>()
            .unwrap();
        let laid_out: Vec<(String, bool)> =
            table.columns().iter().map(|column| (column.name.to_owned(), !column.optional)).collect();
        assert_eq!(there, laid_out);
    }
}

/// One byte of a page's header hides none of the rows behind it.
#[test]
fn rows_behind_a_damaged_header_are_saved() {
    const PAGE: usize = 4096;
    let (folder, mut store) = open();
    for n in 0..40 {
        store.record(&review(&format!("c{n}"), 0, 4)).unwrap();
        store.mark(&mark(&format!("c{n}"), MarkKind::Flag, 0)).unwrap();
    }
    store.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    drop(store);
    let whole = std::fs::read(folder.path().join("here.db")).unwrap();
    let ids = |bytes: &[u8]| -> std::collections::BTreeSet<Vec<u8>> {
        let path = folder.path().join("damaged");
        std::fs::write(&path, bytes).unwrap();
        let id = |row: &Row| if let Cell::Blob(id) = row.cell("id") { id.clone() } else { Vec::new() };
        salvage::rows(&path, &folder.path().join("none")).unwrap().iter().map(|found| id(&found.row)).collect()
    };
    let all = ids(&whole);
    assert_eq!(all.len(), 80);
    for page in (PAGE..whole.len()).step_by(PAGE).filter(|page| whole[*page] == 0x0d) {
        for at in 0..12 {
            for bit in [0x01, 0x08, 0x80] {
                let mut damaged = whole.clone();
                damaged[page + at] ^= bit;
                // A pointer that leads elsewhere loses no row either.
                assert_eq!(ids(&damaged), all, "page {}, byte {at}, bit {bit}", page / PAGE);
            }
        }
    }
}

/// A row that fills more than its page goes on in others: of each length it is saved letter by letter.
#[test]
fn a_row_that_fills_several_pages_is_saved_whole() {
    let (folder, mut store) = open();
    let text = |length: usize| (0..length).map(|at| char::from(b'a' + (at % 23) as u8)).collect::<String>();
    let lengths = [100, 3_900, 4_050, 4_200, 8_000, 12_500, 60_000];
    for (n, length) in lengths.into_iter().enumerate() {
        store.record(&Review { given: Some(text(length)), ..review(&format!("c{n}"), 0, 4) }).unwrap();
    }
    store.connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    drop(store);
    let found = salvage::rows(&folder.path().join("here.db"), &folder.path().join("none")).unwrap();
    let given = |row: &Row| if let Cell::Text(given) = row.cell("given") { given.clone() } else { String::new() };
    let given: Vec<String> = found.iter().map(|found| given(&found.row)).collect();
    for length in lengths {
        assert!(given.contains(&text(length)), "{length} letters");
    }
}
