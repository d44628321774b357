//! An Anki package: a collection in the layout that every version of Anki since 2012 reads, and no pictures.
//!
//! A note has the same guid in each export, so that Anki knows it when it comes again. Notetypes have fixed ids and must
//! never get other fields: Anki would then take them for others.

use super::html;
use super::{
    Asked, Block, OURS, Outgoing, OutgoingCard, OutgoingDeck, OutgoingProgress, OutgoingReview, Sides, deck_name,
};
use crate::fnv::Fnv;
use crate::schedule::{Day, Quality, Scheduled};
use rusqlite::{Connection, Statement, params};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{self, Cursor, Write};
use zip::write::{SimpleFileOptions, ZipWriter};

/// The fields of a note beside its question and its answer.
pub(in crate::exchange) const BESIDE: [&str; 3] = ["Why", "Source", "Note"];
/// Between the fields of a note.
const FIELD_END: char = '\u{1f}';

const SCHEMA: &str = "
CREATE TABLE col (id integer primary key, crt integer not null, mod integer not null, scm integer not null,
    ver integer not null, dty integer not null, usn integer not null, ls integer not null, conf text not null,
    models text not null, decks text not null, dconf text not null, tags text not null);
CREATE TABLE notes (id integer primary key, guid text not null, mid integer not null, mod integer not null,
    usn integer not null, tags text not null, flds text not null, sfld integer not null, csum integer not null,
    flags integer not null, data text not null);
CREATE TABLE cards (id integer primary key, nid integer not null, did integer not null, ord integer not null,
    mod integer not null, usn integer not null, type integer not null, queue integer not null, due integer not null,
    ivl integer not null, factor integer not null, reps integer not null, lapses integer not null, left integer not null,
    odue integer not null, odid integer not null, flags integer not null, data text not null);
CREATE TABLE revlog (id integer primary key, cid integer not null, usn integer not null, ease integer not null,
    ivl integer not null, lastIvl integer not null, factor integer not null, time integer not null, type integer not null);
CREATE TABLE graves (usn integer not null, oid integer not null, type integer not null);";

