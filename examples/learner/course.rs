//! A learner's weeks until the interview, through the real queue, session and store.

use crate::memory::{Grade, Trace, Weights};
use crate::person::{Person, Thought};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::Arc;
use sysdrill::deck::{Card, Library};
use sysdrill::schedule::{CardId, CardState, Day, Interview, Load, Memory, Mode, due_days};
use sysdrill::session::{Candidate, Effect, Form, Planned, Question, Session, Setup, plan, round};
use sysdrill::store::Store;

pub const MINUTES: u32 = 15;
const NEW_PER_DAY: usize = 10;
/// More new cards than any box takes.
const PLENTY: usize = 100;
const CRAM_DAYS: i64 = 3;
/// Reviews are counted by how many days before the interview they were; the last bin is all before.
pub const LAST_DAYS: usize = 15;

/// What decides what is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// SM-2 as the settings have it.
    Sm2,
    /// SM-2 with as many new cards as the box takes.
    Sm2Full,
    /// SM-2 with the plan.
    Plan,
    /// FSRS-6 at a desired retention of 0.9, with as many new cards as the box takes.
    Fsrs,
    /// SM-2, but for the last days, which go through what was learned.
    Cram,
}

impl Policy {
    pub const ALL: [Self; 5] = [Self::Sm2, Self::Sm2Full, Self::Plan, Self::Fsrs, Self::Cram];

    pub fn name(self) -> &'static str {
        match self {
            Self::Sm2 => "SM-2, 10 new",
            Self::Sm2Full => "SM-2, full box",
            Self::Plan => "SM-2 and plan",
            Self::Fsrs => "FSRS-6, full box",
            Self::Cram => "SM-2, 3 days' cram",
        }
    }
}

/// How it ended.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// Cards met.
    pub met: f64,
    /// The mean recall of these on the morning of the interview.
    pub of_met: f64,
    /// The mean recall of all cards of level 1.
    pub of_level_1: f64,
    /// Cards of all decks that are recalled.
    pub recalled: f64,
    pub minutes: f64,
    pub heaviest: f64,
    /// The share of reviews that came before the day that was planned when the card was last answered right.
    pub early: f64,
    /// Of the met cards, the share by days from the last review to the interview.
    pub last_seen: [f64; LAST_DAYS + 1],
    /// New cards met by day.
    pub met_on: Vec<f64>,
    /// Minutes by day.
    pub minutes_on: Vec<f64>,
}

/// All cards, and where each is.
pub struct Cards {
    pub cards: Vec<Arc<Card>>,
    index: HashMap<String, usize>,
}

impl Cards {
    pub fn new(library: &Library) -> Self {
        let cards: Vec<Arc<Card>> = library.cards().cloned().map(Arc::new).collect();
        let index = cards.iter().enumerate().map(|(at, card)| (card.id.as_str().to_owned(), at)).collect();
        Self { cards, index }
    }

    fn read(&self, id: &CardId) -> Option<Arc<Card>> {
        self.index.get(id.as_str()).map(|at| Arc::clone(&self.cards[*at]))
    }
}

struct Course<'a> {
    cards: &'a Cards,
    person: &'a Person,
    policy: Policy,
    interview: Interview,
    store: Store,
    rng: ChaCha8Rng,
    traces: Vec<Option<Trace>>,
    /// How often each was asked.
    times: Vec<u32>,
    /// What FSRS-6 makes of the answers.
    fsrs: Vec<Option<Trace>>,
    /// The day that was planned for what was answered right.
    promised: Vec<Option<Day>>,
    reviews: usize,
    early: usize,
}

