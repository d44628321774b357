//! CrowdAnki's JSON: a tree of decks with their notes and note types, for sharing. It has nobody's progress.

use super::cards::incoming;
use super::collection::{Card, Collection, Note, NoteKind, Template};
use super::template::{Filling, fill, is_blank};
use crate::exchange::{ExchangeError, Format, Input, beside, encoding};
use serde::Deserialize;
use std::collections::{BTreeSet, HashMap};

/// What CrowdAnki writes.
pub(in crate::exchange) const CROWD_ANKI: Format = Format {
    name: "a deck of CrowdAnki (.json)",
    fits: |input| input.text_head().is_some_and(fits) || in_folder(input).is_some(),
    read: |input, options| {
        let file = in_folder(input);
        let input = file.as_ref().unwrap_or(input);
        let bytes = input.read(encoding::LONGEST_TEXT)?;
        let text = encoding::text(&bytes, None)?;
        let wrong = |error| ExchangeError::Refused(format!("it is no whole deck of CrowdAnki: {error}"));
        let deck: Deck = serde_json::from_str(&text).map_err(wrong)?;
        let media = beside::files(&beside::folder(input, "media"));
        let mut incoming = incoming(&collection(&deck), "a deck of CrowdAnki".to_owned(), &media, options);
        incoming.title = Some(deck.name);
        Ok(incoming)
    },
    picture: Some(beside::picture),
};

/// The file of a folder as CrowdAnki writes it: called `deck.json`, or as the folder is.
fn in_folder(input: &Input) -> Option<Input> {
    let folder = input.is_folder().then(|| input.path())?;
    let own = folder.file_name().map(|name| format!("{}.json", name.to_string_lossy()));
    let files = own.into_iter().chain(["deck.json".to_owned()]).map(|name| folder.join(name));
    let found = files.filter(|file| file.is_file()).find_map(|file| Input::at(&file).ok());
    found.filter(|input| input.text_head().is_some_and(fits))
}

/// Whether a text begins as such a file does: with an object that says that it is a deck.
fn fits(head: &str) -> bool {
    let says = |key: &str| head.contains(&format!("\"{key}\""));
    head.starts_with('{') && says("__type__") && says("Deck") || head.starts_with('{') && says("crowdanki_uuid")
}

/// A deck, as the file has it.
#[derive(Deserialize)]
struct Deck {
    name: String,
    #[serde(default)]
    children: Vec<Deck>,
    /// Those that its notes and those of the decks below are of.
    #[serde(default)]
    note_models: Vec<Model>,
    #[serde(default)]
    notes: Vec<CrowdNote>,
}

#[derive(Deserialize)]
struct Model {
    crowdanki_uuid: String,
    #[serde(default)]
    name: String,
    flds: Vec<Field>,
    tmpls: Vec<CrowdTemplate>,
    #[serde(default, rename = "type")]
    kind: u8,
}

#[derive(Deserialize)]
struct Field {
    name: String,
}

#[derive(Deserialize)]
struct CrowdTemplate {
    #[serde(default)]
    name: String,
    qfmt: String,
    #[serde(default)]
    afmt: String,
}

#[derive(Deserialize)]
struct CrowdNote {
    guid: String,
    note_model_uuid: String,
    fields: Vec<String>,
    #[serde(default)]
    tags: Vec<String>,
}

/// What is cloze among the kinds of note types.
const CLOZE: u8 = 1;

/// The decks as a collection in which nothing was asked yet.
fn collection(deck: &Deck) -> Collection {
    let mut collection = Collection::default();
    let mut kinds: HashMap<String, i64> = HashMap::new();
    models(deck, &mut kinds, &mut collection);
    notes(deck, "", &kinds, &mut collection);
    collection
}

fn models(deck: &Deck, kinds: &mut HashMap<String, i64>, collection: &mut Collection) {
    for model in &deck.note_models {
        let id = *kinds.entry(model.crowdanki_uuid.clone()).or_insert(collection.kinds.len() as i64);
        let template = |template: &CrowdTemplate| Template {
            name: template.name.clone(),
            question: template.qfmt.clone(),
            answer: template.afmt.clone(),
        };
        let kind = NoteKind {
            name: model.name.clone(),
            is_cloze: model.kind == CLOZE,
            fields: model.flds.iter().map(|field| field.name.clone()).collect(),
            templates: model.tmpls.iter().map(template).collect(),
        };
        collection.kinds.insert(id, kind);
    }
    deck.children.iter().for_each(|child| models(child, kinds, collection));
}

fn notes(deck: &Deck, above: &str, kinds: &HashMap<String, i64>, collection: &mut Collection) {
    let name = if above.is_empty() { deck.name.clone() } else { format!("{above}::{}", deck.name) };
    let id = collection.decks.len() as i64 + 1;
    collection.decks.insert(id, name.clone());
    for note in &deck.notes {
        // A note without its type is counted by whoever reads the collection.
        let kind = kinds.get(&note.note_model_uuid).copied().unwrap_or(-1);
        let places = collection.kinds.get(&kind).map(|kind| places(note, kind)).unwrap_or_default();
        let card = |place| Card { deck: id, place, ..Card::default() };
        collection.notes.push(Note {
            guid: note.guid.clone(),
            kind,
            tags: note.tags.join(" "),
            fields: note.fields.join("\u{1f}"),
            cards: places.into_iter().map(card).collect(),
        });
    }
    deck.children.iter().for_each(|child| notes(child, &name, kinds, collection));
}

