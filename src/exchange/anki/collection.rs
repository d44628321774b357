//! Anki's collection: a SQLite database of schema 11 or 18, read without trusting it.

use super::proto;
use crate::exchange::ExchangeError;
use rusqlite::{Connection, OptionalExtension};
use serde_json::Value;
use std::collections::HashMap;

/// The tables that every collection has.
const TABLES: [&str; 5] = ["col", "notes", "cards", "revlog", "graves"];
/// What schema 18 has beside them.
const TABLES_OF_18: [&str; 5] = ["notetypes", "fields", "templates", "decks", "config"];
/// SQLite's name for an in-memory file with a write-ahead log stands at these bytes of its header; such a file opens only
/// without.
const JOURNAL_BYTES: std::ops::Range<usize> = 18..20;
/// No collection with more cards or answers is read.
const MOST_ROWS: i64 = 5_000_000;

/// All of a collection that is taken over.
#[derive(Default)]
pub(super) struct Collection {
    /// When it was made, in seconds since 1970: the days of due cards count from it.
    pub(super) made_s: i64,
    /// Minutes west of UTC where it was made, and where it was last used.
    pub(super) offset_when_made: Option<i32>,
    pub(super) offset_now: Option<i32>,
    /// The hour at which a day begins.
    pub(super) rollover_hour: u8,
    pub(super) decks: HashMap<i64, String>,
    pub(super) kinds: HashMap<i64, NoteKind>,
    /// By note, in their order.
    pub(super) notes: Vec<Note>,
    /// The answers of each card, in order.
    pub(super) answers: HashMap<i64, Vec<Answer>>,
}

/// A kind of note.
#[derive(Debug, Default)]
pub(super) struct NoteKind {
    pub(super) name: String,
    pub(super) is_cloze: bool,
    pub(super) fields: Vec<String>,
    pub(super) templates: Vec<Template>,
}

/// What makes a card of a note.
#[derive(Debug, Default)]
pub(super) struct Template {
    pub(super) name: String,
    pub(super) question: String,
    pub(super) answer: String,
}

/// A note with its cards.
pub(super) struct Note {
    pub(super) guid: String,
    pub(super) kind: i64,
    pub(super) tags: String,
    pub(super) fields: String,
    pub(super) cards: Vec<Card>,
}

/// A card as its row has it.
#[derive(Debug, Clone, Default)]
pub(super) struct Card {
    pub(super) id: i64,
    pub(super) deck: i64,
    pub(super) place: i64,
    pub(super) changed_s: i64,
    pub(super) stage: i64,
    pub(super) queue: i64,
    pub(super) due: i64,
    pub(super) interval: i64,
    pub(super) factor: i64,
    pub(super) answers: i64,
    pub(super) lapses: i64,
    pub(super) home_due: i64,
    pub(super) home_deck: i64,
    pub(super) flags: i64,
    pub(super) data: String,
}

/// A row of the log.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answer {
    pub(super) at_ms: i64,
    pub(super) grade: i64,
    pub(super) factor: i64,
    pub(super) took_ms: i64,
    pub(super) stage: i64,
}

fn refused<T>(message: impl Into<String>) -> Result<T, ExchangeError> {
    Err(ExchangeError::Refused(message.into()))
}

fn damaged(error: rusqlite::Error) -> ExchangeError {
    ExchangeError::Refused(format!(
        "its collection is damaged ({error}): in Anki, Tools, Check Database mends it; then export it again"
    ))
}

/// Reads a collection.
pub(super) fn read(mut bytes: Vec<u8>) -> Result<Collection, ExchangeError> {
    if !bytes.starts_with(b"SQLite format 3\0") || bytes.len() < 512 {
        return refused("its collection is no SQLite database: export it from Anki again, or download it again");
    }
    bytes[JOURNAL_BYTES].fill(1);
    let mut c = Connection::open_in_memory().map_err(damaged)?;
    c.deserialize_read_exact("main", bytes.as_slice(), bytes.len(), true).map_err(damaged)?;
    drop(bytes);
    c.create_collation("unicase", |a, b| a.to_lowercase().cmp(&b.to_lowercase())).map_err(damaged)?;
    // What a schema has beyond plain tables runs nothing.
    c.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA query_only = ON")
        .map_err(damaged)?;
    plain_tables(&c, &TABLES)?;
    let version: i64 = c.query_row("SELECT ver FROM col", [], |row| row.get(0)).map_err(damaged)?;
    let mut collection = match version {
        11 => of_11(&c)?,
        18 => {
            plain_tables(&c, &TABLES_OF_18)?;
            of_18(&c)?
        }
        ..11 => {
            return refused(format!(
                "its collection is of a very old Anki (schema {version}): open it in a current Anki and export it again"
            ));
        }
        12..18 => {
            return refused(format!(
                "its collection is of a form that Anki never exports (schema {version}): open it in Anki and export it again"
            ));
        }
        _ => {
            return refused(format!(
                "its collection is of a newer Anki (schema {version}) than this version of sysdrill knows (18): export it \
                 from Anki with \"Support older Anki versions\""
            ));
        }
    };
    collection.made_s = c.query_row("SELECT crt FROM col", [], |row| row.get(0)).map_err(damaged)?;
    collection.notes = notes(&c).map_err(damaged)?;
    collection.answers = answers(&c).map_err(damaged)?;
    if is_stand_in(&collection) {
        return refused(
            "it has only the note that tells old programs to update; the cards themselves are missing: export it from Anki \
             again",
        );
    }
    Ok(collection)
}

