//! The text of `config.toml`: what is wrong in it, line by line.

use super::setting;
use crate::deck::syntax_in_words;
use toml::de::DeTable;

/// Something wrong in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// From 1.
    pub line: usize,
    /// What is wrong, and what would be right.
    pub message: String,
}

/// Everything that is wrong in a text. `is_sound` says whether one line with a setting, read alone, can stand.
pub(super) fn faults(text: &str, is_sound: impl Fn(&str) -> bool) -> Vec<Fault> {
    let line_of = |at: usize| 1 + text.as_bytes()[..at.min(text.len())].iter().filter(|byte| **byte == b'\n').count();
    let table = match DeTable::parse(text) {
        Ok(table) => table,
        Err(error) => {
            let line = line_of(error.span().map_or(0, |span| span.start));
            return vec![Fault { line, message: syntax_in_words(error.message()) }];
        }
    };
    let mut faults = Vec::new();
    for (key, value) in table.get_ref() {
        let (name, line) = (key.get_ref().as_ref(), line_of(key.span().start));
        let allowed = match setting::allowed(name) {
            Ok(allowed) => allowed,
            Err(message) => {
                faults.push(Fault { line, message });
                continue;
            }
        };
        let value = &text[value.span()];
        if !is_sound(&format!("{name} = {value}")) {
            let value = value.lines().next().unwrap_or_default();
            faults.push(Fault { line, message: format!("{name} must be {allowed}, not {value}") });
        }
    }
    faults.sort_by_key(|fault| fault.line);
    faults
}
