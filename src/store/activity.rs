//! What was done, answer by answer, for whoever sums it up.
//!
//! Each of these reads an index alone, and gives one row after the other: a life's log is not kept in memory for a sum. What
//! was answered of a card whose progress was moved is told of the card that has it now.

use super::error::Result;
use super::heirs::Heirs;
use super::reviews::{IDLE_MS, Reviews};
use super::rows::{LIVE, at, get};
use crate::schedule::{Day, Quality};
use rusqlite::{OptionalExtension, Row};
use serde::Serialize;
use std::ops::RangeInclusive;

/// A live answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Answered<'a> {
    /// The day it counts for.
    pub day: Day,
    /// The card.
    pub card: &'a str,
    /// The card's kind.
    pub kind: &'a str,
    /// How it went.
    pub quality: Quality,
    /// From the question to the answer; whoever took longer than five minutes was away.
    pub took_ms: i64,
}

/// A live answer that was a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Typed<'a> {
    /// The day it counts for.
    pub day: Day,
    /// The card.
    pub card: &'a str,
    /// The answer over the accepted end that it missed; 1 inside.
    pub ratio: f64,
    /// The named wrong turn.
    pub slip: Option<&'a str>,
    /// How it went.
    pub quality: Quality,
    /// What [`Reviews::typed_text`] knows it by.
    pub row: i64,
}

/// A live answer that the learner gave odds for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sure<'a> {
    /// The day it counts for.
    pub day: Day,
    /// The card.
    pub card: &'a str,
    /// How sure the learner was: 50, 80 or 95 percent.
    pub confidence: u8,
    /// How it went.
    pub quality: Quality,
}

/// A typed answer as it was asked and given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TypedText {
    /// What was asked.
    pub prompt: String,
    /// What was typed.
    pub given: Option<String>,
}

impl Reviews<'_> {
    /// The live answers of some days, day by day.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn each_of(&self, days: RangeInclusive<Day>, heirs: &Heirs, each: &mut dyn FnMut(Answered)) -> Result<()> {
        let sql = format!(
            "SELECT day, card, kind, quality, min(took_ms, {IDLE_MS}) FROM review INDEXED BY review_by_day
             WHERE day BETWEEN ?1 AND ?2 AND {LIVE} ORDER BY day, card"
        );
        self.rows_of(&sql, days, &mut |row| {
            each(Answered {
                day: at(row, 0, "day")?,
                card: heirs.of(row.get_ref(1)?.as_str()?),
                kind: row.get_ref(2)?.as_str()?,
                quality: at(row, 3, "quality")?,
                took_ms: at(row, 4, "took_ms")?,
            });
            Ok(())
        })
    }

    /// The looks at new cards on some days: the day, the card and the milliseconds that it took, but no more than an answer
    /// counts for.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn each_look(
        &self,
        days: RangeInclusive<Day>,
        heirs: &Heirs,
        each: &mut dyn FnMut(Day, &str, i64),
    ) -> Result<()> {
        let sql = format!(
            "SELECT day, card, min(CAST(substr(what, 6) AS INTEGER), {IDLE_MS}) FROM mark
             WHERE day BETWEEN ?1 AND ?2 AND day IS NOT NULL AND what LIKE 'look %'"
        );
        self.rows_of(&sql, days, &mut |row| {
            each(at(row, 0, "day")?, heirs.of(row.get_ref(1)?.as_str()?), at(row, 2, "what")?);
            Ok(())
        })
    }

    /// The live answers of some days that were numbers, day by day.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn each_typed(&self, days: RangeInclusive<Day>, heirs: &Heirs, each: &mut dyn FnMut(Typed)) -> Result<()> {
        let sql = format!(
            "SELECT day, card, ratio, slip, quality, rowid FROM review INDEXED BY review_typed
             WHERE ratio IS NOT NULL AND day BETWEEN ?1 AND ?2 AND {LIVE} ORDER BY day, card"
        );
        self.rows_of(&sql, days, &mut |row| {
            each(Typed {
                day: at(row, 0, "day")?,
                card: heirs.of(row.get_ref(1)?.as_str()?),
                ratio: at(row, 2, "ratio")?,
                slip: row.get_ref(3)?.as_str_or_null()?,
                quality: at(row, 4, "quality")?,
                row: at(row, 5, "rowid")?,
            });
            Ok(())
        })
    }

    /// The live answers of some days that the learner gave odds for, day by day.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn each_sure(&self, days: RangeInclusive<Day>, heirs: &Heirs, each: &mut dyn FnMut(Sure)) -> Result<()> {
        let sql = format!(
            "SELECT day, card, confidence, quality FROM review INDEXED BY review_sure
             WHERE confidence IS NOT NULL AND day BETWEEN ?1 AND ?2 AND {LIVE} ORDER BY day, card"
        );
        self.rows_of(&sql, days, &mut |row| {
            each(Sure {
                day: at(row, 0, "day")?,
                card: heirs.of(row.get_ref(1)?.as_str()?),
                confidence: at(row, 2, "confidence")?,
                quality: at(row, 3, "quality")?,
            });
            Ok(())
        })
    }

    /// A typed answer as it was asked and given, by its row; none where it is gone.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn typed_text(&self, row: i64) -> Result<Option<TypedText>> {
        self.store.read("read the log", |c| {
            let text = |row: &Row| Ok(TypedText { prompt: get(row, "prompt")?, given: get(row, "given")? });
            c.prepare_cached("SELECT prompt, given FROM review WHERE rowid = ?1")?.query_row([row], text).optional()
        })
    }

    /// What a card asked the last time; none where it was never asked.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn latest_prompt(&self, card: &str) -> Result<Option<String>> {
        self.store.read("read the log", |c| {
            let sql = format!(
                "SELECT prompt FROM review WHERE card = ?1 AND {LIVE} ORDER BY day DESC, at DESC, id DESC LIMIT 1"
            );
            c.prepare_cached(&sql)?.query_row([card], |row| row.get(0)).optional()
        })
    }

    fn rows_of(
        &self,
        sql: &str,
        days: RangeInclusive<Day>,
        each: &mut dyn FnMut(&Row) -> rusqlite::Result<()>,
    ) -> Result<()> {
        self.store.read("read the log", |c| {
            let mut statement = c.prepare_cached(sql)?;
            let mut rows = statement.query([days.start(), days.end()])?;
            while let Some(row) = rows.next()? {
                each(row)?;
            }
            Ok(())
        })
    }
}
