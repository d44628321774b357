//! The cards that a command speaks of, and when each is due: asked of the index of the decks, or of a list.

use super::agenda::Pace;
use crate::catalog::brief;
use crate::schedule::{Day, Interview, Load, Memory, due_days, loss_of_waiting, most_loss_of_waiting};
use crate::session::Candidate;
use crate::store::catalog::{Indexed, Scope};
use crate::store::{Store, StoreError};
use std::collections::{BTreeMap, HashSet};
use std::ops::RangeInclusive;

type Result<T> = std::result::Result<T, StoreError>;

/// What a day may ask of the cards that a command speaks of.
pub(super) trait Cards {
    /// All of them, in the order of the decks.
    fn all(&self, store: &Store) -> Result<Vec<Candidate>>;
    /// How many of each deck are due.
    fn due_by_deck(&self, store: &Store) -> Result<BTreeMap<String, usize>>;
    /// How many are due.
    fn due_count(&self, store: &Store) -> Result<usize>;
    /// How many are due on each of these days to come, where any is.
    fn due_by_day(&self, store: &Store, days: RangeInclusive<Day>) -> Result<BTreeMap<Day, usize>>;
    /// The next day after this one on which one is due.
    fn next_due(&self, store: &Store) -> Result<Option<Day>>;
    /// Due ones: at least those, at most so many, that lose most by waiting for the seconds they take.
    fn urgent(&self, store: &Store, most: usize, pace: &Pace) -> Result<Vec<Candidate>>;
    /// Those that the day owes a repeat and that are not due.
    fn owed(&self, store: &Store) -> Result<Vec<Candidate>>;
    /// Those never asked: of each deck and level as many as it takes to have so many.
    fn unseen(&self, store: &Store, most: usize) -> Result<Vec<Candidate>>;
    /// The same cards as they stand now.
    fn again(&self, store: &Store) -> Result<Box<dyn Cards>>;
}

/// All cards of a scope, each due when SM-2 says so; every answer costs what it gives.
#[derive(Clone)]
pub(super) struct InIndex {
    pub(super) scope: Scope,
    pub(super) day: Day,
}

impl Cards for InIndex {
    fn all(&self, store: &Store) -> Result<Vec<Candidate>> {
        Ok(store.all_cards(&self.scope)?.into_iter().map(candidate).collect())
    }

    fn due_by_deck(&self, store: &Store) -> Result<BTreeMap<String, usize>> {
        store.due_by_deck(&self.scope, self.day)
    }

    fn due_count(&self, store: &Store) -> Result<usize> {
        store.due_count(&self.scope, self.day)
    }

    fn due_by_day(&self, store: &Store, days: RangeInclusive<Day>) -> Result<BTreeMap<Day, usize>> {
        store.due_by_day(&self.scope, *days.start(), *days.end())
    }

    fn next_due(&self, store: &Store) -> Result<Option<Day>> {
        store.next_due(&self.scope, self.day)
    }

    fn urgent(&self, store: &Store, most: usize, pace: &Pace) -> Result<Vec<Candidate>> {
        let worth = |kind: &str, answers: usize, interval_days: u32, due: Day| {
            loss_of_waiting(interval_days, due, self.day) / pace.seconds_of(kind, answers)
        };
        let at_most =
            |interval_days: u32, due: Day| most_loss_of_waiting(interval_days, due, self.day) / pace.least_s();
        let urgent = store.most_urgent(&self.scope, self.day, most, worth, at_most)?;
        Ok(urgent.into_iter().map(candidate).collect())
    }

    fn owed(&self, store: &Store) -> Result<Vec<Candidate>> {
        Ok(store.owed(&self.scope, self.day)?.into_iter().map(candidate).collect())
    }

    fn unseen(&self, store: &Store, most: usize) -> Result<Vec<Candidate>> {
        match most {
            0 => Ok(Vec::new()),
            _ => Ok(store.unseen(&self.scope, most)?.into_iter().map(candidate).collect()),
        }
    }

    fn again(&self, _: &Store) -> Result<Box<dyn Cards>> {
        Ok(Box::new(self.clone()))
    }
}

