//! Why a server did not do what it was asked, in words.

use super::address::Address;
use postgres::Error;
use postgres::error::SqlState;
use rustls::CertificateError;
use std::error::Error as _;
use std::io;

/// Why a server did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ServerError {
    /// It asks for a password, and none was found.
    #[error(
        "the server asks for a password: put it into PGPASSWORD or ~/.pgpass, or run this on a terminal and type it"
    )]
    NoPassword,
    /// The database was never made ready.
    #[error("this database is not ready for sysdrill yet: its administrator runs sysdrill sync init")]
    NoSchema,
    /// A newer version made it ready.
    #[error(
        "the server's schema has number {0}, and this sysdrill knows {1}: update sysdrill here. Nothing was changed, here or \
         there"
    )]
    Newer(i32, i32),
    /// An older version made it ready, which had not all of it.
    #[error("the server's schema has number {0}, and this needs {1}: its administrator runs sysdrill sync init again")]
    Older(i32, i32),
    /// There was no answer in time.
    #[error("it does not answer: is it running, and can this computer reach it?")]
    TooLate,
    /// The connection ended.
    #[error("the connection ended: what was confirmed is there, and the next sync goes on from it")]
    Lost,
    /// Said as it is.
    #[error("{0}")]
    Plain(String),
}

/// What an error of the library means to a person.
pub fn in_words(error: &Error, address: &Address) -> ServerError {
    let (host, user, database) = (address.host_name(), &address.user, &address.database);
    if let Some(said) = error.as_db_error() {
        let plain = match *said.code() {
            SqlState::INVALID_SCHEMA_NAME | SqlState::UNDEFINED_TABLE => return ServerError::NoSchema,
            SqlState::INVALID_PASSWORD => {
                format!("the server knows no {user} with this password: see PGPASSWORD, or the line of ~/.pgpass")
            }
            SqlState::INVALID_AUTHORIZATION_SPECIFICATION => {
                format!(
                    "the server lets {user} not in: {}; its administrator knows who may come from where",
                    said.message()
                )
            }
            SqlState::INVALID_CATALOG_NAME => {
                format!(
                    "the server has no database {database}: look at the end of the address, or ask its administrator"
                )
            }
            SqlState::INSUFFICIENT_PRIVILEGE => format!(
                "{user} may not do this ({}): its administrator invites learners with sysdrill sync invite, and makes the \
                 schema as the database's owner",
                said.message()
            ),
            SqlState::QUERY_CANCELED => return ServerError::TooLate,
            SqlState::TOO_MANY_CONNECTIONS => "the server has no connection free: try again in a moment".to_owned(),
            SqlState::ADMIN_SHUTDOWN | SqlState::CRASH_SHUTDOWN | SqlState::CANNOT_CONNECT_NOW => {
                return ServerError::Lost;
            }
            _ => format!("the server refused: {}", said.message()),
        };
        return ServerError::Plain(plain);
    }
    let mut cause = error.source();
    while let Some(found) = cause {
        if let Some(said) = found.downcast_ref::<io::Error>() {
            if let Some(plain) = of_io(said, &host) {
                return plain;
            }
        } else if let Some(tls) = found.downcast_ref::<rustls::Error>() {
            return ServerError::Plain(of_tls(tls, &host));
        }
        match found.to_string().as_str() {
            "password missing" => return ServerError::NoPassword,
            "server does not support TLS" => {
                return ServerError::Plain(format!(
                    "{host} does not encrypt, so nothing was sent: its administrator switches ssl on; where nobody can listen, \
                     ?sslmode=disable goes without"
                ));
            }
            _ => cause = found.source(),
        }
    }
    if error.is_closed() {
        return ServerError::Lost;
    }
    match error.to_string() {
        said if said.contains("timeout") => ServerError::TooLate,
        said if said.contains("password missing") => ServerError::NoPassword,
        said => ServerError::Plain(format!("{host}: {said}")),
    }
}

fn of_io(error: &io::Error, host: &str) -> Option<ServerError> {
    if let Some(inner) = error.get_ref() {
        if let Some(tls) = inner.downcast_ref::<rustls::Error>() {
            return Some(ServerError::Plain(of_tls(tls, host)));
        }
        if inner.to_string().contains("lookup address") {
            return Some(ServerError::Plain(format!("there is no host {host}, or this computer is not in the net")));
        }
    }
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Some(ServerError::Plain(format!(
            "{host} has no server at this port: is it running, and is the port right?"
        ))),
        io::ErrorKind::NotFound => Some(ServerError::Plain(format!(
            "there is no server's socket in {host}: is it running, and is the port right?"
        ))),
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Some(ServerError::TooLate),
        io::ErrorKind::UnexpectedEof
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted => Some(ServerError::Lost),
        io::ErrorKind::InvalidInput => Some(ServerError::Plain(format!(
            "{host} is no name that a certificate can have: name the host by its name"
        ))),
        _ => None,
    }
}

fn of_tls(error: &rustls::Error, host: &str) -> String {
    use CertificateError as Wrong;
    match error {
        rustls::Error::InvalidCertificate(Wrong::UnknownIssuer) => format!(
            "nobody whom this computer trusts vouches for the certificate of {host}, so nothing was sent. Where the server has \
             a certificate of its own, get the authority's file from its administrator and add ?sslrootcert=FILE to the address"
        ),
        rustls::Error::InvalidCertificate(Wrong::NotValidForName | Wrong::NotValidForNameContext { .. }) => format!(
            "the certificate that {host} shows is for another name, so nothing was sent: use the name that it has, and ask the \
             administrator if in doubt"
        ),
        rustls::Error::InvalidCertificate(Wrong::Expired | Wrong::ExpiredContext { .. }) => {
            format!("the certificate of {host} has expired, so nothing was sent: its administrator renews it")
        }
        error => format!("the certificate of {host} is not accepted, so nothing was sent: {error}"),
    }
}
