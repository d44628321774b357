use super::*;
use crate::deck::{Deck, DeckFile, Location, parse};
use crate::schedule::{CardState, Quality};
use crate::session::{Candidate, Feedback, Order, Reply, Setup, queue_of_day};
use std::cell::Cell;
use std::collections::HashMap;

const DECK: &str = include_str!("../../tests/it/recorded/deck.toml");

/// A deck in memory, its cards due as the store's states say.
struct Shelf {
    deck: Deck,
    /// Whether its cards can be read.
    is_broken: Cell<bool>,
}

impl Shelf {
    fn new() -> Self {
        let file = DeckFile { path: "mine.toml".into(), bytes: DECK.as_bytes().to_vec().into() };
        Self { deck: parse(&[file], Location::Embedded).unwrap(), is_broken: Cell::new(false) }
    }

    /// What a day asks of the recall cards, as the store has them now.
    fn drive(&self, store: &mut Store, clock: &Clock) -> Drive {
        let states = store.states().all().unwrap();
        let recalls = self.deck.cards.iter().filter(|card| card.brief().kind == crate::deck::Kind::Recall);
        let candidates: Vec<Candidate> = recalls
            .map(|card| {
                let state: CardState = states.get(&card.id).copied().unwrap_or_default();
                Candidate { brief: card.brief(), state, due: state.memory.scheduled().map(|s| s.due) }
            })
            .collect();
        let (planned, counts) = queue_of_day(&candidates, clock.today(), 10, |_| 10.0, 1);
        let setup = Setup {
            session: store.new_session(clock.now_ms()),
            mode: Mode::Review,
            day: clock.today(),
            budget_s: None,
            new_time: None,
            median_seconds: HashMap::new(),
            order: Order::DueFirst,
        };
        Drive::new(Session::new(setup, planned, 0), Opening { counts, ..Opening::default() })
    }
}

impl Supply for Shelf {
    fn card(&self, _: &mut Store, id: &CardId) -> Result<Option<Arc<Card>>> {
        if self.is_broken.get() {
            return Err(io::Error::other("the deck is gone").into());
        }
        Ok(self.deck.cards.iter().find(|card| card.id == *id).cloned().map(Arc::new))
    }

    fn more(&self, _: &Store, _: &Session) -> Result<(Vec<Queued>, usize)> {
        Ok((Vec::new(), 0))
    }

    fn ahead(&self, _: &mut Store) -> Result<Ahead> {
        Ok(Ahead::default())
    }
}

fn store(folder: &tempfile::TempDir) -> Store {
    let mut next = 0u8;
    let entropy = move || {
        next += 1;
        [next; 10]
    };
    Store::open(&folder.path().join("sysdrill.db"), Box::new(entropy)).unwrap()
}

fn nine() -> Clock {
    Clock::fixed("2026-11-21T09:00:00Z".parse().unwrap(), 4)
}

fn says(reply: Reply) -> Heard {
    Heard { reply: Ok(reply), took_s: 5.0, read_s: 0.0, confidence: None }
}

fn asked(events: &[Event]) -> &str {
    match events.last() {
        Some(Event::Question(question)) => question.card.as_str(),
        other => panic!("wanted a question, got {other:?}"),
    }
}

#[test]
fn a_session_and_its_store_can_be_sent_to_another_thread() {
    fn is_sent<T: Send>() {}
    is_sent::<Drive>();
    is_sent::<Store>();
}

/// A server keeps the drive between two requests, and has the store for something else meanwhile.
#[test]
fn a_drive_goes_step_by_step_and_borrows_nothing_in_between() {
    let (folder, shelf, mut clock) = (tempfile::tempdir().unwrap(), Shelf::new(), nine());
    let mut store = store(&folder);
    let mut drive = shelf.drive(&mut store, &clock);
    let on = &mut Backend { store: &mut store, supply: &shelf, clock: &mut clock };
    let first = asked(&drive.begin(on).unwrap()).to_owned();
    assert!(matches!(drive.awaited(), Some(Awaited::Question(question)) if question.card.as_str() == first));
    let mut drive = std::thread::spawn(move || drive).join().unwrap();
    assert!(store.reviews().latest().unwrap().is_none());
    let on = &mut Backend { store: &mut store, supply: &shelf, clock: &mut clock };
    let events = drive.step(on, says(Reply::Grade(Quality::GOOD))).unwrap();
    assert!(matches!(&events[0], Event::Feedback(feedback) if feedback.card.as_str() == first));
    assert_ne!(asked(&events), first);
    let events = drive.step(on, says(Reply::Quit)).unwrap();
    assert!(matches!(&events[..], [Event::Summary(summary)] if summary.answered == 1 && summary.elapsed_s == 10.0));
    assert!(drive.is_over() && drive.awaited().is_none());
}

