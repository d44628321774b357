//! `plan`: the way to an interview, shown, changed and ended.

use super::args::Plan as PlanArgs;
use super::predictions::{Predictions, run_while_fitting};
use super::{Broken, CliError, Context, output};
use crate::log::Mark;
use crate::practice::Agenda;
use crate::schedule::{Day, DayPlan, Interview, Load, Memory, Mode, Standing, Studied, forecast};
use crate::store::Store;
use serde::Serialize;

/// A plan is at most so long: for what lies further off, the daily review is the plan.
const LONGEST_DAYS: i64 = 366;
/// So many days of the forecast are shown, and all of them in JSON.
const SHOWN_DAYS: usize = 60;
/// Columns of a full bar.
const BAR: f64 = 20.0;

#[derive(Serialize)]
struct Report {
    interview: String,
    days_left: i64,
    minutes: u32,
    goal: Vec<Level>,
    standing: Standing,
    days: Vec<Listed>,
}

/// What becomes of a level's cards until the date.
#[derive(Serialize)]
struct Level {
    level: u8,
    cards: usize,
    met: usize,
    /// The day on which the last of them is met, when all are.
    met_by: Option<String>,
    left_out: usize,
}

#[derive(Serialize)]
struct Listed {
    day: String,
    due: usize,
    new: usize,
    minutes: f64,
}

pub(super) fn run(context: &Context, args: &PlanArgs) -> Result<(), CliError> {
    let today = context.clock.today();
    let mut store = context.store()?;
    let planned = store.interview()?;
    if args.clear {
        let Some(interview) = planned else { return Ok(output::text("there is no plan to end")?) };
        store.mark(&Mark::of_plan(None, context.clock.now_ms(), context.clock.today()))?;
        return Ok(output::text(&format!(
            "the plan for {} is ended; every card is due when SM-2 says so, as if there had been none",
            interview.day
        ))?);
    }
    let wanted = match (args.interview, planned) {
        (Some(day), _) => Some(Interview { day: ahead(day, today)?, minutes: minutes(context, args) }),
        (None, Some(interview)) => Some(Interview { minutes: args.minutes.unwrap_or(interview.minutes), ..interview }),
        (None, None) if args.minutes.is_some() => {
            return Err(CliError::Plain("there is no plan yet: name the date too, --interview 2026-12-15".to_owned()));
        }
        (None, None) => None,
    };
    let Some(interview) = wanted else {
        if args.json {
            return Ok(output::json(&serde_json::json!({ "interview": null }))?);
        }
        return Ok(output::text("no interview is planned: sysdrill plan --interview 2026-12-15 plans for one")?);
    };
    if wanted != planned {
        store.mark(&Mark::of_plan(wanted, context.clock.now_ms(), context.clock.today()))?;
    }
    if interview.day <= today {
        return Ok(output::text(&format!(
            "your interview {}: SM-2 alone decides again; sysdrill plan --clear ends the plan",
            if interview.day == today { "is today".to_owned() } else { format!("was on {}", interview.day) }
        ))?);
    }
    let catalog = context.catalog(&mut store, Broken::LeftOut)?;
    run_while_fitting(store, today, |store, predictions| {
        let agenda = Agenda::new(&catalog, store, context.daily(), context.daily().on())?;
        let spent_s = store.spent_seconds(today, Some(Mode::Review))?;
        let standing = standing(&agenda, store, &predictions, interview)?;
        let report = report(interview, today, &agenda.loads(store)?, standing, spent_s);
        Ok(if args.json { output::json(&report) } else { output::text(&describe(&report)) }?)
    })
}

/// How all cards stand, today and, as it is now, on the day.
fn standing(
    agenda: &Agenda,
    store: &Store,
    predictions: &Predictions,
    interview: Interview,
) -> Result<Standing, CliError> {
    let day = agenda.day();
    let candidates = agenda.candidates(store)?;
    let studied: Vec<Studied> = candidates.iter().map(|c| predictions.studied(&c.brief.id, c.state)).collect();
    Ok(Standing::of(studied.iter(), &predictions.model, day, Some(interview.day)))
}

