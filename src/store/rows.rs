//! One mapper a table: the list of columns written once, a damaged row an error that names its column.

use super::sum;
use crate::log::{LogId, MarkKind, Review};
use crate::schedule::{CardId, Day, Easiness, Latest, Memory, Mode, Quality, Scheduled};
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, Type, ValueRef};
use rusqlite::{Row, Transaction, params};

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

pub(super) mod review {
    use super::*;

    pub(in crate::store) const COLUMNS: &str =
        "id, card, at, day, quality, session, mode, kind, took_ms, prompt, given, ratio, slip, seed, drawn, steps";

    pub(in crate::store) const COUNT: usize = 16;
    /// Where some of them stand.
    pub(in crate::store) const AT: usize = 2;
    pub(in crate::store) const DAY: usize = 3;
    /// Below 2^53.
    const SEEDS: std::ops::Range<i64> = 0..1 << 53;

    /// A row whose first columns are [`COLUMNS`].
    pub(in crate::store) fn read(row: &Row) -> rusqlite::Result<Review> {
        Ok(Review {
            card: at(row, 1, "card")?,
            at_ms: at(row, 2, "at")?,
            day: at(row, 3, "day")?,
            quality: at(row, 4, "quality")?,
            session: at(row, 5, "session")?,
            mode: at(row, 6, "mode")?,
            kind: at(row, 7, "kind")?,
            took_ms: at(row, 8, "took_ms")?,
            prompt: at(row, 9, "prompt")?,
            given: at(row, 10, "given")?,
            ratio: at(row, 11, "ratio")?,
            slip: at(row, 12, "slip")?,
            seed: at(row, 13, "seed")?,
            drawn: at(row, 14, "drawn")?,
            steps: at(row, 15, "steps")?,
        })
    }

    /// Whether values in the order of [`COLUMNS`] are what the log can mean: all that [`read`] asks and all that the
    /// table asks, with nothing made of them.
    pub(in crate::store) fn fits(values: &[ValueRef]) -> bool {
        let is_text = |value: &ValueRef| value.as_str().is_ok();
        let is_text_or_null = |value: &ValueRef| value.as_str_or_null().is_ok();
        let &[
            id,
            card,
            at,
            day,
            quality,
            session,
            mode,
            ref kind,
            took_ms,
            ref prompt,
            ref given,
            ratio,
            ref slip,
            seed,
            ref drawn,
            ref steps,
        ] = values
        else {
            return false;
        };
        LogId::column_result(id).is_ok()
            && card.as_str().is_ok_and(CardId::is_one)
            && at.as_i64().is_ok()
            && Day::column_result(day).is_ok()
            && Quality::column_result(quality).is_ok()
            && LogId::column_result(session).is_ok()
            && Mode::column_result(mode).is_ok()
            && is_text(kind)
            && took_ms.as_i64().is_ok_and(|took| took >= 0)
            && is_text(prompt)
            && is_text_or_null(given)
            && ratio.as_f64_or_null().is_ok()
            && is_text_or_null(slip)
            && seed.as_i64_or_null().is_ok_and(|seed| seed.is_none_or(|seed| SEEDS.contains(&seed)))
            && is_text_or_null(drawn)
            && is_text_or_null(steps)
    }

    pub(in crate::store) fn insert(tx: &Transaction, id: LogId, at_ms: i64, new: &Review) -> rusqlite::Result<()> {
        let (quality, mode) = (new.quality.get(), new.mode.name());
        append(
            tx,
            "review",
            COLUMNS,
            &[
                &id,
                &new.card,
                &at_ms,
                &new.day,
                &quality,
                &new.session,
                &mode,
                &new.kind,
                &new.took_ms,
                &new.prompt,
                &new.given,
                &new.ratio,
                &new.slip,
                &new.seed,
                &new.drawn,
                &new.steps,
            ],
        )
    }
}

pub(super) mod retraction {
    use super::*;

    pub(in crate::store) const COLUMNS: &str = "id, review, at";

    pub(in crate::store) fn insert(tx: &Transaction, id: LogId, review: LogId, at_ms: i64) -> rusqlite::Result<()> {
        append(tx, "retraction", COLUMNS, &[&id, &review, &at_ms])
    }
}

pub(super) mod mark {
    use super::*;

