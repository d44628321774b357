//! Whose progress a card goes on with that has no name in its file and was reworded: its former self, where that is certain.
//!
//! It is certain where a question says the same in other spelling, or stands in the same place with most of its words. Where a
//! number, or a word's beginning, has changed, or where little more than its place and its answer is left, it may be another
//! fact: that is asked.

use super::note::{hash_of, normal};
use crate::deck::{Body, Card};
use crate::schedule::CardId;
use std::collections::{HashMap, HashSet};
use std::hash::Hash;

/// A card of a Markdown file, as the index has it or had it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its name.
    pub id: CardId,
    /// What it asks.
    pub prompt: String,
    /// The hash of what it answers.
    pub answer: Option<u64>,
    /// Its file.
    pub path: String,
    /// It was never asked.
    pub unseen: bool,
    /// The index did not have it before.
    pub is_new: bool,
}

/// A card that has progress, and no file any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    /// Its name.
    pub id: CardId,
    /// What it asked.
    pub prompt: String,
    /// The hash of what it answered, if that is known.
    pub answer: Option<u64>,
    /// Its file, if that is known.
    pub path: Option<String>,
    /// The cards whose progress it took over.
    pub moved_from: Vec<CardId>,
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

/// This share of a question's old words must be left, and the share below of its new words must be old, for it to be taken
/// for the same question.
const OLD_WORDS: f64 = 0.6;
const NEW_WORDS: f64 = 0.5;
/// From this share of words in common it is asked whether it is the same.
const MAY_BE: f64 = 0.3;
/// Another card that is as near leaves it uncertain.
const NEARER: f64 = 0.15;
/// More pairs than this are not compared but where they stand in the same place.
const MOST_PAIRS: usize = 250_000;

/// What a card answers, as a hash: of a gap its key, for its answer is the whole text.
pub fn answer_hash(card: &Card) -> u64 {
    match &card.body {
        Body::Cloze { .. } => hash_of(card.id.as_str().rsplit('/').next().unwrap_or_default()),
        body => hash_of(&body.answer()),
    }
}

/// Finds former selves of `gone` cards: of files the cards `before` and `after` a change, each in the order of the files.
pub fn former(before: &[Known], gone: &[Gone], after: &[Known]) -> Vec<Reworded> {
    let mut matching = Matching {
        gone: gone.iter().map(|gone| (gone, Words::of(&gone.prompt))).collect(),
        cards: after.iter().map(|card| (card, Words::of(&card.prompt))).collect(),
        used_from: HashSet::new(),
        used_to: HashSet::new(),
        found: Vec::new(),
    };
    matching.back();
    matching.same();
    matching.in_other_words(before, after);
    matching.found.sort_by(|a, b| a.card.cmp(&b.card));
    matching.found
}

