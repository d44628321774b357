//! The TOML format: from the files of one deck to its cards.

mod common;
mod estimate;
mod fields;
mod number;
mod page;

use super::circles::circles;
use super::{
    Body, Card, Cloze, Deck, DeckError, DeckFile, Defaults, Location, Matrix, Part, Place, Probe, Row, Verdict,
};
use crate::schedule::{CardId, is_slug};
use common::{Common, level};
use fields::Fields;
use number::number;
use page::Page;
use std::collections::HashMap;
use std::sync::Arc;
use toml::de::DeTable;

/// Reads the files of one deck: the first has the `[deck]` table, the others cards only.
///
/// # Errors
/// Everything that is wrong in any of the files, in the order of its place.
pub fn parse(files: &[DeckFile], location: Location) -> Result<Deck, Vec<DeckError>> {
    let mut errors = Vec::new();
    let mut deck: Option<Deck> = None;
    let mut seen: HashMap<CardId, Place> = HashMap::new();
    for (at, file) in files.iter().enumerate() {
        let text = match file.text() {
            Ok(text) => text,
            Err(error) => {
                errors.push(error);
                continue;
            }
        };
        let page = Page::new(Arc::clone(&file.path), text);
        let (table, syntax) = DeTable::parse_recoverable(text);
        let root = Fields::new(&page, table.get_ref(), 0, "the file");
        if at == 0 {
            deck = Some(head(&root, &page, location.clone()));
        } else if root.has("deck") {
            root.error(
                root.place_of("deck"),
                "only deck.toml has a [deck] table in a folder: the other files have cards only",
            );
        }
        // Where deck.toml cannot be read, the cards of the other files are checked all the same.
        let deck = deck.get_or_insert_with(|| nameless(&page, location.clone(), 0));
        let mut reading = Cards { page: &page, defaults: &deck.defaults, seen: &mut seen, cards: Vec::new() };
        reading.cards(&root);
        deck.cards.append(&mut reading.cards);
        root.finish();
        errors.extend(page.into_errors_with(&syntax));
    }
    match deck {
        Some(deck) if errors.is_empty() && deck.cards.is_empty() => Err(vec![DeckError {
            path: Arc::clone(&deck.place.path),
            at: None,
            message: format!(
                "the deck '{}' has no cards: add one, such as [[recall]] with id, ask and answer",
                deck.name
            ),
        }]),
        Some(deck) if errors.is_empty() => match circles(&deck.cards.iter().collect::<Vec<_>>()) {
            circles if circles.is_empty() => Ok(deck),
            circles => Err(circles),
        },
        _ => Err(errors),
    }
}

/// Reads a file of a deck, or a block of one, by itself.
///
/// # Errors
/// Everything that is wrong in it.
pub fn part(file: &DeckFile, defaults: &Defaults) -> Result<Part, Vec<DeckError>> {
    let text = file.text().map_err(|error| vec![error])?;
    let page = Page::new(Arc::clone(&file.path), text);
    let (table, syntax) = DeTable::parse_recoverable(text);
    let root = Fields::new(&page, table.get_ref(), 0, "the file");
    let mut reading = Cards { page: &page, defaults, seen: &mut HashMap::new(), cards: Vec::new() };
    reading.cards(&root);
    let (cards, has_head) = (reading.cards, root.has("deck"));
    root.finish();
    match page.into_errors_with(&syntax) {
        errors if errors.is_empty() => Ok(Part { cards, has_head }),
        errors => Err(errors),
    }
}

/// A deck of which nothing is known yet.
fn nameless(page: &Page, location: Location, at: usize) -> Deck {
    let name = "unnamed".to_owned();
    let defaults = Defaults { deck: name.clone(), level: 2, ..Defaults::default() };
    let place = Place { path: Arc::clone(&page.path), line: page.place(at).0, block: 0..0 };
    let (title, about) = (String::new(), String::new());
    Deck { name, title, about, location, place, cards: Vec::new(), defaults }
}

