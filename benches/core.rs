//! Times the core in memory: the fold of a log, the queue, expressions, generated questions, the reading of decks.
//!
//! `cargo bench --bench core` takes a minute. What came out is in `docs/performance.md`.

use criterion::measurement::WallTime;
use criterion::{BatchSize, BenchmarkGroup, Criterion, SamplingMode, Throughput};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use std::collections::HashMap;
use std::convert::Infallible;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;
use sysdrill::deck::{Body, Brief, Card, Deck, DeckFile, Estimate, Location, embedded, embedded_file, parse, part};
use sysdrill::estimate::{Answer, draw, grade};
use sysdrill::quantity::{Dimension, Expression, Names, Quantity, Reading};
use sysdrill::schedule::{CardId, CardState, Change, Day, Easiness, Latest, Memory, Mode, Quality, Scheduled, fold};
use sysdrill::session::{Candidate, Order, Queued, Session, Setup, queue_of_day};

/// What chance begins with: the same inputs each time.
const SEED: u64 = 7;
/// The day's new cards.
const NEW: usize = 10;
/// The cards of a queue that is asked from.
const QUEUE: usize = 300;
/// The time box of a session, in seconds.
const BUDGET_S: f64 = 900.0;
/// The draws of a generated question are those of the seeds below it, in turn.
const DRAWS: u64 = 1000;

/// What a learner types, and the dimension that is asked for.
const ANSWERS: [(&str, Dimension); 4] = [
    ("50M*10/86400", Dimension::RATE),
    ("~6k qps", Dimension::RATE),
    ("3.5 TB/day", Dimension::DATA_RATE),
    ("1.5 * 2^40 B", Dimension::DATA),
];

fn main() {
    let criterion = Criterion::default()
        .sample_size(50)
        .nresamples(10_000)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_millis(1500))
        .without_plots();
    let mut criterion = criterion.configure_from_args();
    let decks: Vec<Deck> = embedded().iter().map(|files| parsed(files)).collect();
    logs(&mut criterion);
    queues(&mut criterion, &decks);
    questions(&mut criterion, &decks);
    expressions(&mut criterion);
    estimates(&mut criterion, &decks);
    files(&mut criterion, &decks);
    criterion.final_summary();
}

fn logs(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("fold of a log");
    for reviews in [10, 100, 10_000] {
        let log = log(reviews);
        group.throughput(Throughput::Elements(reviews));
        group.bench_function(format!("{reviews} reviews"), |bencher| {
            bencher.iter(|| fold(black_box(&log).iter().copied()));
        });
    }
}

/// A card that was asked every few days, and the same day again where SM-2 says so.
fn log(reviews: u64) -> Vec<Change> {
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let mut day = today();
    let review = |_| {
        let quality = quality(&mut rng);
        let change = Change::Review { day, quality, mode: Mode::Review };
        if !quality.is_asked_again() {
            day = day.plus(rng.random_range(1..8));
        }
        change
    };
    (0..reviews).map(review).collect()
}

/// Mostly Good.
fn quality(rng: &mut ChaCha8Rng) -> Quality {
    match rng.random_range(0..10) {
        0 => Quality::AGAIN,
        1..3 => Quality::HARD,
        3..9 => Quality::GOOD,
        _ => Quality::EASY,
    }
}

fn queues(criterion: &mut Criterion, decks: &[Deck]) {
    let mut group = criterion.benchmark_group("plan of a queue");
    group.sampling_mode(SamplingMode::Flat);
    let medians = HashMap::new();
    let seconds = Setup::seconds(&medians);
    let seconds = |brief: &Brief| seconds(brief.kind, brief.answers);
    for cards in [100, 2000, 20_000] {
        let candidates = candidates(cards, decks);
        group.throughput(Throughput::Elements(cards));
        group.bench_function(format!("{cards} cards"), |bencher| {
            bencher.iter(|| queue_of_day(black_box(&candidates), today(), NEW, seconds, SEED));
        });
    }
}

