//! Pictures of characters, for a terminal: blocks and shades, which every font has, and no Braille, which a screen reader
//! spells out.

use ratatui_core::buffer::Buffer;
use ratatui_core::layout::Rect;
use ratatui_core::style::{Color, Style, Stylize};
use ratatui_core::symbols::Marker;
use ratatui_core::text::{Line, Span};
use ratatui_core::widgets::Widget;
use ratatui_widgets::barchart::{Bar, BarChart, BarGroup};
use ratatui_widgets::chart::{Axis, Chart, Dataset, GraphType};

/// The colour of what is counted. On any of the sixteen colours' backgrounds it is read.
const INK: Color = Color::Cyan;
/// From nothing to most.
const SHADES: [&str; 5] = ["·", "░", "▒", "▓", "█"];

/// A widget as lines.
fn drawn(widget: impl Widget, width: usize, height: usize) -> Vec<Line<'static>> {
    let area = Rect::new(0, 0, u16::try_from(width).unwrap_or(u16::MAX), u16::try_from(height).unwrap_or(u16::MAX));
    let mut buffer = Buffer::empty(area);
    widget.render(area, &mut buffer);
    let row = |y| {
        let mut spans: Vec<Span> = Vec::new();
        for x in 0..area.width {
            let Some(cell) = buffer.cell((x, y)) else { continue };
            match spans.last_mut().filter(|span| span.style == cell.style()) {
                Some(span) => span.content.to_mut().push_str(cell.symbol()),
                None => spans.push(Span::styled(cell.symbol().to_owned(), cell.style())),
            }
        }
        Line::from(spans)
    };
    (0..area.height).map(row).collect()
}

/// Bars side by side, each with what stands below it, in so many rows and at most so many columns.
pub(super) fn bars(values: &[(String, u64)], width: usize, rows: usize) -> Vec<Line<'static>> {
    let each = (width / values.len().max(1)).clamp(1, 8);
    let gap = usize::from(each > 1);
    let columns = u16::try_from(each - gap).unwrap_or(1);
    let most = values.iter().map(|(_, value)| *value).max().unwrap_or(0).max(1);
    // An eighth of a row is the least that is seen; what is more than nothing is.
    let least = most.div_ceil(8 * rows as u64);
    let longest = values.iter().map(|(label, _)| label.len()).max().unwrap_or(0);
    let has_room = usize::from(columns) >= longest;
    let bars: Vec<Bar> = values
        .iter()
        .map(|(label, value)| {
            let bar = Bar::default()
                .value(if *value > 0 { least.max(*value) } else { 0 })
                .text_value("")
                .style(Style::new().fg(INK));
            if has_room { bar.label(Line::from(label.clone())) } else { bar }
        })
        .collect();
    let chart = BarChart::default()
        .data(BarGroup::default().bars(&bars))
        .bar_width(columns)
        .bar_gap(u16::try_from(gap).unwrap_or(0))
        .max(most);
    let mut lines = drawn(chart, each * values.len(), rows + 1);
    if !has_room {
        // Where there is no room below each bar, the first and the last are named.
        lines.pop();
        if let [(first, _), .., (last, _)] = values {
            let between = (each * values.len()).saturating_sub(first.len() + last.len()).max(1);
            lines.push(Line::from(format!("{first}{}{last}", " ".repeat(between))).dim());
        }
    }
    lines
}

/// Points from 0 to 100% both ways, and the line on which both are the same.
pub(super) fn against(points: &[(f64, f64)], across: &str, up: &str, width: usize, rows: usize) -> Vec<Line<'static>> {
    let same: Vec<(f64, f64)> = (0..=50).map(|at| (f64::from(at) * 2.0, f64::from(at) * 2.0)).collect();
    let points: Vec<(f64, f64)> = points.iter().map(|(x, y)| (x * 100.0, y * 100.0)).collect();
    let axis = |title: &str| Axis::default().title(title.to_owned()).bounds([0.0, 100.0]).labels(["0%", "50%", "100%"]);
    let line = Dataset::default().marker(Marker::Dot).graph_type(GraphType::Scatter).data(&same);
    let dots = Dataset::default()
        .marker(Marker::Block)
        .graph_type(GraphType::Scatter)
        .style(Style::new().fg(INK))
        .data(&points);
    let chart = Chart::new(vec![line, dots]).x_axis(axis(across)).y_axis(axis(up)).legend_position(None);
    drawn(chart, width, rows)
}

