//! What a due card loses by waiting: without a plan, the day asks first what loses most a second.

use super::Day;

/// The decay of the published forgetting curve of FSRS-6.
const DECAY: f64 = 0.1542;

fn factor() -> f64 {
    0.9_f64.powf(-1.0 / DECAY) - 1.0
}

/// The chance of recall after so many days, when it is 0.9 after `stability_days`.
fn recall(days: f64, stability_days: f64) -> f64 {
    (1.0 + factor() * days.max(0.0) / stability_days.max(0.1)).powf(-DECAY)
}

/// The recall that a card loses if it waits from this day to the next. SM-2's intervals aim at a recall of about
/// 0.9, so the interval stands for the stability.
pub fn loss_of_waiting(interval_days: u32, due: Day, day: Day) -> f64 {
    let stability_days = f64::from(interval_days);
    let elapsed_days = day.since(due) as f64 + stability_days;
    recall(elapsed_days, stability_days) - recall(elapsed_days + 1.0, stability_days)
}

/// No card that was due on that day, with this interval or a longer one, loses more by waiting from this day to the next.
/// The curve falls ever more slowly, so that a day's loss is at most its slope at the day's beginning; and that is
/// steepest at one interval.
pub fn most_loss_of_waiting(interval_days: u32, due: Day, day: Day) -> f64 {
    let factor = factor();
    let overdue_days = day.since(due).max(0) as f64;
    let steepest_days = DECAY * factor * overdue_days / (1.0 + factor);
    let stability_days = f64::from(interval_days).max(steepest_days).max(1.0);
    let elapsed = 1.0 + overdue_days / stability_days;
    DECAY * factor / stability_days * (1.0 + factor * elapsed).powf(-DECAY - 1.0)
}
