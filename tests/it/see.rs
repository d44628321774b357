//! What is known, held against a calculation of its own over an exported log.

use crate::harness::{World, recall};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

const NOW: &str = "2026-11-30T09:00:00Z";
/// 2026-11-30, in days since 1970.
const TODAY: i64 = 20_787;
const CARDS: usize = 60;

fn deck() -> World {
    let tags = ["caching", "queues", "storage"];
    let cards = (0..CARDS).map(|at| match at % 2 {
        0 => format!("{}tags = [\"{}\"]\nlevel = {}\n", recall(&format!("c{at}")), tags[at % 3], 1 + at % 3),
        _ => format!(
            "[[number]]\nid = \"c{at}\"\nask = \"What is c{at}?\"\nanswer = \"100 ns\"\ntags = [\"{}\"]\n",
            tags[at % 3]
        ),
    });
    World::with_deck(&cards.collect::<String>())
}

/// A log of so many reviews over the last 400 days, as another device would have exported it: with some taken back.
fn log(reviews: usize) -> String {
    let mut seed = 7u64;
    let mut draw = |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    let mut lines = vec![json!({"sysdrill": {"export": 2}}).to_string()];
    let id = |n: usize| format!("01900000-0000-7000-8000-{n:012x}");
    let mut rows = 0;
    for n in 0..reviews {
        let card = draw(CARDS as u64);
        let day = TODAY - draw(400) as i64;
        let quality = draw(6);
        let is_number = card % 2 == 1;
        let ratio = is_number.then(|| [1.0, 1.0, 2.0, 0.5, 8.0, 1000.0, 0.01, 3.5][draw(8) as usize]);
        let mode = ["review", "quiz", "cram"][draw(3) as usize];
        let confidence = [None, Some(50), Some(80), Some(95)][draw(4) as usize];
        let row = json!({"review": {
            "id": id(n), "card": format!("mine/c{card}"), "at": day * 86_400_000 + 40_000_000 + n as i64, "day": text_of(day),
            "quality": quality, "session": id(999_999), "mode": mode,
            "kind": if is_number { "number" } else { "recall" }, "took_ms": draw(400_000),
            "prompt": format!("What is c{card}?"), "given": is_number.then(|| format!("typed {n}")), "ratio": ratio,
            "slip": ratio.filter(|ratio| *ratio == 8.0).map(|_| "bits-for-bytes"),
            "confidence": confidence,
        }});
        lines.push(row.to_string());
        rows += 1;
        if draw(20) == 0 {
            lines.push(json!({"retraction": {"id": id(500_000 + n), "review": id(n), "at": day * 86_400_000 + 50_000_000 + n as i64}}).to_string());
            rows += 1;
        }
    }
    lines.push(json!({"end": {"rows": rows}}).to_string());
    lines.join("\n") + "\n"
}

/// The live reviews of an exported log.
fn live(world: &World) -> Vec<Value> {
    let text = world.ok(&["export"]);
    let rows: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let gone: BTreeSet<&str> = rows.iter().filter_map(|row| row["retraction"]["review"].as_str()).collect();
    let live = rows.iter().filter(|row| row["review"].is_object()).map(|row| row["review"].clone());
    live.filter(|review| !gone.contains(review["id"].as_str().unwrap())).collect()
}

fn day(review: &Value) -> i64 {
    let epoch: chrono::NaiveDate = "1970-01-01".parse().unwrap();
    match &review["day"] {
        Value::String(text) => (text.parse::<chrono::NaiveDate>().unwrap() - epoch).num_days(),
        number => number.as_i64().unwrap(),
    }
}

fn right(review: &Value) -> bool {
    review["quality"].as_i64().unwrap() >= 3
}

