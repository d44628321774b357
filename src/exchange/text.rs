//! The formats that are text: tables, and what hashcards exports.

use super::refused::Refused;
use super::{ExchangeError, Format, Incoming, Input, ReadOptions};
use super::{anki, csv, encoding, hashcards, html};

/// hashcards' export in JSON.
pub(super) const EXPORT_OF_HASHCARDS: Format = Format {
    name: "an export of hashcards (.json)",
    fits: |input| input.text_head().is_some_and(hashcards::fits),
    read: |input, options| Ok(hashcards::export(&text_of(input, options)?, options.zone)?),
    picture: None,
};

/// A table of cards. Whatever is text and nothing else is taken for one, so that what is wrong with it is said.
pub(super) const TABLE: Format = Format {
    name: "a table with a question and an answer in each row (.csv, .tsv, .txt)",
    fits: |input| !input.is_folder() && encoding::is_text(input.head()) && !is_other(input),
    read: table,
    picture: None,
};

impl From<Refused> for ExchangeError {
    fn from(Refused(message): Refused) -> Self {
        Self::Refused(message)
    }
}

fn table(input: &Input, options: &ReadOptions) -> Result<Incoming, ExchangeError> {
    let stem = input.path().file_stem().unwrap_or_default().to_string_lossy();
    let html = |html: &str| {
        let (html, sounds) = anki::without_sounds(html);
        let mut converted = html::convert(&html, &|name| format!("(picture: {name})"));
        converted.sounds += sounds;
        converted
    };
    let reading =
        csv::Reading { name: &stem, columns: options.columns.as_deref(), header: options.header, html: &html };
    Ok(csv::read(&text_of(input, options)?, &reading)?)
}

/// All of a text, in the encoding that was asked for.
fn text_of(input: &Input, options: &ReadOptions) -> Result<String, ExchangeError> {
    let encoding = options.encoding.as_deref().map(encoding::named).transpose()?;
    let bytes = input.read(encoding::LONGEST_TEXT)?;
    Ok(encoding::text(&bytes, encoding)?)
}

/// How files begin that have no table: JSON, pages, documents, pictures, packed files.
const OTHERS: [&[u8]; 13] = [
    b"{\"",
    b"{\n",
    b"[{",
    b"<",
    b"%PDF",
    b"{\\rtf",
    b"%!PS",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"PK",
    b"\x1f\x8b",
    b"\x28\xb5\x2f\xfd",
];

/// Whether a file begins as something else does than a table.
fn is_other(input: &Input) -> bool {
    let text = input.text_head().map_or(input.head(), str::as_bytes);
    OTHERS.iter().any(|other| text.starts_with(other))
}
