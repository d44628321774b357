//! What a card comes to on the day of an interview, if from now on it is asked whenever that is worth its time.
//!
//! A memory is a stability and a difficulty; with the days since the card was seen they say how likely it is recalled. Worked
//! out backwards from the interview: what a card is worth that is seen for the last time so many days before it is known,
//! and so what it is worth that may be asked once more before that, and so on. All of it stands on a grid of memories,
//! between which it is interpolated: a plan asks for the gain of each card on each day to come.

use super::retention::{MemoryModel, MemoryState};
use super::seconds::Seconds;
use super::{Day, Quality};
use std::sync::OnceLock;

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
const EXACT_DAYS: usize = 60;
const COARSE: f64 = 1.05;
/// So many of these there are: no calendar reaches farther.
const PLACES: usize = 300;
/// So many days after a card was seen, how likely it is recalled is kept.
const RECALLS: usize = 400;

type ByStability = [f64; STABILITIES];
type Grid<T> = [[T; STABILITIES]; DIFFICULTIES.len()];

/// Where a memory lies on the grid: the point below it, and how far on to the next one.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    stability: usize,
    firmer: f64,
    difficulty: usize,
    harder: f64,
}

impl Place {
    pub(super) fn of(memory: &MemoryState) -> Self {
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
        let of =
            |row: &ByStability| row[self.stability] + self.firmer * (row[self.stability + 1] - row[self.stability]);
        let (easier, harder) = (of(&grid[self.difficulty]), of(&grid[self.difficulty + 1]));
        easier + self.harder * (harder - easier)
    }
}

/// What an answer comes to.
#[derive(Debug, Clone, Copy)]
struct Answer {
    right: Place,
    wrong: Place,
}

/// What answers to cards come to that were seen so many days ago.
#[derive(Debug)]
struct AnswersOfDay {
    /// How likely each is right.
    recall: ByStability,
    answers: Grid<Answer>,
}

/// A learner's memory, and what answers leave of it: worked out once, whatever a second costs.
#[derive(Debug)]
pub struct AnswerTable {
    /// The learner's memory.
    pub model: MemoryModel,
    /// By the days since a card was seen, as they are looked at ([`place_of`]).
    by_seen: Vec<OnceLock<Box<AnswersOfDay>>>,
    /// How likely each memory is recalled, by the days since the card was seen.
    recalls: Vec<OnceLock<Box<ByStability>>>,
}

impl AnswerTable {
    /// Of a learner.
    pub fn new(model: MemoryModel) -> Self {
        let by_seen = (0..PLACES).map(|_| OnceLock::new()).collect();
        Self { model, by_seen, recalls: (0..RECALLS).map(|_| OnceLock::new()).collect() }
    }

    fn of(&self, ago: usize) -> &AnswersOfDay {
        self.by_seen[ago].get_or_init(|| {
            let answers = combined(|d, s| {
                let memory = memory(d, s);
                let day = memory.latest.plus(days_of(ago) as u32);
                let after = |quality| Place::of(&self.model.after(&memory, quality, day));
                Answer { right: after(Quality::GOOD), wrong: after(Quality::AGAIN) }
            });
            Box::new(AnswersOfDay { recall: self.recalls(days_of(ago)), answers })
        })
    }

    /// How likely each memory is recalled so many days after the card was seen. Its difficulty does not matter.
    fn recalls(&self, days: usize) -> ByStability {
        let recalls = || -> ByStability {
            std::array::from_fn(|stability| {
                let memory = memory(0, stability);
                self.model.recall(&memory, memory.latest.plus(days as u32))
            })
        };
        self.recalls.get(days).map_or_else(recalls, |kept| **kept.get_or_init(|| Box::new(recalls())))
    }
}

/// By the days since a card was seen, as they are looked at ([`place_of`]).
type BySeen<T> = Vec<Option<Box<T>>>;

