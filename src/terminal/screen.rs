//! Events as text for a width in columns. Nothing here touches a terminal.

use crate::quantity::factor;
use crate::schedule::{CardId, Day, Mode, Quality};
use crate::session::{
    Begun, ChainPlace, DayLoad, Event, Feedback, Form, Known, Phase, Question, Revealed, Round, Score, Skill, Sprint,
    Summary, Table,
};
use console::style;
use textwrap::core::display_width;
use textwrap::{Options, WordSplitter};

/// The narrowest and the widest text.
const WIDTHS: (usize, usize) = (40, 88);

/// Of a list of cards, so many are named.
const NAMED: usize = 5;

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
    let dim = |text: String| style(wrap(&text, width, "")).dim().to_string();
    match event {
        Event::Begun(begun) => session(begun, width),
        Event::Question(q) => question(q, width),
        Event::Revealed(answer) | Event::Looked(answer) => revealed(answer, width),
        Event::Feedback(f) => feedback(f, width, shown.revealed),
        Event::Undone { card, .. } => {
            format!("\n{}", style(wrap(&format!("taken back: {card}"), width, "")).yellow())
        }
        Event::Flagged { card, flagged: true } => dim(format!("flagged {card}")),
        Event::Flagged { card, flagged: false } => dim(format!("no longer flagged {card}")),
        Event::Dismissed { suspended: false, .. } => dim("skipped".to_owned()),
        Event::Dismissed { card, suspended: true } => {
            dim(format!("suspended; sysdrill resume {card} takes it in again"))
        }
        Event::Round(round) => end_of_round(round, width),
        Event::Refused { message, column } => error(message, *column, width, shown.typed_at),
        Event::Summary(s) => summary(s, width),
    }
}

pub(super) use crate::shown::text as clean;

fn wrap(text: &str, width: usize, indent: &str) -> String {
    let text = clean(text);
    // Dates and the names of cards stay whole.
    let options =
        Options::new(width).word_splitter(WordSplitter::NoHyphenation).initial_indent(indent).subsequent_indent(indent);
    let lines = text.lines().flat_map(|line| textwrap::wrap(line, &options)).collect::<Vec<_>>();
    lines.join("\n")
}

pub use crate::shown::count as plural;

fn waits(count: usize, what: &str) -> String {
    format!("{} wait{}", plural(count, what), if count == 1 { "s" } else { "" })
}

fn session(begun: &Begun, width: usize) -> String {
    let Begun { mode, day, due, new, budget_s, new_waiting, interview, note, .. } = begun;
    let time = budget_s.map(|s| format!(", {:.0} minutes", s / 60.0)).unwrap_or_default();
    let what = match mode {
        Mode::Review => format!("{due} due, {new} new"),
        Mode::Quiz | Mode::Cram => mode.name().to_owned(),
    };
    let mut lines = vec![wrap(&format!("{day}: {what}{time}"), width, "")];
    lines.extend(interview.as_ref().map(|at| wrap(&format!("interview on {at}{}", days_left(*day, *at)), width, "")));
    lines.extend((*new_waiting > 0).then(|| {
        let waiting = match new_waiting {
            1 => "1 new waits".to_owned(),
            waiting => format!("{waiting} new wait"),
        };
        let filled = if new_waiting == new && *due > 0 { "reviews fill the time box" } else { "the time box is full" };
        wrap(&format!("{waiting}: {filled}"), width, "")
    }));
    lines.extend(note.as_ref().map(|note| style(wrap(note, width, "")).yellow().to_string()));
    lines.push(style(wrap("keys: ? help, q quit; with a colon where you type", width, "")).dim().to_string());
    lines.join("\n")
}

/// From a day to the interview's.
fn days_left(day: Day, interview: Day) -> String {
    match interview.since(day) {
        0 => ", today".to_owned(),
        1 => ", tomorrow".to_owned(),
        days => format!(", {days} days left"),
    }
}

/// The first few of these cards, a line each.
fn named(cards: &[CardId], width: usize) -> impl Iterator<Item = String> {
    let more = cards.len().saturating_sub(NAMED);
    let more = (more > 0).then(|| format!("  and {more} more"));
    cards.iter().take(NAMED).map(move |card| wrap(card.as_str(), width, "  ")).chain(more)
}

fn end_of_round(round: &Round, width: usize) -> String {
    let head = format!("\nround {}: {} asked, {} still weak", round.round, round.asked, round.weak.len());
    [head].into_iter().chain(named(&round.weak, width)).collect::<Vec<_>>().join("\n")
}