/// Reads `[deck]`. What is missing of it is reported, and the cards are read all the same.
fn head(root: &Fields, page: &Page, location: Location) -> Deck {
    let Some(fields) = root.table("deck", "[deck]") else {
        if !root.has("deck") {
            root.error(0, "there is no [deck] table: begin with [deck], name = \"my-deck\" and title = \"My deck\"");
        }
        return nameless(page, location, 0);
    };
    let mut deck = nameless(page, location, fields.at);
    if let Some(name) = fields.required("name", "\"my-deck\"") {
        if is_slug(&name.text) {
            deck.name = name.text;
        } else {
            let message =
                format!("the deck's name '{}' may have lower-case letters, digits and hyphens only", name.text);
            fields.error(name.at, message);
        }
    }
    deck.title = fields.required("title", "\"My deck\"").map(|title| title.text).unwrap_or_default();
    deck.about = fields.text("about").map(|about| about.text).unwrap_or_default();
    let was = fields.texts("was");
    for old in was.iter().filter(|old| !is_slug(&old.text)) {
        fields.error(
            old.at,
            format!("'{}' is no name of a deck: was lists the names that this deck had before", old.text),
        );
    }
    deck.defaults = Defaults {
        deck: deck.name.clone(),
        level: level(&fields).unwrap_or(2),
        within: fields.within(),
        tags: fields.texts("tags").into_iter().map(|tag| tag.text).collect(),
        was: was.into_iter().map(|old| old.text).collect(),
        licence: fields.text("licence").map(|licence| licence.text),
        ..Defaults::default()
    };
    fields.finish();
    deck
}

/// The cards of a file as they are read.
struct Cards<'a> {
    page: &'a Page<'a>,
    defaults: &'a Defaults,
    seen: &'a mut HashMap<CardId, Place>,
    cards: Vec<Card>,
}

impl Cards<'_> {
    /// Reads all cards of a file.
    fn cards(&mut self, root: &Fields) {
        type Reader = fn(&Fields, &Defaults) -> Option<Body>;
        let kinds: [(&'static str, &str, Reader); 5] = [
            ("number", "[[number]]", number),
            ("estimate", "[[estimate]]", |fields, _| estimate::read(fields).map(|e| Body::Estimate(Arc::new(e)))),
            ("recall", "[[recall]]", recall),
            ("probe", "[[probe]]", probe),
            ("mistake", "[[mistake]]", mistake),
        ];
        let starts = root.starts();
        for (key, label, read) in kinds {
            for fields in root.tables(key, label) {
                let first = self.begin(&fields);
                let common = Common::read(&fields, self.page, self.defaults, None);
                let body = read(&fields, self.defaults);
                self.add(common, body, &fields);
                fields.finish();
                self.end(first, &fields, &starts);
            }
        }
        for fields in root.tables("cloze", "[[cloze]]") {
            let first = self.begin(&fields);
            let common = Common::read(&fields, self.page, self.defaults, None);
            self.add(common.clone(), None, &fields);
            self.cloze(&fields, common);
            fields.finish();
            self.end(first, &fields, &starts);
        }
        for fields in root.tables("matrix", "[[matrix]]") {
            let first = self.begin(&fields);
            let common = Common::read(&fields, self.page, self.defaults, None);
            self.add(common.clone(), None, &fields);
            self.matrix(&fields, common);
            fields.finish();
            self.end(first, &fields, &starts);
        }
        // Where a table's parts lie apart, they lie in another's block.
        let whole = 0..self.page.text.len();
        if self.cards.iter().any(|card| card.place.block == whole) {
            self.cards.iter_mut().for_each(|card| card.place.block = whole.clone());
        }
        // TOML gathers the tables of a kind; the author's order is the order of the lines.
        self.cards.sort_by_key(|card| card.place.line);
    }

    /// Begins with a table of the file: its cards are those from here on.
    fn begin(&self, fields: &Fields) -> usize {
        self.page.begin(fields.at);
        self.cards.len()
    }

    /// A table was read: its cards are in its block.
    fn end(&mut self, first: usize, fields: &Fields, starts: &[usize]) {
        let block = self.page.block(fields.at, starts);
        self.cards[first..].iter_mut().for_each(|card| card.place.block = block.clone());
    }

    fn add(&mut self, common: Option<Common>, body: Option<Body>, fields: &Fields) {
        let Some(common) = common else { return };
        if let Some(first) = self.seen.get(&common.id) {
            let message = format!("the id '{}' is already used at {first}: ids are unique in a deck", common.id);
            fields.error(fields.place_of("id"), message);
            return;
        }
        self.seen.insert(common.id.clone(), common.place.clone());
        if let Some(body) = body {
            self.cards.push(common.with(body));
        }
    }

    fn cloze(&mut self, fields: &Fields, common: Option<Common>) {
        let Some(text) = fields.required("text", "\"Memory takes {{c1::100 ns}}\"") else { return };
        match Cloze::parse(&text.text) {
            Err(slip) => fields.error(text.at, format!("[[cloze]] text {slip}")),
            Ok(cloze) => {
                let cloze = Arc::new(cloze);
                for number in cloze.numbers() {
                    let body = Body::Cloze { cloze: Arc::clone(&cloze), number };
                    self.add(common.as_ref().and_then(|common| common.gap(number)), Some(body), fields);
                }
            }
        }
    }

    fn matrix(&mut self, fields: &Fields, common: Option<Common>) {
        let title = fields.required("title", "\"what is compared\"");
        let options: Vec<String> = fields.texts("options").into_iter().map(|option| option.text).collect();
        if !(2..=9).contains(&options.len()) {
            fields.error(
                fields.place_of("options"),
                "[[matrix]] options must be two to nine names, such as [\"Push\", \"Pull\"]",
            );
        }
        let (rows, verdicts) = (fields.tables("row", "[[matrix.row]]"), fields.tables("verdict", "[[matrix.verdict]]"));
        if rows.is_empty() && verdicts.is_empty() {
            fields.error(fields.at, "[[matrix]] has neither [[matrix.row]] nor [[matrix.verdict]]: it makes no card");
        }
        let matrix = title.map(|title| Arc::new(Matrix { title: title.text, options }));
        for fields in rows {
            let own = Common::read(&fields, self.page, self.defaults, common.as_ref());
            let body = matrix.as_ref().and_then(|matrix| row(&fields, matrix));
            self.add(common.as_ref().and(own), body, &fields);
            fields.finish();
        }
        for fields in verdicts {
            let own = Common::read(&fields, self.page, self.defaults, common.as_ref());
            let body = matrix.as_ref().and_then(|matrix| verdict(&fields, matrix));
            self.add(common.as_ref().and(own), body, &fields);
            fields.finish();
        }
    }
}

