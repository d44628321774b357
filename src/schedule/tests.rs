use super::*;
use proptest::prelude::*;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn quality(q: i64) -> Quality {
    Quality::new(q).unwrap()
}

/// Answers on each due day; the intervals that follow and the easiness at the end, in hundredths.
fn life(qualities: &[i64]) -> (Vec<u32>, u32) {
    let mut memory = Memory::New;
    let mut today = day("2026-11-21");
    let mut intervals = Vec::new();
    for q in qualities {
        memory = memory.after(quality(*q), today);
        let scheduled = memory.scheduled().unwrap();
        intervals.push(scheduled.interval_days);
        today = scheduled.due;
    }
    (intervals, memory.scheduled().unwrap().easiness.hundredths())
}

#[test]
fn sm2_gives_the_intervals_of_the_text() {
    let cases: &[(&[i64], &[u32], u32)] = &[
        (&[4, 4, 4, 4, 4, 4], &[1, 6, 15, 38, 95, 238], 250),
        (&[5, 5, 5, 5, 5, 5], &[1, 6, 17, 48, 140, 420], 310),
        (&[3; 10], &[1, 6, 14, 30, 59, 107, 178, 271, 374, 487], 130),
        (&[5, 4, 3, 4, 5, 4], &[1, 6, 16, 40, 99, 254], 256),
        (&[4, 4, 4, 1, 4, 4, 4], &[1, 6, 15, 1, 1, 6, 15], 250),
        (&[0, 0, 4, 4, 4], &[1, 1, 1, 6, 15], 250),
        // With a float for the easiness the last of these comes out as 351.
        (&[5, 5, 4, 4, 5, 5], &[1, 6, 17, 46, 125, 350], 290),
    ];
    for (qualities, intervals, easiness) in cases {
        let (found, ef) = life(qualities);
        assert_eq!(&found, intervals, "{qualities:?}");
        assert_eq!(ef, *easiness, "{qualities:?}");
    }
}

#[test]
fn phases_follow_repetitions_and_lapses() {
    let cases: &[(&[i64], Phase, u32)] = &[
        (&[4], Phase::Learning, 0),
        (&[0], Phase::Learning, 0),
        (&[4, 4], Phase::Review, 0),
        (&[4, 1], Phase::Lapsed, 1),
        (&[4, 1, 1], Phase::Lapsed, 1),
        (&[4, 1, 4], Phase::Lapsed, 1),
        (&[4, 1, 4, 4], Phase::Review, 1),
        (&[0, 4, 1], Phase::Lapsed, 1),
    ];
    assert_eq!(Memory::New.phase(), Phase::New);
    for (qualities, phase, lapses) in cases {
        let mut memory = Memory::New;
        for q in *qualities {
            let today = memory.scheduled().map_or(day("2026-11-21"), |s| s.due);
            memory = memory.after(quality(*q), today);
        }
        assert_eq!(memory.phase(), *phase, "{qualities:?}");
        assert_eq!(memory.scheduled().unwrap().lapses, *lapses, "{qualities:?}");
    }
}

fn review(on: &str, q: i64, mode: Mode) -> Change {
    Change::Review { day: day(on), quality: quality(q), mode }
}

