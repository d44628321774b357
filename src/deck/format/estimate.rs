//! `[[estimate]]`: a generated question, or a chain of them.

use super::fields::{Fields, Text};
use super::number::{asked_in, per};
use crate::deck::estimate::{Check, Comparison, Condition, Draw, Estimate, Fixed, Given, Slip, Step, Value, Work};
use crate::quantity::{Dimension, Expression, Names, Quantity, QuantityError, Reading, Unit, is_reserved};
use crate::schedule::is_slug;
use std::ops::RangeInclusive;

/// The step of an estimate that is not a chain.
const ONLY_STEP: &str = "answer";
/// The factor that still counts as right where a deck says none: half as much again is what a head does without paper.
const DEFAULT_WITHIN: f64 = 1.5;
/// How many steps a chain has.
const STEPS: RangeInclusive<usize> = 2..=9;

/// The names in scope, with a sample value each: dimensions do not depend on the draw.
struct Scope {
    names: Vec<(String, Quantity)>,
}

impl Scope {
    fn words(&self) -> Vec<&str> {
        self.names.iter().map(|(name, _)| name.as_str()).collect()
    }

    fn values(&self) -> Names<'_> {
        self.names.iter().map(|(name, value)| (name.as_str(), *value)).collect()
    }

    /// Parses a formula and works it out on the sample.
    fn formula(&self, fields: &Fields, text: &Text, asked: Dimension) -> Option<(Expression, Quantity)> {
        let words = self.words();
        let read = |fractions| {
            let reading = Reading { names: &words, fractions, ..Reading::of(asked) };
            let expression = Expression::parse(&text.text, &reading)?;
            let value = expression.evaluate(&self.values())?;
            Ok::<_, QuantityError>((expression, value))
        };
        let fits = |(_, value): &(Expression, Quantity)| value.dimension == asked;
        let divided = read(false);
        // "1/2 GB" is a half where the formula then measures what is asked, and not otherwise.
        let result = match divided.as_ref().is_ok_and(fits) {
            true => divided,
            false => read(true).ok().filter(fits).map_or(divided, Ok),
        };
        result.map_err(|error| fields.error(text.at, format!("'{}', column {}: {error}", text.text, error.column))).ok()
    }

    /// Reports `{names}` that are not known.
    fn template(&self, fields: &Fields, text: &Text) {
        for name in placeholders(&text.text) {
            if !self.names.iter().any(|(known, _)| known == name) {
                let known = self.words().join(", ");
                fields.error(text.at, format!("{{{name}}} is not given here: there are {known}"));
            }
        }
    }
}

/// The names between braces in a text.
fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
}

/// Reads an `[[estimate]]`.
pub(super) fn read(fields: &Fields) -> Option<Estimate> {
    let ask = fields.required("ask", "\"a question with {names}\"");
    let within = fields.within();
    let steps = fields.tables("step", "[[estimate.step]]");
    let declared: Vec<&str> = steps.iter().filter_map(|step| step.plain_text("id")).collect();
    let (title, asked) = match steps.first() {
        None => (fields.text("title"), fields.table_unit()),
        Some(first) => {
            if !STEPS.contains(&steps.len()) {
                let message = format!(
                    "a chain has {} to {} [[estimate.step]], not {}: a single question has its unit and answer in [[estimate]]",
                    STEPS.start(),
                    STEPS.end(),
                    steps.len()
                );
                fields.error(first.at, message);
            }
            (fields.required("title", "\"URL shortener\", the chain's name"), Dimension::DATA)
        }
    };
    let given = given(fields, asked);
    let mut scope = Scope { names: given.iter().map(|g| (g.name.clone(), g.draw.sample())).collect() };
    if let Some(ask) = &ask {
        scope.template(fields, ask);
    }
    let conditions = fields.one_or_more("where").iter().filter_map(|text| condition(fields, &scope, text)).collect();
    let mut read_steps = Vec::new();
    let is_chain = !steps.is_empty();
    if !is_chain {
        read_steps.extend(step(fields, &mut scope, within, true));
    } else {
        for step_fields in steps {
            read_steps.extend(step(&step_fields, &mut scope, within, false));
            step_fields.finish();
        }
    }
    if let Some(why) = fields.plain_text("why") {
        scope.template(fields, &Text { text: why.to_owned(), at: fields.place_of("why") });
    }
    let checks = fields.tables("check", "[[estimate.check]]");
    if checks.is_empty() {
        fields.error(
            fields.at,
            "[[estimate]] has no [[estimate.check]]: add given values and the answer that they must give",
        );
    }
    let checks = checks
        .into_iter()
        .filter_map(|check_fields| check(check_fields, &given, &read_steps, is_chain.then_some(&declared), asked))
        .collect();
    let title = title.map(|title| title.text);
    Some(Estimate { title, ask: ask?.text, given, conditions, steps: read_steps, checks, asked })
}

