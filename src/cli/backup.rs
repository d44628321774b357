//! `backup`: a copy now, or the list of those there are.

use super::args::Backup;
use super::{CliError, Context, output};
use crate::shown;
use crate::store::backup;

/// The bytes of a megabyte, as file managers count it.
const BYTES_A_MB: f64 = 1e6;

pub(super) fn run(context: &Context, args: &Backup) -> Result<(), CliError> {
    if args.list {
        let copies = backup::list(&context.db)?;
        let lines = copies
            .iter()
            .map(|copy| format!("{:>8.1} MB  {}", copy.bytes as f64 / BYTES_A_MB, shown::path(&copy.path)));
        let lines: Vec<String> = lines.collect();
        return Ok(output::text(&if lines.is_empty() {
            "there is no backup yet".to_owned()
        } else {
            lines.join("\n")
        })?);
    }
    drop(context.store()?);
    let made = backup::copy(&context.db, &format!("by-hand-{}", context.tag()))?;
    Ok(output::done(&shown::path(&made))?)
}
