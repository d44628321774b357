//! `card`: all that is known of one.

use super::args::Card as CardArgs;
use super::{Broken, CliError, Context, output};
use crate::deck::{Body, Card, Library};
use crate::schedule::{CardId, CardState};
use crate::store::LogEntry;
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
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<Value>,
    counted: bool,
    retracted: bool,
}

impl<'a> From<&'a LogEntry> for Listed<'a> {
    fn from(LogEntry { id, review, counted, retracted }: &'a LogEntry) -> Self {
        let json = |text: &Option<String>| text.as_deref().and_then(|text| serde_json::from_str(text).ok());
        Self {
            id: id.to_string(),
            at: utc(review.at_ms),
            day: review.day.to_string(),
            quality: review.quality.get(),
            mode: review.mode.name(),
            took_s: review.took_ms as f64 / 1000.0,
            given: review.given.as_deref(),
            ratio: review.ratio.map(|ratio| ratio.max(1.0 / ratio)),
            direction: review.ratio.and_then(direction),
            slip: review.slip.as_deref(),
            seed: review.seed,
            values: json(&review.drawn),
            prompt: &review.prompt,
            steps: json(&review.steps).map(factors),
            counted: *counted,
            retracted: *retracted,
        }
    }
}

/// A chain's steps with their ratios as factors and directions, as everywhere else.
fn factors(mut steps: Value) -> Value {
    for step in steps.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        if let Some(ratio) = step.get("ratio").and_then(Value::as_f64) {
            step.insert("ratio".to_owned(), ratio.max(1.0 / ratio).into());
            step.insert("direction".to_owned(), direction(ratio).into());
        }
    }
    steps
}

/// Which way an answer over its truth missed.
fn direction(ratio: f64) -> Option<&'static str> {
    (ratio != 1.0).then_some(if ratio > 1.0 { "high" } else { "low" })
}

/// RFC 3339, whole seconds where they are whole.
fn utc(at_ms: i64) -> String {
    DateTime::from_timestamp_millis(at_ms).map(|at| at.to_rfc3339_opts(SecondsFormat::AutoSi, true)).unwrap_or_default()
}

pub(super) fn run(context: &Context, args: &CardArgs) -> Result<(), CliError> {
    let library = context.library(Broken::LeftOut)?;
    let store = context.store()?;
    let (id, log) = find(&library, &args.id, |id| store.log(id))?;
    let state = store.state(&id)?;
    let card = library.get(&id);
    if args.json {
        return Ok(output::json(&report(&id, card, state, &log))?);
    }
    Ok(output::text(&describe(&id, card, state, &log))?)
}

/// A card that a deck has, or that the log still speaks of.
fn find(
    library: &Library,
    id: &str,
    log: impl Fn(&CardId) -> Result<Vec<LogEntry>, crate::store::StoreError>,
) -> Result<(CardId, Vec<LogEntry>), CliError> {
    if let Ok(id) = CardId::parse(id) {
        let log = log(&id)?;
        if library.get(&id).is_some() || !log.is_empty() {
            return Ok((id, log));
        }
    }
    Err(library.card(id).err().map_or_else(|| CliError::Plain(format!("there is no card '{id}'")), CliError::from))
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
        reviews: log.iter().map(Listed::from).collect(),
    }
}

fn describe(id: &CardId, card: Option<&Card>, state: CardState, log: &[LogEntry]) -> String {
    let mut lines = Vec::new();
    match card {
        Some(card) => {
            lines.push(format!("{id}  {}, level {}, {}", card.body.kind(), card.level, card.tags.join(" ")));
            lines.extend(text(card));
            lines.extend(card.why.clone());
            lines.extend(card.source.as_ref().map(|source| format!("source: {source}")));
            lines.push(format!("written in {}", card.place));
        }
        None => lines.push(format!("{id}  no deck has it any more; its log is kept")),
    }
    lines.push(String::new());
    lines.push(match state.memory.scheduled() {
        None => "new: never reviewed".to_owned(),
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
    textwrap::fill(&text, crate::terminal::screen::width(console::Term::stdout().size().1.into()))
}

/// Question and answer.
fn text(card: &Card) -> Vec<String> {
    match &card.body {
        Body::Number(number) => vec![number.ask.clone(), format!("= {}", number.answer)],
        Body::Recall { ask, answer } => vec![ask.clone(), format!("= {answer}")],
        Body::Probe(probe) => {
            let points = probe.points.iter().map(|point| format!("- {point}"));
            [probe.ask.clone()].into_iter().chain(points).chain([probe.say.clone()]).collect()
        }
        Body::Row { matrix, row } => {
            let cells = matrix.options.iter().zip(&row.cells).map(|(option, cell)| format!("- {option}: {cell}"));
            [format!("{}: {}", matrix.title, row.dimension)].into_iter().chain(cells).collect()
        }
        Body::Verdict { matrix, verdict } => {
            vec![verdict.given.clone(), format!("= {}", matrix.options[verdict.pick]), verdict.because.clone()]
        }
        Body::Mistake { scene, mistake, fix } => vec![scene.clone(), format!("- {mistake}"), format!("- {fix}")],
        Body::Estimate(estimate) => {
            let steps = estimate.steps.iter().map(|step| format!("{} = {}", step.ask, step.answer.text()));
            [estimate.ask.clone()].into_iter().chain(steps.map(|step| step.trim().to_owned())).collect()
        }
    }
}
