//! The index of the decks: what must be known of a card before it is read, beside what its log says of it.
//!
//! Here belong its SQL. What is in it is made by [`crate::catalog`], which knows decks; every query costs what it gives.

mod change;
mod relation;
mod urgent;
mod words;

pub use change::IndexChange;
pub(super) use change::{differing, follow, follow_all};
pub use words::{Hit, Words};

use super::rows::{card_state, get};
use super::{Result, Store};
use crate::schedule::{CardId, CardState, Day};
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params_from_iter};
use std::collections::BTreeMap;

/// A deck. One that is broken has errors and no name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeckRow {
    /// Of its first file.
    pub path: String,
    /// It is no part of the program.
    pub user: bool,
    /// The first part of its cards' ids.
    pub name: Option<String>,
    /// For people.
    pub title: Option<String>,
    /// One sentence.
    pub about: Option<String>,
    /// JSON: what it sets for its cards.
    pub defaults: Option<String>,
    /// JSON: why it is left out.
    pub errors: Option<String>,
}

/// The stamp of a file that is part of the program.
pub const EMBEDDED: &str = "embedded";

/// A file of a deck.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRow {
    /// The deck's path.
    pub deck: String,
    /// Its own.
    pub path: String,
    /// Among the deck's files.
    pub place: usize,
    /// While it stands, the file was not changed.
    pub stamp: String,
    /// Of what stands in it.
    pub hash: u64,
}

/// A card, as it is put into the index.
#[derive(Debug, Clone)]
pub struct CardRow<'a> {
    /// Its name.
    pub id: &'a CardId,
    /// In its deck: its file's place, and in the lower half its own.
    pub place: u64,
    /// 1 to 3.
    pub level: u8,
    /// What it asks.
    pub kind: &'static str,
    /// A chain's steps, or 1.
    pub answers: usize,
    /// A JSON array.
    pub tags: String,
    /// What is asked.
    pub prompt: String,
    /// The first of its block.
    pub line: usize,
    /// The bytes of the file that say all of it.
    pub block: std::ops::Range<usize>,
    /// Of these bytes.
    pub block_hash: u64,
    /// What it says of other cards.
    pub relations: Vec<(Relation, &'a CardId)>,
}

/// What a card may be to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// It is met after that one, or after all of that matrix.
    After,
    /// It takes over the progress of that one, which no deck has any more.
    Was,
    /// It stands in for that one, with its progress.
    Replaces,
}

impl Relation {
    /// As it is stored.
    fn name(self) -> &'static str {
        match self {
            Self::After => "after",
            Self::Was => "was",
            Self::Replaces => "replaces",
        }
    }
}

/// A card of the index, with what its log folds to.
#[derive(Debug, Clone)]
pub struct Indexed {
    /// Its name.
    pub id: CardId,
    /// What it asks.
    pub kind: String,
    /// A chain's steps, or 1.
    pub answers: usize,
    /// 1 to 3.
    pub level: u8,
    /// What its log folds to.
    pub state: CardState,
    /// Its place among all cards.
    order: (bool, String, i64),
}

/// Where a card is written.
#[derive(Debug, Clone)]
pub struct Located {
    /// The file is a user's.
    pub user: bool,
    /// The file.
    pub path: String,
    /// JSON: what the deck sets for its cards.
    pub defaults: String,
    /// The first of its block.
    pub line: usize,
    /// The bytes of the file that say all of it.
    pub block: std::ops::Range<usize>,
    /// Of these bytes.
    pub block_hash: u64,
}

/// Which cards are meant. Empty lists restrict nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// These decks alone.
    pub decks: Vec<String>,
    /// Without these decks.
    pub off: Vec<String>,
    /// Cards with one of these tags.
    pub tags: Vec<String>,
    /// Cards of one of these kinds.
    pub kinds: Vec<String>,
    /// Cards of one of these levels.
    pub levels: Vec<u8>,
    /// These cards alone, where it is given, and none where it is empty.
    pub cards: Option<Vec<CardId>>,
    /// Cards that are flagged.
    pub flagged: bool,
}

/// How a deck's cards stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeckCounts {
    /// All, by kind.
    pub kinds: BTreeMap<String, usize>,
    /// Never asked and not suspended.
    pub new: usize,
    /// Due on the day or before.
    pub due: usize,
    /// Taken out.
    pub suspended: usize,
    /// What its rows and verdicts come from.
    pub matrices: usize,
}

