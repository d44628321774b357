//! `decks`: what there is to learn, under which tags, and which cards are flagged.

use super::args::Decks;
use super::{Broken, CliError, Context, output, reworded};
use crate::catalog::Catalog;
use crate::deck::Kind;
use crate::schedule::CardId;
use crate::shown;
use crate::store::Store;
use crate::store::deck_index::{DeckCounts, Scope};
use crate::terminal::screen;
use serde::Serialize;
use std::collections::BTreeMap;
use textwrap::Options;

/// The column at which a deck's lines begin.
const INDENT: &str = "                 ";

#[derive(Serialize)]
struct Listed<'a> {
    name: &'a str,
    title: &'a str,
    about: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    licence: Option<String>,
    cards: usize,
    kinds: BTreeMap<String, usize>,
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
struct FlaggedReport {
    flagged: Vec<Flagged>,
}

#[derive(Serialize)]
struct Flagged {
    card: String,
    /// The first line of what is asked.
    question: String,
}

#[derive(Serialize)]
struct TagReport {
    tags: Vec<Tagged>,
}

#[derive(Serialize)]
struct Tagged {
    tag: String,
    cards: usize,
}

/// Lists what there is; broken decks follow as an error, and hide nothing of the others.
pub(super) fn run(context: &Context, args: &Decks) -> Result<(), CliError> {
    let mut store = context.store()?;
    let catalog = context.catalog(&mut store, Broken::Kept)?;
    for unread in &catalog.unread {
        output::warn(&unread.to_string());
    }
    match (args.flagged, args.tags) {
        (true, _) => flagged(&store, args.json)?,
        (_, true) => tags(&store, args.json)?,
        _ => decks(context, &store, args.json)?,
    }
    if catalog.errors.is_empty() { Ok(()) } else { Err(CliError::Decks(catalog.errors)) }
}

fn flagged(store: &Store, json: bool) -> Result<(), CliError> {
    let question = |prompt: &str| prompt.lines().next().unwrap_or_default().to_owned();
    let listed = |(card, prompt): &(CardId, String)| Flagged { card: card.to_string(), question: question(prompt) };
    let flagged: Vec<Flagged> = store.deck_index().flagged()?.iter().map(listed).collect();
    Ok(if json { output::json(&FlaggedReport { flagged }) } else { output::text(&list(&flagged)) }?)
}

fn tags(store: &Store, json: bool) -> Result<(), CliError> {
    let counts = store.deck_index().tag_counts(&Scope::default())?;
    if json {
        let tags = counts.into_iter().map(|(tag, cards)| Tagged { tag, cards }).collect();
        return Ok(output::json(&TagReport { tags })?);
    }
    let lines: Vec<String> = counts.iter().map(|(tag, cards)| format!("{cards:>5}  {tag}")).collect();
    Ok(output::text(&lines.join("\n"))?)
}

fn decks(context: &Context, store: &Store, json: bool) -> Result<(), CliError> {
    let (rows, mut counts) = (store.deck_index().decks()?, store.deck_index().deck_counts(context.clock.today())?);
    let decks: Vec<Listed> = rows
        .iter()
        .filter_map(|deck| {
            let name = deck.name.as_deref()?;
            let counts = counts.remove(name).unwrap_or_default();
            let DeckCounts { kinds, new, due, suspended, matrices } = counts;
            Some(Listed {
                name,
                title: deck.title.as_deref().unwrap_or_default(),
                about: deck.about.as_deref().unwrap_or_default(),
                licence: Catalog::licence(deck),
                cards: kinds.values().sum(),
                kinds,
                matrices,
                new,
                due,
                suspended,
                source: if deck.user { &deck.path } else { "embedded" },
                off: context.settings.decks_off.iter().any(|off| off == name),
            })
        })
        .collect();
    if json {
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
        lines.extend(deck.licence.as_ref().map(|licence| textwrap::fill(&format!("licence: {licence}"), &beside)));
    }
    lines.push(format!("\nyour own decks: {}", shown::path(&context.deck_folder.0)));
    lines.push(format!("your settings:  {}", shown::path(&context.config_file)));
    lines.push(format!("what you did:   {}", shown::path(&context.db)));
    output::text(&lines.join("\n"))?;
    reworded::tell(store)
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
