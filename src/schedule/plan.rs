//! The way to an interview: most recalled on the day for the minutes there are.
//!
//! Each minute goes to the card, known or new, that adds most to the recall predicted for the day, by the second. Nothing
//! here is stored but what the learner said: the date, the minutes and the wishes. Which cards a day asks follows from
//! these, from the memory of each card and from the learner's model, so that ending the plan leaves no trace.

use super::retention::{MemoryModel, MemoryState};
use super::{Day, Quality};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// What a card would gain more by waiting counts so much against asking it today.
const WAITING: f64 = 0.9;
/// The later day that today is compared with lies this share of the days that are left before the last of them.
const LATE: f64 = 0.5;
/// The least share of the time that goes to known cards: what is never asked again tells nothing of the learner.
const KNOWN_SHARE: f64 = 0.15;
/// What a card of level 1, 2 or 3 is worth beside one of level 1.
const WORTH: [f64; 3] = [1.0, 0.85, 0.7];
/// What passes between a first look and its test, in other cards.
pub const GAP_BEFORE_TEST: usize = 6;
/// The share of new cards that a learner knows already, and how many cards this guess is worth.
const KNOWN_BEFORE: (f64, f64) = (0.15, 10.0);
/// How long a new card takes is the mean of so many that come next.
const MEAN_OF_NEW: usize = 100;
/// A plan looks at most so far ahead.
const FARTHEST_DAYS: i64 = 3653;
/// A forecast follows as many cards as so many times the time allows: the others are not asked in any case.
const FOLLOWED: f64 = 3.0;

/// The date that a learner prepares for, and the minutes a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interview {
    /// The day of the interview: nothing is planned for it.
    pub day: Day,
    /// The time box of a day.
    pub minutes: u32,
}

/// As it stands in a mark: `2026-12-15 15`.
impl fmt::Display for Interview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.day, self.minutes)
    }
}

impl FromStr for Interview {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (day, minutes) = text.split_once(' ').ok_or(())?;
        Ok(Self { day: day.parse().map_err(drop)?, minutes: minutes.parse().map_err(drop)? })
    }
}

/// Many cards or firm ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Style {
    /// Fewer cards, each more likely recalled.
    Solid,
    /// Ahead in both.
    #[default]
    Balanced,
    /// As many cards as the minutes carry.
    Broad,
}

impl Style {
    /// All of them, from firm to many.
    pub const ALL: [Self; 3] = [Self::Solid, Self::Balanced, Self::Broad];

    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Solid => "solid",
            Self::Balanced => "balanced",
            Self::Broad => "broad",
        }
    }

    /// The style of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|style| style.name() == name)
    }

    /// What a second spent on a new card counts beside one spent on a known card: the lower, the firmer.
    fn exchange(self) -> f64 {
        match self {
            Self::Solid => 0.35,
            Self::Balanced => 0.6,
            Self::Broad => 1.0,
        }
    }
}

/// A day of the week, Monday being 1 and Sunday 7.
pub type Weekday = u8;

/// How the learner prepares. It stands in a mark as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Wishes {
    /// Many cards or firm ones.
    pub style: Style,
    /// Before this day the plan asks nothing: SM-2 alone decides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Day>,
    /// Days of the week on which the learner does not practise.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub days_off: BTreeSet<Weekday>,
    /// Only these decks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub decks: Vec<String>,
    /// Only cards with one of these tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// None of these decks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub without: Vec<String>,
}

impl Interview {
    /// Whether the day is at most ten years away: nobody plans for longer, and a plan looks at each day.
    pub fn is_in_reach(self, today: Day) -> bool {
        self.day.since(today) <= FARTHEST_DAYS
    }
}

impl Wishes {
    /// From what a mark says; what cannot be read wishes nothing.
    pub fn read(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }

    /// As it stands in a mark.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    fn is_off(&self, day: Day) -> bool {
        self.days_off.contains(&day.weekday())
    }
}

/// The seconds of an answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seconds {
    /// When it is right.
    pub right: f64,
    /// When it is wrong, with what is read after it.
    pub wrong: f64,
}

