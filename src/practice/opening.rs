//! How a session opens: `review`, `quiz` and `cram`.

use super::agenda::{Agenda, budget_s};
use super::cards::Queue;
use super::daily::Daily;
use super::error::{PracticeError, Result};
use super::new_cards::NewCards;
use super::new_per_day::NewPerDay;
use super::recall::{fit_for_plan, recalls};
use crate::catalog::Catalog;
use crate::deck::{Brief, Card, Kind, nearest};
use crate::drive::{DriveError, Opening, recall_weak_steps};
use crate::schedule::{CardId, Memory, Mode};
use crate::session::{Candidate, Counts, Queued, Session, Setup, round, sprint};
use crate::store::Store;
use crate::store::deck_index::Scope;

/// What was missed in so many days, today among them, was missed lately.
const LATELY_DAYS: i64 = 7;

/// A session that is ready to run.
pub struct Ready<'a> {
    /// The session.
    pub session: Session,
    /// What it says of itself first.
    pub opening: Opening,
    /// Where its cards come from.
    pub agenda: Agenda<'a>,
}

/// What may be said of a review; what is not said is as the plan or the settings have it.
#[derive(Debug, Clone, Default)]
pub struct ReviewOptions {
    /// The cards that may be asked.
    pub scope: Scope,
    /// The time box; 0 has no end.
    pub minutes: Option<u32>,
    /// New cards a day.
    pub new: Option<NewPerDay>,
    /// New cards beyond the day's.
    pub more: u32,
    /// The cards of the scope are asked at once, due or not: somebody named them.
    pub at_once: bool,
    /// At most so many cards.
    pub limit: Option<usize>,
    /// What the order and every value are drawn with.
    pub seed: u64,
}

/// What may be said of a sprint.
#[derive(Debug, Clone, Default)]
pub struct QuizOptions {
    /// The cards that may be asked.
    pub scope: Scope,
    /// The time box; 0 has no end.
    pub minutes: u32,
    /// So many questions.
    pub questions: usize,
    /// One chain alone, by its slug, id or title.
    pub chain: Option<String>,
    /// What the questions and every value are drawn with.
    pub seed: u64,
}

/// What may be said of going through cards.
#[derive(Debug, Clone, Default)]
pub struct CramOptions {
    /// The cards that may be asked.
    pub scope: Scope,
    /// The time box; 0 has no end.
    pub minutes: u32,
    /// Cards that were never asked too.
    pub all: bool,
    /// Only what was missed lately.
    pub missed: bool,
    /// What every value is drawn with.
    pub seed: u64,
}

/// The day's review.
///
/// # Errors
/// A deck or a tag that there is not, or the database.
pub fn review<'a>(store: &mut Store, catalog: &'a Catalog, daily: Daily, options: &ReviewOptions) -> Result<Ready<'a>> {
    fit_for_plan(store, daily.day)?;
    let snapshot = store.snapshot()?;
    let usual = daily.minutes;
    let agenda = Agenda::new(catalog, store, daily, options.scope.clone())?;
    if agenda.is_selection() && agenda.candidates(store)?.is_empty() {
        return Err(PracticeError::Nothing(nothing_chosen(&options.scope)));
    }
    let mut new = agenda.new_cards(store, options.new, options.minutes)?;
    if options.more > 0 {
        new = NewCards::number(new.cards.saturating_add(options.more as usize));
    }
    // A planned day has one box, however often it is sat down to; more minutes can be asked for.
    let left_s = if options.minutes.is_none() { agenda.left_s(store)? } else { None };
    let budget_s = left_s.or_else(|| budget_s(options.minutes.unwrap_or(usual)));
    let most = options.limit.unwrap_or_else(|| Agenda::queued(budget_s));
    let Queue { mut queued, mut counts, mut beyond } = match options.at_once {
        true => agenda.at_once(store, options.seed)?,
        false => agenda.queue(store, new, most, budget_s, options.seed)?,
    };
    if left_s == Some(0.0) && !options.at_once && options.more == 0 {
        queued.clear();
    }
    if let Some(limit) = options.limit {
        queued.truncate(limit);
        beyond = 0;
        counts = of(&queued, counts);
    }
    queued.iter_mut().try_for_each(|owed| recall_weak_steps(owed, store))?;
    drop(snapshot);
    let new_time = if options.at_once { None } else { new.time };
    let setup = Setup { new_time, ..agenda.setup(store, Mode::Review, budget_s) };
    let opening = agenda.opening(counts);
    Ok(Ready { session: Session::new(setup, queued, beyond), opening, agenda })
}

/// Why no card is meant by what somebody chose, and what to do.
pub fn nothing_chosen(scope: &Scope) -> String {
    match scope {
        Scope { flagged: true, .. } => "no such card is flagged: in a session, ! flags one".to_owned(),
        Scope { cards: Some(_), .. } => {
            "none of these cards is weak, which is one that you know and would recall today with a chance below 80%"
                .to_owned()
        }
        _ => "no card is all of what you chose: sysdrill decks lists the decks, and sysdrill decks --tags the tags"
            .to_owned(),
    }
}

/// Of what the day asks, as much as is in a queue.
fn of(queued: &[Queued], all: Counts) -> Counts {
    let owed = queued.iter().filter(|card| card.repeat).count();
    let new = queued.iter().filter(|card| !card.repeat && card.state.memory == Memory::New).count();
    let due = queued.len() - owed - new;
    Counts { due, new, owed, fitting: all.fitting.filter(|fitting| *fitting < due), ..all }
}

