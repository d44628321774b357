//! `config`: the settings, read and written.

use super::args::{Config, Global};
use super::setting::{ALL, Allowed, Setting, find, names_of_decks};
use super::settings::{self, Places, Settings, SettingsError};
use super::{CliError, complete, edit, output};
use crate::deck::Unknown;
use crate::files::{self, Existing};
use crate::shown;
use crate::terminal::Editor;
use std::path::Path;

pub(super) fn run(global: &Global, command: Option<&Config>) -> Result<(), CliError> {
    let file = Places::find(global.config.clone(), global.db.clone())?.config.join("config.toml");
    match command {
        Some(Config::Path) => Ok(output::text(&file.to_string_lossy())?),
        Some(Config::Get { key: Some(name) }) => get(&file, known(name)?),
        Some(Config::Get { key: None }) | None => list(&file),
        Some(Config::Set { key, values }) => {
            set(&file, known(key)?, values)?;
            Ok(warn_of_decks(global, known(key)?, values)?)
        }
        Some(Config::Unset { key }) => unset(&file, known(key)?),
        Some(Config::Edit) => edit(&file),
    }
}

fn known(name: &str) -> Result<Setting, CliError> {
    find(name).map_err(CliError::Plain)
}

/// The value of a setting as a person writes it.
fn value(settings: &Settings, setting: Setting) -> Vec<String> {
    match settings.to_table().remove(setting.name) {
        Some(toml::Value::Array(values)) => values.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect(),
        Some(toml::Value::String(word)) => vec![word],
        Some(other) => vec![other.to_string()],
        None => Vec::new(),
    }
}

/// A setting alone, for a script: what there are many of is a line each.
fn get(file: &Path, setting: Setting) -> Result<(), CliError> {
    let values = value(&Settings::read(file)?, setting);
    Ok(if values.is_empty() { Ok(()) } else { output::text(&values.join("\n")) }?)
}

fn list(file: &Path) -> Result<(), CliError> {
    let settings = Settings::read(file)?;
    let written = settings::written(file)?;
    let line = |setting: Setting| {
        let value = match value(&settings, setting) {
            values if values.is_empty() => "none".to_owned(),
            values => values.join(", "),
        };
        let origin = if written.contains(&setting.name.to_owned()) { "" } else { "  (default)" };
        format!("{:<14} {:<8}{origin:<11}  {}", setting.name, value, setting.about)
    };
    let lines = ALL.map(line).join("\n");
    let place = if file.exists() { "" } else { ", which is not there yet" };
    Ok(output::text(&format!("{lines}\n\n{}{place}; sysdrill config set KEY VALUE writes it", shown::path(file)))?)
}

fn set(file: &Path, setting: Setting, values: &[String]) -> Result<(), CliError> {
    let value = setting.read(values).map_err(CliError::Plain)?;
    let text = value.to_string();
    settings::write(file, setting.name, value)?;
    let plan = match setting.name {
        "minutes" => format!("; a plan for an interview keeps its own: sysdrill plan --minutes {}", text.trim()),
        _ => String::new(),
    };
    Ok(output::done(&format!("{} = {} in {}{plan}", setting.name, text.trim(), shown::path(file)))?)
}

/// Says which decks that are to be left out are none: one may come yet.
fn warn_of_decks(global: &Global, setting: Setting, values: &[String]) -> Result<(), CliError> {
    let Allowed::Decks = setting.allowed else { return Ok(()) };
    let decks = complete::decks(&Places::find(global.config.clone(), global.db.clone())?.db);
    for name in names_of_decks(&values.join(",")).iter().filter(|name| !decks.contains(name)) {
        output::warn(&Unknown::deck(name, decks.iter().map(String::as_str)).to_string());
    }
    Ok(())
}

fn unset(file: &Path, setting: Setting) -> Result<(), CliError> {
    let name = setting.name;
    let said = match settings::remove(file, name)? {
        true => format!("{name} is out of {}: its default holds", shown::path(file)),
        false => format!("{name} is not set in {}: its default holds", shown::path(file)),
    };
    Ok(output::done(&said)?)
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
    let line = |setting: Setting| {
        let value = settings.get(setting.name).map(ToString::to_string).unwrap_or_default();
        format!("# {:<24} # {}\n", format!("{} = {value}", setting.name), setting.about)
    };
    let head = "# The settings of sysdrill. Take the first # of a line away and change its value.\n\n";
    std::iter::once(head.to_owned()).chain(ALL.map(line)).collect()
}

/// The first line of the file, from 1, that is wrong.
fn line_of(error: &SettingsError) -> usize {
    match error {
        SettingsError::Wrong { faults, .. } => faults.first().map_or(1, |fault| fault.line),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::setting;

    #[test]
    fn every_setting_has_its_key_and_takes_what_is_allowed() {
        let all: Vec<String> = Settings::default().to_table().keys().cloned().collect();
        let mut named = setting::names().map(str::to_owned).to_vec();
        named.sort();
        assert_eq!(all, named);
        for key in ALL {
            let values: Vec<Vec<String>> = match key.allowed {
                Allowed::UpTo(most) => vec![vec!["0".to_owned()], vec![most.to_string()]],
                Allowed::NumberOr(word) => vec![vec!["0".to_owned()], vec![word.to_owned()]],
                Allowed::OneOf(words) => words.iter().map(|word| vec![(*word).to_owned()]).collect(),
                Allowed::Switch => vec![vec!["true".to_owned()], vec!["false".to_owned()]],
                Allowed::Decks => vec![Vec::new(), vec!["a".to_owned(), "b".to_owned()]],
            };
            if let Allowed::Decks = key.allowed {
                // As the file has them, too.
                for (written, names) in [("[]", ""), ("[\"a\", 'b']", "a b"), ("", "")] {
                    let names: Vec<String> = names.split_whitespace().map(str::to_owned).collect();
                    let read = key.read(&[written.to_owned()]).unwrap().to_string();
                    assert_eq!(read, key.read(&names).unwrap().to_string(), "{written}");
                }
            }
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
            find(name).and_then(|key| key.read(&values)).unwrap_err()
        };
        for (name, values, expected) in [
            ("minutes", &["1441"][..], "minutes must be a whole number from 0 to 1440, not '1441'"),
            ("minutes", &["-1"], "not '-1': minutes of a session; 0 has no end"),
            ("minutes", &[], "minutes must be a whole number from 0 to 1440: minutes"),
            ("minutes", &["5", "6"], "minutes takes one value, a whole number from 0 to 1440, not 5 6"),
            ("new_per_day", &["ten"], "new_per_day must be a whole number or auto, not 'ten'"),
            ("scale", &["five"], "scale must be four or full, not 'five'"),
            ("color", &["red"], "color must be auto, always or never, not 'red'"),
            ("clock", &["no"], "clock must be true or false, not 'no'"),
            ("minuts", &["5"], "there is no setting 'minuts': did you mean minutes?"),
            ("x", &["5"], "there is no setting 'x': there are minutes, new_per_day,"),
            (
                "decks_off",
                &["[latency"],
                "decks_off takes names of decks, as in decks_off latency mistakes, not '[latency'",
            ),
            ("decks_off", &["My Deck"], "not 'My Deck'"),
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
        assert!(ALL.iter().all(|key| all.contains(&format!("{} = ", key.name))), "{all}");
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
