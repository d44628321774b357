//! Everything as text: one JSON object a line, out and in again.
//!
//! The first line says what it is: `{"sysdrill":{"export":1}}`. Then come, in the order in which they were written,
//! `{"review":{...}}`, `{"retraction":{...}}` and `{"mark":{...}}`: the log, which is all that is read in again; and
//! `{"state":{...}}`, what each card's log folds to, for whoever reads the file. Times are UTC in milliseconds since
//! 1970, days are dates, ids are UUIDs.

use super::rows::{get, is_there, mark, retraction, review};
use super::{Result, Store, StoreError, examine, project, project_all};
use crate::log::{LogId, Review};
use crate::schedule::{CardId, CardState, Day, Mode, Quality};
use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, Read, Write};
use std::str::FromStr;

/// Of the form of the lines.
const VERSION: u32 = 1;
const YEAR_10000_MS: i64 = 253_402_300_800_000;
/// No line of an export is longer, in bytes.
const LONGEST_LINE: u64 = 1 << 20;
/// So many new reviews are many.
const MANY: usize = 50_000;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Line {
    Sysdrill { export: u32 },
    Review(Box<ReviewLine>),
    Retraction { id: String, review: String, at: i64 },
    Mark { id: String, card: String, what: String, at: i64 },
    State(StateLine),
    Settings { file: String },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReviewLine {
    id: String,
    card: String,
    at: i64,
    day: String,
    quality: u8,
    session: String,
    mode: String,
    kind: String,
    took_ms: u64,
    prompt: String,
    given: Option<String>,
    ratio: Option<f64>,
    slip: Option<String>,
    seed: Option<u64>,
    drawn: Option<String>,
    steps: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StateLine {
    card: String,
    phase: String,
    easiness: Option<f64>,
    interval_days: Option<u32>,
    repetitions: u32,
    lapses: u32,
    due: Option<String>,
    suspended: bool,
    flagged: bool,
}

/// What was read in.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Imported {
    /// Reviews that were not there.
    pub reviews: usize,
    /// Retractions and decisions that were not there.
    pub others: usize,
    /// Rows that were there already.
    pub known: usize,
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

impl Store {
    /// Writes everything: the settings as they are given, the log, and what it folds to.
    ///
    /// # Errors
    /// The database cannot be read, or nothing written.
    pub fn export(
        &self,
        settings: Option<String>,
        out: &mut dyn Write,
        progress: &mut dyn FnMut(u64),
    ) -> std::result::Result<(), ExportError> {
        let doing = "export";
        let sqlite = |error| ExportError::Store(StoreError::sqlite(doing, error));
        put(out, &Line::Sysdrill { export: VERSION })?;
        if let Some(file) = settings {
            put(out, &Line::Settings { file })?;
        }
        let c = &self.connection;
        // One state of the file, whoever writes meanwhile.
        let tx = c.unchecked_transaction().map_err(sqlite)?;
        let mut done = 0;
        let mut failed = Ok(());
        let mut line = |line: Line| {
            done += 1;
            progress(done);
            if failed.is_ok() {
                failed = put(out, &line);
            }
        };
        lines(&tx, &mut line).map_err(sqlite)?;
        failed?;
        Ok(())
    }

    /// Reads an export in: what the log has not yet is taken in, all of it or, where a line is wrong, nothing.
    ///
    /// # Errors
    /// The first line that is wrong, with what is wrong.
    pub fn import(&mut self, input: &mut dyn BufRead, progress: &mut dyn FnMut(u64)) -> Result<Imported> {
        let mut imported = Imported::default();
        let mut wrong = None;
        self.bulk(true)?;
        let done = self.write("import", |tx, _| {
            let mut number = 0;
            let mut cards = BTreeSet::new();
            let mut dropped = None;
            loop {
                let mut text = Vec::new();
                let read = (&mut *input).take(LONGEST_LINE).read_until(b'\n', &mut text);
                number += 1;
                progress(number as u64);
                let line = match read {
                    Ok(0) if number > 1 => break,
                    Ok(length) if length as u64 == LONGEST_LINE => Err("no line of an export is so long".to_owned()),
                    Ok(_) => serde_json::from_slice::<Line>(&text)
                        .map_err(|error| format!("this is no line of an export: {error}")),
                    Err(error) => Err(format!("cannot be read: {error}")),
                };
                let before = imported.reviews;
                let taken = line.and_then(|line| take(tx, line, number, &mut cards, &mut imported));
                if let Err(what) = taken {
                    wrong = Some(StoreError::Import { line: number, what });
                    return Err(rusqlite::Error::InvalidQuery);
                }
                let new = imported.reviews;
                let came = new > before && new.is_multiple_of(MANY);
                if dropped.is_none() && came && new >= reviews(tx)? / 4 {
                    dropped = Some(drop_indexes(tx)?);
                }
            }
            match dropped {
                // What concerns many cards is folded in one pass over all of them.
                Some(indexes) => tx.execute_batch(&indexes).and_then(|()| project_all(tx)),
                None => cards.iter().try_for_each(|card| project(tx, card).map(drop)),
            }
        });
        self.bulk(false)?;
        match wrong {
            Some(wrong) => Err(wrong),
            None => done.map(|()| imported),
        }
    }
}

fn reviews(c: &Connection) -> rusqlite::Result<usize> {
    c.query_row("SELECT count(*) FROM review", [], |row| row.get(0))
}

/// Drops the indexes of the reviews, where so many come in that they are made faster anew at the end than row by row: in
/// the order of the cards each row lies on another page. Gives what makes them again.
fn drop_indexes(tx: &rusqlite::Transaction) -> rusqlite::Result<String> {
    // The index of a key has no statement, and stays.
    let mut made = tx.prepare(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'review' AND sql IS NOT NULL",
    )?;
    let all: Vec<(String, String)> =
        made.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
    drop(made);
    all.iter().try_for_each(|(name, _)| tx.execute_batch(&format!("DROP INDEX {name}")))?;
    Ok(all.into_iter().map(|(_, sql)| sql + ";").collect())
}

fn put(out: &mut dyn Write, line: &Line) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}

fn lines(c: &Connection, line: &mut dyn FnMut(Line)) -> rusqlite::Result<()> {
    let mut statement = c.prepare(&format!("SELECT {} FROM review ORDER BY rowid", review::COLUMNS))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (id, review): (LogId, Review) = (get(row, "id")?, review::read(row)?);
        line(Line::Review(Box::new(ReviewLine {
            id: id.to_string(),
            card: review.card.to_string(),
            at: review.at_ms,
            day: review.day.to_string(),
            quality: review.quality.get(),
            session: review.session.to_string(),
            mode: review.mode.name().to_owned(),
            kind: review.kind,
            took_ms: review.took_ms,
            prompt: review.prompt,
            given: review.given,
            ratio: review.ratio,
            slip: review.slip,
            seed: review.seed,
            drawn: review.drawn,
            steps: review.steps,
        })));
    }
    let mut statement = c.prepare(&format!("SELECT {} FROM retraction ORDER BY rowid", retraction::COLUMNS))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (id, review): (LogId, LogId) = (get(row, "id")?, get(row, "review")?);
        line(Line::Retraction { id: id.to_string(), review: review.to_string(), at: get(row, "at")? });
    }
    let mut statement = c.prepare(&format!("SELECT {} FROM mark ORDER BY rowid", mark::COLUMNS))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let id: LogId = get(row, "id")?;
        line(Line::Mark { id: id.to_string(), card: get(row, "card")?, what: get(row, "what")?, at: get(row, "at")? });
    }
    let mut states: BTreeMap<CardId, CardState> = BTreeMap::new();
    examine::fold_all(c, &mut |_| Ok(()), |card, state| {
        states.insert(card, state);
    })?;
    for (card, state) in states {
        let scheduled = state.memory.scheduled();
        line(Line::State(StateLine {
            card: card.to_string(),
            phase: state.memory.phase().name().to_owned(),
            easiness: scheduled.map(|s| s.easiness.into()),
            interval_days: scheduled.map(|s| s.interval_days),
            repetitions: scheduled.map_or(0, |s| s.repetitions),
            lapses: scheduled.map_or(0, |s| s.lapses),
            due: scheduled.map(|s| s.due.to_string()),
            suspended: state.suspended,
            flagged: state.flagged,
        }));
    }
    Ok(())
}