/// Life stories: what happened, and the due day, interval, easiness that are left.
#[test]
fn the_first_review_of_a_day_counts() {
    use Mode::{Cram, Quiz, Review};
    let d = ["2026-11-21", "2026-11-22", "2026-11-28", "2026-12-13"];
    let learned = [review(d[0], 4, Review), review(d[1], 4, Review)];
    let cases = [
        ("a repeat changes nothing", vec![review(d[0], 3, Review), review(d[0], 1, Review)], (d[1], 1, 236)),
        ("early and right changes nothing", [&learned[..], &[review("2026-11-25", 5, Cram)]].concat(), (d[2], 6, 250)),
        (
            "early and wrong is a lapse",
            [&learned[..], &[review("2026-11-25", 1, Quiz)]].concat(),
            ("2026-11-26", 1, 250),
        ),
        (
            "a right answer first hides a wrong one later that day",
            [&learned[..], &[review("2026-11-25", 4, Cram), review("2026-11-25", 1, Cram)]].concat(),
            (d[2], 6, 250),
        ),
        (
            "late counts from the day it was answered",
            [&learned[..], &[review("2026-12-01", 4, Review)]].concat(),
            ("2026-12-16", 15, 250),
        ),
        (
            "quiz before the first review is only logged",
            vec![review(d[0], 0, Quiz), review(d[0], 4, Review)],
            (d[1], 1, 250),
        ),
        (
            "two devices, one day: the first counts",
            [&learned[..], &[review(d[2], 4, Review), review(d[2], 4, Review)]].concat(),
            (d[3], 15, 250),
        ),
        (
            "travelling west, a day comes twice and counts once",
            [&learned[..], &[review(d[2], 4, Review), review("2026-11-27", 4, Review), review(d[2], 1, Review)]]
                .concat(),
            (d[3], 15, 250),
        ),
    ];
    for (story, changes, (due, interval, easiness)) in cases {
        let scheduled = fold(changes).0.memory.scheduled().unwrap();
        assert_eq!(
            (scheduled.due, scheduled.interval_days, scheduled.easiness.hundredths()),
            (day(due), interval, easiness),
            "{story}"
        );
    }
}

#[test]
fn quiz_never_starts_a_schedule() {
    let (state, counted) = fold([review("2026-11-21", 1, Mode::Quiz), review("2026-11-22", 5, Mode::Cram)]);
    assert_eq!(state.memory, Memory::New);
    assert_eq!(counted, [false, false]);
    assert!(!state.is_owed(day("2026-11-22")));
}

#[test]
fn what_is_owed_is_read_from_the_day() {
    let today = day("2026-11-21");
    for (qualities, owed) in
        [(&[1][..], true), (&[3], true), (&[4], false), (&[1, 3], true), (&[1, 4], false), (&[1, 4, 2], true)]
    {
        let (state, _) = fold(qualities.iter().map(|q| review("2026-11-21", *q, Mode::Review)));
        assert_eq!(state.is_owed(today), owed, "{qualities:?}");
        assert!(!state.is_owed(today.plus(1)), "dropped at the day's end");
    }
}

#[test]
fn the_latest_mark_wins() {
    let marks = |all: &[Change]| fold(all.iter().copied()).0.suspended;
    assert!(marks(&[Change::Suspend]));
    assert!(!marks(&[Change::Suspend, Change::Resume]));
    assert!(marks(&[Change::Resume, Change::Suspend]));
}

#[test]
fn a_day_begins_at_the_rollover_hour() {
    let at = |text: &str| chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
    for (local, hour, expected) in [
        ("2026-11-22 01:30", 4, "2026-11-21"),
        ("2026-11-22 03:59", 4, "2026-11-21"),
        ("2026-11-22 04:00", 4, "2026-11-22"),
        ("2026-11-22 00:00", 0, "2026-11-22"),
        ("2027-01-01 02:00", 4, "2026-12-31"),
        ("2026-11-22 22:59", 23, "2026-11-21"),
    ] {
        assert_eq!(Day::of(at(local), hour), day(expected), "{local} from {hour}");
    }
}

#[test]
fn a_due_day_stops_at_the_end_of_the_calendar() {
    let (intervals, _) = life(&[5; 40]);
    assert!(intervals.windows(2).all(|pair| pair[0] <= pair[1]));
    assert_eq!(day("9999-12-30").plus(6), Day::LAST);
}

