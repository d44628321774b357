//! Rows from elsewhere and from a wrong clock: nothing that comes in stops a session, and nothing that was done here is
//! taken for something else.

use crate::harness::{World, grade, recall};
use serde_json::{Value, json};
use std::fs;
use std::io::Write;
use std::process::Stdio;

const NOW: &str = "2026-11-21T09:00:00Z";

fn learned(cards: &[&str]) -> World {
    let world = World::with_deck(&cards.iter().copied().map(recall).collect::<String>());
    let mut talk = world.review(NOW, &[]);
    cards.iter().for_each(|_| drop(talk.answer(grade(4))));
    talk.end();
    world
}

/// A line of an export with another id, card and time, and what else is said.
fn review_line(n: u8, card: &str, more: &Value) -> String {
    let id = format!("019a0000-0000-7000-8000-0000000000{n:02x}");
    let mut review = json!({
        "id": id, "card": card, "at": 1_795_000_000_000_i64 + i64::from(n), "day": "2026-11-18", "quality": 4,
        "session": id, "mode": "review", "kind": "recall", "took_ms": 1000, "prompt": "?", "given": null, "ratio": null,
        "slip": null, "seed": null, "drawn": null, "steps": null,
    });
    review.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({"review": review}).to_string()
}

fn export_of(lines: &[String]) -> String {
    format!("{{\"sysdrill\":{{\"export\":1}}}}\n{}\n", lines.join("\n"))
}

fn import(world: &World, text: &str) -> crate::harness::Ran {
    let file = world.path("in.jsonl");
    fs::write(&file, text).unwrap();
    world.run(&["import", file.to_str().unwrap()])
}

#[test]
fn undo_after_an_import_takes_back_what_was_answered_here() {
    let world = learned(&["a", "b"]);
    let ran = import(&world, &export_of(&[review_line(1, "mine/c", &json!({})), review_line(2, "mine/d", &json!({}))]));
    assert_eq!(ran.code, 0, "{}", ran.err);
    let said = world.ok(&["undo"]);
    assert!(said.contains("mine/a") || said.contains("mine/b"), "another computer's answer was taken back: {said}");
    world.assert_sound();
}

#[test]
fn an_import_that_no_session_could_read_is_refused_whole() {
    let world = learned(&["a"]);
    let before = world.ok(&["export"]);
    for (more, said) in [
        (json!({"steps": "no JSON"}), "'steps' is a JSON list of a chain's steps, not \"no JSON\""),
        (json!({"steps": "{}"}), "'steps' is a JSON list"),
        (json!({"steps": "[{\"step\":1}]"}), "'steps' is a JSON list"),
        (json!({"drawn": "[1]"}), "'drawn' is a JSON object of texts"),
        (json!({"drawn": "{\"dau\":5}"}), "'drawn' is a JSON object of texts"),
        (json!({"options": "x"}), "'options' is a JSON list of texts"),
        (json!({"confidence": 51}), "'confidence' is 50, 80 or 95, not 51"),
        (json!({"took_ms": -1}), "'took_ms' is a number of milliseconds"),
        (json!({"took_ms": "1"}), "'took_ms' is a number of milliseconds"),
        (json!({"at": 1_i64 << 62}), "'at' is a time in milliseconds since 1970, in the years 0 to 9999"),
        (json!({"day": "99999-01-01"}), "'day' is a day in the years 0 to 9999"),
        (json!({"card": "mine"}), "'card' is a card's id, not \"mine\""),
        (json!({"ratio": "much"}), "'ratio' is a number"),
        (json!({"seed": 1_i64 << 53}), "'seed' is a seed below 2^53"),
        (json!({"prompt": null}), "'prompt' is a text, not null"),
        (json!({"mood": "good"}), "a review has no 'mood'"),
    ] {
        let sound = review_line(1, "mine/c", &json!({}));
        let ran = import(&world, &export_of(&[sound, review_line(2, "mine/d", &more)]));
        assert_eq!(ran.code, 1, "{more} came in");
        assert!(ran.err.contains("line 3: ") && ran.err.contains(said), "{more}: {}", ran.err);
        assert_eq!(world.ok(&["export"]), before, "{more}");
    }
}

