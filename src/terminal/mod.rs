//! Everything a person sees and types.
//!
//! Here belong keys, line editing, colour and layout; [`screen`] turns events into text and can be read
//! without a terminal. What a reply means is not decided here.

mod input;
mod mode;
pub mod screen;

pub use mode::Mode;

use crate::drive::{FrontEnd, Heard};
use crate::schedule::Quality;
use crate::session::{Event, Form, Question, Refusal, Reply, Round, Which};
use console::{Key, Term, style};
use input::{Command, Typed};
use screen::Shown;
use std::io;

/// The grades that keys stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// 1 Again, 2 Hard, 3 Good, 4 Easy.
    FourKeys,
    /// 0 to 5, as SM-2 has them.
    Full,
}

impl Scale {
    fn quality(self, key: char) -> Option<Quality> {
        let digit = i64::from(key.to_digit(10)?);
        match self {
            Self::Full => Quality::new(digit),
            Self::FourKeys => match digit {
                1 => Some(Quality::AGAIN),
                2 => Some(Quality::HARD),
                3 => Some(Quality::GOOD),
                4 => Some(Quality::EASY),
                _ => None,
            },
        }
    }

    fn keys(self) -> &'static str {
        match self {
            Self::FourKeys => "1 Again  2 Hard  3 Good  4 Easy",
            Self::Full => "0 blackout  1-2 wrong  3 hard  4 good  5 perfect",
        }
    }
}

/// The terminal front end.
pub struct Terminal {
    term: Term,
    scale: Scale,
    /// What of the open question is on the screen.
    shown: Shown,
    /// A probe's points, once they are shown.
    points: Vec<String>,
}

impl Terminal {
    /// A front end on this terminal.
    pub fn new(term: Term, scale: Scale) -> Self {
        Self { term, scale, shown: Shown::default(), points: Vec::new() }
    }

    fn width(&self) -> usize {
        screen::width(self.term.size().1.into())
    }

    fn print(&self, text: &str) -> io::Result<()> {
        for line in text.lines() {
            self.term.write_line(line)?;
        }
        Ok(())
    }

    /// Waits for a key and prints what it stands for.
    fn key(&self, hint: &str) -> io::Result<Key> {
        // A hint that wraps could not be cleared again.
        let hint = console::truncate_str(hint, usize::from(self.term.size().1).saturating_sub(1), "");
        self.term.write_str(&style(hint).dim().to_string())?;
        let key = self.term.read_key();
        self.term.clear_line()?;
        key
    }

    /// A reply from the keys that act everywhere but at a typed prompt.
    fn common(&self, key: &Key, question: &Question) -> io::Result<Option<Reply>> {
        let Key::Char(letter) = key else {
            return Ok(matches!(key, Key::Escape).then_some(Reply::Quit));
        };
        Ok(match Command::of(*letter) {
            Some(Command::Quit) => Some(Reply::Quit),
            Some(Command::Undo) => Some(Reply::Undo),
            Some(Command::Skip) => Some(Reply::Skip),
            Some(Command::Suspend) => Some(Reply::Suspend(Which::Open)),
            Some(Command::Look) => Some(Reply::Look),
            Some(Command::Regrade) => self.regrade()?,
            Some(Command::Help) => {
                self.print(&screen::help(question, self.scale.keys(), self.width()))?;
                None
            }
            None if *letter == '\u{4}' => Some(Reply::Quit),
            None => None,
        })
    }

    fn regrade(&self) -> io::Result<Option<Reply>> {
        let key = self.key(&format!("last answer: {}", self.scale.keys()))?;
        Ok(match key {
            Key::Char(letter) => self.scale.quality(letter).map(Reply::Regrade),
            _ => None,
        })
    }

    fn typed(&mut self, question: &Question, asked_in: &str) -> io::Result<Reply> {
        loop {
            let prompt = if asked_in.is_empty() { ">".to_owned() } else { format!("in {asked_in} >") };
            self.shown.typed_at = console::measure_text_width(&prompt) + 1;
            match input::line(&self.term, &prompt)? {
                Typed::Blank => return Ok(Reply::Blank),
                Typed::Text(text) => return Ok(Reply::Answer(text)),
                Typed::Command(letter) => {
                    let known = letter.and_then(Command::of).is_some();
                    if !known {
                        self.print(&style("commands: :q :u :s :x :l :r, and :? says what they do").dim().to_string())?;
                        continue;
                    }
                    if let Some(reply) = self.common(&Key::Char(letter.unwrap_or('?')), question)? {
                        return Ok(reply);
                    }
                }
            }
        }
    }

