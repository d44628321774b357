//! What a session asks, and in which order.

use super::counts::Counts;
use crate::deck::Brief;
use crate::schedule::{CardState, Day, loss_of_waiting};
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use std::collections::{HashMap, VecDeque};

/// A card that may be asked, and what is known of it: `practice` makes it of the index, and a queue is chosen from such.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The card.
    pub brief: Brief,
    /// What its log folds to.
    pub state: CardState,
    /// The day it is due on, by SM-2 or by the plan towards an interview; none for a new card, unless it is wanted.
    pub due: Option<Day>,
}

impl Candidate {
    fn is_due(&self, day: Day) -> bool {
        self.due.is_some_and(|due| due <= day)
    }
}

/// A card that will be asked: chosen, with the seed of its values, for a session to take up.
#[derive(Debug, Clone)]
pub struct Queued {
    /// The card.
    pub brief: Brief,
    /// What its log folds to.
    pub state: CardState,
    /// What its values are drawn with.
    pub seed: u64,
    /// Owed from an answer earlier in the day.
    pub repeat: bool,
    /// The ids of a chain's weak steps: they alone are asked. Empty asks all.
    pub weak: Vec<String>,
}

impl Queued {
    fn new(candidate: &Candidate, repeat: bool, rng: &mut ChaCha8Rng) -> Self {
        let Candidate { brief, state, .. } = candidate.clone();
        let seed = rng.random_range(0..crate::estimate::SEEDS);
        Self { brief, state, seed, repeat, weak: Vec::new() }
    }
}

/// The queue of a day: due cards, those first that are wanted though they are new, then those that lose most by waiting for the seconds they take; among them,
/// evenly, the new ones, level 1 first and decks taken in turn; then what the day still owes. Neighbours differ in deck
/// and kind where they can, and cards of one matrix are kept apart. Suspended cards are left out. The same seed gives
/// the same order and the same values.
pub fn queue_of_day(
    candidates: &[Candidate],
    day: Day,
    new_allowance: usize,
    seconds: impl Fn(&Brief) -> f64,
    seed: u64,
) -> (Vec<Queued>, Counts) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let open = || candidates.iter().filter(|c| !c.state.suspended);
    let mut due: Vec<&Candidate> = open().filter(|c| c.is_due(day)).collect();
    due.shuffle(&mut rng);
    let loss_a_second = |c: &Candidate| {
        // What is wanted though it is new comes before all.
        let loss = c.state.memory.scheduled().map_or(f64::MAX, |s| loss_of_waiting(s.interval_days, s.due, day));
        loss / seconds(&c.brief).max(1.0)
    };
    let mut due: Vec<(f64, &Candidate)> = due.into_iter().map(|c| (loss_a_second(c), c)).collect();
    due.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let due: Vec<&Candidate> = due.into_iter().map(|(_, c)| c).collect();
    let unseen: Vec<&Candidate> = candidates.iter().filter(|c| c.state.is_unseen()).collect();
    let new = in_turn(unseen, new_allowance);
    let owed: Vec<&Candidate> = open().filter(|c| c.state.is_owed(day) && !c.is_due(day)).collect();
    let counts = Counts { due: due.len(), new: new.len(), owed: owed.len(), ..Counts::default() };
    let first_time = mixed(among(due, new)).into_iter().map(|c| (c, false));
    let queued = first_time
        .chain(owed.into_iter().map(|c| (c, true)))
        .map(|(c, repeat)| Queued::new(c, repeat, &mut rng))
        .collect();
    (queued, counts)
}

/// These cards in this order, more or less: neighbours differ in deck and kind where they can, and cards of one matrix are
/// kept apart. Then those that the day owes.
pub fn queue_in_order(cards: Vec<&Candidate>, owed: Vec<&Candidate>, seed: u64) -> Vec<Queued> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let first_time = mixed(cards).into_iter().map(|c| (c, false));
    let owed = owed.into_iter().map(|c| (c, true));
    first_time.chain(owed).map(|(c, repeat)| Queued::new(c, repeat, &mut rng)).collect()
}

