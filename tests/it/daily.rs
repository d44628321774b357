//! The daily loop: the time box, cram, the plan, flags, leeches, and clocks that jump.

use crate::harness::{World, grade, recall};
use serde_json::{Value, json};

const DAY1: &str = "2026-11-21T09:00:00Z";

fn recalls(count: usize) -> String {
    (0..count).map(|at| recall(&format!("c{at}"))).collect()
}

/// Reviews the deck once, every card right, with so many new ones at most.
fn learn(world: &World, now: &str, new: usize) -> Value {
    let mut talk = world.review(now, &["--minutes", "0", "--new", &new.to_string()]);
    while talk.answer_next(json!({"grade": 4, "took_s": 15.0})) {}
    talk.end()
}

#[test]
fn the_time_box_holds() {
    // Seconds an answer, share of right ones in tenths, cards due, and what is to be seen at the end.
    let cases = [(4.0, 9, 300, 200), (15.0, 9, 300, 50), (15.0, 2, 60, 50), (70.0, 5, 60, 10), (40.0, 9, 10, 12)];
    for (took_s, right, backlog, at_least) in cases {
        let world = World::with_deck(&recalls(backlog + 10));
        learn(&world, "2026-11-01T09:00:00Z", backlog);
        let mut talk = world.review(DAY1, &["--new", "10"]);
        let session = talk.event("session");
        assert_eq!((&session["due"], &session["new"]), (&json!(backlog), &json!(10)));
        let mut answers = 0;
        while talk.answer_next(json!({"grade": if answers % 10 < right { 4 } else { 1 }, "took_s": took_s})) {
            answers += 1;
        }
        let summary = talk.end();
        let case = format!("{took_s} s, {right} of 10 right, {backlog} due: {summary}");
        let over_s = summary["counted_s"].as_f64().unwrap() - 900.0;
        assert!(over_s < 60.0, "{case}");
        assert!(answers >= at_least, "{answers}: {case}");
        let left = summary["left_due"].as_u64().unwrap();
        assert!(left == 0 || over_s > -60.0, "it ends early with cards left: {case}");
        // What is due goes before what is new.
        let new_asked = summary["learned"].as_array().unwrap().len() as u64;
        assert_eq!(new_asked + summary["new_waiting"].as_u64().unwrap(), 10, "{case}");
        if backlog == 300 {
            assert_eq!(new_asked, 0, "{case}");
        }
    }
}

/// A day of a learner who misses every tenth answer and takes `seconds` for a right one. Gives the minutes of what was due and of
/// all that was asked, and the new cards.
fn paced_day(world: &World, day: &str, seconds: f64, answered: &mut usize) -> (f64, f64, usize) {
    let mut talk = world.review(&format!("{day}T09:00:00Z"), &[]);
    let due = talk.event("session")["due"].as_u64().unwrap() as f64;
    let reply = |answered: usize| match answered.is_multiple_of(10) {
        true => json!({"grade": 1, "took_s": 1.7 * seconds}),
        false => json!({"grade": 4, "took_s": seconds}),
    };
    while talk.answer_next(reply(*answered)) {
        *answered += 1;
    }
    let summary = talk.end();
    let all = summary["counted_s"].as_f64().unwrap() / 60.0;
    (due * 1.07 * seconds / 60.0, all, summary["learned"].as_array().unwrap().len())
}

