//! The log as text: one JSON object a line.
//!
//! A row is an object named after its table, with its columns in their order: `{"review":{"id":...}}`. Ids are UUIDs,
//! days are dates, times are milliseconds since 1970; columns that schema 1 had are always there, later ones where they
//! say something.

use super::LogId;
use super::table::{Cell, Column, Holds, Row, Table, Unfit, Value};
use crate::schedule::Day;
use serde::ser::{Error as _, Serialize, SerializeMap, Serializer};
use serde_json::Map;

/// A row as it is written.
#[derive(Debug)]
pub struct Line<'a> {
    /// The table.
    pub table: Table,
    /// One for each column.
    pub values: &'a [Value<'a>],
}

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut line = serializer.serialize_map(Some(1))?;
        line.serialize_entry(self.table.name(), &Columns(self))?;
        line.end()
    }
}

struct Columns<'a>(&'a Line<'a>);

impl Serialize for Columns<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(Line { table, values }) = self;
        let mut row = serializer.serialize_map(None)?;
        for (place, (column, value)) in table.columns().iter().zip(*values).enumerate() {
            let unreadable = || S::Error::custom(format!("the column {} is damaged", column.name));
            match value {
                Value::Null if place >= table.first_columns() => {}
                Value::Null => row.serialize_entry(column.name, &())?,
                Value::Integer(days) if column.holds == Holds::Day => {
                    let day = Day::from_epoch_days(*days).ok_or_else(unreadable)?;
                    row.serialize_entry(column.name, &day.to_string())?;
                }
                Value::Integer(number) => row.serialize_entry(column.name, number)?,
                Value::Real(number) => row.serialize_entry(column.name, number)?,
                Value::Text(_) => row.serialize_entry(column.name, value.text().ok_or_else(unreadable)?)?,
                Value::Blob(bytes) => {
                    let id = LogId::from_bytes(bytes).ok_or_else(unreadable)?;
                    row.serialize_entry(column.name, &id.to_string())?;
                }
            }
        }
        row.end()
    }
}

/// Why a line is no row.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// A column is missing that every row has.
    #[error("the {} has no '{column}'", table.name())]
    Missing {
        /// The table.
        table: Table,
        /// The column.
        column: &'static str,
    },
    /// There is no such column.
    #[error("a {} has no '{name}': there are {}", table.name(), table.column_list())]
    Unknown {
        /// The table.
        table: Table,
        /// What was named.
        name: String,
    },
    /// A value cannot stand where it does.
    #[error("'{}' is {}, not {value}", unfit.column, unfit.wanted)]
    Unfit {
        /// Where, and what can.
        unfit: Unfit,
        /// What does.
        value: String,
    },
}

impl Row {
    /// Reads the object that a line has under the table's name.
    ///
    /// # Errors
    /// What is missing, unknown, or cannot stand where it does.
    pub fn of_line(table: Table, mut object: Map<String, serde_json::Value>) -> Result<Self, LineError> {
        let cell = |column: &'static Column| {
            let value = match object.remove(column.name) {
                None | Some(serde_json::Value::Null) if column.optional => return Ok(Cell::Null),
                None => return Err(LineError::Missing { table, column: column.name }),
                Some(value) => value,
            };
            let cell = cell_of(column.holds, &value);
            column.check(cell.value()).map_err(|unfit| LineError::Unfit { unfit, value: shortened(&value) })?;
            Ok(cell)
        };
        let cells = table.columns().iter().map(cell).collect::<Result<Vec<_>, _>>()?;
        if let Some(name) = object.keys().next() {
            return Err(LineError::Unknown { table, name: name.clone() });
        }
        let row = Self { table, cells };
        let too_large = |unfit| LineError::Unfit { unfit, value: "larger".to_owned() };
        table.check(&row.values()).map_err(too_large)?;
        Ok(row)
    }
}

/// A JSON value as the column's kind keeps it; what is of another kind stays as it is and does not pass the check.
fn cell_of(holds: Holds, value: &serde_json::Value) -> Cell {
    use serde_json::Value as Json;
    match (holds, value) {
        (Holds::Id, Json::String(text)) => text.parse::<LogId>().map_or(Cell::Null, Cell::from),
        (Holds::Day, Json::String(text)) => text.parse::<Day>().map_or(Cell::Null, Cell::from),
        (Holds::Ratio, Json::Number(number)) => number.as_f64().map_or(Cell::Null, Cell::Real),
        (Holds::Day | Holds::Id, _) => Cell::Null,
        (_, Json::String(text)) => Cell::Text(text.clone()),
        (_, Json::Number(number)) => number.as_i64().map_or(Cell::Null, Cell::Integer),
        _ => Cell::Null,
    }
}

/// A value as an error tells it.
fn shortened(value: &serde_json::Value) -> String {
    /// This many characters of a value are shown: an error stays on a line or two.
    const SHOWN: usize = 60;
    let text = value.to_string();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
