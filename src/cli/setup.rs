//! `setup`: the few questions of a first start.
//!
//! Each has a default that Enter takes, and Esc leaves the rest as it is.

use super::{Broken, CliError, Context, output, settings};
use crate::log::Mark;
use crate::schedule::{Day, Interview};
use console::Term;
use dialoguer::{Input, MultiSelect, Select};

/// The minutes a day that are offered.
const MINUTES: [u32; 5] = [5, 10, 15, 20, 30];

/// The columns that stand before an item of a list.
const BESIDE: usize = 8;

/// What was answered; none where a question was left.
#[derive(Debug, Default, PartialEq, Eq)]
struct Answers {
    /// The day of the interview; none inside where there is none any more.
    interview: Option<Option<Day>>,
    minutes: Option<u32>,
    decks_off: Option<Vec<String>>,
}

pub(super) fn run(context: &mut Context) -> Result<(), CliError> {
    if !console::user_attended() || !console::user_attended_stderr() {
        return Err(CliError::Plain("setup asks its questions in a terminal: run it in one".to_owned()));
    }
    ask_and_keep(context)?;
    output::text("sysdrill begins a session; sysdrill setup asks again")?;
    Ok(())
}

/// Whether nothing was set up yet: it was never done to its end, nothing is set, and nothing was answered.
///
/// # Errors
/// The database.
pub(super) fn is_wanted(context: &Context) -> Result<bool, CliError> {
    if context.config_file.exists() {
        return Ok(false);
    }
    Ok(!context.db.exists() || context.store()?.reviews().latest()?.is_none())
}

/// The first start: what sysdrill is, the questions, and the keys that matter.
pub(super) fn welcome(context: &mut Context) -> Result<(), CliError> {
    output::text(
        "sysdrill: fifteen minutes a day for a system-design interview.\n\
         Three questions first, which sysdrill setup asks again at any time.\n\
         Enter takes what is marked; Esc or q leaves it as it is.\n",
    )?;
    ask_and_keep(context)?;
    context.keys_told = true;
    Ok(output::text(
        "\nIn a session:\n  \
           ?   shows the keys\n  \
           u   takes the last thing back\n  \
           q   ends the session; every answer is saved at once\n\
         Where you type a number, type the word: help, undo, quit\n",
    )?)
}

/// Asks, and writes down what was answered. Nothing is written before the last question.
///
/// # Errors
/// The terminal, the database, or the settings.
pub(super) fn ask_and_keep(context: &mut Context) -> Result<(), CliError> {
    let mut store = context.store()?;
    context.catalog(&mut store, Broken::LeftOut)?;
    let decks: Vec<(String, String)> = store
        .deck_index()
        .decks()?
        .into_iter()
        .filter_map(|deck| Some((deck.name?, deck.title.unwrap_or_default())))
        .collect();
    let today = context.clock.today();
    let planned = store.marks().interview()?.filter(|planned| planned.day >= today);
    let usual = planned.map_or(context.settings.minutes, |planned| planned.minutes);
    let answers = ask(today, planned, usual, &context.settings.decks_off, &decks).map_err(output::of_prompt)?;
    // Written even where it is as before: it says that the questions were asked.
    let minutes = answers.minutes.unwrap_or(context.settings.minutes);
    settings::write(&context.config_file, "minutes", i64::from(minutes).into())?;
    context.settings.minutes = minutes;
    if let Some(off) = answers.decks_off {
        settings::write(&context.config_file, "decks_off", toml_edit::Array::from_iter(off.iter()).into())?;
        context.settings.decks_off = off;
    }
    let day = answers.interview.unwrap_or(planned.map(|planned| planned.day));
    let interview = day.map(|day| Interview { day, minutes: answers.minutes.unwrap_or(usual).max(1) });
    if interview != planned {
        store.mark(&Mark::of_plan(interview, context.clock.now_ms(), today))?;
    }
    Ok(())
}

