//! The way to an interview: a view over SM-2's schedule that brings each card's last review into the final days.
//!
//! Nothing here is stored but the date itself. Each card's planned day follows from its state, its latest review, the
//! date and the minutes a day, so that ending the plan leaves no trace.

use super::{CardState, Day, Memory, Quality};
use std::fmt;
use std::str::FromStr;

/// A gap is at most this share of the days that were left when it began, so that gaps shrink towards the date.
const GAP_SHARE: f64 = 0.5;
/// Seconds of repeats for each second of a first answer.
const REPEATS: f64 = 0.15;
/// A card's first meeting costs so many times an answer: it is read, and often asked again the same day.
const FIRST_MEETING: f64 = 1.6;
/// The share of the time box that a plan counts on: the rest takes up lapses and slow days.
const COUNTED_ON: f64 = 0.9;
/// The last new cards are met so many days before the date: what is met later is not there on the day.
const LAST_NEW_DAYS: i64 = 3;
/// New cards come this much faster at first than evenly: the earlier ones are reviewed more often.
const AHEAD: f64 = 1.5;
/// The share of the time box that the last evening fills.
const EVE_SHARE: f64 = 0.5;
/// The fewest days that the last reviews are spread over.
const FINAL_DAYS: i64 = 3;
/// The forgetting curve of FSRS-6 with its published decay, <https://github.com/open-spaced-repetition/fsrs4anki/wiki/The-Algorithm>
const DECAY: f64 = 0.1542;

/// The chance of recall after so many days, when it is 0.9 after `stability_days`.
fn recall(days: f64, stability_days: f64) -> f64 {
    let factor = 0.9_f64.powf(-1.0 / DECAY) - 1.0;
    (1.0 + factor * days.max(0.0) / stability_days.max(0.1)).powf(-DECAY)
}

/// The recall that a card loses if it waits from this day to the next. SM-2's intervals aim at a recall of about
/// 0.9, so the interval stands for the stability.
pub fn loss_of_waiting(state: &CardState, day: Day) -> f64 {
    let Some(s) = state.memory.scheduled() else { return 0.0 };
    let stability_days = f64::from(s.interval_days);
    let elapsed_days = day.since(s.due) as f64 + stability_days;
    recall(elapsed_days, stability_days) - recall(elapsed_days + 1.0, stability_days)
}

/// A card as a plan sees it.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// What its log folds to.
    pub state: CardState,
    /// The seconds that an answer is expected to take.
    pub seconds: f64,
    /// 1 comes before 2 before 3.
    pub level: u8,
}

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

/// The day each card is due on. Without an interview ahead, SM-2's own; none for a new or suspended card.
pub fn due_days(cards: &[Load], interview: Option<Interview>, today: Day) -> Vec<Option<Day>> {
    match interview.filter(|interview| today < interview.day) {
        Some(interview) => interview.due_days(cards, today),
        None => cards.iter().map(|card| scheduled_due(&card.state)).collect(),
    }
}

fn scheduled_due(state: &CardState) -> Option<Day> {
    state.memory.scheduled().filter(|_| !state.suspended).map(|s| s.due)
}

impl Interview {
    fn budget_s(self) -> f64 {
        f64::from(self.minutes) * 60.0
    }

    /// The day on which the last reviews begin: so many days before the date as they need.
    fn final_reviews_begin(self, cards: &[Load]) -> Day {
        let learned = cards.iter().filter(|card| scheduled_due(&card.state).is_some());
        let needed_s: f64 = learned.map(|card| card.seconds * (1.0 + REPEATS)).sum();
        let days = (needed_s / (COUNTED_ON * self.budget_s()).max(1.0)).ceil() as i64 + 1;
        self.day.before(days.max(FINAL_DAYS))
    }

    /// SM-2's due day, or earlier: no gap is longer than its share of the days that were left.
    fn gap_ends(self, state: &CardState) -> Option<Day> {
        let due = scheduled_due(state)?;
        let latest = state.latest.map_or(due, |latest| latest.day);
        let share = (self.day.since(latest) as f64 * GAP_SHARE).round() as i64;
        Some(due.min(latest.plus(u32::try_from(share.max(1)).unwrap_or(u32::MAX))))
    }

