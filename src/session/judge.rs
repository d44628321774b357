//! What an answer is worth: from a reply to a quality, and what is said of it.

use super::ask::{Asked, answer, values};
use super::feedback::{Feedback, Marks, SlipName};
use super::open::{Open, Refused};
use super::outcome::Outcome;
use super::reply::{Refusal, Reply};
use super::setup::Setup;
use super::step::Step;
use crate::deck::{Body, Card, Matrix, Probe, Verdict};
use crate::estimate::{self, Grade, Ratio, Target};
use crate::log::Review;
use crate::quantity::Quantity;
use crate::schedule::Quality;

/// How an answer went.
#[derive(Debug, Clone)]
pub(super) struct Judgement {
    pub(super) quality: Quality,
    expected: String,
    given: Option<String>,
    /// What was typed, as it was read.
    value: Option<Quantity>,
    grade: Option<Grade>,
    marks: Option<Marks>,
    note: Option<String>,
    working: Vec<String>,
    why: Option<String>,
    /// The step of a chain, with the learner's value, which the next steps may work on with.
    pub(super) step: Option<(Step, Option<Quantity>)>,
}

/// How a reply came.
#[derive(Debug, Clone, Copy)]
pub(super) struct Manner {
    /// The seconds until the answer was revealed.
    pub(super) spoken_s: f64,
    /// Whether it came quickly.
    pub(super) quick: bool,
    /// What was asked back before.
    pub(super) refused: Refused,
}

/// Judges a reply.
pub(super) fn judge(card: &Card, asked: &Asked, reply: &Reply, manner: Manner) -> Result<Judgement, Refusal> {
    // Whoever writes "I don't know" says so.
    let is_asked = matches!(card.body, Body::Number(_) | Body::Estimate(_) | Body::Verdict { .. });
    let reply = match reply {
        Reply::Answer(text) if is_asked && estimate::says_unknown(text) => &Reply::Blank,
        reply => reply,
    };
    match &card.body {
        Body::Number(number) => {
            let typing = Typing { card, reply, prompt: &number.ask, manner };
            let target = estimate::number_target(number);
            typing.judge(&target, Some(&number.answer), &|value| target.is_right(value))
        }
        Body::Estimate(_) => generated(card, asked, reply, manner),
        Body::Verdict { matrix, verdict } => picked(card, asked, matrix, verdict, reply),
        Body::Probe(probe) => said(card, probe, reply, manner.spoken_s),
        Body::Recall { .. } | Body::Row { .. } | Body::Mistake { .. } | Body::Cloze { .. } => {
            let quality = own_grade(reply)?;
            Ok(Judgement::of(card, quality))
        }
    }
}

impl Judgement {
    fn of(card: &Card, quality: Quality) -> Self {
        Self {
            quality,
            expected: answer(&card.body),
            given: None,
            value: None,
            grade: None,
            marks: None,
            note: None,
            working: Vec::new(),
            why: card.because(),
            step: None,
        }
    }

    /// What the learner is told of it.
    pub(super) fn feedback(&self, card: &Card, outcome: Outcome) -> Feedback {
        let ratio = self.grade.as_ref().and_then(|grade| grade.ratio);
        let slip = self.grade.as_ref().and_then(|grade| grade.slip.as_ref());
        let notes: Vec<String> = self.note.clone().into_iter().chain(outcome.notes).collect();
        Feedback {
            card: card.id.clone(),
            quality: self.quality,
            correct: self.quality.is_recall(),
            expected: self.expected.clone(),
            given: self.given.clone(),
            ratio: ratio.map(Ratio::factor),
            direction: ratio.and_then(Ratio::direction),
            marks: self.marks.clone(),
            slip: slip.map(|slip| SlipName { id: slip.id.clone(), say: slip.say.clone() }),
            note: (!notes.is_empty()).then(|| notes.join("; ")),
            working: self.working.clone(),
            why: self.why.clone(),
            source: card.source.clone(),
            as_of: card.as_of,
            see: card.see.clone(),
            review: outcome.review,
            replaces: outcome.replaces,
            schedule: outcome.schedule,
            leech: outcome.leech,
        }
    }
}

/// The quality that the learner gives.
fn own_grade(reply: &Reply) -> Result<Quality, Refusal> {
    match reply {
        Reply::Grade(quality) => Ok(*quality),
        Reply::Blank => Ok(Quality::BLANK),
        _ => Err(Refusal::new("this card is graded by yourself: reveal it, then grade again, hard, good or easy")),
    }
}

/// A reply to a question whose answer is typed.
struct Typing<'a> {
    card: &'a Card,
    reply: &'a Reply,
    prompt: &'a str,
    manner: Manner,
}

