//! What is kept of each card's history for statistics and predictions, so that nobody has to walk the log for them.
//!
//! Whoever changes a card's log keeps its trace anew, in the same transaction: a row of `trace` is always what
//! [`MemoryModel::trace`] makes of the card's live reviews with the parameters that are kept.

use super::card_log;
use super::connection::Store;
use super::error::Result;
use super::heirs::Heirs;
use super::rows::at;
use crate::schedule::{
    BINS, CardId, Day, Fitted, GAP_BINS, Histories, History, LONGEST_FITTED, MEMORY_MODEL, MemoryModel, MemoryState,
    Quality, Tally, Trace, fitted_to, within,
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params, params_from_iter};
use std::cell::Cell;
use std::collections::HashMap;

/// A reader of how much of how much is done.
pub type Heard<'a> = &'a mut dyn FnMut(u64, u64);

/// Two traces are the same if their numbers differ by less than this share: another platform's arithmetic may.
const SAME: f64 = 1e-3;

/// Of a row of `trace`.
pub(super) const COLUMNS: &str = "card, reviews, met, latest_day, stability_days, difficulty, answered";
/// A tally is kept as its answers and its recalls, each 32 bits, and what was expected, 64 bits; the lowest byte first.
const TALLY_BYTES: usize = 16;

/// What answers add up to.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub struct Answers {
    /// Live reviews.
    pub reviews: usize,
    /// Answers on a later day than those before, by the chance that was predicted.
    pub answered: [Tally; BINS],
    /// The same by the days since the one before.
    pub by_gap: [Tally; GAP_BINS],
}

impl Answers {
    /// Takes in the answers of a card.
    pub fn add(&mut self, answered: &[Tally; BINS], by_gap: &[Tally; GAP_BINS]) {
        self.answered.iter_mut().zip(answered).for_each(|(all, tally)| *all += *tally);
        self.by_gap.iter_mut().zip(by_gap).for_each(|(all, tally)| *all += *tally);
    }
}

/// What is kept of the cards' histories.
#[derive(Clone, Copy)]
pub struct Traces<'a> {
    store: &'a Store,
}

impl Store {
    /// What is kept of the cards' histories.
    pub fn traces(&self) -> Traces<'_> {
        Traces { store: self }
    }

    /// Keeps parameters in place of those before, and what they make of each card's history: this walks the log, and
    /// `advance` hears how many reviews of how many it has passed.
    ///
    /// # Errors
    /// The database could not be read or written; then nothing has changed.
    pub fn keep_fitted(&mut self, fitted: &Fitted, advance: Heard) -> Result<()> {
        let json = serde_json::to_string(&fitted.parameters).expect("numbers become JSON");
        let today = self.today;
        self.write("keep the fitted parameters", |tx, _| {
            let before = self::fitted(tx)?.map(|before| before.parameters).unwrap_or_default();
            tx.execute("DELETE FROM fitted", [])?;
            tx.execute(
                "INSERT INTO fitted (reviews, log_reviews, parameters) VALUES (?1, ?2, ?3)",
                params![fitted.reviews, fitted.log_reviews, json],
            )?;
            if before == fitted.parameters { Ok(()) } else { keep_all(tx, today, advance) }
        })
    }
}

