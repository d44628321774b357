//! What is timed, row by row.

use crate::child::{Talk, cost, first_line, first_question, peak, program, whole};
use crate::collection::{Collection, Copy, Result};
use crate::table::{Samples, Table, size};
use chrono::{DateTime, TimeDelta};
use clap::ValueEnum;
use rusqlite::Connection;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The time at which everything is timed.
const NOW: &str = "2026-11-21T09:00:00Z";
/// Runs before those that count.
const WARM: usize = 2;
/// Runs of what takes too long for more.
const LEAST: usize = 3;
/// A log that is merged has so many reviews.
const MERGED: usize = 1000;
/// Answers before a session's memory is read.
const ANSWERS: usize = 20;

/// A part of what is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// Start to first question
    Start,
    /// Answer to next question
    Answer,
    /// due --short
    Due,
    /// stats, and stats --all where there is one
    Stats,
    /// A log with 1,000 other reviews
    Merge,
    /// due --short after one deck file changed
    Reindex,
    /// due --short without an index of the decks
    Index,
    /// Memory of a session, size on disk
    Memory,
    /// doctor
    Doctor,
}

/// The bench at work on one collection.
pub(crate) struct Bench<'a> {
    pub(crate) collection: &'a Collection,
    pub(crate) sysdrill: &'a Path,
    pub(crate) floor: &'a Path,
    pub(crate) runs: usize,
    pub(crate) budget: Duration,
}

