//! Markdown with cards: a file, a folder of hashcards or repeater with its database, a vault of Obsidian.
//!
//! The cards are read as a deck in Markdown is. What is known of them stands in a database beside them or in comments below
//! them; a program's own name for a card comes from what the card says, so that a deck here and a folder there are found to have
//! the same one.

use super::hashcards::{self, History};
use super::outgoing::key_of;
use super::{
    ExchangeError, Format, Incoming, IncomingCard, IncomingProgress, Input, LeftOut, ReadOptions, beside, obsidian,
    sqlite,
};
use crate::deck::markdown::{self, is_markdown};
use crate::deck::{Body, Card, Deck, DeckFile, DraftBody};
use crate::fnv::Fnv;
use std::collections::{HashMap, HashSet};
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// No folder with more of such files is read.
const MOST_FILES: usize = 20_000;
/// No folder is looked into deeper.
const DEEPEST: usize = 32;
/// No file is larger, in bytes: as decks are read.
const LARGEST: u64 = 8 << 20;
/// So many files are named.
const NAMED: usize = 3;

/// Markdown, by itself or in a folder, with what is known of its cards.
pub(super) const NOTES: Format = Format {
    name: "Markdown with cards: a file, a folder of hashcards or repeater, a vault of Obsidian, or their database",
    fits: |input| match input.is_folder() {
        true => files(input.path()).is_ok_and(|files| !files.is_empty()),
        false => is_markdown(&input.path().to_string_lossy()) || is_database(input) || has_tags(input),
    },
    read,
    picture: Some(beside::picture),
};

/// Whether a file is the database of hashcards or repeater.
fn is_database(input: &Input) -> bool {
    let has = |wanted: &[u8]| input.head().windows(wanted.len()).any(|part| part == wanted);
    input.head().starts_with(b"SQLite format 3\0") && has(b"card_hash")
}

/// Whether a text of another name begins with cards.
fn has_tags(input: &Input) -> bool {
    let has = |tag: &str| input.text_head().is_some_and(|head| head.lines().any(|line| line.starts_with(tag)));
    has("Q:") && has("A:")
}

/// The Markdown files of a folder and of those in it, in the order of their paths. What is hidden is passed over.
fn files(folder: &Path) -> Result<Vec<PathBuf>, ExchangeError> {
    let mut found = Vec::new();
    let mut open = vec![(folder.to_owned(), 0)];
    while let Some((folder, depth)) = open.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let (path, kind) = (entry.path(), entry.file_type()?);
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            if kind.is_dir() && depth < DEEPEST {
                open.push((path, depth + 1));
            } else if kind.is_file() && is_markdown(&path.to_string_lossy()) {
                found.push(path);
            }
            if found.len() > MOST_FILES {
                return Err(ExchangeError::Refused(format!("it has more than {MOST_FILES} Markdown files")));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// A card of a Markdown file with its sides or gaps, as its bytes stand there.
struct Noted<'a> {
    /// Where its cards stand in the deck.
    cards: Range<usize>,
    written: &'a str,
    /// The same as hashcards and repeater read it.
    read_there: &'a str,
}

/// The cards of a deck by their places: the sides or gaps of one stand together.
fn noted<'a>(deck: &Deck, text: &'a str) -> Vec<Noted<'a>> {
    let mut all: Vec<Noted> = Vec::new();
    let mut from = 0;
    for block in deck.cards.chunk_by(|a, b| a.place.block == b.place.block) {
        let place = &block[0].place.block;
        let written = text.get(place.clone()).unwrap_or_default();
        let has_tag = ["Q:", "C:", "T:"].iter().any(|tag| written.starts_with(tag));
        let read_there = if has_tag { hashcards::as_read_there(&text[place.start..]) } else { written };
        all.push(Noted { cards: from..from + block.len(), written, read_there });
        from += block.len();
    }
    all
}