impl Traces<'_> {
    /// What the cards' histories left: of one deck, or of all.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn of_deck(&self, deck: Option<&str>) -> Result<HashMap<CardId, Trace>> {
        self.store.read("read the memory of the cards", |c| {
            // All ids of a deck begin with its name and a slash, after which comes the zero.
            let of_deck = "WHERE card > ?1 || '/' AND card < ?1 || '0'";
            let sql = format!("SELECT {COLUMNS} FROM trace {}", deck.map_or("", |_| of_deck));
            c.prepare_cached(&sql)?.query_map(params_from_iter(deck), read)?.collect()
        })
    }

    /// What the answers to all cards add up to, those that no deck has any more too. Those of a card whose progress was moved
    /// count once, with the card that has it now.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn in_all(&self, heirs: &Heirs) -> Result<Answers> {
        self.store.read("read the memory of the cards", |c| {
            let mut all = Answers::default();
            let mut statement = c.prepare_cached("SELECT card, reviews, answered FROM trace")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                if heirs.has(row.get_ref(0)?.as_str()?) {
                    continue;
                }
                all.reviews += at::<usize>(row, 1, "reviews")?;
                let (answered, by_gap) = tallies(row.get_ref(2)?.as_blob()?);
                all.add(&answered, &by_gap);
            }
            Ok(all)
        })
    }

    /// What the histories of the cards that were answered on a day or later left, with the answers from that day on alone.
    /// Where they have more reviews than so many in all, some of these cards.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn since(&self, day: Day, heirs: &Heirs, most: usize) -> Result<HashMap<CardId, Trace>> {
        self.store.read("read the log", |c| {
            let model = model(c)?;
            let mut statement = c.prepare_cached("SELECT card, reviews FROM trace WHERE latest_day >= ?1")?;
            let cards = statement.query_map([day], |row| Ok((at(row, 0, "card")?, at(row, 1, "reviews")?)))?;
            let mut cards: Vec<(CardId, usize)> = cards.collect::<rusqlite::Result<_>>()?;
            cards.retain(|(card, _)| !heirs.has(card.as_str()));
            let mut traces = HashMap::new();
            for card in within(cards, most) {
                let history = card_log::folded(c, &card, self.store.today)?.history;
                traces.extend(model.trace_since(&history, day).map(|trace| (card, trace)));
            }
            Ok(traces)
        })
    }

    /// A card's live reviews and looks, in order.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn history(&self, card: &CardId) -> Result<History> {
        self.store.read("read the log", |c| Ok(card_log::folded(c, card, self.store.today)?.history))
    }

    /// The histories that parameters are to be fitted to.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn histories_to_fit(&self) -> Result<Histories> {
        self.store.read("read the log", |c| {
            let mut statement = c.prepare_cached("SELECT card, reviews FROM trace")?;
            let cards = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let fitted = fitted_to(cards.collect::<rusqlite::Result<Vec<_>>>()?);
            let mut histories = Histories::new();
            for card in fitted {
                let mut history = card_log::folded(c, &card, self.store.today)?.history;
                history.truncate(LONGEST_FITTED);
                histories.insert(card, history);
            }
            Ok(histories)
        })
    }

    /// The parameters of the memory model that are kept. They can be fitted again, so what is damaged is as good as
    /// none.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn fitted(&self) -> Result<Option<Fitted>> {
        self.store.read("read the fitted parameters", fitted)
    }

    /// What is kept of the cards' histories, but is not what their log leaves; `rebuild` mends it. `advance` hears how
    /// many reviews of how many were looked at.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn problems(&self, advance: Heard) -> Result<Vec<String>> {
        self.store.read("look the memory of the cards over", |c| problems(c, self.store.today, advance))
    }
}

fn fitted(c: &Connection) -> rusqlite::Result<Option<Fitted>> {
    let row = |row: &Row| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let found: Option<(i64, i64, String)> =
        c.prepare_cached("SELECT reviews, log_reviews, parameters FROM fitted")?.query_row([], row).optional()?;
    Ok(found.and_then(|(reviews, log_reviews, json)| {
        Some(Fitted {
            parameters: serde_json::from_str(&json).ok()?,
            reviews: reviews.try_into().ok()?,
            log_reviews: log_reviews.try_into().ok()?,
        })
    }))
}

fn model(c: &Connection) -> rusqlite::Result<MemoryModel> {
    Ok(MemoryModel::new(&fitted(c)?.map(|fitted| fitted.parameters).unwrap_or_default()))
}

/// Reads a row of [`COLUMNS`].
fn read(row: &Row) -> rusqlite::Result<(CardId, Trace)> {
    Ok((at(row, 0, "card")?, read_trace(row)?))
}

/// The trace in a row of [`COLUMNS`].
pub(super) fn read_trace(row: &Row) -> rusqlite::Result<Trace> {
    let memory = MemoryState {
        latest: at(row, 3, "latest_day")?,
        stability_days: at(row, 4, "stability_days")?,
        difficulty: at(row, 5, "difficulty")?,
    };
    let (answered, by_gap) = tallies(row.get_ref(6)?.as_blob()?);
    Ok(Trace { reviews: at(row, 1, "reviews")?, met: at(row, 2, "met")?, memory, answered, by_gap })
}

fn tallies(kept: &[u8]) -> ([Tally; BINS], [Tally; GAP_BINS]) {
    let (mut answered, mut by_gap) = ([Tally::default(); BINS], [Tally::default(); GAP_BINS]);
    for (tally, kept) in answered.iter_mut().chain(&mut by_gap).zip(kept.chunks_exact(TALLY_BYTES)) {
        *tally = unpacked(kept);
    }
    (answered, by_gap)
}

