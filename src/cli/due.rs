//! `due`: how much there is to do today.

use super::args::Due;
use super::{Broken, CliError, Context, output, reworded};
use crate::practice::{self, Agenda};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
struct Report {
    due: usize,
    new: usize,
    by_deck: BTreeMap<String, usize>,
    next_due: Option<String>,
}

pub(super) fn run(context: &Context, args: &Due) -> Result<(), CliError> {
    let mut store = context.store()?;
    let catalog = context.catalog(&mut store, Broken::LeftOut)?;
    practice::fit_for_plan(&mut store, context.daily().day)?;
    let _snapshot = store.snapshot()?;
    let agenda = Agenda::new(&catalog, &store, context.daily(), context.daily().on())?;
    if args.short {
        let due = agenda.due_count(&store)?;
        if due > 0 {
            output::text(&due.to_string())?;
        }
        return Ok(());
    }
    let by_deck = agenda.due_by_deck(&store)?;
    let due = by_deck.values().sum();
    let new = agenda.new_count(&store)?;
    let owed = agenda.owed(&store)?;
    let next_due = agenda.next_due(&store)?.map(|day| day.to_string());
    if args.json {
        return Ok(output::json(&Report { due, new, by_deck, next_due })?);
    }
    let mut lines = vec![format!("{due} due, {new} new")];
    lines.extend(by_deck.iter().map(|(deck, due)| format!("  {due:>4}  {deck}")));
    if owed > 0 {
        lines.push(format!("{owed} more to repeat from earlier today"));
    }
    lines.extend(next_due.map(|day| format!("next on {day}")));
    output::text(&lines.join("\n"))?;
    reworded::tell(&store)
}