/// The text of a file without a byte order mark, as blocks count in it.
fn text_of(file: &DeckFile) -> &str {
    let text = std::str::from_utf8(&file.bytes).unwrap_or_default();
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// The names that other programs have for the cards of a deck in Markdown, each with those cards.
pub fn origins(deck: &Deck, file: &DeckFile) -> Vec<(String, Range<usize>)> {
    let mut named = Vec::new();
    let mut times = HashMap::new();
    for Noted { cards, written, read_there } in noted(deck, text_of(file)) {
        let of_note = &deck.cards[cards.clone()];
        let own = own_key(of_note, written, &mut times);
        let is_cloze = matches!(of_note[0].body, Body::Cloze { .. });
        for program in [MARKDOWN, OBSIDIAN] {
            match is_cloze {
                true => named.push((format!("{program}:{own}"), cards.clone())),
                false => (0..)
                    .zip(cards.clone())
                    .for_each(|(side, at)| named.push((format!("{program}:{own}:{side}"), at..at + 1))),
            }
        }
        if let Some(key) = hashcards_key(of_note, read_there) {
            named.push((format!("{HASHCARDS}:{key}"), cards.clone()));
        }
        named.push((format!("{REPEATER}:{}", hashcards::repeater_hash(read_there, 0)), cards));
    }
    named
}

const MARKDOWN: &str = "markdown";
const OBSIDIAN: &str = "obsidian";
const HASHCARDS: &str = "hashcards";
const REPEATER: &str = "repeater";

/// A card's name by the id that is written below it, or by what it asks. Of two that ask the same, the second is told apart
/// by all that it says.
fn own_key(cards: &[Card], written: &str, times: &mut HashMap<u64, usize>) -> String {
    if written.contains("<!-- id:") {
        return key_of(&cards[0].id);
    }
    let mut hash = Fnv::new();
    let (ask, answer) = match &cards[0].body {
        Body::Cloze { cloze, .. } => (cloze.notation(), String::new()),
        body => (body.prompt(), body.answer()),
    };
    hash.add(ask.as_bytes());
    let time = times.entry(hash.value()).or_default();
    *time += 1;
    if *time > 1 {
        hash.add(answer.as_bytes());
    }
    format!("{:016x}", hash.value())
}

/// What hashcards knows a card by, or the gaps of a text.
fn hashcards_key(cards: &[Card], read_there: &str) -> Option<String> {
    match &cards[0].body {
        Body::Cloze { .. } => Some(hashcards::family_hash(&hashcards::gaps(read_there).text)),
        body if cards.len() == 1 => Some(basic_hash(body, read_there)),
        _ => None,
    }
}

/// What hashcards knows a question and its answer by.
fn basic_hash(body: &Body, read_there: &str) -> String {
    let (question, answer) = hashcards::sides(read_there).unwrap_or_else(|| (body.prompt(), body.answer()));
    hashcards::basic_hash(&question, &answer)
}

/// The words that a gap hides.
fn hidden(card: &Card) -> String {
    match &card.body {
        Body::Cloze { cloze, number } => cloze.hidden(*number),
        body => body.answer(),
    }
}

/// What is read, and what is known of it.
struct Reading<'a> {
    options: &'a ReadOptions,
    program: &'static str,
    history: Option<History>,
    cards: Vec<IncomingCard>,
    keys: HashSet<String>,
    /// Whether the files are not those that belong to the database: only what it knows is taken of them.
    only_known: bool,
    unreadable: usize,
    broken: Vec<String>,
    /// Where the files' names begin.
    root: PathBuf,
    linked: beside::Linked,
}

