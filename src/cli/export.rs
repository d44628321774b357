//! `export`: all of it as text, or cards for other programs.

use super::args::{Export, Form};
use super::bar::Bar;
use super::error::check_folder;
use super::{Broken, CliError, Context, output};
use crate::catalog::Catalog;
use crate::exchange::outgoing::{Outgoing, OutgoingDeck, apkg, csv, markdown};
use crate::files::{self, Existing};
use crate::practice::nothing_chosen;
use crate::report::outgoing::{Known, leave, progress};
use crate::schedule::{CardId, CardState};
use crate::shown;
use crate::store::Store;
use crate::store::deck_index::Indexed;
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;

pub(super) fn run(context: &Context, args: &Export) -> Result<(), CliError> {
    match args.form().map_err(CliError::Plain)? {
        Form::Jsonl => log(context, args),
        form => cards(context, args, form),
    }
}

/// Writes to the file that was named, whole or not at all, or to standard output.
fn write<E: From<io::Error> + Into<CliError>>(
    args: &Export,
    write: impl FnOnce(&mut dyn Write) -> Result<(), E>,
) -> Result<(), CliError> {
    written(args.to.as_deref(), write)
}

/// The same, for whoever has no more than the file's name.
pub(super) fn written<E: From<io::Error> + Into<CliError>>(
    to: Option<&Path>,
    write: impl FnOnce(&mut dyn Write) -> Result<(), E>,
) -> Result<(), CliError> {
    let Some(path) = to else {
        let mut out = BufWriter::new(io::stdout().lock());
        write(&mut out).map_err(Into::into)?;
        return Ok(out.flush()?);
    };
    check_folder(path, "--to")?;
    files::write(path, Existing::Refused, write).map_err(|error| match error.into() {
        CliError::Io(source) => unwritten(path, source),
        error => error,
    })
}

fn unwritten(path: &Path, source: io::Error) -> CliError {
    match source.kind() {
        io::ErrorKind::AlreadyExists => CliError::Plain(format!(
            "{} is there already, and an export replaces nothing: give another name, or remove it first",
            shown::path(path)
        )),
        _ => CliError::File { path: path.to_owned(), source },
    }
}

/// The log: all of it with the settings, or what it has of the cards that are asked for.
fn log(context: &Context, args: &Export) -> Result<(), CliError> {
    if args.no_progress {
        let hint = "a .jsonl is your progress and nothing else: --no-progress is for apkg, csv and md";
        return Err(CliError::Plain(hint.to_owned()));
    }
    let mut bar = Bar::new("exporting");
    let mut tell = |done| bar.at(done, 0);
    if args.is_selection() || !context.without.is_empty() {
        let (store, _, chosen) = choose(context, args)?;
        let ids: Vec<CardId> = chosen.into_iter().map(|card| card.id).collect();
        write(args, |out| store.export_cards(&ids, out, &mut tell))?;
        drop(bar);
        return logged(context, args, &shown::count(ids.len(), "card"));
    }
    let store = context.store()?;
    let settings = match fs::read_to_string(&context.config_file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        read => Some(read.map_err(|source| CliError::File { path: context.config_file.clone(), source })?),
    };
    let settings = settings.as_deref();
    write(args, |out| store.export(settings, out, &mut tell))?;
    drop(bar);
    logged(context, args, "all that you did, and the settings")
}

/// Says what is in a file of the log, and that the decks are not.
fn logged(context: &Context, args: &Export, what: &str) -> Result<(), CliError> {
    let Some(path) = &args.to else { return Ok(()) };
    let folder = &context.deck_folder.0;
    let decks = match fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
        true => format!("; your decks are not in it: copy {} too", shown::path(folder)),
        false => String::new(),
    };
    Ok(output::done(&format!("the log of {what} is in {}{decks}", shown::path(path)))?)
}

/// The cards that are asked for, in the order of the decks.
fn choose(context: &Context, args: &Export) -> Result<(Store, Catalog, Vec<Indexed>), CliError> {
    let mut store = context.store()?;
    let catalog = context.catalog(&mut store, Broken::LeftOut)?;
    let scope = args.select.selection(&args.what).scope(&catalog, &store, &context.daily())?;
    let chosen = store.deck_index().all_cards(&scope)?;
    if chosen.is_empty() {
        return Err(CliError::Plain(nothing_chosen(&scope)));
    }
    Ok((store, catalog, chosen))
}

