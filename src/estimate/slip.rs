//! Wrong turns, recognised from a wrong answer.

use super::ratio::Ratio;
use super::target::{NamedSlip, Target};
use crate::quantity::{Dimension, Scales, factor};
use std::cmp::Reverse;

/// How close a wrong answer must come to what a wrong turn gives.
const TOLERANCE: f64 = 1.05;
/// A figure that is believed is remembered, not worked out.
const MYTH_TOLERANCE: f64 = 1.01;
/// Powers of 1.024 lie too close to everything to be guessed from less.
const BINARY_TOLERANCE: f64 = 1.01;
/// The factor of a wrong turn is told where the answer misses by as much, but for this: two factors confuse.
const SAME_FACTOR: f64 = 1.15;

const MINUTE_S: f64 = 60.0;
const HOUR_S: f64 = 3600.0;
const DAY_S: f64 = 86_400.0;

/// Periods that are taken for one another.
const PERIODS: [(&str, f64, f64, &str); 6] = [
    ("minutes", 1.0, MINUTE_S, "seconds and minutes"),
    ("minutes", MINUTE_S, HOUR_S, "minutes and hours"),
    ("hours", 1.0, HOUR_S, "seconds and hours"),
    ("days", 1.0, DAY_S, "seconds and days"),
    ("hours-of-a-day", HOUR_S, DAY_S, "hours and days"),
    ("days-of-a-year", DAY_S, 365.0 * DAY_S, "days and years"),
];

/// What the general wrong turns are called.
const NAMES: [(&str, &str); 11] = [
    ("binary-prefix", "1,024 taken for 1,000, or the other way round"),
    ("bits-for-bytes", "bits and bytes confused"),
    ("days", "seconds and days confused"),
    ("days-of-a-year", "days and years confused"),
    ("hours", "seconds and hours confused"),
    ("hours-of-a-day", "hours and days confused"),
    ("minutes", "minutes confused with seconds or hours"),
    ("myth", "a figure that is widely believed"),
    ("peak-left-out", "the peak left out"),
    ("prefix", "a prefix off"),
    ("replicas-left-out", "the replicas left out"),
];

/// A wrong turn in words, by its name in the log.
pub fn slip_words(id: &str) -> String {
    let known = NAMES.iter().find(|(name, _)| *name == id).map(|(_, words)| (*words).to_owned());
    known.unwrap_or_else(|| id.replace('-', " "))
}

/// What wrong turn an answer shows.
pub(super) enum Recognised {
    /// None that is known.
    Nothing,
    /// This one.
    One(NamedSlip),
    /// One of several that come to the same: none can be named.
    Several,
}

/// The wrong turn that gives this answer, which misses by so much and speaks in these scales: a myth before the card's
/// own, these before the general ones that fit.
pub(super) fn recognise(answer: f64, miss: Ratio, typed: Scales, target: &Target) -> Recognised {
    let near = |value: f64, tolerance: f64| (1.0 / tolerance..=tolerance).contains(&(answer / value));
    if let Some(myth) = target.myths.iter().find(|myth| near(myth.value, MYTH_TOLERANCE)) {
        return Recognised::One(myth.clone());
    }
    let own = target.slips.iter().filter(|slip| near(slip.value, TOLERANCE)).cloned().collect();
    let general = || {
        let fitting = general(target, target.scales.and(typed)).into_iter();
        fitting.filter(|slip| near(slip.value, slip.tolerance)).map(|slip| slip.named(miss)).collect()
    };
    match the_one(own) {
        Recognised::Nothing => the_one(general()),
        recognised => recognised,
    }
}

fn the_one(slips: Vec<NamedSlip>) -> Recognised {
    match slips.first() {
        None => Recognised::Nothing,
        Some(first) if slips.iter().all(|other| other.id == first.id) => Recognised::One(first.clone()),
        Some(_) => Recognised::Several,
    }
}

/// A wrong turn that any question may lead to.
struct General {
    id: &'static str,
    say: String,
    value: f64,
    /// The factor by which it is off, where that is worth saying.
    by: Option<f64>,
    tolerance: f64,
}

impl General {
    /// With its factor where the answer misses by about as much: against the end of a range it may be another.
    fn named(self, miss: Ratio) -> NamedSlip {
        let told = self.by.filter(|by| {
            let off = by / f64::from(miss);
            (1.0 / SAME_FACTOR..=SAME_FACTOR).contains(&off)
        });
        let say = match told {
            Some(by) => format!("{}: {}.", Ratio::from(by).to_string().replace(".0x", "x"), self.say),
            None => {
                let mut letters = self.say.chars();
                let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
                format!("{first}{}.", letters.as_str())
            }
        };
        NamedSlip { id: self.id.to_owned(), say, value: self.value }
    }
}

/// The general wrong turns that fit the dimension, the formula and the scales that are spoken in.
fn general(target: &Target, scales: Scales) -> Vec<General> {
    let right = target.value.value;
    let Dimension { time, data, .. } = target.value.dimension;
    let mut slips = Vec::new();
    let mut off = |id, by: f64, say: &str, tolerance| {
        for by in [by, 1.0 / by] {
            slips.push(General { id, say: say.to_owned(), value: right * by, by: Some(by), tolerance });
        }
    };
    if data > 0 {
        off("bits-for-bytes", 8.0, "bits and bytes were confused", TOLERANCE);
    }
    if scales.prefixes {
        let is_of_data = data != 0 || target.per.is_some_and(|per| per.quantity.dimension.data != 0);
        let such_as = match target.value.dimension {
            Dimension::TIME if target.unit.factor() < 1.0 => "us for ms",
            _ if is_of_data => "MB for GB",
            _ => "k for M",
        };
        off("prefix", 1e3, &format!("one prefix off, such as {such_as}"), TOLERANCE);
        off("prefix", 1e6, "two prefixes off", TOLERANCE);
    }
    if data != 0 {
        for power in 1..=4 {
            let say = "1,024 was taken for 1,000, or the other way round";
            off("binary-prefix", 1.024f64.powi(power), say, BINARY_TOLERANCE);
        }
    }
    if time != 0 {
        // Minutes may be taken for seconds and for hours: the likelier is told.
        let mut likeliest = PERIODS;
        likeliest.sort_by_key(|(_, short_s, long_s, _)| Reverse(scales.between([*short_s, *long_s])));
        for (id, short_s, long_s, say) in likeliest {
            // A step beyond the periods that are spoken of is possible, a leap is not.
            let is_step = long_s / short_s < HOUR_S;
            if scales.between([short_s, long_s]) >= if is_step { 1 } else { 2 } {
                off(id, long_s / short_s, &format!("{say} were confused"), TOLERANCE);
            }
        }
    }
    let mut by_formula = |id, say: String, value| {
        slips.push(General { id, say, value, by: None, tolerance: TOLERANCE });
    };
    if let Some(peak) = target.peak {
        let say = format!("the peak factor of {} was left out", factor(peak).trim_end_matches(".0"));
        by_formula("peak-left-out", say, right / peak);
    }
    if let Some(replicas) = target.replicas {
        let say = format!("the {} replicas were left out", factor(replicas).trim_end_matches(".0"));
        by_formula("replicas-left-out", say, right / replicas);
    }
    if target.value.dimension == Dimension::NUMBER && (target.is_quotient || target.unit.text() == "x") {
        by_formula("upside-down", "the ratio is upside down".to_owned(), 1.0 / right);
    }
    slips
}
