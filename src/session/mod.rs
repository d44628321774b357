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
mod step;

pub use event::{
    ChainPlace, DayLoad, Drawing, Event, Feedback, Form, Known, LEECH_LAPSES, Question, Revealed, Round, SlipName,
    Summary, Table,
};
pub use queue::{Candidate, Counts, Planned, plan, round, sprint};
pub use reply::{Refusal, Reply, Which};
pub use score::{Score, Skill, Sprint, score};
pub use step::Step;

use crate::deck::{Brief, Card, Kind};
use crate::log::{LogId, MarkKind, Review, Saved};
use crate::schedule::{CardId, CardState, Day, Memory, Mode, Quality};
use ask::{Answered, Asked};
use judge::{Judgement, Manner, Refused};
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

/// The seconds that a step of a chain takes, until the learner's own are known.
const CHAIN_STEP_SECONDS: f64 = 25.0;
/// An answer that takes longer than so many times its expected seconds is counted as that.
const IDLE_FACTOR: f64 = 5.0;
/// A median further than this factor from what is typical tells of something else than answering.
const MEDIAN_FACTOR: f64 = 5.0;
/// After how many other cards a card that was looked at is asked.
const LOOKED_GAP: usize = 4;
/// How far a card may be expected to run over the time box, in seconds, and still be asked.
const OVERRUN_S: f64 = 30.0;
/// The time box is not left shorter by more seconds while a card waits that is a single answer.
const SHORT_S: f64 = 60.0;
/// And nothing is begun that is expected to end later than this share of the time box after its end.
const OVERRUN_SHARE: f64 = 0.1;
/// After this share of the time box the learner's pace of the day is known.
const PACE_SHARE: f64 = 0.3;
/// How many expected seconds the first guess at the learner's pace is worth.
const PACE_PRIOR_S: f64 = 60.0;

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

/// The learner's median, as far as it can be believed; without one, what is typical.
fn median(known: &HashMap<String, f64>, of: &str, typical_s: f64) -> f64 {
    known.get(of).map_or(typical_s, |median| median.clamp(typical_s / MEDIAN_FACTOR, typical_s * MEDIAN_FACTOR))
}

impl Setup {
    /// The seconds that all of a card is expected to take, by its kind and its answers, for a learner of these medians.
    pub fn seconds(median_seconds: &HashMap<String, f64>) -> impl Fn(Kind, usize) -> f64 {
        |kind, answers| {
            let (of, typical_s) = typical_answer(kind, answers);
            answers as f64 * median(median_seconds, of, typical_s)
        }
    }

    /// Of the next answer to an open question: a card's, or a chain's step's.
    fn expected_answer_seconds(&self, open: &Open) -> f64 {
        let (of, typical_s) = typical_answer(open.item.brief.kind, open.item.brief.answers);
        median(&self.median_seconds, of, typical_s)
    }

    /// Longer than this over an answer is idle. A learner who was once in haste may take the usual time.
    fn longest_answer_seconds(&self, open: &Open) -> f64 {
        let (_, typical_s) = typical_answer(open.item.brief.kind, open.item.brief.answers);
        IDLE_FACTOR * self.expected_answer_seconds(open).max(typical_s)
    }
}

/// The kind of an answer, a chain's step being one of its own, and its seconds as a rule.
fn typical_answer(kind: Kind, answers: usize) -> (&'static str, f64) {
    match answers {
        2.. => ("step", CHAIN_STEP_SECONDS),
        _ => (kind.name(), kind.typical_seconds()),
    }
}

/// A card in the queue.
#[derive(Debug, Clone)]
struct Item {
    brief: Brief,
    state: CardState,
    seed: u64,
    /// Asked again the same day.
    repeat: bool,
    /// The names of a chain's steps to ask; none asks all.
    weak: Vec<String>,
    /// How long it is expected to take.
    seconds: f64,
}

