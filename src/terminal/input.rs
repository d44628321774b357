//! What keys and typed lines stand for.

use console::Key;

/// What can be done at any question. At a typed prompt a colon stands before the letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Command {
    Quit,
    Undo,
    Skip,
    Suspend,
    SuspendLast,
    Flag,
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
            'X' => Self::SuspendLast,
            '!' => Self::Flag,
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

/// Which of so many a number key picks, from 0.
pub(super) fn nth(key: &Key, count: usize) -> Option<usize> {
    let Key::Char(letter) = key else { return None };
    let at = (letter.to_digit(10)? as usize).checked_sub(1)?;
    (at < count).then_some(at)
}
