//! What keys and typed lines stand for.

use console::Key;

/// What can be done at any question. At a typed prompt it is a word, or a letter after a colon.
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
    Open,
    Edit,
    Help,
}

impl Command {
    /// Each with its letter, and its words where it has any.
    const ALL: [(Self, char, &'static [&'static str]); 11] = [
        (Self::Quit, 'q', &["quit", "exit"]),
        (Self::Undo, 'u', &["undo"]),
        (Self::Skip, 's', &["skip"]),
        (Self::Suspend, 'x', &["suspend"]),
        (Self::SuspendLast, 'X', &[]),
        (Self::Flag, '!', &["flag"]),
        (Self::Look, 'l', &["look"]),
        (Self::Regrade, 'r', &["regrade"]),
        (Self::Open, 'o', &["open"]),
        (Self::Edit, 'e', &["edit"]),
        (Self::Help, '?', &["help"]),
    ];

    pub(super) fn of(letter: char) -> Option<Self> {
        Self::ALL.iter().find(|(_, own, _)| *own == letter).map(|(command, ..)| *command)
    }

    fn of_word(word: &str) -> Option<Self> {
        let is_it = |words: &&[&str]| words.iter().any(|own| own.eq_ignore_ascii_case(word));
        Self::ALL.iter().find(|(.., words)| is_it(words)).map(|(command, ..)| *command)
    }
}

/// A line as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Typed {
    /// Enter alone.
    Blank,
    Text(String),
    Command(Command),
    /// A letter that is a command elsewhere, and no answer here.
    BareLetter(char),
    /// After a colon, and no command.
    Unknown,
}

impl Typed {
    pub(super) fn of(line: &str) -> Self {
        let typed = line.trim();
        let letter = |text: &str| {
            let mut letters = text.chars();
            letters.next().filter(|_| letters.next().is_none())
        };
        if let Some(command) = typed.strip_prefix(':') {
            let command = command.trim();
            let named = letter(command).and_then(Command::of).or_else(|| Command::of_word(command));
            return named.map_or(Self::Unknown, Self::Command);
        }
        if typed.is_empty() {
            return Self::Blank;
        }
        match (Command::of_word(typed), letter(typed)) {
            (Some(command), _) => Self::Command(command),
            (None, Some('?')) => Self::Command(Command::Help),
            (None, Some(letter)) if !letter.is_numeric() => Self::BareLetter(letter),
            // As it was typed: a caret points into it.
            _ => Self::Text(line.to_owned()),
        }
    }
}

/// Which of so many a number key picks, from 0.
pub(super) fn nth(key: &Key, count: usize) -> Option<usize> {
    let Key::Char(letter) = key else { return None };
    let at = (letter.to_digit(10)? as usize).checked_sub(1)?;
    (at < count).then_some(at)
}
