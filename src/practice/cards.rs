//! The cards that a command speaks of, and what a day asks of them.

use super::pace::Pace;
use crate::catalog::brief;
use crate::schedule::{CardId, Day, loss_of_waiting, most_loss_of_waiting};
use crate::session::{Candidate, Counts, Queued, in_turn, queue_in_order, queue_of_day};
use crate::store::deck_index::{Indexed, Scope};
use crate::store::{Store, StoreError};
use std::collections::{BTreeMap, HashSet};
use std::ops::RangeInclusive;

/// So many of the most urgent cards tell how long the others take.
const LOOKED_AT: usize = 40;

pub(super) type Result<T> = std::result::Result<T, StoreError>;

/// What a session is to be given.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// New cards.
    pub(super) new: usize,
    /// New cards that may be asked beside them, after all others: the learner may be quicker than is expected.
    pub(super) spare: usize,
    /// Due ones, at most.
    pub(super) most: usize,
    /// The time there is for those that are due; without an end, none.
    pub(super) left_s: Option<f64>,
    /// What the order and the values are drawn with.
    pub(super) seed: u64,
    pub(super) pace: &'a Pace,
}

/// What a session is given.
#[derive(Debug, Default)]
pub(super) struct Queue {
    pub(super) queued: Vec<Queued>,
    pub(super) counts: Counts,
    /// Due cards that were left out.
    pub(super) beyond: usize,
}

/// What a day asks of the cards that a command speaks of: by SM-2, or by a plan.
pub(super) trait Cards {
    /// All of them, in the order of the decks.
    fn all(&self, store: &Store) -> Result<Vec<Candidate>>;
    /// Only these of them.
    fn only(&self, store: &Store, fits: &dyn Fn(&Candidate) -> bool) -> Result<Box<dyn Cards>>;
    /// How many of each deck are due.
    fn due_by_deck(&self, store: &Store) -> Result<BTreeMap<String, usize>>;
    /// How many are due.
    fn due_count(&self, store: &Store) -> Result<usize>;
    /// How many are due on each of these days to come, where any is.
    fn due_by_day(&self, store: &Store, days: RangeInclusive<Day>) -> Result<BTreeMap<Day, usize>>;
    /// How many of those that are due are expected to be answered in so many seconds.
    fn fitting(&self, store: &Store, left_s: f64, pace: &Pace) -> Result<usize>;
    /// The next day after this one on which one is due.
    fn next_due(&self, store: &Store) -> Result<Option<Day>>;
    /// How many the day owes a repeat that are not due.
    fn owed_count(&self, store: &Store) -> Result<usize>;
    /// New ones in the order in which they are met, at most so many.
    fn unseen(&self, store: &Store, most: usize) -> Result<Vec<Candidate>>;
    /// How many new ones the day has, within an allowance.
    fn new_count(&self, store: &Store, allowance: usize) -> Result<usize>;
    /// What a session is given first.
    fn queue(&self, store: &Store, wanted: Wanted) -> Result<Queue>;
    /// What it is given when it has asked that.
    fn more(&self, store: &Store, met: &HashSet<&CardId>, wanted: Wanted) -> Result<Queue>;
    /// The same cards as they stand now.
    fn again(&self, store: &Store) -> Result<Box<dyn Cards>>;
}

/// All cards of a scope, each due when SM-2 says so, or wanted; every answer costs what it gives.
#[derive(Clone)]
pub(super) struct InIndex {
    pub(super) scope: Scope,
    pub(super) day: Day,
}

impl InIndex {
    /// Due cards: at most so many, which lose most by waiting for the seconds they take.
    fn urgent(&self, store: &Store, most: usize, pace: &Pace) -> Result<Vec<Candidate>> {
        let worth = |kind: &str, answers: usize, interval_days: u32, due: Day| {
            loss_of_waiting(interval_days, due, self.day) / pace.seconds_of(kind, answers)
        };
        let at_most =
            |interval_days: u32, due: Day| most_loss_of_waiting(interval_days, due, self.day) / pace.least_s();
        let wanted = store.deck_index().wanted(&self.scope)?;
        let urgent =
            store.deck_index().most_urgent(&self.scope, self.day, most.saturating_sub(wanted.len()), worth, at_most)?;
        Ok(wanted.into_iter().take(most).chain(urgent).map(candidate).collect())
    }
}

impl Cards for InIndex {
    fn all(&self, store: &Store) -> Result<Vec<Candidate>> {
        Ok(store.deck_index().all_cards(&self.scope)?.into_iter().map(candidate).collect())
    }

