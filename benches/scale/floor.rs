//! The least that a program can do with the same file: opens it as sysdrill does and asks for one due card, or appends
//! answers to it. `benches/scale` times it beside sysdrill.

use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior, params};
use std::io::{self, BufRead, Write};
use std::time::Duration;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["open", db] => due(db),
        ["record", db] => record(db),
        _ => Err("floor open DB, or floor record DB".into()),
    }
}

fn open(path: &str) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get::<_, String>(0))?;
    Ok(connection)
}

/// The bench's today, in days since 1970.
const TODAY: i64 = 20_778;

/// Prints the card that fell due last.
fn due(db: &str) -> Result<(), Box<dyn std::error::Error>> {
    let sql = "SELECT name, due FROM card WHERE due <= ?1 ORDER BY due DESC LIMIT 1";
    let row = |row: &rusqlite::Row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?));
    let found = open(db)?.query_row(sql, [TODAY], row).optional()?;
    println!("{found:?}");
    Ok(())
}

/// For each line of the input: the rows of an answer in one transaction on disk, then a line of output.
fn record(db: &str) -> Result<(), Box<dyn std::error::Error>> {
    let mut connection = open(db)?;
    let mut cards: Vec<String> = connection
        .prepare("SELECT card FROM schedule WHERE due IS NOT NULL ORDER BY due DESC LIMIT 5000")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    if cards.is_empty() {
        cards.push("deck-000/recall-00011".to_owned());
    }
    let (first_ms, today) = (1_795_251_600_000_i64, TODAY);
    let mut lines = io::stdin().lock().lines();
    for number in 0_i64.. {
        if lines.next().transpose()?.is_none() {
            break;
        }
        let card = &cards[number as usize % cards.len()];
        let at = first_ms + number * 8000;
        let mut id = (u128::try_from(at)? << 80 | 0x7 << 76 | 0x2 << 62).to_be_bytes();
        id[10..].copy_from_slice(&number.to_be_bytes()[2..]);
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        tx.prepare_cached(
            "INSERT INTO review (id, card, at, day, quality, session, mode, kind, took_ms, prompt, given, ratio, slip,
             seed, drawn, steps, sum) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, NULL, NULL, NULL,
             NULL, ?13)",
        )?
        .execute(params![
            id.as_slice(),
            card,
            at,
            today,
            4,
            [5_u8; 16].as_slice(),
            "review",
            "number",
            8000,
            "17.123: how long until the replica falls behind?",
            "417 ms",
            1.0,
            0x1234_5678
        ])?;
        tx.prepare_cached(
            "INSERT OR REPLACE INTO schedule (card, easiness, interval_days, repetitions, lapses, due, suspended,
             flagged, started, latest_day, latest_quality) VALUES (?1, 250, ?2, 5, 0, ?3, 0, 0, ?4, ?5, 4)",
        )?
        .execute(params![card, 94, today + 94, today - 400, today])?;
        tx.prepare_cached("UPDATE card SET due = ?2, interval_days = 94, unseen = 0 WHERE name = ?1")?
            .execute(params![card, today + 94])?;
        tx.prepare_cached(
            "INSERT OR REPLACE INTO trace VALUES (?1, 90, ?2, ?3, 94.5, 5.5, 1, 1, 0.6, 2, 2, 1.5, 3, 3, 2.6, 4, 4, 3.8)",
        )?
        .execute(params![card, today - 400, today])?;
        tx.commit()?;
        let mut out = io::stdout().lock();
        out.write_all(b"saved\n")?;
        out.flush()?;
    }
    Ok(())
}
