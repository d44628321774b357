//! What a server's administrator does.

use super::link;
use crate::cli::{CliError, output};
use crate::shown;
use crate::sync::State;
use crate::sync::server::address::{Address, Host, Tls};
use crate::sync::server::admin::Migrated;
use crate::sync::server::schema;
use rand::RngExt;

/// Makes the schema, or brings it up to date.
pub(super) fn init(named: Option<&str>, known: Option<&State>) -> Result<(), CliError> {
    let address = link::address(named, known)?;
    let migrated = link::open(&address)?.init().map_err(|error| link::failed(&address, &error))?;
    Ok(output::done(&match migrated {
        Migrated { from: None, to } => format!("{address} is ready, with the schema {to}"),
        Migrated { from: Some(from), to } if from == to => format!("{address} has the schema {to} already"),
        Migrated { from: Some(from), to } => format!("{address} had the schema {from}, and has {to} now"),
    })?)
}

/// A password has so many of these: some 140 bits, and none that a shell, a URL or `.pgpass` reads as something else.
const CHARACTERS: usize = 24;
const ALPHABET: &[u8] = b"abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// Makes a role for a learner, and says what to hand over.
pub(super) fn invite(name: &str, named: Option<&str>, known: Option<&State>) -> Result<(), CliError> {
    let address = link::address(named, known)?;
    let failed = |error| link::failed(&address, &error);
    let mut random = rand::rng();
    let password: String =
        (0..CHARACTERS).map(|_| char::from(ALPHABET[random.random_range(0..ALPHABET.len())])).collect();
    link::open(&address)?.with_schema(schema::LOG).map_err(failed)?.invite(name, &password).map_err(failed)?;
    Ok(output::as_it_is(&handed_over(&address.of(name), &password))?)
}

/// What the learner needs. It is the answer to the command, so that it is written even where little is said.
fn handed_over(address: &Address, password: &str) -> String {
    let Address { user, port, database, .. } = address;
    let host = match &address.host {
        Host::Name(name) => name.replace(':', "\\:"),
        Host::Socket(_) => "localhost".to_owned(),
    };
    let mut lines = vec![
        format!("{user} is invited. Hand this over so that nobody else reads it; the password is kept nowhere else."),
        String::new(),
        format!("sysdrill sync '{address}'"),
        format!("{host}:{port}:{database}:{user}:{password}"),
        String::new(),
        "The first line is run on each computer. The second goes into the file ~/.pgpass there, which nobody else may read: \
         chmod 600 ~/.pgpass. The password is what follows its last colon."
            .to_owned(),
    ];
    if let Tls::Verified(Some(roots)) = &address.tls {
        lines.push(format!("Hand over {} too, and write in its place where it lies there.", shown::path(roots)));
    }
    lines.join("\n")
}
