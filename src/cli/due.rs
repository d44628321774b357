//! `due`: how much there is to do today.

use super::args::{Due, Select};
use super::practice::Filter;
use super::{Broken, CliError, Context, output};
use crate::drive::next_due;
use crate::session::plan;
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
    let (day, states) = (context.clock.today(), store.states()?);
    let allowance = context.settings.new_per_day.saturating_sub(store.started_on(day)?);
    let candidates = filter.candidates(&library, &states);
    let (_, counts) = plan(&candidates, day, allowance as usize, 0);
    let mut by_deck = BTreeMap::new();
    for candidate in candidates.iter().filter(|c| !c.state.suspended && c.state.is_due(day)) {
        *by_deck.entry(candidate.card.id.deck()).or_default() += 1;
    }
    let next_due = next_due(candidates.iter().map(|c| &c.state), day).map(|day| day.to_string());
    if args.short {
        if counts.due > 0 {
            output::text(&counts.due.to_string())?;
        }
        return Ok(());
    }
    if args.json {
        return Ok(output::json(&Report { due: counts.due, new: counts.new, by_deck, next_due })?);
    }
    let mut lines = vec![format!("{} due, {} new", counts.due, counts.new)];
    lines.extend(by_deck.iter().map(|(deck, due)| format!("  {due:>4}  {deck}")));
    if counts.owed > 0 {
        lines.push(format!("{} more to repeat from earlier today", counts.owed));
    }
    lines.extend(next_due.map(|day| format!("next on {day}")));
    Ok(output::text(&lines.join("\n"))?)
}
