//! What every command runs on: the clock, the settings, the places of files; and the store and the decks, opened.

use super::args::Global;
use super::bar::Bar;
use super::error::CliError;
use super::output;
use super::settings::{First, Places, Settings};
use crate::catalog::Catalog;
use crate::clock::Clock;
use crate::practice::Daily;
use crate::shown;
use crate::store::{Store, real};
use std::path::PathBuf;

/// So many errors of the user's decks are told before a session; `deck check` tells all.
const WARNED: usize = 5;

/// What every command runs on.
pub(super) struct Context {
    pub(super) clock: Clock,
    pub(super) settings: Settings,
    pub(super) db: PathBuf,
    /// The file of the settings.
    pub(super) config_file: PathBuf,
    /// Decks left out on the command line.
    pub(super) without: Vec<String>,
    /// The user's decks, and whether they were named on the command line.
    pub(super) deck_folder: (PathBuf, bool),
    /// The keys of a session were told just before.
    pub(super) keys_told: bool,
}

/// How strict a command is with the user's broken decks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Broken {
    /// They are reported and left out.
    LeftOut,
    /// They are kept for the command to tell.
    Kept,
}

impl Context {
    /// What the command line, the environment and `config.toml` say together.
    pub(super) fn of(global: &Global) -> Result<Self, CliError> {
        check_places(global)?;
        let places = Places::find(global.config.clone(), global.db.clone())?;
        let config_file = places.config.join("config.toml");
        let settings = overridden(Settings::read(&config_file)?, global);
        settings.color.apply();
        let clock = match global.now {
            Some(now) => Clock::fixed(now, settings.rollover_hour),
            None => Clock::system(settings.rollover_hour),
        };
        let deck_folder = match &global.decks {
            Some(folder) => (folder.clone(), true),
            None => (places.config.join("decks"), false),
        };
        Ok(Self {
            clock,
            settings,
            db: real(&places.db)?,
            config_file,
            without: global.without.clone(),
            deck_folder,
            keys_told: false,
        })
    }

    /// All decks. Decks that were named on the command line must be sound.
    pub(super) fn catalog(&self, store: &mut Store, broken: Broken) -> Result<Catalog, CliError> {
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
    pub(super) fn daily(&self) -> Daily {
        Daily {
            day: self.clock.today(),
            now_ms: self.clock.now_ms(),
            minutes: self.settings.minutes,
            new_per_day: self.settings.new_per_day,
            show_first: self.settings.first == First::Look,
            decks_off: self.settings.decks_off.clone(),
            without: self.without.clone(),
        }
    }

    pub(super) fn store(&self) -> Result<Store, CliError> {
        let mut store = Store::open(&self.db, Box::new(rand::random))?;
        if let Some(stray) = store.stray() {
            output::warn(&stray.to_string());
        }
        store.keep_to(self.clock.today())?;
        Ok(store)
    }

    /// The time for a file's name.
    pub(super) fn tag(&self) -> String {
        self.clock.local().format("%Y-%m-%d-%H%M%S").to_string()
    }
}

/// A file of settings is no folder of them.
fn check_places(global: &Global) -> Result<(), CliError> {
    if let Some(config) = global.config.as_ref().filter(|config| config.is_file()) {
        return Err(CliError::Plain(format!(
            "{} is a file: --config (or SYSDRILL_CONFIG) names the folder that has config.toml and decks/",
            shown::path(config)
        )));
    }
    Ok(())
}

/// The settings with what the command line says, which goes first.
fn overridden(mut settings: Settings, global: &Global) -> Settings {
    settings.rollover_hour = global.rollover_hour.unwrap_or(settings.rollover_hour);
    settings.color = global.color.unwrap_or(settings.color);
    settings.clock &= !global.no_clock;
    settings.plain |= global.plain;
    if !global.without.is_empty() {
        settings.decks_off.clone_from(&global.without);
    }
    settings
}
