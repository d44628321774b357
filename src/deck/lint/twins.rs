//! Cards that say nearly the same: a point that is learned three times costs twice too much.

use super::wording::{answer, words};
use crate::deck::{Body, Card, DeckError, Kind, Library, fault};
use std::collections::{BTreeSet, HashMap, HashSet};

/// The likeness from which two cards are near: the share of their words and pairs of words that both have.
const NEAR: f64 = 0.4;
/// Shorter cards share most of their words by chance.
const FEWEST: usize = 16;

/// Cards that are near another and do not say why.
pub(super) fn twins(library: &Library, looked_at: &HashSet<&str>) -> Vec<DeckError> {
    let said = |(likeness, card, other): (f64, &Card, &Card)| {
        let id = &other.id;
        let message = format!(
            "is nearly the same as {id} ({:.0}% alike): keep one, with was = [\"{id}\"], or say what differs: unlike = {{ \
             \"{id}\" = \"...\" }}",
            likeness * 100.0,
        );
        fault(card, &message)
    };
    near_pairs(library, looked_at).into_iter().filter(|(_, card, other)| !meant(card, other)).map(said).collect()
}

/// Whether one of two cards says why both are there.
fn meant(card: &Card, other: &Card) -> bool {
    let names = |card: &Card, other: &Card| {
        card.unlike.iter().any(|(id, _)| *id == other.id || other.id.matrix() == Some(id.as_str()))
    };
    names(card, other) || names(other, card) || same_family(card, other)
}

/// Whether both are numbers of one family: these are told from one another by their answers.
fn same_family(card: &Card, other: &Card) -> bool {
    match (&card.body, &other.body) {
        (Body::Number(these), Body::Number(those)) => these.family.is_some() && these.family == those.family,
        _ => false,
    }
}

/// All pairs of near cards of which the first is looked at, the likest first.
fn near_pairs<'a>(library: &'a Library, looked_at: &HashSet<&str>) -> Vec<(f64, &'a Card, &'a Card)> {
    // The rows of a matrix have its title and its options in common.
    let cards: Vec<(&Card, BTreeSet<String>)> = library
        .cards()
        .filter(|card| card.body.kind() != Kind::Matrix)
        .map(|card| (card, shingles(card)))
        .filter(|(_, shingles)| shingles.len() >= FEWEST)
        .collect();
    let mut counts: HashMap<&str, u32> = HashMap::new();
    cards.iter().flat_map(|(_, shingles)| shingles).for_each(|shingle| *counts.entry(shingle).or_default() += 1);
    // Two cards that share so much share one of their first shingles, when the rarest come first: no other pair is looked
    // at, or a large deck would take hours.
    let mut with: HashMap<&str, Vec<usize>> = HashMap::new();
    let firsts: Vec<Vec<&str>> = cards
        .iter()
        .map(|(_, shingles)| {
            let mut sorted: Vec<&str> = shingles.iter().map(String::as_str).collect();
            sorted.sort_by_key(|shingle| (counts[shingle], *shingle));
            sorted.truncate(shingles.len() + 1 - (NEAR * shingles.len() as f64).ceil() as usize);
            sorted
        })
        .collect();
    for (at, first) in firsts.iter().enumerate() {
        first.iter().for_each(|shingle| with.entry(shingle).or_default().push(at));
    }
    let is_looked_at = |at: usize| looked_at.contains(cards[at].0.id.deck());
    let mut pairs = Vec::new();
    for (at, (card, these)) in cards.iter().enumerate().filter(|(at, _)| is_looked_at(*at)) {
        let near: BTreeSet<usize> = firsts[at].iter().flat_map(|shingle| &with[shingle]).copied().collect();
        // Of two that are looked at, the later one is told.
        for (other, those) in near.into_iter().filter(|other| *other < at || !is_looked_at(*other)).map(|at| &cards[at])
        {
            // The gaps of a text have all of it in common.
            if card.id.matrix().is_some() && card.id.matrix() == other.id.matrix() {
                continue;
            }
            let likeness = share(these, those);
            if likeness >= NEAR {
                pairs.push((likeness, *card, *other));
            }
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.id.cmp(&b.1.id)));
    pairs
}

/// The words of a card and the pairs of words that follow one another.
fn shingles(card: &Card) -> BTreeSet<String> {
    let text = format!("{} {}", card.body.prompt(), answer(card));
    let words: Vec<String> = words(&text).collect();
    let pairs = words.windows(2).map(|pair| pair.join(" "));
    pairs.chain(words.iter().cloned()).collect()
}

fn share<T: Ord>(these: &BTreeSet<T>, those: &BTreeSet<T>) -> f64 {
    let common = these.intersection(those).count();
    common as f64 / (these.len() + those.len() - common).max(1) as f64
}
