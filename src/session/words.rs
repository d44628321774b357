//! The words of what happened, the same in every front end that people read.

use super::counts::Counts;
use super::event::{Begun, What};
use super::feedback::{Feedback, Marks, Next};
use super::question::{Phase, Question};
use super::summary::{Ending, Summary, Unfinished};
use crate::quantity::factor;
use crate::schedule::{CardId, Mode, Quality};
use crate::shown::{count, text as clean};

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

/// What a session is about, and its time.
pub fn what_there_is(begun: &Begun) -> String {
    let counts = begun.counts();
    let of = if begun.selection && begun.mode == Mode::Review { ", your selection" } else { "" };
    let what = match begun.mode {
        Mode::Review if counts.is_nothing() => "nothing is due".to_owned(),
        Mode::Review => counts.to_string(),
        Mode::Quiz | Mode::Cram => begun.mode.name().to_owned(),
    };
    let time = match begun.budget_s {
        None => String::new(),
        // A planned day has one box.
        Some(budget_s) if budget_s <= 0.0 && begun.interview == Some(begun.day) => {
            return ": the warm-up for your interview is done".to_owned();
        }
        Some(budget_s) if budget_s <= 0.0 => return ": today's minutes are done".to_owned(),
        Some(budget_s) if budget_s < 60.0 => ", less than a minute".to_owned(),
        Some(budget_s) => format!(", {}", count((budget_s / 60.0).round() as usize, "minute")),
    };
    format!("{of}: {what}{time}")
}

/// Where a question stands: which one of how many, where that is known, and which one with the time that is left, where the
/// learner's pace decides.
pub fn place(q: &Question) -> String {
    match (q.total, q.left_s) {
        (Some(_), _) if q.phase == Phase::Repeat => format!("{} to repeat", q.remaining),
        (Some(total), _) if q.n <= total => format!("{} of {total}", q.n),
        (_, Some(left_s)) if left_s >= 60.0 => format!("{}, {:.0} min left", q.n, ((left_s + 1.0) / 60.0).floor()),
        (_, Some(left_s)) if left_s > 0.0 => format!("{}, last minute", q.n),
        _ => q.n.to_string(),
    }
}

/// Why a session ended, where that was neither the learner's wish nor the last card.
pub fn ended(ending: Ending) -> Option<&'static str> {
    match ending {
        Ending::Time => Some("Time is up."),
        Ending::Day => Some("The day is over: what is left comes on the next one."),
        Ending::Quit | Ending::Done => None,
    }
}

/// What the day still asks, of the cards that were chosen and of all.
pub fn still_waiting(s: &Summary) -> Vec<String> {
    let next = s.next_due.map(|day| format!("; the next cards come on {}", day.format("%a %-d %b")));
    let of = |counts: &Counts| match counts {
        counts if counts.is_nothing() => "nothing more is due today".to_owned(),
        Counts { due: 0, owed: 0, new, .. } => {
            let (cards, wait) = if *new == 1 { ("card", "waits") } else { ("cards", "wait") };
            format!("nothing more is due today; {counts} {cards} still {wait}")
        }
        counts => format!("still waiting today: {counts}"),
    };
    let all = s.all.unwrap_or(s.today);
    let of_all = match s.is_interview && all.is_nothing() {
        true => "nothing more is planned for today: all the best for your interview".to_owned(),
        false => of(&all) + &next.filter(|_| all.is_nothing()).unwrap_or_default(),
    };
    match s.all {
        Some(_) => vec![format!("your selection: {}", of(&s.today)), format!("all cards: {of_all}")],
        None => vec![of_all],
    }
}

/// What was left in its middle, and is not kept.
pub fn not_kept(Unfinished { card, steps }: &Unfinished) -> String {
    let are = if *steps == 1 { "is" } else { "are" };
    let steps = count(*steps, "answered step");
    format!("{steps} of {card} {are} not kept: a chain counts when its last step is answered")
}

/// What quitting in the middle of a chain loses.
pub fn lost(steps: usize) -> String {
    let steps = count(steps, "answered step");
    format!("a chain counts when its last step is answered: quit again, and {steps} will not be kept")
}