/// The clock: the time on this question, or what is left to say it in, and what is left of the time box.
pub fn clock(question: &Question, spent_s: u64, revealed: bool) -> String {
    let minutes = |s: u64| format!("{}:{:02}", s / 60, s % 60);
    let this = match question.form {
        Form::Ticked { seconds } if !revealed => {
            format!("say it {}", minutes(u64::from(seconds).saturating_sub(spent_s)))
        }
        _ => minutes(spent_s),
    };
    match question.left_s.map(|left_s| (left_s - spent_s as f64).ceil()) {
        None => this,
        Some(left_s) if left_s > 0.0 => format!("{this}   {} left", minutes(left_s as u64)),
        Some(_) => format!("{this}   time is up after this one"),
    }
}

fn question(q: &Question, width: usize) -> String {
    let step = match &q.form {
        Form::Typed { chain: Some(at), .. } => format!("  step {} of {}", at.step, at.steps),
        _ => String::new(),
    };
    let phase = match q.phase {
        Phase::New => "  new",
        Phase::Repeat => "  again",
        Phase::Learning | Phase::Lapsed | Phase::Review => "",
    };
    let flagged = if q.flagged { "  flagged" } else { "" };
    let head = format!("{}  {}{phase}{step}{flagged}", clean(&q.deck), q.kind);
    let place = format!("{} of {}", q.n, q.n + q.remaining - 1);
    let gap = width.saturating_sub(display_width(&head) + place.len()).max(2);
    let head = textwrap::fill(&format!("{head}{}{place}", " ".repeat(gap)), width);
    let mut lines = vec![String::new(), style(head).dim().to_string()];
    // At a chain's later steps its scene was read.
    let (scene, ask) = match (&q.form, q.prompt.rsplit_once('\n')) {
        (Form::Typed { chain: Some(at), .. }, Some((scene, ask))) => (Some((scene, at.step > 1)), ask),
        _ => (None, q.prompt.as_str()),
    };
    if let Form::Typed { chain: Some(ChainPlace { known, .. }), .. } = &q.form
        && !known.is_empty()
    {
        lines.push(running_table(known, width));
    }
    lines.extend(scene.map(|(scene, was_read)| {
        let scene = style(wrap(scene, width, ""));
        if was_read { scene.dim() } else { scene }.to_string()
    }));
    lines.push(style(wrap(ask, width, "")).bold().to_string());
    match (&q.form, &q.table) {
        (Form::Picked { options }, table) => {
            lines.extend(table.as_ref().map(|table| style(wrap(&table.title, width, "")).dim().to_string()));
            lines.extend(options.iter().enumerate().map(|(at, option)| {
                let first = format!("  {}  ", at + 1);
                textwrap::fill(&clean(option), Options::new(width).initial_indent(&first).subsequent_indent("     "))
            }));
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

/// The points of a probe with a box each; a line each where they would be more than so many lines.
pub fn boxes(points: &[String], said: &[bool], width: usize, room: usize) -> String {
    let lines = points.iter().zip(said).enumerate().map(|(at, (point, said))| {
        let mark = if *said { "x" } else { " " };
        let first = format!("{} [{mark}] ", at + 1);
        let options = Options::new(width).initial_indent(&first).subsequent_indent("      ");
        textwrap::fill(&clean(point).replace('\n', " "), options)
    });
    let lines: Vec<String> = lines.collect();
    let whole = lines.join("\n");
    if whole.lines().count() <= room {
        return whole;
    }
    lines.iter().filter_map(|line| line.lines().next()).collect::<Vec<_>>().join("\n")
}

fn feedback(f: &Feedback, width: usize, revealed: bool) -> String {
    // What is on the screen is of the open question, and not of the one that was regraded.
    let revealed = revealed && f.replaces.is_none();
    let given = f.given.is_some();
    let miss = f.ratio.zip(f.direction).map(|(ratio, direction)| format!("{}x {direction}", factor(ratio)));
    let verdict = match f.quality.get() {
        0 => "not known".to_owned(),
        4.. => "right".to_owned(),
        3 if given => "close".to_owned(),
        3 => "right, hard".to_owned(),
        _ => "wrong".to_owned(),
    };
    let verdict = match miss.filter(|_| f.quality < Quality::GOOD) {
        Some(miss) => format!("{verdict}, {miss}"),
        None => verdict,
    };
    let plain = verdict.clone();
    let coloured = match f.quality.get() {
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
    let wide = plain.len() + display_width(&told) + next.len() > width;
    let next = style(if wide { format!("\n{next}") } else { next }).dim();
    let mut lines = vec![format!("{}{told}{next}", coloured.bold())];
    if f.replaces.is_some() {
        lines.insert(0, style(wrap(&format!("regraded {}", f.card), width, "")).dim().to_string());
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
    if f.leech {
        let leech = format!("forgotten {} times: X (:X where you type) suspends it, or reword it", f.schedule.lapses);
        lines.push(style(indented(&leech)).yellow().to_string());
    }
    lines.join("\n")
}

/// What the answer means for the schedule.
fn next(f: &Feedback) -> String {
    match f.schedule.next.map(|next| next.in_days) {
        _ if f.review.is_none() => String::new(),
        _ if f.schedule.asked_again => "  asked again today".to_owned(),
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

fn summary(s: &Summary, width: usize) -> String {
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
    lines.extend((!s.learned.is_empty()).then(|| format!("{} learned", plural(s.learned.len(), "new card"))));
    if !s.hard.is_empty() {
        lines.push("hard".to_owned());
        lines.extend(named(&s.hard, width));
    }
    lines.extend((s.new_waiting > 0).then(|| waits(s.new_waiting, "new card")));
    lines.extend((s.unreached > 0).then(|| format!("{} of this round not reached", plural(s.unreached, "card"))));
    let next = match (s.left_due, &s.next_due) {
        (0, Some(day)) => format!("nothing more is due today; next on {day}"),
        (0, None) => "nothing more is due today".to_owned(),
        (left, _) => format!("{} for the next session", waits(left, "card")),
    };
    lines.push(wrap(&next, width, ""));
    lines.extend(s.load.iter().any(|day| day.due > 0).then(|| load(&s.load, width)));
    lines.join("\n")
}

/// How many cards the next days bring.
fn load(days: &[DayLoad], width: usize) -> String {
    // A day's words stay together.
    let day = |load: &DayLoad| format!("{}\u{a0}{}", load.day.format("%-d\u{a0}%a"), load.due);
    let days = days.iter().map(day).collect::<Vec<_>>().join(", ");
    wrap(&format!("next days: {days}"), width, "").replace('\u{a0}', " ")
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
        skills.iter().map(|skill| format!("  {}  {}", tell(skill), clean(&skill.card))).collect::<Vec<_>>()
    };
    if !score.weakest.is_empty() {
        lines.push("weakest".to_owned());
        lines.extend(named(&score.weakest, &|skill| format!("quality {}", skill.quality)));
    }
    lines.push("slowest".to_owned());
    lines.extend(named(&score.slowest, &|skill| format!("{:>7.0} s", skill.took_s)));
    if !score.slips.is_empty() {
        lines.push("wrong turns".to_owned());
        lines.extend(score.slips.iter().map(|(slip, count)| format!("  {count:>7} x  {}", clean(slip))));
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

/// What can be typed behind a colon.
pub fn commands(width: usize) -> String {
    wrap("commands: :q :u :s :x :X :! :l :r, and :? says what they do", width, "")
}

/// The keys at this question; `scale` are those that grade.
pub fn help(question: &Question, scale: &str, width: usize) -> String {
    let (colon, first) = match &question.form {
        Form::Typed { .. } => (":", "type the answer: 5.8k, 200 ms, 50M*10/day; Enter alone says \"I don't know\""),
        Form::Picked { .. } => ("", "the option's number picks it; Enter alone says \"I don't know\""),
        Form::Ticked { .. } => ("", "Space shows the points; their numbers tick them, a all, Enter ends"),
        Form::Revealed {} => ("", scale),
    };
    let keys = [
        ("u take the last answer back", "r change its grade"),
        ("s skip, not in this session", "x suspend until resumed"),
        ("l look at a new card first", "X suspend the last one"),
        ("! flag, to come back to it", "q quit"),
    ];
    let narrow = width < 60;
    let line = |(left, right): &(&str, &str)| match narrow {
        true => format!("\n{colon}{left}\n{colon}{right}"),
        false => format!("\n{colon}{left:27}   {colon}{right}"),
    };
    wrap(&format!("{first}{}", keys.iter().map(line).collect::<String>()), width, "")
}
