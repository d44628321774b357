//! Marks: what a learner decides or does, other than answering.

use super::LogId;
use super::review::Reader;
use super::table::{Row, Table, Unfit, Value};
use crate::schedule::{CardId, Change, Day, Easiness, Interview, Scheduled};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::fmt;

/// A row of the log that is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The card that it is about; none where it is about no one card.
    pub card: Option<CardId>,
    /// What was decided or done.
    pub kind: MarkKind,
    /// UTC, in milliseconds since 1970.
    pub at_ms: i64,
    /// The day it counts for; versions before schema 4 kept none.
    pub day: Option<Day>,
}

impl Mark {
    /// A mark about a card.
    pub fn of_card(card: CardId, kind: MarkKind, at_ms: i64, day: Day) -> Self {
        Self { card: Some(card), kind, at_ms, day: Some(day) }
    }

    /// The mark as a row of that id and time.
    pub fn row(&self, id: LogId, at_ms: i64) -> Row {
        let card = self.card.as_ref().map_or("", CardId::as_str);
        let what = self.kind.to_string();
        Row {
            table: Table::Mark,
            cells: vec![id.into(), card.into(), what.as_str().into(), at_ms.into(), self.day.into()],
        }
    }

    /// Reads a row's values.
    ///
    /// # Errors
    /// The first column whose value cannot stand there.
    pub fn read(values: &[Value]) -> Result<(LogId, Self), Unfit> {
        let read = Reader { table: Table::Mark, values };
        let mark = Self {
            card: if read.text(1)?.is_empty() { None } else { Some(read.parsed(1, CardId::parse)?) },
            kind: MarkKind::read(read.text(2)?),
            at_ms: read.whole(3)?,
            day: read.optional(4, Reader::day)?,
        };
        Ok((read.id(0)?, mark))
    }

    /// The date that the learner prepares for; none ends the plan.
    pub fn of_plan(interview: Option<Interview>, at_ms: i64, day: Day) -> Self {
        let kind = interview.map_or(MarkKind::NoInterview, MarkKind::Interview);
        Self { card: None, kind, at_ms, day: Some(day) }
    }
}

/// What a mark says. Each kind is stored as one text: a word, and after a space what else there is to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MarkKind {
    /// The card was taken out until it is resumed.
    Suspend,
    /// The card was taken in again.
    Resume,
    /// The card was marked as one to come back to.
    Flag,
    /// The card is no longer one to come back to.
    Unflag,
    /// The card counts as never met.
    Forget,
    /// What was forgotten of the card counts again.
    Remember,
    /// The learner wrote the card: it comes at the next review, whatever else is new. With the hash of its block as it was
    /// written; versions before it could be taken back kept none.
    Add(Option<String>),
    /// The card's answer was read without being asked for.
    Look {
        /// How long it was read.
        took_ms: u64,
    },
    /// The learner's own words about the card; none takes them away.
    Note(String),
    /// The card goes on from where another one was: the fold begins with that one's changes.
    MovedFrom(CardId),
    /// The card goes on from where another program had it.
    Start(Start),
    /// An import brought cards and rows: which files of decks it wrote.
    Import(Import),
    /// What an import brought for the card.
    Imported(Imported),
    /// Something was done to decks, which can be done the other way round.
    Did(Deed),
    /// The date that the learner prepares for.
    Interview(Interview),
    /// No date any more.
    NoInterview,
    /// How the learner prepares: settings of the plan, in a form that the plan knows.
    Plan(String),
    /// The mark of this id was taken back: both count for nothing.
    Undo(LogId),
    /// What a later version wrote: it is kept and passed on as it is.
    Unknown(String),
}

/// Leaves out the marks that were taken back, and those that took them back.
pub fn standing(mut marks: Vec<(LogId, Mark)>) -> Vec<(LogId, Mark)> {
    let undone: HashSet<LogId> = marks.iter().filter_map(|(_, mark)| mark.kind.undone()).collect();
    if !undone.is_empty() {
        marks.retain(|(id, mark)| !undone.contains(id) && mark.kind.undone().is_none());
    }
    marks
}

