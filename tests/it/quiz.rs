//! Generated questions, chains, and the sprint.

use crate::harness::World;
use serde_json::{Value, json};

const NOW: &str = "2026-11-21T09:00:00Z";

const ESTIMATE: &str = r#"
[[estimate]]
id = "average-qps"
ask = "{dau} daily active users make {actions} requests a day each. Average QPS?"
unit = "QPS"
answer = "dau * actions / day"
why = "{answer} decides how many servers {dau} users need."
given.dau = { pick = ["50M"] }
given.actions = { pick = [10] }
  [[estimate.work]]
  say = "{dau} x {actions} requests a day"
  value = "dau * actions"
  [[estimate.slip]]
  id = "per-hour"
  value = "dau * actions / hour"
  say = "You divided by 3,600: that is an hour."
  [[estimate.check]]
  given = { dau = "50M", actions = 10 }
  answer = "5787/s"
"#;

const CHAIN: &str = r#"
[[estimate]]
id = "shortener"
title = "URL shortener"
ask = "{links} new links a month, {ratio} redirects for each."
given.links = { pick = ["100M"] }
given.ratio = { pick = [100] }
given.peak = { pick = [3] }
  [[estimate.step]]
  id = "writes"
  ask = "Links a second?"
  unit = "QPS"
  answer = "links / month"
    [[estimate.step.work]]
    say = "{links} a month"
    value = "links / month"
  [[estimate.step]]
  id = "reads"
  ask = "Redirects a second at a peak of {peak}x ({writes} are created)?"
  unit = "QPS"
  answer = "writes * ratio * peak"
  [[estimate.step]]
  id = "bandwidth"
  ask = "Bandwidth at 1 KB each?"
  unit = "Mbps"
  answer = "reads * 1 KB"
  [[estimate.check]]
  given = { links = "100M", ratio = 100, peak = 3 }
  answer = { writes = "38.05/s", reads = "11416/s", bandwidth = "91.3 Mbps" }
"#;

fn answer_once(typed: &str) -> Value {
    let world = World::with_deck(ESTIMATE);
    let mut talk = world.review(NOW, &[]);
    talk.answer(json!({"answer": typed, "took_s": 30.0}))
}

#[test]
fn a_generated_question_shows_its_values_and_its_working() {
    let world = World::with_deck(ESTIMATE);
    let mut talk = world.review(NOW, &[]);
    let question = talk.until("question");
    assert_eq!(question["prompt"], "50M daily active users make 10 requests a day each. Average QPS?");
    assert_eq!(question["values"], json!({"dau": "50M", "actions": "10"}));
    assert_eq!((&question["unit"], &question["asked_in"]), (&json!("rate"), &json!("QPS")));
    let seed = question["seed"].clone();
    assert!(seed.as_u64().unwrap() < 1 << 53);
    let feedback = talk.answer(json!({"answer": "~6k qps", "took_s": 30.0}));
    assert_eq!((&feedback["quality"], &feedback["expected"]), (&json!(4), &json!("5.8k QPS")));
    assert_eq!(feedback["working"], json!(["50M x 10 requests a day = 500M"]));
    assert_eq!(feedback["why"], "5.8k QPS decides how many servers 50M users need.");
    talk.end();

    // A past question can be shown again as it was.
    let review = world.card("mine/average-qps")["reviews"][0].clone();
    assert_eq!((&review["seed"], &review["prompt"]), (&seed, &question["prompt"]));
    assert_eq!(review["values"], question["values"]);
    assert!(world.ok(&["card", "mine/average-qps"]).contains("50M daily active users make 10"));
}