#[test]
fn new_cards_fill_the_first_days_and_no_day_to_come_is_too_full() {
    let world = World::with_deck(&recalls(600));
    let first = chrono::NaiveDate::from_ymd_opt(2026, 11, 2).unwrap();
    let (mut answered, mut met) = (0, 0);
    for ahead in 0..26 {
        let day = (first + chrono::Days::new(ahead)).to_string();
        let (due, all, new) = paced_day(&world, &day, 20.0, &mut answered);
        let case = format!("{day}: {due:.1} minutes due, {all:.1} in all, {new} new");
        // In the first days a little may be left for the next one.
        assert!(due <= if ahead < 10 { 16.5 } else { 15.0 }, "{case}");
        assert!(all <= 15.0 + 34.0 / 60.0, "{case}");
        assert!(ahead >= 10 || all >= 12.0, "{case}");
        met += new;
        // The day's minutes are gone or the days to come are full: a second sitting meets nothing more to speak of.
        let again = world.json(&["due", "--json", "--now", &format!("{day}T20:00:00Z")]);
        assert!(again["new"].as_u64().unwrap() <= 4, "{case}: {again}");
    }
    assert!(met > 150, "{met}");
}

#[test]
fn a_number_of_new_cards_that_somebody_wrote_stays_that_number() {
    let world = World::with_deck(&recalls(100));
    let new = |more: &[&str]| world.review(DAY1, more).event("session")["new"].as_u64().unwrap();
    let paced = new(&[]);
    assert!((20..60).contains(&paced), "as many as fill the day: {paced}");
    assert!(new(&["--minutes", "5"]) < paced / 2);
    assert!(new(&["--minutes", "0"]) == paced, "without an end the day counts as usual");
    assert_eq!(new(&["--more", "5"]), paced + 5);
    std::fs::write(world.path("config/config.toml"), "new_per_day = 3\n").unwrap();
    assert_eq!((new(&[]), new(&["--new", "auto"]), new(&["--new", "0"])), (3, paced, 0));
    assert_eq!(world.json(&["due", "--json", "--now", DAY1])["new"], 3);
    std::fs::write(world.path("config/config.toml"), "minutes = 0\nnew_per_day = \"auto\"\n").unwrap();
    assert_eq!(new(&[]), paced);
    for wrong in ["\"many\"", "-1", "2.5", "true"] {
        std::fs::write(world.path("config/config.toml"), format!("new_per_day = {wrong}\n")).unwrap();
        let said = world.fails(1, &["due"]);
        assert!(said.contains("new_per_day must be a whole number or auto"), "{wrong}: {said}");
    }
    assert!(world.run(&["review", "--json", "--new", "many"]).err.contains("a number of cards, or auto"));
}

#[test]
fn repeats_come_when_no_new_card_is_left() {
    let world = World::with_deck(&recalls(12));
    let mut talk = world.review(DAY1, &["--new", "12", "--minutes", "4"]);
    // All are wrong: 12 new ones fill the four minutes, and no time is kept for their repeats.
    let mut phases = Vec::new();
    for _ in 0..11 {
        phases.push(talk.until("question")["phase"].clone());
        talk.say(json!({"grade": 1, "took_s": 20.0}));
    }
    assert!(phases.iter().all(|phase| phase == "new"), "{phases:?}");
    talk.kill();
    // After a restart what is left of the new ones comes first, then what is owed.
    let mut talk = world.review(DAY1, &["--new", "12"]);
    let phases: Vec<String> = (0..12)
        .map(|_| {
            let question = talk.until("question");
            talk.say(json!({"grade": 4, "took_s": 5.0}));
            question["phase"].as_str().unwrap().to_owned()
        })
        .collect();
    let repeats = phases.iter().skip_while(|phase| *phase == "new");
    assert!(phases[0] == "new" && phases[11] == "repeat", "{phases:?}");
    assert!(repeats.clone().all(|phase| phase == "repeat"), "{phases:?}");
    talk.end();
}

#[test]
fn idle_time_does_not_count_and_a_chain_is_not_cut_off() {
    let world = World::with_deck(&recalls(40));
    let mut talk = world.review(DAY1, &["--new", "40"]);
    for _ in 0..3 {
        talk.answer(json!({"grade": 4, "took_s": 3600.0}));
    }
    let summary = talk.end();
    assert_eq!((&summary["elapsed_s"], &summary["counted_s"]), (&json!(10800.0), &json!(225.0)));
}

