//! The user's decks, with what an import changes and adds in their files.

use super::Destination;
use super::content::{Content, only_table};
use super::error::{IntakeError, Result};
use super::file::{Change, hash_of};
use super::names::{deck_name, origin, slug_of};
use crate::catalog::files::{self, Found};
use crate::deck::{Body, Card, DeckFile, Draft, Location, markdown, parse};
use crate::exchange::{Incoming, notes};
use crate::log::{Imported, Wrote};
use crate::schedule::{CardId, is_slug};
use crate::shown;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use toml_edit::{Array, DocumentMut, Item, Value, value};

/// No deck file is larger, in bytes: as the catalog reads them.
const LARGEST: usize = 8 << 20;
/// No file is made larger, in bytes: there is room for what is added by hand.
const AT_FIRST: usize = 4 << 20;

/// All decks of the user that can be read.
pub(super) struct Shelf {
    folder: PathBuf,
    decks: Vec<OnShelf>,
    /// The deck of each origin, and its cards there.
    by_origin: HashMap<String, (usize, Vec<usize>)>,
    /// What becomes of files, by their paths.
    edits: BTreeMap<PathBuf, Vec<(Range<usize>, String)>>,
    changes: BTreeMap<PathBuf, Change>,
}

struct OnShelf {
    name: String,
    files: Vec<DeckFile>,
    cards: Vec<Card>,
    /// The names that other programs have for the cards of a deck in Markdown, which is never written to.
    named: Option<Vec<(String, Range<usize>)>>,
}

impl OnShelf {
    /// Reads a deck; one in Markdown under the name that the index has for it.
    fn read(files: Vec<DeckFile>, program: &str, names: &HashMap<String, String>) -> Option<Self> {
        let location = Location::User(files[0].path.clone());
        if !markdown::is_markdown(&files[0].path) {
            let deck = parse(&files, location).ok()?;
            return Some(Self { name: deck.name, files, cards: deck.cards, named: None });
        }
        let name = names.get(&*files[0].path).map(String::as_str);
        let deck = markdown::read(&files[0], location, name).ok()??;
        let mut named = notes::origins(&deck, &files[0]);
        named.retain(|(origin, _)| is_of(origin, program));
        Some(Self { name: deck.name, files, cards: deck.cards, named: Some(named) })
    }

    /// Each origin of its cards, with where they are.
    fn origins(&self) -> impl Iterator<Item = (&str, Range<usize>)> {
        let own = |(at, card): (usize, &'_ Card)| card.origin.as_ref().map(|_| at..at + 1);
        let written =
            self.cards.iter().enumerate().filter_map(move |card| Some((card.1.origin.as_deref()?, own(card)?)));
        let named = self.named.iter().flatten().map(|(origin, cards)| (origin.as_str(), cards.clone()));
        written.chain(named)
    }
}

/// The deck that new cards go to.
pub(super) struct Target {
    pub(super) deck: String,
    pub(super) path: PathBuf,
    /// The path below the folder of decks.
    pub(super) name: String,
    /// There is no such deck yet.
    pub(super) is_new: bool,
}

impl Target {
    /// The deck is to be a folder.
    fn in_folder(&mut self, folder: &Path) -> Result<()> {
        let own = folder.join(&self.deck);
        if own.symlink_metadata().is_ok() {
            return Err(IntakeError::Refused(format!(
                "{} is there already and is no deck: --deck NAME gives the cards another name",
                shown::path(&own)
            )));
        }
        self.path = own.join("deck.toml");
        self.name = format!("{}/deck.toml", self.deck);
        Ok(())
    }
}

/// What became of a card that is there.
pub(super) enum Updated {
    /// It needs no change.
    Same(Content),
    /// It says now what it says there; this stood in the file before.
    Changed(Content, String),
    /// It was changed there and here.
    Edited(Content, CardId),
}

/// A card that an import brought, as its deck has it.
pub(super) struct Brought {
    pub(super) id: CardId,
    pub(super) kind: &'static str,
    pub(super) gap: Option<u16>,
    /// It went from here to the other program: what is known of it here comes first.
    pub(super) is_ours: bool,
}

impl Shelf {
    /// Reads the decks of a folder. One that is not there has none; broken decks are passed over.
    /// `program` is the one whose names for cards in Markdown count; `names` are those of such decks, by their paths.
    pub(super) fn read(folder: &Path, program: &str, names: &HashMap<String, String>) -> Result<Self> {
        let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
        let found = match files::find(&folder) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Default::default(),
            Err(source) => return Err(IntakeError::File { path: folder, source }),
            Ok(found) => found.decks,
        };
        let mut shelf = Self {
            folder,
            decks: Vec::new(),
            by_origin: HashMap::new(),
            edits: BTreeMap::new(),
            changes: BTreeMap::new(),
        };
        for files in found {
            let Ok(files) = files.iter().map(Found::read).collect::<std::result::Result<Vec<_>, _>>() else { continue };
            let Some(deck) = OnShelf::read(files, program, names) else { continue };
            let at = shelf.decks.len();
            for (origin, cards) in deck.origins() {
                let known = shelf.by_origin.entry(origin.to_owned()).or_insert_with(|| (at, Vec::new()));
                if known.0 == at {
                    known.1.extend(cards);
                }
            }
            shelf.decks.push(deck);
        }
        Ok(shelf)
    }