    fn due_days(self, cards: &[Load], today: Day) -> Vec<Option<Day>> {
        let mut due: Vec<Option<Day>> = cards.iter().map(|card| self.gap_ends(&card.state)).collect();
        if self.day.since(today) == 1 {
            self.keep_the_weakest(cards, today, &mut due);
        } else {
            self.spread_last_reviews(cards, today, &mut due);
        }
        due
    }

    /// In the final days, every card that had no review in them gets one: the strongest first, the weakest nearest
    /// the date, as many each day as the other days have.
    fn spread_last_reviews(self, cards: &[Load], today: Day, due: &mut [Option<Day>]) {
        let begin = self.final_reviews_begin(cards);
        if today < begin {
            return;
        }
        let seen = |card: &Load| card.state.latest.is_some_and(|latest| latest.day >= begin);
        let mut waiting: Vec<usize> =
            (0..cards.len()).filter(|at| due[*at].is_some_and(|day| day > today) && !seen(&cards[*at])).collect();
        waiting.sort_by_key(|at| std::cmp::Reverse(strength(&cards[*at].state)));
        let due_now = (0..cards.len()).filter(|at| due[*at].is_some_and(|day| day <= today));
        let due_now_s: f64 = due_now.map(|at| cards[at].seconds).sum();
        let total_s: f64 = waiting.iter().map(|at| cards[*at].seconds).sum();
        // The evening before is kept for the weakest.
        let days = self.day.since(today) - 1;
        let a_day_s = (due_now_s + total_s) / days.max(1) as f64;
        let mut before_s = due_now_s;
        for at in waiting {
            let later = ((before_s / a_day_s) as i64).min(days - 1);
            due[at] = due[at].min(Some(today.plus(u32::try_from(later).unwrap_or(0))));
            before_s += cards[at].seconds;
        }
    }

    /// The last evening is a light one: the weakest, as many as half a time box holds.
    fn keep_the_weakest(self, cards: &[Load], today: Day, due: &mut [Option<Day>]) {
        let asked_today = |card: &Load| card.state.latest.is_some_and(|latest| latest.day == today);
        let mut by_recall: Vec<(f64, usize)> = (0..cards.len())
            .filter(|at| due[*at].is_some() && !asked_today(&cards[*at]))
            .map(|at| (recall_on(&cards[at].state, self.day), at))
            .collect();
        by_recall.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut spent_s: f64 = cards.iter().filter(|card| asked_today(card)).map(|card| card.seconds).sum();
        for (_, at) in by_recall {
            spent_s += cards[at].seconds;
            let fits = spent_s <= EVE_SHARE * self.budget_s();
            due[at] = Some(if fits { today } else { self.day.plus(1).max(due[at].unwrap_or(today)) });
        }
    }

    /// How many new cards to meet today, when so many seconds of today's are spent already: what the box has room
    /// for, and what can still be reviewed until the date.
    pub fn new_today(self, cards: &[Load], today: Day, spent_s: f64) -> usize {
        let days = self.day.since(today);
        let mut unseen: Vec<&Load> =
            cards.iter().filter(|card| card.state.memory == Memory::New && !card.state.suspended).collect();
        if days < LAST_NEW_DAYS || unseen.is_empty() {
            return 0;
        }
        unseen.sort_by_key(|card| card.level);
        let begin = self.final_reviews_begin(cards);
        let due = self.due_days(cards, today);
        let answers_s = |seconds: f64| seconds * (1.0 + REPEATS);
        let due_s: f64 = cards
            .iter()
            .zip(&due)
            .filter(|(_, due)| due.is_some_and(|due| due <= today))
            .map(|(card, _)| answers_s(card.seconds))
            .sum();
        let owed_s: f64 = cards
            .iter()
            .map(|card| f64::from(self.reviews_left(card.state, today, begin)) * answers_s(card.seconds))
            .sum();
        let mut today_s = self.budget_s() - spent_s - due_s;
        let mut ahead_s = COUNTED_ON * self.budget_s() * (days as f64 - 1.0 + EVE_SHARE) - spent_s - owed_s;
        let met = CardState {
            memory: Memory::New.after(Quality::GOOD, today),
            latest: Some(super::Latest { day: today, quality: Quality::GOOD }),
            started: Some(today),
            ..CardState::default()
        };
        let reviews = f64::from(self.reviews_left(met, today.plus(1), begin));
        let (mut room_today, mut fit) = (0, 0);
        for card in &unseen {
            today_s -= card.seconds * FIRST_MEETING;
            ahead_s -= card.seconds * FIRST_MEETING + reviews * answers_s(card.seconds);
            room_today += usize::from(today_s >= 0.0);
            if ahead_s < 0.0 {
                break;
            }
            fit += 1;
        }
        let evenly = fit as f64 / (days - LAST_NEW_DAYS + 1) as f64;
        room_today.min((evenly * AHEAD).ceil() as usize)
    }

