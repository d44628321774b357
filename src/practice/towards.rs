//! A day on the way to an interview: which cards, known and new, its minutes go to; and the warm-up on the day itself.

use super::cards::{Cards, InIndex, Queue, Result, Wanted, candidate};
use super::costs::Costs;
use super::error::Result as PracticeResult;
use super::pace::Pace;
use super::recall::model;
use crate::catalog::brief;
use crate::deck::Kind;
use crate::report::plan::{CardCounts, Met, Prospect};
use crate::schedule::{
    AnswerTable, CardId, Day, DayPlan, Interview, MemoryState, Outlook, Prepared, Style, Turn, Wishes, warm_up,
};
use crate::session::{Candidate, Counts, in_turn, queue_in_order};
use crate::store::Store;
use crate::store::deck_index::{Remembered, Scope};
use std::collections::{BTreeMap, HashSet};
use std::ops::RangeInclusive;
use std::rc::Rc;

/// The warm-up on the day of the interview is no longer than this.
pub(super) const WARM_UP_MINUTES: u32 = 10;
/// A queue is so many times as long as its box: the learner may be quicker than is expected.
const AMPLE: f64 = 2.0;
/// What stays the same while a plan is followed on a day.
#[derive(Debug, Clone)]
pub(super) struct Way {
    pub(super) interview: Interview,
    pub(super) wishes: Wishes,
    pub(super) begun: Day,
    pub(super) day: Day,
}

impl Way {
    pub(super) fn read(store: &Store, interview: Interview, day: Day) -> Result<Self> {
        let wishes = store.marks().wishes()?;
        let begun = store.marks().plan_begun()?.into_iter().chain(wishes.from).max().unwrap_or(day).min(day);
        Ok(Self { interview, wishes, begun, day })
    }

    fn is_the_day(&self) -> bool {
        self.day == self.interview.day
    }

    /// Before the day that the learner wants to begin on, SM-2 alone decides.
    pub(super) fn has_begun(&self) -> bool {
        self.wishes.from.is_none_or(|from| from <= self.day)
    }

    /// What the plan is for, of the cards that a command speaks of. What the command names goes first.
    pub(super) fn scope(&self, asked: &Scope) -> Scope {
        let or = |asked: &[String], wished: &[String]| if asked.is_empty() { wished } else { asked }.to_vec();
        let mut off = asked.off.clone();
        if asked.decks.is_empty() {
            off.extend(self.wishes.without.iter().cloned());
        }
        let decks = or(&asked.decks, &self.wishes.decks);
        Scope { decks, tags: or(&asked.tags, &self.wishes.tags), off, ..asked.clone() }
    }

    /// The minutes of the day.
    pub(super) fn minutes(&self) -> u32 {
        if self.is_the_day() { self.interview.minutes.min(WARM_UP_MINUTES) } else { self.interview.minutes }
    }
}

/// The cards of a scope, as a plan asks them today.
pub(super) struct Towards {
    way: Way,
    scope: Scope,
    /// The cards of the scope that alone are meant, where that was asked for.
    only: Option<Rc<HashSet<CardId>>>,
    table: Rc<AnswerTable>,
    costs: Costs,
    known_before: (usize, usize),
    spent_s: f64,
    /// The cards that were seen.
    known: Vec<Remembered>,
    /// New cards in the order in which they are met: as many as could be met until a day, or on this one.
    new: Vec<Candidate>,
    new_until: Option<Day>,
    /// What the day asks, in this order; more than its box will take.
    turns: Vec<Asked>,
    /// So many of these fit in what is left of the box.
    fitting: usize,
    /// What was met today and is owed its test.
    owed: Vec<Candidate>,
}

/// A card that the day asks.
struct Asked {
    card: Candidate,
    is_new: bool,
}

impl Towards {
    pub(super) fn read(store: &Store, way: Way, scope: Scope) -> PracticeResult<Self> {
        let table = Rc::new(AnswerTable::new(model(store)?));
        Ok(Self::read_only(store, way, scope, None, table)?)
    }

    /// With the days to come. The day itself is worked out where the plan has begun.
    pub(super) fn read_ahead(store: &Store, way: Way, scope: Scope) -> PracticeResult<Self> {
        let table = Rc::new(AnswerTable::new(model(store)?));
        let mut towards = Self::unplanned(store, way, scope, None, table)?;
        let until = towards.way.interview.day;
        towards.new = towards.met_next(store, towards.could_be_met(until))?;
        towards.new_until = Some(until);
        if towards.way.has_begun() {
            towards.plan(store)?;
        }
        Ok(towards)
    }