/// Cards for another program.
fn cards(context: &Context, args: &Export, form: Form) -> Result<(), CliError> {
    if form == Form::Apkg && args.to.is_none() && io::stdout().is_terminal() {
        let hint = "an Anki package is no text: say where it is to go, as in --to cards.apkg";
        return Err(CliError::Plain(hint.to_owned()));
    }
    let outgoing = gather(context, args)?;
    let mut bar = Bar::new("writing the cards");
    let total = outgoing.cards.len() as u64;
    let mut tell = |done: usize| bar.at(done as u64, total);
    let (now_ms, today) = (context.clock.now_ms(), context.clock.today());
    match form {
        Form::Md => markdown(args, markdown::files(&outgoing))?,
        Form::Csv => write(args, |out| csv::write(&outgoing, !args.no_progress, out))?,
        _ => write(args, |out| out.write_all(&apkg::write(&outgoing, now_ms, today, &mut tell)?))?,
    }
    drop(bar);
    if args.to.is_some() {
        let count = shown::count(outgoing.cards.len(), "card");
        let said = format!("{count} of {}", shown::count(outgoing.decks.len(), "deck"));
        output::done(&format!("{said}{}", what_next(form, args)))?;
        if form == Form::Md && !args.no_progress {
            let renamed = outgoing.cards.iter().filter(|card| !markdown::keeps_its_id(card)).count();
            output::done(&ids_kept(outgoing.cards.len() - renamed, renamed))?;
        }
    }
    Ok(())
}

/// Writes a file of one deck, or a folder with a file for each: what is called without an ending is a folder.
fn markdown(args: &Export, mut files: Vec<(String, String)>) -> Result<(), CliError> {
    if let Some(folder) = args.to.as_ref().filter(|to| to.extension().is_none()) {
        files.iter_mut().for_each(|(name, _)| name.push_str(".md"));
        return files::write_folder(folder, &files).map_err(|source| unwritten(folder, source));
    }
    match files.as_slice() {
        [(_, text)] => write(args, |out| out.write_all(text.as_bytes())),
        _ => {
            let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
            Err(CliError::Plain(format!(
                "a Markdown file is one deck, and these are {}: name one, or a folder for them, as in --format md --to decks",
                names.join(", ")
            )))
        }
    }
}

/// What the other program must be told.
fn what_next(form: Form, args: &Export) -> &'static str {
    match form {
        Form::Apkg if args.no_progress => ". In Anki: File > Import",
        Form::Apkg => ". In Anki: File > Import; tick \"Import any learning progress\" there, which is off at first",
        Form::Md if args.no_progress => "",
        Form::Md => ". Due days and answers stay here",
        _ => "",
    }
}

/// Which cards find their progress again where the file stands in the deck's place.
fn ids_kept(kept: usize, renamed: usize) -> String {
    let of_kept = match kept {
        1 => "1 card keeps its id, and finds its progress again where the file takes the deck's place".to_owned(),
        n => format!("{n} cards keep their ids, and find their progress again where the file takes the deck's place"),
    };
    match renamed {
        0 => of_kept,
        n => format!(
            "{of_kept}; {} cannot: in Markdown, rows of tables, generated questions and gaps with hints are cards of other \
             names, which begin anew",
            shown::count(n, "other")
        ),
    }
}

/// The cards that are asked for, in the order in which they are learned.
fn gather(context: &Context, args: &Export) -> Result<Outgoing, CliError> {
    let (mut store, catalog, mut chosen) = choose(context, args)?;
    chosen.sort_by_key(|card| card.level);
    let mut notes = if args.no_progress { Default::default() } else { store.marks().notes()? };
    let mut outgoing = Outgoing::default();
    let mut bar = Bar::new("reading the cards");
    for (done, indexed) in chosen.iter().enumerate() {
        bar.at(done as u64, chosen.len() as u64);
        let Some(card) = catalog.card(&mut store, &indexed.id)? else { continue };
        let mut known = Known::default();
        if !args.no_progress && indexed.state != CardState::default() {
            let (log, starts) = (store.reviews().of_card(&indexed.id)?, store.marks().starts(&indexed.id)?);
            known.progress = progress(&indexed.state, &log, &starts, context.clock.today());
        }
        known.note = notes.remove(&indexed.id);
        leave(&mut outgoing.cards, &card, &known, args.samples);
    }
    outgoing.decks = decks(&store, &outgoing)?;
    Ok(outgoing)
}

/// What is said of the decks that the cards are of.
fn decks(store: &Store, outgoing: &Outgoing) -> Result<Vec<OutgoingDeck>, CliError> {
    let named: BTreeSet<&str> = outgoing.cards.iter().map(|card| card.id.deck()).collect();
    let rows = store.deck_index().decks()?.into_iter().filter_map(|row| {
        let licence = Catalog::licence(&row);
        let name = row.name.filter(|name| named.contains(name.as_str()))?;
        Some(OutgoingDeck { name, title: row.title.unwrap_or_default(), about: row.about.unwrap_or_default(), licence })
    });
    Ok(rows.collect())
}
