use super::*;
use crate::deck::DraftBody;
use crate::exchange::{IncomingProgress, IncomingReview};
use crate::log::{Mark, MarkKind, Review};
use crate::schedule::{Day, Easiness, Mode, Quality, Scheduled};
use crate::store::TakenIn;
use std::fs;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
const NOW_MS: i64 = 20_000 * DAY_MS;

fn day(days: i64) -> Day {
    Day::from_epoch_days(days).unwrap()
}

struct World {
    dir: tempfile::TempDir,
    store: Store,
}

impl World {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut n = 0u8;
        let entropy = Box::new(move || {
            n += 1;
            [n; 10]
        });
        let mut store = Store::open(&dir.path().join("a.db"), entropy).unwrap();
        store.keep_to(day(20_000)).unwrap();
        fs::create_dir(dir.path().join("decks")).unwrap();
        Self { dir, store }
    }

    fn preview(&mut self, incoming: &Incoming) -> Result<Preview> {
        self.preview_into(incoming, None)
    }

    fn preview_into(&mut self, incoming: &Incoming, deck: Option<&str>) -> Result<Preview> {
        let destination = Destination {
            folder: &self.dir.path().join("decks"),
            deck,
            file: "Some cards.apkg",
            taken: &["latency".to_owned()],
            now_ms: NOW_MS,
            today: day(20_000),
            day_of: &|at_ms| day(at_ms.div_euclid(DAY_MS)),
        };
        preview(&mut self.store, incoming, &destination, &mut |_, _| ())
    }

    fn import(&mut self, incoming: &Incoming) -> TakenIn {
        self.preview(incoming).unwrap().carry_out(&mut self.store, &mut |_, _| ()).unwrap()
    }

    fn take_back(&mut self) -> TakenBack {
        take_back(&mut self.store, &self.dir.path().join("decks"), NOW_MS + 5, day(20_000)).unwrap().unwrap()
    }

    fn file(&self) -> String {
        fs::read_to_string(self.dir.path().join("decks/some-cards.toml")).unwrap()
    }

    fn edit(&self, from: &str, to: &str) {
        let text = self.file();
        assert!(text.contains(from), "{text}");
        fs::write(self.dir.path().join("decks/some-cards.toml"), text.replace(from, to)).unwrap();
    }

    fn due(&self, card: &str) -> Option<Day> {
        self.store.states().of(&id(card)).unwrap().memory.scheduled().map(|s| s.due)
    }

    fn live(&self, card: &str) -> usize {
        self.store.reviews().of_card(&id(card)).unwrap().iter().filter(|entry| !entry.retracted).count()
    }

    fn answer(&mut self, card: &str) {
        let review = Review {
            card: id(card),
            at_ms: NOW_MS,
            day: day(20_000),
            quality: Quality::GOOD,
            session: crate::log::LogId::new(NOW_MS, [9; 10]),
            mode: Mode::Review,
            kind: "recall".to_owned(),
            took_ms: 1000,
            prompt: "?".to_owned(),
            given: None,
            ratio: None,
            slip: None,
            seed: None,
            drawn: None,
            steps: None,
            options: None,
            confidence: None,
            source: None,
        };
        self.store.record(&review).unwrap();
    }
}

fn id(card: &str) -> CardId {
    CardId::parse(&format!("some-cards/{card}")).unwrap()
}

fn card(key: &str, ask: &str, reviews: i64) -> IncomingCard {
    let review = |n| IncomingReview { at_ms: NOW_MS - n * DAY_MS, quality: Quality::GOOD, took_ms: 4000 };
    let scheduled = Scheduled {
        easiness: Easiness::from_hundredths(215).unwrap(),
        interval_days: 40,
        repetitions: 5,
        lapses: 1,
        due: day(20_030),
    };
    let standing = IncomingProgress {
        gap: None,
        at_ms: NOW_MS - DAY_MS,
        is_suspended: key == "s",
        is_flagged: key == "f",
        start: (reviews > 0).then(|| (day(19_999), scheduled)),
        reviews: (1..=reviews).rev().map(review).collect(),
    };
    IncomingCard {
        key: key.to_owned(),
        deck: None,
        tags: vec!["theory::cap".to_owned()],
        why: None,
        source: None,
        body: DraftBody::Recall { ask: ask.to_owned(), answer: format!("The answer to {ask}") },
        progress: vec![standing],
    }
}

fn incoming(cards: &[IncomingCard]) -> Incoming {
    Incoming { program: "anki", what: "a test".to_owned(), cards: cards.to_vec(), ..Incoming::default() }
}

