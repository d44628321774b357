//! Decks that a group shares: published by one, subscribed to by others.

use super::link::{self, Failed};
use super::lock;
use crate::cli::own::{self, Named};
use crate::cli::{CliError, Context, output};
use crate::deck::{DeckFile, Location, read_deck};
use crate::shown::{self, count};
use crate::store::Store;
use crate::sync::decks::{self, Taken};
use crate::sync::server::connection::Connection;
use crate::sync::server::schema;
use crate::sync::server::shelf::{LARGEST, Version, is_file_name};
use crate::sync::state::Subscribed;
use crate::sync::{self, State};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Publishes a deck that is one file, given the file or its name.
pub(in crate::cli) fn publish(context: &Context, deck: &str) -> Result<(), CliError> {
    let (store, _) = own::catalog(context)?;
    let path = file_of(context, &store, deck)?;
    let file = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
    if !is_file_name(&file) {
        return Err(CliError::Plain(format!(
            "{}: others cannot have a file of this name: it has letters, digits, spaces, - and _, and ends in .toml or .md",
            shown::path(&path)
        )));
    }
    let bytes = fs::read(&path).map_err(own::of_file(&path))?;
    if bytes.len() > LARGEST {
        return Err(CliError::Plain(format!("{}: a deck that is published has 16 MiB at most", shown::path(&path))));
    }
    let body = String::from_utf8(bytes)
        .map_err(|_| CliError::Plain(format!("{}: it is not UTF-8, and a deck is", shown::path(&path))))?;
    let name = name_of(&file, &body).map_err(|why| CliError::Plain(format!("it was not published: {why}")))?;
    if let Some(Named::Embedded(_)) = own::find(context, &store, &name)? {
        return Err(CliError::Plain(format!("everybody has a deck {name} already: it is a part of sysdrill")));
    }
    let (address, mut server) = link::remembered(&store, schema::DECKS)?;
    let published = server.publish(&name, &file, &body).map_err(|error| link::failed(&address, &error))?;
    Ok(output::done(&match published {
        Some(version) => format!(
            "{name} is published, version {version}: others have it with sysdrill deck subscribe {name}, and from then on with each \
             sync"
        ),
        None => format!("{name} is published already as it is"),
    })?)
}

/// The one file that a deck is.
fn file_of(context: &Context, store: &Store, deck: &str) -> Result<PathBuf, CliError> {
    let path = Path::new(deck);
    if path.is_file() {
        return Ok(path.to_owned());
    }
    match own::find(context, store, deck)? {
        Some(Named::Own(own)) if own.files.len() == 1 => Ok(own.files[0].path.clone()),
        Some(Named::Own(_)) => {
            Err(CliError::Plain(format!("{deck} is a folder of files: a deck that is published is one file")))
        }
        Some(Named::Embedded(_)) => Err(CliError::Plain(format!("everybody has {deck}: it is a part of sysdrill"))),
        None => Err(own::unknown(store, deck)?.into()),
    }
}

/// The name of the deck that a file says, where it is sound.
fn name_of(file: &str, body: &str) -> Result<String, String> {
    let file = DeckFile { path: file.into(), bytes: body.as_bytes().to_vec().into() };
    let location = Location::User(Arc::clone(&file.path));
    match read_deck(&[file], &location, None) {
        Ok(Some(deck)) => Ok(deck.name.to_string()),
        Ok(None) => Err("there is no card in it".to_owned()),
        Err(errors) => Err(match errors.as_slice() {
            [error] => error.to_string(),
            [error, more @ ..] => format!("{error}, and {}", count(more.len(), "more error")),
            [] => "it cannot be read".to_owned(),
        }),
    }
}

/// Brings a published deck, and remembers to bring its new versions.
pub(in crate::cli) fn subscribe(context: &Context, name: &str) -> Result<(), CliError> {
    let _lock = lock::held(context)?;
    let (mut store, _) = own::catalog(context)?;
    let (address, mut server) = link::remembered(&store, schema::DECKS)?;
    let Some(mut state) = sync::remembered(&store)? else { return Ok(()) };
    let Some(ours) = &mut state.server else { return Ok(()) };
    if ours.decks.contains_key(name) {
        return Ok(output::done(&format!("{name} comes with each sync already"))?);
    }
    let Some(version) = server.newest(name, 0).map_err(|error| link::failed(&address, &error))? else {
        return Err(CliError::Plain(format!(
            "nobody has published a deck {name}: sysdrill deck published lists those there are"
        )));
    };
    if own::find(context, &store, name)?.is_some() {
        return Err(CliError::Plain(format!(
            "you have a deck {name}: sysdrill deck rename {name} mine-of-my-own makes room for the group's"
        )));
    }
    let refused = |why: String| CliError::Plain(format!("{name} was not taken: {why}"));
    check(name, &version).map_err(refused)?;
    let folder = own::folder(context);
    let path = folder.join(&version.file_name);
    if path.symlink_metadata().is_ok() {
        return Err(refused(format!("{} is there already, and is something else", shown::path(&path))));
    }
    decks::take(&folder, &version.file_name, None, version.body.as_bytes()).map_err(own::of_file(&path))?;
    ours.decks.insert(name.to_owned(), subscribed(&version, version.file_name.clone()));
    sync::remember(&mut store, &state)?;
    Ok(output::done(&format!(
        "{name}, version {}, is among your decks: {}. New versions come with each sysdrill sync",
        version.version,
        shown::path(&path)
    ))?)
}

