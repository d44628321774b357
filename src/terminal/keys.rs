//! Keys, read beside the clock.

use console::{Key, Term};
use std::io;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

/// A thread that reads a key when it is asked to. Between two keys the terminal is nobody's, so that
/// something else may read from it.
pub(super) struct Keys {
    request: Sender<()>,
    keys: Receiver<io::Result<Key>>,
    /// A key was asked for and has not come yet.
    outstanding: bool,
}

impl Keys {
    pub(super) fn new(term: Term) -> Self {
        let (request, requests) = mpsc::channel();
        let (sender, keys) = mpsc::channel();
        thread::spawn(move || {
            for () in requests {
                if sender.send(read(&term)).is_err() {
                    break;
                }
            }
        });
        Self { request, keys, outstanding: false }
    }

    /// The next key; none when it has not come in this time. A key that comes later is not lost.
    pub(super) fn next(&mut self, timeout: Duration) -> io::Result<Option<Key>> {
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
        match key? {
            Key::CtrlC => Err(io::ErrorKind::Interrupted.into()),
            key => Ok(Some(key)),
        }
    }
}

fn read(term: &Term) -> io::Result<Key> {
    let key = term.read_key_raw()?;
    // Of an escape sequence that it does not know, such as Ctrl-Left's, console leaves the rest unread.
    if let Key::UnknownEscSeq(sequence) = &key
        && matches!(sequence.as_slice(), ['O'] | ['[', .., '0'..='9' | ';'])
    {
        while matches!(term.read_key_raw()?, Key::Char('0'..='9' | ';')) {}
    }
    Ok(key)
}
