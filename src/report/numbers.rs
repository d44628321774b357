//! How far off typed numbers are, and how sure the learner was of what.

use crate::schedule::Day;
use crate::session::ODDS;
use crate::store::{Sure, Typed, TypedText};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::f64::consts::LOG10_2;

/// Factors at which the bars of the histogram end, from far too low to far too high. What is inside the accepted range is
/// a bar by itself.
const EDGES: [f64; 9] = [0.01, 0.1, 1.0 / 3.0, 0.5, 1.0, 2.0, 3.0, 10.0, 100.0];
/// The edge on which the accepted range lies.
const INSIDE: usize = 4;
/// A skill is told from so many answers on.
const ENOUGH_OF_A_SKILL: usize = 3;
/// So many skills are told, the least sure first.
const TOLD_SKILLS: usize = 10;

/// How far off the typed numbers are.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Numbers {
    /// How the answers went in all.
    #[serde(flatten)]
    pub all: Off,
    /// From far too low to far too high.
    pub histogram: Vec<Bar>,
    /// By card, the one that is furthest off first.
    pub skills: Vec<Skill>,
    /// By month, the earliest first.
    pub months: Vec<Month>,
    /// The named wrong turns, the commonest first.
    pub slips: Vec<Slip>,
}

/// How far off some answers are, on the logarithm to the base of 10 of the answer over the accepted end that it missed: 0
/// inside, 1 for ten times too high.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Off {
    /// How many.
    pub answers: usize,
    /// How many of these have a quality of 3 or more.
    pub right: usize,
    /// Their mean: above 0 is too high on the whole. None without answers.
    pub bias: Option<f64>,
    /// How far they scatter: the root of the mean square.
    pub spread: Option<f64>,
    /// Those within a factor of 2.
    pub within_2x: usize,
    /// Those within a factor of 10.
    pub within_10x: usize,
}

/// A bar of the histogram.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bar {
    /// From this factor on; none without an end.
    pub from: Option<f64>,
    /// To this factor; none without an end. Inside the accepted range both are 1.
    pub to: Option<f64>,
    /// How many.
    pub answers: usize,
}

impl Bar {
    /// Its name for people: `right`, `2-3`, `< 1/100`.
    pub(super) fn name(&self) -> String {
        let factor =
            |value: f64| if value < 1.0 { format!("1/{}", super::short(1.0 / value)) } else { super::short(value) };
        match (self.from, self.to) {
            (Some(from), Some(to)) if from == to => "right".to_owned(),
            (from, Some(to)) => {
                from.map_or_else(|| format!("< {}", factor(to)), |from| format!("{}-{}", factor(from), factor(to)))
            }
            (from, None) => from.map_or_else(String::new, |from| format!("> {}", factor(from))),
        }
    }
}

/// A card whose answers are numbers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Skill {
    /// Its id.
    pub card: String,
    /// How its answers went.
    #[serde(flatten)]
    pub off: Off,
}

/// A month.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Month {
    /// Its year and number, such as `2026-11`.
    pub month: String,
    /// How its answers went.
    #[serde(flatten)]
    pub off: Off,
}

/// A named wrong turn.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Slip {
    /// Its name.
    pub slip: String,
    /// How often it was taken.
    pub count: usize,
    /// The card on which it was taken most often.
    pub card: String,
    /// The latest day.
    pub latest: String,
    /// The card that teaches what the turn gets wrong; none where it is a turn of one card alone.
    pub cure: Option<Cure>,
    /// The latest answer, as it was asked and typed.
    pub example: Option<TypedText>,
    /// What the example is known by.
    #[serde(skip)]
    pub row: i64,
}

/// A card to learn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cure {
    /// Its id.
    pub card: String,
    /// What it asks.
    pub question: String,
}

/// Sums that [`Off`] is made of.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    answers: usize,
    right: usize,
    sum: f64,
    squares: f64,
    within_2x: usize,
    within_10x: usize,
}

impl Sums {
    fn add(&mut self, log10: f64, right: bool) {
        self.answers += 1;
        self.right += usize::from(right);
        self.sum += log10;
        self.squares += log10 * log10;
        self.within_2x += usize::from(log10.abs() <= LOG10_2 + f64::EPSILON);
        self.within_10x += usize::from(log10.abs() <= 1.0);
    }

    fn off(&self) -> Off {
        let mean = |sum: f64| (self.answers > 0).then(|| sum / self.answers as f64);
        let thousandths = |value: f64| (value * 1000.0).round() / 1000.0;
        Off {
            answers: self.answers,
            right: self.right,
            bias: mean(self.sum).map(thousandths),
            spread: mean(self.squares).map(|square| thousandths(square.sqrt())),
            within_2x: self.within_2x,
            within_10x: self.within_10x,
        }
    }
}

