//! A typed line, and the letters that stand for commands.

use console::Term;
use dialoguer::Input;
use dialoguer::theme::Theme;
use std::fmt;
use std::io;

/// What can be done at any question. At a typed prompt a colon stands before the letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Command {
    Quit,
    Undo,
    Skip,
    Suspend,
    Look,
    Regrade,
    Help,
}

impl Command {
    pub(super) fn of(letter: char) -> Option<Self> {
        Some(match letter {
            'q' => Self::Quit,
            'u' => Self::Undo,
            's' => Self::Skip,
            'x' => Self::Suspend,
            'l' => Self::Look,
            'r' => Self::Regrade,
            '?' => Self::Help,
            _ => return None,
        })
    }
}

/// A line as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Typed {
    /// Enter alone.
    Blank,
    Text(String),
    /// Behind a colon; none for what is no single letter.
    Command(Option<char>),
}

impl Typed {
    pub(super) fn of(line: &str) -> Self {
        let typed = line.trim();
        match typed.strip_prefix(':') {
            None if typed.is_empty() => Self::Blank,
            None if typed == "?" => Self::Command(Some('?')),
            // As it was typed: a caret points into it.
            None => Self::Text(line.to_owned()),
            Some(command) => {
                let mut letters = command.trim().chars();
                Self::Command(letters.next().filter(|_| letters.next().is_none()))
            }
        }
    }
}

/// Shows the prompt as it is.
struct Bare;

impl Theme for Bare {
    fn format_input_prompt(&self, f: &mut dyn fmt::Write, prompt: &str, _: Option<&str>) -> fmt::Result {
        write!(f, "{prompt} ")
    }

    fn format_input_prompt_selection(&self, f: &mut dyn fmt::Write, prompt: &str, typed: &str) -> fmt::Result {
        write!(f, "{prompt} {typed}")
    }
}

/// Reads a line.
pub(super) fn line(term: &Term, prompt: &str) -> io::Result<Typed> {
    let text = Input::<String>::with_theme(&Bare).with_prompt(prompt).allow_empty(true).interact_text_on(term);
    match text {
        Ok(text) => Ok(Typed::of(&text)),
        Err(dialoguer::Error::IO(error)) => Err(error),
    }
}
