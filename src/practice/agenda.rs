//! What a day asks of the cards that a command speaks of.

use super::cards::{Cards, InIndex, Queue, Wanted};
use super::daily::Daily;
use super::error::{PracticeError, Result};
use super::new_cards::NewCards;
use super::new_per_day::NewPerDay;
use super::pace::Pace;
use super::recall::fit_for_plan;
use super::towards::{Towards, Way};
use crate::catalog::Catalog;
use crate::deck::{Card, DeckError};
use crate::drive::{DriveError, Opening, Supply};
use crate::schedule::{CardId, Day, Interview, Memory, Mode};
use crate::session::{Ahead, Candidate, Counts, DayLoad, Order, Queued, Session, Setup, round};
use crate::store::deck_index::Scope;
use crate::store::{Store, StoreError};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// A session's end tells the load of so many days to come.
const LOAD_DAYS: u32 = 7;
/// A day without an end is taken for one of so many minutes where gains are compared.
const USUAL_MINUTES: f64 = 15.0;
/// So many due cards are taken into the queue of a session with a time box; when they are answered, more are.
const QUEUED: usize = 40;

/// That a plan has ended is told for so many days.
const TOLD_DAYS: i64 = 14;

/// The cards that a command speaks of, on a day.
pub struct Agenda<'a> {
    catalog: &'a Catalog,
    daily: Daily,
    /// The cards that the command speaks of, by name.
    scope: Scope,
    /// Of those, only some.
    is_narrowed: bool,
    /// The interview that is not over yet.
    interview: Option<Interview>,
    /// The interview that was a few days ago.
    interview_was: Option<Day>,
    /// The plan that decides today.
    way: Option<Way>,
    latest_day: Option<Day>,
    pace: Pace,
    cards: Box<dyn Cards>,
}

impl<'a> Agenda<'a> {
    /// The agenda of the cards of a scope.
    ///
    /// # Errors
    /// The database.
    pub fn new(catalog: &'a Catalog, store: &Store, daily: Daily, scope: Scope) -> Result<Self> {
        let day = daily.day;
        let planned = store.marks().interview()?;
        let interview = planned.filter(|interview| day <= interview.day);
        let was = planned.map(|interview| interview.day).filter(|was| (1..=TOLD_DAYS).contains(&day.since(*was)));
        let way = match interview {
            Some(interview) => Some(Way::read(store, interview, day)?).filter(Way::has_begun),
            None => None,
        };
        let cards: Box<dyn Cards> = match &way {
            Some(way) => Box::new(Towards::read(store, way.clone(), way.scope(&scope))?),
            None => Box::new(InIndex { scope: scope.clone(), day }),
        };
        let latest_day = store.reviews().latest_day()?;
        Ok(Self {
            catalog,
            scope,
            is_narrowed: false,
            interview,
            interview_was: was,
            way,
            latest_day,
            pace: Pace { median_seconds: store.reviews().median_seconds()? },
            cards,
            daily,
        })
    }

    /// Speaks only of these of its cards.
    pub(super) fn only(mut self, store: &Store, fits: impl Fn(&Candidate) -> bool) -> Result<Self> {
        self.cards = self.cards.only(store, &fits)?;
        self.is_narrowed = true;
        Ok(self)
    }

    /// All cards that it speaks of, in the order of the decks.
    ///
    /// # Errors
    /// The database.
    pub fn candidates(&self, store: &Store) -> Result<Vec<Candidate>> {
        Ok(self.cards.all(store)?)
    }

    /// The day.
    pub fn day(&self) -> Day {
        self.daily.day
    }

    /// What a session says of itself first.
    pub(super) fn opening(&self, counts: Counts) -> Opening {
        Opening {
            counts,
            is_selection: self.is_selection(),
            interview: self.interview.map(|interview| interview.day),
            interview_was: self.interview_was,
            note: self.note(),
        }
    }

    /// Whether it speaks of some cards only that were chosen.
    pub(super) fn is_selection(&self) -> bool {
        !self.scope.is_all_of(&self.daily.on())
    }

