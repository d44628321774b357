//! How it goes.

use crate::schedule::{
    Bin, CardId, Day, Fitted, History, MemoryModel, Standing, Streak, Studied, Trace, calibration, is_fit_wanted,
    is_fitted_in_passing,
};
use crate::session::{Candidate, DayLoad, LEECH_LAPSES};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What a log says, as far as statistics need it.
#[derive(Debug)]
pub struct Known {
    /// The learner's day.
    pub day: Day,
    /// The interview that is planned for.
    pub interview: Option<Day>,
    /// The decks, in their order.
    pub decks: Vec<String>,
    /// The cards of these decks.
    pub cards: Vec<Candidate>,
    /// What the cards' histories left.
    pub traces: HashMap<CardId, Trace>,
    /// The live reviews of the last days.
    pub lately: HashMap<CardId, History>,
    /// What predicts from these.
    pub model: MemoryModel,
    /// What the model's parameters were fitted to; none for the published ones.
    pub fitted: Option<Fitted>,
    /// The days with a live review.
    pub reviewed: BTreeSet<Day>,
    /// Seconds spent today.
    pub spent_s: f64,
    /// New cards met today.
    pub new: u32,
    /// What is due on the next days.
    pub forecast: Vec<DayLoad>,
    /// Cards marked as ones to come back to.
    pub flagged: usize,
}

/// How it goes.
#[derive(Debug, Serialize)]
pub struct Stats {
    /// The learner's day.
    pub day: String,
    /// What was done today.
    pub today: Today,
    /// Days in a row.
    pub streak: Streak,
    /// Each deck.
    pub decks: Vec<Deck>,
    /// All of them.
    pub total: Standing,
    /// The interview that is planned for.
    pub interview: Option<String>,
    /// How far the predictions hold.
    pub calibration: Vec<Bin>,
    /// Live reviews that the model was fitted to; none for its published parameters.
    pub fitted_to: Option<usize>,
    /// The log has grown, and is too long to be fitted to in passing.
    #[serde(skip)]
    pub waits_for_all: bool,
    /// What is due on the next days.
    pub forecast: Vec<DayLoad>,
    /// Cards that were forgotten again and again.
    pub leeches: usize,
    /// Cards marked as ones to come back to.
    pub flagged: usize,
}

/// What was done on a day.
#[derive(Debug, Serialize)]
pub struct Today {
    /// Live reviews.
    pub answers: usize,
    /// Of these, of quality 3 or more.
    pub right: usize,
    /// Minutes spent.
    pub minutes: f64,
    /// New cards met.
    pub new: u32,
}

/// A deck.
#[derive(Debug, Serialize)]
pub struct Deck {
    /// Its name.
    pub deck: String,
    /// How its cards stand.
    #[serde(flatten)]
    pub standing: Standing,
}

impl Stats {
    /// What is known, summed up.
    pub fn of(known: Known) -> Self {
        let Known { day, interview, model, .. } = &known;
        let studied = |card: &Candidate| {
            let lately = known.lately.get(&card.brief.id).map(Vec::as_slice).unwrap_or_default();
            Studied::new(card.state, known.traces.get(&card.brief.id).copied(), lately, *day)
        };
        let mut of_decks: BTreeMap<&str, Vec<Studied>> = BTreeMap::new();
        for card in &known.cards {
            of_decks.entry(card.brief.id.deck()).or_default().push(studied(card));
        }
        let of_deck = |name: &str| of_decks.get(name).map(Vec::as_slice).unwrap_or_default();
        let standing = |deck: &String| Deck {
            deck: deck.clone(),
            standing: Standing::of(of_deck(deck).iter(), model, *day, *interview),
        };
        let today = || known.lately.values().flatten().filter(|(at, _)| at == day);
        let is_leech = |c: &&Candidate| c.state.memory.scheduled().is_some_and(|s| s.lapses >= LEECH_LAPSES);
        let reviews = known.traces.values().map(|trace| trace.reviews).sum();
        Self {
            day: day.to_string(),
            today: Today {
                answers: today().count(),
                right: today().filter(|(_, quality)| quality.is_recall()).count(),
                minutes: (known.spent_s / 6.0).round() / 10.0,
                new: known.new,
            },
            streak: Streak::of(&known.reviewed, *day),
            decks: known.decks.iter().map(standing).collect(),
            total: Standing::of(of_decks.values().flatten(), model, *day, *interview),
            interview: interview.map(|day| day.to_string()),
            calibration: calibration(known.traces.values()),
            fitted_to: known.fitted.as_ref().map(|fitted| fitted.reviews),
            waits_for_all: is_fit_wanted(reviews, known.fitted.as_ref()) && !is_fitted_in_passing(reviews),
            leeches: known.cards.iter().filter(is_leech).count(),
            forecast: known.forecast,
            flagged: known.flagged,
        }
    }
}