const CSS: &str = ".card { font-family: arial; font-size: 20px; line-height: 1.4; max-width: 40em; margin: 1em auto; padding: 0 1em; }
.question { text-align: center; }
.question ul, .question ol, .question table, .question pre { text-align: left; margin: 0.8em auto; width: fit-content; }
table { border-collapse: collapse; }
th, td { border: 1px solid #888; padding: 0.3em 0.6em; vertical-align: top; }
pre { text-align: left; overflow-x: auto; }
.why { margin-top: 1em; font-style: italic; }
.note { margin-top: 1em; }
.source, .remark { margin-top: 1em; font-size: 75%; opacity: 0.7; }
.cloze { font-weight: bold; color: #2a6fdb; }";

/// What follows the answer on every card.
const AFTER: &str = "{{#Why}}<div class=\"why\">{{Why}}</div>{{/Why}}{{#Note}}<div class=\"note\">{{Note}}</div>{{/Note}}{{#Source}}<div class=\"source\">{{Source}}</div>{{/Source}}";

/// What Anki makes its cards of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Notetype {
    /// A question and an answer.
    Basic,
    /// The same, asked both ways: two cards.
    Reversed,
    /// A text with gaps: a card for each.
    Cloze,
}

impl Notetype {
    const ALL: [Self; 3] = [Self::Basic, Self::Reversed, Self::Cloze];

    /// Fixed for ever.
    fn id(self) -> i64 {
        match self {
            Self::Basic => 1_796_000_000_001,
            Self::Reversed => 1_796_000_000_002,
            Self::Cloze => 1_796_000_000_003,
        }
    }

    fn json(self) -> Value {
        let side = |field: &str| format!("<div class=\"question\">{{{{{field}}}}}</div>");
        let back = |field: &str| format!("{{{{FrontSide}}}}<hr id=\"answer\">{{{{{field}}}}}{AFTER}");
        let (name, fields, cards) = match self {
            Self::Basic => (
                "sysdrill",
                ["Question", "Answer", "Why", "Source", "Note"].as_slice(),
                vec![("Card 1", side("Question"), back("Answer"))],
            ),
            Self::Reversed => (
                "sysdrill both ways",
                ["Question", "Answer", "Why", "Source", "Note"].as_slice(),
                vec![("Card 1", side("Question"), back("Answer")), ("Card 2", side("Answer"), back("Question"))],
            ),
            Self::Cloze => {
                let text = "<div class=\"question\">{{cloze:Text}}</div>".to_owned();
                let back = format!("{text}{AFTER}");
                ("sysdrill gaps", ["Text", "Why", "Source", "Note"].as_slice(), vec![("Cloze", text, back)])
            }
        };
        let field = |(at, name): (usize, &&str)| json!({"name": name, "ord": at, "sticky": false, "rtl": false, "font": "Arial", "size": 20, "media": []});
        let card = |(at, (name, front, back)): (usize, &(&str, String, String))| json!({"name": name, "ord": at, "qfmt": front, "afmt": back, "did": null, "bqfmt": "", "bafmt": ""});
        json!({
            "id": self.id(), "name": name, "type": i32::from(self == Self::Cloze), "mod": 0, "usn": -1, "sortf": 0,
            "did": 1, "tags": [], "vers": [], "css": CSS, "latexPre": "", "latexPost": "",
            "flds": fields.iter().enumerate().map(field).collect::<Vec<_>>(),
            "tmpls": cards.iter().enumerate().map(card).collect::<Vec<_>>(),
            "req": cards.iter().enumerate().map(|(at, _)| json!([at, "any", [at.min(1)]])).collect::<Vec<_>>(),
        })
    }
}

/// A note and its cards, each with the place of its template.
struct Note<'a> {
    guid: String,
    notetype: Notetype,
    card: &'a OutgoingCard,
    cards: Vec<(u16, &'a OutgoingProgress)>,
}

/// Gives out numbers, each once.
#[derive(Default)]
struct Numbers(HashSet<i64>);

impl Numbers {
    /// The first that is free from this one on, which is kept from then on.
    fn free(&mut self, wanted: i64) -> i64 {
        let mut number = wanted;
        while !self.0.insert(number) {
            number += 1;
        }
        number
    }
}

/// A number that Anki may take for the time at which something was made, in milliseconds: the same for the same name.
fn number_of(name: &str) -> i64 {
    /// The first of January 2015, in milliseconds since 1970: a time that Anki takes for one at which a note was made.
    const FROM_MS: i64 = 1_420_070_400_000;
    /// Five years of seconds: cards of a note have the numbers after its own.
    const SECONDS: u64 = 157_680_000;
    let mut hash = Fnv::new();
    hash.add(name.as_bytes());
    FROM_MS + (hash.value() % SECONDS).cast_signed() * 1000
}

/// Writes the package. `now_ms` is the time of the export, `today` its day; `advance` hears how many cards are written.
///
/// # Errors
/// What SQLite says, or the packing.
pub fn write(
    outgoing: &Outgoing,
    now_ms: i64,
    today: Day,
    advance: &mut dyn FnMut(usize),
) -> Result<Vec<u8>, io::Error> {
    let collection = collection(outgoing, now_ms, today, advance).map_err(io::Error::other)?;
    let mut package = ZipWriter::new(Cursor::new(Vec::with_capacity(collection.len() / 3)));
    // Without a time, so that the same cards give the same bytes.
    let options = SimpleFileOptions::default();
    package.start_file("collection.anki2", options).map_err(io::Error::other)?;
    package.write_all(&collection)?;
    package.start_file("media", options).map_err(io::Error::other)?;
    package.write_all(b"{}")?;
    Ok(package.finish().map_err(io::Error::other)?.into_inner())
}

/// The collection as the bytes of an SQLite file.
fn collection(
    outgoing: &Outgoing,
    now_ms: i64,
    today: Day,
    advance: &mut dyn FnMut(usize),
) -> rusqlite::Result<Vec<u8>> {
    let mut c = Connection::open_in_memory()?;
    c.execute_batch(SCHEMA)?;
    let first = first_day(outgoing, today);
    let decks: BTreeMap<&str, i64> =
        outgoing.decks.iter().map(|deck| (deck.name.as_str(), number_of(&deck_name(&deck.name)))).collect();
    let tx = c.transaction()?;
    let now_s = now_ms / 1000;
    let models: Map<String, Value> =
        Notetype::ALL.iter().map(|notetype| (notetype.id().to_string(), notetype.json())).collect();
    let conf = json!({"creationOffset": 0, "rollover": 4, "schedVer": 2, "nextPos": outgoing.cards.len() + 1});
    tx.execute(
        "INSERT INTO col VALUES (1, ?1, ?2, ?2, 11, 0, 0, 0, ?3, ?4, ?5, ?6, '{}')",
        params![
            first.epoch_days() * 86_400 + 4 * 3_600,
            now_ms,
            conf.to_string(),
            Value::Object(models).to_string(),
            decks_json(outgoing, &decks, now_s).to_string(),
            json!({"1": preset()}).to_string(),
        ],
    )?;
    {
        let mut writer = Writer {
            note: tx.prepare("INSERT INTO notes VALUES (?1, ?2, ?3, ?4, -1, ?5, ?6, ?7, 0, 0, '')")?,
            card: tx.prepare(
                "INSERT INTO cards VALUES (?1, ?2, ?3, ?4, ?5, -1, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 0, 0, 0, ?13, ?14)",
            )?,
            review: tx.prepare("INSERT INTO revlog VALUES (?1, ?2, -1, ?3, ?4, ?5, ?6, ?7, ?8)")?,
            note_ids: Numbers::default(),
            card_ids: Numbers::default(),
            review_ids: Numbers::default(),
            now_ms,
            first,
            position: 0,
        };
        for (done, note) in notes(&outgoing.cards).iter().enumerate() {
            let deck = decks.get(note.card.id.deck()).copied().unwrap_or(1);
            writer.note(note, deck)?;
            advance(done);
        }
    }
    tx.commit()?;
    Ok(c.serialize("main")?.to_vec())
}

/// The day from which the collection counts: all that is due comes after it.
fn first_day(outgoing: &Outgoing, today: Day) -> Day {
    let due = outgoing.cards.iter().flat_map(|card| &card.progress).filter_map(|progress| progress.scheduled);
    due.map(|scheduled| scheduled.due).chain([today]).min().unwrap_or(today).before(1)
}

/// The notes that the cards make, in their order. Two cards that came from one note that Anki asks both ways are one again.
fn notes(cards: &[OutgoingCard]) -> Vec<Note<'_>> {
    let places: HashMap<(&str, u16), usize> =
        cards.iter().enumerate().filter_map(|(at, card)| Some((card.of_anki()?, at))).collect();
    let back_of = |card: &OutgoingCard| {
        let (guid, _) = card.of_anki().filter(|(_, place)| *place == 0)?;
        places.get(&(guid, 1)).copied().filter(|back| is_reverse(card, &cards[*back]))
    };
    let backs: HashSet<usize> = cards.iter().filter_map(back_of).collect();
    let mut taken: HashSet<String> = HashSet::new();
    let mut notes = Vec::with_capacity(cards.len());
    for card in cards.iter().enumerate().filter(|(at, _)| !backs.contains(at)).map(|(_, card)| card) {
        let back = back_of(card);
        let notetype = match (&card.sides, back) {
            (Sides::Cloze(_), _) => Notetype::Cloze,
            (Sides::Two { .. }, Some(_)) => Notetype::Reversed,
            (Sides::Two { .. }, None) => Notetype::Basic,
        };
        let gap = |progress: &OutgoingProgress| progress.gap.map_or(0, |gap| gap.saturating_sub(1));
        let own = card.progress.iter().map(|progress| (gap(progress), progress));
        let other = back.iter().flat_map(|back| &cards[*back].progress).map(|progress| (1, progress));
        notes.push(Note { guid: guid(card, &mut taken), notetype, card, cards: own.chain(other).collect() });
    }
    notes
}

