//! A card as it is asked: the one place that knows how each kind is put to the learner.

use super::feedback::Feedback;
use super::item::Item;
use super::question::{ChainPlace, Drawing, First, Form, GradeMeans, Known, Phase, Question, Revealed, Table};
use super::step::Step;
use crate::deck::{Body, Card, Estimate, GOES_WRONG, INSTEAD, Matrix, Probe};
use crate::estimate::{self, Drawn, Target};
use crate::quantity::{Quantity, Unit};
use crate::schedule::Quality;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is open of a card.
#[derive(Debug, Clone)]
pub(super) enum Asked {
    /// One question.
    Once,
    /// One of several options, in the order in which they are shown.
    Picked { order: Vec<usize> },
    /// A generated question.
    Generated { estimate: Arc<Estimate>, drawn: Drawn, truth: Vec<Quantity> },
    /// A chain of them.
    Chain {
        estimate: Arc<Estimate>,
        drawn: Drawn,
        truth: Vec<Quantity>,
        /// The steps that are asked.
        steps: Vec<usize>,
        /// The first of them, as they were answered.
        answered: Vec<Answered>,
    },
}

/// Where a question stands in its session.
pub(super) struct Place {
    /// Which one, from 1.
    pub(super) n: usize,
    /// Questions left, this one included.
    pub(super) remaining: usize,
    /// So many cards will be asked, where that is known.
    pub(super) total: Option<usize>,
    /// Seconds spent so far.
    pub(super) elapsed_s: f64,
    /// Seconds left of the time box, if there is one.
    pub(super) left_s: Option<f64>,
    /// Whether a new card had better be shown before it is asked.
    pub(super) show_first: bool,
}

/// A step of a chain that was answered in this session.
#[derive(Debug, Clone)]
pub(super) struct Answered {
    pub(super) step: Step,
    /// The learner's value, to work on with.
    pub(super) value: Option<Quantity>,
    pub(super) took_s: f64,
    pub(super) feedback: Feedback,
}

impl Asked {
    /// A card whose values are drawn, or whose options are placed, with this seed; of a chain only the `weak` steps are
    /// asked, if there are any.
    pub(super) fn new(card: &Card, seed: u64, weak: &[String]) -> Self {
        let estimate = match &card.body {
            Body::Estimate(estimate) => Arc::clone(estimate),
            Body::Verdict { matrix, .. } => return Self::Picked { order: shuffled(matrix.options.len(), seed) },
            _ => return Self::Once,
        };
        let drawn = estimate::draw(&estimate, seed);
        // A deck's formulas are worked out when it is loaded; a draw that breaks one is left without a truth to
        // be graded against, and a test holds the embedded decks to there being none.
        let truth = drawn.truth(&estimate).unwrap_or_default();
        if estimate.is_chain() {
            let weak = |at: &usize| weak.contains(&estimate.steps[*at].id);
            let all = || 0..estimate.steps.len();
            // A step that the deck has no more cannot be asked.
            let steps = if all().any(|at| weak(&at)) { all().filter(weak).collect() } else { all().collect() };
            Self::Chain { estimate, drawn, truth, steps, answered: Vec::new() }
        } else {
            Self::Generated { estimate, drawn, truth }
        }
    }

    pub(super) fn is_chain(&self) -> bool {
        matches!(self, Self::Chain { .. })
    }

    pub(super) fn chain_goes_on(&self) -> bool {
        self.open_step().is_some()
    }

    /// The step of a chain that is open.
    fn open_step(&self) -> Option<usize> {
        match self {
            Self::Chain { steps, answered, .. } => steps.get(answered.len()).copied(),
            _ => None,
        }
    }

    pub(super) fn answered(&self) -> &[Answered] {
        match self {
            Self::Chain { answered, .. } => answered,
            _ => &[],
        }
    }

    /// A chain's answered steps as the log keeps them.
    pub(super) fn steps_answered(&self) -> Vec<Step> {
        self.answered().iter().map(|answered| answered.step.clone()).collect()
    }

    /// Takes the last step of a chain back, if one was answered.
    pub(super) fn undo_step(&mut self) -> bool {
        match self {
            Self::Chain { answered, .. } => answered.pop().is_some(),
            _ => false,
        }
    }

    /// Changes the quality of the chain's last answered step, if there is one: gives the one before, and the feedback.
    pub(super) fn regrade_step(&mut self, quality: Quality) -> Option<(Quality, Feedback)> {
        let Self::Chain { answered, .. } = self else { return None };
        let last = answered.last_mut()?;
        let was = std::mem::replace(&mut last.step.quality, quality);
        (last.feedback.quality, last.feedback.correct) = (quality, quality.is_recall());
        Some((was, last.feedback.clone()))
    }

    /// The value of each step before the open one as the learner works with it, and as it is.
    pub(super) fn own_values(&self) -> Vec<Quantity> {
        let Self::Chain { truth, steps, answered, .. } = self else { return Vec::new() };
        let open = self.open_step().unwrap_or(truth.len());
        // A draw that breaks a formula left no truth.
        let mut own = truth.get(..open).unwrap_or_default().to_vec();
        for (step, answered) in steps.iter().zip(answered) {
            if let (Some(slot), Some(value)) = (own.get_mut(*step), answered.value) {
                *slot = value;
            }
        }
        own
    }

