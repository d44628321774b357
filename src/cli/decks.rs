//! `decks`: what there is to learn, and which cards are flagged.

use super::args::Decks;
use super::{Broken, CliError, Context, output};
use crate::deck::{Card, Kind, Library, Source};
use crate::schedule::{CardId, CardState, Memory};
use crate::terminal::screen;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use textwrap::Options;

/// The column at which a deck's lines begin.
const INDENT: &str = "                 ";

#[derive(Serialize)]
struct Listed<'a> {
    name: &'a str,
    title: &'a str,
    about: &'a str,
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

#[derive(Serialize)]
struct FlaggedReport<'a> {
    flagged: Vec<Flagged<'a>>,
}

#[derive(Serialize)]
struct Flagged<'a> {
    card: &'a str,
    /// The first line of what is asked.
    question: String,
}

/// The cards that the learner marked as ones to come back to, deck by deck.
pub(super) fn flagged<'a>(library: &'a Library, states: &HashMap<CardId, CardState>) -> impl Iterator<Item = &'a Card> {
    library.cards().filter(|card| states.get(&card.id).is_some_and(|state| state.flagged))
}

pub(super) fn run(context: &Context, args: &Decks) -> Result<(), CliError> {
    let library = context.library(Broken::Refused)?;
    let store = context.store()?;
    let (day, states) = (context.clock.today(), store.states()?);
    if args.flagged {
        let question = |card: &Card| card.body.prompt().lines().next().unwrap_or_default().to_owned();
        let flagged = flagged(&library, &states);
        let flagged: Vec<Flagged> =
            flagged.map(|card| Flagged { card: card.id.as_str(), question: question(card) }).collect();
        return Ok(if args.json { output::json(&FlaggedReport { flagged }) } else { output::text(&list(&flagged)) }?);
    }
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
                about: &deck.about,
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
    if args.json {
        return Ok(output::json(&Report { decks })?);
    }
    let width = screen::columns();
    let beside = Options::new(width).initial_indent(INDENT).subsequent_indent(INDENT);
    let mut lines = vec![format!("{:<16} {:>5} {:>5} {:>4}  {}", "deck", "cards", "new", "due", "about")];
    for deck in &decks {
        let off = if deck.off { " (off)" } else { "" };
        lines.push(format!("{:<16} {:>5} {:>5} {:>4}  {}{off}", deck.name, deck.cards, deck.new, deck.due, deck.title));
        let kinds =
            Kind::ALL.iter().filter_map(|kind| deck.kinds.get(kind.name()).map(|count| format!("{count} {kind}")));
        lines.push(textwrap::fill(&kinds.collect::<Vec<_>>().join(", "), &beside));
        lines.extend((!deck.about.is_empty()).then(|| textwrap::fill(deck.about, &beside)));
    }
    lines.push(format!("\nyour own decks: {}", context.deck_folder.0.display()));
    lines.push(format!("your settings:  {}", context.config_file.display()));
    lines.push(format!("what you did:   {}", context.db.display()));
    Ok(output::text(&lines.join("\n"))?)
}

fn list(flagged: &[Flagged]) -> String {
    if flagged.is_empty() {
        return "no card is flagged: sysdrill flag CARD marks one".to_owned();
    }
    let width = screen::columns();
    let beside = Options::new(width).initial_indent("  ").subsequent_indent("  ");
    let line = |flagged: &Flagged| format!("{}\n{}", flagged.card, textwrap::fill(&flagged.question, &beside));
    flagged.iter().map(line).collect::<Vec<_>>().join("\n")
}