impl Fields<'_> {
    /// The dimension that a single estimate asks for; the unit itself is read, and blamed, with its step.
    fn table_unit(&self) -> Dimension {
        self.plain_text("unit")
            .and_then(|text| Unit::parse(text).ok())
            .map_or(Dimension::NUMBER, |unit| unit.dimension())
    }
}

fn given(fields: &Fields, asked: Dimension) -> Vec<Given> {
    let Some(table) = fields.table("given", "given") else {
        fields.error(fields.at, "[[estimate]] has nothing given: add given.NAME = { pick = [1, 2, 5] }");
        return Vec::new();
    };
    let mut all: Vec<Given> = Vec::new();
    for (name, at) in table.free_keys() {
        if !is_name(&name) || is_reserved(&name) {
            table.error(at, format!("'{name}' cannot be a name: it is a unit or a word of the language, or not of the form [a-z][a-z0-9_]*"));
            continue;
        }
        if let Some(draw_fields) = table.free_table(&name, &format!("given.{name}")) {
            if let Some(draw) = draw(&draw_fields, asked) {
                all.push(Given { name, draw });
            }
            draw_fields.finish();
        }
    }
    all
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// A value as written in a deck.
fn value(fields: &Fields, text: &Text, asked: Dimension) -> Option<Value> {
    Expression::parse(&text.text, &Reading::of(asked))
        .and_then(|expression| expression.evaluate(&Names::none()))
        .map(|quantity| Value { text: text.text.clone(), quantity })
        .map_err(|error| fields.error(text.at, format!("'{}': {error}", text.text)))
        .ok()
}

fn draw(fields: &Fields, asked: Dimension) -> Option<Draw> {
    let (nice, whole) = (fields.flag("nice"), fields.flag("whole"));
    if fields.has("pick") {
        let values: Vec<Value> =
            fields.value_texts("pick").iter().filter_map(|text| value(fields, text, asked)).collect();
        let first = values.first().map(|value| value.quantity.dimension);
        if first.is_none() || values.iter().any(|value| Some(value.quantity.dimension) != first) {
            fields.error(fields.at, "pick needs one value or more, all of one dimension");
            return None;
        }
        return Some(Draw::Pick(values));
    }
    let ends = (fields.value_text("from"), fields.value_text("to"));
    let (Some(from), Some(to)) = ends else {
        fields.error(fields.at, "a given value needs pick = [...], or from and to");
        return None;
    };
    let unit = Unit::of_written(&from.text).or_else(|| Unit::parse("").ok())?;
    let (low, high) = (value(fields, &from, asked)?, value(fields, &to, asked)?);
    let fits = low.quantity.dimension == high.quantity.dimension && unit.dimension() == low.quantity.dimension;
    if !fits || low.quantity.value <= 0.0 || high.quantity.value <= low.quantity.value {
        fields.error(from.at, "from and to must be positive, of one dimension, from the smaller");
        return None;
    }
    let in_unit = |value: &Value| value.quantity.value / unit.factor();
    Some(Draw::Range { from: in_unit(&low), to: in_unit(&high), unit, nice, whole })
}

impl Draw {
    /// Any value of its dimension, to check formulas with.
    fn sample(&self) -> Quantity {
        match self {
            Self::Pick(values) => values[0].quantity,
            Self::Range { from, unit, .. } => Quantity { value: from * unit.factor(), dimension: unit.dimension() },
        }
    }
}

fn condition(fields: &Fields, scope: &Scope, text: &Text) -> Option<Condition> {
    let relations =
        [("<=", Comparison::AtMost), (">=", Comparison::AtLeast), ("<", Comparison::Less), (">", Comparison::More)];
    let Some((sign, relation)) = relations.into_iter().find(|(sign, _)| text.text.contains(sign)) else {
        fields
            .error(text.at, format!("'{}' compares nothing: write a condition such as \"reads > writes\"", text.text));
        return None;
    };
    let (left, right) = text.text.split_once(sign)?;
    let side = |part: &str| scope.formula(fields, &Text { text: part.trim().to_owned(), at: text.at }, Dimension::DATA);
    let ((left, left_value), (right, right_value)) = (side(left)?, side(right)?);
    if left_value.dimension != right_value.dimension {
        let message = format!("the two sides differ: {} and {}", left_value.dimension, right_value.dimension);
        fields.error(text.at, message);
    }
    Some(Condition { left, relation, right, at: fields.line(text.at) })
}

fn step(fields: &Fields, scope: &mut Scope, default_within: Option<f64>, only: bool) -> Option<Step> {
    let (id, ask) = if only {
        (Some(Text { text: ONLY_STEP.to_owned(), at: fields.at }), Some(Text { text: String::new(), at: fields.at }))
    } else {
        (fields.required("id", "\"a_name\""), fields.required("ask", "\"a question\""))
    };
    let unit_text = fields.text_or_empty("unit", "\"QPS\"");
    let answer = fields.required("answer", "\"dau * actions / day\"");
    let within = if only { default_within } else { fields.within().or(default_within) }.unwrap_or(DEFAULT_WITHIN);
    let (per, why) = (per(fields), if only { None } else { fields.text("why") });
    let unit = unit_text
        .and_then(|text| Unit::parse(&text.text).map_err(|error| fields.error(text.at, error.to_string())).ok());
    let question = if only { fields.plain_text("ask") } else { ask.as_ref().map(|ask| ask.text.as_str()) };
    let unit = unit.map(|unit| asked_in(question.unwrap_or_default(), unit));
    let formula = match (&answer, &unit) {
        (Some(answer), Some(unit)) => scope.formula(fields, answer, unit.dimension()),
        _ => None,
    };
    if let (Some(answer), Some(unit), Some((_, found))) = (&answer, &unit, &formula)
        && found.dimension != unit.dimension()
    {
        let message =
            format!("'{}' is {}, but the unit '{}' is {}", answer.text, found.dimension, unit.text(), unit.dimension());
        fields.error(answer.at, message);
    }
    if let Some(ask) = &ask {
        scope.template(fields, ask);
    }
    let asked = unit.as_ref().map_or(Dimension::NUMBER, Unit::dimension);
    let prefix = if only { "[[estimate." } else { "[[estimate.step." };
    let work_tables = fields.tables("work", &format!("{prefix}work]]"));
    let slip_tables = fields.tables("slip", &format!("{prefix}slip]]"));
    // A step whose formula is broken keeps its name, so that later steps are not blamed for it.
    let sample = formula.as_ref().map(|(_, sample)| *sample);
    let sample = sample.or_else(|| unit.as_ref().map(|unit| unit.read_bare(Quantity::number(1.0))));
    // What is said after a step may name the step's own value.
    if let (Some(id), Some(sample)) = (&id, sample) {
        if !only
            && (!is_name(&id.text) || is_reserved(&id.text) || scope.names.iter().any(|(name, _)| *name == id.text))
        {
            fields.error(
                id.at,
                format!("'{}' cannot name a step: it is taken, a unit, or not of the form [a-z][a-z0-9_]*", id.text),
            );
        }
        scope.names.push((id.text.clone(), sample));
    }
    if let Some(why) = &why {
        scope.template(fields, why);
    }
    let work = work_tables.into_iter().filter_map(|f| work(f, scope, asked, unit.as_ref())).collect();
    let slips = slip_tables.into_iter().filter_map(|f| slip(f, scope, asked)).collect();
    Some(Step {
        id: id?.text,
        ask: ask?.text,
        unit: unit?,
        answer: formula?.0,
        within,
        per,
        work,
        slips,
        why: why.map(|why| why.text),
        at: fields.line(answer?.at),
    })
}

impl Fields<'_> {
    /// A text that must be there but may be empty.
    fn text_or_empty(&self, key: &'static str, example: &str) -> Option<Text> {
        match self.empty_text(key) {
            Some(text) => Some(text),
            None => self.required(key, example),
        }
    }
}

