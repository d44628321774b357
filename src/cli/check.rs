//! `deck check`: everything that can be said of a deck before it is learned.

use super::{Broken, CliError, Context, deck_files, output};
use crate::deck::{Body, Deck, DeckError, DeckFile, Library, Source, lint};
use crate::estimate::prove;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// Draws of each estimate that are looked at.
const SEEDS: u64 = 300;

pub(super) fn run(context: &Context, paths: &[PathBuf]) -> Result<(), CliError> {
    let mut library = if paths.is_empty() {
        context.library(Broken::Refused)?
    } else {
        let (mut decks, mut unreadable): (Vec<Vec<DeckFile>>, Vec<DeckError>) = Default::default();
        for path in paths {
            let failed = |source| CliError::DeckFolder { path: path.clone(), source };
            match deck_files::deck(path) {
                Err(error) => unreadable.push(error),
                Ok(Some(deck)) => decks.push(deck),
                Ok(None) if path.is_dir() => {
                    let (found, errors) = deck_files::read(path, true)?;
                    decks.extend(found);
                    unreadable.extend(errors);
                }
                Ok(None) if path.exists() => {
                    return Err(CliError::Plain(format!(
                        "{} is no deck: a deck is a .toml file or a folder with a deck.toml",
                        path.display()
                    )));
                }
                Ok(None) => return Err(failed(io::ErrorKind::NotFound.into())),
            }
        }
        let mut library = Library::new(&decks);
        library.errors.extend(unreadable);
        library
    };
    let mut errors = std::mem::take(&mut library.errors);
    errors.extend(lint(&library, own));
    errors.extend(unproved(&library));
    if !errors.is_empty() {
        return Err(CliError::Decks(errors));
    }
    let decks = library.decks().len();
    let cards = library.cards().count();
    Ok(output::text(&format!("{decks} decks with {cards} cards: all sound"))?)
}

/// The embedded decks are held to the lint by the program's own tests.
fn own(deck: &Deck) -> bool {
    deck.source != Source::Embedded
}

/// What does not hold for every draw of the user's estimates.
fn unproved(library: &Library) -> Vec<DeckError> {
    let faults = library.decks().iter().filter(|deck| own(deck)).flat_map(|deck| &deck.cards).filter_map(|card| {
        match &card.body {
            Body::Estimate(estimate) => Some((card, prove(card, estimate, SEEDS))),
            _ => None,
        }
    });
    faults
        .flat_map(|(card, faults)| {
            faults.into_iter().map(|message| DeckError {
                path: Arc::clone(&card.place.path),
                at: Some((card.place.line, 1)),
                message,
            })
        })
        .collect()
}
