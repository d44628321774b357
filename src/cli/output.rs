//! Printing a command's result.

use crate::shown;
use console::Term;
use serde::Serialize;
use std::io::{self, Write};

/// One JSON object on a line.
pub(super) fn json(value: &impl Serialize) -> io::Result<()> {
    let mut out = io::stdout().lock();
    shown::json(&mut out, value)?;
    writeln!(out)
}

/// A text. What a deck says may be in it: no control character of it reaches the terminal.
pub(super) fn text(text: &str) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{}", fitted(&shown::text(text), &Term::stdout()))
}

/// What went wrong, on the error stream. Where nobody reads that, there is nobody to tell.
pub(super) fn warn(text: &str) {
    let text = format!("sysdrill: {}", shown::text(text));
    let _ = writeln!(io::stderr().lock(), "{}", fitted(&text, &Term::stderr()));
}

/// On a terminal no line is broken within a word; what goes to a file or a program stays as it is.
fn fitted(text: &str, term: &Term) -> String {
    if !term.is_term() {
        return text.to_owned();
    }
    let width = usize::from(term.size().1);
    let wrapped = text.lines().map(|line| {
        let indent = &line[..line.len() - line.trim_start().len()];
        textwrap::fill(line, textwrap::Options::new(width).subsequent_indent(indent).break_words(false))
    });
    wrapped.collect::<Vec<_>>().join("\n")
}
