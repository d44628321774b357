//! How people write numbers, and what a fair examiner makes of it: the forms that trackers of calculators and unit
//! libraries (qalculate, fend, numbat, pint) ask for, and those that learners typed here.

use super::*;
use crate::deck::{Body, Deck, DeckFile, Location, parse};
use crate::schedule::Quality;

/// What becomes of a typed answer.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Right,
    Near,
    Wrong,
    /// With this in the message.
    AskedBack(&'static str),
}
use Fate::{AskedBack, Near, Right, Wrong};

/// A card of one number, with more keys.
fn card(ask: &str, answer: &str, keys: &str) -> Deck {
    let text = format!(
        "[deck]\nname = \"d\"\ntitle = \"D\"\n[[number]]\nid = \"n\"\nask = \"{ask}\"\nanswer = \"{answer}\"\n{keys}\n"
    );
    parse(&[DeckFile { path: "d.toml".into(), bytes: text.into_bytes().into() }], Location::Embedded)
        .unwrap_or_else(|errors| panic!("{errors:?}"))
}

/// Types each of the texts at a card and holds what becomes of them.
#[track_caller]
fn typed_at(ask: &str, answer: &str, keys: &str, cases: &[(&str, Fate)]) {
    let deck = card(ask, answer, keys);
    let Body::Number(number) = &deck.cards[0].body else { panic!("a number") };
    let target = number_target(number);
    for (text, fate) in cases {
        let read = read(text, &target.asking(&number.ask), &|value| target.is_right(value));
        let graded = read.as_ref().map(|answer| grade(answer, &target, false).quality);
        let held = match (fate, &graded) {
            (Right, Ok(quality)) => *quality >= Quality::GOOD,
            (Near, Ok(quality)) => *quality == Quality::HARD,
            (Wrong, Ok(quality)) => *quality < Quality::HARD,
            (AskedBack(part), Err(back)) => back.message.contains(part),
            _ => false,
        };
        assert!(held, "{ask} ({answer}): {text} should be {fate:?}, but: {read:?}, {graded:?}");
    }
}

#[test]
fn what_cannot_be_an_answer_is_asked_back() {
    typed_at(
        "Read 1 MB from memory?",
        "100 us",
        "",
        &[
            ("100 us", Right),
            ("0", AskedBack("above zero")),
            ("0 us", AskedBack("above zero")),
            ("-100 us", AskedBack("above zero")),
            ("5 - 105", AskedBack("choose")),
            ("100 GB", AskedBack("GB is an amount of data; the question asks for a time: write one such as 12 us")),
            ("100 QPS", AskedBack("QPS is a rate; the question asks for a time")),
            ("100 us * 100 us", AskedBack("'100 us * 100 us' is time^2; the question asks for a time")),
            ("5 GB * 2 GB", AskedBack("data^2")),
            ("1 / (5 GB) * 1 s", AskedBack("time / data")),
            ("us", AskedBack("a number is missing before 'us'")),
            ("ms", AskedBack("a number is missing")),
            ("s", AskedBack("a number is missing")),
            ("day", AskedBack("a number is missing")),
            ("GB/s", AskedBack("a number is missing")),
            ("q", AskedBack("a number is missing")),
            ("20 servers", AskedBack("a count of things; the question asks for a time")),
            ("100 requests", AskedBack("a count of things")),
            ("8x", AskedBack("a count of things")),
            ("50%", AskedBack("a share; the question asks for a time")),
            ("fast", AskedBack("is no unit")),
        ],
    );
}

