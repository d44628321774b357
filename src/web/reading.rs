//! The pages to read and to look things up: what there is to do, a card, a search, sheets, how it goes, the plan, the devices.

use super::forms::Fields;
use super::page::{Frame, capital, card_path, notice, text};
use super::shelf::{Failed, Result, Shelf};
use crate::catalog::{self, Catalog};
use crate::deck::Card;
use crate::log::{Mark, MarkKind};
use crate::practice::{self, Agenda, Looked, weak};
use crate::report::page as report_page;
use crate::report::sheet::{Remark, Sheet, Written};
use crate::schedule::{CardId, Day, Interview, Style};
use crate::shown;
use crate::store::deck_index::{Hits, Scope};
use maud::{Markup, PreEscaped, html};
use qrcode::QrCode;
use qrcode::render::svg;
use std::collections::HashSet;

/// A search shows at most so many cards.
const MOST_FOUND: u32 = 50;
/// A plan is at most so long.
const LONGEST_DAYS: i64 = 366;
/// The longest note, in characters.
const LONGEST_NOTE: usize = 4000;

/// Says why something cannot be done.
pub fn problem(frame: &Frame, title: &str, message: &str) -> String {
    let body = html! {
        h1 { (title) }
        p class="notice bad" role="alert" { (text(message)) }
        div class="bar" { a class="button main" href="/" { "To the first page" } }
    };
    frame.page(title, "", &body)
}

/// The first page: what there is to do.
///
/// # Errors
/// The database.
pub fn home(shelf: &mut Shelf, frame: &Frame, fields: &Fields, is_on: bool) -> Result<String> {
    let day = shelf.clock.today();
    practice::fit_for_plan(&mut shelf.store, day)?;
    let agenda = Agenda::new(shelf.catalog, &shelf.store, shelf.daily(), shelf.daily().on())?;
    let by_deck = agenda.due_by_deck(&shelf.store)?;
    let (counts, next) = (agenda.today(&shelf.store)?, agenda.next_due(&shelf.store)?);
    let today = shelf.clock.today();
    let interview = shelf.store.marks().interview()?.filter(|interview| today <= interview.day);
    let reworded = catalog::reworded(&shelf.store)?.len();
    let body = html! {
        (notice(fields.get("said")))
        @if reworded > 0 {
            p class="notice warn" {
                (shown::count(reworded, "card")) " may be known in other words: " code { "sysdrill deck match" }
                " in a terminal asks, and moves the progress. Asked before that, a card begins anew."
            }
        }
        h1 { "Today" }
        p { @if counts.is_nothing() { "Nothing is due." } @else { (counts.to_string()) "." } }
        @if let Some(fits) = counts.what_fits() { p { (capital(&fits)) "." } }
        @if counts.is_nothing() { @if let Some(day) = next { p { "The next cards come on " (day.with_weekday()) "." } } }
        @if let Some(interview) = interview { p { "The interview is on " (interview.day.with_weekday()) ", in " (shown::count(usize::try_from(interview.day.since(today)).unwrap_or(0), "day")) "." } }
        @if !by_deck.is_empty() {
            details { summary { "By deck" } ul { @for (deck, due) in &by_deck { li { (due) " " (text(deck)) } } } }
        }
        div class="bar" {
            a class="button main" href=(if is_on { "/review" } else { "/review?anew=1" }) data-key=" " { (if is_on { "Go on with the review" } else { "Review" }) }
            a class="button" href="/quiz" { "A sprint of estimates" }
            a class="button" href="/search" { "Find a card" }
        }
    };
    Ok(frame.page("Today", "/", &body))
}