/// What Anki knows the note by: no two of a package have the same.
fn guid(card: &OutgoingCard, taken: &mut HashSet<String>) -> String {
    let mut guid = card.guid();
    if !taken.insert(guid.clone()) {
        guid = card.own_guid();
        taken.insert(guid.clone());
    }
    guid
}

/// Whether one card asks what the other answers.
fn is_reverse(card: &OutgoingCard, other: &OutgoingCard) -> bool {
    match (&card.sides, &other.sides) {
        (Sides::Two { ask, answer }, Sides::Two { ask: answer_there, answer: ask_there }) => {
            ask == ask_there && answer == answer_there
        }
        _ => false,
    }
}

/// Writes notes with their cards and answers.
struct Writer<'c> {
    note: Statement<'c>,
    card: Statement<'c>,
    review: Statement<'c>,
    note_ids: Numbers,
    card_ids: Numbers,
    /// Anki drops an answer in silence whose number another card's has.
    review_ids: Numbers,
    now_ms: i64,
    first: Day,
    /// The place of the next new card in the order in which they come.
    position: i64,
}

impl Writer<'_> {
    fn note(&mut self, note: &Note, deck: i64) -> rusqlite::Result<()> {
        let id = self.note_ids.free(number_of(&note.guid));
        let fields = fields(note.card);
        let sort = plain(&fields[0]);
        self.note.execute(params![
            id,
            note.guid,
            note.notetype.id(),
            self.now_ms / 1000,
            format!(" {} ", note.card.spaced_tags()),
            fields.join(&FIELD_END.to_string()),
            sort,
        ])?;
        for (place, progress) in &note.cards {
            self.card(id, deck, *place, progress)?;
        }
        Ok(())
    }

    fn card(&mut self, note: i64, deck: i64, place: u16, progress: &OutgoingProgress) -> rusqlite::Result<()> {
        const SUSPENDED: i64 = -1;
        let id = self.card_ids.free(note + i64::from(place));
        self.position += 1;
        let (kind, due, interval, factor, lapses) = match progress.scheduled {
            None => (0, self.position, 0, 0, 0),
            Some(Scheduled { easiness, interval_days, lapses, due, .. }) => {
                (2, due.since(self.first), interval(interval_days), i64::from(easiness.hundredths()) * 10, lapses)
            }
        };
        let queue = if progress.is_suspended { SUSPENDED } else { kind };
        // Anki refuses a package with an answer of days to come.
        let there = 1..=self.now_ms;
        let reviews = progress.reviews.iter().filter(|review| there.contains(&review.at_ms));
        let reps = reviews.clone().count();
        // Anki's own scheduler wants to know it.
        let last = reviews.clone().map(|review| review.at_ms / 1000).max();
        let data = last.map_or("{}".to_owned(), |last| json!({ "lrt": last }).to_string());
        let flags = i64::from(progress.is_flagged);
        let now_s = self.now_ms / 1000;
        self.card.execute(params![
            id, note, deck, place, now_s, kind, queue, due, interval, factor, reps, lapses, flags, data
        ])?;
        for review in reviews {
            self.review(id, review)?;
        }
        Ok(())
    }

    fn review(&mut self, card: i64, review: &OutgoingReview) -> rusqlite::Result<()> {
        let kind = match review.asked {
            Asked::Learning => 0,
            Asked::Due => 1,
            Asked::Relearning => 2,
            Asked::Extra => 3,
        };
        let id = self.review_ids.free(review.at_ms);
        let (ease, factor) = (ease(review.quality), i64::from(review.easiness.hundredths()) * 10);
        let (after, before) = (interval(review.interval_days), interval(review.before_days));
        let took = i64::try_from(review.took_ms).unwrap_or(i64::MAX).min(i64::from(i32::MAX));
        self.review.execute(params![id, card, ease, after, before, factor, took, kind])?;
        Ok(())
    }
}