#[derive(Debug, Default)]
struct OfSlip {
    count: usize,
    by_card: BTreeMap<String, usize>,
    latest: Option<(Day, i64)>,
}

/// Typed answers as they come, in the order of their days.
#[derive(Debug, Default)]
pub struct NumbersSum {
    all: Sums,
    histogram: [usize; EDGES.len() + 2],
    // A life's answers are many: each finds its card without a look at the others.
    skills: HashMap<String, Sums>,
    /// By year and month, in their order.
    months: Vec<((i32, u32), Sums)>,
    slips: BTreeMap<String, OfSlip>,
}

impl NumbersSum {
    /// Takes an answer in.
    pub fn add(&mut self, typed: &Typed) {
        // What is no positive number has no logarithm; such an answer is asked back, not graded.
        if typed.ratio.is_nan() || typed.ratio <= 0.0 {
            return;
        }
        let (log10, right) = (typed.ratio.log10(), typed.quality.is_recall());
        self.all.add(log10, right);
        self.histogram[bar_of(typed.ratio)] += 1;
        match self.skills.get_mut(typed.card) {
            Some(sums) => sums.add(log10, right),
            None => self.skills.entry(typed.card.to_owned()).or_default().add(log10, right),
        }
        let month = typed.day.month();
        if self.months.last().is_none_or(|(latest, _)| *latest != month) {
            self.months.push((month, Sums::default()));
        }
        self.months.iter_mut().last().into_iter().for_each(|(_, sums)| sums.add(log10, right));
        if let Some(slip) = typed.slip {
            let of_slip = entry(&mut self.slips, slip);
            of_slip.count += 1;
            *entry(&mut of_slip.by_card, typed.card) += 1;
            of_slip.latest = of_slip.latest.max(Some((typed.day, typed.row)));
        }
    }

    /// What came together. The examples of the slips are to be found.
    pub fn numbers(self) -> Numbers {
        let mut skills: Vec<Skill> = self
            .skills
            .into_iter()
            .filter(|(_, sums)| sums.answers >= ENOUGH_OF_A_SKILL)
            .map(|(card, sums)| Skill { card, off: sums.off() })
            .filter(|skill| skill.off.spread > Some(0.0))
            .collect();
        let spread = |skill: &Skill| skill.off.spread.unwrap_or(0.0);
        skills.sort_by(|a, b| spread(b).total_cmp(&spread(a)).then_with(|| a.card.cmp(&b.card)));
        skills.truncate(TOLD_SKILLS);
        let slip = |(slip, of): (String, OfSlip)| {
            let (card, _) = of.by_card.into_iter().rev().max_by_key(|(_, count)| *count)?;
            let (latest, row) = of.latest?;
            Some(Slip { slip, count: of.count, card, latest: latest.to_string(), cure: None, example: None, row })
        };
        let month = |((year, month), sums): ((i32, u32), Sums)| Month {
            month: format!("{year:04}-{month:02}"),
            off: sums.off(),
        };
        let mut slips: Vec<Slip> = self.slips.into_iter().filter_map(slip).collect();
        slips.sort_by_key(|slip| std::cmp::Reverse(slip.count));
        Numbers {
            all: self.all.off(),
            histogram: self.histogram.iter().enumerate().map(|(at, answers)| bar(at, *answers)).collect(),
            skills,
            months: self.months.into_iter().map(month).collect(),
            slips,
        }
    }
}

/// The bar that a ratio belongs to.
fn bar_of(ratio: f64) -> usize {
    let below = EDGES.iter().filter(|edge| **edge < ratio).count();
    match ratio {
        1.0 => INSIDE + 1,
        ratio if ratio < 1.0 => EDGES.iter().filter(|edge| **edge <= ratio).count(),
        _ => below + 1,
    }
}

fn bar(at: usize, answers: usize) -> Bar {
    let (from, to) = match at {
        at if at <= INSIDE => (at.checked_sub(1).map(|before| EDGES[before]), Some(EDGES[at])),
        at if at == INSIDE + 1 => (Some(1.0), Some(1.0)),
        at => (Some(EDGES[at - 2]), EDGES.get(at - 1).copied()),
    };
    Bar { from, to, answers }
}

