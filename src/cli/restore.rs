//! `restore`: a backup in place of the database.

use super::{CliError, Context, output};
use crate::shown;
use crate::store;
use std::path::Path;

const NEXT: &str = "sysdrill backup --list names the backups there are";

pub(super) fn run(context: &Context, from: &Path) -> Result<(), CliError> {
    std::fs::metadata(from).map_err(|source| CliError::of_named(from, source, NEXT))?;
    let aside = store::restore(&context.db, from, &context.tag())?;
    let mut lines = vec![format!("{} stands in place of {}", shown::path(from), shown::path(&context.db))];
    lines.extend(
        aside.map(|aside| format!("what was there is kept: {0}\nsysdrill merge {0} takes it in", shown::path(&aside))),
    );
    Ok(output::done(&lines.join("\n"))?)
}
