//! How much was expected to be recalled at the end of each of the last weeks.

use crate::schedule::{CardId, Day, MemoryModel, Quality, Trace};
use serde::Serialize;

/// So many weeks are looked back on.
const WEEKS: i64 = 12;
/// So many of the cards that were asked in these weeks have their histories walked; of more, each stands for several.
const WALKED: usize = 3_000;

/// The end of a week.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Week {
    /// The day: today, and each seventh day before.
    pub day: Day,
    /// Cards met by then.
    pub met: usize,
    /// How many of these are expected to be recalled on that day.
    pub recalled: f64,
}

/// Weeks as their cards come.
#[derive(Debug)]
pub(super) struct Weeks {
    ends: Vec<(Day, f64, f64)>,
    /// Cards that were asked in these weeks.
    asked: Vec<CardId>,
    /// For how many cards each stands whose history is walked.
    weight: f64,
}

impl Weeks {
    pub(super) fn until(day: Day) -> Self {
        let ends = (0..WEEKS).rev().map(|weeks| (day.before(7 * weeks), 0.0, 0.0)).collect();
        Self { ends, asked: Vec::new(), weight: 1.0 }
    }

    /// Takes a card in: what was not asked in these weeks is known by what its history left.
    pub(super) fn add(&mut self, id: &CardId, trace: &Trace, model: &MemoryModel) {
        if trace.memory.latest > self.ends[0].0 {
            return self.asked.push(id.clone());
        }
        for (day, met, recalled) in &mut self.ends {
            *met += 1.0;
            *recalled += model.recall(&trace.memory, *day);
        }
    }

    /// The cards whose histories are wanted.
    pub(super) fn wanted(&mut self) -> Vec<CardId> {
        let mut asked = std::mem::take(&mut self.asked);
        if asked.len() > WALKED {
            self.weight = asked.len() as f64 / WALKED as f64;
            // Spread over all cards by a checksum of their ids, so that the same log gives the same ones.
            asked.sort_by_cached_key(|card| crc32fast::hash(card.as_str().as_bytes()));
            asked.truncate(WALKED);
        }
        asked
    }

    /// Takes in the history of one of these.
    pub(super) fn add_history(&mut self, history: &[(Day, Quality)], model: &MemoryModel) {
        let mut later = history.iter().copied().peekable();
        let mut state = None;
        for (end, met, recalled) in &mut self.ends {
            while let Some((day, quality)) = later.next_if(|(day, _)| day <= end) {
                state = Some(match state {
                    None => model.first(quality, day),
                    Some(state) => model.after(&state, quality, day),
                });
            }
            if let Some(state) = &state {
                *met += self.weight;
                *recalled += self.weight * model.recall(state, *end);
            }
        }
    }

    pub(super) fn weeks(&self) -> Vec<Week> {
        let week = |(day, met, recalled): &(Day, f64, f64)| Week {
            day: *day,
            met: met.round() as usize,
            recalled: (recalled * 10.0).round() / 10.0,
        };
        self.ends.iter().map(week).collect()
    }
}
