//! What is done for a request that was let in: one thread has the database, the decks and the sessions, and does one thing after
//! the other.

use super::address::is_local;
use super::devices::Devices;
use super::forms::Fields;
use super::home::Home;
use super::page::{Frame, Offer, SPRINT, SessionPage, path};
use super::reading;
use super::shelf::{Failed, Result, Shelf};
use super::sitting::{Act, Sent, Sitting, Taken, asked};
use crate::catalog::Catalog;
use crate::practice::{self, CramOptions, QuizOptions, Ready, ReviewOptions, Selection};
use crate::schedule::Mode;
use crate::session::Reply;
use crate::store::{Store, backup};
use std::sync::mpsc::Receiver;
use std::thread::JoinHandle;

/// A session that nobody touched for so many seconds is begun anew from the log when somebody comes back to it.
const IDLE_S: f64 = 30.0 * 60.0;
/// So many new cards are offered at the end of a session.
const MORE_NEW: usize = 10;
/// Why no page can be given.
const UNUSABLE: &str = "The database cannot be used";
/// The longest sprint.
const MOST_QUESTIONS: usize = 200;

/// What a request wants.
#[derive(Debug)]
pub struct Wanted {
    /// Whether something is to be changed.
    pub changes: bool,
    /// The path, decoded.
    pub path: String,
    /// What follows it, or what the form says.
    pub fields: Fields,
    /// What the forms of its device carry.
    pub token: String,
    /// The device.
    pub device: String,
}

/// What is given back.
#[derive(Debug)]
pub enum Given {
    /// A page, with its status.
    Page(u16, String),
    /// Another page is to be got.
    Elsewhere(String),
}

/// A request that waits, and where its answer goes.
pub struct Job {
    /// The request.
    pub wanted: Wanted,
    /// Takes the answer; whoever asked may be gone.
    pub give: Box<dyn FnOnce(Given) + Send>,
}

/// Answers requests until no more come. A database that cannot be used is opened anew for the next request, and why it could not is
/// what the pages say meanwhile.
pub fn attend(desk: &Front, opened: (Store, Catalog), jobs: &Receiver<Job>) {
    let mut clock = desk.home.clock();
    let mut opened = Some(opened);
    let mut backups = Vec::new();
    while let Ok(job) = jobs.recv() {
        match opened.take().map_or_else(|| open(desk.home), Ok) {
            Err(message) => {
                let frame = Frame { token: job.wanted.token.clone() };
                (job.give)(Given::Page(500, reading::problem(&frame, UNUSABLE, &message)));
            }
            Ok((store, catalog)) => {
                let seen = store.written_by_others().unwrap_or_default();
                let shelf =
                    Shelf { home: desk.home, devices: desk.devices, store, catalog: &catalog, clock: &mut clock };
                let (review, quiz, cram) = (None, None, None);
                Desk { shelf, address: desk.address, review, quiz, cram, seen, backups: &mut backups }.work(job, jobs);
            }
        }
    }
    for backup in backups {
        let _: std::thread::Result<()> = backup.join();
    }
}

/// What stays while the server runs.
pub struct Front<'h> {
    /// The learner's files and settings.
    pub home: &'h dyn Home,
    /// Who may come in.
    pub devices: &'h Devices,
    /// Where the pages are, such as `http://127.0.0.1:8377`.
    pub address: &'h str,
}

/// Opens the database and the decks.
///
/// # Errors
/// Why they cannot be used.
pub fn open(home: &dyn Home) -> Result<(Store, Catalog), String> {
    let mut store = home.store()?;
    let catalog = home.catalog(&mut store)?;
    Ok((store, catalog))
}

/// The sessions that are on, and what they run on.
struct Desk<'a, 'h> {
    shelf: Shelf<'a, 'h>,
    address: &'h str,
    review: Option<Sitting<'a>>,
    quiz: Option<Sitting<'a>>,
    cram: Option<Sitting<'a>>,
    /// The number of what others wrote, as of the last look.
    seen: i64,
    backups: &'h mut Vec<JoinHandle<()>>,
}

