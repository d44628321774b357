//! What can be said of cards: which to find, to show, to mark.

use super::{Select, What};
use clap::Args as ClapArgs;
use std::path::PathBuf;

#[derive(Debug, ClapArgs)]
pub(in crate::cli) struct Search {
    /// Words; a word may be cut short
    #[arg(required = true, value_name = "WORD")]
    pub(in crate::cli) words: Vec<String>,
    #[command(flatten)]
    pub(in crate::cli) select: Select,
    /// Show at most so many cards
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    pub(in crate::cli) limit: u32,
    /// One JSON object
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(in crate::cli) struct List {
    #[command(flatten)]
    pub(in crate::cli) what: What,
    #[command(flatten)]
    pub(in crate::cli) select: Select,
    /// Only cards that are due today
    #[arg(long)]
    pub(in crate::cli) due: bool,
    /// Only cards that were never asked
    #[arg(long)]
    pub(in crate::cli) new: bool,
    /// Only cards that are taken out
    #[arg(long)]
    pub(in crate::cli) suspended: bool,
    /// Only cards that were forgotten 8 times or more
    #[arg(long)]
    pub(in crate::cli) leech: bool,
    /// One JSON object
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(in crate::cli) struct Show {
    /// Its id, such as latency/l1-cache-hit
    #[arg(value_name = "CARD")]
    pub(in crate::cli) id: String,
}

#[derive(Debug, ClapArgs)]
pub(in crate::cli) struct Card {
    /// Its id, such as latency/l1-cache-hit
    #[arg(value_name = "CARD")]
    pub(in crate::cli) id: String,
    /// One JSON object
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(in crate::cli) struct Sheet {
    #[command(flatten)]
    pub(in crate::cli) what: What,
    #[command(flatten)]
    pub(in crate::cli) select: Select,
    /// As Markdown
    #[arg(long, conflicts_with = "html")]
    pub(in crate::cli) md: bool,
    /// As an HTML page, to print or to read in a browser
    #[arg(long)]
    pub(in crate::cli) html: bool,
    /// Leave the answers out; on a page they open at a tap
    #[arg(long)]
    pub(in crate::cli) blank: bool,
    /// Write the page here, not to standard output
    #[arg(long, value_name = "FILE", requires = "html")]
    pub(in crate::cli) to: Option<PathBuf>,
    /// Open the page in the browser
    #[arg(long, requires = "html", requires = "to")]
    pub(in crate::cli) open: bool,
}

#[derive(Debug, ClapArgs)]
pub(in crate::cli) struct Note {
    /// The card's id, such as latency/l1-cache-hit
    #[arg(value_name = "CARD")]
    pub(in crate::cli) id: String,
    /// The note; an empty one takes it away; without one, the note is shown
    #[arg(value_name = "TEXT")]
    pub(in crate::cli) text: Vec<String>,
}

#[derive(Debug, ClapArgs)]
pub(in crate::cli) struct Cards {
    /// Ids, such as latency/l1-cache-hit
    #[arg(required = true, value_name = "CARD")]
    pub(in crate::cli) ids: Vec<String>,
}

#[derive(Debug, ClapArgs)]
pub(in crate::cli) struct Resume {
    /// Ids, such as latency/l1-cache-hit
    #[arg(required_unless_present = "all_of", value_name = "CARD")]
    pub(in crate::cli) ids: Vec<String>,
    /// All suspended cards of this deck
    #[arg(long, value_name = "DECK", conflicts_with = "ids")]
    pub(in crate::cli) all_of: Option<String>,
}

#[derive(Debug, ClapArgs)]
pub(in crate::cli) struct Undo {
    /// Take back the last import: its cards, its answers, and its file
    #[arg(long, conflicts_with_all = ["card", "review"])]
    pub(in crate::cli) import: bool,
    /// Take back the latest answer to this card
    #[arg(value_name = "CARD", conflicts_with = "review")]
    pub(in crate::cli) card: Option<String>,
    /// Take back this answer, by its id (`card --json` and `doctor` have them)
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) review: Option<String>,
}
