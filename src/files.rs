//! How a file of ours is written: whole or not at all, for the user alone, and never over another.
//!
//! What is being written stands in a folder of its own beside its target. When it is whole it is synced, takes its name
//! in one step, and its folder is synced. A folder that a killed process left is known by its lock, which nobody holds.

use std::fs::{self, File, TryLockError};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What is in the name of a folder with a part, after the name of the target.
const PART: &str = ".part-";
const LOCK: &str = "lock";
/// How long a folder without a lock is left alone: its owner may be about to make the lock.
const UNLOCKED_IS_LEFT_AFTER: Duration = Duration::from_secs(3600);
/// How long a lock is waited for between two tries; the first tries follow each other sooner.
const WAITS_MS: [u64; 5] = [1, 2, 5, 10, 20];

/// A file that is being made.
#[derive(Debug)]
pub struct Part {
    target: PathBuf,
    folder: PathBuf,
    path: PathBuf,
    /// Held for as long as the part is at work.
    _lock: File,
}

impl Part {
    /// Begins a file that is to stand at `target`, and removes what killed processes left beside it.
    ///
    /// # Errors
    /// Nothing can be made in the target's folder.
    pub fn of(target: &Path) -> io::Result<Self> {
        let name = target.file_name().ok_or_else(|| io::Error::other("it needs the name of a file"))?;
        let beside = folder_of(target);
        make_folder(beside)?;
        clear_parts(beside);
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(name);
        hidden.push(format!("{PART}{:016x}", rand::random::<u64>()));
        let folder = beside.join(hidden);
        new_folder(&folder)?;
        // Under its name the lock is held from the first moment on: whoever clears away finds no free one.
        let (making, lock) = (folder.join("making"), folder.join(LOCK));
        let held = private_file(&making).and_then(|file| {
            file.lock().or_else(unsupported)?;
            fs::rename(&making, &lock).map(|()| file)
        });
        match held {
            Ok(held) => Ok(Self { target: target.to_owned(), path: folder.join(name), folder, _lock: held }),
            Err(error) => {
                let _ = fs::remove_dir_all(&folder);
                Err(error)
            }
        }
    }

