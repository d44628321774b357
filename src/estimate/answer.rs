//! Reading what was typed as an answer: what it may mean where this is asked, and what cannot be an answer to it.

use super::prompt;
use super::target::{Asking, SLACK};
use crate::quantity::{Dimension, Quantity, QuantityError, Scales, Typed, Unit, factor, range, readings};

/// A range whose ends lie further apart than this says nothing.
const WIDEST_RANGE: f64 = 4.0;
/// From so many bytes in the unit that is asked in on, a bare number may have been meant in bytes.
const MILLION: f64 = 1e6;
/// How people say that they do not know.
const UNKNOWN: [&str; 12] = [
    "don't know",
    "dont know",
    "dunno",
    "i do not know",
    "i don't know",
    "i dont know",
    "i have no idea",
    "idk",
    "no clue",
    "no idea",
    "not a clue",
    "i've no idea",
];

/// A typed answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// What it is.
    pub value: Quantity,
    /// How it was read, where that is not plain.
    pub note: Option<String>,
    /// The scales that it speaks in.
    pub scales: Scales,
}

impl From<Quantity> for Answer {
    fn from(value: Quantity) -> Self {
        Self { value, note: None, scales: Scales::default() }
    }
}

/// Why a text is no answer: the question stays open.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{message}")]
pub struct AskedBack {
    /// What was read, and how to write an answer.
    pub message: String,
    /// The place in what was typed: 1 is its first character.
    pub column: Option<usize>,
    /// What a number comes to whose unit does not measure what is asked. The same again is an answer.
    pub insists: Option<Quantity>,
}

impl AskedBack {
    fn new(message: String) -> Self {
        Self { message, column: None, insists: None }
    }
}

impl From<QuantityError> for AskedBack {
    fn from(error: QuantityError) -> Self {
        Self { message: error.message, column: Some(error.column), insists: None }
    }
}

/// Whether a text says that the learner does not know.
pub fn says_unknown(text: &str) -> bool {
    let said = text.trim().trim_end_matches(['.', '!']).to_lowercase().replace('’', "'");
    UNKNOWN.contains(&said.as_str())
}

/// "100k ops" where a rate is asked for: as engineers say operations a second.
fn ops_a_second(text: &str) -> Option<String> {
    let text = text.trim_end();
    let before = text.get(..text.len().checked_sub(3)?).filter(|_| text.to_ascii_lowercase().ends_with("ops"))?;
    // IOPS is a rate by itself.
    let is_word =
        before.ends_with(|last: char| last.is_whitespace() || last.is_ascii_digit() || matches!(last, 'k' | 'K' | 'M'));
    is_word.then(|| format!("{text}/s"))
}

/// Reads a text as an answer. Where a text has two readings of one dimension, `is_right` decides between them.
///
/// # Errors
/// What cannot be an answer, with what was read and how to write one.
pub fn read(text: &str, asking: &Asking, is_right: &dyn Fn(Quantity) -> bool) -> Result<Answer, AskedBack> {
    let words = asking.words();
    let asked = asking.unit.dimension();
    let in_full = ops_a_second(text).filter(|_| asked == Dimension::RATE);
    let text = in_full.as_deref().unwrap_or(text);
    if let Some(ends) = range(text, asked, &words) {
        return asking.middle(text, &ends);
    }
    let all = readings(text, asked, &words).map_err(|error| asking.unreadable(text, error))?;
    if !all[0].has_number() {
        let message = format!("a number is missing before '{}': write one such as {}", text.trim(), asking.example());
        return Err(AskedBack::new(message));
    }
    let Some((typed, value)) = asking.fit(&all) else { return Err(asking.wrong_dimension(text, &all[0])) };
    let is_other = |typed: &&Typed| asking.in_bytes(typed).is_some_and(is_right);
    if let Some(other) = all.iter().find(is_other).filter(|_| !is_right(value)) {
        return Err(asking.billions_of_bytes(text, value, other));
    }
    if value.value <= 0.0 || !value.value.is_finite() {
        let message = format!("the answer is above zero: write one such as {}", asking.example());
        return Err(AskedBack::new(message));
    }
    if prompt::says(asking.prompt, typed, asking.unit) {
        let message = format!("the question says '{}' itself: work it out, in {}", text.trim(), asking.in_unit());
        return Err(AskedBack::new(message));
    }
    let value = asking.as_meant(text, typed, value, is_right)?;
    Ok(Answer { value, note: None, scales: typed.scales() })
}

