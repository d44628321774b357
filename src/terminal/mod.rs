//! Everything a person sees and types.
//!
//! Here belong keys, line editing, the clock, colour and layout; [`screen`] turns events into text and can be read
//! without a terminal. What a reply means is not decided here. All writing is on one thread.

mod input;
mod keys;
mod line;
mod mode;
mod pane;
pub mod screen;
mod wait;

pub use wait::wait;

pub use mode::Mode;

use crate::clock::Stopwatch;
use crate::drive::{Awaited, FrontEnd, Heard};
use crate::schedule::Quality;
use crate::session::{Event, Form, Phase, Question, Reply, Which};
use console::{Key, Term, style};
use input::{Command, Typed};
use keys::Keys;
use line::{Edit, Line};
use pane::Pane;
use screen::Shown;
use std::io;
use std::time::Duration;

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
    keys: Keys,
    pane: Pane,
    line: Line,
    /// What of the open question is on the screen.
    shown: Shown,
    /// A probe's points, once they are shown, and which of them were said.
    points: Vec<String>,
    said: Vec<bool>,
    /// Something was answered, and may be spoken of.
    answered: bool,
    watch: Watch,
    /// The terminal as it was found.
    before: Mode,
}

/// The time on the open question, as the session counts it: while a reply is waited for.
struct Watch {
    /// The question's number and prompt, by which it is known when it is shown again.
    question: (usize, String),
    /// In earlier replies to it.
    before: Duration,
    /// The wait for this reply.
    wait: Stopwatch,
}

impl Watch {
    fn time(&self) -> Duration {
        self.before + self.wait.time()
    }
}

impl Terminal {
    /// A front end on this terminal.
    pub fn new(term: Term, scale: Scale) -> Self {
        let before = Mode::now();
        let pane = Pane::new(term.clone());
        before.quiet().restore();
        Self {
            keys: Keys::new(term.clone()),
            pane,
            term,
            scale,
            line: Line::default(),
            shown: Shown::default(),
            points: Vec::new(),
            said: Vec::new(),
            answered: false,
            watch: Watch { question: Default::default(), before: Duration::ZERO, wait: Stopwatch::running() },
            before,
        }
    }

    fn width(&self) -> usize {
        screen::width(self.pane.size().1)
    }

    fn print(&mut self, text: &str) -> io::Result<()> {
        self.pane.erase()?;
        for line in text.lines() {
            self.term.write_line(line)?;
        }
        Ok(())
    }

    /// Waits for a key below these rows and the clock; none when the time on the question comes to an end first.
    fn wait(
        &mut self,
        question: &Question,
        mut rows: Vec<String>,
        prompt: &str,
        cursor: usize,
        end: Option<Duration>,
    ) -> io::Result<Option<Key>> {
        let above = rows.len();
        loop {
            let time = self.watch.time();
            if end.is_some_and(|end| end <= time) {
                return Ok(None);
            }
            rows.truncate(above);
            if !self.pane.is_dumb() {
                rows.push(style(screen::clock(question, time.as_secs(), self.shown.revealed)).dim().to_string());
            }
            rows.push(prompt.to_owned());
            self.pane.draw(&rows, cursor)?;
            let to_next_second = Duration::from_secs(1) - Duration::from_nanos(time.subsec_nanos().into());
            if let Some(key) = self.keys.next(to_next_second)? {
                return Ok(Some(key));
            }
        }
    }

    /// Waits for a key and says what it stands for.
    fn key(&mut self, question: &Question, rows: Vec<String>, hint: &str) -> io::Result<Key> {
        let cursor = console::measure_text_width(hint);
        let key = self.wait(question, rows, &style(hint).dim().to_string(), cursor, None)?;
        Ok(key.expect("without an end there is a key"))
    }

    /// Waits for a key where no question is open, and no clock goes.
    fn bare_key(&mut self, hint: &str) -> io::Result<Key> {
        let row = style(hint).dim().to_string();
        self.pane.draw(&[row], console::measure_text_width(hint))?;
        loop {
            if let Some(key) = self.keys.next(Duration::from_secs(60))? {
                self.pane.erase()?;
                return Ok(key);
            }
        }
    }

    /// A reply from the keys that act everywhere but at a typed prompt.
    fn common(&mut self, key: &Key, question: &Question) -> io::Result<Option<Reply>> {
        let letter = match key {
            Key::Char(letter) => *letter,
            Key::Escape => return Ok(Some(Reply::Quit)),
            _ => return Ok(None),
        };
        Ok(match Command::of(letter) {
            Some(Command::Quit) => Some(Reply::Quit),
            Some(Command::Undo) => Some(Reply::Undo),
            Some(Command::Skip) => Some(Reply::Skip),
            Some(Command::Suspend) => Some(Reply::Suspend(Which::Open)),
            Some(Command::SuspendLast) => Some(Reply::Suspend(Which::Last)),
            Some(Command::Flag) => self.flag(question)?,
            Some(Command::Look) => Some(Reply::Look),
            Some(Command::Regrade) => self.regrade(question)?,
            Some(Command::Help) => {
                self.print(&screen::help(question, self.scale.keys(), self.width()))?;
                None
            }
            None => (letter == line::CTRL_D).then_some(Reply::Quit),
        })
    }