impl Scope {
    /// Whether it means the same cards as one that only leaves decks out.
    pub fn is_all_of(&self, on: &Self) -> bool {
        *self == Self { off: self.off.clone(), ..Self::default() } && self.off == on.off
    }

    /// As a condition on a row of `card` by this name, with what is to be bound to its places.
    pub(super) fn condition(&self, card: &str) -> (String, Vec<String>) {
        // What another card stands in for is not asked. By its number, which every index has: by its name each due card
        // would have to be read.
        let mut condition = format!(
            " AND {card}.id NOT IN (SELECT replaced.id FROM card_relation AS r JOIN card AS replaced
                                    ON replaced.name = r.other WHERE r.kind = 'replaces')"
        );
        let lists = [
            (format!("{card}.deck IN"), &self.decks, ""),
            (format!("{card}.deck NOT IN"), &self.off, ""),
            (format!("{card}.kind IN"), &self.kinds, ""),
            (format!("EXISTS (SELECT 1 FROM json_each({card}.tags) WHERE value IN"), &self.tags, ")"),
        ];
        let mut bound: Vec<String> = Vec::new();
        for (begin, list, end) in lists.into_iter().filter(|(_, list, _)| !list.is_empty()) {
            let places = vec!["?"; list.len()].join(", ");
            condition += &format!(" AND {begin} ({places}){end}");
            bound.extend(list.iter().cloned());
        }
        if !self.levels.is_empty() {
            let levels: Vec<String> = self.levels.iter().map(u8::to_string).collect();
            condition += &format!(" AND {card}.level IN ({})", levels.join(", "));
        }
        if self.flagged {
            condition +=
                &format!(" AND EXISTS (SELECT 1 FROM schedule AS s WHERE s.card = {card}.name AND s.flagged = 1)");
        }
        if let Some(cards) = &self.cards {
            // There may be more of them than a statement has places.
            condition += &format!(" AND {card}.name IN (SELECT value FROM json_each(?))");
            let names: Vec<&str> = cards.iter().map(CardId::as_str).collect();
            bound.push(serde_json::to_string(&names).expect("texts become JSON"));
        }
        (condition, bound)
    }
}

/// A card of the index as a list shows it.
#[derive(Debug, Clone)]
pub struct Listed {
    /// Its name.
    pub id: CardId,
    /// What it asks.
    pub kind: String,
    /// 1 to 3.
    pub level: u8,
    /// Topics and systems.
    pub tags: Vec<String>,
    /// What is asked.
    pub prompt: String,
    /// What its log folds to.
    pub state: CardState,
}

/// What [`located`] reads.
const LOCATED: &str =
    "SELECT card.user, deck_file.path, deck.defaults, line, block_start, block_end, block_hash, card.name
     FROM card JOIN deck_file ON deck_file.id = card.file JOIN deck ON deck.path = deck_file.deck";

fn located(row: &Row) -> rusqlite::Result<Located> {
    Ok(Located {
        user: row.get(0)?,
        path: row.get(1)?,
        defaults: row.get(2)?,
        line: row.get(3)?,
        block: row.get(4)?..row.get(5)?,
        block_hash: row.get::<_, i64>(6)?.cast_unsigned(),
    })
}

/// What [`indexed`] reads.
pub(super) const INDEXED: &str = "card.name, card.kind, card.answers, card.level, card.user, card.deck, card.place";

pub(super) fn indexed(row: &Row) -> rusqlite::Result<Indexed> {
    Ok(Indexed {
        id: row.get(0)?,
        kind: row.get(1)?,
        answers: row.get(2)?,
        level: row.get(3)?,
        order: (row.get(4)?, row.get(5)?, row.get(6)?),
        state: card_state::read_from(row, 7)?,
    })
}

