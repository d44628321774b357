//! What a session asks, and in which order.

use crate::deck::Card;
use crate::schedule::{CardState, Day, Memory};
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use std::collections::VecDeque;

/// A card that may be asked, and what is known of it.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// The card.
    pub card: &'a Card,
    /// What its log folds to.
    pub state: CardState,
}

/// A card that will be asked.
#[derive(Debug, Clone)]
pub struct Planned<'a> {
    /// The card.
    pub card: &'a Card,
    /// What its log folds to.
    pub state: CardState,
    /// What its values are drawn with.
    pub seed: u64,
    /// Owed from an answer earlier in the day.
    pub repeat: bool,
    /// The ids of a chain's weak steps: they alone are asked. Empty asks all.
    pub weak: Vec<String>,
}

/// How much there is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Cards scheduled for the day or before.
    pub due: usize,
    /// New cards, within the day's allowance.
    pub new: usize,
    /// Cards that the day owes a repeat.
    pub owed: usize,
}

/// The queue of a day: due cards first, by how overdue in proportion to their interval; then new ones,
/// level 1 first and decks taken in turn; then what the day still owes. Cards of one matrix are kept
/// apart. Suspended cards are left out. The same seed gives the same order and the same values.
pub fn plan<'a>(candidates: &[Candidate<'a>], day: Day, new_allowance: usize, seed: u64) -> (Vec<Planned<'a>>, Counts) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let open = || candidates.iter().filter(|c| !c.state.suspended).copied();
    let mut due: Vec<Candidate> = open().filter(|c| c.state.is_due(day)).collect();
    due.shuffle(&mut rng);
    due.sort_by(|a, b| overdue(b, day).total_cmp(&overdue(a, day)));
    let unseen: Vec<Candidate> = open().filter(|c| c.state.memory == Memory::New).collect();
    let new = in_turn(unseen, new_allowance);
    let owed: Vec<Candidate> = open().filter(|c| c.state.is_owed(day) && !c.state.is_due(day)).collect();
    let counts = Counts { due: due.len(), new: new.len(), owed: owed.len() };
    let first_time = apart(due).into_iter().chain(apart(new)).map(|c| (c, false));
    let planned = first_time
        .chain(owed.into_iter().map(|c| (c, true)))
        .map(|(Candidate { card, state }, repeat)| {
            let seed = rng.random_range(0..crate::estimate::SEEDS);
            Planned { card, state, seed, repeat, weak: Vec::new() }
        })
        .collect();
    (planned, counts)
}

/// A sprint of so many questions, due or not: the cards in a random order, and again with other values
/// once all were asked. The same cards and seed give the same questions, whatever was answered before.
pub fn sprint<'a>(candidates: &[Candidate<'a>], questions: usize, seed: u64) -> Vec<Planned<'a>> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut planned = Vec::with_capacity(questions.min(candidates.len()));
    while planned.len() < questions && !candidates.is_empty() {
        let mut round = candidates.to_vec();
        round.shuffle(&mut rng);
        for Candidate { card, state } in round.into_iter().take(questions - planned.len()) {
            let seed = rng.random_range(0..crate::estimate::SEEDS);
            planned.push(Planned { card, state, seed, repeat: false, weak: Vec::new() });
        }
    }
    planned
}

/// Days overdue per day of the interval: what waits longest in its own measure is forgotten first.
fn overdue(candidate: &Candidate, day: Day) -> f64 {
    candidate.state.memory.scheduled().map_or(0.0, |s| day.since(s.due) as f64 / f64::from(s.interval_days))
}

/// New cards by level, one of each deck in turn, in the order of the decks.
fn in_turn(cards: Vec<Candidate>, allowance: usize) -> Vec<Candidate> {
    let mut taken = Vec::new();
    for level in 1..=3 {
        let mut decks: Vec<(&str, VecDeque<Candidate>)> = Vec::new();
        for candidate in cards.iter().filter(|c| c.card.level == level) {
            let deck = candidate.card.id.deck();
            match decks.iter_mut().find(|(name, _)| *name == deck) {
                Some((_, waiting)) => waiting.push_back(*candidate),
                None => decks.push((deck, VecDeque::from([*candidate]))),
            }
        }
        while taken.len() < allowance && decks.iter().any(|(_, waiting)| !waiting.is_empty()) {
            let round = decks.iter_mut().filter_map(|(_, waiting)| waiting.pop_front());
            taken.extend(round.take(allowance - taken.len()).collect::<Vec<_>>());
        }
    }
    taken
}

/// How many cards should lie between two of one matrix.
const APART: usize = 4;

/// Keeps the order, but lets a card wait while one of its matrix is among the last few.
fn apart(cards: Vec<Candidate>) -> Vec<Candidate> {
    let mut waiting: VecDeque<Candidate> = cards.into();
    let mut ordered: Vec<Candidate> = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let recent = ordered.iter().rev().take(APART).filter_map(|c| c.card.id.matrix()).collect::<Vec<_>>();
        let fits = |c: &Candidate| c.card.id.matrix().is_none_or(|matrix| !recent.contains(&matrix));
        let at = waiting.iter().position(fits).unwrap_or(0);
        ordered.extend(waiting.remove(at));
    }
    ordered
}
