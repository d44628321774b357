//! The entries of the reviews' indexes, held against the reviews: do they say the same?
//!
//! SQLite's own check looks each row up in each index, which takes minutes where there are millions of rows. Here the
//! entries of an index are read once, in their order, and must be in order; as a set they are held against the rows by
//! the sum of their hashes. So nothing may lack, be there twice, or say something else.

use super::rows::value_of;
use crate::log::{MOST_COLUMNS, Table, Value};
use rusqlite::{Connection, Row};
use std::mem;

/// An index that is a plain list of columns: of all rows, or of those that have a value in one column.
pub(super) struct Index {
    pub(super) name: String,
    /// Where its columns stand in the columns of the table.
    places: Vec<usize>,
    unique: bool,
    /// The place of the column that must have a value.
    of_value: Option<usize>,
}

/// The indexes of the reviews; none where one of them is of another kind.
pub(super) fn indexes_of_review(c: &Connection) -> rusqlite::Result<Option<Vec<Index>>> {
    let all: Vec<&str> = Table::Review.columns().iter().map(|column| column.name).collect();
    let mut list = c.prepare(
        "SELECT list.name, \"unique\", partial, sql FROM pragma_index_list('review') AS list
         LEFT JOIN sqlite_schema ON sqlite_schema.name = list.name",
    )?;
    let found = list.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
    let mut indexes = Vec::new();
    for index in found {
        let (name, unique, partial, sql): (String, bool, bool, Option<String>) = index?;
        let condition = sql.as_deref().and_then(|sql| sql.split_once(" WHERE "));
        let column = condition.and_then(|(_, condition)| condition.strip_suffix(" IS NOT NULL"));
        let of_value = column.and_then(|column| all.iter().position(|name| *name == column));
        if partial && of_value.is_none() {
            return Ok(None);
        }
        let mut columns = c.prepare(
            "SELECT name, \"desc\" OR coll <> 'BINARY' FROM pragma_index_xinfo(?1) WHERE key ORDER BY seqno",
        )?;
        let mut rows = columns.query([&name])?;
        let mut places = Vec::new();
        while let Some(row) = rows.next()? {
            let (column, other_order): (Option<String>, bool) = (row.get(0)?, row.get(1)?);
            let place = all.iter().position(|name| Some(*name) == column.as_deref());
            match place.filter(|_| !other_order) {
                Some(place) => places.push(place),
                None => return Ok(None),
            }
        }
        indexes.push(Index { name, places, unique, of_value });
    }
    Ok(Some(indexes))
}

impl Index {
    /// Its columns, as in a statement.
    pub(super) fn columns(&self) -> String {
        let all: Vec<&str> = Table::Review.columns().iter().map(|column| column.name).collect();
        self.places.iter().map(|place| all[*place]).collect::<Vec<_>>().join(", ")
    }

    /// Reads all its entries. `each` hears of every one.
    pub(super) fn read(&self, c: &Connection, each: &mut dyn FnMut()) -> rusqlite::Result<Entries> {
        let columns = self.columns();
        // The name is SQLite's own, or one that the schema gave.
        let condition = match self.of_value {
            Some(place) => format!("WHERE {} IS NOT NULL", Table::Review.columns()[place].name),
            None => String::new(),
        };
        let sql =
            format!("SELECT {columns}, rowid FROM review INDEXED BY {} {condition} ORDER BY {columns}", self.name);
        let mut statement = c.prepare(&sql)?;
        let mut rows = statement.query([])?;
        let mut entries = Entries::default();
        while let Some(row) = rows.next()? {
            entries.add(self, row)?;
            each();
        }
        Ok(entries)
    }
}

/// A set of rows, or of entries of an index: two are alike when what they are made of is.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Digest {
    rows: u64,
    /// The sum of the hashes: their order does not matter.
    sum: u64,
}

impl Digest {
    fn add(&mut self, hashes: impl Iterator<Item = u64>) {
        self.rows += 1;
        self.sum = self.sum.wrapping_add(hashes.fold(K[2], |all, hash| mix(all ^ hash, K[0])));
    }
}

