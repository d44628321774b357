//! What the index says of decks and cards; every query costs what it gives.

use super::rows::{
    BROKEN, DeckRow, FileRow, HAS_CARD, INDEXED, Indexed, LOCATED, Listed, Located, build, decks, files, indexed,
    located,
};
use super::scope::Scope;
use crate::schedule::{CardId, Day};
use crate::store::connection::Store;
use crate::store::error::Result;
use crate::store::rows::{card_state, get};
use rusqlite::{OptionalExtension, Row, ToSql, params_from_iter};
use std::collections::BTreeMap;

pub(super) const READ: &str = "read the index of the decks";

/// The index of the decks.
#[derive(Clone, Copy)]
pub struct DeckIndex<'a> {
    pub(super) store: &'a Store,
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

impl Store {
    /// The index of the decks.
    pub fn deck_index(&self) -> DeckIndex<'_> {
        DeckIndex { store: self }
    }
}

impl DeckIndex<'_> {
    /// The build that made the index; none where there is none.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn build(&self) -> Result<Option<String>> {
        self.store.read(READ, build)
    }

    /// The user's files that are in the index.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn files(&self) -> Result<Vec<FileRow>> {
        self.store.read(READ, files)
    }

    /// The decks, the embedded ones first, by name; broken ones too.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn decks(&self) -> Result<Vec<DeckRow>> {
        self.store.read(READ, |c| decks(c, "", &[]))
    }

    /// The decks that are left out for their errors.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn broken_decks(&self) -> Result<Vec<DeckRow>> {
        self.store.read(READ, |c| decks(c, BROKEN, &[]))
    }

    /// The decks in which cards may be former ones in other words.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn reworded(&self) -> Result<Vec<DeckRow>> {
        self.store.read(READ, |c| decks(c, "WHERE defaults LIKE '%\"reworded\":[%'", &[]))
    }

    /// How many decks the user has, broken ones too.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn user_decks(&self) -> Result<usize> {
        let sql = "SELECT count(*) FROM deck WHERE user = 1 AND (name IS NOT NULL OR errors IS NOT NULL)";
        self.store.read(READ, |c| c.prepare_cached(sql)?.query_row([], |row| row.get(0)))
    }

    /// Which of these decks there are not.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn unknown_decks<'a>(&self, names: &'a [String]) -> Result<Vec<&'a str>> {
        self.store.read(READ, |c| {
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
    /// The database could not be read.
    pub fn tags(&self) -> Result<Vec<String>> {
        self.store.read(READ, |c| {
            let mut statement = c.prepare("SELECT DISTINCT value FROM card, json_each(card.tags) ORDER BY value")?;
            statement.query_map([], |row| row.get(0))?.collect()
        })
    }

    /// What a card asks, as lists show it; none where no deck has it.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn prompt_of(&self, card: &str) -> Result<Option<String>> {
        self.store.read(READ, |c| {
            let sql = "SELECT prompt FROM card WHERE name = ?1";
            c.prepare_cached(sql)?.query_row([card], |row| row.get(0)).optional()
        })
    }

    /// How many cards have each tag.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn tag_counts(&self, scope: &Scope) -> Result<Vec<(String, usize)>> {
        let sql = "SELECT value, count(*) FROM card, json_each(card.tags) WHERE 1";
        self.of_scope(scope, sql, "GROUP BY value ORDER BY value", &[], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// Where a card is written; none where no deck has it.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn located(&self, card: &CardId) -> Result<Option<Located>> {
        self.store.read(READ, |c| {
            c.prepare_cached(&format!("{LOCATED} WHERE card.name = ?1"))?.query_row([card], located).optional()
        })
    }

    /// Where all cards are written, file by file.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn all_located(&self) -> Result<Vec<(CardId, Located)>> {
        self.store.read(READ, |c| {
            let mut statement = c.prepare(&format!("{LOCATED} ORDER BY card.file"))?;
            statement.query_map([], |row| Ok((get(row, "name")?, located(row)?)))?.collect()
        })
    }

    /// The names of all cards.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn card_names(&self) -> Result<Vec<String>> {
        self.store.read(READ, |c| c.prepare("SELECT name FROM card")?.query_map([], |row| row.get(0))?.collect())
    }

    /// Whether a deck has this card.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn has_card(&self, card: &CardId) -> Result<bool> {
        self.store.read(READ, |c| c.prepare_cached(HAS_CARD)?.exists([card]))
    }

    /// The flagged cards, deck by deck, each with what it asks.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn flagged(&self) -> Result<Vec<(CardId, String)>> {
        self.store.read(READ, |c| {
            let sql = "SELECT name, prompt FROM schedule JOIN card ON card.name = schedule.card
                       WHERE flagged = 1 ORDER BY user, deck, place";
            c.prepare(sql)?.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        })
    }

    /// How each deck's cards stand on a day, by the deck's name.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn deck_counts(&self, day: Day) -> Result<BTreeMap<String, DeckCounts>> {
        self.store.read(READ, |c| {
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

    /// How many cards of a scope are new and not suspended, by deck and level.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn new_counts(&self, scope: &Scope) -> Result<BTreeMap<(String, u8), usize>> {
        let sql = "SELECT deck, level, count(*) FROM card WHERE unseen = 1";
        let count = |row: &Row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?));
        Ok(self.of_scope(scope, sql, "GROUP BY deck, level", &[], count)?.into_iter().collect())
    }

    /// All cards, in the order of the decks.
    ///
    /// # Errors
    /// The database could not be read.
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
    /// The database could not be read.
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

    /// The cards at these places of the index.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn at(&self, places: &[i64]) -> Result<Vec<Indexed>> {
        let sql = format!(
            "SELECT {INDEXED}, {} FROM card LEFT JOIN schedule ON schedule.card = card.name WHERE card.id = ?1",
            card_state::OF_SCHEDULE
        );
        self.store.read("read the index of the decks", |c| {
            let mut statement = c.prepare_cached(&sql)?;
            places.iter().map(|place| statement.query_row([place], indexed)).collect()
        })
    }

    /// The rows of a query on `card` whose condition goes on with the scope's.
    pub(super) fn of_scope<T>(
        &self,
        scope: &Scope,
        sql: &str,
        end: &str,
        values: &[&dyn ToSql],
        read: impl FnMut(&Row) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        let (condition, bound) = scope.condition("card");
        let all = values.iter().copied().chain(bound.iter().map(|text| text as &dyn ToSql));
        self.store.read(READ, |c| {
            let mut statement = c.prepare_cached(&format!("{sql}{condition} {end}"))?;
            statement.query_map(params_from_iter(all), read)?.collect()
        })
    }
}
