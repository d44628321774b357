//! A learner's days until the interview: through the product's own day, or by another program's rule.

use crate::memory::{Grade, Item};
use crate::person::{Person, Thought};
use crate::rival::Rival;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use std::collections::HashMap;
use std::sync::Arc;
use sysdrill::catalog::Catalog;
use sysdrill::deck::{Brief, Card};
use sysdrill::log::{Mark, MarkKind};
use sysdrill::practice::{self, Agenda, Daily, NewPerDay, ReviewOptions};
use sysdrill::schedule::{CardId, Day, Interview, Style, Wishes};
use sysdrill::session::{Effect, Reply, Session, in_turn};
use sysdrill::store::Store;
use sysdrill::store::deck_index::Scope;

/// Half past six in the evening; the interview is at nine in the morning.
const EVENING: f64 = 18.5 / 24.0;
const MORNING: f64 = 9.0 / 24.0;
/// From this chance of recall on a card is solid.
const SOLID: f64 = 0.75;
/// More new cards than any box takes.
pub const PLENTY: u32 = 1000;

/// What decides what is asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Policy {
    /// The product's day with a plan.
    Plan(Style),
    /// The same without looks.
    Ask(Style),
    /// The product's day without a plan, with so many new cards.
    Sm2(NewPerDay),
    /// Another program's.
    Other(Rival),
}

impl Policy {
    pub const SM2_20: Self = Self::Sm2(NewPerDay::Number(20));
    pub const ALL: [Self; 15] = [
        Self::Sm2(NewPerDay::Auto),
        Self::Sm2(NewPerDay::Number(10)),
        Self::SM2_20,
        Self::Sm2(NewPerDay::Number(PLENTY)),
        Self::Other(Rival::Anki { new: 20 }),
        Self::Other(Rival::Fsrs { retention: 0.9, new: 20 }),
        Self::Other(Rival::Fsrs { retention: 0.9, new: PLENTY }),
        Self::Other(Rival::Fsrs { retention: 0.8, new: 20 }),
        Self::Other(Rival::Fsrs { retention: 0.8, new: PLENTY }),
        Self::Other(Rival::Cram { new: 20 }),
        Self::Plan(Style::Solid),
        Self::Plan(Style::Balanced),
        Self::Plan(Style::Broad),
        Self::Ask(Style::Balanced),
        Self::Ask(Style::Broad),
    ];

    pub fn name(self) -> String {
        let new = |new: u32| if new == PLENTY { "full box".to_owned() } else { format!("{new} new") };
        match self {
            Self::Plan(style) => format!("plan, {}", style.name()),
            Self::Ask(style) => format!("plan, {}, asks first", style.name()),
            Self::Sm2(NewPerDay::Auto) => "SM-2, paced".to_owned(),
            Self::Sm2(NewPerDay::Number(count)) => format!("SM-2, {}", new(count)),
            Self::Other(Rival::Anki { new: count }) => format!("Anki's SM-2, {}", new(count)),
            Self::Other(Rival::Fsrs { retention, new: count }) => format!("FSRS {retention}, {}", new(count)),
            Self::Other(Rival::Cram { new: count }) => format!("SM-2, {}, 3 days' cram", new(count)),
        }
    }
}

/// How it ended.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// Cards met.
    pub met: f64,
    /// Cards recalled on the morning of the interview, as expected.
    pub recalled: f64,
    /// Of level 1.
    pub level_1: f64,
    /// Recalled in three of four cases or more.
    pub solid: f64,
    /// The share of reviews on a later day that were right.
    pub right: f64,
    /// Cards recalled 30 days after the interview.
    pub later: f64,
    /// The minutes of the longest day.
    pub heaviest: f64,
    /// What the plan predicted on its first day, in the middle, and on the last.
    pub predicted: [f64; 3],
}

/// All cards, and where each is.
pub struct Cards {
    pub briefs: Vec<Brief>,
    /// In the order in which new ones are met.
    pub in_turn: Vec<usize>,
    index: HashMap<CardId, usize>,
}

