//! What SM-2 says, seen through the real binary.

use crate::harness::{World, grade, recall};
use serde_json::json;

/// Answers the card once on each due day; a quality in brackets is that day's repeat.
fn live(world: &World, days: &[&[i64]]) -> Vec<i64> {
    let mut today = "2026-11-21".to_owned();
    let mut intervals = Vec::new();
    for day in days {
        let mut talk = world.review(&format!("{today}T09:00:00Z"), &[]);
        for quality in *day {
            talk.until("question");
            talk.answer(grade(*quality));
        }
        talk.end();
        let card = world.card("mine/a");
        intervals.push(card["interval_days"].as_i64().unwrap());
        today = card["due"].as_str().unwrap().to_owned();
    }
    intervals
}

#[test]
fn intervals_and_easiness_are_those_of_the_text() {
    let once = |qualities: &[i64]| qualities.iter().map(|q| vec![*q]).collect::<Vec<_>>();
    let cases = [
        (once(&[4, 4, 4, 4, 4, 4]), vec![1, 6, 15, 38, 95, 238], 2.5),
        (once(&[5, 5, 5, 5, 5, 5]), vec![1, 6, 17, 48, 140, 420], 3.1),
        (once(&[3; 10]), vec![1, 6, 14, 30, 59, 107, 178, 271, 374, 487], 1.3),
        (once(&[5, 4, 3, 4, 5, 4]), vec![1, 6, 16, 40, 99, 254], 2.56),
        (once(&[4, 4, 4, 1, 4, 4, 4]), vec![1, 6, 15, 1, 1, 6, 15], 2.5),
        (once(&[0, 0, 4, 4, 4]), vec![1, 1, 1, 6, 15], 2.5),
        (vec![vec![4], vec![4], vec![4], vec![3, 1], vec![4]], vec![1, 6, 15, 38, 90], 2.36),
    ];
    for (days, intervals, easiness) in cases {
        let world = World::with_deck(&recall("a"));
        let days: Vec<&[i64]> = days.iter().map(Vec::as_slice).collect();
        assert_eq!(live(&world, &days), intervals, "{days:?}");
        assert_eq!(world.card("mine/a")["easiness"], easiness, "{days:?}");
    }
}

#[test]
fn a_wrong_answer_is_owed_until_it_is_right_also_after_a_restart() {
    let world = World::with_deck(&recall("a"));
    let mut talk = world.review("2026-11-21T09:00:00Z", &[]);
    assert_eq!(talk.until("question")["phase"], "new");
    talk.answer(grade(1));
    assert_eq!(talk.event("question")["phase"], "repeat");
    talk.kill();

    let mut talk = world.review("2026-11-21T10:00:00Z", &[]);
    assert_eq!(talk.until("question")["phase"], "repeat");
    let feedback = talk.answer(grade(3));
    assert_eq!((&feedback["interval_days"], &feedback["easiness"]), (&json!(1), &json!(2.5)));
    assert_eq!(talk.event("question")["phase"], "repeat");
    talk.answer(grade(4));
    let summary = talk.end();
    assert_eq!((&summary["left_due"], &summary["next_due"]), (&json!(0), &json!("2026-11-22")));

    // At the day's end what was owed is dropped: the card is simply due.
    let mut talk = world.review("2026-11-22T09:00:00Z", &[]);
    assert_eq!(talk.until("question")["phase"], "learning");
    talk.end();
}

#[test]
fn the_night_belongs_to_the_evening_before() {
    let world = World::with_deck(&recall("a"));
    let mut talk = world.review("2026-11-22T01:30:00Z", &[]);
    assert_eq!(talk.event("session")["day"], "2026-11-21");
    talk.answer(grade(4));
    talk.end();
    assert_eq!(world.card("mine/a")["due"], "2026-11-22");
    let mut talk = world.review("2026-11-22T01:30:00Z", &["--rollover-hour", "0"]);
    assert_eq!(talk.event("session")["day"], "2026-11-22");
    talk.end();
}

#[test]
fn the_wall_time_of_now_is_the_users() {
    let world = World::with_deck(&recall("a"));
    let mut talk = world.review("2026-11-21T20:00:00-10:00", &[]);
    assert_eq!(talk.event("session")["day"], "2026-11-21");
    talk.answer(grade(4));
    talk.end();
    assert_eq!(world.card("mine/a")["reviews"][0]["at"], "2026-11-22T06:00:05Z");
}

#[test]
fn a_clock_set_back_reorders_nothing_and_is_spoken_of() {
    let world = World::with_deck(&recall("a"));
    let mut talk = world.review("2026-11-21T09:00:00Z", &[]);
    talk.answer(grade(4));
    talk.end();
    let mut talk = world.review("2025-11-21T09:00:00Z", &[]);
    assert_eq!(talk.event("session")["due"], 0);
    talk.end();
    let mut talk = world.review("2026-11-22T09:00:00Z", &[]);
    talk.answer(grade(4));
    talk.end();
    world.ok(&["undo"]);
    assert_eq!(world.card("mine/a")["due"], "2026-11-22");
}

#[test]
fn dropping_the_schedule_and_replaying_the_log_gives_the_same_rows() {
    let cards: String = ["a", "b", "c", "d"].map(recall).concat();
    let world = World::with_deck(&cards);
    for (day, qualities) in [("21", [4, 1, 3, 5]), ("22", [4, 4, 0, 2]), ("28", [5, 3, 4, 1])] {
        let mut talk = world.review(&format!("2026-11-{day}T09:00:00Z"), &[]);
        for quality in qualities {
            talk.answer(grade(quality));
        }
        talk.end();
    }
    world.ok(&["suspend", "mine/c"]);
    world.ok(&["undo"]);
    let rows = |world: &World| {
        let sql = world.sql();
        let mut statement = sql.prepare("SELECT * FROM schedule ORDER BY card").unwrap();
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| {
            (0..columns).map(|at| row.get::<_, rusqlite::types::Value>(at)).collect::<Result<Vec<_>, _>>()
        });
        rows.unwrap().map(Result::unwrap).collect::<Vec<_>>()
    };
    let before = rows(&world);
    assert_eq!(before.len(), 4);
    let mut store = sysdrill::store::Store::open(&world.db(), Box::new(|| [0; 10])).unwrap();
    store.rebuild().unwrap();
    assert_eq!(rows(&world), before);
}
