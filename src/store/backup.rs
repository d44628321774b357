//! Copies of the database: one a day, thinned out with age, and by hand.

use super::error::{Result, StoreError};
use super::file::{self, JOURNAL, SHM, WAL, attach, io_error, read_only, without_wal};
use super::generation::{self, has_strange_wal};
use super::problems::first_problem;
use crate::files::{self, Part, beside, private_file};
use crate::schedule::Day;
use rusqlite::Connection;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use std::{fs, io};

/// How many backups are kept of the latest days, weeks and months that have one.
const KEPT: (usize, usize, usize) = (7, 4, 12);
const SUFFIX: &str = ".db";
/// The ending of a copy that an earlier version was making.
const PART: &str = ".part-";
/// A part that is so old was left by a process that was killed.
const PART_IS_LEFT_AFTER: Duration = Duration::from_secs(24 * 3600);

/// A copy in the folder of backups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// The file.
    pub path: PathBuf,
    /// In bytes.
    pub bytes: u64,
    /// The day of a daily one; none for one that was made by hand, or before something else was done.
    pub day: Option<Day>,
    /// When it was written, whatever day its name has.
    pub written: SystemTime,
}

/// The folder of backups of a database: `backups`, beside it.
pub fn folder(db: &Path) -> PathBuf {
    let real = file::real(db).unwrap_or_else(|_| db.to_owned());
    files::folder_of(&real).join("backups")
}

/// How the backups of a database begin: two databases in one folder do not share them.
fn prefix(db: &Path) -> String {
    let real = file::real(db).unwrap_or_else(|_| db.to_owned());
    format!("{}-", real.file_stem().unwrap_or_default().to_string_lossy())
}

fn target(db: &Path, name: &str) -> PathBuf {
    folder(db).join(format!("{}{name}{SUFFIX}", prefix(db)))
}

/// Where a copy of a database for one use is made; it goes when this is dropped.
pub(super) fn scratch(db: &Path, name: &str) -> Result<Part> {
    let target = target(db, name);
    Part::of(&target).map_err(io_error(&target))
}

/// Copies a database into the folder of backups as `DATABASE-NAME.db`, and looks the copy over. Writers need not wait.
/// Where there is a copy of that name, this one gets the next: none that is kept is written over.
///
/// # Errors
/// The database cannot be read, or the copy not written or not read back: then there is no copy.
pub fn copy(db: &Path, name: &str) -> Result<PathBuf> {
    let part = scratch(db, name)?;
    sound_copy(db, part.path(), "make a backup")?;
    part.keep().map_err(io_error(&target(db, name)))
}

/// Copies a database that is not the one in use to where nothing is yet, and looks the copy over: it has a log, and no
/// damage. Where nobody has the other open it is copied as it is first: SQLite leaves files beside what it reads, and
/// cannot read where it may not write. A write-ahead log that is not its own is left out.
pub(super) fn copy_of_other(other: &Path, into: &Path, doing: &'static str) -> Result<()> {
    let is_strange = has_strange_wal(other);
    if beside(other, SHM).exists() && !is_strange {
        sound_copy(other, into, doing)?;
        return check_log(other, into, doing);
    }
    let raw = beside(into, "-raw");
    let copied = ["", WAL, JOURNAL].iter().filter(|what| what.is_empty() || !is_strange).try_for_each(|what| {
        let (from, to) = (beside(other, what), beside(&raw, what));
        match fs::File::open(&from) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && !what.is_empty() => Ok(()),
            Err(source) => Err(StoreError::Io { path: from, source }),
            Ok(mut from) => private_file(&to)
                .and_then(|mut to| io::copy(&mut from, &mut to).map(drop))
                .map_err(|source| StoreError::Io { path: to, source }),
        }
    });
    copied.and_then(|()| sound_copy(&raw, into, doing)).map_err(|error| match error {
        StoreError::Damaged { what, .. } => StoreError::Damaged { path: other.to_owned(), what },
        StoreError::Sqlite { ref source, .. } if error.is_damage() => {
            StoreError::Damaged { path: other.to_owned(), what: super::error::plain(source) }
        }
        error => error,
    })?;
    check_log(other, into, doing)
}

/// A file that says it is ours may have no log in it: nothing of it can take the place of one.
fn check_log(other: &Path, copy: &Path, doing: &'static str) -> Result<()> {
    let has_log = || -> rusqlite::Result<bool> {
        let c = read_only(copy)?;
        let version: i64 = c.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let sql =
            "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('review', 'retraction', 'mark')";
        Ok(version > 0 && c.query_row(sql, [], |row| row.get::<_, i64>(0))? == 3)
    };
    match has_log() {
        Ok(true) => Ok(()),
        Ok(false) => Err(StoreError::NoLog(other.to_owned())),
        Err(error) => Err(StoreError::sqlite(doing, error)),
    }
}

/// Copies a database to where nothing is yet, and looks the copy over. It is another file than the one it was made of.
fn sound_copy(db: &Path, into: &Path, doing: &'static str) -> Result<()> {
    private_file(into).map_err(io_error(into))?;
    let copied = || {
        read_only(db)?.execute("VACUUM INTO CAST(?1 AS TEXT)", [into.as_os_str().as_encoded_bytes()])?;
        generation::renew(&Connection::open(into)?)?;
        first_problem(&read_only(into)?)
    };
    match copied().map_err(|error| StoreError::sqlite(doing, error))? {
        None => Ok(()),
        Some(problem) => Err(StoreError::Damaged { path: db.to_owned(), what: problem.to_string() }),
    }
}

/// Whether the day has its backup already.
pub fn is_made(db: &Path, day: Day) -> bool {
    target(db, &day.to_string()).exists()
}

