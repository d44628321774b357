//! A bar for what takes long. It appears after half a second, on the error stream of a terminal only.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::{Duration, Instant};

const AFTER: Duration = Duration::from_millis(500);
const REDRAWS_A_SECOND: u8 = 10;

pub(super) struct Progress {
    bar: ProgressBar,
    began: Instant,
}

impl Progress {
    /// Nothing is drawn yet.
    pub(super) fn new(doing: &'static str) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_message(doing);
        Self { bar, began: Instant::now() }
    }

    /// So much of so much is done; a total of 0 is not known.
    pub(super) fn at(&mut self, done: u64, total: u64) {
        if self.bar.is_hidden() && self.began.elapsed() > AFTER && console::user_attended_stderr() {
            self.bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(REDRAWS_A_SECOND));
        }
        self.bar.set_length(total.max(done));
        self.bar.set_position(done);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
