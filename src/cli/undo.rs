//! `suspend`, `resume`, `flag`, `unflag`, and `undo`, which takes back these and answers: decisions outside a session.

use super::args::{Resume, Undo};
use super::{Broken, CliError, Context, deck, output, rename};
use crate::log::{Deed, Import, LogEntry, LogId, Mark, MarkKind, Review};
use crate::schedule::{CardId, CardIdError, CardState};
use crate::session::words::went;
use crate::shown;
use crate::store::Store;
use crate::store::deck_index::Scope;
use crate::terminal::screen::plural;

pub(super) fn undo(context: &Context, args: &Undo) -> Result<(), CliError> {
    let mut store = context.store()?;
    if args.import {
        return Ok(output::done(&super::import::take_back(context, &mut store)?)?);
    }
    let last = match (&args.review, &args.card) {
        (Some(id), _) => Some(Last::Answer(by_id(&store, id)?)),
        (None, Some(card)) => Some(Last::Answer(by_card(&store, card)?)),
        (None, None) => last(&store, context.clock.now_ms())?,
    };
    let said = match last {
        None => "there is nothing to take back".to_owned(),
        Some(Last::Answer((id, review))) => {
            let state = store.retract(id, &review.card, context.clock.now_ms())?;
            let (day, card, quality) = (review.day, review.card, review.quality);
            format!("took back the answer of {day} to {card} ({}): it {}", went(quality.get()), stands(state))
        }
        Some(Last::Import(import)) => {
            let (file, undo) = (shown::line(&import.file), "sysdrill undo --import takes it back");
            let others = "sysdrill undo CARD takes back the last answer to a card";
            return Err(CliError::Plain(format!("the last that was done is the import of {file}: {undo}; {others}")));
        }
        Some(Last::Decision((_, Mark { card: Some(card), kind: MarkKind::Add(written), .. }))) => {
            super::added::take_back(context, &mut store, &card, written.as_ref())?
        }
        Some(Last::Decision(decision)) if matches!(decision.1.kind, MarkKind::Did(_)) => {
            let MarkKind::Did(deed) = &decision.1.kind else { return Ok(()) };
            other_way_round(context, deed)?;
            store.take_back(&decision, context.clock.now_ms(), context.clock.today())?;
            return Ok(());
        }
        Some(Last::Decision(decision)) => {
            let state = store.take_back(&decision, context.clock.now_ms(), context.clock.today())?;
            took_back(&store, &decision.1, state)?
        }
    };
    Ok(output::done(&said)?)
}

/// What was done last.
enum Last {
    Answer((LogId, Review)),
    Decision((LogId, Mark)),
    Import(Import),
}

/// A session goes on from the time that it was given: so far after now is no wrong clock.
const SESSION_MS: i64 = 3_600_000;

/// What was done last here. The latest answer, decision and import are each the one that was saved last; which of these came
/// last, their times say. What a wrong clock put after now was done before what was done by the right one.
fn last(store: &Store, now_ms: i64) -> Result<Option<Last>, CliError> {
    let answer = store.reviews().latest()?.map(|answer| (answer.1.at_ms, Last::Answer(answer)));
    let decision = store.marks().latest_decision()?.map(|decision| (decision.1.at_ms, Last::Decision(decision)));
    let import = store.marks().latest_import()?.map(|(at_ms, import)| (at_ms, Last::Import(import)));
    let done = [answer, import, decision].into_iter().flatten();
    Ok(done.max_by_key(|(at_ms, _)| (*at_ms <= now_ms + SESSION_MS, *at_ms)).map(|(_, last)| last))
}

/// Does to decks the opposite of what was done.
fn other_way_round(context: &Context, deed: &Deed) -> Result<(), CliError> {
    match deed {
        Deed::Renamed { old, new } => rename::rename(context, new, old).map(drop),
        Deed::Enabled(names) => deck::switched(context, names, false).map(drop),
        Deed::Disabled(names) => deck::switched(context, names, true).map(drop),
    }
}

