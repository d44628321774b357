//! The devices that may come in, and the tokens by which another one does.
//!
//! A token is used once and dies unused. A device keeps a secret of its own, as a cookie; here only its hash is kept, in a file
//! of its own for the user alone, which is read at each request: what is revoked is out at once, whichever process revoked it.

use crate::files::{self, Existing};
use crate::schedule::Day;
use crate::shown;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// An unused token dies after so many milliseconds.
pub const TOKEN_LIVES_MS: i64 = 10 * 60 * 1000;
/// So many tokens wait at a time: an older one gives way.
const MOST_TOKENS: usize = 8;
/// So many devices are kept: the one that was away longest gives way.
const MOST_DEVICES: usize = 50;
/// How long another process may have the file to itself.
const PATIENCE: Duration = Duration::from_secs(2);
/// The longest name of a device, in characters.
const LONGEST_NAME: usize = 40;

/// 128 random bits that only one side and its browser know.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 16]);

impl Secret {
    /// A new one.
    pub fn draw() -> Self {
        Self(rand::random())
    }

    /// Reads one as it is written: 32 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 32 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        u128::from_str_radix(text, 16).ok().map(|bits| Self(bits.to_be_bytes()))
    }

    /// What is kept of it: random bits need no salt.
    fn hash(&self) -> blake3::Hash {
        blake3::hash(&self.0)
    }

    /// What the forms of its pages carry, so that no other page can make one.
    pub fn form_token(&self) -> String {
        let key = blake3::derive_key("sysdrill 2026-11 form token", &self.0);
        blake3::Hash::from_bytes(key).to_hex()[..32].to_owned()
    }

    /// Whether this is what its forms carry, in a time that tells nothing.
    pub fn is_form_token(&self, text: &str) -> bool {
        blake3::hash(self.form_token().as_bytes()) == blake3::hash(text.as_bytes())
    }
}

/// As it is written.
impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

/// It stays out of what is printed.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// A device that may come in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Its name, as people know it.
    pub name: String,
    /// The hash of its secret, in hexadecimal digits.
    hash: String,
    /// The day on which it came in first.
    pub since: Day,
    /// The last day on which it was here.
    pub seen: Day,
}

/// What the file says.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Kept {
    devices: Vec<Device>,
}

/// The file of the devices, and the tokens that wait.
#[derive(Debug)]
pub struct Devices {
    path: PathBuf,
    /// Hashes of tokens, each with the time at which it dies.
    tokens: Mutex<Vec<(blake3::Hash, i64)>>,
}

impl Devices {
    /// Those of a database, beside which their file lies.
    pub fn beside(db: &Path) -> Self {
        Self { path: files::beside(&db.with_extension(""), "-devices.json"), tokens: Mutex::default() }
    }

    /// A token for one more device.
    pub fn token(&self, now_ms: i64) -> Secret {
        let token = Secret::draw();
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.retain(|(_, dies_ms)| *dies_ms > now_ms);
        if tokens.len() == MOST_TOKENS {
            tokens.remove(0);
        }
        tokens.push((token.hash(), now_ms.saturating_add(TOKEN_LIVES_MS)));
        token
    }

    /// Takes a token, once.
    fn take(&self, token: &Secret, now_ms: i64) -> bool {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let before = tokens.len();
        let hash = token.hash();
        let is_alive = tokens.iter().any(|(own, dies_ms)| *own == hash && *dies_ms > now_ms);
        tokens.retain(|(own, _)| *own != hash);
        is_alive && tokens.len() < before
    }

    /// Lets a device in that has a token: its secret, and its name; none where the token is not, or no more, one of ours.
    ///
    /// # Errors
    /// The file cannot be read or written: the token is used up.
    pub fn let_in(&self, token: &Secret, agent: &str, today: Day, now_ms: i64) -> io::Result<Option<(Secret, String)>> {
        if !self.take(token, now_ms) {
            return Ok(None);
        }
        let secret = Secret::draw();
        let name = self.change(|kept| {
            let name = free_name(&named_after(agent), kept);
            if kept.devices.len() >= MOST_DEVICES
                && let Some((oldest, _)) = kept.devices.iter().enumerate().min_by_key(|(_, device)| device.seen)
            {
                kept.devices.remove(oldest);
            }
            let hash = secret.hash().to_hex().to_string();
            kept.devices.push(Device { name: name.clone(), hash, since: today, seen: today });
            name
        })?;
        Ok(Some((secret, name)))
    }