/// Which former card goes on as which one.
struct Matching<'a> {
    gone: Vec<(&'a Gone, Words)>,
    cards: Vec<(&'a Known, Words)>,
    /// The places of those that have found another.
    used_from: HashSet<usize>,
    used_to: HashSet<usize>,
    found: Vec<Reworded>,
}

impl Matching<'_> {
    fn pair(&mut self, from: usize, to: usize, certain: bool) {
        self.used_from.insert(from);
        self.used_to.insert(to);
        let (gone, card) = (self.gone[from].0, self.cards[to].0);
        let (card, before, asked) = (card.id.clone(), gone.id.clone(), gone.prompt.clone());
        self.found.push(Reworded { card, before, asked, certain });
    }

    /// What was reworded, and is as it was before.
    fn back(&mut self) {
        for from in 0..self.gone.len() {
            let origins = &self.gone[from].0.moved_from;
            if let Some(to) = self.cards.iter().position(|(card, _)| origins.contains(&card.id)) {
                self.pair(from, to, true);
            }
        }
    }

    /// What says the same in another deck, in another file or under another name.
    fn same(&mut self) {
        // The file is the same, and its deck has another name.
        self.one_to_one(
            |gone, _| Some((gone.path.clone()?, in_deck(&gone.id).to_owned())),
            |card, _| Some((card.path.clone(), in_deck(&card.id).to_owned())),
        );
        let text = |id: &CardId, words: &Words| (words.all.clone(), key(id).map(str::to_owned));
        self.one_to_one(
            |gone, words| Some((text(&gone.id, words), in_deck(&gone.id).to_owned())),
            |card, words| Some((text(&card.id, words), in_deck(&card.id).to_owned())),
        );
        self.one_to_one(
            |gone, words| Some((text(&gone.id, words), gone.answer?)),
            |card, words| Some((text(&card.id, words), card.answer?)),
        );
        self.one_to_one(|gone, words| Some(text(&gone.id, words)), |card, words| Some(text(&card.id, words)));
    }

    /// Pairs those that are one by a key, where each is the only one that has it.
    fn one_to_one<K: Hash + Eq>(
        &mut self,
        of_gone: impl Fn(&Gone, &Words) -> Option<K>,
        of_card: impl Fn(&Known, &Words) -> Option<K>,
    ) {
        let mut by_key: HashMap<K, (Vec<usize>, Vec<usize>)> = HashMap::new();
        for (from, (gone, words)) in self.gone.iter().enumerate().filter(|(from, _)| !self.used_from.contains(from)) {
            if let Some(key) = of_gone(gone, words) {
                by_key.entry(key).or_default().0.push(from);
            }
        }
        let free = |to: &usize, card: &Known| card.unseen && !self.used_to.contains(to);
        for (to, (card, words)) in self.cards.iter().enumerate().filter(|(to, (card, _))| free(to, card)) {
            if let Some((_, cards)) = of_card(card, words).and_then(|key| by_key.get_mut(&key)) {
                cards.push(to);
            }
        }
        let pairs: Vec<(usize, usize)> = by_key
            .into_values()
            .filter_map(
                |(gone, cards)| if let ([from], [to]) = (&gone[..], &cards[..]) { Some((*from, *to)) } else { None },
            )
            .collect();
        for (from, to) in pairs {
            self.pair(from, to, true);
        }
    }

    /// What stands in the same place, or says much the same.
    fn in_other_words(&mut self, before: &[Known], after: &[Known]) {
        let pairs = self.likely(before, after);
        let (mut used_from, mut used_to) = (HashSet::new(), HashSet::new());
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
            self.pair(pair.from, pair.to, certain);
        }
    }

    /// The pairs that may be one, the likeliest first.
    fn likely(&self, before: &[Known], after: &[Known]) -> Vec<Pair> {
        let (old, new): (HashSet<&CardId>, HashSet<&CardId>) =
            (before.iter().map(|card| &card.id).collect(), after.iter().map(|card| &card.id).collect());
        let (old_places, new_places) = (places(before, &new), places(after, &old));
        let left = |used: &HashSet<usize>, all: usize| (0..all).filter(|at| !used.contains(at)).collect::<Vec<usize>>();
        let gone = left(&self.used_from, self.gone.len());
        let mut appeared = left(&self.used_to, self.cards.len());
        appeared.retain(|to| self.cards[*to].0.unseen && self.cards[*to].0.is_new);
        let few = gone.len().saturating_mul(appeared.len()) <= MOST_PAIRS;
        let old_keys: HashSet<&str> = gone.iter().filter_map(|from| key(&self.gone[*from].0.id)).collect();
        let new_keys: HashSet<&str> = appeared.iter().filter_map(|to| key(&self.cards[*to].0.id)).collect();
        let mut pairs: Vec<Pair> = Vec::new();
        for from in gone {
            let (gone, was) = &self.gone[from];
            let place = old_places.get(&gone.id);
            for to in &appeared {
                let (card, is) = &self.cards[*to];
                let same_place = place.is_some() && place == new_places.get(&card.id);
                // The gaps of a text are told from one another by what they hide.
                let same_key = match (key(&gone.id), key(&card.id)) {
                    (Some(old), Some(new)) => old == new || !new_keys.contains(old) && !old_keys.contains(new),
                    (old, new) => old.is_none() && new.is_none(),
                };
                if !same_key || !few && !same_place {
                    continue;
                }
                let same_answer = gone.answer.is_some() && gone.answer == card.answer;
                let likeness = if was.all == is.all { 2.0 } else { was.likeness(is) };
                let likeness = if same_place && same_answer { likeness.max(MAY_BE) } else { likeness };
                if likeness >= MAY_BE {
                    let certain = likeness == 2.0 || same_place && was.most_of(is);
                    pairs.push(Pair { from, to: *to, likeness, certain });
                }
            }
        }
        pairs.sort_by(|a, b| b.likeness.total_cmp(&a.likeness).then(b.certain.cmp(&a.certain)));
        pairs
    }
}

