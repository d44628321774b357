//! What a question says itself: the quantities that stand in it, and what it is asked for one of.

use crate::quantity::{Dimension, Quantity, Typed, Unit, readings};

/// How far behind its first digit a quantity in a prompt may end, in characters.
const LONGEST: usize = 40;
/// Words before a unit that stands for one of it.
const ARTICLES: [&str; 7] = ["a", "an", "one", "per", "each", "every", "the"];

/// Whether a typed answer is a quantity of the prompt, rewritten at most by unit or case. A number in the unit that is
/// asked is worked out, whatever it comes to.
pub(super) fn says(prompt: &str, typed: &Typed, unit: &Unit) -> bool {
    let power = typed.power();
    let single = typed.single().filter(|(_, one)| *one != unit.one() && one.dimension == typed.quantity.dimension);
    if power.is_none() && (single.is_none() || typed.is_bare()) {
        return false;
    }
    let same = |found: &Typed| {
        let (ours, theirs) = (typed.quantity, found.quantity);
        let value = ours.dimension == theirs.dimension && (ours.value / theirs.value - 1.0).abs() < 1e-9;
        let digits = match (single, found.single()) {
            (Some((ours, _)), Some((theirs, _))) => same_digits(ours, theirs),
            _ => false,
        };
        value && (power.is_some() && power == found.power() || digits)
    };
    quantities(prompt, unit.dimension()).iter().any(same)
}

/// Whether two numbers differ by a power of ten at most.
fn same_digits(ours: f64, theirs: f64) -> bool {
    let ratio = (ours / theirs).abs().log10();
    (ratio - ratio.round()).abs() < 1e-9
}

/// Every quantity in a prompt, however far one reads: `1M users`, and `1M users a day`.
fn quantities(prompt: &str, asked: Dimension) -> Vec<Typed> {
    let mut found = Vec::new();
    let boundary = |at: usize| {
        let before = prompt[..at].chars().next_back();
        let after = prompt[at..].chars().next();
        !(before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric))
    };
    let mut before = ' ';
    for (start, first) in prompt.char_indices() {
        let begins = first.is_ascii_digit() && !(before.is_alphanumeric() || matches!(before, '.' | ',' | '^'));
        before = first;
        if begins {
            let ends = prompt[start..].char_indices().map(|(at, c)| start + at + c.len_utf8()).take(LONGEST);
            for end in ends.filter(|end| boundary(*end)) {
                let all = readings(&prompt[start..end], asked, prompt).unwrap_or_default();
                found.extend(all.into_iter().filter(|typed| typed.single().is_some() || typed.power().is_some()));
            }
        }
    }
    let words: Vec<&str> = prompt.split(|c: char| !c.is_alphanumeric()).collect();
    let ones = words.windows(2).filter(|pair| ARTICLES.contains(&pair[0].to_lowercase().as_str()));
    found.extend(ones.flat_map(|pair| readings(&format!("1 {}", pair[1]), asked, "").unwrap_or_default()));
    found
}

/// The quantities of a prompt as somebody types them back.
pub(super) fn texts(prompt: &str, asked: Dimension) -> Vec<String> {
    let measures = |typed: &&Typed| typed.power().is_some() || !typed.is_bare() && !typed.counts();
    let mut texts: Vec<String> =
        quantities(prompt, asked).iter().filter(measures).map(|typed| typed.text().to_owned()).collect();
    texts.sort();
    texts.dedup();
    texts
}

/// What a prompt is asked for one of, by its words: "dollars per GB", "how much a day?". A period counts only at the end
/// of a question without a number in it: elsewhere it may be that of what is given.
pub(super) fn pers(prompt: &str) -> Vec<Quantity> {
    let ones = |text: &str| {
        let spaced = text.replace('/', " per ");
        let words: Vec<String> = spaced.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect();
        let words: Vec<&String> = words.iter().filter(|word| !word.is_empty()).collect();
        let pairs = words.windows(2).filter(|pair| ARTICLES.contains(&pair[0].to_lowercase().as_str()));
        let units = pairs.filter_map(|pair| Unit::parse(pair[1]).ok().map(|unit| unit.one()));
        units.collect::<Vec<Quantity>>()
    };
    let mut found = ones(prompt);
    found.retain(|one| one.dimension == Dimension::DATA);
    let clauses: Vec<&str> =
        prompt.split(['.', ';', '?', '\n', ':']).filter(|clause| !clause.trim().is_empty()).collect();
    if let Some(last) = clauses.last().filter(|last| !last.contains(|c: char| c.is_ascii_digit())) {
        found.extend(ones(last).into_iter().filter(|one| one.dimension == Dimension::TIME));
    }
    found
}
