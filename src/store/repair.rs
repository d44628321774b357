//! A new file from what is left of a damaged one.

use super::connection::{Entropy, Purpose, Store};
use super::door::{Door, Numbers, Refused};
use super::error::{Result, StoreError};
use super::file::{self, FileId, WAL, io_error};
use super::merge::Merged;
use super::salvage::{self, Found};
use super::{aside, backup};
use crate::files::{Part, beside, private_file};
use std::fs;
use std::path::{Path, PathBuf};

/// What was saved from a damaged file.
#[derive(Debug)]
pub struct Repaired {
    /// Reviews that were found in it and its write-ahead log.
    pub reviews: usize,
    /// Rows that refer to a review that was not.
    pub without_review: usize,
    /// What each backup had besides.
    pub from_backups: Vec<(PathBuf, Result<usize>)>,
    /// Where the damaged file now lies; none where there was no file.
    pub aside: Option<PathBuf>,
}

impl Store {
    /// Makes a new file of all that is left of the log: in the damaged file, in its write-ahead log, and in every backup
    /// that is sound. It takes the place of the damaged one, which is set aside under a name with `tag`. `damaged` is the
    /// file that was found so: what another process has put there meanwhile is left alone.
    ///
    /// # Errors
    /// Another file stands there by now ([`StoreError::Replaced`]); the file cannot be read, has nothing of a log, or no
    /// new one can be written: then all stays as it is.
    pub fn repair(path: &Path, damaged: FileId, tag: &str, entropy: Entropy) -> Result<Repaired> {
        let path = &file::real(path)?;
        let _lock = file::lock(path)?;
        if FileId::of(path) != damaged {
            return Err(StoreError::Replaced(path.clone()));
        }
        let part = Part::of(path).map_err(io_error(path))?;
        let found = salvaged(path, &beside(path, WAL), &part)?;
        // Where a file has nothing of a log it was none of ours: no backup takes its place.
        if found.is_empty() && path.exists() {
            return Err(StoreError::NothingLeft(path.clone()));
        }
        let mut store = Self::open_as(part.path(), entropy, Purpose::Copy)?;
        let mut repaired = store.take_found(found)?;
        repaired.from_backups = store.take_backups_of(path)?;
        store.rebuild()?;
        if store.examine(&mut |_, _| ())?.reviews == 0 && !path.exists() {
            return Err(StoreError::NothingLeft(path.clone()));
        }
        drop(store);
        repaired.aside = aside::replace(path, part, &beside(path, &format!(".damaged-{tag}")))?;
        Ok(repaired)
    }

    /// Takes in what every sound backup of a file has besides, whatever day its name has.
    fn take_backups_of(&mut self, path: &Path) -> Result<Vec<(PathBuf, Result<usize>)>> {
        let copies = backup::list(path)?.into_iter().filter(|copy| copy.bytes > 0);
        Ok(copies
            .map(|copy| {
                let merged = self.merge_file(&copy.path, &mut |_, _| ());
                (copy.path, merged.map(|merged| merged.reviews))
            })
            .collect())
    }

    /// Takes in the rows of a write-ahead log alone, such as one that was set aside.
    pub(super) fn merge_wal(&mut self, wal: &Path, advance: &mut dyn FnMut(usize, usize)) -> Result<Merged> {
        let part = backup::scratch(&self.path, "merging")?;
        let found = salvaged(Path::new(""), wal, &part)?;
        if found.is_empty() {
            return Err(StoreError::NoLog(wal.to_owned()));
        }
        let mut store = Self::open_as(part.path(), Box::new(|| [0; 10]), Purpose::Copy)?;
        store.take_found(found)?;
        store.rebuild()?;
        drop(store);
        self.merge(part.path(), advance)
    }

    /// Puts salvaged rows into the log of a new file.
    fn take_found(&mut self, mut found: Vec<Found>) -> Result<Repaired> {
        // A row may be found in several pages; rows keep the order in which they were written, reviews first.
        found.sort_by_key(|found| (found.row.table, found.number));
        let mut repaired = Repaired { reviews: 0, without_review: 0, from_backups: Vec::new(), aside: None };
        self.write("write the salvaged log", |tx, _| {
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
            Ok::<_, Refused>(())
        })?;
        Ok(repaired)
    }
}

/// The rows of the log in a file and in a write-ahead log; either may be missing.
fn salvaged(path: &Path, wal: &Path, part: &Part) -> Result<Vec<Found>> {
    let nothing = beside(part.path(), ".nothing");
    let path = if path.exists() {
        path
    } else {
        private_file(&nothing).map_err(io_error(&nothing))?;
        &nothing
    };
    fs::metadata(path).map_err(io_error(path))?;
    salvage::rows(path, wal).map_err(io_error(path))
}
