//! What a well-formed deck should also hold to: lengths, figures, links, prompts that do not answer
//! themselves. Part of the tests of the embedded decks and of `deck check`.

use super::common::circles;
use super::{Body, Card, Deck, DeckError, Kind, Library, fault};
use crate::quantity::{Dimension, Expression, Names, Quantity, QuantityError, Reading};
use crate::schedule::CardId;
use std::collections::{BTreeSet, HashMap, HashSet};

/// The narrowest terminal that everything is written for.
const COLUMNS: usize = 60;
const PROMPT_LINES: usize = 6;
const POINT_LINES: usize = 2;
/// What stands before a point: its number and its box.
const BOX_COLUMNS: usize = 6;
/// Speaking, words a minute.
const WORDS_A_MINUTE: usize = 150;
/// How closely a figure must follow from what it is derived from.
const FIGURE_TOLERANCE: f64 = 1.05;
/// The share of words from which two prompts are nearly the same.
const NEARLY_THE_SAME: f64 = 0.8;
/// The share of words from which two answers to such prompts are the same.
const SAME_ANSWER: f64 = 0.5;
/// Products whose limits, defaults and versions change.
const PRODUCTS: &[&str] = &[
    "aerospike",
    "akamai",
    "alb",
    "aurora",
    "azure",
    "bigtable",
    "cassandra",
    "clickhouse",
    "cloudflare",
    "cloudfront",
    "cockroachdb",
    "debezium",
    "discord",
    "dynamodb",
    "ebs",
    "ec2",
    "ecs",
    "elasticache",
    "elasticsearch",
    "envoy",
    "etcd",
    "eventbridge",
    "fargate",
    "fastly",
    "fcm",
    "firebase",
    "flink",
    "gcs",
    "glacier",
    "grafana",
    "haproxy",
    "hazelcast",
    "istio",
    "jaeger",
    "kafka",
    "keycloak",
    "kinesis",
    "kubernetes",
    "lambda",
    "linkerd",
    "lucene",
    "memcached",
    "mongodb",
    "mysql",
    "nats",
    "neo4j",
    "nginx",
    "opensearch",
    "oracle",
    "pgbouncer",
    "pinecone",
    "planetscale",
    "postgres",
    "postgresql",
    "prometheus",
    "pulsar",
    "rabbitmq",
    "rds",
    "redis",
    "redshift",
    "rocksdb",
    "s3",
    "scylladb",
    "sns",
    "solr",
    "spanner",
    "spark",
    "sqlite",
    "sqs",
    "tidb",
    "timescaledb",
    "twilio",
    "typesense",
    "valkey",
    "vitess",
    "zookeeper",
];

/// Everything that is to be mended in the decks that are looked at; the others count as links and twins.
pub fn lint(library: &Library, looked_at: impl Fn(&Deck) -> bool) -> Vec<DeckError> {
    let mut faults = Vec::new();
    let looked_at: HashSet<&str> =
        library.decks().iter().filter(|deck| looked_at(deck)).map(|deck| deck.name.as_str()).collect();
    for card in library.cards().filter(|card| looked_at.contains(card.id.deck())) {
        let said = lengths(card).into_iter().chain(figures(card)).chain(gives_itself_away(card)).chain(ages(card));
        // A deck that was left out for its errors may well have the card.
        let may_know = |id: &CardId| !library.errors.is_empty() && library.deck(id.deck()).is_err();
        let unlike: Vec<CardId> = card.unlike.iter().map(|(id, _)| id.clone()).collect();
        let links = [("see", &card.see), ("after", &card.after), ("unlike", &unlike)];
        let links = links.into_iter().flat_map(|(key, ids)| ids.iter().map(move |id| (key, id)));
        let dangling = links
            .filter(|(_, id)| !library.knows(id) && !may_know(id))
            .map(|(key, id)| format!("{key} names no card: {id}"))
            .chain(taken_over(library, card));
        faults.extend(said.chain(dangling).map(|message| fault(card, &message)));
    }
    faults.extend(twins(library, &looked_at));
    let all: Vec<&Card> = library.cards().collect();
    faults.extend(circles(&all));
    faults
}

