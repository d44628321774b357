//! How it goes, as lines for a terminal.

use super::activity::DayDone;
use super::numbers::Off;
use super::plot;
use super::stats::{Deck, HardCard, Phases, Stats};
use super::topics::Topic;
use super::year::Year;
use crate::estimate::slip_words;
use crate::schedule::{Bin, Day, Gap, Standing};
use crate::session::LEECH_LAPSES;
use crate::shown;
use ratatui_core::style::Stylize;
use ratatui_core::text::{Line, Span};
use textwrap::{Options, WordSplitter};

/// So many days back have a bar each.
const BAR_DAYS: i64 = 28;
/// Rows of bars.
const ROWS: usize = 6;
/// So many topics, cards and wrong turns are told.
const TOLD: usize = 5;
/// So many decks are told.
const TOLD_DECKS: usize = 20;
/// So many topics are told that are worth the minutes.
const GAINS: usize = 3;
/// Columns of a deck's or a topic's name.
const NAME: usize = 16;
/// Columns and rows of the reliability diagram.
const DIAGRAM: (usize, usize) = (48, 13);

/// How wide the lines may be, and whether pictures may be in them.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// The columns that text is written in.
    pub width: usize,
    /// The columns that a picture may have.
    pub room: usize,
    /// No pictures, for a screen reader: figures only.
    pub plain: bool,
}

/// How it goes, in parts with an empty line between them.
pub fn lines(stats: &Stats, look: Look) -> Vec<Line<'static>> {
    let parts = [
        today(stats),
        year(stats, look),
        minutes(stats, look),
        forecast(stats, look),
        standings(stats),
        phases(stats.phases, look),
        topics(stats, look),
        weeks(stats, look),
        calibration(stats, look),
        intervals(&stats.intervals),
        numbers(stats, look),
        confidence(stats),
        kinds(stats),
        hardest(&stats.hardest, look),
        advice(stats, look),
    ];
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join(&Line::default())
}

fn head(title: impl Into<String>) -> Line<'static> {
    Line::from(title.into().bold())
}

fn told(text: &str, look: Look) -> Vec<Line<'static>> {
    textwrap::wrap(text, look.width).into_iter().map(|line| Line::from(line.into_owned())).collect()
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "-".to_owned(), |share| format!("{:.0}%", share * 100.0))
}

fn ratio(part: usize, of: usize) -> Option<f64> {
    (of > 0).then(|| part as f64 / of as f64)
}

/// A name cut or filled to so many columns.
fn column(name: &str, columns: usize) -> String {
    let cut = console::truncate_str(name, columns, "…");
    format!("{cut}{}", " ".repeat(columns.saturating_sub(console::measure_text_width(&cut))))
}

fn today(stats: &Stats) -> Vec<Line<'static>> {
    let today = stats.today;
    let (answers, new) = (shown::count(today.answers, "answer"), shown::count(today.new as usize, "new card"));
    let streak = shown::count(stats.streak.days, "day");
    vec![
        Line::from(format!("{}  {answers}, {} right, {:.1} minutes, {new}", stats.day, today.right, today.minutes)),
        Line::from(format!("streak      {streak}, longest {}", stats.streak.longest)),
    ]
}

fn year(stats: &Stats, look: Look) -> Vec<Line<'static>> {
    if stats.days.is_empty() {
        return Vec::new();
    }
    let (answers, minutes) = sums(&stats.days);
    let on = shown::count(stats.days.len(), "day");
    let when = period(stats);
    let mut lines = vec![head(format!("{when}: {} on {on}, {}", shown::count(answers, "answer"), time(minutes)))];
    if look.plain {
        let mut months: Vec<(String, Vec<DayDone>)> = Vec::new();
        for day in &stats.days {
            let month = day.day.format("%Y-%m").to_string();
            match months.last_mut().filter(|(last, _)| *last == month) {
                Some((_, days)) => days.push(day.clone()),
                None => months.push((month, vec![day.clone()])),
            }
        }
        lines.extend(months.iter().map(|(month, days)| {
            let (answers, minutes) = sums(days);
            let on = shown::count(days.len(), "day");
            Line::from(format!("{month}  {on}, {}, {} minutes", shown::count(answers, "answer"), super::short(minutes)))
        }));
        return lines;
    }
    let year = Year::until(stats.day, &stats.days);
    let before = std::iter::repeat_n(None, usize::from(year.days[0].0.weekday()) - 1);
    let shades: Vec<Option<u8>> = before.chain(year.days.iter().map(|(_, done)| Some(year.shade(*done)))).collect();
    lines.extend(plot::calendar(&shades, &year.months, look.room));
    lines
}