/// What a sprint may be.
///
/// # Errors
/// The database or the decks.
pub fn quiz(shelf: &mut Shelf, frame: &Frame, fields: &Fields) -> Result<String> {
    let scope = shelf.scope(&Fields::default())?;
    let chains = practice::chains(&mut shelf.store, shelf.catalog, &scope)?;
    let decks = decks_of(shelf)?;
    let body = html! {
        (notice(fields.get("said")))
        h1 { "Quiz" }
        p { "A sprint of generated questions, due or not, with a scorecard at its end. The schedule is safe." }
        (frame.form("/quiz", "stack", &html! {
            label { "Questions" input type="number" name="questions" value="10" min="1" max="200" inputmode="numeric"; }
            (of(&decks))
            @if !chains.is_empty() {
                label {
                    "Or one system, from users to servers"
                    select name="chain" {
                        option value="" { "none: single questions" }
                        @for (name, title, steps) in &chains { option value=(name) { (text(title)) ", " (steps) " steps" } }
                    }
                }
            }
            button class="main" name="begin" value="quiz" data-key=" " { "Begin" }
        }))
    };
    Ok(frame.page("Quiz", "/quiz", &body))
}

/// What can be crammed.
///
/// # Errors
/// The database.
pub fn cram(shelf: &mut Shelf, frame: &Frame, fields: &Fields) -> Result<String> {
    let decks = decks_of(shelf)?;
    let body = html! {
        (notice(fields.get("said")))
        h1 { "Cram" }
        p { "Go through what you have learned, the weakest first. The schedule is safe." }
        (frame.form("/cram", "stack", &html! {
            label { "Minutes (0 is no limit)" input type="number" name="minutes" value="0" min="0" max="1440" inputmode="numeric"; }
            (of(&decks))
            label class="check" { input type="checkbox" name="missed"; span { "Only what was missed in the last 7 days" } }
            label class="check" { input type="checkbox" name="all"; span { "Cards that were never asked too" } }
            button class="main" name="begin" value="cram" data-key=" " { "Begin" }
        }))
    };
    Ok(frame.page("Cram", "/cram", &body))
}

/// The decks by name and title.
fn decks_of(shelf: &Shelf) -> Result<Vec<(String, String)>> {
    let decks = shelf.store.deck_index().decks()?;
    Ok(decks.into_iter().filter_map(|deck| Some((deck.name?, deck.title.unwrap_or_default()))).collect())
}

fn of(decks: &[(String, String)]) -> Markup {
    html! {
        label {
            "Deck"
            select name="of" {
                option value="" { "all decks that are on" }
                @for (name, title) in decks { option value=(name) { (text(title)) } }
            }
        }
    }
}

/// Cards by the words in them.
///
/// # Errors
/// The database or the decks.
pub fn search(shelf: &mut Shelf, frame: &Frame, fields: &Fields) -> Result<String> {
    let words: Vec<String> =
        fields.said("q").map(|q| q.split_whitespace().map(str::to_owned).collect()).unwrap_or_default();
    let hits = match words.is_empty() {
        true => None,
        false => {
            shelf.catalog.take_in_words(&mut shelf.store, &mut |_, _| ())?;
            let scope = shelf.scope(&Fields::default())?;
            Some(shelf.store.deck_index().with_words(&words, &scope, MOST_FOUND)?)
        }
    };
    let body = html! {
        h1 { "Search" }
        form method="get" action="/search" class="stack" role="search" {
            label { "Words in what a card asks and answers" input type="search" name="q" value=(words.join(" ")) autocomplete="off"; }
            button class="main" { "Search" }
        }
        @if let Some(Hits { cards, has_all }) = &hits {
            p role="status" {
                @if cards.is_empty() { "No card has them: try fewer words, or shorter ones." }
                @else if *has_all { (shown::count(cards.len(), "card")) @if cards.len() == MOST_FOUND as usize { " or more" } "." }
                @else { "No card has all of them; these have some." }
            }
            ul class="found" {
                @for hit in cards {
                    li { a href=(card_path(&hit.id)) { (text(hit.prompt.lines().next().unwrap_or_default())) } " " span class="dim small" { (hit.id) } }
                }
            }
        }
    };
    Ok(frame.page("Search", "/search", &body))
}