fn recall(fields: &Fields, _: &Defaults) -> Option<Body> {
    let ask = fields.required("ask", "\"a question\"");
    let answer = fields.required("answer", "\"its answer\"");
    Some(Body::Recall { ask: ask?.text, answer: answer?.text })
}

fn mistake(fields: &Fields, _: &Defaults) -> Option<Body> {
    let scene = fields.required("scene", "\"what happens\"");
    let mistake = fields.required("mistake", "\"what is wrong with it\"");
    let fix = fields.required("fix", "\"what to do instead\"");
    Some(Body::Mistake { scene: scene?.text, mistake: mistake?.text, fix: fix?.text })
}

fn probe(fields: &Fields, _: &Defaults) -> Option<Body> {
    let ask = fields.required("ask", "\"a question\"");
    let points: Vec<String> = fields.texts("points").into_iter().map(|point| point.text).collect();
    if !(3..=5).contains(&points.len()) {
        let message =
            format!("[[probe]] points must be 3 to 5 texts, not {}: what a strong answer contains", points.len());
        fields.error(fields.place_of("points"), message);
    }
    let say = fields.required("say", "\"a model answer\"");
    let seconds = fields.whole("seconds", 5..601, "5 to 600").unwrap_or(30);
    Some(Body::Probe(Probe { ask: ask?.text, points, say: say?.text, seconds }))
}

fn row(fields: &Fields, matrix: &Arc<Matrix>) -> Option<Body> {
    let dimension = fields.required("dimension", "\"what the cells speak of\"");
    let cells: Vec<String> = fields.texts("cells").into_iter().map(|cell| cell.text).collect();
    let options = matrix.options.len();
    if cells.len() != options {
        let message = format!(
            "[[matrix.row]] has {} cells for {options} options: write one for each, in the order {}",
            cells.len(),
            matrix.options.join(", ")
        );
        fields.error(fields.place_of("cells"), message);
    }
    Some(Body::Row { matrix: Arc::clone(matrix), row: Row { dimension: dimension?.text, cells } })
}

fn verdict(fields: &Fields, matrix: &Arc<Matrix>) -> Option<Body> {
    let given = fields.required("given", "\"a constraint\"");
    let pick = fields.required("pick", "\"one of the options\"");
    let because = fields.required("because", "\"why, and what it costs\"");
    let pick = pick?;
    let Some(at) = matrix.options.iter().position(|option| *option == pick.text) else {
        fields.error(pick.at, format!("'{}' is none of the options: {}", pick.text, matrix.options.join(", ")));
        return None;
    };
    let verdict = Verdict { given: given?.text, pick: at, because: because?.text };
    Some(Body::Verdict { matrix: Arc::clone(matrix), verdict })
}