/// The card that is open.
#[derive(Debug, Clone)]
struct Open {
    item: Item,
    card: Arc<Card>,
    asked: Asked,
    /// Seconds spent on the replies so far, refused ones too.
    took_s: f64,
    /// When the answer was revealed, in seconds from the question.
    revealed_s: Option<f64>,
    /// What was asked back.
    refused: Refused,
}

/// An answer that was given in this session.
#[derive(Debug, Clone)]
struct Done {
    item: Item,
    review: Option<LogId>,
    saved: Review,
    feedback: Feedback,
    /// The question as it was open before the answer.
    open: Box<Open>,
    /// And after it.
    asked: Asked,
    /// The time box and the pace before the answer.
    before: Spent,
}

/// How much of the time box is used up, and how the learner's pace compares with what was expected.
#[derive(Debug, Clone, Copy, Default)]
struct Spent {
    counted_s: f64,
    expected_s: f64,
}

impl Spent {
    /// Seconds that pass for each that is expected.
    fn pace(self) -> f64 {
        (self.counted_s + PACE_PRIOR_S) / (self.expected_s + PACE_PRIOR_S)
    }
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
    /// Save this decision, then call [`Session::marked`].
    Mark(CardId, MarkKind),
    /// The open card was put aside: go on with the next question.
    Skipped(CardId),
    /// End.
    Quit,
}

/// One sitting.
pub struct Session {
    setup: Setup,
    queue: VecDeque<Item>,
    repeats: VecDeque<Item>,
    /// Due cards that the queue has no room for yet.
    beyond: usize,
    open: Option<Open>,
    history: Vec<Done>,
    /// Cards that do not return in this session.
    gone: HashSet<CardId>,
    asked: usize,
    elapsed_s: f64,
    spent: Spent,
    /// Which round of the cards this is, and where in the history it began.
    round: (usize, usize),
    over: bool,
}

impl Session {
    /// A session over a planned queue, which leaves out so many cards that are due.
    pub fn new(setup: Setup, planned: Vec<Planned>, beyond: usize) -> Self {
        let items = planned.into_iter().map(|planned| Item::new(planned, &setup));
        let (repeats, queue): (Vec<_>, Vec<_>) = items.partition(|item| item.repeat);
        Self {
            setup,
            queue: queue.into(),
            repeats: repeats.into(),
            beyond,
            open: None,
            history: Vec::new(),
            gone: HashSet::new(),
            asked: 0,
            elapsed_s: 0.0,
            spent: Spent::default(),
            round: (1, 0),
            over: false,
        }
    }

    /// The open question, or the next one, whose card is asked for; none at the end. A card that is in no deck any more
    /// is passed over. A session ends with its day: what is asked after the rollover belongs to the next one's.
    ///
    /// # Errors
    /// Those of `card`.
    pub fn question<E>(
        &mut self,
        today: Day,
        mut card: impl FnMut(&CardId) -> Result<Option<Arc<Card>>, E>,
    ) -> Result<Option<Question>, E> {
        while self.open.is_none()
            && !self.over
            && today == self.setup.day
            && let Some(item) = self.next()
        {
            if let Some(card) = card(&item.brief.id)? {
                self.asked += 1;
                self.open = Some(item.open(card));
            }
        }
        Ok(self.open.as_ref().map(|open| {
            let mut question = open.asked.question(&open.item, &open.card);
            question.n = self.asked;
            question.remaining = 1 + self.queue.len() + self.repeats.len() + self.beyond;
            question.elapsed_s = self.elapsed_s;
            question.left_s = self.left_s();
            question
        }))
    }

    /// Whether more due cards are wanted in the queue: [`Session::extend`] brings them.
    pub fn wants_more(&self) -> bool {
        let time_is_left = self.left_s().is_none_or(|left_s| left_s > 0.0);
        self.beyond > 0 && self.open.is_none() && time_is_left && self.queue.iter().all(Item::is_new)
    }