#[test]
fn an_import_is_a_file_of_cards_and_their_history_and_is_there_once() {
    let mut world = World::new();
    let file = incoming(&[card("a", "Quorum?", 3), card("s", "Raft?", 1), card("f", "Paxos?", 0)]);
    let preview = world.preview(&file).unwrap();
    assert_eq!(
        (preview.new.len(), preview.reviews, preview.starts, preview.suspended, preview.flagged),
        (3, 4, 2, 1, 1)
    );
    assert!(!preview.path.exists(), "a preview writes nothing");
    assert_eq!(world.import(&file).reviews, 4);
    insta::assert_snapshot!(world.file(), @r#"
    # From Some cards.apkg, a test, imported on 2024-10-04.
    # This file is yours to edit. The next import knows a card by its origin, adds what is new, and changes
    # only the cards that you have not changed.

    [deck]
    name = "some-cards"
    title = "some-cards"

    [[recall]]
    id = "quorum"
    ask = "Quorum?"
    answer = "The answer to Quorum?"
    origin = "anki:a"
    tags = ["theory::cap"]

    [[recall]]
    id = "raft"
    ask = "Raft?"
    answer = "The answer to Raft?"
    origin = "anki:s"
    tags = ["theory::cap"]

    [[recall]]
    id = "paxos"
    ask = "Paxos?"
    answer = "The answer to Paxos?"
    origin = "anki:f"
    tags = ["theory::cap"]
    "#);
    assert_eq!(world.due("quorum"), Some(day(20_030)));
    assert_eq!(world.due("paxos"), None);
    assert!(world.store.states().of(&id("raft")).unwrap().suspended);
    assert!(world.store.states().of(&id("paxos")).unwrap().flagged);
    assert!(world.store.reviews().latest().unwrap().is_none(), "undo is local");
    assert!(world.store.marks().latest_decision().unwrap().is_none(), "undo is local");
    assert!(world.preview(&file).unwrap().is_empty(), "twice is once");
}

#[test]
fn what_was_changed_there_is_changed_here_unless_it_was_changed_here_too() {
    let mut world = World::new();
    world.import(&incoming(&[card("a", "Quorum?", 1), card("b", "Raft?", 1), card("c", "Paxos?", 0)]));
    world.edit("ask = \"Raft?\"", "level = 1\nask = \"What is Raft?\"");
    world.edit("ask = \"Quorum?\"", "ask = \"Quorum?\" # mine");
    let mut changed = [card("a", "Quorums?", 2), card("b", "Rafts?", 1), card("c", "Paxos?", 0), card("d", "New?", 0)];
    changed[2].tags = vec!["other".to_owned()];
    let preview = world.preview(&incoming(&changed)).unwrap();
    assert_eq!(
        (preview.updated, preview.edited.clone(), preview.new.len(), preview.reviews),
        (2, vec![id("raft")], 1, 1)
    );
    let before = world.file();
    preview.carry_out(&mut world.store, &mut |_, _| ()).unwrap();
    let text = world.file();
    assert!(text.contains("ask = \"Quorums?\" # mine") && text.contains("The answer to Quorums?"), "{text}");
    assert!(text.contains("What is Raft?") && text.contains("The answer to Raft?"), "{text}");
    assert!(text.contains("tags = [\"other\"]") && text.contains("id = \"new\""), "{text}");
    // Taken back, the file is as it was before, and the first import stands.
    let taken = world.take_back();
    assert_eq!((taken.restored.len(), taken.reviews, taken.edited.len()), (1, 1, 0));
    assert_eq!(world.file(), before);
    assert_eq!(world.live("quorum"), 1);
    assert_eq!(world.due("quorum"), Some(day(20_030)));
}

#[test]
fn an_import_is_taken_back_whole_and_comes_again() {
    let mut world = World::new();
    let file = incoming(&[card("a", "Quorum?", 3), card("s", "Raft?", 1)]);
    world.import(&file);
    let text = world.file();
    let taken = world.take_back();
    assert_eq!((taken.removed.len(), taken.cards, taken.reviews, taken.own), (1, 2, 4, 0));
    assert_eq!((world.due("quorum"), world.live("quorum")), (None, 0));
    assert!(!world.store.states().of(&id("raft")).unwrap().suspended);
    assert_eq!(world.import(&file).reviews, 4, "what was taken back comes again");
    assert_eq!(world.file(), text);
    assert_eq!(world.due("quorum"), Some(day(20_030)));
    world.edit("Quorum?", "Quorums?");
    world.answer("quorum");
    let taken = world.take_back();
    assert_eq!((taken.removed.len(), taken.edited.clone(), taken.own), (0, vec![id("quorum")], 1));
    assert_eq!(taken.taken_out.iter().map(|(_, cards)| cards).sum::<usize>(), 1);
    assert!(world.file().contains("Quorums?") && !world.file().contains("Raft?"), "an edited card stays");
    assert!(take_back(&mut world.store, &world.dir.path().join("decks"), NOW_MS, day(20_000)).unwrap().is_none());
}

#[test]
fn progress_made_here_stands_and_what_was_removed_here_stays_out() {
    let mut world = World::new();
    world.import(&incoming(&[card("a", "Quorum?", 1), card("s", "Raft?", 1)]));
    world.answer("quorum");
    let resumed = Mark::of_card(id("raft"), MarkKind::Resume, NOW_MS, day(20_000));
    world.store.mark(&resumed).unwrap();
    let before = world.due("quorum");
    let mut later = [card("a", "Quorum?", 3), card("s", "Raft?", 2)];
    later[0].progress[0].start.as_mut().unwrap().1.due = day(20_500);
    later[0].progress[0].at_ms = NOW_MS + 1;
    assert_eq!(world.import(&incoming(&later)).reviews, 3);
    assert_eq!(world.due("quorum"), before);
    assert!(!world.store.states().of(&id("raft")).unwrap().suspended);
    let text = world.file();
    let at = text.find("[[recall]]\nid = \"raft\"").unwrap();
    fs::write(world.dir.path().join("decks/some-cards.toml"), &text[..at]).unwrap();
    let preview = world.preview(&incoming(&later)).unwrap();
    assert_eq!((preview.removed, preview.new.len(), preview.is_empty()), (1, 0, true));
    // Where the whole deck is gone it is brought again, with the ids that its cards had.
    fs::remove_file(world.dir.path().join("decks/some-cards.toml")).unwrap();
    later.reverse();
    world.import(&incoming(&later));
    assert!(world.file().contains("id = \"quorum\"") && world.file().contains("id = \"raft\""));
    assert_eq!(world.due("quorum"), before);
}

#[test]
fn a_run_that_ended_between_the_file_and_the_rows_is_completed() {
    let mut world = World::new();
    let file = incoming(&[card("a", "Quorum?", 3), card("s", "Raft?", 1)]);
    let preview = world.preview(&file).unwrap();
    for change in &preview.changes {
        file::write(&change.path, None, Some(&change.after)).unwrap();
    }
    let preview = world.preview(&file).unwrap();
    assert_eq!((preview.new.len(), preview.same, preview.reviews, preview.suspended), (0, 2, 4, 1));
    preview.carry_out(&mut world.store, &mut |_, _| ()).unwrap();
    assert_eq!(world.due("quorum"), Some(day(20_030)));
    let taken = world.take_back();
    assert_eq!((taken.removed.len(), taken.reviews), (1, 4), "the file is the import's own");
}

#[test]
fn cards_go_where_they_can_and_nowhere_else() {
    let mut world = World::new();
    let file = incoming(&[card("a", "Quorum?", 0)]);
    let refused = |world: &mut World, deck, said: &str| {
        let error = world.preview_into(&file, deck).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    };
    refused(&mut world, Some("latency"), "has the name 'latency'");
    refused(&mut world, Some("My Deck"), "'My Deck' is no name of a deck");
    let decks = world.dir.path().join("decks");
    fs::write(decks.join("broken.toml"), "[deck]\nname = \"broken\"\n").unwrap();
    refused(&mut world, Some("broken"), "broken.toml:1:1: [deck] has no title");
    let own = "[deck]\nname = \"some-cards\"\ntitle = \"T\"\n[[recall]]\nid = \"quorum\"\nask = \"?\"\nanswer = \"!\"";
    fs::write(decks.join("some-cards.toml"), own).unwrap();
    refused(&mut world, None, "there is a deck 'some-cards' already");
    let preview = world.preview_into(&file, Some("some-cards")).unwrap();
    preview.carry_out(&mut world.store, &mut |_, _| ()).unwrap();
    assert!(world.file().starts_with(own) && world.file().contains("id = \"quorum-2\""), "{}", world.file());
    // Known by its origin, wherever it is.
    assert!(world.preview(&file).unwrap().is_empty());
    assert!(world.preview_into(&file, Some("elsewhere")).unwrap().is_empty());
    world.take_back();
    assert_eq!(world.file(), own);
}