fn work(fields: Fields, scope: &Scope, asked: Dimension, step_unit: Option<&Unit>) -> Option<Work> {
    let say = fields.required("say", "\"{dau} x {actions} requests a day\"");
    let value = fields.required("value", "\"dau * actions\"");
    let unit_text = fields.text("unit");
    fields.finish();
    if let Some(say) = &say {
        scope.template(&fields, say);
    }
    let (expression, sample) = scope.formula(&fields, &value?, asked)?;
    let unit = match unit_text {
        Some(text) => Unit::parse(&text.text).map_err(|error| fields.error(text.at, error.to_string())).ok()?,
        None => match step_unit {
            Some(unit) if unit.dimension() == sample.dimension => unit.clone(),
            _ => Unit::natural(sample.dimension),
        },
    };
    Some(Work { say: say?.text, value: expression, unit })
}

fn slip(fields: Fields, scope: &Scope, asked: Dimension) -> Option<Slip> {
    let id = fields.required("id", "\"per-hour\"");
    let value = fields.required("value", "\"dau * actions / hour\"");
    let say = fields.required("say", "\"You divided by 3,600: that is an hour.\"");
    fields.finish();
    if let Some(id) = id.as_ref().filter(|id| !is_slug(&id.text)) {
        fields
            .error(id.at, format!("the slip's id '{}' may have lower-case letters, digits and hyphens only", id.text));
    }
    if let Some(say) = &say {
        scope.template(&fields, say);
    }
    let value = value?;
    let (expression, sample) = scope.formula(&fields, &value, asked)?;
    if sample.dimension != asked {
        // A wrong turn may well have lost its unit: then it is read as a learner's bare number would be.
        let plain = sample.dimension == Dimension::NUMBER;
        if !plain {
            fields.error(
                value.at,
                format!("'{}' is {}, but the question asks for {asked}", value.text, sample.dimension),
            );
            return None;
        }
    }
    Some(Slip { id: id?.text, value: expression, say: say?.text, at: fields.line(value.at) })
}

