//! The way to an interview: a view over SM-2's schedule that brings each card's last review into the final days.
//!
//! Nothing here is stored but the date itself. Each card's planned day follows from its state, its latest review, the
//! date and the minutes a day, so that ending the plan leaves no trace.

use super::{CardState, Day, Memory, Quality};
use std::cmp::Reverse;
use std::fmt;
use std::str::FromStr;

/// From its third review on, a card whose gap would end within this factor of the wait for the final days waits for
/// them: a review shortly before its last one is worth little.
const PATIENCE: f64 = 2.0;
/// Seconds of repeats for each second of a first answer.
const REPEATS: f64 = 0.15;
/// A card's first meeting costs so many times an answer: it is read, and often asked again the same day.
const FIRST_MEETING: f64 = 1.3;
/// The share of a time box that the last reviews may take: the rest takes up lapses and slow days.
const FINAL_LOAD: f64 = 0.9;
/// The last new cards are met so many days before the date: what is met later is not there on the day.
const LAST_NEW_DAYS: i64 = 3;
/// New cards may come this much faster than evenly: the earlier ones are reviewed more often.
const AHEAD: f64 = 4.0;
/// The share of the time box that the last evening fills.
const EVE_SHARE: f64 = 0.5;
/// A plan looks at most so far ahead.
const FARTHEST_DAYS: i64 = 3653;
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
pub fn loss_of_waiting(interval_days: u32, due: Day, day: Day) -> f64 {
    let stability_days = f64::from(interval_days);
    let elapsed_days = day.since(due) as f64 + stability_days;
    recall(elapsed_days, stability_days) - recall(elapsed_days + 1.0, stability_days)
}

