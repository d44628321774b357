//! Events as text for a width in columns. Nothing here touches a terminal.

use crate::quantity::factor;
use crate::session::{
    ChainPlace, Event, Feedback, Form, Known, Question, Revealed, Score, Skill, Sprint, Summary, Table,
};
use console::style;
use textwrap::Options;
use textwrap::core::display_width;

/// The narrowest and the widest text.
const WIDTHS: (usize, usize) = (40, 88);

/// The width to write in on a terminal of so many columns.
pub fn width(columns: usize) -> usize {
    columns.clamp(WIDTHS.0, WIDTHS.1)
}

/// The width to write a command's output in.
pub fn columns() -> usize {
    width(console::Term::stdout().size().1.into())
}

/// What stands on the screen already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shown {
    /// The answer, with its reason.
    pub revealed: bool,
    /// The column at which the last typed text began.
    pub typed_at: usize,
}

/// What an event says.
pub fn event(event: &Event, width: usize, shown: Shown) -> String {
    match event {
        Event::Session { mode, day, due, new, budget_s, .. } => session(mode, day, *due, *new, *budget_s),
        Event::Question(q) => question(q, width),
        Event::Answer(answer) => revealed(answer, width),
        Event::Feedback(f) => feedback(f, width, shown.revealed),
        Event::Undone { card, .. } => format!("\n{}", style(format!("taken back: {card}")).yellow()),
        Event::Flagged { card, flagged: true } => style(format!("flagged {card}")).dim().to_string(),
        Event::Flagged { card, flagged: false } => style(format!("no longer flagged {card}")).dim().to_string(),
        Event::Dismissed { suspended: false, .. } => style("skipped").dim().to_string(),
        Event::Dismissed { card, suspended: true } => {
            style(format!("suspended; sysdrill resume {card} takes it in again")).dim().to_string()
        }
        Event::Round(round) => {
            format!("\nround {}: {} asked, {} still weak", round.round, round.asked, round.weak.len())
        }
        Event::Error { message, column } => error(message, *column, width, shown.typed_at),
        Event::Summary(s) => summary(s),
    }
}

/// Control characters and escape sequences of a deck never reach the terminal.
pub fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}

fn wrap(text: &str, width: usize, indent: &str) -> String {
    let text = clean(text);
    let options = Options::new(width).initial_indent(indent).subsequent_indent(indent);
    let lines = text.lines().flat_map(|line| textwrap::wrap(line, &options)).collect::<Vec<_>>();
    lines.join("\n")
}