#[test]
fn wrong_turns_are_named() {
    let cases = [
        ("50M*10/86400", 4, None, ""),
        ("5k", 4, None, ""),
        ("500M/day", 4, None, ""),
        ("350k/min", 4, None, ""),
        ("138.9k", 1, Some("per-hour"), "an hour"),
        ("139k", 1, Some("per-hour"), "an hour"),
        ("5.8M", 1, Some("prefix"), "1,000x high"),
        ("5.8", 1, Some("prefix"), "1,000x low"),
        ("347k", 1, Some("minutes"), "60x high"),
        ("15.9", 1, Some("days-of-a-year"), "365x low"),
        ("10k", 3, None, ""),
        ("46k", 2, None, ""),
    ];
    for (typed, quality, slip, said) in cases {
        let feedback = answer_once(typed);
        assert_eq!(feedback["quality"], quality, "{typed}: {feedback}");
        assert_eq!(feedback["slip"]["id"].as_str(), slip, "{typed}");
        let say = feedback["slip"]["say"].as_str().unwrap_or_default();
        assert!(say.contains(said), "{typed}: {say}");
    }
}

#[test]
fn a_factor_left_out_of_the_formula_is_named() {
    let world = World::with_deck(CHAIN);
    let mut talk = world.review(NOW, &[]);
    talk.answer(json!({"answer": "38"}));
    let feedback = talk.answer(json!({"answer": "3.8k"}));
    assert_eq!(feedback["slip"], json!({"id": "peak-left-out", "say": "The peak factor of 3 was left out."}));
    let feedback = talk.answer(json!({"answer": "11.4 Mbps"}));
    assert_eq!(feedback["slip"]["id"], "bits-for-bytes");
}

#[test]
fn why_is_filled_in_wherever_it_is_shown() {
    let chain = CHAIN
        .replace("given.links", "why = \"{reads} carry {links}.\"\ngiven.links")
        .replace("answer = \"reads * 1 KB\"", "answer = \"reads * 1 KB\"\n  why = \"{bandwidth} is little.\"");
    let world = World::with_deck(&chain);
    let mut talk = world.review(NOW, &[]);
    assert_eq!(talk.answer(json!({"answer": "38"}))["why"], json!(null));
    talk.answer(json!({"answer": "11.4k"}));
    let feedback = talk.answer(json!({"answer": "91"}));
    assert_eq!(feedback["why"], "91.3 Mbps is little. 11.4k QPS carry 100M.");
    talk.end();
}

#[test]
fn a_step_is_right_when_it_follows_from_ones_own_answers() {
    let world = World::with_deck(CHAIN);
    let mut talk = world.review(NOW, &[]);
    let question = talk.until("question");
    assert_eq!(
        (&question["step"], &question["steps"], &question["title"]),
        (&json!(1), &json!(3), &json!("URL shortener"))
    );
    assert_eq!(question["prompt"], "100M new links a month, 100 redirects for each.\nLinks a second?");
    // Wrong, and carried through rightly from there.
    let feedback = talk.answer(json!({"answer": "400", "took_s": 10.0}));
    assert_eq!((&feedback["quality"], &feedback["review"], &feedback["due"]), (&json!(1), &json!(null), &json!(null)));
    let question = talk.event("question");
    assert_eq!(
        question["known"],
        json!([{"step": "writes", "ask": "Links a second?", "value": "400 QPS", "truth": "38.1 QPS"}])
    );
    assert!(question["prompt"].as_str().unwrap().contains("(400 QPS are created)"));
    let feedback = talk.answer(json!({"answer": "120k", "took_s": 10.0}));
    assert_eq!((&feedback["quality"], &feedback["expected"]), (&json!(5), &json!("11.4k QPS")));
    assert!(feedback["note"].as_str().unwrap().contains("follows from your own earlier answer"));
    // The true value is right as well.
    talk.event("question");
    let feedback = talk.answer(json!({"answer": "91", "took_s": 20.0}));
    assert_eq!(
        (&feedback["quality"], &feedback["correct"], &feedback["asked_again"]),
        (&json!(4), &json!(true), &json!(true))
    );
    assert_eq!(
        feedback["note"],
        "from your 120k QPS: 960 Mbps; from the true 11.4k QPS: 91.3 Mbps; \
         the chain counts as its weakest step: quality 1"
    );
    assert!(feedback["review"].is_string());

    // The chain is as good as its weakest step; a repeat asks the weak steps alone.
    let question = talk.event("question");
    assert_eq!((&question["phase"], &question["step"]), (&json!("repeat"), &json!(1)));
    talk.kill();
    let reviews = world.card("mine/shortener")["reviews"].clone();
    assert_eq!(reviews.as_array().unwrap().len(), 1);
    assert_eq!(
        (&reviews[0]["quality"], &reviews[0]["took_s"], &reviews[0]["given"]),
        (&json!(1), &json!(40.0), &json!("400 | 120k | 91"))
    );
    assert_eq!((&reviews[0]["steps"][1]["carried"], &reviews[0]["steps"][2]["carried"]), (&json!(true), &json!(false)));
}

