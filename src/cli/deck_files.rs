//! Reading the user's deck files. Only this file opens them.

use super::CliError;
use crate::deck::{DeckError, DeckFile};
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The largest deck file that is read: far beyond what a person writes.
const LARGEST: u64 = 8 << 20;

/// The files of each deck in a folder: `NAME.toml`, or a folder with a `deck.toml` in it, and what could
/// not be read. A folder that is not there has none, unless it was named.
pub(super) fn read(folder: &Path, explicit: bool) -> Result<(Vec<Vec<DeckFile>>, Vec<DeckError>), CliError> {
    let entries = match entries(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound && !explicit => return Ok((Vec::new(), Vec::new())),
        Err(source) => return Err(CliError::DeckFolder { path: folder.to_owned(), source }),
    };
    let (mut decks, mut errors) = (Vec::new(), Vec::new());
    for path in entries {
        match deck(&path) {
            Ok(deck) => decks.extend(deck),
            Err(error) => errors.push(error),
        }
    }
    Ok((decks, errors))
}

/// The files of one deck, given its file or its folder; none where the path is neither.
pub(super) fn deck(path: &Path) -> Result<Option<Vec<DeckFile>>, DeckError> {
    if is_toml(path) {
        return Ok(Some(vec![file(path)?]));
    }
    if !path.join("deck.toml").is_file() {
        return Ok(None);
    }
    let entries = entries(path).map_err(|error| unreadable(path, &error))?;
    let mut paths: Vec<PathBuf> = entries.into_iter().filter(|path| is_toml(path)).collect();
    paths.sort_by_key(|path| (!path.ends_with("deck.toml"), path.clone()));
    paths.iter().map(|path| file(path)).collect::<Result<_, _>>().map(Some)
}

fn unreadable(path: &Path, error: &io::Error) -> DeckError {
    DeckError { path: path.display().to_string().into(), at: None, message: format!("cannot be read: {error}") }
}

fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(folder)?.map(|entry| entry.map(|e| e.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn is_toml(path: &Path) -> bool {
    // A pipe or a device by that name is not read: it might never end.
    path.extension().is_some_and(|extension| extension == "toml") && path.is_file()
}

fn file(path: &Path) -> Result<DeckFile, DeckError> {
    let mut bytes = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes));
    read.map_err(|error| unreadable(path, &error))?;
    if bytes.len() as u64 > LARGEST {
        return Err(unreadable(path, &io::Error::other("a deck file may have 8 MiB: split it into a folder of files")));
    }
    Ok(DeckFile { path: path.display().to_string().into(), bytes: bytes.into() })
}
