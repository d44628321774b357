//! How it goes.

use super::activity::{DayDone, KindDone};
use super::numbers::{Confidence, Numbers};
use super::topics::{Topic, TopicsSum};
use super::weeks::{Week, Weeks};
use crate::schedule::{
    Bin, CardId, Day, Fitted, Gap, History, Memory, MemoryModel, Quality, Standing, StandingSum, Streak, Studied,
    by_gap, calibration, is_fit_wanted, is_fitted_in_passing,
};
use crate::session::{DayLoad, LEECH_LAPSES};
use crate::store::Answers;
use crate::store::deck_index::StudiedCard;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// So many of the hardest cards are told.
const TOLD_CARDS: usize = 10;
/// A card is mature from so long an interval on, as Anki's users know it.
const MATURE_DAYS: u32 = 21;

/// What a log says, as far as statistics need it, beside the cards.
#[derive(Debug)]
pub struct Known {
    /// The decks, in their order.
    pub decks: Vec<String>,
    /// What the answers to all cards add up to.
    pub answers: Answers,
    /// What the model's parameters were fitted to; none for the published ones.
    pub fitted: Option<Fitted>,
    /// The days with a live review.
    pub reviewed: BTreeSet<Day>,
    /// What was done on the days of the last year.
    pub days: Vec<DayDone>,
    /// What was done today.
    pub today: Today,
    /// The time that each kind takes.
    pub kinds: Vec<KindDone>,
    /// Typed numbers.
    pub numbers: Numbers,
    /// Answers with odds.
    pub confidence: Option<Confidence>,
    /// What is due on the next days.
    pub forecast: Vec<DayLoad>,
    /// Cards marked as ones to come back to.
    pub flagged: usize,
}

/// How it goes.
#[derive(Debug, Serialize)]
pub struct Stats {
    /// The learner's day.
    pub day: Day,
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
    /// How answers went by the days since the one before.
    pub intervals: Vec<Gap>,
    /// Live reviews that the model was fitted to; none for its published parameters.
    pub fitted_to: Option<usize>,
    /// The log has grown, and is too long to be fitted to in passing.
    #[serde(skip)]
    pub waits_for_all: bool,
    /// What is due on the next days.
    pub forecast: Vec<DayLoad>,
    /// How many cards are in each phase.
    pub phases: Phases,
    /// The topics, by what is expected of them: on the day of the interview, or today.
    pub topics: Vec<Topic>,
    /// How much was expected to be recalled at the end of each of the last weeks.
    pub weeks: Vec<Week>,
    /// The cards that are hardest to keep, the hardest first.
    pub hardest: Vec<HardCard>,
    /// Cards that were forgotten again and again.
    pub leeches: usize,
    /// Cards marked as ones to come back to.
    pub flagged: usize,
    /// What was done on each day of the last year that has an answer.
    pub days: Vec<DayDone>,
    /// The time that each kind takes.
    pub kinds: Vec<KindDone>,
    /// Typed numbers.
    pub numbers: Numbers,
    /// Answers with odds; none where none were given.
    pub confidence: Option<Confidence>,
}

/// What was done on a day.
#[derive(Debug, Clone, Copy, Default, Serialize)]
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

/// How many cards are in each phase.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Phases {
    /// Never met.
    pub new: usize,
    /// Of fewer than two repetitions, never forgotten.
    pub learning: usize,
    /// Of fewer than two repetitions after a lapse.
    pub lapsed: usize,
    /// With an interval of less than 21 days.
    pub young: usize,
    /// With an interval of 21 days or more.
    pub mature: usize,
    /// Taken out.
    pub suspended: usize,
}

/// A card that is hard to keep.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HardCard {
    /// Its id.
    pub card: String,
    /// What it asks.
    pub question: String,
    /// How often it was forgotten.
    pub lapses: u32,
    /// Answers on later days than the first.
    pub answers: usize,
    /// Of these, those of quality 3 or more.
    pub recalled: usize,
    /// Whether it was forgotten so often that it should be worded anew, split or left.
    pub leech: bool,
}

/// The cards as they come.
pub struct Cards<'a> {
    model: &'a MemoryModel,
    day: Day,
    interview: Option<Day>,
    lately: &'a HashMap<CardId, History>,
    decks: BTreeMap<String, StandingSum>,
    total: StandingSum,
    answers: Answers,
    topics: TopicsSum,
    weeks: Weeks,
    phases: Phases,
    hardest: Vec<HardCard>,
    leeches: usize,
    /// Which they are, where only some were asked for.
    chosen: Option<HashSet<String>>,
}

impl<'a> Cards<'a> {
    /// Of a day, with what predicts and the live reviews of the last days. `some` says that not all cards will come: then
    /// [`Cards::is_chosen`] knows which did.
    pub fn new(
        model: &'a MemoryModel,
        day: Day,
        interview: Option<Day>,
        lately: &'a HashMap<CardId, History>,
        some: bool,
    ) -> Self {
        Self {
            model,
            day,
            interview,
            lately,
            decks: BTreeMap::new(),
            total: StandingSum::default(),
            answers: Answers::default(),
            topics: TopicsSum::default(),
            weeks: Weeks::until(day),
            phases: Phases::default(),
            hardest: Vec::new(),
            leeches: 0,
            chosen: some.then(HashSet::new),
        }
    }

