//! The cards of a file: where each stands, what it is called, and what is wrong.

use super::block::Block;
use super::front::Front;
use super::note::Note;
use super::obsidian::{self, Sure};
use super::shape::Shape;
use super::tagged;
use crate::deck::Dialect;
use std::collections::HashMap;

/// A card as a Markdown file says it, with its name and still without what the deck sets for it.
pub(super) struct FoundCard {
    pub(super) block: Block,
    pub(super) note: Note,
    pub(super) name: String,
}

/// What a file says.
pub(super) struct Found {
    pub(super) front: Front,
    pub(super) dialect: Dialect,
    pub(super) notes: Vec<FoundCard>,
    /// Each with its line, from 0.
    pub(super) errors: Vec<(usize, String)>,
}

/// Finds the cards of a file.
pub(super) fn find(text: &str) -> Found {
    let mut front = Front::read(text);
    let shape = Shape::of(text);
    let (dialect, blocks, free) = choose(text, &shape, &front);
    let mut errors = std::mem::take(&mut front.errors);
    if front.dialect == Some(Dialect::Hashcards) {
        let message = "this text belongs to no card: in hashcards everything stands in Q:, A:, C:, T: or D:";
        errors.extend(free.first().map(|line| (*line, message.to_owned())));
    }
    let mut notes: Vec<FoundCard> = Vec::new();
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
        notes.push(FoundCard { block, note, name });
    }
    errors.sort();
    Found { front, dialect, notes, errors }
}

/// The dialect of a file, its cards, and the lines outside of them.
fn choose(text: &str, shape: &Shape, front: &Front) -> (Dialect, Vec<Block>, Vec<usize>) {
    let tagged = |singles: bool, strict: bool| tagged::find(text, shape, front.end, singles, strict);
    let noted = |sure: Sure| obsidian::find(text, shape, front.end, &front.tags, sure);
    match front.dialect {
        Some(Dialect::Hashcards) => {
            let found = tagged(false, true);
            return (Dialect::Hashcards, found.blocks, found.free);
        }
        Some(Dialect::Repeater) => return (Dialect::Repeater, tagged(true, false).blocks, Vec::new()),
        Some(Dialect::Obsidian) => return (Dialect::Obsidian, noted(Sure::Said), Vec::new()),
        None => {}
    }
    if obsidian::says_so(text, shape, front.end, &front.tags) {
        let blocks = noted(Sure::Said);
        if !blocks.is_empty() {
            return (Dialect::Obsidian, blocks, Vec::new());
        }
    }
    let found = tagged(true, true);
    let is_tagged = |block: &Block| {
        let text = &text[block.range.clone()];
        ["Q:", "C:", "T:"].iter().any(|tag| text.starts_with(tag))
            && (tagged::note(text).is_ok() || tagged::unclosed(text).is_some())
    };
    if found.blocks.iter().any(is_tagged) {
        let dialect = if found.free.is_empty() { Dialect::Hashcards } else { Dialect::Repeater };
        return (dialect, found.blocks, found.free);
    }
    let sure = if obsidian::is_mostly(text, shape, front.end) { Sure::Mostly } else { Sure::No };
    (Dialect::Obsidian, noted(sure), Vec::new())
}

/// Reads the card of a block; none where it is none in this dialect.
pub(super) fn read_note(text: &str, dialect: Dialect) -> Result<Option<Note>, (usize, String)> {
    match dialect {
        Dialect::Obsidian => obsidian::note(text),
        Dialect::Hashcards => tagged::note(text).map(Some),
        // Notes may begin with such letters, and a text without gaps is one.
        Dialect::Repeater if text.starts_with(['T', 'C']) => Ok(tagged::note(text).ok()),
        Dialect::Repeater => tagged::note(text).map(Some),
    }
}
