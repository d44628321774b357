//! A new file from what is left of a damaged one.

use super::door::{Door, Numbers, Refused};
use super::{Entropy, Result, Store, StoreError, salvage};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// What was saved from a damaged file.
#[derive(Debug)]
pub struct Repaired {
    /// Reviews that were found.
    pub reviews: usize,
    /// Rows that refer to a review that was not.
    pub without_review: usize,
    /// Where the damaged file now lies.
    pub aside: PathBuf,
}

/// The files that SQLite keeps beside a database.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

/// A path with something appended to its file name.
pub(super) fn beside(path: &Path, what: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(what);
    PathBuf::from(name)
}

impl Store {
    /// Finds all that is left of the log of a damaged file, puts it into a new one, folds it anew, and sets the
    /// damaged file aside under a name with `tag`.
    ///
    /// # Errors
    /// The file cannot be read, has nothing of a log, or no new one can be written: then the damaged one stays where
    /// it is.
    pub fn repair(path: &Path, tag: &str, entropy: Entropy) -> Result<Repaired> {
        let io = |path: &Path| {
            let path = path.to_owned();
            move |source: io::Error| StoreError::Io { path, source }
        };
        let mut found = salvage::rows(path, &beside(path, "-wal")).map_err(io(path))?;
        let (part, whole) = (beside(path, ".repairing"), beside(path, ".repaired"));
        // An earlier repair that was cut short may have moved the write-ahead log away already.
        if whole.exists() {
            found.extend(salvage::rows(&whole, &beside(&whole, "-wal")).map_err(io(&whole))?);
        }
        if found.is_empty() {
            return Err(StoreError::NothingLeft(path.to_owned()));
        }
        // A row may be found in several pages; rows keep the order in which they were written, reviews first.
        found.sort_by_key(|found| (found.row.table, found.number));
        remove(&part).map_err(io(&part))?;
        let mut store = Self::open(&part, entropy)?;
        let aside = free(path, &format!(".damaged-{tag}"));
        let mut repaired = Repaired { reviews: 0, without_review: 0, aside };
        store.write("write the salvaged log", |tx, _| {
            let mut door = Door::open(tx, Numbers::After)?;
            for found in &found {
                match door.take(&found.row) {
                    Err(Refused::NoReview(_)) => repaired.without_review += 1,
                    // Without a checksum it may be damaged: what the log refuses is none.
                    Err(Refused::Unfit(_)) => {}
                    taken => drop(taken?),
                }
            }
            repaired.reviews = door.came.reviews;
            Ok::<_, rusqlite::Error>(())
        })?;
        store.rebuild()?;
        drop(store);
        fs::rename(&part, &whole).map_err(io(&part))?;
        replace(path, &whole, &repaired.aside).map_err(io(path))?;
        Ok(repaired)
    }
}

/// A name beside the file that nothing has yet.
pub(super) fn free(path: &Path, what: &str) -> PathBuf {
    let names = (1u32..).map(|n| beside(path, &if n == 1 { what.to_owned() } else { format!("{what}-{n}") }));
    names.into_iter().find(|name| !name.exists()).unwrap_or_else(|| beside(path, what))
}

/// Puts a sound file in the place of a database, which is kept aside with what lies beside it. There is a file at
/// `path` at every moment, or the next command would begin anew; and no write-ahead log that is not its own.
pub(super) fn replace(path: &Path, sound: &Path, aside: &Path) -> io::Result<()> {
    if path.exists() {
        fs::hard_link(path, aside).or_else(|_| fs::copy(path, aside).map(drop))?;
    }
    for what in BESIDE {
        match fs::rename(beside(path, what), beside(aside, what)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    fs::rename(sound, path)
}

/// Removes a database that was left half made.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    for what in ["", "-wal", "-shm", "-journal"] {
        match fs::remove_file(beside(path, what)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}
