//! A session on a store: a reply goes in, what happened comes out.
//!
//! A [`Drive`] holds the session alone. What it runs on, its [`Backend`], is lent to it for each step, so that a drive can be
//! kept between two steps for as long as anybody likes, sent to another thread, or dropped: what was confirmed is on disk,
//! and a new session of the same day goes on with what is left. [`run`] is its loop for a front end that waits.

use crate::catalog::CatalogError;
use crate::clock::Clock;
use crate::deck::{Card, DeckError};
use crate::log::{LogId, Mark};
use crate::schedule::{CardId, Day, Mode};
use crate::session::{
    Ahead, Begun, Counts, Edit, EditPlace, Effect, Event, Face, Marked, Question, Queued, Refusal, Reply, Round, Score,
    Session, Step, What, score,
};
use crate::store::{Store, StoreError};
use std::io;
use std::sync::Arc;

/// How many earlier sprints a score is held against.
const LAST_SPRINTS: u32 = 5;

/// A person or a program that is asked.
pub trait FrontEnd {
    /// Shows what happened.
    ///
    /// # Errors
    /// The other side is gone.
    fn show(&mut self, event: &Event) -> io::Result<()>;

    /// Waits for a reply; `None` at the end of the input.
    ///
    /// # Errors
    /// The other side is gone.
    fn hear(&mut self, awaited: &Awaited) -> io::Result<Option<Heard>>;
}

/// What a reply is awaited to.
#[derive(Debug, Clone)]
pub enum Awaited {
    /// The open question.
    Question(Box<Question>),
    /// What is to follow a round.
    Round(Round),
}

/// A reply as it was heard.
#[derive(Debug)]
pub struct Heard {
    /// The reply, or why it is none.
    pub reply: Result<Reply, Refusal>,
    /// The seconds that it took, from when the question appeared or the reply before.
    pub took_s: f64,
    /// The seconds that were spent on the feedback before the question appeared.
    pub read_s: f64,
    /// How sure the learner was before the answer was shown, in percent: one of [`crate::session::ODDS`]; none where nobody asked.
    pub confidence: Option<u8>,
}

/// Where a session's cards come from.
pub trait Supply {
    /// Reads a card; none where no deck has it.
    ///
    /// # Errors
    /// The database, or the decks.
    fn card(&self, store: &mut Store, id: &CardId) -> Result<Option<Arc<Card>>, DriveError>;

    /// More due cards for a session that was given the first ones, and how many are left out still.
    ///
    /// # Errors
    /// The database.
    fn more(&self, store: &Store, session: &Session) -> Result<(Vec<Queued>, usize), DriveError>;

    /// Reads the decks again whose files were changed, and says what is wrong in this one.
    ///
    /// # Errors
    /// The database, or the decks.
    fn look_again(&self, _store: &mut Store, _file: &str) -> Result<Vec<DeckError>, DriveError> {
        Ok(Vec::new())
    }

    /// What is ahead of the cards that the session chose from.
    ///
    /// # Errors
    /// The database.
    fn ahead(&self, store: &mut Store) -> Result<Ahead, DriveError>;
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

/// What a session runs on.
pub struct Backend<'a> {
    /// The database.
    pub store: &'a mut Store,
    /// The cards.
    pub supply: &'a dyn Supply,
    /// The time.
    pub clock: &'a mut Clock,
}

/// What a session says at its start beside what it knows itself.
#[derive(Debug, Clone, Default)]
pub struct Opening {
    /// What there is to do.
    pub counts: Counts,
    /// These are some cards that were chosen, and not all that there are.
    pub is_selection: bool,
    /// The interview that is planned for.
    pub interview: Option<Day>,
    /// The interview that was planned for, and is over.
    pub interview_was: Option<Day>,
    /// What is odd.
    pub note: Option<String>,
}

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ended {
    /// Nothing was left to ask. Otherwise somebody quit, or the time was up.
    pub asked_all: bool,
    /// Seconds left of the time box; none where it has none.
    pub left_s: Option<f64>,
}