    fn read_only(
        store: &Store,
        way: Way,
        scope: Scope,
        only: Option<Rc<HashSet<CardId>>>,
        table: Rc<AnswerTable>,
    ) -> Result<Self> {
        let mut towards = Self::unplanned(store, way, scope, only, table)?;
        towards.plan(store)?;
        Ok(towards)
    }

    fn unplanned(
        store: &Store,
        way: Way,
        scope: Scope,
        only: Option<Rc<HashSet<CardId>>>,
        table: Rc<AnswerTable>,
    ) -> Result<Self> {
        let mut towards = Self {
            spent_s: store.reviews().box_seconds(way.day)?,
            known_before: store.reviews().known_before()?,
            costs: Costs::read(store)?,
            way,
            scope,
            only,
            table,
            known: Vec::new(),
            new: Vec::new(),
            new_until: None,
            turns: Vec::new(),
            fitting: 0,
            owed: Vec::new(),
        };
        towards.known = towards.remembered(store)?;
        Ok(towards)
    }

    /// The cards that were seen, with what is left of them.
    fn remembered(&self, store: &Store) -> Result<Vec<Remembered>> {
        let mut all = store.deck_index().remembered(&self.scope, &Kind::ALL.map(Kind::name))?;
        if let Some(only) = &self.only {
            let places: Vec<i64> = all.iter().map(|card| card.place).collect();
            let cards = store.deck_index().at(&places)?;
            let mut taken = cards.iter().map(|card| only.contains(&card.id));
            all.retain(|_| taken.next().unwrap_or(false));
        }
        Ok(all)
    }

    /// New cards in the order in which they are met, at most so many.
    fn met_next(&self, store: &Store, most: usize) -> Result<Vec<Candidate>> {
        // What was seen in a sprint alone is not new to the memory.
        let seen = store.states().seen_unscheduled()?;
        let most_read = if self.only.is_some() { usize::MAX } else { most.saturating_add(seen.len()) };
        let unseen = store.deck_index().unseen(&self.scope, most_read)?;
        let fits = |card: &Candidate| {
            !seen.contains(&card.brief.id) && self.only.as_ref().is_none_or(|only| only.contains(&card.brief.id))
        };
        let unseen: Vec<Candidate> = unseen.into_iter().map(candidate).filter(fits).collect();
        Ok(in_turn(unseen.iter().collect(), most).into_iter().cloned().collect())
    }

    fn prepared(&self, card: &Remembered) -> Prepared {
        let seconds = self.costs.of(card.kind, card.answers);
        Prepared { memory: Some(card.memory), seconds, level: card.level }
    }

    fn unprepared(&self, card: &Candidate) -> Prepared {
        Prepared { memory: None, seconds: self.costs.of_card(&card.brief), level: card.brief.level }
    }

    fn box_s(&self) -> f64 {
        f64::from(self.way.minutes()) * 60.0
    }

    /// Works out the day.
    fn plan(&mut self, store: &Store) -> Result<()> {
        let day = self.way.day;
        let left_s = self.box_s() - self.spent_s;
        let ample_s = AMPLE * if left_s > 0.0 { left_s } else { self.box_s() };
        let mut seconds = Vec::new();
        let turns = if self.way.is_the_day() {
            warm_up(&self.table.model, day, self.known.iter().map(|card| self.prepared(card)).enumerate(), ample_s)
        } else {
            let most = (ample_s / self.costs.least_s()) as usize;
            if self.new_until.is_none() {
                self.new = self.met_next(store, most)?;
            }
            let unprepared: Vec<Prepared> = self.new.iter().take(most).map(|card| self.unprepared(card)).collect();
            let known: Vec<Prepared> = self.known.iter().map(|card| self.prepared(card)).collect();
            self.outlook_of(&self.way.wishes).order(&known, &unprepared, ample_s)
        };
        let places: Vec<i64> = turns
            .iter()
            .filter_map(|(turn, _)| match turn {
                Turn::Known(at) => Some(self.known[*at].place),
                Turn::New => None,
            })
            .collect();
        let mut of_known = store.deck_index().at(&places)?.into_iter().map(candidate);
        let mut of_new = self.new.iter().cloned();
        // What the learner has just written comes first, on the day itself too; once seen, it is among the known.
        let seen = store.states().seen_unscheduled()?;
        let fits = |card: &Candidate| {
            !seen.contains(&card.brief.id) && self.only.as_ref().is_none_or(|only| only.contains(&card.brief.id))
        };
        let wanted: Vec<Candidate> =
            store.deck_index().wanted(&self.scope)?.into_iter().map(candidate).filter(fits).collect();
        seconds.extend(wanted.iter().map(|card| self.costs.of_card(&card.brief).right));
        let wanted = wanted.into_iter().map(|card| Asked { card, is_new: false });
        let asked = turns.into_iter().filter_map(|(turn, seconds_of)| {
            seconds.push(seconds_of);
            let is_new = turn == Turn::New;
            let card = if is_new { of_new.next() } else { of_known.next() }?;
            Some(Asked { card: Candidate { due: (!is_new).then_some(day), ..card }, is_new })
        });
        self.turns = wanted.chain(asked).collect();
        let mut taken_s = 0.0;
        let fits = |seconds: &&f64| {
            taken_s += **seconds;
            taken_s <= left_s
        };
        self.fitting = seconds.iter().take_while(fits).count();
        let once = self.known.iter().filter(|card| card.met == day && card.seen == 1).map(|card| card.place);
        let once = store.deck_index().at(&once.collect::<Vec<_>>())?.into_iter().map(candidate);
        self.owed = once.filter(|card| card.state.latest.is_none_or(|latest| !latest.quality.is_recall())).collect();
        Ok(())
    }

