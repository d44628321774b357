//! The frame of every page, and the pages of a session.

use super::forms::units;
use super::sitting::{Notice, Sitting, Unread, asked};
use crate::estimate::slip_words;
use crate::schedule::{CardId, Day, Mode, Quality};
use crate::session::words::{self, bias, next, told, verdict, went};
use crate::session::{
    ChainPlace, Counts, Feedback, Form, GradeMeans, Marks, ODDS, Phase, Question, Revealed, Round, Score, Summary,
    Table,
};
use crate::shown;
use crate::terminal::Scale;
use maud::{DOCTYPE, Markup, html};

/// Where the style sheet is; another build has another address, for a browser keeps it.
const STYLE_PATH: &str = concat!("/style.css?", env!("SYSDRILL_BUILD"));
const SCRIPT_PATH: &str = concat!("/script.js?", env!("SYSDRILL_BUILD"));
/// This many cards of a list are named, and the rest are counted.
const NAMED: usize = 5;
/// So many questions has the sprint that is offered at the end.
pub const SPRINT: usize = 10;

/// What every page of a device needs.
#[derive(Debug, Clone)]
pub struct Frame {
    /// What its forms carry.
    pub token: String,
}

/// The other pages, each with its name.
const PLACES: [(&str, &str); 9] = [
    ("/review", "Review"),
    ("/quiz", "Quiz"),
    ("/cram", "Cram"),
    ("/plan", "Plan"),
    ("/search", "Search"),
    ("/sheets", "Sheets"),
    ("/stats", "Stats"),
    ("/report", "Report"),
    ("/devices", "Devices"),
];

/// A text of a deck or of the learner: what is unseen is shown as such, and nothing in it is markup.
pub fn text(text: &str) -> String {
    shown::text(text)
}

impl Frame {
    /// A page.
    pub fn page(&self, title: &str, here: &str, body: &Markup) -> String {
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    // So that a browser names our own origin to us; to others it names none.
                    meta name="referrer" content="same-origin";
                    link rel="icon" href="data:,";
                    link rel="stylesheet" href=(STYLE_PATH);
                    script src=(SCRIPT_PATH) defer {}
                    title { (text(title)) " - sysdrill" }
                }
                body {
                    header {
                        a class="home" href="/" { "sysdrill" }
                        details class="menu" {
                            summary { "Menu" }
                            nav aria-label="pages" {
                                ul {
                                    @for (path, name) in PLACES {
                                        li { a href=(path) aria-current=[(path == here).then_some("page")] { (name) } }
                                    }
                                }
                            }
                        }
                    }
                    p id="unsaved" class="unsaved" role="alert" hidden {}
                    main id="main" { (body) }
                    p id="said" class="unseen" role="status" aria-live="polite" {}
                }
            }
        };
        page.into_string()
    }

    /// A form that changes something.
    pub fn form(&self, action: &str, class: &str, body: &Markup) -> Markup {
        html! {
            form method="post" action=(action) class=(class) {
                input type="hidden" name="token" value=(self.token);
                (body)
            }
        }
    }
}

/// Where the forms of a mode go.
pub fn path(mode: Mode) -> &'static str {
    match mode {
        Mode::Review => "/review",
        Mode::Quiz => "/quiz",
        Mode::Cram => "/cram",
    }
}

/// The page of a card.
pub fn card_path(card: &CardId) -> String {
    format!("/card/{card}")
}

/// What could come when a session has asked all it had.
#[derive(Debug, Clone, Copy, Default)]
pub struct Offer {
    /// Whole minutes left of the time box; none where it has no end.
    pub left_minutes: Option<u32>,
    /// New cards beyond the day's.
    pub new: usize,
    /// What the plan has for the rest of its minutes: due ones, and new ones.
    pub planned: Option<Counts>,
    /// There is something for a sprint.
    pub sprint: bool,
    /// No interview is planned for.
    pub plan: bool,
}

