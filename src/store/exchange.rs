//! Everything as text: one JSON object a line, out and in again.
//!
//! The first line says what it is: `{"sysdrill":{"export":2}}`. Then come, in the order in which they were written, the
//! rows of the log ([`crate::log::Line`]), which are all that is read in again; and `{"state":{...}}`, what each card's
//! log folds to, for whoever reads the file. The last line, `{"end":{"rows":N}}`, says how many rows there are, so that a
//! part of an export is not taken for all of it. Form 1 had no such line.

use super::card_log::{fold_all, has_row, origins};
use super::connection::Store;
use super::door::{Door, Numbers, Refused};
use super::error::{Result, StoreError};
use super::rows::Values;
use crate::log::{self, Line, Row, Table};
use crate::schedule::{CardId, CardState, Day};
use rusqlite::Connection;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashSet};
use std::io::{self, BufRead, Read, Write};

/// The version of the form of the lines; it goes up when a reader of before could not read them.
const VERSION: u64 = 2;
/// The form that began to have an end.
const WITH_END: u64 = 2;
/// No line of an export is longer, in bytes: a row of the largest size whose every character is escaped.
const LONGEST_LINE: u64 = 6 * crate::log::LARGEST_ROW_BYTES as u64 + (1 << 20);

/// What was read in.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct ReadIn {
    /// Reviews that were not there.
    pub reviews: usize,
    /// Retractions and marks that were not there.
    pub others: usize,
    /// Rows that were there already.
    pub known: usize,
    /// How many of these are there but say something else: one of the two is damaged.
    pub differing: usize,
    /// Whether the export says where it ends: one of form 1 does not, and may have been cut short.
    pub has_end: bool,
    /// The settings that the export has.
    pub settings: Option<String>,
}

/// Why an export failed.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Where it is written to.
    #[error("cannot write: {0}")]
    Io(#[from] io::Error),
}

/// A card's state as it is written.
#[derive(Serialize)]
struct StateLine<'a> {
    card: &'a str,
    phase: &'static str,
    easiness: Option<f64>,
    interval_days: Option<u32>,
    repetitions: u32,
    lapses: u32,
    due: Option<String>,
    suspended: bool,
    flagged: bool,
}

impl Store {
    /// Writes everything: the settings as they are given, the log, and what it folds to.
    ///
    /// # Errors
    /// The database cannot be read, or nothing written.
    pub fn export(
        &self,
        settings: Option<&str>,
        out: &mut dyn Write,
        advance: &mut dyn FnMut(u64),
    ) -> std::result::Result<(), ExportError> {
        self.export_lines(settings, None, out, advance)
    }

    /// Writes what the log has of these cards, and of those that their progress was moved from.
    ///
    /// # Errors
    /// As [`Store::export`].
    pub fn export_cards(
        &self,
        cards: &[CardId],
        out: &mut dyn Write,
        advance: &mut dyn FnMut(u64),
    ) -> std::result::Result<(), ExportError> {
        self.export_lines(None, Some(cards), out, advance)
    }

    fn export_lines(
        &self,
        settings: Option<&str>,
        cards: Option<&[CardId]>,
        out: &mut dyn Write,
        advance: &mut dyn FnMut(u64),
    ) -> std::result::Result<(), ExportError> {
        let sqlite = |error| ExportError::Store(StoreError::sqlite("export", error));
        put(out, "sysdrill", &BTreeMap::from([("export", VERSION)]))?;
        if let Some(file) = settings {
            put(out, "settings", &BTreeMap::from([("file", file)]))?;
        }
        // One state of the file, whoever writes meanwhile.
        let tx = self.connection.unchecked_transaction().map_err(sqlite)?;
        let mut only = cards.map(|cards| Only::these(&tx, cards)).transpose().map_err(sqlite)?;
        let mut rows = 0;
        for table in Table::ALL {
            let sql = format!("SELECT {} FROM {} ORDER BY rowid", table.column_list(), table.name());
            let mut statement = tx.prepare(&sql).map_err(sqlite)?;
            let mut found = statement.query([]).map_err(sqlite)?;
            while let Some(row) = found.next().map_err(sqlite)? {
                let values = Values::of(row, table).map_err(sqlite)?;
                if only.as_mut().is_some_and(|only| !only.has(table, values.all())) {
                    continue;
                }
                table.check(values.all()).map_err(|unfit| sqlite(super::rows::damaged(unfit)))?;
                serde_json::to_writer(&mut *out, &Line { table, values: values.all() }).map_err(io::Error::from)?;
                out.write_all(b"\n")?;
                rows += 1;
                advance(rows);
            }
        }
        for (card, state) in states(&tx, self.today).map_err(sqlite)? {
            if only.as_ref().is_none_or(|only| only.cards.contains(card.as_str())) {
                put(out, "state", &StateLine::of(&card, &state))?;
            }
        }
        put(out, "end", &BTreeMap::from([("rows", rows)]))?;
        Ok(())
    }

