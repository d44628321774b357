//! Printing a command's result.

use serde::Serialize;
use std::io::{self, Write};

/// One JSON object on a line.
pub(super) fn json(value: &impl Serialize) -> io::Result<()> {
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, value)?;
    writeln!(out)
}

/// A text.
pub(super) fn text(text: &str) -> io::Result<()> {
    writeln!(io::stdout().lock(), "{text}")
}
