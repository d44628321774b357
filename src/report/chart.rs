//! Pictures as SVG that stands in a page: made of shapes and text, told to a screen reader by a title and a sentence, and
//! coloured by the page's style sheet alone.
//!
//! All are as wide as a phone's screen and scale up; no meaning is in a colour alone.

use super::short;
use maud::{Markup, html};

/// The width of every picture, in its own units.
const WIDTH: f64 = 360.0;
/// Left of the plot stand the numbers of its axis.
const LEFT: f64 = 34.0;
/// Above and below it: room for half a line, and for the labels.
const TOP: f64 = 8.0;
const BOTTOM: f64 = 18.0;
/// Labels along an axis are not closer than this.
const LABEL_GAP: f64 = 44.0;

/// A bar: its label, how high it is, and what is said of it.
#[derive(Debug, Clone)]
pub(super) struct Bar {
    pub(super) label: String,
    pub(super) value: f64,
    /// A second height that is marked on the bar, such as what was predicted.
    pub(super) mark: Option<f64>,
    pub(super) said: String,
}

/// A picture around its shapes.
pub(super) fn picture(title: &str, said: &str, height: f64, shapes: &Markup) -> Markup {
    html! {
        svg viewBox=(format!("0 0 {WIDTH} {height}")) role="img" aria-label=(format!("{title}: {said}")) {
            title { (title) }
            (shapes)
        }
    }
}

/// The least round number that is not below this: 1, 2 or 5 times a power of ten.
fn round_up(value: f64) -> f64 {
    if value <= 0.0 {
        return 1.0;
    }
    let power = 10f64.powf(value.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|times| times * power).find(|top| *top >= value - 1e-9).unwrap_or(value)
}

fn axis(top: f64, height: f64, unit: &str) -> Markup {
    html! {
        @for part in [0.0, 0.5, 1.0] {
            @let y = TOP + height * (1.0 - part);
            line class="grid" x1=(LEFT) x2=(WIDTH) y1=(tenth(y)) y2=(tenth(y)) {}
            text class="axis" x=(LEFT - 4.0) y=(tenth(y + 3.0)) text-anchor="end" { (short(top * part)) (unit) }
        }
    }
}

fn tenth(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// Bars side by side, as high as their values. `top` is the end of the axis; without it, it is a round number.
pub(super) fn bars(title: &str, said: &str, bars: &[Bar], top: Option<f64>, unit: &str) -> Markup {
    let height = 90.0;
    let highest = bars.iter().map(|bar| bar.value.max(bar.mark.unwrap_or(0.0))).fold(0.0, f64::max);
    let top = top.unwrap_or_else(|| round_up(highest));
    let step = (WIDTH - LEFT) / bars.len().max(1) as f64;
    let every = (LABEL_GAP / step).ceil().max(1.0) as usize;
    let y = |value: f64| TOP + height * (1.0 - (value / top).min(1.0));
    let shapes = html! {
        (axis(top, height, unit))
        @for (at, bar) in bars.iter().enumerate() {
            @let x = LEFT + step * at as f64;
            // What is more than nothing is seen.
            @let tall = if bar.value > 0.0 { (TOP + height - y(bar.value)).max(1.0) } else { 0.0 };
            g {
                title { (bar.said) }
                rect class="bar" x=(tenth(x + step * 0.1)) width=(tenth(step * 0.8)) y=(tenth(TOP + height - tall)) height=(tenth(tall)) {}
                @if let Some(mark) = bar.mark {
                    line class="mark" x1=(tenth(x)) x2=(tenth(x + step)) y1=(tenth(y(mark))) y2=(tenth(y(mark))) {}
                }
            }
            @if at % every == 0 {
                text class="axis" x=(tenth(x + step / 2.0)) y=(TOP + height + 13.0) text-anchor="middle" { (bar.label) }
            }
        }
    };
    picture(title, said, TOP + height + BOTTOM, &shapes)
}

/// A day of a calendar.
#[derive(Debug, Clone)]
pub(super) struct Square {
    /// Whole weeks since the first one.
    pub(super) week: usize,
    /// 0 is Monday.
    pub(super) weekday: usize,
    /// From 0, nothing, to 4.
    pub(super) shade: u8,
    pub(super) said: String,
}

/// A year as weeks side by side, a square each day; `months` are the weeks with which a month begins.
pub(super) fn calendar(title: &str, said: &str, squares: &[Square], months: &[(usize, &str)]) -> Markup {
    let left = 24.0;
    let weeks = squares.iter().map(|square| square.week + 1).max().unwrap_or(1);
    let step = (WIDTH - left) / weeks.max(53) as f64;
    let side = step * 0.84;
    let shapes = html! {
        @for (week, month) in months {
            text class="axis" x=(tenth(left + step * *week as f64)) y="9" { (month) }
        }
        @for (at, day) in ["Mon", "", "Wed", "", "Fri", "", ""].into_iter().enumerate() {
            text class="axis" x="0" y=(tenth(12.0 + step * (at as f64 + 0.8))) { (day) }
        }
        @for square in squares {
            rect class=(format!("s{}", square.shade)) x=(tenth(left + step * square.week as f64))
                y=(tenth(12.0 + step * square.weekday as f64)) width=(tenth(side)) height=(tenth(side)) {
                title { (square.said) }
            }
        }
    };
    picture(title, said, tenth(14.0 + 7.0 * step), &shapes)
}

/// A point: where it lies, from 0 to 1 both ways, its weight, and what is said of it.
#[derive(Debug, Clone)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) weight: f64,
    pub(super) said: String,
}

