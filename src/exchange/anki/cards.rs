//! From the notes of a collection to cards, with the state of each.

use super::collection::{Card, Collection, Note, NoteKind, Template};
use super::state::{self, Days, NoAnswers};
use super::template::{Filled, Filling, beyond_the_question, fill};
use crate::deck::{Cloze, DraftBody};
use crate::exchange::html::{self, Converted};
use crate::exchange::outgoing::OURS;
use crate::exchange::outgoing::apkg::BESIDE;
use crate::exchange::{Incoming, IncomingCard, IncomingProgress, LeftOut, Picture, ReadOptions};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

const PROGRAM: &str = "anki";
/// So many pictures are named.
const NAMED: usize = 5;
/// What the field of an image occlusion card has in its gaps.
const OCCLUSION: &str = "image-occlusion:";

/// What was not taken, as it is counted.
#[derive(Default)]
struct Out {
    counts: BTreeMap<&'static str, usize>,
    /// The pictures that cards show.
    pictures: BTreeSet<String>,
    sounds: usize,
}

impl Out {
    fn add(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }
}

/// The cards of a collection.
pub(super) fn incoming(
    collection: &Collection,
    what: String,
    media: &HashMap<String, String>,
    options: &ReadOptions,
) -> Incoming {
    let days = Days::of(collection);
    let mut out = Out::default();
    let mut none = NoAnswers::default();
    let mut incoming = Incoming { program: PROGRAM, what, ..Incoming::default() };
    for note in &collection.notes {
        let Some(kind) = collection.kinds.get(&note.kind) else {
            out.add("notes whose note type is missing");
            continue;
        };
        let mut stands = |card: &Card| {
            let answers = collection.answers.get(&card.id).map_or(&[][..], Vec::as_slice);
            state::progress(card, answers, &days, &mut none)
        };
        let reading = Reading { collection, note, kind, folder: options.media.as_deref(), media };
        match kind.is_cloze {
            true => incoming.cards.extend(reading.cloze(&mut stands, &mut out)),
            false => {
                let cards = note.cards.iter().filter_map(|card| reading.card(card, &mut stands, &mut out));
                incoming.cards.extend(cards.collect::<Vec<_>>());
            }
        }
    }
    incoming.title = top_deck(&incoming.cards);
    incoming.left_out = left_out(out, &none, options, media, &mut incoming.pictures);
    incoming
}

/// The deck that all cards are in, or below.
fn top_deck(cards: &[IncomingCard]) -> Option<String> {
    let top = |card: &IncomingCard| card.deck.as_deref().and_then(|deck| deck.split("::").next()).map(str::to_owned);
    let first = top(cards.first()?)?;
    cards.iter().all(|card| top(card).as_ref() == Some(&first)).then_some(first)
}

/// What was not taken, in words; what pictures are there go to `pictures`.
fn left_out(
    out: Out,
    none: &NoAnswers,
    options: &ReadOptions,
    media: &HashMap<String, String>,
    pictures: &mut Vec<Picture>,
) -> Vec<LeftOut> {
    let mut left: Vec<LeftOut> =
        out.counts.into_iter().map(|(what, count)| LeftOut { what: what.to_owned(), count }).collect();
    let (there, missing): (Vec<String>, Vec<String>) =
        out.pictures.into_iter().partition(|name| media.contains_key(name));
    let mut name = |what: &str, names: &[String]| {
        if !names.is_empty() {
            let more = if names.len() > NAMED { ", …" } else { "" };
            let named = names.iter().take(NAMED).map(|name| crate::shown::line(name)).collect::<Vec<_>>().join(", ");
            left.push(LeftOut { what: format!("{what}: {named}{more}"), count: names.len() });
        }
    };
    name("pictures that the file has not", &missing);
    if options.media.is_none() {
        name("pictures, which --media DIR copies", &there);
    } else {
        pictures.extend(there.into_iter().map(|name| Picture { place: media[&name].clone(), name }));
    }
    for (what, count) in [
        ("sounds and films", out.sounds),
        ("changes of due days by hand, which are no answers", none.by_hand),
        ("answers of cramming, which move nothing in Anki", none.crammed),
    ] {
        if count > 0 {
            left.push(LeftOut { what: what.to_owned(), count });
        }
    }
    left
}

/// What a note of ours says beside question and answer.
#[derive(Default)]
struct Beside {
    why: Option<String>,
    source: Option<String>,
}

/// A note that is read.
struct Reading<'a> {
    collection: &'a Collection,
    note: &'a Note,
    kind: &'a NoteKind,
    folder: Option<&'a Path>,
    media: &'a HashMap<String, String>,
}

