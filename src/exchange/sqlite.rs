//! A database of another program, read without trusting it and without leaving anything beside it.

use super::ExchangeError;
use rusqlite::Connection;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

/// No database is larger, in bytes.
const LARGEST: u64 = 256 << 20;
/// Here stands in a database's header whether it has a write-ahead log; one in memory opens only without.
const JOURNAL_BYTES: std::ops::Range<usize> = 18..20;

/// Reads a database into memory.
///
/// # Errors
/// It cannot be read, is none, or has a write-ahead log beside it.
pub(super) fn read(path: &Path) -> Result<Connection, ExchangeError> {
    let refused = |message: String| Err(ExchangeError::Refused(message));
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    if fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
        return refused(
            "its program is at work, or was cut off: end it, or open and end it, and import again".to_owned(),
        );
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return refused(format!("its database has more than {} MiB", LARGEST >> 20));
    }
    if !bytes.starts_with(b"SQLite format 3\0") || bytes.len() < 512 {
        return refused("its database is no SQLite database".to_owned());
    }
    bytes[JOURNAL_BYTES].fill(1);
    open(&bytes).or_else(|error| refused(format!("its database is damaged: {error}")))
}

fn open(bytes: &[u8]) -> rusqlite::Result<Connection> {
    let mut database = Connection::open_in_memory()?;
    database.deserialize_read_exact("main", bytes, bytes.len(), true)?;
    // What a schema has beyond plain tables runs nothing.
    database.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA query_only = ON")?;
    Ok(database)
}
