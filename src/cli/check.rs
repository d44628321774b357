//! `deck check`: everything that can be said of a deck before it is learned.

use super::{CliError, Context, output, own, reworded};
use crate::catalog::CatalogError;
use crate::catalog::files::{self, Folder, Found};
use crate::deck::{Body, Deck, DeckError, DeckFile, Findings, Library, Location, embedded, is_called, lint};
use crate::estimate::{bands, omissions, prove};
use crate::schedule::is_slug;
use crate::shown;
use std::io;
use std::path::{Path, PathBuf};

/// Draws of each estimate that are looked at.
const SEEDS: u64 = 1000;

/// What can be said of decks.
pub(super) struct Checked {
    pub(super) errors: Vec<DeckError>,
    pub(super) warnings: Vec<DeckError>,
    /// How many there are, and how they are.
    pub(super) summary: String,
    /// Markdown files in which there is no card.
    without_cards: usize,
}

/// So many warnings are printed, unless all are asked for.
const WARNED: usize = 20;

/// Prints the first warnings of many, and how many more there are.
pub(super) fn warn(warnings: &[DeckError], all: bool) -> io::Result<()> {
    let most = if all { usize::MAX } else { WARNED };
    warnings.iter().take(most).try_for_each(|warning| output::text(&warning.with("warning").to_string()))?;
    match warnings.len().saturating_sub(most) {
        0 => Ok(()),
        more => {
            output::text(&format!("and {}: sysdrill deck check --all prints them", shown::count(more, "more warning")))
        }
    }
}

pub(super) fn run(context: &Context, paths: &[PathBuf], all: bool) -> Result<(), CliError> {
    let Folder { decks: found, errors: mut unreadable, unread } = found(context, paths)?;
    for unread in &unread {
        output::text(&unread.to_string())?;
    }
    if found.is_empty() && unreadable.is_empty() {
        return Ok(output::text(&format!(
            "there is no deck of yours to check: yours lie in {}; sysdrill deck new mine makes one",
            shown::path(&context.deck_folder.0)
        ))?);
    }
    let Checked { errors, warnings, summary, without_cards } = check(found, is_own);
    warn(&warnings, all)?;
    if without_cards > 0 {
        let has = if without_cards == 1 { "has" } else { "have" };
        output::text(&format!("{} {has} no cards", shown::count(without_cards, "Markdown file")))?;
    }
    unreadable.extend(errors);
    if !unreadable.is_empty() {
        return Err(CliError::Decks(unreadable));
    }
    output::text(&summary)?;
    // Files can be checked where nothing was learned yet, and where the database cannot be opened.
    if paths.is_empty()
        && context.db.exists()
        && let Ok((store, _)) = own::catalog(context)
    {
        reworded::tell(&store)?;
    }
    Ok(())
}

/// The decks at these paths, or all.
pub(super) fn found(context: &Context, paths: &[PathBuf]) -> Result<Folder, CliError> {
    if paths.is_empty() { of_user(context) } else { named(context, paths) }
}

/// Checks one deck of the user's, given its file or folder, beside all others.
///
/// # Errors
/// The folder of decks cannot be looked into.
pub(super) fn deck(context: &Context, path: &Path) -> Result<Checked, CliError> {
    let found = of_user(context)?;
    let is_of_deck = |file: &str| Path::new(file).starts_with(path);
    let mut checked = check(found.decks, |deck| is_own(deck) && is_of_deck(&deck.place.path));
    checked.errors.extend(found.errors);
    checked.errors.retain(|error| is_of_deck(&error.path));
    Ok(checked)
}

/// What lies in the user's folder; one that is not there has no decks, unless it was named.
fn of_user(context: &Context) -> Result<Folder, CliError> {
    let (folder, explicit) = (own::folder(context), context.deck_folder.1);
    match files::find(&folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound && !explicit => Ok(Folder::default()),
        found => Ok(found.map_err(in_folder(&folder))?),
    }
}

fn check(found: Vec<Vec<Found>>, looked_at: impl Fn(&Deck) -> bool + Copy) -> Checked {
    let (mut decks, mut unreadable): (Vec<Vec<DeckFile>>, Vec<DeckError>) = Default::default();
    for files in found {
        match files.iter().map(Found::read).collect() {
            Ok(deck) => decks.push(deck),
            Err(error) => unreadable.push(error),
        }
    }
    let library = Library::new(&decks);
    let found = lint(&library, looked_at).and(bands(&library, looked_at)).and(unproved(&library, looked_at));
    let summary = summary(&library, looked_at, found.warnings.len());
    let errors = [unreadable, library.errors.clone(), found.errors].concat();
    Checked { errors, warnings: found.warnings, summary, without_cards: library.without_cards }
}

/// How many decks were looked at, and how they are.
fn summary(library: &Library, looked_at: impl Fn(&Deck) -> bool, warnings: usize) -> String {
    let decks: Vec<&Deck> = library.decks().iter().filter(|deck| looked_at(deck)).collect();
    let cards = decks.iter().map(|deck| deck.cards.len()).sum();
    let checked = format!("{} with {}", shown::count(decks.len(), "deck"), shown::count(cards, "card"));
    match warnings {
        _ if decks.is_empty() => "there is no deck here, so nothing was checked".to_owned(),
        0 => format!("{checked}: all sound"),
        warnings => format!("{checked}: sound, with {}", shown::count(warnings, "warning")),
    }
}

/// The decks at these paths, each a deck or a folder of decks, and what is none or could not be read.
fn named(context: &Context, paths: &[PathBuf]) -> Result<Folder, CliError> {
    let mut all = Folder::default();
    for path in paths {
        let path = &path_of(context, path)?;
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
                let is_embedded = embedded().iter().any(|files| is_called(&files[0].path, &path.to_string_lossy()));
                let message = match path.exists() {
                    true => "this is no deck: a deck is a .toml or .md file, or a folder with a deck.toml",
                    false if is_embedded => "this deck is a part of sysdrill, whose own tests check it",
                    false => "there is no such file or folder, and no deck of yours of that name",
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

/// The path of a deck that was given by its name.
fn path_of(context: &Context, path: &Path) -> Result<PathBuf, CliError> {
    let is_name = path.to_str().is_some_and(is_slug) && !path.exists();
    let lies_there = |path: &PathBuf| path.exists();
    let folder = own::folder(context);
    let usual = path
        .to_str()
        .and_then(|name| [folder.join(format!("{name}.toml")), folder.join(name)].into_iter().find(lies_there));
    Ok(usual.filter(|_| is_name).unwrap_or_else(|| path.to_owned()))
}

fn in_folder(folder: &Path) -> impl Fn(io::Error) -> CatalogError {
    |source| CatalogError::Folder { path: folder.to_owned(), source }
}

/// The embedded decks are held to the lint by the program's own tests.
fn is_own(deck: &Deck) -> bool {
    deck.location != Location::Embedded
}

/// What does not hold for every draw of the user's estimates, and what passes though it should not.
fn unproved(library: &Library, looked_at: impl Fn(&Deck) -> bool) -> Findings {
    let mut found = Findings::default();
    for card in library.decks().iter().filter(|deck| looked_at(deck)).flat_map(|deck| &deck.cards) {
        if let Body::Estimate(estimate) = &card.body {
            found.errors.extend(prove(card, estimate, SEEDS));
            found.warnings.extend(omissions(card, estimate, SEEDS));
        }
    }
    found
}