#[test]
fn the_start_says_which_new_cards_there_is_no_time_for() {
    let world = World::with_deck(&recalls(210));
    learn(&world, "2026-11-01T09:00:00Z", 200);
    let new = |more: &[&str]| {
        let session = world.review(DAY1, more).event("session");
        (session["new"].as_u64().unwrap(), session["new_waiting"].as_u64().unwrap())
    };
    assert_eq!(new(&["--new", "10"]), (10, 10));
    assert_eq!(new(&["--new", "10", "--minutes", "90"]), (10, 0));
    // Where the minutes decide, none is promised that would wait.
    assert_eq!(new(&[]), (0, 0));
}

#[test]
fn cram_leaves_the_schedule_alone() {
    let world = World::with_deck(&recalls(12));
    learn(&world, "2026-11-20T09:00:00Z", 10);
    let mut talk = world.review(DAY1, &["--limit", "6", "--new", "0"]);
    while talk.answer_next(grade(4)) {}
    talk.end();
    let state = |id: usize| {
        let mut card = world.card(&format!("mine/c{id}"));
        card.as_object_mut().unwrap().remove("reviews");
        card
    };
    // Six cards are due on the 27th, four were due yesterday, two are new.
    let before: Vec<Value> = (0..12).map(state).collect();
    let mut talk = world.talk(&["cram", "mine", "--json", "--now", "2026-11-22T09:00:00Z"]);
    assert_eq!(talk.event("session")["mode"], "cram");
    let mut asked = 0;
    while talk.answer_next(grade(4)) {
        asked += 1;
    }
    assert_eq!((asked, &talk.end()["left_due"]), (10, &json!(0)));
    for (id, before) in before.into_iter().enumerate() {
        if before["due"] != "2026-11-21" {
            assert_eq!(state(id), before);
        } else {
            assert_eq!(state(id)["interval_days"], 6, "a due card that is answered right is reviewed");
        }
    }
}

#[test]
fn cram_goes_round_what_is_weak() {
    let world = World::with_deck(&recalls(4));
    assert!(world.fails(1, &["cram", "mine", "--json"]).contains("nothing here is learned yet"));
    learn(&world, DAY1, 10);
    assert!(world.fails(1, &["cram", "--missed", "--json", "--now", DAY1]).contains("nothing here was missed"));
    let mut talk = world.talk(&["cram", "--json", "--seed", "1", "--now", "2026-11-21T20:00:00Z"]);
    for quality in [4, 1, 3, 4] {
        talk.answer(grade(quality));
    }
    let round = talk.event("round");
    assert_eq!((&round["round"], &round["asked"]), (&json!(1), &json!(4)));
    let weak: Vec<String> = serde_json::from_value(round["weak"].clone()).unwrap();
    assert_eq!(weak.len(), 2);
    talk.say(json!({"grade": 4}));
    assert!(talk.event("error")["message"].as_str().unwrap().contains("the round is over"));
    talk.say(json!({"again": true}));
    // The worst first.
    for card in &weak {
        let question = talk.event("question");
        assert_eq!(question["card"], **card);
        talk.answer(grade(if *card == weak[0] { 1 } else { 4 }));
    }
    assert_eq!(talk.event("round")["weak"], json!([weak[0]]));
    // What was answered last can still be mended.
    talk.say(json!({"flag": "last"}));
    assert_eq!(talk.event("flagged")["card"], *weak[1]);
    talk.say(json!({"regrade": 1}));
    talk.event("feedback");
    assert_eq!(talk.event("round")["weak"].as_array().unwrap().len(), 2);
    // And what was done last is taken back first: the grade, the flag, then the answer.
    for what in ["regrade", "flag", "answer"] {
        talk.say(json!({"undo": true}));
        let undone = talk.event("undone");
        assert_eq!((&undone["card"], &undone["what"]), (&json!(weak[1]), &json!(what)));
        if what != "answer" {
            assert_eq!(talk.event("round")["weak"], json!([weak[0]]));
        }
    }
    let question = talk.event("question");
    assert_eq!((&question["card"], &question["n"]), (&json!(weak[1]), &json!(6)));
    talk.answer(grade(4));
    assert_eq!(talk.event("round")["weak"], json!([weak[0]]));
    talk.say(json!({"quit": true}));
    assert_eq!(talk.event("summary")["answered"], 6);
    let mut talk = world.talk(&["cram", "--missed", "--json", "--now", "2026-11-22T09:00:00Z"]);
    talk.event("session");
    assert_eq!(talk.event("question")["card"], *weak[0]);
    assert_eq!(talk.end()["answered"], 0);
}

