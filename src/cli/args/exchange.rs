//! What can be said of an export and an import.

use super::{Select, What};
use clap::Args as ClapArgs;
use clap::builder::RangedU64ValueParser;
use std::path::PathBuf;

#[derive(Debug, ClapArgs)]
pub(in crate::cli) struct Import {
    /// The file or folder; - reads standard input
    #[arg(value_name = "FILE")]
    pub(in crate::cli) file: PathBuf,
    /// Put the cards into this deck [default: the deck that has most of them, or one named after the file]
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) deck: Option<String>,
    /// Say what would come in and what would be left out, show three cards, and write nothing
    #[arg(long)]
    pub(in crate::cli) dry_run: bool,
    /// Copy the pictures of the cards to this folder; without, they are left out
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) media: Option<PathBuf>,
    /// What the columns of a table are, in order (question,answer,tags; a - for what is not taken) or by the names in its
    /// first row (question=country,answer=capital)
    #[arg(long, value_name = "NAMES", allow_hyphen_values = true)]
    pub(in crate::cli) columns: Option<String>,
    /// The first row of a table has the names of its columns, and is no card
    #[arg(long)]
    pub(in crate::cli) header: bool,
    /// The encoding of a text, such as utf-16, latin1 or windows-1252 [default: UTF-8]
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) encoding: Option<String>,
}

#[derive(Debug, ClapArgs)]
pub(in crate::cli) struct Export {
    #[command(flatten)]
    pub(in crate::cli) what: What,
    #[command(flatten)]
    pub(in crate::cli) select: Select,
    /// Write to this file, which must not exist yet; as md without an ending, a folder with a file a deck [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) to: Option<PathBuf>,
    /// The form [default: as the file's name ends, else jsonl]
    #[arg(long, value_name = "FORM")]
    pub(in crate::cli) format: Option<Form>,
    /// Due days, answers and your notes go along, which is what happens without a word
    #[arg(long, overrides_with = "no_progress")]
    pub(in crate::cli) progress: bool,
    /// The cards alone, for somebody else: no due days, answers, notes, flags
    #[arg(long)]
    pub(in crate::cli) no_progress: bool,
    /// So many examples of each generated question, with drawn values
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = RangedU64ValueParser::<usize>::new().range(1..=50))]
    pub(in crate::cli) samples: usize,
}

impl Export {
    /// The form that is asked for, in words or by the file's name.
    ///
    /// # Errors
    /// They say two things, or the name ends as a form that is not written.
    pub(in crate::cli) fn form(&self) -> Result<Form, String> {
        let ending =
            self.to.as_ref().and_then(|to| to.extension()).map(|ending| ending.to_string_lossy().to_lowercase());
        let ending = ending.unwrap_or_default();
        let named = Form::ALL.into_iter().find(|form| form.ending() == ending);
        let instead = match ending.as_str() {
            "colpkg" => "apkg: a .colpkg would replace everything that Anki has",
            "tsv" | "xlsx" | "ods" => "csv, which every spreadsheet opens",
            "markdown" => "md",
            "anki2" | "anki21" | "anki21b" => "apkg, which Anki imports",
            _ => "",
        };
        match (self.format, named) {
            (None, None) if !instead.is_empty() => Err(format!(".{ending} is no form of an export: write .{instead}")),
            (None, None) if ending == "toml" => Err(
                "a deck as TOML is written by sysdrill deck show DECK > FILE; exports end in .jsonl, .apkg, .csv or .md"
                    .to_owned(),
            ),
            (None, None) if !ending.is_empty() => Err(format!(
                ".{ending} does not say what to write: end the name in .jsonl, .apkg, .csv or .md, or say --format FORM"
            )),
            (Some(asked), Some(named)) if asked != named => {
                let (asked, named) = (asked.ending(), named.ending());
                Err(format!("the file's name says {named} and --format says {asked}: leave one of them out"))
            }
            (asked, named) => Ok(asked.or(named).unwrap_or(Form::Jsonl)),
        }
    }

    /// Whether only some cards are meant.
    pub(in crate::cli) fn is_selection(&self) -> bool {
        !self.what.names.is_empty() || self.select != Select::default()
    }
}

/// How an export is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(in crate::cli) enum Form {
    /// A JSON object a line: the log, for sysdrill import
    Jsonl,
    /// An Anki package
    Apkg,
    /// A table with commas, for a spreadsheet
    Csv,
    /// Markdown, a file a deck: for hashcards, for an editor, and as a deck for sysdrill
    Md,
}

impl Form {
    const ALL: [Self; 4] = [Self::Jsonl, Self::Apkg, Self::Csv, Self::Md];

    /// How the names of such files end.
    fn ending(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Apkg => "apkg",
            Self::Csv => "csv",
            Self::Md => "md",
        }
    }
}