#[test]
fn every_figure_is_that_of_the_log() {
    let world = deck();
    fs::write(world.path("log.jsonl"), log(3_000)).unwrap();
    world.ok(&["import", world.path("log.jsonl").to_str().unwrap(), "--now", NOW]);
    let live = live(&world);
    assert!(live.len() > 2_500, "{}", live.len());
    let off: Vec<String> =
        ["conversions", "interview", "latency", "mistakes", "quick-answers", "trade-offs"].map(str::to_owned).into();
    let stats = |more: &[&str]| {
        let without: Vec<&str> = off.iter().flat_map(|deck| ["--without", deck]).collect();
        world.json(&[&["stats", "--json", "--now", NOW], more, &without].concat())
    };
    let all = stats(&[]);

    let mut days: BTreeMap<i64, (usize, usize, i64)> = BTreeMap::new();
    let mut kinds: BTreeMap<&str, (usize, i64)> = BTreeMap::new();
    for review in live.iter().filter(|review| day(review) > TODAY - 371) {
        let took = review["took_ms"].as_i64().unwrap().min(300_000);
        let done = days.entry(day(review)).or_default();
        *done = (done.0 + 1, done.1 + usize::from(right(review)), done.2 + took);
        let kind = kinds.entry(review["kind"].as_str().unwrap()).or_default();
        *kind = (kind.0 + 1, kind.1 + took);
    }
    let tenths = |value: f64| (value * 10.0).round() / 10.0;
    let found: Vec<(u64, u64, f64)> = all["days"]
        .as_array()
        .unwrap()
        .iter()
        .map(|done| {
            (done["answers"].as_u64().unwrap(), done["right"].as_u64().unwrap(), done["minutes"].as_f64().unwrap())
        })
        .collect();
    let wanted: Vec<(u64, u64, f64)> = days
        .values()
        .map(|(answers, right, took)| (*answers as u64, *right as u64, tenths(*took as f64 / 60_000.0)))
        .collect();
    assert_eq!(found, wanted);
    for kind in all["kinds"].as_array().unwrap() {
        let (answers, took) = kinds[kind["kind"].as_str().unwrap()];
        assert_eq!(kind["answers"], answers);
        assert_eq!(kind["seconds"], tenths(took as f64 / 1000.0 / answers as f64));
    }
    let new: u64 = all["days"].as_array().unwrap().iter().map(|done| done["new"].as_u64().unwrap()).sum();
    assert!(new <= CARDS as u64);

    // Typed numbers, of all time.
    let typed: Vec<(f64, bool)> =
        live.iter().filter_map(|review| Some((review["ratio"].as_f64()?, right(review)))).collect();
    let thousandths = |value: f64| (value * 1000.0).round() / 1000.0;
    let logs: Vec<f64> = typed.iter().map(|(ratio, _)| ratio.log10()).collect();
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let numbers = &all["numbers"];
    assert_eq!(numbers["answers"], typed.len());
    assert_eq!(numbers["right"], typed.iter().filter(|(_, right)| *right).count());
    assert_eq!(numbers["bias"], thousandths(mean(&logs)));
    assert_eq!(numbers["spread"], thousandths(mean(&logs.iter().map(|log| log * log).collect::<Vec<_>>()).sqrt()));
    assert_eq!(numbers["within_2x"], typed.iter().filter(|(ratio, _)| (0.5..=2.0).contains(ratio)).count());
    assert_eq!(numbers["within_10x"], typed.iter().filter(|(ratio, _)| (0.1..=10.0).contains(ratio)).count());
    let bars: u64 = numbers["histogram"].as_array().unwrap().iter().map(|bar| bar["answers"].as_u64().unwrap()).sum();
    assert_eq!(bars, typed.len() as u64);
    let slips = live.iter().filter(|review| review["slip"] == "bits-for-bytes");
    assert_eq!(numbers["slips"][0]["count"], slips.clone().count());
    let latest = slips.max_by_key(|review| day(review)).unwrap();
    assert_eq!(numbers["slips"][0]["latest"].as_str().unwrap(), text_of(day(latest)));

    // Odds.
    let sure: Vec<(u64, bool)> =
        live.iter().filter_map(|review| Some((review["confidence"].as_u64()?, right(review)))).collect();
    for odds in all["confidence"]["odds"].as_array().unwrap() {
        let said = odds["said"].as_u64().unwrap();
        let of_it: Vec<bool> = sure.iter().filter(|(odds, _)| *odds == said).map(|(_, right)| *right).collect();
        assert_eq!(
            (&odds["answers"], &odds["right"]),
            (&json!(of_it.len()), &json!(of_it.iter().filter(|right| **right).count()))
        );
    }
    let brier = mean(
        &sure
            .iter()
            .map(|(said, right)| (*said as f64 / 100.0 - f64::from(u8::from(*right))).powi(2))
            .collect::<Vec<_>>(),
    );
    assert!((all["confidence"]["brier"].as_f64().unwrap() - brier).abs() < 1e-9);

    // Answers on a later day than all before, by card: of a deck, by the days between, and of a topic.
    let mut by_card: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    live.iter().for_each(|review| by_card.entry(review["card"].as_str().unwrap()).or_default().push(review));
    let mut gaps: Vec<(i64, bool, &str, i64)> = Vec::new();
    for (card, mut reviews) in by_card {
        reviews.sort_by_key(|review| (day(review), review["at"].as_i64()));
        for pair in reviews.windows(2).filter(|pair| day(pair[1]) > day(pair[0])) {
            gaps.push((day(pair[1]) - day(pair[0]), right(pair[1]), card, day(pair[1])));
        }
    }
    assert_eq!(all["total"]["ever"]["answers"], gaps.len());
    for gap in all["intervals"].as_array().unwrap() {
        let (from, to) = (gap["from_days"].as_i64().unwrap(), gap["to_days"].as_i64().unwrap_or(i64::MAX));
        let of_it: Vec<bool> =
            gaps.iter().filter(|(days, ..)| (from..=to).contains(days)).map(|(_, right, ..)| *right).collect();
        assert_eq!(
            (&gap["answers"], &gap["recalled"]),
            (&json!(of_it.len()), &json!(of_it.iter().filter(|right| **right).count()))
        );
    }
    let of_tag = |card: &str, rest: usize| card[6..].parse::<usize>().unwrap() % 3 == rest;
    for (rest, tag) in ["caching", "queues", "storage"].into_iter().enumerate() {
        let topic = all["topics"].as_array().unwrap().iter().find(|topic| topic["tag"] == tag).unwrap();
        assert_eq!(topic["answers"], gaps.iter().filter(|(_, _, card, _)| of_tag(card, rest)).count());
        assert_eq!(topic["cards"], CARDS / 3);
    }

    // Of some cards, or from a day on, it is the same of these alone.
    let caching = stats(&["--tag", "caching"]);
    let of_it = live.iter().filter(|review| of_tag(review["card"].as_str().unwrap(), 0));
    let lately: u64 = of_it.filter(|review| day(review) > TODAY - 371).count() as u64;
    let answers = |stats: &Value| -> u64 {
        stats["days"].as_array().unwrap().iter().map(|done| done["answers"].as_u64().unwrap()).sum()
    };
    assert_eq!(answers(&caching), lately);
    let since = stats(&["--since", "2026-11-01"]);
    assert_eq!(answers(&since), live.iter().filter(|review| day(review) >= TODAY - 29).count() as u64);
    assert_eq!(
        since["numbers"]["answers"],
        live.iter().filter(|review| day(review) >= TODAY - 29 && !review["ratio"].is_null()).count()
    );
    let since = stats(&["--since", "2026-06-01", "--tag", "caching"]);
    let lately: Vec<bool> = gaps
        .iter()
        .filter(|(_, _, card, day)| *day >= TODAY - 182 && of_tag(card, 0))
        .map(|(_, right, ..)| *right)
        .collect();
    let sum = |of: &Value| of.as_array().unwrap().iter().map(|bin| bin["answers"].as_u64().unwrap()).sum::<u64>();
    assert_eq!(sum(&since["calibration"]), lately.len() as u64);
    assert_eq!(sum(&since["intervals"]), lately.len() as u64);
    assert_eq!(since["total"]["ever"]["recalled"], lately.iter().filter(|right| **right).count());
    let said = world.fails(1, &["stats", "--since", "2026-12-01", "--now", NOW]);
    assert!(said.contains("--since 2026-12-01 is still to come: today is 2026-11-30"), "{said}");
}