/// A sprint of generated questions.
///
/// # Errors
/// A deck, a tag or a chain that there is not; no question fits; or the database.
pub fn quiz<'a>(store: &mut Store, catalog: &'a Catalog, daily: Daily, options: &QuizOptions) -> Result<Ready<'a>> {
    let scope = Scope { kinds: vec![Kind::Estimate.name().to_owned()], ..options.scope.clone() };
    let agenda = Agenda::new(catalog, store, daily, scope)?;
    let chain = options.chain.as_deref().map(|name| chain(catalog, store, &agenda, name)).transpose()?;
    let asked = |card: &Brief| chain.as_ref().map_or_else(|| !card.is_chain(), |chain| card.id == *chain);
    let agenda = agenda.only(store, |c| asked(&c.brief) && (chain.is_some() || !c.state.suspended))?;
    let candidates = agenda.candidates(store)?;
    if candidates.is_empty() {
        return Err(PracticeError::Nothing(
            "no generated question fits: sysdrill decks lists what there is".to_owned(),
        ));
    }
    let questions = if chain.is_some() { 1 } else { options.questions };
    let queued = sprint(&candidates, questions, options.seed);
    let counts = Counts { due: agenda.due_count(store)?, ..Counts::default() };
    let setup = agenda.setup(store, Mode::Quiz, budget_s(options.minutes));
    let opening = Opening { counts, ..Opening::default() };
    Ok(Ready { session: Session::new(setup, queued, 0), opening, agenda })
}

/// Going through what is learned, the weakest first.
///
/// # Errors
/// A deck or a tag that there is not; no card fits; or the database.
pub fn cram<'a>(store: &mut Store, catalog: &'a Catalog, daily: Daily, options: &CramOptions) -> Result<Ready<'a>> {
    let day = daily.day;
    let missed = if options.missed { Some(store.reviews().missed_since(day.before(LATELY_DAYS - 1))?) } else { None };
    let met = |c: &Candidate| options.all || c.state.memory != Memory::New;
    let failed = |c: &Candidate| missed.as_ref().is_none_or(|missed| missed.contains(&c.brief.id));
    let agenda = Agenda::new(catalog, store, daily, options.scope.clone())?;
    let agenda = agenda.only(store, |c| !c.state.suspended && met(c) && failed(c))?;
    let mut candidates = agenda.candidates(store)?;
    if candidates.is_empty() {
        return Err(PracticeError::Nothing(if options.missed {
            format!("nothing here was missed in the last {LATELY_DAYS} days")
        } else {
            "nothing here is learned yet: sysdrill review begins, and cram --all asks new cards too".to_owned()
        }));
    }
    let recalls = recalls(store, candidates.iter().map(|c| &c.brief.id), day)?;
    let recall = |c: &Candidate| recalls.get(&c.brief.id).copied().unwrap_or(0.0);
    // What was never met is not weak, but unknown: it comes last.
    let unmet = |c: &Candidate| c.state.memory == Memory::New;
    candidates.sort_by(|a, b| unmet(a).cmp(&unmet(b)).then(recall(a).total_cmp(&recall(b))));
    let counts = Counts { due: agenda.due_count(store)?, ..Counts::default() };
    let setup = agenda.setup(store, Mode::Cram, budget_s(options.minutes));
    let opening = agenda.opening(counts);
    let queued = round(&candidates, options.seed);
    Ok(Ready { session: Session::new(setup, queued, 0), opening, agenda })
}

/// The chains of a scope, each with the name that a quiz takes, its title and how many steps it has.
///
/// # Errors
/// The database, or the decks.
pub fn chains(store: &mut Store, catalog: &Catalog, scope: &Scope) -> Result<Vec<(String, String, usize)>> {
    let scope = Scope { kinds: vec![Kind::Estimate.name().to_owned()], ..scope.clone() };
    let mut chains = Vec::new();
    for card in store.deck_index().all_cards(&scope)?.into_iter().filter(|card| card.answers > 1) {
        let read = catalog.card(store, &card.id).map_err(DriveError::from)?;
        let title = read.as_deref().and_then(Card::title).unwrap_or_default();
        chains.push((slug(&card.id).to_owned(), title.to_owned(), card.answers));
    }
    Ok(chains)
}

/// The last part of a card's id.
fn slug(card: &CardId) -> &str {
    card.as_str().rsplit('/').next().unwrap_or_default()
}

/// The chain of that name: its slug, its id or its title.
fn chain(catalog: &Catalog, store: &mut Store, agenda: &Agenda, name: &str) -> Result<CardId> {
    let briefs = agenda.candidates(store)?.into_iter().map(|c| c.brief);
    let chains: Vec<CardId> = briefs.filter(Brief::is_chain).map(|card| card.id).collect();
    if let Some(chain) = chains.iter().find(|chain| slug(chain) == name || chain.as_str() == name) {
        return Ok(chain.clone());
    }
    for chain in &chains {
        let card = catalog.card(store, chain).map_err(DriveError::from)?;
        if card.and_then(|card| card.title().map(|title| title.eq_ignore_ascii_case(name))) == Some(true) {
            return Ok(chain.clone());
        }
    }
    let near = nearest(&name.to_lowercase().replace(' ', "-"), chains.iter().map(slug));
    let all = chains.iter().map(slug).collect::<Vec<_>>().join(", ");
    let hint = match (near.as_slice(), all.as_str()) {
        ([], "") => "the decks that were asked for have none".to_owned(),
        ([], all) => format!("there are {all}"),
        (near, _) => format!("did you mean {}?", near.join(" or ")),
    };
    Err(PracticeError::Nothing(format!("there is no chain '{name}': {hint}")))
}
