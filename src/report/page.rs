//! The page: how it goes as one HTML file that needs no network and no script.
//!
//! Each picture has its figures in a table behind it. Colours are those of the style sheet, for light and dark; no meaning is
//! in a colour alone.

use super::activity::DayDone;
use super::chart::{self, Bar, Point, Square};
use super::numbers::{self, Numbers};
use super::plan::{Listed, Plan};
use super::stats::{Deck, HardCard, Phases, Stats};
use super::topics::Topic;
use super::weeks::Week;
use super::year::Year;
use super::{short, text};
use crate::estimate::slip_words;
use crate::schedule::{Day, Gap, Standing};
use crate::session::LEECH_LAPSES;
use crate::shown;
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// So many topics are told; the others stand in the table.
const TOLD_TOPICS: usize = 15;
/// So many decks are told, the weakest of more; the others stand in the table.
const TOLD_DECKS: usize = 20;
/// So many months are told.
const TOLD_MONTHS: usize = 12;
/// So many wrong turns are told.
const TOLD_SLIPS: usize = 6;
/// Beyond this factor it does not matter how far off an answer is.
const MOST_OFF: f64 = 1000.0;
/// So many days back have a bar each.
const BAR_DAYS: i64 = 56;

/// What a page of this program's says of itself near its beginning.
pub const GENERATOR: &str = "<meta name=\"generator\" content=\"sysdrill\">";

/// The style sheet of the pages, and of what they show.
pub const STYLE: &str = include_str!("page.css");

/// A page of the program's, with its own style sheet in it.
pub(super) fn page(title: &str, body: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                (PreEscaped(GENERATOR))
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:";
                link rel="icon" href="data:,";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body { (body) }
        }
    };
    page.into_string()
}

/// How it goes, and the way to the interview where one is planned.
pub fn report(stats: &Stats, plan: Option<&Plan>) -> String {
    let body = html! {
        header {
            h1 { "How it is going" }
            p { (stats_line(stats)) }
        }
        main {
            (report_body(stats, plan))
        }
        footer { p { "Made by sysdrill from the answers in its log. FSRS-6 predicts; SM-2 decides when a card comes back." } }
    };
    page(&format!("sysdrill, {}", stats.day), &body)
}

/// The same without a page around it.
pub fn report_body(stats: &Stats, plan: Option<&Plan>) -> Markup {
    html! {
        (section("Today", "today", &today(stats)))
        @if let Some(plan) = plan { (section("The way to the interview", "plan", &way(plan))) }
        (section("Readiness by topic", "topics", &topics(stats)))
        @if stats.weeks.iter().any(|week| week.met > 0) { (section("The last weeks", "weeks", &weeks(&stats.weeks))) }
        (section("The last year", "year", &year(stats)))
        (section("Minutes a day", "minutes", &minutes(stats)))
        (section("The next 30 days", "forecast", &forecast(stats)))
        (section("Recall by deck", "decks", &decks(stats)))
        (section("Recall against prediction", "calibration", &calibration(stats)))
        (section("Recall by interval", "intervals", &intervals(&stats.intervals)))
        @if stats.numbers.all.answers > 0 { (section("Typed numbers", "numbers", &typed(&stats.numbers))) }
        @if let Some(confidence) = &stats.confidence { (section("How sure, how right", "confidence", &sure(confidence))) }
        (section("Hardest cards", "hardest", &hardest(stats)))
        (section("Time per card", "kinds", &kinds(stats)))
    }
}

/// What of it is read from day to day, in tables.
pub fn in_short(stats: &Stats) -> Markup {
    html! {
        p { (stats_line(stats)) }
        (section("Today", "today", &today(stats)))
        (section("Readiness by topic", "topics", &topics(stats)))
        (section("Recall by deck", "decks", &decks(stats)))
        (section("Hardest cards", "hardest", &hardest(stats)))
        (section("Time per card", "kinds", &kinds(stats)))
    }
}

fn section(title: &str, id: &str, content: &Markup) -> Markup {
    html! { section aria-labelledby=(id) { h2 id=(id) { (title) } (content) } }
}

