//! What the drive tells a front end, on the screen.

use super::options::Pause;
use super::screen::{self, Shown};
use super::state::Unread;
use super::{Terminal, editor};
use crate::drive::{Awaited, FrontEnd, Heard};
use crate::session::{self, Event, Form, Phase, Question, Reply, What};
use std::io;
use std::time::Duration;

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
            Event::Looked(answer) => {
                self.shown_answer = Some(answer.card.clone());
                self.unread = (self.options.pause != Pause::Never).then_some(Unread::Look);
            }
            Event::Feedback(feedback) => {
                self.graded += usize::from(feedback.replaces.is_none());
                self.answered += usize::from(feedback.review.is_some() && feedback.replaces.is_none());
                self.see.clone_from(&feedback.see);
                self.shown_answer = Some(feedback.card.clone());
                // A grade that is changed while its feedback is read is read too.
                let is_read_on = feedback.replaces.is_some() && self.unread.is_some();
                self.unread = (is_read_on || self.options.pause.holds(feedback)).then_some(Unread::Feedback);
            }
            Event::Shown(_) => self.is_aside = true,
            Event::Undone { what, .. } => {
                self.answered -= usize::from(*what == What::Answer).min(self.answered);
                self.graded -= usize::from(matches!(what, What::Answer | What::Step)).min(self.graded);
                self.unread = None;
            }
            Event::Dismissed { .. } | Event::Round(_) | Event::Summary(_) => self.unread = None,
            Event::Begun(_) => self.shown.keys_told = self.options.keys_told,
            Event::Flagged { .. } | Event::Noted { .. } | Event::Refused { .. } => {}
        }
        self.print(&screen::event(event, self.width(), self.shown))?;
        if !matches!(event, Event::Revealed(_)) {
            self.refresh();
        }
        // Feedback is read from now on, and so is what stands before a question.
        if self.unread.is_some() {
            self.watch.restart(self.device.time());
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

impl Terminal {
    /// Puts a question on the screen: its time begins.
    pub(super) fn present(&mut self, question: &Question) -> io::Result<()> {
        self.shown = Shown { plain: self.options.plain, ..Shown::default() };
        self.points.clear();
        self.grades.clear();
        self.asked_at_once &= self.is_same;
        // A card that comes again at once does not stand below its own answer.
        let is_later_step = matches!(&question.form, Form::Typed { chain: Some(place), .. } if place.step > 1);
        let is_below = self.shown_answer.as_ref() == Some(&question.card) && question.phase == Phase::Repeat;
        if is_below && !is_later_step && !self.is_same && !self.options.plain {
            let rows = self.device.size().0;
            self.print(&"\n".repeat(rows))?;
        }
        self.print_question(question)?;
        self.watch.begin(question, std::mem::take(&mut self.is_same), self.device.time());
        self.refresh();
        Ok(())
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
}