    fn fitting(&self) -> impl Iterator<Item = &Asked> {
        self.turns.iter().take(self.fitting)
    }

    fn due(&self) -> impl Iterator<Item = &Candidate> {
        self.fitting().filter(|asked| !asked.is_new).map(|asked| &asked.card)
    }

    /// The way as it will probably go, up to a day.
    fn outlook(&self, store: &Store, until: Day) -> Result<Vec<DayPlan>> {
        if self.way.is_the_day() {
            return Ok(Vec::new());
        }
        let (_, cards) = self.competing(store, until)?;
        Ok(self.forecast(&self.way.wishes, &cards, until).0)
    }

    /// The cards that compete for the time up to a day, each with its deck: those that were seen, and as many new ones as
    /// could be met.
    fn competing(&self, store: &Store, until: Day) -> Result<(Vec<Rc<str>>, Vec<Prepared>)> {
        let most = self.could_be_met(until);
        let is_read = self.new_until >= Some(until);
        let read = if is_read { Vec::new() } else { self.met_next(store, most)? };
        let unseen = || if is_read { &self.new } else { &read }.iter().take(most);
        let decks = self.known.iter().map(|card| Rc::clone(&card.deck));
        let decks = decks.chain(unseen().map(|card| Rc::from(card.brief.id.deck()))).collect();
        let known = self.known.iter().map(|card| self.prepared(card));
        Ok((decks, known.chain(unseen().map(|card| self.unprepared(card))).collect()))
    }

    /// No more new cards can be met until a day.
    fn could_be_met(&self, until: Day) -> usize {
        let days = until.since(self.way.day).max(0) as f64 + 1.0;
        (days * self.box_s() / self.costs.least_s()) as usize
    }

    /// Where each style leads to on the day of the interview.
    pub(super) fn prospects(&self, store: &Store) -> Result<Vec<Prospect>> {
        let Interview { day, .. } = self.way.interview;
        let (decks, cards) = self.competing(store, day)?;
        let (model, wishes) = (&self.table.model, &self.way.wishes);
        let forecasts: Vec<_> = {
            let outlook = |wishes| self.outlook_of(wishes);
            let wishes = Style::ALL.map(|style| Wishes { style, ..wishes.clone() });
            let outlooks: Vec<Outlook> = wishes.iter().map(outlook).collect();
            let cards = &cards;
            std::thread::scope(|scope| {
                let runs = outlooks.iter().map(|outlook| scope.spawn(move || outlook.forecast(cards, day)));
                let runs: Vec<_> = runs.collect();
                runs.into_iter().map(|run| run.join().expect("a forecast ends")).collect()
            })
        };
        let prospect = |(style, (days, memories)): (Style, (Vec<DayPlan>, Vec<Option<MemoryState>>))| {
            let met = memories.iter().zip(&decks).zip(&cards).filter_map(|((memory, deck), card)| {
                Some(Met { deck: Rc::clone(deck), level: card.level, recall: model.recall(memory.as_ref()?, day) })
            });
            Prospect { style, days, met: met.collect() }
        };
        Ok(Style::ALL.into_iter().zip(forecasts).map(prospect).collect())
    }

    /// How many cards there are by deck and level, but for suspended ones.
    pub(super) fn card_counts(&self, store: &Store) -> Result<CardCounts> {
        let mut counts = store.deck_index().new_counts(&self.scope)?;
        for card in self.known.iter().filter(|card| !card.is_new) {
            *counts.entry((card.deck.to_string(), card.level)).or_default() += 1;
        }
        Ok(counts)
    }

