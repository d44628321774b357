//! The scales that a text or a formula speaks in: periods such as a day, prefixes such as k and GB.

use super::dimension::Dimension;
use super::node::Node;
use super::parser::Expression;
use super::rounding::Rounding;
use super::value::Quantity;
use super::words::{Word, lookup};

const SECOND_S: f64 = 1.0;
const DAY_S: f64 = 86_400.0;
/// From here on a number is said with a prefix.
const THOUSAND: f64 = 1e3;

/// Words that say a period and are no units.
const PERIODS: [(&str, f64); 6] = [
    ("hourly", 3600.0),
    ("daily", DAY_S),
    ("weekly", 7.0 * DAY_S),
    ("monthly", 2_628_000.0),
    ("yearly", 365.0 * DAY_S),
    ("annual", 365.0 * DAY_S),
];
/// Numbers that stand for a unit of time in a working, and the periods that they convert.
const CONVERSIONS: [(f64, [f64; 2]); 3] =
    [(3600.0, [SECOND_S, 3600.0]), (DAY_S, [SECOND_S, DAY_S]), (365.0, [DAY_S, 365.0 * DAY_S])];

/// The scales that are spoken in.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Scales {
    /// The shortest and the longest period from a second on, in seconds.
    span_s: Option<(f64, f64)>,
    /// Whether there are prefixes, or numbers that have one.
    pub prefixes: bool,
}

impl Scales {
    /// Prefixes, and no period.
    pub const PREFIXES: Self = Self { span_s: None, prefixes: true };

    /// Those of both.
    pub fn and(self, other: Self) -> Self {
        let span_s = match (self.span_s, other.span_s) {
            (Some((low, high)), Some((from, to))) => Some((low.min(from), high.max(to))),
            (one, other) => one.or(other),
        };
        Self { span_s, prefixes: self.prefixes || other.prefixes }
    }

    /// Where a period is turned into another: how many of these two lie between them, the ends included.
    pub fn between(&self, periods_s: [f64; 2]) -> usize {
        let Some((low, high)) = self.span_s.filter(|(low, high)| low < high) else { return 0 };
        periods_s.iter().filter(|seconds| (low..=high).contains(seconds)).count()
    }

    fn period(seconds: f64) -> Self {
        Self { span_s: (seconds >= SECOND_S).then_some((seconds, seconds)), prefixes: seconds < SECOND_S }
    }

    /// Those of a word that has this meaning as a unit.
    fn of_unit(value: f64, dimension: Dimension) -> Self {
        let period = match dimension {
            Dimension { time: 0, .. } => Self::default(),
            Dimension::TIME => Self::period(value),
            // `rpm` speaks of a minute, `krps` of a second.
            Dimension::RATE => Self::period((1.0 / value).max(SECOND_S)),
            _ => Self::period(SECOND_S),
        };
        Self { prefixes: period.prefixes || dimension.data != 0, ..period }
    }

    /// Those of a question, by its words.
    pub fn of_words(text: &str) -> Self {
        let mut scales = Self::default();
        let mut before = ' ';
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let length = if first.is_alphabetic() {
                rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len())
            } else {
                first.len_utf8()
            };
            let word = &rest[..length];
            // A letter alone is a unit behind a number or a bar only: the s of "server's" is none. Nor is the day of
            // "present-day" a day.
            let behind_a_number = before.is_ascii_digit();
            let is_whole = word.chars().count() > 1 && !matches!(before, '-' | '\'');
            if first.is_alphabetic() && (is_whole || behind_a_number || before == '/') {
                scales = scales.and(Self::of_word(word, behind_a_number));
            }
            before = if first == ' ' && before.is_ascii_digit() { before } else { first };
            rest = &rest[length..];
        }
        scales
    }

    fn of_word(word: &str, behind_a_number: bool) -> Self {
        if let Some((_, seconds)) = PERIODS.iter().find(|(said, _)| said.eq_ignore_ascii_case(word)) {
            return Self::period(*seconds);
        }
        match lookup(word, Dimension::NUMBER, Rounding::NONE) {
            Some(Word::Unit(value, dimension, _)) => Self::of_unit(value, dimension),
            Some(Word::Magnitude(..)) => Self { span_s: None, prefixes: behind_a_number },
            _ => Self::default(),
        }
    }

    /// Its periods alone.
    pub fn periods(self) -> Self {
        Self { prefixes: false, ..self }
    }

    /// Those of a formula, whose large numbers are said with a prefix, or of what was typed.
    pub(super) fn of_node(node: &Node, is_formula: bool) -> Self {
        let go = |node: &Node| Self::of_node(node, is_formula);
        match node {
            Node::Unit(Quantity { value, dimension }, _) => Self::of_unit(*value, *dimension),
            Node::Number(number, _) => {
                let conversion = CONVERSIONS.iter().find(|(by, _)| by == number);
                match conversion {
                    Some((_, [from, to])) => Self { span_s: Some((*from, *to)), prefixes: false },
                    None => Self { span_s: None, prefixes: is_formula && *number >= THOUSAND },
                }
            }
            Node::Name(..) => Self::default(),
            Node::Negative(inner) => go(inner),
            Node::Operation(_, left, right, _) => go(left).and(go(right)),
            Node::Call(_, arguments, _) => arguments.iter().map(go).fold(Self::default(), Self::and),
        }
    }
}

impl Expression {
    /// The scales of its units and numbers.
    pub fn scales(&self) -> Scales {
        Scales::of_node(&self.root, true)
    }

    /// Whether the whole is a quotient, rounded or not.
    pub fn is_quotient(&self) -> bool {
        fn is_quotient(node: &Node) -> bool {
            match node {
                Node::Operation('/', _, right, _) => !matches!(**right, Node::Unit(..)),
                Node::Operation('*', left, right, _) => is_quotient(left) || is_quotient(right),
                Node::Call(_, arguments, _) => arguments.iter().any(is_quotient),
                _ => false,
            }
        }
        is_quotient(&self.root)
    }
}
