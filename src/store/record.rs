//! What is appended to the log: each in one transaction, which folds the card anew.

use super::connection::{Entropy, Store};
use super::error::Result;
use super::marks::latest;
use super::projection::{of_other_days, project, project_all};
use super::rows::{self, LIVE, NO_CARD};
use super::trace;
use crate::log::{LogId, Mark, MarkKind, Retraction, Review, Saved};
use crate::schedule::{CardId, CardState, Day};
use rusqlite::{Transaction, params};

impl Store {
    /// Appends a review and folds its card anew, in one transaction. When this returns, it is on disk.
    ///
    /// # Errors
    /// The database could not be written: nothing of the review is in it.
    pub fn record(&mut self, review: &Review) -> Result<Saved> {
        let today = self.today;
        self.write("save the answer", |tx, entropy| append(tx, entropy, review, today))
    }

    /// Takes a review back: appends a retraction and folds its card anew.
    ///
    /// # Errors
    /// The database could not be written.
    pub fn retract(&mut self, review: LogId, card: &CardId, at_ms: i64) -> Result<CardState> {
        let today = self.today;
        self.write("take the answer back", |tx, entropy| {
            retract(tx, entropy, review, at_ms)?;
            project(tx, card, today)
        })
    }

    /// Replaces a review by another of the same card, in one transaction.
    ///
    /// # Errors
    /// The database could not be written.
    pub fn replace(&mut self, old: LogId, new: &Review) -> Result<Saved> {
        let today = self.today;
        self.write("change the grade", |tx, entropy| {
            retract(tx, entropy, old, new.at_ms)?;
            append(tx, entropy, new, today)
        })
    }

    /// Appends a mark, and gives the state of the card that it is about. A mark's time is the clock's, but after that of
    /// the card's latest one.
    ///
    /// # Errors
    /// The database could not be written.
    pub fn mark(&mut self, mark: &Mark) -> Result<CardState> {
        let today = mark.day.map_or(self.today, |day| self.today.max(day));
        self.write("save the mark", |tx, entropy| {
            append_mark(tx, entropy, mark)?;
            mark.card.as_ref().map_or(Ok(CardState::default()), |card| project(tx, card, today))
        })
    }

    /// Moves progress to each of these cards from the one before it ([`super::DeckIndex::moves`]).
    ///
    /// # Errors
    /// The database could not be written.
    pub fn move_progress(&mut self, moves: &[(CardId, CardId)], at_ms: i64, day: Day) -> Result<()> {
        moves.iter().try_for_each(|(card, before)| {
            self.mark(&Mark::of_card(card.clone(), MarkKind::MovedFrom(before.clone()), at_ms, day)).map(drop)
        })
    }

    /// Writes a note on a card in place of the one before; an empty one takes it away.
    ///
    /// # Errors
    /// The database could not be written.
    pub fn write_note(&mut self, card: &CardId, text: &str, at_ms: i64, day: Day) -> Result<()> {
        self.mark(&Mark::of_card(card.clone(), MarkKind::Note(text.to_owned()), at_ms, day)).map(drop)
    }

    /// Takes a decision back: it counts as never made. Gives the state of the card that it was about.
    ///
    /// # Errors
    /// The database could not be written.
    pub fn take_back(&mut self, (id, mark): &(LogId, Mark), at_ms: i64, day: Day) -> Result<CardState> {
        self.mark(&Mark { card: mark.card.clone(), kind: MarkKind::Undo(*id), at_ms, day: Some(day) })
    }

    /// Takes back the latest decision of this kind about a card.
    ///
    /// # Errors
    /// The database could not be read or written.
    pub fn take_back_latest(&mut self, card: &CardId, kind: &MarkKind, at_ms: i64, day: Day) -> Result<CardState> {
        let today = self.today.max(day);
        self.write("take the mark back", |tx, entropy| {
            let is_this = |_: &LogId, mark: &Mark| Ok(mark.card.as_ref() == Some(card) && mark.kind == *kind);
            if let Some((id, _)) = latest(tx, is_this)? {
                append_mark(tx, entropy, &Mark::of_card(card.clone(), MarkKind::Undo(id), at_ms, day))?;
            }
            project(tx, card, today)
        })
    }

    /// An id for a sitting that begins now.
    pub fn new_session(&mut self, at_ms: i64) -> LogId {
        LogId::new(at_ms, (self.entropy)())
    }

    /// Leaves what the log says of days after this one out of every state, and takes in what it says up to it. Costs a
    /// look at three indexes where no clock was ever wrong. What another version of the memory model made is made anew.
    ///
    /// # Errors
    /// The database could not be read or written; then the states are as they were.
    pub fn keep_to(&mut self, today: Day) -> Result<()> {
        self.today = today;
        let (others, of_another_model) =
            self.read("read the schedule", |c| Ok((of_other_days(c, today)?, trace::is_of_another_model(c)?)))?;
        if others.is_empty() && !of_another_model {
            return Ok(());
        }
        self.write("bring the schedule to the day", |tx, _| {
            others.iter().try_for_each(|card| project(tx, card, today).map(drop))?;
            if of_another_model { trace::keep_all(tx, today, &mut |_, _| ()) } else { Ok(()) }
        })
    }

    /// Drops the projection and folds the whole log anew. Gives the same rows.
    ///
    /// # Errors
    /// The database could not be read or written; then the old projection stands.
    pub fn rebuild(&mut self) -> Result<()> {
        let today = self.today;
        self.write("rebuild the schedule", |tx, _| project_all(tx, today))
    }
}

fn append(tx: &Transaction, entropy: &mut Entropy, new: &Review, today: Day) -> rusqlite::Result<Saved> {
    // A clock that was set back cannot reorder what happened; one that was wrong for a day holds no other day up.
    let sql = format!("SELECT max(at) FROM review WHERE card = ?1 AND day <= ?2 AND {LIVE}");
    let latest: Option<i64> = tx.prepare_cached(&sql)?.query_row(params![new.card, new.day], |row| row.get(0))?;
    let at_ms = latest.map_or(new.at_ms, |latest| new.at_ms.max(latest.saturating_add(1)));
    let id = LogId::new(at_ms, entropy());
    rows::append(tx, &new.row(id, at_ms), None)?;
    let state = project(tx, &new.card, today.max(new.day))?;
    Ok(Saved { id, state, clock_behind_ms: at_ms - new.at_ms })
}

pub(super) fn append_mark(tx: &Transaction, entropy: &mut Entropy, new: &Mark) -> rusqlite::Result<()> {
    let card = new.card.as_ref().map_or(NO_CARD, CardId::as_str);
    // What holds from now on comes after all before it; what belongs to a day, after what that day and earlier ones have.
    let sql = "SELECT max(at) FROM mark WHERE card = ?1 AND (?2 OR coalesce(day <= ?3, 1))";
    let latest: Option<i64> = tx.query_row(sql, params![card, new.kind.is_switch(), new.day], |row| row.get(0))?;
    let at_ms = latest.map_or(new.at_ms, |latest| new.at_ms.max(latest.saturating_add(1)));
    rows::append(tx, &new.row(LogId::new(at_ms, entropy()), at_ms), None)
}

pub(super) fn retract(tx: &Transaction, entropy: &mut Entropy, review: LogId, at_ms: i64) -> rusqlite::Result<()> {
    rows::append(tx, &Retraction { review, at_ms }.row(LogId::new(at_ms, entropy())), None)
}