/// A text that must be read as something.
fn read<T: FromStr>(what: &str, text: &str) -> std::result::Result<T, String> {
    text.parse().map_err(|_| format!("'{text}' is no {what}"))
}

fn card_of(tx: &rusqlite::Transaction, review: LogId) -> rusqlite::Result<Option<CardId>> {
    tx.prepare_cached("SELECT card FROM review WHERE id = ?1")?.query_row([review], |row| row.get(0)).optional()
}

/// A clock may be wrong, but not by more than that.
fn check_time(at_ms: i64) -> std::result::Result<(), String> {
    match (0..YEAR_10000_MS).contains(&at_ms) {
        true => Ok(()),
        false => Err(format!("'at' is in milliseconds since 1970 and before the year 10000, not {at_ms}")),
    }
}

fn take(
    tx: &rusqlite::Transaction,
    line: Line,
    number: usize,
    cards: &mut BTreeSet<CardId>,
    imported: &mut Imported,
) -> std::result::Result<(), String> {
    if number == 1 && !matches!(line, Line::Sysdrill { .. }) {
        return Err(format!("an export begins with {{\"sysdrill\":{{\"export\":{VERSION}}}}}"));
    }
    let known = |table: &str, id: &LogId| is_there(tx, table, id).map_err(|error| error.to_string());
    match line {
        Line::Sysdrill { export } if number == 1 && export <= VERSION => {}
        Line::Sysdrill { export } if number == 1 => {
            return Err(format!("the export is of a newer sysdrill (form {export}, this version knows {VERSION})"));
        }
        Line::Sysdrill { .. } => return Err("a second beginning".to_owned()),
        Line::Settings { file } => imported.settings = Some(file),
        Line::State(_) => {}
        Line::Review(line) => {
            let id: LogId = read("id", &line.id)?;
            check_time(line.at)?;
            if known("review", &id)? {
                imported.known += 1;
                return Ok(());
            }
            let at_ms = line.at;
            let review = line.review()?;
            review::insert(tx, id, at_ms, &review).map_err(|error| error.to_string())?;
            cards.insert(review.card);
            imported.reviews += 1;
        }
        Line::Retraction { id, review, at } => {
            let (id, review): (LogId, LogId) = (read("id", &id)?, read("id", &review)?);
            check_time(at)?;
            if known("retraction", &id)? {
                imported.known += 1;
                return Ok(());
            }
            let card = card_of(tx, review).map_err(|error| error.to_string())?;
            cards.insert(card.ok_or_else(|| format!("there is no review {review} that it could take back"))?);
            retraction::insert(tx, id, review, at).map_err(|error| error.to_string())?;
            imported.others += 1;
        }
        Line::Mark { id, card, what, at } => {
            let id: LogId = read("id", &id)?;
            check_time(at)?;
            let of_card = if card.is_empty() { None } else { Some(read::<CardId>("card's id", &card)?) };
            if known("mark", &id)? {
                imported.known += 1;
                return Ok(());
            }
            cards.extend(of_card);
            mark::insert(tx, id, &card, &what, at).map_err(|error| error.to_string())?;
            imported.others += 1;
        }
    }
    Ok(())
}

impl ReviewLine {
    fn review(self) -> std::result::Result<Review, String> {
        Ok(Review {
            card: read("card's id", &self.card)?,
            at_ms: self.at,
            day: read::<Day>("day", &self.day)?,
            quality: Quality::try_from(self.quality).map_err(str::to_owned)?,
            session: read("id", &self.session)?,
            mode: Mode::named(&self.mode).ok_or_else(|| format!("'{}' is no mode", self.mode))?,
            kind: self.kind,
            took_ms: self.took_ms,
            prompt: self.prompt,
            given: self.given,
            ratio: self.ratio,
            slip: self.slip,
            seed: self.seed,
            drawn: self.drawn,
            steps: self.steps,
        })
    }
}