/// Points on a square from 0 to 100%, with the line on which both are the same; the larger the weight, the larger the point.
pub(super) fn against(title: &str, said: &str, points: &[Point], across: &str, up: &str) -> Markup {
    let side = 150.0;
    let left = 110.0;
    let heaviest = points.iter().map(|point| point.weight).fold(1.0, f64::max);
    let (x, y) = (|value: f64| tenth(left + side * value), |value: f64| tenth(TOP + side * (1.0 - value)));
    let shapes = html! {
        @for part in [0.0, 0.5, 1.0] {
            line class="grid" x1=(x(0.0)) x2=(x(1.0)) y1=(y(part)) y2=(y(part)) {}
            line class="grid" x1=(x(part)) x2=(x(part)) y1=(y(0.0)) y2=(y(1.0)) {}
            text class="axis" x=(x(0.0) - 4.0) y=(y(part) + 3.0) text-anchor="end" { (format!("{:.0}%", part * 100.0)) }
            text class="axis" x=(x(part)) y=(TOP + side + 12.0) text-anchor="middle" { (format!("{:.0}%", part * 100.0)) }
        }
        line class="same" x1=(x(0.0)) y1=(y(0.0)) x2=(x(1.0)) y2=(y(1.0)) {}
        @for point in points {
            circle class="point" cx=(x(point.x)) cy=(y(point.y)) r=(tenth(3.0 + 5.0 * (point.weight / heaviest).sqrt())) {
                title { (point.said) }
            }
        }
        text class="axis" x=(x(0.5)) y=(TOP + side + 24.0) text-anchor="middle" { (across) }
        @let (beside, middle) = (left - 30.0, y(0.5));
        text class="axis" x=(beside) y=(middle) text-anchor="middle" transform=(format!("rotate(-90 {beside} {middle})")) { (up) }
    };
    picture(title, said, TOP + side + 30.0, &shapes)
}

/// A line through values over time, each with its label.
pub(super) fn line(title: &str, said: &str, values: &[(String, f64)]) -> Markup {
    lines(title, said, &[("", values)])
}

/// Lines through values over the same time, each with its name at its end; the second is dashed.
pub(super) fn lines(title: &str, said: &str, lines: &[(&str, &[(String, f64)])]) -> Markup {
    let height = 90.0;
    let top = round_up(lines.iter().flat_map(|(_, values)| *values).map(|(_, value)| *value).fold(0.0, f64::max));
    let count = lines.iter().map(|(_, values)| values.len()).max().unwrap_or(0);
    let right = if lines.iter().any(|(name, _)| !name.is_empty()) { 44.0 } else { 6.0 };
    let step = (WIDTH - LEFT - right) / (count.max(2) - 1) as f64;
    let every = (LABEL_GAP / step).ceil().max(1.0) as usize;
    let x = |at: usize| tenth(LEFT + 3.0 + step * at as f64);
    let y = |value: f64| tenth(TOP + height * (1.0 - (value / top).clamp(0.0, 1.0)));
    let path = |values: &[(String, f64)]| {
        let places = values.iter().enumerate().map(|(at, (_, value))| format!("{},{}", x(at), y(*value)));
        places.collect::<Vec<_>>().join(" ")
    };
    let shapes = html! {
        (axis(top, height, ""))
        @for (number, (name, values)) in lines.iter().enumerate() {
            polyline class=(if number == 0 { "line" } else { "line second" }) points=(path(values)) {}
            @for (at, (label, value)) in values.iter().enumerate() {
                circle class="dot" cx=(x(at)) cy=(y(*value)) r="1.8" {
                    title { (label) ": " (short(*value)) @if !name.is_empty() { " " (name) } }
                }
            }
            @if let Some((_, last)) = values.last() {
                text class="axis" x=(x(values.len() - 1) + 5.0) y=(y(*last) + 3.0) { (name) }
            }
        }
        @for (at, (label, _)) in lines.iter().flat_map(|(_, values)| values.iter().enumerate()).take(count).step_by(every) {
            text class="axis" x=(x(at)) y=(TOP + height + 13.0) text-anchor=(if at == 0 { "start" } else { "middle" }) {
                (label)
            }
        }
    };
    picture(title, said, TOP + height + BOTTOM, &shapes)
}

/// A share as a bar in a cell of a table, with how far off it may be.
pub(super) fn share(share: f64, give_or_take: f64) -> Markup {
    let x = |value: f64| tenth(100.0 * value.clamp(0.0, 1.0));
    html! {
        svg class="share" viewBox="0 0 100 10" aria-hidden="true" preserveAspectRatio="none" {
            rect class="rest" x="0" y="1" width="100" height="8" {}
            rect class="bar" x="0" y="1" width=(x(share)) height="8" {}
            @if give_or_take > 0.0 {
                rect class="whisker" x=(x(share - give_or_take)) width=(tenth(x(share + give_or_take) - x(share - give_or_take)))
                    y="4.4" height="1.2" {}
            }
        }
    }
}
