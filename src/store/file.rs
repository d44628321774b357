//! A database as a file: where it really lies, what lies beside it, its lock, and which file it is.
//!
//! **Lock.** Whoever writes to the database, opens or closes it, restores or repairs it holds the lock of `DATABASE-lock`,
//! from the first reading to the last renaming. SQLite's own lock would do for a sound file; a damaged one has none.
//!
//! **Identity.** A write-ahead log knows nothing of the file that it belongs to: SQLite replays it over whatever stands
//! there. Each transaction therefore draws the row of `generation` anew and keeps the one before, so that the log's pages
//! say from which states of the file they lead to which. A log that does not begin or pass where the file stands is
//! another's, and is set aside before SQLite sees it.

use super::error::{Result, StoreError};
use super::examine::first_problem;
use super::{backup, wal};
use crate::files::{self, Part, beside, folder_of};
use crate::log::Cell;
use crate::shown;
use rusqlite::{Connection, OpenFlags, OptionalExtension};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use std::{fmt, fs, io};

/// How long another process is waited for.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// What SQLite keeps beside a database.
pub(super) const WAL: &str = "-wal";
pub(super) const SHM: &str = "-shm";
pub(super) const JOURNAL: &str = "-journal";
/// So many links that lead to one another are one too many.
const LINKS: usize = 40;

/// The lock of a database, until it is dropped.
#[derive(Debug)]
pub(super) struct Lock(#[expect(dead_code, reason = "it is held while it lives")] fs::File);

/// Waits for the lock of a database, which lies in a folder that is there.
pub(super) fn lock(db: &Path) -> Result<Lock> {
    match files::lock(&beside(db, "-lock"), PATIENCE) {
        Ok(Some(held)) => Ok(Lock(held)),
        Ok(None) => Err(StoreError::Locked(db.to_owned())),
        Err(source) => Err(io_error(db)(source)),
    }
}

/// Where a database really lies: links lead to it, and what belongs to it lies beside the file and not beside a link. The
/// name is never one that SQLite reads as something else (`:memory:`, `file:...`).
///
/// # Errors
/// Links lead in a circle, or there is no current folder.
pub fn real(path: &Path) -> Result<PathBuf> {
    let io = io_error(path);
    let mut real = path.to_owned();
    let mut links = 0;
    while let Ok(to) = fs::read_link(&real) {
        links += 1;
        if links > LINKS {
            return Err(io(io::Error::other("its links lead in a circle")));
        }
        real = folder_of(&real).join(to);
    }
    let real = std::path::absolute(&real).map_err(&io)?;
    // A folder that is not there yet has no links.
    match (fs::canonicalize(folder_of(&real)), real.file_name()) {
        (Ok(folder), Some(name)) if cfg!(unix) => Ok(folder.join(name)),
        _ => Ok(real),
    }
}

/// Which file a path leads to, where the platform tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileId(Option<(u64, u64)>);

impl FileId {
    /// Of the file that stands at a path now.
    #[cfg(unix)]
    pub fn of(path: &Path) -> Self {
        use std::os::unix::fs::MetadataExt;
        Self(fs::metadata(path).ok().map(|file| (file.dev(), file.ino())))
    }

    /// Of the file that stands at a path now.
    #[cfg(not(unix))]
    pub fn of(_: &Path) -> Self {
        Self(None)
    }
}

/// Whether two paths lead to one file.
pub(super) fn is_same(a: &Path, b: &Path) -> bool {
    let id = FileId::of(a);
    id.0.is_some() && id == FileId::of(b) || real(a).is_ok_and(|a| real(b).is_ok_and(|b| a == b))
}

/// The files that stores of this process have open. To open and close such a file beside SQLite would undo SQLite's
/// locks on it, on systems where locks belong to the process.
static OPEN_HERE: Mutex<Vec<FileId>> = Mutex::new(Vec::new());

/// A note that this process has a file open.
#[derive(Debug)]
pub(super) struct OpenHere(FileId);

impl OpenHere {
    pub(super) fn note(file: FileId) -> Self {
        OPEN_HERE.lock().unwrap_or_else(PoisonError::into_inner).push(file);
        Self(file)
    }

    /// Whether the file still stands at a path.
    pub(super) fn is_at(&self, path: &Path) -> bool {
        FileId::of(path) == self.0
    }

    pub(super) fn is_noted(file: FileId) -> bool {
        file.0.is_some() && OPEN_HERE.lock().unwrap_or_else(PoisonError::into_inner).contains(&file)
    }
}

impl Drop for OpenHere {
    fn drop(&mut self) {
        let mut open = OPEN_HERE.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = open.iter().position(|file| *file == self.0) {
            open.swap_remove(at);
        }
    }
}

/// An error of this file.
pub(super) fn io_error(path: &Path) -> impl Fn(io::Error) -> StoreError + use<> {
    let path = path.to_owned();
    move |source| StoreError::Io { path: path.clone(), source }
}

fn bytes(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |file| file.len())
}