    /// Takes more due cards into the queue, but for those that were in it; so many are still left out.
    pub fn extend(&mut self, planned: Vec<Planned>, beyond: usize) {
        let known: HashSet<&CardId> = self.met().collect();
        let more = planned.into_iter().filter(|planned| !known.contains(&planned.brief.id));
        let mut more: VecDeque<Item> = more.map(|planned| Item::new(planned, &self.setup)).collect();
        self.beyond = if more.is_empty() { 0 } else { beyond };
        more.append(&mut self.queue);
        self.queue = more;
    }

    /// The cards that this session has to do with already.
    pub fn met(&self) -> impl Iterator<Item = &CardId> {
        let waiting = self.queue.iter().chain(&self.repeats).map(|item| &item.brief.id);
        waiting.chain(self.history.iter().map(|done| &done.item.brief.id)).chain(&self.gone)
    }

    /// Seconds left of the time box; below 0 once it is overrun.
    fn left_s(&self) -> Option<f64> {
        self.setup.budget_s.map(|budget| budget - self.spent.counted_s)
    }

    /// The seconds that a card is expected to take at the learner's pace.
    fn expected_s(&self, item: &Item) -> f64 {
        item.seconds * item.answers() as f64 / item.brief.answers as f64 * self.spent.pace()
    }

    /// The seconds that all due cards are expected to take: those of the queue, and as long each those beyond it.
    fn due_s(&self) -> f64 {
        let due = || self.queue.iter().filter(|item| !item.is_new());
        let queued_s: f64 = due().map(|item| self.expected_s(item)).sum();
        match self.beyond {
            0 => queued_s,
            beyond => queued_s * (1.0 + beyond as f64 / due().count() as f64),
        }
    }

    /// The next card of the queue that there is time for. Time is kept for the repeats that are owed, and before a new
    /// card for all that is due: how much that is shows once the learner's pace is known. A card that would run far over
    /// the end is passed over for a shorter one; but for a single answer the box is not left more than a minute short.
    fn next(&mut self) -> Option<Item> {
        let (Some(left_s), Some(budget_s)) = (self.left_s(), self.setup.budget_s) else {
            return self.queue.pop_front().or_else(|| self.repeats.pop_front());
        };
        let repeats_s: f64 = self.repeats.iter().map(|item| self.expected_s(item)).sum();
        let due_s = self.due_s();
        let pace_is_known = left_s <= budget_s * (1.0 - PACE_SHARE);
        let fits = |item: &Item, kept_s: f64| {
            let expected_s = self.expected_s(item);
            // A chain is long and uncertain: it must be expected to fit.
            let overrun_s = if item.answers() > 1 { 0.0 } else { OVERRUN_S.min(expected_s / 2.0) };
            let short_s = if kept_s > 0.0 || item.answers() > 1 { f64::INFINITY } else { SHORT_S };
            let over_s = expected_s - (left_s - kept_s);
            over_s <= overrun_s || left_s > short_s && over_s <= OVERRUN_SHARE * budget_s
        };
        let first = self.queue.iter().position(|item| match item.is_new() {
            true => (due_s == 0.0 || pace_is_known) && fits(item, repeats_s + due_s),
            false => fits(item, repeats_s),
        });
        let repeat = self.repeats.iter().position(|item| fits(item, 0.0));
        match (first, repeat) {
            (Some(at), _) => self.queue.remove(at),
            (None, Some(at)) => self.repeats.remove(at),
            (None, None) => None,
        }
    }

    /// The new cards that there is no time for, as it looks now.
    pub fn new_waiting(&self) -> usize {
        let new = || self.queue.iter().filter(|item| item.is_new());
        let Some(left_s) = self.left_s().filter(|_| self.setup.mode == Mode::Review) else { return 0 };
        let repeats_s: f64 = self.repeats.iter().map(|item| self.expected_s(item)).sum();
        let mut kept_s = self.due_s() + repeats_s;
        new()
            .filter(|item| {
                kept_s += self.expected_s(item);
                kept_s > left_s
            })
            .count()
    }

