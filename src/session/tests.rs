use super::machine::Stage;
use super::*;
use crate::deck::{DeckFile, Location, parse};
use crate::log::{LogId, MarkKind, Review, Saved};
use crate::schedule::{CardId, CardState, Day, Mode, Quality};
use proptest::prelude::*;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// A deck of matrices with so many rows each, and as many recall cards.
fn deck(matrices: usize, rows: usize) -> crate::deck::Deck {
    let mut text = "[deck]\nname = \"d\"\ntitle = \"D\"\n".to_owned();
    for m in 0..matrices {
        text += &format!("[[matrix]]\nid = \"m{m}\"\ntitle = \"T\"\noptions = [\"A\", \"B\"]\n");
        for r in 0..rows {
            text += &format!("[[matrix.row]]\nid = \"r{r}\"\ndimension = \"D{r}\"\ncells = [\"x\", \"y\"]\n");
        }
    }
    for r in 0..matrices * rows {
        text += &format!("[[recall]]\nid = \"c{r}\"\nask = \"?\"\nanswer = \"x\"\n");
    }
    parse(&[DeckFile { path: "d.toml".into(), bytes: text.into_bytes().into() }], Location::Embedded).unwrap()
}

fn new_cards(deck: &crate::deck::Deck) -> Vec<Candidate> {
    deck.cards.iter().map(|card| Candidate { brief: card.brief(), state: CardState::default(), due: None }).collect()
}

fn today() -> Day {
    "2026-11-21".parse().unwrap()
}

#[test]
fn cards_of_one_matrix_are_kept_apart() {
    let deck = deck(3, 4);
    let (queued, _) = queue_of_day(&new_cards(&deck), today(), 100, |_| 10.0, 7);
    assert_eq!(queued.len(), 24);
    let places = |matrix: &str| {
        let of = |p: &Queued| p.brief.id.matrix() == Some(matrix);
        queued.iter().enumerate().filter(|(_, p)| of(p)).map(|(at, _)| at).collect::<Vec<_>>()
    };
    for matrix in ["d/m0", "d/m1", "d/m2"] {
        let places = places(matrix);
        assert!(places.windows(2).all(|pair| pair[1] - pair[0] > 4), "{matrix}: {places:?}");
    }
}

proptest! {
    #[test]
    fn a_plan_asks_every_new_card_once_within_the_allowance(
        matrices in 1usize..4, rows in 1usize..5, allowance in 0usize..40, seed in 0u64..1 << 53,
    ) {
        let deck = deck(matrices, rows);
        let cards = new_cards(&deck);
        let (queued, counts) = queue_of_day(&cards, today(), allowance, |_| 10.0, seed);
        let ids: HashSet<&CardId> = queued.iter().map(|p| &p.brief.id).collect();
        prop_assert_eq!(ids.len(), queued.len());
        prop_assert_eq!(queued.len(), allowance.min(cards.len()));
        prop_assert_eq!(counts, Counts { new: queued.len(), ..Counts::default() });
        prop_assert!(queued.iter().all(|p| p.seed < crate::estimate::SEEDS));
    }

    #[test]
    fn a_sprint_has_its_length_and_repeats_no_card_before_all_were_asked(
        rows in 1usize..6, questions in 1usize..60, seed in 0u64..1 << 53,
    ) {
        let deck = deck(1, rows);
        let cards = new_cards(&deck);
        let sprint = sprint(&cards, questions, seed);
        prop_assert_eq!(sprint.len(), questions);
        for round in sprint.chunks(cards.len()) {
            let ids: HashSet<&CardId> = round.iter().map(|p| &p.brief.id).collect();
            prop_assert_eq!(ids.len(), round.len());
        }
    }
}

/// What a learner may do, as a random life draws it.
#[derive(Debug, Clone)]
enum Deed {
    Say(Reply),
    /// The next thing to be saved is not saved.
    Fail(Reply),
    /// Another program changes the open card's marks meanwhile.
    SuspendElsewhere,
}

