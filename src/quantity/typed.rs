//! What a text may mean. A text has few readings (a `B` is a byte or a billion, `1/2 GB` a half or a division);
//! the dimension that is asked decides between them.

use super::dimension::Dimension;
use super::evaluate::{Names, evaluate};
use super::lexer::{Spanned, TO, Token, tokens};
use super::node::Node;
use super::parser::{Expression, Reading, is_hedge};
use super::rounding::Rounding;
use super::scales::Scales;
use super::spoken::spoken;
use super::unit::Unit;
use super::value::{Quantity, QuantityError};
use super::words::{Letter, Role, Word, lookup, lower_case};

/// So many `B`s are each read both ways; a text with more has all bytes or all billions.
const MOST_BS: usize = 3;

/// A duration in parts is shorter than this, in bytes; what is far longer is not searched for one.
const LONGEST_DURATION: usize = 80;

/// A text, read one way.
#[derive(Debug, Clone)]
pub struct Typed {
    expression: Expression,
    /// What it comes to.
    pub quantity: Quantity,
}

/// Every reading of a text, the likeliest first. `words` are those of the question: an answer may repeat them.
///
/// # Errors
/// Why no reading makes sense.
pub fn readings(text: &str, asked: Dimension, words: &str) -> Result<Vec<Typed>, QuantityError> {
    match duration(text) {
        Some(sum) => of_tokens(tokens(&sum)?, &sum, asked, words),
        None => of_tokens(spoken(tokens(text)?), text, asked, words),
    }
}

/// A duration in parts, `8h 45min` or `1 h, 30 m and 5 s`, as a sum. Each part is of a smaller unit than the one before;
/// an `m` between them is a minute. None where the text is anything else.
fn duration(text: &str) -> Option<String> {
    if text.len() > LONGEST_DURATION {
        return None;
    }
    let mut parts: Vec<(&str, &str)> = Vec::new();
    let mut before_s = f64::INFINITY;
    let mut rest = text.trim();
    while !rest.is_empty() {
        let number = &rest[..rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len())];
        let behind = rest[number.len()..].trim_start();
        let unit = &behind[..behind.find(|c: char| !c.is_alphabetic()).unwrap_or(behind.len())];
        let unit_s = match unit {
            "m" | "M" => 60.0,
            _ => match lookup(unit, Dimension::TIME, Rounding::NONE)? {
                Word::Unit(value, Dimension::TIME, Role::Measure) => value,
                _ => return None,
            },
        };
        if number.is_empty() || unit_s >= before_s {
            return None;
        }
        before_s = unit_s;
        parts.push((number, if unit_s == 60.0 { "min" } else { unit }));
        rest = behind[unit.len()..].trim_start_matches([' ', ',']);
        rest = rest.strip_prefix("and ").unwrap_or(rest).trim_start();
    }
    let sum = || parts.iter().map(|(number, unit)| format!("{number} {unit}")).collect::<Vec<_>>().join(" + ");
    (parts.len() > 1).then(sum)
}

fn of_tokens(tokens: Vec<Spanned>, text: &str, asked: Dimension, words: &str) -> Result<Vec<Typed>, QuantityError> {
    let is_b = |token: &&Spanned| matches!(&token.token, Token::Word(word) if matches!(word.as_str(), "B" | "b"));
    let bs = tokens.iter().filter(is_b).count();
    let mut masks: Vec<u8> = if bs <= MOST_BS { (0..1 << bs).collect() } else { vec![0, u8::MAX] };
    masks.sort_by_key(|mask| mask.count_ones());
    let is_fraction = |three: &[Spanned]| {
        let [over, sign, under] = three else { return false };
        let numbers = [over, under].iter().all(|t| matches!(t.token, Token::Number(_)));
        numbers && sign.token == Token::Sign('/')
    };
    let divides = tokens.windows(3).any(is_fraction);
    let (mut found, mut error) = (Vec::new(), None);
    for fractions in [false, true].into_iter().filter(|fractions| divides || !fractions) {
        for billions in masks.iter().map(|mask| Some(*mask)) {
            let reading = Reading { counted: words, billions, fractions, ..Reading::of(asked) };
            let read = Expression::of_tokens(tokens.clone(), text, &reading).and_then(|expression| {
                let quantity = expression.evaluate(&Names::none())?;
                Ok(Typed { expression, quantity })
            });
            match read.and_then(|typed| typed.in_one_case(&tokens)) {
                Ok(typed) => found.push(typed),
                Err(first) => drop(error.get_or_insert(first)),
            }
        }
    }
    match error {
        Some(error) if found.is_empty() => Err(error),
        _ => Ok(found),
    }
}

