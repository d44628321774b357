//! A learner: a memory, a pace, and a way to answer.

use crate::memory::{Grade, Item, Make, Mind, normal, spread};
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
        Kind::Cloze => 9.0,
    }
}
const STEP_SECONDS: f64 = 22.0;

/// How long answers take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mix {
    /// Eight seconds when right and fourteen when wrong, whatever is asked.
    Simple,
    /// As long as its kind takes.
    Kinds,
}

pub struct Person {
    seed: u64,
    mix: Mix,
    pub mind: Mind,
    /// 1 is middling, 2 takes twice as long.
    pace: f64,
    kind_pace: Vec<f64>,
    /// The share of the cards that are known before they are met.
    prior: f64,
    /// Of what is recalled, how much feels hard, and how much easy.
    hard: f64,
    easy: f64,
    pub hardness: Vec<f64>,
}

/// What comes to mind when a card is asked.
#[derive(Debug, Clone, Copy)]
pub struct Thought {
    pub grade: Grade,
    /// A chance of its own for everything else about this answer.
    rest: u64,
}

impl Person {
    pub fn new(make: Make, mix: Mix, population: u64, number: u64, cards: usize) -> Self {
        let seed = population.wrapping_mul(1_000_003) + number;
        let rng = &mut ChaCha8Rng::seed_from_u64(seed);
        Self {
            seed,
            mix,
            mind: Mind::of_somebody(make, rng),
            pace: if mix == Mix::Simple { 1.0 } else { spread(0.35, rng).clamp(0.45, 2.2) },
            kind_pace: Kind::ALL.map(|_| spread(0.2, rng)).to_vec(),
            prior: rng.random_range(0.0..0.2),
            hard: rng.random_range(0.05..0.2),
            easy: rng.random_range(0.02..0.15),
            hardness: (0..cards).map(|_| normal(rng)).collect(),
        }
    }

    /// The chance of knowing a card at a time.
    pub fn recall(&self, card: usize, item: &Item, at: f64) -> f64 {
        self.mind.recall(item, self.hardness[card], at)
    }

    /// The same card asked for the same time goes the same way in every run, as far as the memory is the same.
    pub fn think(&self, card: usize, item: &Item, at: f64) -> Thought {
        let time = item.seen.len() as u64;
        let mixed = self.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ ((card as u64) << 24) ^ time;
        let rng = &mut ChaCha8Rng::seed_from_u64(mixed);
        let knows = if item.seen.is_empty() { self.prior } else { self.recall(card, item, at) };
        let chance: f64 = rng.random();
        let grade = match chance / knows {
            easily if easily < self.easy => Grade::Easy,
            well if well < 1.0 - self.hard => Grade::Good,
            barely if barely < 1.0 => Grade::Hard,
            _ => Grade::Again,
        };
        Thought { grade, rest: rng.random() }
    }

    /// What is left after an answer, or a look.
    pub fn learns(&self, card: usize, item: &mut Item, at: f64, grade: Grade) {
        self.mind.study(item, self.hardness[card], at, grade);
    }

    /// The seconds of a whole answer to a card with so many steps.
    pub fn seconds(&self, kind: Kind, steps: usize, thought: Thought) -> f64 {
        let asked = if thought.grade == Grade::Again { 1 } else { steps };
        (0..asked).map(|step| self.seconds_of(kind, steps > 1, thought, step)).sum()
    }

    fn seconds_of(&self, kind: Kind, chain: bool, thought: Thought, step: usize) -> f64 {
        // A forgotten chain is stuck at its first question.
        let right = thought.grade > Grade::Again || step > 0;
        let rng = &mut ChaCha8Rng::seed_from_u64(thought.rest ^ step as u64);
        if self.mix == Mix::Simple {
            return if right { 8.0 } else { 14.0 } * spread(0.25, rng);
        }
        let middling_s = if chain { STEP_SECONDS } else { median_seconds(kind) };
        let own = self.kind_pace[Kind::ALL.iter().position(|known| *known == kind).unwrap_or_default()];
        let felt = match thought.grade {
            _ if !right => 1.45,
            Grade::Easy => 0.7,
            Grade::Hard => 1.3,
            _ => 1.0,
        };
        middling_s * own * self.pace * felt * spread(0.35, rng)
    }

    /// The seconds of reading a new card's answer.
    pub fn looks(&self, kind: Kind) -> f64 {
        match self.mix {
            Mix::Simple => 10.0,
            Mix::Kinds => 0.9 * median_seconds(kind) * self.pace,
        }
    }

    /// The replies to a question, each with its seconds. `step` counts a chain's questions.
    pub fn replies(&self, card: &Card, question: &Question, thought: Thought, step: usize) -> Vec<(Reply, f64)> {
        let kind = card.body.kind();
        let chain = matches!(&question.form, Form::Typed { chain: Some(_), .. });
        let right = thought.grade > Grade::Again || step > 0;
        let seconds = self.seconds_of(kind, chain, thought, step);
        let rng = &mut ChaCha8Rng::seed_from_u64(thought.rest ^ step as u64);
        let reveal = |reply| vec![(Reply::Reveal, 0.7 * seconds), (reply, 0.3 * seconds)];
        match (&card.body, &question.form) {
            (
                Body::Recall { .. } | Body::Row { .. } | Body::Mistake { .. } | Body::Cloze { .. } | Body::Probe(_),
                _,
            ) if !right => reveal(Reply::Blank),
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
