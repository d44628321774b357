use super::retention::BIN_EDGES;
use super::*;
use proptest::prelude::*;

/// Days after the first one, and qualities.
type Answers<'a> = &'a [(u32, i64)];

fn history(answers: Answers) -> History {
    let first: Day = "2026-11-21".parse().unwrap();
    answers.iter().map(|(ahead, q)| (first.plus(*ahead), Quality::new(*q).unwrap())).collect()
}

fn day(ahead: i64) -> Day {
    let first: Day = "2026-11-21".parse().unwrap();
    if ahead < 0 { first.before(-ahead) } else { first.plus(ahead as u32) }
}

fn near(found: f64, wanted: f64) -> bool {
    (found - wanted).abs() < 1e-3 * wanted.max(1.0)
}

/// Worked out from the formulas of the FSRS-6 page, in another language, with the published parameters.
#[test]
fn stability_and_difficulty_are_those_of_the_formulas() {
    let cases: &[(Answers, f64, f64)] = &[
        (&[(0, 0)], 0.212, 6.4133),
        (&[(0, 2)], 0.212, 6.4133),
        (&[(0, 3)], 1.2931, 5.1122),
        (&[(0, 4)], 2.3065, 2.1181),
        (&[(0, 5)], 8.2956, 1.0),
        (&[(0, 4), (1, 4)], 7.3153, 2.1112),
        (&[(0, 4), (1, 4), (7, 4)], 29.0712, 2.1043),
        (&[(0, 4), (1, 4), (7, 4), (22, 1)], 2.2681, 7.39),
        (&[(0, 4), (1, 4), (7, 4), (22, 1), (22, 4)], 2.2681, 7.3778),
        (&[(0, 1), (0, 4), (1, 3)], 1.314, 7.5968),
        (&[(0, 4), (1, 5), (7, 3)], 26.7663, 4.0106),
    ];
    let model = MemoryModel::default();
    for (answers, stability, difficulty) in cases {
        let state = model.trace(&history(answers)).unwrap().memory;
        assert!(
            near(state.stability_days, *stability) && near(state.difficulty, *difficulty),
            "{answers:?}: {state:?}"
        );
    }
    assert_eq!(model.trace(&[]), None);
}

#[test]
fn recall_is_nine_in_ten_after_the_stability() {
    let model = MemoryModel::default();
    for days in [1, 2, 30, 400] {
        let state = MemoryState { stability_days: f64::from(days), difficulty: 5.0, latest: day(0) };
        assert!(near(model.recall(&state, day(0)), 1.0));
        assert!(near(model.recall(&state, day(days.into())), 0.9), "{days}");
        assert!(near(model.recall(&state, day(-5)), 1.0), "a clock that was set back forgets nothing");
    }
}

/// The bin, the chance in it, and how many recalled.
type Answered<'a> = &'a [(usize, f64, usize)];

#[test]
fn predictions_are_made_before_each_review_on_a_later_day() {
    let cases: &[(Answers, Answered)] = &[
        (&[(0, 4)], &[]),
        (&[(0, 1), (0, 4)], &[]),
        (&[(0, 4), (1, 4)], &[(3, 0.946847, 1)]),
        (&[(0, 4), (1, 4), (7, 4)], &[(3, 0.946847 + 0.913031, 2)]),
        (&[(0, 4), (1, 4), (7, 4), (22, 1), (22, 4)], &[(3, 0.946847 + 0.913031 + 0.93883, 2)]),
        (&[(0, 1), (0, 4), (1, 3)], &[(1, 0.78085, 1)]),
        // A clock that was set back: what came after is of no later day than the first.
        (&[(5, 4), (3, 4), (5, 4)], &[]),
    ];
    for (answers, wanted) in cases {
        let trace = MemoryModel::default().trace(&history(answers)).unwrap();
        assert_eq!((trace.reviews, trace.met), (answers.len(), day(answers[0].0.into())), "{answers:?}");
        assert_eq!(Some(trace.memory.latest), answers.iter().map(|(ahead, _)| day((*ahead).into())).max());
        let found: Vec<_> = trace.answered.iter().enumerate().filter(|(_, tally)| tally.answers > 0).collect();
        assert_eq!(found.len(), wanted.len(), "{answers:?}");
        for ((bin, tally), (wanted_bin, expected, recalled)) in found.iter().zip(*wanted) {
            assert_eq!((bin, tally.recalled), (wanted_bin, *recalled), "{answers:?}");
            assert!(near(tally.expected, *expected), "{answers:?}: {tally:?}");
        }
    }
}

