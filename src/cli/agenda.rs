//! Which cards a command speaks of, and when each is due: by SM-2, or by the plan towards an interview.

use super::args::Select;
use super::predictions::recalls;
use super::{CliError, Context};
use crate::catalog::{Catalog, brief};
use crate::deck::{Brief, Card, Kind, nearest};
use crate::drive::{DriveError, Source};
use crate::schedule::{CardId, Day, Interview, Load, Memory, Mode, due_days, loss_of_waiting, most_loss_of_waiting};
use crate::session::{Ahead, Candidate, Counts, DayLoad, Planned, Session, Setup, plan};
use crate::store::catalog::{Indexed, Scope};
use crate::store::{Store, StoreError};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// A session's end tells the load of so many days to come.
const LOAD_DAYS: u32 = 7;
/// So many due cards are taken into the queue of a session with a time box; when they are answered, more are.
const QUEUED: usize = 40;

/// The cards that a command speaks of, among all that a plan has to make room for.
pub(super) struct Agenda<'a> {
    catalog: &'a Catalog,
    day: Day,
    interview: Option<Interview>,
    latest_day: Option<Day>,
    median_seconds: HashMap<String, f64>,
    /// The cards that the command speaks of.
    scope: Scope,
    /// The cards of decks that are not switched off.
    on: Scope,
    /// All cards that are on, and what the command asks for beside them. None where the index says all that is needed.
    cards: Option<Vec<Entry>>,
}

struct Entry {
    brief: Brief,
    load: Load,
    due: Option<Day>,
    /// The command speaks of it.
    taken: bool,
}

impl<'a> Agenda<'a> {
    /// Of what is due, owed and new. A plan makes room for all cards, so that they are read where there is one.
    pub(super) fn of_day(
        context: &Context,
        catalog: &'a Catalog,
        select: &Select,
        store: &Store,
    ) -> Result<Self, CliError> {
        let agenda = Self::begin(context, catalog, select, store)?;
        match agenda.interview() {
            Some(_) => Ok(agenda.with_all(store)?),
            None => Ok(agenda),
        }
    }

    /// Of all cards.
    pub(super) fn of_all(
        context: &Context,
        catalog: &'a Catalog,
        select: &Select,
        store: &Store,
    ) -> Result<Self, CliError> {
        Ok(Self::begin(context, catalog, select, store)?.with_all(store)?)
    }

    fn begin(context: &Context, catalog: &'a Catalog, select: &Select, store: &Store) -> Result<Self, CliError> {
        catalog.check_decks(store, &select.deck)?;
        check_tags(store, &select.tag)?;
        let day = context.clock.today();
        let off = context.settings.decks_off.clone();
        // A deck that is asked for by name is asked, though it be switched off.
        let scope = Scope {
            decks: select.deck.clone(),
            off: if select.deck.is_empty() { off.clone() } else { Vec::new() },
            tags: select.tag.clone(),
            kinds: select.kind.iter().map(|kind| kind.name().to_owned()).collect(),
        };
        Ok(Self {
            catalog,
            day,
            interview: store.interview()?.filter(|interview| day <= interview.day),
            latest_day: store.latest_day()?,
            median_seconds: HashMap::new(),
            scope,
            on: Scope { off, ..Scope::default() },
            cards: None,
        })
    }

    /// Knows how long the learner takes, which a queue is made by.
    pub(super) fn with_pace(mut self, store: &Store) -> Result<Self, StoreError> {
        self.median_seconds = store.median_seconds()?;
        Ok(self)
    }

    fn with_all(self, store: &Store) -> Result<Self, StoreError> {
        let mut agenda = self.with_pace(store)?;
        agenda.read_all(store)?;
        Ok(agenda)
    }

    fn read_all(&mut self, store: &Store) -> Result<(), StoreError> {
        let asked: Vec<Indexed> = store.all_cards(&self.scope)?;
        let mut entries: Vec<Entry> = Vec::with_capacity(asked.len());
        // Without a plan no card makes room for another.
        if self.interview().is_none() || self.scope.is_all_of(&self.on) {
            entries.extend(asked.into_iter().map(|card| self.entry(card, true)));
        } else {
            let taken: HashSet<CardId> = asked.iter().map(|card| card.id.clone()).collect();
            let on = store.all_cards(&self.on)?;
            let known: HashSet<CardId> = on.iter().map(|card| card.id.clone()).collect();
            let beside = asked.into_iter().filter(|card| !known.contains(&card.id));
            let all = on.into_iter().chain(beside);
            entries.extend(all.map(|card| {
                let is_taken = taken.contains(&card.id);
                self.entry(card, is_taken)
            }));
        }
        let loads: Vec<Load> = entries.iter().map(|entry| entry.load).collect();
        for (entry, due) in entries.iter_mut().zip(due_days(&loads, self.interview, self.day)) {
            entry.due = due;
        }
        self.cards = Some(entries);
        Ok(())
    }

