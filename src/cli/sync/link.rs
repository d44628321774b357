//! The way to the server: where it is, how one logs in, and what is said when that fails.

use crate::cli::{CliError, output};
use crate::store::{Store, StoreError};
use crate::sync::server::address::Address;
use crate::sync::server::connection::Connection;
use crate::sync::server::error::ServerError;
use crate::sync::server::password;
use crate::sync::{self, State};
use console::Term;

/// Why something failed that asks a server and this computer.
pub(super) enum Failed {
    Here(CliError),
    There(ServerError),
}

impl Failed {
    /// What is said of it.
    pub(super) fn at(self, address: &Address) -> CliError {
        match self {
            Self::Here(error) => error,
            Self::There(error) => failed(address, &error),
        }
    }
}

impl From<CliError> for Failed {
    fn from(error: CliError) -> Self {
        Self::Here(error)
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::Here(error.into())
    }
}

impl From<ServerError> for Failed {
    fn from(error: ServerError) -> Self {
        Self::There(error)
    }
}

/// The server that is remembered, with a schema that has what is needed.
pub(super) fn remembered(store: &Store, needed: i32) -> Result<(Address, Connection), CliError> {
    let address = address(None, sync::remembered(store)?.as_ref())?;
    let server = open(&address)?.with_schema(needed).map_err(|error| failed(&address, &error))?;
    Ok((address, server))
}

/// The server that is named, or else the one that is remembered.
pub(super) fn address(named: Option<&str>, known: Option<&State>) -> Result<Address, CliError> {
    let remembered = || known.and_then(|state| state.server.as_ref()).map(|server| server.url.as_str());
    let Some(url) = named.or_else(remembered) else {
        return Err(CliError::Plain(
            "no server is remembered on this computer: sysdrill sync postgres://USER@HOST/DATABASE remembers one; init and \
             invite take the address themselves"
                .to_owned(),
        ));
    };
    let variable = |name: &str| std::env::var(name).ok();
    let address = Address::parse(url, &variable).map_err(CliError::Plain)?;
    if address.is_open() {
        output::warn(&format!(
            "sslmode=disable: whoever is between this computer and {} can read all that goes there",
            address.host_name()
        ));
    }
    Ok(address)
}

/// Logs in, with the password that is found, or the one that is typed where the server asks for one.
pub(super) fn open(address: &Address) -> Result<Connection, CliError> {
    let found = password::find(address, &|name| std::env::var_os(name)).map_err(CliError::Plain)?;
    let opened = match Connection::open(address, found.as_deref()) {
        Err(ServerError::NoPassword) if console::user_attended() && console::user_attended_stderr() => {
            let term = Term::stderr();
            term.write_str(&format!("Password of {} on {}: ", address.user, address.host_name()))?;
            let typed = term.read_secure_line()?;
            Connection::open(address, Some(&typed))
        }
        opened => opened,
    };
    opened.map_err(|error| failed(address, &error))
}

/// Which server failed, and why.
pub(super) fn failed(address: &Address, error: &ServerError) -> CliError {
    CliError::Plain(format!("{address}: {error}"))
}
