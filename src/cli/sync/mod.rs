//! `sync`: one log on several computers, by a folder that they share, or by a server.

mod admin;
mod board;
mod folder;
mod learner;
mod link;
mod lock;
mod server;
mod shelf;
mod told;

pub(super) use shelf::{publish, published, subscribe, unsubscribe};

use super::args::{Sync, SyncCommand};
use super::{CliError, Context, output};
use crate::shown;
use crate::store::Store;
use crate::sync::server::address::is_address;
use crate::sync::{self, State};
use std::time::Duration;

/// In passing a session waits no longer.
const IN_PASSING: Duration = Duration::from_millis(300);

pub(super) fn run(context: &Context, args: &Sync) -> Result<(), CliError> {
    if let Some(command) = &args.command {
        return run_command(context, command);
    }
    let _lock = lock::held(context)?;
    let mut store = context.store()?;
    let known = sync::remembered(&store)?;
    if args.forget {
        return forget(&mut store, known);
    }
    match args.target.as_deref() {
        Some(target) if target.to_str().is_some_and(is_address) => {
            if args.with_decks || args.without_decks {
                return Err(without_folder());
            }
            server::run(context, &mut store, target.to_str())
        }
        Some(target) => folder::run(context, &mut store, Some(target), args),
        None => all(context, &mut store, known.as_ref(), args),
    }
}

/// Syncs with all that is remembered; what fails keeps nobody from the other.
fn all(context: &Context, store: &mut Store, known: Option<&State>, args: &Sync) -> Result<(), CliError> {
    let (has_folder, has_server) = has(known);
    if !has_folder && !has_server {
        return Err(CliError::Plain(
            "name the folder that your computers share, as in sysdrill sync ~/Sync/sysdrill, or a server, as in sysdrill sync \
             postgres://ada@db.example.org/sysdrill: it is remembered"
                .to_owned(),
        ));
    }
    if !has_folder && (args.with_decks || args.without_decks) {
        return Err(without_folder());
    }
    let by_folder = if has_folder { folder::run(context, store, None, args) } else { Ok(()) };
    if !has_server {
        return by_folder;
    }
    if let Err(error) = by_folder {
        output::warn(&error.to_string());
        server::run(context, store, None)?;
        return Err(CliError::Plain("the server is in sync; the folder is not".to_owned()));
    }
    server::run(context, store, None)
}

fn without_folder() -> CliError {
    CliError::Plain(
        "--with-decks is about a folder that your computers share: name it; on a server, sysdrill deck publish shares a deck"
            .to_owned(),
    )
}

/// Whether a folder and a server are remembered.
fn has(known: Option<&State>) -> (bool, bool) {
    (known.is_some_and(State::has_folder), known.is_some_and(|state| state.server.is_some()))
}

fn run_command(context: &Context, command: &SyncCommand) -> Result<(), CliError> {
    let known = || -> Result<Option<State>, CliError> { Ok(sync::remembered(&context.store()?)?) };
    match command {
        SyncCommand::Init { url } => admin::init(url.as_deref(), known()?.as_ref()),
        SyncCommand::Invite { name, url } => admin::invite(name, url.as_deref(), known()?.as_ref()),
        SyncCommand::Export { to } => learner::export(to.as_deref(), known()?.as_ref()),
        SyncCommand::Delete { yes } => learner::delete(context, *yes),
        SyncCommand::Board { join, leave } => board::run(context, *join, *leave),
    }
}

fn forget(store: &mut Store, known: Option<State>) -> Result<(), CliError> {
    let (true, Some(state)) = (has(known.as_ref()) != (false, false), known) else {
        return Ok(output::done("no folder and no server is remembered")?);
    };
    let folder = state.has_folder().then(|| shown::path(&state.folder));
    let names: Vec<String> = folder.into_iter().chain(state.server.map(|server| server.url)).collect();
    sync::remember(store, &State::without_folder(state.device))?;
    let is = if names.len() == 1 { "is" } else { "are" };
    Ok(output::done(&format!("{} {is} forgotten; what is there stays there", names.join(" and ")))?)
}

/// Syncs at a session's start and end, where the settings say so. It stops nobody: what cannot be done in time is left for
/// the next time, or for a sync by hand.
pub(super) fn in_passing(context: &Context, store: &mut Store) {
    if !context.settings.auto {
        return;
    }
    match passed(context, store) {
        Ok(true) => {}
        Ok(false) => output::warn("not synced in passing: sysdrill sync takes the time that it needs"),
        Err(error) => output::warn(&format!("not synced: {error}")),
    }
}

/// Whether all was done that was to be done.
fn passed(context: &Context, store: &mut Store) -> Result<bool, CliError> {
    let Some(_lock) = lock::within(context, Duration::ZERO)? else { return Ok(true) };
    let known = sync::remembered(store)?;
    let (has_folder, has_server) = has(known.as_ref());
    let Some(state) = known.filter(|_| has_folder || has_server) else { return Ok(false) };
    // Both together take no longer than one.
    let patience = if has_folder && has_server { IN_PASSING / 2 } else { IN_PASSING };
    // A folder that is not there keeps nobody from the server.
    let by_folder = has_folder.then(|| folder::in_passing(context, store, state.clone(), patience));
    let mut is_done = true;
    if has_server {
        let state = sync::remembered(store)?.unwrap_or(state);
        let exchanged = server::in_passing(context, store, state, patience)?;
        is_done &= exchanged.is_some();
        exchanged.filter(|exchanged| exchanged.renamed.is_some()).iter().for_each(server::warn);
    }
    if let Some(synced) = by_folder.transpose()? {
        is_done &= synced.is_some();
        synced.filter(|synced| synced.renamed.is_some()).iter().for_each(folder::warn);
    }
    Ok(is_done)
}
