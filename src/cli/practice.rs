//! `review`, `quiz` and `cram`: a session in the terminal or over JSON lines.

use super::agenda::Agenda;
use super::args::{Cram, Quiz, Review, Select};
use super::settings::KeyScale;
use super::{Broken, CliError, Context, output};
use crate::catalog::Catalog;
use crate::deck::{Brief, Kind, nearest};
use crate::drive::{Drive, FrontEnd, Opening, recall_weak_steps};
use crate::jsonl::JsonLines;
use crate::schedule::{CardId, Memory, Mode};
use crate::session::{Candidate, Counts, Session, round, sprint};
use crate::store::{Store, backup};
use crate::terminal::{Terminal, wait};
use console::Term;
use std::io::{self, BufReader};
use std::thread::JoinHandle;

/// What was missed in so many days was missed lately.
const LATELY_DAYS: i64 = 7;

/// A session that is ready to run.
struct Ready<'a> {
    session: Session,
    opening: Opening,
    agenda: Agenda<'a>,
}

pub(super) fn review(context: Context, args: &Review) -> Result<(), CliError> {
    let term = terminal(args.json, Mode::Review)?;
    let mut store = context.store()?;
    let catalog = context.catalog(&mut store, Broken::LeftOut)?;
    let snapshot = store.snapshot()?;
    let agenda = Agenda::of_day(&context, &catalog, &args.select, &store)?.with_pace(&store)?;
    let new = agenda.new_allowance(&context, &store, args.new)?;
    let minutes = args.minutes.or(agenda.interview().map(|i| i.minutes)).unwrap_or(context.settings.minutes);
    let most = args.limit.unwrap_or_else(|| Agenda::queued(minutes));
    let (mut planned, counts, mut beyond) = agenda.queue(&store, new, most, seed(args.seed))?;
    if let Some(limit) = args.limit {
        planned.truncate(limit);
        beyond = 0;
    }
    planned.iter_mut().try_for_each(|owed| recall_weak_steps(owed, &store))?;
    drop(snapshot);
    let setup = agenda.setup(&context, &mut store, Mode::Review, minutes);
    let opening = Opening { counts, interview: agenda.says_interview(), note: agenda.note() };
    let ready = Ready { session: Session::new(setup, planned, beyond), opening, agenda };
    run(context, store, ready, term, args.scale)
}

pub(super) fn quiz(context: Context, args: &Quiz) -> Result<(), CliError> {
    let term = terminal(args.json, Mode::Quiz)?;
    let select = Select { deck: args.deck.clone(), tag: args.tag.clone(), kind: vec![Kind::Estimate] };
    let mut store = context.store()?;
    let catalog = context.catalog(&mut store, Broken::LeftOut)?;
    let agenda = Agenda::of_all(&context, &catalog, &select, &store)?;
    let chain = args.chain.as_deref().map(|name| chain(&catalog, &mut store, &agenda, name)).transpose()?;
    let asked = |card: &Brief| chain.as_ref().map_or_else(|| !card.is_chain(), |chain| card.id == *chain);
    let agenda = agenda.only(|c| asked(&c.brief) && (chain.is_some() || !c.state.suspended));
    let candidates = agenda.candidates();
    if candidates.is_empty() {
        return Err(CliError::Plain("no generated question fits: sysdrill decks lists what there is".to_owned()));
    }
    let questions = if chain.is_some() { 1 } else { args.number as usize };
    let planned = sprint(&candidates, questions, seed(args.seed));
    let counts = Counts { due: agenda.due_count(&store)?, ..Counts::default() };
    let setup = agenda.setup(&context, &mut store, Mode::Quiz, args.minutes.unwrap_or(0));
    let opening = Opening { counts, ..Opening::default() };
    let ready = Ready { session: Session::new(setup, planned, 0), opening, agenda };
    run(context, store, ready, term, None)
}

