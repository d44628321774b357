//! What the server has of a learner: all of it, or none of it any more.

use super::{link, lock};
use crate::cli::{CliError, Context, export as files, output};
use crate::shown::{self, count};
use crate::sync::server::learner::ExportError;
use crate::sync::server::schema;
use crate::sync::{self, State};
use dialoguer::Confirm;
use std::path::Path;

/// Writes all of it.
pub(super) fn export(to: Option<&Path>, known: Option<&State>) -> Result<(), CliError> {
    let address = link::address(None, known)?;
    let mut connection =
        link::open(&address)?.with_schema(schema::LOG).map_err(|error| link::failed(&address, &error))?;
    let mut rows = 0;
    files::written(to, |out| {
        let exported = connection.export(&mut |row| writeln!(out, "{row}"));
        rows = exported.map_err(|error| match error {
            ExportError::Server(error) => link::failed(&address, &error),
            ExportError::Io(error) => CliError::Io(error),
        })?;
        Ok::<_, CliError>(())
    })?;
    match to {
        Some(path) => Ok(output::done(&format!("{} written to {}", count(rows, "row"), shown::path(path)))?),
        None => Ok(()),
    }
}

/// Deletes all of it, after a question.
pub(super) fn delete(context: &Context, yes: bool) -> Result<(), CliError> {
    let _lock = lock::held(context)?;
    let mut store = context.store()?;
    let known = sync::remembered(&store)?;
    let address = link::address(None, known.as_ref())?;
    if !yes && !console::user_attended() {
        return Err(CliError::Plain("sysdrill sync delete asks first: run it in a terminal, or add --yes".to_owned()));
    }
    let question = format!("delete all that {address} has of {}?", address.user);
    let ask = || Confirm::new().with_prompt(question).default(false).interact();
    if !yes && !ask().map_err(output::of_prompt)? {
        return Ok(output::text("nothing was deleted")?);
    }
    let mut connection =
        link::open(&address)?.with_schema(schema::LOG).map_err(|error| link::failed(&address, &error))?;
    let rows = connection.delete().map_err(|error| link::failed(&address, &error))?;
    if let Some(mut state) = known {
        state.server = None;
        sync::remember(&mut store, &state)?;
    }
    let rows = count(usize::try_from(rows).unwrap_or(usize::MAX), "row");
    Ok(output::done(&format!(
        "{rows} of {} are deleted on the server, and it is forgotten here; your log on this computer stays. A computer of yours that \
         still syncs with it puts its log there again: sysdrill sync --forget ends that",
        address.user
    ))?)
}
