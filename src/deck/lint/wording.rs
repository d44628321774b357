//! How a card is written: lengths, prompts that answer themselves or ask twice, what ages, and the words for what is asked.

use crate::deck::{Body, Card, Per};
use crate::quantity::{Dimension, Unit};

/// The narrowest terminal that everything is written for.
const COLUMNS: usize = 60;
/// The most lines of a question on that terminal: with the answer's prompt and the clock it stays on a small screen.
const PROMPT_LINES: usize = 6;
/// The most lines of a point that is ticked: more cannot be checked at a glance.
const POINT_LINES: usize = 2;
/// What stands before a point: its number and its box.
const BOX_COLUMNS: usize = 6;
/// Speaking, words a minute.
const WORDS_A_MINUTE: usize = 150;
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

/// All that is to be said of how a card is written.
pub(super) fn wording(card: &Card) -> Vec<String> {
    let mut faults = lengths(card);
    faults.extend(gives_itself_away(card));
    faults.extend(asks_twice(card));
    faults.extend(ages(card));
    faults.extend(asked(card));
    faults.extend(stray_braces(card));
    faults
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

pub(super) fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
}

/// A recall has one answer and one grade.
fn asks_twice(card: &Card) -> Option<String> {
    const ASKING: [&str; 8] = ["what", "how", "why", "when", "where", "which", "who", "whose"];
    let Body::Recall { ask, .. } = &card.body else { return None };
    let ask = own_words(ask);
    let words: Vec<String> = words(&ask).collect();
    let and = words.windows(2).any(|pair| pair[0] == "and" && ASKING.contains(&pair[1].as_str()));
    (and || ask.matches('?').count() > 1)
        .then(|| "asks two things for one grade: make it a [[probe]] with points, or two cards".to_owned())
}

/// A question without what somebody says in it: in quotes, or behind "you ask:".
fn own_words(ask: &str) -> String {
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let chars: Vec<char> = ask.chars().collect();
    let (mut own, mut said) = (String::new(), false);
    for (at, c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| chars.get(at)).copied();
        let quotes = matches!(c, '\'' | '"' | '\u{2018}' | '\u{2019}' | '\u{201c}' | '\u{201d}');
        // The apostrophe of "card's" stands between letters.
        if quotes && !(is_word(before) && is_word(chars.get(at + 1).copied())) {
            said = !said;
            // What is said stands for a word.
            own.push_str(if said { "x" } else { "" });
        } else if !said {
            own.push(*c);
        }
    }
    match own.split_once("ask: ").and_then(|(before, rest)| Some((before, rest.split_once('?')?.1))) {
        Some((before, after)) => format!("{before}{after}"),
        None => own,
    }
}

/// What looks like a gap, and is shown as it stands.
fn stray_braces(card: &Card) -> Option<String> {
    let Body::Cloze { cloze, .. } = &card.body else { return None };
    let stray = cloze.stray.as_ref()?;
    Some(format!("{stray} has no number and is shown as it stands: number it as {{{{c1::...}}}}, or write \\{{{{"))
}

/// A product named together with a figure: its year must be said.
fn ages(card: &Card) -> Option<String> {
    if card.as_of.is_some() || matches!(card.body, Body::Estimate(_)) {
        return None;
    }
    if matches!(&card.body, Body::Number(number) if number.unit.dimension().money != 0) {
        return Some("is a price, and does not say as_of which year".to_owned());
    }
    let text = [card.body.prompt(), answer(card), card.why.clone().unwrap_or_default()].join(" ");
    let product = words(&text).find(|word| PRODUCTS.contains(&word.as_str()))?;
    let has_figure = words(&text).any(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    has_figure.then(|| format!("names {product} and a figure, and does not say as_of which year"))
}

/// All that is shown of an answer.
pub(super) fn answer(card: &Card) -> String {
    let more = match &card.body {
        Body::Probe(probe) => probe.points.join(" "),
        Body::Verdict { verdict, .. } => verdict.because.clone(),
        _ => String::new(),
    };
    format!("{} {more}", card.body.answer())
}

/// What a question asks in words, that its card does not know.
fn asked(card: &Card) -> Vec<String> {
    match &card.body {
        Body::Number(number) => unknown(&number.ask, &number.unit, number.per.as_ref()),
        Body::Estimate(estimate) => {
            let ask = |step: &str| if step.is_empty() { estimate.ask.clone() } else { step.to_owned() };
            let steps = estimate.steps.iter();
            steps.flat_map(|step| unknown(&ask(&step.ask), &step.unit, step.per.as_ref())).collect()
        }
        _ => Vec::new(),
    }
}

/// The period and the unit that a question names and its card does not.
fn unknown(ask: &str, unit: &Unit, per: Option<&Per>) -> Vec<String> {
    let mut faults = Vec::new();
    let sentences: Vec<&str> =
        ask.split(['.', ';', '?', '\n']).map(str::trim).filter(|part| !part.is_empty()).collect();
    let Some(question) = sentences.last() else { return faults };
    let known = |period: &Unit| {
        let rate = unit.dimension().time == -1 && period.factor() == 1.0;
        let under = unit.denominator().is_some_and(|under| under.one() == period.one());
        rate || under || per.is_some_and(|per| per.quantity == period.one())
    };
    // With a number in it, a period may be that of what is given.
    let gives = question.contains(|c: char| c.is_ascii_digit() || c == '{');
    let tail: Vec<String> = words(question).collect();
    if let [.., article, period] = tail.as_slice()
        && ["a", "an", "per", "each", "every"].contains(&article.as_str())
        && let Ok(period) = Unit::parse(period)
        && period.dimension() == Dimension::TIME
        && !gives
        && !known(&period)
    {
        faults.push(format!("asks for so much a {0}, and does not know it: add per = \"{0}\"", period.text()));
    }
    // "in MB/s?" is the unit that a bare number is read in.
    for (at, _) in question.match_indices(" in ") {
        let said = question[at + 4..].split('(').next().unwrap_or_default().trim();
        let plain = Unit::parse(said).ok().filter(|said| said.dimension() != Dimension::NUMBER || said.text() == "%");
        if let Some(said) = plain.filter(|said| said.one() != unit.one()) {
            faults.push(format!("asks in {}, and a bare number is read in {}", said.text(), unit.text()));
        }
    }
    faults
}