impl Seconds {
    fn expected(self, recall: f64) -> f64 {
        (recall * self.right + (1.0 - recall) * self.wrong).max(1.0)
    }
}

/// A card as a plan sees it.
#[derive(Debug, Clone, Copy)]
pub struct Prepared {
    /// What is left of it in memory; none for one that was never seen.
    pub memory: Option<MemoryState>,
    /// How long an answer takes.
    pub seconds: Seconds,
    /// 1 comes before 2 before 3.
    pub level: u8,
}

/// A plan on one of its days.
#[derive(Debug, Clone)]
pub struct Course<'a> {
    interview: Day,
    style: Style,
    model: &'a MemoryModel,
    today: Day,
    /// The day that today is compared with.
    later: Day,
    /// The share of new cards that the learner knows already.
    known_before: f64,
}

/// The next card of a day, by its place in the list that it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// A known one.
    Known(usize),
    /// The next of the new ones.
    New,
}

impl<'a> Course<'a> {
    /// The plan for a day before the interview. Of the new cards that were asked before, so many were known of so many.
    pub fn new(
        interview: Day,
        wishes: &Wishes,
        model: &'a MemoryModel,
        today: Day,
        (known, asked): (usize, usize),
    ) -> Self {
        let days = working_days(today, interview, wishes);
        let last = days.len().saturating_sub(1);
        let later = days.get(last - (last as f64 * LATE) as usize).copied().unwrap_or(today);
        let (share, weight) = KNOWN_BEFORE;
        let known_before = (known as f64 + share * weight) / (asked as f64 + weight);
        Self { interview, style: wishes.style, model, today, later, known_before }
    }

    /// What a known card adds to the recall of the day by the second, if it is asked today and not later. Below 0 where it
    /// had better wait.
    pub fn gain(&self, card: &Prepared, memory: &MemoryState) -> f64 {
        let recall = self.model.recall(memory, self.today);
        let now = self.gain_on(memory, self.today, recall);
        let later = match self.later > self.today {
            true => self.gain_on(memory, self.later, self.model.recall(memory, self.later)),
            false => now,
        };
        worth(card.level) * (now - WAITING * (later - now).max(0.0)) / card.seconds.expected(recall)
    }

    fn gain_on(&self, memory: &MemoryState, day: Day, recall: f64) -> f64 {
        let then = |quality| self.model.recall(&self.model.after(memory, quality, day), self.interview);
        let asked = recall * then(Quality::GOOD) + (1.0 - recall) * then(Quality::AGAIN);
        asked - self.model.recall(memory, self.interview)
    }

    /// The same of a new card: it is shown or asked, and tested. New cards are met in their order and not the shortest
    /// first, which would teach trivia: each counts as long as new cards are on average.
    pub fn gain_of_new(&self, card: &Prepared, mean_s: f64) -> f64 {
        let on = |day| {
            let then = |memory: MemoryState| self.model.recall(&memory, self.interview);
            self.known_before * then(self.model.first(Quality::GOOD, day))
                + (1.0 - self.known_before) * then(self.shown(day))
        };
        let (now, later) = (on(self.today), on(self.later));
        self.style.exchange() * worth(card.level) * (now - WAITING * (later - now).max(0.0)) / mean_s
    }

    /// What is left of a card that was not known, shown, and right in its test.
    fn shown(&self, day: Day) -> MemoryState {
        self.model.after(&self.model.first(Quality::AGAIN, day), Quality::GOOD, day)
    }

    fn seconds_of_new(&self, card: &Prepared) -> f64 {
        let Seconds { right, wrong } = card.seconds;
        self.known_before * right + (1.0 - self.known_before) * (wrong + right)
    }

