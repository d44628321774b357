//! `undo`, `suspend`, `resume`, `flag`, `unflag`: decisions outside a session.

use super::{Broken, CliError, Context, output};
use crate::schedule::Happening;

pub(super) fn undo(context: &Context) -> Result<(), CliError> {
    let mut store = context.store()?;
    let Some((id, latest)) = store.latest()? else {
        return Ok(output::text("there is no answer to take back")?);
    };
    let state = store.retract(id, &latest.card, context.clock.now_ms())?;
    let due = match state.memory.scheduled() {
        Some(scheduled) => format!("it is due on {}", scheduled.due),
        None => "it is new again".to_owned(),
    };
    Ok(output::text(&format!(
        "took back the answer of {} to {} (quality {}): {due}",
        latest.day, latest.card, latest.quality
    ))?)
}

pub(super) fn mark(context: &Context, ids: &[String], what: Happening) -> Result<(), CliError> {
    let mut store = context.store()?;
    let catalog = context.catalog(&mut store, Broken::LeftOut)?;
    let cards = ids.iter().map(|id| catalog.id(&store, id)).collect::<Result<Vec<_>, _>>()?;
    let word = match what {
        Happening::Suspend => "suspended",
        Happening::Resume => "resumed",
        Happening::Flag => "flagged",
        Happening::Unflag => "no longer flagged",
        Happening::Forget => "forgotten",
    };
    for card in cards {
        store.mark(&card, what, context.clock.now_ms())?;
        output::text(&format!("{word} {card}"))?;
    }
    Ok(())
}
