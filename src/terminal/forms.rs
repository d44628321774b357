//! The forms of a reply: typed, picked, thought, ticked, spoken.

use super::device::Input;
use super::input::{self, Typed};
use super::line::{self, Edit};
use super::{Terminal, screen};
use crate::session::{Phase, Question, Reply};
use console::Key;
use std::io;
use std::time::Duration;

/// The points of a probe appear by themselves when its time is over: an Enter about then was meant to show them.
const MEANT_TO_REVEAL: Duration = Duration::from_secs(1);
impl Terminal {
    pub(super) fn typed(&mut self, question: &Question, asked_in: &str) -> io::Result<Reply> {
        let prompt = if asked_in.is_empty() { ">".to_owned() } else { format!("in {} >", screen::clean(asked_in)) };
        let typed_at = console::measure_text_width(&prompt) + 1;
        // Enter was pressed once at an empty line.
        let mut is_blank = false;
        loop {
            let rows = if is_blank { vec!["Enter again: I don't know".to_owned()] } else { Vec::new() };
            let (text, cursor) = self.line.view(self.device.size().1.saturating_sub(typed_at + 1));
            let input = self.wait(Some(question), rows, &format!("{prompt} {text}"), typed_at + cursor, None)?;
            let key = match input {
                Some(Input::Key(key)) => key,
                Some(Input::Paste(text)) => {
                    self.paste(&text)?;
                    continue;
                }
                Some(Input::Redraw) | None => continue,
            };
            // A letter that comes early is the beginning of the answer; an Enter was meant for what stood there before.
            if self.is_fresh() && matches!(key, Key::Enter | Key::Escape | Key::Char(' ' | line::CTRL_D)) {
                continue;
            }
            match self.line.press(&key) {
                Edit::Open => {
                    is_blank = false;
                    continue;
                }
                Edit::Quit => match self.quit(question)? {
                    Some(reply) => return Ok(reply),
                    None => continue,
                },
                Edit::Done => {}
            }
            let line = self.line.take();
            match Typed::of(&line) {
                Typed::Blank if is_blank => return Ok(Reply::Blank),
                Typed::Blank => is_blank = true,
                typed => {
                    is_blank = false;
                    self.print_line(&prompt, typed_at, &line)?;
                    if let Some(reply) = self.typed_reply(typed, question)? {
                        return Ok(reply);
                    }
                }
            }
        }
    }

    /// Leaves what was typed on the screen.
    fn print_line(&mut self, prompt: &str, typed_at: usize, line: &str) -> io::Result<()> {
        let whole = format!("{prompt} {line}");
        // A caret finds its place below one row only.
        let one_row = console::measure_text_width(&whole) < self.device.size().1;
        self.shown.typed_at = if one_row && !self.options.plain { typed_at } else { 0 };
        self.print(if self.options.plain { "" } else { &whole })
    }

    fn typed_reply(&mut self, typed: Typed, question: &Question) -> io::Result<Option<Reply>> {
        match typed {
            Typed::Blank => Ok(None),
            Typed::Text(text) => Ok(Some(Reply::Answer(text))),
            Typed::Command(command) => self.command(command, question),
            Typed::BareLetter(letter) => {
                self.print(&screen::bare_letter(letter, self.width()))?;
                Ok(None)
            }
            Typed::Unknown => {
                self.print(&screen::commands(self.width()))?;
                Ok(None)
            }
        }
    }

    /// A pasted text is one answer: its first line, to be looked over and entered.
    pub(super) fn paste(&mut self, text: &str) -> io::Result<()> {
        let mut lines = text.split(['\r', '\n']).map(str::trim).filter(|line| !line.is_empty());
        let first = lines.next().unwrap_or_default();
        self.line.insert(first);
        let more = lines.count();
        if more > 0 {
            self.print(&format!("pasted the first line of {}: press Enter to answer with it", more + 1))?;
        }
        Ok(())
    }

