//! What a Markdown file says of itself between `---` and `---`, in TOML or in YAML's simplest form, or between `+++` and `+++`.

use super::shape::lines;
use crate::deck::Dialect;
use crate::schedule::is_slug;
use std::collections::BTreeMap;

/// What is read of it; other keys belong to other programs.
#[derive(Debug, Default)]
pub(super) struct Front {
    pub(super) name: Option<String>,
    pub(super) title: Option<String>,
    pub(super) about: Option<String>,
    pub(super) licence: Option<String>,
    pub(super) dialect: Option<Dialect>,
    pub(super) numbers: bool,
    pub(super) level: Option<u8>,
    pub(super) tags: Vec<String>,
    pub(super) was: Vec<String>,
    /// Whether it is in TOML; none where nothing in it says so.
    pub(super) is_toml: Option<bool>,
    /// Where it ends.
    pub(super) end: usize,
    /// What is wrong with it, each with its line, from 0.
    pub(super) errors: Vec<(usize, String)>,
}

/// Values by key, each with its line.
type Values = BTreeMap<String, (usize, Vec<String>)>;

/// The tags of cards, by which a note says that it has some.
const TAGS: [&str; 2] = ["flashcards", "flashcard"];

/// What a tag says of a card's topic, where it is one of a deck: `flashcards/system-design` says `system-design`.
pub(super) fn topics(tag: &str) -> Option<Vec<String>> {
    let mut parts = tag.trim_start_matches('#').split('/');
    let first = parts.next()?;
    TAGS.iter().any(|tag| first.eq_ignore_ascii_case(tag)).then(|| parts.map(str::to_owned).collect())
}

impl Front {
    /// What its tags say of all cards. The tag of a deck holds in Obsidian only until the next one.
    pub(super) fn topics(&self, dialect: Dialect) -> Vec<String> {
        let of_deck =
            |tag: &str| topics(tag).map(|topics| if dialect == Dialect::Obsidian { Vec::new() } else { topics });
        self.tags.iter().flat_map(|tag| of_deck(tag).unwrap_or_else(|| vec![tag.clone()])).collect()
    }

    /// Reads it, where a text has it.
    pub(super) fn read(text: &str) -> Self {
        let all = lines(text, 0);
        // Between `+++` it is in TOML.
        let fence = all.first().map(|line| line.text.trim_end()).filter(|text| matches!(*text, "---" | "+++"));
        let is_fence = |text: &str| Some(text.trim_end()) == fence;
        let Some(last) = all
            .first()
            .filter(|line| is_fence(line.text))
            .and_then(|_| all.iter().skip(1).position(|line| is_fence(line.text)).map(|at| at + 1))
        else {
            return Self::default();
        };
        let inside = &all[1..last];
        // A rule before the first card is none.
        let is_card = |text: &str| ["Q:", "A:", "C:", "T:", "D:"].iter().any(|tag| text.starts_with(tag));
        let is_key = |text: &str| {
            let key = text.trim_start_matches('[').split(['=', ':', ']']).next().unwrap_or_default().trim();
            text.contains(['=', ':', ']']) && !key.is_empty() && !key.contains(char::is_whitespace)
        };
        let first = inside.iter().find(|line| !line.is_blank() && !line.text.starts_with('#'));
        if inside.iter().any(|line| is_card(line.text)) || !first.is_none_or(|line| is_key(line.text)) {
            return Self::default();
        }
        let body: Vec<&str> = inside.iter().map(|line| line.text).collect();
        let toml = first.is_some_and(|line| match (line.text.find('='), line.text.find(':')) {
            (Some(equals), colon) => colon.is_none_or(|colon| equals < colon),
            (None, _) => line.text.starts_with('['),
        });
        let toml = toml || fence == Some("+++");
        let is_toml = first.map(|_| toml);
        let mut front = Self { is_toml, end: all[last].next, ..Self::default() };
        let values = if toml { front.toml(&body) } else { yaml(&body) };
        front.take(values);
        front
    }

