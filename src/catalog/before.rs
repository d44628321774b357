//! Cards of Markdown files that were reworded: their progress goes on where it is certain, and where it is not, is asked about.

use super::reworded::{keep, left_open};
use crate::deck::Claim;
use crate::deck::markdown::{Gone, Known, Reworded, former, is_markdown};
use crate::schedule::CardId;
use crate::store;
use crate::store::deck_index::{DeckRow, FormerRow, IndexChange};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;

/// What was known of Markdown decks before they are read again.
#[derive(Default)]
pub(super) struct Before {
    cards: BTreeMap<String, Vec<FormerRow>>,
    /// The names that these decks had and have.
    names: BTreeSet<String>,
    /// What had been left to be asked.
    open: Vec<Reworded>,
}

/// What was the last that the index knew of cards, whenever that was.
struct Last {
    /// The cards of the decks that changed, as they were, and of those that were broken or away, in order.
    in_order: Vec<FormerRow>,
    /// Cards that were taken out of their deck before.
    earlier: Vec<FormerRow>,
}

impl Before {
    /// Remembers a deck before it changes.
    pub(super) fn remember(&mut self, index: &IndexChange, path: &str) -> store::Result<()> {
        if !is_markdown(path) || self.cards.contains_key(path) {
            return Ok(());
        }
        let deck = index.deck(path)?;
        self.open.extend(deck.as_ref().map(left_open).unwrap_or_default());
        self.names.extend(deck.and_then(|deck| deck.name));
        self.cards.insert(path.to_owned(), index.cards(path)?.into_iter().map(|(card, _)| card).collect());
        Ok(())
    }

    /// The decks were read: what is certain moves, what is not is kept to be asked, and what goes on nowhere is remembered.
    pub(super) fn settle(mut self, index: &mut IndexChange, claims: &[Claim]) -> store::Result<()> {
        if self.cards.is_empty() {
            return Ok(());
        }
        let mut decks: Vec<DeckRow> = Vec::new();
        for path in self.cards.keys() {
            decks.extend(index.deck(path)?);
        }
        self.names.extend(decks.iter().filter_map(|deck| deck.name.clone()));
        let kept = index.former()?;
        let last = self.last(index, &kept)?;
        let gone = self.gone(index, &last, claims)?;
        if !gone.is_empty() {
            self.find(index, &last, &gone, &decks)?;
        }
        let left = last.left(index)?;
        if left == kept { Ok(()) } else { index.keep_former(&left) }
    }

    fn last(&self, index: &IndexChange, kept: &[FormerRow]) -> store::Result<Last> {
        let mut last = Last { in_order: self.cards.values().flatten().cloned().collect(), earlier: Vec::new() };
        for row in kept {
            let is_away = match self.cards.get(&row.path) {
                Some(cards) => cards.is_empty(),
                None => index.deck(&row.path)?.is_none_or(|deck| deck.name.is_none()),
            };
            if is_away { last.in_order.push(row.clone()) } else { last.earlier.push(row.clone()) }
        }
        Ok(last)
    }

    /// The cards that have progress and are in no deck any more. What a broken deck has, or one in another folder, is not gone.
    fn gone(&self, index: &IndexChange, last: &Last, claims: &[Claim]) -> store::Result<Vec<Gone>> {
        let (mut gone, mut known, mut held) = (Vec::new(), HashSet::new(), BTreeMap::new());
        for row in last.in_order.iter().chain(&last.earlier) {
            known.insert(&row.id);
            if !held.contains_key(&row.path) {
                held.insert(row.path.clone(), is_held(index, &row.path)?);
            }
            if !held[&row.path] && index.is_left(&row.id)? {
                let FormerRow { id, path, prompt, answer_hash } = row.clone();
                let moved_from = index.moved_from(&id)?;
                gone.push(Gone { id, prompt, answer: answer_hash, path: Some(path), moved_from });
            }
        }
        // What the index never knew, for the log came from elsewhere.
        let mut waited_for = HashSet::new();
        for claim in claims {
            if index.deck(&claim.path)?.is_some_and(|deck| deck.errors.is_some()) {
                waited_for.insert(&claim.name);
            }
        }
        for name in self.names.iter().filter(|name| !waited_for.contains(name)) {
            for (id, prompt) in index.orphans(name)?.into_iter().filter(|(id, _)| !known.contains(id)) {
                let moved_from = index.moved_from(&id)?;
                gone.push(Gone { id, prompt, answer: None, path: None, moved_from });
            }
        }
        Ok(gone)
    }

