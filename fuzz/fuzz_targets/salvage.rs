//! What is read of a damaged database: no panic, whatever it says.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sysdrill::store::{FileId, Store};

fuzz_target!(|bytes: &[u8]| {
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder");
    let path = folder.path().join("fuzz.db");
    std::fs::write(&path, bytes).expect("a disk with room");
    let _ = Store::repair(&path, FileId::of(&path), "fuzz", Box::new(|| [7; 10]));
});
