//! How it goes: streaks, recall, readiness and how far the predictions hold, from logs and states.
//!
//! What is found is written in JSON as it stands here: the names are those of `stats --json`.

use super::retention::{BIN_EDGES, BINS, MemoryModel, Tally, Trace};
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
    /// Of the present one.
    pub days: usize,
    /// Of the longest one.
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
    /// Of its days, those after the missed one.
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
    /// Of quality 3 or more.
    pub recalled: usize,
    /// Their share, 0 to 1; none without answers.
    #[serde(serialize_with = "thousandths")]
    pub share: Option<f64>,
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

/// A card as the statistics see it.
#[derive(Debug, Clone)]
pub struct Studied {
    state: CardState,
    trace: Option<Trace>,
    recent: Tally,
}

impl Studied {
    /// A card of this state, with what its history left and its live reviews of the [`recent_days`], in order.
    pub fn new(state: CardState, trace: Option<Trace>, lately: &[(Day, Quality)], today: Day) -> Self {
        let since = *recent_days(today).start();
        let mut latest = trace.filter(|trace| trace.met < since).map(|_| since.before(1));
        let mut recent = Tally::default();
        for (day, quality) in lately {
            if latest.is_some_and(|latest| latest < *day) {
                recent += Tally { answers: 1, recalled: usize::from(quality.is_recall()), expected: 0.0 };
            }
            latest = latest.max(Some(*day));
        }
        Self { state, trace, recent }
    }
}

/// How some cards stand. Suspended ones are left out, but for what was answered of them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Standing {
    /// All that are not suspended.
    pub cards: usize,
    /// Of these, those that are scheduled.
    pub learned: usize,
    /// Of these, those with an interval of 21 days or more.
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
    /// Of all cards, one never met counting 0; none without cards.
    #[serde(serialize_with = "thousandths")]
    pub of_all: Option<f64>,
    /// Of those that were met, in whatever command.
    #[serde(serialize_with = "thousandths")]
    pub of_met: Option<f64>,
}

impl Standing {
    /// How these cards stand today, and for an interview.
    pub fn of<'a>(
        cards: impl Iterator<Item = &'a Studied> + Clone,
        model: &MemoryModel,
        today: Day,
        interview: Option<Day>,
    ) -> Self {
        let open = || cards.clone().filter(|card| !card.state.suspended);
        let learned = || open().filter_map(|card| Some((card, card.state.memory.scheduled()?)));
        let recall = |card: &Studied, day| card.trace.map(|trace| model.recall(&trace.memory, day));
        let ever = cards.clone().filter_map(|card| card.trace).flat_map(|trace| trace.answered);
        let readiness = |day| Readiness {
            of_all: mean(open().map(|card| recall(card, day).unwrap_or(0.0))),
            of_met: mean(open().filter_map(|card| recall(card, day))),
        };
        Self {
            cards: open().count(),
            learned: learned().count(),
            mature: learned().filter(|(_, scheduled)| scheduled.interval_days >= MATURE_DAYS).count(),
            recent: sum(cards.clone().map(|card| card.recent)).into(),
            ever: sum(ever).into(),
            predicted: mean(learned().filter_map(|(card, _)| recall(card, today))),
            readiness: interview.map(readiness),
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
pub fn calibration<'a>(traces: impl Iterator<Item = &'a Trace>) -> Vec<Bin> {
    let mut all = [Tally::default(); BINS];
    for trace in traces {
        all.iter_mut().zip(trace.answered).for_each(|(all, tally)| *all += tally);
    }
    let bin = |(edges, tally): (&[f64], Tally)| {
        let predicted = (tally.answers > 0).then(|| tally.expected / tally.answers as f64);
        Bin { from: edges[0], to: edges[1], predicted, happened: tally.into() }
    };
    BIN_EDGES.windows(2).zip(all).map(bin).collect()
}

fn sum(tallies: impl Iterator<Item = Tally>) -> Tally {
    let mut all = Tally::default();
    tallies.for_each(|tally| all += tally);
    all
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (count, sum) = values.fold((0usize, 0.0), |(count, sum), value| (count + 1, sum + value));
    (count > 0).then(|| sum / count as f64)
}
