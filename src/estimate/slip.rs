//! Wrong turns, recognised from a wrong answer.

use super::ratio::Ratio;
use super::target::{NamedSlip, Target};
use crate::quantity::{Dimension, factor};

/// How close a wrong answer must come to what a wrong turn gives.
const TOLERANCE: f64 = 1.05;

/// A figure that is believed is remembered, not worked out.
const MYTH_TOLERANCE: f64 = 1.01;

/// What wrong turn an answer shows.
pub(super) enum Recognised {
    /// None that is known.
    Nothing,
    /// This one.
    One(NamedSlip),
    /// One of several that come to the same: none can be named.
    Several,
}

/// The wrong turn that gives this answer: a myth before the card's own, these before the general ones that fit.
pub(super) fn recognise(answer: f64, target: &Target) -> Recognised {
    let near = |slip: &&NamedSlip, tolerance: f64| (1.0 / tolerance..=tolerance).contains(&(answer / slip.value));
    if let Some(myth) = target.myths.iter().find(|myth| near(myth, MYTH_TOLERANCE)) {
        return Recognised::One(myth.clone());
    }
    for slips in [&target.slips, &general(target)] {
        let mut matching = slips.iter().filter(|slip| near(slip, TOLERANCE));
        if let Some(first) = matching.next() {
            return if matching.all(|other| other.id == first.id) {
                Recognised::One(first.clone())
            } else {
                Recognised::Several
            };
        }
    }
    Recognised::Nothing
}

/// The general wrong turns that fit the dimension and the formula.
fn general(target: &Target) -> Vec<NamedSlip> {
    let right = target.value.value;
    let Dimension { time, data, .. } = target.value.dimension;
    let mut slips = Vec::new();
    let mut off = |id: &str, by: f64, what: &str| {
        for by in [by, 1.0 / by] {
            let say = format!("{}: {what}.", Ratio::from(by).to_string().replace(".0x", "x"));
            slips.push(NamedSlip { id: id.to_owned(), say, value: right * by });
        }
    };
    if data != 0 {
        off("bits-for-bytes", 8.0, "bits and bytes were confused");
    }
    off("prefix", 1e3, "one prefix off, such as M for G or us for ms");
    off("prefix", 1e6, "two prefixes off");
    if data != 0 {
        for power in 1..=4 {
            off("binary-prefix", 1.024f64.powi(power), "1,024 was taken for 1,000, or the other way round");
        }
    }
    if time != 0 {
        off("minutes", 60.0, "seconds and minutes, or minutes and hours, were confused");
        off("hours", 3600.0, "seconds and hours were confused");
        off("days", 86_400.0, "seconds and days were confused");
        off("hours-of-a-day", 24.0, "hours and days were confused");
        off("days-of-a-year", 365.0, "days and years were confused");
    }
    if let Some(peak) = target.peak {
        let say = format!("The peak factor of {} was left out.", factor(peak).trim_end_matches(".0"));
        slips.push(NamedSlip { id: "peak-left-out".to_owned(), say, value: right / peak });
    }
    if let Some(replicas) = target.replicas {
        let say = format!("The {} replicas were left out.", factor(replicas).trim_end_matches(".0"));
        slips.push(NamedSlip { id: "replicas-left-out".to_owned(), say, value: right / replicas });
    }
    if target.value.dimension == Dimension::NUMBER {
        let say = "The ratio is upside down.".to_owned();
        slips.push(NamedSlip { id: "upside-down".to_owned(), say, value: 1.0 / right });
    }
    slips
}