/// Where a card stood in another program: SM-2 goes on from there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// The program, such as `anki`.
    pub from: String,
    /// The day on which it stood so.
    pub day: Day,
    /// How it stood.
    pub scheduled: Scheduled,
}

/// What was done to decks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Deed {
    /// A deck has another name.
    Renamed {
        /// Its name before.
        old: String,
        /// Its name since.
        new: String,
    },
    /// Decks are asked that were not.
    Enabled(Vec<String>),
    /// Decks are asked no more.
    Disabled(Vec<String>),
}

/// An import, to be taken back as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    /// The program, such as `anki`.
    pub from: String,
    /// The name of the file that was read.
    pub file: String,
    /// The files of decks that were written.
    pub wrote: Vec<Wrote>,
}

/// A file of a deck that an import wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wrote {
    /// Its path below the folder of decks.
    pub path: String,
    /// The hash of what stood in it before; none where the import made it.
    pub before: Option<String>,
    /// The hash of what stands in it since.
    pub after: String,
    /// How many bytes stand before what was added.
    pub kept: usize,
}

/// What an import brought for a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// The id of the import's own mark.
    pub import: LogId,
    /// The card's name in the other program.
    pub origin: String,
    /// The hash of what the card asks and answers, as it was written.
    pub text: String,
    /// The hash of its tags.
    pub tags: String,
    /// What stood in the file before the import changed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
    /// The reviews and marks that came with it.
    pub rows: Vec<LogId>,
}

/// A start as it is written.
#[derive(Serialize, Deserialize)]
struct StartText {
    from: String,
    day: String,
    due: String,
    interval_days: u32,
    easiness: u32,
    repetitions: u32,
    lapses: u32,
}

const ADD: &str = "add ";
const DID: &str = "did ";
const LOOK: &str = "look ";
const NOTE: &str = "note ";
const START: &str = "start ";
const IMPORT: &str = "import ";
const IMPORTED: &str = "imported ";
const INTERVIEW: &str = "interview ";
const NO_INTERVIEW: &str = "no interview";
const PLAN: &str = "plan ";
const UNDO: &str = "undo ";

/// The kinds that are one word, with that word.
const PLAIN: [(&str, MarkKind); 8] = [
    ("suspend", MarkKind::Suspend),
    ("resume", MarkKind::Resume),
    ("flag", MarkKind::Flag),
    ("unflag", MarkKind::Unflag),
    ("forget", MarkKind::Forget),
    ("remember", MarkKind::Remember),
    ("add", MarkKind::Add(None)),
    (NO_INTERVIEW, MarkKind::NoInterview),
];

impl MarkKind {
    /// How the text of [`MarkKind::MovedFrom`] begins; the card's id follows.
    pub const MOVED_FROM: &str = "from ";

    /// The kind that a stored text means. What this version does not know is kept as [`MarkKind::Unknown`].
    pub fn read(text: &str) -> Self {
        let payload = |word| text.strip_prefix(word);
        let plain = || PLAIN.into_iter().find(|(word, _)| *word == text).map(|(_, kind)| kind);
        let add = || Some(Self::Add(Some(payload(ADD)?.to_owned())));
        let look = || Some(Self::Look { took_ms: payload(LOOK)?.parse().ok()? });
        let note = || Some(Self::Note(payload(NOTE)?.to_owned()));
        let moved = || Some(Self::MovedFrom(CardId::parse(payload(Self::MOVED_FROM)?).ok()?));
        let start = || Some(Self::Start(Start::read(payload(START)?)?));
        let import = || Some(Self::Import(serde_json::from_str(payload(IMPORT)?).ok()?));
        let imported = || Some(Self::Imported(serde_json::from_str(payload(IMPORTED)?).ok()?));
        let did = || Some(Self::Did(serde_json::from_str(payload(DID)?).ok()?));
        let interview = || Some(Self::Interview(payload(INTERVIEW)?.parse().ok()?));
        let plan = || Some(Self::Plan(payload(PLAN)?.to_owned()));
        let undo = || Some(Self::Undo(payload(UNDO)?.parse().ok()?));
        let of_card = plain().or_else(add).or_else(look).or_else(note).or_else(moved).or_else(start).or_else(imported);
        let known = of_card.or_else(import).or_else(did).or_else(interview).or_else(plan).or_else(undo);
        // A text that would not be written the same way says more than is known here.
        known.filter(|kind| kind.to_string() == text).unwrap_or_else(|| Self::Unknown(text.to_owned()))
    }

