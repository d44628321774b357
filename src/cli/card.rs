//! `card`: all that is known of one.

use super::args::Card as CardArgs;
use super::{Broken, CliError, Context, output, show};
use crate::deck::{Body, Card};
use crate::log::LogEntry;
use crate::practice;
use crate::report::card::CardReport;
use crate::schedule::{CardId, CardState};
use crate::session::leech_advice;
use crate::shown;
use crate::terminal::screen::columns;

/// A card's picture is not wider than this, in columns.
const PICTURE: usize = 80;

pub(super) fn run(context: &Context, args: &CardArgs) -> Result<(), CliError> {
    let mut store = context.store()?;
    let catalog = context.catalog(&mut store, Broken::LeftOut)?;
    // A card that a deck has, or that the log still speaks of.
    let logged = CardId::parse(&args.id).ok().filter(|id| store.reviews().of_card(id).is_ok_and(|log| !log.is_empty()));
    let id = logged.map_or_else(|| catalog.id(&store, &args.id), Ok)?;
    let (state, log) = (store.states().of(&id)?, store.reviews().of_card(&id)?);
    let card = catalog.card(&mut store, &id)?;
    let curve = practice::curve(&store, &id, context.clock.today())?;
    if args.json {
        return Ok(output::json(&CardReport::of(&id, card.as_deref(), state, &log, &curve))?);
    }
    let by = store.deck_index().taken_over()?.remove(&id);
    let gone = match catalog.errors.is_empty() {
        true => "no deck has it any more; its log is kept",
        false => "no sound deck has it: it may well be in the one that has errors",
    };
    let place = card.as_deref().map(|card| show::where_written(&store, card)).transpose()?;
    output::text(&describe(
        &id,
        card.as_deref().zip(place),
        by.as_ref().map_or(gone.to_owned(), |by| format!("no deck has it any more; its progress goes on as {by}")),
        state,
        &log,
    ))?;
    if let Some(note) = store.marks().note(&id)? {
        output::text(&format!("your note: {note}"))?;
    }
    let picture = if context.settings.is_plain() { curve.told() } else { curve.lines(columns().min(PICTURE)) };
    if !picture.is_empty() {
        output::text("")?;
        output::lines(&picture)?;
    }
    Ok(())
}

/// `gone` says what is to be said of a card that no deck has.
fn describe(id: &CardId, card: Option<(&Card, String)>, gone: String, state: CardState, log: &[LogEntry]) -> String {
    let mut lines = Vec::new();
    match card {
        Some((card, place)) => {
            lines.push(show::head(id, card));
            lines.extend(text(card));
            lines.extend(card.source.as_ref().map(|source| format!("source: {source}")));
            lines.push(place);
        }
        None => lines.push(format!("{id}  {gone}")),
    }
    lines.push(String::new());
    lines.push(match state.memory.scheduled() {
        None => "new: not scheduled yet".to_owned(),
        Some(s) => format!(
            "{}: due {}, interval {}, easiness {:.2}, {}, {}",
            state.memory.phase().name(),
            s.due,
            shown::count(s.interval_days as usize, "day"),
            f64::from(s.easiness),
            shown::count(s.repetitions as usize, "repetition"),
            shown::count(s.lapses as usize, "lapse")
        ),
    });
    let lapses = state.memory.scheduled().map_or(0, |s| s.lapses);
    lines.extend(leech_advice(id, lapses).filter(|_| !state.suspended));
    if state.suspended {
        lines.push("suspended: sysdrill resume takes it in again".to_owned());
    }
    if state.flagged {
        lines.push("flagged: sysdrill unflag takes the mark off".to_owned());
    }
    for entry in log {
        let review = &entry.review;
        let remark = match (entry.retracted, entry.counted, &review.source) {
            (true, ..) => "  taken back".to_owned(),
            // What counted there, its due day says.
            (false, _, Some(program)) => format!("  in {program}"),
            (false, true, None) => String::new(),
            (false, false, None) => "  practice".to_owned(),
        };
        let given = review.given.as_ref().map(|given| format!("  {given}")).unwrap_or_default();
        lines.push(format!("{}  {}  quality {}{given}{remark}", review.day, review.mode.name(), review.quality));
        // A generated question is shown again as it was.
        if review.drawn.is_some() {
            lines.push(format!("            {}", review.prompt.replace('\n', " ")));
        }
    }
    lines.join("\n")
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