/// The ends of a range, where the whole text is one: `500-1500`, `5 to 10 ms`, `1-2k`. What stands at one end alone
/// goes to both.
pub fn range(text: &str, asked: Dimension, words: &str) -> Option<[Vec<Typed>; 2]> {
    let all = spoken(tokens(text).ok()?);
    let opens = |word: &str| is_hedge(word) || ["between", "from"].iter().any(|o| o.eq_ignore_ascii_case(word));
    let start = all.iter().position(|t| !matches!(&t.token, Token::Word(word) if opens(word)))?;
    let says_between =
        all[..start].iter().any(|t| matches!(&t.token, Token::Word(w) if w.eq_ignore_ascii_case("between")));
    let parts = |token: &Spanned| match &token.token {
        Token::Sign('-') => true,
        Token::Word(word) => word.eq_ignore_ascii_case(TO) || says_between && word.eq_ignore_ascii_case("and"),
        _ => false,
    };
    let at = start + all[start..].iter().position(parts)?;
    let (low, high) = (End::of(&all[start..at])?, End::of(&all[at + 1..])?);
    let read = |end: Vec<Spanned>| of_tokens(end, text, asked, words).ok();
    // A magnitude at one end alone goes to both, but for "500-1k".
    let ways =
        [true, false].map(|magnitude| Some([read(low.with(&high, magnitude))?, read(high.with(&low, magnitude))?]));
    let rises = |[low, high]: &[Vec<Typed>; 2]| {
        let (low, high) = (low[0].quantity, high[0].quantity);
        low.dimension == high.dimension && 0.0 <= low.value && low.value < high.value
    };
    ways.into_iter().flatten().find(rises)
}

/// One end of a range: a dollar sign, a number, a magnitude, units.
struct End<'a> {
    dollar: &'a [Spanned],
    number: &'a [Spanned],
    magnitude: &'a [Spanned],
    units: &'a [Spanned],
}

impl<'a> End<'a> {
    /// None where more than a value stands there.
    fn of(tokens: &'a [Spanned]) -> Option<Self> {
        let dollar = usize::from(matches!(tokens.first()?.token, Token::Sign('$')));
        let (dollar, rest) = tokens.split_at(dollar);
        let (number, rest) = rest.split_at_checked(1)?;
        let magnitude = matches!(rest.first().map(|t| &t.token), Some(Token::Word(word)) if is_magnitude(word));
        let (magnitude, units) = rest.split_at(usize::from(magnitude));
        let is_unit = |t: &Spanned| matches!(t.token, Token::Word(_) | Token::Sign('/' | '%' | '$'));
        let is_number = matches!(number[0].token, Token::Number(_));
        (is_number && units.iter().all(is_unit)).then_some(Self { dollar, number, magnitude, units })
    }

    /// Its tokens, with what only the other end has.
    fn with(&self, other: &Self, magnitude: bool) -> Vec<Spanned> {
        fn or<'a>(own: &'a [Spanned], other: &'a [Spanned]) -> &'a [Spanned] {
            if own.is_empty() { other } else { own }
        }
        let magnitude = if magnitude { or(self.magnitude, other.magnitude) } else { self.magnitude };
        [or(self.dollar, other.dollar), self.number, magnitude, or(self.units, other.units)].concat()
    }
}

fn is_magnitude(word: &str) -> bool {
    // A `B` behind a number may be a byte: it is read as a unit, both ways.
    !matches!(word, "B" | "b") && matches!(lookup(word, Dimension::NUMBER, Rounding::NONE), Some(Word::Magnitude(..)))
}

impl Expression {
    /// Reads and works out a text without names. A bare number takes the unit that is asked in.
    ///
    /// # Errors
    /// As [`readings`].
    pub fn value_in(text: &str, unit: &Unit) -> Result<Quantity, QuantityError> {
        let all = readings(text, unit.dimension(), unit.counted())?;
        let value = all.iter().find_map(|typed| typed.in_unit(unit)).unwrap_or(all[0].quantity);
        if value.value.is_finite() {
            Ok(value)
        } else {
            Err(QuantityError { message: "that number is too large".into(), column: 1 })
        }
    }
}

impl Typed {
    /// `gb` is a gigabyte, but in a rate nobody knows.
    fn in_one_case(self, tokens: &[Spanned]) -> Result<Self, QuantityError> {
        let Dimension { time, data, .. } = self.quantity.dimension;
        let is_rate = data != 0 && time != 0;
        if !is_rate || !self.any(&|node| matches!(node, Node::Unit(_, Role::LowerCase))) {
            return Ok(self);
        }
        let unclear = |token: &Spanned| match &token.token {
            Token::Word(word) => match lookup(word, Dimension::DATA, Rounding::NONE) {
                Some(Word::Unit(_, _, Role::LowerCase)) => Some((lower_case(word), token.column)),
                _ => None,
            },
            _ => None,
        };
        let (message, column) = tokens.iter().find_map(unclear).unwrap_or_default();
        Err(QuantityError { message, column })
    }

