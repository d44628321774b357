//! The terminal that the program was started in.

use super::attributes::Attributes;
use super::decode::Decoder;
use super::device::{Device, Input};
use crate::clock::Stopwatch;
use console::Term;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use signal_hook::consts::{SIGCONT, SIGTSTP, SIGWINCH};
use signal_hook::low_level::{emulate_default_handler, pipe};
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::time::Duration;

/// What follows an escape comes at once, or is another key.
const ESCAPE_WAITS: Duration = Duration::from_millis(30);

/// A terminal whose keys come as they are pressed.
pub(super) struct Tty {
    term: Term,
    /// The terminal where standard input is something else.
    input: Option<File>,
    decoder: Decoder,
    continued: UnixStream,
    resized: UnixStream,
    stopwatch: Stopwatch,
    /// The terminal as it was found.
    found: Attributes,
}

impl Tty {
    pub(super) fn new(term: Term) -> io::Result<Self> {
        let signals = |signal| -> io::Result<UnixStream> {
            let (read, write) = UnixStream::pair()?;
            read.set_nonblocking(true)?;
            pipe::register(signal, write)?;
            Ok(read)
        };
        let input = match rustix::termios::isatty(io::stdin()) {
            true => None,
            false => Some(File::open("/dev/tty")?),
        };
        let found = Attributes::now();
        let tty = Self {
            term,
            input,
            decoder: Decoder::default(),
            continued: signals(SIGCONT)?,
            resized: signals(SIGWINCH)?,
            stopwatch: Stopwatch::running(),
            found,
        };
        tty.found.take_keys()?;
        Ok(tty)
    }

    /// Waits until there is something to read, a signal came, or the time is over.
    fn wait(&mut self, timeout: Duration) -> io::Result<Woken> {
        let stdin = io::stdin();
        let input: BorrowedFd = self.input.as_ref().map_or(stdin.as_fd(), AsFd::as_fd);
        let mut fds = [
            PollFd::from_borrowed_fd(input, PollFlags::IN),
            PollFd::new(&self.continued, PollFlags::IN),
            PollFd::new(&self.resized, PollFlags::IN),
        ];
        let timeout = Timespec {
            tv_sec: timeout.as_secs().try_into().unwrap_or(i64::MAX),
            tv_nsec: timeout.subsec_nanos().into(),
        };
        match poll(&mut fds, Some(&timeout)) {
            // A signal came: what it means stands in its pipe, which the next look finds.
            Err(rustix::io::Errno::INTR) => return Ok(Woken::default()),
            found => found?,
        };
        let [is_input, is_continued, is_resized] = fds.map(|fd| !fd.revents().is_empty());
        Ok(Woken { is_input, is_continued, is_resized })
    }

    fn read(&mut self) -> io::Result<()> {
        let mut bytes = [0; 1024];
        let stdin = io::stdin();
        let input: BorrowedFd = self.input.as_ref().map_or(stdin.as_fd(), AsFd::as_fd);
        match rustix::io::read(input, &mut bytes) {
            Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => Ok(()),
            // The terminal was closed.
            Ok(0) | Err(rustix::io::Errno::IO) => Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(length) => {
                self.decoder.push(&bytes[..length]);
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The program goes on after it was stopped, for so long: a shell has had the terminal.
    fn go_on(&mut self, away: Duration) -> io::Result<Input> {
        drain(&mut self.continued);
        self.stopwatch.leave_out(away);
        self.found.take_keys()?;
        Ok(Input::Redraw)
    }
}

/// What ended a wait.
#[derive(Default)]
struct Woken {
    is_input: bool,
    is_continued: bool,
    is_resized: bool,
}

fn drain(pipe: &mut UnixStream) {
    let mut bytes = [0; 64];
    while pipe.read(&mut bytes).is_ok_and(|length| length > 0) {}
}

impl Device for Tty {
    fn next(&mut self, timeout: Duration) -> io::Result<Option<Input>> {
        if let Some(input) = self.decoder.next() {
            return Ok(Some(input));
        }
        let began = self.stopwatch.time();
        let waits = if self.decoder.is_within() { ESCAPE_WAITS.min(timeout) } else { timeout };
        let woken = self.wait(waits)?;
        if woken.is_continued {
            let away = self.stopwatch.time() - began;
            return self.go_on(away).map(Some);
        }
        if woken.is_resized {
            drain(&mut self.resized);
            return Ok(Some(Input::Redraw));
        }
        if !woken.is_input {
            return Ok(self.decoder.flush());
        }
        self.read()?;
        Ok(self.decoder.next())
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
        self.found.restore();
        let began = self.stopwatch.time();
        run();
        let away = self.stopwatch.time() - began;
        drain(&mut self.resized);
        self.go_on(away).map(|_| ())
    }

    fn stop(&mut self) -> io::Result<()> {
        self.found.restore();
        let began = self.stopwatch.time();
        emulate_default_handler(SIGTSTP)?;
        let away = self.stopwatch.time() - began;
        self.go_on(away).map(|_| ())
    }
}

/// However a session ends, the terminal is as it was found.
impl Drop for Tty {
    fn drop(&mut self) {
        let _ = self.term.show_cursor();
        self.found.restore();
    }
}