    fn only(&self, store: &Store, fits: &dyn Fn(&Candidate) -> bool) -> Result<Box<dyn Cards>> {
        let cards = self.all(store)?.into_iter().filter(fits).collect();
        Ok(Box::new(Listed { day: self.day, scope: self.scope.clone(), cards }))
    }

    fn due_by_deck(&self, store: &Store) -> Result<BTreeMap<String, usize>> {
        store.deck_index().due_by_deck(&self.scope, self.day)
    }

    fn due_count(&self, store: &Store) -> Result<usize> {
        store.deck_index().due_count(&self.scope, self.day)
    }

    fn due_by_day(&self, store: &Store, days: RangeInclusive<Day>) -> Result<BTreeMap<Day, usize>> {
        store.deck_index().due_by_day(&self.scope, *days.start(), *days.end())
    }

    fn fitting(&self, store: &Store, left_s: f64, pace: &Pace) -> Result<usize> {
        let urgent = self.urgent(store, LOOKED_AT, pace)?;
        Ok(fitting(&urgent, self.due_count(store)?, left_s, pace))
    }

    fn next_due(&self, store: &Store) -> Result<Option<Day>> {
        store.deck_index().next_due(&self.scope, self.day)
    }

    fn owed_count(&self, store: &Store) -> Result<usize> {
        Ok(store.deck_index().owed(&self.scope, self.day)?.len())
    }

    fn unseen(&self, store: &Store, most: usize) -> Result<Vec<Candidate>> {
        let unseen: Vec<Candidate> = match most {
            0 => Vec::new(),
            _ => store.deck_index().unseen(&self.scope, most)?.into_iter().map(candidate).collect(),
        };
        Ok(in_turn(unseen.iter().collect(), most).into_iter().cloned().collect())
    }

    fn new_count(&self, store: &Store, allowance: usize) -> Result<usize> {
        Ok(self.unseen(store, allowance)?.len())
    }

    fn queue(&self, store: &Store, wanted: Wanted) -> Result<Queue> {
        let due = self.urgent(store, wanted.most, wanted.pace)?;
        let all_due = if due.len() < wanted.most { due.len() } else { self.due_count(store)? };
        let beyond = all_due - due.len().min(all_due);
        let new = wanted.new.saturating_add(wanted.spare);
        let unseen = if new > 0 { store.deck_index().unseen(&self.scope, new)? } else { Vec::new() };
        let owed = store.deck_index().owed(&self.scope, self.day)?;
        let fitting = wanted.left_s.map(|left_s| fitting(&due, all_due, left_s, wanted.pace));
        let beside = unseen.into_iter().chain(owed).map(candidate);
        let candidates: Vec<Candidate> = due.into_iter().chain(beside).collect();
        let (queued, counts) = in_order(&candidates, self.day, wanted);
        Ok(Queue { queued, counts: Counts { due: all_due, fitting, ..counts }, beyond })
    }

    fn more(&self, store: &Store, met: &HashSet<&CardId>, wanted: Wanted) -> Result<Queue> {
        // What was put aside is due still.
        let due = self.urgent(store, wanted.most + met.len(), wanted.pace)?;
        let beyond = self.due_count(store)?.saturating_sub(due.len());
        let candidates: Vec<Candidate> = due.into_iter().filter(|card| !met.contains(&card.brief.id)).collect();
        let (queued, counts) = in_order(&candidates, self.day, wanted);
        Ok(Queue { queued, counts, beyond })
    }

    fn again(&self, _: &Store) -> Result<Box<dyn Cards>> {
        Ok(Box::new(self.clone()))
    }
}

/// How many of so many due cards are expected to be answered in so many seconds; these come first, and the others take as
/// long as they do.
fn fitting(first: &[Candidate], all: usize, left_s: f64, pace: &Pace) -> usize {
    let seconds: Vec<f64> = first.iter().map(|card| pace.seconds(&card.brief).max(1.0)).collect();
    let taken_s: f64 = seconds.iter().sum();
    if taken_s <= left_s {
        let others = (left_s - taken_s) / (taken_s / first.len().max(1) as f64).max(1.0);
        return all.min(first.len() + others as usize);
    }
    let mut taken_s = 0.0;
    let fits = |seconds: &&f64| {
        taken_s += **seconds;
        taken_s <= left_s
    };
    seconds.iter().take_while(fits).count()
}

