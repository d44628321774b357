//! How it goes: streaks, recall, readiness and how far the predictions hold, from logs and states.
//!
//! What is found is written in JSON as it stands here: the names are those of `stats --json`.

use super::retention::{BIN_EDGES, BINS, GAP_BINS, GAP_EDGES, MemoryModel, Tally, Trace};
use super::{CardState, Day, Quality};
use serde::{Serialize, Serializer};
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

/// In any so many days in a row, a streak forgives one that was missed.
const FORGIVING_DAYS: i64 = 7;
/// A card is mature from so long an interval on, as Anki's users know it.
const MATURE_DAYS: u32 = 21;
/// What is recent of recall.
const RECENT_DAYS: i64 = 30;

/// Days in a row with at least one live review.
///
/// A streak begins and ends on a day with a review, and has at most one missed day in any seven days in a row. Its
/// length counts the days with a review, not the missed ones. The present streak is the one that ends today, or
/// yesterday while today is open; with yesterday missed it goes on if that day can be forgiven, and with two days
/// missed it is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Streak {
    /// The days of the present streak.
    pub days: usize,
    /// The days of the longest streak.
    pub longest: usize,
}

impl Streak {
    /// From the days that have a live review. Days after today are a wrong clock's and count for nothing.
    pub fn of(reviewed: &BTreeSet<Day>, today: Day) -> Self {
        let mut run = Run::default();
        let mut longest = 0;
        for day in reviewed.range(..=today) {
            run.miss_until(*day);
            run.days += 1;
            run.since_missed += 1;
            run.latest = Some(*day);
            longest = longest.max(run.days);
        }
        run.miss_until(today);
        Self { days: run.days, longest }
    }
}

/// A streak as it grows.
#[derive(Default)]
struct Run {
    days: usize,
    latest: Option<Day>,
    missed: Option<Day>,
    /// How many of its days came after the missed one.
    since_missed: usize,
}

impl Run {
    /// Goes on to a day, over the days that were missed before it.
    fn miss_until(&mut self, day: Day) {
        match self.latest.map_or(0, |latest| day.since(latest) - 1) {
            ..=0 => {}
            1 => {
                let missed = day.before(1);
                if self.missed.is_some_and(|before| missed.since(before) < FORGIVING_DAYS) {
                    self.days = self.since_missed;
                }
                (self.missed, self.since_missed) = (Some(missed), 0);
            }
            _ => *self = Self::default(),
        }
    }
}

/// A chance or a share in thousandths, as it is written: what lies beyond is no knowledge.
fn thousandths<S: Serializer>(chance: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    chance.map(|chance| (chance * 1000.0).round() / 1000.0).serialize(serializer)
}

/// How many answers there were, and how many recalled.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Recalled {
    /// Answers.
    pub answers: usize,
    /// How many answers had a quality of 3 or more.
    pub recalled: usize,
    /// Their share, 0 to 1; none without answers.
    #[serde(serialize_with = "thousandths")]
    pub share: Option<f64>,
}

impl Tally {
    /// The mean chance that was predicted; none without answers.
    fn predicted(&self) -> Option<f64> {
        (self.answers > 0).then(|| self.expected / self.answers as f64)
    }
}

impl From<Tally> for Recalled {
    fn from(Tally { answers, recalled, .. }: Tally) -> Self {
        Self { answers, recalled, share: (answers > 0).then(|| recalled as f64 / answers as f64) }
    }
}

/// The days that are recent today.
pub fn recent_days(today: Day) -> RangeInclusive<Day> {
    today.before(RECENT_DAYS - 1)..=today
}

/// A card as the statistics see it: the index gives it with its state and its trace.
#[derive(Debug, Clone)]
pub struct Studied {
    /// What its log folds to.
    pub state: CardState,
    /// What its history left; none where it was never asked.
    pub trace: Option<Trace>,
    recent: Tally,
}

