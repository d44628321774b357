//! What becomes of the index when files were changed.

use super::before::Before;
use super::files::Found;
use super::read::hash;
use crate::deck::{
    Brief, Card, Claim, Deck, DeckError, DeckFile, Defaults, Location, Settled, embedded, markdown, parse, part,
    read_deck, said_by_broken, settle,
};
use crate::schedule::CardId;
use crate::store;
use crate::store::deck_index::{CardRow, DeckRow, EMBEDDED, FileRow, IndexChange, Relation};
use std::collections::{BTreeSet, HashMap};

/// This program, its decks and how it reads others.
pub(super) const BUILD: &str = env!("SYSDRILL_BUILD");
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The decks that are not as the index has them, by the path of their first file, those that are gone too; and the files
/// that have another stamp, but say what they said.
pub(super) fn changes(found: &[Vec<Found>], known: &[FileRow]) -> (BTreeSet<String>, Vec<FileRow>) {
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

/// Brings the index up to date with the files that were found.
pub(super) fn bring_up_to_date(
    index: &mut IndexChange,
    found: &[Vec<Found>],
    advance: &mut dyn FnMut(usize, usize),
) -> store::Result<()> {
    let mut before = Before::default();
    if index.build()?.as_deref() != Some(BUILD) {
        for file in index.files()? {
            before.remember(index, &file.deck)?;
        }
        index.begin_anew(BUILD)?;
        for files in embedded() {
            let deck = parse(&files, Location::Embedded).map(Some);
            let files: Vec<_> = files.iter().map(|file| (file.path.to_string(), EMBEDDED, Some(file))).collect();
            put(index, false, &files, &deck)?;
        }
    }
    // Another process may have done it meanwhile.
    let known = index.files()?;
    let (mut changed, _) = changes(found, &known);
    // What was left out may be whole now, though its own files are as they were: its name may have become free.
    changed.extend(index.broken()?.into_iter().map(|deck| deck.path));
    let decks: HashMap<String, &Vec<Found>> = found.iter().map(|files| (files[0].name(), files)).collect();
    let all = changed.len();
    let mut anew = Vec::new();
    for path in changed {
        before.remember(index, &path)?;
        let files = decks.get(&path).copied();
        let is_done = match files {
            Some(files) => put_changed_files(index, &path, files, &known)?,
            None => false,
        };
        if !is_done {
            // No name is taken by what a deck was called before.
            index.remove_deck(&path)?;
            anew.extend(files);
        }
    }
    let mut claims = index.decks()?.into_iter().filter_map(claim_of_row).collect::<Vec<_>>();
    let mut left = Vec::new();
    for (at, files) in anew.iter().enumerate() {
        let read = Read::of(files, None);
        claims.extend(read.claim());
        // So that not all decks are held in memory until their names are known.
        match &read.deck {
            Ok(Some(deck)) if index.named(&deck.name)?.is_some() => left.push(*files),
            _ => read.put(index)?,
        }
        advance(all - anew.len() + at + 1, all);
    }
    let settled = settle(&claims);
    for deck in index.decks()? {
        let (Some(name), Some(files)) = (deck.name, decks.get(&deck.path)) else { continue };
        if settled.get(deck.path.as_str()) != Some(&Settled::Has(name)) {
            before.remember(index, &deck.path)?;
            index.remove_deck(&deck.path)?;
            left.push(files);
        }
    }
    for files in left {
        Read::of(files, settled.get(files[0].name().as_str())).put(index)?;
    }
    before.settle(index, &claims)
}

/// The name that a deck of the index says it has.
fn claim_of_row(row: DeckRow) -> Option<Claim> {
    let said = || serde_json::from_str::<Defaults>(row.defaults.as_deref()?).ok()?.said;
    Some(Claim { name: said().or(row.name)?, embedded: !row.user, path: row.path })
}

/// A deck as its files say it now.
struct Read<'a> {
    files: &'a [Found],
    read: Vec<DeckFile>,
    deck: Result<Option<Deck>, Vec<DeckError>>,
}

impl<'a> Read<'a> {
    /// Reads it: under the name that it says, or that was settled on.
    fn of(files: &'a [Found], settled: Option<&Settled>) -> Self {
        let (mut read, mut unreadable) = (Vec::new(), Vec::new());
        for file in files {
            file.read().map_or_else(|error| unreadable.push(error), |file| read.push(file));
        }
        let location = Location::User(files[0].name().into());
        let name = if let Some(Settled::Has(name)) = settled { Some(name.as_str()) } else { None };
        let deck = if unreadable.is_empty() { read_deck(&read, &location, name) } else { Err(unreadable) };
        let deck = match (deck, settled) {
            (Ok(Some(deck)), Some(Settled::IsTaken(by))) => Err(vec![deck.name_is_taken(by)]),
            (deck, _) => deck,
        };
        Self { files, read, deck }
    }

    fn file(&self, name: &str) -> Option<&DeckFile> {
        self.read.iter().find(|file| *file.path == *name)
    }

    /// The name that it says; a broken one too.
    fn claim(&self) -> Option<Claim> {
        let path = self.files[0].name();
        let name = match &self.deck {
            Ok(deck) => deck.as_ref()?.name.clone(),
            Err(_) => said_by_broken(&path, self.file(&path))?,
        };
        Some(Claim { path, name, embedded: false })
    }

    fn put(&self, index: &mut IndexChange) -> store::Result<()> {
        let file = |file: &Found| (file.name(), file.stamp.clone());
        let files: Vec<(String, String)> = self.files.iter().map(file).collect();
        let files: Vec<_> = files.iter().map(|(name, stamp)| (name.clone(), stamp.as_str(), self.file(name))).collect();
        put(index, true, &files, &self.deck)
    }
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
        put_cards(index, &deck, id, place, part.cards.iter(), Some(&read))?;
    }
    Ok(true)
}

/// Puts a deck into the index, sound or broken; of each file its path, its stamp and what stands in it.
fn put(
    index: &mut IndexChange,
    user: bool,
    files: &[(String, &str, Option<&DeckFile>)],
    deck: &Result<Option<Deck>, Vec<DeckError>>,
) -> store::Result<()> {
    let json = |errors| serde_json::to_string(errors).expect("texts become JSON");
    let path = files[0].0.clone();
    let row = match deck {
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
    let cards = deck.as_ref().ok().and_then(Option::as_ref).map(|deck| deck.cards.as_slice()).unwrap_or_default();
    let mut cards = cards.iter().peekable();
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
fn put_cards<'a>(
    index: &mut IndexChange,
    deck: &DeckRow,
    file_id: i64,
    place_of_file: usize,
    cards: impl Iterator<Item = &'a Card>,
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
                answer_hash: markdown::is_markdown(&card.place.path).then(|| markdown::answer_hash(card)),
                relations: relations(card),
            },
        )?;
    }
    Ok(())
}
