//! hashcards and repeater: what their databases and hashcards' own export say of cards that stand in Markdown.
//!
//! Both know a card by a hash of what it says, so that its history is found by its text. hashcards keeps every answer and
//! writes wall times without a zone; repeater keeps only how a card stands, in UTC.

use super::anki::easiness_by_fsrs;
use super::refused::Refused;
use super::zone::Zone;
use super::{Incoming, IncomingCard, IncomingProgress, IncomingReview, LeftOut};
use crate::deck::DraftBody;
use crate::schedule::{Day, Easiness, Quality, Scheduled};
use crate::shown;
use chrono::{DateTime, NaiveDateTime, Utc};
use rusqlite::Connection;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};

/// What a program knows of its cards, by their hashes.
#[derive(Debug, Default, PartialEq)]
pub struct History {
    /// The program.
    pub program: &'static str,
    /// How each card stands that was ever asked.
    pub progress: HashMap<String, IncomingProgress>,
}

/// How a card was answered.
struct Answer {
    hash: String,
    at: String,
    grade: String,
}

/// What is stored of a card that was asked.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Performance {
    last_reviewed_at: String,
    stability: Option<f64>,
    difficulty: Option<f64>,
    interval_days: i64,
    due_date: String,
    review_count: u32,
}

/// hashcards' own hash of a question with its answer.
pub fn basic_hash(question: &str, answer: &str) -> String {
    hash(&[b"Basic", question.trim().as_bytes(), answer.trim().as_bytes()])
}

/// hashcards' own hash of a gap: the text without brackets, and the gap's first byte and its last.
pub fn cloze_hash(text: &str, first: usize, last: usize) -> String {
    hash(&[b"Cloze", text.as_bytes(), &(first as u64).to_le_bytes(), &(last as u64).to_le_bytes()])
}

/// hashcards' own hash of a text with gaps.
pub fn family_hash(text: &str) -> String {
    hash(&[b"Cloze", text.as_bytes()])
}

/// The question and the answer of a card as hashcards reads them from where it is written.
pub fn sides(written: &str) -> Option<(String, String)> {
    let written = unnamed(written);
    let (question, answer) = written.strip_prefix("Q:")?.split_once("\nA:")?;
    Some((question.trim().to_owned(), answer.trim().to_owned()))
}

/// What is written, without the comment that names it.
fn unnamed(written: &str) -> String {
    let names =
        |line: &str| line.trim_start().strip_prefix("<!--").is_some_and(|said| said.trim_start().starts_with("id:"));
    let plain: Vec<&str> = written.lines().filter(|line| !names(line)).collect();
    plain.join("\n")
}

/// From the first tag of a card, what hashcards and repeater take for it: all up to the next tag or a rule, headings,
/// comments and what looks like a tag in code too.
pub fn as_read_there(text: &str) -> &str {
    let mut end = 0;
    for (at, line) in text.split_inclusive('\n').enumerate() {
        let begins = ["Q:", "C:", "T:"].iter().any(|tag| line.starts_with(tag));
        if at > 0 && (begins || line.trim_end() == "---") {
            break;
        }
        end += line.len();
    }
    text[..end].trim_end()
}

/// A text with gaps as hashcards reads it: without brackets, with the first byte of each gap and its last.
#[derive(Debug, PartialEq, Eq)]
pub struct Gaps {
    /// The text.
    pub text: String,
    /// The gaps, in order.
    pub places: Vec<(usize, usize)>,
}

impl Gaps {
    /// The hashes of those gaps that hide these words, in this order. There are more of them there, in code or in a link.
    pub fn hashes_of(&self, words: &[String]) -> Vec<String> {
        let mut places = self.places.iter();
        let hash = |words: &String| {
            let (first, last) = places.clone().find(|(first, last)| self.text[*first..=*last] == **words)?;
            places.by_ref().find(|place| **place == (*first, *last));
            Some(cloze_hash(&self.text, *first, *last))
        };
        words.iter().map(hash).map(Option::unwrap_or_default).collect()
    }
}

