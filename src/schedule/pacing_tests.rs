use super::*;
use std::collections::BTreeMap;

const BOX_S: f64 = 900.0;

fn first_day() -> Day {
    "2026-11-21".parse().unwrap()
}

/// A learner who misses every so many-th answer, and takes 10 seconds for a right one and 17 for a wrong one.
struct Learner {
    misses_one_in: usize,
    /// The answers to new cards.
    misses_new_one_in: usize,
    answered: usize,
    met: usize,
    /// Each with its interval, 0 for one that was missed.
    due: BTreeMap<Day, Vec<u32>>,
}

/// A day as it went, in seconds.
#[derive(Debug)]
struct Went {
    due_s: f64,
    all_s: f64,
}

impl Learner {
    fn new(misses_one_in: usize, misses_new_one_in: usize) -> Self {
        Self { misses_one_in, misses_new_one_in, answered: 0, met: 0, due: BTreeMap::new() }
    }

    fn answers(&self) -> Answers {
        let right = |one_in: usize| 1.0 - 1.0 / one_in as f64;
        Answers { recall: right(self.misses_one_in), known_before: right(self.misses_new_one_in), wrong: 1.7 }
    }

    fn coming_back(&self) -> Vec<ComingBack> {
        let of_card = |(due, interval_days): (Day, u32)| ComingBack {
            due,
            interval_days: interval_days.max(1),
            is_missed: interval_days == 0,
            seconds: 10.0,
        };
        self.due.iter().flat_map(|(due, cards)| cards.iter().map(|card| (*due, *card))).map(of_card).collect()
    }

    /// Answers a card and gives the seconds, with those of its repeat.
    fn answer(&mut self, day: Day, interval_days: u32, is_right: bool) -> (f64, f64) {
        let (next_days, seconds) = match (is_right, interval_days) {
            (false, _) => (0, (17.0, 27.0)),
            (true, 0) => (1, (10.0, 10.0)),
            (true, 1) => (6, (10.0, 10.0)),
            (true, days) => ((days * 5).div_ceil(2), (10.0, 10.0)),
        };
        self.due.entry(day.plus(next_days.max(1))).or_default().push(next_days);
        seconds
    }

    fn live(&mut self, day: Day) -> Went {
        let first_day = (self.met > 0).then(first_day);
        let answers = self.answers();
        let pacing = Pacing { today: day, first_day, today_s: BOX_S, box_s: BOX_S, spent_s: 0.0, answers };
        let new_s = pacing.seconds(self.coming_back());
        let later = self.due.split_off(&day.plus(1));
        let due = std::mem::replace(&mut self.due, later);
        let (mut due_s, mut all_s) = (0.0, 0.0);
        for interval_days in due.into_values().flatten() {
            self.answered += 1;
            let is_right = !self.answered.is_multiple_of(self.misses_one_in);
            let (once_s, with_repeat_s) = self.answer(day, interval_days, is_right);
            (due_s, all_s) = (due_s + once_s, all_s + with_repeat_s);
        }
        let mut taken_s = 0.0;
        while taken_s + 5.0 <= new_s {
            self.met += 1;
            // A new card that is known is as one that was recalled the first time.
            let is_right = !self.met.is_multiple_of(self.misses_new_one_in);
            taken_s += self.answer(day, 0, is_right).1;
        }
        Went { due_s, all_s: all_s + taken_s }
    }
}

#[test]
fn every_day_is_filled_and_none_to_come_is_too_full() {
    for (misses_one_in, misses_new_one_in) in [(10, 10), (10, 2), (5, 2), (3, 2), (20, 20)] {
        let mut learner = Learner::new(misses_one_in, misses_new_one_in);
        for ahead in 0..42 {
            let went = learner.live(first_day().plus(ahead));
            let case = format!("1 in {misses_one_in}, new 1 in {misses_new_one_in}, day {ahead}: {went:?}");
            // The first days are filled: a week after them a little may be left for the next day.
            assert!(went.due_s <= if ahead < 10 { 1.15 } else { 1.0 } * BOX_S, "{case}");
            assert!(ahead >= 10 || went.all_s >= 0.8 * BOX_S, "{case}");
        }
        assert!(learner.met > 100, "1 in {misses_one_in}: {}", learner.met);
    }
}

#[test]
fn a_day_whose_minutes_are_gone_or_due_takes_in_nothing() {
    let answers = Answers { recall: 0.9, known_before: 0.5, wrong: 1.5 };
    let day = Pacing { today: first_day(), first_day: None, today_s: BOX_S, box_s: BOX_S, spent_s: 0.0, answers };
    let due = |ahead: u32, seconds: f64| ComingBack {
        due: first_day().plus(ahead),
        interval_days: 6,
        is_missed: false,
        seconds,
    };
    let alone = day.seconds([]);
    assert!((700.0..=BOX_S).contains(&alone), "{alone}");
    assert_eq!(day.seconds([due(0, 1000.0)]), 0.0, "what is due fills it");
    assert_eq!(Pacing { spent_s: BOX_S, ..day }.seconds([]), 0.0, "it is over");
    let five_minutes = Pacing { today_s: 300.0, ..day }.seconds([]);
    assert!((200.0..=300.0).contains(&five_minutes), "{five_minutes}");
    // A card that is met today comes back tomorrow.
    let before_a_full_day = day.seconds([due(1, 800.0)]);
    assert!(before_a_full_day < 0.75 * alone, "{before_a_full_day}");
    // What is due in half a year fills no day that is looked over.
    assert_eq!(day.seconds([due(180, 5000.0)]), alone);
}
