//! What is read of a deck file: no panic, whatever it says.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sysdrill::deck::{DeckFile, Location, parse};

fuzz_target!(|bytes: &[u8]| {
    let file = DeckFile { path: "fuzz.toml".into(), bytes: bytes.to_vec().into() };
    if let Err(errors) = parse(&[file], Location::User("fuzz.toml".into())) {
        assert!(!errors.is_empty());
    }
});
