//! The end of a session: what could fill the time that is left.

use super::Terminal;
use super::device::Input;
use super::line::{CTRL_D, Edit};
use super::screen::plural;
use crate::session::Counts;
use console::Key;
use std::io;

/// What could come next. What makes no sense is not offered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Offer {
    /// The minutes that a day has, where it has an end, and the whole ones that are left of them.
    pub day_minutes: Option<(u32, u32)>,
    /// More cards now.
    pub more: Option<More>,
    /// A sprint of so many questions.
    pub sprint: Option<usize>,
    /// A plan: no interview is planned for.
    pub plan: bool,
}

/// The cards that a day may still have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum More {
    /// New ones beyond the day's.
    New(usize),
    /// What the plan has for the rest of its minutes.
    Planned(Counts),
}

/// What a learner chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// More cards now.
    More,
    /// The sprint.
    Sprint,
    /// A plan.
    Plan,
}

impl Offer {
    /// Whether nothing is offered.
    pub fn is_empty(&self) -> bool {
        self.choices().is_empty()
    }

    /// The choices there are, each with its letter and what it does.
    fn choices(&self) -> Vec<(char, Choice, String)> {
        let more = self.more.map(|more| match more {
            More::New(count) => plural(count, "more new card"),
            More::Planned(counts) => format!("the plan's next cards: {counts}"),
        });
        let sprint = self.sprint.map(|questions| format!("a sprint of {}, due or not", plural(questions, "estimate")));
        let plan = self.plan.then(|| "plan for an interview".to_owned());
        let choices = [('m', Choice::More, more), ('z', Choice::Sprint, sprint), ('p', Choice::Plan, plan)];
        choices.into_iter().filter_map(|(letter, choice, words)| Some((letter, choice, words?))).collect()
    }

    fn chosen(&self, letter: char) -> Option<Choice> {
        self.choices().into_iter().find(|(own, ..)| *own == letter).map(|(_, choice, _)| choice)
    }

    fn text(&self) -> String {
        let head = match self.day_minutes {
            Some((of, 0)) => format!("Today's {} are done. What next?", plural(of as usize, "minute")),
            Some((_, left)) => format!("{} left today. What next?", plural(left as usize, "minute")),
            None => "What next?".to_owned(),
        };
        let lines = self.choices().into_iter().map(|(letter, _, words)| format!("  {letter}  {words}"));
        std::iter::once(format!("\n{head}")).chain(lines).collect::<Vec<_>>().join("\n")
    }
}

impl Terminal {
    /// Offers what could come next, and gives what was chosen; none where the learner has had enough.
    ///
    /// # Errors
    /// The terminal is gone, or the learner interrupts.
    pub fn offer(&mut self, offer: &Offer) -> io::Result<Option<Choice>> {
        self.print(&offer.text())?;
        self.refresh();
        let choice = if self.options.plain { self.typed_choice(offer) } else { self.pressed_choice(offer) };
        // What comes stands apart from what was offered.
        self.print(if matches!(choice, Ok(Some(_))) { "\n" } else { "" })?;
        match choice {
            // The terminal was closed.
            Err(error) if matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::NotConnected) => {
                Ok(None)
            }
            choice => choice,
        }
    }

    /// A letter is meant whenever it comes; what would end the program so soon was meant for the last card.
    fn pressed_choice(&mut self, offer: &Offer) -> io::Result<Option<Choice>> {
        let hint = "a letter, or Enter: end";
        loop {
            match self.wait(None, Vec::new(), hint, hint.len(), None)? {
                Some(Input::Key(Key::Char(letter))) if offer.chosen(letter).is_some() => {
                    return Ok(offer.chosen(letter));
                }
                Some(Input::Key(Key::Enter | Key::Escape | Key::Char('q' | CTRL_D))) if !self.is_fresh() => {
                    return Ok(None);
                }
                _ => {}
            }
        }
    }

    /// The same as a line, for whoever hears the screen: a letter and Enter.
    fn typed_choice(&mut self, offer: &Offer) -> io::Result<Option<Choice>> {
        let prompt = "a letter and Enter, or Enter alone to end >";
        loop {
            let (text, cursor) = self.line.view(self.device.size().1.saturating_sub(prompt.len() + 2));
            let input = self.wait(None, Vec::new(), &format!("{prompt} {text}"), prompt.len() + 1 + cursor, None)?;
            let Some(Input::Key(key)) = input else { continue };
            if self.is_fresh() && matches!(key, Key::Enter | Key::Escape | Key::Char(CTRL_D)) {
                continue;
            }
            match self.line.press(&key) {
                Edit::Open => {}
                Edit::Quit => return Ok(None),
                Edit::Done => {
                    let line = self.line.take();
                    let mut letters = line.trim().chars();
                    match (letters.next(), letters.next()) {
                        (None | Some('q'), None) => return Ok(None),
                        (Some(own), None) if offer.chosen(own).is_some() => return Ok(offer.chosen(own)),
                        _ => self.print(&offer.text())?,
                    }
                }
            }
        }
    }
}
