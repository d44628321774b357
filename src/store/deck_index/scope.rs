//! Which cards are meant.

use crate::schedule::CardId;

/// Which cards are meant. Empty lists restrict nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    /// These decks alone.
    pub decks: Vec<String>,
    /// Without these decks.
    pub off: Vec<String>,
    /// Cards with one of these tags.
    pub tags: Vec<String>,
    /// Cards of one of these kinds.
    pub kinds: Vec<String>,
    /// Cards of one of these levels.
    pub levels: Vec<u8>,
    /// These cards alone, where it is given, and none where it is empty.
    pub cards: Option<Vec<CardId>>,
    /// Cards that are flagged.
    pub flagged: bool,
}

impl Scope {
    /// Whether it means the same cards as one that only leaves decks out.
    pub fn is_all_of(&self, on: &Self) -> bool {
        *self == Self { off: self.off.clone(), ..Self::default() } && self.off == on.off
    }

    /// As a condition on a row of `card` by this name, with what is to be bound to its places.
    pub(super) fn condition(&self, card: &str) -> (String, Vec<String>) {
        // What another card stands in for is not asked. By its number, which every index has: by its name each due card
        // would have to be read.
        let mut condition = format!(
            " AND {card}.id NOT IN (SELECT replaced.id FROM card_relation AS r JOIN card AS replaced
                                    ON replaced.name = r.other WHERE r.kind = 'replaces')"
        );
        let lists = [
            (format!("{card}.deck IN"), &self.decks, ""),
            (format!("{card}.deck NOT IN"), &self.off, ""),
            (format!("{card}.kind IN"), &self.kinds, ""),
            (format!("EXISTS (SELECT 1 FROM json_each({card}.tags) WHERE value IN"), &self.tags, ")"),
        ];
        let mut bound: Vec<String> = Vec::new();
        for (begin, list, end) in lists.into_iter().filter(|(_, list, _)| !list.is_empty()) {
            let places = vec!["?"; list.len()].join(", ");
            condition += &format!(" AND {begin} ({places}){end}");
            bound.extend(list.iter().cloned());
        }
        if !self.levels.is_empty() {
            let levels: Vec<String> = self.levels.iter().map(u8::to_string).collect();
            condition += &format!(" AND {card}.level IN ({})", levels.join(", "));
        }
        if self.flagged {
            condition +=
                &format!(" AND EXISTS (SELECT 1 FROM schedule AS s WHERE s.card = {card}.name AND s.flagged = 1)");
        }
        if let Some(cards) = &self.cards {
            // There may be more of them than a statement has places.
            condition += &format!(" AND {card}.name IN (SELECT value FROM json_each(?))");
            let names: Vec<&str> = cards.iter().map(CardId::as_str).collect();
            bound.push(serde_json::to_string(&names).expect("texts become JSON"));
        }
        (condition, bound)
    }
}