    /// Takes a card in.
    pub fn add(&mut self, card: &StudiedCard) {
        let Ok(id) = CardId::parse(card.card) else { return };
        if let Some(chosen) = &mut self.chosen {
            chosen.insert(card.card.to_owned());
        }
        let lately = self.lately.get(&id).map(Vec::as_slice).unwrap_or_default();
        let studied = Studied::new(card.state, card.trace, lately, self.day);
        for sum in [super::numbers::entry(&mut self.decks, card.deck), &mut self.total] {
            sum.add(&studied, self.model, self.day, self.interview);
        }
        if let Some(trace) = &card.trace {
            self.answers.reviews += trace.reviews;
            self.answers.answered.iter_mut().zip(trace.answered).for_each(|(all, tally)| *all += tally);
            self.answers.by_gap.iter_mut().zip(trace.by_gap).for_each(|(all, tally)| *all += tally);
        }
        self.phase(card);
        if !card.state.suspended {
            let then = self.interview.unwrap_or(self.day);
            self.topics.add(card, |trace| self.model.recall(&trace.memory, then));
            if let Some(trace) = &card.trace {
                self.weeks.add(&id, trace, self.model);
            }
            self.hard(card);
        }
    }

    fn phase(&mut self, card: &StudiedCard) {
        let phases = &mut self.phases;
        let phase = match card.state.memory {
            _ if card.state.suspended => &mut phases.suspended,
            Memory::New => &mut phases.new,
            Memory::Scheduled(s) if s.repetitions < 2 && s.lapses > 0 => &mut phases.lapsed,
            Memory::Scheduled(s) if s.repetitions < 2 => &mut phases.learning,
            Memory::Scheduled(s) if s.interval_days < MATURE_DAYS => &mut phases.young,
            Memory::Scheduled(_) => &mut phases.mature,
        };
        *phase += 1;
    }

    fn hard(&mut self, card: &StudiedCard) {
        let lapses = card.state.memory.scheduled().map_or(0, |s| s.lapses);
        let leech = lapses >= LEECH_LAPSES;
        self.leeches += usize::from(leech);
        let tallies = card.trace.iter().flat_map(|trace| trace.answered);
        let (answers, recalled) = tallies.fold((0, 0), |(a, r), tally| (a + tally.answers, r + tally.recalled));
        if recalled == answers {
            return;
        }
        let hard = HardCard { card: card.card.to_owned(), question: String::new(), lapses, answers, recalled, leech };
        let at = self.hardest.partition_point(|other| hardness(other) >= hardness(&hard));
        if at < TOLD_CARDS {
            self.hardest.insert(at, hard);
            self.hardest.truncate(TOLD_CARDS);
        }
    }

    /// The cards whose histories are wanted, to see how it went over the last weeks.
    pub fn recent(&mut self) -> Vec<CardId> {
        self.weeks.wanted()
    }

    /// Takes in the history of one of these.
    pub fn add_history(&mut self, history: &[(Day, Quality)]) {
        self.weeks.add_history(history, self.model);
    }

    /// Whether a card is one of those that came; of all cards, what no deck has any more too.
    pub fn is_chosen(&self, card: &str) -> bool {
        self.chosen.as_ref().is_none_or(|chosen| chosen.contains(card))
    }

    /// What the answers to the cards that came add up to, where only some did.
    pub fn answers(&self) -> Option<Answers> {
        self.chosen.as_ref().map(|_| self.answers)
    }

    /// How all of it stands. The questions of the hardest cards are to be found.
    pub fn stats(self, known: Known) -> Stats {
        let Self { day, interview, .. } = self;
        let has_interview = interview.is_some();
        let standing = |deck: &String| Deck {
            deck: deck.clone(),
            standing: self.decks.get(deck).copied().unwrap_or_default().standing(has_interview),
        };
        let reviews = known.answers.reviews;
        Stats {
            day,
            today: known.today,
            streak: Streak::of(&known.reviewed, day),
            decks: known.decks.iter().map(standing).collect(),
            total: self.total.standing(has_interview),
            interview: interview.map(|day| day.to_string()),
            calibration: calibration(&known.answers.answered),
            intervals: by_gap(&known.answers.by_gap),
            fitted_to: known.fitted.as_ref().map(|fitted| fitted.reviews),
            waits_for_all: is_fit_wanted(reviews, known.fitted.as_ref()) && !is_fitted_in_passing(reviews),
            forecast: known.forecast,
            phases: self.phases,
            topics: self.topics.topics(reviews),
            weeks: self.weeks.weeks(),
            hardest: self.hardest,
            leeches: self.leeches,
            flagged: known.flagged,
            days: known.days,
            kinds: known.kinds,
            numbers: known.numbers,
            confidence: known.confidence,
        }
    }
}

/// The more often a card was forgotten, and the larger the share of its answers that was wrong, the harder it is.
fn hardness(card: &HardCard) -> (u32, usize, usize) {
    let wrong = card.answers - card.recalled;
    (card.lapses, wrong, wrong * 1000 / card.answers.max(1))
}
