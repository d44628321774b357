//! How it goes, as `stats` tells it, and what the predictions are good for.

use crate::harness::{World, grade, recall};
use serde_json::{Value, json};
use sysdrill::log::Mark;
use sysdrill::store::Store;

/// The embedded decks, each left out.
fn without(world: &World) -> Vec<String> {
    let decks = world.json(&["decks", "--json"]);
    let names = decks["decks"].as_array().unwrap().iter().filter(|deck| deck["source"] == "embedded");
    names.flat_map(|deck| ["--without".to_owned(), deck["name"].as_str().unwrap().to_owned()]).collect()
}

fn stats(world: &World, now: &str, more: &[&str]) -> String {
    let without = without(world);
    let without: Vec<&str> = without.iter().map(String::as_str).collect();
    world.ok(&[&["stats", "--now", now], more, &without].concat())
}

fn stats_json(world: &World, now: &str) -> Value {
    serde_json::from_str(&stats(world, now, &["--json"])).unwrap()
}

fn store(world: &World) -> Store {
    Store::open(&world.db(), Box::new(rand::random)).unwrap()
}

fn answer(world: &World, now: &str, qualities: &[i64], more: &[&str]) {
    let mut talk = world.review(now, more);
    for quality in qualities {
        talk.answer(grade(*quality));
    }
    talk.end();
}

/// Three days of a deck of three cards: `a` is known, `b` is forgotten once, `c` is not met.
fn small_log() -> World {
    let world = World::with_deck(&["a", "b", "c"].map(recall).concat());
    answer(&world, "2026-11-21T09:00:00Z", &[4, 4], &["--new", "2"]);
    answer(&world, "2026-11-22T09:00:00Z", &[4, 1, 4], &["--new", "0"]);
    answer(&world, "2026-11-24T09:00:00Z", &[5], &["--new", "0"]);
    world.ok(&["flag", "mine/b"]);
    world
}

#[test]
fn a_small_log_is_told_exactly() {
    let world = small_log();
    let (good, bad) = if world.card("mine/a")["lapses"] == 0 { ("mine/a", "mine/b") } else { ("mine/b", "mine/a") };
    // Due on the 28th after two recalls; forgotten on the 22nd and recalled on the 24th, so due on the 25th.
    assert_eq!((&world.card(good)["due"], &world.card(bad)["due"]), (&json!("2026-11-28"), &json!("2026-11-25")));
    let due = |day: u32| u8::from(day == 25) + u8::from(day == 28);
    let forecast: Vec<Value> = (24..=30)
        .map(|day| json!({"day": format!("2026-11-{day}"), "due": due(day)}))
        .chain((1..=23).map(|day| json!({"day": format!("2026-12-{day:02}"), "due": 0})))
        .collect();
    let recalled = json!({"answers": 3, "recalled": 2, "share": 0.667});
    let standing = json!({"cards": 3, "learned": 2, "mature": 0, "recent": recalled, "ever": recalled,
                          "predicted": 0.982, "readiness": null});
    let mut deck = standing.clone();
    deck["deck"] = json!("mine");
    let found = stats_json(&world, "2026-11-24T10:00:00Z");
    let wanted = json!({
        "day": "2026-11-24",
        "today": {"answers": 1, "right": 1, "minutes": 0.1, "new": 0},
        "streak": {"days": 3, "longest": 3},
        "decks": [deck],
        "total": standing,
        "interview": null,
        "calibration": [
            {"from": 0.0, "to": 0.7, "predicted": null, "answers": 0, "recalled": 0, "share": null},
            {"from": 0.7, "to": 0.8, "predicted": null, "answers": 0, "recalled": 0, "share": null},
            {"from": 0.8, "to": 0.9, "predicted": 0.803, "answers": 1, "recalled": 1, "share": 1.0},
            {"from": 0.9, "to": 1.0, "predicted": 0.947, "answers": 2, "recalled": 1, "share": 0.5},
        ],
        "fitted_to": null,
        "forecast": forecast,
        "phases": {"new": 1, "learning": 0, "lapsed": 1, "young": 1, "mature": 0, "suspended": 0},
        "intervals": [
            {"from_days": 1, "to_days": 1, "predicted": 0.947, "answers": 2, "recalled": 1, "share": 0.5},
            {"from_days": 2, "to_days": 6, "predicted": 0.803, "answers": 1, "recalled": 1, "share": 1.0},
            {"from_days": 7, "to_days": 20, "predicted": null, "answers": 0, "recalled": 0, "share": null},
            {"from_days": 21, "to_days": 59, "predicted": null, "answers": 0, "recalled": 0, "share": null},
            {"from_days": 60, "to_days": 179, "predicted": null, "answers": 0, "recalled": 0, "share": null},
            {"from_days": 180, "to_days": null, "predicted": null, "answers": 0, "recalled": 0, "share": null},
        ],
        "topics": [],
        "days": [
            {"day": "2026-11-21", "answers": 2, "right": 2, "minutes": 0.2, "new": 2},
            {"day": "2026-11-22", "answers": 3, "right": 2, "minutes": 0.3, "new": 0},
            {"day": "2026-11-24", "answers": 1, "right": 1, "minutes": 0.1, "new": 0},
        ],
        "kinds": [{"kind": "recall", "answers": 6, "right": 5, "seconds": 5.0}],
        "confidence": null,
        "leeches": 0,
        "flagged": 1,
    });
    for (key, value) in wanted.as_object().unwrap() {
        assert_eq!(found[key], *value, "{key}");
    }
    let more = ["weeks", "hardest", "numbers", "since", "minutes_left"];
    assert!(
        found
            .as_object()
            .unwrap()
            .keys()
            .all(|key| !wanted[key].is_null() || wanted.get(key).is_some() || more.contains(&key.as_str()))
    );
    assert_eq!(found["weeks"].as_array().unwrap().last().unwrap()["met"], 2);
    assert_eq!(found["hardest"][0]["card"], json!(bad));
    assert_eq!(found["hardest"][0]["question"].as_str().unwrap(), format!("What is {}?", &bad[5..]));
    assert_eq!(found["numbers"]["answers"], 0);
}

