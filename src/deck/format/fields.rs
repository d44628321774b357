//! Reading a TOML table key by key, so that every error of a file is found and placed at once.

use super::page::Page;
use crate::deck::nearest;
use std::cell::RefCell;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A text with its place.
#[derive(Debug, Clone)]
pub(super) struct Text {
    pub(super) text: String,
    pub(super) at: usize,
}

/// One table, read key by key. [`Fields::finish`] reports the keys that nobody asked for.
pub(super) struct Fields<'a> {
    page: &'a Page<'a>,
    table: &'a DeTable<'a>,
    /// Where the table begins.
    pub(super) at: usize,
    /// How it is called in messages: `[[number]]`.
    label: String,
    asked: RefCell<Vec<&'static str>>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(page: &'a Page<'a>, table: &'a DeTable<'a>, at: usize, label: &str) -> Self {
        page.reach(at);
        Self { page, table, at, label: label.to_owned(), asked: RefCell::default() }
    }

    pub(super) fn error(&self, at: usize, message: impl Into<String>) {
        self.page.error(at, message);
    }

    /// Line and column of a place.
    pub(super) fn line(&self, at: usize) -> (usize, usize) {
        self.page.place(at)
    }

    fn get(&self, key: &'static str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.asked.borrow_mut().push(key);
        self.table.get(key)
    }

    fn wrong(&self, value: &Spanned<DeValue>, key: &str, wanted: &str) {
        let found = value.get_ref().type_str();
        self.error(value.span().start, format!("{} {key} must be {wanted}, not {}", self.label, article(found)));
    }

    pub(super) fn has(&self, key: &'static str) -> bool {
        self.get(key).is_some()
    }

    /// A text that may be missing.
    pub(super) fn text(&self, key: &'static str) -> Option<Text> {
        let value = self.get(key)?;
        self.as_text(key, value)
    }

    fn as_text(&self, key: &str, value: &Spanned<DeValue>) -> Option<Text> {
        match value.get_ref() {
            DeValue::String(text) if text.trim().is_empty() => {
                self.error(value.span().start, format!("{} {key} is empty", self.label));
                None
            }
            DeValue::String(text) => Some(Text {
                // As TOML allows: a line ends alike, whatever program saved the file.
                text: text.trim().replace("\r\n", "\n"),
                at: value.span().start,
            }),
            _ => {
                self.wrong(value, key, "a text in quotes");
                None
            }
        }
    }

    /// A text that must be there; `example` says what would be right.
    pub(super) fn required(&self, key: &'static str, example: &str) -> Option<Text> {
        if !self.has(key) {
            self.error(self.at, format!("{} has no {key}: add {key} = {example}", self.label));
            return None;
        }
        self.text(key)
    }

    /// A text, or a number written without quotes.
    pub(super) fn value_text(&self, key: &'static str) -> Option<Text> {
        let value = self.get(key)?;
        self.as_value_text(key, value)
    }

    fn as_value_text(&self, key: &str, value: &Spanned<DeValue>) -> Option<Text> {
        let at = value.span().start;
        match value.get_ref() {
            DeValue::Integer(number) => Some(Text { text: number.to_string(), at }),
            DeValue::Float(number) => Some(Text { text: number.to_string(), at }),
            _ => self.as_text(key, value),
        }
    }

    fn items(&self, key: &'static str) -> &'a [Spanned<DeValue<'a>>] {
        match self.get(key) {
            None => &[],
            Some(value) => match value.get_ref() {
                DeValue::Array(items) => items,
                _ => {
                    self.wrong(value, key, "a list in square brackets");
                    &[]
                }
            },
        }
    }

    /// A list of texts; empty when it is missing.
    pub(super) fn texts(&self, key: &'static str) -> Vec<Text> {
        self.items(key).iter().filter_map(|item| self.as_text(key, item)).collect()
    }

    /// A list of texts or numbers.
    pub(super) fn value_texts(&self, key: &'static str) -> Vec<Text> {
        self.items(key).iter().filter_map(|item| self.as_value_text(key, item)).collect()
    }

    /// A list of texts, or one text.
    pub(super) fn one_or_more(&self, key: &'static str) -> Vec<Text> {
        match self.table.get(key).map(Spanned::get_ref) {
            Some(DeValue::Array(_)) => self.texts(key),
            _ => self.text(key).into_iter().collect(),
        }
    }

    /// Where a key's value stands, or else the table.
    pub(super) fn place_of(&self, key: &str) -> usize {
        self.table.get(key).map_or(self.at, |value| value.span().start)
    }

    /// A whole number in a range.
    pub(super) fn whole(&self, key: &'static str, range: Range<u16>, wanted: &str) -> Option<u16> {
        let value = self.get(key)?;
        let number = match value.get_ref() {
            DeValue::Integer(number) => u16::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        let number = number.filter(|n| range.contains(n));
        if number.is_none() {
            self.error(value.span().start, format!("{} {key} must be {wanted}", self.label));
        }
        number
    }

    /// A factor of 1 to 2.
    pub(super) fn within(&self) -> Option<f64> {
        let value = self.get("within")?;
        let number: Option<f64> = match value.get_ref() {
            DeValue::Integer(number) => number.as_str().parse().ok(),
            DeValue::Float(number) => number.as_str().parse().ok(),
            _ => None,
        };
        let number = number.filter(|n| (1.0..=2.0).contains(n));
        if number.is_none() {
            self.error(value.span().start, format!("{} within must be a factor from 1 to 2, such as 1.5", self.label));
        }
        number
    }

    pub(super) fn flag(&self, key: &'static str) -> bool {
        match self.get(key).map(|value| (value, value.get_ref())) {
            None => false,
            Some((_, DeValue::Boolean(flag))) => *flag,
            Some((value, _)) => {
                self.wrong(value, key, "true or false");
                false
            }
        }
    }

    /// A table under this key.
    pub(super) fn table(&self, key: &'static str, label: &str) -> Option<Fields<'a>> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::Table(table) => Some(Fields::new(self.page, table, value.span().start, label)),
            _ => {
                self.wrong(value, key, "a table");
                None
            }
        }
    }

    /// The tables of `[[key]]`.
    pub(super) fn tables(&self, key: &'static str, label: &str) -> Vec<Fields<'a>> {
        let tables: Vec<_> = self
            .items(key)
            .iter()
            .filter_map(|item| match item.get_ref() {
                DeValue::Table(table) => Some(Fields::new(self.page, table, item.span().start, label)),
                _ => {
                    self.wrong(item, key, &format!("tables, each headed {label}"));
                    None
                }
            })
            .collect();
        tables
    }

    /// The places at which the tables under all keys begin, in order.
    pub(super) fn starts(&self) -> Vec<usize> {
        let mut starts: Vec<usize> = Vec::new();
        for value in self.table.values() {
            match value.get_ref() {
                DeValue::Array(items) => starts.extend(items.iter().map(|item| item.span().start)),
                _ => starts.push(value.span().start),
            }
        }
        starts.sort_unstable();
        starts
    }

    /// The keys of a table whose keys are free, in the order they are written.
    pub(super) fn free_keys(&self) -> Vec<(String, usize)> {
        let mut keys: Vec<_> = self.table.keys().map(|key| (key.get_ref().to_string(), key.span().start)).collect();
        keys.sort_by_key(|(_, at)| *at);
        keys
    }

    /// A value of a table whose keys are free: a text or a number.
    pub(super) fn free_text(&self, key: &str) -> Option<Text> {
        self.as_value_text(key, self.table.get(key)?)
    }

    /// A table of a table whose keys are free.
    pub(super) fn free_table(&self, key: &str, label: &str) -> Option<Fields<'a>> {
        let value = self.table.get(key)?;
        match value.get_ref() {
            DeValue::Table(table) => Some(Fields::new(self.page, table, value.span().start, label)),
            _ => {
                self.wrong(value, key, "a table such as { pick = [1, 2, 5] }");
                None
            }
        }
    }

    /// A text, if it is one; nothing is reported.
    pub(super) fn plain_text(&self, key: &str) -> Option<&'a str> {
        match self.table.get(key)?.get_ref() {
            DeValue::String(text) => Some(text),
            _ => None,
        }
    }

    /// The text of a key that is there and empty.
    pub(super) fn empty_text(&self, key: &'static str) -> Option<Text> {
        let value = self.get(key)?;
        let empty = matches!(value.get_ref(), DeValue::String(text) if text.trim().is_empty());
        empty.then(|| Text { text: String::new(), at: value.span().start })
    }

    /// Reports every key that nobody asked for, with the nearest that exists.
    pub(super) fn finish(&self) {
        let mut asked = self.asked.borrow_mut();
        asked.sort_unstable();
        asked.dedup();
        for key in self.table.keys() {
            let name: &str = key.get_ref();
            if !asked.contains(&name) {
                let hint = match nearest(name, asked.iter().copied()).first() {
                    Some(near) => format!("did you mean {near}?"),
                    None => format!("it may have {}", asked.join(", ")),
                };
                self.error(key.span().start, format!("{} has no key '{name}': {hint}", self.label));
            }
        }
    }
}

fn article(kind: &str) -> String {
    let an = kind.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {kind}", if an { "an" } else { "a" })
}
