//! Whose progress a card goes on with that has no name in its file and was reworded: its former self, where that is certain.
//!
//! It is certain where a question says the same in other spelling, or stands in the same place with most of its words. Where a
//! number, or a word's beginning, has changed it may be another fact: that is asked.

use super::note::normal;
use crate::schedule::CardId;
use std::collections::{HashMap, HashSet};

/// A card of a Markdown file, as the index has it or had it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its name.
    pub id: CardId,
    /// What it asks.
    pub prompt: String,
    /// Its file.
    pub path: String,
    /// It was never asked.
    pub unseen: bool,
}

/// A card that is, or may be, a former one in other words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reworded {
    /// As it is now.
    pub card: CardId,
    /// As it was.
    pub before: CardId,
    /// What it asked then.
    pub asked: String,
    /// Nobody need be asked.
    pub certain: bool,
}

/// Of a question's old words so many must be left, and of its new ones so many must be old.
const OLD_WORDS: f64 = 0.6;
const NEW_WORDS: f64 = 0.5;
/// From this share of words in common it is asked whether it is the same.
const MAY_BE: f64 = 0.3;
/// Another card that is as near leaves it uncertain.
const NEARER: f64 = 0.15;
/// More pairs than this are not compared but where they stand in the same place.
const MOST_PAIRS: usize = 250_000;

/// Finds former selves: of files the cards `before` and `after` a change, each in the order of the files, and `gone` cards
/// that have progress and no file any more, each with what it asked.
pub fn former(before: &[Known], gone: &[(CardId, String)], after: &[Known]) -> Vec<Reworded> {
    let (old, new): (HashSet<&CardId>, HashSet<&CardId>) =
        (before.iter().map(|card| &card.id).collect(), after.iter().map(|card| &card.id).collect());
    let (old_places, new_places) = (places(before, &new), places(after, &old));
    let appeared: Vec<&Known> = after.iter().filter(|card| card.unseen && !old.contains(&card.id)).collect();
    let few = gone.len().saturating_mul(appeared.len()) <= MOST_PAIRS;
    let gone: Vec<(&CardId, Words)> = gone.iter().map(|(id, asked)| (id, Words::of(asked))).collect();
    let appeared: Vec<(&Known, Words)> = appeared.into_iter().map(|card| (card, Words::of(&card.prompt))).collect();
    let (old_keys, new_keys): (HashSet<&str>, HashSet<&str>) = (
        gone.iter().filter_map(|(id, _)| key(id)).collect(),
        appeared.iter().filter_map(|(card, _)| key(&card.id)).collect(),
    );
    let mut pairs: Vec<Pair> = Vec::new();
    for (from, (id, was)) in gone.iter().enumerate() {
        let place = old_places.get(id);
        for (to, (card, is)) in appeared.iter().enumerate() {
            let same_place = place.is_some() && place == new_places.get(&card.id);
            // The gaps of a text are told from one another by what they hide.
            let same_key = match (key(id), key(&card.id)) {
                (Some(old), Some(new)) => old == new || !new_keys.contains(old) && !old_keys.contains(new),
                (old, new) => old.is_none() && new.is_none(),
            };
            if !same_key || !few && !same_place {
                continue;
            }
            let likeness = if was.all == is.all { 2.0 } else { was.likeness(is) };
            if likeness >= MAY_BE {
                pairs.push(Pair { from, to, likeness, certain: likeness == 2.0 || same_place && was.most_of(is) });
            }
        }
    }
    pairs.sort_by(|a, b| b.likeness.total_cmp(&a.likeness).then(b.certain.cmp(&a.certain)));
    let (mut used_from, mut used_to) = (HashSet::new(), HashSet::new());
    let mut found = Vec::new();
    for pair in &pairs {
        if used_from.contains(&pair.from) || used_to.contains(&pair.to) {
            continue;
        }
        let rival = |other: &&Pair| {
            (other.from == pair.from) != (other.to == pair.to)
                && !(used_from.contains(&other.from) || used_to.contains(&other.to))
                && other.likeness > pair.likeness - NEARER
        };
        let certain = pair.certain && !pairs.iter().any(|other| rival(&other));
        used_from.insert(pair.from);
        used_to.insert(pair.to);
        let ((before, was), (card, _)) = (&gone[pair.from], &appeared[pair.to]);
        let (card, before) = (card.id.clone(), (*before).clone());
        found.push(Reworded { card, before, asked: was.asked.clone(), certain });
    }
    found.sort_by(|a, b| a.card.cmp(&b.card));
    found
}