/// A card as it is asked and answered, and what can be done with it.
///
/// # Errors
/// There is no such card; the database or the decks.
pub fn card(shelf: &mut Shelf, frame: &Frame, name: &str, fields: &Fields) -> Result<String> {
    let id = shelf.catalog.id(&shelf.store, name)?;
    let Some(card) = shelf.catalog.card(&mut shelf.store, &id)? else { return Err(Failed::NotFound) };
    let note = shelf.store.marks().note(&id)?;
    let state = shelf.store.states().of(&id)?;
    let log = shelf.store.reviews().of_card(&id)?;
    let written = Written::of(&card, Remark::default());
    let decision = |act: &str, name: &str| html! { button name="do" value=(act) { (name) } };
    let said = match fields.get("done") {
        Some("note") => Some("Saved: your note."),
        Some("flag") => Some("Flagged."),
        Some("unflag") => Some("No longer flagged."),
        Some("suspend") => Some("Suspended: it is not asked until it is taken in again."),
        Some("resume") => Some("It is asked again when it is due."),
        _ => None,
    };
    let body = html! {
        @if let Some(said) = said { p class="notice" data-say { (said) } }
        p class="meta" { (id) " · " (card.body.kind()) ", level " (card.level) @if state.flagged { " · flagged" } @if state.suspended { " · suspended" } }
        h1 class="ask" { (text(&written.ask)) }
        div class="answer" {
            @if !written.points.is_empty() { ul { @for point in &written.points { li { (text(point)) } } } }
            @for line in &written.answer { p { (text(line)) } }
            @if let Some(why) = &written.why { p { (text(why)) } }
            @if let Some(source) = &written.source { p class="dim small" { (text(source)) } }
        }
        (related(&card))
        p {
            @match state.memory.scheduled() {
                None => { "It was never asked." }
                Some(s) => { "Due on " (s.due.with_weekday()) ", interval " (shown::count(s.interval_days as usize, "day")) ", forgotten " (shown::count(s.lapses as usize, "time")) "." }
            }
        }
        @if !log.is_empty() {
            details {
                summary { (shown::count(log.len(), "answer")) }
                ul { @for entry in log.iter().rev() {
                    li { (entry.review.day) ": quality " (entry.review.quality.get()) @if let Some(given) = &entry.review.given { ", " (text(given)) } @if entry.retracted { " (taken back)" } }
                } }
            }
        }
        (frame.form("/card", "stack", &html! {
            input type="hidden" name="card" value=(id);
            label id="note" { "Your note, shown with the answer" textarea name="note" rows="3" maxlength=(LONGEST_NOTE) { (note.unwrap_or_default()) } }
            button name="do" value="note" { "Save the note" }
        }))
        (frame.form("/card", "tools", &html! {
            input type="hidden" name="card" value=(id);
            @if state.flagged { (decision("unflag", "Take the flag off")) } @else { (decision("flag", "Flag")) }
            @if state.suspended { (decision("resume", "Take it in again")) } @else { (decision("suspend", "Suspend")) }
        }))
        div class="bar" {
            @if !state.suspended {
                (frame.form("/review", "", &html! {
                    input type="hidden" name="card" value=(id);
                    button name="begin" value="card" { "Ask me now" }
                }))
            }
            a class="button main" href="/review" { "Back to the review" }
        }
    };
    Ok(frame.page(id.as_str(), "", &body))
}

fn related(card: &Card) -> Markup {
    html! {
        @if !card.see.is_empty() {
            p { "See " @for (at, see) in card.see.iter().enumerate() { @if at > 0 { ", " } a href=(card_path(see)) { (see) } } }
        }
    }
}

