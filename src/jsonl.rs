//! Everything a program sees and types: one JSON object a line, on standard input and output.

use crate::clock::Stopwatch;
use crate::deck::nearest;
use crate::drive::{Awaited, FrontEnd, Heard};
use crate::schedule::Quality;
use crate::session::{Event, ODDS, Refusal, Reply, Which};
use crate::shown;
use serde_json::{Map, Value};
use std::io::{self, BufRead, Read, Write};

/// The longest line that is read, in bytes.
const LONGEST_LINE: u64 = 64 * 1024;
const ACTIONS: [&str; 16] = [
    "answer", "reveal", "grade", "said", "blank", "look", "regrade", "undo", "skip", "suspend", "flag", "show", "edit",
    "edited", "again", "quit",
];
/// More than a week over one answer is a slip of the pen.
const LONGEST_S: f64 = 1e6;
/// What a reply may say of its time, in seconds.
const TIMES: [&str; 2] = ["took_s", "read_s"];
/// What an answer may say of itself.
const CONFIDENCE: &str = "confidence";

/// The JSON-lines front end over any pair of streams.
pub struct JsonLines<R, W> {
    input: R,
    output: W,
    /// Measures the replies that do not say how long they took.
    stopwatch: Stopwatch,
}

impl<R: BufRead, W: Write> JsonLines<R, W> {
    /// Reads replies from `input`, writes events to `output`.
    pub fn new(input: R, output: W, stopwatch: Stopwatch) -> Self {
        Self { input, output, stopwatch }
    }

    /// The next line that is not empty; none at the end.
    fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        loop {
            let mut line = Vec::new();
            if self.input.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)? == 0 {
                return Ok(None);
            }
            if !line.ends_with(b"\n") && line.len() as u64 == LONGEST_LINE {
                self.input.skip_until(b'\n')?;
            }
            if !line.trim_ascii().is_empty() {
                return Ok(Some(line));
            }
        }
    }
}

impl<R: BufRead, W: Write> FrontEnd for JsonLines<R, W> {
    fn show(&mut self, event: &Event) -> io::Result<()> {
        if matches!(event, Event::Dismissed { .. }) {
            return Ok(());
        }
        shown::json(&mut self.output, event)?;
        self.output.write_all(b"\n")?;
        self.output.flush()
    }

    fn hear(&mut self, _: &Awaited) -> io::Result<Option<Heard>> {
        self.stopwatch.reset();
        let Some(line) = self.line()? else { return Ok(None) };
        let measured_s = self.stopwatch.time().as_secs_f64();
        Ok(Some(match parse(&line) {
            Ok(Said { reply, took_s, read_s, confidence }) => Heard {
                reply: Ok(reply),
                took_s: took_s.unwrap_or(measured_s),
                read_s: read_s.unwrap_or_default(),
                confidence,
            },
            Err(refusal) => Heard { reply: Err(refusal), took_s: measured_s, read_s: 0.0, confidence: None },
        }))
    }
}

/// What a line says.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// The reply.
    pub reply: Reply,
    /// The seconds that it says it took.
    pub took_s: Option<f64>,
    /// The seconds that it says were spent on the feedback before.
    pub read_s: Option<f64>,
    /// How sure the learner was, in percent.
    pub confidence: Option<u8>,
}

/// Reads a reply.
///
/// # Errors
/// Whatever is not one action, with the actions there are.
pub fn parse(line: &[u8]) -> Result<Said, Refusal> {
    let refuse = |message: String| Err(Refusal::new(message));
    if line.len() as u64 >= LONGEST_LINE {
        return refuse(format!("a reply is one line of at most {LONGEST_LINE} bytes"));
    }
    let object: Map<String, Value> = match serde_json::from_slice(line) {
        Ok(Value::Object(object)) => object,
        Ok(_) => return refuse(format!("a reply is a JSON object with one of {}", ACTIONS.join(", "))),
        Err(error) => {
            let message = format!("this is no JSON: {error}");
            let column = Some(error.column()).filter(|column| *column > 0);
            return Err(Refusal { column, ..Refusal::new(message) });
        }
    };
    if let Some(unknown) = object.keys().find(|key| !is_aside(key) && !ACTIONS.contains(&key.as_str())) {
        let known = ACTIONS.iter().copied().chain(TIMES).chain([CONFIDENCE]);
        let hint = match nearest(unknown, known.clone()).first() {
            Some(near) => format!("did you mean {near}?"),
            None => format!("there are {}", known.collect::<Vec<_>>().join(", ")),
        };
        return refuse(format!("unknown key '{unknown}': {hint}"));
    }
    let seconds = |key: &str| match object.get(key) {
        None => Ok(None),
        Some(value) => match value.as_f64().filter(|s| (0.0..=LONGEST_S).contains(s)) {
            Some(seconds) => Ok(Some(seconds)),
            None => Err(Refusal::new(format!("{key} is a number of seconds, 0 to {LONGEST_S}"))),
        },
    };
    let [took_s, read_s] = TIMES.map(seconds);
    let mut actions = object.iter().filter(|(key, _)| !is_aside(key));
    let (Some((action, value)), None) = (actions.next(), actions.next()) else {
        return refuse(format!("a reply has one action: one of {}", ACTIONS.join(", ")));
    };
    let confidence = match object.get(CONFIDENCE) {
        None => None,
        // Whoever has seen the answer is always sure.
        Some(_) if !["answer", "reveal"].contains(&action.as_str()) => {
            return refuse(format!("{CONFIDENCE} goes with answer or reveal: it is said before the answer is shown"));
        }
        Some(value) => match ODDS.into_iter().find(|odds| value.as_u64() == Some(u64::from(*odds))) {
            Some(odds) => Some(odds),
            None => return refuse(format!("{CONFIDENCE} is how sure you are in percent: 50, 80 or 95")),
        },
    };
    Ok(Said { took_s: took_s?, read_s: read_s?, confidence, reply: reply(action, value)? })
}

