//! What every sync tells, by a folder or a server.

use crate::cli::output;
use crate::shown::count;
use crate::store::Brought;
use crate::sync::name::Device;
use chrono::DateTime;

/// What went to and fro.
pub(super) fn moved(written: usize, brought: &Brought, others: &str) -> Vec<String> {
    let came: Vec<String> =
        [(brought.reviews, "review"), (brought.retractions, "retraction"), (brought.marks, "decision")]
            .into_iter()
            .filter(|(rows, _)| *rows > 0)
            .map(|(rows, what)| count(rows, what))
            .collect();
    let mut lines = vec![format!(
        "{} went there; {} came; {others}",
        if written > 0 { count(written, "row") } else { "nothing".to_owned() },
        if came.is_empty() { "nothing".to_owned() } else { came.join(", ") },
    )];
    if brought.newer > 0 {
        lines.push(format!(
            "{} of a newer sysdrill: what is known of it counts, all of it is kept and passed on; update this one",
            count(brought.newer, "line")
        ));
    }
    if brought.waiting > 0 {
        let waiting = count(brought.waiting, "retraction");
        lines.push(format!("{waiting} of answers that have not come yet: they count when those are here"));
    }
    lines
}

/// Whether this computer has a new name, and rows differ.
pub(super) fn renamed(renamed: Option<&Device>, brought: &Brought) {
    if let Some(device) = renamed {
        output::warn(&format!(
            "another computer wrote as this one: its disk was copied, or a backup was put back. This one is {device} from now \
             on; nothing is lost"
        ));
    }
    if brought.differing > 0 {
        let rows = count(brought.differing, "row");
        output::warn(&format!("{rows} differ from those here, so one side is damaged: sysdrill doctor tells which"));
    }
}

/// Whose clock is ahead.
pub(super) fn ahead(ahead: &[(Device, i64)]) {
    for (device, at_ms) in ahead {
        let at = DateTime::from_timestamp_millis(*at_ms).unwrap_or_default().format("%Y-%m-%d %H:%M");
        output::warn(&format!(
            "the clock of computer {device} was ahead: it wrote at {at} UTC. Such answers count when that day comes"
        ));
    }
}