fn ahead(day: Day, today: Day) -> Result<Day, CliError> {
    match day.since(today) {
        ..=0 => Err(CliError::Plain(format!("{day} is not ahead: today is {today}"))),
        1..=LONGEST_DAYS => Ok(day),
        _ => Err(CliError::Plain(format!(
            "{day} is more than a year ahead: sysdrill review until it is nearer, then plan"
        ))),
    }
}

/// As asked for, or as the settings have them; a plan needs a time box.
fn minutes(context: &Context, args: &PlanArgs) -> u32 {
    let usual = Some(context.settings.minutes).filter(|minutes| *minutes > 0);
    args.minutes.or(usual).unwrap_or(super::settings::Settings::default().minutes)
}

fn report(interview: Interview, today: Day, loads: &[Load], standing: Standing, spent_s: f64) -> Report {
    let days_left = interview.day.since(today);
    let days = u32::try_from(days_left).unwrap_or_default();
    let (plans, at_the_end) = forecast(loads, Some(interview), 0, 0.0, spent_s, today, days);
    let goal = (1..=3).map(|level| {
        let cards = || at_the_end.iter().filter(|card| card.level == level && !card.state.suspended);
        let met = cards().filter(|card| card.state.memory != Memory::New).count();
        let met_by = cards().map(|card| card.state.started).collect::<Option<Vec<_>>>();
        Level {
            level,
            cards: cards().count(),
            met,
            met_by: met_by.and_then(|days| days.into_iter().max()).map(|day| day.max(today).to_string()),
            left_out: cards().count() - met,
        }
    });
    let listed = |plan: DayPlan| Listed {
        day: plan.day.to_string(),
        due: plan.due,
        new: plan.new,
        minutes: (plan.seconds / 6.0).round() / 10.0,
    };
    Report {
        interview: interview.day.to_string(),
        days_left,
        minutes: interview.minutes,
        goal: goal.filter(|level| level.cards > 0).collect(),
        standing,
        days: plans.into_iter().map(listed).collect(),
    }
}

fn describe(report: &Report) -> String {
    let days = if report.days_left == 1 { "tomorrow".to_owned() } else { format!("in {} days", report.days_left) };
    let mut lines =
        vec![format!("interview on {}, {days}; {} minutes a day", report.interview, report.minutes), String::new()];
    for Level { level, cards, met, met_by, left_out } in &report.goal {
        let goal = match met_by {
            Some(day) => format!("all met by {day}"),
            None if *met == 0 => "left out: there is no time".to_owned(),
            None => format!("{met} met in time, {left_out} left out"),
        };
        lines.push(format!("level {level}  {cards:>5} cards  {goal}"));
    }
    if report.goal.iter().any(|level| level.level == 1 && level.left_out > 0) {
        lines.push("The essentials do not fit: give it more minutes, --minutes".to_owned());
    }
    let percent = |share: Option<f64>| share.map(|share| format!("{:.0}%", share * 100.0));
    let then = report.standing.readiness.and_then(|ready| percent(ready.of_met));
    if let (Some(now), Some(then)) = (percent(report.standing.predicted), then) {
        lines.push(String::new());
        lines.push(format!("of what is learned you recall {now} today;"));
        lines.push(format!("with no review more it would be {then} on the day"));
    }
    lines.push(String::new());
    let full = report.days.iter().map(|day| day.minutes).fold(f64::from(report.minutes), f64::max);
    for day in report.days.iter().take(SHOWN_DAYS) {
        let bar = "#".repeat((day.minutes / full * BAR).round() as usize);
        let new = if day.new > 0 { format!(", {} new", day.new) } else { String::new() };
        lines.push(format!("{}  {:<20} {:>3.0} min  {} due{new}", day.day, bar, day.minutes, day.due));
    }
    if let Some(more) = report.days.len().checked_sub(SHOWN_DAYS).filter(|more| *more > 0) {
        lines.push(format!("and {more} days more"));
    }
    lines.join("\n")
}
