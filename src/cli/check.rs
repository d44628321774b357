//! `deck check`: everything that can be said of a deck before it is learned.

use super::{CliError, Context, output};
use crate::catalog::CatalogError;
use crate::catalog::files::{self, Found};
use crate::deck::{Body, Deck, DeckError, DeckFile, Library, Source, lint};
use crate::estimate::prove;
use crate::shown;
use std::io;
use std::path::{Path, PathBuf};

/// Draws of each estimate that are looked at.
const SEEDS: u64 = 1000;

pub(super) fn run(context: &Context, paths: &[PathBuf]) -> Result<(), CliError> {
    let (found, mut unreadable) = match (paths, &context.deck_folder) {
        ([], (folder, explicit)) => match files::find(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && !explicit => Default::default(),
            found => found.map_err(in_folder(folder))?,
        },
        (paths, _) => named(paths)?,
    };
    let mut decks: Vec<Vec<DeckFile>> = Vec::new();
    for files in found {
        match files.iter().map(Found::read).collect() {
            Ok(deck) => decks.push(deck),
            Err(error) => unreadable.push(error),
        }
    }
    let library = Library::new(&decks);
    let errors = [unreadable, library.errors.clone(), lint(&library, own), unproved(&library)].concat();
    if !errors.is_empty() {
        return Err(CliError::Decks(errors));
    }
    let decks = library.decks().len();
    let cards = library.cards().count();
    Ok(output::text(&format!("{} with {}: all sound", shown::count(decks, "deck"), shown::count(cards, "card")))?)
}

/// The decks at these paths, each a deck or a folder of decks, and what is none or could not be read.
fn named(paths: &[PathBuf]) -> Result<(Vec<Vec<Found>>, Vec<DeckError>), CliError> {
    let (mut decks, mut unreadable) = (Vec::new(), Vec::new());
    for path in paths {
        match files::deck(path) {
            Err(error) => unreadable.push(error),
            Ok(Some(deck)) => decks.push(deck),
            Ok(None) if path.is_dir() => {
                let (found, errors) = files::find(path).map_err(in_folder(path))?;
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

fn in_folder(folder: &Path) -> impl Fn(io::Error) -> CatalogError {
    |source| CatalogError::Folder { path: folder.to_owned(), source }
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