#[test]
fn a_draw_that_breaks_a_formula_is_refused_from_the_first_step() {
    // The first value makes the formula sound when it is read; where leaves only the second.
    let broken = "peak = { pick = [3, 4] }\nwhere = \"peak > 3\"";
    let chain = CHAIN.replace("peak = { pick = [3] }", broken).replace("ratio * peak", "ratio / (peak - 4)");
    assert_ne!(chain, CHAIN);
    let world = World::with_deck(&chain);
    let mut talk = world.review(NOW, &[]);
    assert_eq!(talk.until("question")["step"], 1);
    for reply in [json!({"answer": "38"}), json!({"blank": true})] {
        talk.say(reply);
        let message = "this question's values break its formula: skip it and tell its author";
        assert_eq!(talk.event("error")["message"], message);
    }
    talk.say(json!({"skip": true}));
    assert_eq!(talk.end()["answered"], 0);
}

#[test]
fn a_repeat_asks_the_weak_step_alone_also_after_a_restart() {
    let world = World::with_deck(CHAIN);
    let mut talk = world.review(NOW, &[]);
    talk.answer(json!({"answer": "38"}));
    talk.answer(json!({"blank": true}));
    talk.answer(json!({"answer": "91"}));
    talk.kill();
    let mut talk = world.review(NOW, &[]);
    let question = talk.until("question");
    assert_eq!((&question["phase"], &question["step"]), (&json!("repeat"), &json!(2)));
    let feedback = talk.answer(json!({"answer": "11.4k", "took_s": 20.0}));
    assert_eq!((&feedback["quality"], &feedback["interval_days"]), (&json!(4), &json!(1)));
    assert_eq!(talk.end()["left_due"], 0);
}

#[test]
fn a_chain_left_midway_is_no_review_and_a_step_can_be_taken_back() {
    let world = World::with_deck(CHAIN);
    let mut talk = world.review(NOW, &[]);
    talk.answer(json!({"answer": "400"}));
    assert_eq!(talk.event("question")["step"], 2);
    talk.say(json!({"undo": true}));
    assert_eq!(
        talk.event("undone"),
        json!({"event": "undone", "card": "mine/shortener", "review": null, "what": "step"})
    );
    assert_eq!(talk.event("question")["step"], 1);
    talk.answer(json!({"answer": "38"}));
    assert_eq!(talk.end()["answered"], 0);
    assert_eq!(world.card("mine/shortener")["reviews"], json!([]));
}

#[test]
fn a_step_can_be_regraded() {
    let world = World::with_deck(CHAIN);
    let mut talk = world.review(NOW, &[]);
    talk.answer(json!({"answer": "400"}));
    let feedback = talk.answer(json!({"regrade": "good"}));
    assert_eq!(
        (&feedback["quality"], &feedback["correct"], &feedback["review"]),
        (&json!(4), &json!(true), &json!(null))
    );
    assert_eq!(talk.event("question")["step"], 2);
    talk.answer(json!({"answer": "11.4k", "took_s": 20.0}));
    assert_eq!(talk.answer(json!({"answer": "91", "took_s": 20.0}))["repetitions"], 1);
    assert_eq!(talk.end()["left_due"], 0);
    assert_eq!(world.card("mine/shortener")["reviews"][0]["quality"], 4);
}

