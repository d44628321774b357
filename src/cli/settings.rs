//! `config.toml`, the places of files, and what the command line overrides.

use super::settings_file::{self, Fault};
use crate::files::{self, Existing};
use crate::practice::NewPerDay;
use crate::shown;
use crate::terminal::{Options, Pause, Scale};
use clap::ValueEnum;
use etcetera::BaseStrategy;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("cannot read {}: {source}", shown::path(path))]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file says something wrong.
    #[error("{}", list(path, faults))]
    Wrong {
        /// The file.
        path: PathBuf,
        /// What and where.
        faults: Vec<Fault>,
    },
    /// There is no home.
    #[error("cannot find your home folder: name the files with --db and --config")]
    NoHome,
}

fn list(path: &Path, faults: &[Fault]) -> String {
    let line = |Fault { line, message }: &Fault| format!("{}:{line}: {message}", shown::path(path));
    let lines: Vec<String> = faults.iter().map(line).collect();
    format!("{}\nmend the line, or take it out: then the default stands", lines.join("\n"))
}

/// When to use colours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Color {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Color {
    /// Decides once for the whole program.
    pub(super) fn apply(self) {
        console::set_colors_enabled(self.is_on(console::Term::stdout().is_term(), |name| std::env::var_os(name)));
    }

    /// Whether there are colours on a terminal, or off one, in this environment.
    pub(super) fn is_on(self, is_terminal: bool, variable: impl Fn(&str) -> Option<OsString>) -> bool {
        match self {
            // https://no-color.org: any value but the empty one.
            Self::Auto => {
                let refused = variable("NO_COLOR").is_some_and(|value| !value.is_empty());
                !refused && is_terminal && variable("TERM").is_none_or(|term| term != "dumb")
            }
            Self::Always => true,
            Self::Never => false,
        }
    }
}

/// How answers are graded by hand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum KeyScale {
    /// 1 Again, 2 Hard, 3 Good, 4 Easy
    #[default]
    Four,
    /// 0 to 5, as SM-2 has them
    Full,
}

impl From<KeyScale> for Scale {
    fn from(scale: KeyScale) -> Self {
        match scale {
            KeyScale::Four => Self::FourKeys,
            KeyScale::Full => Self::Full,
        }
    }
}

/// When feedback stays until a key is pressed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum PauseSetting {
    /// After an answer that was wrong, and after a look.
    #[default]
    Wrong,
    /// After every answer.
    Always,
    /// Never.
    Never,
}

/// When the time of a probe begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum ProbeClock {
    /// When the learner says so.
    #[default]
    Key,
    /// When the question appears.
    Once,
}

impl Settings {
    /// Whether nothing is drawn: a terminal that obeys no escape sequences has nothing drawn over either.
    pub(super) fn is_plain(&self) -> bool {
        self.plain || console::is_dumb()
    }

    /// How a person wants to be asked.
    pub(super) fn asking(&self, scale: Option<KeyScale>) -> Options {
        Options {
            scale: scale.unwrap_or(self.scale).into(),
            pause: match self.pause {
                PauseSetting::Wrong => Pause::Wrong,
                PauseSetting::Always => Pause::Always,
                PauseSetting::Never => Pause::Never,
            },
            clock: self.clock,
            plain: self.is_plain(),
            probe_at_once: self.probe_clock == ProbeClock::Once,
            confidence: self.confidence,
            keys_told: false,
        }
    }
}

/// How a plan meets a new card.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum First {
    /// It is shown, and asked after some others.
    #[default]
    Look,
    /// It is asked at once.
    Ask,
}

/// The settings, each with its default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Settings {
    /// Minutes a session; 0 has no end.
    pub(super) minutes: u32,
    /// New cards a day.
    pub(super) new_per_day: NewPerDay,
    /// The hour at which a day begins.
    pub(super) rollover_hour: u8,
    /// How answers are graded by hand.
    pub(super) scale: KeyScale,
    /// How a plan meets a new card.
    pub(super) first: First,
    /// Decks that are left out.
    pub(super) decks_off: Vec<String>,
    /// When to use colours.
    pub(super) color: Color,
    /// When feedback stays until a key is pressed.
    pub(super) pause: PauseSetting,
    /// Whether a clock is shown.
    pub(super) clock: bool,
    /// Whether nothing on the screen is drawn over.
    pub(super) plain: bool,
    /// When the time of a probe begins.
    pub(super) probe_clock: ProbeClock,
    /// Whether each answer is asked how sure it is.
    pub(super) confidence: bool,
    /// Whether a session syncs at its start and end.
    pub(super) auto: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            minutes: 15,
            new_per_day: NewPerDay::Auto,
            rollover_hour: 4,
            scale: KeyScale::default(),
            first: First::default(),
            decks_off: Vec::new(),
            color: Color::default(),
            pause: PauseSetting::default(),
            clock: true,
            plain: false,
            probe_clock: ProbeClock::default(),
            confidence: false,
            auto: false,
        }
    }
}