    /// The device of a secret; none where it is none of ours, or no more.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn known(&self, secret: &Secret, today: Day) -> io::Result<Option<Device>> {
        let hash = secret.hash();
        let is_it = |device: &Device| blake3::Hash::from_hex(&device.hash).is_ok_and(|own| own == hash);
        let Some(device) = self.read()?.devices.into_iter().find(is_it) else { return Ok(None) };
        if device.seen != today {
            // That it was here today is worth no failure.
            let _ = self.change(|kept| {
                kept.devices.iter_mut().filter(|device| is_it(device)).for_each(|device| device.seen = today);
            });
        }
        Ok(Some(device))
    }

    /// All of them.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn all(&self) -> io::Result<Vec<Device>> {
        Ok(self.read()?.devices)
    }

    /// Takes a device's right to come in; whether there was one of this name.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub fn revoke(&self, name: &str) -> io::Result<bool> {
        self.change(|kept| {
            let before = kept.devices.len();
            kept.devices.retain(|device| device.name != name);
            kept.devices.len() < before
        })
    }

    fn read(&self) -> io::Result<Kept> {
        match fs::read(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Kept::default()),
            // What cannot be understood lets nobody in.
            bytes => serde_json::from_slice(&bytes?).map_err(|error| {
                let path = shown::path(&self.path);
                io::Error::other(format!("{path} is damaged ({error}): remove it, and let your devices in again"))
            }),
        }
    }

    fn change<T>(&self, change: impl FnOnce(&mut Kept) -> T) -> io::Result<T> {
        files::make_folder(files::folder_of(&self.path))?;
        let Some(_lock) = files::lock(&files::beside(&self.path, "-lock"), PATIENCE)? else {
            return Err(io::Error::other(format!("another process holds {}", shown::path(&self.path))));
        };
        let mut kept = self.read()?;
        let changed = change(&mut kept);
        files::write::<io::Error>(&self.path, Existing::Replaced, |out| {
            serde_json::to_writer_pretty(out, &kept).map_err(io::Error::from)
        })?;
        Ok(changed)
    }
}

