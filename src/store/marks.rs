//! The marks of the log, as they are read: decisions about cards, notes, and the plan towards an interview.

use super::card_log;
use super::connection::Store;
use super::error::Result;
use super::rows::{self, NO_CARD, get, is_there};
use crate::log::{Import, LogId, Mark, MarkKind, Start, Table, standing};
use crate::schedule::{CardId, Day, Interview, Wishes};
use rusqlite::{Connection, params, params_from_iter};
use std::collections::{HashMap, HashSet};

/// The marks.
#[derive(Clone, Copy)]
pub struct Marks<'a> {
    pub(super) store: &'a Store,
}

impl Store {
    /// The marks of the log.
    pub fn marks(&self) -> Marks<'_> {
        Marks { store: self }
    }
}

impl Marks<'_> {
    /// A card's marks, those that this version does not know too, the latest last.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn of_card(&self, card: &CardId) -> Result<Vec<Mark>> {
        self.store.read("read the log", |c| Ok(card_log::log_of(c, card)?.marks_in_order()))
    }

    /// Where a card, or one that its progress was moved from, stood in another program when it came.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn starts(&self, card: &CardId) -> Result<Vec<Start>> {
        self.store.read("read the log", |c| Ok(card_log::log_of(c, card)?.starts()))
    }

    /// The marks that are about no one card and were not taken back, the latest last.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn of_plan(&self) -> Result<Vec<Mark>> {
        self.store.read("read the plan", |c| {
            let sql = format!("SELECT {} FROM mark WHERE card = ?1 ORDER BY at, id", Table::Mark.column_list());
            let mut statement = c.prepare_cached(&sql)?;
            let marks = statement.query_map(params![NO_CARD], rows::mark)?.collect::<rusqlite::Result<_>>()?;
            Ok(standing(marks).into_iter().map(|(_, mark)| mark).collect())
        })
    }

    /// The date that the learner prepares for. One that is out of reach is none ([`Marks::interview_out_of_reach`]).
    ///
    /// # Errors
    /// The database could not be read.
    pub fn interview(&self) -> Result<Option<Interview>> {
        Ok(self.marked_interview()?.filter(|interview| interview.is_in_reach(self.store.today)))
    }

    /// The date that the learner prepares for, where it is too far away to plan for.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn interview_out_of_reach(&self) -> Result<Option<Interview>> {
        Ok(self.marked_interview()?.filter(|interview| !interview.is_in_reach(self.store.today)))
    }

    fn marked_interview(&self) -> Result<Option<Interview>> {
        let interview = |mark: Mark| match mark.kind {
            MarkKind::Interview(interview) => Some(Some(interview)),
            MarkKind::NoInterview => Some(None),
            _ => None,
        };
        Ok(self.of_plan()?.into_iter().rev().find_map(interview).flatten())
    }

    /// The day on which the learner began to plan, whatever was changed since: the first one after a plan had ended.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn plan_begun(&self) -> Result<Option<Day>> {
        let mut begun = None;
        let mut ends = None;
        for mark in self.of_plan()? {
            match mark.kind {
                MarkKind::NoInterview => begun = None,
                MarkKind::Interview(interview) => {
                    if begun.is_none() || ends.zip(mark.day).is_some_and(|(ends, day)| ends < day) {
                        begun = mark.day;
                    }
                    ends = Some(interview.day);
                }
                _ => {}
            }
        }
        Ok(begun)
    }

    /// How the learner prepares.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn wishes(&self) -> Result<Wishes> {
        let wishes = |mark: Mark| match mark.kind {
            MarkKind::Plan(text) => Some(Wishes::read(&text)),
            // A plan that was ended takes its wishes with it.
            MarkKind::NoInterview => Some(Wishes::default()),
            _ => None,
        };
        Ok(self.of_plan()?.into_iter().rev().find_map(wishes).unwrap_or_default())
    }

    /// The cards that were forgotten, and not remembered since.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn forgotten(&self) -> Result<Vec<CardId>> {
        self.store.read("read the marks", |c| {
            let sql = "SELECT card FROM mark AS m WHERE what = 'forget' AND NOT EXISTS
                       (SELECT 1 FROM mark WHERE card = m.card AND what = 'remember' AND (at, id) > (m.at, m.id))
                       GROUP BY card ORDER BY card";
            c.prepare(sql)?.query_map([], |row| get(row, "card"))?.collect()
        })
    }

    /// What the learner decided last here and did not take back; or the card that was added, or what was done to decks. A
    /// clock that was set back does not matter.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn latest_decision(&self) -> Result<Option<(LogId, Mark)>> {
        self.store.read("read the marks", |c| {
            // The rows that an import brought are not the learner's own, and what was done to files elsewhere was not done
            // to those that are here: what comes from elsewhere is numbered below 1 by the door.
            let mut is_here = c.prepare_cached("SELECT rowid > 0 FROM mark WHERE id = ?1")?;
            latest(c, |id, mark| match &mark.kind {
                MarkKind::Look { .. } => Ok(!is_brought(c, id, mark)?),
                MarkKind::Add(_) | MarkKind::Did(_) => is_here.query_row([id], |row| row.get(0)),
                kind => Ok(kind.is_switch() && !is_brought(c, id, mark)?),
            })
        })
    }

    /// The latest import that stands, and its time.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn latest_import(&self) -> Result<Option<(i64, Import)>> {
        self.store.read("read the marks", |c| {
            let undone = undone(c)?;
            let imports = marks(c, "what GLOB 'import *'")?.into_iter().rev();
            let mut standing = imports.filter(|(id, _)| !undone.contains(id));
            Ok(standing.find_map(|(_, mark)| match mark.kind {
                MarkKind::Import(import) => Some((mark.at_ms, import)),
                _ => None,
            }))
        })
    }

    /// The marks of imports, those that were taken back too, in the order of their times; each with whether it stands.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn imports(&self) -> Result<Vec<(LogId, Mark, bool)>> {
        self.store.read("read the marks", |c| {
            let undone = undone(c)?;
            let marks = marks(c, "what GLOB 'import *' OR what GLOB 'imported *'")?;
            Ok(marks.into_iter().map(|(id, mark)| (id, mark, !undone.contains(&id))).collect())
        })
    }

    /// The marks that were taken back.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn undone(&self) -> Result<HashSet<LogId>> {
        self.store.read("read the marks", undone)
    }

    /// Whether there is a mark of this id.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn has(&self, id: LogId) -> Result<bool> {
        self.store.read("read the marks", |c| is_there(c, Table::Mark, &id))
    }

    /// The note on a card.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn note(&self, card: &CardId) -> Result<Option<String>> {
        let origins = self.store.read("read the notes", |c| card_log::origins(c, card))?;
        let names: Vec<&str> = origins.iter().map(CardId::as_str).collect();
        let notes = self.notes_where(&format!("AND card IN ({})", vec!["?"; names.len()].join(", ")), &names)?;
        // A card whose progress was moved has the notes of the card before it too.
        let latest = notes.into_values().max_by_key(|(at, _)| *at);
        Ok(latest.map(|(_, text)| text).filter(|text| !text.is_empty()))
    }

    /// The notes on all cards.
    ///
    /// # Errors
    /// The database could not be read.
    pub fn notes(&self) -> Result<HashMap<CardId, String>> {
        let mut notes = self.notes_where("", &[])?;
        let moved: Vec<(CardId, Vec<CardId>)> = self.store.read("read the notes", |c| {
            let sql = "SELECT DISTINCT card FROM mark WHERE what >= 'from ' AND what < 'from!'";
            let mut statement = c.prepare_cached(sql)?;
            let heirs = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<CardId>>>()?;
            heirs.into_iter().map(|heir| Ok((heir.clone(), card_log::origins(c, &heir)?))).collect()
        })?;
        for (heir, origins) in moved {
            let latest = origins.iter().filter_map(|card| notes.get(card)).max_by_key(|(at, _)| *at);
            if let Some(latest) = latest.cloned() {
                notes.insert(heir, latest);
            }
        }
        let written = |(card, (_, text)): (CardId, (usize, String))| (!text.is_empty()).then_some((card, text));
        Ok(notes.into_iter().filter_map(written).collect())
    }

    /// The last note on each card, with its place among all; an empty one was taken away.
    fn notes_where(&self, condition: &str, of: &[&str]) -> Result<HashMap<CardId, (usize, String)>> {
        self.store.read("read the notes", |c| {
            let sql = format!(
                "SELECT {} FROM mark WHERE (what GLOB 'note *' OR what GLOB 'undo *') {condition} ORDER BY at, id",
                Table::Mark.column_list()
            );
            let mut statement = c.prepare_cached(&sql)?;
            let marks = statement.query_map(params_from_iter(of), rows::mark)?;
            let mut notes = HashMap::new();
            for (at, (_, mark)) in standing(marks.collect::<rusqlite::Result<_>>()?).into_iter().enumerate() {
                if let (Some(card), MarkKind::Note(text)) = (mark.card, mark.kind) {
                    notes.insert(card, (at, text));
                }
            }
            Ok(notes)
        })
    }
}