/// The cards that Anki makes of a note: one for each gap, or for each template whose question says something.
fn places(note: &CrowdNote, kind: &NoteKind) -> Vec<i64> {
    if kind.is_cloze {
        let text = note.fields.join("\n");
        let number = |begin: &str| begin.split_once("::")?.0.parse::<i64>().ok();
        let numbers: BTreeSet<i64> = text.split("{{c").skip(1).filter_map(number).collect();
        return numbers.into_iter().map(|number| number - 1).collect();
    }
    let names = kind.fields.iter().map(String::as_str);
    let fields: HashMap<&str, &str> = names.zip(note.fields.iter().map(String::as_str)).collect();
    let empty: HashMap<&str, &str> = kind.fields.iter().map(|name| (name.as_str(), "")).collect();
    let asks = |template: &Template| {
        let filling = |fields| Filling { fields, special: &[], is_question: false, keeps_cloze: true };
        let (filled, bare) = (fill(&template.question, &filling(&fields)), fill(&template.question, &filling(&empty)));
        // What the template itself says is no question.
        !is_blank(&filled.html) && filled != bare || !filled.hints.is_empty()
    };
    (0..).zip(&kind.templates).filter(|(_, template)| asks(template)).map(|(place, _)| place).collect()
}

#[cfg(test)]
mod tests {
    use crate::deck::DraftBody;
    use crate::exchange::{ExchangeError, Incoming, Input, ReadOptions, read};
    use serde_json::json;

    fn tried(text: String) -> Result<Incoming, ExchangeError> {
        read(&Input::of_bytes(text.into_bytes()), &ReadOptions::default())
    }

    #[test]
    fn a_tree_of_decks_gives_its_cards_by_their_templates() {
        let model = |uuid: &str, kind: u8, names: [&str; 3], templates: serde_json::Value| {
            let fields: Vec<_> = names.iter().map(|name| json!({"name": name})).collect();
            json!({"__type__": "NoteModel", "crowdanki_uuid": uuid, "name": uuid, "type": kind, "flds": fields, "tmpls": templates})
        };
        let both = json!([
            {"name": "There", "qfmt": "{{Front}}", "afmt": "{{FrontSide}}<hr id=answer>{{Back}}{{#Ref}}<br>See: {{Ref}}{{/Ref}}"},
            {"name": "Back", "qfmt": "{{#Ref}}Which? {{Back}}{{/Ref}}", "afmt": "{{Front}}"},
        ]);
        let gaps = json!([{"name": "Cloze", "qfmt": "{{cloze:Text}}", "afmt": "{{cloze:Text}}<br>{{Extra}}"}]);
        let note = |guid: &str, model: &str, fields: [&str; 3], tags: &[&str]| json!({"__type__": "Note", "guid": guid, "note_model_uuid": model, "fields": fields, "tags": tags});
        let child = json!({"__type__": "Deck", "name": "Ports", "children": [], "notes": [
            note("g3", "gaps", ["DNS is {{c1::UDP}} {{c2::53}}", "", ""], &[]),
            note("g4", "gone", ["x", "y", ""], &[]),
        ]});
        let deck = json!({"__type__": "Deck", "name": "Net", "children": [child], "media_files": [],
        "note_models": [model("both", 0, ["Front", "Back", "Ref"], both), model("gaps", 1, ["Text", "Extra", "More"], gaps)],
        "notes": [
            note("g1", "both", ["<b>Port</b> 53?", "DNS", ""], &["a", "b::c"]),
            note("g2", "both", ["Port 80?", "HTTP", "RFC 9110"], &[]),
        ]});
        let incoming = tried(deck.to_string()).unwrap();
        let shown: Vec<String> = incoming
            .cards
            .iter()
            .map(|card| {
                let body = match &card.body {
                    DraftBody::Recall { ask, answer } => format!("{ask} => {answer}"),
                    other => format!("{other:?}"),
                };
                format!("{} {:?} {body} {:?}", card.key, card.deck.as_deref().unwrap_or(""), card.tags)
            })
            .collect();
        assert_eq!(
            shown,
            [
                r#"g1:0 "Net" **Port** 53? => DNS ["a", "b::c"]"#,
                "g2:0 \"Net\" Port 80? => HTTP\nSee: RFC 9110 []",
                r#"g2:1 "Net" Which? HTTP => Port 80? []"#,
                r#"g3:0 "Net::Ports" Cloze { text: "DNS is {{c1::UDP}} {{c2::53}}" } []"#,
            ]
        );
        assert_eq!((incoming.program, incoming.title.as_deref()), ("anki", Some("Net")));
        assert_eq!(incoming.left_out.iter().map(|left| left.count).sum::<usize>(), 1, "{:?}", incoming.left_out);
        assert!(incoming.cards.iter().flat_map(|card| &card.progress).all(|progress| progress.start.is_none()));
    }

    #[test]
    fn what_is_no_whole_deck_is_refused() {
        let deep = format!("{{\"__type__\": \"Deck\", \"children\": {}", "[".repeat(1_000_000));
        for (text, said) in [
            (deep, "no whole deck of CrowdAnki"),
            ("{\"__type__\": \"Deck\", \"name\": \"x\"".to_owned(), "no whole deck of CrowdAnki"),
            ("{\"__type__\": \"Deck\", \"name\": 3}".to_owned(), "no whole deck of CrowdAnki"),
        ] {
            let error = tried(text).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
    }
}
