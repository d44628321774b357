//! The catalog: all decks by their index, and what commands ask of it.

use super::change::{BUILD, bring_up_to_date, changes};
use super::error::{CatalogError, NotFound, Result};
use super::files::{self, Folder};
use super::read::{hash, read};
use crate::deck::{Card, DeckError, Defaults, Unknown, embedded_file};
use crate::schedule::CardId;
use crate::store::Store;
use crate::store::deck_index::DeckRow;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// All decks.
#[derive(Debug)]
pub struct Catalog {
    folder: PathBuf,
    /// The folder must be there.
    explicit: bool,
    /// Why decks were left out, whole.
    pub errors: Vec<DeckError>,
    /// How many decks lie in the folder, sound or broken.
    pub user_decks: usize,
    /// What lies in the folder and is not read.
    pub unread: Vec<DeckError>,
}

impl Catalog {
    /// The embedded decks and those in a folder. The index is brought up to date: of files that were not changed nothing
    /// is read. A broken deck is left out whole and its errors are kept. `advance` hears how many decks of how many
    /// were read.
    ///
    /// # Errors
    /// The database, or the folder. One that is not there has no decks, unless it is `explicit`.
    pub fn open(
        store: &mut Store,
        folder: &Path,
        explicit: bool,
        advance: &mut dyn FnMut(usize, usize),
    ) -> Result<Self> {
        let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        let Folder { decks: found, mut errors, unread } = match files::find(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && !explicit => Default::default(),
            Err(source) => return Err(CatalogError::Folder { path: folder, source }),
            Ok(found) => found,
        };
        let snapshot = store.snapshot()?;
        let is_made = store.deck_index().build()?.as_deref() == Some(BUILD);
        let known = if is_made { store.deck_index().files()? } else { Vec::new() };
        let mut broken = if is_made { store.deck_index().broken_decks()? } else { Vec::new() };
        drop(snapshot);
        let (changed, mut touched) = changes(&found, &known);
        if !is_made || !changed.is_empty() {
            store.change_index(|index| bring_up_to_date(index, &found, advance))?;
            broken = store.deck_index().broken_decks()?;
        } else {
            // What may be changed again unseen is read again next time.
            touched.retain(|file| !file.stamp.is_empty());
            if !touched.is_empty() {
                // That the next start reads these files again is no failure.
                let _ = store.change_index(|index| touched.iter().try_for_each(|file| index.stamp_file(file)));
            }
        }
        for deck in broken {
            let known = deck.errors.as_deref().and_then(|json| serde_json::from_str(json).ok());
            errors.extend::<Vec<DeckError>>(known.unwrap_or_default());
        }
        Ok(Self { folder, explicit, errors, user_decks: store.deck_index().user_decks()?, unread })
    }

    /// Brings the index up to date, and gives what is wrong in a file.
    ///
    /// # Errors
    /// As [`Catalog::open`].
    pub fn look_again(&self, store: &mut Store, file: &str) -> Result<Vec<DeckError>> {
        let now = Self::open(store, &self.folder, self.explicit, &mut |_, _| ())?;
        Ok(now.errors.into_iter().filter(|error| *error.path == *file).collect())
    }

    /// Reads a card; none where no deck has it. A file that was changed since is seen as it is now, and an index that
    /// does not say what the files say is made anew.
    ///
    /// # Errors
    /// As [`Catalog::open`].
    pub fn card(&self, store: &mut Store, id: &CardId) -> Result<Option<Arc<Card>>> {
        if let Ok(Some(card)) =
            store.deck_index().located(id).map(|located| located.and_then(|located| read(&located, id)))
        {
            return Ok(Some(card));
        }
        Self::open(store, &self.folder, self.explicit, &mut |_, _| ())?;
        match store.deck_index().located(id) {
            Ok(None) => return Ok(None),
            Ok(Some(located)) => {
                if let Some(card) = read(&located, id) {
                    return Ok(Some(card));
                }
            }
            Err(error) if error.is_damage() => {}
            Err(error) => return Err(error.into()),
        }
        self.make_anew(store)?;
        Ok(store.deck_index().located(id)?.and_then(|located| read(&located, id)))
    }

