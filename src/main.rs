//! Parses the command line, runs the command, chooses the exit code.

#![forbid(unsafe_code)]

use std::process::ExitCode;
#[cfg(unix)]
use std::sync::{Arc, atomic::AtomicBool};
use sysdrill::{cli, terminal};

fn main() -> ExitCode {
    if cli::complete(std::env::args_os()) {
        return ExitCode::SUCCESS;
    }
    let args = cli::read(std::env::args_os());
    if !args.as_ref().is_ok_and(cli::Args::ends_by_itself) {
        watch_for_interrupts();
    }
    // By default a file that reaches its limit ends the process; caught, the write fails, and the answer is refused.
    #[cfg(unix)]
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::new(AtomicBool::new(false)));
    match args {
        Ok(args) => cli::run(args),
        Err(code) => code,
    }
}

/// Every answer is on disk before it is confirmed: an interrupt has only the terminal to put right.
fn watch_for_interrupts() {
    if let Err(error) = on_interrupt(terminal::Attributes::now()) {
        eprintln!("sysdrill: cannot watch for Ctrl-C: {error}");
    }
}

#[cfg(unix)]
fn on_interrupt(before: terminal::Attributes) -> std::io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    const ENDING: [i32; 3] = [SIGINT, SIGTERM, SIGHUP];
    // Without a terminal there is nothing to put right, and a thread that waits would cost the start more than all else.
    if !before.is_of_terminal() {
        let always = Arc::new(AtomicBool::new(true));
        for signal in ENDING {
            signal_hook::flag::register_conditional_shutdown(signal, cli::INTERRUPTED.into(), Arc::clone(&always))?;
        }
        return Ok(());
    }
    let mut signals = signal_hook::iterator::Signals::new(ENDING)?;
    std::thread::Builder::new().name("interrupts".to_owned()).spawn(move || {
        if signals.forever().next().is_some() {
            leave(&before);
        }
    })?;
    Ok(())
}

#[cfg(windows)]
fn on_interrupt(before: terminal::Attributes) -> Result<(), ctrlc::Error> {
    ctrlc::set_handler(move || leave(&before))
}

/// Ends the program with the terminal as it was found.
fn leave(before: &terminal::Attributes) -> ! {
    before.restore();
    let term = console::Term::stdout();
    if term.is_term() {
        let _ = term.show_cursor().and_then(|()| term.write_line(""));
    }
    std::process::exit(cli::INTERRUPTED.into());
}