/// What is ahead of cards until an interview.
pub(super) struct Lookahead<'a> {
    table: &'a AnswerTable,
    interview: Day,
    /// What a second costs, in cards recalled on the day.
    price: f64,
    seconds: Seconds,
    /// What an answer costs by its seconds, in cards recalled on the day.
    costs: BySeen<ByStability>,
    /// By the days that are left: what a card leads to that is seen on that day, with all that it will cost.
    seen: Vec<Grid<f64>>,
    /// By the days that are left: what a card leads to that is asked on that day.
    asked: Vec<BySeen<Grid<f64>>>,
    /// By the days that are left: what a card gains if it is asked and does not wait.
    gains: Vec<BySeen<Grid<f64>>>,
}

impl<'a> Lookahead<'a> {
    /// From a day on, of cards that take so long as a rule.
    pub(super) fn new(table: &'a AnswerTable, today: Day, interview: Day, price: f64, seconds: Seconds) -> Self {
        let days = days_left(today, interview);
        let none = || (0..=days).map(|_| Vec::new()).collect();
        let (costs, seen, asked, gains) = (Vec::new(), Vec::with_capacity(days + 1), none(), none());
        let mut ahead = Self { table, interview, price, seconds, costs, seen, asked, gains };
        for left in 0..=days {
            let leads_to = ahead.later(left, 0);
            ahead.seen.push(leads_to);
        }
        ahead
    }

    /// The days that are left on a day, as they are looked at.
    pub(super) fn left(&self, day: Day) -> usize {
        days_left(day, self.interview)
    }

    /// What a card adds to what is recalled on the day of the interview if it is asked when so many days are left, so many
    /// after it was seen, against waiting for a better one. Below 0 where it had better wait.
    pub(super) fn gain(&mut self, memory: Place, left: usize, days: i64) -> f64 {
        let ago = place_of(usize::try_from(days).unwrap_or(0));
        if kept(&self.gains[left], ago).is_none() {
            self.ask(left, ago);
            let later = self.later(left, ago);
            let now = kept(&self.asked[left], ago);
            let gains = now.map(|now| combined(|d, s| now[d][s] - later[d][s]));
            keep(&mut self.gains[left], ago, gains);
        }
        kept(&self.gains[left], ago).map_or(0.0, |gains| memory.on(gains))
    }

    /// What a card leads to that is asked when so many days are left.
    fn ask(&mut self, left: usize, ago: usize) {
        if kept(&self.asked[left], ago).is_some() {
            return;
        }
        let AnswersOfDay { recall, answers } = self.table.of(ago);
        if kept(&self.costs, ago).is_none() {
            keep(&mut self.costs, ago, Some(recall.map(|recall| self.price * self.seconds.expected(recall))));
        }
        let seen = &self.seen[left];
        let asked = combined(|d, s| {
            let Answer { right, wrong } = answers[d][s];
            recall[s] * right.on(seen) + (1.0 - recall[s]) * wrong.on(seen)
        });
        keep(&mut self.asked[left], ago, Some(asked));
    }

    /// What a card leads to that is asked on the best day after that, or not again.
    fn later(&mut self, left: usize, ago: usize) -> Grid<f64> {
        let mut best: Grid<f64> = [self.table.recalls(days_of(ago) + left); DIFFICULTIES.len()];
        for days_on in WAITS.into_iter().filter(|days_on| *days_on < left) {
            let then = place_of(days_of(ago) + days_on);
            self.ask(left - days_on, then);
            if let (Some(costs), Some(asked)) = (kept(&self.costs, then), kept(&self.asked[left - days_on], then)) {
                for (best, asked) in best.iter_mut().zip(asked) {
                    for stability in 0..STABILITIES {
                        let leads_to = asked[stability] - costs[stability];
                        best[stability] = if leads_to > best[stability] { leads_to } else { best[stability] };
                    }
                }
            }
        }
        best
    }
}

fn kept<T>(by_seen: &BySeen<T>, ago: usize) -> Option<&T> {
    by_seen.get(ago)?.as_deref()
}

