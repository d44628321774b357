//! What is read of a line of a program: no panic, whatever it says.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sysdrill::jsonl;

fuzz_target!(|bytes: &[u8]| {
    let _ = jsonl::parse(bytes);
});