/// Anki counts intervals up to a hundred years.
fn interval(days: u32) -> i64 {
    i64::from(days.min(36_500))
}

/// Again, Hard, Good, Easy.
fn ease(quality: Quality) -> i64 {
    match quality.get() {
        0..=2 => 1,
        3 => 2,
        4 => 3,
        _ => 4,
    }
}

/// The fields of a note, in the order of its notetype.
fn fields(card: &OutgoingCard) -> Vec<String> {
    let said = |text: &Option<String>| text.as_deref().map(html::line).unwrap_or_default();
    let mut fields = match &card.sides {
        Sides::Two { ask, answer } => vec![side(ask), side(answer)],
        Sides::Cloze(text) => vec![html::gaps(text)],
    };
    fields.extend([said(&card.why), said(&card.source), said(&card.note)]);
    fields
}

fn side(blocks: &[Block]) -> String {
    match blocks {
        [Block::Text(text)] => html::line(text),
        blocks => html::blocks(blocks),
    }
}

/// What Anki sorts a note by: its first field without markup.
fn plain(page: &str) -> String {
    let mut text = String::with_capacity(page.len());
    let mut in_tag = false;
    for c in page.chars() {
        match c {
            '<' => in_tag = true,
            '>' if in_tag => in_tag = false,
            c if !in_tag => text.push(c),
            _ => {}
        }
    }
    text
}

