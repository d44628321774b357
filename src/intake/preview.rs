//! An import as it is asked for, and what it would do.

use super::error::Result;
use super::file::{Change, write};
use crate::deck::{Draft, DraftBody};
use crate::exchange::LeftOut;
use crate::log::Row;
use crate::schedule::{CardId, Day};
use crate::store::{Store, TakenIn};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Where an import goes, and when.
pub struct Destination<'a> {
    /// The folder of the user's decks.
    pub folder: &'a Path,
    /// The deck that was asked for.
    pub deck: Option<&'a str>,
    /// The name of the file that is read.
    pub file: &'a str,
    /// The names of decks that nothing is added to: embedded ones, and those in Markdown.
    pub taken: &'a [String],
    /// UTC, in milliseconds since 1970.
    pub now_ms: i64,
    /// The learner's day.
    pub today: Day,
    /// The learner's day at a time.
    pub day_of: &'a dyn Fn(i64) -> Day,
}

/// What an import would do.
#[derive(Debug, Default)]
pub struct Preview {
    /// The deck that new cards go to.
    pub deck: String,
    /// Its file, the file of it that is added to, or its folder.
    pub path: PathBuf,
    /// The cards that are new here.
    pub new: Vec<Draft>,
    /// The cards that are changed here as they were changed there.
    pub updated: usize,
    /// The cards that were changed there and here: they stay as they are here.
    pub edited: Vec<CardId>,
    /// The cards that were brought before and taken out of the deck here: they stay out.
    pub removed: usize,
    /// The cards that are there already and as they were.
    pub same: usize,
    /// The decks that have these.
    pub homes: BTreeSet<String>,
    /// The cards of ours that went to the other program and come back, with what they say there.
    pub returning: Vec<(CardId, DraftBody)>,
    /// The reviews that are new here.
    pub reviews: usize,
    /// The cards that go on from where they stand in the other program.
    pub starts: usize,
    /// The cards that come in suspended.
    pub suspended: usize,
    /// The cards that come in flagged.
    pub flagged: usize,
    /// What does not come in.
    pub left_out: Vec<LeftOut>,
    pub(super) changes: Vec<Change>,
    pub(super) rows: Vec<Row>,
}

impl Preview {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.rows.is_empty()
    }

    /// Writes the files of cards, and then the rows of the log; `advance` hears how many of how many are in.
    ///
    /// # Errors
    /// A file cannot be written, or was changed meanwhile; the database. What was written before stays: the same import,
    /// run again, completes it.
    pub fn carry_out(self, store: &mut Store, advance: &mut dyn FnMut(usize, usize)) -> Result<TakenIn> {
        for change in &self.changes {
            write(&change.path, change.before.as_deref(), Some(&change.after))?;
        }
        if self.rows.is_empty() { Ok(TakenIn::default()) } else { Ok(store.take_in(&self.rows, advance)?) }
    }
}