impl<'a> Desk<'a, '_> {
    /// Answers this request and those that follow, until none come or the database fails.
    fn work(&mut self, first: Job, jobs: &Receiver<Job>) {
        let mut next = Some(first);
        while let Some(Job { wanted, give }) = next.take().or_else(|| jobs.recv().ok()) {
            let frame = Frame { token: wanted.token.clone() };
            match self.answer(&frame, &wanted) {
                Ok(given) => give(given),
                Err(Failed::NotFound) => {
                    give(Given::Page(
                        404,
                        reading::problem(&frame, "There is no such page", "The menu has all there are."),
                    ));
                }
                Err(Failed::Plain(message)) => {
                    give(Given::Page(400, reading::problem(&frame, "That cannot be done", &message)));
                }
                Err(Failed::Store(error)) => {
                    give(Given::Page(500, reading::problem(&frame, UNUSABLE, &error.to_string())));
                    return;
                }
            }
        }
    }

    fn answer(&mut self, frame: &Frame, wanted: &Wanted) -> Result<Given> {
        let fields = &wanted.fields;
        let path = wanted.path.as_str();
        if let Some(mode) = [Mode::Review, Mode::Quiz, Mode::Cram].into_iter().find(|mode| path == self::path(*mode)) {
            return match wanted.changes {
                true => self.session_form(mode, fields),
                false => self.session_page(frame, mode, fields),
            };
        }
        let shelf = &mut self.shelf;
        if wanted.changes {
            return match path {
                "/card" => reading::decide(shelf, fields).map(Given::Elsewhere),
                "/plan" => reading::change_plan(shelf, fields).map(Given::Elsewhere),
                "/devices" => self.change_devices(frame, wanted),
                _ => Err(Failed::NotFound),
            };
        }
        let is_on = self.review.as_ref().is_some_and(|sitting| !sitting.is_over());
        let page = match path {
            "/" => reading::home(shelf, frame, fields, is_on)?,
            "/plan" => reading::plan(shelf, frame, fields)?,
            "/search" => reading::search(shelf, frame, fields)?,
            "/sheets" => reading::sheets(shelf, frame)?,
            "/sheet" => reading::sheet(shelf, frame, fields)?,
            "/stats" => reading::stats(shelf, frame)?,
            "/report" => reading::report(shelf, frame)?,
            "/devices" => reading::devices(shelf, frame, &wanted.device, None, is_local(self.address))?,
            _ => match path.strip_prefix("/card/") {
                Some(card) => reading::card(shelf, frame, card, fields)?,
                None => return Err(Failed::NotFound),
            },
        };
        Ok(Given::Page(200, page))
    }

    fn change_devices(&mut self, frame: &Frame, wanted: &Wanted) -> Result<Given> {
        let devices = self.shelf.devices;
        match wanted.fields.get("do") {
            Some("revoke") => {
                let name = wanted.fields.get("device").unwrap_or_default();
                devices.revoke(name).map_err(|error| Failed::Plain(error.to_string()))?;
                Ok(Given::Elsewhere("/devices".to_owned()))
            }
            Some("add") => {
                let token = devices.token(self.shelf.clock.now_ms());
                let address = format!("{}/in/{token}", self.address);
                let page =
                    reading::devices(&self.shelf, frame, &wanted.device, Some(&address), is_local(self.address))?;
                Ok(Given::Page(200, page))
            }
            _ => Err(Failed::NotFound),
        }
    }

    fn sitting(&mut self, mode: Mode) -> &mut Option<Sitting<'a>> {
        match mode {
            Mode::Review => &mut self.review,
            Mode::Quiz => &mut self.quiz,
            Mode::Cram => &mut self.cram,
        }
    }

    /// The page of a session; a review begins by itself.
    fn session_page(&mut self, frame: &Frame, mode: Mode, fields: &Fields) -> Result<Given> {
        let today = self.shelf.clock.today();
        // How a session went is told before the next day's begins.
        let has_passed = |sitting: &Sitting| sitting.day != today && !sitting.is_over() || sitting.waited_s() > IDLE_S;
        let is_done = self.sitting(mode).as_ref().is_some_and(Sitting::is_over);
        if fields.get("anew").is_some() && is_done || self.sitting(mode).as_ref().is_some_and(has_passed) {
            *self.sitting(mode) = None;
        }
        if self.sitting(mode).is_none() {
            match mode {
                Mode::Review => self.begin_review(ReviewOptions::default())?,
                Mode::Quiz => return Ok(Given::Page(200, reading::quiz(&mut self.shelf, frame, fields)?)),
                Mode::Cram => return Ok(Given::Page(200, reading::cram(&mut self.shelf, frame, fields)?)),
            }
        }
        let is_outdated = match (mode, &self.review) {
            (Mode::Review, Some(sitting)) if self.others_wrote()? => {
                sitting.answer.is_none() && sitting.unread.is_none() && sitting.is_outdated(&self.shelf.store)?
            }
            _ => false,
        };
        if is_outdated {
            self.pick_up(None)?;
        }
        let offer = match self.sitting(mode).as_ref().and_then(Sitting::ended) {
            Some(ended) if ended.asked_all => self.offer(mode, ended.left_s)?,
            _ => Offer::default(),
        };
        let options = self.shelf.home.asking();
        let Some(sitting) = self.sitting(mode) else { return Err(Failed::NotFound) };
        let page = SessionPage {
            frame,
            sitting,
            scale: options.scale,
            clock: options.clock,
            confidence: options.confidence,
            offer,
            today,
            word: fields.get("said"),
        };
        Ok(Given::Page(200, page.page()))
    }

    /// A form of a session's page: it begins a session, or it is one of what stands there.
    fn session_form(&mut self, mode: Mode, fields: &Fields) -> Result<Given> {
        let here = path(mode);
        if let Some(what) = fields.get("begin") {
            self.begin(mode, what, fields)?;
            return Ok(Given::Elsewhere(here.to_owned()));
        }
        let sent = fields
            .sent()
            .ok_or_else(|| Failed::Plain("this form is none of ours: go back and reload the page".to_owned()))?;
        let word = |word: &str| Ok(Given::Elsewhere(format!("{here}?said={word}")));
        let is_known = self.sitting(mode).as_ref().is_some_and(|sitting| Some(sitting.id) == sent.session);
        if !is_known {
            return match self.take_late(mode, &sent)? {
                None => Ok(Given::Elsewhere(here.to_owned())),
                Some(said) => word(said),
            };
        }
        if sent.act.is_answer() && self.is_answered_elsewhere(mode, &sent)? {
            self.pick_up(None)?;
            return word("elsewhere");
        }
        match self.take(mode, &sent)? {
            Taken::Yes | Taken::Before { stands: true } => Ok(Given::Elsewhere(here.to_owned())),
            Taken::Before { stands: false } => word("saved-before"),
            Taken::TooLate if self.sitting(mode).as_ref().is_some_and(Sitting::is_over) => word("ended"),
            Taken::TooLate if sent.act.is_answer() && self.is_in_log(&sent)? => word("answered"),
            Taken::TooLate => word("too-late"),
        }
    }

    /// Whether the open card of a form was answered by another program after it was asked.
    fn is_answered_elsewhere(&mut self, mode: Mode, sent: &Sent) -> Result<bool> {
        let others_wrote = self.others_wrote()?;
        Ok(match (mode, &self.review) {
            (Mode::Review, Some(sitting)) if others_wrote && sitting.n == sent.n => {
                sitting.is_outdated(&self.shelf.store)?
            }
            _ => false,
        })
    }

    /// Whether the log has an answer to the card of a form that it had not when the form was made.
    fn is_in_log(&self, sent: &Sent) -> Result<bool> {
        let Some(card) = &sent.card else { return Ok(false) };
        Ok(self.shelf.store.reviews().of_card(card)?.len() > sent.entries)
    }

    /// Has the session take a form; after it, a review asks what is due by the log as it is now, whoever wrote to it.
    fn take(&mut self, mode: Mode, sent: &Sent) -> Result<Taken> {
        let sitting = match mode {
            Mode::Review => &mut self.review,
            Mode::Quiz => &mut self.quiz,
            Mode::Cram => &mut self.cram,
        };
        let Some(sitting) = sitting else { return Ok(Taken::TooLate) };
        let before = sitting.n;
        let taken = sitting.take(&mut self.shelf.store, self.shelf.clock, sent)?;
        let may_be_renewed =
            sitting.n != before && !sitting.is_over() && !sitting.is_amid_chain() && sitting.question.is_some();
        if mode == Mode::Review && may_be_renewed && self.others_wrote()? {
            self.pick_up(None)?;
        }
        Ok(taken)
    }

    /// A form of a session that is no more. An answer is worth saving, where it was not saved and what it answers can be asked
    /// again as it was. Gives the word for what is to be said; none where what stands there says it.
    fn take_late(&mut self, mode: Mode, sent: &Sent) -> Result<Option<&'static str>> {
        if !sent.act.is_answer() || sent.card.is_none() {
            return Ok((sent.act != Act::Next).then_some("too-late"));
        }
        if self.is_in_log(sent)? {
            return Ok(Some("saved-before"));
        }
        if mode != Mode::Review {
            return Ok(Some("not-saved"));
        }
        match &self.review {
            Some(sitting) if !sitting.is_over() && is_asked(sitting, sent) => {}
            // What is open on another device waits: an answer is worth more than a question.
            Some(sitting) if !sitting.is_over() && sitting.n > 1 => self.pick_up(Some(sent))?,
            _ => self.begin_review_with(ReviewOptions::default(), Some(sent))?,
        }
        let sitting = self.review.as_ref().filter(|sitting| is_asked(sitting, sent));
        let Some(sitting) = sitting else { return Ok(Some("not-saved")) };
        let now = Sent { session: Some(sitting.id), n: sitting.n, ..sent.clone() };
        self.take(mode, &now).map(|_| None)
    }

    /// Whether another connection has written to the file since the last look.
    fn others_wrote(&self) -> Result<bool> {
        Ok(self.shelf.store.written_by_others()? != self.seen)
    }

    /// The review goes on with what the log has now, in the time that is left; with a late form, its card is asked first.
    fn pick_up(&mut self, late: Option<&Sent>) -> Result<()> {
        self.seen = self.shelf.store.written_by_others()?;
        let Some(sitting) = &self.review else { return Ok(()) };
        let is_planned =
            self.shelf.store.marks().interview()?.is_some_and(|interview| self.shelf.clock.today() < interview.day);
        let minutes = match sitting.left_s() {
            // A plan knows what is left of its day, and who has no end has none.
            _ if is_planned => None,
            None => Some(0),
            Some(left_s) => Some((left_s / 60.0).ceil().max(1.0) as u32),
        };
        let options = ReviewOptions { minutes, ..ReviewOptions::default() };
        let mut ready = self.ready_review(options)?;
        ask_late(&mut ready, late);
        if let Some(sitting) = &mut self.review {
            // What stood there to be read was of the other device.
            sitting.unread = sitting.unread.take().filter(|_| late.is_none());
            sitting.renew(ready, &mut self.shelf.store, self.shelf.clock)?;
        }
        Ok(())
    }

    fn ready_review(&mut self, options: ReviewOptions) -> Result<Ready<'a>> {
        let daily = self.shelf.daily();
        let scope = match options.at_once {
            true => options.scope.clone(),
            false => Selection::default().scope(self.shelf.catalog, &self.shelf.store, &daily)?,
        };
        let options = ReviewOptions { scope, seed: seed(), ..options };
        Ok(practice::review(&mut self.shelf.store, self.shelf.catalog, daily, &options)?)
    }

    fn begin_review(&mut self, options: ReviewOptions) -> Result<()> {
        self.begin_review_with(options, None)
    }

    /// Begins a review; the card of a late form is asked first, as it was.
    fn begin_review_with(&mut self, options: ReviewOptions, late: Option<&Sent>) -> Result<()> {
        self.prepare()?;
        let mut ready = self.ready_review(options)?;
        ask_late(&mut ready, late);
        self.review = Some(self.seated(ready)?);
        Ok(())
    }

    /// What comes before a session: the decks as they are now, and the day's backup.
    fn prepare(&mut self) -> Result<()> {
        let today = self.shelf.clock.today();
        self.shelf.store.keep_to(today)?;
        self.shelf.catalog.look_again(&mut self.shelf.store, "")?;
        let moves = self.shelf.store.deck_index().moves()?;
        self.shelf.store.move_progress(&moves, self.shelf.clock.now_ms(), today)?;
        self.seen = self.shelf.store.written_by_others()?;
        self.backups.retain(|backup| !backup.is_finished());
        let db = self.shelf.home.db().to_owned();
        if self.backups.is_empty() && !backup::is_made(&db, today) {
            let warn = self.shelf.home.warner();
            let made = std::thread::spawn(move || {
                if let Err(error) = backup::daily(&db, today) {
                    warn(&format!("today's backup could not be made: {error}"));
                }
            });
            self.backups.push(made);
        }
        Ok(())
    }

    fn seated(&mut self, ready: Ready<'a>) -> Result<Sitting<'a>> {
        let options = self.shelf.home.asking();
        Ok(Sitting::begin(ready, &mut self.shelf.store, self.shelf.clock, options)?)
    }

    /// Begins what a form asks for.
    fn begin(&mut self, mode: Mode, what: &str, fields: &Fields) -> Result<()> {
        // A double tap begins one session.
        let today = self.shelf.clock.today();
        let is_on = self.sitting(mode).as_ref().is_some_and(|sitting| !sitting.is_over() && sitting.day == today);
        if is_on && mode != Mode::Review {
            return Ok(());
        }
        let number =
            |name: &str, most: u32| fields.said(name).and_then(|text| text.parse().ok()).map(|n: u32| n.min(most));
        match mode {
            Mode::Review if what == "undo" => {
                self.begin_review(ReviewOptions::default())?;
                let sitting = self.review.as_ref();
                let undo = sitting.map(|sitting| Sent {
                    session: Some(sitting.id),
                    n: sitting.n,
                    card: None,
                    entries: 0,
                    asked: 0,
                    seed: None,
                    act: Act::Say(Reply::Undo),
                    took_s: None,
                    confidence: None,
                    fingerprint: 0,
                });
                undo.map_or(Ok(()), |undo| self.take(mode, &undo).map(drop))
            }
            Mode::Review => {
                if is_on && what != "card" {
                    return Ok(());
                }
                let options = match fields.said("card") {
                    Some(card) if what == "card" => {
                        let id = self.shelf.catalog.id(&self.shelf.store, card)?;
                        let daily = self.shelf.daily();
                        let selection = Selection { cards: vec![id.to_string()], ..Selection::default() };
                        let scope = selection.scope(self.shelf.catalog, &self.shelf.store, &daily)?;
                        ReviewOptions { scope, at_once: true, ..ReviewOptions::default() }
                    }
                    _ => ReviewOptions { more: number("more", 100).unwrap_or(0), ..ReviewOptions::default() },
                };
                self.begin_review(options)
            }
            Mode::Quiz => {
                self.prepare()?;
                let daily = self.shelf.daily();
                let options = QuizOptions {
                    scope: self.shelf.scope(fields)?,
                    minutes: number("minutes", 1440).unwrap_or(0),
                    questions: (number("questions", MOST_QUESTIONS as u32).unwrap_or(SPRINT as u32) as usize).max(1),
                    chain: fields.said("chain").map(str::to_owned),
                    seed: seed(),
                };
                let ready = practice::quiz(&mut self.shelf.store, self.shelf.catalog, daily, &options)?;
                self.quiz = Some(self.seated(ready)?);
                Ok(())
            }
            Mode::Cram => {
                self.prepare()?;
                let daily = self.shelf.daily();
                let options = CramOptions {
                    scope: self.shelf.scope(fields)?,
                    minutes: number("minutes", 1440).unwrap_or(0),
                    all: fields.get("all").is_some(),
                    missed: fields.get("missed").is_some(),
                    seed: seed(),
                };
                let ready = practice::cram(&mut self.shelf.store, self.shelf.catalog, daily, &options)?;
                self.cram = Some(self.seated(ready)?);
                Ok(())
            }
        }
    }

    /// What could fill the time that is left.
    fn offer(&mut self, mode: Mode, left_s: Option<f64>) -> Result<Offer> {
        let daily = self.shelf.daily();
        let scope = Selection::default().scope(self.shelf.catalog, &self.shelf.store, &daily)?;
        let rest = practice::rest(&mut self.shelf.store, self.shelf.catalog, daily, &scope, MORE_NEW)?;
        Ok(Offer {
            left_minutes: left_s
                .map(|left_s| (rest.box_left.map_or(left_s, |(_, day_s)| left_s.min(day_s)) / 60.0) as u32),
            new: if mode == Mode::Review { rest.new } else { 0 },
            planned: rest.planned,
            sprint: rest.has_estimates && mode == Mode::Review,
            plan: rest.is_unplanned,
        })
    }
}

/// Whether what stands there is what a form of another session answers.
fn is_asked(sitting: &Sitting, sent: &Sent) -> bool {
    let question = sitting.question.as_ref().filter(|_| sitting.unread.is_none());
    question.is_some_and(|question| asked(question) == sent.asked)
}

/// Has the card of a late form asked first, as it was.
fn ask_late(ready: &mut Ready, late: Option<&Sent>) {
    if let Some(sent) = late
        && let Some(card) = &sent.card
    {
        ready.session.ask_next(card, sent.seed);
    }
}

fn seed() -> u64 {
    rand::random_range(0..crate::estimate::SEEDS)
}
