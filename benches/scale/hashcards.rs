//! hashcards on the same questions and answers.

use crate::child::{first_question, program};
use crate::collection::Result;
use crate::learner::TODAY;
use crate::rows::Bench;
use crate::table::{Samples, Table};
use rusqlite::{Connection, params};
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use sysdrill::schedule::Day;

/// Between two attempts to reach its server.
const RETRY: Duration = Duration::from_micros(200);
/// Its runs take long.
const RUNS: usize = 10;
/// A part of the page that has a card on it, and of none other.
const CARD: &str = "value=\"Reveal\"";

/// Starts of a review after each one of hashcards, whose quarter of a second leaves little in the processor's caches.
const WARM: usize = 20;

impl Bench<'_> {
    /// From the start of `hashcards drill` to its first page with a card, beside the start of a review. Its own log is
    /// filled by its schema, with as many reviews and the same share of cards due.
    pub(crate) fn against_hashcards(&self, hashcards: &Path) -> Result<Table> {
        let dir = self.collection.beside("hashcards");
        let filled = dir.join("filled");
        if !filled.exists() {
            let _ = fs::remove_dir_all(&dir);
            fs::create_dir_all(&dir)?;
            for file in 0..self.collection.shape.files {
                fs::write(dir.join(format!("deck-{file:03}.md")), self.collection.shape.markdown(file))?;
            }
            let first = Instant::now();
            first_page(hashcards, &dir)?;
            eprintln!("hashcards: its first run took {:.1} s", first.elapsed().as_secs_f64());
            fill(&dir.join("hashcards.db"), self.collection.reviews, &self.collection.db())?;
            fs::write(filled, "")?;
        }
        let mut samples = Samples::default();
        first_page(hashcards, &dir)?;
        for _ in 0..RUNS.min(self.runs) {
            samples.floor.push(first_page(hashcards, &dir)?);
            for _ in 0..WARM {
                samples.ours.push(first_question(self.session())?);
            }
        }
        let mut table = Table::new(&format!("{}, against hashcards", self.collection.name()), "hashcards");
        table.times("start of `drill`", &samples);
        Ok(table)
    }
}

/// Gives its cards a log and a schedule. Its days are those of the system's clock: what is due today is due on any.
fn fill(db: &Path, reviews: usize, ours: &Path) -> Result<()> {
    let states = "SELECT coalesce(sum(due <= ?1), 0), count(*) FROM schedule";
    let (due, met): (usize, usize) =
        Connection::open(ours)?.query_row(states, [TODAY], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut connection = Connection::open(db)?;
    let tx = connection.transaction()?;
    let hashes: Vec<String> = tx
        .prepare("SELECT card_hash FROM cards ORDER BY card_hash")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let each = reviews.checked_div(met).unwrap_or(0);
    let sessions = each.max(1);
    for session in 0..sessions {
        let at = time(session, sessions)?;
        tx.execute("INSERT INTO sessions VALUES (?1, ?2, ?2)", params![session + 1, at])?;
    }
    let mut insert =
        tx.prepare("INSERT INTO reviews VALUES (NULL, ?1, ?2, ?3, 'good', 30.0, 5.0, 30.0, 30, '2020-01-01')")?;
    for session in 0..each {
        let at = time(session, sessions)?;
        for hash in hashes.iter().take(met) {
            insert.execute(params![session + 1, hash, at])?;
        }
    }
    drop(insert);
    let latest = time(sessions - 1, sessions)?;
    let sql = "UPDATE cards SET last_reviewed_at = ?2, stability = 30.0, difficulty = 5.0, interval_raw = 30.0,
               interval_days = 30, due_date = ?3, review_count = ?4 WHERE card_hash = ?1";
    for (at, hash) in hashes.iter().take(met).enumerate() {
        let day = if at < due { "2020-01-01" } else { "2099-01-01" };
        tx.execute(sql, params![hash, latest, day, each])?;
    }
    Ok(tx.commit()?)
}

/// A time of ten years, as it writes them.
fn time(session: usize, sessions: usize) -> Result<String> {
    let day = Day::from_epoch_days(TODAY - 3650 + i64::try_from(3649 * session / sessions)?).ok_or("no such day")?;
    Ok(format!("{day}T08:00:00.000"))
}

fn first_page(hashcards: &Path, dir: &Path) -> Result<Duration> {
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let mut command: Command = program(hashcards);
    command.args(["drill", "--open-browser", "false", "--port", &port.to_string()]).arg(dir);
    let began = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let page = page(&mut child, port);
    let took = began.elapsed();
    let _ = child.kill();
    child.wait()?;
    match page? {
        page if page.contains(CARD) => Ok(took),
        page => Err(format!("this page has no card: {page}").into()),
    }
}

fn page(child: &mut Child, port: u16) -> Result<String> {
    let mut stream = loop {
        match TcpStream::connect(("127.0.0.1", port)) {
            Ok(stream) => break stream,
            Err(_) if child.try_wait()?.is_none() => std::thread::sleep(RETRY),
            Err(error) => return Err(error.into()),
        }
    };
    stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut page = String::new();
    stream.read_to_string(&mut page)?;
    Ok(page)
}
