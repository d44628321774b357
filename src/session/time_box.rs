//! The time box of a session: how much of it is used up, at which pace, and which waiting card there is time for.

use super::item::Item;
use super::setup::NewTime;
use super::waiting::{Place, Waiting};

/// How far a card may be expected to run over the time box, in seconds, and still be asked: a question is rather answered
/// than the box left short.
const OVERRUN_S: f64 = 30.0;
/// The time box is not left shorter by more seconds while a card waits that is a single answer.
const SHORT_S: f64 = 60.0;
/// And nothing is begun that is expected to end later than this share of the time box after its end.
const OVERRUN_SHARE: f64 = 0.1;
/// After this share of the time box the learner's pace of the day is known.
const PACE_SHARE: f64 = 0.3;
/// How many expected seconds the first guess at the learner's pace is worth.
const PACE_PRIOR_S: f64 = 60.0;
/// What takes so many times less than the time there is will surely fit.
const SURELY: f64 = 2.0;

/// The time that a session may take, and what it has taken.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct TimeBox {
    /// In seconds; none has no end.
    budget_s: Option<f64>,
    /// All that counts: answers, feedback that was read, cards that were put aside.
    used_s: f64,
    /// The seconds of these that were answers, from which the pace is taken.
    answers_s: f64,
    /// What those answers were expected to take.
    expected_s: f64,
    /// What of all may go to new cards; none has no limit.
    new_time: Option<NewTime>,
    /// What went to them.
    new_s: f64,
}

impl TimeBox {
    pub(super) fn new(budget_s: Option<f64>, new_time: Option<NewTime>) -> Self {
        Self { budget_s, new_time, ..Self::default() }
    }

    pub(super) fn budget_s(&self) -> Option<f64> {
        self.budget_s
    }

    /// Seconds that count so far.
    pub(super) fn used_s(&self) -> f64 {
        self.used_s
    }

    /// An answer took so many seconds, of a card that is new today or of another.
    pub(super) fn answer(&mut self, took_s: f64, expected_s: f64, is_first_day: bool) {
        self.used_s += took_s;
        self.answers_s += took_s;
        self.expected_s += expected_s;
        self.new_s += if is_first_day { took_s } else { 0.0 };
    }

    /// So many seconds passed without an answer. They say nothing of the learner's pace: whoever puts a card aside at once
    /// does not answer the next one any sooner.
    pub(super) fn pass(&mut self, seconds: f64) {
        self.used_s += seconds;
    }

    /// Seconds left; below 0 once the box is overrun.
    pub(super) fn left_s(&self) -> Option<f64> {
        self.budget_s.map(|budget_s| budget_s - self.used_s)
    }

    pub(super) fn is_over(&self) -> bool {
        self.left_s().is_some_and(|left_s| left_s <= 0.0)
    }

    /// The seconds that pass for each that is expected.
    fn pace(&self) -> f64 {
        (self.answers_s + PACE_PRIOR_S) / (self.expected_s + PACE_PRIOR_S)
    }

    /// The seconds that a card is expected to take at the learner's pace.
    fn expected_s(&self, item: &Item) -> f64 {
        item.expected_s() * self.pace()
    }

    fn repeats_s(&self, waiting: &Waiting) -> f64 {
        waiting.repeats.iter().map(|item| self.expected_s(item)).sum()
    }

    /// Whether all that waits will fit, were it to take twice as long as expected: then it is known how many will be asked.
    pub(super) fn has_room_for_all(&self, waiting: &Waiting) -> bool {
        let new_s = waiting.queue.iter().filter(|item| item.is_new()).map(|item| self.expected_s(item)).sum::<f64>();
        let fits_in_box = self.left_s().is_none_or(|left_s| SURELY * (new_s + self.due_s(waiting)) <= left_s);
        let fits =
            |NewTime { seconds, with_repeats, .. }: NewTime| SURELY * with_repeats * new_s <= seconds - self.new_s;
        fits_in_box && self.new_time.is_none_or(fits)
    }

    /// The seconds that all due cards are expected to take: those of the queue, and as long each those beyond it.
    fn due_s(&self, waiting: &Waiting) -> f64 {
        let due = || waiting.queue.iter().filter(|item| !item.is_new());
        let queued_s: f64 = due().map(|item| self.expected_s(item)).sum();
        match waiting.beyond {
            0 => queued_s,
            beyond => queued_s * (1.0 + beyond as f64 / due().count().max(1) as f64),
        }
    }

