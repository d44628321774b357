//! Algorithm SM-2: P. A. Wozniak, "Application of a computer to improve the results obtained in
//! working with the SuperMemo method" (1990), section 3.2, in whole numbers.
//!
//! What the text leaves open is settled as its author's own program settles it: an interval grows by
//! the easiness that the card carried *into* the review; a lapse sets the count to 0, so that the gaps
//! after it are 1, 1, 6; the next due day counts from the day of the review.

use super::Day;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How well an answer went: 0 is a blackout, 5 is perfect. 3 and more is a recall.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub struct Quality(u8);

impl Quality {
    /// "I don't know".
    pub const BLANK: Self = Self(0);
    /// The key Again.
    pub const AGAIN: Self = Self(1);
    /// Wrong, but of the right order of magnitude.
    pub const NEARLY: Self = Self(2);
    /// The key Hard.
    pub const HARD: Self = Self(3);
    /// The key Good.
    pub const GOOD: Self = Self(4);
    /// The key Easy.
    pub const EASY: Self = Self(5);

    /// From a number of 0 to 5.
    pub fn new(quality: i64) -> Option<Self> {
        u8::try_from(quality).ok().filter(|q| *q <= 5).map(Self)
    }

    /// As a number of 0 to 5.
    pub fn get(self) -> u8 {
        self.0
    }

    /// Whether it counts as remembered.
    pub fn is_recall(self) -> bool {
        self >= Self::HARD
    }

    /// Whether SM-2 asks the card again the same day.
    pub fn is_asked_again(self) -> bool {
        self < Self::GOOD
    }
}

impl From<Quality> for u8 {
    fn from(quality: Quality) -> Self {
        quality.0
    }
}

impl TryFrom<u8> for Quality {
    type Error = &'static str;

    fn try_from(quality: u8) -> Result<Self, Self::Error> {
        Self::new(quality.into()).ok_or("a quality is 0 to 5")
    }
}

impl fmt::Display for Quality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The easiness factor EF, in hundredths so that its arithmetic is exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Easiness(u32);

impl Easiness {
    /// What every card starts with: 2.5.
    pub const START: Self = Self(250);
    /// SM-2 lets no easiness fall below 1.3: a card would come back too often to be of use.
    const FLOOR: u32 = 130;

    /// From hundredths, as it is stored. `None` below the floor of 1.3.
    pub fn from_hundredths(hundredths: i64) -> Option<Self> {
        u32::try_from(hundredths).ok().filter(|h| *h >= Self::FLOOR).map(Self)
    }

    /// In hundredths.
    pub fn hundredths(self) -> u32 {
        self.0
    }

    /// `EF + 0.1 - (5-q)(0.08 + (5-q) 0.02)`; a lapse leaves it alone.
    fn after(self, quality: Quality) -> Self {
        Self(match quality.get() {
            5 => self.0.saturating_add(10),
            3 => (self.0 - 14).max(Self::FLOOR),
            _ => self.0,
        })
    }
}

/// As a factor: `2.5`.
impl From<Easiness> for f64 {
    fn from(easiness: Easiness) -> Self {
        Self::from(easiness.0) / 100.0
    }
}

/// What is known of a card that has been reviewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scheduled {
    /// EF.
    pub easiness: Easiness,
    /// The last interval, in days.
    pub interval_days: u32,
    /// Recalls in a row since the start or the last lapse.
    pub repetitions: u32,
    /// Times it was forgotten after it had been recalled.
    pub lapses: u32,
    /// When it is due again.
    pub due: Day,
}

/// A card's memory as SM-2 sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Memory {
    /// No review has counted yet: it has no easiness, interval or due day.
    #[default]
    New,
    /// It has.
    Scheduled(Scheduled),
}

/// The stage a card is in, for people and programs to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Never reviewed.
    New,
    /// Fewer than two repetitions, never lapsed.
    Learning,
    /// Fewer than two repetitions after a lapse.
    Lapsed,
    /// The rest.
    Review,
}

impl Phase {
    /// As it is written in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Learning => "learning",
            Self::Lapsed => "lapsed",
            Self::Review => "review",
        }
    }
}

impl Memory {
    /// What is scheduled, if anything is.
    pub fn scheduled(self) -> Option<Scheduled> {
        match self {
            Self::New => None,
            Self::Scheduled(scheduled) => Some(scheduled),
        }
    }

    /// The stage of the card.
    pub fn phase(self) -> Phase {
        match self {
            Self::New => Phase::New,
            Self::Scheduled(Scheduled { repetitions: 2.., .. }) => Phase::Review,
            Self::Scheduled(Scheduled { lapses: 0, .. }) => Phase::Learning,
            Self::Scheduled(_) => Phase::Lapsed,
        }
    }

    /// The memory after the day's first review. A lapse counts early or not; a recall before the due
    /// day is no evidence that the longer interval holds and changes nothing.
    pub fn after(self, quality: Quality, day: Day) -> Self {
        match self {
            Self::Scheduled(s) if quality.is_recall() && day < s.due => self,
            _ => self.sm2(quality, day),
        }
    }

    fn sm2(self, quality: Quality, day: Day) -> Self {
        let (easiness, before, repetitions, lapses) = match self {
            Self::New => (Easiness::START, 0, 0, 0),
            Self::Scheduled(s) => (s.easiness, s.interval_days, s.repetitions, s.lapses),
        };
        let recalled = quality.is_recall();
        let interval_days = match repetitions {
            _ if !recalled => 1,
            0 => 1,
            1 => 6,
            _ => {
                let rounded_up = (u64::from(before) * u64::from(easiness.hundredths())).div_ceil(100);
                u32::try_from(rounded_up).unwrap_or(u32::MAX)
            }
        };
        Self::Scheduled(Scheduled {
            easiness: easiness.after(quality),
            interval_days,
            repetitions: if recalled { repetitions.saturating_add(1) } else { 0 },
            lapses: lapses + u32::from(!recalled && repetitions > 0),
            due: day.plus(interval_days),
        })
    }
}
