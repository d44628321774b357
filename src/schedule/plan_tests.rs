use super::*;
use std::collections::BTreeSet;

const SECONDS: Seconds = Seconds { right: 8.0, wrong: 14.0 };

fn today() -> Day {
    "2026-11-21".parse().unwrap()
}

/// A card that was last seen some days ago, with a stability in days.
fn known(ago: i64, stability_days: f64, level: u8) -> Prepared {
    let memory = MemoryState { stability_days, difficulty: 5.0, latest: today().before(ago) };
    Prepared { memory: Some(memory), seconds: SECONDS, level }
}

fn unseen(level: u8) -> Prepared {
    Prepared { memory: None, seconds: SECONDS, level }
}

/// What a plan for so many days later asks in 15 minutes.
fn asked(days: u32, known: &[Prepared], new: &[Prepared]) -> Vec<Turn> {
    let (wishes, table) = (Wishes::default(), AnswerTable::new(MemoryModel::new(&Parameters::of_most())));
    let turns = outlook(&wishes, &table, days, 15).order(known, new, 900.0);
    turns.into_iter().map(|(turn, _)| turn).collect()
}

fn outlook<'a>(wishes: &'a Wishes, table: &'a AnswerTable, days: u32, minutes: u32) -> Outlook<'a> {
    let interview = Interview { day: today().plus(days), minutes };
    Outlook { interview, wishes, begun: today(), table, known_before: (0, 0), today: today(), spent_s: 0.0 }
}

#[test]
fn new_cards_come_on_every_day_to_the_last_and_every_day_is_filled() {
    let (wishes, table) = (Wishes::default(), AnswerTable::new(MemoryModel::new(&Parameters::of_most())));
    let cards: Vec<Prepared> = (0..900).map(|at| unseen(if at < 100 { 1 } else { 2 })).collect();
    for days in [1, 2, 3, 7, 14, 28] {
        for minutes in [5, 15, 30] {
            let case = format!("{days} days of {minutes} minutes");
            let outlook = outlook(&wishes, &table, days, minutes);
            let (plans, memories) = outlook.forecast(&cards, outlook.interview.day);
            let box_s = f64::from(minutes) * 60.0;
            assert_eq!(plans.len(), days as usize, "{case}");
            assert!(
                plans.iter().all(|plan| plan.seconds >= box_s && plan.seconds <= box_s + 30.0),
                "{case}: {plans:?}"
            );
            assert!(plans[0].new > 0, "{case}: the first day begins");
            assert!(plans.iter().map(|plan| plan.new).sum::<usize>() == memories.iter().flatten().count(), "{case}");
        }
    }
}

#[test]
fn the_eve_asks_the_weakest_by_the_second_and_new_cards_too() {
    let fading = known(7, 2.0, 1);
    let firm = known(7, 400.0, 1);
    let turns = asked(1, &[firm, fading], &[]);
    assert_eq!(turns, [Turn::Known(1), Turn::Known(0)], "what is lost by tomorrow comes first");
    assert_eq!(asked(1, &[], &[unseen(1)]), [Turn::New]);
}

#[test]
fn a_card_that_was_seen_today_is_not_asked_again() {
    assert_eq!(asked(7, &[known(0, 0.2, 1)], &[]), []);
}

#[test]
fn level_1_goes_first_among_cards_that_are_alike() {
    let turns = asked(7, &[known(3, 2.0, 3), known(3, 2.0, 2), known(3, 2.0, 1)], &[]);
    assert_eq!(turns, [Turn::Known(2), Turn::Known(1), Turn::Known(0)]);
}

#[test]
fn what_gains_more_later_waits() {
    // Two weeks are left, and the first was learned for a month yesterday.
    let (firm, fading) = (known(1, 30.0, 1), known(6, 2.0, 1));
    let turns = asked(14, &[firm, fading], &vec![unseen(1); 100]);
    assert_eq!(turns.iter().find(|turn| **turn != Turn::New), Some(&Turn::Known(1)), "{turns:?}");
    let later = turns.iter().position(|turn| *turn == Turn::Known(0));
    assert!(later.is_none_or(|at| turns[..at].contains(&Turn::New)), "new cards gain more: {turns:?}");
    assert_eq!(asked(1, &[firm], &[]), [Turn::Known(0)], "on the eve there is nothing to wait for");
}

