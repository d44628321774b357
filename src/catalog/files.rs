//! Finding and reading the user's deck files. Only this file opens them.

use crate::deck::markdown::is_markdown;
use crate::deck::{DeckError, DeckFile};
use std::fs::{self, DirEntry};
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The largest deck file that is read: far beyond what a person writes.
const LARGEST: u64 = 8 << 20;
/// So deep in one another folders are looked into.
const DEEPEST: usize = 32;
const NO_FOLDER_OF_A_DECK: &str = "a folder is a deck if it has a deck.toml, or Markdown files with cards in it";
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
        self.path.to_string_lossy().into_owned()
    }

    /// Reads the file.
    ///
    /// # Errors
    /// It cannot be read, or is too large.
    pub fn read(&self) -> Result<DeckFile, DeckError> {
        let path = &self.path;
        let mut bytes = Vec::new();
        let read = open(path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes));
        read.map_err(|error| unreadable(path, &error))?;
        if bytes.len() as u64 > LARGEST {
            let too_large = "a deck file may have 8 MiB: split it into a folder of files";
            return Err(unreadable(path, &io::Error::other(too_large)));
        }
        Ok(DeckFile { path: self.name().into(), bytes: bytes.into() })
    }
}

/// What lies in a folder of decks.
#[derive(Debug, Default)]
pub struct Folder {
    /// The files of each deck, in order: `NAME.toml`, those of a folder with a `deck.toml` in it, which comes first, or a
    /// Markdown file, wherever it lies. Those in Markdown come last.
    pub decks: Vec<Vec<Found>>,
    /// The folders that cannot be looked into.
    pub errors: Vec<DeckError>,
    /// What is not read, and why; hidden files and editors' leftovers are passed over in silence.
    pub unread: Vec<DeckError>,
}

/// Looks through a folder of decks.
///
/// # Errors
/// The folder itself cannot be looked into.
pub fn find(folder: &Path) -> io::Result<Folder> {
    let mut found = Folder::default();
    for entry in entries(folder)? {
        match seen(&entry) {
            Seen::File(file) | Seen::Markdown(file) => found.decks.push(vec![file]),
            Seen::Unread(why) => found.unread.push(unread(&entry.path(), why)),
            Seen::Folder if leads_back(&entry.path(), folder) => {
                found.unread.push(unread(&entry.path(), "it leads back to where it lies"));
            }
            Seen::Folder => within(&entry.path(), DEEPEST, &mut found),
        }
    }
    found.decks.sort_by_key(|files| is_markdown(&files[0].name()));
    Ok(found)
}

/// Whether what lies in one folder is a link to it, to one above or to one within.
fn leads_back(link: &Path, folder: &Path) -> bool {
    let is_link = fs::symlink_metadata(link).is_ok_and(|link| link.is_symlink());
    let (Ok(target), Ok(folder)) = (fs::canonicalize(link), fs::canonicalize(folder)) else { return false };
    is_link && (folder.starts_with(&target) || target.starts_with(&folder))
}

/// Looks through a folder in a folder of decks: it is a deck, or has Markdown files in it, in folders of their own too.
fn within(folder: &Path, deeper: usize, found: &mut Folder) {
    match deck(folder) {
        Ok(Some(mut deck)) => {
            found.unread.append(&mut deck.unread);
            return found.decks.push(deck.files);
        }
        Ok(None) => {}
        Err(error) => return found.errors.push(error),
    }
    let entries = match entries(folder) {
        Ok(entries) => entries,
        Err(error) => return found.errors.push(unreadable(folder, &error)),
    };
    let (decks, mut unread_here) = (found.decks.len(), Vec::new());
    for entry in entries {
        let path = entry.path();
        let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
        match seen(&entry) {
            Seen::Markdown(file) => found.decks.push(vec![file]),
            // A link may lead back to where it lies.
            Seen::Folder if !is_link && deeper > 0 => {
                let before = found.unread.len();
                within(&path, deeper - 1, found);
                // Pictures and other attachments lie beside notes.
                found.unread.truncate(if found.decks.len() == decks { before } else { found.unread.len() });
            }
            Seen::File(_) => unread_here.push(unread(&path, NO_FOLDER_OF_A_DECK)),
            Seen::Unread(why) if has_ending(&path) || is_markdown(&path.to_string_lossy()) => {
                unread_here.push(unread(&path, why));
            }
            Seen::Folder | Seen::Unread(_) => {}
        }
    }
    match found.decks.len() == decks {
        true => found.unread.push(unread(folder, NO_FOLDER_OF_A_DECK)),
        false => found.unread.append(&mut unread_here),
    }
}

