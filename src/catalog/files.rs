//! Finding and reading the user's deck files. Only this file opens them.

use crate::deck::{DeckError, DeckFile};
use std::fs::{self, DirEntry};
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The largest deck file that is read: far beyond what a person writes.
const LARGEST: u64 = 8 << 20;
/// A file may be changed again so soon after a change that its times, which are coarse on some systems, stay the same.
const SETTLED: Duration = Duration::from_secs(3);

/// A deck file that was found, and not yet read.
#[derive(Debug, Clone)]
pub struct Found {
    /// Where it lies.
    pub path: PathBuf,
    /// Its size, times and number: while they stand, it was not changed. Empty where they may not tell.
    pub stamp: String,
}

impl Found {
    /// The path as it is said and kept.
    pub fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// Reads the file.
    ///
    /// # Errors
    /// It cannot be read, or is too large.
    pub fn read(&self) -> Result<DeckFile, DeckError> {
        let path = &self.path;
        let mut bytes = Vec::new();
        let read = fs::File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes));
        read.map_err(|error| unreadable(path, &error))?;
        if bytes.len() as u64 > LARGEST {
            let too_large = "a deck file may have 8 MiB: split it into a folder of files";
            return Err(unreadable(path, &io::Error::other(too_large)));
        }
        Ok(DeckFile { path: self.name().into(), bytes: bytes.into() })
    }
}

/// The files of each deck in a folder, in order: `NAME.toml`, or those of a folder with a `deck.toml` in it, which comes
/// first; and the folders that cannot be looked into.
///
/// # Errors
/// The folder itself cannot be looked into.
pub fn find(folder: &Path) -> io::Result<(Vec<Vec<Found>>, Vec<DeckError>)> {
    let (mut decks, mut errors) = (Vec::new(), Vec::new());
    for entry in entries(folder)? {
        if let Some(file) = file_of(&entry) {
            decks.push(vec![file]);
            continue;
        }
        match deck(&entry.path()) {
            Ok(deck) => decks.extend(deck),
            Err(error) => errors.push(error),
        }
    }
    Ok((decks, errors))
}

/// The files of one deck, given its file or its folder; none where the path is neither.
///
/// # Errors
/// A folder that cannot be looked into.
pub fn deck(path: &Path) -> Result<Option<Vec<Found>>, DeckError> {
    if let Some(file) = file(path) {
        return Ok(Some(vec![file]));
    }
    let Some(first) = file(&path.join("deck.toml")) else { return Ok(None) };
    let entries = entries(path).map_err(|error| unreadable(path, &error))?;
    let others = entries.iter().filter(|entry| entry.file_name() != "deck.toml").filter_map(file_of);
    Ok(Some([first].into_iter().chain(others).collect()))
}

/// What lies in a folder of decks and is not read, each with the reason. Hidden files are nobody's decks.
///
/// # Errors
/// The folder cannot be looked into.
pub fn passed_over(folder: &Path) -> io::Result<Vec<(PathBuf, &'static str)>> {
    let mut found = Vec::new();
    for entry in entries(folder)? {
        let path = entry.path();
        if entry.file_name().as_encoded_bytes().starts_with(b".") || file_of(&entry).is_some() {
            continue;
        }
        if file(&path.join("deck.toml")).is_some() {
            // A folder that is a deck was read, and this is what else lies in it.
            for inner in entries(&path)? {
                let is_hidden = inner.file_name().as_encoded_bytes().starts_with(b".");
                if !is_hidden && file_of(&inner).is_none() {
                    found.push((inner.path(), why_not(&inner.path(), "a folder within a deck is not read")));
                }
            }
        } else {
            found.push((path.clone(), why_not(&path, "a folder is a deck if it has a deck.toml")));
        }
    }
    Ok(found)
}

fn why_not(path: &Path, of_a_folder: &'static str) -> &'static str {
    match fs::metadata(path) {
        Ok(file) if file.is_dir() => of_a_folder,
        Ok(file) if file.is_file() => "a deck's file ends in .toml",
        Ok(_) => "it is no file",
        Err(_) => "it leads nowhere",
    }
}

/// Some bytes of a file; none where it does not have them.
pub fn bytes(path: &str, range: &Range<usize>) -> Option<Vec<u8>> {
    let mut file = fs::File::open(path).ok()?;
    file.seek(SeekFrom::Start(range.start as u64)).ok()?;
    let mut bytes = Vec::new();
    file.take(range.len() as u64).read_to_end(&mut bytes).ok()?;
    (bytes.len() == range.len()).then_some(bytes)
}

fn unreadable(path: &Path, error: &io::Error) -> DeckError {
    DeckError { path: path.display().to_string().into(), at: None, message: format!("cannot be read: {error}") }
}

fn entries(folder: &Path) -> io::Result<Vec<DirEntry>> {
    let entries = fs::read_dir(folder)?.map(|entry| entry.map(|entry| (entry.file_name(), entry)));
    let mut entries = entries.collect::<io::Result<Vec<_>>>()?;
    entries.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    Ok(entries.into_iter().map(|(_, entry)| entry).collect())
}

/// A deck file. A pipe or a device by such a name is none: it might never end.
fn file(path: &Path) -> Option<Found> {
    found(path.to_owned(), || fs::metadata(path))
}

/// The same, for what a folder lists: to look up each whole path takes longer.
fn file_of(entry: &DirEntry) -> Option<Found> {
    let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
    if is_link { file(&entry.path()) } else { found(entry.path(), || entry.metadata()) }
}

fn found(path: PathBuf, metadata: impl FnOnce() -> io::Result<fs::Metadata>) -> Option<Found> {
    if path.extension().is_none_or(|extension| extension != "toml") {
        return None;
    }
    let file = metadata().ok().filter(fs::Metadata::is_file)?;
    Some(Found { stamp: stamp(&file).unwrap_or_default(), path })
}

fn stamp(file: &fs::Metadata) -> Option<String> {
    let modified = file.modified().ok()?;
    let is_settled = SystemTime::now().duration_since(modified).is_ok_and(|age| age > SETTLED);
    let modified = modified.duration_since(UNIX_EPOCH).ok()?.as_nanos();
    is_settled.then(|| format!("{} {modified} {}", file.len(), number(file)))
}

/// What changes with a file though its size and time were put back.
#[cfg(unix)]
fn number(file: &fs::Metadata) -> String {
    use std::os::unix::fs::MetadataExt;
    format!("{} {}.{} {}", file.ino(), file.ctime(), file.ctime_nsec(), file.dev())
}

#[cfg(not(unix))]
fn number(_: &fs::Metadata) -> String {
    String::new()
}
