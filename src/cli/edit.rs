//! `deck edit`: a deck in the user's editor, checked when it comes back.

use super::check::{self, Checked};
use super::own::{self, OwnDeck};
use super::{CliError, Context, output};
use crate::catalog::Catalog;
use crate::deck::DeckError;
use crate::schedule::CardId;
use crate::shown;
use crate::store::Store;
use crate::terminal::Editor;
use console::Term;
use dialoguer::Confirm;
use std::path::PathBuf;

const REFUSED: &str = "a card of yours with replaces = \"DECK/CARD\" stands in for one of its cards, and sysdrill note \
                       CARD \"...\" keeps a note on one";

/// A file and a line, from 1.
type Place = (PathBuf, usize);

/// Opens a deck, or a card by its id, until it is sound or left as it is.
pub(super) fn run(context: &Context, name: &str) -> Result<(), CliError> {
    let (mut store, catalog) = own::catalog(context)?;
    let card = if name.contains('/') { Some(catalog.id(&store, name)?) } else { None };
    let deck = own::own(context, &store, card.as_ref().map_or(name, CardId::deck), REFUSED)?;
    let errors = check::deck(context, deck.path())?.errors;
    let mut place = match (&card, errors.first()) {
        (Some(card), _) => of_card(&catalog, &mut store, card)?,
        (None, Some(error)) => of_error(error),
        (None, None) => first(&deck),
    };
    drop(store);
    let editor = Editor::of_environment().map_err(|error| by_hand(&error, &place))?;
    loop {
        editor.open(&place.0, place.1).map_err(|error| by_hand(&error, &place))?;
        let Checked { errors, warnings, summary, .. } = check::deck(context, deck.path())?;
        check::warn(&warnings, false)?;
        let Some(first) = errors.first() else {
            output::text(&summary)?;
            // What its cards take over moves now.
            return own::catalog(context).map(drop);
        };
        place = of_error(first);
        if !is_opened_again(&errors)? {
            return Err(CliError::Decks(errors));
        }
    }
}

/// Where a card is written.
fn of_card(catalog: &Catalog, store: &mut Store, id: &CardId) -> Result<Place, CliError> {
    let card = catalog.card(store, id)?;
    let card = card.ok_or_else(|| CliError::Plain(format!("no deck has {id} any more")))?;
    Ok((PathBuf::from(&*card.place.path), card.place.line))
}

fn of_error(error: &DeckError) -> Place {
    (PathBuf::from(&*error.path), error.at.map_or(1, |(line, _)| line))
}

/// Where a deck begins: in a folder, the first file with cards.
fn first(deck: &OwnDeck) -> Place {
    let at = usize::from(deck.folder.is_some() && deck.files.len() > 1);
    (deck.files[at].path.clone(), 1)
}

/// What stands in the way of the editor, and the place for whoever goes there without it.
pub(super) fn by_hand(error: &dyn std::error::Error, (file, line): &Place) -> CliError {
    CliError::Plain(format!("{error}; the place is {}:{line}", shown::path(file)))
}

pub(super) fn is_opened_again<E: ToString>(errors: &[E]) -> Result<bool, CliError> {
    if !Term::stdout().is_term() || !console::user_attended() {
        return Ok(false);
    }
    errors.iter().try_for_each(|error| output::text(&error.to_string()))?;
    let again = Confirm::new().with_prompt("Open it again at the first error?").default(true);
    Ok(again.interact_opt().map_err(output::of_prompt)?.unwrap_or(false))
}
