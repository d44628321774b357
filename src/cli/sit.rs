//! `review`, `quiz` and `cram`: a session in the terminal or over JSON lines.

use super::args::{self, Cram, Quiz, Review};
use super::settings::KeyScale;
use super::{Broken, CliError, Context, output, plan, reworded, setup, sync};
use crate::catalog::Catalog;
use crate::drive::{self, Backend, Drive, Ended};
use crate::jsonl::JsonLines;
use crate::practice::{self, CramOptions, NewPerDay, QuizOptions, Ready, ReviewOptions};
use crate::schedule::Mode;
use crate::store::deck_index::Scope;
use crate::store::{Store, backup};
use crate::terminal::{Choice, More, Offer, Options, Terminal, wait};
use console::Term;
use std::io::{self, BufReader};
use std::thread::JoinHandle;

/// So many new cards are offered at the end of a session.
const MORE_NEW: usize = 10;
/// So many questions has the sprint that is offered there.
const SPRINT: usize = 10;

pub(super) fn review(mut context: Context, args: &Review) -> Result<(), CliError> {
    let (selection, args) = (args.options.select.selection(&args.what), &args.options);
    let term = terminal(args.json, Mode::Review)?;
    if term.is_some() && setup::is_wanted(&context)? {
        setup::welcome(&mut context)?;
    }
    let mut store = context.store()?;
    sync::in_passing(&context, &mut store);
    let catalog = context.catalog(&mut store, Broken::LeftOut)?;
    if !reworded::at_start(&context, &mut store, term.is_some())? {
        return Ok(());
    }
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
    let done = run(&mut context, &mut store, ready, term.as_ref(), args.scale)?;
    match (term, done) {
        // Whoever asked for so many cards, or for these, has had them.
        (Some(term), Some(done)) if options.limit.is_none() && !options.at_once => {
            let sitting = Sitting { context, store, catalog: &catalog, options, scale: args.scale, term };
            sitting.go_on(done)
        }
        _ => Ok(()),
    }
}

pub(super) fn quiz(mut context: Context, args: &Quiz) -> Result<(), CliError> {
    if args.list {
        return list_chains(&context, args);
    }
    let term = terminal(args.json, Mode::Quiz)?;
    let mut store = context.store()?;
    sync::in_passing(&context, &mut store);
    let catalog = context.catalog(&mut store, Broken::LeftOut)?;
    if !reworded::at_start(&context, &mut store, term.is_some())? {
        return Ok(());
    }
    let options = QuizOptions {
        scope: args.select.selection(&args.what).scope(&catalog, &store, &context.daily())?,
        minutes: args.minutes.unwrap_or(0),
        questions: args.number as usize,
        chain: args.chain.clone(),
        seed: seed(args.seed),
    };
    let ready = practice::quiz(&mut store, &catalog, context.daily(), &options)?;
    run(&mut context, &mut store, ready, term.as_ref(), None).map(drop)
}

pub(super) fn cram(mut context: Context, args: &Cram) -> Result<(), CliError> {
    let term = terminal(args.json, Mode::Cram)?;
    let mut store = context.store()?;
    sync::in_passing(&context, &mut store);
    let catalog = context.catalog(&mut store, Broken::LeftOut)?;
    if !reworded::at_start(&context, &mut store, term.is_some())? {
        return Ok(());
    }
    let options = CramOptions {
        scope: args.select.selection(&args.what).scope(&catalog, &store, &context.daily())?,
        minutes: args.minutes.unwrap_or(0),
        all: args.all,
        missed: args.missed,
        seed: seed(args.seed),
    };
    let ready = practice::cram(&mut store, &catalog, context.daily(), &options)?;
    run(&mut context, &mut store, ready, term.as_ref(), args.scale).map(drop)
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

/// A review that asked all it had, before a learner with time left.
struct Sitting<'a> {
    context: Context,
    store: Store,
    catalog: &'a Catalog,
    options: ReviewOptions,
    scale: Option<KeyScale>,
    term: Term,
}

/// A session asked all that it had: the seconds that are left of its time box, where it has one.
#[derive(Debug, Clone, Copy)]
struct Done {
    left_s: Option<f64>,
}

impl Done {
    /// Whole minutes that are left: 0 where there is no end, none where less than one is left.
    fn minutes(self) -> Option<u32> {
        match self.left_s.map(|left_s| left_s / 60.0) {
            None => Some(0),
            Some(minutes) => (minutes >= 1.0).then_some(minutes as u32),
        }
    }

    /// After a session whose box was the whole minutes of what was left before.
    fn after(self, before: Self) -> Self {
        let seconds_left_out = before.left_s.map_or(0.0, |left_s| left_s % 60.0);
        Self { left_s: self.left_s.map(|left_s| left_s + seconds_left_out) }
    }
}