fn keep<T>(by_seen: &mut BySeen<T>, ago: usize, value: Option<T>) {
    if by_seen.len() <= ago {
        by_seen.resize_with(ago + 1, || None);
    }
    by_seen[ago] = value.map(Box::new);
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

/// The place of so many days since a card was seen among those that are looked at.
fn place_of(days: usize) -> usize {
    let beyond = days as f64 / EXACT_DAYS as f64;
    let place = if days <= EXACT_DAYS { days } else { EXACT_DAYS + (beyond.ln() / COARSE.ln()).round() as usize };
    place.min(PLACES - 1)
}

fn days_of(place: usize) -> usize {
    let steps = place.saturating_sub(EXACT_DAYS) as i32;
    if steps == 0 { place } else { (EXACT_DAYS as f64 * COARSE.powi(steps)) as usize }
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

    fn gain(ahead: &mut Lookahead, memory: &MemoryState, day: Day) -> f64 {
        ahead.gain(Place::of(memory), ahead.left(day), day.since(memory.latest))
    }

    #[test]
    fn on_the_eve_a_gain_is_what_the_model_says() {
        let table = AnswerTable::new(MemoryModel::default());
        let eve = interview().before(1);
        let mut ahead = Lookahead::new(&table, eve, interview(), 0.001, SECONDS);
        for (stability, difficulty, seen_before) in
            [(0.4, 6.4, 2), (2.0, 6.4, 3), (7.0, 8.4, 9), (30.0, 5.0, 20), (300.0, 9.0, 400)]
        {
            let memory = memory_of(stability, difficulty, seen_before);
            let model = &table.model;
            let recall = model.recall(&memory, eve);
            let then = |quality| model.recall(&model.after(&memory, quality, eve), interview());
            let asked = recall * then(Quality::GOOD) + (1.0 - recall) * then(Quality::AGAIN);
            let (gain, wanted) = (gain(&mut ahead, &memory, eve), asked - model.recall(&memory, interview()));
            assert!((gain - wanted).abs() < 0.015, "{memory:?}: {gain} and not {wanted}");
        }
    }

    #[test]
    fn what_was_just_recalled_gains_more_by_waiting_and_what_fades_does_not() {
        let table = AnswerTable::new(MemoryModel::default());
        let today = interview().before(14);
        let mut ahead = Lookahead::new(&table, today, interview(), 0.001, SECONDS);
        let mut gain = |days_ago: i64| gain(&mut ahead, &memory_of(6.0, 6.4, 14 + days_ago), today);
        let by_days: Vec<f64> = [1, 3, 6, 10].into_iter().map(&mut gain).collect();
        assert!(by_days.is_sorted(), "{by_days:?}");
        assert!(by_days[0] < 0.5 * by_days[3], "{by_days:?}");
    }

    #[test]
    fn a_dear_second_is_spent_once_and_a_cheap_one_more_often() {
        let table = AnswerTable::new(MemoryModel::default());
        let today = interview().before(28);
        let of = |price| {
            let ahead = Lookahead::new(&table, today, interview(), price, SECONDS);
            Place::of(&memory_of(0.5, 6.4, 28)).on(&ahead.seen[28])
        };
        let (dear, fair, cheap) = (of(1.0), of(0.002), of(0.0));
        let unasked = table.model.recall(&memory_of(0.5, 6.4, 28), interview());
        assert!((dear - unasked).abs() < 0.01, "never asked again: {dear} {unasked}");
        assert!(dear < fair && fair < cheap && cheap <= 1.0, "{dear} {fair} {cheap}");
    }

    #[test]
    fn a_day_that_is_years_away_is_looked_at_too() {
        let table = AnswerTable::new(MemoryModel::default());
        let today = interview().before(3000);
        let mut ahead = Lookahead::new(&table, today, interview(), 0.0001, SECONDS);
        let gain = gain(&mut ahead, &memory_of(3.0, 6.4, 3000 + 1500), today);
        assert!(gain.is_finite() && gain > 0.0, "{gain}");
    }
}