#[test]
fn an_answer_that_nobody_can_read_stops_no_session_and_is_kept_by_repair() {
    let world = learned(&["a", "b"]);
    for column in ["steps", "drawn"] {
        let sql = format!("UPDATE review SET {column} = 'no JSON', sum = NULL WHERE card = 'mine/a'");
        world.sql().execute_batch(&sql).unwrap();
    }
    let now = ["--now", "2026-11-22T09:00:00Z"];
    for command in [&["due"][..], &["stats"], &["plan"], &["card", "mine/a"], &["decks"]] {
        world.ok(&[command, &now].concat());
    }
    for command in [&["review", "--json", "--deck", "mine"][..], &["quiz", "--json"], &["cram", "--json", "mine"]] {
        let mut talk = world.talk(&[command, &now].concat());
        talk.event("session");
        talk.end();
    }
    let said = world.run(&["doctor"]);
    assert!(said.code == 1 && said.out.contains("the column drawn is damaged"), "{}{}", said.out, said.err);
    world.ok(&["doctor", "--repair"]);
    assert_eq!(world.card("mine/a")["reviews"].as_array().unwrap().len(), 1, "the answer itself was lost");
    world.assert_sound();
}

#[test]
fn settings_in_an_import_that_no_command_could_read_are_not_written() {
    let world = World::new();
    for settings in ["minutes = \"many\"", "rollover_hour = 99", "nonsense", "unknown = 1"] {
        let line = json!({"settings": {"file": settings}}).to_string();
        let ran = import(&world, &export_of(&[line, review_line(1, "mine/a", &json!({}))]));
        assert!(ran.code == 1 && ran.err.contains("line 2: "), "{settings}: {}{}", ran.out, ran.err);
        assert!(!world.path("config/config.toml").exists(), "{settings}");
    }
    let ran = import(&world, &export_of(&[json!({"settings": {"file": "minutes = 5\n"}}).to_string()]));
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(fs::read_to_string(world.path("config/config.toml")).unwrap(), "minutes = 5\n");
}

