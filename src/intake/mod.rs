//! What another program's file brings, taken in: a file of cards in the folder of decks, and one transaction of the log.
//!
//! An import is planned first, as values ([`Plan`]), so that a dry run says what the real one does. Then the file of cards
//! is written, and after it the rows: where the program dies in between, the cards are there and their rows are not, which
//! the next import of the same file sees and completes. Cards are known by their `origin`, rows by ids that come from the
//! origin and the time, so that whatever is brought twice is there once.

mod back;
mod content;
mod ours;
mod rows;
mod shelf;

pub use back::{Left, TakenBack, take_back};

use crate::deck::{self, DeckError, DeckFile, Draft, parse, slug};
use crate::exchange::{Incoming, IncomingCard, LeftOut};
use crate::files::{self, Existing};
use crate::log::{Imported, MarkKind, Row};
use crate::schedule::{CardId, Day, is_slug};
use crate::shown;
use crate::store::deck_index::DeckRow;
use crate::store::{Store, StoreError, TakenIn};
use content::{Content, hash};
use shelf::{Shelf, Target, Updated};
use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};

/// Why an import failed.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file.
    #[error("{}: {source}", shown::path(path))]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A deck that cannot be added to.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Decks(Vec<DeckError>),
    /// Said as it is.
    #[error("{0}")]
    Refused(String),
}

type Result<T> = std::result::Result<T, IntakeError>;

/// Where an import goes, and when.
pub struct Order<'a> {
    /// The folder of the user's decks.
    pub folder: &'a Path,
    /// The deck that was asked for.
    pub deck: Option<&'a str>,
    /// The name of the file that is read.
    pub file: &'a str,
    /// The names of decks that nothing is added to: embedded ones, and those in Markdown.
    pub taken: &'a [String],
    /// UTC, in milliseconds since 1970.
    pub now_ms: i64,
    /// The learner's day.
    pub today: Day,
    /// The learner's day at a time.
    pub day_of: &'a dyn Fn(i64) -> Day,
}

/// What an import would do.
#[derive(Debug, Default)]
pub struct Plan {
    /// The deck that new cards go to.
    pub deck: String,
    /// Its file, or the file of it that is added to.
    pub path: PathBuf,
    /// The cards that are new here.
    pub new: Vec<Draft>,
    /// The cards that are changed here as they were changed there.
    pub updated: usize,
    /// The cards that were changed there and here: they stay as they are here.
    pub edited: Vec<CardId>,
    /// The cards that were brought before and taken out of the deck here: they stay out.
    pub removed: usize,
    /// The cards that are there already and as they were.
    pub same: usize,
    /// The cards of ours that went to the other program and come back.
    pub returning: usize,
    /// The reviews that are new here.
    pub reviews: usize,
    /// The cards that go on from where they stand in the other program.
    pub starts: usize,
    /// The cards that come in suspended.
    pub suspended: usize,
    /// The cards that come in flagged.
    pub flagged: usize,
    /// What does not come in.
    pub left_out: Vec<LeftOut>,
    changes: Vec<Change>,
    rows: Vec<Row>,
}

/// A file that is to be written.
#[derive(Debug)]
struct Change {
    path: PathBuf,
    before: Option<Vec<u8>>,
    after: Vec<u8>,
}

/// What is known of an import's cards from before.
struct Known {
    /// The latest mark of each origin that stands.
    standing: HashMap<String, Imported>,
    /// The card that each origin was, also in imports that were taken back.
    cards: HashMap<String, CardId>,
    /// The files that imports which stand have written.
    files: HashSet<String>,
    /// The time of the latest import.
    latest_ms: i64,
}

impl Known {
    fn of(store: &Store) -> Result<Self> {
        let mut known =
            Self { standing: HashMap::new(), cards: HashMap::new(), files: HashSet::new(), latest_ms: i64::MIN };
        for (_, mark, stands) in store.marks().imports()? {
            known.latest_ms = known.latest_ms.max(mark.at_ms);
            match (mark.card, mark.kind) {
                (Some(card), MarkKind::Imported(imported)) => {
                    known.cards.insert(imported.origin.clone(), card);
                    if stands {
                        known.standing.insert(imported.origin.clone(), imported);
                    }
                }
                (None, MarkKind::Import(import)) if stands => {
                    known.files.extend(import.wrote.into_iter().map(|wrote| wrote.path));
                }
                _ => {}
            }
        }
        Ok(known)
    }
}