    /// Takes a reply to the open question, given after so many seconds.
    ///
    /// # Errors
    /// A reply that cannot be taken: the question stays open and nothing has changed but the time.
    pub fn reply(&mut self, reply: Reply, took_s: f64, at_ms: i64) -> Result<Effect, Refusal> {
        self.elapsed_s += took_s;
        let Some(open) = &mut self.open else {
            return match reply {
                Reply::Undo => Ok(self.undo()),
                Reply::Regrade(quality) => self.regrade(quality, at_ms),
                Reply::Suspend(Which::Last) | Reply::Flag(Which::Last) => self.decide(&reply),
                Reply::Quit => Ok(Effect::Quit),
                _ => Err(Refusal::new("the round is over: go round the weak ones again, or quit")),
            };
        };
        open.took_s += took_s;
        match reply {
            Reply::Quit => {
                self.over = true;
                Ok(Effect::Quit)
            }
            Reply::Undo => Ok(self.undo()),
            Reply::Regrade(quality) => self.regrade(quality, at_ms),
            Reply::Skip => {
                let card = open.item.brief.id.clone();
                self.dismiss(&card);
                Ok(Effect::Skipped(card))
            }
            Reply::Suspend(_) | Reply::Flag(_) => self.decide(&reply),
            Reply::Again => Err(Refusal::new("a round is not over: answer the question, or quit")),
            Reply::Look => self.look(),
            Reply::Reveal => {
                let revealed = open.asked.reveal(&open.card);
                let revealed = revealed
                    .ok_or_else(|| Refusal::new("there is nothing to reveal here: type the answer, or pick one"))?;
                open.revealed_s.get_or_insert(open.took_s);
                Ok(Effect::Reveal(revealed))
            }
            Reply::Answer(_) | Reply::Pick(_) | Reply::Said(_) | Reply::Grade(_) | Reply::Blank => {
                let spoken_s = open.revealed_s.unwrap_or(open.took_s);
                let refused = open.refused;
                let quick = open.took_s - refused.took_s <= self.setup.expected_answer_seconds(open) / 2.0;
                let judged = judge::judge(&open.card, &open.asked, &reply, Manner { spoken_s, quick, refused });
                let judgement = judged.inspect_err(|refusal| {
                    open.refused = Refused { took_s: open.took_s, insists: refusal.insists.or(refused.insists) };
                })?;
                Ok(self.answered(judgement, at_ms))
            }
        }
    }

    /// A decision about a card.
    fn decide(&self, reply: &Reply) -> Result<Effect, Refusal> {
        match reply {
            Reply::Suspend(which) => self.concerned(*which).map(|(card, _)| Effect::Mark(card, MarkKind::Suspend)),
            Reply::Flag(which) => self
                .concerned(*which)
                .map(|(card, state)| Effect::Mark(card, if state.flagged { MarkKind::Unflag } else { MarkKind::Flag })),
            _ => unreachable!("only these are decisions"),
        }
    }

    /// The card that a decision is about, and its state.
    fn concerned(&self, which: Which) -> Result<(CardId, CardState), Refusal> {
        let item = match which {
            Which::Open => self.open.as_ref().map(|open| &open.item),
            Which::Last => self.history.last().map(|done| &done.item),
        };
        let item = item.ok_or_else(|| Refusal::new("nothing was answered in this session yet"))?;
        Ok((item.brief.id.clone(), item.state))
    }

    /// Counts the time of the open question in the time box: idle time does not count.
    fn count(&mut self) {
        if let Some(open) = &self.open {
            let expected_s = self.setup.expected_answer_seconds(open);
            self.spent.expected_s += expected_s;
            self.spent.counted_s += open.took_s.min(self.setup.longest_answer_seconds(open));
        }
    }

    /// Closes the open question, whatever became of it.
    fn close(&mut self) -> Option<Open> {
        self.count();
        self.open.take()
    }