    /// Finds what the gone cards are now.
    fn find(&self, index: &mut IndexChange, last: &Last, gone: &[Gone], decks: &[DeckRow]) -> store::Result<()> {
        let were: HashSet<&CardId> = self.cards.values().flatten().map(|card| &card.id).collect();
        let known = |(row, unseen): (FormerRow, bool)| {
            let FormerRow { id, path, prompt, answer_hash } = row;
            Known { is_new: !were.contains(&id), id, prompt, answer: answer_hash, path, unseen }
        };
        let mut after: Vec<Known> = Vec::new();
        for deck in decks.iter().filter(|deck| deck.name.is_some()) {
            after.extend(index.cards(&deck.path)?.into_iter().map(known));
        }
        // What was copied first and is removed now stands in a file that was not changed.
        let there: HashSet<CardId> = after.iter().map(|card| card.id.clone()).collect();
        let prompts: Vec<&str> = gone.iter().map(|gone| gone.prompt.as_str()).collect();
        let elsewhere = index.unseen_asking(&prompts)?.into_iter();
        let elsewhere = elsewhere.filter(|row| is_markdown(&row.path) && !there.contains(&row.id));
        after.extend(elsewhere.map(|row| Known { is_new: false, ..known((row, true)) }));
        let before: Vec<Known> = last.in_order.iter().map(|row| known((row.clone(), false))).collect();
        let (certain, mut open): (Vec<Reworded>, Vec<Reworded>) =
            former(&before, gone, &after).into_iter().partition(|reworded| reworded.certain);
        for Reworded { card, before, .. } in &certain {
            index.take_over(card, before)?;
        }
        // What was not answered is asked again, as long as it can be.
        for left in &self.open {
            let taken = |other: &Reworded| other.card == left.card || other.before == left.before;
            let is_asked = !certain.iter().chain(&open).any(taken) && index.has_card(&left.card)?;
            if is_asked && gone.iter().any(|gone| gone.id == left.before) {
                open.push(left.clone());
            }
        }
        for deck in decks {
            let of_deck = |reworded: &&Reworded| deck.name.as_deref() == Some(reworded.card.deck());
            let of_deck: Vec<Reworded> = open.iter().filter(of_deck).cloned().collect();
            if !of_deck.is_empty() {
                keep(index, deck, &of_deck)?;
            }
        }
        Ok(())
    }
}

impl Last {
    /// What is to be remembered: the cards whose progress goes on nowhere, and of a deck that is broken or away all others too.
    fn left(&self, index: &IndexChange) -> store::Result<Vec<FormerRow>> {
        let mut by_deck: BTreeMap<&str, (Vec<&FormerRow>, bool)> = BTreeMap::new();
        for row in self.in_order.iter().chain(&self.earlier) {
            let is_left = index.is_left(&row.id)?;
            let (rows, any) = by_deck.entry(&row.path).or_default();
            rows.push(row);
            *any |= is_left;
        }
        let (mut left, mut there) = (Vec::new(), HashSet::new());
        for (path, (rows, _)) in by_deck.into_iter().filter(|(_, (_, any))| *any) {
            let is_away = index.deck(path)?.is_none_or(|deck| deck.name.is_none());
            for row in rows {
                if (is_away || index.is_left(&row.id)?) && there.insert(&row.id) {
                    left.push(row.clone());
                }
            }
        }
        Ok(left)
    }
}

/// Whether a deck of which the index knows no cards has them all the same.
fn is_held(index: &IndexChange, path: &str) -> store::Result<bool> {
    Ok(match index.deck(path)? {
        Some(deck) => deck.errors.is_some(),
        None => Path::new(path).exists(),
    })
}