/// So many cards as the embedded decks have them, those decks over again under other names where there are too few. Of
/// a hundred, fifty are due, ten new, three owed from earlier in the day, two suspended, the others due later.
fn candidates(count: u64, decks: &[Deck]) -> Vec<Candidate> {
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let cards = || decks.iter().flat_map(|deck| &deck.cards);
    let all = (0..).flat_map(|round| cards().map(move |card| (round, card.brief())));
    let candidate = |(round, brief): (u32, Brief)| {
        let (deck, name) = brief.id.as_str().split_once('/').expect("an id has a deck");
        let id = if round == 0 { brief.id.clone() } else { id(&format!("{deck}-{round}/{name}")) };
        let state = state(&mut rng);
        let due = state.memory.scheduled().map(|scheduled| scheduled.due);
        Candidate { brief: Brief { id, ..brief }, state, due }
    };
    all.take(count as usize).map(candidate).collect()
}

fn state(rng: &mut ChaCha8Rng) -> CardState {
    let place = rng.random_range(0..100);
    let interval_days = rng.random_range(1..60);
    let (due, quality) = match place {
        0..10 => return CardState::default(),
        10..13 => (today().plus(1), Quality::HARD),
        13..65 => (today().before(rng.random_range(0..7)), Quality::GOOD),
        _ => (today().plus(rng.random_range(1..60)), Quality::GOOD),
    };
    let asked = if quality.is_asked_again() { today() } else { due.before(interval_days.into()) };
    let scheduled = Scheduled { easiness: Easiness::START, interval_days, repetitions: 3, lapses: 0, due };
    CardState {
        memory: Memory::Scheduled(scheduled),
        wanted: false,
        suspended: (13..15).contains(&place),
        flagged: false,
        started: Some(today().before(365)),
        latest: Some(Latest { day: asked, quality }),
    }
}

fn questions(criterion: &mut Criterion, decks: &[Deck]) {
    let cards: HashMap<CardId, Arc<Card>> =
        decks.iter().flat_map(|deck| &deck.cards).map(|card| (card.id.clone(), Arc::new(card.clone()))).collect();
    let medians = HashMap::new();
    let seconds = Setup::seconds(&medians);
    let (mut planned, counts) =
        queue_of_day(&candidates(1000, decks), today(), NEW, |brief| seconds(brief.kind, brief.answers), SEED);
    planned.truncate(QUEUE);
    let beyond = counts.due - planned.iter().filter(|planned| planned.state.memory != Memory::New).count();
    let setup = Setup {
        session: "019aa3f0-0000-7000-8000-000000000000".parse().expect("an id"),
        mode: Mode::Review,
        day: today(),
        budget_s: Some(BUDGET_S),
        new_time: None,
        median_seconds: medians.clone(),
        order: Order::DueFirst,
    };
    let session = |planned: Vec<Queued>| Session::new(setup.clone(), planned, beyond);
    let card = |id: &CardId| Ok::<_, Infallible>(cards.get(id).map(Arc::clone));
    criterion.benchmark_group("next question").bench_function(format!("from a queue of {QUEUE}"), |bencher| {
        bencher.iter_batched_ref(
            || session(planned.clone()),
            |session| {
                let Ok(question) = session.question(today(), card);
                question.expect("cards are due")
            },
            BatchSize::LargeInput,
        );
    });
}

fn expressions(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("expression");
    for (text, asked) in ANSWERS {
        let reading = Reading::of(asked);
        let value = |text: &str| Expression::parse(text, &reading)?.evaluate(&Names::none());
        value(text).expect("an answer");
        group.bench_function(text, |bencher| bencher.iter(|| value(black_box(text))));
    }
}

