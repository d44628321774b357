//! `decks`: what there is to learn.

use super::{Broken, CliError, Context, output};
use crate::deck::{Kind, Source};
use crate::schedule::{CardState, Memory};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
struct Listed<'a> {
    name: &'a str,
    title: &'a str,
    cards: usize,
    kinds: BTreeMap<&'static str, usize>,
    #[serde(skip_serializing_if = "is_zero")]
    matrices: usize,
    new: usize,
    due: usize,
    suspended: usize,
    source: &'a str,
    off: bool,
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

#[derive(Serialize)]
struct Report<'a> {
    decks: Vec<Listed<'a>>,
}

pub(super) fn run(context: &Context, json: bool) -> Result<(), CliError> {
    let library = context.library(Broken::Refused)?;
    let store = context.store()?;
    let (day, states) = (context.clock.today(), store.states()?);
    let decks: Vec<Listed> = library
        .decks()
        .iter()
        .map(|deck| {
            let mut kinds: BTreeMap<&'static str, usize> = BTreeMap::new();
            for card in &deck.cards {
                *kinds.entry(card.body.kind().name()).or_default() += 1;
            }
            let of = |test: &dyn Fn(CardState) -> bool| {
                deck.cards.iter().filter(|card| test(states.get(&card.id).copied().unwrap_or_default())).count()
            };
            Listed {
                name: &deck.name,
                title: &deck.title,
                cards: deck.cards.len(),
                kinds,
                matrices: deck.matrices,
                new: of(&|state| !state.suspended && state.memory == Memory::New),
                due: of(&|state| !state.suspended && state.is_due(day)),
                suspended: of(&|state| state.suspended),
                source: match &deck.source {
                    Source::Embedded => "embedded",
                    Source::User(path) => path,
                },
                off: context.settings.decks_off.contains(&deck.name),
            }
        })
        .collect();
    if json {
        return Ok(output::json(&Report { decks })?);
    }
    let mut lines = vec![format!("{:<16} {:>5} {:>5} {:>4}  {}", "deck", "cards", "new", "due", "about")];
    for deck in &decks {
        let off = if deck.off { " (off)" } else { "" };
        lines.push(format!("{:<16} {:>5} {:>5} {:>4}  {}{off}", deck.name, deck.cards, deck.new, deck.due, deck.title));
        let kinds =
            Kind::ALL.iter().filter_map(|kind| deck.kinds.get(kind.name()).map(|count| format!("{count} {kind}")));
        lines.push(format!("{:<17}{}", "", kinds.collect::<Vec<_>>().join(", ")));
    }
    lines.push(format!("\nyour own decks: {}", context.deck_folder.0.display()));
    lines.push(format!("what you did:   {}", context.db.display()));
    Ok(output::text(&lines.join("\n"))?)
}
