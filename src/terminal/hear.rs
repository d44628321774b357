//! What a person says to what is on the screen.

use super::state::Unread;
use super::{Terminal, line, screen};
use crate::drive::Heard;
use crate::session::{First, Form, ODDS, Question, Reply, Which};
use console::Key;
use std::io;
use std::time::Duration;

impl Terminal {
    pub(super) fn hear_question(&mut self, question: &Question) -> io::Result<Heard> {
        if self.is_aside {
            self.is_aside = false;
            self.any_key(None, Vec::new(), "Enter: back")?;
            self.has_read();
            if self.unread.is_none() {
                self.print_question(question)?;
                self.refresh();
            }
        }
        if let Some(unread) = self.unread {
            let reply = self.pause(unread)?;
            self.has_read();
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
            let took = self.watch.reply(None, self.device.time());
            return Ok(self.heard(reply, took));
        }
        let (reply, took) = match &question.form {
            Form::Typed { asked_in, .. } => (self.typed(question, asked_in)?, None),
            Form::Picked { options } => (self.picked(question, options)?, None),
            Form::Ticked { .. } if self.shown.revealed => (self.ticked(question)?, None),
            Form::Ticked { seconds } => self.spoken(question, *seconds)?,
            Form::Revealed {} => (self.thought(question, None)?.unwrap_or(Reply::Reveal), None),
        };
        let took = self.watch.reply(took, self.device.time());
        let confidence = self.sure(question, &reply)?;
        Ok(Heard { confidence, ..self.heard(reply, took) })
    }

    /// A new card is shown before it is asked, unless the learner would rather answer: then there is no reply yet.
    fn shown_first(&mut self, question: &Question) -> io::Result<Option<Reply>> {
        loop {
            // The time of a probe has not begun.
            let timed = Some(question).filter(|question| !matches!(question.form, Form::Ticked { .. }));
            match self.any_key(timed, Vec::new(), "new   Enter: show me   a: ask me now   ?: keys")? {
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
                "how sure are you?  1 50%  2 80%  3 95%  Enter: do not say",
            )? {
                Key::Char(key @ '1'..='3') => break Some(ODDS[key as usize - '1' as usize]),
                Key::Enter | Key::Escape => break None,
                _ => {}
            }
        };
        self.has_read();
        Ok(odds)
    }

    /// What is read stays on the screen until a key is pressed: none goes on.
    pub(super) fn pause(&mut self, unread: Unread) -> io::Result<Option<Reply>> {
        // Sixty columns hold them.
        let open = if self.see.is_empty() { "x suspend" } else { "o related" };
        let hint = match unread {
            Unread::Feedback => format!("Enter: go on  u undo  r regrade  {open}  ? keys"),
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

    pub(super) fn hear_after_round(&mut self) -> io::Result<Heard> {
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
                self.has_read();
                return Ok(self.heard(reply, Duration::ZERO));
            }
        }
    }

    pub(super) fn heard(&mut self, reply: Reply, took: Duration) -> Heard {
        let read = self.watch.take_read();
        Heard { reply: Ok(reply), took_s: took.as_secs_f64(), read_s: read.as_secs_f64(), confidence: None }
    }
}