/// A session that goes step by step.
#[derive(Debug)]
pub struct Drive {
    session: Session,
    opening: Opening,
    state: State,
    /// The card of the open question whose note was shown with its answer.
    noted: Option<CardId>,
    /// The card that is being edited.
    editing: Option<Editing>,
    /// The first error of the file that was edited last, where it was left with one.
    broken: Option<EditPlace>,
}

/// A card that is being edited.
#[derive(Debug)]
struct Editing {
    card: CardId,
    /// Its file, and the hash of what it says there unless that could not be read, where it is the learner's own.
    own: Option<(String, Option<u64>)>,
}

/// Where a drive is.
#[derive(Debug)]
enum State {
    NotBegun,
    Waiting(Awaited),
    /// The next step tells why the session cannot go on. What was done before was told.
    Failed(DriveError),
    Over,
}

/// What follows a reply.
enum Then {
    /// The same question is still open, and needs not be asked again.
    Wait,
    /// Ask what is open now, or what comes next.
    Ask,
    /// The session ends.
    End,
}

type Result<T, E = DriveError> = std::result::Result<T, E>;

impl Drive {
    /// A session that has not begun.
    pub fn new(session: Session, opening: Opening) -> Self {
        Self { session, opening, state: State::NotBegun, noted: None, editing: None, broken: None }
    }

    /// What a reply is awaited to; none before the beginning and after the end.
    pub fn awaited(&self) -> Option<&Awaited> {
        match &self.state {
            State::Waiting(awaited) => Some(awaited),
            State::NotBegun | State::Failed(_) | State::Over => None,
        }
    }

    /// Whether nothing more is asked.
    pub fn is_over(&self) -> bool {
        matches!(self.state, State::Over)
    }

    /// How it ended; none before that.
    pub fn ended(&self) -> Option<Ended> {
        self.is_over().then(|| Ended { asked_all: self.session.has_asked_all(), left_s: self.session.left_s() })
    }

    /// Seconds left of the time box; none where it has none.
    pub fn left_s(&self) -> Option<f64> {
        self.session.left_s()
    }

    /// Begins: what the session is about, and its first question.
    ///
    /// # Errors
    /// The database or the decks.
    pub fn begin(&mut self, on: &mut Backend) -> Result<Vec<Event>> {
        let Opening { counts, is_selection, interview, interview_was, note } = self.opening.clone();
        let mut events = vec![Event::Begun(Begun {
            protocol: 1,
            mode: self.session.mode(),
            day: self.session.day(),
            due: counts.due,
            fitting: counts.fitting,
            new: counts.new,
            new_by_time: counts.new_by_time,
            owed: counts.owed,
            selection: is_selection,
            budget_s: self.session.budget_s(),
            new_waiting: self.session.new_waiting(),
            interview,
            interview_was,
            note,
        })];
        self.go_on(on, &mut events);
        Ok(events)
    }

    /// Takes a reply and gives what happened: whatever is confirmed in it is on disk.
    ///
    /// # Errors
    /// The database or the decks, where the session cannot go on. What was confirmed is on disk.
    pub fn step(&mut self, on: &mut Backend, heard: Heard) -> Result<Vec<Event>> {
        self.has_not_failed()?;
        let Heard { reply, took_s, read_s, confidence } = heard;
        on.clock.advance(took_s + read_s);
        self.session.read(read_s);
        self.session.is_sure(confidence);
        let mut events = Vec::new();
        let then = match reply {
            Ok(reply) => self.take(on, reply, took_s, &mut events)?,
            Err(refusal) => {
                self.session.wait(took_s);
                refuse(&mut events, refusal)
            }
        };
        self.add_note(on.store, &mut events);
        match then {
            Then::Wait => {}
            Then::Ask => self.go_on(on, &mut events),
            Then::End => events.extend(self.end(on)?),
        }
        Ok(events)
    }

