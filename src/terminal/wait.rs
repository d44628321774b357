//! What is shown while something takes its time.

use indicatif::ProgressBar;
use std::time::Duration;

/// The spinner turns ten times a second.
const TICK: Duration = Duration::from_millis(100);

/// Waits, with a spinner and these words on the error stream if that is a terminal.
pub fn wait<T>(what: &'static str, until: impl FnOnce() -> T) -> T {
    let spinner = ProgressBar::new_spinner().with_message(what);
    spinner.enable_steady_tick(TICK);
    let done = until();
    spinner.finish_and_clear();
    done
}
