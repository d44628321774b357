//! Where a server is: its URL, without a password, as it can be remembered and shown.

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use std::fmt;
use std::path::{Path, PathBuf};

/// The port of PostgreSQL.
const PORT: u16 = 5432;
/// What is written as `%` and two digits in a part of a URL.
const RESERVED: &AsciiSet =
    &CONTROLS.add(b' ').add(b'%').add(b'/').add(b'?').add(b'#').add(b'@').add(b':').add(b'&').add(b'=').add(b'+');
/// In a query a path may stand as it is.
const IN_QUERY: &AsciiSet = &RESERVED.remove(b'/');

/// Where the server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Host {
    /// A name or an address in the net.
    Name(String),
    /// A folder on this computer with the server's socket.
    Socket(PathBuf),
}

/// How the server's word is trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tls {
    /// Its certificate and its name are verified: against the system's roots, or those of a file.
    Verified(Option<PathBuf>),
    /// Not at all: everybody on the way can read along.
    Disabled,
}

/// A database of a server, and who is to log in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The role.
    pub user: String,
    /// Where it listens.
    pub host: Host,
    /// On which port.
    pub port: u16,
    /// The database.
    pub database: String,
    /// How it is trusted.
    pub tls: Tls,
}

/// Whether a word names a server and no folder: of which kind, is seen later.
pub fn is_address(text: &str) -> bool {
    text.contains("://")
}

fn after_scheme(text: &str) -> Option<&str> {
    ["postgres://", "postgresql://"].iter().find_map(|scheme| text.strip_prefix(scheme))
}

impl Address {
    /// Reads a URL. What it leaves open about the user, `variable` says as libpq has it. What is said of a wrong one repeats
    /// nothing of it: there may be a password in it.
    ///
    /// # Errors
    /// It has a password, is none, or asks for what there is not.
    pub fn parse(text: &str, variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, String> {
        const FORM: &str = "it is postgres://USER@HOST/DATABASE";
        let rest = after_scheme(text).ok_or_else(|| format!("this is no address of a server: {FORM}"))?;
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
        let (user, host) = match authority.rsplit_once('@') {
            Some((user, host)) => (Some(user), host),
            None => (None, authority),
        };
        if user.is_some_and(|user| user.contains(':')) {
            return Err("a password stands in the address: everybody on this computer can read command lines. Leave it out, \
                        and put it into PGPASSWORD or ~/.pgpass, or type it when it is asked for; if it is in use, change it"
                .to_owned());
        }
        let (mut host, mut port) =
            host_and_port(host).ok_or_else(|| format!("the host or its port is none: {FORM}"))?;
        let mut user = user.filter(|user| !user.is_empty()).map(decoded).transpose()?;
        let mut tls = None;
        let mut roots = None;
        for (name, value) in
            query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        {
            let value = decoded(value)?;
            match name {
                "host" => host = value,
                "port" => port = value.parse().map_err(|_| "the port is none: it is a number".to_owned())?,
                "user" => user = Some(value),
                "sslmode" => {
                    match value.as_str() {
                        "verify-full" => tls = Some(Tls::Verified(None)),
                        "disable" => tls = Some(Tls::Disabled),
                        _ => {
                            return Err("sslmode can be verify-full, which it is by itself, or disable, where nobody can listen; \
                                    the others verify less than they seem to"
                            .to_owned());
                        }
                    }
                }
                "sslrootcert" => {
                    let path = std::path::absolute(&value).map_err(|error| format!("sslrootcert: {error}"))?;
                    roots = Some(path);
                }
                "password" => {
                    return Err(
                        "a password stands in the address: leave it out, and put it into PGPASSWORD or ~/.pgpass"
                            .to_owned(),
                    );
                }
                _ => {
                    return Err(
                        "the address asks for something that sysdrill does not know: behind the ? there can be host, \
                                port, user, sslmode and sslrootcert"
                            .to_owned(),
                    );
                }
            }
        }
        if host.is_empty() {
            return Err(format!(
                "the address names no host: {FORM}, or postgres:///DATABASE?host=/run/postgresql on this \
                                computer"
            ));
        }
        let by_environment = || ["PGUSER", "USER", "LOGNAME", "USERNAME"].iter().find_map(|name| variable(name));
        let user = user.or_else(by_environment).filter(|user| !user.is_empty());
        let user = user.ok_or_else(|| format!("the address names no user: {FORM}"))?;
        let database = if database.is_empty() { user.clone() } else { decoded(database)? };
        let is_socket = Path::new(&host).is_absolute();
        let tls = match (is_socket, tls.unwrap_or(Tls::Verified(None))) {
            (true, _) | (_, Tls::Disabled) => Tls::Disabled,
            (false, Tls::Verified(_)) => Tls::Verified(roots),
        };
        let host = if is_socket { Host::Socket(host.into()) } else { Host::Name(host) };
        Ok(Self { user, host, port, database, tls })
    }

    /// The same database for somebody else.
    pub fn of(&self, user: &str) -> Self {
        Self { user: user.to_owned(), ..self.clone() }
    }

    /// Whether this is the same learner in the same database, however it is trusted.
    pub fn is_same_database(&self, other: &Self) -> bool {
        *self == Self { tls: self.tls.clone(), ..other.clone() }
    }

    /// The host, as people and `.pgpass` name it.
    pub fn host_name(&self) -> String {
        match &self.host {
            Host::Name(name) => name.clone(),
            Host::Socket(path) => path.display().to_string(),
        }
    }

    /// Whether others on the way can read along.
    pub fn is_open(&self) -> bool {
        matches!((&self.host, &self.tls), (Host::Name(_), Tls::Disabled))
    }
}

/// The URL, which has no password.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |text: &str| utf8_percent_encode(text, RESERVED).to_string();
        let mut query = Vec::new();
        write!(f, "postgres://{}@", part(&self.user))?;
        match &self.host {
            Host::Name(name) if name.contains(':') => write!(f, "[{name}]")?,
            Host::Name(name) => f.write_str(&part(name))?,
            Host::Socket(path) => query.push(("host", path.display().to_string())),
        }
        if self.port != PORT {
            match self.host {
                Host::Name(_) => write!(f, ":{}", self.port)?,
                Host::Socket(_) => query.push(("port", self.port.to_string())),
            }
        }
        write!(f, "/{}", part(&self.database))?;
        match &self.tls {
            Tls::Verified(Some(roots)) => query.push(("sslrootcert", roots.display().to_string())),
            Tls::Disabled if self.is_open() => query.push(("sslmode", "disable".to_owned())),
            _ => {}
        }
        for (n, (name, value)) in query.iter().enumerate() {
            let before = if n == 0 { '?' } else { '&' };
            write!(f, "{before}{name}={}", utf8_percent_encode(value, IN_QUERY))?;
        }
        Ok(())
    }
}

