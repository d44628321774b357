//! Looking the file over: is it whole, and does the schedule say what the log says?

use super::card_log::{FOLDED, FOLDED_COLUMNS, fold_all, has_row};
use super::connection::Store;
use super::entries::{Entries, Index, indexes_of_review};
use super::error::{Result, StoreError};
use super::file::read_only;
use super::problems::{
    ClockJump, Count, OfReviews, Problem, index_problems, look_at_others, look_at_reviews, structure,
};
use super::rows::{card_state, get};
use super::{deck_index, trace};
use crate::schedule::{CardId, CardState, Day};
use rusqlite::{Connection, Row, Transaction, TransactionBehavior};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// What there is in the file.
#[derive(Debug, Default)]
pub struct Findings {
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// Reviews, retracted ones too.
    pub reviews: u64,
    /// What the log of each card folds to.
    pub states: HashMap<CardId, CardState>,
    /// Where the clock was set back.
    pub clock_jumps: Vec<ClockJump>,
}

/// A part of the work, on one connection.
type Pass<'a> = Box<dyn FnOnce(&Connection) + Send + 'a>;
/// How often it is said how far it is.
const TOLD_EVERY: Duration = Duration::from_millis(100);

impl Store {
    /// Looks the whole file over. `advance` hears how many rows of how many were looked at.
    ///
    /// # Errors
    /// The file cannot be read at all.
    pub fn examine(&self, advance: &mut dyn FnMut(u64, u64)) -> Result<Findings> {
        self.check_place()?;
        let begin = || -> rusqlite::Result<_> {
            let readers = self.readers()?;
            let count: u64 = readers[0].query_row("SELECT count(*) FROM review", [], |row| row.get(0))?;
            let indexes = indexes_of_review(&readers[0])?;
            Ok((readers, count, indexes))
        };
        let (readers, reviews, indexes) = begin().map_err(|e| StoreError::sqlite("look the database over", e))?;
        let done = AtomicU64::new(0);
        let today = self.today;

        let quick = indexes.is_some();
        let indexes = indexes.unwrap_or_default();
        let mut seen = Seen::of(&indexes);
        let passes = seen.passes(&indexes, reviews, today, &done, quick);
        let total = reviews * passes.len() as u64;
        run(readers, passes, &mut || advance(done.load(Relaxed).min(total), total));
        advance(total, total);
        let findings = seen.findings(&indexes, reviews);
        if findings.problems.iter().any(|problem| !problem.is_of_schedule()) {
            self.leave_the_wal(true);
        }
        Ok(findings)
    }

    /// Connections of their own that see one state of the file, whoever writes meanwhile: two, so that two passes run at
    /// once. Where no writer can be kept out while they begin, one.
    fn readers(&self) -> rusqlite::Result<Vec<Connection>> {
        let alone = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate);
        let begin = |_| {
            let reader = read_only(&self.path)?;
            reader.execute_batch("BEGIN; SELECT count(*) FROM sqlite_schema")?;
            Ok(reader)
        };
        (0..if alone.is_ok() { 2 } else { 1 }).map(begin).collect()
    }
}

/// What the passes have seen.
struct Seen {
    structure: rusqlite::Result<Vec<Problem>>,
    reviews: OfReviews,
    others: Vec<Problem>,
    schedule: rusqlite::Result<Vec<Problem>>,
    traces: rusqlite::Result<Vec<String>>,
    states: HashMap<CardId, Stands>,
    /// The entries of the index from which the log is folded: they are read once for both.
    folded: Entries,
    /// The entries of each other index.
    entries: Vec<rusqlite::Result<Entries>>,
}

impl Seen {
    fn of(indexes: &[Index]) -> Self {
        Self {
            structure: Ok(Vec::new()),
            reviews: OfReviews::default(),
            others: Vec::new(),
            schedule: Ok(Vec::new()),
            traces: Ok(Vec::new()),
            states: HashMap::new(),
            folded: Entries::default(),
            entries: indexes.iter().map(|_| Ok(Entries::default())).collect(),
        }
    }

