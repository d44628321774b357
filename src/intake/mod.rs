//! What another program's file brings, taken in: a file of cards in the folder of decks, and one transaction of the log.
//!
//! An import is planned first, as values ([`Preview`]), so that a dry run says what the real one does. Then the file of cards
//! is written, and after it the rows: where the program dies in between, the cards are there and their rows are not, which
//! the next import of the same file sees and completes. Cards are known by their `origin`, rows by ids that come from the
//! origin and the time, so that whatever is brought twice is there once.

mod back;
mod content;
mod error;
mod file;
mod known;
mod names;
mod one_by_one;
mod ours;
mod preview;
mod rows;
mod shelf;

pub use back::{TakenBack, take_back};
pub use error::IntakeError;
pub use names::deck_name;
pub use preview::{Destination, Preview};

use crate::deck::{Draft, slug};
use crate::exchange::{Incoming, IncomingCard, LeftOut};
use crate::log::Imported;
use crate::schedule::CardId;
use crate::store::Store;
use crate::store::deck_index::DeckRow;
use content::Content;
use error::Result;
use known::Known;
use names::{origin, slug_of};
use shelf::{Shelf, Target, Updated};
use std::collections::HashSet;
use std::path::Path;

/// Says what an import would do. Nothing is written. `advance` hears how many of how many cards were looked at.
///
/// # Errors
/// The decks or the database cannot be read, or there is no place for the cards.
pub fn preview(
    store: &mut Store,
    incoming: &Incoming,
    destination: &Destination,
    advance: &mut dyn FnMut(usize, usize),
) -> Result<Preview> {
    let known = Known::of(store)?;
    let (others, returning) = ours::split(store, incoming, &known)?;
    let at_ms = destination.now_ms.max(known.latest_ms.saturating_add(1));
    let mut preview = Preview { left_out: incoming.left_out.clone(), ..Preview::default() };
    let mut writer = rows::Writer::new(store, incoming, destination, at_ms)?;
    for ours::Returning { card, origin, cards } in &returning {
        let content = Content::of_draft(&draft(card, origin, false));
        writer.card(card, origin, cards, &content, None, known.standing.get(origin))?;
        preview.returning.push((cards[0].id.clone(), card.body.clone()));
    }
    let mut wrote = Vec::new();
    if !others.cards.is_empty() || returning.is_empty() {
        let named = |deck: DeckRow| Some((deck.path, deck.name?));
        let names = writer.store().deck_index().decks()?.into_iter().filter_map(named).collect();
        let shelf_folder = std::path::absolute(destination.folder).unwrap_or_else(|_| destination.folder.to_owned());
        let mut shelf = Shelf::read(destination.folder, others.program, &names)?;
        let mut target = shelf.target(&others, destination)?;
        let drafts = sort(writer.store(), &others, &known, &mut shelf, &target, &mut preview, advance)?;
        let made = target.is_new || !known.files.contains(&target.name) && shelf.is_all_of(&target, &others);
        let kept = shelf.add(&mut target, &others, destination, &preview.new)?;
        let brought = shelf.check(&target)?;
        for (done, (card, (content, was, known))) in others.cards.iter().zip(drafts).enumerate() {
            advance(done, others.cards.len());
            let origin = origin(incoming, card);
            let Some(cards) = brought.get(&origin) else { continue };
            writer.card(card, &origin, cards, &content, was, known.as_ref())?;
        }
        wrote = shelf.wrote(&target, made, kept);
        let is_folder = target.path.file_name().is_some_and(|name| name == "deck.toml");
        let folder = target.path.parent().filter(|parent| is_folder && *parent != shelf_folder).map(Path::to_owned);
        (preview.deck, preview.path) = (target.deck, folder.unwrap_or(target.path));
        preview.changes = shelf.into_changes();
    }
    writer.finish(wrote, &mut preview);
    Ok(preview)
}

/// A card as it would stand in a file, still without a name. Where cards of several decks come, theirs is a tag.
fn draft(card: &IncomingCard, origin: &str, has_decks: bool) -> Draft {
    let mut tags = card.tags.clone();
    tags.extend(card.deck.clone().filter(|deck| has_decks && !card.tags.contains(deck)));
    Draft {
        slug: String::new(),
        level: None,
        tags,
        why: card.why.clone(),
        source: card.source.clone(),
        origin: Some(origin.to_owned()),
        body: card.body.clone(),
    }
}

/// What a card says in the other program, what stood in the file before it was changed, and what the last import said.
type Sorted = (Content, Option<String>, Option<Imported>);

/// Tells new cards, changed ones and those that are as they were apart, and changes the texts of files.
fn sort(
    store: &Store,
    incoming: &Incoming,
    known: &Known,
    shelf: &mut Shelf,
    target: &Target,
    preview: &mut Preview,
    advance: &mut dyn FnMut(usize, usize),
) -> Result<Vec<Sorted>> {
    let decks: HashSet<&str> = incoming.cards.iter().filter_map(|card| card.deck.as_deref()).collect();
    let has_decks = decks.len() > 1;
    let on_shelf = shelf.slugs(&target.deck);
    let mut taken = on_shelf.clone();
    let of_deck = |card: &CardId| (card.deck() == target.deck).then(|| slug_of(card).to_owned());
    taken.extend(store.states().all()?.keys().filter_map(of_deck));
    taken.extend(known.cards.values().filter_map(of_deck));
    let mut sorted = Vec::new();
    for (done, card) in incoming.cards.iter().enumerate() {
        advance(done, incoming.cards.len());
        let origin = origin(incoming, card);
        let mut draft = draft(card, &origin, has_decks);
        let mut content = Content::of_draft(&draft);
        let before = known.standing.get(&origin).cloned();
        let mut was = None;
        if shelf.has(&origin) {
            match shelf.update(&origin, &draft, &content, before.as_ref()) {
                Updated::Same(says) => {
                    preview.same += 1;
                    preview.homes.extend(shelf.home_of(&origin).map(str::to_owned));
                    content = says;
                }
                Updated::Changed(says, text) => {
                    preview.updated += 1;
                    (content, was) = (says, Some(text));
                }
                Updated::Edited(says, id) => {
                    preview.edited.push(id);
                    content = says;
                }
            }
        } else if before.is_some() && !target.is_new {
            preview.removed += 1;
        } else {
            let former = known.cards.get(&origin).and_then(of_deck).filter(|slug| !on_shelf.contains(slug));
            draft.slug = former.unwrap_or_else(|| slug(&without_pictures(&draft.body.asks()), &mut taken));
            match draft.fault() {
                None => preview.new.push(draft),
                Some(why) => leave_out(preview, why),
            }
        }
        sorted.push((content, was, before));
    }
    Ok(sorted)
}

fn leave_out(preview: &mut Preview, why: String) {
    let what = format!("entries that no deck can have: {why}");
    match preview.left_out.iter_mut().find(|left| left.what == what) {
        Some(left) => left.count += 1,
        None => preview.left_out.push(LeftOut { what, count: 1 }),
    }
}

/// What is asked without the names of pictures, which may well be the answer.
fn without_pictures(asked: &str) -> String {
    let mut parts = asked.split("(picture: ");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |asked, part| asked + part.split_once(')').map_or("", |(_, rest)| rest))
}

#[cfg(test)]
mod tests;
