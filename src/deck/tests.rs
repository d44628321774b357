use super::*;
use std::sync::Arc;

fn report(errors: &[DeckError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn embedded_decks_are_well_formed() {
    let library = Library::new(&[]);
    assert!(library.errors.is_empty(), "{}", report(&library.errors));
}

#[test]
fn embedded_decks_keep_the_lint() {
    let Findings { errors, .. } = lint(&Library::new(&[]), |_| true);
    assert!(errors.is_empty(), "{}", report(&errors));
}

#[test]
fn embedded_decks_leave_nothing_to_be_better() {
    let Findings { warnings, .. } = lint(&Library::new(&[]), |_| true);
    assert!(warnings.is_empty(), "{}:\n{}", warnings.len(), report(&warnings));
}

#[test]
fn every_embedded_card_can_be_read_from_its_block_alone() {
    for files in embedded() {
        let deck = parse(&files, Location::Embedded).unwrap();
        for card in &deck.cards {
            let text = embedded_file(&card.place.path).unwrap();
            assert!(card.place.block.len() < text.len(), "{}", card.id);
            // As many lines before it as in the file: every place is the same.
            let before = text[..card.place.block.start].iter().filter(|byte| **byte == b'\n').count();
            let bytes = [&vec![b'\n'; before], &text[card.place.block.clone()]].concat().into();
            let part = part(&DeckFile { path: Arc::clone(&card.place.path), bytes }, &deck.defaults).unwrap();
            let mut same = part.cards.iter().find(|other| other.id == card.id).unwrap().clone();
            same.place.block = card.place.block.clone();
            assert!(format!("{same:?}") == format!("{card:?}"), "{}", card.id);
        }
    }
}

#[test]
fn a_card_whose_tables_lie_apart_has_the_whole_file_for_its_block() {
    let head = "[deck]\nname = \"d\"\ntitle = \"D\"\n";
    let recall = |id: &str| format!("[[recall]]\nid = \"{id}\"\nask = \"?\"\nanswer = \"[[recall]]\"\n");
    let matrix = "[[matrix]]\nid = \"m\"\ntitle = \"T\"\noptions = [\"A\", \"B\"]\n";
    let row = "[[matrix.row]]\nid = \"r\"\ndimension = \"D\"\ncells = [\"x\", \"y\"]\n";
    let inline = "recall = [{ id = \"a\", ask = \"?\", answer = \"x\" }]\n";
    let cases = [
        (format!("{head}{}{}", recall("a"), recall("b")), "d/a", Some(recall("a"))),
        (format!("{head}{}{}", recall("a"), recall("b")), "d/b", Some(recall("b"))),
        (format!("{head}{matrix}{row}{}", recall("a")), "d/m/r", Some(format!("{matrix}{row}"))),
        (format!("{head}{matrix}{}{row}", recall("a")), "d/m/r", None),
        (format!("{head}{matrix}{}{row}", recall("a")), "d/a", None),
        (format!("{inline}{head}"), "d/a", None),
    ];
    for (text, id, expected) in cases {
        let deck =
            parse(&[DeckFile { path: "d.toml".into(), bytes: text.clone().into_bytes().into() }], Location::Embedded);
        let deck = deck.unwrap_or_else(|errors| panic!("{errors:?}\n{text}"));
        let card = deck.cards.iter().find(|card| card.id.as_str() == id).unwrap();
        assert_eq!(&text[card.place.block.clone()], expected.as_deref().unwrap_or(&text), "{id} in\n{text}");
    }
}

/// A deck of these cards, or what is wrong with it.
fn deck_of(head: &str, cards: &str) -> Result<Deck, String> {
    let text = format!("[deck]\nname = \"d\"\ntitle = \"D\"\n{head}{cards}");
    let file = DeckFile { path: "d.toml".into(), bytes: text.into_bytes().into() };
    parse(&[file], Location::Embedded).map_err(|errors| report(&errors))
}

fn recall(id: &str, keys: &str) -> String {
    format!("[[recall]]\nid = \"{id}\"\nask = \"?\"\nanswer = \"x\"\n{keys}\n")
}

#[test]
fn every_example_of_the_manual_is_a_sound_deck() {
    let manual = include_str!("../../docs/decks.md");
    let blocks: Vec<&str> =
        manual.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default()).collect();
    let (head, cards) = blocks.split_first().unwrap();
    assert!(head.starts_with("[deck]") && cards.len() >= 6, "{}", cards.len());
    let file =
        DeckFile { path: "decks.toml".into(), bytes: format!("{head}\n{}", cards.join("\n")).into_bytes().into() };
    let library = Library::new(&[vec![file]]);
    assert!(library.errors.is_empty(), "{}", report(&library.errors));
    let kinds: std::collections::BTreeSet<Kind> =
        library.deck("mine").unwrap().cards.iter().map(|card| card.body.kind()).collect();
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), Kind::ALL);
    let Findings { errors, warnings } = lint(&library, |deck| deck.location != Location::Embedded);
    // An example is like a card that is learned.
    let warnings: Vec<_> =
        warnings.into_iter().filter(|w| !w.message.contains("nearly the same as conversions")).collect();
    assert!(errors.is_empty() && warnings.is_empty(), "{}\n{}", report(&errors), report(&warnings));
}

