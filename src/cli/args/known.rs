//! What can be said of what is known: how it goes, what is due, what decks there are.

use super::plan;
use crate::schedule::Day;
use clap::Args as ClapArgs;
use std::path::PathBuf;

/// Which answers are looked at.
#[derive(Debug, ClapArgs)]
pub(in crate::cli) struct Looked {
    /// Only this deck; may be given more than once
    #[arg(long, value_name = "DECK")]
    pub(in crate::cli) deck: Vec<String>,
    /// Only cards with this tag; may be given more than once
    #[arg(long, value_name = "TAG")]
    pub(in crate::cli) tag: Vec<String>,
    /// Only answers from this day on, such as 2026-11-01
    #[arg(long, value_name = "DATE", value_parser = plan::day)]
    pub(in crate::cli) since: Option<Day>,
}

#[derive(Debug, ClapArgs)]
pub(in crate::cli) struct Stats {
    #[command(flatten)]
    pub(in crate::cli) looked: Looked,
    /// First fit the predictions to the whole log, however long it is, if it has grown by a tenth since
    #[arg(long)]
    pub(in crate::cli) all: bool,
    /// One JSON object
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(in crate::cli) struct Report {
    #[command(flatten)]
    pub(in crate::cli) looked: Looked,
    /// Write it here; - is standard output [default: sysdrill-DATE.html in this folder]
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) to: Option<PathBuf>,
    /// Open it in the browser
    #[arg(long)]
    pub(in crate::cli) open: bool,
}

#[derive(Debug, ClapArgs)]
pub(in crate::cli) struct Due {
    /// One JSON object
    #[arg(long, conflicts_with = "short")]
    pub(in crate::cli) json: bool,
    /// The due count alone; nothing when it is 0
    #[arg(long)]
    pub(in crate::cli) short: bool,
}

#[derive(Debug, ClapArgs)]
pub(in crate::cli) struct Decks {
    /// The cards that are flagged instead
    #[arg(long)]
    pub(in crate::cli) flagged: bool,
    /// The tags instead, with how many cards have each
    #[arg(long, conflicts_with = "flagged")]
    pub(in crate::cli) tags: bool,
    /// One JSON object
    #[arg(long)]
    pub(in crate::cli) json: bool,
}
