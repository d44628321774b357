//! Times the release binary on large collections, against the least that a program can do with the same file.
//!
//! `cargo bench --bench scale -- --help` tells the options; `docs/performance.md` what came out, and what each row
//! means.

mod cards;
mod child;
mod collection;
mod hashcards;
mod learner;
mod machine;
mod rows;
mod table;

use clap::Parser;
use collection::{Collection, Result};
use rows::{Bench, Part, build_floor};
use std::path::{Path, PathBuf};
use std::time::Duration;
use table::Table;

/// What is measured when nothing is asked for: cards and reviews.
const DEFAULT: [(usize, usize); 2] = [(10_000, 1_000_000), (100_000, 10_000_000)];

/// Times sysdrill on large collections. They are made on demand and kept.
#[derive(Debug, Parser)]
#[command(name = "scale", max_term_width = 100)]
struct Options {
    /// Cards of the collection: 1k, 10k, 100k, 1M [default: 10k with 1M reviews, then 100k with 10M]
    #[arg(long, value_parser = number)]
    cards: Option<usize>,
    /// Reviews of the collection: 0, 1M, 10M
    #[arg(long, value_parser = number)]
    reviews: Option<usize>,
    /// Where the collections are [default: scale/ in the target folder]
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Runs of each row
    #[arg(long, default_value_t = 200)]
    runs: usize,
    /// Stop a row after so many seconds, with fewer runs
    #[arg(long, default_value_t = 120)]
    seconds: u64,
    /// Only these rows
    #[arg(long, value_enum, value_delimiter = ',')]
    rows: Vec<Part>,
    /// Print every run's milliseconds too, the floor's first
    #[arg(long)]
    raw: bool,
    /// Make the collection and measure nothing
    #[arg(long)]
    make: bool,
    /// Time this hashcards too, on the same questions and answers
    #[arg(long, value_name = "PROGRAM")]
    hashcards: Option<PathBuf>,
    /// As cargo bench passes it
    #[arg(long = "bench", hide = true)]
    _bench: bool,
}

fn number(text: &str) -> std::result::Result<usize, String> {
    let (digits, factor) = match text.strip_suffix(['k', 'M']) {
        Some(digits) if text.ends_with('k') => (digits, 1000),
        Some(digits) => (digits, 1_000_000),
        None => (text, 1),
    };
    digits.parse::<usize>().map(|number| number * factor).map_err(|_| "write a number such as 10k or 1M".to_owned())
}

fn main() -> Result<()> {
    if !std::env::args().any(|arg| arg == "--bench") {
        // Some other command runs all targets: this one takes too long to be a test.
        eprintln!("run it with cargo bench --bench scale");
        return Ok(());
    }
    let options = Options::parse();
    let sysdrill = Path::new(env!("CARGO_BIN_EXE_sysdrill"));
    let target = sysdrill.ancestors().nth(2).ok_or("the program lies in a target folder")?;
    let dir = options.dir.clone().unwrap_or_else(|| target.join("scale"));
    std::fs::create_dir_all(&dir)?;
    let floor = build_floor(target)?;
    let sizes = match (options.cards, options.reviews) {
        (None, None) => DEFAULT.to_vec(),
        (cards, reviews) => vec![(cards.unwrap_or(10_000), reviews.unwrap_or(1_000_000))],
    };
    println!("{}", machine::describe(&dir));
    for (at, (cards, reviews)) in sizes.into_iter().enumerate() {
        let collection = Collection::get(&dir, u32::try_from(cards)?, reviews)?;
        if options.make {
            continue;
        }
        let budget = Duration::from_secs(options.seconds);
        let bench = Bench::new(&collection, [sysdrill, &floor], options.runs, budget)?;
        let mut table = Table::new(&format!("{} ({})", collection.name(), bench.agenda()?), "floor");
        table.raw = options.raw;
        bench.measure(&options.rows, &mut table)?;
        table.print();
        // It is asked about the smaller one: it reads everything at each start.
        if let Some(hashcards) = options.hashcards.as_ref().filter(|_| at == 0) {
            bench.against_hashcards(hashcards)?.print();
        }
    }
    Ok(())
}