/// The mark that was saved last among those that are wanted and not taken back.
pub(super) fn latest(
    c: &Connection,
    mut is_wanted: impl FnMut(&LogId, &Mark) -> rusqlite::Result<bool>,
) -> rusqlite::Result<Option<(LogId, Mark)>> {
    let mut statement =
        c.prepare_cached(&format!("SELECT {} FROM mark ORDER BY rowid DESC", Table::Mark.column_list()))?;
    for read in statement.query_map([], rows::mark)? {
        let (id, mark) = read?;
        if is_wanted(&id, &mark)? && !is_undone(c, &id, &mark)? {
            return Ok(Some((id, mark)));
        }
    }
    Ok(None)
}

/// Whether a mark was taken back: the mark that does so is of the same card, so that the card's index finds it.
fn is_undone(c: &Connection, id: &LogId, mark: &Mark) -> rusqlite::Result<bool> {
    let card = mark.card.as_ref().map_or("", CardId::as_str);
    c.prepare_cached(UNDONE)?.exists([card, &MarkKind::Undo(*id).to_string()])
}

/// Whether an import brought a mark: the import's mark is of the same card, or of another gap of the same text.
fn is_brought(c: &Connection, id: &LogId, mark: &Mark) -> rusqlite::Result<bool> {
    let Some(card) = &mark.card else { return Ok(false) };
    let text = card.matrix().unwrap_or(card.as_str());
    // In the order of bytes a slash is followed by a zero.
    c.prepare_cached(BROUGHT)?.exists([text, &format!("{text}/"), &format!("{text}0"), &id.to_string()])
}