#[test]
fn known_cards_have_their_share_of_the_time_though_new_ones_gain_more() {
    let all: Vec<Prepared> = vec![known(2, 20.0, 3); 50];
    let turns = asked(7, &all, &vec![unseen(1); 100]);
    let of_known = turns.iter().filter(|turn| **turn != Turn::New).count();
    assert!(of_known > 5, "{of_known} of {}", turns.len());
}

#[test]
fn broad_meets_more_cards_and_solid_makes_them_firmer() {
    let table = AnswerTable::new(MemoryModel::new(&Parameters::of_most()));
    let cards = vec![unseen(1); 2000];
    let of = |style| {
        let wishes = Wishes { style, ..Wishes::default() };
        let outlook = outlook(&wishes, &table, 14, 15);
        let (_, memories) = outlook.forecast(&cards, outlook.interview.day);
        let met: Vec<f64> = memories.iter().flatten().map(|m| table.model.recall(m, outlook.interview.day)).collect();
        (met.len(), met.iter().sum::<f64>() / met.len() as f64)
    };
    let [solid, balanced, broad] = Style::ALL.map(of);
    assert!(solid.0 < balanced.0 && balanced.0 < broad.0, "{solid:?} {balanced:?} {broad:?}");
    assert!(solid.1 > balanced.1 && balanced.1 > broad.1, "{solid:?} {balanced:?} {broad:?}");
}

#[test]
fn days_off_and_days_before_the_first_have_no_plan() {
    let table = AnswerTable::new(MemoryModel::new(&Parameters::of_most()));
    // The 21st of November 2026 is a Saturday.
    let from = Some(today().plus(2));
    let wishes = Wishes { from, days_off: BTreeSet::from([6, 7]), ..Wishes::default() };
    let outlook = outlook(&wishes, &table, 14, 15);
    let (plans, _) = outlook.forecast(&vec![unseen(1); 500], outlook.interview.day);
    let days: Vec<String> = plans.iter().map(|plan| plan.day.to_string()).collect();
    let wanted: Vec<String> = (23..=27).map(|day| format!("2026-11-{day}")).collect();
    assert_eq!(days[..5], wanted);
    assert!(plans.iter().all(|plan| plan.day.weekday() < 6), "{days:?}");
}

#[test]
fn after_days_missed_no_day_is_longer_than_its_box() {
    let (wishes, table) = (Wishes::default(), AnswerTable::new(MemoryModel::new(&Parameters::of_most())));
    let mut cards: Vec<Prepared> = (0..250).map(|at| known(6 + at % 5, 1.0 + at as f64 / 50.0, 1)).collect();
    cards.extend(vec![unseen(2); 500]);
    let outlook = outlook(&wishes, &table, 9, 15);
    let (plans, _) = outlook.forecast(&cards, outlook.interview.day);
    assert!(plans.iter().all(|plan| plan.seconds <= 930.0), "{plans:?}");
}

#[test]
fn the_day_itself_warms_up_the_weakest_and_nothing_new() {
    let cards = [known(3, 300.0, 1), known(3, 1.0, 1), known(0, 0.1, 1), unseen(1)];
    let turns = warm_up(&MemoryModel::new(&Parameters::of_most()), today(), cards.into_iter().enumerate(), 600.0);
    assert_eq!(turns.into_iter().map(|(turn, _)| turn).collect::<Vec<_>>(), [Turn::Known(1), Turn::Known(0)]);
}

#[test]
fn wishes_are_read_as_they_were_written() {
    let wishes = Wishes {
        style: Style::Broad,
        from: Some(today()),
        days_off: BTreeSet::from([6, 7]),
        decks: vec!["latency".to_owned()],
        tags: vec!["caching".to_owned()],
        without: vec!["mistakes".to_owned()],
    };
    assert_eq!(Wishes::read(&wishes.text()), wishes);
    assert_eq!(Wishes::read("{}"), Wishes::default());
    // What a later version wishes for is left alone.
    assert_eq!(Wishes::read(r#"{"style":"solid","hours":3}"#).style, Style::Solid);
}

#[test]
fn a_long_card_holds_no_short_ones_up() {
    let chain = Prepared { seconds: Seconds { right: 200.0, wrong: 300.0 }, ..unseen(1) };
    let new: Vec<Prepared> = std::iter::once(chain).chain(vec![unseen(1); 60]).collect();
    let known = vec![known(1, 20.0, 1); 200];
    let turns = asked(14, &known, &new);
    assert!(turns.iter().filter(|turn| **turn == Turn::New).count() > 3, "{turns:?}");
}