#[test]
fn an_interview_is_prepared_for_by_all_cards() {
    let world = small_log();
    world.ok(&["unflag", "mine/b"]);
    let interview = sysdrill::schedule::Interview { day: "2026-12-01".parse().unwrap(), minutes: 15 };
    store(&world).mark(&Mark::of_plan(Some(interview), 0, "2026-11-24".parse().unwrap())).unwrap();
    let found = stats_json(&world, "2026-11-24T10:00:00Z");
    assert_eq!(found["interview"], "2026-12-01");
    // Of three cards, one was never met.
    assert_eq!(found["total"]["readiness"], json!({"of_all": 0.59, "of_met": 0.885}));
    assert_eq!(stats_json(&world, "2026-12-01T10:00:00Z")["total"]["predicted"], 0.885);
    assert_eq!(stats_json(&world, "2026-12-02T10:00:00Z")["interview"], Value::Null);
    insta::assert_snapshot!("stats_with_an_interview", stats(&world, "2026-11-24T10:00:00Z", &[]));
}

#[test]
fn an_empty_log_is_told_too() {
    let world = World::with_deck(&recall("a"));
    insta::assert_snapshot!("stats_of_an_empty_log", stats(&world, "2026-11-24T10:00:00Z", &[]));
}

/// A learner of so many cards, 80 of them in a deck, who answers each six times and recalls six of ten.
fn long_log(cards: usize) -> World {
    let ids = (0..80).map(|at| recall(&format!("c{at}")));
    let world = World::with_deck(&ids.collect::<String>());
    world.ok(&["due"]);
    let mut sql = world.sql();
    let tx = sql.transaction().unwrap();
    let mut insert = tx
        .prepare(
            "INSERT INTO review (id, card, at, day, quality, session, mode, kind, took_ms, prompt)
             VALUES (randomblob(16), ?1, ?2 * 86400000, ?2, ?3, zeroblob(16), 'review', 'recall', 5000, '?')",
        )
        .unwrap();
    for card in 0..cards {
        for turn in 0..6 {
            let day = 20_700 + turn * turn;
            let quality = if (turn * 7 + card) % 10 < 6 { 4 } else { 1 };
            insert.execute(rusqlite::params![format!("mine/c{card}"), day, quality]).unwrap();
        }
    }
    drop(insert);
    tx.commit().unwrap();
    store(&world).rebuild().unwrap();
    world
}