/// The rule of the day as it is told: a review counts where no earlier one of its day did.
fn counted_by_the_rule(changes: &[Change]) -> Vec<bool> {
    let (mut started, mut days) = (false, Vec::new());
    let mut counts = |change: &Change| match *change {
        Change::Forget => {
            (started, days) = (false, Vec::new());
            false
        }
        Change::Review { day, mode, .. } => {
            let counts = !days.contains(&day) && (started || mode == Mode::Review);
            if counts {
                days.push(day);
                started = true;
            }
            counts
        }
        _ => false,
    };
    changes.iter().map(&mut counts).collect()
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let mode = prop_oneof![3 => Just(Mode::Review), 1 => Just(Mode::Quiz), 1 => Just(Mode::Cram)];
    let what = prop_oneof![Just(Change::Suspend), Just(Change::Flag), Just(Change::Forget)];
    let change = prop_oneof![
        12 => (0..40u32, 0..=5i64, mode).prop_map(|(on, q, mode)| Change::Review {
            day: day("2026-11-21").plus(on), quality: quality(q), mode
        }),
        1 => what,
    ];
    proptest::collection::vec(change, 0..120)
}

#[test]
fn a_log_of_many_thousand_days_is_folded_in_no_time() {
    let start = day("1990-01-01");
    let (forth, back): (Vec<u32>, Vec<u32>) = ((0..50_000).collect(), (0..50_000).rev().collect());
    for days in [forth, back] {
        // The machine may be busy: one run of several that is fast shows that the work is little.
        let is_fast = || {
            let began = std::time::Instant::now();
            let reviews =
                days.iter().map(|on| Change::Review { day: start.plus(*on), quality: quality(4), mode: Mode::Review });
            assert!(fold(reviews).1.iter().all(|counts| *counts));
            began.elapsed().as_secs_f64() < 1.0
        };
        assert!((0..10).any(|_| is_fast()), "a fold of {} days takes over 1 s", days.len());
    }
}

proptest! {
    #[test]
    fn what_counts_is_the_first_of_its_day_in_whatever_order_the_days_come(changes in changes()) {
        prop_assert_eq!(fold(changes.iter().copied()).1, counted_by_the_rule(&changes));
    }

    #[test]
    fn repeats_and_early_recalls_never_matter(
        firsts in proptest::collection::vec((0i64..=5, 0i64..=5, 1u32..9), 1..30),
    ) {
        // The same days, once with practice after each first answer and once without.
        let mut plain = Vec::new();
        let mut practised = Vec::new();
        let mut on = day("2026-11-21");
        for (first, again, gap) in firsts {
            let change = |q| Change::Review { day: on, quality: quality(q), mode: Mode::Review };
            plain.push(change(first));
            practised.extend([change(first), change(again)]);
            on = on.plus(gap);
        }
        prop_assert_eq!(fold(plain).0.memory, fold(practised).0.memory);
    }

    #[test]
    fn easiness_keeps_its_floor_and_a_due_day_lies_ahead(qualities in proptest::collection::vec(0i64..=5, 1..60)) {
        let mut memory = Memory::New;
        let mut today = day("2026-11-21");
        for q in qualities {
            memory = memory.after(quality(q), today);
            let s = memory.scheduled().unwrap();
            prop_assert!(s.easiness.hundredths() >= 130);
            prop_assert!(s.due > today || today == Day::LAST);
            prop_assert!(s.interval_days >= 1);
            today = s.due;
        }
    }
}

proptest! {
    #[test]
    fn no_card_of_a_day_loses_more_by_waiting_than_the_bound(
        interval_days in 1u32..3000, longer in 0u32..3000, overdue_days in 0u32..4000,
    ) {
        let due = day("2026-11-21");
        let today = due.plus(overdue_days);
        let bound = most_loss_of_waiting(interval_days, due, today);
        prop_assert!(loss_of_waiting(interval_days + longer, due, today) <= bound * (1.0 + 1e-9));
        // It falls with the wait.
        prop_assert!(most_loss_of_waiting(1, due, today.plus(1)) <= most_loss_of_waiting(1, due, today));
    }
}
