//! The floors of the house, held against the sources: who may import whom, no circle between the files of a folder, and
//! the time read in few places.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// From the ground up: each floor imports only what stands below it, and of its own floor nothing.
const FLOORS: [&[&str]; 12] = [
    &["files", "fnv", "quantity", "schedule", "shown"],
    &["clock", "log"],
    &["deck"],
    &["estimate", "exchange", "store"],
    &["catalog", "session"],
    &["intake", "report", "sync"],
    &["drive"],
    &["jsonl", "practice", "terminal"],
    &["web"],
    &["cli"],
    &["main"],
    &["lib"],
];

/// Beyond that, what a part does not know though it stands below.
const UNKNOWN_TO: [(&str, &[&str]); 8] = [
    ("schedule", &["quantity", "files"]),
    ("deck", &["files", "clock", "log"]),
    ("estimate", &["files", "clock", "log"]),
    ("exchange", &["files", "clock"]),
    ("session", &["files", "clock", "store"]),
    ("catalog", &["clock"]),
    ("store", &["deck", "clock"]),
    ("sync", &["deck", "clock", "catalog", "session"]),
];

/// A library is known in these parts alone.
const CRATES: [(&str, &[&str]); 9] = [
    ("clap", &["cli"]),
    ("dialoguer", &["cli", "terminal"]),
    ("rusqlite", &["store", "exchange"]),
    ("axum", &["web"]),
    ("hyper", &["web"]),
    ("qrcode", &["web"]),
    ("tokio", &["web"]),
    ("postgres", &["sync"]),
    ("rustls", &["sync"]),
];

/// Who reads the time: the clock; who waits for a lock, asks how old a file is or draws a bar, which no day depends on.
const TIME: [(&str, &[&str]); 5] = [
    ("clock.rs", &["Instant::now", "Local::now", "Utc::now", "SystemTime::now", ".elapsed()"]),
    ("files.rs", &["Instant::now", ".elapsed()"]),
    ("catalog/files.rs", &["SystemTime::now"]),
    ("store/backup.rs", &[".elapsed()"]),
    ("cli/bar.rs", &["Instant::now"]),
];
const READINGS: [&str; 5] = ["Instant::now", "Local::now", "Utc::now", "SystemTime::now", ".elapsed()"];

struct Source {
    /// Below `src`.
    path: String,
    /// The part of the house: the folder or the file.
    part: String,
    /// Without comments and tests.
    code: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders: Vec<PathBuf> = vec![root.clone()];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.extend((!path.ends_with("tests")).then_some(path));
                continue;
            }
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let is_test = name == "tests" || name.ends_with("_tests");
            if path.extension().is_none_or(|extension| extension != "rs") || is_test {
                continue;
            }
            let below = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
            let part = below.split('/').next().unwrap().trim_end_matches(".rs").to_owned();
            let text = fs::read_to_string(&path).unwrap();
            let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
            let code: Vec<&str> = text.lines().map(|line| line.split("//").next().unwrap()).collect();
            sources.push(Source { path: below, part, code: code.join("\n") });
        }
    }
    assert!(sources.len() > 80, "{}", sources.len());
    sources
}

/// The names that follow `prefix` in a text, those in braces too.
fn named_after(code: &str, prefix: &str) -> BTreeSet<String> {
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut names = BTreeSet::new();
    for (at, _) in code.match_indices(prefix) {
        // `super::super::` is another place than `super::`.
        if code[..at].ends_with("::") {
            continue;
        }
        let rest = &code[at + prefix.len()..];
        let Some(list) = rest.strip_prefix('{') else {
            names.insert(word(rest));
            continue;
        };
        let (mut depth, mut start) = (1, true);
        for (at, c) in list.char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' => start = true,
                c if start && depth == 1 && !c.is_whitespace() => {
                    names.insert(word(&list[at..]));
                    start = false;
                }
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
    }
    names.remove("");
    names
}

