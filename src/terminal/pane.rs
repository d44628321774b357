//! The last rows of the screen: drawn anew as keys come and time passes. Everything else scrolls by above them.

use super::device::Device;
use console::{measure_text_width, truncate_str};
use std::io;

/// The rows, of which the last holds the cursor. None of them wraps.
#[derive(Default)]
pub(super) struct Pane {
    /// Nothing is ever drawn over: what changes is a line of its own.
    plain: bool,
    drawn: Vec<String>,
    cursor: usize,
    /// The terminal's, when it was drawn.
    columns: usize,
}

impl Pane {
    pub(super) fn new(plain: bool) -> Self {
        Self { plain, ..Self::default() }
    }

    /// Draws these rows, or as many of the last ones as there is room for, with the cursor in the last.
    pub(super) fn draw(&mut self, device: &mut dyn Device, rows: &[String], cursor: usize) -> io::Result<()> {
        let (height, columns) = device.size();
        let width = columns.saturating_sub(1);
        let text = if self.plain {
            self.plain_text(rows)
        } else {
            let rows = &rows[rows.len().saturating_sub(height)..];
            let rows: Vec<String> = rows.iter().map(|row| truncate_str(row, width, "").into_owned()).collect();
            let cursor = cursor.min(width);
            // Rows that were wrapped are joined again by a wider terminal, unless they were cleared whole.
            let clear = if columns == self.columns { "" } else { "\x1b[J" };
            let right = if cursor > 0 { format!("\x1b[{cursor}C") } else { String::new() };
            let text = format!("{}{clear}{}\x1b[J\r{right}", self.to_top(columns), rows.join("\x1b[K\n"));
            (self.drawn, self.cursor, self.columns) = (rows, cursor, columns);
            return device.write(&text);
        };
        self.drawn = rows.to_vec();
        device.write(&text)
    }

    /// Only what was added: the rows that have changed, and of the last row what was typed since.
    fn plain_text(&self, rows: &[String]) -> String {
        let Some((row, above)) = rows.split_last() else { return String::new() };
        let (drawn, drawn_above) = self.drawn.split_last().map_or(("", &[][..]), |(row, above)| (row, above));
        let changed: Vec<&str> = above
            .iter()
            .enumerate()
            .filter(|(at, row)| drawn_above.get(*at) != Some(row))
            .map(|(_, row)| row.as_str())
            .collect();
        match row.strip_prefix(drawn) {
            Some(added) if changed.is_empty() => added.to_owned(),
            _ => {
                let end = if self.drawn.is_empty() { "" } else { "\n" };
                let changed: String = changed.iter().map(|row| format!("{row}\n")).collect();
                format!("{end}{changed}{row}")
            }
        }
    }

    /// Takes the rows away.
    pub(super) fn erase(&mut self, device: &mut dyn Device) -> io::Result<()> {
        let text = match (self.plain, self.drawn.is_empty()) {
            (_, true) => return Ok(()),
            (true, false) => "\n".to_owned(),
            (false, false) => format!("{}\x1b[J", self.to_top(device.size().1)),
        };
        (self.drawn, self.cursor) = (Vec::new(), 0);
        device.write(&text)
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

    /// The screen is another's now: nothing of the rows is left on it.
    pub(super) fn forget(&mut self) {
        (self.drawn, self.cursor) = (Vec::new(), 0);
    }
}

/// How many rows of the screen lie between the first of the rows and the cursor. A terminal that was made narrower
/// has wrapped those that no longer fit.
pub(super) fn rows_above(widths: &[usize], cursor: usize, columns: usize) -> usize {
    let columns = columns.max(1);
    widths.iter().map(|width| width.div_ceil(columns).max(1)).sum::<usize>() + cursor / columns
}
