//! How many new cards a day takes in: as many as the days to come can carry.
//!
//! A card that is met today comes back tomorrow, a week and three weeks later, and what is missed comes back the day after.
//! Whoever fills a day with new cards thus fills others too. So the days to come are looked over, with what is due on each
//! of them and what would be met on each of them: today takes in what keeps all of them full, and none of them too full.

use super::Day;
use std::collections::BTreeMap;

/// So many days are looked over, today among them.
pub const PACED_DAYS: u32 = 40;

/// Below this share of its minutes a day is short.
const SHORT: f64 = 0.87;
/// What a day would be, repeats included.
const FULL: f64 = 0.88;
/// What is due is not to take more than this share of a day: who misses more than usual has time for it.
const DUE_AT_MOST: f64 = 0.65;
/// How much it counts that a day is neither short nor too full but not quite full.
const NOT_QUITE_FULL: f64 = 0.05;
/// Whoever begins wants to see cards: on so many days it counts most that today is not short, for the days to come can
/// still be mended. Later it counts more that no day is too full.
const FIRST_DAYS: i64 = 10;
const SHORT_AT_FIRST: f64 = 100.0;
const TOO_FULL_LATER: f64 = 40.0;
/// What is due beyond this share of a day's minutes waits for the next day, and counts so many times.
const OVER_THE_END: f64 = 1.03;
const OVER_COUNTS: f64 = 20.0;
/// New cards bring no day beyond this share, whatever else they would fill; of days on which more than so much of them
/// comes back.
const NEVER_OVER: f64 = 1.3;
const COMES_BACK: f64 = 0.25;
/// The days are gone over at most so many times, or until none changes by so much of a day.
const ROUNDS: usize = 60;
const SETTLED: f64 = 0.002;

/// Cards that come back on a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ComingBack {
    /// When: what is overdue comes back today.
    pub due: Day,
    /// After how many days.
    pub interval_days: u32,
    /// They were missed when they were last asked.
    pub is_missed: bool,
    /// What right answers to all of them take.
    pub seconds: f64,
}

/// How a learner answers, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Answers {
    /// The share of known cards that is recalled.
    pub recall: f64,
    /// The share of new cards that was known before.
    pub known_before: f64,
    /// How many times as long as a right answer a wrong one takes.
    pub wrong: f64,
}

impl Answers {
    /// The time of an answer that is right so often, in right answers. A wrong one is followed by a repeat.
    fn with_repeats(self, right: f64) -> f64 {
        right + (1.0 - right) * (self.wrong + 1.0)
    }

    /// How many times as long as a right answer a new card takes on its first day, its repeat included.
    pub fn with_repeats_of_new(self) -> f64 {
        self.with_repeats(self.known_before)
    }
}

/// The day whose new cards are wanted, and the time that there is.
#[derive(Debug, Clone, Copy)]
pub struct Pacing {
    /// The day.
    pub today: Day,
    /// The day on which the first card was met; none before there is one.
    pub first_day: Option<Day>,
    /// The seconds that today has in all.
    pub today_s: f64,
    /// Those of each day to come.
    pub box_s: f64,
    /// What of today's is gone.
    pub spent_s: f64,
    /// How the learner answers.
    pub answers: Answers,
}

impl Pacing {
    /// Whether this is one of a learner's first days.
    pub fn is_beginning(&self) -> bool {
        self.first_day.is_none_or(|first| self.today.since(first) < FIRST_DAYS)
    }

    /// The seconds that today's new cards may take, their repeats included.
    pub fn seconds(&self, coming_back: impl IntoIterator<Item = ComingBack>) -> f64 {
        let mut returns = Returns::default();
        for cards in coming_back {
            let ahead = usize::try_from(cards.due.since(self.today)).unwrap_or(0);
            returns.add(ahead, if cards.is_missed { 0 } else { cards.interval_days.max(1) }, cards.seconds);
        }
        let left_s = self.today_s - self.spent_s;
        let mut load_s = returns.load(self.answers);
        if load_s[0] >= left_s {
            return 0.0;
        }
        load_s[0] += self.spent_s;
        let of_new = self.of_new();
        let room_s = self.room_for_new(&load_s, &of_new);
        let new_s = self.days_filled(load_s, &of_new)[0].min(room_s);
        (new_s * of_new[0]).min(left_s)
    }

    /// The seconds on each day that one second of new cards brings, as right answers take it.
    fn of_new(&self) -> Vec<f64> {
        let known = self.answers.known_before;
        let mut returns = Returns::default();
        returns.add(1, 1, known);
        returns.add(1, 0, 1.0 - known);
        let mut load = returns.load(self.answers);
        load[0] = self.answers.with_repeats_of_new();
        load
    }

