//! The loop that joins a session, the store and a front end: ask, answer, save, show.

use crate::clock::Clock;
use crate::deck::Library;
use crate::schedule::{CardId, CardState, Day, Happening, Mode};
use crate::session::{
    Counts, Effect, Event, Feedback, Planned, Question, Refusal, Reply, Score, Session, score, weak_step_ids,
};
use crate::store::{LogId, Saved, Store, StoreError};
use std::io;

/// From this many milliseconds on, a clock that is behind the log is spoken of.
const CLOCK_IS_BEHIND_MS: i64 = 24 * 3600 * 1000;

/// How many earlier sprints a score is held against.
const LAST_SPRINTS: u32 = 5;

/// A person or a program that is asked.
pub trait FrontEnd {
    /// Shows what happened.
    ///
    /// # Errors
    /// The other side is gone.
    fn show(&mut self, event: &Event) -> io::Result<()>;

    /// Waits for a reply to the open question; `None` at the end of the input.
    ///
    /// # Errors
    /// The other side is gone.
    fn reply(&mut self, question: &Question) -> io::Result<Option<Heard>>;
}

/// A reply as it was heard.
#[derive(Debug)]
pub struct Heard {
    /// The reply, or why it is none.
    pub reply: Result<Reply, Refusal>,
    /// Seconds that replace the measured ones.
    pub took_s: Option<f64>,
}

/// Why a session could not go on.
#[derive(Debug, thiserror::Error)]
pub enum DriveError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The front end.
    #[error("cannot read or write: {0}")]
    Io(#[from] io::Error),
}

/// A session with all that it runs on.
pub struct Drive<'a> {
    /// The session.
    pub session: Session<'a>,
    /// The database.
    pub store: &'a mut Store,
    /// All decks.
    pub library: &'a Library,
    /// The cards that the session chose from: what is due next is said of them.
    pub scope: Vec<CardId>,
    /// The time.
    pub clock: &'a mut Clock,
}

/// What follows a reply.
enum Then {
    /// The same question is still open.
    Wait,
    /// Ask the next one.
    Ask,
    /// The session ends.
    End,
}

impl Drive<'_> {
    /// Runs the session to its end.
    ///
    /// # Errors
    /// The front end failed. What was confirmed is on disk.
    pub fn run(mut self, front: &mut dyn FrontEnd, opening: Opening) -> Result<(), DriveError> {
        let Opening { mode, counts, budget_s } = opening;
        let day = self.session.day().to_string();
        front.show(&Event::Session { protocol: 1, mode, day, due: counts.due, new: counts.new, budget_s })?;
        'session: while let Some(question) = self.session.question(self.clock.today()) {
            front.show(&Event::Question(&question))?;
            loop {
                let asked_ms = self.clock.now_ms();
                let Some(Heard { reply, took_s }) = front.reply(&question)? else { break 'session };
                let measured_s = (self.clock.now_ms() - asked_ms).max(0) as f64 / 1000.0;
                self.clock.advance(took_s.unwrap_or_default());
                let then = match reply {
                    Ok(reply) => self.take(front, reply, took_s.unwrap_or(measured_s))?,
                    Err(refusal) => refuse(front, &refusal)?,
                };
                match then {
                    Then::Wait => {}
                    Then::Ask => break,
                    Then::End => break 'session,
                }
            }
        }
        let mut summary = self.session.summary(self.next_due()?);
        if self.session.mode() == Mode::Quiz {
            summary.score = self.score()?;
        }
        front.show(&Event::Summary(&summary))?;
        Ok(())
    }

    fn take(&mut self, front: &mut dyn FrontEnd, reply: Reply, took_s: f64) -> Result<Then, DriveError> {
        match self.session.reply(reply, took_s, self.clock.now_ms()) {
            Err(refusal) => refuse(front, &refusal),
            Ok(effect) => match self.perform(front, effect) {
                // The answer could not be saved: it is not confirmed, and its question is open again.
                Err(DriveError::Store(error)) => {
                    self.session.not_saved();
                    refuse(front, &Refusal::new(error.to_string()))
                }
                done => done,
            },
        }
    }

    fn perform(&mut self, front: &mut dyn FrontEnd, effect: Effect) -> Result<Then, DriveError> {
        match effect {
            Effect::Quit => return Ok(Then::End),
            Effect::Next => {}
            Effect::Reveal(answer) => {
                front.show(&Event::Answer(&answer))?;
                return Ok(Then::Wait);
            }
            Effect::Looked(answer) => front.show(&Event::Answer(&answer))?,
            Effect::Step(feedback) => front.show(&Event::Feedback(&feedback))?,
            Effect::StepUndone(card) => front.show(&Event::Undone { card: card.as_str(), review: None })?,
            Effect::Record(review) => {
                let saved = self.store.record(&review)?;
                let feedback = self.session.saved(&saved);
                front.show(&Event::Feedback(&speak_of_clock(feedback, &saved)))?;
            }
            Effect::Replace(old, review, quality) => {
                let saved = self.store.replace(old, &review)?;
                let feedback = self.session.regraded(&saved, &review, quality);
                front.show(&Event::Feedback(&feedback))?;
            }
            Effect::Retract(review, card) => {
                let state = self.store.retract(review, &card, self.clock.now_ms())?;
                self.session.undone(state, None);
                undone(front, review, &card)?;
            }
            Effect::RetractLatest => return self.retract_latest(front),
            Effect::Suspend(card) => {
                self.store.mark(&card, Happening::Suspend, self.clock.now_ms())?;
                self.session.dismiss();
            }
        }
        Ok(Then::Ask)
    }

    fn retract_latest(&mut self, front: &mut dyn FrontEnd) -> Result<Then, DriveError> {
        let Some((id, latest)) = self.store.latest()? else {
            return refuse(front, &Refusal::new("there is no answer to take back"));
        };
        let Some(card) = self.library.get(&latest.card) else {
            let message = format!(
                "the latest answer is to {}, which no deck has any more: sysdrill undo takes it back",
                latest.card
            );
            return refuse(front, &Refusal::new(message));
        };
        let state = self.store.retract(id, &latest.card, self.clock.now_ms())?;
        let seed = latest.seed.unwrap_or_default();
        let repeat = state.is_owed(self.session.day());
        let mut earlier = Planned { card, state, seed, repeat, weak: Vec::new() };
        recall_weak_steps(&mut earlier, self.store)?;
        self.session.undone(state, Some(earlier));
        undone(front, id, &latest.card)?;
        Ok(Then::Ask)
    }

    /// The sprint's score against the sprints before it.
    fn score(&self) -> Result<Option<Score>, StoreError> {
        let (this, before) = self.store.sittings(Mode::Quiz, self.session.id(), LAST_SPRINTS)?;
        Ok(score(&this, &before))
    }

    fn next_due(&self) -> Result<Option<Day>, StoreError> {
        let states = self.store.states()?;
        Ok(next_due(self.scope.iter().filter_map(|id| states.get(id)), self.session.day()))
    }
}

