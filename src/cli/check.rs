//! `deck check`: everything that can be said of a deck before it is learned.

use super::{CliError, Context, output};
use crate::catalog::CatalogError;
use crate::catalog::files::{self, Folder, Found};
use crate::deck::{Body, Deck, DeckError, DeckFile, Findings, Library, Source, lint};
use crate::estimate::{bands, omissions, prove};
use crate::shown;
use std::io;
use std::path::{Path, PathBuf};

/// Draws of each estimate that are looked at.
const SEEDS: u64 = 1000;

pub(super) fn run(context: &Context, paths: &[PathBuf]) -> Result<(), CliError> {
    let Folder { decks: found, errors: mut unreadable, unread } = match (paths, &context.deck_folder) {
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
    let Findings { errors, warnings } = lint(&library, own).and(bands(&library, own)).and(unproved(&library));
    for unread in &unread {
        output::text(&unread.to_string())?;
    }
    for warning in &warnings {
        output::text(&warning.with("warning").to_string())?;
    }
    let errors = [unreadable, library.errors.clone(), errors].concat();
    if library.without_cards > 0 {
        let has = if library.without_cards == 1 { "has" } else { "have" };
        output::text(&format!("{} {has} no cards", shown::count(library.without_cards, "Markdown file")))?;
    }
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
fn named(paths: &[PathBuf]) -> Result<Folder, CliError> {
    let mut all = Folder::default();
    for path in paths {
        match files::deck(path) {
            Err(error) => all.errors.push(error),
            Ok(Some(deck)) => {
                all.decks.push(deck.files);
                all.unread.extend(deck.unread);
            }
            Ok(None) if path.is_dir() => {
                let Folder { decks, errors, unread } = files::find(path).map_err(in_folder(path))?;
                all.decks.extend(decks);
                all.errors.extend(errors);
                all.unread.extend(unread);
            }
            Ok(None) => {
                let message = if path.exists() {
                    "this is no deck: a deck is a .toml or .md file, or a folder with a deck.toml"
                } else {
                    "there is no such file or folder"
                };
                all.errors.push(DeckError {
                    path: path.to_string_lossy().into(),
                    at: None,
                    message: message.to_owned(),
                });
            }
        }
    }
    Ok(all)
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