fn deed() -> impl Strategy<Value = Deed> {
    let quality = || (0i64..=5).prop_map(|q| Quality::new(q).unwrap());
    let which = || prop_oneof![Just(Which::Open), Just(Which::Last)];
    let reply = prop_oneof![
        4 => quality().prop_map(Reply::Grade),
        3 => Just(Reply::Blank),
        3 => prop_oneof![Just("38"), Just("11.4k"), Just("91"), Just("100 ns"), Just("push"), Just("no number")]
            .prop_map(|text| Reply::Answer(text.to_owned())),
        1 => (0usize..3).prop_map(Reply::Pick),
        1 => prop::collection::vec(0usize..4, 0..4).prop_map(Reply::Said),
        1 => Just(Reply::Reveal),
        2 => Just(Reply::Look),
        3 => quality().prop_map(Reply::Regrade),
        6 => Just(Reply::Undo),
        2 => Just(Reply::Skip),
        2 => which().prop_map(Reply::Suspend),
        2 => which().prop_map(Reply::Flag),
        2 => Just(Reply::Again),
    ];
    (reply, 0..24u8).prop_map(|(reply, fate)| match fate {
        0..2 => Deed::Fail(reply),
        2 => Deed::SuspendElsewhere,
        _ => Deed::Say(reply),
    })
}

/// A log in memory, folded as the store folds it.
#[derive(Default)]
struct Log {
    rows: Vec<(LogId, CardId, Row)>,
}

enum Row {
    Review(Box<Review>, bool),
    Mark(MarkKind),
}

impl Log {
    fn next_id(&self) -> LogId {
        LogId::new(self.rows.len() as i64 + 1, [0; 10])
    }

    fn state(&self, card: &CardId) -> CardState {
        let of_card = self.rows.iter().filter(|(_, id, _)| id == card);
        let events = of_card.filter_map(|(_, _, row)| match row {
            Row::Review(review, live) => live.then_some(crate::schedule::Change::Review {
                day: review.day,
                quality: review.quality,
                mode: review.mode,
            }),
            Row::Mark(kind) => kind.change(),
        });
        crate::schedule::fold(events).0
    }

    fn record(&mut self, review: &Review) -> Saved {
        let id = self.next_id();
        self.rows.push((id, review.card.clone(), Row::Review(Box::new(review.clone()), true)));
        Saved { id, state: self.state(&review.card), clock_behind_ms: 0 }
    }

    fn retract(&mut self, id: LogId) {
        let row = self.rows.iter_mut().find(|(row, ..)| *row == id);
        match row {
            Some((_, _, Row::Review(_, live))) if *live => *live = false,
            _ => panic!("{id} was taken back twice, or never saved"),
        }
    }

    fn mark(&mut self, card: &CardId, kind: MarkKind) -> CardState {
        self.rows.push((self.next_id(), card.clone(), Row::Mark(kind)));
        self.state(card)
    }

    fn live(&self) -> usize {
        self.rows.iter().filter(|(_, _, row)| matches!(row, Row::Review(_, true))).count()
    }
}

const ALL_KINDS: [&str; 2] = [
    include_str!("../../tests/it/recorded/deck.toml"),
    "\n[[cloze]]\nid = \"latency\"\ntext = \"Memory takes {{c1::100 ns}}, a disk seek {{c2::10 ms::time}}.\"\n",
];

