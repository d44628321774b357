//! Parses the command line, runs the command, chooses the exit code.

#![forbid(unsafe_code)]

use std::process::ExitCode;
#[cfg(unix)]
use std::sync::{Arc, atomic::AtomicBool};
use sysdrill::{cli, terminal};

fn main() -> ExitCode {
    watch_for_interrupts();
    // By default a file that reaches its limit ends the process; caught, the write fails, and the answer is refused.
    #[cfg(unix)]
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::new(AtomicBool::new(false)));
    match cli::read(std::env::args_os()) {
        Ok(args) => cli::run(args),
        Err(code) => code,
    }
}

/// Every answer is on disk before it is confirmed: an interrupt has only the terminal to put right.
fn watch_for_interrupts() {
    let before = terminal::Mode::now();
    // Where there is none, a thread that waits for an interrupt would cost the start more than all else.
    #[cfg(unix)]
    if !before.is_of_terminal() {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
        let always = Arc::new(AtomicBool::new(true));
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            let _ =
                signal_hook::flag::register_conditional_shutdown(signal, cli::INTERRUPTED.into(), Arc::clone(&always));
        }
        return;
    }
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
}