    fn answered(&mut self, judgement: Judgement, at_ms: i64) -> Effect {
        let before = self.spent;
        let mut open = self.close().expect("a question is open");
        let as_it_was = Box::new(open.clone());
        let feedback = judgement.feedback(&open.item, &open.card);
        let mut took_s = open.took_s;
        if let (Asked::Chain { answered, .. }, Some((step, value))) = (&mut open.asked, &judgement.step) {
            answered.push(Answered { step: step.clone(), value: *value, took_s, feedback: feedback.clone() });
            took_s = answered.iter().map(|answered| answered.took_s).sum();
        }
        if open.asked.chain_goes_on() {
            (open.took_s, open.revealed_s, open.refused) = (0.0, None, Refused::default());
            self.open = Some(open);
            return Effect::Step(Box::new(feedback));
        }
        let review = judge::review(&self.setup, &open, &judgement, took_s, at_ms);
        let Open { item, asked, .. } = open;
        self.history.push(Done { item, review: None, saved: review.clone(), feedback, open: as_it_was, asked, before });
        Effect::Record(Box::new(review))
    }

    /// The last answer is on disk: what it means for the learner.
    pub fn saved(&mut self, saved: &Saved) -> Feedback {
        let done = self.history.last_mut().expect("only an answer is saved");
        let replaces = done.review.replace(saved.id);
        let card = done.item.brief.id.clone();
        let asked_again =
            done.saved.quality.is_asked_again() && self.setup.mode == Mode::Review && !self.gone.contains(&card);
        done.feedback.settle(saved, self.setup.day, replaces);
        done.feedback.asked_again = asked_again;
        let mut feedback = done.feedback.clone();
        if done.saved.quality.get() < feedback.quality {
            let chain = format!("the chain counts as its weakest step: quality {}", done.saved.quality);
            feedback.note = feedback.note.into_iter().chain([chain]).reduce(|note, chain| format!("{note}; {chain}"));
        }
        let weak = Step::weakest(&Step::of_log(done.saved.steps.as_deref()));
        let again = done.item.again(saved.state, weak);
        self.repeats.retain(|item| item.brief.id != card);
        done.item.state = saved.state;
        // A regrade may find the card's repeat open already.
        let open = self.open.as_ref().filter(|open| open.item.repeat && open.item.brief.id == card);
        match open.map(|open| open.item.weak == again.weak) {
            None if asked_again => self.repeats.push_back(again),
            Some(same) if !asked_again || !same => {
                self.close();
                self.asked -= 1;
                if asked_again {
                    self.repeats.push_front(again);
                }
            }
            _ => {}
        }
        feedback
    }

    fn undo(&mut self) -> Effect {
        if let Some(open) = &mut self.open
            && open.asked.undo_step()
        {
            return Effect::StepUndone(open.item.brief.id.clone());
        }
        match self.history.last() {
            Some(Done { review: Some(review), item, .. }) => Effect::Retract(*review, item.brief.id.clone()),
            _ => Effect::RetractLatest,
        }
    }

    /// The review was retracted and its card now stands like this: the card is asked again at once, and
    /// the open question returns after it. `earlier` is the card where the answer is not of this session.
    pub fn undone(&mut self, state: CardState, earlier: Option<(Planned, Arc<Card>)>) {
        let of_this_session = usize::from(earlier.is_none());
        let reopened = match earlier {
            Some((planned, card)) => Item::new(planned, &self.setup).open(card),
            None => match self.history.pop() {
                // Of a chain, the last step is taken back, not the whole.
                Some(Done { open, .. }) if open.asked.is_chain() => {
                    Open { took_s: 0.0, refused: Refused::default(), item: Item { state, ..open.item }, ..*open }
                }
                Some(Done { item, open, .. }) => Item { state, ..item }.open(open.card),
                None => return,
            },
        };
        let card = reopened.item.brief.id.clone();
        // In a daily session a card waits but once; a sprint may have more questions of the same skill.
        let daily = self.setup.mode == Mode::Review;
        let same = |other: &Item| daily && other.brief.id == card;
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
        if let Some(feedback) = self.open.as_mut().and_then(|open| open.asked.regrade_step(quality)) {
            return Ok(Effect::Step(Box::new(feedback)));
        }
        let Some(Done { review: Some(old), saved, asked, .. }) = self.history.last() else {
            return Err(Refusal::new("nothing was graded in this session yet"));
        };
        let mut asked = asked.clone();
        asked.regrade_step(quality);
        let review = Review { quality, at_ms, ..saved.clone() };
        Ok(Effect::Replace(*old, Box::new(judge::with_steps(review, &asked.steps_answered())), quality))
    }

