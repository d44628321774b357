//! Values as the trade says them: two or three significant figures, in the unit a person would choose.

use super::unit::{Family, Unit};
use super::value::Quantity;

const TIMES: &[(f64, &str)] = &[
    (1e-9, "ns"),
    (1e-6, "us"),
    (1e-3, "ms"),
    (1.0, "s"),
    (60.0, "min"),
    (3600.0, "h"),
    (86_400.0, "days"),
    (365.0 * 86_400.0, "years"),
];
const COUNTS: &[(f64, &str)] = &[(1.0, ""), (1e3, "k"), (1e6, "M"), (1e9, "B"), (1e12, "T"), (1e15, "P")];
const BYTES: &[(f64, &str)] =
    &[(1.0, "B"), (1e3, "KB"), (1e6, "MB"), (1e9, "GB"), (1e12, "TB"), (1e15, "PB"), (1e18, "EB")];
const BINARY: &[(f64, &str)] = &[
    (1.0, "B"),
    (1024.0, "KiB"),
    (1_048_576.0, "MiB"),
    (1_073_741_824.0, "GiB"),
    (1_099_511_627_776.0, "TiB"),
    (1_125_899_906_842_624.0, "PiB"),
    (1_152_921_504_606_846_976.0, "EiB"),
];
const BITS: &[(f64, &str)] =
    &[(0.125, "b"), (125.0, "Kb"), (125e3, "Mb"), (125e6, "Gb"), (125e9, "Tb"), (125e12, "Pb"), (125e15, "Eb")];

impl Unit {
    /// Prints a quantity of this unit's dimension, scaled to a size that a person would say.
    pub fn print(&self, quantity: Quantity) -> String {
        let value = quantity.value / self.tail_factor;
        let tail = &self.tail;
        match self.family {
            Family::Count => match count(value).as_str() {
                "1" => format!("1{}", one_of(tail)),
                many => format!("{many}{tail}"),
            },
            Family::Percent => format!("{}%{tail}", figures(value * 100.0)),
            Family::Time => format!("{}{tail}", scaled(value, TIMES, " ")),
            Family::Bytes => format!("{}{tail}", scaled(value, BYTES, " ")),
            Family::BinaryBytes => format!("{}{tail}", scaled(value, BINARY, " ")),
            Family::Bits => format!("{}{tail}", scaled(value, BITS, " ")),
            Family::Money if value.abs() < 1.0 => format!("${}{tail}", significant(value)),
            Family::Money => format!("${}{tail}", count(value)),
            Family::AsWritten => format!("{}{tail}", figures(value)),
        }
    }
}

/// A plain number with its magnitude: `5.8k`, `1.16M`, `300`.
fn count(value: f64) -> String {
    scaled(value, COUNTS, "")
}

/// A factor by which something is off: `1.2`, `8.0`, `1,000`.
pub fn factor(value: f64) -> String {
    if value < 1.095 {
        format!("{value:.2}")
    } else if value < 99.5 {
        format!("{value:.1}")
    } else if value < 1e6 {
        grouped(value.round())
    } else {
        count(value)
    }
}

/// The largest step of the scale that the value reaches, judged after rounding: 999.96 s is not "1000 s".
fn scaled(value: f64, scale: &[(f64, &str)], gap: &str) -> String {
    let (mut size, mut name) = scale[0];
    for &(step, step_name) in scale {
        // 0.9995 of the next step would print as 1000 of this one.
        if value.abs() >= step * 0.9995 {
            (size, name) = (step, step_name);
        }
    }
    match (figures(value / size), name) {
        (one, "days" | "years") if one == "1" => format!("{one}{gap}{}", singular(name)),
        (number, _) => format!("{number}{gap}{name}"),
    }
}

/// The tail of a single one: ` server` of ` servers`, ` request/second`.
fn one_of(tail: &str) -> String {
    match tail.split_once('/') {
        Some((head, under)) => format!("{}/{under}", singular(head)),
        None => singular(tail),
    }
}

/// An English noun in the singular; what is none, such as QPS, as it is.
pub(super) fn singular(noun: &str) -> String {
    let stem = |ending: &str| noun.strip_suffix(ending);
    let hisses = ["tches", "nches", "rches", "shes", "sses", "xes"].iter().any(|ending| noun.ends_with(ending));
    match (stem("ies"), stem("es").filter(|_| hisses), stem("s").filter(|stem| !stem.ends_with(['s', 'u', 'i']))) {
        (Some(stem), ..) => format!("{stem}y"),
        (_, Some(stem), _) | (_, _, Some(stem)) => stem.to_owned(),
        _ => noun.to_owned(),
    }
}

/// Two or three significant figures.
fn figures(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        a if a < 1.0 => significant(value),
        a if a < 1.995 => trimmed(format!("{value:.2}")),
        a if a < 99.95 => trimmed(format!("{value:.1}")),
        _ => grouped(value.round()),
    }
}

/// Two significant figures of a value below 1.
fn significant(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let places = (1 - value.abs().log10().floor() as i32).clamp(0, 15) as usize;
    if value.abs() < 1e-6 { format!("{value:.1e}") } else { trimmed(format!("{value:.places$}")) }
}

fn trimmed(text: String) -> String {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// Thousands with commas.
fn grouped(whole: f64) -> String {
    let digits = format!("{:.0}", whole.abs());
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if whole < 0.0 { format!("-{text}") } else { text }
}