    /// What follows from the learner's own earlier answers, and what from the true ones.
    pub(super) fn both(&self, own_answer: &str, true_answer: &str) -> String {
        let Self::Chain { estimate, drawn, truth, .. } = self else { return String::new() };
        let own = self.own_values();
        let value = |values: &[Quantity]| drawn.target(estimate, own.len(), values).ok().map(|target| target.value);
        // Of the answers that differ, those that this step is worked out from.
        let counts = |at: &usize| {
            let mut other = own.clone();
            other[*at] = truth[*at];
            own[*at] != truth[*at] && value(&other) != value(&own)
        };
        let printed = |values: &[Quantity]| {
            let used = (0..own.len()).filter(counts);
            used.map(|at| estimate.steps[at].unit.print(values[at])).collect::<Vec<_>>().join(" and ")
        };
        format!("from your {}: {own_answer}; from the true {}: {true_answer}", printed(&own), printed(truth))
    }

    /// The step that is open, and what its answer is held against: the truth, and what follows from the
    /// learner's own earlier answers where that differs.
    pub(super) fn targets(&self) -> Option<(usize, Target<'_>, Option<Target<'_>>)> {
        match self {
            Self::Once | Self::Picked { .. } => None,
            Self::Generated { estimate, drawn, truth } => {
                drawn.target(estimate, 0, truth).ok().map(|target| (0, target, None))
            }
            Self::Chain { estimate, drawn, truth, .. } => {
                let step = self.open_step()?;
                truth.get(step)?;
                let own = self.own_values();
                let carried =
                    (own[..] != *truth.get(..step)?).then(|| drawn.target(estimate, step, &own).ok()).flatten();
                Some((step, drawn.target(estimate, step, truth).ok()?, carried))
            }
        }
    }

    pub(super) fn drawn(&self) -> Option<&Drawn> {
        match self {
            Self::Once | Self::Picked { .. } => None,
            Self::Generated { drawn, .. } | Self::Chain { drawn, .. } => Some(drawn),
        }
    }

    /// What is asked, in words.
    pub(super) fn prompt(&self, card: &Card) -> String {
        match self {
            Self::Once | Self::Picked { .. } => prompt(&card.body),
            Self::Generated { estimate, drawn, truth } => drawn.fill(&estimate.ask, estimate, truth),
            Self::Chain { estimate, drawn, .. } => {
                let scene = drawn.fill(&estimate.ask, estimate, &[]);
                match self.open_step() {
                    Some(step) => format!("{scene}\n{}", self.step_ask(step)),
                    None => scene,
                }
            }
        }
    }

    /// A text shown after the answer, with the drawn values and the true answers filled in.
    pub(super) fn fill(&self, text: &str) -> String {
        match self {
            Self::Once | Self::Picked { .. } => text.to_owned(),
            Self::Generated { estimate, drawn, truth } | Self::Chain { estimate, drawn, truth, .. } => {
                drawn.fill(text, estimate, truth)
            }
        }
    }

    /// A step's question, filled in with the values that the learner works with.
    pub(super) fn step_ask(&self, step: usize) -> String {
        match self {
            Self::Chain { estimate, drawn, .. } => drawn.fill(&estimate.steps[step].ask, estimate, &self.own_values()),
            _ => String::new(),
        }
    }

    /// The question at its place in the session.
    pub(super) fn question(&self, item: &Item, card: &Card, place: Place) -> Question {
        Question {
            n: place.n,
            card: card.id.clone(),
            deck: card.id.deck().to_owned(),
            kind: card.body.kind(),
            phase: if item.repeat { Phase::Repeat } else { item.state.memory.phase().into() },
            first: (place.show_first && item.is_unseen && self.answered().is_empty()).then_some(First::Look),
            prompt: self.prompt(card),
            form: self.form(item, card),
            table: table(card),
            remaining: place.remaining,
            total: place.total,
            elapsed_s: place.elapsed_s,
            left_s: place.left_s,
            flagged: item.state.flagged,
        }
    }

    fn form(&self, item: &Item, card: &Card) -> Form {
        let typed = |unit: &Unit| Form::Typed {
            unit: unit.dimension().to_string(),
            asked_in: unit.text().to_owned(),
            drawing: self.drawn().map(|drawn| Drawing { values: values(drawn), seed: item.seed }),
            chain: self.place(),
        };
        match (self, &card.body) {
            (Self::Generated { estimate, .. } | Self::Chain { estimate, .. }, _) => {
                typed(&estimate.steps[self.open_step().unwrap_or_default()].unit)
            }
            (Self::Picked { order }, Body::Verdict { matrix, .. }) => Form::Picked { options: in_order(matrix, order) },
            (_, Body::Number(number)) => typed(&number.unit),
            (_, Body::Probe(Probe { seconds, .. })) => Form::Ticked { seconds: *seconds },
            _ => Form::Revealed {},
        }
    }

