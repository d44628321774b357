//! A real PostgreSQL in a temporary folder, shared by the tests that run at the same time and ended with the last of them.

use postgres::{Client, Config, NoTls};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::chown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, Weak, mpsc};

const ADMIN: &str = "postgres";
/// The administrator's password in the tests.
pub const ADMIN_PASSWORD: &str = "correct horse battery";
/// PostgreSQL does not run as root: then it runs as nobody.
const NOBODY: u32 = 65534;

struct Server {
    process: Child,
    dir: tempfile::TempDir,
    port: u16,
    /// What the server wrote down.
    log: Arc<Mutex<String>>,
}

/// A database of its own for a test.
pub struct Database {
    server: Arc<Server>,
    pub name: String,
}

static RUNNING: Mutex<Weak<Server>> = Mutex::new(Weak::new());
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// A new database; none where there is no PostgreSQL, which is said.
pub fn database(test: &str) -> Option<Database> {
    let mut running = RUNNING.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let server = match running.upgrade() {
        Some(server) => server,
        None => {
            let Some(programs) = programs() else {
                // Past the test runner, which keeps what a passing test prints.
                let _ =
                    writeln!(std::io::stderr(), "skipped: {test}: there is no initdb (.ci/run installs postgresql)");
                return None;
            };
            let server = Arc::new(Server::start(&programs));
            *running = Arc::downgrade(&server);
            server
        }
    };
    drop(running);
    let name = format!("class_{}", COUNT.fetch_add(1, Relaxed));
    let database = Database { server, name: "postgres".to_owned() };
    database.admin().batch_execute(&format!("create database {name} encoding 'UTF8'")).unwrap();
    Some(Database { name, ..database })
}

/// Where the server's programs are: in the path, or where Debian puts them.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    folders.extend(debian.filter_map(|version| Some(version.ok()?.path().join("bin"))));
    folders.into_iter().find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
}

fn is_root() -> bool {
    fs::metadata("/proc/self").map(|found| std::os::unix::fs::MetadataExt::uid(&found)).is_ok_and(|uid| uid == 0)
}

fn command(program: &Path, dir: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(dir).stdin(Stdio::null()).stdout(Stdio::null()).env("LC_ALL", "C").env("TZ", "UTC");
    if is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

impl Server {
    fn start(programs: &Path) -> Self {
        // A socket's path is short.
        let dir = tempfile::Builder::new().prefix("pg").tempdir_in("/tmp").unwrap();
        let own = |path: &Path, mode: u32| {
            fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
            if is_root() {
                chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
            }
        };
        own(dir.path(), 0o700);
        let file = |name: &str, text: &[u8]| {
            fs::write(dir.path().join(name), text).unwrap();
            own(&dir.path().join(name), 0o600);
        };
        file("password", ADMIN_PASSWORD.as_bytes());
        file("server.pem", include_bytes!("samples/tls/server.pem"));
        file("server.key", include_bytes!("samples/tls/server.key"));
        let mut init = command(&programs.join("initdb"), dir.path());
        init.args([
            "-D",
            "data",
            "-U",
            ADMIN,
            "-A",
            "scram-sha-256",
            "--pwfile=password",
            "-E",
            "UTF8",
            "--no-locale",
            "-N",
        ]);
        let ran = init.output().unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut run = command(&programs.join("postgres"), dir.path());
        run.args(["-D", "data", "-F", "-p", &port.to_string()]).arg("-k").arg(dir.path());
        let certificate = format!("ssl_cert_file={}", dir.path().join("server.pem").display());
        let key = format!("ssl_key_file={}", dir.path().join("server.key").display());
        for setting in ["listen_addresses=127.0.0.1", "ssl=on", &certificate, &key, "log_statement=all"] {
            run.args(["-c", setting]);
        }
        let mut process = run.stderr(Stdio::piped()).spawn().unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let (ready, waiting) = mpsc::channel();
        let (lines, kept) = (BufReader::new(process.stderr.take().unwrap()).lines(), Arc::clone(&log));
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if line.contains("ready to accept connections") {
                    let _ = ready.send(());
                }
                let mut kept = kept.lock().unwrap();
                kept.push_str(&line);
                kept.push('\n');
            }
        });
        assert!(waiting.recv().is_ok(), "{}", log.lock().unwrap());
        Self { process, dir, port, log }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-INT", &self.process.id().to_string()]).status();
        let _ = self.process.wait();
    }
}

impl Database {
    /// Its address for somebody, by the socket.
    pub fn url(&self, user: &str) -> String {
        self.url_by(self.server.dir.path(), user)
    }

    /// Its address by a socket in another folder.
    pub fn url_by(&self, folder: &Path, user: &str) -> String {
        format!("postgres://{user}@/{}?host={}&port={}", self.name, folder.display(), self.server.port)
    }

    /// Its address for somebody, by the net.
    pub fn url_of_host(&self, host: &str, user: &str) -> String {
        format!("postgres://{user}@{host}:{}/{}", self.server.port, self.name)
    }

    pub fn admin_url(&self) -> String {
        self.url(ADMIN)
    }

    /// SQL as the administrator.
    pub fn admin(&self) -> Client {
        self.sql(ADMIN, ADMIN_PASSWORD)
    }

    /// SQL as somebody.
    pub fn sql(&self, user: &str, password: &str) -> Client {
        let mut config = Config::new();
        config.host_path(self.server.dir.path()).port(self.server.port);
        config.user(user).password(password).dbname(&self.name).connect(NoTls).unwrap()
    }

    /// What the server wrote down.
    pub fn log(&self) -> String {
        self.server.log.lock().unwrap().clone()
    }

    /// Something on the way to the server that can cut a connection.
    pub fn proxy(&self) -> Proxy {
        let dir = tempfile::Builder::new().prefix("pg").tempdir_in("/tmp").unwrap();
        let name = format!(".s.PGSQL.{}", self.server.port);
        let (listener, behind) =
            (UnixListener::bind(dir.path().join(&name)).unwrap(), self.server.dir.path().join(name));
        let left = Arc::new(AtomicI64::new(i64::MAX));
        let budget = Arc::clone(&left);
        std::thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                let Ok(far) = UnixStream::connect(&behind) else { continue };
                for (from, to) in [(&near, &far), (&far, &near)] {
                    let (from, to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
                    let budget = Arc::clone(&budget);
                    std::thread::spawn(move || carry(from, to, &budget));
                }
            }
        });
        Proxy { dir, left }
    }
}

/// A way to a server that ends after so many bytes.
pub struct Proxy {
    pub dir: tempfile::TempDir,
    left: Arc<AtomicI64>,
}

impl Proxy {
    /// From now on so many bytes go through, to and fro.
    pub fn cut_after(&self, bytes: i64) {
        self.left.store(bytes, Relaxed);
    }
}

fn carry(mut from: UnixStream, mut to: UnixStream, left: &AtomicI64) {
    let mut bytes = [0; 4096];
    while let Ok(read) = from.read(&mut bytes) {
        let before = left.fetch_sub(read as i64, Relaxed);
        let through = usize::try_from(before).unwrap_or(0).min(read);
        if read == 0 || to.write_all(&bytes[..through]).is_err() || through < read {
            break;
        }
    }
    let _ = from.shutdown(std::net::Shutdown::Both);
    let _ = to.shutdown(std::net::Shutdown::Both);
}
