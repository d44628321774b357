//! The kinds of cards.

use super::{Cloze, DeckError, Estimate, Number};
use crate::schedule::CardId;
use serde::Serialize;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// Where in a deck a card is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file's path.
    pub path: Arc<str>,
    /// From 1.
    pub line: usize,
    /// The bytes of the file that say all of the card: its table, of a row or a verdict its matrix's, or the whole file
    /// where it cannot be cut out of it.
    pub block: Range<usize>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.path, self.line)
    }
}

/// Something that is asked and scheduled on its own.
#[derive(Debug, Clone)]
pub struct Card {
    /// Its name for ever.
    pub id: CardId,
    /// 1 is learned first, 3 last.
    pub level: u8,
    /// Topics and systems.
    pub tags: Vec<String>,
    /// One or two sentences shown after the answer.
    pub why: Option<String>,
    /// Where the fact comes from.
    pub source: Option<String>,
    /// The name it has in the program that it was taken from, by which the next import knows it.
    pub origin: Option<String>,
    /// The year of a fact that ages.
    pub as_of: Option<u16>,
    /// The month of that year, for what ages faster, such as a price.
    pub as_of_month: Option<u16>,
    /// Related cards.
    pub see: Vec<CardId>,
    /// Cards, or matrices of cards, that a learner meets before this one.
    pub after: Vec<CardId>,
    /// Ids whose progress this card takes over.
    pub was: Vec<CardId>,
    /// The card that this one stands in for, with its progress.
    pub replaces: Option<CardId>,
    /// Cards that look much the same and are meant to, each with the reason.
    pub unlike: Vec<(CardId, String)>,
    /// Equations, `left = right`, that hold the numbers in the card's prose to what they follow from.
    pub figures: Vec<String>,
    /// What is asked.
    pub body: Body,
    /// Where it is written.
    pub place: Place,
}

/// What must be known of a card before it is read: whether to ask it, and when. The index has it of every card. The index has it of every card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brief {
    /// Its name for ever.
    pub id: CardId,
    /// What it asks.
    pub kind: Kind,
    /// How many answers it takes: a chain's steps, or one.
    pub answers: usize,
    /// 1 is learned first, 3 last.
    pub level: u8,
}

impl Brief {
    /// Whether it is a chain of questions.
    pub fn is_chain(&self) -> bool {
        self.answers > 1
    }
}

impl Card {
    /// What is known of it before it is read.
    pub fn brief(&self) -> Brief {
        let answers = match &self.body {
            Body::Estimate(estimate) => estimate.steps.len(),
            _ => 1,
        };
        Brief { id: self.id.clone(), kind: self.body.kind(), answers, level: self.level }
    }

    /// A chain's name for people.
    pub fn title(&self) -> Option<&str> {
        match &self.body {
            Body::Estimate(estimate) => estimate.title.as_deref(),
            _ => None,
        }
    }

    /// What is said after the answer: of a verdict why that option, and the card's own reason.
    pub fn because(&self) -> Option<String> {
        match (&self.body, &self.why) {
            (Body::Verdict { verdict, .. }, None) => Some(verdict.because.clone()),
            (Body::Verdict { verdict, .. }, Some(why)) => Some(format!("{} {why}", verdict.because)),
            (_, why) => why.clone(),
        }
    }
}

/// What an estimate asks, as it stands among other cards: its values are drawn anew each time.
pub fn without_names(ask: &str) -> String {
    let mut parts = ask.split('{');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |said, part| match part.split_once('}') {
        Some((_, behind)) => said + "…" + behind,
        None => said + "{" + part,
    })
}

/// Something wrong with a card.
pub fn fault(card: &Card, message: &str) -> DeckError {
    DeckError {
        path: Arc::clone(&card.place.path),
        at: Some((card.place.line, 1)),
        message: format!("{}: {message}", card.id),
    }
}

/// What a card asks, by kind.
#[derive(Debug, Clone)]
pub enum Body {
    /// A fact with a unit; the answer is typed.
    Number(Box<Number>),
    /// Think, reveal, grade.
    Recall {
        /// The question.
        ask: String,
        /// The answer.
        answer: String,
    },
    /// An interviewer's question, answered aloud, then ticked off.
    Probe(Probe),
    /// One row of a matrix: say the cells.
    Row {
        /// The matrix.
        matrix: Arc<Matrix>,
        /// The row.
        row: Row,
    },
    /// A constraint on a matrix: pick an option.
    Verdict {
        /// The matrix.
        matrix: Arc<Matrix>,
        /// The verdict.
        verdict: Verdict,
    },
    /// A text with gaps, of which those of one number are asked.
    Cloze {
        /// The text.
        cloze: Arc<Cloze>,
        /// The number.
        number: u16,
    },
    /// A scene with a mistake in it.
    Mistake {
        /// What happens.
        scene: String,
        /// What is wrong with it.
        mistake: String,
        /// What to say or do instead.
        fix: String,
    },
    /// A generated question, or a chain of them.
    Estimate(Arc<Estimate>),
}