/// The files of one deck.
#[derive(Debug)]
pub struct FoundDeck {
    /// The first has the `[deck]` table.
    pub files: Vec<Found>,
    /// What lies beside them and is not read.
    pub unread: Vec<DeckError>,
}

/// One deck, given its file or its folder; none where the path is neither.
///
/// # Errors
/// A folder that cannot be looked into.
pub fn deck(path: &Path) -> Result<Option<FoundDeck>, DeckError> {
    if let Some(file) = file(path) {
        return Ok(Some(FoundDeck { files: vec![file], unread: Vec::new() }));
    }
    let Some(first) = file(&path.join("deck.toml")) else { return Ok(None) };
    let mut deck = FoundDeck { files: vec![first], unread: Vec::new() };
    for entry in entries(path).map_err(|error| unreadable(path, &error))? {
        match seen(&entry) {
            Seen::File(_) if entry.file_name() == "deck.toml" => {}
            Seen::File(file) => deck.files.push(file),
            Seen::Markdown(file) => {
                deck.unread.push(unread(&file.path, "a deck's file ends in .toml where it has a deck.toml"))
            }
            Seen::Unread(why) => deck.unread.push(unread(&entry.path(), why)),
            Seen::Folder => deck.unread.push(unread(&entry.path(), "a folder within a deck is not read")),
        }
    }
    Ok(Some(deck))
}

/// What an entry of a folder is to a deck.
enum Seen {
    File(Found),
    Markdown(Found),
    Folder,
    Unread(&'static str),
}

fn seen(entry: &DirEntry) -> Seen {
    let name = entry.file_name();
    let Some(name) = name.to_str() else { return Seen::Unread("its name is not UTF-8: give it another") };
    let path = entry.path();
    let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
    let metadata = if is_link { fs::metadata(&path) } else { entry.metadata() };
    match metadata {
        Err(_) if is_link => Seen::Unread("it leads nowhere"),
        Err(_) => Seen::Unread("it cannot be looked at"),
        Ok(_) if is_conflict_copy(name) => Seen::Unread(
            "a sync made it where two computers changed a deck: take over what you want of it, and remove it",
        ),
        Ok(_) if is_copy(&path, name) => Seen::Unread(
            "it is named like a copy of another: take over what you want of it and remove it, or give it another name",
        ),
        Ok(file) if file.is_dir() => Seen::Folder,
        Ok(file) if !file.is_file() => Seen::Unread("it is no file, but a pipe or a device"),
        Ok(file) if has_ending(&path) => Seen::File(Found { stamp: stamp(&file).unwrap_or_default(), path }),
        Ok(file) if is_markdown(name) => Seen::Markdown(Found { stamp: stamp(&file).unwrap_or_default(), path }),
        Ok(_) => Seen::Unread("a deck's file ends in .toml or .md"),
    }
}

fn has_ending(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "toml")
}

/// Whether a sync has named a file so: Syncthing, Dropbox and Nextcloud, OneDrive and others.
fn is_conflict_copy(name: &str) -> bool {
    let name = name.to_lowercase();
    let marks = [
        ".sync-conflict-",
        "conflicted copy",
        "conflicting copy",
        "case conflict",
        "_conflict-",
        ".conflict.",
        "(conflict",
    ];
    marks.iter().any(|mark| name.contains(mark))
}

/// Whether a sync, a browser or a file manager has named a copy so: `name (1)` at any rate, `name 2`, `name copy` and their
/// like where `name` lies beside it.
fn is_copy(path: &Path, name: &str) -> bool {
    let (stem, ending) = name.rsplit_once('.').map_or((name, ""), |(stem, _)| (stem, &name[stem.len()..]));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let in_brackets = stem.strip_suffix(')').and_then(|stem| stem.rsplit_once(" ("));
    if in_brackets.is_some_and(|(_, number)| digits(number)) {
        return true;
    }
    let numbered = stem.rsplit_once(' ').filter(|(_, number)| digits(number)).map(|(stem, _)| stem);
    let original = numbered
        .or_else(|| stem.strip_suffix(" copy"))
        .or_else(|| stem.strip_suffix(" - Copy"))
        .or_else(|| stem.strip_prefix("Copy of "));
    original.is_some_and(|original| path.with_file_name(format!("{original}{ending}")).exists())
}

