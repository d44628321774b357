//! `restore`: a backup in place of the database.

use super::{CliError, Context, output};
use crate::shown;
use crate::store::{self, StoreError};
use std::path::{Path, PathBuf};

const NEXT: &str = "sysdrill backup --list names the backups there are";

pub(super) fn run(context: &Context, from: &Path) -> Result<(), CliError> {
    let named = of_list(context, from)?;
    let from = named.as_deref().unwrap_or(from);
    std::fs::metadata(from).map_err(|source| CliError::of_named(from, source, NEXT))?;
    let aside = store::restore(&context.db, from, &context.tag()).map_err(|error| match &error {
        StoreError::Damaged { path, .. } if path == from => CliError::Plain(format!(
            "the backup {} is damaged, and nothing was changed: {NEXT}, and sysdrill --db {0} doctor --repair saves what \
             is left of this one",
            shown::path(from)
        )),
        StoreError::NotADatabase(path) if path == from => {
            CliError::Plain(format!("{} is no backup, and nothing was changed: {NEXT}", shown::path(from)))
        }
        _ => error.into(),
    })?;
    let mut lines = vec![format!("{} stands in place of {}", shown::path(from), shown::path(&context.db))];
    lines.extend(
        aside.map(|aside| format!("what was there is kept: {0}\nsysdrill merge {0} takes it in", shown::path(&aside))),
    );
    Ok(output::done(&lines.join("\n"))?)
}

/// A backup by the name that `backup --list` gives it; none where a file has that name, or no backup has it.
fn of_list(context: &Context, from: &Path) -> Result<Option<PathBuf>, CliError> {
    if from.exists() || from.components().count() != 1 {
        return Ok(None);
    }
    let copies = store::backup::list(&context.db)?;
    Ok(copies.into_iter().map(|copy| copy.path).find(|path| path.file_name() == Some(from.as_os_str())))
}
