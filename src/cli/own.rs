//! The user's own decks, as commands that change them find them: sound or broken, a file or a folder.

use super::{Broken, CliError, Context};
use crate::catalog::Catalog;
use crate::catalog::files::{self, Found};
use crate::deck::markdown::is_markdown;
use crate::deck::{DeckFile, Unknown, embedded, is_called};
use crate::log::{Deed, Mark, MarkKind};
use crate::schedule::is_slug;
use crate::shown;
use crate::store::Store;
use std::io;
use std::path::{Path, PathBuf};

/// A deck of the user's.
#[derive(Debug, Clone)]
pub(super) struct OwnDeck {
    /// The first has the `[deck]` table.
    pub(super) files: Vec<Found>,
    /// Where it is one.
    pub(super) folder: Option<PathBuf>,
}

impl OwnDeck {
    /// The file or the folder that is the deck.
    pub(super) fn path(&self) -> &Path {
        self.folder.as_deref().unwrap_or(&self.files[0].path)
    }

    /// What stands in its files.
    ///
    /// # Errors
    /// One of them cannot be read.
    pub(super) fn read(&self) -> Result<Vec<DeckFile>, CliError> {
        self.files.iter().map(Found::read).collect::<Result<_, _>>().map_err(|error| CliError::Decks(vec![error]))
    }
}

/// What a deck's name means.
pub(super) enum Named {
    /// A part of the program, with its files.
    Embedded(Vec<DeckFile>),
    Own(OwnDeck),
}

/// The catalog of a command that works on deck files: what is broken is its own matter.
pub(super) fn catalog(context: &Context) -> Result<(Store, Catalog), CliError> {
    let mut store = context.store()?;
    let catalog = context.catalog(&mut store, Broken::Kept)?;
    Ok((store, catalog))
}

/// The deck of that name; a broken one by the name of its file or folder. None where there is none.
///
/// # Errors
/// The database, or the folder of decks.
pub(super) fn find(context: &Context, store: &Store, name: &str) -> Result<Option<Named>, CliError> {
    let rows = store.deck_index().decks()?;
    let row = rows.iter().find(|row| row.name.as_deref() == Some(name));
    let row = row.or_else(|| rows.iter().find(|row| row.name.is_none() && is_called(&row.path, name)));
    let Some(row) = row else { return Ok(None) };
    if !row.user {
        let files = embedded().into_iter().find(|files| *files[0].path == *row.path);
        return Ok(files.map(Named::Embedded));
    }
    let folder = folder(context);
    let found = files::find(&folder).map_err(|source| CliError::File { path: folder.clone(), source })?;
    let files = found.decks.into_iter().find(|files| files[0].name() == row.path);
    Ok(files.map(|files| {
        // A file in Markdown is a deck of its own, wherever it lies.
        let is_folder = !is_markdown(&files[0].name());
        let parent = files[0].path.parent().filter(|parent| is_folder && *parent != folder).map(Path::to_owned);
        Named::Own(OwnDeck { files, folder: parent })
    }))
}

/// The user's deck of that name.
///
/// # Errors
/// As [`find`]; there is no such deck, or it is a part of the program, which `refused` says the next step of.
pub(super) fn own(context: &Context, store: &Store, name: &str, refused: &str) -> Result<OwnDeck, CliError> {
    match find(context, store, name)? {
        Some(Named::Own(deck)) => Ok(deck),
        Some(Named::Embedded(_)) => Err(CliError::Plain(format!("the deck {name} is a part of sysdrill: {refused}"))),
        None => Err(unknown(store, name)?.into()),
    }
}

/// No deck has this name; the nearest are named.
pub(super) fn unknown(store: &Store, name: &str) -> Result<Unknown, CliError> {
    let decks = store.deck_index().decks()?;
    Ok(Unknown::deck(name, decks.iter().filter_map(|deck| deck.name.as_deref())))
}

/// Keeps what was done to decks, so that `undo` can do it the other way round.
pub(super) fn remember(context: &Context, store: &mut Store, deed: Deed) -> Result<(), CliError> {
    let (at_ms, day) = (context.clock.now_ms(), Some(context.clock.today()));
    store.mark(&Mark { card: None, kind: MarkKind::Did(deed), at_ms, day })?;
    Ok(())
}

/// The folder of the user's decks.
pub(super) fn folder(context: &Context) -> PathBuf {
    let folder = &context.deck_folder.0;
    std::path::absolute(folder).unwrap_or_else(|_| folder.clone())
}

/// The file of a deck that there is not yet.
///
/// # Errors
/// The name cannot be a deck's, or something has the file's name.
pub(super) fn new_file(context: &Context, name: &str) -> Result<PathBuf, CliError> {
    if !is_slug(name) {
        return Err(CliError::Plain(format!(
            "a deck's name has lower-case letters, digits and hyphens, as in my-deck, and '{name}' is none"
        )));
    }
    let path = folder(context).join(format!("{name}.toml"));
    if path.symlink_metadata().is_ok() {
        let path = shown::path(&path);
        return Err(CliError::Plain(format!("{path} is there already, and no sound deck {name}: look into it first")));
    }
    Ok(path)
}

/// A title for a deck that has a name only.
pub(super) fn title(name: &str) -> String {
    let words = name.replace('-', " ");
    words[..1].to_uppercase() + &words[1..]
}

/// An error that names its file.
pub(super) fn of_file(path: &Path) -> impl FnOnce(io::Error) -> CliError {
    let path = path.to_owned();
    |source| CliError::File { path, source }
}