impl Sitting<'_> {
    /// Offers what could fill the time that is left, as long as there is some and the learner wants more.
    fn go_on(mut self, done: Done) -> Result<(), CliError> {
        let mut next = Some(done);
        while let Some(done) = next
            && let Some(minutes) = done.minutes()
        {
            let offer = self.offer(minutes)?;
            if offer.is_empty() {
                break;
            }
            // The terminal is given back before the next one takes it.
            let mut terminal = Terminal::new(self.term.clone(), self.context.settings.asking(self.scale))?;
            let choice = terminal.offer(&offer)?;
            drop(terminal);
            next = match choice {
                None => None,
                Some(Choice::More) => self.more(&offer, minutes)?.map(|after| after.after(done)),
                Some(Choice::Sprint) => self.sprint(minutes)?.map(|after| after.after(done)),
                Some(Choice::Plan) => {
                    let day = setup::ask_day(self.context.clock.today()).map_err(output::of_prompt)?;
                    if day.is_some() {
                        let args = args::Plan { interview: day, ..args::Plan::default() };
                        plan::run_on(&self.context, &mut self.store, &args)?;
                    }
                    Some(done)
                }
            };
        }
        Ok(())
    }

    fn offer(&mut self, minutes: u32) -> Result<Offer, CliError> {
        let rest = practice::rest(&mut self.store, self.catalog, self.context.daily(), &self.options.scope, MORE_NEW)?;
        // A session may have had less time than the day.
        let left = |left_s: f64| if minutes > 0 { minutes.min((left_s / 60.0) as u32) } else { (left_s / 60.0) as u32 };
        Ok(Offer {
            day_minutes: rest.box_left.map(|(of, left_s)| (of, left(left_s))),
            more: match rest.planned {
                Some(planned) => (!planned.is_nothing()).then_some(More::Planned(planned)),
                None => (rest.new > 0).then_some(More::New(rest.new)),
            },
            sprint: rest.has_estimates.then_some(SPRINT),
            plan: rest.is_unplanned,
        })
    }

    /// More cards: new ones beyond the day's, or what the plan has in its own minutes.
    fn more(&mut self, offer: &Offer, minutes: u32) -> Result<Option<Done>, CliError> {
        // The day's own new cards were asked, or there is no time for them: it is these that were chosen.
        let (more, minutes, new) = match offer.more {
            Some(More::New(count)) => (count as u32, Some(minutes), Some(NewPerDay::Number(0))),
            Some(More::Planned(..)) | None => (0, None, self.options.new),
        };
        let options = ReviewOptions { more, minutes, new, ..self.options.clone() };
        let ready = practice::review(&mut self.store, self.catalog, self.context.daily(), &options)?;
        run(&mut self.context, &mut self.store, ready, Some(&self.term), self.scale)
    }

    fn sprint(&mut self, minutes: u32) -> Result<Option<Done>, CliError> {
        let scope: Scope = self.options.scope.clone();
        let options = QuizOptions { scope, minutes, questions: SPRINT, chain: None, seed: seed(None) };
        let ready = practice::quiz(&mut self.store, self.catalog, self.context.daily(), &options)?;
        run(&mut self.context, &mut self.store, ready, Some(&self.term), None)
    }
}

/// Runs a session to its end. Where it asked all that it had, that is given.
fn run(
    context: &mut Context,
    store: &mut Store,
    ready: Ready,
    term: Option<&Term>,
    scale: Option<KeyScale>,
) -> Result<Option<Done>, CliError> {
    let keys_told = std::mem::take(&mut context.keys_told);
    let options = Options { keys_told, ..context.settings.asking(scale) };
    let Ready { session, opening, agenda } = ready;
    let (db, day) = (context.db.clone(), context.clock.today());
    let stopwatch = context.clock.stopwatch();
    let wanted = !backup::is_made(&db, day);
    let backup = wanted.then(|| std::thread::spawn(move || backup::daily(&db, day)));
    let on = Backend { store: &mut *store, supply: &agenda, clock: &mut context.clock };
    let drive = Drive::new(session, opening);
    let ended = match term {
        None => drive::run(drive, on, &mut JsonLines::new(BufReader::new(io::stdin()), io::stdout(), stopwatch)),
        Some(term) => drive::run(drive, on, &mut Terminal::new(term.clone(), options)?),
    };
    // A backup that cannot be made stops nobody.
    let join = |backup: JoinHandle<_>| match backup.is_finished() {
        true => backup.join(),
        false => wait("making today's backup", || backup.join()),
    };
    if let Some(Ok(Err(error))) = backup.map(join) {
        output::warn(&format!("today's backup could not be made: {error}"));
    }
    let ended = ended.map_err(CliError::from);
    let is_interrupted = |error: &CliError| error.io_kind() == Some(io::ErrorKind::Interrupted);
    if term.is_some() && ended.as_ref().is_err_and(is_interrupted) {
        // A terminal that is gone hears nothing.
        output::text("ended here: every answer that you have had feedback on is saved").ok();
    }
    sync::in_passing(context, store);
    let Ended { asked_all, left_s } = ended?;
    Ok(asked_all.then_some(Done { left_s }))
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
