//! Why a command failed, whatever part of the program it comes from.

use super::settings::SettingsError;
use crate::catalog::{CatalogError, NotFound};
use crate::deck::{DeckError, Unknown};
use crate::drive::DriveError;
use crate::files;
use crate::practice::PracticeError;
use crate::shown;
use crate::store::{ExportError, StoreError};
use std::io;
use std::path::{Path, PathBuf};

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The settings.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A deck or a card that there is not.
    #[error(transparent)]
    Unknown(#[from] Unknown),
    /// Broken decks.
    #[error("{}", told(.0))]
    Decks(Vec<DeckError>),
    /// The decks as a whole.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// Input or output.
    #[error("cannot read or write: {0}")]
    Io(#[from] io::Error),
    /// A file that was named.
    #[error("{}: {source}", shown::path(path))]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file that was named and is not there.
    #[error("there is no file {}: {next}", shown::path(path))]
    NoFile {
        /// The file.
        path: PathBuf,
        /// The next step.
        next: &'static str,
    },
    /// Said as it is.
    #[error("{0}")]
    Plain(String),
}

/// Whether there is the folder of a file that was named with an option. Its name may be a slip: none is made.
///
/// # Errors
/// There is none, with what to do.
pub(super) fn check_folder(file: &Path, option: &str) -> Result<(), CliError> {
    let folder = files::folder_of(file);
    if folder.is_dir() {
        return Ok(());
    }
    let folder = shown::path(folder);
    Err(CliError::Plain(format!("there is no folder {folder}: make it first, or name another file with {option}")))
}

fn told(errors: &[DeckError]) -> String {
    let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
    format!("{}\n{} in the decks", lines.join("\n"), shown::count(errors.len(), "error"))
}

impl From<ExportError> for CliError {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Store(error) => Self::Store(error),
            ExportError::Io(error) => Self::Io(error),
        }
    }
}

impl From<NotFound> for CliError {
    fn from(error: NotFound) -> Self {
        match error {
            NotFound::Unknown(error) => Self::Unknown(error),
            NotFound::NoCard(message) => Self::Plain(message),
            NotFound::Store(error) => Self::Store(error),
        }
    }
}

impl From<DriveError> for CliError {
    fn from(error: DriveError) -> Self {
        match error {
            DriveError::Store(error) => Self::Store(error),
            DriveError::Catalog(error) => Self::Catalog(error),
            DriveError::Io(error) => Self::Io(error),
        }
    }
}

impl From<PracticeError> for CliError {
    fn from(error: PracticeError) -> Self {
        match error {
            PracticeError::Store(error) => Self::Store(error),
            PracticeError::NotFound(error) => error.into(),
            PracticeError::Drive(error) => error.into(),
            PracticeError::Nothing(message) => Self::Plain(message),
        }
    }
}

impl CliError {
    /// Why a file that was named could not be opened; `next` is the next step where it is not there.
    pub(super) fn of_named(path: &Path, source: io::Error, next: &'static str) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::NotFound => Self::NoFile { path, next },
            _ => Self::File { path, source },
        }
    }

    /// The kind of error, where reading or writing failed.
    pub(super) fn io_kind(&self) -> Option<io::ErrorKind> {
        match self {
            Self::Io(error) => Some(error.kind()),
            _ => None,
        }
    }
}