#[test]
fn a_plan_is_a_view_that_leaves_no_trace() {
    let world = World::with_deck(&recalls(30));
    let plan = |more: &[&str]| world.run(&[&["plan", "--now", "2026-12-05T09:00:00Z"], more].concat());
    // Three answers right: due after 15 days, on 2026-12-13.
    for day in ["2026-11-21", "2026-11-22", "2026-11-28"] {
        learn(&world, &format!("{day}T09:00:00Z"), if day == "2026-11-21" { 20 } else { 0 });
    }
    let due = || world.json(&["due", "--json", "--now", "2026-12-05T09:00:00Z"])["due"].clone();
    let cards = || (0..20).map(|id| world.card(&format!("mine/c{id}"))).collect::<Vec<_>>();
    let before = cards();
    assert_eq!(due(), 0);
    assert!(plan(&[]).out.contains("no interview is planned"));
    assert!(plan(&["--interview", "2026-12-05"]).err.contains("is not ahead: today is 2026-12-05"));
    assert!(plan(&["--interview", "2028-12-05"]).err.contains("more than a year ahead"));
    assert_eq!(plan(&["--interview", "tomorrow"]).code, 2);
    assert!(plan(&["--minutes", "20"]).err.contains("there is no plan yet"));

    let shown = plan(&["--interview", "2026-12-09"]).out;
    assert!(shown.starts_with("interview on 2026-12-09, in 4 days; 15 minutes a day\n"), "{shown}");
    let due_under_plan = |day: &str| world.json(&["due", "--json", "--now", &format!("{day}T09:00:00Z")]);
    assert_ne!(due_under_plan("2026-12-08")["due"], 0, "on the eve whatever gains is asked");
    assert_eq!(cards(), before, "the schedule itself is SM-2's");
    let report: Value = serde_json::from_str(&plan(&["--json"]).out).unwrap();
    let mine = report["topics"].as_array().unwrap().iter().find(|topic| topic["deck"] == "mine").unwrap();
    assert_eq!(mine["cards"], 30, "{report}");
    assert_eq!(report["days"].as_array().unwrap().len(), 4);

    // The interview's own day warms up, and meets nothing new; after it SM-2 alone decides.
    let the_day = due_under_plan("2026-12-09");
    assert_eq!((&the_day["due"], &the_day["new"]), (&json!(20), &json!(0)));
    assert_eq!(due_under_plan("2026-12-10")["due"], 0);
    assert!(plan(&["--clear"]).out.contains("is ended"));
    assert!(plan(&["--clear"]).out.contains("no plan to end"));
    assert_eq!(due(), 0);
    assert_eq!(cards(), before);
}

/// Answers a planned day: looks where that is wanted, and knows whatever was seen before. Gives the looks, the answers and
/// the seconds.
fn planned_day(world: &World, day: &str, more: &[&str]) -> (usize, usize, f64) {
    let mut talk = world.review(&format!("{day}T09:00:00Z"), more);
    let (mut looks, mut answers) = (0, 0);
    loop {
        let event = talk.next().unwrap();
        match event["event"].as_str() {
            Some("question") if event["first"] == "look" => {
                looks += 1;
                talk.say(json!({"look": true, "took_s": 10.0}));
            }
            Some("question") => {
                answers += 1;
                talk.say(json!({"grade": 4, "took_s": 20.0}));
            }
            Some("summary") => return (looks, answers, event["counted_s"].as_f64().unwrap()),
            _ => {}
        }
    }
}