    /// The deck that new cards go to: the one that was asked for, the one that has most of these cards, or a new one.
    pub(super) fn target(&self, incoming: &Incoming, destination: &Destination) -> Result<Target> {
        let refused = |message: String| Err(IntakeError::Refused(message));
        let name = match destination.deck {
            Some(name) if !is_slug(name) => {
                return refused(format!(
                    "'{name}' is no name of a deck: it may have lower-case letters, digits and hyphens"
                ));
            }
            Some(name) => name.to_owned(),
            None => self.home(incoming).unwrap_or_else(|| deck_name(destination.file)),
        };
        if destination.taken.contains(&name) {
            return refused(format!(
                "an embedded deck or one in Markdown has the name '{name}': give the cards another with --deck NAME"
            ));
        }
        let path = self.folder.join(format!("{name}.toml"));
        if destination.deck.is_none() && incoming.cards.iter().all(|card| self.has(&origin(incoming, card))) {
            // Nothing is written where all cards stand in Markdown.
            if self.home(incoming).is_none() {
                return Ok(Target { name: self.below(&path), deck: name, path, is_new: true });
            }
        }
        let Some(deck) = self.decks.iter().find(|deck| deck.name == name) else {
            return match std::fs::symlink_metadata(&path) {
                Ok(_) => self.broken_or_other(&path),
                Err(_) => Ok(Target { name: self.below(&path), deck: name, path, is_new: true }),
            };
        };
        if deck.named.is_some() {
            let path = shown::line(&deck.files[0].path);
            return refused(format!(
                "the deck '{name}' is in Markdown ({path}), which is yours alone to write: --deck NAME gives the cards another"
            ));
        }
        let of_program = |card: &&Card| card.origin.as_ref().is_some_and(|origin| is_of(origin, incoming.program));
        let last = deck.cards.iter().rfind(of_program);
        let path = last.map_or(&deck.files[0].path, |card| &card.place.path);
        if last.is_none() && destination.deck.is_none() {
            let path = shown::line(path);
            return refused(format!(
                "there is a deck '{name}' already ({path}): --deck NAME gives the cards another, and --deck {name} adds them \
                 to it"
            ));
        }
        let path = PathBuf::from(&**path);
        Ok(Target { name: self.below(&path), deck: name, path, is_new: false })
    }

    /// Where a file has the deck's name and its deck has not.
    fn broken_or_other(&self, path: &Path) -> Result<Target> {
        let found = files::deck(path).ok().flatten();
        let read: Option<Vec<DeckFile>> =
            found.and_then(|deck| deck.files.iter().map(|file| file.read().ok()).collect());
        match read.map(|files| parse(&files, Location::User(files[0].path.clone()))) {
            Some(Err(errors)) => Err(IntakeError::Decks(errors)),
            _ => Err(IntakeError::Refused(format!(
                "{} is there already and is no deck of that name: --deck NAME gives the cards another",
                shown::path(path)
            ))),
        }
    }

    /// The deck that has most of these cards.
    fn home(&self, incoming: &Incoming) -> Option<String> {
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for card in &incoming.cards {
            let found = self.by_origin.get(&origin(incoming, card));
            if let Some((deck, _)) = found.filter(|(deck, _)| self.decks[*deck].named.is_none()) {
                *counts.entry(*deck).or_default() += 1;
            }
        }
        let (deck, _) = counts.into_iter().max_by_key(|(deck, count)| (*count, std::cmp::Reverse(*deck)))?;
        Some(self.decks[deck].name.clone())
    }

    /// Whether a card of this origin is in a deck.
    pub(super) fn has(&self, origin: &str) -> bool {
        self.by_origin.contains_key(origin)
    }