/// A notice of a stale form, by the word for it in an address.
pub fn said(word: &str) -> Option<&'static str> {
    Some(match word {
        "answered" => "This card was already answered. Nothing was changed; here is where the session stands now.",
        "too-late" => {
            "That page was older than the session: it has gone on, perhaps in another tab or on another device. Nothing was \
             changed; here is where it stands now."
        }
        "saved-before" => {
            "This card was answered already, by this answer or elsewhere: it is saved already, and counts once. Here is where the \
             session stands now."
        }
        "not-saved" => {
            "Your answer was not saved: the session had ended or begun anew before it came, and asks something else now. \
             The card will be asked again."
        }
        "elsewhere" => {
            "This card was answered elsewhere meanwhile, in the terminal perhaps. Nothing was changed here; this is the next one."
        }
        "ended" => "That session has ended. Nothing was changed.",
        _ => return None,
    })
}

/// A word in an address as a notice.
pub fn notice(word: Option<&str>) -> Markup {
    html! { @if let Some(said) = word.and_then(said) { p class="notice warn" data-say { (said) } } }
}

/// A session, as a page for one device.
pub struct SessionPage<'a, 'b> {
    /// The frame.
    pub frame: &'a Frame,
    /// The session.
    pub sitting: &'a Sitting<'b>,
    /// How grades are given.
    pub scale: Scale,
    /// Whether a clock is shown.
    pub clock: bool,
    /// Whether it is asked how sure an answer is.
    pub confidence: bool,
    /// What could come at its end.
    pub offer: Offer,
    /// The learner's day now.
    pub today: Day,
    /// What is to be said of a stale form.
    pub word: Option<&'a str>,
}

impl SessionPage<'_, '_> {
    /// The page.
    pub fn page(&self) -> String {
        let mode = self.sitting.mode;
        let title = match mode {
            Mode::Review => "Review",
            Mode::Quiz => "Quiz",
            Mode::Cram => "Cram",
        };
        self.frame.page(title, path(mode), &self.body())
    }

    fn body(&self) -> Markup {
        let sitting = self.sitting;
        html! {
            (notice(self.word))
            @for notice in &sitting.notices { (told_notice(notice)) }
            @if let Some(broken) = &sitting.broken {
                @if let Some(feedback) = sitting.last() { (self.feedback(feedback)) }
                p class="notice bad" role="alert" { "The session cannot go on: " (text(broken)) ". Every answer shown as saved is saved." }
                div class="bar" { a class="button main" href=(format!("{}?anew=1", path(sitting.mode))) data-key=" " { "Begin again" } }
            } @else if let Some(unread) = &sitting.unread {
                (self.unread(unread))
            } @else if let Some(question) = &sitting.question {
                @if let Some(feedback) = sitting.last() { (self.last(feedback)) } @else { (self.begun()) }
                (self.question(question))
            } @else if let Some(round) = &sitting.round {
                @if let Some(feedback) = sitting.last() { (self.last(feedback)) }
                (self.round(round))
            } @else if let Some(summary) = &sitting.summary {
                @if let Some(feedback) = sitting.last() { (self.last(feedback)) }
                (self.summary(summary))
            }
        }
    }

    /// A form of what stands there.
    fn form(&self, class: &str, body: &Markup) -> Markup {
        let sitting = self.sitting;
        let seed = sitting.question.as_ref().and_then(|question| match &question.form {
            Form::Typed { drawing: Some(drawing), .. } => Some(drawing.seed),
            _ => None,
        });
        self.frame.form(
            path(sitting.mode),
            class,
            &html! {
                input type="hidden" name="session" value=(sitting.id);
                input type="hidden" name="n" value=(sitting.n);
                @if let Some(question) = &sitting.question {
                    input type="hidden" name="card" value=(question.card);
                    input type="hidden" name="entries" value=(sitting.entries);
                    input type="hidden" name="asked" value=(asked(question));
                }
                @if let Some(seed) = seed { input type="hidden" name="seed" value=(seed); }
                input type="hidden" name="took" value="" data-spent=(format!("{:.2}", sitting.waited_s()));
                (body)
            },
        )
    }

