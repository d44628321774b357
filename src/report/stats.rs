//! How it goes.

use super::activity::{DayDone, KindDone};
use super::numbers::{Confidence, Numbers};
use super::topics::{Topic, TopicsSum};
use super::weeks::{Week, Weeks};
use crate::schedule::{
    Bin, CardId, Day, Fitted, Gap, History, Memory, MemoryModel, MemoryState, Quality, Standing, StandingSum, Streak,
    Studied, Trace, by_gap, calibration, is_fit_wanted, is_fitted_in_passing,
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

/// What is recalled with such a chance is well known.
const WELL_KNOWN: f64 = 0.9;
/// Without an interview, what counts is what will be recalled in so many days.
const AHEAD_DAYS: u32 = 30;

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
    /// What is left of the day's minutes; where nothing is, as many as a day has.
    pub minutes_left: f64,
}

/// How it goes.
#[derive(Debug, Serialize)]
pub struct Stats {
    /// The learner's day.
    pub day: Day,
    /// The day from which on answers were looked at; none for all.
    pub since: Option<Day>,
    /// What was done today.
    pub today: Today,
    /// Days in a row, over all cards.
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
    /// What is left of the day's minutes; where nothing is, as many as a day has.
    pub minutes_left: f64,
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
    /// How many of these have a quality of 3 or more.
    pub right: usize,
    /// Minutes spent.
    pub minutes: f64,
    /// New cards met.
    pub new: u32,
}

impl Today {
    /// Of the days on which something was done, and of the cards that were met by day.
    pub fn of(days: &[DayDone], today: Day, met: &BTreeMap<Day, u32>) -> Self {
        let new = met.get(&today).copied().unwrap_or(0);
        let done = days.last().filter(|last| last.day == today);
        done.map_or(Self { new, ..Self::default() }, |done| Self {
            answers: done.answers,
            right: done.right,
            minutes: done.minutes,
            new,
        })
    }
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
    /// Cards with fewer than two repetitions that were never forgotten.
    pub learning: usize,
    /// Cards with fewer than two repetitions since a lapse.
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
    /// How many of these have a quality of 3 or more.
    pub recalled: usize,
    /// Whether it was forgotten so often that it should be worded anew, split or left.
    pub leech: bool,
}

/// What is known beside the cards before they come.
#[derive(Debug)]
pub struct Lens {
    /// What predicts.
    pub model: MemoryModel,
    /// The learner's day.
    pub day: Day,
    /// The interview, where one is planned.
    pub interview: Option<Day>,
    /// The live reviews of the last days.
    pub lately: HashMap<CardId, History>,
    /// A day, and what the answers from it on left of the cards that have any; without one, all answers count.
    pub since: Option<(Day, HashMap<CardId, Trace>)>,
    /// Whether not all cards will come: then [`Cards::is_chosen`] knows which did.
    pub some: bool,
}

/// The cards as they come.
pub struct Cards {
    lens: Lens,
    /// In the order in which they came: the cards of a deck come one after the other.
    decks: Vec<(String, StandingSum)>,
    answers: Answers,
    topics: TopicsSum,
    weeks: Weeks,
    phases: Phases,
    hardest: Vec<HardCard>,
    leeches: usize,
    flagged: usize,
    gain_of_meeting: f64,
    started: BTreeMap<Day, u32>,
    /// Which they are, where only some were asked for.
    chosen: Option<HashSet<String>>,
}

impl Cards {
    /// None yet.
    pub fn new(lens: Lens) -> Self {
        Self {
            decks: Vec::new(),
            answers: Answers::default(),
            topics: TopicsSum::default(),
            weeks: Weeks::until(lens.day),
            phases: Phases::default(),
            hardest: Vec::new(),
            leeches: 0,
            flagged: 0,
            gain_of_meeting: {
                let then = lens.interview.unwrap_or(lens.day.plus(AHEAD_DAYS));
                lens.model.recall_if_asked(None, lens.day, then)
            },
            started: BTreeMap::new(),
            chosen: lens.some.then(HashSet::new),
            lens,
        }
    }

