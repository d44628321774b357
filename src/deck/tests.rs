use super::*;

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
    let faults = lint(&Library::new(&[]), |_| true);
    assert!(faults.is_empty(), "{}", report(&faults));
}

#[test]
fn every_embedded_card_can_be_read_from_its_block_alone() {
    for files in embedded() {
        let deck = parse(&files, Source::Embedded).unwrap();
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
            parse(&[DeckFile { path: "d.toml".into(), bytes: text.clone().into_bytes().into() }], Source::Embedded);
        let deck = deck.unwrap_or_else(|errors| panic!("{errors:?}\n{text}"));
        let card = deck.cards.iter().find(|card| card.id.as_str() == id).unwrap();
        assert_eq!(&text[card.place.block.clone()], expected.as_deref().unwrap_or(&text), "{id} in\n{text}");
    }
}
