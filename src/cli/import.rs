//! `import`: an export, read in.

use super::bar::Bar;
use super::settings::Settings;
use super::{CliError, Context, output};
use crate::files::{self, Existing};
use crate::shown;
use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::Path;

pub(super) fn run(context: &Context, from: &Path) -> Result<(), CliError> {
    let open = || -> io::Result<Box<dyn io::BufRead>> {
        if from == Path::new("-") {
            return Ok(Box::new(BufReader::new(io::stdin())));
        }
        Ok(Box::new(BufReader::new(File::open(from)?)))
    };
    let mut input = open().map_err(|source| CliError::File { path: from.to_owned(), source })?;
    let mut store = context.store()?;
    let mut bar = Bar::new("importing");
    let check = |text: &str| {
        let file = Path::new("the settings in the export");
        Settings::parse(file, text).map(drop).map_err(|error| error.to_string())
    };
    let imported = store.import(&mut input, &check, &mut |done| bar.at(done, 0))?;
    drop(bar);
    let mut lines = vec![format!(
        "{} and {} came in; {} there already",
        shown::count(imported.reviews, "review"),
        match imported.others {
            1 => "1 retraction or decision".to_owned(),
            others => format!("{others} retractions and decisions"),
        },
        if imported.known == 1 { "1 row was".to_owned() } else { format!("{} rows were", imported.known) }
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
        lines.push(match fs::exists(file).map_err(|source| CliError::File { path: file.clone(), source })? {
            true => format!("the settings in {} stay as they are", shown::path(file)),
            false => {
                files::write(file, Existing::Refused, |out| out.write_all(settings.as_bytes()))
                    .map_err(|source| CliError::File { path: file.clone(), source })?;
                format!("the settings are in {}", shown::path(file))
            }
        });
    }
    Ok(output::text(&lines.join("\n"))?)
}