/// Reads the gaps of a card as it is written, with `C:`, or `T:` and `D:`. Whatever stands in brackets is one there, but for
/// pictures and what has a backslash before it; comments that name a card are none of its text here, others are.
pub fn gaps(written: &str) -> Gaps {
    let written = unnamed(written);
    if let Some(rest) = written.strip_prefix("T:") {
        let (term, definition) = rest.split_once("\nD:").unwrap_or((rest, ""));
        let (term, definition) = (term.trim(), definition.trim());
        let text = format!("Term: {term}\n\nDefinition: {definition}");
        let places = vec![(6, 5 + term.len()), (text.len() - definition.len(), text.len() - 1)];
        return Gaps { text, places };
    }
    let written = written.strip_prefix("C:").unwrap_or(&written).trim();
    let (mut text, mut places, mut open, mut picture) = (String::new(), Vec::new(), None, false);
    let mut signs = written.chars().peekable();
    while let Some(c) = signs.next() {
        match c {
            '\\' if matches!(signs.peek(), Some('[' | ']')) => text.extend(signs.next()),
            '[' if picture || text.ends_with('!') => {
                picture = true;
                text.push(c);
            }
            ']' if picture => {
                picture = false;
                text.push(c);
            }
            '[' => open = Some(text.len()),
            ']' => {
                if let Some(first) = open.take().filter(|first| *first < text.len()) {
                    places.push((first, text.len() - 1));
                }
            }
            c => text.push(c),
        }
    }
    Gaps { text, places }
}

/// repeater's own hash of a card as it is written, from its first tag to the next, and of the gap of that number, from 0.
pub fn repeater_hash(written: &str, gap: usize) -> String {
    let words: Vec<String> = written.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let text = words.join(" ");
    if gap == 0 { hash(&[text.as_bytes()]) } else { hash(&[text.as_bytes(), b"\0cloze", gap.to_string().as_bytes()]) }
}

fn hash(parts: &[&[u8]]) -> String {
    let mut hasher = blake3::Hasher::new();
    parts.iter().for_each(|part| {
        hasher.update(part);
    });
    hasher.finalize().to_hex().to_string()
}

/// Reads the tables of either program.
///
/// # Errors
/// It has no such tables, or they say what they cannot.
pub fn history(database: &Connection, zone: Zone) -> Result<History, Refused> {
    let damaged = |error: rusqlite::Error| Refused::new(format!("its database is damaged: {error}"));
    let tables = tables(database).map_err(damaged)?;
    if !tables.contains_key("cards") {
        return Err(Refused::new("its database has no table of cards, as hashcards and repeater have"));
    }
    let has_reviews = tables.contains_key("reviews");
    let mut performances = HashMap::new();
    let sql = "SELECT card_hash, last_reviewed_at, stability, difficulty, interval_days, due_date, review_count FROM cards \
               WHERE last_reviewed_at IS NOT NULL AND due_date IS NOT NULL";
    let mut select = database.prepare(sql).map_err(damaged)?;
    let read = select.query_map([], |row| {
        let performance = Performance {
            last_reviewed_at: row.get(1)?,
            stability: row.get(2)?,
            difficulty: row.get(3)?,
            interval_days: row.get::<_, Option<i64>>(4)?.unwrap_or(0),
            due_date: row.get(5)?,
            review_count: row.get(6)?,
        };
        Ok((row.get::<_, String>(0)?, performance))
    });
    for row in read.map_err(damaged)? {
        let (hash, performance) = row.map_err(damaged)?;
        performances.insert(hash, performance);
    }
    let mut answers = Vec::new();
    if has_reviews {
        let sql = "SELECT card_hash, reviewed_at, grade FROM reviews ORDER BY review_id";
        let mut select = database.prepare(sql).map_err(damaged)?;
        let read = select.query_map([], |row| Ok(Answer { hash: row.get(0)?, at: row.get(1)?, grade: row.get(2)? }));
        for answer in read.map_err(damaged)? {
            answers.push(answer.map_err(damaged)?);
        }
    }
    let program = if has_reviews { "hashcards" } else { "repeater" };
    Ok(History { program, progress: progress(performances, answers, zone)? })
}

/// The tables of a database, and how each was made. What a view would calculate is never asked.
fn tables(database: &Connection) -> rusqlite::Result<HashMap<String, String>> {
    let mut select = database.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND rootpage > 0")?;
    let tables = select.query_map([], |row| Ok((row.get(0)?, row.get::<_, Option<String>>(1)?.unwrap_or_default())))?;
    tables.collect()
}

