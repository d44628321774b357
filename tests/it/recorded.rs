//! Sessions over JSON lines as they were recorded: the same replies get the same events, ids aside.
//!
//! A recording is a file of `recorded/`: `$` begins a command, `>` is what is said to it, `<` what it answered. All its commands
//! run in one world, with `recorded/deck.toml` as its only deck, or with a deck of the recording's own name. `SYSDRILL_RECORD=1 cargo test --test it recorded` writes the
//! answers anew; a change in them is a change of the protocol, and its commit says why.

use crate::harness::{Talk, World};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

const DECK: &str = include_str!("recorded/deck.toml");

/// No reply: its refusal tells that everything before it was answered.
const MARKER: &str = "{\"recorded\":true}";

/// Ids in the order in which they came.
#[derive(Default)]
struct Ids(Vec<String>);

impl Ids {
    /// The line with `id-1`, `id-2`... in place of ids, the same for the same one.
    fn hide(&mut self, line: &str) -> String {
        self.find(&serde_json::from_str(line).unwrap());
        let hidden = |line: String, (n, id): (usize, &String)| line.replace(id, &format!("id-{}", n + 1));
        self.0.iter().enumerate().fold(line.to_owned(), hidden)
    }

    fn find(&mut self, value: &Value) {
        match value {
            Value::String(text) if uuid::Uuid::parse_str(text).is_ok() && !self.0.contains(text) => {
                self.0.push(text.clone());
            }
            Value::Array(values) => values.iter().for_each(|value| self.find(value)),
            Value::Object(fields) => fields.values().for_each(|value| self.find(value)),
            _ => {}
        }
    }
}

/// Runs what a recording says and gives it with the answers of today.
fn replay(recording: &str, deck: &str) -> String {
    let world = World::new();
    world.deck("mine.toml", deck);
    let (mut ids, mut lines) = (Ids::default(), Vec::new());
    let said: Vec<&str> = recording.lines().filter(|line| !line.starts_with('<')).collect();
    let mut at = 0;
    while at < said.len() {
        let line = said[at];
        at += 1;
        lines.push(line.to_owned());
        let Some(command) = line.strip_prefix("$ ") else { continue };
        let args: Vec<&str> = command.split_whitespace().collect();
        let mut answered = |lines: &mut Vec<String>, event: &str| lines.push(format!("< {}", ids.hide(event)));
        let replies: Vec<&str> = said[at..].iter().map_while(|line| line.strip_prefix("> ")).collect();
        at += replies.len();
        if replies.is_empty() {
            let out = world.ok(&args);
            out.lines().for_each(|line| answered(&mut lines, line));
            continue;
        }
        let mut talk = world.talk(&args);
        until_it_waits(&mut talk, |event| answered(&mut lines, event));
        for reply in replies {
            lines.push(format!("> {reply}"));
            // What is said when all is over is not heard.
            let _ = talk.try_line(reply);
            until_it_waits(&mut talk, |event| answered(&mut lines, event));
        }
        talk.finish().iter().for_each(|event| answered(&mut lines, event));
    }
    lines.push(String::new());
    lines.join("\n")
}

/// Reads events until a reply is waited for, or the session is over.
fn until_it_waits(talk: &mut Talk, mut take: impl FnMut(&str)) {
    // A session that is over hears nothing.
    let _ = talk.try_line(MARKER);
    while let Some(line) = talk.next_line() {
        if line.contains("unknown key 'recorded'") {
            return;
        }
        take(&line);
    }
}

fn recordings() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/recorded");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut recordings: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|ext| ext == "txt")).collect();
    recordings.sort();
    recordings
}

#[test]
fn recorded_sessions_are_answered_as_they_were() {
    let recordings = recordings();
    assert!(recordings.len() >= 5, "{recordings:?}");
    for path in recordings {
        let recording = fs::read_to_string(&path).unwrap();
        let own = fs::read_to_string(path.with_extension("toml"));
        let today = replay(&recording, own.as_deref().unwrap_or(DECK));
        if std::env::var_os("SYSDRILL_RECORD").is_some() {
            fs::write(&path, today).unwrap();
            continue;
        }
        for (n, (was, is)) in recording.lines().zip(today.lines()).enumerate() {
            assert_eq!(was, is, "{}:{}", path.display(), n + 1);
        }
        assert_eq!(recording.lines().count(), today.lines().count(), "{}", path.display());
    }
}

/// The sessions in the manual of the protocol are what the program says.
#[test]
fn the_manual_of_the_protocol_is_true() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/protocol.md");
    let manual = fs::read_to_string(&path).unwrap();
    let mut today = String::new();
    let mut sessions = 0;
    for (n, part) in manual.split("```").enumerate() {
        let session = part.strip_prefix("session\n").filter(|_| n % 2 == 1);
        sessions += usize::from(session.is_some());
        let part = session.map_or_else(|| part.to_owned(), |session| format!("session\n{}", replay(session, DECK)));
        today += &(if n == 0 { part } else { format!("```{part}") });
    }
    assert!(sessions >= 7);
    if std::env::var_os("SYSDRILL_RECORD").is_some() {
        return fs::write(&path, today).unwrap();
    }
    for (n, (was, is)) in manual.lines().zip(today.lines()).enumerate() {
        assert_eq!(was, is, "docs/protocol.md:{}", n + 1);
    }
}

/// What is recorded leaves out nothing that can be said or heard.
#[test]
fn recordings_hold_every_kind_every_event_and_every_reply() {
    let all: String = recordings().iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let heard = |what: Value| {
        let fields = what.as_object().unwrap().clone();
        let (key, value) = fields.iter().next().unwrap();
        all.lines().filter_map(|line| line.strip_prefix("< ")).any(|line| {
            let event: Value = serde_json::from_str(line).unwrap();
            event[key] == *value
        })
    };
    for kind in ["number", "estimate", "recall", "mistake", "probe", "matrix", "choice", "cloze"] {
        assert!(heard(json!({ "kind": kind })), "{kind}");
    }
    for event in ["session", "question", "answer", "feedback", "undone", "flagged", "round", "error", "summary"] {
        assert!(heard(json!({ "event": event })), "{event}");
    }
    for phase in ["new", "learning", "review", "lapsed", "repeat"] {
        assert!(heard(json!({ "phase": phase })), "{phase}");
    }
    for action in [
        "answer", "reveal", "grade", "said", "blank", "look", "regrade", "undo", "skip", "suspend", "flag", "again",
        "quit", "took_s",
    ] {
        let said = |line: &str| line.starts_with('>') && line.contains(&format!("\"{action}\":"));
        assert!(all.lines().any(said), "{action}");
    }
}