impl Asking<'_> {
    /// The words that an answer may repeat, though they change nothing.
    fn words(&self) -> String {
        let nouns = self.prompt.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 2);
        let per = self.per.map_or("", |per| per.text.as_str());
        [self.unit.text(), per].into_iter().chain(nouns).collect::<Vec<_>>().join(" ")
    }

    /// The first reading that has the dimension that is asked, and its value: as it stands, or else with what the question
    /// says added or taken away.
    fn fit<'t>(&self, all: &'t [Typed]) -> Option<(&'t Typed, Quantity)> {
        let stands = |typed: &&Typed| typed.quantity.dimension == self.unit.dimension() && !typed.is_bare();
        let as_it_stands = all.iter().filter(stands).find_map(|typed| Some((typed, self.value_of(typed)?)));
        as_it_stands.or_else(|| all.iter().find_map(|typed| Some((typed, self.value_of(typed)?))))
    }

    /// A bare number as bytes, or bits, where a unit of millions of them and more is asked in.
    fn in_bytes(&self, typed: &Typed) -> Option<Quantity> {
        let one = self.unit.without_prefix().filter(|one| self.unit.factor() >= one.value * MILLION)?;
        let is_bare = typed.is_bare() && !typed.has_prefix_letter();
        is_bare.then_some(Quantity { value: typed.quantity.value * one.value, ..one })
    }

    /// `200 billion`, where GB are asked: nobody means 200 billion of them.
    fn billions_of_bytes(&self, text: &str, value: Quantity, other: &Typed) -> AskedBack {
        let value = self.unit.print(value);
        let unit = self.unit.text();
        let meant = self.in_bytes(other).map(|meant| self.unit.print(meant)).unwrap_or_default();
        AskedBack::new(format!(
            "'{}' is read as {value}, for the question asks in {unit}: if you mean {meant}, write that",
            text.trim()
        ))
    }

    /// Why a text cannot be read; what is known to be no number is told apart.
    fn unreadable(&self, text: &str, error: QuantityError) -> AskedBack {
        if text.trim().eq_ignore_ascii_case("pass") {
            return AskedBack::new("'pass' may mean two things: write skip, or I don't know".to_owned());
        }
        error.into()
    }

    /// What a text is worth here: as it stands, or with what the question says added or taken away.
    fn value_of(&self, typed: &Typed) -> Option<Quantity> {
        let asked = self.unit.dimension();
        if let Some(per) = self.per.filter(|per| per.quantity.dimension == Dimension::NUMBER)
            && let Some((one, bare)) = typed.divided_by(per.quantity)
        {
            let one = if bare { self.unit.read_bare(one) } else { one };
            return (one.dimension == asked).then_some(one);
        }
        let in_percent = self.unit.text().starts_with('%');
        if in_percent && typed.counts() {
            return None;
        }
        if let Some(value) = typed.in_unit(self.unit) {
            return Some(value);
        }
        let said = prompt::pers(self.prompt);
        let under = self.unit.denominator();
        let left_out = under.as_ref().filter(|under| under.text() != "s" && under.text() != "sec").map(Unit::one);
        let own = self.per.map(|per| per.quantity);
        let repeated = own.into_iter().chain(said).find_map(|per| self.repeated(typed, per));
        let missing = || own.into_iter().chain(left_out).find_map(|per| over(typed.quantity, per, asked));
        let second = Quantity { value: 1.0, dimension: Dimension::TIME };
        let seconds = || typed.is_divided_by_seconds().then(|| over(typed.quantity, second, asked)).flatten();
        repeated.or_else(missing).or_else(seconds).or_else(|| self.without_head(typed))
    }

    /// `5.5 TB/year` where the question says "a year" itself; `8.76 h/year`, `52 min a year`, of which the unit cancels.
    fn repeated(&self, typed: &Typed, per: Quantity) -> Option<Quantity> {
        let value = times(typed.quantity, per)?;
        let names_it = typed.names(per.dimension);
        // A time of a time is a share of it.
        let is_share = typed.quantity.dimension != Dimension::NUMBER || typed.quantity.value <= 1.0;
        match value.dimension {
            found if found == self.unit.dimension() && names_it && is_share => Some(value),
            // `5.5/year`: the unit of what is asked is left out.
            Dimension::NUMBER if typed.is_plain(&[per.dimension]) && names_it => {
                Some(match self.unit.without_prefix().filter(|_| typed.has_prefix_letter()) {
                    Some(one) => Quantity { value: value.value * one.value, ..one },
                    None => self.unit.read_bare(value),
                })
            }
            _ => None,
        }
    }

    /// `500/day` for GB/day, `500M/s` for MB/s: what stands over the bar is left out, or is a prefix alone.
    fn without_head(&self, typed: &Typed) -> Option<Quantity> {
        let asked = self.unit.dimension();
        let second = Quantity { value: 1.0, dimension: Dimension::TIME };
        let under = self.unit.denominator().map(|under| under.one()).or((asked.time == -1).then_some(second))?;
        let bare = times(typed.quantity, under).filter(|bare| bare.dimension == Dimension::NUMBER)?;
        if !typed.is_plain(&[under.dimension]) || !typed.names(under.dimension) {
            return None;
        }
        let one = self.unit.without_prefix().filter(|_| typed.has_prefix_letter()).unwrap_or_else(|| self.unit.one());
        (one.dimension == asked).then_some(Quantity { value: bare.value * one.value, ..one })
    }

    /// Which of two readings of one dimension was meant.
    fn as_meant(
        &self,
        text: &str,
        typed: &Typed,
        value: Quantity,
        is_right: &dyn Fn(Quantity) -> bool,
    ) -> Result<Quantity, AskedBack> {
        if is_right(value) {
            return Ok(value);
        }
        // "0.999" where % is asked.
        if self.unit.text() == "%" && typed.is_bare() && is_right(typed.quantity) {
            return Ok(typed.quantity);
        }
        let multiplied = self.unit.read_bare(typed.quantity);
        if typed.is_bare() && typed.has_prefix_letter() && multiplied != value && is_right(multiplied) {
            let message = format!(
                "'{}' is read as {} here: write the unit, such as {}",
                text.trim(),
                self.unit.print(value),
                self.unit.print(multiplied)
            );
            return Err(AskedBack::new(message));
        }
        let thousand = Quantity { value: value.value * 1000.0, ..value };
        // Nobody writes three decimals of nothing.
        let grouped = looks_grouped(text).filter(|number| number.ends_with("000") || is_right(thousand));
        if let Some(number) = grouped {
            let message = format!(
                "'{number}' has decimals here: write {} for a thousand times as much, or {} for what it says",
                number.replace('.', ","),
                number.trim_end_matches('0').trim_end_matches('.')
            );
            return Err(AskedBack::new(message));
        }
        Ok(value)
    }

    /// The geometric middle of a range.
    fn middle(&self, text: &str, [low, high]: &[Vec<Typed>; 2]) -> Result<Answer, AskedBack> {
        let mut ends = Vec::new();
        for end in [low, high] {
            match self.fit(end) {
                Some((_, value)) => ends.push(value),
                None => return Err(AskedBack { insists: None, ..self.wrong_dimension(text, &end[0]) }),
            }
        }
        let by = ends[1].value / ends[0].value;
        if ends[0].value <= 0.0 || by > WIDEST_RANGE * (1.0 + SLACK) {
            let by = if by.is_finite() {
                format!("a factor of {}", factor(by).trim_end_matches(".0"))
            } else {
                "everything".to_owned()
            };
            let message = format!("choose: {} is {by}; a range up to a factor of 4 is read as its middle", text.trim());
            return Err(AskedBack::new(message));
        }
        let value = Quantity { value: (ends[0].value * ends[1].value).sqrt(), ..ends[0] };
        let scales =
            [low, high].iter().filter_map(|end| Some(end.first()?.scales())).fold(Scales::default(), Scales::and);
        Ok(Answer { value, note: Some(format!("read as its middle, {}", self.unit.print(value))), scales })
    }

    /// What was read, and what is asked.
    fn wrong_dimension(&self, text: &str, typed: &Typed) -> AskedBack {
        let found = typed.quantity.dimension;
        let single = typed.single().is_some();
        let unit = Unit::of_written(text).map(|unit| unit.text().to_owned()).filter(|unit| single && !unit.is_empty());
        let subject = unit.unwrap_or_else(|| format!("'{}'", text.trim()));
        let what = match found {
            Dimension::NUMBER if typed.counts() => "a count of things".to_owned(),
            Dimension::NUMBER if typed.says_percent() => "a share".to_owned(),
            Dimension::NUMBER if !typed.is_bare() => "a plain number, for its units cancel".to_owned(),
            found => of_kind(found),
        };
        let asked = of_kind(self.unit.dimension());
        let example = self.example();
        let message = format!("{subject} is {what}; the question asks for {asked}: write one such as {example}");
        let is_known = found != Dimension::NUMBER && !found.to_string().contains(['/', '^', ' ']);
        let is_known = is_known || [Dimension::DATA_RATE, Dimension::MONEY_RATE].contains(&found);
        let insists = (single && is_known && !typed.counts() && typed.quantity.value > 0.0).then_some(typed.quantity);
        AskedBack { message, column: None, insists }
    }

    /// An answer as it may be written.
    fn example(&self) -> String {
        match self.unit.text() {
            "" => "5.8k".to_owned(),
            "%" => "12%".to_owned(),
            "x" => "12x".to_owned(),
            unit if unit.starts_with('$') => format!("$12{}", &unit[1..]),
            unit if unit.starts_with('/') => format!("12{unit}"),
            unit => format!("12 {unit}"),
        }
    }

    fn in_unit(&self) -> &str {
        match self.unit.text() {
            "" => "a plain number",
            unit => unit,
        }
    }
}

