//! What a server's administrator does: the schema.

use super::connection::Connection;
use super::error::{ServerError, in_words};
use super::schema::{BOARD, GROUP, NEWEST, STEPS};

/// Where the schema stood, and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migrated {
    /// None where there was none.
    pub from: Option<i32>,
    /// The newest one.
    pub to: i32,
}

impl Connection {
    /// Makes the schema, or brings it up to date.
    ///
    /// # Errors
    /// The database is not in UTF-8, the schema is newer, or the user may not do it.
    pub fn init(&mut self) -> Result<Migrated, ServerError> {
        let encoding: String = self.rows("show server_encoding", &[])?[0].get(0);
        if !encoding.eq_ignore_ascii_case("UTF8") {
            return Err(ServerError::Plain(format!(
                "the database's encoding is {encoding}, and answers are in all scripts: make one with encoding UTF8"
            )));
        }
        let from = self.schema()?;
        if let Some(newer) = from.filter(|from| *from > NEWEST) {
            return Err(ServerError::Newer(newer, NEWEST));
        }
        if !self.has_role(GROUP)? {
            let made = self.run(&format!("create role {GROUP} nologin"));
            // Roles are the whole server's: another database may have made it just now.
            if !self.has_role(GROUP)? {
                made?;
            }
        }
        self.run(
            "create schema if not exists sysdrill; \
             create table if not exists sysdrill.schema_version (version int primary key)",
        )?;
        let done = usize::try_from(from.unwrap_or(0)).unwrap_or(0);
        for (number, step) in (1_i32..).zip(STEPS).skip(done) {
            let failed = |error: postgres::Error| in_words(&error, &self.address);
            let mut tx = self.client.transaction().map_err(failed)?;
            tx.batch_execute(step).map_err(failed)?;
            tx.execute("insert into sysdrill.schema_version (version) values ($1)", &[&number]).map_err(failed)?;
            tx.commit().map_err(failed)?;
        }
        Ok(Migrated { from, to: NEWEST })
    }

    /// Makes a role for a learner, with a password that is sent as its verifier: what the server writes down does not open it.
    ///
    /// # Errors
    /// The name is none, is taken, or the user may not make roles.
    pub fn invite(&mut self, name: &str, password: &str) -> Result<(), ServerError> {
        if !is_name(name) {
            return Err(ServerError::Plain(
                "a learner's name has small letters, digits and _, begins with a letter and not with pg_, and has 63 of them \
                 at most"
                    .to_owned(),
            ));
        }
        if self.has_role(name)? {
            return Err(ServerError::Plain(format!(
                "the server has a role {name} already: take another name; where {name} is the learner, its administrator runs \
                 grant {GROUP} to {name}"
            )));
        }
        let former = "select 1 from sysdrill.device where learner = $1 limit 1";
        let of_board = "select 1 from sysdrill.board where learner = $1 limit 1";
        let has_board = self.schema()?.is_some_and(|number| number >= BOARD);
        if !self.rows(former, &[&name])?.is_empty() || (has_board && !self.rows(of_board, &[&name])?.is_empty()) {
            return Err(ServerError::Plain(format!(
                "rows of a former {name} lie there, and whoever has the name reads them: take another name, or delete them first, \
                 as docs/sync.md says"
            )));
        }
        let verifier = postgres_protocol::password::scram_sha_256(password.as_bytes());
        self.run(&format!("create role {name} login password '{verifier}' in role {GROUP}"))
    }

    fn has_role(&mut self, name: &str) -> Result<bool, ServerError> {
        Ok(!self.rows("select 1 from pg_roles where rolname = $1", &[&name])?.is_empty())
    }

    fn run(&mut self, sql: &str) -> Result<(), ServerError> {
        self.client.batch_execute(sql).map_err(|error| in_words(&error, &self.address))
    }
}

/// Whether this can be a learner's name: one that is the same with quotes and without.
fn is_name(name: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_lowercase() || c == '_';
    let is_long_enough = (1..=63).contains(&name.len());
    is_long_enough
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| is_letter(c) || c.is_ascii_digit())
        && !name.starts_with("pg_")
        && !RESERVED.contains(&name)
}

/// Words that cannot stand for a role without quotes, or mean something else.
const RESERVED: [&str; 8] = ["all", "current_role", "current_user", "none", "public", "session_user", "user", GROUP];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_needs_no_quotes() {
        for name in ["ada", "a_1", &"x".repeat(63)] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "1a", "_a", "Ada", "a-b", "a b", "é", "pg_ada", "public", GROUP, "a\"b", &"x".repeat(64)] {
            assert!(!is_name(name), "{name}");
        }
    }
}