#[test]
fn an_import_from_a_slow_pipe_holds_no_session_up() {
    let world = learned(&["a", "b"]);
    let mut slow = world.command(&["import", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut pipe = slow.stdin.take().unwrap();
    writeln!(pipe, "{{\"sysdrill\":{{\"export\":1}}}}").unwrap();
    writeln!(pipe, "{}", review_line(1, "mine/c", &json!({}))).unwrap();
    pipe.flush().unwrap();
    // While the sender thinks, answers are saved.
    let mut talk = world.review("2026-11-22T09:00:00Z", &[]);
    talk.answer(grade(4));
    talk.answer(grade(4));
    talk.end();
    drop(pipe);
    let done = slow.wait_with_output().unwrap();
    assert!(done.status.success());
    assert!(String::from_utf8(done.stdout).unwrap().starts_with("1 review "));
    world.assert_sound();
}

#[test]
fn a_cut_export_is_never_taken_for_a_whole_one() {
    let world = learned(&["a", "b"]);
    world.ok(&["flag", "mine/a"]);
    let text = world.ok(&["export"]);
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    assert_eq!(lines.last().unwrap(), &"{\"end\":{\"rows\":3}}\n");
    let elsewhere = World::new();
    for kept in 0..lines.len() {
        let ran = import(&elsewhere, &lines[..kept].concat());
        assert_eq!(ran.code, 1, "{kept} lines of {} came in as whole", lines.len());
    }
    for left_out in 1..4 {
        let without: String = lines.iter().enumerate().filter(|(n, _)| *n != left_out).map(|(_, line)| *line).collect();
        let ran = import(&elsewhere, &without);
        assert!(ran.code == 1 && ran.err.contains("some are missing"), "{left_out}: {}{}", ran.out, ran.err);
    }
    let twice = import(&elsewhere, &format!("{text}{}", lines[1]));
    assert!(twice.code == 1 && twice.err.contains("the export ended before this line"), "{}", twice.err);
    assert!(elsewhere.ok(&["export"]).lines().count() == 2, "something of a cut export came in");
    let whole = import(&elsewhere, &text);
    assert_eq!((whole.code, whole.out.lines().count()), (0, 2), "{}", whole.err);
}

#[test]
fn an_export_of_form_1_is_read_and_said_to_have_no_end() {
    let world = World::with_deck(&recall("c"));
    let ran = import(&world, &export_of(&[review_line(1, "mine/c", &json!({}))]));
    assert!(ran.code == 0 && ran.out.contains("has no last line that says how much there should be"), "{}", ran.out);
    assert_eq!(world.card("mine/c")["due"], "2026-11-19");
}

#[test]
fn answers_of_the_first_and_the_last_year_come_out_of_an_export_as_they_went_in() {
    for now in ["0000-01-01T09:00:00Z", "1969-12-31T23:59:59Z", "9999-12-31T23:00:00Z"] {
        let world = World::with_deck(&recall("a"));
        let mut talk = world.review(now, &[]);
        talk.answer(grade(4));
        talk.end();
        let elsewhere = World::with_deck(&recall("a"));
        let text = world.ok(&["export", "--now", now]);
        let ran = import(&elsewhere, &text);
        assert_eq!(ran.code, 0, "{now}: {}", ran.err);
        assert_eq!(elsewhere.ok(&["export", "--now", now]), text, "{now}");
    }
}

#[cfg(unix)]
#[test]
fn an_export_is_the_users_alone_and_half_of_one_is_never_left() {
    use std::os::unix::fs::PermissionsExt;
    let world = learned(&["a"]);
    let file = world.path("all.jsonl");
    world.ok(&["export", "--to", file.to_str().unwrap()]);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    // A row that cannot be read stops it, after others were written.
    world.sql().execute_batch("UPDATE review SET card = 'no id', sum = NULL").unwrap();
    let half = world.path("half.jsonl");
    world.fails(1, &["export", "--to", half.to_str().unwrap()]);
    let left: Vec<String> = fs::read_dir(world.path("."))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.contains("half"))
        .collect();
    assert_eq!(left, Vec::<String>::new());
}

#[test]
fn one_answer_in_2099_holds_no_card_back() {
    let world = learned(&["a", "b"]);
    let mut talk = world.review("2099-11-22T09:00:00Z", &[]);
    let ahead = talk.answer(grade(4))["card"].as_str().unwrap().to_owned();
    talk.kill();
    let at = |day: &str| format!("2026-11-{day}T09:00:00Z");
    let card = |now: &str| world.json(&["card", &ahead, "--json", "--now", now]);
    assert_eq!(card(&at("22"))["due"], "2026-11-22", "the card waits for 2099");
    assert_eq!(world.ok(&["due", "--short", "--now", &at("22")]), "2\n");
    // What is answered right now counts now, and its time is the clock's.
    let mut talk = world.review(&at("22"), &[]);
    for _ in 0..2 {
        assert_eq!(talk.answer(grade(4))["interval_days"], 6);
    }
    talk.end();
    assert_eq!(card(&at("23"))["due"], "2026-11-28");
    // It is named, and can be taken back by name without what came since.
    let said = world.ok(&["doctor", "--now", &at("23")]);
    assert!(said.contains(&format!("{ahead}: answered on 2099-11-22, and today is 2026-11-23")), "{said}");
    let id = said.split("(answer ").nth(1).unwrap().split(')').next().unwrap();
    let taken = world.ok(&["undo", "--review", id, "--now", &at("23")]);
    assert!(taken.starts_with("took back the answer of 2099-11-22") && taken.contains("due on 2026-11-28"), "{taken}");
    assert!(!world.ok(&["doctor", "--now", &at("23")]).contains("answered on 2099"));
    assert!(world.fails(1, &["undo", "--review", id]).contains("was taken back already"));
    assert!(world.fails(1, &["undo", "--review", "x"]).contains("'x' is no answer's id"));
    assert!(world.fails(1, &["undo", "mine/never"]).contains("no answer to mine/never is left to take back"));
}

#[test]
fn undo_of_a_card_takes_back_its_latest_answer_and_no_other_cards() {
    let world = learned(&["a", "b", "c"]);
    let said = world.ok(&["undo", "mine/a"]);
    assert!(said.contains("to mine/a"), "{said}");
    assert_eq!((&world.card("mine/a")["due"], &world.card("mine/b")["due"]), (&Value::Null, &json!("2026-11-22")));
    world.assert_sound();
}

#[test]
fn what_a_wrong_clock_suspended_can_be_resumed_today() {
    let world = learned(&["a"]);
    world.ok(&["suspend", "mine/a", "--now", "2099-01-01T09:00:00Z"]);
    assert_eq!(world.card("mine/a")["suspended"], true);
    world.ok(&["resume", "mine/a", "--now", "2026-11-22T09:00:00Z"]);
    for now in ["2026-11-22T10:00:00Z", "2027-01-01T10:00:00Z", "2100-01-01T10:00:00Z"] {
        assert_eq!(world.ok(&["due", "--short", "--now", now]), "1\n", "{now}");
    }
}

#[test]
fn an_interview_in_a_thousand_years_makes_no_command_endless() {
    let world = learned(&["a"]);
    let mark = json!({"mark": {"id": "019a0000-0000-7000-8000-0000000000ff", "card": "",
        "what": "interview 3026-12-01 15", "at": 1_795_000_000_000_i64}});
    assert_eq!(import(&world, &export_of(&[mark.to_string()])).code, 0);
    let now = ["--now", "2026-11-22T09:00:00Z"];
    for command in [&["plan"][..], &["due"], &["stats"]] {
        world.ok(&[command, &now].concat());
    }
    let said = world.ok(&[&["doctor"][..], &now].concat());
    assert!(said.contains("the interview of 3026-12-01 is more than ten years away"), "{said}");
}

#[test]
fn an_index_that_lies_hides_no_card() {
    for lie in [
        "UPDATE card SET block_hash = block_hash + 1",
        "UPDATE card SET block_end = block_end - 1",
        "UPDATE card SET block_start = -5",
        "UPDATE deck SET defaults = '{' WHERE name = 'mine'",
        "UPDATE deck_file SET path = path || 'x'",
    ] {
        let world = learned(&["a", "b"]);
        world.sql().execute_batch(lie).unwrap();
        assert!(world.ok(&["card", "mine/a"]).contains("What is a?"), "{lie}");
        world.sql().execute_batch(lie).unwrap();
        let mut talk = world.review("2026-11-22T09:00:00Z", &[]);
        for _ in 0..2 {
            talk.answer(grade(4));
        }
        assert_eq!(talk.end()["answered"], 2, "{lie}: a card was passed over in silence");
        world.sql().execute_batch(lie).unwrap();
        world.ok(&["doctor"]);
        assert!(world.ok(&["card", "mine/b"]).contains("What is b?"), "{lie}");
    }
    let world = learned(&["a"]);
    world.sql().execute_batch("UPDATE card SET block_hash = block_hash + 1 WHERE name = 'mine/a'").unwrap();
    let said = world.ok(&["doctor"]);
    assert!(said.contains("mine/a is not what its file says") && said.contains("was made anew"), "{said}");
    assert!(!world.ok(&["doctor"]).contains("made anew"));
}

#[test]
fn what_another_version_of_the_memory_model_left_is_made_anew_and_no_damage() {
    let world = learned(&["a", "b"]);
    let trace =
        || -> f64 { world.sql().query_row("SELECT sum(stability_days) FROM trace", [], |row| row.get(0)).unwrap() };
    let kept = trace();
    world
        .sql()
        .execute_batch("UPDATE trace SET stability_days = 99; UPDATE trace_model SET made_by = 'fsrs 1'")
        .unwrap();
    world.assert_sound();
    assert!((trace() - kept).abs() < 1e-9);
}

#[test]
fn an_export_with_a_byte_order_mark_comes_in_from_a_file_and_a_pipe() {
    let text = format!("\u{feff}{}", export_of(&[review_line(1, "mine/c", &json!({}))]));
    let world = World::new();
    let ran = import(&world, &text);
    assert!(ran.code == 0 && ran.out.starts_with("1 review "), "{}{}", ran.out, ran.err);
    let piped = World::new();
    let mut child = piped.command(&["import", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let done = child.wait_with_output().unwrap();
    assert!(String::from_utf8(done.stdout).unwrap().starts_with("1 review "));
}

#[test]
fn an_export_that_another_program_wrote_anew_comes_in_too() {
    let text = export_of(&[review_line(1, "mine/c", &json!({}))]);
    let spaced = text.replace("\":", "\": ").replacen('{', "{ ", 1);
    let pretty: Vec<String> = text
        .lines()
        .map(|line| serde_json::to_string_pretty(&serde_json::from_str::<Value>(line).unwrap()).unwrap())
        .collect();
    for text in [spaced, pretty.join("\n")] {
        let world = World::new();
        let ran = import(&world, &text);
        assert!(ran.code == 0 && ran.out.starts_with("1 review "), "{text}: {}{}", ran.out, ran.err);
        // The deck did not come with it.
        assert!(
            ran.out.contains("1 card of the log is in no deck here: mine/c. An export has no decks"),
            "{}",
            ran.out
        );
    }
    let world = World::with_deck(&recall("c"));
    assert!(!import(&world, &text).out.contains("no deck"), "the deck is here");
}

#[test]
fn what_is_nothing_that_can_be_imported_is_refused_with_what_can() {
    let world = World::new();
    for bytes in [&b"\x89PNG\r\n"[..], b"%PDF-1.7", b"\x00\x01\x02", b"<html></html>"] {
        fs::write(world.path("some.file"), bytes).unwrap();
        let err = world.fails(1, &["import", world.path("some.file").to_str().unwrap()]);
        assert!(err.contains("some.file: ") && err.contains("an export of sysdrill"), "{bytes:?}: {err}");
    }
}
