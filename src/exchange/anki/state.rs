//! How a card stands in Anki, in the terms of SM-2.

use super::collection::{Answer, Card, Collection};
use crate::exchange::{IncomingProgress, IncomingReview};
use crate::schedule::{Day, Easiness, Quality, Scheduled};
use serde_json::Value;

const DAY_S: i64 = 86_400;
/// Where an answer took longer, nobody was there.
const LONGEST_MS: i64 = DAY_S * 1000;
/// Times from here on are seconds since 1970; what is less is a number of days.
const SECONDS_FROM: i64 = 100_000_000;
/// The last moment that the log can hold, in milliseconds since 1970.
const LAST_MS: i64 = 253_402_300_799_999;

/// Anki's stages of a card.
const NEW: i64 = 0;
const REVIEW: i64 = 2;
/// Anki's queue for cards that are taken out.
const SUSPENDED: i64 = -1;
/// These bits of the flags are a colour.
const COLOUR: i64 = 7;

/// Kinds of rows of Anki's log: those that are no answers.
const FILTERED: i64 = 3;
const MANUAL: i64 = 4;
const RESCHEDULED: i64 = 5;

/// The days of a collection.
pub(super) struct Days {
    /// The day from which due days count, in days since 1970.
    first: i64,
    /// Seconds east of UTC.
    east_s: i64,
    rollover_hour: i64,
}

impl Days {
    pub(super) fn of(collection: &Collection) -> Self {
        let rollover_hour = i64::from(collection.rollover_hour);
        let east = |west: i32| -i64::from(west.clamp(-14 * 60, 14 * 60)) * 60;
        // A collection that does not say where it was made was made at the rollover hour of its place.
        let guessed = || {
            let east = (rollover_hour * 3600 - collection.made_s.rem_euclid(DAY_S)).rem_euclid(DAY_S);
            if east > DAY_S / 2 { east - DAY_S } else { east }
        };
        let east_when_made = collection.offset_when_made.map_or_else(guessed, east);
        let first = (collection.made_s.saturating_add(east_when_made)).div_euclid(DAY_S);
        Self { first, east_s: collection.offset_now.map_or(east_when_made, east), rollover_hour }
    }

    fn due(&self, day: i64) -> Option<Day> {
        Day::from_epoch_days(self.first.checked_add(day)?).filter(|day| (Day::FIRST..=Day::LAST).contains(day))
    }

    /// The day of a moment, in seconds since 1970.
    fn at(&self, at_s: i64) -> Option<Day> {
        let local = at_s.checked_add(self.east_s)?.checked_sub(self.rollover_hour * 3600)?;
        Day::from_epoch_days(local.div_euclid(DAY_S)).filter(|day| (Day::FIRST..=Day::LAST).contains(day))
    }
}

/// What of a card's log is no answer.
#[derive(Debug, Default)]
pub(super) struct NoAnswers {
    pub(super) by_hand: usize,
    pub(super) crammed: usize,
}

/// How a card stands, with its answers.
pub(super) fn progress(card: &Card, answers: &[Answer], days: &Days, none: &mut NoAnswers) -> IncomingProgress {
    let reviews: Vec<IncomingReview> = answers.iter().filter_map(|answer| review(answer, none)).collect();
    // What was rescheduled by hand is no answer, but the card stands so since then.
    let latest_ms = answers.iter().map(|answer| answer.at_ms).filter(|at_ms| (0..LAST_MS).contains(at_ms)).max();
    let at_ms = latest_ms.unwrap_or(card.changed_s.clamp(0, LAST_MS / 1000) * 1000);
    let start = scheduled(card, &reviews, days).map(|scheduled| {
        let answered = latest_ms.and_then(|at_ms| days.at(at_ms.div_euclid(1000)));
        (answered.unwrap_or_else(|| scheduled.due.before(scheduled.interval_days.into())), scheduled)
    });
    IncomingProgress {
        gap: None,
        at_ms,
        is_suspended: card.queue == SUSPENDED,
        is_flagged: card.flags & COLOUR != 0,
        start,
        reviews,
    }
}