/// The days that are told of.
pub(super) fn period(stats: &Stats) -> String {
    stats.since.map_or_else(|| "the last year".to_owned(), |since| format!("since {since}"))
}

/// Minutes, or hours where they are many.
pub(super) fn time(minutes: f64) -> String {
    if minutes < 120.0 { format!("{} minutes", super::short(minutes)) } else { format!("{:.0} hours", minutes / 60.0) }
}

fn sums(days: &[DayDone]) -> (usize, f64) {
    (days.iter().map(|day| day.answers).sum(), days.iter().map(|day| day.minutes).sum())
}

fn minutes(stats: &Stats, look: Look) -> Vec<Line<'static>> {
    let days: Vec<(Day, f64)> = (0..BAR_DAYS)
        .rev()
        .map(|back| {
            let day = stats.day.before(back);
            let done = stats.days.binary_search_by_key(&day, |done| done.day).ok();
            (day, done.map_or(0.0, |at| stats.days[at].minutes))
        })
        .collect();
    let most = days.iter().map(|(_, minutes)| *minutes).fold(0.0, f64::max);
    if most == 0.0 {
        return Vec::new();
    }
    let with: Vec<f64> = days.iter().map(|(_, minutes)| *minutes).filter(|minutes| *minutes > 0.0).collect();
    let mean = with.iter().sum::<f64>() / with.len() as f64;
    let mut lines = vec![head(format!(
        "minutes a day: {} on {} of the last {BAR_DAYS} days, at most {}",
        super::short(mean),
        with.len(),
        super::short(most)
    ))];
    let values: Vec<(String, u64)> = days.iter().map(|(day, minutes)| (short(*day), (minutes * 10.0) as u64)).collect();
    match look.plain {
        true => {
            lines.extend(days.iter().filter(|(_, minutes)| *minutes > 0.0).map(|(day, minutes)| {
                Line::from(format!("{}  {} minutes", day.with_weekday(), super::short(*minutes)))
            }))
        }
        false => lines.extend(plot::bars(&values, look.room, ROWS)),
    }
    lines
}

fn short(day: Day) -> String {
    day.format("%-d %b").to_string()
}

fn forecast(stats: &Stats, look: Look) -> Vec<Line<'static>> {
    let due: usize = stats.forecast.iter().map(|load| load.due).sum();
    let most = stats.forecast.iter().map(|load| load.due).max().unwrap_or(0);
    let mut lines = vec![head(format!("due in the next {} days: {due}, at most {most} a day", stats.forecast.len()))];
    if due == 0 {
        return lines;
    }
    let values: Vec<(String, u64)> = stats.forecast.iter().map(|load| (short(load.day), load.due as u64)).collect();
    match look.plain {
        true => lines.extend(
            stats
                .forecast
                .iter()
                .filter(|load| load.due > 0)
                .map(|load| Line::from(format!("{}  {:>5} due", load.day.with_weekday(), load.due))),
        ),
        false => lines.extend(plot::bars(&values, look.room, ROWS)),
    }
    lines
}

fn standings(stats: &Stats) -> Vec<Line<'static>> {
    let line = |name: &str, [learned, mature, recent, ever, now]: [&str; 5], then: Option<[&str; 2]>| {
        let then = then.map(|[all, met]| format!(" {all:>5} {met:>5}")).unwrap_or_default();
        format!("{} {learned:>8} {mature:>6} {recent:>5} {ever:>5} {now:>5}{then}", column(name, NAME - 3))
    };
    let standing = |name: &str, s: &Standing| {
        let learned = format!("{}/{}", s.learned, s.cards);
        let shown = [&learned, &s.mature.to_string(), &percent(s.recent.share), &percent(s.ever.share)];
        let then = s.readiness.map(|ready| [percent(ready.of_all), percent(ready.of_met)]);
        let [learned, mature, recent, ever] = shown.map(String::as_str);
        let then = then.as_ref().map(|then| then.each_ref().map(String::as_str));
        Line::from(line(name, [learned, mature, recent, ever, &percent(s.predicted)], then))
    };
    let ever = if stats.since.is_some() { "since" } else { "ever" };
    let names = ["learned", "mature", "30 d", ever, "now"];
    let mut lines = vec![head(line("deck", names, stats.interview.is_some().then_some(["then", "met"])))];
    let decks = weakest_first(&stats.decks);
    lines.extend(decks.iter().take(TOLD_DECKS).map(|deck| standing(&deck.deck, &deck.standing)));
    if let Some(more) = decks.len().checked_sub(TOLD_DECKS).filter(|more| *more > 0) {
        lines.push(Line::from(format!("and {} that you recall better", shown::count(more, "deck"))));
    }
    lines.push(standing("all decks", &stats.total));
    lines.push(Line::from(format!("30 d, {ever}: recalled, of cards asked again on a later day")));
    lines.push(Line::from("now: predicted recall today; 100% on an answer's own day"));
    if let Some(interview) = &stats.interview {
        lines.push(Line::from(format!("then: predicted for {interview}; a card not met counts as 0")));
        lines.push(Line::from("met: the same, of the cards you have met"));
    }
    lines
}