#[test]
fn a_drive_that_was_dropped_is_picked_up_from_the_log() {
    let (folder, shelf, mut clock) = (tempfile::tempdir().unwrap(), Shelf::new(), nine());
    let mut store = store(&folder);
    let mut drive = shelf.drive(&mut store, &clock);
    let on = &mut Backend { store: &mut store, supply: &shelf, clock: &mut clock };
    drive.begin(on).unwrap();
    let second = asked(&drive.step(on, says(Reply::Grade(Quality::AGAIN))).unwrap()).to_owned();
    drop(drive);
    // What was answered is not asked again before what was not; then it is, for the day owes it.
    let mut drive = shelf.drive(&mut store, &clock);
    let on = &mut Backend { store: &mut store, supply: &shelf, clock: &mut clock };
    assert_eq!(asked(&drive.begin(on).unwrap()), second);
    let events = drive.step(on, says(Reply::Grade(Quality::GOOD))).unwrap();
    let owed = asked(&events).to_owned();
    assert_ne!(owed, second);
    // And what was done before can be taken back.
    drop(drive);
    let mut drive = shelf.drive(&mut store, &clock);
    let on = &mut Backend { store: &mut store, supply: &shelf, clock: &mut clock };
    assert_eq!(asked(&drive.begin(on).unwrap()), owed);
    let events = drive.step(on, says(Reply::Undo)).unwrap();
    assert!(matches!(&events[0], Event::Undone { card, what: What::Answer, .. } if card.as_str() == second));
    assert_eq!(asked(&events), second);
}

/// What is on disk is told, whatever happens after it.
#[test]
fn an_answer_is_confirmed_though_the_next_card_cannot_be_read() {
    let (folder, shelf, mut clock) = (tempfile::tempdir().unwrap(), Shelf::new(), nine());
    let mut store = store(&folder);
    let mut drive = shelf.drive(&mut store, &clock);
    let on = &mut Backend { store: &mut store, supply: &shelf, clock: &mut clock };
    drive.begin(on).unwrap();
    shelf.is_broken.set(true);
    let events = drive.step(on, says(Reply::Grade(Quality::GOOD))).unwrap();
    assert!(matches!(&events[..], [Event::Feedback(_)]));
    let error = drive.step(on, says(Reply::Quit)).unwrap_err();
    assert!(error.to_string().contains("the deck is gone"), "{error}");
}

/// A front end that says these replies, and keeps what it is shown.
struct Script {
    replies: std::vec::IntoIter<Heard>,
    shown: Vec<Event>,
}

impl FrontEnd for Script {
    fn show(&mut self, event: &Event) -> io::Result<()> {
        self.shown.push(event.clone());
        Ok(())
    }

    fn hear(&mut self, _: &Awaited) -> io::Result<Option<Heard>> {
        Ok(self.replies.next())
    }
}

/// Runs a session in which these replies are given, and gives what was shown.
fn run_script(clock: &mut Clock, replies: Vec<Heard>) -> Vec<Event> {
    let (folder, shelf) = (tempfile::tempdir().unwrap(), Shelf::new());
    let mut store = store(&folder);
    let drive = shelf.drive(&mut store, clock);
    let mut front = Script { replies: replies.into_iter(), shown: Vec::new() };
    run(drive, Backend { store: &mut store, supply: &shelf, clock }, &mut front).unwrap();
    front.shown
}

fn feedbacks(events: &[Event]) -> Vec<&Feedback> {
    events
        .iter()
        .filter_map(|event| if let Event::Feedback(feedback) = event { Some(&**feedback) } else { None })
        .collect()
}

#[test]
fn the_loop_ends_with_the_input_and_with_the_last_card() {
    let good = || says(Reply::Grade(Quality::GOOD));
    for replies in [vec![], vec![good()], vec![good(), good()]] {
        let answered = replies.len();
        let events = run_script(&mut nine(), replies);
        assert_eq!(feedbacks(&events).len(), answered);
        let Some(Event::Summary(summary)) = events.last() else { panic!("no summary") };
        assert_eq!(summary.answered, answered);
    }
}

/// The seconds over the feedback count in the time box as far as they can be believed, and never for the card.
#[test]
fn reading_counts_for_the_box_and_not_for_the_card() {
    for (read_s, counted_s) in [(0.0, 10.0), (20.0, 30.0), (3600.0, 85.0)] {
        let good = |read_s| Heard { read_s, ..says(Reply::Grade(Quality::GOOD)) };
        let mut clock = nine();
        let events = run_script(&mut clock, vec![good(0.0), good(read_s)]);
        let Some(Event::Summary(summary)) = events.last() else { panic!("no summary") };
        assert_eq!((summary.elapsed_s, summary.counted_s), (10.0 + read_s, counted_s), "{read_s} s of reading");
        assert_eq!(clock.now_ms() - nine().now_ms(), (10_000.0 + 1000.0 * read_s) as i64);
    }
}