    fn regrade(&mut self, question: &Question) -> io::Result<Option<Reply>> {
        let key = self.key(question, Vec::new(), &format!("last: {}", self.scale.keys()))?;
        Ok(match key {
            Key::Char(letter) => self.scale.quality(letter).map(Reply::Regrade),
            _ => None,
        })
    }

    /// A mistake in a card is often seen in its feedback, when the next one is open already.
    fn flag(&mut self, question: &Question) -> io::Result<Option<Reply>> {
        if !self.answered {
            return Ok(Some(Reply::Flag(Which::Open)));
        }
        Ok(match self.key(question, Vec::new(), "flag: o this card, l the last one")? {
            Key::Char('o') => Some(Reply::Flag(Which::Open)),
            Key::Char('l') => Some(Reply::Flag(Which::Last)),
            _ => None,
        })
    }

    fn typed(&mut self, question: &Question, asked_in: &str) -> io::Result<Reply> {
        let prompt = if asked_in.is_empty() { ">".to_owned() } else { format!("in {} >", screen::clean(asked_in)) };
        let typed_at = console::measure_text_width(&prompt) + 1;
        loop {
            let (text, cursor) = self.line.view(self.pane.size().1.saturating_sub(typed_at + 1));
            let Some(key) = self.wait(question, Vec::new(), &format!("{prompt} {text}"), typed_at + cursor, None)?
            else {
                continue;
            };
            match self.line.press(&key) {
                Edit::Open => continue,
                Edit::Quit => return Ok(Reply::Quit),
                Edit::Done => {}
            }
            let line = self.line.take();
            let whole = format!("{prompt} {line}");
            // A caret finds its place below one row only.
            let one_row = console::measure_text_width(&whole) < self.pane.size().1;
            self.shown.typed_at = if one_row { typed_at } else { 0 };
            self.print(if self.pane.is_dumb() { "" } else { &whole })?;
            match Typed::of(&line) {
                Typed::Blank => return Ok(Reply::Blank),
                Typed::Text(text) => return Ok(Reply::Answer(text)),
                Typed::Command(Some(letter)) if Command::of(letter).is_some() => {
                    if let Some(reply) = self.common(&Key::Char(letter), question)? {
                        return Ok(reply);
                    }
                }
                Typed::Command(_) => {
                    self.print(&style(screen::commands(self.width())).dim().to_string())?;
                }
            }
        }
    }

    fn picked(&mut self, question: &Question, options: &[String]) -> io::Result<Reply> {
        loop {
            let hint = format!("1-{}: pick   Enter: I don't know   ?: keys", options.len());
            let key = self.key(question, Vec::new(), &hint)?;
            if key == Key::Enter {
                return Ok(Reply::Blank);
            }
            if let Some(at) = input::nth(&key, options.len()) {
                return Ok(Reply::Pick(at));
            }
            if let Some(reply) = self.common(&key, question)? {
                return Ok(reply);
            }
        }
    }

    /// Thinking or speaking until a key is pressed; none when the time to speak is over.
    fn thought(&mut self, question: &Question, end: Option<Duration>) -> io::Result<Option<Reply>> {
        let look = if question.phase == Phase::New { "   l: just look" } else { "" };
        let show = if end.is_some() { "points" } else { "answer" };
        let hint = match self.shown.revealed {
            true => self.scale.keys().to_owned(),
            false => format!("Space: show the {show}{look}   ?: keys"),
        };
        let dim = style(&hint).dim().to_string();
        loop {
            let Some(key) = self.wait(question, Vec::new(), &dim, console::measure_text_width(&hint), end)? else {
                return Ok(None);
            };
            match key {
                Key::Char(' ') | Key::Enter if !self.shown.revealed => return Ok(Some(Reply::Reveal)),
                Key::Char(letter) if self.shown.revealed && self.scale.quality(letter).is_some() => {
                    return Ok(self.scale.quality(letter).map(Reply::Grade));
                }
                other => {
                    if let Some(reply) = self.common(&other, question)? {
                        return Ok(Some(reply));
                    }
                }
            }
        }
    }

