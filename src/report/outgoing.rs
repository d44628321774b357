//! Cards as they leave for another program: each kind as a question and an answer, a generated question as samples, the log
//! as what came of each answer.

use crate::deck::{Body, Card, Estimate};
use crate::estimate::draw;
use crate::exchange::outgoing::{Asked, Block, OutgoingCard, OutgoingProgress, OutgoingReview, Sides};
use crate::log::{LogEntry, Start};
use crate::quantity::Quantity;
use crate::schedule::{CardId, CardState, Day, Easiness, Memory, Mode};
use crate::session::Face;
use std::collections::HashSet;

/// So many seeds are tried for each sample that is wanted: a question with few values soon repeats itself.
const TRIES: u64 = 4;

/// What is known of the learner, where it leaves too.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// How the card stands.
    pub progress: OutgoingProgress,
    /// The learner's own note.
    pub note: Option<String>,
}

/// Adds the cards that a card leaves as: one, or the samples of a generated question. What is known of the learner goes with
/// the first sample; the others are new. Cards for the gaps of one text, which come one after another, are one.
pub fn leave(all: &mut Vec<OutgoingCard>, card: &Card, known: &Known, samples: usize) {
    match &card.body {
        Body::Estimate(estimate) => all.extend(sampled(card, estimate, known, samples)),
        Body::Cloze { cloze, number } => {
            let id = card.id.matrix().and_then(|text| CardId::parse(text).ok()).unwrap_or_else(|| card.id.clone());
            let progress = OutgoingProgress { gap: Some(*number), ..known.progress.clone() };
            match all.last_mut().filter(|last| last.id == id) {
                Some(text) => {
                    text.progress.push(progress);
                    let notes = [text.note.take(), known.note.clone()].into_iter().flatten().collect::<Vec<_>>();
                    text.note = (!notes.is_empty()).then(|| notes.join("\n"));
                }
                None => {
                    let known = Known { progress, note: known.note.clone() };
                    let sides = Sides::Cloze(cloze.notation());
                    all.push(OutgoingCard { id, ..one(card, sides, card.because(), None, &known) });
                }
            }
        }
        body => all.push(one(card, sides(card, body), card.because(), None, known)),
    }
}

fn one(card: &Card, sides: Sides, why: Option<String>, sample: Option<usize>, known: &Known) -> OutgoingCard {
    let progress = match sample {
        None | Some(1) => known.progress.clone(),
        // Whoever has taken the question out or flagged it means all samples.
        Some(_) => OutgoingProgress { scheduled: None, reviews: Vec::new(), ..known.progress.clone() },
    };
    OutgoingCard {
        id: card.id.clone(),
        sample,
        origin: card.origin.clone(),
        kind: card.body.kind().name(),
        level: card.level,
        tags: card.tags.clone(),
        sides,
        why,
        source: source(card),
        note: known.note.clone(),
        progress: vec![progress],
    }
}

/// Where the fact comes from, with its year.
fn source(card: &Card) -> Option<String> {
    match (&card.source, card.as_of) {
        (Some(source), Some(year)) => Some(format!("{source} ({year})")),
        (Some(source), None) => Some(source.clone()),
        (None, year) => year.map(|year| format!("as of {year}")),
    }
}

fn text(text: &str) -> Block {
    Block::Text(text.to_owned())
}

fn list(items: &[String]) -> Block {
    Block::List { items: items.to_vec(), numbered: false }
}

/// What is asked and answered by a card whose question is always the same.
fn sides(card: &Card, body: &Body) -> Sides {
    let Face { prompt, revealed } = Face::of(card, 0);
    let (ask, answer) = match body {
        Body::Row { matrix, row } => {
            let with = |cells| Block::Row { dimension: row.dimension.clone(), options: matrix.options.clone(), cells };
            (vec![text(&matrix.title), with(None)], vec![with(Some(row.cells.clone()))])
        }
        Body::Verdict { matrix, verdict } => {
            (vec![text(&matrix.title), text(&verdict.given), list(&matrix.options)], vec![text(&revealed.text)])
        }
        Body::Probe(probe) => (vec![text(&prompt)], vec![list(&probe.points), text(&revealed.text)]),
        _ => (vec![text(&prompt)], vec![text(&revealed.text)]),
    };
    Sides::Two { ask, answer }
}