#[test]
fn units_that_cancel_do_not_make_a_bare_number() {
    typed_at(
        "Seek of a disk, in ms?",
        "20 ms",
        "",
        &[("20 s/s", AskedBack("its units cancel")), ("20 ms/s * s", Right)],
    );
    typed_at("Transfer?", "20 ms", "", &[("20 GB/GB", AskedBack("its units cancel")), ("20", Right)]);
    typed_at(
        "A cell of a geohash of six characters: how many metres wide?",
        "1220",
        "",
        &[("1220 m", Right), ("1220m", Right), ("1.2k metres", Right), ("1220", Right)],
    );
    typed_at(
        "99.9% available: how much downtime is allowed in a year?",
        "8.76 h",
        "per = \"year\"",
        &[
            ("8.76 h/year", Right),
            ("8.76 h a year", Right),
            ("8h 45min", Right),
            ("8h46m", Right),
            ("8 hours, 45 minutes and 36 seconds", Right),
            ("45 min 8 h", AskedBack("two numbers stand side by side")),
            ("526 min per year", Right),
            ("8.76/year", Right),
            ("0.73 h/month", Right),
            ("10 min/week", Right),
            ("8.76", Right),
            ("365 days * 0.1%", Right),
            ("1 year / 1000", Right),
            ("0.1%", AskedBack("a share")),
            ("99.9%", AskedBack("a share")),
            ("8.76 h/h", AskedBack("its units cancel")),
            ("52 min a year", Wrong),
        ],
    );
    // Without the key, what the question ends with is known all the same.
    typed_at("How much downtime do four nines allow in a year?", "52.6 min", "", &[("52 min a year", Right)]);
    typed_at("99% up: downtime a year, in days?", "3.65 days", "per = \"year\"", &[("3.65 days per year", Right)]);
}

#[test]
fn what_the_question_says_may_be_repeated_or_left_out() {
    typed_at(
        "Egress to the internet, dollars per GB?",
        "$0.09",
        "per = \"GB\"",
        &[
            ("$0.09 per GB", Right),
            ("$0.09/GB", Right),
            ("0.09 $/GB", Right),
            ("0.09", Right),
            ("9 cents", Right),
            ("9 cents per GB", Right),
            ("9¢/GB", Right),
            ("9c", Right),
            ("$90 per TB", Right),
            ("$90/TB", Right),
            ("0.09/GB", Right),
            ("0.09 USD", Right),
            ("$0.09 a gigabyte", Right),
            ("$0.09/s", AskedBack("a money rate")),
        ],
    );
    typed_at("Egress, dollars per GB?", "$0.09", "", &[("$0.09 per GB", Right)]);
    typed_at(
        "Egress price?",
        "$0.09/GB",
        "",
        &[("$0.09", Right), ("0.09", Right), ("$0.09/GB", Right), ("$90/TB", Right)],
    );
    typed_at(
        "Disk needed per year?",
        "5.5 TB",
        "per = \"year\"",
        &[
            ("5.5 TB/year", Right),
            ("5.5 TB", Right),
            ("5.5/year", Right),
            ("5.5T", Right),
            ("15 GB/day", Right),
            ("15 GB/day * year", Right),
            ("458 GB per month", Right),
            ("5.5T/year", Right),
            ("5,500 GB a year", Right),
        ],
    );
    typed_at(
        "New data per day?",
        "500 GB/day",
        "",
        &[
            ("500 GB", Right),
            ("500", Right),
            ("500 GB/day", Right),
            ("500/day", Right),
            ("500 GB per day", Right),
            ("500G", Right),
            ("500G/day", Right),
            ("0.5 TB", Right),
            ("5.8 MB/s", Right),
            ("500 gb", Right),
            ("500 s", AskedBack("a time; the question asks for a data rate")),
        ],
    );
    typed_at(
        "Cost a month?",
        "$2000/month",
        "",
        &[("$2000", Right), ("$2k", Right), ("2k", Right), ("$24k/year", Right), ("2k/month", Right)],
    );
    typed_at(
        "How many a day?",
        "50,000",
        "per = \"day\"",
        &[
            ("50k/day", Right),
            ("50k", Right),
            ("50k a day", Right),
            ("50k orders a day", Right),
            ("0.58/s", Right),
            ("35/min", Right),
        ],
    );
    typed_at(
        "10 requests a day each for 50M users; average QPS?",
        "5787 QPS",
        "",
        &[
            ("500M requests", AskedBack("a count of things; the question asks for a rate")),
            ("500M requests/day", Right),
            ("5.8k ops", Right),
            ("5800 ops", Right),
            ("5.8kops", Right),
            ("500M ops/day", Right),
            ("5.8k iops", Right),
            ("500M/day", Right),
            ("5.8k requests a second", Right),
            ("5.8k", Right),
        ],
    );
    typed_at(
        "Price of a model's output, dollars per 1M tokens?",
        "$15",
        "per = \"1M tokens\"",
        &[
            ("$15", Right),
            ("$15 per 1M tokens", Right),
            ("15/1M tokens", Right),
            ("$15 per million tokens", Right),
            ("$15 / 1M", Right),
        ],
    );
    typed_at(
        "How many GPUs hold it?",
        "8",
        "",
        &[("8 GPUs", Right), ("8 gpus", Right), ("8 servers", Right), ("8", Right), ("8x", Right)],
    );
}