    /// Tick boxes for the points that were said.
    fn ticked(&mut self, question: &Question) -> io::Result<Reply> {
        loop {
            // Below the boxes are the clock and the keys.
            let (rows, columns) = self.pane.size();
            let width = self.width().min(columns.saturating_sub(1));
            let boxes = screen::boxes(&self.points, &self.said, width, rows.saturating_sub(2));
            let hint = format!("1-{}: said it   a: all   Enter: done", self.said.len());
            let key = self.key(question, boxes.lines().map(str::to_owned).collect(), &hint)?;
            if let Some(at) = input::nth(&key, self.said.len()) {
                self.said[at] = !self.said[at];
                continue;
            }
            match key {
                Key::Enter => {
                    self.print(if self.pane.is_dumb() { "" } else { &boxes })?;
                    return Ok(Reply::Said((0..self.said.len()).filter(|at| self.said[*at]).collect()));
                }
                Key::Char('a') => self.said.fill(true),
                other => {
                    if let Some(reply) = self.common(&other, question)? {
                        return Ok(reply);
                    }
                }
            }
        }
    }

    /// A probe that is said aloud, until its time is over.
    fn spoken(&mut self, question: &Question, limit: Duration) -> io::Result<Answered> {
        let earlier = self.watch.before;
        Ok(match self.thought(question, Some(limit))? {
            Some(reply) => Answered { reply, took: None },
            // What ends by itself is in time.
            None => Answered { reply: Reply::Reveal, took: Some(limit.saturating_sub(earlier)) },
        })
    }
}

/// A reply, and how long it took where that was not measured.
struct Answered {
    reply: Reply,
    took: Option<Duration>,
}

impl From<Reply> for Answered {
    fn from(reply: Reply) -> Self {
        Self { reply, took: None }
    }
}

impl FrontEnd for Terminal {
    fn show(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::Question(q) => {
                self.shown = Shown::default();
                self.points.clear();
                let question = (q.n, q.prompt.clone());
                if question != self.watch.question {
                    self.watch = Watch { question, before: Duration::ZERO, wait: Stopwatch::running() };
                }
            }
            Event::Revealed(answer) | Event::Looked(answer) => {
                self.shown.revealed = true;
                self.points.clone_from(&answer.points);
                self.said = vec![false; answer.points.len()];
            }
            Event::Feedback(feedback) => self.answered |= feedback.review.is_some(),
            _ => {}
        }
        self.print(&screen::event(event, self.width(), self.shown))
    }

    fn hear(&mut self, awaited: &Awaited) -> io::Result<Option<Heard>> {
        let answered = match awaited {
            Awaited::Question(question) => self.answer(question),
            Awaited::Round(_) => self.after_round().map(Answered::from),
        };
        match answered {
            Ok(Answered { reply, took }) => {
                let took = took.unwrap_or_else(|| self.watch.wait.time());
                self.watch.before += took;
                Ok(Some(Heard { reply: Ok(reply), took_s: took.as_secs_f64(), read_s: 0.0 }))
            }
            // The terminal was closed.
            Err(error) if matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::NotConnected) => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

impl Terminal {
    fn answer(&mut self, question: &Question) -> io::Result<Answered> {
        self.watch.wait.reset();
        match &question.form {
            Form::Typed { asked_in, .. } => self.typed(question, asked_in).map(Answered::from),
            Form::Picked { options } => self.picked(question, options).map(Answered::from),
            Form::Ticked { .. } if self.shown.revealed => self.ticked(question).map(Answered::from),
            Form::Ticked { seconds } => self.spoken(question, Duration::from_secs((*seconds).into())),
            Form::Revealed {} => {
                self.thought(question, None).map(|reply| reply.unwrap_or(Reply::Reveal)).map(Answered::from)
            }
        }
    }

    fn after_round(&mut self) -> io::Result<Reply> {
        self.watch.wait.reset();
        loop {
            let reply = match self.bare_key("go round these again?  y yes  n no  u undo  r regrade")? {
                Key::Enter | Key::Char('y' | 'Y') => Some(Reply::Again),
                Key::Escape | Key::Char('n' | 'N' | 'q' | line::CTRL_D) => Some(Reply::Quit),
                Key::Char('u') => Some(Reply::Undo),
                Key::Char('X') => Some(Reply::Suspend(Which::Last)),
                Key::Char('!') => Some(Reply::Flag(Which::Last)),
                Key::Char('r') => match self.bare_key(&format!("last: {}", self.scale.keys()))? {
                    Key::Char(letter) => self.scale.quality(letter).map(Reply::Regrade),
                    _ => None,
                },
                _ => None,
            };
            if let Some(reply) = reply {
                return Ok(reply);
            }
        }
    }
}

/// However a session ends, the terminal is as it was found.
impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.pane.erase();
        if !self.pane.is_dumb() {
            let _ = self.term.show_cursor();
        }
        self.before.restore();
    }
}

#[cfg(test)]
mod tests;
