//! A terminal of a system that is no Unix: keys are read by `console`, on a thread beside the clock.

use super::device::{Device, Input};
use crate::clock::Stopwatch;
use console::{Key, Term};
use std::io;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

/// A terminal whose keys a thread reads when it is asked to.
pub(super) struct Tty {
    term: Term,
    request: Sender<()>,
    keys: Receiver<io::Result<Key>>,
    /// A key was asked for and has not come yet.
    outstanding: bool,
    stopwatch: Stopwatch,
}

impl Tty {
    pub(super) fn new(term: Term) -> io::Result<Self> {
        let (request, requests) = mpsc::channel();
        let (sender, keys) = mpsc::channel();
        let reads = term.clone();
        thread::spawn(move || {
            for () in requests {
                if sender.send(reads.read_key_raw()).is_err() {
                    break;
                }
            }
        });
        Ok(Self { term, request, keys, outstanding: false, stopwatch: Stopwatch::running() })
    }
}

impl Device for Tty {
    fn next(&mut self, timeout: Duration) -> io::Result<Option<Input>> {
        let gone = |_| io::Error::from(io::ErrorKind::UnexpectedEof);
        if !self.outstanding {
            self.request.send(()).map_err(|_| gone(RecvTimeoutError::Disconnected))?;
            self.outstanding = true;
        }
        let key = match self.keys.recv_timeout(timeout) {
            Err(RecvTimeoutError::Timeout) => return Ok(None),
            key => key.map_err(gone)?,
        };
        self.outstanding = false;
        key.map(|key| Some(Input::Key(key)))
    }

    fn time(&self) -> Duration {
        self.stopwatch.time()
    }

    fn write(&mut self, text: &str) -> io::Result<()> {
        self.term.write_str(text)
    }

    fn size(&self) -> (usize, usize) {
        let (rows, columns) = self.term.size();
        (rows.into(), columns.into())
    }

    fn away(&mut self, run: &mut dyn FnMut()) -> io::Result<()> {
        let began = self.stopwatch.time();
        run();
        let away = self.stopwatch.time() - began;
        self.stopwatch.leave_out(away);
        Ok(())
    }

    fn stop(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Tty {
    fn drop(&mut self) {
        let _ = self.term.show_cursor();
    }
}