    /// The regrade was saved: this review stands in place of the last one, of this quality by itself.
    pub fn regraded(&mut self, saved: &Saved, review: &Review, quality: Quality) -> Feedback {
        if let Some(done) = self.history.last_mut() {
            done.saved = review.clone();
            done.asked.regrade_step(quality);
            done.feedback.set_quality(quality);
        }
        self.saved(saved)
    }

    /// The decision is on disk and the card now stands like this: a suspended one leaves the session.
    pub fn marked(&mut self, card: &CardId, state: CardState) {
        let open = self.open.iter_mut().map(|open| &mut open.item);
        let answered = self.history.iter_mut().map(|done| &mut done.item);
        for item in open.chain(answered).chain(&mut self.queue).chain(&mut self.repeats) {
            if item.brief.id == *card {
                item.state = state;
            }
        }
        if state.suspended {
            self.dismiss(card);
        }
    }

    /// Takes a card out of this session.
    fn dismiss(&mut self, card: &CardId) {
        if self.open.as_ref().is_some_and(|open| open.item.brief.id == *card) {
            self.close();
        }
        self.repeats.retain(|item| item.brief.id != *card);
        self.queue.retain(|item| item.brief.id != *card);
        self.gone.insert(card.clone());
    }

    /// What was to be saved could not be: an answer that is not on disk was not given, and its question
    /// is open again.
    pub fn not_saved(&mut self) {
        if let Some(done) = self.history.pop_if(|done| done.review.is_none()) {
            self.spent = done.before;
            self.open = Some(*done.open);
        }
    }

    fn look(&mut self) -> Result<Effect, Refusal> {
        let met =
            |open: &Open| open.item.state.started.is_some() || open.item.repeat || !open.asked.answered().is_empty();
        if self.open.as_ref().is_some_and(met) {
            return Err(Refusal::new("only a new card can be looked at: this one was asked before"));
        }
        let open = self.close().expect("a question is open");
        let revealed = open.asked.look(&open.card);
        self.asked -= 1;
        // What was shown is not asked: a generated question comes with other values.
        let later = Item { seed: next_seed(open.item.seed), ..open.item };
        self.queue.insert(LOOKED_GAP.min(self.queue.len()), later);
        Ok(Effect::Looked(revealed))
    }

    /// How it went so far.
    pub fn summary(&self, ahead: Ahead) -> Summary {
        let id = |done: &Done| done.item.brief.id.as_str().to_owned();
        let learned =
            self.history.iter().filter(|done| done.open.item.is_new() && done.item.state.memory != Memory::New);
        let mut hard: Vec<&Done> = self.history.iter().filter(|done| !done.saved.quality.is_recall()).collect();
        hard.sort_by_key(|done| done.saved.quality);
        let mut named = HashSet::new();
        hard.retain(|done| named.insert(&done.item.brief.id));
        Summary {
            answered: self.history.len(),
            correct: self.history.iter().filter(|done| done.saved.quality.is_recall()).count(),
            repeats: self.history.iter().filter(|done| done.item.repeat).count(),
            elapsed_s: self.elapsed_s,
            counted_s: self.spent.counted_s,
            left_due: ahead.left_due,
            new_waiting: match self.setup.mode {
                Mode::Review => self.queue.iter().filter(|item| item.is_new()).count(),
                Mode::Quiz | Mode::Cram => 0,
            },
            unreached: match self.setup.mode {
                Mode::Cram => self.queue.len() + usize::from(self.open.is_some()),
                Mode::Review | Mode::Quiz => 0,
            },
            learned: learned.map(id).collect(),
            hard: hard.into_iter().map(id).collect(),
            load: ahead.load,
            next_due: ahead.next_due.map(|day| day.to_string()),
            score: None,
        }
    }

