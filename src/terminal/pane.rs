//! The last rows of the screen: drawn anew as keys come and time passes. Everything else scrolls by above them.

use console::{Term, measure_text_width, truncate_str};
use std::io;

/// The rows, of which the last holds the cursor. None of them wraps.
pub(super) struct Pane {
    term: Term,
    /// It obeys no escape sequences: only the last row is drawn anew.
    dumb: bool,
    drawn: Vec<String>,
    cursor: usize,
    /// The terminal's, when it was drawn.
    columns: usize,
}

impl Pane {
    pub(super) fn new(term: Term) -> Self {
        Self { term, dumb: console::is_dumb(), drawn: Vec::new(), cursor: 0, columns: 0 }
    }

    pub(super) fn is_dumb(&self) -> bool {
        self.dumb
    }

    /// Rows and columns of the terminal.
    pub(super) fn size(&self) -> (usize, usize) {
        let (rows, columns) = self.term.size();
        (rows.into(), columns.into())
    }

    /// Draws these rows, or as many of the last ones as there is room for, with the cursor in the last.
    pub(super) fn draw(&mut self, rows: &[String], cursor: usize) -> io::Result<()> {
        let (height, columns) = self.size();
        let width = columns.saturating_sub(1);
        let rows = &rows[rows.len().saturating_sub(height)..];
        let rows: Vec<String> = rows.iter().map(|row| truncate_str(row, width, "").into_owned()).collect();
        let cursor = cursor.min(width);
        let text = match self.dumb {
            true => self.plain(&rows, cursor),
            false => {
                // Rows that were wrapped are joined again by a wider terminal, unless they were cleared whole.
                let clear = if columns == self.columns { "" } else { "\x1b[J" };
                let right = if cursor > 0 { format!("\x1b[{cursor}C") } else { String::new() };
                format!("{}{clear}{}\x1b[J\r{right}", self.to_top(columns), rows.join("\x1b[K\n"))
            }
        };
        (self.drawn, self.cursor, self.columns) = (rows, cursor, columns);
        self.term.write_str(&text)
    }

    /// With no more than a carriage return.
    fn plain(&self, rows: &[String], cursor: usize) -> String {
        let Some((row, above)) = rows.split_last() else { return String::new() };
        let (drawn, drawn_above) = self.drawn.split_last().map_or(("", &[][..]), |(row, above)| (row, above));
        if (row.as_str(), above, cursor) == (drawn, drawn_above, self.cursor) {
            return String::new();
        }
        let listed = if above == drawn_above { String::new() } else { format!("\n{}\n", above.join("\n")) };
        let over = " ".repeat(measure_text_width(drawn).saturating_sub(measure_text_width(row)));
        format!("{listed}\r{row}{over}\r{}", truncate_str(row, cursor, ""))
    }

    /// Takes the rows away.
    pub(super) fn erase(&mut self) -> io::Result<()> {
        let text = match (self.dumb, self.drawn.is_empty()) {
            (_, true) => return Ok(()),
            (true, false) => "\n".to_owned(),
            (false, false) => format!("{}\x1b[J", self.to_top(self.size().1)),
        };
        (self.drawn, self.cursor) = (Vec::new(), 0);
        self.term.write_str(&text)
    }

    /// Moves the cursor to where the first row begins.
    fn to_top(&self, columns: usize) -> String {
        let above = self.drawn.split_last().map_or(&[][..], |(_, above)| above);
        let widths: Vec<usize> = above.iter().map(|row| measure_text_width(row)).collect();
        match rows_above(&widths, self.cursor, columns) {
            0 => "\r".to_owned(),
            up => format!("\r\x1b[{up}A"),
        }
    }
}

/// How many rows of the screen lie between the first of the rows and the cursor. A terminal that was made narrower
/// has wrapped those that no longer fit.
pub(super) fn rows_above(widths: &[usize], cursor: usize, columns: usize) -> usize {
    let columns = columns.max(1);
    widths.iter().map(|width| width.div_ceil(columns).max(1)).sum::<usize>() + cursor / columns
}
