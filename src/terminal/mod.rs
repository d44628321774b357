//! Everything a person sees and types.
//!
//! Here belong keys, line editing, the clock, colour and layout; [`screen`] turns events into text and can be read
//! without a terminal. What a reply means is not decided here. A `device::Device` is the terminal itself: tests have one of
//! their own, with keys from a script and a time that passes when it is waited for.

mod decode;
mod device;
mod editor;
#[cfg(not(unix))]
mod elsewhere;
mod input;
mod line;
mod mode;
mod offer;
mod pane;
pub mod screen;
#[cfg(unix)]
mod tty;
mod wait;

pub use editor::{Editor, EditorError};
pub use wait::wait;

pub use mode::Mode;
pub use offer::{Choice, More, Offer};

use crate::drive::{Awaited, FrontEnd, Heard};
use crate::schedule::{CardId, Quality};
use crate::session::{self, Event, Feedback, First, Form, GradeMeans, ODDS, Phase, Question, Reply, Which};
use console::{Key, Term, style};
use device::{Device, Input};
#[cfg(not(unix))]
use elsewhere::Tty;
use input::{Command, Typed};
use line::{Edit, Line};
use pane::Pane;
use screen::Shown;
use std::io;
use std::time::Duration;
#[cfg(unix)]
use tty::Tty;

/// What is pressed so soon after a question appeared was meant for what stood there before.
const MEANT_BEFORE: Duration = Duration::from_millis(300);
/// The points of a probe appear by themselves when its time is over: an Enter about then was meant to show them.
const MEANT_TO_REVEAL: Duration = Duration::from_secs(1);
/// Without a clock on the screen nothing changes by itself.
const LONG: Duration = Duration::from_secs(3600);
const CTRL_Z: char = '\u{1a}';

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

    /// The keys, each with when the card would come back.
    fn keys_that_mean(self, grades: &[GradeMeans]) -> String {
        let comes_back = |quality: i64| {
            let means = grades.iter().find(|means| i64::from(means.quality.get()) == quality);
            match means {
                Some(GradeMeans { asked_again: true, .. }) => " today".to_owned(),
                Some(GradeMeans { due_in_days: Some(days), .. }) => format!(" {days} d"),
                _ => String::new(),
            }
        };
        let named: &[(&str, i64)] = match self {
            Self::FourKeys => &[("1 Again", 1), ("2 Hard", 3), ("3 Good", 4), ("4 Easy", 5)],
            Self::Full => &[("0-2 wrong", 1), ("3 hard", 3), ("4 good", 4), ("5 perfect", 5)],
        };
        named.iter().map(|(key, quality)| format!("{key}{}", comes_back(*quality))).collect::<Vec<_>>().join("  ")
    }
}

/// When feedback stays on the screen until a key is pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pause {
    /// After an answer that was wrong, and after a look.
    Wrong,
    /// After every answer.
    Always,
    /// The next question always comes at once.
    Never,
}

/// How a person wants to be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// How answers are graded by hand.
    pub scale: Scale,
    /// When feedback stays until a key is pressed.
    pub pause: Pause,
    /// Whether a clock is shown.
    pub clock: bool,
    /// Whether nothing is drawn over, so that a screen reader can follow.
    pub plain: bool,
    /// Whether the time of a probe begins at once, and not with a key.
    pub probe_at_once: bool,
    /// Whether each answer is asked how sure it is.
    pub confidence: bool,
}

/// What is read before the next question appears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unread {
    /// The feedback to an answer.
    Feedback,
    /// The answer of a card that was looked at.
    Look,
}

