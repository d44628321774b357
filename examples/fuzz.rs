//! Feeds mutated texts to everything that reads what somebody else wrote, for a fixed count, on stable Rust:
//!
//! ```text
//! cargo run --release --example fuzz -- expression 10000000
//! cargo run --release --example fuzz -- deck 100000
//! cargo run --release --example fuzz -- reply 10000000
//! cargo run --release --example fuzz -- import 1000000
//! cargo run --release --example fuzz -- salvage 10000
//! ```
//!
//! A panic is a fault, and so is an input that takes long; the slowest is printed. A third argument is the seed.

use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use std::cell::RefCell;
use std::time::{Duration, Instant};
use sysdrill::deck::{DeckFile, Location, parse};
use sysdrill::jsonl;
use sysdrill::quantity::{Expression, Unit};
use sysdrill::store::{FileId, Store};

const EXPRESSIONS: &[&str] = &[
    "5,787",
    "~5.8k qps",
    "50M*10/86400",
    "50M x 10 / day",
    "350k/min",
    "5.8e3/s",
    "min(3, 4 GB)",
    "2^30 B",
    "$0.023/GB",
    "99.9%",
    "5 mb",
    "sqrt(2 s * 8 s)",
    "((1))",
    "-2^-3",
    "1 000 000",
    "log2(1024)",
    "11.6 Gbps",
    "5 million a day",
    "µs",
    "9^9^9^9",
];
const REPLIES: &[&str] = &[
    r#"{"answer":"100 ns","took_s":8.5}"#,
    r#"{"said":[0,2]}"#,
    r#"{"grade":"good"}"#,
    r#"{"regrade":3}"#,
    r#"{"reveal":true}"#,
    r#"{"answer":1.5e3}"#,
    r#"{"quit":true,"undo":true}"#,
    r#"{"answer":["\u0000"]}"#,
    "[]",
    "null",
];
const DECKS: &[&str] = &[
    "[deck]\nname = \"d\"\ntitle = \"D\"\n[[recall]]\nid = \"a\"\nask = \"?\"\nanswer = \"x\"\nlevel = 1\ntags = [\"t\"]\n",
    "[deck]\nname = \"d\"\ntitle = \"D\"\n[[number]]\nid = \"a\"\nask = \"?\"\nanswer = \"100 ns\"\naccept = [\"60 ns\", \"150 ns\"]\nwithin = 1.5\n",
    "[deck]\nname = \"d\"\ntitle = \"D\"\n[[matrix]]\nid = \"m\"\ntitle = \"M\"\noptions = [\"A\", \"B\"]\n[[matrix.row]]\nid = \"r\"\ndimension = \"x\"\ncells = [\"1\", \"2\"]\n",
    "[deck]\nname = \"d\"\ntitle = \"D\"\n[[estimate]]\nid = \"e\"\nask = \"{n}?\"\nunit = \"QPS\"\nanswer = \"n / day\"\ngiven.n = { from = 1, to = 9, nice = true }\nwhere = \"n > 1\"\n[[estimate.check]]\ngiven = { n = 2 }\nanswer = \"2/day\"\n",
    "[deck]\nname = \"d\"\ntitle = \"D\"\n[[estimate]]\nid = \"c\"\ntitle = \"C\"\nask = \"{n}?\"\nwhy = \"{b}\"\ngiven.n = { pick = [1, 2] }\n[[estimate.step]]\nid = \"a\"\nask = \"?\"\nunit = \"QPS\"\nanswer = \"n / day\"\n[[estimate.step]]\nid = \"b\"\nask = \"{a}?\"\nunit = \"GB\"\nanswer = \"a * n s * 1 GB\"\n[[estimate.check]]\ngiven = { n = 2 }\nanswer = { a = \"2/day\", b = \"1 GB\" }\n",
];
const EXPORTS: &[&str] = &[
    concat!(
        r#"{"sysdrill":{"export":1}}"#,
        "\n",
        r#"{"review":{"id":"019ab000-0000-7000-8000-000000000001","card":"d/a","at":1795000000000,"day":"2026-11-21","quality":4,"session":"019ab000-0000-7000-8000-000000000002","mode":"review","kind":"number","took_ms":1000,"prompt":"?","given":"1","ratio":1.0,"slip":null,"seed":7,"drawn":"{}","steps":null}}"#,
        "\n",
        r#"{"retraction":{"id":"019ab000-0000-7000-8000-000000000003","review":"019ab000-0000-7000-8000-000000000001","at":1795000000001}}"#,
        "\n",
    ),
    concat!(
        r#"{"sysdrill":{"export":1}}"#,
        "\n",
        r#"{"settings":{"file":"minutes = 5\n"}}"#,
        "\n",
        r#"{"mark":{"id":"019ab000-0000-7000-8000-000000000004","card":"d/a","what":"suspend","at":1795000000002}}"#,
        "\n",
        r#"{"mark":{"id":"019ab000-0000-7000-8000-000000000005","card":"","what":"interview 2026-12-24 15","at":1795000000003}}"#,
        "\n",
        r#"{"state":{"card":"d/a","phase":"new","easiness":null,"interval_days":null,"repetitions":0,"lapses":0,"due":null,"suspended":true,"flagged":false}}"#,
        "\n",
    ),
];
const PIECES: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "\n",
    ",",
    ".",
    "=",
    "^",
    "*",
    "/",
    "-",
    "e",
    "k",
    "B",
    "Gb",
    "min",
    "x",
    "%",
    "$",
    "0",
    "9",
    "1e308",
    "\\u",
    " ",
    "\u{0}",
    "\u{1f600}",
    "\u{212a}",
    "true",
    "null",
    "[[",
    "]]",
    "#",
    "'''",
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, default: u64| arguments.get(at).and_then(|n| n.parse().ok()).unwrap_or(default);
    let (count, seed) = (number(1, 100_000), number(2, 1));
    let (corpus, run): (&[&str], fn(&[u8])) = match arguments.first().map(String::as_str) {
        Some("expression") => (EXPRESSIONS, expression),
        Some("deck") => (DECKS, deck),
        Some("reply") => (REPLIES, |bytes| drop(jsonl::parse(bytes))),
        Some("import") => (EXPORTS, import),
        Some("salvage") => (EXPRESSIONS, salvage),
        _ => {
            eprintln!("usage: fuzz expression|deck|reply|import|salvage [COUNT] [SEED]");
            std::process::exit(2);
        }
    };
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut slowest = (Duration::ZERO, Vec::new());
    for _ in 0..count {
        let input = mutate(corpus, &mut rng);
        let start = Instant::now();
        run(&input);
        let took = start.elapsed();
        if took > slowest.0 {
            slowest = (took, input);
        }
    }
    println!("{count} inputs, no panic; the slowest took {:?}: {:?}", slowest.0, String::from_utf8_lossy(&slowest.1));
}