#[test]
fn in_bytes_a_bare_number_is_bytes() {
    typed_at(
        "How much is 10 Gbps, in bytes a second?",
        "1.25 GB/s",
        "",
        &[
            ("1250000000", Right),
            ("1.25 GB/s", Right),
            ("1.25e9", Right),
            ("1.25 billion", Right),
            ("1.25B", Right),
            ("1.25G", Right),
            ("10 Gbps", AskedBack("the question says '10 Gbps' itself")),
        ],
    );
    typed_at(
        "A page, in bytes?",
        "4 KB",
        "accept = [\"4 KB\", \"4 KiB\"]",
        &[("4096", Right), ("4k", Right), ("4 KB", Right), ("4", Wrong)],
    );
}

#[test]
fn a_billion_is_a_billion() {
    typed_at(
        "How much do they need together?",
        "1 TB",
        "",
        &[
            ("1B * 1 KB", Right),
            ("1B users x 1 KB", Right),
            ("1B x 1KB", Right),
            ("0.2 B users * 5 KB", Right),
            ("1bn * 1 KB", Right),
            ("1 billion users * 1,000 B", Right),
            ("1B * 1000 B", Right),
            ("1B * 1000B", Right),
            ("1e12 B", Right),
            ("1B", Wrong),
            ("1000B * 1B", Right),
        ],
    );
    typed_at("A record?", "0.1 KB", "", &[("100 B", Right), ("100B", Right), ("100 b", Wrong), ("800b", Right)]);
    typed_at(
        "How many people?",
        "8 billion",
        "",
        &[("8B", Right), ("8 B", Right), ("8b", Right), ("8bn", Right), ("8000M", Right)],
    );
    typed_at("Average QPS?", "11.6k QPS", "", &[("1B/day", Right), ("1 B / 86400", Right), ("1B a day", Right)]);
    typed_at(
        "Revenue?",
        "$3 billion",
        "",
        &[("$3B", Right), ("3B", Right), ("$3bn", Right), ("3 billion dollars", Right)],
    );
}

#[test]
fn a_fraction_before_a_unit_is_a_fraction() {
    typed_at(
        "Throughput?",
        "500 MB/s",
        "",
        &[("1/2 GB/s", Right), ("½ GB/s", Right), ("0.5 GB/s", Right), ("1/8 * 4 GB/s", Right)],
    );
    typed_at("How long?", "5 min", "", &[("1/12 h", Right), ("1/12 hours", Right), ("1 h / 12", Right), ("5", Right)]);
    typed_at("How much?", "1.5 TB", "", &[("3/2 TB", Right), ("1½ TB", Right), ("1.5T", Right), ("3 TB / 2", Right)]);
    typed_at(
        "Requests a second of one thread?",
        "100/s",
        "",
        &[("1/10 ms", Right), ("1 / 10 ms", Right), ("1/(10 ms)", Right)],
    );
    typed_at("Rate?", "200/s", "", &[("1 / 5 ms", Right), ("1/5 ms", Right)]);
    typed_at("Speed?", "1.39 MB/s", "", &[("10 GB / 2 h", Right)]);
    typed_at(
        "How long is half of it, in s?",
        "0.5 s",
        "",
        &[("1/2 s", Right), ("half a second", Right), ("1/2", Right)],
    );
    typed_at("Price?", "$0.5", "", &[("1/2 $", Right), ("1/2", Right), ("50 cents", Right)]);
}

