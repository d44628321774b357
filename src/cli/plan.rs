//! `plan`: the way to an interview, shown, changed and ended.

use super::args::Plan as PlanArgs;
use super::error::check_folder;
use super::{Broken, CliError, Context, output, predictions};
use crate::files::{self, Existing};
use crate::log::{Mark, MarkKind};
use crate::practice::{self, Selection};
use crate::report::calendar::calendar;
use crate::report::plan::{Expected, OfStyle, Plan};
use crate::schedule::{Day, Interview, Wishes};
use crate::shown;
use crate::store::Store;
use crate::terminal::screen::{columns, plural};
use ratatui_core::text::Line;
use std::io::{self, Write};
use std::path::Path;

/// A plan is at most so long: for what lies further off, the daily review is the plan.
const LONGEST_DAYS: i64 = 366;
/// So many days of the forecast are shown, and all of them in JSON.
const SHOWN_DAYS: usize = 60;
/// The picture is not wider than this, in columns.
const PICTURE: usize = 80;
/// Columns of a full bar.
const BAR: f64 = 20.0;
/// Above this share of wrong answers something should change.
const TOO_MANY_WRONG: f64 = 0.5;
/// From so many on a number is rounded down to fives: more is not known of it.
const ROUNDED_FROM: usize = 20;

pub(super) fn run(context: &Context, args: &PlanArgs) -> Result<(), CliError> {
    run_on(context, &mut context.store()?, args)
}

/// The same on a database that is open.
pub(super) fn run_on(context: &Context, store: &mut Store, args: &PlanArgs) -> Result<(), CliError> {
    let today = context.clock.today();
    let planned = store.marks().interview()?;
    if args.clear {
        let Some(interview) = planned else { return Ok(output::text("there is no plan to end")?) };
        store.mark(&Mark::of_plan(None, context.clock.now_ms(), today))?;
        return Ok(output::done(&format!(
            "the plan for {} is ended; every card is due when SM-2 says so, as if there had been none",
            interview.day
        ))?);
    }
    let wanted = match (args.interview, planned) {
        (Some(day), _) => {
            // A day that is moved keeps the minutes of the plan.
            let kept = planned.filter(|planned| planned.day >= today).map(|planned| planned.minutes);
            Some(Interview { day: ahead(day, today)?, minutes: minutes(context, args, kept) })
        }
        (None, Some(interview)) => Some(Interview { minutes: args.minutes.unwrap_or(interview.minutes), ..interview }),
        (None, None) if args.changes_plan() => {
            return Err(CliError::Plain("there is no plan yet: name the date too, --interview 2026-12-15".to_owned()));
        }
        (None, None) => None,
    };
    let Some(interview) = wanted else {
        if args.json {
            return Ok(output::json(&serde_json::json!({ "interview": null }))?);
        }
        if args.ics.is_some() {
            let message =
                "no interview is planned, and there is no calendar to write: name the date too, --interview 2026-12-15";
            return Err(CliError::Plain(message.to_owned()));
        }
        return Ok(output::text("no interview is planned: sysdrill plan --interview 2026-12-15 plans for one")?);
    };
    let catalog = context.catalog(store, Broken::LeftOut)?;
    let before = store.marks().wishes()?;
    let wishes = wishes(context, args, &before);
    has_a_day(&wishes, interview)?;
    // What names a deck or a tag that there is not changes nothing.
    let selection = Selection { decks: wishes.decks.clone(), tags: wishes.tags.clone(), ..Selection::default() };
    selection.scope(&catalog, store, &context.daily())?;
    catalog.check_decks(store, &wishes.without)?;
    if wanted != planned {
        store.mark(&Mark::of_plan(wanted, context.clock.now_ms(), today))?;
    }
    if wishes != before {
        let kind = MarkKind::Plan(wishes.text());
        store.mark(&Mark { card: None, kind, at_ms: context.clock.now_ms(), day: Some(today) })?;
    }
    if interview.day <= today && args.ics.is_some() {
        return Err(CliError::Plain(format!(
            "no day is left of the plan for {}: there is no calendar to write",
            interview.day
        )));
    }
    if interview.day <= today {
        return Ok(output::text(&format!(
            "your interview {}",
            match interview.day == today {
                true => "is today: sysdrill warms you up, and the plan ends with the day".to_owned(),
                false => format!(
                    "was on {}, and its plan has ended: each card is due when SM-2 says so. sysdrill plan --interview DATE \
                     plans for another",
                    interview.day
                ),
            }
        ))?);
    }
    predictions::fit(store, false)?;
    let plan = practice::plan(store, &context.daily(), interview)?;
    if let Some(file) = &args.ics {
        return write_calendar(file, &plan, context.clock.now_ms() / 1000);
    }
    if args.json {
        return Ok(output::json(&plan)?);
    }
    output::text(&describe(&plan, &wishes))?;
    let is_plain = context.settings.is_plain();
    let picture = if is_plain { Vec::new() } else { plan.lines(columns().min(PICTURE)) };
    for part in [picture, days(&plan, is_plain)].iter().filter(|part| !part.is_empty()) {
        output::text("")?;
        output::lines(part)?;
    }
    Ok(())
}

