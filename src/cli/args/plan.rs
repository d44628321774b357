//! What can be said of a plan.

use crate::schedule::{Style, Weekday};
use clap::Args as ClapArgs;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use std::path::PathBuf;

#[derive(Debug, Default, ClapArgs)]
pub(in crate::cli) struct Plan {
    /// The day of the interview, such as 2026-12-15
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(in crate::cli) interview: Option<crate::schedule::Day>,
    /// Minutes a day [default: as in the settings]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1440))]
    pub(in crate::cli) minutes: Option<u32>,
    /// Firm cards or many: solid, balanced or broad [default: balanced]
    #[arg(long, value_name = "STYLE", value_parser = style())]
    pub(in crate::cli) style: Option<Style>,
    /// Begin on this day; until then SM-2 alone decides
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(in crate::cli) from: Option<crate::schedule::Day>,
    /// Days of the week on which you do not practise, such as sat,sun; or none
    #[arg(long, value_name = "DAYS", value_delimiter = ',', value_parser = weekday)]
    pub(in crate::cli) days_off: Option<Vec<Option<Weekday>>>,
    /// Only this deck; may be given more than once. It is kept with the plan, and so is --without
    #[arg(long, value_name = "DECK")]
    pub(in crate::cli) deck: Vec<String>,
    /// Only cards with this tag; may be given more than once
    #[arg(long, value_name = "TAG")]
    pub(in crate::cli) tag: Vec<String>,
    /// Forget style, first day, days off, decks and tags before taking what else is given
    #[arg(long)]
    pub(in crate::cli) reset: bool,
    /// Write the days of the plan to this file, for a calendar; - is standard output
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    pub(in crate::cli) ics: Option<PathBuf>,
    /// End the plan; it leaves no trace in the schedule
    #[arg(long, conflicts_with_all = ["ics", "interview", "minutes", "style", "from", "days_off", "deck", "tag", "reset"])]
    pub(in crate::cli) clear: bool,
    /// One JSON object
    #[arg(long, conflicts_with = "clear")]
    pub(in crate::cli) json: bool,
}

impl Plan {
    /// Whether anything but the date is said.
    pub(in crate::cli) fn changes_plan(&self) -> bool {
        let said = self.style.is_some() || self.from.is_some() || self.days_off.is_some() || self.reset;
        said || self.minutes.is_some() || !self.deck.is_empty() || !self.tag.is_empty()
    }
}

/// A style by its name.
fn style() -> impl TypedValueParser<Value = Style> {
    PossibleValuesParser::new(Style::ALL.map(Style::name))
        .try_map(|name| Style::named(&name).ok_or("there is no such style"))
}

/// A day of the week by its name; none is no day.
fn weekday(text: &str) -> Result<Option<Weekday>, String> {
    if text == "none" {
        return Ok(None);
    }
    let day: Result<chrono::Weekday, _> = text.parse();
    day.map(|day| Some(day.number_from_monday() as Weekday)).map_err(|_| {
        "days are written mon, tue, wed, thu, fri, sat, sun, with a comma between them; or none".to_owned()
    })
}

pub(super) fn day(text: &str) -> Result<crate::schedule::Day, String> {
    text.parse().map_err(|_| "a day is written 2026-12-15".to_owned())
}
