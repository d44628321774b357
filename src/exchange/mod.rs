//! The formats of the neighbours: what a file of another program says, as values, and the way back.
//!
//! A reader turns bytes into [`Incoming`] and touches nothing else: what is done with it, the file of cards and the rows of
//! the log, is done by whoever called. What was left out is said by name.

mod anki;
mod csv;
mod encoding;
mod hashcards;
mod html;
pub mod notes;
mod obsidian;
pub mod outgoing;
mod refused;
mod source;
mod sqlite;
mod text;
mod zone;

pub use source::{Seekable, Source};
pub use zone::Zone;

use crate::deck::DraftBody;
use crate::schedule::{Day, Quality, Scheduled};
use std::io;
use std::path::PathBuf;

/// A format that can be read.
pub struct Format {
    /// What it is, for people: "an Anki package (.apkg, .colpkg)".
    pub name: &'static str,
    /// Whether something looks like one: by its content alone.
    pub fits: fn(&Source) -> bool,
    /// Reads it.
    pub read: fn(&Source, &Wishes) -> Result<Incoming, ExchangeError>,
    /// Reads a picture of it, where it has any.
    pub picture: Option<ReadPicture>,
}

/// Reads a picture.
pub type ReadPicture = fn(&Source, &Picture) -> Result<Vec<u8>, ExchangeError>;

/// All formats of other programs, in the order in which they are tried. A new one is an entry here.
pub const FORMATS: &[Format] =
    &[anki::PACKAGE, anki::COLLECTION, anki::CROWD_ANKI, text::EXPORT_OF_HASHCARDS, notes::NOTES, text::TABLE];

/// How a file is to be read, where that can be chosen.
#[derive(Debug, Clone, Default)]
pub struct Wishes {
    /// Where pictures are copied to; none leaves them out.
    pub media: Option<PathBuf>,
    /// The encoding of a text; none is UTF-8.
    pub encoding: Option<String>,
    /// What the columns of a table are.
    pub columns: Option<String>,
    /// The folder of the learner's decks.
    pub decks: Option<PathBuf>,
    /// Where the learner's wall clock hangs: some programs write its times.
    pub zone: Zone,
}

/// Why a file does not come in.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// It is not what it should be: what is wrong, and what to do.
    #[error("{0}")]
    Refused(String),
}

/// Reads a file of another program: what it is, its content says.
///
/// # Errors
/// No format fits, or it cannot be read.
pub fn read(source: &Source, wishes: &Wishes) -> Result<Incoming, ExchangeError> {
    (format_of(source)?.read)(source, wishes)
}

/// Reads a picture that [`read`] found.
///
/// # Errors
/// It cannot be read.
pub fn picture(source: &Source, picture: &Picture) -> Result<Vec<u8>, ExchangeError> {
    format_of(source)?.picture.map_or_else(|| Err(ExchangeError::Refused(unknown())), |read| read(source, picture))
}

fn format_of(source: &Source) -> Result<&'static Format, ExchangeError> {
    FORMATS.iter().find(|format| (format.fits)(source)).ok_or_else(|| ExchangeError::Refused(unknown()))
}

/// That nothing fits, and what does.
fn unknown() -> String {
    let mut known = vec!["an export of sysdrill"];
    known.extend(FORMATS.iter().map(|format| format.name));
    format!("this is nothing that can be imported, by its content. What can: {}", known.join("; "))
}

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

/// A card of another program.
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
    pub standing: Vec<Standing>,
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
pub struct Standing {
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
