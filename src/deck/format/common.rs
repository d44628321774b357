//! The keys that every kind of card has.

use super::fields::{Fields, Text};
use super::page::Page;
use crate::deck::{Body, Card, Defaults, Place};
use crate::schedule::{CardId, is_slug};
use std::sync::Arc;

/// What every card may have.
#[derive(Clone)]
pub(super) struct Common {
    pub(super) id: CardId,
    pub(super) place: Place,
    level: u8,
    tags: Vec<String>,
    why: Option<String>,
    source: Option<String>,
    origin: Option<String>,
    as_of: Option<u16>,
    as_of_month: Option<u16>,
    see: Vec<CardId>,
    after: Vec<CardId>,
    was: Vec<CardId>,
    replaces: Option<CardId>,
    unlike: Vec<(CardId, String)>,
    figures: Vec<String>,
}

impl Common {
    /// Reads the keys that every kind has. Rows and verdicts inherit from their matrix.
    pub(super) fn read(fields: &Fields, page: &Page, defaults: &Defaults, matrix: Option<&Self>) -> Option<Self> {
        let slug = fields.required("id", "\"a-name-that-never-changes\"");
        let id = slug.as_ref().and_then(|slug| {
            let parent = matrix.map_or(defaults.deck.as_str(), |m| m.id.as_str());
            if !is_slug(&slug.text) {
                let message = format!("the id '{}' may have lower-case letters, digits and hyphens only", slug.text);
                fields.error(slug.at, message);
                return None;
            }
            CardId::parse(&format!("{parent}/{}", slug.text)).ok()
        });
        let level = level(fields).unwrap_or(matrix.map_or(defaults.level, |m| m.level));
        let mut tags = matrix.map_or_else(|| defaults.tags.clone(), |m| m.tags.clone());
        for tag in fields.texts("tags") {
            if !tags.contains(&tag.text) {
                tags.push(tag.text);
            }
        }
        let text = |key| fields.text(key).map(|text| text.text);
        let why = text("why").or_else(|| matrix.and_then(|m| m.why.clone()));
        let source = text("source").or_else(|| matrix.and_then(|m| m.source.clone()));
        let (as_of, as_of_month) = as_of(fields, matrix);
        let links = Links { fields, deck: &defaults.deck };
        let inherited = |of: fn(&Self) -> &Vec<CardId>| matrix.map_or_else(Vec::new, |m| of(m).clone());
        let mut see = inherited(|m| &m.see);
        see.extend(links.list("see"));
        let mut after = inherited(|m| &m.after);
        after.extend(links.list("after"));
        let own = slug.map(|slug| slug.text).unwrap_or_default();
        let mut was = links.list("was");
        match matrix {
            // A matrix that has another id now had its cards under the old one.
            Some(matrix) => was.extend(matrix.was.iter().filter_map(|old| child(old.as_str(), &own))),
            None => was.extend(defaults.was.iter().filter_map(|deck| child(deck, &own))),
        }
        let replaces = links.one("replaces");
        let replaces = replaces.or_else(|| child(matrix?.replaces.as_ref()?.as_str(), &own));
        let mut unlike = matrix.map_or_else(Vec::new, |m| m.unlike.clone());
        unlike.extend(links.reasons("unlike"));
        let figures = fields.texts("figures").into_iter().map(|figure| figure.text).collect();
        let place = Place { path: Arc::clone(&page.path), line: page.place(fields.at).0, block: 0..0 };
        Some(Self {
            id: id?,
            place,
            level,
            tags,
            why,
            source,
            origin: text("origin").or_else(|| matrix.and_then(|m| m.origin.clone())),
            as_of,
            as_of_month,
            see,
            after,
            was,
            replaces,
            unlike,
            figures,
        })
    }

    /// Those of the card for one of its gaps.
    pub(super) fn gap(&self, number: u16) -> Option<Self> {
        let number = number.to_string();
        let of = |id: &CardId| child(id.as_str(), &number);
        let (was, replaces) = (self.was.iter().filter_map(of).collect(), self.replaces.as_ref().and_then(of));
        Some(Self { id: of(&self.id)?, was, replaces, ..self.clone() })
    }

    /// The card of which these are the keys.
    pub(super) fn with(self, body: Body) -> Card {
        let Self { id, level, tags, why, source, origin, as_of, as_of_month, .. } = self;
        let Self { see, after, was, replaces, unlike, figures, place, .. } = self;
        Card {
            id,
            level,
            tags,
            why,
            source,
            origin,
            as_of,
            as_of_month,
            see,
            after,
            was,
            replaces,
            unlike,
            figures,
            body,
            place,
        }
    }
}

/// The year of what ages, and its month where that is said.
fn as_of(fields: &Fields, matrix: Option<&Common>) -> (Option<u16>, Option<u16>) {
    let own = fields.whole("as_of", 1950..2200, "a year, such as 2026");
    let month = fields.whole("as_of_month", 1..13, "a month from 1 to 12");
    match (own, month, matrix) {
        (None, None, Some(matrix)) => (matrix.as_of, matrix.as_of_month),
        (None, Some(_), _) => {
            fields
                .error(fields.place_of("as_of_month"), "as_of_month is a month of a year: add as_of = 2026 beside it");
            (None, None)
        }
        own => (own.0, own.1),
    }
}

/// An id one level below another.
fn child(parent: &str, slug: &str) -> Option<CardId> {
    CardId::parse(&format!("{parent}/{slug}")).ok()
}

/// Reads keys whose values name cards: `deck/card`, or a card of the same deck by its own id alone.
struct Links<'a, 'b> {
    fields: &'a Fields<'b>,
    deck: &'a str,
}

impl Links<'_, '_> {
    fn parse(&self, text: &Text) -> Option<CardId> {
        let id = if is_slug(&text.text) { format!("{}/{}", self.deck, text.text) } else { text.text.clone() };
        CardId::parse(&id).map_err(|error| self.fields.error(text.at, error.to_string())).ok()
    }

    fn list(&self, key: &'static str) -> Vec<CardId> {
        self.fields.texts(key).iter().filter_map(|text| self.parse(text)).collect()
    }

    fn one(&self, key: &'static str) -> Option<CardId> {
        self.parse(&self.fields.text(key)?)
    }

    /// A table of ids, each with a sentence.
    fn reasons(&self, key: &'static str) -> Vec<(CardId, String)> {
        let Some(table) = self.fields.table(key, key) else { return Vec::new() };
        let reason = |(name, at): (String, usize)| {
            let why = table.free_text(&name)?;
            Some((self.parse(&Text { text: name, at })?, why.text))
        };
        table.free_keys().into_iter().filter_map(reason).collect()
    }
}

/// Reads `level`.
pub(super) fn level(fields: &Fields) -> Option<u8> {
    fields.whole("level", 1..4, "1 (learn first), 2 or 3").and_then(|level| u8::try_from(level).ok())
}
