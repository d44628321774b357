//! What can be said of the database and its backups.

use clap::Args as ClapArgs;
use std::path::PathBuf;

#[derive(Debug, ClapArgs)]
pub(in crate::cli) struct Doctor {
    /// Fold the schedule anew, or save what is left of a damaged file into a new one; the old one is kept
    #[arg(long)]
    pub(in crate::cli) repair: bool,
    /// Mark the cards that no deck has any more as forgotten, after a question; deletes nothing
    #[arg(long, conflicts_with = "repair")]
    pub(in crate::cli) forget_orphans: bool,
    /// Take back what --forget-orphans did: what was answered counts again
    #[arg(long, conflicts_with_all = ["repair", "forget_orphans"])]
    pub(in crate::cli) remember: bool,
    /// Answer the question of --forget-orphans with yes
    #[arg(long, requires = "forget_orphans")]
    pub(in crate::cli) yes: bool,
}

#[derive(Debug, ClapArgs)]
pub(in crate::cli) struct Backup {
    /// List the backups there are
    #[arg(long)]
    pub(in crate::cli) list: bool,
}

#[derive(Debug, ClapArgs)]
pub(in crate::cli) struct Sync {
    /// The folder that your computers share; it is remembered, and need not be named again
    #[arg(value_name = "DIR")]
    pub(in crate::cli) folder: Option<PathBuf>,
    /// Carry your own decks too, now and from now on
    #[arg(long)]
    pub(in crate::cli) with_decks: bool,
    /// Carry your own decks no more; what was carried stays where it is
    #[arg(long, conflicts_with = "with_decks")]
    pub(in crate::cli) without_decks: bool,
    /// Forget the folder; nothing in it is changed, and nothing here
    #[arg(long, conflicts_with_all = ["folder", "with_decks", "without_decks"])]
    pub(in crate::cli) forget: bool,
}
