//! What a card comes to on the day of an interview, if from now on it is asked whenever that is worth its time.
//!
//! A memory is a stability and a difficulty; with the days since the card was seen they say how likely it is recalled. Worked
//! out backwards from the interview: what a card is worth that is seen for the last time so many days before it is known,
//! and so what it is worth that may be asked once more before that, and so on. All of it stands on a grid of memories,
//! between which it is interpolated: a plan asks for the gain of each card on each day to come.

use super::retention::{MemoryModel, MemoryState};
use super::seconds::Seconds;
use super::{Day, Quality};
use std::collections::HashMap;

/// The grid: stabilities from the least on, each so many times the one before, and difficulties.
const STABILITIES: usize = 24;
const LEAST_DAYS: f64 = 0.03;
const RATIO: f64 = 1.55;
const DIFFICULTIES: [f64; 3] = [2.0, 6.4, 9.5];
/// An interview that is farther away counts as one in so many days.
const FARTHEST_DAYS: usize = 90;
/// The next time that a card is asked may be so many days later.
const WAITS: [usize; 11] = [1, 2, 3, 4, 6, 9, 13, 19, 28, 41, 60];
/// From so many days since a card was seen on, they count in steps of a twentieth.
const EXACT_DAYS: f64 = 60.0;
const COARSE: f64 = 1.05;

type Grid<T> = [[T; STABILITIES]; DIFFICULTIES.len()];

/// Where a memory lies on the grid: the point below it, and how far on to the next one.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    stability: usize,
    firmer: f64,
    difficulty: usize,
    harder: f64,
}

impl Place {
    fn of(memory: &MemoryState) -> Self {
        let along = (memory.stability_days / LEAST_DAYS).ln() / RATIO.ln();
        let along = along.clamp(0.0, (STABILITIES - 1) as f64 - 1e-9);
        let difficulty =
            DIFFICULTIES[1..DIFFICULTIES.len() - 1].iter().filter(|edge| memory.difficulty >= **edge).count();
        let (easier, harder) = (DIFFICULTIES[difficulty], DIFFICULTIES[difficulty + 1]);
        Self {
            stability: along as usize,
            firmer: along.fract(),
            difficulty,
            harder: ((memory.difficulty - easier) / (harder - easier)).clamp(0.0, 1.0),
        }
    }

    fn on(self, grid: &Grid<f64>) -> f64 {
        let of = |row: &[f64; STABILITIES]| {
            row[self.stability] + self.firmer * (row[self.stability + 1] - row[self.stability])
        };
        let (easier, harder) = (of(&grid[self.difficulty]), of(&grid[self.difficulty + 1]));
        easier + self.harder * (harder - easier)
    }
}

/// What an answer comes to.
#[derive(Debug, Clone, Copy, Default)]
struct Answer {
    recall: f64,
    right: Place,
    wrong: Place,
}

/// What is ahead of cards until an interview.
pub(super) struct Lookahead<'a> {
    model: &'a MemoryModel,
    interview: Day,
    /// What a second costs, in cards recalled on the day.
    price: f64,
    seconds: Seconds,
    /// By the days since a card was seen.
    answers: HashMap<usize, Box<Grid<Answer>>>,
    /// By the days that are left: what a card leads to that is seen on that day, with all that it will cost.
    seen: Vec<Grid<f64>>,
    /// By the days that are left and those since a card was seen: what it gains if it is asked and does not wait.
    gains: HashMap<(usize, usize), Box<Grid<f64>>>,
}

impl<'a> Lookahead<'a> {
    /// From a day on, of cards that take so long as a rule.
    pub(super) fn new(model: &'a MemoryModel, today: Day, interview: Day, price: f64, seconds: Seconds) -> Self {
        let days = days_left(today, interview);
        let (answers, gains) = (HashMap::new(), HashMap::new());
        let mut ahead = Self { model, interview, price, seconds, answers, seen: Vec::with_capacity(days + 1), gains };
        WAITS.into_iter().filter(|days_on| *days_on < days).for_each(|days_on| ahead.look_at(days_on));
        (0..=days).for_each(|left| {
            let leads_to = ahead.later(left, 0);
            ahead.seen.push(leads_to);
        });
        ahead
    }

    /// What a card adds to what is recalled on the day of the interview if it is asked on this one, against waiting for a
    /// better one. Below 0 where it had better wait.
    pub(super) fn gain(&mut self, memory: &MemoryState, day: Day) -> f64 {
        let left = days_left(day, self.interview);
        let ago = rounded(usize::try_from(day.since(memory.latest)).unwrap_or(0));
        if !self.gains.contains_key(&(left, ago)) {
            self.look_at(ago);
            WAITS
                .into_iter()
                .filter(|days_on| *days_on < left)
                .for_each(|days_on| self.look_at(rounded(ago + days_on)));
            let (now, later) = (self.asked(left, ago), self.later(left, ago));
            self.gains.insert((left, ago), Box::new(combined(|d, s| now[d][s] - later[d][s])));
        }
        self.gains.get(&(left, ago)).map_or(0.0, |gains| Place::of(memory).on(gains))
    }

    /// What an answer comes to, so many days after a card was seen.
    fn look_at(&mut self, ago: usize) {
        let model = self.model;
        self.answers.entry(ago).or_insert_with(|| {
            Box::new(combined(|d, s| {
                let memory = memory(d, s);
                let day = memory.latest.plus(ago as u32);
                let after = |quality| Place::of(&model.after(&memory, quality, day));
                let (right, wrong) = (after(Quality::GOOD), after(Quality::AGAIN));
                Answer { recall: model.recall(&memory, day), right, wrong }
            }))
        });
    }

