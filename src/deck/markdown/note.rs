//! A card as a Markdown file says it, and the cards that are asked of it.

use super::shape::{COMMENT, Line, Shape, lines};
use crate::deck::{Body, Card, Cloze, Defaults, Number, Place, draft};
use crate::fnv::Fnv;
use crate::schedule::{CardId, is_slug};
use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

/// What a block of a file says.
pub(super) struct Note {
    /// The name that is written beside it.
    pub(super) id: Option<Named>,
    pub(super) said: Said,
}

/// A name as a comment: `<!-- id: quorum -->`, for gaps with a key for each: `<!-- id: quorum 1c2b3a 4d5e6f -->`.
pub(super) struct Named {
    pub(super) slug: String,
    pub(super) keys: Vec<String>,
}

pub(super) enum Said {
    /// A question and its answer; `both` ways, where each is asked for the other.
    Sides { front: String, back: String, both: bool },
    /// A text with gaps.
    Gaps { text: String, gaps: Vec<Gap> },
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Gap {
    pub(super) range: Range<usize>,
    /// Gaps of one number are one card.
    pub(super) number: u16,
    pub(super) hint: Option<String>,
}

/// Whether a line is a comment and nothing else.
pub(super) fn is_comment(shape: &Shape, line: &Line) -> bool {
    let begins = line.text.len() - line.text.trim_start().len();
    !line.is_blank() && (line.at + begins..line.at + line.text.trim_end().len()).all(|at| shape.is(at, COMMENT))
}

/// Whether a comment is what the plugin for Obsidian keeps of a card.
pub(super) fn is_schedule(comment: &str) -> bool {
    comment.trim_start().starts_with("<!--SR:")
}

/// A part of a text without its comments, and without the lines that have nothing else.
pub(super) fn clean(text: &str, part: Range<usize>, shape: &Shape) -> String {
    let mut cleaned = String::new();
    for line in lines(&text[..part.end], part.start) {
        let is_said = |(at, _): &(usize, char)| !shape.is(line.at + at, COMMENT);
        let mut kept: String = line.text.char_indices().filter(is_said).map(|(_, c)| c).collect();
        if kept.len() < line.text.len() {
            kept.truncate(kept.trim_end().len());
            if kept.is_empty() {
                continue;
            }
        }
        cleaned += &kept;
        cleaned.push('\n');
    }
    cleaned.trim().to_owned()
}

/// What a comment names, if it does.
pub(super) fn named_in(comment: &str) -> Option<&str> {
    comment.trim_start_matches("<!--").trim_end_matches("-->").trim().strip_prefix("id:")
}

/// The name in a comment of a block.
pub(super) fn id(text: &str, shape: &Shape) -> Result<Option<Named>, (usize, String)> {
    for comment in &shape.comments {
        let Some(named) = named_in(&text[comment.clone()]) else { continue };
        let mut words = named.split_whitespace().map(str::to_owned);
        let slug = words.next().unwrap_or_default();
        let keys: Vec<String> = words.collect();
        if let Some(wrong) = [&slug].into_iter().chain(&keys).find(|word| !is_slug(word)) {
            let line = text[..comment.start].matches('\n').count();
            return Err((line, format!("the id '{wrong}' may have lower-case letters, digits and hyphens only")));
        }
        return Ok(Some(Named { slug, keys }));
    }
    Ok(None)
}

/// What of a text makes it another one: its words and signs, whatever their case, spaces and stops.
pub(super) fn normal(text: &str) -> String {
    let stops = |c: char| c.is_whitespace() || ".,;:!?'\"`*_()\u{2019}\u{201c}\u{201d}".contains(c);
    let words: Vec<String> = text.split(stops).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    words.join(" ")
}

/// The hash of what makes a text another one.
pub(super) fn hash_of(text: &str) -> u64 {
    let mut hash = Fnv::new();
    hash.add(normal(text).as_bytes());
    hash.value()
}

/// So many hexadecimal digits of it.
fn hash(text: &str, digits: usize) -> String {
    format!("{:016x}", hash_of(text))[..digits].to_owned()
}

/// What a readable part of an id may take.
const READABLE: usize = 40;

impl Said {
    /// The name of what has none: it stays while the question does.
    pub(super) fn slug(&self) -> String {
        match self {
            Self::Sides { front, .. } => {
                let words = draft::slug(front, &mut HashSet::new());
                let end =
                    words.char_indices().rfind(|(at, c)| *c == '-' && *at <= READABLE).map_or(READABLE, |(at, _)| at);
                let words = if words.len() <= READABLE { &words } else { &words[..end] };
                format!("{words}-{}", hash(front, 8))
            }
            // Its words would give the answer away.
            Self::Gaps { text, .. } => format!("cloze-{}", hash(text, 10)),
        }
    }

