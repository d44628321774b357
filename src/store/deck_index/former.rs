//! What is known of cards of Markdown files that no deck has any more, so that they are found again in other words.

use super::change::IndexChange;
use super::reader::{DeckIndex, READ};
use super::rows::HAS_CARD;
use crate::log::MarkKind;
use crate::schedule::CardId;
use crate::store::error::Result;
use rusqlite::{Connection, OptionalExtension, Row, params};

/// A card as the index has it, or had it last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormerRow {
    /// Its name.
    pub id: CardId,
    /// The path of its deck's first file.
    pub path: String,
    /// What it asks.
    pub prompt: String,
    /// The hash of what it answers.
    pub answer_hash: Option<u64>,
}

/// Reads a row from its name, path, prompt and the hash of its answer.
fn former(row: &Row) -> rusqlite::Result<FormerRow> {
    let answer_hash: Option<i64> = row.get(3)?;
    Ok(FormerRow {
        id: row.get(0)?,
        path: row.get(1)?,
        prompt: row.get(2)?,
        answer_hash: answer_hash.map(i64::cast_unsigned),
    })
}

impl IndexChange<'_> {
    /// The cards of a deck, in order, each with whether it was never asked.
    ///
    /// # Errors
    /// The database.
    pub fn cards(&self, path: &str) -> Result<Vec<(FormerRow, bool)>> {
        self.run(|tx| {
            let sql = "SELECT name, ?1, prompt, answer_hash,
                              unseen AND NOT EXISTS (SELECT 1 FROM review WHERE card = name)
                       FROM card WHERE file IN (SELECT id FROM deck_file WHERE deck = ?1) ORDER BY place";
            tx.prepare_cached(sql)?.query_map([path], |row| Ok((former(row)?, row.get(4)?)))?.collect()
        })
    }

    /// The cards of the user's that ask one of these and were never asked.
    ///
    /// # Errors
    /// The database.
    pub fn unseen_asking(&self, prompts: &[&str]) -> Result<Vec<FormerRow>> {
        self.run(|tx| {
            let sql = "SELECT name, (SELECT deck FROM deck_file WHERE id = file), prompt, answer_hash FROM card
                       WHERE user = 1 AND unseen = 1 AND prompt IN (SELECT value FROM json_each(?1))
                         AND NOT EXISTS (SELECT 1 FROM review WHERE card = name)";
            let prompts = serde_json::to_string(prompts).expect("texts become JSON");
            tx.prepare_cached(sql)?.query_map([prompts], former)?.collect()
        })
    }

    /// The last that was known of cards that are in no deck any more, deck by deck, in order.
    ///
    /// # Errors
    /// The database.
    pub fn former(&self) -> Result<Vec<FormerRow>> {
        self.run(|tx| {
            let sql = "SELECT name, path, prompt, answer_hash FROM card_former ORDER BY path, place";
            tx.prepare_cached(sql)?.query_map([], former)?.collect()
        })
    }

    /// Keeps this of such cards, and nothing else.
    ///
    /// # Errors
    /// The database.
    pub fn keep_former(&mut self, rows: &[FormerRow]) -> Result<()> {
        self.run(|tx| {
            tx.execute("DELETE FROM card_former", [])?;
            let sql = "INSERT OR IGNORE INTO card_former (name, path, place, prompt, answer_hash) VALUES (?1, ?2, ?3, ?4, ?5)";
            let mut statement = tx.prepare_cached(sql)?;
            for (place, row) in rows.iter().enumerate() {
                let answer_hash = row.answer_hash.map(u64::cast_signed);
                statement.execute(params![row.id, row.path, place, row.prompt, answer_hash])?;
            }
            Ok(())
        })
    }

    /// The cards of a deck's name that have progress, that no deck has any more, and whose progress goes on nowhere: each
    /// with what it asked last, where it was answered.
    ///
    /// # Errors
    /// The database.
    pub fn orphans(&self, deck: &str) -> Result<Vec<(CardId, String)>> {
        self.run(|tx| {
            let sql = "SELECT s.card, (SELECT prompt FROM review WHERE card = s.card ORDER BY at DESC LIMIT 1) AS asked
                       FROM schedule AS s
                       WHERE s.card > ?1 || '/' AND s.card < ?1 || '0' AND NOT EXISTS (SELECT 1 FROM card WHERE name = s.card)
                         AND asked IS NOT NULL";
            let mut statement = tx.prepare_cached(sql)?;
            let orphans = statement.query_map([deck], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let mut left = Vec::new();
            for orphan in orphans {
                let (card, asked): (CardId, String) = orphan?;
                if is_left(tx, &card)? {
                    left.push((card, asked));
                }
            }
            Ok(left)
        })
    }

    /// Whether a card is in no deck, has progress, and this goes on nowhere.
    ///
    /// # Errors
    /// The database.
    pub fn is_left(&self, card: &CardId) -> Result<bool> {
        self.run(|tx| is_left(tx, card))
    }

    /// The cards whose progress one took over.
    ///
    /// # Errors
    /// The database.
    pub fn moved_from(&self, card: &CardId) -> Result<Vec<CardId>> {
        self.run(|tx| {
            let sql = "SELECT substr(what, length(?2) + 1) FROM mark WHERE card = ?1 AND what LIKE ?2 || '%'";
            tx.prepare_cached(sql)?.query_map(params![card, MarkKind::MOVED_FROM], |row| row.get(0))?.collect()
        })
    }
}

impl DeckIndex<'_> {
    /// Whether it is still open if a card is a former one: a deck has it, and none has that one, whose progress goes on
    /// nowhere.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn is_open(&self, card: &CardId, before: &CardId) -> Result<bool> {
        self.store.read(READ, |c| Ok(c.prepare_cached(HAS_CARD)?.exists([card])? && is_left(c, before)?))
    }
}

fn is_left(c: &Connection, card: &CardId) -> rusqlite::Result<bool> {
    Ok(!c.prepare_cached(HAS_CARD)?.exists([card])? && has_progress(c, card)? && !is_taken_over(c, card)?)
}

/// Whether the log says anything of a card that is worth keeping: an answer, a start in another program, that it was
/// suspended or flagged, a note. What was forgotten is not.
fn has_progress(c: &Connection, card: &CardId) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM schedule WHERE card = ?1 AND (easiness IS NOT NULL OR suspended OR flagged OR NOT EXISTS
                   (SELECT 1 FROM mark AS m WHERE m.card = ?1 AND m.what = 'forget' AND NOT EXISTS
                       (SELECT 1 FROM mark WHERE card = ?1 AND what = 'remember' AND (at, id) > (m.at, m.id))))";
    let note =
        "SELECT what > 'note ' FROM mark WHERE card = ?1 AND what GLOB 'note *' ORDER BY at DESC, id DESC LIMIT 1";
    Ok(c.prepare_cached(sql)?.exists([card])?
        || c.prepare_cached(note)?.query_row([card], |row| row.get(0)).optional()?.unwrap_or(false))
}

/// Whether another card goes on with a card's progress, or is about to.
fn is_taken_over(c: &Connection, card: &CardId) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM mark WHERE what = ?2 || ?1 AND what >= 'from ' AND what < 'from!'
               UNION ALL SELECT 1 FROM card_relation WHERE kind IN ('was', 'replaces') AND other = ?1";
    c.prepare_cached(sql)?.exists(params![card, MarkKind::MOVED_FROM])
}
