//! `note`: a note of one's own on a card.

use super::args::Note;
use super::{Broken, CliError, Context, output};

pub(super) fn run(context: &Context, args: &Note) -> Result<(), CliError> {
    let mut store = context.store()?;
    let catalog = context.catalog(&mut store, Broken::LeftOut)?;
    let id = catalog.id(&store, &args.id)?;
    if args.text.is_empty() {
        let note = store.marks().note(&id)?;
        let none = || format!("there is no note on {id}: sysdrill note {id} \"...\" writes one");
        return Ok(output::text(&note.unwrap_or_else(none))?);
    }
    // Words without quotes are one note.
    let text = args.text.join(" ");
    let text = text.trim();
    if store.marks().note(&id)?.unwrap_or_default() == text {
        let said = if text.is_empty() { "there is no note on" } else { "so says the note already on" };
        return Ok(output::text(&format!("{said} {id}"))?);
    }
    store.write_note(&id, text, context.clock.now_ms(), context.clock.today())?;
    let said = if text.is_empty() { "took the note away from" } else { "wrote the note on" };
    Ok(output::done(&format!("{said} {id}"))?)
}
