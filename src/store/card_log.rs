//! The log of one card, or of each: read and folded.

use super::rows::{LIVE, at, mark};
use crate::log::{Answer, CardLog, Folded, LogId, MarkKind, Table};
use crate::schedule::{CardId, Day};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, params};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// The index that a log is folded from, and all that it has.
pub(super) const FOLDED: &str = "review_by_card";
pub(super) const FOLDED_COLUMNS: &str = "card, day, at, id, quality, mode, source";

/// Reads an answer from a row with [`FOLDED_COLUMNS`], but for the card.
fn answer(row: &Row) -> rusqlite::Result<Answer> {
    Ok(Answer {
        day: at(row, 1, "day")?,
        at_ms: at(row, 2, "at")?,
        id: at(row, 3, "id")?,
        quality: at(row, 4, "quality")?,
        mode: at(row, 5, "mode")?,
        foreign: !matches!(row.get_ref(6)?, ValueRef::Null),
    })
}

/// A card's log. One whose progress was moved begins with the log of the card before it, and so on; a card that was
/// moved in a circle counts once.
pub(super) fn log_of(c: &Connection, card: &CardId) -> rusqlite::Result<CardLog> {
    let mut log = CardLog::default();
    for card in origins(c, card)? {
        log.extend(own_log(c, &card)?);
    }
    Ok(log)
}

fn own_log(c: &Connection, card: &CardId) -> rusqlite::Result<CardLog> {
    let mut log = CardLog::default();
    let sql = format!("SELECT {FOLDED_COLUMNS} FROM review WHERE card = ?1 AND {LIVE} ORDER BY day, at, id");
    let mut statement = c.prepare_cached(&sql)?;
    let mut rows = statement.query(params![card])?;
    while let Some(row) = rows.next()? {
        log.answer(answer(row)?);
    }
    let sql = format!("SELECT {} FROM mark WHERE card = ?1", Table::Mark.column_list());
    let mut statement = c.prepare_cached(&sql)?;
    let mut rows = statement.query(params![card])?;
    while let Some(row) = rows.next()? {
        let (id, mark) = mark(row)?;
        log.mark(id, mark);
    }
    Ok(log)
}

/// The card itself, and those that its progress was moved from.
pub(super) fn origins(c: &Connection, card: &CardId) -> rusqlite::Result<Vec<CardId>> {
    let before = |card: &CardId| -> rusqlite::Result<Vec<CardId>> {
        let sql = "SELECT what FROM mark WHERE card = ?1 AND what >= 'from ' AND what < 'from!'";
        let mut statement = c.prepare_cached(sql)?;
        let moves = statement.query_map(params![card], |row| row.get::<_, String>(0))?;
        moves.filter_map(|what| what.map(|what| moved_from(&what)).transpose()).collect()
    };
    reach(card, before)
}

/// The card itself, and those that go on from where it is.
pub(super) fn heirs(c: &Connection, card: &CardId) -> rusqlite::Result<Vec<CardId>> {
    let after = |card: &CardId| -> rusqlite::Result<Vec<CardId>> {
        let sql = "SELECT card FROM mark WHERE what = ?1 AND what >= 'from ' AND what < 'from!'";
        let what = MarkKind::MovedFrom(card.clone()).to_string();
        c.prepare_cached(sql)?.query_map([what], |row| at(row, 0, "card"))?.collect()
    };
    reach(card, after)
}

/// Whatever can be reached from a card, which comes first.
fn reach(card: &CardId, next: impl Fn(&CardId) -> rusqlite::Result<Vec<CardId>>) -> rusqlite::Result<Vec<CardId>> {
    let mut reached = vec![card.clone()];
    let mut looked_at = 0;
    while let Some(card) = reached.get(looked_at) {
        let next = next(card)?;
        reached.extend(
            next.into_iter()
                .collect::<BTreeSet<_>>()
                .into_iter()
                .filter(|card| !reached.contains(card))
                .collect::<Vec<_>>(),
        );
        looked_at += 1;
    }
    Ok(reached)
}

fn moved_from(what: &str) -> Option<CardId> {
    if let MarkKind::MovedFrom(card) = MarkKind::read(what) { Some(card) } else { None }
}

/// What a card's log comes to.
pub(super) fn folded(c: &Connection, card: &CardId, today: Day) -> rusqlite::Result<Folded> {
    Ok(log_of(c, card)?.fold(today))
}

/// Whether what a log comes to has a row in the projection.
pub(super) fn has_row(folded: &Folded) -> bool {
    folded.is_met || folded.next_day.is_some()
}

/// Folds the log of every card. `each_row` hears of each review, `each` of what each card's log comes to.
pub(super) fn fold_all(
    c: &Connection,
    today: Day,
    each_row: &mut dyn FnMut(&Row) -> rusqlite::Result<()>,
    mut each: impl FnMut(&CardId, Folded) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let retracted: HashSet<LogId> = c
        .prepare("SELECT review FROM retraction")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut marked: HashMap<CardId, CardLog> = HashMap::new();
    // Their logs lie elsewhere too.
    let mut moved: BTreeSet<CardId> = BTreeSet::new();
    let mut statement = c.prepare(&format!("SELECT {} FROM mark WHERE card <> ''", Table::Mark.column_list()))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (id, mark) = mark(row)?;
        let Some(card) = mark.card.clone() else { continue };
        if matches!(mark.kind, MarkKind::MovedFrom(_)) {
            moved.insert(card.clone());
        }
        marked.entry(card).or_default().mark(id, mark);
    }
    let mut open: Option<(CardId, CardLog)> = None;
    let mut close = |open: Option<(CardId, CardLog)>| match open {
        Some((card, log)) if !moved.contains(&card) => each(&card, log.fold(today)),
        _ => Ok(()),
    };
    let sql = format!("SELECT {FOLDED_COLUMNS}, rowid FROM review INDEXED BY {FOLDED} ORDER BY card, day, at, id");
    let mut statement = c.prepare(&sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        each_row(row)?;
        if !retracted.is_empty() && retracted.contains(&at::<LogId>(row, 3, "id")?) {
            continue;
        }
        let text = row.get_ref(0)?;
        let same = matches!((&open, text), (Some((card, _)), ValueRef::Text(text)) if card.as_str().as_bytes() == text);
        if !same {
            let card: CardId = at(row, 0, "card")?;
            let log = marked.remove(&card).unwrap_or_default();
            close(open.replace((card, log)))?;
        }
        if let Some((_, log)) = &mut open {
            log.answer(answer(row)?);
        }
    }
    close(open)?;
    let only_marked: BTreeMap<CardId, CardLog> = marked.into_iter().collect();
    only_marked.into_iter().try_for_each(|rest| close(Some(rest)))?;
    for card in &moved {
        each(card, folded(c, card, today)?)?;
    }
    Ok(())
}