/// The plan as a calendar; one that is there already is replaced.
fn write_calendar(file: &Path, plan: &Plan, made_s: i64) -> Result<(), CliError> {
    let text = calendar(plan, made_s);
    if file == Path::new("-") {
        return Ok(io::stdout().write_all(text.as_bytes())?);
    }
    check_folder(file, "--ics")?;
    let error = |source| CliError::File { path: file.to_owned(), source };
    files::write(file, Existing::Replaced, |out| out.write_all(text.as_bytes())).map_err(error)?;
    Ok(output::done(&format!(
        "{} written to {}: import it into your calendar, again whenever the plan has changed",
        plural(text.matches("BEGIN:VEVENT").count(), "day"),
        shown::path(file)
    ))?)
}

/// What was said, over what was said before.
fn wishes(context: &Context, args: &PlanArgs, before: &Wishes) -> Wishes {
    let mut wishes = if args.reset { Wishes::default() } else { before.clone() };
    wishes.style = args.style.unwrap_or(wishes.style);
    wishes.from = args.from.or(wishes.from);
    if let Some(days) = &args.days_off {
        wishes.days_off = days.iter().flatten().copied().collect();
    }
    let or = |said: &[String], before: Vec<String>| if said.is_empty() { before } else { said.to_vec() };
    wishes.decks = or(&args.deck, wishes.decks);
    wishes.tags = or(&args.tag, wishes.tags);
    wishes.without = or(&context.without, wishes.without);
    wishes
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

/// A plan that leaves no day to practise on is none.
fn has_a_day(wishes: &Wishes, interview: Interview) -> Result<(), CliError> {
    if wishes.days_off.len() >= 7 {
        let message = "every day of the week is off, so that none is left to practise on: leave one out of --days-off";
        return Err(CliError::Plain(message.to_owned()));
    }
    match wishes.from {
        Some(from) if from >= interview.day => Err(CliError::Plain(format!(
            "the plan would begin on {from}, and the interview is on {}: --from takes an earlier day, --reset forgets it",
            interview.day
        ))),
        _ => Ok(()),
    }
}

/// As asked for, as they were, or as the settings have them; a plan needs a time box.
fn minutes(context: &Context, args: &PlanArgs, kept: Option<u32>) -> u32 {
    let usual = Some(context.settings.minutes).filter(|minutes| *minutes > 0);
    args.minutes.or(kept).or(usual).unwrap_or(super::settings::Settings::default().minutes)
}

/// A number that claims no more than is known.
fn about(count: usize) -> usize {
    if count < ROUNDED_FROM { count } else { count - count % 5 }
}

fn describe(plan: &Plan, wishes: &Wishes) -> String {
    let days = if plan.days_left == 1 { "tomorrow".to_owned() } else { format!("in {} days", plan.days_left) };
    let mut lines = vec![format!("interview on {}, {days}; {} minutes a day", plan.interview, plan.minutes)];
    lines.extend(wished(wishes));
    lines.push(String::new());
    lines.extend(expected(plan));
    lines.push(String::new());
    for level in &plan.goal {
        let left = if level.left_out > 0 { format!(", {} not met", level.left_out) } else { String::new() };
        let (number, cards, recalled) = (level.level, level.cards, about(level.recalled));
        lines.push(format!("level {number}  {cards:>5} cards  {:>5} met{left}; {recalled} recalled", about(level.met)));
    }
    lines.extend(left_out(plan));
    if plan.topics.len() > 1 {
        lines.push(String::new());
        lines.extend(plan.topics.iter().map(|topic| {
            let (cards, met, recalled) = (topic.cards, about(topic.met), about(topic.recalled));
            format!("{:<14} {cards:>5} cards  {met:>5} met; {recalled} recalled", topic.deck)
        }));
    }
    if let Some(wrong) = plan.wrong {
        lines.push(String::new());
        let why = match wrong > TOO_MANY_WRONG {
            true => {
                "That is more than it should be: --style solid makes what you meet firmer, and fewer decks (--deck, \
                 --without) leave more time for each card."
            }
            false => {
                "That is as it should be: a card that you nearly forgot gains most from being asked, and what you know for \
                 certain need not take your time."
            }
        };
        let of_100 = wrong * 100.0;
        lines.push(format!("About {of_100:.0} of 100 answers to cards you have met will be wrong. {why}"));
    }
    lines.join("\n")
}

/// Each day, with a bar of its minutes; plainly with what would be in the picture.
fn days(plan: &Plan, is_plain: bool) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let full = plan.days.iter().map(|day| day.minutes).fold(f64::from(plan.minutes), f64::max);
    for day in plan.days.iter().take(SHOWN_DAYS) {
        let bar = "#".repeat((day.minutes / full * BAR).round() as usize);
        let new = if day.new > 0 { format!(", {} new", day.new) } else { String::new() };
        if is_plain {
            let (met, recalled) = (day.met, day.recalled);
            lines.push(Line::from(format!(
                "{}  {:.0} min, {} due{new}; {met} met, {recalled:.0} of them recalled at the interview",
                day.day, day.minutes, day.due
            )));
            continue;
        }
        lines.push(Line::from(format!("{}  {:<20} {:>3.0} min  {} due{new}", day.day, bar, day.minutes, day.due)));
    }
    if let Some(more) = plan.days.len().checked_sub(SHOWN_DAYS).filter(|more| *more > 0) {
        lines.push(Line::from(format!("and {} more", plural(more, "day"))));
    }
    lines
}

