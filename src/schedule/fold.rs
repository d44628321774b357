//! A card's log, folded into its state. The log is the truth; everything here can be thrown away and
//! computed again.

use super::Day;
use super::sm2::{Memory, Quality, Scheduled};
use serde::Serialize;

/// The command a review was given in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// The daily session: the only one that starts a new card's schedule.
    Review,
    /// A sprint of generated questions.
    Quiz,
    /// Going through cards before an interview.
    Cram,
}

impl Mode {
    /// As it is stored and written in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Review => "review",
            Self::Quiz => "quiz",
            Self::Cram => "cram",
        }
    }

    /// The mode of that name.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Review, Self::Quiz, Self::Cram].into_iter().find(|mode| mode.name() == name)
    }
}

/// What an entry of the log changes of a card. Retracted reviews change nothing: they are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It was asked and answered.
    Review {
        /// The day it counted for.
        day: Day,
        /// How it went.
        quality: Quality,
        /// Where it was asked.
        mode: Mode,
    },
    /// It was taken out until it is resumed.
    Suspend,
    /// It was taken in again.
    Resume,
    /// It was marked as one to come back to.
    Flag,
    /// It is no longer one to come back to.
    Unflag,
    /// It counts as never met.
    Forget,
    /// The learner wrote it and wants it asked.
    Add,
    /// It goes on from where another program had it.
    Start {
        /// The day on which it stood so.
        day: Day,
        /// How it stood.
        scheduled: Scheduled,
    },
}

/// The latest live review of a card: what the day still owes is read from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Latest {
    /// The day it counted for.
    pub day: Day,
    /// How it went.
    pub quality: Quality,
}

/// All that the log says of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CardState {
    /// What SM-2 makes of it.
    pub memory: Memory,
    /// Whether it is new and the learner wants it at the next review, beyond the day's new cards.
    pub wanted: bool,
    /// Whether the learner took it out.
    pub suspended: bool,
    /// Whether the learner marked it as one to come back to.
    pub flagged: bool,
    /// The day of the review that started its schedule.
    pub started: Option<Day>,
    /// Its latest live review, whether that counted or not.
    pub latest: Option<Latest>,
}

impl CardState {
    /// Whether SM-2 has it asked again on this day: its latest answer of the day scored below 4.
    pub fn is_owed(&self, day: Day) -> bool {
        self.memory != Memory::New && self.latest.is_some_and(|l| l.day == day && l.quality.is_asked_again())
    }

    /// The day from which it is due; none where it is suspended, or new and waits for its turn. What is wanted is due on
    /// any day.
    pub fn due(&self) -> Option<Day> {
        let wanted = self.wanted.then_some(Day::FIRST);
        self.memory.scheduled().map(|s| s.due).or(wanted).filter(|_| !self.suspended)
    }

    /// Whether it is due on this day.
    pub fn is_due(&self, day: Day) -> bool {
        self.due().is_some_and(|due| due <= day)
    }

    /// Whether it waits to be met: never asked, and neither suspended nor wanted.
    pub fn is_unseen(&self) -> bool {
        self.memory == Memory::New && !self.suspended && !self.wanted
    }
}

/// Folds a card's changes, in order of (time, id), into its state, and says of each change whether it
/// is a review that counted: the first of its day. On a card never reviewed only the daily session
/// counts; what `quiz` or `cram` asks of it is logged, no more.
pub fn fold(changes: impl IntoIterator<Item = Change>) -> (CardState, Vec<bool>) {
    let mut state = CardState::default();
    // In order, so that a log of many thousand reviews takes no longer for each.
    let mut days: Vec<Day> = Vec::new();
    let counted = changes
        .into_iter()
        .map(|change| match change {
            Change::Suspend | Change::Resume => {
                state.suspended = change == Change::Suspend;
                false
            }
            Change::Flag | Change::Unflag => {
                state.flagged = change == Change::Flag;
                false
            }
            Change::Forget => {
                state = CardState::default();
                days.clear();
                false
            }
            Change::Add => {
                state.wanted = state.memory == Memory::New;
                false
            }
            Change::Start { day, scheduled } => {
                state.wanted = false;
                state.memory = Memory::Scheduled(scheduled);
                state.started = Some(day);
                false
            }
            Change::Review { day, quality, mode } => {
                state.latest = Some(Latest { day, quality });
                let starts = state.memory == Memory::New;
                let place = days.binary_search(&day);
                let counts = place.is_err() && (mode == Mode::Review || !starts);
                if let (Err(place), true) = (place, counts) {
                    days.insert(place, day);
                    state.memory = state.memory.after(quality, day);
                    state.wanted = false;
                    if starts {
                        state.started = Some(day);
                    }
                }
                counts
            }
        })
        .collect();
    (state, counted)
}