    fn forecast(&self, wishes: &Wishes, cards: &[Prepared], until: Day) -> (Vec<DayPlan>, Vec<Option<MemoryState>>) {
        self.outlook_of(wishes).forecast(cards, until)
    }

    fn outlook_of<'a>(&'a self, wishes: &'a Wishes) -> Outlook<'a> {
        Outlook {
            interview: self.way.interview,
            wishes,
            begun: self.way.begun,
            table: &self.table,
            known_before: self.known_before,
            today: self.way.day,
            spent_s: self.spent_s,
        }
    }
}

impl Cards for Towards {
    fn all(&self, store: &Store) -> Result<Vec<Candidate>> {
        let due: HashSet<&CardId> = self.due().map(|card| &card.brief.id).collect();
        let all = store.deck_index().all_cards(&self.scope)?.into_iter().map(|card| {
            let (brief, state) = brief(card);
            let due = due.contains(&brief.id).then_some(self.way.day);
            Candidate { brief, state, due }
        });
        Ok(all.filter(|card| self.only.as_ref().is_none_or(|only| only.contains(&card.brief.id))).collect())
    }

    fn only(&self, store: &Store, fits: &dyn Fn(&Candidate) -> bool) -> Result<Box<dyn Cards>> {
        let ids = self.all(store)?.into_iter().filter(fits).map(|card| card.brief.id).collect();
        let (scope, table) = (self.scope.clone(), Rc::clone(&self.table));
        Ok(Box::new(Self::read_only(store, self.way.clone(), scope, Some(Rc::new(ids)), table)?))
    }

    fn due_by_deck(&self, _: &Store) -> Result<BTreeMap<String, usize>> {
        let mut decks = BTreeMap::new();
        self.due().for_each(|card| *decks.entry(card.brief.id.deck().to_owned()).or_default() += 1);
        Ok(decks)
    }

    fn due_count(&self, _: &Store) -> Result<usize> {
        Ok(self.due().count())
    }

    fn due_by_day(&self, store: &Store, days: RangeInclusive<Day>) -> Result<BTreeMap<Day, usize>> {
        let plans = self.outlook(store, *days.end())?;
        Ok(plans.into_iter().filter(|plan| days.contains(&plan.day)).map(|plan| (plan.day, plan.due)).collect())
    }

    /// What is due was taken into the day because it fits.
    fn fitting(&self, _: &Store, _: f64, _: &Pace) -> Result<usize> {
        Ok(self.due().count())
    }

    fn next_due(&self, store: &Store) -> Result<Option<Day>> {
        let days = self.way.day.plus(1)..=self.way.day.plus(7);
        let by_day = self.due_by_day(store, days)?;
        match by_day.into_iter().find(|(_, due)| *due > 0) {
            Some((day, _)) => Ok(Some(day)),
            None => InIndex { scope: self.scope.clone(), day: self.way.day }.next_due(store),
        }
    }

    fn owed_count(&self, _: &Store) -> Result<usize> {
        Ok(self.owed.len())
    }

    fn unseen(&self, store: &Store, most: usize) -> Result<Vec<Candidate>> {
        self.met_next(store, most)
    }

    fn new_count(&self, _: &Store, allowance: usize) -> Result<usize> {
        Ok(self.fitting().filter(|asked| asked.is_new).count().min(allowance))
    }

    fn queue(&self, _: &Store, wanted: Wanted) -> Result<Queue> {
        let mut new = 0;
        let allowed = self.turns.iter().filter(|asked| {
            new += usize::from(asked.is_new);
            !asked.is_new || new <= wanted.new
        });
        let cards: Vec<&Candidate> = allowed.map(|asked| &asked.card).collect();
        let fitting = || self.fitting().map(|asked| asked.is_new);
        let counts = Counts {
            due: fitting().filter(|is_new| !is_new).count(),
            new: fitting().filter(|is_new| *is_new).count().min(wanted.new),
            owed: self.owed.len(),
            ..Counts::default()
        };
        Ok(Queue { queued: queue_in_order(cards, self.owed.iter().collect(), wanted.seed), counts, beyond: 0 })
    }

    /// The queue was ample.
    fn more(&self, _: &Store, _: &HashSet<&CardId>, _: Wanted) -> Result<Queue> {
        Ok(Queue::default())
    }

    fn again(&self, store: &Store) -> Result<Box<dyn Cards>> {
        // The learner may be known better by now.
        let (scope, only, table) = (self.scope.clone(), self.only.clone(), Rc::new(AnswerTable::new(model(store)?)));
        Ok(Box::new(Self::read_only(store, self.way.clone(), scope, only, table)?))
    }
}
