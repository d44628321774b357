//! Answers, and what takes them back.

use super::LogId;
use super::table::{Cell, Row, Table, Unfit, Value};
use crate::schedule::{CardId, CardState, Day, Mode, Quality};

/// An answer, as it goes into the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Review {
    /// The card.
    pub card: CardId,
    /// UTC, in milliseconds since 1970.
    pub at_ms: i64,
    /// The day it counts for.
    pub day: Day,
    /// How it went.
    pub quality: Quality,
    /// The sitting it was given in.
    pub session: LogId,
    /// The command it was given in.
    pub mode: Mode,
    /// The card's kind.
    pub kind: String,
    /// From the question to the answer.
    pub took_ms: u64,
    /// As shown.
    pub prompt: String,
    /// As typed or picked.
    pub given: Option<String>,
    /// The answer over the accepted end that it missed: above 1 is too high, 1 is inside.
    pub ratio: Option<f64>,
    /// The named wrong turn.
    pub slip: Option<String>,
    /// What the given values were drawn with, below 2^53.
    pub seed: Option<u64>,
    /// The given values as a JSON object, name to text.
    pub drawn: Option<String>,
    /// A chain's steps as a JSON array.
    pub steps: Option<String>,
    /// The options in the order in which they were shown, as a JSON array.
    pub options: Option<String>,
    /// How sure the learner was before the answer was shown: 50, 80 or 95 percent.
    pub confidence: Option<u8>,
    /// The program that it was given in, such as `anki`; none for this one. A review from elsewhere is history: it is
    /// shown, counted and used by predictions, and moves no due day.
    pub source: Option<String>,
}

impl Review {
    /// The review as a row of that id and time.
    pub fn row(&self, id: LogId, at_ms: i64) -> Row {
        let texts = |text: &Option<String>| Cell::from(text.as_deref());
        let whole = |number: u64| Cell::Integer(i64::try_from(number).unwrap_or(i64::MAX));
        let cells = vec![
            id.into(),
            self.card.as_str().into(),
            at_ms.into(),
            self.day.into(),
            i64::from(self.quality.get()).into(),
            self.session.into(),
            self.mode.name().into(),
            self.kind.as_str().into(),
            whole(self.took_ms),
            self.prompt.as_str().into(),
            texts(&self.given),
            self.ratio.filter(|ratio| ratio.is_finite()).map_or(Cell::Null, Cell::Real),
            texts(&self.slip),
            self.seed.map_or(Cell::Null, whole),
            texts(&self.drawn),
            texts(&self.steps),
            texts(&self.options),
            self.confidence.map(i64::from).into(),
            texts(&self.source),
        ];
        Row { table: Table::Review, cells }
    }

    /// Reads a row's values.
    ///
    /// # Errors
    /// The first column whose value cannot stand there.
    pub fn read(values: &[Value]) -> Result<(LogId, Self), Unfit> {
        let read = Reader { table: Table::Review, values };
        let review = Self {
            card: read.parsed(1, CardId::parse)?,
            at_ms: read.whole(2)?,
            day: read.day(3)?,
            quality: read.whole(4).and_then(|quality| Quality::new(quality).ok_or(read.unfit(4)))?,
            session: read.id(5)?,
            mode: read.text(6).and_then(|mode| Mode::named(mode).ok_or(read.unfit(6)))?,
            kind: read.text(7)?.to_owned(),
            took_ms: read.whole(8).and_then(|took| u64::try_from(took).map_err(|_| read.unfit(8)))?,
            prompt: read.text(9)?.to_owned(),
            given: read.optional(10, Reader::text)?.map(str::to_owned),
            ratio: read.optional(11, Reader::number)?,
            slip: read.optional(12, Reader::text)?.map(str::to_owned),
            seed: read.optional(13, Reader::whole)?.and_then(|seed| u64::try_from(seed).ok()),
            drawn: read.optional(14, Reader::text)?.map(str::to_owned),
            steps: read.optional(15, Reader::text)?.map(str::to_owned),
            options: read.optional(16, Reader::text)?.map(str::to_owned),
            confidence: read.optional(17, Reader::whole)?.and_then(|percent| u8::try_from(percent).ok()),
            source: read.optional(18, Reader::text)?.map(str::to_owned),
        };
        Ok((read.id(0)?, review))
    }
}

/// Reads the values of a row by their places; what cannot be read is named by its column.
pub(super) struct Reader<'a> {
    pub(super) table: Table,
    pub(super) values: &'a [Value<'a>],
}

impl<'a> Reader<'a> {
    pub(super) fn unfit(&self, place: usize) -> Unfit {
        let column = &self.table.columns()[place];
        let value = self.values.get(place).copied().unwrap_or(Value::Null);
        let wanted = "what the log can mean";
        column.check(value).err().unwrap_or(Unfit { column: column.name, wanted })
    }

    pub(super) fn text(&self, place: usize) -> Result<&'a str, Unfit> {
        self.values[place].text().ok_or_else(|| self.unfit(place))
    }

    pub(super) fn parsed<T, E>(&self, place: usize, parse: fn(&str) -> Result<T, E>) -> Result<T, Unfit> {
        self.text(place).and_then(|text| parse(text).map_err(|_| self.unfit(place)))
    }

    pub(super) fn whole(&self, place: usize) -> Result<i64, Unfit> {
        if let Value::Integer(number) = self.values[place] { Ok(number) } else { Err(self.unfit(place)) }
    }

    pub(super) fn number(&self, place: usize) -> Result<f64, Unfit> {
        if let Value::Real(number) = self.values[place] { Ok(number) } else { Err(self.unfit(place)) }
    }

    pub(super) fn day(&self, place: usize) -> Result<Day, Unfit> {
        self.whole(place).and_then(|days| Day::from_epoch_days(days).ok_or_else(|| self.unfit(place)))
    }

    pub(super) fn id(&self, place: usize) -> Result<LogId, Unfit> {
        let bytes = if let Value::Blob(bytes) = self.values[place] { bytes } else { &[] };
        LogId::from_bytes(bytes).ok_or_else(|| self.unfit(place))
    }

    /// A value that may be empty.
    pub(super) fn optional<T>(
        &self,
        place: usize,
        read: impl Fn(&Self, usize) -> Result<T, Unfit>,
    ) -> Result<Option<T>, Unfit> {
        if self.values[place] == Value::Null { Ok(None) } else { read(self, place).map(Some) }
    }
}

/// The row that takes a review back: nothing is ever deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retraction {
    /// The review that is taken back.
    pub review: LogId,
    /// UTC, in milliseconds since 1970.
    pub at_ms: i64,
}

impl Retraction {
    /// The retraction as a row of that id.
    pub fn row(&self, id: LogId) -> Row {
        Row { table: Table::Retraction, cells: vec![id.into(), self.review.into(), self.at_ms.into()] }
    }
}

/// A review as it was saved.
#[derive(Debug, Clone)]
pub struct Saved {
    /// Its id.
    pub id: LogId,
    /// What the card's log now folds to.
    pub state: CardState,
    /// How many milliseconds the clock was behind the card's latest review; 0 as a rule.
    pub clock_behind_ms: i64,
}

/// A review of a card's log, with what became of it.
#[derive(Debug, Clone)]
pub struct LogEntry {
    /// Its id.
    pub id: LogId,
    /// The review.
    pub review: Review,
    /// Whether it was the first of its day and so changed the schedule.
    pub counted: bool,
    /// Whether it was taken back.
    pub retracted: bool,
}
