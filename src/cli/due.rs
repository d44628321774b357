//! `due`: how much there is to do today.

use super::agenda::{Agenda, Filter};
use super::args::{Due, Select};
use super::{Broken, CliError, Context, output};
use crate::schedule::Memory;
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
struct Report<'a> {
    due: usize,
    new: usize,
    by_deck: BTreeMap<&'a str, usize>,
    next_due: Option<String>,
}

pub(super) fn run(context: &Context, args: &Due) -> Result<(), CliError> {
    let library = context.library(Broken::LeftOut)?;
    let filter_all = Select::default();
    let filter = Filter::new(&library, &filter_all, &context.settings.decks_off)?;
    let store = context.store()?;
    let agenda = Agenda::new(context, &library, &filter, &store)?;
    let day = agenda.day();
    let candidates = agenda.candidates();
    let open = || candidates.iter().filter(|c| !c.state.suspended);
    let due = agenda.due_count();
    let unseen = open().filter(|c| c.state.memory == Memory::New).count();
    let new = agenda.new_allowance(context, &store, None)?.min(unseen);
    let owed = open().filter(|c| c.state.is_owed(day) && c.due.is_none_or(|due| due > day)).count();
    let mut by_deck = BTreeMap::new();
    for candidate in open().filter(|c| c.due.is_some_and(|due| due <= day)) {
        *by_deck.entry(candidate.card.id.deck()).or_default() += 1;
    }
    let next_due = open().filter_map(|c| c.due).filter(|due| *due > day).min().map(|day| day.to_string());
    if args.short {
        if due > 0 {
            output::text(&due.to_string())?;
        }
        return Ok(());
    }
    if args.json {
        return Ok(output::json(&Report { due, new, by_deck, next_due })?);
    }
    let mut lines = vec![format!("{} due, {} new", due, new)];
    lines.extend(by_deck.iter().map(|(deck, due)| format!("  {due:>4}  {deck}")));
    if owed > 0 {
        lines.push(format!("{} more to repeat from earlier today", owed));
    }
    lines.extend(next_due.map(|day| format!("next on {day}")));
    Ok(output::text(&lines.join("\n"))?)
}