/// The name of a card in all programs.
fn origin(incoming: &Incoming, card: &IncomingCard) -> String {
    format!("{}:{}", incoming.program, card.key)
}

/// Says what an import would do. Nothing is written.
///
/// # Errors
/// The decks or the database cannot be read, or there is no place for the cards.
pub fn plan(store: &mut Store, incoming: &Incoming, order: &Order) -> Result<Plan> {
    let known = Known::of(store)?;
    let (others, returning) = ours::split(store, incoming, &known)?;
    let at_ms = order.now_ms.max(known.latest_ms.saturating_add(1));
    let mut plan = Plan { left_out: incoming.left_out.clone(), returning: returning.len(), ..Plan::default() };
    let mut writer = rows::Writer::new(store, incoming, order, at_ms)?;
    for ours::Returning { card, origin, cards } in &returning {
        let content = Content::of_draft(&draft(card, origin, false));
        writer.card(card, origin, cards, &content, None, known.standing.get(origin))?;
    }
    let mut wrote = Vec::new();
    if !others.cards.is_empty() || returning.is_empty() {
        let named = |deck: DeckRow| Some((deck.path, deck.name?));
        let names = writer.store().deck_index().decks()?.into_iter().filter_map(named).collect();
        let mut shelf = Shelf::read(order.folder, others.program, &names)?;
        let target = shelf.target(&others, order)?;
        (plan.deck, plan.path) = (target.deck.clone(), target.path.clone());
        let drafts = sort(writer.store(), &others, &known, &mut shelf, &target, &mut plan)?;
        let made = target.is_new || !known.files.contains(&target.name) && shelf.is_all_of(&target, &others);
        let kept = shelf.add(&target, &others, order, &plan.new)?;
        let brought = shelf.check(&target)?;
        for (card, (content, was, known)) in others.cards.iter().zip(drafts) {
            let origin = origin(incoming, card);
            let Some(cards) = brought.get(&origin) else { continue };
            writer.card(card, &origin, cards, &content, was, known.as_ref())?;
        }
        wrote = shelf.wrote(&target, made, kept);
        plan.changes = shelf.into_changes();
    }
    writer.finish(wrote, &mut plan);
    Ok(plan)
}

/// A card as it would stand in a file, still without a name. Where cards of several decks come, theirs is a tag.
fn draft(card: &IncomingCard, origin: &str, has_decks: bool) -> Draft {
    let mut tags = card.tags.clone();
    tags.extend(card.deck.clone().filter(|deck| has_decks && !card.tags.contains(deck)));
    Draft {
        slug: String::new(),
        level: None,
        tags,
        why: card.why.clone(),
        source: card.source.clone(),
        origin: Some(origin.to_owned()),
        body: card.body.clone(),
    }
}

/// What a card says in the other program, what stood in the file before it was changed, and what the last import said.
type Sorted = (Content, Option<String>, Option<Imported>);

