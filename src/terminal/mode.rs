//! How the terminal treats keys before they are read.

#[cfg(unix)]
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
#[cfg(unix)]
use std::io;

/// The mode that a terminal was in.
#[derive(Debug, Clone)]
pub struct Mode {
    /// None where the output is no terminal.
    #[cfg(unix)]
    termios: Option<Termios>,
}

impl Mode {
    /// The mode of the terminal now.
    pub fn now() -> Self {
        Self {
            #[cfg(unix)]
            termios: tcgetattr(io::stdout()).ok(),
        }
    }

    /// Puts the terminal back into this mode. A terminal that is gone needs none.
    pub fn restore(&self) {
        #[cfg(unix)]
        if let Some(termios) = &self.termios {
            let _ = tcsetattr(io::stdout(), OptionalActions::Now, termios);
        }
    }
}
