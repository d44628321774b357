//! The names in the index of the decks, for a shell that completes a word: read as the file stands, without a lock, and
//! without a trace beside it. What another process is writing just now may be missing.

use super::super::file::without_wal;
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeSet;
use std::path::Path;

/// A name, and what stands for it where there is room: a title, a question.
pub type Named = (String, String);

/// The names.
pub struct Names(Connection);

type Result<T> = rusqlite::Result<T>;

impl Names {
    /// Those of this database; none where there is none, or none of this version.
    pub fn of(db: &Path) -> Option<Self> {
        let names = Self(without_wal(db).ok()?);
        let is_indexed = names.0.query_row("SELECT 1 FROM catalog", [], |_| Ok(())).optional();
        is_indexed.ok().flatten().map(|()| names)
    }

    /// The decks that begin so.
    ///
    /// # Errors
    /// The file could not be read.
    pub fn decks(&self, prefix: &str) -> Result<Vec<Named>> {
        let sql = "SELECT name, title FROM deck WHERE name >= ?1 AND name < ?2 ORDER BY name";
        let mut statement = self.0.prepare(sql)?;
        statement.query_map([prefix, &beyond(prefix)], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
    }

    /// The cards that begin so, at most so many, the last one among them: what all of these have in common, all have.
    ///
    /// # Errors
    /// As [`Names::decks`].
    pub fn cards(&self, prefix: &str, most: usize) -> Result<Vec<Named>> {
        let range = "FROM card WHERE name >= ?1 AND name < ?2 ORDER BY name";
        let named = |row: &rusqlite::Row| Ok((row.get(0)?, row.get(1)?));
        let mut first = self.0.prepare(&format!("SELECT name, prompt {range} LIMIT ?3"))?;
        let end = beyond(prefix);
        let mut cards: Vec<Named> = first.query_map(params![prefix, end, most], named)?.collect::<Result<_>>()?;
        if cards.len() == most {
            let sql = format!("SELECT name, prompt {range} DESC LIMIT 1");
            let last = self.0.query_row(&sql, [prefix, &end], named)?;
            if cards.last() != Some(&last) {
                cards.extend([last]);
            }
        }
        Ok(cards)
    }

    /// The last part of the chains' names.
    ///
    /// # Errors
    /// As [`Names::decks`].
    pub fn chains(&self, prefix: &str) -> Result<Vec<String>> {
        let mut statement = self.0.prepare("SELECT name FROM card WHERE answers > 1 ORDER BY name")?;
        let names = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>>>()?;
        let slugs = names.iter().filter_map(|name| name.rsplit('/').next());
        Ok(slugs.filter(|slug| slug.starts_with(prefix)).map(str::to_owned).collect())
    }

    /// The tags that begin so.
    ///
    /// # Errors
    /// As [`Names::decks`].
    pub fn tags(&self, prefix: &str) -> Result<BTreeSet<String>> {
        // The same few lists stand at many cards: each is read once.
        let mut statement = self.0.prepare("SELECT DISTINCT tags FROM card")?;
        let lists = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>>>()?;
        let tags = lists.iter().flat_map(|list| serde_json::from_str::<Vec<String>>(list).unwrap_or_default());
        Ok(tags.filter(|tag| tag.starts_with(prefix)).collect())
    }
}

/// The first text that lies after all that begin so.
fn beyond(prefix: &str) -> String {
    format!("{prefix}{}", char::MAX)
}