/// Does what a card's page asks for. Gives the page that says so.
///
/// # Errors
/// There is no such card; the database.
pub fn decide(shelf: &mut Shelf, fields: &Fields) -> Result<String> {
    let id = shelf.catalog.id(&shelf.store, fields.get("card").unwrap_or_default())?;
    let state = shelf.store.states().of(&id)?;
    let (act, kind) = match fields.get("do") {
        Some("note") => {
            let note: String = fields.get("note").unwrap_or_default().trim().chars().take(LONGEST_NOTE).collect();
            if shelf.store.marks().note(&id)?.unwrap_or_default() != note {
                let (now_ms, today) = (shelf.clock.now_ms(), shelf.clock.today());
                shelf.store.write_note(&id, &note, now_ms, today)?;
            }
            return Ok(format!("{}?done=note", card_path(&id)));
        }
        Some("flag") => ("flag", (!state.flagged).then_some(MarkKind::Flag)),
        Some("unflag") => ("unflag", state.flagged.then_some(MarkKind::Unflag)),
        Some("suspend") => ("suspend", (!state.suspended).then_some(MarkKind::Suspend)),
        Some("resume") => ("resume", state.suspended.then_some(MarkKind::Resume)),
        _ => return Err(Failed::NotFound),
    };
    // Where it stands so already, nothing is written.
    if let Some(kind) = kind {
        shelf.store.mark(&Mark::of_card(id.clone(), kind, shelf.clock.now_ms(), shelf.clock.today()))?;
    }
    Ok(format!("{}?done={act}", card_path(&id)))
}

/// The decks that can be read.
///
/// # Errors
/// The database.
pub fn sheets(shelf: &Shelf, frame: &Frame) -> Result<String> {
    let decks = shelf.store.deck_index().decks()?;
    let body = html! {
        h1 { "Sheets" }
        p { "A deck to read: numbers of a family together, matrices as tables." }
        p { a href="/sheet?weak=1" { "What you are about to forget" } }
        ul class="found" {
            @for deck in &decks {
                @if let Some(name) = &deck.name {
                    li {
                        a href=(format!("/sheet?of={name}")) { (text(deck.title.as_deref().unwrap_or(name))) }
                        " (" a href=(format!("/sheet?of={name}&blank=1")) { "answers hidden" } ")"
                        @if let Some(about) = &deck.about { p class="dim small" { (text(about)) } }
                    }
                }
            }
        }
    };
    Ok(frame.page("Sheets", "/sheets", &body))
}

/// A deck to read.
///
/// # Errors
/// There is no such deck; the database or the decks.
pub fn sheet(shelf: &mut Shelf, frame: &Frame, fields: &Fields) -> Result<String> {
    let mut scope = shelf.scope(fields)?;
    let daily = shelf.daily();
    let weak_cards = weak(&shelf.store, &scope, &daily)?;
    if fields.get("weak").is_some() {
        scope = Scope { cards: Some(weak_cards.clone()), ..scope };
    }
    let chosen = shelf.store.deck_index().all_cards(&scope)?;
    if chosen.is_empty() {
        return Err(Failed::Plain("no card fits".to_owned()));
    }
    let mut cards = Vec::with_capacity(chosen.len());
    for indexed in &chosen {
        cards.extend(shelf.catalog.card(&mut shelf.store, &indexed.id)?);
    }
    let weak_cards: HashSet<CardId> = weak_cards.into_iter().collect();
    let notes = shelf.store.marks().notes()?;
    let remark = |card: &Card| Remark { weak: weak_cards.contains(&card.id), note: notes.get(&card.id).cloned() };
    let title = fields.said("of").unwrap_or(if fields.get("weak").is_some() {
        "What you are about to forget"
    } else {
        "All decks"
    });
    let decks = shelf.store.deck_index().decks()?;
    let licence = decks.iter().find(|deck| deck.name.as_deref() == fields.said("of")).and_then(Catalog::licence);
    let body = html! {
        div class="report" {
            h1 { (text(title)) }
            (Sheet::of(&cards, remark).body(fields.get("blank").is_some()))
            @if let Some(licence) = licence { p class="dim small" { "Licence: " (text(&licence)) } }
        }
    };
    Ok(frame.page(title, "/sheets", &body))
}

