//! The settings there are: what each does, and what it may be.

use crate::deck::{nearest, one_of};
use crate::schedule::is_slug;

/// What a setting may be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Allowed {
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
pub(super) struct Setting {
    /// Its key in `config.toml`.
    pub(super) name: &'static str,
    pub(super) allowed: Allowed,
    /// What it does.
    pub(super) about: &'static str,
}

/// All settings, in the order in which they are told.
pub(super) const ALL: [Setting; 13] = [
    Setting { name: "minutes", allowed: Allowed::UpTo(1440), about: "minutes of a session; 0 has no end" },
    Setting {
        name: "new_per_day",
        allowed: Allowed::NumberOr("auto"),
        about: "new cards a day; auto takes as many as the days to come can carry",
    },
    Setting { name: "rollover_hour", allowed: Allowed::UpTo(23), about: "the hour at which a day begins" },
    Setting {
        name: "scale",
        allowed: Allowed::OneOf(&["four", "full"]),
        about: "four keys to grade with, or the full 0 to 5",
    },
    Setting {
        name: "first",
        allowed: Allowed::OneOf(&["look", "ask"]),
        about: "whether a plan shows a new card first, or asks it",
    },
    Setting { name: "decks_off", allowed: Allowed::Decks, about: "decks that are left out" },
    Setting { name: "color", allowed: Allowed::OneOf(&["auto", "always", "never"]), about: "when to use colours" },
    Setting {
        name: "pause",
        allowed: Allowed::OneOf(&["wrong", "always", "never"]),
        about: "after which answers the feedback stays until a key",
    },
    Setting { name: "clock", allowed: Allowed::Switch, about: "whether a clock is shown" },
    Setting { name: "plain", allowed: Allowed::Switch, about: "whether nothing is drawn over, for a screen reader" },
    Setting {
        name: "probe_clock",
        allowed: Allowed::OneOf(&["key", "once"]),
        about: "whether a probe's time begins with a key, or at once",
    },
    Setting { name: "confidence", allowed: Allowed::Switch, about: "whether each answer is asked how sure it is" },
    Setting {
        name: "auto",
        allowed: Allowed::Switch,
        about: "whether a session syncs at its start and end, with the folder of sysdrill sync",
    },
];

/// The names of all settings.
pub(super) fn names() -> [&'static str; ALL.len()] {
    ALL.map(|setting| setting.name)
}

/// What a setting may be, in words.
///
/// # Errors
/// There is no such setting; the nearest is named.
pub(super) fn allowed(name: &str) -> Result<String, String> {
    find(name).map(|setting| setting.allowed.words())
}

/// The setting of this name.
///
/// # Errors
/// There is no such setting; the nearest is named.
pub(super) fn find(name: &str) -> Result<Setting, String> {
    ALL.into_iter().find(|setting| setting.name == name).ok_or_else(|| {
        let near = nearest(name, names().into_iter());
        let hint = match near.as_slice() {
            [] => format!("there are {}", names().join(", ")),
            near => format!("did you mean {}?", one_of(near)),
        };
        format!("there is no setting '{name}': {hint}")
    })
}

/// The decks that are named: one, several with spaces or commas between them, or a list as the file has it.
pub(super) fn names_of_decks(said: &str) -> Vec<String> {
    let list = said.trim().strip_prefix('[').and_then(|list| list.strip_suffix(']')).unwrap_or(said);
    let names = list.split(',').map(|name| name.trim().trim_matches(['"', '\'']).to_owned());
    names.filter(|name| !name.is_empty()).collect()
}

impl Setting {
    /// What was said of it, as the file has it; or what is allowed.
    pub(super) fn read(self, values: &[String]) -> Result<toml_edit::Value, String> {
        let Self { name, allowed, about } = self;
        let one = match (allowed, values) {
            (Allowed::Decks, _) => {
                let names: Vec<String> = values.iter().flat_map(|value| names_of_decks(value)).collect();
                return match names.iter().find(|name| !is_slug(name)) {
                    None => Ok(toml_edit::Array::from_iter(names.iter()).into()),
                    Some(wrong) => {
                        Err(format!("{name} takes names of decks, as in {name} latency mistakes, not '{wrong}'"))
                    }
                };
            }
            (_, [one]) => one.as_str(),
            (_, []) => return Err(format!("{name} must be {}: {about}", allowed.words())),
            (_, several) => {
                return Err(format!("{name} takes one value, {}, not {}", allowed.words(), several.join(" ")));
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
        read.ok_or_else(|| format!("{name} must be {}, not '{one}': {about}", allowed.words()))
    }
}

impl Allowed {
    /// The words that it may be; none where it is no word.
    pub(super) fn choices(self) -> &'static [&'static str] {
        match self {
            Self::OneOf(words) => words,
            Self::Switch => &["true", "false"],
            Self::NumberOr("auto") => &["auto"],
            Self::NumberOr(_) | Self::UpTo(_) | Self::Decks => &[],
        }
    }

    fn words(self) -> String {
        match self {
            Self::UpTo(most) => format!("a whole number from 0 to {most}"),
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