proptest! {
    #[test]
    fn recall_falls_with_days_and_is_a_chance(
        gaps in prop::collection::vec((0u32..400, 0i64..6), 1..20),
        days in prop::collection::vec(0u32..4000, 2..10),
    ) {
        let mut ahead = 0;
        let answers: Vec<(u32, i64)> = gaps.iter().map(|(gap, q)| { ahead += gap; (ahead, *q) }).collect();
        let model = MemoryModel::default();
        let Trace { memory: state, answered, .. } = model.trace(&history(&answers)).unwrap();
        let mut days = days;
        days.sort_unstable();
        let recalls: Vec<f64> = days.iter().map(|d| model.recall(&state, state.latest.plus(*d))).collect();
        prop_assert!(recalls.iter().all(|recall| (0.0..=1.0).contains(recall)));
        prop_assert!(recalls.is_sorted_by(|a, b| a >= b));
        for (tally, edges) in answered.iter().zip(BIN_EDGES.windows(2)) {
            let answers = tally.answers as f64;
            prop_assert!((edges[0] * answers..=edges[1] * answers).contains(&tally.expected), "{tally:?}");
        }
    }
}

/// Cards whose owner recalls `recalled` of ten on each due day.
fn log(cards: usize, answers: u32, recalled: u32) -> Histories {
    let card = |at: usize| {
        let quality = |turn: u32| if (turn * 7 + at as u32) % 10 < recalled { 4 } else { 1 };
        let answers: Vec<(u32, i64)> = (0..answers).map(|turn| (turn * turn, quality(turn))).collect();
        (CardId::parse(&format!("deck/c{at}")).unwrap(), history(&answers))
    };
    (0..cards).map(card).collect()
}

/// How far a model's predictions are off in all, in recalls.
fn off(model: &MemoryModel, log: &Histories) -> f64 {
    let traces = log.values().filter_map(|history| model.trace(history));
    let all: Vec<Tally> = traces.flat_map(|trace| trace.answered).collect();
    let (expected, recalled): (f64, usize) =
        (all.iter().map(|tally| tally.expected).sum(), all.iter().map(|tally| tally.recalled).sum());
    (expected - recalled as f64).abs()
}

#[test]
fn a_fit_is_the_same_twice_and_nearer_to_the_learner() {
    for recalled in [3, 6, 10] {
        let log = log(80, 6, recalled);
        let fitted = Parameters::fit(&log);
        assert_eq!(Parameters::fit(&log), fitted);
        let published = off(&MemoryModel::default(), &log);
        assert!(off(&MemoryModel::new(&fitted), &log) < published, "{recalled} of 10 are recalled");
    }
    // Whom nothing is known of is like most.
    assert_eq!(Parameters::fit(&Histories::new()), Parameters::fit(&log(1, 1, 10)));
}

#[test]
fn a_look_is_remembered_as_a_miss_is() {
    let model = MemoryModel::default();
    let looked = model.trace(&history(&[(0, 1), (0, 4)])).unwrap();
    let known = model.trace(&history(&[(0, 4)])).unwrap();
    assert!(looked.memory.stability_days < known.memory.stability_days);
}

#[test]
fn parameters_are_fitted_from_the_second_day_on_and_again_after_a_tenth_more() {
    let cases = [
        (19, None, false),
        (20, None, true),
        (400, Some(400), false),
        (439, Some(400), false),
        (440, Some(400), true),
        (19, Some(10), false),
        (500, Some(1000), false),
    ];
    for (reviews, fitted_to, wanted) in cases {
        let fitted = fitted_to.map(|log_reviews| Fitted { parameters: Parameters::default(), reviews: 1, log_reviews });
        assert_eq!(is_fit_wanted(reviews, fitted.as_ref()), wanted, "{reviews} {fitted_to:?}");
    }
}