impl Reading<'_> {
    /// The card of a template.
    fn card(
        &self,
        card: &Card,
        stands: &mut dyn FnMut(&Card) -> IncomingProgress,
        out: &mut Out,
    ) -> Option<IncomingCard> {
        let place = usize::try_from(card.place).ok();
        let Some(template) = place.and_then(|place| self.kind.templates.get(place)) else {
            out.add("cards whose template is missing");
            return None;
        };
        let question = self.fill(card, template, &template.question, true, true);
        let answer = self.fill(card, template, &template.answer, false, true);
        let Converted { text: ask, has_words, .. } = self.converted(&question.html, out);
        let said = self.convert(beyond_the_question(&answer.html), out);
        if !has_words && (ask.is_empty() || self.folder.is_none()) {
            out.add(if ask.is_empty() { "cards without a question" } else { "cards whose question is only a picture" });
            return None;
        }
        if said.is_empty() {
            out.add("cards without an answer");
            return None;
        }
        let hints: Vec<String> = question.hints.iter().map(|hint| self.convert(hint, out)).collect();
        let why = hints.into_iter().find(|hint| !hint.is_empty()).map(|hint| format!("Hint: {hint}"));
        let beside = self.beside(out);
        Some(IncomingCard {
            key: format!("{}:{}", self.note.guid, card.place),
            deck: self.deck(card),
            tags: self.tags(),
            why: why.or(beside.why),
            source: beside.source,
            body: DraftBody::Recall { ask, answer: said },
            progress: vec![stands(card)],
        })
    }

    /// The one text with gaps of a note, whose cards are its gaps.
    fn cloze(&self, stands: &mut dyn FnMut(&Card) -> IncomingProgress, out: &mut Out) -> Option<IncomingCard> {
        if self.note.fields.contains(OCCLUSION) || self.kind.name.contains("Image Occlusion") {
            self.note.cards.iter().for_each(|_| out.add("image occlusion cards, whose question is a picture"));
            return None;
        }
        let (first, template) = (self.note.cards.first()?, self.kind.templates.first()?);
        let text = self.convert(&self.fill(first, template, &template.question, true, true).html, out);
        let rest = self.fill(first, template, &template.answer, false, false);
        let why = Some(self.convert(beyond_the_question(&rest.html), out)).filter(|why| !why.is_empty());
        let beside = self.beside(out);
        let cloze = Cloze::parse(&text).map_err(|_| out.add("notes whose text has no gaps, or broken ones"));
        let gaps = cloze.ok()?.numbers();
        let mut progress: Vec<IncomingProgress> = Vec::new();
        for card in &self.note.cards {
            let gap = u16::try_from(card.place).ok().and_then(|place| place.checked_add(1));
            match gap.filter(|gap| gaps.contains(gap)) {
                Some(gap) => progress.push(IncomingProgress { gap: Some(gap), ..stands(card) }),
                None => out.add("cards whose gap is gone from their text"),
            }
        }
        if progress.is_empty() {
            return None;
        }
        Some(IncomingCard {
            key: format!("{}:0", self.note.guid),
            deck: self.deck(first),
            tags: self.tags(),
            why: why.or(beside.why),
            source: beside.source,
            body: DraftBody::Cloze { text },
            progress,
        })
    }

    /// Whether the note has the fields of a card that went to Anki from here.
    fn is_ours(&self) -> bool {
        self.kind.name.starts_with(OURS) && BESIDE.iter().all(|name| self.kind.fields.iter().any(|field| field == name))
    }

    /// What such a note says beside question and answer.
    fn beside(&self, out: &mut Out) -> Beside {
        if !self.is_ours() {
            return Beside::default();
        }
        let values: Vec<&str> = self.note.fields.split('\u{1f}').collect();
        let mut said = |name: &str| {
            let at = self.kind.fields.iter().position(|field| field == name)?;
            Some(self.convert(values.get(at)?, out)).filter(|text| !text.is_empty())
        };
        let [why, source, note] = BESIDE.map(&mut said);
        let why: Vec<String> = why.into_iter().chain(note.map(|note| format!("Note: {note}"))).collect();
        Beside { why: (!why.is_empty()).then(|| why.join("\n\n")), source }
    }

    fn fill(&self, card: &Card, template: &Template, side: &str, is_question: bool, keeps_cloze: bool) -> Filled {
        let values = self.note.fields.split('\u{1f}');
        let mut fields: HashMap<&str, &str> = self.kind.fields.iter().map(String::as_str).zip(values).collect();
        if self.is_ours() {
            fields.retain(|name, _| !BESIDE.contains(name));
        }
        let deck = self.deck(card).unwrap_or_default();
        let special = [
            ("FrontSide", ""),
            ("Tags", self.note.tags.trim()),
            ("Type", self.kind.name.as_str()),
            ("Deck", deck.as_str()),
            ("Subdeck", deck.rsplit("::").next().unwrap_or_default()),
            ("Card", template.name.as_str()),
        ];
        fill(side, &Filling { fields: &fields, special: &special, is_question, keeps_cloze })
    }

    /// HTML as text; what is in it and does not come in is counted.
    fn convert(&self, html: &str, out: &mut Out) -> String {
        self.converted(html, out).text
    }

    fn converted(&self, html: &str, out: &mut Out) -> Converted {
        let place = |name: &str| match self.folder {
            Some(folder) if self.media.contains_key(name) => format!("(picture: {})", folder.join(name).display()),
            _ => format!("(picture: {name})"),
        };
        let (html, sounds) = without_sounds(html);
        out.sounds += sounds;
        let mut converted = html::convert(&html, &place);
        out.pictures.extend(std::mem::take(&mut converted.pictures));
        out.sounds += converted.sounds;
        converted
    }

    /// The deck that the card is at home in.
    fn deck(&self, card: &Card) -> Option<String> {
        let home = if card.home_deck != 0 { card.home_deck } else { card.deck };
        self.collection.decks.get(&home).cloned()
    }

    fn tags(&self) -> Vec<String> {
        let mut tags: Vec<String> = Vec::new();
        for tag in self.note.tags.split([' ', '\u{3000}']).filter(|tag| !tag.is_empty()) {
            if !tags.iter().any(|known| known == tag) {
                tags.push(tag.to_owned());
            }
        }
        tags
    }
}

/// HTML without `[sound:a.mp3]`, and how many there were.
pub(in crate::exchange) fn without_sounds(html: &str) -> (String, usize) {
    let (mut kept, mut sounds) = (String::new(), 0);
    let mut rest = html;
    while let Some((before, sound)) = rest.split_once("[sound:") {
        let Some((_, after)) = sound.split_once(']') else { break };
        kept.push_str(before);
        rest = after;
        sounds += 1;
    }
    (kept + rest, sounds)
}
