//! What is known, as values: how it goes, the way to an interview, a card's history.
//!
//! Here belongs what a report says and how that is worked out, by pure functions. The names of the fields are those of the
//! JSON; text is made elsewhere.

pub mod activity;
pub mod calendar;
pub mod card;
mod chart;
pub mod numbers;
pub mod outgoing;
pub mod page;
pub mod plan;
mod plot;
pub mod sheet;
mod sheet_page;
pub mod stats;
pub mod text;
pub mod topics;
pub mod weeks;
mod year;

/// A number without a tail of zeros.
fn short(value: f64) -> String {
    let text = if value.abs() < 10.0 { format!("{value:.1}") } else { format!("{value:.0}") };
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}
