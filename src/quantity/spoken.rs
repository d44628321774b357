//! Numbers as they are said: `ten`, `twenty-five`, `3 1/2`, `two and a half`, `50k+`, `USD 5`, `200 GB of RAM`. What is not
//! certain stays as it is, and is asked back.

use super::dimension::Dimension;
use super::function::Function;
use super::lexer::{Spanned, Token};
use super::rounding::Rounding;
use super::words::{Letter, Role, Word, lookup};

const SMALL: [(&str, f64); 19] = [
    ("one", 1.0),
    ("two", 2.0),
    ("three", 3.0),
    ("four", 4.0),
    ("five", 5.0),
    ("six", 6.0),
    ("seven", 7.0),
    ("eight", 8.0),
    ("nine", 9.0),
    ("ten", 10.0),
    ("eleven", 11.0),
    ("twelve", 12.0),
    ("thirteen", 13.0),
    ("fourteen", 14.0),
    ("fifteen", 15.0),
    ("sixteen", 16.0),
    ("seventeen", 17.0),
    ("eighteen", 18.0),
    ("nineteen", 19.0),
];
const TENS: [(&str, f64); 8] = [
    ("twenty", 20.0),
    ("thirty", 30.0),
    ("forty", 40.0),
    ("fifty", 50.0),
    ("sixty", 60.0),
    ("seventy", 70.0),
    ("eighty", 80.0),
    ("ninety", 90.0),
];
/// The largest number under the bar of a fraction behind a whole number.
const LARGEST_UNDER: f64 = 16.0;

/// The tokens of what was typed, with numbers for what is said in words.
pub(super) fn spoken(tokens: Vec<Spanned>) -> Vec<Spanned> {
    let mut left = tokens.as_slice();
    let mut read: Vec<Spanned> = Vec::new();
    while let [first, rest @ ..] = left {
        let (token, taken) = number(left, read.last())
            .or_else(|| hundred(left, &mut read))
            .or_else(|| sign(left, read.last()))
            .unwrap_or((Some(first.token.clone()), 1));
        if let Some(token) = token {
            read.push(Spanned { token, ..first.clone() });
        }
        left = if taken == 1 { rest } else { &left[taken..] };
    }
    without_tail(read)
}

fn word(token: Option<&Spanned>) -> Option<String> {
    match &token?.token {
        Token::Word(word) => Some(word.to_lowercase()),
        _ => None,
    }
}

fn is(token: Option<&Spanned>, words: &[&str]) -> bool {
    word(token).is_some_and(|word| words.contains(&word.as_str()))
}

fn of(words: &[(&str, f64)], token: Option<&Spanned>) -> Option<f64> {
    let word = word(token)?;
    words.iter().find(|(said, _)| *said == word).map(|(_, value)| *value)
}

fn digits(token: Option<&Spanned>) -> Option<f64> {
    match token?.token {
        Token::Number(value) => Some(value),
        _ => None,
    }
}

/// A number and how many tokens say it, with the half or the fraction behind it.
fn number(left: &[Spanned], before: Option<&Spanned>) -> Option<(Option<Token>, usize)> {
    let small = |at: usize| of(&SMALL, left.get(at));
    let (whole, taken) = match of(&TENS, left.first()) {
        Some(tens) => match (left.get(1).map(|t| &t.token), small(1), small(2)) {
            (_, Some(one), _) if one < 10.0 => (tens + one, 2),
            (Some(Token::Sign('-')), _, Some(one)) if one < 10.0 && left[1].attached && left[2].attached => {
                (tens + one, 3)
            }
            _ => (tens, 1),
        },
        None => match small(0) {
            Some(small) => (small, 1),
            None => (digits(left.first())?, 1),
        },
    };
    let behind = &left[taken..];
    let half = is(behind.first(), &["and"]) && is(behind.get(1), &["a"]) && is(behind.get(2), &["half"]);
    if half {
        return Some((Some(Token::Number(whole + 0.5)), taken + 3));
    }
    // "3 1/2", but not "2^3 1/2".
    let is_whole = whole.fract() == 0.0 && !matches!(before.map(|t| &t.token), Some(Token::Sign('^' | '/')));
    if let ([over, Spanned { token: Token::Sign('/'), .. }, under, ..], true) = (behind, is_whole)
        && let (Some(over), Some(under)) = (digits(Some(over)), digits(Some(under)))
        && over < under
        && under <= LARGEST_UNDER
        && over.fract() == 0.0
        && over > 0.0
        && under.fract() == 0.0
    {
        return Some((Some(Token::Number(whole + over / under)), taken + 3));
    }
    Some((Some(Token::Number(whole)), taken))
}

/// "five hundred", "a hundred thousand".
fn hundred(left: &[Spanned], read: &mut Vec<Spanned>) -> Option<(Option<Token>, usize)> {
    if !is(left.first(), &["hundred"]) {
        return None;
    }
    match read.last_mut() {
        Some(Spanned { token: Token::Number(value), .. }) => *value *= 100.0,
        last => {
            let says_a = is(last.as_deref(), &["a"]);
            if says_a {
                read.pop();
            }
            return Some((Some(Token::Number(100.0)), 1));
        }
    }
    Some((None, 1))
}

/// Signs and words that say no more than another, or nothing: `USD 5`, `50k+`, `1% of a year`.
fn sign(left: &[Spanned], before: Option<&Spanned>) -> Option<(Option<Token>, usize)> {
    let next = left.get(1);
    match &left.first()?.token {
        Token::Word(_) if before.is_none() && is(left.first(), &["usd"]) && digits(next).is_some() => {
            Some((Some(Token::Sign('$')), 1))
        }
        // "US$5"
        Token::Word(word) if word == "US" && next.is_some_and(|t| t.attached && t.token == Token::Sign('$')) => {
            Some((None, 1))
        }
        // "50k+", "50k+ QPS"; "2+3" is a sum.
        Token::Sign('+') if before.is_some() && left[0].attached => {
            let is_sum = next.is_some_and(|t| t.attached || !matches!(&t.token, Token::Word(word) if is_measure(word)));
            (!is_sum).then_some((None, 1))
        }
        Token::Word(_) if is(before, &["of"]) && is(left.first(), &["a", "an", "the", "one"]) => {
            matches!(next.map(|t| &t.token), Some(Token::Word(_))).then_some((None, 1))
        }
        _ => None,
    }
}

fn is_measure(word: &str) -> bool {
    Function::named(word).is_none() && matches!(lookup(word, Dimension::DATA, Rounding::NONE), Some(Word::Unit(..)))
}

/// Without what an amount is of: the last words of `200 GB of RAM`.
fn without_tail(mut read: Vec<Spanned>) -> Vec<Spanned> {
    let Some(at) = read.iter().rposition(|token| is(Some(token), &["of"])) else { return read };
    let measures = |token: &Spanned| match &token.token {
        Token::Word(word) => matches!(
            lookup(word, Dimension::DATA, Rounding::NONE),
            Some(Word::Unit(_, _, Role::Measure | Role::LowerCase) | Word::Magnitude(_, Letter::Prefix))
        ),
        _ => false,
    };
    let unknown = |token: &Spanned| match &token.token {
        Token::Word(word) => lookup(word, Dimension::DATA, Rounding::NONE).is_none(),
        _ => false,
    };
    let tail = &read[at + 1..];
    if at > 0 && measures(&read[at - 1]) && !tail.is_empty() && tail.iter().all(unknown) {
        read.truncate(at);
    }
    read
}
