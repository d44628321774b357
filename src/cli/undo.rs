//! `undo`, `suspend`, `resume`, `flag`, `unflag`: decisions outside a session.

use super::args::{Resume, Undo};
use super::{Broken, CliError, Context, output};
use crate::log::{LogEntry, LogId, Mark, MarkKind, Review};
use crate::schedule::{CardId, CardIdError};
use crate::store::Store;
use crate::store::catalog::Scope;
use crate::terminal::screen::plural;

pub(super) fn undo(context: &Context, args: &Undo) -> Result<(), CliError> {
    let mut store = context.store()?;
    let found = match (&args.review, &args.card) {
        (Some(id), _) => Some(by_id(&store, id)?),
        (None, Some(card)) => Some(by_card(&store, card)?),
        (None, None) => store.latest()?,
    };
    let Some((id, review)) = found else {
        return Ok(output::text("there is no answer to take back")?);
    };
    let state = store.retract(id, &review.card, context.clock.now_ms())?;
    let due = match state.memory.scheduled() {
        Some(scheduled) => format!("it is due on {}", scheduled.due),
        None => "it is new again".to_owned(),
    };
    Ok(output::text(&format!(
        "took back the answer of {} to {} (quality {}): {due}",
        review.day, review.card, review.quality
    ))?)
}

/// The answer of this id.
fn by_id(store: &Store, text: &str) -> Result<(LogId, Review), CliError> {
    let plain = |message| Err(CliError::Plain(message));
    let Ok(id) = text.parse::<LogId>() else {
        return plain(format!("'{text}' is no answer's id: sysdrill card CARD --json and sysdrill doctor have them"));
    };
    match store.review(id)? {
        None => {
            plain(format!("there is no answer {id}: sysdrill card CARD --json lists a card's answers with their ids"))
        }
        Some((_, true)) => plain(format!("the answer {id} was taken back already")),
        Some((review, false)) => Ok((id, review)),
    }
}

/// The latest answer to a card, which need not be in a deck any more.
fn by_card(store: &Store, text: &str) -> Result<(LogId, Review), CliError> {
    let card: CardId = text.parse().map_err(|error: CardIdError| CliError::Plain(error.to_string()))?;
    let own = |entry: &LogEntry| !entry.retracted && entry.review.source.is_none() && entry.review.card == card;
    let latest = store.log(&card)?.into_iter().rev().find(own);
    let none = || CliError::Plain(format!("no answer to {card} is left to take back: sysdrill card {card} lists them"));
    latest.map(|entry| (entry.id, entry.review)).ok_or_else(none)
}

/// Takes suspended cards in again: those that are named, or all of a deck.
pub(super) fn resume(context: &Context, args: &Resume) -> Result<(), CliError> {
    let Some(deck) = &args.all_of else {
        return mark(context, &args.ids, &MarkKind::Resume, "resumed");
    };
    let mut store = context.store()?;
    let catalog = context.catalog(&mut store, Broken::LeftOut)?;
    catalog.check_decks(&store, std::slice::from_ref(deck))?;
    let scope = Scope { decks: vec![deck.clone()], ..Scope::default() };
    let mut cards = store.all_cards(&scope)?;
    cards.retain(|card| card.state.suspended);
    for card in &cards {
        let resumed = Mark::of_card(card.id.clone(), MarkKind::Resume, context.clock.now_ms(), context.clock.today());
        store.mark(&resumed)?;
    }
    Ok(output::text(&format!("resumed {} of {deck}", plural(cards.len(), "card")))?)
}

pub(super) fn mark(context: &Context, ids: &[String], kind: &MarkKind, word: &str) -> Result<(), CliError> {
    let mut store = context.store()?;
    let catalog = context.catalog(&mut store, Broken::LeftOut)?;
    let cards = ids.iter().map(|id| catalog.id(&store, id)).collect::<Result<Vec<_>, _>>()?;
    for card in cards {
        let said = format!("{word} {card}");
        store.mark(&Mark::of_card(card, kind.clone(), context.clock.now_ms(), context.clock.today()))?;
        output::text(&said)?;
    }
    Ok(())
}