    /// Makes the whole index anew, whatever it says of the build that made it.
    fn make_anew(&self, store: &mut Store) -> Result<()> {
        let open = |store: &mut Store| Self::open(store, &self.folder, self.explicit, &mut |_, _| ()).map(drop);
        store.change_index(|index| index.outdate())?;
        match open(store) {
            // What cannot be read is not remembered either.
            Err(CatalogError::Store(error)) if error.is_damage() => {
                store.change_index(|index| index.begin_anew(""))?;
                open(store)
            }
            opened => opened,
        }
    }

    /// Reads the bytes of every card and holds them against the index; where it does not say what the files say, it is
    /// made anew. Gives the cards that it was wrong about.
    ///
    /// # Errors
    /// As [`Catalog::open`].
    pub fn check(&self, store: &mut Store) -> Result<Vec<CardId>> {
        let mut wrong = Vec::new();
        let mut open: Option<(String, Option<Vec<u8>>)> = None;
        let all = match store.deck_index().all_located() {
            Err(error) if error.is_damage() => {
                self.make_anew(store)?;
                store.deck_index().all_located()?
            }
            all => all?,
        };
        for (id, located) in all {
            if open.as_ref().is_none_or(|(path, _)| *path != located.path) {
                let bytes = match located.user {
                    true => std::fs::read(&located.path).ok(),
                    false => embedded_file(&located.path).map(<[u8]>::to_vec),
                };
                open = Some((located.path.clone(), bytes));
            }
            let file = open.as_ref().and_then(|(_, bytes)| bytes.as_deref());
            let block = file.and_then(|bytes| bytes.get(located.block.clone()));
            if block.is_none_or(|block| hash(block) != located.block_hash) {
                wrong.push(id);
            }
        }
        if !wrong.is_empty() {
            self.make_anew(store)?;
        }
        Ok(wrong)
    }

    /// On what terms a deck's cards may be used and passed on, where it says so.
    pub fn licence(deck: &DeckRow) -> Option<String> {
        serde_json::from_str::<Defaults>(deck.defaults.as_deref()?).ok()?.licence
    }

    /// The id of a card that a deck has.
    ///
    /// # Errors
    /// No deck has it; the nearest are named.
    pub fn id(&self, store: &Store, name: &str) -> std::result::Result<CardId, NotFound> {
        if let Ok(id) = CardId::parse(name)
            && store.deck_index().has_card(&id)?
        {
            return Ok(id);
        }
        if store.deck_index().unknown_decks(&[name.to_owned()])?.is_empty() {
            return Err(NotFound::NoCard(format!(
                "{name} is a deck, and no card: sysdrill list {name} lists its cards, sysdrill deck disable {name} leaves \
                 all of them out"
            )));
        }
        let names = store.deck_index().card_names()?;
        let within = format!("{name}/");
        let of_matrix: Vec<&str> = names.iter().map(String::as_str).filter(|id| id.starts_with(&within)).collect();
        if !of_matrix.is_empty() {
            return Err(NotFound::NoCard(format!("{name} is several cards: name one of {}", of_matrix.join(", "))));
        }
        let unknown = Unknown::card(name, names.iter().map(String::as_str));
        Err(match unknown.is_far() {
            true => {
                NotFound::NoCard(format!("{unknown}: sysdrill search {name} looks for it, and sysdrill list lists all"))
            }
            false => unknown.into(),
        })
    }

    /// Checks that there are decks of these names.
    ///
    /// # Errors
    /// There is not one of that name; the nearest are named.
    pub fn check_decks(&self, store: &Store, names: &[String]) -> std::result::Result<(), NotFound> {
        let Some(unknown) = store.deck_index().unknown_decks(names)?.into_iter().next() else { return Ok(()) };
        let decks = store.deck_index().decks()?;
        Err(Unknown::deck(unknown, decks.iter().filter_map(|deck| deck.name.as_deref())).into())
    }
}
