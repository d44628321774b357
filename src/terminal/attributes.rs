//! How the terminal treats keys before they are read.

#[cfg(unix)]
use rustix::termios::{InputModes, LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Pasted text comes between marks, so that its line breaks are no keys.
const MARK_PASTES: &str = "\x1b[?2004h";
const PASTES_UNMARKED: &str = "\x1b[?2004l";
/// Whether pastes are marked now: whoever puts the terminal back ends that too.
static MARKS_PASTES: AtomicBool = AtomicBool::new(false);

/// The mode that a terminal was in.
#[derive(Debug, Clone)]
pub struct Attributes {
    /// None where the output is no terminal.
    #[cfg(unix)]
    termios: Option<Termios>,
}

impl Attributes {
    /// The mode of the terminal now.
    pub fn now() -> Self {
        Self {
            #[cfg(unix)]
            termios: tcgetattr(io::stdout()).ok(),
        }
    }

    /// Whether there is a terminal that has a mode.
    #[cfg(unix)]
    pub fn is_of_terminal(&self) -> bool {
        self.termios.is_some()
    }

    /// Puts the terminal back into this mode. A terminal that is gone needs none.
    pub fn restore(&self) {
        if MARKS_PASTES.swap(false, Ordering::SeqCst) {
            let _ = say(PASTES_UNMARKED);
        }
        #[cfg(unix)]
        if let Some(termios) = &self.termios {
            let _ = tcsetattr(io::stdout(), OptionalActions::Now, termios);
        }
    }

    /// Has each key come as it is pressed, and nothing written over the screen.
    #[cfg(unix)]
    pub(super) fn take_keys(&self) -> io::Result<()> {
        if let Some(found) = &self.termios {
            let mut termios = found.clone();
            termios.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG | LocalModes::IEXTEN);
            termios.input_modes.remove(InputModes::IXON | InputModes::ICRNL | InputModes::INLCR | InputModes::ISTRIP);
            tcsetattr(io::stdout(), OptionalActions::Now, &termios)?;
        }
        if !console::is_dumb() {
            MARKS_PASTES.store(true, Ordering::SeqCst);
            say(MARK_PASTES)?;
        }
        Ok(())
    }
}

fn say(sequence: &str) -> io::Result<()> {
    let mut out = io::stdout();
    out.write_all(sequence.as_bytes())?;
    out.flush()
}
