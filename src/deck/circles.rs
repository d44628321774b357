//! Cards that wait for one another.

use super::{Card, DeckError, fault};
use std::collections::{HashMap, HashSet};

/// Where cards wait for one another by their `after`, so that none of them is ever met.
pub(super) fn circles(cards: &[&Card]) -> Vec<DeckError> {
    let mut by_id: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, card) in cards.iter().enumerate() {
        by_id.entry(card.id.as_str()).or_default().push(at);
        by_id.entry(card.id.matrix().unwrap_or_default()).or_default().push(at);
    }
    let before = |at: usize| {
        let ids = cards[at].after.iter().filter_map(|id| by_id.get(id.as_str()));
        ids.flatten().copied().collect::<Vec<usize>>()
    };
    // Whatever can be met is crossed off, in rounds; what is left waits for itself.
    let mut waiting: HashSet<usize> = (0..cards.len()).filter(|at| !cards[*at].after.is_empty()).collect();
    loop {
        let free: Vec<usize> =
            waiting.iter().copied().filter(|at| before(*at).iter().all(|b| !waiting.contains(b))).collect();
        if free.is_empty() {
            break;
        }
        waiting.retain(|at| !free.contains(at));
    }
    let mut faults = Vec::new();
    let mut left: Vec<usize> = waiting.iter().copied().collect();
    left.sort_unstable();
    let mut told = HashSet::new();
    for start in left {
        // Followed backwards, each waits for one that waits: the walk ends in a circle.
        let mut path = vec![start];
        let circle = loop {
            let next = before(*path.last().expect("a path has a start")).into_iter().find(|b| waiting.contains(b));
            let Some(next) = next else { break Vec::new() };
            if let Some(from) = path.iter().position(|at| *at == next) {
                break path.split_off(from);
            }
            path.push(next);
        };
        if circle.iter().any(|at| !told.insert(*at)) || circle.is_empty() {
            continue;
        }
        let names: Vec<&str> = circle.iter().chain(&circle[..1]).map(|at| cards[*at].id.as_str()).collect();
        let message = format!("after goes in a circle, so that none of these is ever met: {}", names.join(" after "));
        faults.push(fault(cards[circle[0]], &message));
    }
    faults
}