/// A write-ahead log of another file that lay beside a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stray {
    /// Where it lies now.
    pub wal: PathBuf,
    /// Whether the rows told, and not the file's identity, which files of earlier versions have not.
    pub by_rows: bool,
}

impl fmt::Display for Stray {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = if self.by_rows { "judged by its rows, for one of them is of an earlier version; " } else { "" };
        let path = shown::path(&self.wal);
        write!(
            f,
            "beside the database lay the write-ahead log of another file ({told}a copy, or another machine's). It was set \
             aside and not read: {path}. If there are answers of yours in it, sysdrill merge {path} takes them in"
        )
    }
}

/// Looks at what lies beside a database before SQLite does. Where there is no file, or an empty one, nothing may show that
/// there was one. The caller holds the lock.
pub(super) fn settle(db: &Path) -> Result<Option<Stray>> {
    let wal = beside(db, WAL);
    if !wal.exists() {
        // An index of a log that is gone: SQLite would take it for this file's.
        let _ = remove_one(&beside(db, SHM));
    }
    if bytes(db) == 0 {
        return match left_of(db)? {
            None => Ok(None),
            Some(_) if db.exists() => {
                Err(StoreError::Damaged { path: db.to_owned(), what: "it has lost its content".to_owned() })
            }
            Some(left) => Err(StoreError::Gone { path: db.to_owned(), left }),
        };
    }
    if bytes(&wal) == 0 {
        return Ok(None);
    }
    let (is_ours, by_rows) = match fit(db) {
        Fit::Ours => (true, false),
        Fit::Strange => (false, false),
        Fit::Unknown => (fits_by_rows(db)?, true),
    };
    if is_ours {
        return Ok(None);
    }
    let aside = beside(&free(&beside(db, ".stray"), &[WAL]), WAL);
    fs::rename(&wal, &aside).map_err(io_error(&wal))?;
    remove_one(&beside(db, SHM)).map_err(io_error(db))?;
    files::sync_folder(folder_of(db)).map_err(io_error(db))?;
    Ok(Some(Stray { wal: aside, by_rows }))
}

/// What shows that there was a database where there is none, or an empty one: its write-ahead log, or the newest backup.
///
/// # Errors
/// The folder of backups cannot be read.
pub fn left_of(db: &Path) -> Result<Option<PathBuf>> {
    let wal = beside(&real(db)?, WAL);
    if bytes(&wal) > 0 { Ok(Some(wal)) } else { backup::newest(db) }
}

/// Whether a write-ahead log belongs to the file beside which it lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fit {
    Ours,
    Strange,
    /// One of them has no identity, or it cannot be read.
    Unknown,
}

/// Whether the write-ahead log beside a file is surely another's.
pub(super) fn has_strange_wal(db: &Path) -> bool {
    bytes(&beside(db, WAL)) > 0 && fit(db) == Fit::Strange
}

