//! Which cards a command speaks of, and when each is due: by SM-2, or by the plan towards an interview.

use super::args::Select;
use super::predictions::recalls;
use super::{CliError, Context};
use crate::deck::{Card, Library, nearest};
use crate::schedule::{CardId, CardState, Day, Interview, Load, Memory, Mode, due_days};
use crate::session::{Ahead, Candidate, DayLoad, Setup};
use crate::store::Store;
use std::collections::{BTreeSet, HashMap};

/// A session's end tells the load of so many days to come.
const LOAD_DAYS: u32 = 7;

/// Which cards a command may ask.
pub(super) struct Filter<'a> {
    select: &'a Select,
    off: &'a [String],
}

impl<'a> Filter<'a> {
    /// Checks that the decks and tags asked for exist.
    pub(super) fn new(library: &Library, select: &'a Select, off: &'a [String]) -> Result<Self, CliError> {
        for name in &select.deck {
            library.deck(name)?;
        }
        let tags = || library.cards().flat_map(|card| card.tags.iter().map(String::as_str));
        for tag in &select.tag {
            if !tags().any(|known| known == tag) {
                let known: BTreeSet<&str> = tags().collect();
                let near = nearest(tag, known.iter().copied());
                let hint = match near.as_slice() {
                    [] => format!("there are {}", known.into_iter().collect::<Vec<_>>().join(", ")),
                    near => format!("did you mean {}?", near.join(" or ")),
                };
                return Err(CliError::Plain(format!("no card has the tag '{tag}': {hint}")));
            }
        }
        Ok(Self { select, off })
    }

    pub(super) fn takes(&self, card: &Card) -> bool {
        let Select { deck, tag, kind } = self.select;
        let name = card.id.deck();
        // A deck that is asked for by name is asked, though it be switched off.
        let deck_fits =
            if deck.is_empty() { !self.off.iter().any(|off| off == name) } else { deck.iter().any(|d| d == name) };
        deck_fits
            && (tag.is_empty() || tag.iter().any(|tag| card.tags.contains(tag)))
            && (kind.is_empty() || kind.contains(&card.body.kind()))
    }
}

/// The cards that a command speaks of, among all that a plan has to make room for.
pub(super) struct Agenda<'a> {
    day: Day,
    interview: Option<Interview>,
    latest_day: Option<Day>,
    median_seconds: HashMap<String, f64>,
    /// All cards of decks that are not switched off, and what the command asks for beside them.
    cards: Vec<Entry<'a>>,
}

struct Entry<'a> {
    card: &'a Card,
    load: Load,
    due: Option<Day>,
    /// The command speaks of it.
    taken: bool,
}

impl<'a> Agenda<'a> {
    pub(super) fn new(
        context: &Context,
        library: &'a Library,
        filter: &Filter,
        store: &Store,
    ) -> Result<Self, CliError> {
        let day = context.clock.today();
        let states = store.states()?;
        let interview = store.interview()?.filter(|interview| day <= interview.day);
        let median_seconds = store.median_seconds()?;
        let nothing = Select::default();
        let all = Filter { select: &nothing, off: &context.settings.decks_off };
        let cards = library.cards().filter(|card| all.takes(card) || filter.takes(card)).map(|card| {
            let state = states.get(&card.id).copied().unwrap_or_default();
            let load = Load { state, seconds: Setup::seconds(&median_seconds)(card), level: card.level };
            Entry { card, load, due: None, taken: filter.takes(card) }
        });
        let cards = cards.collect();
        let latest_day = store.latest_day()?;
        let mut agenda = Self { day, interview, latest_day, cards, median_seconds };
        let due = due_days(&agenda.loads(), interview, day);
        for (entry, due) in agenda.cards.iter_mut().zip(due) {
            entry.due = due;
        }
        Ok(agenda)
    }

    /// Speaks only of these of its cards.
    pub(super) fn only(mut self, fits: impl Fn(&Candidate) -> bool) -> Self {
        for entry in &mut self.cards {
            entry.taken = entry.taken && fits(&entry.candidate());
        }
        self
    }

    /// All cards that a plan has to make room for.
    pub(super) fn loads(&self) -> Vec<Load> {
        self.cards.iter().map(|entry| entry.load).collect()
    }

    /// What competes for the day's time: all that is learned, and the new cards that the command speaks of.
    fn competing(&self) -> Vec<Load> {
        let competes = |entry: &&Entry| entry.taken || entry.load.state.memory != Memory::New;
        self.cards.iter().filter(competes).map(|entry| entry.load).collect()
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

    /// The cards that the command may ask.
    pub(super) fn candidates(&self) -> Vec<Candidate<'a>> {
        self.taken().map(Entry::candidate).collect()
    }

    fn taken(&self) -> impl Iterator<Item = &Entry<'a>> {
        self.cards.iter().filter(|entry| entry.taken)
    }

    pub(super) fn due_count(&self) -> usize {
        self.taken().filter(|entry| entry.due.is_some_and(|due| due <= self.day)).count()
    }

    /// The seconds that a card is expected to take.
    pub(super) fn seconds(&self, card: &Card) -> f64 {
        Setup::seconds(&self.median_seconds)(card)
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
        let recalls = recalls(store, self.taken().map(|entry| &entry.card.id), self.day)?;
        Ok(move |candidate: &Candidate| recalls.get(&candidate.card.id).copied().unwrap_or(0.0))
    }

    /// What is ahead of the cards that the command speaks of, when all cards stand like this.
    pub(super) fn ahead(&self, states: &HashMap<CardId, CardState>) -> Ahead {
        let state = |entry: &Entry| states.get(&entry.card.id).copied().unwrap_or_default();
        let loads: Vec<Load> = self.cards.iter().map(|entry| Load { state: state(entry), ..entry.load }).collect();
        let all_due = due_days(&loads, self.interview, self.day);
        let taken = || self.cards.iter().zip(&loads).zip(&all_due).filter(|((entry, _), _)| entry.taken);
        let due = || taken().filter_map(|(_, due)| *due);
        let left = |((_, load), due): &((&Entry, &Load), &Option<Day>)| {
            let owed = !load.state.suspended && load.state.is_owed(self.day);
            owed || due.is_some_and(|due| due <= self.day)
        };
        let load = (1..=LOAD_DAYS).map(|ahead| self.day.plus(ahead));
        Ahead {
            left_due: taken().filter(left).count(),
            next_due: due().filter(|due| *due > self.day).min(),
            load: load
                .map(|day| DayLoad { day: day.to_string(), due: due().filter(|due| *due == day).count() })
                .collect(),
        }
    }
}

impl<'a> Entry<'a> {
    fn candidate(&self) -> Candidate<'a> {
        Candidate { card: self.card, state: self.load.state, due: self.due }
    }
}
