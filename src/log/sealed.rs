//! A row's line with a checksum of its own, for files that other programs carry about: what was cut or changed on the way
//! is told from what was written, without a database.
//!
//! `{"sum":"1c291ca3","row":{"review":{"id":...}}}`: the CRC-32 covers every byte after its own comma up to the end of the
//! line. What this version does not know in a line is no damage: the line is kept as it is.

use super::{Line, LogId, Row, Table};
use serde_json::{Map, Value};
use std::ops::Range;

/// The bytes before the checksum.
const BEFORE: &[u8] = b"{\"sum\":\"";
/// Where its eight digits stand.
const SUM: Range<usize> = BEFORE.len()..BEFORE.len() + 8;
/// The bytes behind them.
const BEHIND: &[u8] = b"\",";
/// Where that begins which the checksum covers.
const COVERED: usize = SUM.end + BEHIND.len();

/// What a line is known by, in whichever file it stands: its row's id, or a hash of what says no id.
pub type Key = [u8; 16];

/// Writes an object as a line with its checksum, with the end of the line.
pub fn seal(object: &str) -> String {
    let covered = format!("\"row\":{object}}}");
    format!("{{\"sum\":\"{:08x}\",{covered}\n", crc32fast::hash(covered.as_bytes()))
}

/// Writes a row as a line with its checksum.
///
/// # Errors
/// A value of the row is damaged.
pub fn seal_row(line: &Line) -> serde_json::Result<String> {
    serde_json::to_string(line).map(|object| seal(&object))
}

/// A line whose checksum holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Sealed {
    /// What the object is called.
    pub name: String,
    /// What it says.
    pub object: Map<String, Value>,
    /// Whether something stands beside it that this version does not know.
    has_more: bool,
    key: Key,
}

/// A row as far as this version knows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// What is known of it; none where it is of an unknown kind, or says what cannot stand there by now.
    pub row: Option<Row>,
    /// Whether the line says more than that.
    pub is_newer: bool,
}

/// Reads a line, without the end of it; none where its checksum does not hold, or it is no line at all.
pub fn unseal(line: &[u8]) -> Option<Sealed> {
    let line = line.trim_ascii_end();
    let (covered, digits) = (line.get(COVERED..)?, line.get(SUM)?);
    if !line.starts_with(BEFORE) || &line[SUM.end..COVERED] != BEHIND {
        return None;
    }
    let sum = u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    if sum != crc32fast::hash(covered) {
        return None;
    }
    let mut all: Map<String, Value> = serde_json::from_slice(&[b"{", covered].concat()).ok()?;
    let Some(Value::Object(row)) = all.remove("row") else { return None };
    let mut entries = row.into_iter();
    let (Some((name, Value::Object(object))), None) = (entries.next(), entries.next()) else { return None };
    let id = object.get("id").and_then(Value::as_str).and_then(|id| id.parse::<LogId>().ok());
    let key = match id.filter(|_| Table::named(&name).is_some()) {
        Some(id) => *id.as_bytes(),
        None => hash_of(covered),
    };
    Some(Sealed { name, object, has_more: !all.is_empty(), key })
}

fn hash_of(bytes: &[u8]) -> Key {
    let mut key = Key::default();
    key.copy_from_slice(&blake3::hash(bytes).as_bytes()[..16]);
    key
}

impl Sealed {
    /// What the line is known by.
    pub fn key(&self) -> Key {
        self.key
    }

    /// Its place in the log's order: its table, if it is a known one, and its time, in milliseconds since 1970.
    pub fn order(&self) -> (Option<Table>, i64) {
        (Table::named(&self.name), self.object.get("at").and_then(Value::as_i64).unwrap_or(0))
    }

    /// The row, as far as this version knows it.
    pub fn known(mut self) -> Known {
        let Some(table) = Table::named(&self.name) else { return Known { row: None, is_newer: true } };
        let columns = self.object.len();
        self.object.retain(|name, _| table.columns().iter().any(|column| column.name == name));
        let is_newer = self.has_more || self.object.len() < columns;
        match Row::of_line(table, self.object) {
            Ok(row) => Known { row: Some(row), is_newer },
            Err(_) => Known { row: None, is_newer: true },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{Mark, MarkKind};
    use crate::schedule::{CardId, Day};

    fn mark() -> (LogId, Row) {
        let mark = Mark::of_card(CardId::parse("a/b").unwrap(), MarkKind::Note("é \"x\"".into()), 5, Day::FIRST);
        let id = LogId::new(5, [1; 10]);
        (id, mark.row(id, 5))
    }

    fn line(row: &Row) -> String {
        seal_row(&Line { table: row.table, values: &row.values() }).unwrap()
    }

    #[test]
    fn a_row_comes_back_and_every_changed_or_missing_byte_is_noticed() {
        let (id, row) = mark();
        let line = line(&row);
        let read = unseal(line.as_bytes()).unwrap();
        assert_eq!(read.key(), *id.as_bytes());
        assert_eq!(read.known(), Known { row: Some(row), is_newer: false });
        let whole = line.trim_end().as_bytes();
        for at in 0..whole.len() {
            assert_eq!(unseal(&whole[..at]), None, "cut at {at}");
            let mut changed = whole.to_vec();
            changed[at] ^= 1;
            assert_eq!(unseal(&changed), None, "changed at {at}");
        }
    }

    #[test]
    fn what_is_not_known_yet_is_told_and_the_rest_is_read() {
        let (id, row) = mark();
        let text = serde_json::to_string(&Line { table: row.table, values: &row.values() }).unwrap();
        let with_column = text.replace("\"id\":", "\"mood\":3,\"id\":");
        let read = unseal(seal(&with_column).as_bytes()).unwrap();
        assert_eq!(read.key(), *id.as_bytes());
        assert_eq!(read.known(), Known { row: Some(row), is_newer: true });
        for unknown in [r#"{"photo":{"id":"x"}}"#.to_owned(), text.replace("\"card\":\"a/b\"", "\"card\":7")] {
            let read = unseal(seal(&unknown).as_bytes()).unwrap();
            assert_eq!(read.known(), Known { row: None, is_newer: true }, "{unknown}");
        }
    }
}
