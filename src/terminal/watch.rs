//! The time on the open question, as the session counts it.

use crate::session::Question;
use std::time::Duration;

/// The time on the open question. Times are those of the device.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// The question's number and prompt, by which it is known when it is shown again.
    question: (usize, String),
    /// In earlier replies to it.
    before: Duration,
    /// When the wait for this reply began.
    since: Duration,
    /// What was read before it, and has not been told yet.
    read: Duration,
}

impl Watch {
    /// The time on the open question until now.
    pub(super) fn time(&self, now: Duration) -> Duration {
        self.before + now.saturating_sub(self.since)
    }

    /// The time that earlier replies to the open question took.
    pub(super) fn before(&self) -> Duration {
        self.before
    }

    /// A question is on the screen: its time begins, or goes on where it is the one that stood there before.
    pub(super) fn begin(&mut self, question: &Question, is_same: bool, now: Duration) {
        let known = (question.n, question.prompt.clone());
        if !is_same && known != self.question {
            self.before = Duration::ZERO;
        }
        (self.question, self.since) = (known, now);
    }

    /// What comes now is read: the time runs from here on.
    pub(super) fn restart(&mut self, now: Duration) {
        self.since = now;
    }

    /// The wait for a reply ends. It took so long, or as long as is said: that is time on the question.
    pub(super) fn reply(&mut self, took: Option<Duration>, now: Duration) -> Duration {
        let took = took.unwrap_or(now.saturating_sub(self.since));
        self.since = now;
        self.before += took;
        took
    }

    /// What passed since was no time on the question: something else was read.
    pub(super) fn has_read(&mut self, now: Duration) {
        self.read += now.saturating_sub(self.since);
        self.since = now;
    }

    /// What was read and has not been told yet; it is told with this.
    pub(super) fn take_read(&mut self) -> Duration {
        std::mem::take(&mut self.read)
    }
}
