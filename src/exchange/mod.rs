//! The formats of the neighbours: what a file of another program says, as values, and the way back.
//!
//! A reader turns bytes into [`Incoming`] and touches nothing else: what is done with it, the file of cards and the rows of
//! the log, is done by whoever called. What was left out is said by name.

mod anki;
mod beside;
mod csv;
mod encoding;
mod error;
mod format;
mod hashcards;
mod html;
mod incoming;
mod input;
pub mod notes;
mod obsidian;
pub mod outgoing;
mod refused;
mod sqlite;
mod text;
mod zone;

pub use error::ExchangeError;
pub use format::{Format, ReadOptions, ReadPicture};
pub use incoming::{Incoming, IncomingCard, IncomingProgress, IncomingReview, LeftOut, Picture};
pub use input::{Input, Seekable};
pub use zone::Zone;

/// All formats of other programs, in the order in which they are tried. A new one is an entry here.
pub const FORMATS: &[Format] =
    &[anki::PACKAGE, anki::COLLECTION, anki::CROWD_ANKI, text::EXPORT_OF_HASHCARDS, notes::NOTES, text::TABLE];

/// Reads a file of another program, whose kind is told from its content.
///
/// # Errors
/// No format fits, or it cannot be read.
pub fn read(input: &Input, options: &ReadOptions) -> Result<Incoming, ExchangeError> {
    let mut incoming = (format_of(input)?.read)(input, options)?;
    for card in &mut incoming.cards {
        card.body = outgoing::restored(&card.key, card.body.clone());
    }
    Ok(incoming)
}

/// Reads a picture that [`read`] found.
///
/// # Errors
/// It cannot be read.
pub fn picture(input: &Input, picture: &Picture) -> Result<Vec<u8>, ExchangeError> {
    format_of(input)?.picture.map_or_else(|| Err(ExchangeError::Refused(unknown())), |read| read(input, picture))
}

fn format_of(input: &Input) -> Result<&'static Format, ExchangeError> {
    FORMATS.iter().find(|format| (format.fits)(input)).ok_or_else(|| ExchangeError::Refused(unknown()))
}

/// That nothing fits, and what does.
fn unknown() -> String {
    let mut known = vec!["an export of sysdrill"];
    known.extend(FORMATS.iter().map(|format| format.name));
    format!("nothing in it looks like something that can be imported. What can be: {}", known.join("; "))
}
