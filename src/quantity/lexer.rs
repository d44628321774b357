//! Text to tokens: numbers with their grouping, words, signs.

use super::dimension::Dimension;
use super::function::Function;
use super::rounding::Rounding;
use super::value::QuantityError;
use super::words::lookup;

/// What stands between the ends of a range.
pub(super) const TO: &str = "to";
/// Longest text that is read, in characters. What a person types is far below it.
const LONGEST: usize = 400;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Number(f64),
    Word(String),
    /// One of `+ - * / ^ ( ) , % $`.
    Sign(char),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Spanned {
    pub(super) token: Token,
    /// In characters from 1.
    pub(super) column: usize,
    /// Whether the token follows the one before it without a space.
    pub(super) attached: bool,
    /// In characters.
    pub(super) length: usize,
}

/// Splits a text into tokens.
///
/// # Errors
/// A text that is too long, a sign of no meaning, a comma that groups no thousands.
pub(super) fn tokens(text: &str) -> Result<Vec<Spanned>, QuantityError> {
    let length = text.chars().count();
    if length > LONGEST {
        return Err(QuantityError {
            message: format!("that is {length} characters long; {LONGEST} are read: write a number or a short sum"),
            column: 1,
        });
    }
    let chars = text.chars().map(half_width).collect();
    let mut lexer = Lexer { chars, at: 0, tokens: Vec::new(), calls: Vec::new() };
    while lexer.skip_space() {
        lexer.token()?;
    }
    Ok(lexer.tokens)
}

