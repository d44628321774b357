//! What is read of an export: no panic, whatever it says.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sysdrill::store::Store;

fuzz_target!(|bytes: &[u8]| {
    let mut store = Store::in_memory(Box::new(|| [7; 10])).expect("a database");
    if let Err(error) = store.import(&mut &*bytes, &|_| Ok(()), &mut |_| ()) {
        assert!(error.to_string().starts_with("line "), "{error}");
    }
    let found = store.examine(&mut |_, _| ());
    assert!(found.is_err() || found.is_ok_and(|found| found.problems.is_empty()));
});
