//! A sitting without a browser: which forms may speak of what stands there, and what they do.

use super::forms::Fields;
use super::sitting::{Act, Notice, Sent, Sitting, Taken, Unread, asked};
use crate::catalog::Catalog;
use crate::clock::Clock;
use crate::practice::{self, Daily, NewPerDay, ReviewOptions};
use crate::schedule::Quality;
use crate::session::{Reply, Which};
use crate::store::Store;
use crate::store::deck_index::Scope;
use crate::terminal::{Options, Pause, Scale};
use std::fs;

const DECK: &str = include_str!("../../tests/browser/deck.toml");
const OPTIONS: Options = Options {
    scale: Scale::FourKeys,
    pause: Pause::Wrong,
    clock: true,
    plain: false,
    probe_at_once: false,
    confidence: false,
    keys_told: false,
};

/// A database with one deck.
struct World {
    store: Store,
    catalog: Catalog,
    clock: Clock,
    _folder: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("mine.toml"), DECK).unwrap();
        let mut store = Store::open(&folder.path().join("sysdrill.db"), Box::new(rand::random)).unwrap();
        let catalog = Catalog::open(&mut store, folder.path(), true, &mut |_, _| ()).unwrap();
        let clock = Clock::fixed("2026-11-21T09:00:00Z".parse().unwrap(), 4);
        Self { store, catalog, clock, _folder: folder }
    }

    /// A review that begins with cards of this kind.
    fn review<'a>(store: &mut Store, catalog: &'a Catalog, clock: &mut Clock, kind: &str) -> Sitting<'a> {
        let daily = Daily {
            day: clock.today(),
            now_ms: clock.now_ms(),
            minutes: 15,
            new_per_day: NewPerDay::Number(100),
            show_first: true,
            decks_off: Vec::new(),
            without: Vec::new(),
        };
        let scope = Scope { decks: vec!["mine".to_owned()], kinds: vec![kind.to_owned()], ..Scope::default() };
        let ready =
            practice::review(store, catalog, daily, &ReviewOptions { scope, ..ReviewOptions::default() }).unwrap();
        Sitting::begin(ready, store, clock, OPTIONS).unwrap()
    }
}

/// The form of what stands there.
fn form(sitting: &Sitting, act: Act) -> Sent {
    let question = sitting.question.as_ref();
    Sent {
        session: Some(sitting.id),
        n: sitting.n,
        card: question.map(|question| question.card.clone()),
        entries: sitting.entries,
        asked: question.map(|question| asked(question)).unwrap_or_default(),
        seed: None,
        fingerprint: format!("{act:?}").bytes().fold(7, |hash, byte| hash * 31 % 1_000_003 + u64::from(byte)),
        act,
        took_s: Some(5.0),
        confidence: None,
    }
}

fn say(reply: Reply) -> Act {
    Act::Say(reply)
}

#[test]
fn a_form_of_before_changes_nothing_whatever_it_says() {
    let World { mut store, catalog, mut clock, _folder } = World::new();
    let sitting = &mut World::review(&mut store, &catalog, &mut clock, "recall");
    let graded = form(sitting, say(Reply::Grade(Quality::AGAIN)));
    assert_eq!(sitting.take(&mut store, &mut clock, &graded).unwrap(), Taken::Yes);
    assert!(matches!(sitting.unread, Some(Unread::Feedback)));
    let (n, feedback) = (sitting.n, format!("{:?}", sitting.feedback));
    let acts = [
        say(Reply::Grade(Quality::GOOD)),
        say(Reply::Answer("1".to_owned())),
        say(Reply::Pick(0)),
        say(Reply::Said(vec![0])),
        say(Reply::Blank),
        say(Reply::Reveal),
        say(Reply::Look),
        say(Reply::Skip),
        say(Reply::Undo),
        say(Reply::Regrade(Quality::GOOD)),
        say(Reply::Suspend(Which::Open)),
        say(Reply::Suspend(Which::Last)),
        say(Reply::Again),
        say(Reply::Quit),
        Act::Flag(Which::Open, true),
        Act::Flag(Which::Last, true),
        Act::Start,
        Act::AskNow,
        Act::SaidAll,
        Act::SaidNone,
    ];
    for act in acts {
        let old = Sent { n: graded.n, ..form(sitting, act.clone()) };
        assert_eq!(sitting.take(&mut store, &mut clock, &old).unwrap(), Taken::TooLate, "{act:?}");
        let to_come = Sent { n: n + 1, ..form(sitting, act.clone()) };
        assert_eq!(sitting.take(&mut store, &mut clock, &to_come).unwrap(), Taken::TooLate, "{act:?}");
        assert_eq!((sitting.n, format!("{:?}", sitting.feedback)), (n, feedback.clone()), "{act:?}");
    }
    // The same once more is known.
    assert_eq!(sitting.take(&mut store, &mut clock, &graded).unwrap(), Taken::Before { stands: true });
    assert!(!sitting.is_over());
    assert_eq!(store.reviews().count().unwrap(), 1);
}

