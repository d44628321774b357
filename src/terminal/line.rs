//! A line that is being typed: keys in, text and cursor out. Nothing here touches a terminal.

use console::Key;
use textwrap::core::display_width;

pub(super) const CTRL_D: char = '\u{4}';
const CTRL_K: char = '\u{b}';
const CTRL_U: char = '\u{15}';
const CTRL_W: char = '\u{17}';

/// What a key did to the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edit {
    /// It is still being typed.
    Open,
    /// It is finished.
    Done,
    /// Nothing more will be typed.
    Quit,
}

/// The line.
#[derive(Debug, Clone, Default)]
pub(super) struct Line {
    text: Vec<char>,
    /// The characters before the cursor.
    at: usize,
    /// The line before this one.
    last: Vec<char>,
}

impl Line {
    pub(super) fn press(&mut self, key: &Key) -> Edit {
        match key {
            Key::Enter => return Edit::Done,
            Key::Escape | Key::Char(CTRL_D) if self.text.is_empty() => return Edit::Quit,
            Key::Escape => self.set(Vec::new()),
            Key::ArrowUp if !self.last.is_empty() => self.set(self.last.clone()),
            Key::ArrowLeft => self.at = self.at.saturating_sub(1),
            Key::ArrowRight => self.at = self.text.len().min(self.at + 1),
            // Ctrl-A and Ctrl-E come as these.
            Key::Home => self.at = 0,
            Key::End => self.at = self.text.len(),
            Key::Backspace => self.cut_back_to(self.at.saturating_sub(1)),
            Key::Del | Key::Char(CTRL_D) if self.at < self.text.len() => drop(self.text.remove(self.at)),
            Key::Char(CTRL_U) => self.cut_back_to(0),
            Key::Char(CTRL_K) => self.text.truncate(self.at),
            Key::Char(CTRL_W) => {
                let before = &self.text[..self.at];
                let word = before.iter().rposition(|c| !c.is_whitespace()).unwrap_or_default();
                self.cut_back_to(before[..word].iter().rposition(|c| c.is_whitespace()).map_or(0, |space| space + 1));
            }
            Key::Char(c) if !c.is_control() => {
                self.text.insert(self.at, *c);
                self.at += 1;
            }
            _ => {}
        }
        Edit::Open
    }

    /// Puts a text in at the cursor.
    pub(super) fn insert(&mut self, text: &str) {
        for letter in text.chars().filter(|letter| !letter.is_control()) {
            self.press(&Key::Char(letter));
        }
    }

    fn set(&mut self, text: Vec<char>) {
        self.at = text.len();
        self.text = text;
    }

    fn cut_back_to(&mut self, from: usize) {
        self.text.drain(from..self.at);
        self.at = from;
    }

    /// The finished line. A new one begins, which can recall it.
    pub(super) fn take(&mut self) -> String {
        self.at = 0;
        let text = std::mem::take(&mut self.text);
        let line = text.iter().collect();
        if !text.is_empty() {
            self.last = text;
        }
        line
    }

    /// The part about the cursor that fits in so many columns, and the cursor's column in it. A long line moves
    /// sideways: it never wraps, so that a clock can stand above it.
    pub(super) fn view(&self, columns: usize) -> (String, usize) {
        let width = |c: &char| display_width(c.encode_utf8(&mut [0; 4]));
        let (before, after) = self.text.split_at(self.at);
        let mut cursor = 0;
        let fits = before.iter().rev().take_while(|c| {
            let fits = cursor + width(c) < columns;
            cursor += if fits { width(c) } else { 0 };
            fits
        });
        let from = self.at - fits.count();
        let mut end = cursor;
        let fits = after.iter().take_while(|c| {
            end += width(c);
            end <= columns
        });
        let to = self.at + fits.count();
        (self.text[from..to].iter().collect(), cursor)
    }
}
