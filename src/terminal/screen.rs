//! Events as text for a width in columns. Nothing here touches a terminal.

use crate::estimate::slip_words;
use crate::quantity::factor;
use crate::schedule::{CardId, Day, Mode};
use crate::session::words::{self, bias, next, taken_back, told, verdict, went};
use crate::session::{
    Begun, ChainPlace, DayLoad, Event, Face, Feedback, Form, Known, Marks, Phase, Question, Revealed, Round, Score,
    Skill, Sprint, Summary, Table,
};
use console::style;
use textwrap::core::display_width;
use textwrap::{Options, WordSplitter};

/// The narrowest and the widest text.
const WIDTHS: (usize, usize) = (40, 88);

/// The widest picture.
const WIDEST_PICTURE: usize = 120;

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

/// The width to draw in, which need not be as narrow as text that is easily read.
pub fn room() -> usize {
    usize::from(console::Term::stdout().size().1).clamp(WIDTHS.0, WIDEST_PICTURE)
}

/// What stands on the screen already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shown {
    /// The answer, with its reason.
    pub revealed: bool,
    /// The column at which the last typed text began.
    pub typed_at: usize,
    /// Nothing is drawn: no tables, no boxes.
    pub plain: bool,
    /// The keys of a session.
    pub keys_told: bool,
}

