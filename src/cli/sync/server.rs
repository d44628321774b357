//! Syncing by a server that a group shares.

use super::link::{address, failed, open};
use super::{board, shelf, told};
use crate::cli::bar::Bar;
use crate::cli::{CliError, Context, output};
use crate::shown::count;
use crate::store::{Store, backup};
use crate::sync::name::Device;
use crate::sync::server::address::Address;
use crate::sync::server::connection::Connection;
use crate::sync::server::exchange::{self, ExchangeError, Exchanged, Server};
use crate::sync::server::{password, schema};
use crate::sync::state::ServerState;
use crate::sync::{self, State};
use std::time::Duration;

/// Syncs with a server: the one that is named, or else the one that is remembered.
pub(super) fn run(context: &Context, store: &mut Store, named: Option<&str>) -> Result<(), CliError> {
    let known = sync::remembered(store)?;
    let address = address(named, known.as_ref())?;
    let mut state = known.unwrap_or_else(|| State::without_folder(Device::new(rand::random())));
    let url = address.to_string();
    let is_same = |server: &ServerState| {
        let was = Address::parse(&server.url, &|_| None);
        was.is_ok_and(|was| was.is_same_database(&address))
    };
    let ours = match &state.server {
        Some(server) if is_same(server) => ServerState { url, ..server.clone() },
        Some(server) => ServerState::new(url, server.device.clone()),
        None => ServerState::new(url, Device::new(rand::random())),
    };
    let mut server = open(&address)?.with_schema(schema::LOG).map_err(|error| failed(&address, &error))?;
    if ours.reached.is_none() {
        backup::copy(&context.db, &format!("before-sync-{}", context.tag()))?;
    }
    if state.server.as_ref() != Some(&ours) {
        // It let this learner in: should the first sync be cut, the next one goes on under the same name.
        state.server = Some(ours.clone());
        sync::remember(store, &state)?;
    }
    let bar = Bar::new("syncing");
    let exchanged = exchange::exchange(store, &mut server, state, ours, context.clock.now_ms(), &mut rand::random);
    drop(bar);
    let exchanged = exchanged.map_err(|error| failed_exchange(&address, error))?;
    warn(&exchanged);
    let mut lines = said(&exchanged);
    let Some(state) = sync::remembered(store)? else { return Ok(()) };
    if let Some(ours) = state.server.as_ref().filter(|ours| ours.board || !ours.decks.is_empty()) {
        let is_on_board = ours.board;
        lines.extend(shelf::bring(context, store, &mut server, state).map_err(|error| error.at(&address))?);
        if is_on_board {
            board::give(context, store, &mut server).map_err(|error| error.at(&address))?;
        }
    }
    Ok(output::done(&lines.join("\n"))?)
}

/// A sync in passing with the server that is remembered.
pub(super) fn in_passing(
    context: &Context,
    store: &mut Store,
    state: State,
    patience: Duration,
) -> Result<Option<Exchanged>, CliError> {
    let Some(ours) = state.server.clone() else { return Ok(None) };
    let address = address(Some(&ours.url), None)?;
    let found = password::find(&address, &|name| std::env::var_os(name)).map_err(CliError::Plain)?;
    let (asked, now_ms) = (address.clone(), context.clock.now_ms());
    let connect = move || {
        let server = Connection::open(&asked, found.as_deref())?.with_schema(schema::LOG)?;
        Ok(Box::new(server) as Box<dyn Server + Send>)
    };
    let exchanged = exchange::in_passing(store, connect, state, ours, now_ms, &mut rand::random, patience);
    exchanged.map_err(|error| failed_exchange(&address, error))
}

fn failed_exchange(address: &Address, error: ExchangeError) -> CliError {
    match error {
        ExchangeError::Store(error) => CliError::Store(error),
        ExchangeError::Server(error) => failed(address, &error),
    }
}

fn said(exchanged: &Exchanged) -> Vec<String> {
    let others = match exchanged.others {
        0 => "no other computer of yours on the server".to_owned(),
        others => format!("{} of yours on the server", count(others, "other computer")),
    };
    told::moved(exchanged.written, &exchanged.brought, &others)
}

/// What somebody should know.
pub(super) fn warn(exchanged: &Exchanged) {
    if exchanged.is_put_back {
        output::warn(
            "the server lacked what it had: it was put back to an earlier state. All that is here is there again; a sync on \
             each of your computers brings the rest",
        );
    } else {
        told::renamed(exchanged.renamed.as_ref(), &exchanged.brought);
    }
    for (device, lines) in &exchanged.damaged {
        output::warn(&format!("{} of computer {device} passed over", count(*lines, "damaged line")));
    }
    told::ahead(&exchanged.ahead);
}