fn fit(db: &Path) -> Fit {
    let Ok((page, here)) = generation_in_file(db) else { return Fit::Unknown };
    let Ok(committed) = wal::committed(&beside(db, WAL), page) else { return Fit::Unknown };
    if committed.frames == 0 {
        // SQLite replays nothing.
        return Fit::Ours;
    }
    let states: Vec<Generation> = committed.versions.iter().filter_map(|page| generation_of(page)).collect();
    match states.first() {
        None => Fit::Unknown,
        Some(first) if first.before == here || states.iter().any(|state| state.this == here) => Fit::Ours,
        Some(_) => Fit::Strange,
    }
}

/// A row of the table `generation`.
struct Generation {
    this: Vec<u8>,
    before: Vec<u8>,
}

fn generation_of(page: &[u8]) -> Option<Generation> {
    let mut row = wal::first_row(page)?.into_iter();
    match (row.next()?, row.next()?) {
        (Cell::Blob(this), Cell::Blob(before)) => Some(Generation { this, before }),
        _ => None,
    }
}

/// The page of `generation` and what it says, by the main file alone.
fn generation_in_file(db: &Path) -> rusqlite::Result<(u32, Vec<u8>)> {
    let file = without_wal(db)?;
    let page = file.query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'generation'", [], |row| row.get(0))?;
    Ok((page, file.query_row("SELECT this FROM generation", [], |row| row.get(0))?))
}

/// Reads a file as it stands, without its write-ahead log and its locks; SQLite writes nothing beside it.
pub(super) fn without_wal(db: &Path) -> rusqlite::Result<Connection> {
    let mut uri = String::from("file:");
    for byte in real(db).unwrap_or_else(|_| db.to_owned()).as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => uri.push(char::from(*byte)),
            other => uri.push_str(&format!("%{other:02x}")),
        }
    }
    uri.push_str("?immutable=1");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    Connection::open_with_flags(uri, flags)
}

/// Tells by what is in both whether a write-ahead log belongs to a file. A log of ours is only ever appended to: with its
/// frames the file is sound and has all that it has without them.
fn fits_by_rows(db: &Path) -> Result<bool> {
    let io = io_error(db);
    let part = Part::of(&beside(db, ".look")).map_err(&io)?;
    let (alone, both) = (beside(part.path(), "-alone"), beside(part.path(), "-both"));
    for copy in [&alone, &both] {
        fs::copy(db, copy).map_err(&io)?;
    }
    fs::copy(beside(db, WAL), beside(&both, WAL)).map_err(&io)?;
    let is_sound = |path: &Path| -> rusqlite::Result<bool> { Ok(first_problem(&Connection::open(path)?)?.is_none()) };
    if is_sound(&both).unwrap_or(false) && (!is_sound(&alone).unwrap_or(false) || has_all_of(&both, &alone)) {
        return Ok(true);
    }
    match is_sound(&alone) {
        Ok(true) => Ok(false),
        _ => Err(StoreError::Damaged {
            path: db.to_owned(),
            what: "neither with its write-ahead log nor without it is it whole".to_owned(),
        }),
    }
}

fn has_all_of(file: &Path, other: &Path) -> bool {
    missing(file, other).is_ok_and(|missing| missing == 0)
}

/// How many rows of another file's log a file has not. The other is read as it stands, without a write-ahead log.
pub(super) fn missing(file: &Path, other: &Path) -> rusqlite::Result<usize> {
    let c = without_wal(other)?;
    attach(&c, file)?;
    let mut missing = 0;
    for table in ["review", "retraction", "mark"] {
        // Sorted, both are read in the order of their index.
        let sql = format!(
            "SELECT count(*) FROM (SELECT id FROM main.{table} EXCEPT SELECT id FROM other.{table} ORDER BY id)"
        );
        missing += c.query_row(&sql, [], |row| row.get::<_, usize>(0))?;
    }
    Ok(missing)
}

