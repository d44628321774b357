use super::*;
use proptest::prelude::*;
use std::time::{Duration, Instant};

/// The dimension of each unit that questions ask in here.
fn asked(unit: &str) -> Unit {
    Unit::parse(unit).unwrap()
}

#[track_caller]
fn reads(text: &str, unit: &str, base_value: f64) {
    let unit = asked(unit);
    match Expression::value_in(text, &unit) {
        Ok(found) => {
            assert_eq!(found.dimension, unit.dimension(), "{text} in {}", unit.text());
            let off = (found.value - base_value).abs();
            assert!(off <= base_value * 1e-9, "{text} in {}: {} for {base_value}", unit.text(), found.value);
        }
        Err(error) => panic!("{text} in {}: {error}, column {}", unit.text(), error.column),
    }
}

#[test]
fn one_answer_has_many_shapes() {
    let qps: &[&str] = &[
        "5787",
        "5,787",
        "5 787",
        "5_787",
        "5'787",
        "5.787k",
        "5.787K",
        "5.787 k",
        "5.787e3",
        "57.87E2",
        "~5787",
        "≈ 5787",
        "= 5787",
        "about 5787",
        "approximately 5787 qps",
        "roughly 5.787k rps",
        "around 5787 req/s",
        "~5.787k qps",
        "5.787k QPS",
        "5.787 krps",
        "5.787 kqps",
        "5787/s",
        "5787 / s",
        "5787/sec",
        "5787 per second",
        "5787 requests per second",
        "5787 requests a second",
        "5787 tps",
        "5787 iops",
        "5.787 thousand",
        "0.005787M",
        "0.005787 million",
        "5787 writes/s",
        "347220/min",
        "347.22k/min",
        "(5787)",
        "+5787",
        "5.787*10^3",
        "5.787 x 10^3",
        "5.787×10^3",
        "5.787·1000",
        "5.787*10**3",
        "5787.0 queries/s",
        "20.8332M/h",
        "5787 Hz",
        "5787 q/s",
        "some 5787",
    ];
    for text in qps {
        reads(text, "QPS", 5787.0);
    }
    for text in [
        "50M*10/86400",
        "50M x 10 / 86400",
        "50M x 10 / day",
        "500M/day",
        "500.0 M/day * 1.0000",
        "500M per day",
        "0.5B/day",
        "500 million a day",
        "50M x10/day",
        "50Mx10/day",
        "50Mx 10/day",
        "50M×10/day",
        "about ~500M/day",
        "500M / 24 h",
    ] {
        reads(text, "QPS", 5e8 / 86400.0);
    }
}

