use super::*;
use crate::log::{Mark, MarkKind, Review, Saved};
use crate::schedule::{CardId, Day, Fitted, Mode, Parameters, Quality};
use rusqlite::{Connection, params};
use std::path::{Path, PathBuf};

fn open() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let mut count = 0u8;
    let entropy = move || {
        count = count.wrapping_add(1);
        [count; 10]
    };
    let store = Store::open(&folder.path().join("test.db"), Box::new(entropy)).unwrap();
    (folder, store)
}

fn review(store: &mut Store, card: &str, at_ms: i64, quality: i64) -> Review {
    let session = store.new_session(at_ms);
    Review {
        card: CardId::parse(card).unwrap(),
        at_ms,
        day: "2026-11-21".parse().unwrap(),
        quality: Quality::new(quality).unwrap(),
        session,
        mode: Mode::Review,
        kind: "recall".to_owned(),
        took_ms: 1000,
        prompt: "?".to_owned(),
        given: None,
        ratio: None,
        slip: None,
        seed: Some((1 << 53) - 1),
        drawn: None,
        steps: None,
        options: None,
        confidence: None,
        source: None,
    }
}

#[test]
fn what_was_saved_is_read_back() {
    let (_folder, mut store) = open();
    let review = review(&mut store, "a/b", 5, 4);
    let saved = store.record(&review).unwrap();
    let log = store.reviews().of_card(&review.card).unwrap();
    assert_eq!((log[0].id, &log[0].review), (saved.id, &review));
    assert_eq!(store.states().of(&review.card).unwrap(), saved.state);
    assert_eq!(store.states().all().unwrap()[&review.card], saved.state);
}

#[test]
fn a_cards_reviews_keep_their_order_whatever_the_clock_says() {
    let (_folder, mut store) = open();
    let times = [1000, 1000, 10, 5000, 20];
    let saved: Vec<Saved> = times
        .iter()
        .map(|at| {
            let review = review(&mut store, "a/b", *at, 4);
            store.record(&review).unwrap()
        })
        .collect();
    let log = store.reviews().of_card(&CardId::parse("a/b").unwrap()).unwrap();
    assert_eq!(log.iter().map(|entry| entry.review.at_ms).collect::<Vec<_>>(), [1000, 1001, 1002, 5000, 5001]);
    assert!(log.iter().map(|entry| entry.id).eq(saved.iter().map(|saved| saved.id)));
    assert!(log.is_sorted_by_key(|entry| entry.id), "ids sort by time");
    assert_eq!(saved[4].clock_behind_ms, 4981);
}

#[test]
fn a_damaged_row_names_its_column() {
    let (_folder, mut store) = open();
    let review = review(&mut store, "a/b", 5, 4);
    store.record(&review).unwrap();
    for (damage, said) in [
        ("UPDATE schedule SET easiness = 7", "the column easiness is damaged"),
        ("UPDATE schedule SET card = 'no id'", "the column card is damaged: 'no id' is no card id"),
    ] {
        store.connection.execute_batch(damage).unwrap();
        let error = store.states().all().unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
        store.rebuild().unwrap();
        store.states().all().unwrap();
    }
}

#[test]
fn a_decision_of_a_later_version_is_kept_and_passed_over() {
    let (_folder, mut store) = open();
    let card = CardId::parse("a/b").unwrap();
    store.mark(&Mark::of_card(card.clone(), MarkKind::Suspend, 5, "2026-11-21".parse().unwrap())).unwrap();
    store.connection.execute_batch("UPDATE mark SET what = 'frame'").unwrap();
    store.rebuild().unwrap();
    assert!(!store.states().of(&card).unwrap().suspended);
}

#[test]
fn the_log_refuses_what_it_cannot_mean() {
    let (_folder, store) = open();
    for row in [
        "INSERT INTO retraction (id, review, at) VALUES (randomblob(16), randomblob(16), 1)",
        "INSERT INTO mark (id, card, what, at) VALUES (x'00', 'a/b', 'suspend', 1)",
        "INSERT INTO mark (id, card, what, at) VALUES (randomblob(16), 'a/b', 'suspend', 'noon')",
        "INSERT INTO schedule (card, easiness, suspended) VALUES ('a/b', 250, 0)",
    ] {
        assert!(store.connection.execute(row, []).is_err(), "{row}");
    }
}

