//! What can be written on the command line.

use super::settings::{Color, KeyScale};
use crate::deck::Kind;
use crate::store::catalog::Scope;
use chrono::{DateTime, FixedOffset};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args as ClapArgs, Parser, Subcommand};
use std::path::PathBuf;

/// Fifteen minutes a day for a system-design interview: latency numbers, conversions, quick answers,
/// trade-offs and mistakes, asked again when SM-2 says so.
#[derive(Debug, Parser)]
#[command(
    version,
    max_term_width = 88,
    after_help = "Without a command, sysdrill reviews what is due.\n\n\
        Examples:\n  sysdrill                          review for 15 minutes\n  \
        sysdrill review --deck latency    only one deck\n  \
        sysdrill quiz                     ten estimates, due or not\n  \
        sysdrill quiz --chain chat        one system, from DAU to servers\n  \
        sysdrill due --short              the due count, for a shell prompt\n  \
        sysdrill stats                    recall, streak, what is to come\n  \
        sysdrill card latency/l1-cache-hit      all that is known of a card\n\n\
        Data and settings are where sysdrill decks says at its end."
)]
pub struct Args {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

#[derive(Debug, ClapArgs)]
pub(super) struct Global {
    /// Keep what you did in this file [default: the user's data folder]
    #[arg(long, value_name = "FILE", env = "SYSDRILL_DB", global = true, hide_env_values = true)]
    pub(super) db: Option<PathBuf>,
    /// Read config.toml and decks/ from this folder [default: the user's configuration folder]
    #[arg(long, value_name = "DIR", env = "SYSDRILL_CONFIG", global = true, hide_env_values = true)]
    pub(super) config: Option<PathBuf>,
    /// Read your own decks from this folder; broken ones are then an error
    #[arg(long, value_name = "DIR", global = true)]
    pub(super) decks: Option<PathBuf>,
    /// Take this for the present, for tests and scripts; its wall time is yours
    #[arg(long, value_name = "TIME", env = "SYSDRILL_NOW", global = true, hide_env_values = true, value_parser = rfc3339)]
    pub(super) now: Option<DateTime<FixedOffset>>,
    /// The hour at which a day begins, 0 to 23 [default: 4]
    #[arg(long, value_name = "HOUR", global = true, value_parser = clap::value_parser!(u8).range(0..=23))]
    pub(super) rollover_hour: Option<u8>,
    /// When to use colours [default: auto, which minds NO_COLOR]
    #[arg(long, value_name = "WHEN", global = true)]
    pub(super) color: Option<Color>,
    /// Leave this deck out; may be given more than once
    #[arg(long, value_name = "DECK", global = true)]
    pub(super) without: Vec<String>,
}

fn rfc3339(text: &str) -> Result<DateTime<FixedOffset>, String> {
    DateTime::parse_from_rfc3339(text)
        .map_err(|error| format!("{error}; write a time such as 2026-11-21T09:00:00+01:00"))
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Ask what is due, then new cards (what sysdrill does without a command)
    Review(Review),
    /// A sprint of generated questions, due or not, with a scorecard at its end
    Quiz(Quiz),
    /// Go through what is learned before an interview, the weakest first; the schedule is safe
    Cram(Cram),
    /// Plan for an interview: pace new cards, bring the last reviews into the final days
    Plan(Plan),
    /// Say how many cards are due
    Due(Due),
    /// Say how it goes: recall, streak, readiness, what is to come
    Stats(Stats),
    /// List the decks, or the flagged cards
    Decks(Decks),
    /// Work on deck files
    Deck {
        #[command(subcommand)]
        command: DeckCommand,
    },
    /// Show a card: its text, what is scheduled, every review
    Card(Card),
    /// Look the database over; exit code 1 and a list when something is wrong
    Doctor(Doctor),
    /// Make a backup now; one a day is made by itself
    Backup(Backup),
    /// Put a backup in place of the database, which is backed up first
    Restore {
        /// A backup, as sysdrill backup --list names it
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Take in what another database has: a laptop's, a copy that went its own way
    Merge {
        /// The other database; it is only read
        #[arg(value_name = "OTHER.db")]
        file: PathBuf,
    },
    /// Write everything as text: reviews, decisions, states, settings, a JSON object a line
    Export(Export),
    /// Read an export in; what is there already is left alone
    Import {
        /// The export; - reads standard input
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Take the last answer back, or one that is named
    Undo(Undo),
    /// Take cards out until they are resumed
    Suspend(Cards),
    /// Take suspended cards in again
    Resume(Cards),
    /// Mark cards as ones to come back to
    Flag(Cards),
    /// Take such marks off
    Unflag(Cards),
}

#[derive(Debug, ClapArgs)]
pub(super) struct Undo {
    /// Take back the latest answer to this card
    #[arg(value_name = "CARD", conflicts_with = "review")]
    pub(super) card: Option<String>,
    /// Take back this answer, by its id (`card --json` and `doctor` have them)
    #[arg(long, value_name = "ID")]
    pub(super) review: Option<String>,
}

#[derive(Debug, ClapArgs)]
pub(super) struct Cards {
    /// Ids, such as latency/l1-cache-hit
    #[arg(required = true, value_name = "CARD")]
    pub(super) ids: Vec<String>,
}

#[derive(Debug, ClapArgs)]
pub(super) struct Doctor {
    /// Fold the schedule anew, or save what is left of a damaged file into a new one; the old one is kept
    #[arg(long)]
    pub(super) repair: bool,
    /// Mark the cards that no deck has any more as forgotten, after a question; deletes nothing
    #[arg(long, conflicts_with = "repair")]
    pub(super) forget_orphans: bool,
}

#[derive(Debug, ClapArgs)]
pub(super) struct Backup {
    /// List the backups there are
    #[arg(long)]
    pub(super) list: bool,
}

#[derive(Debug, ClapArgs)]
pub(super) struct Export {
    /// Write to this file, which must not exist yet [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(super) to: Option<PathBuf>,
    /// The form
    #[arg(long, value_name = "FORM", default_value = "jsonl", value_parser = ["jsonl"])]
    pub(super) format: String,
}

#[derive(Debug, Subcommand)]
pub(super) enum DeckCommand {
    /// Check decks: their form, their figures, their links
    Check {
        /// Deck files or folders [default: all decks]
        paths: Vec<PathBuf>,
    },
}

#[derive(Debug, Default, ClapArgs)]
pub(super) struct Review {
    /// Talk JSON lines on standard input and output, for a program
    #[arg(long)]
    pub(super) json: bool,
    /// End after so many minutes; 0 has no end [default: 15]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=1440))]
    pub(super) minutes: Option<u32>,
    /// New cards a day [default: 10]
    #[arg(long, value_name = "N")]
    pub(super) new: Option<u32>,
    /// Ask at most so many cards
    #[arg(long, value_name = "N")]
    pub(super) limit: Option<usize>,
    /// How you grade: four keys, or the full 0 to 5 [default: four]
    #[arg(long, value_name = "SCALE")]
    pub(super) scale: Option<KeyScale>,
    #[command(flatten)]
    pub(super) select: Select,
    /// Fix the order and every drawn value
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(0..crate::estimate::SEEDS))]
    pub(super) seed: Option<u64>,
}

#[derive(Debug, ClapArgs)]
pub(super) struct Quiz {
    /// How many questions
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(super) number: u32,
    /// End after so many minutes; 0 has no end
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=1440))]
    pub(super) minutes: Option<u32>,
    /// Work through this chain, such as url-shortener, step by step
    #[arg(long, value_name = "NAME")]
    pub(super) chain: Option<String>,
    /// Only this deck; may be given more than once
    #[arg(long, value_name = "DECK")]
    pub(super) deck: Vec<String>,
    /// Only questions with this tag; may be given more than once
    #[arg(long, value_name = "TAG")]
    pub(super) tag: Vec<String>,
    /// Fix the questions and every drawn value
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(0..crate::estimate::SEEDS))]
    pub(super) seed: Option<u64>,
    /// Talk JSON lines on standard input and output, for a program
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(super) struct Cram {
    /// Only these decks
    #[arg(value_name = "DECK")]
    pub(super) deck: Vec<String>,
    /// The same, as review and quiz have it
    #[arg(long = "deck", value_name = "DECK", id = "deck_option")]
    pub(super) deck_option: Vec<String>,
    /// End after so many minutes; 0 has no end
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=1440))]
    pub(super) minutes: Option<u32>,
    /// Only what was answered wrong in the last 7 days
    #[arg(long)]
    pub(super) missed: bool,
    /// New cards too; what is asked of them here starts no schedule
    #[arg(long)]
    pub(super) all: bool,
    /// Only cards with this tag; may be given more than once
    #[arg(long, value_name = "TAG")]
    pub(super) tag: Vec<String>,
    /// Only cards of this kind; may be given more than once
    #[arg(long, value_name = "KIND", value_parser = kind())]
    pub(super) kind: Vec<Kind>,
    /// How you grade: four keys, or the full 0 to 5 [default: four]
    #[arg(long, value_name = "SCALE")]
    pub(super) scale: Option<KeyScale>,
    /// Fix the order and every drawn value
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(0..crate::estimate::SEEDS))]
    pub(super) seed: Option<u64>,
    /// Talk JSON lines on standard input and output, for a program
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(super) struct Plan {
    /// The day of the interview, such as 2026-12-15
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(super) interview: Option<crate::schedule::Day>,
    /// Minutes a day [default: as in the settings]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1440))]
    pub(super) minutes: Option<u32>,
    /// End the plan; it leaves no trace in the schedule
    #[arg(long, conflicts_with_all = ["interview", "minutes"])]
    pub(super) clear: bool,
    /// One JSON object
    #[arg(long, conflicts_with = "clear")]
    pub(super) json: bool,
}

