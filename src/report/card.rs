//! A card's history.

use super::plot;
use crate::deck::Card;
use crate::estimate::{Direction, Ratio};
use crate::log::LogEntry;
use crate::schedule::{CardId, CardState, Day, MemoryModel, MemoryState, Quality};
use crate::session::Step;
use crate::shown;
use chrono::{DateTime, SecondsFormat};
use ratatui_core::text::Line;
use serde::Serialize;
use serde_json::Value;

/// A curve goes on for so many days after the last answer.
const LONGEST_TAIL_DAYS: u32 = 400;

/// How likely a card was recalled, day by day, and how it was answered.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Curve {
    /// The chance of recall that is predicted on each day from the first answer on, before what was answered on it.
    pub days: Vec<(Day, f64)>,
    /// The days with an answer, the chance that was predicted for it, and whether it was recalled.
    pub answers: Vec<(Day, f64, bool)>,
}

impl Curve {
    /// The curve of a card's live answers, in order, until a day. What the first answer of all finds was never met.
    pub fn of(history: &[(Day, Quality)], model: &MemoryModel, until: Day) -> Self {
        let mut curve = Self::default();
        let mut state: Option<MemoryState> = None;
        let mut later = history.iter().copied().peekable();
        let (Some((first, _)), Some((last, _))) = (history.first().copied(), history.last().copied()) else {
            return curve;
        };
        let until = until.min(last.plus(LONGEST_TAIL_DAYS));
        for ahead in 0..=until.since(first).max(0) {
            let day = first.plus(u32::try_from(ahead).unwrap_or(u32::MAX));
            let chance = state.as_ref().map_or(0.0, |state| model.recall(state, day));
            curve.days.push((day, chance));
            let mut answered = None;
            while let Some((_, quality)) = later.next_if(|(at, _)| *at <= day) {
                answered = answered.or(Some(quality.is_recall()));
                state = Some(match state {
                    None => model.first(quality, day),
                    Some(state) => model.after(&state, quality, day),
                });
            }
            curve.answers.extend(answered.map(|recalled| (day, chance, recalled)));
        }
        curve
    }

    /// What was predicted for each answer and for the last day, by the days since the answer before.
    fn points(&self) -> Vec<CurvePoint> {
        let thousandths = |chance: f64| (chance * 1000.0).round() / 1000.0;
        let mut points = Vec::new();
        let mut before: Option<Day> = None;
        for (day, chance, recalled) in &self.answers {
            let days = before.map(|before| day.since(before));
            // What was never met has no chance to be held against.
            let predicted = days.map(|_| thousandths(*chance));
            points.push(CurvePoint { day: *day, days, predicted, recalled: Some(*recalled) });
            before = Some(*day);
        }
        if let (Some((day, chance)), Some(before)) =
            (self.days.last(), before.filter(|b| Some(*b) < self.days.last().map(|l| l.0)))
        {
            let (days, predicted) = (Some(day.since(before)), Some(thousandths(*chance)));
            points.push(CurvePoint { day: *day, days, predicted, recalled: None });
        }
        points
    }

    /// The curve in words, for a screen reader.
    pub fn told(&self) -> Vec<Line<'static>> {
        let told = |point: CurvePoint| {
            let (days, predicted) = (point.days?, point.predicted? * 100.0);
            let came = match point.recalled {
                Some(true) => ", recalled",
                Some(false) => ", not recalled",
                None => "",
            };
            let days = shown::count(usize::try_from(days).unwrap_or(0), "day");
            Some(Line::from(format!("{}  {predicted:.0}% predicted after {days}{came}", point.day)))
        };
        self.points().into_iter().filter_map(told).collect()
    }

    /// The curve as lines of a terminal; none before there is a second day.
    pub fn lines(&self, width: usize) -> Vec<Line<'static>> {
        let (Some((first, _)), Some((last, _))) = (self.days.first(), self.days.last()) else { return Vec::new() };
        if first == last {
            return Vec::new();
        }
        let x = |day: Day| day.since(*first) as f64;
        let days: Vec<(f64, f64)> = self.days.iter().map(|(day, chance)| (x(*day), *chance)).collect();
        let answers = |wanted: bool| {
            let of_it = self.answers.iter().filter(move |(.., recalled)| *recalled == wanted);
            of_it.map(|(day, chance, _)| (x(*day), *chance)).collect::<Vec<_>>()
        };
        plot::curve(&days, &answers(true), &answers(false), [&first.to_string(), &last.to_string()], width)
    }
}