#[test]
fn a_long_log_has_parameters_of_its_own() {
    const NOW: &str = "2026-10-05T09:00:00Z";
    let world = long_log(80);
    let fitted = || {
        let row = |row: &rusqlite::Row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?));
        world.sql().query_row("SELECT reviews, parameters FROM fitted", [], row).unwrap()
    };
    let miss = |stats: &Value| {
        let bins = stats["calibration"].as_array().unwrap();
        let number = |bin: &Value, name: &str| bin[name].as_f64().unwrap_or(0.0);
        bins.iter().map(|bin| number(bin, "answers") * number(bin, "predicted") - number(bin, "recalled")).sum::<f64>()
    };
    let published = {
        // What nobody has asked for yet is not fitted.
        let none = world.sql().query_row("SELECT count(*) FROM fitted", [], |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!(none, 0);
        sysdrill::schedule::calibration(
            &store(&world).traces().in_all(&sysdrill::store::Heirs::default()).unwrap().answered,
        )
    };
    let published: f64 = published
        .iter()
        .map(|bin| bin.predicted.unwrap_or(0.0) * bin.happened.answers as f64 - bin.happened.recalled as f64)
        .sum();
    let own = stats_json(&world, NOW);
    let first = fitted();
    assert_eq!(first.0, 480);
    assert_eq!(own["fitted_to"], 480);
    assert!(miss(&own).abs() < published.abs(), "{} {published}", miss(&own));
    assert_eq!(stats_json(&world, NOW), own);

    // They are a cache: what is dropped or damaged is fitted again, and comes out the same.
    assert_eq!(fitted(), first);
    world.sql().execute("UPDATE fitted SET parameters = 'x'", []).unwrap();
    assert_eq!(stats_json(&world, NOW), own);
    assert_eq!(fitted(), first);
}

#[test]
fn fewer_than_20_reviews_are_predicted_by_the_published_parameters() {
    let world = long_log(3);
    for args in [&["--json"][..], &["--json", "--all"], &["--json"]] {
        let stats: Value = serde_json::from_str(&stats(&world, "2026-10-05T09:00:00Z", args)).unwrap();
        assert_eq!(stats["fitted_to"], Value::Null, "{args:?}");
    }
}

#[test]
fn stats_of_all_is_fitted_first() {
    let (world, other) = (long_log(80), long_log(80));
    let all: Value = serde_json::from_str(&stats(&world, "2026-10-05T09:00:00Z", &["--json", "--all"])).unwrap();
    assert_eq!(all["fitted_to"], 480);
    stats_json(&other, "2026-10-05T09:00:00Z");
    assert_eq!(stats_json(&other, "2026-10-05T09:00:00Z"), all, "the same log gives the same");
    assert_eq!(stats_json(&world, "2026-10-05T09:00:00Z"), all);
}

#[test]
fn a_log_too_long_to_be_fitted_in_passing_waits_for_stats_all() {
    const HINT: &str = "sysdrill stats --all fits it anew";
    const NOW: &str = "2026-10-05T09:00:00Z";
    let world = long_log(8400);
    let published = stats(&world, NOW, &[]);
    assert!(published.contains(&format!("published parameters: {HINT}")), "{published}");
    assert_eq!(stats(&world, NOW, &[]), published, "nothing was fitted");
    let fitted = stats(&world, NOW, &["--all"]);
    assert!(fitted.contains("by FSRS-6, fitted to 3000 answers") && !fitted.contains(HINT), "{fitted}");
    assert_eq!(stats(&world, NOW, &[]), fitted);
    // Predictions of cards that nothing was fitted to are made with the new parameters too.
    assert_eq!(store(&world).traces().problems(&mut |_, _| ()).unwrap(), Vec::<String>::new());
}

