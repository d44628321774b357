//! What can be done at any question, whatever it asks.

use super::input::{self, Command};
use super::{Terminal, line, screen};
use crate::session::{Form, Question, Reply, Which};
use console::Key;
use std::io;

impl Terminal {
    /// A reply from the keys that act everywhere but at a typed prompt.
    pub(super) fn common(&mut self, key: &Key, question: &Question) -> io::Result<Option<Reply>> {
        match key {
            Key::Escape | Key::Char(line::CTRL_D) => self.quit(question),
            Key::Char(letter) => match Command::of(*letter) {
                Some(command) => self.command(command, question),
                None => Ok(None),
            },
            _ => Ok(None),
        }
    }

    pub(super) fn command(&mut self, command: Command, question: &Question) -> io::Result<Option<Reply>> {
        Ok(match command {
            Command::Quit => self.quit(question)?,
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

    /// A chain that is left in its middle is lost: that is asked once.
    pub(super) fn quit(&mut self, question: &Question) -> io::Result<Option<Reply>> {
        let steps = match &question.form {
            Form::Typed { chain: Some(place), .. } => place.answered,
            _ => 0,
        };
        let at = Some((question.n, steps));
        if steps == 0 || self.quit_at == at {
            return Ok(Some(Reply::Quit));
        }
        self.quit_at = at;
        self.print(&screen::lost(steps, self.width()))?;
        Ok(None)
    }

    pub(super) fn regrade(&mut self, question: Option<&Question>) -> io::Result<Option<Reply>> {
        if question.is_some() && self.graded == 0 {
            self.print("Nothing was graded in this session yet.")?;
            return Ok(None);
        }
        let hint = format!("last: {}", self.options.scale.keys());
        Ok(match self.any_key(question, Vec::new(), &hint)? {
            Key::Char(letter) => self.options.scale.quality(letter).map(Reply::Regrade),
            _ => None,
        })
    }

    /// A mistake in a card is often seen in its feedback, when the next one is open already.
    fn flag(&mut self, question: &Question) -> io::Result<Option<Reply>> {
        if self.answered == 0 {
            return Ok(Some(Reply::Flag(Which::Open)));
        }
        Ok(
            match self.any_key(
                Some(question),
                Vec::new(),
                "flag which?  1: this card  2: the one before  Esc: neither",
            )? {
                Key::Char('1') => Some(Reply::Flag(Which::Open)),
                Key::Char('2') => Some(Reply::Flag(Which::Last)),
                _ => None,
            },
        )
    }

    /// The card that the last feedback refers to, or one of them.
    pub(super) fn open_related(&mut self) -> io::Result<Option<Reply>> {
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
}
