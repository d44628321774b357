//! `add`: a card of one's own, written into a deck file.

use super::added;
use super::args::Add;
use super::own::{self, Named, OwnDeck};
use super::{Broken, CliError, Context, output};
use crate::deck::markdown::is_markdown;
use crate::deck::{Body, Cloze, Deck, DeckFile, Draft, DraftBody, Library, Location, head, lint, parse, slug};
use crate::files::{self, Existing};
use crate::log::{LogId, Mark, MarkKind};
use crate::schedule::CardId;
use crate::shown;
use crate::store::Store;
use console::Term;
use dialoguer::{Input, Select};
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

/// The deck that is made where there is none.
const DECK: &str = "mine";
/// The file of a deck's folder that cards are added to.
const ADDED: &str = "added.toml";
const USAGE: &str =
    "say what is asked and what is right: sysdrill add \"question\" \"answer\"; sysdrill add --help has more";

pub(super) fn run(context: &Context, args: &Add) -> Result<(), CliError> {
    let (mut store, _) = own::catalog(context)?;
    let said = said(args);
    let is_asked = matches!(said, Ok(None)) || said.is_err() && args.question.is_none() && args.number;
    let (body, target) = match said {
        Ok(Some(body)) => (body, Target::of(context, &store, &deck_name(&store, args)?)?),
        _ if is_asked && Term::stdout().is_term() && console::user_attended() => {
            let Some(asked) = ask(context, &store, args)? else { return Ok(output::text("nothing was added")?) };
            asked
        }
        said => return Err(said.err().unwrap_or_else(|| CliError::Plain(USAGE.to_owned()))),
    };
    let deck = target.name.clone();
    let draft = Draft {
        slug: free_slug(&store, &target, &body)?,
        level: args.level,
        tags: args.tag.clone(),
        why: args.why.clone(),
        source: args.source.clone(),
        origin: None,
        body,
    };
    let card = CardId::parse(&format!("{deck}/{}", draft.slug)).map_err(|error| CliError::Plain(error.to_string()))?;
    target.check(&draft)?.iter().for_each(|warning| output::warn(warning));
    target.write(&draft)?;
    context.catalog(&mut store, Broken::Kept)?;
    let added = MarkKind::Add(Some(added::hash(&draft.toml())));
    for id in added::cards(&store, card.as_str())? {
        store.mark(&Mark::of_card(id, added.clone(), context.clock.now_ms(), context.clock.today()))?;
    }
    let path = shown::path(&target.file);
    let made = if target.deck.is_none() { format!("made the deck {deck}, and ") } else { String::new() };
    output::done(&format!("{made}added {card} to {path}"))?;
    let next = if context.settings.decks_off.contains(&deck) {
        format!("the deck {deck} is switched off: sysdrill deck enable {deck} has its cards asked")
    } else {
        "it comes at the next review".to_owned()
    };
    Ok(output::done(&next)?)
}

/// What the command line says of the card; none where it says nothing.
fn said(args: &Add) -> Result<Option<DraftBody>, CliError> {
    let texts = [&args.question, &args.answer, &args.mistake, &args.fix, &args.cloze];
    let [ask, answer, mistake, fix, cloze] = texts.map(|text| text.as_deref().map(str::trim));
    if [ask, answer, mistake, fix, cloze].contains(&Some("")) {
        return Err(CliError::Plain(format!("a text is empty: {USAGE}")));
    }
    let owned = str::to_owned;
    if let Some(text) = cloze {
        return Ok(Some(DraftBody::Cloze { text: owned(text) }));
    }
    Ok(match (ask, answer, mistake, fix) {
        (None, None, None, None) if !args.number => None,
        // What went wrong is a scene by itself.
        (scene, None, Some(mistake), Some(fix)) => Some(DraftBody::Mistake {
            scene: owned(scene.unwrap_or(mistake)),
            mistake: owned(mistake),
            fix: owned(fix),
        }),
        (Some(ask), Some(answer), None, None) if args.number => {
            Some(DraftBody::Number { ask: owned(ask), answer: owned(answer) })
        }
        (Some(ask), Some(answer), None, None) => Some(DraftBody::Recall { ask: owned(ask), answer: owned(answer) }),
        _ => return Err(CliError::Plain(USAGE.to_owned())),
    })
}

/// The deck that was named, or the only one that is written here, or the one that is made.
fn deck_name(store: &Store, args: &Add) -> Result<String, CliError> {
    let names = written_here(store)?;
    Ok(match (&args.deck, names.as_slice()) {
        (Some(name), _) => name.clone(),
        (None, [only]) => only.clone(),
        (None, _) => DECK.to_owned(),
    })
}

/// The user's decks that cards are added to without being named: in TOML, and with nothing in them that an import brought,
/// which takes its cards out again where it is taken back.
fn written_here(store: &Store) -> Result<Vec<String>, CliError> {
    let brought: HashSet<String> = store.marks().imports()?.into_iter().filter_map(of_import).collect();
    let decks = store.deck_index().decks()?.into_iter().filter(|deck| deck.user && !is_markdown(&deck.path));
    Ok(decks.filter_map(|deck| deck.name).filter(|name| !brought.contains(name)).collect())
}

