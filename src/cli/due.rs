//! `due`: how much there is to do today.

use super::args::Due;
use super::{Broken, CliError, Context, output, reworded};
use crate::practice::{self, Agenda};
use crate::session::Counts;
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
struct Report {
    #[serde(flatten)]
    today: Counts,
    by_deck: BTreeMap<String, usize>,
    next_due: Option<String>,
}

pub(super) fn run(context: &Context, args: &Due) -> Result<(), CliError> {
    let mut store = context.store()?;
    // A shell's prompt is no place for what is wrong in a deck.
    let broken = if args.short && !context.deck_folder.1 { Broken::Kept } else { Broken::LeftOut };
    let catalog = context.catalog(&mut store, broken)?;
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
    let today = agenda.today(&store)?;
    let next_due = agenda.next_due(&store)?.map(|day| day.to_string());
    if args.json {
        return Ok(output::json(&Report { today, by_deck, next_due })?);
    }
    let mut lines = vec![if today.is_nothing() { "nothing is due".to_owned() } else { today.to_string() }];
    lines.extend(today.what_fits());
    lines.extend(by_deck.iter().map(|(deck, due)| format!("  {due:>4}  {deck}")));
    lines.extend(next_due.map(|day| format!("next on {day}")));
    output::text(&lines.join("\n"))?;
    reworded::tell(&store)
}
