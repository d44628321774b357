//! The index follows the files: whatever was done to them, and in whatever steps it was seen.

use super::Catalog;
use crate::store::Store;
use crate::store::deck_index::{DeckRow, Listed, Located, Scope};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use std::fs;
use std::path::Path;

/// Where the files of the decks may lie; some are one but for the case, or take their folder's name where they must.
const PATHS: [&str; 9] = ["a.md", "A.md", "z.md", "s/a.md", "s/z.md", "t/s/a.md", "a.toml", "z.toml", "z/deck.toml"];

/// What may stand in one: under its own name, another's or an embedded deck's, broken in each way, or no deck at all.
const IN_MARKDOWN: [&str; 7] = [
    "Q: One?\nA: 1\n",
    "---\nname = \"z\"\n---\nQ: One?\nA: 1\n\nQ: Two?\nA: 2\n",
    "---\nname: latency\n---\nC: A [ring] moves [K/n].\n",
    "Q: One?\n\nQ: Two?\nA: 2\n",
    "---\nname = \"z\"\nlevel = 9\n---\nQ: Two?\nA: 2\n",
    "---\nname = \"s-a\"\n---\nQ: One?\nA: 1\n",
    "Nothing is asked here.\n",
];
const IN_TOML: [&str; 5] = [
    "[deck]\nname = \"a\"\ntitle = \"A\"\n[[recall]]\nid = \"q\"\nask = \"One?\"\nanswer = \"1\"\n",
    "[deck]\nname = \"z\"\ntitle = \"Z\"\n[[recall]]\nid = \"q\"\nask = \"One?\"\nanswer = \"1\"\n",
    "[deck]\nname = \"z\"\ntitle = 3\n",
    "[deck]\nname = \"s-a\"\ntitle = \"S\"\n[[recall]]\nid = \"q\"\nask = \"Two?\"\nanswer = \"2\"\n",
    "no deck [",
];

/// What is done to the files between two looks at them.
#[derive(Debug, Clone, Copy)]
enum Step {
    Write(usize, usize),
    Remove(usize),
    Move(usize, usize),
    Copy(usize, usize),
    /// The index is brought up to date.
    Look,
}

fn step() -> impl Strategy<Value = Step> {
    let path = || 0..PATHS.len();
    prop_oneof![
        4 => (path(), 0..IN_MARKDOWN.len()).prop_map(|(path, text)| Step::Write(path, text)),
        2 => path().prop_map(Step::Remove),
        2 => (path(), path()).prop_map(|(from, to)| Step::Move(from, to)),
        2 => (path(), path()).prop_map(|(from, to)| Step::Copy(from, to)),
        5 => Just(Step::Look),
    ]
}

fn take(folder: &Path, step: Step) {
    let ending = |at: usize| Path::new(PATHS[at]).extension().unwrap();
    let at = |at: usize| folder.join(PATHS[at]);
    let whole = |path: &Path| fs::create_dir_all(path.parent().unwrap()).unwrap();
    match step {
        Step::Write(path, text) => {
            let texts: &[&str] = if PATHS[path].ends_with(".md") { &IN_MARKDOWN } else { &IN_TOML };
            whole(&at(path));
            fs::write(at(path), texts[text % texts.len()]).unwrap();
        }
        Step::Remove(path) => drop(fs::remove_file(at(path))),
        Step::Move(from, to) if ending(from) == ending(to) => {
            whole(&at(to));
            let _ = fs::rename(at(from), at(to));
        }
        Step::Copy(from, to) if ending(from) == ending(to) && from != to && at(from).exists() => {
            whole(&at(to));
            fs::copy(at(from), at(to)).unwrap();
        }
        _ => {}
    }
}

type Said = (Vec<DeckRow>, Vec<(Listed, Located)>);

/// What the index says of the user's decks, after a look at the files.
fn said(store: &mut Store, folder: &Path) -> Said {
    Catalog::open(store, folder, true, &mut |_, _| ()).unwrap();
    let index = store.deck_index();
    let decks: Vec<DeckRow> = index.decks().unwrap().into_iter().filter(|deck| deck.user).collect();
    let names: Vec<String> = decks.iter().filter_map(|deck| deck.name.clone()).collect();
    let cards =
        if names.is_empty() { Vec::new() } else { index.listed(&Scope { decks: names, ..Scope::default() }).unwrap() };
    let with_place = |card: Listed| {
        let located = index.located(&card.id).unwrap().unwrap();
        (card, located)
    };
    (decks, cards.into_iter().map(with_place).collect())
}

/// The same by an index that knows of no deck of the user's yet.
fn said_anew(store: &mut Store, folder: &Path) -> Said {
    store
        .change_index(|index| {
            let decks = index.decks()?;
            decks.iter().filter(|deck| deck.user).try_for_each(|deck| index.remove_deck(&deck.path))
        })
        .unwrap();
    said(store, folder)
}

#[test]
fn after_whatever_was_done_to_the_files_an_index_is_what_a_new_one_is() {
    let mut store = Store::in_memory(Box::new(rand::random)).unwrap();
    let config = ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = TestRunner::new(config);
    let store = std::cell::RefCell::new(&mut store);
    let tried = runner.run(&proptest::collection::vec(step(), 1..16), |steps| {
        let folder = tempfile::tempdir().unwrap();
        let mut store = store.borrow_mut();
        for step in steps {
            match step {
                Step::Look => drop(said(&mut store, folder.path())),
                step => take(folder.path(), step),
            }
        }
        let found = said(&mut store, folder.path());
        prop_assert_eq!(format!("{found:#?}"), format!("{:#?}", said_anew(&mut store, folder.path())));
        Ok(())
    });
    tried.unwrap();
}
