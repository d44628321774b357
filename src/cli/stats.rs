//! `stats`: how it goes.

use super::agenda::Agenda;
use super::args::{Select, Stats};
use super::predictions::{Predictions, run_fitted, run_while_fitting};
use super::{Broken, CliError, Context, output};
use crate::catalog::Catalog;
use crate::schedule::{Bin, Day, Standing, Streak, Studied, calibration, is_fitted_whole};
use crate::session::{Candidate, DayLoad, LEECH_LAPSES};
use crate::store::Store;
use crate::terminal::screen::plural;
use serde::Serialize;
use std::collections::BTreeMap;

/// How far the forecast looks, today included.
const FORECAST_DAYS: u32 = 14;
/// The longest bar of the forecast, in columns.
const BAR: usize = 30;
/// A deck's name has so many columns.
const NAME: usize = 13;

#[derive(Serialize)]
struct Report {
    day: String,
    today: Today,
    streak: Streak,
    decks: Vec<Deck>,
    total: Standing,
    interview: Option<String>,
    calibration: Vec<Bin>,
    /// Live reviews that the model was fitted to; none for its published parameters.
    fitted_to: Option<usize>,
    /// The log has grown, and is too long to be fitted to in passing.
    #[serde(skip)]
    waits_for_all: bool,
    forecast: Vec<DayLoad>,
    leeches: usize,
    flagged: usize,
}

#[derive(Serialize)]
struct Today {
    answers: usize,
    right: usize,
    minutes: f64,
    new: u32,
}

#[derive(Serialize)]
struct Deck {
    deck: String,
    #[serde(flatten)]
    standing: Standing,
}

pub(super) fn run(context: &Context, args: &Stats) -> Result<(), CliError> {
    let mut store = context.store()?;
    let catalog = context.catalog(&mut store, Broken::LeftOut)?;
    let command = |store: &Store, predictions: &Predictions| {
        let report = report(context, &catalog, store, predictions)?;
        Ok(if args.json { output::json(&report) } else { output::text(&text(&report)) }?)
    };
    let day = context.clock.today();
    if args.all { run_fitted(store, day, command) } else { run_while_fitting(store, day, command) }
}

fn report(context: &Context, catalog: &Catalog, store: &Store, predictions: &Predictions) -> Result<Report, CliError> {
    let Predictions { traces, lately, model, fitted, .. } = predictions;
    let agenda = Agenda::of_all(context, catalog, &Select::default(), store)?;
    let (day, candidates) = (agenda.day(), agenda.candidates());
    let interview = store.interview()?.map(|interview| interview.day).filter(|interview| day <= *interview);

    let mut of_decks: BTreeMap<&str, Vec<Studied>> = BTreeMap::new();
    for Candidate { brief, state, .. } in &candidates {
        of_decks.entry(brief.id.deck()).or_default().push(predictions.studied(&brief.id, *state));
    }
    let of_deck = |name: &str| of_decks.get(name).map(Vec::as_slice).unwrap_or_default();
    let standing = |deck: String| Deck { standing: Standing::of(of_deck(&deck).iter(), model, day, interview), deck };
    let decks = store.decks()?.into_iter().filter_map(|deck| deck.name);
    let on = decks.filter(|name| !context.settings.decks_off.contains(name));

    let today = || lately.values().flatten().filter(|(at, _)| *at == day);
    let is_leech = |c: &&Candidate| c.state.memory.scheduled().is_some_and(|s| s.lapses >= LEECH_LAPSES);
    Ok(Report {
        day: day.to_string(),
        today: Today {
            answers: today().count(),
            right: today().filter(|(_, quality)| quality.is_recall()).count(),
            minutes: (store.spent_seconds(day, None)? / 6.0).round() / 10.0,
            new: store.started_on(day)?,
        },
        streak: Streak::of(&store.reviewed_days()?, day),
        decks: on.map(standing).collect(),
        total: Standing::of(of_decks.values().flatten(), model, day, interview),
        interview: interview.map(|day| day.to_string()),
        calibration: calibration(traces.values()),
        fitted_to: fitted.as_ref().map(|fitted| fitted.reviews),
        waits_for_all: predictions.is_fit_wanted() && !is_fitted_whole(predictions.reviews()),
        forecast: forecast(&agenda.forecast(store, FORECAST_DAYS)?, day),
        leeches: candidates.iter().filter(is_leech).count(),
        flagged: store.flagged()?.len(),
    })
}

/// What is due on each of the next days; what is overdue is due today.
fn forecast(due: &BTreeMap<Day, usize>, today: Day) -> Vec<DayLoad> {
    let days = (0..FORECAST_DAYS).map(|ahead| today.plus(ahead));
    days.map(|day| DayLoad { day: day.to_string(), due: due.get(&day).copied().unwrap_or_default() }).collect()
}

