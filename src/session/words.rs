//! The words of what happened, the same in every front end that people read.

use super::event::What;
use super::feedback::{Feedback, Marks, Next};
use crate::quantity::factor;
use crate::schedule::{CardId, Quality};
use crate::shown::text as clean;

/// How an answer went, in a word or two.
pub fn verdict(f: &Feedback) -> String {
    let miss = f.ratio.zip(f.direction).map(|(ratio, direction)| format!("{}x {direction}", factor(ratio)));
    let verdict = match f.quality.get() {
        0 => "not known",
        4.. => "right",
        3 if f.given.is_some() => "close",
        3 => "right, hard",
        _ => "wrong",
    };
    match miss.filter(|_| f.quality < Quality::GOOD) {
        Some(miss) => format!("{verdict}, {miss}"),
        None => verdict.to_owned(),
    }
}

/// What was answered and what is right, as far as it is not shown already.
pub fn told(f: &Feedback, revealed: bool) -> Option<String> {
    let expected = clean(&f.expected);
    let given = f.given.as_deref().map(clean);
    match (given, &f.marks) {
        // How many points of a probe were said; which ones is marked in their list.
        (Some(given), Some(Marks::Points { .. })) => Some(given),
        _ if revealed => None,
        (Some(given), Some(Marks::Options { picked, right, .. })) if *picked != Some(*right) => {
            Some(format!("you picked {given}; right is {expected}"))
        }
        (Some(given), None) if !f.correct || f.quality < Quality::GOOD => {
            Some(format!("you said {given}; right is {expected}"))
        }
        (None, None) if f.quality == Quality::BLANK => Some(format!("right is {expected}")),
        (Some(given), None) if !expected.starts_with(&given) => Some(format!("{expected} (you said {given})")),
        _ => Some(expected),
    }
}

/// What an answer means for the schedule.
pub fn next(f: &Feedback) -> String {
    match f.schedule.next {
        _ if f.review.is_none() => String::new(),
        _ if f.schedule.asked_again => "again today".to_owned(),
        None => "(not scheduled: it was never reviewed)".to_owned(),
        Some(Next { in_days: 1, .. }) => "next tomorrow".to_owned(),
        Some(Next { in_days, due, .. }) => format!("next in {in_days} days, {}", due.format("%a %-d %b")),
    }
}

/// What was taken back, as a learner would say it.
pub fn taken_back(what: What, card: &CardId) -> String {
    match what {
        What::Answer => format!("your answer to {card}"),
        What::Step => format!("your last step of {card}"),
        What::Skip => format!("that you skipped {card}"),
        What::Suspend => format!("that {card} was suspended"),
        What::Flag => format!("the flag on {card}"),
        What::Unflag => format!("that the flag on {card} was taken off"),
        What::Look => format!("your look at {card}"),
        What::Regrade => format!("the other grade for {card}"),
        What::Note => format!("your note on {card}"),
    }
}

/// The habit of a sprint in words; within a tenth there is none.
pub fn bias(bias: Option<f64>) -> String {
    match bias {
        None => "-".to_owned(),
        Some(bias) if bias > 1.1 => format!("{}x high", factor(bias)),
        Some(bias) if bias < 1.0 / 1.1 => format!("{}x low", factor(1.0 / bias)),
        Some(_) => "none".to_owned(),
    }
}

/// A quality in a word.
pub fn went(quality: u8) -> &'static str {
    match quality {
        0 => "not known",
        1 | 2 => "wrong",
        3 => "close",
        _ => "right",
    }
}