/// A store with a log that says all that a history can: two cards, one review taken back, a clock that was set back.
fn with_log() -> (tempfile::TempDir, Store) {
    let (folder, mut store) = open();
    let mut say = |card: &str, at_ms, day: &str, quality| {
        let review = Review { day: day.parse().unwrap(), ..review(&mut store, card, at_ms, quality) };
        store.record(&review).unwrap().id
    };
    say("a/b", 5000, "2026-11-20", 4);
    let taken_back = say("a/a", 10, "2026-11-21", 3);
    say("a/a", 30, "2026-11-22", 5);
    say("a/a", 20, "2026-11-23", 1);
    say("b/a", 40, "2026-11-30", 4);
    store.retract(taken_back, &CardId::parse("a/a").unwrap(), 40).unwrap();
    (folder, store)
}

#[test]
fn histories_are_the_live_reviews_in_order() {
    let (_folder, store) = with_log();
    let card = |id: &str| CardId::parse(id).unwrap();
    let qualities = |history: &[(Day, Quality)]| -> Vec<u8> { history.iter().map(|(_, q)| q.get()).collect() };
    let histories = store.traces().histories_to_fit().unwrap();
    assert_eq!(histories.len(), 3);
    assert_eq!((qualities(&histories[&card("a/a")]), qualities(&histories[&card("a/b")])), (vec![5, 1], vec![4]));
    let day = |text: &str| text.parse::<Day>().unwrap();
    let lately = store.reviews().histories(day("2026-11-21")..=day("2026-11-22"), &Heirs::default()).unwrap();
    assert_eq!((lately.len(), qualities(&lately[&card("a/a")])), (1, vec![5]));
    let days: Vec<String> = store.reviews().days().unwrap().iter().map(Day::to_string).collect();
    assert_eq!(days, ["2026-11-20", "2026-11-22", "2026-11-23", "2026-11-30"]);
    let of_deck = store.traces().of_deck(Some("a")).unwrap();
    assert_eq!(of_deck.keys().map(CardId::deck).collect::<Vec<_>>(), ["a", "a"]);
    assert_eq!(of_deck[&card("a/a")].reviews, 2);
}

/// Every row of the table of traces.
fn traces(store: &Store) -> Vec<String> {
    let mut statement = store.connection.prepare("SELECT * FROM trace ORDER BY card").unwrap();
    let columns = statement.column_count();
    let row = |row: &rusqlite::Row| Ok(format!("{:?}", (0..columns).map(|at| row.get_ref(at)).collect::<Vec<_>>()));
    statement.query_map([], row).unwrap().collect::<rusqlite::Result<_>>().unwrap()
}

#[test]
fn what_histories_leave_is_kept_with_every_change_and_made_again_alike() {
    let (_folder, mut store) = with_log();
    let sound = |store: &mut Store| {
        assert_eq!(store.traces().problems(&mut |_, _| ()).unwrap(), Vec::<String>::new());
        let kept = traces(store);
        store.rebuild().unwrap();
        assert_eq!(traces(store), kept);
        kept
    };
    let first = sound(&mut store);
    // With other parameters the same reviews leave something else.
    let mut numbers = <[f32; 21]>::from(Parameters::default());
    numbers[2] *= 2.0;
    let fitted = Fitted { parameters: numbers.try_into().unwrap(), reviews: 4, log_reviews: 4 };
    store.keep_fitted(&fitted, &mut |_, _| ()).unwrap();
    assert_ne!(sound(&mut store), first);
    let (latest, review) = store.reviews().latest().unwrap().unwrap();
    store.replace(latest, &Review { quality: Quality::new(0).unwrap(), ..review }).unwrap();
    assert_eq!(sound(&mut store).len(), 3);
    let (latest, review) = store.reviews().latest().unwrap().unwrap();
    store.retract(latest, &review.card, 50).unwrap();
    assert_eq!(sound(&mut store).len(), 2, "a card without a live review leaves nothing");
    store
        .mark(&Mark::of_card(CardId::parse("a/a").unwrap(), MarkKind::Forget, 60, "2026-11-21".parse().unwrap()))
        .unwrap();
    assert_eq!(sound(&mut store).len(), 2);
}