fn packed(trace: &Trace) -> Vec<u8> {
    let whole = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes();
    let mut bytes = Vec::with_capacity((BINS + GAP_BINS) * TALLY_BYTES);
    for tally in trace.answered.iter().chain(&trace.by_gap) {
        bytes.extend(whole(tally.answers));
        bytes.extend(whole(tally.recalled));
        bytes.extend(tally.expected.to_le_bytes());
    }
    bytes
}

fn unpacked(bytes: &[u8]) -> Tally {
    let whole = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes")) as usize;
    let expected = f64::from_le_bytes(bytes[8..TALLY_BYTES].try_into().expect("eight bytes"));
    Tally { answers: whole(0), recalled: whole(4), expected }
}

/// Keeps what a card's history leaves. A card without a live review leaves nothing.
pub(super) fn keep(tx: &Transaction, card: &CardId, history: &[(Day, Quality)]) -> rusqlite::Result<()> {
    match model(tx)?.trace(history) {
        Some(trace) => write(tx, card.as_str(), &trace),
        None => tx.prepare_cached("DELETE FROM trace WHERE card = ?1")?.execute([card]).map(drop),
    }
}

fn write(tx: &Transaction, card: &str, trace: &Trace) -> rusqlite::Result<()> {
    let Trace { reviews, met, memory, .. } = trace;
    let sql = format!("INSERT OR REPLACE INTO trace ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    tx.prepare_cached(&sql)?.execute(params![
        card,
        reviews,
        met,
        memory.latest,
        memory.stability_days,
        memory.difficulty,
        packed(trace),
    ])?;
    Ok(())
}

/// Drops what is kept and makes it anew of the whole log.
pub(super) fn keep_all(tx: &Transaction, today: Day, advance: Heard) -> rusqlite::Result<()> {
    tx.execute_batch("DELETE FROM trace; DELETE FROM trace_model")?;
    tx.execute("INSERT INTO trace_model (made_by) VALUES (?1)", [MEMORY_MODEL])?;
    each(tx, today, advance, |card, trace| write(tx, card.as_str(), &trace))
}

/// Whether what is kept was made by another version of the model than this program has.
pub(super) fn is_of_another_model(c: &Connection) -> rusqlite::Result<bool> {
    let mut statement = c.prepare_cached("SELECT 1 FROM trace_model WHERE made_by = ?1")?;
    Ok(!statement.exists([MEMORY_MODEL])?)
}

/// As [`Traces::problems`].
pub(super) fn problems(c: &Connection, today: Day, advance: Heard) -> rusqlite::Result<Vec<String>> {
    let mut problems = Vec::new();
    let mut kept: HashMap<String, Trace> = HashMap::new();
    let mut statement = c.prepare(&format!("SELECT {COLUMNS} FROM trace"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        match read(row) {
            Ok((card, trace)) => drop(kept.insert(card.to_string(), trace)),
            Err(error) => problems.push(error.to_string()),
        }
    }
    each(c, today, advance, |card, trace| {
        if !kept.remove(card.as_str()).is_some_and(|kept| is_same(&kept, &trace)) {
            problems.push(format!("what is kept of {card} differs from its log"));
        }
        Ok(())
    })?;
    problems.extend(kept.keys().map(|card| format!("what is kept of {card} has no log")));
    Ok(problems)
}

/// An answer on the edge of a bin may lie on its other side elsewhere: the bins are compared as a whole.
fn is_same(a: &Trace, b: &Trace) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() <= SAME * a.abs().max(1.0);
    let sum = |trace: &Trace| {
        let mut all = Tally::default();
        trace.answered.iter().for_each(|tally| all += *tally);
        all
    };
    let (all_a, all_b) = (sum(a), sum(b));
    (a.reviews, a.met, a.memory.latest) == (b.reviews, b.met, b.memory.latest)
        && near(a.memory.stability_days, b.memory.stability_days)
        && near(a.memory.difficulty, b.memory.difficulty)
        && (all_a.answers, all_a.recalled) == (all_b.answers, all_b.recalled)
        && near(all_a.expected, all_b.expected)
}

/// Walks the log and gives each card with what its live reviews leave.
fn each(
    c: &Connection,
    today: Day,
    advance: Heard,
    mut each: impl FnMut(&CardId, Trace) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let model = model(c)?;
    let total: u64 = c.query_row("SELECT count(*) FROM review", [], |row| row.get(0))?;
    let done = Cell::new(0);
    let mut count = |_: &Row| {
        done.set(done.get() + 1);
        Ok(())
    };
    card_log::fold_all(c, today, &mut count, |card, folded| {
        advance(done.get(), total);
        model.trace(&folded.history).map_or(Ok(()), |trace| each(card, trace))
    })
}
