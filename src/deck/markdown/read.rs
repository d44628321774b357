//! From a Markdown file to a deck, and from a block to a card.

use super::find::{Found, FoundCard, find, read_note};
use super::front::{Front, name_in};
use crate::deck::draft::slug;
use crate::deck::{Card, Deck, DeckError, DeckFile, Defaults, Dialect, Location, Place};
use crate::fnv::Fnv;
use crate::schedule::CardId;
use std::collections::HashSet;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// Whether a file of this path is written in Markdown.
pub fn is_markdown(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("md"))
}

/// Reads a Markdown file as a deck; none where it has no cards. Its name is the one given, or else what the file says.
///
/// # Errors
/// Everything that is wrong with its cards, in the order of its place.
pub fn read(file: &DeckFile, location: Location, name: Option<&str>) -> Result<Option<Deck>, Vec<DeckError>> {
    let text = file.text().map_err(|error| vec![error])?;
    let Found { front, dialect, notes, errors } = find(text);
    // What has no card that can be read may be prose, unless it says what it is, or code takes its cards in.
    let may_be_prose = front.dialect.is_none() && dialect == Dialect::Obsidian;
    if notes.is_empty() && (errors.is_empty() || may_be_prose) {
        return Ok(None);
    }
    if !errors.is_empty() {
        let error = |(line, message)| DeckError { path: Arc::clone(&file.path), at: Some((line + 1, 1)), message };
        return Err(errors.into_iter().map(error).collect());
    }
    let title = front.title.clone().or(front.name.clone()).unwrap_or_else(|| stem(&file.path).to_owned());
    let said = deck_name(front.name.as_deref().unwrap_or_else(|| stem(&file.path)));
    let name = name.map_or_else(|| said.clone(), str::to_owned);
    let defaults = Defaults {
        deck: name.clone(),
        said: Some(said).filter(|said| *said != name),
        level: front.level.unwrap_or(2),
        within: None,
        tags: front.topics(dialect),
        was: front.was,
        licence: front.licence,
        dialect: Some(dialect),
        numbers: front.numbers,
        reworded: Vec::new(),
    };
    let place = |line: usize, block: Range<usize>| Place { path: Arc::clone(&file.path), line: line + 1, block };
    let mut cards = Vec::new();
    for FoundCard { block, note, name } in notes {
        cards.extend(note.cards(&name, &defaults, &block.tags, &place(block.line, block.range.clone())));
    }
    let about = front.about.unwrap_or_default();
    Ok(Some(Deck { name, title, about, location, place: place(0, 0..0), cards, defaults }))
}

/// What a Markdown file says its deck is called, whatever else is wrong in it: the file's name where it says nothing, or cannot
/// be read.
pub fn said_name(path: &str, file: Option<&DeckFile>) -> String {
    let text = file.map(|file| String::from_utf8_lossy(&file.bytes)).unwrap_or_default();
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let front = Front::read(text);
    let written = front.name.or_else(|| name_in(text[..front.end].lines().skip(1)));
    deck_name(written.as_deref().unwrap_or_else(|| stem(path)))
}

/// Reads a card from its block alone, by its id and with the tags that it has.
pub fn card(block: &DeckFile, defaults: &Defaults, id: &CardId, tags: Vec<String>) -> Option<Card> {
    let text = block.text().ok()?;
    let note = read_note(text, defaults.dialect?).ok()??;
    let name = id.as_str().split('/').nth(1)?;
    let place = Place { path: Arc::clone(&block.path), line: 1, block: 0..text.len() };
    let card = note.cards(name, defaults, &[], &place).into_iter().find(|card| card.id == *id)?;
    Some(Card { tags, ..card })
}

fn stem(path: &str) -> &str {
    Path::new(path).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default()
}

/// A name for people as the name of a deck.
fn deck_name(name: &str) -> String {
    if name.contains(|c: char| c.is_ascii_alphanumeric()) {
        return slug(name, &mut HashSet::new());
    }
    let mut hash = Fnv::new();
    hash.add(name.as_bytes());
    format!("deck-{}", &format!("{:016x}", hash.value())[..6])
}

/// The names that a deck of this name takes where others have its own: the folders above it tell it from them.
pub fn other_names(name: &str, path: &str) -> impl Iterator<Item = String> {
    let mut longer = name.to_owned();
    let file = deck_name(stem(path));
    let own = (file != name).then(|| format!("{name}-{file}"));
    let folders: Vec<String> = Path::new(path)
        .ancestors()
        .skip(1)
        .filter_map(|folder| folder.file_name()?.to_str())
        .take(3)
        .map(deck_name)
        .collect();
    let above = folders.into_iter().map(move |folder| {
        longer = format!("{folder}-{longer}");
        longer.clone()
    });
    let name = name.to_owned();
    own.into_iter().chain(above).chain((2..).map(move |number| format!("{name}-{number}")))
}