fn ask(
    today: Day,
    planned: Option<Interview>,
    minutes: u32,
    off: &[String],
    decks: &[(String, String)],
) -> dialoguer::Result<Answers> {
    let mut answers = Answers::default();
    let term = Term::stderr();
    let width = usize::from(term.size().1).saturating_sub(BESIDE);
    // A row that is broken is not found again where the list is drawn anew.
    let one_row = |text: &str| output::cut(text, width);
    forget_typed();
    let when = match planned {
        None => vec!["none, or not yet".to_owned(), "planned: I will type the day".to_owned()],
        Some(Interview { day, .. }) => {
            vec![
                format!("{}, as planned", day.with_weekday()),
                "another day: I will type it".to_owned(),
                "none any more".to_owned(),
            ]
        }
    };
    let chosen = Select::new().with_prompt("Interview").items(&when).default(0).interact_opt()?;
    answers.interview = match chosen {
        Some(1) => ask_day(today)?.map(Some),
        Some(2) => Some(None),
        _ => None,
    };
    left("Interview", chosen.is_none())?;
    forget_typed();
    let usual = MINUTES.iter().position(|offered| *offered == minutes);
    let offered = MINUTES.map(|minutes| format!("{minutes} minutes"));
    let chosen = Select::new().with_prompt("Time a day").items(&offered).default(usual.unwrap_or(2)).interact_opt()?;
    left("Time a day", chosen.is_none())?;
    answers.minutes = chosen.map(|at| MINUTES[at]).filter(|chosen| *chosen != minutes);
    forget_typed();
    let which = ["all of them", "I will choose"];
    let chosen = Select::new().with_prompt("Decks").items(which).default(0).interact_opt()?;
    left("Decks", chosen.is_none())?;
    if chosen == Some(1) {
        let titles: Vec<(String, bool)> =
            decks.iter().map(|(name, title)| (one_row(&format!("{name}: {title}")), !off.contains(name))).collect();
        let prompt = "Space takes a deck in or out, Enter goes on";
        let kept = MultiSelect::new().with_prompt(prompt).items_checked(titles).report(false).interact_opt()?;
        if let Some(kept) = kept.filter(|kept| !kept.is_empty()) {
            let (taken, left_out): (Vec<_>, Vec<_>) = decks.iter().enumerate().partition(|(at, _)| kept.contains(at));
            let names =
                |of: Vec<(usize, &(String, String))>| of.into_iter().map(|(_, (name, _))| name.clone()).collect();
            let (taken, left_out): (Vec<String>, Vec<String>) = (names(taken), names(left_out));
            output::text(&format!("Decks: {}", taken.join(", ")))?;
            answers.decks_off = Some(left_out);
        } else {
            left("Decks", true)?;
        }
    }
    Ok(answers)
}

/// What was typed or pasted before a question was there does not answer it.
fn forget_typed() {
    #[cfg(unix)]
    let _ = rustix::termios::tcflush(std::io::stdin(), rustix::termios::QueueSelector::IFlush);
}

/// A question that was left stands on the screen as one.
fn left(what: &str, is_left: bool) -> dialoguer::Result<()> {
    if is_left {
        output::text(&format!("{what}: left as it is"))?;
    }
    Ok(())
}

/// The day of the interview; none where it is left open.
///
/// # Errors
/// The terminal.
pub(super) fn ask_day(today: Day) -> dialoguer::Result<Option<Day>> {
    forget_typed();
    let is_ahead = |text: &String| match text.parse::<Day>() {
        _ if text.is_empty() => Ok(()),
        Ok(day) if day > today => Ok(()),
        Ok(_) => Err("that day is not ahead: a later one, or Enter for none"),
        Err(_) => Err("write it as in 2026-12-15, or Enter for none"),
    };
    let prompt = format!("Day of the interview, such as {}", today.plus(28));
    let text: String = Input::new().with_prompt(prompt).allow_empty(true).validate_with(is_ahead).interact_text()?;
    Ok(text.parse().ok())
}