    /// Where the file stands while it is made. Nothing does yet; whatever is put beside it goes with the part.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Gives the file its name; where something has that name already, the next one that is free. Gives the name.
    ///
    /// # Errors
    /// The file cannot be synced or named: then it is gone.
    pub fn keep(self) -> io::Result<PathBuf> {
        self.sync()?;
        for n in 1u32.. {
            let target = numbered(&self.target, n);
            match self.name(&target) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                named => return named.map(|()| target),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// Gives the file its name, which nothing may have yet.
    ///
    /// # Errors
    /// As [`Part::keep`]; something has the name.
    pub fn keep_as_new(self) -> io::Result<()> {
        self.sync()?;
        self.name(&self.target)
    }

    /// Gives a folder that was made at the part's path its name, which nothing may have yet.
    ///
    /// # Errors
    /// As [`Part::keep`]; something has the name.
    pub fn keep_folder_as_new(self) -> io::Result<()> {
        for entry in fs::read_dir(&self.path)? {
            fs::OpenOptions::new().read(true).write(true).open(entry?.path())?.sync_all()?;
        }
        sync_folder(&self.path)?;
        if fs::symlink_metadata(&self.target).is_ok() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        fs::rename(&self.path, &self.target)?;
        sync_folder(folder_of(&self.target))
    }

    /// Puts the file in the place of what has its name.
    ///
    /// # Errors
    /// As [`Part::keep`].
    pub fn replace(self) -> io::Result<()> {
        self.sync()?;
        fs::rename(&self.path, &self.target)?;
        sync_folder(folder_of(&self.target))
    }

    fn name(&self, target: &Path) -> io::Result<()> {
        match fs::hard_link(&self.path, target) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
            Ok(()) => {}
            // A file system without links: the name is taken by an empty file, which is ours to replace.
            Err(_) => {
                new_private_file(target)?;
                fs::rename(&self.path, target)?;
            }
        }
        sync_folder(folder_of(target))
    }

    /// A handle that may only read cannot be flushed on every system.
    fn sync(&self) -> io::Result<()> {
        fs::OpenOptions::new().read(true).write(true).open(&self.path)?.sync_all()
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// What may have the name of a file that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// Nothing: else the writing is refused.
    Refused,
    /// What has it is replaced.
    Replaced,
}

/// Writes a file: whole, or not at all.
///
/// # Errors
/// What `write` says, or the file cannot be written: nothing is left of it then.
pub fn write<E: From<io::Error>>(
    target: &Path,
    existing: Existing,
    write: impl FnOnce(&mut dyn Write) -> Result<(), E>,
) -> Result<(), E> {
    // Said before the work, not after it.
    if existing == Existing::Refused && fs::symlink_metadata(target).is_ok() {
        return Err(io::Error::from(io::ErrorKind::AlreadyExists).into());
    }
    let part = Part::of(target)?;
    let mut out = BufWriter::new(private_file(part.path())?);
    write(&mut out)?;
    out.into_inner().map_err(io::IntoInnerError::into_error)?;
    match existing {
        Existing::Refused => part.keep_as_new()?,
        Existing::Replaced => part.replace()?,
    }
    Ok(())
}

/// Writes a new folder with these files, each a name and a text: all of it, or nothing.
///
/// # Errors
/// Something has the folder's name, or it cannot be written: nothing is left of it then.
pub fn write_folder(target: &Path, files: &[(String, String)]) -> io::Result<()> {
    if fs::symlink_metadata(target).is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let part = Part::of(target)?;
    new_folder(part.path())?;
    for (name, text) in files {
        new_private_file(&part.path().join(name))?.write_all(text.as_bytes())?;
    }
    part.keep_folder_as_new()
}

/// Puts other bytes into a file of the user's, all of them or none: it keeps its mode, and a link to it stays one.
///
/// # Errors
/// The file is not there, or cannot be written: then it is as it was.
pub fn change(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let file = fs::canonicalize(path)?;
    let part = Part::of(&file)?;
    private_file(part.path())?.write_all(bytes)?;
    fs::set_permissions(part.path(), fs::metadata(&file)?.permissions())?;
    part.replace()
}

/// A path with something appended to its file name.
pub fn beside(path: &Path, what: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(what);
    PathBuf::from(name)
}

/// The n-th name of a file, from 1: before the `.db` of a database, after everything else.
pub fn numbered(path: &Path, n: u32) -> PathBuf {
    if n == 1 {
        return path.to_owned();
    }
    let is_database = path.extension().is_some_and(|extension| extension == "db");
    if is_database { beside(&path.with_extension(""), &format!("-{n}.db")) } else { beside(path, &format!("-{n}")) }
}

/// The folder that a path's file lies in.
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Opens a file to write to and makes it if there is none, for the user alone.
///
/// # Errors
/// It cannot be opened or made.
pub fn private_file(path: &Path) -> io::Result<File> {
    let mut options = fs::OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Makes a file that is not there yet, for the user alone.
///
/// # Errors
/// There is one, or it cannot be made.
pub fn new_private_file(path: &Path) -> io::Result<File> {
    let mut options = fs::OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Makes a folder with those above it, for the user alone; one that is there stays as it is.
///
/// # Errors
/// It cannot be made.
pub fn make_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() { Ok(()) } else { folder_builder().recursive(true).create(path) }
}

fn new_folder(path: &Path) -> io::Result<()> {
    folder_builder().create(path)
}

fn folder_builder() -> fs::DirBuilder {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "a mode is set where there are any"))]
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// Syncs a folder, so that the names in it outlive a loss of power; where folders cannot be synced, the system sees to it.
///
/// # Errors
/// The disk fails.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    match File::open(folder)?.sync_all() {
        // Some network file systems know no syncing of folders.
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => {}
        synced => synced?,
    }
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

/// Takes the lock of a file by its lock file, which is made and stays. None if another still has it after `patience`.
///
/// # Errors
/// The lock file cannot be made. A file system without locks is no error: there nothing is held.
pub fn lock(lock_file: &Path, patience: Duration) -> io::Result<Option<File>> {
    let file = private_file(lock_file)?;
    let began = Instant::now();
    for tried in 0.. {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::Error(error)) => return unsupported(error).map(|()| Some(file)),
            Err(TryLockError::WouldBlock) if began.elapsed() >= patience => break,
            Err(TryLockError::WouldBlock) => {
                std::thread::sleep(Duration::from_millis(WAITS_MS[tried.min(WAITS_MS.len() - 1)]));
            }
        }
    }
    Ok(None)
}

fn unsupported(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::Unsupported { Ok(()) } else { Err(error) }
}

