//! When a card comes again: SM-2, days, and the fold of a card's log into its state. How likely it is to be
//! recalled: FSRS-6, which predicts; and what to ask on the way to an interview.
//!
//! Here belongs everything that decides a due day. It knows no deck, no clock and no file: what
//! happened comes in as [`Change`]s or as a [`History`], and a [`CardState`] or a chance goes out.

mod card_id;
mod day;
mod fold;
mod lookahead;
mod pacing;
mod plan;
mod progress;
mod retention;
mod seconds;
mod sm2;
mod urgency;

pub use card_id::{CardId, CardIdError, is_slug};
pub use day::Day;
pub use fold::{CardState, Change, Latest, Mode, fold};
pub use lookahead::AnswerTable;
pub use pacing::{Answers, ComingBack, PACED_DAYS, Pacing};
pub use plan::{DayPlan, GAP_BEFORE_TEST, Interview, Outlook, Prepared, Style, Turn, Weekday, Wishes, warm_up};
pub use progress::{
    Bin, Gap, Readiness, Recalled, Seen, Standing, StandingSum, Streak, Studied, by_gap, calibration, recent_days,
};
pub use retention::{
    BINS, Fitted, GAP_BINS, Histories, History, LONGEST_FITTED, MEMORY_MODEL, MemoryModel, MemoryState, Parameters,
    Tally, Trace, fitted_to, is_fit_wanted, is_fitted_in_passing, within,
};
pub use seconds::Seconds;
pub use sm2::{Easiness, Memory, Phase, Quality, Scheduled};
pub use urgency::{loss_of_waiting, most_loss_of_waiting};

#[cfg(test)]
mod plan_tests;
#[cfg(test)]
mod recall_tests;
#[cfg(test)]
mod tests;