/// Lives through so many weeks.
pub fn run(cards: &Cards, person: &Person, policy: Policy, weeks: u32) -> Outcome {
    let first: Day = "2026-11-02".parse().expect("a date");
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let mut entropy = ChaCha8Rng::seed_from_u64(8);
    let all = cards.cards.len();
    let mut course = Course {
        cards,
        person,
        policy,
        interview: Interview { day: first.plus(7 * weeks), minutes: MINUTES },
        store: Store::in_memory(Box::new(move || entropy.random())).expect("there is memory"),
        rng: ChaCha8Rng::seed_from_u64(rng.random()),
        traces: vec![None; all],
        times: vec![0; all],
        fsrs: vec![None; all],
        promised: vec![None; all],
        reviews: 0,
        early: 0,
    };
    let (mut minutes_on, mut met_on) = (Vec::new(), Vec::new());
    for ahead in 0..7 * weeks {
        let before = course.met();
        minutes_on.push(course.lives(first.plus(ahead)) / 60.0);
        met_on.push((course.met() - before) as f64);
    }
    course.outcome(minutes_on, met_on)
}

impl<'a> Course<'a> {
    fn met(&self) -> usize {
        self.traces.iter().flatten().count()
    }

    /// A day; gives its seconds.
    fn lives(&mut self, day: Day) -> f64 {
        let states = self.store.states().expect("the store reads");
        let medians = self.store.median_seconds().expect("the store reads");
        let state = |card: &Card| states.get(&card.id).copied().unwrap_or_default();
        let interview = (self.policy == Policy::Plan).then_some(self.interview);
        let loads = self.loads(&states, &medians);
        let mut due = due_days(&loads, interview, day);
        if self.policy == Policy::Fsrs {
            due = self.fsrs.iter().map(|trace| trace.map(fsrs_due)).collect();
        }
        let with_due = self.cards.cards.iter().zip(&due);
        let candidates: Vec<Candidate> =
            with_due.map(|(card, due)| Candidate { brief: card.brief(), state: state(card), due: *due }).collect();
        let crams = self.policy == Policy::Cram && self.interview.day.since(day) <= CRAM_DAYS;
        let new = match self.policy {
            Policy::Sm2 | Policy::Cram => NEW_PER_DAY,
            Policy::Sm2Full | Policy::Fsrs => PLENTY,
            Policy::Plan => self.interview.new_today(
                &loads,
                day,
                self.store.spent_seconds(day, Some(Mode::Review)).expect("it reads"),
            ),
        };
        let seed = self.rng.random_range(0..sysdrill::estimate::SEEDS);
        let planned = if crams {
            weakest_first(&candidates, seed)
        } else {
            let seconds = Setup::seconds(&medians);
            plan(&candidates, day, new, |card| seconds(card.kind, card.answers), seed).0
        };
        let setup = Setup {
            session: self.store.new_session(now_ms(day, 0.0)),
            mode: if crams { Mode::Cram } else { Mode::Review },
            day,
            budget_s: Some(f64::from(MINUTES) * 60.0),
            median_seconds: medians.clone(),
        };
        let seconds = self.sits(Session::new(setup, planned, 0), day);
        self.promise(day, interview, &medians);
        seconds
    }

    fn loads(&self, states: &HashMap<CardId, CardState>, medians: &HashMap<String, f64>) -> Vec<Load> {
        let seconds = Setup::seconds(medians);
        let load = |card: &Arc<Card>| Load {
            state: states.get(&card.id).copied().unwrap_or_default(),
            seconds: seconds(card.body.kind(), card.brief().answers),
            level: card.level,
        };
        self.cards.cards.iter().map(load).collect()
    }

    /// Keeps what is planned for the cards of the day that were answered right.
    fn promise(&mut self, day: Day, interview: Option<Interview>, medians: &HashMap<String, f64>) {
        let loads = self.loads(&self.store.states().expect("the store reads"), medians);
        let due = due_days(&loads, interview, day);
        for (at, load) in loads.iter().enumerate() {
            if let Some(latest) = load.state.latest.filter(|latest| latest.day == day) {
                self.promised[at] = due[at].filter(|_| latest.quality.is_recall());
            }
        }
    }

