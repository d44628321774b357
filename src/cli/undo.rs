//! `undo`, `suspend`, `resume`, `flag`, `unflag`: decisions outside a session.

use super::{Broken, CliError, Context, output};
use crate::log::{Mark, MarkKind};

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

pub(super) fn mark(context: &Context, ids: &[String], kind: &MarkKind, word: &str) -> Result<(), CliError> {
    let mut store = context.store()?;
    let catalog = context.catalog(&mut store, Broken::LeftOut)?;
    let cards = ids.iter().map(|id| catalog.id(&store, id)).collect::<Result<Vec<_>, _>>()?;
    for card in cards {
        let said = format!("{word} {card}");
        store.mark(&Mark::of_card(card, kind.clone(), context.clock.now_ms(), context.clock.today()))?;
        output::text(&said)?;
    }
    Ok(())
}
