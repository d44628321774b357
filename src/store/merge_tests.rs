//! Two logs become one: whatever the split, the order and the repetition.

use super::*;
use crate::log::{LogId, Mark, MarkKind, Review, Saved, Table};
use crate::schedule::{CardId, Day, Memory, Mode, Quality};
use proptest::collection::vec;
use proptest::prelude::*;
use std::path::Path;

const NOON_MS: i64 = 1_795_000_000_000;
const DAY_MS: i64 = 24 * 3600 * 1000;
const DEVICES: usize = 5;

/// What a learner does.
#[derive(Debug, Clone)]
enum Act {
    Answer {
        card: u8,
        day: i64,
        quality: i64,
        mode: Mode,
    },
    /// Takes back the nth answer so far.
    TakeBack(usize),
    Decide {
        card: u8,
        what: MarkKind,
    },
    Plan(Option<u8>),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let mode = prop_oneof![4 => Just(Mode::Review), 1 => Just(Mode::Quiz), 1 => Just(Mode::Cram)];
    let what = prop_oneof![
        Just(MarkKind::Suspend),
        Just(MarkKind::Resume),
        Just(MarkKind::Flag),
        Just(MarkKind::Unflag),
        Just(MarkKind::Forget)
    ];
    let act = prop_oneof![
        6 => (0..3u8, 0..6i64, 0..6i64, mode)
            .prop_map(|(card, day, quality, mode)| Act::Answer { card, day, quality, mode }),
        2 => any::<usize>().prop_map(Act::TakeBack),
        2 => (0..3u8, what).prop_map(|(card, what)| Act::Decide { card, what }),
        1 => proptest::option::of(1..9u8).prop_map(Act::Plan),
    ];
    vec(act, 1..25)
}

fn card(n: u8) -> CardId {
    CardId::parse(&format!("mine/card-{n}")).unwrap()
}

