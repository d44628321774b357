//! The processes that are timed.

use crate::collection::Result;
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// Between two looks at the memory of a process that runs.
const LOOK: Duration = Duration::from_millis(10);

/// Wall time and peak memory.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) wall: Duration,
    pub(crate) peak_bytes: Option<u64>,
}

/// A program with a clean environment.
pub(crate) fn program(path: &Path) -> Command {
    let mut command = Command::new(path);
    command.env_clear().env("HOME", std::env::temp_dir()).env("TZ", "UTC");
    command
}

/// From the start of a process to its end. It must succeed.
pub(crate) fn whole(mut command: Command) -> Result<Duration> {
    let began = Instant::now();
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status()?;
    let took = began.elapsed();
    match status.success() {
        true => Ok(took),
        false => Err(format!("{command:?}: {status}").into()),
    }
}

/// What a command costs that must succeed.
pub(crate) fn cost(mut command: Command) -> Result<Cost> {
    let began = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
    let mut peak_bytes = None;
    loop {
        peak_bytes = peak(&child).or(peak_bytes);
        if let Some(status) = child.try_wait()? {
            let cost = Cost { wall: began.elapsed(), peak_bytes };
            return if status.success() { Ok(cost) } else { Err(format!("{command:?}: {status}").into()) };
        }
        std::thread::sleep(LOOK);
    }
}

/// The most memory that a process has had, where the system tells.
pub(crate) fn peak(child: &Child) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}

/// A process that is talked to line by line.
pub(crate) struct Talk {
    pub(crate) child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    line: String,
}

impl Talk {
    pub(crate) fn begin(mut command: Command) -> Result<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let stdin = child.stdin.take();
        let stdout = BufReader::new(child.stdout.take().ok_or("it has an output")?);
        Ok(Self { child, stdin, stdout, line: String::new() })
    }

    /// Sends a line.
    pub(crate) fn say(&mut self, line: &str) -> Result<()> {
        let mut stdin = self.stdin.as_ref().ok_or("its input is open")?;
        Ok(stdin.write_all(format!("{line}\n").as_bytes())?)
    }

    /// The next line that begins like this; none at the end.
    pub(crate) fn until(&mut self, begin: &str) -> Result<Option<&str>> {
        loop {
            self.line.clear();
            if self.stdout.read_line(&mut self.line)? == 0 {
                return Ok(None);
            }
            if self.line.starts_with(begin) {
                return Ok(Some(&self.line));
            }
            if self.line.starts_with("{\"event\":\"error\"") {
                return Err(self.line.clone().into());
            }
        }
    }

    /// The next question of a session; none at its end.
    pub(crate) fn question(&mut self) -> Result<Option<Value>> {
        let line = self.until("{\"event\":\"question\"")?;
        Ok(line.map(serde_json::from_str).transpose()?)
    }

    /// Ends the input and waits for the end.
    pub(crate) fn end(mut self) -> Result<()> {
        self.stdin = None;
        while self.until("\n")?.is_some() {}
        match self.child.wait()? {
            status if status.success() => Ok(()),
            status => Err(format!("it ended with {status}").into()),
        }
    }
}

/// From the start of a process to its first line that begins like this.
pub(crate) fn first_line(command: Command, begin: &str) -> Result<Duration> {
    let began = Instant::now();
    let mut talk = Talk::begin(command)?;
    let found = talk.until(begin)?.is_some();
    let took = began.elapsed();
    if !found {
        return Err(format!("no line begins with {begin}").into());
    }
    talk.end()?;
    Ok(took)
}

/// From the start of a session to its first question.
pub(crate) fn first_question(command: Command) -> Result<Duration> {
    let began = Instant::now();
    let mut talk = Talk::begin(command)?;
    let found = talk.until("{\"event\":\"question\"")?.is_some();
    let took = began.elapsed();
    if !found {
        return Err("there is nothing to ask".into());
    }
    talk.say(&json!({ "quit": true }).to_string())?;
    talk.end()?;
    Ok(took)
}