/// The decks in their order; of many, the one that is recalled least first.
pub(super) fn weakest_first(decks: &[Deck]) -> Vec<&Deck> {
    let mut decks: Vec<&Deck> = decks.iter().collect();
    if decks.len() > TOLD_DECKS {
        let recalled = |deck: &Deck| deck.standing.predicted.or(deck.standing.ever.share).unwrap_or(f64::INFINITY);
        decks.sort_by(|a, b| recalled(a).total_cmp(&recalled(b)));
    }
    decks
}

fn phases(phases: Phases, look: Look) -> Vec<Line<'static>> {
    let Phases { new, learning, lapsed, young, mature, suspended } = phases;
    let mut line = format!("{new} new, {learning} learning, {lapsed} lapsed, {young} young, {mature} mature");
    if suspended > 0 {
        line.push_str(&format!(", {suspended} suspended"));
    }
    told(&format!("cards: {line}"), look)
}

fn topics(stats: &Stats, look: Look) -> Vec<Line<'static>> {
    let weakest: Vec<_> = stats.topics.iter().filter(|topic| topic.met > 0).take(2 * TOLD).collect();
    if weakest.is_empty() {
        return Vec::new();
    }
    let then = stats.interview.as_deref().map_or_else(|| "today".to_owned(), |day| format!("on {day}"));
    let mut lines = vec![head("topics, the weakest essential ones first")];
    lines.extend(weakest.iter().map(|topic| {
        let share = topic.recalled / topic.cards.max(1) as f64;
        let figures = format!(
            "{} {:>3.0} of {:>4} ±{:<3.0} level 1: {:>2.0} of {:>2}",
            column(&topic.tag, NAME),
            topic.recalled,
            topic.cards,
            topic.give_or_take.ceil(),
            topic.essential_recalled,
            topic.essential
        );
        let room = look.width.saturating_sub(figures.len() + 1).min(20);
        match look.plain || room < 8 {
            true => Line::from(figures),
            false => Line::from(vec![Span::raw(figures + " "), plot::share(share, room)]),
        }
    }));
    lines.extend(told(&format!("cards you can be expected to recall {then}; ± covers eight cases in ten"), look));
    lines.extend(gains(stats).iter().flat_map(|gains| told(&format!("what would gain most {gains}"), look)));
    lines
}

/// What the minutes that are left gain most with, in a sentence; none where nothing is to be gained.
pub(super) fn gains(stats: &Stats) -> Option<String> {
    let mut gains: Vec<_> = stats.topics.iter().filter(|topic| topic.gain >= 1.0).collect();
    gains.sort_by(|a, b| b.gain.total_cmp(&a.gain));
    let best = gains.first()?;
    let name = |topic: &&Topic| format!("{} ({:.0})", topic.tag, topic.gain);
    let names: Vec<String> = gains.iter().skip(1).take(GAINS - 1).map(name).collect();
    let others = if names.is_empty() { String::new() } else { format!("; then {}", names.join(" and ")) };
    let then = stats.interview.as_deref().map_or_else(|| "in 30 days".to_owned(), |day| format!("on {day}"));
    Some(format!(
        "in {} minutes today: {}, with about {} recalled {then}{others}. sysdrill review {}",
        super::short(stats.minutes_left),
        best.tag,
        shown::count(best.gain.round() as usize, "more card"),
        best.tag
    ))
}

