//! `stats`: how it goes.

use super::args::Stats as StatsArgs;
use super::predictions::Predictions;
use super::{Broken, CliError, Context, output};
use crate::catalog::Catalog;
use crate::practice::Agenda;
use crate::report::stats::{Known, Stats};
use crate::schedule::{Bin, Standing};
use crate::session::{DayLoad, LEECH_LAPSES};
use crate::store::Store;
use crate::terminal::screen::plural;

/// How far the forecast looks, today included.
const FORECAST_DAYS: u32 = 14;
/// The longest bar of the forecast, in columns.
const BAR: usize = 30;
/// A deck's name has so many columns.
const NAME: usize = 13;

pub(super) fn run(context: &Context, args: &StatsArgs) -> Result<(), CliError> {
    let mut store = context.store()?;
    let catalog = context.catalog(&mut store, Broken::LeftOut)?;
    let predictions = Predictions::read(&mut store, context.clock.today(), args.all)?;
    let stats = Stats::of(known(context, &catalog, &store, predictions)?);
    Ok(if args.json { output::json(&stats) } else { output::text(&text(&stats)) }?)
}

fn known(context: &Context, catalog: &Catalog, store: &Store, predictions: Predictions) -> Result<Known, CliError> {
    let agenda = Agenda::new(catalog, store, context.daily(), context.daily().on())?;
    let day = agenda.day();
    let on = store.deck_index().decks()?.into_iter().filter_map(|deck| deck.name);
    Ok(Known {
        day,
        interview: store.marks().interview()?.map(|interview| interview.day).filter(|interview| day <= *interview),
        decks: on.filter(|name| !context.settings.decks_off.contains(name)).collect(),
        cards: agenda.candidates(store)?,
        traces: predictions.traces,
        lately: predictions.lately,
        model: predictions.model,
        fitted: predictions.fitted,
        reviewed: store.reviews().days()?,
        spent_s: store.reviews().seconds(day, None)?,
        new: store.states().started_on(day)?,
        forecast: agenda.forecast(store, FORECAST_DAYS)?,
        flagged: store.deck_index().flagged()?.len(),
    })
}

fn text(report: &Stats) -> String {
    let Stats { day, today, streak, leeches, flagged, .. } = report;
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
    let leeches = (*leeches > 0).then(|| {
        let cards = plural(*leeches, "card");
        format!(
            "{cards} forgotten {LEECH_LAPSES} times or more: reword, split or suspend what sysdrill list --leech shows"
        )
    });
    let flagged = (*flagged > 0).then(|| format!("{} flagged: sysdrill decks --flagged", plural(*flagged, "card")));
    parts.extend([leeches, flagged].into_iter().flatten().reduce(|a, b| format!("{a}\n{b}")));
    parts.join("\n\n")
}

fn standings(report: &Stats) -> String {
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

fn calibrations(report: &Stats) -> String {
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