    /// Whether the mark says how something is from now on, so that the latest one holds, whatever the clock said. These are
    /// the decisions of a learner, which can be taken back.
    pub fn is_switch(&self) -> bool {
        match self {
            Self::Suspend | Self::Resume | Self::Flag | Self::Unflag => true,
            Self::Interview(_) | Self::NoInterview | Self::Plan(_) | Self::Note(_) => true,
            Self::Forget
            | Self::Remember
            | Self::Add(_)
            | Self::Look { .. }
            | Self::MovedFrom(_)
            | Self::Start(_)
            | Self::Import(_)
            | Self::Imported(_)
            | Self::Did(_)
            | Self::Undo(_)
            | Self::Unknown(_) => false,
        }
    }

    /// The mark that this one takes back, if it does.
    pub fn undone(&self) -> Option<LogId> {
        if let Self::Undo(mark) = self { Some(*mark) } else { None }
    }

    /// What the mark means for its card's state, if anything.
    pub fn change(&self) -> Option<Change> {
        match self {
            Self::Suspend => Some(Change::Suspend),
            Self::Resume => Some(Change::Resume),
            Self::Flag => Some(Change::Flag),
            Self::Unflag => Some(Change::Unflag),
            Self::Forget => Some(Change::Forget),
            Self::Add(_) => Some(Change::Add),
            Self::Start(start) => Some(Change::Start { day: start.day, scheduled: start.scheduled }),
            Self::Remember
            | Self::Look { .. }
            | Self::Note(_)
            | Self::MovedFrom(_)
            | Self::Import(_)
            | Self::Imported(_)
            | Self::Did(_)
            | Self::Interview(_)
            | Self::NoInterview
            | Self::Plan(_)
            | Self::Undo(_)
            | Self::Unknown(_) => None,
        }
    }
}

/// As it is stored.
impl fmt::Display for MarkKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Suspend => f.write_str("suspend"),
            Self::Resume => f.write_str("resume"),
            Self::Flag => f.write_str("flag"),
            Self::Unflag => f.write_str("unflag"),
            Self::Forget => f.write_str("forget"),
            Self::Remember => f.write_str("remember"),
            Self::Add(None) => f.write_str("add"),
            Self::Add(Some(block)) => write!(f, "{ADD}{block}"),
            Self::NoInterview => f.write_str(NO_INTERVIEW),
            Self::Look { took_ms } => write!(f, "{LOOK}{took_ms}"),
            Self::Note(text) => write!(f, "{NOTE}{text}"),
            Self::MovedFrom(card) => write!(f, "{}{card}", Self::MOVED_FROM),
            Self::Start(start) => write!(f, "{START}{}", start.text()),
            Self::Import(import) => write!(f, "{IMPORT}{}", json(import)),
            Self::Imported(imported) => write!(f, "{IMPORTED}{}", json(imported)),
            Self::Did(deed) => write!(f, "{DID}{}", json(deed)),
            Self::Interview(interview) => write!(f, "{INTERVIEW}{interview}"),
            Self::Plan(settings) => write!(f, "{PLAN}{settings}"),
            Self::Undo(mark) => write!(f, "{UNDO}{mark}"),
            Self::Unknown(text) => f.write_str(text),
        }
    }
}