#[test]
fn units_of_the_trade() {
    let cases: &[(&str, &str, f64)] = &[
        ("100 ns", "s", 1e-7),
        ("100ns", "ns", 1e-7),
        ("100", "ns", 1e-7),
        ("16 us", "ns", 1.6e-5),
        ("16µs", "ns", 1.6e-5),
        ("16 μs", "ns", 1.6e-5),
        ("0.5 ms", "ns", 5e-4),
        ("10 msec", "ms", 0.01),
        ("10 usec", "ms", 1e-5),
        ("10 µsec", "ms", 1e-5),
        ("10 nsecs", "ms", 1e-8),
        ("1 s", "ms", 1.0),
        ("2 min", "s", 120.0),
        ("3 hours", "s", 10_800.0),
        ("1 h", "s", 3600.0),
        ("1 day", "s", 86_400.0),
        ("1 week", "s", 604_800.0),
        ("1 month", "s", 2_628_000.0),
        ("1 year", "s", 31_536_000.0),
        ("1 yr", "s", 31_536_000.0),
        ("90 seconds", "min", 90.0),
        ("52.6 min", "h", 3156.0),
        ("3.65 days", "h", 315_360.0),
        ("5 microseconds", "ms", 5e-6),
        ("1 KB", "B", 1e3),
        ("1 kB", "B", 1e3),
        ("1 MB", "B", 1e6),
        ("12 GB", "MB", 1.2e10),
        ("12 gb", "MB", 1.2e10),
        ("5 mb", "MB", 5e6),
        ("5 kb", "MB", 5e3),
        ("1 TB", "GB", 1e12),
        ("1 tb", "GB", 1e12),
        ("2 PB", "TB", 2e15),
        ("1 EB", "PB", 1e18),
        ("1 KiB", "KB", 1024.0),
        ("1 GiB", "GB", 1_073_741_824.0),
        ("1 kib", "KB", 1024.0),
        ("1 Kb", "B", 125.0),
        ("1 \u{212a}b", "B", 125.0),
        ("8 Mb", "MB", 1e6),
        ("1 Gb", "MB", 1.25e8),
        ("8 bits", "B", 1.0),
        ("64 bit", "B", 8.0),
        ("100 bytes", "KB", 100.0),
        ("100 B", "KB", 100.0),
        ("100B", "KB", 100.0),
        ("8b", "B", 1.0),
        ("4 kilobytes", "B", 4000.0),
        ("4 Kilobytes", "B", 4000.0),
        ("1 megabyte", "B", 1e6),
        ("3 gigabytes", "KB", 3e9),
        ("2 terabytes", "GB", 2e12),
        ("2 petabytes", "GB", 2e15),
        ("1 exabyte", "GB", 1e18),
        ("8 megabits", "MB", 1e6),
        ("8 megabits/s", "Mbps", 1e6),
        ("1 gibibyte", "GB", 1_073_741_824.0),
        ("10 kbytes", "B", 1e4),
        ("500", "GB", 5e11),
        ("1.5", "KB", 1500.0),
        ("1 Gbps", "MB/s", 1.25e8),
        ("10 gbps", "MB/s", 1.25e9),
        ("100 Mbps", "MB/s", 1.25e7),
        ("100 mbps", "MB/s", 1.25e7),
        ("1 Gb/s", "MB/s", 1.25e8),
        ("1 GB/s", "Gbps", 1e9),
        ("125 MBps", "Gbps", 1.25e8),
        ("82 GB/day", "MB/s", 82e9 / 86400.0),
        ("11.6", "Gbps", 1.45e9),
        ("64 kbps", "B/s", 8000.0),
        ("20k/s * 500 KB", "Gbps", 1e10),
        ("3B", "", 3e9),
        ("3b", "", 3e9),
        ("3 billion", "", 3e9),
        ("3bn", "", 3e9),
        ("2^32", "", 4_294_967_296.0),
        ("1M", "", 1e6),
        ("5m", "", 5e6),
        ("1.2T", "", 1.2e12),
        ("3 trillion", "", 3e12),
        ("1P", "", 1e15),
        ("12 servers", "servers", 12.0),
        ("12", "servers", 12.0),
        ("8x", "", 8.0),
        ("8 times", "", 8.0),
        ("8 x", "", 8.0),
        ("3×", "", 3.0),
        ("50%", "", 0.5),
        ("99.9%", "%", 0.999),
        ("99.9", "%", 0.999),
        ("99.9 percent", "%", 0.999),
        ("50 Percent", "", 0.5),
        ("10^9", "", 1e9),
        ("2^-2", "", 0.25),
        ("2^3^2", "", 512.0),
        ("-2^2 + 8", "", 4.0),
        ("1e-3", "", 1e-3),
        ("log2(1024)", "", 10.0),
        ("sqrt(16)", "", 4.0),
        ("ceil(10/3)", "", 4.0),
        ("floor(10/3)", "", 3.0),
        ("ceil(0.1*30)", "", 3.0),
        ("min(3, 4)", "", 3.0),
        ("max(3,4,5)", "", 5.0),
        ("min(2,000)", "", 0.0),
        ("max(1 s, 2 ms)", "s", 1.0),
        ("$5", "$", 5.0),
        ("$5k", "$", 5000.0),
        ("5 USD", "$", 5.0),
        ("5 $", "$", 5.0),
        ("$0.023/GB", "$/GB", 0.023e-9),
        ("$100/month", "$/month", 100.0 / 2_628_000.0),
        ("1,200", "$/month", 1200.0 / 2_628_000.0),
        ("1,234,567", "", 1_234_567.0),
        ("1 234 567", "", 1_234_567.0),
        ("1 000.5", "", 1000.5),
        (".5", "", 0.5),
        ("5.", "", 5.0),
        ("10x5", "", 50.0),
        ("10 X 5", "", 50.0),
        ("10 GB / 2 h", "MB/s", 1e10 / 7200.0),
        ("1 TB / 10 Gbps", "s", 800.0),
        ("6 h - 30 min", "h", 19_800.0),
        ("1 GB + 24 MB", "MB", 1.024e9),
        ("sqrt(4 s * 9 s)", "s", 6.0),
    ];
    for (text, unit, value) in cases {
        reads(text, unit, *value);
    }
}

