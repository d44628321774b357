//! A deck in Markdown that gets another name: its front matter says it, and every other byte stays.

use super::find::find;
use super::front::Front;
use super::shape::lines;
use crate::deck::Dialect;
use std::ops::Range;
use toml::de::DeTable;

/// The text of a deck's file after the deck `old` was named `new`: `was` keeps the old name, so that progress moves. What has no
/// front matter gets one, in TOML as hashcards reads it, or in notes for Obsidian in YAML.
pub fn renamed(text: &str, old: &str, new: &str) -> String {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mark = &text[..text.len() - body.len()];
    let line_end = if body.contains("\r\n") { "\r\n" } else { "\n" };
    let front = Front::read(body);
    let toml = front.is_toml.unwrap_or_else(|| find(body).dialect != Dialect::Obsidian);
    let was = front.was.iter().map(String::as_str).filter(|name| *name != new && *name != old).chain([old]);
    let was: Vec<String> = was.map(|name| format!("\"{name}\"")).collect();
    let sign = if toml { " =" } else { ":" };
    let name = ("name", format!("name{sign} \"{new}\""));
    let was = ("was", format!("was{sign} [{}]", was.join(", ")));
    if front.end == 0 {
        let (name, was) = (name.1, was.1);
        return format!("{mark}---{line_end}{name}{line_end}{was}{line_end}---{line_end}{line_end}{body}");
    }
    let first = lines(body, 0)[0].next;
    let mut inside = inner(body, &front).to_owned();
    // What is put in comes first: in TOML no later table may be above it.
    for (key, line) in [was, name] {
        match place(&inside, key, toml) {
            Some(place) => inside.replace_range(place, &line),
            None => inside.insert_str(0, &format!("{line}{line_end}")),
        }
    }
    format!("{mark}{}{inside}{}", &body[..first], &body[first + inner(body, &front).len()..])
}

/// What stands between the lines that open and close a front matter.
fn inner<'a>(body: &'a str, front: &Front) -> &'a str {
    let all = lines(&body[..front.end], 0);
    &body[all[0].next..all[all.len() - 1].at]
}

/// Where a key and its value stand.
fn place(inside: &str, key: &str, toml: bool) -> Option<Range<usize>> {
    if toml {
        let table = DeTable::parse(inside).ok()?;
        let (key, value) = table.get_ref().get_key_value(key)?;
        return Some(key.span().start..value.span().end);
    }
    let all = lines(inside, 0);
    let at = all.iter().position(|line| line.text.split_once(':').is_some_and(|(found, _)| found.trim_end() == key))?;
    let items = all[at + 1..].iter().take_while(|line| line.text.trim_start().starts_with("- "));
    Some(all[at].at..items.last().unwrap_or(&all[at]).end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_front_matter_has_the_name_and_every_other_byte_stays() {
        let cards = "Q: a?\nA: b\n";
        for (what, text, expected) in [
            ("none, hashcards", "Q: a?\nA: b\n", "---\nname = \"w\"\nwas = [\"m\"]\n---\n\nQ: a?\nA: b\n"),
            ("none, obsidian", "#flashcards\na::b\n", "---\nname: \"w\"\nwas: [\"m\"]\n---\n\n#flashcards\na::b\n"),
            (
                "toml",
                "---\nname = \"M\" # ours\nnumbers = true\n---\nQ: a?\nA: b\n",
                "---\nwas = [\"m\"]\nname = \"w\" # ours\nnumbers = true\n---\nQ: a?\nA: b\n",
            ),
            (
                "toml with a table, and names before",
                "---\nwas = [\n  \"k\", # first\n  \"w\",\n]\n[other]\nname = \"x\"\n---\nQ: a?\nA: b\n",
                "---\nname = \"w\"\nwas = [\"k\", \"m\"]\n[other]\nname = \"x\"\n---\nQ: a?\nA: b\n",
            ),
            (
                "yaml",
                "---\ndialect: repeater\nwas:\n  - k\n  - w\ntags: [a]\n---\nQ: a?\nA: b\n",
                "---\nname: \"w\"\ndialect: repeater\nwas: [\"k\", \"m\"]\ntags: [a]\n---\nQ: a?\nA: b\n",
            ),
            (
                "yaml, other keys",
                "---\nnickname: m\nname: m\n---\na::b\n",
                "---\nwas: [\"m\"]\nnickname: m\nname: \"w\"\n---\na::b\n",
            ),
            ("empty", "---\n---\nQ: a?\nA: b\n", "---\nname = \"w\"\nwas = [\"m\"]\n---\nQ: a?\nA: b\n"),
            (
                "a rule is none",
                "---\nQ: a?\nA: b\n---\n",
                "---\nname = \"w\"\nwas = [\"m\"]\n---\n\n---\nQ: a?\nA: b\n---\n",
            ),
        ] {
            assert_eq!(renamed(text, "m", "w"), expected, "{what}");
            let crlf = |text: &str| text.replace('\n', "\r\n");
            assert_eq!(renamed(&crlf(text), "m", "w"), crlf(expected), "{what}, with other ends of lines");
            let front = Front::read(expected);
            assert_eq!((front.name.as_deref(), front.was.last().map(String::as_str)), (Some("w"), Some("m")), "{what}");
            let back = Front::read(&renamed(expected, "w", "m")).was;
            assert!(back.contains(&"w".to_owned()) && !back.contains(&"m".to_owned()), "{what}: {back:?}");
        }
        assert!(renamed(&format!("\u{feff}{cards}"), "m", "w").starts_with("\u{feff}---\nname"));
    }
}
