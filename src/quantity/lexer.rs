//! Text to tokens: numbers with their grouping, words, signs.

use super::unit::{Rounding, Word, lookup};
use super::{Dimension, QuantityError};

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
    length: usize,
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
    let mut lexer = Lexer { chars: text.chars().collect(), at: 0, tokens: Vec::new(), calls: Vec::new() };
    while lexer.skip_space() {
        lexer.token()?;
    }
    Ok(lexer.tokens)
}

/// What is left of a written value without its number: `12 GB/day` leaves `GB/day`. `None` where more
/// than one number stands in it.
pub(super) fn unit_text(text: &str) -> Option<String> {
    let tokens = tokens(text).ok()?;
    let is_number = |t: &&Spanned| matches!(t.token, Token::Number(_));
    if tokens.iter().filter(is_number).count() != 1 {
        return None;
    }
    let mut unit = String::new();
    let mut after_number = false;
    for token in &tokens {
        match &token.token {
            Token::Number(_) => after_number = true,
            // `3.5 trillion` has no unit; `16 B` is in bytes.
            Token::Word(word) if after_number && !word.eq_ignore_ascii_case("b") && is_magnitude(word) => {
                after_number = false
            }
            Token::Word(word) => {
                if unit.ends_with(|c: char| c.is_alphanumeric()) {
                    unit.push(' ');
                }
                unit.push_str(word);
                after_number = false;
            }
            Token::Sign(sign) if "/%$".contains(*sign) => unit.push(*sign),
            Token::Sign(_) => return None,
        }
    }
    Some(unit)
}

fn is_magnitude(word: &str) -> bool {
    matches!(lookup(word, Dimension::NUMBER, Rounding::NONE), Some(Word::Magnitude(_)))
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
        let approximate = only_words && matches!(first, '~' | '≈' | '=' | '∼');
        match first {
            _ if approximate => self.at += 1,
            '0'..='9' => self.number()?,
            '.' if self.is_digit(1) => self.number()?,
            'µ' | 'μ' => self.word(),
            _ if first.is_alphabetic() => self.word(),
            '*' if self.peek(1) == Some('*') => self.push(Token::Sign('^'), 2),
            '×' => self.push(Token::Word("x".to_owned()), 1),
            '·' | '*' => self.push(Token::Sign('*'), 1),
            '÷' | '/' => self.push(Token::Sign('/'), 1),
            '−' | '–' | '-' => self.push(Token::Sign('-'), 1),
            '(' => {
                let call = match self.tokens.last() {
                    Some(Spanned { token: Token::Word(word), .. }) => super::evaluate::Function::named(word).is_some(),
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
        if self.peek(length) == Some('.') {
            digits.push('.');
            length += 1;
            while self.is_digit(length) {
                digits.extend(self.peek(length));
                length += 1;
            }
        }
        if matches!(self.peek(length), Some('e' | 'E')) {
            let sign = usize::from(matches!(self.peek(length + 1), Some('+' | '-')));
            if self.is_digit(length + 1 + sign) {
                digits.extend((0..=sign).filter_map(|k| self.peek(length + k)));
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