fn text(report: &Report) -> String {
    let Report { day, today, streak, leeches, flagged, .. } = report;
    let answers = plural(today.answers, "answer");
    let new = plural(today.new as usize, "new card");
    let mut parts = vec![
        format!(
            "{day}  {answers}, {} right, {:.1} minutes, {new}\nstreak      {}, longest {}",
            today.right,
            today.minutes,
            plural(streak.days, "day"),
            streak.longest
        ),
        standings(report),
    ];
    // Before anything was asked on a later day there is nothing to hold predictions against.
    parts.extend(report.calibration.iter().any(|bin| bin.happened.answers > 0).then(|| calibrations(report)));
    parts.push(bars(&report.forecast));
    let leeches =
        (*leeches > 0).then(|| format!("{} forgotten {LEECH_LAPSES} times or more", plural(*leeches, "card")));
    let flagged = (*flagged > 0).then(|| format!("{} flagged: sysdrill decks --flagged", plural(*flagged, "card")));
    parts.extend([leeches, flagged].into_iter().flatten().reduce(|a, b| format!("{a}\n{b}")));
    parts.join("\n\n")
}

fn standings(report: &Report) -> String {
    let line = |name: &str, [learned, mature, recent, ever, now]: [&str; 5], then: Option<[&str; 2]>| {
        let then = then.map(|[all, met]| format!(" {all:>5} {met:>5}")).unwrap_or_default();
        let name = console::truncate_str(name, NAME, "..");
        format!("{name:<NAME$} {learned:>8} {mature:>6} {recent:>5} {ever:>5} {now:>5}{then}")
    };
    let standing = |name: &str, s: &Standing| {
        let learned = format!("{}/{}", s.learned, s.cards);
        let shown = [&learned, &s.mature.to_string(), &percent(s.recent.share), &percent(s.ever.share)];
        let then = s.readiness.map(|ready| [percent(ready.of_all), percent(ready.of_met)]);
        let [learned, mature, recent, ever] = shown.map(String::as_str);
        let then = then.as_ref().map(|then| then.each_ref().map(String::as_str));
        line(name, [learned, mature, recent, ever, &percent(s.predicted)], then)
    };
    let head = ["learned", "mature", "30 d", "ever", "now"];
    let mut lines = vec![line("deck", head, report.interview.is_some().then_some(["then", "met"]))];
    lines.extend(report.decks.iter().map(|deck| standing(&deck.deck, &deck.standing)));
    lines.push(standing("in all", &report.total));
    lines.push("30 d, ever: recalled of what was met on an earlier day".to_owned());
    lines.push("now: predicted recall of what is learned".to_owned());
    if let Some(interview) = &report.interview {
        lines.push(format!("then: predicted for {interview}, a card never met as 0"));
        lines.push("met: the same of the cards that were met".to_owned());
    }
    lines.join("\n")
}

fn calibrations(report: &Report) -> String {
    let line =
        |[chance, mean, recalled, answers]: [&str; 4]| format!("{chance:<13} {mean:>6} {recalled:>9} {answers:>8}");
    let bin = |bin: &Bin| {
        let (from, to) = (bin.from * 100.0, bin.to * 100.0);
        let chance = if from == 0.0 { format!("below {to:.0}%") } else { format!("{from:.0} to {to:.0}%") };
        let (mean, share) = (percent(bin.predicted), percent(bin.happened.share));
        line([&chance, &mean, &share, &bin.happened.answers.to_string()])
    };
    let by = match report.fitted_to {
        None => "by FSRS-6 with its published parameters".to_owned(),
        Some(reviews) => format!("by FSRS-6, fitted to {}", plural(reviews, "answer")),
    };
    let hint = if report.waits_for_all { ": sysdrill stats --all fits it anew" } else { "" };
    let bins = report.calibration.iter().map(bin);
    [line(["predicted", "mean", "recalled", "answers"])]
        .into_iter()
        .chain(bins)
        .chain([by + hint])
        .collect::<Vec<_>>()
        .join("\n")
}

fn bars(forecast: &[DayLoad]) -> String {
    let most = forecast.iter().map(|load| load.due).max().unwrap_or_default().max(BAR);
    let bar = |load: &DayLoad| {
        // A day with anything due has a bar.
        let bar = "#".repeat((load.due * BAR).div_ceil(most));
        format!("{}  {:>5}  {bar}", load.day, load.due).trim_end().to_owned()
    };
    let head = format!("due in the next {FORECAST_DAYS} days");
    [head].into_iter().chain(forecast.iter().map(bar)).collect::<Vec<_>>().join("\n")
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "-".to_owned(), |share| format!("{:.0}%", share * 100.0))
}
