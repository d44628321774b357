//! What can be said of the database and its backups.

use clap::{Args as ClapArgs, Subcommand};
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
#[command(args_conflicts_with_subcommands = true)]
pub(in crate::cli) struct Sync {
    #[command(subcommand)]
    pub(in crate::cli) command: Option<SyncCommand>,
    /// The folder that your computers share, or a server, as in postgres://ada@db.example.org/sysdrill; it is remembered, and
    /// need not be named again
    #[arg(value_name = "DIR|URL")]
    pub(in crate::cli) target: Option<PathBuf>,
    /// Carry your own decks too, now and from now on
    #[arg(long)]
    pub(in crate::cli) with_decks: bool,
    /// Carry your own decks no more; what was carried stays where it is
    #[arg(long, conflicts_with = "with_decks")]
    pub(in crate::cli) without_decks: bool,
    /// Forget the folder and the server; nothing in them is changed, and nothing here
    #[arg(long, conflicts_with_all = ["target", "with_decks", "without_decks"])]
    pub(in crate::cli) forget: bool,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum SyncCommand {
    /// Make a PostgreSQL database ready for a group, or bring it up to date; its owner does this
    #[command(after_help = "The database is there already, with the encoding UTF8. What is made is a schema named\n\
            sysdrill and a role sysdrill_learner, to which all learners belong. Run again, it\n\
            brings an older schema up to date and changes nothing else.\n\n\
            Examples:\n  \
              createdb --encoding UTF8 class\n  \
              sysdrill sync init postgres://postgres@db.example.org/class")]
    Init {
        /// The database [default: the server that is remembered]
        url: Option<String>,
    },
    /// Make a role for a learner on the server, and print what to hand over
    #[command(after_help = "Each learner has a role of their own, and by it the database knows who they are. The\n\
            password is made here, printed once, and reaches the server as its verifier alone. A\n\
            new one: alter role ada password '...'. To let nobody in any more: drop role ada.\n\n\
            Examples:\n  \
              sysdrill sync invite ada postgres://postgres@db.example.org/class")]
    Invite {
        /// The learner's name: small letters, digits and _
        #[arg(value_name = "NAME")]
        name: String,
        /// The database [default: the server that is remembered]
        url: Option<String>,
    },
    /// Write all that the server has of you, a JSON object a line
    #[command(
        after_help = "Your answers, decisions and notes as they lie there, the decks that you published, and your\n\
            figures on the board. What is on this computer, sysdrill export writes.\n\n\
            Examples:\n  \
              sysdrill sync export --to mine-on-the-server.jsonl"
    )]
    Export {
        /// The file; one that is there is not replaced [default: standard output]
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
    },
    /// Delete all that the server has of you, after a question; what is on this computer stays
    #[command(
        after_help = "Your lines, the decks that you published and your figures on the board are deleted, and the\n\
            server is forgotten here. On your other computers run sysdrill sync --forget first: a sync\n\
            there puts all of it on the server again.\n\n\
            Examples:\n  \
              sysdrill sync delete"
    )]
    Delete {
        /// Answer the question with yes
        #[arg(long)]
        yes: bool,
    },
    /// Show the group's board, and take part in it or no more
    #[command(after_help = "Who takes part gives three things with each sync: on how many of the last 14 days they\n\
            learned, how many cards they know, and how many answers in each deck were right; of their\n\
            own decks nothing. Everybody in the group reads counts and means over five people or more,\n\
            rounded, and no single learner's figures.\n\n\
            Examples:\n  \
              sysdrill sync board\n  \
              sysdrill sync board --join\n  \
              sysdrill sync board --leave      your figures are deleted there")]
    Board {
        /// Take part from now on
        #[arg(long)]
        join: bool,
        /// Take part no more
        #[arg(long, conflicts_with = "join")]
        leave: bool,
    },
}