#[test]
fn a_trace_that_is_not_what_its_log_leaves_is_told_and_mended() {
    let (_folder, mut store) = with_log();
    for (damage, said) in [
        ("UPDATE trace SET stability_days = stability_days * 1.1 WHERE card = 'a/a'", "a/a differs from its log"),
        (
            "UPDATE trace SET answered = CAST(substr(answered, 1, 48) || x'09' || substr(answered, 50) AS BLOB)
             WHERE card = 'a/b'",
            "a/b differs from its log",
        ),
        ("DELETE FROM trace WHERE card = 'a/b'", "a/b differs from its log"),
        ("UPDATE trace SET card = 'c/c' WHERE card = 'a/b'", "c/c has no log"),
        ("UPDATE trace SET met = 9223372036854775807 WHERE card = 'a/b'", "the column met is damaged"),
        ("UPDATE trace SET card = 'no id' WHERE card = 'a/b'", "the column card is damaged"),
    ] {
        store.connection.execute_batch(damage).unwrap();
        let found = store.traces().problems(&mut |_, _| ()).unwrap();
        assert!(found.iter().any(|problem| problem.contains(said)), "{damage}: {found:?}");
        store.rebuild().unwrap();
        assert_eq!(store.traces().problems(&mut |_, _| ()).unwrap(), Vec::<String>::new());
    }
    // Another platform's arithmetic is no damage.
    store.connection.execute_batch("UPDATE trace SET stability_days = stability_days * 1.0001").unwrap();
    assert_eq!(store.traces().problems(&mut |_, _| ()).unwrap(), Vec::<String>::new());
}

#[test]
fn fitted_parameters_are_one_row_that_may_be_damaged() {
    let (_folder, mut store) = open();
    assert_eq!(store.traces().fitted().unwrap(), None);
    let fitted = |reviews| Fitted { parameters: Parameters::default(), reviews, log_reviews: 2 * reviews };
    store.keep_fitted(&fitted(400), &mut |_, _| ()).unwrap();
    store.keep_fitted(&fitted(440), &mut |_, _| ()).unwrap();
    assert_eq!(store.traces().fitted().unwrap(), Some(fitted(440)));
    let rows: i64 = store.connection.query_row("SELECT count(*) FROM fitted", [], |row| row.get(0)).unwrap();
    assert_eq!(rows, 1);
    for damaged in ["", "[]", "[1,2,3]", "nonsense", "{}", &format!("[{}9]", "1,".repeat(20)), "[1e999]"] {
        store.connection.execute("UPDATE fitted SET parameters = ?1", [damaged]).unwrap();
        assert_eq!(store.traces().fitted().unwrap(), None, "{damaged}");
    }
    store.keep_fitted(&fitted(440), &mut |_, _| ()).unwrap();
    store.connection.execute("UPDATE fitted SET reviews = -1", []).unwrap();
    assert_eq!(store.traces().fitted().unwrap(), None);
}

/// A file of some dozen reviews, whose indexes have one page each, and the store's name for each index with that page.
fn indexed() -> (tempfile::TempDir, PathBuf, Vec<(String, usize)>) {
    let (folder, mut store) = open();
    for n in 0..30 {
        let mut review = review(&mut store, &format!("a/b-{}", n % 7), 1_000 * n, n % 6);
        review.mode = [Mode::Review, Mode::Cram, Mode::Quiz][n as usize % 3];
        review.day = review.day.plus(n.unsigned_abs() as u32 / 4);
        (review.ratio, review.confidence) = (Some(1.0 + n as f64), Some(80));
        store.record(&review).unwrap();
    }
    let roots = "SELECT name, rootpage FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'review'";
    let roots: Vec<(String, usize)> = {
        let mut statement = store.connection.prepare(roots).unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.map(std::result::Result::unwrap).collect()
    };
    assert!(roots.len() >= 4, "{roots:?}");
    (folder, store.path.clone(), roots)
}

