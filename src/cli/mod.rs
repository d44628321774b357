//! The command line: arguments to options, options to a command, one file a command.

mod add;
mod args;
mod backup;
mod bar;
mod card;
mod check;
mod complete;
mod config;
mod deck;
mod decks;
mod doctor;
mod due;
mod edit;
mod export;
mod fmt;
mod import;
mod list;
mod manual;
mod merge;
mod note;
mod output;
mod own;
mod plan;
mod predictions;
mod rename;
mod report;
mod restore;
mod reworded;
mod search;
mod settings;
mod settings_file;
mod setup;
mod sheet;
mod show;
mod sit;
mod stats;
mod undo;

pub use args::Args;
pub use complete::complete;

use crate::catalog::{Catalog, CatalogError, NotFound};
use crate::clock::Clock;
use crate::deck::{DeckError, Unknown};
use crate::drive::DriveError;
use crate::log::MarkKind;
use crate::practice::{Daily, PracticeError};
use crate::shown;
use crate::store::{ExportError, Store, StoreError, real};
use args::{Alone, Command, DeckCommand, Global};
use bar::Bar;
use clap::builder::Resettable;
use clap::{CommandFactory, FromArgMatches};
use settings::{Settings, SettingsError};
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// So many errors of the user's decks are told before a session; `deck check` tells all.
const WARNED: usize = 5;

/// Interrupted by the user, as shells number it.
pub const INTERRUPTED: u8 = 130;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The settings.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A deck or a card that there is not.
    #[error(transparent)]
    Unknown(#[from] Unknown),
    /// Broken decks.
    #[error("{}", list(.0))]
    Decks(Vec<DeckError>),
    /// The decks as a whole.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// Input or output.
    #[error("cannot read or write: {0}")]
    Io(#[from] io::Error),
    /// A file that was named.
    #[error("{}: {source}", shown::path(path))]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file that was named and is not there.
    #[error("there is no file {}: {next}", shown::path(path))]
    NoFile {
        /// The file.
        path: PathBuf,
        /// The next step.
        next: &'static str,
    },
    /// Said as it is.
    #[error("{0}")]
    Plain(String),
}

fn list(errors: &[DeckError]) -> String {
    let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
    format!("{}\n{} in the decks", lines.join("\n"), shown::count(errors.len(), "error"))
}

impl From<ExportError> for CliError {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Store(error) => Self::Store(error),
            ExportError::Io(error) => Self::Io(error),
        }
    }
}

impl From<NotFound> for CliError {
    fn from(error: NotFound) -> Self {
        match error {
            NotFound::Unknown(error) => Self::Unknown(error),
            NotFound::NoCard(message) => Self::Plain(message),
            NotFound::Store(error) => Self::Store(error),
        }
    }
}

impl From<DriveError> for CliError {
    fn from(error: DriveError) -> Self {
        match error {
            DriveError::Store(error) => Self::Store(error),
            DriveError::Catalog(error) => Self::Catalog(error),
            DriveError::Io(error) => Self::Io(error),
        }
    }
}

impl From<PracticeError> for CliError {
    fn from(error: PracticeError) -> Self {
        match error {
            PracticeError::Store(error) => Self::Store(error),
            PracticeError::NotFound(error) => error.into(),
            PracticeError::Drive(error) => error.into(),
            PracticeError::Nothing(message) => Self::Plain(message),
        }
    }
}

impl CliError {
    /// Why a file that was named could not be opened; `next` is the next step where it is not there.
    fn of_named(path: &Path, source: io::Error, next: &'static str) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::NotFound => Self::NoFile { path, next },
            _ => Self::File { path, source },
        }
    }

    fn io_kind(&self) -> Option<io::ErrorKind> {
        match self {
            Self::Io(error) => Some(error.kind()),
            _ => None,
        }
    }
}

/// What every command runs on.
struct Context {
    clock: Clock,
    settings: Settings,
    db: PathBuf,
    /// The file of the settings.
    config_file: PathBuf,
    /// Decks left out on the command line.
    without: Vec<String>,
    /// The user's decks, and whether they were named on the command line.
    deck_folder: (PathBuf, bool),
}

/// How strict a command is with the user's broken decks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Broken {
    /// They are reported and left out.
    LeftOut,
    /// They are kept for the command to tell.
    Kept,
}