    /// What the day still asks: what `due` says, the first line of the next session, and the end of the last one.
    ///
    /// # Errors
    /// The database.
    pub fn today(&self, store: &Store) -> Result<Counts> {
        let left_s = self.left_s(store)?.or_else(|| budget_s(self.daily.minutes));
        let new = self.new_cards(store, None, None)?;
        let due = self.cards.due_count(store)?;
        let fitting = match left_s {
            Some(left_s) if due > 0 => self.cards.fitting(store, left_s, &self.pace)?,
            _ => due,
        };
        Ok(Counts {
            due,
            fitting: (fitting < due).then_some(fitting),
            new: self.cards.new_count(store, new.cards)?,
            new_by_time: self.is_by_time(new),
            owed: self.cards.owed_count(store)?,
        })
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

    /// How many new cards there are, at most so many; under a plan, those that it has time for.
    pub(super) fn new_within(&self, store: &Store, most: usize) -> Result<usize> {
        Ok(self.cards.new_count(store, most)?)
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
        let last = day.plus(days.saturating_sub(1));
        let mut due = self.cards.due_by_day(store, day.plus(1)..=last)?;
        // After the interview SM-2 alone decides, and what the plan left waiting is due at once.
        if let Some(after) = self.way.as_ref().map(|way| way.interview.day.plus(1)).filter(|after| *after <= last) {
            let by_sm2 = InIndex { scope: self.scope.clone(), day: after };
            due.retain(|day, _| *day < after);
            due.extend(by_sm2.due_by_day(store, after.plus(1)..=last)?);
            due.insert(after, by_sm2.due_count(store)?);
        }
        due.insert(day, self.cards.due_count(store)?);
        let due = |day: Day| DayLoad { day, due: due.get(&day).copied().unwrap_or_default() };
        Ok((0..days).map(|ahead| due(day.plus(ahead))).collect())
    }

    /// What a session with these new cards and so much time is given: at most so many due cards.
    pub(super) fn queue(
        &self,
        store: &Store,
        new: NewCards,
        most: usize,
        left_s: Option<f64>,
        seed: u64,
    ) -> Result<Queue> {
        let wanted = Wanted { new: new.cards, spare: new.spare, most, left_s, seed, pace: &self.pace };
        let mut queue = self.cards.queue(store, wanted)?;
        queue.counts.fitting = queue.counts.fitting.filter(|fitting| *fitting < queue.counts.due);
        queue.counts.new_by_time = self.is_by_time(new);
        Ok(queue)
    }

    /// Whether the number of these new cards is a guess.
    fn is_by_time(&self, new: NewCards) -> bool {
        new.time.is_some() || self.way.is_some()
    }

    /// All cards that are not suspended, due or not, in the order of the decks.
    pub(super) fn at_once(&self, store: &Store, seed: u64) -> Result<Queue> {
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
            ..Counts::default()
        };
        Ok(Queue { queued: round(&cards, seed), counts, beyond: 0 })
    }

    /// How many due cards a session with a time box begins with; without one, all.
    pub(super) fn queued(budget_s: Option<f64>) -> usize {
        budget_s.map_or(usize::MAX, |_| QUEUED)
    }

    /// The new cards that the day still has: as many as were asked for, as the plan finds worth it, or as the settings say;
    /// in a session of so many minutes, if it has its own.
    pub(super) fn new_cards(&self, store: &Store, asked: Option<NewPerDay>, minutes: Option<u32>) -> Result<NewCards> {
        match asked.unwrap_or(self.daily.new_per_day) {
            NewPerDay::Number(per_day) if asked.is_some() || self.way.is_none() => {
                Ok(NewCards::number(per_day.saturating_sub(store.states().started_on(self.daily.day)?) as usize))
            }
            NewPerDay::Auto if self.way.is_none() => {
                Ok(NewCards::paced(store, &self.daily, self.cards.as_ref(), minutes)?)
            }
            _ => Ok(NewCards::number(usize::MAX)),
        }
    }

    /// The minutes of the day; 0 has no end.
    pub(super) fn minutes(&self) -> u32 {
        self.way.as_ref().map_or(self.daily.minutes, Way::minutes)
    }