/// Names the decision that was taken back, and how things stand without it.
fn took_back(store: &Store, mark: &Mark, state: CardState) -> Result<String, CliError> {
    let (what, now) = match (&mark.card, &mark.kind) {
        (Some(card), MarkKind::Note(_)) => {
            let now = match store.marks().note(card)? {
                Some(note) => format!("the note is again: {note}"),
                None => "it has no note now".to_owned(),
            };
            (format!("the last note on {card}"), now)
        }
        (Some(card), MarkKind::Suspend) => (format!("the suspension of {card}"), format!("it {}", stands(state))),
        (Some(card), MarkKind::Resume) => (format!("the resumption of {card}"), format!("it {}", stands(state))),
        (Some(card), MarkKind::Look { .. }) => (format!("the look at {card}"), format!("it {}", stands(state))),
        (Some(card), kind) => {
            let what = if *kind == MarkKind::Flag { "the flag on" } else { "the taking off of the flag on" };
            let now = if state.flagged { "it is flagged again" } else { "it is not flagged" };
            (format!("{what} {card}"), now.to_owned())
        }
        (None, kind) => {
            let what = match kind {
                MarkKind::Interview(interview) => format!("the plan for {}", interview.day),
                MarkKind::NoInterview => "the end of the plan".to_owned(),
                _ => "the change to how you prepare".to_owned(),
            };
            let now = match store.marks().interview()? {
                Some(interview) => format!("now it is for {}, {} minutes a day", interview.day, interview.minutes),
                None => "no interview is planned".to_owned(),
            };
            (what, now)
        }
    };
    Ok(format!("took back {what}: {now}"))
}

/// How a card stands: what follows "it".
fn stands(state: CardState) -> String {
    match state.memory.scheduled() {
        _ if state.suspended => "is suspended".to_owned(),
        Some(scheduled) => format!("is due on {}", scheduled.due),
        None => "is new".to_owned(),
    }
}

/// The answer of this id.
fn by_id(store: &Store, text: &str) -> Result<(LogId, Review), CliError> {
    let plain = |message| Err(CliError::Plain(message));
    let Ok(id) = text.parse::<LogId>() else {
        return plain(format!("'{text}' is no answer's id: sysdrill card CARD --json and sysdrill doctor have them"));
    };
    match store.reviews().find(id)? {
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
    let latest = store.reviews().of_card(&card)?.into_iter().rev().find(own);
    let none = || CliError::Plain(format!("no answer to {card} is left to take back: sysdrill card {card} lists them"));
    latest.map(|entry| (entry.id, entry.review)).ok_or_else(none)
}

/// Takes suspended cards in again: those that are named, or all of a deck.
pub(super) fn resume(context: &Context, args: &Resume) -> Result<(), CliError> {
    let Some(deck) = &args.all_of else {
        return mark(context, &args.ids, &MarkKind::Resume);
    };
    let mut store = context.store()?;
    let catalog = context.catalog(&mut store, Broken::LeftOut)?;
    catalog.check_decks(&store, std::slice::from_ref(deck))?;
    let scope = Scope { decks: vec![deck.clone()], ..Scope::default() };
    let mut cards = store.deck_index().all_cards(&scope)?;
    cards.retain(|card| card.state.suspended);
    if cards.is_empty() {
        return Ok(output::text(&format!("no card of {deck} is suspended"))?);
    }
    for card in &cards {
        let resumed = Mark::of_card(card.id.clone(), MarkKind::Resume, context.clock.now_ms(), context.clock.today());
        store.mark(&resumed)?;
    }
    Ok(output::done(&format!("resumed {} of {deck}", plural(cards.len(), "card")))?)
}

pub(super) fn mark(context: &Context, ids: &[String], kind: &MarkKind) -> Result<(), CliError> {
    let mut store = context.store()?;
    let catalog = context.catalog(&mut store, Broken::LeftOut)?;
    let cards = ids.iter().map(|id| catalog.id(&store, id)).collect::<Result<Vec<_>, _>>()?;
    cards.iter().try_for_each(|card| decide(context, &mut store, card, kind))
}

/// Takes a card out or in, or flags it or no more, and says so; where it stands so already, nothing is written.
pub(super) fn decide(context: &Context, store: &mut Store, card: &CardId, kind: &MarkKind) -> Result<(), CliError> {
    let state = store.states().of(card)?;
    let (already, done, stands) = match kind {
        MarkKind::Suspend => (state.suspended, "suspended", "is suspended already"),
        MarkKind::Resume => (!state.suspended, "resumed", "is not suspended"),
        MarkKind::Flag => (state.flagged, "flagged", "is flagged already"),
        _ => (!state.flagged, "no longer flagged:", "is not flagged"),
    };
    if already {
        return Ok(output::text(&format!("{card} {stands}"))?);
    }
    store.mark(&Mark::of_card(card.clone(), kind.clone(), context.clock.now_ms(), context.clock.today()))?;
    Ok(output::done(&format!("{done} {card}"))?)
}