    /// The round of `cram` that is over; none while a question waits, when nothing is weak, or when time is up.
    pub fn round(&self) -> Option<Round> {
        let (round, began) = self.round;
        let time_is_up = self.left_s().is_some_and(|left_s| left_s <= 0.0);
        if self.setup.mode != Mode::Cram || self.over || time_is_up || self.open.is_some() || !self.queue.is_empty() {
            return None;
        }
        let asked = &self.history[began.min(self.history.len())..];
        let weak: Vec<String> = self.weak().map(|done| done.item.brief.id.as_str().to_owned()).collect();
        (!weak.is_empty()).then_some(Round { round, asked: asked.len(), weak })
    }

    /// The answers of this round that scored below 4, the worst first.
    fn weak(&self) -> impl Iterator<Item = &Done> {
        let (_, began) = self.round;
        let asked = &self.history[began.min(self.history.len())..];
        let fits = |done: &&Done| done.saved.quality.is_asked_again() && !self.gone.contains(&done.item.brief.id);
        let mut weak: Vec<&Done> = asked.iter().filter(fits).collect();
        weak.sort_by_key(|done| done.saved.quality);
        weak.into_iter()
    }

    /// Goes round the weak ones again.
    pub fn again(&mut self) {
        let again =
            |done: &Done| Item { repeat: true, seed: next_seed(done.item.seed), weak: Vec::new(), ..done.item.clone() };
        self.queue = self.weak().map(again).collect();
        self.round = (self.round.0 + 1, self.history.len());
    }

    /// The sitting.
    pub fn id(&self) -> LogId {
        self.setup.session
    }

    /// The command.
    pub fn mode(&self) -> Mode {
        self.setup.mode
    }

    /// The time box in seconds, if there is one.
    pub fn budget_s(&self) -> Option<f64> {
        self.setup.budget_s
    }

    /// The day that the answers count for.
    pub fn day(&self) -> Day {
        self.setup.day
    }
}

/// What a session's end says of the days to come.
#[derive(Debug, Clone, Default)]
pub struct Ahead {
    /// Due or owed today, and not reached.
    pub left_due: usize,
    /// The next day on which something is due.
    pub next_due: Option<Day>,
    /// The next days.
    pub load: Vec<DayLoad>,
}

/// The seed of the same card's next question.
fn next_seed(seed: u64) -> u64 {
    (seed + 1) % crate::estimate::SEEDS
}

impl Item {
    fn new(planned: Planned, setup: &Setup) -> Self {
        let Planned { brief, state, seed, repeat, weak } = planned;
        let seconds = Setup::seconds(&setup.median_seconds)(brief.kind, brief.answers);
        Self { brief, state, seed, repeat, weak, seconds }
    }

    /// Opens its question.
    fn open(self, card: Arc<Card>) -> Open {
        let (asked, refused) = (Asked::new(&self, &card), Refused::default());
        Open { asked, item: self, card, took_s: 0.0, revealed_s: None, refused }
    }

    /// How many answers it takes.
    fn answers(&self) -> usize {
        if self.weak.is_empty() { self.brief.answers } else { self.weak.len() }
    }

    fn is_new(&self) -> bool {
        self.state.memory == Memory::New && !self.repeat
    }

    /// The same card, asked again the same day with other given values.
    fn again(&self, state: CardState, weak: Vec<String>) -> Self {
        Self { state, seed: next_seed(self.seed), repeat: true, weak, ..self.clone() }
    }
}

#[cfg(test)]
mod tests;
