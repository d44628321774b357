//! How the terminal treats keys before they are read.

#[cfg(unix)]
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
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

    /// Whether there is a terminal that has a mode.
    #[cfg(unix)]
    pub fn is_of_terminal(&self) -> bool {
        self.termios.is_some()
    }

    /// Puts the terminal back into this mode. A terminal that is gone needs none.
    pub fn restore(&self) {
        #[cfg(unix)]
        if let Some(termios) = &self.termios {
            let _ = tcsetattr(io::stdout(), OptionalActions::Now, termios);
        }
    }

    /// This mode without the echo: a key that comes while no one reads it is not written over the screen.
    pub(super) fn quiet(&self) -> Self {
        #[cfg_attr(not(unix), expect(unused_mut))]
        let mut quiet = self.clone();
        #[cfg(unix)]
        if let Some(termios) = &mut quiet.termios {
            termios.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON);
        }
        quiet
    }
}
