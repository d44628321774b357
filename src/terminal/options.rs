//! How a person wants to be asked.

use crate::schedule::Quality;
use crate::session::{Feedback, GradeMeans};

/// The grades that keys stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// 1 Again, 2 Hard, 3 Good, 4 Easy.
    FourKeys,
    /// 0 to 5, as SM-2 has them.
    Full,
}

impl Scale {
    /// The grade of a key; none where it is no grade.
    pub(super) fn quality(self, key: char) -> Option<Quality> {
        let digit = i64::from(key.to_digit(10)?);
        match self {
            Self::Full => Quality::new(digit),
            Self::FourKeys => match digit {
                1 => Some(Quality::AGAIN),
                2 => Some(Quality::HARD),
                3 => Some(Quality::GOOD),
                4 => Some(Quality::EASY),
                _ => None,
            },
        }
    }

    /// The keys and what they stand for, as a hint.
    pub(super) fn keys(self) -> &'static str {
        match self {
            Self::FourKeys => "1 Again  2 Hard  3 Good  4 Easy",
            Self::Full => "0 blackout  1-2 wrong  3 hard  4 good  5 perfect",
        }
    }

    /// The keys, each with when the card would come back.
    pub(super) fn keys_that_mean(self, grades: &[GradeMeans]) -> String {
        let comes_back = |quality: i64| {
            let means = grades.iter().find(|means| i64::from(means.quality.get()) == quality);
            match means {
                Some(GradeMeans { asked_again: true, .. }) => " today".to_owned(),
                Some(GradeMeans { due_in_days: Some(days), .. }) => format!(" {days} d"),
                _ => String::new(),
            }
        };
        let named: &[(&str, i64)] = match self {
            Self::FourKeys => &[("1 Again", 1), ("2 Hard", 3), ("3 Good", 4), ("4 Easy", 5)],
            Self::Full => &[("0-2 wrong", 1), ("3 hard", 3), ("4 good", 4), ("5 perfect", 5)],
        };
        named.iter().map(|(key, quality)| format!("{key}{}", comes_back(*quality))).collect::<Vec<_>>().join("  ")
    }
}

/// When feedback stays on the screen until a key is pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pause {
    /// After an answer that was wrong, and after a look.
    Wrong,
    /// After every answer.
    Always,
    /// The next question always comes at once.
    Never,
}

impl Pause {
    /// Whether this feedback is to be read before the next question comes.
    pub fn holds(self, feedback: &Feedback) -> bool {
        match self {
            Self::Always => true,
            // What the learner graded was read before the grade was given.
            Self::Wrong => !feedback.correct || feedback.given.is_some() && feedback.quality < Quality::GOOD,
            Self::Never => false,
        }
    }
}

/// How a person wants to be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// How answers are graded by hand.
    pub scale: Scale,
    /// When feedback stays until a key is pressed.
    pub pause: Pause,
    /// Whether a clock is shown.
    pub clock: bool,
    /// Whether nothing is drawn over, so that a screen reader can follow.
    pub plain: bool,
    /// Whether the time of a probe begins at once, and not with a key.
    pub probe_at_once: bool,
    /// Whether each answer is asked how sure it is.
    pub confidence: bool,
    /// Whether the keys were told just before.
    pub keys_told: bool,
}