fn review(answer: &Answer, none: &mut NoAnswers) -> Option<IncomingReview> {
    let quality = match answer.grade {
        1 => Quality::AGAIN,
        2 => Quality::HARD,
        3 => Quality::GOOD,
        4 => Quality::EASY,
        _ => {
            none.by_hand += 1;
            return None;
        }
    };
    if matches!(answer.stage, MANUAL | RESCHEDULED) {
        none.by_hand += 1;
        return None;
    }
    if answer.stage == FILTERED && answer.factor == 0 {
        none.crammed += 1;
        return None;
    }
    let took_ms = u64::try_from(answer.took_ms.clamp(0, LONGEST_MS)).unwrap_or(0);
    (0..LAST_MS).contains(&answer.at_ms).then_some(IncomingReview { at_ms: answer.at_ms, quality, took_ms })
}

/// What SM-2 goes on from; none for a new card, and where the row makes no sense.
fn scheduled(card: &Card, reviews: &[IncomingReview], days: &Days) -> Option<Scheduled> {
    if card.stage == NEW {
        return None;
    }
    // A card in a filtered deck is due there; at home it is due when it was before.
    let due = if card.home_deck != 0 && card.home_due != 0 { card.home_due } else { card.due };
    let due = if due >= SECONDS_FROM { days.at(due)? } else { days.due(due)? };
    let lapses = u32::try_from(card.lapses.max(0)).unwrap_or(u32::MAX);
    let interval_days = u32::try_from(card.interval.clamp(1, 36_500)).unwrap_or(1);
    let is_review = card.stage == REVIEW;
    let since_lapse = reviews.iter().rev().take_while(|review| review.quality.is_recall()).count();
    let answered =
        u32::try_from(if reviews.is_empty() { card.answers.max(0) } else { since_lapse as i64 }).unwrap_or(2);
    Some(Scheduled {
        easiness: easiness(card, interval_days),
        interval_days,
        // From two repetitions on, SM-2 multiplies the interval; before, it has steps of its own.
        repetitions: if is_review { answered.max(2) } else { 0 },
        // One that is learned again was forgotten.
        lapses: if is_review || card.stage == 1 { lapses } else { lapses.max(1) },
        due,
    })
}

/// The easiness. Anki's ease is the factor that SM-2 means. Under FSRS there is none: there it is the factor by which FSRS-6
/// lets the stability grow at a Good answer on the due day, from the card's difficulty and stability.
fn easiness(card: &Card, interval_days: u32) -> Easiness {
    let data: Value = serde_json::from_str(&card.data).unwrap_or_default();
    let number = |key: &str| data.get(key).and_then(Value::as_f64).filter(|number| number.is_finite());
    match number("d") {
        Some(difficulty) => {
            let stability = number("s").unwrap_or(interval_days.into());
            easiness_by_fsrs(difficulty, stability, number("dr").unwrap_or(0.9))
        }
        None if card.factor > 0 => bounded(card.factor / 10),
        None => Easiness::START,
    }
}

/// The factor by which FSRS-6 lets a stability, in days, grow at a Good answer, asked when the chance of recall is `wanted`: what
/// easiness is to SM-2. That of a new card where such a card cannot be.
pub(in crate::exchange) fn easiness_by_fsrs(difficulty: f64, stability: f64, wanted: f64) -> Easiness {
    if !(1.0..=10.0).contains(&difficulty) || !stability.is_finite() {
        return Easiness::START;
    }
    let wanted = if (0.5..0.999).contains(&wanted) { wanted } else { 0.9 };
    bounded((growth(difficulty, stability.clamp(0.01, 36_500.0), wanted) * 100.0).round() as i64)
}

fn bounded(hundredths: i64) -> Easiness {
    Easiness::from_hundredths(hundredths.clamp(130, 400)).unwrap_or(Easiness::START)
}