fn problems(path: &Path) -> Vec<String> {
    let store = Store::open(path, Box::new(|| [0; 10])).unwrap();
    store.examine(&mut |_, _| ()).unwrap().problems.iter().map(ToString::to_string).collect()
}

/// What SQLite's checks say: the quick one, and the one that looks up every entry.
fn sqlite_says(path: &Path) -> (bool, bool) {
    let c = Connection::open(path).unwrap();
    let is_ok = |pragma: &str| c.query_row(pragma, [], |row| row.get::<_, String>(0)).unwrap() == "ok";
    (is_ok("PRAGMA quick_check"), is_ok("PRAGMA integrity_check"))
}

#[test]
fn an_entry_that_was_changed_or_moved_in_an_index_is_found() {
    const PAGE: usize = 4096;
    let (_folder, path, roots) = indexed();
    assert_eq!(problems(&path), Vec::<String>::new());
    let whole = std::fs::read(&path).unwrap();
    for (name, root) in &roots {
        let page = PAGE * (root - 1);
        assert_eq!(whole[page], 0x0a, "{name} is one leaf");
        let pointer = |n: usize| page + 8 + 2 * n;
        let cell = |n: usize| page + usize::from(u16::from_be_bytes([whole[pointer(n)], whole[pointer(n) + 1]]));
        let (mut changed, mut moved) = (whole.clone(), whole.clone());
        // The end of an entry is the number of its row; a cell begins with its length.
        changed[cell(9) + usize::from(whole[cell(9)])] ^= 0x40;
        moved.copy_within(pointer(4)..pointer(5), pointer(20));
        moved[pointer(4)..pointer(5)].copy_from_slice(&whole[pointer(20)..pointer(21)]);
        for (bytes, said) in
            [(changed, &["differs from the rows", "is out of order"][..]), (moved, &["is out of order"])]
        {
            std::fs::write(&path, bytes).unwrap();
            assert_eq!(sqlite_says(&path), (true, false), "{name}: the quick check alone does not see it");
            let found = problems(&path);
            assert!(
                found.iter().any(|what| said.iter().any(|said| *what == format!("SQLite: index {name} {said}"))),
                "{name}: {found:?}"
            );
            let error = backup::copy(&path, "of-a-damaged-index").unwrap_err();
            assert!(error.is_damage(), "{name}: {error}");
        }
    }
}

#[test]
fn an_entry_that_lacks_in_an_index_or_has_no_row_is_found() {
    for write in [
        "INSERT INTO review SELECT randomblob(16), card, at, day, quality, session, mode, kind, took_ms, prompt, given,
         ratio, slip, seed, drawn, steps, NULL, NULL, 80, NULL FROM review LIMIT 1",
        "DELETE FROM review WHERE rowid = 5",
        "UPDATE review SET card = 'a/c', at = at + 1, day = day + 1, mode = 'cram', session = id, sum = NULL WHERE rowid = 6",
    ] {
        let (_folder, path, roots) = indexed();
        for (name, _) in roots.iter().filter(|(name, _)| !name.starts_with("sqlite_")) {
            let whole = std::fs::read(&path).unwrap();
            // An index that SQLite does not know of is not kept up to date.
            let run = |sql: &str| Connection::open(&path).unwrap().execute_batch(sql).unwrap();
            run("CREATE TABLE aside AS SELECT * FROM sqlite_schema WHERE type = 'index'");
            run(&format!("PRAGMA writable_schema = 1; DELETE FROM sqlite_schema WHERE name = '{name}'"));
            run(write);
            run(&format!(
                "PRAGMA writable_schema = 1; INSERT INTO sqlite_schema SELECT * FROM aside WHERE name = '{name}'"
            ));
            run("DROP TABLE aside");
            // Of an index of some rows SQLite does not count the entries.
            let is_of_some = ["review_typed", "review_sure"].contains(&name.as_str());
            assert!(is_of_some || !sqlite_says(&path).1, "{name}: {write}");
            let found = problems(&path);
            assert!(found.contains(&format!("SQLite: index {name} differs from the rows")), "{name}: {found:?}");
            std::fs::write(&path, whole).unwrap();
        }
    }
}