impl Studied {
    /// A card of this state, with what its history left and its live reviews of the [`recent_days`], in order.
    pub fn new(state: CardState, trace: Option<Trace>, lately: &[(Day, Quality)], today: Day) -> Self {
        Self { state, trace, recent: recent(trace, lately, today) }
    }
}

/// Of a card's live reviews of the [`recent_days`], in order, the first of each day after the one on which it was met.
fn recent(trace: Option<Trace>, lately: &[(Day, Quality)], today: Day) -> Tally {
    let since = *recent_days(today).start();
    let mut latest = trace.filter(|trace| trace.met < since).map(|_| since.before(1));
    let mut recent = Tally::default();
    for (day, quality) in lately {
        if latest.is_some_and(|latest| latest < *day) {
            recent += Tally { answers: 1, recalled: usize::from(quality.is_recall()), expected: 0.0 };
        }
        latest = latest.max(Some(*day));
    }
    recent
}

/// How a card stands that was seen.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// What its history left.
    pub trace: Trace,
    /// Whether it was taken out.
    pub is_suspended: bool,
    /// Its interval; none for one that is new for all that, or was taken out before it had one.
    pub interval_days: Option<u32>,
}

/// How some cards stand. Suspended ones are left out, but for what was answered of them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Standing {
    /// All that are not suspended.
    pub cards: usize,
    /// How many of these are scheduled.
    pub learned: usize,
    /// How many of these have an interval of 21 days or more.
    pub mature: usize,
    /// The first answers of a day to cards that were met on an earlier day, in the last 30 days. Days after today are a
    /// wrong clock's and count for nothing.
    pub recent: Recalled,
    /// And in all.
    pub ever: Recalled,
    /// The mean chance of recall today of what is learned.
    #[serde(serialize_with = "thousandths")]
    pub predicted: Option<f64>,
    /// For the day of an interview, if one is planned.
    pub readiness: Option<Readiness>,
}

/// The mean chance of recall on the day of an interview.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Readiness {
    /// The readiness of all cards, where one that was never met counts 0; none without cards.
    #[serde(serialize_with = "thousandths")]
    pub of_all: Option<f64>,
    /// The readiness of the cards that were met, in whatever command.
    #[serde(serialize_with = "thousandths")]
    pub of_met: Option<f64>,
}

impl Standing {
    /// How these cards stand today, and for an interview.
    pub fn of<'a>(
        cards: impl Iterator<Item = &'a Studied>,
        model: &MemoryModel,
        today: Day,
        interview: Option<Day>,
    ) -> Self {
        let mut sum = StandingSum::default();
        cards.for_each(|card| sum.add(card, model, today, interview));
        sum.standing(interview.is_some())
    }
}

/// A standing as its cards come, one after the other.
#[derive(Debug, Clone, Copy, Default)]
pub struct StandingSum {
    cards: usize,
    learned: usize,
    mature: usize,
    recent: Tally,
    ever: Tally,
    now: Mean,
    then_of_all: Mean,
    then_of_met: Mean,
}

impl StandingSum {
    /// Takes a card in.
    pub fn add(&mut self, card: &Studied, model: &MemoryModel, today: Day, interview: Option<Day>) {
        let Studied { state, trace, recent } = card;
        self.recent += *recent;
        trace.iter().flat_map(|trace| trace.answered).for_each(|tally| self.ever += tally);
        if state.suspended {
            return;
        }
        let interval_days = state.memory.scheduled().map(|scheduled| scheduled.interval_days);
        self.add_remembered(trace.as_ref(), interval_days, model, today, interview);
    }

    /// Takes a card in that was seen, with its live reviews of the [`recent_days`], in order.
    pub fn add_seen(
        &mut self,
        card: &Seen,
        lately: &[(Day, Quality)],
        model: &MemoryModel,
        today: Day,
        interview: Day,
    ) {
        let Seen { trace, is_suspended, interval_days } = card;
        self.recent += recent(Some(*trace), lately, today);
        trace.answered.iter().for_each(|tally| self.ever += *tally);
        if !is_suspended {
            self.add_remembered(Some(trace), *interval_days, model, today, Some(interview));
        }
    }

