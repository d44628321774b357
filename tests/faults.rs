//! A disk that fails at any write or sync: under SQLite lies a file system whose n-th change fails, for every n.
//!
//! A test binary of its own, for the failing file system is the default one of the whole process.

use rusqlite::ffi;
use std::collections::BTreeMap;
use std::ffi::{c_int, c_void};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering::SeqCst};
use std::sync::{Mutex, OnceLock};
use sysdrill::log::{LogId, Mark, MarkKind, Review};
use sysdrill::schedule::{CardId, Mode, Quality};
use sysdrill::store::{Store, StoreError, backup};

/// Changes until one fails; below zero none does.
static UNTIL: AtomicI64 = AtomicI64::new(-1);
/// Whether it fails from there on, until the disk is mended.
static STAYS: AtomicBool = AtomicBool::new(false);
static CHANGES: AtomicUsize = AtomicUsize::new(0);
/// Writes that a loss of power would still take back.
static UNSYNCED: AtomicUsize = AtomicUsize::new(0);
static REAL: OnceLock<ffi::sqlite3_io_methods> = OnceLock::new();
static REAL_OPEN: OnceLock<
    unsafe extern "C" fn(
        *mut ffi::sqlite3_vfs,
        ffi::sqlite3_filename,
        *mut ffi::sqlite3_file,
        c_int,
        *mut c_int,
    ) -> c_int,
> = OnceLock::new();
static FAULTY: Mutex<BTreeMap<usize, usize>> = Mutex::new(BTreeMap::new());

fn fails() -> bool {
    CHANGES.fetch_add(1, SeqCst);
    let left = UNTIL.load(SeqCst);
    if left > 0 {
        UNTIL.store(left - 1, SeqCst);
    } else if left == 0 && !STAYS.load(SeqCst) {
        UNTIL.store(-1, SeqCst);
    }
    left == 0
}

unsafe extern "C" fn write(file: *mut ffi::sqlite3_file, from: *const c_void, bytes: c_int, at: i64) -> c_int {
    let real = REAL.get().and_then(|real| real.xWrite).unwrap();
    if fails() {
        // Half of it arrives.
        unsafe { real(file, from, bytes / 2, at) };
        return if at % 8192 == 0 { ffi::SQLITE_FULL } else { ffi::SQLITE_IOERR_WRITE };
    }
    UNSYNCED.fetch_add(1, SeqCst);
    unsafe { real(file, from, bytes, at) }
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, flags: c_int) -> c_int {
    let real = REAL.get().and_then(|real| real.xSync).unwrap();
    if fails() {
        return ffi::SQLITE_IOERR_FSYNC;
    }
    UNSYNCED.store(0, SeqCst);
    unsafe { real(file, flags) }
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, size: i64) -> c_int {
    let real = REAL.get().and_then(|real| real.xTruncate).unwrap();
    if fails() { ffi::SQLITE_IOERR_TRUNCATE } else { unsafe { real(file, size) } }
}

unsafe extern "C" fn open(
    vfs: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    unsafe {
        let code = REAL_OPEN.get().unwrap()(vfs, name, file, flags, out);
        if code == ffi::SQLITE_OK && !(*file).pMethods.is_null() {
            // Databases and journals differ in how they are locked and closed, not in how they are written.
            let real = (*file).pMethods;
            let methods = REAL.get_or_init(|| *real);
            let mut faulty = FAULTY.lock().unwrap();
            let faulty = faulty.entry(real as usize).or_insert_with(|| {
                assert_eq!(methods.xWrite.map(|f| f as usize), (*real).xWrite.map(|f| f as usize));
                let methods = ffi::sqlite3_io_methods {
                    xWrite: Some(write),
                    xSync: Some(sync),
                    xTruncate: Some(truncate),
                    ..*real
                };
                Box::leak(Box::new(methods)) as *const ffi::sqlite3_io_methods as usize
            });
            (*file).pMethods = *faulty as *const ffi::sqlite3_io_methods;
        }
        code
    }
}

fn register() {
    unsafe {
        let real = ffi::sqlite3_vfs_find(std::ptr::null());
        let mut faulty = *real;
        REAL_OPEN.set(faulty.xOpen.unwrap()).unwrap();
        faulty.zName = c"faulty".as_ptr();
        faulty.xOpen = Some(open);
        let faulty = Box::leak(Box::new(faulty));
        assert_eq!(ffi::sqlite3_vfs_register(faulty, 1), ffi::SQLITE_OK);
    }
}