    fn toml(&mut self, body: &[&str]) -> Values {
        let table: toml::Table = match body.join("\n").parse() {
            Ok(table) => table,
            Err(error) => {
                let joined = body.join("\n");
                let at = error.span().map_or(0, |span| joined[..span.start.min(joined.len())].matches('\n').count());
                self.errors.push((at + 1, format!("the front matter is no TOML: {}", error.message())));
                return Values::new();
            }
        };
        let text = |value: &toml::Value| match value {
            toml::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let line = |key: &str| body.iter().position(|line| line.trim_start().starts_with(key)).unwrap_or(0) + 1;
        let values = table.iter().map(|(key, value)| match value {
            toml::Value::Array(items) => (key.clone(), (line(key), items.iter().map(text).collect())),
            other => (key.clone(), (line(key), vec![text(other)])),
        });
        values.collect()
    }

    fn take(&mut self, mut values: Values) {
        let mut one = |key: &str| {
            let (line, found) = values.remove(key)?;
            found.into_iter().next().filter(|text| !text.is_empty()).map(|text| (line, text))
        };
        let text = |found: Option<(usize, String)>| found.map(|(_, text)| text);
        self.name = text(one("name"));
        self.title = text(one("title"));
        self.about = text(one("about"));
        self.licence = text(one("licence"));
        if let Some((line, dialect)) = one("dialect") {
            self.dialect = Dialect::named(&dialect);
            if self.dialect.is_none() {
                self.errors.push((line, format!("dialect '{dialect}' must be {}", Dialect::names())));
            }
        }
        match one("numbers") {
            None => {}
            Some((_, value)) if value == "true" || value == "false" => self.numbers = value == "true",
            Some((line, value)) => self.errors.push((line, format!("numbers must be true or false, not {value}"))),
        }
        match one("level") {
            None => {}
            Some((_, level)) if ["1", "2", "3"].contains(&level.as_str()) => self.level = level.parse().ok(),
            Some((line, level)) => {
                let wanted = "must be 1 (learn first), 2 or 3";
                self.errors.push((line, format!("level {wanted}, not {level}")));
            }
        }
        if let Some((line, was)) = values.remove("was") {
            for old in was {
                match is_slug(&old) {
                    true => self.was.push(old),
                    false => self.errors.push((line, format!("was: '{old}' is no name of a deck"))),
                }
            }
        }
        let (_, tags) = values.remove("tags").unwrap_or_default();
        self.tags = tags.iter().map(|tag| tag.trim_start_matches('#').to_owned()).collect();
    }
}

/// The value of `name` in the lines of a TOML table, up to the next table, whatever else is wrong there.
pub fn name_in<'a>(lines: impl Iterator<Item = &'a str>) -> Option<String> {
    let of_line = |line: &str| {
        let table: toml::Table = line.parse().ok()?;
        Some(table.get("name")?.as_str()?.to_owned())
    };
    lines.take_while(|line| !line.trim_start().starts_with('[')).find_map(of_line)
}

/// `key: value`, `key: [a, b]`, and a list of `- a` below its key.
fn yaml(body: &[&str]) -> Values {
    let bare = |text: &str| text.trim().trim_matches(['"', '\'']).to_owned();
    let mut values = Values::new();
    let mut open: Option<String> = None;
    for (at, line) in body.iter().enumerate() {
        let item = line.trim_start().strip_prefix("- ");
        if let (Some(item), Some(key)) = (item, &open) {
            values.entry(key.clone()).or_insert((at + 1, Vec::new())).1.push(bare(item));
            continue;
        }
        let Some((key, value)) = line.split_once(':').filter(|_| !line.starts_with([' ', '\t', '#'])) else { continue };
        let (key, value) = (key.trim().to_owned(), value.trim());
        let list = value.strip_prefix('[').and_then(|list| list.strip_suffix(']'));
        let parts: Vec<String> = match list {
            Some(list) => list.split(',').map(bare).collect(),
            None if key == "tags" => value.split([',', ' ']).map(bare).collect(),
            None => vec![bare(value)],
        };
        values.insert(key.clone(), (at + 1, parts.into_iter().filter(|part| !part.is_empty()).collect()));
        open = Some(key);
    }
    values
}