#[test]
fn a_sprint_is_the_same_for_the_same_seed_and_leaves_new_cards_new() {
    let world = World::new();
    let sprint = || {
        let mut talk = world.talk(&["quiz", "--json", "-n", "50", "--seed", "7", "--now", NOW]);
        let mut questions = Vec::new();
        for _ in 0..50 {
            questions.push(talk.until("question"));
            talk.say(json!({"answer": "5", "took_s": 3.0}));
        }
        (questions, talk.end())
    };
    let (first, _) = sprint();
    let (second, summary) = sprint();
    assert_eq!(first, second);
    let cards: std::collections::BTreeSet<_> = first.iter().map(|q| q["card"].as_str().unwrap()).collect();
    assert_eq!(cards.len(), 50, "no question comes twice before all have come");
    assert_eq!(summary["score"]["questions"], 50);
    assert_eq!(summary["score"]["before"].as_array().unwrap().len(), 1);
    let card = world.card(first[0]["card"].as_str().unwrap());
    assert_eq!(
        (&card["phase"], &card["due"], &card["reviews"][0]["counted"]),
        (&json!("new"), &json!(null), &json!(false))
    );
    assert_eq!(world.json(&["due", "--json", "--now", "2026-11-22T09:00:00Z"])["due"], 0);
}

#[test]
fn a_scorecard_counts_factors_bias_and_slips() {
    let world = World::with_deck(ESTIMATE);
    let mut talk = world.talk(&["quiz", "--json", "-n", "4", "--deck", "mine", "--now", NOW]);
    for typed in ["5787", "11574", "139k", "57870"] {
        talk.answer(json!({"answer": typed, "took_s": 10.0}));
    }
    let score = talk.end()["score"].clone();
    assert_eq!(
        [&score["questions"], &score["within_tolerance"], &score["within_2x"], &score["within_10x"]],
        [&json!(4), &json!(1), &json!(2), &json!(3)]
    );
    assert!((score["median_factor"].as_f64().unwrap() - 20f64.sqrt()).abs() < 0.01);
    // The geometric mean of 1, 2, 24 and 10.
    assert!((score["bias"].as_f64().unwrap() - 480f64.powf(0.25)).abs() < 0.05, "{score}");
    assert_eq!(score["slips"], json!({"per-hour": 1}));
    assert_eq!(score["slowest"][0], json!({"card": "mine/average-qps", "took_s": 10.0, "quality": 1}));
}

#[test]
fn a_chain_can_be_asked_by_name() {
    let world = World::with_deck(CHAIN);
    for name in ["shortener", "mine/shortener", "url shortener"] {
        let mut talk = world.talk(&["quiz", "--json", "--chain", name, "--deck", "mine", "--now", NOW]);
        for typed in ["38", "11.4k", "91"] {
            talk.answer(json!({"answer": typed}));
        }
        assert_eq!(talk.end()["score"]["questions"], 3, "{name}");
    }
    let err = world.fails(1, &["quiz", "--json", "--chain", "url-shortner"]);
    assert!(err.contains("did you mean url-shortener"), "{err}");
}

#[test]
fn a_quiz_answer_to_a_known_card_can_lapse_it_but_not_advance_it() {
    let world = World::with_deck(ESTIMATE);
    let mut talk = world.review(NOW, &[]);
    talk.answer(json!({"answer": "5787", "took_s": 30.0}));
    talk.end();
    let quiz = |now: &str, typed: &str| {
        let mut talk = world.talk(&["quiz", "--json", "-n", "1", "--deck", "mine", "--now", now]);
        talk.answer(json!({"answer": typed, "took_s": 30.0}));
        talk.end();
        world.card("mine/average-qps")
    };
    let card = quiz("2026-11-21T20:00:00Z", "1");
    assert_eq!((&card["repetitions"], &card["lapses"]), (&json!(1), &json!(0)), "the day's second answer is practice");
    let mut talk = world.review("2026-11-22T09:00:00Z", &[]);
    talk.answer(json!({"answer": "5787", "took_s": 30.0}));
    talk.end();
    assert_eq!(quiz("2026-11-25T09:00:00Z", "5787")["due"], "2026-11-28");
    let card = quiz("2026-11-26T09:00:00Z", "1");
    assert_eq!((&card["due"], &card["lapses"]), (&json!("2026-11-27"), &json!(1)));
}