fn decoded(text: &str) -> Result<String, String> {
    let decoded = percent_decode_str(text).decode_utf8().map_err(|_| "the address is no UTF-8".to_owned())?;
    if decoded.contains('\0') { Err("the address has a zero byte in it".to_owned()) } else { Ok(decoded.into_owned()) }
}

fn host_and_port(text: &str) -> Option<(String, u16)> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, rest) = rest.split_once(']')?;
            (host, rest.strip_prefix(':').or(rest.is_empty().then_some(""))?)
        }
        None => text.split_once(':').unwrap_or((text, "")),
    };
    let port = if port.is_empty() { PORT } else { port.parse().ok()? };
    let host = decoded(host).ok()?;
    (!host.contains(',')).then_some((host, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Address, String> {
        Address::parse(text, &|name| (name == "USER").then(|| "ada".to_owned()))
    }

    #[test]
    fn an_address_is_read_and_written_again() {
        for (text, written) in [
            ("postgres://bob@db.example.org/class", "postgres://bob@db.example.org/class"),
            ("postgresql://db.example.org:5433", "postgres://ada@db.example.org:5433/ada"),
            ("postgres://b%40b@[::1]:1/x%2Fy?sslmode=disable", "postgres://b%40b@[::1]:1/x%2Fy?sslmode=disable"),
            ("postgres://bob@h/d?sslrootcert=/etc/a b.pem", "postgres://bob@h/d?sslrootcert=/etc/a%20b.pem"),
            ("postgres:///d?host=/run/pg&user=bob&port=7", "postgres://bob@/d?host=/run/pg&port=7"),
        ] {
            let address = read(text).unwrap();
            assert_eq!(address.to_string(), written);
            assert_eq!(read(written).unwrap(), address);
        }
        let [a, b, c] =
            ["h/d", "h/d?sslrootcert=/r.pem", "h/e"].map(|rest| read(&format!("postgres://bob@{rest}")).unwrap());
        assert!(a.is_same_database(&b) && !a.is_same_database(&c));
        assert!(read("postgres://bob@h/d?sslmode=disable").unwrap().is_open());
        assert!(!read("postgres:///d?host=/run/pg").unwrap().is_open());
    }

    #[test]
    fn what_is_wrong_with_an_address_is_said_without_it() {
        for (text, said) in [
            ("postgres://bob:s3cret@h/d", "a password stands in the address"),
            ("postgres://h/d?password=s3cret", "a password stands in the address"),
            ("postgres://h:s3cret/d", "the host or its port is none"),
            ("postgres://h/d?sslmode=s3cret", "sslmode can be verify-full"),
            ("postgres://h/d?sslmode=require", "sslmode can be verify-full"),
            ("postgres://h/d?s3cret=1", "does not know"),
            ("mysql://bob:s3cret@h/d", "no address of a server"),
            ("Postgres://bob:s3cret@h/d", "no address of a server"),
            ("postgres:///d", "names no host"),
            ("postgres://a,b/d", "the host or its port is none"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(said) && !error.contains("s3cret"), "{text}: {error}");
        }
        assert!(Address::parse("postgres://h/d", &|_| None).unwrap_err().contains("names no user"));
    }
}