/// The kinds as the protocol and `--kind` name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A fact with a unit.
    Number,
    /// A generated question.
    Estimate,
    /// A question with a short answer.
    Recall,
    /// An interviewer's question.
    Probe,
    /// A row of a trade-off matrix.
    Matrix,
    /// A verdict of a trade-off matrix.
    Choice,
    /// A scene with a mistake in it.
    Mistake,
    /// A text with a gap.
    Cloze,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Number,
        Self::Estimate,
        Self::Recall,
        Self::Probe,
        Self::Matrix,
        Self::Choice,
        Self::Mistake,
        Self::Cloze,
    ];

    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Estimate => "estimate",
            Self::Recall => "recall",
            Self::Probe => "probe",
            Self::Matrix => "matrix",
            Self::Choice => "choice",
            Self::Mistake => "mistake",
            Self::Cloze => "cloze",
        }
    }

    /// The kind of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The seconds that an answer takes, until the learner's own are known.
    pub fn typical_seconds(self) -> f64 {
        match self {
            Self::Number => 12.0,
            Self::Estimate => 40.0,
            Self::Recall => 15.0,
            Self::Probe => 45.0,
            Self::Matrix => 25.0,
            Self::Choice => 15.0,
            Self::Mistake => 25.0,
            Self::Cloze => 10.0,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What is wanted after the scene of a mistake.
pub const GOES_WRONG: &str = "What goes wrong here, and what would you do?";
/// The same, where the scene is what went wrong.
pub const INSTEAD: &str = "What would you do instead?";

impl Body {
    /// What is asked, in words: of an estimate with its `{names}`, of a chain its scene.
    pub fn prompt(&self) -> String {
        match self {
            Self::Number(number) => number.ask.clone(),
            Self::Recall { ask, .. } => ask.clone(),
            Self::Probe(probe) => probe.ask.clone(),
            Self::Row { matrix, row } => format!("{}: {}", matrix.title, row.dimension),
            Self::Verdict { verdict, .. } => verdict.given.clone(),
            Self::Mistake { scene, .. } => scene.clone(),
            Self::Cloze { cloze, number } => cloze.question(*number),
            Self::Estimate(estimate) => estimate.ask.clone(),
        }
    }

    /// The right answer in words; an estimate's is worked out, not written.
    pub fn answer(&self) -> String {
        match self {
            Self::Number(number) => number.answer.clone(),
            Self::Recall { answer, .. } => answer.clone(),
            Self::Probe(probe) => probe.say.clone(),
            Self::Row { matrix, row } => {
                let lines = matrix.options.iter().zip(&row.cells).map(|(option, cell)| format!("{option}: {cell}"));
                lines.collect::<Vec<_>>().join("\n")
            }
            Self::Verdict { matrix, verdict } => matrix.options[verdict.pick].clone(),
            Self::Mistake { mistake, fix, .. } => format!("{mistake}\n{fix}"),
            Self::Cloze { cloze, number } => cloze.answer(*number),
            Self::Estimate(_) => String::new(),
        }
    }

    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Number(_) => Kind::Number,
            Self::Recall { .. } => Kind::Recall,
            Self::Probe(_) => Kind::Probe,
            Self::Row { .. } => Kind::Matrix,
            Self::Verdict { .. } => Kind::Choice,
            Self::Mistake { .. } => Kind::Mistake,
            Self::Cloze { .. } => Kind::Cloze,
            Self::Estimate(_) => Kind::Estimate,
        }
    }
}

/// An interviewer's question.
#[derive(Debug, Clone)]
pub struct Probe {
    /// The question.
    pub ask: String,
    /// What a strong answer contains: three to five.
    pub points: Vec<String>,
    /// A model answer, to be spoken.
    pub say: String,
    /// The time to say it in.
    pub seconds: u16,
}

/// Options side by side.
#[derive(Debug, Clone)]
pub struct Matrix {
    /// What is compared.
    pub title: String,
    /// Their names, in order.
    pub options: Vec<String>,
}

/// One dimension of a matrix.
#[derive(Debug, Clone)]
pub struct Row {
    /// What the cells speak of.
    pub dimension: String,
    /// One an option, in order.
    pub cells: Vec<String>,
}

/// Which option, given a constraint.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// The constraint.
    pub given: String,
    /// Which of the options, from 0.
    pub pick: usize,
    /// Why, and what it costs.
    pub because: String,
}