    /// The share of a known card's time that goes to its answer, and not to a repeat.
    fn due_share(&self) -> f64 {
        let Answers { recall, wrong, .. } = self.answers;
        (recall + (1.0 - recall) * wrong) / self.answers.with_repeats(recall)
    }

    /// The seconds of new cards that the days have room for on which these come back.
    fn room_for_new(&self, load_s: &[f64], of_new: &[f64]) -> f64 {
        let due_share = self.due_share();
        let days = load_s.iter().zip(of_new).skip(1).map(|(load_s, brings)| (load_s * due_share, brings * due_share));
        let room_s = |(due_s, brings): (f64, f64)| (NEVER_OVER * self.box_s - due_s).max(0.0) / brings;
        days.filter(|(_, brings)| *brings > COMES_BACK).map(room_s).fold(f64::MAX, f64::min)
    }

    /// The seconds of new cards on each day, so that the days with all that these bring are as near to full as can be. Goes
    /// over the days again and again and gives each what is best, as long as the others stay: that settles, for the days
    /// are weighed by squares.
    fn days_filled(&self, mut load_s: Vec<f64>, of_new: &[f64]) -> Vec<f64> {
        let days = load_s.len();
        let due_share = self.due_share();
        let mut due_s: Vec<f64> = load_s.iter().map(|load_s| load_s * due_share).collect();
        let (short_today, too_full) = if self.is_beginning() { (SHORT_AT_FIRST, 1.0) } else { (1.0, TOO_FULL_LATER) };
        let mut new_s = vec![0.0; days];
        for _ in 0..ROUNDS {
            let mut moved = 0.0f64;
            for (day, of_day) in new_s.iter_mut().enumerate() {
                let (mut pull, mut weight) = (0.0, 0.0);
                for (on, brings) in (day..days).zip(of_new) {
                    let box_s = if on == 0 { self.today_s } else { self.box_s };
                    let load = load_s[on] / box_s;
                    let (missing, counts) = match load < SHORT {
                        true => (SHORT - load, if on == 0 { short_today } else { 1.0 }),
                        false => (FULL - load, NOT_QUITE_FULL),
                    };
                    pull += counts * brings * missing * box_s;
                    weight += counts * brings * brings;
                    if on > day {
                        let (brings, due) = (brings * due_share, due_s[on] / box_s);
                        for (at_most, counts) in [(DUE_AT_MOST, too_full), (OVER_THE_END, OVER_COUNTS)] {
                            if due > at_most {
                                pull -= counts * brings * (due - at_most) * box_s;
                                weight += counts * brings * brings;
                            }
                        }
                    }
                }
                let change_s = (pull / weight).max(-*of_day);
                *of_day += change_s;
                moved = moved.max(change_s.abs() / self.box_s);
                for (on, brings) in (day..days).zip(of_new) {
                    load_s[on] += change_s * brings;
                    due_s[on] += if on > day { change_s * brings * due_share } else { 0.0 };
                }
            }
            if moved < SETTLED {
                break;
            }
        }
        new_s
    }
}

/// What comes back on each of the days to come: the seconds of right answers, by the interval in days after which they
/// come; 0 is that of a card that was missed.
struct Returns(Vec<BTreeMap<u32, f64>>);

impl Default for Returns {
    fn default() -> Self {
        Self(vec![BTreeMap::new(); PACED_DAYS as usize])
    }
}

impl Returns {
    fn add(&mut self, ahead: usize, interval_days: u32, seconds: f64) {
        if let Some(day) = self.0.get_mut(ahead) {
            *day.entry(interval_days).or_default() += seconds;
        }
    }

    /// The seconds that each day takes, repeats included, when cards come back as SM-2 has it.
    fn load(mut self, answers: Answers) -> Vec<f64> {
        let right = answers.recall;
        (0..self.0.len())
            .map(|day| {
                let of_day = std::mem::take(&mut self.0[day]);
                for (interval_days, seconds) in &of_day {
                    let next_days = match interval_days {
                        0 => 1,
                        1 => 6,
                        days => (days * 5).div_ceil(2),
                    };
                    self.add(day + next_days as usize, next_days, right * seconds);
                    self.add(day + 1, 0, (1.0 - right) * seconds);
                }
                of_day.values().sum::<f64>() * answers.with_repeats(right)
            })
            .collect()
    }
}

#[cfg(test)]
#[path = "pacing_tests.rs"]
mod tests;
