//! What can be said of cards and decks of one's own.

use crate::deck::Kind;
use clap::{Args as ClapArgs, Subcommand};
use std::path::PathBuf;

#[derive(Debug, ClapArgs)]
pub(in crate::cli) struct Add {
    /// What is asked; with --mistake, the scene
    #[arg(value_name = "QUESTION")]
    pub(in crate::cli) question: Option<String>,
    /// What is right
    #[arg(value_name = "ANSWER", conflicts_with_all = ["mistake", "fix"])]
    pub(in crate::cli) answer: Option<String>,
    /// The answer is a number with its unit, such as "1.2k QPS", which is typed
    #[arg(long, conflicts_with_all = ["mistake", "fix"])]
    pub(in crate::cli) number: bool,
    /// A text with gaps, such as "Paxos needs {{c1::a majority}}"
    #[arg(long, value_name = "TEXT", conflicts_with_all = ["question", "answer", "number", "mistake", "fix"])]
    pub(in crate::cli) cloze: Option<String>,
    /// What went wrong, in a mock interview say
    #[arg(long, value_name = "TEXT", requires = "fix")]
    pub(in crate::cli) mistake: Option<String>,
    /// What to say or do instead
    #[arg(long, value_name = "TEXT", requires = "mistake")]
    pub(in crate::cli) fix: Option<String>,
    /// The deck, which is made if there is none [default: your only deck, or else mine]
    #[arg(long, value_name = "DECK")]
    pub(in crate::cli) deck: Option<String>,
    /// A tag; may be given more than once
    #[arg(long, value_name = "TAG")]
    pub(in crate::cli) tag: Vec<String>,
    /// 1 is learned first, 3 last
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=3))]
    pub(in crate::cli) level: Option<u8>,
    /// A sentence shown after the answer: the reason, the consequence
    #[arg(long, value_name = "TEXT")]
    pub(in crate::cli) why: Option<String>,
    /// Where the fact comes from
    #[arg(long, value_name = "TEXT")]
    pub(in crate::cli) source: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum DeckCommand {
    /// Write a new deck of your own, with an example of each kind to write over
    #[command(
        after_help = "Examples:\n  sysdrill deck new work\n  sysdrill deck new work --title \"Our systems\" --kind number --kind recall"
    )]
    New(NewDeck),
    /// Open a deck of yours, or a card, in your editor (VISUAL or EDITOR), and check it afterwards
    #[command(after_help = "Examples:\n  sysdrill deck edit mine\n  sysdrill deck edit mine/our-peak")]
    Edit {
        /// Its name, or a card's id
        #[arg(value_name = "DECK|CARD")]
        name: String,
    },
    /// Print a deck as TOML, an embedded one too
    #[command(after_help = "Examples:\n  sysdrill deck show mine\n  sysdrill deck show latency | less")]
    Show {
        /// Its name
        #[arg(value_name = "DECK")]
        name: String,
    },
    /// Check decks: their form, their figures, their links
    #[command(after_help = "Examples:\n  sysdrill deck check\n  sysdrill deck check mine")]
    Check {
        /// Deck files or folders, or names of yours [default: all of yours]
        paths: Vec<PathBuf>,
        /// Print every warning, however many there are
        #[arg(long)]
        all: bool,
    },
    /// Give a deck of yours another name; the progress stays
    #[command(after_help = "Examples:\n  sysdrill deck rename mine work")]
    Rename {
        /// Its name now
        #[arg(value_name = "OLD")]
        old: String,
        /// Its new name
        #[arg(value_name = "NEW")]
        new: String,
    },
    /// Publish a deck of yours for the group on the server of sysdrill sync, or a new version of it
    #[command(
        after_help = "Everybody in the group can subscribe to it, and you alone publish more of it. The deck is one\n\
            file; its name and the ids of its cards stay, so that everybody's progress does.\n\n\
            Examples:\n  sysdrill deck publish work\n  sysdrill deck publish ~/decks/work.toml"
    )]
    Publish {
        /// Its file, or its name
        #[arg(value_name = "FILE|DECK")]
        deck: String,
    },
    /// Bring a deck that somebody published, and its new versions with each sync
    #[command(
        after_help = "The deck is a file among yours. What you change in it stays: a new version is then kept beside\n\
            it, and asked by nobody.\n\n\
            Examples:\n  sysdrill deck published\n  sysdrill deck subscribe work"
    )]
    Subscribe {
        /// Its name
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Bring no more versions of a published deck; its file stays, with your progress
    #[command(after_help = "Examples:\n  sysdrill deck unsubscribe work")]
    Unsubscribe {
        /// Its name
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// List the decks that the group has published
    #[command(after_help = "Examples:\n  sysdrill deck published")]
    Published,
    /// Have decks asked that were switched off
    #[command(after_help = "Examples:\n  sysdrill deck enable trade-offs")]
    Enable {
        /// Their names
        #[arg(required = true, value_name = "DECK")]
        names: Vec<String>,
    },
    /// Switch decks off: their cards wait, with their progress
    #[command(after_help = "Examples:\n  sysdrill deck disable trade-offs")]
    Disable {
        /// Their names
        #[arg(required = true, value_name = "DECK")]
        names: Vec<String>,
    },
    /// Write each card's id into its Markdown file, as a comment: then anything may be edited
    #[command(
        after_help = "Examples:\n  sysdrill deck fmt --dry-run\n  sysdrill --decks cards deck fmt cards/Caching.md"
    )]
    Fmt(Fmt),
    /// Say whether a reworded card of a Markdown file is a former one, and goes on with its progress
    #[command(
        after_help = "Examples:\n  sysdrill deck match\n  sysdrill deck match caching/l2-cache-reference-1c2b3a4d --new"
    )]
    Match(Match),
}

#[derive(Debug, ClapArgs)]
pub(in crate::cli) struct NewDeck {
    /// The first part of its cards' ids: lower-case letters, digits and hyphens
    #[arg(value_name = "NAME")]
    pub(in crate::cli) name: Option<String>,
    /// What people call it
    #[arg(long, value_name = "TEXT")]
    pub(in crate::cli) title: Option<String>,
    /// An example of this kind; may be given more than once [default: all kinds]
    #[arg(long, value_name = "KIND", value_parser = super::select::kind())]
    pub(in crate::cli) kind: Vec<Kind>,
}

#[derive(Debug, ClapArgs)]
pub(in crate::cli) struct Fmt {
    /// Markdown files or folders [default: all of yours]
    #[arg(value_name = "FILE")]
    pub(in crate::cli) paths: Vec<PathBuf>,
    /// Show what would be written, and write nothing
    #[arg(long)]
    pub(in crate::cli) dry_run: bool,
}

#[derive(Debug, ClapArgs)]
pub(in crate::cli) struct Match {
    /// This card is its former self, and goes on with its progress [default: asks about each]
    #[arg(value_name = "CARD")]
    pub(in crate::cli) card: Option<String>,
    /// No: it is a new card
    #[arg(long, requires = "card")]
    pub(in crate::cli) new: bool,
}
