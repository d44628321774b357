//! The way to an interview: most recalled on the day for the minutes there are.
//!
//! Each minute goes to the card, known or new, that adds most to the recall predicted for the day, by the second: known
//! cards as long as they add more than a second costs, then new ones. Nothing
//! here is stored but what the learner said: the date, the minutes and the wishes. Which cards a day asks follows from
//! these, from the memory of each card and from the learner's model, so that ending the plan leaves no trace.

use super::lookahead::{AnswerTable, Lookahead, Place};
use super::retention::{MemoryModel, MemoryState};
use super::seconds::Seconds;
use super::{Day, Quality};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// The least share of the time that goes to known cards: what is never asked again tells nothing of the learner.
const KNOWN_SHARE: f64 = 0.15;
/// What a gain counts with a card of level 1, 2 or 3: it decides among cards that are about alike.
const WORTH: [f64; 3] = [1.15, 1.0, 0.85];
/// What passes between a first look and its test, in other cards.
pub const GAP_BEFORE_TEST: usize = 6;
/// The share of new cards that a learner knows already, and how many cards this guess is worth.
const KNOWN_BEFORE: (f64, f64) = (0.15, 10.0);
/// How long cards take as a rule is told by all known ones and so many new ones that come next.
const MEAN_OF_NEW: usize = 100;
/// A look takes so many times as long as a right answer, and so many of the tests after it are right.
const LOOK: f64 = 1.1;
const TESTED_RIGHT: f64 = 0.85;
/// A plan looks at most so far ahead.
const FARTHEST_DAYS: i64 = 3653;
/// A forecast follows as many cards as so many times the time allows: the others are not asked in any case.
const FOLLOWED: f64 = 2.0;
/// So many times as many known cards as may be asked are looked at closely.
const LOOKED_AT: usize = 2;
/// What is at most something is not less for its rounding.
const NEARLY: f64 = 1.0 + 1e-9;

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

    /// What a second costs that goes to a known card, in parts of what it would give with a new one, in a plan of one day that
    /// has room for one answer. An answer that adds less is not asked for, and a new card is met instead: the lower, the
    /// firmer. The longer a plan, the lower it is, by the square root of the days, for what is met early must last; and the
    /// fewer answers a day has room for, by their cube root, for what is met must be asked again. Found with simulated
    /// learners (`examples/learner`), whose optimum is flat.
    fn price(self) -> f64 {
        match self {
            Self::Solid => 0.08,
            Self::Balanced => 0.23,
            Self::Broad => 0.54,
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
    fn seconds_a_day(self) -> f64 {
        f64::from(self.minutes) * 60.0
    }

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

/// The next card of a day, by its place in the list that it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// A known one.
    Known(usize),
    /// The next of the new ones.
    New,
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
    /// How many cards have been met at its end, those met before too.
    pub met: usize,
    /// How many of these would be recalled at the interview with no review more.
    pub recalled_then: f64,
}

/// The way to an interview, as far as it is known today.
#[derive(Debug, Clone, Copy)]
pub struct Outlook<'a> {
    /// The date and the minutes.
    pub interview: Interview,
    /// How the learner prepares.
    pub wishes: &'a Wishes,
    /// Since when.
    pub begun: Day,
    /// The learner's memory.
    pub table: &'a AnswerTable,
    /// How many new cards were known when they were first asked, and how many were asked.
    pub known_before: (usize, usize),
    /// The learner's day.
    pub today: Day,
    /// What today has spent.
    pub spent_s: f64,
}

