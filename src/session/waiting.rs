//! The cards that wait to be asked.

use super::item::Item;
use crate::schedule::CardId;
use std::collections::VecDeque;

/// The cards that wait, and how many are due that have not been read yet.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    pub(super) queue: VecDeque<Item>,
    /// Cards that are asked again the same day, after the queue.
    pub(super) repeats: VecDeque<Item>,
    /// Due cards that the queue has no room for yet.
    pub(super) beyond: usize,
}

/// Where a card waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Queue(usize),
    Repeats(usize),
}

/// Cards that were taken out, each with its place, so that they can be put back.
#[derive(Debug, Default)]
pub(super) struct Removed {
    queue: Vec<(usize, Item)>,
    repeats: Vec<(usize, Item)>,
}

impl Waiting {
    /// The place of the first card.
    fn first(&self) -> Option<Place> {
        if self.queue.is_empty() { self.first_repeat() } else { Some(Place::Queue(0)) }
    }

    /// The place of the first card that is asked again.
    pub(super) fn first_repeat(&self) -> Option<Place> {
        (!self.repeats.is_empty()).then_some(Place::Repeats(0))
    }

    /// The same in a planned queue: a test whose gap has passed goes first.
    pub(super) fn first_ready(&self, passed: usize) -> Option<Place> {
        let ready = self.repeats.iter().position(|item| item.not_before <= passed);
        ready.map(Place::Repeats).or_else(|| self.first())
    }

    pub(super) fn take(&mut self, place: Place) -> Option<Item> {
        match place {
            Place::Queue(at) => self.queue.remove(at),
            Place::Repeats(at) => self.repeats.remove(at),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.queue.len() + self.repeats.len() + self.beyond
    }

    pub(super) fn items(&self) -> impl Iterator<Item = &Item> {
        self.queue.iter().chain(&self.repeats)
    }

    pub(super) fn items_mut(&mut self) -> impl Iterator<Item = &mut Item> {
        self.queue.iter_mut().chain(&mut self.repeats)
    }

    /// Takes a card out wherever it waits.
    pub(super) fn remove(&mut self, card: &CardId) -> Removed {
        Removed { queue: remove_from(&mut self.queue, card), repeats: remove_from(&mut self.repeats, card) }
    }

    /// Puts cards back where they were, as far as the places are there still.
    pub(super) fn put_back(&mut self, removed: Removed) {
        for (waiting, removed) in [(&mut self.queue, removed.queue), (&mut self.repeats, removed.repeats)] {
            for (at, item) in removed {
                waiting.insert(at.min(waiting.len()), item);
            }
        }
    }
}

impl Removed {
    pub(super) fn items_mut(&mut self) -> impl Iterator<Item = &mut Item> {
        self.queue.iter_mut().chain(&mut self.repeats).map(|(_, item)| item)
    }
}

fn remove_from(waiting: &mut VecDeque<Item>, card: &CardId) -> Vec<(usize, Item)> {
    let mut removed = Vec::new();
    let kept = std::mem::take(waiting).into_iter().enumerate().filter_map(|(at, item)| {
        if item.brief.id == *card {
            removed.push((at, item));
            None
        } else {
            Some(item)
        }
    });
    *waiting = kept.collect();
    removed
}