    /// The deck that has a card of this origin.
    pub(super) fn home_of(&self, origin: &str) -> Option<&str> {
        self.by_origin.get(origin).map(|(deck, _)| self.decks[*deck].name.as_str())
    }

    /// The second parts of the ids of a deck's cards.
    pub(super) fn slugs(&self, deck: &str) -> HashSet<String> {
        let cards = self.decks.iter().filter(|on| on.name == deck).flat_map(|on| &on.cards);
        cards.map(|card| slug_of(&card.id).to_owned()).collect()
    }

    /// Whether all cards of the deck are those of a file: a run that was ended before its rows were written made it.
    pub(super) fn is_all_of(&self, target: &Target, incoming: &Incoming) -> bool {
        let origins: HashSet<String> = incoming.cards.iter().map(|card| origin(incoming, card)).collect();
        let cards = self.decks.iter().filter(|on| on.name == target.deck).flat_map(|on| &on.cards);
        cards.into_iter().all(|card| card.origin.as_ref().is_some_and(|origin| origins.contains(origin)))
    }

    /// Changes a card that is there to what it says in the other program, where it was changed there and not here since
    /// the last import, whose mark is `before`.
    pub(super) fn update(&mut self, origin: &str, draft: &Draft, new: &Content, before: Option<&Imported>) -> Updated {
        let (deck, cards) = &self.by_origin[origin];
        let deck = &self.decks[*deck];
        let card = &deck.cards[cards[0]];
        let written = before.map(|before| Content { text: before.text.clone(), tags: before.tags.clone() });
        let kept = || written.clone().unwrap_or_else(|| new.clone());
        if deck.named.is_some() || written.as_ref() == Some(new) {
            return Updated::Same(kept());
        }
        let edited = || Updated::Edited(kept(), card.id.clone());
        let file = deck.files.iter().find(|file| file.path == card.place.path);
        let Some((text, offset)) = file.and_then(text_of) else { return edited() };
        let Some(block) = text.get(card.place.block.clone()) else { return edited() };
        let Some(now) = Content::of_block(block, draft) else { return edited() };
        if now == *new {
            return Updated::Same(new.clone());
        }
        let Some(written) = &written else { return edited() };
        let changed = |of: fn(&Content) -> &String| of(new) != of(written) && of(new) != of(&now);
        let (text_changed, tags_changed) = (changed(|c| &c.text), changed(|c| &c.tags));
        let is_edited = text_changed && now.text != written.text || tags_changed && now.tags != written.tags;
        if !text_changed && !tags_changed {
            return Updated::Same(kept());
        }
        if is_edited {
            return edited();
        }
        let Some(after) = rewritten(block, draft, slug_of(&card.id), text_changed, tags_changed) else {
            return edited();
        };
        let range = card.place.block.start + offset..card.place.block.end + offset;
        let was = block.to_owned();
        self.edits.entry(PathBuf::from(&*card.place.path)).or_default().push((range, after));
        let chosen = |is_new: bool, of: fn(&Content) -> &String| of(if is_new { new } else { written }).clone();
        Updated::Changed(
            Content { text: chosen(text_changed, |c| &c.text), tags: chosen(tags_changed, |c| &c.tags) },
            was,
        )
    }

    /// Writes new cards at the end of the target's text, after all changes; what is too much for one file goes to others of
    /// the deck's folder. Gives the bytes that stand before them.
    pub(super) fn add(
        &mut self,
        target: &mut Target,
        incoming: &Incoming,
        destination: &Destination,
        new: &[Draft],
    ) -> Result<usize> {
        let on_shelf: Vec<DeckFile> = self.decks.iter().flat_map(|deck| &deck.files).cloned().collect();
        let mut kept = 0;
        for file in &on_shelf {
            let path = PathBuf::from(&*file.path);
            let mut after = file.bytes.to_vec();
            let mut edits = self.edits.remove(&path).unwrap_or_default();
            edits.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
            for (range, text) in &edits {
                after.splice(range.clone(), text.bytes());
            }
            if path == target.path {
                kept = after.len();
                let mut texts = spread(after, new, LARGEST).into_iter();
                after = texts.next().unwrap_or_default();
                self.add_files(target, texts.collect())?;
            }
            if after.len() > LARGEST {
                return Err(too_large(&path));
            }
            if after != *file.bytes {
                self.changes.insert(path.clone(), Change { path, before: Some(file.bytes.to_vec()), after });
            }
        }
        if target.is_new && !new.is_empty() {
            let head = head(target, incoming, destination).into_bytes();
            let mut texts = spread(head.clone(), new, AT_FIRST);
            if texts.len() > 1 {
                target.in_folder(&self.folder)?;
                texts = spread(Vec::new(), new, AT_FIRST);
                self.add_files(target, texts)?;
                texts = vec![head];
            }
            for after in texts {
                let change = Change { path: target.path.clone(), before: None, after };
                self.changes.insert(target.path.clone(), change);
            }
        }
        Ok(kept)
    }