/// How each card stands.
fn progress(
    performances: HashMap<String, Performance>,
    answers: Vec<Answer>,
    zone: Zone,
) -> Result<HashMap<String, IncomingProgress>, Refused> {
    let mut reviews: HashMap<String, Vec<IncomingReview>> = HashMap::new();
    for Answer { hash, at, grade } in answers {
        let quality = match grade.to_ascii_lowercase().as_str() {
            "forgot" => Quality::AGAIN,
            "hard" => Quality::HARD,
            "good" => Quality::GOOD,
            "easy" => Quality::EASY,
            _ => return Err(Refused::new(format!("the grade '{grade}' is not one of forgot, hard, good, easy"))),
        };
        let at_ms = zone.ms_of(time(&at, zone)?);
        reviews.entry(hash).or_default().push(IncomingReview { at_ms, quality, took_ms: 0 });
    }
    let mut progress: HashMap<String, IncomingProgress> = HashMap::new();
    for (hash, reviews) in reviews {
        progress.entry(hash).or_default().reviews = reviews;
    }
    for (hash, performance) in performances {
        let progress = progress.entry(hash).or_default();
        progress.reviews.sort_by_key(|review| review.at_ms);
        let last = time(&performance.last_reviewed_at, zone)?;
        progress.at_ms = zone.ms_of(last);
        progress.start = Some((Day::of(last, 0), scheduled(&performance, &progress.reviews, zone)?));
    }
    Ok(progress)
}

fn scheduled(performance: &Performance, reviews: &[IncomingReview], zone: Zone) -> Result<Scheduled, Refused> {
    let (mut repetitions, mut lapses) = (0, 0);
    for review in reviews {
        let is_recall = review.quality.is_recall();
        lapses += u32::from(!is_recall && repetitions > 0);
        repetitions = if is_recall { repetitions + 1 } else { 0 };
    }
    let is_asked_again = performance.interval_days < 1;
    if reviews.is_empty() && !is_asked_again {
        repetitions = performance.review_count.max(1);
    }
    let memory = performance.difficulty.zip(performance.stability);
    Ok(Scheduled {
        easiness: memory
            .map_or(Easiness::START, |(difficulty, stability)| easiness_by_fsrs(difficulty, stability, 0.9)),
        interval_days: u32::try_from(performance.interval_days.clamp(1, 36_500)).unwrap_or(1),
        repetitions,
        lapses,
        due: due(&performance.due_date, zone)?,
    })
}

/// A time as the learner's clock showed it: written so, or in UTC.
fn time(text: &str, zone: Zone) -> Result<NaiveDateTime, Refused> {
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok();
    let utc = || DateTime::parse_from_rfc3339(text).ok().map(|at| zone.local(at.with_timezone(&Utc)));
    let plain = || NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").ok().map(|at| zone.local(at.and_utc()));
    local.or_else(utc).or_else(plain).ok_or_else(|| Refused::new(format!("'{text}' is no time")))
}

/// A day, or the day of a time.
fn due(text: &str, zone: Zone) -> Result<Day, Refused> {
    text.parse().or_else(|_| time(text, zone).map(|at| Day::of(at, 0)))
}