/// The deck that an import which stands has brought a card to.
fn of_import((_, mark, stands): (LogId, Mark, bool)) -> Option<String> {
    let is_brought = stands && matches!(mark.kind, MarkKind::Imported(_));
    mark.card.filter(|_| is_brought).map(|card| card.deck().to_owned())
}

/// What can be asked for, in the order of the list.
const KINDS: [&str; 4] = [
    "a question with a short answer",
    "a number with its unit",
    "a text with gaps",
    "a mistake, and what to do instead",
];

/// Asks for the card. Nothing is written before the last question; none where it was left.
fn ask(context: &Context, store: &Store, args: &Add) -> Result<Option<(DraftBody, Target)>, CliError> {
    output::text("A card of your own. Enter alone or Esc leaves, and adds nothing.\n")?;
    let names = written_here(store)?;
    let usual = deck_name(store, args)?;
    let deck = match args.deck.is_some() || names.len() < 2 {
        true => usual,
        false => {
            let at = names.iter().position(|name| *name == usual).unwrap_or(0);
            let chosen = Select::new().with_prompt("Deck").items(&names).default(at).interact_opt();
            let Some(at) = chosen.map_err(output::of_prompt)? else { return Ok(None) };
            names[at].clone()
        }
    };
    let target = Target::of(context, store, &deck)?;
    let kind = match args.number {
        true => Some(1),
        false => Select::new().with_prompt("Kind").items(KINDS).default(0).interact_opt().map_err(output::of_prompt)?,
    };
    let Some(kind) = kind else { return Ok(None) };
    // What is wrong is said while it can be mended.
    let fault = |body: DraftBody| target.is_asked(&body).or_else(|| Draft::bare(body).fault());
    let is_asked = |ask: &str| target.is_asked(&DraftBody::Recall { ask: ask.to_owned(), answer: String::new() });
    let body = match kind {
        0 | 1 => {
            let Some(ask) = text("Question", is_asked)? else { return Ok(None) };
            let card = |answer: &str| match kind {
                0 => DraftBody::Recall { ask: ask.clone(), answer: answer.to_owned() },
                _ => DraftBody::Number { ask: ask.clone(), answer: answer.to_owned() },
            };
            let prompt = if kind == 0 { "Answer" } else { "Answer, such as 1.2k QPS" };
            text(prompt, |answer| fault(card(answer)))?.map(|answer| card(&answer))
        }
        2 => {
            let card = |text: &str| DraftBody::Cloze { text: text.to_owned() };
            text("Text with {{gaps}}", |text| fault(card(text)))?.map(|text| card(&text))
        }
        _ => {
            let Some(scene) = text("The scene, such as: you are asked for a feed", is_asked)? else { return Ok(None) };
            let Some(mistake) = text("What went wrong", |_| None)? else { return Ok(None) };
            let fix = text("What to say or do instead", |_| None)?;
            fix.map(|fix| DraftBody::Mistake { scene, mistake, fix })
        }
    };
    Ok(body.map(|body| (body, target)))
}

/// A line that is typed; none where it is empty. What is wrong with it is said at once.
fn text(prompt: &str, fault: impl Fn(&str) -> Option<String>) -> Result<Option<String>, CliError> {
    let typed: String = Input::new()
        .with_prompt(prompt)
        .allow_empty(true)
        .report(false)
        .validate_with(|typed: &String| match typed.trim() {
            "" => Ok(()),
            typed => fault(typed).map_or(Ok(()), Err),
        })
        .interact_text()
        .map_err(output::of_prompt)?;
    // It clears the last row alone of what took several.
    let (term, line) = (Term::stderr(), format!("{prompt}: {typed}"));
    let columns = usize::from(term.size().1).max(1);
    term.clear_last_lines(console::measure_text_width(&line) / columns)?;
    term.write_line(&line)?;
    Ok(Some(typed.trim().to_owned()).filter(|typed| !typed.is_empty()))
}

/// Where a card is written.
#[derive(Default)]
struct Target {
    /// None where the deck is made.
    deck: Option<OwnDeck>,
    name: String,
    /// The file that it goes to.
    file: PathBuf,
    /// What stands there; none where there is no such file.
    text: Option<String>,
    /// The deck's files but this one.
    others: Vec<DeckFile>,
    /// The ids that its cards have and had.
    taken: HashSet<String>,
    /// What its cards ask, each with its id.
    asked: HashMap<String, CardId>,
}