    /// The new cards that wait and that the new cards' own share of the time has room for, with the repeats that it owes.
    pub(super) fn new_within<'a>(&self, waiting: &'a Waiting) -> impl Iterator<Item = &'a Item> {
        let repeats = waiting.repeats.iter().filter(|item| item.is_first_day());
        let mut taken_s = self.new_s + repeats.map(|item| self.expected_s(item)).sum::<f64>();
        let (new_time, pace) = (self.new_time, self.pace());
        let fits = move |item: &&Item| {
            let Some(NewTime { seconds, with_repeats, .. }) = new_time else { return true };
            let expected_s = item.expected_s() * pace * with_repeats;
            taken_s += expected_s;
            // Half of the last one is enough: now a little more, now a little less.
            taken_s - expected_s / 2.0 <= seconds
        };
        waiting.queue.iter().filter(|item| item.is_new()).take_while(fits)
    }

    /// Whether too little of the time is used though nothing waits but new cards.
    fn is_short_without_new(&self, waiting: &Waiting) -> bool {
        let is_short = self.new_time.is_some_and(|new_time| self.used_s < new_time.until_s);
        is_short && waiting.repeats.is_empty() && waiting.queue.iter().all(Item::is_new)
    }

    /// The new cards that wait and that it has no room for.
    pub(super) fn new_beyond(&self, waiting: &Waiting) -> usize {
        match self.new_time {
            None => 0,
            Some(_) => waiting.queue.iter().filter(|item| item.is_new()).count() - self.new_within(waiting).count(),
        }
    }

    /// Where the next card waits that there is time for. Before a new card, time is kept for all that is due: how much that
    /// is shows once the learner's pace is known. Repeats come when nothing else is left, and no time is kept for them. A
    /// card that would run far over the end is passed over for a shorter one; but for a single answer the box is not left
    /// more than a minute short.
    pub(super) fn next(&self, waiting: &Waiting) -> Option<Place> {
        let takes_new = self.new_within(waiting).next().is_some() || self.is_short_without_new(waiting);
        let (Some(left_s), Some(budget_s)) = (self.left_s(), self.budget_s) else {
            let queued = waiting.queue.iter().position(|item| !item.is_new() || takes_new);
            return queued.map(Place::Queue).or_else(|| waiting.first_repeat());
        };
        let due_s = self.due_s(waiting);
        let pace_is_known = left_s <= budget_s * (1.0 - PACE_SHARE);
        let fits = |item: &Item, kept_s: f64| {
            let expected_s = self.expected_s(item);
            let over_s = expected_s - (left_s - kept_s);
            // A chain is long and uncertain: it must be expected to fit.
            let is_single = item.answers() == 1;
            let overrun_s = if is_single { OVERRUN_S.min(expected_s / 2.0) } else { 0.0 };
            let would_be_short = is_single && kept_s <= 0.0 && left_s > SHORT_S;
            over_s <= overrun_s || would_be_short && over_s <= OVERRUN_SHARE * budget_s
        };
        let queued = waiting.queue.iter().position(|item| match item.is_new() {
            true => takes_new && (due_s == 0.0 || pace_is_known) && fits(item, due_s),
            false => fits(item, 0.0),
        });
        let repeat = || waiting.repeats.iter().position(|item| fits(item, 0.0));
        queued.map(Place::Queue).or_else(|| repeat().map(Place::Repeats))
    }

    /// Where the next card of a planned queue waits: a test that is owed once its gap has passed or the box is nearly full,
    /// else the first of the queue that there is time for.
    pub(super) fn next_planned(&self, waiting: &Waiting, passed: usize) -> Option<Place> {
        let Some(left_s) = self.left_s() else { return waiting.first_ready(passed) };
        let tests_s = self.repeats_s(waiting);
        let fits = |item: &Item| {
            let expected_s = self.expected_s(item);
            // What is met today is tested today: there must be time for that, and for the tests that are owed.
            if item.is_unseen {
                return 2.0 * expected_s + tests_s <= left_s;
            }
            // A chain is long and uncertain: it must be expected to fit.
            let overrun_s = if item.answers() == 1 { OVERRUN_S.min(expected_s / 2.0) } else { 0.0 };
            left_s > 0.0 && expected_s - left_s <= overrun_s
        };
        let queued = waiting.queue.iter().position(fits);
        let is_nearly_full = left_s <= tests_s;
        let is_ready = |item: &Item| item.not_before <= passed || is_nearly_full || queued.is_none();
        let test = waiting.repeats.iter().position(|item| is_ready(item) && left_s > 0.0);
        test.map(Place::Repeats).or_else(|| queued.map(Place::Queue))
    }

    /// How many of the cards that wait fit in the box after the open one.
    pub(super) fn fitting(&self, open: &Item, waiting: &Waiting) -> usize {
        let Some(left_s) = self.left_s() else { return waiting.len() };
        let mut taken_s = self.expected_s(open);
        let fits = |item: &&Item| {
            taken_s += self.expected_s(item);
            taken_s <= left_s
        };
        waiting.repeats.iter().chain(&waiting.queue).take_while(fits).count()
    }

    /// The new cards that there is no time for, as it looks now.
    pub(super) fn new_without_room(&self, waiting: &Waiting) -> usize {
        let Some(left_s) = self.left_s() else { return 0 };
        let mut kept_s = self.due_s(waiting);
        self.new_within(waiting)
            .filter(|item| {
                kept_s += self.expected_s(item);
                kept_s > left_s
            })
            .count()
    }
}

