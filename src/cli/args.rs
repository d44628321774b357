//! What can be written on the command line.

mod cards;
mod exchange;
mod keep;
mod known;
mod own;
mod plan;
mod practice;
mod select;
mod serve;
mod shell;

pub(super) use cards::{Card, Cards, List, Note, Resume, Search, Sheet, Show, Undo};
pub(super) use exchange::{Export, Form, Import};
pub(super) use keep::{Backup, Doctor, Sync, SyncCommand};
pub(super) use known::{Decks, Due, Looked, Report, Stats};
pub(super) use own::{Add, DeckCommand, Fmt, Match, NewDeck};
pub(super) use plan::Plan;
pub(super) use practice::{Cram, Quiz, Review, ReviewOptions};
pub(super) use select::{Select, What};
pub(super) use serve::Serve;
pub(super) use shell::{Alone, Config, Shell};

use super::settings::Color;
use chrono::{DateTime, FixedOffset, Local, NaiveDate, NaiveDateTime, TimeZone};
use clap::{Args as ClapArgs, CommandFactory, Parser, Subcommand};
use std::path::PathBuf;

/// Fifteen minutes a day for a system-design interview: latency numbers, conversions, quick answers,
/// trade-offs and mistakes, asked again when SM-2 says so.
#[derive(Debug, Parser)]
#[command(
    version,
    max_term_width = 88,
    override_usage = "sysdrill [OPTIONS]\n       sysdrill <COMMAND> [OPTIONS]",
    after_help = "Without a command, sysdrill reviews what is due and takes the options of review.\n\n\
        Examples:\n  \
          sysdrill                      review for 15 minutes\n  \
          sysdrill --minutes 5          only five minutes\n  \
          sysdrill review latency       only one deck\n  \
          sysdrill quiz                 ten estimates, due or not\n  \
          sysdrill quiz --chain chat    one system, from users to servers\n  \
          sysdrill search bloom filter  find a card\n  \
          sysdrill stats                how it is going\n\n\
        sysdrill COMMAND --help has the options of a command, with examples. The last \
            lines of sysdrill decks say where your data and settings are."
)]
pub struct Args {
    /// What `review` takes, for a command line without a command.
    #[command(flatten)]
    pub(super) review: ReviewOptions,
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

impl Args {
    /// Whether the command sees to its own end when it is interrupted.
    pub fn ends_by_itself(&self) -> bool {
        matches!(self.command, Some(Command::Serve(Serve { devices: false, .. })))
    }

    /// The options of `review` stand after a command's name, or without one.
    pub(super) fn checked(self) -> Result<Self, clap::Error> {
        match &self.command {
            Some(_) if self.review != ReviewOptions::default() => {
                let message =
                    "an option stands before the command: write the command first, as in sysdrill quiz --tag storage";
                Err(Self::command().error(clap::error::ErrorKind::ArgumentConflict, message))
            }
            _ => Ok(self),
        }
    }
}

/// The variables of the environment that stand for an option.
pub(super) const VARIABLES: [(&str, &str); 3] =
    [("db", "SYSDRILL_DB"), ("config", "SYSDRILL_CONFIG"), ("now", "SYSDRILL_NOW")];

/// The heading above what every command takes.
pub(super) const EVERY_COMMAND: &str = "Options of every command";

#[derive(Debug, ClapArgs)]
#[command(next_help_heading = EVERY_COMMAND)]
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
    /// Take this day or time for the present, for tests and scripts
    #[arg(long, value_name = "TIME", env = "SYSDRILL_NOW", global = true, hide_env_values = true, value_parser = present)]
    pub(super) now: Option<DateTime<FixedOffset>>,
    /// The hour at which a day begins, 0 to 23 [default: 4]
    #[arg(long, value_name = "HOUR", global = true, value_parser = clap::value_parser!(u8).range(0..=23))]
    pub(super) rollover_hour: Option<u8>,
    /// When to use colours [default: auto, which minds NO_COLOR]
    #[arg(long, value_name = "WHEN", global = true)]
    pub(super) color: Option<Color>,
    /// Show no clock
    #[arg(long, global = true)]
    pub(super) no_clock: bool,
    /// Draw nothing over: each change is a line, for a screen reader
    #[arg(long, global = true)]
    pub(super) plain: bool,
    /// Say nothing of what went well, and show no progress
    #[arg(long, short, global = true)]
    pub(super) quiet: bool,
    /// Leave this deck out; may be given more than once
    #[arg(long, value_name = "DECK", global = true)]
    pub(super) without: Vec<String>,
}