fn subscribed(version: &Version, file: String) -> Subscribed {
    Subscribed { version: version.version, file, hash: decks::hash_of(version.body.as_bytes()) }
}

/// Whether a version is what it should be: whoever published it, and whatever a server says.
fn check(name: &str, version: &Version) -> Result<(), String> {
    if !is_file_name(&version.file_name) || version.body.len() > LARGEST {
        return Err("its file has a name or a size that none can have".to_owned());
    }
    let says = name_of(&version.file_name, &version.body)?;
    if says != name {
        return Err(format!("version {} of it calls itself {says}", version.version));
    }
    Ok(())
}

/// Brings no more versions of a deck.
pub(in crate::cli) fn unsubscribe(context: &Context, name: &str) -> Result<(), CliError> {
    let _lock = lock::held(context)?;
    let mut store = context.store()?;
    let mut known = sync::remembered(&store)?;
    let ours = known.as_mut().and_then(|state| state.server.as_mut());
    let (Some(was), Some(state)) = (ours.and_then(|ours| ours.decks.remove(name)), &known) else {
        return Err(CliError::Plain(format!(
            "{name} is no deck that you subscribed to: sysdrill deck published lists them"
        )));
    };
    sync::remember(&mut store, state)?;
    let path = own::folder(context).join(was.file);
    Ok(output::done(&format!("no more versions of {name} come; {} stays, and is yours now", shown::path(&path)))?)
}

/// Lists what the group has published.
pub(in crate::cli) fn published(context: &Context) -> Result<(), CliError> {
    let store = context.store()?;
    let (address, mut server) = link::remembered(&store, schema::DECKS)?;
    let published = server.published().map_err(|error| link::failed(&address, &error))?;
    if published.is_empty() {
        return Ok(output::text("nobody has published a deck yet: sysdrill deck publish NAME publishes one of yours")?);
    }
    let ours = sync::remembered(&store)?.and_then(|state| state.server).map(|ours| ours.decks).unwrap_or_default();
    let lines: Vec<String> = published
        .iter()
        .map(|deck| {
            let have = match ours.get(&deck.name) {
                Some(have) if have.version >= deck.version => ", which you have",
                Some(_) => ", which the next sync brings",
                None => "",
            };
            format!("{}  version {} by {}, {}{have}", deck.name, deck.version, deck.publisher, deck.day)
        })
        .collect();
    Ok(output::text(&lines.join("\n"))?)
}

/// Brings the newer versions of the decks that are subscribed to, and says what came.
pub(super) fn bring(
    context: &Context,
    store: &mut Store,
    server: &mut Connection,
    mut state: State,
) -> Result<Vec<String>, Failed> {
    let (folder, mut lines) = (own::folder(context), Vec::new());
    let Some(ours) = &mut state.server else { return Ok(lines) };
    let before = ours.decks.clone();
    for (name, have) in &mut ours.decks {
        let Some(version) = server.newest(name, have.version)? else { continue };
        if let Err(why) = check(name, &version) {
            output::warn(&format!("the deck {name} stays as it is: {why}"));
            continue;
        }
        match decks::take(&folder, &have.file, Some(&have.hash), version.body.as_bytes()) {
            Err(error) => {
                output::warn(&format!("the deck {name} stays as it is: {error}"));
                continue;
            }
            Ok(Taken::Same) => {}
            Ok(Taken::Written) => lines.push(format!("the deck {name} has version {} now", version.version)),
            Ok(Taken::Beside(copy)) => lines.push(format!(
                "{} was changed here: it stays, and version {} of {name} is kept beside it as {copy}",
                have.file, version.version
            )),
        }
        *have = subscribed(&version, have.file.clone());
    }
    if ours.decks != before {
        sync::remember(store, &state)?;
    }
    Ok(lines)
}
