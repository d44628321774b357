//! What a day asks of the cards that a command speaks of.

use super::cards::{Cards, InIndex, Listed, Towards, loads};
use super::{Daily, PracticeError, Result};
use crate::catalog::Catalog;
use crate::deck::{Brief, Card, Kind};
use crate::drive::{DriveError, Source};
use crate::schedule::{CardId, Day, Interview, Load, Memory, Mode};
use crate::session::{Ahead, Candidate, Counts, DayLoad, Planned, Session, Setup, plan, round};
use crate::store::catalog::Scope;
use crate::store::{Store, StoreError};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// A session's end tells the load of so many days to come.
const LOAD_DAYS: u32 = 7;
/// So many due cards are taken into the queue of a session with a time box; when they are answered, more are.
const QUEUED: usize = 40;

/// How long the learner takes.
#[derive(Debug, Clone, Default)]
pub(super) struct Pace {
    pub(super) median_seconds: HashMap<String, f64>,
}

impl Pace {
    /// The seconds that a card is expected to take.
    pub(super) fn seconds(&self, card: &Brief) -> f64 {
        Setup::seconds(&self.median_seconds)(card.kind, card.answers)
    }

    /// The same by the name of its kind, a second at the least.
    pub(super) fn seconds_of(&self, kind: &str, answers: usize) -> f64 {
        let kind = Kind::named(kind);
        kind.map_or(1.0, |kind| Setup::seconds(&self.median_seconds)(kind, answers)).max(1.0)
    }

    /// No card is expected to take less.
    pub(super) fn least_s(&self) -> f64 {
        let single = Kind::ALL.iter().map(|kind| self.seconds_of(kind.name(), 1));
        single.fold(self.seconds_of(Kind::Estimate.name(), 2), f64::min)
    }
}

/// The cards that a command speaks of, on a day.
pub struct Agenda<'a> {
    catalog: &'a Catalog,
    daily: Daily,
    interview: Option<Interview>,
    latest_day: Option<Day>,
    pace: Pace,
    scope: Scope,
    cards: Box<dyn Cards>,
}

impl<'a> Agenda<'a> {
    /// Of the cards of a scope.
    ///
    /// # Errors
    /// The database.
    pub fn new(catalog: &'a Catalog, store: &Store, daily: Daily, scope: Scope) -> Result<Self> {
        let interview = store.interview()?.filter(|interview| daily.day <= interview.day);
        let mut agenda = Self {
            catalog,
            interview,
            latest_day: store.latest_day()?,
            pace: Pace::default(),
            cards: Box::new(InIndex { scope: scope.clone(), day: daily.day }),
            daily,
            scope,
        };
        if let Some(interview) = agenda.interview() {
            agenda = agenda.with_pace(store)?;
            let towards = agenda.towards(interview);
            agenda.cards = Box::new(Listed::planned(store, agenda.scope.clone(), agenda.daily.day, towards)?);
        }
        Ok(agenda)
    }

    fn towards(&self, interview: Interview) -> Towards {
        Towards { interview, on: self.daily.on(), pace: self.pace.clone() }
    }

    /// Knows how long the learner takes, which a queue is made by.
    pub(super) fn with_pace(mut self, store: &Store) -> Result<Self> {
        self.pace = Pace { median_seconds: store.median_seconds()? };
        Ok(self)
    }

    /// Speaks only of these of its cards.
    pub(super) fn only(mut self, store: &Store, fits: impl Fn(&Candidate) -> bool) -> Result<Self> {
        let cards: Vec<Candidate> = self.cards.all(store)?.into_iter().filter(fits).collect();
        let towards = self.interview().map(|interview| self.towards(interview));
        self.cards = Box::new(Listed::of(cards, self.scope.clone(), self.daily.day, towards));
        Ok(self)
    }

    /// All cards that it speaks of, in the order of the decks.
    ///
    /// # Errors
    /// The database.
    pub fn candidates(&self, store: &Store) -> Result<Vec<Candidate>> {
        Ok(self.cards.all(store)?)
    }