/// `was` names cards that are gone, `replaces` one that is there; no two cards take over the same.
fn taken_over(library: &Library, card: &Card) -> Vec<String> {
    let alive = card.was.iter().filter(|id| library.get(id).is_some());
    let alive =
        alive.map(|id| format!("was names a card that is still there: {id}; only a retired one's progress moves"));
    let claimed = |id: &&CardId| library.cards().any(|other| other.id != card.id && other.was.contains(id));
    let twice = card.was.iter().filter(claimed).map(|id| format!("was names {id}, which another card takes over too"));
    let nobody = card.replaces.iter().filter(|id| !library.knows(id)).map(|id| format!("replaces names no card: {id}"));
    alive.chain(twice).chain(nobody).collect()
}

fn lines(text: &str, columns: usize) -> usize {
    textwrap::wrap(text, columns).len()
}

fn lengths(card: &Card) -> Vec<String> {
    let mut faults = Vec::new();
    let prompt = lines(&card.body.prompt(), COLUMNS);
    if prompt > PROMPT_LINES {
        faults.push(format!("the prompt takes {prompt} lines of {COLUMNS} columns; {PROMPT_LINES} fit"));
    }
    if let Body::Probe(probe) = &card.body {
        for point in probe.points.iter().filter(|point| lines(point, COLUMNS - BOX_COLUMNS) > POINT_LINES) {
            faults.push(format!("a point takes more than {POINT_LINES} lines: {point}"));
        }
        let words = probe.say.split_whitespace().count();
        if words * 60 > usize::from(probe.seconds) * WORDS_A_MINUTE {
            faults.push(format!("{words} words cannot be said in {} seconds", probe.seconds));
        }
    }
    faults
}

fn figures(card: &Card) -> Vec<String> {
    let mut faults: Vec<String> = card
        .figures
        .iter()
        .filter_map(|figure| unfounded(figure).map(|off| format!("figure '{figure}': {off}")))
        .collect();
    if let Body::Number(number) = &card.body
        && let Some(derive) = &number.derive
        && let Some(off) = unlike(derive.evaluate(&Names::none()), Ok(number.value))
    {
        faults.push(format!("the answer {} does not follow from {}: {off}", number.answer, derive.text()));
    }
    faults
}

/// Why an equation does not hold, if it does not.
fn unfounded(figure: &str) -> Option<String> {
    let Some((left, right)) = figure.split_once('=') else {
        return Some("write an equation such as \"1 GB / (125 MB/s) = 8 s\"".to_owned());
    };
    let side = |text: &str, fractions| {
        let reading = Reading { fractions, ..Reading::of(Dimension::DATA) };
        Expression::parse(text, &reading)?.evaluate(&Names::none())
    };
    let off = unlike(side(left, false), side(right, false))?;
    // "1/2 GB" is a half where the equation then holds.
    unlike(side(left, true), side(right, true)).map(|_| off)
}

/// How two values differ, if they do.
fn unlike(left: Result<Quantity, QuantityError>, right: Result<Quantity, QuantityError>) -> Option<String> {
    match (left, right) {
        (Err(error), _) | (_, Err(error)) => Some(error.to_string()),
        (Ok(left), Ok(right)) if left.dimension != right.dimension => {
            Some(format!("left is {}, right is {}", left.dimension, right.dimension))
        }
        (Ok(left), Ok(right)) => {
            let ratio = left.value / right.value;
            let holds = (1.0 / FIGURE_TOLERANCE..=FIGURE_TOLERANCE).contains(&ratio);
            (!holds).then(|| format!("left is {ratio:.3} of right"))
        }
    }
}