    /// What is left of a planned day's box.
    pub(super) fn left_s(&self, store: &Store) -> Result<Option<f64>> {
        let Some(way) = &self.way else { return Ok(None) };
        let spent_s = store.reviews().box_seconds(self.daily.day)?;
        Ok(Some((f64::from(way.minutes()) * 60.0 - spent_s).max(0.0)))
    }

    /// What is left of a day's minutes, in tenths; where it is less than one, or a day has no end, as many as a day has.
    pub(super) fn minutes_left(&self, store: &Store) -> Result<f64> {
        let minutes = self.way.as_ref().map_or(self.daily.minutes, Way::minutes);
        let minutes = if minutes == 0 { USUAL_MINUTES } else { f64::from(minutes) };
        let left = minutes - store.reviews().box_seconds(self.daily.day)? / 60.0;
        Ok(if left < 1.0 { minutes } else { (left * 10.0).round() / 10.0 })
    }

    pub(super) fn setup(&self, store: &mut Store, mode: Mode, budget_s: Option<f64>) -> Setup {
        Setup {
            session: store.new_session(self.daily.now_ms),
            mode,
            day: self.daily.day,
            budget_s,
            new_time: None,
            median_seconds: self.pace.median_seconds.clone(),
            order: self.order(mode),
        }
    }

    fn order(&self, mode: Mode) -> Order {
        match (mode, &self.way) {
            (Mode::Review, Some(_)) => Order::Planned { show_first: self.daily.show_first },
            _ => Order::DueFirst,
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

/// A time box; 0 minutes have no end.
pub(super) fn budget_s(minutes: u32) -> Option<f64> {
    (minutes > 0).then(|| f64::from(minutes) * 60.0)
}

/// Nothing was asked for that there might not be.
fn of_database(error: PracticeError) -> DriveError {
    match error {
        PracticeError::Store(error) => error.into(),
        PracticeError::Drive(error) => error,
        other => DriveError::Io(std::io::Error::other(other)),
    }
}

impl Supply for Agenda<'_> {
    fn card(&self, store: &mut Store, id: &CardId) -> std::result::Result<Option<Arc<Card>>, DriveError> {
        Ok(self.catalog.card(store, id)?)
    }

    fn look_again(&self, store: &mut Store, file: &str) -> std::result::Result<Vec<DeckError>, DriveError> {
        let errors = self.catalog.look_again(store, file)?;
        let moves = store.deck_index().moves()?;
        store.move_progress(&moves, self.daily.now_ms, self.daily.day)?;
        Ok(errors)
    }

    fn more(&self, store: &Store, session: &Session) -> std::result::Result<(Vec<Queued>, usize), DriveError> {
        let met: HashSet<&CardId> = session.met().collect();
        let wanted = Wanted { new: 0, spare: 0, most: QUEUED, left_s: None, seed: met.len() as u64, pace: &self.pace };
        let more = self.cards.more(store, &met, wanted)?;
        Ok((more.queued, more.beyond))
    }

    fn ahead(&self, store: &mut Store) -> std::result::Result<Ahead, DriveError> {
        // Whatever speaks of the days to come next fits the parameters first, and says the same. Where they cannot be kept, all
        // of it goes by those of before.
        fit_for_plan(store, self.daily.day).ok();
        let store = &*store;
        let _snapshot = store.snapshot()?;
        let cards = self.cards.again(store)?;
        let left_due = cards.due_count(store)? + cards.owed_count(store)?;
        let now = |scope: Scope| Self::new(self.catalog, store, self.daily.clone(), scope).map_err(of_database);
        let all = now(self.daily.on())?;
        let of_all = all.today(store).map_err(of_database)?;
        let (today, beside) = match self.is_selection() && !self.is_narrowed {
            true => (now(self.scope.clone())?.today(store).map_err(of_database)?, Some(of_all)),
            false => (of_all, None),
        };
        let mut load = all.loads_of_days(store, LOAD_DAYS + 1)?;
        load.remove(0);
        Ok(Ahead {
            left_due,
            today,
            all: beside,
            next_due: all.cards.next_due(store)?,
            load,
            is_interview: self.interview.is_some_and(|interview| interview.day == self.daily.day),
        })
    }
}