fn read(input: &Input, options: &ReadOptions) -> Result<Incoming, ExchangeError> {
    let path = input.path();
    let database = match (input.is_folder(), is_database(input)) {
        (true, _) => ["hashcards.db", "cards.db"].iter().map(|name| path.join(name)).find(|path| path.is_file()),
        (false, is_it) => is_it.then(|| path.to_owned()),
    };
    let history = match &database {
        Some(path) => Some(hashcards::history(&sqlite::read(path)?, options.zone)?),
        None => None,
    };
    let Files { root, files, only_known } = files_of(input, database.is_some(), options)?;
    let has_schedules = |text: &str| text.contains("<!--SR:");
    let mut decks = Vec::new();
    let mut reading = Reading {
        options,
        program: history.as_ref().map_or(MARKDOWN, |history| history.program),
        history,
        cards: Vec::new(),
        keys: HashSet::new(),
        only_known,
        unreadable: 0,
        broken: Vec::new(),
        root: root.clone(),
        linked: beside::Linked::default(),
    };
    for path in &files {
        let name = path.strip_prefix(&root).unwrap_or(path).to_string_lossy().into_owned();
        if fs::metadata(path).is_ok_and(|file| file.len() > LARGEST) {
            reading.broken.push(format!("{name}, which has more than {} MiB", LARGEST >> 20));
            continue;
        }
        let bytes = if path == input.path() { input.read(LARGEST)? } else { fs::read(path)? };
        let file = DeckFile { path: name.into(), bytes: bytes.into() };
        match markdown::read(&file, crate::deck::Location::User(file.path.clone()), None) {
            Ok(Some(deck)) => decks.push((deck, file)),
            Ok(None) => {}
            Err(errors) => reading.broken.extend(errors.first().map(ToString::to_string)),
        }
    }
    if reading.history.is_none() && decks.iter().any(|(_, file)| has_schedules(text_of(file))) {
        reading.program = OBSIDIAN;
    }
    decks.iter().for_each(|(deck, file)| reading.deck(deck, file));
    reading.finish(input, files.len(), decks.len())
}

/// The Markdown files that are read.
struct Files {
    /// Where their names begin.
    root: PathBuf,
    files: Vec<PathBuf>,
    /// They are the learner's decks: the database stands alone.
    only_known: bool,
}

fn files_of(input: &Input, is_database: bool, options: &ReadOptions) -> Result<Files, ExchangeError> {
    let path = input.path();
    if input.is_folder() {
        return Ok(Files { root: path.to_owned(), files: files(path)?, only_known: false });
    }
    let beside = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !is_database {
        return Ok(Files { root: beside.to_owned(), files: vec![path.to_owned()], only_known: false });
    }
    let found = files(beside)?;
    // repeater keeps its database elsewhere than the cards: these may be among the decks.
    match options.decks.as_ref().filter(|decks| found.is_empty() && decks.is_dir()) {
        Some(decks) => Ok(Files { root: decks.clone(), files: files(decks)?, only_known: true }),
        None => Ok(Files { root: beside.to_owned(), files: found, only_known: false }),
    }
}