fn in_order(
    candidates: &[Candidate],
    day: Day,
    Wanted { new, spare, seed, pace, .. }: Wanted,
) -> (Vec<Queued>, Counts) {
    let (mut queue, counts) = queue_of_day(candidates, day, new, |card| pace.seconds(card), seed);
    if spare > 0 {
        let unseen = candidates.iter().filter(|card| card.state.is_unseen());
        let spare = in_turn(unseen.collect(), new + spare).split_off(new.min(counts.new));
        queue.extend(queue_in_order(spare, Vec::new(), seed));
    }
    (queue, counts)
}

/// A card of the index, due when SM-2 says so, or now where it is wanted.
pub(super) fn candidate(card: Indexed) -> Candidate {
    let (brief, state) = brief(card);
    Candidate { due: state.due(), brief, state }
}

/// Some cards of a scope, each due when SM-2 says so.
struct Listed {
    day: Day,
    scope: Scope,
    cards: Vec<Candidate>,
}

impl Listed {
    fn due(&self) -> impl Iterator<Item = &Candidate> {
        self.cards.iter().filter(|card| card.due.is_some_and(|due| due <= self.day))
    }
}

impl Cards for Listed {
    fn all(&self, _: &Store) -> Result<Vec<Candidate>> {
        Ok(self.cards.clone())
    }

    fn only(&self, _: &Store, fits: &dyn Fn(&Candidate) -> bool) -> Result<Box<dyn Cards>> {
        let cards = self.cards.iter().filter(|card| fits(card)).cloned().collect();
        Ok(Box::new(Self { cards, scope: self.scope.clone(), ..*self }))
    }

    fn due_by_deck(&self, _: &Store) -> Result<BTreeMap<String, usize>> {
        let mut decks = BTreeMap::new();
        self.due().for_each(|card| *decks.entry(card.brief.id.deck().to_owned()).or_default() += 1);
        Ok(decks)
    }

    fn due_count(&self, _: &Store) -> Result<usize> {
        Ok(self.due().count())
    }

    fn due_by_day(&self, _: &Store, days: RangeInclusive<Day>) -> Result<BTreeMap<Day, usize>> {
        let mut by_day = BTreeMap::new();
        let due = self.cards.iter().filter_map(|card| card.due).filter(|due| days.contains(due));
        due.for_each(|due| *by_day.entry(due).or_default() += 1);
        Ok(by_day)
    }

    fn fitting(&self, _: &Store, left_s: f64, pace: &Pace) -> Result<usize> {
        let due: Vec<Candidate> = self.due().cloned().collect();
        Ok(fitting(&due, due.len(), left_s, pace))
    }

    fn next_due(&self, _: &Store) -> Result<Option<Day>> {
        Ok(self.cards.iter().filter_map(|card| card.due).filter(|due| *due > self.day).min())
    }

    fn owed_count(&self, _: &Store) -> Result<usize> {
        let is_due = |card: &&Candidate| card.due.is_some_and(|due| due <= self.day);
        let is_owed = |card: &&Candidate| !card.state.suspended && card.state.is_owed(self.day);
        Ok(self.cards.iter().filter(|card| is_owed(card) && !is_due(card)).count())
    }

    fn unseen(&self, _: &Store, most: usize) -> Result<Vec<Candidate>> {
        let unseen = self.cards.iter().filter(|card| card.state.is_unseen());
        Ok(in_turn(unseen.collect(), most).into_iter().cloned().collect())
    }

    fn new_count(&self, store: &Store, allowance: usize) -> Result<usize> {
        Ok(self.unseen(store, allowance)?.len())
    }

    fn queue(&self, store: &Store, wanted: Wanted) -> Result<Queue> {
        let fitting = wanted.left_s.map(|left_s| self.fitting(store, left_s, wanted.pace)).transpose()?;
        let (queued, counts) = in_order(&self.cards, self.day, wanted);
        Ok(Queue { queued, counts: Counts { fitting, ..counts }, beyond: 0 })
    }

    /// All that is due was in the queue.
    fn more(&self, _: &Store, _: &HashSet<&CardId>, _: Wanted) -> Result<Queue> {
        Ok(Queue::default())
    }

    fn again(&self, store: &Store) -> Result<Box<dyn Cards>> {
        let ids: HashSet<_> = self.cards.iter().map(|card| &card.brief.id).collect();
        let all = InIndex { scope: self.scope.clone(), day: self.day };
        all.only(store, &|card| ids.contains(&card.brief.id))
    }
}