    /// The order in which a day asks these known cards and, among them, new ones in their order. `spent_s` is what the day
    /// has spent on known cards and in all. With each turn go the seconds that it is expected to take. Ends where nothing
    /// gains any more, or after so many seconds.
    pub fn order(
        &self,
        known: impl Iterator<Item = (usize, Prepared)>,
        new: &[Prepared],
        spent_s: (f64, f64),
        box_s: f64,
    ) -> Vec<(Turn, f64)> {
        let gain = |(at, card): (usize, Prepared)| {
            let memory = card.memory.filter(|memory| memory.latest < self.today)?;
            let gain = self.gain(&card, &memory);
            (gain > 0.0).then(|| (gain, at, card.seconds.expected(self.model.recall(&memory, self.today))))
        };
        let mut known: Vec<(f64, usize, f64)> = known.filter_map(gain).collect();
        known.sort_by(|a, b| b.0.total_cmp(&a.0));
        let (mut known_s, mut all_s) = spent_s;
        let end_s = all_s + box_s;
        let next_new = &new[..new.len().min(MEAN_OF_NEW)];
        let mean_s = next_new.iter().map(|card| self.seconds_of_new(card)).sum::<f64>() / next_new.len().max(1) as f64;
        let (mut known, mut new) = (known.into_iter().peekable(), new.iter().peekable());
        let mut turns = Vec::new();
        while all_s < end_s {
            let of_new = new.peek().map(|card| self.gain_of_new(card, mean_s));
            let is_known = match (known.peek(), of_new) {
                (None, None) => break,
                (None, Some(_)) => false,
                (Some(_), None) => true,
                (Some((gain, ..)), Some(of_new)) => *gain >= of_new || known_s < KNOWN_SHARE * all_s,
            };
            if is_known && let Some((_, at, seconds)) = known.next() {
                (known_s, all_s) = (known_s + seconds, all_s + seconds);
                turns.push((Turn::Known(at), seconds));
            } else if let Some(card) = new.next() {
                let seconds = self.seconds_of_new(card);
                all_s += seconds;
                turns.push((Turn::New, seconds));
            }
        }
        turns
    }
}

/// The order in which the day of the interview itself warms known cards up, with the seconds of each: the weakest by the
/// second. Ends after so many seconds.
pub fn warm_up(
    model: &MemoryModel,
    today: Day,
    known: impl Iterator<Item = (usize, Prepared)>,
    box_s: f64,
) -> Vec<(Turn, f64)> {
    let weakness = |(at, card): (usize, Prepared)| {
        let recall = model.recall(&card.memory.filter(|memory| memory.latest < today)?, today);
        let seconds = card.seconds.expected(recall);
        Some((worth(card.level) * (1.0 - recall) / seconds, at, seconds))
    };
    let mut known: Vec<(f64, usize, f64)> = known.filter_map(weakness).collect();
    known.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut all_s = 0.0;
    let fits = |(_, _, seconds): &(f64, usize, f64)| {
        all_s += seconds;
        all_s <= box_s
    };
    known.into_iter().take_while(fits).map(|(_, at, seconds)| (Turn::Known(at), seconds)).collect()
}

fn worth(level: u8) -> f64 {
    WORTH[usize::from(level.clamp(1, 3)) - 1]
}

/// The days from this one to the eve of the interview on which the learner practises. Today is one in any case, unless the
/// plan begins later.
fn working_days(today: Day, interview: Day, wishes: &Wishes) -> Vec<Day> {
    let days = u32::try_from(interview.since(today)).unwrap_or(0);
    let begun = |day: &Day| wishes.from.is_none_or(|from| from <= *day);
    let days = (0..days).map(|ahead| today.plus(ahead)).filter(begun);
    days.filter(|day| *day == today || !wishes.is_off(*day)).collect()
}

/// A day of a forecast.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DayPlan {
    /// The day.
    pub day: Day,
    /// Known cards asked.
    pub due: usize,
    /// How many of these are expected to be recalled.
    pub recalls: f64,
    /// Cards met.
    pub new: usize,
    /// The seconds that this takes.
    pub seconds: f64,
}