#[test]
fn a_range_is_its_middle_or_asked_back() {
    typed_at(
        "Latency?",
        "1 ms",
        "within = 1.3",
        &[
            ("500-1500 us", Right),
            ("0.5–2 ms", Right),
            ("0.5 - 2", Right),
            ("0.5 to 2 ms", Right),
            ("0.5 ms to 2 ms", Right),
            ("0.5..2 ms", Right),
            ("0.5...2", Right),
            ("0.5—2", Right),
            ("0.5~2", Right),
            ("about 0.5-2 ms", Right),
            ("between 0.5 and 2 ms", Right),
            ("from 0.5 to 2 ms", Right),
            ("500us-2ms", Right),
            ("10ms-30ms", Wrong),
            ("0.1-10 ms", AskedBack("choose: 0.1-10 ms is a factor of 100")),
            ("0.5-2.1 ms", AskedBack("choose")),
            ("0-5 ms", AskedBack("choose")),
            ("1-4 GB", AskedBack("an amount of data")),
            ("3 ms - 2 ms", Right),
            ("3-2", Right),
        ],
    );
    typed_at(
        "How many?",
        "1.4k",
        "within = 1.1",
        &[("1-2k", Right), ("1k-2k", Right), ("1k-2", Right), ("700-2.8k", Right), ("1,000-2,000", Right)],
    );
    typed_at("How many?", "700", "within = 1.1", &[("500-1k", Right), ("500 to 1k", Right)]);
    typed_at(
        "Cost?",
        "$2.8k",
        "within = 1.1",
        &[("$2-4k", Right), ("$2k-$4k", Right), ("2k-4k $", Right), ("$2k to 4k", Right)],
    );
    typed_at("Rate?", "7 GB/s", "within = 1.1", &[("5-10 GB/s", Right), ("5 GB/s - 10 GB/s", Right), ("5–10", Right)]);
    typed_at(
        "Times?",
        "3",
        "within = 1.2",
        &[("2-4x", Right), ("2x-4x", Right), ("2 to 4", Right), ("2^1-2^2", AskedBack("above zero"))],
    );
    typed_at("Left over?", "5.5 h", "", &[("6 h - 30 min", Right)]);
    typed_at("Sum?", "976", "", &[("1000-24", Right), ("1,000 - 24", Right)]);
}

#[test]
fn letters_without_a_b_are_prefixes_where_data_is_asked() {
    typed_at(
        "Disk?",
        "1.5 TB",
        "",
        &[
            ("1.5T", Right),
            ("1.5 T", Right),
            ("1500G", Right),
            ("1.5", Right),
            ("1.5k GB", Right),
            ("1500 gb", Right),
            ("1.5tb", Right),
        ],
    );
    typed_at(
        "In GB?",
        "1.5 GB",
        "",
        &[("1.5G", Right), ("1500M", Right), ("1.5 GiB", Right), ("0.0015k", Right), ("0.0015K", Right)],
    );
    typed_at(
        "Cluster, in GB?",
        "1,500,000 GB",
        "",
        &[
            ("1.5M", AskedBack("'1.5M' is read as 1.5 MB here: write the unit")),
            ("1.5 PB", Right),
            ("1.5 million", Right),
            ("1500k", Right),
            ("1.5P", Right),
        ],
    );
    typed_at(
        "Bandwidth?",
        "10 Gbps",
        "",
        &[
            ("10G", Right),
            ("10", Right),
            ("10 gbps", Right),
            ("10 GBPS", Right),
            ("10Gb/s", Right),
            ("10 Gbit/s", Right),
            ("10 gb/s", AskedBack("'gb' in a rate could be bits (Gb) or bytes (GB)")),
            ("10 GB/s", Wrong),
            ("10/s", Right),
        ],
    );
    typed_at(
        "Disk throughput?",
        "500 MB/s",
        "",
        &[
            ("500M/s", Right),
            ("0.5G/s", Right),
            ("500M", Right),
            ("500 mb/s", AskedBack("'mb' in a rate")),
            ("4 gbps", Right),
            ("500/s", Right),
            ("500 mb per second", AskedBack("'mb' in a rate")),
        ],
    );
    typed_at(
        "Row?",
        "5 KB",
        "",
        &[("5 kb", Right), ("5kb", Right), ("5 Kb", Wrong), ("5k", Wrong), ("0.005M", Right), ("5 kB", Right)],
    );
    typed_at("Image?", "5 MB", "", &[("5 mb", Right), ("5M", Right), ("5 Mb", Wrong), ("40 Mb", Right)]);
    typed_at("How many users?", "1.5M", "", &[("1.5M", Right), ("1.5m", Right), ("1500k", Right), ("1500K", Right)]);
}

