//! `deck check`: everything that can be said of a deck before it is learned.

use super::{CliError, Context, deck_files, output};
use crate::deck::{Body, Deck, DeckError, DeckFile, Library, Source, lint};
use crate::estimate::prove;
use std::path::PathBuf;

/// Draws of each estimate that are looked at.
const SEEDS: u64 = 1000;

pub(super) fn run(context: &Context, paths: &[PathBuf]) -> Result<(), CliError> {
    let (decks, unreadable) = match (paths, &context.deck_folder) {
        ([], (folder, explicit)) => deck_files::read(folder, *explicit)?,
        (paths, _) => named(paths)?,
    };
    let library = Library::new(&decks);
    let errors = [unreadable, library.errors.clone(), lint(&library, own), unproved(&library)].concat();
    if !errors.is_empty() {
        return Err(CliError::Decks(errors));
    }
    let decks = library.decks().len();
    let cards = library.cards().count();
    Ok(output::text(&format!("{decks} decks with {cards} cards: all sound"))?)
}

/// The decks at these paths, each a deck or a folder of decks, and what is none or could not be read.
fn named(paths: &[PathBuf]) -> Result<(Vec<Vec<DeckFile>>, Vec<DeckError>), CliError> {
    let (mut decks, mut unreadable) = (Vec::new(), Vec::new());
    for path in paths {
        match deck_files::deck(path) {
            Err(error) => unreadable.push(error),
            Ok(Some(deck)) => decks.push(deck),
            Ok(None) if path.is_dir() => {
                let (found, errors) = deck_files::read(path, true)?;
                decks.extend(found);
                unreadable.extend(errors);
            }
            Ok(None) => {
                let message = if path.exists() {
                    "this is no deck: a deck is a .toml file or a folder with a deck.toml"
                } else {
                    "there is no such file or folder"
                };
                unreadable.push(DeckError {
                    path: path.display().to_string().into(),
                    at: None,
                    message: message.to_owned(),
                });
            }
        }
    }
    Ok((decks, unreadable))
}

/// The embedded decks are held to the lint by the program's own tests.
fn own(deck: &Deck) -> bool {
    deck.source != Source::Embedded
}

/// What does not hold for every draw of the user's estimates.
fn unproved(library: &Library) -> Vec<DeckError> {
    let own = library.decks().iter().filter(|deck| own(deck)).flat_map(|deck| &deck.cards);
    own.flat_map(|card| match &card.body {
        Body::Estimate(estimate) => prove(card, estimate, SEEDS),
        _ => Vec::new(),
    })
    .collect()
}