/// What a session says of itself at its start.
#[derive(Debug, Clone, Copy)]
pub struct Opening {
    /// The command.
    pub mode: &'static str,
    /// What there is to do.
    pub counts: Counts,
    /// The time box in seconds, if there is one.
    pub budget_s: Option<f64>,
}

/// The first day after this one on which one of these cards is due.
pub fn next_due<'a>(states: impl Iterator<Item = &'a CardState>, day: Day) -> Option<Day> {
    let waiting = states.filter(|state| !state.suspended).filter_map(|state| state.memory.scheduled());
    waiting.map(|scheduled| scheduled.due).filter(|due| *due > day).min()
}

/// A chain that is owed a repeat is asked its weak steps alone; which they are stands in the log.
///
/// # Errors
/// The database could not be read.
pub fn recall_weak_steps(planned: &mut Planned, store: &Store) -> Result<(), StoreError> {
    if planned.repeat {
        let log = store.log(&planned.card.id)?;
        let latest = log.iter().rev().find(|entry| !entry.retracted);
        planned.weak = latest.and_then(|entry| entry.review.steps.as_deref()).map(weak_step_ids).unwrap_or_default();
    }
    Ok(())
}

fn refuse(front: &mut dyn FrontEnd, refusal: &Refusal) -> Result<Then, DriveError> {
    front.show(&Event::Error { message: &refusal.message, column: refusal.column })?;
    Ok(Then::Wait)
}

fn undone(front: &mut dyn FrontEnd, review: LogId, card: &CardId) -> io::Result<()> {
    front.show(&Event::Undone { card: card.as_str(), review: Some(review.to_string()) })
}

fn speak_of_clock(mut feedback: Feedback, saved: &Saved) -> Feedback {
    if saved.clock_behind_ms > CLOCK_IS_BEHIND_MS {
        let days = saved.clock_behind_ms / CLOCK_IS_BEHIND_MS;
        let note = format!("the clock is {days} days behind this card's latest answer: was it set back?");
        feedback.note = Some(feedback.note.map_or(note.clone(), |first| format!("{first}; {note}")));
    }
    feedback
}
