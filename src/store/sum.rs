//! A checksum over a row of the log.

use rusqlite::ToSql;
use rusqlite::types::{ToSqlOutput, ValueRef};

/// The CRC-32 of a row's values, each with its type and length.
pub(super) fn of_values<'a>(values: impl IntoIterator<Item = ValueRef<'a>>) -> u32 {
    // The checksum of many bytes at once costs a fraction of that of each few.
    let mut all = Vec::with_capacity(1024);
    let mut add = |kind: u8, bytes: &[u8]| {
        all.push(kind);
        all.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        all.extend_from_slice(bytes);
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
    crc32fast::hash(&all)
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

/// Whether a row's values give the checksum that is kept of it; a row without one does.
pub(super) fn holds(values: &[ValueRef], kept: Option<i64>) -> bool {
    kept.is_none_or(|kept| kept == i64::from(of_values(values.iter().copied())))
}
