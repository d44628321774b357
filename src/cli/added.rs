//! Taking back what `add` did: the card leaves its file, where it stands there as it was written.

use super::own::{self, Named};
use super::{Broken, CliError, Context};
use crate::deck::{DeckFile, Location, head, parse};
use crate::fnv::Fnv;
use crate::log::MarkKind;
use crate::schedule::CardId;
use crate::shown;
use crate::store::Store;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

/// The hash of a card's block, whatever the ends of its lines.
pub(super) fn hash(block: &str) -> String {
    let mut hash = Fnv::new();
    hash.add(block.replace("\r\n", "\n").trim_end().as_bytes());
    format!("{:016x}", hash.value())
}

/// The cards of an entry that was added: itself, or one for each gap of its text.
pub(super) fn cards(store: &Store, entry: &str) -> Result<Vec<CardId>, CliError> {
    let within = format!("{entry}/");
    let names = store.deck_index().card_names()?;
    let of_entry = names.iter().filter(|name| *name == entry || name.starts_with(&within));
    Ok(of_entry.filter_map(|name| CardId::parse(name).ok()).collect())
}

/// Takes back that a card was added, and says what became of it. `written` is the hash of its block.
pub(super) fn take_back(
    context: &Context,
    store: &mut Store,
    card: &CardId,
    written: Option<&String>,
) -> Result<String, CliError> {
    context.catalog(store, Broken::Kept)?;
    let entry = card.as_str().splitn(3, '/').take(2).collect::<Vec<_>>().join("/");
    let cards = match cards(store, &entry)? {
        none if none.is_empty() => vec![card.clone()],
        cards => cards,
    };
    let removal = removal(context, store, &entry, &cards, written)?;
    let (now, day) = (context.clock.now_ms(), context.clock.today());
    let kind = MarkKind::Add(written.cloned());
    let done = match removal {
        Removal::Kept(why) => why,
        Removal::Gone => "it is in no deck any more".to_owned(),
        Removal::Of { file, text: Some(text) } => {
            crate::files::change(&file, text.as_bytes()).map_err(own::of_file(&file))?;
            format!("it is out of {}", shown::path(&file))
        }
        Removal::Of { file, text: None } => {
            fs::remove_file(&file).map_err(own::of_file(&file))?;
            format!("{}, which had no other card, is removed", shown::path(&file))
        }
    };
    for card in &cards {
        store.take_back_latest(card, &kind, now, day)?;
    }
    context.catalog(store, Broken::Kept)?;
    Ok(format!("took back the adding of {entry}: {done}"))
}

/// What is to be done with the file of a card.
enum Removal {
    /// No deck has the card.
    Gone,
    /// It stays, and why.
    Kept(String),
    /// The file is to have this text, or is to go.
    Of { file: PathBuf, text: Option<String> },
}

fn removal(
    context: &Context,
    store: &Store,
    entry: &str,
    cards: &[CardId],
    written: Option<&String>,
) -> Result<Removal, CliError> {
    let Some(Named::Own(deck)) = own::find(context, store, cards[0].deck())? else { return Ok(Removal::Gone) };
    let kept = |file: &str, why: &str| {
        Ok(Removal::Kept(format!("it {why}, so it stays in {file}: sysdrill deck edit {entry} opens it there")))
    };
    let files = deck.read()?;
    let Ok(sound) = parse(&files, Location::User(deck.files[0].name().into())) else {
        return kept(&shown::path(deck.path()), "is in a deck that has errors");
    };
    let Some(card) = sound.cards.iter().find(|card| cards.contains(&card.id)) else { return Ok(Removal::Gone) };
    let place = shown::line(&card.place.path);
    let file = files.iter().find(|file| file.path == card.place.path);
    let Some(text) = file.and_then(|file| str::from_utf8(&file.bytes).ok()) else {
        return kept(&place, "cannot be cut out of its file");
    };
    let mark = text.len() - text.trim_start_matches('\u{feff}').len();
    let range = card.place.block.start + mark..card.place.block.end + mark;
    if text.get(range.clone()).map(hash).as_ref() != written {
        return kept(&place, "was changed since");
    }
    for card in cards {
        if store.reviews().of_card(card)?.iter().any(|entry| !entry.retracted) {
            return kept(&place, "was answered since");
        }
    }
    let before = &text[..range.start];
    // The empty line that was written with it goes with it.
    let before = ["\r\n\r\n", "\n\n"]
        .iter()
        .find(|end| before.ends_with(**end))
        .map_or(before, |end| &before[..before.len() - end.len() / 2]);
    let rest = format!("{before}{}", text[range.end..].trim_start_matches(['\r', '\n']));
    let path = PathBuf::from(&*card.place.path);
    let is_alone = deck.files.len() == 1 && sound.cards.iter().all(|card| cards.contains(&card.id));
    if is_alone && rest.trim() == head(&sound.name, &sound.title).trim() {
        return Ok(Removal::Of { file: path, text: None });
    }
    let after: Vec<DeckFile> = files
        .iter()
        .map(|file| match file.path == card.place.path {
            true => DeckFile { path: Arc::clone(&file.path), bytes: rest.clone().into_bytes().into() },
            false => file.clone(),
        })
        .collect();
    match parse(&after, Location::User(deck.files[0].name().into())) {
        Ok(_) => Ok(Removal::Of { file: path, text: Some(rest) }),
        Err(errors) => {
            let why = errors.into_iter().next().map(|error| error.message).unwrap_or_default();
            kept(&place, &format!("cannot go without an error ({why})"))
        }
    }
}
