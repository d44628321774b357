//! The JSON-lines protocol.

use crate::harness::{World, grade, recall};
use serde_json::{Value, json};

const NOW: &str = "2026-11-21T09:00:00Z";

const NUMBER: &str = r#"
[[number]]
id = "memory"
ask = "Reference main memory"
answer = "100 ns"
accept = ["60 ns", "150 ns"]
within = 2.0
why = "About 200 L1 hits."
source = "a list"
as_of = 2026
"#;

const PROBE: &str = r#"
[[probe]]
id = "stampede"
ask = "How do you stop a stampede?"
points = ["one", "two", "three", "four"]
say = "One, two, three, four."
seconds = 30
"#;

const MATRIX: &str = r#"
[[matrix]]
id = "fan-out"
title = "Fan-out"
options = ["Push", "Pull"]
  [[matrix.row]]
  id = "read"
  dimension = "Cost of a read"
  cells = ["low", "high"]
  [[matrix.verdict]]
  id = "celebrity"
  given = "One author has 50M followers."
  pick = "Pull"
  because = "Each read then merges."
"#;

const MISTAKE: &str = r#"
[[mistake]]
id = "no-numbers"
scene = "She draws boxes."
mistake = "No numbers."
fix = "Begin with QPS."
"#;

fn open(cards: &str) -> (World, crate::harness::Talk, Value) {
    let world = World::with_deck(cards);
    let mut talk = world.review(NOW, &[]);
    let question = talk.until("question");
    (world, talk, question)
}

#[test]
fn a_session_as_the_protocol_shows_it() {
    let (world, mut talk, question) = open(NUMBER);
    assert_eq!(
        question,
        json!({"event": "question", "n": 1, "card": "mine/memory", "deck": "mine", "kind": "number", "phase": "new",
               "prompt": "Reference main memory", "unit": "time", "asked_in": "ns", "remaining": 1, "total": 1, "elapsed_s": 0.0,
               "left_s": 900.0})
    );
    let feedback = talk.answer(json!({"answer": "100 ns", "took_s": 8.0}));
    let review = feedback["review"].as_str().unwrap().to_owned();
    assert_eq!(
        feedback,
        json!({"event": "feedback", "card": "mine/memory", "quality": 4, "correct": true, "expected": "100 ns",
               "given": "100 ns", "ratio": 1.0, "direction": null, "slip": null, "note": null, "working": [],
               "why": "About 200 L1 hits.", "source": "a list", "as_of": 2026, "see": [], "review": review,
               "due": "2026-11-22", "due_in_days": 1, "asked_again": false, "interval_days": 1, "easiness": 2.5,
               "repetitions": 1, "lapses": 0})
    );
    let load: Vec<Value> =
        (22..=28).map(|day| json!({"day": format!("2026-11-{day}"), "due": u8::from(day == 22)})).collect();
    assert_eq!(
        talk.end(),
        json!({"event": "summary", "answered": 1, "correct": 1, "repeats": 0, "elapsed_s": 8.0, "counted_s": 8.0,
               "left_due": 0, "new_waiting": 0, "learned": ["mine/memory"], "hard": [], "hardest": [], "load": load,
               "next_due": "2026-11-22", "today": {"due": 0, "new": 0, "owed": 0}, "ended": "done"})
    );
    assert_eq!(
        world.card("mine/memory"),
        json!({"card": "mine/memory", "deck": "mine", "kind": "number", "phase": "learning", "easiness": 2.5,
               "interval_days": 1, "repetitions": 1, "lapses": 0, "due": "2026-11-22", "suspended": false,
               "flagged": false, "reviews": [{"id": review, "at": "2026-11-21T09:00:08Z", "day": "2026-11-21", "quality": 4,
                            "mode": "review", "took_s": 8.0, "given": "100 ns", "ratio": 1.0, "direction": null,
                            "slip": null, "seed": null, "values": null, "prompt": "Reference main memory",
                            "counted": true, "retracted": false}]})
    );
}