#[test]
fn what_cannot_be_read_is_shown_with_its_place() {
    // Text, unit asked in, column, part of the message.
    let cases = [
        ("", "QPS", 1, "a number is missing"),
        ("   ", "QPS", 1, "a number is missing"),
        ("about", "QPS", 1, "a number is missing"),
        ("fast", "QPS", 1, "'fast' is no unit"),
        ("100 foo", "ns", 5, "'foo' is no unit"),
        ("5,8", "QPS", 2, "a decimal takes a point"),
        ("5,78", "QPS", 2, "a comma groups thousands"),
        ("5787,", "QPS", 5, "a comma groups thousands"),
        ("50M 10", "QPS", 5, "two numbers"),
        ("1 2", "QPS", 3, "two numbers"),
        ("30 min 1 h", "h", 8, "put a sign between them, such as 1 h + 30 min"),
        ("5 min(", "s", 6, "'(' does not fit"),
        ("2(", "", 2, "'(' does not fit"),
        ("5 kilob", "GB", 3, "'kilob' is no unit"),
        ("5 ib", "GB", 3, "'ib' is no unit"),
        ("5 +", "QPS", 4, "missing at the end"),
        ("* 5", "QPS", 1, "does not fit"),
        ("(5", "QPS", 3, "closing bracket"),
        ("5)", "QPS", 2, "does not fit"),
        ("()", "QPS", 2, "does not fit"),
        ("1/0", "QPS", 2, "divides by zero"),
        ("nan", "QPS", 1, "'nan' is no unit"),
        ("inf", "QPS", 1, "'inf' is no unit"),
        ("9^9^9^9", "QPS", 4, "too large"),
        ("1e999", "QPS", 1, "too large"),
        ("1e308", "GB", 1, "too large"),
        ("5 GB + 3/s", "GB", 6, "'+' needs two values of one kind: left is data, right is rate"),
        ("5 GB - 3", "GB", 6, "right is number"),
        ("5 mb/s", "MB/s", 3, "'mb' in a rate could be bits (Mb) or bytes (MB)"),
        ("5 kb per second", "MB/s", 3, "'kb' in a rate could be bits (Kb) or bytes (KB)"),
        ("5m", "s", 2, "minutes (min)"),
        ("k", "QPS", 1, "needs a number before it"),
        ("5kk", "QPS", 2, "'kk' is no unit"),
        ("5 k k", "QPS", 5, "one magnitude"),
        ("2^(1 s)", "s", 2, "an exponent is a plain number"),
        ("log2(5 GB)", "", 1, "log2 takes a plain number"),
        ("min()", "", 5, "does not fit"),
        ("sqrt(4, 9)", "", 1, "sqrt takes one value"),
        ("sqrt(2 s)", "s", 1, "has no square root"),
        ("max(1 s, 2 GB)", "s", 1, "needs values of one kind"),
        ("(1 s)^0.5", "s", 6, "small whole number"),
        ("(0-1)^0.5", "", 6, "has no value"),
        ("log2(0-4)", "", 1, "has no value"),
        ("100 ns!", "ns", 7, "'!' has no meaning"),
        ("\u{1f680}", "ns", 1, "has no meaning"),
        ("5 \u{1b}[31m", "ns", 3, "'\\u{1b}' has no meaning"),
        ("rm -rf /", "QPS", 1, "'rm' is no unit"),
    ];
    for (text, unit, column, part) in cases {
        match Expression::value_in(text, &asked(unit)) {
            Ok(found) => panic!("{text:?} was read as {found:?}"),
            Err(error) => {
                assert!(error.message.contains(part), "{text:?}: {error}");
                assert_eq!(error.column, column, "{text:?}: {error}");
            }
        }
    }
}