#[test]
fn percent() {
    typed_at(
        "Availability?",
        "99.9%",
        "within = 1.0005",
        &[
            ("99.9", Right),
            ("99.9%", Right),
            ("99.9 percent", Right),
            ("99.9 pct", Right),
            ("0.999", Right),
            ("999/1000", Right),
            ("1 - 0.001", Right),
            ("100% - 0.1%", Right),
            ("99% + 0.9%", Right),
            ("1 - 0.1%", Right),
            ("20 servers", AskedBack("a count of things")),
        ],
    );
    typed_at(
        "Share?",
        "0.5%",
        "",
        &[("0.5", Right), ("0.5%", Right), ("0.005", Right), ("1/200", Right), ("50%", Wrong)],
    );
    typed_at(
        "With 30% on top of 10k?",
        "13k",
        "within = 1.05",
        &[
            ("10k + 30%", Right),
            ("10k * 130%", Right),
            ("10k*1.3", Right),
            ("30% of 43k", Right),
            ("(10k + 30%) * 1", Right),
        ],
    );
    typed_at("Left?", "7 TB", "within = 1.05", &[("10 TB - 30%", Right), ("70% of 10 TB", Right)]);
    typed_at("Hit ratio, as a number?", "0.8", "", &[("80%", Right), ("0.8", Right), ("4/5", Right)]);
}

#[test]
fn signs_as_pages_and_people_print_them() {
    typed_at(
        "How long?",
        "100 us",
        "",
        &[
            ("1e−4 s", Right),
            ("1e-4 s", Right),
            ("10^-4 s", Right),
            ("10⁻⁴ s", Right),
            ("10^−4 s", Right),
            ("approx. 100 us", Right),
            ("ca. 100us", Right),
            ("~100 µs", Right),
            ("≈100μs", Right),
            ("１００ us", Right),
            ("100 us.", Right),
            ("100 usec", Right),
            ("exactly 100 us", Right),
            ("½ us * 200", Right),
            ("100us each", Right),
        ],
    );
    typed_at(
        "How many?",
        "1000",
        "within = 1.05",
        &[
            ("10³", Right),
            ("10^3", Right),
            ("1,000", Right),
            ("1 000", Right),
            ("1k", Right),
            ("ten", Wrong),
            ("10 hundred", Right),
            ("1·000", AskedBack("group thousands with a comma")),
            ("1.000.000", AskedBack("group thousands with a comma")),
            ("0x3e8", AskedBack("hexadecimal")),
            ("0x19", AskedBack("hexadecimal")),
            ("1.000", AskedBack("write 1,000 for a thousand times as much")),
            ("a thousand", Right),
            ("2 x 10²x5", Right),
        ],
    );
    typed_at(
        "Size?",
        "1,500 GB",
        "",
        &[("1.500 GB", AskedBack("write 1,500")), ("1.5 TB", Right), ("1.500 TB", Right)],
    );
    typed_at("Size?", "1.5 GB", "", &[("1.500 GB", Right)]);
    typed_at("How many?", "500k", "", &[("half a million", Right), ("1/2 million", Wrong), ("0.5 million", Right)]);
}

