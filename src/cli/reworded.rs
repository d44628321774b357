//! `deck match`: whether cards of Markdown files are their former selves in other words.

use super::args::Match;
use super::{Broken, CliError, Context, output};
use crate::catalog;
use crate::deck::markdown::Reworded;
use crate::shown;
use crate::store::Store;
use dialoguer::Confirm;

pub(super) fn run(context: &Context, args: &Match) -> Result<(), CliError> {
    let mut store = context.store()?;
    context.catalog(&mut store, Broken::LeftOut)?;
    let open = catalog::reworded(&store)?;
    let Some(card) = &args.card else {
        return match open.as_slice() {
            [] => Ok(output::text("no card is waiting to be matched with a former one")?),
            _ if console::user_attended() => ask(context, &mut store, &open).map(drop),
            _ => Ok(open.iter().try_for_each(|reworded| output::text(&said(reworded)))?),
        };
    };
    let Some(reworded) = open.iter().find(|reworded| reworded.card.as_str() == card) else {
        let waiting: Vec<&str> = open.iter().map(|reworded| reworded.card.as_str()).collect();
        let waiting = if waiting.is_empty() { "none is".to_owned() } else { waiting.join(", ") };
        return Err(CliError::Plain(format!("'{card}' is not waiting to be matched with a former card: {waiting}")));
    };
    settle(context, &mut store, reworded, !args.new)
}

/// Before a session: asks about the cards that may be former ones, or says how to. Says whether the session is to begin.
pub(super) fn at_start(context: &Context, store: &mut Store, asks: bool) -> Result<bool, CliError> {
    let open = catalog::reworded(store)?;
    if asks && console::user_attended() && !open.is_empty() {
        let is_settled = ask(context, store, &open)?;
        if !is_settled {
            output::text("the session was not begun: the next one asks again, for a new card would begin anew")?;
        }
        return Ok(is_settled);
    }
    tell(store)?;
    Ok(true)
}

/// Says that cards may be former ones, and what settles it.
pub(super) fn tell(store: &Store) -> Result<(), CliError> {
    let cards = match catalog::reworded(store)?.len() {
        0 => return Ok(()),
        1 => "1 card may be a former one".to_owned(),
        cards => format!("{cards} cards may be former ones"),
    };
    output::warn(&format!("{cards} in other words: sysdrill deck match says which, and moves their progress"));
    Ok(())
}

/// Asks about each in turn. Says whether all were settled: `q` leaves the rest open.
fn ask(context: &Context, store: &mut Store, open: &[Reworded]) -> Result<bool, CliError> {
    for (at, reworded) in open.iter().enumerate() {
        let now = prompt(store, reworded)?;
        output::text(&format!("{}\n  it asked:  {}\n  it asks:   {now}", reworded.card, line(&reworded.asked)))?;
        let confirm = Confirm::new().with_prompt("is it the same card, with its progress? (q: later)").interact_opt();
        match confirm.map_err(|dialoguer::Error::IO(error)| error)? {
            Some(same) => settle(context, store, reworded, same)?,
            None => {
                let left = shown::count(open.len() - at, "card");
                output::text(&format!("left open, {left}: sysdrill deck match asks again"))?;
                return Ok(false);
            }
        }
    }
    Ok(true)
}

fn settle(context: &Context, store: &mut Store, reworded: &Reworded, same: bool) -> Result<(), CliError> {
    catalog::answer_reworded(store, reworded, same)?;
    let moves = store.deck_index().moves()?;
    store.move_progress(&moves, context.clock.now_ms(), context.clock.today())?;
    let Reworded { card, before, .. } = reworded;
    Ok(output::text(&match same {
        true => format!("{card} goes on with the progress of {before}"),
        false => format!("{card} is a new card"),
    })?)
}

fn prompt(store: &Store, reworded: &Reworded) -> Result<String, CliError> {
    let scope = crate::store::deck_index::Scope { cards: Some(vec![reworded.card.clone()]), ..Default::default() };
    let listed = store.deck_index().listed(&scope)?;
    Ok(listed.first().map(|listed| line(&listed.prompt)).unwrap_or_default())
}

fn line(text: &str) -> String {
    shown::line(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// What is to be said about a card, and how.
fn said(reworded: &Reworded) -> String {
    let Reworded { card, before, asked, .. } = reworded;
    format!(
        "{card} may be {before}, which asked: {}\n  sysdrill deck match {card}         it is, and goes on with its progress\n  \
         sysdrill deck match {card} --new   it is a new card",
        line(asked)
    )
}
