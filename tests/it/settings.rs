//! The settings, read and written by a command.

use crate::harness::World;
use std::fs;

#[test]
fn a_setting_is_written_beside_comments_and_read_back() {
    let world = World::new();
    let file = world.path("config/config.toml");
    assert_eq!(world.ok(&["config", "path"]).trim(), file.to_str().unwrap());
    assert_eq!(world.ok(&["config", "get", "minutes"]), "15\n");
    let all = world.ok(&["config", "get"]);
    assert!(all.contains("minutes        15        (default)") && all.contains("which is not there yet"), "{all}");
    fs::write(&file, "# mine\nminutes = 15  # short\n").unwrap();
    let said = world.ok(&["config", "set", "minutes", "20"]);
    assert!(said.starts_with("minutes = 20 in "), "{said}");
    world.ok(&["config", "set", "color", "never"]);
    world.ok(&["config", "set", "decks_off", "mistakes", "interview"]);
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("# mine\nminutes = 20  # short\n"), "{text}");
    assert_eq!(world.ok(&["config", "get", "minutes"]), "20\n");
    assert_eq!(world.ok(&["config", "get", "decks_off"]), "mistakes\ninterview\n");
    let all = world.ok(&["config", "get"]);
    let line = |key: &str| all.lines().find(|line| line.starts_with(key)).unwrap();
    assert!(line("minutes").contains("20") && !line("minutes").contains("default"), "{all}");
    assert!(line("decks_off").contains("mistakes, interview") && line("pause").contains("(default)"), "{all}");
    assert!(!world.ok(&["due", "--json"]).contains("interview"), "the settings hold");
    // A deck that is not there may come yet.
    let ran = world.run(&["config", "set", "decks_off", "mistakse,later"]);
    assert_eq!(world.ok(&["config", "get", "decks_off"]), "mistakse\nlater\n");
    assert!(ran.code == 0 && ran.err.contains("there is no deck 'mistakse': did you mean mistakes?"), "{}", ran.err);
    assert!(ran.err.contains("there is no deck 'later'"), "{}", ran.err);
    world.ok(&["config", "set", "decks_off"]);
    assert_eq!(world.ok(&["config", "get", "decks_off"]), "");
}

#[test]
fn what_is_not_allowed_changes_nothing_and_says_what_is() {
    let world = World::new();
    let file = world.path("config/config.toml");
    fs::write(&file, "clock = false\n").unwrap();
    for (words, said) in [
        (&["minutes", "long"][..], "minutes must be a whole number from 0 to 1440, not 'long'"),
        (&["clok", "true"], "there is no setting 'clok': did you mean clock?"),
        (&["pause", "sometimes"], "pause must be wrong, always or never"),
    ] {
        let err = world.fails(1, &[&["config", "set"], words].concat());
        assert!(err.contains(said), "{err}");
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), "clock = false\n");
    // A file that nothing else can read: what is wrong in it is said, and the one wrong value can be set right.
    fs::write(&file, "minutes = 9999\n").unwrap();
    assert!(world.fails(1, &["due"]).contains("minutes must be"));
    assert!(world.fails(1, &["config", "get"]).contains("minutes must be"));
    world.ok(&["config", "set", "minutes", "10"]);
    world.ok(&["due"]);
    fs::write(&file, "minutes = = 3\n").unwrap();
    assert!(world.fails(1, &["config", "set", "minutes", "10"]).contains("config.toml"));
    assert_eq!(fs::read_to_string(&file).unwrap(), "minutes = = 3\n");
}

#[test]
fn quietly_what_went_well_goes_without_saying() {
    let world = World::with_deck(&crate::harness::recall("a"));
    for words in [
        &["config", "set", "minutes", "20"][..],
        &["flag", "mine/a"],
        &["note", "mine/a", "mine"],
        &["undo"],
        &["backup"],
        &["export", "--to", "all.jsonl"],
        &["import", "all.jsonl"],
        &["man", "pages"],
    ] {
        let ran = world.run(&[words, &["--quiet"]].concat());
        assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "", ""), "{words:?}");
    }
    // What was asked for is said, and so is what went wrong.
    assert_eq!(world.ok(&["--quiet", "config", "get", "minutes"]), "20\n");
    assert!(world.ok(&["decks", "-q"]).contains("mine"));
    assert!(world.fails(1, &["flag", "mine/b", "-q"]).contains("mine/b"));
}

/// A script for an editor: what it does to the file, which is the last thing it is told.
#[cfg(unix)]
fn editor(world: &World, script: &str) -> String {
    use std::os::unix::fs::PermissionsExt;
    let path = world.path("editor.sh");
    fs::write(&path, format!("#!/bin/sh\nfor file; do :; done\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path.to_str().unwrap().to_owned()
}

#[cfg(unix)]
#[test]
fn the_file_is_opened_in_the_editor_and_checked_when_it_comes_back() {
    let world = World::new();
    let edit = |script: &str| {
        let output = world.command(&["config", "edit"]).env("EDITOR", editor(&world, script)).output().unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        (output.status.code(), said)
    };
    let file = world.path("config/config.toml");
    let (code, said) = edit("sed -i 's/^# minutes = 15/minutes = 20/' \"$file\"");
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(world.ok(&["config", "get", "minutes"]), "20\n");
    assert!(fs::read_to_string(&file).unwrap().contains("# new_per_day = \"auto\""));
    let (code, said) = edit("echo 'minutes = long' >> \"$file\"");
    assert!(code == Some(1) && said.contains("config.toml"), "{said}");
    // Broken, it can be mended here.
    let (code, said) = edit("echo 'minutes = 30' > \"$file\"");
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(world.ok(&["config", "get", "minutes"]), "30\n");
    let said = world.run(&["config", "edit"]);
    assert!(said.code == 1 && said.err.contains("VISUAL") && said.err.contains("config.toml"), "{}", said.err);
    let (code, said) = edit("exit 3");
    assert!(code == Some(1) && fs::read_to_string(&file).unwrap() == "minutes = 30\n", "{said}");
}