#[test]
fn the_words_of_the_question_are_no_answer() {
    typed_at(
        "How much is 2^30?",
        "1.07 billion",
        "",
        &[
            ("2^30", AskedBack("the question says '2^30' itself")),
            ("2**30", AskedBack("itself")),
            ("2 ^ 30", AskedBack("itself")),
            ("2³⁰", AskedBack("itself")),
            ("1024^3", Right),
            ("1,073,741,824", Right),
            ("2^10 * 2^20", Right),
            ("1 billion", Right),
            ("1B", Right),
        ],
    );
    typed_at(
        "A 1 Gbps link, in MB/s?",
        "125 MB/s",
        "",
        &[
            ("1 Gbps", AskedBack("the question says '1 Gbps' itself: work it out, in MB/s")),
            ("1 gbps", AskedBack("itself")),
            ("1Gb/s", AskedBack("itself")),
            ("1000 Mbps", AskedBack("itself")),
            ("1 gigabit per second", AskedBack("itself")),
            ("1/8 GB/s", Right),
            ("0.125 GB/s", Right),
            ("125", Right),
            ("1 Gbps / 8", Wrong),
        ],
    );
    typed_at(
        "1M/day, in QPS?",
        "11.6 QPS",
        "",
        &[
            ("1M/day", AskedBack("itself")),
            ("1,000,000 per day", AskedBack("itself")),
            ("1 million a day", AskedBack("itself")),
            ("1M/86400", Right),
            ("1M / 24 h", Right),
            ("12", Right),
        ],
    );
    typed_at(
        "100M requests a month: how many a second?",
        "38/s",
        "",
        &[("100M/month", AskedBack("itself")), ("100M / 30 days", Right), ("38", Right)],
    );
    typed_at(
        "How many seconds has an hour?",
        "3600 s",
        "",
        &[
            ("1 h", AskedBack("itself")),
            ("1 hour", AskedBack("itself")),
            ("3600", Right),
            ("60 min", Right),
            ("60*60", Right),
        ],
    );
    typed_at(
        "1 TB in MB?",
        "1,000,000 MB",
        "",
        &[
            ("1 TB", AskedBack("itself")),
            ("1M", AskedBack("read as 1 MB")),
            ("1e6", Right),
            ("1,000,000 MB", Right),
            ("1 million", Right),
        ],
    );
    typed_at("What is 62^7?", "3.5 trillion", "", &[("62^7", AskedBack("itself")), ("3.5T", Right), ("60^7", Right)]);
    // A number that was worked out is an answer, though the question has it too.
    typed_at(
        "3 TB each, 12 TB a node: 4 of them need?",
        "12 TB",
        "",
        &[("12 TB", Right), ("12", Right), ("3 TB * 4", Right)],
    );
}

#[test]
fn near_reaches_a_quarter_beyond_what_is_right() {
    let keys = "accept = [\"60 ns\", \"150 ns\"]\nnot = [{ value = \"10 us\", say = \"That is a disk.\" }]";
    typed_at(
        "DRAM?",
        "100 ns",
        keys,
        &[("60", Right), ("150", Right), ("50", Near), ("187", Near), ("47", Wrong), ("190", Wrong), ("10 us", Wrong)],
    );
    typed_at(
        "SSD?",
        "100 us",
        "within = 1.5",
        &[("67", Right), ("149", Right), ("187", Near), ("188", Wrong), ("54", Near), ("53", Wrong)],
    );
}

