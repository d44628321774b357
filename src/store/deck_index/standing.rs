//! How a card stands, as the index has it: when it is due, after how long an interval, and whether it was never asked.

use crate::schedule::CardId;
use rusqlite::{Connection, Transaction};

/// The day on which a card is due that is new and wanted: before all days that there are.
pub(super) const WANTED_DUE: i64 = 0;

/// What `due`, `interval_days` and `unseen` of a card are by its row `s` of the schedule, if it has one: the one place that
/// says so. Who was taken out is neither due nor new; what is new and has an interval, which is none, is wanted.
pub(super) const BY_SCHEDULE: &str =
    "iif(s.suspended, NULL, coalesce(s.due, iif(s.interval_days IS NULL, NULL, 0))), s.interval_days,
     coalesce(s.easiness IS NULL AND NOT s.suspended, 1)";

/// A card's log was folded anew: the index says so too.
pub(in crate::store) fn follow(tx: &Transaction, card: &CardId) -> rusqlite::Result<()> {
    tx.prepare_cached(&follow_sql("WHERE name = ?1"))?.execute([card]).map(drop)
}

/// All logs were folded anew.
pub(in crate::store) fn follow_all(tx: &Transaction) -> rusqlite::Result<()> {
    tx.execute(&follow_sql(""), []).map(drop)
}

fn follow_sql(which: &str) -> String {
    format!(
        "UPDATE card SET (due, interval_days, unseen) =
             (SELECT {BY_SCHEDULE} FROM (SELECT 1) LEFT JOIN schedule AS s ON s.card = card.name) {which}"
    )
}

/// How many cards of the index do not stand as their schedule does.
pub(in crate::store) fn differing(c: &Connection) -> rusqlite::Result<usize> {
    let sql = format!(
        "SELECT count(*) FROM card LEFT JOIN schedule AS s ON s.card = card.name
         WHERE (card.due, card.interval_days, card.unseen) IS NOT ({BY_SCHEDULE})"
    );
    c.query_row(&sql, [], |row| row.get(0))
}