/// No card that was due on that day, with this interval or a longer one, loses more by waiting from this day to the next.
/// The curve falls ever more slowly, so that a day's loss is at most its slope at the day's beginning; and that is
/// steepest at one interval.
pub fn most_loss_of_waiting(interval_days: u32, due: Day, day: Day) -> f64 {
    let factor = 0.9_f64.powf(-1.0 / DECAY) - 1.0;
    let overdue_days = day.since(due).max(0) as f64;
    let steepest_days = DECAY * factor * overdue_days / (1.0 + factor);
    let stability_days = f64::from(interval_days).max(steepest_days).max(1.0);
    let elapsed = 1.0 + overdue_days / stability_days;
    DECAY * factor / stability_days * (1.0 + factor * elapsed).powf(-DECAY - 1.0)
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

impl Load {
    fn is_asked_on(&self, day: Day) -> bool {
        self.state.latest.is_some_and(|latest| latest.day == day)
    }
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
    /// Whether the day is at most ten years away: nobody plans for longer, and a plan looks at each day.
    pub fn is_in_reach(self, today: Day) -> bool {
        self.day.since(today) <= FARTHEST_DAYS
    }

    fn budget_s(self) -> f64 {
        f64::from(self.minutes) * 60.0
    }

    /// The day on which the last reviews begin: so many days before the date as they need, the last evening being short.
    fn final_days_begin(self, cards: &[Load]) -> Day {
        let learned = cards.iter().filter(|card| scheduled_due(&card.state).is_some());
        let needed_s: f64 = learned.map(|card| card.seconds * (1.0 + REPEATS)).sum();
        let days = needed_s / (FINAL_LOAD * self.budget_s()).max(1.0) + 1.0 - EVE_SHARE;
        self.day.before((days.ceil() as i64).max(FINAL_DAYS))
    }

    /// The day on which a card's gap ends: SM-2's where that lies well before the final days, or else their beginning. A
    /// card that was answered right in the final days is done, and due on the date itself; one that was met in them, or
    /// forgotten, is asked the day after.
    fn gap_ends(self, state: &CardState, final_begin: Day) -> Option<Day> {
        let s = state.memory.scheduled().filter(|_| !state.suspended)?;
        let latest = state.latest.map_or(s.due, |latest| latest.day);
        if latest >= final_begin {
            let is_fresh = s.repetitions == 0 || state.started == Some(latest);
            return Some(if is_fresh { latest.plus(1).min(self.day) } else { self.day });
        }
        let patience = if s.repetitions < 2 { 1.0 } else { PATIENCE };
        let wait_days = final_begin.since(latest) as f64;
        let waits = wait_days <= f64::from(s.interval_days) * patience;
        Some(if waits { final_begin } else { latest.plus(s.interval_days) })
    }

    fn due_days(self, cards: &[Load], today: Day) -> Vec<Option<Day>> {
        let begin = self.final_days_begin(cards);
        let mut due: Vec<Option<Day>> = cards.iter().map(|card| self.gap_ends(&card.state, begin)).collect();
        match self.day.since(today) {
            1 => self.keep_the_weakest(cards, today, &mut due),
            _ if today >= begin => self.spread_last_reviews(cards, today, &mut due),
            _ => {}
        }
        due
    }

    /// What waits in the final days is spread over those that are left, of which the last evening is a short one: what
    /// was forgotten first, then the strongest, the weakest nearest the date.
    fn spread_last_reviews(self, cards: &[Load], today: Day, due: &mut [Option<Day>]) {
        let mut waiting: Vec<usize> = (0..cards.len())
            .filter(|at| due[*at].is_some_and(|due| due < self.day) && !cards[*at].is_asked_on(today))
            .collect();
        let key = |at: &usize| {
            let state = &cards[*at].state;
            let forgotten = state.memory.scheduled().is_some_and(|s| s.repetitions == 0);
            (!forgotten, Reverse(strength(state)))
        };
        waiting.sort_by_key(key);
        let spent_s: f64 = cards.iter().filter(|card| card.is_asked_on(today)).map(|card| card.seconds).sum();
        let waiting_s: f64 = waiting.iter().map(|at| cards[*at].seconds).sum();
        let days = self.day.since(today) - 1;
        let a_day_s = (spent_s + waiting_s) / (days as f64 + EVE_SHARE);
        let mut before_s = spent_s;
        for at in waiting {
            before_s += cards[at].seconds;
            let later = ((before_s / a_day_s) as i64).min(days);
            due[at] = Some(today.plus(u32::try_from(later).unwrap_or(0)));
        }
    }

    /// The last evening is a short one, for the weakest; but what had no review in the final days may fill the box.
    fn keep_the_weakest(self, cards: &[Load], today: Day, due: &mut [Option<Day>]) {
        let mut weakest: Vec<usize> =
            (0..cards.len()).filter(|at| due[*at].is_some() && !cards[*at].is_asked_on(today)).collect();
        weakest.sort_by(|a, b| recall_on(&cards[*a].state, self.day).total_cmp(&recall_on(&cards[*b].state, self.day)));
        let mut spent_s: f64 = cards.iter().filter(|card| card.is_asked_on(today)).map(|card| card.seconds).sum();
        let is_missed = |at: &usize| due[*at].is_some_and(|due| due < self.day);
        let (missed, seen): (Vec<usize>, Vec<usize>) = weakest.into_iter().partition(is_missed);
        let missed = missed.into_iter().map(|at| (at, 1.0));
        for (at, share) in missed.chain(seen.into_iter().map(|at| (at, EVE_SHARE))) {
            spent_s += cards[at].seconds;
            due[at] = Some(if spent_s <= share * self.budget_s() { today } else { self.day });
        }
    }

    /// How many new cards to meet today, when so many seconds of today's are spent already: those that there is room
    /// for today, and time to review until the date.
    pub fn new_today(self, cards: &[Load], today: Day, spent_s: f64) -> usize {
        let days = self.day.since(today);
        if days < LAST_NEW_DAYS {
            return 0;
        }
        let mut unseen: Vec<&Load> =
            cards.iter().filter(|card| card.state.memory == Memory::New && !card.state.suspended).collect();
        unseen.sort_by_key(|card| card.level);
        let begin = self.final_days_begin(cards);
        let review_s = |card: &Load| card.seconds * (1.0 + REPEATS);
        let due = self.due_days(cards, today);
        let due_now = cards.iter().zip(&due).filter(|(_, due)| due.is_some_and(|due| due <= today));
        let due_now_s: f64 = due_now.map(|(card, _)| card.seconds).sum();
        let reviews = |card: &Load| f64::from(self.reviews_left(card.state, today, begin));
        let owed_s: f64 = cards.iter().map(|card| reviews(card) * review_s(card)).sum();
        let met = answered_right(CardState::default(), today);
        let reviews_of_new = f64::from(self.reviews_left(met, today.plus(1), begin));
        let mut today_s = self.budget_s() - spent_s - due_now_s;
        let mut ahead_s = self.budget_s() * (days as f64 - 1.0 + EVE_SHARE) - spent_s - owed_s;
        let (mut room_today, mut fit) = (0, 0);
        for card in &unseen {
            today_s -= card.seconds;
            ahead_s -= card.seconds * FIRST_MEETING + reviews_of_new * review_s(card);
            if ahead_s < 0.0 {
                break;
            }
            room_today += usize::from(today_s >= 0.0);
            fit += 1;
        }
        let evenly = fit as f64 / (days - LAST_NEW_DAYS + 1) as f64;
        room_today.min((evenly * AHEAD).ceil() as usize)
    }

    /// How many reviews a card has until the date, if all go well.
    fn reviews_left(self, mut state: CardState, today: Day, final_begin: Day) -> u32 {
        let mut reviews = 0;
        while let Some(due) = self.gap_ends(&state, final_begin) {
            let day = due.max(today);
            if day >= final_begin {
                return reviews + u32::from(due < self.day);
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

fn loss(state: &CardState, day: Day) -> f64 {
    state.memory.scheduled().map_or(0.0, |s| loss_of_waiting(s.interval_days, s.due, day))
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
        due.sort_by(|a, b| loss(&cards[*b].state, day).total_cmp(&loss(&cards[*a].state, day)));
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