    /// A sitting; gives its seconds.
    fn sits(&mut self, mut session: Session, day: Day) -> f64 {
        let mut seconds = 0.0;
        // The card that is open, what comes to mind, and how many of its questions are answered.
        let mut open: Option<(usize, Thought, usize)> = None;
        loop {
            let read = |id: &CardId| Ok::<_, Infallible>(self.cards.read(id));
            let Ok(question) = session.question(day, read);
            let Some(question) = question else {
                if session.round().is_some() {
                    session.again();
                    continue;
                }
                return seconds;
            };
            let (at, thought, step) = open.unwrap_or_else(|| self.opens(&question, day));
            open = Some((at, thought, step + 1));
            for (reply, took_s) in self.person.replies(&self.cards.cards[at], &question, thought, step) {
                seconds += took_s;
                let effect = session.reply(reply, took_s, now_ms(day, seconds));
                let effect = effect.unwrap_or_else(|refusal| panic!("{}: {refusal}", question.card));
                if let Effect::Record(answering) = effect {
                    let saved = self.store.record(answering.review()).expect("the store writes");
                    session.saved(*answering, &saved);
                    self.learns(at, thought.grade, day);
                    open = None;
                }
            }
        }
    }

    fn opens(&mut self, question: &Question, day: Day) -> (usize, Thought, usize) {
        let at = self.cards.index[question.card.as_str()];
        debug_assert!(!matches!(&question.form, Form::Typed { chain: Some(place), .. } if place.steps == 0));
        let trace = self.traces[at];
        if trace.is_some_and(|trace| trace.seen < day.epoch_days()) {
            self.reviews += 1;
            self.early += usize::from(self.promised[at].is_some_and(|promised| promised > day));
        }
        (at, self.person.think(at, trace, self.times[at], day.epoch_days()), 0)
    }

    fn learns(&mut self, at: usize, grade: Grade, day: Day) {
        let day = day.epoch_days();
        self.times[at] += 1;
        self.traces[at] = Some(self.person.learns(at, self.traces[at], grade, day));
        let fsrs = &Weights::PUBLISHED;
        self.fsrs[at] = Some(self.fsrs[at].map_or_else(|| fsrs.meet(grade, 0.0, day), |t| fsrs.after(t, grade, day)));
    }

    fn outcome(self, minutes_on: Vec<f64>, met_on: Vec<f64>) -> Outcome {
        let on = self.interview.day.epoch_days();
        let recall = |trace: &Option<Trace>| trace.map_or(0.0, |trace| self.person.weights.recall(trace, on));
        let recalled: f64 = self.traces.iter().map(recall).sum();
        let met = self.met() as f64;
        let with_card = self.traces.iter().zip(&self.cards.cards);
        let level_1: Vec<f64> = with_card.filter(|(_, card)| card.level == 1).map(|(trace, _)| recall(trace)).collect();
        let mut last_seen = [0.0; LAST_DAYS + 1];
        for trace in self.traces.iter().flatten() {
            last_seen[usize::try_from(on - trace.seen).unwrap_or(0).min(LAST_DAYS)] += 1.0 / met;
        }
        Outcome {
            met,
            of_met: recalled / met,
            of_level_1: level_1.iter().sum::<f64>() / level_1.len() as f64,
            recalled,
            minutes: minutes_on.iter().sum(),
            heaviest: minutes_on.iter().copied().fold(0.0, f64::max),
            early: self.early as f64 / self.reviews.max(1) as f64,
            last_seen,
            met_on,
            minutes_on,
        }
    }
}

/// The day on which FSRS-6 predicts a recall of 0.9.
fn fsrs_due(trace: Trace) -> Day {
    Day::from_epoch_days(trace.seen + (trace.stability.round() as i64).max(1)).expect("a day of this age")
}

/// What was learned, the shortest interval first.
fn weakest_first(candidates: &[Candidate], seed: u64) -> Vec<Planned> {
    let mut learned: Vec<Candidate> = candidates.iter().filter(|c| c.state.memory != Memory::New).cloned().collect();
    learned.sort_by_key(|c| c.state.memory.scheduled().map(|s| s.interval_days));
    round(&learned, seed)
}

/// Half past six in the evening, and so many seconds.
fn now_ms(day: Day, seconds: f64) -> i64 {
    (day.epoch_days() * 86_400 + 66_600) * 1000 + (seconds * 1000.0) as i64
}