fn estimates(criterion: &mut Criterion, decks: &[Deck]) {
    let mut group = criterion.benchmark_group("generated question");
    for (name, id) in [("single", "conversions/average-qps-from-dau"), ("chain", "conversions/chat")] {
        let Body::Estimate(estimate) = &card(decks, id).body else { panic!("{id} is an estimate") };
        generator(&mut group, name, estimate);
    }
}

fn generator(group: &mut BenchmarkGroup<WallTime>, name: &str, estimate: &Estimate) {
    let mut seeds = (0..DRAWS).cycle();
    group.bench_function(format!("{name}: draw"), |bencher| {
        bencher.iter(|| draw(black_box(estimate), seeds.next().unwrap_or_default()));
    });
    let drawn = draw(estimate, SEED);
    group.bench_function(format!("{name}: truth"), |bencher| {
        bencher.iter(|| black_box(&drawn).truth(estimate));
    });
    // Far off, so that all wrong turns are gone through.
    let truth = drawn.truth(estimate).expect("values that the formulas take");
    let wrong = |right: &Quantity| Answer::from(Quantity { value: 7.0 * right.value, ..*right });
    let answers: Vec<Answer> = truth.iter().map(wrong).collect();
    group.bench_function(format!("{name}: grade of a wrong answer to each step"), |bencher| {
        bencher.iter(|| {
            for (step, answer) in answers.iter().enumerate() {
                let target = drawn.target(estimate, step, black_box(&truth)).expect("as for the truth");
                black_box(grade(answer, &target, false));
            }
        });
    });
}

fn files(criterion: &mut Criterion, decks: &[Deck]) {
    let mut group = criterion.benchmark_group("reading of decks");
    let all = embedded();
    let size = |decks: &[Vec<DeckFile>]| decks.iter().flatten().map(|file| file.bytes.len() as u64).sum();
    let latency = all.iter().position(|files| &*files[0].path == "decks/latency/deck.toml").expect("an embedded deck");
    let latency = &all[latency..=latency];
    for (name, decks) in [("latency", latency), ("all embedded", &all)] {
        group.sample_size(20).sampling_mode(SamplingMode::Flat).throughput(Throughput::Bytes(size(decks)));
        group.bench_function(name, |bencher| {
            bencher.iter(|| black_box(decks).iter().map(|files| parsed(files)).collect::<Vec<Deck>>());
        });
    }
    for (name, id) in [("a number by its block", "latency/rtt-same-zone"), ("a chain by its block", "conversions/chat")]
    {
        let (card, deck) = (card(decks, id), deck(decks, id));
        let block = block(card);
        group
            .sample_size(50)
            .sampling_mode(SamplingMode::Auto)
            .throughput(Throughput::Bytes(card.place.block.len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter(|| part(black_box(&block), &deck.defaults).expect("the block is sound"));
        });
    }
}

/// What is read of a card's file when it is asked: its block, with as many lines before it as in the file.
fn block(card: &Card) -> DeckFile {
    let bytes = embedded_file(&card.place.path).expect("an embedded deck's file");
    let lines = vec![b'\n'; card.place.line - 1];
    let bytes = [&lines, &bytes[card.place.block.clone()]].concat().into();
    DeckFile { path: Arc::clone(&card.place.path), bytes }
}

fn parsed(files: &[DeckFile]) -> Deck {
    parse(files, Location::Embedded).expect("the embedded decks are sound")
}

fn deck<'a>(decks: &'a [Deck], card: &str) -> &'a Deck {
    decks.iter().find(|deck| deck.name == id(card).deck()).expect("an embedded deck")
}

fn card<'a>(decks: &'a [Deck], card: &str) -> &'a Card {
    deck(decks, card).cards.iter().find(|known| known.id.as_str() == card).expect("a card of an embedded deck")
}

fn id(text: &str) -> CardId {
    CardId::parse(text).expect("an id")
}

fn today() -> Day {
    Day::from_epoch_days(20_778).expect("2026-11-21")
}