    fn entry(&self, card: Indexed, taken: bool) -> Entry {
        let (brief, state) = brief(card);
        let load = Load { state, seconds: self.seconds(&brief), level: brief.level };
        Entry { brief, load, due: None, taken }
    }

    /// Speaks only of these of its cards.
    pub(super) fn only(mut self, fits: impl Fn(&Candidate) -> bool) -> Self {
        for entry in self.cards.iter_mut().flatten() {
            entry.taken = entry.taken && fits(&entry.candidate());
        }
        self
    }

    /// All cards that a plan has to make room for.
    pub(super) fn loads(&self) -> Vec<Load> {
        self.all().map(|entry| entry.load).collect()
    }

    fn all(&self) -> impl Iterator<Item = &Entry> {
        self.cards.iter().flatten()
    }

    /// What competes for the day's time: all that is learned, and the new cards that the command speaks of.
    fn competing(&self) -> Vec<Load> {
        let competes = |entry: &&Entry| entry.taken || entry.load.state.memory != Memory::New;
        self.all().filter(competes).map(|entry| entry.load).collect()
    }

    pub(super) fn day(&self) -> Day {
        self.day
    }

    /// The interview that is ahead, if one is planned for.
    pub(super) fn interview(&self) -> Option<Interview> {
        self.interview.filter(|interview| self.day < interview.day)
    }

    pub(super) fn says_interview(&self) -> Option<String> {
        self.interview.map(|interview| interview.day.to_string())
    }

    /// The cards that the command may ask, where it speaks of all.
    pub(super) fn candidates(&self) -> Vec<Candidate> {
        self.taken().map(Entry::candidate).collect()
    }

    fn taken(&self) -> impl Iterator<Item = &Entry> {
        self.all().filter(|entry| entry.taken)
    }

    /// How many cards of each deck are due.
    pub(super) fn due_by_deck(&self, store: &Store) -> Result<BTreeMap<String, usize>, StoreError> {
        if self.cards.is_none() {
            return store.due_by_deck(&self.scope, self.day);
        }
        let mut decks = BTreeMap::new();
        for entry in self.taken().filter(|entry| entry.is_due(self.day)) {
            *decks.entry(entry.brief.id.deck().to_owned()).or_default() += 1;
        }
        Ok(decks)
    }

    pub(super) fn due_count(&self, store: &Store) -> Result<usize, StoreError> {
        match &self.cards {
            None => store.due_count(&self.scope, self.day),
            Some(_) => Ok(self.taken().filter(|entry| entry.is_due(self.day)).count()),
        }
    }

    /// The queue of the day with so many new cards: at most so many due ones, which lose most by waiting, and how many
    /// are left out.
    pub(super) fn queue(
        &self,
        store: &Store,
        new: usize,
        most: usize,
        seed: u64,
    ) -> Result<(Vec<Planned>, Counts, usize), StoreError> {
        let seconds = |card: &Brief| self.seconds(card);
        if self.cards.is_some() {
            let (planned, counts) = plan(&self.candidates(), self.day, new, seconds, seed);
            return Ok((planned, counts, 0));
        }
        let due = self.most_urgent(store, most)?;
        let all_due = if due.len() < most { due.len() } else { store.due_count(&self.scope, self.day)? };
        let unseen = if new > 0 { store.unseen(&self.scope, new)? } else { Vec::new() };
        let owed = store.owed(&self.scope, self.day)?;
        let beyond = all_due - due.len().min(all_due);
        let candidates: Vec<Candidate> = due.into_iter().chain(unseen).chain(owed).map(candidate).collect();
        let (planned, counts) = plan(&candidates, self.day, new, seconds, seed);
        Ok((planned, Counts { due: all_due, ..counts }, beyond))
    }

