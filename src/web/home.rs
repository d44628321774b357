//! What the learner has and wants, as whoever starts the server knows it.

use crate::catalog::Catalog;
use crate::clock::Clock;
use crate::practice::Daily;
use crate::store::Store;
use crate::terminal::Options;
use std::path::Path;

/// The learner's files and settings.
pub trait Home {
    /// The database's file.
    fn db(&self) -> &Path;

    /// Opens the database.
    ///
    /// # Errors
    /// Why it cannot be used.
    fn store(&self) -> Result<Store, String>;

    /// All decks.
    ///
    /// # Errors
    /// Why they cannot be read.
    fn catalog(&self, store: &mut Store) -> Result<Catalog, String>;

    /// A clock of the learner's.
    fn clock(&self) -> Clock;

    /// The settings that bear on a day.
    fn daily(&self) -> Daily;

    /// How the learner wants to be asked.
    fn asking(&self) -> Options;

    /// Says what went wrong where nobody waits for it.
    fn warner(&self) -> fn(&str);
}