/// Makes the day's backup if there is none, and thins out the older ones. Gives the new one.
///
/// # Errors
/// As [`copy`].
pub fn daily(db: &Path, day: Day) -> Result<Option<PathBuf>> {
    if is_made(db, day) {
        return Ok(None);
    }
    clear_parts(&folder(db));
    let part = scratch(db, &day.to_string())?;
    sound_copy(db, part.path(), "make a backup")?;
    let made = target(db, &day.to_string());
    match part.keep_as_new() {
        // Another session was first.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(None),
        kept => kept.map_err(io_error(&made))?,
    }
    let copies = list(db)?;
    let days: Vec<Day> = copies.iter().filter_map(|copy| copy.day).collect();
    let kept = kept(&days);
    for old in copies.iter().filter(|copy| copy.path != made && copy.day.is_some_and(|day| !kept.contains(&day))) {
        match fs::remove_file(&old.path) {
            // Another process thins out too.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            removed => removed.map_err(|source| StoreError::Io { path: old.path.clone(), source })?,
        }
    }
    Ok(Some(made))
}

/// Removes what killed processes of an earlier version left half made. It only takes room: failing to is no failure.
fn clear_parts(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let left = |file: fs::Metadata| file.modified().ok()?.elapsed().ok();
        let age = entry.metadata().ok().and_then(left);
        let is_part = entry.file_name().to_string_lossy().contains(PART);
        if is_part && age.is_some_and(|age| age > PART_IS_LEFT_AFTER) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// The days whose backup is kept: the latest days, and the latest of each of the latest weeks and months.
fn kept(days: &[Day]) -> BTreeSet<Day> {
    let latest_first: BTreeSet<Day> = days.iter().copied().collect();
    let latest_first = || latest_first.iter().rev().copied();
    let mut kept: BTreeSet<Day> = latest_first().take(KEPT.0).collect();
    let mut one_each = |of: &dyn Fn(Day) -> (i32, u32), count: usize| {
        let mut seen = BTreeSet::new();
        kept.extend(latest_first().filter(|day| seen.insert(of(*day))).take(count));
    };
    one_each(&Day::week, KEPT.1);
    one_each(&Day::month, KEPT.2);
    kept
}

/// The copies in the folder of backups, the latest daily ones last.
///
/// # Errors
/// The folder cannot be read.
pub fn list(db: &Path) -> Result<Vec<Copy>> {
    let folder = folder(db);
    let io = |source| StoreError::Io { path: folder.clone(), source };
    let entries = match fs::read_dir(&folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(io)?,
    };
    let (mut copies, prefix) = (Vec::new(), prefix(db));
    for entry in entries {
        let entry = entry.map_err(io)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(name) = name.strip_prefix(&prefix).and_then(|name| name.strip_suffix(SUFFIX)) else { continue };
        let Some(of_file) = entry.metadata().ok().filter(fs::Metadata::is_file) else { continue };
        let written = of_file.modified().map_err(io)?;
        copies.push(Copy { path: entry.path(), bytes: of_file.len(), day: name.parse().ok(), written });
    }
    copies.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(copies)
}

/// The copy that was written last, whatever its name says.
pub(super) fn newest(db: &Path) -> Result<Option<PathBuf>> {
    let copies = list(db)?.into_iter().filter(|copy| copy.bytes > 0);
    Ok(copies.max_by_key(|copy| copy.written).map(|copy| copy.path))
}

/// Rows of a backup's log that a database has not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// How many.
    pub rows: usize,
    /// The backup that has them.
    pub backup: PathBuf,
}

/// Holds a database against the newest backup that can be read: what it has not is lost, or was never there. What was
/// copied before the database was restored may well have more.
///
/// # Errors
/// The folder of backups cannot be read.
pub fn missing(db: &Path) -> Result<Option<Missing>> {
    let mut copies: Vec<Copy> = list(db)?.into_iter().filter(|copy| copy.bytes > 0).collect();
    copies.sort_by_key(|copy| std::cmp::Reverse(copy.written));
    let restored = read_only(db).and_then(|c| generation::restored_ms(&c)).ok().flatten();
    let since = restored.map(|ms| UNIX_EPOCH + Duration::from_millis(ms));
    for copy in copies.into_iter().filter(|copy| since.is_none_or(|since| copy.written > since)) {
        if let Ok(rows) = missing_rows(db, &copy.path) {
            return Ok((rows > 0).then_some(Missing { rows, backup: copy.path }));
        }
    }
    Ok(None)
}

/// How many rows of another file's log a file has not. The other is read as it stands, without a write-ahead log.
pub(super) fn missing_rows(file: &Path, other: &Path) -> rusqlite::Result<usize> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backups_are_thinned_out_with_age() {
        let start: Day = "2025-01-01".parse().unwrap();
        let mut days: Vec<Day> = Vec::new();
        for ahead in 0..500 {
            days.push(start.plus(ahead));
            days = kept(&days).into_iter().collect();
            assert!(days.len() <= KEPT.0 + KEPT.1 + KEPT.2);
        }
        let kept: Vec<String> = days.iter().rev().map(ToString::to_string).collect();
        let expected = "2026-05-15 2026-05-14 2026-05-13 2026-05-12 2026-05-11 2026-05-10 2026-05-09 \
                        2026-05-03 2026-04-30 2026-04-26 2026-03-31 2026-02-28 2026-01-31 2025-12-31 2025-11-30 \
                        2025-10-31 2025-09-30 2025-08-31 2025-07-31 2025-06-30";
        assert_eq!(kept.join(" "), expected);
    }
}