/// Removes what killed processes left half made in a folder. It only takes room: failing to is no failure.
pub fn clear_parts(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let drawn = name.strip_prefix('.').and_then(|name| name.rsplit_once(PART));
        let is_part = drawn.is_some_and(|(_, drawn)| drawn.len() == 16 && drawn.bytes().all(|b| b.is_ascii_hexdigit()));
        if is_part && entry.file_type().is_ok_and(|kind| kind.is_dir()) && is_left(&entry) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Whether nobody is at work in the folder of a part.
fn is_left(folder: &fs::DirEntry) -> bool {
    match fs::OpenOptions::new().read(true).write(true).open(folder.path().join(LOCK)) {
        Ok(lock) => lock.try_lock().is_ok(),
        Err(_) => {
            let age = folder.metadata().and_then(|folder| folder.modified()).ok().and_then(|at| at.elapsed().ok());
            age.is_some_and(|age| age > UNLOCKED_IS_LEFT_AFTER)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn what_is_kept_is_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("log.db");
        for (n, kept) in ["log.db", "log-2.db", "log-3.db"].iter().enumerate() {
            let part = Part::of(&target).unwrap();
            fs::write(part.path(), n.to_string()).unwrap();
            assert_eq!(part.keep().unwrap(), folder.path().join(kept));
        }
        assert_eq!(fs::read(&target).unwrap(), b"0");
        let refused = write::<io::Error>(&target, Existing::Refused, |out| out.write_all(b"new"));
        assert_eq!(refused.unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        let part = Part::of(&target).unwrap();
        fs::write(part.path(), "late").unwrap();
        assert_eq!(part.keep_as_new().unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&target).unwrap(), b"0");
        write::<io::Error>(&target, Existing::Replaced, |out| out.write_all(b"new")).unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"new");
        assert_eq!(names(folder.path()), ["log-2.db", "log-3.db", "log.db"]);
    }

    #[test]
    fn a_folder_is_written_with_all_its_files_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("decks");
        let file = |name: &str| (name.to_owned(), name.to_uppercase());
        write_folder(&target, &[file("a"), file("b")]).unwrap();
        assert_eq!(
            (names(&target), fs::read(target.join("b")).unwrap()),
            (vec!["a".into(), "b".into()], b"B".to_vec())
        );
        assert_eq!(write_folder(&target, &[]).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        let twice = write_folder(&folder.path().join("twice"), &[file("a"), file("a")]);
        assert_eq!(twice.unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(names(folder.path()), ["decks"]);
    }

    #[test]
    fn nothing_is_left_of_a_file_that_could_not_be_written() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("export.jsonl");
        let failed = write::<io::Error>(&target, Existing::Refused, |out| {
            out.write_all(b"half")?;
            Err(io::ErrorKind::StorageFull.into())
        });
        assert_eq!(failed.unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert_eq!(names(folder.path()), [""; 0]);
    }

    #[test]
    fn what_a_killed_process_left_is_cleared_away_and_what_is_at_work_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let at_work = Part::of(&folder.path().join("a.db")).unwrap();
        fs::write(at_work.path(), "a").unwrap();
        let left = folder.path().join(".b.db.part-0123456789abcdef");
        fs::create_dir(&left).unwrap();
        fs::write(left.join("lock"), "").unwrap();
        fs::write(left.join("b.db"), "half").unwrap();
        let just_begun = folder.path().join(".c.db.part-0123456789abcdef");
        fs::create_dir(&just_begun).unwrap();
        let of_another = folder.path().join(".film.part-0123456789abcdef");
        fs::write(&of_another, "").unwrap();
        clear_parts(folder.path());
        assert!(!left.exists() && just_begun.exists() && of_another.exists());
        at_work.keep().unwrap();
        assert_eq!(fs::read(folder.path().join("a.db")).unwrap(), b"a");
    }

    #[cfg(unix)]
    #[test]
    fn a_changed_file_keeps_its_mode_and_its_link() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("kept.toml"), folder.path().join("mine.toml"));
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        symlink("kept.toml", &link).unwrap();
        change(&link, b"new").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"new");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o644);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(names(folder.path()), ["kept.toml", "mine.toml"]);
        assert!(change(&folder.path().join("gone.toml"), b"new").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn what_is_written_is_the_users_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("new/export.jsonl");
        write::<io::Error>(&target, Existing::Refused, |out| out.write_all(b"x")).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&target), mode(&folder.path().join("new"))), (0o600, 0o700));
    }
}
