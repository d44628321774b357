//! An answer that was confirmed is never lost.

use crate::harness::{World, grade, recall};
use serde_json::json;

#[test]
fn killed_after_any_feedback_the_answer_is_there() {
    let ids = ["a", "b", "c", "d", "e"];
    let cards: String = ids.map(recall).concat();
    for answers in 1..=ids.len() {
        let world = World::with_deck(&cards);
        let mut talk = world.review("2026-11-21T09:00:00Z", &[]);
        let mut confirmed = Vec::new();
        for _ in 0..answers {
            let feedback = talk.answer(grade(4));
            confirmed.push((feedback["card"].clone(), feedback["review"].clone()));
        }
        talk.kill();
        for (card, review) in confirmed {
            let card = world.card(card.as_str().unwrap());
            assert_eq!(card["reviews"][0]["id"], review);
            assert_eq!(card["due"], "2026-11-22");
        }
        let sound: String = world.sql().query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(sound, "ok");
    }
}

#[test]
fn two_sessions_on_one_file_lose_nothing() {
    let cards: String = ["a", "b", "c", "d", "e", "f"].map(recall).concat();
    let world = World::with_deck(&cards);
    let mut first = world.review("2026-11-21T09:00:00Z", &[]);
    let mut second = world.review("2026-11-21T09:00:00Z", &[]);
    first.until("question");
    second.until("question");
    for _ in 0..6 {
        first.answer(grade(4));
        second.answer(grade(1));
    }
    first.end();
    second.end();
    let count: i64 = world.sql().query_row("SELECT count(*) FROM review", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 12);
    // Each card's first answer of the day is the one that counted.
    assert_eq!(world.card("mine/a")["reviews"][0]["counted"], json!(true));
    assert_eq!(world.card("mine/a")["reviews"][1]["counted"], json!(false));
}

#[test]
fn an_answer_that_cannot_be_saved_is_refused_and_can_be_given_again() {
    let world = World::with_deck(&[recall("a"), recall("b")].concat());
    let mut talk = world.review("2026-11-21T09:00:00Z", &[]);
    talk.answer(grade(4));
    assert_eq!(talk.event("question")["card"], "mine/b");
    world
        .sql()
        .execute_batch("CREATE TRIGGER full BEFORE INSERT ON review BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
        .unwrap();
    talk.say(grade(4));
    assert!(talk.event("error")["message"].as_str().unwrap().contains("cannot save the answer: the disk is full"));
    world.sql().execute_batch("DROP TRIGGER full").unwrap();
    assert_eq!(talk.answer(grade(5))["quality"], 5);
    assert_eq!(talk.end()["answered"], 2);
    assert_eq!(world.card("mine/b")["reviews"].as_array().unwrap().len(), 1);
}