    /// What a card leads to that is asked when so many days are left, so many days after it was seen.
    fn asked(&self, left: usize, ago: usize) -> Grid<f64> {
        let (answers, seen) = (&self.answers[&ago], &self.seen[left]);
        combined(|d, s| {
            let Answer { recall, right, wrong } = answers[d][s];
            recall * right.on(seen) + (1.0 - recall) * wrong.on(seen)
        })
    }

    /// The same of one that is asked on the best day after that, or not again.
    fn later(&self, left: usize, ago: usize) -> Grid<f64> {
        let recall = |s| {
            let memory = memory(0, s);
            self.model.recall(&memory, memory.latest.plus((ago + left) as u32))
        };
        let unasked: [f64; STABILITIES] = std::array::from_fn(recall);
        let mut best: Grid<f64> = combined(|_, s| unasked[s]);
        for days_on in WAITS.into_iter().filter(|days_on| *days_on < left) {
            let ago = rounded(ago + days_on);
            let (answers, asked) = (&self.answers[&ago], self.asked(left - days_on, ago));
            best =
                combined(|d, s| best[d][s].max(asked[d][s] - self.price * self.seconds.expected(answers[d][s].recall)));
        }
        best
    }
}

/// The memory at a point of the grid, seen on some day.
fn memory(difficulty: usize, stability: usize) -> MemoryState {
    let stability_days = LEAST_DAYS * RATIO.powi(stability as i32);
    MemoryState { stability_days, difficulty: DIFFICULTIES[difficulty], latest: Day::FIRST }
}

fn combined<T>(of: impl Fn(usize, usize) -> T) -> Grid<T> {
    std::array::from_fn(|difficulty| std::array::from_fn(|stability| of(difficulty, stability)))
}

fn days_left(day: Day, interview: Day) -> usize {
    usize::try_from(interview.since(day)).unwrap_or(0).min(FARTHEST_DAYS)
}

/// Days since a card was seen, as they are looked at.
fn rounded(ago: usize) -> usize {
    let days = ago as f64;
    match days <= EXACT_DAYS {
        true => ago,
        false => (EXACT_DAYS * COARSE.powf(((days / EXACT_DAYS).ln() / COARSE.ln()).round())) as usize,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECONDS: Seconds = Seconds { right: 8.0, wrong: 14.0 };

    fn interview() -> Day {
        "2026-12-15".parse().unwrap()
    }

    fn memory_of(stability_days: f64, difficulty: f64, seen_before: i64) -> MemoryState {
        MemoryState { stability_days, difficulty, latest: interview().before(seen_before) }
    }

    #[test]
    fn on_the_eve_a_gain_is_what_the_model_says() {
        let model = MemoryModel::default();
        let eve = interview().before(1);
        let mut ahead = Lookahead::new(&model, eve, interview(), 0.001, SECONDS);
        for (stability, difficulty, seen_before) in
            [(0.4, 6.4, 2), (2.0, 6.4, 3), (7.0, 8.4, 9), (30.0, 5.0, 20), (300.0, 9.0, 400)]
        {
            let memory = memory_of(stability, difficulty, seen_before);
            let recall = model.recall(&memory, eve);
            let then = |quality| model.recall(&model.after(&memory, quality, eve), interview());
            let asked = recall * then(Quality::GOOD) + (1.0 - recall) * then(Quality::AGAIN);
            let (gain, wanted) = (ahead.gain(&memory, eve), asked - model.recall(&memory, interview()));
            assert!((gain - wanted).abs() < 0.015, "{memory:?}: {gain} and not {wanted}");
        }
    }

    #[test]
    fn what_was_just_recalled_gains_more_by_waiting_and_what_fades_does_not() {
        let model = MemoryModel::default();
        let today = interview().before(14);
        let mut ahead = Lookahead::new(&model, today, interview(), 0.001, SECONDS);
        let gain = |ahead: &mut Lookahead, days_ago: i64| ahead.gain(&memory_of(6.0, 6.4, 14 + days_ago), today);
        let by_days: Vec<f64> = [1, 3, 6, 10].into_iter().map(|days| gain(&mut ahead, days)).collect();
        assert!(by_days.is_sorted(), "{by_days:?}");
        assert!(by_days[0] < 0.5 * by_days[3], "{by_days:?}");
    }

    #[test]
    fn a_dear_second_is_spent_once_and_a_cheap_one_more_often() {
        let model = MemoryModel::default();
        let today = interview().before(28);
        let of = |price| {
            let ahead = Lookahead::new(&model, today, interview(), price, SECONDS);
            Place::of(&memory_of(0.5, 6.4, 28)).on(&ahead.seen[28])
        };
        let (dear, fair, cheap) = (of(1.0), of(0.002), of(0.0));
        let unasked = model.recall(&memory_of(0.5, 6.4, 28), interview());
        assert!((dear - unasked).abs() < 0.01, "never asked again: {dear} {unasked}");
        assert!(dear < fair && fair < cheap && cheap <= 1.0, "{dear} {fair} {cheap}");
    }

    #[test]
    fn a_day_that_is_years_away_is_looked_at_too() {
        let model = MemoryModel::default();
        let today = interview().before(3000);
        let mut ahead = Lookahead::new(&model, today, interview(), 0.0001, SECONDS);
        let gain = ahead.gain(&memory_of(3.0, 6.4, 3000 + 1500), today);
        assert!(gain.is_finite() && gain > 0.0, "{gain}");
    }
}