const UNDONE: &str = "SELECT 1 FROM mark WHERE card = ?1 AND what = ?2";
const BROUGHT: &str = "SELECT 1 FROM mark WHERE (card = ?1 OR card > ?2 AND card < ?3) AND what GLOB 'imported *'
                       AND instr(what, ?4)";

/// The marks that fit, in order of (time, id).
pub(super) fn marks(c: &Connection, condition: &str) -> rusqlite::Result<Vec<(LogId, Mark)>> {
    let sql = format!("SELECT {} FROM mark WHERE {condition} ORDER BY at, id", Table::Mark.column_list());
    c.prepare_cached(&sql)?.query_map([], rows::mark)?.collect()
}

/// The marks that were taken back.
pub(super) fn undone(c: &Connection) -> rusqlite::Result<HashSet<LogId>> {
    Ok(marks(c, "what GLOB 'undo *'")?.iter().filter_map(|(_, mark)| mark.kind.undone()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[test]
    fn what_was_done_last_is_found_by_the_cards_index_however_much_was_imported() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("a.db"), Box::new(|| [0; 10])).unwrap();
        for sql in [UNDONE, BROUGHT] {
            let mut plan = store.connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let steps: Vec<String> = plan
                .query_map(rusqlite::params_from_iter(vec!["x"; plan.parameter_count()]), |row| row.get("detail"))
                .unwrap()
                .collect::<rusqlite::Result<_>>()
                .unwrap();
            assert!(steps.iter().any(|step| step.contains("mark_by_card")), "{steps:?}");
            assert!(!steps.iter().any(|step| step.starts_with("SCAN")), "{steps:?}");
        }
    }
}