#[test]
fn a_new_card_has_no_schedule() {
    let world = World::with_deck(&recall("a"));
    let card = world.card("mine/a");
    assert_eq!((&card["phase"], &card["easiness"], &card["due"]), (&json!("new"), &json!(null), &json!(null)));
}

#[test]
fn typed_numbers_are_graded_on_a_logarithmic_scale() {
    // Answer, quality when it took 8 seconds, ratio, direction, part of the note.
    let cases = [
        ("100 ns", 4, json!(1.0), None, None),
        ("60", 4, json!(1.0), None, None),
        ("0.1 us", 4, json!(1.0), None, None),
        ("150 ns", 4, json!(1.0), None, None),
        ("180 ns", 3, json!(1.2), Some("high"), None),
        ("50 ns", 3, json!(1.2), Some("low"), None),
        ("300 ns", 2, json!(2.0), Some("high"), None),
        ("1200 ns", 2, json!(8.0), Some("high"), None),
        ("7.5 ns", 2, json!(8.0), Some("low"), None),
        ("1 s", 1, json!(6666666.666666667), Some("high"), None),
        ("80-125 ns", 4, json!(1.0), None, Some("read as its middle, 100 ns")),
    ];
    for (typed, quality, ratio, direction, note) in cases {
        let (_world, mut talk, _) = open(NUMBER);
        let feedback = talk.answer(json!({"answer": typed, "took_s": 8.0}));
        assert_eq!(feedback["quality"], quality, "{typed}");
        assert_eq!(feedback["correct"], quality >= 3, "{typed}");
        let close = match (feedback["ratio"].as_f64(), ratio.as_f64()) {
            (Some(found), Some(wanted)) => (found / wanted - 1.0).abs() < 1e-9,
            (found, wanted) => found == wanted,
        };
        assert!(close, "{typed}: {}", feedback["ratio"]);
        assert_eq!(feedback["direction"].as_str(), direction, "{typed}");
        let said = feedback["note"].as_str().unwrap_or_default();
        assert!(said.contains(note.unwrap_or_default()), "{typed}: {said}");
    }
}

#[test]
fn what_was_quick_is_perfect_and_a_blank_is_nothing() {
    for (reply, quality) in [
        (json!({"answer": "100", "took_s": 6.0}), 5),
        (json!({"answer": "100", "took_s": 6.1}), 4),
        (json!({"answer": 100, "took_s": 1}), 5),
        (json!({"blank": true}), 0),
    ] {
        let (_world, mut talk, _) = open(NUMBER);
        assert_eq!(talk.answer(reply.clone())["quality"], quality, "{reply}");
    }
}

#[test]
fn an_unreadable_answer_is_no_answer() {
    let (world, mut talk, _) = open(NUMBER);
    for (typed, column) in [("100 foo", 5), ("", 1), ("5,8", 2), ("9^9^9^9", 4), ("100 +", 6), ("nan", 1), ("1/0", 2)] {
        talk.say(json!({"answer": typed}));
        let error = talk.event("error");
        assert_eq!(error["column"], column, "{typed}: {}", error["message"]);
    }
    talk.answer(json!({"answer": "100"}));
    talk.end();
    assert_eq!(world.card("mine/memory")["reviews"].as_array().unwrap().len(), 1);
}

#[test]
fn what_is_asked_back_takes_its_time_and_does_not_cost_quick() {
    for refused in ["100 foo", "0", "-3 ns", "ns", "12 GB", "20 servers", "1-100 ns", "5 GB * 2 GB"] {
        let (world, mut talk, _) = open(NUMBER);
        talk.say(json!({"answer": refused, "took_s": 4.0}));
        let error = talk.event("error");
        assert!(!error["message"].as_str().unwrap().is_empty(), "{refused}");
        // Three seconds are less than half of twelve; four and three are not.
        assert_eq!(talk.answer(json!({"answer": "100", "took_s": 3.0}))["quality"], 5, "{refused}");
        let summary = talk.end();
        assert_eq!((&summary["elapsed_s"], &summary["counted_s"]), (&json!(7.0), &json!(7.0)), "{refused}");
        assert_eq!(world.card("mine/memory")["reviews"].as_array().unwrap().len(), 1, "{refused}");
    }
}

