//! The layout of the log: which columns a row has, and what may stand in each.
//!
//! Whatever else must know the columns comes from these lists: what a query names, what is inserted, what a checksum
//! covers, what a line of an export says, and what a salvaged row must look like.

use super::LogId;
use crate::schedule::{CardId, Day, Mode, Quality};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// A table of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// Answers.
    Review,
    /// What takes answers back.
    Retraction,
    /// Everything else that was decided or done.
    Mark,
}

/// A column of a table.
#[derive(Debug)]
pub struct Column {
    /// Its name, in the database and in an export.
    pub name: &'static str,
    /// What stands in it.
    pub holds: Holds,
    /// Whether it may be empty.
    pub optional: bool,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// The 16 bytes of an id.
    Id,
    /// A card's id.
    Card,
    /// A card's id, or nothing where no one card is meant.
    CardOrNone,
    /// UTC, in milliseconds since 1970.
    Instant,
    /// Days since 1970-01-01.
    Day,
    /// 0 to 5.
    Quality,
    /// The command.
    Mode,
    /// Any text.
    Text,
    /// Milliseconds.
    Duration,
    /// A finite number.
    Ratio,
    /// What values were drawn with.
    Seed,
    /// JSON: an object of texts.
    Texts,
    /// JSON: the steps of a chain.
    Steps,
    /// JSON: a list of texts.
    List,
    /// Percent.
    Confidence,
}

/// Seeds are below 2^53, so that every reader of JSON has them exactly.
const SEEDS: std::ops::Range<i64> = 0..1 << 53;
/// The years 0 to 9999, with a day to spare on both sides for time zones and for rows that are moved past others.
const INSTANTS_MS: std::ops::Range<i64> = -62_167_305_600_000..253_402_387_200_000;
/// How sure a learner can be, in percent.
const CONFIDENCES: [i64; 3] = [50, 80, 95];

/// No row of the log is larger, in bytes of its texts: salvage and import rely on that.
pub const LARGEST_ROW_BYTES: usize = 8 << 20;

const fn must(name: &'static str, holds: Holds) -> Column {
    Column { name, holds, optional: false }
}

const fn may(name: &'static str, holds: Holds) -> Column {
    Column { name, holds, optional: true }
}

const REVIEW: [Column; 19] = [
    must("id", Holds::Id),
    must("card", Holds::Card),
    must("at", Holds::Instant),
    must("day", Holds::Day),
    must("quality", Holds::Quality),
    must("session", Holds::Id),
    must("mode", Holds::Mode),
    must("kind", Holds::Text),
    must("took_ms", Holds::Duration),
    must("prompt", Holds::Text),
    may("given", Holds::Text),
    may("ratio", Holds::Ratio),
    may("slip", Holds::Text),
    may("seed", Holds::Seed),
    may("drawn", Holds::Texts),
    may("steps", Holds::Steps),
    may("options", Holds::List),
    may("confidence", Holds::Confidence),
    may("source", Holds::Text),
];

const RETRACTION: [Column; 3] = [must("id", Holds::Id), must("review", Holds::Id), must("at", Holds::Instant)];

const MARK: [Column; 5] = [
    must("id", Holds::Id),
    must("card", Holds::CardOrNone),
    must("what", Holds::Text),
    must("at", Holds::Instant),
    may("day", Holds::Day),
];

/// The most columns that a table has.
pub const MOST_COLUMNS: usize = REVIEW.len();

impl Table {
    /// All tables; what refers to a row comes after it.
    pub const ALL: [Self; 3] = [Self::Review, Self::Retraction, Self::Mark];

