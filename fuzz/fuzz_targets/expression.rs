//! What is read of numbers and formulas as a person types them: no panic, whatever it says.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sysdrill::quantity::{Expression, Unit};

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    for unit in ["QPS", "ns", "GB/day", ""] {
        if let Ok(unit) = Unit::parse(unit)
            && let Ok(value) = Expression::value_in(&text, &unit)
        {
            assert!(value.value.is_finite(), "{text}");
        }
    }
});
