//! The map of what an interview asks: topics, and how much of each is expected to be recalled.

use super::numbers::entry;
use crate::deck::Kind;
use crate::store::deck_index::StudiedCard;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// A tag of fewer cards is no topic.
const FEWEST_CARDS: usize = 5;
/// Eight of ten outcomes lie within so many standard deviations.
pub(super) const EIGHT_OF_TEN: f64 = 1.28;
/// No kind of card takes fewer seconds.
const SHORTEST_S: f64 = 10.0;
/// How far a forecast may be off because the learner is not known yet, as a share of it, before the first answer; and
/// after how many answers it is down to the root of a half.
const UNKNOWN_LEARNER: (f64, f64) = (0.2, 60.0);

/// How far off a number of recalls may be, in eight of ten cases: by chance, whose variance this is, and because the
/// learner is known by so many answers only.
pub(super) fn uncertainty(recalled: f64, variance: f64, answers: usize) -> f64 {
    let (share, halved_after) = UNKNOWN_LEARNER;
    let unknown = recalled * share / (1.0 + answers as f64 / halved_after).sqrt();
    EIGHT_OF_TEN * (variance + unknown * unknown).sqrt()
}

/// A topic: the cards of a tag.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Topic {
    /// The tag.
    pub tag: String,
    /// All that are not suspended.
    pub cards: usize,
    /// How many of these were met.
    pub met: usize,
    /// Expected to be recalled, with no review more.
    pub recalled: f64,
    /// In eight of ten cases it is not further off than this.
    pub give_or_take: f64,
    /// Cards of level 1.
    pub essential: usize,
    /// How many of these are expected to be recalled.
    pub essential_recalled: f64,
    /// Answers on later days than the first.
    pub answers: usize,
    /// How many of these have a quality of 3 or more.
    pub right: usize,
    /// How many more are expected to be recalled at the interview, or in 30 days, if what is left of the day's minutes goes to
    /// this topic alone, what gains most first. A card that would be recalled today with 90% or more is left out.
    pub gain: f64,
    /// The same by the minute that it takes.
    pub gain_per_minute: f64,
}

#[derive(Debug, Default)]
struct Sum {
    cards: usize,
    met: usize,
    recalled: f64,
    variance: f64,
    essential: usize,
    essential_recalled: f64,
    answers: usize,
    right: usize,
    /// What asking each card today adds to its chance, and the seconds that this takes.
    gains: Vec<(f32, f32)>,
}

/// Topics as their cards come.
#[derive(Debug, Default)]
pub struct TopicsSum {
    topics: BTreeMap<String, Sum>,
    /// The tags of each text that was read.
    read: HashMap<String, Vec<String>>,
}

impl TopicsSum {
    /// Takes a card in: how likely it is recalled, and what asking it today adds to that.
    pub(super) fn add(&mut self, card: &StudiedCard, chance: f64, gain: f64) {
        if !self.read.contains_key(card.tags) {
            self.read.insert(card.tags.to_owned(), serde_json::from_str(card.tags).unwrap_or_default());
        }
        let essential = card.level == 1;
        let seconds = Kind::named(card.kind).map_or(15.0, Kind::typical_seconds);
        for tag in &self.read[card.tags] {
            let sum = entry(&mut self.topics, tag);
            sum.cards += 1;
            sum.met += usize::from(card.trace.is_some());
            sum.recalled += chance;
            sum.variance += chance * (1.0 - chance);
            sum.essential += usize::from(essential);
            sum.essential_recalled += if essential { chance } else { 0.0 };
            sum.gains.push((gain as f32, seconds as f32));
            for tally in card.trace.iter().flat_map(|trace| trace.answered) {
                sum.answers += tally.answers;
                sum.right += tally.recalled;
            }
        }
    }

    /// The topics: those with essential cards first, and of these the one whose essential cards are recalled least. The
    /// learner is known by so many answers, and has so many minutes.
    pub(super) fn topics(self, answers: usize, minutes: f64) -> Vec<Topic> {
        let topic = |(tag, mut sum): (String, Sum)| {
            let (gain, seconds) = gained(&mut sum.gains, minutes * 60.0);
            Topic {
                tag,
                cards: sum.cards,
                met: sum.met,
                recalled: tenths(sum.recalled),
                give_or_take: tenths(uncertainty(sum.recalled, sum.variance, answers)),
                essential: sum.essential,
                essential_recalled: tenths(sum.essential_recalled),
                answers: sum.answers,
                right: sum.right,
                gain: tenths(gain),
                gain_per_minute: tenths(60.0 * gain / seconds.max(1.0)),
            }
        };
        let mut topics: Vec<Topic> =
            self.topics.into_iter().filter(|(_, sum)| sum.cards >= FEWEST_CARDS).map(topic).collect();
        let share = |recalled: f64, of: usize| if of == 0 { f64::INFINITY } else { recalled / of as f64 };
        let order = |t: &Topic| (share(t.essential_recalled, t.essential), share(t.recalled, t.cards));
        topics.sort_by(|a, b| {
            let (a, b) = (order(a), order(b));
            a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
        });
        topics
    }
}

/// What the cards that gain most add up to in so many seconds, and the seconds that they take.
fn gained(cards: &mut [(f32, f32)], seconds: f64) -> (f64, f64) {
    let by_second = |card: &(f32, f32)| card.0 / card.1;
    let most_first = |a: &(f32, f32), b: &(f32, f32)| by_second(b).total_cmp(&by_second(a));
    // Of many cards only those need an order that there is time for.
    let most = (seconds / SHORTEST_S).ceil() as usize;
    let cards = if cards.len() > most + 1 { cards.select_nth_unstable_by(most, most_first).0 } else { cards };
    cards.sort_unstable_by(most_first);
    let (mut gain, mut spent) = (0.0, 0.0);
    for (more, takes) in cards.iter().map(|(gain, takes)| (f64::from(*gain), f64::from(*takes))) {
        if spent + takes > seconds || more <= 0.0 {
            break;
        }
        (gain, spent) = (gain + more, spent + takes);
    }
    (gain, spent)
}

fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