#[test]
fn a_product_has_the_dimension_of_its_factors() {
    // Text, unit asked in, what comes out: nothing is read into the unit asked in but a bare number.
    for (text, unit, dimension, value) in [
        ("20k*500 KB", "Gbps", Dimension::DATA, 1e10),
        ("20k*500", "Gbps", Dimension::DATA_RATE, 1.25e15),
        ("5 GB", "QPS", Dimension::DATA, 5e9),
    ] {
        assert_eq!(Expression::value_in(text, &asked(unit)).unwrap(), Quantity { value, dimension }, "{text}");
    }
}

#[test]
fn a_long_text_is_refused_by_its_characters() {
    let asked = asked("QPS");
    let text = |length: usize| "≈".repeat(length - 1) + "5";
    assert!(Expression::value_in(&text(400), &asked).is_ok());
    let error = Expression::value_in(&text(401), &asked).unwrap_err();
    assert!(error.message.starts_with("that is 401 characters long; 400 are read"), "{error}");
}

#[test]
fn names_stand_for_values_and_hide_counted_things() {
    let names = ["dau", "reads", "each"];
    let reading = Reading { names: &names, ..Reading::of(Dimension::RATE) };
    let values: Names =
        [("dau", 1e6), ("reads", 10.0), ("each", 2.0)].map(|(n, v)| (n, Quantity::number(v))).into_iter().collect();
    let work = |text: &str| Expression::parse(text, &reading).and_then(|e| e.evaluate(&values));
    assert_eq!(work("dau * reads / each / day").unwrap().value, 1e6 * 10.0 / 2.0 / 86_400.0);
    let error = work("duo * 2").unwrap_err();
    assert!(error.message.contains("none of the names dau, reads, each"), "{error}");
    assert!(Expression::parse("dau", &reading).unwrap().mentions("dau"));
    assert!(!Expression::parse("ceil(reads / 2)", &reading).unwrap().mentions("dau"));
}

#[test]
fn counted_words_are_in_order() {
    assert!(super::words::COUNTED.is_sorted());
}

#[test]
fn words_of_the_language_are_no_names() {
    for word in ["day", "s", "k", "min", "log2", "gb", "qps", "x", "m", "years", "percent", "msec", "gigabytes"] {
        assert!(is_reserved(word), "{word}");
    }
    for word in ["dau", "q", "reads", "users", "peak", "rate", "each", "size"] {
        assert!(!is_reserved(word), "{word}");
    }
}

#[test]
fn values_print_as_the_trade_says_them() {
    let cases = [
        (5787.0, "QPS", "5.8k QPS"),
        (11_574.0, "QPS", "11.6k QPS"),
        (38.05, "QPS", "38 QPS"),
        (999.96, "QPS", "1k QPS"),
        (82e9 / 86_400.0, "GB/day", "82 GB/day"),
        (1.45e9, "Gbps", "11.6 Gbps"),
        (3156.0, "min", "52.6 min"),
        (3e14, "TB", "300 TB"),
        (1e-7, "ns", "100 ns"),
        (0.00014, "us", "140 us"),
        (90.0, "s", "1.5 min"),
        (315_360.0, "h", "3.6 days"),
        (31_536_000.0, "s", "1 year"),
        (86_400.0, "s", "1 day"),
        (2.0 * 86_400.0, "s", "2 days"),
        (1.0, "servers", "1 server"),
        (1.0, "connections", "1 connection"),
        (1.0, "copies", "1 copy"),
        (1.0, "caches", "1 cache"),
        (1.0, "matches", "1 match"),
        (1.0, "boxes", "1 box"),
        (1.0, "QPS", "1 QPS"),
        (1.0, "requests/s", "1 request/s"),
        (1.4, "servers", "1.4 servers"),
        (0.5, "servers", "0.5 servers"),
        (1e6, "connections", "1M connections"),
        (1.157e9, "", "1.16B"),
        (3.52e12, "", "3.5T"),
        (12.0, "servers", "12 servers"),
        (1234.0, "servers", "1.23k servers"),
        (0.632, "%", "63.2%"),
        (0.95, "", "0.95"),
        (1024.0, "KiB", "1 KiB"),
        (1.25e8, "Mbps", "1 Gbps"),
        (1e6, "Mb", "8 Mb"),
        (0.0045, "$", "$0.0045"),
        (12_345.0, "$", "$12.3k"),
        (100.0 / 2_628_000.0, "$/month", "$100/month"),
        (5e8 / 86_400.0, "/day", "500M/day"),
        (0.023e-9, "$/GB", "$0.023/GB"),
        (999.6e9, "GB", "1 TB"),
        (5e-10, "ns", "0.5 ns"),
        (2.0, "x", "2x"),
        (1e21, "EB", "1,000 EB"),
    ];
    for (value, unit, printed) in cases {
        let unit = asked(unit);
        let quantity = Quantity { value, dimension: unit.dimension() };
        assert_eq!(unit.print(quantity), printed, "{value} in {}", unit.text());
    }
}

