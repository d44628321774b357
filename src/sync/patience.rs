//! Waiting for what may hang.

use std::sync::mpsc;
use std::time::Duration;

/// Does something in a thread, and gives what it gave if that was in time. What hangs goes on hanging by itself.
pub fn within<T: Send + 'static>(patience: Duration, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (done, waiting) = mpsc::channel();
    std::thread::spawn(move || done.send(work()));
    waiting.recv_timeout(patience).ok()
}
