//! What the logs fold to, written down: the schedule, the traces, and what the index of the decks has of them.

use super::card_log::{fold_all, folded, has_row, heirs};
use super::deck_index::{follow, follow_all};
use super::rows::{LIVE, at, card_state};
use super::trace;
use crate::log::Folded;
use crate::schedule::{CardId, CardState, Day};
use rusqlite::{Connection, Transaction, params};
use std::collections::BTreeSet;

/// Folds a card's log into its row of the projection, and those of the cards that go on from it. A card with nothing in
/// its log has no row.
pub(super) fn project(tx: &Transaction, card: &CardId, today: Day) -> rusqlite::Result<CardState> {
    let mut state = None;
    for card in heirs(tx, card)? {
        let folded = folded(tx, &card, today)?;
        keep(tx, &card, &folded)?;
        trace::keep(tx, &card, &folded.history)?;
        follow(tx, &card)?;
        state.get_or_insert(folded.state);
    }
    Ok(state.unwrap_or_default())
}

fn keep(tx: &Transaction, card: &CardId, folded: &Folded) -> rusqlite::Result<()> {
    if has_row(folded) {
        card_state::write(tx, card, &folded.state, folded.next_day)
    } else {
        tx.prepare_cached("DELETE FROM schedule WHERE card = ?1")?.execute(params![card]).map(drop)
    }
}

/// Drops the projection and folds the whole log.
pub(super) fn project_all(tx: &Transaction, today: Day) -> rusqlite::Result<()> {
    tx.execute("DELETE FROM schedule", [])?;
    fold_all(tx, today, &mut |_| Ok(()), |card, folded| keep(tx, card, &folded))?;
    trace::keep_all(tx, today, &mut |_, _| ())?;
    follow_all(tx)
}

/// Cards whose row of the projection is not that of this day: the log says something of days to come, or did.
pub(super) fn of_other_days(c: &Connection, today: Day) -> rusqlite::Result<BTreeSet<CardId>> {
    // Left to itself the planner walks all reviews in the order of the cards, at each start.
    let sql = format!(
        "SELECT card FROM schedule INDEXED BY schedule_by_next_day WHERE next_day <= ?1
         UNION ALL SELECT card FROM review INDEXED BY review_by_day WHERE day > ?1 AND {LIVE}
         UNION ALL SELECT card FROM mark INDEXED BY mark_by_day WHERE day > ?1 AND card <> ''"
    );
    let mut statement = c.prepare_cached(&sql)?;
    let named: Vec<CardId> =
        statement.query_map([today], |row| at(row, 0, "card"))?.collect::<rusqlite::Result<_>>()?;
    let mut all = BTreeSet::new();
    for card in named.into_iter().collect::<BTreeSet<_>>() {
        for card in heirs(c, &card)? {
            let sql = "SELECT next_day FROM schedule WHERE card = ?1";
            let kept: Option<Day> =
                c.prepare_cached(sql)?.query_map(params![card], |row| row.get(0))?.next().transpose()?.flatten();
            if kept != folded(c, &card, today)?.next_day {
                all.insert(card);
            }
        }
    }
    Ok(all)
}
