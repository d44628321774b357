//! The loop that joins a session, the store and a front end: ask, answer, save, show.

use crate::catalog::CatalogError;
use crate::clock::Clock;
use crate::deck::Card;
use crate::log::{LogId, Mark, MarkKind, Saved};
use crate::schedule::{CardId, Mode};
use crate::session::{
    Ahead, Counts, Effect, Event, Feedback, Planned, Question, Refusal, Reply, Round, Score, Session, Step, score,
};
use crate::store::{Store, StoreError};
use std::io;
use std::sync::Arc;

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

    /// Waits for what is to follow a round; `None` at the end of the input.
    ///
    /// # Errors
    /// The other side is gone.
    fn after(&mut self, round: &Round) -> io::Result<Option<Heard>>;
}

/// A reply as it was heard.
#[derive(Debug)]
pub struct Heard {
    /// The reply, or why it is none.
    pub reply: Result<Reply, Refusal>,
    /// Seconds that replace the measured ones.
    pub took_s: Option<f64>,
}

/// Where a session's cards come from.
pub trait Source {
    /// Reads a card; none where no deck has it.
    ///
    /// # Errors
    /// The database, or the decks.
    fn card(&self, store: &mut Store, id: &CardId) -> Result<Option<Arc<Card>>, DriveError>;

    /// More due cards for a session that was given the first ones, and how many are left out still.
    ///
    /// # Errors
    /// The database.
    fn more(&self, store: &Store, session: &Session) -> Result<(Vec<Planned>, usize), DriveError>;

    /// What is ahead of the cards that the session chose from.
    ///
    /// # Errors
    /// The database.
    fn ahead(&self, store: &Store) -> Result<Ahead, DriveError>;
}

/// Why a session could not go on.
#[derive(Debug, thiserror::Error)]
pub enum DriveError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The decks.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// The front end.
    #[error("cannot read or write: {0}")]
    Io(#[from] io::Error),
}

/// A session with all that it runs on.
pub struct Drive<'a> {
    /// The session.
    pub session: Session,
    /// The database.
    pub store: &'a mut Store,
    /// The cards.
    pub source: &'a dyn Source,
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
        let Opening { counts, interview, note } = opening;
        front.show(&Event::Session {
            protocol: 1,
            mode: self.session.mode().name(),
            day: self.session.day().to_string(),
            due: counts.due,
            new: counts.new,
            budget_s: self.session.budget_s(),
            new_waiting: self.session.new_waiting(),
            interview,
            note,
        })?;
        'session: loop {
            if self.session.wants_more() {
                let (more, beyond) = self.source.more(self.store, &self.session)?;
                self.session.extend(more, beyond);
            }
            let read = |id: &CardId| self.source.card(self.store, id);
            let Some(question) = self.session.question(self.clock.today(), read)? else {
                if self.goes_round_again(front)? {
                    continue;
                }
                break;
            };
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
        let mut summary = self.session.summary(self.source.ahead(self.store)?);
        if self.session.mode() == Mode::Quiz {
            summary.score = self.score()?;
        }
        front.show(&Event::Summary(&summary))?;
        Ok(())
    }

    /// At the end of a round of `cram`: whether the weak ones are asked again.
    fn goes_round_again(&mut self, front: &mut dyn FrontEnd) -> Result<bool, DriveError> {
        let Some(round) = self.session.round() else { return Ok(false) };
        front.show(&Event::Round(&round))?;
        loop {
            let Some(Heard { reply, took_s }) = front.after(&round)? else { return Ok(false) };
            self.clock.advance(took_s.unwrap_or_default());
            match reply {
                Ok(Reply::Again) => {
                    self.session.again();
                    return Ok(true);
                }
                Ok(reply) => match self.take(front, reply, took_s.unwrap_or_default())? {
                    Then::End => return Ok(false),
                    // Something was taken back, or is weak no more.
                    Then::Ask => return Ok(true),
                    Then::Wait => {}
                },
                Err(refusal) => {
                    refuse(front, &refusal)?;
                }
            }
        }
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
            Effect::Skipped(card) => front.show(&Event::Dismissed { card: card.as_str(), suspended: false })?,
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
            Effect::Mark(card, kind) => {
                let (at_ms, day) = (self.clock.now_ms(), self.session.day());
                let toggled = matches!(kind, MarkKind::Flag | MarkKind::Unflag);
                let state = self.store.mark(&Mark::of_card(card.clone(), kind, at_ms, day))?;
                self.session.marked(&card, state);
                let card = card.as_str();
                if toggled {
                    front.show(&Event::Flagged { card, flagged: state.flagged })?;
                    return Ok(Then::Wait);
                }
                front.show(&Event::Dismissed { card, suspended: true })?;
            }
        }
        Ok(Then::Ask)
    }

    fn retract_latest(&mut self, front: &mut dyn FrontEnd) -> Result<Then, DriveError> {
        let Some((id, latest)) = self.store.latest()? else {
            return refuse(front, &Refusal::new("there is no answer to take back"));
        };
        if latest.mode != self.session.mode() {
            let message = format!(
                "nothing was answered in this session; the latest answer is of {}: sysdrill undo takes it back",
                latest.mode.name()
            );
            return refuse(front, &Refusal::new(message));
        }
        let Some(card) = self.source.card(self.store, &latest.card)? else {
            let message = format!(
                "the latest answer is to {}, which no deck has any more: sysdrill undo takes it back",
                latest.card
            );
            return refuse(front, &Refusal::new(message));
        };
        let state = self.store.retract(id, &latest.card, self.clock.now_ms())?;
        let seed = latest.seed.unwrap_or_default();
        let repeat = state.is_owed(self.session.day());
        let mut earlier = Planned { brief: card.brief(), state, seed, repeat, weak: Vec::new() };
        recall_weak_steps(&mut earlier, self.store)?;
        self.session.undone(state, Some((earlier, card)));
        undone(front, id, &latest.card)?;
        Ok(Then::Ask)
    }

    /// The sprint's score against the sprints before it.
    fn score(&self) -> Result<Option<Score>, StoreError> {
        let (this, before) = self.store.sittings(Mode::Quiz, self.session.id(), LAST_SPRINTS)?;
        Ok(score(&this, &before))
    }
}

/// What a session says of itself at its start.
#[derive(Debug, Clone, Default)]
pub struct Opening {
    /// What there is to do.
    pub counts: Counts,
    /// The interview that is planned for.
    pub interview: Option<String>,
    /// What is odd.
    pub note: Option<String>,
}

/// A chain that is owed a repeat is asked its weak steps alone; which they are stands in the log.
///
/// # Errors
/// The database could not be read.
pub fn recall_weak_steps(planned: &mut Planned, store: &Store) -> Result<(), StoreError> {
    if planned.repeat {
        let log = store.log(&planned.brief.id)?;
        let latest = log.iter().rev().find(|entry| !entry.retracted);
        let steps = latest.map(|entry| Step::of_log(entry.review.steps.as_deref()));
        planned.weak = steps.map(|steps| Step::weakest(&steps)).unwrap_or_default();
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
        let days = match saved.clock_behind_ms / CLOCK_IS_BEHIND_MS {
            1 => "a day".to_owned(),
            days => format!("{days} days"),
        };
        let note = format!("the clock is {days} behind this card's latest answer: was it set back?");
        feedback.note = Some(feedback.note.map_or(note.clone(), |first| format!("{first}; {note}")));
    }
    feedback
}
