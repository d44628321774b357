//! Anki: its packages and its collections, with the state of each card and every answer.

mod cards;
mod collection;
mod crowd;
mod package;
mod proto;
mod state;
mod template;

pub(super) use cards::without_sounds;
pub(super) use crowd::CROWD_ANKI;
pub(super) use state::easiness_by_fsrs;

use super::{Format, beside};
use cards::incoming;

/// A package, for one deck or for a whole collection.
pub(super) const PACKAGE: Format = Format {
    name: "an Anki package (.apkg or .colpkg)",
    fits: |input| input.head().starts_with(b"PK\x03\x04") || input.head().starts_with(b"PK\x05\x06"),
    read: |input, options| {
        let package = package::read(input)?;
        let what = format!("an Anki package of {}", package.layout);
        Ok(incoming(&collection::read(package.collection)?, what, &package.media, options))
    },
    picture: Some(package::picture),
};

/// A collection as Anki has it in its folder.
pub(super) const COLLECTION: Format = Format {
    name: "a collection of Anki (.anki2)",
    fits: |input| {
        let has = |wanted: &[u8]| input.head().windows(wanted.len()).any(|part| part == wanted);
        let is_anki = has(b"CREATE TABLE col ") || has(b"CREATE TABLE revlog ");
        is_anki && input.head().starts_with(b"SQLite format 3\0")
    },
    read: |input, options| {
        let bytes = input.read(256 << 20)?;
        let media = beside::files(&beside::folder(input, "collection.media"));
        Ok(incoming(&collection::read(bytes)?, "a collection of Anki".to_owned(), &media, options))
    },
    picture: Some(beside::picture),
};