/// Whether an editor or a desktop leaves files of this name beside what it works on.
fn is_leftover(name: &[u8]) -> bool {
    let is_swap = |ending: &&[u8]| name.len() > ending.len() && name.ends_with(ending);
    let endings: [&[u8]; 7] = [b"~", b".swp", b".swo", b".swx", b".un~", b"___jb_tmp___", b"___jb_old___"];
    let is_autosave = name.len() > 1 && name.starts_with(b"#") && name.ends_with(b"#");
    let names: [&[u8]; 4] = [b"4913", b"Thumbs.db", b"desktop.ini", b"Icon\r"];
    endings.iter().any(is_swap) || is_autosave || name.starts_with(b"~$") || names.contains(&name)
}

/// Some bytes of a file; none where it does not have them.
pub fn bytes(path: &str, range: &Range<usize>) -> Option<Vec<u8>> {
    let mut file = open(Path::new(path)).ok()?;
    file.seek(SeekFrom::Start(range.start as u64)).ok()?;
    let mut bytes = Vec::new();
    file.take(range.len() as u64).read_to_end(&mut bytes).ok()?;
    (bytes.len() == range.len()).then_some(bytes)
}

fn unreadable(path: &Path, error: &io::Error) -> DeckError {
    DeckError { path: path.to_string_lossy().into(), at: None, message: format!("cannot be read: {error}") }
}

fn unread(path: &Path, why: &str) -> DeckError {
    DeckError { path: path.to_string_lossy().into(), at: None, message: format!("passed over: {why}") }
}

/// What is neither hidden nor an editor's leftover, in order.
fn entries(folder: &Path) -> io::Result<Vec<DirEntry>> {
    let entries = fs::read_dir(folder)?.map(|entry| entry.map(|entry| (entry.file_name(), entry)));
    let mut entries = entries.collect::<io::Result<Vec<_>>>()?;
    entries.retain(|(name, _)| !name.as_encoded_bytes().starts_with(b".") && !is_leftover(name.as_encoded_bytes()));
    entries.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    Ok(entries.into_iter().map(|(_, entry)| entry).collect())
}

/// A deck file. A pipe or a device by such a name is none: it might never end.
fn file(path: &Path) -> Option<Found> {
    let name = path.to_str()?;
    let file = fs::metadata(path).ok().filter(|file| (has_ending(path) || is_markdown(name)) && file.is_file())?;
    Some(Found { stamp: stamp(&file).unwrap_or_default(), path: path.to_owned() })
}

/// Opens a file. What has become a pipe or a device since is not opened: to read from it might never end.
fn open(path: &Path) -> io::Result<fs::File> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is no file, but a folder, a pipe or a device"));
    }
    fs::File::open(path)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_sync_made_of_a_deck_is_known_by_its_name() {
        for name in [
            "mine.sync-conflict-20261121-090000-ABCDEFG.toml",
            "mine (conflicted copy 2026-11-21 090000).toml",
            "mine (Ada's conflicted copy 2026-11-21).toml",
            "mine (Ada's conflicting copy).toml",
            "mine (Case Conflict).toml",
            "mine_conflict-20261121-090000.toml",
            "mine.Conflict.toml",
        ] {
            assert!(is_conflict_copy(name), "{name}");
        }
        for name in ["mine.toml", "conflicts.toml", "write-conflicts.toml", "conflict-resolution.toml"] {
            assert!(!is_conflict_copy(name), "{name}");
        }
    }

    #[test]
    fn a_file_that_may_change_again_unseen_is_not_settled() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine.toml");
        fs::write(&path, "one").unwrap();
        let stamp_at = |modified: SystemTime| {
            fs::File::options().write(true).open(&path).unwrap().set_modified(modified).unwrap();
            file(&path).unwrap().stamp
        };
        let now = SystemTime::now();
        assert_eq!(stamp_at(now), "", "it was changed just now");
        assert_eq!(stamp_at(now - Duration::from_secs(1)), "");
        assert_eq!(stamp_at(now + Duration::from_secs(3600)), "", "its clock is another");
        assert_ne!(stamp_at(now - Duration::from_secs(10)), "");
    }
}
