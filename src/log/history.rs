//! One card's log, in its order, up to a day.

use super::{LogId, Mark, MarkKind, Start, standing};
use crate::schedule::{CardState, Change, Day, Mode, Quality, fold};

/// The rows of one card: its live reviews and its marks. Of a card whose progress was moved, those of the card before
/// it too.
#[derive(Debug, Clone, Default)]
pub struct CardLog {
    answers: Vec<Answer>,
    marks: Vec<(LogId, Mark)>,
}

/// What the fold must know of a live review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Answer {
    /// The day it counted for.
    pub day: Day,
    /// UTC, in milliseconds since 1970.
    pub at_ms: i64,
    /// The review.
    pub id: LogId,
    /// How it went.
    pub quality: Quality,
    /// Where it was asked.
    pub mode: Mode,
    /// Whether it was given in another program.
    pub foreign: bool,
}

/// What a card's log comes to on a day.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Folded {
    /// How the card stands.
    pub state: CardState,
    /// Its live reviews up to the day, each with whether it counted.
    pub reviews: Vec<(LogId, bool)>,
    /// What was answered and what was looked at up to the day, in order: for predictions.
    pub history: Vec<(Day, Quality)>,
    /// The first later day that the log says something of. A clock that was wrong wrote it, or is wrong now.
    pub next_day: Option<Day>,
    /// Whether the log says anything up to the day that matters to the state.
    pub is_met: bool,
}

impl CardLog {
    /// Adds a live review.
    pub fn answer(&mut self, answer: Answer) {
        self.answers.push(answer);
    }

    /// Adds a mark.
    pub fn mark(&mut self, id: LogId, mark: Mark) {
        self.marks.push((id, mark));
    }

    /// Adds the rows of another card.
    pub fn extend(&mut self, other: Self) {
        self.answers.extend(other.answers);
        self.marks.extend(other.marks);
    }

    /// The marks, in order of (time, id).
    pub fn marks_in_order(mut self) -> Vec<Mark> {
        self.marks.sort_unstable_by_key(|(id, mark)| (mark.at_ms, *id));
        self.marks.into_iter().map(|(_, mark)| mark).collect()
    }

    /// Where the card stood when it came from another program, in order of (day, time, id).
    pub fn starts(mut self) -> Vec<Start> {
        self.marks = standing(self.marks);
        let start = |(id, mark): &(LogId, Mark)| match &mark.kind {
            MarkKind::Start(start) => Some((start.day, mark.at_ms, *id, start.clone())),
            _ => None,
        };
        let mut starts: Vec<_> = self.marks.iter().filter_map(start).collect();
        starts.sort_unstable_by_key(|(day, at_ms, id, _)| (*day, *at_ms, *id));
        starts.into_iter().map(|(.., start)| start).collect()
    }

    /// The day of a mark. One that was written without is of the latest day that any row has whose time is not after its
    /// own, and before all days where there is none.
    fn day_of(&self, mark: &Mark) -> Day {
        let answered = self.answers.iter().map(|answer| (answer.at_ms, answer.day));
        let marked = self.marks.iter().filter_map(|(_, mark)| Some((mark.at_ms, mark.day?)));
        let latest = || answered.chain(marked).filter(|(at_ms, _)| *at_ms <= mark.at_ms).map(|(_, day)| day).max();
        mark.day.or_else(latest).unwrap_or(Day::FIRST)
    }

