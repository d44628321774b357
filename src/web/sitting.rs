//! A session as pages see it: what stands there, which form may still speak of it, and what a form does.
//!
//! Nothing here knows a page or a browser. Every state of a session has a number, which the forms made of it carry: a form of an
//! earlier state (a second tab, a double tap, the back button, an answer sent twice) changes nothing. What was confirmed is on
//! disk, so a sitting can be dropped at any time and another one picks up from the log.

use crate::clock::{Clock, Stopwatch};
use crate::drive::{Backend, Drive, DriveError, Ended, Heard, Opening};
use crate::fnv::Fnv;
use crate::log::LogId;
use crate::practice::{Agenda, Ready};
use crate::schedule::{CardId, Day, Mode};
use crate::session::words::taken_back;
use crate::session::{Begun, Event, Feedback, First, Form, Question, Reply, Revealed, Round, Summary, Which};
use crate::store::{Store, StoreError};
use crate::terminal::Options;
use std::collections::VecDeque;

/// So many earlier forms are known again when they are sent once more.
const EARLIER: usize = 100;
/// A browser's time for an answer may be so much above ours, in seconds.
const CLOCKS_DIFFER_S: f64 = 1.0;
/// A longer time over one answer, in seconds, is a slip.
const LONGEST_S: f64 = 1e6;

/// A session that is on, as pages see it.
pub struct Sitting<'a> {
    drive: Drive,
    agenda: Agenda<'a>,
    /// The sitting's name in the log, by which its forms know it.
    pub id: LogId,
    /// The command.
    pub mode: Mode,
    /// The day that its answers count for.
    pub day: Day,
    /// The number of the state that stands there.
    pub n: u32,
    /// What it said of itself at its start.
    pub begun: Option<Begun>,
    /// The open question.
    pub question: Option<Box<Question>>,
    /// How many rows the log had of its card when it was asked.
    pub entries: usize,
    /// Its answer, once it is shown.
    pub answer: Option<Revealed>,
    /// Whether the time of a probe runs.
    pub is_started: bool,
    /// The learner answers it at once, though its card is new and could be shown first.
    pub is_asked_at_once: bool,
    /// What was typed and asked back.
    pub draft: String,
    /// The last feedback.
    pub feedback: Option<Box<Feedback>>,
    /// What is read before the open question appears.
    pub unread: Option<Unread>,
    /// What was asked of the card that is read.
    pub was_asked: String,
    /// The learner's note on what is shown.
    pub note: Option<(CardId, String)>,
    /// What else is to be said.
    pub notices: Vec<Notice>,
    /// The round that is over.
    pub round: Option<Round>,
    /// How it ended.
    pub summary: Option<Box<Summary>>,
    /// The session cannot go on, for this reason.
    pub broken: Option<String>,
    options: Options,
    watch: Stopwatch,
    /// Seconds that were read before the open question, and have not been told yet.
    read_s: f64,
    /// The number of an earlier state and what its form said.
    earlier: VecDeque<(u32, u64)>,
}

/// What is read before the next question appears.
#[derive(Debug, Clone)]
pub enum Unread {
    /// The feedback to an answer.
    Feedback,
    /// The answer of a card that was looked at.
    Look(Box<Revealed>),
}

/// Something that is said beside what stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// It was done.
    Done(String),
    /// It was not: why, and the place in what was typed, from 1.
    Refused(String, Option<usize>),
}

/// What a form says.
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// A reply.
    Say(Reply),
    /// A probe's time begins.
    Start,
    /// The new card is to be asked, not shown.
    AskNow,
    /// What stood there was read.
    Next,
    /// All points of a probe were said.
    SaidAll,
    /// None of them was.
    SaidNone,
    /// The card is to be flagged, or to be flagged no more. Said twice it is done once.
    Flag(Which, bool),
}

/// A form that was sent.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The sitting that it was made of.
    pub session: Option<LogId>,
    /// The number of the state that it was made of.
    pub n: u32,
    /// The card that was open.
    pub card: Option<CardId>,
    /// How many rows the log had of that card.
    pub entries: usize,
    /// What was asked, as [`asked`] has it.
    pub asked: u64,
    /// What its values were drawn with.
    pub seed: Option<u64>,
    /// What is to be done.
    pub act: Act,
    /// The seconds that it took, as the browser measured them.
    pub took_s: Option<f64>,
    /// How sure the learner is, in percent.
    pub confidence: Option<u8>,
    /// All that it says, in short: the same form sent again is known by it.
    pub fingerprint: u64,
}

/// What became of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It was taken, or refused with a notice: what stands there says so.
    Yes,
    /// It was taken before: this is the same once more, and what came of it stands there, or has passed.
    Before {
        /// Whether what came of it stands there still.
        stands: bool,
    },
    /// The session has gone on since.
    TooLate,
}