    fn any(&self, is: &dyn Fn(&Node) -> bool) -> bool {
        self.expression.root.any(is)
    }

    /// In a unit: a quantity of its dimension, or a bare number. The letters M, G, T and P behind a bare number are the
    /// prefix of a unit of data.
    pub fn in_unit(&self, unit: &Unit) -> Option<Quantity> {
        match (self.is_bare(), unit.bytes()) {
            (true, Some(bytes)) if self.has_prefix_letter() => {
                Some(Quantity { value: self.quantity.value * bytes, dimension: unit.dimension() })
            }
            (true, _) => Some(unit.read_bare(self.quantity)),
            (false, _) => (self.quantity.dimension == unit.dimension()).then_some(self.quantity),
        }
    }

    /// The scales of its units and numbers.
    pub fn scales(&self) -> Scales {
        Scales::of_node(&self.expression.root, false)
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        self.expression.text()
    }

    /// Whether it is a number without any unit, without anything counted.
    pub fn is_bare(&self) -> bool {
        !self.any(&|node| matches!(node, Node::Unit(..)))
    }

    /// Whether there is a number in it: `GB` alone is none.
    pub fn has_number(&self) -> bool {
        self.any(&|node| matches!(node, Node::Number(..)))
    }

    /// Whether things are counted in it, such as servers.
    pub fn counts(&self) -> bool {
        self.any(&|node| matches!(node, Node::Unit(_, Role::Counts)))
    }

    /// Whether percent are said.
    pub fn says_percent(&self) -> bool {
        self.any(&|node| matches!(node, Node::Unit(_, Role::Percent)))
    }

    /// Whether a unit of this dimension is named in it.
    pub fn names(&self, dimension: Dimension) -> bool {
        self.any(&|node| matches!(node, Node::Unit(unit, _) if unit.dimension == dimension))
    }

    /// Whether it has no units but of these dimensions and counts nothing: `5.5/year`, whose own unit is left out.
    pub fn is_plain(&self, but: &[Dimension]) -> bool {
        !self.any(&|node| matches!(node, Node::Unit(unit, _) if !but.contains(&unit.dimension)))
    }

    /// Whether a number has M, G, T or P behind it, which may be a prefix of a unit as well.
    pub fn has_prefix_letter(&self) -> bool {
        self.any(&|node| matches!(node, Node::Number(_, Letter::Prefix)))
    }

    /// What is divided, where the whole is a division by exactly this, and whether that is a bare number: of
    /// `$3 / 1M tokens`, the `$3`.
    pub fn divided_by(&self, divisor: Quantity) -> Option<(Quantity, bool)> {
        let Node::Operation('/', left, right, _) = &self.expression.root else { return None };
        let work = |node: &Node| evaluate(node, &Names::none()).ok();
        let same = work(right).filter(|right| right.dimension == divisor.dimension)?;
        let is_same = (same.value / divisor.value - 1.0).abs() < 1e-9;
        let bare = !left.any(&|node| matches!(node, Node::Unit(..)));
        is_same.then(|| work(left)).flatten().map(|left| (left, bare))
    }

    /// Whether the whole is divided by a bare number that is an hour, a day, a month or a year in seconds: nothing else is.
    pub fn is_divided_by_seconds(&self) -> bool {
        const PERIODS_S: [f64; 6] = [3600.0, 86_400.0, 100_000.0, 2_592_000.0, 2_628_000.0, 31_536_000.0];
        match &self.expression.root {
            Node::Operation('/', _, right, _) => matches!(**right, Node::Number(by, _) if PERIODS_S.contains(&by)),
            _ => false,
        }
    }

    /// The number of a quantity that is written without arithmetic, such as `500 GB/day`, and what one of its units is.
    pub fn single(&self) -> Option<(f64, Quantity)> {
        fn number(node: &Node) -> Option<f64> {
            let is_unit =
                |node: &Node| !node.any(&|node| !matches!(node, Node::Unit(..) | Node::Operation('*' | '/', ..)));
            match node {
                Node::Number(value, _) => Some(*value),
                Node::Operation('*' | '/', left, unit, _) if is_unit(unit) => number(left),
                _ => None,
            }
        }
        let number = number(&self.expression.root)?;
        Some((number, Quantity { value: self.quantity.value / number, ..self.quantity }))
    }

    /// A power such as `2^30`, as base and exponent.
    pub fn power(&self) -> Option<(f64, f64)> {
        fn power(node: &Node) -> Option<(f64, f64)> {
            match node {
                Node::Operation('^', base, exponent, _) => match (&**base, &**exponent) {
                    (Node::Number(base, _), Node::Number(exponent, _)) => Some((*base, *exponent)),
                    _ => None,
                },
                Node::Operation('*' | '/', left, unit, _) if matches!(**unit, Node::Unit(..)) => power(left),
                _ => None,
            }
        }
        power(&self.expression.root)
    }
}