fn names(ids: &[crate::schedule::CardId]) -> Vec<&str> {
    ids.iter().map(|id| id.as_str()).collect()
}

#[test]
fn a_card_says_what_comes_before_it_what_it_takes_over_and_what_it_resembles() {
    let keys = "after = [\"a\", \"other/matrix\"]\nwas = [\"old\", \"other/b\"]\nreplaces = \"latency/l1-cache-hit\"\n\
                as_of = 2026\nas_of_month = 7\nunlike = { \"other/c\" = \"the other way round\", a = \"why\" }";
    let deck = deck_of("licence = \"CC0-1.0\"\n", &(recall("a", "") + &recall("b", keys))).unwrap();
    assert_eq!(deck.defaults.licence.as_deref(), Some("CC0-1.0"));
    let card = &deck.cards[1];
    assert_eq!(names(&card.after), ["d/a", "other/matrix"]);
    assert_eq!(names(&card.was), ["d/old", "other/b"]);
    assert_eq!(card.replaces.as_ref().unwrap().as_str(), "latency/l1-cache-hit");
    assert_eq!((card.as_of, card.as_of_month), (Some(2026), Some(7)));
    let unlike: Vec<(&str, &str)> = card.unlike.iter().map(|(id, why)| (id.as_str(), why.as_str())).collect();
    assert_eq!(unlike, [("other/c", "the other way round"), ("d/a", "why")]);
}

#[test]
fn rows_come_after_what_their_matrix_comes_after_and_take_over_the_rows_that_it_was() {
    let matrix = "[[matrix]]\nid = \"m\"\ntitle = \"T\"\noptions = [\"A\", \"B\"]\nafter = [\"a\"]\nwas = [\"d/old\"]\n\
                  [[matrix.row]]\nid = \"r\"\ndimension = \"D\"\ncells = [\"x\", \"y\"]\nafter = [\"b\"]\nwas = [\"x\"]\n";
    let deck = deck_of("was = [\"former\"]\n", &(recall("a", "") + &recall("b", "") + matrix)).unwrap();
    assert_eq!(names(&deck.cards[0].was), ["former/a"], "a deck's old name is the old name of its cards");
    let row = &deck.cards[2];
    assert_eq!(names(&row.after), ["d/a", "d/b"]);
    assert_eq!(names(&row.was), ["d/x", "d/old/r", "former/m/r"]);
}

#[test]
fn a_text_with_gaps_is_a_card_for_each_number_with_the_keys_of_its_table() {
    let cloze = "[[cloze]]\nid = \"c\"\ntext = \"A {{c2::x}}, a {{c1::y::letter}}.\"\nwhy = \"W\"\nlevel = 1\ntags = [\"t\"]\n\
                 after = [\"a\"]\nwas = [\"old\"]\nreplaces = \"e/f\"\norigin = \"anki:x:0\"\n";
    let deck = deck_of("", &(recall("a", "") + cloze)).unwrap();
    let cards: Vec<(&str, String, String)> =
        deck.cards[1..].iter().map(|card| (card.id.as_str(), card.body.prompt(), card.body.answer())).collect();
    let expected = [("d/c/1", "A x, a [letter].", "A x, a [y]."), ("d/c/2", "A [...], a y.", "A [x], a y.")];
    assert_eq!(cards, expected.map(|(id, ask, answer)| (id, ask.to_owned(), answer.to_owned())));
    for (card, number) in deck.cards[1..].iter().zip(["1", "2"]) {
        assert_eq!((card.why.as_deref(), card.level, card.tags.clone()), (Some("W"), 1, vec!["t".to_owned()]));
        assert_eq!((names(&card.after), names(&card.was)), (vec!["d/a"], vec![format!("d/old/{number}").as_str()]));
        assert_eq!(card.replaces.as_ref().unwrap().as_str(), format!("e/f/{number}"));
        assert_eq!(card.origin.as_deref(), Some("anki:x:0"));
        assert_eq!(card.place.line, 9);
    }
}

#[test]
fn gaps_of_one_text_are_no_twins_and_the_same_text_twice_is() {
    let text = "The leader appends to its log, sends the entry to all followers and commits once {{c1::a majority}} \
                has it, which {{c2::survives}} the loss of the leader itself.";
    let cloze = |id: &str| format!("[[cloze]]\nid = \"{id}\"\ntext = \"{text}\"\n");
    let lints = |cards: String| {
        let text = format!("[deck]\nname = \"d\"\ntitle = \"D\"\n{cards}");
        let library = Library::new(&[vec![DeckFile { path: "d.toml".into(), bytes: text.into_bytes().into() }]]);
        report(&lint(&library, |deck| deck.location != Location::Embedded).warnings)
    };
    assert_eq!(lints(cloze("a")), "");
    assert!(lints(cloze("a") + &cloze("b")).contains("d/b/1: is nearly the same as d/a/1"));
}

