//! `config`: the settings, read and written.

use super::args::{Config, Global};
use super::settings::{self, Places, Settings, SettingsError};
use super::{CliError, edit, output};
use crate::deck::nearest;
use crate::files::{self, Existing};
use crate::shown;
use crate::terminal::Editor;
use std::path::Path;

/// What a setting may be.
#[derive(Debug, Clone, Copy)]
enum Allowed {
    /// A whole number from 0 to this.
    UpTo(u32),
    /// A whole number, or this word.
    NumberOr(&'static str),
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// True or false.
    Switch,
    /// Any number of decks.
    Decks,
}

/// A setting.
#[derive(Debug, Clone, Copy)]
struct Key {
    name: &'static str,
    allowed: Allowed,
    /// What it does.
    about: &'static str,
}

const KEYS: [Key; 12] = [
    Key { name: "minutes", allowed: Allowed::UpTo(1440), about: "minutes of a session; 0 has no end" },
    Key {
        name: "new_per_day",
        allowed: Allowed::NumberOr("auto"),
        about: "new cards a day; auto takes as many as the days to come can carry",
    },
    Key { name: "rollover_hour", allowed: Allowed::UpTo(23), about: "the hour at which a day begins" },
    Key {
        name: "scale",
        allowed: Allowed::OneOf(&["four", "full"]),
        about: "four keys to grade with, or the full 0 to 5",
    },
    Key {
        name: "first",
        allowed: Allowed::OneOf(&["look", "ask"]),
        about: "whether a plan shows a new card first, or asks it",
    },
    Key { name: "decks_off", allowed: Allowed::Decks, about: "decks that are left out" },
    Key { name: "color", allowed: Allowed::OneOf(&["auto", "always", "never"]), about: "when to use colours" },
    Key {
        name: "pause",
        allowed: Allowed::OneOf(&["wrong", "always", "never"]),
        about: "after which answers the feedback stays until a key",
    },
    Key { name: "clock", allowed: Allowed::Switch, about: "whether a clock is shown" },
    Key { name: "plain", allowed: Allowed::Switch, about: "whether nothing is drawn over, for a screen reader" },
    Key {
        name: "probe_clock",
        allowed: Allowed::OneOf(&["key", "once"]),
        about: "whether a probe's time begins with a key, or at once",
    },
    Key { name: "confidence", allowed: Allowed::Switch, about: "whether each answer is asked how sure it is" },
];

/// The names of all settings.
pub(super) fn keys() -> [&'static str; KEYS.len()] {
    KEYS.map(|key| key.name)
}

pub(super) fn run(global: &Global, command: &Config) -> Result<(), CliError> {
    let file = Places::find(global.config.clone(), global.db.clone())?.config.join("config.toml");
    match command {
        Config::Path => Ok(output::text(&file.to_string_lossy())?),
        Config::Get { key: Some(name) } => get(&file, find(name)?),
        Config::Get { key: None } => list(&file),
        Config::Set { key, values } => set(&file, find(key)?, values),
        Config::Edit => edit(&file),
    }
}

/// What a setting may be, in words.
///
/// # Errors
/// There is no such setting; the nearest is named.
pub(super) fn allowed(name: &str) -> Result<String, String> {
    find(name).map(|key| key.allowed.words()).map_err(|error| error.to_string())
}

fn find(name: &str) -> Result<Key, CliError> {
    KEYS.into_iter().find(|key| key.name == name).ok_or_else(|| {
        let near = nearest(name, keys().into_iter());
        let hint = match near.as_slice() {
            [] => format!("there are {}", keys().join(", ")),
            near => format!("did you mean {}?", near.join(" or ")),
        };
        CliError::Plain(format!("there is no setting '{name}': {hint}"))
    })
}

/// The value of a setting as a person writes it.
fn value(settings: &Settings, key: Key) -> Vec<String> {
    match settings.to_table().remove(key.name) {
        Some(toml::Value::Array(values)) => values.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect(),
        Some(toml::Value::String(word)) => vec![word],
        Some(other) => vec![other.to_string()],
        None => Vec::new(),
    }
}

/// A setting alone, for a script: what there are many of is a line each.
fn get(file: &Path, key: Key) -> Result<(), CliError> {
    let values = value(&Settings::read(file)?, key);
    Ok(if values.is_empty() { Ok(()) } else { output::text(&values.join("\n")) }?)
}

fn list(file: &Path) -> Result<(), CliError> {
    let settings = Settings::read(file)?;
    let written = settings::written(file)?;
    let line = |key: Key| {
        let value = match value(&settings, key) {
            values if values.is_empty() => "none".to_owned(),
            values => values.join(", "),
        };
        let origin = if written.contains(&key.name.to_owned()) { "" } else { "  (default)" };
        format!("{:<14} {:<8}{origin:<11}  {}", key.name, value, key.about)
    };
    let lines = KEYS.map(line).join("\n");
    let place = if file.exists() { "" } else { ", which is not there yet" };
    Ok(output::text(&format!("{lines}\n\n{}{place}; sysdrill config set KEY VALUE writes it", shown::path(file)))?)
}

fn set(file: &Path, key: Key, values: &[String]) -> Result<(), CliError> {
    let value = key.read(values).map_err(CliError::Plain)?;
    let text = value.to_string();
    settings::write(file, key.name, value)?;
    Ok(output::done(&format!("{} = {} in {}", key.name, text.trim(), shown::path(file)))?)
}

/// Opens the file until it is right or left as it is. A new one has every setting with its default, as comments.
fn edit(file: &Path) -> Result<(), CliError> {
    let editor = Editor::of_environment().map_err(|error| edit::by_hand(&error, &(file.to_owned(), 1)))?;
    if !file.exists() {
        let error = |source| CliError::File { path: file.to_owned(), source };
        files::write(file, Existing::Refused, |out| out.write_all(template().as_bytes())).map_err(error)?;
    }
    // What is wrong already is shown first.
    let mut line = Settings::read(file).err().map_or(1, |error| line_of(&error));
    loop {
        editor.open(file, line).map_err(|error| edit::by_hand(&error, &(file.to_owned(), line)))?;
        let Err(error) = Settings::read(file) else {
            return Ok(output::done(&format!("the settings in {} are right", shown::path(file)))?);
        };
        line = line_of(&error);
        if !edit::is_opened_again(std::slice::from_ref(&error))? {
            return Err(error.into());
        }
    }
}

/// Every setting with its default, none of them in force.
fn template() -> String {
    let settings = Settings::default().to_table();
    let line = |key: Key| {
        let value = settings.get(key.name).map(ToString::to_string).unwrap_or_default();
        format!("# {:<24} # {}\n", format!("{} = {value}", key.name), key.about)
    };
    let head = "# The settings of sysdrill. Take the first # of a line away and change its value.\n\n";
    std::iter::once(head.to_owned()).chain(KEYS.map(line)).collect()
}

/// The first line of the file, from 1, that is wrong.
fn line_of(error: &SettingsError) -> usize {
    match error {
        SettingsError::Wrong { faults, .. } => faults.first().map_or(1, |fault| fault.line),
        _ => 1,
    }
}

impl Key {
    /// What was said of it, as the file has it; or what is allowed.
    fn read(self, values: &[String]) -> Result<toml_edit::Value, String> {
        let Self { name, allowed, about } = self;
        let one = match (allowed, values) {
            (Allowed::Decks, _) => return Ok(toml_edit::Array::from_iter(values.iter()).into()),
            (_, [one]) => one.as_str(),
            (_, []) => return Err(format!("{name} is to be {}: {about}", allowed.words())),
            (_, several) => {
                return Err(format!("{name} is one value, {}, and not {}", allowed.words(), several.join(" ")));
            }
        };
        let read = match allowed {
            Allowed::UpTo(most) => one.parse::<u32>().ok().filter(|n| *n <= most).map(|n| i64::from(n).into()),
            Allowed::NumberOr(word) if one == word => Some(one.into()),
            Allowed::NumberOr(_) => one.parse::<u32>().ok().map(|n| i64::from(n).into()),
            Allowed::OneOf(words) => words.contains(&one).then(|| one.into()),
            Allowed::Switch => one.parse::<bool>().ok().map(Into::into),
            Allowed::Decks => None,
        };
        read.ok_or_else(|| format!("{name} is to be {}, and not '{one}': {about}", allowed.words()))
    }
}

impl Allowed {
    fn words(self) -> String {
        match self {
            Self::UpTo(most) => format!("a whole number of 0 to {most}"),
            Self::NumberOr(word) => format!("a whole number or {word}"),
            Self::OneOf(words) => match words.split_last() {
                Some((last, words)) => format!("{} or {last}", words.join(", ")),
                None => String::new(),
            },
            Self::Switch => "true or false".to_owned(),
            Self::Decks => "names of decks".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_has_its_key_and_takes_what_is_allowed() {
        let all: Vec<String> = Settings::default().to_table().keys().cloned().collect();
        let mut named = keys().map(str::to_owned).to_vec();
        named.sort();
        assert_eq!(all, named);
        for key in KEYS {
            let values: Vec<Vec<String>> = match key.allowed {
                Allowed::UpTo(most) => vec![vec!["0".to_owned()], vec![most.to_string()]],
                Allowed::NumberOr(word) => vec![vec!["0".to_owned()], vec![word.to_owned()]],
                Allowed::OneOf(words) => words.iter().map(|word| vec![(*word).to_owned()]).collect(),
                Allowed::Switch => vec![vec!["true".to_owned()], vec!["false".to_owned()]],
                Allowed::Decks => vec![Vec::new(), vec!["a".to_owned(), "b".to_owned()]],
            };
            for said in values {
                let text = format!("{} = {}", key.name, key.read(&said).unwrap());
                let settings =
                    Settings::parse(Path::new("config.toml"), &text).unwrap_or_else(|e| panic!("{text}: {e}"));
                assert_eq!(value(&settings, key), said, "{text}");
            }
        }
    }

    #[test]
    fn what_is_not_allowed_is_said_with_what_is() {
        let said = |name: &str, values: &[&str]| {
            let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
            find(name).map_err(|error| error.to_string()).and_then(|key| key.read(&values)).unwrap_err()
        };
        for (name, values, expected) in [
            ("minutes", &["1441"][..], "minutes is to be a whole number of 0 to 1440, and not '1441'"),
            ("minutes", &["-1"], "and not '-1': minutes of a session; 0 has no end"),
            ("minutes", &[], "minutes is to be a whole number of 0 to 1440: minutes"),
            ("minutes", &["5", "6"], "minutes is one value, a whole number of 0 to 1440, and not 5 6"),
            ("new_per_day", &["ten"], "new_per_day is to be a whole number or auto, and not 'ten'"),
            ("scale", &["five"], "scale is to be four or full, and not 'five'"),
            ("color", &["red"], "color is to be auto, always or never, and not 'red'"),
            ("clock", &["no"], "clock is to be true or false, and not 'no'"),
            ("minuts", &["5"], "there is no setting 'minuts': did you mean minutes?"),
            ("x", &["5"], "there is no setting 'x': there are minutes, new_per_day,"),
        ] {
            let said = said(name, values);
            assert!(said.contains(expected), "{said}");
        }
    }

    #[test]
    fn a_new_file_has_every_setting_and_none_in_force() {
        let text = template();
        assert_eq!(Settings::parse(Path::new("config.toml"), &text).unwrap(), Settings::default());
        assert!(text.contains("# scale = \"four\"") && text.contains("# decks_off = []"), "{text}");
        let all: String =
            text.lines().filter_map(|line| line.strip_prefix("# ")).skip(1).map(|l| format!("{l}\n")).collect();
        assert_eq!(Settings::parse(Path::new("config.toml"), &all).unwrap(), Settings::default());
        assert!(KEYS.iter().all(|key| all.contains(&format!("{} = ", key.name))), "{all}");
    }

    #[test]
    fn a_setting_that_is_wrong_in_the_file_can_be_set_right() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        std::fs::write(&file, "# mine\nminutes = 5000 # too long\nclock = false\n").unwrap();
        let minutes = find("minutes").unwrap();
        set(&file, minutes, &["20".to_owned()]).unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        assert_eq!(text, "# mine\nminutes = 20 # too long\nclock = false\n");
        // What else is wrong is told, and nothing is written.
        std::fs::write(&file, "minutes = 5000\n").unwrap();
        assert!(set(&file, find("clock").unwrap(), &["true".to_owned()]).is_err());
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "minutes = 5000\n");
    }
}