/// The value of a key, which is copied only where it is new.
pub(super) fn entry<'a, T: Default>(map: &'a mut BTreeMap<String, T>, key: &str) -> &'a mut T {
    if !map.contains_key(key) {
        map.insert(key.to_owned(), T::default());
    }
    map.get_mut(key).expect("it was there or is there now")
}

/// How often the learner was right at the odds that they gave.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Confidence {
    /// How many answers had odds.
    pub answers: usize,
    /// The Brier score: the mean square of the odds less what came of it, 0 for a seer and 0.25 for a coin.
    pub brier: f64,
    /// By the odds.
    pub odds: Vec<Odds>,
}

/// Answers at the same odds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Odds {
    /// How sure the learner was, in percent.
    pub said: u8,
    /// How many.
    pub answers: usize,
    /// How many of these have a quality of 3 or more.
    pub right: usize,
}

/// Answers with odds as they come.
#[derive(Debug, Default)]
pub struct ConfidenceSum {
    odds: [Odds; ODDS.len()],
    squares: f64,
}

impl ConfidenceSum {
    /// Takes an answer in.
    pub fn add(&mut self, sure: &Sure) {
        let Some(at) = ODDS.iter().position(|odds| *odds == sure.confidence) else { return };
        let right = sure.quality.is_recall();
        self.odds[at].answers += 1;
        self.odds[at].right += usize::from(right);
        let off = f64::from(sure.confidence) / 100.0 - f64::from(u8::from(right));
        self.squares += off * off;
    }

    /// What came together; none without answers.
    pub fn confidence(self) -> Option<Confidence> {
        let answers: usize = self.odds.iter().map(|odds| odds.answers).sum();
        let odds = ODDS.into_iter().zip(self.odds).map(|(said, odds)| Odds { said, ..odds }).collect();
        (answers > 0).then(|| Confidence { answers, brier: self.squares / answers as f64, odds })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::Quality;

    fn typed(ratio: f64, slip: Option<&'static str>, row: i64) -> Typed<'static> {
        let quality = Quality::new(if ratio == 1.0 { 5 } else { 1 }).unwrap();
        let day = "2026-11-30".parse::<Day>().unwrap();
        Typed { day, card: if row % 2 == 0 { "a/even" } else { "a/odd" }, ratio, slip, quality, row }
    }

    #[test]
    fn typed_numbers_add_up() {
        let mut sum = NumbersSum::default();
        let ratios = [1.0, 1.0, 2.0, 0.5, 8.0, 10.0, 1000.0, 0.001, 0.0, f64::NAN];
        for (row, ratio) in ratios.into_iter().enumerate() {
            sum.add(&typed(ratio, (ratio == 8.0).then_some("bits-for-bytes"), row as i64));
        }
        let numbers = sum.numbers();
        let all = numbers.all;
        assert_eq!((all.answers, all.right, all.within_2x, all.within_10x), (8, 2, 4, 6));
        // (0 + 0 + .30103 - .30103 + .90309 + 1 + 3 - 3) / 8, and the squares.
        assert_eq!((all.bias, all.spread), (Some(0.238), Some(1.581)));
        let bars: Vec<usize> = numbers.histogram.iter().map(|bar| bar.answers).collect();
        assert_eq!(bars, [1, 0, 0, 0, 1, 2, 1, 0, 2, 0, 1]);
        let middle = numbers.histogram[5];
        assert_eq!((middle.from, middle.to), (Some(1.0), Some(1.0)));
        assert_eq!((numbers.histogram[0].from, numbers.histogram[10].to), (None, None));
        assert_eq!(numbers.slips.len(), 1);
        assert_eq!((numbers.slips[0].slip.as_str(), numbers.slips[0].card.as_str()), ("bits-for-bytes", "a/even"));
        assert_eq!(numbers.months.len(), 1);
        assert_eq!(numbers.skills.iter().map(|skill| skill.off.answers).sum::<usize>(), 8);
    }

    #[test]
    fn odds_are_held_against_what_came() {
        assert_eq!(ConfidenceSum::default().confidence(), None);
        let mut sum = ConfidenceSum::default();
        for (confidence, quality) in [(50, 4), (50, 1), (80, 5), (95, 1)] {
            let day = "2026-11-30".parse::<Day>().unwrap();
            sum.add(&Sure { day, card: "a/b", confidence, quality: Quality::new(quality).unwrap() });
        }
        let confidence = sum.confidence().unwrap();
        assert!((confidence.brier - (0.25 + 0.25 + 0.04 + 0.9025) / 4.0).abs() < 1e-12);
        assert_eq!(confidence.odds[0], Odds { said: 50, answers: 2, right: 1 });
    }
}
