//! How it goes: streaks, recall, readiness and how far the predictions hold, from logs and states.
//!
//! What is found is written in JSON as it stands here: the names are those of `stats --json`.

use super::retention::{MemoryModel, MemoryState, Prediction};
use super::{CardState, Day, Quality};
use serde::{Serialize, Serializer};
use std::collections::BTreeSet;

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

impl Recalled {
    fn of<'a>(predictions: impl Iterator<Item = &'a Prediction> + Clone) -> Self {
        let recalled = predictions.clone().filter(|prediction| prediction.recalled);
        let share = mean(predictions.clone().map(|prediction| f64::from(u8::from(prediction.recalled))));
        Self { answers: predictions.count(), recalled: recalled.count(), share }
    }
}

/// A card as the statistics see it.
#[derive(Debug, Clone)]
pub struct Studied {
    state: CardState,
    memory: Option<MemoryState>,
    predictions: Vec<Prediction>,
}

impl Studied {
    /// A card of this state and history.
    pub fn new(model: &MemoryModel, state: CardState, history: &[(Day, Quality)]) -> Self {
        Self { state, memory: model.state(history), predictions: model.predictions(history) }
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
    /// The first answers of a day to cards that were met on an earlier day, in the last 30 days.
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
        let recall = |card: &Studied, day| card.memory.map(|memory| model.recall(&memory, day));
        let answers = || cards.clone().flat_map(|card| &card.predictions);
        let recent = today.before(RECENT_DAYS - 1)..=today;
        let readiness = |day| Readiness {
            of_all: mean(open().map(|card| recall(card, day).unwrap_or(0.0))),
            of_met: mean(open().filter_map(|card| recall(card, day))),
        };
        Self {
            cards: open().count(),
            learned: learned().count(),
            mature: learned().filter(|(_, scheduled)| scheduled.interval_days >= MATURE_DAYS).count(),
            recent: Recalled::of(answers().filter(|answer| recent.contains(&answer.day))),
            ever: Recalled::of(answers()),
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
pub fn calibration<'a>(predictions: impl Iterator<Item = &'a Prediction> + Clone) -> Vec<Bin> {
    const EDGES: [f64; 5] = [0.0, 0.7, 0.8, 0.9, 1.0];
    let bin = |edges: &[f64]| {
        let (from, to) = (edges[0], edges[1]);
        let inside = || predictions.clone().filter(move |p| p.recall >= from && (p.recall < to || to == 1.0));
        let predicted = mean(inside().map(|prediction| prediction.recall));
        Bin { from, to, predicted, happened: Recalled::of(inside()) }
    };
    EDGES.windows(2).map(bin).collect()
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (count, sum) = values.fold((0usize, 0.0), |(count, sum), value| (count + 1, sum + value));
    (count > 0).then(|| sum / count as f64)
}
