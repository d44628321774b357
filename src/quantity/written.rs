//! The unit in which a written value stands.

use super::dimension::Dimension;
use super::lexer::{Spanned, Token, tokens};
use super::rounding::Rounding;
use super::unit::Unit;
use super::words::{Word, lookup};

impl Unit {
    /// The unit in which a written value stands: `100 ns` is in `ns`, `$0.02/GB` in `$/GB`. A value
    /// that is an expression of several numbers has no unit of its own: `None`.
    pub fn of_written(text: &str) -> Option<Self> {
        unit_text(text).and_then(|unit| Self::parse(&unit).ok())
    }
}

/// What is left of a written value without its number: `12 GB/day` leaves `GB/day`. `None` where more
/// than one number stands in it.
fn unit_text(text: &str) -> Option<String> {
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
    matches!(lookup(word, Dimension::NUMBER, Rounding::NONE), Some(Word::Magnitude(..)))
}
