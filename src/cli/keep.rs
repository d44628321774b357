//! `backup`, `restore`, `merge`, `export`, `import`: the learner's data are the learner's.

use super::args::{Backup, Export};
use super::progress::Progress;
use super::settings::Settings;
use super::{CliError, Context, output};
use crate::files::{self, Existing};
use crate::store::{ExportError, backup};
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Write};
use std::path::Path;

/// So many cards that changed are named.
const NAMED: usize = 10;
const BYTES_A_MB: f64 = 1e6;

fn tag(context: &Context) -> String {
    context.clock.local().format("%Y-%m-%d-%H%M%S").to_string()
}

pub(super) fn backup(context: &Context, args: &Backup) -> Result<(), CliError> {
    if args.list {
        let copies = backup::list(&context.db)?;
        let lines =
            copies.iter().map(|copy| format!("{:>8.1} MB  {}", copy.bytes as f64 / BYTES_A_MB, copy.path.display()));
        let lines: Vec<String> = lines.collect();
        return Ok(output::text(&if lines.is_empty() {
            "there is no backup yet".to_owned()
        } else {
            lines.join("\n")
        })?);
    }
    drop(context.store()?);
    let made = backup::copy(&context.db, &format!("by-hand-{}", tag(context)))?;
    Ok(output::text(&format!("{}", made.display()))?)
}

pub(super) fn restore(context: &Context, from: &Path) -> Result<(), CliError> {
    let aside = backup::restore(&context.db, from, &tag(context))?;
    let mut lines = vec![format!("{} stands in place of {}", from.display(), context.db.display())];
    lines.extend(
        aside.map(|aside| format!("what was there is kept: {0}\nsysdrill merge {0} takes it in", aside.display())),
    );
    Ok(output::text(&lines.join("\n"))?)
}

pub(super) fn merge(context: &Context, other: &Path) -> Result<(), CliError> {
    let mut store = context.store()?;
    backup::copy(&context.db, &format!("before-merge-{}", tag(context)))?;
    let mut progress = Progress::new("merging");
    let merged = store.merge_file(other, &mut |done, all| progress.at(done as u64, all as u64))?;
    drop(progress);
    let mut lines = vec![format!(
        "{} reviews, {} retractions and {} decisions came in; {} cards changed",
        merged.reviews,
        merged.retractions,
        merged.marks,
        merged.changed.len()
    )];
    let due = |state: &crate::schedule::CardState| {
        state.memory.scheduled().map_or_else(|| "new".to_owned(), |s| format!("due {}", s.due))
    };
    for (card, before, after) in merged.changed.iter().take(NAMED) {
        lines.push(format!("  {card}: {}, was {}", due(after), due(before)));
    }
    if let Some(more) = merged.changed.len().checked_sub(NAMED).filter(|more| *more > 0) {
        lines.push(format!("  and {more} more"));
    }
    if merged.differing > 0 {
        lines.push(format!(
            "{} rows differ between the two, so one file is damaged: sysdrill doctor tells which",
            merged.differing
        ));
    }
    Ok(output::text(&lines.join("\n"))?)
}

pub(super) fn export(context: &Context, args: &Export) -> Result<(), CliError> {
    let store = context.store()?;
    let settings = match fs::read_to_string(&context.config_file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        read => Some(read?),
    };
    let settings = settings.as_deref();
    let mut progress = Progress::new("exporting");
    let mut tell = |done| progress.at(done, 0);
    match &args.to {
        None => {
            let mut out = BufWriter::new(io::stdout().lock());
            store.export(settings, &mut out, &mut tell)?;
            out.flush()?;
        }
        Some(path) => {
            let exported = files::write(path, Existing::Refused, |out| store.export(settings, out, &mut tell));
            exported.map_err(|error| match error {
                ExportError::Io(source) => CliError::File { path: path.clone(), source },
                error => error.into(),
            })?;
        }
    }
    Ok(())
}

pub(super) fn import(context: &Context, from: &Path) -> Result<(), CliError> {
    let open = || -> io::Result<Box<dyn io::BufRead>> {
        if from == Path::new("-") {
            return Ok(Box::new(BufReader::new(io::stdin())));
        }
        Ok(Box::new(BufReader::new(File::open(from)?)))
    };
    let mut input = open().map_err(|source| CliError::File { path: from.to_owned(), source })?;
    let mut store = context.store()?;
    let mut progress = Progress::new("importing");
    let check = |text: &str| {
        let file = Path::new("the settings in the export");
        Settings::parse(file, text).map(drop).map_err(|error| error.to_string())
    };
    let imported = store.import(&mut input, &check, &mut |done| progress.at(done, 0))?;
    drop(progress);
    let mut lines = vec![format!(
        "{} reviews and {} retractions and decisions came in; {} rows were there already",
        imported.reviews, imported.others, imported.known
    )];
    if imported.differing > 0 {
        lines.push(format!(
            "{} of them differ from what is here, so one of the two is damaged: what is here stands; sysdrill doctor tells \
             whether it is sound",
            imported.differing
        ));
    }
    if !imported.has_end {
        lines.push(
            "this export is of an earlier version and has no last line that says how much there should be: should it \
             have been cut short, export it again"
                .to_owned(),
        );
    }
    if let Some(settings) = imported.settings {
        let file = &context.config_file;
        lines.push(match fs::exists(file)? {
            true => format!("the settings in {} stay as they are", file.display()),
            false => {
                files::write(file, Existing::Refused, |out| out.write_all(settings.as_bytes()))?;
                format!("the settings are in {}", file.display())
            }
        });
    }
    Ok(output::text(&lines.join("\n"))?)
}