#[test]
fn a_planned_day_has_one_box_and_new_cards_are_shown_then_tested() {
    let world = World::with_deck(&recalls(200));
    world.ok(&["plan", "--interview", "2026-12-05", "--now", DAY1]);
    let mut met = 0;
    for day in (21..=30).map(|d| format!("2026-11-{d}")).chain((1..=4).map(|d| format!("2026-12-0{d}"))) {
        let (looks, answers, seconds) = planned_day(&world, &day, &[]);
        assert!((870.0..=930.0).contains(&seconds) || met == 200, "{day}: {seconds}");
        assert!(answers + 1 >= looks, "{day}: each card that was shown has its test: {looks} looks, {answers} answers");
        met += looks;
        // The minutes of a day are the same wherever they are told.
        let told = &world.json(&["stats", "--json", "--now", &format!("{day}T23:00:00Z")])["days"];
        let minutes = told.as_array().unwrap().last().unwrap()["minutes"].as_f64().unwrap();
        assert!((minutes * 60.0 - seconds).abs() <= 3.0, "{day}: {minutes} minutes, {seconds} s");
        // A second sitting of the day finds nothing; more minutes can be asked for.
        assert_eq!(planned_day(&world, &day, &[]), (0, 0, 0.0), "{day}");
    }
    assert!(met > 100, "{met}");
    let (_, answers, _) = planned_day(&world, "2026-12-04", &["--minutes", "2"]);
    assert!(answers > 0);
}

#[test]
fn due_speaks_of_what_the_review_of_the_day_then_asks() {
    let world = World::with_deck(&recalls(200));
    world.ok(&["plan", "--interview", "2026-12-05", "--deck", "mine", "--now", DAY1]);
    for day in 21..=25 {
        let now = format!("2026-11-{day}T09:00:00Z");
        let due = world.json(&["due", "--json", "--now", &now]);
        let mut talk = world.review(&now, &[]);
        let session = talk.event("session");
        assert_eq!((&due["due"], &due["new"]), (&session["due"], &session["new"]), "{day}");
        assert!(due["due"] != 0 || day == 21, "{day}: {due}");
        // Every third one is missed, so that the learner is not whom the program takes them for.
        let mut asked = 0;
        let mut summary = Value::Null;
        while summary.is_null() {
            let event = talk.next().unwrap();
            match event["event"].as_str() {
                Some("summary") => summary = event,
                Some("question") if event["first"] == "look" => talk.say(json!({"look": true, "took_s": 10.0})),
                Some("question") => {
                    asked += 1;
                    talk.say(json!({"grade": if asked % 3 == 0 { 1 } else { 4 }, "took_s": 12.0}));
                }
                _ => {}
            }
        }
        // What its end says of the rest of the day and of those to come, other commands say too.
        let due = world.json(&["due", "--json", "--now", &now]);
        let today = &summary["today"];
        assert_eq!((&today["due"], &today["new"]), (&due["due"], &due["new"]), "{day}");
        let days = world.json(&["plan", "--json", "--now", &now])["days"].clone();
        for load in summary["load"].as_array().unwrap() {
            let planned = days.as_array().unwrap().iter().find(|planned| planned["day"] == load["day"]).unwrap();
            assert_eq!(planned["due"], load["due"], "{day}: {load}");
        }
    }
}

#[test]
fn a_look_is_in_the_log_and_its_test_is_owed_after_a_restart() {
    let world = World::with_deck(&recalls(20));
    world.ok(&["plan", "--interview", "2026-12-05", "--now", DAY1]);
    let mut talk = world.review(DAY1, &[]);
    let shown = talk.until("question");
    assert_eq!(shown["first"], "look");
    talk.say(json!({"look": true, "took_s": 10.0}));
    talk.end();
    let mut talk = world.review(DAY1, &["--limit", "100"]);
    let mut asked = Vec::new();
    while asked.len() < 30 {
        let question = talk.until("question");
        if question["card"] == shown["card"] {
            assert_eq!(question["first"], Value::Null, "it is asked and not shown again");
            return;
        }
        asked.push(question["card"].clone());
        talk.say(json!({"grade": 4, "took_s": 10.0}));
    }
    panic!("{} was not asked: {asked:?}", shown["card"]);
}