    fn most_urgent(&self, store: &Store, most: usize) -> Result<Vec<Indexed>, StoreError> {
        let seconds: HashMap<&str, f64> =
            Kind::ALL.iter().map(|kind| (kind.name(), self.seconds_of(*kind, 1))).collect();
        let step_s = self.seconds_of(Kind::Estimate, 2) / 2.0;
        let least_s = seconds.values().copied().fold(2.0 * step_s, f64::min).max(1.0);
        let worth = |kind: &str, answers: usize, interval_days: u32, due: Day| {
            let seconds = if answers > 1 { step_s * answers as f64 } else { seconds.get(kind).copied().unwrap_or(1.0) };
            loss_of_waiting(interval_days, due, self.day) / seconds.max(1.0)
        };
        let at_most = |interval_days: u32, due: Day| most_loss_of_waiting(interval_days, due, self.day) / least_s;
        store.most_urgent(&self.scope, self.day, most, worth, at_most)
    }

    /// The seconds that a card is expected to take.
    fn seconds(&self, card: &Brief) -> f64 {
        Setup::seconds(&self.median_seconds)(card.kind, card.answers)
    }

    fn seconds_of(&self, kind: Kind, answers: usize) -> f64 {
        Setup::seconds(&self.median_seconds)(kind, answers)
    }

    /// How many due cards a session of so many minutes begins with; without a time box, all.
    pub(super) fn queued(minutes: u32) -> usize {
        if minutes == 0 { usize::MAX } else { QUEUED }
    }

    /// How many new cards the day still allows: as many as were asked for, as the plan has, or as the settings say.
    pub(super) fn new_allowance(
        &self,
        context: &Context,
        store: &Store,
        asked: Option<u32>,
    ) -> Result<usize, CliError> {
        if let (None, Some(interview)) = (asked, self.interview()) {
            return Ok(interview.new_today(
                &self.competing(),
                self.day,
                store.spent_seconds(self.day, Some(Mode::Review))?,
            ));
        }
        let per_day = asked.unwrap_or(context.settings.new_per_day);
        Ok(per_day.saturating_sub(store.started_on(self.day)?) as usize)
    }

    /// How many cards that were never asked there are, counted up to so many.
    pub(super) fn unseen(&self, store: &Store, most: usize) -> Result<usize, StoreError> {
        let unseen = match &self.cards {
            None => store.unseen(&self.scope, most)?.len(),
            Some(_) => self.taken().filter(|e| e.load.state.memory == Memory::New && !e.load.state.suspended).count(),
        };
        Ok(unseen.min(most))
    }

    pub(super) fn setup(&self, context: &Context, store: &mut Store, mode: Mode, minutes: u32) -> Setup {
        Setup {
            session: store.new_session(context.clock.now_ms()),
            mode,
            day: self.day,
            budget_s: (minutes > 0).then(|| f64::from(minutes) * 60.0),
            median_seconds: self.median_seconds.clone(),
        }
    }

    /// What is odd: the clock is days behind what it said before. A day may be a journey westwards.
    pub(super) fn note(&self) -> Option<String> {
        let latest = self.latest_day.filter(|latest| latest.since(self.day) > 1)?;
        Some(format!(
            "the clock says {}, but your latest answer is of {latest}: is it right? What you answer now counts for \
             the day that it says.",
            self.day
        ))
    }

    /// The chance of recalling a card today; 0 for one never asked.
    pub(super) fn recall_today(&self, store: &Store) -> Result<impl Fn(&Candidate) -> f64 + use<>, CliError> {
        let recalls = recalls(store, self.taken().map(|entry| &entry.brief.id), self.day)?;
        Ok(move |candidate: &Candidate| recalls.get(&candidate.brief.id).copied().unwrap_or(0.0))
    }

    /// How much is due on each of the days to come, where any is; what is overdue is due today.
    pub(super) fn forecast(&self, store: &Store, days: u32) -> Result<BTreeMap<Day, usize>, StoreError> {
        let last = self.day.plus(days.saturating_sub(1));
        let mut forecast = BTreeMap::new();
        if self.cards.is_none() {
            forecast = store.due_by_day(&self.scope, self.day.plus(1), last)?;
            forecast.insert(self.day, store.due_count(&self.scope, self.day)?);
        }
        for due in self.taken().filter_map(|entry| entry.due).filter(|due| *due <= last) {
            *forecast.entry(due.max(self.day)).or_default() += 1;
        }
        Ok(forecast)
    }

    /// How many cards the day owes a repeat that are not due.
    pub(super) fn owed(&self, store: &Store) -> Result<usize, StoreError> {
        match &self.cards {
            None => Ok(store.owed(&self.scope, self.day)?.len()),
            Some(_) => Ok(self.taken().filter(|entry| entry.is_owed(self.day) && !entry.is_due(self.day)).count()),
        }
    }