    pub(in crate::store) const COLUMNS: &str = "id, card, what, at";

    /// What the mark in a row says.
    pub(in crate::store) fn read(row: &Row) -> rusqlite::Result<MarkKind> {
        Ok(MarkKind::read(&get::<String>(row, "what")?))
    }

    /// `card` is empty for what concerns no one card.
    pub(in crate::store) fn insert(
        tx: &Transaction,
        id: LogId,
        card: &str,
        what: &str,
        at: i64,
    ) -> rusqlite::Result<()> {
        append(tx, "mark", COLUMNS, &[&id, &card, &what, &at])
    }
}

/// Appends a row to the log, with its checksum.
pub(super) fn append(tx: &Transaction, table: &str, columns: &str, values: &[&dyn ToSql]) -> rusqlite::Result<()> {
    let places: Vec<String> = (1..=values.len() + 1).map(|at| format!("?{at}")).collect();
    let sql = format!("INSERT INTO {table} ({columns}, sum) VALUES ({})", places.join(", "));
    let sum = sum::of_params(values)?;
    let all = values.iter().copied().chain([&sum as &dyn ToSql]);
    tx.prepare_cached(&sql)?.execute(rusqlite::params_from_iter(all))?;
    Ok(())
}

/// The columns of a table of the log, but for the checksum.
pub(super) fn columns(table: &str) -> &'static str {
    match table {
        "review" => review::COLUMNS,
        "retraction" => retraction::COLUMNS,
        _ => mark::COLUMNS,
    }
}

/// Whether a row of that id is there.
pub(super) fn is_there(tx: &Transaction, table: &str, id: &dyn ToSql) -> rusqlite::Result<bool> {
    tx.prepare_cached(&format!("SELECT 1 FROM {table} WHERE id = ?1"))?.exists([id])
}

pub(super) mod card_state {
    use super::*;
    use crate::schedule::CardState;

    pub(in crate::store) const COLUMNS: &str = "card, easiness, interval_days, repetitions, lapses, due, suspended, flagged, started, latest_day, latest_quality";

    /// The columns that [`read_from`] reads, where other tables are asked too.
    pub(in crate::store) const OF_SCHEDULE: &str = "easiness, schedule.interval_days, repetitions, lapses, schedule.due, suspended, flagged, started, latest_day, latest_quality";

    pub(in crate::store) fn read(row: &Row) -> rusqlite::Result<(CardId, CardState)> {
        Ok((get(row, "card")?, read_from(row, 1)?))
    }

    /// Reads a state whose columns begin at this one; all of them null is a card without a log.
    pub(in crate::store) fn read_from(row: &Row, first: usize) -> rusqlite::Result<CardState> {
        const NAMES: [&str; 10] = [
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
        let latest = match at(row, first + 8, NAMES[8])? {
            None => None,
            Some(day) => Some(Latest { day, quality: at(row, first + 9, NAMES[9])? }),
        };
        Ok(CardState {
            memory,
            suspended: at::<Option<bool>>(row, first + 5, NAMES[5])?.unwrap_or(false),
            flagged: at::<Option<bool>>(row, first + 6, NAMES[6])?.unwrap_or(false),
            started: at(row, first + 7, NAMES[7])?,
            latest,
        })
    }

    pub(in crate::store) fn write(tx: &Transaction, card: &CardId, state: &CardState) -> rusqlite::Result<()> {
        // Updated in its place, for most indexes do not change with an answer.
        let sql = format!(
            "INSERT INTO schedule ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
             ON CONFLICT (card) DO UPDATE SET easiness = ?2, interval_days = ?3, repetitions = ?4, lapses = ?5, due = ?6,
                 suspended = ?7, flagged = ?8, started = ?9, latest_day = ?10, latest_quality = ?11"
        );
        let scheduled = state.memory.scheduled();
        tx.prepare_cached(&sql)?.execute(params![
            card,
            scheduled.map(|s| s.easiness.hundredths()),
            scheduled.map(|s| s.interval_days),
            scheduled.map(|s| s.repetitions),
            scheduled.map(|s| s.lapses),
            scheduled.map(|s| s.due),
            state.suspended,
            state.flagged,
            state.started,
            state.latest.map(|latest| latest.day),
            state.latest.map(|latest| latest.quality.get()),
        ])?;
        Ok(())
    }
}