    /// Folds the rows up to a day. What decides when the card comes is in order of (day, time, id). What takes it out or
    /// flags it does so at once, whatever the clock said, and the latest wins.
    pub fn fold(mut self, today: Day) -> Folded {
        self.answers.sort_unstable();
        self.marks = standing(self.marks);
        self.remember();
        let marks = self.turns();
        let later_answers = self.answers.partition_point(|answer| answer.day <= today);
        let later_marks = marks.partition_point(|(day, ..)| *day <= today);
        let next_days =
            [self.answers.get(later_answers).map(|answer| answer.day), marks.get(later_marks).map(|(day, ..)| *day)];
        self.answers.truncate(later_answers);
        let mut marks = marks.into_iter().take(later_marks).peekable();
        let mut changes: Vec<Change> = Vec::with_capacity(self.answers.len());
        let mut own: Vec<Option<LogId>> = Vec::with_capacity(self.answers.len());
        for answer in self.answers.iter().filter(|answer| !answer.foreign) {
            let Answer { day, at_ms, id, quality, mode, .. } = *answer;
            while let Some((.., change)) = marks.next_if(|(on, at, mark, _)| (*on, *at, *mark) < (day, at_ms, id)) {
                changes.push(change);
                own.push(None);
            }
            changes.push(Change::Review { day, quality, mode });
            own.push(Some(id));
        }
        changes.extend(marks.map(|(.., change)| change));
        let switches = self.switches(today);
        let is_met = !changes.is_empty() || !switches.is_empty();
        let (mut state, counted) = fold(changes);
        if !switches.is_empty() {
            let (switched, _) = fold(switches);
            (state.suspended, state.flagged) = (switched.suspended, switched.flagged);
        }
        let counted = own.into_iter().zip(counted).filter_map(|(id, counted)| Some((id?, counted)));
        let foreign = self.answers.iter().filter(|answer| answer.foreign).map(|answer| (answer.id, false));
        let reviews = counted.chain(foreign).collect();
        let history = self.history(today);
        let is_met = is_met || !history.is_empty();
        Folded { state, reviews, history, next_day: next_days.into_iter().flatten().min(), is_met }
    }

    /// Leaves out what was forgotten and is remembered again.
    fn remember(&mut self) {
        let of_kind = |kind: MarkKind| move |(_, mark): &&(LogId, Mark)| mark.kind == kind;
        let at = |(id, mark): &(LogId, Mark)| (mark.at_ms, *id);
        let remembered = self.marks.iter().filter(of_kind(MarkKind::Remember)).map(at).max();
        self.marks
            .retain(|row| row.1.kind != MarkKind::Forget || remembered.is_none_or(|remembered| at(row) > remembered));
    }

    /// What was answered and what was looked at up to a day, in order. A look is what a miss is: it shows the answer.
    fn history(&self, today: Day) -> Vec<(Day, Quality)> {
        let answers = self.answers.iter().map(|answer| (answer.day, answer.at_ms, answer.id, answer.quality));
        let looks = self.marks.iter().filter(|(_, mark)| matches!(mark.kind, MarkKind::Look { .. }));
        let looks = looks.map(|(id, mark)| (self.day_of(mark), mark.at_ms, *id, Quality::AGAIN));
        let mut seen: Vec<_> = answers.chain(looks.filter(|(day, ..)| *day <= today)).collect();
        seen.sort_unstable();
        seen.into_iter().map(|(day, .., quality)| (day, quality)).collect()
    }

    /// The marks that decide when the card comes, in order of (day, time, id).
    fn turns(&self) -> Vec<(Day, i64, LogId, Change)> {
        let turn = |(id, mark): &(LogId, Mark)| {
            let change = mark.kind.change().filter(|_| !mark.kind.is_switch())?;
            Some((self.day_of(mark), mark.at_ms, *id, change))
        };
        let mut turns: Vec<_> = self.marks.iter().filter_map(turn).collect();
        turns.sort_unstable_by_key(|(day, at_ms, id, _)| (*day, *at_ms, *id));
        turns
    }

    /// What takes the card out or flags it, with what ends both, in order of (time, id).
    fn switches(&self, today: Day) -> Vec<Change> {
        let counts =
            |mark: &Mark| mark.kind.is_switch() || (mark.kind == MarkKind::Forget && self.day_of(mark) <= today);
        let mut marks: Vec<&(LogId, Mark)> = self.marks.iter().filter(|(_, mark)| counts(mark)).collect();
        marks.sort_unstable_by_key(|(id, mark)| (mark.at_ms, *id));
        marks.into_iter().filter_map(|(_, mark)| mark.kind.change()).collect()
    }
}
