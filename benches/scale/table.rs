//! What was measured, as a table.

use std::fmt::Write;
use std::time::Duration;

/// Times of one thing, each with its floor's where it has one.
#[derive(Debug, Default)]
pub(crate) struct Samples {
    pub(crate) floor: Vec<Duration>,
    pub(crate) ours: Vec<Duration>,
}

impl Samples {
    /// Times without a floor.
    pub(crate) fn alone(ours: Vec<Duration>) -> Self {
        Self { floor: Vec::new(), ours }
    }
}

/// A table of one collection.
pub(crate) struct Table {
    text: String,
}

impl Table {
    pub(crate) fn new(title: &str) -> Self {
        let head = "| what | runs | floor | sysdrill | p95 | ratio | allowed |";
        Self { text: format!("\n### {title}\n\n{head}\n|---|--:|--:|--:|--:|--:|--:|\n") }
    }

    /// A row of times; `allowed` is the ratio that they may have.
    pub(crate) fn times(&mut self, what: &str, samples: &Samples, allowed: Option<f64>) {
        let (Some(ours), slow) = (part(&samples.ours, 50), part(&samples.ours, 95)) else { return };
        let floor = part(&samples.floor, 50);
        let ratio = floor.map(|floor| ours.as_secs_f64() / floor.as_secs_f64());
        self.row(&[
            what.to_owned(),
            samples.ours.len().to_string(),
            or_dash(floor.map(time)),
            time(ours),
            or_dash(slow.map(time)),
            or_dash(ratio.map(factor)),
            or_dash(allowed.map(factor)),
        ]);
    }

    /// A row of one figure.
    pub(crate) fn figure(&mut self, what: &str, figure: &str) {
        let dash = || "—".to_owned();
        self.row(&[what.to_owned(), "1".to_owned(), dash(), figure.to_owned(), dash(), dash(), dash()]);
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
pub(crate) fn part(times: &[Duration], of_hundred: usize) -> Option<Duration> {
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
