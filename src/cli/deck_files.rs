//! Reading the user's deck files. Only this file opens them.

use super::CliError;
use crate::deck::DeckFile;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The largest deck file that is read: far beyond what a person writes.
const LARGEST: u64 = 8 << 20;

/// The files of each deck in a folder: `NAME.toml`, or a folder with a `deck.toml` in it. A folder that
/// is not there has none, unless it was named.
pub(super) fn read(folder: &Path, explicit: bool) -> Result<Vec<Vec<DeckFile>>, CliError> {
    let failed = |source| CliError::DeckFolder { path: folder.to_owned(), source };
    let entries = match entries(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound && !explicit => return Ok(Vec::new()),
        Err(source) => return Err(failed(source)),
    };
    let mut decks = Vec::new();
    for path in entries {
        decks.extend(deck(&path).map_err(|source| CliError::DeckFolder { path: path.clone(), source })?);
    }
    Ok(decks)
}

/// The files of one deck, given its file or its folder; none where the path is neither.
pub(super) fn deck(path: &Path) -> io::Result<Option<Vec<DeckFile>>> {
    if is_toml(path) {
        return Ok(Some(vec![file(path)?]));
    }
    if !path.join("deck.toml").is_file() {
        return Ok(None);
    }
    let mut paths: Vec<PathBuf> = entries(path)?.into_iter().filter(|path| is_toml(path)).collect();
    paths.sort_by_key(|path| (!path.ends_with("deck.toml"), path.clone()));
    paths.iter().map(|path| file(path)).collect::<io::Result<_>>().map(Some)
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

fn file(path: &Path) -> io::Result<DeckFile> {
    let explain = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    let mut bytes = Vec::new();
    fs::File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes)).map_err(explain)?;
    if bytes.len() as u64 > LARGEST {
        return Err(explain(io::Error::other("a deck file may have 8 MiB: split it into a folder of files")));
    }
    Ok(DeckFile { path: path.display().to_string().into(), bytes })
}
