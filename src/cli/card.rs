//! `card`: all that is known of one.

use super::args::Card as CardArgs;
use super::{Broken, CliError, Context, output};
use crate::deck::{Body, Card};
use crate::estimate::Ratio;
use crate::log::LogEntry;
use crate::schedule::{CardId, CardState};
use crate::session::Step;
use chrono::{DateTime, SecondsFormat};
use serde::Serialize;
use serde_json::Value;

#[derive(Serialize)]
struct Report<'a> {
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
}

#[derive(Serialize)]
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
    direction: Option<&'static str>,
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
#[derive(Serialize)]
struct ListedStep {
    step: String,
    ask: String,
    given: Option<String>,
    expected: String,
    quality: u8,
    ratio: Option<f64>,
    direction: Option<&'static str>,
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

pub(super) fn run(context: &Context, args: &CardArgs) -> Result<(), CliError> {
    let mut store = context.store()?;
    let catalog = context.catalog(&mut store, Broken::LeftOut)?;
    // A card that a deck has, or that the log still speaks of.
    let logged = CardId::parse(&args.id).ok().filter(|id| store.log(id).is_ok_and(|log| !log.is_empty()));
    let id = logged.map_or_else(|| catalog.id(&store, &args.id), Ok)?;
    let (state, log) = (store.state(&id)?, store.log(&id)?);
    let card = catalog.card(&mut store, &id)?;
    if args.json {
        return Ok(output::json(&report(&id, card.as_deref(), state, &log))?);
    }
    Ok(output::text(&describe(&id, card.as_deref(), state, &log))?)
}

fn report<'a>(id: &'a CardId, card: Option<&'a Card>, state: CardState, log: &'a [LogEntry]) -> Report<'a> {
    let scheduled = state.memory.scheduled();
    let logged = log.last().map_or("", |entry| entry.review.kind.as_str());
    Report {
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
    }
}

fn describe(id: &CardId, card: Option<&Card>, state: CardState, log: &[LogEntry]) -> String {
    let mut lines = Vec::new();
    match card {
        Some(card) => {
            lines.push(format!("{id}  {}, level {}, {}", card.body.kind(), card.level, card.tags.join(" ")));
            lines.extend(text(card));
            lines.extend(card.source.as_ref().map(|source| format!("source: {source}")));
            lines.push(format!("written in {}", card.place));
        }
        None => lines.push(format!("{id}  no deck has it any more; its log is kept")),
    }
    lines.push(String::new());
    lines.push(match state.memory.scheduled() {
        None => "new: not scheduled yet".to_owned(),
        Some(s) => format!(
            "{}: due {}, interval {} days, easiness {:.2}, {} repetitions, {} lapses",
            state.memory.phase().name(),
            s.due,
            s.interval_days,
            f64::from(s.easiness),
            s.repetitions,
            s.lapses
        ),
    });
    if state.suspended {
        lines.push("suspended: sysdrill resume takes it in again".to_owned());
    }
    if state.flagged {
        lines.push("flagged: sysdrill unflag takes the mark off".to_owned());
    }
    for entry in log {
        let review = &entry.review;
        let remark = match (entry.retracted, entry.counted) {
            (true, _) => "  taken back",
            (false, true) => "",
            (false, false) => "  practice",
        };
        let given = review.given.as_ref().map(|given| format!("  {given}")).unwrap_or_default();
        lines.push(format!("{}  {}  quality {}{given}{remark}", review.day, review.mode.name(), review.quality));
        // A generated question is shown again as it was.
        if review.drawn.is_some() {
            lines.push(format!("            {}", review.prompt.replace('\n', " ")));
        }
    }
    let text = lines.join("\n");
    textwrap::fill(&text, crate::terminal::screen::columns())
}

/// Question, answer and reason.
fn text(card: &Card) -> Vec<String> {
    let mut lines = vec![card.body.prompt()];
    match &card.body {
        Body::Probe(probe) => lines.extend(probe.points.iter().map(|point| format!("- {point}"))),
        // Its answer is worked out anew each time: its formulas stand for it.
        Body::Estimate(estimate) => lines.extend(
            estimate.steps.iter().map(|step| format!("{} = {}", step.ask, step.answer.text()).trim().to_owned()),
        ),
        _ => {}
    }
    lines.extend(card.body.answer().lines().map(|line| format!("= {line}")));
    lines.extend(card.because());
    lines
}
