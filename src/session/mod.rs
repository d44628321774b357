//! One sitting: what is asked, what a reply means, what is to be saved.
//!
//! A state machine without input or output. Cards and their states come in; questions, answers and
//! feedback go out as values; what must be on disk before it is confirmed goes out as an [`Effect`]
//! and comes back through [`Session::saved`]. A new front end touches nothing here.

mod ask;
mod event;
mod judge;
mod queue;
mod reply;
mod score;

pub use event::{Event, Feedback, Form, Known, Question, Revealed, SlipName, Summary, Table};
pub use judge::weak_step_ids;
pub use queue::{Candidate, Counts, Planned, plan, sprint};
pub use reply::{Refusal, Reply};
pub use score::{Score, Skill, Sprint, score};

use crate::deck::{Body, Card, Kind};
use crate::schedule::{CardId, CardState, Day, Mode, Quality};
use crate::store::{LogId, Review, Saved};
use ask::{Asked, StepRecord};
use judge::Judgement;
use std::collections::{HashMap, HashSet, VecDeque};

/// The seconds that a step of a chain takes, until the learner's own are known.
const CHAIN_STEP_SECONDS: f64 = 25.0;
/// An answer that takes longer than so many times its expected seconds is counted as that.
const IDLE_FACTOR: f64 = 5.0;
/// After how many other cards a card that was looked at is asked.
const LOOKED_GAP: usize = 4;

/// What a session is told at its start.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The sitting.
    pub session: LogId,
    /// The command.
    pub mode: Mode,
    /// The day that its answers count for.
    pub day: Day,
    /// The time box in seconds; none has no end.
    pub budget_s: Option<f64>,
    /// The learner's median seconds by kind, where known.
    pub median_seconds: HashMap<String, f64>,
}

impl Setup {
    fn expected_seconds(&self, kind: Kind) -> f64 {
        self.median(kind.name(), kind.typical_seconds())
    }

    /// The learner's median, no longer than what an idle answer counts as; without one, what is typical.
    fn median(&self, of: &str, typical_s: f64) -> f64 {
        self.median_seconds.get(of).map_or(typical_s, |median| median.min(IDLE_FACTOR * typical_s))
    }

    /// Of the next answer to an open question: a card's, or a chain's step's.
    fn expected_answer_seconds(&self, open: &Open) -> f64 {
        if open.asked.is_chain() {
            self.median("step", CHAIN_STEP_SECONDS)
        } else {
            self.expected_seconds(open.item.card.body.kind())
        }
    }
}

/// A card in the queue.
#[derive(Debug, Clone)]
struct Item<'a> {
    card: &'a Card,
    state: CardState,
    seed: u64,
    /// Asked again the same day.
    repeat: bool,
    /// A chain's steps to ask; none asks all.
    only: Option<Vec<usize>>,
}

/// The card that is open.
#[derive(Debug, Clone)]
struct Open<'a> {
    item: Item<'a>,
    asked: Asked,
    /// Seconds spent on the replies so far, refused ones too.
    took_s: f64,
    /// When the answer was revealed, in seconds from the question.
    revealed_s: Option<f64>,
    /// What was said of the chain's last step.
    last_step: Option<Feedback>,
}

/// An answer that was given in this session.
#[derive(Debug, Clone)]
struct Done<'a> {
    item: Item<'a>,
    review: Option<LogId>,
    saved: Review,
    feedback: Feedback,
    /// The question as it was open before the answer.
    open: Box<Open<'a>>,
    /// And after it.
    asked: Asked,
}

/// What the driver must do before the session goes on.
#[derive(Debug, Clone)]
pub enum Effect {
    /// Show the answer; the question stays open.
    Reveal(Revealed),
    /// Show the answer of a card that was looked at; it comes later.
    Looked(Revealed),
    /// Save this review, then call [`Session::saved`].
    Record(Box<Review>),
    /// Replace this review by that one, whose last answer is now of this quality, then call
    /// [`Session::regraded`].
    Replace(LogId, Box<Review>, Quality),
    /// A step of a chain was answered: nothing is saved yet.
    Step(Box<Feedback>),
    /// A step of a chain was taken back: nothing was saved.
    StepUndone(CardId),
    /// Retract this review, then call [`Session::undone`].
    Retract(LogId, CardId),
    /// Nothing was answered in this session: the log's latest answer may be taken back.
    RetractLatest,
    /// Mark the card as suspended.
    Suspend(CardId),
    /// Go on with the next question.
    Next,
    /// End.
    Quit,
}

