//! Everything a person sees and types.
//!
//! Here belong keys, line editing, the clock, colour and layout; [`screen`] turns events into text and can be read
//! without a terminal. What a reply means is not decided here. A `device::Device` is the terminal itself: tests have one of
//! their own, with keys from a script and a time that passes when it is waited for.

mod attributes;
mod commands;
mod decode;
mod device;
mod editor;
#[cfg(not(unix))]
mod elsewhere;
mod forms;
mod front_end;
mod hear;
mod input;
mod line;

mod offer;
mod options;
mod pane;
pub mod screen;
mod state;
#[cfg(unix)]
mod tty;
mod wait;
mod watch;

pub use attributes::Attributes;
pub use editor::{Editor, EditorError};
pub use offer::{Choice, More, Offer};
pub use options::{Options, Pause, Scale};
pub use state::Terminal;
pub use wait::wait;

#[cfg(test)]
mod tests;