impl Target {
    fn of(context: &Context, store: &Store, name: &str) -> Result<Self, CliError> {
        let refused = "add to a deck of your own, as with --deck mine";
        let deck = match own::find(context, store, name)? {
            Some(Named::Own(deck)) => deck,
            Some(Named::Embedded(_)) => own::own(context, store, name, refused)?,
            None => {
                let file = own::new_file(context, name)?;
                return Ok(Self { file, name: name.to_owned(), ..Self::default() });
            }
        };
        let path = deck.path().to_owned();
        if is_markdown(&path.to_string_lossy()) {
            let path = shown::path(&path);
            return Err(CliError::Plain(format!(
                "the deck {name} is in Markdown, in {path}, which is yours alone to write: sysdrill deck edit {name} opens it, and \
                 --deck mine puts the card into another deck"
            )));
        }
        let read = deck.read()?;
        let sound = parse(&read, Location::User(deck.files[0].name().into())).map_err(CliError::Decks)?;
        let file = deck.folder.as_ref().map_or_else(|| deck.files[0].path.clone(), |folder| folder.join(ADDED));
        let is_it = |read: &&DeckFile| *read.path == *file.to_string_lossy();
        let text = read.iter().find(is_it).map(|file| String::from_utf8_lossy(&file.bytes).into_owned());
        let others = read.iter().filter(|file| !is_it(file)).cloned().collect();
        let ids = sound.cards.iter().flat_map(|card| std::iter::once(&card.id).chain(&card.was));
        let taken = ids.filter_map(|id| id.as_str().split('/').nth(1).map(str::to_owned)).collect();
        let asks = |body: &Body| match body {
            Body::Cloze { cloze, .. } => cloze.notation(),
            body => body.prompt(),
        };
        let asked = sound.cards.iter().map(|card| (likened(&asks(&card.body)), card.id.clone())).collect();
        Ok(Self { name: name.to_owned(), deck: Some(deck), file, text, others, taken, asked })
    }

    /// Which card of the deck asks the same, in words.
    fn is_asked(&self, body: &DraftBody) -> Option<String> {
        let card = self.asked.get(&likened(&asks(body)))?;
        Some(format!("{card} asks that already: sysdrill deck edit {card} opens it"))
    }

    fn title(&self) -> String {
        if self.name == DECK { "My own cards".to_owned() } else { own::title(&self.name) }
    }

    /// The file with the card in it.
    fn text_with(&self, draft: &Draft) -> String {
        match (&self.text, &self.deck) {
            (Some(text), _) => draft.at_end_of(text),
            (None, Some(_)) => draft.toml(),
            (None, None) => draft.at_end_of(&head(&self.name, &self.title())),
        }
    }

    /// Reads the whole deck as it will be, and gives what could be better about the card.
    fn check(&self, draft: &Draft) -> Result<Vec<String>, CliError> {
        let refused = |why: &str| CliError::Plain(format!("the card was not added: {why}"));
        if let Some(fault) = draft.fault() {
            return Err(refused(&fault));
        }
        if let Some(why) = self.is_asked(&draft.body) {
            return Err(refused(&why));
        }
        let path: Arc<str> = self.file.to_string_lossy().into();
        let text = self.text_with(draft);
        let first_line = 1 + text.lines().count() - draft.toml().lines().count();
        let mut files = self.others.clone();
        let is_head = |file: &DeckFile| self.deck.as_ref().is_some_and(|deck| *file.path == *deck.files[0].name());
        let at = usize::from(files.first().is_some_and(is_head));
        files.insert(at, DeckFile { path: Arc::clone(&path), bytes: text.into_bytes().into() });
        let library = Library::new(&[files]);
        if let Some(error) = library.errors.first() {
            return Err(refused(&error.message));
        }
        let found = lint(&library, |deck: &Deck| deck.name == self.name);
        let of_card = |error: &&crate::deck::DeckError| {
            error.path == path && error.at.is_some_and(|(line, _)| line >= first_line)
        };
        if let Some(error) = found.errors.iter().find(of_card) {
            return Err(refused(&error.message));
        }
        let mut hints: Vec<String> =
            found.warnings.iter().filter(of_card).map(|warning| format!("a hint: {}", warning.message)).collect();
        if !hints.is_empty() {
            hints.push(format!("sysdrill deck edit {}/{} opens the card", self.name, draft.slug));
        }
        Ok(hints)
    }

    fn write(&self, draft: &Draft) -> Result<(), CliError> {
        let text = self.text_with(draft);
        let written = match self.text {
            Some(_) => files::change(&self.file, text.as_bytes()),
            None => files::write(&self.file, Existing::Refused, |out| out.write_all(text.as_bytes())),
        };
        written.map_err(own::of_file(&self.file))
    }
}

/// What a card asks, with its gaps.
fn asks(body: &DraftBody) -> String {
    match body {
        DraftBody::Cloze { text } => Cloze::parse(text).map_or_else(|_| text.clone(), |cloze| cloze.notation()),
        body => body.asks(),
    }
}

/// Two questions that differ in nothing but case, spaces and marks are alike.
fn likened(prompt: &str) -> String {
    prompt
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}

/// An id that no card of the deck has or had: what was answered of another card is not this one's.
fn free_slug(store: &Store, target: &Target, body: &DraftBody) -> Result<String, CliError> {
    let mut taken = target.taken.clone();
    loop {
        let slug = slug(&body.asks(), &mut taken);
        let id = CardId::parse(&format!("{}/{slug}", target.name)).map_err(|e| CliError::Plain(e.to_string()))?;
        if store.reviews().of_card(&id)?.is_empty() && store.marks().of_card(&id)?.is_empty() {
            return Ok(slug);
        }
    }
}
