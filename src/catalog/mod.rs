//! All decks as commands see them: an index in the database, and each card read from its file when it is asked.
//!
//! Here belong what is indexed, when an index is out of date, and reading a card by it.

pub mod files;
mod former;
mod words;

use crate::deck::{
    Brief, Card, Deck, DeckError, DeckFile, Defaults, Kind, Source, Unknown, embedded, embedded_file, markdown, parse,
    part, read_deck,
};
use crate::fnv::Fnv;
use crate::schedule::{CardId, CardState};
use crate::shown;
use crate::store::deck_index::{CardRow, DeckRow, EMBEDDED, FileRow, IndexChange, Indexed, Located, Relation};
use crate::store::{self, Store, StoreError};
use files::{Folder, Found};
use former::Before;
use std::collections::{BTreeSet, HashMap};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// This program, its decks and how it reads others.
const BUILD: &str = env!("SYSDRILL_BUILD");
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

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

/// Why there is no catalog.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The folder of decks.
    #[error("cannot read the decks in {}: {source}", shown::path(path))]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

type Result<T> = std::result::Result<T, CatalogError>;

impl Catalog {
    /// The embedded decks and those in a folder. The index is brought up to date: of files that were not changed nothing
    /// is read. A broken deck is left out whole and its errors are kept. `progress` hears how many decks of how many
    /// were read.
    ///
    /// # Errors
    /// The database, or the folder. One that is not there has no decks, unless it is `explicit`.
    pub fn open(
        store: &mut Store,
        folder: &Path,
        explicit: bool,
        progress: &mut dyn FnMut(usize, usize),
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
            store.change_index(|index| bring_up_to_date(index, &found, progress))?;
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
        store.change_index(|index| index.begin_anew(""))?;
        Self::open(store, &self.folder, self.explicit, &mut |_, _| ()).map(drop)
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
            return Err(NotFound::NoCard(format!("{name} is a matrix, and its cards are {}", of_matrix.join(", "))));
        }
        Err(Unknown::card(name, names.iter().map(String::as_str)).into())
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

/// Why a name leads nowhere.
#[derive(Debug, thiserror::Error)]
pub enum NotFound {
    /// Nothing has it.
    #[error(transparent)]
    Unknown(#[from] Unknown),
    /// It is something else than a card.
    #[error("{0}")]
    NoCard(String),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is known of a card of the index, and how it stands.
pub fn brief(indexed: Indexed) -> (Brief, CardState) {
    let Indexed { id, kind, answers, level, state, .. } = indexed;
    // The same build wrote it.
    let kind = Kind::named(&kind).unwrap_or(Kind::Recall);
    (Brief { id, kind, answers, level }, state)
}

/// Reads a card from the bytes that say all of it; none where they were changed since.
fn read(located: &Located, id: &CardId) -> Option<Arc<Card>> {
    let Located { user, path, defaults, line, block, block_hash, tags } = located;
    let bytes = match user {
        true => files::bytes(path, block)?,
        false => embedded_file(path)?.get(block.clone())?.to_vec(),
    };
    if hash(&bytes) != *block_hash {
        return None;
    }
    let defaults: Defaults = serde_json::from_str(defaults).ok()?;
    let file = DeckFile { path: path.as_str().into(), bytes: bytes.into() };
    let mut card = match markdown::is_markdown(path) {
        true => markdown::card(&file, &defaults, id, serde_json::from_str(tags).ok()?)?,
        false => part(&file, &defaults).ok()?.cards.into_iter().find(|card| card.id == *id)?,
    };
    card.place.line += line - 1;
    Some(Arc::new(card))
}

/// The hash of a file or a part of one, as the index keeps it.
fn hash(bytes: &[u8]) -> u64 {
    let mut hash = Fnv::new();
    hash.add(bytes);
    hash.value()
}

/// The decks that are not as the index has them, by the path of their first file, those that are gone too; and the files
/// that have another stamp, but say what they said.
fn changes(found: &[Vec<Found>], known: &[FileRow]) -> (BTreeSet<String>, Vec<FileRow>) {
    let mut known: HashMap<&str, &FileRow> = known.iter().map(|file| (file.path.as_str(), file)).collect();
    let (mut changed, mut touched) = (BTreeSet::new(), Vec::new());
    for files in found {
        let deck = files[0].name();
        for (place, file) in files.iter().enumerate() {
            let known = known.remove(file.name().as_str()).filter(|known| known.deck == deck && known.place == place);
            match known {
                Some(known) if !file.stamp.is_empty() && known.stamp == file.stamp => {}
                Some(known) if file.read().is_ok_and(|file| hash(&file.bytes) == known.hash) => {
                    touched.push(FileRow { stamp: file.stamp.clone(), ..known.clone() });
                }
                _ => {
                    changed.insert(deck.clone());
                }
            }
        }
    }
    changed.extend(known.into_values().map(|gone| gone.deck.clone()));
    (changed, touched)
}

fn bring_up_to_date(
    index: &mut IndexChange,
    found: &[Vec<Found>],
    progress: &mut dyn FnMut(usize, usize),
) -> store::Result<()> {
    let mut before = Before::default();
    if index.build()?.as_deref() != Some(BUILD) {
        for file in index.files()? {
            before.remember(index, &file.deck)?;
        }
        index.begin_anew(BUILD)?;
        for files in embedded() {
            let deck = parse(&files, Source::Embedded).map(Some);
            let files: Vec<_> = files.iter().map(|file| (file.path.to_string(), EMBEDDED, Some(file))).collect();
            put(index, false, &files, deck)?;
        }
    }
    // Another process may have done it meanwhile.
    let known = index.files()?;
    let (mut changed, _) = changes(found, &known);
    // What was left out may be whole now, though its own files are as they were: its name may have become free.
    changed.extend(index.broken()?.into_iter().map(|deck| deck.path));
    let decks: HashMap<String, &Vec<Found>> = found.iter().map(|files| (files[0].name(), files)).collect();
    let all = changed.len();
    while let Some(path) = changed.pop_first() {
        before.remember(index, &path)?;
        match decks.get(&path) {
            None => index.remove_deck(&path)?,
            Some(files) => {
                if !put_changed_files(index, &path, files, &known)? {
                    changed.extend(put_deck(index, &path, files, &mut before)?);
                }
            }
        }
        progress(all - changed.len().min(all), all);
    }
    before.settle(index)
}

/// Where a deck is sound and some of its files were changed, but not the first one nor which there are: puts these alone
/// into the index. Says whether that was enough.
fn put_changed_files(index: &mut IndexChange, path: &str, files: &[Found], known: &[FileRow]) -> store::Result<bool> {
    let known = known.iter().filter(|file| file.deck == path).map(|file| (file.path.as_str(), file));
    let known: HashMap<&str, &FileRow> = known.collect();
    let row = |file: &Found| known.get(file.name().as_str()).copied();
    let Some(deck) = index.deck(path)?.filter(|deck| deck.errors.is_none()) else { return Ok(false) };
    let same_files = known.len() == files.len()
        && files.iter().enumerate().all(|(place, file)| row(file).is_some_and(|row| row.place == place));
    let Some(defaults) = deck.defaults.as_deref().and_then(|json| serde_json::from_str::<Defaults>(json).ok()) else {
        return Ok(false);
    };
    if !same_files {
        return Ok(false);
    }
    for (place, file) in files.iter().enumerate() {
        let Some(row) = row(file).filter(|row| row.stamp != file.stamp || file.stamp.is_empty()) else { continue };
        let Ok(read) = file.read() else { return Ok(false) };
        if hash(&read.bytes) == row.hash {
            continue;
        }
        if place == 0 {
            return Ok(false);
        }
        let Ok(part) = part(&read, &defaults) else { return Ok(false) };
        if part.has_head || part.cards.is_empty() {
            return Ok(false);
        }
        let new = FileRow { stamp: file.stamp.clone(), hash: hash(&read.bytes), ..row.clone() };
        let id = index.put_file(&new)?;
        for card in &part.cards {
            if index.has_card(&card.id)? {
                return Ok(false);
            }
        }
        put_cards(index, &deck, id, place, part.cards.into_iter(), Some(&read))?;
    }
    Ok(true)
}

/// Reads a deck and puts it into the index in place of what was known of it. Gives the path of a deck that must be read
/// again, because its name was this one's by right.
fn put_deck(
    index: &mut IndexChange,
    path: &str,
    files: &[Found],
    before: &mut Before,
) -> store::Result<Option<String>> {
    index.remove_deck(path)?;
    let (mut read, mut unreadable) = (Vec::new(), Vec::new());
    for file in files {
        file.read().map_or_else(|error| unreadable.push(error), |file| read.push(file));
    }
    let source = Source::User(path.into());
    let is_taken = |name: &str| match index.named(name) {
        Ok(Some(other)) => !other.user || !goes_first(path, &other.path, name),
        // An error shows when the deck is put in.
        Ok(None) | Err(_) => false,
    };
    let deck = if unreadable.is_empty() { read_deck(&read, &source, is_taken) } else { Err(unreadable) };
    let mut again = None;
    let deck = match deck {
        Err(errors) => Err(errors),
        Ok(None) => Ok(None),
        Ok(Some(deck)) => match index.named(&deck.name)? {
            Some(other) if other.user && goes_first(path, &other.path, &deck.name) => {
                before.remember(index, &other.path)?;
                index.remove_deck(&other.path)?;
                again = Some(other.path);
                Ok(Some(deck))
            }
            Some(other) => {
                let by =
                    if other.user { format!("{} has it", other.path) } else { "an embedded deck has it".to_owned() };
                Err(vec![deck.name_is_taken(&by)])
            }
            None => Ok(Some(deck)),
        },
    };
    let read = |name: &str| read.iter().find(|file| *file.path == *name);
    let files: Vec<_> = files.iter().map(|file| (file.name(), file.stamp.as_str(), read(&file.name()))).collect();
    put(index, true, &files, deck)?;
    Ok(again)
}

/// Whether of two decks of one name that at `path` has it: one in TOML, the one whose file or folder is called so, or else
/// the first.
fn goes_first(path: &str, other: &str, name: &str) -> bool {
    let rank = |path| (markdown::is_markdown(path), !files::is_called(path, name), path.to_owned());
    rank(path) < rank(other)
}

/// Puts a deck into the index, sound or broken; of each file its path, its stamp and what stands in it.
fn put(
    index: &mut IndexChange,
    user: bool,
    files: &[(String, &str, Option<&DeckFile>)],
    deck: std::result::Result<Option<Deck>, Vec<DeckError>>,
) -> store::Result<()> {
    let json = |errors| serde_json::to_string(errors).expect("texts become JSON");
    let path = files[0].0.clone();
    let row = match &deck {
        Err(errors) => DeckRow { path, user, errors: Some(json(errors)), ..DeckRow::default() },
        // A Markdown file without cards is no deck, and is known so that it is not read again.
        Ok(None) => DeckRow { path, user, ..DeckRow::default() },
        Ok(Some(deck)) => DeckRow {
            path,
            user,
            name: Some(deck.name.clone()),
            title: Some(deck.title.clone()),
            about: Some(deck.about.clone()),
            defaults: Some(serde_json::to_string(&deck.defaults).expect("texts and numbers become JSON")),
            errors: None,
        },
    };
    index.put_deck(&row)?;
    let mut cards = deck.ok().flatten().map(|deck| deck.cards).unwrap_or_default().into_iter().peekable();
    for (place, (path, stamp, file)) in files.iter().enumerate() {
        let (stamp, hash) = file.map_or((String::new(), 0), |file| ((*stamp).to_owned(), hash(&file.bytes)));
        let file_row = FileRow { deck: row.path.clone(), path: path.clone(), place, stamp, hash };
        let id = index.put_file(&file_row)?;
        let of_file = std::iter::from_fn(|| cards.next_if(|card| *card.place.path == **path));
        put_cards(index, &row, id, place, of_file, *file)?;
    }
    Ok(())
}

/// What a card says of other cards.
fn relations(card: &Card) -> Vec<(Relation, &CardId)> {
    let after = card.after.iter().map(|other| (Relation::After, other));
    let was = card.was.iter().map(|other| (Relation::Was, other));
    after.chain(was).chain(card.replaces.iter().map(|other| (Relation::Replaces, other))).collect()
}

/// Puts the cards of a file into the index.
fn put_cards(
    index: &mut IndexChange,
    deck: &DeckRow,
    file_id: i64,
    place_of_file: usize,
    cards: impl Iterator<Item = Card>,
    file: Option<&DeckFile>,
) -> store::Result<()> {
    let bytes: &[u8] = file.map_or(&[], |file| &file.bytes);
    // Places are told in the text without it.
    let mark = if bytes.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    let (mut line, mut counted) = (1, 0);
    for (place, card) in cards.enumerate() {
        let block = card.place.block.start + mark..card.place.block.end + mark;
        // Cards come in the order of their lines, but blocks may be the whole file.
        if block.start < counted {
            (line, counted) = (1, 0);
        }
        line += bytes[counted..block.start].iter().filter(|byte| **byte == b'\n').count();
        counted = block.start;
        let Brief { kind, answers, level, .. } = card.brief();
        index.put_card(
            deck,
            file_id,
            &CardRow {
                id: &card.id,
                place: ((place_of_file as u64) << 32) + place as u64,
                level,
                kind: kind.name(),
                answers,
                tags: serde_json::to_string(&card.tags).expect("texts become JSON"),
                prompt: card.body.prompt(),
                line,
                block_hash: hash(&bytes[block.clone()]),
                block,
                relations: relations(&card),
            },
        )?;
    }
    Ok(())
}
