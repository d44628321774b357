//! Rows as SQLite has them: what [`crate::log`] lays out, read and written; a damaged value is an error that names its
//! column.

use crate::log::{self, Cell, Column, LogId, MOST_COLUMNS, Mark, Review, Table, Unfit, Value};
use crate::schedule::{CardId, Day, Easiness, Latest, Memory, Mode, Quality, Scheduled};
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, Type, ValueRef};
use rusqlite::{Connection, Row, Transaction, params, params_from_iter};

/// A review that was not taken back.
pub(super) const LIVE: &str = "NOT EXISTS (SELECT 1 FROM retraction WHERE review = review.id)";
/// The subject of a mark that is about no one card.
pub(super) const NO_CARD: &str = "";

impl ToSql for LogId {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.as_bytes().as_slice()))
    }
}

impl FromSql for LogId {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::from_bytes(value.as_blob()?).ok_or_else(|| FromSqlError::Other("an id has 16 bytes".into()))
    }
}

impl ToSql for CardId {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.as_str()))
    }
}

impl FromSql for CardId {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::parse(value.as_str()?).map_err(|error| FromSqlError::Other(Box::new(error)))
    }
}

impl FromSql for Quality {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let number = value.as_i64()?;
        Self::new(number).ok_or(FromSqlError::OutOfRange(number))
    }
}

impl FromSql for Mode {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::named(value.as_str()?).ok_or(FromSqlError::InvalidType)
    }
}

impl FromSql for Day {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let number = value.as_i64()?;
        Self::from_epoch_days(number).ok_or(FromSqlError::OutOfRange(number))
    }
}

impl ToSql for Day {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.epoch_days()))
    }
}

impl FromSql for Easiness {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let number = value.as_i64()?;
        Self::from_hundredths(number).ok_or(FromSqlError::OutOfRange(number))
    }
}

/// A column of a row. A damaged value is an error that names its column.
pub(super) fn get<T: FromSql>(row: &Row, column: &'static str) -> rusqlite::Result<T> {
    named(row.get(column), column)
}

/// The value at a place, for rows that come by the million: to look its name up takes longer than to read it.
pub(super) fn at<T: FromSql>(row: &Row, place: usize, column: &'static str) -> rusqlite::Result<T> {
    named(row.get(place), column)
}

fn named<T>(read: rusqlite::Result<T>, column: &'static str) -> rusqlite::Result<T> {
    read.map_err(|error| {
        let cause = match error {
            rusqlite::Error::FromSqlConversionFailure(_, _, cause) => cause.to_string(),
            rusqlite::Error::IntegralValueOutOfRange(_, value) => format!("{value} cannot stand there"),
            other => return other,
        };
        let named = format!("the column {column} is damaged: {cause}");
        rusqlite::Error::FromSqlConversionFailure(0, Type::Null, named.into())
    })
}

/// The values of a row of the log whose first columns are those of its table, as [`Table::column_list`] lists them.
pub(super) struct Values<'r>([Value<'r>; MOST_COLUMNS], usize);

impl<'r> Values<'r> {
    pub(super) fn of(row: &'r Row, table: Table) -> rusqlite::Result<Self> {
        let mut values = [Value::Null; MOST_COLUMNS];
        let columns = table.columns().len();
        for (place, value) in values.iter_mut().enumerate().take(columns) {
            *value = value_of(row.get_ref(place)?);
        }
        Ok(Self(values, columns))
    }

    pub(super) fn all(&self) -> &[Value<'r>] {
        &self.0[..self.1]
    }

    /// The row, to be kept.
    pub(super) fn to_row(&self, table: Table) -> log::Row {
        let cell = |value: &Value| match *value {
            Value::Null => Cell::Null,
            Value::Integer(number) => Cell::Integer(number),
            Value::Real(number) => Cell::Real(number),
            Value::Text(text) => Cell::Text(String::from_utf8_lossy(text).into_owned()),
            Value::Blob(bytes) => Cell::Blob(bytes.to_vec()),
        };
        log::Row { table, cells: self.all().iter().map(cell).collect() }
    }
}

pub(super) fn value_of(value: ValueRef) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Text(text) => Value::Text(text),
        ValueRef::Blob(bytes) => Value::Blob(bytes),
    }
}

/// A value that cannot stand where it does, as SQLite tells of one.
pub(super) fn damaged(Unfit { column, wanted }: Unfit) -> rusqlite::Error {
    let what = format!("the column {column} is damaged: it is not {wanted}");
    rusqlite::Error::FromSqlConversionFailure(0, Type::Null, what.into())
}

/// Reads a review from a row as [`Values`] has it.
pub(super) fn review(row: &Row) -> rusqlite::Result<(LogId, Review)> {
    Review::read(Values::of(row, Table::Review)?.all()).map_err(damaged)
}