/// Checks that these are tables, with rows that lie there and in a number that can be.
fn plain_tables(c: &Connection, names: &[&str]) -> Result<(), ExchangeError> {
    for name in names {
        let sql = "SELECT type || ' ' || coalesce(sql, '') FROM sqlite_schema WHERE name = ?1";
        let made: Option<String> = c.query_row(sql, [name], |row| row.get(0)).optional().map_err(damaged)?;
        let Some(made) = made else {
            return refused(format!(
                "its collection has no table '{name}': it is no whole collection of Anki. In Anki, Tools, Check Database mends \
                 it; then export it again"
            ));
        };
        let hidden = "SELECT count(*) FROM pragma_table_xinfo(?1) WHERE hidden <> 0";
        let hidden: i64 = c.query_row(hidden, [name], |row| row.get(0)).map_err(damaged)?;
        if !made.to_ascii_uppercase().starts_with("TABLE CREATE TABLE") || hidden > 0 {
            return refused(format!("'{name}' in its collection is no plain table: Anki writes no such collection"));
        }
    }
    for name in ["cards", "notes", "revlog"].into_iter().filter(|name| names.contains(name)) {
        let rows: i64 = c.query_row(&format!("SELECT count(*) FROM {name}"), [], |row| row.get(0)).map_err(damaged)?;
        if rows > MOST_ROWS {
            return refused(format!(
                "its collection has {rows} {name}, which is more than is read: export single decks"
            ));
        }
    }
    Ok(())
}

/// Whether this is the collection that stands in a new package for programs that know the old form only.
fn is_stand_in(collection: &Collection) -> bool {
    let text = "Please update to the latest Anki version";
    matches!(collection.notes.as_slice(), [note] if note.fields.contains(text))
}

fn empty(conf: &dyn Fn(&str) -> Option<Value>) -> Collection {
    let offset = |key| conf(key).and_then(|value| value.as_i64()).and_then(|west| i32::try_from(west).ok());
    let rollover = conf("rollover").and_then(|value| value.as_u64()).and_then(|hour| u8::try_from(hour).ok());
    Collection {
        made_s: 0,
        offset_when_made: offset("creationOffset"),
        offset_now: offset("localOffset"),
        rollover_hour: rollover.filter(|hour| *hour < 24).unwrap_or(4),
        decks: HashMap::new(),
        kinds: HashMap::new(),
        notes: Vec::new(),
        answers: HashMap::new(),
    }
}

/// What schema 11 keeps as JSON.
fn of_11(c: &Connection) -> Result<Collection, ExchangeError> {
    let read = |row: &rusqlite::Row| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    let texts: (String, String, String) =
        c.query_row("SELECT conf, models, decks FROM col", [], read).map_err(damaged)?;
    let json = |text: &str, what: &str| match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(object)) => Ok(object),
        _ => refused(format!("the {what} of its collection are damaged: in Anki, Tools, Check Database mends it")),
    };
    let conf = json(if texts.0.is_empty() { "{}" } else { &texts.0 }, "settings")?;
    let mut collection = empty(&|key| conf.get(key).cloned());
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    for (id, deck) in json(&texts.2, "decks")? {
        if let Ok(id) = id.parse() {
            collection.decks.insert(id, text(&deck, "name"));
        }
    }
    for (id, model) in json(&texts.1, "note types")? {
        let Ok(id) = id.parse() else { continue };
        let list = |key: &str| model.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
        let template =
            |t: &Value| Template { name: text(t, "name"), question: text(t, "qfmt"), answer: text(t, "afmt") };
        let kind = NoteKind {
            name: text(&model, "name"),
            is_cloze: model.get("type").and_then(Value::as_i64) == Some(1),
            fields: list("flds").iter().map(|field| text(field, "name")).collect(),
            templates: list("tmpls").iter().map(template).collect(),
        };
        collection.kinds.insert(id, kind);
    }
    Ok(collection)
}