    fn picked(&self, question: &Question, options: &[String]) -> io::Result<Reply> {
        loop {
            let key = self.key(&format!("1-{}: pick   Enter: I don't know   ?: keys", options.len()))?;
            match key {
                Key::Enter => return Ok(Reply::Blank),
                Key::Char(letter)
                    if letter.to_digit(10).is_some_and(|d| (1..=options.len()).contains(&(d as usize))) =>
                {
                    let at = letter.to_digit(10).map_or(0, |digit| digit as usize - 1);
                    return Ok(Reply::Pick(at));
                }
                other => {
                    if let Some(reply) = self.common(&other, question)? {
                        return Ok(reply);
                    }
                }
            }
        }
    }

    fn thought(&self, question: &Question) -> io::Result<Reply> {
        let look = if question.phase == "new" { "   l: just look" } else { "" };
        loop {
            let hint = if self.shown.revealed {
                self.scale.keys().to_owned()
            } else {
                format!("Space: show the answer{look}   ?: keys")
            };
            let key = self.key(&hint)?;
            match key {
                Key::Char(' ') | Key::Enter if !self.shown.revealed => return Ok(Reply::Reveal),
                Key::Char(letter) if self.shown.revealed && self.scale.quality(letter).is_some() => {
                    return Ok(self.scale.quality(letter).map_or(Reply::Blank, Reply::Grade));
                }
                other => {
                    if let Some(reply) = self.common(&other, question)? {
                        return Ok(reply);
                    }
                }
            }
        }
    }

    /// Tick boxes for the points that were said.
    fn ticked(&self, question: &Question) -> io::Result<Reply> {
        let mut said = vec![false; self.points.len()];
        loop {
            let boxes = screen::boxes(&self.points, &said, self.width(), usize::MAX);
            self.print(&boxes)?;
            let key = self.key(&format!("1-{}: said it   a: all   Enter: done", said.len()))?;
            self.term.clear_last_lines(boxes.lines().count())?;
            match key {
                Key::Enter => {
                    self.print(&boxes)?;
                    return Ok(Reply::Said((0..said.len()).filter(|at| said[*at]).collect()));
                }
                Key::Char('a') => said.fill(true),
                Key::Char(letter) if letter.to_digit(10).is_some_and(|d| (1..=said.len()).contains(&(d as usize))) => {
                    let at = letter.to_digit(10).map_or(0, |digit| digit as usize - 1);
                    said[at] = !said[at];
                }
                other => {
                    if let Some(reply) = self.common(&other, question)? {
                        return Ok(reply);
                    }
                }
            }
        }
    }
}

impl FrontEnd for Terminal {
    fn show(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::Question(_) => {
                self.shown = Shown::default();
                self.points.clear();
            }
            Event::Answer(answer) => {
                self.shown.revealed = true;
                self.points.clone_from(&answer.points);
            }
            _ => {}
        }
        self.print(&screen::event(event, self.width(), self.shown))
    }

    fn reply(&mut self, question: &Question) -> io::Result<Option<Heard>> {
        let reply = match &question.form {
            Form::Typed { asked_in, .. } => self.typed(question, asked_in),
            Form::Picked { options } => self.picked(question, options),
            Form::Ticked { .. } if self.shown.revealed => self.ticked(question),
            Form::Ticked { .. } | Form::Revealed {} => self.thought(question),
        };
        match reply {
            Ok(reply) => Ok(Some(Heard { reply: Ok::<_, Refusal>(reply), took_s: None })),
            // The terminal was closed.
            Err(error) if matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::NotConnected) => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn after(&mut self, _: &Round) -> io::Result<Option<Heard>> {
        let again =
            dialoguer::Confirm::new().with_prompt("go round these again?").default(true).interact_on(&self.term);
        let reply = if again.map_err(|dialoguer::Error::IO(error)| error)? { Reply::Again } else { Reply::Quit };
        Ok(Some(Heard { reply: Ok(reply), took_s: None }))
    }
}

#[cfg(test)]
mod tests;
