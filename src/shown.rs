//! What reaches a person's eyes: text of a deck, a log, a file's name or a command line, without what would move the
//! cursor, turn the reading direction or stand there unseen. Everything that is printed goes through here.

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};
use std::io::{self, Write};
use std::path::Path;

/// What stands in place of a character that is not shown.
const INSTEAD: char = '\u{fffd}';

/// Whether a character would do something other than be seen: controls (escape sequences begin with one), marks that turn
/// the direction, what has no width, and separators that some programs take for the end of a line.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// What a tab is shown as.
const TAB: &str = "    ";

/// A text of several lines.
pub fn text(text: &str) -> String {
    text.replace('\t', TAB).chars().map(|c| if is_unseen(c) && c != '\n' { INSTEAD } else { c }).collect()
}

/// What is one line, whatever is in it: a name, a part of a message.
pub fn line(text: &str) -> String {
    text.replace('\t', TAB).chars().map(|c| if is_unseen(c) { INSTEAD } else { c }).collect()
}

/// The name of a file.
pub fn path(path: &Path) -> String {
    line(&path.to_string_lossy())
}

/// A count and its noun: `1 day`, `2 days`; `1 entry`, `2 entries`.
pub fn count(count: usize, one: &str) -> String {
    if count == 1 {
        return format!("1 {one}");
    }
    let before_y = one.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'i', 'o', 'u']));
    match before_y {
        Some(stem) => format!("{count} {stem}ies"),
        None => format!("{count} {one}s"),
    }
}

/// A value as JSON. What would not be seen is escaped, which JSON allows for every character: whoever reads it as JSON
/// reads the same, and on a terminal it does nothing.
///
/// # Errors
/// It cannot be written.
pub fn json(out: impl Write, value: &impl Serialize) -> io::Result<()> {
    value.serialize(&mut Serializer::with_formatter(out, Escaped(CompactFormatter))).map_err(io::Error::from)
}

struct Escaped(CompactFormatter);

impl Formatter for Escaped {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        let mut plain = 0;
        for (at, c) in fragment.char_indices().filter(|(_, c)| is_unseen(*c)) {
            self.0.write_string_fragment(out, &fragment[plain..at])?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            plain = at + c.len_utf8();
        }
        self.0.write_string_fragment(out, &fragment[plain..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNSEEN: [char; 14] = [
        '\u{1b}',
        '\u{7}',
        '\u{7f}',
        '\u{9b}',
        '\u{85}',
        '\u{200b}',
        '\u{200d}',
        '\u{202e}',
        '\u{2066}',
        '\u{2028}',
        '\u{2029}',
        '\u{feff}',
        '\u{61c}',
        '\u{e0041}',
    ];

    #[test]
    fn nothing_unseen_is_shown() {
        for c in UNSEEN {
            assert_eq!(text(&format!("a{c}b\nc")), "a\u{fffd}b\nc", "{c:?}");
            assert_eq!(line(&format!("a{c}b\nc")), "a\u{fffd}b\u{fffd}c", "{c:?}");
        }
        assert_eq!((text("if a:\n\tb").as_str(), line("a\tb").as_str()), ("if a:\n    b", "a    b"));
        let kept = "10 µs → 6k qps, 50 %, 東京, naïve, 👍, ≥ ½";
        assert_eq!(text(kept), kept);
    }

    #[test]
    fn json_says_the_same_and_has_nothing_unseen_in_it() {
        let all: String = UNSEEN.iter().flat_map(|c| ['a', *c, '"', '\\', '\n']).collect();
        let mut out = Vec::new();
        json(&mut out, &serde_json::json!({ "text": all, &all: 1.5 })).unwrap();
        let written = String::from_utf8(out).unwrap();
        assert!(!written.contains(is_unseen), "{written:?}");
        let read: serde_json::Value = serde_json::from_str(&written).unwrap();
        assert_eq!(read, serde_json::json!({ "text": all, &all: 1.5 }));
        let mut plain = Vec::new();
        json(&mut plain, &"50 µs\t✓").unwrap();
        assert_eq!(String::from_utf8(plain).unwrap(), serde_json::to_string("50 µs\t✓").unwrap());
    }

    #[test]
    fn one_is_not_many() {
        for (n, one, said) in [
            (1, "review", "1 review"),
            (0, "review", "0 reviews"),
            (2, "day", "2 days"),
            (1, "entry", "1 entry"),
            (3, "entry", "3 entries"),
        ] {
            assert_eq!(count(n, one), said);
        }
    }
}
