//! Own decks: which file goes where, and what is kept where both sides have changed one.

use crate::files::{self, Existing};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::Path;

/// What becomes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Todo {
    /// Nothing: it is the same on both sides, or was removed here.
    Nothing,
    /// This side's goes to the folder.
    Send,
    /// The folder's comes here.
    Fetch,
    /// Both were changed: this side's stays, and the folder's is kept beside it under a name of its own, here and there.
    KeepBoth,
}

/// Decides by hashes: of what was the same on both sides the last time, of what is here, and of what is there. A file that
/// the folder lost is put there again; one that was removed here stays away until it changes there.
pub fn decide(base: Option<&str>, here: Option<&str>, there: Option<&str>) -> Todo {
    match (here, there) {
        (None, None) => Todo::Nothing,
        (Some(_), None) => Todo::Send,
        (None, there) => {
            if there == base {
                Todo::Nothing
            } else {
                Todo::Fetch
            }
        }
        (here, there) if here == there => Todo::Nothing,
        (_, there) if there == base => Todo::Send,
        (here, _) if here == base => Todo::Fetch,
        _ => Todo::KeepBoth,
    }
}

/// What of the decks was carried.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Carried {
    /// Files that went to the folder.
    pub sent: Vec<String>,
    /// Files that came.
    pub fetched: Vec<String>,
    /// Files that both sides had changed, each with the name under which the folder's version is kept.
    pub both: Vec<(String, String)>,
    /// Files that could not be carried, and why.
    pub failed: Vec<(String, String)>,
}

/// No deck's file is larger, in bytes.
const LARGEST: u64 = 16 << 20;
/// Folders in folders are followed so deep.
const DEEPEST: usize = 4;

/// Carries the files of decks both ways. `base` has what was the same on both sides, by path, and is brought up to date.
///
/// # Errors
/// One of the folders cannot be read.
pub fn carry(here: &Path, there: &Path, base: &mut BTreeMap<String, String>) -> io::Result<Carried> {
    let (ours, theirs) = (deck_files(here)?, deck_files(there)?);
    let paths: BTreeSet<String> = ours.union(&theirs).cloned().collect();
    let mut carried = Carried::default();
    for path in paths {
        if let Err(error) = carry_one(here, there, &path, base, &mut carried) {
            carried.failed.push((path, error.to_string()));
        }
    }
    Ok(carried)
}

fn carry_one(
    here: &Path,
    there: &Path,
    path: &str,
    base: &mut BTreeMap<String, String>,
    carried: &mut Carried,
) -> io::Result<()> {
    let (ours, theirs) = (read(&here.join(path))?, read(&there.join(path))?);
    let hash = |bytes: &Option<Vec<u8>>| bytes.as_deref().map(hash_of);
    let (our_hash, their_hash) = (hash(&ours), hash(&theirs));
    let was = base.get(path).map(String::as_str);
    match (decide(was, our_hash.as_deref(), their_hash.as_deref()), ours, theirs) {
        (Todo::Send, Some(ours), _) => {
            put(&there.join(path), &ours)?;
            carried.sent.push(path.to_owned());
            base.extend(our_hash.map(|hash| (path.to_owned(), hash)));
        }
        (Todo::Fetch, _, Some(theirs)) => {
            put(&here.join(path), &theirs)?;
            carried.fetched.push(path.to_owned());
            base.extend(their_hash.map(|hash| (path.to_owned(), hash)));
        }
        (Todo::KeepBoth, Some(ours), Some(theirs)) => {
            let (our_hash, their_hash) = (our_hash.unwrap_or_default(), their_hash.unwrap_or_default());
            let copy = copy_name(path, &their_hash[..6]);
            put(&here.join(&copy), &theirs)?;
            put(&there.join(&copy), &theirs)?;
            put(&there.join(path), &ours)?;
            base.insert(copy.clone(), their_hash);
            base.insert(path.to_owned(), our_hash);
            carried.both.push((path.to_owned(), copy));
        }
        (_, Some(_), Some(_)) => base.extend(our_hash.map(|hash| (path.to_owned(), hash))),
        _ => {}
    }
    Ok(())
}

/// What became of a deck's new version.
#[derive(Debug, PartialEq, Eq)]
pub enum Taken {
    /// The file says so already.
    Same,
    /// The file says so now.
    Written,
    /// The file was changed here and stays; the new version is kept beside it under this name.
    Beside(String),
}

/// Takes in a new version of a deck's file in a folder. `base` is the hash of the version that came before it.
///
/// # Errors
/// A file cannot be read or written, or is none.
pub fn take(folder: &Path, file: &str, base: Option<&str>, body: &[u8]) -> io::Result<Taken> {
    let (ours, theirs) = (read(&folder.join(file))?.map(|ours| hash_of(&ours)), hash_of(body));
    Ok(match decide(base, ours.as_deref(), Some(&theirs)) {
        Todo::Nothing | Todo::Send => Taken::Same,
        Todo::Fetch => {
            put(&folder.join(file), body)?;
            Taken::Written
        }
        Todo::KeepBoth => {
            let copy = copy_name(file, &theirs[..6]);
            put(&folder.join(&copy), body)?;
            Taken::Beside(copy)
        }
    })
}

