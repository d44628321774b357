//! How many new cards a day has.

use super::cards::{Cards, Result};
use super::costs::Costs;
use super::daily::Daily;
use crate::deck::Kind;
use crate::schedule::{Answers, ComingBack, PACED_DAYS, Pacing};
use crate::session::{Candidate, NewTime};
use crate::store::Store;
use crate::store::deck_index::Returning;

/// What the days are counted on where a session has no end.
const USUAL_MINUTES: u32 = 15;
/// The share of known cards that is recalled, and how many answers this guess is worth.
const RECALLED: (f64, f64) = (0.85, 20.0);
/// The share of new cards that is known before, and how many cards this guess is worth.
const KNOWN_BEFORE: (f64, f64) = (0.5, 10.0);
/// The queue has so many times the new cards that there is expected to be time for: the learner may be quicker, above all
/// one of whom fewer answers are known than these.
const AMPLE: f64 = 2.5;
const AMPLE_AT_FIRST: f64 = 6.0;
const KNOWN_ANSWERS: f64 = 100.0;
/// Whoever begins has new cards until so much of the day is full, where less is due, or it takes less, than was foreseen: the
/// days to come can still be mended.
const FILLED_AT_FIRST: f64 = 0.85;
/// New cards are looked at so many at first, then twice as many.
const READ_AT_FIRST: usize = 20;

/// The new cards of a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct NewCards {
    /// So many, as far as it can be told.
    pub(super) cards: usize,
    /// So many more may be asked if these take less than is expected.
    pub(super) spare: usize,
    /// The time that they may take; none where their number decides.
    pub(super) time: Option<NewTime>,
}

impl NewCards {
    pub(super) fn number(cards: usize) -> Self {
        Self { cards, spare: 0, time: None }
    }

    /// As many as the minutes of this day and of those to come can carry. A session of its own time box has that and not
    /// what is left of the day.
    pub(super) fn paced(store: &Store, daily: &Daily, cards: &dyn Cards, minutes: Option<u32>) -> Result<Self> {
        let box_s = f64::from(if daily.minutes > 0 { daily.minutes } else { USUAL_MINUTES }) * 60.0;
        let spent_s = store.reviews().box_seconds(daily.day)?;
        let today_s = match minutes {
            None | Some(0) => box_s,
            Some(minutes) => spent_s + f64::from(minutes) * 60.0,
        };
        let costs = Costs::read(store)?;
        let all = daily.on();
        let is_full = |due: usize| spent_s + due as f64 * costs.least_s() >= today_s;
        if is_full(store.deck_index().due_count(&all, daily.day)?) {
            return Ok(Self::number(0));
        }
        let kinds = Kind::ALL.map(Kind::name);
        let returning = store.deck_index().returning(&all, daily.day, daily.day.plus(PACED_DAYS), &kinds)?;
        let of_a_card_s = |cards: &Returning| costs.of(cards.kind, cards.answers).right;
        let (known, known_s) = returning.iter().fold((0, 0.0), |(count, seconds), cards| {
            (count + cards.cards, seconds + cards.cards as f64 * of_a_card_s(cards))
        });
        let coming_back = returning.into_iter().map(|cards| ComingBack {
            due: cards.due,
            interval_days: cards.interval_days,
            is_missed: cards.is_missed,
            seconds: cards.cards as f64 * of_a_card_s(&cards),
        });
        let share =
            |(of, all): (usize, usize), (guess, worth): (f64, f64)| (of as f64 + guess * worth) / (all as f64 + worth);
        let answers = Answers {
            recall: share(store.reviews().recalled_lately()?, RECALLED),
            known_before: share(store.reviews().known_before()?, KNOWN_BEFORE),
            wrong: costs.wrong(),
        };
        let first_day = store.states().first_started()?;
        let pacing = Pacing { today: daily.day, first_day, today_s, box_s, spent_s, answers };
        let seconds = pacing.seconds(coming_back);
        // What a session uses is of it alone; another of the day may have been before.
        let until_s = if pacing.is_beginning() { FILLED_AT_FIRST * box_s.min(today_s) - spent_s } else { 0.0 };
        // Of these cards less may be due than of all.
        let due = if until_s > seconds { cards.due_count(store)? } else { 0 };
        let seconds = seconds.max(until_s - due as f64 * known_s / (known as f64).max(1.0));
        let time = NewTime { seconds, with_repeats: answers.with_repeats_of_new(), until_s };
        let ample = if costs.answers() < KNOWN_ANSWERS { AMPLE_AT_FIRST } else { AMPLE };
        let ample_s = (seconds * ample).max(until_s);
        let of_card = |card: &Candidate| time.with_repeats * costs.of_card(&card.brief).right;
        Self::within(time, ample_s, |most| cards.unseen(store, most), of_card)
    }

    /// As many of these as take that time, and of others as many as would take so many seconds.
    fn within(
        time: NewTime,
        ample_s: f64,
        unseen: impl Fn(usize) -> Result<Vec<Candidate>>,
        seconds_of: impl Fn(&Candidate) -> f64,
    ) -> Result<Self> {
        let mut most = READ_AT_FIRST;
        loop {
            let unseen = unseen(most)?;
            let within = |seconds: f64| {
                let mut taken_s = 0.0;
                // Half of the last one is enough: now a little more, now a little less.
                let fits = |card: &&Candidate| {
                    let of_card = seconds_of(card);
                    taken_s += of_card;
                    taken_s - of_card / 2.0 <= seconds
                };
                unseen.iter().take_while(fits).count()
            };
            let (cards, ample) = (within(time.seconds), within(ample_s));
            if ample < unseen.len() || unseen.len() < most {
                return Ok(Self { cards, spare: ample - cards, time: Some(time) });
            }
            most *= 2;
        }
    }
}
