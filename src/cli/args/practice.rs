//! What can be said of a review, of a sprint, and of going through cards.

use super::{Select, What};
use crate::cli::settings::KeyScale;
use crate::practice::NewPerDay;
use clap::Args as ClapArgs;
use clap::builder::RangedU64ValueParser;

#[derive(Debug, Default, ClapArgs)]
pub(in crate::cli) struct Review {
    #[command(flatten)]
    pub(in crate::cli) what: What,
    #[command(flatten)]
    pub(in crate::cli) options: ReviewOptions,
}

#[derive(Debug, Default, PartialEq, ClapArgs)]
pub(in crate::cli) struct ReviewOptions {
    /// Talk JSON lines on standard input and output, for a program
    #[arg(long)]
    pub(in crate::cli) json: bool,
    /// End after so many minutes; 0 has no end [default: 15]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=1440))]
    pub(in crate::cli) minutes: Option<u32>,
    /// New cards a day; `auto` takes as many as the minutes of the coming days can carry [default: auto]
    #[arg(long, value_name = "N")]
    pub(in crate::cli) new: Option<NewPerDay>,
    /// So many new cards beyond the day's
    #[arg(long, value_name = "N")]
    pub(in crate::cli) more: Option<u32>,
    /// Ask at most so many cards
    #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..))]
    pub(in crate::cli) limit: Option<usize>,
    /// How you grade: four keys, or the full 0 to 5 [default: four]
    #[arg(long, value_name = "SCALE")]
    pub(in crate::cli) scale: Option<KeyScale>,
    #[command(flatten)]
    pub(in crate::cli) select: Select,
    /// Fix the order and every drawn value
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(0..crate::estimate::SEEDS))]
    pub(in crate::cli) seed: Option<u64>,
}

#[derive(Debug, ClapArgs)]
pub(in crate::cli) struct Quiz {
    #[command(flatten)]
    pub(in crate::cli) what: What,
    /// How many questions
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(in crate::cli) number: u32,
    /// End after so many minutes; 0 has no end
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=1440))]
    pub(in crate::cli) minutes: Option<u32>,
    /// List the chains
    #[arg(long, conflicts_with = "chain")]
    pub(in crate::cli) list: bool,
    /// Work through this chain, such as url-shortener, step by step
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) chain: Option<String>,
    #[command(flatten)]
    pub(in crate::cli) select: Select,
    /// Fix the questions and every drawn value
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(0..crate::estimate::SEEDS))]
    pub(in crate::cli) seed: Option<u64>,
    /// Talk JSON lines on standard input and output, for a program
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

#[derive(Debug, ClapArgs)]
pub(in crate::cli) struct Cram {
    #[command(flatten)]
    pub(in crate::cli) what: What,
    /// End after so many minutes; 0 has no end
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=1440))]
    pub(in crate::cli) minutes: Option<u32>,
    /// Only what was answered wrong in the last 7 days
    #[arg(long)]
    pub(in crate::cli) missed: bool,
    /// New cards too; what is asked of them here starts no schedule
    #[arg(long)]
    pub(in crate::cli) all: bool,
    #[command(flatten)]
    pub(in crate::cli) select: Select,
    /// How you grade: four keys, or the full 0 to 5 [default: four]
    #[arg(long, value_name = "SCALE")]
    pub(in crate::cli) scale: Option<KeyScale>,
    /// Fix the order and every drawn value
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(0..crate::estimate::SEEDS))]
    pub(in crate::cli) seed: Option<u64>,
    /// Talk JSON lines on standard input and output, for a program
    #[arg(long)]
    pub(in crate::cli) json: bool,
}
