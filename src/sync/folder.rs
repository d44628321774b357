//! The folder that is shared: what a sync asks of it, and the real one.

use crate::files;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// A file as the folder lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// When it was written last, in nanoseconds since 1970.
    pub modified_ns: i64,
    /// Whether it is a file. A link, a folder or a pipe is none, and is never opened.
    pub is_file: bool,
}

/// What a sync asks of a folder. It is a trait so that a test can have one that is cut, doubled and renamed, or that hangs.
pub trait Folder {
    /// What is in it.
    ///
    /// # Errors
    /// It cannot be listed.
    fn entries(&self) -> io::Result<Vec<Entry>>;

    /// A part of a file, from a byte on, at most so many.
    ///
    /// # Errors
    /// It cannot be read.
    fn read(&self, name: &str, from: u64, most: u64) -> io::Result<Vec<u8>>;

    /// Appends to a file that has so many bytes; without any, it is a new one. It is on disk when this returns.
    ///
    /// # Errors
    /// It cannot be written, has another length, or is there already: this is `AlreadyExists`.
    fn append(&self, name: &str, at: u64, bytes: &[u8]) -> io::Result<Entry>;
}

/// A folder on disk.
#[derive(Debug, Clone)]
pub struct Disk(pub PathBuf);

impl Folder for Disk {
    fn entries(&self) -> io::Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for entry in fs::read_dir(&self.0)? {
            let entry = entry?;
            // What goes while it is listed is not there.
            if let (Ok(name), Ok(metadata)) = (entry.file_name().into_string(), entry.metadata()) {
                entries.push(entry_of(name, &metadata));
            }
        }
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }

    fn read(&self, name: &str, from: u64, most: u64) -> io::Result<Vec<u8>> {
        let mut file = File::open(self.0.join(name))?;
        file.seek(SeekFrom::Start(from))?;
        let mut bytes = Vec::new();
        file.take(most).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn append(&self, name: &str, at: u64, bytes: &[u8]) -> io::Result<Entry> {
        let path = self.0.join(name);
        let mut file = if at == 0 {
            OpenOptions::new().append(true).create_new(true).open(&path)?
        } else {
            let found = fs::symlink_metadata(&path)?;
            if !found.is_file() || found.len() != at {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            OpenOptions::new().append(true).open(&path)?
        };
        file.write_all(bytes)?;
        file.sync_all()?;
        if at == 0 {
            files::sync_folder(&self.0)?;
        }
        Ok(entry_of(name.to_owned(), &fs::metadata(&path)?))
    }
}

fn entry_of(name: String, metadata: &fs::Metadata) -> Entry {
    let since = metadata.modified().ok().and_then(|modified| modified.duration_since(UNIX_EPOCH).ok());
    Entry {
        name,
        bytes: metadata.len(),
        modified_ns: since.and_then(|since| i64::try_from(since.as_nanos()).ok()).unwrap_or(0),
        is_file: metadata.is_file(),
    }
}

/// The folder of a path, which must be there: where a disk is not mounted, none is made in its place.
///
/// # Errors
/// It is not there, or no folder.
pub fn open(path: &Path) -> io::Result<Disk> {
    let path = fs::canonicalize(path)?;
    if fs::metadata(&path)?.is_dir() { Ok(Disk(path)) } else { Err(io::ErrorKind::NotADirectory.into()) }
}