/// The figures of a picture, behind it.
fn figures(head: &[&str], rows: &[Vec<String>]) -> Markup {
    html! { details { summary { "The figures" } (table(head, rows)) } }
}

fn table(head: &[&str], rows: &[Vec<String>]) -> Markup {
    html! {
        div class="scroll" tabindex="0" role="group" aria-label="table" {
            table {
                thead { tr { @for name in head { th scope="col" { (name) } } } }
                tbody {
                    @for row in rows {
                        tr {
                            @for (at, cell) in row.iter().enumerate() {
                                @if at == 0 { th scope="row" { (cell) } } @else { td { (cell) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "-".to_owned(), |share| format!("{:.0}%", share * 100.0))
}

fn ratio(part: usize, of: usize) -> Option<f64> {
    (of > 0).then(|| part as f64 / of as f64)
}

fn stats_line(stats: &Stats) -> String {
    let interview = stats.interview.as_ref().map(|day| format!("; the interview is on {day}")).unwrap_or_default();
    let Standing { cards, learned, .. } = stats.total;
    let since = stats.since.map(|since| format!("; answers since {since}")).unwrap_or_default();
    format!("{}: {learned} of {} learned{interview}{since}.", stats.day, shown::count(cards, "card"))
}

fn today(stats: &Stats) -> Markup {
    let today = stats.today;
    let Phases { new, learning, lapsed, young, mature, suspended } = stats.phases;
    let phases = [
        ("new", new),
        ("learning", learning),
        ("lapsed", lapsed),
        ("young, below 21 days", young),
        ("mature, 21 days or more", mature),
        ("suspended", suspended),
    ];
    let all: usize = phases.iter().map(|(_, count)| count).sum();
    html! {
        p {
            (shown::count(today.answers, "answer")) ", " (today.right) " right; " (format!("{:.1}", today.minutes)) " minutes; "
            (shown::count(today.new as usize, "new card")) ". A streak of " (shown::count(stats.streak.days, "day"))
            ", the longest " (stats.streak.longest) "."
        }
        table {
            thead { tr { th scope="col" { "phase" } th scope="col" { "cards" } th class="wide" { span class="unseen" { "share" } } } }
            tbody {
                @for (phase, count) in phases {
                    tr {
                        th scope="row" { (phase) }
                        td { (count) }
                        td class="wide" { (chart::share(ratio(count, all).unwrap_or(0.0), 0.0)) }
                    }
                }
            }
        }
    }
}

/// The way to an interview, with its pictures.
pub fn way(plan: &Plan) -> Markup {
    let expected = plan.expected;
    let said = format!("{} days of up to {} minutes", plan.days.len(), plan.minutes);
    let days = |value: fn(&Listed) -> f64| -> Vec<(String, f64)> {
        plan.days.iter().map(|day| (day.day[5..].to_owned(), value(day))).collect()
    };
    let (met, recalled) = (days(|day| day.met as f64), days(|day| day.recalled));
    let bars: Vec<Bar> = plan
        .days
        .iter()
        .map(|day| Bar {
            label: day.day[5..].to_owned(),
            value: day.minutes,
            mark: None,
            said: format!("{}: {:.0} minutes, {} asked, {} new", day.day, day.minutes, day.due, day.new),
        })
        .collect();
    let styles: Vec<Vec<String>> = plan
        .styles
        .iter()
        .map(|style| {
            let e = style.expected;
            let name =
                if style.style == plan.style { format!("{} (yours)", style.style) } else { style.style.to_owned() };
            vec![
                name,
                e.met.to_string(),
                e.recalled.to_string(),
                format!("{} to {}", e.at_least, e.at_most),
                e.solid.to_string(),
            ]
        })
        .collect();
    let days: Vec<Vec<String>> = plan
        .days
        .iter()
        .map(|day| {
            let minutes = format!("{:.1}", day.minutes);
            let numbers = [day.due, day.new, day.met].map(|count| count.to_string());
            [day.day.clone(), minutes].into_iter().chain(numbers).chain([short(day.recalled)]).collect()
        })
        .collect();
    html! {
        p {
            "On " (plan.interview) " you are expected to recall " b { (expected.recalled) } " of " (expected.met)
            " cards met; in eight cases out of ten " (expected.at_least) " to " (expected.at_most) "."
        }
        (table(&["style", "met", "recalled", "8 cases in 10", "at 75% or more"], &styles))
        h3 { "Minutes a day" }
        (chart::bars("Minutes a day until the interview", &said, &bars, None, ""))
        h3 { "Cards met, and of these recalled at the interview" }
        (chart::lines("Cards met and recalled until the interview", &said, &[("met", &met), ("recalled", &recalled)]))
        (figures(&["day", "minutes", "asked", "new", "met", "recalled"], &days))
    }
}

fn topics(stats: &Stats) -> Markup {
    let then = stats.interview.as_deref().map_or_else(|| "today".to_owned(), |day| format!("on {day}"));
    let row = |topic: &Topic| {
        let cards = topic.cards.max(1) as f64;
        html! {
            tr {
                th scope="row" { (topic.tag) }
                td { (topic.met) "/" (topic.cards) }
                td { (short(topic.recalled)) "\u{a0}±\u{a0}" (short(topic.give_or_take)) }
                td class="wide" { (chart::share(topic.recalled / cards, topic.give_or_take / cards)) }
                td { @if topic.essential > 0 { (short(topic.essential_recalled)) "/" (topic.essential) } @else { "-" } }
            }
        }
    };
    let rows = |topics: &[Topic]| {
        html! {
            div class="scroll" tabindex="0" role="group" aria-label="topics" {
                table {
                    thead { tr {
                        th scope="col" { "topic" } th scope="col" { "met" } th scope="col" { "recalled" }
                        th class="wide" { span class="unseen" { "share" } } th scope="col" { "level\u{a0}1" }
                    } }
                    tbody { @for topic in topics { (row(topic)) } }
                }
            }
        }
    };
    let (told, more) = stats.topics.split_at(stats.topics.len().min(TOLD_TOPICS));
    html! {
        p {
            "Cards that you can be expected to recall " (then) " without another review, by FSRS-6; ± covers eight cases in ten. "
            "Topics with essential cards (level 1) come first, the weakest at the top."
        }
        (rows(told))
        @if let Some(gains) = text::gains(stats) { p { "What would gain most " (gains) } }
        @if !more.is_empty() { details { summary { "The other " (more.len()) " topics" } (rows(more)) } }
    }
}

fn weeks(weeks: &[Week]) -> Markup {
    let values: Vec<(String, f64)> =
        weeks.iter().map(|week| (week.day.to_string()[5..].to_owned(), week.recalled)).collect();
    let rows: Vec<Vec<String>> =
        weeks.iter().map(|week| vec![week.day.to_string(), week.met.to_string(), short(week.recalled)]).collect();
    let last = weeks.last();
    let said = last.map(|week| format!("{:.0} of {} today", week.recalled, week.met)).unwrap_or_default();
    html! {
        p { "Cards that you could be expected to recall at the end of each week." }
        (chart::line("Expected recall by week", &said, &values))
        (figures(&["day", "met", "recalled"], &rows))
    }
}

fn year(stats: &Stats) -> Markup {
    let year = Year::until(stats.day, &stats.days);
    let square = |(day, done): &(Day, Option<&DayDone>)| {
        let said = done.map_or_else(
            || format!("{}: nothing", day.with_weekday()),
            |done| {
                let answers = shown::count(done.answers, "answer");
                format!("{}: {answers}, {:.1} minutes", day.with_weekday(), done.minutes)
            },
        );
        let weekday = usize::from(day.weekday()) - 1;
        Square { week: year.week(*day), weekday, shade: year.shade(*done), said }
    };
    let squares: Vec<Square> = year.days.iter().map(square).collect();
    let names: Vec<(usize, &str)> = year.months.iter().map(|(week, name)| (*week, name.as_str())).collect();
    let most = year.most;
    let answers: usize = stats.days.iter().map(|day| day.answers).sum();
    let minutes: f64 = stats.days.iter().map(|day| day.minutes).sum();
    let (answers, days) = (shown::count(answers, "answer"), shown::count(stats.days.len(), "day"));
    let said = format!("{answers} on {days}, {}", text::time(minutes));
    let rows: Vec<Vec<String>> = stats
        .days
        .iter()
        .rev()
        .map(|day| {
            let minutes = format!("{:.1}", day.minutes);
            vec![
                day.day.with_weekday().to_string(),
                day.answers.to_string(),
                day.right.to_string(),
                minutes,
                day.new.to_string(),
            ]
        })
        .collect();
    html! {
        p { (said) "; the stronger its colour, the more answers a day had, up to " (most) "." }
        (chart::calendar("The last year, day by day", &said, &squares, &names))
        (figures(&["day", "answers", "right", "minutes", "new"], &rows))
    }
}

fn minutes(stats: &Stats) -> Markup {
    let first = stats.day.before(BAR_DAYS - 1);
    let bars: Vec<Bar> = (0..BAR_DAYS)
        .map(|ahead| {
            let day = first.plus(u32::try_from(ahead).unwrap_or(0));
            let done = stats.days.binary_search_by_key(&day, |done| done.day).ok().map(|at| &stats.days[at]);
            let (minutes, answers) = done.map_or((0.0, 0), |done| (done.minutes, done.answers));
            let said = format!("{}: {minutes:.1} minutes, {}", day.with_weekday(), shown::count(answers, "answer"));
            Bar { label: day.to_string()[5..].to_owned(), value: minutes, mark: None, said }
        })
        .collect();
    let with: Vec<f64> = bars.iter().map(|bar| bar.value).filter(|minutes| *minutes > 0.0).collect();
    let mean = if with.is_empty() { 0.0 } else { with.iter().sum::<f64>() / with.len() as f64 };
    let said = format!("{:.1} minutes on {} of the last {BAR_DAYS} days", mean, with.len());
    html! { p { (said) "." } (chart::bars("Minutes a day", &said, &bars, None, "")) }
}

fn forecast(stats: &Stats) -> Markup {
    let bars: Vec<Bar> = stats
        .forecast
        .iter()
        .map(|load| Bar {
            label: load.day.to_string()[5..].to_owned(),
            value: load.due as f64,
            mark: None,
            said: format!("{}: {} due", load.day.with_weekday(), load.due),
        })
        .collect();
    let due: usize = stats.forecast.iter().map(|load| load.due).sum();
    let said = format!("{} due in {} days", shown::count(due, "card"), bars.len());
    let rows: Vec<Vec<String>> =
        stats.forecast.iter().map(|load| vec![load.day.with_weekday().to_string(), load.due.to_string()]).collect();
    html! {
        p { (said) ", as things stand: what you answer today comes back later." }
        (chart::bars("Cards due on each day", &said, &bars, None, ""))
        (figures(&["day", "due"], &rows))
    }
}

fn decks(stats: &Stats) -> Markup {
    let ever = if stats.since.is_some() { "since" } else { "ever" };
    let head: Vec<&str> = ["deck", "learned", "mature", "30 days", ever, "now"]
        .into_iter()
        .chain(stats.interview.is_some().then_some("then"))
        .collect();
    let row = |name: &str, s: &Standing| {
        let mut row = vec![
            name.to_owned(),
            format!("{}/{}", s.learned, s.cards),
            s.mature.to_string(),
            percent(s.recent.share),
            percent(s.ever.share),
            percent(s.predicted),
        ];
        row.extend(s.readiness.map(|ready| percent(ready.of_all)));
        row
    };
    let decks = text::weakest_first(&stats.decks);
    let (told, more) = decks.split_at(decks.len().min(TOLD_DECKS));
    let rows_of = |decks: &[&Deck]| decks.iter().map(|deck| row(&deck.deck, &deck.standing)).collect::<Vec<_>>();
    let mut rows = rows_of(told);
    rows.push(row("all decks", &stats.total));
    html! {
        p {
            "30 days and " (ever) ": recalled, of cards asked again on a later day. Now: predicted for today, of the cards you have learned."
            @if stats.interview.is_some() { " Then: predicted for the interview, of all cards; one you have not met counts as 0." }
        }
        (table(&head, &rows))
        @if !more.is_empty() { details { summary { "The other " (more.len()) " decks" } (table(&head, &rows_of(more))) } }
    }
}

fn calibration(stats: &Stats) -> Markup {
    let points: Vec<Point> = stats
        .calibration
        .iter()
        .filter_map(|bin| {
            let (predicted, recalled) = (bin.predicted?, bin.happened.share?);
            let said = format!(
                "predicted {:.0}%, recalled {:.0}% of {}",
                predicted * 100.0,
                recalled * 100.0,
                shown::count(bin.happened.answers, "answer")
            );
            Some(Point { x: predicted, y: recalled, weight: bin.happened.answers as f64, said })
        })
        .collect();
    let rows: Vec<Vec<String>> = stats
        .calibration
        .iter()
        .map(|bin| {
            vec![
                format!("{:.0} to {:.0}%", bin.from * 100.0, bin.to * 100.0),
                percent(bin.predicted),
                percent(bin.happened.share),
                bin.happened.answers.to_string(),
            ]
        })
        .collect();
    let fitted = match stats.fitted_to {
        None => "with its published parameters".to_owned(),
        Some(answers) => format!("fitted to {}", shown::count(answers, "answer")),
    };
    html! {
        p { "FSRS-6 " (fitted) ". On the line, as much is recalled as was predicted; a larger point is more answers." }
        @if points.is_empty() {
            p { "Nothing was asked on a later day yet." }
        } @else {
            (chart::against("Recall against prediction", "one point for each bin", &points, "predicted", "recalled"))
            (figures(&["predicted", "mean", "recalled", "answers"], &rows))
        }
    }
}

fn intervals(gaps: &[Gap]) -> Markup {
    let name = |gap: &Gap| match gap.to_days {
        Some(to) if to == gap.from_days => format!("{to} d"),
        Some(to) => format!("{}-{to} d", gap.from_days),
        None => format!("{}+ d", gap.from_days),
    };
    let bars: Vec<Bar> = gaps
        .iter()
        .map(|gap| Bar {
            label: name(gap),
            value: gap.happened.share.unwrap_or(0.0) * 100.0,
            mark: gap.predicted.map(|predicted| predicted * 100.0),
            said: format!(
                "{}: {} recalled of {}, {} predicted",
                name(gap),
                percent(gap.happened.share),
                shown::count(gap.happened.answers, "answer"),
                percent(gap.predicted)
            ),
        })
        .collect();
    let rows: Vec<Vec<String>> = gaps
        .iter()
        .map(|gap| {
            vec![name(gap), percent(gap.happened.share), percent(gap.predicted), gap.happened.answers.to_string()]
        })
        .collect();
    html! {
        p { "Recalled, by the days since the answer before; the line across a bar is what was predicted." }
        (chart::bars("Recall by interval", "measured as bars, predicted as lines", &bars, Some(100.0), "%"))
        (figures(&["interval", "recalled", "predicted", "answers"], &rows))
    }
}

fn typed(numbers: &Numbers) -> Markup {
    let bars: Vec<Bar> = numbers
        .histogram
        .iter()
        .map(|bar| Bar {
            label: bar.name(),
            value: bar.answers as f64,
            mark: None,
            said: format!("{}: {}", bar.name(), shown::count(bar.answers, "answer")),
        })
        .collect();
    let rows: Vec<Vec<String>> =
        numbers.histogram.iter().map(|bar| vec![bar.name(), bar.answers.to_string()]).collect();
    let months: Vec<Vec<String>> = numbers
        .months
        .iter()
        .map(|month| {
            let of = |part| percent(ratio(part, month.off.answers));
            vec![
                month.month.clone(),
                month.off.answers.to_string(),
                of(month.off.right),
                of(month.off.within_2x),
                of(month.off.within_10x),
            ]
        })
        .collect();
    let skills: Vec<Vec<String>> = numbers
        .skills
        .iter()
        .map(|skill| {
            let spread = skill.off.spread.map(|spread| match 10f64.powf(spread) {
                factor if factor > MOST_OFF => format!("over {MOST_OFF}x"),
                factor => format!("{}x", short(factor)),
            });
            vec![
                skill.card.clone(),
                skill.off.answers.to_string(),
                percent(ratio(skill.off.right, skill.off.answers)),
                spread.unwrap_or_default(),
            ]
        })
        .collect();
    html! {
        p { (text::off(&numbers.all)) "." }
        (chart::bars("How far off typed numbers are", "answer over right answer", &bars, None, ""))
        (figures(&["answer over right answer", "answers"], &rows))
        @if numbers.months.len() > 1 {
            h3 { "Over time" }
            @let (before, lately) = months.split_at(months.len().saturating_sub(TOLD_MONTHS));
            @let head = ["month", "answers", "right", "within 2x", "within 10x"];
            (table(&head, lately))
            @if !before.is_empty() { details { summary { "Earlier months" } (table(&head, before)) } }
        }
        @if !skills.is_empty() {
            h3 { "Furthest off" }
            (table(&["card", "answers", "right", "typically off by"], &skills))
        }
        @if !numbers.slips.is_empty() {
            h3 { "Wrong turns" }
            ul {
                @for slip in numbers.slips.iter().take(TOLD_SLIPS) {
                    li {
                        b { (slip_words(&slip.slip)) } ", " (shown::count(slip.count, "time")) ", most often on " code { (slip.card) }
                        @if let Some(cure) = &slip.cure { ". The card to learn: " code { (cure.card) } ", " q { (cure.question) } }
                        @if let Some(example) = &slip.example {
                            div class="dim" {
                                (example.prompt)
                                @if let Some(given) = &example.given { " You typed " q { (given) } "." }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn sure(confidence: &numbers::Confidence) -> Markup {
    let points: Vec<Point> = confidence
        .odds
        .iter()
        .filter_map(|odds| {
            let right = ratio(odds.right, odds.answers)?;
            let said = format!("said {}%, right {:.0}% of {}", odds.said, right * 100.0, odds.answers);
            Some(Point { x: f64::from(odds.said) / 100.0, y: right, weight: odds.answers as f64, said })
        })
        .collect();
    let rows: Vec<Vec<String>> = confidence
        .odds
        .iter()
        .map(|odds| vec![format!("{}%", odds.said), percent(ratio(odds.right, odds.answers)), odds.answers.to_string()])
        .collect();
    html! {
        p {
            "How often you were right when you said how sure you were. Brier score: " (format!("{:.3}", confidence.brier))
            "; 0 is perfect, and always saying 50% scores 0.25."
        }
        (chart::against("How sure, how right", "one point for each of the odds", &points, "said", "right"))
        (table(&["said", "right", "answers"], &rows))
    }
}

fn hardest(stats: &Stats) -> Markup {
    let item = |card: &HardCard| {
        html! {
            li {
                (card.question) " " code { (card.card) }
                div class="dim" {
                    "forgotten " (shown::count(card.lapses as usize, "time")) "; recalled " (card.recalled) " of " (card.answers)
                    @if card.leech { "; a leech" }
                }
            }
        }
    };
    html! {
        @if stats.hardest.is_empty() { p { "You have not forgotten any yet." } }
        @if stats.leeches > 0 {
            p {
                (shown::count(stats.leeches, "card")) " forgotten " (LEECH_LAPSES) " times or more: reword, split or suspend what "
                code { "sysdrill list --leech" } " shows."
            }
        }
        ol { @for card in &stats.hardest { (item(card)) } }
    }
}

fn kinds(stats: &Stats) -> Markup {
    let rows: Vec<Vec<String>> = stats
        .kinds
        .iter()
        .map(|kind| {
            vec![
                kind.kind.clone(),
                kind.answers.to_string(),
                percent(ratio(kind.right, kind.answers)),
                format!("{} s", short(kind.seconds)),
            ]
        })
        .collect();
    table(&["kind", "answers", "right", "mean time"], &rows)
}
