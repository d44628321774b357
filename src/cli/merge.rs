//! `merge`: what another database has and this one has not.

use super::bar::Bar;
use super::{CliError, Context, output};
use crate::shown::count;
use crate::store::backup;
use std::path::Path;

const NEXT: &str = "name the database of the other computer, which its sysdrill decks tells, copied here";
/// So many cards that changed are named.
const NAMED: usize = 10;

pub(super) fn run(context: &Context, other: &Path) -> Result<(), CliError> {
    // What cannot be opened needs no backup first.
    std::fs::File::open(other).map_err(|source| CliError::of_named(other, source, NEXT))?;
    let mut store = context.store()?;
    backup::copy(&context.db, &format!("before-merge-{}", context.tag()))?;
    let mut bar = Bar::new("merging");
    let merged = store.merge_file(other, &mut |done, all| bar.at(done as u64, all as u64))?;
    drop(bar);
    let mut lines = vec![format!(
        "{}, {} and {} came in; {} changed",
        count(merged.reviews, "review"),
        count(merged.retractions, "retraction"),
        count(merged.marks, "decision"),
        count(merged.changed.len(), "card")
    )];
    let due = |state: &crate::schedule::CardState| {
        state.memory.scheduled().map_or_else(|| "new".to_owned(), |s| format!("due {}", s.due))
    };
    for (card, before, after) in merged.changed.iter().take(NAMED) {
        lines.push(format!("  {card}: {}, was {}", due(after), due(before)));
    }
    if let Some(more) = merged.changed.len().checked_sub(NAMED).filter(|more| *more > 0) {
        lines.push(format!("  and {more} more"));
    }
    if merged.differing > 0 {
        lines.push(format!(
            "{} differ between the two, so one file is damaged: sysdrill doctor tells which",
            count(merged.differing, "row")
        ));
    }
    Ok(output::done(&lines.join("\n"))?)
}