    /// The next day after this one on which a card is due.
    pub(super) fn next_due(&self, store: &Store) -> Result<Option<Day>, StoreError> {
        match &self.cards {
            None => store.next_due(&self.scope, self.day),
            Some(_) => Ok(self.taken().filter_map(|entry| entry.due).filter(|due| *due > self.day).min()),
        }
    }
}

impl Source for Agenda<'_> {
    fn card(&self, store: &mut Store, id: &CardId) -> Result<Option<Arc<Card>>, DriveError> {
        Ok(self.catalog.card(store, id)?)
    }

    fn more(&self, store: &Store, session: &Session) -> Result<(Vec<Planned>, usize), DriveError> {
        // What was put aside is due still.
        let met: HashSet<&CardId> = session.met().collect();
        let due = self.most_urgent(store, QUEUED + met.len())?;
        let beyond = store.due_count(&self.scope, self.day)?.saturating_sub(due.len());
        let candidates: Vec<Candidate> =
            due.into_iter().filter(|card| !met.contains(&card.id)).map(candidate).collect();
        let seed = met.len() as u64;
        let (planned, _) = plan(&candidates, self.day, 0, |card| self.seconds(card), seed);
        Ok((planned, beyond))
    }

    fn ahead(&self, store: &Store) -> Result<Ahead, DriveError> {
        let now = match &self.cards {
            None => Ahead {
                left_due: self.due_count(store)? + self.owed(store)?,
                next_due: self.next_due(store)?,
                load: Vec::new(),
            },
            Some(cards) => {
                let taken = cards.iter().filter(|entry| entry.taken).map(|entry| entry.brief.id.clone());
                let taken: HashSet<CardId> = taken.collect();
                let later = self.again(store)?.only(|candidate| taken.contains(&candidate.brief.id));
                return Ok(later.ahead_of_all(store)?);
            }
        };
        Ok(Ahead { load: self.load(store)?, ..now })
    }
}

impl Agenda<'_> {
    /// The same cards as they stand now.
    fn again(&self, store: &Store) -> Result<Self, StoreError> {
        let Self { catalog, day, interview, latest_day, median_seconds, scope, on, .. } = self;
        let (median_seconds, scope, on) = (median_seconds.clone(), scope.clone(), on.clone());
        let (catalog, day, interview, latest_day) = (*catalog, *day, *interview, *latest_day);
        let mut again = Self { catalog, day, interview, latest_day, median_seconds, scope, on, cards: None };
        again.read_all(store)?;
        Ok(again)
    }

    fn ahead_of_all(&self, store: &Store) -> Result<Ahead, StoreError> {
        let left = |entry: &&Entry| entry.is_owed(self.day) || entry.is_due(self.day);
        Ok(Ahead {
            left_due: self.taken().filter(left).count(),
            next_due: self.next_due(store)?,
            load: self.load(store)?,
        })
    }

    fn load(&self, store: &Store) -> Result<Vec<DayLoad>, StoreError> {
        let forecast = self.forecast(store, LOAD_DAYS + 1)?;
        let due = |day: &Day| forecast.get(day).copied().unwrap_or_default();
        let days = (1..=LOAD_DAYS).map(|ahead| self.day.plus(ahead));
        Ok(days.map(|day| DayLoad { day: day.to_string(), due: due(&day) }).collect())
    }
}

impl Entry {
    fn candidate(&self) -> Candidate {
        Candidate { brief: self.brief.clone(), state: self.load.state, due: self.due }
    }

    fn is_due(&self, day: Day) -> bool {
        self.due.is_some_and(|due| due <= day)
    }

    fn is_owed(&self, day: Day) -> bool {
        !self.load.state.suspended && self.load.state.is_owed(day)
    }
}

/// A card of the index, due when SM-2 says so.
fn candidate(card: Indexed) -> Candidate {
    let (brief, state) = brief(card);
    let due = state.memory.scheduled().filter(|_| !state.suspended).map(|s| s.due);
    Candidate { brief, state, due }
}

/// Checks that the tags asked for exist.
fn check_tags(store: &Store, tags: &[String]) -> Result<(), CliError> {
    if tags.is_empty() {
        return Ok(());
    }
    let known = store.tags()?;
    let Some(unknown) = tags.iter().find(|tag| !known.contains(tag)) else { return Ok(()) };
    let near = nearest(unknown, known.iter().map(String::as_str));
    let hint = match near.as_slice() {
        [] => format!("there are {}", known.join(", ")),
        near => format!("did you mean {}?", near.join(" or ")),
    };
    Err(CliError::Plain(format!("no card has the tag '{unknown}': {hint}")))
}
