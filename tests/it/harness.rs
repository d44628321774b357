//! A world of its own for each test: a folder, a database, a clean environment.

use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc;
use std::time::Duration;

/// A folder with a database and a configuration.
pub struct World {
    dir: tempfile::TempDir,
}

/// What a command printed, and how it ended.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl World {
    /// An empty world.
    pub fn new() -> Self {
        let world = Self { dir: tempfile::tempdir().unwrap() };
        fs::create_dir_all(world.path("config/decks")).unwrap();
        world
    }

    /// A world whose only deck switched on is this one, named `mine`.
    pub fn with_deck(cards: &str) -> Self {
        let world = Self::new();
        world.deck("mine.toml", format!("[deck]\nname = \"mine\"\ntitle = \"Mine\"\n{cards}"));
        world
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn db(&self) -> PathBuf {
        self.path("data/sysdrill.db")
    }

    /// Writes a user deck.
    pub fn deck(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path("config/decks").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sysdrill"));
        command.env_clear().env("HOME", self.dir.path()).env("TZ", "UTC").current_dir(self.dir.path());
        command.env("SYSDRILL_DB", self.db()).env("SYSDRILL_CONFIG", self.path("config"));
        command.args(args);
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, &[])
    }

    /// Runs a command with more in its environment.
    pub fn run_with(&self, args: &[&str], variables: &[(&str, &str)]) -> Ran {
        let mut command = self.command(args);
        command.envs(variables.iter().copied());
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let watch = Watch::over(&child, format!("{args:?}"));
        Ran::from(watch.wait(&[], || child.wait_with_output().unwrap()))
    }

    /// Runs a command that must succeed.
    pub fn ok(&self, args: &[&str]) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code, 0, "{args:?}: {}\n{}", ran.out, ran.err);
        ran.out
    }

    /// Runs a command that must print one JSON object.
    pub fn json(&self, args: &[&str]) -> Value {
        serde_json::from_str(&self.ok(args)).unwrap()
    }

    /// Runs a command that must fail with this exit code, and gives what it said.
    pub fn fails(&self, code: i32, args: &[&str]) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code, code, "{args:?}: {}\n{}", ran.out, ran.err);
        ran.err
    }

    /// Begins to talk JSON lines.
    pub fn talk(&self, args: &[&str]) -> Talk {
        Talk::begin(self.command(args))
    }

    /// Holds the file against its log: `doctor` finds nothing wrong.
    pub fn assert_sound(&self) {
        let said = self.ok(&["doctor"]);
        assert!(said.contains("nothing is wrong"), "{said}");
    }

    /// A review of the deck `mine` at a time, with more arguments.
    pub fn review(&self, now: &str, more: &[&str]) -> Talk {
        self.talk(&[&["review", "--json", "--deck", "mine", "--seed", "1", "--now", now], more].concat())
    }

    /// A card as `card --json` shows it when all that was answered lies in the past, but for how likely it was recalled.
    pub fn card(&self, id: &str) -> Value {
        let mut card = self.json(&["card", id, "--json", "--now", "9000-01-01T00:00:00Z"]);
        card.as_object_mut().unwrap().remove("curve");
        card
    }

    pub fn sql(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.db()).unwrap()
    }
}

/// A run that takes longer hangs: it is ended, and said where.
const LONGEST_RUN: Duration = Duration::from_secs(60);

/// Ends a process that is waited for in vain, so that the test fails and says where.
struct Watch {
    beats: mpsc::Sender<()>,
    waiting: Arc<AtomicBool>,
    hung: Arc<AtomicBool>,
    what: String,
}

impl Watch {
    fn over(child: &Child, what: String) -> Self {
        let (beats, heard) = mpsc::channel();
        let watch = Self { beats, waiting: Arc::default(), hung: Arc::default(), what };
        let (pid, waiting, hung) = (child.id(), Arc::clone(&watch.waiting), Arc::clone(&watch.hung));
        std::thread::spawn(move || {
            loop {
                match heard.recv_timeout(LONGEST_RUN) {
                    Ok(()) => {}
                    Err(mpsc::RecvTimeoutError::Disconnected) => return,
                    Err(mpsc::RecvTimeoutError::Timeout) if waiting.load(Relaxed) => {
                        hung.store(true, Relaxed);
                        return end(pid);
                    }
                    Err(mpsc::RecvTimeoutError::Timeout) => {}
                }
            }
        });
        watch
    }

    /// Waits for the process to say something, or to end.
    fn wait<T>(&self, said: &[String], wait: impl FnOnce() -> T) -> T {
        self.waiting.store(true, Relaxed);
        let _ = self.beats.send(());
        let waited = wait();
        self.waiting.store(false, Relaxed);
        let (what, seconds) = (&self.what, LONGEST_RUN.as_secs());
        assert!(
            !self.hung.load(Relaxed),
            "{what} hung for {seconds} s and was ended; before it said\n{}",
            said.concat()
        );
        waited
    }
}

