//! The words of the language: units, magnitudes, and the words that only count things.

use super::dimension::Dimension;
use super::function::Function;
use super::rounding::Rounding;

/// What a prefix multiplies by.
pub(super) const KILO: f64 = 1e3;
/// Bytes in a bit.
pub(super) const BIT: f64 = 0.125;

/// What a word means where a unit may stand.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Word {
    /// Multiplies a number: `k`, `million`.
    Magnitude(f64, Letter),
    /// A unit, in base units; a word that only counts things is 1.
    Unit(f64, Dimension, Role),
    /// `x`: multiplies between two values, says "times" after one.
    Times,
    /// `per`, `a`, `each`: divides.
    Per,
    /// Two readings; the text asks which.
    Ambiguous(&'static str),
}

/// How a magnitude is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Letter {
    /// `M`, `G`, `T`, `P`: also the prefix of a unit of data.
    Prefix,
    /// `k`, `million`.
    Other,
}

/// What a unit says besides its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It measures.
    Measure,
    /// It counts things.
    Counts,
    /// It is a hundredth.
    Percent,
    /// It is `kb` to `eb` in lower case: bytes, but what it is in a rate cannot be known.
    LowerCase,
}

/// Plain words that count things and change no value, in order.
pub(super) const COUNTED: &[&str] = &[
    "account",
    "accounts",
    "bucket",
    "buckets",
    "call",
    "calls",
    "char",
    "characters",
    "chars",
    "click",
    "clicks",
    "client",
    "clients",
    "conn",
    "connection",
    "connections",
    "conns",
    "copies",
    "copy",
    "core",
    "cores",
    "cpu",
    "cpus",
    "customer",
    "customers",
    "database",
    "databases",
    "device",
    "devices",
    "disk",
    "disks",
    "document",
    "documents",
    "email",
    "emails",
    "entities",
    "entity",
    "entries",
    "entry",
    "event",
    "events",
    "file",
    "files",
    "gpu",
    "gpus",
    "hit",
    "hits",
    "host",
    "hosts",
    "image",
    "images",
    "instance",
    "instances",
    "item",
    "items",
    "job",
    "jobs",
    "key",
    "keys",
    "link",
    "links",
    "listing",
    "listings",
    "lookups",
    "machine",
    "machines",
    "match",
    "matches",
    "message",
    "messages",
    "msg",
    "msgs",
    "node",
    "nodes",
    "object",
    "objects",
    "op",
    "operation",
    "operations",
    "ops",
    "order",
    "orders",
    "page",
    "pages",
    "partition",
    "partitions",
    "payment",
    "payments",
    "people",
    "photo",
    "photos",
    "pixel",
    "pixels",
    "point",
    "points",
    "post",
    "posts",
    "q",
    "queries",
    "query",
    "read",
    "reads",
    "record",
    "records",
    "reference",
    "references",
    "replica",
    "replicas",
    "req",
    "reqs",
    "request",
    "requests",
    "row",
    "rows",
    "rtt",
    "rtts",
    "sale",
    "sales",
    "server",
    "servers",
    "session",
    "sessions",
    "shard",
    "shards",
    "step",
    "steps",
    "string",
    "strings",
    "thread",
    "threads",
    "time",
    "times",
    "token",
    "tokens",
    "transaction",
    "transactions",
    "trip",
    "trips",
    "tweet",
    "tweets",
    "url",
    "urls",
    "user",
    "users",
    "vector",
    "vectors",
    "video",
    "videos",
    "view",
    "views",
    "visit",
    "visits",
    "vote",
    "votes",
    "word",
    "words",
    "worker",
    "workers",
    "write",
    "writes",
];

const RATES: &[&str] = &["qps", "rps", "tps", "iops", "hz"];