/// What is asked, in short.
pub fn asked(question: &Question) -> u64 {
    let mut hash = Fnv::new();
    hash.add(question.card.as_str().as_bytes());
    hash.add(question.prompt.as_bytes());
    if let Form::Picked { options } = &question.form {
        let mut options: Vec<&String> = options.iter().collect();
        options.sort();
        options.iter().for_each(|option| hash.add(option.as_bytes()));
    }
    hash.value()
}

impl Act {
    /// Whether it is an answer to the open card, which is worth saving though its sitting is gone.
    pub fn is_answer(&self) -> bool {
        match self {
            Self::Say(reply) => {
                matches!(reply, Reply::Answer(_) | Reply::Pick(_) | Reply::Grade(_) | Reply::Said(_) | Reply::Blank)
            }
            Self::SaidAll | Self::SaidNone => true,
            Self::Start | Self::AskNow | Self::Next | Self::Flag(..) => false,
        }
    }

    /// Whether it is about the open question, and not about what was done before it.
    fn is_of_open(&self) -> bool {
        match self {
            Self::Say(reply) => !matches!(
                reply,
                Reply::Undo | Reply::Regrade(_) | Reply::Suspend(Which::Last) | Reply::Again | Reply::Quit
            ),
            Self::Next | Self::Flag(Which::Last, _) => false,
            Self::Flag(Which::Open, _) | Self::Start | Self::AskNow | Self::SaidAll | Self::SaidNone => true,
        }
    }
}

impl<'a> Sitting<'a> {
    /// Begins a session. `watch` measures what no browser measures.
    ///
    /// # Errors
    /// The database or the decks.
    pub fn begin(ready: Ready<'a>, store: &mut Store, clock: &mut Clock, options: Options) -> Result<Self, DriveError> {
        let watch = clock.stopwatch();
        let Ready { session, opening, agenda } = ready;
        let (id, mode, day) = (session.id(), session.mode(), session.day());
        let mut sitting = Self {
            drive: Drive::new(session, opening),
            agenda,
            id,
            mode,
            day,
            n: 0,
            begun: None,
            question: None,
            entries: 0,
            answer: None,
            is_started: false,
            is_asked_at_once: false,
            draft: String::new(),
            feedback: None,
            unread: None,
            was_asked: String::new(),
            note: None,
            notices: Vec::new(),
            round: None,
            summary: None,
            broken: None,
            options,
            watch,
            read_s: 0.0,
            earlier: VecDeque::new(),
        };
        let on = &mut Backend { store, supply: &sitting.agenda, clock };
        let events = sitting.drive.begin(on)?;
        sitting.absorb(events);
        sitting.count_entries(store)?;
        Ok(sitting)
    }

    /// Goes on with another session in the place of this one, which was made of the log as it is now. What stands there to be read
    /// stays; what was done in the session before is taken back by the log.
    ///
    /// # Errors
    /// The database or the decks.
    pub fn renew(&mut self, ready: Ready<'a>, store: &mut Store, clock: &mut Clock) -> Result<(), DriveError> {
        let Ready { session, opening, agenda } = ready;
        (self.id, self.day) = (session.id(), session.day());
        self.agenda = agenda;
        self.drive = Drive::new(session, Opening { note: None, ..opening });
        let events = self.drive.begin(&mut Backend { store, supply: &self.agenda, clock })?;
        let (unread, notices) = (self.unread.take(), std::mem::take(&mut self.notices));
        self.absorb(events);
        self.unread = unread;
        self.notices.splice(0..0, notices);
        self.count_entries(store)
    }

    /// What is open is a step of a chain whose steps before are in no log yet.
    pub fn is_amid_chain(&self) -> bool {
        let chain = self.question.as_ref().and_then(|question| match &question.form {
            Form::Typed { chain: Some(place), .. } => Some(place),
            _ => None,
        });
        chain.is_some_and(|place| !place.known.is_empty() && self.feedback.as_ref().is_some_and(|f| f.review.is_none()))
    }

    /// How it ended; none before that.
    pub fn ended(&self) -> Option<Ended> {
        self.drive.ended()
    }

    /// Whether it cannot go on, or has ended.
    pub fn is_over(&self) -> bool {
        self.broken.is_some() || self.drive.is_over()
    }

    /// Seconds left of the time box; none where it has none.
    pub fn left_s(&self) -> Option<f64> {
        self.drive.left_s()
    }

    /// The seconds since what stands there came up or was last answered.
    pub fn waited_s(&self) -> f64 {
        self.watch.time().as_secs_f64()
    }