impl Typing<'_> {
    /// Holds it against a target. `is_right` decides where a text can be read in two ways.
    fn judge(
        &self,
        target: &Target,
        written: Option<&str>,
        is_right: &dyn Fn(Quantity) -> bool,
    ) -> Result<Judgement, Refusal> {
        let Self { card, reply, prompt, manner } = *self;
        let expected = written.map_or_else(|| target.unit.print(target.value), str::to_owned);
        let text = match reply {
            Reply::Blank => return Ok(Judgement { expected, ..Judgement::of(card, Quality::BLANK) }),
            Reply::Answer(text) => text.clone(),
            Reply::Pick(number) => number.to_string(),
            _ => return Err(Refusal::new("this question is answered by typing a number")),
        };
        let given = Some(text.trim().to_owned());
        let (grade, note, value) = match estimate::read(&text, &target.asking(prompt), is_right) {
            Ok(answer) => {
                let grade = estimate::grade(&answer, target, manner.quick);
                let note = answer.note.or_else(|| written.and_then(|written| rounded(&grade, target, written)));
                (grade, note, Some(answer.value))
            }
            Err(back) if back.insists.zip(manner.refused.insists).is_some_and(|(now, before)| now.is(before)) => {
                (Grade::of_wrong_dimension(), Some(back.message), None)
            }
            Err(back) => return Err(back.into()),
        };
        let quality = grade.quality;
        // A miss is told against the nearest end of a range: which range, is told with it.
        let (low, high) = target.ends;
        let range = (low < high && grade.ratio.is_some() && quality < Quality::GOOD).then(|| {
            let print = |value: f64| target.unit.print(Quantity { value, ..target.value });
            format!("anything from {} to {} is right", print(low), print(high))
        });
        let note = note.into_iter().chain(range).reduce(|note, range| format!("{note}; {range}"));
        Ok(Judgement { expected, given, note, value, grade: Some(grade), ..Judgement::of(card, quality) })
    }
}

/// An exact fact that was answered with a rounded figure is right, and told.
fn rounded(grade: &Grade, target: &Target, written: &str) -> Option<String> {
    let exact = target.ends.0 == target.ends.1;
    let miss = grade.miss().filter(|_| exact && grade.quality >= Quality::GOOD)?;
    (grade.ratio?.factor() > 1.005).then(|| format!("close enough, {miss}: to be exact, {written}"))
}

fn generated(card: &Card, asked: &Asked, reply: &Reply, manner: Manner) -> Result<Judgement, Refusal> {
    let (step, target, carried) = asked
        .targets()
        .ok_or_else(|| Refusal::new("this question's values break its formula: skip it and tell its author"))?;
    let typing = Typing { card, reply, prompt: &asked.prompt(card), manner };
    let is_right = |value| target.is_right(value) || carried.as_ref().is_some_and(|own| own.is_right(value));
    let against_truth = typing.judge(&target, None, &is_right)?;
    let from_own = carried.as_ref().map(|own| typing.judge(own, None, &is_right)).transpose()?;
    // What follows from the learner's own earlier answers is as good as the truth, and is told.
    let (best, is_carried) = match from_own.filter(|own| own.quality > against_truth.quality) {
        None => (against_truth, false),
        Some(own) => {
            let is_carried = own.quality.is_recall();
            // What is neither is told against the truth, which is what is shown.
            let ratio = against_truth.grade.as_ref().and_then(|grade| grade.ratio);
            let grade = own.grade.map(|grade| if is_carried { grade } else { Grade { ratio, ..grade } });
            (Judgement { expected: against_truth.expected, grade, ..own }, is_carried)
        }
    };
    // The question was asked with the learner's own earlier answers: what follows from them is told beside the truth.
    let own_answer = carried.map(|own| own.unit.print(own.value)).filter(|own| *own != best.expected);
    let both = own_answer.map(|own| {
        let follows = if is_carried { "that follows from your own earlier answer: " } else { "" };
        format!("{follows}{}", asked.both(&own, &best.expected))
    });
    let notes = best.note.iter().chain(&both).cloned();
    let best = Judgement { note: notes.reduce(|note, both| format!("{note}; {both}")), ..best };
    let (estimate, drawn, truth) = match asked {
        Asked::Generated { estimate, drawn, truth } | Asked::Chain { estimate, drawn, truth, .. } => {
            (estimate, drawn, truth)
        }
        Asked::Once | Asked::Picked { .. } => return Ok(best),
    };
    let own = asked.own_values();
    let working = drawn.working(estimate, step, if own.is_empty() { truth } else { &own });
    let why = card.why.as_ref().map(|why| asked.fill(why));
    if !asked.is_chain() {
        return Ok(Judgement { working, why, ..best });
    }
    let record = Step {
        step: estimate.steps[step].id.clone(),
        ask: asked.step_ask(step),
        given: best.given.clone(),
        expected: best.expected.clone(),
        quality: best.quality,
        ratio: best.grade.as_ref().and_then(|grade| grade.ratio),
        slip: best.grade.as_ref().and_then(|grade| grade.slip.as_ref()).map(|slip| slip.id.clone()),
        carried: is_carried,
    };
    let last = matches!(asked, Asked::Chain { steps, answered, .. } if answered.len() + 1 == steps.len());
    let own = estimate.steps[step].why.as_ref().map(|why| asked.fill(why));
    let why = own.into_iter().chain(why.filter(|_| last)).reduce(|a, b| format!("{a} {b}"));
    Ok(Judgement { working, why, step: Some((record, best.value)), ..best })
}

