//! The way to an interview: what is expected on the day, what is met and what is not, and each day's load.

use super::plot;
use super::topics::uncertainty;
use crate::schedule::{Day, DayPlan, Interview, Standing, Style};
use ratatui_core::style::Stylize;
use ratatui_core::text::Line;
use serde::Serialize;
use std::collections::BTreeMap;
use std::rc::Rc;

/// From this chance of recall on a card counts as solid.
const SOLID: f64 = 0.75;
/// How many cards there are, by deck and level.
pub type CardCounts = BTreeMap<(String, u8), usize>;

/// Where the plan stands, and where each style leads to.
#[derive(Debug)]
pub struct Known {
    /// The date and the minutes.
    pub interview: Interview,
    /// The learner's day.
    pub today: Day,
    /// The style that is followed.
    pub style: Style,
    /// How many cards there are, by deck and level, but for suspended ones.
    pub cards: CardCounts,
    /// Where each style leads to.
    pub prospects: Vec<Prospect>,
    /// How many times as much was recalled lately as was predicted.
    pub rightness: f64,
    /// How all cards stand.
    pub standing: Standing,
    /// The answers that the learner is known by.
    pub answers: usize,
}

/// Where a style leads to.
#[derive(Debug)]
pub struct Prospect {
    /// Many cards or firm ones.
    pub style: Style,
    /// Each day as it will probably go.
    pub days: Vec<DayPlan>,
    /// The cards that are met until the interview.
    pub met: Vec<Met>,
}

impl Prospect {
    /// As far as predictions came true lately.
    fn correct(&mut self, rightness: f64) {
        self.days.iter_mut().for_each(|day| day.recalled_then *= rightness);
        self.met.iter_mut().for_each(|card| card.recall = (rightness * card.recall).min(1.0));
    }
}

/// A card that is met until the interview.
#[derive(Debug)]
pub struct Met {
    /// Its deck.
    pub deck: Rc<str>,
    /// 1 comes first.
    pub level: u8,
    /// The chance of recall on the day.
    pub recall: f64,
}

/// The way to an interview.
#[derive(Debug, Serialize)]
pub struct Plan {
    /// The date.
    pub interview: String,
    /// Until then.
    pub days_left: i64,
    /// The time box of a day.
    pub minutes: u32,
    /// The style that is followed.
    pub style: &'static str,
    /// What is expected on the day.
    pub expected: Expected,
    /// What each style would lead to.
    pub styles: Vec<OfStyle>,
    /// What becomes of the cards of each level.
    pub goal: Vec<Level>,
    /// What becomes of the cards of each deck.
    pub topics: Vec<Topic>,
    /// How all cards stand today, and would on the day with no review more.
    pub standing: Standing,
    /// The share of the answers to known cards that will be wrong.
    pub wrong: Option<f64>,
    /// Each day as it will probably go.
    pub days: Vec<Listed>,
}

/// What is expected on the morning of the interview, rounded down.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Expected {
    /// Cards met.
    pub met: usize,
    /// Cards recalled.
    pub recalled: usize,
    /// Eight of ten outcomes lie between this number recalled
    pub at_least: usize,
    /// and this.
    pub at_most: usize,
    /// Cards recalled in three of four cases or more.
    pub solid: usize,
}

/// What a style would lead to.
#[derive(Debug, Serialize)]
pub struct OfStyle {
    /// Its name.
    pub style: &'static str,
    /// What would be expected.
    #[serde(flatten)]
    pub expected: Expected,
}

/// What becomes of a level's cards.
#[derive(Debug, Serialize)]
pub struct Level {
    /// 1 comes first.
    pub level: u8,
    /// All that are not suspended.
    pub cards: usize,
    /// Met until the interview.
    pub met: usize,
    /// Expected to be recalled.
    pub recalled: usize,
    /// Not met.
    pub left_out: usize,
}

/// What becomes of a deck's cards.
#[derive(Debug, Serialize)]
pub struct Topic {
    /// Its name.
    pub deck: String,
    /// All that are not suspended.
    pub cards: usize,
    /// Met until the interview.
    pub met: usize,
    /// Expected to be recalled.
    pub recalled: usize,
}