/// A dimension with its article.
fn of_kind(dimension: Dimension) -> String {
    match dimension {
        Dimension::NUMBER => "a plain number".to_owned(),
        Dimension::RATE | Dimension::DATA_RATE | Dimension::MONEY_RATE => format!("a {dimension}"),
        Dimension::MONEY => "an amount of money".to_owned(),
        Dimension::DATA => "an amount of data".to_owned(),
        Dimension::TIME => "a time".to_owned(),
        other => other.to_string(),
    }
}

fn times(value: Quantity, per: Quantity) -> Option<Quantity> {
    Some(Quantity { value: value.value * per.value, dimension: value.dimension.times(per.dimension)? })
}

/// A value of what is asked for one of them, if that gives the dimension that is asked.
fn over(value: Quantity, per: Quantity, asked: Dimension) -> Option<Quantity> {
    let dimension = value.dimension.over(per.dimension)?;
    (dimension == asked && per.dimension != Dimension::NUMBER)
        .then_some(Quantity { value: value.value / per.value, dimension })
}

/// A number whose point may have been meant to group thousands: `1.500`.
fn looks_grouped(text: &str) -> Option<&str> {
    let numbers = text.split(|c: char| !c.is_ascii_digit() && c != '.');
    numbers.into_iter().find(|number| {
        number.split_once('.').is_some_and(|(whole, rest)| {
            (1..=3).contains(&whole.len()) && rest.len() == 3 && !whole.starts_with('0') && !rest.contains('.')
        })
    })
}