    /// What the session is about, at its first question.
    fn begun(&self) -> Markup {
        let Some(begun) = &self.sitting.begun else { return Markup::default() };
        let what = match begun.mode {
            Mode::Review => words::what_there_is(begun).trim_start_matches([':', ',', ' ']).to_owned(),
            Mode::Quiz => "A sprint, due or not".to_owned(),
            Mode::Cram => "The weakest first".to_owned(),
        };
        html! {
            p class="dim small" {
                (capital(&what)) "."
                @if let Some(fits) = begun.counts().what_fits().filter(|_| begun.mode == Mode::Review) { " " (capital(&fits)) "." }
                @if let Some(day) = begun.interview { " The interview is on " (day.with_weekday()) "." }
                @if let Some(day) = begun.interview_was { " The interview was on " (day.with_weekday()) ", and the plan for it has ended." }
                @if begun.new_waiting > 0 && !begun.new_by_time { " " (shown::count(begun.new_waiting, "new card")) " must wait: there is no time for more." }
            }
        }
    }

    /// The last answer in a line or two, above the next question.
    fn last(&self, feedback: &Feedback) -> Markup {
        let class = class_of(feedback.quality);
        html! {
            div class=(format!("last {class}")) data-say {
                p {
                    span class="dim" { "The card before: " } (saved(feedback)) strong { (capital(&verdict(feedback))) }
                    @if let Some(told) = told(feedback, feedback.given.is_none()) { ": " (text(&told)) }
                    @if !next(feedback).is_empty() { ", " (next(feedback)) } "."
                }
                @if let Some(slip) = &feedback.slip { p { (text(&slip.say)) } }
                @if let Some(note) = &feedback.note { p { (text(note)) } }
                div class="aside" {
                    @if !self.sitting.is_over() {
                        (self.form("tools", &html! { button class="quiet" name="do" value="undo" data-key="u" { "Undo" } }))
                    }
                    details {
                        summary { "About it" }
                        (self.about(feedback))
                    }
                }
            }
        }
    }

    /// What else is known of an answered card, and what can be done about its answer.
    fn about(&self, feedback: &Feedback) -> Markup {
        html! {
            @for line in &feedback.working { p class="working" { (text(line)) } }
            @if let Some(why) = &feedback.why { p { (text(why)) } }
            (source(feedback))
            @if !feedback.see.is_empty() {
                p { "See " @for (at, card) in feedback.see.iter().enumerate() { @if at > 0 { ", " } a href=(card_path(card)) { (card) } } }
            }
            @if !self.sitting.is_over() {
                (self.form("tools", &html! {
                    fieldset {
                        legend { "Another grade" }
                        @for (quality, name) in self.grades_named() { button name="do" value=(format!("regrade {quality}")) aria-pressed=((*quality == feedback.quality.get()).to_string()) { (name) } }
                    }
                    button name="do" value="flag last" { "Flag" }
                    button name="do" value="suspend last" data-key="X" { "Suspend" }
                }))
            }
            p class="tools" {
                a class="button" href=(format!("{}#note", card_path(&feedback.card))) { "Note" }
                a class="button" href=(card_path(&feedback.card)) { "The card" }
            }
        }
    }