/// hashcards' export.
#[derive(Deserialize)]
struct Export {
    cards: Vec<ExportCard>,
    #[serde(default)]
    sessions: Vec<Session>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExportCard {
    hash: String,
    deck_name: String,
    location: Location,
    content: Content,
    performance: Option<Performance>,
}

#[derive(Deserialize, Default, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "camelCase")]
struct Location {
    file_path: String,
    line_start: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
enum Content {
    Basic { question: String, answer: String },
    Cloze { text: String, start: usize, end: usize },
}

#[derive(Deserialize)]
struct Session {
    #[serde(default)]
    reviews: Vec<ExportReview>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExportReview {
    hash: String,
    reviewed_at: String,
    grade: String,
}

/// Whether a text begins as hashcards' export does.
pub fn fits(head: &str) -> bool {
    let rest = head.strip_prefix('{').map(str::trim_start);
    rest.and_then(|rest| rest.strip_prefix("\"cards\"")).is_some_and(|rest| rest.trim_start().starts_with(':'))
}

/// Reads hashcards' export: its cards, with all that was answered.
///
/// # Errors
/// It is no such export.
pub fn export(text: &str, zone: Zone) -> Result<Incoming, Refused> {
    let Export { mut cards, sessions } = serde_json::from_str(text)
        .map_err(|error| Refused::new(format!("it is no whole export of hashcards: {error}")))?;
    let answers = sessions.into_iter().flat_map(|session| session.reviews);
    let answers =
        answers.map(|review| Answer { hash: review.hash, at: review.reviewed_at, grade: review.grade }).collect();
    let performances =
        cards.iter_mut().filter_map(|card| Some((card.hash.clone(), card.performance.take()?))).collect();
    let mut progress = progress(performances, answers, zone)?;
    cards.sort_by(|a, b| a.location.cmp(&b.location));
    let mut incoming = Vec::new();
    // The gaps of a text are cards of their own there, and one card with that many numbers here.
    let mut families: BTreeMap<String, Vec<(usize, usize, IncomingProgress)>> = BTreeMap::new();
    let mut texts: HashMap<String, String> = HashMap::new();
    for card in cards {
        let stands = progress.remove(&card.hash).unwrap_or_default();
        let (key, body) = match card.content {
            Content::Basic { question, answer } => (card.hash, DraftBody::Recall { ask: question, answer }),
            Content::Cloze { text, start, end } => {
                let key = family_hash(&text);
                let gaps = families.entry(key.clone()).or_default();
                gaps.push((start, end, stands));
                if texts.insert(key.clone(), text).is_some() {
                    continue;
                }
                incoming.push(incoming_card(key, card.deck_name, DraftBody::Cloze { text: String::new() }, Vec::new()));
                continue;
            }
        };
        incoming.push(incoming_card(key, card.deck_name, body, vec![stands]));
    }
    for card in &mut incoming {
        let Some(mut gaps) = families.remove(&card.key) else { continue };
        gaps.sort_by_key(|(start, ..)| *start);
        let places: Vec<(usize, usize)> = gaps.iter().map(|(start, end, _)| (*start, *end)).collect();
        card.body = DraftBody::Cloze { text: with_gaps(&texts[&card.key], &places)? };
        let numbered = (1_u16..).zip(gaps);
        card.progress = numbered.map(|(gap, (.., progress))| IncomingProgress { gap: Some(gap), ..progress }).collect();
    }
    let gone: usize = progress.values().map(|progress| progress.reviews.len()).sum();
    let left_out =
        (gone > 0).then(|| LeftOut { what: "answers to cards that are in no file any more".to_owned(), count: gone });
    Ok(Incoming {
        program: "hashcards",
        what: "an export of hashcards".to_owned(),
        cards: incoming,
        left_out: left_out.into_iter().collect(),
        ..Incoming::default()
    })
}

fn incoming_card(key: String, deck: String, body: DraftBody, progress: Vec<IncomingProgress>) -> IncomingCard {
    IncomingCard { key, deck: Some(deck), tags: Vec::new(), why: None, source: None, body, progress }
}

/// The text in Anki's notation, with gaps from the first byte to the last of each.
fn with_gaps(text: &str, gaps: &[(usize, usize)]) -> Result<String, Refused> {
    let outside = |part: &str| part.replace("{{", r"\{{").replace("}}", r"\}}");
    let inside = |part: &str| part.replace("{{", r"\{{").replace("}}", r"\}}").replace("::", r"\::");
    let (mut whole, mut at) = (String::new(), 0);
    for (number, (first, last)) in (1..).zip(gaps) {
        let (before, gap) = (text.get(at..*first), text.get(*first..last + 1));
        let (Some(before), Some(gap)) = (before, gap) else {
            return Err(Refused::new(format!(
                "a gap from byte {first} to {last} is not in its text: {}",
                shown::line(text)
            )));
        };
        whole.push_str(&outside(before));
        whole.push_str(&format!("{{{{c{number}::{}}}}}", inside(gap)));
        at = last + 1;
    }
    whole.push_str(&outside(&text[at..]));
    Ok(whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::FixedOffset;

    const UTC: Zone = Zone::Fixed(FixedOffset::east_opt(0).unwrap());

    #[test]
    fn cards_have_the_hashes_of_the_programs() {
        assert_eq!(
            basic_hash(" Which cache strategy loads on a miss?\n", "Cache-aside, also called lazy loading."),
            "52852e634ada4cf82e36179f4c8c2791e9a667d866795c0a88fa6f48b6ae4bb5"
        );
        let text = "Escaped [not a cloze] and an image ![ring](ring.png) beside virtual nodes.";
        assert_eq!(cloze_hash(text, 60, 72), "07d4a01ae03c23f45d309d8a0bce44576066756203a01e794382f612a8108500");
        assert_eq!(family_hash(text), "ccc64e6cea5a8e62936df7b0da31d40bc1eb0fe9174a03757c5914b5e9ce11cb");
        let written = "C: Escaped \\[not a cloze\\] and an image ![ring](ring.png) beside [virtual nodes].";
        assert_eq!(gaps(written), Gaps { text: text.to_owned(), places: vec![(60, 72)] });
        let term = gaps("T: Backpressure\nD: A slow consumer tells the producer to send less.\n<!-- id: x -->");
        let words = ["A slow consumer tells the producer to send less.".to_owned()];
        assert_eq!(term.hashes_of(&words)[0], "c990e9fa6f2bd3d3664e43f15a6739070c6f0d4b144078f4c99fee29eeb4f4bc");
        assert_eq!(term.places, [(6, 17), (32, 79)]);
        let same = [" Q: What?\nA:  Yes\n\n", "q: what? a: yes"].map(|text| repeater_hash(text, 0));
        assert_eq!(same[0], same[1]);
        assert_ne!(repeater_hash("C: [a] [b]", 0), repeater_hash("C: [a] [b]", 1));
    }

    #[test]
    fn a_card_is_what_the_programs_read_whatever_else_stands_there() {
        let text = "Q: a?\nA: b\n<!-- mine -->\n\n## Next\n\nC: x\n---\nrest";
        let read = as_read_there(text);
        assert_eq!(read, "Q: a?\nA: b\n<!-- mine -->\n\n## Next");
        assert_eq!(sides(read), Some(("a?".to_owned(), "b\n<!-- mine -->\n\n## Next".to_owned())));
        assert_eq!(
            sides("Q: a?\nA: b\n<!-- id: x -->"),
            Some(("a?".to_owned(), "b".to_owned())),
            "our own is not theirs"
        );
        assert_eq!(as_read_there(&text[text.find("C:").unwrap()..]), "C: x");
        // What is code here is a gap there, and comes first.
        let gaps = gaps("C: In `[a for a in b]` the [a] and the [b].");
        let words = ["a".to_owned(), "b".to_owned(), "gone".to_owned()];
        let (of_a, of_b) = (gaps.places[1], gaps.places[2]);
        let hash = |place: (usize, usize)| cloze_hash(&gaps.text, place.0, place.1);
        assert_eq!(gaps.hashes_of(&words), [hash(of_a), hash(of_b), String::new()]);
    }

    fn card(hash: &str, content: &str, line: usize, performance: &str) -> String {
        format!(
            r#"{{"hash":"{hash}","familyHash":null,"deckName":"Mine","location":{{"filePath":"a.md","lineStart":{line},"lineEnd":9}},
               "content":{content},"performance":{performance}}}"#
        )
    }

