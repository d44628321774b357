//! `report`: how it goes, as a page that can be kept.

use super::args::Report as ReportArgs;
use super::error::check_folder;
use super::{Broken, CliError, Context, output, predictions, stats};
use crate::files::{self, Existing};
use crate::practice;
use crate::report::page;
use crate::shown;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// So many bytes of a file show whether it is a page of this program's.
const BEGINNING: u64 = 1024;

pub(super) fn run(context: &Context, args: &ReportArgs) -> Result<(), CliError> {
    let mut store = context.store()?;
    let catalog = context.catalog(&mut store, Broken::LeftOut)?;
    predictions::fit(&mut store, false)?;
    let looked = stats::looked(context, &catalog, &store, &args.looked)?;
    let known = practice::stats(&catalog, &store, context.daily(), &looked)?;
    let today = context.clock.today();
    let ahead = store.marks().interview()?.filter(|interview| today < interview.day);
    let plan = ahead.map(|interview| practice::plan(&store, &context.daily(), interview)).transpose()?;
    let to = args.to.clone().unwrap_or_else(|| PathBuf::from(format!("sysdrill-{today}.html")));
    keep(&page::report(&known, plan.as_ref()), &to, args.open)
}

/// Writes a page where it is wanted, `-` for standard output, and opens it if that is wanted.
pub(super) fn keep(page: &str, path: &Path, open: bool) -> Result<(), CliError> {
    if path == Path::new("-") {
        return Ok(output::text(page)?);
    }
    // A page of before gives way to the new one; what is no page of ours stays.
    let existing = if is_ours(path) { Existing::Replaced } else { Existing::Refused };
    check_folder(path, "--to")?;
    let wrong = |source| CliError::File { path: path.to_owned(), source };
    files::write(path, existing, |out| out.write_all(page.as_bytes())).map_err(wrong)?;
    if open {
        open::that_detached(path).map_err(wrong)?;
    }
    Ok(output::text(&format!("wrote {}", shown::path(path)))?)
}

fn is_ours(path: &Path) -> bool {
    let begins = |path| -> io::Result<bool> {
        let mut beginning = Vec::new();
        File::open(path)?.take(BEGINNING).read_to_end(&mut beginning)?;
        Ok(String::from_utf8_lossy(&beginning).contains(page::GENERATOR))
    };
    begins(path).unwrap_or(false)
}