/// Puts a file of version 2 with the same content in the place of this one, as an earlier program would have left it.
fn as_of_version_2(world: &World) {
    let old = world.path("data/version-2.db");
    let sql = rusqlite::Connection::open(&old).unwrap();
    for version in [include_str!("../../src/store/v1.sql"), include_str!("../../src/store/v2.sql")] {
        sql.execute_batch(version).unwrap();
    }
    sql.execute("ATTACH ?1 AS present", [world.db().to_str().unwrap()]).unwrap();
    for table in ["review", "retraction", "mark", "schedule", "fitted"] {
        let columns = format!("SELECT group_concat(name) FROM pragma_table_info('{table}', 'main')");
        let columns: String = sql.query_row(&columns, [], |row| row.get(0)).unwrap();
        sql.execute_batch(&format!("INSERT INTO main.{table} ({columns}) SELECT {columns} FROM present.{table}"))
            .unwrap();
    }
    // Marks had no day, and so another checksum.
    sql.execute_batch("UPDATE main.mark SET sum = NULL").unwrap();
    sql.execute_batch("DETACH present; PRAGMA application_id = 0x53595344; PRAGMA user_version = 2").unwrap();
    drop(sql);
    std::fs::rename(old, world.db()).unwrap();
}

#[test]
fn what_histories_left_is_worked_out_when_a_file_is_brought_up_to_date() {
    let (world, long) = (small_log(), long_log(80));
    for world in [&world, &long] {
        let kept = stats_json(world, "2026-11-24T10:00:00Z");
        let kept = if kept["fitted_to"].is_null() { stats_json(world, "2026-11-24T10:00:00Z") } else { kept };
        as_of_version_2(world);
        assert_eq!(stats_json(world, "2026-11-24T10:00:00Z"), kept);
    }
}

#[test]
fn cram_begins_with_the_card_that_is_least_likely_to_be_recalled() {
    let world = small_log();
    let mut talk = world.talk(&["cram", "--json", "mine", "--now", "2026-11-28T09:00:00Z"]);
    // The one whose last interval was a day is due for longer, but it was just recalled with ease.
    let known = if world.card("mine/a")["lapses"] == 0 { "mine/a" } else { "mine/b" };
    assert_eq!(talk.until("question")["card"], known);
    talk.end();
}

#[test]
fn flagged_cards_are_listed() {
    let world = World::with_deck(
        "[[recall]]\nid = \"a\"\nask = \"\"\"\nFirst line\nsecond\"\"\"\nanswer = \"x\"\n[[recall]]\nid = \"b\"\nask = \"B?\"\nanswer = \"x\"\n",
    );
    assert!(world.ok(&["decks", "--flagged"]).starts_with("no card is flagged"));
    assert_eq!(world.ok(&["flag", "mine/a", "mine/b"]), "flagged mine/a\nflagged mine/b\n");
    assert_eq!(world.ok(&["unflag", "mine/b"]), "no longer flagged: mine/b\n");
    let listed = json!({"flagged": [{"card": "mine/a", "question": "First line"}]});
    assert_eq!(world.json(&["decks", "--flagged", "--json"]), listed);
    assert_eq!(world.ok(&["decks", "--flagged"]), "mine/a\n  First line\n");
    assert_eq!((&world.card("mine/a")["flagged"], &world.card("mine/b")["flagged"]), (&json!(true), &json!(false)));
    assert!(world.ok(&["card", "mine/a"]).contains("flagged: sysdrill unflag"));
    assert!(world.fails(1, &["flag", "mine/z"]).contains("there is no card 'mine/z'"));
}

#[test]
fn decks_say_what_they_are_about_and_where_everything_is() {
    let world = World::new();
    world.deck("mine.toml", format!("[deck]\nname = \"mine\"\ntitle = \"T\"\nabout = \"All of it.\"\n{}", recall("a")));
    let text = world.ok(&["decks"]);
    for said in ["All of it.", "config/config.toml", "config/decks", "data/sysdrill.db"] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let decks = world.json(&["decks", "--json"]);
    assert_eq!(decks["decks"].as_array().unwrap().last().unwrap()["about"], "All of it.");
}
