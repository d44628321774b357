//! Copies of the database: one a day, thinned out with age; by hand; and back.

use super::open::check_owner;
use super::repair::{beside, remove, set_aside};
use super::{Entropy, Result, Store, StoreError};
use crate::schedule::Day;
use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

/// How many backups are kept of the latest days, weeks and months that have one.
const KEPT: (usize, usize, usize) = (7, 4, 12);
const PREFIX: &str = "sysdrill-";
const SUFFIX: &str = ".db";
/// Pages copied at a time when a backup is restored.
const STEP_PAGES: i32 = 1000;

/// A copy in the folder of backups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// The file.
    pub path: PathBuf,
    /// In bytes.
    pub bytes: u64,
    /// The day of a daily one; none for one that was made by hand, or before something else was done.
    pub day: Option<Day>,
}

/// The folder of backups of a database: `backups`, beside it.
pub fn folder(db: &Path) -> PathBuf {
    db.parent().unwrap_or(Path::new("")).join("backups")
}

/// Copies a database into the folder of backups as `sysdrill-NAME.db`, and looks the copy over. Writers need not wait.
///
/// # Errors
/// The database cannot be read, or the copy not written or not read back: then there is no copy.
pub fn copy(db: &Path, name: &str) -> Result<PathBuf> {
    let folder = folder(db);
    let target = folder.join(format!("{PREFIX}{name}{SUFFIX}"));
    let part = beside(&target, ".part");
    let io = |source| StoreError::Io { path: target.clone(), source };
    private_folder(&folder).map_err(io)?;
    remove(&part).and_then(|()| super::open::make_file(&part)).map_err(io)?;
    let copied = vacuum_into(db, &part).map_err(|error| StoreError::sqlite("make a backup", error)).and_then(|()| {
        fs::File::open(&part).and_then(|file| file.sync_all()).map_err(io)?;
        fs::rename(&part, &target).map_err(io)
    });
    if let Err(error) = copied {
        let _ = remove(&part);
        return Err(error);
    }
    Ok(target)
}

/// Copies a database into an empty file.
pub(super) fn vacuum(db: &Path, into: &Path) -> rusqlite::Result<()> {
    read_only(db)?.execute("VACUUM INTO ?1", [into.to_string_lossy()]).map(drop)
}

fn vacuum_into(db: &Path, part: &Path) -> rusqlite::Result<()> {
    let count = |c: &Connection| c.query_row("SELECT count(*) FROM review", [], |row| row.get::<_, i64>(0));
    vacuum(db, part)?;
    let (source, copy) = (read_only(db)?, read_only(part)?);
    let said: String = copy.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if said != "ok" || count(&copy)? > count(&source)? {
        let message = format!("the copy is not sound: {said}");
        return Err(rusqlite::Error::SqliteFailure(
            rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT),
            Some(message),
        ));
    }
    Ok(())
}

fn read_only(path: &Path) -> rusqlite::Result<Connection> {
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(super::open::BUSY)?;
    Ok(connection)
}

/// Makes the day's backup if there is none, and thins out the older ones. Gives the new one.
///
/// # Errors
/// As [`copy`].
pub fn daily(db: &Path, day: Day) -> Result<Option<PathBuf>> {
    if folder(db).join(format!("{PREFIX}{day}{SUFFIX}")).exists() {
        return Ok(None);
    }
    let made = copy(db, &day.to_string())?;
    let copies = list(db)?;
    let days: Vec<Day> = copies.iter().filter_map(|copy| copy.day).collect();
    let kept = kept(&days);
    for old in copies.iter().filter(|copy| copy.day.is_some_and(|day| !kept.contains(&day))) {
        fs::remove_file(&old.path).map_err(|source| StoreError::Io { path: old.path.clone(), source })?;
    }
    Ok(Some(made))
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
    let mut copies = Vec::new();
    for entry in entries {
        let entry = entry.map_err(io)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(name) = name.strip_prefix(PREFIX).and_then(|name| name.strip_suffix(SUFFIX)) else { continue };
        let bytes = entry.metadata().map_err(io)?.len();
        copies.push(Copy { path: entry.path(), bytes, day: name.parse().ok() });
    }
    copies.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(copies)
}

/// Puts a backup in place of the database. What stands there is set aside first: as a backup where it is sound, as it
/// is where it is damaged. Gives the place of what was set aside.
///
/// # Errors
/// The backup is not one, or is damaged: then nothing has changed.
pub fn restore(db: &Path, from: &Path, tag: &str, entropy: Entropy) -> Result<Option<PathBuf>> {
    let io = |source| StoreError::Io { path: from.to_owned(), source };
    let doing = "read the backup";
    fs::metadata(from).map_err(io)?;
    check_owner(from)?;
    let source = read_only(from).map_err(|error| StoreError::sqlite(doing, error))?;
    let said: String = source
        .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
        .map_err(|error| StoreError::sqlite(doing, error))?;
    if said != "ok" {
        return Err(StoreError::Damaged { path: from.to_owned(), what: said });
    }
    let aside = match db.exists() {
        false => None,
        true => Some(copy(db, &format!("before-restore-{tag}")).or_else(|_| {
            let aside = beside(db, &format!(".damaged-{tag}"));
            set_aside(db, &aside).map_err(io).map(|()| aside)
        })?),
    };
    // An older version's backup is brought up to date by opening it.
    drop(Store::open_copy(db)?);
    let mut target = Connection::open(db).map_err(|error| StoreError::sqlite("restore the backup", error))?;
    target
        .busy_timeout(super::open::BUSY)
        .and_then(|()| Backup::new(&source, &mut target)?.run_to_completion(STEP_PAGES, Duration::ZERO, None))
        .map_err(|error| StoreError::sqlite("restore the backup", error))?;
    drop(target);
    Store::open(db, entropy).map(drop)?;
    Ok(aside)
}

fn private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
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