    pub(super) fn picked(&mut self, question: &Question, options: &[String]) -> io::Result<Reply> {
        let mut is_blank = false;
        loop {
            let enter = if is_blank { "Enter again: I don't know" } else { "Enter: I don't know" };
            let hint = format!("1-{}: pick   {enter}   ?: keys", options.len());
            let key = self.any_key(Some(question), Vec::new(), &hint)?;
            match key {
                Key::Enter if is_blank => return Ok(Reply::Blank),
                Key::Enter => is_blank = true,
                other => {
                    is_blank = false;
                    if let Some(at) = input::nth(&other, options.len()) {
                        return Ok(Reply::Pick(at));
                    }
                    if let Some(reply) = self.common(&other, question)? {
                        return Ok(reply);
                    }
                }
            }
        }
    }

    /// Thinking or speaking until a key is pressed; none when the time to speak is over.
    pub(super) fn thought(&mut self, question: &Question, end: Option<Duration>) -> io::Result<Option<Reply>> {
        let look = if question.phase == Phase::New { "   l: just look" } else { "" };
        let show = if end.is_some() { "points" } else { "answer" };
        let hint = match self.shown.revealed {
            true => self.options.scale.keys_that_mean(&self.grades),
            false => format!("Space: show the {show}{look}   ?: keys"),
        };
        loop {
            let Some(key) = self.key(Some(question), Vec::new(), &hint, end)? else { return Ok(None) };
            match key {
                Key::Char(' ') | Key::Enter if !self.shown.revealed => return Ok(Some(Reply::Reveal)),
                Key::Char(letter) if self.shown.revealed && self.options.scale.quality(letter).is_some() => {
                    return Ok(self.options.scale.quality(letter).map(Reply::Grade));
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
    pub(super) fn ticked(&mut self, question: &Question) -> io::Result<Reply> {
        let mut is_none = false;
        loop {
            // Below the boxes are the clock and the keys.
            let (rows, columns) = self.device.size();
            let width = self.width().min(columns.saturating_sub(1));
            let boxes = screen::boxes(&self.points, &self.said, width, rows.saturating_sub(2));
            let hint = match is_none {
                true => "nothing is ticked: Enter again if you said none of them".to_owned(),
                false => format!("1-{}: said it   a: all   Enter: done", self.said.len()),
            };
            let key = self.any_key(Some(question), boxes.lines().map(str::to_owned).collect(), &hint)?;
            if let Some(at) = input::nth(&key, self.said.len()) {
                self.said[at] = !self.said[at];
                is_none = false;
                continue;
            }
            match key {
                Key::Enter if is_none || self.said.contains(&true) => {
                    // Where they are plain lines they stand on the screen already.
                    let text =
                        if self.options.plain { String::new() } else { screen::said(&self.points, &self.said, width) };
                    self.print(&text)?;
                    return Ok(Reply::Said((0..self.said.len()).filter(|at| self.said[*at]).collect()));
                }
                Key::Enter => is_none = true,
                Key::Char('a') => self.said.fill(true),
                other => {
                    if let Some(reply) = self.common(&other, question)? {
                        return Ok(reply);
                    }
                }
            }
        }
    }

    /// A probe: its time begins with a key, and it is said aloud until the time is over.
    pub(super) fn spoken(&mut self, question: &Question, seconds: u16) -> io::Result<(Reply, Option<Duration>)> {
        let is_begun = self.options.probe_at_once || !self.watch.before().is_zero();
        if !is_begun {
            let look = if question.phase == Phase::New { "   l: just look" } else { "" };
            let hint = format!("Space: begin your {seconds} seconds{look}   ?: keys");
            loop {
                match self.any_key(None, Vec::new(), &hint)? {
                    Key::Char(' ') | Key::Enter => break,
                    other => {
                        if let Some(reply) = self.common(&other, question)? {
                            // What is said before its time begins does not begin it.
                            self.has_read();
                            return Ok((reply, Some(Duration::ZERO)));
                        }
                    }
                }
            }
            self.has_read();
            self.refresh();
        }
        let limit = Duration::from_secs(seconds.into());
        Ok(match self.thought(question, Some(limit))? {
            Some(reply) => (reply, None),
            None => {
                self.fresh_until = self.device.time() + MEANT_TO_REVEAL;
                // What ends by itself is in time.
                (Reply::Reveal, Some(limit.saturating_sub(self.watch.before())))
            }
        })
    }
}