    /// Puts texts into files of their own beside the target, which must lie in a folder.
    fn add_files(&mut self, target: &Target, texts: Vec<Vec<u8>>) -> Result<()> {
        let folder = target.path.parent().filter(|folder| *folder != self.folder);
        let Some(folder) = folder.filter(|_| texts.iter().all(|text| text.len() <= LARGEST)) else {
            return if texts.is_empty() { Ok(()) } else { Err(too_large(&target.path)) };
        };
        let mut paths = (1..).map(|number| folder.join(format!("cards-{number}.toml")));
        for after in texts {
            let is_free = |path: &PathBuf| !self.changes.contains_key(path) && !self.is_there(path);
            let path = paths.find(is_free).unwrap_or_default();
            self.changes.insert(path.clone(), Change { path, before: None, after });
        }
        Ok(())
    }

    /// Whether a deck has this file.
    fn is_there(&self, path: &Path) -> bool {
        self.decks.iter().flat_map(|deck| &deck.files).any(|file| Path::new(&*file.path) == path)
    }

    /// Reads the decks as they will be, and gives the cards of each origin.
    pub(super) fn check(&self, target: &Target) -> Result<HashMap<String, Vec<Brought>>> {
        let mut brought: HashMap<String, Vec<Brought>> = HashMap::new();
        let of = |card: &Card| Brought {
            id: card.id.clone(),
            kind: card.body.kind().name(),
            gap: gap(card),
            is_ours: false,
        };
        let mut in_markdown: Vec<(String, Brought)> = Vec::new();
        let mut keep = |cards: &[Card]| {
            for card in cards {
                if let Some(origin) = &card.origin {
                    brought.entry(origin.clone()).or_default().push(of(card));
                }
            }
        };
        let after = |file: &DeckFile| {
            let change = self.changes.get(Path::new(&*file.path));
            let bytes = change.map_or_else(|| file.bytes.to_vec(), |change| change.after.clone());
            DeckFile { path: file.path.clone(), bytes: bytes.into() }
        };
        let made = |change: &Change| {
            let path = change.path.to_string_lossy().into_owned();
            DeckFile { path: path.into(), bytes: change.after.clone().into() }
        };
        let mut decks: Vec<Vec<DeckFile>> = Vec::new();
        for (at, deck) in self.decks.iter().enumerate() {
            if deck.files.iter().any(|file| self.changes.contains_key(Path::new(&*file.path))) {
                let mut files: Vec<DeckFile> = deck.files.iter().map(after).collect();
                if deck.name == target.deck {
                    files.extend(self.changes.values().filter(|change| change.before.is_none()).map(made));
                }
                decks.push(files);
            } else {
                keep(&deck.cards);
                for (origin, cards) in deck.named.iter().flatten() {
                    let is_first = self.by_origin.get(origin).is_some_and(|(first, _)| *first == at);
                    let cards = deck.cards[cards.clone()].iter().filter(|_| is_first);
                    in_markdown.extend(cards.map(|card| (origin.clone(), of(card))));
                }
            }
        }
        if let Some(first) = self.changes.get(&target.path).filter(|_| target.is_new) {
            let others = self.changes.values().filter(|change| change.before.is_none() && change.path != target.path);
            decks.push(std::iter::once(first).chain(others).map(made).collect());
        }
        for files in decks {
            let deck = parse(&files, Location::User(files[0].path.clone())).map_err(IntakeError::Decks)?;
            keep(&deck.cards);
        }
        in_markdown.into_iter().for_each(|(origin, card)| brought.entry(origin).or_default().push(card));
        Ok(brought)
    }

    /// What the mark of the import says of the files. `made` is whether the target's file is the import's own.
    pub(super) fn wrote(&self, target: &Target, made: bool, kept: usize) -> Vec<Wrote> {
        let mut wrote: Vec<Wrote> = Vec::new();
        for change in self.changes.values() {
            let is_target = change.path == target.path;
            let before = change.before.as_deref().filter(|_| !(made && is_target)).map(hash_of);
            let kept = match (is_target, before.is_some()) {
                (true, true) => kept,
                (true, false) => 0,
                (false, _) => change.after.len(),
            };
            wrote.push(Wrote { path: self.below(&change.path), before, after: hash_of(&change.after), kept });
        }
        // The files were written by a run that ended before its rows were.
        let of_target = self.decks.iter().filter(|deck| made && !target.is_new && deck.name == target.deck);
        for file in of_target.flat_map(|deck| &deck.files) {
            let path = Path::new(&*file.path);
            if !self.changes.contains_key(path) {
                wrote.push(Wrote { path: self.below(path), before: None, after: hash_of(&file.bytes), kept: 0 });
            }
        }
        wrote
    }

