//! How long an answer takes.

/// The seconds of an answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seconds {
    /// When it is right.
    pub right: f64,
    /// When it is wrong, with what is read after it.
    pub wrong: f64,
}

impl Seconds {
    /// No answer is expected to take less.
    pub(super) fn least(self) -> f64 {
        self.right.min(self.wrong).max(1.0)
    }

    pub(super) fn expected(self, recall: f64) -> f64 {
        (recall * self.right + (1.0 - recall) * self.wrong).max(1.0)
    }
}