#[test]
fn figures_of_some_cards_are_theirs_alone_and_follow_them_to_another_name() {
    let world = deck();
    fs::write(world.path("log.jsonl"), log(600)).unwrap();
    world.ok(&["import", world.path("log.jsonl").to_str().unwrap(), "--now", NOW]);
    world.ok(&["flag", "mine/c0", "mine/c1", "latency/main-memory-reference", "--now", NOW]);
    let started = |decks: &[&str]| -> BTreeMap<String, u64> {
        let stats = world.json(&[&["stats", "--json", "--now", NOW], decks].concat());
        let days = stats["days"].as_array().unwrap();
        days.iter().map(|done| (done["day"].as_str().unwrap().to_owned(), done["new"].as_u64().unwrap())).collect()
    };
    let met = |decks: &[&str]| started(decks).values().sum::<u64>();
    let by_tag = ["caching", "queues", "storage"].map(|tag| met(&["--deck", "mine", "--tag", tag]));
    assert_eq!(by_tag.iter().sum::<u64>(), met(&[]));
    assert!(by_tag.iter().all(|met| *met > 0), "{by_tag:?}");
    let stats = |decks: &[&str]| world.json(&[&["stats", "--json", "--now", NOW], decks].concat());
    assert_eq!(stats(&["--tag", "caching"])["flagged"], 1);
    assert_eq!(stats(&["--deck", "mine"])["flagged"], 2);

    let (before, all_before) = (stats(&["--deck", "mine"]), stats(&[]));
    world.ok(&["deck", "rename", "mine", "work", "--now", NOW]);
    let renamed = |stats: Value| -> Value {
        let text = stats.to_string().replace("\"deck\":\"mine\"", "\"deck\":\"work\"").replace("mine/", "work/");
        serde_json::from_str(&text).unwrap()
    };
    let parts = [
        "today",
        "days",
        "kinds",
        "numbers",
        "confidence",
        "total",
        "calibration",
        "intervals",
        "phases",
        "topics",
        "weeks",
    ];
    let (before, all_before) = (renamed(before), renamed(all_before));
    let (after, all_after) = (stats(&["--deck", "work"]), stats(&[]));
    for part in parts {
        assert_eq!(after[part], before[part], "{part}");
        assert_eq!(all_after[part], all_before[part], "{part} of all");
    }
}

