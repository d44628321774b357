//! What the Tab key completes: commands and options by their definitions, decks, tags, chains and cards by the index.

use super::args::{Args, Shell};
use super::setting::{self, Allowed};
use super::settings::Places;
use crate::deck::Library;
use crate::shown;
use crate::store::deck_index::{Named, Names};
use clap::{Arg, Command, CommandFactory};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use clap_complete::env::{CompleteEnv, Shells};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// The name that shells know the program by.
const PROGRAM: &str = "sysdrill";
/// A shell that completes a line runs the program with this variable set to its name.
const VARIABLE: &str = "SYSDRILL_COMPLETE";
/// At most so many cards are offered.
const MOST: usize = 50;
/// This many characters of a card's question are shown: a shell has a line for it.
const SHOWN_CHARS: usize = 60;

/// Writes what a shell reads at its start, so that it asks this program what a word may be.
///
/// # Errors
/// The output is gone.
pub(super) fn write_script(shell: Shell, out: &mut dyn std::io::Write) -> std::io::Result<()> {
    let shells = Shells::builtins();
    let completer = shells.completer(shell.name()).ok_or_else(|| std::io::Error::other("there is no such shell"))?;
    completer.write_registration(VARIABLE, PROGRAM, PROGRAM, &program(), out)?;
    if shell == Shell::Zsh {
        // From a folder of fpath it is read by the first Tab, which wants to be answered.
        let function = format!("_clap_dynamic_completer_{PROGRAM}");
        writeln!(out, "[[ ${{funcstack[1]}} == _{PROGRAM} ]] && {function} \"$@\" || true")?;
    }
    Ok(())
}

/// How a shell calls this program: by its name where it was found by that, by its place elsewhere.
fn program() -> String {
    let called = PathBuf::from(std::env::args_os().next().unwrap_or_else(|| PROGRAM.into()));
    let is_by_name = called.components().count() < 2;
    let place = if is_by_name { called } else { std::path::absolute(&called).unwrap_or(called) };
    place.to_string_lossy().into_owned()
}

/// Completes a command line where a shell asks for that, and gives whether it did. A shell shows what is said here amid the
/// line that is being typed: what goes wrong is not told.
pub fn complete(words: impl IntoIterator<Item = OsString>) -> bool {
    if std::env::var_os(VARIABLE).is_none_or(|shell| shell.is_empty()) {
        return false;
    }
    let folder = std::env::current_dir().ok();
    let _ = CompleteEnv::with_factory(|| with_values(Args::command()))
        .var(VARIABLE)
        .bin(PROGRAM)
        .completer(program())
        .try_complete(words, folder.as_deref());
    true
}

/// A command whose values are completed by what they are called.
fn with_values(command: Command) -> Command {
    let command = command.mut_args(|arg| match completer(&arg) {
        Some(completer) => arg.add(completer),
        None => arg,
    });
    command.mut_subcommands(with_values)
}

fn completer(arg: &Arg) -> Option<ArgValueCompleter> {
    let value = arg.get_value_names()?.first()?.as_str();
    let find: fn(&Index, &str) -> Vec<Named> = match (value, arg.get_long()) {
        ("DECK", _) => Index::decks,
        ("TAG", _) => Index::tags,
        ("DECK|TAG", _) => Index::decks_and_tags,
        ("DECK|CARD", _) => |index, prefix| [index.decks(prefix), index.cards(prefix)].concat(),
        ("CARD", _) => Index::cards,
        ("NAME", Some("chain")) => Index::chains,
        ("VALUE", None) => Index::values_of_setting,
        ("KEY", _) => |_, prefix| {
            let keys = setting::names().into_iter().filter(|key| key.starts_with(prefix));
            keys.map(|key| (key.to_owned(), String::new())).collect()
        },
        _ => return None,
    };
    Some(ArgValueCompleter::new(move |typed: &OsStr| {
        let typed = typed.to_str().unwrap_or_default();
        let found = Index::open(std::env::args_os()).map(|index| find(&index, typed)).unwrap_or_default();
        found.into_iter().map(candidate).collect::<Vec<_>>()
    }))
}

fn candidate((name, about): Named) -> CompletionCandidate {
    let about = about.lines().next().unwrap_or_default();
    let about: String = shown::text(about).chars().take(SHOWN_CHARS).collect();
    CompletionCandidate::new(name).help((!about.is_empty()).then(|| about.into()))
}

/// The names of all decks, as the index has them.
pub(super) fn decks(db: &Path) -> Vec<String> {
    let index = Names::of(db).map(Index::Database);
    let index = index.unwrap_or_else(|| Index::Embedded(Box::new(Library::new(&[]))));
    index.decks("").into_iter().map(|(name, _)| name).collect()
}

/// Where names are found: in the database, or in the program's own decks as long as there is none.
enum Index {
    Database(Names),
    Embedded(Box<Library>),
}

impl Index {
    /// The index of the command line that is being typed.
    fn open(words: impl Iterator<Item = OsString>) -> Option<Self> {
        let words: Vec<OsString> = words.collect();
        let named = |option: &str, variable: &str| {
            let is_set = |value: &OsString| !value.is_empty();
            value_of(&words, option).or_else(|| std::env::var_os(variable).filter(is_set)).map(PathBuf::from)
        };
        let places = Places::find(named("--config", "SYSDRILL_CONFIG"), named("--db", "SYSDRILL_DB")).ok()?;
        let names = Names::of(&places.db).map(Self::Database);
        Some(names.unwrap_or_else(|| Self::Embedded(Box::new(Library::new(&[])))))
    }