/// Kills a process by its number.
fn end(pid: u32) {
    #[cfg(unix)]
    let killed = Command::new("kill").args(["-9", &pid.to_string()]).status();
    #[cfg(not(unix))]
    let killed = Command::new("taskkill").args(["/F", "/PID", &pid.to_string()]).status();
    let _ = killed;
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }
}

/// A session over JSON lines.
pub struct Talk {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    seen: Vec<String>,
    summary: Option<Value>,
    watch: Watch,
}

impl Talk {
    /// Begins to talk with a command.
    pub fn begin(mut command: Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (stdin, stdout) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let watch = Watch::over(&child, format!("{:?}", command.get_args().collect::<Vec<_>>()));
        Self { child, stdin: Some(stdin), stdout, seen: Vec::new(), summary: None, watch }
    }

    /// The process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The next event; none at the end.
    pub fn next(&mut self) -> Option<Value> {
        let line = self.next_line()?;
        Some(serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line}")))
    }

    /// The next event as it is written; none at the end.
    pub fn next_line(&mut self) -> Option<String> {
        let mut line = String::new();
        let stdout = &mut self.stdout;
        if self.watch.wait(&self.seen, || stdout.read_line(&mut line).unwrap()) == 0 {
            return None;
        }
        self.seen.push(line.clone());
        Some(line.trim_end().to_owned())
    }

    /// The next event, which must be of this name.
    pub fn event(&mut self, name: &str) -> Value {
        let event = self.next();
        match event {
            Some(event) if event["event"] == name => event,
            other => panic!("wanted {name}, got {other:?} after\n{}", self.seen.concat()),
        }
    }

    /// Skips events up to one of this name.
    pub fn until(&mut self, name: &str) -> Value {
        loop {
            match self.next() {
                Some(event) if event["event"] == name => return event,
                Some(_) => {}
                None => panic!("no {name} came after\n{}", self.seen.concat()),
            }
        }
    }

    pub fn say(&mut self, reply: Value) {
        self.line(&reply.to_string());
    }

    pub fn line(&mut self, line: &str) {
        self.try_line(line).unwrap();
    }

    /// Says a line to a process that may be gone.
    pub fn try_line(&mut self, line: &str) -> std::io::Result<()> {
        writeln!(self.stdin.as_mut().unwrap(), "{line}")
    }

    /// Answers the open question and gives the feedback.
    pub fn answer(&mut self, reply: Value) -> Value {
        self.say(reply);
        self.until("feedback")
    }

    /// Answers the next question; false at the session's end, whose summary [`Talk::end`] gives.
    pub fn answer_next(&mut self, reply: Value) -> bool {
        loop {
            match self.next() {
                Some(event) if event["event"] == "question" => {
                    self.say(reply);
                    return true;
                }
                Some(event) if event["event"] == "summary" => {
                    self.summary = Some(event);
                    return false;
                }
                Some(event) if event["event"] == "error" => panic!("{event}"),
                Some(_) => {}
                None => panic!("no summary came after\n{}", self.seen.concat()),
            }
        }
    }

    /// Ends the input and gives the summary.
    pub fn end(mut self) -> Value {
        self.stdin = None;
        let summary = self.summary.take().unwrap_or_else(|| self.until("summary"));
        assert!(self.exit().success());
        summary
    }

    /// Ends the input and gives the events that are left.
    pub fn finish(mut self) -> Vec<String> {
        self.stdin = None;
        let events = std::iter::from_fn(|| self.next_line()).collect();
        assert!(self.exit().success());
        events
    }

    fn exit(&mut self) -> ExitStatus {
        let child = &mut self.child;
        self.watch.wait(&self.seen, || child.wait().unwrap())
    }

    /// Waits for the process to end and gives its code; none where a signal ended it.
    pub fn exit_code(mut self) -> Option<i32> {
        self.exit().code()
    }

    /// Kills the process without a chance to save anything.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// A grade as a reply.
pub fn grade(quality: i64) -> Value {
    json!({ "grade": quality, "took_s": 5.0 })
}

/// A recall card of that id.
pub fn recall(id: &str) -> String {
    format!("[[recall]]\nid = \"{id}\"\nask = \"What is {id}?\"\nanswer = \"It is {id}.\"\n")
}

/// All files below a folder with their contents, to see that nothing was touched.
pub fn snapshot(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(snapshot(&path));
        } else {
            let bytes = fs::read(&path).unwrap();
            files.push((path, bytes));
        }
    }
    files.sort();
    files
}
