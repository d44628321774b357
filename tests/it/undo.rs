//! `undo` outside a session: the last thing that was done, whatever it was, and then what came before it.

use crate::harness::{World, grade, recall};
use serde_json::{Value, json};

const NOW: &str = "2026-11-21T09:00:00Z";

fn world() -> World {
    let world = World::with_deck(&recall("a"));
    world.json(&["due", "--json"]);
    world
}

/// Runs a command so many minutes after nine.
fn at(world: &World, minute: usize, args: &[&str]) -> String {
    world.ok(&[args, &["--now", &format!("2026-11-21T09:{minute:02}:00Z")]].concat())
}

/// How the card stands, what its note says, and which day is planned for.
fn standing(world: &World) -> Value {
    let card = world.card("mine/a");
    let plan = world.ok(&["plan", "--now", NOW]);
    let plan = ["2027-01-05", "2027-02-05"].into_iter().find(|day| plan.contains(day));
    let answers = card["reviews"].as_array().unwrap().iter().filter(|review| review["retracted"] == false).count();
    json!([card["suspended"], card["flagged"], answers, world.ok(&["note", "mine/a"]), plan])
}

#[test]
fn undo_goes_back_step_by_step_through_whatever_was_done() {
    let cases: [(&[&[&str]], &[&str]); 9] = [
        (&[&["suspend", "mine/a"]], &["took back the suspension of mine/a: it is new"]),
        (
            &[&["flag", "mine/a"], &["unflag", "mine/a"]],
            &[
                "took back the taking off of the flag on mine/a: it is flagged again",
                "took back the flag on mine/a: it is not",
            ],
        ),
        (
            &[&["note", "mine/a", "first"], &["note", "mine/a", "second"]],
            &[
                "took back the last note on mine/a: the note is again: first",
                "took back the last note on mine/a: it has no note",
            ],
        ),
        (
            &[&["answer"], &["suspend", "mine/a"]],
            &["took back the suspension of mine/a: it is due on", "took back the answer of 2026-11-21 to mine/a"],
        ),
        (
            &[&["suspend", "mine/a"], &["resume", "mine/a"]],
            &["took back the resumption of mine/a: it is suspended", "took back the suspension of mine/a: it is new"],
        ),
        (
            &[&["plan", "--interview", "2027-01-05"], &["plan", "--interview", "2027-02-05"]],
            &[
                "took back the plan for 2027-02-05: now it is for 2027-01-05",
                "took back the plan for 2027-01-05: no interview",
            ],
        ),
        (
            &[&["plan", "--interview", "2027-01-05"], &["plan", "--clear"]],
            &[
                "took back the end of the plan: now it is for 2027-01-05",
                "took back the plan for 2027-01-05: no interview",
            ],
        ),
        // A look, and not the plan before it.
        (
            &[&["plan", "--interview", "2027-01-05"], &["look"]],
            &["took back the look at mine/a: it is new", "took back the plan for 2027-01-05: no interview"],
        ),
        (
            &[&["note", "mine/a", "mine"], &["note", "mine/a", ""], &["flag", "mine/a"]],
            &["took back the flag", "the note is again: mine", "it has no note"],
        ),
    ];
    for (done, said) in cases {
        let world = world();
        let mut before = vec![standing(&world)];
        for (minute, args) in done.iter().enumerate() {
            match args {
                ["answer"] => {
                    let mut talk = world.review(NOW, &[]);
                    talk.answer(grade(4));
                    talk.end();
                }
                ["look"] => {
                    let mut talk = world.review("2026-11-21T09:10:00Z", &[]);
                    talk.until("question");
                    talk.say(json!({ "look": true }));
                    talk.event("answer");
                    talk.end();
                }
                args => drop(at(&world, minute + 1, args)),
            }
            before.push(standing(&world));
        }
        for (step, said) in said.iter().enumerate() {
            assert_eq!(Some(standing(&world)), before.pop(), "{done:?}");
            let heard = at(&world, 30 + step, &["undo"]);
            assert!(heard.contains(said), "{done:?}: {heard}");
        }
        assert_eq!(before, [standing(&world)], "{done:?}");
        assert!(at(&world, 59, &["undo"]).contains("there is nothing to take back"), "{done:?}");
        world.assert_sound();
    }
}

/// What a session took back is no thing that was done: it is not taken back once more.
#[test]
fn undo_after_a_session_does_not_bring_back_what_the_session_took_back() {
    let world = world();
    for _ in 0..2 {
        let mut talk = world.review(NOW, &[]);
        for reply in [json!({"flag": true}), json!({"undo": true}), json!({"suspend": true})] {
            talk.say(reply);
        }
        talk.end();
        assert!(at(&world, 1, &["undo"]).contains("took back the suspension of mine/a"));
        assert!(at(&world, 2, &["undo"]).contains("there is nothing to take back"));
    }
    world.assert_sound();
}

/// Of two copies of a file one takes a mark back: merged, both hold that, in either direction.
#[test]
fn what_was_taken_back_elsewhere_is_taken_back_after_a_merge() {
    let world = world();
    at(&world, 1, &["flag", "mine/a"]);
    at(&world, 2, &["suspend", "mine/a"]);
    let file = world.path("laptop.jsonl");
    std::fs::write(&file, world.ok(&["export"])).unwrap();
    let laptop = World::with_deck(&recall("a"));
    laptop.ok(&["import", file.to_str().unwrap()]);
    // What came in is nothing that was done here, but it can be taken back.
    assert!(at(&laptop, 3, &["undo"]).contains("took back the suspension of mine/a"));
    let laptop_db = laptop.db();
    world.ok(&["merge", laptop_db.to_str().unwrap()]);
    assert_eq!(standing(&world), standing(&laptop));
    assert_eq!(world.card("mine/a")["suspended"], false);
    assert!(at(&world, 4, &["undo"]).contains("took back the flag on mine/a"));
    world.assert_sound();
    laptop.assert_sound();
}
