//! Taking an import back: its rows count no more, and its files are as they were before it.

use super::content::hash;
use super::error::{IntakeError, Result};
use super::file::{hash_of, write};
use super::one_by_one::{self, Of, Removed};
use crate::catalog::files;
use crate::deck::{DeckFile, Location, parse};
use crate::log::{Import, Imported, LogId, MarkKind, Wrote};
use crate::schedule::{CardId, Day};
use crate::store::Store;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// What became of the last import.
#[derive(Debug)]
pub struct TakenBack {
    /// What it was.
    pub import: Import,
    /// The reviews that count no more.
    pub reviews: usize,
    /// The cards that it brought or changed.
    pub cards: usize,
    /// The answers to them that were given here, and stay.
    pub own: usize,
    /// The files that were removed.
    pub removed: Vec<PathBuf>,
    /// The files that are as they were before.
    pub restored: Vec<PathBuf>,
    /// The files that were changed since, each with how many cards were taken out of it one by one.
    pub taken_out: Vec<(PathBuf, usize)>,
    /// The cards that were changed since, and stay.
    pub edited: Vec<CardId>,
}

/// Takes the last import back; none where there is none.
///
/// # Errors
/// The database or a file cannot be written.
pub fn take_back(store: &mut Store, folder: &Path, now_ms: i64, today: Day) -> Result<Option<TakenBack>> {
    let last = store.marks().imports()?.into_iter().rev().find_map(|(id, mark, stands)| match mark.kind {
        MarkKind::Import(import) if stands => Some((id, import)),
        _ => None,
    });
    let Some((id, import)) = last else { return Ok(None) };
    let brought = brought_by(store, id)?;
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let mut taken = TakenBack {
        reviews: 0,
        cards: 0,
        own: 0,
        removed: Vec::new(),
        restored: Vec::new(),
        taken_out: Vec::new(),
        edited: Vec::new(),
        import: import.clone(),
    };
    // The files first: run again after it died in between, it finds them done, and the rows still to be taken back.
    let mut is_whole = true;
    for wrote in &import.wrote {
        is_whole &= file(&folder, wrote, &brought, &mut taken)?;
    }
    if !is_whole {
        let before: HashSet<String> = others(store, id)?;
        let of = |imported| Of { imported, was_here: before.contains(&imported.origin) };
        let of_origin = brought.iter().map(|(_, imported)| (imported.origin.as_str(), of(imported))).collect();
        let Removed { from, files, edited } = one_by_one::take_out(&folder, &of_origin)?;
        taken.removed.extend(files);
        (taken.taken_out, taken.edited) = (from, edited);
    }
    // A deck that was a folder has nothing left.
    for file in &taken.removed {
        if let Some(parent) = file.parent().filter(|parent| *parent != folder) {
            let _ = std::fs::remove_dir(parent);
        }
    }
    let returned = store.take_back_import(id, now_ms, today)?;
    (taken.reviews, taken.cards, taken.own) = (returned.reviews, returned.cards.len(), returned.own);
    Ok(Some(taken))
}

/// The origins of the cards that other imports which stand have brought.
fn others(store: &Store, import: LogId) -> Result<HashSet<String>> {
    let marks = store.marks().imports()?.into_iter().filter_map(|(_, mark, stands)| match mark.kind {
        MarkKind::Imported(imported) if stands && imported.import != import => Some(imported.origin),
        _ => None,
    });
    Ok(marks.collect())
}

fn brought_by(store: &Store, import: LogId) -> Result<Vec<(CardId, Imported)>> {
    let marks = store.marks().imports()?.into_iter().filter_map(|(_, mark, stands)| match (mark.card, mark.kind) {
        (Some(card), MarkKind::Imported(imported)) if stands && imported.import == import => Some((card, imported)),
        _ => None,
    });
    Ok(marks.collect())
}

/// Takes a file back to what stood in it; false where it is not as the import wrote it.
fn file(folder: &Path, wrote: &Wrote, brought: &[(CardId, Imported)], taken: &mut TakenBack) -> Result<bool> {
    let path = folder.join(&wrote.path);
    let now = match std::fs::read(&path) {
        // It may be called otherwise now.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        read => read.map_err(|source| IntakeError::File { path: path.clone(), source })?,
    };
    let is_before = wrote.before.as_ref() == Some(&hash_of(&now));
    if is_before {
        return Ok(true);
    }
    if hash_of(&now) != wrote.after {
        return Ok(false);
    }
    let Some(before) = &wrote.before else {
        write(&path, Some(&now), None)?;
        taken.removed.push(path);
        return Ok(true);
    };
    match former(&path, &now, wrote.kept, brought).filter(|former| hash(&[former]) == *before) {
        Some(former) => {
            write(&path, Some(&now), Some(&former))?;
            taken.restored.push(path);
        }
        None => return Ok(false),
    }
    Ok(true)
}

/// What stood in a file before an import added to it and changed its cards.
fn former(path: &Path, now: &[u8], kept: usize, brought: &[(CardId, Imported)]) -> Option<Vec<u8>> {
    let mut former = now.get(..kept)?.to_vec();
    let name: std::sync::Arc<str> = path.to_string_lossy().into();
    let mut deck: Vec<DeckFile> = Vec::new();
    // Of a deck in a folder another file says its name.
    let head = path.with_file_name("deck.toml");
    if let Some(head) = files::deck(&head).ok().flatten().filter(|_| head != path) {
        deck.push(head.files[0].read().ok()?);
    }
    deck.push(DeckFile { path: name.clone(), bytes: now.to_vec().into() });
    let read = parse(&deck, Location::User(name.clone())).ok()?;
    let mark = if now.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let mut edits: Vec<_> = brought
        .iter()
        .filter_map(|(_, imported)| {
            let was = imported.was.as_ref()?;
            let card = read.cards.iter().find(|card| card.origin.as_ref() == Some(&imported.origin))?;
            (card.place.path == name).then(|| (card.place.block.start + mark..card.place.block.end + mark, was))
        })
        .collect();
    edits.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    edits.dedup_by(|a, b| a.0 == b.0);
    for (range, was) in edits {
        let range = range.start.min(former.len())..range.end.min(former.len());
        former.splice(range, was.bytes());
    }
    Some(former)
}
