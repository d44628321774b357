//! The sitting as a state machine: questions go out, replies come in.

use super::ask::{self, Answered, Asked};
use super::done::{Answer, Answering, Done, Regrading};
use super::effect::Effect;
use super::feedback::Feedback;
use super::item::Item;
use super::judge::{self, Manner};
use super::open::{Open, Refused};
use super::outcome::Outcome;
use super::question::{GradeMeans, Question};
use super::queue::Queued;
use super::reply::{Refusal, Reply};
use super::setup::{Order, Setup};
use super::step::Step;
use super::summary::{Ending, Unfinished};
use super::time_box::TimeBox;
use super::waiting::{Place, Waiting};
use crate::deck::Card;
use crate::log::{LogId, MarkKind, Review, Saved};
use crate::schedule::{CardId, Day, GAP_BEFORE_TEST, Memory, Mode, Quality};
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

/// What a session is at.
#[derive(Debug)]
pub(super) enum Stage {
    /// The next question is to be asked.
    Between,
    /// A question is open.
    Asking(Box<Open>),
    /// An answer is on its way to the log.
    Saving,
    /// A round of `cram` is over, and its weak cards may be asked again.
    RoundOver,
    /// Nothing more is asked.
    Ended,
}

/// The round of `cram` that is on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lap {
    /// Which one, from 1.
    pub(super) n: usize,
    /// The answers that were given before it.
    pub(super) before: usize,
}

/// One sitting.
#[derive(Debug)]
pub struct Session {
    pub(super) setup: Setup,
    pub(super) stage: Stage,
    pub(super) waiting: Waiting,
    pub(super) answers: Vec<Answer>,
    /// What can be taken back, the last at the end.
    pub(super) done: Vec<Done>,
    /// Cards that do not return in this session.
    pub(super) gone: HashSet<CardId>,
    pub(super) elapsed_s: f64,
    pub(super) time_box: TimeBox,
    /// Longer than this over the feedback that is being read is idle.
    pub(super) longest_read_s: f64,
    pub(super) lap: Lap,
    /// So many questions will have been put when the queue is empty, repeats aside, where that is known.
    pub(super) total: Option<usize>,
    pub(super) ending: Ending,
    /// The chain in whose middle somebody quit.
    pub(super) unfinished: Option<Unfinished>,
}

