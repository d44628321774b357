//! Decks written in Markdown, as hashcards, repeater and the Spaced Repetition plugin for Obsidian have them.
//!
//! Here belong the three dialects over one reader that knows code, links, tables, comments and math; what names a card; and
//! how a name is written into a file. A card's name is in a comment beside it, or else follows from its question.

mod former;
mod front;
mod naming;
mod note;
mod obsidian;
mod shape;
mod tagged;

pub use former::{Known, Reworded, former};
pub use naming::{Named, named};

use super::draft::slug;
use super::format::text;
use super::{Card, Deck, DeckError, DeckFile, Defaults, Place, Source};
use crate::fnv::Fnv;
use crate::schedule::CardId;
use front::Front;
use note::Note;
use serde::{Deserialize, Serialize};
use shape::Shape;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// How a Markdown file writes its cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// `Q:`/`A:`, `C:` with `[gaps]`, `T:`/`D:`, and nothing outside of cards.
    Hashcards,
    /// The same among notes, and lines `question::answer`.
    Repeater,
    /// `::`, `:::`, `?`, `??` and `==gaps==` among notes.
    Obsidian,
}

impl Dialect {
    const ALL: [(Self, &'static str); 3] =
        [(Self::Hashcards, "hashcards"), (Self::Repeater, "repeater"), (Self::Obsidian, "obsidian")];

    /// The dialect of that name.
    fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| name.eq_ignore_ascii_case(known)).map(|(dialect, _)| *dialect)
    }

    /// All names.
    fn names() -> String {
        Self::ALL.map(|(_, name)| name).join(", ")
    }
}

/// The bytes of a card in its file, and what is known of it from elsewhere in the file.
struct Block {
    range: Range<usize>,
    /// From 0.
    line: usize,
    tags: Vec<String>,
}

impl Block {
    /// Whether it ends on the line before this place.
    fn ends_before(&self, text: &str, at: usize) -> bool {
        text.get(self.range.end..at)
            .is_some_and(|between| between.trim().is_empty() && between.matches('\n').count() == 1)
    }
}

/// Whether a file of this path is written in Markdown.
pub fn is_markdown(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("md"))
}

