//! The terminal as it stands: what is on the screen, what was typed, how long it takes; and the wait for a key.

use super::device::{Device, Input};
#[cfg(not(unix))]
use super::elsewhere::Tty;
use super::line::Line;
use super::options::Options;
use super::pane::Pane;
use super::screen::{self, Shown};
#[cfg(unix)]
use super::tty::Tty;
use super::watch::Watch;
use crate::schedule::CardId;
use crate::session::{GradeMeans, Question};
use console::{Key, Term, style};
use std::io;
use std::time::Duration;

/// What is pressed so soon after a question appeared was meant for what stood there before.
const MEANT_BEFORE: Duration = Duration::from_millis(300);
/// Without a clock on the screen nothing changes by itself.
const LONG: Duration = Duration::from_secs(3600);
/// Takes everything off the screen.
const EMPTY_SCREEN: &str = "\u{1b}[H\u{1b}[2J";
const CTRL_L: char = '\u{c}';
const CTRL_Z: char = '\u{1a}';

/// What is read before the next question appears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unread {
    /// The feedback to an answer.
    Feedback,
    /// The answer of a card that was looked at.
    Look,
}

/// The terminal front end.
pub struct Terminal {
    pub(super) device: Box<dyn Device>,
    pub(super) options: Options,
    pub(super) pane: Pane,
    pub(super) line: Line,
    /// What of the open question is on the screen.
    pub(super) shown: Shown,
    /// A probe's points, once they are shown, and which of them were said.
    pub(super) points: Vec<String>,
    pub(super) said: Vec<bool>,
    /// What the grades would mean, once the answer is shown.
    pub(super) grades: Vec<GradeMeans>,
    /// The card whose answer was shown last.
    pub(super) shown_answer: Option<CardId>,
    /// So many answers may be spoken of.
    pub(super) answered: usize,
    /// So many may be graded otherwise, the steps of chains among them.
    pub(super) graded: usize,
    /// The cards that the last feedback refers to.
    pub(super) see: Vec<CardId>,
    /// What is on the screen to be read: the next question waits.
    pub(super) unread: Option<Unread>,
    /// Another card is on the screen beside the open question.
    pub(super) is_aside: bool,
    /// The learner answers the open question at once, though its card is new and could be shown first.
    pub(super) asked_at_once: bool,
    /// The question and the step at which quitting would lose steps, and the learner was told.
    pub(super) quit_at: Option<(usize, usize)>,
    /// The columns of the terminal when the question was put on the screen.
    columns: usize,
    pub(super) watch: Watch,
    /// What was edited and has not been told yet: of a note what it says.
    pub(super) edited: Option<Option<String>>,
    /// The open question is shown again after that, whatever it says now.
    pub(super) is_same: bool,
    /// Until then a key was meant for what stood on the screen before.
    pub(super) fresh_until: Duration,
}

impl Terminal {
    /// A front end on this terminal.
    ///
    /// # Errors
    /// The terminal cannot be read.
    pub fn new(term: Term, options: Options) -> io::Result<Self> {
        Ok(Self::on(Box::new(Tty::new(term)?), options))
    }

    pub(super) fn on(device: Box<dyn Device>, options: Options) -> Self {
        Self {
            device,
            pane: Pane::new(options.plain),
            options,
            line: Line::default(),
            shown: Shown::default(),
            points: Vec::new(),
            said: Vec::new(),
            grades: Vec::new(),
            shown_answer: None,
            answered: 0,
            graded: 0,
            see: Vec::new(),
            unread: None,
            is_aside: false,
            asked_at_once: false,
            quit_at: None,
            columns: 0,
            watch: Watch::default(),
            edited: None,
            is_same: false,
            fresh_until: Duration::ZERO,
        }
    }

    pub(super) fn width(&self) -> usize {
        screen::width(self.device.size().1)
    }

    pub(super) fn print(&mut self, text: &str) -> io::Result<()> {
        self.pane.erase(&mut *self.device)?;
        for line in text.lines() {
            self.device.write(&format!("{line}\n"))?;
        }
        Ok(())
    }

    pub(super) fn erase(&mut self) -> io::Result<()> {
        self.pane.erase(&mut *self.device)
    }

    /// Something new is on the screen.
    pub(super) fn refresh(&mut self) {
        self.fresh_until = self.device.time() + MEANT_BEFORE;
    }

    pub(super) fn is_fresh(&self) -> bool {
        self.device.time() < self.fresh_until
    }

    /// The time on the open question.
    fn time(&self) -> Duration {
        self.watch.time(self.device.time())
    }

    /// Ends a time that was reading, and no time on the question.
    pub(super) fn has_read(&mut self) {
        self.watch.has_read(self.device.time());
    }

    /// Waits for an input below these rows and the clock of the open question, if there is one; none when the time on it
    /// comes to an end first.
    pub(super) fn wait(
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
                None => {}
                Some(Input::Redraw) if self.columns == self.device.size().1 => {}
                Some(Input::Redraw | Input::Key(Key::Char(CTRL_L))) => self.show_again(question)?,
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

    /// Shows the open question anew, on an empty screen: another width tears what stands there. What was shown of its answer,
    /// or is being read, stays.
    fn show_again(&mut self, question: Option<&Question>) -> io::Result<()> {
        self.columns = self.device.size().1;
        let Some(question) = question.filter(|_| self.unread.is_none() && !self.shown.revealed) else { return Ok(()) };
        self.erase()?;
        if !self.options.plain {
            self.device.write(EMPTY_SCREEN)?;
        }
        self.print_question(question)
    }

    /// Waits for a key. What is pressed before anybody could have read the screen, and pasted text, is no key here.
    pub(super) fn key(
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

    /// Waits for a key where nothing comes by itself.
    pub(super) fn any_key(&mut self, question: Option<&Question>, rows: Vec<String>, hint: &str) -> io::Result<Key> {
        loop {
            if let Some(key) = self.key(question, rows.clone(), hint, None)? {
                return Ok(key);
            }
        }
    }

    pub(super) fn print_question(&mut self, question: &Question) -> io::Result<()> {
        self.columns = self.device.size().1;
        let width = self.width();
        let text = match self.options.plain {
            true => screen::plain_question(question, width),
            false => screen::question(question, width),
        };
        self.print(&text)
    }
}

/// However a session ends, its last rows are taken away; the device puts the terminal back.
impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.erase();
    }
}