/// Whether a key is no action, but says something about it.
fn is_aside(key: &str) -> bool {
    TIMES.contains(&key) || key == CONFIDENCE
}

fn reply(action: &str, value: &Value) -> Result<Reply, Refusal> {
    let wanted = |what: &str| Refusal::new(format!("{action} takes {what}, not {value}"));
    let plain = |reply: Reply| if *value == Value::Bool(true) { Ok(reply) } else { Err(wanted("true")) };
    let which = |reply: fn(Which) -> Reply| match value {
        Value::Bool(true) => Ok(reply(Which::Open)),
        Value::String(last) if last == "last" => Ok(reply(Which::Last)),
        _ => Err(wanted("true, or \"last\" for the card answered last")),
    };
    match action {
        "answer" => match value {
            Value::String(text) => Ok(Reply::Answer(text.clone())),
            Value::Number(number) => Ok(match number.as_u64().and_then(|n| usize::try_from(n).ok()) {
                Some(index) => Reply::Pick(index),
                None => Reply::Answer(number.to_string()),
            }),
            _ => Err(wanted("a text or a number")),
        },
        "grade" => quality(value).map(Reply::Grade).ok_or_else(|| wanted("again, hard, good, easy or 0 to 5")),
        "regrade" => quality(value).map(Reply::Regrade).ok_or_else(|| wanted("again, hard, good, easy or 0 to 5")),
        "said" => {
            let points = value.as_array().map(|points| points.iter().map(index).collect::<Option<Vec<_>>>());
            points.flatten().map(Reply::Said).ok_or_else(|| wanted("a list of points, numbered from 0"))
        }
        "reveal" => plain(Reply::Reveal),
        "blank" => plain(Reply::Blank),
        "look" => plain(Reply::Look),
        "undo" => plain(Reply::Undo),
        "skip" => plain(Reply::Skip),
        "suspend" => which(Reply::Suspend),
        "flag" => which(Reply::Flag),
        "show" => {
            let id = value.as_str().and_then(|id| id.parse().ok());
            id.map(Reply::Show).ok_or_else(|| wanted("a card's id, such as latency/l1-cache-hit"))
        }
        "edit" => which(Reply::Edit),
        "edited" => match value {
            Value::Bool(true) => Ok(Reply::Edited(None)),
            Value::String(note) => Ok(Reply::Edited(Some(note.clone()))),
            _ => Err(wanted("true, or what a note says now")),
        },
        "again" => plain(Reply::Again),
        _ => plain(Reply::Quit),
    }
}

fn index(value: &Value) -> Option<usize> {
    value.as_u64().and_then(|n| usize::try_from(n).ok())
}

fn quality(value: &Value) -> Option<Quality> {
    match value {
        Value::String(word) => match word.as_str() {
            "again" => Some(Quality::AGAIN),
            "hard" => Some(Quality::HARD),
            "good" => Some(Quality::GOOD),
            "easy" => Some(Quality::EASY),
            _ => None,
        },
        _ => value.as_i64().and_then(Quality::new),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_beside_an_action() {
        let said = parse(br#"{"answer":"1","took_s":2,"read_s":3.5}"#).unwrap();
        assert_eq!((said.took_s, said.read_s), (Some(2.0), Some(3.5)));
        for bad in [r#"{"answer":"1","read_s":-1}"#, r#"{"answer":"1","read_s":"1"}"#, r#"{"read_s":1}"#] {
            assert!(parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