    /// How many reviews a card has until the date, if all go well.
    fn reviews_left(self, mut state: CardState, today: Day, final_begin: Day) -> u32 {
        let mut reviews = 0;
        while let Some(due) = self.gap_ends(&state) {
            let day = due.max(today);
            if day >= final_begin || day >= self.day {
                let seen = state.latest.is_some_and(|latest| latest.day >= final_begin);
                return reviews + u32::from(!seen);
            }
            reviews += 1;
            state = answered_right(state, day);
        }
        reviews
    }
}

/// What a right answer makes of a card.
fn answered_right(state: CardState, day: Day) -> CardState {
    let latest = super::Latest { day, quality: Quality::GOOD };
    let memory = state.memory.after(Quality::GOOD, day);
    CardState { memory, started: state.started.or(Some(day)), latest: Some(latest), ..state }
}

/// The longer it lasts, the stronger.
fn strength(state: &CardState) -> u64 {
    state.memory.scheduled().map_or(0, |s| u64::from(s.interval_days) * u64::from(s.easiness.hundredths()))
}

/// The chance of recall on a day, as SM-2's interval has it.
fn recall_on(state: &CardState, day: Day) -> f64 {
    let Some(s) = state.memory.scheduled() else { return 0.0 };
    let latest = state.latest.map_or(s.due, |latest| latest.day);
    recall(day.since(latest) as f64, f64::from(s.interval_days))
}

/// A day of a forecast.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DayPlan {
    /// The day.
    pub day: Day,
    /// Cards reviewed.
    pub due: usize,
    /// Cards met.
    pub new: usize,
    /// The seconds that this takes.
    pub seconds: f64,
}

/// The days to come, if every answer is right: each day asks what is due, the most urgent first, as far as the box
/// goes, then new cards. Of today's box `spent_s` is gone. Gives the days and the states at their end.
pub fn forecast(
    cards: &[Load],
    interview: Option<Interview>,
    new_per_day: usize,
    budget_s: f64,
    spent_s: f64,
    today: Day,
    days: u32,
) -> (Vec<DayPlan>, Vec<Load>) {
    let mut cards = cards.to_vec();
    let mut order: Vec<usize> = (0..cards.len()).collect();
    order.sort_by_key(|at| cards[*at].level);
    let mut plans = Vec::new();
    for ahead in 0..days {
        let day = today.plus(ahead);
        let towards = interview.filter(|interview| day < interview.day);
        let spent_s = if ahead == 0 { spent_s } else { 0.0 };
        let budget_s = towards.map_or(budget_s, Interview::budget_s) - spent_s;
        let due_days = due_days(&cards, towards, day);
        let mut due: Vec<usize> = (0..cards.len()).filter(|at| due_days[*at].is_some_and(|due| due <= day)).collect();
        due.sort_by(|a, b| loss_of_waiting(&cards[*b].state, day).total_cmp(&loss_of_waiting(&cards[*a].state, day)));
        let allowance = towards.map_or(new_per_day, |interview| interview.new_today(&cards, day, spent_s));
        let mut plan = DayPlan { day, due: 0, new: 0, seconds: 0.0 };
        for at in due {
            let seconds = cards[at].seconds * (1.0 + REPEATS);
            if plan.seconds + seconds <= budget_s {
                plan.seconds += seconds;
                plan.due += 1;
                cards[at].state = answered_right(cards[at].state, day);
            }
        }
        for at in order.iter().copied() {
            let seconds = cards[at].seconds * FIRST_MEETING;
            let new = cards[at].state.memory == Memory::New && !cards[at].state.suspended;
            if new && plan.new < allowance && plan.seconds + seconds <= budget_s {
                plan.seconds += seconds;
                plan.new += 1;
                cards[at].state = answered_right(cards[at].state, day);
            }
        }
        plans.push(plan);
    }
    (plans, cards)
}
