//! Parses the command line, runs the command, chooses the exit code.

use clap::Parser;
use std::process::ExitCode;
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
    cli::run(cli::Args::parse())
}