pub(super) fn cram(context: Context, args: &Cram) -> Result<(), CliError> {
    let term = terminal(args.json, Mode::Cram)?;
    let select =
        Select { deck: [&args.deck[..], &args.deck_option].concat(), tag: args.tag.clone(), kind: args.kind.clone() };
    let mut store = context.store()?;
    let catalog = context.catalog(&mut store, Broken::LeftOut)?;
    let missed = match args.missed {
        true => Some(store.missed_since(context.clock.today().before(LATELY_DAYS))?),
        false => None,
    };
    let met = |c: &Candidate| args.all || c.state.memory != Memory::New;
    let failed = |c: &Candidate| missed.as_ref().is_none_or(|missed| missed.contains(&c.brief.id));
    let agenda = Agenda::of_all(&context, &catalog, &select, &store)?;
    let agenda = agenda.only(|c| !c.state.suspended && met(c) && failed(c));
    let mut candidates = agenda.candidates();
    if candidates.is_empty() {
        return Err(CliError::Plain(match args.missed {
            true => format!("nothing here was missed in the last {LATELY_DAYS} days"),
            false => {
                "nothing here is learned yet: sysdrill review begins, and cram --all asks new cards too".to_owned()
            }
        }));
    }
    let recall = agenda.recall_today(&store)?;
    // What was never met is not weak, but unknown: it comes last.
    let unmet = |c: &Candidate| c.state.memory == Memory::New;
    candidates.sort_by(|a, b| unmet(a).cmp(&unmet(b)).then(recall(a).total_cmp(&recall(b))));
    let counts = Counts { due: agenda.due_count(&store)?, ..Counts::default() };
    let setup = agenda.setup(&context, &mut store, Mode::Cram, args.minutes.unwrap_or(0));
    let opening = Opening { counts, interview: agenda.says_interview(), note: agenda.note() };
    let planned = round(&candidates, seed(args.seed));
    let ready = Ready { session: Session::new(setup, planned, 0), opening, agenda };
    run(context, store, ready, term, args.scale)
}

fn run(
    mut context: Context,
    mut store: Store,
    ready: Ready,
    term: Option<Term>,
    scale: Option<KeyScale>,
) -> Result<(), CliError> {
    let scale = scale.unwrap_or(context.settings.scale).into();
    let Ready { session, opening, agenda } = ready;
    let (db, day) = (context.db.clone(), context.clock.today());
    let drive = Drive { session, store: &mut store, source: &agenda, clock: &mut context.clock };
    let mut front: Box<dyn FrontEnd> = match term {
        None => Box::new(JsonLines::new(BufReader::new(io::stdin()), io::stdout())),
        Some(term) => Box::new(Terminal::new(term, scale)),
    };
    let wanted = !backup::is_made(&db, day);
    let backup = wanted.then(|| std::thread::spawn(move || backup::daily(&db, day)));
    let ended = drive.run(front.as_mut(), opening);
    // A backup that cannot be made stops nobody.
    let join = |backup: JoinHandle<_>| match backup.is_finished() {
        true => backup.join(),
        false => wait("making today's backup", || backup.join()),
    };
    if let Some(Ok(Err(error))) = backup.map(join) {
        output::warn(&format!("today's backup could not be made: {error}"));
    }
    Ok(ended?)
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

fn seed(given: Option<u64>) -> u64 {
    given.unwrap_or_else(|| rand::random_range(0..crate::estimate::SEEDS))
}

/// The chain of that name: its slug, its id or its title.
fn chain(catalog: &Catalog, store: &mut Store, agenda: &Agenda, name: &str) -> Result<CardId, CliError> {
    let chains: Vec<CardId> =
        agenda.candidates().into_iter().map(|c| c.brief).filter(Brief::is_chain).map(|card| card.id).collect();
    fn slug(card: &CardId) -> &str {
        card.as_str().rsplit('/').next().unwrap_or_default()
    }
    if let Some(chain) = chains.iter().find(|chain| slug(chain) == name || chain.as_str() == name) {
        return Ok(chain.clone());
    }
    for chain in &chains {
        let card = catalog.card(store, chain)?;
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
    Err(CliError::Plain(format!("there is no chain '{name}': {hint}")))
}