fn gives_itself_away(card: &Card) -> Option<String> {
    let (prompt, answer) = match &card.body {
        Body::Number(number) => (&number.ask, number.answer.clone()),
        Body::Recall { ask, answer } => (ask, answer.clone()),
        Body::Verdict { matrix, verdict } => (&verdict.given, matrix.options[verdict.pick].clone()),
        _ => return None,
    };
    let fold = |text: &str| format!(" {} ", words(text).collect::<Vec<_>>().join(" "));
    let answer = fold(&answer);
    (answer.trim().len() > 1 && fold(prompt).contains(&answer)).then(|| "the prompt contains the answer".to_owned())
}

fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

/// A product named together with a figure: its year must be said.
fn ages(card: &Card) -> Option<String> {
    if card.as_of.is_some() || matches!(card.body, Body::Estimate(_)) {
        return None;
    }
    let text = [card.body.prompt(), answer(card), card.why.clone().unwrap_or_default()].join(" ");
    let product = words(&text).find(|word| PRODUCTS.contains(&word.as_str()))?;
    let has_figure = words(&text).any(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    has_figure.then(|| format!("names {product} and a figure, and does not say as_of which year"))
}

/// All that is shown of an answer.
fn answer(card: &Card) -> String {
    let more = match &card.body {
        Body::Probe(probe) => probe.points.join(" "),
        Body::Verdict { verdict, .. } => verdict.because.clone(),
        _ => String::new(),
    };
    format!("{} {more}", card.body.answer())
}

/// Cards that ask the same: four nines are not five, though the prompts differ in a word.
fn twins(library: &Library, looked_at: &HashSet<&str>) -> Vec<DeckError> {
    let cards: Vec<(&Card, BTreeSet<String>)> = library
        .cards()
        .filter(|card| card.body.kind() != Kind::Matrix)
        .map(|card| (card, words(&card.body.prompt()).collect()))
        .collect();
    let mut counts: HashMap<&str, u32> = HashMap::new();
    cards.iter().flat_map(|(_, words)| words).for_each(|word| *counts.entry(word).or_default() += 1);
    // Two prompts that share so much share one of their first words, when the rarest come first: no other pair is looked
    // at, or a large deck would take hours.
    let rarest = |words: &BTreeSet<String>| -> Vec<String> {
        let mut sorted: Vec<&String> = words.iter().collect();
        sorted.sort_by_key(|word| (counts[word.as_str()], *word));
        let first = words.len() + 1 - (NEARLY_THE_SAME * words.len() as f64).ceil() as usize;
        sorted.into_iter().take(first).cloned().collect()
    };
    let mut before: HashMap<String, Vec<usize>> = HashMap::new();
    let mut faults = Vec::new();
    for (at, (card, these)) in cards.iter().enumerate() {
        let first = rarest(these);
        if looked_at.contains(card.id.deck()) {
            let near: BTreeSet<usize> = first.iter().filter_map(|word| before.get(word)).flatten().copied().collect();
            let twin = near
                .into_iter()
                .map(|at| &cards[at])
                .find(|(other, those)| share(these, those) >= NEARLY_THE_SAME && same_answer(card, other));
            faults.extend(twin.map(|(other, _)| fault(card, &format!("asks nearly the same as {}", other.id))));
        }
        for word in first {
            before.entry(word).or_default().push(at);
        }
    }
    faults
}

fn share<T: Ord>(these: &BTreeSet<T>, those: &BTreeSet<T>) -> f64 {
    let common = these.intersection(those).count();
    common as f64 / (these.len() + those.len() - common).max(1) as f64
}

fn same_answer(card: &Card, other: &Card) -> bool {
    match (&card.body, &other.body) {
        (Body::Number(these), Body::Number(those)) => these.value == those.value,
        _ => share(&words(&answer(card)).collect(), &words(&answer(other)).collect()) >= SAME_ANSWER,
    }
}
