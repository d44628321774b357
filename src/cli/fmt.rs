//! `deck fmt`: the names of cards in Markdown files, as comments.

use super::args::Fmt;
use super::{CliError, Context, check, output};
use crate::catalog::files::{Folder, Found};
use crate::deck::DeckError;
use crate::deck::Dialect;
use crate::deck::markdown::{is_markdown, named};
use crate::files::{self, Existing};
use crate::shown;
use std::fs;
use std::path::Path;

pub(super) fn run(context: &Context, args: &Fmt) -> Result<(), CliError> {
    let Folder { decks, mut errors, .. } = check::found(context, &args.paths)?;
    let (mut cards, mut changed, mut others) = (0, 0, false);
    for file in decks.iter().flatten().filter(|file| is_markdown(&file.name())) {
        let read = match file.read() {
            Ok(read) => read,
            Err(error) => {
                errors.push(error);
                continue;
            }
        };
        let named = match named(&read) {
            Ok(Some(named)) if !named.comments.is_empty() => named,
            Ok(_) => continue,
            Err(wrong) => {
                errors.extend(wrong);
                continue;
            }
        };
        for (line, comment) in &named.comments {
            if args.dry_run {
                output::text(&format!("{}:{line}: {comment}", shown::path(&file.path)))?;
            }
        }
        cards += named.comments.len();
        changed += 1;
        others |= named.dialect != Dialect::Obsidian;
        if !args.dry_run
            && let Err(error) = write(file, &named.bytes)
        {
            errors.push(DeckError {
                path: file.name().into(),
                at: None,
                message: format!("cannot be written: {error}"),
            });
        }
    }
    let did = if args.dry_run { "would get" } else { "got" };
    match cards {
        0 => output::text("every card in Markdown has its name beside it")?,
        _ => {
            output::text(&format!("{} in {} {did} names", shown::count(cards, "card"), shown::count(changed, "file")))?
        }
    }
    if others {
        output::warn(
            "hashcards and repeater show no comments, but take a card with one in it for a new card: their own progress begins anew",
        );
    }
    if errors.is_empty() { Ok(()) } else { Err(CliError::Decks(errors)) }
}

/// Writes a file in place of what it was, for whom it was.
fn write(file: &Found, bytes: &[u8]) -> std::io::Result<()> {
    // What a link leads to is the file.
    let path = fs::canonicalize(&file.path)?;
    let permissions = fs::metadata(&path)?.permissions();
    files::write(Path::new(&path), Existing::Replaced, |out| out.write_all(bytes))?;
    fs::set_permissions(&path, permissions)
}
