//! A checksum over a row of the log.

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Row, ToSql};

/// The CRC-32 of a row's values, each with its type and length.
pub(super) fn of_values<'a>(values: impl IntoIterator<Item = ValueRef<'a>>) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    let mut add = |kind: u8, bytes: &[u8]| {
        hasher.update(&[kind]);
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    for value in values {
        match value {
            ValueRef::Null => add(0, &[]),
            ValueRef::Integer(number) => add(1, &number.to_le_bytes()),
            // SQLite keeps no NaN and no negative zero.
            ValueRef::Real(number) if number.is_nan() => add(0, &[]),
            ValueRef::Real(number) => add(2, &(number + 0.0).to_bits().to_le_bytes()),
            ValueRef::Text(text) => add(3, text),
            ValueRef::Blob(bytes) => add(4, bytes),
        }
    }
    hasher.finalize()
}

/// The checksum of what is about to be written.
pub(super) fn of_params(params: &[&dyn ToSql]) -> rusqlite::Result<u32> {
    let outputs: Vec<ToSqlOutput> = params.iter().map(|param| param.to_sql()).collect::<rusqlite::Result<_>>()?;
    let values = outputs.iter().map(|output| match output {
        ToSqlOutput::Borrowed(value) => Ok(*value),
        ToSqlOutput::Owned(value) => Ok(ValueRef::from(value)),
        _ => Err(rusqlite::Error::ToSqlConversionFailure("a value of an unknown kind".into())),
    });
    Ok(of_values(values.collect::<rusqlite::Result<Vec<_>>>()?))
}

/// Whether the first `columns` values of a row give the checksum in the column after them; a row without one does.
pub(super) fn holds(row: &Row, columns: usize) -> rusqlite::Result<bool> {
    let kept: Option<i64> = row.get(columns)?;
    let values = (0..columns).map(|at| row.get_ref(at)).collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(kept.is_none_or(|kept| kept == i64::from(of_values(values))))
}
