//! What a file of another program brings, as values.

use crate::deck::DraftBody;
use crate::schedule::{Day, Quality, Scheduled};

/// What a file of another program brings.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Incoming {
    /// The program, as it stands in origins and in the log, such as `anki`.
    pub program: &'static str,
    /// What the file is, for people: "an Anki package of the new layout".
    pub what: String,
    /// The deck's title, where the file says one.
    pub title: Option<String>,
    /// The cards, in the file's order.
    pub cards: Vec<IncomingCard>,
    /// The pictures that its cards show, where they were asked for.
    pub pictures: Vec<Picture>,
    /// What was not taken, each kind once, with the number of times.
    pub left_out: Vec<LeftOut>,
    /// What else can be done with it, where its cards come in as new ones.
    pub advice: Option<String>,
}

/// A card of another program, as a reader of its format makes it and `intake` takes it in.
#[derive(Debug, Clone, PartialEq)]
pub struct IncomingCard {
    /// What tells it from all others of that program, also when it is brought again, such as a note's guid
    /// and the card's place.
    pub key: String,
    /// The deck it stands in there, its parts joined by `::`.
    pub deck: Option<String>,
    /// Topics.
    pub tags: Vec<String>,
    /// One or two sentences shown after the answer.
    pub why: Option<String>,
    /// Where the fact comes from.
    pub source: Option<String>,
    /// What is asked. HTML is Markdown by now.
    pub body: DraftBody,
    /// How it stands there: one for each gap of a cloze text, one for any other card.
    pub progress: Vec<IncomingProgress>,
}

/// A picture that comes with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// The name of its file: one normal part of a path.
    pub name: String,
    /// Where it lies in what is read.
    pub place: String,
}

/// How a card stands in another program.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IncomingProgress {
    /// Since when it stands so there: UTC, in milliseconds since 1970.
    pub at_ms: i64,
    /// The number of the gap; none for a card that is no cloze text.
    pub gap: Option<u16>,
    /// Whether it is taken out there.
    pub is_suspended: bool,
    /// Whether it is flagged there.
    pub is_flagged: bool,
    /// How it is scheduled there, and on which day it stood so; none where it is new.
    pub start: Option<(Day, Scheduled)>,
    /// Its answers there, in the order of their times.
    pub reviews: Vec<IncomingReview>,
}

/// An answer given in another program.
#[derive(Debug, Clone, PartialEq)]
pub struct IncomingReview {
    /// UTC, in milliseconds since 1970.
    pub at_ms: i64,
    /// How it went, on the scale from 0 to 5.
    pub quality: Quality,
    /// From the question to the answer.
    pub took_ms: u64,
}

/// Something that a file has and that does not come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// What, in words, and why: "image occlusion cards: their question is a picture".
    pub what: String,
    /// How often.
    pub count: usize,
}