/// The decks, with what holds them together, and Anki's own.
fn decks_json(outgoing: &Outgoing, ids: &BTreeMap<&str, i64>, now_s: i64) -> Value {
    let deck = |id: i64, name: &str, about: &str| {
        let today = [0, 0];
        json!({
            "id": id, "name": name, "desc": about, "mod": now_s, "usn": -1, "dyn": 0, "conf": 1, "collapsed": false,
            "browserCollapsed": false, "extendNew": 0, "extendRev": 0,
            "newToday": today, "revToday": today, "lrnToday": today, "timeToday": today,
        })
    };
    let mut decks = Map::new();
    let root = number_of(OURS);
    for (id, name) in [(1, "Default"), (root, OURS)] {
        decks.insert(id.to_string(), deck(id, name, ""));
    }
    for one in &outgoing.decks {
        let id = ids[one.name.as_str()];
        decks.insert(id.to_string(), deck(id, &deck_name(&one.name), &about(one)));
    }
    Value::Object(decks)
}

/// What Anki shows of a deck before it is studied.
fn about(deck: &OutgoingDeck) -> String {
    let licence = deck.licence.as_ref().map(|licence| format!("Licence: {licence}"));
    let said = [Some(deck.title.clone()), Some(deck.about.clone()), licence];
    let lines = said.into_iter().flatten().filter(|line| !line.is_empty()).map(|line| html::escaped(&line));
    lines.collect::<Vec<_>>().join("<br><br>")
}

