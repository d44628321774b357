//! Tokens to an expression.

use super::dimension::Dimension;
use super::evaluate::{self, Names};
use super::function::Function;
use super::lexer::{Spanned, Token, tokens};
use super::node::Node;
use super::print::singular;
use super::rounding::Rounding;
use super::value::{Quantity, QuantityError};
use super::words::{Letter, Role, Word, lookup};

/// Deepest nesting of brackets, signs and powers.
const DEEPEST: usize = 50;

/// How a text is to be read.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// The dimension asked for: decides whether `B` is a byte or a billion, unless `billions` does.
    pub asked: Dimension,
    /// Names of given values and earlier steps.
    pub names: &'a [&'a str],
    /// The words of the unit that is asked in: where it only counts things, an answer may repeat it.
    pub counted: &'a str,
    /// What is rounded, as in the head; nothing but where a deck is proved.
    pub rounding: Rounding,
    /// Which of the `B`s right after a number are billions, a bit each from the first; the others are bytes.
    pub billions: Option<u8>,
    /// Two bare numbers with `/` before a unit are a fraction of it: `1/2 GB`.
    pub fractions: bool,
}

impl Reading<'_> {
    /// For a value asked in this dimension, without names.
    pub const fn of(asked: Dimension) -> Self {
        Self { asked, names: &[], counted: "", rounding: Rounding::NONE, billions: None, fractions: false }
    }
}

/// A parsed text of the expression language.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    pub(super) text: String,
    pub(super) fractions: bool,
    pub(super) root: Node,
}

impl Expression {
    /// Parses a text.
    ///
    /// # Errors
    /// What could not be read, with its column.
    pub fn parse(text: &str, reading: &Reading) -> Result<Self, QuantityError> {
        Self::of_tokens(tokens(text)?, text, reading)
    }