/// The open question is answered when it was seen: while feedback is read, no form of ours answers it.
#[test]
fn what_is_not_shown_yet_is_not_answered() {
    let World { mut store, catalog, mut clock, _folder } = World::new();
    let sitting = &mut World::review(&mut store, &catalog, &mut clock, "recall");
    let again = form(sitting, say(Reply::Grade(Quality::AGAIN)));
    sitting.take(&mut store, &mut clock, &again).unwrap();
    for act in [say(Reply::Grade(Quality::GOOD)), say(Reply::Reveal), say(Reply::Skip), Act::SaidAll] {
        let early = form(sitting, act);
        assert_eq!(sitting.take(&mut store, &mut clock, &early).unwrap(), Taken::TooLate);
    }
    let next = form(sitting, Act::Next);
    for _ in 0..2 {
        assert_eq!(sitting.take(&mut store, &mut clock, &next).unwrap(), Taken::Yes);
        assert!(sitting.unread.is_none());
    }
    let good = form(sitting, say(Reply::Grade(Quality::GOOD)));
    assert_eq!(sitting.take(&mut store, &mut clock, &good).unwrap(), Taken::Yes);
    assert!(sitting.is_over() && sitting.ended().unwrap().asked_all);
}

#[test]
fn what_cannot_be_an_answer_is_asked_back_and_stays_typed() {
    let World { mut store, catalog, mut clock, _folder } = World::new();
    let sitting = &mut World::review(&mut store, &catalog, &mut clock, "number");
    for (text, refused, draft) in
        [("", true, ""), ("  ", true, ""), ("some", true, "some"), ("5 GB", true, "5 GB"), ("80 ns", false, "")]
    {
        let answer = form(sitting, say(Reply::Answer(text.to_owned())));
        assert_eq!(sitting.take(&mut store, &mut clock, &answer).unwrap(), Taken::Yes);
        let is_refused = matches!(sitting.notices.first(), Some(Notice::Refused(..)));
        assert_eq!((is_refused, sitting.draft.as_str()), (refused, draft), "{text}");
    }
    assert_eq!(store.reviews().count().unwrap(), 1);
}

/// Points are ticked; an answer that comes to a new session finds them not shown yet.
#[test]
fn the_points_of_a_probe_are_those_that_were_said() {
    for (is_shown, act, quality) in [
        (true, say(Reply::Said(vec![0, 1, 2, 3])), Some(5)),
        (true, say(Reply::Said(vec![0, 1])), Some(3)),
        (true, say(Reply::Said(Vec::new())), None),
        (true, Act::SaidAll, Some(5)),
        (true, Act::SaidNone, Some(0)),
        (false, Act::SaidAll, Some(5)),
        (false, Act::SaidNone, Some(0)),
    ] {
        let World { mut store, catalog, mut clock, _folder } = World::new();
        let sitting = &mut World::review(&mut store, &catalog, &mut clock, "probe");
        if is_shown {
            for act in [Act::Start, Act::Start, say(Reply::Reveal), say(Reply::Reveal)] {
                let sent = form(sitting, act);
                assert_eq!(sitting.take(&mut store, &mut clock, &sent).unwrap(), Taken::Yes);
            }
        }
        let said = form(sitting, act.clone());
        sitting.take(&mut store, &mut clock, &said).unwrap();
        let given = sitting.feedback.as_ref().map(|feedback| feedback.quality.get());
        assert_eq!(given, quality, "{is_shown} {act:?}");
    }
}

#[test]
fn a_flag_is_set_once_however_often_it_is_said() {
    let World { mut store, catalog, mut clock, _folder } = World::new();
    let sitting = &mut World::review(&mut store, &catalog, &mut clock, "recall");
    let card = sitting.question.as_ref().unwrap().card.clone();
    for (wanted, flagged) in [(true, true), (true, true), (false, false), (false, false), (true, true)] {
        let sent = form(sitting, Act::Flag(Which::Open, wanted));
        assert_eq!(sitting.take(&mut store, &mut clock, &sent).unwrap(), Taken::Yes);
        assert_eq!(store.states().of(&card).unwrap().flagged, flagged);
    }
    assert_eq!(store.marks().of_card(&card).unwrap().len(), 3);
}

/// The fields that a page writes are read as they were meant, and nothing else is a form.
#[test]
fn only_the_forms_of_our_pages_are_forms() {
    let fields = |pairs: &[(&str, &str)]| {
        Fields::new(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    };
    for (pairs, is_form) in [
        (&[("n", "1"), ("do", "reveal")][..], true),
        (&[("n", "1"), ("do", "reveal"), ("card", "../../etc"), ("entries", "-1"), ("session", "x")], true),
        (&[("n", "x"), ("do", "reveal")], false),
        (&[("n", "-1"), ("do", "reveal")], false),
        (&[("do", "reveal")], false),
        (&[("n", "1")], false),
        (&[("n", "1"), ("do", "answer")], false),
        (&[("n", "1"), ("do", "nothing")], false),
    ] {
        assert_eq!(fields(pairs).sent().is_some(), is_form, "{pairs:?}");
    }
}