impl Reading<'_> {
    fn deck(&mut self, deck: &Deck, file: &DeckFile) {
        let mut times = HashMap::new();
        for Noted { cards, written, read_there } in noted(deck, text_of(file)) {
            let of_note = &deck.cards[cards];
            let own = own_key(of_note, written, &mut times);
            let progress = self.progress(of_note, written, read_there);
            let is_cloze = matches!(of_note[0].body, Body::Cloze { .. });
            let key = match self.program {
                HASHCARDS => hashcards_key(of_note, read_there).unwrap_or(own),
                REPEATER => hashcards::repeater_hash(read_there, 0),
                _ if is_cloze => own,
                _ => {
                    let sides = of_note.iter().zip(progress).enumerate();
                    let sides: Vec<_> =
                        sides.map(|(side, (card, stands))| (format!("{own}:{side}"), card, vec![stands])).collect();
                    sides.into_iter().for_each(|(key, card, stands)| self.card(key, deck, card, stands));
                    continue;
                }
            };
            self.card(key, deck, &of_note[0], progress);
        }
    }

    /// How the sides or gaps of a card stand there, in their order.
    fn progress(&mut self, cards: &[Card], written: &str, read_there: &str) -> Vec<IncomingProgress> {
        let gap = |card: &Card| if let Body::Cloze { number, .. } = &card.body { Some(*number) } else { None };
        let mut progress: Vec<IncomingProgress> =
            cards.iter().map(|card| IncomingProgress { gap: gap(card), ..IncomingProgress::default() }).collect();
        let Some(history) = &mut self.history else {
            match obsidian::schedules(written, self.options.zone) {
                Ok(schedules) => {
                    let known = progress.iter_mut().zip(schedules);
                    known.for_each(|(stands, known)| {
                        *stands = IncomingProgress { gap: stands.gap, ..known.unwrap_or_default() }
                    });
                }
                Err(_) => self.unreadable += 1,
            }
            return progress;
        };
        let hashes: Vec<String> = match (history.program, &cards[0].body) {
            (HASHCARDS, Body::Cloze { .. }) => {
                let words: Vec<String> = cards.iter().map(hidden).collect();
                hashcards::gaps(read_there).hashes_of(&words)
            }
            (HASHCARDS, body) => vec![basic_hash(body, read_there)],
            _ => (0..cards.len()).map(|gap| hashcards::repeater_hash(read_there, gap)).collect(),
        };
        for (stands, hash) in progress.iter_mut().zip(hashes) {
            let known = history.progress.remove(&hash).unwrap_or_default();
            *stands = IncomingProgress { gap: stands.gap, ..known };
        }
        progress
    }

    fn card(&mut self, key: String, deck: &Deck, card: &Card, progress: Vec<IncomingProgress>) {
        let is_known = progress.iter().any(|progress| progress.start.is_some() || !progress.reviews.is_empty());
        if self.only_known && !is_known || !self.keys.insert(key.clone()) {
            return;
        }
        let folder = self.root.join(Path::new(&*card.place.path).parent().unwrap_or(Path::new("")));
        let mut said = |text: String| match &self.options.media {
            Some(media) => self.linked.in_text(&text, &folder, &self.root, media),
            None => text,
        };
        let body = match &card.body {
            Body::Cloze { cloze, .. } => DraftBody::Cloze { text: said(cloze.notation()) },
            body => DraftBody::Recall { ask: said(body.prompt()), answer: said(body.answer()) },
        };
        let deck = Some(deck.title.clone());
        let tags = card.tags.clone();
        self.cards.push(IncomingCard { key, deck, tags, why: None, source: None, body, progress });
    }

    fn finish(self, input: &Input, files: usize, decks: usize) -> Result<Incoming, ExchangeError> {
        let Self { program, history, cards, unreadable, broken, linked, .. } = self;
        let gone = history.iter().flat_map(|history| history.progress.values());
        let gone = gone.filter(|progress| progress.start.is_some() || !progress.reviews.is_empty()).count();
        if cards.is_empty() && broken.is_empty() {
            let missing = match history {
                Some(_) => format!(
                    "there is no Markdown with its cards beside it: it has {gone} cards by their hashes alone. Give the folder with \
                     the cards, or put that among your decks and import the database again"
                ),
                None => "it has no card that can be told: Q: and A:, C: with [gaps], question::answer or ==gaps=="
                    .to_owned(),
            };
            return Err(ExchangeError::Refused(missing));
        }
        let counted = [
            ("cards of its database that are in none of the files any more", gone),
            ("schedules that cannot be read", unreadable),
        ];
        let mut left_out: Vec<LeftOut> = counted
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|(what, count)| LeftOut { what: what.to_owned(), count })
            .collect();
        if !broken.is_empty() {
            let named: Vec<&str> = broken.iter().take(NAMED).map(String::as_str).collect();
            let more = if broken.len() > NAMED { "; …" } else { "" };
            left_out.push(LeftOut {
                what: format!("files that cannot be read: {}{more}", named.join("; ")),
                count: broken.len(),
            });
        }
        let whose = match program {
            HASHCARDS => "Markdown of hashcards with its database",
            REPEATER => "Markdown of repeater with its database",
            OBSIDIAN => "Markdown with schedules of Obsidian's Spaced Repetition",
            _ => "Markdown with cards",
        };
        let what = match files {
            1 => whose.to_owned(),
            _ => format!("{whose}, {decks} of {files} files with cards"),
        };
        let folder = if input.is_folder() { input.path() } else { input.path().parent().unwrap_or(Path::new(".")) };
        let advice = format!(
            "these are copies: what changes in the Markdown comes with the next import. To review the Markdown itself, take this \
             back, put the folder among your decks (or say --decks {}), and import it again",
            crate::shown::path(folder)
        );
        let pictures = linked.pictures;
        Ok(Incoming { program, what, cards, pictures, left_out, advice: Some(advice), ..Incoming::default() })
    }
}