#[cfg(test)]
mod tests {
    use super::super::queue::Queued;
    use super::super::setup::{Order, Setup};
    use super::*;
    use crate::deck::{Brief, Kind};
    use crate::log::LogId;
    use crate::schedule::{CardId, CardState, Day, Memory, Mode, Quality};
    use std::collections::HashMap;

    /// A card that is due, alone in the queue, and how long it is expected to take.
    fn due(kind: Kind, answers: usize) -> (Waiting, f64) {
        let day: Day = "2026-11-21".parse().unwrap();
        let setup = Setup {
            session: LogId::new(0, [0; 10]),
            mode: Mode::Review,
            day,
            budget_s: None,
            new_time: None,
            median_seconds: HashMap::new(),
            order: Order::DueFirst,
        };
        let brief = Brief { id: CardId::parse("d/a").unwrap(), kind, answers, level: 1 };
        let state = CardState { memory: Memory::New.after(Quality::GOOD, day), ..CardState::default() };
        let item = Item::new(Queued { brief, state, seed: 0, repeat: false, weak: Vec::new() }, &setup);
        let expected_s = item.expected_s();
        (Waiting { queue: [item].into(), ..Waiting::default() }, expected_s)
    }

    #[test]
    fn a_chain_must_fit_in_the_box_and_a_single_card_may_run_over() {
        for (kind, answers, short_by_s, is_asked) in [
            (Kind::Estimate, 5, 0.0, true),
            (Kind::Estimate, 5, 1.0, false),
            (Kind::Estimate, 5, 25.0, false),
            (Kind::Number, 1, 1.0, true),
        ] {
            let (waiting, expected_s) = due(kind, answers);
            let time_box = TimeBox::new(Some(expected_s - short_by_s), None);
            let place = is_asked.then_some(Place::Queue(0));
            assert_eq!(time_box.next(&waiting), place, "{kind:?} short by {short_by_s} s");
            assert_eq!(time_box.next_planned(&waiting, 0), place, "{kind:?} short by {short_by_s} s, planned");
        }
    }

    #[test]
    fn what_fits_is_told_by_the_pace_of_the_sitting() {
        let (waiting, expected_s) = due(Kind::Estimate, 5);
        for (took_s, left_s, is_asked) in [
            (120.0, expected_s, true),
            // Half as long again as expected: 240 s + 60 s in place of 120 s + 60 s.
            (240.0, expected_s, false),
            (240.0, 1.7 * expected_s, true),
            // Two thirds of it.
            (60.0, 0.7 * expected_s, true),
            (60.0, 0.6 * expected_s, false),
        ] {
            let mut time_box = TimeBox::new(Some(took_s + left_s), None);
            time_box.answer(took_s, 120.0, false);
            let place = is_asked.then_some(Place::Queue(0));
            assert_eq!(time_box.next(&waiting), place, "after {took_s} s for 120 s, with {left_s} s left");
        }
    }
}
