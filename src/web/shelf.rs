//! What is at hand for a request: the database, the decks, the clock.

use super::devices::Devices;
use super::forms::Fields;
use super::home::Home;
use crate::catalog::{Catalog, CatalogError, NotFound};
use crate::clock::Clock;
use crate::drive::DriveError;
use crate::practice::{Daily, PracticeError, Selection};
use crate::store::deck_index::Scope;
use crate::store::{Store, StoreError};

/// What is at hand for a request.
pub struct Shelf<'a, 'h> {
    /// The learner's files and settings.
    pub home: &'h dyn Home,
    /// Who may come in.
    pub devices: &'h Devices,
    /// The database.
    pub store: Store,
    /// The decks.
    pub catalog: &'a Catalog,
    /// The time.
    pub clock: &'h mut Clock,
}

/// Why a request cannot be answered as it was meant.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// The database: it is opened anew for the next request.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What was asked for is not there, or makes no sense.
    #[error("{0}")]
    Plain(String),
    /// There is no such page.
    #[error("there is no such page here")]
    NotFound,
}

/// What a request comes to.
pub type Result<T, E = Failed> = std::result::Result<T, E>;

impl From<DriveError> for Failed {
    fn from(error: DriveError) -> Self {
        match error {
            DriveError::Store(error) | DriveError::Catalog(CatalogError::Store(error)) => Self::Store(error),
            other => Self::Plain(other.to_string()),
        }
    }
}

impl From<PracticeError> for Failed {
    fn from(error: PracticeError) -> Self {
        match error {
            PracticeError::Store(error) | PracticeError::NotFound(NotFound::Store(error)) => Self::Store(error),
            PracticeError::Drive(error) => error.into(),
            other => Self::Plain(other.to_string()),
        }
    }
}

impl From<NotFound> for Failed {
    fn from(error: NotFound) -> Self {
        PracticeError::from(error).into()
    }
}

impl From<CatalogError> for Failed {
    fn from(error: CatalogError) -> Self {
        DriveError::from(error).into()
    }
}

impl Shelf<'_, '_> {
    /// Today, as the settings have it.
    pub fn daily(&self) -> Daily {
        Daily { day: self.clock.today(), now_ms: self.clock.now_ms(), ..self.home.daily() }
    }

    /// The decks or tags that a form names, or all that are on.
    ///
    /// # Errors
    /// One that there is not; the database.
    pub fn scope(&self, fields: &Fields) -> Result<Scope> {
        let names = fields.said("of").map(|of| of.split_whitespace().map(str::to_owned).collect());
        let selection = Selection { names: names.unwrap_or_default(), ..Selection::default() };
        Ok(selection.scope(self.catalog, &self.store, &self.daily())?)
    }
}