    /// What the setting of the line may be.
    fn values_of_setting(&self, prefix: &str) -> Vec<Named> {
        let words: Vec<OsString> = std::env::args_os().collect();
        let named = words.iter().rev().filter_map(|word| setting::find(word.to_str()?).ok()).next();
        match named.map(|setting| setting.allowed) {
            Some(Allowed::Decks) => self.decks(prefix),
            Some(allowed) => {
                let fitting = allowed.choices().iter().filter(|word| word.starts_with(prefix));
                fitting.map(|word| ((*word).to_owned(), String::new())).collect()
            }
            None => Vec::new(),
        }
    }

    fn decks(&self, prefix: &str) -> Vec<Named> {
        match self {
            Self::Database(names) => names.decks(prefix).unwrap_or_default(),
            Self::Embedded(library) => {
                let decks = library.decks().iter().filter(|deck| deck.name.starts_with(prefix));
                decks.map(|deck| (deck.name.clone(), deck.title.clone())).collect()
            }
        }
    }

    fn tags(&self, prefix: &str) -> Vec<Named> {
        let tags = match self {
            Self::Database(names) => names.tags(prefix).unwrap_or_default(),
            Self::Embedded(library) => {
                let tags = library.cards().flat_map(|card| &card.tags);
                tags.filter(|tag| tag.starts_with(prefix)).cloned().collect()
            }
        };
        tags.into_iter().map(|tag| (tag, String::new())).collect()
    }

    /// A tag that is called as a deck is there once.
    fn decks_and_tags(&self, prefix: &str) -> Vec<Named> {
        let decks = self.decks(prefix);
        let tags = self.tags(prefix).into_iter().filter(|(tag, _)| decks.iter().all(|(deck, _)| deck != tag));
        decks.iter().cloned().chain(tags).collect()
    }

    fn chains(&self, prefix: &str) -> Vec<Named> {
        let chains = match self {
            Self::Database(names) => names.chains(prefix).unwrap_or_default(),
            Self::Embedded(library) => {
                let chains = library.cards().filter(|card| card.brief().is_chain());
                let slugs = chains.filter_map(|card| card.id.as_str().rsplit('/').next());
                slugs.filter(|slug| slug.starts_with(prefix)).map(str::to_owned).collect()
            }
        };
        chains.into_iter().map(|chain| (chain, String::new())).collect()
    }

    /// First the decks, as a shell completes folders, and then the cards of one.
    fn cards(&self, prefix: &str) -> Vec<Named> {
        if !prefix.contains('/') {
            let decks = self.decks(prefix).into_iter();
            return decks.map(|(deck, title)| (format!("{deck}/"), title)).collect();
        }
        match self {
            Self::Database(names) => names.cards(prefix, MOST).unwrap_or_default(),
            Self::Embedded(library) => {
                let fits = library.cards().filter(|card| card.id.as_str().starts_with(prefix));
                let mut cards: Vec<Named> = fits.map(|card| (card.id.to_string(), String::new())).collect();
                cards.sort();
                if cards.len() > MOST {
                    // The last one stays: what all of these have in common, all have.
                    cards.drain(MOST..cards.len() - 1);
                }
                cards
            }
        }
    }
}

/// The value of an option in a line that is being typed.
fn value_of(words: &[OsString], option: &str) -> Option<OsString> {
    let joined = |word: &OsString| Some(word.to_str()?.strip_prefix(option)?.strip_prefix('=')?.into());
    words.iter().enumerate().find_map(|(at, word)| match word == option {
        true => words.get(at + 1).cloned(),
        false => joined(word),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_of_a_line_that_is_being_typed_is_found() {
        let line = |text: &str| text.split(' ').map(OsString::from).collect::<Vec<_>>();
        for (words, expected) in [
            ("sysdrill -- sysdrill --db a.db show lat", Some("a.db")),
            ("sysdrill -- sysdrill show --db=a/b.db lat", Some("a/b.db")),
            ("sysdrill -- sysdrill show lat --db", None),
            ("sysdrill -- sysdrill show --dbx=1", None),
        ] {
            assert_eq!(value_of(&line(words), "--db"), expected.map(OsString::from), "{words}");
        }
    }

    #[test]
    fn without_a_database_the_embedded_decks_are_completed() {
        let index = Index::Embedded(Box::new(Library::new(&[])));
        let names = |found: Vec<Named>| found.into_iter().map(|(name, _)| name).collect::<Vec<_>>();
        assert_eq!(names(index.decks("lat")), ["latency"]);
        assert_eq!(names(index.cards("lat")), ["latency/"]);
        assert_eq!(names(index.cards("latency/l1-cache-h")), ["latency/l1-cache-hit"]);
        assert_eq!(names(index.chains("url-sh")), ["url-shortener"]);
        assert!(names(index.tags("cach")).contains(&"caching".to_owned()));
        let all = names(index.cards("latency/"));
        assert_eq!(all.len(), MOST + 1);
        assert!(index.cards("nothing/").is_empty() && index.decks("x").is_empty());
    }
}