#[test]
fn what_a_plan_is_for_is_kept_with_it() {
    let world = World::with_deck(&recalls(30));
    let plan = |more: &[&str]| world.run(&[&["plan", "--now", "2026-12-05T09:00:00Z"], more].concat());
    let shown = plan(&["--interview", "2026-12-24", "--style", "broad", "--days-off", "sat,sun", "--deck", "mine"]).out;
    assert!(shown.contains("off on Sat, Sun; decks mine"), "{shown}");
    let json = |more: &[&str]| -> Value { serde_json::from_str(&plan(&[more, &["--json"]].concat()).out).unwrap() };
    let kept = json(&[]);
    assert_eq!((&kept["style"], &kept["minutes"]), (&json!("broad"), &json!(15)));
    assert!(kept["days"].as_array().unwrap().iter().all(|day| day["day"] != "2026-12-12"), "{kept}");
    assert_eq!(json(&["--minutes", "20"])["style"], "broad", "the minutes change nothing else");
    assert_eq!(json(&["--reset"])["style"], "balanced");
    assert_eq!(plan(&["--style", "quick"]).code, 2);
    assert_eq!(plan(&["--days-off", "funday"]).code, 2);
    assert!(plan(&["--deck", "latencies"]).err.contains("there is no deck"));
    // A day that is moved keeps the minutes, and what leaves no day is refused.
    assert_eq!(json(&["--interview", "2026-12-22"])["minutes"], 20);
    assert!(plan(&["--days-off", "mon,tue,wed,thu,fri,sat,sun"]).err.contains("leave one out of --days-off"));
    assert!(plan(&["--from", "2026-12-23"]).err.contains("--from takes an earlier day"));
    assert_eq!(json(&[])["days"].as_array().unwrap().len(), 17);
    plan(&["--style", "solid"]);
    plan(&["--clear"]);
    assert_eq!(json(&["--interview", "2026-12-24"])["style"], "balanced", "a plan that ended takes its wishes with it");
}

#[test]
fn a_card_is_flagged_while_it_is_open_or_after() {
    let world = World::with_deck(&recalls(2));
    let mut talk = world.review(DAY1, &[]);
    talk.say(json!({"flag": "last"}));
    assert!(talk.until("error")["message"].as_str().unwrap().contains("nothing was answered"));
    talk.say(json!({"flag": true}));
    let flagged = talk.event("flagged");
    assert_eq!(flagged["flagged"], true);
    let first = talk.answer(grade(4))["card"].clone();
    assert_eq!(first, flagged["card"]);
    talk.say(json!({"flag": "last"}));
    assert_eq!(talk.until("flagged"), json!({"event": "flagged", "card": first, "flagged": false}));
    // The card answered last is suspended; the open one stays open.
    talk.say(json!({"suspend": "last"}));
    let open = talk.event("question")["card"].clone();
    assert_ne!(open, first);
    talk.answer(grade(4));
    talk.end();
    assert_eq!(world.card(first.as_str().unwrap())["suspended"], true);
    assert_eq!(world.card(open.as_str().unwrap())["suspended"], false);
}

#[test]
fn a_leech_is_told_at_its_eighth_lapse() {
    let world = World::with_deck(&recalls(1));
    let mut day = chrono::NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
    let mut leeches = Vec::new();
    for lapse in 0..=12 {
        for quality in [4, 1] {
            let mut talk = world.review(&format!("{day}T09:00:00Z"), &[]);
            let feedback = talk.answer(grade(quality));
            assert_eq!(feedback["lapses"], lapse + u64::from(quality == 1));
            if feedback["leech"] == true {
                leeches.push(feedback["lapses"].as_u64().unwrap());
            }
            talk.kill();
            day = day.succ_opt().unwrap();
        }
    }
    assert_eq!(leeches, [8, 12]);
}

