//! `review` and `quiz`: a session in the terminal or over JSON lines.

use super::args::{KindName, Quiz, Review, Select};
use super::{Broken, CliError, Context};
use crate::deck::{Body, Card, Kind, Library, nearest};
use crate::drive::{Drive, FrontEnd, Opening, recall_weak_steps};
use crate::jsonl::JsonLines;
use crate::schedule::{CardId, CardState, Mode};
use crate::session::{Candidate, Counts, Planned, Session, Setup, plan, sprint};
use crate::store::Store;
use crate::terminal::{Scale, Terminal};
use console::Term;
use std::collections::HashMap;
use std::io::{self, BufReader};

/// Which cards a command may ask.
pub(super) struct Filter<'a> {
    select: &'a Select,
    off: &'a [String],
}

impl<'a> Filter<'a> {
    /// Checks that the decks asked for exist.
    pub(super) fn new(library: &Library, select: &'a Select, off: &'a [String]) -> Result<Self, CliError> {
        for name in &select.deck {
            library.deck(name)?;
        }
        Ok(Self { select, off })
    }

    fn takes(&self, card: &Card) -> bool {
        let Select { deck, tag, kind } = self.select;
        let name = card.id.deck();
        // A deck that is asked for by name is asked, though it be switched off.
        let deck_fits =
            if deck.is_empty() { !self.off.iter().any(|off| off == name) } else { deck.iter().any(|d| d == name) };
        deck_fits
            && (tag.is_empty() || tag.iter().any(|tag| card.tags.contains(tag)))
            && (kind.is_empty() || kind.iter().any(|kind| kind.0 == card.body.kind()))
    }

    /// The cards that may be asked, with their states.
    pub(super) fn candidates<'b>(
        &self,
        library: &'b Library,
        states: &HashMap<CardId, CardState>,
    ) -> Vec<Candidate<'b>> {
        let fits = library.cards().filter(|card| self.takes(card));
        fits.map(|card| Candidate { card, state: states.get(&card.id).copied().unwrap_or_default() }).collect()
    }
}

/// What a session asks, and how it ends.
struct Plan<'a> {
    mode: Mode,
    planned: Vec<Planned<'a>>,
    counts: Counts,
    scope: Vec<CardId>,
    minutes: u32,
}

pub(super) fn review(context: Context, args: &Review) -> Result<(), CliError> {
    let library = context.library(Broken::LeftOut)?;
    let filter = Filter::new(&library, &args.select, &context.settings.decks_off)?;
    let term = terminal(args.json, Mode::Review)?;
    let store = context.store()?;
    let (day, states) = (context.clock.today(), store.states()?);
    let allowance = args.new.unwrap_or(context.settings.new_per_day).saturating_sub(store.started_on(day)?);
    let candidates = filter.candidates(&library, &states);
    let (mut planned, counts) = plan(&candidates, day, allowance as usize, seed(args.seed));
    planned.truncate(args.limit.unwrap_or(usize::MAX));
    planned.iter_mut().try_for_each(|owed| recall_weak_steps(owed, &store))?;
    let minutes = args.minutes.unwrap_or(context.settings.minutes);
    let scale = args.scale.unwrap_or(context.settings.scale).into();
    run(
        context,
        store,
        &library,
        Plan { mode: Mode::Review, planned, counts, scope: scope(&candidates), minutes },
        term,
        scale,
    )
}