    /// The same, as a plan sees them.
    ///
    /// # Errors
    /// The database.
    pub fn loads(&self, store: &Store) -> Result<Vec<Load>> {
        Ok(loads(&self.cards.all(store)?, &self.pace))
    }

    /// The day.
    pub fn day(&self) -> Day {
        self.daily.day
    }

    /// The interview that is ahead, if one is planned for.
    pub fn interview(&self) -> Option<Interview> {
        self.interview.filter(|interview| self.daily.day < interview.day)
    }

    pub(super) fn says_interview(&self) -> Option<Day> {
        self.interview.map(|interview| interview.day)
    }

    /// How many cards of each deck are due.
    ///
    /// # Errors
    /// The database.
    pub fn due_by_deck(&self, store: &Store) -> Result<BTreeMap<String, usize>> {
        Ok(self.cards.due_by_deck(store)?)
    }

    /// How many cards are due.
    ///
    /// # Errors
    /// The database.
    pub fn due_count(&self, store: &Store) -> Result<usize> {
        Ok(self.cards.due_count(store)?)
    }

    /// How many cards the day owes a repeat that are not due.
    ///
    /// # Errors
    /// The database.
    pub fn owed(&self, store: &Store) -> Result<usize> {
        Ok(self.cards.owed(store)?.len())
    }

    /// How many new cards the day still has: of the allowance, as many as there are.
    ///
    /// # Errors
    /// The database.
    pub fn new_count(&self, store: &Store) -> Result<usize> {
        let allowance = self.new_allowance(store, None)?;
        Ok(self.cards.unseen(store, allowance)?.len().min(allowance))
    }

    /// The next day after this one on which a card is due.
    ///
    /// # Errors
    /// The database.
    pub fn next_due(&self, store: &Store) -> Result<Option<Day>> {
        Ok(self.cards.next_due(store)?)
    }

    /// How much is due on each of so many days, today being the first; what is overdue is due today.
    ///
    /// # Errors
    /// The database.
    pub fn forecast(&self, store: &Store, days: u32) -> Result<Vec<DayLoad>> {
        Ok(self.loads_of_days(store, days)?)
    }

    fn loads_of_days(&self, store: &Store, days: u32) -> std::result::Result<Vec<DayLoad>, StoreError> {
        let day = self.daily.day;
        let mut due = self.cards.due_by_day(store, day.plus(1)..=day.plus(days.saturating_sub(1)))?;
        due.insert(day, self.cards.due_count(store)?);
        let due = |day: Day| DayLoad { day, due: due.get(&day).copied().unwrap_or_default() };
        Ok((0..days).map(|ahead| due(day.plus(ahead))).collect())
    }

    /// The queue of the day with so many new cards: at most so many due ones, which lose most by waiting, and how many
    /// are left out.
    pub(super) fn queue(
        &self,
        store: &Store,
        new: usize,
        most: usize,
        seed: u64,
    ) -> Result<(Vec<Planned>, Counts, usize)> {
        let due = self.cards.urgent(store, most, &self.pace)?;
        let all_due = if due.len() < most { due.len() } else { self.cards.due_count(store)? };
        let beyond = all_due - due.len().min(all_due);
        let unseen = self.cards.unseen(store, new)?;
        let owed = self.cards.owed(store)?;
        let candidates: Vec<Candidate> = due.into_iter().chain(unseen).chain(owed).collect();
        let (planned, counts) = plan(&candidates, self.daily.day, new, |card| self.pace.seconds(card), seed);
        Ok((planned, Counts { due: all_due, ..counts }, beyond))
    }