impl Settings {
    /// Reads the file; without one, the defaults stand.
    pub(super) fn read(path: &Path) -> Result<Self, SettingsError> {
        Self::parse(path, &text_of(path)?)
    }

    /// All of them by name.
    pub(super) fn to_table(&self) -> toml::Table {
        toml::Table::try_from(self).unwrap_or_default()
    }

    /// Reads the text of a file, which need not be there yet.
    pub(super) fn parse(path: &Path, text: &str) -> Result<Self, SettingsError> {
        let read = |text: &str| toml::from_str(text).ok().filter(Self::is_in_range);
        read(text).ok_or_else(|| {
            let faults = settings_file::faults(text, |line| read(line).is_some());
            SettingsError::Wrong { path: path.to_owned(), faults }
        })
    }

    fn is_in_range(&self) -> bool {
        self.rollover_hour <= 23 && self.minutes <= 1440
    }
}

/// The text of the file; none where there is no file.
fn text_of(path: &Path) -> Result<String, SettingsError> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        read => read.map_err(|source| SettingsError::Io { path: path.to_owned(), source }),
    }
}

/// The settings that the file has, by name; those that it has not are as by default.
///
/// # Errors
/// The file cannot be read, or is no TOML.
pub(super) fn written(path: &Path) -> Result<Vec<String>, SettingsError> {
    let text = text_of(path)?;
    match toml::from_str::<toml::Table>(&text) {
        Ok(table) => Ok(table.keys().cloned().collect()),
        // This says where.
        Err(_) => Settings::parse(path, &text).map(|_| Vec::new()),
    }
}

/// Writes one setting into the file and leaves all else in it as it is, comments too. The file is made if there is none.
///
/// # Errors
/// The file cannot be read or written, or would say something wrong: then it is left as it is.
pub(super) fn write(path: &Path, key: &str, value: toml_edit::Value) -> Result<(), SettingsError> {
    let io = |source| SettingsError::Io { path: path.to_owned(), source };
    let text = text_of(path)?;
    let Ok(mut document) = text.parse::<toml_edit::DocumentMut>() else {
        return Settings::parse(path, &text).map(drop);
    };
    match document.get_mut(key).and_then(toml_edit::Item::as_value_mut) {
        Some(present) => {
            // The comment behind it stays too.
            let decor = present.decor().clone();
            *present = value;
            *present.decor_mut() = decor;
        }
        None => document[key] = toml_edit::value(value),
    }
    let written = document.to_string();
    Settings::parse(path, &written)?;
    match path.exists() {
        true => files::change(path, written.as_bytes()),
        false => files::write(path, Existing::Refused, |out| out.write_all(written.as_bytes())),
    }
    .map_err(io)
}

/// Takes a setting out of the file, and says whether it was there.
///
/// # Errors
/// The file cannot be read or written, or something else in it is wrong.
pub(super) fn remove(path: &Path, key: &str) -> Result<bool, SettingsError> {
    let text = text_of(path)?;
    let Ok(mut document) = text.parse::<toml_edit::DocumentMut>() else {
        return Settings::parse(path, &text).map(|_| false);
    };
    if document.remove(key).is_none() {
        return Ok(false);
    }
    let written = document.to_string();
    Settings::parse(path, &written)?;
    files::change(path, written.as_bytes())
        .map_err(|source| SettingsError::Io { path: path.to_owned(), source })
        .map(|()| true)
}

/// Where files are.
pub(super) struct Places {
    /// The folder of config.toml and decks/.
    pub(super) config: PathBuf,
    /// The database.
    pub(super) db: PathBuf,
}

impl Places {
    /// The places named, or else the platform's own.
    pub(super) fn find(config: Option<PathBuf>, db: Option<PathBuf>) -> Result<Self, SettingsError> {
        let strategy = || etcetera::choose_base_strategy().map_err(|_| SettingsError::NoHome);
        Ok(Self {
            config: config.map_or_else(|| strategy().map(|s| s.config_dir().join("sysdrill")), Ok)?,
            db: db.map_or_else(|| strategy().map(|s| s.data_dir().join("sysdrill").join("sysdrill.db")), Ok)?,
        })
    }
}
