//! A question as a front end is told of it, and its answer as it is shown before it is graded.

use crate::deck::Kind;
use crate::schedule::{CardId, Quality};
use serde::Serialize;
use std::collections::BTreeMap;

/// A question.
#[derive(Debug, Clone, Serialize)]
pub struct Question {
    /// Which one in the session, from 1.
    pub n: usize,
    /// The card's id.
    pub card: CardId,
    /// Its deck.
    pub deck: String,
    /// Its kind.
    pub kind: Kind,
    /// How far the card has come.
    pub phase: Phase,
    /// What a new card had better be met with, where it is not an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<First>,
    /// What is asked.
    pub prompt: String,
    /// How it is answered.
    #[serde(flatten)]
    pub form: Form,
    /// The matrix that a row or a verdict belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<Table>,
    /// Questions left, this one and repeats included.
    pub remaining: usize,
    /// So many cards will be asked, repeats aside, where that is known: the time and the learner's pace may decide it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<usize>,
    /// Seconds spent so far.
    pub elapsed_s: f64,
    /// Seconds left of the time box, if there is one.
    pub left_s: Option<f64>,
    /// Whether the card is marked as one to come back to.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub flagged: bool,
}

/// What a new card had better be met with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum First {
    /// Its answer is shown; it is asked after some others.
    Look,
}

/// How far the card of a question has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Never reviewed.
    New,
    /// Fewer than two repetitions, never lapsed.
    Learning,
    /// Fewer than two repetitions after a lapse.
    Lapsed,
    /// The rest.
    Review,
    /// Asked again the same day, whatever its phase.
    Repeat,
}

impl From<crate::schedule::Phase> for Phase {
    fn from(phase: crate::schedule::Phase) -> Self {
        use crate::schedule::Phase as Scheduled;
        match phase {
            Scheduled::New => Self::New,
            Scheduled::Learning => Self::Learning,
            Scheduled::Lapsed => Self::Lapsed,
            Scheduled::Review => Self::Review,
        }
    }
}

/// How a question is answered.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Form {
    /// A number is typed.
    Typed {
        /// The expected dimension in words.
        unit: String,
        /// What a bare number is read in.
        asked_in: String,
        /// What was drawn for a generated question.
        #[serde(flatten)]
        drawing: Option<Drawing>,
        /// Where a chain stands.
        #[serde(flatten)]
        chain: Option<ChainPlace>,
    },
    /// Say it, reveal, tick the points.
    Ticked {
        /// The time to say it in.
        seconds: u16,
    },
    /// Pick one.
    Picked {
        /// The options.
        options: Vec<String>,
    },
    /// Think, reveal, grade.
    Revealed {},
}

/// What was drawn for a generated question.
#[derive(Debug, Clone, Serialize)]
pub struct Drawing {
    /// The values, name to text.
    pub values: BTreeMap<String, String>,
    /// What they were drawn with.
    pub seed: u64,
}

/// Where a chain stands.
#[derive(Debug, Clone, Serialize)]
pub struct ChainPlace {
    /// Which step, from 1.
    pub step: usize,
    /// How many there are.
    pub steps: usize,
    /// How many were answered just now: what quitting would lose.
    #[serde(skip)]
    pub answered: usize,
    /// The chain's name.
    pub title: Option<String>,
    /// What is known so far.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub known: Vec<Known>,
}

/// A line of a chain's running table.
#[derive(Debug, Clone, Serialize)]
pub struct Known {
    /// The step's name.
    pub step: String,
    /// The step's question.
    pub ask: String,
    /// The value worked with from here on.
    pub value: String,
    /// The true value, where the learner's own differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub truth: Option<String>,
}

/// A matrix, as far as a question shows it.
#[derive(Debug, Clone, Serialize)]
pub struct Table {
    /// What is compared.
    pub title: String,
    /// The options.
    pub options: Vec<String>,
    /// The row's dimension.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dimension: Option<String>,
}

/// An answer that is shown before it is graded.
#[derive(Debug, Clone, Serialize)]
pub struct Revealed {
    /// The card's id.
    pub card: CardId,
    /// Its kind.
    pub kind: Kind,
    /// The answer.
    pub text: String,
    /// A probe's points.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<String>,
    /// A row's cells, an option each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cells: Vec<String>,
    /// The row's or verdict's matrix.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<Table>,
    /// Shown with the answer.
    pub why: Option<String>,
    /// What each grade would mean, where the learner gives it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub grades: Vec<GradeMeans>,
}

/// What a grade would mean for the schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct GradeMeans {
    /// The grade.
    pub quality: Quality,
    /// Whether the card would be asked again in this session.
    pub asked_again: bool,
    /// In how many days it would be due; none where it would not be scheduled.
    pub due_in_days: Option<i64>,
}
