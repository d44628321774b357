//! Two syncs of one database at a time would write to the same place.

use crate::cli::{CliError, Context};
use crate::files;
use std::fs::File;
use std::time::Duration;

/// Two syncs of one database wait for each other so long.
const PATIENCE: Duration = Duration::from_secs(30);

/// The lock that one sync of this database holds; an error where another one has it for long.
pub(super) fn held(context: &Context) -> Result<File, CliError> {
    let lock = within(context, PATIENCE)?;
    lock.ok_or_else(|| CliError::Plain("another sysdrill is syncing: try again when it is done".to_owned()))
}

/// The same; none where another one has it.
pub(super) fn within(context: &Context, patience: Duration) -> Result<Option<File>, CliError> {
    let path = files::beside(&context.db, "-sync-lock");
    let made = files::make_folder(files::folder_of(&path)).and_then(|()| files::lock(&path, patience));
    made.map_err(|source| CliError::File { path, source })
}
