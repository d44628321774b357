//! Parses the command line, runs the command, chooses the exit code.

#![forbid(unsafe_code)]

use clap::Parser;
use std::process::ExitCode;
#[cfg(unix)]
use std::sync::{Arc, atomic::AtomicBool};
use sysdrill::{cli, terminal};

fn main() -> ExitCode {
    // Every answer is on disk before it is confirmed: an interrupt has only the terminal to put right.
    let before = terminal::Mode::now();
    let handler = ctrlc::set_handler(move || {
        before.restore();
        let term = console::Term::stdout();
        if term.is_term() {
            let _ = term.show_cursor().and_then(|()| term.write_line(""));
        }
        std::process::exit(cli::INTERRUPTED.into());
    });
    if let Err(error) = handler {
        eprintln!("sysdrill: cannot watch for Ctrl-C: {error}");
    }
    // By default a file that reaches its limit ends the process; caught, the write fails, and the answer is refused.
    #[cfg(unix)]
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::new(AtomicBool::new(false)));
    cli::run(cli::Args::parse())
}
