//! `review`, `quiz` and `cram`: a session in the terminal or over JSON lines.

use super::args::{Cram, Quiz, Review};
use super::settings::KeyScale;
use super::{Broken, CliError, Context, output, setup};
use crate::drive::{self, Backend, Drive, FrontEnd};
use crate::jsonl::JsonLines;
use crate::practice::{self, CramOptions, QuizOptions, Ready, ReviewOptions};
use crate::schedule::Mode;
use crate::store::{Store, backup};
use crate::terminal::{Terminal, wait};
use console::Term;
use std::io::{self, BufReader};
use std::thread::JoinHandle;

pub(super) fn review(mut context: Context, args: &Review) -> Result<(), CliError> {
    let (selection, args) = (args.options.select.selection(&args.what), &args.options);
    let term = terminal(args.json, Mode::Review)?;
    if term.is_some() && !context.db.exists() {
        setup::welcome(&mut context)?;
    }
    let mut store = context.store()?;
    let catalog = context.catalog(&mut store, Broken::LeftOut)?;
    let options = ReviewOptions {
        scope: selection.scope(&catalog, &store, &context.daily())?,
        at_once: !selection.cards.is_empty(),
        more: args.more.unwrap_or(0),
        minutes: args.minutes,
        new: args.new,
        limit: args.limit,
        seed: seed(args.seed),
    };
    let ready = practice::review(&mut store, &catalog, context.daily(), &options)?;
    run(context, store, ready, term, args.scale)
}

pub(super) fn quiz(context: Context, args: &Quiz) -> Result<(), CliError> {
    if args.list {
        return list_chains(&context, args);
    }
    let term = terminal(args.json, Mode::Quiz)?;
    let mut store = context.store()?;
    let catalog = context.catalog(&mut store, Broken::LeftOut)?;
    let options = QuizOptions {
        scope: args.select.selection(&args.what).scope(&catalog, &store, &context.daily())?,
        minutes: args.minutes.unwrap_or(0),
        questions: args.number as usize,
        chain: args.chain.clone(),
        seed: seed(args.seed),
    };
    let ready = practice::quiz(&mut store, &catalog, context.daily(), &options)?;
    run(context, store, ready, term, None)
}

pub(super) fn cram(context: Context, args: &Cram) -> Result<(), CliError> {
    let term = terminal(args.json, Mode::Cram)?;
    let mut store = context.store()?;
    let catalog = context.catalog(&mut store, Broken::LeftOut)?;
    let options = CramOptions {
        scope: args.select.selection(&args.what).scope(&catalog, &store, &context.daily())?,
        minutes: args.minutes.unwrap_or(0),
        all: args.all,
        missed: args.missed,
        seed: seed(args.seed),
    };
    let ready = practice::cram(&mut store, &catalog, context.daily(), &options)?;
    run(context, store, ready, term, args.scale)
}

/// The chains there are, each by the name that `--chain` takes.
fn list_chains(context: &Context, args: &Quiz) -> Result<(), CliError> {
    let mut store = context.store()?;
    let catalog = context.catalog(&mut store, Broken::LeftOut)?;
    let scope = args.select.selection(&args.what).scope(&catalog, &store, &context.daily())?;
    let chains = practice::chains(&mut store, &catalog, &scope)?;
    if chains.is_empty() {
        return Ok(output::text("no chain fits: sysdrill quiz --list has all of them")?);
    }
    let line = |(name, title, steps): &(String, String, usize)| format!("{name:<26} {title}, {steps} steps");
    Ok(output::text(&chains.iter().map(line).collect::<Vec<_>>().join("\n"))?)
}

fn run(
    mut context: Context,
    mut store: Store,
    ready: Ready,
    term: Option<Term>,
    scale: Option<KeyScale>,
) -> Result<(), CliError> {
    let options = context.settings.asking(scale);
    let Ready { session, opening, agenda } = ready;
    let (db, day) = (context.db.clone(), context.clock.today());
    let mut front: Box<dyn FrontEnd> = match term {
        None => {
            let (input, output) = (BufReader::new(io::stdin()), io::stdout());
            Box::new(JsonLines::new(input, output, context.clock.stopwatch()))
        }
        Some(term) => Box::new(Terminal::new(term, options)?),
    };
    let wanted = !backup::is_made(&db, day);
    let backup = wanted.then(|| std::thread::spawn(move || backup::daily(&db, day)));
    let on = Backend { store: &mut store, source: &agenda, clock: &mut context.clock };
    let ended = drive::run(Drive::new(session, opening), on, front.as_mut());
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
