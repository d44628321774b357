//! The commands about the shell, the manual and the settings.

use clap::{Subcommand, ValueHint};
use std::path::PathBuf;

/// Commands that need neither settings nor a database.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Alone {
    /// Read and write the settings
    Config {
        #[command(subcommand)]
        command: Option<Config>,
    },
    /// Print what a shell needs to complete commands, decks, tags and cards
    #[command(
        after_help = "Examples:\n  echo 'source <(sysdrill completions bash)' >> ~/.bashrc\n  echo 'source <(sysdrill completions zsh)' >> ~/.zshrc      after compinit\n  echo 'sysdrill completions fish | source' >> ~/.config/fish/config.fish"
    )]
    Completions {
        /// The shell
        #[arg(value_name = "SHELL")]
        shell: Shell,
    },
    /// Write the pages of the manual, one a command
    #[command(
        after_help = "Examples:\n  sysdrill man ~/.local/share/man/man1\n  sysdrill man . && man ./sysdrill-review.1"
    )]
    Man {
        /// The folder to write them to, which is made if there is none
        #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
        folder: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Config {
    /// Print a setting, or all of them with where each comes from
    #[command(after_help = "Examples:\n  sysdrill config get\n  sysdrill config get minutes")]
    Get {
        /// The setting
        #[arg(value_name = "KEY")]
        key: Option<String>,
    },
    /// Take a setting out of the file: its default holds again
    #[command(after_help = "Examples:\n  sysdrill config unset minutes")]
    Unset {
        /// The setting
        #[arg(value_name = "KEY")]
        key: String,
    },
    /// Write a setting; comments in the file stay
    #[command(
        after_help = "Examples:\n  sysdrill config set minutes 20\n  sysdrill config set decks_off interview mistakes\n  sysdrill config set decks_off              none is off"
    )]
    Set {
        /// The setting
        #[arg(value_name = "KEY")]
        key: String,
        /// What it is to be; decks_off takes any number of decks
        #[arg(value_name = "VALUE")]
        values: Vec<String>,
    },
    /// Open config.toml in $VISUAL or $EDITOR, and check it on return
    #[command(after_help = "Examples:\n  sysdrill config edit\n  EDITOR=nano sysdrill config edit")]
    Edit,
    /// Print where config.toml is
    #[command(after_help = "Examples:\n  sysdrill config path")]
    Path,
}

/// The shells that can be told how to complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(in crate::cli) enum Shell {
    /// The line for ~/.bashrc: source <(sysdrill completions bash)
    Bash,
    /// The line for ~/.zshrc, after compinit: source <(sysdrill completions zsh)
    Zsh,
    /// The line for config.fish: sysdrill completions fish | source
    Fish,
    /// The line for $PROFILE: sysdrill completions powershell | Out-String | Invoke-Expression
    Powershell,
    /// The line for rc.elv: eval (sysdrill completions elvish | slurp)
    Elvish,
}

impl Shell {
    /// What the shell is called.
    pub(in crate::cli) fn name(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Zsh => "zsh",
            Self::Fish => "fish",
            Self::Powershell => "powershell",
            Self::Elvish => "elvish",
        }
    }
}
