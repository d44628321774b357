//! `serve`: the same session on a page.

use super::args::Serve;
use super::context::{Broken, Context};
use super::error::CliError;
use super::output;
use crate::catalog::Catalog;
use crate::clock::Clock;
use crate::practice::Daily;
use crate::store::Store;
use crate::terminal::Options;
use crate::web::devices::Devices;
use crate::web::{self, Home, Voice, address};
use std::io::{self, IsTerminal};
use std::path::Path;

pub(super) fn run(context: &Context, args: &Serve) -> Result<(), CliError> {
    if args.devices {
        return devices(context, args.revoke.as_deref());
    }
    let listener = address::listen(args.lan, args.port).map_err(|error| {
        let next = match error.kind() {
            io::ErrorKind::AddrInUse => format!(
                "port {} is taken: a server may be running already; --port takes another one, and 0 a free one",
                args.port
            ),
            io::ErrorKind::AddrNotAvailable => {
                "this computer is in no network: join one, or serve here alone, without --lan".to_owned()
            }
            io::ErrorKind::PermissionDenied => {
                format!("port {} is not yours to take: choose one from 1024 on", args.port)
            }
            _ => error.to_string(),
        };
        CliError::Plain(format!("cannot serve: {next}"))
    })?;
    if args.lan {
        output::text(
            "Whoever is in the same network can read along what you and this computer send each other: there is no encryption. \
             Nobody without the address below can answer, or see anything by asking.",
        )?;
    }
    let is_terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
    let voice = Voice {
        say: |line| drop(output::as_it_is(line)),
        open: args.open.then_some(|link| open::that_detached(link)),
        picture: (args.lan && io::stdout().is_terminal()).then_some(picture),
        hears: is_terminal,
    };
    web::serve(context, listener, &voice).map_err(CliError::Plain)?;
    if is_terminal {
        // The keys that stopped it stand on the line.
        output::text("")?;
    }
    Ok(output::done("stopped; every answer is saved")?)
}

/// Shows a picture of characters, dark on light whatever the terminal's colours are: some cameras see nothing in the other.
fn picture(picture: &str) {
    let dark_on_light = |line| console::style(line).black().on_white().to_string();
    let lines: Vec<String> = picture.lines().map(dark_on_light).collect();
    // Where it cannot be shown, the address stands above.
    let _ = console::Term::stdout().write_line(&lines.join("\n"));
}

/// Lists the devices that may come in, or shuts one of them out.
fn devices(context: &Context, revoke: Option<&str>) -> Result<(), CliError> {
    let devices = Devices::beside(&context.db);
    let all = devices.all()?;
    let Some(name) = revoke else {
        let line = |device: &web::devices::Device| {
            format!("{:<24} since {}, last here on {}", device.name, device.since, device.seen)
        };
        let lines: Vec<String> = all.iter().map(line).collect();
        let none = "no device was let in yet: sysdrill serve shows the address for one";
        return Ok(output::text(&if lines.is_empty() { none.to_owned() } else { lines.join("\n") })?);
    };
    if devices.revoke(name)? {
        return Ok(output::done(&format!("{name} is shut out, at once; its answers are kept"))?);
    }
    let names: Vec<&str> = all.iter().map(|device| device.name.as_str()).collect();
    let known = if names.is_empty() { "none was let in".to_owned() } else { format!("there are {}", names.join(", ")) };
    Err(CliError::Plain(format!("there is no device '{name}': {known}")))
}

impl Home for Context {
    fn db(&self) -> &Path {
        &self.db
    }

    fn store(&self) -> Result<Store, String> {
        Context::store(self).map_err(|error| error.to_string())
    }

    fn catalog(&self, store: &mut Store) -> Result<Catalog, String> {
        Context::catalog(self, store, Broken::LeftOut).map_err(|error| error.to_string())
    }

    fn clock(&self) -> Clock {
        self.clock.clone()
    }

    fn daily(&self) -> Daily {
        Context::daily(self)
    }

    fn asking(&self) -> Options {
        self.settings.asking(None)
    }

    fn warner(&self) -> fn(&str) {
        output::warn
    }
}
