//! Printing a command's result.

use super::jargon::in_words;
use crate::shown;
use console::Term;
use ratatui_core::style::{Color, Modifier, Style};
use ratatui_core::text::Line;
use serde::Serialize;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// One JSON object on a line.
pub(super) fn json(value: &impl Serialize) -> io::Result<()> {
    let mut out = io::stdout().lock();
    shown::json(&mut out, value)?;
    writeln!(out)
}

/// Whether what went well goes without saying.
static QUIET: AtomicBool = AtomicBool::new(false);

/// Decides once for the whole program whether what went well is told.
pub(super) fn set_quiet(quiet: bool) {
    QUIET.store(quiet, Ordering::Relaxed);
}

pub(super) fn is_quiet() -> bool {
    QUIET.load(Ordering::Relaxed)
}

/// That something was done, unless the learner wants no word of it.
pub(super) fn done(said: &str) -> io::Result<()> {
    if is_quiet() { Ok(()) } else { text(said) }
}

/// A text. What a deck says may be in it: no control character of it reaches the terminal.
pub(super) fn text(text: &str) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{}", fitted(&shown::text(text), &Term::stdout()))
}

/// A text whose lines stay as they are, however wide: what it says is meant for a file too.
pub(super) fn as_it_is(text: &str) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{}", text.split('\t').map(shown::text).collect::<Vec<_>>().join("\t"))
}

/// Lines in their styles, where there are colours.
pub(super) fn lines(lines: &[Line]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for line in lines {
        let width = line.spans.iter().rposition(|span| !span.content.trim_end().is_empty()).map_or(0, |last| last + 1);
        for (at, span) in line.spans.iter().take(width).enumerate() {
            let text = shown::line(&span.content);
            let text = if at + 1 == width { text.trim_end() } else { &text };
            write!(out, "{}", styled(text, line.style.patch(span.style)))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn styled(text: &str, style: Style) -> console::StyledObject<&str> {
    let mut shown = console::style(text);
    if style.add_modifier.contains(Modifier::BOLD) {
        shown = shown.bold();
    }
    if style.add_modifier.contains(Modifier::DIM) {
        shown = shown.dim();
    }
    if style.fg == Some(Color::Cyan) { shown.cyan() } else { shown }
}

/// A text in which the words that begin with one of `words` stand out, where there are colours.
pub(super) fn marked(text: &str, words: &[String]) -> io::Result<()> {
    let words: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let is_wanted = |word: &str| words.iter().any(|wanted| word.to_lowercase().starts_with(wanted.as_str()));
    let fitted = fitted(&shown::text(text), &Term::stdout());
    let mut out = io::stdout().lock();
    for part in fitted.split_inclusive(|c: char| !c.is_alphanumeric()) {
        let word = part.trim_end_matches(|c: char| !c.is_alphanumeric());
        match is_wanted(word) {
            true => write!(out, "{}{}", console::style(word).bold().underlined(), &part[word.len()..])?,
            false => out.write_all(part.as_bytes())?,
        }
    }
    writeln!(out)
}

/// A line of at most so many columns.
pub(super) fn cut(line: &str, width: usize) -> String {
    console::truncate_str(&shown::text(line), width, "…").into_owned()
}

/// Why a prompt on the terminal ended.
pub(super) fn of_prompt(error: dialoguer::Error) -> io::Error {
    match error {
        dialoguer::Error::IO(error) => error,
    }
}

/// What went wrong, on the error stream. Where nobody reads that, there is nobody to tell.
pub(super) fn warn(text: &str) {
    let text = format!("sysdrill: {}", shown::text(&in_words(text)));
    let _ = writeln!(io::stderr().lock(), "{}", fitted(&text, &Term::stderr()));
}

/// On a terminal no line is broken within a word; what goes to a file or a program stays as it is.
pub(super) fn fitted(text: &str, term: &Term) -> String {
    if !term.is_term() {
        return text.to_owned();
    }
    let width = usize::from(term.size().1);
    // Dates, options and the names of cards stay whole.
    let whole = textwrap::Options::new(width).break_words(false).word_splitter(textwrap::WordSplitter::NoHyphenation);
    let wrapped = text.lines().map(|line| {
        // What a mark stands before is in line with what none does.
        let text = line.trim_start_matches([' ', '*']);
        let indent = " ".repeat(line.len() - text.len());
        textwrap::fill(line, whole.clone().subsequent_indent(&indent))
    });
    wrapped.collect::<Vec<_>>().join("\n")
}
