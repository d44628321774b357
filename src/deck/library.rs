//! All decks together: the embedded ones and the user's own.

use super::claim::{Claim, Settled, said_by_broken, settle};
use super::{Card, Deck, DeckError, DeckFile, Location, Unknown, markdown, parse};
use crate::schedule::CardId;
use include_dir::{Dir, include_dir};
use std::collections::HashMap;
use std::sync::Arc;

static EMBEDDED: Dir = include_dir!("$CARGO_MANIFEST_DIR/decks");

/// All decks, and what was wrong with those that were left out.
#[derive(Debug, Default)]
pub struct Library {
    decks: Vec<Deck>,
    places: HashMap<CardId, (usize, usize)>,
    /// The errors of the decks that were left out, whole.
    pub errors: Vec<DeckError>,
    /// How many Markdown files there are that have no cards.
    pub without_cards: usize,
}

impl Library {
    /// The embedded decks and the user's, each given as its files. A broken deck is left out whole and
    /// its errors are kept.
    pub fn new(user_decks: &[Vec<DeckFile>]) -> Self {
        let embedded = embedded();
        let of_program = embedded.iter().map(|files| (files.as_slice(), Location::Embedded));
        let of_user = user_decks.iter().map(|files| {
            let path = files.first().map_or_else(|| Arc::from(""), |file| Arc::clone(&file.path));
            (files.as_slice(), Location::User(path))
        });
        let read: Vec<_> =
            of_program.chain(of_user).map(|(files, location)| (files, read_deck(files, &location, None))).collect();
        let claims: Vec<Claim> = read.iter().filter_map(|(files, deck)| claim(files, deck)).collect();
        let names = settle(&claims);
        let mut library = Self::default();
        for (files, deck) in read {
            match deck {
                Err(errors) => library.errors.extend(errors),
                Ok(None) => library.without_cards += 1,
                Ok(Some(deck)) => library.add(files, deck, &names),
            }
        }
        library
    }

    fn add(&mut self, files: &[DeckFile], deck: Deck, names: &HashMap<&str, Settled>) {
        let deck = match names.get(&*files[0].path) {
            Some(Settled::Has(name)) if *name == deck.name => deck,
            Some(Settled::Has(name)) => match read_deck(files, &deck.location, Some(name)) {
                Ok(Some(deck)) => deck,
                Ok(None) => return,
                Err(errors) => return self.errors.extend(errors),
            },
            Some(Settled::IsTaken(by)) => return self.errors.push(deck.name_is_taken(by)),
            None => return,
        };
        let at = self.decks.len();
        self.places.extend(deck.cards.iter().enumerate().map(|(card, c)| (c.id.clone(), (at, card))));
        self.decks.push(deck);
    }

    /// The decks, the embedded ones first.
    pub fn decks(&self) -> &[Deck] {
        &self.decks
    }

    /// All cards, deck by deck.
    pub fn cards(&self) -> impl Iterator<Item = &Card> {
        self.decks.iter().flat_map(|deck| &deck.cards)
    }

    /// The card of that id.
    pub fn get(&self, id: &CardId) -> Option<&Card> {
        self.places.get(id).map(|&(deck, card)| &self.decks[deck].cards[card])
    }

    /// Whether a card, or a matrix of cards, has this id.
    pub fn knows(&self, id: &CardId) -> bool {
        self.get(id).is_some() || self.cards().any(|card| card.id.matrix() == Some(id.as_str()))
    }

    /// The deck of that name.
    ///
    /// # Errors
    /// No deck has it; the nearest are named.
    pub fn deck(&self, name: &str) -> Result<&Deck, Unknown> {
        let names = self.decks.iter().map(|deck| deck.name.as_str());
        self.decks.iter().find(|deck| deck.name == name).ok_or_else(|| Unknown::deck(name, names))
    }
}

/// Reads the files of a deck; none where it is a Markdown file without cards. Its name is what it says, or of one in Markdown
/// the one given.
///
/// # Errors
/// Everything that is wrong in any of the files, in the order of its place.
pub fn read_deck(files: &[DeckFile], location: &Location, name: Option<&str>) -> Result<Option<Deck>, Vec<DeckError>> {
    match files.first().filter(|file| markdown::is_markdown(&file.path)) {
        Some(file) => markdown::read(file, location.clone(), name),
        None => parse(files, location.clone()).map(Some),
    }
}

/// The name that a deck says it has, as it was read: under that name.
fn claim(files: &[DeckFile], deck: &Result<Option<Deck>, Vec<DeckError>>) -> Option<Claim> {
    let path = files.first()?.path.to_string();
    let (name, embedded) = match deck {
        Ok(deck) => deck.as_ref().map(|deck| (deck.name.clone(), deck.location == Location::Embedded))?,
        Err(_) => (said_by_broken(&path, files.first())?, false),
    };
    Some(Claim { path, name, embedded })
}

/// The file of an embedded deck, by the path that [`embedded`] gives it.
pub fn embedded_file(path: &str) -> Option<&'static [u8]> {
    EMBEDDED.get_file(path.strip_prefix("decks/")?).map(include_dir::File::contents)
}

/// The files of each embedded deck: a file, or a folder whose `deck.toml` comes first.
pub fn embedded() -> Vec<Vec<DeckFile>> {
    let read = |file: &'static include_dir::File| DeckFile {
        path: format!("decks/{}", file.path().display()).into(),
        bytes: file.contents().into(),
    };
    let toml = |file: &&include_dir::File| file.path().extension().is_some_and(|e| e == "toml");
    let files = EMBEDDED.files().filter(toml).map(|file| vec![read(file)]);
    let folders = EMBEDDED.dirs().map(|dir| {
        let mut files: Vec<DeckFile> = dir.files().filter(toml).map(read).collect();
        files.sort_by_key(|file| (!file.path.ends_with("/deck.toml"), Arc::clone(&file.path)));
        files
    });
    let mut decks: Vec<Vec<DeckFile>> = files.chain(folders).collect();
    decks.sort_by_key(|files| Arc::clone(&files[0].path));
    decks
}