    /// Takes a card in.
    pub fn add(&mut self, card: &StudiedCard) {
        let Ok(id) = CardId::parse(card.card) else { return };
        let card = &StudiedCard { trace: card.trace.map(|trace| self.looked_at(&id, trace)), ..*card };
        if let Some(chosen) = &mut self.chosen {
            chosen.insert(card.card.to_owned());
            card.state.started.into_iter().for_each(|day| *self.started.entry(day).or_default() += 1);
        }
        if self.decks.last().is_none_or(|(deck, _)| deck != card.deck) {
            self.decks.push((card.deck.to_owned(), StandingSum::default()));
        }
        let Lens { model, day, interview, lately, .. } = &self.lens;
        let lately = lately.get(&id).map(Vec::as_slice).unwrap_or_default();
        let studied = Studied::new(card.state, card.trace, lately, *day);
        if let Some((_, sum)) = self.decks.last_mut() {
            sum.add(&studied, model, *day, *interview);
        }
        if let Some(trace) = &card.trace {
            self.answers.reviews += trace.reviews;
            self.answers.add(&trace.answered, &trace.by_gap);
        }
        self.phase(card);
        self.flagged += usize::from(card.state.flagged);
        if !card.state.suspended {
            let Lens { model, day, interview, .. } = &self.lens;
            let then = interview.unwrap_or(*day);
            let memory = card.trace.as_ref().map(|trace| &trace.memory);
            let chance = memory.map_or(0.0, |memory| model.recall(memory, then));
            let gain = self.gain_of_asking(memory, chance);
            self.topics.add(card, chance, gain);
            if let Some(trace) = &card.trace {
                self.weeks.add(&id, trace, model);
            }
            self.hard(card);
        }
    }

    /// What a history left, with the answers that are looked at.
    fn looked_at(&self, id: &CardId, trace: Trace) -> Trace {
        match &self.lens.since {
            None => trace,
            Some((_, since)) => since.get(id).copied().unwrap_or(Trace {
                answered: Default::default(),
                by_gap: Default::default(),
                ..trace
            }),
        }
    }

    /// What asking a card today adds to its chance of recall at the interview, or in a month. What is well known is not worth
    /// a question.
    fn gain_of_asking(&self, memory: Option<&MemoryState>, chance: f64) -> f64 {
        let Lens { model, day, interview, .. } = &self.lens;
        let Some(memory) = memory else { return self.gain_of_meeting };
        match interview {
            _ if model.recall(memory, *day) >= WELL_KNOWN => 0.0,
            Some(then) => model.recall_if_asked(Some(memory), *day, *then) - chance,
            None => {
                let then = day.plus(AHEAD_DAYS);
                model.recall_if_asked(Some(memory), *day, then) - model.recall(memory, then)
            }
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
        self.weeks.add_history(history, &self.lens.model);
    }

    /// Whether a card is one of those that came; of all cards, what no deck has any more too.
    pub fn is_chosen(&self, card: &str) -> bool {
        self.chosen.as_ref().is_none_or(|chosen| chosen.contains(card))
    }

    /// What the answers to the cards that came add up to, where only some did.
    pub fn answers(&self) -> Option<Answers> {
        self.chosen.as_ref().map(|_| self.answers)
    }

    /// How many of the cards that came were met on each day, where only some came.
    pub fn started(&self) -> Option<&BTreeMap<Day, u32>> {
        self.chosen.as_ref().map(|_| &self.started)
    }

    /// How all of it stands. The questions of the hardest cards are to be found.
    pub fn stats(self, known: Known) -> Stats {
        let Lens { day, interview, since, .. } = self.lens;
        let has_interview = interview.is_some();
        let (mut decks, mut total) = (BTreeMap::<String, StandingSum>::new(), StandingSum::default());
        for (deck, sum) in self.decks {
            decks.entry(deck).or_default().join(&sum);
            total.join(&sum);
        }
        let standing = |deck: &String| Deck {
            deck: deck.clone(),
            standing: decks.get(deck).copied().unwrap_or_default().standing(has_interview),
        };
        let reviews = known.answers.reviews;
        Stats {
            day,
            since: since.map(|(day, _)| day),
            today: known.today,
            streak: Streak::of(&known.reviewed, day),
            decks: known.decks.iter().map(standing).collect(),
            total: total.standing(has_interview),
            interview: interview.map(|day| day.to_string()),
            calibration: calibration(&known.answers.answered),
            intervals: by_gap(&known.answers.by_gap),
            fitted_to: known.fitted.as_ref().map(|fitted| fitted.reviews),
            waits_for_all: is_fit_wanted(reviews, known.fitted.as_ref()) && !is_fitted_in_passing(reviews),
            forecast: known.forecast,
            phases: self.phases,
            topics: self.topics.topics(reviews, known.minutes_left),
            minutes_left: known.minutes_left,
            weeks: self.weeks.weeks(),
            hardest: self.hardest,
            leeches: self.leeches,
            flagged: self.flagged,
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
