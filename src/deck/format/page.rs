//! The text of a file while it is read, and the errors found in it.

use crate::deck::DeckError;
use crate::deck::syntax::syntax_in_words;
use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::sync::Arc;

/// A file's text and the errors found in it so far.
pub(super) struct Page<'a> {
    pub(super) path: Arc<str>,
    pub(super) text: &'a str,
    /// The offset at which each line begins.
    lines: Vec<usize>,
    errors: RefCell<Vec<DeckError>>,
    /// The last place at which a table was found to begin.
    furthest: Cell<usize>,
}

impl<'a> Page<'a> {
    pub(super) fn new(path: Arc<str>, text: &'a str) -> Self {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { path, text, lines, errors: RefCell::default(), furthest: Cell::default() }
    }

    /// Begins to read a table of the file.
    pub(super) fn begin(&self, at: usize) {
        self.furthest.set(at);
    }

    /// A table was found to begin here.
    pub(super) fn reach(&self, at: usize) {
        self.furthest.set(self.furthest.get().max(at));
    }

    /// The bytes that say all of a table of the file, once it was read; the whole file where parts of it lie elsewhere.
    /// `starts` are the places at which the file's tables begin, in order.
    pub(super) fn block(&self, at: usize, starts: &[usize]) -> Range<usize> {
        let end = starts.iter().copied().find(|start| *start > at).unwrap_or(self.text.len());
        let whole = !self.text[at..].starts_with("[[") || self.furthest.get() >= end;
        if whole { 0..self.text.len() } else { at..end }
    }

    /// Line and column, each from 1, the column in characters.
    pub(super) fn place(&self, offset: usize) -> (usize, usize) {
        let offset = self.text.floor_char_boundary(offset);
        let line = self.lines.partition_point(|start| *start <= offset);
        (line, self.text[self.lines[line - 1]..offset].chars().count() + 1)
    }

    pub(super) fn error(&self, offset: usize, message: impl Into<String>) {
        self.errors.borrow_mut().push(DeckError {
            path: Arc::clone(&self.path),
            at: Some(self.place(offset)),
            message: message.into(),
        });
    }

    /// The errors in the order of their places. Beside a slip of syntax, what the reader missed in the same
    /// table is its consequence and left out.
    pub(super) fn into_errors_with(self, syntax: &[toml::de::Error]) -> Vec<DeckError> {
        let starts: Vec<usize> =
            self.text.lines().enumerate().filter(|(_, line)| line.starts_with("[")).map(|(at, _)| at + 1).collect();
        let table_of = |line: usize| starts.partition_point(|start| *start <= line);
        let slips: Vec<(usize, usize)> =
            syntax.iter().map(|error| self.place(error.span().map_or(0, |span| span.start))).collect();
        let broken: Vec<usize> = slips.iter().map(|(line, _)| table_of(*line)).collect();
        let is_consequence = |error: &DeckError| error.at.is_some_and(|(line, _)| broken.contains(&table_of(line)));
        let mut errors: Vec<DeckError> = self.errors.into_inner();
        errors.retain(|error| !is_consequence(error));
        errors.extend(syntax.iter().zip(slips).map(|(error, at)| DeckError {
            path: Arc::clone(&self.path),
            at: Some(at),
            message: syntax_in_words(error.message()),
        }));
        errors.sort_by_key(|e| e.at);
        errors
    }
}
