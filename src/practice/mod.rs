//! A day: what is due, which queue, which plan, and how a session of it opens.
//!
//! Here belongs what every front end has to ask before it can ask a question. Day, settings and scope come in as plain
//! values; nothing here knows a command line or a screen.

mod agenda;
mod cards;
mod costs;
mod daily;
mod error;
mod look;
mod new_cards;
mod new_per_day;
mod opening;
mod pace;
mod recall;
mod rest;
mod selection;
mod towards;

pub use agenda::Agenda;
pub use daily::Daily;
pub use error::PracticeError;
pub use look::{Looked, curve, plan, stats};
pub use new_per_day::NewPerDay;
pub use opening::{CramOptions, QuizOptions, Ready, ReviewOptions, chains, cram, nothing_chosen, quiz, review};
pub use recall::{fit, fit_for_plan};
pub use rest::{Rest, rest};
pub use selection::{Selection, weak};