impl<'a> Bench<'a> {
    pub(crate) fn new(
        collection: &'a Collection,
        [sysdrill, floor]: [&'a Path; 2],
        runs: usize,
        budget: Duration,
    ) -> Result<Self> {
        // The program itself brings its tables up to date first, and finds nothing wrong with the decks.
        let settle = Self { collection, sysdrill, floor, runs, budget };
        let said = settle.due(&collection.db()).stdin(Stdio::null()).output()?;
        if !said.stderr.is_empty() {
            return Err(String::from_utf8_lossy(&said.stderr).into());
        }
        Ok(settle)
    }

    /// Measures what is asked for.
    pub(crate) fn measure(&self, parts: &[Part], table: &mut Table) -> Result<()> {
        let all = parts.is_empty();
        let mut wants = Part::value_variants().iter().filter(|part| all || parts.contains(part));
        wants.try_for_each(|part| match part {
            Part::Start => self.start(table),
            Part::Answer => self.answer(table),
            Part::Due => self.due_short(table),
            Part::Stats => self.stats(table),
            Part::Merge => self.merge(table),
            Part::Reindex => self.reindex(table),
            Part::Index => self.index(table),
            Part::Memory => self.memory(table),
            Part::Doctor => self.doctor(table),
        })
    }

    fn command(&self, db: &Path, now: &str, args: &[&str]) -> Command {
        let mut command = program(self.sysdrill);
        command.args(args).arg("--db").arg(db).arg("--config").arg(self.collection.config()).args(["--now", now]);
        command
    }

    /// A session that asks all that is due.
    fn review(&self, db: &Path, now: &str) -> Command {
        self.command(db, now, &["review", "--json", "--minutes", "0", "--seed", "1"])
    }

    /// A session as it is begun every day.
    pub(crate) fn session(&self) -> Command {
        self.command(&self.collection.db(), NOW, &["review", "--json"])
    }

    fn due(&self, db: &Path) -> Command {
        self.command(db, NOW, &["due", "--short"])
    }

    fn floor_open(&self) -> Command {
        let mut command = program(self.floor);
        command.arg("open").arg(self.collection.db());
        command
    }

    /// Times a thing until there are runs enough or the time is up, after some to warm up.
    fn repeat(&self, mut run: impl FnMut(usize, &mut Samples) -> Result<()>) -> Result<Samples> {
        let mut cold = Samples::default();
        (0..WARM.min(self.runs)).try_for_each(|at| run(at, &mut cold))?;
        let (began, mut samples) = (Instant::now(), Samples::default());
        for at in 0..self.runs {
            if at >= LEAST && began.elapsed() > self.budget {
                break;
            }
            run(WARM + at, &mut samples)?;
        }
        Ok(samples)
    }

    /// Times what takes long: a few runs after one to warm up, or that one alone when the time is up by then.
    fn few(&self, mut run: impl FnMut(u64) -> Result<Duration>) -> Result<Samples> {
        let (began, mut times) = (Instant::now(), vec![run(0)?]);
        while times.len() <= LEAST && began.elapsed() < self.budget {
            times.push(run(times.len() as u64)?);
        }
        let cold = usize::from(times.len() > 1);
        Ok(Samples::alone(times.split_off(cold)))
    }

    fn start(&self, table: &mut Table) -> Result<()> {
        let samples = self.repeat(|_, samples| {
            samples.floor.push(first_line(self.floor_open(), "")?);
            samples.ours.push(first_question(self.session())?);
            Ok(())
        })?;
        table.times("start to first question", &samples);
        Ok(())
    }

    fn due_short(&self, table: &mut Table) -> Result<()> {
        let samples = self.repeat(|_, samples| {
            samples.floor.push(whole(self.floor_open())?);
            samples.ours.push(whole(self.due(&self.collection.db()))?);
            Ok(())
        })?;
        table.times("`due --short`", &samples);
        Ok(())
    }

    fn answer(&self, table: &mut Table) -> Result<()> {
        let (copy, floors) = (self.collection.copy("copy-answer")?, self.collection.copy("copy-floor")?);
        let mut command = program(self.floor);
        command.arg("record").arg(floors.db());
        let mut floor = Talk::begin(command)?;
        let mut day = 0;
        let mut session = None;
        let samples = self.repeat(|_, samples| {
            let began = Instant::now();
            floor.say("")?;
            floor.until("saved")?.ok_or("the floor has ended")?;
            samples.floor.push(began.elapsed());
            samples.ours.push(self.answered(&copy, &mut session, &mut day)?);
            Ok(())
        })?;
        floor.end()?;
        if let Some((talk, _)) = session {
            Talk::end(talk)?;
        }
        table.times("answer to next question", &samples);
        Ok(())
    }

    /// Answers a question and waits for the next one. When the day's questions are over, the next day begins.
    fn answered(
        &self,
        copy: &Copy,
        session: &mut Option<(Talk, serde_json::Value)>,
        day: &mut i64,
    ) -> Result<Duration> {
        loop {
            let (mut talk, question) = match session.take() {
                Some(open) => open,
                None => {
                    let now = DateTime::parse_from_rfc3339(NOW)? + TimeDelta::days(*day);
                    *day += 1;
                    let mut talk = Talk::begin(self.review(&copy.db(), &now.to_rfc3339()))?;
                    let question = talk.question()?.ok_or("a day without a question")?;
                    (talk, question)
                }
            };
            let reply = self.reply(&question)?;
            let began = Instant::now();
            talk.say(&reply)?;
            let found = talk.until("{\"event\":\"question\"")?.map(str::to_owned);
            let took = began.elapsed();
            match found {
                Some(line) => {
                    *session = Some((talk, serde_json::from_str(&line)?));
                    return Ok(took);
                }
                None => talk.end()?,
            }
        }
    }

    /// Nine right answers to one "I don't know".
    fn reply(&self, question: &serde_json::Value) -> Result<String> {
        if question["n"].as_u64().unwrap_or(0) % 10 == 9 {
            return Ok("{\"blank\":true,\"took_s\":5.0}".to_owned());
        }
        let id = question["card"].as_str().unwrap_or_default();
        let card = self.collection.shape.find(id).ok_or_else(|| format!("{id} is no card of the collection"))?;
        Ok(card.right(question).to_string())
    }

    fn stats(&self, table: &mut Table) -> Result<()> {
        let help = program(self.sysdrill).args(["stats", "--help"]).output()?;
        let has_all = String::from_utf8_lossy(&help.stdout).contains("--all");
        let copy = self.collection.copy("copy-stats")?;
        Connection::open(copy.db())?.execute("DELETE FROM fitted", [])?;
        let first = cost(self.command(&copy.db(), NOW, &["stats"]))?;
        table.times("first `stats`", &Samples::alone(vec![first.wall]));
        table.figure("peak memory of it", &memory(first.peak_bytes));
        let variants: &[(&str, &[&str])] = &[("`stats`", &["stats"]), ("`stats --all`", &["stats", "--all"])];
        for (what, args) in &variants[..if has_all { 2 } else { 1 }] {
            let samples = self.repeat(|_, samples| {
                samples.ours.push(whole(self.command(&copy.db(), NOW, args))?);
                Ok(())
            })?;
            table.times(what, &samples);
        }
        let warm = cost(self.command(&copy.db(), NOW, &["stats"]))?;
        table.figure("peak memory of `stats`", &memory(warm.peak_bytes));
        Ok(())
    }

    fn merge(&self, table: &mut Table) -> Result<()> {
        let copy = self.collection.copy("copy-merge")?;
        let samples = self.few(|number| {
            let other = self.collection.other_log(number, MERGED)?;
            let mut command = self.command(&copy.db(), NOW, &["merge"]);
            command.arg(&other);
            let took = whole(command)?;
            fs::remove_dir_all(other.parent().ok_or("it lies in a folder")?)?;
            Ok(took)
        })?;
        table.times("`merge` of 1,000 other reviews", &samples);
        Ok(())
    }

    fn reindex(&self, table: &mut Table) -> Result<()> {
        let copy = self.collection.copy("copy-reindex")?;
        let (file, shape) = (self.collection.shape.files / 2, self.collection.shape);
        let path = self.collection.deck(file);
        let samples = self.repeat(|at, samples| {
            fs::write(&path, shape.deck(file, 1 + at as u32))?;
            samples.ours.push(whole(self.due(&copy.db()))?);
            Ok(())
        });
        fs::write(&path, shape.deck(file, 0))?;
        table.times("`due --short` after one deck file changed", &samples?);
        Ok(())
    }

    fn index(&self, table: &mut Table) -> Result<()> {
        let copy = self.collection.copy("copy-index")?;
        let samples = self.few(|_| {
            drop_index(&copy.db())?;
            whole(self.due(&copy.db()))
        })?;
        table.times("`due --short` without an index", &samples);
        Ok(())
    }

    fn memory(&self, table: &mut Table) -> Result<()> {
        let copy = self.collection.copy("copy-memory")?;
        let mut talk = Talk::begin(self.review(&copy.db(), NOW))?;
        let mut most = None;
        for _ in 0..ANSWERS {
            let Some(open) = talk.question()? else { break };
            most = peak(&talk.child).or(most);
            talk.say(&self.reply(&open)?)?;
        }
        talk.end()?;
        table.figure("peak memory of a session", &memory(most));
        table.figure("database on disk", &size(fs::metadata(self.collection.db())?.len()));
        Ok(())
    }

    fn doctor(&self, table: &mut Table) -> Result<()> {
        let cost = cost(self.command(&self.collection.db(), NOW, &["doctor"]))?;
        table.times("`doctor`", &Samples::alone(vec![cost.wall]));
        table.figure("peak memory of `doctor`", &memory(cost.peak_bytes));
        Ok(())
    }

    /// What is due, as the program says it.
    pub(crate) fn agenda(&self) -> Result<String> {
        let said = self.command(&self.collection.db(), NOW, &["due"]).stdin(Stdio::null()).output()?;
        Ok(String::from_utf8_lossy(&said.stdout).lines().next().unwrap_or_default().to_owned())
    }
}

fn memory(bytes: Option<u64>) -> String {
    bytes.map_or_else(|| "unknown".to_owned(), size)
}

/// Empties the tables of the index of the decks.
fn drop_index(db: &Path) -> Result<()> {
    let empty = "DELETE FROM catalog; DELETE FROM card; DELETE FROM deck; DELETE FROM deck_file";
    Ok(Connection::open(db)?.execute_batch(empty)?)
}

/// The path of the floor's program in a target folder, where it is built if it is not there yet.
pub(crate) fn build_floor(target: &Path) -> Result<PathBuf> {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["build", "--quiet", "--release", "--example", "floor", "--target-dir"]).arg(target);
    if !command.current_dir(env!("CARGO_MANIFEST_DIR")).status()?.success() {
        return Err("the floor's program cannot be built".into());
    }
    Ok(target.join("release/examples/floor").with_extension(std::env::consts::EXE_EXTENSION))
}