    fn performance(due: &str, days: i64, count: u32) -> String {
        format!(
            r#"{{"lastReviewedAt":"2026-11-05T19:00:02.481","stability":1.5,"difficulty":5.3,"intervalRaw":1.5,
               "intervalDays":{days},"dueDate":"{due}","reviewCount":{count}}}"#
        )
    }

    #[test]
    fn an_export_gives_cards_that_stand_as_they_stood() {
        let cloze = |start, end| format!(r#"{{"cloze":{{"text":"R + W::x > N {{y}}","start":{start},"end":{end}}}}}"#);
        let cards = [
            card("h2", &cloze(4, 7), 5, "null"),
            card("h1", &cloze(0, 0), 5, &performance("2026-11-05", 0, 2)),
            card("h0", r#"{"basic":{"question":"Q","answer":"A"}}"#, 1, &performance("2026-11-18", 13, 2)),
        ];
        let review = |hash: &str, day: u8, grade: &str| {
            format!(
                r#"{{"reviewId":1,"hash":"{hash}","reviewedAt":"2026-11-{day:02}T19:00:00.000","grade":"{grade}"}}"#
            )
        };
        let reviews = [
            review("h0", 1, "Hard"),
            review("h1", 1, "Good"),
            review("gone", 2, "Good"),
            review("h1", 5, "Forgot"),
            review("h0", 5, "Easy"),
        ];
        let text = format!(r#"{{"cards":[{}],"sessions":[{{"reviews":[{}]}}]}}"#, cards.join(","), reviews.join(","));
        assert!(fits(&text));
        let incoming = export(&text, Zone::Fixed(FixedOffset::east_opt(3600).unwrap())).unwrap();
        let bodies: Vec<&DraftBody> = incoming.cards.iter().map(|card| &card.body).collect();
        let recall = DraftBody::Recall { ask: "Q".to_owned(), answer: "A".to_owned() };
        let gaps = DraftBody::Cloze { text: r"{{c1::R}} + {{c2::W\::x}} > N {y}".to_owned() };
        assert_eq!(bodies, [&recall, &gaps]);
        let stands: Vec<String> = incoming.cards.iter().flat_map(|card| &card.progress).map(shown).collect();
        assert_eq!(
            stands,
            [
                "None due 2026-11-18, 13 days, 2 recalls, 0 lapses, 3.87; 1793556000000 3, 1793901600000 5",
                "Some(1) due 2026-11-05, 1 days, 0 recalls, 1 lapses, 3.87; 1793556000000 4, 1793901600000 1",
                "Some(2) new; ",
            ]
        );
        assert_eq!(incoming.left_out[0].count, 1);
    }

    fn shown(progress: &IncomingProgress) -> String {
        let start = progress.start.map_or("new".to_owned(), |(_, s)| {
            let easiness = f64::from(s.easiness);
            format!(
                "due {}, {} days, {} recalls, {} lapses, {easiness:.2}",
                s.due, s.interval_days, s.repetitions, s.lapses
            )
        });
        let reviews: Vec<String> = progress.reviews.iter().map(|r| format!("{} {}", r.at_ms, r.quality)).collect();
        format!("{:?} {start}; {}", progress.gap, reviews.join(", "))
    }

    #[test]
    fn repeater_says_how_cards_stand_and_not_what_was_answered() {
        let database = Connection::open_in_memory().unwrap();
        let sql =
            "CREATE TABLE cards (card_hash TEXT PRIMARY KEY, added_at TEXT, last_reviewed_at TEXT, stability REAL,
                       difficulty REAL, interval_raw REAL, interval_days INTEGER, due_date TEXT, review_count INTEGER);
                   INSERT INTO cards VALUES ('new', '2026-11-01T10:00:00+00:00', NULL, NULL, NULL, NULL, 0, NULL, 0),
                       ('old', '2026-11-01T10:00:00+00:00', '2026-11-02T23:30:00.5+00:00', 9.1, 10, 7.3, 7,
                        '2026-11-09T23:30:00.5+00:00', 4);";
        database.execute_batch(sql).unwrap();
        let read = history(&database, Zone::Fixed(FixedOffset::east_opt(3600).unwrap())).unwrap();
        assert_eq!((read.program, read.progress.len()), ("repeater", 1));
        // In the learner's zone it is past midnight.
        assert_eq!(shown(&read.progress["old"]), "None due 2026-11-10, 7 days, 4 recalls, 0 lapses, 1.37; ");
    }

    #[test]
    fn what_is_no_such_file_is_refused() {
        let empty = Connection::open_in_memory().unwrap();
        assert!(history(&empty, UTC).unwrap_err().0.contains("no table of cards"));
        // A view would calculate for as long as it likes.
        empty
            .execute_batch(
                "CREATE VIEW cards AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x FROM n) SELECT x FROM n",
            )
            .unwrap();
        assert!(history(&empty, UTC).unwrap_err().0.contains("no table of cards"));
        let deep = format!(r#"{{"cards":{}"#, "[".repeat(1_000_000));
        let gap = card("h", r#"{"cloze":{"text":"é","start":1,"end":7}}"#, 1, "null");
        let basic = r#"{"basic":{"question":"Q","answer":"A"}}"#;
        let grade = r#"{"hash":"h","reviewedAt":"2026-11-01T19:00:00","grade":"so-so"}"#;
        let cases = [
            ("deep", deep, "no whole export"),
            ("cut short", r#"{"cards":["#.to_owned(), "no whole export"),
            ("a gap beyond its text", format!(r#"{{"cards":[{gap}]}}"#), "a gap from byte 1 to 7"),
            (
                "no day",
                format!(r#"{{"cards":[{}]}}"#, card("h", basic, 1, &performance("soon", 1, 1))),
                "'soon' is no time",
            ),
            ("no grade", format!(r#"{{"cards":[],"sessions":[{{"reviews":[{grade}]}}]}}"#), "the grade 'so-so'"),
        ];
        for (name, text, expected) in cases {
            let error = export(&text, UTC).unwrap_err();
            assert!(error.0.contains(expected), "{name}: {error}");
        }
    }
}