fn text_of(days: i64) -> String {
    let epoch: chrono::NaiveDate = "1970-01-01".parse().unwrap();
    (epoch + chrono::Days::new(days as u64)).to_string()
}

#[test]
fn a_report_is_one_file_that_needs_nothing_else() {
    let world = deck();
    fs::write(world.path("log.jsonl"), log(300)).unwrap();
    world.ok(&["import", world.path("log.jsonl").to_str().unwrap(), "--now", NOW]);
    assert_eq!(world.ok(&["report", "--now", NOW]), "wrote sysdrill-2026-11-30.html\n");
    let page = fs::read_to_string(world.path("sysdrill-2026-11-30.html")).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>"));
    for word in ["<script", "http://", "https://", "url(", "onclick", "onload", "NaN", "inf%"] {
        assert!(!page.contains(word), "{word}");
    }
    for heading in [
        "Today",
        "Readiness by topic",
        "The last year",
        "The next 30 days",
        "Recall against prediction",
        "Typed numbers",
        "How sure, how right",
        "Hardest cards",
    ] {
        assert!(page.contains(&format!(">{heading}</h2>")), "{heading}");
    }
    assert_eq!(page.matches("<svg viewBox=\"0 0 360").count(), page.matches("role=\"img\" aria-label=").count());
    // It gives way to the next one; what is not ours does not.
    world.ok(&["report", "--now", NOW]);
    fs::write(world.path("mine.html"), "<p>mine</p>").unwrap();
    let said = world.fails(1, &["report", "--to", "mine.html", "--now", NOW]);
    assert!(said.contains("mine.html"), "{said}");
    assert_eq!(fs::read_to_string(world.path("mine.html")).unwrap(), "<p>mine</p>");
    assert_eq!(world.ok(&["report", "--to", "-", "--now", NOW]).trim_end(), page.trim_end());
    // An empty log, and one of days to come, have a page too.
    let empty = deck();
    assert!(empty.ok(&["report", "--to", "-", "--now", NOW]).contains("You have not forgotten any yet"));
    let before = world.ok(&["report", "--to", "-", "--now", "2020-01-01T09:00:00Z"]);
    assert!(before.contains("0 answers") && !before.contains("NaN"), "{before}");
}