/// What of level 1 is left out, and what would bring it in.
fn left_out(plan: &Plan) -> Option<String> {
    let essential = plan.goal.iter().find(|level| level.level == 1).filter(|level| level.left_out > 0)?;
    let others: usize = plan.goal.iter().filter(|level| level.level > 1).map(|level| level.met).sum();
    Some(match others {
        0 => "The essentials do not fit: give it more minutes, --minutes".to_owned(),
        _ => format!(
            "{} of level 1 may be left out, for others bring more in the same time: more minutes (--minutes) or fewer \
             decks (--deck, --without) bring them in",
            plural(essential.left_out, "card")
        ),
    })
}

/// What the plan is for, where that is not all.
fn wished(wishes: &Wishes) -> Option<String> {
    let Wishes { from, days_off, decks, tags, without, .. } = wishes;
    let list = |what: &str, names: &[String]| (!names.is_empty()).then(|| format!("{what} {}", names.join(", ")));
    let day =
        |day: &u8| ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][usize::from(day.clamp(&1, &7) - 1)].to_owned();
    let off: Vec<String> = days_off.iter().map(day).collect();
    let parts = [
        from.map(|from| format!("from {from}")),
        list("off on", &off),
        list("decks", decks),
        list("tags", tags),
        list("without", without),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// What is expected on the day, for each style.
fn expected(plan: &Plan) -> Vec<String> {
    let line = |style: &OfStyle| {
        let Expected { met, recalled, at_least, at_most, solid } = style.expected;
        let mark = if style.style == plan.style { "*" } else { " " };
        format!(
            "{mark} {:<9} {:>5} cards met, {:>4} recalled ({} to {}), {:>4} at 75% or more",
            style.style,
            about(met),
            about(recalled),
            about(at_least),
            about(at_most + 4),
            about(solid)
        )
    };
    let head = "expected on the day, by style (--style); in 8 of 10 cases what is recalled lies in the brackets:";
    std::iter::once(head.to_owned()).chain(plan.styles.iter().map(line)).collect()
}