/// The way to an interview, as far as it is known today.
#[derive(Debug, Clone, Copy)]
pub struct Outlook<'a> {
    /// The date and the minutes.
    pub interview: Interview,
    /// How the learner prepares.
    pub wishes: &'a Wishes,
    /// The learner's memory.
    pub model: &'a MemoryModel,
    /// Of the new cards that were asked, so many were known of so many.
    pub known_before: (usize, usize),
    /// The learner's day.
    pub today: Day,
    /// What today has spent on known cards and in all.
    pub spent_s: (f64, f64),
}

impl Outlook<'_> {
    /// The days until the interview as they will probably go, and what is left of each card in memory on the morning of
    /// the interview; but no further than up to a day. New cards are met in the order of the list. Answers are right as
    /// often as is expected.
    pub fn forecast(&self, cards: &[Prepared], until: Day) -> (Vec<DayPlan>, Vec<Option<MemoryState>>) {
        let mut memories: Vec<Option<MemoryState>> = cards.iter().map(|card| card.memory).collect();
        let unseen: Vec<Prepared> = cards.iter().filter(|card| card.memory.is_none()).copied().collect();
        let unseen_at: Vec<usize> = (0..cards.len()).filter(|at| cards[*at].memory.is_none()).collect();
        let budget_s = f64::from(self.interview.minutes) * 60.0;
        let days = working_days(self.today, self.interview.day, self.wishes);
        let mut followed = self.followed(cards, budget_s * days.len() as f64);
        let mut met = 0;
        // What of the recalls that are expected was not yet dealt out.
        let mut carried = 0.5;
        let mut plans = Vec::with_capacity(days.len());
        for day in days.into_iter().take_while(|day| *day <= until) {
            let course = Course::new(self.interview.day, self.wishes, self.model, day, self.known_before);
            let (known_s, all_s) = if day == self.today { self.spent_s } else { (0.0, 0.0) };
            let left_s = budget_s - all_s;
            let with_memory = |at: &usize| (*at, Prepared { memory: memories[*at], ..cards[*at] });
            let turns = course.order(followed.iter().map(with_memory), &unseen[met..], (known_s, all_s), left_s);
            let mut plan = DayPlan { day, due: 0, recalls: 0.0, new: 0, seconds: 0.0 };
            for (turn, seconds) in turns {
                let (at, chance) = match turn {
                    Turn::Known(at) => {
                        let chance = memories[at].map_or(0.0, |memory| self.model.recall(&memory, day));
                        (at, chance)
                    }
                    Turn::New => (unseen_at[met], course.known_before),
                };
                carried += chance;
                let is_right = carried >= 1.0;
                carried -= f64::from(u8::from(is_right));
                plan.seconds += seconds;
                let quality = if is_right { Quality::GOOD } else { Quality::AGAIN };
                memories[at] = Some(match (turn, memories[at]) {
                    (Turn::Known(_), Some(memory)) => self.model.after(&memory, quality, day),
                    _ if is_right => self.model.first(quality, day),
                    _ => course.shown(day),
                });
                if turn == Turn::New {
                    followed.push(at);
                    met += 1;
                    plan.new += 1;
                } else {
                    plan.due += 1;
                    plan.recalls += chance;
                }
            }
            plans.push(plan);
        }
        (plans, memories)
    }

    /// The known cards that may be asked until the interview: of more than the time allows, those that gain most today.
    fn followed(&self, cards: &[Prepared], time_s: f64) -> Vec<usize> {
        let mut known: Vec<usize> = (0..cards.len()).filter(|at| cards[*at].memory.is_some()).collect();
        let mean_s = known.iter().map(|at| cards[*at].seconds.right).sum::<f64>() / known.len().max(1) as f64;
        let most = (FOLLOWED * time_s / mean_s.max(1.0)) as usize;
        if known.len() > most {
            let course = Course::new(self.interview.day, self.wishes, self.model, self.today, self.known_before);
            let gain = |at: &usize| cards[*at].memory.map_or(0.0, |memory| course.gain(&cards[*at], &memory));
            known.sort_by_cached_key(|at| std::cmp::Reverse((gain(at).max(0.0) * 1e12) as u64));
            known.truncate(most);
        }
        known
    }
}
