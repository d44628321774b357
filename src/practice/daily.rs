//! The day that is asked for.

use super::new_per_day::NewPerDay;
use crate::schedule::Day;
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
    pub new_per_day: NewPerDay,
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