/// A day of the plan.
#[derive(Debug, Serialize)]
pub struct Listed {
    /// The day.
    pub day: String,
    /// Known cards asked.
    pub due: usize,
    /// Cards met.
    pub new: usize,
    /// The time that this takes.
    pub minutes: f64,
    /// Cards met by its end, those met before too.
    pub met: usize,
    /// How many of these are expected to be recalled at the interview with no review more.
    pub recalled: f64,
}

/// What becomes of some cards.
#[derive(Debug, Clone, Copy, Default)]
struct Group {
    cards: usize,
    met: usize,
    recalled: f64,
}

impl Group {
    fn add(&mut self, card: &Met) {
        self.met += 1;
        self.recalled += card.recall;
    }
}

impl Plan {
    /// What is known, summed up.
    pub fn of(known: Known) -> Self {
        let Known { interview, today, style, cards, mut prospects, rightness, standing, answers } = known;
        prospects.iter_mut().for_each(|prospect| prospect.correct(rightness));
        let styles = prospects
            .iter()
            .map(|prospect| OfStyle { style: prospect.style.name(), expected: Expected::of(&prospect.met, answers) })
            .collect();
        let followed = prospects.into_iter().find(|prospect| prospect.style == style);
        let Prospect { days, met, .. } = followed.unwrap_or(Prospect { style, days: Vec::new(), met: Vec::new() });
        let mut by_level: BTreeMap<u8, Group> = BTreeMap::new();
        let mut by_deck: BTreeMap<&str, Group> = BTreeMap::new();
        for ((deck, level), count) in &cards {
            by_level.entry(*level).or_default().cards += count;
            by_deck.entry(deck).or_default().cards += count;
        }
        for card in &met {
            by_level.entry(card.level).or_default().add(card);
            by_deck.entry(&card.deck).or_default().add(card);
        }
        let level = |level| {
            let Group { cards, met, recalled } = by_level.get(&level).copied().unwrap_or_default();
            Level { level, cards, met, recalled: recalled as usize, left_out: cards.saturating_sub(met) }
        };
        let topic = |(deck, group): (&&str, &Group)| {
            let Group { cards, met, recalled } = *group;
            Topic { deck: (*deck).to_owned(), cards, met, recalled: recalled as usize }
        };
        let asked: usize = days.iter().map(|day| day.due).sum();
        let wrong = asked as f64 - days.iter().map(|day| day.recalls).sum::<f64>();
        let listed = |plan: &DayPlan| Listed {
            day: plan.day.to_string(),
            due: plan.due,
            new: plan.new,
            minutes: (plan.seconds / 6.0).round() / 10.0,
            met: plan.met,
            recalled: (plan.recalled_then * 10.0).round() / 10.0,
        };
        Self {
            interview: interview.day.to_string(),
            days_left: interview.day.since(today),
            minutes: interview.minutes,
            style: style.name(),
            expected: Expected::of(&met, answers),
            styles,
            goal: (1..=3).map(level).filter(|level| level.cards > 0).collect(),
            topics: by_deck.iter().map(topic).collect(),
            standing,
            wrong: (asked > 0).then(|| (wrong / asked as f64 * 1000.0).round() / 1000.0),
            days: days.iter().map(listed).collect(),
        }
    }
}

impl Plan {
    /// The cards met and recalled by day, as lines of a terminal; none before there is a second day.
    pub fn lines(&self, width: usize) -> Vec<Line<'static>> {
        let [first, .., last] = self.days.as_slice() else { return Vec::new() };
        let met: Vec<f64> = self.days.iter().map(|day| day.met as f64).collect();
        let recalled: Vec<f64> = self.days.iter().map(|day| day.recalled).collect();
        let mut lines = vec![Line::from("█ cards met   • of these, recalled at the interview".bold())];
        lines.extend(plot::part_of(&met, &recalled, [&first.day, &last.day], width));
        lines
    }
}

impl Expected {
    fn of(met: &[Met], answers: usize) -> Self {
        let recalled: f64 = met.iter().map(|card| card.recall).sum();
        let by_chance: f64 = met.iter().map(|card| card.recall * (1.0 - card.recall)).sum();
        let half = uncertainty(recalled, by_chance, answers);
        Self {
            met: met.len(),
            recalled: recalled as usize,
            at_least: (recalled - half).max(0.0) as usize,
            at_most: (recalled + half).min(met.len() as f64).ceil() as usize,
            solid: met.iter().filter(|card| card.recall >= SOLID).count(),
        }
    }
}