    /// Adds the learner's note to an answer that was shown, once. A note that cannot be read takes nothing away from what
    /// was confirmed.
    fn add_note(&mut self, store: &Store, events: &mut Vec<Event>) {
        let (card, is_over) = match events.last() {
            Some(Event::Revealed(answer)) => (answer.card.clone(), false),
            Some(Event::Looked(answer)) => (answer.card.clone(), true),
            Some(Event::Feedback(feedback)) if feedback.review.is_some() => (feedback.card.clone(), true),
            _ => return,
        };
        if self.noted.as_ref() != Some(&card)
            && let Ok(Some(text)) = store.marks().note(&card)
        {
            events.push(Event::Noted { card: card.clone(), text });
        }
        self.noted = (!is_over).then_some(card);
    }

    /// Ends the session, whatever is open: nothing more will be heard.
    ///
    /// # Errors
    /// The database or the decks.
    pub fn end(&mut self, on: &mut Backend) -> Result<Vec<Event>> {
        self.has_not_failed()?;
        if self.is_over() {
            return Ok(Vec::new());
        }
        self.state = State::Over;
        let mut summary = self.session.summary(on.supply.ahead(on.store)?);
        if self.session.mode() == Mode::Quiz {
            summary.score = self.score(on.store)?;
        }
        Ok(vec![Event::Summary(Box::new(summary))])
    }

    fn has_not_failed(&mut self) -> Result<()> {
        match std::mem::replace(&mut self.state, State::Over) {
            State::Failed(error) => Err(error),
            state => {
                self.state = state;
                Ok(())
            }
        }
    }

    /// Asks the next question, or ends. An error waits for the next step: what was confirmed is told first.
    fn go_on(&mut self, on: &mut Backend, events: &mut Vec<Event>) {
        if let Err(error) = self.next(on, events) {
            self.state = State::Failed(error);
        }
    }

    fn next(&mut self, on: &mut Backend, events: &mut Vec<Event>) -> Result<()> {
        if self.session.wants_more() {
            let (more, beyond) = on.supply.more(on.store, &self.session)?;
            self.session.extend(more, beyond);
        }
        let mut gone = Vec::new();
        let read = |id: &CardId| {
            let card = on.supply.card(on.store, id)?;
            if card.is_none() {
                gone.push(id.clone());
            }
            Ok::<_, DriveError>(card)
        };
        let question = self.session.question(on.clock.today(), read)?;
        for card in gone {
            let message =
                format!("{card} is passed over: no deck has it any more. sysdrill decks names what cannot be read");
            events.push(Event::Refused { message, column: None });
        }
        if let Some(question) = question {
            let question = Box::new(question);
            events.push(Event::Question(question.clone()));
            self.state = State::Waiting(Awaited::Question(question));
        } else if let Some(round) = self.session.round() {
            events.push(Event::Round(round.clone()));
            self.state = State::Waiting(Awaited::Round(round));
        } else {
            events.extend(self.end(on)?);
        }
        Ok(())
    }

    fn take(&mut self, on: &mut Backend, reply: Reply, took_s: f64, events: &mut Vec<Event>) -> Result<Then> {
        let done = match (reply, self.editing.take()) {
            (Reply::Edited(note), Some(editing)) => {
                self.session.wait(took_s);
                self.edited(on, editing, note, events)
            }
            (reply, _) => match self.session.reply(reply, took_s, on.clock.now_ms()) {
                Err(refusal) => return Ok(refuse(events, refusal)),
                Ok(effect) => self.perform(on, effect, events),
            },
        };
        match done {
            // What could not be saved is not confirmed.
            Err(DriveError::Store(error)) => Ok(refuse(events, Refusal::new(error.to_string()))),
            done => done,
        }
    }