fn day(text: &str) -> Result<crate::schedule::Day, String> {
    text.parse().map_err(|_| "a day is written 2026-12-15".to_owned())
}

/// Which cards.
#[derive(Debug, Default, ClapArgs)]
pub(super) struct Select {
    /// Only this deck; may be given more than once
    #[arg(long, value_name = "DECK")]
    pub(super) deck: Vec<String>,
    /// Only cards with this tag; may be given more than once
    #[arg(long, value_name = "TAG")]
    pub(super) tag: Vec<String>,
    /// Only cards of this kind; may be given more than once
    #[arg(long, value_name = "KIND", value_parser = kind())]
    pub(super) kind: Vec<Kind>,
}

impl Select {
    /// The same, without a command line.
    pub(super) fn scope(&self) -> Scope {
        Scope {
            decks: self.deck.clone(),
            tags: self.tag.clone(),
            kinds: self.kind.iter().map(|kind| kind.name().to_owned()).collect(),
            ..Scope::default()
        }
    }
}

/// A kind by its name.
fn kind() -> impl TypedValueParser<Value = Kind> {
    PossibleValuesParser::new(Kind::ALL.map(Kind::name))
        .try_map(|name| Kind::named(&name).ok_or("there is no such kind"))
}

#[derive(Debug, ClapArgs)]
pub(super) struct Due {
    /// One JSON object
    #[arg(long, conflicts_with = "short")]
    pub(super) json: bool,
    /// The due count alone; nothing when it is 0
    #[arg(long)]
    pub(super) short: bool,
}

#[derive(Debug, ClapArgs)]
pub(super) struct Decks {
    /// The cards that are flagged instead
    #[arg(long)]
    pub(super) flagged: bool,
    /// One JSON object
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(super) struct Stats {
    /// First fit the predictions to the whole log, however long it is, if it has grown by a tenth since
    #[arg(long)]
    pub(super) all: bool,
    /// One JSON object
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(super) struct Card {
    /// Its id, such as latency/l1-cache-hit
    #[arg(value_name = "CARD")]
    pub(super) id: String,
    /// One JSON object
    #[arg(long)]
    pub(super) json: bool,
}