/// The terminal front end.
pub struct Terminal {
    device: Box<dyn Device>,
    options: Options,
    pane: Pane,
    line: Line,
    /// What of the open question is on the screen.
    shown: Shown,
    /// A probe's points, once they are shown, and which of them were said.
    points: Vec<String>,
    said: Vec<bool>,
    /// What the grades would mean, once the answer is shown.
    grades: Vec<GradeMeans>,
    /// Something was answered, and may be spoken of.
    answered: bool,
    /// The cards that the last feedback refers to.
    see: Vec<CardId>,
    /// What is on the screen to be read: the next question waits.
    unread: Option<Unread>,
    /// Another card is on the screen beside the open question.
    is_aside: bool,
    /// The learner answers the open question at once, though its card is new and could be shown first.
    asked_at_once: bool,
    watch: Watch,
    /// What was edited and has not been told yet: of a note what it says.
    edited: Option<Option<String>>,
    /// The open question is shown again after that, whatever it says now.
    is_same: bool,
    /// Until then a key was meant for what stood on the screen before.
    fresh_until: Duration,
}

/// The time on the open question, as the session counts it.
#[derive(Debug, Default)]
struct Watch {
    /// The question's number and prompt, by which it is known when it is shown again.
    question: (usize, String),
    /// In earlier replies to it.
    before: Duration,
    /// When the wait for this reply began.
    since: Duration,
    /// What was read before it, and has not been told yet.
    read: Duration,
}

impl Terminal {
    /// A front end on this terminal.
    ///
    /// # Errors
    /// The terminal cannot be read.
    pub fn new(term: Term, options: Options) -> io::Result<Self> {
        Ok(Self::on(Box::new(Tty::new(term)?), options))
    }

    fn on(device: Box<dyn Device>, options: Options) -> Self {
        Self {
            device,
            pane: Pane::new(options.plain),
            options,
            line: Line::default(),
            shown: Shown::default(),
            points: Vec::new(),
            said: Vec::new(),
            grades: Vec::new(),
            answered: false,
            see: Vec::new(),
            unread: None,
            is_aside: false,
            asked_at_once: false,
            watch: Watch::default(),
            edited: None,
            is_same: false,
            fresh_until: Duration::ZERO,
        }
    }

    fn width(&self) -> usize {
        screen::width(self.device.size().1)
    }

    fn print(&mut self, text: &str) -> io::Result<()> {
        self.pane.erase(&mut *self.device)?;
        for line in text.lines() {
            self.device.write(&format!("{line}\n"))?;
        }
        Ok(())
    }

    fn erase(&mut self) -> io::Result<()> {
        self.pane.erase(&mut *self.device)
    }

    /// Something new is on the screen.
    fn refresh(&mut self) {
        self.fresh_until = self.device.time() + MEANT_BEFORE;
    }

    fn is_fresh(&self) -> bool {
        self.device.time() < self.fresh_until
    }

    /// The time on the open question.
    fn time(&self) -> Duration {
        self.watch.before + self.device.time().saturating_sub(self.watch.since)
    }

    /// Ends the wait for a reply, and gives how long it took.
    fn lap(&mut self) -> Duration {
        let now = self.device.time();
        let took = now.saturating_sub(self.watch.since);
        self.watch.since = now;
        took
    }

    /// Waits for an input below these rows and the clock of the open question, if there is one; none when the time on it
    /// comes to an end first.
    fn wait(
        &mut self,
        question: Option<&Question>,
        mut rows: Vec<String>,
        prompt: &str,
        cursor: usize,
        end: Option<Duration>,
    ) -> io::Result<Option<Input>> {
        let above = rows.len();
        let clock = question.filter(|_| self.options.clock && !self.options.plain);
        loop {
            let time = self.time();
            if end.is_some_and(|end| end <= time) {
                return Ok(None);
            }
            rows.truncate(above);
            if let Some(question) = clock {
                rows.push(style(screen::clock(question, time.as_secs(), self.shown.revealed)).dim().to_string());
            }
            rows.push(prompt.to_owned());
            self.pane.draw(&mut *self.device, &rows, cursor)?;
            let to_next_second = Duration::from_secs(1) - Duration::from_nanos(time.subsec_nanos().into());
            let idle = if clock.is_some() { to_next_second } else { LONG };
            let timeout = end.map_or(idle, |end| idle.min(end - time));
            match self.device.next(timeout)? {
                None | Some(Input::Redraw) => {}
                Some(Input::Key(Key::CtrlC)) => return Err(io::ErrorKind::Interrupted.into()),
                Some(Input::Key(Key::Char(CTRL_Z))) => self.stop(question)?,
                Some(input) => return Ok(Some(input)),
            }
        }
    }

