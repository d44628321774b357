//! The scorecard of a sprint: how far off, which way, how fast, which wrong turns.

use super::step::Step;
use crate::estimate::Ratio;
use crate::log::Review;
use crate::schedule::Quality;
use serde::Serialize;
use std::collections::BTreeMap;

/// How many skills are named as slowest and as weakest.
const NAMED: usize = 3;

/// From here on a miss is a wrong turn, not a habit.
const FAR_OFF: f64 = 100.0;

/// A sprint's score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Score {
    /// Questions, a chain's steps each for itself.
    pub questions: usize,
    /// Right within the question's own tolerance.
    pub within_tolerance: usize,
    /// At most a factor of 2 off.
    pub within_2x: usize,
    /// At most a factor of 10 off.
    pub within_10x: usize,
    /// Half of the answers were closer than this factor.
    pub median_factor: Option<f64>,
    /// The geometric mean of answer over truth: above 1 is high. Answers a hundred times off say nothing of a
    /// habit and are left out.
    pub bias: Option<f64>,
    /// Answers that the bias leaves out.
    #[serde(skip)]
    pub far_off: usize,
    /// The skills that took longest, with their seconds.
    pub slowest: Vec<Skill>,
    /// The skills with the lowest quality below 4.
    pub weakest: Vec<Skill>,
    /// Wrong turns and how often each was taken.
    pub slips: BTreeMap<String, usize>,
    /// The sprints before, the latest first.
    pub before: Vec<Sprint>,
}

/// A skill in a sprint.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Skill {
    /// The card.
    pub card: String,
    /// Seconds a question.
    pub took_s: f64,
    /// The lowest quality.
    pub quality: u8,
}

/// An earlier sprint in short.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sprint {
    /// Its day.
    pub day: String,
    /// Questions.
    pub questions: usize,
    /// Right within tolerance.
    pub within_tolerance: usize,
    /// Its median factor.
    pub median_factor: Option<f64>,
}

/// One typed answer, a step of a chain for itself.
struct Answer {
    quality: Quality,
    ratio: Option<Ratio>,
    slip: Option<String>,
}

fn answers(review: &Review) -> Vec<Answer> {
    let steps = Step::of_log(review.steps.as_deref());
    if steps.is_empty() {
        return vec![Answer {
            quality: review.quality,
            ratio: review.ratio.map(Ratio::from),
            slip: review.slip.clone(),
        }];
    }
    steps.into_iter().map(|Step { quality, ratio, slip, .. }| Answer { quality, ratio, slip }).collect()
}

/// Scores a sprint against earlier ones; none for a sprint without answers.
pub fn score(sprint: &[Review], before: &[Vec<Review>]) -> Option<Score> {
    let all: Vec<Answer> = sprint.iter().flat_map(answers).collect();
    if all.is_empty() {
        return None;
    }
    let within = |factor: f64| all.iter().filter(|a| miss(a).is_some_and(|miss| miss <= factor * (1.0 + 1e-9))).count();
    let logs: Vec<f64> = all
        .iter()
        .filter(|a| miss(a).is_some_and(|m| m < FAR_OFF))
        .filter_map(|a| a.ratio)
        .map(|ratio| f64::from(ratio).ln())
        .collect();
    let mut slips = BTreeMap::new();
    for slip in all.iter().filter_map(|answer| answer.slip.clone()) {
        *slips.entry(slip).or_default() += 1;
    }
    let skills = skills(sprint);
    let mut slowest = skills.clone();
    slowest.sort_by(|a, b| b.took_s.total_cmp(&a.took_s));
    slowest.truncate(NAMED);
    let mut weakest: Vec<Skill> = skills.into_iter().filter(|skill| skill.quality < 4).collect();
    weakest.sort_by_key(|skill| skill.quality);
    weakest.truncate(NAMED);
    Some(Score {
        questions: all.len(),
        within_tolerance: right(&all),
        within_2x: within(2.0),
        within_10x: within(10.0),
        median_factor: median(&all),
        far_off: all.iter().filter(|a| miss(a).is_some_and(|m| m >= FAR_OFF)).count(),
        bias: (!logs.is_empty()).then(|| (logs.iter().sum::<f64>() / logs.len() as f64).exp()),
        slowest,
        weakest,
        slips,
        before: before.iter().filter_map(|sprint| in_short(sprint)).collect(),
    })
}

fn miss(answer: &Answer) -> Option<f64> {
    answer.ratio.map(Ratio::factor)
}

fn right(answers: &[Answer]) -> usize {
    answers.iter().filter(|answer| answer.quality >= Quality::GOOD).count()
}

/// The median factor, between two middle ones their geometric mean; an answer without one counts as infinitely far off.
fn median(answers: &[Answer]) -> Option<f64> {
    let mut misses: Vec<f64> = answers.iter().map(|answer| miss(answer).unwrap_or(f64::INFINITY)).collect();
    misses.sort_by(f64::total_cmp);
    let (low, high) = (misses.get((misses.len() - 1) / 2)?, misses.get(misses.len() / 2)?);
    Some((low * high).sqrt()).filter(|miss| miss.is_finite())
}

fn in_short(sprint: &[Review]) -> Option<Sprint> {
    let all: Vec<Answer> = sprint.iter().flat_map(answers).collect();
    let day = sprint.first()?.day.to_string();
    Some(Sprint { day, questions: all.len(), within_tolerance: right(&all), median_factor: median(&all) })
}

/// Each card's seconds a question and lowest quality.
fn skills(sprint: &[Review]) -> Vec<Skill> {
    let mut cards: BTreeMap<&str, (f64, usize, u8)> = BTreeMap::new();
    for review in sprint {
        let questions = answers(review).len().max(1);
        let entry = cards.entry(review.card.as_str()).or_insert((0.0, 0, 5));
        *entry = (entry.0 + review.took_ms as f64 / 1000.0, entry.1 + questions, entry.2.min(review.quality.get()));
    }
    let skill = |(card, (took_s, questions, quality)): (&str, (f64, usize, u8))| Skill {
        card: card.to_owned(),
        took_s: took_s / questions as f64,
        quality,
    };
    cards.into_iter().map(skill).collect()
}
