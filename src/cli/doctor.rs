//! `doctor`: is the file whole, does the schedule say what the log says, which cards has no deck any more?

use super::args::Doctor;
use super::progress::Progress;
use super::{Broken, CliError, Context, output};
use crate::log::{Mark, MarkKind};
use crate::schedule::{CardId, CardState, Day};
use crate::store::{Findings, Store, StoreError, backup};
use console::style;
use dialoguer::Confirm;
use std::collections::{BTreeMap, HashSet};

/// So many of a kind are listed; the rest is counted.
const LISTED: usize = 20;

pub(super) fn run(context: &Context, args: &Doctor) -> Result<(), CliError> {
    // What cannot be looked at may be there.
    if matches!(context.db.try_exists(), Ok(false)) {
        return Ok(output::text("there is no database yet: the first review makes it")?);
    }
    let examined = context.store().and_then(|store| Ok((examine(&store)?, store)));
    let (findings, mut store) = match examined {
        Ok((findings, store)) => (findings, store),
        Err(CliError::Store(error)) if args.repair && error.is_damage() => return repair(context),
        // Its header alone says that it is another program's, and that may be damage: what is in it tells.
        Err(CliError::Store(error @ StoreError::Foreign(_))) if args.repair => {
            return match repair(context) {
                Err(CliError::Store(StoreError::NothingLeft(_))) => Err(CliError::Store(error)),
                done => done,
            };
        }
        Err(error) => return Err(error),
    };
    let only_schedule = findings.problems.iter().all(|problem| problem.is_of_schedule());
    if !findings.problems.is_empty() && args.repair {
        if !only_schedule {
            drop(store);
            return repair(context);
        }
        store.rebuild()?;
        return Ok(output::text("the schedule was folded anew from the log, which is whole")?);
    }
    output::text(&format!("{} reviews of {} cards looked over", findings.reviews, findings.states.len()))?;
    for problem in findings.problems.iter().take(LISTED) {
        output::text(&format!("{} {problem}", style("wrong").red()))?;
    }
    if let Some(more) = findings.problems.len().checked_sub(LISTED).filter(|more| *more > 0) {
        output::text(&format!("and {more} more"))?;
    }
    clock_jumps(&findings)?;
    to_come(&store, context.clock.today())?;
    // A deck that is broken now is not gone: its cards are no orphans.
    match context.catalog(&mut store, Broken::Refused) {
        Ok(_) => orphans(context, &mut store, &findings, args.forget_orphans)?,
        Err(error) => output::text(&format!("which cards no deck has any more is not looked at: {error}"))?,
    }
    match findings.problems.len() {
        0 => Ok(output::text("nothing is wrong")?),
        _ if only_schedule => Err(CliError::Plain(
            "the schedule is not what the log folds to: sysdrill doctor --repair folds it anew".to_owned(),
        )),
        _ => Err(CliError::Plain(
            "the file is damaged: sysdrill doctor --repair saves what is left of it, and keeps it".to_owned(),
        )),
    }
}

fn examine(store: &Store) -> Result<Findings, StoreError> {
    let mut progress = Progress::new("looking it over");
    store.examine(&mut |done, total| progress.at(done, total))
}

/// Saves what is left, and takes in what the latest backup has besides.
fn repair(context: &Context) -> Result<(), CliError> {
    let tag = context.clock.local().format("%Y-%m-%d-%H%M%S").to_string();
    let repaired = Store::repair(&context.db, &tag, Box::new(rand::random))?;
    let mut lines = vec![
        format!("{} reviews were found and put into a new file", repaired.reviews),
        format!("the damaged file is kept: {}", repaired.aside.display()),
    ];
    if repaired.without_review > 0 {
        lines.push(format!("{} retractions refer to reviews that were not found", repaired.without_review));
    }
    let latest = backup::list(&context.db)?.into_iter().rfind(|copy| copy.day.is_some());
    if let Some(latest) = latest {
        let merged = context.store()?.merge_file(&latest.path, &mut |_, _| ());
        lines.push(match merged {
            Ok(merged) => format!("{} more came from {}", merged.reviews, latest.path.display()),
            Err(error) => format!("the latest backup could not be taken in: {error}"),
        });
    }
    Ok(output::text(&lines.join("\n"))?)
}

fn clock_jumps(findings: &Findings) -> Result<(), CliError> {
    let jumps = &findings.clock_jumps;
    if !jumps.is_empty() {
        output::text("the clock was set back, or another log was merged, between answers of:")?;
    }
    for jump in jumps.iter().take(LISTED) {
        output::text(&format!("  {} and then {}", jump.from, jump.to))?;
    }
    Ok(())
}

/// Cards of the log that no deck has: they are kept, and can be forgotten.
fn orphans(context: &Context, store: &mut Store, findings: &Findings, forget: bool) -> Result<(), CliError> {
    let has_deck: HashSet<String> = store.card_names()?.into_iter().collect();
    let is_orphan =
        |card: &CardId, state: &CardState| *state != CardState::default() && !has_deck.contains(card.as_str());
    let orphans: BTreeMap<&CardId, &CardState> =
        findings.states.iter().filter(|(card, state)| is_orphan(card, state)).collect();
    if orphans.is_empty() {
        return Ok(());
    }
    output::text(&format!("{} cards of the log are in no deck any more; their reviews are kept:", orphans.len()))?;
    for card in orphans.keys().take(if forget { usize::MAX } else { LISTED }) {
        output::text(&format!("  {card}"))?;
    }
    if !forget {
        return Ok(output::text("sysdrill doctor --forget-orphans marks them as forgotten, and deletes nothing")?);
    }
    if !console::user_attended() {
        return Err(CliError::Plain("--forget-orphans asks first: run it in a terminal".to_owned()));
    }
    let forget = Confirm::new().with_prompt("forget them?").default(false).interact();
    if !forget.map_err(|dialoguer::Error::IO(error)| error)? {
        return Ok(output::text("nothing was forgotten")?);
    }
    for card in orphans.keys() {
        let (at_ms, day) = (context.clock.now_ms(), context.clock.today());
        store.mark(&Mark::of_card((*card).clone(), MarkKind::Forget, at_ms, day))?;
    }
    Ok(output::text("forgotten: should such a card come back, it is new")?)
}

/// Names the answers of days to come: they count for nothing until then.
fn to_come(store: &Store, today: Day) -> Result<(), CliError> {
    let reviews = store.reviews_to_come()?;
    for (id, review) in reviews.iter().take(LISTED) {
        output::text(&format!("{}: answered on {}, and today is {today} (answer {id})", review.card, review.day))?;
    }
    if let Some(more) = reviews.len().checked_sub(LISTED).filter(|more| *more > 0) {
        output::text(&format!("and {more} more of days to come"))?;
    }
    if !reviews.is_empty() {
        output::text(
            "a clock was wrong: such an answer counts for nothing before its day; sysdrill undo --review ID takes one back",
        )?;
    }
    Ok(())
}