/// A time with its offset, or one of this computer's wall clock; a day alone is its noon.
fn present(text: &str) -> Result<DateTime<FixedOffset>, String> {
    let wall = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"];
    let wall = wall.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let noon = || text.parse::<NaiveDate>().ok().and_then(|day| day.and_hms_opt(12, 0, 0));
    let local = |wall: NaiveDateTime| Some(Local.from_local_datetime(&wall).earliest()?.fixed_offset());
    let with_offset = DateTime::parse_from_rfc3339(text).ok();
    with_offset
        .or_else(|| wall.or_else(noon).and_then(local))
        .ok_or_else(|| "write a day or a time, as in 2026-11-21 or 2026-11-21T09:00:00+01:00".to_owned())
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Ask what is due, then new cards (what sysdrill does without a command)
    #[command(
        after_help = "Examples:\n  sysdrill review latency --minutes 5\n  sysdrill review --tag caching\n  sysdrill review --json --seed 1   for a program"
    )]
    Review(Review),
    /// A sprint of generated questions, due or not, with a scorecard at its end
    #[command(
        after_help = "Examples:\n  sysdrill quiz storage -n 20\n  sysdrill quiz --list              the chains there are\n  sysdrill quiz --chain chat"
    )]
    Quiz(Quiz),
    /// Go through what you have learned, the weakest first; the schedule is safe
    #[command(
        after_help = "Examples:\n  sysdrill cram --minutes 20\n  sysdrill cram quick-answers --missed\n  sysdrill cram --all --level 1"
    )]
    Cram(Cram),
    /// Plan for an interview, and see the way there
    #[command(
        after_help = "Examples:\n  sysdrill plan --interview 2026-12-15\n  sysdrill plan\n  sysdrill plan --ics plan.ics      for a calendar\n  sysdrill plan --clear"
    )]
    Plan(Plan),
    /// Say how many cards are due
    #[command(after_help = "Examples:\n  sysdrill due\n  sysdrill due --short      for a shell prompt")]
    Due(Due),
    /// Say how it is going: recall, streak, readiness, what is to come
    #[command(
        after_help = "Examples:\n  sysdrill stats\n  sysdrill stats --deck latency --since 2026-11-01\n  sysdrill stats --json"
    )]
    Stats(Stats),
    /// Write how it is going as one HTML page, with pictures, to keep or to print
    #[command(after_help = "The page needs no network and no script.\n\n\
            Examples:\n  sysdrill report --open\n  sysdrill report --to november.html --since 2026-11-01\n  \
            sysdrill report --to - | less")]
    Report(Report),
    /// Serve the session as a page, for the browser here and for a phone
    #[command(
        after_help = "The page asks for a token, which the address that is shown has; used once, it becomes a cookie. \
            Ctrl-C stops the server.\n\n\
            Examples:\n  sysdrill serve --open          in the browser of this computer\n  \
            sysdrill serve --lan           on a phone in the same network\n  \
            sysdrill serve --devices       which devices may come in\n  \
            sysdrill serve --devices --revoke \"Safari on iPhone\""
    )]
    Serve(Serve),
    /// Ask at most three questions and write the answers down: interview, minutes, decks
    #[command(after_help = "Examples:\n  sysdrill setup")]
    Setup,
    /// Find cards by words in what they ask and answer
    #[command(
        after_help = "Examples:\n  sysdrill search consistent hashing\n  sysdrill search --deck latency disk\n  sysdrill search --json fsync"
    )]
    Search(Search),
    /// List cards, with what is scheduled
    #[command(
        after_help = "Examples:\n  sysdrill list --weak\n  sysdrill list --deck latency --level 1\n  sysdrill list --suspended"
    )]
    List(List),
    /// Show a card as it is asked and answered
    #[command(after_help = "Examples:\n  sysdrill show latency/l1-cache-hit")]
    Show(Show),
    /// Print a deck as a sheet to read
    #[command(
        after_help = "Examples:\n  sysdrill sheet latency\n  sysdrill sheet trade-offs --tag caching --md > caching.md\n  sysdrill sheet --weak --blank"
    )]
    Sheet(Sheet),
    /// Keep a note of your own with a card; it is shown with the answer
    #[command(
        after_help = "Examples:\n  sysdrill note latency/fsync-nvme \"ours takes 2 ms\"\n  sysdrill note latency/fsync-nvme            what it says now\n  sysdrill note latency/fsync-nvme \"\"         take it away"
    )]
    Note(Note),
    /// Add a card of your own to a deck of yours; without arguments it is asked for
    #[command(
        after_help = "Examples:\n  sysdrill add \"Which pattern keeps a write and its event together?\" \"The transactional outbox\"\n  sysdrill add --number \"Our peak load?\" \"1.2k QPS\" --tag work\n  sysdrill add --mistake \"I drew boxes before any number\" --fix \"Say users and QPS first\""
    )]
    Add(Add),
    /// List the decks and where your files are
    #[command(after_help = "Examples:\n  sysdrill decks\n  sysdrill decks --tags")]
    Decks(Decks),
    /// Make, edit, check and rename decks; switch them on and off
    Deck {
        #[command(subcommand)]
        command: DeckCommand,
    },
    /// Tell the history of a card: what is scheduled, every answer
    #[command(after_help = "Examples:\n  sysdrill card latency/l1-cache-hit")]
    Card(Card),
    /// Look the database over; exit code 1 and a list when something is wrong
    #[command(after_help = "Examples:\n  sysdrill doctor\n  sysdrill doctor --repair")]
    Doctor(Doctor),
    /// Make a backup now; one a day is made by itself
    #[command(after_help = "Examples:\n  sysdrill backup\n  sysdrill backup --list")]
    Backup(Backup),
    /// Put a backup in place of the database, which is backed up first
    #[command(after_help = "Examples:\n  sysdrill restore backups/sysdrill-2026-11-21.db")]
    Restore {
        /// A backup, as sysdrill backup --list names it
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Take in what another database has: a laptop's, a copy that went its own way
    #[command(after_help = "Examples:\n  sysdrill merge laptop.db")]
    Merge {
        /// The other database; it is only read
        #[arg(value_name = "OTHER.db")]
        file: PathBuf,
    },
    /// Bring the log of this computer and of your others together, by a folder that they share, or by a server
    #[command(after_help = "Any folder does that another program carries about: Syncthing, Dropbox, iCloud, a git\n\
            checkout, a stick. Each computer appends to files of its own there and reads all; after\n\
            any order of syncs all have the same log, schedule, notes and marks. The database\n\
            itself stays out of it. sysdrill config set auto true syncs at each session's start\n\
            and end.\n\n\
            A group shares a PostgreSQL instead: each learner has a role there, and sees nobody else's\n\
            answers. The password comes from PGPASSWORD or ~/.pgpass, or is typed; the server's\n\
            certificate is verified. A folder named init is ./init.\n\n\
            Examples:\n  \
              sysdrill sync ~/Sync/sysdrill      the first time, on each computer\n  \
              sysdrill sync                      from then on\n  \
              sysdrill sync --with-decks         your own decks too\n  \
              sysdrill sync postgres://ada@db.example.org/class")]
    Sync(Sync),
    /// Write everything as text, a JSON object a line; or cards for Anki and other programs
    #[command(after_help = "Examples:\n  \
            sysdrill export --to mine.jsonl              all that you did, for another machine\n  \
            sysdrill export latency --to latency.apkg    a deck for Anki\n  \
            sysdrill export --weak --to weak.apkg        what you are about to forget\n  \
            sysdrill export mine --no-progress --to mine.apkg\n                                               \
                                                         for somebody else: the cards alone\n  \
            sysdrill export --tag caching --to a.csv     a table for a spreadsheet\n  \
            sysdrill export mine --to mine.md            Markdown, with the ids of the cards\n\n\
        An Anki package (.apkg) has the decks, tags, sources, due days and answers. In Anki, \
            File > Import opens it; tick \"Import any learning progress\" there, which is off at \
            first. It is a first import, not a sync: when a card is there already, Anki takes its \
            new wording and leaves its progress alone. So progress goes along unless you say \
            --no-progress: it cannot be brought later. Tried with Anki 26.09; AnkiDroid and \
            AnkiMobile read the same form, but were not tried.\n\n\
        A generated question becomes examples with drawn values, marked so; your progress \
            goes with the first of them. In a table, a cell that begins with = + - or @ has an \
            apostrophe before it, so that no spreadsheet works it out. Markdown has no place for \
            due days; several decks are a folder: --format md --to decks.")]
    Export(Export),
    /// Bring in cards and progress of another program, or an export of sysdrill
    #[command(
        after_help = "The kind of a file is told from its content. Cards go into a deck of their own, a file that is yours to edit; \
            answers that were given elsewhere become history, and a card comes when it would have \
            come there. Imported again, a file brings only what is new.\n\n\
            Examples:\n  \
              sysdrill import deck.apkg --dry-run           what would come in, and what would not\n  \
              sysdrill import collection.colpkg             all of Anki, with due days and answers\n  \
              sysdrill import deck.apkg --media ~/pictures  its pictures too\n  \
              sysdrill import cards.csv                     a table: front and back, question and answer\n  \
              sysdrill import x.csv --columns answer,-,question\n  \
              sysdrill import ~/notes                       Markdown with what hashcards or Obsidian knows\n  \
              sysdrill import mine.jsonl                    an export of sysdrill\n  \
              sysdrill undo --import                        take the last import back"
    )]
    Import(Import),
    /// Take back what you did last: an answer, a suspension, a flag, a note, a plan, an added card, a renamed deck
    #[command(
        after_help = "Examples:\n  sysdrill undo\n  sysdrill undo latency/l1-cache-hit\n  sysdrill undo --import        the last import, as a whole"
    )]
    Undo(Undo),
    /// Take cards out until they are resumed
    #[command(after_help = "Examples:\n  sysdrill suspend latency/l1-cache-hit\n  sysdrill list --suspended")]
    Suspend(Cards),
    /// Take suspended cards in again
    #[command(after_help = "Examples:\n  sysdrill resume latency/l1-cache-hit\n  sysdrill resume --all-of latency")]
    Resume(Resume),
    /// Mark cards as ones to come back to
    #[command(after_help = "Examples:\n  sysdrill flag latency/l1-cache-hit\n  sysdrill review --flagged")]
    Flag(Cards),
    /// Take such marks off
    #[command(after_help = "Examples:\n  sysdrill unflag latency/l1-cache-hit")]
    Unflag(Cards),
    #[command(flatten)]
    Alone(Alone),
}
