//! The log of a learner who has gone on for ten years, as the lines of an export.

use crate::cards::Shape;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use std::io::{self, BufRead, Read, Write};
use sysdrill::schedule::{Day, Memory, Quality};

/// Of the way in which a log is made: collections of an earlier one are made anew.
pub(crate) const VERSION: u32 = 1;
/// The day that everything is timed on: 2026-11-21.
pub(crate) const TODAY: i64 = 20_778;
/// Years of learning, in days.
const CAREER: i64 = 3652;
/// Of the cards, so many of a hundred have been met, if there are reviews enough.
const MET: f64 = 95.0;
/// Of the cards that came due in the last days, so many of a hundred still wait.
const LEFT_LYING: u32 = 55;
/// The days in which they came due.
const LATELY: i64 = 6;
const DAY_MS: i64 = 24 * 3600 * 1000;
const MORNING_MS: i64 = 8 * 3600 * 1000;
const EVENING_MS: i64 = 18 * 3600 * 1000;
const SITTING_MS: i64 = 3 * 3600 * 1000;
/// Bytes of lines that are made at a time.
const CHUNK: usize = 1 << 16;

/// An answer of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Answered {
    at_ms: i64,
    card: u32,
    quality: u8,
    practice: bool,
}

/// What one card's life comes to.
struct Life {
    /// The answers that the schedule asked for, with their repeats.
    answers: Vec<Answered>,
    /// The first day, and the last on which practice does no harm.
    days: (i64, i64),
}

/// The log of a learner of so many cards, in the order of time.
///
/// Each card is met on some day of ten years and asked whenever SM-2 says so; what is missing to the wanted number is
/// practice in the evenings, answered right, which moves no due day. With few reviews for so many cards fewer cards
/// have been met.
pub(crate) struct Log {
    shape: Shape,
    seed: u64,
    answers: Vec<Answered>,
}

impl Log {
    pub(crate) fn simulate(shape: Shape, reviews: usize, seed: u64) -> Self {
        let sample = shape.cards.min(2000);
        let sampled: usize = (0..sample).map(|card| live(card, seed).answers.len()).sum();
        let needed = sampled as f64 / f64::from(sample) * f64::from(shape.cards);
        let met_of_hundred = (reviews as f64 * 97.0 / needed).min(MET);
        let mut answers = Vec::with_capacity(reviews);
        let mut met = Vec::new();
        for card in 0..shape.cards {
            let chance = f64::from(card.wrapping_mul(2_654_435_769) >> 8) / f64::from(1 << 24) * 100.0;
            if chance >= met_of_hundred {
                continue;
            }
            let life = live(card, seed);
            if answers.len() + life.answers.len() > reviews {
                break;
            }
            answers.extend(life.answers);
            met.push((card, life.days));
        }
        practise(&mut answers, &met, reviews, seed);
        answers.sort_unstable();
        Self { shape, seed, answers }
    }

    /// So many answers more, of the evening before today, which the log has not.
    pub(crate) fn others(shape: Shape, reviews: usize, seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut answer = || Answered {
            at_ms: (TODAY - 1) * DAY_MS + EVENING_MS + rng.random_range(0..SITTING_MS),
            card: rng.random_range(0..shape.cards),
            quality: quality(&mut rng, 0),
            practice: false,
        };
        let mut answers: Vec<Answered> = (0..reviews).map(|_| answer()).collect();
        answers.sort_unstable();
        Self { shape, seed, answers }
    }

    /// How many answers it has.
    pub(crate) fn len(&self) -> usize {
        self.answers.len()
    }

    /// The lines of an export, made as they are read.
    pub(crate) fn lines(&self) -> Lines<'_> {
        Lines { log: self, next: 0, head: true, day: (i64::MIN, String::new()), buffer: Vec::new(), at: 0 }
    }
}

/// A quality below `floor` does not come.
fn quality(rng: &mut ChaCha8Rng, floor: u8) -> u8 {
    loop {
        let quality = match rng.random_range(0..100) {
            0 => 0,
            1..3 => 1,
            3..5 => 2,
            5..14 => 3,
            14..74 => 4,
            _ => 5,
        };
        if quality >= floor {
            return quality;
        }
    }
}