    /// Reads an export in: what the log has not yet is taken in, all of it or, where a line is wrong, nothing. All lines
    /// are read and checked before the database is touched, so that a slow sender holds nobody up; `check_settings` says
    /// what is wrong with the settings, if anything is.
    ///
    /// # Errors
    /// The first line that is wrong, with what is wrong.
    pub fn import(
        &mut self,
        input: &mut dyn BufRead,
        check_settings: &dyn Fn(&str) -> std::result::Result<(), String>,
        advance: &mut dyn FnMut(u64),
    ) -> Result<ReadIn> {
        let export = read(input, check_settings, advance)?;
        self.bulk(true)?;
        let today = self.today;
        let done = self.write("import", |tx, _| {
            let sqlite = |error| StoreError::sqlite("import", error);
            let mut door = Door::open(tx, Numbers::Before(export.counts)).map_err(sqlite)?;
            for row in export.rows() {
                let (line, row) = row?;
                door.take(&row).map_err(|refused| match refused {
                    Refused::Sqlite(error) => sqlite(error),
                    refused => StoreError::Import { line, what: refused.to_string() },
                })?;
            }
            door.fold(today, &mut |_, _| ()).map_err(sqlite)?;
            Ok::<_, StoreError>(door.came)
        });
        self.bulk(false)?;
        let came = done?;
        let others = came.retractions + came.marks;
        let (reviews, known, differing) = (came.reviews, came.known, came.differing);
        let Export { has_end, settings, .. } = export;
        Ok(ReadIn { reviews, others, known, differing, has_end, settings })
    }
}

/// Some cards, of which alone the rows are wanted.
struct Only {
    cards: HashSet<String>,
    /// Their reviews, once these were walked: a retraction is theirs.
    reviews: HashSet<Vec<u8>>,
}

impl Only {
    fn these(c: &Connection, cards: &[CardId]) -> rusqlite::Result<Self> {
        let mut all = HashSet::with_capacity(cards.len());
        for card in cards {
            all.extend(origins(c, card)?.iter().map(ToString::to_string));
        }
        Ok(Self { cards: all, reviews: HashSet::new() })
    }

    /// Whether a row is about one of them. Reviews and marks name their card after their own id.
    fn has(&mut self, table: Table, values: &[log::Value]) -> bool {
        let of_card = values[1].text().is_some_and(|card| self.cards.contains(card));
        match (table, values[0], values[1]) {
            (Table::Review, log::Value::Blob(id), _) if of_card => self.reviews.insert(id.to_vec()),
            (Table::Retraction, _, log::Value::Blob(review)) => self.reviews.contains(review),
            _ => of_card,
        }
    }
}

fn put(out: &mut dyn Write, name: &str, what: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, &BTreeMap::from([(name, what)]))?;
    out.write_all(b"\n")
}

/// What each card's log folds to.
fn states(c: &Connection, today: Day) -> rusqlite::Result<BTreeMap<CardId, CardState>> {
    let mut states = BTreeMap::new();
    fold_all(c, today, &mut |_| Ok(()), |card, folded| {
        if has_row(&folded) {
            states.insert(card.clone(), folded.state);
        }
        Ok(())
    })?;
    Ok(states)
}

impl<'a> StateLine<'a> {
    fn of(card: &'a CardId, state: &CardState) -> Self {
        let scheduled = state.memory.scheduled();
        Self {
            card: card.as_str(),
            phase: state.memory.phase().name(),
            easiness: scheduled.map(|s| s.easiness.into()),
            interval_days: scheduled.map(|s| s.interval_days),
            repetitions: scheduled.map_or(0, |s| s.repetitions),
            lapses: scheduled.map_or(0, |s| s.lapses),
            due: scheduled.map(|s| s.due.to_string()),
            suspended: state.suspended,
            flagged: state.flagged,
        }
    }
}

/// An export as it was read.
#[derive(Default)]
struct Export {
    /// The lines with rows, which were checked: as text they take the least room.
    text: Vec<u8>,
    /// Their numbers, from 1.
    lines: Vec<usize>,
    /// How many rows there are of each table.
    counts: [usize; 3],
    settings: Option<String>,
    has_end: bool,
}

