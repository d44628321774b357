//! `list`: cards in a scope, with what is scheduled.

use super::args::List;
use super::{Broken, CliError, Context, output};
use crate::catalog::Catalog;
use crate::deck::{Body, Kind, without_names};
use crate::schedule::{CardId, CardState, Day};
use crate::session::LEECH_LAPSES;
use crate::store::Store;
use crate::store::deck_index::Listed;
use crate::terminal::screen::{columns, plural};
use serde::Serialize;
use textwrap::Options;

#[derive(Serialize)]
struct Row<'a> {
    card: &'a str,
    kind: &'a str,
    level: u8,
    tags: &'a [String],
    question: &'a str,
    phase: &'static str,
    due: Option<String>,
    lapses: u32,
    suspended: bool,
    flagged: bool,
}

#[derive(Serialize)]
struct Report<'a> {
    cards: Vec<Row<'a>>,
}

pub(super) fn run(context: &Context, args: &List) -> Result<(), CliError> {
    let mut store = context.store()?;
    let catalog = context.catalog(&mut store, Broken::LeftOut)?;
    let today = context.clock.today();
    let scope = args.select.selection(&args.what).scope(&catalog, &store, &context.daily())?;
    let mut cards = store.deck_index().listed(&scope)?;
    cards.retain(|card| is_wanted(args, &card.state, today));
    if args.json {
        return Ok(output::json(&Report { cards: cards.iter().map(row).collect() })?);
    }
    if cards.is_empty() {
        return Ok(output::text(nothing(args))?);
    }
    let width = columns();
    let beside = Options::new(width).initial_indent("  ").subsequent_indent("  ");
    let mut lines = Vec::new();
    for card in &cards {
        lines.push(format!("{}  {}", card.id, standing(&card.state)));
        let asked = asked(&catalog, &mut store, &card.id, &card.kind, &card.prompt)?;
        lines.push(textwrap::fill(asked.lines().next().unwrap_or_default(), &beside));
    }
    lines.push(plural(cards.len(), "card"));
    // What is due is SM-2's word; a plan takes of it what gains most.
    let planned = store.marks().interview()?.filter(|planned| args.due && today <= planned.day);
    lines.extend(planned.map(|_| "due by SM-2; sysdrill due says which of them your plan asks today".to_owned()));
    Ok(output::text(&lines.join("\n"))?)
}

/// Why a list is empty.
fn nothing(args: &List) -> &'static str {
    let states = [args.due, args.new, args.suspended, args.leech];
    match (states, args.select.flagged, args.select.weak) {
        ([true, false, false, false], ..) => "no such card is due: sysdrill due tells the next day",
        ([false, true, false, false], ..) => "no such card is new: all were met",
        ([false, false, true, false], ..) => "no such card is suspended: x in a session suspends one",
        ([false, false, false, true], ..) => {
            "none of these cards was forgotten 8 times or more: sysdrill list --weak has the weak ones"
        }
        ([false, false, false, false], true, false) => "no such card is flagged: ! in a session flags one",
        ([false, false, false, false], false, true) => {
            "none of these cards is weak, which is one that you know and would recall today with a chance below 80%"
        }
        _ => "no card is all of that: sysdrill decks lists the decks, and sysdrill decks --tags the tags",
    }
}

/// What a card of this kind asks, as a list of cards says it. Of a text with gaps, one card shows what the next one asks.
pub(super) fn asked(
    catalog: &Catalog,
    store: &mut Store,
    id: &CardId,
    kind: &str,
    prompt: &str,
) -> Result<String, CliError> {
    if kind == Kind::Estimate.name() {
        return Ok(without_names(prompt));
    }
    let written = if kind == Kind::Cloze.name() { catalog.card(store, id)? } else { None };
    let Some(Body::Cloze { cloze, number }) = written.as_ref().map(|card| &card.body) else {
        return Ok(prompt.to_owned());
    };
    // The line that has the gap stands for the text.
    let (listed, around) = (cloze.listed(*number), cloze.around());
    let line = listed.lines().zip(around.lines()).find(|(line, without)| line != without);
    Ok(line.map_or(listed.as_str(), |(line, _)| line).to_owned())
}

/// Whether a card is in the state that is asked for: in one of them, where several are.
fn is_wanted(args: &List, state: &CardState, today: Day) -> bool {
    let scheduled = state.memory.scheduled();
    let wanted = [
        (args.due, state.is_due(today)),
        (args.new, state.is_unseen() || state.wanted && !state.suspended),
        (args.suspended, state.suspended),
        (args.leech, scheduled.is_some_and(|s| s.lapses >= LEECH_LAPSES)),
    ];
    let none_asked = wanted.iter().all(|(asked, _)| !asked);
    none_asked || wanted.iter().any(|(asked, is)| *asked && *is)
}

fn row(card: &Listed) -> Row<'_> {
    let scheduled = card.state.memory.scheduled();
    Row {
        card: card.id.as_str(),
        kind: &card.kind,
        level: card.level,
        tags: &card.tags,
        question: &card.prompt,
        phase: card.state.memory.phase().name(),
        due: scheduled.map(|s| s.due.to_string()),
        lapses: scheduled.map_or(0, |s| s.lapses),
        suspended: card.state.suspended,
        flagged: card.state.flagged,
    }
}

/// How a card stands, in a few words.
fn standing(state: &CardState) -> String {
    let scheduled = state.memory.scheduled();
    let new = if state.wanted { "new, comes at the next review" } else { "new" };
    let due = scheduled.map_or_else(|| new.to_owned(), |s| format!("due {}", s.due.with_weekday()));
    let mut words = vec![if state.suspended { "suspended".to_owned() } else { due }];
    words.extend(state.flagged.then(|| "flagged".to_owned()));
    words.extend(scheduled.filter(|s| s.lapses >= LEECH_LAPSES).map(|s| format!("forgotten {} times", s.lapses)));
    words.join(", ")
}