impl Cards {
    pub fn read() -> Self {
        let (store, catalog) = opened();
        let first: Day = FIRST.parse().expect("a date");
        let agenda =
            Agenda::new(&catalog, &store, daily(first, NewPerDay::Auto, 15), Scope::default()).expect("it reads");
        let all = agenda.candidates(&store).expect("it reads");
        let briefs: Vec<Brief> = all.iter().map(|card| card.brief.clone()).collect();
        let index: HashMap<CardId, usize> = briefs.iter().enumerate().map(|(at, card)| (card.id.clone(), at)).collect();
        let in_turn = in_turn(all.iter().collect(), all.len()).into_iter().map(|card| index[&card.brief.id]).collect();
        Self { briefs, in_turn, index }
    }
}

pub const FIRST: &str = "2026-11-02";

fn opened() -> (Store, Catalog) {
    let mut entropy = ChaCha8Rng::seed_from_u64(8);
    let mut store = Store::in_memory(Box::new(move || entropy.random())).expect("there is memory");
    let none = std::path::Path::new("no-such-folder");
    let catalog = Catalog::open(&mut store, none, false, &mut |_, _| ()).expect("the embedded decks are sound");
    (store, catalog)
}

fn daily(day: Day, new_per_day: NewPerDay, minutes: u32) -> Daily {
    let (decks_off, without) = (Vec::new(), Vec::new());
    Daily { day, now_ms: now_ms(day, 0.0), minutes, new_per_day, show_first: true, decks_off, without }
}

fn now_ms(day: Day, seconds: f64) -> i64 {
    ((day.epoch_days() as f64 + EVENING) * 86_400_000.0 + seconds * 1000.0) as i64
}

/// What a learner goes through and keeps.
pub struct Life<'a> {
    pub cards: &'a Cards,
    pub person: &'a Person,
    pub items: Vec<Item>,
    pub reviews: usize,
    pub right: usize,
    pub minutes_on: Vec<f64>,
}

impl<'a> Life<'a> {
    pub fn new(cards: &'a Cards, person: &'a Person) -> Self {
        let items = vec![Item::default(); cards.briefs.len()];
        Self { cards, person, items, reviews: 0, right: 0, minutes_on: Vec::new() }
    }

    /// What comes to mind, seconds after the evening's begin.
    pub fn thinks(&mut self, card: usize, day: u32, seconds: f64) -> Thought {
        let at = f64::from(day) + EVENING + seconds / 86_400.0;
        let item = &self.items[card];
        let thought = self.person.think(card, item, at);
        if item.seen.last().is_some_and(|last| last.floor() < at.floor()) {
            self.reviews += 1;
            self.right += usize::from(thought.grade > Grade::Again);
        }
        thought
    }

    pub fn learns(&mut self, card: usize, day: u32, seconds: f64, grade: Grade) {
        let at = f64::from(day) + EVENING + seconds / 86_400.0;
        self.person.learns(card, &mut self.items[card], at, grade);
    }

    fn outcome(self, days: u32, predicted: [f64; 3]) -> Outcome {
        let recall = |at: f64| -> Vec<f64> {
            self.items.iter().enumerate().map(|(card, item)| self.person.recall(card, item, at)).collect()
        };
        let on = recall(f64::from(days) + MORNING);
        let of_level_1 = on.iter().zip(&self.cards.briefs).filter(|(_, card)| card.level == 1);
        Outcome {
            met: self.items.iter().filter(|item| !item.seen.is_empty()).count() as f64,
            recalled: on.iter().sum(),
            level_1: of_level_1.map(|(recall, _)| recall).sum(),
            solid: on.iter().filter(|recall| **recall >= SOLID).count() as f64,
            right: self.right as f64 / self.reviews.max(1) as f64,
            later: recall(f64::from(days + 30) + MORNING).iter().sum(),
            heaviest: self.minutes_on.iter().copied().fold(0.0, f64::max),
            predicted,
        }
    }
}

/// Lives through so many days of so many minutes.
pub fn run(cards: &Cards, person: &Person, policy: Policy, days: u32, minutes: u32) -> Outcome {
    let mut life = Life::new(cards, person);
    let mut predicted = [0.0; 3];
    match policy {
        Policy::Other(rival) => rival.lives(&mut life, days, minutes),
        Policy::Plan(style) => predicted = by_product(&mut life, days, minutes, Some((style, true)), NewPerDay::Auto),
        Policy::Ask(style) => predicted = by_product(&mut life, days, minutes, Some((style, false)), NewPerDay::Auto),
        Policy::Sm2(new) => predicted = by_product(&mut life, days, minutes, None, new),
    }
    life.outcome(days, predicted)
}