#[test]
fn parameters_are_fitted_to_no_more_reviews_than_they_need_of_cards_from_everywhere() {
    let cards = |count: usize, reviews: usize| {
        (0..count).map(move |at| (CardId::parse(&format!("deck/c{at}")).unwrap(), reviews))
    };
    assert_eq!(fitted_to(cards(500, 6)).len(), 500);
    assert!(is_fitted_in_passing(500 * 100) && !is_fitted_in_passing(500 * 100 + 1));
    // Of a history only its beginning is looked at.
    assert_eq!(fitted_to(cards(46, 100_000)).len(), 46);
    let chosen = fitted_to(cards(5000, 6));
    assert_eq!(chosen.len(), 500);
    assert_eq!(chosen, fitted_to(cards(5000, 6).collect::<Vec<_>>().into_iter().rev()));
    for tenth in 0..10 {
        let number = |card: &CardId| card.as_str()[6..].parse::<usize>().unwrap();
        let of_tenth = chosen.iter().filter(|card| number(card) / 500 == tenth).count();
        assert!((20..=80).contains(&of_tenth), "{of_tenth} of the cards from {}", tenth * 500);
    }
}

/// A streak over days from the 1st of the month, `x` with a review and `.` without, the last one being today.
#[test]
fn a_streak_forgives_one_day_in_seven() {
    let cases = [
        ("", 0, 0),
        (".", 0, 0),
        ("x", 1, 1),
        ("x.", 1, 1),
        // Yesterday may be forgiven, but not two days.
        ("x..", 1, 1),
        ("x...", 0, 1),
        ("xxx", 3, 3),
        ("xx.xx", 4, 4),
        ("xx..xx", 2, 2),
        // A second miss within seven days begins the streak anew after the first.
        ("xxx.xx.x", 3, 5),
        ("x.xxxxxx.x", 8, 8),
        ("xx.xxxxx.x", 6, 7),
        // Today is open, and yesterday was the second miss in seven days: what is left is since the first.
        ("xxx.xx..", 2, 5),
        ("xxx.xx.", 5, 5),
        ("xxx.xx...", 0, 5),
        ("xxxxxxxx...xx", 2, 8),
    ];
    for (days, now, longest) in cases {
        let first = day(0);
        let reviewed =
            days.chars().enumerate().filter(|(_, c)| *c == 'x').map(|(at, _)| first.plus(at as u32)).collect();
        let today = first.plus(days.len().saturating_sub(1) as u32);
        assert_eq!(Streak::of(&reviewed, today), Streak { days: now, longest }, "{days}");
    }
    let tomorrow = [day(0), day(1)].into();
    assert_eq!(Streak::of(&tomorrow, day(0)), Streak { days: 1, longest: 1 });
}

proptest! {
    /// Against the definition itself: every stretch between two days with a review, each window of seven.
    #[test]
    fn a_streak_is_the_longest_stretch_that_misses_one_in_seven(days in prop::collection::vec(any::<bool>(), 1..40)) {
        let sound = |stretch: &[bool]| {
            let misses: Vec<usize> = stretch.iter().enumerate().filter(|(_, r)| !**r).map(|(at, _)| at).collect();
            misses.windows(2).all(|pair| pair[1] - pair[0] >= 7)
        };
        let length = |stretch: &[bool]| stretch.iter().filter(|reviewed| **reviewed).count();
        let stretches = (0..days.len()).flat_map(|from| (from..days.len()).map(move |to| from..=to));
        let longest = stretches
            .map(|range| &days[range])
            .filter(|stretch| stretch[0] && *stretch.last().unwrap() && sound(stretch))
            .map(length)
            .max();
        // Today, while open, is no miss.
        let past = if days.last() == Some(&true) { &days[..] } else { &days[..days.len() - 1] };
        let now = (0..past.len()).map(|from| &past[from..]).filter(|s| s[0] && sound(s)).map(length).max();
        let reviewed = (0u32..).zip(&days).filter(|(_, r)| **r).map(|(at, _)| day(at.into())).collect();
        let found = Streak::of(&reviewed, day(days.len() as i64 - 1));
        prop_assert_eq!(found, Streak { days: now.unwrap_or(0), longest: longest.unwrap_or(0) });
    }
}

#[test]
fn predictions_are_held_against_what_happened_by_bins() {
    let tally = |answers, recalled, expected| Tally { answers, recalled, expected };
    let bins = calibration(&[tally(2, 1, 0.75), tally(1, 1, 0.7), tally(1, 0, 0.85), tally(2, 2, 1.95)]);
    let found: Vec<_> =
        bins.iter().map(|bin| (bin.from, bin.to, bin.predicted, bin.happened.answers, bin.happened.recalled)).collect();
    let wanted = [
        (0.0, 0.7, Some(0.375), 2, 1),
        (0.7, 0.8, Some(0.7), 1, 1),
        (0.8, 0.9, Some(0.85), 1, 0),
        (0.9, 1.0, Some(0.975), 2, 2),
    ];
    assert_eq!(found, wanted);
    let none = calibration(&Default::default());
    assert!(none.iter().all(|bin| bin.predicted.is_none() && bin.happened == Recalled::default()));
}