impl Context {
    /// All decks. Decks that were named on the command line must be sound.
    fn catalog(&self, store: &mut Store, broken: Broken) -> Result<Catalog, CliError> {
        let (folder, explicit) = &self.deck_folder;
        let mut bar = Bar::new("reading the decks");
        let mut read = |done, all| bar.at(done as u64, all as u64);
        let mut catalog = Catalog::open(store, folder, *explicit, &mut read)?;
        drop(bar);
        let errors = &mut catalog.errors;
        if !errors.is_empty() && broken == Broken::LeftOut {
            if *explicit {
                return Err(CliError::Decks(std::mem::take(errors)));
            }
            for error in errors.iter().take(WARNED) {
                output::warn(&error.to_string());
            }
            let more = errors.len().saturating_sub(WARNED);
            let more = if more > 0 { format!("and {}; ", shown::count(more, "more error")) } else { String::new() };
            output::warn(&format!(
                "{more}such a deck is left out until it is mended; sysdrill deck check lists its errors"
            ));
        }
        let snapshot = store.snapshot()?;
        catalog.check_decks(store, &self.without)?;
        // A setting outlives the deck that it names: it is told, and stops nothing.
        if catalog.errors.is_empty() {
            for name in store.deck_index().unknown_decks(&self.settings.decks_off)? {
                output::warn(&format!("config.toml: decks_off names '{name}', which no deck has"));
            }
        }
        let moves = store.deck_index().moves()?;
        drop(snapshot);
        store.move_progress(&moves, self.clock.now_ms(), self.clock.today())?;
        Ok(catalog)
    }

    /// Today, as the settings have it.
    fn daily(&self) -> Daily {
        Daily {
            day: self.clock.today(),
            now_ms: self.clock.now_ms(),
            minutes: self.settings.minutes,
            new_per_day: self.settings.new_per_day,
            show_first: self.settings.first == settings::First::Look,
            decks_off: self.settings.decks_off.clone(),
            without: self.without.clone(),
        }
    }

    fn store(&self) -> Result<Store, CliError> {
        let mut store = Store::open(&self.db, Box::new(rand::random))?;
        if let Some(stray) = store.stray() {
            output::warn(&stray.to_string());
        }
        store.keep_to(self.clock.today())?;
        Ok(store)
    }

    /// The time for a file's name.
    fn tag(&self) -> String {
        self.clock.local().format("%Y-%m-%d-%H%M%S").to_string()
    }
}

/// The variables of the environment that stand for an option.
const VARIABLES: [(&str, &str); 3] = [("db", "SYSDRILL_DB"), ("config", "SYSDRILL_CONFIG"), ("now", "SYSDRILL_NOW")];

/// Reads a command line. Where it makes no sense, or asks for help, that is said and the exit code given.
///
/// # Errors
/// There is nothing to run.
pub fn read(words: impl IntoIterator<Item = OsString>) -> Result<Args, ExitCode> {
    let is_empty = |name: &str| std::env::var_os(name).is_some_and(|value| value.is_empty());
    let command =
        VARIABLES.iter().filter(|(_, variable)| is_empty(variable)).fold(Args::command(), |command, (id, _)| {
            // A variable that is empty is not set.
            command.mut_arg(id, |arg| arg.env(Resettable::Reset))
        });
    let read = with_negative_numbers(command)
        .try_get_matches_from(words)
        .and_then(|mut matches| Args::from_arg_matches_mut(&mut matches)?.checked());
    read.map_err(|error| {
        let said = error.render().to_string();
        if shown::text(&said) == said {
            let _ = error.print();
        } else {
            eprint!("{}", shown::text(&said));
        }
        u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
    })
}

/// A number below 0 is a wrong value, whatever letter it looks like: what is allowed is said then.
fn with_negative_numbers(command: clap::Command) -> clap::Command {
    let names: Vec<String> = command.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    let command = command.mut_args(|arg| match arg.get_action().takes_values() {
        true => arg.allow_negative_numbers(true),
        false => arg,
    });
    names.into_iter().fold(command, |command, name| command.mut_subcommand(name, with_negative_numbers))
}