#[test]
fn a_wrong_dimension_is_an_answer_when_it_is_insisted_on() {
    // What is typed in turn; whether the last of it is an answer.
    for (typed, is_answer) in [
        (&["12 GB", "12 GB"][..], true),
        (&["12 GB", "0.012 TB"], true),
        (&["12 GB", "12,000MB"], true),
        (&["12 GB", "13 GB"], false),
        (&["12 GB", "13 MB"], false),
        (&["12 GB", "13 GB", "13 GB"], true),
        (&["12 GB", "13 GB", "12 GB"], false),
        (&["16 cents", "$0.16"], true),
        (&["16 cents", "$16"], false),
        (&["2.5 TB/day", "2.5TB per day"], true),
        (&["1 Gbps", "1 gbit/s"], true),
        (&["1 Gbps", "1 GB/s"], false),
        (&["12 GB", "nonsense", "12 GB"], true),
        (&["12 GB", "5 QPS"], false),
        (&["12 GB", "5 QPS", "6 QPS"], false),
        (&["12 GB", "5 QPS", "5 rps"], true),
        (&["GB", "GB"], false),
        (&["0", "0"], false),
        (&["-5 GB", "-5 GB"], false),
        (&["20 servers", "20 servers"], false),
        (&["1-3 GB", "1-3 GB"], false),
        (&["5 GB * 2 GB", "5 GB * 2 GB"], false),
    ] {
        let (world, mut talk, _) = open(NUMBER);
        let (last, before) = typed.split_last().unwrap();
        for text in before {
            talk.say(json!({"answer": text}));
            talk.event("error");
        }
        talk.say(json!({"answer": last}));
        if is_answer {
            let feedback = talk.event("feedback");
            assert_eq!((&feedback["quality"], &feedback["ratio"]), (&json!(1), &json!(null)), "{typed:?}");
            let note = feedback["note"].as_str().unwrap();
            assert!(note.contains("the question asks for a time"), "{note}");
        } else {
            talk.event("error");
            assert!(world.card("mine/memory")["reviews"].as_array().unwrap().is_empty(), "{typed:?}");
        }
    }
}

/// It is one deliberate act, as an empty Enter given twice is.
#[test]
fn i_dont_know_in_words_is_an_answer() {
    for said in ["idk", "I don't know", "no idea."] {
        let (world, mut talk, _) = open(NUMBER);
        let feedback = talk.answer(json!({"answer": said}));
        assert_eq!((&feedback["quality"], &feedback["given"]), (&json!(0), &json!(null)), "{said}");
        drop(talk);
        assert_eq!(world.card("mine/memory")["reviews"][0]["quality"], 0, "{said}");
    }
    let (world, mut talk, _) = open(NUMBER);
    talk.say(json!({"answer": "pass"}));
    assert!(talk.event("error")["message"].as_str().unwrap().contains("may mean two things"));
    assert!(world.card("mine/memory")["reviews"].as_array().unwrap().is_empty());
}