    /// All cards that are not suspended, due or not, in the order of the decks.
    pub(super) fn at_once(&self, store: &Store, seed: u64) -> Result<(Vec<Planned>, Counts, usize)> {
        let mut cards = self.cards.all(store)?;
        cards.retain(|card| !card.state.suspended);
        if cards.is_empty() {
            let message = "these cards are suspended: sysdrill resume takes them in again";
            return Err(PracticeError::Nothing(message.to_owned()));
        }
        let day = self.daily.day;
        let counts = Counts {
            due: cards.iter().filter(|card| card.due.is_some_and(|due| due <= day)).count(),
            new: cards.iter().filter(|card| card.state.memory == Memory::New).count(),
            owed: cards.iter().filter(|card| card.state.is_owed(day)).count(),
        };
        Ok((round(&cards, seed), counts, 0))
    }

    /// How many due cards a session of so many minutes begins with; without a time box, all.
    pub(super) fn queued(minutes: u32) -> usize {
        if minutes == 0 { usize::MAX } else { QUEUED }
    }

    /// How many new cards the day still allows: as many as were asked for, as the plan has, or as the settings say.
    pub(super) fn new_allowance(&self, store: &Store, asked: Option<u32>) -> Result<usize> {
        let day = self.daily.day;
        if let (None, Some(interview)) = (asked, self.interview()) {
            // All that is learned competes for the day's time, and the new cards that the command speaks of.
            let on = Listed::planned(store, self.towards(interview).on, day, self.towards(interview))?;
            let learned = on.all(store)?.into_iter().filter(|card| card.state.memory != Memory::New);
            let competing: Vec<Candidate> = learned.chain(self.cards.unseen(store, usize::MAX)?).collect();
            let spent_s = store.spent_seconds(day, Some(Mode::Review))?;
            return Ok(interview.new_today(&loads(&competing, &self.pace), day, spent_s));
        }
        let per_day = asked.unwrap_or(self.daily.new_per_day);
        Ok(per_day.saturating_sub(store.started_on(day)?) as usize)
    }

    pub(super) fn setup(&self, store: &mut Store, mode: Mode, minutes: u32) -> Setup {
        Setup {
            session: store.new_session(self.daily.now_ms),
            mode,
            day: self.daily.day,
            budget_s: (minutes > 0).then(|| f64::from(minutes) * 60.0),
            median_seconds: self.pace.median_seconds.clone(),
        }
    }

    /// What is odd: the clock is days behind what it said before. A day may be a journey westwards.
    pub(super) fn note(&self) -> Option<String> {
        let day = self.daily.day;
        let latest = self.latest_day.filter(|latest| latest.since(day) > 1)?;
        Some(format!(
            "the clock says {day}, but your latest answer is of {latest}: is it right? What you answer now counts for \
             the day that it says."
        ))
    }
}

impl Source for Agenda<'_> {
    fn card(&self, store: &mut Store, id: &CardId) -> std::result::Result<Option<Arc<Card>>, DriveError> {
        Ok(self.catalog.card(store, id)?)
    }

    fn more(&self, store: &Store, session: &Session) -> std::result::Result<(Vec<Planned>, usize), DriveError> {
        // What was put aside is due still.
        let met: HashSet<&CardId> = session.met().collect();
        let due = self.cards.urgent(store, QUEUED + met.len(), &self.pace)?;
        let beyond = self.cards.due_count(store)?.saturating_sub(due.len());
        let candidates: Vec<Candidate> = due.into_iter().filter(|card| !met.contains(&card.brief.id)).collect();
        let seed = met.len() as u64;
        let (planned, _) = plan(&candidates, self.daily.day, 0, |card| self.pace.seconds(card), seed);
        Ok((planned, beyond))
    }

    fn ahead(&self, store: &Store) -> std::result::Result<Ahead, DriveError> {
        let now = Self {
            cards: self.cards.again(store)?,
            catalog: self.catalog,
            daily: self.daily.clone(),
            pace: self.pace.clone(),
            scope: self.scope.clone(),
            ..*self
        };
        let mut load = now.loads_of_days(store, LOAD_DAYS + 1)?;
        load.remove(0);
        let left_due = now.cards.due_count(store)? + now.cards.owed(store)?.len();
        Ok(Ahead { left_due, next_due: now.cards.next_due(store)?, load })
    }
}
