//! Changing the index: decks, files and cards go in and out, and the cards follow their logs.

use super::rows::{BROKEN, CardRow, DeckRow, FileRow, HAS_CARD, Relation, build, decks, files};
use super::standing::BY_SCHEDULE;
use super::words;
use crate::schedule::CardId;
use crate::store::connection::Store;
use crate::store::error::{Result, StoreError};
use rusqlite::{Transaction, params};

const DOING: &str = "index the decks";

/// A change of the index. Its errors are those of the database.
pub struct IndexChange<'a> {
    tx: &'a Transaction<'a>,
}

impl Store {
    /// Changes the index, all of it or nothing.
    ///
    /// # Errors
    /// The database could not be written.
    pub fn change_index<T>(&mut self, change: impl FnOnce(&mut IndexChange) -> Result<T>) -> Result<T> {
        self.write(DOING, |tx, _| change(&mut IndexChange { tx }))
    }
}

impl IndexChange<'_> {
    /// Empties the index, and names the build that fills it.
    ///
    /// # Errors
    /// The database.
    pub fn begin_anew(&mut self, build: &str) -> Result<()> {
        self.run(|tx| {
            words::clear(tx)?;
            for table in ["catalog", "deck", "deck_file", "card", "card_relation"] {
                tx.execute(&format!("DELETE FROM {table}"), [])?;
            }
            tx.execute("INSERT INTO catalog (build) VALUES (?1)", [build]).map(drop)
        })
    }

    /// The index is made anew at the next look, with what is known of its cards.
    ///
    /// # Errors
    /// The database.
    pub fn outdate(&mut self) -> Result<()> {
        self.run(|tx| tx.execute("UPDATE catalog SET build = ''", []).map(drop))
    }

    /// The build that made the index.
    ///
    /// # Errors
    /// The database.
    pub fn build(&self) -> Result<Option<String>> {
        self.run(|tx| build(tx))
    }

    /// The user's files in it.
    ///
    /// # Errors
    /// The database.
    pub fn files(&self) -> Result<Vec<FileRow>> {
        self.run(|tx| files(tx))
    }

    /// The deck of this path.
    ///
    /// # Errors
    /// The database.
    pub fn deck(&self, path: &str) -> Result<Option<DeckRow>> {
        self.run(|tx| Ok(decks(tx, "WHERE path = ?1", &[&path])?.pop()))
    }

    /// The deck of this name.
    ///
    /// # Errors
    /// The database.
    pub fn named(&self, name: &str) -> Result<Option<DeckRow>> {
        self.run(|tx| Ok(decks(tx, "WHERE name = ?1", &[&name])?.pop()))
    }

    /// All decks; broken ones too.
    ///
    /// # Errors
    /// The database.
    pub fn decks(&self) -> Result<Vec<DeckRow>> {
        self.run(|tx| decks(tx, "", &[]))
    }

    /// The decks that are left out for their errors.
    ///
    /// # Errors
    /// The database.
    pub fn broken(&self) -> Result<Vec<DeckRow>> {
        self.run(|tx| decks(tx, BROKEN, &[]))
    }

    /// A card takes over the progress of another one.
    ///
    /// # Errors
    /// The database.
    pub fn take_over(&mut self, card: &CardId, before: &CardId) -> Result<()> {
        self.run(|tx| {
            let sql = "INSERT INTO card_relation (card, file, kind, other) SELECT name, file, ?3, ?2 FROM card WHERE name = ?1";
            tx.prepare_cached(sql)?.execute(params![card, before, Relation::Was.name()]).map(drop)
        })
    }

    /// What a deck sets for its cards is this, as JSON.
    ///
    /// # Errors
    /// The database.
    pub fn set_defaults(&mut self, path: &str, defaults: &str) -> Result<()> {
        self.run(|tx| {
            tx.prepare_cached("UPDATE deck SET defaults = ?2 WHERE path = ?1")?.execute([path, defaults]).map(drop)
        })
    }

    /// Takes a deck out, with its files and cards.
    ///
    /// # Errors
    /// The database.
    pub fn remove_deck(&mut self, path: &str) -> Result<()> {
        self.run(|tx| {
            let of_deck = "(SELECT id FROM deck_file WHERE deck = ?1)";
            words::forget(tx, of_deck, path)?;
            for table in ["card", "card_relation"] {
                tx.execute(&format!("DELETE FROM {table} WHERE file IN {of_deck}"), [path])?;
            }
            tx.execute("DELETE FROM deck_file WHERE deck = ?1", [path])?;
            tx.execute("DELETE FROM deck WHERE path = ?1", [path]).map(drop)
        })
    }

    /// Puts a deck in.
    ///
    /// # Errors
    /// The database.
    pub fn put_deck(&mut self, deck: &DeckRow) -> Result<()> {
        self.run(|tx| {
            let sql =
                "INSERT INTO deck (path, user, name, title, about, defaults, errors) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
            let DeckRow { path, user, name, title, about, defaults, errors } = deck;
            tx.prepare_cached(sql)?.execute(params![path, user, name, title, about, defaults, errors]).map(drop)
        })
    }

    /// Puts a file in, in place of what was known of it. Its cards are no more.
    ///
    /// # Errors
    /// The database.
    pub fn put_file(&mut self, file: &FileRow) -> Result<i64> {
        self.run(|tx| {
            let FileRow { deck, path, place, stamp, hash } = file;
            let of_file = "(SELECT id FROM deck_file WHERE path = ?1)";
            words::forget(tx, of_file, path)?;
            for table in ["card", "card_relation"] {
                tx.prepare_cached(&format!("DELETE FROM {table} WHERE file IN {of_file}"))?.execute([path])?;
            }
            tx.prepare_cached("DELETE FROM deck_file WHERE path = ?1")?.execute([path])?;
            let sql = "INSERT INTO deck_file (deck, path, place, stamp, hash) VALUES (?1, ?2, ?3, ?4, ?5)";
            let values = params![deck, path, place, stamp, hash.cast_signed()];
            tx.prepare_cached(sql)?.insert(values)
        })
    }

    /// A file's stamp has changed, but not what stands in it.
    ///
    /// # Errors
    /// The database.
    pub fn stamp_file(&mut self, file: &FileRow) -> Result<()> {
        self.run(|tx| {
            let sql = "UPDATE deck_file SET stamp = ?2 WHERE path = ?1";
            tx.prepare_cached(sql)?.execute([&file.path, &file.stamp]).map(drop)
        })
    }

    /// Whether a card of this name is in the index.
    ///
    /// # Errors
    /// The database.
    pub fn has_card(&self, card: &CardId) -> Result<bool> {
        self.run(|tx| tx.prepare_cached(HAS_CARD)?.exists([card]))
    }

    /// Puts a card of a file in, as its log has it.
    ///
    /// # Errors
    /// The database.
    pub fn put_card(&mut self, deck: &DeckRow, file: i64, card: &CardRow) -> Result<()> {
        self.run(|tx| {
            let sql = format!(
                "INSERT INTO card (name, user, deck, place, level, kind, answers, tags, prompt, file, line,
                                         block_start, block_end, block_hash, answer_hash, due, interval_days, unseen)
                       SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15,
                              {BY_SCHEDULE}
                       FROM (SELECT 1) LEFT JOIN schedule AS s ON s.card = ?1"
            );
            tx.prepare_cached(&sql)?.execute(params![
                card.id,
                deck.user,
                deck.name,
                card.place,
                card.level,
                card.kind,
                card.answers,
                card.tags,
                card.prompt,
                file,
                card.line,
                card.block.start,
                card.block.end,
                card.block_hash.cast_signed(),
                card.answer_hash.map(u64::cast_signed),
            ])?;
            let sql = "INSERT INTO card_relation (card, file, kind, other) VALUES (?1, ?2, ?3, ?4)";
            let mut statement = tx.prepare_cached(sql)?;
            for (relation, other) in &card.relations {
                statement.execute(params![card.id, file, relation.name(), other])?;
            }
            Ok(())
        })
    }

    pub(super) fn run<T>(&self, run: impl FnOnce(&Transaction) -> rusqlite::Result<T>) -> Result<T> {
        run(self.tx).map_err(|error| StoreError::sqlite(DOING, error))
    }
}
