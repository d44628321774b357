//! What a terminal is to the front end: keys come in, text goes out, time passes. Tests have one of their own.

use console::Key;
use std::io;
use std::time::Duration;

/// Something that a person did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Input {
    /// A key was pressed.
    Key(Key),
    /// A text was pasted.
    Paste(String),
    /// The program goes on after it was stopped, or the terminal has another size: the last rows are drawn again.
    Redraw,
}

/// A terminal.
pub(super) trait Device {
    /// The next input; none when it has not come in this time.
    fn next(&mut self, timeout: Duration) -> io::Result<Option<Input>>;

    /// The time since the session began, without the time while the program was stopped.
    fn time(&self) -> Duration;

    /// Writes a text at the cursor.
    fn write(&mut self, text: &str) -> io::Result<()>;

    /// Rows and columns.
    fn size(&self) -> (usize, usize);

    /// Lets another program have the terminal, as it was found, while this runs; the time away does not count.
    fn away(&mut self, run: &mut dyn FnMut()) -> io::Result<()>;

    /// Stops the program until its shell lets it go on, with the terminal as it was found meanwhile.
    fn stop(&mut self) -> io::Result<()>;
}