/// A day of a curve: an answer, or today.
#[derive(Debug, Serialize)]
struct CurvePoint {
    day: Day,
    /// Since the answer before.
    days: Option<i64>,
    /// The chance of recall that was predicted.
    predicted: Option<f64>,
    /// Whether it was recalled; none where nothing was asked.
    recalled: Option<bool>,
}

/// A card's history as `card --json` tells it: its state and its log, retracted reviews too.
#[derive(Debug, Serialize)]
pub struct CardReport<'a> {
    card: &'a str,
    deck: &'a str,
    kind: &'a str,
    phase: &'static str,
    easiness: Option<f64>,
    interval_days: Option<u32>,
    repetitions: u32,
    lapses: u32,
    due: Option<String>,
    suspended: bool,
    flagged: bool,
    reviews: Vec<Listed<'a>>,
    /// What was predicted for the first answer of each day, and for today.
    curve: Vec<CurvePoint>,
}

#[derive(Debug, Serialize)]
struct Listed<'a> {
    id: String,
    at: String,
    day: String,
    quality: u8,
    mode: &'static str,
    took_s: f64,
    given: Option<&'a str>,
    /// The factor by which the answer missed, as in the feedback.
    ratio: Option<f64>,
    direction: Option<Direction>,
    slip: Option<&'a str>,
    seed: Option<u64>,
    values: Option<Value>,
    prompt: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    steps: Vec<ListedStep>,
    counted: bool,
    retracted: bool,
}

/// A step of a chain, with what is said of its ratio as in the feedback.
#[derive(Debug, Serialize)]
struct ListedStep {
    step: String,
    ask: String,
    given: Option<String>,
    expected: String,
    quality: u8,
    ratio: Option<f64>,
    direction: Option<Direction>,
    slip: Option<String>,
    carried: bool,
}

impl<'a> From<&'a LogEntry> for Listed<'a> {
    fn from(LogEntry { id, review, counted, retracted }: &'a LogEntry) -> Self {
        let ratio = review.ratio.map(Ratio::from);
        Self {
            id: id.to_string(),
            at: utc(review.at_ms),
            day: review.day.to_string(),
            quality: review.quality.get(),
            mode: review.mode.name(),
            took_s: review.took_ms as f64 / 1000.0,
            given: review.given.as_deref(),
            ratio: ratio.map(Ratio::factor),
            direction: ratio.and_then(Ratio::direction),
            slip: review.slip.as_deref(),
            seed: review.seed,
            values: review.drawn.as_deref().and_then(|text| serde_json::from_str(text).ok()),
            prompt: &review.prompt,
            steps: Step::of_log(review.steps.as_deref()).into_iter().map(ListedStep::from).collect(),
            counted: *counted,
            retracted: *retracted,
        }
    }
}

impl From<Step> for ListedStep {
    fn from(Step { step, ask, given, expected, quality, ratio, slip, carried }: Step) -> Self {
        let (quality, factor, direction) = (quality.get(), ratio.map(Ratio::factor), ratio.and_then(Ratio::direction));
        Self { step, ask, given, expected, quality, ratio: factor, direction, slip, carried }
    }
}

/// RFC 3339, whole seconds where they are whole.
fn utc(at_ms: i64) -> String {
    DateTime::from_timestamp_millis(at_ms).map(|at| at.to_rfc3339_opts(SecondsFormat::AutoSi, true)).unwrap_or_default()
}

impl<'a> CardReport<'a> {
    /// The report of a card that a deck has, or that the log still speaks of.
    pub fn of(id: &'a CardId, card: Option<&'a Card>, state: CardState, log: &'a [LogEntry], curve: &Curve) -> Self {
        let scheduled = state.memory.scheduled();
        let logged = log.last().map_or("", |entry| entry.review.kind.as_str());
        Self {
            card: id.as_str(),
            deck: id.deck(),
            kind: card.map_or(logged, |card| card.body.kind().name()),
            phase: state.memory.phase().name(),
            easiness: scheduled.map(|s| s.easiness.into()),
            interval_days: scheduled.map(|s| s.interval_days),
            repetitions: scheduled.map_or(0, |s| s.repetitions),
            lapses: scheduled.map_or(0, |s| s.lapses),
            due: scheduled.map(|s| s.due.to_string()),
            suspended: state.suspended,
            flagged: state.flagged,
            reviews: log.iter().map(Listed::from).collect(),
            curve: curve.points(),
        }
    }
}