#[test]
fn arrows_point_downwards_only() {
    let floor = |part: &str| FLOORS.iter().position(|parts| parts.contains(&part));
    let mut wrong = Vec::new();
    for source in sources() {
        let Some(own) = floor(&source.part) else {
            wrong.push(format!("{} stands on no floor: add it to FLOORS", source.part));
            continue;
        };
        let mut imported = named_after(&source.code, "crate::");
        imported.extend(named_after(&source.code, "sysdrill::"));
        imported.remove(&source.part);
        for part in imported.iter().filter(|part| floor(part).is_some()) {
            let is_unknown = UNKNOWN_TO.iter().any(|(to, parts)| *to == source.part && parts.contains(&part.as_str()));
            if floor(part) >= Some(own) || is_unknown {
                wrong.push(format!("{} imports {part}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn libraries_are_known_where_they_belong() {
    let mut wrong = Vec::new();
    for source in sources() {
        for (library, parts) in CRATES {
            let is_known = source.code.contains(&format!("{library}::"));
            if is_known && !parts.contains(&source.part.as_str()) {
                wrong.push(format!("{} knows {library}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_time_is_read_by_the_clock() {
    let mut wrong = Vec::new();
    for source in sources() {
        let allowed = TIME.iter().find(|(path, _)| *path == source.path).map_or(&[][..], |(_, readings)| readings);
        for reading in READINGS.iter().filter(|reading| !allowed.contains(reading)) {
            if source.code.contains(reading) {
                wrong.push(format!("{} has {reading}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The file that stands above a folder: its `mod.rs`, or `NAME.rs` beside it.
fn head_of<'a>(folder: &str, sources: &'a [Source]) -> &'a Source {
    let is_head = |source: &&Source| source.path == format!("{folder}/mod.rs") || source.path == format!("{folder}.rs");
    sources.iter().find(is_head).expect("a folder has a mod.rs")
}

/// Which file of a folder a name comes from that stands in its head, because it is used or passed on there, or is defined there.
fn known_in_head(folder: &str, files: &BTreeSet<String>, sources: &[Source]) -> BTreeMap<String, String> {
    let head = head_of(folder, sources);
    let uses = head.code.split(';').filter_map(|item| {
        let (before, path) = item.rsplit_once("use ")?;
        let line = before.rsplit('\n').next()?.trim();
        (line.is_empty() || line.starts_with("pub")).then_some(path)
    });
    let of_file = |path: &str| {
        let (file, _) = path.split_once("::").filter(|(file, _)| files.contains(*file))?;
        let names = named_after(path, &format!("{file}::"));
        Some(names.into_iter().map(|name| (name, file.to_owned())).collect::<Vec<_>>())
    };
    let used = uses.filter_map(of_file).flatten();
    let items = ["const", "enum", "fn", "static", "struct", "trait", "type"];
    let own = head.code.lines().filter_map(|line| {
        let words: Vec<&str> = line.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        let at = words.iter().position(|word| items.contains(word))?;
        let is_item = !line.starts_with(char::is_whitespace);
        is_item.then(|| (words.get(at + 1).unwrap_or(&"").to_string(), "mod".to_owned()))
    });
    used.chain(own).collect()
}

/// In every folder files import one another in one direction only, and the folder's head stands above all of them.
#[test]
fn no_file_imports_one_that_imports_it() {
    let sources = sources();
    let mut wrong = Vec::new();
    let folders: BTreeSet<&str> =
        sources.iter().filter_map(|source| source.path.rsplit_once('/').map(|(folder, _)| folder)).collect();
    assert!(folders.contains("cli/args") && folders.len() > 18, "{folders:?}");
    for folder in folders {
        // What lies in a folder of the folder is a part of it, as a file is.
        let name = |path: &str| {
            let below = path.strip_prefix(folder)?.strip_prefix('/')?;
            Some(below.split('/').next()?.trim_end_matches(".rs").to_owned())
        };
        let mut files: BTreeMap<String, Vec<&Source>> = BTreeMap::new();
        for source in &sources {
            if let Some(name) = name(&source.path).filter(|name| name != "mod") {
                files.entry(name).or_default().push(source);
            }
        }
        let known_in_head = known_in_head(folder, &files.keys().cloned().collect(), &sources);
        let imports = |file: &str| -> BTreeSet<String> {
            let mut all = BTreeSet::new();
            for source in &files[file] {
                let below = &source.path[folder.len() + 1..];
                let depth = below.matches('/').count() + usize::from(!below.ends_with("/mod.rs"));
                all.extend(named_after(&source.code, &"super::".repeat(depth)));
                all.extend(named_after(&source.code, &format!("crate::{}::", folder.replace('/', "::"))));
            }
            let of_file = |name: String| known_in_head.get(&name).cloned().unwrap_or(name);
            let is_part = |other: &String| other != file && (other == "mod" || files.contains_key(other));
            all.into_iter().map(of_file).filter(is_part).collect()
        };
        for file in files.keys() {
            let (mut reached, mut next) = (BTreeSet::new(), vec![file.clone()]);
            while let Some(at) = next.pop() {
                for other in imports(&at) {
                    if other == "mod" {
                        wrong.push(format!("{folder}/{at} imports what {folder}/mod.rs defines"));
                    } else if other == *file {
                        wrong.push(format!("{folder}/{file}: a circle by way of {at}"));
                    } else if reached.insert(other.clone()) {
                        next.push(other);
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
