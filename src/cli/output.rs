//! Printing a command's result.

use crate::terminal::screen::clean;
use serde::Serialize;
use std::io::{self, Write};

/// One JSON object on a line.
pub(super) fn json(value: &impl Serialize) -> io::Result<()> {
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, value)?;
    writeln!(out)
}

/// A text. What a deck says may be in it: no control character of it reaches the terminal.
pub(super) fn text(text: &str) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{}", clean(text))
}

/// What went wrong, on the error stream. Where nobody reads that, there is nobody to tell.
pub(super) fn warn(text: &str) {
    let _ = writeln!(io::stderr().lock(), "sysdrill: {}", clean(text));
}
