//! `deck check`: everything that can be said of a deck before it is learned.

use super::{CliError, Context, output};
use crate::catalog::CatalogError;
use crate::catalog::files::{self, Found};
use crate::deck::{Body, Deck, DeckError, DeckFile, Findings, Library, Source, lint};
use crate::estimate::{bands, omissions, prove};
use crate::shown;
use std::io;
use std::path::{Path, PathBuf};

/// Draws of each estimate that are looked at.
const SEEDS: u64 = 1000;

pub(super) fn run(context: &Context, paths: &[PathBuf]) -> Result<(), CliError> {
    let mut over = Vec::new();
    let (found, mut unreadable) = match (paths, &context.deck_folder) {
        ([], (folder, explicit)) => match files::find(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && !explicit => Default::default(),
            found => {
                over = files::passed_over(folder).unwrap_or_default();
                found.map_err(in_folder(folder))?
            }
        },
        (paths, _) => named(paths, &mut over)?,
    };
    let mut decks: Vec<Vec<DeckFile>> = Vec::new();
    for files in found {
        match files.iter().map(Found::read).collect() {
            Ok(deck) => decks.push(deck),
            Err(error) => unreadable.push(error),
        }
    }
    let library = Library::new(&decks);
    let Findings { errors, warnings } = lint(&library, own).and(bands(&library, own)).and(unproved(&library));
    for (path, why) in &over {
        output::text(&format!("{}: passed over: {why}", path.display()))?;
    }
    for warning in &warnings {
        output::text(&warning.with("warning").to_string())?;
    }
    let errors = [unreadable, library.errors.clone(), errors].concat();
    if !errors.is_empty() {
        return Err(CliError::Decks(errors));
    }
    Ok(output::text(&summary(&library, warnings.len()))?)
}

/// How many decks were looked at, and how they are.
fn summary(library: &Library, warnings: usize) -> String {
    let own: Vec<&Deck> = library.decks().iter().filter(|deck| own(deck)).collect();
    let cards = own.iter().map(|deck| deck.cards.len()).sum();
    let checked = format!("{} with {}", shown::count(own.len(), "deck"), shown::count(cards, "card"));
    match warnings {
        0 if own.is_empty() => "there is no deck of yours to check; the embedded ones are sound".to_owned(),
        0 => format!("{checked}: all sound"),
        warnings => format!("{checked}: sound, with {}", shown::count(warnings, "warning")),
    }
}

/// The decks at these paths, each a deck or a folder of decks, and what is none or could not be read.
fn named(
    paths: &[PathBuf],
    over: &mut Vec<(PathBuf, &'static str)>,
) -> Result<(Vec<Vec<Found>>, Vec<DeckError>), CliError> {
    let (mut decks, mut unreadable) = (Vec::new(), Vec::new());
    for path in paths {
        match files::deck(path) {
            Err(error) => unreadable.push(error),
            Ok(Some(deck)) => decks.push(deck),
            Ok(None) if path.is_dir() => {
                let (found, errors) = files::find(path).map_err(in_folder(path))?;
                decks.extend(found);
                over.extend(files::passed_over(path).unwrap_or_default());
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

/// What does not hold for every draw of the user's estimates, and what passes though it should not.
fn unproved(library: &Library) -> Findings {
    let mut found = Findings::default();
    for card in library.decks().iter().filter(|deck| own(deck)).flat_map(|deck| &deck.cards) {
        if let Body::Estimate(estimate) = &card.body {
            found.errors.extend(prove(card, estimate, SEEDS));
            found.warnings.extend(omissions(card, estimate, SEEDS));
        }
    }
    found
}