/// Journeys and clocks: what is due, asked and said.
#[test]
fn no_card_is_lost_or_asked_for_nothing_when_the_clock_jumps() {
    let world = World::with_deck(&recalls(3));
    learn(&world, "2026-11-22T09:00:00+13:00", 3);
    let due = |now: &str| world.json(&["due", "--json", "--now", now]);
    // From UTC+13 to UTC-10 it is the day before again: nothing is due, and nobody is told off for a journey.
    assert_eq!(due("2026-11-21T15:00:00-10:00")["due"], 0);
    let mut talk = world.review("2026-11-21T15:00:00-10:00", &[]);
    let session = talk.event("session");
    assert_eq!((&session["note"], &session["due"]), (&Value::Null, &json!(0)));
    talk.end();
    // And back: three cards on the day that they are due, once.
    assert_eq!(due("2026-11-23T08:00:00+13:00")["due"], 3);
    learn(&world, "2026-11-23T08:00:00+13:00", 0);
    assert_eq!(due("2026-11-23T23:00:00+13:00")["due"], 0);

    // A year back: it is said, nothing is due, and what is answered counts for the day that the clock says.
    let mut talk = world.review("2025-11-23T09:00:00Z", &[]);
    let note = talk.event("session")["note"].clone();
    assert!(note.as_str().unwrap().starts_with("the clock says 2025-11-23, but your latest answer is of 2026-11-23"));
    talk.end();
    let mut talk = world.talk(&["cram", "--all", "--deck", "mine", "--json", "--now", "2025-11-23T09:00:00Z"]);
    let card = talk.answer(grade(4))["card"].as_str().unwrap().to_owned();
    talk.kill();
    // What it says of the day is not moved past the answers of days to come.
    assert_eq!(world.card(&card)["reviews"][0]["day"], "2025-11-23");
    assert_eq!(world.card(&card)["due"], "2026-11-29");
    // Mended: the log is in order, and the card is due when it was.
    assert_eq!(due("2026-11-29T09:00:00Z")["due"], 3);
}

#[test]
fn days_follow_the_wall_clock_through_a_change_of_summer_time() {
    let world = World::with_deck(&recalls(1));
    let day = |now: &str| {
        let mut talk = world.review(now, &["--rollover-hour", "2"]);
        let day = talk.event("session")["day"].clone();
        talk.kill();
        day
    };
    // New York, 2026-11-01: 01:30 comes twice. 2026-03-08: 02:00 to 03:00 does not come.
    for (now, expected) in [
        ("2026-11-01T01:30:00-04:00", "2026-10-31"),
        ("2026-11-01T01:30:00-05:00", "2026-10-31"),
        ("2026-11-01T02:00:00-05:00", "2026-11-01"),
        ("2026-03-08T01:59:59-05:00", "2026-03-07"),
        ("2026-03-08T03:00:00-04:00", "2026-03-08"),
    ] {
        assert_eq!(day(now), expected, "{now}");
    }
}

/// Cards of three levels in two decks.
fn two_decks(world: &World) {
    let card = |id: usize| format!("{}level = {}\n", recall(&format!("c{id}")), id % 3 + 1);
    let cards: String = (0..200).map(card).collect();
    for deck in ["one", "two"] {
        world.deck(&format!("{deck}.toml"), format!("[deck]\nname = \"{deck}\"\ntitle = \"{deck}\"\n{cards}"));
    }
}

