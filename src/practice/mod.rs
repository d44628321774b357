//! A day: what is due, which queue, which plan, and how a session of it opens.
//!
//! Here belongs what every front end has to ask before it can ask a question. Day, settings and scope come in as plain
//! values; nothing here knows a command line or a screen.

mod agenda;
mod cards;
mod look;
mod opening;
mod recall;
mod rest;
mod selection;
mod towards;

pub use agenda::Agenda;
pub use look::{Looked, curve, plan, stats};
pub use opening::{CramOptions, QuizOptions, Ready, ReviewOptions, chains, cram, quiz, review};
pub use recall::fit;
pub use rest::{Rest, rest};
pub use selection::{Selection, weak};

use crate::catalog::NotFound;
use crate::drive::DriveError;
use crate::schedule::Day;
use crate::store::StoreError;
use crate::store::deck_index::Scope;

/// The day that is asked for, and the settings that bear on it.
#[derive(Debug, Clone)]
pub struct Daily {
    /// The learner's day.
    pub day: Day,
    /// The time, in milliseconds since 1970: a sitting's id is made of it.
    pub now_ms: i64,
    /// The minutes of a review; 0 has no end.
    pub minutes: u32,
    /// New cards a day.
    pub new_per_day: u32,
    /// Whether a plan shows a new card before it asks it.
    pub show_first: bool,
    /// The decks that are switched off.
    pub decks_off: Vec<String>,
    /// Decks that are left out though they are asked for.
    pub without: Vec<String>,
}

impl Daily {
    /// The cards of all decks that are not switched off.
    pub fn on(&self) -> Scope {
        Scope { off: self.decks_off.clone(), ..Scope::default() }
    }
}

/// Why a day cannot be practised.
#[derive(Debug, thiserror::Error)]
pub enum PracticeError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A deck that there is not.
    #[error(transparent)]
    NotFound(#[from] NotFound),
    /// The decks.
    #[error(transparent)]
    Drive(#[from] DriveError),
    /// No card is meant, for this reason.
    #[error("{0}")]
    Nothing(String),
}

type Result<T> = std::result::Result<T, PracticeError>;