    /// The card that was answered last, whose feedback is known.
    pub fn last(&self) -> Option<&Feedback> {
        self.feedback.as_deref()
    }

    /// A new card had better be shown before it is asked, and that is what is offered.
    pub fn is_shown_first(&self) -> bool {
        let is_first = self.question.as_ref().is_some_and(|question| question.first == Some(First::Look));
        is_first && !self.is_asked_at_once
    }

    /// Whether the card of the open question was answered or taken out by somebody else since it was asked.
    ///
    /// # Errors
    /// The database.
    pub fn is_outdated(&self, store: &Store) -> Result<bool, StoreError> {
        let Some(question) = &self.question else { return Ok(false) };
        let is_suspended = store.states().of(&question.card)?.suspended;
        Ok(is_suspended || store.reviews().of_card(&question.card)?.len() != self.entries)
    }

    /// Takes a form.
    ///
    /// # Errors
    /// The database or the decks: the session cannot go on. What was confirmed is on disk.
    pub fn take(&mut self, store: &mut Store, clock: &mut Clock, sent: &Sent) -> Result<Taken, DriveError> {
        if sent.n != self.n {
            let key = (sent.n, sent.fingerprint);
            let is_last = self.earlier.back() == Some(&key);
            return Ok(match sent.act {
                // To go on where somebody has gone on is what was wanted.
                Act::Next => Taken::Yes,
                _ if self.earlier.contains(&key) => Taken::Before { stands: is_last },
                _ => Taken::TooLate,
            });
        }
        // The last feedback is read when the session is over already.
        let is_too_late = self.is_over() && sent.act != Act::Next;
        if is_too_late || sent.act.is_of_open() && self.unread.is_some() {
            return Ok(Taken::TooLate);
        }
        self.notices.clear();
        let reply = match &sent.act {
            Act::Next => {
                self.unread = None;
                self.read_s += self.watch.reset().as_secs_f64();
                return Ok(Taken::Yes);
            }
            Act::Start => {
                if !std::mem::replace(&mut self.is_started, true) {
                    self.read_s += self.watch.reset().as_secs_f64();
                }
                return Ok(Taken::Yes);
            }
            Act::AskNow => {
                self.is_asked_at_once = true;
                return Ok(Taken::Yes);
            }
            Act::SaidNone => Reply::Said(Vec::new()),
            Act::SaidAll => Reply::Said((0..self.answer.as_ref().map_or(0, |answer| answer.points.len())).collect()),
            Act::Say(Reply::Said(said)) if said.is_empty() => {
                let message = "nothing is ticked: tick the points that you said, or press \"I said none of them\"";
                self.notices.push(Notice::Refused(message.to_owned(), None));
                return Ok(Taken::Yes);
            }
            Act::Say(Reply::Answer(text)) if text.trim().is_empty() => {
                let message = "nothing is typed: type your answer, or press \"I don't know\"";
                self.notices.push(Notice::Refused(message.to_owned(), None));
                return Ok(Taken::Yes);
            }
            Act::Flag(which, wanted) => {
                if self.is_flagged(store, *which)? == *wanted {
                    return Ok(Taken::Yes);
                }
                Reply::Flag(*which)
            }
            // Shown twice, it is shown once.
            Act::Say(Reply::Reveal) if self.answer.is_some() => return Ok(Taken::Yes),
            Act::Say(reply) => reply.clone(),
        };
        // An answer that comes late finds its points not shown yet.
        let reply = match (&sent.act, &self.answer) {
            (Act::SaidAll, None) => {
                self.step(store, clock, Reply::Reveal, sent)?;
                Reply::Said((0..self.answer.as_ref().map_or(0, |answer| answer.points.len())).collect())
            }
            _ => reply,
        };
        if let Reply::Answer(text) = &reply {
            self.draft.clone_from(text);
        }
        let before = self.n;
        self.step(store, clock, reply, sent)?;
        if self.n != before {
            self.earlier.push_back((before, sent.fingerprint));
            if self.earlier.len() > EARLIER {
                self.earlier.pop_front();
            }
        }
        self.look_for_failure(store, clock);
        self.count_entries(store)?;
        Ok(Taken::Yes)
    }

    fn step(&mut self, store: &mut Store, clock: &mut Clock, reply: Reply, sent: &Sent) -> Result<(), DriveError> {
        let heard = self.heard(reply, sent, clock.fixed_offset().is_some());
        let events = self.drive.step(&mut Backend { store, supply: &self.agenda, clock }, heard)?;
        self.absorb(events);
        Ok(())
    }

    fn is_flagged(&self, store: &Store, which: Which) -> Result<bool, StoreError> {
        let card = match which {
            Which::Open => self.question.as_ref().map(|question| &question.card),
            Which::Last => self.feedback.as_ref().map(|feedback| &feedback.card),
        };
        card.map_or(Ok(false), |card| Ok(store.states().of(card)?.flagged))
    }