struct Pair {
    from: usize,
    to: usize,
    /// 2 where they say the same.
    likeness: f64,
    certain: bool,
}

/// A card's name in its deck.
fn in_deck(id: &CardId) -> &str {
    id.as_str().split_once('/').map_or("", |(_, rest)| rest)
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
        Self { all, telling }
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

    /// A file's cards, each by its question, and its answer after a `|`; its name is given.
    fn file(cards: &[(&str, &str)]) -> Vec<Known> {
        let card = |(name, text): &(&str, &str)| Known {
            id: id(&format!("d/{name}")),
            prompt: text.split('|').next().unwrap().to_owned(),
            answer: text.split('|').nth(1).map(hash_of),
            path: "d.md".to_owned(),
            unseen: true,
            is_new: true,
        };
        cards.iter().map(card).collect()
    }

    fn gone(card: &Known) -> Gone {
        let (id, prompt, answer) = (card.id.clone(), card.prompt.clone(), card.answer);
        Gone { id, prompt, answer, path: Some(card.path.clone()), moved_from: Vec::new() }
    }

    /// Pairs as `new<old`, with `?` where it is asked.
    fn found(before: &[(&str, &str)], after: &[(&str, &str)]) -> String {
        let (before, mut after) = (file(before), file(after));
        after.iter_mut().for_each(|card| card.is_new = !before.iter().any(|other| other.id == card.id));
        let is_there = |card: &&Known| !after.iter().any(|other| other.id == card.id);
        let gone: Vec<Gone> = before.iter().filter(is_there).map(gone).collect();
        said(&former(&before, &gone, &after))
    }

    fn said(found: &[Reworded]) -> String {
        let said = |r: &Reworded| {
            let name = |id: &CardId| id.as_str()[2..].to_owned();
            format!("{}<{}{}", name(&r.card), name(&r.before), if r.certain { "" } else { "?" })
        };
        found.iter().map(said).collect::<Vec<_>>().join(" ")
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
            // What little more than the answer is left of.
            ("What's a quorum?|3 of 5", "What's a majority of five?|3 of 5.", "y<x?"),
            ("What's a quorum?|3 of 5", "What's a majority of five?|3", ""),
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
        let gone = [gone(&before[0])];
        assert_eq!(said(&former(&before, &gone, &after)), "y<x");
        after[0].unseen = false;
        assert_eq!(former(&before, &gone, &after), []);
        assert_eq!(said(&former(&[], &gone, &file(&[("y", "what is a quorum")]))), "y<x", "by what the log says");
    }

    #[test]
    fn what_says_the_same_elsewhere_has_moved() {
        let of = |deck: &str, path: &str, cards: &[(&str, &str)]| -> Vec<Known> {
            let cards = file(cards).into_iter();
            cards
                .map(|card| Known { id: id(&card.id.as_str().replacen('d', deck, 1)), path: path.to_owned(), ..card })
                .collect()
        };
        let before = of("a", "a.md", &[("x", "Is it?|yes"), ("y", "Is it?|no"), ("z", "Is that so?|yes")]);
        let all: Vec<Gone> = before.iter().map(gone).collect();
        // Another file, with cards that were written anew, whatever they are called there; some were there for long.
        let mut after = of("b", "b.md", &[("1", "Is it?|no"), ("2", "is it|yes"), ("3", "Is that so?|maybe")]);
        after.iter_mut().for_each(|card| card.is_new = false);
        assert_eq!(said(&former(&before, &all, &after)), "1<y 2<x 3<z");
        // The deck has another name, and its cards have theirs, whatever they say.
        let after = of("b", "a.md", &[("y", "What else?|no"), ("x", "Something else?|no"), ("z", "What now?|?")]);
        assert_eq!(said(&former(&before, &all, &after)), "x<x y<y z<z");
        // Two that say the same, of one: it is asked which.
        let after = of("b", "b.md", &[("1", "Is that so?|no"), ("2", "Is that so?|never")]);
        assert_eq!(said(&former(&before, &all[2..], &after)), "1<z?");
    }

    #[test]
    fn what_is_as_it_was_before_goes_on_as_that() {
        let (before, mut after) = (file(&[("y", "Which caching strategy?")]), file(&[("x", "What is a quorum?")]));
        after[0].unseen = false;
        let gone = [Gone { moved_from: vec![id("d/x")], ..gone(&before[0]) }];
        assert_eq!(said(&former(&before, &gone, &after)), "x<y");
    }
}