fn store(path: &Path) -> Store {
    Store::open(path, Box::new(rand::random)).unwrap()
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

fn answer(store: &mut Store, card: CardId, at_ms: i64, day: i64, quality: i64, mode: Mode) -> Saved {
    let session = store.new_session(at_ms);
    let start: Day = "2026-11-21".parse().unwrap();
    let review = Review {
        card,
        at_ms,
        day: start.plus(day.try_into().unwrap()),
        quality: Quality::new(quality).unwrap(),
        session,
        mode,
        kind: "recall".to_owned(),
        took_ms: 1000,
        prompt: "?".to_owned(),
        given: None,
        ratio: Some(-0.0),
        slip: None,
        seed: None,
        drawn: None,
        steps: None,
        options: None,
        confidence: None,
        source: None,
    };
    store.record(&review).unwrap()
}

fn noon() -> Day {
    Day::from_epoch_days(NOON_MS / DAY_MS).unwrap()
}

fn on_noon_of(n: u8, kind: MarkKind, at_ms: i64) -> Mark {
    Mark::of_card(card(n), kind, at_ms, noon())
}

fn act_out(store: &mut Store, acts: &[Act]) {
    let mut answers: Vec<(LogId, CardId)> = Vec::new();
    for (n, act) in acts.iter().enumerate() {
        let at_ms = NOON_MS + n as i64 * 1000;
        match act {
            Act::Answer { card: n, day, quality, mode } => {
                let saved = answer(store, card(*n), at_ms + day * DAY_MS, *day, *quality, *mode);
                answers.push((saved.id, card(*n)));
            }
            Act::TakeBack(nth) if !answers.is_empty() => {
                let (id, card) = &answers[nth % answers.len()];
                store.retract(*id, card, at_ms).unwrap();
            }
            Act::TakeBack(_) => {}
            Act::Decide { card: n, what } => drop(store.mark(&on_noon_of(*n, what.clone(), at_ms)).unwrap()),
            Act::Plan(days) => {
                let interview = days.map(|n| format!("2026-12-{:02} 15", n).parse());
                let interview = interview.and_then(std::result::Result::ok);
                store.mark(&Mark::of_plan(interview, at_ms, noon())).unwrap();
            }
        }
    }
}

/// All that an export says, in an order that does not depend on who wrote what first.
fn dump(store: &Store) -> Vec<String> {
    let mut out = Vec::new();
    store.export(None, &mut out, &mut |_| ()).unwrap();
    let mut lines: Vec<String> = String::from_utf8(out).unwrap().lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

fn assert_sound(store: &Store) {
    assert_eq!(store.examine(&mut |_, _| ()).unwrap().problems, []);
}

/// Writes each row of a log to the devices that have it: bit n of its number is device n. A device that takes an answer
/// back has that answer.
fn split(whole: &Path, folder: &Path, who: &[u8]) -> Vec<std::path::PathBuf> {
    let devices: Vec<_> = (0..DEVICES).map(|n| folder.join(format!("device-{n}.db"))).collect();
    for (n, path) in devices.iter().enumerate() {
        let mut device = store(path);
        device.connection.execute("ATTACH ?1 AS whole", [whole.to_string_lossy()]).unwrap();
        let mut rank = 0;
        let mut has = |_: i64| {
            rank += 1;
            who[rank % who.len()] & 1 << n != 0
        };
        for (table, columns) in Table::ALL.map(|table| (table.name(), table.column_list())) {
            let rowids: Vec<i64> = {
                let mut all = device.connection.prepare(&format!("SELECT rowid FROM whole.{table}")).unwrap();
                all.query_map([], |row| row.get(0)).unwrap().collect::<rusqlite::Result<_>>().unwrap()
            };
            for rowid in rowids.into_iter().filter(|rowid| has(*rowid)) {
                if table == "retraction" {
                    let sql = format!(
                        "INSERT OR IGNORE INTO main.review ({0}, sum) SELECT {0}, sum FROM whole.review
                         WHERE id = (SELECT review FROM whole.retraction WHERE rowid = ?1)",
                        Table::Review.column_list()
                    );
                    device.connection.execute(&sql, [rowid]).unwrap();
                }
                let sql = format!(
                    "INSERT INTO main.{table} ({columns}, sum) SELECT {columns}, sum FROM whole.{table} WHERE rowid = ?1"
                );
                device.connection.execute(&sql, [rowid]).unwrap();
            }
        }
        device.connection.execute("DETACH whole", []).unwrap();
        device.rebuild().unwrap();
        assert_sound(&device);
    }
    devices
}

fn join(folder: &Path, name: &str, paths: &[&Path]) -> std::path::PathBuf {
    let path = folder.join(format!("{name}.db"));
    let mut joined = store(&path);
    for path in paths {
        joined.merge(path, &mut |_, _| ()).unwrap();
    }
    assert_sound(&joined);
    path
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn logs_split_at_random_and_joined_in_any_order_are_one(
        acts in acts(),
        who in vec(1..32u8, 7..40),
        order in Just((0..DEVICES).collect::<Vec<_>>()).prop_shuffle(),
        again in vec(0..DEVICES, 0..4),
    ) {
        let folder = folder();
        let whole_path = folder.path().join("whole.db");
        let mut whole = store(&whole_path);
        act_out(&mut whole, &acts);
        let wanted = dump(&whole);
        let devices = split(&whole_path, folder.path(), &who);
        let all: Vec<&Path> = devices.iter().map(std::path::PathBuf::as_path).collect();
        // In any order, some of them repeatedly.
        let shuffled: Vec<&Path> = order.iter().chain(&again).map(|n| all[*n]).collect();
        prop_assert_eq!(&dump(&store(&join(folder.path(), "shuffled", &shuffled))), &wanted);
        // In pairs first: (a + b) + (c + (d + e)).
        let ab = join(folder.path(), "ab", &[shuffled[0], shuffled[1]]);
        let de = join(folder.path(), "de", &[shuffled[3], shuffled[4]]);
        let cde = join(folder.path(), "cde", &[shuffled[2], &de]);
        let paired = join(folder.path(), "paired", &[&ab, &cde]);
        prop_assert_eq!(&dump(&store(&paired)), &wanted);
        // Once more changes nothing.
        let mut paired = store(&paired);
        prop_assert_eq!(paired.merge(&cde, &mut |_, _| ()).unwrap(), Merged::default());
    }
}

#[test]
fn two_devices_that_answered_a_card_on_one_day_end_in_one_state() {
    for (laptop_at, desktop_at, counts) in [(0, 5000, 4), (5000, 0, 1)] {
        let folder = folder();
        let (laptop_path, desktop_path) = (folder.path().join("laptop.db"), folder.path().join("desktop.db"));
        let (mut laptop, mut desktop) = (store(&laptop_path), store(&desktop_path));
        let mine = answer(&mut laptop, card(0), NOON_MS + laptop_at, 0, 4, Mode::Review);
        answer(&mut desktop, card(0), NOON_MS + desktop_at, 0, 1, Mode::Review);
        let merged = laptop.merge(&desktop_path, &mut |_, _| ()).unwrap();
        assert_eq!((merged.reviews, merged.differing), (1, 0));
        desktop.merge(&laptop_path, &mut |_, _| ()).unwrap();
        assert_eq!(dump(&laptop), dump(&desktop));
        let log = laptop.reviews().of_card(&card(0)).unwrap();
        let counted: Vec<u8> = log.iter().filter(|e| e.counted).map(|e| e.review.quality.get()).collect();
        assert_eq!(counted, [counts], "the day's first answer counts");
        assert!(matches!(laptop.states().of(&card(0)).unwrap().memory, Memory::Scheduled(_)));
        // Undo takes back what was answered here, not what came in.
        assert_eq!(laptop.reviews().latest().unwrap().unwrap().0, mine.id);
    }
}

#[test]
fn a_decision_that_only_a_later_version_knows_leaves_no_trace_in_the_schedule() {
    let folder = folder();
    let (here, there) = (folder.path().join("here.db"), folder.path().join("there.db"));
    let mut other = store(&there);
    other.mark(&on_noon_of(0, MarkKind::Flag, NOON_MS)).unwrap();
    other.connection.execute_batch("UPDATE mark SET what = 'frame', sum = NULL").unwrap();
    let mut store = store(&here);
    store.merge(&there, &mut |_, _| ()).unwrap();
    assert_sound(&store);
    store.rebuild().unwrap();
    assert_sound(&store);
}

#[test]
fn an_export_read_in_gives_the_same_export() {
    let folder = folder();
    let mut first = store(&folder.path().join("first.db"));
    let all = [
        Act::Answer { card: 0, day: 0, quality: 4, mode: Mode::Review },
        Act::Answer { card: 1, day: 0, quality: 2, mode: Mode::Cram },
        Act::TakeBack(0),
        Act::Answer { card: 0, day: 1, quality: 5, mode: Mode::Review },
        Act::Decide { card: 1, what: MarkKind::Suspend },
        Act::Plan(None),
    ];
    act_out(&mut first, &all);
    let export = |store: &Store| {
        let mut out = Vec::new();
        store.export(Some("minutes = 5\n"), &mut out, &mut |_| ()).unwrap();
        out
    };
    let text = export(&first);
    let mut second = store(&folder.path().join("second.db"));
    let imported = second.import(&mut text.as_slice(), &|_| Ok(()), &mut |_| ()).unwrap();
    assert_eq!((imported.reviews, imported.others, imported.known), (3, 3, 0));
    assert_eq!(imported.settings.as_deref(), Some("minutes = 5\n"));
    assert_sound(&second);
    assert_eq!(String::from_utf8(export(&second)).unwrap(), String::from_utf8(text.clone()).unwrap());
    let again = second.import(&mut text.as_slice(), &|_| Ok(()), &mut |_| ()).unwrap();
    assert_eq!((again.reviews, again.others, again.known), (0, 0, 6));
}

#[test]
fn a_wrong_line_of_an_import_is_named_and_changes_nothing() {
    let folder = folder();
    let mut first = store(&folder.path().join("first.db"));
    act_out(&mut first, &[Act::Answer { card: 0, day: 0, quality: 4, mode: Mode::Review }, Act::TakeBack(0)]);
    let mut out = Vec::new();
    first.export(None, &mut out, &mut |_| ()).unwrap();
    let text = String::from_utf8(out).unwrap();
    let mut second = store(&folder.path().join("second.db"));
    let before = dump(&second);
    for (from, to, said) in [
        ("\"export\":2", "\"export\":9", "line 1: the export is of a newer sysdrill"),
        ("{\"sysdrill\":{\"export\":2}}\n", "", "line 1: an export begins with"),
        ("\"quality\":4", "\"quality\":9", "line 2: "),
        ("mine/card-0", "no id", "line 2: 'card' is a card's id, not \"no id\""),
        ("2026-11-21", "2026-13-21", "line 2: 'day' is a day in the years 0 to 9999, not \"2026-13-21\""),
        ("\"at\":17", "\"at\":922337203685477580", "line 2: "),
        ("\"took_ms\":1000", "\"took_ms\":18446744073709551615", "line 2: "),
        ("{\"retraction\"", "{\"extraction\"", "line 3: this is no line of an export"),
        ("{\"state\"", "{\"sysdrill\":{\"export\":1}}\n{\"state\"", "line 4: a second beginning"),
    ] {
        assert!(text.contains(from) || from.contains("state"), "{text}");
        let wrong = text.replacen(from, to, 1);
        if wrong == text {
            continue;
        }
        let error = second.import(&mut wrong.as_bytes(), &|_| Ok(()), &mut |_| ()).unwrap_err().to_string();
        assert!(error.contains(said), "{to}: {error}");
        assert_eq!(dump(&second), before, "{to}");
    }
}

/// Where many reviews come in, the indexes are made anew: with all that they had, whatever was there before.
#[test]
fn a_large_import_leaves_the_indexes_as_a_small_one_does() {
    let folder = folder();
    let mut small = store(&folder.path().join("small.db"));
    answer(&mut small, card(1), NOON_MS, 0, 4, Mode::Review);
    let mut large = store(&folder.path().join("large.db"));
    answer(&mut large, card(2), NOON_MS, 0, 4, Mode::Review);
    let indexes = |store: &Store| -> Vec<String> {
        let sql =
            "SELECT name || ': ' || sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name";
        let mut statement = store.connection.prepare(sql).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(std::result::Result::unwrap).collect()
    };
    let line = |n: usize| {
        let id = LogId::new(NOON_MS + n as i64, [n as u8; 10]);
        format!(
            "{{\"review\":{{\"id\":\"{id}\",\"card\":\"mine/many-{}\",\"at\":{},\"day\":\"2026-11-22\",\"quality\":{},\
             \"session\":\"{id}\",\"mode\":\"review\",\"kind\":\"recall\",\"took_ms\":1,\"prompt\":\"?\",\"given\":null,\
             \"ratio\":null,\"slip\":null,\"seed\":null,\"drawn\":null,\"steps\":null}}}}\n",
            n % 500,
            NOON_MS + n as i64,
            n % 6
        )
    };
    let begin = "{\"sysdrill\":{\"export\":1}}\n".to_owned();
    let text: String = [begin].into_iter().chain((0..60_000).map(line)).collect();
    let imported = large.import(&mut text.as_bytes(), &|_| Ok(()), &mut |_| ()).unwrap();
    assert_eq!((imported.reviews, large.states().all().unwrap().len()), (60_000, 501));
    assert_eq!(indexes(&large), indexes(&small));
    assert_sound(&large);
}
