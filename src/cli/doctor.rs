//! `doctor`: is the file whole, does the schedule say what the log says, which cards has no deck any more?

use super::args::Doctor;
use super::bar::Bar;
use super::{Broken, CliError, Context, output, reworded};
use crate::catalog::Catalog;
use crate::log::{Mark, MarkKind};
use crate::schedule::{CardId, CardState, Day};
use crate::shown;
use crate::store::{FileId, Findings, Store, StoreError, backup, left_of};
use console::style;
use dialoguer::Confirm;
use std::collections::{BTreeMap, HashSet};

/// So many of a kind are listed; the rest is counted.
const LISTED: usize = 20;

/// So often is begun anew where another process repairs the same file.
const TRIES: usize = 3;

pub(super) fn run(context: &Context, args: &Doctor) -> Result<(), CliError> {
    if args.remember {
        return remember(context);
    }
    for _ in 1..TRIES {
        match once(context, args) {
            // Another process has put a new file there: that one is looked at.
            Err(CliError::Store(StoreError::Replaced(_))) => {}
            done => return done,
        }
    }
    once(context, args)
}

fn once(context: &Context, args: &Doctor) -> Result<(), CliError> {
    let file = FileId::of(&context.db);
    // What cannot be looked at may be there.
    if matches!(context.db.try_exists(), Ok(false)) {
        match left_of(&context.db)? {
            None => return Ok(output::text("there is no database yet: the first review makes it")?),
            Some(_) if args.repair => return repair(context, file),
            Some(_) => {}
        }
    }
    let examined = context.store().and_then(|store| Ok((examine(&store)?, store)));
    let (findings, mut store) = match examined {
        Ok((findings, store)) => (findings, store),
        Err(CliError::Store(error)) if args.repair && error.is_damage() => return repair(context, file),
        // Its header alone says that it is another program's, and that may be damage: what is in it tells.
        Err(CliError::Store(error @ StoreError::Foreign(_))) if args.repair => {
            return match repair(context, file) {
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
            return repair(context, file);
        }
        store.rebuild()?;
        return Ok(output::text("the schedule was folded anew from the log, which is whole")?);
    }
    tell(&findings)?;
    to_come(&store, context.clock.today())?;
    if let Some(interview) = store.marks().interview_out_of_reach()? {
        output::text(&format!(
            "the interview of {} is more than ten years away, so nothing is planned for it: sysdrill plan DATE sets another",
            interview.day
        ))?;
    }
    let are_sound = look_at_decks(context, &mut store, &findings, args)?;
    match (findings.problems.len(), backup::missing(&context.db)?) {
        (0, None) if are_sound => Ok(output::text("nothing is wrong")?),
        (0, None) => Ok(output::text("the database is whole; the decks have errors")?),
        (0, Some(missing)) => Err(CliError::Plain(format!(
            "the file is whole, but {} of its newest backup {} not in it: sysdrill merge {} takes them in",
            shown::count(missing.rows, "row"),
            if missing.rows == 1 { "is" } else { "are" },
            shown::path(&missing.backup)
        ))),
        _ if only_schedule => Err(CliError::Plain(
            "the schedule is not what the log folds to: sysdrill doctor --repair folds it anew".to_owned(),
        )),
        _ => Err(CliError::Plain(
            "the file is damaged: sysdrill doctor --repair saves what is left of it, and keeps it".to_owned(),
        )),
    }
}

/// Tells how much was looked over, and what is wrong in the file.
fn tell(findings: &Findings) -> Result<(), CliError> {
    output::text(&format!(
        "{} of {} looked over",
        shown::count(usize::try_from(findings.reviews).unwrap_or(usize::MAX), "review"),
        shown::count(findings.states.len(), "card")
    ))?;
    for problem in findings.problems.iter().take(LISTED) {
        output::text(&format!("{} {problem}", style("wrong").red()))?;
    }
    if let Some(more) = findings.problems.len().checked_sub(LISTED).filter(|more| *more > 0) {
        output::text(&format!("and {more} more"))?;
    }
    clock_jumps(findings)
}

/// Holds the index of the decks against their files, and tells which cards no deck has any more. Says whether no deck is broken.
fn look_at_decks(context: &Context, store: &mut Store, findings: &Findings, args: &Doctor) -> Result<bool, CliError> {
    // A deck that is broken now is not gone: its cards are no orphans.
    let catalog = match context.catalog(store, Broken::Kept).and_then(sound) {
        Ok(catalog) => catalog,
        Err(error) => {
            output::text(&format!(
                "{error}\nso nothing is said of cards that are in no deck any more; sysdrill deck check names each error"
            ))?;
            return Ok(false);
        }
    };
    let wrong = catalog.check(store)?;
    for card in wrong.iter().take(LISTED) {
        let wrong = style("wrong").red();
        output::text(&format!("{wrong} the index of the decks: {card} is not what its file says"))?;
    }
    if !wrong.is_empty() {
        output::text("the index of the decks was made anew")?;
    }
    orphans(context, &catalog, store, findings, args)?;
    Ok(true)
}

/// Broken decks as an error.
fn sound(catalog: Catalog) -> Result<Catalog, CliError> {
    if catalog.errors.is_empty() { Ok(catalog) } else { Err(CliError::Decks(catalog.errors)) }
}

fn examine(store: &Store) -> Result<Findings, StoreError> {
    let mut bar = Bar::new("looking it over");
    store.examine(&mut |done, total| bar.at(done, total))
}

/// Saves what is left, and takes in what the backups have besides.
fn repair(context: &Context, damaged: FileId) -> Result<(), CliError> {
    let repaired = Store::repair(&context.db, damaged, &context.tag(), Box::new(rand::random))?;
    let mut lines = vec![format!(
        "{} found and put into a new file",
        if repaired.reviews == 1 { "1 review was".to_owned() } else { format!("{} reviews were", repaired.reviews) }
    )];
    if let Some(aside) = &repaired.aside {
        lines.push(format!("the damaged file is kept: {}", shown::path(aside)));
    }
    if repaired.without_review > 0 {
        lines.push(format!(
            "{} without the {}",
            shown::count(repaired.without_review, "retraction"),
            if repaired.without_review == 1 { "review that it takes back" } else { "reviews that they take back" }
        ));
    }
    for (nth, (backup, merged)) in repaired.from_backups.iter().enumerate() {
        let is_last = nth + 1 == repaired.from_backups.len();
        match merged {
            Ok(0) if !is_last => {}
            Ok(reviews) => lines.push(format!("{reviews} more came from {}", shown::path(backup))),
            Err(error) => lines.push(format!("{} could not be taken in: {error}", shown::path(backup))),
        }
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
fn orphans(
    context: &Context,
    catalog: &Catalog,
    store: &mut Store,
    findings: &Findings,
    args: &Doctor,
) -> Result<(), CliError> {
    let mut has_deck: HashSet<String> = store.deck_index().card_names()?.into_iter().collect();
    // Its progress goes on under another name.
    has_deck.extend(store.deck_index().taken_over()?.into_keys().map(|card| card.to_string()));
    let is_orphan =
        |card: &CardId, state: &CardState| *state != CardState::default() && !has_deck.contains(card.as_str());
    let orphans: BTreeMap<&CardId, &CardState> =
        findings.states.iter().filter(|(card, state)| is_orphan(card, state)).collect();
    if orphans.is_empty() {
        return Ok(());
    }
    output::text(&format!(
        "{} of the log {} in no deck any more; what was answered is kept:",
        shown::count(orphans.len(), "card"),
        if orphans.len() == 1 { "is" } else { "are" }
    ))?;
    for card in orphans.keys().take(if args.forget_orphans { usize::MAX } else { LISTED }) {
        output::text(&format!("  {card}"))?;
    }
    reworded::tell(store)?;
    let (folder, named) = &context.deck_folder;
    let is_away = catalog.user_decks == 0 && !named;
    if is_away {
        output::text(&format!(
            "there is no deck in {}: if yours lie elsewhere at the moment, these cards come back with them",
            shown::path(folder)
        ))?;
    }
    if !args.forget_orphans {
        return Ok(output::text("sysdrill doctor --forget-orphans marks them as forgotten, and deletes nothing")?);
    }
    if is_away {
        return Err(CliError::Plain(format!(
            "nothing was forgotten: all of your own decks are away. If that is meant, name their folder: --decks {}",
            shown::path(folder)
        )));
    }
    if !args.yes && !console::user_attended() {
        return Err(CliError::Plain("--forget-orphans asks first: run it in a terminal, or add --yes".to_owned()));
    }
    let ask = || Confirm::new().with_prompt("forget them?").default(false).interact();
    if !args.yes && !ask().map_err(|dialoguer::Error::IO(error)| error)? {
        return Ok(output::text("nothing was forgotten")?);
    }
    mark_all(context, store, orphans.into_keys(), &MarkKind::Forget)?;
    Ok(output::text("forgotten: should such a card come back, it is new; sysdrill doctor --remember takes this back")?)
}

/// Takes back that cards were forgotten.
fn remember(context: &Context) -> Result<(), CliError> {
    let mut store = context.store()?;
    let forgotten = store.marks().forgotten()?;
    mark_all(context, &mut store, forgotten.iter(), &MarkKind::Remember)?;
    Ok(output::text(&format!("{} remembered: what was answered counts again", shown::count(forgotten.len(), "card")))?)
}

fn mark_all<'a>(
    context: &Context,
    store: &mut Store,
    cards: impl Iterator<Item = &'a CardId>,
    kind: &MarkKind,
) -> Result<(), CliError> {
    for card in cards {
        let (at_ms, day) = (context.clock.now_ms(), context.clock.today());
        store.mark(&Mark::of_card(card.clone(), kind.clone(), at_ms, day))?;
    }
    Ok(())
}

/// Names the answers of days to come: they count for nothing until then.
fn to_come(store: &Store, today: Day) -> Result<(), CliError> {
    let reviews = store.reviews().to_come()?;
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