    /// As [`Expression::parse`], from a text's tokens.
    pub(super) fn of_tokens(tokens: Vec<Spanned>, text: &str, reading: &Reading) -> Result<Self, QuantityError> {
        let mut parser = Parser { tokens, at: 0, depth: 0, end: text.chars().count() + 1, reading };
        parser.skip_hedges();
        if parser.tokens.len() == parser.at {
            return Err(QuantityError {
                message: "a number is missing: write one such as 5.8k, 200 ms or 50M*10/day".into(),
                column: 1,
            });
        }
        let root = parser.sum()?;
        match parser.peek() {
            None => Ok(Self { text: text.trim().to_owned(), fractions: reading.fractions, root }),
            Some(_) => parser.unexpected(),
        }
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether `1/2 GB` in it is a half.
    pub fn has_fractions(&self) -> bool {
        self.fractions
    }

    /// Works the expression out with these names.
    ///
    /// # Errors
    /// Dimensions that do not go together, a division by zero, a result that is not finite, with the
    /// column of the operation.
    pub fn evaluate(&self, names: &Names) -> Result<Quantity, QuantityError> {
        evaluate::evaluate(&self.root, names)
    }

    /// Whether a name occurs in it.
    pub fn mentions(&self, name: &str) -> bool {
        self.root.any(&|node| matches!(node, Node::Name(found, _) if found == name))
    }
}

const DOLLAR: Node = Node::Unit(Quantity { value: 1.0, dimension: Dimension::MONEY }, Role::Measure);

/// Whether a word may stand before a number without meaning.
pub(super) fn is_hedge(word: &str) -> bool {
    const HEDGES: [&str; 14] = [
        "about",
        "almost",
        "approx",
        "approximately",
        "around",
        "ca",
        "circa",
        "exactly",
        "just",
        "nearly",
        "maybe",
        "probably",
        "roughly",
        "some",
    ];
    HEDGES.iter().any(|hedge| hedge.eq_ignore_ascii_case(word))
}

fn is_b(word: &str) -> bool {
    matches!(word, "B" | "b")
}

struct Parser<'a> {
    tokens: Vec<Spanned>,
    at: usize,
    depth: usize,
    /// The column behind the last character.
    end: usize,
    reading: &'a Reading<'a>,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|t| &t.token)
    }

    fn column(&self) -> usize {
        self.tokens.get(self.at).map_or(self.end, |t| t.column)
    }

    fn error<T>(&self, message: impl Into<String>) -> Result<T, QuantityError> {
        Err(QuantityError { message: message.into(), column: self.column() })
    }

    fn unexpected<T>(&self) -> Result<T, QuantityError> {
        match self.peek() {
            None => self.error("something is missing at the end"),
            Some(Token::Number(_)) => {
                self.error("two numbers stand side by side: put a sign between them, such as 1 h + 30 min")
            }
            Some(Token::Word(word)) => self.error(self.unknown(word)),
            Some(Token::Sign(sign)) => self.error(format!("'{sign}' does not fit here")),
        }
    }

    fn unknown(&self, word: &str) -> String {
        let short: String = word.chars().take(20).collect();
        if self.reading.names.is_empty() {
            format!("'{short}' is no unit or number that is known here")
        } else {
            format!("'{short}' is no unit and none of the names {}", self.reading.names.join(", "))
        }
    }

    fn deeper<T>(&mut self, parse: impl FnOnce(&mut Self) -> Result<T, QuantityError>) -> Result<T, QuantityError> {
        if self.depth == DEEPEST {
            return self.error("too many brackets or signs inside one another");
        }
        self.depth += 1;
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    /// "about", "roughly": said before a number, without meaning; and the article of "a million".
    fn skip_hedges(&mut self) {
        while let Some(Token::Word(word)) = self.peek() {
            if self.is_name(word) || !is_hedge(word) {
                break;
            }
            self.at += 1;
        }
        if self.word() == Some(Word::Per) {
            self.at += 1;
            if !matches!(self.word(), Some(Word::Magnitude(_, Letter::Other))) {
                self.at -= 1;
            }
        }
    }

    fn is_name(&self, word: &str) -> bool {
        self.reading.names.contains(&word)
    }

    /// The meaning of the word ahead, unless it is a name.
    fn word(&self) -> Option<Word> {
        match self.peek()? {
            // Metres are counted things: where the question speaks of them, their sign is not a million.
            Token::Word(word) if word == "m" && (self.is_counted("metre") || self.is_counted("meter")) => {
                Some(Word::Unit(1.0, Dimension::NUMBER, Role::Counts))
            }
            Token::Word(word) if !self.is_name(word) => {
                let counted = || self.is_counted(word).then_some(Word::Unit(1.0, Dimension::NUMBER, Role::Counts));
                lookup(word, self.asked(word), self.reading.rounding).or_else(counted)
            }
            _ => None,
        }
    }

    /// The dimension that the word ahead is read for: one of data makes a `B` a byte.
    fn asked(&self, word: &str) -> Dimension {
        match self.reading.billions {
            Some(billions) if is_b(word) => {
                let before = self.tokens[..self.at].iter().filter(|t| matches!(&t.token, Token::Word(w) if is_b(w)));
                let is_billion = billions >> before.count().min(7) & 1 == 1;
                if is_billion { Dimension::NUMBER } else { Dimension::DATA }
            }
            _ => self.reading.asked,
        }
    }

    /// Whether the question uses this word, in the singular or the plural.
    fn is_counted(&self, word: &str) -> bool {
        let stem = |word: &str| word.to_lowercase().trim_end_matches('s').to_owned();
        let mut known = self.reading.counted.split(|c: char| !c.is_alphanumeric());
        let is_one = |counted: &str| stem(counted) == stem(word) || singular(counted) == word;
        !word.eq_ignore_ascii_case("half") && known.any(|counted| !counted.is_empty() && is_one(counted))
    }

    fn sum(&mut self) -> Result<Node, QuantityError> {
        let mut left = self.product()?;
        while let Some(&Token::Sign(sign @ ('+' | '-'))) = self.peek() {
            left = self.operation(sign, left, Self::product)?;
        }
        Ok(left)
    }

    fn product(&mut self) -> Result<Node, QuantityError> {
        let mut left = self.signed()?;
        loop {
            let sign = match (self.peek(), self.word()) {
                (Some(&Token::Sign(sign @ ('*' | '/'))), _) => sign,
                (_, Some(Word::Times)) => '*',
                // "10 KB each": nothing is divided.
                (Some(Token::Word(each)), Some(Word::Per)) if each == "each" && self.at + 1 == self.tokens.len() => {
                    self.at += 1;
                    return Ok(left);
                }
                (_, Some(Word::Per)) => '/',
                _ => return Ok(left),
            };
            if sign == '*' && self.ends_after_times() {
                let column = self.column();
                self.at += 1;
                let times = Node::Unit(Quantity::number(1.0), Role::Counts);
                return Ok(Node::Operation('*', Box::new(left), Box::new(times), column));
            }
            left = self.operation(sign, left, Self::signed)?;
        }
    }

    /// "8x": an x that nothing follows says "times".
    fn ends_after_times(&self) -> bool {
        let last = !matches!(self.peek(), Some(Token::Sign(_)));
        last && matches!(
            self.tokens.get(self.at + 1).map(|t| &t.token),
            None | Some(Token::Sign('+' | '-' | '/' | ')' | ','))
        )
    }

    fn operation(
        &mut self,
        sign: char,
        left: Node,
        right: impl FnOnce(&mut Self) -> Result<Node, QuantityError>,
    ) -> Result<Node, QuantityError> {
        let column = self.column();
        self.at += 1;
        Ok(Node::Operation(sign, Box::new(left), Box::new(right(self)?), column))
    }

    fn signed(&mut self) -> Result<Node, QuantityError> {
        match self.peek() {
            Some(Token::Sign('-')) => {
                self.at += 1;
                Ok(Node::Negative(Box::new(self.deeper(Self::signed)?)))
            }
            Some(Token::Sign('+')) => {
                self.at += 1;
                self.deeper(Self::signed)
            }
            _ => self.with_units(),
        }
    }

    /// A value and the units behind it, which bind closer than any sign: `10 GB / 2 h` divides by two hours.
    fn with_units(&mut self) -> Result<Node, QuantityError> {
        let mut value = self.power()?;
        loop {
            let column = self.column();
            let unit = match (self.peek(), self.word()) {
                (Some(Token::Sign('%')), _) => Node::Unit(Quantity::number(0.01), Role::Percent),
                (Some(Token::Sign('$')), _) => DOLLAR,
                (_, Some(Word::Unit(value, dimension, role))) => Node::Unit(Quantity { value, dimension }, role),
                (_, Some(Word::Ambiguous(message))) => return self.error(message),
                _ => return Ok(value),
            };
            self.at += 1;
            value = Node::Operation('*', Box::new(value), Box::new(unit), column);
        }
    }

    fn power(&mut self) -> Result<Node, QuantityError> {
        let base = self.atom()?;
        if !matches!(self.peek(), Some(Token::Sign('^'))) {
            return Ok(base);
        }
        self.operation('^', base, |parser| parser.deeper(Self::exponent))
    }

    fn exponent(&mut self) -> Result<Node, QuantityError> {
        if matches!(self.peek(), Some(Token::Sign('-'))) {
            self.at += 1;
            return Ok(Node::Negative(Box::new(self.deeper(Self::exponent)?)));
        }
        self.power()
    }

    fn atom(&mut self) -> Result<Node, QuantityError> {
        let column = self.column();
        match self.peek().cloned() {
            Some(Token::Number(number)) => {
                self.at += 1;
                let under = self.fraction();
                if let Some(under) = under {
                    self.at += 2;
                    return Ok(Node::Number(number / under, Letter::Other));
                }
                self.magnitude(number)
            }
            Some(Token::Sign('$')) => {
                self.at += 1;
                let amount = self.deeper(Self::atom)?;
                Ok(Node::Operation('*', Box::new(amount), Box::new(DOLLAR), column))
            }
            Some(Token::Sign('(')) => {
                self.at += 1;
                let inner = self.deeper(Self::sum)?;
                self.closing()?;
                Ok(inner)
            }
            Some(Token::Word(word)) => self.named(&word, column),
            _ => self.unexpected(),
        }
    }

    /// A number and the magnitude behind it: `5.8k`, `3 million`.
    fn magnitude(&mut self, number: f64) -> Result<Node, QuantityError> {
        let mut value = Node::Number(number, Letter::Other);
        if let Some(Word::Magnitude(scale, letter)) = self.word() {
            self.at += 1;
            value = Node::Number(number * scale, letter);
        }
        if let Some(Word::Magnitude(..)) = self.word() {
            return self.error("one magnitude is enough");
        }
        Ok(value)
    }

    /// What a number is divided by where the two are a fraction of a unit: behind the `1` of `1/2 GB`.
    fn fraction(&self) -> Option<f64> {
        let ahead = |by: usize| self.tokens.get(self.at + by).map(|t| &t.token);
        let (Some(Token::Sign('/')), Some(Token::Number(under))) = (ahead(0), ahead(1)) else { return None };
        let behind = match ahead(2)? {
            Token::Sign(sign) => matches!(sign, '$' | '%'),
            Token::Word(word) => {
                !self.is_name(word)
                    && matches!(lookup(word, self.reading.asked, self.reading.rounding), Some(Word::Unit(..)))
            }
            Token::Number(_) => false,
        };
        (self.reading.fractions && behind && *under != 0.0).then_some(*under)
    }

    /// A function, a name, or a unit that stands alone: `/ day`.
    fn named(&mut self, word: &str, column: usize) -> Result<Node, QuantityError> {
        let called = matches!(self.tokens.get(self.at + 1), Some(Spanned { token: Token::Sign('('), .. }));
        if let (true, Some(function)) = (called, Function::named(word)) {
            self.at += 2;
            return self.call(function, column);
        }
        if self.is_name(word) {
            self.at += 1;
            return Ok(Node::Name(word.to_owned(), column));
        }
        match self.word() {
            Some(Word::Unit(value, dimension, role)) => {
                self.at += 1;
                Ok(Node::Unit(Quantity { value, dimension }, role))
            }
            Some(Word::Magnitude(value, letter)) if word.len() > 2 => {
                self.at += 1;
                Ok(Node::Number(value, letter))
            }
            // "half a million", "half the day".
            None if word.eq_ignore_ascii_case("half") => {
                self.at += 1;
                if self.word() == Some(Word::Per) {
                    self.at += 1;
                }
                self.magnitude(0.5)
            }
            Some(Word::Ambiguous(message)) => self.error(message),
            Some(_) => self.error(format!("'{word}' needs a number before it")),
            None => self.error(self.unknown(word)),
        }
    }

    fn call(&mut self, function: Function, column: usize) -> Result<Node, QuantityError> {
        let mut arguments = Vec::new();
        loop {
            arguments.push(self.deeper(Self::sum)?);
            match self.peek() {
                Some(Token::Sign(',')) => self.at += 1,
                _ => break,
            }
        }
        self.closing()?;
        if !function.takes(arguments.len()) {
            return Err(QuantityError { message: format!("{} takes {}", function.name(), function.arity()), column });
        }
        Ok(Node::Call(function, arguments, column))
    }

    fn closing(&mut self) -> Result<(), QuantityError> {
        match self.peek() {
            Some(Token::Sign(')')) => {
                self.at += 1;
                Ok(())
            }
            None => self.error("a closing bracket is missing"),
            Some(_) => self.unexpected(),
        }
    }
}
