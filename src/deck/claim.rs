//! Which deck has which name, where several say that they have it. It follows from the files alone, as they are: not from
//! the order in which they were met, nor from what was there before.

use super::{DeckFile, markdown};
use crate::schedule::is_slug;
use std::collections::{HashMap, HashSet};
use std::path::Path;

/// What a deck says it is called. One that is broken says it too: its name waits for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The path of its first file.
    pub path: String,
    /// What it says.
    pub name: String,
    /// It is part of the program.
    pub embedded: bool,
}

impl Claim {
    fn is_the_holder(&self) -> Settled {
        let by = if self.embedded { "an embedded deck".to_owned() } else { self.path.clone() };
        Settled::IsTaken(format!("{by} has it"))
    }
}

/// What became of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// The deck has this name: the one that it says, or in Markdown another where that one is another's.
    Has(String),
    /// Another deck has it: which one, as a sentence.
    IsTaken(String),
}

/// Gives each deck its name, by the path of its first file: first those that they say, then others to those in Markdown
/// that are left.
pub fn settle(claims: &[Claim]) -> HashMap<&str, Settled> {
    let mut in_order: Vec<&Claim> = claims.iter().collect();
    in_order.sort_by_key(|claim| {
        let is_called = is_called(&claim.path, &claim.name);
        // What is copied into a folder takes no name from what lies above it.
        let depth = Path::new(&claim.path).components().count();
        (!claim.embedded, markdown::is_markdown(&claim.path), !is_called, depth, &claim.path)
    });
    let (mut holders, mut settled): (HashMap<String, &Claim>, HashMap<&str, Settled>) = Default::default();
    let mut left: Vec<(&Claim, &Claim)> = Vec::new();
    for claim in in_order {
        match holders.get(&claim.name) {
            None => {
                holders.insert(claim.name.clone(), claim);
                settled.insert(&claim.path, Settled::Has(claim.name.clone()));
            }
            Some(holder) => left.push((claim, holder)),
        }
    }
    let mut taken: HashSet<String> = holders.keys().cloned().collect();
    for (claim, holder) in left {
        let mut other_names = markdown::other_names(&claim.name, &claim.path);
        let free = markdown::is_markdown(&claim.path).then(|| other_names.find(|name| taken.insert(name.clone())));
        settled.insert(&claim.path, free.flatten().map_or_else(|| holder.is_the_holder(), Settled::Has));
    }
    settled
}

/// Whether a deck's first file, or its folder, has this name.
pub fn is_called(first_file: &str, name: &str) -> bool {
    let path = Path::new(first_file);
    let named = if path.file_name().is_some_and(|file| file == "deck.toml") { path.parent() } else { Some(path) };
    named.and_then(Path::file_stem).is_some_and(|stem| stem == name)
}

/// The name that a deck says though it is broken, as far as that can be told: of one in Markdown, or one that cannot be read
/// at all (`first` is none), its file's in the end.
pub fn said_by_broken(path: &str, first: Option<&DeckFile>) -> Option<String> {
    if markdown::is_markdown(path) {
        return Some(markdown::said_name(path, first));
    }
    let Some(first) = first else {
        let path = Path::new(path);
        let named = if path.file_name().is_some_and(|file| file == "deck.toml") { path.parent()? } else { path };
        return named.file_stem()?.to_str().filter(|name| is_slug(name)).map(str::to_owned);
    };
    let text = String::from_utf8_lossy(&first.bytes);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let whole: Option<toml::Table> = text.parse().ok();
    let name = match whole.as_ref().and_then(|table| table.get("deck")) {
        Some(deck) => deck.get("name")?.as_str()?.to_owned(),
        None => markdown::name_in(text.lines().skip_while(|line| line.trim() != "[deck]").skip(1))?,
    };
    Some(name).filter(|name| is_slug(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Who has which name, of decks given as `path name`; `!` where another has it.
    fn names(decks: &[&str]) -> String {
        let claim = |deck: &&str| {
            let (path, name) = deck.split_once(' ').unwrap();
            let embedded = path.starts_with("decks/");
            Claim { path: path.to_owned(), name: name.to_owned(), embedded }
        };
        let claims: Vec<Claim> = decks.iter().map(claim).collect();
        let settled = settle(&claims);
        let said = |claim: &Claim| match &settled[claim.path.as_str()] {
            Settled::Has(name) => name.clone(),
            Settled::IsTaken(by) => format!("!{}", by.replace(' ', "_")),
        };
        claims.iter().map(said).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_name_follows_from_the_files_in_whatever_order_they_are_met() {
        for (decks, expected) in [
            (&["/d/z.toml z", "/d/z.md z"][..], "z d-z"),
            (&["/d/other.md z", "/d/z.md z"], "z-other z"),
            (&["/d/a/z.md z", "/d/b/z.md z"], "z b-z"),
            (&["/d/a/z.md z", "/d/z.md z"], "a-z z"),
            (&["/d/b/b.toml z", "/d/b/a.toml z"], "!/d/b/a.toml_has_it z"),
            (&["/d/latency.toml latency", "decks/latency.toml latency"], "!an_embedded_deck_has_it latency"),
            // What a deck says itself goes before what another takes instead.
            (&["/d/z.toml z", "/d/s/z.md z", "/d/t.md s-z"], "z d-s-z s-z"),
            (&["/d/z.toml z", "/d/s/z.md z", "/d/s/Z.md z"], "z s-z d-s-z"),
        ] {
            assert_eq!(names(decks), expected, "{decks:?}");
            let back: Vec<&str> = decks.iter().rev().copied().collect();
            let expected: Vec<&str> = expected.split(' ').rev().collect();
            assert_eq!(names(&back), expected.join(" "), "{back:?}");
        }
    }

    #[test]
    fn a_broken_deck_still_says_its_name() {
        for (path, text, expected) in [
            ("a.toml", "[deck]\nname = \"z\"\ntitle = \n", Some("z")),
            ("a.toml", "[deck]\ntitle = 3\nname = 'z' # ours\n[[recall]]\nname = \"q\"\n", Some("z")),
            ("a.toml", "deck = { name = \"z\" }\n[[recall]]\n", Some("z")),
            ("a.toml", "[deck]\n[[recall]]\nname = \"q\"\nask = \n", None),
            ("a.toml", "[deck]\nname = \"No Slug\"\n", None),
            ("a.toml", "nothing at all", None),
            ("a.md", "---\nname = \"My Z\"\nlevel = 9\n---\nQ: a?\n", Some("my-z")),
            ("a.md", "---\nname = \"z\"\nname: x = \n---\nQ: a?\n", Some("z")),
            ("a.md", "Q: a?\nQ: b?\n", Some("a")),
        ] {
            let file = DeckFile { path: path.into(), bytes: text.as_bytes().to_vec().into() };
            assert_eq!(said_by_broken(path, Some(&file)).as_deref(), expected, "{text}");
        }
        for (path, expected) in [("/d/a.toml", "a"), ("/d/b/deck.toml", "b"), ("/d/C c.md", "c-c")] {
            assert_eq!(said_by_broken(path, None).as_deref(), Some(expected));
        }
    }
}