struct Pair {
    from: usize,
    to: usize,
    /// 2 where they say the same.
    likeness: f64,
    certain: bool,
}

/// The key of a gap, or of a direction.
fn key(id: &CardId) -> Option<&str> {
    id.matrix().and_then(|_| id.as_str().rsplit('/').next())
}

/// Between which cards, of those that stayed, each card stands.
fn places<'a>(
    cards: &'a [Known],
    stayed: &HashSet<&CardId>,
) -> HashMap<&'a CardId, (&'a str, Option<&'a CardId>, Option<&'a CardId>)> {
    let mut places = HashMap::new();
    let mut waiting: Vec<&Known> = Vec::new();
    let mut last: Option<&Known> = None;
    for card in cards {
        if last.is_some_and(|last| last.path != card.path) {
            last = None;
        }
        if waiting.first().is_some_and(|first| first.path != card.path) {
            waiting.clear();
        }
        if stayed.contains(&card.id) {
            let end = |place: &mut (&str, Option<&CardId>, Option<&'a CardId>)| place.2 = Some(&card.id);
            waiting.drain(..).for_each(|card| {
                places.entry(&card.id).and_modify(end);
            });
            last = Some(card);
        } else {
            places.insert(&card.id, (card.path.as_str(), last.map(|last| &last.id), None));
            waiting.push(card);
        }
    }
    places
}

/// Words that say nothing of what is asked.
const COMMON: [&str; 44] = [
    "a", "an", "the", "is", "are", "was", "be", "do", "does", "did", "what", "which", "who", "whose", "when", "where",
    "why", "how", "many", "much", "long", "of", "in", "on", "at", "to", "for", "from", "by", "with", "as", "it", "its",
    "and", "or", "you", "your", "we", "that", "this", "can", "will", "there", "between",
];

/// The words of a question.
struct Words {
    asked: String,
    all: String,
    /// Those that say what is asked.
    telling: HashSet<String>,
}

impl Words {
    fn of(asked: &str) -> Self {
        let all = normal(asked);
        let words = || all.split(' ').map(str::to_owned);
        let mut telling: HashSet<String> = words().filter(|word| !COMMON.contains(&word.as_str())).collect();
        if telling.is_empty() {
            telling = words().collect();
        }
        Self { asked: asked.to_owned(), all, telling }
    }

    fn common(&self, new: &Self) -> f64 {
        self.telling.intersection(&new.telling).count() as f64
    }

    /// The share of the words of both that both have, or of their letters in order, whichever is more.
    fn likeness(&self, new: &Self) -> f64 {
        let common = self.common(new);
        let words = common / (self.telling.len() as f64 + new.telling.len() as f64 - common).max(1.0);
        let short = self.all.len().max(new.all.len()) <= 200;
        let letters = if short { strsim::normalized_damerau_levenshtein(&self.all, &new.all) - 0.4 } else { 0.0 };
        words.max(letters)
    }

    /// Whether most words are the same, and none that differs makes it another question.
    fn most_of(&self, new: &Self) -> bool {
        let common = self.common(new);
        let gone: Vec<&String> = self.telling.difference(&new.telling).collect();
        let come: Vec<&String> = new.telling.difference(&self.telling).collect();
        let is_fact = |word: &&&String| {
            word.contains(|c: char| c.is_ascii_digit()) || ["not", "no", "never"].contains(&word.as_str())
        };
        let facts = gone.iter().chain(&come).any(|word| is_fact(&word));
        // "synchronous" and "asynchronous", "increase" and "decrease".
        let opposed = gone.iter().any(|old| come.iter().any(|new| ends_alike(old, new)));
        let (old_words, new_words) = (self.telling.len() as f64, new.telling.len() as f64);
        common >= OLD_WORDS * old_words && common >= NEW_WORDS * new_words && !facts && !opposed
    }
}

fn ends_alike(a: &str, b: &str) -> bool {
    let alike = a.chars().rev().zip(b.chars().rev()).take_while(|(a, b)| a == b).count();
    alike >= 4 && a.chars().next() != b.chars().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: &str) -> CardId {
        CardId::parse(name).unwrap()
    }

    /// A file's cards, each by its question; the name is made of its place among those that were ever there.
    fn file(cards: &[(&str, &str)]) -> Vec<Known> {
        let card = |(name, prompt): &(&str, &str)| Known {
            id: id(&format!("d/{name}")),
            prompt: (*prompt).to_owned(),
            path: "d.md".to_owned(),
            unseen: true,
        };
        cards.iter().map(card).collect()
    }

    /// Pairs as `new<old`, with `?` where it is asked.
    fn found(before: &[(&str, &str)], after: &[(&str, &str)]) -> String {
        let (before, after) = (file(before), file(after));
        let is_there = |card: &&Known| !after.iter().any(|other| other.id == card.id);
        let gone: Vec<(CardId, String)> =
            before.iter().filter(is_there).map(|card| (card.id.clone(), card.prompt.clone())).collect();
        let said = |r: Reworded| {
            let name = |id: &CardId| id.as_str()[2..].to_owned();
            format!("{}<{}{}", name(&r.card), name(&r.before), if r.certain { "" } else { "?" })
        };
        former(&before, &gone, &after).into_iter().map(said).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_reworded_card_is_its_former_self_where_that_is_certain() {
        let one = |was: &'static str, is: &'static str| {
            found(&[("a", "one?"), ("x", was), ("b", "two?")], &[("a", "one?"), ("y", is), ("b", "two?")])
        };
        for (was, is, expected) in [
            ("Which cache strategy loads on a miss?", "Which caching strategy loads the data on a miss?", "y<x"),
            ("Which cache strategy loads on a miss?", "Which cache strategy fills on a miss?", "y<x"),
            ("L1 cache reference?", "How long does an L1 cache reference take?", "y<x"),
            ("Quorum?", "What is a quorum?", "y<x"),
            ("What is a quorum in Dynamo?", "What is a quorum in Dynamo", "y<x"),
            // Another fact in like words is asked, another question is none.
            ("L1 cache reference?", "L2 cache reference?", "y<x?"),
            (
                "How does asynchronous replication lose a write?",
                "How does synchronous replication lose a write?",
                "y<x?",
            ),
            ("Which index is clustered?", "Which index is not clustered?", "y<x?"),
            ("What is a qourum?", "What is a quorum?", "y<x?"),
            ("What is a quorum?", "What is a lease?", ""),
            ("Name the replica modes of Postgres.", "How long is a disk seek?", ""),
        ] {
            assert_eq!(one(was, is), expected, "{was} -> {is}");
        }
    }

    #[test]
    fn where_two_could_be_meant_it_is_asked() {
        let before = [("x", "How long is a disk seek on average?")];
        let two =
            [("y", "How long is a disk seek on average today?"), ("z", "How long is a disk seek on average here?")];
        assert!(found(&before, &two).ends_with('?'), "{}", found(&before, &two));
        // Moved to another place and reworded.
        let moved = [("x", "Which cache strategy loads on a miss?"), ("a", "one?"), ("b", "two?")];
        let after = [("a", "one?"), ("b", "two?"), ("y", "Which cache strategy fills on a miss?")];
        assert_eq!(found(&moved, &after), "y<x?");
        // Moved, and says the same.
        let after = [("a", "one?"), ("b", "two?"), ("y", "Which cache strategy loads, on a miss?")];
        assert_eq!(found(&moved, &after), "y<x");
    }

    #[test]
    fn gaps_are_told_by_what_they_hide() {
        let before =
            [("c/1", "Memory takes [...]. A seek takes 2 ms."), ("c/2", "Memory takes 100 ns. A seek takes [...].")];
        let after = [
            ("e/1", "Memory takes [...]. A disk seek takes 2 ms."),
            ("e/2", "Memory takes 100 ns. A disk seek takes [...]."),
        ];
        assert_eq!(found(&before, &after), "e/1<c/1 e/2<c/2");
        // A gap more is a card more.
        let after = [
            ("c/1", "Memory takes [...]. A seek takes 2 ms."),
            ("c/3", "[...] takes 100 ns. A seek takes 2 ms."),
            ("c/2", "Memory takes 100 ns. A seek takes [...]."),
        ];
        assert_eq!(found(&before, &after), "");
    }

    #[test]
    fn what_was_asked_before_is_nobodys_former_self() {
        let (before, mut after) = (file(&[("x", "What is a quorum?")]), file(&[("y", "what is a quorum")]));
        let gone = [(before[0].id.clone(), before[0].prompt.clone())];
        assert_eq!(former(&before, &gone, &after).len(), 1);
        after[0].unseen = false;
        assert_eq!(former(&before, &gone, &after), []);
        assert_eq!(former(&[], &gone, &file(&[("y", "what is a quorum")])).len(), 1, "by what the log says");
    }
}