#[test]
fn what_a_plan_expects_of_some_answers_stays_what_it_is() {
    let world = World::new();
    two_decks(&world);
    let wishes = ["--interview", "2026-12-11", "--deck", "one", "--deck", "two"];
    world.ok(&[&["plan", "--now", DAY1], &wishes[..]].concat());
    let mut asked = 0;
    for day in [21, 22, 23, 25, 26, 29] {
        let mut talk = world.talk(&["review", "--json", "--seed", "1", "--now", &format!("2026-11-{day}T09:00:00Z")]);
        while let Some(event) = talk.next().filter(|event| event["event"] != "summary") {
            match event["event"].as_str() {
                Some("question") if event["first"] == "look" => talk.say(json!({"look": true, "took_s": 11.0})),
                Some("question") => {
                    asked += 1;
                    talk.say(
                        json!({"grade": if asked % 4 == 0 { 1 } else { 4 }, "took_s": 10.0 + f64::from(asked % 5)}),
                    );
                }
                _ => {}
            }
        }
    }
    let plan = |more: &[&str]| world.json(&[&["plan", "--json", "--now", "2026-11-30T09:00:00Z"], more].concat());
    let plans =
        [plan(&[]), plan(&["--style", "broad", "--minutes", "30"]), plan(&["--days-off", "sat", "--deck", "two"])];
    insta::assert_snapshot!("what_a_plan_expects", serde_json::to_string_pretty(&plans).unwrap());
    // What is said of all cards is the same in the statistics: of those that were taken out too.
    for card in ["one/c0", "two/c199"] {
        world.ok(&["suspend", card, "--now", "2026-11-30T09:00:00Z"]);
    }
    let plan = plan(&[]);
    let stats = world.json(&["stats", "--json", "--now", "2026-11-30T09:00:00Z"]);
    assert_eq!(plan["standing"], stats["total"]);
}

#[test]
fn new_cards_come_level_by_level_and_of_the_decks_in_turn() {
    let world = World::new();
    let decks = [("a", 1), ("b", 9), ("c", 3), ("d", 14)];
    // One of them comes after another, which is new itself.
    let (waits, after) = ("b/c0", "after = [\"b/c1\"]\n");
    let level = |id: usize| id / 4 % 3 + 1;
    for (deck, cards) in decks {
        let card = |id: usize| {
            let more = if format!("{deck}/c{id}") == waits { after } else { "" };
            format!("{}level = {}\n{more}", recall(&format!("c{id}")), level(id))
        };
        let cards: String = (0..cards).map(card).collect();
        world.deck(&format!("{deck}.toml"), format!("[deck]\nname = \"{deck}\"\ntitle = \"{deck}\"\n{cards}"));
    }
    let mut all = Vec::new();
    for of_level in 1..=3 {
        let of = |(deck, cards): (&str, usize)| {
            let ids = (0..cards).filter(|id| level(*id) == of_level).map(|id| format!("{deck}/c{id}"));
            ids.filter(|id| id != waits).collect::<Vec<_>>()
        };
        let mut decks: Vec<_> = decks.into_iter().map(|deck| of(deck).into_iter()).collect();
        (0..20).for_each(|_| decks.iter_mut().for_each(|deck| all.extend(deck.next())));
    }
    assert_eq!(all.len(), 26);
    for count in [1, 2, 3, 4, 5, 7, 10, 11, 15, 20, 26, 40] {
        let (count, wanted) = (count.min(all.len()), count.to_string());
        let of_decks = decks.map(|(deck, _)| ["--deck", deck]).concat();
        let args = ["review", "--json", "--minutes", "0", "--new", &wanted, "--now", DAY1];
        let mut talk = world.talk(&[&args[..], &of_decks].concat());
        let mut asked = Vec::new();
        while let Some(event) = talk.next().filter(|event| event["event"] != "summary") {
            if event["event"] == "question" {
                asked.push(event["card"].as_str().unwrap().to_owned());
                talk.say(json!({"skip": true}));
            }
        }
        asked.sort();
        let mut expected = all[..count].to_vec();
        expected.sort();
        assert_eq!(asked, expected, "{count}");
    }
}
