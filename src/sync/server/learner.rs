//! What a learner can have of the server at any time: all that is theirs, or that none of it is there any more.

use super::connection::Connection;
use super::error::{ServerError, in_words};
use super::exchange::Server;
use super::schema;
use serde_json::{Value, json};

/// So many lines come in one answer.
const PAGE: usize = 1000;

/// The tables with a learner's rows in the order in which they can be emptied: since which schema there are such, the table, the
/// column with the learner, and what is exported of a row. The lines are exported by their keys.
const TABLES: [(i32, &str, &str, &[&str]); 6] = [
    (schema::LOG, "line", "learner", &[]),
    (schema::LOG, "device", "learner", &["device"]),
    (schema::DECKS, "deck_version", "publisher", &["name", "version", "file_name", "published_at", "body"]),
    (schema::DECKS, "deck", "publisher", &["name"]),
    (schema::BOARD, "board", "learner", &["days_kept", "cards_known", "updated_on"]),
    (schema::BOARD, "board_topic", "learner", &["topic", "answers", "right_answers"]),
];

impl Connection {
    /// Gives each of the learner's rows as a JSON object, named by its table.
    ///
    /// # Errors
    /// The server did not say, or `each` failed.
    pub fn export(&mut self, each: &mut dyn FnMut(&Value) -> std::io::Result<()>) -> Result<usize, ExportError> {
        let there = self.schema()?.unwrap_or(0);
        let mut rows = 0;
        let mut write = |value: Value| {
            rows += 1;
            each(&value).map_err(ExportError::Io)
        };
        for (device, top) in self.tops()? {
            let mut after = 0;
            while after < top {
                let lines = self.lines(&device, after, PAGE)?;
                let Some((last, _)) = lines.last() else { break };
                after = *last;
                for (number, line) in lines {
                    let (device, line) = (String::from(device.clone()), String::from_utf8_lossy(&line).into_owned());
                    write(json!({ "line": { "device": device, "idx": number, "line": line } }))?;
                }
            }
        }
        let tables = TABLES.iter().filter(|(since, _, _, columns)| *since <= there && !columns.is_empty());
        for (_, table, owner, columns) in tables {
            let texts: Vec<String> = columns.iter().map(|column| format!("{column}::text")).collect();
            let sql = format!("select {} from sysdrill.{table} where {owner} = current_user", texts.join(", "));
            for row in self.rows(&sql, &[])? {
                let values =
                    columns.iter().enumerate().map(|(n, column)| ((*column).to_owned(), value_of(column, row.get(n))));
                write(json!({ *table: Value::Object(values.collect()) }))?;
            }
        }
        Ok(rows)
    }

    /// Deletes all of the learner's rows, or none, and gives how many there were.
    ///
    /// # Errors
    /// The server did not confirm it: then all are there.
    pub fn delete(&mut self) -> Result<u64, ServerError> {
        let there = self.schema()?.unwrap_or(0);
        let address = &self.address;
        let failed = |error: postgres::Error| in_words(&error, address);
        let mut tx = self.client.transaction().map_err(failed)?;
        let mut rows = 0;
        for (_, table, owner, _) in TABLES.iter().filter(|(since, ..)| *since <= there) {
            let sql = format!("delete from sysdrill.{table} where {owner} = current_user");
            rows += tx.execute(&sql, &[]).map_err(failed)?;
        }
        tx.commit().map_err(failed)?;
        Ok(rows)
    }
}

/// A column's text as JSON has it: what is a number there is one.
fn value_of(column: &str, text: String) -> Value {
    let is_number = ["version", "days_kept", "cards_known", "answers", "right_answers"].contains(&column);
    match text.parse::<i64>() {
        Ok(number) if is_number => json!(number),
        _ => json!(text),
    }
}

/// Why an export failed.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The server.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// Where it is written to.
    #[error(transparent)]
    Io(std::io::Error),
}