/// Anki's own options for a deck: a package without any cannot be imported with its presets.
fn preset() -> Value {
    json!({
        "id": 1, "name": "Default", "mod": 0, "usn": 0, "maxTaken": 60, "timer": 0, "autoplay": true, "replayq": true,
        "dyn": false,
        "new": {"bury": true, "delays": [1, 10], "initialFactor": 2500, "ints": [1, 4, 7], "order": 1, "perDay": 20,
            "separate": true},
        "lapse": {"delays": [10], "leechAction": 0, "leechFails": 8, "minInt": 1, "mult": 0},
        "rev": {"bury": true, "ease4": 1.3, "fuzz": 0.05, "ivlFct": 1, "maxIvl": 36500, "minSpace": 1, "perDay": 100},
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::{CardId, Easiness};
    use std::io::Read;

    const NOW_MS: i64 = 1_764_547_200_000;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn card(id: &str, ask: &str, answer: &str) -> OutgoingCard {
        let side = |text: &str| vec![Block::Text(text.to_owned())];
        OutgoingCard {
            id: CardId::parse(id).unwrap(),
            sample: None,
            origin: None,
            kind: "recall",
            level: 2,
            tags: Vec::new(),
            sides: Sides::Two { ask: side(ask), answer: side(answer) },
            why: None,
            source: None,
            note: None,
            progress: vec![OutgoingProgress::default()],
        }
    }

    fn review(at_ms: i64, quality: i64) -> OutgoingReview {
        OutgoingReview {
            at_ms,
            quality: Quality::new(quality).unwrap(),
            took_ms: 2500,
            asked: Asked::Due,
            interval_days: 6,
            before_days: 1,
            easiness: Easiness::START,
        }
    }

    /// The collection in a package of these cards.
    fn packed(cards: Vec<OutgoingCard>) -> Connection {
        let decks = vec![OutgoingDeck {
            name: "d".into(),
            title: "D & E".into(),
            about: String::new(),
            licence: Some("CC0-1.0".into()),
        }];
        let package = write(&Outgoing { decks, cards }, NOW_MS, day("2025-12-01"), &mut |_| ()).unwrap();
        let mut package = zip::ZipArchive::new(Cursor::new(package)).unwrap();
        let mut bytes = Vec::new();
        package.by_name("media").unwrap().read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes, b"{}");
        bytes.clear();
        package.by_name("collection.anki2").unwrap().read_to_end(&mut bytes).unwrap();
        let mut c = Connection::open_in_memory().unwrap();
        c.deserialize_read_exact("main", bytes.as_slice(), bytes.len(), false).unwrap();
        c
    }

    fn rows(c: &Connection, sql: &str) -> Vec<String> {
        c.prepare(sql).unwrap().query_map([], |row| row.get(0)).unwrap().map(|row| row.unwrap()).collect()
    }

    #[test]
    fn a_card_that_is_scheduled_is_due_on_its_day_with_its_answers() {
        let mut one = card("d/a", "a?", "a!");
        one.tags = vec!["theory::cap".into(), "two words".into()];
        one.progress[0] = OutgoingProgress {
            gap: None,
            is_suspended: true,
            is_flagged: true,
            scheduled: Some(Scheduled {
                easiness: Easiness::from_hundredths(236).unwrap(),
                interval_days: 6,
                repetitions: 2,
                lapses: 1,
                due: day("2025-12-05"),
            }),
            // The last is of a day to come: Anki would refuse the whole package.
            reviews: [(0, 1000), (2, 2000), (3, 3000), (4, 4000), (5, NOW_MS), (5, NOW_MS + 1)]
                .map(|(quality, at_ms)| review(at_ms, quality))
                .to_vec(),
        };
        let c = packed(vec![one, card("d/b", "b?", "b!")]);
        let day_of = "date((SELECT crt FROM col) + due * 86400, 'unixepoch')";
        let sql = format!(
            "SELECT type || ' ' || queue || ' ' || {day_of} || ' ' || ivl || ' ' || factor || ' ' || reps || ' ' || lapses || ' ' || flags FROM cards WHERE type = 2"
        );
        assert_eq!(rows(&c, &sql), ["2 -1 2025-12-05 6 2360 5 1 1"]);
        assert_eq!(rows(&c, "SELECT type || ' ' || queue || ' ' || due FROM cards WHERE type = 0"), ["0 0 2"]);
        let sql = "SELECT id || ' ' || ease || ' ' || ivl || ' ' || lastIvl || ' ' || factor || ' ' || time || ' ' || type FROM revlog ORDER BY id";
        let expected = [(1000, 1), (2000, 1), (3000, 2), (4000, 3), (NOW_MS, 4)];
        assert_eq!(rows(&c, sql), expected.map(|(id, ease)| format!("{id} {ease} 6 1 2500 2500 1")));
        let notes = "SELECT guid || tags || replace(flds, char(31), '|') FROM notes ORDER BY guid";
        assert_eq!(rows(&c, notes), ["sysdrill:d/a theory::cap two_words a?|a!|||", "sysdrill:d/b  b?|b!|||"]);
        let desc = "SELECT json_extract(decks, '$.\"' || (SELECT did FROM cards LIMIT 1) || '\".desc') FROM col";
        assert_eq!(rows(&c, desc), ["D &amp; E<br><br>Licence: CC0-1.0"]);
    }

    #[test]
    fn answers_of_the_same_moment_are_all_there() {
        let answered = |id: &str| {
            let mut card = card(id, id, "x");
            card.progress[0].reviews = vec![review(5000, 4), review(5000, 4)];
            card
        };
        let c = packed(vec![answered("d/a"), answered("d/b")]);
        assert_eq!(rows(&c, "SELECT CAST(id AS TEXT) FROM revlog ORDER BY id"), ["5000", "5001", "5002", "5003"]);
    }

    #[test]
    fn what_came_from_anki_finds_itself_again() {
        let came = |id: &str, origin: &str, ask: &str, answer: &str| OutgoingCard {
            origin: Some(origin.to_owned()),
            ..card(id, ask, answer)
        };
        let mut gaps = came("d/e", "anki:e:e:0", "", "");
        gaps.sides = Sides::Cloze(r"{{c1::R}} + {{c2::W::how many}} > N, \{{x\}} <b>".into());
        gaps.progress = [1, 2].map(|gap| OutgoingProgress { gap: Some(gap), ..OutgoingProgress::default() }).to_vec();
        let c = packed(vec![
            came("d/a-2", "anki:a:1", "back", "front"),
            came("d/a", "anki:a:0", "front", "back"),
            // One was changed here: they are two, and the second has a name of its own.
            came("d/b", "anki:b:0", "front", "back"),
            came("d/b-2", "anki:b:1", "back", "changed"),
            came("d/c", "hashcards:c:0", "c", "c"),
            gaps,
        ]);
        let sql = "SELECT guid || ' ' || (mid % 10) || ' ' || (SELECT group_concat(ord) FROM cards WHERE nid = notes.id) FROM notes ORDER BY guid";
        assert_eq!(rows(&c, sql), ["a 2 0,1", "b 1 0", "e:e 3 0,1", "sysdrill:d/b-2 1 0", "sysdrill:d/c 1 0"]);
        let text = "{{c1::R}} + {{c2::W::how many}} &gt; N, &#123;&#123;x&#125;&#125; &lt;b&gt;";
        assert_eq!(
            rows(&c, "SELECT replace(flds, char(31), '|') FROM notes WHERE mid % 10 = 3"),
            [format!("{text}|||")]
        );
    }

    #[test]
    fn numbers_are_the_same_in_each_export_and_each_is_there_once() {
        let all = |cards: &[&str]| {
            let c = packed(cards.iter().map(|id| card(id, id, "x")).collect());
            rows(&c, "SELECT guid || id FROM notes ORDER BY guid")
        };
        assert_eq!(all(&["d/a", "d/b"])[1..], all(&["d/b"]));
        let mut numbers = Numbers::default();
        assert_eq!([numbers.free(7), numbers.free(7), numbers.free(8)], [7, 8, 9]);
    }
}
