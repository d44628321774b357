use super::*;
use crate::schedule::Quality;

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
    }
}

#[test]
fn what_was_saved_is_read_back() {
    let (_folder, mut store) = open();
    let review = review(&mut store, "a/b", 5, 4);
    let saved = store.record(&review).unwrap();
    let log = store.log(&review.card).unwrap();
    assert_eq!((log[0].id, &log[0].review), (saved.id, &review));
    assert_eq!(store.state(&review.card).unwrap(), saved.state);
    assert_eq!(store.states().unwrap()[&review.card], saved.state);
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
    let log = store.log(&CardId::parse("a/b").unwrap()).unwrap();
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
        let error = store.states().unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
        store.rebuild().unwrap();
        store.states().unwrap();
    }
}

#[test]
fn a_decision_of_a_later_version_is_kept_and_passed_over() {
    let (_folder, mut store) = open();
    let card = CardId::parse("a/b").unwrap();
    store.mark(&card, Happening::Suspend, 5).unwrap();
    store.connection.execute_batch("UPDATE mark SET what = 'frame'").unwrap();
    store.rebuild().unwrap();
    assert!(!store.state(&card).unwrap().suspended);
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

#[test]
fn histories_are_the_live_reviews_in_order() {
    let (_folder, mut store) = open();
    let mut say = |card: &str, at_ms, quality| {
        let review = review(&mut store, card, at_ms, quality);
        store.record(&review).unwrap().id
    };
    say("a/b", 5000, 4);
    let taken_back = say("a/a", 10, 3);
    say("a/a", 30, 5);
    say("a/a", 20, 1);
    store.retract(taken_back, &CardId::parse("a/a").unwrap(), 40).unwrap();
    let histories = store.histories().unwrap();
    let qualities = |card: &str| -> Vec<u8> {
        histories[&CardId::parse(card).unwrap()].iter().map(|(_, quality)| quality.get()).collect()
    };
    assert_eq!((histories.len(), qualities("a/a"), qualities("a/b")), (2, vec![5, 1], vec![4]));
}

#[test]
fn fitted_parameters_are_one_row_that_may_be_damaged() {
    let (_folder, mut store) = open();
    assert_eq!(store.fitted().unwrap(), None);
    let parameters = Parameters::default();
    store.keep_fitted(400, &parameters).unwrap();
    store.keep_fitted(440, &parameters).unwrap();
    assert_eq!(store.fitted().unwrap(), Some((440, parameters)));
    let rows: i64 = store.connection.query_row("SELECT count(*) FROM fitted", [], |row| row.get(0)).unwrap();
    assert_eq!(rows, 1);
    for damaged in ["", "[]", "[1,2,3]", "nonsense", "{}", &format!("[{}9]", "1,".repeat(20)), "[1e999]"] {
        store.connection.execute("UPDATE fitted SET parameters = ?1", [damaged]).unwrap();
        assert_eq!(store.fitted().unwrap(), None, "{damaged}");
    }
    store.keep_fitted(440, &Parameters::default()).unwrap();
    store.connection.execute("UPDATE fitted SET reviews = -1", []).unwrap();
    assert_eq!(store.fitted().unwrap(), None);
}