    /// What was confirmed was told first: that it cannot go on is told beside it.
    fn look_for_failure(&mut self, store: &mut Store, clock: &mut Clock) {
        if self.drive.awaited().is_none()
            && !self.drive.is_over()
            && let Err(error) = self.drive.end(&mut Backend { store, supply: &self.agenda, clock })
        {
            self.broken = Some(error.to_string());
        }
    }

    /// The seconds over feedback are no answer's; those of a probe that has not begun were read too.
    fn heard(&mut self, reply: Reply, sent: &Sent, stands_still: bool) -> Heard {
        let lap_s = self.watch.reset().as_secs_f64();
        let believed =
            |took_s: &f64| (0.0..=LONGEST_S).contains(took_s) && (stands_still || *took_s <= lap_s + CLOCKS_DIFFER_S);
        let is_probe = matches!(self.question.as_ref().map(|question| &question.form), Some(Form::Ticked { .. }));
        let is_read =
            self.unread.is_some() || self.question.is_none() || is_probe && !self.is_started && self.answer.is_none();
        let took_s = match is_read {
            true => {
                self.read_s += lap_s;
                0.0
            }
            false => sent.took_s.filter(believed).unwrap_or(lap_s),
        };
        let confidence = match reply {
            Reply::Answer(_) | Reply::Pick(_) | Reply::Reveal => sent.confidence,
            _ => None,
        };
        Heard { reply: Ok(reply), took_s, read_s: std::mem::take(&mut self.read_s), confidence }
    }

    fn count_entries(&mut self, store: &Store) -> Result<(), DriveError> {
        if let Some(question) = &self.question {
            self.entries = store.reviews().of_card(&question.card)?.len();
        }
        Ok(())
    }

    /// What was asked is read beside its answer, when the next question is open already.
    fn keep_prompt(&mut self) {
        self.was_asked = self.question.as_ref().map(|question| question.prompt.clone()).unwrap_or_default();
    }

    /// Takes in what happened.
    fn absorb(&mut self, events: Vec<Event>) {
        let before = self.n;
        for event in events {
            let goes_on = match event {
                Event::Begun(begun) => {
                    self.notices.extend(begun.note.clone().map(Notice::Done));
                    self.begun = Some(begun);
                    true
                }
                Event::Question(question) => {
                    self.open(question);
                    true
                }
                Event::Revealed(answer) => {
                    self.answer = Some(answer);
                    false
                }
                Event::Looked(answer) => {
                    self.keep_prompt();
                    self.unread = Some(Unread::Look(answer));
                    true
                }
                Event::Feedback(feedback) => {
                    self.keep_prompt();
                    self.unread = self.options.pause.holds(&feedback).then_some(Unread::Feedback);
                    self.feedback = Some(feedback);
                    self.note = None;
                    self.draft.clear();
                    true
                }
                Event::Undone { card, what, .. } => {
                    self.notices.push(Notice::Done(format!("Taken back: {}.", taken_back(what, &card))));
                    (self.unread, self.feedback) = (None, None);
                    true
                }
                Event::Flagged { card, flagged } => {
                    if let Some(question) = self.question.as_mut().filter(|question| question.card == card) {
                        question.flagged = flagged;
                    }
                    let said = if flagged { "Flagged" } else { "No longer flagged:" };
                    self.notices.push(Notice::Done(format!("{said} {card}.")));
                    false
                }
                Event::Dismissed { card, suspended } => {
                    self.unread = None;
                    self.notices.push(Notice::Done(match suspended {
                        true => format!("Suspended {card}. To take it in again, open its page."),
                        false => format!("Skipped {card}: it does not come back in this session."),
                    }));
                    true
                }
                Event::Noted { card, text } => {
                    self.note = (!text.is_empty()).then_some((card, text));
                    false
                }
                // A page of its own shows another card, and takes a note.
                Event::Shown(_) | Event::Edit(_) => false,
                Event::Round(round) => {
                    self.unread = None;
                    self.question = None;
                    self.round = Some(round);
                    true
                }
                Event::Refused { message, column } => {
                    self.notices.push(Notice::Refused(message, column));
                    false
                }
                Event::Summary(summary) => {
                    self.question = None;
                    self.round = None;
                    self.summary = Some(summary);
                    true
                }
            };
            if goes_on {
                self.n = before + 1;
            }
        }
    }

    fn open(&mut self, question: Box<Question>) {
        self.question = Some(question);
        self.round = None;
        self.answer = None;
        self.is_started = self.options.probe_at_once;
        self.is_asked_at_once = false;
        self.draft.clear();
    }
}