impl Outlook<'_> {
    /// The order in which today asks these known cards and, among them, new ones in their order. With each turn go the
    /// seconds that it is expected to take. Ends where nothing gains any more, or after so many seconds.
    ///
    /// New cards are met in their order and not the shortest first, which would teach trivia.
    pub fn order(&self, known: &[Prepared], new: &[Prepared], box_s: f64) -> Vec<(Turn, f64)> {
        let mut course = self.course(known.iter().chain(new.iter().take(MEAN_OF_NEW)));
        let known: Vec<Known> = known.iter().enumerate().filter_map(|(at, card)| Known::of(at, card)).collect();
        course.order(self.today, &known, new, self.spent_s, box_s)
    }

    /// The days until the interview as they will probably go, and what is left of each card in memory on the morning of
    /// the interview; but no further than up to a day. New cards are met in the order of the list. Answers are right as
    /// often as is expected.
    pub fn forecast(&self, cards: &[Prepared], until: Day) -> (Vec<DayPlan>, Vec<Option<MemoryState>>) {
        let mut memories: Vec<Option<MemoryState>> = cards.iter().map(|card| card.memory).collect();
        let unseen: Vec<Prepared> = cards.iter().filter(|card| card.memory.is_none()).copied().collect();
        let unseen_at: Vec<usize> = (0..cards.len()).filter(|at| cards[*at].memory.is_none()).collect();
        let budget_s = self.interview.seconds_a_day();
        let days = working_days(self.today, self.interview.day, self.wishes);
        let seen = cards.iter().filter(|card| card.memory.is_some());
        let mut course = self.course(seen.chain(unseen.iter().take(MEAN_OF_NEW)));
        let mut followed = self.followed(&mut course, cards, budget_s * days.len() as f64);
        let mut known: Vec<Known> = Vec::with_capacity(followed.len());
        known.extend(followed.iter().enumerate().filter_map(|(place, at)| Known::of(place, &cards[*at])));
        let mut met = 0;
        // What of the recalls that are expected was not yet dealt out.
        let mut carried = 0.5;
        let mut plans = Vec::with_capacity(days.len());
        let then =
            |memory: Option<MemoryState>| memory.map_or(0.0, |m| self.table.model.recall(&m, self.interview.day));
        let mut recalled_then: f64 = memories.iter().copied().map(then).sum();
        let met_before = cards.len() - unseen.len();
        for day in days.into_iter().take_while(|day| *day <= until) {
            let spent_s = if day == self.today { self.spent_s } else { 0.0 };
            let turns = course.order(day, &known, &unseen[met..], spent_s, budget_s - spent_s);
            let mut plan = DayPlan { day, due: 0, recalls: 0.0, new: 0, seconds: 0.0, met: 0, recalled_then: 0.0 };
            for (turn, seconds) in turns {
                let (place, at, chance) = match turn {
                    Turn::Known(place) => {
                        let at = followed[place];
                        let chance = memories[at].map_or(0.0, |memory| self.table.model.recall(&memory, day));
                        (place, at, chance)
                    }
                    Turn::New => (followed.len(), unseen_at[met], course.known_before),
                };
                carried += chance;
                let is_right = carried >= 1.0;
                carried -= f64::from(u8::from(is_right));
                plan.seconds += seconds;
                let quality = if is_right { Quality::GOOD } else { Quality::AGAIN };
                let before = memories[at];
                let after = match (turn, before) {
                    (Turn::Known(_), Some(memory)) => self.table.model.after(&memory, quality, day),
                    _ if is_right => self.table.model.first(quality, day),
                    _ => self.shown(day),
                };
                memories[at] = Some(after);
                recalled_then += then(memories[at]) - then(before);
                let with_memory = Known::with(place, &cards[at], &after);
                if turn == Turn::New {
                    followed.push(at);
                    known.push(with_memory);
                    met += 1;
                    plan.new += 1;
                } else {
                    known[place] = with_memory;
                    plan.due += 1;
                    plan.recalls += chance;
                }
            }
            plans.push(DayPlan { met: met_before + met, recalled_then, ..plan });
        }
        (plans, memories)
    }

    /// The known cards that may be asked until the interview: of more than the time allows, those that gain most today.
    fn followed(&self, course: &mut Course, cards: &[Prepared], time_s: f64) -> Vec<usize> {
        let mut known: Vec<usize> = (0..cards.len()).filter(|at| cards[*at].memory.is_some()).collect();
        let mean_s = known.iter().map(|at| cards[*at].seconds.right).sum::<f64>() / known.len().max(1) as f64;
        let most = (FOLLOWED * time_s / mean_s.max(1.0)) as usize;
        if known.len() > most {
            let day = course.on(self.today);
            let mut gain = |at: &usize| {
                let card = Known::of(*at, &cards[*at])?;
                let gain = course.gain(&card, day)?;
                Some(course.by_second(&card, gain, course.seconds(&card, day)))
            };
            known.sort_by_cached_key(|at| std::cmp::Reverse((gain(at).unwrap_or(0.0) * 1e12) as u64));
            known.truncate(most);
        }
        known
    }

    /// What is left of a card that was not known, shown, and right in its test.
    fn shown(&self, day: Day) -> MemoryState {
        self.table.model.after(&self.table.model.first(Quality::AGAIN, day), Quality::GOOD, day)
    }

    /// With cards like these.
    fn course<'a>(&'a self, cards: impl Iterator<Item = &'a Prepared>) -> Course<'a> {
        let (count, right, wrong) = cards.fold((0.0, 0.0, 0.0), |(count, right, wrong), card| {
            (count + 1.0, right + card.seconds.right, wrong + card.seconds.wrong)
        });
        let count = f64::max(count, 1.0);
        let seconds = Seconds { right: right / count, wrong: wrong / count };
        let (share, weight) = KNOWN_BEFORE;
        let (known, asked) = self.known_before;
        let known_before = (known as f64 + share * weight) / (asked as f64 + weight);
        let days = working_days(self.begun.min(self.today), self.interview.day, self.wishes).len().max(1) as u32;
        let of_new = self.recall_of_new(known_before, days) / seconds_of_new(seconds, known_before).max(1.0);
        let answers_a_day = f64::from(self.interview.minutes) * 60.0 / seconds.right.max(1.0);
        let price = self.wishes.style.price() * answers_a_day.cbrt() / f64::from(days).sqrt() * of_new;
        Course {
            model: &self.table.model,
            ahead: Lookahead::new(self.table, self.today, self.interview.day, price, seconds),
            price,
            mean_s: seconds.right.max(1.0),
            known_before,
        }
    }

    /// The chance to recall a card on the day of the interview that is met on one of so many days before it, and not asked
    /// again.
    fn recall_of_new(&self, known_before: f64, days: u32) -> f64 {
        let met = self.today;
        let (known, shown) = (self.table.model.first(Quality::GOOD, met), self.shown(met));
        let of_days = (1..=days).map(|later| {
            let recall = |memory| self.table.model.recall(memory, met.plus(later));
            known_before * recall(&known) + (1.0 - known_before) * recall(&shown)
        });
        of_days.sum::<f64>() / f64::from(days)
    }
}

