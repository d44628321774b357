//! The decks, the files and the cards, as they are put into the index and found there.

use crate::schedule::{CardId, CardState};
use crate::store::rows::card_state;
use rusqlite::{Connection, OptionalExtension, Row, ToSql};

/// The decks that are left out for their errors.
pub(super) const BROKEN: &str = "WHERE errors IS NOT NULL";
pub(super) const HAS_CARD: &str = "SELECT 1 FROM card WHERE name = ?1";

/// A deck. One that is broken has errors and no name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeckRow {
    /// The path of its first file.
    pub path: String,
    /// It is no part of the program.
    pub user: bool,
    /// The first part of its cards' ids.
    pub name: Option<String>,
    /// For people.
    pub title: Option<String>,
    /// One sentence.
    pub about: Option<String>,
    /// JSON: what it sets for its cards.
    pub defaults: Option<String>,
    /// JSON: why it is left out.
    pub errors: Option<String>,
}

/// The stamp of a file that is part of the program.
pub const EMBEDDED: &str = "embedded";

/// A file of a deck.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRow {
    /// The deck's path.
    pub deck: String,
    /// Its own.
    pub path: String,
    /// Among the deck's files.
    pub place: usize,
    /// While it stands, the file was not changed.
    pub stamp: String,
    /// The hash of what stands in it.
    pub hash: u64,
}

/// A card as `catalog` puts it into the index.
#[derive(Debug, Clone)]
pub struct CardRow<'a> {
    /// Its name.
    pub id: &'a CardId,
    /// In its deck: its file's place, and in the lower half its own.
    pub place: u64,
    /// 1 to 3.
    pub level: u8,
    /// What it asks.
    pub kind: &'static str,
    /// A chain's steps, or 1.
    pub answers: usize,
    /// A JSON array.
    pub tags: String,
    /// What is asked.
    pub prompt: String,
    /// The first of its block.
    pub line: usize,
    /// The bytes of the file that say all of it.
    pub block: std::ops::Range<usize>,
    /// The hash of these bytes.
    pub block_hash: u64,
    /// The hash of what it answers, where it is written in Markdown.
    pub answer_hash: Option<u64>,
    /// What it says of other cards.
    pub relations: Vec<(Relation, &'a CardId)>,
}

/// What a card may be to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// It is met after that one, or after all of that matrix.
    After,
    /// It takes over the progress of that one, which no deck has any more.
    Was,
    /// It stands in for that one, with its progress.
    Replaces,
}

impl Relation {
    /// As it is stored.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::After => "after",
            Self::Was => "was",
            Self::Replaces => "replaces",
        }
    }
}

/// A card of the index with what its log folds to: what `practice` makes a candidate of.
#[derive(Debug, Clone)]
pub struct Indexed {
    /// Its name.
    pub id: CardId,
    /// What it asks.
    pub kind: String,
    /// A chain's steps, or 1.
    pub answers: usize,
    /// 1 to 3.
    pub level: u8,
    /// What its log folds to.
    pub state: CardState,
    /// Its place among all cards.
    pub(super) order: (bool, String, i64),
}

/// A card of the index as one line of `list` and `search` shows it.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Its name.
    pub id: CardId,
    /// What it asks.
    pub kind: String,
    /// 1 to 3.
    pub level: u8,
    /// Topics and systems.
    pub tags: Vec<String>,
    /// What is asked.
    pub prompt: String,
    /// What its log folds to.
    pub state: CardState,
}

/// Where a card is written: the index says it, and `catalog` reads the card by it.
#[derive(Debug, Clone)]
pub struct Located {
    /// The file is a user's.
    pub user: bool,
    /// The file.
    pub path: String,
    /// JSON: what the deck sets for its cards.
    pub defaults: String,
    /// The first of its block.
    pub line: usize,
    /// The bytes of the file that say all of it.
    pub block: std::ops::Range<usize>,
    /// The hash of these bytes.
    pub block_hash: u64,
    /// JSON: its topics and systems.
    pub tags: String,
}

/// What [`located`] reads.
pub(super) const LOCATED: &str =
    "SELECT card.user, deck_file.path, deck.defaults, line, block_start, block_end, block_hash, card.tags,
            card.name
     FROM card JOIN deck_file ON deck_file.id = card.file JOIN deck ON deck.path = deck_file.deck";

pub(super) fn located(row: &Row) -> rusqlite::Result<Located> {
    Ok(Located {
        user: row.get(0)?,
        path: row.get(1)?,
        defaults: row.get(2)?,
        line: row.get(3)?,
        block: row.get(4)?..row.get(5)?,
        block_hash: row.get::<_, i64>(6)?.cast_unsigned(),
        tags: row.get(7)?,
    })
}

/// What [`indexed`] reads.
pub(super) const INDEXED: &str = "card.name, card.kind, card.answers, card.level, card.user, card.deck, card.place";

pub(super) fn indexed(row: &Row) -> rusqlite::Result<Indexed> {
    Ok(Indexed {
        id: row.get(0)?,
        kind: row.get(1)?,
        answers: row.get(2)?,
        level: row.get(3)?,
        order: (row.get(4)?, row.get(5)?, row.get(6)?),
        state: card_state::read_from(row, 7)?,
    })
}

pub(super) fn build(c: &Connection) -> rusqlite::Result<Option<String>> {
    c.query_row("SELECT build FROM catalog", [], |row| row.get(0)).optional()
}

pub(super) fn files(c: &Connection) -> rusqlite::Result<Vec<FileRow>> {
    let sql = "SELECT deck, path, place, stamp, hash FROM deck_file WHERE stamp <> ?1";
    let file = |row: &Row| {
        Ok(FileRow {
            deck: row.get(0)?,
            path: row.get(1)?,
            place: row.get(2)?,
            stamp: row.get(3)?,
            hash: row.get::<_, i64>(4)?.cast_unsigned(),
        })
    };
    c.prepare_cached(sql)?.query_map([EMBEDDED], file)?.collect()
}

pub(super) fn decks(c: &Connection, condition: &str, values: &[&dyn ToSql]) -> rusqlite::Result<Vec<DeckRow>> {
    let sql = format!(
        "SELECT path, user, name, title, about, defaults, errors FROM deck {condition} ORDER BY user, name, path"
    );
    let deck = |row: &Row| {
        Ok(DeckRow {
            path: row.get(0)?,
            user: row.get(1)?,
            name: row.get(2)?,
            title: row.get(3)?,
            about: row.get(4)?,
            defaults: row.get(5)?,
            errors: row.get(6)?,
        })
    };
    c.prepare_cached(&sql)?.query_map(values, deck)?.collect()
}
