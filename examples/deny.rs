//! Holds the dependencies of the lock file against `deny.toml`: licences, sources, double versions.
//!
//! ```text
//! cargo metadata --locked --format-version 1 | cargo run --example deny
//! ```
//!
//! It reads what `cargo deny` reads of the file, and needs nothing that is not there already.

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;

#[derive(Deserialize)]
struct Rules {
    licenses: Licenses,
    sources: Sources,
    bans: Bans,
}

#[derive(Deserialize)]
struct Licenses {
    allow: BTreeSet<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Sources {
    allow_registry: Vec<String>,
}

#[derive(Deserialize)]
struct Bans {
    skip: Vec<Skip>,
}

#[derive(Deserialize)]
struct Skip {
    #[serde(rename = "crate")]
    name: String,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
    source: Option<String>,
}

fn main() -> ExitCode {
    let rules: Rules = toml::from_str(include_str!("../deny.toml")).expect("deny.toml is of the form it should have");
    let metadata: Metadata = serde_json::from_reader(std::io::stdin()).expect("the output of cargo metadata");
    let problems = problems(&rules, &metadata.packages);
    problems.iter().for_each(|problem| eprintln!("{problem}"));
    println!("{} packages, {} problems", metadata.packages.len(), problems.len());
    if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn problems(rules: &Rules, packages: &[Package]) -> Vec<String> {
    let mut problems = Vec::new();
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for Package { name, version, license, source } in packages {
        versions.entry(name).or_default().insert(version);
        let license = license.as_deref().unwrap_or_default();
        if !is_allowed(license, &rules.licenses.allow) {
            problems.push(format!("{name} {version}: the licence '{license}' is not allowed"));
        }
        // The package itself has no source.
        if let Some(source) = source
            && !rules.sources.allow_registry.iter().any(|registry| *source == format!("registry+{registry}"))
        {
            problems.push(format!("{name} {version}: the source {source} is not allowed"));
        }
    }
    let mut unused: BTreeSet<&str> = rules.bans.skip.iter().map(|skip| skip.name.as_str()).collect();
    for (name, versions) in versions.into_iter().filter(|(_, versions)| versions.len() > 1) {
        // "syn@2" stands for every 2.x.
        let series = |skip: &str| skip.strip_prefix(&format!("{name}@")).map(|series| format!("{series}."));
        let mut left = 0;
        for version in &versions {
            let is_it = |skip: &&str| series(skip).is_some_and(|series| format!("{version}.").starts_with(&series));
            match unused.iter().copied().find(is_it) {
                Some(skip) => drop(unused.remove(skip)),
                None => left += 1,
            }
        }
        if left > 1 {
            problems.push(format!("{name}: more than one version: {versions:?}"));
        }
    }
    problems.extend(unused.iter().map(|skip| format!("deny.toml skips {skip}, which is there once or not at all")));
    problems
}

/// Whether one of the choices that an SPDX expression gives is allowed.
fn is_allowed(expression: &str, allowed: &BTreeSet<String>) -> bool {
    // An old way to write OR.
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    either(&mut words, allowed) && words.next().is_none()
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn either(words: &mut Words, allowed: &BTreeSet<String>) -> bool {
    let mut holds = both(words, allowed);
    while words.next_if_eq(&"OR").is_some() {
        holds |= both(words, allowed);
    }
    holds
}

fn both(words: &mut Words, allowed: &BTreeSet<String>) -> bool {
    let mut holds = one(words, allowed);
    while words.next_if_eq(&"AND").is_some() {
        holds &= one(words, allowed);
    }
    holds
}

fn one(words: &mut Words, allowed: &BTreeSet<String>) -> bool {
    match words.next() {
        Some("(") => {
            let holds = either(words, allowed);
            let closed = words.next() == Some(")");
            holds && closed
        }
        // An exception only allows more.
        Some(license) => {
            if words.next_if_eq(&"WITH").is_some() {
                words.next();
            }
            allowed.contains(license)
        }
        None => false,
    }
}