    /// Where a chain stands.
    fn place(&self) -> Option<ChainPlace> {
        let Self::Chain { estimate, .. } = self else { return None };
        let step = self.open_step()? + 1;
        let (steps, answered) = (estimate.steps.len(), self.answered().len());
        Some(ChainPlace { step, steps, answered, title: estimate.title.clone(), known: self.known() })
    }

    /// The steps before the open one, as the learner works with them.
    fn known(&self) -> Vec<Known> {
        let Self::Chain { estimate, drawn, truth, .. } = self else { return Vec::new() };
        let own = self.own_values();
        own.iter()
            .enumerate()
            .map(|(at, value)| {
                let step = &estimate.steps[at];
                let print = |value: Quantity| step.unit.print(value);
                let differs = print(*value) != print(truth[at]);
                Known {
                    step: step.id.clone(),
                    ask: drawn.fill(&step.ask, estimate, &own),
                    value: print(*value),
                    truth: differs.then(|| print(truth[at])),
                }
            })
            .collect()
    }

    /// The answer of a kind that is thought and then revealed; none where it is typed or picked.
    pub(super) fn reveal(&self, card: &Card, grades: Vec<GradeMeans>) -> Option<Revealed> {
        let typed = matches!(card.body, Body::Number(_) | Body::Estimate(_) | Body::Verdict { .. });
        (!typed).then(|| Revealed { grades, ..self.look(card) })
    }

    /// The answer of any kind.
    pub(super) fn look(&self, card: &Card) -> Revealed {
        let (mut points, mut cells) = (Vec::new(), Vec::new());
        let text = match (&card.body, self) {
            (Body::Probe(probe), _) => {
                points.clone_from(&probe.points);
                probe.say.clone()
            }
            (Body::Row { row, .. }, _) => {
                cells.clone_from(&row.cells);
                card.body.answer()
            }
            (_, Self::Generated { estimate, drawn, truth }) => {
                let lines = drawn.working(estimate, 0, truth);
                truth
                    .first()
                    .map(|value| with_working(&lines, &estimate.steps[0].unit.print(*value)))
                    .unwrap_or_default()
            }
            (_, Self::Chain { estimate, drawn, truth, .. }) => shown_chain_value(estimate, drawn, truth),
            _ => answer(&card.body),
        };
        Revealed {
            card: card.id.clone(),
            kind: card.body.kind(),
            text,
            points,
            cells,
            table: table(card),
            why: card.because().map(|why| self.fill(&why)),
            grades: Vec::new(),
        }
    }

    /// The options in the order in which they were shown, if there were any.
    pub(super) fn options(&self, card: &Card) -> Option<Vec<String>> {
        match (self, &card.body) {
            (Self::Picked { order }, Body::Verdict { matrix, .. }) => Some(in_order(matrix, order)),
            _ => None,
        }
    }
}

/// Options change places, so that what is learned is not where the right one stands.
fn shuffled(options: usize, seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..options).collect();
    order.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    order
}

fn in_order(matrix: &Matrix, order: &[usize]) -> Vec<String> {
    order.iter().filter_map(|at| matrix.options.get(*at).cloned()).collect()
}

/// What a card asks, in words: a scene is followed by what is wanted.
pub(super) fn prompt(body: &Body) -> String {
    match body {
        // What went wrong is the scene, and said.
        Body::Mistake { scene, mistake, .. } if scene == mistake => format!("{scene}\n{INSTEAD}"),
        Body::Mistake { scene, .. } => format!("{scene}\n{GOES_WRONG}"),
        other => other.prompt(),
    }
}

/// The answer in words.
pub(super) fn answer(body: &Body) -> String {
    match body {
        Body::Mistake { scene, mistake, fix } if scene == mistake => format!("Better: {fix}"),
        Body::Mistake { mistake, fix, .. } => format!("What goes wrong: {mistake}\nBetter: {fix}"),
        other => other.answer(),
    }
}

fn with_working(lines: &[String], answer: &str) -> String {
    if lines.is_empty() { answer.to_owned() } else { format!("{answer}\n{}", lines.join("\n")) }
}

/// The drawn values, name to text.
pub(super) fn values(drawn: &Drawn) -> BTreeMap<String, String> {
    drawn.values.iter().map(|(name, value)| (name.clone(), value.text.clone())).collect()
}

fn table(card: &Card) -> Option<Table> {
    let shown =
        |matrix: &Matrix, dimension| Table { title: matrix.title.clone(), options: matrix.options.clone(), dimension };
    match &card.body {
        Body::Row { matrix, row } => Some(shown(matrix, Some(row.dimension.clone()))),
        Body::Verdict { matrix, .. } => Some(shown(matrix, None)),
        _ => None,
    }
}

/// A whole chain's answers, a line each.
fn shown_chain_value(estimate: &Estimate, drawn: &Drawn, truth: &[Quantity]) -> String {
    let lines = estimate
        .steps
        .iter()
        .zip(truth)
        .map(|(step, value)| format!("{} {}", drawn.fill(&step.ask, estimate, truth), step.unit.print(*value)));
    lines.collect::<Vec<_>>().join("\n")
}