#[test]
fn what_a_deck_says_is_text_on_a_page() {
    let hostile = "<script>alert(1)</script>";
    let world = World::with_deck(&format!(
        "[[recall]]\nid = \"a\"\nask = \"{hostile}\"\nanswer = \"<img src=x onerror=alert(1)>\"\nwhy = \"{hostile}\"\ntags = [\"{hostile}\"]\n"
    ));
    let page = world.ok(&["sheet", "mine", "--html"]);
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && page.contains("&lt;img src=x"), "{page}");
    assert!(!page.contains("<script") && !page.contains("<img"), "{page}");
    let blank = world.ok(&["sheet", "mine", "--html", "--blank"]);
    assert!(blank.contains("<details><summary>answer</summary>"), "{blank}");
    assert_eq!(world.ok(&["sheet", "mine", "--html", "--to", "s.html"]), "wrote s.html\n");
}

#[test]
fn odds_that_are_said_are_kept() {
    let world = World::with_deck(&[recall("a"), recall("b")].concat());
    let mut talk = world.review(NOW, &[]);
    talk.until("question");
    talk.say(json!({"grade": "good", "confidence": 80}));
    assert!(talk.event("error")["message"].as_str().unwrap().contains("before the answer is shown"));
    talk.say(json!({"reveal": true, "confidence": 70}));
    assert!(talk.event("error")["message"].as_str().unwrap().contains("50, 80 or 95"));
    talk.say(json!({"reveal": true, "confidence": 95, "took_s": 2}));
    talk.event("answer");
    talk.say(json!({"grade": "again", "took_s": 1}));
    talk.event("feedback");
    talk.end();
    let stats = world.json(&["stats", "--json", "--deck", "mine", "--now", NOW]);
    assert_eq!(stats["confidence"]["answers"], 1);
    assert!((stats["confidence"]["brier"].as_f64().unwrap() - 0.9025).abs() < 1e-9);
}

#[test]
fn a_wrong_turn_that_any_question_may_lead_to_has_a_card_that_teaches_it() {
    let cards = World::new().json(&["list", "--json"]);
    let ids: BTreeSet<&str> =
        cards["cards"].as_array().unwrap().iter().map(|card| card["card"].as_str().unwrap()).collect();
    for slip in [
        "bits-for-bytes",
        "prefix",
        "binary-prefix",
        "minutes",
        "hours",
        "days",
        "hours-of-a-day",
        "days-of-a-year",
        "peak-left-out",
        "replicas-left-out",
    ] {
        let card = sysdrill::estimate::cure(slip);
        assert!(card.is_some_and(|card| ids.contains(card)), "{slip}: {card:?}");
    }
    assert_eq!(sysdrill::estimate::cure("a-turn-of-one-card"), None);
}

#[test]
fn a_card_tells_what_was_predicted_between_its_answers() {
    let world = World::with_deck(&recall("a"));
    for (day, grade) in [("2026-11-01", "good"), ("2026-11-02", "good"), ("2026-11-08", "again")] {
        let mut talk = world.review(&format!("{day}T09:00:00Z"), &[]);
        talk.until("question");
        talk.say(json!({"reveal": true, "took_s": 2}));
        talk.event("answer");
        talk.say(json!({"grade": grade, "took_s": 1}));
        talk.event("feedback");
        talk.end();
    }
    let card = world.json(&["card", "mine/a", "--json", "--now", "2026-11-10T09:00:00Z"]);
    let curve = card["curve"].as_array().unwrap();
    let told: Vec<(&Value, &Value)> = curve.iter().map(|point| (&point["days"], &point["recalled"])).collect();
    let (null, yes, no) = (Value::Null, json!(true), json!(false));
    let days = [json!(1), json!(6), json!(2)];
    assert_eq!(told, [(&null, &yes), (&days[0], &yes), (&days[1], &no), (&days[2], &null)]);
    assert_eq!(curve[0]["predicted"], Value::Null);
    let predicted = |at: usize| curve[at]["predicted"].as_f64().unwrap();
    assert!(predicted(1) > 0.9 && predicted(2) < predicted(1) && predicted(2) > 0.8, "{curve:?}");
    let plain = world.ok(&["card", "mine/a", "--plain", "--now", "2026-11-10T09:00:00Z"]);
    assert!(plain.contains("% predicted after 6 days, not recalled") && !plain.contains('█'), "{plain}");
}