fn mend() {
    UNTIL.store(-1, SeqCst);
}

/// Tries until it succeeds; after the first refusal the disk is mended, so the second try must.
fn insist<T>(refusals: &mut Vec<String>, mut run: impl FnMut() -> Result<T, StoreError>) -> T {
    match run() {
        Ok(done) => done,
        Err(error) => {
            refusals.push(error.to_string());
            mend();
            run().unwrap_or_else(|again| panic!("refused though the disk is mended: {again}, after {refusals:?}"))
        }
    }
}

fn open_store(path: &Path) -> Result<Store, StoreError> {
    Store::open(path, Box::new(rand::random))
}

fn review(n: i64, session: LogId) -> Review {
    Review {
        card: CardId::parse(&format!("mine/card-{}", n % 3)).unwrap(),
        at_ms: 1_795_000_000_000 + n * 60_000,
        day: "2026-11-21".parse().unwrap(),
        quality: Quality::new(n % 6).unwrap(),
        session,
        mode: Mode::Review,
        kind: "recall".to_owned(),
        took_ms: 1000,
        prompt: "long ".repeat(if n == 4 { 2000 } else { 5 }),
        given: None,
        ratio: None,
        slip: None,
        seed: None,
        drawn: None,
        steps: None,
        options: None,
        confidence: None,
        source: None,
    }
}

/// Opens, answers, takes back, regrades, decides, backs up. Gives the answers that were confirmed, and what was refused.
fn session(path: &Path) -> (Vec<LogId>, Vec<String>) {
    let (mut confirmed, mut refusals) = (Vec::new(), Vec::new());
    let mut store = insist(&mut refusals, || open_store(path));
    let sitting = store.new_session(1_795_000_000_000);
    for n in 0..6 {
        confirmed.push(insist(&mut refusals, || store.record(&review(n, sitting))).id);
        assert_eq!(UNSYNCED.load(SeqCst), 0, "an answer was confirmed, and a loss of power takes it back");
    }
    insist(&mut refusals, || store.retract(confirmed[0], &review(0, sitting).card, 1_795_001_000_000));
    let regraded = review(8, sitting);
    confirmed.push(insist(&mut refusals, || store.replace(confirmed[2], &regraded)).id);
    let flag = Mark::of_card(regraded.card.clone(), MarkKind::Flag, 1_795_001_000_001, regraded.day);
    insist(&mut refusals, || store.mark(&flag));
    let day = "2026-11-21".parse().unwrap();
    insist(&mut refusals, || backup::daily(path, day));
    (confirmed, refusals)
}

fn check(path: &Path, confirmed: &[LogId]) {
    let store = open_store(path).unwrap();
    let findings = store.examine(&mut |_, _| ()).unwrap();
    assert!(findings.problems.is_empty(), "{:?}", findings.problems);
    let mut log: Vec<LogId> = Vec::new();
    for n in 0..3 {
        log.extend(store.reviews().of_card(&review(n, confirmed[0]).card).unwrap().iter().map(|entry| entry.id));
    }
    let mut confirmed = confirmed.to_vec();
    log.sort_unstable();
    confirmed.sort_unstable();
    assert_eq!(log, confirmed, "what was refused is not in the log, what was confirmed is there once");
}

#[test]
fn a_disk_that_fails_at_any_change_loses_nothing_that_was_confirmed() {
    register();
    // In memory where that can be had: thousands of syncs follow.
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let sound = folder.path().join("sound.db");
    let (confirmed, refusals) = session(&sound);
    assert!(refusals.is_empty());
    check(&sound, &confirmed);
    let changes = i64::try_from(CHANGES.load(SeqCst)).unwrap();
    assert!(changes > 50, "{changes}: the file system is not in use");
    let mut refused = 0;
    for stays in [false, true] {
        for n in 0..changes {
            let folder = folder.path().join(format!("{stays}-{n}"));
            let path = folder.join("test.db");
            STAYS.store(stays, SeqCst);
            UNTIL.store(n, SeqCst);
            let (confirmed, refusals) = session(&path);
            mend();
            for refusal in &refusals {
                let explained = ["is full", "failing", "Make room", "cannot be written", "no SQLite database"];
                assert!(explained.iter().any(|words| refusal.contains(words)), "change {n}: {refusal}");
            }
            refused += refusals.len();
            check(&path, &confirmed);
            std::fs::remove_dir_all(&folder).unwrap();
        }
    }
    assert!(refused > 50, "{refused}");
}