/// Attaches a file as `other`, whatever bytes are in its name.
pub(super) fn attach(c: &Connection, other: &Path) -> rusqlite::Result<()> {
    c.execute("ATTACH CAST(?1 AS TEXT) AS other", [other.as_os_str().as_encoded_bytes()]).map(drop)
}

/// Draws a file's identity anew: what was copied is another file than what it was copied from.
pub(super) fn renew(c: &Connection) -> rusqlite::Result<()> {
    if has_generation(c)? {
        c.execute("UPDATE generation SET this = randomblob(16), before = zeroblob(16)", [])?;
    }
    Ok(())
}

/// Whether the file is of a version that has an identity.
pub(super) fn has_generation(c: &Connection) -> rusqlite::Result<bool> {
    let found = c.query_row("SELECT 1 FROM sqlite_schema WHERE name = 'generation'", [], |_| Ok(())).optional()?;
    Ok(found.is_some())
}

/// Makes a file that is about to be copied over another the next state of that one.
pub(super) fn follow(c: &Connection, other: &Connection) -> rusqlite::Result<()> {
    let before: Vec<u8> = other.query_row("SELECT this FROM generation", [], |row| row.get(0))?;
    c.execute("UPDATE generation SET before = ?1, this = randomblob(16)", [before]).map(drop)
}

/// Keeps that a backup takes the place of a file.
pub(super) fn note_restored(c: &Connection, at_ms: i64) -> rusqlite::Result<()> {
    c.execute("UPDATE generation SET restored = ?1", [at_ms]).map(drop)
}

/// When a backup was last put in the place of a file, in milliseconds since 1970.
pub(super) fn restored_ms(c: &Connection) -> rusqlite::Result<Option<u64>> {
    if !has_generation(c)? {
        return Ok(None);
    }
    let at: Option<i64> = c.query_row("SELECT restored FROM generation", [], |row| row.get(0))?;
    Ok(at.and_then(|at| u64::try_from(at).ok()))
}

/// A transaction has changed the file: it is in another state than before.
pub(super) fn advance(tx: &Connection) -> rusqlite::Result<()> {
    let mut statement = tx.prepare_cached("UPDATE generation SET before = this, this = randomblob(16)")?;
    statement.execute([]).map(drop)
}

/// A name at which, with each of these endings, nothing stands yet.
fn free(path: &Path, endings: &[&str]) -> PathBuf {
    let is_free = |name: &PathBuf| endings.iter().all(|ending| fs::symlink_metadata(beside(name, ending)).is_err());
    (1u32..).map(|n| files::numbered(path, n)).find(is_free).unwrap_or_else(|| path.to_owned())
}

/// Puts a sound file in the place of a database, which is kept aside with its write-ahead log. At every moment there is a
/// file at `db`, and what was there can be found: a log that is left beside the new file is not replayed over it. Gives
/// the place of what was set aside; nothing that is kept is written over. The caller holds the lock.
pub(super) fn replace(db: &Path, sound: Part, aside: &Path) -> Result<Option<PathBuf>> {
    let aside = free(aside, &["", WAL, JOURNAL]);
    let mut kept = None;
    for what in ["", WAL, JOURNAL] {
        let (from, to) = (beside(db, what), beside(&aside, what));
        if bytes(&from) > 0 || what.is_empty() && from.exists() {
            keep(&from, &to).map_err(io_error(&to))?;
            kept = Some(aside.clone());
        }
    }
    files::sync_folder(folder_of(db)).map_err(io_error(db))?;
    sound.replace().map_err(io_error(db))?;
    for what in [WAL, SHM, JOURNAL] {
        remove_one(&beside(db, what)).map_err(io_error(db))?;
    }
    Ok(kept)
}

/// Gives a file a second name; a copy of it where the file system has no links.
fn keep(from: &Path, to: &Path) -> io::Result<()> {
    match fs::hard_link(from, to) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            let mut copy = files::new_private_file(to)?;
            io::copy(&mut fs::File::open(from)?, &mut copy)?;
            copy.sync_all()
        }
        linked => linked,
    }
}

fn remove_one(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