/// A card of the index, due when SM-2 says so.
fn candidate(card: Indexed) -> Candidate {
    let (brief, state) = brief(card);
    let due = state.memory.scheduled().filter(|_| !state.suspended).map(|s| s.due);
    Candidate { brief, state, due }
}

/// Cards that were read, because a plan has to make room for all of them, or because a command speaks only of some.
pub(super) struct Listed {
    day: Day,
    towards: Option<Towards>,
    /// The command speaks of these cards of the scope.
    scope: Scope,
    cards: Vec<Candidate>,
}

/// A plan, and the cards that it makes room for.
#[derive(Clone)]
pub(super) struct Towards {
    pub(super) interview: Interview,
    /// The cards of decks that are not switched off.
    pub(super) on: Scope,
    pub(super) pace: Pace,
}

impl Listed {
    /// The cards of a scope, each due when the plan says so.
    pub(super) fn planned(store: &Store, scope: Scope, day: Day, towards: Towards) -> Result<Self> {
        let mut all: Vec<Candidate> = store.all_cards(&scope)?.into_iter().map(candidate).collect();
        let asked = all.len();
        if !scope.is_all_of(&towards.on) {
            let known: HashSet<_> = all.iter().map(|card| card.brief.id.clone()).collect();
            let on = store.all_cards(&towards.on)?.into_iter().map(candidate);
            all.extend(on.filter(|card| !known.contains(&card.brief.id)));
        }
        let due = due_days(&loads(&all, &towards.pace), Some(towards.interview), day);
        all.iter_mut().zip(due).for_each(|(card, due)| card.due = due);
        all.truncate(asked);
        Ok(Self { day, towards: Some(towards), scope, cards: all })
    }

    /// These cards alone.
    pub(super) fn of(cards: Vec<Candidate>, scope: Scope, day: Day, towards: Option<Towards>) -> Self {
        Self { day, towards, scope, cards }
    }

    fn due(&self) -> impl Iterator<Item = &Candidate> {
        self.cards.iter().filter(|card| is_due(card, self.day))
    }
}

/// The cards as a plan sees them.
pub(super) fn loads(cards: &[Candidate], pace: &Pace) -> Vec<Load> {
    let load =
        |card: &Candidate| Load { state: card.state, seconds: pace.seconds(&card.brief), level: card.brief.level };
    cards.iter().map(load).collect()
}

fn is_due(card: &Candidate, day: Day) -> bool {
    card.due.is_some_and(|due| due <= day)
}

impl Cards for Listed {
    fn all(&self, _: &Store) -> Result<Vec<Candidate>> {
        Ok(self.cards.clone())
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

    fn next_due(&self, _: &Store) -> Result<Option<Day>> {
        Ok(self.cards.iter().filter_map(|card| card.due).filter(|due| *due > self.day).min())
    }

    fn urgent(&self, _: &Store, _: usize, _: &Pace) -> Result<Vec<Candidate>> {
        Ok(self.due().cloned().collect())
    }

    fn owed(&self, _: &Store) -> Result<Vec<Candidate>> {
        let owed = |card: &&Candidate| !card.state.suspended && card.state.is_owed(self.day) && !is_due(card, self.day);
        Ok(self.cards.iter().filter(owed).cloned().collect())
    }

    fn unseen(&self, _: &Store, _: usize) -> Result<Vec<Candidate>> {
        let unseen = |card: &&Candidate| card.state.memory == Memory::New && !card.state.suspended;
        Ok(self.cards.iter().filter(unseen).cloned().collect())
    }

    fn again(&self, store: &Store) -> Result<Box<dyn Cards>> {
        let ids: HashSet<_> = self.cards.iter().map(|card| &card.brief.id).collect();
        let (scope, day) = (self.scope.clone(), self.day);
        let mut now = match &self.towards {
            Some(towards) => Self::planned(store, scope, day, towards.clone())?,
            None => Self::of(InIndex { scope: scope.clone(), day }.all(store)?, scope, day, None),
        };
        now.cards.retain(|card| ids.contains(&card.brief.id));
        Ok(Box::new(now))
    }
}
