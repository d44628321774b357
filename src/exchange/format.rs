//! A format of another program, as a table of what can be done with it.

use super::zone::Zone;
use super::{ExchangeError, Incoming, Input, Picture};
use std::path::PathBuf;

/// A format that can be read.
pub struct Format {
    /// What it is, for people: "an Anki package (.apkg, .colpkg)".
    pub name: &'static str,
    /// Whether something looks like one: by its content alone.
    pub fits: fn(&Input) -> bool,
    /// Reads it.
    pub read: fn(&Input, &ReadOptions) -> Result<Incoming, ExchangeError>,
    /// Reads a picture of it, where it has any.
    pub picture: Option<ReadPicture>,
}

/// Reads a picture.
pub type ReadPicture = fn(&Input, &Picture) -> Result<Vec<u8>, ExchangeError>;

/// How a file is to be read, where that can be chosen.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// Where pictures are copied to; none leaves them out.
    pub media: Option<PathBuf>,
    /// The encoding of a text; none is UTF-8.
    pub encoding: Option<String>,
    /// What the columns of a table are.
    pub columns: Option<String>,
    /// The first row of a table has the names of its columns, whatever they are.
    pub header: bool,
    /// The folder of the learner's decks.
    pub decks: Option<PathBuf>,
    /// Where the learner's wall clock hangs: some programs write its times.
    pub zone: Zone,
}