/// The factor by which FSRS-6 with its published parameters lets a stability grow at a Good answer, asked when the chance
/// of recall is `wanted`.
fn growth(difficulty: f64, stability: f64, wanted: f64) -> f64 {
    const W8: f64 = 1.8722;
    const W9: f64 = 0.1666;
    const W10: f64 = 0.796;
    1.0 + W8.exp() * (11.0 - difficulty) * stability.powf(-W9) * ((W10 * (1.0 - wanted)).exp() - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(made_s: i64, offset: Option<i32>) -> Days {
        let mut collection = super::super::collection::tests::empty();
        (collection.made_s, collection.offset_when_made) = (made_s, offset);
        Days::of(&collection)
    }

    #[test]
    fn due_days_are_those_of_the_place_where_the_collection_was_made() {
        // 2026-09-01 at 4 in the morning, there.
        for (place, made_s, west) in [
            ("UTC", 1_788_235_200, 0),
            ("Los Angeles", 1_788_235_200 + 7 * 3600, 420),
            ("Tokyo", 1_788_235_200 - 9 * 3600, -540),
            ("Berlin", 1_788_235_200 - 2 * 3600, -120),
        ] {
            for offset in [Some(west), None] {
                let due = days(made_s, offset).due(95).unwrap();
                assert_eq!(due.to_string(), "2026-12-05", "{place} {offset:?}");
            }
        }
    }

    #[test]
    fn a_moment_before_the_rollover_is_of_the_day_before() {
        let days = days(1_788_235_200, Some(0));
        assert_eq!(days.at(1_795_986_066).unwrap().to_string(), "2026-11-29");
        assert_eq!(days.at(1_796_007_600).unwrap().to_string(), "2026-11-29", "at 03:00");
        assert_eq!(days.at(1_796_011_200).unwrap().to_string(), "2026-11-30", "at 04:00");
        assert!(days.at(i64::MAX).is_none() && days.due(i64::MAX).is_none());
    }

    #[test]
    fn cards_stand_as_they_did() {
        let days = days(1_788_235_200, Some(0));
        let review =
            Card { stage: 2, queue: 2, due: 95, interval: 34, factor: 2000, answers: 10, lapses: 1, ..Card::default() };
        let fsrs = Card { data: r#"{"s":33.3,"d":5.5,"dr":0.9}"#.to_owned(), ..review.clone() };
        let filtered = Card { due: -99_999, home_due: 104, home_deck: 3, ..review.clone() };
        let learning =
            Card { stage: 1, queue: 1, due: 1_795_986_066, interval: 0, factor: 0, lapses: 0, ..review.clone() };
        let again = Card { stage: 3, interval: 1, lapses: 2, due: 1_795_986_715, ..review.clone() };
        let wild = Card { due: i64::MAX, ..review.clone() };
        let odd = Card { interval: i64::MAX, factor: i64::MIN, lapses: -4, data: "[".to_owned(), ..review.clone() };
        let cases = [
            ("a review card", review, Some(("2026-12-05", 34, 200, 10, 1))),
            ("under FSRS", fsrs, Some(("2026-12-05", 34, 265, 10, 1))),
            ("in a filtered deck", filtered, Some(("2026-12-14", 34, 200, 10, 1))),
            ("in learning", learning, Some(("2026-11-29", 1, 250, 0, 0))),
            ("learned again", again, Some(("2026-11-29", 1, 200, 0, 2))),
            ("new", Card::default(), None),
            ("due never", wild, None),
            ("of odd numbers", odd, Some(("2026-12-05", 36_500, 250, 10, 0))),
        ];
        for (what, card, expected) in cases {
            let start = progress(&card, &[], &days, &mut NoAnswers::default()).start;
            let found = start
                .map(|(_, s)| (s.due.to_string(), s.interval_days, s.easiness.hundredths(), s.repetitions, s.lapses));
            let expected = expected.map(|(due, i, e, r, l)| (due.to_owned(), i, e, r, l));
            assert_eq!(found, expected, "{what}");
        }
    }

    #[test]
    fn only_answers_are_answers() {
        let row = |grade, stage, factor| Answer { at_ms: 1_788_291_000_593, grade, factor, took_ms: 3567, stage };
        let cases = [
            (row(1, 0, 0), Some(1)),
            (row(2, 1, 2500), Some(3)),
            (row(3, 2, 2500), Some(4)),
            (row(4, 1, 2500), Some(5)),
            (row(3, 3, 2500), Some(4)),
            (row(3, 3, 0), None),
            (row(3, 4, 0), None),
            (row(0, 4, 2500), None),
            (row(0, 1, 2500), None),
            (row(3, 5, 2500), None),
            (row(9, 1, 2500), None),
            (Answer { at_ms: i64::MAX, ..row(3, 1, 2500) }, None),
        ];
        for (row, quality) in cases {
            let found = review(&row, &mut NoAnswers::default()).map(|review| review.quality.get());
            assert_eq!(found, quality, "{row:?}");
        }
    }
}