    /// Takes so many cards in that were never seen, with an interview ahead.
    pub fn add_unseen(&mut self, cards: usize) {
        self.cards += cards;
        self.then_of_all.count += cards;
    }

    fn add_remembered(
        &mut self,
        trace: Option<&Trace>,
        interval_days: Option<u32>,
        model: &MemoryModel,
        today: Day,
        interview: Option<Day>,
    ) {
        self.cards += 1;
        let recall = |day| trace.map(|trace| model.recall(&trace.memory, day));
        if let Some(interval_days) = interval_days {
            self.learned += 1;
            self.mature += usize::from(interval_days >= MATURE_DAYS);
            recall(today).into_iter().for_each(|recall| self.now.add(recall));
        }
        if let Some(then) = interview {
            let recall = recall(then);
            self.then_of_all.add(recall.unwrap_or(0.0));
            recall.into_iter().for_each(|recall| self.then_of_met.add(recall));
        }
    }

    /// Takes in what came together of other cards.
    pub fn join(&mut self, other: &Self) {
        self.cards += other.cards;
        self.learned += other.learned;
        self.mature += other.mature;
        self.recent += other.recent;
        self.ever += other.ever;
        self.now.join(other.now);
        self.then_of_all.join(other.then_of_all);
        self.then_of_met.join(other.then_of_met);
    }

    /// What came together; with the day of the interview where one is planned.
    pub fn standing(&self, has_interview: bool) -> Standing {
        let readiness = Readiness { of_all: self.then_of_all.mean(), of_met: self.then_of_met.mean() };
        Standing {
            cards: self.cards,
            learned: self.learned,
            mature: self.mature,
            recent: self.recent.into(),
            ever: self.ever.into(),
            predicted: self.now.mean(),
            readiness: has_interview.then_some(readiness),
        }
    }
}

/// Predictions of about the same chance, and what came of them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bin {
    /// The lowest chance in it.
    pub from: f64,
    /// Where the next bin begins; the last one has its end.
    pub to: f64,
    /// The mean of what was predicted.
    #[serde(serialize_with = "thousandths")]
    pub predicted: Option<f64>,
    /// What happened.
    #[serde(flatten)]
    pub happened: Recalled,
}

/// How far the predictions hold: by bins, below 70%, then up to 80, 90 and 100%. Parameters that were fitted to these
/// answers make this look a little better than it will be for new ones.
pub fn calibration(answered: &[Tally; BINS]) -> Vec<Bin> {
    let bin = |(edges, tally): (&[f64], &Tally)| Bin {
        from: edges[0],
        to: edges[1],
        predicted: tally.predicted(),
        happened: (*tally).into(),
    };
    BIN_EDGES.windows(2).zip(answered).map(bin).collect()
}

/// Answers so many days after the one before, and what was predicted of them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Gap {
    /// From so many days on
    pub from_days: i64,
    /// to so many; none without an end.
    pub to_days: Option<i64>,
    /// The mean chance that was predicted; none without answers.
    #[serde(serialize_with = "thousandths")]
    pub predicted: Option<f64>,
    /// What came of them.
    #[serde(flatten)]
    pub happened: Recalled,
}

/// How answers went by the days since the one before.
pub fn by_gap(answered: &[Tally; GAP_BINS]) -> Vec<Gap> {
    let gap = |(at, tally): (usize, &Tally)| Gap {
        from_days: GAP_EDGES[at],
        to_days: GAP_EDGES.get(at + 1).map(|next| next - 1),
        predicted: tally.predicted(),
        happened: (*tally).into(),
    };
    answered.iter().enumerate().map(gap).collect()
}

/// A mean as its values come.
#[derive(Debug, Clone, Copy, Default)]
struct Mean {
    count: usize,
    sum: f64,
}

impl Mean {
    fn add(&mut self, value: f64) {
        self.count += 1;
        self.sum += value;
    }

    fn join(&mut self, other: Self) {
        self.count += other.count;
        self.sum += other.sum;
    }

    fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / self.count as f64)
    }
}