/// What a file is known by.
pub fn hash_of(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}

/// The name of a version that was not taken: it is that of a copy, which stands in no deck's way.
fn copy_name(path: &str, hash: &str) -> String {
    match path.rsplit_once('.') {
        Some((stem, ending)) => format!("{stem} (conflicted copy {hash}).{ending}"),
        None => format!("{path} (conflicted copy {hash})"),
    }
}

fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    files::write(path, Existing::Replaced, |out| out.write_all(bytes))
}

/// A file's bytes; none where there is none. A link is none of ours to write over.
fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
        Ok(found) if !found.is_file() => {
            Err(io::Error::other("it is a link or a folder on one side: it stays as it is"))
        }
        Ok(found) if found.len() > LARGEST => Err(io::Error::other("it is larger than 16 MiB")),
        Ok(_) => fs::read(path).map(Some),
    }
}

/// The files of decks below a folder, by their paths with `/`. What is hidden or a link is none.
fn deck_files(folder: &Path) -> io::Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    let mut folders = vec![(folder.to_owned(), String::new(), 0)];
    while let Some((folder, prefix, depth)) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let (Ok(name), Ok(kind)) = (entry.file_name().into_string(), entry.file_type()) else { continue };
            if name.starts_with(['.', '~']) {
                continue;
            }
            let path = format!("{prefix}{name}");
            if kind.is_dir() && depth < DEEPEST {
                folders.push((entry.path(), format!("{path}/"), depth + 1));
            } else if kind.is_file() && [".toml", ".md", ".markdown"].iter().any(|ending| name.ends_with(ending)) {
                found.insert(path);
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_changed_a_deck_is_told_by_what_was_the_same_before() {
        let (a, b, c) = (Some("a"), Some("b"), Some("c"));
        for (base, here, there, todo) in [
            (None, None, None, Todo::Nothing),
            (None, a, None, Todo::Send),
            (None, None, a, Todo::Fetch),
            (None, a, a, Todo::Nothing),
            (None, a, b, Todo::KeepBoth),
            (a, a, a, Todo::Nothing),
            (a, b, a, Todo::Send),
            (a, a, b, Todo::Fetch),
            (a, b, c, Todo::KeepBoth),
            (a, b, b, Todo::Nothing),
            (a, a, None, Todo::Send),
            (a, None, a, Todo::Nothing),
            (a, None, b, Todo::Fetch),
            (a, None, None, Todo::Nothing),
        ] {
            assert_eq!(decide(base, here, there), todo, "{base:?} {here:?} {there:?}");
        }
    }

    #[test]
    fn a_deck_that_both_changed_is_there_twice_on_both_sides() {
        let dir = tempfile::tempdir().unwrap();
        let [a, b, shared] = ["a", "b", "shared"].map(|name| dir.path().join(name));
        let (mut base_a, mut base_b) = (BTreeMap::new(), BTreeMap::new());
        let mut sync_a = || carry(&a, &shared, &mut base_a).unwrap();
        let mut sync_b = || carry(&b, &shared, &mut base_b).unwrap();
        put(&a.join("x/mine.toml"), b"1").unwrap();
        assert_eq!(sync_a().sent, ["x/mine.toml"]);
        assert_eq!(sync_b().fetched, ["x/mine.toml"]);
        put(&a.join("x/mine.toml"), b"2a").unwrap();
        put(&b.join("x/mine.toml"), b"2b").unwrap();
        sync_a();
        let both = sync_b().both;
        let [(path, copy)] = both.as_slice() else { panic!("{both:?}") };
        assert_eq!(path, "x/mine.toml");
        assert_eq!(sync_a().fetched.len(), 2, "{copy}");
        for side in [&a, &b, &shared] {
            assert_eq!(fs::read(side.join(path)).unwrap(), b"2b");
            assert_eq!(fs::read(side.join(copy)).unwrap(), b"2a");
        }
        assert_eq!((sync_a(), sync_b()), (Carried::default(), Carried::default()));
    }

    #[test]
    fn a_new_version_takes_the_place_of_the_one_before_and_of_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.md");
        let base = hash_of(b"1");
        let said = |text: &[u8]| fs::read(&path).is_ok_and(|there| there == text);
        assert_eq!(take(dir.path(), "a.md", None, b"1").unwrap(), Taken::Written);
        assert_eq!(take(dir.path(), "a.md", Some(&base), b"2").unwrap(), Taken::Written);
        assert!(said(b"2"));
        assert_eq!(take(dir.path(), "a.md", Some(&base), b"2").unwrap(), Taken::Same);
        put(&path, b"mine").unwrap();
        let copy = copy_name("a.md", &hash_of(b"3")[..6]);
        assert_eq!(take(dir.path(), "a.md", Some(&base), b"3").unwrap(), Taken::Beside(copy.clone()));
        assert!(said(b"mine") && fs::read(dir.path().join(copy)).unwrap() == b"3");
        // One that was removed here comes back with a new version.
        fs::remove_file(&path).unwrap();
        assert_eq!(take(dir.path(), "a.md", Some(&base), b"1").unwrap(), Taken::Same);
        assert_eq!(take(dir.path(), "a.md", Some(&base), b"4").unwrap(), Taken::Written);
    }
}