/// A chance from 0 to 1 over days, with the answers that were right and those that were wrong.
pub(super) fn curve(
    days: &[(f64, f64)],
    right: &[(f64, f64)],
    wrong: &[(f64, f64)],
    ends: [&str; 2],
    width: usize,
) -> Vec<Line<'static>> {
    /// The rows of a curve: enough to tell a tenth from the next one.
    const ROWS: usize = 9;
    let set =
        |data, marker, style| Dataset::default().marker(marker).graph_type(GraphType::Scatter).style(style).data(data);
    let last = days.last().map_or(1.0, |(day, _)| *day).max(1.0);
    let sets = vec![
        set(days, Marker::Dot, Style::new()),
        set(right, Marker::Block, Style::new().fg(INK)),
        set(wrong, Marker::Bar, Style::new().fg(INK)),
    ];
    let x = Axis::default().bounds([0.0, last]).labels(ends.map(str::to_owned));
    let y = Axis::default().bounds([0.0, 1.0]).labels(["0%", "50%", "100%"]);
    let mut lines = drawn(Chart::new(sets).x_axis(x).y_axis(y).legend_position(None), width, ROWS);
    lines.push(Line::from("• predicted recall   █ recalled   ▄ not recalled"));
    lines
}

/// Two counts over days: all, and of these a part. Both axes have their ends named.
pub(super) fn part_of(all: &[f64], part: &[f64], ends: [&str; 2], width: usize) -> Vec<Line<'static>> {
    const ROWS: usize = 10;
    let points = |values: &[f64]| values.iter().enumerate().map(|(at, value)| (at as f64, *value)).collect::<Vec<_>>();
    let (above, below) = (points(all), points(part));
    let set = |data, marker| {
        Dataset::default().marker(marker).graph_type(GraphType::Line).style(Style::new().fg(INK)).data(data)
    };
    let top = all.iter().copied().fold(1.0, f64::max);
    let x = Axis::default().bounds([0.0, (all.len().max(2) - 1) as f64]).labels(ends.map(str::to_owned));
    let y = Axis::default().bounds([0.0, top]).labels(["0".to_owned(), format!("{top:.0}")]);
    let sets = vec![set(&above, Marker::Block), set(&below, Marker::Dot)];
    drawn(Chart::new(sets).x_axis(x).y_axis(y).legend_position(None), width, ROWS)
}

/// A year as weeks side by side, a character each day, or two where there is room: `shades` are those of the days from a Monday
/// on, none for a day that is not shown.
pub(super) fn calendar(shades: &[Option<u8>], months: &[(usize, String)], width: usize) -> Vec<Line<'static>> {
    const LEFT: usize = 4;
    let side = if LEFT + 2 * shades.len().div_ceil(7) <= width { 2 } else { 1 };
    let mut names = " ".repeat(LEFT);
    for (week, month) in months {
        let left = LEFT + side * week;
        if names.len() <= left {
            names.push_str(&" ".repeat(left - names.len()));
            names.push_str(month);
            names.push(' ');
        }
    }
    let mut lines = vec![Line::from(names.trim_end().to_owned())];
    for (weekday, name) in ["Mon", "", "Wed", "", "Fri", "", "Sun"].into_iter().enumerate() {
        let days = shades.iter().skip(weekday).step_by(7);
        let mut spans = vec![Span::raw(format!("{name:<LEFT$}"))];
        spans.extend(days.map(|shade| match shade {
            None => Span::raw(" ".repeat(side)),
            Some(0) => Span::raw(SHADES[0].repeat(side)),
            Some(shade) => Span::styled(SHADES[usize::from(*shade).min(4)].repeat(side), Style::new().fg(INK)),
        }));
        lines.push(Line::from(spans));
    }
    lines
}

/// A share as a bar of so many columns.
pub(super) fn share(share: f64, columns: usize) -> Span<'static> {
    let full = (share.clamp(0.0, 1.0) * columns as f64).round() as usize;
    Span::styled(format!("{}{}", "█".repeat(full), "░".repeat(columns - full)), Style::new().fg(INK))
}
