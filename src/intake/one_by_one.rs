//! Cards of an import, taken out of decks one by one: where a deck was renamed or its file edited since, each card that is
//! still as the import wrote it goes, and each that was changed here stays.

use super::content::Content;
use super::error::{IntakeError, Result};
use super::file::write;
use crate::catalog::files::{self, Found};
use crate::deck::{Card, DeckFile, Location, parse};
use crate::log::Imported;
use crate::schedule::CardId;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use toml_edit::DocumentMut;

/// What became of cards.
#[derive(Debug, Default)]
pub(super) struct Removed {
    /// The files that cards were taken out of, each with how many.
    pub(super) from: Vec<(PathBuf, usize)>,
    /// The files that had nothing else, and are gone.
    pub(super) files: Vec<PathBuf>,
    /// The cards that were changed here, and stay.
    pub(super) edited: Vec<CardId>,
}

/// A card that the import brought, or changed.
pub(super) struct Of<'a> {
    pub(super) imported: &'a Imported,
    /// Whether it was here before, so that it stays.
    pub(super) was_here: bool,
}

/// Takes out what is as it was brought, from whatever deck has it now.
pub(super) fn take_out(folder: &Path, brought: &HashMap<&str, Of>) -> Result<Removed> {
    let mut removed = Removed::default();
    let found = match files::find(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(removed),
        found => found.map_err(|source| IntakeError::File { path: folder.to_owned(), source })?.decks,
    };
    for deck in found {
        let Ok(read) = deck.iter().map(Found::read).collect::<std::result::Result<Vec<_>, _>>() else { continue };
        let Ok(sound) = parse(&read, Location::User(Arc::clone(&read[0].path))) else { continue };
        let after: Vec<Without> = read.iter().map(|file| without(file, &sound.cards, brought, &mut removed)).collect();
        settle(&read, after, &mut removed)?;
    }
    Ok(removed)
}

/// A file without the cards that go.
struct Without {
    text: String,
    /// The cards that went, or are as they were.
    cards: Vec<CardId>,
}

fn without(file: &DeckFile, cards: &[Card], brought: &HashMap<&str, Of>, removed: &mut Removed) -> Without {
    let text = String::from_utf8_lossy(&file.bytes).into_owned();
    let mark = text.len() - text.trim_start_matches('\u{feff}').len();
    // The gaps of a text have one block.
    let mut blocks: Vec<(&Card, &Of)> = Vec::new();
    for card in cards.iter().filter(|card| card.place.path == file.path) {
        let of = card.origin.as_deref().and_then(|origin| brought.get(origin));
        let is_next = blocks.last().is_none_or(|(last, _)| last.place.block != card.place.block);
        blocks.extend(of.filter(|_| is_next).map(|of| (card, of)));
    }
    let mut without = Without { text, cards: Vec::new() };
    for (card, Of { imported, was_here }) in blocks.into_iter().rev() {
        let mut block = card.place.block.start + mark..card.place.block.end + mark;
        let written = without.text.get(block.clone()).unwrap_or_default();
        // What the user wrote below it stays.
        block.end = block.start + own(written).len();
        let is_as_written =
            Content::of_written(own(written)).is_some_and(|now| now.text == imported.text && now.tags == imported.tags);
        match &imported.was {
            None if *was_here => continue,
            _ if !is_as_written => {
                removed.edited.push(card.id.clone());
                continue;
            }
            Some(was) => without.text.replace_range(block, was),
            None => without.text.replace_range(block, ""),
        }
        without.cards.push(card.id.clone());
    }
    without
}

/// A card's block without the comments that follow it.
fn own(block: &str) -> &str {
    let mut end = 0;
    let mut at = 0;
    for line in block.split_inclusive('\n') {
        at += line.len();
        if !line.trim().is_empty() && !line.starts_with('#') {
            end = at;
        }
    }
    // An empty line parts it from what follows.
    let rest = block[end..].trim_start_matches(['\r', '\n']);
    if rest.is_empty() { block } else { &block[..block.len() - rest.len()] }
}

/// Writes what is left of a deck. Files that have nothing left go.
fn settle(read: &[DeckFile], after: Vec<Without>, removed: &mut Removed) -> Result<()> {
    let is_changed = |after: &&Without| !after.cards.is_empty();
    if !after.iter().any(|after| is_changed(&after)) {
        return Ok(());
    }
    let left: Vec<DeckFile> = read
        .iter()
        .zip(&after)
        .filter(|(_, after)| !has_no_table(&after.text))
        .map(|(file, after)| DeckFile { path: Arc::clone(&file.path), bytes: after.text.clone().into_bytes().into() })
        .collect();
    let has_cards = left.iter().any(|file| !has_no_card(&String::from_utf8_lossy(&file.bytes)));
    if has_cards && parse(&left, Location::User(Arc::clone(&read[0].path))).is_err() {
        // What is left of it leans on what would go.
        removed.edited.extend(after.into_iter().flat_map(|after| after.cards));
        return Ok(());
    }
    for (file, after) in read.iter().zip(after) {
        let path = PathBuf::from(&*file.path);
        let goes = if has_cards { has_no_table(&after.text) && is_changed(&&after) } else { true };
        if goes {
            write(&path, Some(&file.bytes), None)?;
            removed.files.push(path);
        } else if is_changed(&&after) {
            write(&path, Some(&file.bytes), Some(after.text.as_bytes()))?;
            removed.from.push((path, after.cards.len()));
        }
    }
    Ok(())
}

/// The tables that a text has; none where it is no TOML.
fn tables(text: &str) -> Option<Vec<String>> {
    let document: DocumentMut = text.trim_start_matches('\u{feff}').parse().ok()?;
    Some(document.iter().map(|(name, _)| name.to_owned()).collect())
}

fn has_no_table(text: &str) -> bool {
    tables(text).is_some_and(|tables| tables.is_empty())
}

fn has_no_card(text: &str) -> bool {
    tables(text).is_some_and(|tables| tables.iter().all(|name| name == "deck"))
}
