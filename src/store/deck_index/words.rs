//! The words of the cards, for search: SQLite's FTS5 over what they ask and answer.
//!
//! The words are taken in when somebody searches, not at a start: most days nobody does. A card whose row goes takes its
//! words along, for its number may be given to another.

use super::reader::{DeckIndex, READ};
use super::scope::Scope;
use crate::schedule::CardId;
use crate::store::connection::Store;
use crate::store::error::Result;
use rusqlite::{Transaction, params};
use std::collections::BTreeSet;

/// How much a word weighs where it stands: in the card's name, its question, its answer, its tags.
const WEIGHTS: &str = "6.0, 10.0, 4.0, 3.0";

/// What can be searched of a card.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// What is asked.
    pub prompt: String,
    /// What is answered, with the reason.
    pub answer: String,
    /// Its tags.
    pub tags: String,
}

/// A card that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Its name.
    pub id: CardId,
    /// What it asks, by kind.
    pub kind: String,
    /// What is asked.
    pub prompt: String,
}

/// The cards that were found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hits {
    /// The best first.
    pub cards: Vec<Hit>,
    /// Whether they have all the words, and not only some.
    pub has_all: bool,
}

impl Store {
    /// Takes in the words of cards.
    ///
    /// # Errors
    /// The database could not be written; then none of them is in it.
    pub fn put_words(&mut self, cards: &[(CardId, Words)]) -> Result<()> {
        self.write("index the words of the cards", |tx, _| {
            // Another process may have been first.
            let sql = "INSERT INTO card_words (rowid, name, prompt, answer, tags)
                       SELECT id, name, ?2, ?3, ?4 FROM card
                       WHERE name = ?1 AND id NOT IN (SELECT id FROM card_words_docsize)";
            let mut statement = tx.prepare(sql)?;
            for (card, Words { prompt, answer, tags }) in cards {
                statement.execute(params![card, prompt, answer, tags])?;
            }
            Ok::<_, rusqlite::Error>(())
        })
    }
}

impl DeckIndex<'_> {
    /// The words that stand in the names, questions and tags of the cards, in small letters.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn words_of_prompts(&self) -> Result<BTreeSet<String>> {
        self.store.read(READ, |c| {
            let mut words = BTreeSet::new();
            let mut statement = c.prepare("SELECT name || ' ' || tags || ' ' || prompt FROM card")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let text: String = row.get(0)?;
                let parted = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 2);
                words.extend(parted.map(str::to_lowercase));
            }
            Ok(words)
        })
    }

    /// The cards whose words were not taken in yet.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn without_words(&self) -> Result<Vec<CardId>> {
        self.store.read(READ, |c| {
            let sql = "SELECT name FROM card WHERE id NOT IN (SELECT id FROM card_words_docsize)";
            c.prepare(sql)?.query_map([], |row| row.get(0))?.collect()
        })
    }

    /// The cards that have all of these words, or their beginnings, the best first; where there is none, those that have
    /// any. Words are letters and digits: anything else parts them.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn with_words(&self, words: &[String], scope: &Scope, limit: u32) -> Result<Hits> {
        let parted = words.iter().flat_map(|word| word.split(|c: char| !c.is_alphanumeric()));
        let quoted: Vec<String> = parted.filter(|word| !word.is_empty()).map(|word| format!("\"{word}\" *")).collect();
        if quoted.is_empty() {
            return Ok(Hits::default());
        }
        let sql = "SELECT card.name, card.kind, card.prompt FROM card_words JOIN card ON card.id = card_words.rowid
                   WHERE card_words MATCH ?1";
        let end = format!("ORDER BY bm25(card_words, {WEIGHTS}), card.name LIMIT {limit}");
        let hits = |query: &str| {
            self.of_scope(scope, sql, &end, &[&query], |row| {
                Ok(Hit { id: row.get(0)?, kind: row.get(1)?, prompt: row.get(2)? })
            })
        };
        let all = hits(&quoted.join(" AND "))?;
        match all.is_empty() && quoted.len() > 1 {
            true => Ok(Hits { cards: hits(&quoted.join(" OR "))?, has_all: false }),
            false => Ok(Hits { has_all: !all.is_empty(), cards: all }),
        }
    }
}

/// Drops the words of all cards.
pub(super) fn clear(tx: &Transaction) -> rusqlite::Result<()> {
    tx.execute("INSERT INTO card_words (card_words) VALUES ('delete-all')", []).map(drop)
}

/// Drops the words of the cards of some files: `files` is a query with one place.
pub(super) fn forget(tx: &Transaction, files: &str, of: &str) -> rusqlite::Result<()> {
    let sql = format!(
        "DELETE FROM card_words WHERE rowid IN (SELECT id FROM card WHERE file IN {files})
             AND rowid IN (SELECT id FROM card_words_docsize)"
    );
    tx.prepare_cached(&sql)?.execute([of]).map(drop)
}