/// What schema 18 keeps in tables.
fn of_18(c: &Connection) -> Result<Collection, ExchangeError> {
    let conf = |key: &str| -> Option<Value> {
        let all: Vec<(String, Vec<u8>)> = rows(c, "SELECT KEY, val FROM config", |row| {
            Ok((row.get(0)?, row.get_ref(1)?.as_bytes().map(<[u8]>::to_vec).unwrap_or_default()))
        })
        .ok()?;
        all.into_iter().find(|(name, _)| name == key).and_then(|(_, value)| serde_json::from_slice(&value).ok())
    };
    let mut collection = empty(&conf);
    let broken = || {
        ExchangeError::Refused(
            "a note type of its collection is damaged: in Anki, Tools, Check Database mends it".to_owned(),
        )
    };
    let decks =
        rows(c, "SELECT id, name FROM decks", |row| Ok((row.get(0)?, row.get::<_, String>(1)?))).map_err(damaged)?;
    collection.decks = decks.into_iter().map(|(id, name)| (id, name.replace('\u{1f}', "::"))).collect();
    let kinds: Vec<(i64, String, Vec<u8>)> =
        rows(c, "SELECT id, name, config FROM notetypes", |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .map_err(damaged)?;
    for (id, name, config) in kinds {
        let is_cloze = proto::number(&config, 1).ok_or_else(broken)? == 1;
        collection.kinds.insert(id, NoteKind { name, is_cloze, ..NoteKind::default() });
    }
    let mut fields: Vec<(i64, i64, String)> =
        rows(c, "SELECT ntid, ord, name FROM fields", |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .map_err(damaged)?;
    fields.sort();
    for (kind, _, name) in fields {
        if let Some(kind) = collection.kinds.get_mut(&kind) {
            kind.fields.push(name);
        }
    }
    let mut templates: Vec<(i64, i64, String, Vec<u8>)> =
        rows(c, "SELECT ntid, ord, name, config FROM templates", |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })
        .map_err(damaged)?;
    templates.sort();
    for (kind, _, name, config) in templates {
        if let Some(kind) = collection.kinds.get_mut(&kind) {
            let text = |field| proto::text(&config, field).ok_or_else(broken);
            kind.templates.push(Template { name, question: text(1)?, answer: text(2)? });
        }
    }
    Ok(collection)
}

fn rows<T>(
    c: &Connection,
    sql: &str,
    read: impl FnMut(&rusqlite::Row) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    c.prepare(sql)?.query_map([], read)?.collect()
}

/// The notes that have cards, in order, each with its cards in order.
fn notes(c: &Connection) -> rusqlite::Result<Vec<Note>> {
    let sql = "SELECT id, nid, did, ord, mod, type, queue, due, ivl, factor, reps, lapses, odue, odid, flags, data FROM cards";
    let all: Vec<(i64, Card)> = rows(c, sql, |row| {
        let card = Card {
            id: row.get(0)?,
            deck: row.get(2)?,
            place: row.get(3)?,
            changed_s: row.get(4)?,
            stage: row.get(5)?,
            queue: row.get(6)?,
            due: row.get(7)?,
            interval: row.get(8)?,
            factor: row.get(9)?,
            answers: row.get(10)?,
            lapses: row.get(11)?,
            home_due: row.get(12)?,
            home_deck: row.get(13)?,
            flags: row.get(14)?,
            // What is no text there says nothing.
            data: row.get_ref(15)?.as_str().unwrap_or_default().to_owned(),
        };
        Ok((row.get(1)?, card))
    })?;
    let mut cards: HashMap<i64, Vec<Card>> = HashMap::new();
    for (note, card) in all {
        cards.entry(note).or_default().push(card);
    }
    let mut notes: Vec<(i64, Note)> = rows(c, "SELECT id, guid, mid, tags, flds FROM notes", |row| {
        let text = |place: usize| -> rusqlite::Result<String> {
            let value = row.get_ref(place)?;
            Ok(value.as_bytes().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default())
        };
        let id: i64 = row.get(0)?;
        let note = Note { guid: text(1)?, kind: row.get(2)?, tags: text(3)?, fields: text(4)?, cards: Vec::new() };
        Ok((id, note))
    })?;
    notes.sort_by_key(|(id, _)| *id);
    let with_cards = notes.into_iter().filter_map(|(id, mut note)| {
        note.cards = cards.remove(&id)?;
        note.cards.sort_by_key(|card| (card.place, card.id));
        Some(note)
    });
    Ok(with_cards.collect())
}

fn answers(c: &Connection) -> rusqlite::Result<HashMap<i64, Vec<Answer>>> {
    let all: Vec<(i64, Answer)> = rows(c, "SELECT cid, id, ease, factor, time, type FROM revlog", |row| {
        let answer = Answer {
            at_ms: row.get(1)?,
            grade: row.get(2)?,
            factor: row.get(3)?,
            took_ms: row.get(4)?,
            stage: row.get(5)?,
        };
        Ok((row.get(0)?, answer))
    })?;
    let mut answers: HashMap<i64, Vec<Answer>> = HashMap::new();
    for (card, answer) in all {
        answers.entry(card).or_default().push(answer);
    }
    answers.values_mut().for_each(|answers| answers.sort_by_key(|answer| answer.at_ms));
    Ok(answers)
}

#[cfg(test)]
pub(super) mod tests {
    /// A collection that says nothing.
    pub(in super::super) fn empty() -> super::Collection {
        super::empty(&|_| None)
    }
}