    /// Its name, in the database and in an export.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Review => "review",
            Self::Retraction => "retraction",
            Self::Mark => "mark",
        }
    }

    /// The table of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|table| table.name() == name)
    }

    /// Its columns, but for the checksum.
    pub const fn columns(self) -> &'static [Column] {
        match self {
            Self::Review => &REVIEW,
            Self::Retraction => &RETRACTION,
            Self::Mark => &MARK,
        }
    }

    /// How many columns schema 1 had: the checksum stands after these, and what was added later after the checksum.
    pub const fn first_columns(self) -> usize {
        match self {
            Self::Review => 16,
            Self::Retraction => 3,
            Self::Mark => 4,
        }
    }

    /// The names of its columns, as a query lists them.
    pub fn column_list(self) -> String {
        self.columns().iter().map(|column| column.name).collect::<Vec<_>>().join(", ")
    }

    /// Where a column stands.
    ///
    /// # Panics
    /// The table has no column of that name.
    pub fn place(self, name: &str) -> usize {
        let place = self.columns().iter().position(|column| column.name == name);
        place.unwrap_or_else(|| panic!("{} has no column {name}", self.name()))
    }

    /// Checks a row's values, one for each column: whatever reads the log can read what passes.
    ///
    /// # Errors
    /// The first column whose value cannot stand there, and what can.
    pub fn check(self, values: &[Value]) -> Result<(), Unfit> {
        if values.len() != self.columns().len() {
            return Err(Unfit { column: "id", wanted: "the first of a row's columns" });
        }
        if values.iter().map(Value::bytes).sum::<usize>() > LARGEST_ROW_BYTES {
            return Err(Unfit { column: "id", wanted: "that of a row of at most 8 MiB" });
        }
        self.columns().iter().zip(values).try_for_each(|(column, value)| column.check(*value))
    }

    /// The CRC-32 of a row's values, each with its type and length. Columns that were added later count from the first
    /// to the last that is not empty, so that a row of before has the sum that it always had.
    pub fn checksum(self, values: &[Value]) -> u32 {
        let empty = values[self.first_columns()..].iter().rev().take_while(|value| matches!(value, Value::Null));
        let values = &values[..values.len() - empty.count()];
        // The checksum of many bytes at once costs a fraction of that of each few.
        let mut all = Vec::with_capacity(1024);
        let mut add = |kind: u8, bytes: &[u8]| {
            all.push(kind);
            all.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
            all.extend_from_slice(bytes);
        };
        for value in values {
            match value {
                Value::Null => add(0, &[]),
                Value::Integer(number) => add(1, &number.to_le_bytes()),
                // SQLite keeps no NaN and no negative zero.
                Value::Real(number) if number.is_nan() => add(0, &[]),
                Value::Real(number) => add(2, &(number + 0.0).to_bits().to_le_bytes()),
                Value::Text(text) => add(3, text),
                Value::Blob(bytes) => add(4, bytes),
            }
        }
        crc32fast::hash(&all)
    }
}

/// A value that cannot stand where it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{column} is not {wanted}")]
pub struct Unfit {
    /// The column.
    pub column: &'static str,
    /// What can stand there.
    pub wanted: &'static str,
}

impl Column {
    /// Checks a value.
    ///
    /// # Errors
    /// It cannot stand in this column.
    pub fn check(&self, value: Value) -> Result<(), Unfit> {
        match value {
            Value::Null if self.optional => Ok(()),
            value => self.holds.takes(value).map_err(|wanted| Unfit { column: self.name, wanted }),
        }
    }
}

impl Holds {
    fn takes(self, value: Value) -> Result<(), &'static str> {
        let whole = if let Value::Integer(number) = value { Some(number) } else { None };
        let text = value.text();
        let json = |is_one: fn(&str) -> bool| text.is_some_and(is_one);
        let (fits, wanted) = match self {
            Self::Id => (matches!(value, Value::Blob(bytes) if bytes.len() == 16), "an id"),
            Self::Card => (text.is_some_and(CardId::is_one), "a card's id"),
            Self::CardOrNone => {
                (text.is_some_and(|text| text.is_empty() || CardId::is_one(text)), "a card's id, or empty")
            }
            Self::Instant => (
                whole.is_some_and(|at| INSTANTS_MS.contains(&at)),
                "a time in milliseconds since 1970, in the years 0 to 9999",
            ),
            Self::Day => (whole.is_some_and(is_day), "a day in the years 0 to 9999"),
            Self::Quality => (whole.is_some_and(|quality| Quality::new(quality).is_some()), "a quality, 0 to 5"),
            Self::Mode => (text.is_some_and(|text| Mode::named(text).is_some()), "review, quiz or cram"),
            Self::Text => (text.is_some(), "a text"),
            Self::Duration => (whole.is_some_and(|took| took >= 0), "a number of milliseconds"),
            Self::Ratio => (matches!(value, Value::Real(number) if number.is_finite()), "a number"),
            Self::Seed => (whole.is_some_and(|seed| SEEDS.contains(&seed)), "a seed below 2^53"),
            Self::Texts => (json(|text| serde_json::from_str::<Texts>(text).is_ok()), "a JSON object of texts"),
            Self::Steps => {
                (json(|text| serde_json::from_str::<Vec<Step>>(text).is_ok()), "a JSON list of a chain's steps")
            }
            Self::List => (json(|text| serde_json::from_str::<Vec<Cow<str>>>(text).is_ok()), "a JSON list of texts"),
            Self::Confidence => (whole.is_some_and(|percent| CONFIDENCES.contains(&percent)), "50, 80 or 95"),
        };
        if fits { Ok(()) } else { Err(wanted) }
    }
}

/// A day that can be written and read again.
fn is_day(days: i64) -> bool {
    Day::from_epoch_days(days).is_some_and(|day| (Day::FIRST..=Day::LAST).contains(&day))
}

/// What must be readable of a chain's step; who asked it may have said more.
#[derive(Deserialize)]
#[expect(dead_code, reason = "it is looked at, not used")]
struct Step<'a> {
    #[serde(borrow)]
    step: Cow<'a, str>,
    #[serde(borrow)]
    ask: Cow<'a, str>,
    given: Option<Cow<'a, str>>,
    #[serde(borrow)]
    expected: Cow<'a, str>,
    quality: Quality,
    ratio: Option<f64>,
    slip: Option<Cow<'a, str>>,
    carried: bool,
}

