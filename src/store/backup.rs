//! Copies of the database: one a day, thinned out with age; by hand; and back.

use super::examine::first_problem;
use super::open::check_owner;
use super::repair::{beside, free, remove, replace};
use super::{Result, Store, StoreError};
use crate::schedule::Day;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io, process};

/// How many backups are kept of the latest days, weeks and months that have one.
const KEPT: (usize, usize, usize) = (7, 4, 12);
const SUFFIX: &str = ".db";
/// Of a copy that is being made. Each process has its own.
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
}

/// The folder of backups of a database: `backups`, beside it.
pub fn folder(db: &Path) -> PathBuf {
    db.parent().unwrap_or(Path::new("")).join("backups")
}

/// How the backups of a database begin: two databases in one folder do not share them.
fn prefix(db: &Path) -> String {
    format!("{}-", db.file_stem().unwrap_or_default().to_string_lossy())
}

fn target(db: &Path, name: &str) -> PathBuf {
    folder(db).join(format!("{}{name}{SUFFIX}", prefix(db)))
}

/// Where a copy of a database for one use lies. What a killed process leaves there is cleared away with the parts.
pub(super) fn scratch(db: &Path, name: &str) -> Result<PathBuf> {
    let folder = folder(db);
    let path = beside(&target(db, name), &format!("{PART}{}", process::id()));
    let made = private_folder(&folder).and_then(|()| remove(&path)).and_then(|()| super::open::make_file(&path));
    made.map_err(|source| StoreError::Io { path: path.clone(), source }).map(|()| path)
}

/// Copies a database into the folder of backups as `DATABASE-NAME.db`, and looks the copy over. Writers need not wait.
///
/// # Errors
/// The database cannot be read, or the copy not written or not read back: then there is no copy.
pub fn copy(db: &Path, name: &str) -> Result<PathBuf> {
    let target = target(db, name);
    let io = |source| StoreError::Io { path: target.clone(), source };
    let part = scratch(db, name)?;
    let copied = sound_copy(db, &part, "make a backup").and_then(|()| {
        fs::File::open(&part).and_then(|file| file.sync_all()).map_err(io)?;
        fs::rename(&part, &target).map_err(io)
    });
    if let Err(error) = copied {
        let _ = remove(&part);
        return Err(error);
    }
    Ok(target)
}

/// Copies a database that is not the one in use into an empty file, and looks the copy over. Where nobody has it open it
/// is copied as it is first: SQLite leaves files beside what it reads, and cannot read where it may not write.
pub(super) fn copy_of_other(other: &Path, into: &Path, doing: &'static str) -> Result<()> {
    if beside(other, "-shm").exists() {
        return sound_copy(other, into, doing);
    }
    let raw = beside(into, "-raw");
    let copied = ["", "-wal", "-journal"].iter().try_for_each(|what| {
        let (from, to) = (beside(other, what), beside(&raw, what));
        match fs::File::open(&from) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && !what.is_empty() => Ok(()),
            Err(source) => Err(StoreError::Io { path: from, source }),
            Ok(mut file) => super::open::make_file(&to)
                .and_then(|()| io::copy(&mut file, &mut fs::OpenOptions::new().write(true).open(&to)?).map(drop))
                .map_err(|source| StoreError::Io { path: to, source }),
        }
    });
    let copied = copied.and_then(|()| sound_copy(&raw, into, doing)).map_err(|error| match error {
        StoreError::Damaged { what, .. } => StoreError::Damaged { path: other.to_owned(), what },
        error => error,
    });
    let _ = remove(&raw);
    copied
}

/// Copies a database into an empty file, and looks the copy over.
fn sound_copy(db: &Path, into: &Path, doing: &'static str) -> Result<()> {
    let vacuum = || read_only(db)?.execute("VACUUM INTO ?1", [into.to_string_lossy()]).map(drop);
    let copied = vacuum().and_then(|()| first_problem(&read_only(into)?));
    match copied.map_err(|error| StoreError::sqlite(doing, error))? {
        None => Ok(()),
        Some(problem) => Err(StoreError::Damaged { path: db.to_owned(), what: problem.to_string() }),
    }
}

pub(super) fn read_only(path: &Path) -> rusqlite::Result<Connection> {
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(super::open::BUSY)?;
    Ok(connection)
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
    let made = copy(db, &day.to_string())?;
    let copies = list(db)?;
    let days: Vec<Day> = copies.iter().filter_map(|copy| copy.day).collect();
    let kept = kept(&days);
    for old in copies.iter().filter(|copy| copy.day.is_some_and(|day| !kept.contains(&day))) {
        match fs::remove_file(&old.path) {
            // Another process thins out too.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            removed => removed.map_err(|source| StoreError::Io { path: old.path.clone(), source })?,
        }
    }
    Ok(Some(made))
}

/// Removes what killed processes left half made. It only takes room: failing to is no failure.
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
pub fn restore(db: &Path, from: &Path, tag: &str) -> Result<Option<PathBuf>> {
    let io = |path: &Path| {
        let path = path.to_owned();
        move |source| StoreError::Io { path, source }
    };
    fs::metadata(from).map_err(io(from))?;
    check_owner(from)?;
    // An older version's backup is brought up to date here, before anything is touched.
    let fresh = scratch(db, "restoring")?;
    let restored = copy_of_other(from, &fresh, "read the backup").and_then(|()| {
        drop(Store::open_copy(&fresh)?);
        if !db.exists() {
            return replace(db, &fresh, &free(db, &format!(".damaged-{tag}"))).map_err(io(db)).map(|()| None);
        }
        match copy(db, &format!("before-restore-{tag}")) {
            // Sessions that have it open go on.
            Ok(aside) => overwrite(db, &fresh).map(|()| Some(aside)),
            Err(error) if error.is_damage() => {
                // Another program's file is not for us to move.
                if let Err(foreign @ StoreError::Foreign(_)) = check_owner(db) {
                    return Err(foreign);
                }
                let aside = free(db, &format!(".damaged-{tag}"));
                replace(db, &fresh, &aside).map_err(io(db)).map(|()| Some(aside))
            }
            Err(error) => Err(error),
        }
    });
    let _ = remove(&fresh);
    restored
}

/// Gives a database the content of another, in one transaction.
fn overwrite(db: &Path, with: &Path) -> Result<()> {
    let run = || {
        let source = read_only(with)?;
        let mut target = Connection::open_with_flags(db, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        target.busy_timeout(super::open::BUSY)?;
        let all = -1;
        match Backup::new(&source, &mut target)?.step(all)? {
            StepResult::Done => Ok(()),
            _ => Err(rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY), None)),
        }
    };
    run().map_err(|error| StoreError::sqlite("restore the backup", error))
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