    pub(super) fn into_changes(self) -> Vec<Change> {
        self.changes.into_values().collect()
    }

    fn below(&self, path: &Path) -> String {
        path.strip_prefix(&self.folder).unwrap_or(path).to_string_lossy().replace('\\', "/")
    }
}

/// Whether an origin is of a program.
fn is_of(origin: &str, program: &str) -> bool {
    origin.strip_prefix(program).is_some_and(|rest| rest.starts_with(':'))
}

/// A file's text without a byte order mark, and where it begins.
fn text_of(file: &DeckFile) -> Option<(&str, usize)> {
    let text = std::str::from_utf8(&file.bytes).ok()?;
    Some(text.strip_prefix('\u{feff}').map_or((text, 0), |text| (text, '\u{feff}'.len_utf8())))
}

/// The number of the gap that a card of a text with gaps asks for.
fn gap(card: &Card) -> Option<u16> {
    if let Body::Cloze { number, .. } = &card.body { Some(*number) } else { None }
}

/// How a new file begins.
fn head(target: &Target, incoming: &Incoming, destination: &Destination) -> String {
    let mut deck = toml_edit::Table::new();
    deck.insert("name", value(&target.deck));
    let title = incoming.title.as_deref().map(str::trim).filter(|title| !title.is_empty());
    deck.insert("title", value(title.unwrap_or(&target.deck)));
    let mut document = DocumentMut::new();
    document.insert("deck", Item::Table(deck));
    let file = shown::line(destination.file);
    format!(
        "# From {file}, {}, imported on {}.\n\
         # This file is yours to edit. The next import knows a card by its origin, adds what is new, and changes\n\
         # only the cards that you have not changed.\n\n{document}",
        shown::line(&incoming.what),
        destination.today
    )
}

/// Adds cards at the end of a text; those for which there is no room go to texts of their own.
fn spread(text: Vec<u8>, new: &[Draft], room: usize) -> Vec<Vec<u8>> {
    let mut texts = vec![text];
    for draft in new {
        let card = draft.toml();
        let has_room = |text: &Vec<u8>| text.is_empty() || text.len() + card.len() + 2 <= room;
        if !texts.last().is_some_and(has_room) {
            texts.push(Vec::new());
        }
        let Some(text) = texts.last_mut() else { continue };
        if !text.is_empty() && !text.ends_with(b"\n") {
            text.push(b'\n');
        }
        if !text.is_empty() {
            text.push(b'\n');
        }
        text.extend_from_slice(card.as_bytes());
    }
    texts
}

fn too_large(path: &Path) -> IntakeError {
    let (path, folder) = (shown::path(path), shown::path(&path.with_extension("")));
    IntakeError::Refused(format!(
        "{path} would have more than 8 MiB, which is the most that a deck's file may have: make it the deck.toml of a folder \
         {folder}, and import again, or give the cards another deck with --deck NAME"
    ))
}

/// A card's block with the draft's text or tags in place of its own; all else in it stays.
fn rewritten(block: &str, draft: &Draft, slug: &str, text: bool, tags: bool) -> Option<String> {
    let mut document: DocumentMut = block.parse().ok()?;
    let (kind, keys) = draft.body.keys();
    let is = only_table(&document)?.0.to_owned();
    if is != kind {
        let draft = Draft { slug: slug.to_owned(), ..draft.clone() };
        return Some(draft.toml() + "\n");
    }
    let table = document.get_mut(kind)?.as_array_of_tables_mut()?.get_mut(0)?;
    let mut set = |key: &str, new: Value| match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) => {
            let decor = old.decor().clone();
            *old = new;
            *old.decor_mut() = decor;
        }
        None => drop(table.insert(key, value(new))),
    };
    if text {
        keys.iter().for_each(|(key, text)| set(key, (*text).into()));
        if let Some(why) = &draft.why {
            set("why", why.as_str().into());
        }
    }
    if tags {
        set("tags", draft.tags.iter().collect::<Array>().into());
    }
    if text && draft.why.is_none() {
        table.remove("why");
    }
    Some(document.to_string())
}
