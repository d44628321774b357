//! The formats that are text: tables, and what hashcards exports.

use super::refused::Refused;
use super::{ExchangeError, Format, Incoming, Source, Wishes};
use super::{csv, encoding, hashcards};

/// hashcards' export in JSON.
pub(super) const EXPORT_OF_HASHCARDS: Format = Format {
    name: "an export of hashcards (.json)",
    fits: |source| source.text_head().is_some_and(hashcards::fits),
    read: |source, wishes| Ok(hashcards::export(&text_of(source, wishes)?, wishes.zone)?),
    picture: None,
};

/// A table of cards. Whatever is text and nothing else is taken for one, so that what is wrong with it is said.
pub(super) const TABLE: Format = Format {
    name: "a table with a question and an answer in each row (.csv, .tsv, .txt)",
    fits: |source| {
        !source.is_folder() && !has_ending(source, "md") && encoding::is_text(source.head()) && !is_json(source)
    },
    read: table,
    picture: None,
};

impl From<Refused> for ExchangeError {
    fn from(Refused(message): Refused) -> Self {
        Self::Refused(message)
    }
}

fn table(source: &Source, wishes: &Wishes) -> Result<Incoming, ExchangeError> {
    let stem = source.path().file_stem().unwrap_or_default().to_string_lossy();
    let reading = csv::Reading {
        name: &stem,
        columns: wishes.columns.as_deref(),
        markdown: &|_| Err(Refused::new("its cells are HTML, which is not read from a table: export it without HTML")),
    };
    Ok(csv::read(&text_of(source, wishes)?, &reading)?)
}

/// All of a text, in the encoding that was asked for.
fn text_of(source: &Source, wishes: &Wishes) -> Result<String, ExchangeError> {
    let encoding = wishes.encoding.as_deref().map(encoding::named).transpose()?;
    let bytes = source.read(encoding::LONGEST_TEXT)?;
    Ok(encoding::text(&bytes, encoding)?)
}

fn has_ending(source: &Source, ending: &str) -> bool {
    source.path().extension().is_some_and(|is| is.eq_ignore_ascii_case(ending))
}

/// Whether a text begins as an object or a list of JSON does.
fn is_json(source: &Source) -> bool {
    source.text_head().is_some_and(|head| head.starts_with("{\"") || head.starts_with("{\n") || head.starts_with("[{"))
}
