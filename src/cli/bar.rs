//! A bar for what takes long. It appears after half a second, on the error stream of a terminal only.

use super::output;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::{Duration, Instant};

/// A bar appears after so long: what is done sooner needs none.
const AFTER: Duration = Duration::from_millis(500);
/// A bar is drawn anew ten times a second at most, so that drawing costs nothing beside the work.
const REDRAWN_AFTER: Duration = Duration::from_millis(100);

pub(super) struct Bar {
    bar: ProgressBar,
    /// When it is drawn next; what comes before that costs a look at the clock and no more.
    next: Instant,
}

impl Bar {
    /// Nothing is drawn yet.
    pub(super) fn new(doing: &'static str) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_message(doing);
        Self { bar, next: Instant::now() + AFTER }
    }

    /// So much of so much is done; a total of 0 is not known.
    pub(super) fn at(&mut self, done: u64, total: u64) {
        let now = Instant::now();
        if now < self.next {
            return;
        }
        self.next = now + REDRAWN_AFTER;
        if self.bar.is_hidden() && console::user_attended_stderr() && !output::is_quiet() {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.set_length(total.max(done));
        self.bar.set_position(done);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