/// Reads a Markdown file as a deck; none where it has no cards. Its name is the one given, or else what the file says.
///
/// # Errors
/// Everything that is wrong with its cards, in the order of its place.
pub fn read(file: &DeckFile, source: Source, name: Option<&str>) -> Result<Option<Deck>, Vec<DeckError>> {
    let text = text(file).map_err(|error| vec![error])?;
    let Found { front, dialect, notes, errors } = find(text);
    if notes.is_empty() && (errors.is_empty() || front.dialect.is_none()) {
        return Ok(None);
    }
    if !errors.is_empty() {
        let error = |(line, message)| DeckError { path: Arc::clone(&file.path), at: Some((line + 1, 1)), message };
        return Err(errors.into_iter().map(error).collect());
    }
    let title = front.title.clone().or(front.name.clone()).unwrap_or_else(|| stem(&file.path).to_owned());
    let name = name.map_or_else(|| deck_name(front.name.as_deref().unwrap_or_else(|| stem(&file.path))), str::to_owned);
    let defaults = Defaults {
        deck: name.clone(),
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
    for Read { block, note, name } in notes {
        cards.extend(note.cards(&name, &defaults, &block.tags, &place(block.line, block.range.clone())));
    }
    let about = front.about.unwrap_or_default();
    Ok(Some(Deck { name, title, about, source, place: place(0, 0..0), cards, defaults }))
}

/// Reads a card from its block alone, by its id and with the tags that it has.
pub fn card(block: &DeckFile, defaults: &Defaults, id: &CardId, tags: Vec<String>) -> Option<Card> {
    let text = text(block).ok()?;
    let note = read_note(text, defaults.dialect?).ok()??;
    let name = id.as_str().split('/').nth(1)?;
    let place = Place { path: Arc::clone(&block.path), line: 1, block: 0..text.len() };
    let card = note.cards(name, defaults, &[], &place).into_iter().find(|card| card.id == *id)?;
    Some(Card { tags, ..card })
}

/// A card as a file says it, with its name.
struct Read {
    block: Block,
    note: Note,
    name: String,
}

/// What a file says.
struct Found {
    front: Front,
    dialect: Dialect,
    notes: Vec<Read>,
    /// Each with its line, from 0.
    errors: Vec<(usize, String)>,
}

/// Finds the cards of a file.
fn find(text: &str) -> Found {
    let mut front = Front::read(text);
    let shape = Shape::of(text);
    let (dialect, blocks, free) = choose(text, &shape, &front);
    let mut errors = std::mem::take(&mut front.errors);
    if front.dialect == Some(Dialect::Hashcards) {
        let message = "this text belongs to no card: in hashcards everything stands in Q:, A:, C:, T: or D:";
        errors.extend(free.first().map(|line| (*line, message.to_owned())));
    }
    let mut notes: Vec<Read> = Vec::new();
    // Of each name the line at which it was met, and how it is told from others.
    let mut taken: HashMap<String, (usize, Vec<Option<String>>)> = HashMap::new();
    for block in blocks {
        let note = match read_note(&text[block.range.clone()], dialect) {
            Ok(Some(note)) => note,
            Ok(None) => continue,
            Err((line, message)) => {
                errors.push((block.line + line, message));
                continue;
            }
        };
        let told_apart = note.said.told_apart();
        let written = note.id.as_ref().map(|named| named.slug.clone());
        let name = written.clone().unwrap_or_else(|| note.said.slug());
        let name = match taken.get_mut(&name) {
            None => name,
            Some((line, _)) if written.is_some() => {
                let message =
                    format!("the id '{name}' is already used in line {}: ids are unique in a deck", *line + 1);
                errors.push((block.line, message));
                continue;
            }
            // A card that is there twice is one.
            Some((_, others)) if others.contains(&told_apart) => continue,
            Some((_, others)) => {
                others.push(told_apart.clone());
                told_apart.as_ref().map_or_else(|| name.clone(), |apart| format!("{name}-{apart}"))
            }
        };
        taken.entry(name.clone()).or_insert_with(|| (block.line, vec![told_apart]));
        notes.push(Read { block, note, name });
    }
    errors.sort();
    Found { front, dialect, notes, errors }
}

/// The dialect of a file, its cards, and the lines outside of them.
fn choose(text: &str, shape: &Shape, front: &Front) -> (Dialect, Vec<Block>, Vec<usize>) {
    let tagged = |singles: bool, strict: bool| tagged::find(text, shape, front.end, singles, strict);
    let noted = |certain: bool| obsidian::find(text, shape, front.end, &front.tags, certain);
    match front.dialect {
        Some(Dialect::Hashcards) => {
            let found = tagged(false, true);
            return (Dialect::Hashcards, found.blocks, found.free);
        }
        Some(Dialect::Repeater) => return (Dialect::Repeater, tagged(true, false).blocks, Vec::new()),
        Some(Dialect::Obsidian) => return (Dialect::Obsidian, noted(true), Vec::new()),
        None => {}
    }
    if obsidian::says_so(text, shape, front.end, &front.tags) {
        let blocks = noted(true);
        if !blocks.is_empty() {
            return (Dialect::Obsidian, blocks, Vec::new());
        }
    }
    let found = tagged(true, true);
    let is_tagged = |block: &Block| {
        let text = &text[block.range.clone()];
        ["Q:", "C:", "T:"].iter().any(|tag| text.starts_with(tag)) && tagged::note(text).is_ok()
    };
    if found.blocks.iter().any(is_tagged) {
        let dialect = if found.free.is_empty() { Dialect::Hashcards } else { Dialect::Repeater };
        return (dialect, found.blocks, found.free);
    }
    (Dialect::Obsidian, noted(obsidian::is_mostly(text, shape, front.end)), Vec::new())
}

/// Reads the card of a block; none where it is none in this dialect.
fn read_note(text: &str, dialect: Dialect) -> Result<Option<Note>, (usize, String)> {
    match dialect {
        Dialect::Obsidian => obsidian::note(text),
        Dialect::Hashcards => tagged::note(text).map(Some),
        // Notes may begin with such letters, and a text without gaps is one.
        Dialect::Repeater if text.starts_with(['T', 'C']) => Ok(tagged::note(text).ok()),
        Dialect::Repeater => tagged::note(text).map(Some),
    }
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

#[cfg(test)]
mod tests;