    /// The work that is to be done, what takes longest first. Each pass writes what it sees, and counts rows in `done`.
    fn passes<'a>(
        &'a mut self,
        indexes: &'a [Index],
        reviews: u64,
        today: Day,
        done: &'a AtomicU64,
        quick: bool,
    ) -> Vec<Pass<'a>> {
        let Self { structure: of_structure, reviews: of_reviews, others, schedule, traces, states, folded, entries } =
            self;
        let mut passes: Vec<Pass> = vec![
            Box::new(move |c| {
                *of_structure = structure(c, quick);
                done.fetch_add(reviews, Relaxed);
            }),
            Box::new(|c| {
                *of_reviews = look_at_reviews(c, indexes, &mut Count::on(done));
                *others = look_at_others(c);
            }),
        ];
        let folded_from = folded_from(indexes);
        passes.push(Box::new(move |c| {
            let mut count = Count::on(done);
            let mut each_row = |row: &Row| {
                count.add();
                folded_from.map_or(Ok(()), |at| folded.add(&indexes[at], row))
            };
            *schedule = fold_all(c, today, &mut each_row, |card, folded| {
                if has_row(&folded) {
                    states.insert(card.clone(), (folded.state, folded.next_day));
                }
                Ok(())
            })
            .and_then(|()| schedule_problems(c, states));
        }));
        passes.push(Box::new(move |c| {
            let mut count = Count::on(done);
            let mut before = 0;
            *traces = trace::problems(c, today, &mut |done, _| {
                (before..done).for_each(|_| count.add());
                before = done;
            });
        }));
        for (at, (index, entries)) in indexes.iter().zip(entries).enumerate() {
            if Some(at) != folded_from {
                passes.push(Box::new(move |c| {
                    let mut count = Count::on(done);
                    *entries = index.read(c, &mut || count.add());
                }));
            }
        }
        passes
    }

    /// What is wrong, and what there is.
    fn findings(mut self, indexes: &[Index], reviews: u64) -> Findings {
        if let Some(at) = folded_from(indexes) {
            self.entries[at] = Ok(self.folded);
        }
        let mut problems = Vec::new();
        // What SQLite finds damaged stops no other check.
        problems.extend(self.structure.unwrap_or_else(|error| vec![Problem::Structure(error.to_string())]));
        problems.extend(self.reviews.problems);
        problems.extend(self.others);
        problems.extend(index_problems(indexes, &self.reviews.expected, self.entries));
        let not_compared = |error| vec![Problem::Schedule(format!("cannot be compared with the log: {error}"))];
        problems.extend(self.schedule.unwrap_or_else(not_compared));
        let of_traces = self.traces.map(|said| said.into_iter().map(Problem::Schedule).collect());
        problems.extend(of_traces.unwrap_or_else(not_compared));
        let states = self.states.into_iter().map(|(card, (state, _))| (card, state)).collect();
        Findings { problems, reviews, states, clock_jumps: self.reviews.clock_jumps }
    }
}

/// The place of the index from which the log is folded.
fn folded_from(indexes: &[Index]) -> Option<usize> {
    indexes.iter().position(|index| index.name == FOLDED && index.columns() == FOLDED_COLUMNS)
}

/// Carries the passes out, on all connections at once.
fn run(readers: Vec<Connection>, passes: Vec<Pass>, tell: &mut dyn FnMut()) {
    let passes = Mutex::new(passes.into_iter());
    thread::scope(|scope| {
        let (working, ended) = mpsc::channel::<()>();
        for reader in readers {
            let (passes, working) = (&passes, working.clone());
            scope.spawn(move || {
                let _working = working;
                loop {
                    let next = passes.lock().unwrap_or_else(PoisonError::into_inner).next();
                    let Some(pass) = next else { break };
                    pass(&reader);
                }
            });
        }
        drop(working);
        while ended.recv_timeout(TOLD_EVERY) == Err(RecvTimeoutError::Timeout) {
            tell();
        }
    });
}

/// What a card's row of the projection should say: its state, and the first day to come that its log speaks of.
type Stands = (CardState, Option<Day>);

fn schedule_problems(c: &Connection, states: &HashMap<CardId, Stands>) -> rusqlite::Result<Vec<Problem>> {
    let mut problems = Vec::new();
    let mut seen = 0;
    let mut statement = c.prepare(&format!("SELECT {}, next_day FROM schedule", card_state::COLUMNS))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        match card_state::read(row).and_then(|(card, state)| Ok((card, (state, get(row, "next_day")?)))) {
            Err(error) => problems.push(Problem::Schedule(error.to_string())),
            Ok((card, kept)) => {
                seen += usize::from(states.contains_key(&card));
                match states.get(&card) {
                    Some(folded) if *folded == kept => {}
                    Some(_) => problems.push(Problem::Schedule(format!("{card} differs from its log"))),
                    None => problems.push(Problem::Schedule(format!("{card} has no log"))),
                }
            }
        }
    }
    if seen < states.len() && problems.is_empty() {
        problems.push(Problem::Schedule(format!("{} cards of the log are not in it", states.len() - seen)));
    }
    let differing = deck_index::differing(c)?;
    if differing > 0 && problems.is_empty() {
        problems.push(Problem::Schedule(format!("{differing} cards of the decks' index do not follow it")));
    }
    Ok(problems)
}
