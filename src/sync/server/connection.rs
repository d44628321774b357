//! The server itself: how it is reached, and the lines in its tables.

use super::address::{Address, Host, Tls};
use super::error::{ServerError, in_words};
use super::exchange::{Put, Server};
use super::schema;
use crate::sync::name::Device;
use crate::sync::patience::within;
use postgres::config::SslMode;
use postgres::{Client, Config, NoTls, Row};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio_postgres_rustls::MakeRustlsConnect;

/// So long a server may take to be reached and to let somebody in.
const PATIENCE: Duration = Duration::from_secs(10);
/// After so much silence it is asked whether it is there yet, so often, and then given up.
const SILENCE: Duration = Duration::from_secs(20);
const ASKED: Duration = Duration::from_secs(10);
const TIMES: u32 = 3;
/// A statement that takes longer is ended by the server. Names are taken from the schema that is named with them.
const SESSION: &str = "set statement_timeout = '60s'; set search_path = pg_catalog; set default_transaction_isolation = \
                       'read committed'";

/// A connection to a server.
pub struct Connection {
    pub(super) client: Client,
    pub(super) address: Address,
}

impl Connection {
    /// Logs in.
    ///
    /// # Errors
    /// The server cannot be reached or trusted, or does not let this user in.
    pub fn open(address: &Address, password: Option<&str>) -> Result<Self, ServerError> {
        let mut config = Config::new();
        config.user(&address.user).dbname(&address.database).port(address.port).application_name("sysdrill");
        config.connect_timeout(PATIENCE).tcp_user_timeout(SILENCE + ASKED * TIMES);
        config.keepalives_idle(SILENCE).keepalives_interval(ASKED).keepalives_retries(TIMES);
        if let Some(password) = password {
            config.password(password);
        }
        match &address.host {
            Host::Name(name) => config.host(name),
            #[cfg(unix)]
            Host::Socket(path) => config.host_path(path),
            #[cfg(not(unix))]
            Host::Socket(_) => return Err(ServerError::Plain("this system has no sockets in folders".to_owned())),
        };
        let tls = match &address.tls {
            Tls::Verified(roots) => {
                config.ssl_mode(SslMode::Require);
                Some(verifying(roots.as_deref())?)
            }
            Tls::Disabled => {
                config.ssl_mode(SslMode::Disable);
                None
            }
        };
        let connected = within(PATIENCE, move || {
            let mut client = match tls {
                Some(tls) => config.connect(tls),
                None => config.connect(NoTls),
            }?;
            client.batch_execute(SESSION)?;
            Ok(client)
        });
        let client = connected.ok_or(ServerError::TooLate)?.map_err(|error| in_words(&error, address))?;
        Ok(Self { client, address: address.clone() })
    }

    /// Sees that the schema has what is needed, and nothing that this version does not know.
    ///
    /// # Errors
    /// It has not; nothing was changed.
    pub fn with_schema(mut self, needed: i32) -> Result<Self, ServerError> {
        match self.schema()? {
            None => Err(ServerError::NoSchema),
            Some(number) if number > schema::NEWEST => Err(ServerError::Newer(number, schema::NEWEST)),
            Some(number) if number < needed => Err(ServerError::Older(number, needed)),
            Some(_) => Ok(self),
        }
    }

    /// The number of the schema; none where there is none.
    pub(super) fn schema(&mut self) -> Result<Option<i32>, ServerError> {
        match self.rows("select max(version) from sysdrill.schema_version", &[]) {
            Ok(rows) => Ok(rows.first().and_then(|row| row.get(0))),
            Err(ServerError::NoSchema) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(super) fn rows(
        &mut self,
        sql: &str,
        values: &[&(dyn postgres::types::ToSql + Sync)],
    ) -> Result<Vec<Row>, ServerError> {
        self.client.query(sql, values).map_err(|error| in_words(&error, &self.address))
    }
}

/// Who vouches for a server: the roots of the system, or those of a file.
fn verifying(roots: Option<&Path>) -> Result<MakeRustlsConnect, ServerError> {
    let mut trusted = RootCertStore::empty();
    match roots {
        Some(path) => {
            let wrong = |why: String| ServerError::Plain(format!("sslrootcert {}: {why}", path.display()));
            let read = CertificateDer::pem_file_iter(path).map_err(|error| wrong(error.to_string()))?;
            for certificate in read {
                let certificate = certificate.map_err(|error| wrong(error.to_string()))?;
                trusted.add(certificate).map_err(|error| wrong(error.to_string()))?;
            }
            if trusted.is_empty() {
                return Err(wrong("there is no certificate in it".to_owned()));
            }
        }
        None => {
            trusted.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|error| ServerError::Plain(error.to_string()))?;
    Ok(MakeRustlsConnect::new(config.with_root_certificates(trusted).with_no_client_auth()))
}

fn name_of(device: &Device) -> String {
    device.clone().into()
}

impl Server for Connection {
    fn tops(&mut self) -> Result<BTreeMap<Device, i64>, ServerError> {
        let rows = self.rows(
            "select d.device, (select coalesce(max(l.idx), 0) from sysdrill.line l \
             where l.learner = d.learner and l.device = d.device) \
             from sysdrill.device d where d.learner = current_user",
            &[],
        )?;
        Ok(rows.iter().filter_map(|row| Some((Device::parse(row.get(0))?, row.get(1)))).collect())
    }

    fn lines(&mut self, device: &Device, after: i64, most: usize) -> Result<Vec<(i64, Vec<u8>)>, ServerError> {
        let rows = self.rows(
            "select idx, line from sysdrill.line where learner = current_user and device = $1 and idx > $2 \
             order by idx limit $3",
            &[&name_of(device), &after, &(most as i64)],
        )?;
        Ok(rows.iter().map(|row| (row.get(0), row.get::<_, &str>(1).as_bytes().to_vec())).collect())
    }

    fn put(&mut self, device: &Device, first: i64, lines: &[Vec<u8>]) -> Result<Put, ServerError> {
        let (device, address) = (name_of(device), &self.address);
        let numbers: Vec<i64> = (first..).take(lines.len()).collect();
        // A line whose checksum holds is JSON, and so UTF-8.
        let lines: Vec<&str> = lines.iter().filter_map(|line| std::str::from_utf8(line).ok()).collect();
        if lines.len() < numbers.len() {
            return Err(ServerError::Plain("a line of the log is no UTF-8: sysdrill doctor looks it over".to_owned()));
        }
        let failed = |error: postgres::Error| in_words(&error, address);
        let mut tx = self.client.transaction().map_err(failed)?;
        let sql = "insert into sysdrill.device (device) values ($1) on conflict do nothing";
        tx.execute(sql, &[&device]).map_err(failed)?;
        let sql = "insert into sysdrill.line (device, idx, line) select $1, unnest($2::int8[]), unnest($3::text[]) \
                   on conflict do nothing";
        let put = tx.execute(sql, &[&device, &numbers, &lines]).map_err(failed)?;
        if put < numbers.len() as u64 {
            // What lies there is what an earlier run put there whose confirmation was lost, or somebody else's.
            let sql = "select idx, line from sysdrill.line \
                       where learner = current_user and device = $1 and idx = any($2)";
            let there = tx.query(sql, &[&device, &numbers]).map_err(failed)?;
            let is_ours = |row: &Row| lines[(row.get::<_, i64>(0) - first) as usize] == row.get::<_, &str>(1);
            if !there.iter().all(is_ours) {
                tx.rollback().map_err(failed)?;
                return Ok(Put::Taken);
            }
        }
        tx.commit().map_err(failed)?;
        Ok(Put::Done)
    }
}
