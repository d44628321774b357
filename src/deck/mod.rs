//! What a deck file says.
//!
//! Here belong the kinds of cards, the TOML format with its errors, the lint, and the library of all
//! decks. Files are opened elsewhere: texts come in.

mod card;
mod circles;
mod claim;
mod cloze;
mod dialect;
mod draft;
mod error;
mod estimate;
mod file;
mod format;
mod library;
mod lint;
pub mod markdown;
mod number;
mod parsed;
mod rename;
mod syntax;
mod template;
mod unknown;

pub use card::{
    Body, Brief, Card, GOES_WRONG, INSTEAD, Kind, Matrix, Place, Probe, Row, Verdict, fault, without_names,
};
pub use claim::{Claim, Settled, is_called, said_by_broken, settle};
pub use cloze::Cloze;
pub use dialect::Dialect;
pub use draft::{Draft, DraftBody, head, slug};
pub use error::DeckError;
pub use estimate::{Check, Comparison, Condition, Draw, Estimate, Fixed, Given, Slip, Step, Value, Work};
pub use file::DeckFile;
pub use format::{parse, part};
pub use library::{Library, embedded, embedded_file, read_deck};
pub use lint::{Findings, lint};
pub use number::{Myth, Number, Per};
pub use parsed::{Deck, Defaults, Location, Part};
pub use rename::{relinked, renamed};
pub use syntax::syntax_in_words;
pub use template::template;
pub use unknown::{Unknown, nearest, one_of};

#[cfg(test)]
mod tests;
