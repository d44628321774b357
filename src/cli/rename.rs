//! `deck rename`: another name for a deck of one's own; the ids follow, and the progress stays.

use super::own::{self, OwnDeck};
use super::settings::{self, Settings};
use super::{Broken, CliError, Context, output};
use crate::catalog::files::Found;
use crate::deck::{DeckError, DeckFile, Library, markdown, relinked, renamed};
use crate::files;
use crate::log::{Deed, Mark, MarkKind};
use crate::schedule::Wishes;
use crate::shown;
use crate::store::Store;
use std::fs;
use std::path::{Path, PathBuf};

const REFUSED: &str = "its name stays, for its cards' ids are the same for everybody";

pub(super) fn run(context: &Context, old: &str, new: &str) -> Result<(), CliError> {
    if rename(context, old, new)? {
        let deed = Deed::Renamed { old: old.to_owned(), new: new.to_owned() };
        own::remember(context, &mut context.store()?, deed)?;
    }
    Ok(())
}

/// Gives the deck another name, and says whether it had not that name already.
pub(super) fn rename(context: &Context, old: &str, new: &str) -> Result<bool, CliError> {
    let (store, _) = own::catalog(context)?;
    let deck = own::own(context, &store, old, REFUSED)?;
    if old == new {
        output::text(&format!("the deck is called {new} already"))?;
        return Ok(false);
    }
    if own::find(context, &store, new)?.is_some() {
        return Err(CliError::Plain(format!("there is a deck {new} already: take another name")));
    }
    let path = own::new_file(context, new)?;
    let changes = changes(context, &deck, old, new)?;
    for (file, text) in &changes {
        files::change(file, text.as_bytes()).map_err(own::of_file(file))?;
    }
    let path = take_name(&deck, old, &path)?;
    drop(store);
    let mut store = context.store()?;
    // This moves the progress.
    context.catalog(&mut store, Broken::Kept)?;
    follow_settings(context, &mut store, old, new)?;
    let cards = store.deck_index().deck_counts(context.clock.today())?.remove(new).unwrap_or_default();
    let cards: usize = cards.kinds.values().sum();
    let links = changes.len() - 1;
    let elsewhere =
        if links > 0 { format!("; {} with links to it follow", shown::count(links, "file")) } else { String::new() };
    let keep =
        if cards == 1 { "1 card keeps its progress".to_owned() } else { format!("{cards} cards keep their progress") };
    output::done(&format!("{old} is {new} now, in {}: {keep}{elsewhere}", shown::path(&path)))?;
    Ok(true)
}

/// The files that change, the deck's first one at the head, each with its new text. All decks are read as they will be
/// before anything is written.
fn changes(context: &Context, deck: &OwnDeck, old: &str, new: &str) -> Result<Vec<(PathBuf, String)>, CliError> {
    let folder = own::folder(context);
    let found = crate::catalog::files::find(&folder).map_err(own::of_file(&folder))?.decks;
    let (mut changes, mut after) = (Vec::new(), Vec::new());
    let head = deck.files[0].name();
    for files in found {
        let read: Result<Vec<DeckFile>, DeckError> = files.iter().map(Found::read).collect();
        // What cannot be read is none of this command's business, unless it is the deck.
        let Ok(mut read) = read else { continue };
        for file in &mut read {
            let Ok(text) = std::str::from_utf8(&file.bytes) else { continue };
            let is_head = *file.path == *head;
            let text = match (is_head, markdown::is_markdown(&file.path)) {
                (true, true) => markdown::renamed(text, old, new),
                (true, false) => renamed(text, old, new),
                // Markdown names no cards of other decks.
                (false, true) => continue,
                (false, false) => relinked(text, old, new),
            };
            if text.as_bytes() != &*file.bytes {
                let change = (PathBuf::from(&*file.path), text.clone());
                if is_head {
                    changes.insert(0, change)
                } else {
                    changes.push(change)
                }
                file.bytes = text.into_bytes().into();
            }
        }
        after.push(read);
    }
    let library = Library::new(&after);
    if library.deck(new).is_ok() && changes.first().is_some_and(|(file, _)| *file.to_string_lossy() == *head) {
        return Ok(changes);
    }
    let of_deck = |error: &&DeckError| deck.files.iter().any(|file| *error.path == *file.name());
    match library.errors.iter().filter(of_deck).cloned().collect::<Vec<_>>() {
        errors if errors.is_empty() => {
            let part = if markdown::is_markdown(&head) { "front matter" } else { "[deck] table" };
            Err(CliError::Plain(format!(
                "the {part} of {head} cannot be changed here: write name = \"{new}\" and was = [\"{old}\"] there"
            )))
        }
        errors => Err(CliError::Decks(errors)),
    }
}

/// The deck's file, or its folder, takes the name too where it had the old one. One in Markdown keeps its own: notes have links to it.
fn take_name(deck: &OwnDeck, old: &str, new_file: &Path) -> Result<PathBuf, CliError> {
    let path = deck.path();
    let is_called_so = path.file_stem().is_some_and(|stem| stem == old);
    let target = if deck.folder.is_some() { new_file.with_extension("") } else { new_file.to_owned() };
    if !is_called_so || markdown::is_markdown(&deck.files[0].name()) || target.symlink_metadata().is_ok() {
        return Ok(path.to_owned());
    }
    fs::rename(path, &target).map_err(own::of_file(path))?;
    Ok(target)
}

/// What names the deck in the settings and in the plan.
fn follow_settings(context: &Context, store: &mut Store, old: &str, new: &str) -> Result<(), CliError> {
    let follow = |names: &[String]| -> Vec<String> {
        names.iter().map(|name| if name == old { new.to_owned() } else { name.clone() }).collect()
    };
    let off = Settings::read(&context.config_file)?.decks_off;
    if off.iter().any(|name| name == old) {
        let off = follow(&off);
        settings::write(&context.config_file, "decks_off", toml_edit::Array::from_iter(off.iter()).into())?;
    }
    let before = store.marks().wishes()?;
    let wishes = Wishes { decks: follow(&before.decks), without: follow(&before.without), ..before.clone() };
    if wishes != before {
        let (kind, at_ms, day) = (MarkKind::Plan(wishes.text()), context.clock.now_ms(), context.clock.today());
        store.mark(&Mark { card: None, kind, at_ms, day: Some(day) })?;
    }
    Ok(())
}