/// A count and its noun: `1 day`, `2 days`.
pub fn plural(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn session(mode: &str, day: &str, due: usize, new: usize, budget_s: Option<f64>) -> String {
    let time = budget_s.map(|s| format!(", {:.0} minutes", s / 60.0)).unwrap_or_default();
    let what = if mode == "review" { format!("{due} due, {new} new") } else { mode.to_owned() };
    let keys = style("keys: ? help, q quit; with a colon where you type").dim();
    format!("{day}: {what}{time}\n{keys}")
}

fn question(q: &Question, width: usize) -> String {
    let step = match &q.form {
        Form::Typed { chain: Some(at), .. } => format!("  step {} of {}", at.step, at.steps),
        _ => String::new(),
    };
    let phase = match q.phase {
        "new" => "  new",
        "repeat" => "  again",
        _ => "",
    };
    let head = format!("{}  {}{phase}{step}", q.deck, q.kind);
    let place = format!("{} of {}", q.n, q.n + q.remaining - 1);
    let gap = width.saturating_sub(head.len() + place.len()).max(2);
    let mut lines = vec![String::new(), style(format!("{head}{}{place}", " ".repeat(gap))).dim().to_string()];
    if let Form::Typed { chain: Some(ChainPlace { known, .. }), .. } = &q.form
        && !known.is_empty()
    {
        lines.push(running_table(known, width));
    }
    // A chain's scene was read at its first step.
    let (scene, ask) = match (&q.form, q.prompt.rsplit_once('\n')) {
        (Form::Typed { chain: Some(_), .. }, Some((scene, ask))) => (Some(scene), ask),
        _ => (None, q.prompt.as_str()),
    };
    lines.extend(scene.map(|scene| style(wrap(scene, width, "")).dim().to_string()));
    lines.push(style(wrap(ask, width, "")).bold().to_string());
    match (&q.form, &q.table) {
        (Form::Picked { options }, table) => {
            lines.extend(table.as_ref().map(|table| style(wrap(&table.title, width, "")).dim().to_string()));
            lines.extend(options.iter().enumerate().map(|(at, option)| format!("  {}  {}", at + 1, clean(option))));
        }
        (Form::Ticked { seconds }, _) => {
            lines.push(style(format!("say it aloud in {seconds} seconds")).dim().to_string())
        }
        (Form::Revealed {}, Some(table)) => {
            lines.push(rows(&table.options, &vec!["?".to_owned(); table.options.len()], width));
        }
        _ => {}
    }
    lines.join("\n")
}

/// What is known of a chain so far.
fn running_table(known: &[Known], width: usize) -> String {
    let names: Vec<String> = known.iter().map(|step| clean(&step.step.replace('_', " "))).collect();
    let widest = names.iter().map(|name| display_width(name)).max().unwrap_or_default();
    let lines = known.iter().zip(names).map(|(step, name)| {
        let truth = step.truth.as_ref().map(|truth| format!("  (true: {truth})")).unwrap_or_default();
        wrap(&format!("{name:widest$}  {}{truth}", step.value), width, "  ")
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Options and their cells, side by side where they fit, the option's name in the first column.
fn rows(options: &[String], cells: &[String], width: usize) -> String {
    let options: Vec<String> = options.iter().map(|option| clean(option)).collect();
    let widest = options.iter().map(|option| display_width(option)).max().unwrap_or_default();
    let first = widest.min(width / 2 - 4);
    let second = width - first - 3;
    let mut lines = Vec::new();
    for (option, cell) in options.iter().zip(cells) {
        let names = textwrap::wrap(option, first);
        let cell = clean(cell);
        let texts = textwrap::wrap(&cell, second);
        for at in 0..names.len().max(texts.len()) {
            let name = names.get(at).map_or("", AsRef::as_ref);
            let text = texts.get(at).map_or("", AsRef::as_ref);
            let padding = " ".repeat(first.saturating_sub(display_width(name)));
            lines.push(format!("{name}{padding} {} {text}", style("|").dim()).trim_end().to_owned());
        }
    }
    let rule = style("-".repeat(width)).dim().to_string();
    lines.insert(0, rule.clone());
    lines.push(rule);
    lines.join("\n")
}

fn revealed(answer: &Revealed, width: usize) -> String {
    let mut lines = Vec::new();
    match &answer.table {
        Some(Table { options, dimension: Some(_), .. }) if !answer.cells.is_empty() => {
            lines.push(rows(options, &answer.cells, width));
        }
        _ => lines.push(wrap(&answer.text, width, "  ")),
    }
    if let Some(why) = &answer.why {
        lines.push(style(wrap(why, width, "  ")).dim().to_string());
    }
    lines.join("\n")
}

/// The points of a probe with a box each.
pub fn boxes(points: &[String], said: &[bool], width: usize) -> String {
    let lines = points.iter().zip(said).enumerate().map(|(at, (point, said))| {
        let mark = if *said { "x" } else { " " };
        let first = format!("{} [{mark}] ", at + 1);
        let options = Options::new(width).initial_indent(&first).subsequent_indent("      ");
        textwrap::fill(&clean(point), options)
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn feedback(f: &Feedback, width: usize, revealed: bool) -> String {
    let given = f.given.is_some();
    let miss = f.ratio.zip(f.direction).map(|(ratio, direction)| format!("{}x {direction}", factor(ratio)));
    let verdict = match f.quality {
        0 => "not known".to_owned(),
        4.. => "right".to_owned(),
        3 if given => "close".to_owned(),
        3 => "right, hard".to_owned(),
        _ => "wrong".to_owned(),
    };
    let verdict = match miss.filter(|_| f.quality < 4) {
        Some(miss) => format!("{verdict}, {miss}"),
        None => verdict,
    };
    let plain = verdict.clone();
    let coloured = match f.quality {
        4.. => style(verdict).green(),
        3 => style(verdict).yellow(),
        _ => style(verdict).red(),
    };
    let expected = clean(&f.expected);
    let next = next(f);
    let beside = plain.len() + 2 + display_width(&expected) + next.len() <= width && !expected.contains('\n');
    let told = match &f.given {
        // Behind a revealed answer: how many points of a probe were said.
        Some(given) if revealed => format!(": {}", clean(given)),
        _ if beside && !revealed => format!(": {expected}"),
        _ => String::new(),
    };
    let mut lines = vec![format!("{}{told}{}", coloured.bold(), style(next).dim())];
    if f.replaces.is_some() {
        lines.insert(0, style(format!("regraded {}", f.card)).dim().to_string());
    }
    let indented = |text: &str| wrap(text, width, "  ");
    lines.extend((!beside && !revealed).then(|| indented(&expected)));
    lines.extend(f.slip.as_ref().map(|slip| style(indented(&slip.say)).yellow().to_string()));
    lines.extend(f.note.as_ref().map(|note| indented(note)));
    lines.extend(f.working.iter().map(|line| indented(line)));
    lines.extend(f.why.as_ref().filter(|_| !revealed).map(|why| style(indented(why)).dim().to_string()));
    if let Some(source) = &f.source {
        let year = f.as_of.map(|year| format!(", as of {year}")).unwrap_or_default();
        lines.push(style(indented(&format!("{source}{year}"))).dim().italic().to_string());
    }
    lines.join("\n")
}

/// What the answer means for the schedule.
fn next(f: &Feedback) -> String {
    match f.due_in_days {
        _ if f.review.is_none() => String::new(),
        _ if f.asked_again => "  asked again today".to_owned(),
        None => "  (not scheduled: it was never reviewed)".to_owned(),
        Some(1) => "  next tomorrow".to_owned(),
        Some(days) => format!("  next in {days} days"),
    }
}

fn error(message: &str, column: Option<usize>, width: usize, typed_at: usize) -> String {
    let message = style(wrap(message, width, "")).red();
    match column {
        Some(column) if typed_at > 0 => format!("{}^\n{message}", " ".repeat(typed_at + column - 1)),
        _ => message.to_string(),
    }
}

fn summary(s: &Summary) -> String {
    let minutes = (s.counted_s / 60.0).round() as u64;
    let mut lines = vec![String::new()];
    if let Some(score) = &s.score {
        lines.push(format!("{} in {minutes} min", plural(score.questions, "question")));
        lines.push(scorecard(score));
        return lines.join("\n");
    }
    if s.answered > 0 {
        let repeats = if s.repeats > 0 { format!(", {}", plural(s.repeats, "repeat")) } else { String::new() };
        lines.push(format!("{}: {} right{repeats}, {minutes} min", plural(s.answered, "answer"), s.correct));
    }
    lines.push(match (s.left_due, &s.next_due) {
        (0, Some(day)) => format!("nothing more is due today; next on {day}"),
        (0, None) => "nothing more is due today".to_owned(),
        (left, _) => format!("{} wait{} for the next session", plural(left, "card"), if left == 1 { "s" } else { "" }),
    });
    lines.join("\n")
}

/// How a sprint went.
fn scorecard(score: &Score) -> String {
    let share = |count: usize| format!("{count:>3} of {}", score.questions);
    let times = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{}x", factor(value)));
    let mut lines = vec![
        format!("within tolerance  {}", share(score.within_tolerance)),
        format!("within 2x         {}", share(score.within_2x)),
        format!("within 10x        {}", share(score.within_10x)),
        format!("median factor     {}", times(score.median_factor)),
        format!("bias              {}", bias(score.bias)),
    ];
    let named = |skills: &[Skill], tell: &dyn Fn(&Skill) -> String| {
        skills.iter().map(|skill| format!("  {}  {}", tell(skill), skill.card)).collect::<Vec<_>>()
    };
    if !score.weakest.is_empty() {
        lines.push("weakest".to_owned());
        lines.extend(named(&score.weakest, &|skill| format!("quality {}", skill.quality)));
    }
    lines.push("slowest".to_owned());
    lines.extend(named(&score.slowest, &|skill| format!("{:>7.0} s", skill.took_s)));
    if !score.slips.is_empty() {
        lines.push("wrong turns".to_owned());
        lines.extend(score.slips.iter().map(|(slip, count)| format!("  {count:>7} x  {slip}")));
    }
    if !score.before.is_empty() {
        lines.push("your last sprints".to_owned());
        lines.extend(score.before.iter().map(|sprint| {
            let Sprint { day, questions, within_tolerance, median_factor } = sprint;
            format!("  {day}  {within_tolerance} of {questions} right, median {}", times(*median_factor))
        }));
    }
    lines.join("\n")
}

/// The habit in words; within a tenth there is none.
fn bias(bias: Option<f64>) -> String {
    match bias {
        None => "-".to_owned(),
        Some(bias) if bias > 1.1 => format!("{}x high", factor(bias)),
        Some(bias) if bias < 1.0 / 1.1 => format!("{}x low", factor(1.0 / bias)),
        Some(_) => "none".to_owned(),
    }
}

/// The keys at this question; `scale` are those that grade.
pub fn help(question: &Question, scale: &str, width: usize) -> String {
    let (colon, first) = match &question.form {
        Form::Typed { .. } => (":", "type the answer: 5.8k, 200 ms, 50M*10/day; Enter alone says \"I don't know\""),
        Form::Picked { .. } => ("", "the option's number picks it; Enter alone says \"I don't know\""),
        Form::Ticked { .. } => ("", "Space shows the points; their numbers tick them, a all, Enter ends"),
        Form::Revealed {} => ("", scale),
    };
    let text = format!(
        "{first}\n{colon}u take the last answer back   {colon}r change its grade\n\
         {colon}s skip, not in this session   {colon}x suspend until resumed\n\
         {colon}l look at a new card first    {colon}q quit"
    );
    wrap(&text, width, "")
}