/// A card that is not known is shown and tested.
fn seconds_of_new(card: Seconds, known_before: f64) -> f64 {
    let unknown_s = LOOK * card.right + card.expected(TESTED_RIGHT);
    known_before * card.right + (1.0 - known_before) * unknown_s
}

/// A known card as a day weighs it.
#[derive(Debug, Clone, Copy)]
struct Known {
    /// Its place in the list that it came from.
    at: usize,
    memory: Place,
    stability_days: f64,
    /// The day on which it was last seen, since 1970.
    latest: i64,
    seconds: Seconds,
    worth: f64,
}

impl Known {
    fn of(at: usize, card: &Prepared) -> Option<Self> {
        card.memory.map(|memory| Self::with(at, card, &memory))
    }

    fn with(at: usize, card: &Prepared, memory: &MemoryState) -> Self {
        Self {
            at,
            memory: Place::of(memory),
            stability_days: memory.stability_days,
            latest: memory.latest.epoch_days(),
            seconds: card.seconds,
            worth: worth(card.level),
        }
    }
}

/// A day as cards are weighed on it.
#[derive(Debug, Clone, Copy)]
struct OnDay {
    /// Since 1970.
    day: i64,
    /// The days that are left of the plan.
    left: usize,
}

/// What a card is worth by the second, its place, and its seconds or, before these are known, its gain.
type Ranked = (f64, usize, f64);

fn best_first(a: &Ranked, b: &Ranked) -> Ordering {
    b.0.total_cmp(&a.0).then(a.1.cmp(&b.1))
}

/// How a plan weighs one card against another.
struct Course<'a> {
    model: &'a MemoryModel,
    ahead: Lookahead<'a>,
    /// What a second costs, in cards recalled on the day.
    price: f64,
    /// A right answer takes so long as a rule.
    mean_s: f64,
    /// The share of new cards that the learner knows already.
    known_before: f64,
}

