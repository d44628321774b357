//! How a round ends, and a session.

use super::done::Answer;
use super::machine::{Lap, Session, Stage};
use super::summary::{Ahead, Hard, Round, Summary};
use crate::schedule::{Memory, Mode};
use std::collections::HashSet;

impl Session {
    /// How it went so far.
    pub fn summary(&self, ahead: Ahead) -> Summary {
        let id = |answer: &Answer| answer.item.brief.id.clone();
        let is_learned =
            |answer: &&Answer| answer.open.item.state.memory == Memory::New && answer.item.state.memory != Memory::New;
        let is_recalled = |answer: &&Answer| answer.review.quality.is_recall();
        let mut hard: Vec<&Answer> = self.answers.iter().filter(|answer| !is_recalled(answer)).collect();
        hard.sort_by_key(|answer| answer.review.quality);
        let mut named = HashSet::new();
        hard.retain(|answer| named.insert(&answer.item.brief.id));
        Summary {
            answered: self.answers.len(),
            correct: self.answers.iter().filter(is_recalled).count(),
            repeats: self.answers.iter().filter(|answer| answer.item.repeat).count(),
            elapsed_s: self.elapsed_s,
            counted_s: self.time_box.used_s(),
            left_due: ahead.left_due,
            new_waiting: match self.setup.mode {
                Mode::Review if !self.is_planned() => self.time_box.new_within(&self.waiting).count(),
                Mode::Review | Mode::Quiz | Mode::Cram => 0,
            },
            unreached: match self.setup.mode {
                Mode::Cram => self.waiting.queue.len() + usize::from(self.open().is_some()),
                Mode::Review | Mode::Quiz => 0,
            },
            learned: self.answers.iter().filter(is_learned).map(id).collect(),
            hardest: hard
                .iter()
                .map(|answer| Hard { card: id(answer), prompt: answer.review.prompt.clone() })
                .collect(),
            hard: hard.into_iter().map(id).collect(),
            load: ahead.load,
            next_due: ahead.next_due,
            today: ahead.today,
            all: ahead.all,
            is_interview: ahead.is_interview,
            ended: self.ending,
            unfinished: self.unfinished.clone().or_else(|| self.open().and_then(|open| open.unfinished())),
            score: None,
        }
    }

    /// The round of `cram` that is over; none while a question waits, when nothing is weak, or when time is up.
    pub fn round(&self) -> Option<Round> {
        matches!(self.stage, Stage::RoundOver).then(|| Round {
            round: self.lap.n,
            asked: self.answers.len() - self.lap.before,
            weak: self.weak().map(|answer| answer.item.brief.id.clone()).collect(),
        })
    }

    pub(super) fn has_weak_round(&self) -> bool {
        self.setup.mode == Mode::Cram
            && !self.time_box.is_over()
            && self.waiting.queue.is_empty()
            && self.weak().next().is_some()
    }

    /// The answers of this round that scored below 4, the worst first.
    fn weak(&self) -> impl Iterator<Item = &Answer> {
        let fits =
            |answer: &&Answer| answer.review.quality.is_asked_again() && !self.gone.contains(&answer.item.brief.id);
        let mut weak: Vec<&Answer> = self.answers[self.lap.before..].iter().filter(fits).collect();
        weak.sort_by_key(|answer| answer.review.quality);
        weak.into_iter()
    }

    /// Goes round the weak ones again.
    pub fn again(&mut self) {
        self.waiting.queue = self.weak().map(|answer| answer.item.again(answer.item.state, Vec::new())).collect();
        self.lap = Lap { n: self.lap.n + 1, before: self.answers.len() };
        self.total = self.time_box.has_room_for_all(&self.waiting).then(|| self.put() + self.waiting.queue.len());
        self.stage = Stage::Between;
    }

    /// What is weak has changed: whether the round is over is asked anew.
    pub(super) fn leave_round(&mut self) {
        if matches!(self.stage, Stage::RoundOver) {
            self.stage = Stage::Between;
        }
    }
}
