//! The Tab key: what a shell is told, and what a person sees in a real one.

use crate::harness::{World, recall, snapshot};
#[cfg(target_os = "linux")]
use crate::terminal::Sitting;
use std::path::Path;
use std::process::Command;

fn world() -> World {
    let tagged = recall("outbox-pattern") + "tags = [\"messaging-own\"]\n";
    let world = World::with_deck(&(tagged + &recall("outbox-relay") + &recall("saga")));
    world.json(&["due", "--json"]);
    world
}

/// What a shell is offered for the last of these words: each candidate, and what is told with it.
fn offered(mut command: Command, words: &[&str]) -> Vec<String> {
    command.env("SYSDRILL_COMPLETE", "fish").arg("--").arg("sysdrill").args(words);
    let output = command.output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{words:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn each_place_of_a_line_is_completed_by_what_belongs_there() {
    let world = world();
    for (words, expected) in [
        (&["rev"][..], &["review\tAsk what is due, then new cards (what sysdrill does without a command)"][..]),
        (&["review", "mi"], &["mine\tMine", "mistakes\tCommon mistakes"]),
        (&["review", "messaging-o"], &["messaging-own"]),
        (&["list", "--tag", "messaging-o"], &["messaging-own"]),
        (&["cram", "--tag=messaging-o"], &["--tag=messaging-own"]),
        (&["quiz", "--chain", "url-sh"], &["url-shortener"]),
        (&["sheet", "--without", "min"], &["mine\tMine"]),
        // First the deck, then its cards.
        (&["show", "min"], &["mine/\tMine"]),
        (
            &["show", "mine/out"],
            &["mine/outbox-pattern\tWhat is outbox-pattern?", "mine/outbox-relay\tWhat is outbox-relay?"],
        ),
        (&["suspend", "mine/saga", "mine/outbox-r"], &["mine/outbox-relay\tWhat is outbox-relay?"]),
        (&["review", "--card", "mine/s"], &["mine/saga\tWhat is saga?"]),
        (&["plan", "--style", "so"], &["solid"]),
        (&["list", "--kind", "pro"], &["probe"]),
        (&["config", "get", "min"], &["minutes"]),
        (&["config", "set", "scale", "f"], &["four", "full"]),
        (&["config", "set", "clock", "t"], &["true"]),
        (&["config", "set", "new_per_day", "a"], &["auto"]),
        (&["config", "set", "decks_off", "latency", "mis"], &["mistakes\tCommon mistakes"]),
        (&["config", "set", "minutes", "1"], &[]),
        (&["show", "mine/nothing"], &[]),
        (&["nothing", "mi"], &[]),
        (&["show", "--db", "/no/such/file.db", "latency/l1-cache-h"], &["latency/l1-cache-hit"]),
    ] {
        assert_eq!(offered(world.command(&[]), words), expected, "{words:?}");
    }
    // So many that a person would not read them: the last one is among them.
    let latency = offered(world.command(&[]), &["show", "latency/"]);
    let all: Vec<String> = world.json(&["list", "--deck", "latency", "--json"])["cards"]
        .as_array()
        .unwrap()
        .iter()
        .map(|card| card["card"].as_str().unwrap().to_owned())
        .collect();
    let ids: Vec<&str> = latency.iter().filter_map(|line| line.split('\t').next()).collect();
    assert_eq!((ids.len(), ids.last().copied()), (51, all.iter().map(String::as_str).max()));
}

/// The Tab key waits for nobody and leaves no trace, whatever the database is like.
#[test]
fn completing_writes_nothing_and_says_nothing_wrong() {
    let world = world();
    let before = snapshot(&world.path("."));
    let held = world.sql();
    held.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(offered(world.command(&[]), &["show", "mine/sa"]), ["mine/saga\tWhat is saga?"]);
    drop(held);
    assert_eq!(offered(world.command(&[]), &["deck", "check", "--decks", "/no/such"]), [""; 0]);
    assert_eq!(before, snapshot(&world.path(".")));
    // No database, one that is none, a broken line, a shell that there is not.
    let fresh = World::new();
    assert_eq!(offered(fresh.command(&[]), &["show", "latency/l1-cache-h"]), ["latency/l1-cache-hit"]);
    assert!(!fresh.db().exists());
    std::fs::create_dir_all(fresh.db().parent().unwrap()).unwrap();
    std::fs::write(fresh.db(), "no database").unwrap();
    assert_eq!(offered(fresh.command(&[]), &["review", "laten"]), ["latency\tLatency numbers"]);
    assert_eq!(offered(fresh.command(&[]), &["show", "--", "x", "y", "z", "mine"]), [""; 0]);
    let output = fresh.command(&["--", "sysdrill", "re"]).env("SYSDRILL_COMPLETE", "tcsh").output().unwrap();
    assert!(output.stdout.is_empty() && output.stderr.is_empty(), "{output:?}");
}

#[test]
fn each_shell_has_a_script() {
    let world = World::new();
    for (shell, part) in [
        ("bash", "complete -o nospace"),
        ("zsh", "#compdef sysdrill"),
        ("fish", "complete --keep-order"),
        ("powershell", "Register-ArgumentCompleter"),
        ("elvish", "edit:completion:arg-completer[sysdrill]"),
    ] {
        let script = world.ok(&["completions", shell]);
        assert!(script.contains(part) && script.contains("SYSDRILL_COMPLETE"), "{script}");
    }
    assert!(world.fails(2, &["completions", "tcsh"]).contains("bash"), "the shells are named");
    assert!(!world.db().exists());
}

/// A person before a fresh shell that has read the script; none where the shell is not installed.
#[cfg(target_os = "linux")]
fn before(world: &World, shell: &str, options: &[&str], begin: &str) -> Option<Sitting> {
    if Command::new(shell).arg("-c").arg("true").output().is_err() {
        eprintln!("skipped: {shell} is not installed");
        return None;
    }
    let bin = Path::new(env!("CARGO_BIN_EXE_sysdrill")).parent().unwrap();
    let mut command = world.command(&[]);
    let variables: Vec<_> = command.get_envs().filter_map(|(k, v)| Some((k.to_owned(), v?.to_owned()))).collect();
    command = Command::new(shell);
    command.env_clear().envs(variables).current_dir(world.path("."));
    command.env("PATH", format!("{}:/usr/bin:/bin", bin.display())).env("PS1", "ready> ").args(options);
    let mut sitting = Sitting::of(command, (24, 100));
    sitting.sees("ready>");
    sitting.press(&format!("{begin}; echo it-is-$((40 + 2))\r"));
    sitting.sees("it-is-42");
    Some(sitting)
}

#[cfg(target_os = "linux")]
#[test]
fn tab_completes_a_deck_a_tag_and_a_card_in_bash_and_zsh() {
    let world = world();
    for (shell, options, begin) in [
        ("bash", &["--norc", "--noprofile", "-i"][..], "source <(sysdrill completions bash)"),
        ("zsh", &["-f", "-i"], "autoload -U compinit; compinit -u -D; source <(sysdrill completions zsh)"),
        // As a package has it: a file in a folder of fpath.
        (
            "zsh",
            &["-f", "-i"],
            "mkdir f; sysdrill completions zsh >f/_sysdrill; fpath=($PWD/f $fpath); autoload -U compinit; compinit -u -D",
        ),
    ] {
        let Some(mut sitting) = before(&world, shell, options, begin) else { continue };
        for (typed, completed) in [
            ("sysdrill review lat\t", "sysdrill review latency "),
            ("sysdrill list --tag messaging-o\t", "sysdrill list --tag messaging-own "),
            ("sysdrill show min\tsa\t", "sysdrill show mine/saga "),
            ("sysdrill show mine/o\t", "sysdrill show mine/outbox-"),
            ("sysdrill quiz --chain url-s\t", "sysdrill quiz --chain url-shortener "),
            ("sysdrill susp\t", "sysdrill suspend "),
        ] {
            // An x shows where the cursor is; the line is then thrown away.
            sitting.press(&format!("{typed}x"));
            sitting.sees(&format!("{completed}x"));
            sitting.press("\u{15}");
        }
        sitting.press("exit\r");
        assert!(sitting.ends().0.success(), "{shell}");
    }
}
