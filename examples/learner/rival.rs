//! What other programs would ask: Anki's SM-2, FSRS, and SM-2 with a cram at the end.

use crate::course::Life;
use crate::memory::{Grade, Trace, Weights};
use std::collections::VecDeque;
use sysdrill::schedule::{Day, Memory, Quality};

/// The days before the interview on which all that was learned is gone through.
const CRAM_DAYS: u32 = 3;

/// Another program's rule.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rival {
    /// The scheduler of Anki before FSRS, with its default steps of one and ten minutes.
    Anki { new: u32 },
    /// FSRS-6 with its published weights at a desired retention.
    Fsrs { retention: f64, new: u32 },
    /// SM-2, but for the last days, which go through what was learned, the weakest first.
    Cram { new: u32 },
}

/// How a card stands.
#[derive(Debug, Clone, Copy)]
enum State {
    Anki { interval: f64, ease: f64 },
    Fsrs(Trace),
    Sm2(Memory),
}

/// A card that was met.
#[derive(Debug, Clone, Copy)]
struct Met {
    state: State,
    seen: u32,
    due: u32,
}

impl Rival {
    fn new_a_day(self) -> u32 {
        match self {
            Self::Anki { new } | Self::Fsrs { new, .. } | Self::Cram { new } => new,
        }
    }

    /// Lives through so many days: what is due, the most overdue for its interval first; then new cards; what was not known
    /// is asked again, until it is, after some others.
    pub fn lives(self, life: &mut Life, days: u32, minutes: u32) {
        let mut met: Vec<Option<Met>> = vec![None; life.items.len()];
        let mut unseen: VecDeque<usize> = life.cards.in_turn.iter().copied().collect();
        for day in 0..days {
            let mut sitting = Sitting { day, seconds: 0.0, box_s: f64::from(minutes) * 60.0 };
            let mut repeats: VecDeque<usize> = VecDeque::new();
            let crams = matches!(self, Self::Cram { .. }) && day + CRAM_DAYS >= days;
            let key = |card: &usize| {
                met[*card].map_or(0.0, |met| {
                    let interval = f64::from(met.due.saturating_sub(met.seen).max(1));
                    if crams { interval } else { -f64::from(day - met.seen) / interval }
                })
            };
            let is_due = |card: &usize| met[*card].is_some_and(|met| crams || met.due <= day);
            let mut due: Vec<usize> = (0..met.len()).filter(is_due).collect();
            due.sort_by(|a, b| key(a).total_cmp(&key(b)));
            for card in due {
                if sitting.is_over() {
                    break;
                }
                let grade = sitting.asks(life, card);
                met[card] = met[card].map(|met| self.reviewed(met, day, grade));
                if grade == Grade::Again {
                    repeats.push_back(card);
                }
            }
            let mut new = if crams { 0 } else { self.new_a_day() };
            while !sitting.is_over() {
                // Once a few wait, the first of them comes again.
                if repeats.len() > 5 || (new == 0 || unseen.is_empty()) && !repeats.is_empty() {
                    let Some(card) = repeats.pop_front() else { break };
                    let grade = sitting.asks(life, card);
                    met[card] = met[card].map(|met| self.repeated(met, grade));
                    if grade == Grade::Again {
                        repeats.push_back(card);
                    }
                } else if new > 0
                    && let Some(card) = unseen.pop_front()
                {
                    new -= 1;
                    let grade = sitting.asks(life, card);
                    met[card] = Some(self.met(day, grade));
                    if grade == Grade::Again || matches!(self, Self::Anki { .. }) && grade < Grade::Easy {
                        repeats.push_back(card);
                    }
                } else {
                    break;
                }
            }
            life.minutes_on.push(sitting.seconds / 60.0);
        }
    }

    fn met(self, day: u32, grade: Grade) -> Met {
        let state = match self {
            Self::Anki { .. } => State::Anki { interval: if grade == Grade::Easy { 4.0 } else { 1.0 }, ease: 2.5 },
            Self::Fsrs { .. } => State::Fsrs(Weights::PUBLISHED.meet(grade, 0.0)),
            Self::Cram { .. } => State::Sm2(Memory::New.after(quality(grade), on(day))),
        };
        self.scheduled(state, day)
    }

    fn reviewed(self, Met { state, seen, due }: Met, day: u32, grade: Grade) -> Met {
        let state = match state {
            State::Anki { interval, ease } => {
                let late = f64::from(day.saturating_sub(due));
                match grade {
                    Grade::Again => State::Anki { interval: 1.0, ease: (ease - 0.2).max(1.3) },
                    Grade::Hard => {
                        State::Anki { interval: (interval * 1.2).max(interval + 1.0), ease: (ease - 0.15).max(1.3) }
                    }
                    Grade::Good => State::Anki { interval: ((interval + late / 2.0) * ease).max(interval + 1.0), ease },
                    Grade::Easy => State::Anki { interval: (interval + late) * ease * 1.3, ease: ease + 0.15 },
                }
            }
            State::Fsrs(trace) => State::Fsrs(Weights::PUBLISHED.after(trace, grade, f64::from(day - seen))),
            State::Sm2(memory) => State::Sm2(memory.after(quality(grade), on(day))),
        };
        self.scheduled(state, day)
    }

    /// The same day, after a miss.
    fn repeated(self, met: Met, grade: Grade) -> Met {
        match met.state {
            State::Fsrs(trace) => self.scheduled(State::Fsrs(Weights::PUBLISHED.after(trace, grade, 0.0)), met.seen),
            _ => met,
        }
    }

    fn scheduled(self, state: State, day: u32) -> Met {
        let interval = match (self, state) {
            (Self::Fsrs { retention, .. }, State::Fsrs(trace)) => Weights::PUBLISHED.interval(trace, retention),
            (_, State::Anki { interval, .. }) => interval,
            (_, State::Sm2(memory)) => f64::from(memory.scheduled().map_or(1, |scheduled| scheduled.interval_days)),
            _ => 1.0,
        };
        Met { state, seen: day, due: day + (interval.round() as u32).max(1) }
    }
}

struct Sitting {
    day: u32,
    seconds: f64,
    box_s: f64,
}

impl Sitting {
    fn is_over(&self) -> bool {
        self.seconds >= self.box_s
    }

    fn asks(&mut self, life: &mut Life, card: usize) -> Grade {
        let thought = life.thinks(card, self.day, self.seconds);
        let brief = &life.cards.briefs[card];
        self.seconds += life.person.seconds(brief.kind, brief.answers, thought);
        life.learns(card, self.day, self.seconds, thought.grade);
        thought.grade
    }
}

fn quality(grade: Grade) -> Quality {
    match grade {
        Grade::Again => Quality::AGAIN,
        Grade::Hard => Quality::HARD,
        Grade::Good => Quality::GOOD,
        Grade::Easy => Quality::EASY,
    }
}

fn on(day: u32) -> Day {
    let first: Day = crate::course::FIRST.parse().expect("a date");
    first.plus(day)
}