/// What the rows of the table should have as entries of its indexes.
pub(super) struct Expected<'a> {
    indexes: &'a [Index],
    pub(super) digests: Vec<Digest>,
    /// The places that some index has.
    places: Vec<usize>,
    hashes: Vec<u64>,
}

impl<'a> Expected<'a> {
    pub(super) fn of(indexes: &'a [Index]) -> Self {
        let mut places: Vec<usize> = indexes.iter().flat_map(|index| index.places.iter().copied()).collect();
        places.sort_unstable();
        places.dedup();
        let hashes = vec![0; places.last().map_or(0, |last| last + 1)];
        Self { indexes, digests: vec![Digest::default(); indexes.len()], places, hashes }
    }

    /// A row's values in the order of the columns of the table.
    pub(super) fn add(&mut self, values: &[Value], rowid: i64) {
        for place in &self.places {
            self.hashes[*place] = hash(values[*place]);
        }
        let rowid = hash(Value::Integer(rowid));
        let has_entry = |index: &Index| index.of_value.is_none_or(|place| values[place] != Value::Null);
        for (index, digest) in self.indexes.iter().zip(&mut self.digests).filter(|(index, _)| has_entry(index)) {
            digest.add(index.places.iter().map(|place| self.hashes[*place]).chain([rowid]));
        }
    }
}

/// The entries of an index as they come.
#[derive(Default)]
pub(super) struct Entries {
    pub(super) digest: Digest,
    /// Whether an entry came that belongs before the one before it, or has the key of another where it must not.
    pub(super) disordered: bool,
    key: Vec<u8>,
    before: Vec<u8>,
}

impl Entries {
    /// A row with the columns of the index and the row's number.
    pub(super) fn add(&mut self, index: &Index, row: &Row) -> rusqlite::Result<()> {
        let columns = index.places.len();
        mem::swap(&mut self.key, &mut self.before);
        self.key.clear();
        let mut hashes = [0; MOST_COLUMNS + 1];
        for (at, hashed) in hashes.iter_mut().enumerate().take(columns + 1) {
            let value = value_of(row.get_ref(at)?);
            *hashed = hash(value);
            if at < columns || !index.unique {
                put(&mut self.key, value);
            }
        }
        self.disordered |= self.digest.rows > 0 && self.key <= self.before;
        self.digest.add(hashes.into_iter().take(columns + 1));
        Ok(())
    }
}

/// Odd, and with as many ones as zeros.
const K: [u64; 3] = [0x9e37_79b9_7f4a_7c15, 0xa076_1d64_78bd_642f, 0xe703_7ed1_a0b4_28db];

fn mix(a: u64, b: u64) -> u64 {
    let product = u128::from(a ^ K[1]) * u128::from(b);
    (product >> 64) as u64 ^ product as u64
}

fn hash(value: Value) -> u64 {
    let of_bytes = |kind: u64, bytes: &[u8]| {
        bytes.chunks(8).fold(mix(kind, bytes.len() as u64 ^ K[2]), |all, chunk| {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            mix(all ^ u64::from_le_bytes(word), K[0])
        })
    };
    match value {
        Value::Null => K[2],
        Value::Integer(number) => mix(number.cast_unsigned(), K[0]),
        Value::Real(number) => mix(number.to_bits(), K[2]),
        Value::Text(text) => of_bytes(1, text),
        Value::Blob(bytes) => of_bytes(2, bytes),
    }
}

/// Appends a value so that the bytes of two keys compare as SQLite compares the keys. A column has values of one type
/// only, its texts no zero byte, and its blobs one length.
fn put(key: &mut Vec<u8>, value: Value) {
    match value {
        Value::Null => key.push(0),
        Value::Integer(number) => {
            key.push(1);
            key.extend_from_slice(&(number.cast_unsigned() ^ 1 << 63).to_be_bytes());
        }
        Value::Real(number) => {
            key.push(2);
            let bits = number.to_bits();
            let ordered = if bits >> 63 == 1 { !bits } else { bits ^ 1 << 63 };
            key.extend_from_slice(&ordered.to_be_bytes());
        }
        Value::Text(text) => {
            key.push(3);
            key.extend_from_slice(text);
            key.push(0);
        }
        Value::Blob(bytes) => {
            key.push(4);
            key.extend_from_slice(bytes);
        }
    }
}