/// Lives a session through and holds after each deed what must hold of every one.
fn live(mode: Mode, budget_s: Option<f64>, seed: u64, deeds: Vec<Deed>) -> Session {
    let file = DeckFile { path: "mine.toml".into(), bytes: ALL_KINDS.concat().into_bytes().into() };
    let deck = parse(&[file], Location::Embedded).unwrap();
    let card = |id: &CardId| {
        let card = deck.cards.iter().find(|card| card.id == *id).cloned().map(Arc::new);
        Ok::<_, std::convert::Infallible>(card)
    };
    let candidates = new_cards(&deck);
    let queued = match mode {
        Mode::Review => queue_of_day(&candidates, today(), 100, |_| 10.0, seed).0,
        Mode::Quiz => sprint(&candidates, 12, seed),
        Mode::Cram => round(&candidates, seed),
    };
    let setup = Setup {
        session: LogId::new(0, [1; 10]),
        mode,
        day: today(),
        budget_s,
        new_time: None,
        median_seconds: HashMap::new(),
        order: Order::DueFirst,
    };
    let mut session = Session::new(setup, queued, 0);
    let mut log = Log::default();
    for (at, deed) in deeds.into_iter().enumerate() {
        let Ok(question) = session.question(today(), card);
        if question.is_none() && session.round().is_none() {
            break;
        }
        let took_s = (at % 7) as f64;
        let (reply, fails) = match deed {
            Deed::Say(reply) => (reply, false),
            Deed::Fail(reply) => (reply, true),
            Deed::SuspendElsewhere => {
                if let Some(question) = &question {
                    log.mark(&question.card, MarkKind::Suspend);
                }
                continue;
            }
        };
        let before = session.answers.len();
        match session.reply(reply, took_s, at as i64) {
            Err(refusal) => assert!(!refusal.message.is_empty()),
            Ok(Effect::Record(answering)) if fails => {
                session.not_saved(*answering);
                let Ok(again) = session.question(today(), card);
                assert_eq!(again.unwrap().n, question.as_ref().unwrap().n, "the same question is open again");
            }
            Ok(_) if fails => {}
            Ok(Effect::Record(answering)) => {
                let saved = log.record(answering.review());
                session.saved(*answering, &saved);
                assert_eq!(session.answers.len(), before + 1);
            }
            Ok(Effect::Replace(regrading)) => {
                log.retract(regrading.old());
                let saved = log.record(regrading.review());
                session.regraded(*regrading, &saved);
            }
            Ok(Effect::Retract(review, card)) => {
                log.retract(review);
                session.retracted(log.state(&card));
                assert_eq!(session.answers.len(), before - 1);
            }
            Ok(Effect::Mark(marking)) => {
                let state = log.mark(&marking.card().clone(), marking.kind().clone());
                session.marked(marking, state);
            }
            Ok(
                Effect::Reveal(_)
                | Effect::Show(_)
                | Effect::Edit(_)
                | Effect::Step(_)
                | Effect::Undone(..)
                | Effect::RetractLatest
                | Effect::Skipped(_)
                | Effect::Again
                | Effect::Quit,
            ) => {}
        }
        holds(&session, &log);
    }
    session
}

fn holds(session: &Session, log: &Log) {
    assert_eq!(session.answers.len(), log.live(), "what was answered is what is in the log");
    if let Some(question) = session.open_question() {
        assert!(question.n >= 1 && question.remaining >= 1);
        let asides = session.done.iter().filter(|done| done.put_a_question_aside()).count();
        assert_eq!(question.n, 1 + session.answers.len() + asides);
        assert!(!session.gone.contains(&question.card), "a card that was put aside is not asked");
    }
    if session.setup.mode == Mode::Review {
        let mut waiting = HashSet::new();
        for item in session.waiting.items() {
            assert!(waiting.insert(&item.brief.id), "{} waits twice", item.brief.id);
        }
    }
    assert!(session.waiting.items().all(|item| !session.gone.contains(&item.brief.id)));
    assert!(session.time_box.used_s() <= session.elapsed_s + 1e-9);
    assert!(session.lap.before <= session.answers.len());
    let summary = session.summary(Ahead::default());
    assert!(summary.correct <= summary.answered && summary.repeats <= summary.answered);
    if let Some(round) = session.round() {
        assert!(!round.weak.is_empty() && round.weak.len() <= round.asked);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_life_leads_to_a_state_that_only_undo_leaves(
        mode in prop_oneof![Just(Mode::Review), Just(Mode::Quiz), Just(Mode::Cram)],
        minutes in prop_oneof![Just(None), Just(Some(60.0)), Just(Some(300.0))],
        seed in 0u64..1000,
        deeds in prop::collection::vec(deed(), 0..60),
    ) {
        live(mode, minutes, seed, deeds);
    }

    /// Whatever was done, as many undos lead back to the beginning: nothing is answered, nothing aside, and the log empty.
    #[test]
    fn everything_that_was_done_can_be_taken_back(
        mode in prop_oneof![Just(Mode::Review), Just(Mode::Cram)],
        seed in 0u64..1000,
        deeds in prop::collection::vec(deed(), 0..40),
    ) {
        let undos = deeds.len() * 2;
        let deeds = deeds.into_iter().filter(|deed| !matches!(deed, Deed::SuspendElsewhere));
        let deeds: Vec<Deed> = deeds.chain(std::iter::repeat_n(Deed::Say(Reply::Undo), undos)).collect();
        let session = live(mode, None, seed, deeds);
        if !matches!(session.stage, Stage::Ended) {
            assert!(session.done.is_empty() && session.answers.is_empty() && session.gone.is_empty());
        }
    }
}
