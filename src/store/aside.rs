//! Setting aside what is kept and cannot stay where it is: nothing that is kept is written over.

use super::error::Result;
use super::file::{JOURNAL, SHM, WAL, bytes, io_error};
use crate::files::{self, Part, beside, folder_of};
use crate::shown;
use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

/// A write-ahead log of another file that lay beside a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stray {
    /// Where it lies now.
    pub wal: PathBuf,
    /// Whether the rows told, and not the file's identity, which files of earlier versions have not.
    pub by_rows: bool,
}

impl fmt::Display for Stray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = if self.by_rows { "judged by its rows, for one of them is of an earlier version; " } else { "" };
        let path = shown::path(&self.wal);
        write!(
            f,
            "beside the database lay the write-ahead log of another file ({told}a copy, or another machine's). It was set \
             aside and not read: {path}. If there are answers of yours in it, sysdrill merge {path} takes them in"
        )
    }
}

/// Sets the write-ahead log of another file aside that lies beside a database.
pub(super) fn set_wal_aside(db: &Path) -> Result<PathBuf> {
    let wal = beside(db, WAL);
    let aside = beside(&free(&beside(db, ".stray"), &[WAL]), WAL);
    fs::rename(&wal, &aside).map_err(io_error(&wal))?;
    remove_one(&beside(db, SHM)).map_err(io_error(db))?;
    files::sync_folder(folder_of(db)).map_err(io_error(db))?;
    Ok(aside)
}

/// Puts a sound file in the place of a database, which is kept aside with its write-ahead log. At every moment there is a
/// file at `db`, and what was there can be found: a log that is left beside the new file is not replayed over it. Gives
/// the place of what was set aside; nothing that is kept is written over. The caller holds the lock.
pub(super) fn replace(db: &Path, sound: Part, aside: &Path) -> Result<Option<PathBuf>> {
    let aside = free(aside, &["", WAL, JOURNAL]);
    let mut kept = None;
    for what in ["", WAL, JOURNAL] {
        let (from, to) = (beside(db, what), beside(&aside, what));
        if bytes(&from) > 0 || what.is_empty() && from.exists() {
            keep(&from, &to).map_err(io_error(&to))?;
            kept = Some(aside.clone());
        }
    }
    files::sync_folder(folder_of(db)).map_err(io_error(db))?;
    sound.replace().map_err(io_error(db))?;
    for what in [WAL, SHM, JOURNAL] {
        remove_one(&beside(db, what)).map_err(io_error(db))?;
    }
    Ok(kept)
}

/// A name at which, with each of these endings, nothing stands yet.
fn free(path: &Path, endings: &[&str]) -> PathBuf {
    let is_free = |name: &PathBuf| endings.iter().all(|ending| fs::symlink_metadata(beside(name, ending)).is_err());
    (1u32..).map(|n| files::numbered(path, n)).find(is_free).unwrap_or_else(|| path.to_owned())
}

/// Gives a file a second name; a copy of it where the file system has no links.
fn keep(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from, to) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            let mut copy = files::new_private_file(to)?;
            io::copy(&mut fs::File::open(from)?, &mut copy)?;
            copy.sync_all()
        }
        linked => linked,
    }
}

pub(super) fn remove_one(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