#[test]
fn numbers_as_they_are_said() {
    typed_at(
        "A backup?",
        "200 GB",
        "",
        &[
            ("200 gigs", Right),
            ("200 gig", Right),
            ("200GB of RAM", Right),
            ("200 gigs of main memory", Right),
            ("200,000 megs", Right),
            ("two hundred GB", Right),
            ("two hundred gigs", Right),
            ("ten GB", Wrong),
            ("200+ GB", Right),
            ("200GB+", Right),
            (">200 GB", Right),
            (">= 200", Right),
            ("≥200", Right),
            ("<200 GB", AskedBack("'<' has no meaning")),
            ("200 of RAM", AskedBack("'RAM' is no unit")),
            ("one hundred and 200", AskedBack("is no unit")),
        ],
    );
    typed_at("Bandwidth?", "10 Gbps", "", &[("10 gig", Right), ("ten gigs", Right), ("10 gigs/s", Right)]);
    typed_at("How many gigs?", "5k", "", &[("5 gigs", AskedBack("an amount of data")), ("five thousand", Right)]);
    typed_at(
        "How many requests a second?",
        "50k QPS",
        "",
        &[
            ("fifty thousand", Right),
            ("fifty k", Right),
            ("50k+", Right),
            ("50k+ QPS", Right),
            (">50k", Right),
            ("about >50k", AskedBack("'>' has no meaning")),
            ("3M rpm", Right),
            ("50k rpm", Wrong),
            ("180 mil/h", Right),
            ("three million a minute", Right),
            ("five hundred thousand", Wrong),
            ("a hundred thousand", Wrong),
            ("25k + 25k", Right),
            ("25k+25k", Right),
            ("fifty", Wrong),
            ("fifty one two", AskedBack("two numbers")),
            ("two point five", AskedBack("two numbers")),
        ],
    );
    typed_at(
        "99% up: how much downtime in a year, in days?",
        "3.65 days",
        "per = \"year\"\nwithin = 1.1",
        &[
            ("1% of a year", Right),
            ("1% of the year", Right),
            ("1% of one year", Right),
            ("four days", Right),
            ("3 1/2 days", Right),
            ("3 2/3", Right),
            ("three and a half days", Right),
            ("3½ days", Right),
            ("half a day", Wrong),
            ("twenty-five days", Wrong),
            ("1/10 s", Wrong),
            ("3 500/2 days", Wrong),
        ],
    );
    typed_at(
        "How long?",
        "25 days",
        "",
        &[("twenty-five days", Right), ("twenty five days", Right), ("30 days - five days", Right)],
    );
    typed_at("How long?", "12 h", "", &[("half a day", Right), ("one half day", AskedBack("is no unit"))]);
    typed_at("How long?", "100 ms", "", &[("100 millis", Right), ("100k micros", Right), ("a hundred ms", Right)]);
    typed_at(
        "Price?",
        "$0.16",
        "",
        &[("USD 0.16", Right), ("US$0.16", Right), ("0.16 usd", Right), ("16 cents", Right)],
    );
    typed_at(
        "1M photos of 2 MB a day: how many MB/s?",
        "23 MB/s",
        "",
        &[
            ("2 MB x 1M / 86400", Right),
            ("1M x 2 MB / 100,000", Right),
            ("2 MB x 1M / 86", AskedBack("an amount of data")),
            ("2 MB x 1M / day", Right),
        ],
    );
}

#[test]
fn a_number_that_two_would_read_differently_is_asked_back() {
    typed_at(
        "Logs a day, in GB?",
        "200 GB",
        "",
        &[
            (
                "200 billion",
                AskedBack("'200 billion' is read as 200 EB, for the question asks in GB: if you mean 200 GB, write"),
            ),
            ("200e9", AskedBack("if you mean 200 GB")),
            ("2e11", AskedBack("if you mean 200 GB")),
            ("200 * 10^9", AskedBack("if you mean 200 GB")),
            ("200,000,000,000", AskedBack("if you mean 200 GB")),
            ("200B", AskedBack("'200B' is read as 200 B,")),
            ("200", Right),
            ("7e11", Wrong),
            ("200M", Wrong),
            ("200k", Wrong),
        ],
    );
    typed_at("Row, in KB?", "1 KB", "", &[("1000", Wrong)]);
    typed_at(
        "Link?",
        "10 Gbps",
        "",
        &[("10 billion", AskedBack("if you mean 10 Gbps")), ("1e10", AskedBack("10 Gbps"))],
    );
    typed_at(
        "How many?",
        "12k",
        "",
        &[
            ("50.000", AskedBack("write 50,000 for a thousand times as much, or 50 for what it says")),
            ("12.000", AskedBack("write 12,000")),
            ("12.500", AskedBack("write 12,500")),
            ("50.125", Wrong),
            ("12,000", Right),
        ],
    );
    typed_at("How many?", "50", "", &[("50.000", Right)]);
}

#[test]
fn whoever_does_not_know_says_so() {
    for said in ["idk", "I don't know", "i don\u{2019}t know.", "No idea", "dunno", "don't know!"] {
        assert!(says_unknown(said), "{said}");
    }
    for said in ["", "5", "pass", "don't know 5", "know", "idk 5", "no"] {
        assert!(!says_unknown(said), "{said}");
    }
    typed_at("How many?", "5", "", &[("pass", AskedBack("'pass' may mean two things"))]);
}