/// A JSON object of texts that is looked at and not kept.
struct Texts;

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Look;
        impl<'de> Visitor<'de> for Look {
            type Value = Texts;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an object of texts")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Texts, A::Error> {
                while map.next_entry::<IgnoredAny, Cow<str>>()?.is_some() {}
                Ok(Texts)
            }
        }
        deserializer.deserialize_map(Look)
    }
}

/// A value of a row, as it is looked at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// Nothing.
    Null,
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Real(f64),
    /// A text, which damage may have made no text.
    Text(&'a [u8]),
    /// Bytes.
    Blob(&'a [u8]),
}

impl<'a> Value<'a> {
    /// The text, where it is one.
    pub fn text(self) -> Option<&'a str> {
        match self {
            Self::Text(bytes) => std::str::from_utf8(bytes).ok(),
            _ => None,
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Text(bytes) | Self::Blob(bytes) => bytes.len(),
            _ => 8,
        }
    }
}

/// A value of a row, as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Null,
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Real(f64),
    /// A text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

impl Cell {
    /// As it is looked at.
    pub fn value(&self) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Integer(number) => Value::Integer(*number),
            Self::Real(number) => Value::Real(*number),
            Self::Text(text) => Value::Text(text.as_bytes()),
            Self::Blob(bytes) => Value::Blob(bytes),
        }
    }
}

impl From<LogId> for Cell {
    fn from(id: LogId) -> Self {
        Self::Blob(id.as_bytes().to_vec())
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<Day> for Cell {
    fn from(day: Day) -> Self {
        Self::Integer(day.epoch_days())
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A row of the log: the values of its table's columns, in their order.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The table.
    pub table: Table,
    /// One for each column.
    pub cells: Vec<Cell>,
}

impl Row {
    /// The values, as they are looked at.
    pub fn values(&self) -> Vec<Value<'_>> {
        self.cells.iter().map(Cell::value).collect()
    }

    /// The value in a column.
    pub fn cell(&self, column: &str) -> &Cell {
        &self.cells[self.table.place(column)]
    }

    /// Empties what nobody could read where a row can do without: the rest of an answer is worth more than nothing.
    pub fn mend(&mut self) {
        for (column, cell) in self.table.columns().iter().zip(&mut self.cells) {
            if column.optional && column.check(cell.value()).is_err() {
                *cell = Cell::Null;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(column: &str, value: Value) -> bool {
        Table::Review.columns()[Table::Review.place(column)].check(value).is_ok()
    }

    #[test]
    fn what_no_reader_could_read_cannot_stand_in_a_column() {
        let step = r#"[{"step":"a","ask":"?","given":null,"expected":"1","quality":5,"ratio":1.0,"slip":null,"carried":false}]"#;
        for (column, text, fits) in [
            ("drawn", "{}", true),
            ("drawn", r#"{"dau":"50M \"x\""}"#, true),
            ("drawn", r#"{"dau":50}"#, false),
            ("drawn", "[]", false),
            ("drawn", "{", false),
            ("steps", step, true),
            ("steps", "[]", true),
            ("steps", "not JSON", false),
            ("steps", "{}", false),
            ("steps", r#"[{"step":"a"}]"#, false),
            ("steps", &step.replace("\"quality\":5", "\"quality\":6"), false),
            ("options", r#"["a","b"]"#, true),
            ("options", "[1]", false),
            ("mode", "review", true),
            ("mode", "reviewed", false),
            ("card", "a/b", true),
            ("card", "a b", false),
        ] {
            assert_eq!(check(column, Value::Text(text.as_bytes())), fits, "{column}: {text}");
        }
        for (column, number, fits) in [
            ("at", 0, true),
            ("at", -1, true),
            ("at", 253_402_300_800_000, true),
            ("at", i64::MAX, false),
            ("day", 2_932_896, true),
            ("day", 2_932_897, false),
            ("quality", 6, false),
            ("took_ms", -1, false),
            ("seed", 1 << 53, false),
            ("confidence", 80, true),
            ("confidence", 81, false),
        ] {
            assert_eq!(check(column, Value::Integer(number)), fits, "{column}: {number}");
        }
        assert!(!check("ratio", Value::Real(f64::INFINITY)));
        assert!(check("ratio", Value::Null) && !check("prompt", Value::Null));
    }

    #[test]
    fn columns_that_were_added_leave_the_sums_of_earlier_rows_as_they_were() {
        let earlier = [Value::Blob(&[1; 16]), Value::Text(b"a/b"), Value::Text(b"flag"), Value::Integer(5)];
        let with = |day| Table::Mark.checksum(&[&earlier[..], &[day]].concat());
        assert_eq!(with(Value::Null), 0x1c11_db9a);
        assert_ne!(with(Value::Null), with(Value::Integer(0)));
    }
}