/// What an event says.
pub fn event(event: &Event, width: usize, shown: Shown) -> String {
    let line = |text: String| wrap(&text, width, "");
    match event {
        Event::Begun(begun) => session(begun, width, shown.keys_told),
        Event::Question(q) => question_with(q, width, shown.plain),
        Event::Revealed(answer) => revealed(answer, width, shown.plain),
        Event::Looked(answer) => revealed(answer, width, shown.plain),
        Event::Noted { card, text } if text.is_empty() => line(format!("there is no note on {card} now")),
        Event::Noted { text, .. } => wrap(&format!("your note: {text}"), width, "  "),
        // The front end opens an editor.
        Event::Edit(_) => String::new(),
        Event::Shown(card) => another(card, width, shown.plain),
        Event::Feedback(f) => feedback(f, width, shown),
        Event::Undone { card, what, .. } => format!("\n{}", line(format!("taken back: {}", taken_back(*what, card)))),
        Event::Flagged { card, flagged: true } => line(format!("flagged {card}: sysdrill decks --flagged lists it")),
        Event::Flagged { card, flagged: false } => line(format!("no longer flagged: {card}")),
        Event::Dismissed { card, suspended: false } => {
            line(format!("skipped {card}: it does not come back in this session"))
        }
        Event::Dismissed { card, suspended: true } => {
            line(format!("suspended {card}: sysdrill resume {card} brings it back"))
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

fn session(begun: &Begun, width: usize, keys_told: bool) -> String {
    let Begun { mode, day, new, new_by_time, new_waiting, interview, interview_was, note, .. } = begun;
    let counts = begun.counts();
    let mut lines = vec![wrap(&format!("{}{}", long_day(*day), words::what_there_is(begun)), width, "")];
    // The warm-up on the day itself is all that there is.
    let is_done = begun.budget_s.is_some_and(|budget_s| budget_s <= 0.0) && *interview != Some(*day);
    lines.extend(is_done.then(|| wrap("sysdrill --minutes 5 goes on for five more", width, "")));
    lines.extend(counts.what_fits().filter(|_| *mode == Mode::Review).map(|fits| wrap(&fits, width, "")));
    let says = |at: &Day| wrap(&format!("interview on {}{}", long_day(*at), days_left(*day, *at)), width, "");
    lines.extend(interview.as_ref().map(says));
    lines.extend(interview_was.as_ref().map(|was| {
        let over = "the plan for it has ended, and each card is due on its own day again";
        wrap(&format!("your interview was on {}: {over}", long_day(*was)), width, "")
    }));
    lines.extend((*new_waiting > 0 && !new_by_time).then(|| {
        let filled = match new_waiting == new && counts.due > 0 {
            true => "reviews fill the time",
            false => "there is no time for more",
        };
        wrap(&format!("{}: {filled}", waits(*new_waiting, "new card")), width, "")
    }));
    lines.extend(note.as_ref().map(|note| style(wrap(note, width, "")).magenta().to_string()));
    let hints =
        "q quits, u takes back what you did last, ? shows all keys; at a prompt type the word: quit, undo, help";
    lines.extend((!keys_told).then(|| wrap(hints, width, "")));
    lines.join("\n")
}

/// A day with its weekday: `Sat 21 Nov 2026`.
fn long_day(day: Day) -> String {
    day.format("%a %-d %b %Y").to_string()
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

/// A question, with its table drawn.
pub fn question(q: &Question, width: usize) -> String {
    question_with(q, width, false)
}

/// A question in which nothing is drawn.
pub fn plain_question(q: &Question, width: usize) -> String {
    question_with(q, width, true)
}

fn question_with(q: &Question, width: usize, plain: bool) -> String {
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
    let head = format!("{}  {}{phase}{step}{flagged}", q.card, q.kind);
    // It stays together where the line is too short.
    let place = words::place(q).replace(' ', "\u{a0}");
    let gap = width.saturating_sub(display_width(&head) + display_width(&place)).max(2);
    let head = textwrap::fill(&format!("{head}{}{place}", " ".repeat(gap)), width).replace('\u{a0}', " ");
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
            lines.extend(table.as_ref().map(|table| wrap(&table.title, width, "")));
            lines.extend(options.iter().enumerate().map(|(at, option)| listed(at, option, width)));
        }
        (Form::Ticked { seconds }, _) => lines.push(format!("say it aloud in {seconds} seconds")),
        (Form::Revealed {}, Some(table)) => {
            lines.push(cells(&table.options, &vec!["?".to_owned(); table.options.len()], width, plain));
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

/// Options and their cells, as a table or a line each.
fn cells(options: &[String], cells: &[String], width: usize, plain: bool) -> String {
    match plain {
        true => {
            let line = |(option, cell): (&String, &String)| wrap(&format!("{option}: {cell}"), width, "  ");
            options.iter().zip(cells).map(line).collect::<Vec<_>>().join("\n")
        }
        false => rows(options, cells, width),
    }
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

fn revealed(answer: &Revealed, width: usize, plain: bool) -> String {
    let mut lines = Vec::new();
    match &answer.table {
        Some(Table { options, dimension: Some(_), .. }) if !answer.cells.is_empty() => {
            lines.push(cells(options, &answer.cells, width, plain));
        }
        _ => lines.push(wrap(&answer.text, width, "  ")),
    }
    if let Some(why) = &answer.why {
        lines.push(wrap(why, width, "  "));
    }
    lines.join("\n")
}

/// Another card, as it would be asked and answered.
fn another(card: &Face, width: usize, plain: bool) -> String {
    let head = style(wrap(card.revealed.card.as_str(), width, "")).dim().to_string();
    let ask = style(wrap(&card.prompt, width, "")).bold().to_string();
    format!("\n{head}\n{ask}\n{}", revealed(&card.revealed, width, plain))
}

/// The points of a probe, those that were not said marked.
pub fn said(points: &[String], said: &[bool], width: usize) -> String {
    let lines = points.iter().zip(said).enumerate().map(|(at, (point, said))| {
        let text = listed(at, &format!("{} {point}", if *said { "[x]" } else { "[ ] not said:" }), width);
        if *said { text } else { style(text).bold().to_string() }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// One of a list that is numbered from 1.
fn listed(at: usize, text: &str, width: usize) -> String {
    let first = format!("  {}  ", at + 1);
    let options = Options::new(width).initial_indent(&first).subsequent_indent("     ");
    textwrap::fill(&clean(text).replace('\n', " "), options)
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

fn feedback(f: &Feedback, width: usize, shown: Shown) -> String {
    // What is on the screen is of the open question, and not of the one that was regraded.
    let revealed = shown.revealed && f.replaces.is_none();
    let verdict = verdict(f);
    let told = told(f, revealed).map(|told| format!(": {told}")).unwrap_or_default();
    let next = next(f);
    let coloured = |text: &str| match f.quality.get() {
        4.. => style(text.to_owned()).green(),
        3 => style(text.to_owned()).magenta(),
        _ => style(text.to_owned()).red(),
    };
    let mut lines = Vec::new();
    if f.replaces.is_some() {
        lines.push(wrap(&format!("regraded {}", f.card), width, ""));
    }
    let indented = |text: &str| wrap(text, width, "  ");
    let gap = if next.is_empty() { "" } else { "  " };
    if display_width(&verdict) + display_width(&told) + display_width(&next) + 2 <= width && !told.contains('\n') {
        lines.push(format!("{}{told}{gap}{next}", coloured(&verdict).bold()));
    } else {
        lines.push(match told.contains('\n') {
            true => format!("{}\n{}", coloured(&verdict).bold(), indented(told.trim_start_matches(": "))),
            false => coloured(&wrap(&format!("{verdict}{told}"), width, "")).to_string(),
        });
        lines.extend((!next.is_empty()).then(|| wrap(&next, width, "")));
    }
    if let Some(Marks::Options { options, picked, right }) = &f.marks
        && picked != &Some(*right)
    {
        lines.extend(options.iter().enumerate().map(|(at, option)| {
            let mark = match at {
                _ if at == *right => "   right",
                _ if Some(at) == *picked => "   your pick",
                _ => "",
            };
            listed(at, &format!("{option}{mark}"), width)
        }));
    }
    lines.extend(f.slip.as_ref().map(|slip| style(indented(&slip.say)).magenta().to_string()));
    lines.extend(f.note.as_ref().map(|note| indented(note)));
    lines.extend(f.working.iter().map(|line| indented(line)));
    lines.extend(f.why.as_ref().filter(|_| !revealed).map(|why| indented(why)));
    if let Some(source) = &f.source {
        let year = f.as_of.map(|year| format!(", as of {year}")).unwrap_or_default();
        lines.push(style(indented(&format!("{source}{year}"))).dim().to_string());
    }
    if !f.see.is_empty() {
        let see = f.see.iter().map(CardId::as_str).collect::<Vec<_>>().join(", ");
        lines.push(style(indented(&format!("see {see}"))).dim().to_string());
    }
    lines.join("\n")
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
    lines.extend(words::ended(s.ended).map(|ended| wrap(ended, width, "")));
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
    if !s.hardest.is_empty() {
        lines.push("hardest today".to_owned());
        lines.extend(s.hardest.iter().take(NAMED).map(|hard| {
            let ask = hard.prompt.lines().next().unwrap_or_default();
            let id = style(format!("({})", hard.card)).dim();
            format!("{}\n  {id}", wrap(ask, width, "  "))
        }));
        lines.extend((s.hardest.len() > NAMED).then(|| format!("  and {} more", s.hardest.len() - NAMED)));
    }
    lines.extend(s.unfinished.as_ref().map(|unfinished| wrap(&words::not_kept(unfinished), width, "")));
    lines.extend((s.unreached > 0).then(|| format!("{} of this round not reached", plural(s.unreached, "card"))));
    lines.extend(words::still_waiting(s).iter().map(|line| wrap(line, width, "")));
    lines.extend(s.load.iter().any(|day| day.due > 0).then(|| load(&s.load, width)));
    lines.join("\n")
}

/// How many cards the next days bring.
fn load(days: &[DayLoad], width: usize) -> String {
    // A day's words stay together.
    let day = |load: &DayLoad| format!("{}:\u{a0}{}", load.day.format("%a\u{a0}%-d"), load.due);
    let days = days.iter().map(day).collect::<Vec<_>>().join(", ");
    wrap(&format!("coming due: {days}"), width, "").replace('\u{a0}', " ")
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
    ];
    match score.far_off {
        0 => lines.push(format!("bias              {}", bias(score.bias))),
        far_off => lines.extend([
            format!("over 100x off     {}", share(far_off)),
            format!("bias of the rest  {}", bias(score.bias)),
        ]),
    }
    let named = |skills: &[Skill], tell: &dyn Fn(&Skill) -> String| {
        skills.iter().map(|skill| format!("  {}  {}", tell(skill), clean(&skill.card))).collect::<Vec<_>>()
    };
    if !score.weakest.is_empty() {
        lines.push("weakest".to_owned());
        lines.extend(named(&score.weakest, &|skill| format!("{:<10}", went(skill.quality))));
    }
    lines.push("slowest".to_owned());
    lines.extend(named(&score.slowest, &|skill| format!("{:>7.0} s", skill.took_s)));
    if !score.slips.is_empty() {
        lines.push("wrong turns".to_owned());
        lines.extend(score.slips.iter().map(|(slip, count)| format!("  {count:>7} x  {}", clean(&slip_words(slip)))));
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

/// What quitting in the middle of a chain loses.
pub fn lost(steps: usize, width: usize) -> String {
    wrap(&words::lost(steps), width, "")
}

/// What can be typed after a colon.
pub fn commands(width: usize) -> String {
    wrap(
        "after a colon comes a command: quit, undo, skip, suspend, flag, look, regrade, open, help, or its letter",
        width,
        "",
    )
}

/// A letter alone is no answer: how to say what it may have meant.
pub fn bare_letter(letter: char, width: usize) -> String {
    let meant = match letter {
        'q' | 'Q' => "to quit, type quit or :q",
        'u' | 'U' => "to take back what you did last, type undo or :u",
        's' | 'S' => "to skip this card, type skip or :s",
        'x' => "to suspend this card, type suspend or :x",
        'X' => "to suspend the card before, type :X",
        'l' | 'L' => "to look at a new card first, type look or :l",
        'r' | 'R' => "to change the last grade, type regrade or :r",
        'o' | 'O' => "to open the related card, type open or :o",
        '!' => "to flag a card, type flag or :!",
        _ => "help or :? shows what can be typed",
    };
    wrap(&format!("'{}' alone is not an answer: {meant}", clean(&letter.to_string())), width, "")
}

/// The keys at this question; `scale` are those that grade.
pub fn help(question: &Question, scale: &str, width: usize) -> String {
    let is_typed = matches!(question.form, Form::Typed { .. });
    let first = match &question.form {
        Form::Typed { .. } => "type the answer: 5.8k, 200 ms, 50M*10/day; Enter twice says \"I don't know\"",
        Form::Picked { .. } => "the option's number picks it; Enter twice says \"I don't know\"",
        Form::Ticked { .. } => {
            "Space begins the time, then shows the points; their numbers tick them, a ticks all, Enter ends"
        }
        Form::Revealed {} => scale,
    };
    let keys = [
        ("u", "undo", "take back what you did last"),
        ("r", "regrade", "change the last grade"),
        ("s", "skip", "leave it out of this session"),
        ("x", "suspend", "leave it out until it is resumed"),
        ("X", ":X", "suspend the card before"),
        ("!", "flag", "mark it, to come back to it later"),
        ("l", "look", "see a new card's answer first"),
        ("o", "open", "see the card that the last one refers to"),
        ("e", "edit", "open its file in your editor, or your note on it"),
        ("q", "quit", "end; all answers are saved"),
    ];
    let line = |(key, word, what): &(&str, &str, &str)| {
        let said = if is_typed { format!("{word:8}") } else { format!("{key} ") };
        format!("\n{said} {what}")
    };
    wrap(&format!("{first}{}", keys.iter().map(line).collect::<String>()), width, "")
}

/// The keys while feedback is read.
pub fn help_at_pause(width: usize) -> String {
    let keys = "Enter or Space: the next question\nu  take this answer back\nr  change its grade\nx  suspend this card\n\
                !  flag this card\no  the card that it refers to\ne  edit it, or your note on it\nq  end; all answers are saved";
    wrap(keys, width, "")
}
