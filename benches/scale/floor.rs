//! The least that a program can do with the same file: opens it as sysdrill does and asks for one due card, or appends
//! answers to it. `benches/scale` times it beside sysdrill.

use rusqlite::{Connection, OpenFlags, TransactionBehavior, params};
use std::io::{self, BufRead, Write};
use std::time::Duration;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["open", db, sql, value] => due(db, sql, value),
        ["record", db, sql] => record(db, sql),
        _ => Err("floor open DB SQL VALUE, or floor record DB SQL".into()),
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

/// Prints the one row that a query gives.
fn due(db: &str, sql: &str, value: &str) -> Result<(), Box<dyn std::error::Error>> {
    let connection = open(db)?;
    let number: Result<i64, _> = value.parse();
    let row = |row: &rusqlite::Row| Ok((row.get::<_, String>(0)?, row.get::<_, Option<i64>>(1)?));
    let found = match number {
        Ok(number) => connection.query_row(sql, [number], row),
        Err(_) => connection.query_row(sql, [value], row),
    };
    let (card, due) = found?;
    println!("{card} {due:?}");
    Ok(())
}

/// For each line of the input: the rows of an answer in one transaction on disk, then a line of output. `sql` is
/// what an answer writes beside the log and the schedule, with the card and its due day; empty for nothing.
fn record(db: &str, sql: &str) -> Result<(), Box<dyn std::error::Error>> {
    let mut connection = open(db)?;
    let mut cards: Vec<String> = connection
        .prepare("SELECT card FROM schedule WHERE due IS NOT NULL ORDER BY due DESC LIMIT 5000")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    if cards.is_empty() {
        cards.push("deck-000/recall-00011".to_owned());
    }
    let (first_ms, today) = (1_795_251_600_000_i64, 20_778_i64);
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
        if !sql.is_empty() {
            tx.prepare_cached(sql)?.execute(params![card, today + 94])?;
        }
        tx.commit()?;
        let mut out = io::stdout().lock();
        out.write_all(b"saved\n")?;
        out.flush()?;
    }
    Ok(())
}