impl Session {
    /// A session over a queue, which leaves out so many cards that are due.
    pub fn new(setup: Setup, queued: Vec<Queued>, beyond: usize) -> Self {
        let items = queued.into_iter().map(|queued| Item::new(queued, &setup));
        let (repeats, queue): (Vec<_>, Vec<_>) = items.partition(|item| item.repeat);
        let waiting = Waiting { queue: queue.into(), repeats: repeats.into(), beyond };
        let time_box = TimeBox::new(setup.budget_s, setup.new_time);
        let is_known = setup.order == Order::DueFirst && time_box.has_room_for_all(&waiting);
        Self {
            total: is_known.then(|| waiting.queue.len() + waiting.beyond),
            ending: Ending::default(),
            unfinished: None,
            time_box,
            setup,
            stage: Stage::Between,
            waiting,
            answers: Vec::new(),
            done: Vec::new(),
            gone: HashSet::new(),
            elapsed_s: 0.0,
            longest_read_s: 0.0,
            lap: Lap { n: 1, before: 0 },
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
        while matches!(self.stage, Stage::Between) {
            let place = if today == self.setup.day { self.next() } else { None };
            let Some(item) = place.and_then(|place| self.waiting.take(place)) else {
                let is_round_over = today == self.setup.day && self.has_weak_round();
                self.stage = if is_round_over { Stage::RoundOver } else { Stage::Ended };
                self.ending = match self.within_reach() {
                    _ if today != self.setup.day => Ending::Day,
                    0 => Ending::Done,
                    _ => Ending::Time,
                };
                break;
            };
            if let Some(card) = card(&item.brief.id)? {
                self.stage = Stage::Asking(Box::new(Open::new(item, card)));
            }
        }
        Ok(self.open_question())
    }

    /// Asks a card that waits next, with values drawn with this seed, if it has one. Does nothing where a question is open, or
    /// the card does not wait.
    pub fn ask_next(&mut self, card: &CardId, seed: Option<u64>) {
        if !matches!(self.stage, Stage::Between) {
            return;
        }
        let waits = |item: &Item| item.brief.id == *card;
        let place = self.waiting.queue.iter().position(waits).map(Place::Queue);
        let place = place.or_else(|| self.waiting.repeats.iter().position(waits).map(Place::Repeats));
        if let Some(mut item) = place.and_then(|place| self.waiting.take(place)) {
            item.seed = seed.unwrap_or(item.seed);
            self.waiting.queue.push_front(item);
        }
    }

    /// Whether the session ended because nothing was left to ask, and not because somebody quit or its time was up.
    pub fn has_asked_all(&self) -> bool {
        matches!(self.stage, Stage::Ended) && self.within_reach() == 0
    }

    /// Seconds left of the time box; none where it has none.
    pub fn left_s(&self) -> Option<f64> {
        self.time_box.left_s()
    }

    pub(super) fn next(&self) -> Option<Place> {
        match self.setup.order {
            Order::DueFirst => self.time_box.next(&self.waiting),
            Order::Planned { .. } => self.time_box.next_planned(&self.waiting, self.passed()),
        }
    }

    /// How many cards were answered or looked at.
    pub(super) fn passed(&self) -> usize {
        self.answers.len() + self.done.iter().filter(|done| matches!(done, Done::Look(_))).count()
    }

    /// How many questions were put, and are not open any more.
    pub(super) fn put(&self) -> usize {
        self.answers.len() + self.done.iter().filter(|done| done.put_a_question_aside()).count()
    }

    pub(super) fn is_planned(&self) -> bool {
        self.setup.order != Order::DueFirst
    }

    /// The cards that wait, but for new ones beyond the time that is theirs.
    fn within_reach(&self) -> usize {
        self.waiting.len() - self.time_box.new_beyond(&self.waiting)
    }

    pub(super) fn open_question(&self) -> Option<Question> {
        let open = self.open()?;
        let waiting = match self.setup.order {
            Order::DueFirst => self.within_reach(),
            Order::Planned { .. } => self.time_box.fitting(&open.item, &self.waiting),
        };
        let place = ask::Place {
            n: 1 + self.put(),
            remaining: 1 + waiting,
            total: self.total,
            elapsed_s: self.elapsed_s,
            left_s: self.time_box.left_s(),
            show_first: self.setup.order == Order::Planned { show_first: true },
        };
        Some(open.asked.question(&open.item, &open.card, place))
    }

    pub(super) fn open(&self) -> Option<&Open> {
        match &self.stage {
            Stage::Asking(open) => Some(open),
            _ => None,
        }
    }

    pub(super) fn open_mut(&mut self) -> Option<&mut Open> {
        match &mut self.stage {
            Stage::Asking(open) => Some(open),
            _ => None,
        }
    }

    /// Whether this card is the open one.
    pub(super) fn is_open(&self, card: &CardId) -> bool {
        self.open().is_some_and(|open| open.item.brief.id == *card)
    }

    /// Takes the open question, so that nothing is open.
    pub(super) fn take_open(&mut self) -> Result<Box<Open>, Refusal> {
        match std::mem::replace(&mut self.stage, Stage::Between) {
            Stage::Asking(open) => Ok(open),
            other => {
                self.stage = other;
                Err(self.nothing_is_open())
            }
        }
    }

    pub(super) fn nothing_is_open(&self) -> Refusal {
        Refusal::new(match self.stage {
            Stage::Ended => "the session is over: begin another one",
            _ => "the round is over: go round the weak ones again, or quit",
        })
    }

    /// Closes the open question without an answer: the time on it passed, and tells nothing of the learner's pace.
    pub(super) fn close(&mut self) -> Option<Box<Open>> {
        let open = self.take_open().ok()?;
        self.time_box.pass(open.counted_s(&self.setup));
        Some(open)
    }

    /// Whether more due cards are wanted in the queue: [`Session::extend`] brings them.
    pub fn wants_more(&self) -> bool {
        let is_between = matches!(self.stage, Stage::Between);
        is_between && self.waiting.beyond > 0 && !self.time_box.is_over() && self.waiting.queue.iter().all(Item::is_new)
    }

    /// Takes more due cards into the queue, but for those that were in it; so many are still left out.
    pub fn extend(&mut self, queued: Vec<Queued>, beyond: usize) {
        let known: HashSet<&CardId> = self.met().collect();
        let more = queued.into_iter().filter(|queued| !known.contains(&queued.brief.id));
        let mut more: VecDeque<Item> = more.map(|queued| Item::new(queued, &self.setup)).collect();
        self.waiting.beyond = if more.is_empty() { 0 } else { beyond };
        more.append(&mut self.waiting.queue);
        self.waiting.queue = more;
    }

    /// The cards that this session has to do with already.
    pub fn met(&self) -> impl Iterator<Item = &CardId> {
        let waiting = self.waiting.items().map(|item| &item.brief.id);
        waiting.chain(self.answers.iter().map(|answer| &answer.item.brief.id)).chain(&self.gone)
    }

    /// The new cards that there is no time for, as it looks now.
    pub fn new_waiting(&self) -> usize {
        match self.setup.mode {
            // A plan has counted what there is time for.
            Mode::Review if !self.is_planned() => self.time_box.new_without_room(&self.waiting),
            _ => 0,
        }
    }

    /// So many seconds passed over the feedback before the open question appeared. They count in the time box, and never
    /// for a card.
    pub fn read(&mut self, read_s: f64) {
        self.elapsed_s += read_s;
        self.time_box.pass(read_s.min(self.longest_read_s));
    }

    /// So many seconds passed over the open question without a reply that is one.
    pub fn wait(&mut self, took_s: f64) {
        self.elapsed_s += took_s;
        if let Some(open) = self.open_mut() {
            open.took_s += took_s;
        }
    }

    /// How sure the learner is of the answer to the open question, in percent, said before it is shown.
    pub fn is_sure(&mut self, confidence: Option<u8>) {
        if let (Some(open), Some(_)) = (self.open_mut(), confidence) {
            open.confidence = confidence;
        }
    }

    /// Takes a reply to the open question, given after so many seconds.
    ///
    /// # Errors
    /// A reply that cannot be taken: the question stays open and nothing has changed but the time.
    pub fn reply(&mut self, reply: Reply, took_s: f64, at_ms: i64) -> Result<Effect, Refusal> {
        self.wait(took_s);
        if matches!(self.stage, Stage::Ended) && reply != Reply::Quit {
            return Err(self.nothing_is_open());
        }
        match reply {
            Reply::Quit => {
                self.quit();
                Ok(Effect::Quit)
            }
            Reply::Undo => self.undo(at_ms),
            Reply::Regrade(quality) => self.regrade(quality, at_ms),
            Reply::Skip => self.skip(),
            Reply::Suspend(which) => self.mark(which, |_| MarkKind::Suspend),
            Reply::Flag(which) => {
                self.mark(which, |state| if state.flagged { MarkKind::Unflag } else { MarkKind::Flag })
            }
            Reply::Again if matches!(self.stage, Stage::RoundOver) => {
                self.again();
                Ok(Effect::Again)
            }
            Reply::Again => Err(Refusal::new("a round is not over: answer the question, or quit")),
            Reply::Look => self.look(took_s),
            Reply::Show(card) => Ok(Effect::Show(card)),
            Reply::Edit(which) => self.edit(which),
            Reply::Edited(_) => Err(Refusal::new("nothing is being edited")),
            Reply::Reveal => self.reveal(),
            Reply::Answer(_) | Reply::Pick(_) | Reply::Said(_) | Reply::Grade(_) | Reply::Blank => {
                self.answer(&reply, at_ms)
            }
        }
    }

    fn quit(&mut self) {
        self.ending = Ending::Quit;
        if let Stage::Asking(open) = std::mem::replace(&mut self.stage, Stage::Ended) {
            self.unfinished = open.unfinished();
            self.waiting.queue.push_front(open.item);
        }
    }

    fn reveal(&mut self) -> Result<Effect, Refusal> {
        let Some(open) = self.open() else { return Err(self.nothing_is_open()) };
        let grades = self.grades(&open.item);
        let Some(open) = self.open_mut() else { return Err(self.nothing_is_open()) };
        let revealed = open.asked.reveal(&open.card, grades);
        let revealed =
            revealed.ok_or_else(|| Refusal::new("there is nothing to reveal here: type the answer, or pick one"))?;
        open.revealed_s.get_or_insert(open.took_s);
        Ok(Effect::Reveal(revealed))
    }

    /// What each grade would mean for a card: what is shown is what is applied.
    fn grades(&self, item: &Item) -> Vec<GradeMeans> {
        let (day, memory) = (self.setup.day, item.state.memory);
        let is_first_today = item.state.latest.is_none_or(|latest| latest.day != day) || memory == Memory::New;
        let counts = is_first_today && (memory != Memory::New || self.setup.mode == Mode::Review);
        let means = |quality: Quality| GradeMeans {
            quality,
            asked_again: self.is_weak(item, quality) && self.setup.mode == Mode::Review,
            due_in_days: if counts { memory.after(quality, day) } else { memory }.scheduled().map(|s| s.due.since(day)),
        };
        (0..=5).filter_map(Quality::new).map(means).collect()
    }

    pub(super) fn answer(&mut self, reply: &Reply, at_ms: i64) -> Result<Effect, Refusal> {
        let mut open = self.take_open()?;
        let spoken_s = open.revealed_s.unwrap_or(open.took_s);
        let expected_s = open.expected_s(&self.setup);
        let refused = open.refused;
        let quick = open.took_s - refused.took_s <= expected_s / 2.0;
        let judgement = match judge::judge(&open.card, &open.asked, reply, Manner { spoken_s, quick, refused }) {
            Ok(judgement) => judgement,
            Err(refusal) => {
                open.refused = Refused { took_s: open.took_s, insists: refusal.insists.or(refused.insists) };
                self.stage = Stage::Asking(open);
                return Err(refusal);
            }
        };
        let before = self.time_box;
        self.time_box.answer(open.counted_s(&self.setup), expected_s, open.item.is_first_day());
        self.longest_read_s = open.longest_s(&self.setup);
        let as_it_was = open.clone();
        let mut took_s = open.took_s;
        let feedback = judgement.feedback(&open.card, Outcome::of_step(&open.item));
        if let (Asked::Chain { answered, .. }, Some((step, value))) = (&mut open.asked, &judgement.step) {
            answered.push(Answered { step: step.clone(), value: *value, took_s, feedback: feedback.clone() });
            took_s = answered.iter().map(|answered| answered.took_s).sum();
        }
        if open.asked.chain_goes_on() {
            self.stage = Stage::Asking(Box::new(open.reopened()));
            self.done.push(Done::Step);
            return Ok(Effect::Step(Box::new(feedback)));
        }
        let review = judge::review(&self.setup, &open, &judgement, took_s, at_ms);
        self.stage = Stage::Saving;
        Ok(Effect::Record(Box::new(Answering { review, judgement, open: as_it_was, asked: open.asked, before })))
    }

    /// The answer is on disk: what it means for the learner.
    pub fn saved(&mut self, answering: Answering, saved: &Saved) -> Feedback {
        let Answering { review, judgement, open, asked, .. } = answering;
        let mut answer = Answer { item: open.item.clone(), id: saved.id, review, judgement, open, asked };
        let feedback = self.settle(&mut answer, saved, None);
        self.answers.push(answer);
        self.done.push(Done::Answer);
        self.stage = Stage::Between;
        feedback
    }

    /// The answer could not be saved: an answer that is not on disk was not given, and its question is open again.
    pub fn not_saved(&mut self, answering: Answering) {
        self.time_box = answering.before;
        self.stage = Stage::Asking(answering.open);
    }

    /// Whether a card is to be asked again the same day that was answered so: under a plan, a new one that was not known.
    fn is_weak(&self, item: &Item, quality: Quality) -> bool {
        match self.setup.order {
            Order::DueFirst => quality.is_asked_again(),
            Order::Planned { .. } => item.is_unseen && !quality.is_recall(),
        }
    }

    /// Puts in what the store made of an answer: whether its card is asked again, and what is told of it.
    fn settle(&mut self, answer: &mut Answer, saved: &Saved, replaces: Option<LogId>) -> Feedback {
        let card = &answer.item.brief.id;
        let is_weak = self.is_weak(&answer.open.item, answer.review.quality);
        let asked_again = is_weak && self.setup.mode == Mode::Review && !self.gone.contains(card);
        let weak = Step::weakest(&Step::of_log(answer.review.steps.as_deref()));
        let again = answer.item.again(saved.state, weak).not_before(self.passed() + 1 + GAP_BEFORE_TEST);
        // Its repeat may wait in the queue, where another question took its place.
        self.forget_waiting(card);
        // A regrade may find the card's repeat open already.
        let open = self.open().filter(|open| open.item.repeat && open.item.brief.id == *card);
        match open.map(|open| open.item.weak == again.weak) {
            None if asked_again => self.waiting.repeats.push_back(again),
            Some(same) if !asked_again || !same => {
                self.close();
                if asked_again {
                    self.waiting.repeats.push_front(again);
                }
            }
            _ => {}
        }
        let outcome = answer.outcome(saved, replaces, self.setup.day, asked_again);
        answer.item.state = saved.state;
        answer.judgement.feedback(&answer.open.card, outcome)
    }

    fn regrade(&mut self, quality: Quality, at_ms: i64) -> Result<Effect, Refusal> {
        let step = self.open_mut().and_then(|open| open.asked.regrade_step(quality));
        if let Some((was, feedback)) = step {
            self.done.push(Done::StepRegrade(was));
            return Ok(Effect::Step(Box::new(feedback)));
        }
        self.regrading(quality, at_ms, false)
            .ok_or_else(|| Refusal::new("nothing was graded in this session yet: answer a card first"))
    }

    /// The last answer with another quality; none where there is none.
    pub(super) fn regrading(&self, quality: Quality, at_ms: i64, is_undo: bool) -> Option<Effect> {
        let answer = self.answers.last()?;
        let mut asked = answer.asked.clone();
        asked.regrade_step(quality);
        let review = Review { quality, at_ms, ..answer.review.clone() };
        let review = judge::with_steps(review, &asked.steps_answered());
        Some(Effect::Replace(Box::new(Regrading { old: answer.id, review, quality, is_undo })))
    }

    /// The regrade is on disk: what the answer means now; none where a regrade was taken back.
    pub fn regraded(&mut self, regrading: Regrading, saved: &Saved) -> Option<Feedback> {
        let Regrading { old, review, quality, is_undo } = regrading;
        let mut answer = self.answers.pop()?;
        let was = answer.judgement.quality;
        answer.asked.regrade_step(quality);
        answer.judgement.quality = quality;
        (answer.id, answer.review) = (saved.id, review);
        let feedback = self.settle(&mut answer, saved, Some(old));
        self.answers.push(answer);
        self.leave_round();
        if is_undo {
            self.done.pop();
            return None;
        }
        self.done.push(Done::Regrade(was));
        Some(feedback)
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
        self.time_box.budget_s()
    }

    /// The day that the answers count for.
    pub fn day(&self) -> Day {
        self.setup.day
    }
}
