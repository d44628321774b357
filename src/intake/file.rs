//! The files that an import writes.

use super::content::hash;
use super::error::{IntakeError, Result};
use crate::files::{self, Existing};
use std::io;
use std::path::{Path, PathBuf};

/// A file that is to be written.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) path: PathBuf,
    pub(super) before: Option<Vec<u8>>,
    pub(super) after: Vec<u8>,
}

/// Writes a file in the place of what stood in it, or removes it.
pub(super) fn write(path: &Path, before: Option<&[u8]>, after: Option<&[u8]>) -> Result<()> {
    let wrong = |source| IntakeError::File { path: path.to_owned(), source };
    let now = match std::fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        read => Some(read.map_err(wrong)?),
    };
    // A run that ended half way did this.
    if after.is_some() && now.as_deref() == after {
        return Ok(());
    }
    if now.as_deref() != before {
        return Err(wrong(io::Error::other(
            "it was changed meanwhile: nothing was written to it; run the command again",
        )));
    }
    match (after, before) {
        (None, _) => std::fs::remove_file(path).map_err(wrong),
        (Some(after), None) => files::write(path, Existing::Refused, |out| out.write_all(after)).map_err(wrong),
        (Some(after), Some(_)) => files::write(path, Existing::Replaced, |out| out.write_all(after)).map_err(wrong),
    }
}

/// The hash of a file, as marks have it.
pub(super) fn hash_of(bytes: &[u8]) -> String {
    hash(&[bytes])
}
