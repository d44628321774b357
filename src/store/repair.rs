//! A new file from what is left of a damaged one.

use super::rows::{append, columns, is_there};
use super::{Entropy, Result, Store, StoreError, salvage};
use rusqlite::ToSql;
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
const BESIDE: [&str; 2] = ["-wal", "-shm"];

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
    /// The file cannot be read, or no new one written: then the damaged one stays where it is.
    pub fn repair(path: &Path, tag: &str, entropy: Entropy) -> Result<Repaired> {
        let io = |path: &Path| {
            let path = path.to_owned();
            move |source: io::Error| StoreError::Io { path, source }
        };
        let mut found = salvage::rows(path, &beside(path, "-wal")).map_err(io(path))?;
        // A row may be found in several pages; rows keep the order in which they were written, reviews first.
        let rank = |table: &str| ["review", "retraction", "mark"].iter().position(|name| *name == table);
        found.sort_by_key(|row| (rank(row.table), row.rowid));
        let fresh = beside(path, ".repaired");
        remove(&fresh).map_err(io(&fresh))?;
        let mut store = Self::open(&fresh, entropy)?;
        let mut repaired = Repaired { reviews: 0, without_review: 0, aside: beside(path, &format!(".damaged-{tag}")) };
        store.write("write the salvaged log", |tx, _| {
            for row in &found {
                let values: Vec<&dyn ToSql> = row.values.iter().map(|value| value as &dyn ToSql).collect();
                if is_there(tx, row.table, values[0])? {
                    continue;
                }
                if row.table == "retraction" && !is_there(tx, "review", values[1])? {
                    repaired.without_review += 1;
                    continue;
                }
                repaired.reviews += usize::from(row.table == "review");
                append(tx, row.table, columns(row.table), &values)?;
            }
            Ok(())
        })?;
        store.rebuild()?;
        drop(store);
        set_aside(path, &repaired.aside).map_err(io(path))?;
        fs::rename(&fresh, path).map_err(io(&fresh))?;
        Ok(repaired)
    }
}

/// Moves a database away with what lies beside it.
pub(super) fn set_aside(path: &Path, aside: &Path) -> io::Result<()> {
    fs::rename(path, aside)?;
    for what in BESIDE {
        match fs::rename(beside(path, what), beside(aside, what)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
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