/// Through the product's own day.
fn by_product(life: &mut Life, days: u32, minutes: u32, plan: Option<(Style, bool)>, new: NewPerDay) -> [f64; 3] {
    let (mut store, catalog) = opened();
    let first: Day = FIRST.parse().expect("a date");
    let interview = Interview { day: first.plus(days), minutes };
    if let Some((style, _)) = plan {
        let wishes = Wishes { style, ..Wishes::default() };
        let at_ms = now_ms(first, -60.0);
        store.mark(&Mark::of_plan(Some(interview), at_ms, first)).expect("it writes");
        let kind = MarkKind::Plan(wishes.text());
        store.mark(&Mark { card: None, kind, at_ms: at_ms + 1, day: Some(first) }).expect("it writes");
    }
    let mut predicted = [0.0; 3];
    for ahead in 0..days {
        let day = first.plus(ahead);
        let show_first = plan.is_some_and(|(_, looks)| looks);
        let daily = Daily { show_first, ..daily(day, new, minutes) };
        let told = [0, days / 2, days - 1].iter().position(|told| *told == ahead);
        if let (Some(told), Some(_)) = (told, plan) {
            predicted[told] = prediction(&mut store, &daily, interview);
        }
        let options = ReviewOptions { seed: u64::from(ahead), ..ReviewOptions::default() };
        let ready = practice::review(&mut store, &catalog, daily, &options).expect("a day begins");
        let seconds = sits(life, &mut store, &catalog, ready.session, ahead, day);
        life.minutes_on.push(seconds / 60.0);
    }
    predicted
}

fn prediction(store: &mut Store, daily: &Daily, interview: Interview) -> f64 {
    practice::fit(store, false, &mut |_, _| ()).expect("it reads");
    practice::plan(store, daily, interview).expect("it reads").expected.recalled as f64
}

/// A sitting; gives its seconds.
fn sits(life: &mut Life, store: &mut Store, catalog: &Catalog, mut session: Session, ahead: u32, day: Day) -> f64 {
    let mut seconds = 0.0;
    // The card that is open, what comes to mind, and how many of its questions are answered.
    let mut open: Option<(usize, Arc<Card>, Thought, usize)> = None;
    loop {
        let read = |id: &CardId| catalog.card(store, id);
        let Some(question) = session.question(day, read).expect("a card is read") else { return seconds };
        let at = life.cards.index[&question.card];
        if question.first.is_some() {
            let took_s = life.person.looks(life.cards.briefs[at].kind);
            seconds += took_s;
            let looked = session.reply(Reply::Look, took_s, now_ms(day, seconds)).expect("a new card can be looked at");
            if let Effect::Mark(marking) = looked {
                let (id, kind) = (marking.card().clone(), marking.kind().clone());
                let state = store.mark(&Mark::of_card(id, kind, now_ms(day, seconds), day)).expect("the store writes");
                session.marked(marking, state);
            }
            life.learns(at, ahead, seconds, Grade::Again);
            continue;
        }
        let (card, thought, step) = match open.take() {
            Some((_, card, thought, step)) => (card, thought, step),
            None => {
                let id = &life.cards.briefs[at].id;
                let card = catalog.card(store, id).expect("a card is read").expect("a deck has it");
                (card, life.thinks(at, ahead, seconds), 0)
            }
        };
        open = Some((at, Arc::clone(&card), thought, step + 1));
        for (reply, took_s) in life.person.replies(&card, &question, thought, step) {
            seconds += took_s;
            let effect = session.reply(reply, took_s, now_ms(day, seconds));
            let effect = effect.unwrap_or_else(|refusal| panic!("{}: {refusal}", question.card));
            if let Effect::Record(answering) = effect {
                let saved = store.record(answering.review()).expect("the store writes");
                session.saved(*answering, &saved);
                life.learns(at, ahead, seconds, thought.grade);
                open = None;
            }
        }
    }
}