/// A round of `cram`: these cards, as they are ordered.
pub fn round(candidates: &[Candidate], seed: u64) -> Vec<Queued> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    mixed(candidates.iter().collect()).into_iter().map(|c| Queued::new(c, false, &mut rng)).collect()
}

/// A sprint of so many questions, due or not: the cards in a random order, and again with other values
/// once all were asked. The same cards and seed give the same questions, whatever was answered before.
pub fn sprint(candidates: &[Candidate], questions: usize, seed: u64) -> Vec<Queued> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut queued = Vec::with_capacity(questions.min(candidates.len()));
    while queued.len() < questions && !candidates.is_empty() {
        let mut round: Vec<&Candidate> = candidates.iter().collect();
        round.shuffle(&mut rng);
        let next = round.into_iter().take(questions - queued.len());
        queued.extend(next.map(|c| Queued::new(c, false, &mut rng)));
    }
    queued
}

/// New cards by level, one of each deck in turn, in the order of the decks; at most so many.
pub fn in_turn(cards: Vec<&Candidate>, allowance: usize) -> Vec<&Candidate> {
    let mut taken = Vec::new();
    for level in 1..=3 {
        let mut decks: Vec<VecDeque<&Candidate>> = Vec::new();
        let mut places: HashMap<&str, usize> = HashMap::new();
        for candidate in cards.iter().copied().filter(|c| c.brief.level == level) {
            let place = *places.entry(candidate.brief.id.deck()).or_insert(decks.len());
            decks.resize_with(decks.len().max(place + 1), VecDeque::new);
            decks[place].push_back(candidate);
        }
        while taken.len() < allowance && decks.iter().any(|waiting| !waiting.is_empty()) {
            let round = decks.iter_mut().filter_map(VecDeque::pop_front);
            taken.extend(round.take(allowance - taken.len()).collect::<Vec<_>>());
        }
    }
    taken
}

/// Puts the second list evenly among the first.
fn among<'a>(due: Vec<&'a Candidate>, new: Vec<&'a Candidate>) -> Vec<&'a Candidate> {
    let (count, every) = (due.len() + new.len(), (due.len() + new.len()) as f64 / new.len().max(1) as f64);
    let (mut due, mut new, mut taken) = (due.into_iter(), new.into_iter(), 0usize);
    (0..count)
        .filter_map(|at| {
            let turn = (at + 1) as f64 >= (taken + 1) as f64 * every;
            let card = if turn { new.next() } else { None };
            taken += usize::from(card.is_some());
            card.or_else(|| due.next()).or_else(|| new.next())
        })
        .collect()
}

/// How many cards should lie between two of one matrix.
const APART: usize = 4;
/// A card waits for at most so many others to let neighbours differ.
const WINDOW: usize = 8;

/// Nearly keeps the order, but takes of the first few one that differs in deck and kind from the card before, and lets a
/// card wait while one of its matrix is among the last few.
fn mixed(cards: Vec<&Candidate>) -> Vec<&Candidate> {
    let mut waiting: VecDeque<&Candidate> = cards.into();
    let mut ordered: Vec<&Candidate> = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let recent = ordered.iter().rev().take(APART).filter_map(|c| c.brief.id.matrix()).collect::<Vec<_>>();
        let apart = |c: &&Candidate| c.brief.id.matrix().is_none_or(|matrix| !recent.contains(&matrix));
        let alike = |c: &&Candidate| match ordered.last() {
            Some(Candidate { brief, .. }) => {
                usize::from(brief.id.deck() == c.brief.id.deck()) + usize::from(brief.kind == c.brief.kind)
            }
            None => 0,
        };
        let near = waiting.iter().take(WINDOW).enumerate().filter(|(_, c)| apart(c));
        let at = near.min_by_key(|(_, c)| alike(c)).map(|(at, _)| at);
        let at = at.or_else(|| waiting.iter().position(apart)).unwrap_or(0);
        ordered.extend(waiting.remove(at));
    }
    ordered
}
