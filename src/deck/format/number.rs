//! `[[number]]`: a fact with a unit.

use super::fields::{Fields, Text};
use crate::deck::{Body, Defaults, Myth, Number, Per};
use crate::quantity::{Dimension, Expression, Names, Quantity, QuantityError, Reading, Unit, readings};

/// Reads a `[[number]]`.
pub(super) fn number(fields: &Fields, defaults: &Defaults) -> Option<Body> {
    let ask = fields.required("ask", "\"a question\"");
    let answer = fields.required("answer", "\"100 ns\"");
    let accept = fields.value_texts("accept");
    let within = fields.within().or(defaults.within).unwrap_or(1.5);
    let derive = fields.text("derive");
    let (per, family, wide) = (per(fields), fields.text("family"), fields.text("wide"));
    let denials = fields.tables("not", "not");
    let answer = answer?;
    let complain = |text: &Text, error: QuantityError| fields.error(text.at, format!("'{}': {error}", text.text));
    let Some(unit) = Unit::of_written(&answer.text).or_else(|| plain_unit(&answer.text)) else {
        let unread = readings(&answer.text, Dimension::NUMBER, "").err();
        let because = unread.map(|error| format!(": {error}")).unwrap_or_default();
        let wanted = "must be one number with its unit, such as \"100 ns\"";
        fields.error(answer.at, format!("the answer '{}' {wanted}{because}", answer.text));
        return None;
    };
    let read = |text: &Text| -> Option<Quantity> {
        let value = Expression::value_in(&text.text, &unit).map_err(|error| complain(text, error)).ok()?;
        if value.dimension == unit.dimension() && value.value <= 0.0 {
            let why = "it must be more than zero, for an answer is graded by how many times off it is";
            fields.error(text.at, format!("'{}': {why}", text.text));
            return None;
        }
        if value.dimension != unit.dimension() {
            // Of the answer itself the unit was read, and not the number before it.
            let message = match text.at == answer.at {
                true => format!("the answer '{}' must be one number with its unit, such as \"100 ns\"", text.text),
                false => format!("'{}' must be a positive {}, like the answer", text.text, unit.dimension()),
            };
            fields.error(text.at, message);
            return None;
        }
        Some(value)
    };
    let value = read(&answer)?;
    let accept = match accept.as_slice() {
        [] => None,
        [low, high] => {
            let (low_value, high_value) = (read(low)?.value, read(high)?.value);
            let inside = low_value <= value.value * (1.0 + 1e-9) && value.value <= high_value * (1.0 + 1e-9);
            if !inside {
                fields.error(low.at, "accept must hold the answer: accept = [lowest, highest]");
            }
            Some((low_value, high_value))
        }
        _ => {
            fields.error(fields.place_of("accept"), "accept takes two values: accept = [\"60 ns\", \"150 ns\"]");
            return None;
        }
    };
    let derive = match derive {
        None => None,
        Some(text) => {
            let parsed = Expression::parse(&text.text, &Reading::of(unit.dimension()));
            Some(parsed.map_err(|error| complain(&text, error)).ok()?)
        }
    };
    let myths = denials.iter().filter_map(|fields| myth(fields, &unit)).collect();
    let (family, wide) = (family.map(|text| text.text), wide.map(|text| text.text));
    let (ask, answer) = (ask?.text, answer.text);
    let unit = asked_in(&ask, unit);
    Some(Body::Number(Box::new(Number { ask, answer, value, accept, unit, within, derive, per, family, wide, myths })))
}

/// One of `not = [{ value, say }]`.
fn myth(fields: &Fields, unit: &Unit) -> Option<Myth> {
    let text = fields.value_text("value");
    if text.is_none() {
        fields
            .error(fields.at, "not has no value: write not = [{ value = \"65535\", say = \"what is wrong with it\" }]");
    }
    let say = fields.required("say", "\"what is wrong with it\"");
    fields.finish();
    let text = text?;
    match Expression::value_in(&text.text, unit) {
        Ok(value) if value.dimension == unit.dimension() => Some(Myth { text: text.text, value, say: say?.text }),
        Ok(_) => {
            fields.error(text.at, format!("'{}' must be a {}, like the answer", text.text, unit.dimension()));
            None
        }
        Err(error) => {
            fields.error(text.at, format!("'{}': {error}", text.text));
            None
        }
    }
}

/// Whether a part of `per` is a number or can be a unit.
fn is_word(part: &str) -> bool {
    part.starts_with(|c: char| c.is_ascii_digit()) || Unit::parse(part).is_ok()
}

/// Reads `per`: what is asked is so much for one of these.
pub(super) fn per(fields: &Fields) -> Option<Per> {
    let text = fields.text("per")?;
    let reading = Reading { counted: &text.text, ..Reading::of(Dimension::DATA) };
    let value = Expression::parse(&text.text, &reading).and_then(|one| one.evaluate(&Names::none()));
    match value {
        // A word that is nearly a unit would count things otherwise: "dya".
        Ok(quantity) if quantity.value > 0.0 && text.text.split(' ').all(is_word) => {
            Some(Per { text: text.text, quantity })
        }
        _ => {
            let wanted = "per must be what the question asks for one of, such as \"day\", \"GB\" or \"1M tokens\"";
            fields.error(text.at, wanted);
            None
        }
    }
}

/// The unit that a bare number is read in: where a question says "in bytes", that is a byte.
pub(super) fn asked_in(ask: &str, unit: Unit) -> Unit {
    let says = ask.to_lowercase().contains("in bytes");
    says.then(|| unit.in_bytes()).flatten().unwrap_or(unit)
}

/// The empty unit, for an answer such as `2^32` that works out to a plain number.
fn plain_unit(answer: &str) -> Option<Unit> {
    let value = Expression::parse(answer, &Reading::of(Dimension::NUMBER)).ok()?.evaluate(&Names::none()).ok()?;
    (value.dimension == Dimension::NUMBER).then(|| Unit::parse("").ok()).flatten()
}