#[test]
fn replies_that_cannot_be_taken_name_what_can() {
    let (world, mut talk, _) = open(NUMBER);
    for (line, part) in [
        ("", ""),
        ("nonsense", "no JSON"),
        ("[1]", "JSON object"),
        ("{}", "one action"),
        (r#"{"answer":"1","quit":true}"#, "one action"),
        (r#"{"anwser":"1"}"#, "did you mean answer?"),
        (r#"{"answer":true}"#, "a text or a number"),
        (r#"{"reveal":false}"#, "takes true"),
        (r#"{"reveal":true}"#, "nothing to reveal"),
        (r#"{"grade":"good"}"#, "typing a number"),
        (r#"{"grade":6}"#, "0 to 5"),
        (r#"{"said":[-1]}"#, "numbered from 0"),
        (r#"{"answer":"1","took_s":-1}"#, "took_s"),
        (r#"{"regrade":4}"#, "nothing was graded"),
        (r#"{"undo":true}"#, "no answer to take back"),
    ] {
        talk.line(line);
        if !line.is_empty() {
            let message = talk.event("error")["message"].as_str().unwrap().to_owned();
            assert!(message.contains(part), "{line}: {message}");
        }
    }
    talk.end();
    assert_eq!(world.card("mine/memory")["reviews"], json!([]));
}

#[test]
fn revealed_kinds_show_their_answer_and_take_a_grade() {
    let (_world, mut talk, _) = open(MISTAKE);
    talk.say(json!({"reveal": true, "took_s": 4.0}));
    assert_eq!(talk.event("answer")["text"], "What goes wrong: No numbers.\nBetter: Begin with QPS.");
    let feedback = talk.answer(json!({"grade": "hard", "took_s": 2.0}));
    assert_eq!((&feedback["quality"], &feedback["correct"]), (&json!(3), &json!(true)));
    assert_eq!(talk.end()["elapsed_s"], 6.0);
}

#[test]
fn probes_are_graded_by_points_and_time() {
    for (said, seconds, quality) in [
        (vec![0, 1, 2, 3], 30.0, 5),
        (vec![3, 2, 1, 0, 0], 30.0, 5),
        (vec![0, 1, 2, 3], 31.0, 4),
        (vec![0, 1, 2], 30.0, 4),
        (vec![0, 1, 2], 31.0, 3),
        (vec![0, 1], 10.0, 3),
        (vec![2], 10.0, 1),
        (vec![], 10.0, 0),
    ] {
        let (_world, mut talk, question) = open(PROBE);
        assert_eq!(question["seconds"], 30);
        talk.say(json!({"reveal": true, "took_s": seconds}));
        assert_eq!(talk.event("answer")["points"], json!(["one", "two", "three", "four"]));
        // Ticking the points takes time too, but not of the answer.
        let feedback = talk.answer(json!({"said": said, "took_s": 20.0}));
        assert_eq!(feedback["quality"], quality, "{said:?} in {seconds} s");
    }
    let (_world, mut talk, _) = open(PROBE);
    talk.say(json!({"said": [4]}));
    assert!(talk.event("error")["message"].as_str().unwrap().contains("0 to 3"));
}

#[test]
fn a_matrix_asks_its_rows_and_its_verdicts() {
    let (_world, mut talk, question) = open(MATRIX);
    assert_eq!(question["kind"], "matrix");
    assert_eq!(
        question["table"],
        json!({"title": "Fan-out", "options": ["Push", "Pull"], "dimension": "Cost of a read"})
    );
    talk.say(json!({"reveal": true}));
    assert_eq!(talk.event("answer")["cells"], json!(["low", "high"]));
    talk.answer(json!({"grade": "good"}));
    let question = talk.event("question");
    // The options change places; an index is one of those shown, and the table keeps the deck's order.
    let options: Vec<String> = serde_json::from_value(question["options"].clone()).unwrap();
    assert_eq!((&question["kind"], &question["table"]["options"]), (&json!("choice"), &json!(["Push", "Pull"])));
    for bad in [json!("Neither"), json!(2)] {
        talk.say(json!({"answer": bad}));
        assert!(talk.event("error")["message"].as_str().unwrap().contains(&options.join(", ")));
    }
    let push = options.iter().position(|option| option == "Push").unwrap();
    let feedback = talk.answer(json!({"answer": push}));
    assert_eq!(
        (&feedback["quality"], &feedback["expected"], &feedback["given"]),
        (&json!(1), &json!("Pull"), &json!("Push"))
    );
    assert_eq!(
        (&feedback["options"], &feedback["picked"], &feedback["right"]),
        (&question["options"], &json!(push), &json!(1 - push))
    );
    assert_eq!(feedback["why"], "Each read then merges.");
    talk.event("question");
    assert_eq!(talk.answer(json!({"answer": "pull"}))["quality"], 4);
}

#[test]
fn options_change_places_and_the_log_keeps_their_order() {
    let world = World::with_deck(MATRIX);
    let mut orders = std::collections::BTreeSet::new();
    for seed in 0..8 {
        let cram = ["cram", "--all", "--json", "--deck", "mine", "--kind", "choice", "--now", NOW, "--seed"];
        let mut talk = world.talk(&[&cram[..], &[&seed.to_string()]].concat());
        let options = talk.until("question")["options"].to_string();
        talk.answer(json!({"answer": "Pull"}));
        talk.end();
        let logged: String =
            world.sql().query_row("SELECT options FROM review ORDER BY rowid DESC", [], |row| row.get(0)).unwrap();
        assert_eq!(logged, options);
        orders.insert(options);
    }
    assert_eq!(orders.len(), 2);
}

#[test]
fn a_related_card_is_shown_beside_the_open_one() {
    let (_world, mut talk, question) = open(&[recall("a"), recall("b")].concat());
    talk.say(json!({"show": "mine/b", "took_s": 3.0}));
    assert_eq!(
        talk.event("card"),
        json!({"event": "card", "prompt": "What is b?", "card": "mine/b", "kind": "recall", "text": "It is b.", "why": null})
    );
    talk.say(json!({"show": "mine/c"}));
    assert!(talk.event("error")["message"].as_str().unwrap().contains("no deck has a card mine/c"));
    assert_eq!(talk.answer(grade(4))["card"], question["card"]);
}

#[test]
fn undo_takes_back_whatever_was_done_last() {
    let (world, mut talk, _) = open(&[recall("a"), recall("b"), recall("c")].concat());
    for (reply, what) in [
        (json!({"skip": true}), "skip"),
        (json!({"suspend": true}), "suspend"),
        (json!({"look": true}), "look"),
        (json!({"flag": true}), "flag"),
        (json!({"grade": 4}), "answer"),
    ] {
        talk.say(reply);
        talk.say(json!({"undo": true}));
        let undone = talk.until("undone");
        assert_eq!((&undone["what"], &undone["card"]), (&json!(what), &json!("mine/a")));
        let question = talk.event("question");
        assert_eq!(
            (&question["card"], &question["n"], &question["remaining"]),
            (&json!("mine/a"), &json!(1), &json!(3))
        );
    }
    talk.end();
    let card = world.card("mine/a");
    assert_eq!((&card["suspended"], &card["flagged"]), (&json!(false), &json!(false)));
}

/// A clock that ran ahead and was set right says nothing of what came last.
#[test]
fn undo_takes_back_what_was_done_last_though_a_clock_ran_ahead() {
    let (world, talk, _) = open(&[recall("a"), recall("b")].concat());
    talk.end();
    let mut ahead = world.review("2026-12-12T09:00:00Z", &[]);
    ahead.answer_next(grade(4));
    ahead.end();
    world.ok(&["flag", "mine/b", "--now", "2026-12-05T09:00:00Z"]);
    let said = world.ok(&["undo", "--now", "2026-12-05T09:01:00Z"]);
    assert!(said.contains("took back the flag on mine/b"), "{said}");
    let said = world.ok(&["undo", "--now", "2026-12-05T09:02:00Z"]);
    assert!(said.contains("took back the answer of 2026-12-12 to mine/a"), "{said}");
    // The other way round: a decision of the wrong clock, an answer of the right one.
    world.ok(&["flag", "mine/b", "--now", "2026-12-12T09:00:00Z"]);
    let mut right = world.review("2026-12-05T10:00:00Z", &[]);
    right.answer_next(grade(4));
    right.end();
    let said = world.ok(&["undo", "--now", "2026-12-05T10:01:00Z"]);
    assert!(said.contains("took back the answer of 2026-12-05"), "{said}");
}

/// Cards that are skipped and looked at take their time, and say nothing of the pace of the answers.
#[test]
fn a_time_box_is_kept_by_a_learner_who_skips() {
    let cards: String = (0..60).map(|n| recall(&format!("c{n}"))).collect();
    let world = World::with_deck(&cards);
    let mut talk = world.review(NOW, &["--minutes", "10", "--new", "60"]);
    let mut skips = 0;
    while talk.answer_next(match skips % 3 {
        0 => json!({"skip": true, "took_s": 2.0}),
        1 => json!({"grade": 4, "took_s": 30.0}),
        _ => json!({"grade": 4, "took_s": 20.0}),
    }) {
        skips += 1;
    }
    let counted_s = talk.end()["counted_s"].as_f64().unwrap();
    assert!((540.0..=630.0).contains(&counted_s), "{counted_s}");
}

#[test]
fn a_new_card_can_be_looked_at_and_comes_later() {
    let (world, mut talk, question) = open(&[recall("a"), recall("b")].concat());
    assert_eq!(question["card"], "mine/a");
    talk.say(json!({"look": true}));
    assert_eq!(talk.event("answer")["text"], "It is a.");
    assert_eq!(talk.event("question")["card"], "mine/b");
    talk.answer(grade(4));
    assert_eq!(talk.event("question")["card"], "mine/a");
    assert_eq!(world.card("mine/a")["reviews"], json!([]));
    talk.answer(grade(1));
    assert_eq!(talk.event("question")["phase"], "repeat");
    talk.say(json!({"look": true}));
    assert!(talk.event("error")["message"].as_str().unwrap().contains("only a new card"));
}

#[test]
fn undo_takes_the_last_answer_back_and_asks_it_again() {
    let (world, mut talk, _) = open(&[recall("a"), recall("b")].concat());
    let review = talk.answer(grade(1))["review"].clone();
    assert_eq!(talk.event("question")["card"], "mine/b");
    talk.say(json!({"undo": true}));
    assert_eq!(talk.event("undone"), json!({"event": "undone", "card": "mine/a", "review": review, "what": "answer"}));
    let question = talk.event("question");
    assert_eq!((&question["card"], &question["phase"], &question["n"]), (&json!("mine/a"), &json!("new"), &json!(1)));
    talk.answer(grade(4));
    assert_eq!(talk.event("question")["card"], "mine/b");
    talk.answer(grade(4));
    let summary = talk.end();
    assert_eq!((&summary["answered"], &summary["repeats"]), (&json!(2), &json!(0)));
    let reviews = world.card("mine/a")["reviews"].clone();
    assert_eq!((&reviews[0]["retracted"], &reviews[1]["retracted"]), (&json!(true), &json!(false)));
}

#[test]
fn undo_reaches_behind_a_restart() {
    let (world, mut talk, _) = open(&[recall("a"), recall("b")].concat());
    talk.answer(grade(1));
    talk.kill();
    let mut talk = world.review("2026-11-21T10:00:00Z", &[]);
    assert_eq!(talk.until("question")["card"], "mine/b");
    talk.say(json!({"undo": true}));
    assert_eq!(talk.event("undone")["card"], "mine/a");
    assert_eq!(talk.event("question")["card"], "mine/a");
    talk.answer(grade(5));
    assert_eq!(talk.event("question")["card"], "mine/b");
    assert_eq!(talk.end()["left_due"], 0);
}

#[test]
fn a_regrade_replaces_the_last_quality() {
    let (world, mut talk, _) = open(&[recall("a"), recall("b")].concat());
    let first = talk.answer(grade(1));
    talk.event("question");
    let second = talk.answer(json!({"regrade": 4}));
    assert_eq!((&second["quality"], &second["replaces"]), (&json!(4), &first["review"]));
    assert_eq!(talk.event("question")["card"], "mine/b");
    let third = talk.answer(json!({"regrade": "easy"}));
    assert_eq!((&third["quality"], &third["replaces"]), (&json!(5), &second["review"]));
    talk.event("question");
    talk.answer(grade(4));
    assert_eq!(talk.end()["repeats"], 0);
    let card = world.card("mine/a");
    assert_eq!((&card["easiness"], &card["repetitions"]), (&json!(2.6), &json!(1)));
    assert_eq!(card["reviews"].as_array().unwrap().len(), 3);
}

#[test]
fn a_regrade_finds_the_cards_repeat_open() {
    let (_world, mut talk, _) = open(&recall("a"));
    talk.answer(grade(1));
    assert_eq!(talk.event("question")["phase"], "repeat");
    let feedback = talk.answer(json!({"regrade": 4}));
    assert_eq!(feedback["asked_again"], false);
    assert_eq!(talk.event("summary")["left_due"], 0);
}

#[test]
fn undoing_an_earlier_repeat_asks_it_as_one() {
    let (world, mut talk, _) = open(&recall("a"));
    talk.answer(grade(1));
    talk.answer(grade(4));
    talk.end();
    let mut talk = world.review("2026-11-21T10:00:00Z", &["--new", "0"]);
    talk.event("session");
    talk.event("summary");
    world.ok(&["undo"]);
    let mut talk = world.review("2026-11-21T10:00:00Z", &[]);
    assert_eq!(talk.until("question")["phase"], "repeat");
}

#[test]
fn skipped_and_suspended_cards_do_not_return() {
    let (world, mut talk, _) = open(&[recall("a"), recall("b"), recall("c")].concat());
    talk.say(json!({"skip": true}));
    assert_eq!(talk.event("question")["card"], "mine/b");
    talk.say(json!({"suspend": true}));
    assert_eq!(talk.event("question")["card"], "mine/c");
    talk.answer(grade(4));
    talk.end();
    assert_eq!(world.card("mine/b")["suspended"], true);
    let mut talk = world.review(NOW, &[]);
    assert_eq!(talk.until("question")["card"], "mine/a");
    talk.end();
    world.ok(&["resume", "mine/b"]);
    assert_eq!(world.card("mine/b")["suspended"], false);
}

#[test]
fn the_session_ends_with_its_time_and_its_day() {
    let cards: String = ["a", "b", "c"].map(recall).concat();
    let world = World::with_deck(&cards);
    let mut talk = world.review(NOW, &["--minutes", "1"]);
    assert_eq!(talk.event("session")["budget_s"], 60.0);
    talk.event("question");
    // An answer left open counts as five times its expected seconds, and no more.
    talk.answer(json!({"grade": 4, "took_s": 3000.0}));
    let summary = talk.event("summary");
    assert_eq!((&summary["elapsed_s"], &summary["counted_s"]), (&json!(3000.0), &json!(75.0)));

    let mut talk = world.review("2026-11-22T03:59:50Z", &[]);
    talk.until("question");
    assert_eq!(talk.answer(json!({"grade": 4, "took_s": 20.0}))["due"], "2026-11-22");
    assert_eq!(talk.event("summary")["answered"], 1);
}

#[test]
fn new_cards_come_by_level_and_decks_take_turns() {
    let world = World::new();
    for deck in ["one", "two"] {
        let cards: String =
            [("a", 2), ("b", 1), ("c", 1)].map(|(id, level)| format!("{}level = {level}\n", recall(id))).concat();
        world.deck(&format!("{deck}.toml"), format!("[deck]\nname = \"{deck}\"\ntitle = \"T\"\n{cards}"));
    }
    let mut talk = world.talk(&["review", "--json", "--deck", "one", "--deck", "two", "--new", "5", "--now", NOW]);
    assert_eq!(talk.event("session")["new"], 5);
    let mut order = Vec::new();
    for _ in 0..5 {
        order.push(talk.until("question")["card"].as_str().unwrap().to_owned());
        talk.answer(grade(4));
    }
    assert_eq!(order, ["one/b", "two/b", "one/c", "two/c", "one/a"]);
    talk.end();
    // The day's allowance is used up.
    let mut talk = world.talk(&["review", "--json", "--deck", "two", "--new", "5", "--now", NOW]);
    assert_eq!(talk.event("session")["new"], 0);
    talk.event("summary");
}

#[test]
fn the_most_overdue_in_proportion_comes_first() {
    let world = World::with_deck(&[recall("long"), recall("short")].concat());
    for day in ["2026-11-21", "2026-11-22"] {
        let mut talk = world.review(&format!("{day}T09:00:00Z"), &[]);
        talk.answer(grade(4));
        talk.answer(grade(if day == "2026-11-21" { 4 } else { 1 }));
        talk.end();
    }
    // One is a day late after six days, the other six days late after one.
    let mut talk = world.review("2026-11-29T09:00:00Z", &[]);
    let first = talk.until("question")["card"].as_str().unwrap().to_owned();
    let late = world.card(&first);
    assert_eq!(late["interval_days"], 1);
    talk.end();
}