    fn perform(&mut self, on: &mut Backend, effect: Effect, events: &mut Vec<Event>) -> Result<Then> {
        events.push(match effect {
            Effect::Quit => return Ok(Then::End),
            Effect::Again => return Ok(Then::Ask),
            Effect::Reveal(answer) => {
                events.push(Event::Revealed(answer));
                return Ok(Then::Wait);
            }
            Effect::Skipped(card) => Event::Dismissed { card, suspended: false },
            Effect::Step(feedback) => Event::Feedback(feedback),
            Effect::Undone(what, card) => undone(what, card, None),
            Effect::Record(answering) => match on.store.record(answering.review()) {
                Ok(saved) => Event::Feedback(Box::new(self.session.saved(*answering, &saved))),
                Err(error) => {
                    self.session.not_saved(*answering);
                    return Err(error.into());
                }
            },
            Effect::Replace(regrading) => {
                let saved = on.store.replace(regrading.old(), regrading.review())?;
                let (old, card) = (regrading.old(), regrading.review().card.clone());
                match self.session.regraded(*regrading, &saved) {
                    Some(feedback) => Event::Feedback(Box::new(feedback)),
                    None => Event::Undone { card, review: Some(old), what: What::Regrade, restored: Some(saved.id) },
                }
            }
            Effect::Retract(review, card) => {
                let state = on.store.retract(review, &card, on.clock.now_ms())?;
                self.session.retracted(state);
                undone(What::Answer, card, Some(review))
            }
            Effect::RetractLatest => return self.retract_latest(on, events),
            Effect::Mark(marking) => {
                let (card, kind) = (marking.card().clone(), marking.kind().clone());
                let (at_ms, day) = (on.clock.now_ms(), self.session.day());
                let state = match marking.is_undo() {
                    true => on.store.take_back_latest(&card, &kind, at_ms, day)?,
                    false => on.store.mark(&Mark::of_card(card.clone(), kind, at_ms, day))?,
                };
                match self.session.marked(marking, state) {
                    Marked::TakenBack(what) => undone(what, card, None),
                    Marked::Suspended => Event::Dismissed { card, suspended: true },
                    Marked::Looked(Some(answer)) => Event::Looked(answer),
                    Marked::Looked(None) => return Ok(Then::Ask),
                    Marked::Noted(text) => Event::Noted { card, text },
                    Marked::Flagged(flagged) => {
                        events.push(Event::Flagged { card, flagged });
                        return Ok(Then::Wait);
                    }
                }
            }
            Effect::Edit(id) => return self.edit(on, id, events),
            Effect::Show(id) => {
                let Some(card) = on.supply.card(on.store, &id)? else {
                    return Ok(refuse(
                        events,
                        Refusal::new(format!("no deck has a card {id}: sysdrill decks lists them")),
                    ));
                };
                events.push(Event::Shown(Box::new(Face::of(&card, 0))));
                return Ok(Then::Wait);
            }
        });
        Ok(Then::Ask)
    }

    /// Says where a card is written, or what the note on it says.
    fn edit(&mut self, on: &mut Backend, card: CardId, events: &mut Vec<Event>) -> Result<Then> {
        let read = on.supply.card(on.store, &card)?;
        let (own, place, note) = match (read, on.store.deck_index().located(&card)?, &self.broken) {
            (Some(read), Some(located), _) if located.user => {
                let place = EditPlace { file: located.path.clone(), line: read.place.line };
                (Some((located.path, Some(located.block_hash))), Some(place), None)
            }
            (Some(_), Some(_), _) => (None, None, Some(on.store.marks().note(&card)?.unwrap_or_default())),
            // Its file was left with an error: that is where to go on.
            (_, _, Some(at)) => (Some((at.file.clone(), None)), Some(at.clone()), None),
            _ => return Ok(refuse(events, Refusal::new(format!("no deck has {card} any more")))),
        };
        self.editing = Some(Editing { card: card.clone(), own });
        events.push(Event::Edit(Box::new(Edit { card, place, note })));
        Ok(Then::Wait)
    }