#[test]
fn a_number_says_what_it_is_per_its_family_why_it_is_wide_and_what_it_is_not() {
    let number = "[[number]]\nid = \"n\"\nask = \"A day's data?\"\nanswer = \"50 GB\"\naccept = [\"10 GB\", \"90 GB\"]\n\
                  per = \"day\"\nfamily = \"volumes\"\nwide = \"sites differ\"\n\
                  not = [{ value = \"5 TB\", say = \"That is a month.\" }, { value = 65535, say = \"No.\" }]\n";
    let deck = deck_of("", number).unwrap();
    let Body::Number(number) = &deck.cards[0].body else { panic!("a number") };
    let per = number.per.as_ref().unwrap();
    assert_eq!((per.text.as_str(), per.quantity.value), ("day", 86_400.0));
    assert_eq!((number.family.as_deref(), number.wide.as_deref()), (Some("volumes"), Some("sites differ")));
    let myths: Vec<(f64, &str)> = number.myths.iter().map(|myth| (myth.value.value, myth.say.as_str())).collect();
    assert_eq!(myths, [(5e12, "That is a month."), (65_535e9, "No.")]);
}

#[test]
fn a_step_says_what_it_is_per() {
    for (per, value) in [("day", 86_400.0), ("GB", 1e9), ("1M tokens", 1e6), ("million requests", 1e6), ("user", 1.0)] {
        let estimate = format!(
            "[[estimate]]\nid = \"e\"\nask = \"{{n}}?\"\nunit = \"$\"\nper = \"{per}\"\nanswer = \"n * $2\"\n\
             given.n = {{ pick = [1, 2] }}\n[[estimate.check]]\ngiven = {{ n = 1 }}\nanswer = \"$2\"\n"
        );
        let deck = deck_of("", &estimate).unwrap();
        let Body::Estimate(estimate) = &deck.cards[0].body else { panic!("an estimate") };
        assert_eq!(estimate.steps[0].per.as_ref().unwrap().quantity.value, value, "{per}");
    }
}

#[test]
fn what_is_wrong_with_a_key_is_said_at_its_place() {
    let number = |keys: &str| format!("[[number]]\nid = \"n\"\nask = \"?\"\nanswer = \"5 GB\"\n{keys}\n");
    let cases = [
        (recall("a", "as_of_month = 7"), "d.toml:8:15: as_of_month is a month of a year: add as_of = 2026 beside it"),
        (recall("a", "as_of = 2026\nas_of_month = 13"), "9:15: [[recall]] as_of_month must be a month from 1 to 12"),
        (recall("a", "after = [\"A b\"]"), "d.toml:8:10: 'A b' is no card id"),
        (recall("a", "per = \"day\""), "d.toml:8:1: [[recall]] has no key 'per'"),
        (
            "[[cloze]]\nid = \"c\"\ntext = \"no gap\"\n".to_owned(),
            "d.toml:6:8: [[cloze]] text has no gap: write {{c1::what is asked}}",
        ),
        (
            "[[cloze]]\nid = \"c\"\n".to_owned(),
            "d.toml:4:1: [[cloze]] has no text: add text = \"Memory takes {{c1::100 ns}}\"",
        ),
        (number("per = \"dya\""), "d.toml:8:7: per must be what the question asks for one of"),
        (number("not = [\"65535\"]"), "d.toml:8:8: [[number]] not must be tables"),
        (number("not = [{ value = \"1 ms\", say = \"x\" }]"), "d.toml:8:18: '1 ms' must be a data, like the answer"),
        (number("not = [{ say = \"x\" }]"), "d.toml:8:8: not has no value: write not = [{ value ="),
        (
            recall("a", "after = [\"b\"]") + &recall("b", "after = [\"c\"]") + &recall("c", "after = [\"a\"]"),
            "after goes in a circle, so that none of these is ever met: d/a after d/b after d/c after d/a",
        ),
        (recall("a", "after = [\"a\"]"), "d.toml:4:1: d/a: after goes in a circle"),
    ];
    for (cards, said) in cases {
        let found = deck_of("", &cards).err().unwrap_or_default();
        assert!(found.contains(said), "{cards}\nwanted {said}\ngot {found}");
    }
}

#[test]
fn level_1_is_two_weeks_from_every_deck_and_each_card_of_it_can_be_met_cold() {
    let library = Library::new(&[]);
    let first: Vec<&Card> = library.cards().filter(|card| card.level == 1).collect();
    assert!(first.len() <= 160, "{}", first.len());
    for deck in library.decks() {
        assert!(first.iter().any(|card| card.id.deck() == deck.name), "{}", deck.name);
    }
    for card in first {
        for before in card.after.iter().filter_map(|id| library.get(id)) {
            assert_eq!(before.level, 1, "{} comes after {}", card.id, before.id);
        }
    }
}