fn weeks(stats: &Stats, look: Look) -> Vec<Line<'static>> {
    let Some(last) = stats.weeks.last().filter(|week| week.met > 0) else { return Vec::new() };
    let mut lines =
        vec![head(format!("expected recall by week; today {:.0} of {} cards met", last.recalled, last.met))];
    let values: Vec<(String, u64)> =
        stats.weeks.iter().map(|week| (week.day.format("%m-%d").to_string(), week.recalled.round() as u64)).collect();
    match look.plain {
        true => lines.extend(
            stats
                .weeks
                .iter()
                .filter(|week| week.met > 0)
                .map(|week| Line::from(format!("{}  {:.0} of {}", week.day, week.recalled, week.met))),
        ),
        false => lines.extend(plot::bars(&values, look.width.min(84), ROWS)),
    }
    lines
}

fn calibration(stats: &Stats, look: Look) -> Vec<Line<'static>> {
    // Before anything was asked on a later day there is nothing to hold predictions against.
    if stats.calibration.iter().all(|bin| bin.happened.answers == 0) {
        return Vec::new();
    }
    let line =
        |[chance, mean, recalled, answers]: [&str; 4]| format!("{chance:<13} {mean:>6} {recalled:>9} {answers:>8}");
    let bin = |bin: &Bin| {
        let (from, to) = (bin.from * 100.0, bin.to * 100.0);
        let chance = if from == 0.0 { format!("below {to:.0}%") } else { format!("{from:.0} to {to:.0}%") };
        let (mean, share) = (percent(bin.predicted), percent(bin.happened.share));
        Line::from(line([&chance, &mean, &share, &bin.happened.answers.to_string()]))
    };
    let by = match stats.fitted_to {
        None => "by FSRS-6 with its published parameters".to_owned(),
        Some(reviews) => format!("by FSRS-6, fitted to {}", shown::count(reviews, "answer")),
    };
    let hint = if stats.waits_for_all { ": sysdrill stats --all fits it anew" } else { "" };
    let mut lines = vec![head(line(["predicted", "mean", "recalled", "answers"]))];
    lines.extend(stats.calibration.iter().map(bin));
    lines.extend(told(&(by + hint), look));
    if !look.plain {
        let points: Vec<(f64, f64)> =
            stats.calibration.iter().filter_map(|bin| Some((bin.predicted?, bin.happened.share?))).collect();
        let (width, rows) = DIAGRAM;
        lines.push(Line::default());
        lines.extend(plot::against(&points, "predicted", "recalled", width.min(look.width), rows));
    }
    lines
}

fn intervals(gaps: &[Gap]) -> Vec<Line<'static>> {
    if gaps.iter().all(|gap| gap.happened.answers == 0) {
        return Vec::new();
    }
    let line = |[gap, recalled, predicted, answers]: [&str; 4]| {
        format!("{gap:<13} {recalled:>9} {predicted:>10} {answers:>8}")
    };
    let mut lines = vec![head(line(["days between", "recalled", "predicted", "answers"]))];
    lines.extend(gaps.iter().filter(|gap| gap.happened.answers > 0).map(|gap| {
        let days = match gap.to_days {
            Some(to) if to == gap.from_days => to.to_string(),
            Some(to) => format!("{} to {to}", gap.from_days),
            None => format!("{} or more", gap.from_days),
        };
        let (recalled, predicted) = (percent(gap.happened.share), percent(gap.predicted));
        Line::from(line([&days, &recalled, &predicted, &gap.happened.answers.to_string()]))
    }));
    lines
}

/// How far off typed answers are, in a sentence.
pub(super) fn off(off: &Off) -> String {
    let bias = match off.bias {
        Some(bias) if bias.abs() >= 0.02 => {
            let factor = super::short(10f64.powf(bias.abs()));
            format!("on the whole {factor} times too {}", if bias > 0.0 { "high" } else { "low" })
        }
        _ => "no bias".to_owned(),
    };
    let share = |part| percent(ratio(part, off.answers));
    format!(
        "{}, {} right, {} within 2x, {} within 10x; {bias}",
        shown::count(off.answers, "answer"),
        share(off.right),
        share(off.within_2x),
        share(off.within_10x)
    )
}