impl Start {
    fn read(text: &str) -> Option<Self> {
        let StartText { from, day, due, interval_days, easiness, repetitions, lapses } =
            serde_json::from_str(text).ok()?;
        let easiness = Easiness::from_hundredths(easiness.into())?;
        let scheduled = Scheduled { easiness, interval_days, repetitions, lapses, due: due.parse().ok()? };
        Some(Self { from, day: day.parse().ok()?, scheduled })
    }

    fn text(&self) -> String {
        let Scheduled { easiness, interval_days, repetitions, lapses, due } = self.scheduled;
        let text = StartText {
            from: self.from.clone(),
            day: self.day.to_string(),
            due: due.to_string(),
            interval_days,
            easiness: easiness.hundredths(),
            repetitions,
            lapses,
        };
        json(&text)
    }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("texts and numbers become JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_mark_is_read_as_it_was_written() {
        let start = Start {
            from: "anki".to_owned(),
            day: "2026-05-01".parse().unwrap(),
            scheduled: Scheduled {
                easiness: Easiness::from_hundredths(215).unwrap(),
                interval_days: 37,
                repetitions: 5,
                lapses: 1,
                due: "2026-06-01".parse().unwrap(),
            },
        };
        let wrote = Wrote { path: "mine.toml".to_owned(), before: None, after: "1f".to_owned(), kept: 0 };
        let import = Import { from: "anki".to_owned(), file: "a \"b\".apkg".to_owned(), wrote: vec![wrote] };
        let id = LogId::new(1_700_000_000_000, [3; 10]);
        let imported = Imported {
            import: id,
            origin: "anki:AUXJ]9(Sd:0".to_owned(),
            text: "1f".to_owned(),
            tags: "2e".to_owned(),
            was: Some("[[recall]]\n".to_owned()),
            rows: vec![id, id],
        };
        let kinds = [
            MarkKind::Suspend,
            MarkKind::Resume,
            MarkKind::Flag,
            MarkKind::Unflag,
            MarkKind::Forget,
            MarkKind::Remember,
            MarkKind::Add(None),
            MarkKind::Add(Some("cbf29ce484222325".to_owned())),
            MarkKind::Look { took_ms: 8_500 },
            MarkKind::Note("two lines\nand a \"quote\"".to_owned()),
            MarkKind::Note(String::new()),
            MarkKind::MovedFrom(CardId::parse("deck/old").unwrap()),
            MarkKind::Start(start),
            MarkKind::Import(import),
            MarkKind::Imported(imported),
            MarkKind::Did(Deed::Renamed { old: "a".to_owned(), new: "b".to_owned() }),
            MarkKind::Did(Deed::Disabled(vec!["a".to_owned(), "b".to_owned()])),
            MarkKind::Interview("2026-07-01 30".parse().unwrap()),
            MarkKind::NoInterview,
            MarkKind::Plan("{\"style\":\"solid\"}".to_owned()),
            MarkKind::Undo(LogId::new(1_700_000_000_000, [7; 10])),
        ];
        for kind in kinds {
            assert!(!matches!(MarkKind::read(&kind.to_string()), MarkKind::Unknown(_)), "{kind}");
            assert_eq!(MarkKind::read(&kind.to_string()), kind);
        }
    }

    #[test]
    fn what_a_later_version_wrote_is_passed_on_as_it_is() {
        for text in [
            "",
            "bury 3",
            "look",
            "look soon",
            "look 08",
            "start {}",
            "interview soon",
            "from nowhere",
            "suspend ",
            "undo 3",
        ] {
            assert_eq!(MarkKind::read(text), MarkKind::Unknown(text.to_owned()), "{text}");
            assert_eq!(MarkKind::read(text).to_string(), text);
        }
    }
}
