//! The cards that leave, as values, and what they are called elsewhere.

use super::Block;
use crate::schedule::{CardId, Easiness, Quality, Scheduled};

/// Cards that leave, in the order in which they are learned.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outgoing {
    /// The decks of the cards.
    pub decks: Vec<OutgoingDeck>,
    /// The cards. A generated question is several: one for each sample.
    pub cards: Vec<OutgoingCard>,
}

/// What is said of a deck.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OutgoingDeck {
    /// The first part of its cards' ids.
    pub name: String,
    /// For people.
    pub title: String,
    /// One sentence, or nothing.
    pub about: String,
    /// On what terms it may be used and passed on.
    pub licence: Option<String>,
}

/// A card that leaves for another program: `report` makes it, and the writers of the formats know no other.
#[derive(Debug, Clone, PartialEq)]
pub struct OutgoingCard {
    /// Its name here.
    pub id: CardId,
    /// Which of the samples of a generated question it is, from 1; none for any other card.
    pub sample: Option<usize>,
    /// The name that it has in the program that it came from, such as `anki:AUXJ]9(Sd:0`.
    pub origin: Option<String>,
    /// Its kind here.
    pub kind: &'static str,
    /// 1 is learned first, 3 last.
    pub level: u8,
    /// Topics and systems.
    pub tags: Vec<String>,
    /// What is asked and answered.
    pub sides: Sides,
    /// One or two sentences shown after the answer.
    pub why: Option<String>,
    /// Where the fact comes from.
    pub source: Option<String>,
    /// The learner's own note, which goes with the progress.
    pub note: Option<String>,
    /// How it stands: one for each gap of a cloze text, one for any other card. New where progress stays at home.
    pub progress: Vec<OutgoingProgress>,
}

/// What is asked, and what is answered.
#[derive(Debug, Clone, PartialEq)]
pub enum Sides {
    /// A question and an answer.
    Two {
        /// What is asked.
        ask: Vec<Block>,
        /// What is answered.
        answer: Vec<Block>,
    },
    /// A text with gaps, `{{c1::answer::hint}}`.
    Cloze(String),
}

/// How a card stands.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OutgoingProgress {
    /// The number of the gap; none for a card that is no cloze text.
    pub gap: Option<u16>,
    /// Whether it is taken out.
    pub is_suspended: bool,
    /// Whether it is marked as one to come back to.
    pub is_flagged: bool,
    /// What is scheduled; none where it is new.
    pub scheduled: Option<Scheduled>,
    /// Its answers, in the order of their times.
    pub reviews: Vec<OutgoingReview>,
}

/// An answer, with what came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutgoingReview {
    /// UTC, in milliseconds since 1970.
    pub at_ms: i64,
    /// How it went.
    pub quality: Quality,
    /// From the question to the answer.
    pub took_ms: u64,
    /// In what sort of asking.
    pub asked: Asked,
    /// The interval after it, in days; 0 where nothing is scheduled.
    pub interval_days: u32,
    /// The interval before it.
    pub before_days: u32,
    /// The easiness after it.
    pub easiness: Easiness,
}

/// Why a card was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// For the first time, or again on that day.
    Learning,
    /// When it was due.
    Due,
    /// Again after it was forgotten.
    Relearning,
    /// Out of turn, in a quiz or in cramming.
    Extra,
}

/// What is ours among the names of another program.
pub(in crate::exchange) const OURS: &str = "sysdrill";
/// Where a card came from Anki, its origin begins so.
const OF_ANKI: &str = "anki:";
/// The tag of a sample of a generated question.
const SAMPLE_TAG: &str = "sysdrill::sample";

impl OutgoingCard {
    /// The guid and the place in its note that the card has in Anki, where it came from there.
    pub(super) fn of_anki(&self) -> Option<(&str, u16)> {
        let (guid, place) = self.origin.as_deref()?.strip_prefix(OF_ANKI)?.rsplit_once(':')?;
        Some((guid, place.parse().ok()?)).filter(|(guid, _)| !guid.is_empty())
    }

    /// What tells it from all other cards of sysdrill, and stays the same from export to export.
    pub(super) fn own_guid(&self) -> String {
        match self.sample {
            Some(sample) => format!("{OURS}:{}#{sample}", self.id),
            None => format!("{OURS}:{}", self.id),
        }
    }

    /// What Anki knows it by: what it knew it by before, or its name here.
    pub(super) fn guid(&self) -> String {
        match self.of_anki() {
            Some((guid, 0)) => guid.to_owned(),
            _ => self.own_guid(),
        }
    }

    /// Its deck's name elsewhere.
    pub(super) fn deck_name(&self) -> String {
        deck_name(self.id.deck())
    }

    /// Its tags with spaces between them, and none in them.
    pub(super) fn spaced_tags(&self) -> String {
        let own = self.tags.iter().map(String::as_str).chain(self.sample.map(|_| SAMPLE_TAG));
        let tags = own.map(|tag| tag.split_whitespace().collect::<Vec<_>>().join("_"));
        tags.filter(|tag| !tag.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

/// A deck's name elsewhere: below one that holds all of ours together.
pub(super) fn deck_name(name: &str) -> String {
    format!("{OURS}::{name}")
}

/// The card of ours that a key of Anki names, where the note has the guid of one: `sysdrill:latency/l1-cache-hit:0`.
pub fn card_of(key: &str) -> Option<CardId> {
    let name = key.strip_prefix(OURS)?.strip_prefix(':')?;
    CardId::parse(name.split([':', '#']).next()?).ok()
}