    /// The grades by their values.
    fn grades_named(&self) -> &'static [(u8, &'static str)] {
        match self.scale {
            Scale::FourKeys => &[(1, "Again"), (3, "Hard"), (4, "Good"), (5, "Easy")],
            Scale::Full => &[(0, "0"), (1, "1"), (2, "2"), (3, "3"), (4, "4"), (5, "5")],
        }
    }

    fn unread(&self, unread: &Unread) -> Markup {
        html! {
            @match unread {
                Unread::Feedback => { @if let Some(feedback) = self.sitting.last() { (self.feedback(feedback)) } }
                Unread::Look(answer) => {
                    p class="meta" { (answer.card) " · " (answer.kind) " · new" }
                    h1 tabindex="-1" { "Have a look" }
                    p class="scene" { (text(&self.sitting.was_asked)) }
                    div class="answer" data-say { (revealed(answer)) }
                    (self.note(&answer.card))
                    p class="dim" { "It will be asked in a while." }
                }
            }
            (self.form("bar", &html! {
                button class="main" name="do" value="next" data-key=" " { "Next" }
                @if !self.sitting.is_over() { button name="do" value="undo" data-key="u" { "Undo" } }
            }))
        }
    }

    /// The feedback to an answer, to be read.
    fn feedback(&self, feedback: &Feedback) -> Markup {
        html! {
            p class="meta" { (feedback.card) }
            h1 tabindex="-1" class=(class_of(feedback.quality)) data-say { (capital(&verdict(feedback))) }
            p class="scene" { (text(&self.sitting.was_asked)) }
            div class="answer" data-say {
                @if let Some(told) = told(feedback, false) { p class="told" { (text(&told)) } }
                p { (saved(feedback)) (next(feedback)) }
            }
            @if let Some(marks) = &feedback.marks { (marked(marks)) }
            @if let Some(slip) = &feedback.slip { p class="slip" { (text(&slip.say)) } }
            @if let Some(note) = &feedback.note { p { (text(note)) } }
            @if feedback.leech {
                p class="warn" { "It was forgotten " (feedback.schedule.lapses) " times: reword it, split it in two, or suspend it." }
            }
            (self.about(feedback))
            (self.note(&feedback.card))
        }
    }

    fn note(&self, card: &CardId) -> Markup {
        let note = self.sitting.note.as_ref().filter(|(own, _)| own == card);
        html! { @if let Some((_, note)) = note { p class="note" { "Your note: " (text(note)) } } }
    }

    fn question(&self, question: &Question) -> Markup {
        html! {
            (self.head(question))
            @match &self.sitting.answer {
                Some(answer) => {
                    div class="answer" data-say data-recording { (revealed(answer)) }
                    (self.note(&answer.card))
                    (self.graded(question, answer))
                }
                None if self.sitting.is_shown_first() => {
                    (self.form("bar", &html! {
                        p class="dim" { "It is new: have a look at it first, or answer it at once." }
                        button class="main" name="do" value="look" data-key=" " { "Show me" }
                        button name="do" value="ask" data-key="a" { "Ask me now" }
                    }))
                }
                None => { (self.asking(question)) }
            }
            (self.more(question))
        }
    }

    /// What is asked.
    fn head(&self, question: &Question) -> Markup {
        let phase = match question.phase {
            Phase::New => " · new",
            Phase::Repeat => " · again",
            Phase::Learning | Phase::Lapsed | Phase::Review => "",
        };
        // At a chain's later steps its scene was read.
        let chain = match &question.form {
            Form::Typed { chain: Some(chain), .. } => Some(chain),
            _ => None,
        };
        let (scene, ask) = match (chain, question.prompt.rsplit_once('\n')) {
            (Some(_), Some((scene, ask))) => (Some(scene), ask),
            _ => (None, question.prompt.as_str()),
        };
        html! {
            p class="meta" {
                span { (question.card) " · " (question.kind) (phase) @if question.flagged { " · flagged" } }
                span class="place" { (words::place(question)) }
            }
            (self.clock(question))
            @if let Some(chain) = chain { (known(chain)) }
            @if let Some(scene) = scene { p class="scene" { (text(scene)) } }
            h1 tabindex="-1" class="ask" data-say { (text(ask)) }
            @match (&question.form, &question.table) {
                (Form::Picked { .. }, Some(table)) => { p class="dim" { (text(&table.title)) } }
                (Form::Revealed {}, Some(table)) if self.sitting.answer.is_none() => {
                    (cells(table, &vec!["?".to_owned(); table.options.len()]))
                }
                _ => {}
            }
        }
    }

    fn clock(&self, question: &Question) -> Markup {
        let spent_s = self.sitting.waited_s();
        html! {
            @if self.clock {
                p class="clock dim" data-left=[question.left_s.map(|left_s| format!("{:.0}", (left_s - spent_s).max(0.0)))] data-spent=(format!("{spent_s:.0}")) {
                    @match question.left_s {
                        Some(left_s) if left_s >= 60.0 => { (format!("{:.0} min left", (left_s / 60.0).floor())) }
                        Some(left_s) if left_s > 0.0 => { "less than a minute left" }
                        Some(_) => { "time is up after this one" }
                        None => {}
                    }
                }
            }
        }
    }

    /// How sure the learner is, where that is asked. A chain's steps are one answer: they are not.
    fn sure(&self, question: &Question) -> Markup {
        let is_step = matches!(question.form, Form::Typed { chain: Some(_), .. });
        html! {
            @if self.confidence && !is_step {
                fieldset class="chips" {
                    legend { "How sure are you?" }
                    @for odds in ODDS {
                        label { input type="radio" name="sure" value=(odds); span { (odds) "%" } }
                    }
                }
            }
        }
    }

    /// The form in which a question is answered.
    fn asking(&self, question: &Question) -> Markup {
        match &question.form {
            Form::Typed { asked_in, unit, .. } => self.typed(question, asked_in, unit),
            Form::Picked { options } => self.form("bar tall", &html! {
                (self.sure(question))
                @for (at, option) in options.iter().enumerate() {
                    button class="option" name="do" value=(format!("pick {option}")) data-key=(at + 1) { span class="key" aria-hidden="true" { (at + 1) } (text(option)) }
                }
                button class="quiet" name="do" value="blank" data-key="0" { "I don't know" }
            }),
            Form::Ticked { seconds } if !self.sitting.is_started => self.form("bar", &html! {
                p class="dim" { "Say it aloud, in " (seconds) " seconds. The time begins when you say so." }
                button class="main" name="do" value="start" data-key=" " { "Begin" }
            }),
            Form::Ticked { seconds } => {
                let left_s = (f64::from(*seconds) - self.sitting.waited_s()).max(0.0);
                self.form("bar", &html! {
                    p class="countdown" role="timer" data-countdown=(format!("{left_s:.1}")) data-seconds=(seconds) {
                        (format!("{:.0} seconds, from the moment you began", seconds))
                    }
                    (self.sure(question))
                    button class="main" name="do" value="reveal" data-key=" " { "Show the points" }
                })
            }
            Form::Revealed {} => self.form("bar", &html! {
                (self.sure(question))
                button class="main" name="do" value="reveal" data-key=" " { "Show the answer" }
            }),
        }
    }

    fn typed(&self, question: &Question, asked_in: &str, unit: &str) -> Markup {
        let units = units(asked_in);
        let bare = if asked_in.is_empty() { "as it is" } else { asked_in };
        html! {
            (self.form("bar tall typing", &html! {
                label class="typed" {
                    span {
                        "Your answer"
                        @if !asked_in.is_empty() { ", in " (asked_in) } @else if !unit.is_empty() { " (" (unit) ")" }
                    }
                    input type="text" name="text" value=(self.sitting.draft) inputmode="decimal" autocomplete="off"
                        autocapitalize="off" autocorrect="off" spellcheck="false" enterkeyhint="send" autofocus;
                }
                @if !units.is_empty() {
                    fieldset class="chips" {
                        legend { "Unit of a bare number" }
                        label { input type="radio" name="unit" value="" checked; span { (bare) } }
                        @for unit in &units { label { input type="radio" name="unit" value=(unit); span { (unit) } } }
                    }
                }
                (self.sure(question))
                button class="main" name="do" value="answer" { "Answer" }
                button class="quiet" name="do" value="blank" { "I don't know" }
            }))
        }
    }

    /// The form in which a shown answer is graded.
    fn graded(&self, question: &Question, answer: &Revealed) -> Markup {
        if let Form::Ticked { .. } = question.form {
            return self.form("bar tall", &html! {
                fieldset class="points" {
                    legend { "Which points did you say?" }
                    @for (at, point) in answer.points.iter().enumerate() {
                        label { input type="checkbox" name="point" value=(at) data-key=(at + 1); span { (text(point)) } }
                    }
                }
                button class="main" name="do" value="said" data-key="Enter" { "Done" }
                button class="quiet" name="do" value="said-all" data-key="a" { "I said all of them" }
                button class="quiet" name="do" value="said-none" { "I said none of them" }
            });
        }
        html! {
            (self.form("bar grades", &html! {
                @for (at, (quality, name)) in self.grades_named().iter().enumerate() {
                    @let key = if self.scale == Scale::Full { usize::from(*quality) } else { at + 1 };
                    button class=(format!("grade {}", class_of(Quality::new(i64::from(*quality)).unwrap_or(Quality::BLANK)))) name="do" value=(format!("grade {quality}")) data-key=(key) {
                        span class="name" { (name) }
                        span class="comes" { (comes_back(&answer.grades, *quality)) }
                    }
                }
            }))
        }
    }

    /// What else can be done at an open question.
    fn more(&self, question: &Question) -> Markup {
        let is_new = question.phase == Phase::New && self.sitting.answer.is_none() && !self.sitting.is_shown_first();
        html! {
            details class="more" {
                summary { "More" }
                (self.form("tools", &html! {
                    @if is_new { button name="do" value="look" data-key="l" { "Just look" } }
                    button name="do" value="undo" data-key="u" { "Undo" }
                    button name="do" value=(if question.flagged { "unflag" } else { "flag" }) data-key="!" {
                        (if question.flagged { "Take the flag off" } else { "Flag" })
                    }
                    button name="do" value="skip" data-key="s" { "Skip" }
                    button name="do" value="suspend" data-key="x" { "Suspend" }
                    button name="do" value="quit" data-key="q" { "End the session" }
                }))
                (help(question, self.scale))
            }
        }
    }

    fn round(&self, round: &Round) -> Markup {
        html! {
            h1 tabindex="-1" data-say { "Round " (round.round) " is over" }
            p { (shown::count(round.asked, "card")) " asked, " (round.weak.len()) " still weak." }
            ul { @for card in round.weak.iter().take(NAMED) { li { a href=(card_path(card)) { (card) } } } }
            @if round.weak.len() > NAMED { p { "and " (round.weak.len() - NAMED) " more" } }
            (self.form("bar", &html! {
                button class="main" name="do" value="again" data-key=" " { "Go round these again" }
                button name="do" value="quit" data-key="q" { "End" }
                button name="do" value="undo" data-key="u" { "Undo" }
            }))
        }
    }

    fn summary(&self, s: &Summary) -> Markup {
        let minutes = (s.counted_s / 60.0).round() as u64;
        html! {
            h1 tabindex="-1" data-say { "The session is over" }
            @if let Some(ended) = words::ended(s.ended) { p { (ended) } }
            p { "Every answer is saved." }
            @if let Some(score) = &s.score {
                p { (shown::count(score.questions, "question")) " in " (minutes) " min." }
                (scorecard(score))
            } @else {
                @if s.answered > 0 {
                    p {
                        (shown::count(s.answered, "answer")) ": " (s.correct) " right"
                        @if s.repeats > 0 { ", " (shown::count(s.repeats, "repeat")) } ", " (minutes) " min."
                    }
                }
                @if !s.learned.is_empty() { p { (shown::count(s.learned.len(), "new card")) " learned." } }
                @if !s.hardest.is_empty() {
                    h2 { "Hardest today" }
                    ul {
                        @for hard in s.hardest.iter().take(NAMED) {
                            li { (text(hard.prompt.lines().next().unwrap_or_default())) " " a class="small" href=(card_path(&hard.card)) { (hard.card) } }
                        }
                    }
                }
                @if let Some(unfinished) = &s.unfinished { p { (words::not_kept(unfinished)) "." } }
                @if s.unreached > 0 { p { (shown::count(s.unreached, "card")) " of this round not reached." } }
                @for line in words::still_waiting(s) { p { (capital(&line)) "." } }
                @if s.load.iter().any(|day| day.due > 0) {
                    p class="dim" { "Coming due: " @for (at, load) in s.load.iter().enumerate() { @if at > 0 { ", " } (load.day.format("%a %-d")) ": " (load.due) } }
                }
            }
            (self.what_next(s))
        }
    }

    fn what_next(&self, s: &Summary) -> Markup {
        let offer = &self.offer;
        html! {
            div class="bar tall" {
                @if let Some(minutes) = offer.left_minutes.filter(|minutes| *minutes > 0) { p class="dim" { (shown::count(minutes as usize, "minute")) " left today. What next?" } }
                @if offer.new > 0 {
                    (self.frame.form("/review", "", &html! {
                        input type="hidden" name="more" value=(offer.new);
                        button class="main" name="begin" value="more" { (shown::count(offer.new, "more new card")) }
                    }))
                }
                @if let Some(planned) = offer.planned.filter(|planned| !planned.is_nothing()) {
                    (self.frame.form("/review", "", &html! {
                        button class="main" name="begin" value="more" { "The plan's next cards: " (planned.to_string()) }
                    }))
                }
                @if self.sitting.mode == Mode::Review && (s.left_due > 0 || self.sitting.day != self.today) {
                    (self.frame.form("/review", "", &html! { button class="main" name="begin" value="review" { (if self.sitting.day == self.today { "Another session" } else { "Today's session" }) } }))
                }
                @if self.sitting.mode == Mode::Review && self.sitting.begun.as_ref().is_some_and(|begun| begun.selection) {
                    a class="button main" href="/review?anew=1" { "Back to today's review" }
                }
                @if offer.sprint {
                    (self.frame.form("/quiz", "", &html! {
                        input type="hidden" name="questions" value=(SPRINT);
                        button name="begin" value="quiz" { "A sprint of " (SPRINT) " estimates, due or not" }
                    }))
                }
                @if offer.plan { a class="button" href="/plan" { "Plan for an interview" } }
                @if self.sitting.mode != Mode::Review { a class="button" href=(format!("{}?anew=1", path(self.sitting.mode))) { "Another one" } }
                @if self.sitting.mode == Mode::Review && s.answered > 0 {
                    (self.frame.form("/review", "", &html! { button class="quiet" name="begin" value="undo" data-key="u" { "Undo the last answer" } }))
                }
                a class="button quiet" href="/" { "That is it for now" }
            }
        }
    }
}