#[test]
fn a_sprint_keeps_its_other_questions_of_the_same_skill() {
    let world = World::with_deck(ESTIMATE);
    let sprint = || world.talk(&["quiz", "--json", "-n", "4", "--deck", "mine", "--now", NOW]);
    let mut talk = sprint();
    talk.answer(json!({"answer": "5787"}));
    assert_eq!(talk.event("question")["remaining"], 3);
    talk.say(json!({"undo": true}));
    talk.event("undone");
    assert_eq!(talk.event("question")["remaining"], 4);
    talk.answer(json!({"answer": "5787"}));
    assert_eq!(talk.event("question")["n"], 2);
    talk.answer(json!({"regrade": 1}));
    let question = talk.event("question");
    assert_eq!((&question["n"], &question["remaining"]), (&json!(2), &json!(3)));
    // A skipped skill does not return.
    talk.say(json!({"skip": true}));
    assert_eq!(talk.event("summary")["answered"], 1);
}

#[test]
fn a_chains_last_step_is_regraded_and_taken_back_like_any_other() {
    let world = World::with_deck(CHAIN);
    let mut talk = world.review(NOW, &[]);
    talk.answer(json!({"answer": "38", "took_s": 20.0}));
    talk.answer(json!({"blank": true}));
    talk.answer(json!({"answer": "91", "took_s": 20.0}));
    // The chain stays as good as its weakest step.
    let feedback = talk.answer(json!({"regrade": 5}));
    assert_eq!((&feedback["quality"], &feedback["asked_again"]), (&json!(5), &json!(true)));
    assert_eq!(feedback["note"], "the chain counts as its weakest step: quality 0");
    assert_eq!(talk.event("question")["phase"], "repeat");

    for what in ["regrade", "answer"] {
        talk.say(json!({"undo": true}));
        let undone = talk.event("undone");
        assert_eq!((&undone["card"], &undone["what"]), (&json!("mine/shortener"), &json!(what)));
        if what == "regrade" {
            assert_eq!(talk.event("question")["phase"], "repeat");
        }
    }
    let question = talk.event("question");
    assert_eq!((&question["step"], &question["n"]), (&json!(3), &json!(1)));
    let feedback = talk.answer(json!({"answer": "4", "took_s": 20.0}));
    assert_eq!((&feedback["quality"], &feedback["repetitions"]), (&json!(1), &json!(0)));
    let feedback = talk.answer(json!({"regrade": 0}));
    assert_eq!(feedback["quality"], 0);
    assert_eq!(talk.event("question")["step"], 2);
    talk.kill();
    let reviews = world.card("mine/shortener")["reviews"].clone();
    let live: Vec<_> = reviews.as_array().unwrap().iter().filter(|review| review["retracted"] == false).collect();
    assert_eq!(live.len(), 1);
    let qualities = live[0]["steps"].as_array().unwrap().iter().map(|step| step["quality"].clone());
    assert!(qualities.eq([json!(4), json!(0), json!(0)]));
}

/// A plan looks at the cards of a sprint, however few of all it may ask.
#[test]
fn a_sprint_a_chain_and_a_cram_go_on_under_a_plan() {
    let world = World::new();
    world.ok(&["plan", "--interview", "2026-12-20", "--now", "2026-11-21T12:00:00Z"]);
    for command in [&["quiz", "-n", "1"][..], &["quiz", "--chain", "chat"], &["cram", "--all"]] {
        let mut talk = world.talk(&[command, &["--json", "--now", "2026-11-21T12:00:00Z"]].concat());
        talk.until("question");
        talk.end();
    }
}