impl Course<'_> {
    fn on(&self, day: Day) -> OnDay {
        OnDay { day: day.epoch_days(), left: self.ahead.left(day) }
    }

    /// What a known card adds to what is recalled on the day of the interview if it is asked on this day and does not wait.
    /// None where it had better wait.
    fn gain(&mut self, card: &Known, OnDay { day, left }: OnDay) -> Option<f64> {
        Some(self.ahead.gain(card.memory, left, day - card.latest)).filter(|gain| *gain > 0.0)
    }

    /// How long an answer is expected to take.
    fn seconds(&self, card: &Known, OnDay { day, .. }: OnDay) -> f64 {
        card.seconds.expected(self.model.recall_after(card.stability_days, day - card.latest))
    }

    /// What a card is worth that gains so much in so many seconds. One that takes four times as long as others counts as if
    /// it took twice as long: else the long ones would be met and left alone.
    fn by_second(&self, card: &Known, gain: f64, seconds: f64) -> f64 {
        card.worth * gain / (seconds * self.mean_s).sqrt()
    }

    /// The known cards that gain on a day, by their places in the list, the best first, as many as may be asked in a time.
    /// How long a card takes is worked out only where it may be one of them.
    fn best_known(&mut self, known: &[Known], day: OnDay, time_s: f64) -> Vec<Ranked> {
        let at_most = |(place, card): (usize, &Known)| {
            let gain = self.gain(card, day)?;
            Some((NEARLY * self.by_second(card, gain, card.seconds.least()), place, gain))
        };
        let seen_before = known.iter().enumerate().filter(|(_, card)| card.latest < day.day);
        let mut first: Vec<Ranked> = seen_before.filter_map(at_most).collect();
        let least_s = known.iter().map(|card| card.seconds.least()).fold(f64::MAX, f64::min);
        let most = (time_s / least_s) as usize + 1;
        let mut rest = Vec::new();
        if first.len() > LOOKED_AT * most {
            first.select_nth_unstable_by(LOOKED_AT * most, best_first);
            rest = first.split_off(LOOKED_AT * most);
        }
        let exact = |(_, place, gain): Ranked| {
            let seconds = self.seconds(&known[place], day);
            (self.by_second(&known[place], gain, seconds), place, seconds)
        };
        let mut ranked: Vec<Ranked> = first.into_iter().map(exact).collect();
        ranked.sort_unstable_by(best_first);
        if let Some((worst, ..)) = ranked.get(most - 1).copied() {
            rest.retain(|(at_most, ..)| *at_most >= worst);
        }
        ranked.extend(rest.into_iter().map(exact));
        ranked.sort_unstable_by(best_first);
        ranked.truncate(most);
        ranked
    }

    fn order(&mut self, day: Day, known: &[Known], new: &[Prepared], spent_s: f64, box_s: f64) -> Vec<(Turn, f64)> {
        let best = self.best_known(known, self.on(day), box_s);
        let (mut known_s, mut all_s) = (spent_s, spent_s);
        let end_s = all_s + box_s;
        let (mut best, mut new) = (best.into_iter().peekable(), new.iter().peekable());
        let mut turns = Vec::new();
        while all_s < end_s {
            let is_known = match (best.peek(), new.peek()) {
                (None, None) => break,
                (None, Some(_)) => false,
                (Some(_), None) => true,
                (Some((gain, ..)), Some(_)) => *gain >= self.price || known_s < KNOWN_SHARE * all_s,
            };
            if is_known && let Some((_, place, seconds)) = best.next() {
                (known_s, all_s) = (known_s + seconds, all_s + seconds);
                turns.push((Turn::Known(known[place].at), seconds));
            } else if let Some(card) = new.next() {
                let seconds = seconds_of_new(card.seconds, self.known_before);
                all_s += seconds;
                turns.push((Turn::New, seconds));
            }
        }
        turns
    }
}

#[cfg(test)]
mod tests {
    use super::super::Parameters;
    use super::*;

    #[test]
    fn the_best_known_cards_are_those_of_a_whole_sort() {
        let (table, wishes) = (AnswerTable::new(MemoryModel::new(&Parameters::of_most())), Wishes::default());
        let today: Day = "2026-11-21".parse().unwrap();
        let interview = Interview { day: today.plus(14), minutes: 15 };
        let outlook = Outlook {
            interview,
            wishes: &wishes,
            begun: today,
            table: &table,
            known_before: (0, 0),
            today,
            spent_s: 0.0,
        };
        // Memories in an order of their own, some of them alike; of some cards wrong answers are the quicker ones.
        let card = |at: u32| Prepared {
            memory: Some(MemoryState {
                stability_days: 0.2 + f64::from(at * 7919 % 101) / 3.0,
                difficulty: 3.0 + f64::from(at % 7),
                latest: today.before(i64::from(at % 90)),
            }),
            seconds: Seconds { right: 5.0 + f64::from(at % 11) * 6.0, wrong: 9.0 + f64::from(at % 13) * 4.0 },
            level: (at % 3 + 1) as u8,
        };
        let cards: Vec<Prepared> = (0..2000).map(card).collect();
        let known: Vec<Known> = cards.iter().enumerate().filter_map(|(at, card)| Known::of(at, card)).collect();
        let mut course = outlook.course(cards.iter());
        let day = course.on(today);
        let mut all: Vec<Ranked> = Vec::new();
        for card in known.iter().filter(|card| card.latest < day.day) {
            let Some(gain) = course.gain(card, day) else { continue };
            let seconds = course.seconds(card, day);
            all.push((course.by_second(card, gain, seconds), card.at, seconds));
        }
        all.sort_by(|a, b| b.0.total_cmp(&a.0));
        for time_s in [-60.0, 0.0, 3.0, 40.0, 900.0, 3600.0, 50_000.0] {
            let best = course.best_known(&known, day, time_s);
            assert_eq!(best[..], all[..best.len()], "{time_s}");
            let seconds: f64 = best.iter().map(|(_, _, seconds)| seconds).sum();
            assert!(best.len() == all.len() || seconds > time_s, "{time_s}: {seconds} s of {} cards", best.len());
        }
    }
}