/// The samples of a generated question: the same in each export, and no two alike.
fn sampled(card: &Card, estimate: &Estimate, known: &Known, samples: usize) -> Vec<OutgoingCard> {
    let mut asked: HashSet<String> = HashSet::new();
    let seeds = (0..samples as u64 * TRIES).filter(|seed| asked.insert(Face::of(card, *seed).prompt));
    let seeds: Vec<u64> = seeds.take(samples).collect();
    let sample = |(at, seed): (usize, &u64)| {
        let remark = Block::Remark(format!("An example with drawn values: {} of {}", at + 1, seeds.len()));
        let face = Face::of(card, *seed);
        let why = face.revealed.why.clone();
        let (mut ask, answer) = match estimate.is_chain() {
            true => chain(estimate, face, *seed),
            false => {
                let (value, working) = face.revealed.text.split_once('\n').unwrap_or((&face.revealed.text, ""));
                let working: Vec<String> = working.lines().map(str::to_owned).collect();
                let answer = [text(value)].into_iter().chain((!working.is_empty()).then(|| list(&working)));
                (vec![text(&face.prompt)], answer.collect())
            }
        };
        ask.push(remark);
        one(card, Sides::Two { ask, answer }, why, Some(at + 1), known)
    };
    seeds.iter().enumerate().map(sample).collect()
}

/// A chain of questions: all of them at once, and how each is worked out.
fn chain(estimate: &Estimate, face: Face, seed: u64) -> (Vec<Block>, Vec<Block>) {
    let drawn = draw(estimate, seed);
    let truth = drawn.truth(estimate).unwrap_or_default();
    // What a step takes from an earlier one is asked for, and so it is told by its number.
    let ask = |step: usize| {
        let earlier = estimate.steps[..step].iter().enumerate();
        let text = earlier.fold(estimate.steps[step].ask.clone(), |text, (at, earlier)| {
            text.replace(&format!("{{{}}}", earlier.id), &format!("({})", at + 1))
        });
        drawn.fill(&text, estimate, &[])
    };
    let answer = |(at, value): (usize, Quantity)| {
        let step = &estimate.steps[at];
        let first = format!("{} **{}**", drawn.fill(&step.ask, estimate, &truth), step.unit.print(value));
        [first].into_iter().chain(drawn.working(estimate, at, &truth)).collect::<Vec<_>>().join("\n")
    };
    let asks = (0..estimate.steps.len()).map(ask).collect();
    let answers = truth.iter().copied().enumerate().map(answer).collect();
    let title = estimate.title.as_deref().map(text);
    let scene = [text(&face.prompt), Block::List { items: asks, numbered: true }];
    (title.into_iter().chain(scene).collect(), vec![Block::List { items: answers, numbered: true }])
}

/// How a card stands, from its state, its log and where it stood when it came from another program.
pub fn progress(state: &CardState, log: &[LogEntry], starts: &[Start], today: Day) -> OutgoingProgress {
    let live = || log.iter().filter(|entry| !entry.retracted && entry.review.day <= today);
    let mut reviews: Vec<OutgoingReview> = Vec::new();
    let mut memory = Memory::New;
    let mut starts = starts.iter().peekable();
    for (entry, next) in live().zip(live().skip(1).map(Some).chain([None])) {
        let review = &entry.review;
        let before_days = reviews.last().map_or(0, |before| before.interval_days);
        let is_first = reviews.is_empty();
        if review.source.is_some() {
            // What was scheduled there is not known but for the last: as long as it took until it was asked again.
            let next = next.filter(|next| next.review.source.is_some());
            let start = starts.peek().map(|start| start.scheduled);
            let interval = next.map(|next| u32::try_from(next.review.day.since(review.day)).unwrap_or(0));
            reviews.push(OutgoingReview {
                at_ms: review.at_ms,
                quality: review.quality,
                took_ms: review.took_ms,
                asked: if is_first { Asked::Learning } else { Asked::Due },
                interval_days: interval.or(start.map(|start| start.interval_days)).unwrap_or(0),
                before_days,
                easiness: start.map_or(Easiness::START, |start| start.easiness),
            });
            continue;
        }
        while let Some(start) = starts.next_if(|start| start.day <= review.day) {
            memory = Memory::Scheduled(start.scheduled);
        }
        let before = memory.scheduled();
        if entry.counted {
            memory = memory.after(review.quality, review.day);
        }
        let after = memory.scheduled();
        reviews.push(OutgoingReview {
            at_ms: review.at_ms,
            quality: review.quality,
            took_ms: review.took_ms,
            asked: match (review.mode, before) {
                (Mode::Quiz | Mode::Cram, _) => Asked::Extra,
                (Mode::Review, None) => Asked::Learning,
                (Mode::Review, Some(_)) if entry.counted => Asked::Due,
                (Mode::Review, Some(before)) if before.lapses > 0 && before.repetitions == 0 => Asked::Relearning,
                (Mode::Review, Some(_)) => Asked::Learning,
            },
            interval_days: after.map_or(0, |after| after.interval_days),
            before_days: before.map_or(before_days, |before| before.interval_days),
            easiness: after.map_or(Easiness::START, |after| after.easiness),
        });
    }
    OutgoingProgress {
        gap: None,
        is_suspended: state.suspended,
        is_flagged: state.flagged,
        scheduled: state.memory.scheduled(),
        reviews,
    }
}