/// Full-width letters, digits and signs as the others.
fn half_width(c: char) -> char {
    match u32::from(c) {
        wide @ 0xff01..=0xff5e => char::from_u32(wide - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// The value of a raised digit.
fn raised(c: char) -> Option<char> {
    "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().zip('0'..='9').find_map(|(high, digit)| (high == c).then_some(digit))
}

/// The value of a fraction that is one character.
fn vulgar(c: char) -> Option<f64> {
    const FRACTIONS: [(char, f64); 9] = [
        ('½', 1.0 / 2.0),
        ('⅓', 1.0 / 3.0),
        ('⅔', 2.0 / 3.0),
        ('¼', 1.0 / 4.0),
        ('¾', 3.0 / 4.0),
        ('⅕', 1.0 / 5.0),
        ('⅙', 1.0 / 6.0),
        ('⅛', 1.0 / 8.0),
        ('⅒', 1.0 / 10.0),
    ];
    FRACTIONS.iter().find(|(sign, _)| *sign == c).map(|(_, value)| *value)
}

/// A minus, or a dash that pages print for one.
fn is_minus(c: char) -> bool {
    matches!(c, '-' | '−' | '–' | '—' | '‑' | '‐')
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
    tokens: Vec<Spanned>,
    /// One entry an open bracket: whether it belongs to a call, where commas separate.
    calls: Vec<bool>,
}

impl Lexer {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn is_digit(&self, ahead: usize) -> bool {
        self.peek(ahead).is_some_and(|c| c.is_ascii_digit())
    }

    fn skip_space(&mut self) -> bool {
        while self.peek(0).is_some_and(char::is_whitespace) {
            self.at += 1;
        }
        self.at < self.chars.len()
    }

    fn error<T>(&self, message: impl Into<String>) -> Result<T, QuantityError> {
        Err(QuantityError { message: message.into(), column: self.at + 1 })
    }

    fn push(&mut self, token: Token, length: usize) {
        let attached = self.tokens.last().is_some_and(|t| t.column + t.length == self.at + 1);
        self.tokens.push(Spanned { token, column: self.at + 1, attached, length });
        self.at += length;
    }

    fn token(&mut self) -> Result<(), QuantityError> {
        let Some(first) = self.peek(0) else { return Ok(()) };
        let only_words = self.tokens.iter().all(|t| matches!(t.token, Token::Word(_)));
        let approximate = matches!(first, '~' | '≈' | '=' | '∼');
        let ends = self.chars[self.at + 1..].iter().all(|c| c.is_whitespace());
        match first {
            _ if approximate && only_words => self.at += 1,
            // ">50k" is a cautious 50k.
            '>' | '≥' if self.tokens.is_empty() => self.at += 1 + usize::from(self.peek(1) == Some('=')),
            // "5 ~ 10" is said where others write a dash.
            '~' | '∼' => self.push(Token::Word(TO.to_owned()), 1),
            '0'..='9' => self.number()?,
            '.' if self.is_digit(1) => self.number()?,
            '.' if self.peek(1) == Some('.') => {
                let dots = 2 + usize::from(self.peek(2) == Some('.'));
                self.push(Token::Word(TO.to_owned()), dots);
            }
            '…' => self.push(Token::Word(TO.to_owned()), 1),
            // The point of "approx." or at the end of a sentence.
            '.' if !self.tokens.is_empty() && (only_words || ends) => self.at += 1,
            '¢' => self.push(Token::Word("cents".to_owned()), 1),
            'µ' | 'μ' => self.word(),
            _ if vulgar(first).is_some() => self.fraction(first),
            _ if raised(first).is_some() || first == '⁻' => self.raised_power(),
            _ if first.is_alphabetic() => self.word(),
            '*' if self.peek(1) == Some('*') => self.push(Token::Sign('^'), 2),
            '×' => self.push(Token::Word("x".to_owned()), 1),
            '·' | '⋅' if self.groups_wrongly() => {
                return self.error("'·' multiplies here: group thousands with a comma (1,000) or not at all");
            }
            '·' | '⋅' | '*' => self.push(Token::Sign('*'), 1),
            '÷' | '/' | '⁄' | '∕' => self.push(Token::Sign('/'), 1),
            _ if is_minus(first) => self.push(Token::Sign('-'), 1),
            '(' => {
                let call = match self.tokens.last() {
                    Some(Spanned { token: Token::Word(word), .. }) => Function::named(word).is_some(),
                    _ => false,
                };
                self.calls.push(call);
                self.push(Token::Sign('('), 1);
            }
            ')' => {
                self.calls.pop();
                self.push(Token::Sign(')'), 1);
            }
            ',' if self.calls.last() != Some(&true) => {
                return self.error("a comma groups thousands (5,787); a decimal takes a point (5.8)");
            }
            '+' | '^' | ',' | '%' | '$' => self.push(Token::Sign(first), 1),
            _ => return self.error(format!("'{}' has no meaning here", first.escape_debug())),
        }
        Ok(())
    }

    /// "1·000": three digits behind, and at most three before, look like thousands.
    fn groups_wrongly(&self) -> bool {
        let before = self.tokens.last().filter(|t| t.column + t.length == self.at + 1);
        let short = before.is_some_and(|t| matches!(t.token, Token::Number(_)) && t.length <= 3);
        short && self.group_follows(1)
    }

    /// "½", and "2½", which is two and a half.
    fn fraction(&mut self, sign: char) {
        let value = vulgar(sign).unwrap_or_default();
        let at = self.at;
        match self.tokens.last_mut() {
            Some(Spanned { token: Token::Number(whole), column, length, .. }) if *column + *length == at + 1 => {
                *whole += value;
                *length += 1;
                self.at += 1;
            }
            _ => self.push(Token::Number(value), 1),
        }
    }

    /// "10³", "10⁻³".
    fn raised_power(&mut self) {
        self.push(Token::Sign('^'), 0);
        if self.peek(0) == Some('⁻') {
            self.push(Token::Sign('-'), 1);
        }
        let digits: String = self.chars[self.at..].iter().map_while(|c| raised(*c)).collect();
        let length = digits.chars().count();
        self.push(Token::Number(digits.parse().unwrap_or(f64::INFINITY)), length);
    }

    fn word(&mut self) {
        let mut word = String::new();
        let mut ahead = 0;
        while let Some(c) = self.peek(ahead).filter(|c| c.is_alphanumeric() || *c == '_') {
            // "10x5", "50M x10", "50Mx 10": the x is a sign, not part of a name.
            let ends = !self.peek(ahead + 1).is_some_and(char::is_alphabetic);
            if matches!(c, 'x' | 'X') && ends && self.follows_a_value(&word) {
                if ahead == 0 {
                    word.push(c);
                    ahead = 1;
                }
                break;
            }
            word.push(c);
            ahead += 1;
        }
        self.push(Token::Word(word), ahead);
    }

    /// Whether what stands before this place, and these letters of the open word, make a value.
    fn follows_a_value(&self, letters: &str) -> bool {
        let is_unit = |word: &str| lookup(word, Dimension::NUMBER, Rounding::NONE).is_some();
        match self.tokens.last().map(|t| &t.token) {
            Some(Token::Number(_)) => letters.is_empty() || is_unit(letters),
            Some(Token::Sign(sign)) => *sign == ')' && letters.is_empty(),
            Some(Token::Word(word)) => letters.is_empty() && is_unit(word),
            None => false,
        }
    }

    /// Digits with grouped thousands, a fraction, an exponent.
    fn number(&mut self) -> Result<(), QuantityError> {
        let mut digits = String::new();
        let mut length = 0;
        while self.is_digit(length) {
            digits.extend(self.peek(length));
            length += 1;
        }
        if (1..=3).contains(&length) {
            let separator = self.peek(length).filter(|c| self.groups(*c));
            while separator.is_some() && self.peek(length) == separator && self.group_follows(length + 1) {
                digits.extend((1..=3).filter_map(|k| self.peek(length + k)));
                length += 4;
            }
        }
        let zero = digits == "0" && matches!(self.peek(length), Some('x' | 'X'));
        if zero && self.peek(length + 1).is_some_and(|c| c.is_ascii_hexdigit()) {
            return self.error("that looks like a hexadecimal number: write it in decimals, such as 25 for 0x19");
        }
        if self.peek(length) == Some('.') && self.peek(length + 1) != Some('.') {
            digits.push('.');
            length += 1;
            while self.is_digit(length) {
                digits.extend(self.peek(length));
                length += 1;
            }
            if self.peek(length) == Some('.') && self.is_digit(length + 1) {
                return self
                    .error("a point stands before decimals: group thousands with a comma (1,000,000) or not at all");
            }
        }
        if matches!(self.peek(length), Some('e' | 'E')) {
            let minus = self.peek(length + 1).is_some_and(is_minus);
            let sign = usize::from(minus || self.peek(length + 1) == Some('+'));
            if self.is_digit(length + 1 + sign) {
                digits.push_str(if minus { "e-" } else { "e" });
                length += 1 + sign;
                while self.is_digit(length) {
                    digits.extend(self.peek(length));
                    length += 1;
                }
            }
        }
        match digits.parse::<f64>() {
            Ok(value) if value.is_finite() => {
                self.push(Token::Number(value), length);
                Ok(())
            }
            _ => self.error("that number is too large"),
        }
    }

    fn groups(&self, separator: char) -> bool {
        match separator {
            ',' => self.calls.last() != Some(&true),
            ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}' | '_' | '\'' => true,
            _ => false,
        }
    }

    /// Exactly three digits from `start`.
    fn group_follows(&self, start: usize) -> bool {
        (0..3).all(|k| self.is_digit(start + k)) && !self.is_digit(start + 3)
    }
}
