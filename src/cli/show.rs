//! `show`: a card as it is asked and answered.

use super::args::Show;
use super::{Broken, CliError, Context, output};
use crate::catalog::Catalog;
use crate::deck::Card;
use crate::report::sheet::{Remark, Written};
use crate::schedule::CardId;
use crate::store::Store;
use crate::terminal::screen::columns;

pub(super) fn run(context: &Context, args: &Show) -> Result<(), CliError> {
    let mut store = context.store()?;
    let catalog = context.catalog(&mut store, Broken::LeftOut)?;
    let id = catalog.id(&store, &args.id)?;
    Ok(output::text(&written(&catalog, &mut store, &id)?)?)
}

/// A card's id, its kind, its level and its tags.
pub(super) fn head(id: &CardId, card: &Card) -> String {
    let tags: String =
        card.tags.iter().enumerate().map(|(at, tag)| format!("{}{tag}", if at > 0 { " " } else { ", " })).collect();
    format!("{id}  {}, level {}{tags}", card.body.kind(), card.level)
}

/// A card with its question, its answer and the learner's note.
///
/// # Errors
/// The database or the decks; a card that cannot be read any more.
pub(super) fn written(catalog: &Catalog, store: &mut Store, id: &CardId) -> Result<String, CliError> {
    let card = catalog.card(store, id)?;
    let card = card.ok_or_else(|| CliError::Plain(format!("no deck has {id} any more")))?;
    let remark = Remark { weak: false, note: store.marks().note(id)? };
    let written = Written::of(&card, remark);
    let mut lines = vec![head(id, &card)];
    lines.push(String::new());
    lines.push(written.text(columns(), false));
    lines.push(String::new());
    lines.extend(written.source.map(|source| format!("source: {source}")));
    lines.extend((!card.see.is_empty()).then(|| {
        let see: Vec<&str> = card.see.iter().map(CardId::as_str).collect();
        format!("see: {}", see.join(", "))
    }));
    lines.push(where_written(store, &card)?);
    Ok(lines.join("\n"))
}

/// Where a card is written: an embedded one is in no file of the learner's.
pub(super) fn where_written(store: &Store, card: &Card) -> Result<String, CliError> {
    let is_own = store.deck_index().located(&card.id)?.is_some_and(|located| located.user);
    Ok(match is_own {
        true => format!("written in {}", card.place),
        false => format!("part of sysdrill, in its deck {}", card.id.deck()),
    })
}