/// Reads a mark from a row as [`Values`] has it.
pub(super) fn mark(row: &Row) -> rusqlite::Result<(LogId, Mark)> {
    Mark::read(Values::of(row, Table::Mark)?.all()).map_err(damaged)
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Real(number) => ValueRef::Real(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// The columns of a table as [`Values`] has them, of a file that may be of an earlier version: what it has not is empty.
pub(super) fn columns_there(c: &Connection, table: Table) -> rusqlite::Result<String> {
    let mut statement = c.prepare("SELECT name FROM pragma_table_info(?1)")?;
    let there: Vec<String> = statement.query_map([table.name()], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let column = |column: &Column| if there.iter().any(|name| name == column.name) { column.name } else { "NULL" };
    Ok(table.columns().iter().map(column).collect::<Vec<_>>().join(", "))
}

/// Appends a row to the log, with its checksum; with a number, which nothing may have yet.
pub(super) fn append(tx: &Transaction, row: &log::Row, number: Option<i64>) -> rusqlite::Result<()> {
    row.table.check(&row.values()).map_err(damaged)?;
    let places = (1..=row.cells.len() + 2).map(|place| format!("?{place}")).collect::<Vec<_>>().join(", ");
    let sql = format!("INSERT INTO {} ({}, sum, rowid) VALUES ({places})", row.table.name(), row.table.column_list());
    let sum = row.table.checksum(&row.values());
    let cells = row.cells.iter().map(|cell| cell as &dyn ToSql);
    tx.prepare_cached(&sql)?.execute(params_from_iter(cells.chain([&sum as &dyn ToSql, &number])))?;
    Ok(())
}

/// Whether a row's values give the checksum that is kept of it; a row without one does.
pub(super) fn sum_holds(table: Table, values: &[Value], kept: Option<i64>) -> bool {
    kept.is_none_or(|kept| kept == i64::from(table.checksum(values)))
}

/// Whether a row of that id is there.
pub(super) fn is_there(tx: &Connection, table: Table, id: &dyn ToSql) -> rusqlite::Result<bool> {
    tx.prepare_cached(&format!("SELECT 1 FROM {} WHERE id = ?1", table.name()))?.exists([id])
}

pub(super) mod card_state {
    use super::*;
    use crate::schedule::CardState;

    pub(in crate::store) const COLUMNS: &str = "card, easiness, interval_days, repetitions, lapses, due, suspended, flagged, started, latest_day, latest_quality";

    /// The columns that [`read_from`] reads, where other tables are asked too.
    pub(in crate::store) const OF_SCHEDULE: &str = "easiness, schedule.interval_days, repetitions, lapses, schedule.due, suspended, flagged, started, schedule.latest_day, latest_quality";

    /// How many those are.
    pub(in crate::store) const WIDTH: usize = 10;

    pub(in crate::store) fn read(row: &Row) -> rusqlite::Result<(CardId, CardState)> {
        Ok((get(row, "card")?, read_from(row, 1)?))
    }

    /// Reads a state whose columns begin at this one; all of them null is a card without a log.
    pub(in crate::store) fn read_from(row: &Row, first: usize) -> rusqlite::Result<CardState> {
        const NAMES: [&str; WIDTH] = [
            "easiness",
            "interval_days",
            "repetitions",
            "lapses",
            "due",
            "suspended",
            "flagged",
            "started",
            "latest_day",
            "latest_quality",
        ];
        let memory = match at(row, first, NAMES[0])? {
            None => Memory::New,
            Some(easiness) => Memory::Scheduled(Scheduled {
                easiness,
                interval_days: at(row, first + 1, NAMES[1])?,
                repetitions: at(row, first + 2, NAMES[2])?,
                lapses: at(row, first + 3, NAMES[3])?,
                due: at(row, first + 4, NAMES[4])?,
            }),
        };
        // A card without a schedule has an interval, which is none, where it is wanted.
        let wanted = memory == Memory::New && at::<Option<u32>>(row, first + 1, NAMES[1])?.is_some();
        let latest = match at(row, first + 8, NAMES[8])? {
            None => None,
            Some(day) => Some(Latest { day, quality: at(row, first + 9, NAMES[9])? }),
        };
        Ok(CardState {
            memory,
            wanted,
            suspended: at::<Option<bool>>(row, first + 5, NAMES[5])?.unwrap_or(false),
            flagged: at::<Option<bool>>(row, first + 6, NAMES[6])?.unwrap_or(false),
            started: at(row, first + 7, NAMES[7])?,
            latest,
        })
    }

    /// Writes a card's state, and the first day to come that its log says something of.
    pub(in crate::store) fn write(
        tx: &Transaction,
        card: &CardId,
        state: &CardState,
        next_day: Option<Day>,
    ) -> rusqlite::Result<()> {
        // Updated in its place, for most indexes do not change with an answer.
        let sql = format!(
            "INSERT INTO schedule ({COLUMNS}, next_day) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
             ON CONFLICT (card) DO UPDATE SET easiness = ?2, interval_days = ?3, repetitions = ?4, lapses = ?5, due = ?6,
                 suspended = ?7, flagged = ?8, started = ?9, latest_day = ?10, latest_quality = ?11,
                 next_day = ?12"
        );
        let scheduled = state.memory.scheduled();
        tx.prepare_cached(&sql)?.execute(params![
            card,
            scheduled.map(|s| s.easiness.hundredths()),
            scheduled.map(|s| s.interval_days).or(state.wanted.then_some(0)),
            scheduled.map(|s| s.repetitions),
            scheduled.map(|s| s.lapses),
            scheduled.map(|s| s.due),
            state.suspended,
            state.flagged,
            state.started,
            state.latest.map(|latest| latest.day),
            state.latest.map(|latest| latest.quality.get()),
            next_day,
        ])?;
        Ok(())
    }
}
