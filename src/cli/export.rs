//! `export`: all of it as text.

use super::args::{Export, Form};
use super::bar::Bar;
use super::{CliError, Context};
use crate::files::{self, Existing};
use std::fs;
use std::io::{self, BufWriter, Write};

pub(super) fn run(context: &Context, args: &Export) -> Result<(), CliError> {
    let Form::Jsonl = args.format;
    let store = context.store()?;
    let settings = match fs::read_to_string(&context.config_file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        read => Some(read.map_err(|source| CliError::File { path: context.config_file.clone(), source })?),
    };
    let settings = settings.as_deref();
    let mut bar = Bar::new("exporting");
    let mut tell = |done| bar.at(done, 0);
    match &args.to {
        None => {
            let mut out = BufWriter::new(io::stdout().lock());
            store.export(settings, &mut out, &mut tell)?;
            out.flush()?;
        }
        Some(path) => {
            files::write(path, Existing::Refused, |out| store.export(settings, out, &mut tell).map_err(CliError::from))
                .map_err(|error| match error {
                    CliError::Io(source) => CliError::File { path: path.clone(), source },
                    error => error,
                })?
        }
    }
    Ok(())
}
