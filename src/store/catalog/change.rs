//! Changing the index: decks, files and cards go in and out, and the cards follow their logs.

use super::{BROKEN, CardRow, DeckRow, FileRow, HAS_CARD, build, decks, files, words};
use crate::schedule::{CardId, CardState};
use rusqlite::{Connection, Transaction, params};

/// A change of the index. Its errors are those of the database.
pub struct IndexChange<'a> {
    pub(super) tx: &'a Transaction<'a>,
}

impl IndexChange<'_> {
    /// Empties the index, and names the build that fills it.
    pub fn begin_anew(&mut self, build: &str) -> rusqlite::Result<()> {
        words::clear(self.tx)?;
        for table in ["catalog", "deck", "deck_file", "card", "card_relation"] {
            self.tx.execute(&format!("DELETE FROM {table}"), [])?;
        }
        self.tx.execute("INSERT INTO catalog (build) VALUES (?1)", [build]).map(drop)
    }

    /// The build that made the index.
    pub fn build(&self) -> rusqlite::Result<Option<String>> {
        build(self.tx)
    }

    /// The user's files in it.
    pub fn files(&self) -> rusqlite::Result<Vec<FileRow>> {
        files(self.tx)
    }

    /// The deck of this path.
    pub fn deck(&self, path: &str) -> rusqlite::Result<Option<DeckRow>> {
        Ok(decks(self.tx, "WHERE path = ?1", &[&path])?.pop())
    }

    /// The deck of this name.
    pub fn named(&self, name: &str) -> rusqlite::Result<Option<DeckRow>> {
        Ok(decks(self.tx, "WHERE name = ?1", &[&name])?.pop())
    }

    /// The decks that are left out for their errors.
    pub fn broken(&self) -> rusqlite::Result<Vec<DeckRow>> {
        decks(self.tx, BROKEN, &[])
    }

    /// Takes a deck out, with its files and cards.
    pub fn remove_deck(&mut self, path: &str) -> rusqlite::Result<()> {
        let of_deck = "(SELECT id FROM deck_file WHERE deck = ?1)";
        words::forget(self.tx, of_deck, path)?;
        for table in ["card", "card_relation"] {
            self.tx.execute(&format!("DELETE FROM {table} WHERE file IN {of_deck}"), [path])?;
        }
        self.tx.execute("DELETE FROM deck_file WHERE deck = ?1", [path])?;
        self.tx.execute("DELETE FROM deck WHERE path = ?1", [path]).map(drop)
    }

    /// Puts a deck in.
    pub fn put_deck(&mut self, deck: &DeckRow) -> rusqlite::Result<()> {
        let sql =
            "INSERT INTO deck (path, user, name, title, about, defaults, errors) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let DeckRow { path, user, name, title, about, defaults, errors } = deck;
        self.tx.prepare_cached(sql)?.execute(params![path, user, name, title, about, defaults, errors]).map(drop)
    }

    /// Puts a file in, in place of what was known of it. Its cards are no more.
    pub fn put_file(&mut self, file: &FileRow) -> rusqlite::Result<i64> {
        let FileRow { deck, path, place, stamp, hash } = file;
        let of_file = "(SELECT id FROM deck_file WHERE path = ?1)";
        words::forget(self.tx, of_file, path)?;
        for table in ["card", "card_relation"] {
            self.tx.prepare_cached(&format!("DELETE FROM {table} WHERE file IN {of_file}"))?.execute([path])?;
        }
        self.tx.prepare_cached("DELETE FROM deck_file WHERE path = ?1")?.execute([path])?;
        let sql = "INSERT INTO deck_file (deck, path, place, stamp, hash) VALUES (?1, ?2, ?3, ?4, ?5)";
        let values = params![deck, path, place, stamp, hash.cast_signed()];
        self.tx.prepare_cached(sql)?.insert(values)
    }

    /// A file's stamp has changed, but not what stands in it.
    pub fn stamp_file(&mut self, file: &FileRow) -> rusqlite::Result<()> {
        let sql = "UPDATE deck_file SET stamp = ?2 WHERE path = ?1";
        self.tx.prepare_cached(sql)?.execute([&file.path, &file.stamp]).map(drop)
    }

    /// Whether a card of this name is in the index.
    pub fn has_card(&self, card: &CardId) -> rusqlite::Result<bool> {
        self.tx.prepare_cached(HAS_CARD)?.exists([card])
    }

    /// Puts a card of a file in, as its log has it.
    pub fn put_card(&mut self, deck: &DeckRow, file: i64, card: &CardRow) -> rusqlite::Result<()> {
        let sql = "INSERT INTO card (name, user, deck, place, level, kind, answers, tags, prompt, file, line,
                                     block_start, block_end, block_hash, due, interval_days, unseen)
                   SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14,
                          iif(suspended, NULL, due), interval_days, coalesce(easiness IS NULL AND NOT suspended, 1)
                   FROM (SELECT 1) LEFT JOIN schedule ON schedule.card = ?1";
        self.tx.prepare_cached(sql)?.execute(params![
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
        ])?;
        let sql = "INSERT INTO card_relation (card, file, kind, other) VALUES (?1, ?2, ?3, ?4)";
        let mut statement = self.tx.prepare_cached(sql)?;
        for (relation, other) in &card.relations {
            statement.execute(params![card.id, file, relation.name(), other])?;
        }
        Ok(())
    }
}

/// A card's log was folded anew: the index says so too.
pub(in crate::store) fn follow(tx: &Transaction, card: &CardId, state: &CardState) -> rusqlite::Result<()> {
    let scheduled = state.memory.scheduled();
    let due = scheduled.filter(|_| !state.suspended).map(|s| s.due);
    let unseen = scheduled.is_none() && !state.suspended;
    tx.prepare_cached("UPDATE card SET due = ?2, interval_days = ?3, unseen = ?4 WHERE name = ?1")?
        .execute(params![card, due, scheduled.map(|s| s.interval_days), unseen])
        .map(drop)
}

/// All logs were folded anew.
pub(in crate::store) fn follow_all(tx: &Transaction) -> rusqlite::Result<()> {
    tx.execute("UPDATE card SET due = NULL, interval_days = NULL, unseen = 1", [])?;
    tx.execute(
        "UPDATE card SET due = iif(s.suspended, NULL, s.due), interval_days = s.interval_days,
                         unseen = s.easiness IS NULL AND NOT s.suspended
         FROM schedule AS s WHERE s.card = card.name",
        [],
    )
    .map(drop)
}

/// How many cards of the index do not stand as their schedule does.
pub(in crate::store) fn differing(c: &Connection) -> rusqlite::Result<usize> {
    c.query_row(
        "SELECT count(*) FROM card LEFT JOIN schedule AS s ON s.card = card.name
         WHERE card.due IS NOT iif(s.suspended, NULL, s.due)
            OR card.unseen IS NOT coalesce(s.easiness IS NULL AND NOT s.suspended, 1)
            OR card.interval_days IS NOT s.interval_days",
        [],
        |row| row.get(0),
    )
}
