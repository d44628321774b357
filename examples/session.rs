//! A day's review whose front end is a script: `cargo run --example session`.
//!
//! It shows all that a front end needs: a store, the decks, a day, and [`FrontEnd`], which shows events and hears replies.

use std::error::Error;
use std::path::Path;
use std::{fs, io};
use sysdrill::catalog::Catalog;
use sysdrill::clock::Clock;
use sysdrill::drive::{self, Awaited, Backend, Drive, FrontEnd, Heard};
use sysdrill::practice::{self, Daily, NewPerDay, ReviewOptions, Selection};
use sysdrill::schedule::Quality;
use sysdrill::session::{Event, Reply};
use sysdrill::store::Store;

const DECK: &str = r#"
[deck]
name = "mine"
title = "My numbers"

[[number]]
id = "our-peak"
ask = "Peak load of our own checkout, in requests a second?"
answer = "1.2k QPS"

[[recall]]
id = "outbox"
ask = "Which pattern keeps a database write and its event together?"
answer = "The transactional outbox."
"#;

/// Somebody who knows what to say to each card, and writes down what happens.
struct Script<'a> {
    lines: &'a mut Vec<String>,
}

impl FrontEnd for Script<'_> {
    fn show(&mut self, event: &Event) -> io::Result<()> {
        self.lines.push(match event {
            Event::Begun(begun) => format!("{}: {} due, {} new", begun.day, begun.due, begun.new),
            Event::Question(question) => format!("{}: {}", question.card, question.prompt),
            Event::Feedback(feedback) if feedback.correct => format!("  right: {}", feedback.expected),
            Event::Feedback(feedback) => format!("  wrong, it is {}", feedback.expected),
            Event::Refused { message, .. } => format!("  {message}"),
            Event::Summary(summary) => format!("{} of {} right", summary.correct, summary.answered),
            // A front end shows what it can; each event says what it is.
            _ => return Ok(()),
        });
        Ok(())
    }

    fn hear(&mut self, awaited: &Awaited) -> io::Result<Option<Heard>> {
        let Awaited::Question(question) = awaited else { return Ok(None) };
        let reply = match question.card.as_str() {
            "mine/our-peak" => Reply::Answer("1200/s".to_owned()),
            "mine/outbox" => Reply::Grade(Quality::GOOD),
            _ => Reply::Quit,
        };
        Ok(Some(Heard { reply: Ok(reply), took_s: 8.0, read_s: 0.0, confidence: None }))
    }
}

/// Reviews the deck above in an empty folder, on a clock that stands still, and gives what was shown.
fn review(folder: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    fs::write(folder.join("mine.toml"), DECK)?;
    let mut store = Store::open(&folder.join("sysdrill.db"), Box::new(rand::random))?;
    let catalog = Catalog::open(&mut store, folder, true, &mut |_, _| ())?;
    let mut clock = Clock::fixed("2026-11-21T09:00:00Z".parse()?, 4);
    let daily = Daily {
        day: clock.today(),
        now_ms: clock.now_ms(),
        minutes: 15,
        new_per_day: NewPerDay::Auto,
        show_first: false,
        decks_off: Vec::new(),
        without: Vec::new(),
    };
    let selection = Selection { decks: vec!["mine".to_owned()], ..Selection::default() };
    let options = ReviewOptions { scope: selection.scope(&catalog, &store, &daily)?, seed: 1, ..Default::default() };
    let ready = practice::review(&mut store, &catalog, daily, &options)?;
    let on = Backend { store: &mut store, supply: &ready.agenda, clock: &mut clock };
    let mut lines = Vec::new();
    drive::run(Drive::new(ready.session, ready.opening), on, &mut Script { lines: &mut lines })?;
    Ok(lines)
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    for line in review(folder.path())? {
        println!("{line}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn both_cards_are_asked_and_right() {
        let folder = tempfile::tempdir().unwrap();
        let lines = super::review(folder.path()).unwrap();
        assert_eq!(lines.first().unwrap(), "2026-11-21: 0 due, 2 new");
        for line in ["  right: 1.2k QPS", "  right: The transactional outbox."] {
            assert!(lines.iter().any(|shown| shown == line), "{line} is not in {lines:#?}");
        }
        assert_eq!(lines.last().unwrap(), "2 of 2 right");
    }
}