/// The walk over the reviews asks all that the table and the mapper ask.
#[test]
fn a_review_that_cannot_be_is_found_without_its_checksum() {
    let (_folder, path, _) = indexed();
    let c = Connection::open(&path).unwrap();
    c.execute_batch("PRAGMA ignore_check_constraints = 1; PRAGMA foreign_keys = 0").unwrap();
    for (column, value) in [
        ("id", "x'01'"),
        ("card", "'no id'"),
        ("day", "1 << 40"),
        ("quality", "6"),
        ("session", "x'0102'"),
        ("mode", "'exam'"),
        ("took_ms", "-1"),
        ("kind", "CAST(x'ff' AS TEXT)"),
        ("prompt", "CAST(x'ff' AS TEXT)"),
        ("steps", "CAST(x'ff' AS TEXT)"),
        ("seed", "-1"),
        ("seed", "1 << 53"),
    ] {
        c.execute_batch(&format!("SAVEPOINT s; UPDATE review SET {column} = {value}, sum = NULL WHERE rowid = 4"))
            .unwrap();
        let found = problems::first_problem(&c).unwrap().map(|problem| problem.to_string());
        let of_rows = problems::problems_of_reviews(&c);
        assert!(
            found.is_some() && of_rows.len() == 1 && of_rows[0].starts_with("row 4 of review: "),
            "{column}: {of_rows:?}"
        );
        c.execute_batch("ROLLBACK TO s; RELEASE s").unwrap();
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(40))]
    #[test]
    fn the_most_urgent_are_those_that_all_cards_in_order_would_give(
        cards in proptest::collection::vec((0u32..40, 1u32..60, proptest::bool::ANY), 1..120), most in 1usize..40,
    ) {
        use crate::schedule::{loss_of_waiting, most_loss_of_waiting};
        let store = Store::in_memory(Box::new(|| [0; 10])).unwrap();
        let today: Day = "2026-11-21".parse().unwrap();
        for (at, (overdue_days, interval_days, long)) in cards.iter().enumerate() {
            let (due, name) = (today.before((*overdue_days).into()), format!("d/c{at}"));
            let kind = if *long { "probe" } else { "number" };
            let c = &store.connection;
            c.execute(
                "INSERT INTO schedule VALUES (?1, 250, ?2, 3, 0, ?3, 0, 1, 1, 4, 0, NULL)",
                params![name, interval_days, due],
            ).unwrap();
            c.execute(
                "INSERT INTO card VALUES (?1, ?2, 0, 'd', ?1, 1, ?3, 1, '[]', '?', 1, 1, 0, 1, 0, ?4, ?5, 0, NULL)",
                params![at, name, kind, due, interval_days],
            ).unwrap();
        }
        let seconds = |kind: &str| if kind == "probe" { 45.0 } else { 12.0 };
        let worth = |kind: &str, _: usize, interval: u32, due: Day| loss_of_waiting(interval, due, today) / seconds(kind);
        let at_most = |interval: u32, due: Day| most_loss_of_waiting(interval, due, today) / 12.0;
        let scope = deck_index::Scope::default();
        let taken = store.deck_index().most_urgent(&scope, today, most, worth, at_most).unwrap();
        let of = |(overdue_days, interval_days, long): &(u32, u32, bool)| {
            worth(if *long { "probe" } else { "number" }, 1, *interval_days, today.before((*overdue_days).into()))
        };
        let mut all: Vec<f64> = cards.iter().map(of).collect();
        all.sort_by(|a, b| b.total_cmp(a));
        all.truncate(most);
        let mut got: Vec<f64> = taken.iter().map(|card| {
            let s = card.state.memory.scheduled().unwrap();
            worth(&card.kind, 1, s.interval_days, s.due)
        }).collect();
        got.sort_by(|a, b| b.total_cmp(a));
        proptest::prop_assert_eq!(got, all);
    }
}