    /// Stops until the shell lets the program go on, and shows the open question again.
    fn stop(&mut self, question: Option<&Question>) -> io::Result<()> {
        self.erase()?;
        self.device.stop()?;
        self.pane.forget();
        if let Some(question) = question.filter(|_| self.unread.is_none()) {
            self.print_question(question)?;
        }
        Ok(())
    }

    /// Waits for a key. What is pressed before anybody could have read the screen, and pasted text, is no key here.
    fn key(
        &mut self,
        question: Option<&Question>,
        rows: Vec<String>,
        hint: &str,
        end: Option<Duration>,
    ) -> io::Result<Option<Key>> {
        let cursor = console::measure_text_width(hint);
        loop {
            match self.wait(question, rows.clone(), hint, cursor, end)? {
                None => return Ok(None),
                Some(Input::Key(key)) if !self.is_fresh() => return Ok(Some(key)),
                Some(_) => {}
            }
        }
    }

    /// Gives the terminal to the learner's editor.
    fn edit(&mut self, edit: &session::Edit) -> io::Result<()> {
        self.erase()?;
        let mut edited = Ok(None);
        self.device.away(&mut || edited = editor::edit(edit))?;
        self.pane.forget();
        if let Err(message) = &edited {
            let message = message.clone();
            self.print(&screen::event(&Event::Refused { message, column: None }, self.width(), self.shown))?;
        }
        self.edited = Some(edited.unwrap_or_default());
        self.is_same = true;
        Ok(())
    }

    /// Waits for a key where nothing comes by itself.
    fn any_key(&mut self, question: Option<&Question>, rows: Vec<String>, hint: &str) -> io::Result<Key> {
        loop {
            if let Some(key) = self.key(question, rows.clone(), hint, None)? {
                return Ok(key);
            }
        }
    }

    /// A reply from the keys that act everywhere but at a typed prompt.
    fn common(&mut self, key: &Key, question: &Question) -> io::Result<Option<Reply>> {
        match key {
            Key::Escape | Key::Char(line::CTRL_D) => Ok(Some(Reply::Quit)),
            Key::Char(letter) => match Command::of(*letter) {
                Some(command) => self.command(command, question),
                None => Ok(None),
            },
            _ => Ok(None),
        }
    }

    fn command(&mut self, command: Command, question: &Question) -> io::Result<Option<Reply>> {
        Ok(match command {
            Command::Quit => Some(Reply::Quit),
            Command::Undo => Some(Reply::Undo),
            Command::Skip => Some(Reply::Skip),
            Command::Suspend => Some(Reply::Suspend(Which::Open)),
            Command::SuspendLast => Some(Reply::Suspend(Which::Last)),
            Command::Flag => self.flag(question)?,
            Command::Look => Some(Reply::Look),
            Command::Regrade => self.regrade(Some(question))?,
            Command::Open => self.open_related()?,
            Command::Edit => Some(Reply::Edit(Which::Open)),
            Command::Help => {
                self.print(&screen::help(question, self.options.scale.keys(), self.width()))?;
                None
            }
        })
    }

    fn regrade(&mut self, question: Option<&Question>) -> io::Result<Option<Reply>> {
        let hint = format!("last: {}", self.options.scale.keys());
        Ok(match self.any_key(question, Vec::new(), &hint)? {
            Key::Char(letter) => self.options.scale.quality(letter).map(Reply::Regrade),
            _ => None,
        })
    }

    /// A mistake in a card is often seen in its feedback, when the next one is open already.
    fn flag(&mut self, question: &Question) -> io::Result<Option<Reply>> {
        if !self.answered {
            return Ok(Some(Reply::Flag(Which::Open)));
        }
        Ok(match self.any_key(Some(question), Vec::new(), "flag: o this card, l the last one")? {
            Key::Char('o') => Some(Reply::Flag(Which::Open)),
            Key::Char('l') => Some(Reply::Flag(Which::Last)),
            _ => None,
        })
    }