#[test]
fn a_written_value_tells_its_unit() {
    for (written, unit) in [
        ("100 ns", Some("ns")),
        ("5787/s", Some("/s")),
        ("4.5 GB/day", Some("GB/day")),
        ("$0.023/GB", Some("$/GB")),
        ("86,400 s", Some("s")),
        ("16 B", Some("B")),
        ("5.8k QPS", Some("QPS")),
        ("3.5 trillion", Some("")),
        ("8x", Some("x")),
        ("99.9%", Some("%")),
        ("12 servers", Some("servers")),
        ("8 requests per second", Some("requests/second")),
        ("60 thousand QPS", Some("QPS")),
        ("8 per second", Some("/second")),
        ("1 MB / 1 Gbps", None),
        ("fast", None),
    ] {
        assert_eq!(Unit::of_written(written).as_ref().map(Unit::text), unit, "{written}");
    }
}

#[test]
fn hostile_texts_are_answered_within_a_millisecond() {
    let long = [
        "(".repeat(100_000),
        "9".repeat(1_000_000),
        "1+".repeat(200),
        "-".repeat(390) + "1",
        "2^".repeat(190) + "2",
        "9^9^9^9".to_owned(),
        "sqrt(".repeat(75) + "1",
        "\u{1f600}".repeat(99),
        "x".repeat(400),
        "1 ".repeat(199),
        ",".repeat(400),
        "1,000".repeat(79),
    ];
    for text in long {
        // The machine may be busy: one run of many that is fast shows that the work is little.
        let is_fast = || {
            let start = Instant::now();
            let _ = Expression::value_in(&text, &asked("QPS"));
            start.elapsed() < Duration::from_millis(1)
        };
        assert!((0..200).any(|_| is_fast()), "{text:.20} takes over 1 ms");
    }
}

proptest! {
    #[test]
    fn nothing_that_can_be_typed_panics(text in "\\PC{0,80}", unit in 0usize..6) {
        let unit = asked(["QPS", "ns", "GB", "Gbps", "$/month", ""][unit]);
        let _ = Expression::value_in(&text, &unit);
        let _ = Unit::of_written(&text);
    }

    #[test]
    fn nothing_made_of_its_own_words_panics(
        words in proptest::collection::vec(
            proptest::sample::select(vec![
                "5", "1,000", "1e3", ".", "k", "M", "B", "b", "GB", "Mb", "mb", "s", "min", "min(", "log2(", "(", ")", "+", "-", "*", "/", "^",
                "%", "$", "x", "per", "a", "day", "qps", ",", " ", "~", "2^30", "Gbps", "about", "0", "e", "µs",
            ]),
            0..24,
        ),
    ) {
        let text = words.concat();
        for unit in ["QPS", "s", "GB", ""] {
            if let Ok(value) = Expression::value_in(&text, &asked(unit)) {
                prop_assert!(value.value.is_finite());
            }
        }
    }

    #[test]
    fn what_is_printed_reads_back_within_rounding(mantissa in 1.0f64..10.0, exponent in -8i32..14, unit in 0usize..8) {
        let unit = asked(["QPS", "ns", "GB", "Gbps", "GB/day", "", "servers", "$/month"][unit]);
        let value = mantissa * 10f64.powi(exponent) * unit.factor();
        let printed = unit.print(Quantity { value, dimension: unit.dimension() });
        // A count prints its magnitude with a B for a billion; asked about counts, that is how it is read.
        let back = Expression::value_in(&printed, &unit).unwrap();
        prop_assert_eq!(back.dimension, unit.dimension());
        prop_assert!((back.value / value - 1.0).abs() < 0.06, "{} printed {} read {}", value, printed, back.value);
    }
}