impl Export {
    /// The rows, each with its line.
    fn rows(&self) -> impl Iterator<Item = Result<(usize, Row)>> {
        let text = self.text.split_inclusive(|byte| *byte == b'\n');
        self.lines.iter().zip(text).map(|(line, text)| {
            let (name, object) = object(text).map_err(|what| StoreError::Import { line: *line, what })?;
            Ok((*line, row(&name, object).map_err(|what| StoreError::Import { line: *line, what })?))
        })
    }
}

/// The row that a line's one object says.
fn row(name: &str, object: Map<String, Value>) -> std::result::Result<Row, String> {
    let table = Table::named(name).ok_or_else(|| {
        let names = "review, retraction, mark, state, settings and end";
        format!("this is no line of an export: there is no '{name}' among {names}")
    })?;
    Row::of_line(table, object).map_err(|error| error.to_string())
}

/// Reads and checks all lines.
fn read(
    input: &mut dyn BufRead,
    check_settings: &dyn Fn(&str) -> std::result::Result<(), String>,
    advance: &mut dyn FnMut(u64),
) -> Result<Export> {
    let mut export = Export::default();
    let mut form = 0;
    let mut line = 0;
    let mut text = Vec::new();
    loop {
        line += 1;
        text.clear();
        let wrong = |what| StoreError::Import { line, what };
        let length = (&mut *input).take(LONGEST_LINE).read_until(b'\n', &mut text);
        let length = length.map_err(|error| wrong(format!("cannot be read: {error}")))?;
        if length == 0 && line > 1 {
            break;
        }
        if export.has_end {
            return Err(wrong("the export ended before this line".to_owned()));
        }
        if length as u64 == LONGEST_LINE {
            return Err(wrong("no line of an export is so long".to_owned()));
        }
        let (name, object) = object(&text).map_err(wrong)?;
        match (line, name.as_str()) {
            (1, "sysdrill") => form = form_of(&object).map_err(wrong)?,
            (1, _) => return Err(wrong(beginning())),
            (_, "sysdrill") => return Err(wrong("a second beginning".to_owned())),
            (_, "state") => {}
            (_, "settings") => {
                let file = object.get("file").and_then(Value::as_str);
                let file = file.ok_or_else(|| wrong("the settings have no 'file'".to_owned()))?;
                check_settings(file).map_err(wrong)?;
                export.settings = Some(file.to_owned());
            }
            (_, "end") if form >= WITH_END => {
                let rows = object.get("rows").and_then(Value::as_u64);
                let there = export.lines.len();
                if rows != Some(there as u64) {
                    let said = rows.map_or("no number".to_owned(), |rows| rows.to_string());
                    let what = format!("there are {there} rows before the end, which says {said}: some are missing");
                    return Err(wrong(what));
                }
                export.has_end = true;
            }
            (_, name) => {
                let row = row(name, object).map_err(wrong)?;
                export.counts[row.table as usize] += 1;
                export.lines.push(line);
                export.text.extend_from_slice(text.trim_ascii_end());
                export.text.push(b'\n');
            }
        }
        advance(line as u64);
    }
    if form >= WITH_END && !export.has_end {
        let what = "the export ends here without its last line {\"end\":...}: it was cut short, and nothing was taken in. \
                    Export it again";
        return Err(StoreError::Import { line, what: what.to_owned() });
    }
    Ok(export)
}

fn beginning() -> String {
    format!("an export begins with {{\"sysdrill\":{{\"export\":{VERSION}}}}}")
}

/// The form that the first line names.
fn form_of(object: &Map<String, Value>) -> std::result::Result<u64, String> {
    match object.get("export").and_then(Value::as_u64) {
        Some(form @ 1..=VERSION) => Ok(form),
        Some(form) if form > VERSION => {
            Err(format!("the export is of a newer sysdrill (form {form}, this version knows {VERSION})"))
        }
        _ => Err(beginning()),
    }
}

/// A line's one name, and the object under it.
fn object(text: &[u8]) -> std::result::Result<(String, Map<String, Value>), String> {
    let line: Map<String, Value> =
        serde_json::from_slice(text).map_err(|error| format!("this is no line of an export: {error}"))?;
    let mut entries = line.into_iter();
    match (entries.next(), entries.next()) {
        (Some((name, Value::Object(object))), None) => Ok((name, object)),
        _ => Err("this is no line of an export: one is an object with one name, such as {\"review\":{...}}".to_owned()),
    }
}
