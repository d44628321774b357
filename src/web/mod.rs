//! The same session on a page: a server for one learner, on this computer or in the network at home.
//!
//! A front end over [`crate::drive`], beside the terminal and the JSON lines. `server` takes connections and [`guard`] decides who
//! comes in, in one thread; `desk` answers what was let in, in another, which has the database. A `sitting` is a session as
//! pages see it; `page` and `reading` write the pages.

pub mod address;
mod desk;
pub mod devices;
mod forms;
pub mod guard;
mod home;
mod page;
mod reading;
mod server;
mod shelf;
mod sitting;

pub use home::Home;

use desk::Front;
use devices::Devices;
use guard::Served;
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use server::Door;
use std::io::{self, BufRead};
use std::net::TcpListener;
use std::sync::{Arc, mpsc};

/// What a server says to whoever started it.
pub struct Voice {
    /// Says a line.
    pub say: fn(&str),
    /// Opens an address in the browser.
    pub open: Option<fn(&str) -> io::Result<()>>,
    /// Shows an address as a picture of characters, dark on light, for the camera of a phone.
    pub picture: Option<fn(&str)>,
    /// Makes a new address for each line that is typed.
    pub hears: bool,
}

/// Serves the learner's sessions until it is told to stop.
///
/// # Errors
/// The database or the decks cannot be used, or the network fails.
pub fn serve(home: &dyn Home, listener: TcpListener, voice: &Voice) -> Result<(), String> {
    let opened = desk::open(home)?;
    let own = listener.local_addr().map_err(|error| error.to_string())?;
    let names = address::names(own.ip());
    let address = format!("http://{}:{}", names[0], own.port());
    let devices = Arc::new(Devices::beside(home.db()));
    let (jobs, wanted) = mpsc::channel();
    let door = Door {
        served: Served::new(&names, own.port()),
        port: own.port(),
        devices: Arc::clone(&devices),
        clock: home.clock(),
        jobs,
        came_in: voice.say,
    };
    let now_ms = home.clock().now_ms();
    let token = devices.token(now_ms);
    let link = format!("{address}/in/{token}");
    (voice.say)(&format!(
        "open this address, once, within ten minutes:\n  {link}\na device that was let in before opens {address}/"
    ));
    show(voice.picture, &link);
    if let Some(open) = voice.open
        && let Err(error) = open(&link)
    {
        (voice.say)(&format!("the browser cannot be opened: {error}"));
    }
    if voice.hears {
        hear(&address, &devices, home, voice);
    }
    let server = std::thread::Builder::new().name("server".to_owned()).spawn(move || server::serve(listener, door));
    let server = server.map_err(|error| error.to_string())?;
    desk::attend(&Front { home, devices: &devices, address: &address }, opened, &wanted);
    match server.join() {
        Ok(served) => served.map_err(|error| error.to_string()),
        Err(_) => Err("the server has failed; every answer shown as saved is saved".to_owned()),
    }
}

/// Makes a new address for each line that is typed, in a thread that ends with the program.
fn hear(address: &str, devices: &Arc<Devices>, home: &dyn Home, voice: &Voice) {
    (voice.say)("Enter shows a new address for another device, Ctrl-C stops");
    let (address, devices, clock) = (address.to_owned(), Arc::clone(devices), home.clock());
    let (say, picture) = (voice.say, voice.picture);
    let listen = move || {
        for line in io::stdin().lock().lines() {
            if line.is_err() {
                return;
            }
            let link = format!("{address}/in/{}", devices.token(clock.now_ms()));
            say(&format!("  {link}"));
            show(picture, &link);
        }
    };
    // Without it there is the page of the devices.
    let _ = std::thread::Builder::new().name("terminal".to_owned()).spawn(listen);
}

/// Shows an address as a picture, where that is wanted.
fn show(picture: Option<fn(&str)>, link: &str) {
    if let (Some(picture), Ok(code)) = (picture, QrCode::new(link)) {
        picture(&code.render::<Dense1x2>().build());
    }
}

#[cfg(test)]
mod tests;
