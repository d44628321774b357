//! What can be said of the database and its backups.

use clap::Args as ClapArgs;

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