    /// What tells it from another of the same name; none where they are one.
    pub(super) fn told_apart(&self) -> Option<String> {
        match self {
            Self::Sides { back, .. } => Some(hash(back, 6)),
            Self::Gaps { .. } => None,
        }
    }

    /// The keys of the gaps by number, in order: they stay while a gap's words do.
    pub(super) fn keys(&self) -> Vec<(u16, String)> {
        let Self::Gaps { text, gaps } = self else { return Vec::new() };
        let mut numbers: Vec<u16> = gaps.iter().map(|gap| gap.number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let mut taken = HashSet::new();
        let key = |number: u16| {
            let of_number = gaps.iter().filter(|gap| gap.number == number);
            let words: Vec<&str> = of_number.map(|gap| &text[gap.range.clone()]).collect();
            let key = hash(&words.join(" "), 6);
            let free = (1..).map(|n| if n == 1 { key.clone() } else { format!("{key}-{n}") });
            (number, free.into_iter().find(|key| taken.insert(key.clone())).unwrap_or(key))
        };
        numbers.into_iter().map(key).collect()
    }
}

impl Note {
    /// Whether a name is written beside it, with a key for each of its gaps.
    pub(super) fn is_named(&self) -> bool {
        self.id.as_ref().is_some_and(|named| named.keys.is_empty() || named.keys.len() == self.said.keys().len())
    }

    /// The keys of its gaps: as they are written, where there are as many, or else those that still are right.
    pub(super) fn keys(&self) -> Vec<(u16, String)> {
        let keys = self.said.keys();
        match &self.id {
            Some(named) if named.keys.len() == keys.len() => {
                keys.into_iter().zip(&named.keys).map(|((number, _), key)| (number, key.clone())).collect()
            }
            _ => keys,
        }
    }

    /// The cards that are asked of it, under this name.
    pub(super) fn cards(self, name: &str, defaults: &Defaults, tags: &[String], place: &Place) -> Vec<Card> {
        let name = format!("{}/{name}", defaults.deck);
        let keys = self.keys();
        let mut all_tags = defaults.tags.clone();
        tags.iter().filter(|tag| !defaults.tags.contains(tag)).for_each(|tag| all_tags.push(tag.clone()));
        let bodies: Vec<(String, Body)> = match self.said {
            Said::Sides { front, back, both: true } => vec![
                (format!("{name}/forward"), side(front.clone(), back.clone(), defaults)),
                (format!("{name}/reverse"), side(back, front, defaults)),
            ],
            Said::Sides { front, back, both: false } => vec![(name, side(front, back, defaults))],
            Said::Gaps { text, gaps } => {
                let cloze = Arc::new(Cloze::of(&text, gaps.into_iter().map(|gap| (gap.range, gap.number, gap.hint))));
                let body = |number| Body::Cloze { cloze: Arc::clone(&cloze), number };
                keys.into_iter().map(|(number, key)| (format!("{name}/{key}"), body(number))).collect()
            }
        };
        let card = |(id, body): (String, Body)| {
            Some(Card {
                id: CardId::parse(&id).ok()?,
                level: defaults.level,
                tags: all_tags.clone(),
                why: None,
                source: None,
                origin: None,
                as_of: None,
                as_of_month: None,
                see: Vec::new(),
                after: Vec::new(),
                was: Vec::new(),
                replaces: None,
                unlike: Vec::new(),
                figures: Vec::new(),
                body,
                place: place.clone(),
            })
        };
        bodies.into_iter().filter_map(card).map(|card| formerly(card, &defaults.was)).collect()
    }
}

/// A deck's old names are those of its cards.
fn formerly(mut card: Card, decks: &[String]) -> Card {
    let rest = card.id.as_str().split_once('/').map_or("", |(_, rest)| rest).to_owned();
    card.was = decks.iter().filter_map(|deck| CardId::parse(&format!("{deck}/{rest}")).ok()).collect();
    card
}

/// A question and its answer: a number where the deck has numbers and the answer is one with its unit.
fn side(ask: String, answer: String, defaults: &Defaults) -> Body {
    let number = if defaults.numbers { Number::plain(&ask, &answer, defaults.within) } else { None };
    number.map_or(Body::Recall { ask, answer }, |number| Body::Number(Box::new(number)))
}
