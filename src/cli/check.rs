//! `deck check`: everything that can be said of a deck before it is learned.

use super::{Broken, CliError, Context, deck_files, output};
use crate::deck::{DeckError, DeckFile, Library};
use std::io;
use std::path::PathBuf;

pub(super) fn run(context: &Context, paths: &[PathBuf]) -> Result<(), CliError> {
    let library = if paths.is_empty() {
        context.library(Broken::Refused)?
    } else {
        let mut decks: Vec<Vec<DeckFile>> = Vec::new();
        for path in paths {
            let failed = |source| CliError::DeckFolder { path: path.clone(), source };
            match deck_files::deck(path).map_err(failed)? {
                Some(deck) => decks.push(deck),
                None if path.is_dir() => decks.extend(deck_files::read(path, true)?),
                None if path.exists() => {
                    return Err(CliError::Plain(format!(
                        "{} is no deck: a deck is a .toml file or a folder with a deck.toml",
                        path.display()
                    )));
                }
                None => return Err(failed(io::ErrorKind::NotFound.into())),
            }
        }
        Library::new(&decks)
    };
    let errors: Vec<DeckError> = library.errors;
    if !errors.is_empty() {
        return Err(CliError::Decks(errors));
    }
    Ok(output::text("all decks are sound")?)
}