impl Store {
    /// The build that made the index; none where there is none.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn indexed_by(&self) -> Result<Option<String>> {
        self.read(READ, build)
    }

    /// The user's files that are in the index.
    ///
    /// # Errors
    /// As [`Store::indexed_by`].
    pub fn indexed_files(&self) -> Result<Vec<FileRow>> {
        self.read(READ, files)
    }

    /// The decks, the embedded ones first, by name; broken ones too.
    ///
    /// # Errors
    /// As [`Store::indexed_by`].
    pub fn decks(&self) -> Result<Vec<DeckRow>> {
        self.read(READ, |c| decks(c, "", &[]))
    }

    /// The decks that are left out for their errors.
    ///
    /// # Errors
    /// As [`Store::indexed_by`].
    pub fn broken_decks(&self) -> Result<Vec<DeckRow>> {
        self.read(READ, |c| decks(c, BROKEN, &[]))
    }

    /// Which of these decks there are not.
    ///
    /// # Errors
    /// As [`Store::indexed_by`].
    pub fn unknown_decks<'a>(&self, names: &'a [String]) -> Result<Vec<&'a str>> {
        self.read(READ, |c| {
            let mut statement = c.prepare_cached("SELECT 1 FROM deck WHERE name = ?1")?;
            let mut unknown = Vec::new();
            for name in names {
                if !statement.exists([name])? {
                    unknown.push(name.as_str());
                }
            }
            Ok(unknown)
        })
    }

    /// The tags of all cards.
    ///
    /// # Errors
    /// As [`Store::indexed_by`].
    pub fn tags(&self) -> Result<Vec<String>> {
        self.read(READ, |c| {
            let mut statement = c.prepare("SELECT DISTINCT value FROM card, json_each(card.tags) ORDER BY value")?;
            statement.query_map([], |row| row.get(0))?.collect()
        })
    }

    /// Changes the index, all of it or nothing.
    ///
    /// # Errors
    /// The database could not be written.
    pub fn change_index<T>(&mut self, change: impl FnOnce(&mut IndexChange) -> rusqlite::Result<T>) -> Result<T> {
        self.write("index the decks", |tx, _| change(&mut IndexChange { tx }))
    }

    /// Where a card is written; none where no deck has it.
    ///
    /// # Errors
    /// As [`Store::indexed_by`].
    pub fn located(&self, card: &CardId) -> Result<Option<Located>> {
        self.read(READ, |c| {
            c.prepare_cached(&format!("{LOCATED} WHERE card.name = ?1"))?.query_row([card], located).optional()
        })
    }

    /// Where all cards are written, file by file.
    ///
    /// # Errors
    /// As [`Store::indexed_by`].
    pub fn all_located(&self) -> Result<Vec<(CardId, Located)>> {
        self.read(READ, |c| {
            let mut statement = c.prepare(&format!("{LOCATED} ORDER BY card.file"))?;
            statement.query_map([], |row| Ok((get(row, "name")?, located(row)?)))?.collect()
        })
    }

    /// The names of all cards.
    ///
    /// # Errors
    /// As [`Store::indexed_by`].
    pub fn card_names(&self) -> Result<Vec<String>> {
        self.read(READ, |c| c.prepare("SELECT name FROM card")?.query_map([], |row| row.get(0))?.collect())
    }

    /// Whether a deck has this card.
    ///
    /// # Errors
    /// As [`Store::indexed_by`].
    pub fn has_card(&self, card: &CardId) -> Result<bool> {
        self.read(READ, |c| c.prepare_cached(HAS_CARD)?.exists([card]))
    }

    /// The flagged cards, deck by deck, each with what it asks.
    ///
    /// # Errors
    /// As [`Store::indexed_by`].
    pub fn flagged(&self) -> Result<Vec<(CardId, String)>> {
        self.read(READ, |c| {
            let sql = "SELECT name, prompt FROM schedule JOIN card ON card.name = schedule.card
                       WHERE flagged = 1 ORDER BY user, deck, place";
            c.prepare(sql)?.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        })
    }

    /// How each deck's cards stand on a day, by the deck's name.
    ///
    /// # Errors
    /// As [`Store::indexed_by`].
    pub fn deck_counts(&self, day: Day) -> Result<BTreeMap<String, DeckCounts>> {
        self.read(READ, |c| {
            let mut decks: BTreeMap<String, DeckCounts> = BTreeMap::new();
            let sql = "SELECT deck, kind, count(*), sum(unseen), coalesce(sum(due <= ?1), 0),
                              sum(unseen = 0 AND due IS NULL) FROM card GROUP BY deck, kind";
            let mut statement = c.prepare(sql)?;
            let mut rows = statement.query([day])?;
            while let Some(row) = rows.next()? {
                let counts = decks.entry(row.get(0)?).or_default();
                counts.kinds.insert(row.get(1)?, row.get(2)?);
                counts.new += row.get::<_, usize>(3)?;
                counts.due += row.get::<_, usize>(4)?;
                counts.suspended += row.get::<_, usize>(5)?;
            }
            // A row or a verdict is named after its matrix.
            let sql = "SELECT deck, count(DISTINCT rtrim(name, replace(name, '/', ''))) FROM card
                       WHERE kind IN ('matrix', 'choice') GROUP BY deck";
            let mut statement = c.prepare(sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                decks.entry(row.get(0)?).or_default().matrices = row.get(1)?;
            }
            Ok(decks)
        })
    }

    /// How many cards are due on a day or before.
    ///
    /// # Errors
    /// As [`Store::indexed_by`].
    pub fn due_count(&self, scope: &Scope, day: Day) -> Result<usize> {
        let sql = "SELECT count(*) FROM card WHERE due <= ?1";
        Ok(self.of_scope(scope, sql, "", &[&day], |row| row.get::<_, usize>(0))?.into_iter().sum())
    }

    /// How many cards of each deck are due on a day or before.
    ///
    /// # Errors
    /// As [`Store::indexed_by`].
    pub fn due_by_deck(&self, scope: &Scope, day: Day) -> Result<BTreeMap<String, usize>> {
        let sql = "SELECT deck, count(*) FROM card WHERE due <= ?1";
        let counts = self.of_scope(scope, sql, "GROUP BY deck", &[&day], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(counts.into_iter().collect())
    }

    /// How many cards are due on each of these days, where any is.
    ///
    /// # Errors
    /// As [`Store::indexed_by`].
    pub fn due_by_day(&self, scope: &Scope, from: Day, to: Day) -> Result<BTreeMap<Day, usize>> {
        let sql = "SELECT due, count(*) FROM card WHERE due BETWEEN ?1 AND ?2";
        let counts = self.of_scope(scope, sql, "GROUP BY due", &[&from, &to], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(counts.into_iter().collect())
    }

    /// The first day after this one on which a card is due.
    ///
    /// # Errors
    /// As [`Store::indexed_by`].
    pub fn next_due(&self, scope: &Scope, day: Day) -> Result<Option<Day>> {
        let sql = "SELECT due FROM card WHERE due > ?1";
        Ok(self.of_scope(scope, sql, "ORDER BY due LIMIT 1", &[&day], |row| row.get(0))?.pop())
    }

    /// Cards never asked whose time has come, in the order of the decks: of each deck and level as many as are needed to
    /// take so many, level 1 first and the decks in turn.
    ///
    /// # Errors
    /// As [`Store::indexed_by`].
    pub fn unseen(&self, scope: &Scope, wanted: usize) -> Result<Vec<Indexed>> {
        let sql = format!(
            "SELECT {INDEXED}, {} FROM card LEFT JOIN schedule ON schedule.card = card.name
             WHERE unseen = 1 AND level = ?1",
            card_state::OF_SCHEDULE
        );
        let (is_time, bound) = relation::met_before(scope);
        let of_next_deck = format!("{sql} AND (user, card.deck) > (?2, ?3){is_time}");
        let of_deck = format!("{sql} AND user = ?2 AND card.deck = ?3{is_time}");
        let with = |level: &dyn ToSql, user: &dyn ToSql, deck: &dyn ToSql, sql: &str, end: &str| {
            let mut values = vec![level, user, deck];
            values.extend(bound.iter().map(|text| text as &dyn ToSql));
            self.of_scope(scope, sql, end, &values, indexed)
        };
        let mut taken: Vec<Indexed> = Vec::new();
        for level in 1..=3 {
            let left = wanted.saturating_sub(taken.len());
            let mut firsts: Vec<Indexed> = Vec::new();
            while firsts.len() < left {
                let (user, deck) = firsts.last().map_or((-1, ""), |card| (card.order.0.into(), &card.order.1));
                let first = "ORDER BY user, card.deck, place LIMIT 1";
                let first = with(&level, &user, &deck, &of_next_deck, first)?;
                match first.into_iter().next() {
                    Some(first) => firsts.push(first),
                    None => break,
                }
            }
            // As many decks as are needed give one each.
            if firsts.len() == left {
                taken.extend(firsts);
                break;
            }
            for first in firsts {
                let (user, deck, _) = first.order;
                let all = format!("ORDER BY place LIMIT {left}");
                taken.extend(with(&level, &user, &deck, &of_deck, &all)?);
            }
        }
        taken.sort_by(|a, b| a.order.cmp(&b.order));
        Ok(taken)
    }

    /// The cards that a day owes a repeat and that are not due, in the order of the decks.
    ///
    /// # Errors
    /// As [`Store::indexed_by`].
    pub fn owed(&self, scope: &Scope, day: Day) -> Result<Vec<Indexed>> {
        let sql = format!(
            "SELECT {INDEXED}, {} FROM schedule JOIN card ON card.name = schedule.card
             WHERE latest_day = ?1 AND latest_quality < 4 AND card.due > ?1",
            card_state::OF_SCHEDULE
        );
        self.of_scope(scope, &sql, "ORDER BY user, deck, place", &[&day], indexed)
    }

    /// All cards, in the order of the decks.
    ///
    /// # Errors
    /// As [`Store::indexed_by`].
    pub fn all_cards(&self, scope: &Scope) -> Result<Vec<Indexed>> {
        let sql = format!(
            "SELECT {INDEXED}, {} FROM card LEFT JOIN schedule ON schedule.card = card.name WHERE 1",
            card_state::OF_SCHEDULE
        );
        self.of_scope(scope, &sql, "ORDER BY user, deck, place", &[], indexed)
    }

    /// All cards as lists show them, in the order of the decks.
    ///
    /// # Errors
    /// As [`Store::indexed_by`].
    pub fn listed(&self, scope: &Scope) -> Result<Vec<Listed>> {
        let sql = format!(
            "SELECT card.name, card.kind, card.level, card.tags, card.prompt, {}
             FROM card LEFT JOIN schedule ON schedule.card = card.name WHERE 1",
            card_state::OF_SCHEDULE
        );
        let listed = |row: &Row| {
            let tags: String = row.get(3)?;
            Ok(Listed {
                id: row.get(0)?,
                kind: row.get(1)?,
                level: row.get(2)?,
                tags: serde_json::from_str(&tags).unwrap_or_default(),
                prompt: row.get(4)?,
                state: card_state::read_from(row, 5)?,
            })
        };
        self.of_scope(scope, &sql, "ORDER BY user, deck, place", &[], listed)
    }

    /// How many cards have each tag.
    ///
    /// # Errors
    /// As [`Store::indexed_by`].
    pub fn tag_counts(&self, scope: &Scope) -> Result<Vec<(String, usize)>> {
        let sql = "SELECT value, count(*) FROM card, json_each(card.tags) WHERE 1";
        self.of_scope(scope, sql, "GROUP BY value ORDER BY value", &[], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// The rows of a query on `card` whose condition goes on with the scope's.
    fn of_scope<T>(
        &self,
        scope: &Scope,
        sql: &str,
        end: &str,
        values: &[&dyn ToSql],
        read: impl FnMut(&Row) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        let (condition, bound) = scope.condition("card");
        let all = values.iter().copied().chain(bound.iter().map(|text| text as &dyn ToSql));
        self.read(READ, |c| {
            let mut statement = c.prepare_cached(&format!("{sql}{condition} {end}"))?;
            statement.query_map(params_from_iter(all), read)?.collect()
        })
    }
}

const READ: &str = "read the index of the decks";
const BROKEN: &str = "WHERE errors IS NOT NULL";
const HAS_CARD: &str = "SELECT 1 FROM card WHERE name = ?1";

fn build(c: &Connection) -> rusqlite::Result<Option<String>> {
    c.query_row("SELECT build FROM catalog", [], |row| row.get(0)).optional()
}

fn files(c: &Connection) -> rusqlite::Result<Vec<FileRow>> {
    let sql = "SELECT deck, path, place, stamp, hash FROM deck_file WHERE stamp <> ?1";
    let file = |row: &Row| {
        Ok(FileRow {
            deck: row.get(0)?,
            path: row.get(1)?,
            place: row.get(2)?,
            stamp: row.get(3)?,
            hash: row.get::<_, i64>(4)?.cast_unsigned(),
        })
    };
    c.prepare_cached(sql)?.query_map([EMBEDDED], file)?.collect()
}

fn decks(c: &Connection, condition: &str, values: &[&dyn ToSql]) -> rusqlite::Result<Vec<DeckRow>> {
    let sql = format!(
        "SELECT path, user, name, title, about, defaults, errors FROM deck {condition} ORDER BY user, name, path"
    );
    let deck = |row: &Row| {
        Ok(DeckRow {
            path: row.get(0)?,
            user: row.get(1)?,
            name: row.get(2)?,
            title: row.get(3)?,
            about: row.get(4)?,
            defaults: row.get(5)?,
            errors: row.get(6)?,
        })
    };
    c.prepare_cached(&sql)?.query_map(values, deck)?.collect()
}