/// Reads a word. `asked` is the dimension that the question asks for: it decides `b`, `B` and `m`.
pub(super) fn lookup(word: &str, asked: Dimension, rounding: Rounding) -> Option<Word> {
    let about_data = asked.data != 0;
    match word {
        "B" | "b" if !about_data => return Some(Word::Magnitude(1e9, Letter::Other)),
        "c" if asked.money == 1 => return Some(Word::Unit(0.01, Dimension::MONEY, Role::Measure)),
        "m" if asked.time == 1 => {
            return Some(Word::Ambiguous(
                "'m' could be a million (M), milliseconds (ms) or minutes (min): write one of these",
            ));
        }
        _ => {}
    }
    let lower = word.to_lowercase();
    let time = |seconds: f64| Some(Word::Unit(seconds, Dimension::TIME, Role::Measure));
    let magnitude = |by: f64| match lower.len() {
        1 if by > KILO => Some(Word::Magnitude(by, Letter::Prefix)),
        _ => Some(Word::Magnitude(by, Letter::Other)),
    };
    match lower.as_str() {
        "hundred" => return magnitude(100.0),
        "k" | "thousand" | "thousands" => return magnitude(KILO),
        "m" | "million" | "millions" | "mn" | "mio" | "mil" | "mill" => return magnitude(1e6),
        "g" | "bn" | "billion" | "billions" => return magnitude(1e9),
        "t" | "tn" | "trillion" | "trillions" => return magnitude(1e12),
        "p" | "quadrillion" => return magnitude(1e15),
        "x" | "of" => return Some(Word::Times),
        "per" | "a" | "an" | "each" | "every" => return Some(Word::Per),
        // As the letter alone: what the unit of data that is asked is a prefix of.
        "meg" | "megs" if about_data => return Some(Word::Magnitude(1e6, Letter::Prefix)),
        "gig" | "gigs" if about_data => return Some(Word::Magnitude(1e9, Letter::Prefix)),
        "meg" | "megs" => return Some(Word::Unit(1e6, Dimension::DATA, Role::Measure)),
        "gig" | "gigs" => return Some(Word::Unit(1e9, Dimension::DATA, Role::Measure)),
        "ns" | "nsec" | "nsecs" | "nanos" | "nanosecond" | "nanoseconds" => return time(1e-9),
        "us" | "µs" | "μs" | "usec" | "usecs" | "micros" | "µsec" | "μsec" | "microsecond" | "microseconds" => {
            return time(1e-6);
        }
        "ms" | "msec" | "msecs" | "millis" | "millisecond" | "milliseconds" => return time(1e-3),
        "s" | "sec" | "secs" | "second" | "seconds" => return time(1.0),
        "min" | "mins" | "minute" | "minutes" => return time(60.0),
        "h" | "hr" | "hrs" | "hour" | "hours" => return time(3600.0),
        "d" | "day" | "days" => return time(rounding.day_s()),
        "week" | "weeks" => return time(7.0 * rounding.day_s()),
        "month" | "months" | "mo" => return time(rounding.month_s()),
        "y" | "yr" | "yrs" | "year" | "years" => return time(365.0 * rounding.day_s()),
        "usd" | "dollar" | "dollars" | "bucks" => return Some(Word::Unit(1.0, Dimension::MONEY, Role::Measure)),
        "cent" | "cents" => return Some(Word::Unit(0.01, Dimension::MONEY, Role::Measure)),
        "percent" | "pct" => return Some(Word::Unit(0.01, Dimension::NUMBER, Role::Percent)),
        _ => {}
    }
    if lower == "rpm" {
        return Some(Word::Unit(1.0 / 60.0, Dimension::RATE, Role::Measure));
    }
    if RATES.contains(&lower.as_str()) {
        return Some(Word::Unit(1.0, Dimension::RATE, Role::Measure));
    }
    if COUNTED.binary_search(&lower.as_str()).is_ok() {
        return Some(Word::Unit(1.0, Dimension::NUMBER, Role::Counts));
    }
    data(word, &lower, rounding).or_else(|| prefixed_count(word, &lower))
}

/// `krps`, `Mreq`: a magnitude written against a rate or a counted thing.
fn prefixed_count(word: &str, lower: &str) -> Option<Word> {
    let scale = match word.as_bytes().first()? {
        b'k' | b'K' => KILO,
        b'M' | b'm' => 1e6,
        b'G' | b'B' => 1e9,
        _ => return None,
    };
    let rest = &lower[1..];
    if RATES.contains(&rest) {
        Some(Word::Unit(scale, Dimension::RATE, Role::Measure))
    } else if matches!(rest, "req" | "reqs" | "ops") {
        Some(Word::Unit(scale, Dimension::NUMBER, Role::Counts))
    } else {
        None
    }
}