    /// The card that the last feedback refers to, or one of them.
    fn open_related(&mut self) -> io::Result<Option<Reply>> {
        let see = self.see.clone();
        match see.as_slice() {
            [] => {
                self.print("The last answer refers to no other card.")?;
                Ok(None)
            }
            [only] => Ok(Some(Reply::Show(only.clone()))),
            several => {
                let rows = several.iter().enumerate().map(|(at, card)| format!("{}  {card}", at + 1)).collect();
                let key = self.any_key(None, rows, &format!("1-{}: open, any other key: back", several.len()))?;
                self.erase()?;
                Ok(input::nth(&key, several.len()).map(|at| Reply::Show(several[at].clone())))
            }
        }
    }

    fn typed(&mut self, question: &Question, asked_in: &str) -> io::Result<Reply> {
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
                Edit::Quit => return Ok(Reply::Quit),
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
    fn paste(&mut self, text: &str) -> io::Result<()> {
        let mut lines = text.split(['\r', '\n']).map(str::trim).filter(|line| !line.is_empty());
        let first = lines.next().unwrap_or_default();
        self.line.insert(first);
        let more = lines.count();
        if more > 0 {
            self.print(&format!("pasted the first line of {}: press Enter to answer with it", more + 1))?;
        }
        Ok(())
    }

    fn picked(&mut self, question: &Question, options: &[String]) -> io::Result<Reply> {
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
    fn thought(&mut self, question: &Question, end: Option<Duration>) -> io::Result<Option<Reply>> {
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
    fn ticked(&mut self, question: &Question) -> io::Result<Reply> {
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
    fn spoken(&mut self, question: &Question, seconds: u16) -> io::Result<(Reply, Option<Duration>)> {
        let is_begun = self.options.probe_at_once || !self.watch.before.is_zero();
        if !is_begun {
            let look = if question.phase == Phase::New { "   l: just look" } else { "" };
            let hint = format!("Space: begin your {seconds} seconds{look}   ?: keys");
            loop {
                match self.any_key(None, Vec::new(), &hint)? {
                    Key::Char(' ') | Key::Enter => break,
                    other => {
                        if let Some(reply) = self.common(&other, question)? {
                            return Ok((reply, None));
                        }
                    }
                }
            }
            let read = self.lap();
            self.watch.read += read;
            self.refresh();
        }
        let limit = Duration::from_secs(seconds.into());
        Ok(match self.thought(question, Some(limit))? {
            Some(reply) => (reply, None),
            None => {
                self.fresh_until = self.device.time() + MEANT_TO_REVEAL;
                // What ends by itself is in time.
                (Reply::Reveal, Some(limit.saturating_sub(self.watch.before)))
            }
        })
    }

    /// What is read stays on the screen until a key is pressed: none goes on.
    fn pause(&mut self, unread: Unread) -> io::Result<Option<Reply>> {
        let open = if self.see.is_empty() { "" } else { "  o related card" };
        let hint = match unread {
            Unread::Feedback => format!("Enter: go on  u undo  r regrade{open}  ? keys"),
            Unread::Look => "Enter: go on  u undo  ? keys".to_owned(),
        };
        loop {
            let reply = match (self.any_key(None, Vec::new(), &hint)?, unread) {
                (Key::Enter | Key::Char(' '), _) => return Ok(None),
                (Key::Escape | Key::Char('q' | line::CTRL_D), _) => Some(Reply::Quit),
                (Key::Char('u'), _) => Some(Reply::Undo),
                (Key::Char('?'), _) => {
                    self.print(&screen::help_at_pause(self.width()))?;
                    None
                }
                (Key::Char('r'), Unread::Feedback) => self.regrade(None)?,
                (Key::Char('x' | 'X'), Unread::Feedback) => Some(Reply::Suspend(Which::Last)),
                (Key::Char('!'), Unread::Feedback) => Some(Reply::Flag(Which::Last)),
                (Key::Char('o'), Unread::Feedback) => self.open_related()?,
                (Key::Char('e'), Unread::Feedback) => Some(Reply::Edit(Which::Last)),
                _ => None,
            };
            if reply.is_some() {
                return Ok(reply);
            }
        }
    }

    fn print_question(&mut self, question: &Question) -> io::Result<()> {
        let width = self.width();
        let text = match self.options.plain {
            true => screen::plain_question(question, width),
            false => screen::question(question, width),
        };
        self.print(&text)
    }

    /// Puts a question on the screen: its time begins.
    fn present(&mut self, question: &Question) -> io::Result<()> {
        self.shown = Shown { plain: self.options.plain, ..Shown::default() };
        self.points.clear();
        self.grades.clear();
        self.asked_at_once = false;
        self.print_question(question)?;
        let now = self.device.time();
        let known = (question.n, question.prompt.clone());
        if known == self.watch.question || std::mem::take(&mut self.is_same) {
            self.watch.question = known;
            self.watch.since = now;
        } else {
            let read = self.watch.read;
            self.watch = Watch { question: known, before: Duration::ZERO, since: now, read };
        }
        self.refresh();
        Ok(())
    }

    /// Whether feedback is to be read before the next question comes.
    fn is_to_be_read(&self, feedback: &Feedback) -> bool {
        // What the learner graded was read before the grade was given.
        let is_wrong = !feedback.correct || feedback.given.is_some() && feedback.quality < Quality::GOOD;
        match self.options.pause {
            Pause::Always => true,
            Pause::Wrong => is_wrong,
            Pause::Never => false,
        }
    }

    fn hear_question(&mut self, question: &Question) -> io::Result<Heard> {
        if self.is_aside {
            self.is_aside = false;
            self.any_key(None, Vec::new(), "Enter: back")?;
            let read = self.lap();
            self.watch.read += read;
            if self.unread.is_none() {
                self.print_question(question)?;
                self.refresh();
            }
        }
        if let Some(unread) = self.unread {
            let reply = self.pause(unread)?;
            let read = self.lap();
            self.watch.read += read;
            match reply {
                Some(reply) => return Ok(self.heard(reply, Duration::ZERO)),
                None => {
                    self.unread = None;
                    self.present(question)?;
                }
            }
        }
        if question.first == Some(First::Look)
            && !self.asked_at_once
            && let Some(reply) = self.shown_first(question)?
        {
            let took = self.lap();
            self.watch.before += took;
            return Ok(self.heard(reply, took));
        }
        let (reply, took) = match &question.form {
            Form::Typed { asked_in, .. } => (self.typed(question, asked_in)?, None),
            Form::Picked { options } => (self.picked(question, options)?, None),
            Form::Ticked { .. } if self.shown.revealed => (self.ticked(question)?, None),
            Form::Ticked { seconds } => self.spoken(question, *seconds)?,
            Form::Revealed {} => (self.thought(question, None)?.unwrap_or(Reply::Reveal), None),
        };
        let measured = self.lap();
        let took = took.unwrap_or(measured);
        self.watch.before += took;
        let confidence = self.sure(question, &reply)?;
        Ok(Heard { confidence, ..self.heard(reply, took) })
    }

    /// How sure the learner is of an answer, before it is graded or shown; none where that is not asked. A chain's steps are
    /// one answer: they are not.
    fn sure(&mut self, question: &Question, reply: &Reply) -> io::Result<Option<u8>> {
        let is_answer = matches!(reply, Reply::Answer(_) | Reply::Pick(_) | Reply::Reveal);
        let is_step = matches!(question.form, Form::Typed { chain: Some(_), .. });
        if !self.options.confidence || !is_answer || is_step {
            return Ok(None);
        }
        let odds = loop {
            match self.any_key(
                Some(question),
                Vec::new(),
                "how sure are you?  1 50%  2 80%  3 95%  Enter: no matter",
            )? {
                Key::Char(key @ '1'..='3') => break Some(ODDS[key as usize - '1' as usize]),
                Key::Enter | Key::Escape => break None,
                _ => {}
            }
        };
        let read = self.lap();
        self.watch.read += read;
        Ok(odds)
    }

    /// A new card is shown before it is asked, unless the learner would rather answer: then there is no reply yet.
    fn shown_first(&mut self, question: &Question) -> io::Result<Option<Reply>> {
        loop {
            match self.any_key(Some(question), Vec::new(), "new   Enter: show me   a: ask me now   ?: keys")? {
                Key::Enter | Key::Char(' ') => return Ok(Some(Reply::Look)),
                Key::Char('a') => {
                    self.asked_at_once = true;
                    self.refresh();
                    return Ok(None);
                }
                key => {
                    if let Some(reply) = self.common(&key, question)? {
                        return Ok(Some(reply));
                    }
                }
            }
        }
    }

    fn hear_after_round(&mut self) -> io::Result<Heard> {
        let hint = "go round these again?  y yes  n no  u undo  r regrade";
        loop {
            let reply = match self.any_key(None, Vec::new(), hint)? {
                Key::Enter | Key::Char('y' | 'Y') => Some(Reply::Again),
                Key::Escape | Key::Char('n' | 'N' | 'q' | line::CTRL_D) => Some(Reply::Quit),
                Key::Char('u') => Some(Reply::Undo),
                Key::Char('x' | 'X') => Some(Reply::Suspend(Which::Last)),
                Key::Char('!') => Some(Reply::Flag(Which::Last)),
                Key::Char('r') => self.regrade(None)?,
                _ => None,
            };
            if let Some(reply) = reply {
                self.erase()?;
                let read = self.lap();
                self.watch.read += read;
                return Ok(self.heard(reply, Duration::ZERO));
            }
        }
    }

    fn heard(&mut self, reply: Reply, took: Duration) -> Heard {
        let read = std::mem::take(&mut self.watch.read);
        Heard { reply: Ok(reply), took_s: took.as_secs_f64(), read_s: read.as_secs_f64(), confidence: None }
    }
}

impl FrontEnd for Terminal {
    fn show(&mut self, event: &Event) -> io::Result<()> {
        match event {
            // It is put on the screen when what stands there was read.
            Event::Question(_) if self.unread.is_some() => return Ok(()),
            Event::Question(question) => return self.present(question),
            Event::Edit(edit) => return self.edit(edit),
            Event::Revealed(answer) => {
                self.shown.revealed = true;
                self.points.clone_from(&answer.points);
                self.said = vec![false; answer.points.len()];
                self.grades.clone_from(&answer.grades);
            }
            Event::Looked(_) => self.unread = (self.options.pause != Pause::Never).then_some(Unread::Look),
            Event::Feedback(feedback) => {
                self.answered |= feedback.review.is_some();
                self.see.clone_from(&feedback.see);
                self.unread = self.is_to_be_read(feedback).then_some(Unread::Feedback);
            }
            Event::Shown(_) => self.is_aside = true,
            Event::Undone { .. } | Event::Dismissed { .. } | Event::Round(_) | Event::Summary(_) => self.unread = None,
            Event::Begun(_) | Event::Flagged { .. } | Event::Noted { .. } | Event::Refused { .. } => {}
        }
        self.print(&screen::event(event, self.width(), self.shown))?;
        if !matches!(event, Event::Revealed(_)) {
            self.refresh();
        }
        // Feedback is read from now on, and so is what stands before a question.
        if self.unread.is_some() {
            self.watch.since = self.device.time();
        }
        Ok(())
    }

    fn hear(&mut self, awaited: &Awaited) -> io::Result<Option<Heard>> {
        if let Some(note) = self.edited.take() {
            return Ok(Some(self.heard(Reply::Edited(note), Duration::ZERO)));
        }
        let heard = match awaited {
            Awaited::Question(question) => self.hear_question(question),
            Awaited::Round(_) => self.hear_after_round(),
        };
        match heard {
            Ok(heard) => Ok(Some(heard)),
            // The terminal was closed.
            Err(error) if matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::NotConnected) => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// However a session ends, its last rows are taken away; the device puts the terminal back.
impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.erase();
    }
}

#[cfg(test)]
mod tests;