/// `chain` has the ids of a chain's steps as they are written; `steps` lacks those that are broken.
fn check(
    fields: Fields,
    given: &[Given],
    steps: &[Step],
    chain: Option<&Vec<&str>>,
    asked: Dimension,
) -> Option<Check> {
    let mut values = Vec::new();
    if let Some(table) = fields.table("given", "given") {
        for (name, at) in table.free_keys() {
            if !given.iter().any(|g| g.name == name) {
                table.error(at, format!("'{name}' is not given in this estimate"));
            }
            if let Some(value) = table.free_text(&name).and_then(|text| value(&table, &text, asked)) {
                values.push((name, value));
            }
        }
    }
    for missing in given.iter().filter(|g| !values.iter().any(|(name, _)| *name == g.name)) {
        fields.error(fields.at, format!("[[estimate.check]] does not give '{}'", missing.name));
    }
    let mut answers = Vec::new();
    let mut answer = |step: &Step, text: &Text| {
        match Expression::value_in(&text.text, &step.unit) {
            Ok(value) => answers.push(Fixed { step: step.id.clone(), value, at: fields.line(text.at) }),
            Err(error) => fields.error(text.at, format!("'{}': {error}", text.text)),
        };
    };
    if let Some(chain) = chain {
        let table = fields.table("answer", "answer");
        let keys = table.as_ref().map(Fields::free_keys).unwrap_or_default();
        if let Some(table) = &table {
            for (name, at) in &keys {
                match (steps.iter().find(|step| step.id == *name), table.free_text(name)) {
                    (Some(step), Some(text)) => answer(step, &text),
                    (None, _) if !chain.contains(&name.as_str()) => {
                        table.error(*at, format!("there is no step '{name}': there are {}", chain.join(", ")));
                    }
                    _ => {}
                }
            }
        }
        let is_misread = table.is_none() && fields.has("answer");
        for step in chain.iter().filter(|step| !is_misread && !keys.iter().any(|(name, _)| name == *step)) {
            let at = table.as_ref().map_or(fields.at, |table| table.at);
            fields.error(at, format!("[[estimate.check]] has no answer for {step}: add answer.{step} = \"its value\""));
        }
    } else if let (Some(text), Some(only)) = (fields.required("answer", "\"5787/s\""), steps.first()) {
        answer(only, &text);
    }
    fields.finish();
    Some(Check { given: values, answers })
}