/// What is known of how it goes.
fn known(shelf: &mut Shelf) -> Result<crate::report::stats::Stats> {
    practice::fit(&mut shelf.store, false, &mut |_, _| ())?;
    let looked = Looked { scope: shelf.scope(&Fields::default())?, some: false, since: None };
    Ok(practice::stats(shelf.catalog, &shelf.store, shelf.daily(), &looked)?)
}

/// How it goes, in words and figures.
///
/// # Errors
/// The database.
pub fn stats(shelf: &mut Shelf, frame: &Frame) -> Result<String> {
    let stats = known(shelf)?;
    let body = html! {
        h1 { "How it is going" }
        div class="report" { (report_page::in_short(&stats)) }
        p { a href="/report" { "With the year, the days to come and pictures" } }
    };
    Ok(frame.page("Stats", "/stats", &body))
}

/// The plan that is followed; none without one, or where its day has come.
fn plan_ahead(shelf: &mut Shelf) -> Result<Option<crate::report::plan::Plan>> {
    let today = shelf.clock.today();
    let ahead = shelf.store.marks().interview()?.filter(|interview| today < interview.day);
    let daily = shelf.daily();
    Ok(ahead.map(|interview| practice::plan(&shelf.store, &daily, interview)).transpose()?)
}

/// How it goes, with pictures.
///
/// # Errors
/// The database.
pub fn report(shelf: &mut Shelf, frame: &Frame) -> Result<String> {
    let stats = known(shelf)?;
    let plan = plan_ahead(shelf)?;
    let body =
        html! { h1 { "How it is going" } div class="report" { (report_page::report_body(&stats, plan.as_ref())) } };
    Ok(frame.page("Report", "/report", &body))
}

/// The way to an interview.
///
/// # Errors
/// The database.
pub fn plan(shelf: &mut Shelf, frame: &Frame, fields: &Fields) -> Result<String> {
    practice::fit(&mut shelf.store, false, &mut |_, _| ())?;
    let (today, planned, wishes) =
        (shelf.clock.today(), shelf.store.marks().interview()?, shelf.store.marks().wishes()?);
    let plan = plan_ahead(shelf)?;
    let usual = Some(shelf.home.daily().minutes).filter(|minutes| *minutes > 0).unwrap_or(15);
    let said = match fields.get("done") {
        Some("set") => Some("Saved: the plan."),
        Some("ended") => Some("The plan is ended: every card is due when SM-2 says so, as if there had been none."),
        _ => None,
    };
    let body = html! {
        @if let Some(said) = said { p class="notice" data-say { (said) } }
        h1 { "The way to an interview" }
        @match (&planned, &plan) {
            (Some(interview), Some(plan)) => {
                p { "On " (interview.day.with_weekday()) ", " (shown::count(usize::try_from(plan.days_left).unwrap_or(0), "day")) " left; " (shown::count(plan.minutes as usize, "minute")) " a day." }
                div class="report" { (report_page::way(plan)) }
            }
            (Some(interview), None) => { p { "The interview " (if interview.day == today { "is today." } else { "is over: SM-2 alone decides again." }) } }
            (None, _) => { p { "No interview is planned. Name the day, and each day asks what brings most for it." } }
        }
        (frame.form("/plan", "stack", &html! {
            label {
                "Day of the interview"
                input type="date" name="interview" min=(today.plus(1)) max=(today.plus(LONGEST_DAYS as u32)) value=[planned.map(|interview| interview.day.to_string())] required;
            }
            label { "Minutes a day" input type="number" name="minutes" min="1" max="1440" inputmode="numeric" value=(planned.map_or(usual, |interview| interview.minutes)); }
            label {
                "Firm cards, or many"
                select name="style" { @for style in Style::ALL { option value=(style.name()) selected[style == wishes.style] { (style.name()) } } }
            }
            button class="main" name="do" value="set" { "Save the plan" }
        }))
        @if planned.is_some() { (frame.form("/plan", "stack", &html! { button name="do" value="clear" { "End the plan" } })) }
    };
    Ok(frame.page("Plan", "/plan", &body))
}