fn told_notice(notice: &Notice) -> Markup {
    match notice {
        Notice::Done(said) => html! { p class="notice" data-say { (text(said)) } },
        Notice::Refused(said, column) => html! {
            p class="notice bad" role="alert" {
                (text(&capital(said)))
                @if let Some(column) = column { " (at character " (column) ")" }
            }
        },
    }
}

/// The class of a grade; a word or a mark says the same beside it.
fn class_of(quality: Quality) -> &'static str {
    match quality.get() {
        4.. => "right",
        3 => "close",
        _ => "wrong",
    }
}

pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// That an answer is on disk, where it is: a chain's step is saved with the chain.
fn saved(feedback: &Feedback) -> Markup {
    html! {
        @if feedback.review.is_some() { span class="saved" { "Saved. " } } @else { span class="dim" { "Kept until the chain is done. " } }
    }
}

/// When a card would come back for this grade.
fn comes_back(grades: &[GradeMeans], quality: u8) -> String {
    match grades.iter().find(|means| means.quality.get() == quality) {
        Some(GradeMeans { asked_again: true, .. }) => "today".to_owned(),
        Some(GradeMeans { due_in_days: Some(days), .. }) => format!("{days} d"),
        _ => String::new(),
    }
}

fn source(feedback: &Feedback) -> Markup {
    html! {
        @if let Some(source) = &feedback.source {
            p class="dim small" { (text(source)) @if let Some(year) = feedback.as_of { ", as of " (year) } }
        }
    }
}