/// One card's life: the days on which it is due, up to today.
fn live(card: u32, seed: u64) -> Life {
    let mut rng = ChaCha8Rng::seed_from_u64(seed ^ u64::from(card) << 20);
    let first = TODAY - rng.random_range(1..=CAREER);
    let (mut day, mut memory) = (first, Memory::New);
    let mut answers = Vec::new();
    loop {
        let mut at_ms = day * DAY_MS + MORNING_MS + rng.random_range(0..SITTING_MS);
        let mut given = quality(&mut rng, 0);
        let counts = Quality::new(given.into()).expect("it is 0 to 5");
        memory = memory.after(counts, Day::from_epoch_days(day).expect("a day of these years"));
        answers.push(Answered { at_ms, card, quality: given, practice: false });
        while given < 4 {
            at_ms += rng.random_range(60_000..600_000);
            given = quality(&mut rng, 3);
            answers.push(Answered { at_ms, card, quality: given, practice: false });
        }
        let due = memory.scheduled().map_or(TODAY, |scheduled| scheduled.due.epoch_days());
        let lies = due >= TODAY - LATELY && rng.random_range(0..100) < LEFT_LYING;
        if due >= TODAY || lies {
            return Life { answers, days: (first, due.min(TODAY) - 1) };
        }
        day = due;
    }
}

/// Fills up to the wanted number with practice, spread over the days on which a card was known.
fn practise(answers: &mut Vec<Answered>, met: &[(u32, (i64, i64))], reviews: usize, seed: u64) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed.wrapping_add(1));
    let missing = (reviews - answers.len()) as u128;
    let days = |(first, last): (i64, i64)| u128::from((last - first + 1).unsigned_abs());
    let all: u128 = met.iter().map(|(_, life)| days(*life)).sum();
    let (mut passed, mut done) = (0, 0);
    for (card, life) in met {
        passed += days(*life);
        let until = missing * passed / all;
        for _ in done..until {
            let day = rng.random_range(life.0..=life.1);
            let at_ms = day * DAY_MS + EVENING_MS + rng.random_range(0..SITTING_MS);
            answers.push(Answered { at_ms, card: *card, quality: quality(&mut rng, 3), practice: true });
        }
        done = until;
    }
}

/// The lines of a log.
pub(crate) struct Lines<'a> {
    log: &'a Log,
    next: usize,
    head: bool,
    /// The day of the latest line, and as it is written.
    day: (i64, String),
    buffer: Vec<u8>,
    at: usize,
}

impl Lines<'_> {
    fn line(&mut self, answered: Answered) -> io::Result<()> {
        let Answered { at_ms, card, quality, practice } = answered;
        let day = at_ms.div_euclid(DAY_MS);
        if self.day.0 != day {
            self.day = (day, Day::from_epoch_days(day).map(|day| day.to_string()).unwrap_or_default());
        }
        let card = self.log.shape.card(card);
        let mode = match (practice, card.is_generated()) {
            (false, _) => "review",
            (true, false) => "cram",
            (true, true) => "quiz",
        };
        let began_ms = day * DAY_MS + if practice { EVENING_MS } else { MORNING_MS };
        let (seed, number) = (self.log.seed, self.next as u64);
        let id = uuid(at_ms, number.wrapping_add(seed << 40));
        let session = uuid(began_ms, (seed << 8) + mode.len() as u64);
        let took_ms = 4000 + (number.wrapping_mul(7919) % 16_000);
        let (given, ratio) = match card.kind_name() {
            "number" | "choice" => (format!("\"{}\"", card.answer()), "1.0"),
            _ => ("null".to_owned(), "null"),
        };
        writeln!(
            self.buffer,
            "{{\"review\":{{\"id\":\"{id}\",\"card\":\"{}\",\"at\":{at_ms},\"day\":\"{}\",\"quality\":{quality},\
             \"session\":\"{session}\",\"mode\":\"{mode}\",\"kind\":\"{}\",\"took_ms\":{took_ms},\"prompt\":\"{}\",\
             \"given\":{given},\"ratio\":{ratio},\"slip\":null,\"seed\":null,\"drawn\":null,\"steps\":null}}}}",
            card.id(),
            self.day.1,
            card.kind_name(),
            card.prompt(),
        )
    }
}

/// An id as the program makes it: of a time, with a number in place of chance.
fn uuid(at_ms: i64, number: u64) -> uuid::Uuid {
    let mut entropy = [0; 10];
    entropy[2..].copy_from_slice(&number.to_be_bytes());
    uuid::Builder::from_unix_timestamp_millis(at_ms.unsigned_abs(), &entropy).into_uuid()
}

impl BufRead for Lines<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at == self.buffer.len() {
            self.buffer.clear();
            self.at = 0;
            if std::mem::take(&mut self.head) {
                self.buffer.extend(b"{\"sysdrill\":{\"export\":1}}\n");
            }
            while self.buffer.len() < CHUNK && self.next < self.log.answers.len() {
                self.line(self.log.answers[self.next])?;
                self.next += 1;
            }
        }
        Ok(&self.buffer[self.at..])
    }

    fn consume(&mut self, amount: usize) {
        self.at += amount;
    }
}

impl Read for Lines<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let from = self.fill_buf()?;
        let length = from.len().min(into.len());
        into[..length].copy_from_slice(&from[..length]);
        self.consume(length);
        Ok(length)
    }
}