/// Bits and bytes with their prefixes, and the `ps` forms.
fn data(word: &str, lower: &str, rounding: Rounding) -> Option<Word> {
    let (stem, dimension) = match lower.strip_suffix("ps") {
        Some(stem) => (stem, Dimension::DATA_RATE),
        None => (lower, Dimension::DATA),
    };
    let (prefix, spelled_out) = ["bytes", "byte", "bits", "bit", "b"].iter().find_map(|unit| {
        stem.strip_suffix(unit).map(|prefix| (prefix, unit.strip_prefix('b').filter(|rest| !rest.is_empty())))
    })?;
    let (power, binary) = power(prefix, spelled_out.is_some())?;
    // In characters: the lower case of a letter such as the Kelvin sign has fewer bytes.
    let letter = word.chars().nth(prefix.chars().count());
    let (is_bit, role) = match spelled_out {
        Some(rest) => (rest.starts_with("it"), Role::Measure),
        // "GBPS" is "gbps" aloud, "GBps" is not.
        None if letter == Some('B') => (word.ends_with("BPS"), Role::Measure),
        None if dimension == Dimension::DATA_RATE => (true, Role::Measure),
        None if binary => (false, Role::Measure),
        None if prefix.is_empty() || word.starts_with(char::is_uppercase) => (true, Role::Measure),
        // Nobody who writes `gb` or `tb` in one case means bits, but of a line's speed.
        None => (false, Role::LowerCase),
    };
    let scale = if binary { rounding.kibi() } else { KILO }.powi(power);
    Some(Word::Unit(scale * if is_bit { BIT } else { 1.0 }, dimension, role))
}

/// The power of a prefix, and whether it counts by 1,024. Words such as `kilo` stand before spelled-out units only.
fn power(prefix: &str, spelled_out: bool) -> Option<(i32, bool)> {
    const PREFIXES: [[&str; 4]; 6] = [
        ["k", "ki", "kilo", "kibi"],
        ["m", "mi", "mega", "mebi"],
        ["g", "gi", "giga", "gibi"],
        ["t", "ti", "tera", "tebi"],
        ["p", "pi", "peta", "pebi"],
        ["e", "ei", "exa", "exbi"],
    ];
    if prefix.is_empty() {
        return Some((0, false));
    }
    let forms = if spelled_out { 4 } else { 2 };
    PREFIXES.iter().zip(1..).find_map(|(all, power)| {
        let form = all[..forms].iter().position(|form| *form == prefix)?;
        Some((power, form % 2 == 1))
    })
}

/// The unit that a short word most likely means: any other unknown word counts things.
pub(super) fn mistyped(word: &str) -> Option<&'static str> {
    const UNITS: [&str; 22] = [
        "ns", "us", "ms", "sec", "min", "hour", "day", "week", "year", "KB", "MB", "GB", "TB", "KiB", "MiB", "GiB",
        "bps", "Mbps", "Gbps", "QPS", "RPS", "IOPS",
    ];
    let near = |unit: &&&str| strsim::damerau_levenshtein(&unit.to_lowercase(), &word.to_lowercase()) == 1;
    UNITS.iter().find(near).copied().filter(|_| word.len() <= 4)
}

/// Why a unit in lower case cannot be read in a rate.
pub(super) fn lower_case(word: &str) -> String {
    let prefix = word.chars().next().unwrap_or_default().to_uppercase();
    format!("'{word}' in a rate could be bits ({prefix}b) or bytes ({prefix}B): write one of these")
}

/// Whether a deck may not use the word as the name of a given value or a step.
pub fn is_reserved(word: &str) -> bool {
    let counted = COUNTED.binary_search(&word).is_ok();
    let function = Function::named(word).is_some();
    function || (!counted && !matches!(lookup(word, Dimension::NUMBER, Rounding::NONE), None | Some(Word::Per)))
}