/// Tells new cards, changed ones and those that are as they were apart, and changes the texts of files.
fn sort(
    store: &Store,
    incoming: &Incoming,
    known: &Known,
    shelf: &mut Shelf,
    target: &Target,
    plan: &mut Plan,
) -> Result<Vec<Sorted>> {
    let decks: HashSet<&str> = incoming.cards.iter().filter_map(|card| card.deck.as_deref()).collect();
    let has_decks = decks.len() > 1;
    let on_shelf = shelf.slugs(&target.deck);
    let mut taken = on_shelf.clone();
    let of_deck = |card: &CardId| (card.deck() == target.deck).then(|| slug_of(card).to_owned());
    taken.extend(store.states().all()?.keys().filter_map(of_deck));
    taken.extend(known.cards.values().filter_map(of_deck));
    let mut sorted = Vec::new();
    for card in &incoming.cards {
        let origin = origin(incoming, card);
        let mut draft = draft(card, &origin, has_decks);
        let mut content = Content::of_draft(&draft);
        let before = known.standing.get(&origin).cloned();
        let mut was = None;
        if shelf.has(&origin) {
            match shelf.update(&origin, &draft, &content, before.as_ref()) {
                Updated::Same(says) => {
                    plan.same += 1;
                    content = says;
                }
                Updated::Changed(says, text) => {
                    plan.updated += 1;
                    (content, was) = (says, Some(text));
                }
                Updated::Edited(says, id) => {
                    plan.edited.push(id);
                    content = says;
                }
            }
        } else if before.is_some() && !target.is_new {
            plan.removed += 1;
        } else {
            let former = known.cards.get(&origin).and_then(of_deck).filter(|slug| !on_shelf.contains(slug));
            draft.slug = former.unwrap_or_else(|| slug(&asked(&draft), &mut taken));
            match fault(&draft) {
                None => plan.new.push(draft),
                Some(why) => leave_out(plan, why),
            }
        }
        sorted.push((content, was, before));
    }
    Ok(sorted)
}

/// Why no deck can have a card like this, if so.
fn fault(draft: &Draft) -> Option<String> {
    let text = format!("[deck]\nname = \"a\"\ntitle = \"A\"\n{}", draft.toml());
    let file = DeckFile { path: "a".into(), bytes: text.into_bytes().into() };
    let errors = parse(&[file], deck::Source::User("a".into())).err()?;
    Some(errors.into_iter().next().map(|error| error.message).unwrap_or_default())
}

fn leave_out(plan: &mut Plan, why: String) {
    let what = format!("entries that no deck can have: {why}");
    match plan.left_out.iter_mut().find(|left| left.what == what) {
        Some(left) => left.count += 1,
        None => plan.left_out.push(LeftOut { what, count: 1 }),
    }
}

/// The second part of a card's id.
fn slug_of(card: &CardId) -> &str {
    card.as_str().split('/').nth(1).unwrap_or_default()
}

/// What a draft's slug is made of.
fn asked(draft: &Draft) -> String {
    draft.body.keys().1.first().map(|(_, text)| (*text).to_owned()).unwrap_or_default()
}

impl Plan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.rows.is_empty()
    }

    /// Writes the files of cards, and then the rows of the log.
    ///
    /// # Errors
    /// A file cannot be written, or was changed meanwhile; the database. What was written before stays: the same import,
    /// run again, completes it.
    pub fn carry_out(self, store: &mut Store) -> Result<TakenIn> {
        for change in &self.changes {
            write(&change.path, change.before.as_deref(), Some(&change.after))?;
        }
        if self.rows.is_empty() { Ok(TakenIn::default()) } else { Ok(store.take_in(&self.rows)?) }
    }
}

/// Writes a file in the place of what stood in it, or removes it.
fn write(path: &Path, before: Option<&[u8]>, after: Option<&[u8]>) -> Result<()> {
    let wrong = |source| IntakeError::File { path: path.to_owned(), source };
    let now = match std::fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        read => Some(read.map_err(wrong)?),
    };
    if now.as_deref() != before {
        return Err(wrong(io::Error::other(
            "it was changed meanwhile: nothing was written to it; run the command again",
        )));
    }
    match (after, before) {
        (None, _) => std::fs::remove_file(path).map_err(wrong),
        (Some(after), None) => files::write(path, Existing::Refused, |out| out.write_all(after)).map_err(wrong),
        (Some(after), Some(_)) => files::write(path, Existing::Replaced, |out| out.write_all(after)).map_err(wrong),
    }
}

/// The hash of a file, as marks have it.
fn hash_of(bytes: &[u8]) -> String {
    hash(&[bytes])
}

/// The deck's name that a file's name gives: its stem, in lower-case letters, digits and hyphens.
pub fn deck_name(file: &str) -> String {
    let stem = Path::new(file).file_stem().map(|stem| stem.to_string_lossy().to_lowercase()).unwrap_or_default();
    let words: Vec<&str> = stem.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let name = words.join("-");
    if is_slug(&name) { name } else { "imported".to_owned() }
}

#[cfg(test)]
mod tests;