/// A pick by the place at which the option was shown, or by its text.
fn picked(card: &Card, asked: &Asked, matrix: &Matrix, verdict: &Verdict, reply: &Reply) -> Result<Judgement, Refusal> {
    let options = asked.options(card).unwrap_or_else(|| matrix.options.clone());
    let listed = || options.join(", ");
    let pick = match reply {
        Reply::Blank => None,
        Reply::Pick(at) if *at < options.len() => Some(*at),
        Reply::Pick(at) => {
            let last = options.len() - 1;
            return Err(Refusal::new(format!("there is no option {at}: 0 to {last} stand for {}", listed())));
        }
        Reply::Answer(text) => {
            let wanted = text.trim().to_lowercase();
            let at = options.iter().position(|option| option.to_lowercase() == wanted);
            Some(at.ok_or_else(|| Refusal::new(format!("'{}' is none of the options: {}", text.trim(), listed())))?)
        }
        _ => return Err(Refusal::new(format!("pick one of the options: {}", listed()))),
    };
    let quality = match pick {
        None => Quality::BLANK,
        Some(at) if options[at] == matrix.options[verdict.pick] => Quality::GOOD,
        Some(_) => Quality::AGAIN,
    };
    let given = pick.map(|at| options[at].clone());
    let right = options.iter().position(|option| *option == matrix.options[verdict.pick]).unwrap_or_default();
    let marks = Some(Marks::Options { options, picked: pick, right });
    Ok(Judgement { given, marks, ..Judgement::of(card, quality) })
}

/// Probes: all points in time 5; all but late, or all but one in time, 4; at least half 3; some 1; none 0.
fn said(card: &Card, probe: &Probe, reply: &Reply, spoken_s: f64) -> Result<Judgement, Refusal> {
    let Reply::Said(said) = reply else {
        return own_grade(reply).map(|quality| Judgement::of(card, quality)).map_err(|_| {
            Refusal::new("a probe is answered aloud: reveal it, then say which points you said, or grade yourself")
        });
    };
    let points = probe.points.len();
    if let Some(beyond) = said.iter().find(|at| **at >= points) {
        return Err(Refusal::new(format!("there is no point {beyond}: they are numbered 0 to {}", points - 1)));
    }
    let count = (0..points).filter(|at| said.contains(at)).count();
    let in_time = spoken_s <= f64::from(probe.seconds);
    let quality = match points - count {
        0 if in_time => Quality::EASY,
        0 => Quality::GOOD,
        1 if in_time => Quality::GOOD,
        _ if 2 * count >= points => Quality::HARD,
        _ if count > 0 => Quality::AGAIN,
        _ => Quality::BLANK,
    };
    let note = (!in_time).then(|| format!("said in {spoken_s:.0} s, not in {}", probe.seconds));
    let given = Some(format!("{count} of {points} points"));
    let said = (0..points).filter(|at| said.contains(at)).collect();
    let marks = Some(Marks::Points { points: probe.points.clone(), said });
    Ok(Judgement { given, note, marks, ..Judgement::of(card, quality) })
}

/// The row that goes into the log.
pub(super) fn review(setup: &Setup, open: &Open, judgement: &Judgement, took_s: f64, at_ms: i64) -> Review {
    let Open { item, card, asked, confidence, .. } = open;
    let grade = judgement.grade.as_ref();
    let review = Review {
        card: card.id.clone(),
        at_ms,
        day: setup.day,
        quality: judgement.quality,
        session: setup.session,
        mode: setup.mode,
        kind: card.body.kind().name().to_owned(),
        took_ms: (took_s.max(0.0) * 1000.0).round() as u64,
        prompt: asked.prompt(card),
        given: judgement.given.clone(),
        ratio: grade.and_then(|grade| grade.ratio).map(f64::from),
        slip: grade.and_then(|grade| grade.slip.as_ref()).map(|slip| slip.id.clone()),
        seed: asked.drawn().map(|_| item.seed),
        drawn: asked.drawn().map(|drawn| json(&values(drawn))),
        steps: None,
        options: asked.options(card).map(|options| json(&options)),
        confidence: *confidence,
        source: None,
    };
    with_steps(review, &asked.steps_answered())
}

/// A chain's review has its steps, and the quality of the weakest.
pub(super) fn with_steps(review: Review, steps: &[Step]) -> Review {
    let Some(weakest) = steps.iter().min_by_key(|step| step.quality) else { return review };
    Review {
        quality: weakest.quality,
        given: Some(steps.iter().map(|step| step.given.as_deref().unwrap_or("-")).collect::<Vec<_>>().join(" | ")),
        ratio: weakest.ratio.map(f64::from),
        slip: steps.iter().find_map(|step| step.slip.clone()),
        steps: Some(json(&steps)),
        ..review
    }
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("texts and numbers become JSON")
}