/// One sitting.
pub struct Session<'a> {
    setup: Setup,
    queue: VecDeque<Item<'a>>,
    repeats: VecDeque<Item<'a>>,
    open: Option<Open<'a>>,
    history: Vec<Done<'a>>,
    /// Cards that do not return in this session.
    gone: HashSet<CardId>,
    asked: usize,
    elapsed_s: f64,
    counted_s: f64,
    over: bool,
}

impl<'a> Session<'a> {
    /// A session over a planned queue.
    pub fn new(setup: Setup, planned: Vec<Planned<'a>>) -> Self {
        let (repeats, queue): (Vec<_>, Vec<_>) = planned.into_iter().map(Item::from).partition(|item| item.repeat);
        Self {
            setup,
            queue: queue.into(),
            repeats: repeats.into(),
            open: None,
            history: Vec::new(),
            gone: HashSet::new(),
            asked: 0,
            elapsed_s: 0.0,
            counted_s: 0.0,
            over: false,
        }
    }

    /// The open question, or the next one; none at the end. A session ends with its day: what is asked
    /// after the rollover belongs to the next one's.
    pub fn question(&mut self, today: Day) -> Option<Question> {
        if self.open.is_none() && !self.over && today == self.setup.day && !self.is_time_up() {
            let item = self.queue.pop_front().or_else(|| self.repeats.pop_front());
            if let Some(item) = item {
                self.asked += 1;
                self.open =
                    Some(Open { asked: Asked::new(&item), item, took_s: 0.0, revealed_s: None, last_step: None });
            }
        }
        let open = self.open.as_ref()?;
        let mut question = open.asked.question(&open.item);
        question.n = self.asked;
        question.remaining = 1 + self.queue.len() + self.repeats.len();
        question.elapsed_s = self.elapsed_s;
        Some(question)
    }

    fn is_time_up(&self) -> bool {
        self.setup.budget_s.is_some_and(|budget| self.counted_s >= budget)
    }

    /// Takes a reply to the open question, given after so many seconds.
    ///
    /// # Errors
    /// A reply that cannot be taken: the question stays open and nothing has changed but the time.
    pub fn reply(&mut self, reply: Reply, took_s: f64, at_ms: i64) -> Result<Effect, Refusal> {
        self.elapsed_s += took_s;
        let Some(open) = &mut self.open else { return Ok(Effect::Quit) };
        open.took_s += took_s;
        match reply {
            Reply::Quit => {
                self.over = true;
                Ok(Effect::Quit)
            }
            Reply::Undo => Ok(self.undo()),
            Reply::Regrade(quality) => self.regrade(quality, at_ms),
            Reply::Skip => {
                self.dismiss();
                Ok(Effect::Next)
            }
            Reply::Suspend => Ok(Effect::Suspend(open.item.card.id.clone())),
            Reply::Look => self.look(),
            Reply::Reveal => {
                let revealed = open.asked.reveal(&open.item);
                let revealed = revealed
                    .ok_or_else(|| Refusal::new("there is nothing to reveal here: type the answer, or pick one"))?;
                open.revealed_s.get_or_insert(open.took_s);
                Ok(Effect::Reveal(revealed))
            }
            Reply::Answer(_) | Reply::Pick(_) | Reply::Said(_) | Reply::Grade(_) | Reply::Blank => {
                let spoken_s = open.revealed_s.unwrap_or(open.took_s);
                let quick = open.took_s <= self.setup.expected_answer_seconds(open) / 2.0;
                let judgement = judge::judge(&open.item, &open.asked, &reply, spoken_s, quick)?;
                Ok(self.answered(judgement, at_ms))
            }
        }
    }

    /// Counts the time of the open question in the time box: idle time does not count.
    fn count(&mut self) {
        if let Some(open) = &self.open {
            self.counted_s += open.took_s.min(IDLE_FACTOR * self.setup.expected_answer_seconds(open));
        }
    }

