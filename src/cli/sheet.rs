//! `sheet`: a deck, or a selection, to read.

use super::args::Sheet as SheetArgs;
use super::bar::Bar;
use super::{Broken, CliError, Context, output, report};
use crate::catalog::Catalog;
use crate::deck::Card;
use crate::practice::{nothing_chosen, weak};
use crate::report::sheet::{Remark, Sheet};
use crate::schedule::CardId;
use crate::terminal::screen::columns;
use std::collections::HashSet;
use std::path::Path;

pub(super) fn run(context: &Context, args: &SheetArgs) -> Result<(), CliError> {
    let mut store = context.store()?;
    let catalog = context.catalog(&mut store, Broken::LeftOut)?;
    let scope = args.select.selection(&args.what).scope(&catalog, &store, &context.daily())?;
    let chosen = store.deck_index().all_cards(&scope)?;
    if chosen.is_empty() {
        return Err(CliError::Plain(nothing_chosen(&scope)));
    }
    let mut bar = Bar::new("reading the cards");
    let mut cards = Vec::with_capacity(chosen.len());
    for (done, indexed) in chosen.iter().enumerate() {
        bar.at(done as u64, chosen.len() as u64);
        cards.extend(catalog.card(&mut store, &indexed.id)?);
    }
    drop(bar);
    let weak: HashSet<CardId> = weak(&store, &scope, &context.daily())?.into_iter().collect();
    let notes = store.marks().notes()?;
    let remark = |card: &Card| Remark { weak: weak.contains(&card.id), note: notes.get(&card.id).cloned() };
    let sheet = Sheet::of(&cards, remark);
    let decks = store.deck_index().decks()?;
    let title_of = |name: &String| {
        let deck = decks.iter().find(|deck| deck.name.as_ref() == Some(name));
        deck.and_then(|deck| deck.title.clone()).unwrap_or_else(|| name.clone())
    };
    let title = match scope.decks.is_empty() {
        true => "sysdrill".to_owned(),
        false => scope.decks.iter().map(title_of).collect::<Vec<_>>().join(", "),
    };
    if args.html {
        let to = args.to.as_deref().unwrap_or(Path::new("-"));
        return report::keep(&sheet.page(&title, args.blank), to, args.open);
    }
    let text = if args.md { sheet.markdown(&title, args.blank) } else { sheet.text(&title, columns(), args.blank) };
    output::text(&text)?;
    // What is passed on says on what terms.
    let of_sheet: HashSet<&str> = cards.iter().map(|card| card.id.deck()).collect();
    for deck in decks.iter().filter(|deck| deck.name.as_deref().is_some_and(|name| of_sheet.contains(name))) {
        if let (Some(name), Some(licence)) = (&deck.name, Catalog::licence(deck)) {
            output::text(&format!("\nlicence of {name}: {licence}"))?;
        }
    }
    Ok(())
}
