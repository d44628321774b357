//! A learner: a memory, a pace, and a way to answer.

use crate::memory::{Grade, Trace, Weights, normal, spread};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use sysdrill::deck::{Body, Card, Kind};
use sysdrill::estimate;
use sysdrill::schedule::Quality;
use sysdrill::session::{Form, Question, Reply};

/// The seconds of a right answer to a known card, by somebody of a middling pace.
fn median_seconds(kind: Kind) -> f64 {
    match kind {
        Kind::Number => 11.0,
        Kind::Estimate => 36.0,
        Kind::Recall => 14.0,
        Kind::Probe => 42.0,
        Kind::Matrix => 22.0,
        Kind::Choice => 13.0,
        Kind::Mistake => 23.0,
    }
}
const STEP_SECONDS: f64 = 22.0;

/// What a population is like.
#[derive(Debug, Clone, Copy)]
pub struct Population {
    pub seed: u64,
    /// How long memories last, 1 as published.
    pub stability: f64,
    pub decay: Option<f64>,
}

pub struct Person {
    seed: u64,
    pub weights: Weights,
    /// 1 is middling, 2 takes twice as long.
    pub pace: f64,
    kind_pace: Vec<f64>,
    /// The share of the cards that are known before they are met.
    prior: f64,
    /// The chance of still knowing what was shown minutes ago.
    working: f64,
    /// Of what is recalled, how much feels hard, and how much easy.
    hard: f64,
    easy: f64,
    hardness: Vec<f64>,
}

/// What comes to mind when a card is asked.
#[derive(Debug, Clone, Copy)]
pub struct Thought {
    pub grade: Grade,
    /// A chance of its own for everything else about this answer.
    rest: u64,
}

impl Person {
    pub fn new(population: Population, number: u64, cards: usize) -> Self {
        let seed = population.seed.wrapping_mul(1_000_003) + number;
        let rng = &mut ChaCha8Rng::seed_from_u64(seed);
        Self {
            seed,
            weights: Weights::of_somebody(population.stability, population.decay, rng),
            pace: spread(0.35, rng).clamp(0.45, 2.2),
            kind_pace: Kind::ALL.map(|_| spread(0.2, rng)).to_vec(),
            prior: rng.random_range(0.05..0.4),
            working: rng.random_range(0.8..0.98),
            hard: rng.random_range(0.05..0.25),
            easy: rng.random_range(0.05..0.25),
            hardness: (0..cards).map(|_| normal(rng)).collect(),
        }
    }

    /// The same card asked for the same time goes the same way in every run, as far as the memory is the same.
    pub fn think(&self, at: usize, trace: Option<Trace>, time: u32, day: i64) -> Thought {
        let mixed = self.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ ((at as u64) << 24) ^ u64::from(time);
        let rng = &mut ChaCha8Rng::seed_from_u64(mixed);
        let knows = match trace {
            None => self.prior,
            Some(trace) if trace.seen == day => self.working,
            Some(trace) => self.weights.recall(trace, day),
        };
        let chance: f64 = rng.random();
        let grade = match chance / knows {
            easily if easily < self.easy => Grade::Easy,
            well if well < 1.0 - self.hard => Grade::Good,
            barely if barely < 1.0 => Grade::Hard,
            _ => Grade::Again,
        };
        Thought { grade, rest: rng.random() }
    }

    /// What is left after an answer.
    pub fn learns(&self, at: usize, trace: Option<Trace>, grade: Grade, day: i64) -> Trace {
        match trace {
            None => self.weights.meet(grade, self.hardness[at], day),
            Some(trace) => self.weights.after(trace, grade, day),
        }
    }

    /// The replies to a question, each with its seconds. `step` counts a chain's questions.
    pub fn replies(&self, card: &Card, question: &Question, thought: Thought, step: usize) -> Vec<(Reply, f64)> {
        let kind = card.body.kind();
        let rng = &mut ChaCha8Rng::seed_from_u64(thought.rest ^ step as u64);
        let chain = matches!(&question.form, Form::Typed { chain: Some(_), .. });
        let middling_s = if chain { STEP_SECONDS } else { median_seconds(kind) };
        let own = self.kind_pace[Kind::ALL.iter().position(|known| *known == kind).unwrap_or_default()];
        // A forgotten chain is stuck at its first question.
        let right = thought.grade > Grade::Again || step > 0;
        let felt = match thought.grade {
            _ if !right => 1.45,
            Grade::Easy => 0.7,
            Grade::Hard => 1.3,
            _ => 1.0,
        };
        let seconds = middling_s * own * self.pace * felt * spread(0.35, rng);
        let reveal = |reply| vec![(Reply::Reveal, 0.7 * seconds), (reply, 0.3 * seconds)];
        match (&card.body, &question.form) {
            (Body::Recall { .. } | Body::Row { .. } | Body::Mistake { .. } | Body::Probe(_), _) if !right => {
                reveal(Reply::Blank)
            }
            _ if !right => vec![(Reply::Blank, seconds)],
            (Body::Number(number), _) => vec![(Reply::Answer(number.answer.clone()), seconds)],
            (Body::Estimate(estimate), Form::Typed { drawing: Some(drawing), chain, .. }) => {
                let truth = estimate::draw(estimate, drawing.seed).truth(estimate).expect("embedded decks work out");
                let open = chain.as_ref().map_or(0, |place| place.step - 1);
                vec![(Reply::Answer(estimate.steps[open].unit.print(truth[open])), seconds)]
            }
            (Body::Verdict { matrix, verdict }, _) => {
                vec![(Reply::Answer(matrix.options[verdict.pick].clone()), seconds)]
            }
            (Body::Probe(probe), _) => {
                let points = probe.points.len();
                let said = match thought.grade {
                    Grade::Easy => points,
                    Grade::Hard => points.div_ceil(2),
                    _ => points - rng.random_range(0..=1),
                };
                reveal(Reply::Said((0..said).collect()))
            }
            _ => reveal(Reply::Grade(match thought.grade {
                Grade::Easy => Quality::EASY,
                Grade::Hard => Quality::HARD,
                _ => Quality::GOOD,
            })),
        }
    }
}