fn expression(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for unit in ["QPS", "ns", "GB/day", ""] {
        if let Ok(unit) = Unit::parse(unit)
            && let Ok(value) = Expression::value_in(&text, &unit)
        {
            assert!(value.value.is_finite(), "{text}");
        }
    }
    let _ = Unit::of_written(&text);
    let _ = Unit::parse(&text);
}

fn deck(bytes: &[u8]) {
    let file = DeckFile { path: "fuzz.toml".into(), bytes: bytes.to_vec().into() };
    if let Err(errors) = parse(&[file], Location::User("fuzz.toml".into())) {
        assert!(!errors.is_empty());
    }
}

/// A database that takes so many inputs, and is looked over when they are in.
const INPUTS_A_STORE: usize = 5000;

fn import(bytes: &[u8]) {
    thread_local! {
        static OPEN: RefCell<Option<(usize, Store, tempfile::TempDir)>> = const { RefCell::new(None) };
    }
    OPEN.with_borrow_mut(|open| {
        let (done, store, _) = open.get_or_insert_with(|| {
            let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder");
            let store = Store::open(&folder.path().join("fuzz.db"), Box::new(|| [7; 10])).expect("a database");
            (0, store, folder)
        });
        if let Err(error) = store.import(&mut &*bytes, &|_| Ok(()), &mut |_| ()) {
            assert!(error.to_string().starts_with("line "), "{error}");
        }
        *done += 1;
        if *done == INPUTS_A_STORE {
            let found = store.examine(&mut |_, _| ()).expect("a database that can be read");
            assert!(found.problems.is_empty(), "{:?}", found.problems);
            *open = None;
        }
    });
}

/// A database that is damaged where the input says: three bytes are a place and what stands there.
const SAMPLE: &[u8] = include_bytes!("../tests/it/samples/v2.db");

fn salvage(bytes: &[u8]) {
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a folder");
    let path = folder.path().join("fuzz.db");
    let mut damaged = SAMPLE.to_vec();
    for edit in bytes.chunks_exact(3) {
        let place = usize::from(u16::from_be_bytes([edit[0], edit[1]])) * SAMPLE.len() / (1 << 16);
        damaged[place] = edit[2];
    }
    std::fs::write(&path, damaged).expect("a disk with room");
    if Store::repair(&path, FileId::of(&path), "fuzz", Box::new(|| [7; 10])).is_ok() {
        let store = Store::open(&path, Box::new(|| [7; 10])).expect("what was repaired opens");
        let found = store.examine(&mut |_, _| ()).expect("what was repaired can be read");
        assert!(found.problems.is_empty(), "{:?}", found.problems);
    }
}

/// One to eight changes to a text of the corpus.
fn mutate(corpus: &[&str], rng: &mut ChaCha8Rng) -> Vec<u8> {
    let mut bytes = pick(corpus, rng).as_bytes().to_vec();
    for _ in 0..rng.random_range(1..=8) {
        let at = rng.random_range(0..=bytes.len());
        match rng.random_range(0..5) {
            0 => drop(bytes.splice(at..at, pick(PIECES, rng).bytes())),
            1 if at < bytes.len() => drop(bytes.remove(at)),
            2 if at < bytes.len() => bytes[at] = rng.random(),
            3 => {
                let end = rng.random_range(at..=bytes.len());
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy);
            }
            _ => drop(bytes.splice(at..at, pick(corpus, rng).bytes())),
        }
        bytes.truncate(4096);
    }
    bytes
}

fn pick<'a>(list: &[&'a str], rng: &mut ChaCha8Rng) -> &'a str {
    list.choose(rng).copied().unwrap_or_default()
}