    /// Closes the open question, whatever became of it.
    fn close(&mut self) -> Option<Open<'a>> {
        self.count();
        self.open.take()
    }

    fn answered(&mut self, judgement: Judgement, at_ms: i64) -> Effect {
        self.count();
        let mut open = self.open.take().expect("a question is open");
        let before = Box::new(open.clone());
        let feedback = judgement.feedback(&open.item);
        let mut took_s = open.took_s;
        if let Asked::Chain { records, current, .. } = &mut open.asked {
            records.push(StepRecord { took_s, ..judgement.step.clone().expect("a chain's answer is a step's") });
            *current += 1;
            took_s = records.iter().map(|record| record.took_s).sum();
        }
        if open.asked.chain_goes_on() {
            (open.took_s, open.revealed_s, open.last_step) = (0.0, None, Some(feedback.clone()));
            self.open = Some(open);
            return Effect::Step(Box::new(feedback));
        }
        let review = judge::review(&self.setup, &open.item, &open.asked, &judgement, took_s, at_ms);
        let Open { item, asked, .. } = open;
        self.history.push(Done { item, review: None, saved: review.clone(), feedback, open: before, asked });
        Effect::Record(Box::new(review))
    }

    /// The last answer is on disk: what it means for the learner.
    pub fn saved(&mut self, saved: &Saved) -> Feedback {
        let done = self.history.last_mut().expect("only an answer is saved");
        let replaces = done.review.replace(saved.id);
        let card = done.item.card.id.clone();
        let asked_again =
            done.saved.quality.is_asked_again() && self.setup.mode == Mode::Review && !self.gone.contains(&card);
        done.feedback.settle(saved, self.setup.day, replaces);
        done.feedback.asked_again = asked_again;
        let mut feedback = done.feedback.clone();
        if done.saved.quality.get() < feedback.quality {
            let chain = format!("the chain counts as its weakest step: quality {}", done.saved.quality);
            feedback.note = feedback.note.into_iter().chain([chain]).reduce(|note, chain| format!("{note}; {chain}"));
        }
        let again = done.item.again(saved.state, judge::weak_steps(&done.saved, done.item.card));
        self.repeats.retain(|item| item.card.id != card);
        // A regrade may find the card's repeat open already.
        let is_open = self.open.as_ref().is_some_and(|open| open.item.repeat && open.item.card.id == card);
        if asked_again && !is_open {
            self.repeats.push_back(again);
        } else if !asked_again && is_open {
            self.open = None;
            self.asked -= 1;
        }
        feedback
    }

    fn undo(&mut self) -> Effect {
        if let Some(open) = &mut self.open
            && open.asked.undo_step()
        {
            open.last_step = None;
            return Effect::StepUndone(open.item.card.id.clone());
        }
        match self.history.last() {
            Some(Done { review: Some(review), item, .. }) => Effect::Retract(*review, item.card.id.clone()),
            _ => Effect::RetractLatest,
        }
    }

    /// The review was retracted and its card now stands like this: the card is asked again at once, and
    /// the open question returns after it. `earlier` is the card where the answer is not of this session.
    pub fn undone(&mut self, state: CardState, earlier: Option<Planned<'a>>) {
        let of_this_session = usize::from(earlier.is_none());
        let reopened = match earlier {
            Some(planned) => Item::from(planned).open(),
            None => match self.history.pop() {
                // Of a chain, the last step is taken back, not the whole.
                Some(Done { open, .. }) if open.asked.is_chain() => {
                    Open { took_s: 0.0, last_step: None, item: Item { state, ..open.item }, ..*open }
                }
                Some(Done { item, .. }) => Item { state, ..item }.open(),
                None => return,
            },
        };
        let card = reopened.item.card.id.clone();
        // In a daily session a card waits but once; a sprint may have more questions of the same skill.
        let daily = self.setup.mode == Mode::Review;
        let same = |other: &Item| daily && other.card.id == card;
        self.repeats.retain(|other| !same(other));
        self.queue.retain(|other| !same(other));
        self.gone.remove(&card);
        if let Some(open) = self.close()
            && !same(&open.item)
        {
            self.queue.push_front(open.item);
        }
        self.asked -= of_this_session.min(self.asked);
        self.open = Some(reopened);
    }

    fn regrade(&mut self, quality: Quality, at_ms: i64) -> Result<Effect, Refusal> {
        if let Some(open) = &mut self.open
            && let Some(feedback) = &mut open.last_step
            && open.asked.regrade_step(quality)
        {
            (feedback.quality, feedback.correct) = (quality.get(), quality.is_recall());
            return Ok(Effect::Step(Box::new(feedback.clone())));
        }
        let Some(Done { review: Some(old), saved, asked, .. }) = self.history.last() else {
            return Err(Refusal::new("nothing was graded in this session yet"));
        };
        let mut asked = asked.clone();
        asked.regrade_step(quality);
        let review = Review { quality, at_ms, ..saved.clone() };
        Ok(Effect::Replace(*old, Box::new(judge::with_steps(review, asked.records())), quality))
    }

    /// The regrade was saved: this review stands in place of the last one, of this quality by itself.
    pub fn regraded(&mut self, saved: &Saved, review: &Review, quality: Quality) -> Feedback {
        if let Some(done) = self.history.last_mut() {
            done.saved = review.clone();
            done.asked.regrade_step(quality);
            (done.feedback.quality, done.feedback.correct) = (quality.get(), quality.is_recall());
        }
        self.saved(saved)
    }

    /// Takes the open card out of this session.
    pub fn dismiss(&mut self) {
        if let Some(open) = self.close() {
            let id = open.item.card.id.clone();
            self.repeats.retain(|item| item.card.id != id);
            self.queue.retain(|item| item.card.id != id);
            self.gone.insert(id);
        }
    }

    /// What was to be saved could not be: an answer that is not on disk was not given, and its question
    /// is open again.
    pub fn not_saved(&mut self) {
        if let Some(done) = self.history.pop_if(|done| done.review.is_none()) {
            self.open = Some(*done.open);
        }
    }

    fn look(&mut self) -> Result<Effect, Refusal> {
        let met =
            |open: &Open| open.item.state.started.is_some() || open.item.repeat || !open.asked.records().is_empty();
        if self.open.as_ref().is_some_and(met) {
            return Err(Refusal::new("only a new card can be looked at: this one was asked before"));
        }
        let open = self.close().expect("a question is open");
        let revealed = open.asked.look(&open.item);
        self.asked -= 1;
        // What was shown is not asked: a generated question comes with other values.
        let later = Item { seed: next_seed(open.item.seed), ..open.item };
        self.queue.insert(LOOKED_GAP.min(self.queue.len()), later);
        Ok(Effect::Looked(revealed))
    }

    /// How it went so far. `next_due` is the next day on which something is due.
    pub fn summary(&self, next_due: Option<Day>) -> Summary {
        let left = self.queue.iter().chain(&self.repeats).chain(self.open.as_ref().map(|open| &open.item));
        Summary {
            answered: self.history.len(),
            correct: self.history.iter().filter(|done| done.saved.quality.is_recall()).count(),
            repeats: self.history.iter().filter(|done| done.item.repeat).count(),
            elapsed_s: self.elapsed_s,
            counted_s: self.counted_s,
            left_due: left.clone().filter(|item| item.repeat || item.state.is_due(self.setup.day)).count(),
            next_due: next_due.map(|day| day.to_string()),
            score: None,
        }
    }

    /// The sitting.
    pub fn id(&self) -> LogId {
        self.setup.session
    }

    /// The command.
    pub fn mode(&self) -> Mode {
        self.setup.mode
    }

    /// The day that the answers count for.
    pub fn day(&self) -> Day {
        self.setup.day
    }
}

/// The seed of the same card's next question.
fn next_seed(seed: u64) -> u64 {
    (seed + 1) % crate::estimate::SEEDS
}

impl<'a> From<Planned<'a>> for Item<'a> {
    fn from(planned: Planned<'a>) -> Self {
        let Planned { card, state, seed, repeat, weak } = planned;
        let only = match &card.body {
            Body::Estimate(estimate) if estimate.is_chain() => judge::steps_named(estimate, &weak),
            _ => None,
        };
        Self { card, state, seed, repeat, only }
    }
}

impl<'a> Item<'a> {
    /// Opens its question.
    fn open(self) -> Open<'a> {
        Open { asked: Asked::new(&self), item: self, took_s: 0.0, revealed_s: None, last_step: None }
    }

    /// The same card, asked again the same day with other given values.
    fn again(&self, state: CardState, only: Option<Vec<usize>>) -> Self {
        Self { card: self.card, state, seed: next_seed(self.seed), repeat: true, only }
    }
}

#[cfg(test)]
mod tests;
