use super::*;
use crate::deck::{DeckFile, Source, parse};
use proptest::prelude::*;

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
    parse(&[DeckFile { path: "d.toml".into(), bytes: text.into_bytes().into() }], Source::Embedded).unwrap()
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
    let (planned, _) = plan(&new_cards(&deck), today(), 100, |_| 10.0, 7);
    assert_eq!(planned.len(), 24);
    let places = |matrix: &str| {
        let of = |p: &Planned| p.brief.id.matrix() == Some(matrix);
        planned.iter().enumerate().filter(|(_, p)| of(p)).map(|(at, _)| at).collect::<Vec<_>>()
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
        let (planned, counts) = plan(&cards, today(), allowance, |_| 10.0, seed);
        let ids: HashSet<&CardId> = planned.iter().map(|p| &p.brief.id).collect();
        prop_assert_eq!(ids.len(), planned.len());
        prop_assert_eq!(planned.len(), allowance.min(cards.len()));
        prop_assert_eq!(counts, Counts { due: 0, new: planned.len(), owed: 0 });
        prop_assert!(planned.iter().all(|p| p.seed < crate::estimate::SEEDS));
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