    /// Goes on with what the card's file says now, or with the note. A deck that is broken now leaves the card as it was.
    fn edited(
        &mut self,
        on: &mut Backend,
        Editing { card, own }: Editing,
        note: Option<String>,
        events: &mut Vec<Event>,
    ) -> Result<Then> {
        let Some((file, before)) = own else {
            let text = note.as_deref().map(str::trim);
            if let Some(text) = text
                && on.store.marks().note(&card)?.unwrap_or_default() != text
            {
                self.perform(on, Session::note(card, text), events)?;
            }
            return Ok(Then::Ask);
        };
        let errors = on.supply.look_again(on.store, &file)?;
        self.broken = errors.first().map(|first| EditPlace { file, line: first.at.map_or(1, |(line, _)| line) });
        let mut refused: Vec<String> = errors.iter().map(ToString::to_string).collect();
        if let Some(last) = refused.last_mut() {
            last.push_str("\nIts cards are left out until that is mended: edit (e) opens the file there");
        }
        let is_sound = refused.is_empty();
        events.extend(refused.into_iter().map(|message| Event::Refused { message, column: None }));
        let read = on.supply.card(on.store, &card)?;
        let now = on.store.deck_index().located(&card)?.map(|located| located.block_hash);
        if now != before && (is_sound || read.is_some()) {
            self.session.reread(&card, read);
        }
        Ok(Then::Ask)
    }

    fn retract_latest(&mut self, on: &mut Backend, events: &mut Vec<Event>) -> Result<Then> {
        let Some((id, latest)) = on.store.reviews().latest()? else {
            return Ok(refuse(events, Refusal::new("there is no answer to take back")));
        };
        if latest.mode != self.session.mode() {
            let message = format!(
                "nothing was answered in this session; the latest answer is of {}: sysdrill undo takes it back",
                latest.mode.name()
            );
            return Ok(refuse(events, Refusal::new(message)));
        }
        let Some(card) = on.supply.card(on.store, &latest.card)? else {
            let message = format!(
                "the latest answer is to {}, which no deck has any more: sysdrill undo takes it back",
                latest.card
            );
            return Ok(refuse(events, Refusal::new(message)));
        };
        let state = on.store.retract(id, &latest.card, on.clock.now_ms())?;
        let seed = latest.seed.unwrap_or_default();
        let repeat = state.is_owed(self.session.day());
        let mut earlier = Queued { brief: card.brief(), state, seed, repeat, weak: Vec::new() };
        recall_weak_steps(&mut earlier, on.store)?;
        self.session.retracted_earlier(earlier, card);
        events.push(undone(What::Answer, latest.card, Some(id)));
        Ok(Then::Ask)
    }

    /// The sprint's score against the sprints before it.
    fn score(&self, store: &Store) -> Result<Option<Score>, StoreError> {
        let (this, before) = store.reviews().sittings(Mode::Quiz, self.session.id(), LAST_SPRINTS)?;
        Ok(score(&this, &before))
    }
}

/// Runs a session to its end on a front end that waits for replies.
///
/// # Errors
/// The front end failed, the database or the decks. What was confirmed is on disk.
pub fn run(mut drive: Drive, mut on: Backend, front: &mut dyn FrontEnd) -> Result<Ended> {
    let mut events = drive.begin(&mut on)?;
    loop {
        for event in &events {
            front.show(event)?;
        }
        if let Some(ended) = drive.ended() {
            return Ok(ended);
        }
        events = match drive.awaited() {
            Some(awaited) => match front.hear(awaited)? {
                Some(heard) => drive.step(&mut on, heard)?,
                None => drive.end(&mut on)?,
            },
            // It failed, and says why now.
            None => drive.end(&mut on)?,
        };
    }
}

/// A chain that is owed a repeat is asked its weak steps alone; which they are stands in the log.
///
/// # Errors
/// The database could not be read.
pub fn recall_weak_steps(planned: &mut Queued, store: &Store) -> Result<(), StoreError> {
    if planned.repeat {
        let log = store.reviews().of_card(&planned.brief.id)?;
        let latest = log.iter().rev().find(|entry| !entry.retracted);
        let steps = latest.map(|entry| Step::of_log(entry.review.steps.as_deref()));
        planned.weak = steps.map(|steps| Step::weakest(&steps)).unwrap_or_default();
    }
    Ok(())
}

fn refuse(events: &mut Vec<Event>, refusal: Refusal) -> Then {
    events.push(Event::Refused { message: refusal.message, column: refusal.column });
    Then::Wait
}

fn undone(what: What, card: CardId, review: Option<LogId>) -> Event {
    Event::Undone { card, review, what, restored: None }
}

#[cfg(test)]
mod tests;
