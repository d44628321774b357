//! The decks that a group shares, as they lie on the server.

use super::connection::Connection;
use super::error::{ServerError, in_words};
use postgres::error::SqlState;

/// No deck's file is larger, in bytes.
pub const LARGEST: usize = 16 << 20;

/// A deck as it is listed: its newest version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The deck's name.
    pub name: String,
    /// Who published it, and alone can publish more.
    pub publisher: String,
    /// Its number.
    pub version: i32,
    /// The day of it, by the server's clock.
    pub day: String,
}

/// A version of a deck.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its number.
    pub version: i32,
    /// The name of its file, which is nobody's path.
    pub file_name: String,
    /// What stands in it.
    pub body: String,
}

/// Whether a file can have this name wherever the deck goes: no path, nothing hidden, `.toml` or `.md`.
pub fn is_file_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ');
    let stem = name.strip_suffix(".toml").or_else(|| name.strip_suffix(".md"));
    name.len() <= 100
        && name.chars().all(is_plain)
        && stem.is_some_and(|stem| stem.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_'))
}

impl Connection {
    /// Publishes a deck; none where its newest version says the same.
    ///
    /// # Errors
    /// Somebody else has published a deck of this name, or the server did not confirm it.
    pub fn publish(&mut self, name: &str, file_name: &str, body: &str) -> Result<Option<i32>, ServerError> {
        let address = &self.address;
        let failed = |error: postgres::Error| match error.code() {
            Some(code) if *code == SqlState::UNIQUE_VIOLATION => {
                ServerError::Plain("another computer published at the same moment: do it again".to_owned())
            }
            _ => in_words(&error, address),
        };
        let mut tx = self.client.transaction().map_err(failed)?;
        tx.execute("insert into sysdrill.deck (name) values ($1) on conflict do nothing", &[&name]).map_err(failed)?;
        let sql = "select publisher, publisher = current_user from sysdrill.deck where name = $1";
        let row = tx.query_one(sql, &[&name]).map_err(failed)?;
        if !row.get::<_, bool>(1) {
            let publisher: &str = row.get(0);
            return Err(ServerError::Plain(format!(
                "{publisher} has published a deck {name}: sysdrill deck subscribe {name} brings it; yours needs another name \
                 (sysdrill deck rename)"
            )));
        }
        let sql = "select version, file_name = $2 and body = $3 from sysdrill.deck_version where name = $1 \
                   order by version desc limit 1";
        let newest = tx.query_opt(sql, &[&name, &file_name, &body]).map_err(failed)?;
        if newest.as_ref().is_some_and(|row| row.get(1)) {
            return Ok(None);
        }
        let version = newest.map_or(0, |row| row.get::<_, i32>(0)) + 1;
        let sql = "insert into sysdrill.deck_version (name, version, file_name, body) values ($1, $2, $3, $4)";
        tx.execute(sql, &[&name, &version, &file_name, &body]).map_err(failed)?;
        tx.commit().map_err(failed)?;
        Ok(Some(version))
    }

    /// All decks that are published, by their names.
    ///
    /// # Errors
    /// The server did not say.
    pub fn published(&mut self) -> Result<Vec<Published>, ServerError> {
        let sql = "select v.name, v.publisher, v.version, (v.published_at at time zone 'UTC')::date::text \
                   from sysdrill.deck_version v join (select name, max(version) as version from sysdrill.deck_version \
                   group by name) newest on newest.name = v.name and newest.version = v.version order by v.name";
        let published = |row: &postgres::Row| Published {
            name: row.get(0),
            publisher: row.get(1),
            version: row.get(2),
            day: row.get(3),
        };
        Ok(self.rows(sql, &[])?.iter().map(published).collect())
    }

    /// The newest version of a deck, if it is newer than one; none where there is none.
    ///
    /// # Errors
    /// The server did not say.
    pub fn newest(&mut self, name: &str, than: i32) -> Result<Option<Version>, ServerError> {
        let sql = "select version, file_name, body from sysdrill.deck_version where name = $1 and version > $2 \
                   order by version desc limit 1";
        let rows = self.rows(sql, &[&name, &than])?;
        Ok(rows.first().map(|row| Version { version: row.get(0), file_name: row.get(1), body: row.get(2) }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_file_is_no_path() {
        for name in ["a.toml", "Our systems-2.md", "_x.md"] {
            assert!(is_file_name(name), "{name}");
        }
        for name in
            ["", ".toml", "..toml", "../a.toml", "a/b.toml", "a\\b.md", ".a.md", "a.sh", "a.toml ", "é.md", "a\n.md"]
        {
            assert!(!is_file_name(name), "{name}");
        }
        assert!(!is_file_name(&format!("{}.md", "x".repeat(100))));
    }
}