#[test]
fn answers_are_counted_by_the_days_since_the_one_before() {
    // 0, then 1, 1, 6, 7, 20, 21, 59, 60, 179, 180 and 400 days later; wrong after the 6, 59 and 400.
    let gaps: [(u32, i64); 12] =
        [(0, 4), (1, 4), (1, 4), (6, 1), (7, 4), (20, 4), (21, 4), (59, 1), (60, 4), (179, 4), (180, 4), (400, 1)];
    let mut ahead = 0;
    let answers: Vec<(u32, i64)> = gaps
        .iter()
        .map(|(gap, quality)| {
            ahead += gap;
            (ahead, *quality)
        })
        .collect();
    let trace = MemoryModel::default().trace(&history(&answers)).unwrap();
    let found: Vec<_> = by_gap(&trace.by_gap)
        .iter()
        .map(|gap| (gap.from_days, gap.to_days, gap.happened.answers, gap.happened.recalled))
        .collect();
    let wanted = [
        (1, Some(1), 2, 2),
        (2, Some(6), 1, 0),
        (7, Some(20), 2, 2),
        (21, Some(59), 2, 1),
        (60, Some(179), 2, 2),
        (180, None, 2, 1),
    ];
    assert_eq!(found, wanted);
    let sums = |tallies: &[Tally]| tallies.iter().map(|tally| tally.expected).sum::<f64>();
    assert!((sums(&trace.by_gap) - sums(&trace.answered)).abs() < 1e-9);
}

#[test]
fn what_is_recent_is_counted_from_the_last_days_alone() {
    let cases: &[(Answers, usize, usize)] = &[
        // Today is the 40th day after the first, and the 11th is the first of the last thirty.
        (&[(40, 4)], 0, 0),
        (&[(0, 4), (10, 4)], 0, 0),
        (&[(0, 4), (11, 4)], 1, 1),
        (&[(0, 4), (11, 1), (11, 4), (12, 4)], 2, 1),
        (&[(11, 4), (12, 1), (40, 4)], 2, 1),
        // A clock that was set back: what came after is of no later day.
        (&[(11, 4), (40, 4), (39, 4)], 1, 1),
        // What it put on a day to come is as if it were not.
        (&[(0, 4), (41, 4), (40, 1)], 1, 0),
        (&[(41, 4), (12, 4), (13, 4)], 1, 1),
    ];
    for (answers, count, recalled) in cases {
        let (history, today) = (history(answers), day(40));
        let lately: History = history.iter().filter(|(day, _)| recent_days(today).contains(day)).copied().collect();
        let trace = MemoryModel::default().trace(&history);
        let studied = Studied::new(CardState::default(), trace, &lately, today);
        let recent = Standing::of([studied].iter(), &MemoryModel::default(), today, None).recent;
        assert_eq!((recent.answers, recent.recalled), (*count, *recalled), "{answers:?}");
    }
}

#[test]
fn cards_that_were_never_met_count_as_forgotten_for_the_interview() {
    let model = MemoryModel::default();
    let met = history(&[(0, 4), (1, 4)]);
    let state = |suspended| {
        let answers =
            met.iter().map(|(day, quality)| Change::Review { day: *day, quality: *quality, mode: Mode::Review });
        CardState { suspended, ..fold(answers).0 }
    };
    let trace = model.trace(&met);
    let cards = |today| {
        [
            Studied::new(state(false), trace, &met, today),
            Studied::new(CardState::default(), None, &[], today),
            Studied::new(state(true), trace, &met, today),
        ]
    };
    let standing = Standing::of(cards(day(1)).iter(), &model, day(1), Some(day(9)));
    assert_eq!((standing.cards, standing.learned, standing.mature), (2, 1, 0));
    // What was answered of a card stays answered when it is suspended.
    assert_eq!((standing.ever.answers, standing.ever.recalled, standing.ever.share), (2, 2, Some(1.0)));
    let readiness = standing.readiness.unwrap();
    let recall = model.recall(&trace.unwrap().memory, day(9));
    assert_eq!((readiness.of_all, readiness.of_met), (Some(recall / 2.0), Some(recall)));
    assert_eq!(standing.predicted, Some(1.0));
}