/// Runs a command line and says how it ended.
pub fn run(args: Args) -> ExitCode {
    match run_command(args) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read our output has seen enough.
        Err(error) if error.io_kind() == Some(io::ErrorKind::BrokenPipe) => ExitCode::SUCCESS,
        Err(error) if error.io_kind() == Some(io::ErrorKind::Interrupted) => ExitCode::from(INTERRUPTED),
        Err(error) => {
            output::warn(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

fn run_command(args: Args) -> Result<(), CliError> {
    output::set_quiet(args.global.quiet);
    if let Some(Command::Alone(command)) = &args.command {
        return alone(&args.global, command);
    }
    let context = resolve(&args)?;
    command(args, context)
}

/// These need no settings, or mend them.
fn alone(global: &Global, command: &Alone) -> Result<(), CliError> {
    match command {
        Alone::Config { command } => config::run(global, command),
        Alone::Completions { shell } => Ok(complete::write_script(*shell, &mut io::stdout())?),
        Alone::Man { folder } => manual::write(folder),
    }
}

fn resolve(args: &Args) -> Result<Context, CliError> {
    let global = &args.global;
    let places = settings::Places::find(global.config.clone(), global.db.clone())?;
    let config_file = places.config.join("config.toml");
    let settings = Settings::read(&config_file)?.overridden(global);
    settings.color.apply();
    let clock = match global.now {
        Some(now) => Clock::fixed(now, settings.rollover_hour),
        None => Clock::system(settings.rollover_hour),
    };
    let deck_folder = match &global.decks {
        Some(folder) => (folder.clone(), true),
        None => (places.config.join("decks"), false),
    };
    Ok(Context { clock, settings, db: real(&places.db)?, config_file, without: global.without.clone(), deck_folder })
}

fn command(args: Args, mut context: Context) -> Result<(), CliError> {
    let review = |options| args::Review { options, ..args::Review::default() };
    match args.command.unwrap_or_else(|| Command::Review(review(args.review))) {
        Command::Review(review) => sit::review(context, &review),
        Command::Quiz(quiz) => sit::quiz(context, &quiz),
        Command::Cram(cram) => sit::cram(context, &cram),
        Command::Setup => setup::run(&mut context),
        Command::Search(search) => search::run(context, &search),
        Command::List(list) => list::run(&context, &list),
        Command::Show(show) => show::run(&context, &show),
        Command::Sheet(sheet) => sheet::run(&context, &sheet),
        Command::Note(note) => note::run(&context, &note),
        Command::Add(add) => add::run(&context, &add),
        Command::Plan(plan) => plan::run(&context, &plan),
        Command::Due(due) => due::run(&context, &due),
        Command::Decks(decks) => decks::run(&context, &decks),
        Command::Deck { command } => deck_command(&context, command),
        Command::Card(card) => card::run(&context, &card),
        Command::Doctor(doctor) => doctor::run(&context, &doctor),
        Command::Backup(backup) => backup::run(&context, &backup),
        Command::Restore { file } => restore::run(&context, &file),
        Command::Merge { file } => merge::run(&context, &file),
        Command::Export(export) => export::run(&context, &export),
        Command::Import(import) => import::run(&context, &import),
        Command::Undo(undo) => undo::undo(&context, &undo),
        Command::Suspend(cards) => undo::mark(&context, &cards.ids, &MarkKind::Suspend),
        Command::Resume(cards) => undo::resume(&context, &cards),
        Command::Flag(cards) => undo::mark(&context, &cards.ids, &MarkKind::Flag),
        Command::Unflag(cards) => undo::mark(&context, &cards.ids, &MarkKind::Unflag),
        Command::Stats(stats) => stats::run(&context, &stats),
        Command::Alone(command) => alone(&args.global, &command),
        Command::Report(report) => report::run(&context, &report),
    }
}

fn deck_command(context: &Context, command: DeckCommand) -> Result<(), CliError> {
    match command {
        DeckCommand::New(new) => deck::new(context, &new),
        DeckCommand::Edit { name } => edit::run(context, &name),
        DeckCommand::Show { name } => deck::show(context, &name),
        DeckCommand::Check { paths } => check::run(context, &paths),
        DeckCommand::Fmt(args) => fmt::run(context, &args),
        DeckCommand::Match(args) => reworded::run(context, &args),
        DeckCommand::Rename { old, new } => rename::run(context, &old, &new),
        DeckCommand::Enable { names } => deck::switch(context, &names, true),
        DeckCommand::Disable { names } => deck::switch(context, &names, false),
    }
}

#[cfg(test)]
mod tests;