/// An answer that is shown.
pub fn revealed(answer: &Revealed) -> Markup {
    html! {
        @match &answer.table {
            Some(table) if !answer.cells.is_empty() => { (cells(table, &answer.cells)) }
            // Its points are to be ticked below.
            _ if !answer.points.is_empty() => {}
            _ => { p class="told" { (text(&answer.text)) } }
        }
        @if let Some(why) = &answer.why { p { (text(why)) } }
    }
}

/// A row of a matrix: its options, a cell each.
fn cells(table: &Table, cells: &[String]) -> Markup {
    html! {
        dl class="cells" {
            @for (option, cell) in table.options.iter().zip(cells) {
                div { dt { (text(option)) } dd { (text(cell)) } }
            }
        }
    }
}

/// What is known of a chain so far.
fn known(chain: &ChainPlace) -> Markup {
    html! {
        p class="dim" {
            @if let Some(title) = &chain.title { (text(title)) ", " }
            "step " (chain.step) " of " (chain.steps)
        }
        @if !chain.known.is_empty() {
            dl class="cells" {
                @for step in &chain.known {
                    div {
                        dt { (text(&step.step.replace('_', " "))) }
                        dd { (text(&step.value)) @if let Some(truth) = &step.truth { " (true: " (text(truth)) ")" } }
                    }
                }
            }
        }
    }
}