pub(super) fn quiz(context: Context, args: &Quiz) -> Result<(), CliError> {
    let library = context.library(Broken::LeftOut)?;
    let select = Select { deck: args.deck.clone(), tag: args.tag.clone(), kind: vec![KindName(Kind::Estimate)] };
    let filter = Filter::new(&library, &select, &context.settings.decks_off)?;
    let chain = args.chain.as_deref().map(|name| chain(&library, &filter, name)).transpose()?;
    let term = terminal(args.json, Mode::Quiz)?;
    let store = context.store()?;
    let states = store.states()?;
    let asked = |candidate: &Candidate| match chain {
        Some(chain) => candidate.card.id == chain.id,
        None => !candidate.state.suspended && !is_chain(candidate.card),
    };
    let candidates: Vec<Candidate> = filter.candidates(&library, &states).into_iter().filter(asked).collect();
    if candidates.is_empty() {
        return Err(CliError::Plain("no generated question fits: sysdrill decks lists what there is".to_owned()));
    }
    let questions = if chain.is_some() { 1 } else { args.number as usize };
    let planned = sprint(&candidates, questions, seed(args.seed));
    let due = candidates.iter().filter(|candidate| candidate.state.is_due(context.clock.today())).count();
    let counts = Counts { due, ..Counts::default() };
    let scale = context.settings.scale.into();
    run(
        context,
        store,
        &library,
        Plan { mode: Mode::Quiz, planned, counts, scope: scope(&candidates), minutes: args.minutes.unwrap_or(0) },
        term,
        scale,
    )
}

fn run(
    mut context: Context,
    mut store: Store,
    library: &Library,
    plan: Plan,
    term: Option<Term>,
    scale: Scale,
) -> Result<(), CliError> {
    let Plan { mode, planned, counts, scope, minutes } = plan;
    let budget_s = (minutes > 0).then(|| f64::from(minutes) * 60.0);
    let median_seconds = store.median_seconds()?;
    let session = store.new_session(context.clock.now_ms());
    let setup = Setup { session, mode, day: context.clock.today(), budget_s, median_seconds };
    let opening = Opening { mode: mode.name(), counts, budget_s };
    let session = Session::new(setup, planned);
    let drive = Drive { session, store: &mut store, library, scope, clock: &mut context.clock };
    let mut front: Box<dyn FrontEnd> = match term {
        None => Box::new(JsonLines::new(BufReader::new(io::stdin()), io::stdout())),
        Some(term) => Box::new(Terminal::new(term, scale)),
    };
    Ok(drive.run(front.as_mut(), opening)?)
}

/// The terminal to ask in; none where JSON lines are asked for.
fn terminal(json: bool, mode: Mode) -> Result<Option<Term>, CliError> {
    let term = Term::stdout();
    if json {
        return Ok(None);
    }
    if term.is_term() && console::user_attended() {
        return Ok(Some(term));
    }
    let mode = mode.name();
    Err(CliError::Plain(format!(
        "{mode} needs a terminal to ask in: run it in one, or use {mode} --json from a program"
    )))
}

fn scope(candidates: &[Candidate]) -> Vec<CardId> {
    candidates.iter().map(|candidate| candidate.card.id.clone()).collect()
}

fn seed(given: Option<u64>) -> u64 {
    given.unwrap_or_else(|| rand::random_range(0..crate::estimate::SEEDS))
}

fn is_chain(card: &Card) -> bool {
    matches!(&card.body, Body::Estimate(estimate) if estimate.is_chain())
}

/// The chain of that name: its slug, its id or its title.
fn chain<'a>(library: &'a Library, filter: &Filter, name: &str) -> Result<&'a Card, CliError> {
    let chains = || library.cards().filter(|card| is_chain(card) && filter.takes(card));
    let slug = |card: &'a Card| card.id.as_str().rsplit('/').next().unwrap_or_default();
    let title = |card: &Card| match &card.body {
        Body::Estimate(estimate) => estimate.title.as_deref().is_some_and(|title| title.eq_ignore_ascii_case(name)),
        _ => false,
    };
    chains().find(|card| slug(card) == name || card.id.as_str() == name || title(card)).ok_or_else(|| {
        let near = nearest(&name.to_lowercase().replace(' ', "-"), chains().map(slug));
        let all = chains().map(slug).collect::<Vec<_>>().join(", ");
        let hint = match (near.as_slice(), all.as_str()) {
            ([], "") => "the decks that were asked for have none".to_owned(),
            ([], all) => format!("there are {all}"),
            (near, _) => format!("did you mean {}?", near.join(" or ")),
        };
        CliError::Plain(format!("there is no chain '{name}': {hint}"))
    })
}