/// A name for a device by what its browser calls itself. It says what it likes: nothing but known words comes of it.
fn named_after(agent: &str) -> String {
    let first =
        |words: &[(&str, &'static str)]| words.iter().find(|(word, _)| agent.contains(word)).map(|(_, name)| *name);
    let browser = first(&[
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "Mac"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => "a device".to_owned(),
    }
    .chars()
    .take(LONGEST_NAME)
    .collect()
}

fn free_name(name: &str, kept: &Kept) -> String {
    let is_free = |name: &String| kept.devices.iter().all(|device| device.name != *name);
    let numbered = (2..).map(|n| format!("{name} {n}"));
    std::iter::once(name.to_owned()).chain(numbered).find(is_free).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day() -> Day {
        "2026-11-21".parse().unwrap()
    }

    fn devices(folder: &tempfile::TempDir) -> Devices {
        Devices::beside(&folder.path().join("sysdrill.db"))
    }

    #[test]
    fn a_token_lets_one_device_in_once_and_dies_unused() {
        let folder = tempfile::tempdir().unwrap();
        let devices = devices(&folder);
        let token = devices.token(0);
        assert_eq!(devices.let_in(&Secret::draw(), "", day(), 0).unwrap(), None);
        let (secret, name) =
            devices.let_in(&token, "Mozilla/5.0 (Android 16) Firefox/140.0", day(), 0).unwrap().unwrap();
        assert_eq!(name, "Firefox on Android");
        assert_eq!(devices.let_in(&token, "", day(), 0).unwrap(), None, "used twice");
        assert_eq!(devices.known(&secret, day()).unwrap().unwrap().name, name);
        assert_eq!(devices.known(&token, day()).unwrap(), None, "the token is no cookie");
        for (passed_ms, is_alive) in [(TOKEN_LIVES_MS - 1, true), (TOKEN_LIVES_MS, false), (TOKEN_LIVES_MS + 1, false)]
        {
            let token = devices.token(0);
            assert_eq!(devices.let_in(&token, "", day(), passed_ms).unwrap().is_some(), is_alive, "{passed_ms} ms");
        }
    }

    #[test]
    fn of_many_tokens_the_latest_wait() {
        let folder = tempfile::tempdir().unwrap();
        let devices = devices(&folder);
        let tokens: Vec<Secret> = (0..=MOST_TOKENS).map(|_| devices.token(0)).collect();
        let is_alive = |token: &Secret| devices.take(token, 0);
        assert_eq!(tokens.iter().filter(|token| is_alive(token)).count(), MOST_TOKENS);
        assert!(!is_alive(&tokens[0]));
    }

    #[test]
    fn only_hashes_are_kept_and_for_the_user_alone() {
        let folder = tempfile::tempdir().unwrap();
        let devices = devices(&folder);
        let token = devices.token(0);
        let (secret, _) = devices.let_in(&token, "", day(), 0).unwrap().unwrap();
        let file = folder.path().join("sysdrill-devices.json");
        let text = fs::read_to_string(&file).unwrap();
        assert!(!text.contains(&secret.to_string()) && !text.contains(&token.to_string()), "{text}");
        assert!(text.contains(&secret.hash().to_hex().to_string()), "{text}");
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&file).unwrap().permissions()) & 0o777, 0o600);
    }

    /// Another process revokes by another value on the same file.
    #[test]
    fn what_is_revoked_is_out_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let (devices, other) = (devices(&folder), devices(&folder));
        let secrets: Vec<Secret> = (0..3)
            .map(|_| devices.let_in(&devices.token(0), "Safari/605 iPhone", day(), 0).unwrap().unwrap().0)
            .collect();
        let names: Vec<String> = other.all().unwrap().into_iter().map(|device| device.name).collect();
        assert_eq!(names, ["Safari on iPhone", "Safari on iPhone 2", "Safari on iPhone 3"]);
        assert!(other.revoke("Safari on iPhone 2").unwrap());
        assert!(!other.revoke("Safari on iPhone 2").unwrap());
        let known = |secret: &Secret| devices.known(secret, day()).unwrap().is_some();
        assert_eq!([known(&secrets[0]), known(&secrets[1]), known(&secrets[2])], [true, false, true]);
    }

    #[test]
    fn a_damaged_file_lets_nobody_in() {
        let folder = tempfile::tempdir().unwrap();
        let devices = devices(&folder);
        let (secret, _) = devices.let_in(&devices.token(0), "", day(), 0).unwrap().unwrap();
        fs::write(folder.path().join("sysdrill-devices.json"), "{").unwrap();
        assert!(devices.known(&secret, day()).is_err());
        assert!(devices.let_in(&devices.token(0), "", day(), 0).is_err());
    }

    #[test]
    fn a_browser_cannot_choose_its_name() {
        for (agent, name) in [
            ("<script>alert(1)</script>", "a device"),
            ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/148.0 Safari/537.36", "Chrome on Linux"),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) Version/26.0 Safari/604.1", "Safari on iPhone"),
            ("Mozilla/5.0 (Windows NT 10.0) Chrome/148.0 Safari/537.36 Edg/148.0", "Edge on Windows"),
            ("curl/8.0", "a device"),
        ] {
            assert_eq!(named_after(agent), name);
        }
    }

    #[test]
    fn a_forms_token_belongs_to_its_device() {
        let (one, other) = (Secret::draw(), Secret::draw());
        assert!(one.is_form_token(&one.form_token()));
        for wrong in [other.form_token(), String::new(), one.to_string(), one.form_token()[..31].to_owned()] {
            assert!(!one.is_form_token(&wrong));
        }
    }
}