/// Sets the plan, or ends it. Gives the page that says so.
///
/// # Errors
/// What makes no sense; the database.
pub fn change_plan(shelf: &mut Shelf, fields: &Fields) -> Result<String> {
    let (now_ms, today) = (shelf.clock.now_ms(), shelf.clock.today());
    let (planned, wishes) = (shelf.store.marks().interview()?, shelf.store.marks().wishes()?);
    if fields.get("do") == Some("clear") {
        if planned.is_some() {
            shelf.store.mark(&Mark::of_plan(None, now_ms, today))?;
        }
        return Ok("/plan?done=ended".to_owned());
    }
    let day = fields.said("interview").and_then(|text| text.parse::<Day>().ok());
    let day = day.ok_or_else(|| Failed::Plain(format!("write the day as in {}", today.plus(28))))?;
    if !(1..=LONGEST_DAYS).contains(&day.since(today)) {
        return Err(Failed::Plain(format!("{day} is not within the year ahead: today is {today}")));
    }
    let minutes =
        fields.said("minutes").and_then(|text| text.parse().ok()).filter(|minutes| (1..=1440).contains(minutes));
    let minutes = minutes.ok_or_else(|| Failed::Plain("minutes a day are a number from 1 to 1440".to_owned()))?;
    let interview = Interview { day, minutes };
    if planned != Some(interview) {
        shelf.store.mark(&Mark::of_plan(Some(interview), now_ms, today))?;
    }
    if let Some(style) = fields.get("style").and_then(Style::named).filter(|style| *style != wishes.style) {
        let kind = MarkKind::Plan(crate::schedule::Wishes { style, ..wishes }.text());
        shelf.store.mark(&Mark { card: None, kind, at_ms: now_ms, day: Some(today) })?;
    }
    Ok("/plan?done=set".to_owned())
}

/// The devices that may come in; with an address, how another one does.
///
/// # Errors
/// Their file cannot be read.
pub fn devices(shelf: &Shelf, frame: &Frame, own: &str, address: Option<&str>, is_local: bool) -> Result<String> {
    let devices = shelf.devices.all().map_err(|error| Failed::Plain(error.to_string()))?;
    let picture = address.and_then(|address| QrCode::new(address).ok());
    let picture = picture.map(|code| code.render::<svg::Color>().min_dimensions(220, 220).build());
    let body = html! {
        h1 { "Devices" }
        @if let Some(address) = address {
            p {
                "Open this address " (if is_local { "in the other browser" } else { "on the other device" })
                ", once, within ten minutes:"
            }
            p { code { (address) } }
            @if let Some(picture) = picture {
                // The picture begins with the declaration of a file.
                div class="qr" role="img" aria-label="the same address as a QR code" { (PreEscaped(picture.split_once("?>").map_or(picture.as_str(), |(_, svg)| svg))) }
            }
        }
        ul class="found" {
            @for device in &devices {
                li {
                    (device.name) @if device.name == own { " (this one)" }
                    p class="dim small" { "since " (device.since) ", last here on " (device.seen) }
                    (frame.form("/devices", "", &html! {
                        input type="hidden" name="device" value=(device.name);
                        button name="do" value="revoke" { "Shut out" span class="unseen" { " " (device.name) } }
                    }))
                }
            }
        }
        @if is_local {
            p class="dim" { "This server is reached from this computer alone. For a phone, stop it and start sysdrill serve --lan." }
        }
        (frame.form("/devices", "bar", &html! {
            button class="main" name="do" value="add" { "Let another " (if is_local { "browser" } else { "device" }) " in" }
        }))
    };
    Ok(frame.page("Devices", "/devices", &body))
}
