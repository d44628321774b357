//! What was measured, as a table.

use std::fmt::Write;
use std::time::Duration;

/// What something may take: so many times its floor, or so much more than it, whichever is larger.
const ALLOWED: &[(&str, f64, Option<Duration>)] = &[
    ("start to first question", 2.0, Some(Duration::from_millis(3))),
    ("`due --short`", 1.5, Some(Duration::from_millis(3))),
    ("answer to next question", 1.3, Some(Duration::from_micros(300))),
    ("start of `drill`", 1.0 / 50.0, None),
];

/// Times of one thing, each beside one of what it is held against, where there is something.
#[derive(Debug, Default)]
pub(crate) struct Samples {
    pub(crate) floor: Vec<Duration>,
    pub(crate) ours: Vec<Duration>,
}

impl Samples {
    /// Times that are held against nothing.
    pub(crate) fn alone(ours: Vec<Duration>) -> Self {
        Self { floor: Vec::new(), ours }
    }
}

/// A table of one collection.
pub(crate) struct Table {
    text: String,
    /// Whether every run is told.
    pub(crate) raw: bool,
}

impl Table {
    /// A table with a title; `floor` is what things are held against.
    pub(crate) fn new(title: &str, floor: &str) -> Self {
        let head = format!("| what | runs | {floor} | p95 | sysdrill | p95 | ratio | allowed |");
        Self { text: format!("\n### {title}\n\n{head}\n|---|--:|--:|--:|--:|--:|--:|--:|\n"), raw: false }
    }

    /// A row of times.
    pub(crate) fn times(&mut self, what: &str, samples: &Samples) {
        if self.raw {
            for (at, ours) in samples.ours.iter().enumerate() {
                eprintln!("{what}: {} {}", or_dash(samples.floor.get(at).map(|floor| time(*floor))), time(*ours));
            }
        }
        let Some(ours) = part(&samples.ours, 50) else { return };
        let floor = part(&samples.floor, 50);
        let ratio = floor.map(|floor| ours.as_secs_f64() / floor.as_secs_f64());
        let limit = ALLOWED.iter().find(|(name, ..)| *name == what);
        let allowed = limit.zip(floor).map(|((_, times, more), floor)| {
            more.map_or(floor.mul_f64(*times), |more| floor.mul_f64(*times).max(floor + more))
        });
        let said = match (ratio.map(factor), allowed) {
            (Some(ratio), Some(allowed)) if ours > allowed => Some(format!("**{ratio}**")),
            (ratio, _) => ratio,
        };
        self.row(&[
            what.to_owned(),
            samples.ours.len().to_string(),
            or_dash(floor.map(time)),
            or_dash(part(&samples.floor, 95).map(time)),
            time(ours),
            or_dash(part(&samples.ours, 95).map(time)),
            or_dash(said),
            or_dash(allowed.map(time)),
        ]);
    }

    /// A row of one figure.
    pub(crate) fn figure(&mut self, what: &str, figure: &str) {
        let dash = || or_dash(None);
        self.row(&[what.to_owned(), "1".to_owned(), dash(), dash(), figure.to_owned(), dash(), dash(), dash()]);
    }

    fn row(&mut self, cells: &[String]) {
        let line = format!("| {} |", cells.join(" | "));
        eprintln!("{line}");
        writeln!(self.text, "{line}").expect("a text takes all");
    }

    pub(crate) fn print(&self) {
        println!("{}", self.text);
    }
}

fn or_dash(text: Option<String>) -> String {
    text.unwrap_or_else(|| "—".to_owned())
}

/// The time that so many of a hundred stay within.
fn part(times: &[Duration], of_hundred: usize) -> Option<Duration> {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    sorted.get((sorted.len() * of_hundred / 100).min(sorted.len().saturating_sub(1))).copied()
}

fn factor(factor: f64) -> String {
    match factor {
        small if small < 0.1 => format!("1/{:.0}", 1.0 / small),
        factor if factor < 100.0 => format!("{factor:.2}"),
        factor => format!("{factor:.0}"),
    }
}

fn time(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1000.0;
    match ms {
        ms if ms < 10.0 => format!("{ms:.2} ms"),
        ms if ms < 1000.0 => format!("{ms:.1} ms"),
        ms => format!("{:.2} s", ms / 1000.0),
    }
}

/// A size as people read it.
pub(crate) fn size(bytes: u64) -> String {
    match bytes as f64 / 1e6 {
        mb if mb < 1000.0 => format!("{mb:.1} MB"),
        mb => format!("{:.2} GB", mb / 1000.0),
    }
}
