//! What a well-formed deck should also hold to: links, figures, wording, cards that are told from one another. Part of
//! the tests of the embedded decks and of `deck check`.

mod twins;
mod wording;

use super::circles::circles;
use super::{Body, Card, Deck, DeckError, Library, fault};
use crate::quantity::{Dimension, Expression, Names, Quantity, QuantityError, Reading};
use crate::schedule::CardId;
use std::collections::HashSet;

/// How closely a figure must follow from what it is derived from.
const FIGURE_TOLERANCE: f64 = 1.05;

/// What was found in decks that are well-formed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// What is wrong: a link that leads nowhere, a figure that does not hold.
    pub errors: Vec<DeckError>,
    /// What could be better: style.
    pub warnings: Vec<DeckError>,
}

impl Findings {
    /// These and those.
    pub fn and(mut self, more: Self) -> Self {
        self.errors.extend(more.errors);
        self.warnings.extend(more.warnings);
        self
    }
}

/// Everything that is to be mended in the decks that are looked at; the others count as links and twins.
pub fn lint(library: &Library, looked_at: impl Fn(&Deck) -> bool) -> Findings {
    let mut found = Findings::default();
    let looked_at: HashSet<&str> =
        library.decks().iter().filter(|deck| looked_at(deck)).map(|deck| deck.name.as_str()).collect();
    for card in library.cards().filter(|card| looked_at.contains(card.id.deck())) {
        let wrong = figures(card).into_iter().chain(dangling(library, card)).chain(taken_over(library, card));
        found.errors.extend(wrong.map(|message| fault(card, &message)));
        let styled = wording::wording(card).into_iter().chain(too_early(library, card));
        found.warnings.extend(styled.map(|message| fault(card, &message)));
    }
    found.warnings.extend(twins::twins(library, &looked_at));
    let all: Vec<&Card> = library.cards().collect();
    found.errors.extend(circles(&all));
    found
}

/// Links that lead nowhere.
fn dangling(library: &Library, card: &Card) -> Vec<String> {
    // A deck that was left out for its errors may well have the card.
    let may_know = |id: &CardId| !library.errors.is_empty() && library.deck(id.deck()).is_err();
    let unlike: Vec<CardId> = card.unlike.iter().map(|(id, _)| id.clone()).collect();
    let links = [("see", &card.see), ("after", &card.after), ("unlike", &unlike)];
    let links = links.into_iter().flat_map(|(key, ids)| ids.iter().map(move |id| (key, id)));
    let unknown = links.filter(|(_, id)| !library.knows(id) && !may_know(id));
    unknown.map(|(key, id)| format!("{key} names no card: {id}")).collect()
}

/// What must be met before a card is learned no later.
fn too_early(library: &Library, card: &Card) -> Vec<String> {
    let before = card.after.iter().filter_map(|id| library.get(id)).filter(|before| before.level > card.level);
    before
        .map(|before| format!("is of level {}, and comes after {} of level {}", card.level, before.id, before.level))
        .collect()
}

/// `was` names cards that are gone, `replaces` one that is there; no two cards take over the same.
fn taken_over(library: &Library, card: &Card) -> Vec<String> {
    let alive = card.was.iter().filter(|id| library.get(id).is_some());
    let alive =
        alive.map(|id| format!("was names a card that is still there: {id}; only a retired one's progress moves"));
    let claimed = |id: &&CardId| library.cards().any(|other| other.id != card.id && other.was.contains(id));
    let twice = card.was.iter().filter(claimed).map(|id| format!("was names {id}, which another card takes over too"));
    let nobody = card.replaces.iter().filter(|id| !library.knows(id)).map(|id| format!("replaces names no card: {id}"));
    alive.chain(twice).chain(nobody).collect()
}

fn figures(card: &Card) -> Vec<String> {
    let mut faults: Vec<String> = card
        .figures
        .iter()
        .filter_map(|figure| unfounded(figure).map(|off| format!("figure '{figure}': {off}")))
        .collect();
    if let Body::Number(number) = &card.body
        && let Some(derive) = &number.derive
        && let Some(off) = unlike(derive.evaluate(&Names::none()), Ok(number.value))
    {
        faults.push(format!("the answer {} does not follow from {}: {off}", number.answer, derive.text()));
    }
    faults
}

/// Why an equation does not hold, if it does not.
fn unfounded(figure: &str) -> Option<String> {
    let Some((left, right)) = figure.split_once('=') else {
        return Some("write an equation such as \"1 GB / (125 MB/s) = 8 s\"".to_owned());
    };
    let side = |text: &str, fractions| {
        let reading = Reading { fractions, ..Reading::of(Dimension::DATA) };
        Expression::parse(text, &reading)?.evaluate(&Names::none())
    };
    let off = unlike(side(left, false), side(right, false))?;
    // "1/2 GB" is a half where the equation then holds.
    unlike(side(left, true), side(right, true)).map(|_| off)
}

/// How two values differ, if they do.
fn unlike(left: Result<Quantity, QuantityError>, right: Result<Quantity, QuantityError>) -> Option<String> {
    match (left, right) {
        (Err(error), _) | (_, Err(error)) => Some(error.to_string()),
        (Ok(left), Ok(right)) if left.dimension != right.dimension => {
            Some(format!("left is {}, right is {}", left.dimension, right.dimension))
        }
        (Ok(left), Ok(right)) => {
            let ratio = left.value / right.value;
            let holds = (1.0 / FIGURE_TOLERANCE..=FIGURE_TOLERANCE).contains(&ratio);
            (!holds).then(|| format!("left is {ratio:.3} of right"))
        }
    }
}
