//! How reports print a number.

/// A number without a tail of zeros.
pub(super) fn short(value: f64) -> String {
    let text = if value.abs() < 10.0 { format!("{value:.1}") } else { format!("{value:.0}") };
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}