/// What was picked or said, beside what is right.
fn marked(marks: &Marks) -> Markup {
    html! {
        ul class="marks" {
            @match marks {
                Marks::Options { options, picked, right } => {
                    @for (at, option) in options.iter().enumerate() {
                        li {
                            (text(option))
                            @if at == *right { " " strong class="right" { "right" } }
                            @if Some(at) == *picked && at != *right { " " strong class="wrong" { "your pick" } }
                        }
                    }
                }
                Marks::Points { points, said } => {
                    @for (at, point) in points.iter().enumerate() {
                        li { @if said.contains(&at) { span class="right" { "said: " } } @else { strong class="wrong" { "not said: " } } (text(point)) }
                    }
                }
            }
        }
    }
}

/// How a sprint went.
fn scorecard(score: &Score) -> Markup {
    let times = |value: Option<f64>| {
        value.map_or_else(|| "-".to_owned(), |value| format!("{}x", crate::quantity::factor(value)))
    };
    let share = |count: usize| format!("{count} of {}", score.questions);
    html! {
        table {
            tbody {
                tr { th scope="row" { "within tolerance" } td { (share(score.within_tolerance)) } }
                tr { th scope="row" { "within 2x" } td { (share(score.within_2x)) } }
                tr { th scope="row" { "within 10x" } td { (share(score.within_10x)) } }
                tr { th scope="row" { "median factor" } td { (times(score.median_factor)) } }
                @if score.far_off > 0 {
                    tr { th scope="row" { "over 100x off" } td { (share(score.far_off)) } }
                    tr { th scope="row" { "bias of the rest" } td { (bias(score.bias)) } }
                } @else {
                    tr { th scope="row" { "bias" } td { (bias(score.bias)) } }
                }
            }
        }
        @if !score.weakest.is_empty() {
            h2 { "Weakest" }
            ul { @for skill in &score.weakest { li { (went(skill.quality)) ": " (text(&skill.card.to_string())) } } }
        }
        @if !score.slowest.is_empty() {
            h2 { "Slowest" }
            ul { @for skill in &score.slowest { li { (format!("{:.0} s ", skill.took_s)) (text(&skill.card.to_string())) } } }
        }
        @if !score.slips.is_empty() {
            h2 { "Wrong turns" }
            ul { @for (slip, count) in &score.slips { li { (count) "x " (text(&slip_words(slip))) } } }
        }
        @if !score.before.is_empty() {
            h2 { "Your last sprints" }
            ul {
                @for sprint in &score.before {
                    li { (sprint.day) ": " (sprint.within_tolerance) " of " (sprint.questions) " right, median " (times(sprint.median_factor)) }
                }
            }
        }
    }
}

/// What can be typed and pressed.
fn help(question: &Question, scale: Scale) -> Markup {
    let grades = match scale {
        Scale::FourKeys => "1 Again, 2 Hard, 3 Good, 4 Easy",
        Scale::Full => "0 blackout, 1-2 wrong, 3 hard, 4 good, 5 perfect",
    };
    html! {
        details class="help" {
            summary data-key="?" { "Help" }
            @match question.form {
                Form::Typed { .. } => {
                    p { "Type a number as you would say it: 5.8k, 200 ms, 50M*10/day. A bare number is in the unit that is chosen." }
                }
                Form::Picked { .. } => { p { "Tap an option, or press its number." } }
                Form::Ticked { .. } => { p { "Say the answer aloud; the points appear when the time is over. Then tick what you said." } }
                Form::Revealed {} => { p { "Think, show the answer, and grade yourself: " (grades) "." } }
            }
            p {
                "Keys: Space goes on, numbers choose, u takes back what was done last, s skips, x suspends, ! flags, "
                "l shows a new card, q ends. Every answer is saved when it is given."
            }
        }
    }
}