fn numbers(stats: &Stats, look: Look) -> Vec<Line<'static>> {
    let numbers = &stats.numbers;
    if numbers.all.answers == 0 {
        return Vec::new();
    }
    let mut lines = vec![head("typed numbers")];
    lines.extend(told(&off(&numbers.all), look));
    match look.plain {
        true => lines.extend(
            numbers
                .histogram
                .iter()
                .filter(|bar| bar.answers > 0)
                .map(|bar| Line::from(format!("{:<10} {:>6}", bar.name(), bar.answers))),
        ),
        false => {
            let most = numbers.histogram.iter().map(|bar| bar.answers).max().unwrap_or(1);
            lines.extend(numbers.histogram.iter().map(|bar| {
                let columns = (bar.answers * look.width.saturating_sub(20).min(40)).div_ceil(most.max(1));
                Line::from(vec![
                    Span::raw(format!("{:<10} {:>6} ", bar.name(), bar.answers)),
                    plot::share(1.0, columns),
                ])
            }));
        }
    }
    // The names of cards stay whole.
    let beside = Options::new(look.width).subsequent_indent("  ").word_splitter(WordSplitter::NoHyphenation);
    for slip in numbers.slips.iter().take(TOLD) {
        let example = slip.example.as_ref().and_then(|example| {
            let given = example.given.as_ref()?;
            let asked = example.prompt.lines().next().unwrap_or_default();
            let end = if asked.ends_with(['?', '.', '!', ':']) { "" } else { "." };
            Some(format!(": {asked}{end} You typed \"{given}\"."))
        });
        let text = format!(
            "{}, {}, most often on {}{}{}",
            slip_words(&slip.slip),
            shown::count(slip.count, "time"),
            slip.card,
            example.unwrap_or_else(|| ".".to_owned()),
            slip.cure.as_ref().map(|cure| format!(" The card to learn: {}", cure.card)).unwrap_or_default()
        );
        lines.extend(textwrap::wrap(&text, &beside).into_iter().map(|line| Line::from(line.into_owned())));
    }
    lines
}

fn confidence(stats: &Stats) -> Vec<Line<'static>> {
    let Some(confidence) = &stats.confidence else { return Vec::new() };
    let line = |[said, right, answers]: [&str; 3]| format!("{said:<13} {right:>6} {answers:>8}");
    let mut lines = vec![head(line(["you said", "right", "answers"]))];
    lines.extend(confidence.odds.iter().filter(|odds| odds.answers > 0).map(|odds| {
        let right = percent(ratio(odds.right, odds.answers));
        Line::from(line([&format!("{}%", odds.said), &right, &odds.answers.to_string()]))
    }));
    lines.push(Line::from(format!("Brier score {:.3}: 0 is perfect, always saying 50% scores 0.25", confidence.brier)));
    lines
}

fn kinds(stats: &Stats) -> Vec<Line<'static>> {
    if stats.kinds.is_empty() {
        return Vec::new();
    }
    let line = |[kind, seconds, right, answers]: [&str; 4]| format!("{kind:<13} {seconds:>8} {right:>6} {answers:>8}");
    let mut lines = vec![head(line(["kind", "a card", "right", "answers"]))];
    lines.extend(stats.kinds.iter().map(|kind| {
        let right = percent(ratio(kind.right, kind.answers));
        Line::from(line([&kind.kind, &format!("{:.0} s", kind.seconds), &right, &kind.answers.to_string()]))
    }));
    lines
}

fn hardest(cards: &[HardCard], look: Look) -> Vec<Line<'static>> {
    if cards.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![head("hardest cards")];
    let beside = Options::new(look.width).initial_indent("  ").subsequent_indent("  ");
    for card in cards.iter().take(TOLD) {
        lines.push(Line::from(card.card.clone()));
        lines.push(Line::from(format!(
            "  forgotten {}, recalled {} of {}",
            shown::count(card.lapses as usize, "time"),
            card.recalled,
            card.answers
        )));
        let question = card.question.lines().next().unwrap_or_default();
        lines.extend(textwrap::wrap(question, &beside).into_iter().map(|line| Line::from(line.into_owned()).dim()));
    }
    lines
}

fn advice(stats: &Stats, look: Look) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    if stats.leeches > 0 {
        let cards = shown::count(stats.leeches, "card");
        lines.extend(told(
            &format!(
                "{cards} forgotten {LEECH_LAPSES} times or more: reword, split or suspend what sysdrill list --leech \
                 shows"
            ),
            look,
        ));
    }
    if stats.flagged > 0 {
        lines.extend(told(&format!("{} flagged: sysdrill decks --flagged", shown::count(stats.flagged, "card")), look));
    }
    lines
}
